//! Copying to the clipboard of the terminal (OSC 52, which works over ssh too): what is shown of the step that is
//! looked at. Secrets that are hidden are copied as the filler that stands in their place.
//!
//! Limits: whether the terminal takes what is copied can't be known.

use super::effect::Effect;
use super::menus::{Item, MenuKind, menu};
use super::model::{Exchange, Model};
use crate::decode::lines;
use crate::transcript::{NoSwaks, Transcript, mask, recording};
use crate::wire::{base64, printable};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write as _};

/// How many octets a terminal takes: xterm has room for 100,000 characters of OSC 52, its head and its base64.
const MOST: usize = 74_994;

/// What can be copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Raw,
    Base64,
    Hex,
    Tree,
    Swaks,
}

impl Form {
    pub(super) const ALL: [Self; 5] = [Self::Raw, Self::Base64, Self::Hex, Self::Tree, Self::Swaks];

    /// The key that picks it.
    pub(super) const fn letter(self) -> char {
        match self {
            Self::Raw => 'r',
            Self::Base64 => 'b',
            Self::Hex => 'h',
            Self::Tree => 't',
            Self::Swaks => 's',
        }
    }

    fn says(self, exchange: &Exchange) -> String {
        match self {
            Self::Raw => "the line as it is on the wire".to_owned(),
            Self::Base64 => "its base64".to_owned(),
            Self::Hex => "the octets in hex: the selected node's, or all".to_owned(),
            Self::Tree => "the tree as text".to_owned(),
            Self::Swaks => match with_held(exchange).swaks(exchange.row) {
                Err(error @ NoSwaks::Mechanism(_)) => format!("the dialogue: {error}"),
                _ => "the swaks command that repeats this AUTH".to_owned(),
            },
        }
    }
}

/// Asks what to copy.
pub(super) fn ask(model: &mut Model) {
    let Some(exchange) = &model.exchange else { return };
    let detail = |form| match (form, copied(exchange, form, model.revealed())) {
        (_, Err(error)) => format!("{error}."),
        (Form::Swaks, Ok(copied)) => copied.text,
        (_, Ok(copied)) => format!("{}.", copied.what),
    };
    let label = |form: Form| format!("{}  {}", form.letter(), form.says(exchange));
    let items = Form::ALL.map(|form| Item { label: label(form), detail: detail(form) });
    menu(model, "Copy", MenuKind::Copy, items.into());
}

/// Copies in the form that was chosen.
pub(super) fn chosen(model: &mut Model, form: Form) -> Option<Effect> {
    match copied(model.exchange.as_ref()?, form, model.revealed()) {
        Ok(Copied { text, .. }) if text.len() > MOST => {
            model.complain(format!("copy: {} octets are more than a terminal takes ({MOST})", text.len()));
            None
        }
        Ok(Copied { text, what }) => Some(Effect::Copy { text, what }),
        Err(error) => {
            model.complain(format!("copy: {error}"));
            None
        }
    }
}

struct Copied {
    text: String,
    /// `74 octets of hex`
    what: String,
}

fn copied(exchange: &Exchange, form: Form, reveal: bool) -> Result<Copied, String> {
    let shown = &exchange.focus.shown;
    let token = || if shown.token.is_empty() { Err("no token in this line") } else { Ok(&shown.token) };
    let (text, what) = match form {
        Form::Raw if shown.message.is_none() => return Err("this step is no line".to_owned()),
        Form::Raw => (printable(shown.line()), format!("the line of {} octets", shown.line().len())),
        Form::Base64 => {
            let octets = token()?.len();
            (printable(shown.encoded.of(shown.line())), format!("{octets} octets of base64"))
        }
        Form::Hex => {
            let all = token()?;
            let lit = exchange.lit_octets();
            let octets = if lit.is_empty() { all } else { lit.of(all) };
            let hex: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
            (hex.join(" "), format!("{} octets of hex", octets.len()))
        }
        Form::Tree => {
            token()?;
            let lines = shown.tree.iter().flat_map(|tree| lines(tree, &shown.token, reveal)).collect::<Vec<_>>();
            (lines.join("\n"), format!("{} lines of the tree", lines.len()))
        }
        Form::Swaks => return swaks(exchange, reveal),
    };
    Ok(Copied { text, what })
}

/// The swaks command, or the dialogue where swaks can't do the mechanism.
fn swaks(exchange: &Exchange, reveal: bool) -> Result<Copied, String> {
    let transcript = with_held(exchange);
    match transcript.swaks(exchange.row) {
        Ok(text) => Ok(Copied { text, what: "the swaks command; it will ask for the password".to_owned() }),
        Err(NoSwaks::NoAuth) => Err(NoSwaks::NoAuth.to_string()),
        Err(error) => {
            let first = transcript.auth_at(exchange.row).unwrap_or(0);
            let lines = transcript.steps().iter().take(exchange.row + 1).skip(first);
            let mut text = format!("# {error}; this is the dialogue.\n");
            for step in lines {
                let event = if reveal { step.event.clone() } else { mask::event(step) };
                write!(text, "{}", recording::event_lines(&event)).unwrap_or_default(); // writing to a String cannot fail
            }
            Ok(Copied { text, what: format!("the dialogue from AUTH to here instead, since {error}") })
        }
    }
}

/// The transcript, with what is held as if it had gone where that is looked at.
fn with_held(exchange: &Exchange) -> Cow<'_, Transcript> {
    let mut transcript = Cow::Borrowed(exchange.transcript());
    if exchange.focus.held {
        transcript.to_mut().push(exchange.focus.step.event.clone());
    }
    transcript
}

/// Hands the text to the terminal, which keeps it for whoever pastes.
pub(super) fn to_terminal(text: &str) -> io::Result<()> {
    let mut output = io::stdout();
    write!(output, "\x1B]52;c;{}\x07", base64::encode(text.as_bytes()))?;
    output.flush()
}

//! Forms: a few fields to fill in before a client connects or a server listens.
//!
//! What was filled in last stands there the next time, but for the password, which is never shown and never kept.

use super::effect::Effect;
use super::keys::Action;
use super::line_editor::LineEditor;
use super::model::{Model, Overlay};
use super::network::{Dial, Serve};
use super::update::update;
use crate::drive::{Address, ClientTls, Listen, ServerTls, Target, listen_address};
use crate::mech::{Credential, User};
use crate::session::persona::ClientPersona;
use crate::session::{ClientSetup, Mechanism, ServerSetup, Tls};
use crate::terms::Secret;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// Fields to fill in.
pub(super) struct Form {
    pub(super) kind: FormKind,
    pub(super) fields: Vec<Field>,
    /// The field under the cursor.
    pub(super) at: usize,
    /// Why what was filled in won't do.
    pub(super) error: Option<String>,
}

/// What a form is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FormKind {
    Client,
    Server,
}

/// One field.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) value: FieldValue,
}

pub(super) enum FieldValue {
    Typed(LineEditor),
    /// Typed, and not shown.
    Secret(LineEditor),
    /// One of these.
    Choice(Vec<String>, usize),
}

/// What was filled in last, by the names of the fields; secrets are not kept.
pub(super) type Filled = Vec<(FormKind, &'static str, String)>;

const TLS: [(&str, Tls); 4] =
    [("if offered", Tls::IfOffered), ("STARTTLS", Tls::StartTls), ("implicit", Tls::Implicit), ("never", Tls::Never)];
/// The mechanism that is the best of those offered.
const BEST: &str = "the best that is offered";

impl FieldValue {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Typed(line) | Self::Secret(line) => line.text(),
            Self::Choice(all, at) => all.get(*at).cloned().unwrap_or_default(),
        }
    }
}

impl Form {
    fn client() -> Self {
        let mechanisms = std::iter::once(BEST).chain(Mechanism::ALL.map(Mechanism::name));
        let fields = vec![
            typed("server", "localhost:2525"),
            choice("TLS", TLS.map(|(name, _)| name)),
            choice("certificate", ["must be trusted", "any will do (insecure)"]),
            choice("mechanism", mechanisms),
            typed("user", "alice"),
            Field { name: "password", value: FieldValue::Secret(LineEditor::default()) },
            choice("as", ClientPersona::ALL.map(ClientPersona::name)),
        ];
        Self { kind: FormKind::Client, fields, at: 0, error: None }
    }

    fn server() -> Self {
        let fields = vec![
            typed("listen on", "127.0.0.1:2525"),
            choice("TLS", [TLS[1], TLS[2], TLS[3]].map(|(name, _)| name)),
            choice("passwords in clear", ["only within TLS", "always allowed"]),
            typed("user", "alice"),
            Field { name: "password", value: FieldValue::Secret(LineEditor::default()) },
        ];
        Self { kind: FormKind::Server, fields, at: 0, error: None }
    }

    pub(super) fn title(&self) -> &'static str {
        match self.kind {
            FormKind::Client => "Play the client against a server",
            FormKind::Server => "Play a server, for as many clients as come",
        }
    }

    /// What is said of the field under the cursor.
    pub(super) fn says(&self) -> &'static str {
        match (self.kind, self.fields.get(self.at).map_or("", |field| field.name)) {
            (FormKind::Client, "server") => "A name or an address, and a port; 587 if none is given.",
            (FormKind::Client, "password") => {
                "Not shown, and not kept. Of alice at a server of this program: wonderland."
            }
            (FormKind::Client, "as") => "Whose habits it has: `strict` does as the standards say.",
            (FormKind::Client, "certificate") => "Whether a system authority must vouch for the server.",
            (FormKind::Server, "listen on") => "An address of this machine and a port; with port 0 the system chooses.",
            (FormKind::Server, "password") => "Not shown, and not kept. If none is typed it is wonderland.",
            _ => "",
        }
    }

    fn value(&self, name: &str) -> String {
        self.fields.iter().find(|field| field.name == name).map_or_else(String::new, |field| field.value.text())
    }

    fn line(&mut self) -> Option<&mut LineEditor> {
        match &mut self.fields.get_mut(self.at)?.value {
            FieldValue::Typed(line) | FieldValue::Secret(line) => Some(line),
            FieldValue::Choice(..) => None,
        }
    }

    fn choose(&mut self, forward: bool) {
        if let Some(Field { value: FieldValue::Choice(all, at), .. }) = self.fields.get_mut(self.at) {
            *at = (*at + if forward { 1 } else { all.len() - 1 }) % all.len().max(1);
        }
    }
}

fn typed(name: &'static str, value: &str) -> Field {
    Field { name, value: FieldValue::Typed(LineEditor::new(value)) }
}

fn choice<'a>(name: &'static str, all: impl IntoIterator<Item = &'a str>) -> Field {
    Field { name, value: FieldValue::Choice(all.into_iter().map(str::to_owned).collect(), 0) }
}

/// Opens a form as it was filled in last.
pub(super) fn open(model: &mut Model, kind: FormKind) {
    let mut form = match kind {
        FormKind::Client => Form::client(),
        FormKind::Server => Form::server(),
    };
    for field in &mut form.fields {
        let last = model.filled.iter().find(|(of, name, _)| *of == kind && *name == field.name).map(|(.., last)| last);
        match (&mut field.value, last) {
            (FieldValue::Typed(line), Some(last)) => *line = LineEditor::new(last),
            (FieldValue::Choice(all, at), Some(last)) => *at = all.iter().position(|one| one == last).unwrap_or(0),
            _ => {}
        }
    }
    model.overlay = Some(Overlay::Form(form));
}

/// Takes a key in a form.
pub(super) fn key(model: &mut Model, event: KeyEvent) -> Option<Effect> {
    let Some(Overlay::Form(form)) = &mut model.overlay else { return None };
    let all = form.fields.len().max(1);
    form.error = None;
    match event.code {
        KeyCode::Esc => model.overlay = None,
        KeyCode::Enter => return submit(model),
        KeyCode::Up | KeyCode::BackTab => form.at = (form.at + all - 1) % all,
        KeyCode::Down | KeyCode::Tab => form.at = (form.at + 1) % all,
        KeyCode::Left | KeyCode::Char('h') if form.line().is_none() => form.choose(false),
        KeyCode::Right | KeyCode::Char('l' | ' ') if form.line().is_none() => form.choose(true),
        KeyCode::Char('z') if event.modifiers.contains(KeyModifiers::CONTROL) => {
            return update(model, Action::Suspend);
        }
        _ => form.line().into_iter().for_each(|line| line.key(event)),
    }
    None
}

/// Takes pasted text.
pub(super) fn paste(form: &mut Form, text: &str) {
    form.line().into_iter().for_each(|line| line.insert(text));
}

fn submit(model: &mut Model) -> Option<Effect> {
    let Some(Overlay::Form(form)) = &model.overlay else { return None };
    let kind = form.kind;
    let shown = form.fields.iter().filter(|field| !matches!(field.value, FieldValue::Secret(_)));
    let filled: Filled = shown.map(|field| (kind, field.name, field.value.text())).collect();
    let begun = match kind {
        FormKind::Client => dial(form).map(|dial| model.dial(dial)),
        FormKind::Server => serve(form).map(|serve| model.serve(serve)),
    };
    match begun {
        Ok(effect) => {
            model.filled.retain(|(of, ..)| *of != kind);
            model.filled.extend(filled);
            model.overlay = None;
            Some(effect)
        }
        Err(error) => {
            if let Some(Overlay::Form(form)) = &mut model.overlay {
                form.error = Some(error);
            }
            None
        }
    }
}

fn tls(form: &Form) -> Tls {
    let name = form.value("TLS");
    TLS.iter().find(|(known, _)| *known == name).map_or(Tls::default(), |(_, tls)| *tls)
}

fn dial(form: &Form) -> Result<Dial, String> {
    let (address, tls) =
        Address::parse(form.value("server").trim(), Some(tls(form))).map_err(|error| error.to_string())?;
    let user = form.value("user");
    if user.trim().is_empty() {
        return Err("the client has nobody to log on: who is it?".to_owned());
    }
    let credential = Credential { user, password: Secret::new(form.value("password").into_bytes()) };
    let mut setup = ClientSetup::new(&address.host, credential);
    setup.tls = tls;
    setup.mechanism = form.value("mechanism").parse().ok();
    let persona = form.value("as");
    setup.persona = ClientPersona::ALL.into_iter().find(|known| known.name() == persona).unwrap_or_default();
    let mut target = Target::new(address);
    if form.value("certificate").starts_with("any") {
        target.tls = ClientTls::default().insecure();
    }
    Ok(Dial { setup, target })
}

fn serve(form: &Form) -> Result<Serve, String> {
    let address = listen_address(form.value("listen on").trim()).map_err(|error| error.to_string())?;
    let mut setup = ServerSetup::new("localhost");
    setup.scram.salts = super::fresh_clock().seed;
    let (name, password) = (form.value("user").trim().to_owned(), form.value("password"));
    if !name.is_empty() {
        let password = if password.is_empty() { "wonderland".to_owned() } else { password };
        let secret = Secret::new(password.into_bytes());
        setup.users = vec![User { name, token: Some(secret.clone()), password: secret, domain: None, disabled: false }];
    }
    setup.tls = tls(form);
    setup.allow_plaintext = form.value("passwords in clear").starts_with("always");
    let shows = ServerTls::throw_away(&setup.name).map_err(|why| format!("making up a certificate: {why}"))?;
    let listen = Listen { implicit: setup.tls == Tls::Implicit, ..Listen::new(address, shows) };
    Ok(Serve { setup, listen, port_file: None })
}

//! How a client's connection ended: at which stage, and why, in a sentence.
//!
//! Stands behind the transcript, as [`Verdict`] does: a function of the steps. What the client decided
//! for itself, such as that no mechanism is in common, it has said in a note.

use crate::machine::{Machine, Signal};
use crate::terms::Party;
use crate::transcript::{Step, Transcript, Verdict, What};
use crate::wire::{self, Body, printable};

/// The stage at which it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The client is authenticated.
    Authenticated,
    /// The connection ended as it should, and nobody tried to authenticate.
    Clean,
    /// There was no connection.
    Connect,
    /// The connection was closed before its time.
    ClosedEarly,
    /// The greeting: another code than 220, or none.
    Banner,
    /// EHLO, and HELO behind it.
    Ehlo,
    /// AUTH: refused, cancelled, not to be trusted, or nothing in common.
    Auth,
    /// STARTTLS and the handshake.
    Tls,
    /// EHLO within TLS.
    EhloAfterTls,
}

impl Stage {
    /// All.
    pub const ALL: [Self; 9] = [
        Self::Authenticated,
        Self::Clean,
        Self::Connect,
        Self::ClosedEarly,
        Self::Banner,
        Self::Ehlo,
        Self::Auth,
        Self::Tls,
        Self::EhloAfterTls,
    ];

    /// The exit code; those of swaks, where it has the stage.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Authenticated | Self::Clean => 0,
            Self::Connect => 2,
            Self::ClosedEarly => 6,
            Self::Banner => 21,
            Self::Ehlo => 22,
            Self::Auth => 28,
            Self::Tls => 29,
            Self::EhloAfterTls => 32,
        }
    }

    /// What it is called: `authenticated`, `greeting`, `EHLO after TLS`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authenticated => "authenticated",
            Self::Clean => "clean",
            Self::Connect => "connection",
            Self::ClosedEarly => "closed early",
            Self::Banner => "greeting",
            Self::Ehlo => "EHLO",
            Self::Auth => "AUTH",
            Self::Tls => "TLS",
            Self::EhloAfterTls => "EHLO after TLS",
        }
    }
}

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// At which stage.
    pub stage: Stage,
    /// Why, in a sentence without a full stop; what the server said is escaped.
    pub says: String,
}

impl Ending {
    fn new(stage: Stage, says: impl Into<String>) -> Self {
        Self { stage, says: says.into() }
    }

    /// How the connection ended that the steps show; of one that goes on, how it would have if it ended here.
    #[must_use]
    pub fn of(transcript: &Transcript) -> Self {
        match transcript.verdict() {
            Verdict::Authenticated => return Self::new(Stage::Authenticated, "authenticated"),
            Verdict::Distrusted => {
                return Self::new(Stage::Auth, "235 came while proof of the server was outstanding (RFC 4178 5)");
            }
            _ => {}
        }
        let steps = transcript.steps();
        if let Some(why) = steps.iter().rev().find_map(tls_failed) {
            return Self::new(Stage::Tls, format!("no TLS: {}", printable(why.as_bytes())));
        }
        if !steps.iter().any(|step| matches!(step.event.what, What::Opened { .. })) {
            return Self::new(Stage::Connect, "no connection was made");
        }
        let said = |signal: Signal| {
            steps.iter().any(|step| step.from() == Some(Party::Client) && step.signal.is_some_and(|of| of.is(signal)))
        };
        let refused = Self::refused(transcript);
        match refused {
            Some(ending) => ending,
            None if stands(transcript, &["Closed"]) && !said(Signal::Auth) => {
                Self::new(Stage::Clean, "ended without AUTH")
            }
            None => Self::closed(transcript),
        }
    }

    /// The latest refusal that mattered.
    fn refused(transcript: &Transcript) -> Option<Self> {
        let steps = transcript.steps();
        steps.iter().rev().find_map(|step| {
            let taken = step.moves.iter().map(|taken| taken.row).find(|id| {
                id.party == Party::Client && id.machine == Machine::Smtp && id.row().on.is(Signal::Refusal)
            })?;
            let tls = step.standing.settled.tls;
            let (stage, what) = match taken.row().from.name() {
                "Connect" => (Stage::Banner, "the server gives no service"),
                "EhloSent" if tls => (Stage::EhloAfterTls, "the server refuses EHLO within TLS"),
                "EhloSent" => (Stage::Ehlo, "the server refuses EHLO"),
                "InMech" => (Stage::Auth, "the server refuses to authenticate"),
                "Cancelling" => (Stage::Auth, "the exchange was cancelled"),
                _ => return None,
            };
            Some(Self::new(stage, format!("{what}: {}", reply(step))))
        })
    }

    /// Neither success nor refusal: it was closed, or it hangs.
    fn closed(transcript: &Transcript) -> Self {
        let steps = transcript.steps();
        let closed = steps.iter().rev().find_map(|step| match &step.event.what {
            What::Closed { by, why } => Some((*by, printable(why.as_bytes()))),
            _ => None,
        });
        let by = match closed {
            Some((Some(party), _)) => format!("closed by {party}"),
            Some((None, _)) => "closed".to_owned(),
            None => "unfinished".to_owned(),
        };
        let why = closed.map(|(_, why)| why).filter(|why| !why.is_empty());
        let waits = transcript.standing().stack(Party::Client).smtp();
        let whereat = match waits.name() {
            "Connect" => "before the greeting",
            "Greeted" | "EhloSent" => "at EHLO",
            "StartTls" | "Tls" => "at STARTTLS",
            "InMech" | "Cancelling" => "within the AUTH exchange",
            _ => "before AUTH",
        };
        Self::new(Stage::ClosedEarly, format!("{by} {whereat}{}", why.map_or(String::new(), |why| format!(": {why}"))))
    }
}

fn stands(transcript: &Transcript, states: &[&str]) -> bool {
    states.contains(&transcript.standing().stack(Party::Client).smtp().name())
}

fn tls_failed(step: &Step) -> Option<&str> {
    match &step.event.what {
        What::TlsFailed { why } => Some(why),
        _ => None,
    }
}

/// Code and text of a reply, escaped.
fn reply(step: &Step) -> String {
    match step.message.as_ref() {
        Some(wire::Message { body: Body::Reply(_) | Body::NotAReply, content, .. }) => {
            printable(content.of(step.line()))
        }
        _ => String::new(),
    }
}

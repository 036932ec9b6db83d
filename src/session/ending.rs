//! How a client's connection ended: at which stage, and why, in a sentence.
//!
//! Stands behind the transcript, as [`Verdict`] does: a function of the steps. [`super::Session::ending`] adds
//! what the client decided for itself, such as that no mechanism is in common.

use crate::machine::{Machine, RowId, Signal};
use crate::terms::Party;
use crate::transcript::{Step, Transcript, Verdict, What};
use crate::wire::printable;

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
        let tried =
            steps.iter().any(|step| step.from() == Some(Party::Client) && step.signal.is_some_and(Signal::is_auth));
        let quit = transcript.standing().stack(Party::Client).smtp().name() == "Closed";
        match Self::refused(transcript) {
            Some(ending) => ending,
            None if quit && !tried => Self::new(Stage::Clean, "ended without AUTH"),
            None => Self::closed(transcript),
        }
    }

    /// The latest refusal that mattered.
    fn refused(transcript: &Transcript) -> Option<Self> {
        let mut greeted = false;
        transcript.steps().iter().rev().find_map(|step| {
            let row = step.moves.iter().map(|taken| taken.row).find(is_client)?.row();
            let tls = step.standing.settled.tls;
            let from = row.from.name();
            // HELO behind a refused EHLO, or EHLO said better, makes good for it.
            greeted |= from == "EhloSent" && row.on.is(Signal::Completed);
            if !row.on.is(Signal::Refusal) {
                return None;
            }
            let (stage, what) = match from {
                "Connect" => (Stage::Banner, "the server gives no service"),
                "EhloSent" if greeted => return None,
                "EhloSent" => (if tls { Stage::EhloAfterTls } else { Stage::Ehlo }, "the server refuses EHLO"),
                "InMech" => (Stage::Auth, "the server refuses"),
                "Cancelling" => (Stage::Auth, "the exchange was cancelled"),
                _ => return None,
            };
            Some(Self::new(stage, format!("{what}: {}", printable(step.line()))))
        })
    }

    /// Neither success nor refusal: it was closed, or it hangs.
    fn closed(transcript: &Transcript) -> Self {
        let closed = transcript.steps().iter().rev().find_map(|step| match &step.event.what {
            What::Closed { by, why } => Some((*by, why)),
            _ => None,
        });
        let standing = transcript.standing();
        let tls = standing.settled.tls;
        let (stage, place) = match standing.stack(Party::Client).smtp().name() {
            "Connect" => (Stage::Banner, "before the greeting"),
            "Greeted" | "EhloSent" => (if tls { Stage::EhloAfterTls } else { Stage::Ehlo }, "at EHLO"),
            "StartTls" | "Tls" => (Stage::Tls, "at STARTTLS"),
            "InMech" | "Cancelling" => (Stage::Auth, "within the AUTH exchange"),
            _ => (Stage::Auth, "without success"),
        };
        // What we close ourselves fails where it stands; what the server closes, closes early.
        match closed {
            Some((by, why)) => {
                let stage = if by.is_some_and(|by| by == Party::Client) { stage } else { Stage::ClosedEarly };
                let by = by.map_or(String::new(), |by| format!(" by {by}"));
                let why = if why.is_empty() { String::new() } else { format!(": {}", printable(why.as_bytes())) };
                Self::new(stage, format!("closed{by} {place}{why}"))
            }
            None => Self::new(Stage::ClosedEarly, format!("not ended, {place}")),
        }
    }
}

/// A row of the client in the SMTP machine.
fn is_client(id: &RowId) -> bool {
    (id.machine, id.party) == (Machine::Smtp, Party::Client)
}

fn tls_failed(step: &Step) -> Option<&str> {
    match &step.event.what {
        What::TlsFailed { why } => Some(why),
        _ => None,
    }
}

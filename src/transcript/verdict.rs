//! How an AUTH exchange ended.

use super::{Step, Transcript};
use crate::machine::{Machine, Move, Signal, Stack};
use crate::terms::Party;
use crate::wire::Body;
use std::fmt;

/// How the latest AUTH exchange of a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// No AUTH was said, or none that was answered.
    None,
    /// 235, and the client has no reason to doubt it.
    Authenticated,
    /// 235, while something that the client must insist on was outstanding.
    Distrusted,
    /// A refusal with this code; 501 where the client cancelled.
    Refused(u16),
    /// The steps end within the exchange.
    Unfinished,
}

impl Transcript {
    /// How the latest AUTH exchange ended.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let answered = || self.steps().iter().rev().find_map(of_step).unwrap_or(Verdict::None);
        self.unfinished().unwrap_or_else(answered)
    }

    /// The verdict where the steps end within an exchange.
    pub(super) fn unfinished(&self) -> Option<Verdict> {
        self.standing().stacks.iter().any(Stack::in_exchange).then_some(Verdict::Unfinished)
    }
}

/// The verdict where the step ends an exchange.
pub(super) fn of_step(step: &Step) -> Option<Verdict> {
    let reply = step.moves.iter().map(|taken| taken.row).find(|id| (id.machine, id.party) == SMTP_SERVER)?.row();
    let emit = reply.emit?;
    let answers_auth = reply.from.name() == "InAuth" || reply.on.is_auth();
    if emit == Signal::Success {
        let doubted = step.moves.iter().any(|taken| refuses_success(*taken));
        return Some(if doubted { Verdict::Distrusted } else { Verdict::Authenticated });
    }
    (answers_auth && emit.is(Signal::Refusal)).then(|| Verdict::Refused(code(step)))
}

const SMTP_SERVER: (Machine, Party) = (Machine::Smtp, Party::Server);

fn refuses_success(taken: Move) -> bool {
    let row = taken.row.row();
    taken.row.party == Party::Client && (row.on == Signal::SuccessTooEarly || row.from.name() == "Cancelling")
}

fn code(step: &Step) -> u16 {
    match step.message.as_ref().map(|message| &message.body) {
        Some(Body::Reply(reply)) => reply.code,
        _ => 0,
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("no exchange"),
            Self::Authenticated => f.write_str("authenticated"),
            Self::Distrusted => f.write_str("235, not to be trusted"),
            Self::Refused(code) => write!(f, "refused: {code}"),
            Self::Unfinished => f.write_str("unfinished"),
        }
    }
}

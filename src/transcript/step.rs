//! One event, understood: what any face shows of it.

use super::event::{Event, What};
use crate::decode::{Hint, Tree, decode};
use crate::machine::{Deviation, Move, Settled, Signal, Stack};
use crate::terms::{Party, Span};
use crate::wire::Message;
use std::sync::Arc;

/// One event with all that follows from it and from those before it.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its place in the transcript, from 0.
    pub place: usize,
    /// The fact.
    pub event: Event,
    /// The line, read; `None` where the event is no line.
    pub message: Option<Message>,
    /// The token that the line carries.
    pub token: Option<Token>,
    /// In a reply: where it repeats what the client sent and might have meant for secret.
    pub echoes: Vec<Span>,
    /// What the line says to the innermost machine that has a word for it.
    pub signal: Option<Signal>,
    /// The rows taken by either party, the sender's first.
    pub moves: Vec<Move>,
    /// What is wrong with the line, if anything.
    pub deviation: Option<Deviation>,
    /// Where both parties stand afterwards.
    pub standing: Standing,
}

/// A token within a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// The base64, in the line.
    pub encoded: Span,
    /// What the conversation had settled about it.
    pub hint: Hint,
}

/// Where both parties stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The machines that run, the client's and the server's.
    pub stacks: [Stack; 2],
    /// What is settled.
    pub settled: Arc<Settled>,
    /// The place of the step whose line each party has heard and is still to answer.
    pub answering: [Option<usize>; 2],
    /// Lines that wait until the party that they are for has answered an earlier one.
    pub inbox: [Inbox; 2],
}

/// Lines that wait their turn: they stand in the transcript, from this place on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inbox {
    /// The place of the first.
    pub first: usize,
    /// How many.
    pub waiting: usize,
}

impl Standing {
    /// A connection that has just been opened.
    #[must_use]
    pub fn new() -> Self {
        Self {
            stacks: Party::BOTH.map(Stack::new),
            settled: Arc::default(),
            answering: [None; 2],
            inbox: [Inbox::default(); 2],
        }
    }

    /// The machines that run for `party`.
    #[must_use]
    pub fn stack(&self, party: Party) -> &Stack {
        &self.stacks[party.index()]
    }
}

impl Default for Standing {
    fn default() -> Self {
        Self::new()
    }
}

impl Step {
    /// Who sent the line; `None` where the event is no line.
    #[must_use]
    pub const fn from(&self) -> Option<Party> {
        match self.event.what {
            What::Line { from, .. } => Some(from),
            _ => None,
        }
    }

    /// The octets of the line, terminator included; empty where the event is no line.
    #[must_use]
    pub fn line(&self) -> &[u8] {
        match &self.event.what {
            What::Line { bytes, .. } => bytes,
            _ => &[],
        }
    }

    /// The decoded octets of the token; empty where there is none.
    #[must_use]
    pub fn token_bytes(&self) -> &[u8] {
        self.message.as_ref().and_then(Message::base64).map_or(&[], |base64| &base64.bytes)
    }

    /// The token as a tree, made anew at each call.
    #[must_use]
    pub fn tree(&self) -> Option<Tree> {
        let token = self.token.as_ref()?;
        Some(decode(self.token_bytes(), &token.hint))
    }
}

//! How much of what a peer sends is kept: a bound on memory that a hostile peer cannot move.
//!
//! Stands where received lines enter the transcript. A line that is not kept is counted, and the transcript says how many
//! octets are missing.

use crate::terms::Party;
use crate::transcript::Standing;
use crate::wire::RawLine;

/// What of a client is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Commands and responses before authentication; past them the server gives up. A hundred recipients must fit
    /// (RFC 5321 section 4.5.3.1.8).
    pub commands: u32,
    /// Lines of all messages together; those past them are counted only.
    pub message_lines: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { commands: 200, message_lines: 500 }
    }
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It is kept.
    Kept,
    /// It is kept, and so many octets before it were not.
    KeptBehind(u64),
    /// It is counted only.
    Counted,
    /// It is one command too many: it is counted only, and the server is to give up.
    TooMany,
}

/// What a client has sent so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Intake {
    commands: u32,
    message_lines: u32,
    /// Octets that were not kept and are not yet told.
    missing: u64,
}

impl Intake {
    /// What becomes of a line of the client's.
    pub(super) fn take(&mut self, line: &RawLine, standing: &Standing, limits: Limits) -> Taken {
        let within = match standing.stack(Party::Server).smtp().name() {
            "InData" | "AuthenticatedInData" if line.bytes == b".\r\n" => true,
            "InData" | "AuthenticatedInData" => {
                self.message_lines = self.message_lines.saturating_add(1);
                self.message_lines <= limits.message_lines
            }
            "Authenticated" => true,
            _ => {
                self.commands = self.commands.saturating_add(1);
                if self.commands > limits.commands {
                    self.count(line);
                    return Taken::TooMany;
                }
                true
            }
        };
        if !within {
            self.count(line);
            return Taken::Counted;
        }
        match self.missing() {
            0 => Taken::Kept,
            octets => Taken::KeptBehind(octets),
        }
    }

    /// Octets that were not kept since this was asked last.
    pub(super) const fn missing(&mut self) -> u64 {
        std::mem::replace(&mut self.missing, 0)
    }

    const fn count(&mut self, line: &RawLine) {
        self.missing = self.missing.saturating_add(line.bytes.len() as u64).saturating_add(line.cut);
    }
}

//! Personas: how products of the field behave on the wire, as data. One place for each; the engines ask here.
//!
//! What a persona does otherwise than the standards say, or than its peers do, is a [`Quirk`]: it is named on screen when
//! it acts, with its source.

mod client;
mod fingerprint;
mod server;

pub use client::{ClientPersona, Habit};
pub use fingerprint::{Evidence, Likeness, fingerprint, lines};
pub(super) use server::Check;
pub use server::{Occasion, ServerHabit, ServerPersona};

use std::fmt;

/// Something that a product does in its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quirk {
    /// What it does, in a few words: `a second empty line`.
    pub says: &'static str,
    /// Where that can be looked up: a clause, a file of its source, an issue.
    pub source: &'static str,
}

/// `a second empty line (dotnet/runtime#105938)`
impl fmt::Display for Quirk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.says, self.source)
    }
}

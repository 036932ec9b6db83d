//! The protocol as tables, and the cursors that walk them.
//!
//! Each state machine is a list of rows; one row is one sentence of a specification. The engine chooses among the
//! rows, the observer checks against them, the diagram is drawn from them. The tables don't know which role is
//! played: both parties always have a cursor in every machine that runs.
//!
//! Stands on `wire` (lines) and `decode` (tokens). Limits: mechanisms without a table of their own (PLAIN, CRAM-MD5,
//! NTLM as a SASL mechanism, …) are followed by the SMTP machine only.

mod classify;
mod cursor;
pub mod diagram;
mod row;
mod settled;
mod tables;

pub use classify::{Said, classify};
pub use cursor::{Cursor, Deviation, Frame, Move, Outcome, Stack};
pub use row::{Force, Machine, Row, RowId, Runs, Signal, State, Table};
pub use settled::{Inner, Layer, NegState, Prompt, Scram, ScramMessage, Settled, Token};
pub use tables::table;

/// Every table, outermost machine first, the client's before the server's.
pub fn tables() -> impl Iterator<Item = &'static Table> {
    use crate::terms::Party;
    Machine::ALL.into_iter().flat_map(|machine| Party::BOTH.map(|party| table(machine, party)))
}

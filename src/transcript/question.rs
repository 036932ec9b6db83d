//! What comes next? A question with the rows that are open as choices.
//!
//! The rows of all machines that run say what a party may send; where one line is a word of several machines, the
//! choice is by the innermost that leaves one: of a `334` in SPNEGO the question is its negState. Where few rows are
//! open, some that are not stand among them: those that forbid, then those of other states.
//!
//! Limits: of many open rows the strongest five are choices, and always the one that was taken.

use super::{Standing, Step};
use crate::machine::{Force, Frame, RowId, Signal, table};
use crate::terms::Party;

/// So many choices are open rows, at most.
const MOST: usize = 5;
/// So many rows there are to choose from, at least, where the tables have as many.
const LEAST: usize = 3;

/// A question about a line that is to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Who is to send it.
    pub party: Party,
    /// Whether it answers something.
    pub answers: bool,
    /// What it may be; the last is always [`Choice::Deviation`].
    pub choices: Vec<Choice>,
}

/// What a line may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// What that row sends.
    Row(RowId),
    /// Something that no row allows.
    Deviation,
}

/// The question that `step` answers, asked where both parties stand `before` it; `None` where the step is no line, or
/// says nothing by itself (a reply says what it means on its last line). The order of the choices follows from `seed`.
#[must_use]
pub fn question(before: &Standing, step: &Step, seed: u64) -> Option<Question> {
    let party = step.from()?;
    let taken = || step.moves.iter().map(|taken| taken.row).filter(|row| row.party == party);
    if taken().next().is_none() && step.deviation.is_none() {
        return None;
    }
    let frames = before.stack(party).frames();
    let mut rows = open(frames, party);
    let is_taken = |row: &RowId| taken().any(|taken| taken == *row);
    let deepest = || taken().rfind(|row| row.row().force != Force::MustNot);
    let came = rows.iter().copied().find(is_taken).or_else(deepest);
    let emit = came.and_then(|row| row.row().emit);
    rows.retain(|row| !is_taken(row) && row.row().emit != emit); // one line, one right choice
    rows.splice(0..0, came);
    rows.truncate(MOST);
    for decoy in decoys(frames, party) {
        if rows.len() >= LEAST {
            break;
        }
        if rows.iter().all(|row| row.row().emit != decoy.row().emit) {
            rows.push(decoy);
        }
    }
    shuffle(&mut rows, seed);
    let choices = rows.into_iter().map(Choice::Row).chain([Choice::Deviation]).collect();
    Some(Question { party, answers: before.stack(party).heard().is_some(), choices })
}

impl Question {
    /// Whether the choice is what `step` turned out to be.
    #[must_use]
    pub fn is_right(choice: Choice, step: &Step) -> bool {
        match choice {
            Choice::Row(row) => step.moves.iter().any(|taken| taken.row == row),
            Choice::Deviation => step.deviation.is_some(),
        }
    }
}

/// The rows that are open, without those that forbid: of the machine that asks, then of those around it, the strongest
/// first. No two send the same.
fn open(frames: &[Frame], party: Party) -> Vec<RowId> {
    let legal = |frame: &Frame| -> Vec<RowId> {
        let sends = |id: &RowId| id.row().emit.is_some() && id.row().force != Force::MustNot;
        let mut rows: Vec<RowId> = frame.open_rows(party).filter(sends).collect();
        rows.sort_by_key(|id| id.row().force);
        rows
    };
    // What nobody should send makes no choice.
    let sound = |id: &&RowId| id.row().force != Force::Quirk;
    let asks = asks(frames, |frame| legal(frame).iter().filter(sound).count());
    let mut rows: Vec<RowId> = Vec::new();
    for (place, frame) in frames.iter().enumerate().take(asks + 1).rev() {
        for id in legal(frame) {
            // What goes on within is a word of the machine that runs there.
            let carries = place < asks && table(id.machine, party).runs_in(id.row().to).is_some();
            let known = rows.iter().any(|row| row.row().emit == id.row().emit);
            if !known && (!carries || id.row().emit == Some(Signal::Cancel)) {
                rows.push(id);
            }
        }
    }
    rows
}

/// The place of the innermost machine that leaves a choice, or else that can say anything.
fn asks(frames: &[Frame], says: impl Fn(&Frame) -> usize) -> usize {
    let innermost = |least| frames.iter().skip(1).rposition(|frame| says(frame) >= least).map(|place| place + 1);
    innermost(2).or_else(|| innermost(1)).unwrap_or(0)
}

/// Rows that are not open, the likeliest to be taken for it first.
fn decoys(frames: &[Frame], party: Party) -> impl Iterator<Item = RowId> {
    let forbidden = move |frame: &Frame| {
        let id = |id: &RowId| id.row().emit.is_some() && id.row().force == Force::MustNot;
        frame.open_rows(party).filter(id)
    };
    let others = move |frame: &Frame| {
        let (machine, cursor) = (frame.machine, frame.cursor);
        let rows = table(machine, party).rows.iter().enumerate();
        let rows = rows.filter(move |(_, row)| row.emit.is_some() && row.from != cursor.state);
        rows.map(move |(place, _)| RowId { machine, party, place }).filter(|id| id.row().force != Force::MustNot)
    };
    frames.iter().rev().flat_map(forbidden).chain(frames.iter().rev().flat_map(others))
}

/// In an order that follows from `seed`: Fisher and Yates, with a generator of the simplest kind.
fn shuffle(rows: &mut [RowId], seed: u64) {
    let mut state = seed;
    for last in (1..rows.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        rows.swap(last, (state >> 33) as usize % (last + 1));
    }
}

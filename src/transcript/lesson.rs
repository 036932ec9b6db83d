//! Lessons: a recording told scene by scene, by its notes.
//!
//! A scene is what happens up to a run of notes, and those notes; what comes behind the last note is the last scene. A
//! note says what the step before it is about, and may ask for a view of it:
//!
//! ```text
//! note = ["(presenter) "] ["[" view [" " NAME] "] "] TEXT
//! view = "exchange" / "raw" / "bytes" / "tree" / "state" / "why"
//! ```
//!
//! * `(presenter)`: for whoever presents, and not on the screen that everybody sees.
//! * NAME: with `raw`, `bytes` and `tree` the node to select, as the tree names it (`mechTypes`); with `state` the
//!   machine whose diagram is shown (`spnego`), the sender's, or with `client ` or `server ` before it that party's.
//! * TEXT may be empty where the view is all that is meant. What is not of this form is text.
//!
//! A recording has at most one view a scene: that of the first of its notes that asks for one.

use super::{Step, What};
use crate::machine::Machine;
use crate::terms::Party;
use std::ops::Range;

/// A note of a lesson, read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remark<'a> {
    /// Whether only the presenter is to see it.
    pub presenter: bool,
    /// What it asks to be shown.
    pub cue: Option<Cue<'a>>,
    /// What it says.
    pub text: &'a str,
}

/// What a note asks to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cue<'a> {
    /// Who said what.
    Exchange,
    /// The line as it is on the wire, with a node of its token.
    Raw(Option<&'a str>),
    /// The decoded octets, with a node.
    Bytes(Option<&'a str>),
    /// The token field by field, with a node.
    Tree(Option<&'a str>),
    /// A state machine: whose (the sender's, where nobody is named), and which.
    State(Option<Party>, Option<Machine>),
    /// The clauses.
    Why,
}

/// A part of a lesson. Places are those of steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scene {
    /// Its first step.
    pub first: usize,
    /// The step that its notes are about: the last before them, or the first of them where there is none.
    pub about: usize,
    /// Its notes; nowhere but in the last scene may they be missing.
    pub notes: Range<usize>,
}

/// Reads a note.
#[must_use]
pub fn remark(note: &str) -> Remark<'_> {
    let (presenter, note) = note.strip_prefix("(presenter) ").map_or((false, note), |rest| (true, rest));
    let bracket = note.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    if let Some((words, text)) = bracket
        && let Some(cue) = cue(words)
    {
        return Remark { presenter, cue: Some(cue), text: text.trim_start() };
    }
    Remark { presenter, cue: None, text: note }
}

fn cue(words: &str) -> Option<Cue<'_>> {
    let (view, name) = words.split_once(' ').unwrap_or((words, ""));
    let node = (!name.is_empty()).then_some(name);
    match view {
        "raw" => Some(Cue::Raw(node)),
        "bytes" => Some(Cue::Bytes(node)),
        "tree" => Some(Cue::Tree(node)),
        "state" => state(node),
        "exchange" if node.is_none() => Some(Cue::Exchange),
        "why" if node.is_none() => Some(Cue::Why),
        _ => None,
    }
}

fn state(name: Option<&str>) -> Option<Cue<'_>> {
    let Some(name) = name else { return Some(Cue::State(None, None)) };
    let (first, rest) = name.split_once(' ').unwrap_or((name, ""));
    let party = Party::BOTH.into_iter().find(|party| party.name() == first);
    let name = if party.is_some() { rest } else { name };
    let machine = Machine::ALL.into_iter().find(|machine| machine.name() == name);
    (machine.is_some() || name.is_empty()).then_some(Cue::State(party, machine))
}

/// The note of a step, if it is one.
#[must_use]
pub fn note(step: &Step) -> Option<Remark<'_>> {
    match &step.event.what {
        What::Note(text) => Some(remark(text)),
        _ => None,
    }
}

/// The scenes of a recording, in their order; together they hold every step. Linear in `steps`.
#[must_use]
pub fn scenes(steps: &[Step]) -> Vec<Scene> {
    let is_note = |place: usize| steps.get(place).is_some_and(|step| note(step).is_some());
    let mut scenes = Vec::new();
    let mut first = 0;
    for place in 0..steps.len() {
        if is_note(place) && !is_note(place + 1) {
            let notes = (first..=place).find(|place| is_note(*place)).unwrap_or(place)..place + 1;
            scenes.push(Scene { first, about: notes.start.saturating_sub(1).max(first), notes });
            first = place + 1;
        }
    }
    if first < steps.len() {
        scenes.push(Scene { first, about: steps.len() - 1, notes: steps.len()..steps.len() });
    }
    scenes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::Micros;
    use crate::transcript::{Event, Transcript};

    #[test]
    fn notes_are_read() {
        let plain = |text| Remark { presenter: false, cue: None, text };
        let cued = |cue, text| Remark { presenter: false, cue: Some(cue), text };
        let table = [
            ("An offer.", plain("An offer.")),
            ("(presenter) Ask first.", Remark { presenter: true, ..plain("Ask first.") }),
            ("[tree mechTypes] The list.", cued(Cue::Tree(Some("mechTypes")), "The list.")),
            ("(presenter) [why] x", Remark { presenter: true, ..cued(Cue::Why, "x") }),
            ("[raw]", cued(Cue::Raw(None), "")),
            ("[bytes responseToken]  x", cued(Cue::Bytes(Some("responseToken")), "x")),
            ("[state] x", cued(Cue::State(None, None), "x")),
            ("[state spnego] x", cued(Cue::State(None, Some(Machine::Spnego)), "x")),
            ("[state server] x", cued(Cue::State(Some(Party::Server), None), "x")),
            ("[state client smtp] x", cued(Cue::State(Some(Party::Client), Some(Machine::Smtp)), "x")),
            ("[state dance] x", plain("[state dance] x")),
            ("[why not] x", plain("[why not] x")),
            ("[203.0.113.1] is an address", plain("[203.0.113.1] is an address")),
            ("[tree", plain("[tree")),
            ("", plain("")),
        ];
        for (note, expected) in table {
            assert_eq!(remark(note), expected, "{note}");
        }
    }

    #[test]
    fn scenes_hold_every_step() {
        // `.` is a step, `#` a note; a scene is (its first step, what it is about, its notes).
        type Expected = &'static [(usize, usize, Range<usize>)];
        let table: [(&str, Expected); 7] = [
            ("", &[]),
            ("..", &[(0, 1, 2..2)]),
            ("#", &[(0, 0, 0..1)]),
            ("..#", &[(0, 1, 2..3)]),
            ("##.", &[(0, 0, 0..2), (2, 2, 3..3)]),
            ("##..#.##..", &[(0, 0, 0..2), (2, 3, 4..5), (5, 5, 6..8), (8, 9, 10..10)]),
            (".#.#", &[(0, 0, 1..2), (2, 2, 3..4)]),
        ];
        for (steps, expected) in table {
            let mut transcript = Transcript::new();
            for step in steps.chars() {
                let at = Micros::default();
                let line = Event::line(at, Party::Server, *b"220 x\r\n");
                transcript.push(if step == '#' { Event::note(at, "x") } else { line });
            }
            let found: Vec<_> = scenes(transcript.steps()).into_iter().map(|s| (s.first, s.about, s.notes)).collect();
            assert_eq!(found, expected, "{steps}");
        }
    }
}

//! Marks and notes on steps, and jumps from step to step.
//!
//! A recording holds facts that stay as they were: what is written on an earlier step is kept beside the transcript and
//! goes to its place when it is saved, as a `#` right behind the step. What is said at the present of a lab is a fact of
//! its own and goes into the transcript at once.

use super::keys::Action;
use super::model::{Exchange, Model};
use super::prompts::{PromptKind, prompt};
use super::search;
use crate::session::Input;
use crate::transcript::{Event, Step, Transcript, What};
use std::collections::{BTreeMap, BTreeSet};

/// The note that stands for a mark in a recording.
const MARK: &str = "mark";

/// What a reader has left on steps, by their places in the transcript.
#[derive(Debug, Default)]
pub(super) struct Marks {
    marked: BTreeSet<usize>,
    notes: BTreeMap<usize, Vec<String>>,
}

impl Marks {
    /// Whether the step at `place` is marked.
    pub(super) fn has(&self, place: usize) -> bool {
        self.marked.contains(&place)
    }

    /// What was written on the step at `place`, beside the transcript.
    pub(super) fn notes(&self, place: usize) -> &[String] {
        self.notes.get(&place).map_or(&[], Vec::as_slice)
    }

    /// Takes an event of a recording in: a note that stands for a mark marks the step before it.
    pub(super) fn push(&mut self, event: Event, transcript: &mut Transcript) {
        match transcript.steps().len().checked_sub(1) {
            Some(last) if matches!(&event.what, What::Note(text) if text == MARK) => drop(self.marked.insert(last)),
            _ => drop(transcript.push(event)),
        }
    }

    /// What is written behind `step` when it is saved.
    pub(super) fn events(&self, step: &Step) -> impl Iterator<Item = Event> + use<'_> {
        let at = step.event.at;
        let mark = self.has(step.place).then_some(MARK);
        let notes = self.notes(step.place).iter().map(String::as_str);
        mark.into_iter().chain(notes).map(move |text| Event::note(at, text))
    }
}

pub(super) fn update(model: &mut Model, action: Action) {
    let reveal = model.revealed();
    let Some(exchange) = &mut model.exchange else { return };
    let row = exchange.row;
    match action {
        Action::Mark => {
            exchange.unsaved = true;
            if !exchange.marks.marked.remove(&row) {
                exchange.marks.marked.insert(row);
            }
            search::reconsider(exchange, row, reveal);
        }
        Action::NextMark => {
            let marked = &exchange.marks.marked;
            match marked.range(row + 1..).chain(marked).find(|row| **row < exchange.rows()).copied() {
                Some(to) => exchange.look(to, reveal),
                None => model.say(model.hint("no step is marked; {mark} marks this one")),
            }
        }
        _ => {
            prompt(model, PromptKind::Note, "");
        }
    }
}

/// Writes a note on the step that is looked at.
pub(super) fn note(model: &mut Model, text: &str) {
    let (now, reveal) = (model.now, model.revealed());
    let Some(exchange) = &mut model.exchange else { return };
    let row = exchange.row;
    if exchange.session().is_some() && row == exchange.last_row() {
        // What is held goes behind the note, and so does its mark.
        if exchange.marks.marked.remove(&exchange.steps().len()) {
            exchange.marks.marked.insert(exchange.steps().len() + 1);
        }
        exchange.play(now, Input::Note(text.to_owned()), reveal);
        model.touch();
        return model.record();
    }
    exchange.unsaved = true;
    exchange.marks.notes.entry(row).or_default().push(text.to_owned());
    search::reconsider(exchange, row, reveal);
    model.say(format!("noted on step {}; {}", row + 1, model.hint("{save} saves it there")));
}

pub(super) fn jump(model: &mut Model, action: Action) {
    match action {
        Action::NextDeviation => search::to_wrong(model, true),
        Action::PreviousDeviation => search::to_wrong(model, false),
        _ => answer(model),
    }
}

/// From a request to its answer, and back: a line that is answered leads to the answer, any other to what it answers.
fn answer(model: &mut Model) {
    let reveal = model.revealed();
    let Some(exchange) = &mut model.exchange else { return };
    match counterpart(exchange) {
        Some(row) => exchange.look(row, reveal),
        None => model.say("this step neither asks nor answers"),
    }
}

fn counterpart(exchange: &Exchange) -> Option<usize> {
    let (transcript, row) = (exchange.transcript(), exchange.row);
    if row >= transcript.steps().len() {
        return transcript.standing().answering[exchange.focus.step.from()?.index()];
    }
    let awaited = || {
        let party = exchange.focus.step.from()?.peer();
        let held = exchange.held_line().is_some_and(|held| held.party == party);
        (held && transcript.standing().answering[party.index()] == Some(row)).then(|| exchange.last_row())
    };
    transcript.answer_to(row).or_else(awaited).or_else(|| transcript.request_of(row))
}

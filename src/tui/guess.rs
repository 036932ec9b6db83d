//! Guessing the next message: what is to come is hidden, and asked for first.
//!
//! The choices come from the rows ([`question`]). In a recording the ladder ends where guessing has come to; in a lab a
//! line that is held next is not shown before the guess.

use super::menus::{Item, Menu, MenuKind, menu};
use super::model::{Exchange, Model, Overlay};
use super::show;
use super::stepping::input;
use crate::machine::{RowId, Signal};
use crate::session::Input;
use crate::transcript::question::{Choice, Question, question};
use crate::transcript::{Standing, Step, lesson};

/// How guessing stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Guess {
    pub(super) on: bool,
    /// The last row that is shown.
    seen: usize,
    /// How many were asked, and how many guessed right.
    pub(super) asked: usize,
    pub(super) right: usize,
}

impl Guess {
    /// A row is looked at, so it is no secret.
    pub(super) fn see(&mut self, row: usize) {
        self.seen = self.seen.max(row);
    }
}

impl Exchange {
    /// How many rows may be shown: all, or those that were guessed.
    pub(super) fn open_rows(&self) -> usize {
        if self.guess.on { self.rows().min(self.guess.seen + 1) } else { self.rows() }
    }

    /// The row and the step of the next line that says something.
    fn upcoming(&self) -> Option<(usize, Step)> {
        let behind = self.steps().iter().skip(self.guess.seen + 1);
        let said = behind.into_iter().find(|step| !step.moves.is_empty() || step.deviation.is_some());
        let held = || self.held_line().and_then(|_| self.preview()).map(|step| (self.last_row(), step));
        said.map(|step| (step.place, step.clone())).or_else(held)
    }
}

/// Begins to guess, or ends it.
pub(super) fn toggle(model: &mut Model) {
    let Some(exchange) = &mut model.exchange else { return };
    exchange.guess.on = !exchange.guess.on;
    exchange.guess.seen = exchange.row;
    if !exchange.guess.on {
        return model.say("guessing is over; all is shown");
    }
    if exchange.held().is_some() && exchange.row == exchange.last_row() {
        return model.say(model.hint("guessing: {step} asks what comes before it shows it"));
    }
    forward(model);
}

/// Takes the place of a step on, where what comes is to be guessed; says whether it has.
pub(super) fn forward(model: &mut Model) -> bool {
    let reveal = model.revealed();
    let Some(exchange) = model.exchange.as_mut().filter(|exchange| exchange.guess.on) else { return false };
    let seen = exchange.guess.seen;
    if exchange.row < seen {
        // No further than what is shown.
        let further = exchange.scene_beside(true).is_some_and(|row| row > seen);
        if further {
            exchange.look(seen, reveal);
        }
        return further;
    }
    if exchange.held().is_some() && seen == exchange.last_row() {
        input(model, Input::Release(None));
        let Some(exchange) = &mut model.exchange else { return true };
        // What is held now was not drawn yet.
        exchange.guess.seen = exchange.steps().len().saturating_sub(1);
        exchange.look(exchange.guess.seen, reveal);
    }
    let Some(exchange) = &mut model.exchange else { return true };
    // In a show the notes are beside the ladder.
    let in_show = exchange.show.is_some();
    let is_note = |row: &usize| exchange.steps().get(*row).is_some_and(|step| lesson::note(step).is_some());
    let next = (exchange.guess.seen + 1..exchange.rows()).find(|row| !in_show || !is_note(row));
    let Some(next) = next else { return false };
    let is_line = exchange.steps().get(next).map_or(exchange.held_line().is_some(), |step| step.from().is_some());
    if !is_line || !ask(model) {
        arrive(model, next);
    }
    true
}

/// Asks for what comes; says whether there is something to ask.
fn ask(model: &mut Model) -> bool {
    let Some(exchange) = &model.exchange else { return false };
    let Some((row, step)) = exchange.upcoming() else { return false };
    let start = Standing::new();
    let before = row.checked_sub(1).and_then(|row| exchange.steps().get(row)).map_or(&start, |step| &step.standing);
    let seed = model.clock.seed.iter().fold(row as u64, |seed, octet| seed.rotate_left(5) ^ u64::from(*octet));
    let Some(asks) = question(before, &step, seed) else { return false };
    let does = if asks.answers { "answer" } else { "say next" };
    let title = format!("What does the {} {does}?", asks.party);
    let keys = &model.options.keys;
    let detail =
        keys.in_lists().hint("{enter} guesses. {leave} leaves it hidden, ") + &keys.hint("then {guess} ends guessing.");
    let items = asks.choices.iter().map(|choice| {
        // What is too long for its line stands below, too.
        let says = match choice {
            Choice::Row(id) => format!("{} ({}) ", sent(*id).1, id.machine),
            Choice::Deviation => String::new(),
        };
        Item { label: name(*choice, &asks.choices), detail: says + &detail }
    });
    let items = items.collect();
    menu(model, &title, MenuKind::Guess { row, asks }, items);
    true
}

/// What a row sends: its name, and what it means.
fn sent(row: RowId) -> (&'static str, &'static str) {
    row.row().emit.map_or(("", ""), |emit| (emit.name(), emit.says()))
}

/// What a choice is called: what is sent, and what that means.
fn name(choice: Choice, all: &[Choice]) -> String {
    let rows = all.iter().filter_map(|choice| if let Choice::Row(id) = choice { Some(*id) } else { None });
    let widest = rows.map(|id| sent(id).0.len()).max().unwrap_or(0);
    match choice {
        Choice::Row(id) => format!("{:widest$}  {}", sent(id).0, sent(id).1),
        Choice::Deviation => "something that no row allows".to_owned(),
    }
}

/// Takes a guess: shows what came, and which of the choices was right.
pub(super) fn guessed(model: &mut Model, row: usize, asks: &Question, guess: usize) {
    let Some(step) = model.exchange.as_ref().and_then(Exchange::upcoming).map(|(_, step)| step) else { return };
    arrive(model, row);
    let Some(exchange) = &mut model.exchange else { return };
    let right = asks.choices.get(guess).is_some_and(|choice| Question::is_right(*choice, &step));
    exchange.guess.asked += 1;
    exchange.guess.right += usize::from(right);
    let score = exchange.guess.score();
    let items = asks.choices.iter().enumerate().map(|(place, choice)| {
        let came = Question::is_right(*choice, &step);
        let mark = match (came, place == guess) {
            (true, _) => '✔',
            (false, true) => '✘',
            _ => ' ',
        };
        Item { label: format!("{mark} {}", name(*choice, &asks.choices)), detail: says(*choice, &step) }
    });
    let items = items.collect();
    let came = |choice: &&Choice| Question::is_right(**choice, &step);
    let sent = match (asks.choices.iter().find(came), step.signal) {
        (Some(Choice::Row(row)), _) => row.row().emit.map_or("", Signal::name),
        (_, signal) => signal.map_or("something else", Signal::name),
    };
    let said = if right { "Right: " } else { "It was " };
    let wrong = if step.deviation.is_some() { ", and breaks a clause" } else { "" };
    let title = format!("{said}{sent}{wrong}. {score}");
    // What is wrong with it stands last.
    let selected = asks.choices.iter().rposition(|choice| came(&choice)).unwrap_or(guess);
    model.overlay = Some(Overlay::Menu(Menu { selected, ..Menu::new(&title, MenuKind::Guessed, items) }));
}

/// The sentence behind a choice, and its clause.
fn says(choice: Choice, step: &Step) -> String {
    match (choice, &step.deviation) {
        (Choice::Row(id), _) => {
            let row = id.row();
            format!("{} ({}, {}; {} → {})", row.says, row.force, row.cite, row.from, row.to)
        }
        (Choice::Deviation, Some(deviation)) => format!("{} ({})", deviation.says, deviation.cite),
        (Choice::Deviation, None) => "What came is allowed.".to_owned(),
    }
}

impl Guess {
    /// `3 of 4 right`
    pub(super) fn score(&self) -> String {
        format!("{} of {} right", self.right, self.asked)
    }
}

/// Looks at a row that was guessed.
fn arrive(model: &mut Model, row: usize) {
    let reveal = model.revealed();
    if let Some(exchange) = &mut model.exchange {
        exchange.look(row, reveal);
    }
    show::direct(model);
}

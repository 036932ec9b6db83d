//! Playing by itself, at a speed.
//!
//! A step is taken as `n` takes it, once the pause behind the one before is over: in a show the time that its notes take
//! to read, in a recording what passed between the two events, in a lab always the same. Time comes from
//! [`Model::now`], and [`Model::deadline`] says when the next step is due, so that between two of them the program
//! sleeps. Whatever moves or asks something pauses it.

use super::keys::Action;
use super::model::{Exchange, Model};
use super::stepping::{forward, stopped};
use crate::terms::Micros;

/// Speeds, in quarters of the usual one.
const SPEEDS: [u64; 6] = [1, 2, 4, 8, 16, 32];
/// Their names.
const NAMES: [&str; 6] = ["×0.25", "×0.5", "×1", "×2", "×4", "×8"];
/// The pause behind each step of a lab.
const LAB: u64 = 1_000_000;
/// What the pauses of a recording are kept within.
const RECORDED: (u64, u64) = (200_000, 3_000_000);
/// How long a character of a note takes to read; some fifteen a second.
const READING: u64 = 66_000;
/// The time that a scene is given at least, for what is to be looked at besides.
const SCENE: u64 = 2_000_000;

/// Whether it plays, and how fast.
pub(super) struct Play {
    /// When the next step is due; `None` where nothing plays.
    pub(super) due: Option<Micros>,
    /// Where it left off: whoever moves on takes over.
    row: usize,
    /// The place in [`SPEEDS`].
    speed: usize,
}

impl Default for Play {
    fn default() -> Self {
        Self { due: None, row: 0, speed: 2 }
    }
}

impl Play {
    /// The speed as it is shown.
    pub(super) fn speed(&self) -> &'static str {
        NAMES[self.speed.min(NAMES.len() - 1)]
    }
}

pub(super) fn update(model: &mut Model, action: Action) {
    let speed = model.play.speed;
    match action {
        Action::Faster => model.play.speed = (speed + 1).min(SPEEDS.len() - 1),
        Action::Slower => model.play.speed = speed.saturating_sub(1),
        _ if model.play.due.is_some() => {
            model.play.due = None;
            return model.say(model.hint("paused; {play} plays on"));
        }
        _ => return start(model),
    }
    if model.play.due.is_none() {
        model.say(format!("speed {}; {}", model.play.speed(), model.hint("{play} plays")));
    } else {
        plan(model);
    }
}

/// Pauses for what moves or asks; what only changes how things look goes by.
pub(super) fn heed(model: &mut Model, action: Action) {
    let goes_by = matches!(
        action,
        Action::Play
            | Action::Faster
            | Action::Slower
            | Action::Time
            | Action::Zoom
            | Action::Layout
            | Action::LightOrDark
            | Action::Mouse
            | Action::Reveal
            | Action::Present
    );
    if !goes_by {
        model.play.due = None;
    }
}

/// At its end, a recording begins again.
fn start(model: &mut Model) {
    let reveal = model.revealed();
    let Some(exchange) = &mut model.exchange else { return };
    if exchange.session().is_none() && exchange.row == exchange.last_row() {
        exchange.look(0, reveal);
    }
    plan(model);
}

/// Sets when the next step is due.
fn plan(model: &mut Model) {
    let Some(exchange) = &model.exchange else { return };
    let pause = pause(exchange) * 4 / SPEEDS[model.play.speed.min(SPEEDS.len() - 1)];
    model.play.row = exchange.row;
    model.play.due = Some(Micros(model.now.0.saturating_add(pause)));
}

/// How long the step that is looked at is shown, at the usual speed, in microseconds.
fn pause(exchange: &Exchange) -> u64 {
    if let Some(said) = exchange.said() {
        let characters: usize = said.iter().map(|text| text.chars().count()).sum();
        return SCENE + READING * characters as u64;
    }
    if exchange.session().is_some() {
        return LAB;
    }
    let at = |row: usize| exchange.steps().get(row).map_or(Micros::default(), |step| step.event.at);
    at(exchange.row + 1).since(at(exchange.row)).0.clamp(RECORDED.0, RECORDED.1)
}

/// Takes the step that is due.
pub(super) fn tick(model: &mut Model) {
    if model.play.due.is_none_or(|due| due > model.now) {
        return;
    }
    model.play.due = None;
    let here = |model: &Model| model.exchange.as_ref().map(|exchange| (exchange.row, exchange.steps().len()));
    let Some((row, steps)) = here(model).filter(|(row, _)| *row == model.play.row && model.shown().is_some()) else {
        return;
    };
    if model.overlay.is_some() {
        return;
    }
    model.notice = None;
    forward(model);
    // What a lab has let go stands where it was held.
    let first = if here(model).is_some_and(|(_, now)| now > steps) { row } else { row + 1 };
    if model.overlay.is_some() || stopped(model, first) {
        return;
    }
    let ends = |exchange: &Exchange| {
        let last = exchange.row == exchange.last_row();
        exchange.show_ends() || last && exchange.session().is_none_or(crate::session::Session::ended)
    };
    if model.exchange.as_ref().is_some_and(ends) {
        return model.say("played to the end");
    }
    plan(model);
}

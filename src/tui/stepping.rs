//! Stepping through an exchange: on by one, on to a stop, what a session is told, where it is held and where it stops.

use super::line_editor::LineEditor;
use super::menus::{Item, Menu, MenuKind, menu};
use super::model::{Exchange, Model, Overlay};
use super::rows::rows;
use super::{guess, show};
use crate::machine::Signal;
use crate::session::{Gate, Input, Stop};
use crate::terms::Party;

/// One step on, or one scene; what comes is asked for first where it is to be guessed.
pub(super) fn forward(model: &mut Model) {
    if !guess::forward(model) && !show::step(model, true) {
        step(model);
    }
}

fn step(model: &mut Model) {
    let reveal = model.revealed();
    let Some(exchange) = &mut model.exchange else { return };
    let (row, last) = (exchange.row, exchange.last_row());
    match exchange.session() {
        Some(session) if row == last && session.ended() => {
            model.say(model.hint("the session has ended; {restart} plays it again, {save} saves it"));
        }
        Some(_) if row == last => input(model, Input::Release(None)),
        None if row == last => model.say("the recording ends here"),
        _ => {
            let rows = rows(exchange);
            let next = rows.position() + 1;
            let row = if next < rows.len() { rows.nth(next) } else { last };
            exchange.look(row, reveal);
        }
    }
}

pub(super) fn run_on(model: &mut Model) {
    let reveal = model.revealed();
    let Some(exchange) = &mut model.exchange else { return };
    match exchange.session() {
        Some(session) if session.ended() => step(model),
        Some(_) => {
            input(model, Input::Run);
            say_stop(model);
        }
        None => {
            let first = exchange.row + 1;
            exchange.look(exchange.last_row(), reveal);
            stopped(model, first);
        }
    }
}

pub(super) fn say_stop(model: &mut Model) {
    let Some(exchange) = &model.exchange else { return };
    let last = exchange.steps().iter().rev().find(|step| step.from().is_some());
    let met = last.and_then(|step| model.options.stops.iter().find(|stop| stop.met_by(step)));
    if let Some(stop) = met.map(ToString::to_string) {
        model.say(format!("stopped at {stop}"));
    }
}

/// Looks at the first stop from `first` up to the row that is looked at, if there is one.
pub(super) fn stopped(model: &mut Model, first: usize) -> bool {
    let reveal = model.revealed();
    let Some(exchange) = &mut model.exchange else { return false };
    let passed = exchange.steps().iter().enumerate().skip(first).take((exchange.row + 1).saturating_sub(first));
    let met = |step: &_| model.options.stops.iter().find(|stop| stop.met_by(step));
    let Some((at, stop)) = passed.into_iter().find_map(|(at, step)| Some((at, met(step)?.to_string()))) else {
        return false;
    };
    if at != exchange.row && exchange.session().is_none() {
        exchange.look(at, reveal);
    }
    model.say(format!("stopped at {stop}"));
    true
}

/// Gives the session an input; what it changes is where it stands, so that is looked at.
pub(super) fn input(model: &mut Model, input: Input) {
    let (now, reveal) = (model.now, model.revealed());
    let by_hand = matches!(input, Input::Edit(_) | Input::Choose(_) | Input::Fault(_));
    if let Some(exchange) = &mut model.exchange {
        exchange.play(now, input, reveal);
    }
    model.sum_up();
    if by_hand {
        model.touch();
    }
    model.record();
}

/// Shows the held line where an earlier one is looked at, so that nothing is done to a line that is not in view.
pub(super) fn back_to_held(model: &mut Model) -> bool {
    let reveal = model.revealed();
    let Some(exchange) = model.exchange.as_mut().filter(|exchange| exchange.looks_back()) else { return false };
    exchange.look(exchange.last_row(), reveal);
    true
}

pub(super) fn hold(model: &mut Model) {
    let Some(exchange) = &mut model.exchange else { return };
    let Some(Gate { receive, send }) = exchange.gate() else { return };
    let next = match (receive, send) {
        (false, true) => Gate { receive: true, send: false },
        (true, false) => Gate { receive: true, send: true },
        (true, true) => Gate { receive: false, send: false },
        (false, false) => Gate { receive: false, send: true },
    };
    for party in Party::BOTH {
        exchange.session_mut().into_iter().for_each(|session| session.set_gate(party, next));
    }
    model.options.gate = next;
}

/// Lists what there is to stop at, to be found by typing; first comes what the step that is looked at says.
pub(super) fn add_stop(model: &mut Model) {
    let all = Stop::known();
    let signal = model.exchange.as_ref().and_then(|exchange| exchange.focus.step.signal).map(Signal::name);
    let selected = all.iter().position(|(stop, _)| Some(stop.name().as_str()) == signal).unwrap_or(0);
    let item = |(stop, says): &(Stop, String)| Item {
        label: format!("{:26}  {says}", stop.name()),
        detail: format!(
            "{stop}: {says} Any reply code and any value will do, too: 299, negState=reject. Again takes it away."
        ),
    };
    let menu =
        Menu::new("Stop at a signal, state, reply code or field", MenuKind::AddStop, all.iter().map(item).collect());
    model.overlay = Some(Overlay::Menu(Menu { selected, find: Some(LineEditor::default()), ..menu }));
}

pub(super) fn stops(model: &mut Model) {
    if model.options.stops.is_empty() {
        return model.say(model.hint("no stops; {stop} adds one"));
    }
    let keys = &model.options.keys;
    let detail = keys.in_lists().hint("{enter} takes it away; ") + &keys.hint("{stop} adds another.");
    let item = |stop: &Stop| Item { label: stop.to_string(), detail: detail.clone() };
    let items = model.options.stops.iter().map(item).collect();
    menu(model, "A run stops at", MenuKind::Stops, items);
}

pub(super) fn toggle_stop(model: &mut Model, stop: &Stop) {
    if let Some(session) = model.exchange.as_mut().and_then(Exchange::session_mut) {
        session.toggle_stop(stop.clone());
    }
    model.toggle_stop_elsewhere(stop);
    let stops = &mut model.options.stops;
    let known = stops.iter().position(|known| known == stop);
    if let Some(place) = known {
        stops.remove(place);
        model.say(format!("no longer stops at {stop}"));
    } else {
        stops.push(stop.clone());
        model.say(format!("stops at {stop}; {}", model.hint("{stops} lists the stops")));
    }
}

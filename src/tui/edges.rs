//! The rows of the machine whose diagram is shown: which is selected, and which steps took it.
//!
//! A row is looked for in so many steps at a time, so that a long recording does not hold up a key.

use super::effect::Effect;
use super::keys::Action;
use super::looking::moved;
use super::menus::in_menu;
use super::model::{Exchange, Model, Overlay};
use super::update::update as act;
use crate::machine::{Machine, RowId, table};
use crate::terms::Party;
use crate::transcript::Step;
use crossterm::event::KeyEvent;

/// How many steps are looked at in one go.
const CHUNK: usize = 20_000;
/// How many steps that took the row are found before they are asked for.
const AHEAD: usize = 50;

/// A row of a table, looked at whole: the steps that took it.
#[derive(Clone, Debug)]
pub(super) struct Walked {
    pub(super) row: RowId,
    /// Rows of the ladder, as far as they were looked for.
    pub(super) steps: Vec<usize>,
    /// How many rows of the ladder were looked at.
    pub(super) searched: usize,
    /// Which of `steps` is under the cursor.
    pub(super) selected: usize,
}

/// Whether the step took the row.
pub(super) fn took(step: &Step, row: RowId) -> bool {
    step.moves.iter().any(|taken| taken.row == row)
}

/// Which diagram is shown: the one that was chosen, else where the step deviates, else within the mechanism of who
/// spoke.
pub(super) fn machine(exchange: &Exchange) -> Option<(Party, Machine)> {
    let focus = &exchange.focus;
    let deviation = focus.step.deviation.as_ref().map(|wrong| (wrong.party, wrong.machine));
    exchange.diagram.or(deviation).or_else(|| focus.crumb().map(|place| (place.party, place.machine)))
}

/// The rows of the machine that is shown: those that lead on from here, those that led here, the rest.
pub(super) fn rows(exchange: &Exchange) -> Vec<RowId> {
    machine(exchange).map_or_else(Vec::new, |(party, machine)| rows_of(exchange, party, machine))
}

/// The same of a machine that may be shown.
pub(super) fn rows_of(exchange: &Exchange, party: Party, machine: Machine) -> Vec<RowId> {
    let place = exchange.focus.places[party.index()].iter().find(|place| place.machine == machine);
    let mut rows: Vec<RowId> = place.iter().flat_map(|place| place.ahead.iter().chain(&place.taken)).copied().collect();
    rows.extend((0..table(machine, party).rows.len()).map(|place| RowId { machine, party, place }));
    let mut seen = std::collections::BTreeSet::new();
    rows.retain(|row| seen.insert(*row));
    rows
}

/// The rows that are lit in diagrams: the selected one, else those that the step took.
pub(super) fn lit(exchange: &Exchange) -> Vec<RowId> {
    let taken = exchange.focus.step.moves.iter().map(|taken| taken.row);
    exchange.edge.map_or_else(|| taken.collect(), |row| vec![row])
}

/// A key in the pane of the machines.
pub(super) fn update(model: &mut Model, action: Action) {
    let Some(exchange) = &mut model.exchange else { return };
    match action {
        Action::Left | Action::Right => other_machine(exchange, action),
        Action::Enter => open(model),
        _ => {
            let rows = rows(exchange);
            let at = exchange.edge.and_then(|row| rows.iter().position(|known| *known == row));
            let last = rows.len().saturating_sub(1);
            let to = match at {
                Some(at) => moved(at, action, last),
                None if action == Action::Last => last,
                None => 0,
            };
            exchange.edge = rows.get(to).copied();
        }
    }
}

fn other_machine(exchange: &mut Exchange, action: Action) {
    let all: Vec<_> = exchange.focus.places.iter().flatten().map(|place| (place.party, place.machine)).collect();
    let shown = machine(exchange);
    let at = all.iter().position(|known| Some(*known) == shown).unwrap_or(0);
    let by = if action == Action::Right { 1 } else { all.len().saturating_sub(1) };
    exchange.diagram = all.get((at + by) % all.len().max(1)).copied();
    exchange.edge = None;
}

/// Opens the selected row; where none is selected, the first of those that are lit in this diagram, else of all.
fn open(model: &mut Model) {
    let Some(exchange) = &mut model.exchange else { return };
    let shown = machine(exchange);
    let here = |row: &RowId| Some((row.party, row.machine)) == shown;
    let Some(row) = lit(exchange).into_iter().find(here).or_else(|| rows(exchange).first().copied()) else { return };
    exchange.edge = Some(row);
    let mut walked = Walked { row, steps: Vec::new(), searched: 0, selected: 0 };
    walked.search(exchange);
    model.overlay = Some(Overlay::Edge(walked));
}

impl Walked {
    /// Looks on for steps that took the row, unless enough are known.
    fn search(&mut self, exchange: &Exchange) {
        let steps = exchange.steps();
        for step in steps.iter().skip(self.searched).take(CHUNK) {
            if self.steps.len() > self.selected + AHEAD {
                return;
            }
            self.searched += 1;
            if took(step, self.row) {
                self.steps.push(step.place);
            }
        }
        if self.searched == steps.len() && exchange.rows() > steps.len() {
            self.searched += 1;
            let held = exchange.preview().filter(|held| took(held, self.row));
            self.steps.extend(held.map(|held| held.place));
        }
    }

    /// Whether all steps were looked at.
    pub(super) fn is_complete(&self, exchange: &Exchange) -> bool {
        self.searched >= exchange.rows()
    }
}

/// A key while a row is open.
pub(super) fn key(model: &mut Model, event: KeyEvent) -> Option<Effect> {
    let action = in_menu(event, &model.options.keys)?;
    let (Some(Overlay::Edge(walked)), Some(exchange)) = (&mut model.overlay, &model.exchange) else { return None };
    match action {
        Action::QuitNow => return act(model, Action::QuitNow),
        Action::Leave | Action::Quit => model.overlay = None,
        Action::Enter => go(model),
        action => {
            walked.selected = moved(walked.selected, action, walked.steps.len().saturating_sub(1));
            walked.search(exchange);
        }
    }
    None
}

/// Looks at the selected step; the row stays selected.
fn go(model: &mut Model) {
    let reveal = model.revealed();
    let (Some(Overlay::Edge(walked)), Some(exchange)) = (model.overlay.take(), &mut model.exchange) else { return };
    if let Some(&step) = walked.steps.get(walked.selected) {
        exchange.look(step, reveal);
        exchange.diagram = Some((walked.row.party, walked.row.machine));
        exchange.edge = Some(walked.row);
    }
}

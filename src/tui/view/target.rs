//! What is at a place of the screen. Each view says it by the layout that it draws by.

use super::layout::{bars, inner, name_at};
use super::{bytes, ladder, menu, raw, sessions, start, state, status, tree};
use crate::machine::{Machine, RowId};
use crate::terms::Party;
use crate::tui::keys::Binding;
use crate::tui::model::{Exchange, Front, Model, Overlay, Pane};
use crate::tui::panes::{BorderAt, Placed};
use ratatui::layout::{Position, Rect};

/// What can be pointed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tui) enum Target {
    /// An item of the list that lies over the screen.
    Item(usize),
    /// An entry of the start screen.
    Entry(usize),
    /// A session of the list, by its id.
    Session(u64),
    /// What the footer says can be done.
    Hint(&'static Binding),
    /// A border between panes.
    Border(BorderAt),
    /// A pane: its name, or a place in it where there is nothing of its own.
    Pane(Pane),
    /// A row of the ladder.
    Row(usize),
    /// A node, in the order of the tree; whether at its fold.
    Node(usize, bool),
    /// An octet of the token.
    Octet(usize),
    /// An octet of the line.
    Character(usize),
    /// A diagram, and a row of it.
    Diagram(Party, Machine, Option<RowId>),
    Nothing,
}

/// What is at that place.
pub(in crate::tui) fn target(model: &Model, at: Position) -> Target {
    let area = Rect::from((Position::ORIGIN, model.size));
    if area.width < super::LEAST.0 || area.height < super::LEAST.1 {
        return Target::Nothing;
    }
    match &model.overlay {
        Some(Overlay::Menu(menu)) => return menu::item_at(area, menu, at).map_or(Target::Nothing, Target::Item),
        Some(_) => return Target::Nothing,
        None => {}
    }
    if let Some(binding) = status::hint_at(bars(area).footer, model, at) {
        return Target::Hint(binding);
    }
    match &model.exchange {
        Some(exchange) if model.front == Front::Exchange => in_panes(model, exchange, at),
        _ if model.front == Front::List => {
            sessions::session_at(area, model, at).map_or(Target::Nothing, Target::Session)
        }
        _ => start::entry_at(area, model, at).map_or(Target::Nothing, Target::Entry),
    }
}

fn in_panes(model: &Model, exchange: &Exchange, at: Position) -> Target {
    let laid = model.laid();
    let name = laid.panes.iter().find_map(|placed| name_at(*placed, model, exchange, at));
    let border = laid.borders.into_iter().find(|border| border.area.contains(at));
    match (name, border) {
        (Some(pane), _) => Target::Pane(pane),
        (None, Some(border)) => Target::Border(border),
        (None, None) => {
            let placed = laid.panes.into_iter().find(|placed| placed.area.contains(at));
            placed.map_or(Target::Nothing, |placed| in_pane(model, exchange, placed, at))
        }
    }
}

fn in_pane(model: &Model, exchange: &Exchange, placed: Placed, at: Position) -> Target {
    let area = inner(placed.area);
    let found = match placed.pane {
        Pane::Ladder => ladder::row_at(area, model, exchange, at).map(Target::Row),
        Pane::Tree => tree::node_at(area, exchange, at).map(|(node, folds)| Target::Node(node, folds)),
        Pane::Bytes => bytes::octet_at(area, exchange, at).map(Target::Octet),
        Pane::Raw if area.contains(at) => {
            let paint = super::Paint::new(model);
            let first = super::text(Pane::Raw, area, model, exchange, &paint).first;
            let (row, column) = (first + usize::from(at.y - area.y), usize::from(at.x - area.x));
            raw::octet_at(exchange, usize::from(area.width), row, column, &paint).map(Target::Character)
        }
        Pane::State => {
            state::row_at(area, exchange, at).map(|(party, machine, row)| Target::Diagram(party, machine, row))
        }
        Pane::Raw | Pane::Why => None,
    };
    found.unwrap_or(Target::Pane(placed.pane))
}

//! Looking about: other rows, panes, nodes, octets, characters. Nothing that was said or done changes.

use super::edges;
use super::keys::Action;
use super::model::{Exchange, Model, Pane, TimeMode};
use super::rows::rows;
use super::{panes, view};

/// How many rows a page has.
const PAGE: usize = 10;

/// Actions that change nothing but what is looked at.
pub(super) fn look(model: &mut Model, action: Action) {
    let reveal = model.revealed();
    let Some(exchange) = &mut model.exchange else { return };
    match action {
        Action::Back => {
            let rows = rows(exchange);
            let row = rows.nth(rows.position().saturating_sub(1));
            exchange.look(row, reveal);
        }
        Action::Zoom => exchange.zoom = !exchange.zoom,
        Action::Time => {
            exchange.time = match exchange.time {
                TimeMode::SinceStart => TimeMode::SincePrevious,
                TimeMode::SincePrevious => TimeMode::Clock,
                TimeMode::Clock => TimeMode::SinceStart,
            }
        }
        Action::Pane(pane) => panes::focus(model, pane),
        Action::NextPane => {
            let pane = neighbour(exchange.pane, 1);
            panes::focus(model, pane);
        }
        Action::PreviousPane => {
            let pane = neighbour(exchange.pane, Pane::ALL.len() - 1);
            panes::focus(model, pane);
        }
        _ => match exchange.pane {
            Pane::Ladder if action == Action::Enter => {
                let pane = exchange.tab;
                panes::focus(model, pane);
            }
            Pane::Ladder => {
                let rows = rows(exchange);
                let row = rows.nth(moved(rows.position(), action, rows.len().saturating_sub(1)));
                if row != exchange.row {
                    exchange.look(row, reveal);
                }
            }
            Pane::Tree if exchange.focus.shown.tree.is_some() => in_tree(exchange, action),
            Pane::Bytes => in_octets(model, action),
            Pane::Raw if !exchange.focus.shown.token.is_empty() => in_characters(model, action),
            Pane::State => edges::update(model, action),
            pane => scroll(model, pane, action),
        },
    }
}

fn neighbour(pane: Pane, by: usize) -> Pane {
    let place = Pane::ALL.iter().position(|known| *known == pane).unwrap_or(0);
    Pane::ALL[(place + by) % Pane::ALL.len()]
}

/// Where a cursor at `at` is after a movement among `0..=last`.
pub(super) fn moved(at: usize, action: Action, last: usize) -> usize {
    match action {
        Action::Up => at.saturating_sub(1),
        Action::Down => at + 1,
        Action::PageUp => at.saturating_sub(PAGE),
        Action::PageDown => at + PAGE,
        Action::First => 0,
        Action::Last => last,
        _ => at,
    }
    .min(last)
}

fn in_tree(exchange: &mut Exchange, action: Action) {
    let rows = view::tree_rows(&exchange.focus.shown, &exchange.folded);
    let Some(at) = rows.iter().rposition(|row| row.place <= exchange.node) else { return };
    let row = &rows[at];
    let (place, folds, depth) = (row.place, row.folds, row.depth);
    let parent = rows[..at].iter().rfind(|above| above.depth < depth).map(|above| above.place);
    let target = rows.get(moved(at, action, rows.len() - 1)).map(|row| row.place);
    let is_folded = exchange.folded.contains(&place);
    match action {
        Action::Enter | Action::Right if is_folded => drop(exchange.folded.remove(&place)),
        Action::Enter | Action::Left if folds && !is_folded => drop(exchange.folded.insert(place)),
        Action::Left => exchange.select_node(parent.unwrap_or(place)),
        Action::Right => exchange.select_node(rows.get(at + 1).filter(|_| folds).map_or(place, |row| row.place)),
        _ => exchange.select_node(target.unwrap_or(place)),
    }
}

fn in_octets(model: &mut Model, action: Action) {
    let in_row = view::in_row(model, Pane::Bytes);
    let Some(exchange) = &mut model.exchange else { return };
    let last = exchange.focus.shown.token.len().saturating_sub(1);
    exchange.select_octet(moved_in_rows(exchange.octet, action, last, in_row));
}

fn in_characters(model: &mut Model, action: Action) {
    let in_row = view::in_row(model, Pane::Raw);
    let Some(exchange) = &mut model.exchange else { return };
    let first = exchange.focus.shown.encoded.start;
    let last = exchange.focus.shown.encoded.len().saturating_sub(1);
    let at = exchange.at_character().saturating_sub(first);
    exchange.select_character(first + moved_in_rows(at, action, last, in_row));
}

/// The same where the places stand in rows.
fn moved_in_rows(at: usize, action: Action, last: usize, in_row: usize) -> usize {
    let target = match action {
        Action::Left => at.saturating_sub(1),
        Action::Right => at + 1,
        Action::Up => at.checked_sub(in_row).unwrap_or(at),
        Action::Down if at + in_row > last => at,
        Action::Down => at + in_row,
        Action::PageUp => at.saturating_sub(PAGE * in_row),
        Action::PageDown => at + PAGE * in_row,
        _ => moved(at, action, last),
    };
    target.min(last)
}

fn scroll(model: &mut Model, pane: Pane, action: Action) {
    let most = view::most_scroll(model, pane);
    if let (Some(exchange), Some(place)) = (&mut model.exchange, Pane::ALL.iter().position(|known| *known == pane)) {
        exchange.scroll[place] = moved(exchange.scroll[place].min(most), action, most);
    }
}

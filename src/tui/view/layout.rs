//! The bars, and the rules of the panes.

use super::paint::{Paint, rule, width};
use crate::config::theme::Role;
use crate::tui::keys::Action;
use crate::tui::model::{Exchange, Model, Pane};
use crate::tui::panes::Placed;
use crate::tui::search;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Span;

/// The bars above and below, and what is between them.
pub(super) struct Bars {
    pub(super) header: Rect,
    pub(super) body: Rect,
    pub(super) crumb: Rect,
    pub(super) footer: Rect,
}

pub(super) fn bars(area: Rect) -> Bars {
    let line = |y| Rect { y, height: 1, ..area }.intersection(area);
    Bars {
        header: line(area.y),
        body: Rect { y: area.y + 1, height: area.height.saturating_sub(3), ..area },
        crumb: line(area.bottom().saturating_sub(2)),
        footer: line(area.bottom().saturating_sub(1)),
    }
}

/// What a pane has for its rows.
pub(super) fn inner(area: Rect) -> Rect {
    Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area }
}

/// The rule above a pane, with its name or the names of those that take turns there, and the line at its left where it
/// is not the first.
pub(super) fn frame(buffer: &mut Buffer, placed: Placed, model: &Model, exchange: &Exchange, paint: &Paint) {
    let Placed { pane, area, .. } = placed;
    if area.height == 0 {
        return;
    }
    let focused = exchange.pane == pane;
    let border = paint.style(if focused { Role::Focus } else { Role::Border });
    let mut title = vec![Span::styled("─ ", border)];
    let named = if focused { Role::Focus } else { Role::Title };
    for (tab, text) in names(placed, model, exchange) {
        title.extend([paint.span(text, if tab == pane { named } else { Role::Dim }), Span::raw(" ")]);
    }
    title.extend(note(pane, model, exchange, paint));
    buffer.set_line(area.x, area.y, &rule(title, usize::from(area.width), border), area.width);
    if area.x > 0 {
        for y in area.top()..area.bottom() {
            buffer.set_string(area.x - 1, y, "│", paint.style(Role::Border));
        }
    }
}

/// What the rule names: the pane, or all that take turns there.
fn names(placed: Placed, model: &Model, exchange: &Exchange) -> Vec<(Pane, String)> {
    let Placed { pane, tabs, .. } = placed;
    if !tabs {
        let name = named(model, pane);
        return vec![(pane, if exchange.pane == pane { format!("[{name}]") } else { name })];
    }
    // The one that is shown has its brackets: a twin for its colour.
    let bracketed = |tab: Pane| match named(model, tab) {
        name if tab == pane => format!("[{name}]"),
        name => format!(" {name} "),
    };
    model.arrangement.tabs_in(model.body()).into_iter().map(|tab| (tab, bracketed(tab))).collect()
}

/// The pane whose name stands at a place of a rule.
pub(super) fn name_at(placed: Placed, model: &Model, exchange: &Exchange, at: Position) -> Option<Pane> {
    let rule = Rect { height: 1, ..placed.area };
    let column = usize::from(rule.contains(at).then(|| at.x - rule.x)?);
    let mut end = 2;
    let found = names(placed, model, exchange).into_iter().find(|(_, name)| {
        let start = end;
        end += width(name) + 1;
        (start..end - 1).contains(&column)
    });
    found.map(|(pane, _)| pane)
}

/// The name of a pane, behind its key if it has one.
fn named(model: &Model, pane: Pane) -> String {
    let key = model.options.keys.key(Action::Pane(pane)).map(|key| format!("{} ", key.text()));
    key.unwrap_or_default() + pane.name()
}

/// What the rule says behind the name.
fn note(pane: Pane, model: &Model, exchange: &Exchange, paint: &Paint) -> Vec<Span<'static>> {
    if pane != Pane::Ladder {
        return Vec::new();
    }
    let mut notes = Vec::new();
    if let Some(text) = search::filter_text(exchange) {
        notes = vec![Span::raw("─ "), paint.span(crate::decode::escape(&text), Role::Held), Span::raw(" ")];
    }
    notes.extend(source_note(model, exchange, paint));
    notes
}

/// What is to be known of the exchange as a whole.
fn source_note(model: &Model, exchange: &Exchange, paint: &Paint) -> Vec<Span<'static>> {
    if exchange.looks_back() && exchange.row + 1 < exchange.open_rows() {
        let does = if exchange.session().is_some_and(crate::session::Session::ended) { "ended" } else { "waits" };
        // Behind a filter there is room for few words.
        let who = search::filter_text(exchange).map_or("the session", |_| "it");
        let goes = model.hint("{step} goes on");
        let text = format!(" looking back: {who} {does} at {}; {goes} ", exchange.last_row() + 1);
        return vec![Span::raw("─ "), paint.span(text, Role::Held), Span::raw(" ")];
    }
    if let crate::tui::model::Source::Recording { damage: Some(damage), .. } = &exchange.source {
        let text = format!("✘ {damage}");
        return vec![Span::raw("─ "), paint.span(crate::decode::escape(&text), Role::Bad), Span::raw(" ")];
    }
    let title = &exchange.headers().title;
    if title.is_empty() {
        return Vec::new();
    }
    vec![Span::raw("─ "), paint.span(crate::decode::escape(title), Role::Dim), Span::raw(" ")]
}

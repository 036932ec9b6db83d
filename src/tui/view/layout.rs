//! Which panes stand where, by the size of the screen.

use super::paint::{Paint, cut_spans, width};
use crate::config::theme::Role;
use crate::tui::model::{Exchange, Pane};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

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

/// The panes and their places, rules included.
pub(super) fn panes(body: Rect, exchange: &Exchange) -> Vec<(Pane, Rect)> {
    if exchange.zoom {
        return vec![(exchange.pane, body)];
    }
    match (body.width, body.height) {
        (180.., 47..) => large(body),
        (120.., 37..) => medium(body),
        _ => {
            let [ladder, tab] = split(body, [body.height * 2 / 5]);
            vec![(Pane::Ladder, ladder), (exchange.tab, tab)]
        }
    }
}

/// Everything at once, ladder at the left.
fn medium(body: Rect) -> Vec<(Pane, Rect)> {
    let [left, right] = columns(body, body.width * 11 / 20);
    let [ladder, raw, why] = split(left, [body.height / 2, body.height / 5]);
    let [tree, bytes, state] = split(right, [body.height * 2 / 5, body.height / 4]);
    vec![
        (Pane::Ladder, ladder),
        (Pane::Raw, raw),
        (Pane::Why, why),
        (Pane::Tree, tree),
        (Pane::Bytes, bytes),
        (Pane::State, state),
    ]
}

/// The trainer's screen: below, the whole diagram beside the clause.
fn large(body: Rect) -> Vec<(Pane, Rect)> {
    let [above, below] = split(body, [body.height.saturating_sub(27)]);
    let [ladder, rest] = columns(above, body.width * 7 / 20);
    let [middle, tree] = columns(rest, (rest.width / 2).max(75));
    let [raw, bytes] = split(middle, [above.height / 3]);
    let [state, why] = columns(below, body.width.saturating_sub(78));
    vec![
        (Pane::Ladder, ladder),
        (Pane::Raw, raw),
        (Pane::Bytes, bytes),
        (Pane::Tree, tree),
        (Pane::State, state),
        (Pane::Why, why),
    ]
}

/// Areas above each other, of these heights; the last has what is left.
fn split<const N: usize, const M: usize>(area: Rect, heights: [u16; N]) -> [Rect; M] {
    let mut rest = area;
    std::array::from_fn(|place| {
        let height = heights.get(place).copied().unwrap_or(rest.height).min(rest.height);
        let part = Rect { height, ..rest };
        rest = Rect { y: rest.y + height, height: rest.height - height, ..rest };
        part
    })
}

/// Two columns with a line between.
fn columns(area: Rect, left: u16) -> [Rect; 2] {
    let left = left.min(area.width.saturating_sub(1));
    let right = Rect { x: area.x + left + 1, width: area.width - left - 1, ..area };
    [Rect { width: left, ..area }, right]
}

/// What a pane has for its rows.
pub(super) fn inner(area: Rect) -> Rect {
    Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area }
}

/// The rule above a pane, with its name, and the line at its left where it is not the first.
pub(super) fn frame(
    buffer: &mut Buffer,
    area: Rect,
    body: Rect,
    pane: Pane,
    exchange: &Exchange,
    tabs: bool,
    paint: &Paint,
) {
    if area.height == 0 {
        return;
    }
    let focused = exchange.pane == pane;
    let border = paint.style(if focused { Role::Focus } else { Role::Border });
    let mut title = vec![Span::styled("─ ", border)];
    if tabs && pane != Pane::Ladder {
        for (number, tab) in Pane::ALL.iter().take(5).enumerate() {
            let role = if *tab != pane {
                Role::Dim
            } else if focused {
                Role::Focus
            } else {
                Role::Title
            };
            let name = tab.name();
            // The one that is shown has its brackets: a twin for its colour.
            let text =
                if *tab == pane { format!("[{} {name}]", number + 1) } else { format!(" {} {name} ", number + 1) };
            title.extend([paint.span(text, role), Span::raw(" ")]);
        }
    } else {
        let role = if focused { Role::Focus } else { Role::Title };
        let number = Pane::ALL.iter().position(|known| *known == pane).map_or(0, |place| place + 1);
        let name = if tabs { pane.name().to_owned() } else { format!("{number} {}", pane.name()) };
        title.extend([paint.span(if focused && !tabs { format!("[{name}]") } else { name }, role), Span::raw(" ")]);
    }
    title.extend(note(pane, exchange, paint));
    let mut spans = cut_spans(title, usize::from(area.width));
    let used: usize = spans.iter().map(|span| width(&span.content)).sum();
    spans.push(Span::styled("─".repeat(usize::from(area.width).saturating_sub(used)), border));
    buffer.set_line(area.x, area.y, &Line::from(spans), area.width);
    if area.x > body.x {
        for y in area.top()..area.bottom() {
            buffer.set_string(area.x - 1, y, "│", paint.style(Role::Border));
        }
    }
}

/// What the rule says behind the name.
fn note(pane: Pane, exchange: &Exchange, paint: &Paint) -> Vec<Span<'static>> {
    if pane != Pane::Ladder {
        return Vec::new();
    }
    if exchange.looks_back() {
        let does = if exchange.session().is_some_and(crate::session::Session::ended) { "ended" } else { "waits" };
        let text = format!(" looking back: the session {does} at {}; n goes on ", exchange.last_row() + 1);
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

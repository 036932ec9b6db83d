//! A row of a machine, whole, and the steps that took it: over the screen.

use super::ladder;
use super::overlay::frame;
use super::paint::{Paint, cut};
use crate::config::theme::Role;
use crate::tui::edges::Walked;
use crate::tui::model::Model;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// The widest that it gets.
const WIDE: u16 = 100;
/// Lines for steps, if there are so many.
const LIST: usize = 12;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, walked: &Walked, model: &Model, paint: &Paint) {
    let Some(exchange) = &model.exchange else { return };
    let id = walked.row;
    let row = id.row();
    let wide = WIDE.min(area.width.saturating_sub(4));
    let room = usize::from(wide.saturating_sub(4));
    let mut lines: Vec<Line<'static>> = Vec::new();
    let fact = |name: &str, value: String, role| {
        Line::from(vec![
            paint.span(format!("{name:9}"), Role::Dim),
            paint.span(cut(&value, room.saturating_sub(9)), role),
        ])
    };
    lines.push(fact("from", row.from.to_string(), Role::StateWalked));
    lines.push(fact("hears", row.on.to_string(), Role::Text));
    lines.push(fact("answers", row.emit.map_or_else(|| "nothing".to_owned(), |emit| emit.to_string()), Role::Text));
    lines.push(fact("to", row.to.to_string(), Role::StateWalked));
    lines.push(fact("force", row.force.to_string(), Role::Text));
    lines.push(fact("clause", row.cite.to_string(), Role::Clause));
    lines.extend(paint.wrap(row.says, Role::Text, 0, room));
    lines.push(Line::default());
    let keys = model.options.keys.in_lists();
    let more = if walked.is_complete(exchange) { "" } else { " and more" };
    lines.push(match (walked.steps.len(), more) {
        (0, "") => paint.span("No step took it.", Role::Dim).into(),
        (0, _) => {
            let text =
                format!("None of the first {} steps took it; {}.", walked.searched, keys.hint("{down} looks on"));
            paint.span(text, Role::Dim).into()
        }
        (1, "") => paint.span(keys.hint("One step took it; {enter} goes there."), Role::Title).into(),
        (steps, more) => {
            let goes = keys.hint("{enter} goes to the selected one");
            paint.span(format!("{steps} steps{more} took it; {goes}."), Role::Title).into()
        }
    });
    let list = walked.steps.len().min(LIST);
    let high = u16::try_from(lines.len() + list + 2).unwrap_or(u16::MAX).min(area.height.saturating_sub(2));
    let title = format!("{} {}: {} → {}", id.machine, id.party, row.from, row.to);
    let inside = frame(buffer, area, wide, high, &title, paint);
    let above = (lines.len() as u16).min(inside.height.saturating_sub(list.min(3) as u16));
    super::rows(buffer, Rect { height: above, ..inside }, lines.into_iter());
    let list = Rect { y: inside.y + above, height: inside.height - above, ..inside };
    let first = super::first_row(walked.selected, walked.steps.len(), usize::from(list.height));
    for ((place, step), y) in walked.steps.iter().enumerate().skip(first).zip(list.top()..list.bottom()) {
        let is_selected = place == walked.selected;
        let line = ladder::line_of(*step, is_selected, model, exchange, usize::from(list.width), paint);
        super::row(buffer, Rect { y, height: 1, ..list }, &line, is_selected, paint);
    }
}

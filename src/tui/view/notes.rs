//! The presenter's terminal.

use super::layout::bars;
use super::paint::{Paint, spread, wrap};
use crate::config::theme::Role;
use crate::decode::escape;
use crate::tui::model::Model;
use crate::tui::notes::{Notes, Part};
use ratatui::Frame;
use ratatui::text::Line;

/// Longer lines than that are hard to read.
const WIDEST: usize = 100;

/// Draws what the presenter sees; the model gives the theme. Returns how many lines can be scrolled past.
pub fn draw_notes(frame: &mut Frame<'_>, model: &Model, notes: &Notes) -> usize {
    let area = frame.area();
    let paint = Paint::new(model);
    let buffer = frame.buffer_mut();
    buffer.set_style(area, paint.ground());
    let (whole, wide) = (bars(area), usize::from(area.width));
    let title = vec![paint.span(format!(" {}", escape(&notes.told.title)), Role::Title)];
    let right = vec![paint.span(format!(" {}  ", notes.place()), Role::Text), paint.span(notes.time(), Role::Title)];
    buffer.set_line(area.x, area.y, &spread(title, right, wide), area.width);
    let mut lines = Vec::new();
    for (part, text) in notes.lines() {
        // A twin in words for each colour.
        let (before, role) = match part {
            Part::Line => ("", Role::Focus),
            Part::Note => ("  ", Role::Text),
            Part::Presenter => ("▶ ", Role::Held),
            Part::Asked => ("? ", Role::Ok),
            Part::Heading => ("", Role::Title),
            Part::Next => ("  ", Role::Dim),
        };
        if matches!(part, Part::Heading | Part::Asked) {
            lines.push(Line::default());
        }
        let wrapped = wrap(&escape(&text), wide.min(WIDEST).saturating_sub(4));
        for (place, text) in wrapped.into_iter().enumerate() {
            let before = if place == 0 { before } else { &"  "[..before.len().min(2)] };
            lines.push(Line::from(paint.span(format!(" {before}{text}"), role)));
        }
    }
    let most = lines.len().saturating_sub(usize::from(whole.body.height));
    super::rows(buffer, whole.body, lines.into_iter().skip(notes.scroll.min(most)));
    let keys = model.options.keys.in_lists().hint(" {step} next  {back} back  {down} {up} scroll  {quit} quit");
    super::status::line(buffer, whole.footer, &keys, Role::Dim, &paint);
    paint.finish(buffer);
    most
}

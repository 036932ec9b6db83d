//! A form over the screen: fields with their values, and what is said of the one under the cursor.

use super::overlay::{broken, frame};
use super::paint::{Paint, cut, pad, width};
use crate::config::theme::Role;
use crate::decode::escape;
use crate::tui::form::{FieldValue, Form};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;

/// Rows below the fields: one blank, what is said, the keys.
const BELOW: u16 = 4;

/// Draws the form; where the cursor of a typed field is.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, form: &Form, paint: &Paint) -> Option<Position> {
    let names = form.fields.iter().map(|field| width(field.name)).max().unwrap_or(0);
    let high = form.fields.len() as u16 + BELOW + 2;
    let inside = frame(buffer, area, area.width.saturating_sub(4).min(76), high, form.title(), paint);
    let room = usize::from(inside.width).saturating_sub(names + 4);
    let mut cursor = None;
    for (place, (field, y)) in form.fields.iter().zip(inside.top()..inside.bottom()).enumerate() {
        let selected = place == form.at;
        let mut text = match &field.value {
            FieldValue::Typed(line) | FieldValue::Secret(line) => {
                let hides = matches!(field.value, FieldValue::Secret(_));
                let (before, behind) = line.halves();
                let shown = |text: &str| if hides { "•".repeat(text.chars().count()) } else { text.to_owned() };
                let (rows, at) = broken(&shown(&before), &shown(&behind), room.max(1));
                if selected {
                    cursor = Some(Position::new(inside.x + (names + 4 + at.0) as u16, y));
                }
                rows.into_iter().nth(at.1).unwrap_or_default()
            }
            FieldValue::Choice(all, at) => {
                let text = escape(all.get(*at).map_or("", String::as_str));
                if selected { format!("◂ {text} ▸") } else { text }
            }
        };
        text = cut(&text, room);
        let mark = if selected { '▶' } else { ' ' };
        let role = if selected { Role::Text } else { Role::Dim };
        let line = Line::from(vec![
            paint.span(format!("{mark} {}  ", pad(field.name, names)), Role::Title),
            paint.span(text, role),
        ]);
        super::row(buffer, Rect { y, height: 1, ..inside }, &line, selected, paint);
    }
    let below =
        Rect { y: inside.top() + form.fields.len() as u16 + 1, height: BELOW - 1, ..inside }.intersection(inside);
    let (text, role) = match &form.error {
        Some(error) => (format!("✘ {}", escape(error)), Role::Bad),
        None => (form.says().to_owned(), Role::Dim),
    };
    super::rows(buffer, below, paint.wrap(&text, role, 0, usize::from(below.width)).into_iter().take(2));
    let keys = "Enter begins, Tab goes on, ◂ ▸ choose, Esc goes back";
    if below.height >= BELOW - 1 {
        buffer.set_string(below.x, below.bottom() - 1, cut(keys, usize::from(below.width)), paint.style(Role::Dim));
    }
    cursor
}

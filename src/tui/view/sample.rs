//! How a theme looks: every role by its name, with the glyph that says the same without colours.

use super::paint::{Paint, pad};
use crate::config::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

/// How wide a column is.
const COLUMN: u16 = 16;
/// What is left free before the first.
const GAP: u16 = 2;
/// How wide the sample is, where it has half as many rows as there are roles.
pub(super) const WIDTH: u16 = GAP + 2 * COLUMN;

/// Draws as many roles as there is room for, column by column.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, paint: &Paint) {
    for (column, roles) in Role::ALL.chunks(usize::from(area.height).max(1)).enumerate() {
        let x = area.x + GAP + COLUMN * column as u16;
        for (role, y) in roles.iter().zip(area.top()..area.bottom()).filter(|_| x + COLUMN <= area.right()) {
            let text = pad(&format!("{} {}", glyph(*role), role.name()), usize::from(COLUMN) - 2);
            buffer.set_line(x, y, &Line::from(paint.span(text, *role)), COLUMN);
        }
    }
}

/// What stands beside, or instead of, the colour.
const fn glyph(role: Role) -> char {
    match role {
        Role::Client => 'C',
        Role::Server => 'S',
        Role::Focus => '[',
        Role::Held => '●',
        Role::Ok => '✔',
        Role::Warn => '!',
        Role::Bad => '✘',
        Role::Secret => '•',
        Role::Selected => '▶',
        Role::StateNow => '▣',
        Role::Border | Role::StateWalked => '─',
        Role::StateNext => '╌',
        Role::Clause => '§',
        Role::Text | Role::Dim | Role::Title | Role::BytesHit | Role::Tag | Role::Oid => ' ',
    }
}

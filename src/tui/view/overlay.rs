//! Lists to choose from and lines to type, over the screen.

use super::first_row;
use super::layout::bars;
use super::paint::{Paint, cut, graphemes, spread, width};
use crate::config::theme::Role;
use crate::tui::model::{Model, Overlay};
use crate::tui::prompts::{Prompt, PromptKind};
use crate::tui::search;
use ratatui::buffer::{Buffer, CellWidth as _};
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;

/// Draws what lies over the screen, if anything does; where the cursor of a typed line is.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, model: &Model, paint: &Paint) -> Option<Position> {
    match model.overlay.as_ref()? {
        Overlay::Menu(menu) => super::menu::draw(buffer, area, menu, &model.options.keys, paint),
        Overlay::Prompt(prompt) if matches!(prompt.kind, PromptKind::Search | PromptKind::Filter) => {
            Some(draw_line(buffer, bars(area).crumb, model, prompt, paint))
        }
        Overlay::Form(form) => super::form::draw(buffer, area, form, paint),
        Overlay::Edit(editor) => super::edit::draw(buffer, area, editor, paint),
        Overlay::Prompt(prompt) => Some(draw_prompt(buffer, area, model, prompt, paint)),
        Overlay::Edge(opened) => {
            super::edge::draw(buffer, area, opened, model, paint);
            None
        }
    }
}

fn draw_prompt(buffer: &mut Buffer, area: Rect, model: &Model, prompt: &Prompt, paint: &Paint) -> Position {
    let (title, hint) = words(prompt.kind);
    let wide = area.width - 4;
    let (before, behind) = prompt.line.halves();
    let (rows, at) = broken(&before, &behind, usize::from(wide) - 4);
    let seen = rows.len().min(usize::from(area.height / 2));
    let (note, role) = match &prompt.error {
        Some(error) => (format!("✘ {}", crate::decode::escape(error)), Role::Bad),
        None => (model.hint(hint), Role::Dim),
    };
    let lines = paint.wrap(&note, role, 0, usize::from(wide) - 4);
    let told = lines.len().clamp(2, 4) as u16;
    let inside = frame(buffer, area, wide, seen as u16 + told + 3, title, paint);
    let first = first_row(at.1, rows.len(), seen);
    let default = cut(&prompt.default, usize::from(inside.width));
    if before.is_empty() && behind.is_empty() {
        buffer.set_line(inside.x, inside.y, &Line::from(paint.span(default, Role::Dim)), inside.width);
    }
    for (row, y) in rows.into_iter().skip(first).take(seen).zip(inside.y..) {
        buffer.set_line(inside.x, y, &Line::from(paint.span(row, Role::Text)), inside.width);
    }
    let below = Rect { y: inside.bottom() - told, height: told, ..inside };
    super::rows(buffer, below, lines.into_iter());
    Position::new(inside.x + at.0 as u16, inside.y + (at.1 - first) as u16)
}

/// A line that is typed below the panes, so that what it finds can be seen.
fn draw_line(buffer: &mut Buffer, area: Rect, model: &Model, prompt: &Prompt, paint: &Paint) -> Position {
    let (before, behind) = prompt.line.halves();
    let status = model.exchange.as_ref().map_or("", |exchange| match prompt.kind {
        PromptKind::Search if !before.is_empty() => search::status(exchange),
        _ => "",
    });
    let (note, role) = match &prompt.error {
        Some(error) => (format!("✘ {} ", crate::decode::escape(error)), Role::Bad),
        None if !status.is_empty() => (format!("{status} "), Role::Ok),
        None => (words(prompt.kind).1.to_owned(), Role::Dim),
    };
    let sign = if prompt.kind == PromptKind::Search { " / " } else { " filter " };
    let wide = usize::from(area.width);
    let room = wide.saturating_sub(width(sign) + 1).max(1);
    let (rows, at) = broken(&before, &behind, room);
    let row = rows.into_iter().nth(at.1).unwrap_or_default();
    let default = if before.is_empty() && behind.is_empty() { prompt.default.clone() } else { String::new() };
    let left = vec![paint.span(sign, Role::Focus), paint.span(row, Role::Text), paint.span(default, Role::Dim)];
    buffer.set_style(area, paint.ground());
    let typed = left.iter().map(|span| width(&span.content)).sum::<usize>() + 2;
    let note = cut(&note, wide.saturating_sub(typed));
    let line = spread(left, vec![paint.span(note, role)], wide);
    buffer.set_line(area.x, area.y, &line, area.width);
    Position::new(area.x + (width(sign) + at.0) as u16, area.y)
}

/// A typed line in rows of that width, and where the cursor is: its column and its row.
pub(super) fn broken(before: &str, behind: &str, wide: usize) -> (Vec<String>, (usize, usize)) {
    let text = format!("{before}{behind}");
    let mut rows = Vec::new();
    let (mut row, mut used, mut octets) = (String::new(), 0, 0);
    let mut cursor = None;
    for (grapheme, cells) in graphemes(&text) {
        if used + cells > wide {
            rows.push(std::mem::take(&mut row));
            used = 0;
        }
        octets += grapheme.len();
        if before.len() < octets {
            cursor = cursor.or(Some((used, rows.len())));
        }
        row.push_str(grapheme);
        used += cells;
    }
    let cursor = cursor.unwrap_or((used, rows.len()));
    rows.push(row);
    (rows, cursor)
}

/// The title of a typed line, and what may be typed.
const fn words(kind: PromptKind) -> (&'static str, &'static str) {
    match kind {
        PromptKind::Save => {
            ("Save to", "A new file; nothing is overwritten. Secrets are masked unless --keep-secrets was given.")
        }
        PromptKind::Open => ("Open", "A recording: a .session file, or the name of a built-in one."),
        PromptKind::Search => ("Search", "Text, or octets: hex: 4e 54, 0x4e54. "),
        PromptKind::Filter => ("Filter", "Words, from: is: has: signal: state: code: !not "),
        PromptKind::Sessions => (
            "List the sessions that have",
            "Words of peer, user, mechanism or outcome; !word: without it. An empty line lists all.",
        ),
        PromptKind::Note => ("Note on this step", "A recording keeps it right behind the step."),
        PromptKind::Picture => (
            "Save this screen to",
            "A new file: .txt, .ans with colours, .svg, or .cast, an asciicast of the exchange up to here.",
        ),
    }
}

/// An empty box in the middle, with a title; what is inside its border.
pub(super) fn frame(buffer: &mut Buffer, area: Rect, wide: u16, high: u16, title: &str, paint: &Paint) -> Rect {
    let outer = outer(area, wide, high);
    let wide = outer.width;
    let border = paint.style(Role::Focus);
    // A wide character that begins before the box would reach into it.
    let before = Rect { x: outer.x.saturating_sub(1), width: u16::from(outer.x > 0), ..outer };
    for position in before.positions() {
        if let Some(cell) = buffer.cell_mut(position).filter(|cell| cell.symbol().cell_width() > 1) {
            cell.set_char(' ');
        }
    }
    for position in outer.positions() {
        if let Some(cell) = buffer.cell_mut(position) {
            cell.reset();
        }
    }
    buffer.set_style(outer, paint.ground());
    let across = "─".repeat(usize::from(wide.saturating_sub(2)));
    buffer.set_string(outer.x, outer.y, format!("┌{across}┐"), border);
    buffer.set_string(outer.x, outer.bottom() - 1, format!("└{across}┘"), border);
    for y in outer.y + 1..outer.bottom() - 1 {
        buffer.set_string(outer.x, y, "│", border);
        buffer.set_string(outer.right() - 1, y, "│", border);
    }
    let title = cut(&format!(" {title} "), usize::from(wide.saturating_sub(4)));
    buffer.set_string(outer.x + 2, outer.y, title, paint.style(Role::Title));
    inside(area, wide, high)
}

/// Where a box of that size stands.
fn outer(area: Rect, wide: u16, high: u16) -> Rect {
    let (width, height) = (wide.min(area.width), high.min(area.height));
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}

/// What is inside its border.
pub(super) fn inside(area: Rect, wide: u16, high: u16) -> Rect {
    let outer = outer(area, wide, high);
    Rect {
        x: outer.x + 2,
        y: outer.y + 1,
        width: outer.width.saturating_sub(4),
        height: outer.height.saturating_sub(2),
    }
}

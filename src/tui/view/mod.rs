//! Drawing: functions from the model to cells. They read the model and change nothing.
//!
//! A pane is a rule with its name and rows below; [`layout`] says which panes stand where. All text that came from a
//! peer or a file is escaped on its way here (`wire::printable`, `decode::escape`); the last pass turns what is drawn
//! into ASCII where that is asked for.

mod below;
mod bytes;
mod edge;
mod edit;
mod facts;
mod form;
mod ladder;
mod layout;
mod menu;
#[cfg(unix)]
mod notes;
mod overlay;
mod paint;
mod raw;
mod sample;
mod sessions;
mod show;
mod start;
mod state;
mod status;
mod target;
mod tree;
mod why;

use super::model::{Exchange, Front, Model, Pane};
use crate::config::theme::Role;
#[cfg(unix)]
pub use notes::draw_notes;
use paint::Paint;
pub(super) use paint::told;
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;
pub(super) use target::{Target, target};
pub(super) use tree::rows as tree_rows;

/// The smallest screen that everything fits on.
const LEAST: (u16, u16) = (60, 15);

/// Draws the model.
pub fn draw(frame: &mut Frame<'_>, model: &Model) {
    let area = frame.area();
    if let Some(cursor) = draw_in(frame.buffer_mut(), area, model) {
        frame.set_cursor_position(cursor);
    }
}

/// The screen of the model's size.
pub(super) fn buffer(model: &Model) -> Buffer {
    let area = Rect::from((Position::ORIGIN, model.size));
    let mut buffer = Buffer::empty(area);
    draw_in(&mut buffer, area, model);
    buffer
}

/// Draws, and says where the cursor of a typed line is, if there is one.
fn draw_in(buffer: &mut Buffer, area: Rect, model: &Model) -> Option<Position> {
    let paint = Paint::new(model);
    buffer.set_style(area, paint.ground());
    let mut cursor = None;
    if area.width < LEAST.0 || area.height < LEAST.1 {
        too_small(buffer, area, model, &paint);
    } else {
        match &model.exchange {
            Some(exchange) if model.front == Front::Exchange => screen(buffer, area, model, exchange, &paint),
            _ if model.front == Front::List => sessions::draw(buffer, area, model, &paint),
            _ => start::draw(buffer, area, model, &paint),
        }
        cursor = overlay::draw(buffer, area, model, &paint);
    }
    paint.finish(buffer);
    cursor
}

fn too_small(buffer: &mut Buffer, area: Rect, model: &Model, paint: &Paint) {
    let text = format!(
        "This screen needs {} columns and {} rows; here are {} and {}. The keys work: {}.",
        LEAST.0,
        LEAST.1,
        area.width,
        area.height,
        model.hint("{quit} quits")
    );
    rows(buffer, area, paint.wrap(&text, Role::Text, 0, usize::from(area.width)).into_iter());
}

fn screen(buffer: &mut Buffer, area: Rect, model: &Model, exchange: &Exchange, paint: &Paint) {
    let whole = layout::bars(area);
    status::header(buffer, whole.header, model, exchange, paint);
    show::draw(
        buffer,
        Rect { height: show::height(whole.body, model, exchange, paint), ..whole.body },
        model,
        exchange,
        paint,
    );
    for placed in model.laid().panes {
        layout::frame(buffer, placed, model, exchange, paint);
        content(buffer, layout::inner(placed.area), placed.pane, model, exchange, paint);
    }
    status::crumb(buffer, whole.crumb, exchange, paint);
    status::footer(buffer, whole.footer, model, paint);
}

fn content(buffer: &mut Buffer, area: Rect, pane: Pane, model: &Model, exchange: &Exchange, paint: &Paint) {
    match pane {
        Pane::Ladder => ladder::draw(buffer, area, model, exchange, paint),
        Pane::Bytes => bytes::draw(buffer, area, exchange, paint),
        Pane::Tree if facts::lines(exchange, 80, paint).is_none() => tree::draw(buffer, area, model, exchange, paint),
        Pane::State => state::draw(buffer, area, exchange, paint),
        Pane::Raw | Pane::Tree | Pane::Why => {
            rows(buffer, area, text(pane, area, model, exchange, paint).lines.into_iter());
        }
    }
}

/// What is seen of a pane of text.
struct Text {
    lines: Vec<Line<'static>>,
    /// The first of them among all.
    first: usize,
    /// How far it can be scrolled.
    most: usize,
}

fn text(pane: Pane, area: Rect, model: &Model, exchange: &Exchange, paint: &Paint) -> Text {
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    let scrolled = Pane::ALL.iter().position(|known| *known == pane).map_or(0, |place| exchange.scroll[place]);
    let facts = if pane == Pane::Why { None } else { facts::lines(exchange, width, paint) };
    let lines = match (pane, facts) {
        (Pane::Raw, None) => {
            let parts = raw::parts(model, exchange, width, paint);
            let most = parts.len().saturating_sub(height);
            // What is selected stays in sight.
            let first = parts.wanted.map_or(scrolled, |row| (row + 2).saturating_sub(height)).min(most);
            return Text { lines: parts.rows(first, height, paint), first, most };
        }
        (_, Some(facts)) => facts,
        (_, None) => why::lines(exchange, width, paint),
    };
    let most = lines.len().saturating_sub(height);
    let first = scrolled.min(most);
    Text { lines: lines.into_iter().skip(first).take(height).collect(), first, most }
}

/// One row of a list. What stands on a ground of its own keeps it where the row is selected.
fn row(buffer: &mut Buffer, area: Rect, line: &Line<'_>, selected: bool, paint: &Paint) {
    buffer.set_line(area.x, area.y, line, area.width);
    let ground = paint.ground().bg.unwrap_or_default();
    for position in area.positions().filter(|_| selected) {
        if let Some(cell) = buffer.cell_mut(position).filter(|cell| cell.bg == ground) {
            cell.set_style(paint.style(Role::Selected));
        }
    }
}

/// Keeps the selected row in the middle, but for the ends.
fn first_row(selected: usize, rows: usize, height: usize) -> usize {
    selected.saturating_sub(height / 2).min(rows.saturating_sub(height))
}

/// Draws lines from the top.
fn rows(buffer: &mut Buffer, area: Rect, lines: impl Iterator<Item = Line<'static>>) {
    for (line, y) in lines.zip(area.top()..area.bottom()) {
        buffer.set_line(area.x, y, &line, area.width);
    }
}

/// Where the panes stand on a screen: between the bars, below the notes of a show.
pub(super) fn body(model: &Model, area: Rect) -> Rect {
    let body = layout::bars(area).body;
    let notes = model.exchange.as_ref().map_or(0, |exchange| show::height(body, model, exchange, &Paint::new(model)));
    Rect { y: body.y + notes, height: body.height - notes, ..body }
}

/// The rows of a pane, below its rule; `None` where it is not on the screen.
fn area_of(model: &Model, pane: Pane) -> Option<Rect> {
    let mut panes = model.laid().panes.into_iter();
    panes.find(|placed| placed.pane == pane).map(|placed| layout::inner(placed.area))
}

/// How far a pane of text can be scrolled.
pub(super) fn most_scroll(model: &Model, pane: Pane) -> usize {
    let (Some(area), Some(exchange)) = (area_of(model, pane), &model.exchange) else { return 0 };
    text(pane, area, model, exchange, &Paint::new(model)).most
}

/// How many octets or characters a row of a pane has.
pub(super) fn in_row(model: &Model, pane: Pane) -> usize {
    let width = area_of(model, pane).map_or(0, |area| usize::from(area.width));
    match pane {
        Pane::Bytes => bytes::in_row(width),
        _ => raw::columns(width),
    }
}

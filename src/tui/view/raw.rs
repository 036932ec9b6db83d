//! The line as it is on the wire, with its base64, what is selected of it, and what is wrong with it.

use super::paint::Paint;
use crate::config::theme::Role;
use crate::terms::Span;
use crate::transcript::Shown;
use crate::tui::model::{Exchange, Model, Pane};
use crate::wire::{FlawKind, Message, printable};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span as Text};

/// What stands before a line.
const INDENT: usize = 3;
/// The fewest characters in a row.
const LEAST: usize = 8;

/// How many characters of the line one row has.
pub(super) const fn columns(width: usize) -> usize {
    let columns = width.saturating_sub(INDENT + 1);
    if columns < LEAST { LEAST } else { columns }
}

/// All rows, and the one that is to stay in sight.
pub(super) fn lines(
    model: &Model,
    exchange: &Exchange,
    width: usize,
    paint: &Paint,
) -> (Vec<Line<'static>>, Option<usize>) {
    let focus = &exchange.focus;
    let shown = &focus.shown;
    let Some(message) = &shown.message else {
        return (paint.wrap(&shown.words(false), Role::Dim, 1, width.saturating_sub(2)), None);
    };
    let from = focus.party();
    let text_role = Paint::party(from);
    let hit = exchange.lit_characters();
    let cursor = Some(exchange.at_character()).filter(|_| exchange.pane == Pane::Raw && !shown.token.is_empty());
    let Marks { bad, before } = Marks::of(shown, message);
    let mut cells: Vec<(String, Style)> = Vec::new();
    let mut followed = None;
    for (at, glyph) in shown.glyphs().map(Some).chain([None]).enumerate() {
        if before.contains(&at) {
            cells.push(("✘".to_owned(), paint.style(Role::Bad)));
        }
        let Some(glyph) = glyph else { continue };
        // The cursor stays in sight; without one, where the lit characters begin.
        if cursor == Some(at) || cursor.is_none() && followed.is_none() && hit.contains(at) {
            followed = Some(cells.iter().map(|(text, _)| text.chars().count()).sum::<usize>());
        }
        let role = if bad.iter().any(|span| span.contains(at)) {
            Role::Bad
        } else if hit.contains(at) {
            Role::BytesHit
        } else if shown.hides(at) {
            Role::Secret
        } else if shown.encoded.contains(at) {
            Role::Tag
        } else {
            text_role
        };
        let under = if cursor == Some(at) { Modifier::BOLD | Modifier::UNDERLINED } else { Modifier::empty() };
        cells.push((glyph, paint.style(role).add_modifier(under)));
    }
    let columns = columns(width);
    let mut lines = broken(cells, from.letter(), ':', columns);
    if let Some(before) = shown.edited_from() {
        lines.push(paint.span(" Changed before it went; as composed it was:", Role::Warn).into());
        for line in before.split_inclusive(|octet| *octet == b'\n') {
            lines.extend(broken(vec![(printable(line), paint.style(Role::Dim))], from.letter(), '~', columns));
        }
    }
    if let Some(held) = exchange.held_line().filter(|_| focus.held) {
        let all: Vec<&[u8]> = held.current.split_inclusive(|octet| *octet == b'\n').collect();
        if all.len() > 1 {
            lines.push(paint.span(format!(" The whole reply of {} lines:", all.len()), Role::Dim).into());
            for line in all {
                lines.extend(broken(vec![(printable(line), paint.style(text_role))], from.letter(), ':', columns));
            }
        }
    }
    lines.extend(remarks(exchange, width, paint));
    if !shown.hidden.is_empty() && !model.revealed() {
        lines.push(paint.span(model.hint(" • stands for secrets; {secrets} reveals them."), Role::Dim).into());
    }
    (lines, followed.map(|cell| cell / columns))
}

/// What is wrong, where it sits.
struct Marks {
    /// Characters of the line.
    bad: Vec<Span>,
    /// Places in front of which something is missing, or that are behind the last character.
    before: Vec<usize>,
}

impl Marks {
    fn of(shown: &Shown, message: &Message) -> Self {
        let flaws = message.flaws.iter().filter(|flaw| flaw.kind != FlawKind::OverLong).map(|flaw| flaw.span);
        let errors = message.base64().into_iter().flat_map(|base64| &base64.errors);
        let errors = errors.map(|error| {
            let behind = error.at >= shown.encoded.end && !shown.encoded.is_empty();
            Span::new(error.at, if behind { error.at } else { error.at + 1 })
        });
        let problems = shown.problems().into_iter().map(|at| {
            let octets = if at < shown.token.len() { Span::new(at, at + 1) } else { Span::new(at, at) };
            shown.characters(octets)
        });
        let (before, bad): (Vec<Span>, Vec<Span>) =
            flaws.chain(errors).chain(problems).partition(|span| span.is_empty());
        Self { bad, before: before.into_iter().map(|span| span.start).collect() }
    }
}

/// The octet of the line at a row of the pane and a column of it.
pub(super) fn octet_at(exchange: &Exchange, width: usize, row: usize, column: usize) -> Option<usize> {
    let shown = &exchange.focus.shown;
    let before = Marks::of(shown, shown.message.as_ref()?).before;
    let columns = columns(width);
    let column = column.checked_sub(INDENT + 1).filter(|column| *column < columns)?;
    let mut end = 0;
    shown.glyphs().enumerate().position(|(at, glyph)| {
        end += usize::from(before.contains(&at)) + glyph.chars().count();
        row * columns + column < end
    })
}

/// Cells broken into rows behind `C: `.
fn broken(cells: Vec<(String, Style)>, letter: char, mark: char, columns: usize) -> Vec<Line<'static>> {
    let mut rows = vec![vec![Text::raw(format!(" {letter}{mark} "))]];
    let mut used = 0;
    for (c, style) in cells.into_iter().flat_map(|(text, style)| text.chars().map(|c| (c, style)).collect::<Vec<_>>()) {
        if used == columns {
            rows.push(vec![Text::raw(" ".repeat(INDENT + 1))]);
            used = 0;
        }
        let row = rows.len() - 1;
        match rows[row].last_mut() {
            Some(span) if used > 0 && span.style == style => span.content.to_mut().push(c),
            _ => rows[row].push(Text::styled(c.to_string(), style)),
        }
        used += 1;
    }
    rows.into_iter().map(Line::from).collect()
}

/// What is wrong with the line as such.
fn remarks(exchange: &Exchange, width: usize, paint: &Paint) -> Vec<Line<'static>> {
    let Some(message) = &exchange.focus.shown.message else { return Vec::new() };
    let said = message.remarks().take(REMARKS).map(|remark| format!("! {remark}"));
    said.flat_map(|said| paint.wrap(&said, Role::Bad, 1, width.saturating_sub(2))).collect()
}

/// How many of them are listed.
const REMARKS: usize = 12;

//! The line as it is on the wire, with its base64, what is selected of it, and what is wrong with it.

use super::paint::{Paint, wrap};
use crate::config::theme::Role;
use crate::tui::model::{Exchange, Model};
use crate::wire::{FlawKind, printable};
use ratatui::text::{Line, Span as Text};

/// What stands before a line.
const INDENT: usize = 3;

/// How many characters of the line one row has.
pub(super) const fn columns(width: usize) -> usize {
    width.saturating_sub(INDENT + 1)
}

/// All rows, and the one that holds the first selected character.
pub(super) fn lines(
    model: &Model,
    exchange: &Exchange,
    width: usize,
    paint: &Paint,
) -> (Vec<Line<'static>>, Option<usize>) {
    let focus = &exchange.focus;
    let shown = &focus.shown;
    let Some(message) = &shown.message else {
        let lines = wrap(&super::fact(&shown.event), width.saturating_sub(2)).into_iter();
        return (lines.map(|text| paint.span(format!(" {text}"), Role::Dim).into()).collect(), None);
    };
    let from = focus.party();
    let text_role = Paint::party(from);
    let hit = exchange.lit_characters();
    let bad = |at: usize| {
        message.flaws.iter().any(|flaw| flaw.kind != FlawKind::OverLong && flaw.span.contains(at))
            || message.base64().is_some_and(|base64| base64.errors.iter().any(|error| error.at == at))
    };
    let mut cells: Vec<(String, Role)> = Vec::new();
    let mut hit_cell = None;
    let line = shown.line();
    let content = line.strip_suffix(b"\r\n").unwrap_or(line);
    for (at, octet) in content.iter().enumerate() {
        if hit_cell.is_none() && hit.contains(at) {
            hit_cell = Some(cells.iter().map(|(text, _)| text.chars().count()).sum::<usize>());
        }
        let hidden = shown.hidden.iter().any(|span| span.contains(at));
        let role = if bad(at) {
            Role::Bad
        } else if hit.contains(at) {
            Role::BytesHit
        } else if hidden {
            Role::Secret
        } else if shown.encoded.contains(at) {
            Role::Tag
        } else {
            text_role
        };
        cells.push((if hidden { "•".to_owned() } else { printable(&[*octet]) }, role));
    }
    let columns = columns(width).max(8);
    let mut lines = broken(cells, from.letter(), ':', columns, paint);
    if let Some(before) = shown.edited_from() {
        lines.push(paint.span(" Changed before it went; as composed it was:", Role::Warn).into());
        for line in before.split_inclusive(|octet| *octet == b'\n') {
            lines.extend(broken(vec![(printable(line), Role::Dim)], from.letter(), '~', columns, paint));
        }
    }
    if let Some(held) = exchange.held_line().filter(|_| focus.held) {
        let all: Vec<&[u8]> = held.current.split_inclusive(|octet| *octet == b'\n').collect();
        if all.len() > 1 {
            lines.push(paint.span(format!(" The whole reply of {} lines:", all.len()), Role::Dim).into());
            for line in all {
                lines.extend(broken(vec![(printable(line), text_role)], from.letter(), ':', columns, paint));
            }
        }
    }
    lines.extend(remarks(exchange, width, paint));
    if !shown.hidden.is_empty() && !model.revealed() {
        lines.push(paint.span(" • stands for secrets; s reveals them.", Role::Dim).into());
    }
    (lines, hit_cell.map(|cell| cell / columns))
}

/// Cells broken into rows behind `C: `.
fn broken(cells: Vec<(String, Role)>, letter: char, mark: char, columns: usize, paint: &Paint) -> Vec<Line<'static>> {
    let mut rows = vec![vec![Text::raw(format!(" {letter}{mark} "))]];
    let mut used = 0;
    for (c, role) in cells.into_iter().flat_map(|(text, role)| text.chars().map(|c| (c, role)).collect::<Vec<_>>()) {
        if used == columns {
            rows.push(vec![Text::raw(" ".repeat(INDENT + 1))]);
            used = 0;
        }
        let style = paint.style(role);
        let row = rows.len() - 1;
        match rows[row].last_mut() {
            Some(span) if used > 0 && span.style == style => span.content.to_mut().push(c),
            _ => rows[row].push(Text::styled(c.to_string(), style)),
        }
        used += 1;
    }
    rows.into_iter().map(Line::from).collect()
}

/// What is wrong with the line as such; columns are counted from 1.
fn remarks(exchange: &Exchange, width: usize, paint: &Paint) -> Vec<Line<'static>> {
    let Some(message) = &exchange.focus.shown.message else { return Vec::new() };
    let flaws =
        message.flaws.iter().map(|flaw| format!("{}, column {} ({})", flaw.kind, flaw.span.start + 1, flaw.cite));
    let errors = message.base64().into_iter().flat_map(|base64| &base64.errors);
    let errors =
        errors.take(ERRORS).map(|error| format!("base64: {}, column {} (RFC 4648 4)", error.kind, error.at + 1));
    let wrapped = flaws.chain(errors).flat_map(|text| wrap(&format!("! {text}"), width.saturating_sub(2)));
    wrapped.map(|text| paint.span(format!(" {text}"), Role::Bad).into()).collect()
}

/// How many errors of one base64 are listed.
const ERRORS: usize = 8;

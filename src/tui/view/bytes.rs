//! The decoded octets, in hex and as text.

use super::first_row;
use super::paint::Paint;
use crate::config::theme::Role;
use crate::terms::Span;
use crate::tui::model::{Exchange, Pane};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;
use ratatui::text::{Line, Span as Text};

/// How many octets a row of that width has.
pub(super) const fn in_row(width: usize) -> usize {
    if width >= 75 { 16 } else { 8 }
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, exchange: &Exchange, paint: &Paint) {
    let shown = &exchange.focus.shown;
    if shown.token.is_empty() {
        let line = Line::from(paint.span(" No token in this line.", Role::Dim));
        return super::rows(buffer, area, std::iter::once(line));
    }
    let in_row = in_row(usize::from(area.width));
    let (first, rows) = seen(area, exchange);
    let looks = Looks::of(exchange, paint);
    super::rows(buffer, area, (first..rows).map(|row| looks.line(row * in_row, in_row)));
}

/// The first row that is to be seen, and how many there are.
fn seen(area: Rect, exchange: &Exchange) -> (usize, usize) {
    let shown = &exchange.focus.shown;
    let in_row = in_row(usize::from(area.width));
    let missing = shown.problems().contains(&shown.token.len());
    let rows = (shown.token.len() + usize::from(missing)).div_ceil(in_row);
    (first_row(exchange.octet / in_row, rows, usize::from(area.height)), rows)
}

/// Cells before the first octet of a row: its offset between blanks, the last of which may be a mark.
const OFFSET: usize = 7;

/// The octet at a place of the pane: in hex, or as text.
pub(super) fn octet_at(area: Rect, exchange: &Exchange, at: Position) -> Option<usize> {
    let in_row = in_row(usize::from(area.width));
    let row = seen(area, exchange).0 + usize::from(area.contains(at).then(|| at.y - area.y)?);
    let column = usize::from(at.x - area.x).checked_sub(OFFSET)?;
    // Three cells an octet and a gap in the middle; behind them one blank, and the text.
    let hex = 3 * in_row + 1;
    let place = match column.checked_sub(hex + 1) {
        Some(place) => place,
        None if column >= hex => return None,
        None => (column - usize::from(column > 3 * in_row / 2)) / 3,
    };
    let octet = row * in_row + place;
    (place < in_row && octet < exchange.focus.shown.token.len()).then_some(octet)
}

/// What decides how an octet looks.
struct Looks<'a> {
    exchange: &'a Exchange,
    paint: &'a Paint,
    hit: Span,
    /// What a cursor stands on.
    under: Span,
    secrets: Vec<Span>,
    problems: Vec<usize>,
    /// Octets that an edit has changed.
    edited: &'a [Span],
}

impl<'a> Looks<'a> {
    fn of(exchange: &'a Exchange, paint: &'a Paint) -> Self {
        let shown = &exchange.focus.shown;
        let hit = exchange.lit_octets();
        let secrets = shown.secrets();
        let edited = exchange.focus.diff.as_ref().map_or(&[][..], |diff| &diff.octets);
        let under =
            if matches!(exchange.pane, Pane::Bytes | Pane::Raw) { exchange.at_octets() } else { Span::default() };
        Self { exchange, paint, hit, under, secrets, problems: shown.problems(), edited }
    }

    fn line(&self, start: usize, in_row: usize) -> Line<'static> {
        let row = Span::new(start, start + in_row);
        let octets = row.of(&self.exchange.focus.shown.token);
        let edited = self.edited.iter().any(|span| span.overlaps(row));
        let mark = if edited { self.paint.span("~ ", Role::Warn) } else { self.paint.span("  ", Role::Dim) };
        let mut spans = vec![self.paint.span(format!(" {start:04x}"), Role::Dim), mark];
        let mut texts = Vec::with_capacity(in_row);
        for place in 0..in_row {
            if place == in_row / 2 {
                spans.push(Text::raw(" "));
            }
            let at = start + place;
            let Some(octet) = octets.get(place) else {
                // Where an octet is missing, the place is marked.
                if self.problems.contains(&at) {
                    spans.push(self.paint.span("✘✘", Role::Bad));
                    spans.push(Text::raw(" "));
                    texts.push(self.paint.span("✘", Role::Bad));
                } else {
                    spans.push(Text::raw("   "));
                }
                continue;
            };
            let secret = self.secrets.iter().any(|span| span.contains(at));
            let hit = self.hit.contains(at);
            let edited = self.edited.iter().any(|span| span.contains(at));
            let role = if self.problems.contains(&at) {
                Role::Bad
            } else if hit {
                Role::BytesHit
            } else if secret {
                Role::Secret
            } else if edited {
                Role::Warn
            } else {
                Role::Text
            };
            let mut style = self.paint.style(role);
            if edited {
                style = style.add_modifier(Modifier::UNDERLINED);
            }
            if self.under.contains(at) {
                style = style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED);
            }
            let glyph = if (0x20..0x7F).contains(octet) { char::from(*octet) } else { '.' };
            let (hex, text) = if secret { ("••".to_owned(), '•') } else { (format!("{octet:02x}"), glyph) };
            spans.push(Text::styled(hex, style));
            // The blank between two octets that are hit is lit too, but for the gap in the middle.
            let joined = hit && self.hit.contains(at + 1) && place + 1 < in_row && place + 1 != in_row / 2;
            spans.push(if joined { self.paint.span(" ", Role::BytesHit) } else { Text::raw(" ") });
            texts.push(Text::styled(text.to_string(), style));
        }
        spans.push(Text::raw(" "));
        spans.extend(texts);
        Line::from(spans)
    }
}

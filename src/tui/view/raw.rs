//! The line as it is on the wire, with its base64, what is selected of it, and what is wrong with it.

use super::paint::Paint;
use crate::config::theme::Role;
use crate::terms::Span;
use crate::tui::model::{Exchange, Model, Pane};
use crate::wire::{FlawKind, Message, printable, printed_width};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span as Text};
use std::ops::Range;

/// What stands before a line.
const INDENT: usize = 3;
/// The fewest characters in a row.
const LEAST: usize = 8;

/// How many characters of the line one row has.
pub(super) const fn columns(width: usize) -> usize {
    let columns = width.saturating_sub(INDENT + 1);
    if columns < LEAST { LEAST } else { columns }
}

/// What the pane shows: one part below the other.
pub(super) struct Parts<'a> {
    parts: Vec<Part<'a>>,
    /// The row that is to stay in sight.
    pub(super) wanted: Option<usize>,
}

enum Part<'a> {
    Row(Line<'static>),
    Octets(Octets<'a>),
}

/// A line of the wire, broken into rows behind `C: `. It may be long, so only those rows are made that are seen.
struct Octets<'a> {
    line: &'a [u8],
    /// Where they stand for secrets.
    hidden: &'a [Span],
    /// What is lit, wrong and under the cursor, where it is the line that is looked at.
    marks: Option<Marks>,
    head: (char, char),
    style: Style,
    columns: usize,
}

impl Parts<'_> {
    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.parts.iter().map(Part::len).sum()
    }

    /// The rows of a window.
    pub(super) fn rows(&self, mut first: usize, mut height: usize, paint: &Paint) -> Vec<Line<'static>> {
        let mut rows = Vec::new();
        for part in &self.parts {
            let len = part.len();
            if first < len && height > 0 {
                let last = len.min(first.saturating_add(height));
                height -= last - first;
                match part {
                    Part::Row(row) => rows.push(row.clone()),
                    Part::Octets(octets) => rows.extend(octets.rows(first..last, paint)),
                }
            }
            first = first.saturating_sub(len);
        }
        rows
    }
}

impl Part<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Row(_) => 1,
            Self::Octets(octets) => octets.cells().div_ceil(octets.columns).max(1),
        }
    }
}

impl Octets<'_> {
    /// How many cells the octet at `at` takes, with what is missing in front of it; at the end only that.
    fn width(&self, at: usize) -> usize {
        let missing = self.marks.as_ref().is_some_and(|marks| marks.before.binary_search(&at).is_ok());
        let hides = self.hidden.iter().any(|span| span.contains(at));
        let own = self.line.get(at).map_or(0, |octet| if hides { 1 } else { printed_width(*octet) });
        usize::from(missing) + own
    }

    fn cells(&self) -> usize {
        self.cell(self.line.len() + 1)
    }

    /// The first cell of the octet at `at`.
    fn cell(&self, at: usize) -> usize {
        let printed = |span: Span| span.of(self.line).iter().map(|octet| printed_width(*octet)).sum::<usize>();
        let before = Span::new(0, at);
        let hidden = self.hidden.iter().map(|span| Span::new(span.start.min(at), span.end.min(at)));
        let spared: usize = hidden.map(|span| printed(span) - span.of(self.line).len()).sum();
        let missing = self.marks.as_ref().map_or(0, |marks| marks.before.partition_point(|missing| *missing < at));
        printed(before) - spared + missing
    }

    /// The octet of a cell.
    fn octet_at(&self, cell: usize) -> Option<usize> {
        let mut end = 0;
        (0..self.line.len()).find(|at| {
            end += self.width(*at);
            cell < end
        })
    }

    fn rows(&self, window: Range<usize>, paint: &Paint) -> Vec<Line<'static>> {
        let blank = || Text::raw(" ".repeat(INDENT + 1));
        let head = |row: usize| if row == 0 { Text::raw(format!(" {}{} ", self.head.0, self.head.1)) } else { blank() };
        let mut rows: Vec<Vec<Text<'static>>> = window.clone().map(|row| vec![head(row)]).collect();
        let cells = window.start * self.columns..window.end * self.columns;
        let mut cell = 0;
        let mut put = |cell: usize, c: char, style: Style| {
            let Some(row) = rows.get_mut(cell / self.columns - window.start) else { return };
            match row.last_mut() {
                Some(span) if !cell.is_multiple_of(self.columns) && span.style == style => {
                    span.content.to_mut().push(c);
                }
                _ => row.push(Text::styled(c.to_string(), style)),
            }
        };
        for at in 0..=self.line.len() {
            let end = cell + self.width(at);
            if end > cells.start && cell < cells.end {
                for (cell, (c, style)) in (cell..).zip(self.glyphs(at, paint)).filter(|(cell, _)| cells.contains(cell))
                {
                    put(cell, c, style);
                }
            }
            if end >= cells.end {
                break;
            }
            cell = end;
        }
        rows.into_iter().map(Line::from).collect()
    }

    /// What is drawn of the octet at `at`.
    fn glyphs(&self, at: usize, paint: &Paint) -> Vec<(char, Style)> {
        let missing = self.marks.as_ref().is_some_and(|marks| marks.before.binary_search(&at).is_ok());
        let mut glyphs: Vec<_> = missing.then(|| ('✘', paint.style(Role::Bad))).into_iter().collect();
        let Some(octet) = self.line.get(at) else { return glyphs };
        let hides = self.hidden.iter().any(|span| span.contains(at));
        let text = if hides { "•".to_owned() } else { printable(&[*octet]) };
        let style = self.marks.as_ref().map_or(self.style, |marks| marks.style(at, hides, self.style, paint));
        glyphs.extend(text.chars().map(|c| (c, style)));
        glyphs
    }
}

/// What the pane shows.
pub(super) fn parts<'a>(model: &Model, exchange: &'a Exchange, width: usize, paint: &Paint) -> Parts<'a> {
    let focus = &exchange.focus;
    let shown = &focus.shown;
    let Some(line) = looked_at(exchange, width, paint) else {
        let rows = paint.wrap(&shown.words(false), Role::Dim, 1, width.saturating_sub(2));
        return Parts { parts: rows.into_iter().map(Part::Row).collect(), wanted: None };
    };
    let (letter, style, columns) = (line.head.0, line.style, line.columns);
    let other = |octets: &'a [u8], mark, style| {
        let octets = octets.strip_suffix(b"\r\n").unwrap_or(octets);
        Part::Octets(Octets { line: octets, hidden: &[], marks: None, head: (letter, mark), style, columns })
    };
    let follow =
        line.marks.as_ref().and_then(|marks| marks.cursor.or(Some(marks.hit.start).filter(|_| !marks.hit.is_empty())));
    let wanted = follow.filter(|at| *at < line.line.len()).map(|at| line.cell(at) / columns);
    let mut parts = vec![Part::Octets(line)];
    if let Some(before) = shown.edited_from() {
        parts.push(Part::Row(paint.span(" Changed before it went; as composed it was:", Role::Warn).into()));
        let lines = before.split_inclusive(|octet| *octet == b'\n');
        parts.extend(lines.map(|line| other(line, '~', paint.style(Role::Dim))));
    }
    if let Some(held) = exchange.held_line().filter(|_| focus.held) {
        let all: Vec<&[u8]> = held.current.split_inclusive(|octet| *octet == b'\n').collect();
        if all.len() > 1 {
            let text = format!(" The whole reply of {} lines:", all.len());
            parts.push(Part::Row(paint.span(text, Role::Dim).into()));
            parts.extend(all.into_iter().map(|line| other(line, ':', style)));
        }
    }
    parts.extend(remarks(exchange, width, paint).into_iter().map(Part::Row));
    if !shown.hidden.is_empty() && !model.revealed() {
        let text = model.hint(" • stands for secrets; {secrets} reveals them.");
        parts.push(Part::Row(paint.span(text, Role::Dim).into()));
    }
    Parts { parts, wanted }
}

/// The line that is looked at, if the step is one.
fn looked_at<'a>(exchange: &'a Exchange, width: usize, paint: &Paint) -> Option<Octets<'a>> {
    let shown = &exchange.focus.shown;
    let marks = Marks::of(exchange, shown.message.as_ref()?);
    let octets = shown.line().strip_suffix(b"\r\n").unwrap_or(shown.line());
    let from = exchange.focus.party();
    Some(Octets {
        line: octets,
        hidden: &shown.hidden,
        marks: Some(marks),
        head: (from.letter(), ':'),
        style: paint.style(Paint::party(from)),
        columns: columns(width),
    })
}

/// What is wrong, where it sits.
struct Marks {
    /// Characters of the line.
    bad: Vec<Span>,
    /// Places in front of which something is missing, or that are behind the last character; in order.
    before: Vec<usize>,
    /// What is lit.
    hit: Span,
    /// The base64.
    encoded: Span,
    /// The character under the cursor.
    cursor: Option<usize>,
}

impl Marks {
    fn of(exchange: &Exchange, message: &Message) -> Self {
        let shown = &exchange.focus.shown;
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
        let mut before: Vec<usize> = before.into_iter().map(|span| span.start).collect();
        before.sort_unstable();
        before.dedup();
        let cursor = Some(exchange.at_character()).filter(|_| exchange.pane == Pane::Raw && !shown.token.is_empty());
        Self { bad, before, hit: exchange.lit_characters(), encoded: shown.encoded, cursor }
    }

    /// How the character at `at` is drawn, that would be drawn `plain`.
    fn style(&self, at: usize, hides: bool, plain: Style, paint: &Paint) -> Style {
        let style = if self.bad.iter().any(|span| span.contains(at)) {
            paint.style(Role::Bad)
        } else if self.hit.contains(at) {
            paint.style(Role::BytesHit)
        } else if hides {
            paint.style(Role::Secret)
        } else if self.encoded.contains(at) {
            paint.style(Role::Tag)
        } else {
            plain
        };
        let under = if self.cursor == Some(at) { Modifier::BOLD | Modifier::UNDERLINED } else { Modifier::empty() };
        style.add_modifier(under)
    }
}

/// The octet of the line at a row of the pane and a column of it.
pub(super) fn octet_at(exchange: &Exchange, width: usize, row: usize, column: usize, paint: &Paint) -> Option<usize> {
    let line = looked_at(exchange, width, paint)?;
    let column = column.checked_sub(INDENT + 1).filter(|column| *column < line.columns)?;
    line.octet_at(row * line.columns + column)
}

/// What is wrong with the line as such.
fn remarks(exchange: &Exchange, width: usize, paint: &Paint) -> Vec<Line<'static>> {
    let Some(message) = &exchange.focus.shown.message else { return Vec::new() };
    let said = message.remarks().take(REMARKS).map(|remark| format!("! {remark}"));
    said.flat_map(|said| paint.wrap(&said, Role::Bad, 1, width.saturating_sub(2))).collect()
}

/// How many of them are listed.
const REMARKS: usize = 12;

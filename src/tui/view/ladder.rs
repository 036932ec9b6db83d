//! The ladder: who said what, in order.

use super::paint::{Paint, cut, spread, width};
use super::{below, first_row};
use crate::config::theme::Role;
use crate::decode;
use crate::machine::Force;
use crate::session::Held;
use crate::terms::{Micros, Party};
use crate::transcript::{Shown, Step};
use crate::tui::edges::took;
use crate::tui::model::{Exchange, Model, TimeMode};
use crate::tui::rows::rows;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span as Text};
use std::fmt::Write as _;

/// From this width on there are life lines.
const WITH_LIFE_LINES: usize = 56;

/// One row as it is to be drawn.
struct Row {
    number: usize,
    /// Whether a reader has marked it or written on it.
    left: char,
    from: Option<Party>,
    /// One glyph that says what is special about it.
    mark: (char, Role),
    text: String,
    role: Role,
    time: String,
    selected: bool,
    /// It took the row that is selected in the diagram.
    took: bool,
}

impl Row {
    const fn cursor(&self) -> char {
        match (self.selected, self.took) {
            (true, _) => '▶',
            (false, true) => '◇',
            (false, false) => ' ',
        }
    }
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, model: &Model, exchange: &Exchange, paint: &Paint) {
    let wide = usize::from(area.width);
    let lines = has_life_lines(area, model, exchange);
    if lines && area.height > 1 {
        life_line_heads(buffer, area, exchange, paint);
    }
    let area = list(area, model, exchange);
    let rows = rows(exchange);
    let hidden = exchange.rows() > exchange.open_rows();
    let first = first(area, model, exchange, paint);
    if let Some(y) = (area.top()..area.bottom()).nth(rows.len() - first).filter(|_| hidden) {
        let asks = model.hint("{step} asks what comes");
        let line = Line::from(paint.span(format!("{:1$}?  {asks}", "", digits(exchange) + 2), Role::Dim));
        super::row(buffer, Rect { y, height: 1, ..area }, &line, false, paint);
    }
    let behind = (area.top()..area.bottom()).skip(rows.len().saturating_sub(first));
    for (line, y) in below(area, model, exchange, paint).iter().zip(behind) {
        super::row(buffer, Rect { y, height: 1, ..area }, line, false, paint);
    }
    for (place, y) in (first..rows.len()).zip(area.top()..area.bottom()) {
        let row = read(rows.nth(place), model, exchange);
        let line = if lines { arrow(&row, wide, exchange, paint) } else { plain(&row, wide, digits(exchange), paint) };
        let line = if row.selected { with_light(line, exchange, paint) } else { line };
        super::row(buffer, Rect { y, height: 1, ..area }, &line, row.selected, paint);
    }
}

/// The line with the word lit that stands for the selected node, or for what it stands in.
fn with_light(mut line: Line<'static>, exchange: &Exchange, paint: &Paint) -> Line<'static> {
    let Some(tree) = exchange.focus.shown.tree.as_ref().filter(|_| exchange.lit().is_some()) else { return line };
    let path = tree.path(exchange.node);
    let Some(word) = path.into_iter().rev().find_map(decode::word) else { return line };
    let found = |span: &Text<'_>| span.content.find(word);
    if let Some((place, at)) = line.spans.iter().enumerate().find_map(|(place, span)| Some((place, found(span)?))) {
        let span = line.spans.remove(place);
        let (before, rest) = span.content.split_at(at);
        let (hit, behind) = rest.split_at(word.len());
        let parts = [
            Text::styled(before.to_owned(), span.style),
            paint.span(hit, Role::BytesHit),
            Text::styled(behind.to_owned(), span.style),
        ];
        line.spans.splice(place..place, parts);
    }
    line
}

/// One row by itself, without life lines.
pub(super) fn line_of(
    row: usize,
    selected: bool,
    model: &Model,
    exchange: &Exchange,
    wide: usize,
    paint: &Paint,
) -> Line<'static> {
    let row = Row { selected, took: false, ..read(row, model, exchange) };
    plain(&row, wide, digits(exchange), paint)
}

fn has_life_lines(area: Rect, model: &Model, exchange: &Exchange) -> bool {
    usize::from(area.width) >= WITH_LIFE_LINES && model.size.width >= 120 && !exchange.zoom
}

/// Where the rows stand.
fn list(area: Rect, model: &Model, exchange: &Exchange) -> Rect {
    let heads = u16::from(has_life_lines(area, model, exchange) && area.height > 1);
    Rect { y: area.y + heads, height: area.height - heads, ..area }
}

/// Which of the rows is the first to be seen.
fn first(list: Rect, model: &Model, exchange: &Exchange, paint: &Paint) -> usize {
    let rows = rows(exchange);
    let hidden = exchange.rows() > exchange.open_rows();
    let behind = usize::from(hidden) + below(list, model, exchange, paint).len();
    let least = first_row(rows.position(), rows.len() + behind, usize::from(list.height));
    least.min(rows.position()) // where there is little room, the row comes first
}

/// What stands behind the last row.
fn below(list: Rect, model: &Model, exchange: &Exchange, paint: &Paint) -> Vec<Line<'static>> {
    below::lines(model, exchange, usize::from(list.width), paint)
}

/// The row at a place of the pane.
pub(super) fn row_at(area: Rect, model: &Model, exchange: &Exchange, at: Position) -> Option<usize> {
    let list = list(area, model, exchange);
    let place =
        first(list, model, exchange, &Paint::new(model)) + usize::from(list.contains(at).then(|| at.y - list.y)?);
    let rows = rows(exchange);
    (place < rows.len()).then(|| rows.nth(place))
}

fn digits(exchange: &Exchange) -> usize {
    exchange.rows().to_string().len()
}

fn plain(row: &Row, wide: usize, digits: usize, paint: &Paint) -> Line<'static> {
    let cursor = row.cursor();
    let who = row.from.map_or(' ', Party::letter);
    let left = vec![
        paint.span(row.left.to_string(), Role::Title),
        paint.span(format!("{cursor} {:>digits$} {who} ", row.number), row.role),
        paint.span(row.mark.0.to_string(), row.mark.1),
        paint.span(row.text.clone(), row.role),
    ];
    spread(left, vec![paint.span(format!("{} ", row.time), Role::Dim)], wide)
}

/// How wide the column of times is.
const fn time_column(exchange: &Exchange) -> usize {
    match exchange.time {
        TimeMode::Clock => 13,
        TimeMode::SinceStart | TimeMode::SincePrevious => 8,
    }
}

fn life_line_heads(buffer: &mut Buffer, area: Rect, exchange: &Exchange, paint: &Paint) {
    let (digits, times) = (digits(exchange), time_column(exchange));
    let room = usize::from(area.width).saturating_sub(digits + 7 + times);
    let indent = digits + 6;
    let heads = vec![
        Text::raw(" ".repeat(indent)),
        paint.span("client", Role::Client),
        Text::raw(" ".repeat(room.saturating_sub(12))),
        paint.span("server", Role::Server),
    ];
    buffer.set_line(area.x, area.y, &Line::from(heads), area.width);
}

/// `│── text ──▶│`
fn arrow(row: &Row, wide: usize, exchange: &Exchange, paint: &Paint) -> Line<'static> {
    let (digits, times) = (digits(exchange), time_column(exchange));
    let cursor = row.cursor();
    let room = wide.saturating_sub(digits + 7 + times);
    let mut spans = vec![
        paint.span(row.left.to_string(), Role::Title),
        paint.span(format!("{cursor} {:>digits$} ", row.number), row.role),
        paint.span(row.mark.0.to_string(), row.mark.1),
        paint.span("│", Role::Client),
    ];
    let text = cut(&row.text, room.saturating_sub(5));
    let fill = "─".repeat(room.saturating_sub(5 + width(&text)));
    match row.from {
        Some(Party::Client) => spans.push(paint.span(format!("─ {text} {fill}─▶"), row.role)),
        Some(Party::Server) => spans.push(paint.span(format!("◀─ {text} {fill}─"), row.role)),
        None => {
            let text = cut(&row.text, room.saturating_sub(1));
            spans.push(paint.span(format!(" {text}{}", " ".repeat(room.saturating_sub(1 + width(&text)))), row.role));
        }
    }
    spans.extend([paint.span("│", Role::Server), paint.span(format!("{:>times$}", row.time), Role::Dim)]);
    Line::from(spans)
}

fn read(row: usize, model: &Model, exchange: &Exchange) -> Row {
    let selected = row == exchange.row;
    let number = row + 1;
    let left = match (exchange.marks.has(row), exchange.marks.notes(row)) {
        (true, _) => '◆',
        (false, []) => ' ',
        (false, _) => '#',
    };
    let is_held = row == exchange.steps().len();
    if let (true, Some(Held::Received { party })) = (is_held, exchange.held()) {
        return Row {
            number,
            left,
            from: Some(*party),
            mark: ('●', Role::Held),
            text: format!("‹the {party} has received this and not yet answered›"),
            role: Paint::party(*party),
            time: "held".to_owned(),
            selected,
            took: false,
        };
    }
    let Some((step, shown)) = exchange.shown(row, model.revealed()) else {
        return Row {
            number,
            left,
            from: None,
            mark: (' ', Role::Dim),
            text: String::new(),
            role: Role::Dim,
            time: String::new(),
            selected,
            took: false,
        };
    };
    let from = step.from();
    Row {
        number,
        left,
        from,
        mark: match mark(&step, &shown) {
            (' ' | '~' | '§', _) if is_held => ('●', Role::Held),
            mark => mark,
        },
        text: text(&shown, exchange, is_held, model.revealed()),
        role: from.map_or(Role::Dim, Paint::party),
        time: if is_held { "held".to_owned() } else { time(row, &step, exchange) },
        selected,
        took: exchange.edge.is_some_and(|edge| took(&step, edge)),
    }
}

fn mark(step: &Step, shown: &Shown) -> (char, Role) {
    let flawed = shown
        .message
        .as_ref()
        .is_some_and(|message| !message.flaws.is_empty() || message.base64().is_some_and(|base64| !base64.is_valid()));
    if step.deviation.is_some() {
        ('✘', Role::Bad)
    } else if flawed || shown.nodes().any(|(_, node)| node.problem.is_some()) {
        ('!', Role::Warn)
    } else if shown.edited_from().is_some() {
        ('~', Role::Warn)
    } else if step.moves.iter().any(|taken| taken.row.row().force == Force::Quirk) {
        ('§', Role::Warn)
    } else {
        (' ', Role::Dim)
    }
}

/// So many octets of a line fill its row on any screen.
const WORDS: usize = 1_000;

/// The line in words, and how many lines are held.
fn text(shown: &Shown, exchange: &Exchange, is_held: bool, reveal: bool) -> String {
    let mut text = shown.words_within(reveal, WORDS);
    let lines = exchange
        .held_line()
        .filter(|_| is_held)
        .map_or(1, |held| held.current.split_inclusive(|octet| *octet == b'\n').count());
    if lines > 1 {
        write!(text, " ‹the last of {lines} lines›").unwrap_or_default(); // writing to a String cannot fail
    }
    text
}

fn time(row: usize, step: &Step, exchange: &Exchange) -> String {
    let at = step.event.at;
    match exchange.time {
        TimeMode::SinceStart => format!("+{}", millis(at)),
        TimeMode::SincePrevious => {
            let before = row.checked_sub(1).and_then(|row| exchange.steps().get(row));
            format!("Δ{}", millis(at.since(before.map_or(Micros::default(), |before| before.event.at))))
        }
        TimeMode::Clock => clock(&exchange.headers().started, at).unwrap_or_else(|| format!("+{}", millis(at))),
    }
}

fn millis(at: Micros) -> String {
    format!("{}.{:03}", at.0 / 1_000_000, at.0 / 1_000 % 1_000)
}

/// In UTC, as the recording has it.
fn clock(started: &str, at: Micros) -> Option<String> {
    let started: jiff::Timestamp = started.parse().ok()?;
    let passed = jiff::SignedDuration::from_micros(i64::try_from(at.0).ok()?);
    Some(started.checked_add(passed).ok()?.strftime("%H:%M:%S.%3f").to_string())
}

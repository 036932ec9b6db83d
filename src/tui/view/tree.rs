//! The token, field by field.

use super::first_row;
use super::paint::{Paint, spread, width};
use crate::config::theme::Role;
use crate::decode::{Change, Gone, Node, Value, escape, value_text};
use crate::transcript::Shown;
use crate::tui::model::{Exchange, Model};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;
use std::collections::BTreeSet;

/// A node that is not folded away.
pub(in crate::tui) struct TreeRow<'a> {
    /// Its place in the order of the tree.
    pub(in crate::tui) place: usize,
    pub(in crate::tui) depth: usize,
    /// Whether there is anything to fold.
    pub(in crate::tui) folds: bool,
    node: &'a Node,
    /// It has a problem, or folds one away.
    wrong: bool,
    /// The lines that lead to it.
    guides: String,
}

/// The nodes that are not folded away, in the order of the tree.
pub(in crate::tui) fn rows<'a>(shown: &'a Shown, folded: &BTreeSet<usize>) -> Vec<TreeRow<'a>> {
    let mut rows: Vec<TreeRow<'_>> = Vec::new();
    // How many nodes of each depth are still to come, up to that of the node at hand.
    let mut open: Vec<usize> = vec![1];
    let mut hidden_below = usize::MAX;
    for (place, (depth, node)) in shown.nodes().enumerate() {
        open.truncate(depth + 1);
        open[depth] -= 1;
        let guides = guides(&open[1..]);
        open.push(node.children.len());
        let wrong = node.problem.is_some();
        if depth > hidden_below {
            rows.last_mut().into_iter().for_each(|above| above.wrong |= wrong);
            continue;
        }
        hidden_below = if folded.contains(&place) { depth } else { usize::MAX };
        rows.push(TreeRow { place, depth, folds: !node.children.is_empty(), node, wrong, guides });
    }
    rows
}

fn guides(open: &[usize]) -> String {
    let Some((own, above)) = open.split_last() else { return String::new() };
    let mut guides: String = above.iter().map(|left| if *left > 0 { "│ " } else { "  " }).collect();
    guides.push_str(if *own > 0 { "├ " } else { "└ " });
    guides
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, model: &Model, exchange: &Exchange, paint: &Paint) {
    let shown = &exchange.focus.shown;
    let rows = rows(shown, &exchange.folded);
    if rows.is_empty() {
        let line = Line::from(paint.span(" No token in this line.", Role::Dim));
        return super::rows(buffer, area, std::iter::once(line));
    }
    let (lines, at) = drawn(&rows, exchange);
    let first = first_row(at, lines.len(), usize::from(area.height));
    for ((place, drawn), y) in lines.iter().enumerate().skip(first).zip(area.top()..area.bottom()) {
        let line = match drawn {
            Drawn::Node(row, change) => {
                line(row, place == at, change.as_deref(), model, exchange, usize::from(area.width), paint)
            }
            Drawn::Gone(gone) => {
                let text = format!(" -{}  {}", "  ".repeat(gone.depth), escape(&gone.text));
                spread(
                    vec![paint.span(text, Role::Warn)],
                    vec![paint.span("was here ", Role::Dim)],
                    usize::from(area.width),
                )
            }
        };
        super::row(buffer, Rect { y, height: 1, ..area }, &line, place == at, paint);
    }
}

/// All rows as they are drawn, and which of them is selected.
fn drawn<'a>(rows: &'a [TreeRow<'a>], exchange: &'a Exchange) -> (Vec<Drawn<'a>>, usize) {
    let selected = rows.iter().rposition(|row| row.place <= exchange.node).unwrap_or(0);
    let mut lines = Vec::with_capacity(rows.len());
    let mut at = 0;
    for (place, row) in rows.iter().enumerate() {
        if place == selected {
            at = lines.len();
        }
        let next = rows.get(place + 1).map_or(usize::MAX, |row| row.place);
        let edited = edited(row, next, exchange);
        lines.push(Drawn::Node(row, edited.0));
        lines.extend(edited.1.into_iter().map(Drawn::Gone));
    }
    (lines, at)
}

/// The node at a place of the pane, and whether that is where it folds: at its fold, or at the end of the line that
/// leads to it.
pub(super) fn node_at(area: Rect, exchange: &Exchange, at: Position) -> Option<(usize, bool)> {
    let rows = rows(&exchange.focus.shown, &exchange.folded);
    let (lines, selected) = drawn(&rows, exchange);
    let first = first_row(selected, lines.len(), usize::from(area.height));
    let line = lines.get(first + usize::from(area.contains(at).then(|| at.y - area.y)?))?;
    let Drawn::Node(row, _) = line else { return None };
    // The cursor and a blank stand before the line, the fold behind it.
    let name = 2 + width(&row.guides);
    let fold = usize::from(exchange.folded.contains(&row.place));
    let folds = row.folds && (name.saturating_sub(2)..name + fold).contains(&usize::from(at.x - area.x));
    Some((row.place, folds))
}

/// A row as it is drawn.
enum Drawn<'a> {
    /// A node, and what an edit has made of it: `+`, or `~` with its value before.
    Node(&'a TreeRow<'a>, Option<String>),
    /// A node that an edit has taken out.
    Gone(&'a Gone),
}

/// What an edit has made of a row and of what is folded into it, which ends before `next`, and what it took out behind it.
fn edited<'a>(row: &TreeRow<'_>, next: usize, exchange: &'a Exchange) -> (Option<String>, Vec<&'a Gone>) {
    let Some(diff) = &exchange.focus.diff else { return (None, Vec::new()) };
    let folded = exchange.folded.contains(&row.place);
    let from = diff.gone.partition_point(|gone| gone.behind < row.place);
    let gone = diff.gone[from..].iter().take_while(|gone| gone.behind < next);
    let (hidden, gone): (Vec<_>, Vec<_>) = gone.partition(|gone| folded && gone.depth > row.depth);
    let inside = diff.nodes.iter().enumerate().skip(row.place + 1).take(next.saturating_sub(row.place + 1));
    let inside = folded && (!hidden.is_empty() || inside.into_iter().any(|(_, change)| *change != Change::Same));
    let change = match diff.nodes.get(row.place) {
        Some(Change::New) => Some("+".to_owned()),
        Some(Change::Was(was)) => Some(format!("~{was}")),
        _ => inside.then(|| "~".to_owned()),
    };
    (change, gone)
}

fn line(
    row: &TreeRow<'_>,
    selected: bool,
    change: Option<&str>,
    model: &Model,
    exchange: &Exchange,
    width: usize,
    paint: &Paint,
) -> Line<'static> {
    let (shown, is_folded) = (&exchange.focus.shown, exchange.folded.contains(&row.place));
    let node = row.node;
    let cursor = if selected { "▶" } else { " " };
    let fold = if is_folded { "▸" } else { "" };
    let value = value_text(node, &shown.token, model.revealed());
    let value_role = match node.value {
        _ if node.secret && !model.revealed() => Role::Secret,
        Value::Oid { .. } => Role::Oid,
        _ => Role::Text,
    };
    let mut left = vec![
        paint.span(cursor, Role::Dim),
        change.map_or_else(|| paint.span(" ", Role::Dim), |change| paint.span(&change[..1], Role::Warn)),
        paint.span(format!("{}{fold}", row.guides), Role::Dim),
        paint.span(if row.wrong { "✘ " } else { "" }, Role::Bad),
        paint.span(escape(&node.name), Role::Tag),
        paint.span(if value.is_empty() { "" } else { "  " }, Role::Dim),
        paint.span(value, value_role),
    ];
    if let Some(was) = change.and_then(|change| change.strip_prefix('~')).filter(|was| !was.is_empty()) {
        left.push(paint.span(format!("  (was {was})"), Role::Warn));
    }
    if let Some(problem) = &node.problem {
        left.push(paint.span(format!("  {} ({})", escape(&problem.what), problem.cite), Role::Bad));
    }
    spread(left, vec![paint.span(format!("{} ", node.span), Role::Dim)], width)
}

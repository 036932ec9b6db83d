//! The token, field by field.

use super::ladder::first_row;
use super::paint::{Paint, spread};
use crate::config::theme::Role;
use crate::decode::{Node, Value, escape, value_text};
use crate::tui::focus::Shown;
use crate::tui::model::{Exchange, Model};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
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
        if depth > hidden_below {
            continue;
        }
        hidden_below = if folded.contains(&place) { depth } else { usize::MAX };
        rows.push(TreeRow { place, depth, folds: !node.children.is_empty(), node, guides });
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
    let selected = rows.iter().rposition(|row| row.place <= exchange.node).unwrap_or(0);
    let first = first_row(selected, rows.len(), usize::from(area.height));
    for ((place, row), y) in rows.iter().enumerate().skip(first).zip(area.top()..area.bottom()) {
        let is_folded = exchange.folded.contains(&row.place);
        let line = line(row, place == selected, is_folded, model, shown, usize::from(area.width), paint);
        super::row(buffer, Rect { y, height: 1, ..area }, &line, place == selected, paint);
    }
}

fn line(
    row: &TreeRow<'_>,
    selected: bool,
    is_folded: bool,
    model: &Model,
    shown: &Shown,
    width: usize,
    paint: &Paint,
) -> Line<'static> {
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
        paint.span(format!("{cursor} {}{fold}", row.guides), Role::Dim),
        paint.span(escape(&node.name), Role::Tag),
        paint.span("  ", Role::Dim),
        paint.span(value, value_role),
    ];
    if let Some(problem) = &node.problem {
        left.push(paint.span(format!("  ✘ {} ({})", escape(&problem.what), problem.cite), Role::Bad));
    }
    spread(left, vec![paint.span(format!("{} ", node.span), Role::Dim)], width)
}

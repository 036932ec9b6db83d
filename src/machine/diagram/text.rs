//! Diagrams and tables as plain text, and for Graphviz.

use super::{Form, Picture, Stroke, forbidden, glyph, pairs, picture};
use crate::machine::row::{Row, Table};
use std::fmt::Write as _;

/// The picture as lines of text, without blanks around it and edges that are forbidden; with `ascii` in nothing but ASCII.
#[must_use]
pub fn text(picture: &Picture, ascii: bool) -> String {
    let mut cells = vec![vec![' '; picture.width]; picture.height];
    for (x, y, c) in picture.boxes.iter().flat_map(|boxed| boxed.cells(' ')) {
        cells[y][x] = c;
    }
    for line in picture.lines(|edge| if edge.forbidden { Stroke::None } else { Stroke::Light }) {
        cells[line.y][line.x] = line.head.unwrap_or_else(|| glyph(line.arms));
    }
    let line = |line: Vec<char>| -> String {
        let line: String = line.into_iter().map(|glyph| if ascii { to_ascii(glyph) } else { glyph }).collect();
        line.trim_end().to_owned()
    };
    let lines: Vec<String> = cells.into_iter().map(line).skip_while(String::is_empty).collect();
    lines.join("\n").trim_end().to_owned() + "\n"
}

/// The diagram of a table, its rows below, and what its signals mean.
#[must_use]
pub fn describe(table: &Table, ascii: bool) -> String {
    let Table { machine, party, start, .. } = table;
    let mut out = format!("{machine} {party}: {}\nIt starts in {start}.\n\n", machine.title());
    out.push_str(&text(&picture(table, Form::Large), ascii));
    out.push('\n');
    let columns = |row: &Row| {
        let emit = row.emit.map_or("", super::super::row::Signal::name);
        [
            row.from.to_string(),
            row.on.to_string(),
            emit.into(),
            row.to.to_string(),
            row.force.to_string(),
            row.cite.to_string(),
        ]
    };
    let head = ["from", "hears", "answers", "to", "force", "clause"].map(str::to_owned);
    let lines: Vec<_> =
        std::iter::once((head, "sentence")).chain(table.rows.iter().map(|row| (columns(row), row.says))).collect();
    let width = |column: usize| lines.iter().map(|(cells, _)| cells[column].len()).max().unwrap_or(0);
    let widths: [usize; 6] = std::array::from_fn(width);
    for (cells, says) in &lines {
        for (cell, width) in cells.iter().zip(widths) {
            put(&mut out, format_args!("{cell:width$}  "));
        }
        put(&mut out, format_args!("{says}\n"));
    }
    let widest = table.signals().map(|signal| signal.name().len()).max().unwrap_or(0);
    put(&mut out, format_args!("\n{:widest$}  meaning\n", "signal"));
    for signal in table.signals() {
        put(&mut out, format_args!("{signal:widest$}  {}\n", signal.says()));
    }
    out
}

/// The tables as one graph for Graphviz, a cluster each; what is forbidden is dashed.
#[must_use]
pub fn dot<'a>(tables: impl IntoIterator<Item = &'a Table>) -> String {
    let mut out = String::from("digraph saslscope {\n  node [shape=box];\n");
    for table in tables {
        let name = format!("{} {}", table.machine, table.party);
        put(&mut out, format_args!("  subgraph \"cluster {name}\" {{\n    label=\"{name}\";\n"));
        for state in table.states() {
            put(&mut out, format_args!("    \"{name} {state}\" [label=\"{state}\"];\n"));
        }
        for (from, to, rows) in pairs(table) {
            let label = |row: &Row| match row.emit {
                Some(emit) => format!("{} / {emit}", row.on),
                None => row.on.to_string(),
            };
            let label: Vec<String> = rows.iter().map(|id| label(id.row())).collect();
            let label = label.join("\\n");
            let style = if forbidden(&rows) { ", style=dashed" } else { "" };
            put(&mut out, format_args!("    \"{name} {from}\" -> \"{name} {to}\" [label=\"{label}\"{style}];\n"));
        }
        out.push_str("  }\n");
    }
    out.push_str("}\n");
    out
}

const fn to_ascii(glyph: char) -> char {
    match glyph {
        '─' => '-',
        '═' => '=',
        '│' | '║' => '|',
        '▲' => '^',
        '▶' => '>',
        '▼' => 'v',
        '◀' => '<',
        '↺' => '@',
        ascii if ascii.is_ascii() => ascii,
        _ => '+',
    }
}

fn put(out: &mut String, words: std::fmt::Arguments<'_>) {
    out.write_fmt(words).unwrap_or_default(); // writing to a String cannot fail
}

//! The tables as pictures: states placed by hand on a grid, drawn from the rows.
//!
//! A [`Picture`] is geometry without colour: boxes and edges with the cells that they take, so that a face can draw each
//! with a weight of its own. Every pair of states that rows connect is one edge, whatever the number of rows. Lines that
//! lead to the same state may join before it; two states that lead to each other may share one line with a head at both
//! ends. Each machine is placed twice: at large, and for a pane of some fifty columns.
//!
//! Limits: edges carry no words; [`describe`] lists the rows beside them. Making a picture takes some milliseconds, so
//! a face keeps it.

mod glyph;
mod label;

mod place;
mod route;
#[cfg(test)]
mod tests;
mod text;

use super::row::{Force, RowId, State, Table};
pub use glyph::{Stroke, glyph};
pub use label::{Ground, Label};
use std::collections::BTreeMap;

pub use text::{describe, dot, text};

/// How large a diagram is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// A box takes three lines: its name, and a border above and below.
    Large,
    /// A box takes one line: its name in brackets.
    Small,
}

/// A diagram, in cells of a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// How large it is drawn.
    pub form: Form,
    /// How many cells a line has.
    pub width: usize,
    /// How many lines.
    pub height: usize,
    /// One for each state.
    pub boxes: Vec<BoxAt>,
    /// One for each pair of states that rows connect, a state with itself included.
    pub edges: Vec<EdgeAt>,
}

/// One state's box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoxAt {
    /// The state.
    pub state: State,
    /// The leftmost cell.
    pub x: usize,
    /// The topmost line.
    pub y: usize,
    /// How many cells wide, borders included.
    pub width: usize,
    /// How many lines high, borders included.
    pub height: usize,
    /// What the border says.
    pub border: Border,
}

/// What a border says of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// Nothing in particular: a single line.
    Plain,
    /// Another machine runs within: a double line.
    Runs,
    /// Nothing leads out: round corners.
    End,
}

/// All rows that lead from one state to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdgeAt {
    /// Where they lead from.
    pub from: State,
    /// Where they lead to.
    pub to: State,
    /// Which rows, in the order of the table.
    pub rows: Vec<RowId>,
    /// All of them forbid: a face draws the edge where somebody has taken it.
    pub forbidden: bool,
    /// The cells that the line takes, from `from` to `to`. Edges share cells where they cross or join. An edge of a
    /// state with itself is one mark on the border of its box.
    pub cells: Vec<CellAt>,
}

/// What one edge draws in one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellAt {
    /// From the left.
    pub x: usize,
    /// From the top.
    pub y: usize,
    /// Whether the line leads up, right, down, left from the middle of the cell.
    pub arms: [bool; 4],
    /// The head of an arrow, or the mark of an edge of a state with itself, instead.
    pub head: Option<char>,
}

/// What all lines together draw in one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineAt {
    /// From the left.
    pub x: usize,
    /// From the top.
    pub y: usize,
    /// How strongly the line leads up, right, down, left.
    pub arms: [Stroke; 4],
    /// A head, or the mark of an edge of a state with itself, instead.
    pub head: Option<char>,
}

/// The diagram of a table.
#[must_use]
pub fn picture(table: &Table, form: Form) -> Picture {
    let (boxes, width, height) = place::boxes(table, form);
    let edges = route::edges(&boxes, width, height, pairs(table));
    cropped(form, boxes, edges)
}

/// The picture without the margins that no line took.
fn cropped(form: Form, mut boxes: Vec<BoxAt>, mut edges: Vec<EdgeAt>) -> Picture {
    let cells = || edges.iter().flat_map(|edge| edge.cells.iter().map(|cell| (cell.x, cell.y)));
    let corners = boxes.iter().flat_map(|boxed| [(boxed.x, boxed.y), (boxed.right(), boxed.bottom())]);
    let taken: Vec<(usize, usize)> = cells().chain(corners).collect();
    let least = |of: fn(&(usize, usize)) -> usize| taken.iter().map(of).min().unwrap_or(0);
    let most = |of: fn(&(usize, usize)) -> usize| taken.iter().map(of).max().map_or(0, |most| most + 1);
    let (left, top) = (least(|at| at.0), least(|at| at.1));
    let (width, height) = (most(|at| at.0) - left, most(|at| at.1) - top);
    for boxed in &mut boxes {
        (boxed.x, boxed.y) = (boxed.x - left, boxed.y - top);
    }
    for cell in edges.iter_mut().flat_map(|edge| &mut edge.cells) {
        (cell.x, cell.y) = (cell.x - left, cell.y - top);
    }
    Picture { form, width, height, boxes, edges }
}

impl Picture {
    /// Every cell that a line takes, once, with the strongest stroke of each of its arms, and a head where the line that
    /// has it is drawn.
    pub fn lines(&self, stroke: impl Fn(&EdgeAt) -> Stroke) -> Vec<LineAt> {
        let mut all: BTreeMap<(usize, usize), LineAt> = BTreeMap::new();
        for edge in &self.edges {
            let stroke = stroke(edge);
            for cell in edge.cells.iter().filter(|_| stroke != Stroke::None) {
                let line = all.entry((cell.y, cell.x)).or_insert(LineAt {
                    x: cell.x,
                    y: cell.y,
                    arms: [Stroke::None; 4],
                    head: None,
                });
                for (arm, leads) in line.arms.iter_mut().zip(cell.arms) {
                    *arm = (*arm).max(if leads { stroke } else { Stroke::None });
                }
                line.head = line.head.or(cell.head);
            }
        }
        all.into_values().collect()
    }

    /// The box of `state`.
    #[must_use]
    pub fn box_of(&self, state: State) -> Option<&BoxAt> {
        self.boxes.iter().find(|boxed| boxed.state == state)
    }
}

impl BoxAt {
    /// The rightmost cell.
    #[must_use]
    pub const fn right(&self) -> usize {
        self.x + self.width - 1
    }

    /// The lowest line.
    #[must_use]
    pub const fn bottom(&self) -> usize {
        self.y + self.height - 1
    }

    /// The line of the name.
    #[must_use]
    pub const fn middle(&self) -> usize {
        self.y + self.height / 2
    }

    /// Whether the cell belongs to the box, borders included.
    #[must_use]
    pub const fn covers(&self, x: usize, y: usize) -> bool {
        self.x <= x && x <= self.right() && self.y <= y && y <= self.bottom()
    }

    /// The box as characters, `mark` before the name: column, line, character.
    #[must_use]
    pub fn cells(&self, mark: char) -> Vec<(usize, usize, char)> {
        glyph::boxed(self, mark)
    }
}

/// The pairs of states that rows connect, each with its rows, in the order of the table.
fn pairs(table: &Table) -> Vec<(State, State, Vec<RowId>)> {
    let mut pairs: Vec<(State, State, Vec<RowId>)> = Vec::new();
    for (place, row) in table.rows.iter().enumerate() {
        let id = RowId { machine: table.machine, party: table.party, place };
        match pairs.iter_mut().find(|(from, to, _)| (*from, *to) == (row.from, row.to)) {
            Some((.., rows)) => rows.push(id),
            None => pairs.push((row.from, row.to, vec![id])),
        }
    }
    pairs
}

/// Whether all rows forbid.
fn forbidden(rows: &[RowId]) -> bool {
    rows.iter().all(|id| id.row().force == Force::MustNot)
}

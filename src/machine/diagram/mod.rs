//! The tables as pictures: states placed by hand on a grid, drawn from the rows.
//!
//! A [`Picture`] is text without colour: boxes and edges with the cells that they take, so that a face can colour each
//! by itself. Every pair of states that rows connect is one edge, whatever the number of rows. Lines that lead to the
//! same state may join before it; two states that lead to each other may share one line with a head at both ends.
//!
//! Limits: edges carry no words; [`describe`] lists the rows beside them. Making a picture takes some milliseconds, so
//! a face keeps it.

mod place;
mod route;
#[cfg(test)]
mod tests;
mod text;

use super::row::{Force, RowId, State, Table};
pub use text::{describe, dot, text};

/// How many lines a box takes: its name, and a border above and below.
pub const BOX_HEIGHT: usize = 3;

/// A state's place on the grid of its diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The state.
    pub state: State,
    /// From the left, counted from 0.
    pub column: usize,
    /// From the top, counted from 0.
    pub row: usize,
}

/// A diagram, in cells of a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
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
    /// The topmost line; the box is [`BOX_HEIGHT`] lines high.
    pub y: usize,
    /// How many cells wide, borders included.
    pub width: usize,
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
    /// The cells that the line takes, from `from` to `to`: column, line, character. Edges share cells where they cross
    /// or join, and agree on the character, but for edges that are forbidden: these lie over all others. An edge of a
    /// state with itself is one mark on the border of its box.
    pub cells: Vec<(usize, usize, char)>,
}

/// The diagram of a table.
#[must_use]
pub fn picture(table: &Table) -> Picture {
    let (boxes, width, height) = place::boxes(table);
    let edges = route::edges(&boxes, width, height, pairs(table));
    cropped(boxes, edges)
}

/// The picture without the margins that no line took.
fn cropped(mut boxes: Vec<BoxAt>, mut edges: Vec<EdgeAt>) -> Picture {
    let cells = || edges.iter().flat_map(|edge| edge.cells.iter().map(|&(x, y, _)| (x, y)));
    let corners =
        boxes.iter().flat_map(|boxed| [(boxed.x, boxed.y), (boxed.x + boxed.width - 1, boxed.y + BOX_HEIGHT - 1)]);
    let taken: Vec<(usize, usize)> = cells().chain(corners).collect();
    let least = |of: fn(&(usize, usize)) -> usize| taken.iter().map(of).min().unwrap_or(0);
    let most = |of: fn(&(usize, usize)) -> usize| taken.iter().map(of).max().map_or(0, |most| most + 1);
    let (left, top) = (least(|at| at.0), least(|at| at.1));
    let (width, height) = (most(|at| at.0) - left, most(|at| at.1) - top);
    for boxed in &mut boxes {
        (boxed.x, boxed.y) = (boxed.x - left, boxed.y - top);
    }
    for (x, y, _) in edges.iter_mut().flat_map(|edge| &mut edge.cells) {
        (*x, *y) = (*x - left, *y - top);
    }
    Picture { width, height, boxes, edges }
}

impl Picture {
    /// The box of `state`.
    #[must_use]
    pub fn box_of(&self, state: State) -> Option<&BoxAt> {
        self.boxes.iter().find(|boxed| boxed.state == state)
    }
}

impl BoxAt {
    /// Whether the cell belongs to the box, borders included.
    #[must_use]
    pub const fn covers(&self, x: usize, y: usize) -> bool {
        self.x <= x && x < self.x + self.width && self.y <= y && y < self.y + BOX_HEIGHT
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

//! Lines between boxes: each takes the cheapest way that crosses no box, where bends, crossings and tight places cost.
//!
//! Lines to one state form a net: a line may join one that already leads there. Nets are laid one after the other, then
//! taken up and laid again a few times, so that the first don't stand in the way of the last.

use super::{BoxAt, CellAt, EdgeAt, forbidden};
use crate::machine::row::{RowId, State};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

const STEP: u32 = 2;
const BEND: u32 = 6;
const CROSSING: u32 = 9;
/// For a second head at a box that the net has reached already.
const HEAD: u32 = 4;
/// For each neighbouring cell that something else takes.
const TIGHT: u32 = 3;
/// How often all nets are laid.
const PASSES: usize = 5;

/// Up, right, down, left: one bit each in a mask.
const SIDES: [(isize, isize); 4] = [(0, -1), (1, 0), (0, 1), (-1, 0)];
const HEADS: [char; 4] = ['▲', '▶', '▼', '◀'];

/// A cell by its place in the canvas.
type Cell = usize;

/// One line to be laid: from a box to a box, and whether it also leads back.
struct Line {
    from: usize,
    to: usize,
    both: bool,
    net: usize,
    /// Its cells with the mask of each, once laid; where it joins another line, that one's cells follow.
    path: Vec<(Cell, u8)>,
}

/// Which lines run through a cell, at most one net in each direction.
#[derive(Clone, Copy, Default)]
struct Taken {
    /// The net that runs through from left to right, and the one from top to bottom, counted from 1; 0 for none.
    nets: [usize; 2],
    /// The sides that are connected.
    mask: u8,
    /// A head stands here, or a line leaves a box here: nothing else may.
    tip: bool,
}

#[derive(Clone)]
struct Canvas<'a> {
    boxes: &'a [BoxAt],
    width: usize,
    height: usize,
    /// Cells of boxes.
    blocked: Vec<bool>,
    taken: Vec<Taken>,
}

type Pair = (State, State, Vec<RowId>);

/// The edges between the boxes. Those that rows forbid are laid last, each as if there were no other of them.
pub(super) fn edges(boxes: &[BoxAt], width: usize, height: usize, pairs: Vec<Pair>) -> Vec<EdgeAt> {
    let index = |state: State| boxes.iter().position(|boxed| boxed.state == state);
    let ends: Vec<_> = pairs.iter().map(|(from, to, rows)| (index(*from), index(*to), forbidden(rows))).collect();
    let mut canvas = Canvas::new(boxes, width, height);
    let mut lines = Vec::new();
    for &end in &ends {
        let (Some(from), Some(to), false) = end else { continue };
        let both = ends.contains(&(Some(to), Some(from), false));
        if from == to || both && from > to {
            continue;
        }
        // A line that leads both ways is a net of its own: what joined it would seem to lead both ways.
        let net = 1 + if both { boxes.len() + lines.len() } else { to };
        lines.push(Line { from, to, both, net, path: Vec::new() });
    }
    lines.sort_by_key(|line| (!line.both, distance(&boxes[line.from], &boxes[line.to])));
    canvas.lay(&mut lines);
    let edge = |((from, to, rows), end): (Pair, _)| match end {
        (Some(from_box), Some(to_box), true) if from != to => {
            let mut canvas = canvas.clone();
            let mut line = [Line { from: from_box, to: to_box, both: false, net: usize::MAX, path: Vec::new() }];
            canvas.lay_line(&mut line, 0);
            canvas.edge(&line, from, to, rows)
        }
        _ => canvas.edge(&lines, from, to, rows),
    };
    pairs.into_iter().zip(ends).map(edge).collect()
}

fn distance(from: &BoxAt, to: &BoxAt) -> usize {
    let middle = |boxed: &BoxAt| boxed.x + boxed.width / 2;
    middle(from).abs_diff(middle(to)) + 2 * from.y.abs_diff(to.y)
}

impl<'a> Canvas<'a> {
    fn new(boxes: &'a [BoxAt], width: usize, height: usize) -> Self {
        let covered = |cell: Cell| boxes.iter().any(|boxed| boxed.covers(cell % width, cell / width));
        let blocked = (0..width * height).map(covered).collect();
        Self { boxes, width, height, blocked, taken: vec![Taken::default(); width * height] }
    }

    fn lay(&mut self, lines: &mut [Line]) {
        for place in 0..lines.len() {
            self.lay_line(lines, place);
        }
        for _ in 1..PASSES {
            let before: Vec<_> = lines.iter().map(|line| line.path.clone()).collect();
            for net in nets(lines) {
                self.take_up(net);
                for place in 0..lines.len() {
                    if lines[place].net == net {
                        self.lay_line(lines, place);
                    }
                }
            }
            if lines.iter().map(|line| &line.path).eq(&before) {
                return;
            }
        }
    }

    fn lay_line(&mut self, lines: &mut [Line], place: usize) {
        let mut path = self.way(&lines[place]);
        let joint = path.last().map(|&(cell, _)| cell);
        self.take(&path, &lines[place]);
        path.extend(joint.map(|joint| rest(lines, place, joint)).unwrap_or_default());
        lines[place].path = path;
    }

    fn take_up(&mut self, net: usize) {
        for taken in &mut self.taken {
            for axis in 0..2 {
                if taken.nets[axis] == net {
                    taken.nets[axis] = 0;
                    taken.mask &= !axis_bits(axis);
                    taken.tip = false;
                }
            }
        }
    }

    fn take(&mut self, path: &[(Cell, u8)], line: &Line) {
        for (at, (cell, mask)) in path.iter().enumerate() {
            let taken = &mut self.taken[*cell];
            let joins = taken.nets.contains(&line.net);
            for axis in 0..2 {
                if mask & axis_bits(axis) != 0 {
                    taken.nets[axis] = line.net;
                }
            }
            taken.mask |= mask;
            taken.tip |= at == 0 || at + 1 == path.len() && !joins;
        }
    }

    /// The cheapest way of a line, with the sides that it connects in each cell; empty where there is none.
    fn way(&self, line: &Line) -> Vec<(Cell, u8)> {
        let reached = self.taken.iter().any(|taken| taken.nets.contains(&line.net));
        let states = self.taken.len() * 4;
        let mut cost = vec![u32::MAX; states];
        let mut came_from = vec![usize::MAX; states];
        let mut open = BinaryHeap::new();
        for (cell, side, price) in self.ports(&self.boxes[line.from]) {
            let state = cell * 4 + side;
            let price = price + self.crowd(cell, line.net);
            if price < cost[state] {
                cost[state] = price;
                open.push(Reverse((price, state)));
            }
        }
        let heads = self.ports(&self.boxes[line.to]);
        let mut best: Option<(u32, usize)> = None;
        while let Some(Reverse((price, state))) = open.pop() {
            if price > cost[state] || best.is_some_and(|(best, _)| best <= price) {
                continue;
            }
            let (cell, heading) = (state / 4, state % 4);
            // It ends where the box lies ahead.
            if let Some((.., port)) = heads.iter().find(|(at, side, _)| *at == cell && (side + 2) % 4 == heading) {
                let long_enough = came_from[state] != usize::MAX || !line.both;
                if long_enough && self.taken[cell].mask == 0 {
                    let total = price + port + if reached { HEAD } else { 0 };
                    if best.is_none_or(|(best, _)| total < best) {
                        best = Some((total, state));
                    }
                }
            }
            for side in 0..4 {
                if side == (heading + 2) % 4 {
                    continue;
                }
                let bends = side != heading;
                if !self.passable(cell, heading, bends, line.net) {
                    continue;
                }
                let Some(next) = self.neighbour(cell, side) else { continue };
                let next_state = next * 4 + side;
                if self.may_join(next, side, line.net) {
                    let total = price + STEP + if bends { BEND } else { 0 };
                    if best.is_none_or(|(best, _)| total < best) {
                        best = Some((total, next_state));
                        cost[next_state] = total;
                        came_from[next_state] = state;
                    }
                    continue;
                }
                if self.blocked[next] || self.taken[next].tip || self.taken[next].nets.contains(&line.net) {
                    continue;
                }
                let crossing = if self.taken[next].mask == 0 { 0 } else { CROSSING };
                let total = price + STEP + if bends { BEND } else { 0 } + crossing + self.crowd(next, line.net);
                if total < cost[next_state] {
                    cost[next_state] = total;
                    came_from[next_state] = state;
                    open.push(Reverse((total, next_state)));
                }
            }
        }
        best.map(|(_, last)| self.walk(&came_from, last, line)).unwrap_or_default()
    }

    /// The way that ends in the state `last`, from its start.
    fn walk(&self, came_from: &[usize], last: usize, line: &Line) -> Vec<(Cell, u8)> {
        let mut states = vec![last];
        while let Some(&earlier) = states.last().map(|&state| &came_from[state])
            && earlier != usize::MAX
        {
            states.push(earlier);
        }
        states.reverse();
        let joins = self.taken[last / 4].nets.contains(&line.net);
        let sides = |(place, &state): (usize, &usize)| {
            let entered = 1 << ((state % 4 + 2) % 4);
            let left = match states.get(place + 1) {
                Some(next) => 1 << (next % 4),
                None if joins => 0,
                None => 1 << (state % 4),
            };
            (state / 4, entered | left)
        };
        states.iter().enumerate().map(sides).collect()
    }

    /// Whether a line that heads that way may run through the cell, straight on or round a bend.
    fn passable(&self, cell: Cell, heading: usize, bends: bool, net: usize) -> bool {
        let taken = self.taken[cell];
        if taken.mask == 0 {
            return true;
        }
        // Only straight across a line that itself runs straight.
        let across = axis_bits(1 - axis_of(heading));
        !bends && !taken.tip && taken.mask == across && !taken.nets.contains(&net)
    }

    /// Whether a line that enters the cell that way may join its own net there, in the form of a T.
    fn may_join(&self, cell: Cell, heading: usize, net: usize) -> bool {
        let Taken { nets, mask, tip } = self.taken[cell];
        let entered = 1 << ((heading + 2) % 4);
        let own = nets.contains(&net) && nets.iter().all(|&other| other == net || other == 0);
        own && !tip && mask.count_ones() == 2 && mask & entered == 0
    }

    /// How tight it is around a cell.
    fn crowd(&self, cell: Cell, net: usize) -> u32 {
        let around = (0..4).filter_map(|side| self.neighbour(cell, side));
        let tight = around.filter(|&near| {
            let taken = self.taken[near];
            self.blocked[near] || taken.mask != 0 && !taken.nets.contains(&net)
        });
        TIGHT * tight.count() as u32
    }

    /// The free cells around a box, each with the side of the box that it lies on and what it costs to use it: the
    /// middle of a side is the best place.
    fn ports(&self, boxed: &BoxAt) -> Vec<(Cell, usize, u32)> {
        let middle = boxed.x + boxed.width / 2;
        let corner = boxed.height.min(2);
        let above = (boxed.x + corner..=boxed.right() - corner).map(|x| (x, boxed.y.wrapping_sub(1), 0));
        let below = (boxed.x + corner..=boxed.right() - corner).map(|x| (x, boxed.bottom() + 1, 2));
        let sides = [(boxed.right() + 1, boxed.middle(), 1), (boxed.x.wrapping_sub(1), boxed.middle(), 3)];
        let all = above.chain(below).chain(sides);
        let ports = all.filter(|(x, y, _)| *x < self.width && *y < self.height).map(|(x, y, side)| {
            let off = if side % 2 == 0 { x.abs_diff(middle) as u32 } else { 0 };
            (y * self.width + x, side, off)
        });
        ports.filter(|(cell, ..)| !self.blocked[*cell] && self.taken[*cell].mask == 0).collect()
    }

    fn neighbour(&self, cell: Cell, side: usize) -> Option<Cell> {
        let (dx, dy) = SIDES[side];
        let x = (cell % self.width).checked_add_signed(dx).filter(|&x| x < self.width)?;
        let y = (cell / self.width).checked_add_signed(dy).filter(|&y| y < self.height)?;
        Some(y * self.width + x)
    }

    /// The edge with its cells.
    fn edge(&self, lines: &[Line], from: State, to: State, rows: Vec<RowId>) -> EdgeAt {
        let states = |line: &Line| (self.boxes[line.from].state, self.boxes[line.to].state);
        let ahead = lines.iter().find(|line| states(line) == (from, to));
        let back = lines.iter().find(|line| line.both && states(line) == (to, from));
        let path = |line: &Line| line.path.iter().map(|(cell, _)| *cell).collect::<Vec<_>>();
        let cells = match (ahead, back) {
            _ if from == to => self.boxes.iter().find(|boxed| boxed.state == from).map(own).into_iter().collect(),
            (Some(line), _) => self.cells(&path(line), line, line.to),
            (None, Some(line)) => {
                let mut path = path(line);
                path.reverse();
                self.cells(&path, line, line.from)
            }
            (None, None) => Vec::new(),
        };
        EdgeAt { from, to, forbidden: forbidden(&rows), rows, cells }
    }

    /// The cells of a line as they are drawn, up to its head at the box `to`.
    fn cells(&self, path: &[Cell], line: &Line, to: usize) -> Vec<CellAt> {
        let from = if to == line.to { line.from } else { line.to };
        let beside = |cell: Cell, of: usize| {
            (0..4).find(|side| {
                self.neighbour(cell, *side)
                    .is_some_and(|near| self.boxes[of].covers(near % self.width, near / self.width))
            })
        };
        let towards = |cell: Cell, next: Cell| (0..4).find(|side| self.neighbour(cell, *side) == Some(next));
        let mut cells = Vec::with_capacity(path.len());
        for (place, &cell) in path.iter().enumerate() {
            let (x, y) = (cell % self.width, cell / self.width);
            let before = place.checked_sub(1).map_or_else(|| beside(cell, from), |before| towards(cell, path[before]));
            let behind = path.get(place + 1).map_or_else(|| beside(cell, to), |next| towards(cell, *next));
            let is_last = place + 1 == path.len();
            let arms = std::array::from_fn(|side| Some(side) == before || Some(side) == behind);
            cells.push(CellAt { x, y, arms, head: behind.filter(|_| is_last).map(|side| HEADS[side]) });
        }
        if line.both && !cells.is_empty() {
            cells.remove(0); // the head of the way back
        }
        cells
    }
}

/// The mark of an edge of a state with itself.
const fn own(boxed: &BoxAt) -> CellAt {
    let x = if boxed.height == 1 { boxed.right() } else { boxed.right() - 1 };
    CellAt { x, y: boxed.bottom(), arms: [false; 4], head: Some('↺') }
}

/// What follows `joint` on a line of the same net that was laid before; nothing where the line did not join.
fn rest(lines: &[Line], place: usize, joint: Cell) -> Vec<(Cell, u8)> {
    let mut laid = lines[..place].iter().filter(|line| line.net == lines[place].net);
    let joined = laid.find_map(|line| Some(&line.path[line.path.iter().position(|(cell, _)| *cell == joint)? + 1..]));
    joined.unwrap_or_default().to_vec()
}

/// Each net once, in the order of the lines.
fn nets(lines: &[Line]) -> Vec<usize> {
    let mut nets = Vec::new();
    for line in lines {
        if !nets.contains(&line.net) {
            nets.push(line.net);
        }
    }
    nets
}

/// 0 for left and right, 1 for up and down.
const fn axis_of(side: usize) -> usize {
    1 - side % 2
}

const fn axis_bits(axis: usize) -> u8 {
    if axis == 0 { 0b1010 } else { 0b0101 }
}

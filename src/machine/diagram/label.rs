//! Words in a diagram: where there is room for them beside a box or a line.

use super::{CellAt, Picture};
use crate::machine::row::State;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Up, right, down, left.
const SIDES: [(isize, isize); 4] = [(0, -1), (1, 0), (0, 1), (-1, 0)];
/// What it costs to run across another line.
const CROSSING: u32 = 12;
const BEND: u32 = 4;
/// What the way to the words may cost: words far away would seem to belong to something else.
const FAR: u32 = 32;

/// The area in which a picture stands, and where in it the picture begins, in cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ground {
    /// How wide the area is.
    pub width: usize,
    /// How high.
    pub height: usize,
    /// The column of the picture's first.
    pub x: usize,
    /// The line of the picture's first.
    pub y: usize,
}

/// Room for words, counted within a [`Ground`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The column of the first character.
    pub x: usize,
    /// The line.
    pub y: usize,
    /// The cells that lead there.
    pub line: Vec<CellAt>,
}

impl Picture {
    /// Room for `wide` characters at the end of a short line that leaves the box of `state` and leads to no other.
    #[must_use]
    pub fn stub(&self, state: State, wide: usize, ground: Ground) -> Option<Label> {
        let boxed = self.box_of(state)?;
        let map = Map::of(self, ground)?;
        let inner = || boxed.x + 1..boxed.right();
        let above = inner().map(|x| (x, boxed.y, 0));
        let below = inner().map(|x| (x, boxed.bottom(), 2));
        let sides = [(boxed.right(), boxed.middle(), 1), (boxed.x, boxed.middle(), 3)];
        let ports = above.chain(below).chain(sides);
        map.label(ports.map(|(x, y, side)| (map.at(x, y), side)), wide)
    }

    /// Room for `wide` characters at the end of a short line that branches off the one from `from` to `to`.
    #[must_use]
    pub fn beside(&self, from: State, to: State, wide: usize, ground: Ground) -> Option<Label> {
        let edge = self.edges.iter().find(|edge| (edge.from, edge.to) == (from, to))?;
        let mut map = Map::of(self, ground)?;
        let cells: Vec<usize> = edge.cells.iter().map(|cell| map.at(cell.x, cell.y)).collect();
        for cell in &cells {
            map.lines[*cell] = true; // one that is forbidden is no line of the map
        }
        map.label(cells.into_iter().flat_map(|cell| (0..4).map(move |side| (cell, side))), wide)
    }
}

/// What is where on a ground.
struct Map {
    ground: Ground,
    boxes: Vec<bool>,
    /// Cells that a line takes, but for lines that are forbidden, which are not drawn.
    lines: Vec<bool>,
}

impl Map {
    /// `None` where the picture does not fit.
    fn of(picture: &Picture, ground: Ground) -> Option<Self> {
        let Ground { width, height, x: left, y: top } = ground;
        if left + picture.width > width || top + picture.height > height {
            return None;
        }
        let mut map = Self { ground, boxes: vec![false; width * height], lines: vec![false; width * height] };
        for boxed in &picture.boxes {
            for y in boxed.y..=boxed.bottom() {
                let (first, last) = (map.at(boxed.x, y), map.at(boxed.right(), y));
                map.boxes[first..=last].fill(true);
            }
        }
        for cell in picture.edges.iter().filter(|edge| !edge.forbidden).flat_map(|edge| &edge.cells) {
            let cell = map.at(cell.x, cell.y);
            map.lines[cell] = true;
        }
        Some(map)
    }

    /// A cell of the picture on the ground.
    const fn at(&self, x: usize, y: usize) -> usize {
        (y + self.ground.y) * self.ground.width + x + self.ground.x
    }

    /// The nearest room for `wide` characters, with the line that leads there from one of the cells, each with the side
    /// on which the line may leave it.
    fn label(&self, from: impl Iterator<Item = (usize, usize)>, wide: usize) -> Option<Label> {
        let mut came_from = vec![None; self.lines.len() * 4];
        let mut cost = vec![u32::MAX; self.lines.len() * 4];
        let mut open = BinaryHeap::new();
        for (cell, side) in from.filter_map(|(cell, side)| Some((self.neighbour(cell, side)?, side))) {
            if self.is_free(cell) {
                cost[cell * 4 + side] = 1;
                open.push(Reverse((1, cell * 4 + side)));
            }
        }
        while let Some(Reverse((price, place))) = open.pop() {
            let (cell, heading) = (place / 4, place % 4);
            if price > FAR {
                return None;
            }
            if price > cost[place] {
                continue;
            }
            if !self.lines[cell]
                && let Some((x, y, side)) = self.room(cell, heading, wide)
            {
                return Some(Label { x, y, line: self.way(place, side, &came_from) });
            }
            for side in (0..4).filter(|side| (side + 2) % 4 != heading) {
                // Across another line only straight on.
                if side != heading && self.lines[cell] {
                    continue;
                }
                let Some(next) = self.neighbour(cell, side).filter(|next| !self.boxes[*next]) else { continue };
                let crossing = if self.lines[next] { CROSSING } else { 0 };
                let total = price + 1 + crossing + if side == heading { 0 } else { BEND };
                if total < cost[next * 4 + side] {
                    cost[next * 4 + side] = total;
                    came_from[next * 4 + side] = Some(place);
                    open.push(Reverse((total, next * 4 + side)));
                }
            }
        }
        None
    }

    fn is_free(&self, cell: usize) -> bool {
        !self.boxes[cell] && !self.lines[cell]
    }

    fn neighbour(&self, cell: usize, side: usize) -> Option<usize> {
        let (dx, dy) = SIDES[side];
        let x = (cell % self.ground.width).checked_add_signed(dx).filter(|&x| x < self.ground.width)?;
        let y = (cell / self.ground.width).checked_add_signed(dy).filter(|&y| y < self.ground.height)?;
        Some(y * self.ground.width + x)
    }

    /// Where words of that width begin that stand at the right or left of the cell, and at which side that is: not back
    /// where a line that heads that way came from.
    fn room(&self, cell: usize, heading: usize, wide: usize) -> Option<(usize, usize, usize)> {
        let (x, y) = (cell % self.ground.width, cell / self.ground.width);
        let free = |from: usize| {
            let whole = from + wide <= self.ground.width;
            whole && (from..from + wide).all(|x| self.is_free(y * self.ground.width + x))
        };
        if heading != 3 && free(x + 1) {
            return Some((x + 1, y, 1));
        }
        let from = x.checked_sub(wide)?;
        (heading != 1 && free(from)).then_some((from, y, 3))
    }

    /// The cells of the way that ends at `last`, whose last arm leads to `side`.
    fn way(&self, last: usize, side: usize, came_from: &[Option<usize>]) -> Vec<CellAt> {
        let mut places: Vec<usize> = std::iter::successors(Some(last), |place| came_from[*place]).collect();
        places.reverse();
        let cell = |(at, place): (usize, &usize)| {
            let (cell, entered) = (place / 4, (place % 4 + 2) % 4);
            let left = places.get(at + 1).map_or(side, |next| next % 4);
            let arms = std::array::from_fn(|side| side == entered || side == left);
            CellAt { x: cell % self.ground.width, y: cell / self.ground.width, arms, head: None }
        };
        places.iter().enumerate().map(cell).collect()
    }
}

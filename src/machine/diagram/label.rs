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
const FAR: u32 = 48;

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
    /// The cells that lead there; none where the words stand beside what they are about.
    pub line: Vec<CellAt>,
}

impl Picture {
    /// Room for `wide` characters at the end of a short line that leaves the box of `state` and leads to no other.
    #[must_use]
    pub fn stub(&self, state: State, wide: usize, ground: Ground) -> Option<Label> {
        let boxed = self.box_of(state)?;
        let map = Map::of(self, ground)?;
        let at = |x: usize, y: usize| y * ground.width + x;
        let (left, top) = (boxed.x + ground.x, boxed.y + ground.y);
        let (right, bottom, middle) = (boxed.right() + ground.x, boxed.bottom() + ground.y, boxed.middle() + ground.y);
        let mut ports: Vec<(usize, usize)> = Vec::new(); // a cell beside the box, and the side on which it lies
        let inner = || left + 1..right;
        ports.extend(inner().filter(|_| top > 0).map(|x| (at(x, top.wrapping_sub(1)), 0)));
        ports.extend(inner().filter(|_| bottom + 1 < ground.height).map(|x| (at(x, bottom + 1), 2)));
        ports.extend((right + 1 < ground.width).then(|| (at(right + 1, middle), 1)));
        ports.extend((left > 0).then(|| (at(left - 1, middle), 3)));

        let mut came_from = vec![None; map.lines.len() * 4];
        let mut cost = vec![u32::MAX; map.lines.len() * 4];
        let mut open = BinaryHeap::new();
        for (cell, side) in ports.into_iter().filter(|(cell, _)| !map.boxes[*cell] && !map.lines[*cell]) {
            cost[cell * 4 + side] = 1;
            open.push(Reverse((1, cell * 4 + side)));
        }
        while let Some(Reverse((price, place))) = open.pop() {
            let (cell, heading) = (place / 4, place % 4);
            if price > FAR {
                return None;
            }
            if price > cost[place] {
                continue;
            }
            if !map.lines[cell]
                && let Some((x, y, side)) = map.room(cell, heading, wide)
            {
                return Some(Label { x, y, line: map.way(place, side, &came_from) });
            }
            for side in (0..4).filter(|side| (side + 2) % 4 != heading) {
                // Across another line only straight on.
                if side != heading && map.lines[cell] {
                    continue;
                }
                let Some(next) = map.neighbour(cell, side).filter(|next| !map.boxes[*next]) else { continue };
                let crossing = if map.lines[next] { CROSSING } else { 0 };
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

    /// Room for `wide` characters beside the line from `from` to `to`.
    #[must_use]
    pub fn beside(&self, from: State, to: State, wide: usize, ground: Ground) -> Option<Label> {
        let edge = self.edges.iter().find(|edge| (edge.from, edge.to) == (from, to))?;
        let mut map = Map::of(self, ground)?;
        let own = |cell: &CellAt| (cell.y + ground.y) * ground.width + cell.x + ground.x;
        edge.cells.iter().for_each(|cell| map.lines[own(cell)] = true); // one that is forbidden is no line of the map
        let middle = edge.cells.len() / 2;
        let mut cells: Vec<(usize, usize)> = edge.cells.iter().map(own).enumerate().collect();
        cells.sort_by_key(|(place, _)| place.abs_diff(middle));
        let beside = |(_, cell): (usize, usize)| {
            [1, 3].into_iter().find_map(|side| {
                // One cell stays free between the line and the words.
                let next = map.neighbour(cell, side).filter(|next| map.is_free(*next))?;
                let (x, y, _) = map.room(next, side, wide)?;
                Some(Label { x, y, line: Vec::new() })
            })
        };
        cells.into_iter().find_map(beside)
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
        let at = |x: usize, y: usize| (y + top) * width + x + left;
        let mut map = Self { ground, boxes: vec![false; width * height], lines: vec![false; width * height] };
        for boxed in &picture.boxes {
            for y in boxed.y..=boxed.bottom() {
                map.boxes[at(boxed.x, y)..=at(boxed.right(), y)].fill(true);
            }
        }
        let drawn = picture.edges.iter().filter(|edge| !edge.forbidden).flat_map(|edge| &edge.cells);
        drawn.for_each(|cell| map.lines[at(cell.x, cell.y)] = true);
        Some(map)
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

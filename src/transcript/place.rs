//! Where a party is in a machine, how it came there, and what it may do next: what a diagram or a line of states is
//! drawn from.
//!
//! Limits: of the way here the latest part is followed, of so many steps back.

use super::Step;
use crate::machine::{Cursor, Force, Machine, RowId, State, table};
use crate::terms::Party;
use std::collections::BTreeSet;

/// How far back the path through a machine is followed.
const PATH: usize = 500;

/// Where a party is in one machine, how it came there, and what it may do.
#[derive(Clone, Debug)]
pub struct Place {
    /// Whose place it is.
    pub party: Party,
    /// In which machine.
    pub machine: Machine,
    /// The cursor; that of the state just reached where the machine has ended with this step.
    pub cursor: Cursor,
    /// States that were left on the way here, the latest last.
    pub path: Vec<State>,
    /// Rows taken on the way here.
    pub taken: BTreeSet<RowId>,
    /// Rows that may be taken now, without those that forbid.
    pub open: Vec<RowId>,
    /// Rows that lead on from here: the same, or where the party waits those for whatever it may hear.
    pub ahead: Vec<RowId>,
}

impl Place {
    /// The machines of `party` after `step`, outermost first; `before` are the steps before it.
    #[must_use]
    pub fn all(party: Party, step: &Step, before: &[Step]) -> Vec<Self> {
        let frames = step.standing.stack(party).frames();
        let mut places: Vec<Self> = frames
            .iter()
            .map(|frame| {
                let open = frame.open_rows(party).filter(|id| id.row().force != Force::MustNot);
                Self::new(party, frame.machine, frame.cursor, open.collect())
            })
            .collect();
        for taken in step.moves.iter().filter(|taken| taken.row.party == party) {
            let RowId { machine, .. } = taken.row;
            match places.iter_mut().find(|place| place.machine == machine) {
                Some(place) if frames.iter().all(|frame| frame.machine != machine) => {
                    place.cursor.state = taken.row.row().to;
                }
                Some(_) => {}
                None => {
                    let cursor = Cursor { state: taken.row.row().to, heard: None };
                    places.push(Self::new(party, machine, cursor, Vec::new()));
                }
            }
        }
        for place in &mut places {
            place.follow(step, before);
        }
        places
    }

    fn new(party: Party, machine: Machine, cursor: Cursor, open: Vec<RowId>) -> Self {
        let mut ahead = open.clone();
        if cursor.heard.is_none() {
            let rows = table(machine, party).rows.iter().enumerate();
            let from_here = rows.filter(|(_, row)| row.from == cursor.state && row.force != Force::MustNot);
            ahead = from_here.map(|(place, _)| RowId { machine, party, place }).collect();
        }
        Self { party, machine, cursor, path: Vec::new(), taken: BTreeSet::new(), open, ahead }
    }

    /// Walks back to where the machine began.
    fn follow(&mut self, step: &Step, before: &[Step]) {
        let start = table(self.machine, self.party).start;
        'back: for step in std::iter::once(step).chain(before.iter().rev().take(PATH)) {
            for id in step.moves.iter().rev().map(|taken| taken.row) {
                if (id.machine, id.party) != (self.machine, self.party) {
                    continue;
                }
                self.taken.insert(id);
                if self.path.last() != Some(&id.row().from) && id.row().from != self.cursor.state {
                    self.path.push(id.row().from);
                }
                if id.row().from == start {
                    break 'back;
                }
            }
        }
        self.path.reverse();
    }
}

//! Looking through the steps of an exchange in stretches, so that no key waits for a long recording: what was looked at,
//! what was found, where the next match is.

use super::model::Exchange;
use super::wanted::Wanted;

/// How many octets of lines one stretch looks at; a step counts for [`STEP`] more.
const STRETCH: usize = 32_768;
const STEP: usize = 64;

/// Steps that were looked at, and what was found.
pub(super) struct Scan {
    pub(super) typed: String,
    pub(super) wanted: Wanted,
    /// With secrets shown or not.
    reveal: bool,
    /// Where looking began; it goes to the end first.
    origin: usize,
    /// Up to where the steps before the origin, and those from it on, were looked at.
    seen: [usize; 2],
    /// What was found in both, by rows.
    pub(super) found: [Vec<Found>; 2],
    /// How many matches the held line has; it is no step yet.
    pub(super) held: usize,
}

/// A row with matches.
#[derive(Clone, Copy)]
pub(super) struct Found {
    pub(super) row: usize,
    pub(super) matches: usize,
}

impl Found {
    /// A row that matches as a whole.
    pub(super) const fn row(row: usize) -> Self {
        Self { row, matches: 1 }
    }
}

/// Where the next match is.
pub(super) enum Way {
    To(usize),
    /// Steps between have not been looked at yet.
    Unknown,
    Nowhere,
}

impl Scan {
    pub(super) fn new(typed: &str, wanted: Wanted, origin: usize, reveal: bool) -> Self {
        let found = [Vec::new(), Vec::new()];
        Self { typed: typed.to_owned(), wanted, reveal, origin, seen: [0, origin], found, held: 0 }
    }

    /// Looks at one stretch more; at all from the start where secrets have come or gone.
    pub(super) fn look_on(&mut self, exchange: &Exchange, reveal: bool) {
        if self.reveal != reveal {
            self.reveal = reveal;
            self.seen = [0, self.origin];
            self.found = [Vec::new(), Vec::new()];
        }
        let steps = exchange.steps();
        self.origin = self.origin.min(steps.len());
        let mut left = STRETCH;
        while left > 0 {
            // From the origin to the end, then what stands before it.
            let part = usize::from(self.seen[1] < steps.len());
            let row = self.seen[part];
            if part == 0 && row >= self.origin {
                break;
            }
            let Some(step) = steps.get(row) else { break };
            left = left.saturating_sub(STEP + step.line().len());
            self.seen[part] += 1;
            let matches = self.wanted.spots(exchange, row, reveal).len();
            if matches > 0 {
                self.found[part].push(Found { row, matches });
            }
        }
        self.held = if exchange.held().is_some() { self.wanted.spots(exchange, steps.len(), reveal).len() } else { 0 };
    }

    pub(super) fn reconsider(&mut self, exchange: &Exchange, row: usize, reveal: bool) {
        let part = usize::from(row >= self.origin);
        if row >= self.seen[part] {
            return;
        }
        let matches = self.wanted.spots(exchange, row, reveal).len();
        let found = &mut self.found[part];
        match found.binary_search_by_key(&row, |found| found.row) {
            Ok(place) if matches == 0 => drop(found.remove(place)),
            Ok(place) => found[place].matches = matches,
            Err(place) if matches > 0 => found.insert(place, Found { row, matches }),
            Err(_) => {}
        }
    }

    /// The first of `steps` rows from `row` on that was not looked at.
    pub(super) fn next_unseen(&self, row: usize, steps: usize) -> Option<usize> {
        let before = Some(row.max(self.seen[0])).filter(|row| *row < self.origin);
        before.or(Some(row.max(self.seen[1])).filter(|row| *row < steps))
    }

    /// The last row before `end` that was not looked at.
    fn last_unseen(&self, end: usize, steps: usize) -> Option<usize> {
        let behind = end.min(steps).checked_sub(1).filter(|row| *row >= self.seen[1]);
        behind.or(end.min(self.origin).checked_sub(1).filter(|row| *row >= self.seen[0]))
    }

    /// Where the next match is, if need be around an end; whether it is.
    pub(super) fn around(&self, exchange: &Exchange, forward: bool, at: usize) -> (Way, bool) {
        match self.way(exchange, forward, at) {
            Way::Nowhere => (self.way(exchange, forward, if forward { 0 } else { exchange.rows() }), true),
            way => (way, false),
        }
    }

    /// Where the next match is: from row `at` on, or before it.
    pub(super) fn way(&self, exchange: &Exchange, forward: bool, at: usize) -> Way {
        let steps = exchange.steps().len();
        let held = Some(steps).filter(|_| self.held > 0);
        let [before, behind] = &self.found;
        let (found, unseen) = if forward {
            let next =
                |found: &[Found]| found.get(found.partition_point(|found| found.row < at)).map(|found| found.row);
            let found = next(before).or_else(|| next(behind)).or(held.filter(|held| *held >= at));
            (found, self.next_unseen(at, steps))
        } else {
            let last = |found: &[Found]| {
                found.get(found.partition_point(|found| found.row < at).checked_sub(1)?).map(|found| found.row)
            };
            let found = held.filter(|held| *held < at).or_else(|| last(behind)).or_else(|| last(before));
            (found, self.last_unseen(at, steps))
        };
        match (found, unseen) {
            (Some(found), Some(unseen)) if (unseen < found) == forward && unseen != found => Way::Unknown,
            (Some(found), _) => Way::To(found),
            (None, Some(_)) => Way::Unknown,
            (None, None) => Way::Nowhere,
        }
    }

    /// How many matches a row has, as far as that is known.
    pub(super) fn matches(&self, exchange: &Exchange, row: usize) -> usize {
        if row >= exchange.steps().len() {
            return self.held;
        }
        let found = &self.found[usize::from(row >= self.origin)];
        found.binary_search_by_key(&row, |found| found.row).map_or(0, |place| found[place].matches)
    }
}

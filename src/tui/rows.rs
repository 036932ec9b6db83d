//! The rows that the ladder shows.

use super::model::Exchange;
use super::scan::Found;
use super::search::filtered;
use super::show::Show;

/// The rows of the ladder: all, or those that the filter or a show leaves, with the held line and the one that is looked
/// at; none that is still to be guessed.
pub(super) struct Rows<'a> {
    matching: Option<&'a [Found]>,
    selected: usize,
    all: usize,
    steps: usize,
}

/// The rows that the ladder shows.
pub(super) fn rows(exchange: &Exchange) -> Rows<'_> {
    let all = exchange.open_rows();
    let matching = filtered(exchange).or(exchange.show.as_ref().map(Show::rows));
    let matching = matching.map(|matching| &matching[..matching.partition_point(|found| found.row < all)]);
    Rows { matching, selected: exchange.row, all, steps: exchange.steps().len().min(all) }
}

impl Rows<'_> {
    pub(super) fn len(&self) -> usize {
        let Some(matching) = self.matching else { return self.all };
        matching.len() + usize::from(self.is_extra()) + (self.all - self.steps)
    }

    /// Whether the row that is looked at is shown although it does not match.
    fn is_extra(&self) -> bool {
        let known = |matching: &[Found]| matching.binary_search_by_key(&self.selected, |found| found.row).is_ok();
        self.selected < self.steps && self.matching.is_some_and(|matching| !known(matching))
    }

    /// Where the row that is looked at stands among them.
    pub(super) fn position(&self) -> usize {
        match self.matching {
            None => self.selected,
            Some(_) if self.selected >= self.steps => self.len().saturating_sub(1),
            Some(matching) => matching.partition_point(|found| found.row < self.selected),
        }
    }

    /// The row at that place.
    pub(super) fn nth(&self, place: usize) -> usize {
        let Some(matching) = self.matching else { return place };
        let at = self.position();
        let place = match place.cmp(&at) {
            std::cmp::Ordering::Equal => return self.selected,
            std::cmp::Ordering::Greater if self.is_extra() => place - 1,
            _ => place,
        };
        matching.get(place).map_or(self.steps, |found| found.row)
    }
}

//! The step under the cursor: the same moment as line, octets, tree and places in the machines.

use crate::decode::Diff;
use crate::terms::Party;
use crate::transcript::{Place, Shown, Step, Transcript};

/// The step under the cursor in all views.
#[derive(Clone, Debug)]
pub(super) struct Focus {
    /// The step itself: moves, deviation, standing.
    pub(super) step: Step,
    /// It has not happened: it is what the held line would come to.
    pub(super) held: bool,
    /// What may be shown of it.
    pub(super) shown: Shown,
    /// Where the client is and where the server is, outermost machine first.
    pub(super) places: [Vec<Place>; 2],
    /// What an edit has changed in the token.
    pub(super) diff: Option<Diff>,
}

impl Focus {
    pub(super) fn new(step: Step, held: bool, transcript: &Transcript, reveal: bool) -> Self {
        let before = &transcript.steps()[..step.place.min(transcript.steps().len())];
        let places = Party::BOTH.map(|party| Place::all(party, &step, before));
        let shown = Shown::new(&step, reveal);
        Self { diff: shown.diff(&step, reveal), shown, held, places, step }
    }

    /// Whose doing the step is; where it is no line, the client's, who opened the connection.
    pub(super) fn party(&self) -> Party {
        self.step.from().unwrap_or(Party::Client)
    }

    /// The place that one line has room for: within the mechanism, if one runs.
    pub(super) fn crumb(&self) -> Option<&Place> {
        let places = &self.places[self.party().index()];
        places.get(1).or(places.first())
    }
}

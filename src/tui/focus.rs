//! What may be shown of a step: the same moment as line, octets, tree and places in the machines.
//!
//! Unless secrets are revealed, all of it is made from the line as a recording would keep it, so that no view can give
//! away what another one hides.

use crate::decode::{Diff, Node, Tree, decode, diff};
use crate::machine::{Cursor, Force, Machine, RowId, State, table};
use crate::terms::{Party, Span};
use crate::transcript::{Event, Step, Transcript, What, mask};
use crate::wire::{Body, Dialogue, Message, base64, read_client, read_server};
use std::collections::BTreeSet;

/// How far back the path through a machine is followed.
const PATH: usize = 2_000;

/// A step as it may be shown.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    /// The fact.
    pub(super) event: Event,
    /// The line, read.
    pub(super) message: Option<Message>,
    /// Where the token stands in the line; empty where there is none.
    pub(super) encoded: Span,
    /// The decoded octets of the token.
    pub(super) token: Vec<u8>,
    /// The token, read.
    pub(super) tree: Option<Tree>,
    /// Stretches of the line that stand for secrets and are filler.
    pub(super) hidden: Vec<Span>,
}

impl Shown {
    /// What may be shown of `step`.
    pub(super) fn new(step: &Step, reveal: bool) -> Self {
        if reveal {
            return Self {
                event: step.event.clone(),
                message: step.message.clone(),
                encoded: step.token.map_or(Span::default(), |token| token.encoded),
                token: step.token_bytes().to_vec(),
                tree: step.tree(),
                hidden: Vec::new(),
            };
        }
        let event = mask::event(step);
        let line = line_of(&event);
        let message = read_as(step, line);
        let encoded = step.token.map_or(Span::default(), |token| token.encoded);
        let token = base64::read(line, encoded).bytes;
        let tree = step.token.map(|place| decode(&token, &place.hint));
        let secrets = tree.iter().flat_map(Tree::walk).map(|(_, node)| node);
        let leaves = secrets.filter(|node| node.secret && node.children.is_empty());
        let mut hidden: Vec<Span> = leaves.map(|leaf| base64::characters(line, encoded, leaf.content)).collect();
        if hidden.is_empty() && encoded.of(line) != encoded.of(step.line()) {
            hidden.push(encoded); // masked as a whole, since nobody can tell what is secret in it
        }
        Self { event, message, encoded, token, tree, hidden }
    }

    /// The line, terminator included; empty where the event is none.
    pub(super) fn line(&self) -> &[u8] {
        line_of(&self.event)
    }

    /// Octets of the token that stand for secrets and are filler.
    pub(super) fn secrets(&self) -> Vec<Span> {
        match self.hidden.as_slice() {
            [] => Vec::new(),
            [whole] if *whole == self.encoded => vec![Span::new(0, self.token.len())],
            _ => {
                let leaves = self.nodes().filter(|(_, node)| node.secret && node.children.is_empty());
                leaves.map(|(_, node)| node.content).collect()
            }
        }
    }

    /// The characters of the line that hold bits of these octets of the token.
    pub(super) fn characters(&self, octets: Span) -> Span {
        base64::characters(self.line(), self.encoded, octets)
    }

    /// The octets of the token that these characters of the line hold bits of; empty where they stand for none.
    pub(super) fn octets(&self, characters: Span) -> Span {
        let Span { start, end } = base64::octets(self.line(), self.encoded, characters);
        Span::new(start.min(self.token.len()), end.min(self.token.len()))
    }

    /// The octets at which problems of the token show; one may lie behind the last.
    pub(super) fn problems(&self) -> Vec<usize> {
        let problems = self.nodes().filter_map(|(_, node)| node.problem.as_ref());
        problems.map(|problem| problem.at.min(self.token.len())).collect()
    }

    /// What would have gone in place of the line.
    pub(super) fn edited_from(&self) -> Option<&[u8]> {
        match &self.event.what {
            What::Line { edited_from, .. } => edited_from.as_deref(),
            _ => None,
        }
    }

    /// The nodes in the order of the tree.
    pub(super) fn nodes(&self) -> impl Iterator<Item = (usize, &Node)> {
        self.tree.iter().flat_map(Tree::walk)
    }

    /// Which node is the innermost that covers the octet at `at`.
    pub(super) fn node_at(&self, at: usize) -> Option<usize> {
        let covering = self.nodes().enumerate().filter(|(_, (_, node))| node.span.contains(at));
        covering.max_by_key(|(_, (depth, _))| *depth).map(|(place, _)| place)
    }
}

/// Another line in the place of that of `step`, read for the same.
fn read_as(step: &Step, line: &[u8]) -> Option<Message> {
    step.message.as_ref().map(|message| match (step.from(), &message.body) {
        (Some(Party::Client), Body::Command(_)) => read_client(line, Dialogue::Command),
        (Some(Party::Client), Body::MailData | Body::EndOfData) => read_client(line, Dialogue::MailData),
        (Some(Party::Client), _) => read_client(line, Dialogue::Response),
        _ => read_server(line),
    })
}

/// How the token differs from that of the line as it was composed, if it was changed.
fn changed(step: &Step, shown: &Shown, reveal: bool) -> Option<Diff> {
    let composed = shown.edited_from()?.split_inclusive(|octet| *octet == b'\n').next_back()?;
    let message = read_as(step, composed)?;
    let before = &message.base64()?.bytes;
    let old = decode(before, &step.token?.hint);
    Some(diff((&old, before), (shown.tree.as_ref()?, &shown.token), reveal))
}

fn line_of(event: &Event) -> &[u8] {
    match &event.what {
        What::Line { bytes, .. } => bytes,
        _ => &[],
    }
}

/// Where a party is in one machine, how it came there, and what it may do.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) party: Party,
    pub(super) machine: Machine,
    /// The cursor; that of the state just reached where the machine has ended with this step.
    pub(super) cursor: Cursor,
    /// States that were left on the way here, the latest last.
    pub(super) path: Vec<State>,
    /// Rows taken on the way here.
    pub(super) taken: BTreeSet<RowId>,
    /// Rows that may be taken now, without those that forbid.
    pub(super) open: Vec<RowId>,
    /// Rows that lead on from here: the same, or where the party waits those for whatever it may hear.
    pub(super) ahead: Vec<RowId>,
}

impl Place {
    /// The machines of `party` after `step`, outermost first; `steps` are those up to it.
    pub(super) fn all(party: Party, step: &Step, before: &[Step]) -> Vec<Self> {
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
        Self { diff: changed(&step, &shown, reveal), shown, held, places, step }
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

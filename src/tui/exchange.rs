//! One exchange, being played or recorded earlier: where it is looked at, and what is selected there.

use super::focus::Focus;
use super::guess::Guess;
use super::marks::Marks;
use super::model::Pane;
use super::search::{Search, Spot};
use super::show::Show;
use crate::decode::{Node, Value};
use crate::drive::{Failure, Live};
use crate::machine::{Machine, RowId};
use crate::session::{Gate, Held, HeldLine, Input, Lab, Session};
use crate::terms::{Micros, Party, Span};
use crate::transcript::recording::{Damage, Headers};
use crate::transcript::{Event, Recorder, Shown, Step, Transcript, What, tls_facts};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::rc::Rc;

/// One exchange, being played or recorded earlier.
pub(super) struct Exchange {
    pub(super) source: Source,
    /// When it began, on the clock of the model.
    pub(super) began: Micros,
    /// Which row of the ladder is looked at: a step, or what is held behind the last one.
    pub(super) row: usize,
    /// The pane that takes the keys.
    pub(super) pane: Pane,
    /// The pane that is shown where there is room for one beside the ladder.
    pub(super) tab: Pane,
    pub(super) zoom: bool,
    pub(super) time: TimeMode,
    /// The selected node, in the order of the tree.
    pub(super) node: usize,
    /// The selected octet of the token.
    pub(super) octet: usize,
    /// The selected character of the line, if a cursor was moved to it; it holds bits of the selected octet.
    pub(super) character: Option<usize>,
    /// Folded nodes, in the order of the tree.
    pub(super) folded: BTreeSet<usize>,
    /// How far panes of text are scrolled, in the order of [`Pane::ALL`].
    pub(super) scroll: [usize; 6],
    /// Which diagram is shown, if not the one that the step suggests.
    pub(super) diagram: Option<(Party, Machine)>,
    /// The selected row of the machine whose diagram is shown.
    pub(super) edge: Option<RowId>,
    pub(super) focus: Focus,
    /// What was made to show rows of the ladder. A step that has happened never changes, so neither does this.
    seen: RefCell<BTreeMap<(usize, bool), Rc<Shown>>>,
    /// The recording is run as a show.
    pub(super) show: Option<Show>,
    /// What comes next is guessed.
    pub(super) guess: Guess,
    pub(super) marks: Marks,
    /// A hand has changed it since it was saved last.
    pub(super) unsaved: bool,
    /// Writes it down as it happens.
    pub(super) recorder: Option<Recorder>,
    /// It went on while it was not looked at.
    stale: bool,
    pub(super) search: Search,
    /// What a search or the mouse has selected, until something else is.
    pub(super) spot: Option<Spot>,
}

/// What is looked at, to come back to.
#[derive(Clone)]
pub(super) struct Looks {
    row: usize,
    node: usize,
    octet: usize,
    character: Option<usize>,
    folded: BTreeSet<usize>,
    scroll: [usize; 6],
    diagram: Option<(Party, Machine)>,
    edge: Option<RowId>,
    spot: Option<Spot>,
}

/// Where an exchange comes from.
pub(super) enum Source {
    Lab {
        lab: Lab,
        session: Box<Session>,
        headers: Headers,
    },
    Live {
        live: Box<Live>,
        /// What is played here.
        role: Party,
        /// The server as the user named it; empty for a session of our own server.
        name: String,
        headers: Headers,
        /// Whatever certificate the server shows is taken.
        insecure: bool,
        /// Why no connection came about.
        failure: Option<Failure>,
    },
    Recording {
        name: String,
        transcript: Transcript,
        headers: Headers,
        damage: Option<Damage>,
    },
}

/// How the ladder tells time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimeMode {
    SinceStart,
    SincePrevious,
    Clock,
}

impl Exchange {
    pub(super) fn new(source: Source, began: Micros, reveal: bool) -> Self {
        let step = Transcript::new().preview(&Event::note(Micros::default(), String::new()));
        let focus = Focus::new(step, false, &Transcript::new(), reveal);
        Self {
            source,
            began,
            row: 0,
            pane: Pane::Ladder,
            tab: Pane::Tree,
            zoom: false,
            time: TimeMode::SinceStart,
            node: 0,
            octet: 0,
            character: None,
            folded: BTreeSet::new(),
            scroll: [0; 6],
            diagram: None,
            edge: None,
            focus,
            seen: RefCell::default(),
            show: None,
            guess: Guess::default(),
            marks: Marks::default(),
            unsaved: false,
            recorder: None,
            stale: false,
            search: Search::default(),
            spot: None,
        }
    }

    pub(super) fn transcript(&self) -> &Transcript {
        match &self.source {
            Source::Lab { session, .. } => session.transcript(),
            Source::Live { live, .. } => live.session.transcript(),
            Source::Recording { transcript, .. } => transcript,
        }
    }

    pub(super) fn steps(&self) -> &[Step] {
        self.transcript().steps()
    }

    pub(super) fn headers(&self) -> &Headers {
        match &self.source {
            Source::Lab { headers, .. } | Source::Live { headers, .. } | Source::Recording { headers, .. } => headers,
        }
    }

    pub(super) fn session(&self) -> Option<&Session> {
        match &self.source {
            Source::Lab { session, .. } => Some(session),
            Source::Live { live, .. } => Some(&live.session),
            Source::Recording { .. } => None,
        }
    }

    pub(super) fn session_mut(&mut self) -> Option<&mut Session> {
        match &mut self.source {
            Source::Lab { session, .. } => Some(session),
            Source::Live { live, .. } => Some(&mut live.session),
            Source::Recording { .. } => None,
        }
    }

    /// Which connection it is, where it is one.
    pub(super) fn id(&self) -> Option<u64> {
        match &self.source {
            Source::Live { live, .. } => Some(live.id().0),
            Source::Lab { .. } | Source::Recording { .. } => None,
        }
    }

    /// What is played here, where the other party is another program.
    pub(super) const fn role(&self) -> Option<Party> {
        match &self.source {
            Source::Live { role, .. } => Some(*role),
            Source::Lab { .. } | Source::Recording { .. } => None,
        }
    }

    /// Why no connection came about.
    pub(super) const fn failure(&self) -> Option<&Failure> {
        match &self.source {
            Source::Live { failure, .. } => failure.as_ref(),
            Source::Lab { .. } | Source::Recording { .. } => None,
        }
    }

    /// How long something has been waited for, by the clock of the model.
    pub(super) fn waited(&self, now: Micros, since: Micros) -> Micros {
        now.since(self.began).since(since)
    }

    /// When what is said of the waiting changes, if it will: each second, and from a minute on each minute.
    pub(super) fn waits_on(&self, now: Micros) -> Option<Micros> {
        let since = self.session().filter(|_| self.failure().is_none() && self.id().is_some())?.waits()?.since;
        let waited = self.waited(now, since).0;
        let beat = if waited < 60_000_000 { 1_000_000 } else { 60_000_000 };
        Some(Micros(now.0 - waited % beat + beat))
    }

    /// Whether the server's certificate is not to be relied on.
    pub(super) fn is_insecure(&self) -> bool {
        let waived = matches!(self.source, Source::Live { insecure: true, .. });
        let doubted = |facts: &str| tls_facts(facts).any(|(name, value)| name == "verified" && value.starts_with("no"));
        waived || self.tls().is_some_and(doubted)
    }

    /// What is known of the TLS connection at the row that is looked at.
    pub(super) fn tls(&self) -> Option<&str> {
        let steps = &self.steps()[..self.steps().len().min(self.row + 1)];
        steps.iter().rev().find_map(|step| match &step.event.what {
            What::TlsStarted { facts } => Some(facts.as_str()),
            _ => None,
        })
    }

    /// The other end: as the user named it, else its address.
    pub(super) fn peer(&self) -> &str {
        if let Source::Live { name, .. } = &self.source
            && !name.is_empty()
        {
            return name;
        }
        let opened = self.steps().iter().find_map(|step| match &step.event.what {
            What::Opened { peer } => Some(peer.as_str()),
            _ => None,
        });
        opened.unwrap_or_default()
    }

    pub(super) fn held(&self) -> Option<&Held> {
        self.session()?.held()
    }

    pub(super) fn held_line(&self) -> Option<&HeldLine> {
        match self.held()? {
            Held::Line(held) => Some(held),
            Held::Received { .. } => None,
        }
    }

    pub(super) fn gate(&self) -> Option<Gate> {
        Some(self.session()?.gate(self.role().unwrap_or(Party::Client)))
    }

    /// How many rows the ladder has: the steps, and what is held.
    pub(super) fn rows(&self) -> usize {
        self.steps().len() + usize::from(self.held().is_some())
    }

    /// The row of what happens now.
    pub(super) fn last_row(&self) -> usize {
        self.rows().saturating_sub(1)
    }

    /// Whether the session waits at a later row than the one that is looked at.
    pub(super) fn looks_back(&self) -> bool {
        self.session().is_some() && self.row < self.last_row()
    }

    /// Where looking begins: at what is held, at a recording's first step.
    pub(super) fn first_row(&self) -> usize {
        if self.session().is_some() { self.last_row() } else { 0 }
    }

    /// What the held line would come to, with what it was before it was edited.
    pub(super) fn preview(&self) -> Option<Step> {
        let mut step = self.session()?.preview()?;
        let held = self.held_line()?;
        if let What::Line { edited_from, .. } = &mut step.event.what
            && held.current != held.composed
        {
            *edited_from = Some(held.composed.clone());
        }
        Some(step)
    }

    /// Gives the session an input at this time, and looks at what comes of it.
    pub(super) fn play(&mut self, now: Micros, input: Input, reveal: bool) {
        let at = now.since(self.began);
        // The line stays the same, and so does what is selected in it.
        let edits = matches!(input, Input::Edit(_) | Input::Undo | Input::Redo);
        match &mut self.source {
            Source::Lab { session, .. } => session.handle_here(at, input),
            Source::Live { live, .. } => live.act_at(at, input),
            Source::Recording { .. } => return,
        }
        if edits && self.row == self.last_row() {
            return self.refresh_edited(reveal);
        }
        self.look(self.last_row(), reveal);
    }

    /// Gives the session what its connection has told. What is looked at stays, but at the end it goes on to the new
    /// end; `reveal` where it is on the screen.
    pub(super) fn hear(&mut self, at: Micros, input: Input, reveal: Option<bool>) {
        let Source::Live { live, .. } = &mut self.source else { return };
        let before = (live.session.transcript().steps().len(), live.session.held().is_some());
        let last = before.0 + usize::from(before.1);
        let follows = self.row + 1 >= last;
        live.hear(at, input);
        let now = (live.session.transcript().steps().len(), live.session.held().is_some());
        if !follows || now == before {
            return;
        }
        self.row = self.last_row();
        match reveal {
            None => self.stale = true,
            // The same line is held behind what has come.
            Some(reveal) if before.1 && now.1 => self.refresh(reveal),
            Some(reveal) => self.look(self.row, reveal),
        }
    }

    /// Shows what has come while it was not looked at.
    pub(super) fn catch_up(&mut self, reveal: bool) {
        if std::mem::take(&mut self.stale) { self.look(self.row, reveal) } else { self.refresh(reveal) }
    }

    /// Writes down what is new, where it is recorded.
    pub(super) fn record(&mut self) -> io::Result<()> {
        let Some(mut recorder) = self.recorder.take() else { return Ok(()) };
        recorder.follow(self.steps())?; // one that fails is done with
        self.recorder = Some(recorder);
        Ok(())
    }

    /// Makes anew what is shown of an edited line; nodes that it still has stay selected, folded and unfolded.
    fn refresh_edited(&mut self, reveal: bool) {
        let names =
            |shown: &Shown| -> Vec<_> { shown.nodes().map(|(depth, node)| (depth, node.name.clone())).collect() };
        let before = names(&self.focus.shown);
        self.refresh(reveal);
        let now = names(&self.focus.shown);
        let same = |(one, other): &(&_, &_)| one == other;
        let ahead = before.iter().zip(&now).take_while(same).count();
        let most = before.len().min(now.len()) - ahead;
        let behind = before.iter().rev().zip(now.iter().rev()).take(most).take_while(same).count();
        let moved = |place: usize| match before.len().checked_sub(place) {
            _ if place < ahead => Some(place),
            Some(from_end) if from_end <= behind => Some(now.len() - from_end),
            _ => None,
        };
        let fresh = self.focus.shown.nodes().enumerate().take(now.len() - behind).skip(ahead);
        let fold = fresh.filter(|(_, (_, node))| starts_folded(node)).map(|(place, _)| place);
        self.folded = self.folded.iter().filter_map(|place| moved(*place)).chain(fold).collect();
        self.node = moved(self.node).unwrap_or(ahead).min(now.len().saturating_sub(1));
    }

    /// Looks at a row.
    pub(super) fn look(&mut self, row: usize, reveal: bool) {
        self.row = row.min(self.last_row());
        self.guess.see(self.row);
        self.refresh(reveal);
        self.node = 0;
        self.octet = 0;
        self.character = None;
        self.scroll = [0; 6];
        self.diagram = None;
        self.spot = None;
        self.edge = None;
        let fold = self.focus.shown.nodes().enumerate().filter(|(_, (_, node))| starts_folded(node));
        self.folded = fold.map(|(place, _)| place).collect();
    }

    /// What is looked at now.
    pub(super) fn looks(&self) -> Looks {
        Looks {
            row: self.row,
            node: self.node,
            octet: self.octet,
            character: self.character,
            folded: self.folded.clone(),
            scroll: self.scroll,
            diagram: self.diagram,
            edge: self.edge,
            spot: self.spot,
        }
    }

    /// Looks at that again.
    pub(super) fn look_again(&mut self, looks: Looks, reveal: bool) {
        let Looks { row, node, octet, character, folded, scroll, diagram, edge, spot } = looks;
        self.look(row, reveal);
        (self.node, self.octet, self.character) = (node, octet, character);
        (self.folded, self.scroll) = (folded, scroll);
        (self.diagram, self.edge, self.spot) = (diagram, edge, spot);
    }

    /// Makes anew what is shown of the row that is looked at.
    pub(super) fn refresh(&mut self, reveal: bool) {
        let happened = self.steps().get(self.row).cloned().map(|step| (step, false));
        // What was received and is not answered yet is looked at through the step that brought it.
        let waiting = || Some((self.steps().last()?.clone(), false));
        let step = happened.or_else(|| Some((self.preview()?, true))).or_else(waiting);
        if let Some((step, held)) = step {
            self.focus = Focus::new(step, held, self.transcript(), reveal);
        }
    }

    /// The selected node; the whole token is not worth lighting until a cursor is moved in it.
    pub(super) fn lit(&self) -> Option<&Node> {
        let moved = self.node > 0 || matches!(self.pane, Pane::Raw | Pane::Bytes | Pane::Tree) || self.spot.is_some();
        self.focus.shown.nodes().nth(self.node).filter(|_| moved).map(|(_, node)| node)
    }

    /// The octets of the token that are lit: what was found in them, or those of the selected node.
    pub(super) fn lit_octets(&self) -> Span {
        match self.spot {
            Some(Spot::Octets(span)) => span,
            Some(Spot::Line(span)) => self.focus.shown.octets(span),
            Some(Spot::Row) => Span::default(),
            Some(Spot::Node(_)) | None => self.lit().map_or(Span::default(), |node| node.span),
        }
    }

    /// The characters of the line that are lit.
    pub(super) fn lit_characters(&self) -> Span {
        match self.spot {
            Some(Spot::Line(span)) => span,
            _ => self.focus.shown.characters(self.lit_octets()),
        }
    }

    /// Unfolds what the selected node is folded away in.
    pub(super) fn unfold(&mut self) {
        let mut above: Vec<usize> = Vec::new();
        for (place, (depth, _)) in self.focus.shown.nodes().enumerate().take(self.node + 1) {
            above.truncate(depth);
            above.push(place);
        }
        above.pop();
        for place in above {
            self.folded.remove(&place);
        }
    }

    /// Selects a node, and its first octet.
    pub(super) fn select_node(&mut self, node: usize) {
        self.spot = None;
        self.character = None;
        let found = self.focus.shown.nodes().nth(node).map(|(_, found)| found.span.start);
        if let Some(start) = found {
            self.octet = start;
            self.at_node(node);
        }
    }

    /// Selects an octet, and the innermost node that covers it.
    pub(super) fn select_octet(&mut self, octet: usize) {
        self.spot = None;
        self.character = None;
        self.octet = octet.min(self.focus.shown.token.len().saturating_sub(1));
        if let Some(node) = self.focus.shown.node_at(self.octet) {
            self.at_node(node);
        }
    }

    /// The character under the cursor of the line.
    pub(super) fn at_character(&self) -> usize {
        let octet = Span::new(self.octet, self.octet + 1);
        self.character.unwrap_or_else(|| self.focus.shown.characters(octet).start)
    }

    /// Selects a character of the base64, the first octet that it holds bits of, and its innermost node.
    pub(super) fn select_character(&mut self, at: usize) {
        let at = at.clamp(self.focus.shown.encoded.start, self.focus.shown.encoded.end.saturating_sub(1));
        self.select_octet(self.focus.shown.octets(Span::new(at, at + 1)).start);
        self.character = Some(at);
    }

    /// The octets under the cursor: those that the selected character holds bits of, or the selected one.
    pub(super) fn at_octets(&self) -> Span {
        let octet = Span::new(self.octet, self.octet + 1);
        self.character.map_or(octet, |at| self.focus.shown.octets(Span::new(at, at + 1)))
    }

    /// Moves to a node, and to what is said of it.
    fn at_node(&mut self, node: usize) {
        self.node = node;
        let why = Pane::ALL.iter().zip(&mut self.scroll).find(|(pane, _)| **pane == Pane::Why);
        if let Some((_, scrolled)) = why {
            *scrolled = 0;
        }
    }

    /// What may be shown of a step of the ladder.
    pub(super) fn shown(&self, row: usize, reveal: bool) -> Option<(Cow<'_, Step>, Rc<Shown>)> {
        let Some(step) = self.steps().get(row) else {
            let step = self.preview()?;
            let shown = Rc::new(Shown::new(&step, reveal));
            return Some((Cow::Owned(step), shown));
        };
        let mut seen = self.seen.borrow_mut();
        if seen.len() >= SEEN {
            seen.clear();
        }
        let shown = seen.entry((row, reveal)).or_insert_with(|| Rc::new(Shown::new(step, reveal)));
        Some((Cow::Borrowed(step), Rc::clone(shown)))
    }
}

/// How many rows of the ladder are kept as they were made: some screens full.
const SEEN: usize = 256;

/// Flags and the fields of buffers say the most in their one line.
fn starts_folded(node: &Node) -> bool {
    !node.children.is_empty() && (matches!(node.value, Value::Flags { .. }) || node.name.ends_with("Fields"))
}

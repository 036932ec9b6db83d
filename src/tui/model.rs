//! All that the screen depends on.

use super::edges::Walked;
use super::edit::Editor;
use super::files::{self, BuiltIn, Opened, Progress, Recorder};
use super::focus::{Focus, Shown};
use super::guess::Guess;
use super::keys::Binding;
use super::line_editor::LineEditor;
use super::marks::Marks;
use super::mouse::Mouse;
use super::panes::{Arrangement, Laid};
use super::play::{self, Play};
use super::reach::Reach;
use super::search::{self, Search, Spot};
use super::show::{self, Show};
use super::update::Effect;
use super::{Options, Outcome, view};
use crate::config::theme::{Listed, Theme};
use crate::decode::{Node, Value};
use crate::machine::{Machine, RowId};
use crate::session::{Fault, Gate, Held, HeldLine, Input, Lab, Mechanism, Session};
use crate::terms::{Micros, Party, Span};
use crate::transcript::question::Question;
use crate::transcript::recording::{Damage, Headers};
use crate::transcript::{Event, Step, Transcript, What};
use ratatui::layout::{Position, Rect, Size};
use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

/// How long secrets stay revealed.
const REVEALED: Micros = Micros(30_000_000);

/// What a lab takes from outside.
#[derive(Clone, Debug)]
pub struct Clock {
    /// For nonces.
    pub seed: [u8; 32],
    /// Now, in 100 ns since 1601.
    pub filetime: u64,
    /// Now, as RFC 3339 has it.
    pub started: String,
}

/// All that the screen depends on.
pub struct Model {
    /// The size of the screen, in cells.
    pub size: Size,
    /// The time since the screen was opened. It does not go back.
    pub now: Micros,
    /// Recordings that lie in the current directory.
    pub recordings: Vec<PathBuf>,
    /// Recordings that were opened or saved last, the latest first.
    pub recent: Vec<PathBuf>,
    /// What this build and this machine can do: what about, and how it is.
    pub can: Vec<(&'static str, String)>,
    pub(super) options: Options,
    /// For where there are no colours.
    pub(super) mono: Theme,
    pub(super) clock: Clock,
    /// Whether the start screen is shown, in front of the exchange if there is one.
    pub(super) at_start: bool,
    /// The entry under the cursor of the start screen.
    pub(super) entry: usize,
    pub(super) exchange: Option<Exchange>,
    pub(super) overlay: Option<Overlay>,
    /// What the last key came to, if that is not plain to see.
    pub(super) notice: Option<Notice>,
    pub(super) reveal: Reveal,
    pub(super) reach: Reach,
    /// The terminal is to be given back to the shell for a while.
    pub(super) suspended: bool,
    /// The file that is on its way.
    pub(super) loading: Option<Loading>,
    /// How the panes stand.
    pub(super) arrangement: Arrangement,
    pub(super) mouse: Mouse,
    /// Playing by itself.
    pub(super) play: Play,
    /// How a second terminal can follow, if one can.
    pub(super) presented: Option<String>,
    /// How many follow.
    pub(super) followers: usize,
    recorder: Option<Recorder>,
    left: Option<bool>,
}

/// Whether secrets are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reveal {
    Hidden,
    Until(Micros),
    Always,
}

/// A line for the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notice {
    pub(super) text: String,
    /// Something went wrong.
    pub(super) bad: bool,
}

/// A file that is being read.
pub(super) struct Loading {
    pub(super) name: String,
    pub(super) progress: Progress,
}

/// What lies over the screen and takes the keys.
pub(super) enum Overlay {
    Menu(Menu),
    Prompt(Prompt),
    /// A row of a machine, and the steps that took it.
    Edge(Walked),
    Edit(Box<Editor>),
}

/// A list to choose from.
pub(super) struct Menu {
    pub(super) title: String,
    pub(super) items: Vec<Item>,
    /// What is typed to find something, while it is.
    pub(super) find: Option<LineEditor>,
    pub(super) selected: usize,
    pub(super) kind: MenuKind,
}

impl Menu {
    /// Whether it asks what comes next, or says what came of it.
    pub(super) const fn is_guess(&self) -> bool {
        matches!(self.kind, MenuKind::Guess { .. } | MenuKind::Guessed)
    }
}

/// One line of a list.
pub(super) struct Item {
    pub(super) label: String,
    /// Shown below the list while the item is selected.
    pub(super) detail: String,
}

/// What choosing does.
pub(super) enum MenuKind {
    /// Runs what is chosen; `None` is a heading.
    Help(Vec<Option<&'static Binding>>),
    /// The same, found by name.
    Commands(Vec<Option<&'static Binding>>),
    /// Copies in that form.
    Copy,
    /// Answers by that row.
    Otherwise(Vec<RowId>),
    /// Does a fault to the held line, or starts the lab again with one.
    Faults {
        /// Those that can be done now; they stand first.
        now: Vec<Fault>,
        mechanism: Mechanism,
    },
    /// Takes the stop away.
    Stops,
    /// Takes a guess at what stands in that row.
    Guess { row: usize, asks: Question },
    /// What came of the guess.
    Guessed,
    /// Keeps the theme; before, each is shown as the cursor passes.
    Themes {
        /// The one to go back to.
        before: Theme,
        all: Vec<Listed>,
    },
}

/// A line to type.
pub(super) struct Prompt {
    pub(super) kind: PromptKind,
    pub(super) line: LineEditor,
    /// What an empty line stands for.
    pub(super) default: String,
    /// Why what was typed won't do.
    pub(super) error: Option<String>,
}

/// What a typed line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PromptKind {
    Edit,
    Stop,
    Save,
    Open,
    Picture,
    Search,
    Filter,
    Note,
}

/// An entry of the start screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// Back to the exchange that is open.
    Continue,
    Lab(Mechanism),
    /// The lab of GSSAPI, in which the client prefers what the server can't do.
    RequestMic,
    BuiltIn(BuiltIn),
    Recent(PathBuf),
    File(PathBuf),
    /// Any other file.
    Open,
}

/// Views of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pane {
    Ladder,
    Raw,
    Bytes,
    Tree,
    State,
    Why,
}

impl Pane {
    pub(super) const ALL: [Self; 6] = [Self::Raw, Self::Bytes, Self::Tree, Self::State, Self::Why, Self::Ladder];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ladder => "Exchange",
            Self::Raw => "Raw",
            Self::Bytes => "Bytes",
            Self::Tree => "Tree",
            Self::State => "State",
            Self::Why => "Why",
        }
    }
}

/// How the ladder tells time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimeMode {
    SinceStart,
    SincePrevious,
    Clock,
}

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
    /// The recording is run as a show.
    pub(super) show: Option<Show>,
    /// What comes next is guessed.
    pub(super) guess: Guess,
    pub(super) marks: Marks,
    pub(super) search: Search,
    /// What a search or the mouse has selected, until something else is.
    pub(super) spot: Option<Spot>,
}

/// Where an exchange comes from.
pub(super) enum Source {
    Lab { lab: Lab, session: Box<Session>, headers: Headers },
    Recording { name: String, transcript: Transcript, headers: Headers, damage: Option<Damage> },
}

impl Model {
    /// The start screen.
    #[must_use]
    pub fn new(options: Options, clock: Clock) -> Self {
        let reveal = if options.reveal { Reveal::Always } else { Reveal::Hidden };
        Self {
            size: Size::new(80, 24),
            now: Micros::default(),
            recordings: Vec::new(),
            recent: Vec::new(),
            can: Vec::new(),
            mono: Theme::find("mono").unwrap_or_else(|_| options.theme.clone()),
            arrangement: options.panes.clone(),
            mouse: Mouse::new(options.mouse),
            options,
            clock,
            at_start: true,
            entry: 0,
            exchange: None,
            overlay: None,
            notice: None,
            reveal,
            reach: Reach::default(),
            suspended: false,
            loading: None,
            play: Play::default(),
            presented: None,
            followers: 0,
            recorder: None,
            left: None,
        }
    }

    /// A lab with fresh random octets.
    pub(super) fn fresh_lab(&self, mechanism: Mechanism) -> Lab {
        let mut lab = Lab::new(self.clock.seed, self.clock.filetime);
        lab.mechanism = mechanism;
        lab
    }

    /// Begins to play `lab`.
    pub fn open_lab(&mut self, lab: Lab) {
        let mut session = lab.session();
        for party in Party::BOTH {
            session.set_gate(party, self.options.gate);
        }
        for stop in &self.options.stops {
            session.toggle_stop(stop.clone());
        }
        session.handle_here(Micros::default(), Input::Go { peer: "the lab".to_owned() });
        let title = lab.fault.map_or_else(String::new, |fault| format!(", fault: {}", fault.name()));
        let headers = Headers {
            title: format!("The lab: AUTH {}{title}", lab.mechanism),
            started: self.clock.started.clone(),
            ..Headers::default()
        };
        self.show(Source::Lab { lab, session: Box::new(session), headers });
    }

    /// The lab that is played.
    pub(super) fn lab(&self) -> Option<&Lab> {
        match &self.exchange {
            Some(Exchange { source: Source::Lab { lab, .. }, .. }) => Some(lab),
            _ => None,
        }
    }

    /// Plays the lab again from its start.
    pub(super) fn restart(&mut self, change: impl FnOnce(&mut Lab)) {
        if let Some(mut lab) = self.lab().cloned() {
            change(&mut lab);
            self.open_lab(lab);
        }
    }

    /// Shows a recording, from its first step; a lesson begins as a show.
    pub fn open_recording(&mut self, name: String, opened: impl Into<Opened>) {
        let is_lesson = show::is_lesson(&name);
        let Opened { transcript, headers, damage, marks } = opened.into();
        self.show(Source::Recording { name, transcript, headers, damage });
        if let Some(exchange) = &mut self.exchange {
            exchange.marks = marks;
        }
        if is_lesson {
            show::begin(self);
        }
    }

    /// Begins to open a file, instead of the one that is on its way.
    #[must_use]
    pub fn open(&mut self, path: PathBuf) -> Effect {
        self.cancel_loading();
        let progress = Progress::default();
        self.loading = Some(Loading { name: path.display().to_string(), progress: progress.clone() });
        Effect::Open(path, progress)
    }

    /// Does without the file that is on its way.
    pub(super) fn cancel_loading(&mut self) {
        if let Some(loading) = self.loading.take() {
            loading.progress.cancel();
            self.say(format!("{} is not opened", loading.name));
        }
    }

    fn show(&mut self, source: Source) {
        let before = self.exchange.take();
        self.recorder = None; // one recording is one exchange
        let mut exchange = Exchange::new(source, self.now, self.revealed());
        if let Some(before) = before {
            (exchange.pane, exchange.tab, exchange.zoom, exchange.time) =
                (before.pane, before.tab, before.zoom, before.time);
        }
        exchange.look(exchange.first_row(), self.revealed());
        self.exchange = Some(exchange);
        self.at_start = false;
        self.overlay = None;
        self.record();
    }

    /// Creates the file that the options name, if there is an exchange to record and none was yet.
    pub(super) fn recorder(&mut self) -> io::Result<()> {
        if let Some(exchange) = &self.exchange
            && let Some(path) = self.options.save.take()
        {
            self.recorder = Some(Recorder::create(&path, exchange.headers(), self.options.keep_secrets)?);
            self.record();
        }
        Ok(())
    }

    /// Writes what is new, where an exchange is recorded.
    pub(super) fn record(&mut self) {
        let (Some(exchange), Some(recorder)) = (&self.exchange, &mut self.recorder) else { return };
        if let Err(error) = recorder.follow(exchange.steps()) {
            self.recorder = None;
            self.complain(format!("recording stopped: {error}"));
        }
    }

    pub(super) fn say(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice { text: text.into(), bad: false });
    }

    pub(super) fn complain(&mut self, text: impl Into<String>) {
        self.notice = Some(Notice { text: text.into(), bad: true });
    }

    /// Whether secrets are shown.
    pub(super) fn revealed(&self) -> bool {
        self.reveal != Reveal::Hidden
    }

    /// When something changes by itself, if anything will.
    #[must_use]
    pub fn deadline(&self) -> Option<Micros> {
        let looks_on = self.exchange.as_ref().is_some_and(search::is_behind);
        [self.hides(), self.play.due, looks_on.then_some(self.now)].into_iter().flatten().min()
    }

    /// When secrets are hidden again.
    fn hides(&self) -> Option<Micros> {
        // A secret that is being edited stays until it is done with.
        let edits =
            matches!(&self.overlay, Some(Overlay::Edit(_) | Overlay::Prompt(Prompt { kind: PromptKind::Edit, .. })));
        match self.reveal {
            Reveal::Until(at) if !edits => Some(at),
            _ => None,
        }
    }

    /// Hides what is due to be hidden, takes the step that is due, and looks on where a search has not seen all.
    pub fn tick(&mut self) {
        if self.hides().is_some_and(|at| at <= self.now) {
            self.set_reveal(Reveal::Hidden);
        }
        play::tick(self);
        search::keep_up(self);
    }

    /// Shows secrets for a while, or hides them.
    pub(super) fn toggle_reveal(&mut self) {
        let until = Micros(self.now.0.saturating_add(REVEALED.0));
        self.set_reveal(if self.revealed() { Reveal::Hidden } else { Reveal::Until(until) });
    }

    fn set_reveal(&mut self, reveal: Reveal) {
        self.reveal = reveal;
        let revealed = self.revealed();
        if let Some(exchange) = &mut self.exchange {
            exchange.refresh(revealed);
        }
    }

    /// Leaves the screen; `interrupted` where the user did not ask for it in peace.
    pub(super) fn leave(&mut self, interrupted: bool) {
        self.left = Some(interrupted);
    }

    /// What there is to tell, once the screen is left.
    pub fn outcome(&mut self) -> Option<Outcome> {
        let interrupted = self.left?;
        let (transcript, damage) = match self.exchange.take().map(|exchange| exchange.source) {
            Some(Source::Lab { session, .. }) => (Some(session.transcript().clone()), None),
            Some(Source::Recording { transcript, damage, .. }) => (Some(transcript), damage),
            None => (None, None),
        };
        Some(Outcome { transcript, damage, interrupted, rescued: None })
    }

    /// Where the panes stand: between the bars, below the notes of a show.
    pub(super) fn body(&self) -> Rect {
        view::body(self, Rect::from((Position::ORIGIN, self.size)))
    }

    /// What stands where.
    pub(super) fn laid(&self) -> Laid {
        let Some(exchange) = &self.exchange else { return Laid::default() };
        self.arrangement.lay(self.body(), exchange.tab, exchange.zoom.then_some(exchange.pane))
    }

    /// What the start screen offers.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        entries.extend(self.exchange.is_some().then_some(Entry::Continue));
        entries.extend([Entry::Lab(Mechanism::Gssapi), Entry::RequestMic, Entry::Lab(Mechanism::Login)]);
        entries.push(Entry::Open);
        entries.extend(self.recent.iter().cloned().map(Entry::Recent));
        entries.extend(self.recordings.iter().cloned().map(Entry::File));
        // To learn from first, then the rest.
        let (lessons, rest): (Vec<_>, Vec<_>) = files::built_in().partition(|known| known.folder() == "lessons");
        entries.extend(lessons.into_iter().chain(rest).map(Entry::BuiltIn));
        entries
    }

    /// An exchange that is played and that no file holds, as a recording keeps it.
    pub(super) fn unsaved(&self) -> Option<(Headers, Vec<Event>)> {
        let exchange =
            self.exchange.as_ref().filter(|exchange| self.recorder.is_none() && exchange.session().is_some())?;
        Some(self.kept(exchange))
    }

    /// An exchange as a recording keeps it.
    pub(super) fn kept(&self, exchange: &Exchange) -> (Headers, Vec<Event>) {
        let (headers, event) = files::kept(exchange.headers(), self.options.keep_secrets);
        let step = |step| std::iter::once(event(step)).chain(exchange.marks.events(step));
        (headers, exchange.steps().iter().flat_map(step).collect())
    }
}

impl Exchange {
    fn new(source: Source, began: Micros, reveal: bool) -> Self {
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
            show: None,
            guess: Guess::default(),
            marks: Marks::default(),
            search: Search::default(),
            spot: None,
        }
    }

    pub(super) fn transcript(&self) -> &Transcript {
        match &self.source {
            Source::Lab { session, .. } => session.transcript(),
            Source::Recording { transcript, .. } => transcript,
        }
    }

    pub(super) fn steps(&self) -> &[Step] {
        self.transcript().steps()
    }

    pub(super) fn headers(&self) -> &Headers {
        match &self.source {
            Source::Lab { headers, .. } | Source::Recording { headers, .. } => headers,
        }
    }

    pub(super) fn session(&self) -> Option<&Session> {
        match &self.source {
            Source::Lab { session, .. } => Some(session),
            Source::Recording { .. } => None,
        }
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
        Some(self.session()?.gate(Party::Client))
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
    fn first_row(&self) -> usize {
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
        let Source::Lab { session, .. } = &mut self.source else { return };
        // The line stays the same, and so does what is selected in it.
        let edits = matches!(input, Input::Edit(_) | Input::Undo | Input::Redo);
        session.handle_here(at, input);
        if edits && self.row == self.last_row() {
            return self.refresh(reveal);
        }
        self.look(self.last_row(), reveal);
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

    /// Unfolds a node and all that it lies in.
    pub(super) fn unfold_to(&mut self, node: usize) {
        let depths: Vec<usize> = self.focus.shown.nodes().take(node + 1).map(|(depth, _)| depth).collect();
        let mut depth = usize::MAX;
        for (place, above) in depths.into_iter().enumerate().rev() {
            if above < depth {
                self.folded.remove(&place);
                depth = above;
            }
        }
    }

    /// What may be shown of a step of the ladder.
    pub(super) fn shown(&self, row: usize, reveal: bool) -> Option<(Step, Shown)> {
        let step = self.steps().get(row).cloned().or_else(|| self.preview())?;
        let shown = Shown::new(&step, reveal);
        Some((step, shown))
    }
}

/// Flags and the fields of buffers say the most in their one line.
fn starts_folded(node: &Node) -> bool {
    !node.children.is_empty() && (matches!(node.value, Value::Flags { .. }) || node.name.ends_with("Fields"))
}

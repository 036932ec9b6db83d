//! All that the screen depends on.

use super::edges::Walked;
use super::edit::Editor;
use super::effect::Effect;
pub(super) use super::exchange::{Exchange, Source, TimeMode};
use super::files::{self, BuiltIn, Opened, Progress};
use super::form::{Filled, Form};
use super::keys::Action;
use super::menus::Menu;
use super::mouse::Mouse;
use super::network::Network;
use super::panes::{Arrangement, Laid};
use super::play::{self, Play};
use super::prompts::Prompt;
use super::reach::Reach;
use super::{Options, Outcome, search, show, view};
use crate::config::theme::Theme;
use crate::session::{Input, Lab, Mechanism};
use crate::terms::{Micros, Party};
use crate::transcript::recording::Headers;
use crate::transcript::{self, Event, Recorder};
use ratatui::layout::{Position, Rect, Size};
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

impl Clock {
    /// The same for what begins later: `number` tells it from all others that began.
    pub(super) fn after(&self, passed: Micros, number: u64) -> Self {
        let mut clock = self.clone();
        for (octet, other) in clock.seed.iter_mut().zip(number.to_le_bytes()) {
            *octet ^= other;
        }
        clock.filetime = self.filetime.saturating_add(passed.0.saturating_mul(10));
        let passed = jiff::SignedDuration::from_micros(i64::try_from(passed.0).unwrap_or(i64::MAX));
        if let Ok(started) = self.started.parse().and_then(|started: jiff::Timestamp| started.checked_add(passed)) {
            clock.started = started.to_string();
        }
        clock
    }
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
    /// What is shown.
    pub(super) front: Front,
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
    pub(super) network: Network,
    /// What forms were filled in with last.
    pub(super) filled: Filled,
    left: Option<bool>,
    /// This would lose what is not saved: it is done if it is wanted again at once.
    pub(super) doubted: Option<Action>,
}

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Front {
    /// The start screen, in front of the exchange if there is one.
    Start,
    /// The list of sessions, likewise.
    List,
    Exchange,
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
    Form(Form),
}

/// An entry of the start screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// Back to the exchange that is open.
    Continue,
    /// The list of sessions.
    Sessions,
    Lab(Mechanism),
    /// The lab of any other mechanism.
    OtherLab,
    /// A client, once its form is filled in.
    Client,
    /// A server, likewise.
    Server,
    /// The lab of GSSAPI, in which the client prefers what the server can't do.
    RequestMic,
    BuiltIn(BuiltIn),
    Recent(PathBuf),
    File(PathBuf),
    /// Any other file.
    Open,
    /// What this build and this machine can do.
    Machine,
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
            front: Front::Start,
            network: Network::default(),
            filled: Filled::default(),
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
            left: None,
            doubted: None,
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
        let (is_lesson, is_fault) = (show::is_lesson(&name), show::is_fault(&name));
        let Opened { transcript, headers, damage, marks } = opened.into();
        self.show(Source::Recording { name, transcript, headers, damage });
        if let Some(exchange) = &mut self.exchange {
            exchange.marks = marks;
            if is_fault {
                exchange.tab = Pane::Why; // what it asks, and the clause that is broken
            }
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
        let mut exchange = Exchange::new(source, self.now, self.revealed());
        if let Some(before) = &self.exchange {
            (exchange.pane, exchange.tab, exchange.zoom, exchange.time) =
                (before.pane, before.tab, before.zoom, before.time);
        }
        exchange.look(exchange.first_row(), self.revealed());
        self.swap_in(exchange);
        self.front = Front::Exchange;
        self.overlay = None;
        self.record();
    }

    /// Puts an exchange on the screen; what is live and was there goes on in the list.
    pub(super) fn swap_in(&mut self, exchange: Exchange) {
        self.stow();
        self.exchange = Some(exchange);
    }

    /// Whether the start screen is shown.
    pub(super) fn at_start(&self) -> bool {
        self.front == Front::Start
    }

    /// The exchange, if it is shown.
    pub(super) fn shown(&self) -> Option<&Exchange> {
        self.exchange.as_ref().filter(|_| self.front == Front::Exchange)
    }

    /// Creates the file that the options name, if there is an exchange to record and none was yet.
    pub(super) fn recorder(&mut self) -> io::Result<()> {
        if let Some(exchange) = &mut self.exchange
            && let Some(path) = self.options.save.take()
        {
            exchange.recorder = Some(Recorder::create(&path, exchange.headers(), self.options.keep_secrets)?);
            self.record();
        }
        Ok(())
    }

    /// Writes what is new, where an exchange is recorded.
    pub(super) fn record(&mut self) {
        if let Some(Err(error)) = self.exchange.as_mut().map(Exchange::record) {
            self.complain(format!("recording stopped: {error}"));
        }
    }

    /// A text with the user's keys for the actions that it names in braces.
    pub(super) fn hint(&self, text: &str) -> String {
        self.options.keys.hint(text)
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
        let waits = self.shown().and_then(|exchange| exchange.waits_on(self.now));
        [self.hides(), self.play.due, looks_on.then_some(self.now), waits].into_iter().flatten().min()
    }

    /// When secrets are hidden again.
    fn hides(&self) -> Option<Micros> {
        // A secret that is being edited stays until it is done with.
        let edits = matches!(self.overlay, Some(Overlay::Edit(_)));
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
        self.close_all();
    }

    /// Whether the screen is to be left.
    pub(super) const fn left(&self) -> bool {
        self.left.is_some()
    }

    /// What there is to tell, once the screen is left.
    pub fn outcome(&mut self) -> Option<Outcome> {
        let interrupted = self.left?;
        let failure = self.failure();
        let source = self.exchange.take().map(|exchange| exchange.source);
        let replayed = match &source {
            Some(Source::Live { live, .. }) => live.session.replayed().cloned(),
            _ => None,
        };
        let (transcript, damage) = match source {
            Some(Source::Lab { session, .. }) => (Some(session.transcript().clone()), None),
            Some(Source::Live { live, .. }) => (Some(live.session.transcript().clone()), None),
            Some(Source::Recording { transcript, damage, .. }) => (Some(transcript), damage),
            None => (None, None),
        };
        Some(Outcome { transcript, damage, replayed, interrupted, failure, rescued: None })
    }

    /// Where the panes stand: between the bars, below the notes of a show.
    pub(super) fn body(&self) -> Rect {
        view::body(self, Rect::from((Position::ORIGIN, self.size)))
    }

    /// What stands where.
    pub(super) fn laid(&self) -> Laid {
        let Some(exchange) = &self.exchange else { return Laid::default() };
        let body = self.body();
        self.arrangement.lay(body, self.tab_in(body), exchange.zoom.then_some(exchange.pane))
    }

    /// The tab that is shown: what has the keys is never behind another, however size and layout have changed.
    pub(super) fn tab_in(&self, body: Rect) -> Pane {
        let Some(exchange) = &self.exchange else { return Pane::Tree };
        let takes_turns = self.arrangement.tabs_in(body).contains(&exchange.pane);
        if takes_turns { exchange.pane } else { exchange.tab }
    }

    /// What the start screen offers.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        entries.extend(self.exchange.is_some().then_some(Entry::Continue));
        entries.extend(self.network.is_many().then_some(Entry::Sessions));
        entries.extend([Entry::Lab(Mechanism::Gssapi), Entry::RequestMic, Entry::Lab(Mechanism::Login)]);
        entries.extend([Entry::OtherLab, Entry::Client, Entry::Server]);
        entries.push(Entry::Open);
        entries.extend(self.recent.iter().cloned().map(Entry::Recent));
        entries.extend(self.recordings.iter().cloned().map(Entry::File));
        // To learn from first, then the rest.
        let (lessons, rest): (Vec<_>, Vec<_>) = files::built_in().partition(|known| known.folder() == "lessons");
        entries.extend(lessons.into_iter().chain(rest).map(Entry::BuiltIn));
        entries.push(Entry::Machine);
        entries
    }

    /// A hand has changed the exchange, and a recording that is written meanwhile does not have that.
    pub(super) fn touch(&mut self) {
        if let Some(exchange) = self.exchange.as_mut().filter(|exchange| exchange.recorder.is_none()) {
            exchange.unsaved = true;
        }
    }

    /// An exchange that is played and that no file holds, as a recording keeps it.
    pub(super) fn unsaved(&self) -> Option<(Headers, Vec<Event>)> {
        let exchange =
            self.exchange.as_ref().filter(|exchange| exchange.recorder.is_none() && exchange.session().is_some())?;
        Some(self.kept(exchange))
    }

    /// An exchange as a recording keeps it.
    pub(super) fn kept(&self, exchange: &Exchange) -> (Headers, Vec<Event>) {
        let (headers, event) = transcript::kept(exchange.headers(), self.options.keep_secrets);
        let step = |step| std::iter::once(event(step)).chain(exchange.marks.events(step));
        (headers, exchange.steps().iter().flat_map(step).collect())
    }
}

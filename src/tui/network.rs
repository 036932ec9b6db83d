//! What is live: the client that connects, the server that listens, and the list of their sessions.
//!
//! ```text
//!   drive ── News ──► Model::hear ── Live::hear ──► session, its summary, its recording
//!   keys ──► Exchange::play ── Live::act ──────────►
//! ```
//!
//! Sessions go on whether or not they are looked at. The one on the screen is [`Model::exchange`], all others lie in the
//! list; each keeps what was selected in it.
//!
//! Limits: one listener. So many sessions are kept; the oldest that has ended makes room.

use super::effect::Effect;
use super::exchange::{Exchange, Source};
use super::keys::Action;
use super::looking::moved;
use super::model::{Front, Model, Overlay};
use super::prompts::{Prompt, PromptKind};
use super::stepping;
use crate::decode::escape;
use crate::drive::{Failure, Link, Listen, Live, News, Target, What};
use crate::mech::User;
use crate::session::{ClientSetup, Input, ServerSetup, Session, Stop};
use crate::terms::{Micros, Party};
use crate::transcript::recording::Headers;
use crate::transcript::{Archive, Entry, Origin, Recorder, Sessions, Sort, Summary, numbered};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Instant;

/// How many sessions are kept.
pub(super) const SESSIONS: usize = 1_000;

/// A client to be: what it plays, and where it connects.
#[derive(Clone)]
pub struct Dial {
    /// What it plays.
    pub setup: ClientSetup,
    /// Where it connects, and whom it trusts.
    pub target: Target,
}

/// A server to be: what it plays, and where it listens.
#[derive(Clone)]
pub struct Serve {
    /// What it plays.
    pub setup: ServerSetup,
    /// Where it listens, and what it shows.
    pub listen: Listen,
    /// The file that is to have the port, once it listens.
    pub port_file: Option<PathBuf>,
}

impl fmt::Debug for Dial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dial({})", self.target.address)
    }
}

impl fmt::Debug for Serve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Serve({})", self.listen.address)
    }
}

/// All that is live.
pub(super) struct Network {
    /// When the screen was opened, if times of connections are to be set against it.
    pub(super) origin: Option<Instant>,
    /// The sessions; the one on the screen has left its place empty.
    pub(super) sessions: Sessions<Option<Box<Exchange>>>,
    /// The client that connects, or did last.
    pub(super) dial: Option<Dial>,
    /// The server that listens, or was to.
    pub(super) server: Option<Server>,
    /// Keeps what nobody asked to save.
    pub(super) archive: Option<Archive>,
    pub(super) list: List,
}

/// A server that listens, or could not.
pub(super) struct Server {
    pub(super) serve: Serve,
    /// Where it listens; nothing until that is known.
    pub(super) address: Option<Result<SocketAddr, Failure>>,
}

/// How the list of sessions is looked at.
#[derive(Default)]
pub(super) struct List {
    /// The session under the cursor.
    selected: Option<u64>,
    /// What the sessions listed have in them.
    pub(super) words: String,
    pub(super) sort: Sort,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            origin: None,
            sessions: Sessions::new(SESSIONS),
            dial: None,
            server: None,
            archive: None,
            list: List::default(),
        }
    }
}

impl Network {
    /// Whether there is a list to look at.
    pub(super) fn is_many(&self) -> bool {
        self.server.is_some() || self.sessions.entries().len() > 1
    }

    /// Whether other machines can reach the server.
    pub(super) fn is_exposed(&self) -> bool {
        let address = self.server.as_ref().and_then(|server| server.address.as_ref()?.as_ref().ok());
        address.is_some_and(|address| !address.ip().is_loopback())
    }

    /// The ids of the sessions as they are listed.
    pub(super) fn listed(&self) -> Vec<u64> {
        self.sessions.listed(&self.list.words, self.list.sort).iter().map(|entry| entry.id).collect()
    }

    pub(super) fn is_selected(&self, id: u64) -> bool {
        let listed = self.listed();
        listed.get(self.place(&listed)) == Some(&id)
    }

    pub(super) fn select(&mut self, id: u64) {
        self.list.selected = Some(id);
    }

    /// The place of the cursor among the sessions listed.
    pub(super) fn place(&self, listed: &[u64]) -> usize {
        listed.iter().position(|id| Some(*id) == self.list.selected).unwrap_or(0)
    }
}

impl Model {
    /// Begins to connect.
    #[must_use]
    pub fn dial(&mut self, dial: Dial) -> Effect {
        let effect = Effect::Connect(Box::new(dial.clone()));
        self.network.dial = Some(dial);
        effect
    }

    /// Begins to listen.
    #[must_use]
    pub fn serve(&mut self, serve: Serve) -> Effect {
        let effect = Effect::Listen(Box::new(serve.clone()));
        self.network.server = Some(Server { serve, address: None });
        self.stow();
        self.front = Front::List;
        effect
    }

    /// The server listens there, or can't.
    pub fn listening(&mut self, address: Result<SocketAddr, Failure>) {
        if let Some(server) = &mut self.network.server {
            server.address = Some(address);
        }
    }

    /// A connection is on its way: its session begins, and is looked at.
    pub fn connecting(&mut self, link: Link) {
        let Some(dial) = self.network.dial.clone() else { return };
        let clock = self.clock.after(self.now, link.id.0);
        let session = dial.setup.session(clock.seed, clock.filetime);
        let name = dial.target.address.to_string();
        let id = link.id.0;
        self.admit(link, session, Party::Client, name, dial.target.tls.is_insecure());
        self.open_session(id);
    }

    /// Takes what happened on the network.
    pub fn hear(&mut self, news: News) {
        let News { id, at, what } = news;
        match what {
            What::Accepted(link) => self.accepted(link),
            What::Input(input) => self.heard(id.0, at, input),
            What::Failed(failure) => self.failed(id.0, failure),
            What::Trouble(text) => self.complain(text),
        }
    }

    fn accepted(&mut self, link: Link) {
        let Some(server) = &self.network.server else { return };
        let clock = self.clock.after(self.now, link.id.0);
        let session = server.serve.setup.session(clock.seed, clock.filetime);
        self.admit(link, session, Party::Server, String::new(), false);
    }

    /// Adds a session to the list.
    fn admit(&mut self, link: Link, mut session: Session, role: Party, name: String, insecure: bool) {
        session.set_gate(role, self.options.gate);
        for stop in &self.options.stops {
            session.toggle_stop(stop.clone());
        }
        let id = link.id.0;
        let elapsed = |origin| link.began.saturating_duration_since(origin).as_micros();
        let began = self.network.origin.map(|origin| Micros(u64::try_from(elapsed(origin)).unwrap_or(u64::MAX)));
        let began = began.unwrap_or(self.now);
        let headers = Headers {
            title: match role {
                Party::Client => format!("A client of {name}"),
                Party::Server => "A session of the server".to_owned(),
            },
            started: self.clock.after(began, id).started,
            ..Headers::default()
        };
        let live = Box::new(Live::new(session, link));
        let source = Source::Live { live, role, name, headers, insecure, failure: None };
        let exchange = Box::new(Exchange::new(source, began, self.revealed()));
        let entry = Entry { id, source: Origin::Played(role), summary: Summary::default(), load: Some(exchange) };
        // Where nobody has ended, this one goes: its link is dropped, and so it is closed.
        if self.network.sessions.push(entry).is_some_and(|gone| gone.id == id) {
            self.complain(format!("a connection was turned away: {SESSIONS} sessions are open"));
        }
    }

    /// What records a session, if anything is to.
    fn recorder_of(&mut self, id: u64, role: Party, headers: &Headers, peer: &str) -> io::Result<Option<Recorder>> {
        let keep = self.options.keep_secrets;
        match (&self.options.save, &mut self.network.archive) {
            (Some(path), _) if role == Party::Server => Recorder::create(&numbered(path, id), headers, keep).map(Some),
            (Some(_), _) => self.options.save.take().map(|path| Recorder::create(&path, headers, keep)).transpose(),
            (None, Some(archive)) => archive.begin(role, peer, headers, keep).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// Begins to record a session whose connection is open.
    fn begin_recording(&mut self, id: u64, peer: &str) {
        let Some((exchange, _)) = self.find(id) else { return };
        let Source::Live { role, headers, name, .. } = &mut exchange.source else { return };
        if name.is_empty() {
            headers.title = format!("A {role} of {}", escape(peer));
        }
        let (role, headers) = (*role, headers.clone());
        let peer = if name.is_empty() { peer.to_owned() } else { name.clone() };
        match self.recorder_of(id, role, &headers, &peer) {
            Ok(recorder) => {
                if let Some((exchange, _)) = self.find(id) {
                    exchange.recorder = recorder;
                }
            }
            Err(error) => self.complain(format!("recording {error}; the session goes on without")),
        }
    }

    /// Gives a session what its connection has told.
    fn heard(&mut self, id: u64, at: Micros, input: Input) {
        if let Input::Go { peer } = &input {
            self.begin_recording(id, &peer.clone());
        }
        let reveal = self.revealed();
        let Some((exchange, summary)) = self.find(id) else { return };
        let ran = exchange.session().is_some_and(Session::is_running);
        let shown = summary.is_shown;
        exchange.hear(at, input, shown.then_some(reveal));
        summary.of.follow(exchange.transcript());
        let stopped = shown && ran && exchange.held().is_some();
        if let Err(error) = exchange.record() {
            self.complain(format!("recording stopped: {error}"));
        }
        if stopped {
            stepping::say_stop(self);
        }
    }

    fn failed(&mut self, id: u64, why: Failure) {
        let Some((exchange, summary)) = self.find(id) else { return };
        summary.of.ended = true;
        if let Source::Live { failure, .. } = &mut exchange.source {
            *failure = Some(why);
        }
    }

    /// The session of that id, wherever it lies, and what it has come to.
    fn find(&mut self, id: u64) -> Option<(&mut Exchange, Found<'_>)> {
        let Entry { load, summary, .. } = self.network.sessions.entry_mut(id)?;
        let is_shown = load.is_none();
        let shown = self.exchange.as_mut().filter(|exchange| exchange.id() == Some(id));
        Some((load.as_deref_mut().or(shown)?, Found { of: summary, is_shown }))
    }

    /// Why the client could not connect, or the server not listen, where it was left at that.
    pub(super) fn failure(&self) -> Option<Failure> {
        let server = self.network.server.as_ref().and_then(|server| server.address.as_ref()?.as_ref().err());
        server.or(self.exchange.as_ref().and_then(Exchange::failure)).cloned()
    }

    /// Takes what the user did to the session on the screen into the list.
    pub(super) fn sum_up(&mut self) {
        let Some(exchange) = &self.exchange else { return };
        if let Some(entry) = exchange.id().and_then(|id| self.network.sessions.entry_mut(id)) {
            entry.summary.follow(exchange.transcript());
        }
    }

    /// Adds a stop to the sessions that are not on the screen, or takes it away.
    pub(super) fn toggle_stop_elsewhere(&mut self, stop: &Stop) {
        let others = self.network.sessions.iter_mut().filter_map(|entry| entry.load.as_deref_mut());
        others.filter_map(Exchange::session_mut).for_each(|session| session.toggle_stop(stop.clone()));
    }

    /// Puts the session on the screen back into the list, if it is one.
    pub(super) fn stow(&mut self) {
        let Some(exchange) = self.exchange.take_if(|exchange| exchange.id().is_some()) else { return };
        let id = exchange.id().unwrap_or_default();
        if let Some(entry) = self.network.sessions.entry_mut(id) {
            entry.load = Some(Box::new(exchange));
        }
    }

    /// Looks at a session, as it was left.
    pub(super) fn open_session(&mut self, id: u64) {
        let reveal = self.revealed();
        if self.exchange.as_ref().is_none_or(|exchange| exchange.id() != Some(id)) {
            let Some(load) = self.network.sessions.entry_mut(id).and_then(|entry| entry.load.take()) else { return };
            self.swap_in(*load);
        }
        if let Some(exchange) = &mut self.exchange {
            exchange.catch_up(reveal);
        }
        self.network.list.selected = Some(id);
        self.overlay = None;
        self.front = Front::Exchange;
    }

    /// The sessions that wait for the user, in the order in which they came.
    fn held(&self) -> impl Iterator<Item = u64> {
        let shown = self.exchange.as_ref();
        let held = move |entry: &&Entry<Option<Box<Exchange>>>| {
            let looked_at = shown.filter(|exchange| exchange.id() == Some(entry.id));
            entry.load.as_deref().or(looked_at).is_some_and(|exchange| exchange.held().is_some())
        };
        self.network.sessions.entries().iter().filter(held).map(|entry| entry.id)
    }

    /// The session of that id, wherever it lies.
    pub(super) fn session(&self, id: u64) -> Option<&Exchange> {
        let entry = self.network.sessions.entry(id)?;
        entry.load.as_deref().or(self.exchange.as_ref().filter(|exchange| exchange.id() == Some(id)))
    }

    /// Closes all connections, so that their recordings say so.
    pub(super) fn close_all(&mut self) {
        let now = self.now;
        let open = self.network.sessions.entries().iter().filter(|entry| !entry.summary.ended);
        for id in open.map(|entry| entry.id).collect::<Vec<_>>() {
            if let Some((exchange, _)) = self.find(id) {
                exchange.play(now, Input::Leave, false);
                let _ = exchange.record(); // nobody is there to be told
            }
        }
    }

    /// How many connections are open.
    pub(super) fn connections(&self) -> usize {
        self.network.sessions.entries().iter().filter(|entry| !entry.summary.ended).count()
    }
}

/// Whom a server knows, and what it offers, in words.
pub(super) fn told(setup: &ServerSetup) -> String {
    let names = |user: &User| {
        user.domain.as_ref().map_or_else(|| user.name.clone(), |domain| format!("{domain}\\{}", user.name))
    };
    let users = match setup.users.as_slice() {
        [] => "no users".to_owned(),
        // It is no secret: it stands in every manual of this program.
        [alice] if alice.name == "alice" && alice.password.matches(b"wonderland") => {
            "user alice, password wonderland".to_owned()
        }
        [user] => format!("user {}", names(user)),
        users @ [first, ..] => format!("{} users: {}, …", users.len(), names(first)),
    };
    let mechanisms: Vec<&str> = setup.mechanisms.iter().map(|mechanism| mechanism.name()).collect();
    format!("{users} · {}", mechanisms.join(" "))
}

/// What a session has come to, and whether it is on the screen.
struct Found<'a> {
    of: &'a mut Summary,
    is_shown: bool,
}

/// What keys do in the list.
pub(super) fn update(model: &mut Model, action: Action) -> Option<Effect> {
    let listed = model.network.listed();
    let place = model.network.place(&listed);
    match action {
        Action::Enter => model.open_session(*listed.get(place)?),
        Action::Leave => {
            model.front = Front::Start;
            model.entry = 0;
        }
        Action::Sort => {
            let list = &mut model.network.list;
            list.sort = list.sort.next();
            model.say(format!("sorted {}", model.network.list.sort));
        }
        Action::FilterSessions => {
            let words = model.network.list.words.clone();
            model.overlay = Some(Overlay::Prompt(Prompt::new(PromptKind::Sessions, &words)));
        }
        Action::Restart => return again(model),
        _ => {
            let to = moved(place, action, listed.len().saturating_sub(1));
            model.network.list.selected = listed.get(to).copied();
        }
    }
    None
}

/// Goes to the next session that waits for the user.
pub(super) fn next_held(model: &mut Model) {
    let now = model.exchange.as_ref().and_then(Exchange::id).or(model.network.list.selected).unwrap_or(0);
    let held: Vec<u64> = model.held().collect();
    match held.iter().find(|id| **id > now).or(held.first()) {
        Some(id) => model.open_session(*id),
        None => model.say("no session waits for you"),
    }
}

/// Closes the connection that is looked at, or is under the cursor of the list.
pub(super) fn hang_up(model: &mut Model) {
    let (now, reveal) = (model.now, model.revealed());
    if model.front == Front::List {
        let listed = model.network.listed();
        let Some(id) = listed.get(model.network.place(&listed)).copied() else { return };
        if let Some((exchange, summary)) = model.find(id) {
            exchange.play(now, Input::Leave, reveal);
            summary.of.follow(exchange.transcript());
            let _ = exchange.record(); // what can't be written was complained of when it could not be
        }
        return;
    }
    stepping::input(model, Input::Leave);
}

/// Connects again, or listens again.
pub(super) fn again(model: &mut Model) -> Option<Effect> {
    let role = model.exchange.as_ref().filter(|_| model.front == Front::Exchange).and_then(Exchange::role);
    match (role, &model.network.server) {
        (Some(Party::Client), _) => {
            let dial = model.network.dial.clone()?;
            Some(model.dial(dial))
        }
        (None, Some(Server { serve, address: Some(Err(_)) })) => {
            let serve = serve.clone();
            Some(model.serve(serve))
        }
        _ => {
            model.say("the client connects again, not the server");
            None
        }
    }
}

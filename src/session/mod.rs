//! Playing a party, or both: pure engines with a gate, over one transcript.
//!
//! A [`Session`] owns one transcript and plays a set of parties. [`Session::handle`] takes an input and gives effects;
//! time comes in as a value, and blocking work goes out as [`Effect::Mech`] and comes back as [`Input::Mech`]. What a
//! party may say next is read from the cursors of the transcript: the same rows that check a recording.
//!
//! The gate is the gap inside a row: hold after receive stops before the answer is composed, hold before send stops
//! after, when it may be edited or another row taken. Holding delays handling, never facts: a line that arrives is in
//! the transcript at once.
//!
//! TLS is had outside: [`Effect::StartTls`] asks for the handshake, [`Input::TlsUp`] or [`Input::TlsFailed`] tells what
//! became of it. Time passes by [`Input::Tick`], at or after [`Session::deadline`].

mod client;
mod ending;
mod fault;
mod gss;
mod intake;
mod lab;
mod lines;
mod mechanism;
pub mod persona;
mod replay;
mod sasl;
mod server;
mod setup;

pub use client::{Client, Initial, Prompts};
pub use ending::{Ending, Stage};
pub use fault::Fault;
pub use gss::{ChannelBindings, ContextOptions, Contexts, LayerMode, UnderGssapi, embedded};
pub use intake::Limits;
use intake::{Intake, Taken};
pub use lab::Lab;
pub use mechanism::Mechanism;
use persona::Occasion;
use replay::Asks;
pub use replay::{Again, Compared, NothingToReplay, Outcome, Replay, Timing};
pub use sasl::scram::ScramOptions;
pub use server::Server;
pub use setup::{ClientSetup, ServerSetup, Tls};

use crate::decode::{self, field_name, field_names, says};
use crate::machine::{RowId, Signal, State, Table, table, tables};
use crate::mech::{Answer, Call, GssContext, MechError};
use crate::terms::{Micros, Party};
use crate::transcript::{Event, Step, Transcript, What};
use crate::wire::{Body, LINE_LIMIT, LineBuffer, Message, RawLine, with_token};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What happens to a session.
pub enum Input {
    /// The connection is open; the peer's address, or what stands for it.
    Go {
        /// `192.0.2.10:587`
        peer: String,
    },
    /// Octets came from a party that is not played here.
    Bytes(Party, Vec<u8>),
    /// A call that was given out has come back.
    Mech {
        /// As it was given out; a late one is dropped.
        epoch: u64,
        /// The context and its answer, or why not.
        result: Result<(Box<dyn GssContext>, Answer), MechError>,
    },
    /// Lets what is held go: a held line as given, or as it stands; a held receipt to its answer.
    Release(Option<Vec<u8>>),
    /// Changes the held line; the change is shown before it goes.
    Edit(Vec<u8>),
    /// Takes the latest change of the held line back.
    Undo,
    /// Makes the change again that was taken back last.
    Redo,
    /// Does to the held line what a fault does; see [`Session::faults`].
    Fault(Fault),
    /// Answers by another row.
    Choose(RowId),
    /// Cancels the exchange: the client's held line becomes `*`; a call of the client that is under way is given up.
    Cancel,
    /// Lets everything go until a stop is met or nothing is left to do.
    Run,
    /// A party that is not played here has closed the connection.
    Closed(Party),
    /// The handshake that [`Effect::StartTls`] asked for is done.
    TlsUp {
        /// Version and cipher suite, then what else is known, set off by `; `.
        facts: String,
        /// What ties a mechanism to this connection.
        bindings: Bindings,
    },
    /// The handshake failed, or the certificate is not to be trusted; the connection is of no further use.
    TlsFailed {
        /// Why: what was expected, what came, what to try.
        why: String,
    },
    /// Time has passed: [`Session::deadline`] may be due.
    Tick,
    /// A remark of whoever looks on.
    Note(String),
    /// Whoever plays here leaves: the connection is closed without a further word.
    Leave,
}

/// What is to be done outside.
pub enum Effect {
    /// Octets for a party that is not played here.
    Send(Party, Vec<u8>),
    /// A call to make off the loop.
    Mech {
        /// Comes back with the answer.
        epoch: u64,
        /// On which context.
        context: Box<dyn GssContext>,
        /// Which call.
        call: Call,
    },
    /// Begin the TLS handshake, once all that was to be sent is sent. Until it is done nothing else is sent or read.
    StartTls,
    /// Close the connection, once all that was to be sent is sent.
    Close,
}

/// What ties a mechanism to the TLS connection beneath it (RFC 5929, RFC 9266); empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bindings {
    /// tls-server-end-point: the hash of the server's certificate (RFC 5929 section 4).
    pub server_end_point: Vec<u8>,
    /// tls-exporter: 32 octets (RFC 9266 section 2).
    pub exporter: Vec<u8>,
    /// On a server: whom the client's certificate names, an e-mail address of it or else its common name; empty where
    /// there is none. Whether somebody vouches for it, the facts say.
    pub identity: String,
}

impl Bindings {
    /// Whether there is something to bind to.
    #[must_use]
    pub const fn can_bind(&self) -> bool {
        !self.server_end_point.is_empty() || !self.exporter.is_empty()
    }
}

/// Where to stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    /// Before the answer to what was received is composed.
    pub receive: bool,
    /// Before a composed line goes out.
    pub send: bool,
}

/// A point at which a run ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// A party enters the state of this name.
    State(String),
    /// A line means the signal of this name.
    Signal(String),
    /// A reply has this code.
    Code(u16),
    /// A token has a field or a flag of this name, with this value if one is given.
    Field {
        /// The name, as the tree shows it.
        name: String,
        /// The value as the tree shows it, its name alone, or its number.
        value: Option<String>,
    },
}

/// What the gate holds.
#[derive(Clone, Debug)]
pub enum Held {
    /// A line was received and is not yet answered.
    Received {
        /// By whom.
        party: Party,
    },
    /// A line is composed and has not left.
    Line(HeldLine),
}

/// A composed line that has not left.
#[derive(Clone, Debug)]
pub struct HeldLine {
    /// Whose.
    pub party: Party,
    /// As the engine composed it; a reply may be several physical lines.
    pub composed: Vec<u8>,
    /// As it would go now.
    pub current: Vec<u8>,
    /// What it was before each change, the latest last.
    past: Vec<Vec<u8>>,
    /// What it was before each change that was taken back, the latest last.
    future: Vec<Vec<u8>>,
}

impl HeldLine {
    const fn new(party: Party, composed: Vec<u8>, current: Vec<u8>) -> Self {
        Self { party, composed, current, past: Vec::new(), future: Vec::new() }
    }

    /// Whether there is a change to take back.
    #[must_use]
    pub const fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether a change was taken back that can be made again.
    #[must_use]
    pub const fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    fn change(&mut self, line: Vec<u8>) {
        if line != self.current {
            self.past.push(std::mem::replace(&mut self.current, line));
            self.future.clear();
        }
    }

    fn undo(&mut self) {
        if let Some(before) = self.past.pop() {
            self.future.push(std::mem::replace(&mut self.current, before));
        }
    }

    fn redo(&mut self) {
        if let Some(again) = self.future.pop() {
            self.past.push(std::mem::replace(&mut self.current, again));
        }
    }
}

/// One connection with the parties that are played here.
#[allow(clippy::struct_excessive_bools)] // Each is one fact of the moment, independent of the others.
pub struct Session {
    transcript: Transcript,
    client: Option<Client>,
    server: Option<Server>,
    /// Says what was said in a recording, in the place of the party whose engine this session has.
    replay: Option<Replay>,
    gates: [Gate; 2],
    stops: Vec<Stop>,
    buffers: [LineBuffer; 2],
    now: Micros,
    held: Option<Held>,
    awaiting: Option<Awaiting>,
    epoch: u64,
    running: bool,
    /// The next chance to hold is taken, whatever the gates say: a stop was met.
    stopped: bool,
    /// What was received is released to its answer.
    passed: Option<Party>,
    /// How many lines in a row a party has said unasked without either party getting anywhere.
    in_vain: u8,
    /// The handshake comes before the greeting (RFC 8314 section 3).
    implicit_tls: bool,
    /// The handshake is under way.
    securing: bool,
    bindings: Bindings,
    /// How long a peer may say nothing.
    patience: Option<Micros>,
    /// When something happened last; a line that goes on and on is nothing that happens.
    stirred: Micros,
    /// How many lines the server has said since the client said one.
    unanswered: u16,
    /// What of the client is kept, and what has come of it.
    limits: Option<Limits>,
    intake: Intake,
    opened: bool,
    ended: bool,
}

/// A call that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Awaiting {
    /// Whose context.
    pub party: Party,
    /// Since when.
    pub since: Micros,
    /// Which call, by the name that a recording gives it.
    pub call: &'static str,
}

/// What a session waits for that is not the user's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// For what.
    pub on: On,
    /// Since when.
    pub since: Micros,
}

/// What can be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// The connection.
    Connection,
    /// The TLS handshake.
    Handshake,
    /// A call that the party's mechanism makes, by the name that a recording gives it.
    Call(Party, &'static str),
    /// The party that is not played here: it speaks next.
    Peer(Party),
}

impl fmt::Display for On {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection => f.write_str("connecting"),
            Self::Handshake => f.write_str("TLS handshake"),
            Self::Call(party, call) => write!(f, "the {party}'s {call}"),
            Self::Peer(party) => write!(f, "the {party} speaks next"),
        }
    }
}

/// So many lines a server may say at a stretch: no EHLO reply comes near it, and a flood is not kept.
const REPLY_LINES: u16 = 500;

/// So many lines in a row may come to nothing before a party that speaks unasked gives up.
const IN_VAIN: u8 = 3;

/// What a party wants to do next.
enum Decision {
    /// Nothing: it is not its turn.
    Nothing,
    /// Nothing yet: decide again.
    Again,
    /// Say this; a reply may be several physical lines.
    Say(Vec<u8>),
    /// Say this when the user lets it go, whatever the gate.
    Hold(Vec<u8>),
    /// Say this in place of that.
    SayInstead { composed: Vec<u8>, faulty: Vec<u8> },
    /// Make this call first.
    Call(Box<dyn GssContext>, Call),
    /// A call failed; go on deciding afterwards.
    Failed(&'static str, MechError),
    /// A remark for the reader; go on deciding afterwards.
    Remark(String),
    /// Close the connection.
    Close(&'static str),
}

impl Session {
    /// A session that plays the given parties; nothing has happened yet.
    #[must_use]
    pub fn new(client: Option<Client>, server: Option<Server>) -> Self {
        Self {
            transcript: Transcript::new(),
            client,
            server,
            replay: None,
            gates: [Gate::default(); 2],
            stops: Vec::new(),
            buffers: [LineBuffer::new(LINE_LIMIT), LineBuffer::new(LINE_LIMIT)],
            now: Micros::default(),
            held: None,
            awaiting: None,
            epoch: 0,
            running: false,
            stopped: false,
            passed: None,
            in_vain: 0,
            implicit_tls: false,
            securing: false,
            bindings: Bindings::default(),
            patience: None,
            stirred: Micros::default(),
            unanswered: 0,
            limits: None,
            intake: Intake::default(),
            opened: false,
            ended: false,
        }
    }

    /// Says what was said in a recording, in the place of that party.
    pub fn replay(&mut self, replay: Replay) {
        self.replay = Some(replay);
    }

    /// How a replay goes, where this is one.
    #[must_use]
    pub const fn replayed(&self) -> Option<&Replay> {
        self.replay.as_ref()
    }

    /// The handshake comes before the greeting (RFC 8314 section 3).
    pub const fn use_implicit_tls(&mut self) {
        self.implicit_tls = true;
    }

    /// A peer that says nothing for so long is given up.
    pub const fn set_patience(&mut self, patience: Option<Micros>) {
        self.patience = patience;
    }

    /// The longest line that is taken from `party`, terminator included (RFC 4954 section 4: at least 12,288 octets).
    pub fn set_line_limit(&mut self, party: Party, limit: usize) {
        self.buffers[party.index()] = LineBuffer::new(limit);
    }

    /// What of the client is kept; `None`: all.
    pub const fn set_limits(&mut self, limits: Option<Limits>) {
        self.limits = limits;
    }

    /// When [`Input::Tick`] is due, if nothing else happens before. While a line is held nobody waits for the peer.
    #[must_use]
    pub fn deadline(&self) -> Option<Micros> {
        let waits = !self.ended && self.held.is_none() && self.awaiting.is_none() && !self.securing;
        let due = self.replay.as_ref().filter(|replay| waits && replay.begins()).and_then(Replay::due);
        due.filter(|due| *due > self.now).or_else(|| self.given_up().filter(|_| waits))
    }

    /// When a peer that says nothing is given up.
    fn given_up(&self) -> Option<Micros> {
        Some(Micros(self.stirred.0.saturating_add(self.patience?.0)))
    }

    /// How the connection ended for the client; of one that goes on, how it would have if it ended now.
    #[must_use]
    pub fn ending(&self) -> Ending {
        let trouble = self.client.as_ref().and_then(Client::trouble);
        trouble.cloned().unwrap_or_else(|| Ending::of(&self.transcript))
    }

    /// What ties a mechanism to the TLS connection.
    #[must_use]
    pub const fn bindings(&self) -> &Bindings {
        &self.bindings
    }

    /// All that happened.
    #[must_use]
    pub const fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// What the gate holds.
    #[must_use]
    pub const fn held(&self) -> Option<&Held> {
        self.held.as_ref()
    }

    /// The call that is under way.
    #[must_use]
    pub const fn awaiting(&self) -> Option<Awaiting> {
        self.awaiting
    }

    /// What it waits for, while nothing is held and it goes on: neither the user nor a played party has anything to do.
    #[must_use]
    pub fn waits(&self) -> Option<Waiting> {
        if self.ended || self.held.is_some() {
            return None;
        }
        let (on, since) = match self.awaiting {
            Some(Awaiting { party, since, call }) => (On::Call(party, call), since),
            None if !self.is_open() => (On::Connection, Micros::default()),
            None if self.securing => (On::Handshake, self.stirred),
            None => (On::Peer(if self.client.is_none() { Party::Client } else { Party::Server }), self.stirred),
        };
        Some(Waiting { on, since })
    }

    /// Whether all goes on until a stop is met or the connection ends.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        self.running
    }

    /// Whether the connection has ended.
    #[must_use]
    pub const fn ended(&self) -> bool {
        self.ended
    }

    /// Where `party` stops.
    #[must_use]
    pub const fn gate(&self, party: Party) -> Gate {
        self.gates[party.index()]
    }

    /// Sets where `party` stops.
    pub const fn set_gate(&mut self, party: Party, gate: Gate) {
        self.gates[party.index()] = gate;
    }

    /// The stops.
    #[must_use]
    pub fn stops(&self) -> &[Stop] {
        &self.stops
    }

    /// Adds a stop, or takes it away if it is there.
    pub fn toggle_stop(&mut self, stop: Stop) {
        match self.stops.iter().position(|known| *known == stop) {
            Some(place) => drop(self.stops.remove(place)),
            None => self.stops.push(stop),
        }
    }

    /// The step that the held line would become.
    #[must_use]
    pub fn preview(&self) -> Option<Step> {
        let Some(Held::Line(held)) = &self.held else { return None };
        self.trial(&held.current)
    }

    /// The step that `line` would become in the place of the held line; of several physical lines the last.
    #[must_use]
    pub fn trial(&self, line: &[u8]) -> Option<Step> {
        let Some(Held::Line(held)) = &self.held else { return None };
        let bytes = lines::split(line).last().unwrap_or_default().to_vec();
        Some(self.transcript.preview(&Event::line(self.now, held.party, bytes)))
    }

    /// The held line with another value in the first field of that name of its token, what counts octets mended.
    ///
    /// # Errors
    /// Why not, in a sentence: no token, no such field, or what is wrong with the value.
    pub fn with_field(&self, name: &str, value: &str) -> Result<Vec<u8>, String> {
        let (Some(Held::Line(held)), Some(step)) = (&self.held, self.preview()) else {
            return Err("no line is held".to_owned());
        };
        let (Some(token), Some(tree)) = (step.token, step.tree()) else {
            return Err("the held line has no token".to_owned());
        };
        let node = tree.walk().map(|(_, node)| node).find(|node| node.name.eq_ignore_ascii_case(name));
        let node = node.ok_or_else(|| format!("the token has no field `{name}`"))?;
        let content = decode::octets(node, step.token_bytes(), value).map_err(|error| error.to_string())?;
        let octets = decode::patch(step.token_bytes(), &tree, node, &content).map_err(|error| error.to_string())?;
        let last = lines::split(&held.current).last().unwrap_or_default();
        let before = &held.current[..held.current.len() - last.len()];
        Ok([before, &with_token(last, token.encoded, &octets)].concat())
    }

    /// The faults that can be done to the held line as it was composed.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        Fault::ALL.into_iter().filter(|fault| self.faulty(*fault).is_some()).collect()
    }

    /// The held line with a fault; of no octets where the connection is closed instead.
    #[must_use]
    pub fn faulty(&self, fault: Fault) -> Option<Vec<u8>> {
        let Some(Held::Line(held)) = &self.held else { return None };
        if held.party != fault.party() {
            return None;
        }
        let step = self.trial(&held.composed)?;
        let open =
            |emit| self.transcript.standing().stack(held.party).open_rows().any(|id| id.row().emit == Some(emit));
        let composed = |emit| self.server.as_ref()?.compose(emit, self.transcript.standing()).filter(|_| open(emit));
        fault.done_to(&held.composed, &step, composed)
    }

    /// The rows by which the held line could be answered otherwise, the innermost machine's first: those for which a
    /// line can be composed, each line once.
    #[must_use]
    pub fn choices(&self) -> Vec<RowId> {
        let Some(Held::Line(held)) = &self.held else { return Vec::new() };
        let stack = self.transcript.standing().stack(held.party);
        // A mechanism runs only from its AUTH command on; what that may be is written in its first rows.
        let begins = (held.party == Party::Client && stack.smtp().name() == "Choose").then_some(Mechanism::ALL);
        let begins = begins.into_iter().flatten().flat_map(|mechanism| {
            let table = table(mechanism.machine(), Party::Client);
            let rows = table.rows.iter().enumerate().filter(|(_, row)| row.from == table.start);
            rows.map(|(place, _)| RowId { machine: table.machine, party: table.party, place })
        });
        let mut lines = Vec::new();
        let new = |id: &RowId| match self.compose(*id) {
            Some(line) if !lines.contains(&line) => {
                lines.push(line);
                true
            }
            _ => false,
        };
        begins.chain(stack.open_rows()).filter(new).collect()
    }

    /// The line that answers by that row, where one can be made without a call.
    #[must_use]
    pub fn compose(&self, id: RowId) -> Option<Vec<u8>> {
        let emit = id.row().emit?;
        match id.party {
            Party::Client => self.client.as_ref()?.compose(emit),
            Party::Server => self.server.as_ref()?.compose(emit, self.transcript.standing()),
        }
    }

    /// Takes an input, at a time that does not go back; gives what is to be done outside.
    pub fn handle(&mut self, at: Micros, input: Input) -> Vec<Effect> {
        self.now = at.max(self.now);
        let mut effects = Vec::new();
        // Octets stir only once they make a line: a peer that lets them drip is as silent as one that says nothing.
        if !matches!(input, Input::Tick | Input::Note(_) | Input::Bytes(..)) {
            self.stirred = self.now;
        }
        match input {
            Input::Go { peer } => {
                self.push(What::Opened { peer });
                if self.implicit_tls {
                    self.secure(&mut effects);
                }
            }
            Input::Bytes(..) if self.ended => {}
            Input::Bytes(from, bytes) => self.receive(from, &bytes, &mut effects),
            Input::Mech { epoch, result } => self.take_answer(epoch, result),
            Input::Release(edited) => {
                self.running = false; // where all runs on, the next line is held again
                self.release(edited, &mut effects);
            }
            Input::Edit(bytes) => self.edit(|held| held.change(bytes)),
            Input::Undo => self.edit(HeldLine::undo),
            Input::Redo => self.edit(HeldLine::redo),
            Input::Choose(id) => {
                if let Some(composed) = self.compose(id) {
                    self.edit(|held| held.change(composed));
                }
            }
            Input::Fault(fault) => match self.faulty(fault) {
                Some(line) if !line.is_empty() => self.edit(|held| held.change(line)),
                Some(_) => {
                    self.held = None;
                    self.close(Some(fault.party()), fault::DROPPED);
                    effects.push(Effect::Close);
                }
                None => {}
            },
            Input::Cancel => self.cancel(),
            Input::Run => {
                self.running = true;
                self.stopped = false;
                self.release(None, &mut effects);
            }
            Input::Closed(by) => {
                if let Some(RawLine { bytes, cut }) = self.buffers[by.index()].finish() {
                    self.push(What::Line { from: by, bytes, edited_from: None, cut });
                }
                self.close(Some(by), "");
            }
            Input::Note(text) => self.push(What::Note(text)),
            Input::Leave => {
                let played = match (&self.client, &self.server) {
                    (Some(_), None) => Some(Party::Client),
                    (None, Some(_)) => Some(Party::Server),
                    _ => None,
                };
                self.close(played, "ended here");
                effects.push(Effect::Close);
            }
            Input::TlsUp { facts, bindings } => {
                self.securing = false;
                // Octets in clear may have been on their way when the handshake was asked for.
                self.empty_buffers();
                self.remark_injection();
                self.bindings = bindings;
                self.push(What::TlsStarted { facts });
                if let Some(server) = &mut self.server {
                    server.forget();
                }
            }
            Input::TlsFailed { why } => {
                self.securing = false;
                self.push(What::TlsFailed { why });
                self.close(None, "TLS could not be had");
                effects.push(Effect::Close);
            }
            Input::Tick => {
                let waits = self.held.is_none() && self.awaiting.is_none() && !self.securing && !self.ended;
                if waits && self.given_up().is_some_and(|due| due <= self.now) {
                    self.give_up(&mut effects);
                }
            }
        }
        self.advance(&mut effects);
        effects
    }

    /// Asks for the handshake.
    fn secure(&mut self, effects: &mut Vec<Effect>) {
        self.empty_buffers();
        self.securing = true;
        effects.push(Effect::StartTls);
    }

    /// What the peer sent in clear before the handshake is recorded, and then of no account (RFC 3207 section 6): not
    /// even the beginning of a line is left.
    fn empty_buffers(&mut self) {
        for party in Party::BOTH {
            while let Some(RawLine { bytes, cut }) = self.buffers[party.index()].finish() {
                self.push(What::Line { from: party, bytes, edited_from: None, cut });
            }
        }
    }

    /// Whether there is a connection, or was.
    const fn is_open(&self) -> bool {
        self.opened
    }

    /// What came behind STARTTLS in clear was heard by nobody (CVE-2011-0411).
    fn remark_injection(&mut self) {
        let behind = self.transcript.steps().iter().rev().take_while(|step| step.signal != Some(Signal::StartTls));
        let lines = behind.filter(|step| step.from() == Some(Party::Client)).count();
        let secures = self.transcript.standing().stack(Party::Server).smtp().name() == "StartTls";
        if lines > 0 && secures && self.server.is_some() {
            let text =
                format!("server: {lines} line(s) in clear behind STARTTLS are dropped (RFC 3207 4.2, CVE-2011-0411)");
            self.push(What::Note(text));
        }
    }

    /// Whether a played party stands where the handshake is next.
    fn is_to_secure(&self) -> bool {
        let standing = self.transcript.standing();
        let stands = |party, state| standing.stack(party).smtp().name() == state;
        self.client.is_some() && stands(Party::Client, "Tls")
            || self.server.is_some() && stands(Party::Server, "StartTls")
    }

    /// Lets the played parties go on until one is held, waits for a call, or none has anything to say.
    fn advance(&mut self, effects: &mut Vec<Effect>) {
        while self.held.is_none() && self.awaiting.is_none() && !self.ended && !self.securing {
            if self.is_to_secure() {
                return self.secure(effects);
            }
            if !self.is_open() {
                return;
            }
            if let Some(replay) = &mut self.replay {
                replay.follow(&self.transcript);
            }
            let Some(party) = self.turn() else { return self.rest() };
            if self.holds_receipt(party) {
                self.held = Some(Held::Received { party });
                self.pause();
                return;
            }
            match self.decide(party) {
                Decision::Nothing => return self.rest(),
                Decision::Again => {}
                Decision::Say(line) => self.offer(party, line.clone(), line, effects),
                Decision::Hold(line) => {
                    self.stopped = true;
                    self.offer(party, line.clone(), line, effects);
                }
                Decision::SayInstead { composed, faulty } => self.offer(party, composed, faulty, effects),
                Decision::Call(context, call) => {
                    self.epoch += 1;
                    self.awaiting = Some(Awaiting { party, since: self.now, call: call.name() });
                    effects.push(Effect::Mech { epoch: self.epoch, context, call });
                }
                Decision::Failed(call, error) => self.push(What::Mech {
                    party,
                    call: call.to_owned(),
                    major: error.major,
                    minor: error.minor,
                    text: error.text,
                }),
                Decision::Remark(text) => self.push(What::Note(text)),
                Decision::Close(why) => {
                    self.close(Some(party), why);
                    effects.push(Effect::Close);
                }
            }
        }
    }

    /// Nobody here has anything to say: a session that plays both parties has come to its end.
    fn rest(&mut self) {
        if self.client.is_some() && self.server.is_some() {
            self.close(None, "neither party has anything more to say");
        }
    }

    /// The played party that has something to do: one that owes an answer before one that may begin.
    fn turn(&self) -> Option<Party> {
        let standing = self.transcript.standing();
        let played = |party| match party {
            Party::Client => self.client.is_some(),
            Party::Server => self.server.is_some(),
        };
        let owing = Party::BOTH.into_iter().find(|party| played(*party) && standing.stack(*party).owes_answer());
        if let Some(replay) = &self.replay {
            let goes = replay.begins() && replay.due().is_none_or(|due| due <= self.now);
            return goes.then_some(replay.party);
        }
        let begins = |party: &Party| {
            played(*party)
                && match party {
                    Party::Client => Client::begins(&self.transcript),
                    Party::Server => self.server.as_ref().is_some_and(|server| server.begins(standing)),
                }
        };
        // The server greets, and closes, before the client would.
        owing.or_else(|| [Party::Server, Party::Client].into_iter().find(begins))
    }

    fn decide(&mut self, party: Party) -> Decision {
        if let Some(replay) = &mut self.replay {
            match (replay.asks_engine(&self.transcript), &mut self.client) {
                (Asks::Not, _) => return replay.decide(&self.transcript),
                (Asks::Afresh { mechanism, initial }, Some(client)) => client.renew(mechanism, initial),
                _ => {}
            }
        }
        match party {
            Party::Client => {
                self.client.as_mut().map_or(Decision::Nothing, |client| client.decide(&self.transcript, &self.bindings))
            }
            Party::Server => {
                self.server.as_mut().map_or(Decision::Nothing, |server| server.decide(&self.transcript, &self.bindings))
            }
        }
    }

    fn holds_receipt(&mut self, party: Party) -> bool {
        if self.passed == Some(party) || !self.transcript.standing().stack(party).owes_answer() {
            return false;
        }
        (self.gates[party.index()].receive && !self.running) || self.stopped
    }

    /// A composed line: held, or sent at once.
    fn offer(&mut self, party: Party, composed: Vec<u8>, current: Vec<u8>, effects: &mut Vec<Effect>) {
        let current = self.spoil(party, &composed).unwrap_or(current);
        let held = HeldLine::new(party, composed, current);
        if (self.gates[party.index()].send && !self.running) || self.stopped {
            self.held = Some(Held::Line(held));
            self.pause();
        } else {
            self.send(held, effects);
        }
    }

    /// The line with the fault that its party was given, where that can be done to any line.
    fn spoil(&mut self, party: Party, composed: &[u8]) -> Option<Vec<u8>> {
        let fault = match party {
            Party::Client => &mut self.client.as_mut()?.fault,
            Party::Server => &mut self.server.as_mut()?.fault,
        };
        let what = fault.filter(|fault| fault.is_of_lines())?;
        let step = self.transcript.preview(&Event::line(self.now, party, composed));
        let spoilt = what.done_to(composed, &step, |_| None)?;
        *fault = None;
        Some(spoilt)
    }

    fn pause(&mut self) {
        self.running = false;
        self.stopped = false;
    }

    fn release(&mut self, edited: Option<Vec<u8>>, effects: &mut Vec<Effect>) {
        match self.held.take() {
            None => {}
            Some(Held::Received { party }) => self.passed = Some(party),
            Some(Held::Line(mut held)) => {
                if let Some(edited) = edited {
                    held.current = edited;
                }
                self.send(held, effects);
            }
        }
    }

    fn send(&mut self, held: HeldLine, effects: &mut Vec<Effect>) {
        let HeldLine { party, composed, current, .. } = held;
        self.passed = None;
        let before = self.transcript.standing().clone();
        let mut originals = lines::split(&composed);
        for line in lines::split(&current) {
            let original = originals.next();
            let edited_from = original.filter(|original| *original != line).map(<[u8]>::to_vec);
            self.push(What::Line { from: party, bytes: line.to_vec(), edited_from, cut: 0 });
        }
        let after = self.transcript.standing();
        let moved = before.stack(party).owes_answer() || before.stacks != after.stacks;
        self.in_vain = if moved { 0 } else { self.in_vain + 1 };
        let played = match party.peer() {
            Party::Client => self.client.is_some(),
            Party::Server => self.server.is_some(),
        };
        if let (Party::Server, Some(server)) = (party, &mut self.server) {
            server.said(&current);
        }
        if !played {
            effects.push(Effect::Send(party.peer(), current));
        }
        if self.in_vain >= IN_VAIN {
            self.close(Some(party), "nothing comes of what it says");
            effects.push(Effect::Close);
        }
    }

    fn edit(&mut self, change: impl FnOnce(&mut HeldLine)) {
        if let Some(Held::Line(held)) = &mut self.held {
            change(held);
        }
    }

    fn cancel(&mut self) {
        if self.awaiting.is_some_and(|awaiting| awaiting.party == Party::Client) {
            self.epoch += 1;
            self.awaiting = None;
            if let Some(client) = &mut self.client {
                client.gss.abandon();
            }
        }
        let standing = self.transcript.standing();
        if let Some(Held::Line(held)) = &mut self.held
            && held.party == Party::Client
            && standing.stack(Party::Client).in_exchange()
        {
            held.change(crate::wire::CANCEL.to_vec());
        }
    }

    fn receive(&mut self, from: Party, bytes: &[u8], effects: &mut Vec<Effect>) {
        self.buffers[from.index()].push(bytes);
        while !self.ended
            && let Some(line) = self.buffers[from.index()].next_line()
        {
            self.take_in(from, line);
            if from == Party::Server && self.unanswered > REPLY_LINES {
                let why = format!("the server said more than {REPLY_LINES} lines at a stretch");
                self.close(Some(Party::Client), &why);
                effects.push(Effect::Close);
            }
        }
    }

    /// A line of a party that is not played here enters the transcript, as far as there is room.
    fn take_in(&mut self, from: Party, line: RawLine) {
        if let (Some(limits), Some(server), Party::Client) = (self.limits, &mut self.server, from) {
            match self.intake.take(&line, self.transcript.standing(), limits) {
                Taken::Kept => {}
                Taken::KeptBehind(octets) => self.push(What::Gap { octets }),
                Taken::Counted => {
                    self.stirred = self.now;
                    return;
                }
                Taken::TooMany => return server.give_up(Occasion::TooManyCommands),
            }
        }
        let RawLine { bytes, cut } = line;
        self.push(What::Line { from, bytes, edited_from: None, cut });
    }

    /// The peer has said nothing for too long.
    fn give_up(&mut self, effects: &mut Vec<Effect>) {
        // A server says so before it closes (RFC 5321 section 3.8).
        if let (Some(server), None) = (&mut self.server, &self.replay) {
            return server.give_up(Occasion::TimeOut);
        }
        let (us, peer) =
            if self.client.is_some() { (Party::Client, Party::Server) } else { (Party::Server, Party::Client) };
        let seconds = self.patience.unwrap_or_default().0.div_ceil(1_000_000);
        let greeting = self.transcript.standing().stack(Party::Client).smtp().name() == "Connect";
        let hint = if us == Party::Client && greeting && !self.implicit_tls {
            "; if it waits for TLS, try --tls implicit"
        } else {
            ""
        };
        self.close(Some(us), &format!("the {peer} said nothing for {seconds} s{hint}"));
        effects.push(Effect::Close);
    }

    fn take_answer(&mut self, epoch: u64, result: Result<(Box<dyn GssContext>, Answer), MechError>) {
        let Some(awaiting) = self.awaiting.filter(|_| epoch == self.epoch) else { return };
        self.awaiting = None;
        match awaiting.party {
            Party::Client => self.client.as_mut().map(|client| client.gss.take(result)),
            Party::Server => self.server.as_mut().map(|server| server.gss.take(result)),
        };
    }

    fn close(&mut self, by: Option<Party>, why: &str) {
        if !self.ended {
            match self.intake.missing() {
                0 => {}
                octets => self.push(What::Gap { octets }),
            }
            self.push(What::Closed { by, why: why.to_owned() });
            self.ended = true;
            self.running = false;
            self.held = None; // it can't go any more
        }
    }

    fn push(&mut self, what: What) {
        self.opened |= matches!(what, What::Opened { .. });
        let step = self.transcript.push(Event { at: self.now, what });
        match step.from() {
            Some(Party::Client) => (self.stirred, self.unanswered) = (self.now, 0),
            Some(Party::Server) => {
                self.unanswered = self.unanswered.saturating_add(1);
                let whole = !matches!(&step.message, Some(Message { body: Body::Reply(reply), .. }) if !reply.last);
                if whole {
                    self.stirred = self.now;
                }
            }
            None => {}
        }
        if self.stops.iter().any(|stop| stop.met_by(step)) {
            self.running = false;
            self.stopped = true;
        }
        let signal = step.signal.filter(|_| step.from() == Some(Party::Client));
        let remark = signal.zip(self.server.as_ref()).and_then(|(signal, server)| server.remark_on(signal));
        if let Some(remark) = remark {
            self.push(What::Note(remark.to_owned()));
        }
    }
}

impl Stop {
    /// Reads what a user wrote: three digits are a reply code, `FIELD=VALUE` is a field of a token and its value, all
    /// else the name of a state, a signal, or a field or flag that is there.
    ///
    /// # Errors
    /// The word, if nothing has that name.
    pub fn parse(word: &str) -> Result<Self, UnknownStop> {
        if let Some((name, value)) = word.split_once('=') {
            let name = field_name(name.trim()).ok_or_else(|| UnknownStop::Field(name.trim().to_owned()))?;
            return Ok(Self::Field {
                name: name.to_owned(),
                value: Some(value.trim().to_owned()).filter(|value| !value.is_empty()),
            });
        }
        if let Ok(code) = word.parse()
            && word.len() == 3
        {
            return Ok(Self::Code(code));
        }
        let signal = Signal::ALL.iter().find(|signal| signal.name().eq_ignore_ascii_case(word));
        if let Some(signal) = signal {
            return Ok(Self::Signal(signal.name().to_owned()));
        }
        let states = tables().flat_map(Table::states);
        let state = states.map(State::name).find(|name| name.eq_ignore_ascii_case(word));
        let field = || field_name(word).map(|name| Self::Field { name: name.to_owned(), value: None });
        state.map(|name| Self::State(name.to_owned())).or_else(field).ok_or_else(|| UnknownStop::Word(word.to_owned()))
    }

    /// All that has a name to stop at, each with what it is: signals, states, reply codes, fields and flags. A name that
    /// several have is what [`Stop::parse`] takes it for.
    #[must_use]
    pub fn known() -> Vec<(Self, String)> {
        let signal = |signal: &Signal| (Self::Signal(signal.name().to_owned()), signal.says().to_owned());
        let mut known: Vec<(Self, String)> = Signal::ALL.iter().map(signal).collect();
        let mut states: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for table in tables() {
            for state in table.states() {
                states.entry(state.name()).or_default().push(format!("the {} in {}", table.party, table.machine));
            }
        }
        let state =
            |(name, of): (&str, Vec<String>)| (Self::State(name.to_owned()), format!("A state of {}.", of.join(", ")));
        known.extend(states.into_iter().map(state));
        let mut codes: BTreeMap<u16, String> = BTreeMap::new();
        for says in Signal::ALL.iter().map(|signal| signal.says()) {
            if let Some((Ok(code), says)) = says.split_at_checked(3).map(|(code, says)| (code.parse(), says)) {
                codes.entry(code).or_insert_with(|| says.trim_start_matches([':', ' ']).to_owned());
            }
        }
        known.extend(codes.into_iter().map(|(code, says)| (Self::Code(code), says)));
        let field = |name: &str| Self::Field { name: name.to_owned(), value: None };
        known.extend(field_names().into_iter().map(|name| (field(name), "A field or flag of a token.".to_owned())));
        let mut seen = BTreeSet::new();
        known.retain(|(stop, _)| seen.insert(stop.name().to_ascii_lowercase()));
        known
    }

    /// What it is called: the name of a state, a signal or a field, or the digits of a code.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::State(name) | Self::Signal(name) | Self::Field { name, .. } => name.clone(),
            Self::Code(code) => code.to_string(),
        }
    }

    /// Whether the step is where to stop.
    #[must_use]
    pub fn met_by(&self, step: &Step) -> bool {
        match self {
            Self::State(name) => step.moves.iter().any(|taken| taken.row.row().to.name() == name),
            Self::Signal(name) => step.signal.is_some_and(|signal| signal.name() == name),
            Self::Code(code) => {
                matches!(&step.message, Some(message) if matches!(&message.body, crate::wire::Body::Reply(reply) if reply.code == *code))
            }
            Self::Field { name, value } => step.tree().is_some_and(|tree| {
                let mut nodes = tree.walk().map(|(_, node)| node).filter(|node| node.name == name.as_str());
                nodes.any(|node| value.as_ref().is_none_or(|value| says(node, step.token_bytes(), value)))
            }),
        }
    }
}

/// A stop that names nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownStop {
    /// A word alone.
    #[error("`{0}` is no state, signal, reply code or field; `saslscope machines` lists states and signals")]
    Word(String),
    /// What stands before `=`.
    #[error("`{0}` is no field of a token; write it as the tree has it: negState=request-mic")]
    Field(String),
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(name) => write!(f, "state {name}"),
            Self::Signal(name) => write!(f, "signal {name}"),
            Self::Code(code) => write!(f, "reply {code}"),
            Self::Field { name, value: Some(value) } => write!(f, "{name}={}", crate::decode::escape(value)),
            Self::Field { name, value: None } => write!(f, "field {name}"),
        }
    }
}

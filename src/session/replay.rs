//! A party that says what it said in a recording, to a peer that is alive.
//!
//! Stands beside client and server: a session plays a replay in the place of either. It waits for the peer to say what it
//! said then, and compares. Where credentials are given, the engine of the party speaks within AUTH exchanges, so that
//! answers fit the challenges of today; without them, the recorded octets go, up to the first that would answer another
//! challenge than this one. It never pretends: where the way leads elsewhere, it says so and ends.
//!
//! Limits: one recording is one connection. Pipelined commands go one by one, as their replies come.

use super::{Decision, Initial, Mechanism};
use crate::machine::Signal;
use crate::terms::{Micros, Party};
use crate::transcript::recording::{Headers, Secrets};
use crate::transcript::{Event, Step, Transcript};
use crate::wire::{self, Body, Verb};
use std::fmt;

/// When a line of the recording goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Timing {
    /// As soon as the peer has said what it said before it.
    #[default]
    Wait,
    /// And no sooner after that than then.
    Original,
}

/// A recording whose party is to be played again, before there is a connection.
#[derive(Clone, Debug)]
pub struct Again {
    /// What the recording says of itself.
    pub headers: Headers,
    /// What happened then.
    pub events: Vec<Event>,
    /// When its lines go.
    pub timing: Timing,
    /// Whether AUTH exchanges are composed anew, with the credentials that were given.
    pub anew: bool,
}

impl Again {
    /// A replay of `party`.
    ///
    /// # Errors
    /// Where that party says nothing there.
    pub fn replay(&self, party: Party) -> Result<Replay, NothingToReplay> {
        let replay = Replay::new(party, &self.headers, &self.events)?;
        Ok(Replay { timing: self.timing, engine: self.anew, ..replay })
    }
}

/// A recorded party, with what became of it so far.
#[derive(Clone)]
#[allow(clippy::struct_excessive_bools)] // Each is one fact of the moment, independent of the others.
pub struct Replay {
    /// Whose lines are said again.
    pub party: Party,
    /// When they go.
    pub timing: Timing,
    script: Vec<Utterance>,
    /// The utterance that comes next.
    next: usize,
    /// How many steps of the live transcript were looked at.
    seen: usize,
    /// When the last utterance of either party was complete.
    last: Micros,
    /// Whether an engine speaks within exchanges.
    pub(super) engine: bool,
    /// The AUTH command for which it was told to begin afresh.
    begun: Option<usize>,
    /// In this exchange the peer has said other octets than then.
    stale: bool,
    /// What was recorded was masked.
    masked: bool,
    report: Vec<Compared>,
    /// Why it goes no further.
    ended: Option<String>,
    /// That was told.
    told: bool,
    /// The server has said so to its client.
    left: bool,
}

/// Whether an engine composes what comes next.
pub(super) enum Asks {
    /// The recorded line goes.
    Not,
    /// It goes on with its exchange.
    On,
    /// It begins an exchange.
    Afresh { mechanism: Mechanism, initial: Initial },
}

/// What one party says in one go: a command, a response, or a whole reply.
#[derive(Clone)]
struct Utterance {
    from: Party,
    /// Its physical lines, with their terminators.
    octets: Vec<u8>,
    /// Of its last line.
    step: Step,
}

/// One utterance, then and now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Who said it.
    pub from: Party,
    /// The step of the recording, from 0.
    pub then: usize,
    /// The step of the live transcript, from 0; `None` where it was not said.
    pub now: Option<usize>,
    /// What came of the comparison.
    pub outcome: Outcome,
}

/// How an utterance compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The same octets.
    Same,
    /// Other octets that mean the same; which part is another.
    Differs(&'static str),
    /// Composed anew, with the credentials that were given.
    Anew,
    /// It leads elsewhere: what it meant then, and what it means now.
    Diverged {
        /// In a word or two: `Success`, `250`.
        then: String,
        /// The same of today.
        now: String,
    },
    /// It was not said; why.
    Stopped(String),
}

impl Replay {
    /// What `party` said in that recording.
    ///
    /// # Errors
    /// Where that party says nothing there.
    pub fn new(party: Party, headers: &Headers, events: &[Event]) -> Result<Self, NothingToReplay> {
        let mut transcript = Transcript::new();
        for event in events {
            transcript.push(event.clone());
        }
        let script = utterances(transcript.steps());
        if script.iter().all(|utterance| utterance.from != party) {
            return Err(NothingToReplay(party));
        }
        Ok(Self {
            party,
            timing: Timing::default(),
            script,
            next: 0,
            seen: 0,
            last: Micros::default(),
            engine: false,
            begun: None,
            stale: false,
            masked: headers.secrets == Secrets::Masked,
            report: Vec::new(),
            ended: None,
            told: false,
            left: false,
        })
    }

    /// The mechanism of the first AUTH command, if it is one that is played here.
    #[must_use]
    pub fn mechanism(&self) -> Option<Mechanism> {
        self.script.iter().find_map(|utterance| utterance.step.standing.settled.mechanism.as_deref()?.parse().ok())
    }

    /// Whether the first AUTH command had its initial response with it.
    #[must_use]
    pub fn initial_response(&self) -> bool {
        let auth = self.script.iter().find(|utterance| utterance.is_auth());
        auth.is_some_and(|auth| auth.step.standing.settled.initial_response)
    }

    /// Whether TLS came before the greeting.
    #[must_use]
    pub fn implicit_tls(&self) -> bool {
        self.script.first().is_some_and(|first| first.step.standing.settled.tls)
    }

    /// What became of each utterance so far.
    #[must_use]
    pub fn report(&self) -> &[Compared] {
        &self.report
    }

    /// Whether all went as it went then, as far as it has gone.
    #[must_use]
    pub fn is_faithful(&self) -> bool {
        let faithful = |one: &Compared| !matches!(one.outcome, Outcome::Diverged { .. } | Outcome::Stopped(_));
        self.report.iter().all(faithful)
    }

    /// The step of the recording that `compared` is about: of several physical lines the last.
    #[must_use]
    pub fn recorded(&self, compared: &Compared) -> Option<&Step> {
        self.script.iter().map(|utterance| &utterance.step).find(|step| step.place == compared.then)
    }

    /// How many utterances of the recording have not been said.
    #[must_use]
    pub fn left(&self) -> usize {
        self.script.len() - self.next
    }

    /// Takes in what was said since it looked last.
    pub(super) fn follow(&mut self, transcript: &Transcript) {
        let steps = transcript.steps();
        for step in &steps[self.seen..] {
            if complete(step) {
                self.hear(step);
            }
        }
        self.seen = steps.len();
    }

    fn hear(&mut self, step: &Step) {
        self.last = step.event.at;
        let Some(from) = step.from() else { return };
        if self.ended.is_some() {
            return;
        }
        let Some(then) = self.script.get(self.next).filter(|then| then.from == from) else {
            let then = self.script.get(self.next).map_or("nothing", |_| "it to wait");
            self.diverge(from, step, then.to_owned());
            return;
        };
        let outcome = match compare(&then.step, step) {
            Outcome::Differs(_) if from == self.party => Outcome::Anew,
            outcome => outcome,
        };
        if then.is_auth() {
            self.stale = false;
        }
        self.stale |= from != self.party && matches!(outcome, Outcome::Differs(TOKEN));
        let compared = Compared { from, then: then.step.place, now: Some(step.place), outcome };
        if let Outcome::Diverged { then, now } = &compared.outcome {
            self.ended = Some(format!("then it was {then}, now it is {now}"));
        }
        self.report.push(compared);
        self.next += 1;
    }

    fn diverge(&mut self, from: Party, step: &Step, then: String) {
        let now = meaning(step);
        self.ended = Some(format!("the recording has {then} here, and the {from} said {now}"));
        let at = self.script.get(self.next).map_or(0, |utterance| utterance.step.place);
        self.report.push(Compared { from, then: at, now: Some(step.place), outcome: Outcome::Diverged { then, now } });
    }

    /// Whether it is this party's turn.
    pub(super) fn begins(&self) -> bool {
        self.ended.is_some() || self.script.get(self.next).is_none_or(|next| next.from == self.party)
    }

    /// When the next line may go, where it has to wait.
    pub(super) fn due(&self) -> Option<Micros> {
        if self.timing == Timing::Wait || self.ended.is_some() {
            return None;
        }
        let next = self.script.get(self.next)?;
        let before = self.next.checked_sub(1).map_or(Micros::default(), |before| self.script[before].step.event.at);
        Some(Micros(self.last.0.saturating_add(next.step.event.at.since(before).0)))
    }

    /// Whether an engine is to compose the next line: the AUTH command, what answers a challenge, what answers either.
    pub(super) fn asks_engine(&mut self, transcript: &Transcript) -> Asks {
        let Some(next) = self.script.get(self.next).filter(|_| self.engine && self.ended.is_none()) else {
            return Asks::Not;
        };
        let stack = transcript.standing().stack(self.party);
        let answers_auth = stack.heard().is_some_and(|heard| heard.is(Signal::Auth));
        let mechanism = next.step.standing.settled.mechanism.as_deref().and_then(|name| name.parse().ok());
        match (self.party, mechanism) {
            (Party::Client, Some(mechanism)) if next.is_auth() && self.begun != Some(self.next) => {
                self.begun = Some(self.next);
                let initial =
                    if next.step.standing.settled.initial_response { Initial::Always } else { Initial::Never };
                Asks::Afresh { mechanism, initial }
            }
            (Party::Client, Some(_)) if next.is_auth() || stack.in_exchange() => Asks::On,
            (Party::Server, _) if answers_auth || stack.in_exchange() => Asks::On,
            _ => Asks::Not,
        }
    }

    /// What it says next.
    pub(super) fn decide(&mut self, transcript: &Transcript) -> Decision {
        if let Some(why) = self.ended.as_ref().filter(|_| !self.told) {
            self.told = true;
            return Decision::Remark(format!("replay: {why}"));
        }
        let Some(next) = self.script.get(self.next).filter(|_| self.ended.is_none()) else {
            return self.leave(transcript);
        };
        if let Some(why) = self.obstacle(next) {
            self.report.push(Compared {
                from: self.party,
                then: next.step.place,
                now: None,
                outcome: Outcome::Stopped(why.clone()),
            });
            self.ended = Some(why);
            return self.decide(transcript);
        }
        Decision::Say(next.octets.clone())
    }

    /// Why the recorded line must not go.
    fn obstacle(&self, next: &Utterance) -> Option<String> {
        let settled = &next.step.standing.settled;
        let has_token = next.step.token.is_some();
        if self.masked && next.step.tree().is_some_and(|tree| tree.walk().any(|(_, node)| node.secret)) {
            return Some(format!(
                "the {} in this line is masked in the recording; give credentials to have it composed anew",
                if bound(settled.mechanism.as_deref()) { "proof" } else { "secret" }
            ));
        }
        let verdict = matches!(next.step.signal, Some(Signal::Success | Signal::SuccessInPlaceOfToken));
        if self.stale && (has_token || verdict) && bound(settled.mechanism.as_deref()) {
            return Some(
                "challenge changed here: what was recorded answers another one; give credentials to have it composed anew"
                    .to_owned(),
            );
        }
        None
    }

    /// Ends in good order: cancels and says QUIT, or says 421.
    fn leave(&mut self, transcript: &Transcript) -> Decision {
        let standing = transcript.standing();
        let stack = standing.stack(self.party);
        let why = if self.ended.is_some() { "the replay goes no further" } else { "the recording ends here" };
        match (self.party, stack.smtp().name()) {
            (_, "Closed" | "Connect") => Decision::Close(why),
            (Party::Client, _) if standing.stack(Party::Server).owes_answer() => Decision::Nothing,
            (Party::Client, _) if stack.in_exchange() && stack.owes_answer() => Decision::Say(wire::CANCEL.to_vec()),
            (Party::Client, _) => Decision::Say(b"QUIT\r\n".to_vec()),
            (Party::Server, _) if self.ended.is_some() && stack.owes_answer() && !self.left => {
                self.left = true;
                Decision::Say(wire::reply(421, Some("4.3.0"), "The replay goes no further"))
            }
            (Party::Server, _) => Decision::Close(why),
        }
    }
}

/// Without what was said.
impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay").field("party", &self.party).field("next", &self.next).finish_non_exhaustive()
    }
}

impl Utterance {
    fn is_auth(&self) -> bool {
        matches!(self.step.message_body(), Some(Body::Command(command)) if command.verb == Verb::Auth)
    }
}

/// Whether what is said in that mechanism hangs on what the peer has said: a proof over a challenge, a token of a context.
fn bound(mechanism: Option<&str>) -> bool {
    let Some(name) = mechanism else { return false };
    let starts = ["CRAM-", "DIGEST-", "SCRAM-", "NTLM", "GSS", "GS2-"];
    starts.iter().any(|start| name.starts_with(start))
}

/// Whether a step is the last line of what its party says.
fn complete(step: &Step) -> bool {
    step.from().is_some() && !matches!(step.message_body(), Some(Body::Reply(reply)) if !reply.last)
}

fn utterances(steps: &[Step]) -> Vec<Utterance> {
    let mut utterances = Vec::new();
    let mut octets = Vec::new();
    for step in steps {
        let Some(from) = step.from() else { continue };
        octets.extend_from_slice(step.line());
        if complete(step) {
            utterances.push(Utterance { from, octets: std::mem::take(&mut octets), step: step.clone() });
        }
    }
    utterances
}

/// Another token, which what is said next may hang on.
const TOKEN: &str = "the token";

fn compare(then: &Step, now: &Step) -> Outcome {
    if then.line() == now.line() {
        return Outcome::Same;
    }
    if meaning(then) != meaning(now) {
        return Outcome::Diverged { then: meaning(then), now: meaning(now) };
    }
    Outcome::Differs(if then.token_bytes() == now.token_bytes() { "the words" } else { TOKEN })
}

/// What a line comes to: a reply's code, and the signal where there is one.
fn meaning(step: &Step) -> String {
    let signal = step.signal.map_or("a line", Signal::name);
    match step.message_body() {
        Some(Body::Reply(reply)) if !matches!(reply.code, 220 | 235) => format!("{} {signal}", reply.code),
        _ => signal.to_owned(),
    }
}

/// A recording in which that party says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the recording has no line of the {0}, so there is nothing to say again")]
pub struct NothingToReplay(Party);

impl Outcome {
    /// A sign for it: `=`, `~` or `!`.
    #[must_use]
    pub const fn sign(&self) -> char {
        match self {
            Self::Same => '=',
            Self::Differs(_) | Self::Anew => '~',
            Self::Diverged { .. } | Self::Stopped(_) => '!',
        }
    }

    /// The name in JSON.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Differs(_) => "differs",
            Self::Anew => "anew",
            Self::Diverged { .. } => "diverged",
            Self::Stopped(_) => "stopped",
        }
    }
}

/// In words.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same => f.write_str("as it was"),
            Self::Differs(what) => write!(f, "{what} differ{}", if what.ends_with('s') { "" } else { "s" }),
            Self::Anew => f.write_str("composed anew"),
            Self::Diverged { then, now } => write!(f, "diverged: then {then}, now {now}"),
            Self::Stopped(why) => write!(f, "not said: {why}"),
        }
    }
}

/// A line of the report.
impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:>3} {}  {}", self.outcome.sign(), self.then + 1, self.from.letter(), self.outcome)
    }
}

impl Step {
    /// The line, read.
    fn message_body(&self) -> Option<&Body> {
        self.message.as_ref().map(|message| &message.body)
    }
}

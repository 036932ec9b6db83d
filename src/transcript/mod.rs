//! Events to steps: the one funnel. Recording, client, server, lab and import all end in [`Transcript::push`].
//!
//! Facts are kept, the rest is derived: an [`Event`] is what happened, a [`Step`] is all that follows from it. A step
//! owns its standing, so stepping back is indexing.
//!
//! Limits: one transcript is one connection. A token that is cut into several lines (MS-SPNG section 3.1.5.6) is not
//! put together.

mod event;
pub mod lesson;
pub mod mask;
mod pairs;
mod place;
pub mod question;
mod recorder;
pub mod recording;
mod sessions;
mod shown;
mod step;
mod swaks;
mod verdict;

pub use event::{Event, What, tls_facts, tls_line};
pub use place::Place;
pub use recorder::{Archive, Recorder, kept, numbered};
pub use sessions::{Entry, Origin, Sessions, Sort, Summary};
pub use shown::Shown;
pub use step::{Inbox, Standing, Step, Token};
pub use swaks::NoSwaks;
pub use verdict::Verdict;

use crate::decode::{Hint, decode};
use crate::machine::{Machine, Outcome, Said, Settled, Signal, Stack, Token as Glance, classify};
use crate::terms::{Party, Span};
use crate::wire::{Body, Dialogue, Message, Verb, keywords, read_client, read_server};
use std::sync::Arc;

/// One connection, understood so far.
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    steps: Vec<Step>,
    start: Standing,
}

impl Transcript {
    /// A connection of which nothing is known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// All steps so far.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Where both parties stand now.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        self.steps.last().map_or(&self.start, |step| &step.standing)
    }

    /// Takes an event in.
    pub fn push(&mut self, event: Event) -> &Step {
        let step = self.understand(event);
        self.steps.push(step);
        &self.steps[self.steps.len() - 1]
    }

    /// What the event would come to if it happened now. Appends nothing.
    #[must_use]
    pub fn preview(&self, event: &Event) -> Step {
        self.understand(event.clone())
    }

    fn understand(&self, event: Event) -> Step {
        let standing = self.standing().clone();
        let mut step = Step {
            place: self.steps.len(),
            event,
            message: None,
            token: None,
            echoes: Vec::new(),
            signal: None,
            moves: Vec::new(),
            deviation: None,
            standing,
        };
        match &step.event.what {
            What::Line { from, .. } => self.line(*from, &mut step),
            What::TlsStarted { .. } => tls_started(&mut step),
            _ => {}
        }
        step
    }

    fn line(&self, from: Party, step: &mut Step) {
        let What::Line { bytes, cut, .. } = &step.event.what else { return };
        let read_as = dialogue(&step.standing);
        let mut message = match from {
            Party::Client => read_client(bytes, read_as),
            Party::Server => read_server(bytes),
        };
        message.mark_cut(*cut);
        if from == Party::Server {
            let answered = step.standing.answering[Party::Server.index()].map(|place| &self.steps[place]);
            step.echoes = answered.map_or_else(Vec::new, |answered| echoes(bytes, &message, answered));
        }
        if matches!(&message.body, Body::Reply(reply) if !reply.last) {
            // The meaning of a reply stands on its last line.
            step.message = Some(message);
            return;
        }
        let glance = self.settle(from, step, &message);
        let What::Line { bytes, .. } = &step.event.what else { return };
        let Standing { stacks, settled, inbox, answering } = &mut step.standing;
        let said = Said { from, line: bytes, message: &message, token: glance.as_ref(), settled };
        let signals = |machine| classify(machine, &said);
        let outcome = stacks[from.index()].emit(settled, signals);
        step.signal = outcome.signal;
        step.deviation = outcome.deviation;
        step.moves = outcome.moves;
        answering[from.index()] = None;

        let peer = from.peer();
        let waiting = &mut inbox[peer.index()];
        if waiting.waiting > 0 || stacks[peer.index()].owes_answer() {
            if waiting.waiting == 0 {
                waiting.first = step.place;
            }
            waiting.waiting += 1;
        } else {
            // Where the parties have lost each other, a response to the one is a command to the other.
            let heard = if from == Party::Client && heard_as(&stacks[peer.index()]) != read_as {
                hear_again(peer, bytes, &mut step.standing)
            } else {
                stacks[peer.index()].hear(settled, signals)
            };
            step.signal = step.signal.or(heard.signal);
            step.moves.extend(heard.moves);
            let Standing { stacks, answering, .. } = &mut step.standing;
            answering[peer.index()] = stacks[peer.index()].heard().map(|_| step.place);
        }
        step.message = Some(message);
        self.take_waiting(from, step);
    }

    /// Adds what the line settles to the standing, and looks at its token.
    fn settle(&self, from: Party, step: &mut Step, message: &Message) -> Option<Glance> {
        let What::Line { bytes, .. } = &step.event.what else { return None };
        let standing = &mut step.standing;
        if matches!(&message.body, Body::Command(command) if command.auth.is_some()) {
            Arc::make_mut(&mut standing.settled).begin(message, bytes);
        }
        if ends_ehlo(standing, from, message) {
            Arc::make_mut(&mut standing.settled).keywords = keywords(self.reply_lines(bytes)).into();
        }
        let hint = standing.settled.hint(from);
        let base64 = message.base64().filter(|base64| !base64.span.is_empty() && !base64.equals);
        let words = from == Party::Server && standing.settled.awaits_words();
        step.token = base64.filter(|_| !words).map(|base64| Token { encoded: base64.span, hint });
        let looks = |machine: Machine| machine.carries_tokens() || machine == Machine::Scram;
        let glance = if !words && standing.settled.machine.is_some_and(looks) { glance(message, hint) } else { None };
        if standing.settled.machine.is_some() {
            Arc::make_mut(&mut standing.settled).learn(from, message, glance.as_ref());
        }
        glance
    }

    /// The lines of the reply that `last` ends, without terminators.
    fn reply_lines<'a>(&'a self, last: &'a [u8]) -> Vec<&'a [u8]> {
        let unfinished = |step: &&Step| {
            matches!(&step.message, Some(Message { body: Body::Reply(reply), .. }) if !reply.last)
                || step.from().is_none()
        };
        let mut lines: Vec<&[u8]> = self.steps.iter().rev().take_while(unfinished).map(Step::line).collect();
        lines.reverse();
        lines.retain(|line| !line.is_empty());
        lines.push(last);
        lines
    }

    /// The party has spoken: lines that waited for it are heard now, as far as they need no answer.
    fn take_waiting(&self, party: Party, step: &mut Step) {
        while step.standing.inbox[party.index()].waiting > 0 && !step.standing.stack(party).owes_answer() {
            let first = step.standing.inbox[party.index()].first;
            let earlier = self.steps[first..].iter().find(|earlier| earlier.from() == Some(party.peer()));
            let outcome = match earlier {
                Some(earlier) => hear_again(party, earlier.line(), &mut step.standing),
                None => Outcome::default(),
            };
            let heard = step.standing.stack(party).heard();
            step.standing.answering[party.index()] = heard.and(earlier).map(|earlier| earlier.place);
            let inbox = &mut step.standing.inbox[party.index()];
            inbox.waiting -= 1;
            inbox.first = earlier.map_or(step.place, |earlier| earlier.place + 1);
            step.moves.extend(outcome.moves);
        }
    }
}

/// Where a reply repeats what is secret of the line that it answers, in its text: as it was sent (aiosmtpd does, in
/// capitals), or decoded. What masking leaves of a line is no secret, so a masked line has no echoes. Linear in the line.
fn echoes(bytes: &[u8], reply: &Message, answered: &Step) -> Vec<Span> {
    const SHORTEST: usize = 4;
    const MOST: usize = 8;
    let Some(message) = &answered.message else { return Vec::new() };
    let line = answered.line();
    let words = match (&message.body, message.base64()) {
        (Body::Command(command), _) if command.verb == Verb::Other => {
            [command.word, command.argument].map(|span| (span, span.of(line)))
        }
        (_, Some(base64)) => [base64.span.of(line), &base64.bytes].map(|octets| (base64.span, octets)),
        _ => return Vec::new(),
    };
    let within = match &reply.body {
        Body::Reply(reply) => reply.text,
        _ => reply.content,
    };
    // As ASCII of one case, so that the search of the standard library, which is linear, finds every place.
    let folded = |octets: &[u8]| octets.iter().map(|octet| char::from(octet.to_ascii_lowercase() & 0x7F)).collect();
    let text: String = folded(within.of(bytes));
    let found = words.into_iter().filter(|(_, word)| word.len() >= SHORTEST).flat_map(|(span, word)| {
        let word: String = folded(word);
        let place = |at| Span::new(within.start + at, within.start + at + word.len());
        let places: Vec<Span> = text.match_indices(&word).map(|(at, _)| place(at)).take(MOST).collect();
        if places.is_empty() || !mask::hides(answered, span) { Vec::new() } else { places }
    });
    found.take(MOST).collect()
}

/// What a server takes the line for that it hears now.
fn heard_as(server: &Stack) -> Dialogue {
    if in_data(server) {
        Dialogue::MailData
    } else if server.in_exchange() {
        Dialogue::Response
    } else {
        Dialogue::Command
    }
}

fn in_data(stack: &Stack) -> bool {
    matches!(stack.smtp().name(), "InData" | "AuthenticatedInData")
}

/// What a client's next line is to be read as.
fn dialogue(standing: &Standing) -> Dialogue {
    let [client, server] = &standing.stacks;
    if in_data(server) {
        Dialogue::MailData
    } else if client.in_exchange() || server.in_exchange() {
        Dialogue::Response
    } else {
        Dialogue::Command
    }
}

fn ends_ehlo(standing: &Standing, from: Party, message: &Message) -> bool {
    let heard = standing.stack(Party::Server).cursor(Machine::Smtp).and_then(|cursor| cursor.heard);
    from == Party::Server
        && heard.is_some_and(|heard| heard.is(Signal::Ehlo))
        && matches!(&message.body, Body::Reply(reply) if reply.code == 250)
}

/// The token of a line, if it has one that a receiver can decode.
fn glance(message: &Message, hint: Hint) -> Option<Glance> {
    let base64 = message.base64().filter(|base64| !base64.span.is_empty() && base64.is_legible())?;
    Some(Glance::read(&decode(&base64.bytes, &hint)))
}

/// Hears a line that waited: its meaning may have changed with the state of the one who hears it.
fn hear_again(party: Party, line: &[u8], standing: &mut Standing) -> Outcome {
    let message = match party {
        Party::Server => read_client(line, heard_as(standing.stack(Party::Server))),
        Party::Client => read_server(line),
    };
    let settled: &Settled = &standing.settled;
    let glance = glance(&message, settled.hint(party.peer()));
    let said = Said { from: party.peer(), line, message: &message, token: glance.as_ref(), settled };
    standing.stacks[party.index()].hear(settled, |machine| classify(machine, &said))
}

/// Both parties hear that TLS is up; plain-text lines that still waited are dropped (RFC 3207 section 6).
fn tls_started(step: &mut Step) {
    let Standing { stacks, settled, inbox, answering } = &mut step.standing;
    Arc::make_mut(settled).start_tls();
    *inbox = [Inbox::default(); 2];
    *answering = [None; 2];
    for stack in stacks {
        let outcome = stack.hear(settled, |machine| (machine == Machine::Smtp).then_some(Signal::TlsStarted));
        step.moves.extend(outcome.moves);
    }
    step.signal = Some(Signal::TlsStarted);
}

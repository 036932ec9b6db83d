//! The server: greets, offers, takes one exchange after the other, and answers mail commands without acting on them.
//!
//! What it says is data: an [`Occasion`] has a reply in the table of its persona. The engine finds the occasion, from
//! what its cursor has heard and from what it knows of the connection; the tables of the machines then say where the
//! reply leads, so a reply that a user has changed on the way is followed as it went.

mod commands;
mod gssapi;
mod login;
mod replies;

use super::fault::{self, Fault};
use super::gss::{Contexts, Gss, LayerMode};
use super::persona::{Occasion, ServerHabit, ServerPersona};
use super::sasl::{self, SaslServer};
use super::{Bindings, Decision, Mechanism};
use crate::machine::{Machine, Signal};
use crate::mech::Kit;
use crate::terms::Party;
use crate::transcript::{Standing, Step, Transcript, What};
use crate::wire::{self, Base64, Body, Dialogue, Response};

/// A server to be played.
#[allow(clippy::struct_excessive_bools)] // Each is a switch, or one fact of the connection, of its own.
pub struct Server {
    /// Its name, whom it knows, and where its nonces come from.
    pub kit: Kit,
    /// What it lists in its EHLO reply, in this order.
    pub mechanisms: Vec<Mechanism>,
    /// How it ends a GSSAPI exchange.
    pub layer: LayerMode,
    /// Whether it refuses what .NET does beside RFC 2222 section 7.2, whatever the persona.
    pub strict: bool,
    /// Whose habits it has.
    pub persona: ServerPersona,
    /// Whether mechanisms that bare a secret are offered without TLS (RFC 4954 section 4).
    pub allow_plaintext: bool,
    /// Whether all mechanisms are offered as if within TLS: the lab has no wire that anybody could listen on.
    pub as_if_tls: bool,
    /// Whether it offers STARTTLS.
    pub starttls: bool,
    /// Whether it lists PIPELINING (RFC 2920); it takes pipelined commands in any case.
    pub pipelining: bool,
    /// Whether mail wants authentication (RFC 4954 section 6).
    pub require_auth: bool,
    /// After so many failed attempts it closes; none: never (RFC 4954 section 9).
    pub failures_allowed: u32,
    /// What it does wrong.
    pub fault: Option<Fault>,
    contexts: Contexts,
    pub(super) gss: Gss,
    /// A text mechanism, while its exchange runs.
    sasl: Option<SaslServer>,
    /// LOGIN: what has come, still in base64 (MS-XLOGIN section 3.2.1).
    username: Option<Vec<u8>>,
    /// LOGIN: what has come out of order.
    password: Option<Vec<u8>>,
    /// A reject was sent: what comes next is refused.
    refusing: bool,
    /// A call failed: the verdict is due.
    failed: Option<Occasion>,
    /// The latest greeting of the client was EHLO.
    extended: bool,
    /// MAIL was taken.
    sender: bool,
    /// How many RCPT were taken since.
    recipients: u32,
    /// Failed attempts to authenticate.
    failures: u32,
    /// What was composed last, until it is said.
    saying: Option<Occasion>,
    /// It gives up, with this.
    closing: Option<Occasion>,
    /// It has said so.
    over: bool,
    /// What is to be remarked before that is done.
    remarks: Vec<String>,
    next: Option<Decision>,
}

impl Server {
    /// A server that offers its mechanisms as if within TLS, to a client that does not pipeline; `contexts` makes a fresh
    /// security context for each exchange that needs one.
    #[must_use]
    pub fn new(kit: Kit, contexts: Contexts) -> Self {
        Self {
            kit,
            mechanisms: vec![Mechanism::Gssapi, Mechanism::Login],
            layer: LayerMode::default(),
            strict: false,
            persona: ServerPersona::default(),
            allow_plaintext: false,
            as_if_tls: true,
            starttls: false,
            pipelining: false,
            require_auth: true,
            failures_allowed: 3,
            fault: None,
            contexts,
            gss: Gss::default(),
            sasl: None,
            username: None,
            password: None,
            refusing: false,
            failed: None,
            extended: false,
            sender: false,
            recipients: 0,
            failures: 0,
            saying: None,
            closing: None,
            over: false,
            remarks: Vec::new(),
            next: None,
        }
    }

    /// Whether it has something to say on its own initiative.
    pub(super) fn begins(&self, standing: &Standing) -> bool {
        self.over
            || self.closing.is_some()
            || matches!(standing.stack(Party::Server).smtp().name(), "Greeting" | "Closed")
            || self.is_strict() && standing.stack(Party::Server).heard() == Some(Signal::SecondEmptyResponse)
    }

    /// Gives the connection up, with these words.
    pub(super) fn give_up(&mut self, with: Occasion) {
        self.closing.get_or_insert(with);
    }

    /// Forgets all that was said before TLS (RFC 3207 section 4.2), but for how often authentication has failed.
    pub(super) fn forget(&mut self) {
        self.end_exchange();
        self.extended = false;
        self.end_transaction();
    }

    /// Takes note of what went out in the end: a reply may have been changed on its way.
    pub(super) fn said(&mut self, line: &[u8]) {
        let Some(occasion) = self.saying.take() else { return };
        let took = matches!(line.first(), Some(b'2' | b'3'));
        match occasion {
            Occasion::Sender if took => self.sender = true,
            Occasion::Recipient if took => self.recipients = self.recipients.saturating_add(1),
            Occasion::Hello | Occasion::Reset | Occasion::Discarded => self.end_transaction(),
            Occasion::BadCredentials | Occasion::Disabled if line.first() == Some(&b'5') => {
                self.failures = self.failures.saturating_add(1);
                if self.failures == self.failures_allowed {
                    self.give_up(Occasion::TooManyFailures);
                }
            }
            Occasion::TooManyFailures | Occasion::TooManyCommands | Occasion::TimeOut => self.over = true,
            _ => {}
        }
    }

    pub(super) fn decide(&mut self, transcript: &Transcript, bindings: &Bindings) -> Decision {
        let decision = match self.next.take() {
            Some(decision) => decision,
            None => self.answer(transcript, bindings),
        };
        if self.remarks.is_empty() {
            return decision;
        }
        self.next = Some(decision);
        Decision::Remark(self.remarks.remove(0))
    }

    fn answer(&mut self, transcript: &Transcript, bindings: &Bindings) -> Decision {
        let standing = transcript.standing();
        let stack = standing.stack(Party::Server);
        let state = stack.smtp().name();
        if self.over || state == "Closed" {
            self.end_exchange();
            return Decision::Close("");
        }
        if let Some(occasion) = self.closing.take() {
            self.end_exchange();
            return self.say(occasion, standing);
        }
        if let Some(remark) = self.gss.remark() {
            return Decision::Remark(format!("server: {remark}"));
        }
        if let Some((call, answer)) = self.gss.answered() {
            return self.go_on(call, answer, standing);
        }
        if state == "Greeting" {
            return self.say(Occasion::Greeting, standing);
        }
        if let Some(occasion) = self.failed.take() {
            return self.refuse(occasion, standing);
        }
        let heard = standing.answering[Party::Server.index()].map(|place| &transcript.steps()[place]);
        let (Some(step), Some(signal)) = (heard, stack.heard()) else { return Decision::Nothing };
        match signal {
            Signal::Auth | Signal::AuthNotOffered | Signal::InitialResponseTooLong => {
                self.start(step, standing, bindings)
            }
            Signal::AuthNotBase64 | Signal::AuthMalformed => self.start(step, standing, bindings),
            Signal::SecondEmptyResponse => self.refuse(Occasion::TemporaryFailure, standing),
            Signal::Cancel => self.refuse(Occasion::Cancelled, standing),
            _ if state == "InAuth" => self.take(step, standing),
            _ => self.command(step, standing),
        }
    }

    /// AUTH, in whatever form.
    fn start(&mut self, step: &Step, standing: &Standing, bindings: &Bindings) -> Decision {
        self.end_exchange();
        // Read for what it is now: when it came it may have been taken for a response, or the other way round.
        let message = wire::read_client(step.line(), Dialogue::Command);
        let Body::Command(wire::Command { auth: Some(auth), .. }) = &message.body else { return Decision::Nothing };
        let name = auth.mechanism.of(step.line());
        if let Some(occasion) = self.objection(step, &message, auth, standing) {
            return self.say(occasion, standing);
        }
        let Some(mechanism) = self.known(name) else { return self.say(Occasion::UnknownMechanism, standing) };
        let initial = auth.initial.as_ref();
        let octets = initial.map(|initial| if initial.equals { Vec::new() } else { initial.bytes.clone() });
        if let Some(sasl) = SaslServer::new(mechanism, &self.kit, step.place, bindings) {
            let first = sasl.first();
            self.sasl = Some(sasl);
            return match (first, octets) {
                // The server speaks first, so there is nothing that an initial response could answer.
                (Some(_), Some(_)) => self.refuse(Occasion::InitialUnexpected, standing),
                (Some(challenge), None) => Decision::Say(wire::challenge(Some(&challenge))),
                (None, None) => Decision::Say(wire::challenge(None)),
                (None, Some(octets)) => self.take_text(&octets, standing),
            };
        }
        if mechanism == Mechanism::Login {
            return self.start_login(initial.map(|initial| initial.span.of(step.line())));
        }
        // A client that says that the server can't bind is wrong only where it could have (RFC 5802 section 6).
        let can_bind = |plus| self.mechanisms.contains(&plus) && self.allows(plus, standing.settled.tls);
        let bindings =
            if mechanism.plus().is_some_and(|plus| !can_bind(plus)) { &Bindings::default() } else { bindings };
        self.gss = Gss::new((self.contexts)(mechanism, bindings));
        match octets {
            Some(octets) if !octets.is_empty() => self.accept(octets),
            _ => self.ask_for_token(mechanism),
        }
    }

    /// A response within the exchange.
    fn take(&mut self, step: &Step, standing: &Standing) -> Decision {
        if self.fault == Some(Fault::DroppedConnection) {
            return Decision::Close(fault::DROPPED);
        }
        if is_cut(step) {
            return self.refuse(Occasion::TooLong, standing);
        }
        let message = wire::read_client(step.line(), Dialogue::Response);
        if self.minds_line_end(&message) {
            return self.refuse(Occasion::LineEnd, standing);
        }
        let Body::Response(response) = message.body else { return Decision::Nothing };
        let empty = match &response {
            Response::Base64(base64) if base64.equals => self.has(ServerHabit::EqualsIsEmpty),
            _ => response == Response::Empty,
        };
        let (text, octets) = match &response {
            Response::Base64(base64) if !empty => (base64.span.of(step.line()), base64.bytes.as_slice()),
            _ => (&[][..], &[][..]),
        };
        let login = standing.settled.machine == Some(Machine::Login);
        let legible = !matches!(&response, Response::Base64(base64) if !empty && !base64.is_legible());
        if !(legible || login && self.username.is_none() && self.has(ServerHabit::KeepsUndecoded)) {
            return self.refuse(Occasion::NotBase64, standing);
        }
        if self.sasl.is_some() {
            return self.take_text(octets, standing);
        }
        if login {
            return self.take_login(text, standing);
        }
        self.take_gssapi(octets, standing)
    }

    /// A response of a text mechanism.
    fn take_text(&mut self, octets: &[u8], standing: &Standing) -> Decision {
        let Some(sasl) = &mut self.sasl else { return Decision::Nothing };
        match sasl.take(octets, &self.kit.users) {
            sasl::Verdict::Challenge(octets) => Decision::Say(wire::challenge(Some(&octets))),
            sasl::Verdict::Success => self.verdict(true, standing),
            sasl::Verdict::Disabled => self.refuse(Occasion::Disabled, standing),
            sasl::Verdict::Refused(why) => {
                self.remarks.push(format!("server: {why}"));
                self.verdict(false, standing)
            }
        }
    }

    fn verdict(&mut self, good: bool, standing: &Standing) -> Decision {
        let occasion = if good { Occasion::Success } else { Occasion::BadCredentials };
        let decision = self.refuse(occasion, standing);
        match decision {
            Decision::Say(composed) if self.fault == Some(Fault::TemporaryFailure) => {
                self.fault = None;
                let faulty = self.line(Occasion::TemporaryFailure, standing);
                Decision::SayInstead { composed, faulty }
            }
            decision => decision,
        }
    }

    /// Ends the exchange with a reply.
    fn refuse(&mut self, with: Occasion, standing: &Standing) -> Decision {
        let decision = self.say(with, standing);
        self.end_exchange();
        decision
    }

    fn end_exchange(&mut self) {
        self.gss = Gss::default();
        self.sasl = None;
        self.username = None;
        self.password = None;
        self.refusing = false;
        self.failed = None;
    }

    fn end_transaction(&mut self) {
        self.sender = false;
        self.recipients = 0;
    }

    /// What it says then, remarked on where the persona says it in its own way.
    fn say(&mut self, occasion: Occasion, standing: &Standing) -> Decision {
        self.saying = Some(occasion);
        Decision::Say(self.line(occasion, standing))
    }

    /// Whether the persona has that habit, which is remarked on: asked for only where it acts.
    fn has(&mut self, habit: ServerHabit) -> bool {
        let quirk = self.persona.quirk(habit);
        self.remarks.extend(quirk.map(|quirk| format!("persona {}: {quirk}", self.persona)));
        quirk.is_some()
    }

    /// The mechanism of that name, if the server has it.
    fn known(&mut self, name: &[u8]) -> Option<Mechanism> {
        let known = self.mechanisms.iter().find(|known| known.name().as_bytes().eq_ignore_ascii_case(name)).copied()?;
        let capitals = known.name().as_bytes() == name || !self.has(ServerHabit::CapitalsOnly);
        capitals.then_some(known)
    }

    /// Whether that mechanism may be used now.
    fn allows(&self, mechanism: Mechanism, tls: bool) -> bool {
        tls || self.as_if_tls || !mechanism.needs_tls() && (self.allow_plaintext || !mechanism.bares_secret())
    }
}

/// Whether octets of the line were dropped past the limit, so that what is left must not be acted upon.
const fn is_cut(step: &Step) -> bool {
    matches!(step.event.what, What::Line { cut: 1.., .. })
}

/// Whether it can be decoded; `=` stands for "present but empty" in an AUTH command (RFC 4954 section 4).
fn legible(initial: &Base64) -> bool {
    initial.equals || initial.is_legible()
}

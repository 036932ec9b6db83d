//! The server: greets, offers, takes one exchange after the other, and answers mail commands without acting on them.

mod gssapi;
mod login;
mod replies;

use super::fault::{self, Fault};
use super::gss::{Contexts, Gss, LayerMode};
use super::sasl::{self, SaslServer};
use super::{Bindings, Decision, Mechanism};
use crate::machine::{Force, Machine, Signal};
use crate::mech::Kit;
use crate::terms::Party;
use crate::transcript::{Standing, Step, Transcript};
use crate::wire::{self, Body, Dialogue, Response};

/// A server to be played.
pub struct Server {
    /// Its name, whom it knows, and where its nonces come from.
    pub kit: Kit,
    /// What it lists in its EHLO reply, in this order.
    pub mechanisms: Vec<Mechanism>,
    /// How it ends a GSSAPI exchange.
    pub layer: LayerMode,
    /// What it says to AUTH NTLM alone (MS-SMTPNTLM section 2.2.1.2); nothing: an empty challenge, as of Cyrus.
    pub ntlm_words: &'static str,
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
    failed: bool,
}

impl Server {
    /// A server; `contexts` makes a fresh security context for each exchange that needs one.
    #[must_use]
    pub fn new(kit: Kit, contexts: Contexts) -> Self {
        Self {
            kit,
            mechanisms: vec![Mechanism::Gssapi, Mechanism::Login],
            layer: LayerMode::default(),
            ntlm_words: "ntlm supported",
            fault: None,
            contexts,
            gss: Gss::default(),
            sasl: None,
            username: None,
            password: None,
            refusing: false,
            failed: false,
        }
    }

    /// Whether it has something to say on its own initiative.
    pub(super) fn begins(standing: &Standing) -> bool {
        matches!(standing.stack(Party::Server).smtp().name(), "Greeting" | "Closed")
    }

    pub(super) fn decide(&mut self, transcript: &Transcript, bindings: &Bindings) -> Decision {
        let standing = transcript.standing();
        if let Some((call, answer)) = self.gss.answered() {
            return self.go_on(call, answer, standing);
        }
        let stack = standing.stack(Party::Server);
        match stack.smtp().name() {
            "Greeting" => return self.by_row(Signal::ServiceReady, standing),
            "Closed" => return Decision::Close(""),
            _ => {}
        }
        if std::mem::take(&mut self.failed) {
            return self.verdict(false, standing);
        }
        let heard = standing.answering[Party::Server.index()].map(|place| &transcript.steps()[place]);
        let Some(step) = heard else { return Decision::Nothing };
        match (stack.smtp().name(), stack.heard()) {
            ("Ready", Some(Signal::Auth | Signal::AuthNotOffered | Signal::InitialResponseTooLong)) => {
                self.start(step, standing, bindings)
            }
            ("InAuth", Some(Signal::Response)) => self.take(step, standing),
            (_, Some(Signal::StartTls)) => self.by_row(Signal::Refusal, standing),
            _ => self.by_table(standing),
        }
    }

    /// The strongest row that is open: what a server does where no data decides.
    fn by_table(&self, standing: &Standing) -> Decision {
        let mut rows: Vec<_> = standing.stack(Party::Server).frames()[0].open_rows(Party::Server).collect();
        rows.sort_by_key(|id| id.row().force);
        let composed = rows
            .iter()
            .filter(|id| id.row().force < Force::Quirk && id.row().emit != Some(Signal::Success))
            .find_map(|id| self.compose(id.row().emit?, standing));
        composed.map_or(Decision::Nothing, Decision::Say)
    }

    fn by_row(&self, emit: Signal, standing: &Standing) -> Decision {
        self.compose(emit, standing).map_or(Decision::Nothing, Decision::Say)
    }

    /// AUTH with a mechanism that the grammar allows.
    fn start(&mut self, step: &Step, standing: &Standing, bindings: &Bindings) -> Decision {
        self.sasl = None;
        self.username = None;
        self.password = None;
        self.refusing = false;
        // Read for what it is now: when it came it may have been taken for a response, or the other way round.
        let Body::Command(command) = wire::read_client(step.line(), Dialogue::Command).body else {
            return Decision::Nothing;
        };
        let initial = command.auth.as_ref().and_then(|auth| auth.initial.as_ref());
        let known = self.mechanisms.iter().find(|known| Some(known.name()) == standing.settled.mechanism.as_deref());
        if let Some(mut sasl) = known.and_then(|known| SaslServer::new(*known, &self.kit, step.place, bindings)) {
            let first = sasl.first();
            self.sasl = Some(sasl);
            return match (first, initial) {
                // The server speaks first, so there is nothing that an initial response could answer.
                (Some(_), Some(_)) => self.by_row(Signal::ParameterSyntaxError, standing),
                (Some(challenge), None) => Decision::Say(wire::challenge(Some(&challenge))),
                (None, None) => Decision::Say(wire::challenge(None)),
                (None, Some(initial)) => {
                    let octets = if initial.equals { Vec::new() } else { initial.bytes.clone() };
                    self.take_text(&octets, standing)
                }
            };
        }
        match known {
            None => self.by_row(Signal::ParameterNotImplemented, standing),
            Some(Mechanism::Login) => {
                self.username = initial.map(|initial| initial.span.of(step.line()).to_vec());
                self.prompt(self.username.is_some())
            }
            Some(mechanism) => {
                self.gss = Gss::new((self.contexts)(*mechanism, bindings));
                match initial {
                    Some(initial) if !initial.equals => self.accept(initial.bytes.clone()),
                    _ if *mechanism == Mechanism::Ntlm => {
                        Decision::Say(format!("334 {}\r\n", self.ntlm_words).into_bytes())
                    }
                    _ => Decision::Say(wire::challenge(None)),
                }
            }
        }
    }

    /// A response within the exchange.
    fn take(&mut self, step: &Step, standing: &Standing) -> Decision {
        if self.fault == Some(Fault::DroppedConnection) {
            return Decision::Close(fault::DROPPED);
        }
        let Body::Response(response) = wire::read_client(step.line(), Dialogue::Response).body else {
            return Decision::Nothing;
        };
        let (text, octets) = match &response {
            Response::Base64(base64) => (base64.span.of(step.line()), base64.bytes.as_slice()),
            Response::Empty => (&[][..], &[][..]),
            Response::Cancel => return self.by_table(standing),
        };
        if self.sasl.is_some() {
            return self.take_text(octets, standing);
        }
        match standing.settled.machine {
            Some(Machine::Login) => self.take_login(text, standing),
            _ => self.take_gssapi(octets, &response, standing),
        }
    }

    /// A response of a text mechanism.
    fn take_text(&mut self, octets: &[u8], standing: &Standing) -> Decision {
        let Some(sasl) = &mut self.sasl else { return Decision::Nothing };
        match sasl.take(octets, &self.kit.users) {
            sasl::Verdict::Challenge(octets) => Decision::Say(wire::challenge(Some(&octets))),
            sasl::Verdict::Success => self.verdict(true, standing),
            sasl::Verdict::Refused(why) => {
                self.failed = true;
                Decision::Remark(format!("server: {why}"))
            }
        }
    }

    fn verdict(&mut self, good: bool, standing: &Standing) -> Decision {
        let signal = if good { Signal::Success } else { Signal::CredentialsInvalid };
        let Some(composed) = self.compose(signal, standing) else { return Decision::Nothing };
        if self.fault != Some(Fault::TemporaryFailure) {
            return Decision::Say(composed);
        }
        self.fault = None;
        let faulty = self.compose(Signal::TemporaryFailure, standing).unwrap_or_default();
        Decision::SayInstead { composed, faulty }
    }
}

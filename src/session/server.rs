//! The server: greets, offers, takes one exchange after the other, and answers mail commands without acting on them.

use super::client::NO_TOKEN;
use super::fault::{self, Fault};
use super::gss::{Contexts, Gss, LayerMode, NO_LAYER};
use super::sasl::{self, SaslServer};
use super::{Bindings, Decision, Mechanism};
use crate::decode::Mech;
use crate::machine::{Force, Machine, Signal};
use crate::mech::{Answer, Call, Kit, MechError};
use crate::terms::{Party, Span};
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
        if let Some(mut sasl) =
            known.and_then(|known| SaslServer::new(*known, &self.kit.seed, &self.kit.host, bindings))
        {
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

    fn take_login(&mut self, text: &[u8], standing: &Standing) -> Decision {
        if self.fault == Some(Fault::SwappedPrompts) && self.password.is_none() {
            self.password = Some(text.to_vec());
            return Decision::SayInstead {
                composed: wire::challenge(Some(b"Password:")),
                faulty: wire::challenge(Some(b"Username:")),
            };
        }
        if self.username.is_none() {
            self.username = Some(text.to_vec());
        } else {
            self.password = Some(text.to_vec());
        }
        match (&self.username, &self.password) {
            (Some(username), Some(password)) => {
                // Both are decoded only now (MS-XLOGIN section 3.2.5.3).
                let good = sasl::knows(&self.kit.users, &decoded(username), &decoded(password)).is_some();
                self.verdict(good, standing)
            }
            _ => self.prompt(true),
        }
    }

    fn prompt(&mut self, password: bool) -> Decision {
        let composed = wire::challenge(Some(if password { b"Password:" } else { b"Username:" }));
        let faulty: &[u8] = match self.fault {
            Some(Fault::WrongPrompt) => fault::WRONG_PROMPT,
            Some(Fault::SwappedPrompts) if !password => b"Password:",
            _ => return Decision::Say(composed),
        };
        if self.fault == Some(Fault::WrongPrompt) {
            self.fault = None;
        }
        Decision::SayInstead { composed, faulty: wire::challenge(Some(faulty)) }
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

    fn take_gssapi(&mut self, octets: &[u8], response: &Response, standing: &Standing) -> Decision {
        if self.refusing {
            return self.verdict(false, standing);
        }
        if !self.gss.complete {
            return self.accept(octets.to_vec());
        }
        let state = standing.stack(Party::Server).cursor(Machine::Gssapi).map(|cursor| cursor.state.name());
        if state == Some("WaitChoice") {
            return self.gss.ask(Call::Unwrap(without_length(octets).to_vec()));
        }
        if *response != Response::Empty {
            // Data where the empty line belongs.
            return self.verdict(false, standing);
        }
        self.after_context(standing)
    }

    fn accept(&mut self, token: Vec<u8>) -> Decision {
        if self.fault == Some(Fault::Reject) {
            self.fault = None;
            self.refusing = true;
            return Decision::Say(wire::challenge(Some(&REJECT)));
        }
        self.gss.ask(Call::Step(Some(token)))
    }

    /// The context is complete and all tokens are exchanged.
    fn after_context(&mut self, standing: &Standing) -> Decision {
        match self.layer {
            LayerMode::Auto | LayerMode::Rfc2222 => {
                self.gss.ask(Call::Wrap { sealed: false, message: NO_LAYER.to_vec() })
            }
            LayerMode::Skip | LayerMode::Example => self.verdict(true, standing),
        }
    }

    /// Goes on with what a call gave.
    fn go_on(&mut self, call: &'static str, answer: Result<Answer, MechError>, standing: &Standing) -> Decision {
        match answer {
            Err(error) => {
                self.failed = true;
                Decision::Failed(call, error)
            }
            Ok(Answer::Stepped { token, complete }) => match token {
                Some(_) if complete && self.layer == LayerMode::Example => self.verdict(true, standing),
                Some(token) => Decision::Say(wire::challenge(Some(&token))),
                None if complete => self.after_context(standing),
                None => Decision::Say(wire::challenge(None)),
            },
            Ok(Answer::Octets(choice)) if call == "unwrap" => {
                let good = match choice.as_slice() {
                    [mask, _, _, _, authzid @ ..] => *mask == NO_LAYER[0] && self.may_act_as(authzid),
                    _ => false,
                };
                self.verdict(good, standing)
            }
            Ok(Answer::Octets(offer)) => Decision::Say(wire::challenge(Some(&offer))),
            Ok(Answer::Verified) => Decision::Nothing,
        }
    }

    /// An authorization identity must be the authenticated name itself, with or without its domain.
    fn may_act_as(&self, authzid: &[u8]) -> bool {
        let Ok(authzid) = std::str::from_utf8(authzid) else { return false };
        let initiator = self.gss.initiator().unwrap_or_default();
        let bare =
            |name: &str| name.rsplit('\\').next().unwrap_or_default().split('@').next().map(str::to_ascii_lowercase);
        authzid.is_empty() || bare(authzid) == bare(&initiator)
    }

    /// A line that means `emit`, where one can be made without a call.
    pub(super) fn compose(&self, emit: Signal, standing: &Standing) -> Option<Vec<u8>> {
        let heard = standing.stack(Party::Server).heard();
        let reply = |code, enhanced, text: &str| Some(wire::reply(code, Some(enhanced), text));
        match emit {
            Signal::ServiceReady if heard.is_none() => {
                Some(wire::reply(220, None, &format!("{} ESMTP saslscope", self.kit.host)))
            }
            Signal::ServiceReady => reply(220, "2.0.0", "Ready to start TLS"),
            Signal::Closing => reply(221, "2.0.0", "Bye"),
            Signal::Success | Signal::SuccessInPlaceOfToken | Signal::SuccessTooEarly => {
                reply(235, "2.7.0", "Authentication successful")
            }
            Signal::Completed if heard == Some(Signal::Ehlo) => Some(self.ehlo_reply()),
            Signal::Completed if heard == Some(Signal::Helo) => Some(wire::reply(250, None, &self.kit.host)),
            Signal::Completed if heard == Some(Signal::EndOfData) => {
                reply(250, "2.0.0", "Shown and discarded: nothing is delivered here")
            }
            Signal::Completed => reply(250, "2.0.0", "OK"),
            Signal::StartMailInput => {
                Some(wire::reply(354, None, "End with a dot alone; the message is shown and discarded"))
            }
            Signal::ServiceClosing => reply(421, "4.3.2", "Closing"),
            Signal::TemporaryFailure => reply(454, "4.7.0", "Temporary authentication failure"),
            Signal::SyntaxError if matches!(heard, Some(Signal::ResponseOverLong | Signal::InitialResponseTooLong)) => {
                reply(500, "5.5.6", "Authentication exchange line is too long")
            }
            Signal::SyntaxError => reply(500, "5.5.1", "Command not recognized"),
            Signal::ParameterSyntaxError if heard == Some(Signal::Cancel) => {
                reply(501, "5.7.0", "Authentication cancelled")
            }
            Signal::ParameterSyntaxError if heard == Some(Signal::AuthMalformed) => {
                reply(501, "5.5.4", "Syntax: AUTH mechanism [initial-response]")
            }
            Signal::ParameterSyntaxError => reply(501, "5.5.2", "Cannot decode base64"),
            Signal::BadSequence => reply(503, "5.5.1", "Bad sequence of commands"),
            Signal::ParameterNotImplemented => reply(504, "5.5.4", "Unrecognized authentication type"),
            Signal::AuthenticationRequired => reply(530, "5.7.0", "Authentication required"),
            Signal::MechanismTooWeak => reply(534, "5.7.9", "Authentication mechanism is too weak"),
            Signal::CredentialsInvalid => reply(535, "5.7.8", "Authentication credentials invalid"),
            Signal::EncryptionRequired => {
                reply(538, "5.7.11", "Encryption required for requested authentication mechanism")
            }
            Signal::Refusal if heard == Some(Signal::StartTls) => reply(502, "5.5.1", "No TLS here"),
            Signal::Refusal => reply(550, "5.7.1", "Refused"),
            Signal::UsernameChallenge => Some(wire::challenge(Some(b"Username:"))),
            Signal::PasswordChallenge => Some(wire::challenge(Some(b"Password:"))),
            Signal::OtherChallenge => Some(wire::challenge(Some(b"User Name\0"))),
            Signal::EmptyChallenge => Some(wire::challenge(None)),
            Signal::HumanChallenge | Signal::ChallengeNotBase64 => Some(b"334 GSSAPI supported\r\n".to_vec()),
            Signal::RejectChallenge | Signal::Reject => Some(wire::challenge(Some(&REJECT))),
            Signal::RequestMic => Some(wire::challenge(Some(&REQUEST_MIC))),
            Signal::AcceptCompleted => Some(wire::challenge(Some(&ACCEPT_COMPLETED))),
            Signal::AcceptCompletedReselected if standing.settled.mech != Some(Mech::Ntlmssp) => {
                let mut completed = REQUEST_MIC;
                completed[NEG_STATE] = 0;
                Some(wire::challenge(Some(&completed)))
            }
            Signal::MalformedChallenge => Some(wire::challenge(Some(NO_TOKEN))),
            _ => None,
        }
    }

    fn ehlo_reply(&self) -> Vec<u8> {
        let names: Vec<&str> = self.mechanisms.iter().map(|mechanism| mechanism.name()).collect();
        let auth = format!("AUTH {}", names.join(" "));
        wire::reply_lines(250, None, &[&self.kit.host, "8BITMIME", "ENHANCEDSTATUSCODES", &auth]).concat()
    }
}

/// NegTokenResp { negState reject } (RFC 4178 section 4.2.2).
const REJECT: [u8; 9] = [0xA1, 0x07, 0x30, 0x05, 0xA0, 0x03, 0x0A, 0x01, 0x02];

/// `NegTokenResp` { negState accept-completed }.
const ACCEPT_COMPLETED: [u8; 9] = [0xA1, 0x07, 0x30, 0x05, 0xA0, 0x03, 0x0A, 0x01, 0x00];

/// `NegTokenResp` { negState request-mic, supportedMech NTLMSSP }.
const REQUEST_MIC: [u8; 23] = [
    0xA1, 0x15, 0x30, 0x13, 0xA0, 0x03, 0x0A, 0x01, 0x03, //
    0xA1, 0x0C, 0x06, 0x0A, 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0A,
];

/// Where negState stands in them.
const NEG_STATE: usize = 8;

fn decoded(text: &[u8]) -> Vec<u8> {
    let base64 = wire::base64::read(text, Span::new(0, text.len()));
    if base64.equals { Vec::new() } else { base64.bytes }
}

/// The wrapped choice without the 4-octet little-endian length that .NET Core 3.1 puts before it.
fn without_length(octets: &[u8]) -> &[u8] {
    match octets.split_first_chunk::<4>() {
        Some((length, rest)) if u32::from_le_bytes(*length) as usize == rest.len() => rest,
        _ => octets,
    }
}

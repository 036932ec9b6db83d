//! What the client says within an AUTH exchange, and what it makes of 235.

use super::{Client, Initial, Prompts};
use crate::machine::{Machine, Prompt, Signal};
use crate::mech::{Answer, Call, MechError};
use crate::session::fault::{self, Fault};
use crate::session::gss::{Gss, LayerMode, NO_LAYER};
use crate::session::persona::Habit;
use crate::session::sasl::{self, SaslClient};
use crate::session::{Bindings, Decision, Ending, Mechanism, Stage};
use crate::terms::Party;
use crate::transcript::{Standing, Step, Transcript};
use crate::wire::{self, Body, COMMAND_LIMIT};

impl Client {
    pub(super) fn start(&mut self, standing: &Standing, bindings: &Bindings) -> Decision {
        // Whoever takes the mechanism without -PLUS though that is offered goes as one who can't bind (RFC 5802 section 6).
        let declined = self.mechanism.plus().and_then(|plus| standing.settled.offers(plus.name())) == Some(true);
        let bindings = if declined { &Bindings::default() } else { bindings };
        if let Some(mut sasl) = SaslClient::new(self.mechanism, &self.kit, bindings) {
            let initial = sasl.initial();
            self.sasl = Some(sasl);
            return self.auth(initial.as_deref());
        }
        match self.mechanism {
            Mechanism::Login => {
                let username = self.kit.credential.user.clone();
                self.auth(Some(username.as_bytes()))
            }
            mechanism => {
                self.gss = Gss::new((self.contexts)(mechanism, bindings));
                self.gss.ask(Call::Step(None))
            }
        }
    }

    /// The AUTH command, with the initial response, if there is one, where it may go along.
    fn auth(&mut self, first: Option<&[u8]>) -> Decision {
        let mut name = self.mechanism.name().to_owned();
        let mut habits = Vec::new();
        if self.has(Habit::LowerCase) {
            name.make_ascii_lowercase();
            habits.push(Habit::LowerCase);
        }
        let whole = wire::command_auth(&name, first);
        let fits = whole.len() <= COMMAND_LIMIT;
        let bare = match self.mechanism.name() {
            "LOGIN" => Habit::BareLogin,
            "NTLM" => Habit::BareNtlm,
            _ => Habit::NeverInitial,
        };
        let bare = [bare, Habit::NeverInitial].into_iter().find(|habit| self.has(*habit));
        let along = match (self.initial, bare) {
            (Initial::Never, _) => false,
            (Initial::Always, _) => true,
            (Initial::Fit, Some(habit)) => {
                habits.extend(first.map(|_| habit));
                false
            }
            (Initial::Fit, None) if !fits && self.has(Habit::AlwaysInitial) => {
                habits.push(Habit::AlwaysInitial);
                true
            }
            (Initial::Fit, None) => fits,
        };
        let say = match first {
            Some(octets) if !along => {
                self.opening = Some(octets.to_vec());
                Decision::Say(wire::command_auth(&name, None))
            }
            Some(_) => {
                self.sent = 1;
                self.say(whole)
            }
            None => Decision::Say(whole),
        };
        self.acting(&habits, say)
    }

    /// Answers the challenge that was heard.
    pub(super) fn respond(&mut self, transcript: &Transcript, bindings: &Bindings) -> Decision {
        let standing = transcript.standing();
        let heard = standing.answering[Party::Client.index()].map(|place| &transcript.steps()[place]);
        let Some(step) = heard else { return Decision::Nothing };
        if standing.stack(Party::Client).smtp().name() == "Cancelling" {
            if std::mem::replace(&mut self.insisted, true) {
                return Decision::Close("the server goes on with an exchange that was cancelled twice");
            }
            return Decision::Say(wire::CANCEL.to_vec());
        }
        if !self.failed && is_continued(step, transcript) {
            return self.doubt("a challenge is one line (RFC 4954 4)");
        }
        let said = standing.settled.mechanism.as_deref().and_then(|name| name.parse().ok());
        if let Some(mechanism) = said.filter(|said| *said != self.mechanism && !self.failed) {
            // The user has put another AUTH in the place of ours.
            return self.follow(mechanism, standing, bindings);
        }
        match self.mechanism {
            Mechanism::Login => self.answer_prompt(standing),
            _ if self.sasl.is_some() => self.answer_text(step, standing),
            _ => self.answer_challenge(step),
        }
    }

    /// Goes on in a mechanism that it has not begun itself.
    fn follow(&mut self, mechanism: Mechanism, standing: &Standing, bindings: &Bindings) -> Decision {
        self.reset(mechanism);
        self.tried.push(mechanism);
        let along = standing.settled.initial_response;
        if let Some(mut sasl) = SaslClient::new(mechanism, &self.kit, bindings) {
            self.opening = sasl.initial().filter(|_| !along);
            self.sasl = Some(sasl);
        } else if mechanism == Mechanism::Login {
            self.sent = u8::from(along);
        } else {
            self.gss = Gss::new((self.contexts)(mechanism, bindings));
            return self.gss.ask(Call::Step(None));
        }
        Decision::Again
    }

    /// Cancels, or does what the persona does in its place, and may take another mechanism then.
    fn cancel(&mut self) -> Decision {
        self.next = true;
        if self.has(Habit::NeverCancels) {
            return self.acting(&[Habit::NeverCancels], Decision::Close("it cannot go on, and does not cancel"));
        }
        if self.has(Habit::EmptyLineForCancel) {
            return self.acting(&[Habit::EmptyLineForCancel], Decision::Say(wire::EMPTY.to_vec()));
        }
        Decision::Say(wire::CANCEL.to_vec())
    }

    /// Cancels, and says why.
    fn doubt(&mut self, why: &str) -> Decision {
        self.failed = true;
        Decision::Remark(format!("client: cancels, since {why}"))
    }

    /// Where the persona takes no words for people: that it cancels.
    fn doubts(&mut self, words: bool) -> Option<Decision> {
        let remark = self.remark(Habit::NoWords).filter(|_| words)?;
        self.failed = true;
        Some(remark)
    }

    /// Answers a challenge of a text mechanism.
    fn answer_text(&mut self, step: &Step, standing: &Standing) -> Decision {
        if self.failed {
            return self.cancel();
        }
        let words = standing.stack(Party::Client).heard() == Some(Signal::ChallengeNotBase64);
        if let Some(doubt) = self.doubts(words) {
            return doubt;
        }
        if let Some(octets) = self.opening.take() {
            return self.say(wire::response(&octets));
        }
        if words {
            return self.cancel();
        }
        let Some(sasl) = &mut self.sasl else { return Decision::Nothing };
        match sasl.respond(step.token_bytes()) {
            sasl::Answer::Say(octets) => self.say(wire::response(&octets)),
            sasl::Answer::Cancel(why) => {
                self.failed = true;
                Decision::Remark(format!("client: {why}"))
            }
        }
    }

    fn answer_prompt(&mut self, standing: &Standing) -> Decision {
        let cursor = standing.stack(Party::Client).cursor(Machine::Login);
        let heard = cursor.and_then(|cursor| cursor.heard);
        let legible = standing.stack(Party::Client).heard() != Some(Signal::ChallengeNotBase64);
        let reads = match (heard, standing.settled.prompt.filter(|_| legible)) {
            (Some(Signal::UsernameChallenge), _) => Some(false),
            (Some(Signal::PasswordChallenge), _) => Some(true),
            (_, Some(Prompt::Username)) if !self.has(Habit::ExactPrompts) => Some(false),
            (_, Some(Prompt::Password)) if !self.has(Habit::ExactPrompts) => Some(true),
            _ => None,
        };
        let counts = self.prompts == Prompts::Counting || self.has(Habit::CountsPrompts);
        // Behind the password a client that reads prompts still owes the user name, if that was not asked for before.
        let late = !counts && self.sent == 1 && heard == Some(Signal::UsernameChallenge);
        if self.failed || cursor.is_none_or(|cursor| cursor.state.name() == "WaitFinal" && !late) {
            return self.cancel();
        }
        let counted = self.sent > 0;
        let habit = if counts && reads != Some(counted) { &[Habit::CountsPrompts][..] } else { &[] };
        let Some(password) = (if counts { Some(counted) } else { reads }) else {
            return match self.remark(Habit::ExactPrompts) {
                Some(remark) => {
                    self.failed = true;
                    remark
                }
                None => self.cancel(),
            };
        };
        self.sent += 1;
        self.opening = None;
        let credential = &self.kit.credential;
        let octets = if password { credential.password.expose() } else { credential.user.as_bytes() };
        let say = wire::response(octets);
        let say = self.say(say);
        self.acting(habit, say)
    }

    fn answer_challenge(&mut self, step: &Step) -> Decision {
        if self.failed {
            return self.cancel();
        }
        let words = matches!(step.signal, Some(Signal::ChallengeNotBase64 | Signal::HumanChallenge));
        if let Some(doubt) = self.doubts(words) {
            return doubt;
        }
        if let Some(token) = self.opening.take() {
            return self.say(wire::response(&token));
        }
        if words {
            return self.cancel();
        }
        let token = step.token_bytes().to_vec();
        if !self.gss.complete {
            return self.gss.ask(Call::Step(Some(token)));
        }
        if matches!(self.mechanism.machine(), Machine::SmtpNtlm | Machine::Scram) {
            // Behind the last message there is nothing that could be answered.
            return self.cancel();
        }
        self.gss.ask(Call::Unwrap(token))
    }

    /// Goes on with what a call gave.
    pub(super) fn go_on(
        &mut self,
        call: &'static str,
        answer: Result<Answer, MechError>,
        standing: &Standing,
    ) -> Decision {
        let in_exchange = standing.stack(Party::Client).in_exchange();
        match answer {
            Err(error) => {
                // Nothing more can be said with this context: the next decision cancels, or takes another mechanism.
                self.failed = true;
                self.next = !in_exchange;
                Decision::Failed(call, error)
            }
            Ok(Answer::Stepped { token, .. }) if !in_exchange => self.auth(Some(&token.unwrap_or_default())),
            Ok(Answer::Stepped { token: Some(token), .. }) => self.say(wire::response(&token)),
            Ok(Answer::Stepped { token: None, .. }) if self.fault == Some(Fault::TwoEmptyLines) => {
                Decision::SayInstead { composed: wire::EMPTY.to_vec(), faulty: wire::EMPTY.repeat(2) }
            }
            Ok(Answer::Stepped { token: None, .. }) if self.has(Habit::SecondEmptyLine) => {
                self.acting(&[Habit::SecondEmptyLine], Decision::Say(wire::EMPTY.repeat(2)))
            }
            Ok(Answer::Stepped { token: None, .. }) => Decision::Say(wire::EMPTY.to_vec()),
            Ok(Answer::Octets(offer)) if call == "unwrap" => self.choose_layer(&offer),
            Ok(Answer::Octets(wrapped)) if self.has(Habit::LayerLength) => {
                let length = u32::try_from(wrapped.len()).unwrap_or(u32::MAX).to_le_bytes();
                let say = self.say(wire::response(&[&length, wrapped.as_slice()].concat()));
                self.acting(&[Habit::LayerLength], say)
            }
            Ok(Answer::Octets(wrapped)) => self.say(wire::response(&wrapped)),
            Ok(Answer::Verified) => Decision::Nothing,
        }
    }

    /// Chooses no layer, if that is offered (RFC 2222 section 7.2).
    fn choose_layer(&mut self, offer: &[u8]) -> Decision {
        let [mask, size @ ..] = offer else { return self.cancel() };
        if size.len() != 3 || mask & NO_LAYER[0] == 0 {
            return self.cancel();
        }
        if offer != NO_LAYER && self.has(Habit::LayerExact) {
            self.failed = true;
            return self.remark(Habit::LayerExact).unwrap_or(Decision::Again);
        }
        let keeps = self.has(Habit::LayerSize) && offer != NO_LAYER;
        let message = if keeps { [&NO_LAYER[..1], size].concat() } else { NO_LAYER.to_vec() };
        let wrap = self.gss.ask(Call::Wrap { sealed: false, message });
        self.acting(if keeps { &[Habit::LayerSize] } else { &[] }, wrap)
    }

    /// Looks at a 235: a client that asked for more than it got does not trust it (RFC 4178 section 5).
    pub(super) fn judge(&mut self, transcript: &Transcript) -> Decision {
        self.judged = true;
        self.trouble = None;
        let success = transcript.steps().iter().rev().find(|step| {
            matches!(step.message.as_ref().map(|message| &message.body), Some(Body::Reply(reply)) if reply.code == 235)
        });
        let taken = success.and_then(|step| step.moves.iter().rev().find(|taken| taken.row.party == Party::Client));
        let shape = taken.map(|taken| taken.row.row().on);
        let gssapi = taken.is_some_and(|taken| taken.row.machine == Machine::Gssapi);
        let layer = taken.is_some_and(|taken| taken.row.row().from.name() == "WaitFinal");
        let cancelled = taken.is_some_and(|taken| taken.row.row().from.name() == "Cancelling");
        let remark = match shape {
            _ if cancelled => "client: refused, since 235 came for an exchange that it had cancelled (RFC 4954 4)",
            Some(Signal::SuccessTooEarly) if taken.is_some_and(|taken| taken.row.machine == Machine::Scram) => {
                "client: refused, since 235 came without the server's signature (RFC 5802 5)"
            }
            Some(Signal::SuccessTooEarly) if taken.is_some_and(|taken| taken.row.machine == Machine::DigestMd5) => {
                "client: refused, since 235 came without rspauth (RFC 2831 2.1.3)"
            }
            Some(Signal::SuccessTooEarly) => {
                "client: refused, since 235 came while proof of the server was outstanding (RFC 4178 5)"
            }
            Some(Signal::Success) if gssapi && !layer && self.layer == LayerMode::Rfc2222 => {
                "client: refused, since 235 came without the security-layer step (RFC 2222 7.2)"
            }
            Some(Signal::Success) if gssapi && !layer && self.layer == LayerMode::Auto => {
                "client: accepted without the security-layer step (RFC 2222 7.2 has one)"
            }
            Some(Signal::SuccessInPlaceOfToken) if matches!(self.layer, LayerMode::Rfc2222 | LayerMode::Skip) => {
                "client: refused, since 235 came in place of the acceptor's last token"
            }
            Some(Signal::SuccessInPlaceOfToken) => {
                "client: accepted without the acceptor's last token and without the layer step (MS-SSEAN 4.1)"
            }
            _ => return Decision::Again,
        };
        if let Some(why) = remark.strip_prefix("client: refused, since ") {
            self.trouble = Some(Ending { stage: Stage::Auth, says: why.to_owned() });
        }
        Decision::Remark(remark.to_owned())
    }

    /// A line that carries base64, spoilt where the fault says so.
    fn say(&mut self, composed: Vec<u8>) -> Decision {
        let faulty = match self.fault {
            Some(Fault::BadBase64) => fault::edit_last_word(&composed, fault::spoil_base64),
            Some(Fault::CutToken) => fault::edit_last_word(&composed, fault::cut_word),
            _ => return Decision::Say(composed),
        };
        self.fault = None;
        Decision::SayInstead { composed, faulty }
    }
}

/// Whether the step ends a reply of several lines.
fn is_continued(step: &Step, transcript: &Transcript) -> bool {
    let before = transcript.steps()[..step.place].iter().rev().find(|before| before.from().is_some());
    before
        .and_then(|before| before.message.as_ref())
        .is_some_and(|message| matches!(&message.body, Body::Reply(reply) if !reply.last))
}

//! What the client says within an AUTH exchange, and what it makes of 235.

use super::{Client, Initial, Prompts};
use crate::machine::{Machine, Signal};
use crate::mech::{Answer, Call, MechError};
use crate::session::fault::{self, Fault};
use crate::session::gss::{Gss, LayerMode, NO_LAYER};
use crate::session::sasl::{self, SaslClient};
use crate::session::{Bindings, Decision, Mechanism};
use crate::terms::Party;
use crate::transcript::{Standing, Step, Transcript};
use crate::wire::{self, Body, COMMAND_LIMIT};

impl Client {
    pub(super) fn start(&mut self, bindings: &Bindings) -> Decision {
        if let Some(mut sasl) = SaslClient::new(self.mechanism, &self.kit, bindings) {
            self.tried = true;
            let initial = sasl.initial();
            self.sasl = Some(sasl);
            let name = self.mechanism.name();
            return match initial {
                Some(octets) => self.auth(name, &octets),
                None => Decision::Say(wire::command_auth(name, None)),
            };
        }
        match self.mechanism {
            Mechanism::Login => {
                self.tried = true;
                let username = self.kit.credential.user.clone();
                self.auth("LOGIN", username.as_bytes())
            }
            mechanism => {
                self.gss = Gss::new((self.contexts)(mechanism, bindings));
                self.gss.ask(Call::Step(None))
            }
        }
    }

    /// The AUTH command, with the initial response where it may go along.
    fn auth(&mut self, name: &str, first: &[u8]) -> Decision {
        let whole = wire::command_auth(name, Some(first));
        let along = match self.initial {
            Initial::Always => true,
            Initial::Fit => whole.len() <= COMMAND_LIMIT,
            Initial::Never => false,
        };
        if !along {
            self.opening = Some(first.to_vec());
            return Decision::Say(wire::command_auth(name, None));
        }
        self.sent = 1;
        self.say(whole)
    }

    /// Answers the challenge that was heard.
    pub(super) fn respond(&mut self, transcript: &Transcript) -> Decision {
        let standing = transcript.standing();
        let heard = standing.answering[Party::Client.index()].map(|place| &transcript.steps()[place]);
        let Some(step) = heard else { return Decision::Nothing };
        match self.mechanism {
            Mechanism::Login => self.answer_prompt(standing),
            _ if self.sasl.is_some() => self.answer_text(step),
            _ => self.answer_challenge(step),
        }
    }

    /// Answers a challenge of a text mechanism.
    fn answer_text(&mut self, step: &Step) -> Decision {
        if self.failed || step.signal == Some(Signal::ChallengeNotBase64) {
            return Decision::Say(wire::CANCEL.to_vec());
        }
        if let Some(octets) = self.opening.take() {
            return self.say(wire::response(&octets));
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
        // Behind the password a client that reads prompts still owes the user name, if that was not asked for before.
        let late = self.prompts == Prompts::Checking && self.sent == 1 && heard == Some(Signal::UsernameChallenge);
        if cursor.is_none_or(|cursor| cursor.state.name() == "WaitFinal" && !late) {
            return Decision::Say(wire::CANCEL.to_vec());
        }
        let password = match (heard, self.prompts) {
            (Some(Signal::UsernameChallenge), Prompts::Checking) => false,
            (Some(Signal::PasswordChallenge), Prompts::Checking) => true,
            (_, Prompts::Counting) => self.sent > 0,
            _ => return Decision::Say(wire::CANCEL.to_vec()),
        };
        self.sent += 1;
        self.opening = None;
        let line = if password {
            wire::response(self.kit.credential.password.expose())
        } else {
            wire::response(self.kit.credential.user.as_bytes())
        };
        self.say(line)
    }

    fn answer_challenge(&mut self, step: &Step) -> Decision {
        if self.failed {
            return Decision::Say(wire::CANCEL.to_vec());
        }
        if let Some(token) = self.opening.take() {
            return self.say(wire::response(&token));
        }
        if matches!(step.signal, Some(Signal::ChallengeNotBase64 | Signal::HumanChallenge)) {
            return Decision::Say(wire::CANCEL.to_vec());
        }
        let token = step.token_bytes().to_vec();
        if !self.gss.complete {
            return self.gss.ask(Call::Step(Some(token)));
        }
        if self.mechanism == Mechanism::Ntlm {
            // Behind AUTHENTICATE there is nothing that could be answered.
            return Decision::Say(wire::CANCEL.to_vec());
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
                // Nothing more can be said with this context: the next decision cancels, or quits.
                self.tried = true;
                self.failed = true;
                Decision::Failed(call, error)
            }
            Ok(Answer::Stepped { token, .. }) if !in_exchange => {
                self.tried = true;
                self.auth(self.mechanism.name(), &token.unwrap_or_default())
            }
            Ok(Answer::Stepped { token: Some(token), .. }) => self.say(wire::response(&token)),
            Ok(Answer::Stepped { token: None, .. }) if self.fault == Some(Fault::TwoEmptyLines) => {
                Decision::SayInstead { composed: wire::EMPTY.to_vec(), faulty: wire::EMPTY.repeat(2) }
            }
            Ok(Answer::Stepped { token: None, .. }) => Decision::Say(wire::EMPTY.to_vec()),
            Ok(Answer::Octets(octets)) if call == "unwrap" => match octets.as_slice() {
                [mask, _, _, _] if mask & 0x01 != 0 => {
                    self.gss.ask(Call::Wrap { sealed: false, message: NO_LAYER.to_vec() })
                }
                _ => Decision::Say(wire::CANCEL.to_vec()),
            },
            Ok(Answer::Octets(wrapped)) => self.say(wire::response(&wrapped)),
            Ok(Answer::Verified) => Decision::Nothing,
        }
    }

    /// Looks at a 235: a client that asked for more than it got does not trust it (RFC 4178 section 5).
    pub(super) fn judge(&mut self, transcript: &Transcript) -> Decision {
        self.judged = true;
        let success = transcript.steps().iter().rev().find(|step| {
            matches!(step.message.as_ref().map(|message| &message.body), Some(Body::Reply(reply)) if reply.code == 235)
        });
        let taken = success.and_then(|step| step.moves.iter().rev().find(|taken| taken.row.party == Party::Client));
        let shape = taken.map(|taken| taken.row.row().on);
        let gssapi = taken.is_some_and(|taken| taken.row.machine == Machine::Gssapi);
        let layer = taken.is_some_and(|taken| taken.row.row().from.name() == "WaitFinal");
        let remark = match shape {
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
            _ => return Decision::Say(b"QUIT\r\n".to_vec()),
        };
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

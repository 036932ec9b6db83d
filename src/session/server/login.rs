//! The server's side of AUTH LOGIN (MS-XLOGIN section 3.2): two prompts, and two answers that wait in base64.

use super::{Decision, Server};
use crate::session::fault::{self, Fault};
use crate::session::persona::{Occasion, ServerHabit};
use crate::session::sasl::{self, Verdict};
use crate::terms::Span;
use crate::transcript::Standing;
use crate::wire;

impl Server {
    /// `username` came with the command.
    pub(super) fn start_login(&mut self, username: Option<&[u8]>) -> Decision {
        let username = username.filter(|_| !self.has(ServerHabit::AsksAgain));
        self.username = username.map(<[u8]>::to_vec);
        self.prompt(self.username.is_some())
    }

    pub(super) fn take_login(&mut self, text: &[u8], standing: &Standing) -> Decision {
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
        let (Some(username), Some(password)) = (&self.username, &self.password) else { return self.prompt(true) };
        // Both are decoded only now (MS-XLOGIN section 3.2.5.3).
        let verdict = decoded(username)
            .zip(decoded(password))
            .map(|(name, password)| sasl::login(&self.kit.users, &name, &password));
        match verdict {
            Some(Verdict::Disabled) => self.refuse(Occasion::Disabled, standing),
            verdict => self.verdict(verdict == Some(Verdict::Success), standing),
        }
    }

    fn prompt(&mut self, password: bool) -> Decision {
        let composed = wire::challenge(Some(self.persona.prompt(password)));
        let faulty: &[u8] = match self.fault {
            Some(Fault::WrongPrompt) => fault::WRONG_PROMPT,
            Some(Fault::SwappedPrompts) if !password => b"Password:",
            _ => {
                self.has(ServerHabit::OwnPrompts);
                return Decision::Say(composed);
            }
        };
        if self.fault == Some(Fault::WrongPrompt) {
            self.fault = None;
        }
        Decision::SayInstead { composed, faulty: wire::challenge(Some(faulty)) }
    }
}

/// The octets; `None` where it is no base64.
fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let base64 = wire::base64::read(text, Span::new(0, text.len()));
    if base64.equals {
        return Some(Vec::new());
    }
    (text.is_empty() || base64.is_legible()).then_some(base64.bytes)
}

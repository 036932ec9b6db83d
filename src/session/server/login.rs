//! The server's side of AUTH LOGIN (MS-XLOGIN section 3.2): two prompts, and two answers that wait in base64.

use super::{Decision, Server};
use crate::session::fault::{self, Fault};
use crate::session::sasl;
use crate::terms::Span;
use crate::transcript::Standing;
use crate::wire;

impl Server {
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
        match (&self.username, &self.password) {
            (Some(username), Some(password)) => {
                // Both are decoded only now (MS-XLOGIN section 3.2.5.3).
                let good = sasl::knows(&self.kit.users, &decoded(username), &decoded(password)).is_some();
                self.verdict(good, standing)
            }
            _ => self.prompt(true),
        }
    }

    pub(super) fn prompt(&mut self, password: bool) -> Decision {
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
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let base64 = wire::base64::read(text, Span::new(0, text.len()));
    if base64.equals { Vec::new() } else { base64.bytes }
}

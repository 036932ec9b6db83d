//! The client: EHLO, one AUTH exchange, QUIT. What it says within the exchange stands in `exchange`.

mod exchange;

use super::fault::Fault;
use super::gss::{Contexts, Gss, LayerMode};
use super::sasl::SaslClient;
use super::{Bindings, Decision, Mechanism};
use crate::machine::Signal;
use crate::mech::Kit;
use crate::terms::Party;
use crate::transcript::{Standing, Transcript};
use crate::wire;

/// When the first response goes with the AUTH command (RFC 4954 section 4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Initial {
    /// Always, however long the line gets.
    Always,
    /// Where the line stays within 512 octets.
    #[default]
    Fit,
    /// Never: the server asks with an empty challenge.
    Never,
}

/// How a LOGIN client takes the server's prompts (MS-XLOGIN section 3.1.5.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prompts {
    /// It reads them, and cancels where one is neither of the two.
    #[default]
    Checking,
    /// It counts them: the first is for the user name, the next for the password.
    Counting,
}

/// A client to be played.
pub struct Client {
    /// The name that it gives in EHLO.
    pub name: String,
    /// What it logs on with, and where its nonces come from.
    pub kit: Kit,
    /// The mechanism that it uses.
    pub mechanism: Mechanism,
    /// When the first response goes with the command.
    pub initial: Initial,
    /// How it takes LOGIN's prompts.
    pub prompts: Prompts,
    /// Which ends of a GSSAPI exchange it accepts.
    pub layer: LayerMode,
    /// What it does wrong.
    pub fault: Option<Fault>,
    contexts: Contexts,
    pub(in crate::session) gss: Gss,
    /// A text mechanism, once its exchange has begun.
    sasl: Option<SaslClient>,
    /// The first token, until it is sent.
    opening: Option<Vec<u8>>,
    /// How often EHLO was said.
    greeted: u8,
    /// AUTH was said.
    tried: bool,
    /// LOGIN: how many of user name and password were sent.
    sent: u8,
    /// A call failed: the exchange is to be cancelled.
    failed: bool,
    /// The outcome was looked at.
    judged: bool,
}

impl Client {
    /// A client; `contexts` makes a fresh security context for each exchange that needs one.
    #[must_use]
    pub fn new(name: &str, kit: Kit, mechanism: Mechanism, contexts: Contexts) -> Self {
        Self {
            name: name.to_owned(),
            kit,
            mechanism,
            initial: Initial::default(),
            prompts: Prompts::default(),
            layer: LayerMode::default(),
            fault: None,
            contexts,
            gss: Gss::default(),
            sasl: None,
            opening: None,
            greeted: 0,
            tried: false,
            sent: 0,
            failed: false,
            judged: false,
        }
    }

    /// Ready for an exchange of that mechanism, whatever went before.
    pub(in crate::session) fn renew(&mut self, mechanism: Mechanism, initial: Initial) {
        (self.mechanism, self.initial) = (mechanism, initial);
        (self.gss, self.sasl, self.opening) = (Gss::default(), None, None);
        (self.tried, self.sent, self.failed) = (false, 0, false);
    }

    /// Whether it has something to say on its own initiative.
    pub(in crate::session) fn begins(standing: &Standing) -> bool {
        let states = ["Greeted", "Choose", "Done", "Failed", "InMail", "InData", "AuthenticatedInData", "Closed"];
        states.contains(&standing.stack(Party::Client).smtp().name()) && !standing.stack(Party::Server).owes_answer()
    }

    pub(in crate::session) fn decide(&mut self, transcript: &Transcript, bindings: &Bindings) -> Decision {
        let standing = transcript.standing();
        if let Some((call, answer)) = self.gss.answered() {
            return self.go_on(call, answer, standing);
        }
        if standing.stack(Party::Client).owes_answer() {
            return self.respond(transcript);
        }
        match standing.stack(Party::Client).smtp().name() {
            "Greeted" if self.greeted < 2 => {
                self.greeted += 1;
                let verb = if self.greeted == 1 { "EHLO" } else { "HELO" };
                Decision::Say(format!("{verb} {}\r\n", self.name).into_bytes())
            }
            "Choose" if !self.tried => self.start(bindings),
            "Done" if !self.judged => self.judge(transcript),
            "InData" | "AuthenticatedInData" => Decision::Say(b".\r\n".to_vec()),
            "Closed" => Decision::Close(""),
            _ => Decision::Say(b"QUIT\r\n".to_vec()),
        }
    }

    /// A line that means `emit`, where one can be made without a call.
    pub(in crate::session) fn compose(&self, emit: Signal) -> Option<Vec<u8>> {
        let text = match emit {
            Signal::Ehlo => format!("EHLO {}\r\n", self.name),
            Signal::StartTls => "STARTTLS\r\n".to_owned(),
            Signal::Quit => "QUIT\r\n".to_owned(),
            Signal::Rset => "RSET\r\n".to_owned(),
            Signal::OtherCommand => "NOOP\r\n".to_owned(),
            Signal::Mail => format!("MAIL FROM:<{}>\r\n", self.kit.credential.user),
            Signal::Cancel => return Some(wire::CANCEL.to_vec()),
            Signal::EmptyResponse | Signal::SecondEmptyResponse => return Some(wire::EMPTY.to_vec()),
            Signal::AuthLogin => return Some(wire::command_auth("LOGIN", None)),
            Signal::AuthLoginUsername => {
                return Some(wire::command_auth("LOGIN", Some(self.kit.credential.user.as_bytes())));
            }
            Signal::AuthLoginEmpty => return Some(wire::command_auth("LOGIN", Some(&[]))),
            Signal::AuthGssapi => return Some(wire::command_auth("GSSAPI", None)),
            Signal::AuthGssapiNtlm => return Some(wire::command_auth("GSSAPI", Some(&NEGOTIATE))),
            Signal::AuthGssapiMalformed => return Some(wire::command_auth("GSSAPI", Some(NO_TOKEN))),
            Signal::AuthSpnego => return Some(wire::command_auth("GSS-SPNEGO", None)),
            Signal::AuthSpnegoMalformed => return Some(wire::command_auth("GSS-SPNEGO", Some(NO_TOKEN))),
            Signal::AuthNtlm => return Some(wire::command_auth("NTLM", None)),
            Signal::AuthNtlmToken => return Some(wire::command_auth("NTLM", Some(&NEGOTIATE))),
            Signal::AuthNtlmMalformed => return Some(wire::command_auth("NTLM", Some(NO_TOKEN))),
            Signal::AuthNotBase64 => format!("AUTH {} !\r\n", self.mechanism),
            Signal::AuthMalformed => "AUTH\r\n".to_owned(),
            Signal::ResponseNotBase64 => "!\r\n".to_owned(),
            Signal::MalformedResponse => return Some(wire::response(NO_TOKEN)),
            Signal::UsernameResponse => return Some(wire::response(self.kit.credential.user.as_bytes())),
            Signal::PasswordResponse => return Some(wire::response(self.kit.credential.password.expose())),
            _ => return None,
        };
        Some(text.into_bytes())
    }
}

/// The smallest `NEGOTIATE_MESSAGE` (MS-NLMP section 2.2.1.1): Unicode, request target, NTLM, always sign, extended
/// session security; no names, no version.
const NEGOTIATE: [u8; 32] = [
    0x4E, 0x54, 0x4C, 0x4D, 0x53, 0x53, 0x50, 0x00, 0x01, 0x00, 0x00, 0x00, 0x05, 0x82, 0x08, 0x00, //
    0x00, 0x00, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00,
];

/// Octets that are no token of any mechanism.
pub(in crate::session) const NO_TOKEN: &[u8] = b"no token";

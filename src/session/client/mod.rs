//! The client: greeting, EHLO, TLS, one mechanism after the other until one succeeds or none is left, QUIT.
//!
//! What it chooses and by which rules stands in `choose`, what it says within the exchange in `exchange`. What a persona
//! does in its own way is said in a remark before it is done.

mod choose;
mod exchange;

pub(super) use choose::Rules;

use super::fault::Fault;
use super::gss::{Contexts, Gss, LayerMode};
use super::persona::{ClientPersona, Habit};
use super::sasl::SaslClient;
use super::{Bindings, Decision, Ending, Mechanism, Stage};
use crate::machine::{Machine, Signal};
use crate::mech::Kit;
use crate::terms::Party;
use crate::transcript::{Standing, Step, Transcript};
use crate::wire::{self, Body, printable};
use std::collections::VecDeque;

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
    /// It reads them, whatever the spelling, and cancels where one is neither of the two.
    #[default]
    Checking,
    /// It counts them: the first is for the user name, the next for the password.
    Counting,
}

/// A client to be played.
#[allow(clippy::struct_excessive_bools)] // Each is one fact of the moment, independent of the others.
pub struct Client {
    /// The name that it gives in EHLO.
    pub name: String,
    /// What it logs on with, and where its nonces come from.
    pub kit: Kit,
    /// The mechanism that it uses, or has used last.
    pub mechanism: Mechanism,
    /// When the first response goes with the command.
    pub initial: Initial,
    /// How it takes LOGIN's prompts.
    pub prompts: Prompts,
    /// Which ends of a GSSAPI exchange it accepts.
    pub layer: LayerMode,
    /// What it does wrong.
    pub fault: Option<Fault>,
    /// Whose habits it has.
    pub persona: ClientPersona,
    /// By which rules it chooses.
    pub(super) rules: Rules,
    contexts: Contexts,
    pub(in crate::session) gss: Gss,
    /// A text mechanism, once its exchange has begun.
    sasl: Option<SaslClient>,
    /// The first token, until it is sent.
    opening: Option<Vec<u8>>,
    /// How often EHLO or HELO was said on this side of TLS.
    greeted: u8,
    /// What it says next, whatever comes.
    queue: VecDeque<Decision>,
    /// How far it is with STARTTLS.
    starttls: choose::StartTls,
    /// The mechanisms that were offered before TLS.
    offered_in_clear: Vec<String>,
    /// The mechanisms that it has begun.
    tried: Vec<Mechanism>,
    /// It gave the last exchange up by itself, and may take the next mechanism.
    next: bool,
    /// It tries no other mechanism.
    over: bool,
    /// Why it gave up, where the lines don't tell.
    trouble: Option<Ending>,
    /// LOGIN: how many of user name and password were sent.
    sent: u8,
    /// It has cancelled, and the server goes on all the same.
    insisted: bool,
    /// A call failed: the exchange is to be cancelled.
    failed: bool,
    /// The outcome was looked at.
    judged: bool,
    /// EHLO was said again behind AUTH.
    greeted_again: bool,
}

impl Client {
    /// A client that uses that mechanism, whatever is offered; `contexts` makes a fresh security context for each exchange
    /// that needs one.
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
            persona: ClientPersona::default(),
            rules: Rules::only(mechanism),
            contexts,
            gss: Gss::default(),
            sasl: None,
            opening: None,
            greeted: 0,
            queue: VecDeque::new(),
            starttls: choose::StartTls::default(),
            offered_in_clear: Vec::new(),
            tried: Vec::new(),
            next: false,
            over: false,
            trouble: None,
            sent: 0,
            insisted: false,
            failed: false,
            judged: false,
            greeted_again: false,
        }
    }

    /// Ready for an exchange of that mechanism, whatever went before.
    pub(in crate::session) fn renew(&mut self, mechanism: Mechanism, initial: Initial) {
        (self.rules, self.initial) = (Rules { stay: self.rules.stay, ..Rules::only(mechanism) }, initial);
        self.tried.clear();
        self.over = false;
        self.reset(mechanism);
    }

    /// Forgets the exchange that was.
    fn reset(&mut self, mechanism: Mechanism) {
        self.mechanism = mechanism;
        (self.gss, self.sasl, self.opening) = (Gss::default(), None, None);
        (self.sent, self.insisted, self.failed, self.next) = (0, false, false, false);
    }

    /// Why it gave up, where the lines don't tell.
    pub(in crate::session) const fn trouble(&self) -> Option<&Ending> {
        self.trouble.as_ref()
    }

    /// Whether it has something to say on its own initiative.
    pub(in crate::session) fn begins(transcript: &Transcript) -> bool {
        let standing = transcript.standing();
        let states = ["Greeted", "Choose", "Done", "Failed", "InMail", "InData", "AuthenticatedInData", "Closed"];
        stray(transcript).is_some()
            || states.contains(&standing.stack(Party::Client).smtp().name())
                && !standing.stack(Party::Server).owes_answer()
    }

    pub(in crate::session) fn decide(&mut self, transcript: &Transcript, bindings: &Bindings) -> Decision {
        if let Some(decision) = self.queue.pop_front() {
            return decision;
        }
        let standing = transcript.standing();
        if let Some(remark) = self.gss.remark() {
            return Decision::Remark(format!("client: {remark}"));
        }
        if let Some((call, answer)) = self.gss.answered() {
            return self.go_on(call, answer, standing);
        }
        if let Some(step) = stray(transcript) {
            return self.lost(step, standing);
        }
        if standing.stack(Party::Client).owes_answer() {
            return self.respond(transcript, bindings);
        }
        match standing.stack(Party::Client).smtp().name() {
            "Greeted" => self.greet(transcript),
            "Choose" => self.choose(transcript, bindings),
            "Done" if !self.judged => self.judge(transcript),
            "Done" => self.finish(standing),
            "InData" | "AuthenticatedInData" => Decision::Say(b".\r\n".to_vec()),
            "Closed" => Decision::Close(""),
            _ => self.quit(),
        }
    }

    /// EHLO; HELO where that is not understood (RFC 5321 section 3.2).
    fn greet(&mut self, transcript: &Transcript) -> Decision {
        let settled = &transcript.standing().settled;
        if settled.tls && self.starttls == choose::StartTls::Said {
            (self.greeted, self.starttls) = (0, choose::StartTls::Settled);
        }
        let refusal = last_code(transcript).unwrap_or_default();
        match self.greeted {
            0 => {
                self.greeted = 1;
                self.hello("EHLO")
            }
            1 if (500..=599).contains(&refusal) => {
                self.greeted = 2;
                let helo = self.hello("HELO");
                self.queue.push_front(helo);
                Decision::Remark("client: EHLO was refused, so it says HELO (RFC 5321 3.2)".to_owned())
            }
            _ => self.quit(),
        }
    }

    fn hello(&mut self, verb: &str) -> Decision {
        // A pure session does not know the address of its own end; over loopback this is it.
        let literal = self.has(Habit::AddressLiteral) && !self.name.starts_with('[');
        let name = if literal { "[127.0.0.1]" } else { &self.name };
        let say = Decision::Say(format!("{verb} {name}\r\n").into_bytes());
        self.acting(if literal { &[Habit::AddressLiteral] } else { &[] }, say)
    }

    /// Behind success: what the persona still wants to say, then QUIT.
    fn finish(&mut self, standing: &Standing) -> Decision {
        let gssapi = standing.settled.mechanism.as_deref() == Some("GSSAPI");
        let remark = self.remark(Habit::EhloAfterAuth).filter(|_| gssapi && !self.greeted_again);
        let Some(remark) = remark else { return self.quit() };
        self.greeted_again = true;
        let ehlo = self.hello("EHLO");
        self.queue.push_front(ehlo);
        remark
    }

    fn quit(&self) -> Decision {
        let line = b"QUIT\r\n".to_vec();
        if self.rules.stay { Decision::Hold(line) } else { Decision::Say(line) }
    }

    /// It tries nothing more, and says why.
    fn give_up(&mut self, stage: Stage, why: String) -> Decision {
        self.over = true;
        let remark = format!("client: {why}");
        self.trouble = Some(Ending { stage, says: why });
        Decision::Remark(remark)
    }

    /// What came is no reply that fits, or it ends the connection.
    fn lost(&mut self, step: &Step, standing: &Standing) -> Decision {
        if code(step) == Some(421) {
            return Decision::Close("the server said 421, which ends the connection (RFC 5321 3.8)");
        }
        let state = standing.stack(Party::Client).smtp();
        if state.name() == "Quitting" {
            return Decision::Close("");
        }
        self.queue.push_back(Decision::Close("a protocol error of the server"));
        Decision::Remark(format!("client: `{}` is no reply that fits in {state}: it closes", shorten(step.line())))
    }

    fn has(&self, habit: Habit) -> bool {
        self.persona.quirk(habit).is_some()
    }

    /// What is said of that habit when it acts; `None` where the persona does not have it.
    fn remark(&self, habit: Habit) -> Option<Decision> {
        let quirk = self.persona.quirk(habit)?;
        Some(Decision::Remark(format!("persona {}: {quirk}", self.persona)))
    }

    /// Says first what the persona does in its own way, as far as it has those habits.
    fn acting(&mut self, habits: &[Habit], then: Decision) -> Decision {
        let mut said: Vec<Decision> = habits.iter().filter_map(|habit| self.remark(*habit)).collect();
        if said.is_empty() {
            return then;
        }
        let first = said.remove(0);
        // Before what else is on its way: it belongs to this line.
        said.push(then);
        said.into_iter().rev().for_each(|decision| self.queue.push_front(decision));
        first
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
            Signal::AuthPlain => return Some(wire::command_auth("PLAIN", None)),
            Signal::AuthPlainMessage => return self.auth_with_message(Mechanism::Plain),
            Signal::AuthCramMd5 => return Some(wire::command_auth("CRAM-MD5", None)),
            Signal::AuthDigestMd5 => return Some(wire::command_auth("DIGEST-MD5", None)),
            Signal::AuthExternal => return Some(wire::command_auth("EXTERNAL", None)),
            Signal::AuthExternalEmpty => return self.auth_with_message(Mechanism::External),
            Signal::AuthExternalAuthzid => {
                return Some(wire::command_auth("EXTERNAL", Some(self.kit.credential.user.as_bytes())));
            }
            Signal::AuthXoauth2 => return Some(wire::command_auth("XOAUTH2", None)),
            Signal::AuthXoauth2Message => return self.auth_with_message(Mechanism::Xoauth2),
            Signal::AuthOauthbearer => return Some(wire::command_auth("OAUTHBEARER", None)),
            Signal::AuthOauthbearerMessage => return self.auth_with_message(Mechanism::Oauthbearer),
            Signal::ControlAResponse => return Some(wire::response(&[0x01])),
            Signal::AuthScram => return Some(wire::command_auth(self.scram(), None)),
            Signal::AuthClientFirstMalformed => return Some(wire::command_auth(self.scram(), Some(NO_TOKEN))),
            Signal::AuthNotBase64 => format!("AUTH {} !\r\n", self.mechanism),
            Signal::AuthMalformed => "AUTH\r\n".to_owned(),
            Signal::ResponseNotBase64 => "!\r\n".to_owned(),
            Signal::MalformedResponse => return Some(wire::response(NO_TOKEN)),
            Signal::UsernameResponse | Signal::ExternalAuthzid => {
                return Some(wire::response(self.kit.credential.user.as_bytes()));
            }
            Signal::PasswordResponse => return Some(wire::response(self.kit.credential.password.expose())),
            _ => return None,
        };
        Some(text.into_bytes())
    }

    /// AUTH with the message of a mechanism in which the client speaks first.
    fn auth_with_message(&self, mechanism: Mechanism) -> Option<Vec<u8>> {
        let message = SaslClient::new(mechanism, &self.kit, &Bindings::default())?.initial()?;
        Some(wire::command_auth(mechanism.name(), Some(&message)))
    }

    /// The SCRAM that it uses, or would.
    fn scram(&self) -> &'static str {
        let used = Some(self.mechanism).filter(|mechanism| mechanism.machine() == Machine::Scram);
        used.unwrap_or(Mechanism::ScramSha256).name()
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

/// The longest piece of what the server said that a remark repeats, in octets.
const SHOWN: usize = 60;

/// A line, escaped, its beginning only where it is long.
fn shorten(line: &[u8]) -> String {
    match line.get(..SHOWN) {
        Some(start) => printable(start) + "…",
        None => printable(line),
    }
}

/// The server's last line, where it is a whole reply, or none, that the client has no use for: 421 ends the connection
/// wherever it comes, all else is a protocol error.
fn stray(transcript: &Transcript) -> Option<&Step> {
    let step = transcript.steps().iter().rev().find(|step| step.from().is_some())?;
    let standing = transcript.standing();
    let client = standing.stack(Party::Client);
    if step.from() != Some(Party::Server) || client.smtp().name() == "Closed" {
        return None;
    }
    let fits = step.moves.iter().any(|taken| taken.row.party == Party::Client)
        || client.owes_answer()
        || standing.inbox[Party::Client.index()].waiting > 0;
    match step.message.as_ref().map(|message| &message.body) {
        Some(Body::Reply(reply)) if !reply.last => None,
        Some(Body::Reply(reply)) if reply.code == 421 => Some(step),
        _ if fits => None,
        _ => Some(step),
    }
}

/// The code of a reply.
fn code(step: &Step) -> Option<u16> {
    match &step.message.as_ref()?.body {
        Body::Reply(reply) => Some(reply.code),
        _ => None,
    }
}

/// The code of the server's last reply.
fn last_code(transcript: &Transcript) -> Option<u16> {
    transcript.steps().iter().rev().find_map(code)
}

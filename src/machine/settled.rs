//! What a conversation has settled so far, and what one token adds to it.

use super::row::{Machine, Runs};
use crate::decode::{Hint, Kind, Mark, Mech, Node, Reading, SCRAM_GRAMMAR, Tree, Value, decode};
use crate::terms::Party;
use crate::wire::{Base64, Body, Keyword, Message, Response, Verb};
use std::sync::Arc;

/// Facts that guards look at. Everything here follows from the lines that passed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // Each is one fact of the conversation, independent of the others.
pub struct Settled {
    /// The keywords of the latest EHLO reply; forgotten at STARTTLS.
    pub keywords: Arc<[Keyword]>,
    /// TLS is up.
    pub tls: bool,
    /// The mechanism of the AUTH command that is running or was last, in capitals.
    pub mechanism: Option<String>,
    /// Its machine.
    pub machine: Option<Machine>,
    /// Whether that command had an initial response.
    pub initial_response: bool,
    /// The client has said something within the exchange, if only an initial response.
    pub spoken: bool,
    /// What the first GSS-API token turned out to be.
    pub token: Option<Machine>,
    /// The mechanism inside SPNEGO.
    pub inner: Option<Machine>,
    /// The same as the decoder wants it.
    pub mech: Option<Mech>,
    /// The acceptor has chosen another mechanism than the first of mechTypes.
    pub reselected: bool,
    /// The client has sent the last token of the inner mechanism.
    pub mechanism_sent: bool,
    /// The client asked for mutual authentication and has no proof yet.
    pub mutual_due: bool,
    /// A mechListMIC was asked for or sent, and the acceptor's has not come.
    pub mic_due: bool,
    /// The acceptor's mechListMIC has come.
    pub acceptor_mic: bool,
    /// A token has completed the context on the wire.
    pub complete: bool,
    /// NTLM has agreed on sealing.
    pub sealed: bool,
    /// How many empty lines the client has sent since then, less the one that was answered.
    pub empty_lines: u8,
    /// The layers offered, where the offer can be read.
    pub offered: Option<u8>,
    /// LOGIN: how many of user name and password were sent.
    pub login_sent: u8,
    /// LOGIN: the latest prompt.
    pub prompt: Option<Prompt>,
    /// LOGIN: the prompts came in another order than user name, password.
    pub prompts_out_of_order: bool,
    /// SCRAM: how far the exchange has come.
    pub scram: Scram,
}

/// How far an exchange of SCRAM has come (RFC 5802 section 5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scram {
    /// Which message came last, by its place if not by its octets.
    pub last: Option<Kind>,
    /// That message fits those before it, and its mechanism.
    pub fits: bool,
    /// What the client said first of binding to TLS: `n`, `y` or `p`.
    pub binds: Option<u8>,
    /// The GS2 header, which the client-final-message repeats.
    pub header: Mark,
    /// The latest nonce.
    pub nonce: Mark,
    /// The server has sent its signature.
    pub signed: bool,
}

/// What a LOGIN prompt asks for, read as generously as the field demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Prompt {
    /// The user name.
    Username,
    /// The password.
    Password,
    /// Neither, as far as one can tell.
    Unknown,
}

/// One token at a glance: all that signals are made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// It cannot be read for what it should be.
    pub malformed: bool,
    /// The message of the inner mechanism.
    pub inner: Option<Inner>,
    /// SPNEGO's negState.
    pub neg_state: Option<NegState>,
    /// It carries a mechListMIC.
    pub mic: bool,
    /// The supportedMech that it names.
    pub supported: Option<Mech>,
    /// It names a supportedMech, known or not.
    pub names_supported: bool,
    /// The first of its mechTypes.
    pub preferred: Option<Mech>,
    /// It is a message of the security-layer step.
    pub layer: Option<Layer>,
    /// It is a message of SCRAM.
    pub scram: ScramMessage,
}

/// What of a message of SCRAM bears on others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScramMessage {
    /// How the GS2 header begins: `n`, `y` or `p`.
    pub binds: Option<u8>,
    /// The GS2 header.
    pub header: Mark,
    /// The nonce.
    pub nonce: Mark,
    /// It repeats what it must repeat.
    pub fits: bool,
    /// It has the server's signature.
    pub signed: bool,
}

/// SPNEGO's negState (RFC 4178 section 4.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // The standard's own four.
pub enum NegState {
    AcceptCompleted,
    AcceptIncomplete,
    Reject,
    RequestMic,
}

/// A message of the mechanism within.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // Messages by their names in MS-NLMP and RFC 4120.
pub enum Inner {
    NtlmNegotiate,
    NtlmChallenge,
    NtlmAuthenticate { seals: bool, weak: bool },
    ApReq { mutual: bool },
    ApRep,
    KrbError,
}

/// A message of the security-layer step (RFC 2222 section 7.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Layer {
    /// The bit mask, where it can be read.
    pub mask: Option<u8>,
    /// How many octets are wrapped, where they can be counted.
    pub octets: Option<usize>,
    /// A 4-octet length stands before it, as .NET Core 3.1 sends it.
    pub prefixed: bool,
}

impl Settled {
    /// What the decoder should know about the next token of `from`.
    #[must_use]
    pub fn hint(&self, from: Party) -> Hint {
        let reading = match (self.machine, from) {
            (Some(machine), _) if machine.carries_tokens() => Reading::Gss,
            (Some(Machine::Login), Party::Server) => Reading::Prompt,
            (Some(Machine::Login), Party::Client) if self.prompts_out_of_order => Reading::UsernameOrPassword,
            (Some(Machine::Login), Party::Client) if self.next_is_password() => Reading::Password,
            (Some(Machine::Login), Party::Client) => Reading::Username,
            (Some(Machine::Plain), Party::Client) => Reading::Plain,
            (Some(Machine::CramMd5), _) => Reading::CramMd5,
            (Some(Machine::DigestMd5), _) => Reading::DigestMd5,
            (Some(Machine::External), Party::Client) => Reading::External,
            (Some(Machine::Xoauth2), _) => Reading::Xoauth2,
            (Some(Machine::Oauthbearer), _) => Reading::Oauthbearer,
            (Some(Machine::Scram), _) => self.scram.next(from),
            _ => Reading::Guess,
        };
        Hint { from: Some(from), reading, mech: self.mech, sealed: self.sealed }
    }

    /// Whether the server's next challenge says that NTLM is there, whatever its text (MS-SMTPNTLM section 3.1.5.1).
    #[must_use]
    pub fn awaits_words(&self) -> bool {
        self.machine == Some(Machine::SmtpNtlm) && !self.spoken
    }

    /// Whether the client's next answer in LOGIN is the password: by the prompt where it says so, else by counting.
    #[must_use]
    pub fn next_is_password(&self) -> bool {
        match self.prompt {
            Some(Prompt::Username) => false,
            Some(Prompt::Password) => true,
            Some(Prompt::Unknown) | None => self.login_sent > 0,
        }
    }

    /// Whether the latest reply to EHLO lists the mechanism of the AUTH command. `None` where it lists none at all: after
    /// HELO, or before either.
    #[must_use]
    pub fn offers_mechanism(&self) -> Option<bool> {
        self.offers(self.mechanism.as_ref()?)
    }

    /// Whether the client says that the server can't bind to TLS, though that lists the mechanism with -PLUS as well
    /// (RFC 5802 section 6).
    #[must_use]
    pub fn denies_plus(&self) -> bool {
        let plus = || self.mechanism.as_ref().map(|name| format!("{name}-PLUS"));
        self.scram.binds == Some(b'y') && plus().and_then(|plus| self.offers(&plus)) == Some(true)
    }

    /// Whether the latest reply to EHLO lists that mechanism. `None` where it lists none at all.
    #[must_use]
    pub fn offers(&self, name: &str) -> Option<bool> {
        let mut lists = self.keywords.iter().filter(|keyword| keyword.name == "AUTH").peekable();
        lists.peek()?;
        Some(lists.any(|list| list.parameters.iter().any(|offered| offered == name)))
    }

    /// What `runs` comes to at this moment.
    #[must_use]
    pub fn running(&self, runs: Runs) -> Option<Machine> {
        match runs {
            Runs::Mechanism => self.machine,
            Runs::Token => self.token,
            Runs::Inner => self.inner,
        }
    }

    /// Forgets all that was learnt before TLS (RFC 3207 section 4.2).
    pub fn start_tls(&mut self) {
        *self = Self { tls: true, ..Self::default() };
    }

    /// Takes an AUTH command, before its token is decoded.
    pub fn begin(&mut self, message: &Message, line: &[u8]) {
        let Body::Command(command) = &message.body else { return };
        if command.verb != Verb::Auth {
            return;
        }
        let Some(auth) = &command.auth else { return };
        let name = String::from_utf8_lossy(auth.mechanism.of(line)).to_ascii_uppercase();
        let machine = match name.as_str() {
            "LOGIN" => Some(Machine::Login),
            "PLAIN" => Some(Machine::Plain),
            "CRAM-MD5" => Some(Machine::CramMd5),
            "DIGEST-MD5" => Some(Machine::DigestMd5),
            "EXTERNAL" => Some(Machine::External),
            "XOAUTH2" => Some(Machine::Xoauth2),
            "OAUTHBEARER" => Some(Machine::Oauthbearer),
            scram if scram.starts_with("SCRAM-") => Some(Machine::Scram),
            "GSSAPI" => Some(Machine::Gssapi),
            "GSS-SPNEGO" => Some(Machine::GssSpnego),
            "NTLM" => Some(Machine::SmtpNtlm),
            _ => None,
        };
        *self = Self {
            keywords: Arc::clone(&self.keywords),
            tls: self.tls,
            mechanism: Some(name),
            machine,
            initial_response: auth.initial.is_some(),
            spoken: auth.initial.is_some(),
            ..Self::default()
        };
    }

    /// Takes what a line within the exchange adds.
    pub fn learn(&mut self, from: Party, message: &Message, token: Option<&Token>) {
        match self.machine {
            Some(Machine::Login) => self.learn_login(message),
            Some(Machine::DigestMd5) => self.learn_digest(message),
            Some(Machine::Scram) => {
                let plus = self.mechanism.as_ref().is_some_and(|name| name.ends_with("-PLUS"));
                self.scram.learn(from, token, plus);
            }
            Some(machine) if machine.carries_tokens() => {
                self.spoken |= matches!(&message.body, Body::Response(_));
                if self.complete && message.body == Body::Response(Response::Empty) {
                    self.empty_lines = self.empty_lines.saturating_add(1);
                }
                // A reply answers an empty line; of two that came together, the second stays what it is.
                if from == Party::Server && self.empty_lines == 1 {
                    self.empty_lines = 0;
                }
                if let Some(token) = token {
                    self.learn_token(from, token);
                }
            }
            _ => {}
        }
    }

    fn learn_login(&mut self, message: &Message) {
        match &message.body {
            Body::Reply(reply) if reply.code == 334 => {
                let prompt =
                    reply.challenge.as_ref().map_or(Prompt::Unknown, |challenge| Prompt::read(&challenge.bytes));
                let expected = if self.login_sent == 0 { Prompt::Username } else { Prompt::Password };
                self.prompts_out_of_order |= prompt != Prompt::Unknown && prompt != expected;
                self.prompt = Some(prompt);
            }
            Body::Response(Response::Base64(_)) => self.login_sent = self.login_sent.saturating_add(1),
            Body::Command(command) if command.auth.as_ref().is_some_and(|auth| auth.initial.is_some()) => {
                self.login_sent = 1;
            }
            _ => {}
        }
    }

    /// Behind the client's digest the server owes its own.
    fn learn_digest(&mut self, message: &Message) {
        match &message.body {
            Body::Reply(reply) if reply.code == 334 && self.mutual_due => {
                let hint = self.hint(Party::Server);
                // What a receiver can't decode tells it nothing.
                let read = |challenge: &Base64| {
                    challenge.is_legible() && decode(&challenge.bytes, &hint).find("rspauth").is_some()
                };
                self.complete |= reply.challenge.as_ref().is_some_and(read);
                self.mutual_due = !self.complete;
            }
            Body::Response(Response::Base64(_)) => self.mutual_due = !self.complete,
            Body::Command(_) => self.mutual_due = self.initial_response,
            _ => {}
        }
    }

    fn learn_token(&mut self, from: Party, token: &Token) {
        if self.token.is_none() {
            self.token = match token.kind {
                Kind::NegTokenInit | Kind::NegTokenInit2 | Kind::NegTokenResp => Some(Machine::Spnego),
                Kind::Kerberos => Some(Machine::Krb5),
                Kind::Ntlm => Some(Machine::Ntlm),
                _ => None,
            };
            if (self.machine, self.token) == (Some(Machine::Gssapi), Some(Machine::Krb5)) {
                self.machine = Some(Machine::Kerberos);
            }
        }
        if let Some(mech) = token.supported.or(if from == Party::Client { token.preferred } else { None }) {
            self.mech = Some(mech);
            let inner = mech_machine(mech);
            if from == Party::Server && inner != self.inner {
                // Another mechanism than that of the optimistic token: what was asked of that one is not owed.
                self.mutual_due = false;
                self.mechanism_sent = false;
                self.reselected = true;
            }
            self.inner = inner;
        }
        match token.inner {
            Some(Inner::NtlmNegotiate) => self.meet(Machine::Ntlm, Mech::Ntlmssp),
            Some(Inner::NtlmChallenge) => self.mechanism_sent = false,
            Some(Inner::NtlmAuthenticate { seals, .. }) => {
                self.mechanism_sent = true;
                self.sealed = seals;
            }
            Some(Inner::ApReq { mutual }) => {
                self.meet(Machine::Krb5, Mech::Kerberos);
                self.mutual_due = mutual;
                self.mechanism_sent = true;
            }
            Some(Inner::ApRep) => self.mutual_due = false,
            Some(Inner::KrbError) | None => {}
        }
        self.acceptor_mic |= from == Party::Server && token.mic;
        self.mic_due = match from {
            Party::Client => self.mic_due || token.mic && !self.acceptor_mic,
            Party::Server => (self.mic_due || token.neg_state == Some(NegState::RequestMic)) && !token.mic,
        };
        self.complete |= token.completes(from);
        if let (Party::Server, Some(layer)) = (from, token.layer) {
            self.offered = layer.mask;
        }
    }

    fn meet(&mut self, inner: Machine, mech: Mech) {
        self.inner = Some(inner);
        if self.mech.and_then(mech_machine) != Some(inner) {
            self.mech = Some(mech);
        }
    }
}

impl Scram {
    /// The message that `from` sends next.
    const fn next(self, from: Party) -> Reading {
        match (from, self.last) {
            (Party::Client, None) => Reading::ScramClientFirst,
            (Party::Client, Some(_)) => Reading::ScramClientFinal { nonce: self.nonce, header: self.header },
            (Party::Server, None | Some(Kind::ScramClientFirst)) => Reading::ScramServerFirst(self.nonce),
            (Party::Server, Some(_)) => Reading::ScramServerFinal,
        }
    }

    /// Takes a message; `plus` whether the mechanism is one that binds to TLS.
    fn learn(&mut self, from: Party, token: Option<&Token>, plus: bool) {
        let Some(token) = token else { return };
        self.last = Some(match (from, self.last) {
            (Party::Client, None) => Kind::ScramClientFirst,
            (Party::Client, Some(Kind::ScramClientFirst | Kind::ScramServerFirst)) => Kind::ScramClientFinal,
            // Before the client's message a server has nothing to say, behind its own last word nobody has.
            (Party::Server, None) => return,
            (_, Some(last @ (Kind::ScramClientFinal | Kind::ScramServerFinal))) if from == Party::Client => last,
            (Party::Server, Some(Kind::ScramClientFirst)) if token.kind != Kind::ScramServerFinal => {
                Kind::ScramServerFirst
            }
            _ => Kind::ScramServerFinal,
        });
        let ScramMessage { binds, header, nonce, fits, signed } = token.scram;
        self.fits = fits && (self.last != Some(Kind::ScramClientFirst) || plus == (binds == Some(b'p')));
        if self.last == Some(Kind::ScramClientFirst) {
            (self.binds, self.header) = (binds, header);
        }
        if matches!(self.last, Some(Kind::ScramClientFirst | Kind::ScramServerFirst)) {
            self.nonce = nonce;
        }
        self.signed |= signed && !token.malformed;
    }
}

impl ScramMessage {
    fn read(root: &Node) -> Self {
        let text = |name| match root.child(name).map(|node| &node.value) {
            Some(Value::Text(text)) => text.as_bytes(),
            _ => &[],
        };
        let fits = |name| root.child(name).is_none_or(|node| node.problem.is_none());
        let header = text("gs2-header");
        Self {
            binds: header.first().copied(),
            header: Mark::of(header),
            nonce: Mark::of(text("nonce")),
            fits: fits("nonce") && fits("channel-binding"),
            signed: root.child("verifier").is_some(),
        }
    }
}

impl Token {
    /// Looks at a decoded token once.
    #[must_use]
    pub fn read(tree: &Tree) -> Self {
        let root = &tree.root;
        let malformed = matches!(tree.kind, Kind::Unknown | Kind::Ber | Kind::Text | Kind::Empty);
        let mut token = Self {
            kind: tree.kind,
            malformed,
            inner: if malformed { None } else { inner_of(root) },
            neg_state: None,
            mic: false,
            supported: None,
            names_supported: false,
            preferred: None,
            layer: None,
            scram: ScramMessage::default(),
        };
        match tree.kind {
            Kind::NegTokenInit | Kind::NegTokenInit2 | Kind::NegTokenResp => token.read_spnego(root),
            Kind::ScramClientFirst | Kind::ScramServerFirst | Kind::ScramClientFinal | Kind::ScramServerFinal => {
                token.scram = ScramMessage::read(root);
                token.malformed = tree.problems().any(|problem| problem.cite == SCRAM_GRAMMAR);
                return token;
            }
            Kind::Wrap | Kind::SecurityLayer => token.layer = Some(layer_of(root)),
            Kind::NtlmSignature => {
                // gss-ntlmssp and pyspnego seal what they wrap even where sealing was not agreed on: a mask beyond the
                // three layers that there are is no mask.
                let layer = layer_of(root);
                token.layer = Some(Layer { mask: layer.mask.filter(|mask| matches!(mask, 1..=7)), ..layer });
            }
            _ => {}
        }
        // What is wrong with an offer or a choice is told by its octets.
        token.malformed |= root.problem.is_some() && token.layer.is_none();
        token
    }

    fn read_spnego(&mut self, root: &Node) {
        // The negotiation token itself: the root, or what follows thisMech within the frame.
        let spnego = root.children.iter().find(|child| child.name.starts_with("NegToken")).unwrap_or(root);
        self.malformed |= spnego.problem.is_some();
        for field in &spnego.children {
            match field.name.as_ref() {
                "negState" => self.neg_state = neg_state(&field.value),
                "mechListMIC" => self.mic = true,
                "supportedMech" => {
                    self.names_supported = true;
                    self.supported = mech_of(&field.value);
                }
                "mechTypes" => self.preferred = field.children.first().and_then(|first| mech_of(&first.value)),
                "mechToken" | "responseToken" => {
                    self.malformed |= field.problem.is_some();
                    self.inner = field.children.first().and_then(inner_of);
                }
                _ => {}
            }
        }
    }

    /// Whether this token completes the context on the side of `from`, as far as the wire tells.
    #[must_use]
    pub fn completes(&self, from: Party) -> bool {
        match (self.kind, from) {
            // A MIC without a token is the initiator's last word, whatever its negState.
            (Kind::NegTokenResp, Party::Client) if self.mic && self.inner.is_none() => true,
            (Kind::NegTokenResp, _) => self.neg_state == Some(NegState::AcceptCompleted),
            (Kind::Ntlm, Party::Client) => matches!(self.inner, Some(Inner::NtlmAuthenticate { .. })),
            (Kind::Kerberos, Party::Client) => self.inner == Some(Inner::ApReq { mutual: false }),
            (Kind::Kerberos, Party::Server) => self.inner == Some(Inner::ApRep),
            _ => false,
        }
    }
}

impl Prompt {
    /// Reads a prompt as the field writes it: case, blanks, colons and NULs don't matter.
    #[must_use]
    pub fn read(octets: &[u8]) -> Self {
        let word: Vec<u8> =
            octets.iter().filter(|octet| octet.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect();
        match word.as_slice() {
            b"username" | b"user" | b"login" => Self::Username,
            b"password" | b"pass" => Self::Password,
            _ => Self::Unknown,
        }
    }
}

const fn mech_machine(mech: Mech) -> Option<Machine> {
    match mech {
        Mech::Ntlmssp => Some(Machine::Ntlm),
        Mech::Kerberos | Mech::MsKerberos | Mech::OldKerberos => Some(Machine::Krb5),
        _ => None,
    }
}

fn mech_of(value: &Value) -> Option<Mech> {
    match value {
        Value::Oid { mech, .. } => *mech,
        _ => None,
    }
}

fn neg_state(value: &Value) -> Option<NegState> {
    match value {
        Value::Named { number: 0, .. } => Some(NegState::AcceptCompleted),
        Value::Named { number: 1, .. } => Some(NegState::AcceptIncomplete),
        Value::Named { number: 2, .. } => Some(NegState::Reject),
        Value::Named { number: 3, .. } => Some(NegState::RequestMic),
        _ => None,
    }
}

fn inner_of(node: &Node) -> Option<Inner> {
    match node.name.as_ref() {
        "NEGOTIATE_MESSAGE" => Some(Inner::NtlmNegotiate),
        "CHALLENGE_MESSAGE" => Some(Inner::NtlmChallenge),
        "AUTHENTICATE_MESSAGE" => Some(Inner::NtlmAuthenticate {
            seals: has_flag(node, "NegotiateFlags", 0x20),
            weak: node.find("NTLM_RESPONSE").is_some()
                || node.child("NtChallengeResponse").is_none() && node.child("LmChallengeResponse").is_some(),
        }),
        "AP-REQ" => Some(Inner::ApReq { mutual: has_flag(node, "ap-options", 0x2000_0000) }),
        "AP-REP" => Some(Inner::ApRep),
        "KRB-ERROR" => Some(Inner::KrbError),
        "InitialContextToken" => node.children.iter().find_map(inner_of),
        _ => None,
    }
}

fn has_flag(message: &Node, field: &str, bit: u32) -> bool {
    matches!(message.child(field), Some(Node { value: Value::Flags { bits, .. }, .. }) if bits & bit != 0)
}

fn layer_of(root: &Node) -> Layer {
    let mask = root.find("mask").and_then(|mask| match mask.value {
        Value::Flags { bits, .. } => u8::try_from(bits).ok(),
        _ => None,
    });
    // What Kerberos has sealed is longer than the message by an amount that the wire does not tell.
    let message = root.find("plaintext").or_else(|| root.find(Kind::SecurityLayer.name()));
    Layer { mask, octets: message.map(|message| message.span.len()), prefixed: root.name == "length-prefixed token" }
}

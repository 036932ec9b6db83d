//! Faults on purpose: one thing done wrong, so that the other side can be watched.

use super::Mechanism;
use crate::decode::{self, Reading};
use crate::machine::Signal;
use crate::terms::Party;
use crate::transcript::Step;
use crate::wire::{self, Body, base64};
use std::fmt;
use std::str::FromStr;

/// One thing to do wrong, once, at the first chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The client's password is wrong.
    WrongPassword,
    /// A character outside the base64 alphabet in the client's first response.
    BadBase64,
    /// The client's first token is cut in half.
    CutToken,
    /// LOGIN: the server's first prompt asks for something else.
    WrongPrompt,
    /// LOGIN: the server asks for the password first.
    SwappedPrompts,
    /// The server says 454 in place of its verdict.
    TemporaryFailure,
    /// SPNEGO: the server rejects the negotiation.
    Reject,
    /// The server closes in the middle of the exchange.
    DroppedConnection,
    /// GSSAPI: the client sends two empty lines where one belongs, as .NET before 9 does.
    TwoEmptyLines,
    /// The client cancels in place of its first response.
    Cancel,
    /// A character outside the base64 alphabet in the server's first challenge.
    BadChallenge,
    /// SCRAM: the server's nonce does not continue the client's.
    OtherNonce,
    /// SCRAM: the server asks for more rounds than anybody can make.
    ManyRounds,
    /// SCRAM, DIGEST-MD5: the server's signature is wrong, as of one that does not know the password.
    WrongSignature,
    /// SCRAM, DIGEST-MD5: 235 in place of the server's signature.
    NoSignature,
    /// The client sends an initial response where the server speaks first.
    InitialResponse,
}

impl Fault {
    /// All.
    pub const ALL: [Self; 16] = [
        Self::WrongPassword,
        Self::BadBase64,
        Self::CutToken,
        Self::WrongPrompt,
        Self::SwappedPrompts,
        Self::TemporaryFailure,
        Self::Reject,
        Self::DroppedConnection,
        Self::TwoEmptyLines,
        Self::Cancel,
        Self::BadChallenge,
        Self::OtherNonce,
        Self::ManyRounds,
        Self::WrongSignature,
        Self::NoSignature,
        Self::InitialResponse,
    ];

    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WrongPassword => "wrong-password",
            Self::BadBase64 => "bad-base64",
            Self::CutToken => "cut-token",
            Self::WrongPrompt => "wrong-prompt",
            Self::SwappedPrompts => "swapped-prompts",
            Self::TemporaryFailure => "454",
            Self::Reject => "reject",
            Self::DroppedConnection => "dropped-connection",
            Self::TwoEmptyLines => "two-empty-lines",
            Self::Cancel => "cancel",
            Self::BadChallenge => "bad-challenge",
            Self::OtherNonce => "other-nonce",
            Self::ManyRounds => "many-rounds",
            Self::WrongSignature => "wrong-signature",
            Self::NoSignature => "no-signature",
            Self::InitialResponse => "initial-response",
        }
    }

    /// What it does, in a line.
    #[must_use]
    pub const fn says(self) -> &'static str {
        match self {
            Self::WrongPassword => "the client's password is wrong",
            Self::BadBase64 => "a character outside base64 in the client's first response",
            Self::CutToken => "the client's first token is cut in half",
            Self::WrongPrompt => "the server's first prompt asks for something else",
            Self::SwappedPrompts => "the server asks for the password first",
            Self::TemporaryFailure => "the server says 454 in place of its verdict",
            Self::Reject => "the server rejects the negotiation",
            Self::DroppedConnection => "the server closes in the middle of the exchange",
            Self::TwoEmptyLines => "the client sends two empty lines where one belongs",
            Self::Cancel => "the client cancels in place of its first response",
            Self::BadChallenge => "a character outside base64 in the server's first challenge",
            Self::OtherNonce => "the server's nonce does not continue the client's",
            Self::ManyRounds => "the server asks for 2,000,000,000 rounds",
            Self::WrongSignature => "the server's signature is wrong",
            Self::NoSignature => "235 in place of the server's signature",
            Self::InitialResponse => "an initial response where the server speaks first",
        }
    }

    /// The mechanism that it needs, or one of its kin; `None` where it can happen in any.
    #[must_use]
    pub const fn needs(self) -> Option<Mechanism> {
        match self {
            Self::WrongPrompt | Self::SwappedPrompts => Some(Mechanism::Login),
            Self::CutToken | Self::Reject | Self::TwoEmptyLines => Some(Mechanism::Gssapi),
            Self::OtherNonce | Self::ManyRounds | Self::WrongSignature | Self::NoSignature => {
                Some(Mechanism::ScramSha256)
            }
            Self::InitialResponse => Some(Mechanism::CramMd5),
            _ => None,
        }
    }

    /// Those that can happen in `mechanism`.
    pub fn within(mechanism: Mechanism) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |fault| fault.is_within(mechanism))
    }

    /// Whether it can happen in `mechanism`.
    #[must_use]
    pub fn is_within(self, mechanism: Mechanism) -> bool {
        let digest = mechanism == Mechanism::DigestMd5
            && matches!(self, Self::WrongSignature | Self::NoSignature | Self::InitialResponse);
        digest || self.needs().is_none_or(|needed| needed.machine() == mechanism.machine())
    }

    /// Whether it waits for any line that it can be done to. The others are done where what they spoil is composed.
    pub(super) const fn is_of_lines(self) -> bool {
        matches!(
            self,
            Self::Cancel
                | Self::BadChallenge
                | Self::OtherNonce
                | Self::ManyRounds
                | Self::WrongSignature
                | Self::NoSignature
                | Self::InitialResponse
        )
    }

    /// Who does it.
    #[must_use]
    pub const fn party(self) -> Party {
        match self {
            Self::WrongPassword
            | Self::BadBase64
            | Self::CutToken
            | Self::TwoEmptyLines
            | Self::Cancel
            | Self::InitialResponse => Party::Client,
            Self::WrongPrompt
            | Self::SwappedPrompts
            | Self::TemporaryFailure
            | Self::Reject
            | Self::DroppedConnection
            | Self::BadChallenge
            | Self::OtherNonce
            | Self::ManyRounds
            | Self::WrongSignature
            | Self::NoSignature => Party::Server,
        }
    }
}

impl Fault {
    /// `composed`, which reads as `step`, with this done to it, where that makes sense; no octets where the connection is
    /// closed in its place. `reply` composes a reply where a row is open for it.
    pub(super) fn done_to(
        self,
        composed: &[u8],
        step: &Step,
        reply: impl Fn(Signal) -> Option<Vec<u8>>,
    ) -> Option<Vec<u8>> {
        let reading = step.token.map(|token| token.hint.reading);
        let token = reading.filter(|_| !step.token_bytes().is_empty());
        let changed = match self {
            Self::WrongPassword => {
                (token == Some(Reading::Password)).then(|| wire::response(WRONG_PASSWORD.as_bytes()))?
            }
            Self::BadBase64 => token.map(|_| edit_last_word(composed, spoil_base64))?,
            Self::CutToken => {
                token.filter(|reading| *reading == Reading::Gss).map(|_| edit_last_word(composed, cut_word))?
            }
            Self::WrongPrompt => (token == Some(Reading::Prompt)).then(|| wire::challenge(Some(WRONG_PROMPT)))?,
            Self::SwappedPrompts => match step.signal {
                Some(Signal::UsernameChallenge) => wire::challenge(Some(b"Password:")),
                Some(Signal::PasswordChallenge) => wire::challenge(Some(b"Username:")),
                _ => return None,
            },
            Self::TemporaryFailure => reply(Signal::TemporaryFailure)?,
            Self::Reject => reply(Signal::RejectChallenge)?,
            Self::DroppedConnection => Vec::new(),
            Self::TwoEmptyLines => (composed == wire::EMPTY).then(|| wire::EMPTY.repeat(2))?,
            Self::Cancel => match step.message.as_ref()?.body {
                Body::Response(_) => wire::CANCEL.to_vec(),
                _ => return None,
            },
            Self::BadChallenge => match &step.message.as_ref()?.body {
                Body::Reply(reply) if reply.code == 334 => edit_last_word(composed, spoil_base64),
                _ => return None,
            },
            Self::OtherNonce if matches!(token, Some(Reading::ScramServerFirst(_))) => {
                with_field(composed, step, "nonce", |nonce| {
                    let first: &[u8] = if nonce.starts_with(b"x") { b"y" } else { b"x" };
                    [first, nonce.get(1..).unwrap_or_default()].concat()
                })?
            }
            Self::ManyRounds if matches!(token, Some(Reading::ScramServerFirst(_))) => {
                with_field(composed, step, "iteration-count", |_| b"2000000000".to_vec())?
            }
            Self::WrongSignature if token == Some(Reading::DigestMd5) => {
                with_field(composed, step, "rspauth", |hex| {
                    let first: &[u8] = if hex.starts_with(b"0") { b"1" } else { b"0" };
                    [first, hex.get(1..).unwrap_or_default()].concat()
                })?
            }
            Self::WrongSignature => with_field(composed, step, "verifier", |base64| {
                let first: &[u8] = if base64.starts_with(b"A") { b"B" } else { b"A" };
                [first, base64.get(1..).unwrap_or_default()].concat()
            })?,
            Self::NoSignature if matches!(step.signal, Some(Signal::ServerFinal | Signal::RspauthChallenge)) => {
                wire::reply(235, Some("2.7.0"), "Authentication successful")
            }
            Self::InitialResponse => match step.signal {
                Some(Signal::AuthCramMd5) => wire::command_auth(Mechanism::CramMd5.name(), Some(EARLY)),
                Some(Signal::AuthDigestMd5) => wire::command_auth(Mechanism::DigestMd5.name(), Some(EARLY)),
                _ => return None,
            },
            Self::OtherNonce | Self::ManyRounds | Self::NoSignature => return None,
        };
        (changed != composed).then_some(changed)
    }
}

/// Nobody's password.
pub(super) const WRONG_PASSWORD: &str = "looking-glass";

/// What a client might say that does not wait for the challenge.
const EARLY: &[u8] = b"alice";

/// A prompt that asks for neither of the two.
pub(super) const WRONG_PROMPT: &[u8] = b"Who are you?";

/// Why a connection is closed that nobody has asked to close.
pub(super) const DROPPED: &str = "fault: dropped in the middle of the exchange";

/// An asterisk behind the first character: never a cancel line, never base64.
pub(super) fn spoil_base64(text: &str) -> String {
    let mut spoilt = text.to_owned();
    spoilt.insert(text.len().min(1), '!');
    spoilt
}

/// The first half of a token.
pub(super) fn cut(token: &[u8]) -> &[u8] {
    &token[..token.len() / 2]
}

/// The same line with other octets in a field of its token.
fn with_field(line: &[u8], step: &Step, name: &str, change: impl Fn(&[u8]) -> Vec<u8>) -> Option<Vec<u8>> {
    let (token, tree) = (step.token?, step.tree()?);
    let octets = step.token_bytes();
    let node = tree.find(name)?;
    let changed = decode::patch(octets, &tree, node, &change(node.content.of(octets))).ok()?;
    Some(wire::with_token(line, token.encoded, &changed))
}

/// The same line with its last word, the base64, changed by `change`.
pub(super) fn edit_last_word(line: &[u8], change: impl Fn(&str) -> String) -> Vec<u8> {
    let text = String::from_utf8_lossy(line);
    let text = text.trim_end_matches("\r\n");
    match text.rsplit_once(' ') {
        Some((head, word)) => format!("{head} {}\r\n", change(word)),
        None => format!("{}\r\n", change(text)),
    }
    .into_bytes()
}

/// The base64 word of half the token that `word` stands for.
pub(super) fn cut_word(word: &str) -> String {
    let bytes = base64::read(word.as_bytes(), crate::terms::Span::new(0, word.len())).bytes;
    base64::encode(cut(&bytes))
}

/// A name that is no fault's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no fault is called `{0}`; there are: {known}", known = Fault::ALL.map(Fault::name).join(", "))]
pub struct UnknownFault(String);

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, UnknownFault> {
        Self::ALL.into_iter().find(|fault| fault.name() == name).ok_or_else(|| UnknownFault(name.to_owned()))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

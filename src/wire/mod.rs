//! Octets to SMTP lines and back: command, reply, response, base64.
//!
//! Stands above `terms` only. Nothing here fails: a line that breaks the grammar is read as far as it goes, and what
//! is wrong with it is listed as [`Flaw`]s with the range where it shows. Whether a client's line is a command or a
//! response only the conversation knows, so the caller says it ([`Dialogue`]).
//!
//! The way of the octets: [`LineBuffer`] cuts the stream into lines, [`read_client`] and [`read_server`] say what a line
//! is, [`keywords`] reads the lines of an EHLO reply together; [`command_auth`], [`challenge`], [`response`], [`reply`]
//! and [`reply_lines`] compose lines; [`printable`] shows one safely.
//!
//! Limits: UTF-8 in addresses (RFC 6531) is not read; parameters of MAIL and RCPT stay unparsed text.

pub mod base64;
mod compose;
mod line;
mod read;

pub use compose::{CANCEL, EMPTY, challenge, command_auth, reply, reply_lines, response, with_token};
pub use line::{COMMAND_LIMIT, LINE_LIMIT, LineBuffer, printable, printed_width};
pub use read::{keywords, read_client, read_server};

use crate::terms::{Cite, Span};
use std::fmt;

/// A line as it came, terminator included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawLine {
    /// The octets kept: at most the limit of the [`LineBuffer`], terminator included.
    pub bytes: Vec<u8>,
    /// Octets of the same line that were dropped past the limit.
    pub cut: u64,
}

/// What a client's line is to be read as: the conversation knows, the line does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialogue {
    /// A command (RFC 5321 section 4.1).
    Command,
    /// An answer within an AUTH exchange (RFC 4954 section 4).
    Response,
    /// A line of the message after DATA (RFC 5321 section 4.1.1.4).
    MailData,
}

/// One line, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The line without its terminator.
    pub content: Span,
    /// What it is.
    pub body: Body,
    /// What is wrong with it, in the order of the octets. Neighbouring octets of one kind are one flaw, and of single
    /// octets the first [`Message::FLAWS_KEPT`] are listed.
    pub flaws: Vec<Flaw>,
}

impl Message {
    /// The base64 that the line carries, whichever kind of line it is.
    #[must_use]
    pub fn base64(&self) -> Option<&Base64> {
        match &self.body {
            Body::Command(command) => command.auth.as_ref()?.initial.as_ref(),
            Body::Response(Response::Base64(base64)) => Some(base64),
            Body::Reply(reply) => reply.challenge.as_ref(),
            _ => None,
        }
    }

    /// What is wrong with the line as such, then with its base64, each in one sentence: `LF without CR before it,
    /// column 12 (RFC 5321 2.3.8)`. Columns are counted from 1.
    pub fn remarks(&self) -> impl Iterator<Item = String> {
        let flaws = self.flaws.iter().map(|flaw| (flaw.kind.to_string(), flaw.span.start, flaw.cite));
        let errors = self.base64().into_iter().flat_map(|base64| &base64.errors);
        let errors = errors.map(|error| (format!("base64: {}", error.kind), error.at, Cite::new("RFC 4648", "4")));
        flaws.chain(errors).map(|(what, at, cite)| format!("{what}, column {} ({cite})", at + 1))
    }
}

/// What a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A client's command.
    Command(Command),
    /// A client's answer to a challenge.
    Response(Response),
    /// A line of the message text.
    MailData,
    /// The lone dot that ends the message text.
    EndOfData,
    /// One line of a server's reply.
    Reply(Reply),
    /// A server's line that does not start with three digits.
    NotAReply,
}

/// A client's command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The verb, compared without regard to case.
    pub verb: Verb,
    /// Where it stands.
    pub word: Span,
    /// All that follows the first blank; empty where nothing does.
    pub argument: Span,
    /// The parts of `AUTH`.
    pub auth: Option<AuthCommand>,
}

/// The verbs that bear on AUTH; all others are [`Verb::Other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // Each is the command of that name in RFC 5321, RFC 3207 or RFC 4954.
pub enum Verb {
    Ehlo,
    Helo,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    Rset,
    Noop,
    Vrfy,
    Expn,
    Help,
    Quit,
    Bdat,
    Other,
}

/// The parts of an AUTH command (RFC 4954 section 4): `AUTH SP sasl-mech [SP initial-response]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthCommand {
    /// The mechanism's name as written; empty where it is missing.
    pub mechanism: Span,
    /// The initial response, if one was given (empty span: a blank followed by nothing).
    pub initial: Option<Base64>,
    /// Further words after the initial response, which the grammar does not allow.
    pub extra: Option<Span>,
}

/// A client's answer to a challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Response {
    /// A line that is exactly `*`.
    Cancel,
    /// An empty line.
    Empty,
    /// Anything else: base64, or what should have been.
    Base64(Base64),
}

/// One line of a server's reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The three digits as a number, 0 to 999.
    pub code: u16,
    /// Whether the line ends the reply (`250 ` rather than `250-`).
    pub last: bool,
    /// The enhanced status code (RFC 2034), `2.7.0`.
    pub enhanced: Option<Span>,
    /// The text after code, separator and enhanced status code.
    pub text: Span,
    /// In a 334: the challenge.
    pub challenge: Option<Base64>,
}

/// A stretch of base64 (RFC 4648 section 4) with its errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base64 {
    /// Where it stands in the line.
    pub span: Span,
    /// What it decodes to; where there are errors, what could be read of it (foreign characters skipped).
    pub bytes: Vec<u8>,
    /// The errors, in the order of the characters: the first [`Base64::ERRORS_KEPT`].
    pub errors: Vec<Base64Error>,
    /// The text is exactly `=`: present but empty. Legal only as an initial response (RFC 4954 section 4); everywhere
    /// else `errors` says so.
    pub equals: bool,
}

/// One error in base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base64Error {
    /// Where in the line; where something is missing, one past the last character.
    pub at: usize,
    /// What.
    pub kind: Base64ErrorKind,
}

/// What can be wrong with base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Base64ErrorKind {
    /// A character outside the alphabet.
    Foreign(u8),
    /// `-` or `_`: the URL-safe alphabet (RFC 4648 section 5).
    UrlSafe(u8),
    /// `=` before the end.
    PaddingInside,
    /// `=` is missing at the end, or there is too much of it.
    PaddingCount,
    /// One character over a multiple of four: no octet fits in six bits.
    Length,
    /// Bits that no octet uses are not zero (RFC 4648 section 3.5); the value is readable all the same.
    TrailingBits,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// What.
    pub kind: FlawKind,
    /// Where.
    pub span: Span,
    /// The rule that it breaks.
    pub cite: Cite,
}

/// What can be wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FlawKind {
    /// CR without LF behind it.
    BareCr,
    /// LF without CR before it.
    BareLf,
    /// The connection ended before the line did.
    NoTerminator,
    /// A NUL octet.
    Nul,
    /// An octet above 0x7F.
    EightBit,
    /// Longer than every peer takes a line of this kind: 512 octets for a command or a reply (MAIL: 1,012), 1,000 for a line of the
    /// message, 12,288 within the exchange.
    OverLong,
    /// A reply whose code is not followed by a blank or a hyphen.
    NoSeparator,
    /// A blank at the end of a command.
    TrailingBlank,
    /// More than one blank between the words of an AUTH command.
    ExtraBlank,
}

/// One keyword of an EHLO reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyword {
    /// In capitals: `AUTH`, `STARTTLS`, `SIZE`.
    pub name: String,
    /// Its parameters: for AUTH the mechanisms, in capitals, in the order offered.
    pub parameters: Vec<String>,
    /// Written `AUTH=`, as before RFC 2554.
    pub legacy: bool,
}

impl Message {
    /// How many flaws of single octets one line lists, so that a hostile line costs no more than itself.
    pub const FLAWS_KEPT: usize = 32;

    /// Adds what the octets that are left don't show: that `octets` more of the line were dropped ([`RawLine::cut`]).
    pub fn mark_cut(&mut self, octets: u64) {
        if octets > 0 && self.flaws.iter().all(|flaw| flaw.kind != FlawKind::OverLong) {
            let span = Span::new(self.content.end, self.content.end);
            self.flaws.push(Flaw { kind: FlawKind::OverLong, span, cite: Cite::new("RFC 4954", "4") });
            self.flaws.sort_by_key(|flaw| flaw.span);
        }
    }
}

impl Base64 {
    /// How many errors are listed, so that a hostile line costs no more than itself.
    pub const ERRORS_KEPT: usize = 32;

    /// Whether it is base64 as RFC 4648 section 4 has it, without any error.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }

    /// Whether a receiver can decode it: trailing bits that are not zero don't stop it (RFC 4648 section 3.5). `=` alone
    /// is no base64.
    #[must_use]
    pub fn is_legible(&self) -> bool {
        !self.equals && self.errors.iter().all(|error| error.kind == Base64ErrorKind::TrailingBits)
    }
}

impl fmt::Display for FlawKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BareCr => "CR without LF behind it",
            Self::BareLf => "LF without CR before it",
            Self::NoTerminator => "the connection ended before the line did",
            Self::Nul => "a NUL octet",
            Self::EightBit => "an octet above 0x7F",
            Self::OverLong => "the line is longer than a peer can be expected to take",
            Self::NoSeparator => "neither blank nor hyphen after the reply code",
            Self::TrailingBlank => "a blank at the end of the command",
            Self::ExtraBlank => "more than one blank between two words",
        })
    }
}

impl fmt::Display for Base64ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Foreign(b' ') => f.write_str("a blank is not in the base64 alphabet"),
            Self::Foreign(octet @ 0x21..=0x7E) => write!(f, "`{}` is not in the base64 alphabet", char::from(octet)),
            Self::Foreign(octet) => write!(f, "octet 0x{octet:02X} is not in the base64 alphabet"),
            Self::UrlSafe(octet) => write!(f, "`{}` belongs to the URL-safe alphabet", char::from(octet)),
            Self::PaddingInside => f.write_str("`=` before the end"),
            Self::PaddingCount => f.write_str("the wrong number of `=` at the end"),
            Self::Length => f.write_str("one character too many: it holds six bits, which make no octet"),
            Self::TrailingBits => f.write_str("the last character has bits set that belong to no octet"),
        }
    }
}

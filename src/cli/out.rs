//! Standard output, and remarks beside it, as the flags want it: JSON or text, colour or none, ASCII or not.

use super::Common;
use crate::decode::is_harmful;
use crate::terms::Party;
use serde::Serialize;
use std::borrow::Cow;
use std::io::{self, BufWriter, StdoutLock, Write};

/// Standard output. Nothing is sure to have left before [`Out::flush`].
#[allow(clippy::struct_excessive_bools)] // One flag each.
pub(super) struct Out {
    to: BufWriter<StdoutLock<'static>>,
    color: bool,
    /// One JSON object a line.
    pub(super) json: bool,
    /// Nothing but ASCII.
    pub(super) ascii: bool,
    /// Secrets in clear.
    pub(super) reveal: bool,
    /// Before each line of text.
    pub(super) prefix: String,
}

/// What a line of text is, for those who see colours. Without them nothing is lost: every line says it in words too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// Text.
    Plain,
    /// What is there for the record.
    Dim,
    /// Whose line it is: blue and orange (yellow, of the sixteen), never red and green.
    Party(Party),
    /// Something is wrong.
    Bad,
}

impl Out {
    pub(super) fn new(common: &Common) -> Self {
        let Common { json, reveal, .. } = *common;
        let (color, ascii) = (common.color(), common.ascii());
        Self { to: BufWriter::new(io::stdout().lock()), color, json, ascii, reveal, prefix: String::new() }
    }

    /// One line of text.
    pub(super) fn line(&mut self, tone: Tone, text: &str) -> io::Result<()> {
        let text = if self.ascii { to_ascii(text) } else { Cow::Borrowed(text) };
        let escape = match tone {
            _ if !self.color => None,
            Tone::Plain => None,
            Tone::Dim => Some("2"),
            Tone::Party(Party::Client) => Some("34"),
            Tone::Party(Party::Server) => Some("33"),
            Tone::Bad => Some("1;31"),
        };
        let prefix = &self.prefix;
        match escape {
            Some(escape) => writeln!(self.to, "{prefix}\x1b[{escape}m{text}\x1b[0m"),
            None => writeln!(self.to, "{prefix}{text}"),
        }
    }

    /// One JSON object, on a line of its own.
    pub(super) fn object(&mut self, object: &impl Serialize) -> io::Result<()> {
        object.serialize(&mut serde_json::Serializer::with_formatter(&mut self.to, Plain { ascii: self.ascii }))?;
        self.to.write_all(b"\n")
    }

    /// Octets as they are.
    pub(super) fn raw(&mut self, octets: &[u8]) -> io::Result<()> {
        self.to.write_all(octets)
    }

    /// A remark or a question, on standard error, after all that was written so far.
    pub(super) fn aside(&mut self, text: &str) -> io::Result<()> {
        self.flush()?;
        let text = if self.ascii { to_ascii(text) } else { Cow::Borrowed(text) };
        // Where standard error is closed, nobody wants to know.
        let _ = io::stderr().write_all(text.as_bytes());
        Ok(())
    }

    /// Sends off what was written.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// JSON in one line, whose strings have as escapes what must not reach a terminal.
struct Plain {
    /// All that is not ASCII as well.
    ascii: bool,
}

impl serde_json::ser::Formatter for Plain {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, to: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, character)) =
            rest.char_indices().find(|&(_, c)| is_harmful(c) || self.ascii && !c.is_ascii())
        {
            to.write_all(&rest.as_bytes()[..at])?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(to, "\\u{unit:04x}")?;
            }
            rest = &rest[at + character.len_utf8()..];
        }
        to.write_all(rest.as_bytes())
    }
}

/// The same in ASCII: our own signs by signs that look like them, all else as its number.
fn to_ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut ascii = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '→' => ascii.push_str("->"),
            '›' => ascii.push('>'),
            '•' => ascii.push('*'),
            '…' => ascii.push_str("..."),
            _ if character.is_ascii() => ascii.push(character),
            _ => ascii.extend(character.escape_unicode()),
        }
    }
    Cow::Owned(ascii)
}

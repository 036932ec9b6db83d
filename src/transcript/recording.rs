//! The recording: events as text, as RFC 4954 prints its examples.
//!
//! Every face saves and loads through here. Only facts are kept; trees, states and findings are computed again on load.
//!
//! ```
//! use saslscope::transcript::recording::{read, write};
//! let text = r"saslscope session 1
//! title: AUTH LOGIN, username omitted
//! cites: MS-XLOGIN 4
//! started: 2026-11-20T18:00:00Z
//! secrets: kept
//!
//! 0.000000 *  opened 192.0.2.10:587
//! 0.012000 S: 220 SMTP.example.com
//! 0.012000 # Outlook omits the username too (note <2>).
//! 0.030000 C: AUTH LOGIN
//! 0.031000 S~ 334 VXNlcm5hbWU6
//! 0.031000 S: 334 VXNlcm5hbWUA
//! 0.044000 C: *\n
//! 0.045000 *  closed by server: the line ended in a bare LF
//! ";
//! let loaded = read(text.as_bytes());
//! assert_eq!(loaded.damage, None);
//! assert_eq!(loaded.recording.events.len(), 7);
//! assert_eq!(write(&loaded.recording), text);
//! ```
//!
//! # Grammar
//!
//! UTF-8, one fact a line, each line ended by LF.
//!
//! ```text
//! recording = "saslscope session 1" LF *(NAME ":" [" " TEXT] LF) LF *(event LF)
//! event     = SECONDS "." 6DIGIT " " what
//! what      = ("C" / "S") ":" [" " LINE]         ; one physical line
//!           / ("C" / "S") "~" [" " LINE]         ; what would have gone in place of the line that follows
//!           / "#" [" " TEXT]                     ; a note
//!           / "*  " fact
//! fact      = "opened" [" " PEER]
//!           / "tls started" [" " FACTS]
//!           / "tls failed" [" " WHY]
//!           / "mech " ("client" / "server") " " CALL " failed 0x" 8HEXDIG " " MINOR [" " TEXT]
//!           / "layer " BIT
//!           / "gap " COUNT " octets"
//!           / "closed by " ("client" / "server" / "unknown") [": " WHY]
//! ```
//!
//! * Headers: `title`, `started`, `secrets` (`kept` or `masked`) at most once, `cites` any number of times, then any
//!   others, which are kept in their order.
//! * In a LINE every octet outside 0x21–0x7E but inner blanks is `\xNN`, a backslash is `\\`. CRLF at the end is not
//!   written. Any other ending is: `\n`, `\r`, and `\.` for none. `\+N` before the ending: N octets were dropped there.
//! * In a TEXT (PEER, FACTS, WHY, CALL, NAME) the escapes are the same, with `\n` and `\r` wherever they stand; what a
//!   terminal shows as itself stays as it is, in any language. CALL has its blanks as `\x20`, NAME its colons as `\x3A`.
//!
//! For people who write by hand, reading also takes a line without a time (it has that of the line before), a note
//! without a time (it has that of the next event), `S: 334` for an empty challenge, and CRLF line ends. A bare `334`
//! that really had no blank is written `334\r\n`.
//!
//! A note stands behind what it is about. In a lesson it may begin with the view that it wants shown, or say that it is
//! for the presenter alone: `# [tree mechTypes] The offer.`, `# (presenter) Ask first.` (see [`super::lesson`]).
//!
//! Limits: a last line without its LF may be torn, so it is damage, and not loaded.

use super::{Event, What};
use crate::terms::{Micros, Party};
use std::fmt::{self, Write as _};
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::str::FromStr;

/// What every recording starts with.
const MAGIC: &str = "saslscope session ";
/// The version of the grammar above.
const VERSION: &str = "1";

/// A recording: what it is about, and what happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recording {
    /// What it is about.
    pub headers: Headers,
    /// What happened, in that order.
    pub events: Vec<Event>,
}

/// What a recording is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    /// One line for a list; empty where there is none.
    pub title: String,
    /// The places in specifications that it shows: `MS-XLOGIN 4`.
    pub cites: Vec<String>,
    /// When the connection was opened, as RFC 3339 has it; empty where unknown. Not interpreted here.
    pub started: String,
    /// Whether the events hold what logs somebody on.
    pub secrets: Secrets,
    /// Headers that this version does not know: name and value, in their order. No name is one of the above.
    pub other: Vec<(String, String)>,
}

/// Whether a recording holds what logs somebody on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Secrets {
    /// They are there. A recording that says nothing may hold them.
    #[default]
    Kept,
    /// Filler of the same length stands in their place.
    Masked,
}

/// What could be read of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// All that stands before the damage.
    pub recording: Recording,
    /// Why reading stopped before the end, if it did.
    pub damage: Option<Damage>,
}

/// Where and why a file can't be read any further.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The line, counted from 1.
    pub line: usize,
    /// Why, as a sentence without its full stop.
    pub reason: String,
}

/// `line 7: unknown escape`
impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

/// Reads a recording as far as it goes. Time and memory are linear in `bytes`.
#[must_use]
pub fn read(bytes: &[u8]) -> Loaded {
    let mut reader = Reader::default();
    let mut number = 0;
    // Some editors put a byte order mark first.
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let result = bytes.split_inclusive(|&octet| octet == b'\n').try_for_each(|line| {
        number += 1;
        let line = line.strip_suffix(b"\n").ok_or("the last line has no line end, so it may be torn")?;
        let line = std::str::from_utf8(line).map_err(|_| "not UTF-8")?;
        reader.line(line.strip_suffix('\r').unwrap_or(line))
    });
    let result = result.and_then(|()| reader.end());
    reader.settle_notes(reader.now);
    let damage = result.err().map(|reason| Damage { line: number.max(1), reason: reason.0 });
    Loaded { recording: reader.recording, damage }
}

/// The recording as text. What [`read`] makes of it equals `recording`.
#[must_use]
pub fn write(recording: &Recording) -> String {
    let mut text = headers(&recording.headers);
    for event in &recording.events {
        write_event(&mut text, event);
    }
    text
}

/// One event as it stands in a recording: its line, or two where it was edited, each ended by LF.
#[must_use]
pub fn event_lines(event: &Event) -> String {
    let mut text = String::new();
    write_event(&mut text, event);
    text
}

/// The same without its time and the last LF.
#[must_use]
pub fn untimed(event: &Event) -> String {
    event_lines(event).split_once(' ').map_or("", |(_, fact)| fact).trim_end_matches('\n').to_owned()
}

/// Writes a recording while it happens: each event is flushed, so that a program that is killed leaves a recording
/// that loads up to its last event.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    line: String,
}

impl Writer<File> {
    /// Writes to a new file, which only its owner can read.
    ///
    /// # Errors
    /// Where the file exists (nothing is overwritten) or can't be written.
    pub fn create_new(path: &Path, headers: &Headers) -> io::Result<Self> {
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        Self::new(create_new(path)?, headers).map_err(named)
    }
}

/// A new file, which only its owner can read.
///
/// # Errors
/// Where the file exists (nothing is overwritten) or can't be created.
pub fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::AlreadyExists => "the file exists, and nothing is overwritten".to_owned(),
            _ => error.to_string(),
        };
        io::Error::new(error.kind(), format!("{}: {why}", path.display()))
    })
}

impl<W: io::Write> Writer<W> {
    /// Writes the headers to `out`.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn new(mut out: W, headers: &Headers) -> io::Result<Self> {
        out.write_all(self::headers(headers).as_bytes())?;
        out.flush()?;
        Ok(Self { out, line: String::new() })
    }

    /// Writes one event and flushes it.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn push(&mut self, event: &Event) -> io::Result<()> {
        self.line.clear();
        write_event(&mut self.line, event);
        self.out.write_all(self.line.as_bytes())?;
        self.out.flush()
    }
}

/// A sentence that says why a line can't be read.
struct Reason(String);

impl From<&str> for Reason {
    fn from(reason: &str) -> Self {
        Self(reason.to_owned())
    }
}

impl From<String> for Reason {
    fn from(reason: String) -> Self {
        Self(reason)
    }
}

/// What is known after some lines of a file.
#[derive(Default)]
struct Reader {
    recording: Recording,
    part: Part,
    /// The time of the last event.
    now: Micros,
    /// How many notes at the end of the events wait for the time of the next event.
    untimed: usize,
    /// A `C~` or `S~` that waits for its line.
    edited: Option<(Party, Vec<u8>)>,
}

/// Which part of the file the next line belongs to.
#[derive(Default, PartialEq, Eq)]
enum Part {
    #[default]
    Magic,
    Headers {
        /// The names that may stand only once, as far as they have.
        seen: Vec<&'static str>,
    },
    Events,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), Reason> {
        match &mut self.part {
            Part::Magic => {
                let version = line.strip_prefix(MAGIC).ok_or("not a recording: `saslscope session 1` is missing")?;
                if version != VERSION {
                    let mut found = String::new();
                    write_text(&mut found, version, None);
                    return Err(format!("version {found} of the format; known is {VERSION}").into());
                }
                self.part = Part::Headers { seen: Vec::new() };
            }
            Part::Headers { .. } if line.is_empty() => self.part = Part::Events,
            Part::Headers { seen } => header(&mut self.recording.headers, seen, line)?,
            Part::Events => self.event(line)?,
        }
        Ok(())
    }

    fn event(&mut self, line: &str) -> Result<(), Reason> {
        let (time, line) = time(line)?;
        let (tag, rest) = line.split_at_checked(2).unwrap_or((line, ""));
        let from = match tag {
            "C:" | "C~" => Some(Party::Client),
            "S:" | "S~" => Some(Party::Server),
            _ => None,
        };
        if let Some((party, _)) = self.edited
            && (from != Some(party) || tag.ends_with('~'))
        {
            return Err(alone(party));
        }
        if let Some(from) = from {
            let rest = match rest.strip_prefix(' ') {
                None if !rest.is_empty() => return Err(format!("a blank is missing after `{tag}`").into()),
                rest => rest.unwrap_or_default(),
            };
            let (bytes, cut) = octets(from, rest)?;
            if tag.ends_with('~') {
                if cut > 0 {
                    return Err("octets can't be missing from a line that was not sent".into());
                }
                self.edited = Some((from, bytes));
            } else {
                let edited_from = self.edited.take().map(|(_, bytes)| bytes);
                self.push(time, What::Line { from, bytes, edited_from, cut });
            }
        } else if let Some(note) = line.strip_prefix('#') {
            let note = What::Note(text(after_blank(note).ok_or("a blank is missing after `#`")?)?);
            if time.is_none() {
                self.recording.events.push(Event { at: self.now, what: note });
                self.untimed += 1;
            } else {
                self.push(time, note);
            }
        } else if let Some(words) = line.strip_prefix("* ") {
            let words = words.trim_start_matches(' ');
            self.push(time, fact(words)?);
        } else {
            return Err("neither `C:`, `S:`, `C~`, `S~`, `#` nor `*`".into());
        }
        Ok(())
    }

    fn push(&mut self, time: Option<Micros>, what: What) {
        let at = time.unwrap_or(self.now);
        self.settle_notes(at);
        self.now = at;
        self.recording.events.push(Event { at, what });
    }

    /// Gives the notes that had no time that of the event that follows them.
    fn settle_notes(&mut self, at: Micros) {
        for event in self.recording.events.iter_mut().rev().take(std::mem::take(&mut self.untimed)) {
            event.at = at;
        }
    }

    fn end(&self) -> Result<(), Reason> {
        match self.part {
            Part::Magic => Err("the file is empty".into()),
            Part::Headers { .. } => Err("the file ends within the headers: an empty line ends them".into()),
            Part::Events => self.edited.as_ref().map_or(Ok(()), |(party, _)| Err(alone(*party))),
        }
    }
}

fn alone(party: Party) -> Reason {
    format!("`{0}~` is not followed by the `{0}:` that went", party.letter()).into()
}

fn header(headers: &mut Headers, seen: &mut Vec<&'static str>, line: &str) -> Result<(), Reason> {
    let (name, value) = line.split_once(':').ok_or("a header is `name: value`; an empty line ends them")?;
    let value = text(after_blank(value).ok_or("a blank is missing after the header's name")?)?;
    let mut once = |name: &'static str| {
        if seen.contains(&name) {
            return Err(Reason(format!("`{name}` stands here for the second time")));
        }
        seen.push(name);
        Ok(())
    };
    match name {
        "title" => {
            once("title")?;
            headers.title = value;
        }
        "cites" => headers.cites.push(value),
        "started" => {
            once("started")?;
            headers.started = value;
        }
        "secrets" => {
            once("secrets")?;
            headers.secrets = match value.as_str() {
                "kept" => Secrets::Kept,
                "masked" => Secrets::Masked,
                _ => return Err("secrets are `kept` or `masked`".into()),
            };
        }
        _ => headers.other.push((text(name)?, value)),
    }
    Ok(())
}

/// The time that a line starts with, if it does, and what follows.
fn time(line: &str) -> Result<(Option<Micros>, &str), Reason> {
    if !line.starts_with(|first: char| first.is_ascii_digit()) {
        return Ok((None, line));
    }
    let (time, rest) = line.split_once(' ').ok_or("nothing follows the time")?;
    let micros = time.split_once('.').and_then(|(seconds, micros)| {
        let micros = number::<u64>(micros).filter(|_| micros.len() == 6)?;
        number::<u64>(seconds)?.checked_mul(1_000_000)?.checked_add(micros)
    });
    Ok((Some(Micros(micros.ok_or("a time is seconds, a point, six digits")?)), rest))
}

/// Digits only, unlike `str::parse`, which takes a sign.
fn number<T: FromStr>(digits: &str) -> Option<T> {
    digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// What follows the one blank; nothing where there is nothing; `None` where something else comes first.
fn after_blank(rest: &str) -> Option<&str> {
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix(' ') }
}

fn fact(words: &str) -> Result<What, Reason> {
    const UNKNOWN: &str = "no such fact, or its words are not as they should be";
    let (word, rest) = words.split_once(' ').unwrap_or((words, ""));
    Ok(match word {
        "opened" => What::Opened { peer: text(rest)? },
        "tls" => match rest.split_once(' ').unwrap_or((rest, "")) {
            ("started", facts) => What::TlsStarted { facts: text(facts)? },
            ("failed", why) => What::TlsFailed { why: text(why)? },
            _ => return Err(UNKNOWN.into()),
        },
        "mech" => mech(rest).ok_or(UNKNOWN)??,
        "layer" => What::Layer { mask: number(rest).ok_or(UNKNOWN)? },
        "gap" => What::Gap { octets: rest.strip_suffix(" octets").and_then(number).ok_or(UNKNOWN)? },
        "closed" => {
            let rest = rest.strip_prefix("by ").ok_or(UNKNOWN)?;
            let (by, why) = rest.split_once(':').unwrap_or((rest, ""));
            let by = if by == "unknown" { None } else { Some(party(by).ok_or(UNKNOWN)?) };
            What::Closed { by, why: text(after_blank(why).ok_or(UNKNOWN)?)? }
        }
        _ => return Err(UNKNOWN.into()),
    })
}

/// `PARTY CALL failed 0xMAJOR MINOR [TEXT]`
fn mech(words: &str) -> Option<Result<What, Reason>> {
    let mut words = words.splitn(6, ' ');
    let party = party(words.next()?)?;
    let call = words.next()?;
    (words.next()? == "failed").then_some(())?;
    let major = words.next()?.strip_prefix("0x").filter(|hex| hex.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
    let major = u32::from_str_radix(major, 16).ok()?;
    let minor = number(words.next()?)?;
    let words = words.next().unwrap_or_default();
    Some(text(call).and_then(|call| Ok(What::Mech { party, call, major, minor, text: text(words)? })))
}

fn party(name: &str) -> Option<Party> {
    Party::BOTH.into_iter().find(|party| party.name() == name)
}

/// The octets of a line, terminator included, and how many were dropped.
fn octets(from: Party, text: &str) -> Result<(Vec<u8>, u64), Reason> {
    if from == Party::Server && text == "334" {
        return Ok((b"334 \r\n".to_vec(), 0)); // an editor took the blank from the end of the line
    }
    let Unescaped { mut bytes, ended, cut, .. } = unescape(text)?;
    if !ended {
        bytes.extend_from_slice(b"\r\n");
    }
    Ok((bytes, cut.unwrap_or(0)))
}

fn text(text: &str) -> Result<String, Reason> {
    if !text.contains('\\') {
        return Ok(text.to_owned());
    }
    let Unescaped { bytes, dot, cut, .. } = unescape(text)?;
    if dot || cut.is_some() {
        return Err(MISPLACED.into());
    }
    String::from_utf8(bytes).map_err(|_| Reason::from("the escapes make no UTF-8"))
}

/// A LINE or TEXT, read.
#[derive(Default)]
struct Unescaped {
    bytes: Vec<u8>,
    /// It ends in `\n`, `\r` or `\.`.
    ended: bool,
    /// It ends in `\.`.
    dot: bool,
    cut: Option<u64>,
}

impl Unescaped {
    fn add(&mut self, octets: &[u8]) -> Result<(), Reason> {
        if self.dot || self.cut.is_some() {
            return Err(MISPLACED.into());
        }
        self.bytes.extend_from_slice(octets);
        self.ended = false;
        Ok(())
    }
}

const MISPLACED: &str = r"`\+N` and `\.` stand only at the end of a line";

fn unescape(text: &str) -> Result<Unescaped, Reason> {
    let mut read = Unescaped { bytes: Vec::with_capacity(text.len() + 2), ..Unescaped::default() };
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (plain, escaped) = rest.split_at(at);
        if !plain.is_empty() {
            read.add(plain.as_bytes())?;
        }
        let (escape, after) = escape(escaped).ok_or(r"unknown escape: known are \\, \xNN, \n, \r, \., \+N")?;
        match escape {
            Escape::Octet(octet) => read.add(&[octet])?,
            Escape::End(octet) if !read.dot => {
                read.bytes.push(octet);
                read.ended = true;
            }
            Escape::NoEnd if !read.dot => (read.dot, read.ended) = (true, true),
            Escape::Cut(octets) if !read.dot && read.cut.is_none() => (read.cut, read.ended) = (Some(octets), false),
            _ => return Err(MISPLACED.into()),
        }
        rest = after;
    }
    if !rest.is_empty() {
        read.add(rest.as_bytes())?;
    }
    Ok(read)
}

#[derive(Clone, Copy)]
enum Escape {
    Octet(u8),
    End(u8),
    NoEnd,
    Cut(u64),
}

/// The escape that `text` starts with, and what follows.
fn escape(text: &str) -> Option<(Escape, &str)> {
    let rest = text.strip_prefix('\\')?;
    let mut characters = rest.chars();
    let kind = characters.next()?;
    let rest = characters.as_str();
    Some(match kind {
        '\\' => (Escape::Octet(b'\\'), rest),
        'n' => (Escape::End(b'\n'), rest),
        'r' => (Escape::End(b'\r'), rest),
        '.' => (Escape::NoEnd, rest),
        'x' => {
            let (hex, rest) = rest.split_at_checked(2)?;
            let hex = Some(hex).filter(|hex| hex.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
            (Escape::Octet(u8::from_str_radix(hex, 16).ok()?), rest)
        }
        '+' => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            (Escape::Cut(number(&rest[..digits])?), &rest[digits..])
        }
        _ => return None,
    })
}

fn headers(headers: &Headers) -> String {
    let mut text = format!("{MAGIC}{VERSION}\n");
    if !headers.title.is_empty() {
        write_header(&mut text, "title", &headers.title);
    }
    for cite in &headers.cites {
        write_header(&mut text, "cites", cite);
    }
    if !headers.started.is_empty() {
        write_header(&mut text, "started", &headers.started);
    }
    let secrets = match headers.secrets {
        Secrets::Kept => "kept",
        Secrets::Masked => "masked",
    };
    write_header(&mut text, "secrets", secrets);
    for (name, value) in &headers.other {
        write_header(&mut text, name, value);
    }
    text.push('\n');
    text
}

fn write_header(out: &mut String, name: &str, value: &str) {
    write_text(out, name, Some(':'));
    out.push(':');
    write_tail(out, value);
    out.push('\n');
}

fn write_event(out: &mut String, Event { at, what }: &Event) {
    if let What::Line { from, edited_from: Some(bytes), .. } = what {
        put(out, format_args!("{at} {}~", from.letter()));
        write_line(out, *from, bytes, 0);
        out.push('\n');
    }
    put(out, format_args!("{at} "));
    match what {
        What::Line { from, bytes, cut, edited_from: _ } => {
            put(out, format_args!("{}:", from.letter()));
            write_line(out, *from, bytes, *cut);
        }
        What::Note(note) => {
            out.push('#');
            write_tail(out, note);
        }
        What::Opened { peer } => {
            out.push_str("*  opened");
            write_tail(out, peer);
        }
        What::TlsStarted { facts } => {
            out.push_str("*  tls started");
            write_tail(out, facts);
        }
        What::TlsFailed { why } => {
            out.push_str("*  tls failed");
            write_tail(out, why);
        }
        What::Mech { party, call, major, minor, text } => {
            put(out, format_args!("*  mech {party} "));
            write_text(out, call, Some(' '));
            put(out, format_args!(" failed {major:#010x} {minor}"));
            write_tail(out, text);
        }
        What::Layer { mask } => put(out, format_args!("*  layer {mask}")),
        What::Gap { octets } => put(out, format_args!("*  gap {octets} octets")),
        What::Closed { by, why } => {
            put(out, format_args!("*  closed by {}", by.map_or("unknown", Party::name)));
            if !why.is_empty() {
                out.push(':');
            }
            write_tail(out, why);
        }
    }
    out.push('\n');
}

/// A blank and the line; nothing for an empty line.
fn write_line(out: &mut String, from: Party, bytes: &[u8], cut: u64) {
    let (content, ending) = match bytes {
        b"334\r\n" if from == Party::Server => (&bytes[..3], r"\r\n"),
        [content @ .., b'\r', b'\n'] => (content, ""),
        [content @ .., b'\n'] => (content, r"\n"),
        [content @ .., b'\r'] => (content, r"\r"),
        content => (content, r"\."),
    };
    if content.is_empty() && ending.is_empty() && cut == 0 {
        return;
    }
    out.push(' ');
    let last = content.len().saturating_sub(1);
    for (at, &octet) in content.iter().enumerate() {
        match octet {
            b'\\' => out.push_str(r"\\"),
            0x21..=0x7E => out.push(char::from(octet)),
            b' ' if 0 < at && at < last => out.push(' '),
            _ => put(out, format_args!(r"\x{octet:02X}")),
        }
    }
    if cut > 0 {
        put(out, format_args!(r"\+{cut}"));
    }
    out.push_str(ending);
}

/// A blank and the text; nothing for an empty text.
fn write_tail(out: &mut String, text: &str) {
    if !text.is_empty() {
        out.push(' ');
        write_text(out, text, None);
    }
}

/// The text with whatever could break the line, or play tricks on a terminal, as escapes; and `also`, wherever it is.
fn write_text(out: &mut String, text: &str, also: Option<char>) {
    let last = text.len().saturating_sub(1);
    for (at, character) in text.char_indices() {
        match character {
            '\\' => out.push_str(r"\\"),
            '\n' => out.push_str(r"\n"),
            '\r' => out.push_str(r"\r"),
            ' ' if (at == 0 || at == last) || also == Some(' ') => out.push_str(r"\x20"),
            _ if is_hidden(character) || also == Some(character) => {
                for octet in character.encode_utf8(&mut [0; 4]).bytes() {
                    put(out, format_args!(r"\x{octet:02X}"));
                }
            }
            _ => out.push(character),
        }
    }
}

/// Controls, and characters that have no width or turn the direction of the text.
const fn is_hidden(character: char) -> bool {
    matches!(character, '\0'..='\x1F' | '\x7F'..='\u{9F}' | '\u{AD}' | '\u{61C}' | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}')
}

fn put(out: &mut String, words: fmt::Arguments<'_>) {
    out.write_fmt(words).unwrap_or_default(); // writing to a String cannot fail
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    /// The events of a file without headers.
    fn events(lines: &str) -> Loaded {
        read(format!("saslscope session 1\n\n{lines}").as_bytes())
    }

    /// The one line event written there: its octets and how many were dropped.
    fn line(text: &str) -> (Vec<u8>, u64) {
        let loaded = events(&format!("{text}\n"));
        assert_eq!(loaded.damage, None, "{text}");
        match &loaded.recording.events[..] {
            [Event { what: What::Line { bytes, cut, .. }, .. }] => (bytes.clone(), *cut),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn lines_in_the_one_notation() {
        let table: &[(&str, &[u8], u64)] = &[
            (r"0.000000 S: 220 SMTP.example.com", b"220 SMTP.example.com\r\n", 0),
            (r"0.000000 S: 334 VXNlcm5hbWU6", b"334 VXNlcm5hbWU6\r\n", 0),
            (r"0.000000 S: 334\x20", b"334 \r\n", 0),
            (r"0.000000 S: 334\r\n", b"334\r\n", 0),
            (r"0.000000 C: 334", b"334\r\n", 0),
            (r"0.000000 C:", b"\r\n", 0),
            (r"0.000000 C: \n", b"\n", 0),
            (r"0.000000 C: \.", b"", 0),
            (r"0.000000 C: *\r", b"*\r", 0),
            (r"0.000000 C: QUIT\.", b"QUIT", 0),
            (r"0.000000 C: a\\n\x0D\x0A\x00\xFF", b"a\\n\r\n\0\xFF\r\n", 0),
            (r"0.000000 C: \x20* \x20", b" *  \r\n", 0),
            (r"0.000000 C: AAAA\+1034", b"AAAA\r\n", 1034),
            (r"0.000000 C: AAAA\+1\n", b"AAAA\n", 1),
            (r"0.000000 C: \+7\.", b"", 7),
            (r"0.000000 C: \+7", b"\r\n", 7),
        ];
        for (text, bytes, cut) in table {
            assert_eq!(line(text), (bytes.to_vec(), *cut), "{text}");
            let written = write(&events(&format!("{text}\n")).recording);
            assert_eq!(written.lines().last(), Some(*text));
        }
    }

    #[test]
    fn what_a_hand_may_leave_out() {
        let loaded = events(
            "# first\n* opened\n1.000000 C:\n# a\n#\nC: AUTH LOGIN\nS: 334\r\n# b\n2.000000 S~ 334\nS: 235 ok\n# end\n",
        );
        assert_eq!(loaded.damage, None);
        let written = write(&loaded.recording);
        let (_, events) = written.split_once("\n\n").unwrap();
        let expected = r"0.000000 # first
0.000000 *  opened
1.000000 C:
1.000000 # a
1.000000 #
1.000000 C: AUTH LOGIN
1.000000 S: 334\x20
1.000000 # b
1.000000 S~ 334\x20
1.000000 S: 235 ok
1.000000 # end
";
        assert_eq!(events, expected);
    }

    #[test]
    fn damage_says_line_and_reason_and_what_stands_before_is_loaded() {
        let table: &[(&str, usize, &str, usize)] = &[
            ("", 1, "the file is empty", 0),
            ("GIF89a\n", 1, "not a recording: `saslscope session 1` is missing", 0),
            ("saslscope session 2\n", 1, "version 2 of the format; known is 1", 0),
            ("saslscope session 1\ntitle: x\n", 2, "the file ends within the headers: an empty line ends them", 0),
            ("saslscope session 1\ntitle: x\ntitle: y\n\n", 3, "`title` stands here for the second time", 0),
            ("saslscope session 1\nsecrets: none\n\n", 2, "secrets are `kept` or `masked`", 0),
            ("saslscope session 1\n\nC: a\nC: b", 4, "the last line has no line end, so it may be torn", 1),
            ("saslscope session 1\n\nC: a\n\nC: b\n", 4, "neither `C:`, `S:`, `C~`, `S~`, `#` nor `*`", 1),
            ("saslscope session 1\n\nC: a\nC~ b\nS: c\n", 5, "`C~` is not followed by the `C:` that went", 1),
            ("saslscope session 1\n\nC: a\nC~ b\n", 4, "`C~` is not followed by the `C:` that went", 1),
            ("saslscope session 1\n\n0.5 C: a\n", 3, "a time is seconds, a point, six digits", 0),
            (
                "saslscope session 1\n\n99999999999999999999.000000 C: a\n",
                3,
                "a time is seconds, a point, six digits",
                0,
            ),
            ("saslscope session 1\n\nC:a\n", 3, "a blank is missing after `C:`", 0),
            (
                "saslscope session 1\n\n# a\n# DOMAIN\\user\n",
                4,
                r"unknown escape: known are \\, \xNN, \n, \r, \., \+N",
                1,
            ),
            ("saslscope session 1\n\nC: \\xG0\n", 3, r"unknown escape: known are \\, \xNN, \n, \r, \., \+N", 0),
            ("saslscope session 1\n\nC: \\.a\n", 3, MISPLACED, 0),
            ("saslscope session 1\n\nC: a\\+5b\n", 3, MISPLACED, 0),
            ("saslscope session 1\n\nC: a\\+5\\x41\n", 3, MISPLACED, 0),
            ("saslscope session 1\n\n# a\\.\n", 3, MISPLACED, 0),
            ("saslscope session 1\n\n# \\xFF\n", 3, "the escapes make no UTF-8", 0),
            ("saslscope session 1\n\n* layer 256\n", 3, "no such fact, or its words are not as they should be", 0),
        ];
        for (text, line, reason, events) in table {
            let loaded = read(text.as_bytes());
            let damage = loaded.damage.unwrap_or_else(|| panic!("{text}"));
            assert_eq!((damage.line, damage.reason.as_str()), (*line, *reason), "{text}");
            assert_eq!(loaded.recording.events.len(), *events, "{text}");
        }
        let loaded = read(b"saslscope session 1\n\nC: a\nC: \xFF\n");
        assert_eq!(loaded.damage.unwrap().to_string(), "line 4: not UTF-8");
    }

    #[test]
    fn facts_read_as_sentences() {
        let what = |what| {
            let mut text = String::new();
            write_event(&mut text, &Event { at: Micros(0), what });
            text.trim_end().strip_prefix("0.000000 *  ").unwrap().to_owned()
        };
        let (party, call, text) = (Party::Client, "verify_mic".to_owned(), "the MIC is wrong".to_owned());
        let mech = What::Mech { party, call, major: 0x0006_0000, minor: 100_001, text };
        assert_eq!(what(mech), "mech client verify_mic failed 0x00060000 100001 the MIC is wrong");
        let why = "too many errors".to_owned();
        assert_eq!(what(What::Closed { by: Some(Party::Server), why }), "closed by server: too many errors");
        assert_eq!(what(What::Closed { by: None, why: String::new() }), "closed by unknown");
        assert_eq!(what(What::TlsStarted { facts: "TLSv1.3".to_owned() }), "tls started TLSv1.3");
    }

    #[test]
    fn a_text_keeps_its_language_and_loses_its_tricks() {
        let mut text = String::new();
        write_text(&mut text, "Größe\u{202E}\x1B[2J\u{9B}K\nnext \\ ", None);
        assert_eq!(text, r"Größe\xE2\x80\xAE\x1B[2J\xC2\x9BK\nnext \\\x20");
    }

    #[test]
    fn a_writer_overwrites_nothing_and_loses_nothing() {
        let path = std::env::temp_dir().join(format!("saslscope-recording-{}.session", std::process::id()));
        let events = [Event::note(Micros(1), "one"), Event::line(Micros(2), Party::Client, *b"QUIT\r\n")];
        let mut writer = Writer::create_new(&path, &Headers::default()).unwrap();
        for (n, event) in events.iter().enumerate() {
            writer.push(event).unwrap();
            assert_eq!(read(&std::fs::read(&path).unwrap()).recording.events, events[..=n]);
        }
        let error = Writer::create_new(&path, &Headers::default()).unwrap_err();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(error.to_string(), format!("{}: the file exists, and nothing is overwritten", path.display()));
    }

    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof!["[ -~]{0,12}", "[ \\\\xn.+:\n\r\u{0}-\u{ff}\u{202e}]{0,8}"]
    }

    fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
        let octet = prop_oneof![Just(b'\\'), Just(b' '), Just(b'\r'), Just(b'\n'), any::<u8>()];
        let ending = prop_oneof![Just("\r\n"), Just(""), Just("\n"), Just("\r")];
        let start = prop_oneof![Just(""), Just("334"), Just("334 ")];
        (start, vec(octet, 0..12), ending)
            .prop_map(|(start, middle, ending)| [start.as_bytes(), &middle, ending.as_bytes()].concat())
    }

    fn any_party() -> impl Strategy<Value = Party> {
        prop_oneof![Just(Party::Client), Just(Party::Server)]
    }

    fn any_event() -> impl Strategy<Value = Event> {
        let line = (any_party(), any_bytes(), proptest::option::of(any_bytes()), prop_oneof![Just(0), any::<u64>()])
            .prop_map(|(from, bytes, edited_from, cut)| What::Line { from, bytes, edited_from, cut });
        let mech = (any_party(), any_text(), any::<u32>(), any::<u32>(), any_text())
            .prop_map(|(party, call, major, minor, text)| What::Mech { party, call, major, minor, text });
        let what = prop_oneof![
            4 => line,
            1 => mech,
            1 => any_text().prop_map(|peer| What::Opened { peer }),
            1 => any_text().prop_map(|facts| What::TlsStarted { facts }),
            1 => any_text().prop_map(|why| What::TlsFailed { why }),
            1 => any::<u8>().prop_map(|mask| What::Layer { mask }),
            1 => any::<u64>().prop_map(|octets| What::Gap { octets }),
            1 => (proptest::option::of(any_party()), any_text()).prop_map(|(by, why)| What::Closed { by, why }),
            1 => any_text().prop_map(What::Note),
        ];
        (any::<u64>(), what).prop_map(|(at, what)| Event { at: Micros(at), what })
    }

    fn any_recording() -> impl Strategy<Value = Recording> {
        let secrets = prop_oneof![Just(Secrets::Kept), Just(Secrets::Masked)];
        let name = any_text()
            .prop_filter("a known header", |name| !matches!(name.as_str(), "title" | "cites" | "started" | "secrets"));
        let headers = (any_text(), vec(any_text(), 0..3), any_text(), secrets, vec((name, any_text()), 0..3))
            .prop_map(|(title, cites, started, secrets, other)| Headers { title, cites, started, secrets, other });
        (headers, vec(any_event(), 0..6)).prop_map(|(headers, events)| Recording { headers, events })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_and_writing_is_stable(recording in any_recording()) {
            let text = write(&recording);
            let loaded = read(text.as_bytes());
            prop_assert_eq!(&loaded.damage, &None, "{}", &text);
            prop_assert_eq!(&loaded.recording, &recording, "{}", &text);
            prop_assert_eq!(write(&loaded.recording), text);
        }

        #[test]
        fn a_torn_file_loads_what_is_whole(recording in any_recording(), at: proptest::sample::Index) {
            let text = write(&recording);
            let at = at.index(text.len() + 1);
            let mut end = headers(&recording.headers).len();
            let whole = recording.events.iter().take_while(|event| {
                let mut line = String::new();
                write_event(&mut line, event);
                end += line.len();
                end <= at
            });
            let whole: Vec<_> = whole.cloned().collect();
            prop_assert_eq!(read(&text.as_bytes()[..at]).recording.events, whole);
        }

        #[test]
        fn any_bytes_load(bytes in vec(prop_oneof![Just(b'\n'), Just(b' '), Just(b'\\'), any::<u8>()], 0..80), headed: bool) {
            let head: &[u8] = if headed { b"saslscope session 1\n\n" } else { b"" };
            let loaded = read(&[head, &bytes].concat());
            // Whatever was read can be written and read again.
            prop_assert_eq!(read(write(&loaded.recording).as_bytes()).recording, loaded.recording);
        }
    }
}

//! `saslscope decode`: tokens to trees, as they come.
//!
//! One token gives one object (with `--json`) or one paragraph, in order, sent off before the next token is awaited,
//! whether it can be read or not. An empty line, or a lone `=`, is an empty token.
//!
//! Whether a token is hex or base64 is guessed, unless said: hex where all characters are hex digits and even in
//! number, but base64 all the same where that reads as a known kind of token and hex does not. In hex, blanks and
//! colons between octets are passed over; in base64 given as an argument, line breaks.
//!
//! Base64 with errors is read as far as it goes. Its first error is then the problem of the root, whose `at` is the
//! first octet that is affected.
//!
//! Limits: of a line of standard input, or of a raw token, [`LIMIT`] characters are read. It is answered then, and the
//! rest of the line passed over, so that memory stays the same however long it gets.

use super::out::{Out, Tone};
use super::{Exit, Failure, tree};
use crate::decode::{self, Explanation, Hint, Kind, Mark, Problem, Reading, Tree};
use crate::terms::{Cite, Party, Span};
use crate::wire::{Base64, base64};
use clap::ValueEnum;
use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

/// How many octets of a line, or of a raw token, are read.
const LIMIT: u64 = 1 << 20;

/// Decode tokens: base64, hex or raw octets, one an argument or one a line of standard input
#[derive(clap::Args)]
#[allow(clippy::struct_excessive_bools)] // One flag each.
pub(super) struct Arguments {
    /// Tokens; `-` reads one a line from standard input
    #[arg(value_name = "TOKEN")]
    tokens: Vec<String>,
    /// Take them for hex
    #[arg(long, conflicts_with_all = ["base64", "raw"])]
    hex: bool,
    /// Take them for base64
    #[arg(long, conflicts_with = "raw")]
    base64: bool,
    /// Take all of standard input for the octets of one token
    #[arg(long, conflicts_with = "tokens")]
    raw: bool,
    /// Who sent them
    #[arg(long, value_enum, value_name = "PARTY")]
    from: Option<From>,
    /// What they are to be read as
    #[arg(long = "as", value_enum, value_name = "READING", default_value = "guess")]
    reading: As,
    /// Say of each field what it is and why it is there, with the clause
    #[arg(long)]
    explain: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum From {
    Client,
    Server,
}

#[derive(Clone, Copy, ValueEnum)]
enum As {
    /// Judge by the octets
    Guess,
    /// A token of a GSS-API context
    Gss,
    /// A prompt of LOGIN
    Prompt,
    /// A user name
    Username,
    /// A password
    Password,
    /// The response of PLAIN
    Plain,
    /// A message of CRAM-MD5
    CramMd5,
    /// A message of DIGEST-MD5
    DigestMd5,
    /// The response of EXTERNAL
    External,
    /// A message of XOAUTH2
    Xoauth2,
    /// A message of OAUTHBEARER
    Oauthbearer,
    /// A client-first-message of SCRAM
    ScramClientFirst,
    /// A server-first-message of SCRAM
    ScramServerFirst,
    /// A client-final-message of SCRAM
    ScramClientFinal,
    /// A server-final-message of SCRAM
    ScramServerFinal,
}

impl Arguments {
    pub(super) fn run(self, out: &mut Out) -> Result<Exit, Failure> {
        let hint = self.hint();
        let Self { hex, base64, explain, .. } = self;
        let mut decoder = Decoder { hint, hex, base64, explain, count: 0, exit: Exit::Clean, out };
        if self.raw {
            decoder.raw()?;
        } else if !self.tokens.is_empty() {
            for token in &self.tokens {
                if token == "-" {
                    decoder.standard_input()?;
                } else {
                    let token: Vec<u8> = token.bytes().filter(|octet| !matches!(octet, b'\r' | b'\n')).collect();
                    decoder.token(&token, true)?;
                }
            }
        } else if io::stdin().is_terminal() {
            return Err(Failure::usage("decode has no token to read; give it one, or `-` to read one a line"));
        } else {
            decoder.standard_input()?;
        }
        Ok(decoder.exit)
    }

    fn hint(&self) -> Hint {
        let from = self.from.map(|from| match from {
            From::Client => Party::Client,
            From::Server => Party::Server,
        });
        let reading = match self.reading {
            As::Guess => Reading::Guess,
            As::Gss => Reading::Gss,
            As::Prompt => Reading::Prompt,
            As::Username => Reading::Username,
            As::Password => Reading::Password,
            As::Plain => Reading::Plain,
            As::CramMd5 => Reading::CramMd5,
            As::DigestMd5 => Reading::DigestMd5,
            As::External => Reading::External,
            As::Xoauth2 => Reading::Xoauth2,
            As::Oauthbearer => Reading::Oauthbearer,
            As::ScramClientFirst => Reading::ScramClientFirst,
            As::ScramServerFirst => Reading::ScramServerFirst(Mark::UNKNOWN),
            As::ScramClientFinal => Reading::ScramClientFinal { nonce: Mark::UNKNOWN, header: Mark::UNKNOWN },
            As::ScramServerFinal => Reading::ScramServerFinal,
        };
        Hint { from, reading, ..Hint::default() }
    }
}

/// Reads tokens and prints them.
struct Decoder<'a> {
    hint: Hint,
    hex: bool,
    base64: bool,
    explain: bool,
    /// How many tokens there were.
    count: usize,
    exit: Exit,
    out: &'a mut Out,
}

/// The octets of a token, and how they were had.
struct Octets {
    notation: &'static str,
    bytes: Vec<u8>,
    problem: Option<Problem>,
}

impl Decoder<'_> {
    /// One token a line, each answered before the next is read.
    fn standard_input(&mut self) -> Result<(), Failure> {
        let mut input = io::stdin().lock();
        let mut line = Vec::new();
        loop {
            line.clear();
            input.by_ref().take(LIMIT + 1).read_until(b'\n', &mut line).map_err(|error| unreadable(&error))?;
            if line.is_empty() {
                return Ok(());
            }
            let whole = line.ends_with(b"\n") || line.len() as u64 <= LIMIT;
            self.token(&line, whole)?;
            if !whole {
                input.skip_until(b'\n').map_err(|error| unreadable(&error))?;
            }
        }
    }

    /// All of standard input as one token.
    fn raw(&mut self) -> Result<(), Failure> {
        let mut bytes = Vec::new();
        io::stdin().lock().take(LIMIT + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
        let problem = (bytes.len() as u64 > LIMIT).then(|| too_long(bytes.len()));
        self.print(&Octets { notation: "raw", bytes, problem })
    }

    /// One token as written, or the start of one that is too long.
    fn token(&mut self, text: &[u8], whole: bool) -> Result<(), Failure> {
        let text = text.trim_ascii();
        let mut octets = if self.base64 {
            of_base64(text)
        } else if self.hex {
            of_hex(text).unwrap_or_else(|at| Octets {
                notation: "hex",
                bytes: Vec::new(),
                problem: Some(problem(
                    0,
                    format!("character {}: not two hex digits", at + 1),
                    Cite::new("RFC 4648", "8"),
                )),
            })
        } else {
            guess(text)
        };
        if !whole {
            octets.problem = Some(too_long(octets.bytes.len()));
        }
        self.print(&octets)
    }

    fn print(&mut self, Octets { notation, bytes, problem }: &Octets) -> Result<(), Failure> {
        self.count += 1;
        let Tree { kind, mut root } = decode::decode(bytes, &self.hint);
        if let Some(problem) = problem {
            self.exit = Exit::Unreadable;
            root.problem = Some(Box::new(problem.clone()));
        }
        let out = &mut *self.out;
        if out.json {
            out.object(&tree::json(&root, bytes, out.reveal, self.explain))?;
        } else {
            let plural = if bytes.len() == 1 { "" } else { "s" };
            let heading = format!("{}: {}, {} octet{plural}, {notation}", self.count, kind.name(), bytes.len());
            out.line(Tone::Dim, &heading)?;
            let tree = Tree { kind, root };
            let mut path = Vec::new();
            for (line, (depth, node)) in decode::lines(&tree, bytes, out.reveal).iter().zip(tree.walk()) {
                out.line(Tone::Plain, line)?;
                path.truncate(depth);
                path.push(node);
                for Explanation { says, cite } in decode::explain(&path).filter(|_| self.explain) {
                    out.line(Tone::Dim, &format!("{:indent$}{says} ({cite})", "", indent = 2 * depth + 4))?;
                }
            }
            out.line(Tone::Plain, "")?;
        }
        if let Some(problem) = problem {
            out.aside(&format!("saslscope: token {}: {} ({})\n", self.count, problem.what, problem.cite))?;
        }
        Ok(out.flush()?)
    }
}

/// Hex or base64, whichever it is.
fn guess(text: &[u8]) -> Octets {
    let base64 = of_base64(text);
    let Ok(hex) = of_hex(text) else { return base64 };
    let known = |bytes: &[u8]| {
        let kind = decode::decode(bytes, &Hint::default()).kind;
        !matches!(kind, Kind::Text | Kind::Ber | Kind::Unknown | Kind::Empty)
    };
    if base64.problem.is_none() && known(&base64.bytes) && !known(&hex.bytes) { base64 } else { hex }
}

fn of_base64(text: &[u8]) -> Octets {
    let Base64 { bytes, errors, equals, .. } = base64::read(text, Span::new(0, text.len()));
    let problem = errors.first().filter(|_| !equals).map(|first| {
        // Four characters are three octets.
        let at = (first.at * 3 / 4).min(bytes.len());
        let all: Vec<_> = errors.iter().map(|error| format!("character {}: {}", error.at + 1, error.kind)).collect();
        problem(at, all.join("; "), Cite::new("RFC 4648", "4"))
    });
    Octets { notation: "base64", bytes, problem }
}

/// The octets, or the place of the first character that is none of hex.
fn of_hex(text: &[u8]) -> Result<Octets, usize> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut high = None;
    for (at, &octet) in text.iter().enumerate() {
        let digit = char::from(octet).to_digit(16);
        match (digit, high) {
            (None, None) if matches!(octet, b' ' | b':') => {}
            (None, _) => return Err(at),
            (Some(digit), None) => high = Some(digit),
            (Some(digit), Some(first)) => {
                bytes.push((first << 4 | digit) as u8);
                high = None;
            }
        }
    }
    if high.is_some() || bytes.is_empty() {
        Err(text.len())
    } else {
        Ok(Octets { notation: "hex", bytes, problem: None })
    }
}

fn too_long(octets: usize) -> Problem {
    let what = format!("longer than {LIMIT} characters, which is the limit; the rest was not read");
    problem(octets, what, Cite::new("saslscope", ""))
}

fn problem(at: usize, what: String, cite: Cite) -> Problem {
    Problem { at, what: what.into(), cite }
}

fn unreadable(error: &io::Error) -> Failure {
    Failure { exit: Exit::Unreadable, text: format!("reading standard input: {error}") }
}

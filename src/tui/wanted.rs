//! What is looked for in a step, and where it stands: text, octets, the terms of a filter, anything wrong.
//!
//! What is looked at is what the screen shows: secrets that are hidden are not found.

use super::model::Exchange;
use super::search::Spot;
use crate::decode::{self, value_text};
use crate::machine::{RowId, Signal, State, Table, tables};
use crate::terms::{Party, Span};
use crate::transcript::{Shown, Step, What};
use crate::wire::{Body, printable};
use std::cell::OnceCell;

pub(super) enum Wanted {
    /// In small letters.
    Text(String),
    Octets(Vec<u8>),
    /// All of them; the second of each says whether it is to hold.
    Terms(Vec<(Term, bool)>),
    /// A deviation or a problem.
    Wrong,
}

/// A term of the filter.
pub(super) enum Term {
    Text(String),
    From(Party),
    Deviation,
    Problem,
    Edited,
    Note,
    Marked,
    Token,
    Signal(Signal),
    State(String),
    Code(u16),
}

impl Wanted {
    /// What matches in a row.
    pub(super) fn spots(&self, exchange: &Exchange, row: usize, reveal: bool) -> Vec<Spot> {
        let held = if row < exchange.steps().len() { None } else { exchange.preview() };
        let Some(step) = exchange.steps().get(row).or(held.as_ref()) else { return Vec::new() };
        let seen = Seen { row, step, shown: OnceCell::new(), exchange, reveal };
        match self {
            Wanted::Text(text) => seen.with_text(text),
            Wanted::Octets(octets) => seen.with_octets(octets),
            Wanted::Terms(terms) => {
                let all = terms.iter().all(|(term, holds)| seen.is(term) == *holds);
                all.then_some(Spot::Row).into_iter().collect()
            }
            Wanted::Wrong => seen.wrong().into_iter().collect(),
        }
    }
}

/// A step, and what may be shown of it, made when it is asked for.
struct Seen<'a> {
    row: usize,
    step: &'a Step,
    shown: OnceCell<Shown>,
    exchange: &'a Exchange,
    reveal: bool,
}

impl Seen<'_> {
    fn shown(&self) -> &Shown {
        self.shown.get_or_init(|| Shown::new(self.step, self.reveal))
    }

    /// Where `text`, in small letters, stands: in the line, in the tree; else in the words of the row and in notes.
    fn with_text(&self, text: &str) -> Vec<Spot> {
        let shown = self.shown();
        let mut spots: Vec<Spot> = in_line(shown, text).map(Spot::Line).collect();
        let says = |said: &str| said.to_lowercase().contains(text);
        for (place, (_, node)) in shown.nodes().enumerate() {
            let problem = || node.problem.as_ref().is_some_and(|problem| says(&problem.what));
            if says(&node.name) || says(&value_text(node, &shown.token, self.reveal)) || problem() {
                spots.push(Spot::Node(place));
            }
        }
        let notes = || self.exchange.marks.notes(self.row).iter().any(|note| says(note));
        if spots.is_empty() && (says(&shown.words(self.reveal)) || notes()) {
            spots.push(Spot::Row);
        }
        spots
    }

    /// Where those octets stand: in the token, and in the line outside its base64.
    fn with_octets(&self, octets: &[u8]) -> Vec<Spot> {
        let shown = self.shown();
        let hides = |hidden: &[Span], found: Span| hidden.iter().any(|hidden| hidden.overlaps(found));
        let secrets = shown.secrets();
        let in_token = occurrences(&shown.token, octets).filter(|found| !hides(&secrets, *found)).map(Spot::Octets);
        let line = occurrences(shown.line(), octets);
        let line = line.filter(|found| !hides(&shown.hidden, *found) && !shown.encoded.overlaps(*found));
        line.map(Spot::Line).chain(in_token).collect()
    }

    /// What is wrong with the step: the node or the octets with a problem, or the step as a whole.
    fn wrong(&self) -> Option<Spot> {
        let problem = self.problem();
        problem.or(self.step.deviation.is_some().then_some(Spot::Row))
    }

    fn problem(&self) -> Option<Spot> {
        let message = self.step.message.as_ref()?;
        let errors = message.base64().and_then(|base64| base64.errors.first());
        let error = errors.map(|error| Span::new(error.at, error.at + 1));
        let flaw = message.flaws.first().map(|flaw| flaw.span).or(error).map(Spot::Line);
        let node = || {
            self.step.token?; // Decoding is worth it only where there is something to decode.
            let mut nodes = self.shown().nodes();
            nodes.position(|(_, node)| node.problem.is_some()).map(Spot::Node)
        };
        node().or(flaw)
    }

    fn is(&self, term: &Term) -> bool {
        match term {
            Term::Text(text) => !self.with_text(text).is_empty(),
            Term::From(party) => self.step.from() == Some(*party),
            Term::Deviation => self.step.deviation.is_some(),
            Term::Problem => self.problem().is_some(),
            Term::Edited => matches!(&self.step.event.what, What::Line { edited_from: Some(_), .. }),
            Term::Note => {
                matches!(self.step.event.what, What::Note(_)) || !self.exchange.marks.notes(self.row).is_empty()
            }
            Term::Marked => self.exchange.marks.has(self.row),
            Term::Token => self.step.token.is_some(),
            Term::Signal(wanted) => {
                // What the line says to each machine: what its sender has said by a row, and what its reader has heard.
                let said =
                    |id: RowId| if Some(id.party) == self.step.from() { id.row().emit } else { Some(id.row().on) };
                let said = self.step.moves.iter().filter_map(|taken| said(taken.row));
                said.chain(self.step.signal).any(|signal| signal.is(*wanted))
            }
            Term::State(name) => self.step.moves.iter().any(|taken| taken.row.row().to.name() == name),
            Term::Code(code) => {
                let message = self.step.message.as_ref().map(|message| &message.body);
                matches!(message, Some(Body::Reply(reply)) if reply.code == *code)
            }
        }
    }
}

/// Where `wanted` stands in `octets`, without overlaps.
fn occurrences(octets: &[u8], wanted: &[u8]) -> impl Iterator<Item = Span> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = octets.get(from..)?.windows(wanted.len().max(1)).position(|window| window == wanted)?;
        let found = Span::new(from + at, from + at + wanted.len());
        from = found.end;
        Some(found)
    })
}

/// Where `text`, in small letters, stands in the line as it is shown.
fn in_line(shown: &Shown, text: &str) -> impl Iterator<Item = Span> {
    // Which octet each character stands for is looked at only where there is something to find.
    let found = printable(shown.line()).to_ascii_lowercase().contains(text);
    let (mut written, mut octets) = (String::new(), Vec::new());
    for (at, glyph) in shown.glyphs().enumerate().filter(|_| found) {
        written.push_str(&glyph.to_ascii_lowercase());
        octets.resize(written.len(), at);
    }
    let found: Vec<_> =
        written.match_indices(text).map(|(at, text)| Span::new(octets[at], octets[at + text.len() - 1] + 1)).collect();
    found.into_iter()
}

/// Reads what is searched for: `hex: 4e 54` and `0x4e54` are octets, all else is text.
pub(super) fn wanted(text: &str) -> Result<Wanted, String> {
    let hex = text.trim().strip_prefix("0x").or_else(|| text.trim().strip_prefix("hex:"));
    let Some(hex) = hex else { return Ok(Wanted::Text(text.to_lowercase())) };
    match decode::unhex(hex) {
        Ok(octets) if octets.is_empty() => Err("octets are wanted: hex: 4e 54 4c, or 0x4e544c".to_owned()),
        Ok(octets) => Ok(Wanted::Octets(octets)),
        Err(error) => Err(error.to_string()),
    }
}

/// Reads a filter: terms with blanks between, `!` before one that is not to hold.
pub(super) fn terms(text: &str) -> Result<Vec<(Term, bool)>, String> {
    let signed = |word| str::strip_prefix(word, '!').map_or((word, true), |word| (word, false));
    let words = text.split_whitespace().map(signed).filter(|(word, _)| !word.is_empty());
    words.map(|(word, holds)| Ok((term(word)?, holds))).collect()
}

fn term(word: &str) -> Result<Term, String> {
    let Some((key, value)) = word.split_once(':') else { return Ok(Term::Text(word.to_lowercase())) };
    let one_of = |known: &str| format!("`{key}:` goes with {known}");
    match key {
        "from" => match value {
            "client" | "c" => Ok(Term::From(Party::Client)),
            "server" | "s" => Ok(Term::From(Party::Server)),
            _ => Err(one_of("client or server")),
        },
        "is" => match value {
            "deviation" => Ok(Term::Deviation),
            "problem" => Ok(Term::Problem),
            "edited" => Ok(Term::Edited),
            "note" => Ok(Term::Note),
            "marked" => Ok(Term::Marked),
            _ => Err(one_of("deviation, problem, edited, note or marked")),
        },
        "has" if value == "token" => Ok(Term::Token),
        "has" => Err(one_of("token")),
        "code" => value.parse().map(Term::Code).map_err(|_| one_of("a reply code, such as 535")),
        "signal" => {
            let found = Signal::ALL.iter().find(|signal| signal.name().eq_ignore_ascii_case(value));
            found.map(|signal| Term::Signal(*signal)).ok_or_else(|| one_of("a signal, such as AuthLogin"))
        }
        "state" => {
            let mut states = tables().flat_map(Table::states).map(State::name);
            let found = states.find(|name| name.eq_ignore_ascii_case(value));
            found.map(|name| Term::State(name.to_owned())).ok_or_else(|| one_of("a state, such as AuthReceived"))
        }
        _ => Ok(Term::Text(word.to_lowercase())),
    }
}

//! A step, as text and as JSON.
//!
//! A step in JSON is `{"n","at","from","line","signal","moves":[{"party","machine","from","to","cite"}],"deviation",
//! "token"}`: `n` counts from 1; `at` are microseconds since the connection was opened; `line` is without
//! its CRLF, all other octets outside 0x20–0x7E as `\xNN`, a backslash as `\\`; a fact that is no line has `from` null
//! and its words, as a recording has them, in `line`. `deviation` is null or `{"party","machine","state","heard","sent",
//! "allowed","cite","says"}`, `token` null or the root of the tree (see `tree`).
//!
//! Both show the line as a recording keeps it, with filler in the place of secrets, unless secrets are revealed.

use super::out::{Out, Tone};
use super::tree::{self, NodeJson};
use crate::decode::{self, Tree};
use crate::machine::{Deviation, Move, Row, RowId, Signal};
use crate::terms::Party;
use crate::transcript::lesson::{self, Remark};
use crate::transcript::{Event, Step, What, mask, recording};
use crate::wire::{Message, base64, printable};
use serde::Serialize;
use std::io;

/// Prints the step.
pub(super) fn print(step: &Step, out: &mut Out) -> io::Result<()> {
    if out.json { out.object(&json(step, token(step, out.reveal).as_ref(), out.reveal)) } else { text(step, out) }
}

/// The event as it may be shown.
pub(super) fn shown(step: &Step, reveal: bool) -> Event {
    if reveal { step.event.clone() } else { mask::event(step) }
}

/// The token as it may be shown, with its tree: of the line that may be shown.
fn token(step: &Step, reveal: bool) -> Option<(Vec<u8>, Tree)> {
    let place = step.token?;
    let bytes = match shown(step, reveal).what {
        What::Line { bytes, .. } => base64::read(&bytes, place.encoded).bytes,
        _ => return None,
    };
    let tree = decode::decode(&bytes, &place.hint);
    Some((bytes, tree))
}

/// For people: the line or fact as a recording has it, what is wrong with it, the token, the rows taken, the standing.
fn text(step: &Step, out: &mut Out) -> io::Result<()> {
    let tone = step.from().map_or(Tone::Dim, Tone::Party);
    let mut event = shown(step, out.reveal);
    if let Some(Remark { cue: Some(_), text, .. }) = lesson::note(step) {
        event = Event::note(event.at, text); // views are for the screen
    }
    let event = recording::event_lines(&event);
    for (place, line) in event.lines().enumerate() {
        let number = if place == 0 { (step.place + 1).to_string() } else { String::new() };
        out.line(tone, &format!("{number:>4}  {line}"))?;
    }
    for flaw in step.message.iter().flat_map(flaws) {
        below(out, Tone::Bad, &flaw)?;
    }
    if let Some((bytes, tree)) = token(step, out.reveal) {
        for line in decode::lines(&tree, &bytes, out.reveal) {
            below(out, Tone::Plain, &line)?;
        }
    }
    for taken in &step.moves {
        below(out, Tone::Dim, &move_text(taken))?;
    }
    if let Some(deviation) = &step.deviation {
        below(out, Tone::Bad, &deviation_text(deviation))?;
    }
    if !step.moves.is_empty() || step.deviation.is_some() {
        let [client, server] = &step.standing.stacks;
        below(out, Tone::Dim, &format!("now client {client} | server {server}"))?;
    }
    Ok(())
}

fn below(out: &mut Out, tone: Tone, text: &str) -> io::Result<()> {
    out.line(tone, &format!("      {text}"))
}

/// What is wrong with the line as such: columns are counted from 1.
fn flaws(message: &Message) -> Vec<String> {
    let line =
        message.flaws.iter().map(|flaw| format!("! {}, column {} ({})", flaw.kind, flaw.span.start + 1, flaw.cite));
    let base64 = message.base64().into_iter().flat_map(|base64| &base64.errors);
    line.chain(base64.map(|error| format!("! base64: {}, column {} (RFC 4648 4)", error.kind, error.at + 1))).collect()
}

fn move_text(taken: &Move) -> String {
    let RowId { machine, party, .. } = taken.row;
    let Row { from, on, emit, to, force, cite, says } = taken.row.row();
    let emit = emit.map_or_else(String::new, |emit| format!(" / {emit}"));
    format!("{party} {machine} {from} → {to}, {on}{emit} ({force}, {cite}): {says}")
}

fn deviation_text(deviation: &Deviation) -> String {
    let Deviation { party, machine, state, heard, sent, allowed, cite, says, .. } = deviation;
    let heard = heard.map_or_else(String::new, |heard| format!(" after {heard}"));
    let allowed: Vec<&str> = allowed.iter().map(|signal| signal.name()).collect();
    let allowed = if allowed.is_empty() { "nothing".to_owned() } else { allowed.join(", ") };
    format!("! deviation: {party} {machine} {state}{heard} sent {sent}, allowed: {allowed} ({cite}): {says}")
}

#[derive(Serialize)]
struct StepJson<'a> {
    n: usize,
    at: u64,
    from: Option<&'static str>,
    line: String,
    signal: Option<&'static str>,
    moves: Vec<MoveJson>,
    deviation: Option<DeviationJson>,
    token: Option<NodeJson<'a>>,
}

#[derive(Serialize)]
struct MoveJson {
    party: &'static str,
    machine: &'static str,
    from: &'static str,
    to: &'static str,
    cite: String,
}

#[derive(Serialize)]
struct DeviationJson {
    party: &'static str,
    machine: &'static str,
    state: &'static str,
    heard: Option<&'static str>,
    sent: &'static str,
    allowed: Vec<&'static str>,
    cite: String,
    says: &'static str,
}

fn json<'a>(step: &Step, token: Option<&'a (Vec<u8>, Tree)>, reveal: bool) -> StepJson<'a> {
    let event = shown(step, reveal);
    StepJson {
        n: step.place + 1,
        at: event.at.0,
        from: step.from().map(Party::name),
        line: match &event.what {
            What::Line { bytes, .. } => printable(bytes),
            _ => fact(&event),
        },
        signal: step.signal.map(Signal::name),
        moves: step.moves.iter().map(move_json).collect(),
        deviation: step.deviation.as_ref().map(deviation_json),
        token: token.map(|(bytes, tree)| tree::json(&tree.root, bytes, reveal, false)),
    }
}

/// A fact that is no line, as a recording has it, without its time.
fn fact(event: &Event) -> String {
    let line = recording::event_lines(event);
    line.split_once(' ').map_or("", |(_, fact)| fact.trim_end_matches('\n')).to_owned()
}

fn move_json(taken: &Move) -> MoveJson {
    let RowId { machine, party, .. } = taken.row;
    let row = taken.row.row();
    MoveJson {
        party: party.name(),
        machine: machine.name(),
        from: row.from.name(),
        to: row.to.name(),
        cite: row.cite.to_string(),
    }
}

fn deviation_json(deviation: &Deviation) -> DeviationJson {
    DeviationJson {
        party: deviation.party.name(),
        machine: deviation.machine.name(),
        state: deviation.state.name(),
        heard: deviation.heard.map(Signal::name),
        sent: deviation.sent.name(),
        allowed: deviation.allowed.iter().map(|signal| signal.name()).collect(),
        cite: deviation.cite.to_string(),
        says: deviation.says,
    }
}

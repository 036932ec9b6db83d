//! A step, as text and as JSON.
//!
//! A step in JSON is `{"n","at","from","line","signal","moves":[{"party","machine","from","to","cite"}],"deviation",
//! "token"}`: `n` counts from 1; `at` are microseconds since the connection was opened; `line` is without
//! its CRLF, all other octets outside 0x20–0x7E as `\xNN`, a backslash as `\\`; a fact that is no line has `from` null
//! and its words, as a recording has them, in `line`. `deviation` is null or `{"party","machine","state","heard","sent",
//! "allowed","cite","says"}`, `token` null or the root of the tree (see `tree`).
//!
//! Both show the line as a recording keeps it, with filler in the place of secrets, unless secrets are revealed.

use super::live::Label;
use super::out::{Out, Tone};
use super::tree::{self, NodeJson};
use crate::decode;
use crate::machine::{Deviation, Move, Row, RowId, Signal};
use crate::terms::Party;
use crate::transcript::lesson::{self, Remark};
use crate::transcript::{Event, Shown, Step, What, recording};
use crate::wire::{Message, printable};
use serde::Serialize;
use std::io;

/// Prints the step.
pub(super) fn print(step: &Step, out: &mut Out) -> io::Result<()> {
    print_of(step, None, out)
}

/// Prints the step of one of several sessions.
pub(super) fn print_of(step: &Step, label: Option<&Label>, out: &mut Out) -> io::Result<()> {
    let shown = Shown::new(step, out.reveal);
    if !out.json {
        out.prefix = label.map_or_else(String::new, Label::prefix);
        return text(step, shown, out);
    }
    let step = json(step, &shown, out.reveal);
    match label {
        None => out.object(&step),
        Some(Label { session, peer }) => out.object(&OfSession { event: "step", session: *session, peer, step }),
    }
}

/// A step of one of several sessions.
#[derive(Serialize)]
struct OfSession<'a> {
    event: &'static str,
    session: u64,
    peer: &'a str,
    #[serde(flatten)]
    step: StepJson<'a>,
}

/// For people: the line or fact as a recording has it, what is wrong with it, the token, the rows taken, the standing.
fn text(step: &Step, shown: Shown, out: &mut Out) -> io::Result<()> {
    let tone = step.from().map_or(Tone::Dim, Tone::Party);
    let Shown { mut event, tree, token, .. } = shown;
    if let Some(Remark { cue: Some(_), text, .. }) = lesson::note(step) {
        event = Event::note(event.at, text); // views are for the screen
    }
    let event = recording::event_lines(&event);
    for (place, line) in event.lines().enumerate() {
        let number = if place == 0 { (step.place + 1).to_string() } else { String::new() };
        out.line(tone, &format!("{number:>4}  {line}"))?;
    }
    for remark in step.message.iter().flat_map(Message::remarks) {
        below(out, Tone::Bad, &format!("! {remark}"))?;
    }
    if let Some(tree) = tree {
        for line in decode::lines(&tree, &token, out.reveal) {
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

fn move_text(taken: &Move) -> String {
    let RowId { machine, party, .. } = taken.row;
    let Row { from, on, emit, to, force, cite, says } = taken.row.row();
    let emit = emit.map_or_else(String::new, |emit| format!(" / {emit}"));
    format!("{party} {machine} {from} → {to}, {on}{emit} ({force}, {cite}): {says}")
}

fn deviation_text(deviation: &Deviation) -> String {
    let Deviation { party, machine, state, heard, sent, cite, says, .. } = deviation;
    let heard = heard.map_or_else(String::new, |heard| format!(" after {heard}"));
    let allowed = deviation.allowed();
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

fn json<'a>(step: &Step, shown: &'a Shown, reveal: bool) -> StepJson<'a> {
    let Shown { event, tree, token, .. } = shown;
    StepJson {
        n: step.place + 1,
        at: event.at.0,
        from: step.from().map(Party::name),
        line: match &event.what {
            What::Line { bytes, .. } => printable(bytes),
            _ => recording::untimed(event),
        },
        signal: step.signal.map(Signal::name),
        moves: step.moves.iter().map(move_json).collect(),
        deviation: step.deviation.as_ref().map(deviation_json),
        token: tree.as_ref().map(|tree| tree::json(&tree.root, token, reveal, false)),
    }
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

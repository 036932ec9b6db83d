//! Why: the selected node and the rows that the step took, each with its sentence and its clause, and what the step
//! broke.

use super::paint::{Paint, spread};
use crate::config::theme::Role;
use crate::decode::{escape, explain};
use crate::machine::{Deviation, RowId};
use crate::session::Held;
use crate::transcript::{What, lesson};
use crate::tui::model::Exchange;
use ratatui::text::Line;

pub(super) fn lines(exchange: &Exchange, width: usize, paint: &Paint) -> Vec<Line<'static>> {
    let focus = &exchange.focus;
    let mut lines = Vec::new();
    if let Some(edge) = exchange.edge {
        lines.extend(paint.wrap("▶ The selected row:", Role::Title, 1, width.saturating_sub(2)));
        row(edge, width, paint, &mut lines);
    }
    // What a cursor was moved to comes first, but behind a deviation; the token as a whole comes last.
    let mut node = selected(exchange, width, paint);
    if exchange.lit().is_some() && focus.step.deviation.is_none() {
        lines.append(&mut node);
    }
    let mut say = |text: &str, role| lines.extend(paint.wrap(text, role, 1, width.saturating_sub(2)));
    if focus.held {
        say("● Not sent yet. If it goes as it stands:", Role::Held);
    } else if exchange.row == exchange.steps().len()
        && let Some(Held::Received { party }) = exchange.held()
    {
        say(&format!("● The {party} has received this and not yet composed its answer."), Role::Held);
    }
    if let Some(deviation) = &focus.step.deviation {
        for (text, role) in broken(deviation) {
            say(&text, role);
        }
    }
    if let Some((_, node)) = focus.shown.nodes().nth(exchange.node)
        && let Some(problem) = &node.problem
    {
        let text = format!("✘ {}, octet {}: {} ({})", node.name, problem.at, problem.what, problem.cite);
        say(&escape(&text), Role::Bad);
    }
    if exchange.lit().is_some() {
        lines.append(&mut node);
    }
    let mut say = |text: &str, role| lines.extend(paint.wrap(text, role, 1, width.saturating_sub(2)));
    for note in notes(exchange) {
        say(&format!("# {}", escape(note)), Role::Title);
    }
    if focus.step.moves.is_empty() && focus.step.deviation.is_none() {
        if focus.shown.message.is_none() && !matches!(focus.shown.event.what, What::Note(_)) {
            say(&focus.shown.words(false), Role::Text);
        }
        let text = match focus.shown.message {
            None => "No line: it moves no machine.",
            Some(_) => "It moves no machine: the meaning of a reply stands on its last line.",
        };
        say(text, Role::Dim);
    }
    for taken in &focus.step.moves {
        row(taken.row, width, paint, &mut lines);
    }
    lines.extend(node);
    lines
}

/// What the selected node is, then what its value means; each with its clause at the right.
fn selected(exchange: &Exchange, width: usize, paint: &Paint) -> Vec<Line<'static>> {
    let path = exchange.focus.shown.tree.as_ref().map_or_else(Vec::new, |tree| tree.path(exchange.node));
    let names = path.last().into_iter().flat_map(|node| [node.name.to_string(), node.value.to_string()]);
    let mut lines = Vec::new();
    for (name, explanation) in names.zip(explain(&path)) {
        let name = paint.span(format!(" {}", escape(&name)), Role::Tag);
        let clause = paint.span(format!("{} ", explanation.cite), Role::Clause);
        lines.push(spread(vec![name], vec![clause], width));
        lines.extend(paint.wrap(explanation.says, Role::Text, 3, width.saturating_sub(4)));
    }
    lines
}

/// The note itself, or the notes right behind the step; none that is for the presenter.
fn notes(exchange: &Exchange) -> impl Iterator<Item = &str> {
    let at = exchange.row;
    let own = exchange.steps().get(at).and_then(lesson::note);
    let behind = exchange.steps().iter().skip(at + 1).map_while(lesson::note).take(NOTES);
    let notes = own.into_iter().chain(behind.filter(move |_| own.is_none()));
    let notes = notes.filter(|remark| !remark.presenter && !remark.text.is_empty()).map(|remark| remark.text);
    exchange.marks.notes(at).iter().map(String::as_str).chain(notes)
}

/// How many notes behind a step are shown with it.
const NOTES: usize = 8;

/// What was sent, what was allowed, which clause, and what that which was sent means.
pub(super) fn broken(deviation: &Deviation) -> [(String, Role); 4] {
    let Deviation { party, machine, state, heard, sent, cite, says, .. } = deviation;
    let heard = heard.map_or_else(String::new, |heard| format!(" after {heard}"));
    [
        (format!("✘ Deviation: the {party} sent {sent} in {machine} {state}{heard}."), Role::Bad),
        (format!("Allowed: {}.", deviation.allowed()), Role::Text),
        (format!("{cite}: {says}"), Role::Clause),
        (format!("{sent}: {}", sent.says()), Role::Dim),
    ]
}

fn row(id: RowId, width: usize, paint: &Paint, lines: &mut Vec<Line<'static>>) {
    let row = id.row();
    let left = vec![
        paint.span(format!(" {} {:9}", id.party.letter(), id.machine.name()), Paint::party(id.party)),
        paint.span(row.from.name(), Role::StateWalked),
        paint.span(" → ", Role::Dim),
        paint.span(row.to.name(), Role::StateWalked),
    ];
    let right =
        vec![paint.span(format!("{} ", row.force), Role::Text), paint.span(format!("{} ", row.cite), Role::Clause)];
    lines.push(spread(left, right, width));
    for (text, role) in [(row.does().as_str(), Role::Dim), (row.says, Role::Text)] {
        lines.extend(paint.wrap(text, role, 12, width.saturating_sub(13)));
    }
}

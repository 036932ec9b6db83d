//! Searching lines, trees and hex; the filter of the ladder; the way to the next step with something wrong.
//!
//! All three are a [`Scan`], which looks at one stretch of steps for each key and one for each tick until it has seen them
//! all; what a step must have is a [`Wanted`].

use super::exchange::Looks;
use super::keys::Action;
use super::model::{Exchange, Model, Overlay, Pane};
use super::prompts::{Prompt, PromptKind};
use super::scan::{Found, Scan, Way};
use super::wanted::{Wanted, terms, wanted};
use crate::terms::Span;

/// What stands for a step's match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    /// The step as a whole: a fact, a note, the words of the ladder.
    Row,
    /// A node, in the order of the tree.
    Node(usize),
    /// Octets of the token.
    Octets(Span),
    /// Octets of the line.
    Line(Span),
}

/// What is looked for in an exchange.
#[derive(Default)]
pub(super) struct Search {
    text: Option<Scan>,
    filter: Option<Scan>,
    wrong: Option<Scan>,
    /// Which match of which row was selected last.
    at: Option<(usize, usize)>,
    /// The way to go as soon as it is known where.
    seeks: Option<Seeks>,
    /// How the search stands, in words: `3 of 12`.
    status: String,
    /// To go back to where typing is given up.
    before: Option<Before>,
}

/// A match is to be gone to: that of the text, or the next step with something wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Seeks {
    wrong: bool,
    forward: bool,
}

/// What was looked at before a line was typed.
struct Before {
    looks: Looks,
    pane: Pane,
    tab: Pane,
    text: String,
    filter: String,
}

/// What became of seeking.
enum Gone {
    To { wrapped: bool },
    NotYet,
    Nowhere,
}

/// Does what a key of searching wants.
pub(super) fn update(model: &mut Model, action: Action) {
    let Some(exchange) = &mut model.exchange else { return };
    let prompt = match action {
        Action::Search => {
            let default = typed_in(exchange.search.text.as_ref());
            Prompt { default, ..Prompt::new(PromptKind::Search, "") }
        }
        Action::Filter => Prompt::new(PromptKind::Filter, &typed_in(exchange.search.filter.as_ref())),
        _ if exchange.search.text.is_none() => {
            return model.say(model.hint("nothing is searched for; {search} begins"));
        }
        _ => return seek(model, Seeks { wrong: false, forward: action == Action::NextMatch }),
    };
    exchange.search.before = Some(Before {
        looks: exchange.looks(),
        pane: exchange.pane,
        tab: exchange.tab,
        text: typed_in(exchange.search.text.as_ref()),
        filter: typed_in(exchange.search.filter.as_ref()),
    });
    model.overlay = Some(Overlay::Prompt(prompt));
}

/// Goes to the next step with a deviation or a problem.
pub(super) fn to_wrong(model: &mut Model, forward: bool) {
    let reveal = model.revealed();
    let Some(exchange) = &mut model.exchange else { return };
    let row = exchange.row;
    exchange.search.wrong.get_or_insert_with(|| Scan::new("", Wanted::Wrong, row, reveal));
    seek(model, Seeks { wrong: true, forward });
}

fn seek(model: &mut Model, seeks: Seeks) {
    if let Some(exchange) = &mut model.exchange {
        exchange.search.seeks = Some(seeks);
    }
    keep_up(model);
}

/// Takes the line as far as it is typed: shows the first match, or what the filter leaves.
pub(super) fn typed(model: &mut Model) {
    let reveal = model.revealed();
    let (Some(Overlay::Prompt(prompt)), Some(exchange)) = (&mut model.overlay, &mut model.exchange) else { return };
    let text = prompt.line.text();
    let result = match prompt.kind {
        // From where typing began, not from the match of what was typed before.
        PromptKind::Search => {
            go_back(exchange, reveal);
            search(exchange, &text, reveal)
        }
        PromptKind::Filter => filter(exchange, &text, reveal),
        _ => return,
    };
    prompt.error = result.err();
    keep_up(model);
}

/// Takes the line that was typed.
///
/// # Errors
/// What is wrong with it.
pub(super) fn taken(model: &mut Model, kind: PromptKind, text: &str) -> Result<(), String> {
    let reveal = model.revealed();
    let Some(exchange) = &mut model.exchange else { return Ok(()) };
    let again = matches!(&model.overlay, Some(Overlay::Prompt(prompt)) if prompt.line.text().is_empty());
    if kind == PromptKind::Filter {
        filter(exchange, text, reveal)?;
    } else if again && exchange.search.text.is_some() {
        exchange.search.seeks = Some(Seeks { wrong: false, forward: true });
    } else if typed_in(exchange.search.text.as_ref()) != text {
        search(exchange, text, reveal)?;
    }
    exchange.search.before = None;
    let is_there = exchange.search.seeks.is_none();
    model.overlay = None;
    keep_up(model);
    if kind == PromptKind::Search {
        if is_there {
            say(model, "");
        }
    } else if let Some(exchange) = &mut model.exchange
        && let Some(row) = exchange.search.nearest(exchange)
    {
        exchange.look(row, reveal);
    }
    Ok(())
}

/// Typing was given up: all is as it was.
pub(super) fn given_up(model: &mut Model) {
    let reveal = model.revealed();
    let Some(exchange) = &mut model.exchange else { return };
    go_back(exchange, reveal);
    let Some(before) = exchange.search.before.take() else { return };
    // What was searched and filtered for before was taken then, so it is right.
    let _ = search(exchange, &before.text, reveal);
    let _ = filter(exchange, &before.filter, reveal);
    exchange.search.seeks = None;
}

fn typed_in(scan: Option<&Scan>) -> String {
    scan.map_or_else(String::new, |scan| scan.typed.clone())
}

fn go_back(exchange: &mut Exchange, reveal: bool) {
    let Some(before) = exchange.search.before.take() else { return };
    exchange.look_again(before.looks.clone(), reveal);
    (exchange.pane, exchange.tab) = (before.pane, before.tab);
    exchange.search.before = Some(before);
}

/// Searches for `text` from the row that is looked at.
fn search(exchange: &mut Exchange, text: &str, reveal: bool) -> Result<(), String> {
    let row = exchange.row;
    exchange.search.at = None;
    exchange.search.text = None;
    if text.trim().is_empty() {
        return Ok(());
    }
    exchange.search.text = Some(Scan::new(text, wanted(text)?, row, reveal));
    exchange.search.seeks = Some(Seeks { wrong: false, forward: true });
    Ok(())
}

fn filter(exchange: &mut Exchange, text: &str, reveal: bool) -> Result<(), String> {
    let terms = terms(text)?;
    let scan = (!terms.is_empty()).then(|| Scan::new(text.trim(), Wanted::Terms(terms), 0, reveal));
    exchange.search.filter = scan;
    Ok(())
}

/// Looks at one stretch more, and goes to the match that is sought as soon as it is known where.
pub(super) fn keep_up(model: &mut Model) {
    let reveal = model.revealed();
    let Some(exchange) = &mut model.exchange else { return };
    let mut search = std::mem::take(&mut exchange.search);
    for scan in [&mut search.filter, &mut search.text, &mut search.wrong].into_iter().flatten() {
        scan.look_on(exchange, reveal);
    }
    let Some(seeks) = search.seeks else {
        search.status = search.stands(exchange);
        exchange.search = search;
        return;
    };
    let gone = search.go(exchange, seeks, reveal);
    search.status = search.stands(exchange);
    exchange.search = search;
    let around = if seeks.forward { "from the start" } else { "from the end" };
    match gone {
        Gone::NotYet => {}
        Gone::To { wrapped: true } if seeks.wrong => model.say(around),
        Gone::To { .. } if seeks.wrong => {}
        Gone::To { wrapped: true } => say(model, &format!(", {around}")),
        Gone::Nowhere if seeks.wrong => model.say("no step has a deviation or a problem"),
        Gone::To { .. } | Gone::Nowhere => say(model, ""),
    }
}

/// Says how the search stands, unless the line that is typed does.
fn say(model: &mut Model, around: &str) {
    let Some(exchange) = &model.exchange else { return };
    let Some(scan) = exchange.search.text.as_ref().filter(|_| model.overlay.is_none()) else { return };
    model.say(format!("{}: {}{around}", scan.typed, exchange.search.status));
}

/// Whether steps are still to be looked at.
pub(super) fn is_behind(exchange: &Exchange) -> bool {
    let Search { text, filter, wrong, .. } = &exchange.search;
    [text, filter, wrong].into_iter().flatten().any(|scan| scan.next_unseen(0, exchange.steps().len()).is_some())
}

/// A step is shown otherwise than before: it was marked, or a note was written on it.
pub(super) fn reconsider(exchange: &mut Exchange, row: usize, reveal: bool) {
    let mut search = std::mem::take(&mut exchange.search);
    for scan in [&mut search.filter, &mut search.text].into_iter().flatten() {
        scan.reconsider(exchange, row, reveal);
    }
    exchange.search = search;
}

/// What the filter leaves, as far as it is known, if there is one.
pub(super) fn filtered(exchange: &Exchange) -> Option<&[Found]> {
    // It looks from the first step on, so nothing stands before its origin.
    exchange.search.filter.as_ref().map(|scan| scan.found[1].as_slice())
}

/// What the ladder says about its filter: `is:problem (12 of 340)`.
pub(super) fn filter_text(exchange: &Exchange) -> Option<String> {
    let scan = exchange.search.filter.as_ref()?;
    let all = exchange.steps().len();
    let so_far = if scan.next_unseen(0, all).is_some() { " so far" } else { "" };
    Some(format!("filter: {} ({} of {all}{so_far})", scan.typed, scan.found[1].len()))
}

/// How the search stands, for the line that is typed.
pub(super) fn status(exchange: &Exchange) -> &str {
    &exchange.search.status
}

impl Search {
    /// Goes where it is known to go, around an end if need be.
    fn go(&mut self, exchange: &mut Exchange, seeks: Seeks, reveal: bool) -> Gone {
        let scan = if seeks.wrong { self.wrong.as_ref() } else { self.text.as_ref() };
        let Some(scan) = scan else { return Gone::Nowhere };
        let row = exchange.row;
        let at = self.at.filter(|at| at.0 == row && exchange.spot.is_some() && !seeks.wrong);
        let matches = scan.matches(exchange, row);
        // Within the row first, if one of its matches is selected.
        let within = at.and_then(|(_, at)| if seeks.forward { Some(at + 1) } else { at.checked_sub(1) });
        let (to, wrapped) = if let Some(at) = within.filter(|at| *at < matches) {
            ((row, at), false)
        } else {
            let passed = seeks.forward && (at.is_some() || seeks.wrong);
            let (way, wrapped) = scan.around(exchange, seeks.forward, row + usize::from(passed));
            match way {
                Way::To(to) if seeks.forward => ((to, 0), wrapped),
                Way::To(to) => ((to, scan.matches(exchange, to).saturating_sub(1)), wrapped),
                Way::Unknown => return Gone::NotYet,
                Way::Nowhere => {
                    self.seeks = None;
                    return Gone::Nowhere;
                }
            }
        };
        self.seeks = None;
        let spot = scan.wanted.spots(exchange, to.0, reveal).get(to.1).copied().unwrap_or(Spot::Row);
        self.at = Some(to).filter(|_| !seeks.wrong).or(self.at);
        show(exchange, to.0, spot, reveal);
        Gone::To { wrapped }
    }

    /// `3 of 12`, or as much of it as is known.
    fn stands(&self, exchange: &Exchange) -> String {
        let Some(scan) = &self.text else { return String::new() };
        let all = scan.found.iter().flatten().map(|found| found.matches).sum::<usize>() + scan.held;
        let unseen = scan.next_unseen(0, exchange.steps().len());
        let is_there = |at: &(usize, usize)| at.0 == exchange.row && at.1 < scan.matches(exchange, at.0);
        let at = self.at.filter(|at| exchange.spot.is_some() && is_there(at));
        match (at, unseen) {
            (None, None) if all == 0 => "not found".to_owned(),
            (None, None) => format!("{all} found"),
            (None, Some(_)) => format!("{all} so far"),
            (Some((row, at)), unseen) => {
                let before = scan.found.iter().flatten().filter(|found| found.row < row);
                let place = before.map(|found| found.matches).sum::<usize>() + at + 1;
                match unseen {
                    None => format!("{place} of {all}"),
                    Some(unseen) if unseen > row => format!("{place} of {all} so far"),
                    Some(_) => format!("one of {all} so far"),
                }
            }
        }
    }

    /// The row to look at where the one that is looked at does not match the filter: the next, or the one before.
    fn nearest(&self, exchange: &Exchange) -> Option<usize> {
        let scan = self.filter.as_ref()?;
        if scan.matches(exchange, exchange.row) > 0 || exchange.row >= exchange.steps().len() {
            return None;
        }
        match scan.way(exchange, true, exchange.row) {
            Way::To(row) => Some(row),
            Way::Nowhere => match scan.way(exchange, false, exchange.row) {
                Way::To(row) => Some(row),
                Way::Unknown | Way::Nowhere => None,
            },
            // It is shown although it does not match.
            Way::Unknown => None,
        }
    }
}

/// Selects what was found, so that it is lit in every view.
pub(super) fn show(exchange: &mut Exchange, row: usize, spot: Spot, reveal: bool) {
    if row != exchange.row {
        exchange.look(row, reveal);
    }
    match spot {
        Spot::Row => {}
        Spot::Node(node) => exchange.select_node(node),
        Spot::Octets(span) => exchange.select_octet(span.start),
        Spot::Line(span) => {
            let octets = exchange.focus.shown.octets(span);
            if octets.is_empty() {
                exchange.select_node(0);
            } else {
                exchange.select_octet(octets.start);
            }
        }
    }
    exchange.unfold();
    if matches!(spot, Spot::Node(_) | Spot::Octets(_)) {
        // Where it can be seen.
        for pane in [&mut exchange.pane, &mut exchange.tab] {
            if matches!(pane, Pane::State | Pane::Why) {
                *pane = Pane::Tree;
            }
        }
    }
    exchange.spot = Some(spot);
}

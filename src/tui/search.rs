//! Searching lines, trees and hex; the filter of the ladder; the way to the next step with something wrong.
//!
//! All three are a [`Scan`]: it looks at steps in stretches, one for each key and one for each tick until it has seen
//! them all, so that no key waits for a long recording. What is looked at is what the screen shows: secrets that are
//! hidden are not found.

use super::exchange::Looks;
use super::keys::Action;
use super::model::{Exchange, Model, Overlay, Pane};
use super::prompts::{Prompt, PromptKind};
use super::show::Show;
use crate::decode::value_text;
use crate::machine::{RowId, Signal, State, Table, tables};
use crate::terms::{Party, Span};
use crate::transcript::{Shown, Step, What};
use crate::wire::{Body, printable};
use std::cell::OnceCell;

/// How many octets of lines one stretch looks at; a step counts for [`STEP`] more.
const STRETCH: usize = 32_768;
const STEP: usize = 64;

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

/// Steps that were looked at, and what was found.
struct Scan {
    typed: String,
    wanted: Wanted,
    /// With secrets shown or not.
    reveal: bool,
    /// Where looking began; it goes to the end first.
    origin: usize,
    /// Up to where the steps before the origin, and those from it on, were looked at.
    seen: [usize; 2],
    /// What was found in both, by rows.
    found: [Vec<Found>; 2],
    /// How many matches the held line has; it is no step yet.
    held: usize,
}

/// A row with matches.
#[derive(Clone, Copy)]
pub(super) struct Found {
    row: usize,
    matches: usize,
}

enum Wanted {
    /// In small letters.
    Text(String),
    Octets(Vec<u8>),
    /// All of them; the second of each says whether it is to hold.
    Terms(Vec<(Term, bool)>),
    /// A deviation or a problem.
    Wrong,
}

/// A term of the filter.
enum Term {
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

/// Where the next match is.
enum Way {
    To(usize),
    /// Steps between have not been looked at yet.
    Unknown,
    Nowhere,
}

/// What became of seeking.
enum Gone {
    To { wrapped: bool },
    NotYet,
    Nowhere,
}

/// A step, and what may be shown of it, made when it is asked for.
struct Seen<'a> {
    row: usize,
    step: &'a Step,
    shown: OnceCell<Shown>,
    exchange: &'a Exchange,
    reveal: bool,
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

/// The rows of the ladder: all, or those that the filter or a show leaves, with the held line and the one that is looked
/// at; none that is still to be guessed.
pub(super) struct Rows<'a> {
    matching: Option<&'a [Found]>,
    selected: usize,
    all: usize,
    steps: usize,
}

/// The rows that the ladder shows.
pub(super) fn rows(exchange: &Exchange) -> Rows<'_> {
    let all = exchange.open_rows();
    let filtered = exchange.search.filter.as_ref().map(|scan| scan.found[1].as_slice());
    let matching = filtered.or(exchange.show.as_ref().map(Show::rows));
    let matching = matching.map(|matching| &matching[..matching.partition_point(|found| found.row < all)]);
    Rows { matching, selected: exchange.row, all, steps: exchange.steps().len().min(all) }
}

impl Found {
    /// A row that matches as a whole.
    pub(super) const fn row(row: usize) -> Self {
        Self { row, matches: 1 }
    }
}

impl Rows<'_> {
    pub(super) fn len(&self) -> usize {
        let Some(matching) = self.matching else { return self.all };
        matching.len() + usize::from(self.is_extra()) + (self.all - self.steps)
    }

    /// Whether the row that is looked at is shown although it does not match.
    fn is_extra(&self) -> bool {
        let known = |matching: &[Found]| matching.binary_search_by_key(&self.selected, |found| found.row).is_ok();
        self.selected < self.steps && self.matching.is_some_and(|matching| !known(matching))
    }

    /// Where the row that is looked at stands among them.
    pub(super) fn position(&self) -> usize {
        match self.matching {
            None => self.selected,
            Some(_) if self.selected >= self.steps => self.len().saturating_sub(1),
            Some(matching) => matching.partition_point(|found| found.row < self.selected),
        }
    }

    /// The row at that place.
    pub(super) fn nth(&self, place: usize) -> usize {
        let Some(matching) = self.matching else { return place };
        let at = self.position();
        let place = match place.cmp(&at) {
            std::cmp::Ordering::Equal => return self.selected,
            std::cmp::Ordering::Greater if self.is_extra() => place - 1,
            _ => place,
        };
        matching.get(place).map_or(self.steps, |found| found.row)
    }
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
        let spot = scan.spots(exchange, to.0, reveal).get(to.1).copied().unwrap_or(Spot::Row);
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

impl Scan {
    fn new(typed: &str, wanted: Wanted, origin: usize, reveal: bool) -> Self {
        let found = [Vec::new(), Vec::new()];
        Self { typed: typed.to_owned(), wanted, reveal, origin, seen: [0, origin], found, held: 0 }
    }

    /// Looks at one stretch more; at all from the start where secrets have come or gone.
    fn look_on(&mut self, exchange: &Exchange, reveal: bool) {
        if self.reveal != reveal {
            self.reveal = reveal;
            self.seen = [0, self.origin];
            self.found = [Vec::new(), Vec::new()];
        }
        let steps = exchange.steps();
        self.origin = self.origin.min(steps.len());
        let mut left = STRETCH;
        while left > 0 {
            // From the origin to the end, then what stands before it.
            let part = usize::from(self.seen[1] < steps.len());
            let row = self.seen[part];
            if part == 0 && row >= self.origin {
                break;
            }
            let Some(step) = steps.get(row) else { break };
            left = left.saturating_sub(STEP + step.line().len());
            self.seen[part] += 1;
            let matches = self.spots(exchange, row, reveal).len();
            if matches > 0 {
                self.found[part].push(Found { row, matches });
            }
        }
        self.held = if exchange.held().is_some() { self.spots(exchange, steps.len(), reveal).len() } else { 0 };
    }

    fn reconsider(&mut self, exchange: &Exchange, row: usize, reveal: bool) {
        let part = usize::from(row >= self.origin);
        if row >= self.seen[part] {
            return;
        }
        let matches = self.spots(exchange, row, reveal).len();
        let found = &mut self.found[part];
        match found.binary_search_by_key(&row, |found| found.row) {
            Ok(place) if matches == 0 => drop(found.remove(place)),
            Ok(place) => found[place].matches = matches,
            Err(place) if matches > 0 => found.insert(place, Found { row, matches }),
            Err(_) => {}
        }
    }

    /// The first of `steps` rows from `row` on that was not looked at.
    fn next_unseen(&self, row: usize, steps: usize) -> Option<usize> {
        let before = Some(row.max(self.seen[0])).filter(|row| *row < self.origin);
        before.or(Some(row.max(self.seen[1])).filter(|row| *row < steps))
    }

    /// The last row before `end` that was not looked at.
    fn last_unseen(&self, end: usize, steps: usize) -> Option<usize> {
        let behind = end.min(steps).checked_sub(1).filter(|row| *row >= self.seen[1]);
        behind.or(end.min(self.origin).checked_sub(1).filter(|row| *row >= self.seen[0]))
    }

    /// Where the next match is, if need be around an end; whether it is.
    fn around(&self, exchange: &Exchange, forward: bool, at: usize) -> (Way, bool) {
        match self.way(exchange, forward, at) {
            Way::Nowhere => (self.way(exchange, forward, if forward { 0 } else { exchange.rows() }), true),
            way => (way, false),
        }
    }

    /// Where the next match is: from row `at` on, or before it.
    fn way(&self, exchange: &Exchange, forward: bool, at: usize) -> Way {
        let steps = exchange.steps().len();
        let held = Some(steps).filter(|_| self.held > 0);
        let [before, behind] = &self.found;
        let (found, unseen) = if forward {
            let next =
                |found: &[Found]| found.get(found.partition_point(|found| found.row < at)).map(|found| found.row);
            let found = next(before).or_else(|| next(behind)).or(held.filter(|held| *held >= at));
            (found, self.next_unseen(at, steps))
        } else {
            let last = |found: &[Found]| {
                found.get(found.partition_point(|found| found.row < at).checked_sub(1)?).map(|found| found.row)
            };
            let found = held.filter(|held| *held < at).or_else(|| last(behind)).or_else(|| last(before));
            (found, self.last_unseen(at, steps))
        };
        match (found, unseen) {
            (Some(found), Some(unseen)) if (unseen < found) == forward && unseen != found => Way::Unknown,
            (Some(found), _) => Way::To(found),
            (None, Some(_)) => Way::Unknown,
            (None, None) => Way::Nowhere,
        }
    }

    /// How many matches a row has, as far as that is known.
    fn matches(&self, exchange: &Exchange, row: usize) -> usize {
        if row >= exchange.steps().len() {
            return self.held;
        }
        let found = &self.found[usize::from(row >= self.origin)];
        found.binary_search_by_key(&row, |found| found.row).map_or(0, |place| found[place].matches)
    }

    /// What matches in a row.
    fn spots(&self, exchange: &Exchange, row: usize, reveal: bool) -> Vec<Spot> {
        let held = if row < exchange.steps().len() { None } else { exchange.preview() };
        let Some(step) = exchange.steps().get(row).or(held.as_ref()) else { return Vec::new() };
        let seen = Seen { row, step, shown: OnceCell::new(), exchange, reveal };
        match &self.wanted {
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
    let line = shown.line();
    let content = line.strip_suffix(b"\r\n").unwrap_or(line);
    // Which octet each character stands for is looked at only where there is something to find.
    let found = printable(content).to_ascii_lowercase().contains(text);
    let (mut written, mut octets) = (String::new(), Vec::new());
    for (at, octet) in content.iter().enumerate().filter(|_| found) {
        let hidden = shown.hidden.iter().any(|span| span.contains(at));
        // CR LF at the end of what is shown would go.
        let character = if hidden { "•".to_owned() } else { printable(&[*octet]) };
        written.push_str(&character.to_ascii_lowercase());
        octets.resize(written.len(), at);
    }
    let found: Vec<_> =
        written.match_indices(text).map(|(at, text)| Span::new(octets[at], octets[at + text.len() - 1] + 1)).collect();
    found.into_iter()
}

/// Reads what is searched for: `hex: 4e 54` and `0x4e54` are octets, all else is text.
fn wanted(text: &str) -> Result<Wanted, String> {
    let hex = text.trim().strip_prefix("0x").or_else(|| text.trim().strip_prefix("hex:"));
    let Some(hex) = hex else { return Ok(Wanted::Text(text.to_lowercase())) };
    let digits: Vec<u32> = hex
        .chars()
        .filter(|c| *c != ' ')
        .map(|c| c.to_digit(16))
        .collect::<Option<_>>()
        .ok_or("hex digits are 0 to 9 and a to f")?;
    let (pairs, rest) = digits.as_chunks::<2>();
    if pairs.is_empty() || !rest.is_empty() {
        return Err("an octet is two hex digits: hex: 4e 54 4c, or 0x4e544c".to_owned());
    }
    Ok(Wanted::Octets(pairs.iter().map(|[high, low]| (high * 16 + low) as u8).collect()))
}

/// Reads a filter: terms with blanks between, `!` before one that is not to hold.
fn terms(text: &str) -> Result<Vec<(Term, bool)>, String> {
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

//! A recording as a show: scene by scene, its notes beside the step, the view that each asks for.
//!
//! Which scene is shown follows from the row that is looked at, so that every way of moving about keeps the notes in
//! step. What a scene says is seen once the step that it is about is reached.
//!
//! The second terminal, which follows with the presenter's notes, is in `presenter`.

use super::effect::Effect;
use super::keys::Action;
use super::menus::{Menu, MenuKind};
use super::model::{Exchange, Model, Overlay, Pane, Source};
#[cfg(unix)]
use super::presenter::{Note, Told, Wish};
use super::scan::Found;
use super::update::update;
use super::{files, panes};
use crate::transcript::lesson::{self, Cue, Scene};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The folder whose recordings begin as a show.
const LESSONS: &str = "lessons";
/// The folder whose recordings begin with what they ask.
const FAULTS: &str = "faults";

/// So many notes of a scene are shown: more than any screen has room for.
const SAID: usize = 64;
/// So many notes of a scene are told to who follows.
#[cfg(unix)]
const TOLD: usize = 16;
/// So many characters of each.
#[cfg(unix)]
const LONGEST: usize = 1_000;

/// A recording in scenes.
pub(super) struct Show {
    scenes: Vec<Scene>,
    /// The steps but for the notes, which stand above.
    rows: Vec<Found>,
}

impl Show {
    fn new(exchange: &Exchange) -> Option<Self> {
        let scenes = lesson::scenes(exchange.steps());
        let rows = scenes.iter().flat_map(|scene| scene.first..scene.notes.start).map(Found::row).collect();
        scenes.iter().any(|scene| !scene.notes.is_empty()).then_some(Self { scenes, rows })
    }

    /// The rows of the ladder.
    pub(super) fn rows(&self) -> &[Found] {
        &self.rows
    }

    /// How many scenes there are.
    pub(super) fn len(&self) -> usize {
        self.scenes.len()
    }

    /// The scene that a row belongs to, counted from 0.
    pub(super) fn at(&self, row: usize) -> usize {
        self.scenes.partition_point(|scene| scene.first <= row).saturating_sub(1)
    }
}

impl Exchange {
    /// What the scene that is shown has to say, if a show runs; nothing before the step that it is about.
    pub(super) fn said(&self) -> Option<Vec<&str>> {
        let show = self.show.as_ref()?;
        let scene = show.scenes.get(show.at(self.row)).filter(|scene| scene.about <= self.row);
        let notes = scene.and_then(|scene| self.steps().get(scene.notes.clone())).unwrap_or_default();
        let remarks = notes.iter().filter_map(lesson::note).filter(|remark| !remark.presenter);
        Some(remarks.map(|remark| remark.text).filter(|text| !text.is_empty()).take(SAID).collect())
    }

    /// The step that the scene is about, where it is still to come.
    pub(super) fn about(&self) -> Option<usize> {
        let show = self.show.as_ref()?;
        show.scenes.get(show.at(self.row)).map(|scene| scene.about).filter(|about| *about > self.row)
    }

    /// Whether the last scene of a show is reached.
    pub(super) fn show_ends(&self) -> bool {
        self.show.as_ref().is_some_and(|show| show.at(self.row) + 1 == show.len()) && self.about().is_none()
    }

    /// Where the show goes on, or went on from.
    pub(super) fn scene_beside(&self, forward: bool) -> Option<usize> {
        let show = self.show.as_ref()?;
        let at = show.at(self.row);
        let about = show.scenes.get(at)?.about;
        let scene = match (forward, self.row.cmp(&about)) {
            (true, std::cmp::Ordering::Less) | (false, std::cmp::Ordering::Greater) => Some(at),
            (true, _) => Some(at + 1),
            (false, _) => at.checked_sub(1),
        };
        show.scenes.get(scene?).map(|scene| scene.about)
    }

    /// Whether it is a lesson.
    pub(super) fn is_lesson(&self) -> bool {
        matches!(&self.source, Source::Recording { name, .. } if is_lesson(name))
    }

    /// The lesson behind this one.
    pub(super) fn next_lesson(&self) -> Option<files::BuiltIn> {
        let Source::Recording { name, .. } = &self.source else { return None };
        let is_this = |known: &files::BuiltIn| Path::new(name).with_extension("").ends_with(known.name);
        let mut lessons = files::built_in().filter(|known| is_lesson(known.name)).skip_while(|known| !is_this(known));
        lessons.nth(1)
    }
}

/// Whether a recording of that name is a lesson, by its folder.
pub(super) fn is_lesson(name: &str) -> bool {
    is_in(LESSONS, name)
}

/// Whether a recording of that name is one in which something went wrong, by its folder.
pub(super) fn is_fault(name: &str) -> bool {
    is_in(FAULTS, name)
}

fn is_in(folder: &str, name: &str) -> bool {
    Path::new(name).parent().is_some_and(|parent| parent.ends_with(folder))
}

/// Lets a second terminal follow, or says how to.
pub(super) fn present(model: &mut Model) -> Option<Effect> {
    if let Some(follow) = &model.presented {
        let follow = follow.clone();
        model.say(follow);
        return None;
    }
    Some(Effect::Present)
}

/// Does what a follower wants, unless something is being typed or chosen.
#[cfg(unix)]
pub(super) fn wished(model: &mut Model, wish: Wish) -> Option<Effect> {
    if matches!(&model.overlay, Some(Overlay::Menu(Menu { kind: MenuKind::Guessed, .. }))) {
        model.overlay = None;
    }
    if model.shown().is_none() || model.overlay.is_some() {
        return None;
    }
    model.notice = None;
    update(model, if wish == Wish::Next { Action::Step } else { Action::Back })
}

/// What the presenter is told of what is on the screen.
#[cfg(unix)]
pub(super) fn told(model: &Model) -> Told {
    let Some(exchange) = model.shown() else {
        return Told { title: "the start screen".to_owned(), ..Told::default() };
    };
    let line = |row: usize| {
        let (step, shown) = exchange.shown(row, model.revealed())?;
        let who = step.from().map_or_else(String::new, |party| format!("{}: ", party.letter()));
        Some(cut(&format!("{who}{}", shown.words(model.revealed()))))
    };
    let (scene, notes, next) = exchange.show.as_ref().map_or_else(
        || (None, exchange.row + 1..exchange.steps().len(), Some(exchange.row + 1)),
        |show| {
            let at = show.at(exchange.row);
            let notes = show.scenes.get(at).map_or(0..0, |scene| scene.notes.clone());
            (Some([at + 1, show.len()]), notes, exchange.scene_beside(true))
        },
    );
    let next = next.filter(|next| *next < exchange.steps().len());
    let next_notes = next.map_or(0..0, |next| match &exchange.show {
        Some(show) if show.at(next) == show.at(exchange.row) => 0..0,
        Some(show) => show.scenes.get(show.at(next)).map_or(0..0, |scene| scene.notes.clone()),
        None => next + 1..exchange.steps().len(),
    });
    Told {
        title: cut(&exchange.headers().title),
        scene: scene.unwrap_or_default(),
        step: [(exchange.row + 1).min(exchange.rows()), exchange.rows()],
        line: line(exchange.row).unwrap_or_default(),
        notes: notes_in(exchange, notes),
        asked: match &model.overlay {
            Some(Overlay::Menu(menu)) if menu.is_guess() => cut(&menu.title),
            _ => String::new(),
        },
        score: if exchange.guess.asked > 0 { exchange.guess.score() } else { String::new() },
        next: next.and_then(line).unwrap_or_default(),
        next_notes: notes_in(exchange, next_notes),
        elapsed: model.now.since(exchange.began).0 / 1000,
    }
}

/// The notes from the first of these steps on, as many as follow each other.
#[cfg(unix)]
fn notes_in(exchange: &Exchange, places: Range<usize>) -> Vec<Note> {
    let steps = exchange.steps().get(places).unwrap_or_default();
    let remarks = steps.iter().map_while(lesson::note).take(TOLD).filter(|remark| !remark.text.is_empty());
    remarks.map(|remark| Note { presenter: remark.presenter, text: cut(remark.text) }).collect()
}

/// As much of a text as is told.
#[cfg(unix)]
fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

pub(super) fn toggle(model: &mut Model) {
    let Some(exchange) = &mut model.exchange else { return };
    if exchange.show.take().is_none() {
        begin(model);
    }
}

/// Begins the show at the scene that is looked at.
pub(super) fn begin(model: &mut Model) {
    let Some(exchange) = &mut model.exchange else { return };
    if exchange.session().is_some() {
        return model.complain(model.hint("show: a lab has no notes beforehand; {save} saves it as a recording"));
    }
    exchange.show = Show::new(exchange);
    let Some(show) = &exchange.show else {
        return model.complain("show: there are no notes here to show");
    };
    let row = show.scenes.get(show.at(exchange.row)).map_or(0, |scene| scene.about);
    go(model, row);
}

/// To the next scene or the one before; says whether a show runs.
pub(super) fn step(model: &mut Model, forward: bool) -> bool {
    let Some(exchange) = model.exchange.as_ref().filter(|exchange| exchange.show.is_some()) else { return false };
    match exchange.scene_beside(forward) {
        Some(row) => go(model, row),
        None if forward => model.say(model.hint("the show ends here; {show} leaves it")),
        None => {}
    }
    true
}

/// Looks at a row in the way that its scene asks for.
fn go(model: &mut Model, row: usize) {
    let reveal = model.revealed();
    let Some(exchange) = &mut model.exchange else { return };
    exchange.look(row, reveal);
    direct(model);
}

/// Shows the view that the scene asks for, or the one that suits the step.
pub(super) fn direct(model: &mut Model) {
    let Some(exchange) = &model.exchange else { return };
    let Some(show) = &exchange.show else { return };
    let ends = exchange.show_ends();
    let notes = show.scenes.get(show.at(exchange.row)).and_then(|scene| exchange.steps().get(scene.notes.clone()));
    let cue = notes.into_iter().flatten().filter_map(lesson::note).find_map(|remark| remark.cue);
    let (pane, node) = match cue {
        Some(Cue::Exchange) => (Pane::Ladder, None),
        Some(Cue::Raw(node)) => (Pane::Raw, node),
        Some(Cue::Bytes(node)) => (Pane::Bytes, node),
        Some(Cue::Tree(node)) => (Pane::Tree, node),
        Some(Cue::Why) => (Pane::Why, None),
        None if exchange.focus.step.deviation.is_some() => (Pane::Why, None),
        None if exchange.focus.shown.tree.is_some() => (Pane::Tree, None),
        Some(Cue::State(..)) | None => (Pane::State, None),
    };
    let node = node.and_then(|name| exchange.focus.shown.nodes().position(|(_, node)| node.name == name));
    let diagram = match cue {
        Some(Cue::State(party, machine)) => {
            let mut places = exchange.focus.places[party.unwrap_or(exchange.focus.party()).index()].iter();
            match machine {
                Some(machine) => places.find(|place| place.machine == machine),
                None => places.next_back(),
            }
            .map(|place| (place.party, place.machine))
        }
        _ => None,
    };
    let keeps_ladder = (cue.is_none() || ends) && !exchange.zoom;
    panes::focus(model, pane);
    let Some(exchange) = &mut model.exchange else { return };
    if pane != Pane::Ladder {
        exchange.tab = pane; // where another size of the screen has tabs
    }
    if keeps_ladder {
        exchange.pane = Pane::Ladder;
    }
    exchange.diagram = diagram;
    if let Some(node) = node {
        exchange.select_node(node);
        exchange.unfold();
        exchange.folded.remove(&node);
    }
}

/// Opens the lesson behind this one, where the show has ended.
pub(super) fn open_next(model: &mut Model) -> Option<Effect> {
    let exchange = model.shown().filter(|exchange| exchange.pane == Pane::Ladder)?;
    let next = exchange.next_lesson().filter(|_| exchange.show_ends())?;
    Some(model.open(PathBuf::from(next.name)))
}

//! What keys and finished deeds do to the model: the one place that changes it.

use super::copy::{self, Form};
use super::files::{self, Opened, Progress};
use super::keys::{Action, Binding};
use super::line_editor::{LineEditor, unescape};
use super::model::{Entry, Exchange, Item, Menu, MenuKind, Model, Overlay, Pane, Prompt, PromptKind, Source, TimeMode};
use super::{edges, edit, guess, marks, menus, mouse, panes, picture, play, reach, search, show, view};
use crate::config::file::ConfigError;
use crate::config::settings::{self, Settings};
use crate::decode::Mech;
use crate::machine::Signal;
use crate::session::{Gate, Input, Lab, Mechanism, Stop};
use crate::terms::Party;
use crate::transcript::Event;
use crate::transcript::recording::Headers;
use crate::wire::printable;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::io;
use std::path::{Path, PathBuf};

/// How many rows a page has.
const PAGE: usize = 10;

/// What is to be done outside the model.
#[derive(Debug)]
pub enum Effect {
    /// Read a recording.
    Open(PathBuf, Progress),
    /// Write a recording to a new file.
    Save {
        /// Where.
        path: PathBuf,
        /// What it is about.
        headers: Headers,
        /// What happened, masked as it is to be written.
        events: Vec<Event>,
    },
    /// Hand text to the terminal, for its clipboard.
    Copy {
        /// What is copied.
        text: String,
        /// What it is, in words.
        what: String,
    },
    /// Keep settings for later.
    Remember(Settings),
    /// Open a socket for a second terminal.
    Present,
    /// Write the screen to a new file.
    Picture {
        /// Where.
        path: PathBuf,
        /// What the file is to hold.
        text: String,
    },
}

/// What became of an effect.
#[derive(Debug)]
pub enum Done {
    /// A recording was read, or not.
    Opened(PathBuf, Progress, io::Result<Box<Opened>>),
    /// A recording was written, or not.
    Saved(PathBuf, io::Result<()>),
    /// Settings were kept in that file, or not.
    Remembered(Result<PathBuf, ConfigError>),
    /// A screen was written, or not.
    Pictured(PathBuf, io::Result<()>),
    /// The terminal was given text; what, in words.
    Copied(String, io::Result<()>),
    /// That socket is open, or not.
    Presented(io::Result<PathBuf>),
}

/// Does what an update asked for; calls `tell` where there is progress to see.
#[must_use]
pub fn perform(effect: Effect, tell: &dyn Fn()) -> Done {
    match effect {
        Effect::Open(path, progress) => {
            let opened = files::open(&path, &progress, tell).map(Box::new);
            Done::Opened(path, progress, opened)
        }
        Effect::Remember(settings) => {
            let nowhere = || ConfigError::whole("config.toml", "neither XDG_CONFIG_HOME nor HOME says where it is");
            let path = settings::path().ok_or_else(nowhere);
            Done::Remembered(path.and_then(|path| settings::remember(&path, &settings).map(|()| path)))
        }
        // The loop has it open where there are any.
        Effect::Present => Done::Presented(Err(io::Error::other("there are no local sockets here"))),
        Effect::Picture { path, text } => {
            let written = files::create_new(&path, text.as_bytes());
            Done::Pictured(path, written)
        }
        Effect::Save { path, headers, events } => {
            let saved = files::save(&path, &headers, &events);
            Done::Saved(path, saved)
        }
        Effect::Copy { text, what } => Done::Copied(what, copy::to_terminal(&text)),
    }
}

/// Takes what became of an effect.
pub fn done(model: &mut Model, done: Done) {
    match done {
        Done::Opened(_, progress, _) if progress.is_cancelled() => {}
        Done::Opened(path, _, Ok(opened)) => {
            model.loading = None;
            let damage = opened.damage.clone();
            model.open_recording(path.display().to_string(), *opened);
            if let Some(damage) = damage {
                model.complain(format!("{damage}; what stands before it is shown"));
            }
        }
        Done::Opened(path, _, Err(error)) => {
            model.loading = None;
            model.complain(format!("opening {}: {error}", path.display()));
        }
        Done::Copied(what, Ok(())) => model.say(format!("copied {what}")),
        Done::Copied(_, Err(error)) => model.complain(format!("copying: {error}")),
        Done::Presented(Ok(path)) => {
            let number = path.file_stem().unwrap_or_default().display();
            model.presented = Some(format!("another terminal follows with `saslscope notes {number}`"));
            model.say(model.presented.clone().unwrap_or_default());
        }
        Done::Presented(Err(error)) => model.complain(format!("presenting: {error}")),
        Done::Saved(path, Ok(())) => model.say(format!("saved to {}", path.display())),
        Done::Saved(path, Err(error)) => ask_again(model, PromptKind::Save, &path, &error),
        Done::Remembered(Ok(path)) => model.say(format!("remembered in {}", path.display())),
        Done::Remembered(Err(error)) => model.complain(format!("remembering: {error}")),
        Done::Pictured(path, Ok(())) => model.say(format!("the screen is in {}", path.display())),
        Done::Pictured(path, Err(error)) => ask_again(model, PromptKind::Picture, &path, &error),
    }
}

/// Says why a file could not be written, and asks for another.
fn ask_again(model: &mut Model, kind: PromptKind, path: &Path, error: &io::Error) {
    let line = LineEditor::new(&path.display().to_string());
    model.overlay =
        Some(Overlay::Prompt(Prompt { kind, line, default: String::new(), error: Some(error.to_string()) }));
}

/// Takes a pressed key.
pub fn key(model: &mut Model, event: KeyEvent) -> Option<Effect> {
    model.notice = None;
    if event.code == KeyCode::Char('c') && event.modifiers.contains(KeyModifiers::CONTROL) {
        return update(model, Action::Interrupt);
    }
    let effect = match &mut model.overlay {
        Some(Overlay::Prompt(_)) => prompt_key(model, event),
        Some(Overlay::Menu(_)) => menus::key(model, event),
        Some(Overlay::Edge(_)) => edges::key(model, event),
        Some(Overlay::Edit(_)) => {
            edit::key(model, event);
            None
        }
        None => Binding::of(event, model).and_then(|binding| run(model, binding)),
    };
    search::keep_up(model);
    effect
}

/// Takes pasted text: into the line that is being typed, if one is.
pub fn paste(model: &mut Model, text: &str) {
    match &mut model.overlay {
        Some(Overlay::Prompt(prompt)) => {
            prompt.line.insert(text);
            search::typed(model);
        }
        Some(Overlay::Edit(_)) => edit::paste(model, text),
        Some(Overlay::Menu(menu)) => menus::paste(menu, text),
        _ => {}
    }
}

/// Does what a key or a name is bound to, if it can be done now.
pub(super) fn run(model: &mut Model, binding: &Binding) -> Option<Effect> {
    if binding.when.holds(model) {
        return update(model, binding.action);
    }
    model.complain(format!("{}: there is no {} here", binding.name, binding.when.says()));
    None
}

/// Does what a user wants.
pub(super) fn update(model: &mut Model, action: Action) -> Option<Effect> {
    play::heed(model, action);
    match action {
        Action::Interrupt => model.leave(true),
        Action::Quit | Action::QuitNow => model.leave(false),
        Action::Help => menus::help(model),
        Action::Themes => reach::themes(model),
        Action::Command => menus::commands(model),
        Action::Open => prompt(model, PromptKind::Open, ""),
        Action::Remember => return Some(panes::remember(model)),
        Action::LightOrDark => reach::light_or_dark(model),
        Action::Mouse => mouse::toggle(model),
        Action::Picture => picture::ask(model),
        Action::Present => return show::present(model),
        Action::Suspend => model.suspended = true,
        Action::Leave if model.loading.is_some() => model.cancel_loading(),
        _ if model.at_start => return at_start(model, action),
        Action::Enter => match show::open_next(model) {
            Some(next) => return Some(next),
            None => exchange(model, action),
        },
        _ => exchange(model, action),
    }
    None
}

fn at_start(model: &mut Model, action: Action) -> Option<Effect> {
    let entries = model.entries();
    let last = entries.len().saturating_sub(1);
    match action {
        Action::Enter => return open_entry(model, entries.get(model.entry)?.clone()),
        Action::Leave => model.at_start = model.exchange.is_none(),
        _ => model.entry = moved(model.entry, action, last),
    }
    None
}

fn open_entry(model: &mut Model, entry: Entry) -> Option<Effect> {
    match entry {
        Entry::Continue => model.at_start = false,
        Entry::Lab(mechanism) => {
            let lab = model.fresh_lab(mechanism);
            open_lab(model, lab);
        }
        Entry::RequestMic => {
            let mut lab = model.fresh_lab(Mechanism::Gssapi);
            lab.offer = vec![Mech::Kerberos, Mech::Ntlmssp];
            open_lab(model, lab);
        }
        Entry::BuiltIn(recording) => return Some(model.open(PathBuf::from(recording.name))),
        Entry::File(path) | Entry::Recent(path) => return Some(model.open(path)),
        Entry::Open => prompt(model, PromptKind::Open, ""),
    }
    None
}

fn open_lab(model: &mut Model, lab: Lab) {
    model.open_lab(lab);
    if let Err(error) = model.recorder() {
        model.complain(error.to_string());
    }
}

fn exchange(model: &mut Model, action: Action) {
    let concerns_held = matches!(
        action,
        Action::Otherwise | Action::Edit | Action::EditRaw | Action::Cancel | Action::Undo | Action::Redo
    );
    if concerns_held && back_to_held(model) {
        return model.say("this is the line that is held; the key again acts on it");
    }
    match action {
        Action::Reveal => model.toggle_reveal(),
        Action::Restart => model.restart(|_| {}),
        Action::Faults => edit::faults(model),
        Action::Stops => stops(model),
        Action::AddStop => {
            let signal = model.exchange.as_ref().and_then(|exchange| exchange.focus.step.signal);
            prompt(model, PromptKind::Stop, signal.map_or("", Signal::name));
        }
        Action::Save => {
            let name = model.exchange.as_ref().map(file_name).unwrap_or_default();
            prompt(model, PromptKind::Save, &name);
        }
        Action::Otherwise => edit::otherwise(model),
        Action::Edit => edit::field(model),
        Action::EditRaw => edit(model),
        Action::Copy => copy::ask(model),
        Action::Note | Action::Mark | Action::NextMark => marks::update(model, action),
        Action::NextDeviation | Action::PreviousDeviation | Action::Answer => marks::jump(model, action),
        Action::Search | Action::NextMatch | Action::PreviousMatch | Action::Filter => search::update(model, action),
        Action::Play | Action::Faster | Action::Slower => play::update(model, action),
        Action::Show => show::toggle(model),
        Action::Guess => guess::toggle(model),
        Action::Layout
        | Action::Wider
        | Action::Narrower
        | Action::Taller
        | Action::Shorter
        | Action::MoveUp
        | Action::MoveDown => panes::update(model, action),
        Action::Leave => leave(model),
        Action::Back if show::step(model, false) => {}
        Action::Step => forward(model),
        Action::Run => run_on(model),
        Action::Hold => hold(model),
        Action::Undo => input(model, Input::Undo),
        Action::Redo => input(model, Input::Redo),
        Action::Cancel => input(model, Input::Cancel),
        _ => look(model, action),
    }
}

/// Actions that change nothing but what is looked at.
fn look(model: &mut Model, action: Action) {
    let reveal = model.revealed();
    let Some(exchange) = &mut model.exchange else { return };
    match action {
        Action::Back => {
            let rows = search::rows(exchange);
            let row = rows.nth(rows.position().saturating_sub(1));
            exchange.look(row, reveal);
        }
        Action::Zoom => exchange.zoom = !exchange.zoom,
        Action::Time => {
            exchange.time = match exchange.time {
                TimeMode::SinceStart => TimeMode::SincePrevious,
                TimeMode::SincePrevious => TimeMode::Clock,
                TimeMode::Clock => TimeMode::SinceStart,
            }
        }
        Action::Pane(pane) => panes::focus(model, pane),
        Action::NextPane => {
            let pane = neighbour(exchange.pane, 1);
            panes::focus(model, pane);
        }
        Action::PreviousPane => {
            let pane = neighbour(exchange.pane, Pane::ALL.len() - 1);
            panes::focus(model, pane);
        }
        _ => match exchange.pane {
            Pane::Ladder if action == Action::Enter => {
                let pane = exchange.tab;
                panes::focus(model, pane);
            }
            Pane::Ladder => {
                let rows = search::rows(exchange);
                let row = rows.nth(moved(rows.position(), action, rows.len().saturating_sub(1)));
                if row != exchange.row {
                    exchange.look(row, reveal);
                }
            }
            Pane::Tree => in_tree(exchange, action),
            Pane::Bytes => in_octets(model, action),
            Pane::Raw if !exchange.focus.shown.token.is_empty() => in_characters(model, action),
            Pane::State => edges::update(model, action),
            pane => scroll(model, pane, action),
        },
    }
}

fn neighbour(pane: Pane, by: usize) -> Pane {
    let place = Pane::ALL.iter().position(|known| *known == pane).unwrap_or(0);
    Pane::ALL[(place + by) % Pane::ALL.len()]
}

/// Where a cursor at `at` is after a movement among `0..=last`.
pub(super) fn moved(at: usize, action: Action, last: usize) -> usize {
    match action {
        Action::Up => at.saturating_sub(1),
        Action::Down => at + 1,
        Action::PageUp => at.saturating_sub(PAGE),
        Action::PageDown => at + PAGE,
        Action::First => 0,
        Action::Last => last,
        _ => at,
    }
    .min(last)
}

fn in_tree(exchange: &mut Exchange, action: Action) {
    let rows = view::tree_rows(&exchange.focus.shown, &exchange.folded);
    let Some(at) = rows.iter().rposition(|row| row.place <= exchange.node) else { return };
    let row = &rows[at];
    let (place, folds, depth) = (row.place, row.folds, row.depth);
    let parent = rows[..at].iter().rfind(|above| above.depth < depth).map(|above| above.place);
    let target = rows.get(moved(at, action, rows.len() - 1)).map(|row| row.place);
    let is_folded = exchange.folded.contains(&place);
    match action {
        Action::Enter | Action::Right if is_folded => drop(exchange.folded.remove(&place)),
        Action::Enter | Action::Left if folds && !is_folded => drop(exchange.folded.insert(place)),
        Action::Left => exchange.select_node(parent.unwrap_or(place)),
        Action::Right => exchange.select_node(rows.get(at + 1).filter(|_| folds).map_or(place, |row| row.place)),
        _ => exchange.select_node(target.unwrap_or(place)),
    }
}

fn in_octets(model: &mut Model, action: Action) {
    let in_row = view::in_row(model, Pane::Bytes);
    let Some(exchange) = &mut model.exchange else { return };
    let last = exchange.focus.shown.token.len().saturating_sub(1);
    exchange.select_octet(moved_in_rows(exchange.octet, action, last, in_row));
}

fn in_characters(model: &mut Model, action: Action) {
    let in_row = view::in_row(model, Pane::Raw);
    let Some(exchange) = &mut model.exchange else { return };
    let first = exchange.focus.shown.encoded.start;
    let last = exchange.focus.shown.encoded.len().saturating_sub(1);
    let at = exchange.at_character().saturating_sub(first);
    exchange.select_character(first + moved_in_rows(at, action, last, in_row));
}

/// The same where the places stand in rows.
fn moved_in_rows(at: usize, action: Action, last: usize, in_row: usize) -> usize {
    let target = match action {
        Action::Left => at.saturating_sub(1),
        Action::Right => at + 1,
        Action::Up => at.checked_sub(in_row).unwrap_or(at),
        Action::Down if at + in_row > last => at,
        Action::Down => at + in_row,
        Action::PageUp => at.saturating_sub(PAGE * in_row),
        Action::PageDown => at + PAGE * in_row,
        _ => moved(at, action, last),
    };
    target.min(last)
}

fn scroll(model: &mut Model, pane: Pane, action: Action) {
    let most = view::most_scroll(model, pane);
    if let (Some(exchange), Some(place)) = (&mut model.exchange, Pane::ALL.iter().position(|known| *known == pane)) {
        exchange.scroll[place] = moved(exchange.scroll[place].min(most), action, most);
    }
}

fn leave(model: &mut Model) {
    match &mut model.exchange {
        Some(exchange) if exchange.zoom => exchange.zoom = false,
        _ => {
            model.at_start = true;
            model.entry = 0;
        }
    }
}

/// Shows the held line where an earlier one is looked at, so that nothing is done to a line that is not in view.
fn back_to_held(model: &mut Model) -> bool {
    let reveal = model.revealed();
    let Some(exchange) = model.exchange.as_mut().filter(|exchange| exchange.looks_back()) else { return false };
    exchange.look(exchange.last_row(), reveal);
    true
}

/// One step on, or one scene; what comes is asked for first where it is to be guessed.
pub(super) fn forward(model: &mut Model) {
    if !guess::forward(model) && !show::step(model, true) {
        step(model);
    }
}

fn step(model: &mut Model) {
    let reveal = model.revealed();
    let Some(exchange) = &mut model.exchange else { return };
    let (row, last) = (exchange.row, exchange.last_row());
    match exchange.session() {
        Some(session) if row == last && session.ended() => {
            model.say("the session has ended; r plays it again, w saves it");
        }
        Some(_) if row == last => input(model, Input::Release(None)),
        None if row == last => model.say("the recording ends here"),
        _ => {
            let rows = search::rows(exchange);
            let next = rows.position() + 1;
            let row = if next < rows.len() { rows.nth(next) } else { last };
            exchange.look(row, reveal);
        }
    }
}

fn run_on(model: &mut Model) {
    let reveal = model.revealed();
    let Some(exchange) = &mut model.exchange else { return };
    match exchange.session() {
        Some(session) if session.ended() => step(model),
        Some(_) => {
            input(model, Input::Run);
            say_stop(model);
        }
        None => {
            let first = exchange.row + 1;
            exchange.look(exchange.last_row(), reveal);
            stopped(model, first);
        }
    }
}

fn say_stop(model: &mut Model) {
    let Some(exchange) = &model.exchange else { return };
    let last = exchange.steps().iter().rev().find(|step| step.from().is_some());
    let met = last.and_then(|step| model.options.stops.iter().find(|stop| stop.met_by(step)));
    if let Some(stop) = met.map(ToString::to_string) {
        model.say(format!("stopped at {stop}"));
    }
}

/// Looks at the first stop from `first` up to the row that is looked at, if there is one.
pub(super) fn stopped(model: &mut Model, first: usize) -> bool {
    let reveal = model.revealed();
    let Some(exchange) = &mut model.exchange else { return false };
    let passed = exchange.steps().iter().enumerate().skip(first).take((exchange.row + 1).saturating_sub(first));
    let met = |step: &_| model.options.stops.iter().find(|stop| stop.met_by(step));
    let Some((at, stop)) = passed.into_iter().find_map(|(at, step)| Some((at, met(step)?.to_string()))) else {
        return false;
    };
    if at != exchange.row && exchange.session().is_none() {
        exchange.look(at, reveal);
    }
    model.say(format!("stopped at {stop}"));
    true
}

/// Gives the session an input; what it changes is where it stands, so that is looked at.
pub(super) fn input(model: &mut Model, input: Input) {
    let (now, reveal) = (model.now, model.revealed());
    if let Some(exchange) = &mut model.exchange {
        exchange.play(now, input, reveal);
    }
    model.record();
}

fn hold(model: &mut Model) {
    let Some(exchange) = &mut model.exchange else { return };
    let Source::Lab { session, .. } = &mut exchange.source else { return };
    let Gate { receive, send } = session.gate(Party::Client);
    let next = match (receive, send) {
        (false, true) => Gate { receive: true, send: false },
        (true, false) => Gate { receive: true, send: true },
        (true, true) => Gate { receive: false, send: false },
        (false, false) => Gate { receive: false, send: true },
    };
    for party in Party::BOTH {
        session.set_gate(party, next);
    }
    model.options.gate = next;
}

fn edit(model: &mut Model) {
    let Some(exchange) = &model.exchange else { return };
    let Some(held) = exchange.held_line() else { return };
    if exchange.shown(exchange.last_row(), model.revealed()).is_some_and(|(_, shown)| !shown.hidden.is_empty()) {
        return model.complain("edit: the line holds a secret; s reveals it first");
    }
    let line = LineEditor::new(&printable(&held.current));
    let prompt = Prompt { kind: PromptKind::Edit, line, default: String::new(), error: None };
    model.overlay = Some(Overlay::Prompt(prompt));
}

pub(super) fn prompt(model: &mut Model, kind: PromptKind, default: &str) {
    let (line, default) = (LineEditor::default(), default.to_owned());
    model.overlay = Some(Overlay::Prompt(Prompt { kind, line, default, error: None }));
}

fn file_name(exchange: &Exchange) -> String {
    match &exchange.source {
        Source::Lab { lab, .. } => format!("lab-{}.session", lab.mechanism.name().to_ascii_lowercase()),
        Source::Recording { name, .. } => {
            let stem = name.rsplit('/').next().unwrap_or(name);
            format!("{}-copy.session", stem.strip_suffix(".session").unwrap_or(stem))
        }
    }
}

fn prompt_key(model: &mut Model, event: KeyEvent) -> Option<Effect> {
    let Some(Overlay::Prompt(prompt)) = &mut model.overlay else { return None };
    match event.code {
        KeyCode::Esc => {
            let searches = matches!(prompt.kind, PromptKind::Search | PromptKind::Filter);
            model.overlay = None;
            if searches {
                search::given_up(model);
            }
        }
        KeyCode::Enter => return submit(model),
        _ => {
            prompt.error = None;
            prompt.line.key(event);
            search::typed(model);
        }
    }
    None
}

fn submit(model: &mut Model) -> Option<Effect> {
    let Some(Overlay::Prompt(Prompt { kind, line, default, .. })) = &model.overlay else { return None };
    let typed = line.text();
    let text = if typed.is_empty() { default.clone() } else { typed };
    taken(model, *kind, &text).unwrap_or_else(|error| {
        if let Some(Overlay::Prompt(prompt)) = &mut model.overlay {
            prompt.error = Some(error);
        }
        None
    })
}

/// Does what a typed line is for; where it can't be done, says why and leaves the line to be mended.
fn taken(model: &mut Model, kind: PromptKind, text: &str) -> Result<Option<Effect>, String> {
    let word = text.trim();
    if matches!(kind, PromptKind::Search | PromptKind::Filter) {
        return search::taken(model, kind, text).map(|()| None);
    }
    if word.is_empty() && kind != PromptKind::Edit {
        model.overlay = None;
        return Ok(None);
    }
    let effect = match kind {
        PromptKind::Edit => {
            let mut line = unescape(text)?;
            line.extend_from_slice(b"\r\n");
            input(model, Input::Edit(line));
            None
        }
        PromptKind::Stop => {
            toggle_stop(model, &Stop::parse(word).map_err(|error| error.to_string())?);
            None
        }
        PromptKind::Note => {
            marks::note(model, word);
            None
        }
        PromptKind::Search | PromptKind::Filter => None,
        PromptKind::Picture => {
            let under = model.overlay.take();
            let effect = picture::picture(model, PathBuf::from(text));
            model.overlay = under;
            Some(effect?)
        }
        PromptKind::Open => Some(model.open(PathBuf::from(text))),
        PromptKind::Save => model.exchange.as_ref().map(|exchange| save(model, exchange, PathBuf::from(text))),
    };
    model.overlay = None;
    Ok(effect)
}

fn save(model: &Model, exchange: &Exchange, path: PathBuf) -> Effect {
    let (headers, events) = model.kept(exchange);
    Effect::Save { path, headers, events }
}

fn toggle_stop(model: &mut Model, stop: &Stop) {
    if let Some(Exchange { source: Source::Lab { session, .. }, .. }) = &mut model.exchange {
        session.toggle_stop(stop.clone());
    }
    let stops = &mut model.options.stops;
    let known = stops.iter().position(|known| known == stop);
    if let Some(place) = known {
        stops.remove(place);
        model.say(format!("no longer stops at {stop}"));
    } else {
        stops.push(stop.clone());
        model.say(format!("stops at {stop}; B lists the stops"));
    }
}

pub(super) fn menu(model: &mut Model, title: &str, kind: MenuKind, items: Vec<Item>) {
    model.overlay = Some(Overlay::Menu(Menu { title: title.to_owned(), items, find: None, selected: 0, kind }));
}

fn stops(model: &mut Model) {
    if model.options.stops.is_empty() {
        return model.say("no stops; b adds one");
    }
    let item =
        |stop: &Stop| Item { label: stop.to_string(), detail: "Enter takes it away; b adds another.".to_owned() };
    let items = model.options.stops.iter().map(item).collect();
    menu(model, "A run stops at", MenuKind::Stops, items);
}

pub(super) fn choose(model: &mut Model) -> Option<Effect> {
    if let Some(Overlay::Menu(menu)) = &model.overlay
        && let Some(nothing) = menus::nothing(menu)
    {
        model.complain(nothing);
        return None;
    }
    let Some(Overlay::Menu(menu)) = model.overlay.take() else { return None };
    match menu.kind {
        MenuKind::Help(all) | MenuKind::Commands(all) => return run(model, (*all.get(menu.selected)?)?),
        MenuKind::Copy => return copy::chosen(model, *Form::ALL.get(menu.selected)?),
        MenuKind::Otherwise(choices) => input(model, Input::Choose(*choices.get(menu.selected)?)),
        MenuKind::Faults { now, mechanism } => edit::fault(model, &now, mechanism, menu.selected),
        MenuKind::Stops => {
            let stop = model.options.stops.get(menu.selected).cloned()?;
            toggle_stop(model, &stop);
        }
        MenuKind::Themes { before, all } => reach::chosen(model, before, all.get(menu.selected)),
        MenuKind::Guess { row, asks } => guess::guessed(model, row, &asks, menu.selected),
        MenuKind::Guessed => {}
    }
    None
}

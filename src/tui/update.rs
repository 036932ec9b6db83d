//! What keys and pasted text do to the model: the one place that changes it. Each area does its part in a file of its own.

use super::effect::Effect;
use super::form::FormKind;
use super::keys::{Action, Binding};
use super::looking::{look, moved};
use super::model::{Entry, Exchange, Front, Model, Overlay, Pane};
use super::prompts::{self, PromptKind, prompt};
use super::stepping::{self, input};
use super::{
    copy, edges, edit, form, guess, marks, menus, mouse, network, otherwise, panes, picture, play, reach, search, show,
};
use crate::decode::Mech;
use crate::session::{Input, Lab, Mechanism, On, Session};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::path::PathBuf;

/// Takes a pressed key.
pub fn key(model: &mut Model, event: KeyEvent) -> Option<Effect> {
    model.notice = None;
    let control = event.modifiers.contains(KeyModifiers::CONTROL);
    if control && event.code == KeyCode::Char('c') {
        return update(model, Action::Interrupt);
    }
    // Whatever lies over the screen.
    if control && model.options.keys.meant(event, &[Action::Suspend]).is_some() {
        return update(model, Action::Suspend);
    }
    let effect = match &mut model.overlay {
        Some(Overlay::Prompt(_)) => prompts::key(model, event),
        Some(Overlay::Menu(_)) => menus::key(model, event),
        Some(Overlay::Edge(_)) => edges::key(model, event),
        Some(Overlay::Form(_)) => form::key(model, event),
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
        Some(Overlay::Form(form)) => form::paste(form, text),
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
    let doubted = model.doubted.take();
    if doubted != Some(action) && would_lose(model, action) {
        model.doubted = Some(action);
        let text = match model.connections() {
            0 if model.at_start() => "what is open is not saved; the same again goes on without".to_owned(),
            0 => model.hint("not saved yet: {save} saves it, the same again goes on without"),
            1 => "a connection is open; the same again closes it".to_owned(),
            open => format!("{open} connections are open; the same again closes them"),
        };
        model.complain(text);
        return None;
    }
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
        Action::Likeness => menus::likeness(model),
        Action::NextHeld => network::next_held(model),
        Action::HangUp => network::hang_up(model),
        Action::Sessions => model.front = Front::List,
        _ if model.front == Front::List => return network::update(model, action),
        _ if model.at_start() => return at_start(model, action),
        Action::Restart if model.exchange.as_ref().is_some_and(|exchange| exchange.role().is_some()) => {
            return network::again(model);
        }
        Action::Enter => match show::open_next(model) {
            Some(next) => return Some(next),
            None => exchange(model, action),
        },
        _ => exchange(model, action),
    }
    None
}

/// Whether what a hand has changed, and no file holds, would be gone.
fn would_lose(model: &Model, action: Action) -> bool {
    let goes = match action {
        Action::Quit | Action::Open => true,
        Action::Enter if model.at_start() => {
            !matches!(model.entries().get(model.entry), Some(Entry::Continue | Entry::Sessions))
        }
        _ => false,
    };
    let unsaved = |exchange: &Exchange| exchange.unsaved && exchange.id().is_none();
    goes && model.exchange.as_ref().is_some_and(unsaved) || action == Action::Quit && model.connections() > 0
}

fn at_start(model: &mut Model, action: Action) -> Option<Effect> {
    let entries = model.entries();
    let last = entries.len().saturating_sub(1);
    match action {
        Action::Enter => return open_entry(model, entries.get(model.entry)?.clone()),
        Action::Leave if model.exchange.is_some() => model.front = Front::Exchange,
        Action::Leave => {}
        _ => model.entry = moved(model.entry, action, last),
    }
    None
}

fn open_entry(model: &mut Model, entry: Entry) -> Option<Effect> {
    match entry {
        Entry::Continue => model.front = Front::Exchange,
        Entry::Sessions => model.front = Front::List,
        Entry::Lab(mechanism) => {
            let lab = model.fresh_lab(mechanism);
            open_lab(model, lab);
        }
        Entry::OtherLab => menus::labs(model),
        Entry::Client => form::open(model, FormKind::Client),
        Entry::Server => form::open(model, FormKind::Server),
        Entry::RequestMic => {
            let mut lab = model.fresh_lab(Mechanism::Gssapi);
            lab.offer = vec![Mech::Kerberos, Mech::Ntlmssp];
            open_lab(model, lab);
        }
        Entry::BuiltIn(recording) => return Some(model.open(PathBuf::from(recording.name))),
        Entry::File(path) | Entry::Recent(path) => return Some(model.open(path)),
        Entry::Machine => menus::machine(model),
        Entry::Open => prompt(model, PromptKind::Open, ""),
    }
    None
}

pub(super) fn open_lab(model: &mut Model, lab: Lab) {
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
    if concerns_held && stepping::back_to_held(model) {
        return model.say("this is the line that is held; the key again acts on it");
    }
    match action {
        Action::Reveal => model.toggle_reveal(),
        Action::Restart => model.restart(|_| {}),
        Action::Faults => otherwise::faults(model),
        Action::Stops => stepping::stops(model),
        Action::AddStop => stepping::add_stop(model),
        Action::Save => {
            let name = model.exchange.as_ref().map(prompts::file_name).unwrap_or_default();
            prompt(model, PromptKind::Save, &name);
        }
        Action::Otherwise => otherwise::otherwise(model),
        Action::Edit => edit::open(model, false),
        Action::EditRaw => edit::open(model, true),
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
        Action::Step => stepping::forward(model),
        Action::Run => stepping::run_on(model),
        Action::Hold => stepping::hold(model),
        Action::Undo => input(model, Input::Undo),
        Action::Redo => input(model, Input::Redo),
        Action::Cancel => input(model, Input::Cancel),
        _ => look(model, action),
    }
}

fn leave(model: &mut Model) {
    let connects = |exchange: &Exchange| {
        let waits = exchange.session().and_then(Session::waits);
        exchange.failure().is_none() && waits.is_some_and(|waiting| waiting.on == On::Connection)
    };
    if model.exchange.as_ref().is_some_and(connects) {
        return input(model, Input::Leave);
    }
    match &mut model.exchange {
        Some(exchange) if exchange.pane == Pane::State && exchange.edge.is_some() => exchange.edge = None,
        Some(exchange) if exchange.zoom => exchange.zoom = false,
        Some(exchange) if exchange.id().is_some() && model.network.server.is_some() => model.front = Front::List,
        _ => {
            model.front = Front::Start;
            model.entry = 0;
        }
    }
}

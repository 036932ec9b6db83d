//! Lists to choose from: moving in them, finding in them by typing; the list of all keys and that of all commands.
//!
//! Letters that move the cursor in any pane move it here, too; any other letter begins to find, and so does `/`, after
//! which every letter is typed.

use super::copy::{self, Form};
use super::effect::Effect;
use super::guess;
use super::keys::{Action, Binding, Keys, TABLE};
use super::line_editor::LineEditor;
use super::looking::moved;
use super::model::{Model, Overlay, Pane};
use super::otherwise;
use super::reach;
use super::stepping::{forward, input, toggle_stop};
use super::update::{open_lab, run, update};
use crate::config::theme::{Listed, Theme};
use crate::decode::escape;
use crate::machine::RowId;
use crate::session::persona::fingerprint;
use crate::session::{Fault, Input, Mechanism, Stop};
use crate::terms::Party;
use crate::transcript::question::Question;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A list to choose from.
pub(super) struct Menu {
    pub(super) title: String,
    pub(super) items: Vec<Item>,
    /// What is typed to find something, while it is.
    pub(super) find: Option<LineEditor>,
    pub(super) selected: usize,
    pub(super) kind: MenuKind,
}

/// One line of a list.
pub(super) struct Item {
    pub(super) label: String,
    /// Shown below the list while the item is selected.
    pub(super) detail: String,
}

impl Item {
    /// What stands before two blanks.
    fn name(&self) -> &str {
        self.label.split("  ").next().unwrap_or_default()
    }
}

/// What choosing does.
pub(super) enum MenuKind {
    /// Runs what is chosen; `None` is a heading.
    Help(Vec<Option<&'static Binding>>),
    /// The same, found by name.
    Commands(Vec<Option<&'static Binding>>),
    /// Copies in that form.
    Copy,
    /// Answers by that row.
    Otherwise(Vec<RowId>),
    /// Does a fault to the held line, or starts the lab again with one.
    Faults {
        /// Those that can be done now; they stand first.
        now: Vec<Fault>,
        /// That of the lab.
        mechanism: Option<Mechanism>,
    },
    /// Stops there, or no longer.
    AddStop,
    /// Takes the stop away.
    Stops,
    /// Takes a guess at what stands in that row.
    Guess { row: usize, asks: Question },
    /// What came of the guess.
    Guessed,
    /// Does nothing: it is to be read.
    Machine,
    /// Plays the lab of a mechanism.
    Labs,
    /// Goes to the step that an item tells of, if it tells of one.
    Likeness(Vec<Option<usize>>),
    /// Keeps the theme; before, each is shown as the cursor passes.
    Themes {
        /// The one to go back to.
        before: Theme,
        all: Vec<Listed>,
    },
}

/// Shows a list, the cursor at the first item.
pub(super) fn menu(model: &mut Model, title: &str, kind: MenuKind, items: Vec<Item>) {
    model.overlay = Some(Overlay::Menu(Menu::new(title, kind, items)));
}

/// Lists what this build and this machine can do.
pub(super) fn machine(model: &mut Model) {
    let item = |(what, how): &(&str, String)| {
        let how = escape(how);
        Item { label: format!("{what:10}  {how}"), detail: how }
    };
    let items = model.can.iter().map(item).collect();
    menu(model, "This build, this machine", MenuKind::Machine, items);
}

/// Lists the mechanisms, each with what it is.
pub(super) fn labs(model: &mut Model) {
    let item = |mechanism: Mechanism| Item {
        label: format!("{:16}  {}", mechanism.name(), mechanism.says()),
        detail: "Both ends are played here; each line is held before it goes.".to_owned(),
    };
    menu(model, "The lab: which mechanism?", MenuKind::Labs, Mechanism::ALL.map(item).into());
}

/// Lists whom the peer may be, with what speaks for it and against it; of a lab or a recording, the client.
pub(super) fn likeness(model: &mut Model) {
    let Some(exchange) = model.shown() else { return };
    let party = exchange.role().map_or(Party::Client, Party::peer);
    let found = fingerprint(exchange.transcript(), party);
    let mut items = Vec::new();
    let mut steps = Vec::new();
    for one in &found {
        let (mark, detail) =
            if one.consistent() { ('✔', "Nothing speaks against it.") } else { ('✘', "It is not so.") };
        items.push(Item { label: format!("{mark} {:16}  {}", one.persona, one.says), detail: detail.to_owned() });
        steps.push(None);
        for seen in &one.evidence {
            let sign = if seen.fits { '+' } else { '-' };
            let label = format!("    {sign} {:>3}  {}", seen.step + 1, escape(&seen.says));
            items.push(Item { label, detail: format!("Enter goes to step {}.", seen.step + 1) });
            steps.push(Some(seen.step));
        }
    }
    if items.is_empty() {
        return model.say(format!("no personas of a {party} are known to compare with"));
    }
    menu(model, &format!("Whom the {party} may be"), MenuKind::Likeness(steps), items);
}

pub(super) fn choose(model: &mut Model) -> Option<Effect> {
    if let Some(Overlay::Menu(menu)) = &model.overlay
        && let Some(nothing) = nothing(menu, &model.options.keys)
    {
        model.complain(nothing);
        return None;
    }
    let Some(Overlay::Menu(menu)) = model.overlay.take() else { return None };
    match menu.kind {
        MenuKind::Help(all) | MenuKind::Commands(all) => return run(model, (*all.get(menu.selected)?)?),
        MenuKind::Copy => return copy::chosen(model, *Form::ALL.get(menu.selected)?),
        MenuKind::Otherwise(choices) => input(model, Input::Choose(*choices.get(menu.selected)?)),
        MenuKind::Faults { now, mechanism } => otherwise::fault(model, &now, mechanism, menu.selected),
        MenuKind::AddStop => {
            let named = || Stop::parse(menu.items.get(menu.selected)?.name()).ok();
            let stop = menu.typed_stop().or_else(named)?;
            toggle_stop(model, &stop);
        }
        MenuKind::Stops => {
            let stop = model.options.stops.get(menu.selected).cloned()?;
            toggle_stop(model, &stop);
        }
        MenuKind::Themes { before, all } => reach::chosen(model, before, all.get(menu.selected)),
        MenuKind::Guess { row, asks } => guess::guessed(model, row, &asks, menu.selected),
        MenuKind::Labs => {
            let lab = model.fresh_lab(*Mechanism::ALL.get(menu.selected)?);
            open_lab(model, lab);
        }
        MenuKind::Likeness(steps) => {
            let (step, reveal) = ((*steps.get(menu.selected)?)?, model.revealed());
            model.exchange.as_mut()?.look(step, reveal);
        }
        MenuKind::Guessed | MenuKind::Machine => {}
    }
    None
}

/// How well a word that was typed fits: the less, the better. `None` where it does not.
///
/// The whole, the beginning, the beginning of a word, the beginnings of words in a row, somewhere within, and last its
/// letters in their order.
fn fit(typed: &str, text: &str) -> Option<u8> {
    let (typed, text) = (typed.trim().to_lowercase(), text.to_lowercase());
    let words = || text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let initials: String = words().filter_map(|word| word.chars().next()).collect();
    let mut letters = text.chars();
    let fits = [
        text == typed,
        text.starts_with(&typed),
        words().any(|word| word.starts_with(&typed)),
        initials.contains(&typed),
        text.contains(&typed),
        typed.chars().filter(|c| *c != ' ').all(|c| letters.any(|letter| letter == c)),
    ];
    fits.into_iter().zip(0..).find(|(fits, _)| *fits).map(|(_, rank)| rank)
}

/// Its letters in their order, no more.
const IN_ORDER: u8 = 5;
/// Worse than any word that fits: what was typed stands in the sentence.
const IN_SENTENCE: u8 = 9;

impl Menu {
    pub(super) fn new(title: &str, kind: MenuKind, items: Vec<Item>) -> Self {
        Self { title: title.to_owned(), items, find: None, selected: 0, kind }
    }

    /// Whether it asks what comes next, or says what came of it.
    pub(super) const fn is_guess(&self) -> bool {
        matches!(self.kind, MenuKind::Guess { .. } | MenuKind::Guessed)
    }

    /// What is typed to find something.
    pub(super) fn typed(&self) -> String {
        self.find.as_ref().map_or_else(String::new, LineEditor::text)
    }

    /// The items that are listed, by their places: all, or those that fit what is typed, the best first.
    pub(super) fn listed(&self) -> Vec<usize> {
        let typed = self.typed();
        if self.typed_stop().is_some() {
            return Vec::new();
        }
        if typed.trim().is_empty() {
            return (0..self.items.len()).collect();
        }
        let sentence = typed.trim().to_lowercase();
        let ranked = self.items.iter().enumerate().filter(|(place, _)| !self.is_heading(*place));
        let ranked = ranked.filter_map(|(place, item)| {
            let name = match &self.kind {
                MenuKind::Help(all) | MenuKind::Commands(all) => (*all.get(place)?)?.name,
                _ => item.name(),
            };
            let says = || item.label.to_lowercase().contains(&sentence).then_some(IN_SENTENCE);
            // Among so many names, letters here and there are no name.
            let fits = fit(&typed, name).filter(|rank| *rank < IN_ORDER || !matches!(self.kind, MenuKind::AddStop));
            Some((fits.or_else(says)?, place))
        });
        let mut ranked: Vec<_> = ranked.collect();
        ranked.sort_unstable(); // by place where the rank is the same
        ranked.into_iter().map(|(_, place)| place).collect()
    }

    /// Whether the item only says what stands below it.
    pub(super) fn is_heading(&self, place: usize) -> bool {
        matches!(&self.kind, MenuKind::Help(all) if matches!(all.get(place), Some(None)))
    }

    /// Whether typing is all that is done here.
    fn only_finds(&self) -> bool {
        matches!(self.kind, MenuKind::Commands(_) | MenuKind::AddStop)
    }

    /// A stop that is typed whole and that no item is called: a rare reply code, or a field with its value.
    fn typed_stop(&self) -> Option<Stop> {
        let (typed, stops) = (self.typed(), matches!(self.kind, MenuKind::AddStop));
        let is_item = |item: &Item| item.name().eq_ignore_ascii_case(typed.trim());
        Stop::parse(typed.trim()).ok().filter(|_| stops && !self.items.iter().any(is_item))
    }

    /// What is to be said where nothing is listed.
    pub(super) fn unlisted(&self) -> String {
        match (&self.kind, Stop::parse(self.typed().trim())) {
            (MenuKind::AddStop, Ok(stop)) => format!("Enter stops at {stop}, or no longer."),
            (MenuKind::AddStop, Err(error)) => escape(&error.to_string()),
            _ => "nothing is called so".to_owned(),
        }
    }

    pub(super) fn go(&mut self, action: Action) {
        let listed = self.listed();
        let Some(last) = listed.len().checked_sub(1) else { return };
        let at = listed.iter().position(|place| *place == self.selected).unwrap_or(0);
        let mut to = moved(at, action, last);
        // Over a heading, onward; where there is nothing beyond it, back.
        while self.is_heading(listed[to]) && to > 0 && to < last {
            to = if to < at { to - 1 } else { to + 1 };
        }
        self.selected = listed[if self.is_heading(listed[to]) { (to + 1).min(last) } else { to }];
    }
}

/// Takes a key in a list.
pub(super) fn key(model: &mut Model, event: KeyEvent) -> Option<Effect> {
    let meant = in_menu(event, &model.options.keys);
    let Some(Overlay::Menu(menu)) = &mut model.overlay else { return None };
    if menu.find.is_some() {
        return find_key(model, event);
    }
    let plain = !event.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    let letter = if let (KeyCode::Char(c), true) = (event.code, plain) { Some(c) } else { None };
    if let Some(place) = picked(menu, letter) {
        menu.selected = place;
        return choose(model);
    }
    match (meant, letter) {
        (Some(Action::QuitNow), _) => return update(model, Action::QuitNow),
        (Some(Action::Leave | Action::Quit), _) => close(model),
        (Some(Action::Enter), _) => return choose(model),
        (Some(Action::Step), _) if matches!(menu.kind, MenuKind::Guessed) => {
            model.overlay = None;
            forward(model);
        }
        (Some(Action::Search), _) => menu.find = Some(LineEditor::default()),
        (Some(action), _) if action != Action::Step => {
            menu.go(action);
            reach::look(model);
        }
        (_, Some(c)) if c.is_alphanumeric() => {
            menu.find = Some(LineEditor::default());
            return find_key(model, event);
        }
        _ => {}
    }
    None
}

/// The item that a letter picks at once.
fn picked(menu: &Menu, letter: Option<char>) -> Option<usize> {
    let form = |form: &Form| Some(form.letter()) == letter;
    Form::ALL.iter().position(form).filter(|_| matches!(menu.kind, MenuKind::Copy))
}

/// Takes a key while something is typed to be found.
fn find_key(model: &mut Model, event: KeyEvent) -> Option<Effect> {
    let Some(Overlay::Menu(menu)) = &mut model.overlay else { return None };
    let only_finds = menu.only_finds();
    let line = menu.find.as_mut()?;
    let before = line.text();
    match event.code {
        KeyCode::Esc if only_finds => close(model),
        KeyCode::Esc => menu.find = None,
        KeyCode::Backspace if before.is_empty() && !only_finds => menu.find = None,
        KeyCode::Enter => return choose(model),
        KeyCode::Up => menu.go(Action::Up),
        KeyCode::Down => menu.go(Action::Down),
        KeyCode::PageUp => menu.go(Action::PageUp),
        KeyCode::PageDown => menu.go(Action::PageDown),
        KeyCode::Tab => {
            let name = menu.items.get(menu.selected).map(Item::name).filter(|_| only_finds);
            menu.find = name.map(LineEditor::new).or(menu.find.take());
        }
        _ => {
            line.key(event);
            if line.text() != before {
                found(menu);
            }
        }
    }
    reach::look(model);
    None
}

/// Selects what fits best.
fn found(menu: &mut Menu) {
    let first = menu.listed().into_iter().find(|place| !menu.is_heading(*place));
    menu.selected = first.unwrap_or(menu.selected);
}

/// Takes pasted text: it is looked for.
pub(super) fn paste(menu: &mut Menu, text: &str) {
    menu.find.get_or_insert_default().insert(text);
    found(menu);
}

/// What a key means in a list: by the user's keys, else by those of the table.
pub(super) fn in_menu(event: KeyEvent, keys: &Keys) -> Option<Action> {
    use Action::{Down, Enter, First, Last, Leave, PageDown, PageUp, Quit, QuitNow, Search, Step, Up};
    keys.meant(event, &[Up, Down, PageUp, PageDown, First, Last, Enter, Leave, Quit, QuitNow, Step, Search])
}

fn close(model: &mut Model) {
    if let Some(Overlay::Menu(Menu { kind: MenuKind::Themes { before, .. }, .. })) = model.overlay.take() {
        model.options.theme = before;
    }
}

/// The list of all keys: what can be done in this pane first.
pub(super) fn help(model: &mut Model) {
    let pane = model.shown().map(|exchange| exchange.pane);
    let concerns = |binding: &Binding| pane.is_some_and(|pane| concerns(binding.action, pane));
    let parts: [(String, Vec<&'static Binding>); 3] = [
        (
            pane.map_or_else(String::new, |pane| format!("In the pane {}", pane.name())),
            TABLE.iter().filter(|binding| binding.when.holds(model) && concerns(binding)).collect(),
        ),
        ("Now".to_owned(), TABLE.iter().filter(|binding| binding.when.holds(model) && !concerns(binding)).collect()),
        ("At other times".to_owned(), TABLE.iter().filter(|binding| !binding.when.holds(model)).collect()),
    ];
    let mut all = Vec::new();
    let mut items = Vec::new();
    for (title, bindings) in parts.into_iter().filter(|(_, bindings)| !bindings.is_empty()) {
        all.push(None);
        items.push(Item { label: title, detail: String::new() });
        for binding in bindings {
            all.push(Some(binding));
            let label = format!("{:10}  {}", model.options.keys.text(binding), binding.says);
            items.push(Item { label, detail: detail(model, binding) });
        }
    }
    let title = model.options.keys.in_lists().hint("Help: {enter} runs what is selected, typing finds");
    let menu = Menu::new(&title, MenuKind::Help(all), items);
    model.overlay = Some(Overlay::Menu(Menu { selected: 1, ..menu })); // below the first heading
}

fn detail(model: &Model, binding: &Binding) -> String {
    let lacks = if binding.when.holds(model) { "" } else { binding.when.says() };
    let lacks = if lacks.is_empty() { String::new() } else { format!("; there is no {lacks} here") };
    format!("`{}`{lacks}", model.options.keys.by_name(binding))
}

/// The list of all actions by name, to be found by typing.
pub(super) fn commands(model: &mut Model) {
    let (mut all, later): (Vec<_>, Vec<_>) = TABLE.iter().partition(|binding| binding.when.holds(model));
    all.extend(later);
    let item = |binding: &&'static Binding| Item {
        label: format!("{:18}  {:10}  {}", binding.name, model.options.keys.text(binding), binding.says),
        detail: detail(model, binding),
    };
    let items = all.iter().map(item).collect();
    let menu = Menu::new("Run", MenuKind::Commands(all.into_iter().map(Some).collect()), items);
    model.overlay = Some(Overlay::Menu(Menu { find: Some(LineEditor::default()), ..menu }));
}

/// Whether an action does something of its own in a pane.
fn concerns(action: Action, pane: Pane) -> bool {
    use Action as A;
    const MOVES: [Action; 6] = [A::Up, A::Down, A::First, A::Last, A::PageUp, A::PageDown];
    const SEARCH: [Action; 3] = [A::Search, A::NextMatch, A::PreviousMatch];
    let own: &[Action] = match pane {
        Pane::Ladder => &[
            A::Step,
            A::Run,
            A::Back,
            A::Enter,
            A::Filter,
            A::Mark,
            A::NextMark,
            A::NextDeviation,
            A::PreviousDeviation,
            A::Answer,
            A::Time,
            A::Note,
        ],
        Pane::Tree => &[A::Left, A::Right, A::Enter, A::Edit, A::EditRaw, A::Copy],
        Pane::Raw | Pane::Bytes => &[A::Left, A::Right, A::Edit, A::EditRaw, A::Copy],
        Pane::State => &[A::Left, A::Right, A::Enter, A::AddStop, A::Stops, A::Otherwise],
        Pane::Why => &[A::Note],
    };
    let searched = !matches!(pane, Pane::State | Pane::Why) && SEARCH.contains(&action);
    MOVES.contains(&action) || searched || own.contains(&action)
}

/// What cannot be chosen, since nothing is listed.
pub(super) fn nothing(menu: &Menu, keys: &Keys) -> Option<String> {
    let typed = menu.typed();
    let only_finds = menu.only_finds();
    let nothing = menu.listed().is_empty() && menu.typed_stop().is_none();
    nothing.then(|| {
        if matches!(menu.kind, MenuKind::AddStop) {
            menu.unlisted()
        } else if only_finds {
            format!("no action is called `{typed}`; {}", keys.hint("{help} lists them"))
        } else {
            format!("`{typed}` is not in this list")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_fit_comes_first() {
        let table = [
            ("stop", "stop", Some(0)),
            ("STOP", "stops", Some(1)),
            ("mark", "next mark", Some(2)),
            ("nd", "next deviation", Some(3)),
            ("ark", "next mark", Some(4)),
            ("nxmk", "next mark", Some(5)),
            ("n m", "next mark", Some(5)),
            ("mn", "next mark", None),
            ("", "anything", Some(1)),
        ];
        for (typed, text, rank) in table {
            assert_eq!(fit(typed, text), rank, "{typed} {text}");
        }
    }
}

//! The keys: one table makes the bindings, the help, the footer, the command list and `saslscope keys`.

use super::model::{Exchange, Model, Pane};
use crate::terms::Party;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::fmt::Write as _;

/// What a user can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Step,
    Run,
    Back,
    /// The selected field.
    Edit,
    EditRaw,
    Undo,
    Otherwise,
    Cancel,
    Faults,
    Restart,
    Hold,
    AddStop,
    Stops,
    Save,
    Open,
    Reveal,
    Copy,
    Note,
    Mark,
    NextMark,
    Search,
    NextMatch,
    PreviousMatch,
    Filter,
    NextDeviation,
    PreviousDeviation,
    Answer,
    Guess,
    Play,
    Faster,
    Slower,
    Show,
    Present,
    Picture,
    Up,
    Down,
    Left,
    Right,
    First,
    Last,
    PageUp,
    PageDown,
    Enter,
    NextPane,
    PreviousPane,
    Pane(Pane),
    Zoom,
    Layout,
    Wider,
    Narrower,
    Taller,
    Shorter,
    MoveUp,
    MoveDown,
    Remember,
    Time,
    Themes,
    LightOrDark,
    Mouse,
    Command,
    Help,
    Leave,
    Quit,
    QuitNow,
    Suspend,
    Interrupt,
}

/// When an action can do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Always,
    /// The start screen is shown.
    Start,
    /// An exchange is shown.
    Exchange,
    /// The exchange shown is a lab.
    Lab,
    /// A line is held.
    Held,
    /// The held line is edited.
    Edited,
    /// The held line is the client's, within the exchange.
    Cancellable,
}

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    code: KeyCode,
    control: bool,
}

/// One line of the table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Binding {
    pub(super) keys: &'static [Key],
    pub(super) action: Action,
    /// One word or two, for the footer and the command list.
    pub(super) name: &'static str,
    /// A sentence without its full stop.
    pub(super) says: &'static str,
    pub(super) when: When,
    /// Whether the footer tells it.
    pub(super) foot: bool,
}

const fn key(c: char) -> Key {
    Key { code: KeyCode::Char(c), control: false }
}

const fn special(code: KeyCode) -> Key {
    Key { code, control: false }
}

const fn control(c: char) -> Key {
    Key { code: KeyCode::Char(c), control: true }
}

const fn foot(keys: &'static [Key], action: Action, name: &'static str, says: &'static str, when: When) -> Binding {
    Binding { keys, action, name, says, when, foot: true }
}

const fn plain(keys: &'static [Key], action: Action, name: &'static str, says: &'static str, when: When) -> Binding {
    Binding { keys, action, name, says, when, foot: false }
}

/// The table. Where two lines have the same key, the first that can do something has it.
pub(super) static TABLE: &[Binding] = &[
    foot(&[special(KeyCode::Enter)], Action::Enter, "open", "open what is selected", When::Start),
    foot(&[key('n'), key(' ')], Action::Step, "step", "let the held line go, or take in the next", When::Exchange),
    foot(&[key('c')], Action::Run, "run", "run on to the next stop or the end", When::Exchange),
    foot(&[key('u')], Action::Undo, "undo", "undo the edit of the held line", When::Edited),
    foot(&[key('e')], Action::Edit, "edit", "edit the selected field of the held line", When::Held),
    plain(&[key('E')], Action::EditRaw, "edit raw", "edit the held line as it is on the wire", When::Held),
    foot(&[key('a')], Action::Otherwise, "answer", "answer otherwise: choose another row of the table", When::Held),
    foot(&[key('x')], Action::Cancel, "cancel", "cancel the exchange with `*`", When::Cancellable),
    foot(&[key('w')], Action::Save, "save", "save to a new file", When::Exchange),
    foot(&[key('p')], Action::Back, "back", "step back in the view; the session stays where it is", When::Exchange),
    foot(&[key('r')], Action::Restart, "restart", "play the lab again from the start", When::Lab),
    foot(&[key('!')], Action::Faults, "fault", "start the lab again with a fault", When::Lab),
    plain(&[key('i')], Action::Hold, "hold", "hold before send, after receive, both, neither", When::Lab),
    plain(&[key('b')], Action::AddStop, "stop", "stop at a state, signal, reply code or field", When::Exchange),
    plain(&[key('B')], Action::Stops, "stops", "list the stops", When::Exchange),
    plain(&[key('o')], Action::Open, "open file", "open a recording", When::Always),
    plain(&[key('s')], Action::Reveal, "secrets", "reveal secrets for 30 seconds, or hide them", When::Exchange),
    plain(&[key('y')], Action::Copy, "copy", "copy raw, base64, hex, tree or a swaks command", When::Exchange),
    plain(&[key(';')], Action::Note, "note", "write a note on this step", When::Exchange),
    plain(&[key('m')], Action::Mark, "mark", "mark this step, or no longer", When::Exchange),
    plain(&[key('\'')], Action::NextMark, "next mark", "to the next marked step", When::Exchange),
    plain(&[key('/')], Action::Search, "search", "search in lines, trees and hex", When::Exchange),
    plain(&[key('.')], Action::NextMatch, "next match", "to the next match of the search", When::Exchange),
    plain(&[key(',')], Action::PreviousMatch, "previous match", "to the match before", When::Exchange),
    plain(&[key('f')], Action::Filter, "filter", "list only the steps that match", When::Exchange),
    plain(
        &[key('d')],
        Action::NextDeviation,
        "next deviation",
        "to the next step that breaks a clause",
        When::Exchange,
    ),
    plain(
        &[key('D')],
        Action::PreviousDeviation,
        "previous deviation",
        "to the step before that breaks a clause",
        When::Exchange,
    ),
    plain(&[key('%')], Action::Answer, "match", "from a request to its answer, and back", When::Exchange),
    plain(&[key('k'), special(KeyCode::Up)], Action::Up, "up", "up", When::Always),
    plain(&[key('j'), special(KeyCode::Down)], Action::Down, "down", "down", When::Always),
    plain(&[key('h'), special(KeyCode::Left)], Action::Left, "left", "left: fold, octet before", When::Exchange),
    plain(&[key('l'), special(KeyCode::Right)], Action::Right, "right", "right: unfold, next octet", When::Exchange),
    plain(&[key('g'), special(KeyCode::Home)], Action::First, "first", "to the first", When::Always),
    plain(&[key('G'), special(KeyCode::End)], Action::Last, "last", "to the last", When::Always),
    plain(&[special(KeyCode::PageUp)], Action::PageUp, "page up", "a page up", When::Always),
    plain(&[special(KeyCode::PageDown)], Action::PageDown, "page down", "a page down", When::Always),
    plain(&[special(KeyCode::Enter)], Action::Enter, "enter", "fold or unfold; show the step's tree", When::Exchange),
    plain(&[special(KeyCode::Tab)], Action::NextPane, "next pane", "to the next pane", When::Exchange),
    plain(&[special(KeyCode::BackTab)], Action::PreviousPane, "previous pane", "to the pane before", When::Exchange),
    plain(&[key('1')], Action::Pane(Pane::Raw), "raw", "the line as it is on the wire", When::Exchange),
    plain(&[key('2')], Action::Pane(Pane::Bytes), "bytes", "the decoded octets", When::Exchange),
    plain(&[key('3')], Action::Pane(Pane::Tree), "tree", "the token, field by field", When::Exchange),
    plain(&[key('4')], Action::Pane(Pane::State), "state", "the state machines", When::Exchange),
    plain(&[key('5')], Action::Pane(Pane::Why), "why", "the clauses that led here", When::Exchange),
    plain(&[key('6')], Action::Pane(Pane::Ladder), "exchange", "the exchange", When::Exchange),
    plain(&[key('z')], Action::Zoom, "zoom", "give the pane the whole screen, or no longer", When::Exchange),
    plain(&[key('-')], Action::Layout, "layout", "arrange the panes otherwise", When::Exchange),
    plain(&[key('>')], Action::Wider, "wider", "make the pane wider", When::Exchange),
    plain(&[key('<')], Action::Narrower, "narrower", "make the pane narrower", When::Exchange),
    plain(&[key('+')], Action::Taller, "taller", "make the pane taller", When::Exchange),
    plain(&[key('_')], Action::Shorter, "shorter", "make the pane shorter", When::Exchange),
    plain(&[key('{')], Action::MoveUp, "move up", "change places with the pane before", When::Exchange),
    plain(&[key('}')], Action::MoveDown, "move down", "change places with the pane behind", When::Exchange),
    plain(&[key('=')], Action::Remember, "remember", "remember this arrangement, theme and mouse", When::Always),
    plain(
        &[key('t')],
        Action::Time,
        "time",
        "time since the start, since the line before, of the clock",
        When::Exchange,
    ),
    plain(&[key('P')], Action::Play, "play", "play by itself, or pause", When::Exchange),
    plain(&[key(')')], Action::Faster, "faster", "play faster", When::Exchange),
    plain(&[key('(')], Action::Slower, "slower", "play slower", When::Exchange),
    plain(&[key('A')], Action::Guess, "guess", "guess the next message; right guesses are counted", When::Exchange),
    plain(&[key('N')], Action::Show, "show", "run the lesson as a show: its notes beside each step", When::Exchange),
    plain(&[], Action::Present, "present", "let a second terminal follow with the notes", When::Exchange),
    plain(&[key('W')], Action::Picture, "picture", "save this screen as text, ANSI, SVG or asciicast", When::Always),
    foot(&[key('T')], Action::Themes, "theme", "choose a theme", When::Always),
    plain(
        &[key('L')],
        Action::LightOrDark,
        "light or dark",
        "from a dark theme to a light one, and back",
        When::Always,
    ),
    plain(&[key('M')], Action::Mouse, "mouse", "let go of the mouse, or take it", When::Always),
    plain(&[key(':')], Action::Command, "command", "run an action by its name", When::Always),
    plain(&[key('?')], Action::Help, "help", "this list; Enter runs what is selected", When::Always),
    plain(&[special(KeyCode::Esc)], Action::Leave, "leave", "back to where this was opened from", When::Always),
    foot(&[key('q')], Action::Quit, "quit", "quit", When::Always),
    plain(&[key('Q')], Action::QuitNow, "quit at once", "quit, whatever is open", When::Always),
    plain(&[control('z')], Action::Suspend, "suspend", "give the terminal back to the shell for a while", When::Always),
    plain(&[control('c')], Action::Interrupt, "interrupt", "quit at once, as interrupted", When::Always),
];

impl Binding {
    /// What is bound to a pressed key now.
    pub(super) fn of(event: KeyEvent, model: &Model) -> Option<&'static Self> {
        let mut found = TABLE.iter().filter(|binding| binding.has(event)).peekable();
        let first = found.peek().copied();
        found.find(|binding| binding.when.holds(model)).or(first)
    }

    /// Whether a pressed key is one of its keys.
    pub(super) fn has(&self, event: KeyEvent) -> bool {
        self.keys.iter().any(|key| key.is(event))
    }

    /// The keys as a reader knows them.
    pub(super) fn keys_text(&self) -> String {
        self.keys.iter().map(|key| key.text()).collect::<Vec<_>>().join(" ")
    }
}

impl Key {
    fn is(self, event: KeyEvent) -> bool {
        let control = event.modifiers.contains(KeyModifiers::CONTROL);
        self.code == event.code && self.control == control && !event.modifiers.contains(KeyModifiers::ALT)
    }

    fn text(self) -> String {
        match self.code {
            KeyCode::Char(' ') => "Space".to_owned(),
            KeyCode::Char(c) if self.control => format!("Ctrl-{}", c.to_ascii_uppercase()),
            KeyCode::Char(c) => c.to_string(),
            KeyCode::BackTab => "Shift-Tab".to_owned(),
            KeyCode::PageUp => "PgUp".to_owned(),
            KeyCode::PageDown => "PgDn".to_owned(),
            code => format!("{code:?}"),
        }
    }
}

impl When {
    pub(super) fn holds(self, model: &Model) -> bool {
        let exchange = || model.exchange.as_ref().filter(|_| !model.at_start);
        let held = || exchange().and_then(Exchange::held_line);
        match self {
            Self::Always => true,
            Self::Start => model.at_start,
            Self::Exchange => exchange().is_some(),
            Self::Lab => exchange().is_some_and(|exchange| exchange.session().is_some()),
            Self::Held => held().is_some(),
            Self::Edited => held().is_some_and(|held| held.current != held.composed),
            Self::Cancellable => {
                held().is_some_and(|held| held.party == Party::Client)
                    && exchange()
                        .is_some_and(|exchange| exchange.transcript().standing().stack(Party::Client).in_exchange())
            }
        }
    }

    /// What must be there.
    pub(super) const fn says(self) -> &'static str {
        match self {
            Self::Always => "",
            Self::Start => "start screen",
            Self::Exchange => "exchange",
            Self::Lab => "lab",
            Self::Held => "held line",
            Self::Edited => "edited line",
            Self::Cancellable => "held response",
        }
    }
}

/// The table as text.
#[must_use]
pub fn keys_text() -> String {
    let mut text = String::new();
    for binding in TABLE {
        let Binding { name, says, when, .. } = binding;
        writeln!(text, "{:10}  {name:13}  {:18}  {says}", binding.keys_text(), when.says()).unwrap_or_default(); // writing to a String cannot fail
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_so_that_a_command_means_one_thing() {
        for (place, binding) in TABLE.iter().enumerate() {
            assert!(TABLE[..place].iter().all(|other| other.name != binding.name), "{}", binding.name);
        }
    }

    #[test]
    fn a_key_is_shared_only_where_it_is_told_apart() {
        for (place, binding) in TABLE.iter().enumerate() {
            let shared = TABLE[..place].iter().filter(|other| other.keys.iter().any(|key| binding.keys.contains(key)));
            for other in shared {
                assert_eq!((other.when, binding.when), (When::Start, When::Exchange), "{}", binding.name);
            }
        }
    }

    #[test]
    fn the_list_has_a_line_for_each() {
        let text = keys_text();
        assert_eq!(text.lines().count(), TABLE.len());
        assert!(
            text.starts_with("Enter       open           start screen        open what is selected\nn Space     step ")
        );
    }
}

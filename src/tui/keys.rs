//! The keys: one table makes the bindings, the help, the footer, the command list and `saslscope keys`.
//!
//! The table has the keys of each action unless a user's `keys.toml` says otherwise; [`Keys`] are those that count.

use super::model::{Exchange, Front, Model, Pane};
use crate::config::file::{ConfigError, meant};
use crate::config::keys::KeyFile;
use crate::session::HeldLine;
use crate::terms::Party;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use toml::Spanned;

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
    Redo,
    Otherwise,
    Cancel,
    Faults,
    Restart,
    Hold,
    AddStop,
    Stops,
    NextHeld,
    HangUp,
    Sessions,
    Sort,
    Likeness,
    FilterSessions,
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
    /// The list of sessions is shown.
    List,
    /// There is a session.
    Live,
    /// There is a list of sessions.
    Many,
    /// An exchange is shown.
    Exchange,
    /// The exchange shown is played here.
    Lab,
    /// A line is held.
    Held,
    /// The held line is edited.
    Edited,
    /// An edit of the held line was undone.
    Undone,
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
    foot(&[special(KeyCode::Enter)], Action::Enter, "look at", "look at the selected session", When::List),
    foot(&[key('n'), key(' ')], Action::Step, "step", "let the held line go, or take in the next", When::Exchange),
    foot(&[key('c')], Action::Run, "run", "run on to the next stop or the end", When::Exchange),
    foot(&[key('u')], Action::Undo, "undo", "undo the latest edit of the held line", When::Edited),
    plain(&[key('U')], Action::Redo, "redo", "make the edit again that was undone", When::Undone),
    foot(&[key('e')], Action::Edit, "edit", "edit the selected field of the held line", When::Held),
    plain(&[key('E')], Action::EditRaw, "edit raw", "edit the held line as it is on the wire", When::Held),
    foot(&[key('a')], Action::Otherwise, "answer", "answer otherwise: choose another row of the table", When::Held),
    foot(&[key('x')], Action::Cancel, "cancel", "cancel the exchange with `*`", When::Cancellable),
    foot(&[key('w')], Action::Save, "save", "save to a new file", When::Exchange),
    foot(&[key('p')], Action::Back, "back", "step back in the view; the session stays where it is", When::Exchange),
    foot(&[key('H')], Action::NextHeld, "next held", "to the next session that waits for you", When::Many),
    foot(&[key('r')], Action::Restart, "restart", "play the lab again, or connect again", When::Lab),
    plain(&[key('r')], Action::Restart, "listen again", "listen again, where that failed", When::List),
    plain(&[key('X')], Action::HangUp, "hang up", "close the connection", When::Live),
    plain(&[key('S')], Action::Sessions, "sessions", "the list of sessions", When::Many),
    foot(&[key('f')], Action::FilterSessions, "filter list", "list only the sessions that match", When::List),
    foot(&[key('s')], Action::Sort, "sort", "sort the list otherwise", When::List),
    foot(&[key('!')], Action::Faults, "fault", "something goes wrong: now, or from the start", When::Lab),
    plain(&[key('i')], Action::Hold, "hold", "hold before send, after receive, both, neither", When::Lab),
    plain(&[key('F')], Action::Likeness, "fingerprint", "whom the peer may be, and by which steps", When::Exchange),
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
        "to the next step with a deviation or a problem",
        When::Exchange,
    ),
    plain(
        &[key('D')],
        Action::PreviousDeviation,
        "previous deviation",
        "to the step before with a deviation or a problem",
        When::Exchange,
    ),
    plain(&[key('%')], Action::Answer, "match", "from a request to its answer, and back", When::Exchange),
    plain(&[key('k'), special(KeyCode::Up)], Action::Up, "up", "up", When::Always),
    plain(&[key('j'), special(KeyCode::Down)], Action::Down, "down", "down", When::Always),
    plain(
        &[key('h'), special(KeyCode::Left)],
        Action::Left,
        "left",
        "left: fold, octet or machine before",
        When::Exchange,
    ),
    plain(
        &[key('l'), special(KeyCode::Right)],
        Action::Right,
        "right",
        "right: unfold, next octet or machine",
        When::Exchange,
    ),
    plain(&[key('g'), special(KeyCode::Home)], Action::First, "first", "to the first", When::Always),
    plain(&[key('G'), special(KeyCode::End)], Action::Last, "last", "to the last", When::Always),
    plain(&[special(KeyCode::PageUp)], Action::PageUp, "page up", "a page up", When::Always),
    plain(&[special(KeyCode::PageDown)], Action::PageDown, "page down", "a page down", When::Always),
    plain(
        &[special(KeyCode::Enter)],
        Action::Enter,
        "enter",
        "fold or unfold; open a row of the machine; show the step's tree",
        When::Exchange,
    ),
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
    plain(&[], Action::Present, "present", "let a second terminal follow with the notes", When::Always),
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
    plain(&[key('?')], Action::Help, "help", "this list; what is selected can be run", When::Always),
    plain(&[special(KeyCode::Esc)], Action::Leave, "leave", "back to where this was opened from", When::Always),
    foot(&[key('q')], Action::Quit, "quit", "quit", When::Always),
    plain(&[key('Q')], Action::QuitNow, "quit at once", "quit, whatever is open", When::Always),
    plain(&[control('z')], Action::Suspend, "suspend", "give the terminal back to the shell for a while", When::Always),
    plain(&[control('c')], Action::Interrupt, "interrupt", "quit at once, as interrupted", When::Always),
];

/// The keys that count, in the order of the table: its own, but where a user wants others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys(Vec<Vec<Key>>);

/// One action, for those who list the keys.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct KeyRow {
    /// The names of its keys, as a `keys.toml` has them.
    pub keys: Vec<String>,
    /// Its name.
    pub action: &'static str,
    /// What must be there; empty where nothing must.
    pub needs: &'static str,
    /// A sentence without its full stop.
    pub does: &'static str,
}

impl Default for Keys {
    fn default() -> Self {
        Self(TABLE.iter().map(|binding| binding.keys.to_vec()).collect())
    }
}

impl Keys {
    /// The keys that a user wants.
    ///
    /// # Errors
    /// An action or a key that nobody knows, or a key that two actions want at the same time.
    pub fn read(file: &KeyFile) -> Result<Self, ConfigError> {
        let mut keys = Self::default();
        let mut said = Vec::new();
        for line in &file.lines {
            let name = line.action.get_ref();
            let place = TABLE.iter().position(|binding| binding.name == name).ok_or_else(|| {
                let meant = meant(name, TABLE.iter().map(|binding| binding.name));
                file.error(line.action.span(), name, format!("no action{meant}; `saslscope keys` lists them"))
            })?;
            let read =
                |key: &Spanned<String>| Key::read(key.get_ref()).map_err(|reason| file.error(key.span(), name, reason));
            keys.0[place] = line.keys.iter().map(read).collect::<Result<_, _>>()?;
            said.push((place, line));
        }
        for (place, line) in said {
            for (key, named) in keys.0[place].iter().zip(&line.keys) {
                if let Some(other) = keys.rival(place, *key) {
                    let reason = format!(
                        "`{}` is a key of `{}`, too; give that another one here, or none: []",
                        key.text(),
                        other.name
                    );
                    return Err(file.error(named.span(), line.action.get_ref(), reason));
                }
            }
        }
        Ok(keys)
    }

    /// Who else wants the key where the action at `place` may want it.
    fn rival(&self, place: usize, key: Key) -> Option<&'static Binding> {
        let own = TABLE.get(place)?;
        let others = self.table().enumerate().filter(|(other, _)| *other != place);
        let mut rivals = others.filter(|(_, (binding, keys))| keys.contains(&key) && own.when.meets(binding.when));
        rivals.next().map(|(_, (binding, _))| binding)
    }

    /// Each line of the table with the keys that count for it.
    fn table(&self) -> impl Iterator<Item = (&'static Binding, &[Key])> {
        TABLE.iter().zip(self.0.iter().map(Vec::as_slice))
    }

    /// What a pressed key is bound to, whether or not it can be done now.
    pub(super) fn bound(&self, event: KeyEvent) -> impl Iterator<Item = &'static Binding> {
        let has = move |keys: &[Key]| keys.iter().any(|key| key.is(event));
        self.table().filter(move |(_, keys)| has(keys)).map(|(binding, _)| binding)
    }

    /// Which of a few actions a pressed key means, by the user's keys or else by those of the table.
    pub(super) fn meant(&self, event: KeyEvent, of: &[Action]) -> Option<Action> {
        let meant = |keys: &Self| keys.bound(event).map(|binding| binding.action).find(|action| of.contains(action));
        meant(self).or_else(|| meant(&Self::default()))
    }

    /// The keys of an action as a reader knows them, one blank between.
    pub(super) fn text(&self, binding: &Binding) -> String {
        let keys = self.table().find(|(known, _)| *known == binding).map_or(&[][..], |(_, keys)| keys);
        keys.iter().map(|key| key.text()).collect::<Vec<_>>().join(" ")
    }

    /// The first key of an action, if it has one.
    pub(super) fn key(&self, action: Action) -> Option<Key> {
        self.table().find(|(binding, _)| binding.action == action)?.1.first().copied()
    }

    /// The first key of an action, or how it is run without one.
    pub(super) fn first(&self, action: Action) -> String {
        let found = self.table().find(|(binding, _)| binding.action == action);
        found.map_or_else(String::new, |line| self.first_of(line))
    }

    fn first_of(&self, (binding, keys): (&Binding, &[Key])) -> String {
        keys.first().map_or_else(|| self.by_name(binding), |key| key.text())
    }

    /// How an action is run by its name: `:save`.
    pub(super) fn by_name(&self, binding: &Binding) -> String {
        let key = self.key(Action::Command).map_or_else(|| ":".to_owned(), Key::text);
        let gap = if key.chars().count() > 1 { " " } else { "" };
        format!("{key}{gap}{}", binding.name)
    }

    /// A text with the first keys of the actions that it names: `{save} saves it`. It is no text of a peer or a file.
    pub(super) fn hint(&self, text: &str) -> String {
        let mut parts = text.split('{');
        let mut hint = parts.next().unwrap_or_default().to_owned();
        for (name, rest) in parts.filter_map(|part| part.split_once('}')) {
            let found = self.table().find(|(binding, _)| binding.name == name);
            debug_assert!(found.is_some(), "no action `{name}`: {text}");
            hint += &found.map_or_else(String::new, |line| self.first_of(line));
            hint += rest;
        }
        hint
    }

    /// The keys of lists, where an action that was left without one keeps its own.
    pub(super) fn in_lists(&self) -> Self {
        let keys = self.table().map(|(binding, keys)| if keys.is_empty() { binding.keys } else { keys }.to_vec());
        Self(keys.collect())
    }

    /// All actions with their keys, in the order of the table.
    pub fn rows(&self) -> impl Iterator<Item = KeyRow> {
        self.table().map(|(binding, keys)| KeyRow {
            keys: keys.iter().map(|key| key.text()).collect(),
            action: binding.name,
            needs: binding.when.says(),
            does: binding.says,
        })
    }
}

impl Binding {
    /// What is bound to a pressed key now.
    pub(super) fn of(event: KeyEvent, model: &Model) -> Option<&'static Self> {
        let mut found = model.options.keys.bound(event).peekable();
        let first = found.peek().copied();
        found.find(|binding| binding.when.holds(model)).or(first)
    }
}

/// Keys that have a name; the others are their character, or F1 to F12.
const NAMES: [(&str, KeyCode); 16] = [
    ("Space", KeyCode::Char(' ')),
    ("Enter", KeyCode::Enter),
    ("Esc", KeyCode::Esc),
    ("Tab", KeyCode::Tab),
    ("Shift-Tab", KeyCode::BackTab),
    ("Backspace", KeyCode::Backspace),
    ("Delete", KeyCode::Delete),
    ("Insert", KeyCode::Insert),
    ("Home", KeyCode::Home),
    ("End", KeyCode::End),
    ("PgUp", KeyCode::PageUp),
    ("PgDn", KeyCode::PageDown),
    ("Up", KeyCode::Up),
    ("Down", KeyCode::Down),
    ("Left", KeyCode::Left),
    ("Right", KeyCode::Right),
];

impl Key {
    fn is(self, event: KeyEvent) -> bool {
        let control = event.modifiers.contains(KeyModifiers::CONTROL);
        self.code == event.code && self.control == control && !event.modifiers.contains(KeyModifiers::ALT)
    }

    pub(super) fn text(self) -> String {
        match self.code {
            KeyCode::Char(c) if self.control => format!("Ctrl-{}", c.to_ascii_uppercase()),
            code => match (NAMES.iter().find(|(_, known)| *known == code), code) {
                (Some((name, _)), _) => (*name).to_owned(),
                (None, KeyCode::Char(c)) => c.to_string(),
                (None, KeyCode::F(number)) => format!("F{number}"),
                (None, code) => format!("{code:?}"),
            },
        }
    }

    /// The key of that name.
    fn read(name: &str) -> Result<Self, String> {
        let mut chars = name.chars();
        if let (Some(c), None) = (chars.next(), chars.next())
            && !c.is_control()
            && !c.is_whitespace()
        {
            return Ok(key(c));
        }
        if let Some((_, code)) = NAMES.iter().find(|(known, _)| *known == name) {
            return Ok(special(*code));
        }
        if let Some(number @ 1..=12) = name.strip_prefix('F').and_then(|number| number.parse().ok()) {
            return Ok(special(KeyCode::F(number)));
        }
        match name.strip_prefix("Ctrl-").map(str::as_bytes) {
            Some(b"C" | b"c") => Err("Ctrl-C always quits at once".to_owned()),
            Some(b"I" | b"i") => Err("terminals send Ctrl-I as Tab".to_owned()),
            Some(b"M" | b"m") => Err("terminals send Ctrl-M as Enter".to_owned()),
            Some([letter]) if letter.is_ascii_alphabetic() => Ok(control(char::from(letter.to_ascii_lowercase()))),
            _ => {
                let names = NAMES.map(|(name, _)| name);
                let (meant, names) = (meant(name, names), names.join(", "));
                Err(format!("no key `{name}`{meant}; a key is one character, Ctrl- and a letter, F1 to F12, {names}"))
            }
        }
    }
}

impl When {
    pub(super) fn holds(self, model: &Model) -> bool {
        let exchange = || model.shown();
        let held = || exchange().and_then(Exchange::held_line);
        match self {
            Self::Always => true,
            Self::Start => model.at_start(),
            Self::List => model.front == Front::List,
            Self::Live => !model.network.sessions.entries().is_empty(),
            Self::Many => model.network.is_many(),
            Self::Exchange => exchange().is_some(),
            Self::Lab => exchange().is_some_and(|exchange| exchange.session().is_some()),
            Self::Held => held().is_some(),
            Self::Edited => held().is_some_and(HeldLine::can_undo),
            Self::Undone => held().is_some_and(HeldLine::can_redo),
            Self::Cancellable => {
                held().is_some_and(|held| held.party == Party::Client)
                    && exchange()
                        .is_some_and(|exchange| exchange.transcript().standing().stack(Party::Client).in_exchange())
            }
        }
    }

    /// Whether both can hold at once.
    const fn meets(self, other: Self) -> bool {
        match (self, other) {
            (Self::Start, other) | (other, Self::Start) => {
                matches!(other, Self::Start | Self::Live | Self::Many | Self::Always)
            }
            (Self::List, other) | (other, Self::List) => {
                matches!(other, Self::List | Self::Live | Self::Many | Self::Always)
            }
            _ => true,
        }
    }

    /// What must be there.
    pub(super) const fn says(self) -> &'static str {
        match self {
            Self::Always => "",
            Self::Start => "start screen",
            Self::List => "session list",
            Self::Live => "connection",
            Self::Many => "sessions",
            Self::Exchange => "exchange",
            Self::Lab => "played party",
            Self::Held => "held line",
            Self::Edited => "edited line",
            Self::Undone => "edit undone",
            Self::Cancellable => "held response",
        }
    }
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
        let keys = Keys::default();
        for (place, own) in keys.0.iter().enumerate() {
            for key in own {
                assert_eq!(keys.rival(place, *key), None, "{} {}", TABLE[place].name, key.text());
            }
        }
    }

    #[test]
    fn every_key_is_read_by_its_name() {
        for key in TABLE.iter().flat_map(|binding| binding.keys).filter(|key| **key != control('c')) {
            assert_eq!(Key::read(&key.text()).as_ref(), Ok(key));
        }
        for name in ["F1", "F12", "Insert", "Ctrl-A", "é", "#"] {
            assert_eq!(Key::read(name).map(Key::text).as_deref(), Ok(name));
        }
    }

    /// The keys of `keys.toml` with this text below `[keys]`.
    fn read(text: &str) -> Result<Keys, String> {
        let file = KeyFile::read("keys.toml", &format!("[keys]\n{text}")).map_err(|error| error.to_string())?;
        Keys::read(&file).map_err(|error| error.to_string())
    }

    #[test]
    fn a_user_has_other_keys() {
        let keys = read("step = [\"F5\", \"Ctrl-S\"]\nrestart = [\"n\"]\nrun = []\n\"next deviation\" = [\"r\"]\n");
        let keys = keys.unwrap_or_else(|error| panic!("{error}"));
        let row = |action| keys.rows().find(|row| row.action == action).map(|row| row.keys.join(" "));
        for (action, expected) in
            [("step", "F5 Ctrl-S"), ("restart", "n"), ("run", ""), ("next deviation", "r"), ("help", "?")]
        {
            assert_eq!(row(action).as_deref(), Some(expected), "{action}");
        }
        assert_eq!(keys.hint("{step} or {run}, {next deviation}; ?"), "F5 or :run, r; ?");
        assert_eq!(keys.in_lists().hint("{step} or {run}"), "F5 or c");
        for (command, expected) in [("[\"#\"]", "#run"), ("[\"F1\"]", "F1 run"), ("[]", ":run")] {
            let keys = read(&format!("run = []\ncommand = {command}"));
            assert_eq!(keys.map(|keys| keys.hint("{run}")).as_deref(), Ok(expected));
        }
        let bound = |code| keys.bound(KeyEvent::new(code, KeyModifiers::NONE)).map(|binding| binding.name).next();
        assert_eq!([bound(KeyCode::F(5)), bound(KeyCode::Char('c'))], [Some("step"), None]);
    }

    #[test]
    fn errors_name_file_line_and_key() {
        let cases = [
            ("stepp = [\"n\"]", "keys.toml:2: stepp: no action (is `step` meant?); `saslscope keys` lists them"),
            ("xyzzy = []", "keys.toml:2: xyzzy: no action; `saslscope keys` lists them"),
            ("run = []\nstep = [\"n\", \"PgUpp\"]", "keys.toml:3: step: no key `PgUpp` (is `PgUp` meant?); a key is"),
            ("step = [\"Ctrl-C\"]", "keys.toml:2: step: Ctrl-C always"),
            ("step = [\"Ctrl-I\"]", "keys.toml:2: step: terminals send Ctrl-I as Tab"),
            ("step = [\"\"]", "keys.toml:2: step: no key ``"),
            ("step = [\"F13\"]", "keys.toml:2: step: no key `F13`"),
            ("step = [\"s\"]", "keys.toml:2: step: `s` is a key of `secrets`, too; give that another one here"),
            ("open = [\"q\"]", "keys.toml:2: open: `q` is a key of `quit`, too"),
            ("step = \"n\"", "keys.toml:2: step: string where a list of keys belongs"),
            ("step = [5]", "keys.toml:2: step: integer where a string belongs"),
            ("step = [\"n\"]\nstep = []", "keys.toml:3: duplicate key"),
            ("[colours]", "keys.toml:2: colours: only `[keys]` can stand here"),
        ];
        for (text, expected) in cases {
            let error = read(text).map_or_else(|error| error, |_| "read".to_owned());
            assert!(error.starts_with(expected), "{error}\nexpected {expected}");
        }
        assert!(read("open = [\"n\"]").is_ok(), "the start screen has no step");
    }
}

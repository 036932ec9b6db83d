//! Light or dark: which ground the terminal has, and the theme that suits it.
//!
//! The terminal is asked for its ground (OSC 11 of xterm) once the first frame is drawn, so that one which never answers
//! delays nothing. The answer comes where the keys come from, and crossterm, which knows no such answer, takes it for
//! keys: `ESC ]` for Alt-], then one key a character. [`Answers`] picks it out again, whenever it comes, so that no
//! part of it ever acts as a key, and no key is lost.

use super::keys::Action;
use super::menus::{Item, Menu, MenuKind};
use super::model::{Model, Overlay};
use super::terminal::Input;
use crate::config::theme::{Background, Listed, Theme};
use crate::decode::escape;
use crate::terms::Micros;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::time::Duration;

/// What asks for the ground.
pub(super) const QUESTION: &str = "\x1b]11;?\x07";

/// An answer that comes later changes nothing: a reader who has begun to read keeps the colours.
const LATEST: Micros = Micros(1_000_000);

/// What an answer begins with, as keys.
const HEAD: &str = "]11;";

/// What is longer is no answer, however it goes on: `rgba:ffff/ffff/ffff/ffff` has 24 characters, and some terminals
/// send nonsense.
const LONGEST: usize = 1000;

/// Longer than that no terminal pauses within an answer; whoever types does.
const PAUSE: Duration = Duration::from_millis(250);

/// A theme for either ground.
#[derive(Clone, Debug)]
pub struct Twins {
    /// For a dark terminal.
    pub dark: Theme,
    /// For a light one.
    pub light: Theme,
}

/// What is known of the ground.
#[derive(Debug, Default)]
pub(super) struct Reach {
    /// When the terminal was asked.
    asked: Option<Micros>,
    /// What it said.
    ground: Option<Background>,
    /// The theme that `L` goes back to.
    back: Option<Theme>,
}

impl Model {
    /// Whether the terminal is to be asked for its ground now: once, where the theme depends on it.
    pub fn asks(&mut self) -> bool {
        let asks = self.options.asks && self.options.auto.is_some() && self.reach.asked.is_none();
        self.reach.asked = self.reach.asked.or(asks.then_some(self.now));
        asks
    }

    /// Takes what the terminal says of its ground.
    pub fn background(&mut self, ground: Background) {
        self.reach.ground = Some(ground);
        let late = self.reach.asked.is_none_or(|asked| self.now.since(asked) > LATEST);
        if let Some(twins) = self.options.auto.as_ref().filter(|_| !late) {
            self.options.theme = twins.on(ground).unwrap_or(&self.options.theme).clone();
        }
    }
}

impl Twins {
    /// The one for that ground.
    #[must_use]
    pub const fn on(&self, ground: Background) -> Option<&Theme> {
        match ground {
            Background::Dark => Some(&self.dark),
            Background::Light => Some(&self.light),
            Background::Terminal => None,
        }
    }
}

/// Takes a theme that the user chose; it stays, whatever the terminal says.
pub(super) fn choose(model: &mut Model, theme: Theme) {
    model.options.theme = theme;
    model.options.auto = None;
    model.reach.back = None;
}

/// Lists all themes; each is shown as the cursor passes.
pub(super) fn themes(model: &mut Model) {
    let before = model.options.theme.clone();
    let all = Theme::all();
    let selected = all.iter().position(|listed| listed.name == before.name).unwrap_or(0);
    let widest = all.iter().map(|listed| listed.name.len()).max().unwrap_or(0);
    let item = |listed: &Listed| {
        let own = if listed.own { ", yours" } else { "" };
        let (is, detail) = match &listed.theme {
            Ok(theme) if model.options.color => (theme.background.word(), twin(theme)),
            Ok(theme) => (theme.background.word(), "Colours are off: every theme shows weights only.".to_owned()),
            Err(error) => ("✘ broken", escape(&error.to_string())),
        };
        Item { label: format!("{:widest$}  {is}{own}", listed.name), detail }
    };
    let items = all.iter().map(item).collect();
    let menu = Menu::new("Theme", MenuKind::Themes { before, all }, items);
    model.overlay = Some(Overlay::Menu(Menu { selected, ..menu }));
}

/// What `L` leads to.
fn twin(theme: &Theme) -> String {
    theme.twin.as_ref().map_or_else(String::new, |twin| format!("Its twin for the other light is {twin}."))
}

/// Shows the theme under the cursor of the list; where it can't be had, the one before.
pub(super) fn look(model: &mut Model) {
    if let Some(Overlay::Menu(Menu { kind: MenuKind::Themes { before, all }, selected, .. })) = &model.overlay {
        let theme = all.get(*selected).and_then(|listed| listed.theme.as_ref().ok());
        model.options.theme = theme.unwrap_or(before).clone();
    }
}

/// Keeps what was chosen from the list.
pub(super) fn chosen(model: &mut Model, before: Theme, listed: Option<&Listed>) {
    match listed.map(|listed| &listed.theme) {
        Some(Ok(theme)) => choose(model, theme.clone()),
        Some(Err(error)) => {
            model.options.theme = before;
            model.complain(error.to_string());
        }
        None => model.options.theme = before,
    }
}

/// From a dark theme to its light twin, and back to where this began.
pub(super) fn light_or_dark(model: &mut Model) {
    if !model.options.color {
        return model.complain("colours are off, so that no theme is light or dark");
    }
    let theme = model.options.theme.clone();
    let other = match (model.reach.back.take(), &theme.twin, theme.background, model.reach.ground) {
        (Some(back), ..) => Ok(back),
        // Where the ground is the terminal's, the twin is the one for the other light.
        (None, Some(_), Background::Terminal, Some(Background::Light)) => Theme::find("dark"),
        (None, Some(twin), ..) => Theme::find(twin),
        (None, None, ..) => {
            let themes = model.options.keys.first(Action::Themes);
            return model.complain(format!("the theme {} has no twin; {themes} lists all themes", theme.name));
        }
    };
    match other {
        Ok(other) => {
            model.say(format!("theme: {}, {}", other.name, other.background.word()));
            choose(model, other);
            model.reach.back = Some(theme);
        }
        Err(error) => model.complain(error.to_string()),
    }
}

/// Picks the terminal's answer out of what comes as keys.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// Keys that may belong to an answer, and their characters.
    held: Vec<KeyEvent>,
    text: String,
}

impl Answers {
    /// How long to wait for more before [`Self::none`] is right; as long as it takes where nothing is held.
    pub(super) const fn patience(&self) -> Option<Duration> {
        match self.text.len() {
            0 => None,
            held if held < HEAD.len() => Some(Duration::from_millis(50)),
            _ => Some(PAUSE),
        }
    }

    /// Nothing more came: what was held are keys, unless it can only be a piece of an answer.
    pub(super) fn none(&mut self) -> Vec<Input> {
        let keys = self.text.len() < HEAD.len();
        self.text.clear();
        self.held.drain(..).filter(|_| keys).map(Input::Key).collect()
    }

    /// What a key, or the end of an answer, comes to.
    pub(super) fn key(&mut self, event: KeyEvent) -> Vec<Input> {
        let alt = event.modifiers.contains(KeyModifiers::ALT);
        let control = event.modifiers.contains(KeyModifiers::CONTROL);
        let within = self.text.len() >= HEAD.len();
        match event.code {
            // BEL, or `ESC \`.
            KeyCode::Char('g') if within && control => return self.end(),
            KeyCode::Char('\\') if within && alt => return self.end(),
            KeyCode::Char(c) if !control && alt == self.text.is_empty() => {
                // Behind the head even what makes no sense belongs to the answer.
                let fits = HEAD.chars().nth(self.text.chars().count()).is_none_or(|expected| c == expected);
                if fits && self.text.len() < LONGEST {
                    self.text.push(c);
                    self.held.push(event);
                    return Vec::new();
                }
            }
            _ => {}
        }
        // What was held is no answer, but the key may begin one.
        let mut keys = self.none();
        if event.code == KeyCode::Char(']') && alt {
            self.text.push(']');
            self.held.push(event);
        } else {
            keys.push(Input::Key(event));
        }
        keys
    }

    /// What the answer says, if it can be read.
    fn end(&mut self) -> Vec<Input> {
        self.held.clear();
        let text = std::mem::take(&mut self.text);
        let rgb = text.strip_prefix(HEAD).and_then(rgb);
        rgb.map(|rgb| Input::Background(Background::of(rgb))).into_iter().collect()
    }
}

/// `rgb:r/g/b` and `rgba:r/g/b/a` with one to four hex digits each, `#rrggbb`.
fn rgb(text: &str) -> Option<[u8; 3]> {
    let part = |digits: &str| {
        let value = u32::from_str_radix(digits, 16).ok().filter(|_| (1..=4).contains(&digits.len()))?;
        u8::try_from(value * 255 / (16_u32.pow(digits.len() as u32) - 1)).ok()
    };
    if let Some(digits) = text.strip_prefix('#') {
        return Some([part(digits.get(..2)?)?, part(digits.get(2..4)?)?, part(digits.get(4..)?)?]);
    }
    let mut parts = text.strip_prefix("rgb").map(|rest| rest.trim_start_matches('a'))?.strip_prefix(':')?.split('/');
    Some([part(parts.next()?)?, part(parts.next()?)?, part(parts.next()?)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of octets, as crossterm takes them for keys: a character each; `!` for BEL, `~` for `ESC \`, `^` for
    /// `ESC ]`, `|` for a while in which nothing comes.
    fn heard(text: &str) -> String {
        let mut answers = Answers::default();
        let mut heard = String::new();
        for c in text.chars() {
            let key = |c, modifiers| KeyEvent::new(KeyCode::Char(c), modifiers);
            let inputs = match c {
                '!' => answers.key(key('g', KeyModifiers::CONTROL)),
                '~' => answers.key(key('\\', KeyModifiers::ALT)),
                '^' => answers.key(key(']', KeyModifiers::ALT)),
                '|' => answers.none(),
                'A'..='Z' => answers.key(key(c, KeyModifiers::SHIFT)),
                c => answers.key(key(c, KeyModifiers::NONE)),
            };
            for input in inputs {
                match input {
                    Input::Key(event) if event.modifiers.contains(KeyModifiers::ALT) => heard.push('^'),
                    Input::Key(event) if event.modifiers.contains(KeyModifiers::CONTROL) => heard.push('!'),
                    Input::Key(KeyEvent { code: KeyCode::Char(c), .. }) => heard.push(c),
                    Input::Background(ground) => heard.extend(["<", ground.word(), ">"]),
                    _ => heard.push('?'),
                }
            }
        }
        heard
    }

    #[test]
    fn an_answer_is_picked_out_and_no_key_is_lost() {
        let table = [
            ("^11;rgb:1e1e/1e1e/2e2e!", "<dark>"),
            ("^11;rgb:FFFF/ffff/Ffff~", "<light>"),
            ("nn^11;rgb:ff/ff/ff!q", "nn<light>q"),
            ("^11;rgba:0000/0000/0000/ffff!", "<dark>"),
            ("^11;#fdf6e3!", "<light>"),
            // What is no answer is keys.
            ("^n", "^n"),
            ("^|11", "^11"),
            ("^1|1;", "^11;"),
            ("^12;", "^12;"),
            ("11;rgb:0/0/0", "11;rgb:0/0/0"),
            ("^^11;rgb:0/0/0!", "^<dark>"),
            ("g!g", "g!g"),
            // An answer that makes no sense is no key either.
            ("^11;a/b!n", "n"),
            ("^11;rgb:0/|n", "n"),
            ("^11;rgb:!", ""),
            ("^11;qn:/é!n", "n"),
            ("^11;rgb:0/0/0n|n", "n"),
        ];
        for (text, expected) in table {
            assert_eq!(heard(text), expected, "{text}");
        }
        let endless = format!("^11;{}", "1".repeat(LONGEST));
        assert_eq!(heard(&endless), "1111", "an answer has an end");
    }
}

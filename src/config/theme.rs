//! Themes: what each role on screen looks like.
//!
//! A theme is a TOML file: a look for each [`Role`], colours by name, by `#rrggbb`, by their number among 256, or from
//! its `[palette]`; what it does not say it `inherits` from another theme. Looks know colours and weights, not the
//! terminal: a face turns them into what its library draws.
//!
//! ```toml
//! inherits = "dark"
//! client = { fg = "sky", modifiers = ["bold"] }
//! dim = "#808080"
//! [palette]
//! sky = "#7ab8ff"
//! ```
//!
//! Built-in themes are files too (`themes/`); a user's theme of the same name stands before them. An unknown role, a
//! missing one, or a colour that nobody knows is an error with file, line and key.

use include_dir::{Dir, include_dir};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

static BUILT_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/themes");

/// How many themes may inherit from each other in a row.
const LAYERS: usize = 8;

macro_rules! roles {
    ($( $(#[$doc:meta])* $role:ident = $name:literal, )+) => {
        /// What something on screen is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Role { $( $(#[$doc])* $role, )+ }

        impl Role {
            /// All.
            pub const ALL: &'static [Self] = &[ $( Self::$role, )+ ];

            /// The key in a theme.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Self::$role => $name, )+ }
            }
        }
    };
}

roles! {
    /// Text, and the ground that everything stands on.
    Text = "text",
    /// What is there for the record.
    Dim = "dim",
    /// Lines between panes.
    Border = "border",
    /// The border of the pane that takes the keys.
    Focus = "focus",
    /// Names of panes.
    Title = "title",
    /// What the client says and is.
    Client = "client",
    /// What the server says and is.
    Server = "server",
    /// What is held.
    Held = "held",
    /// What went well.
    Ok = "ok",
    /// What deserves a look.
    Warn = "warn",
    /// What is wrong.
    Bad = "bad",
    /// What is hidden, and the banner when it is not.
    Secret = "secret",
    /// The row under the cursor.
    Selected = "selected",
    /// Octets and characters of the selected node.
    BytesHit = "bytes_hit",
    /// Names of fields.
    Tag = "tag",
    /// Object identifiers.
    Oid = "oid",
    /// The state that a party is in.
    StateNow = "state_now",
    /// States and moves that lie behind.
    StateWalked = "state_walked",
    /// States and moves that may come next.
    StateNext = "state_next",
    /// Where a specification says it.
    Clause = "clause",
}

/// A colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    /// One of the terminal's own sixteen, 0 to 15: as the user has set them up.
    Named(u8),
    /// One of the 256 of xterm.
    Indexed(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

/// The terminal's own colours by name, in their order.
const NAMES: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "gray",
    "dark-gray",
    "light-red",
    "light-green",
    "light-yellow",
    "light-blue",
    "light-magenta",
    "light-cyan",
    "white",
];

/// What letters can be beside coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // Each is what terminals call it.
pub enum Modifier {
    Bold,
    Dim,
    Italic,
    Underline,
    Reverse,
}

impl Modifier {
    /// All.
    pub const ALL: [Self; 5] = [Self::Bold, Self::Dim, Self::Italic, Self::Underline, Self::Reverse];

    const fn name(self) -> &'static str {
        match self {
            Self::Bold => "bold",
            Self::Dim => "dim",
            Self::Italic => "italic",
            Self::Underline => "underline",
            Self::Reverse => "reverse",
        }
    }
}

/// How a role looks. What is not said stays as it is where it is drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The colour of the letters.
    pub fg: Option<Color>,
    /// The colour behind them.
    pub bg: Option<Color>,
    /// Their weight.
    pub modifiers: Vec<Modifier>,
}

/// A look for each role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Its name: that of its file.
    pub name: String,
    /// In the order of [`Role::ALL`].
    looks: Vec<Look>,
}

/// Why a theme can't be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThemeError {
    /// In which file; the name as asked for where there is none.
    pub file: String,
    /// The line, counted from 1; 0 where there is no file.
    pub line: usize,
    /// The key; empty where it is none.
    pub key: String,
    /// Why, as a sentence without its full stop.
    pub reason: String,
}

impl Theme {
    /// How `role` looks.
    #[must_use]
    pub fn look(&self, role: Role) -> &Look {
        &self.looks[role as usize]
    }

    /// The theme of that name: the user's own, or a built-in one.
    ///
    /// # Errors
    /// Where there is none, or where its file can't be followed.
    pub fn find(name: &str) -> Result<Self, ThemeError> {
        let Some((file, text)) = text_of(name) else {
            let reason = format!("there is no theme `{name}`; there are: {}", names().join(", "));
            return Err(ThemeError { file: name.to_owned(), line: 0, key: String::new(), reason });
        };
        Self::read(name, &file, text, text_of)
    }

    /// Reads a theme from the text of `file`; `find` gives file and text of a theme that it inherits from.
    ///
    /// # Errors
    /// The first thing in it that can't be followed.
    pub fn read(
        name: &str,
        file: &str,
        text: String,
        find: impl Fn(&str) -> Option<(String, String)>,
    ) -> Result<Self, ThemeError> {
        let mut files = vec![Source { file: file.to_owned(), text }];
        while let Some(parent) = files[files.len() - 1].inherits()? {
            let child = &files[files.len() - 1];
            if files.len() == LAYERS {
                return Err(child.error(parent.span(), "inherits", "themes that inherit from each other in a circle"));
            }
            let (file, text) = find(parent.get_ref()).ok_or_else(|| {
                child.error(parent.span(), "inherits", &format!("there is no theme `{}`", parent.get_ref()))
            })?;
            files.push(Source { file, text });
        }
        let mut palette = BTreeMap::new();
        for source in files.iter().rev() {
            source.palette(&mut palette)?;
        }
        let mut looks = vec![None; Role::ALL.len()];
        for source in files.iter().rev() {
            source.roles(&palette, &mut looks)?;
        }
        let missing = Role::ALL.iter().zip(&looks).find(|(_, look)| look.is_none());
        if let Some((role, _)) = missing {
            return Err(files[0].error(0..0, role.name(), "the theme says nothing of this role and inherits nothing"));
        }
        Ok(Self { name: name.to_owned(), looks: looks.into_iter().flatten().collect() })
    }
}

/// The names of all themes: the built-in ones, then the user's own.
#[must_use]
pub fn names() -> Vec<String> {
    let built_in = BUILT_IN.files().filter_map(|file| file.path().file_stem()?.to_str());
    let mut names: Vec<String> = built_in.map(str::to_owned).collect();
    names.sort_unstable();
    let mut own: Vec<String> = user_dir()
        .and_then(|dir| std::fs::read_dir(dir).ok())
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_stem()?.to_str()?;
            (path.extension()? == "toml" && is_name(name)).then(|| name.to_owned())
        })
        .filter(|name| !names.contains(name))
        .collect();
    own.sort_unstable();
    names.extend(own);
    names
}

/// Where a user's themes are: `$XDG_CONFIG_HOME/saslscope/themes`.
#[must_use]
pub fn user_dir() -> Option<PathBuf> {
    let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let config = absolute("XDG_CONFIG_HOME").or_else(|| Some(absolute("HOME")?.join(".config")))?;
    Some(config.join("saslscope").join("themes"))
}

/// A name that is no path.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// File and text of the theme of that name.
fn text_of(name: &str) -> Option<(String, String)> {
    if !is_name(name) {
        return None;
    }
    let file = format!("{name}.toml");
    if let Some(path) = user_dir().map(|dir| dir.join(&file))
        && let Ok(text) = std::fs::read_to_string(&path)
    {
        return Some((path.display().to_string(), text));
    }
    let text = BUILT_IN.get_file(&file)?.contents_utf8()?;
    Some((format!("themes/{file}"), text.to_owned()))
}

/// One file on the way from a theme to what it inherits from.
struct Source {
    file: String,
    text: String,
}

impl Source {
    fn error(&self, at: Range<usize>, key: &str, reason: &str) -> ThemeError {
        let before = self.text.get(..at.start).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        ThemeError { file: self.file.clone(), line, key: key.to_owned(), reason: reason.to_owned() }
    }

    fn table(&self) -> Result<DeTable<'_>, ThemeError> {
        let table = DeTable::parse(&self.text).map_err(|error| {
            let at = error.span().unwrap_or_default();
            self.error(at, "", error.message())
        })?;
        Ok(table.into_inner())
    }

    fn inherits(&self) -> Result<Option<Spanned<String>>, ThemeError> {
        let table = self.table()?;
        let Some(parent) = table.get("inherits") else { return Ok(None) };
        let name = self.string(parent, "inherits")?;
        Ok(Some(Spanned::new(parent.span(), name.to_owned())))
    }

    fn string<'a>(&self, value: &'a Spanned<DeValue<'_>>, key: &str) -> Result<&'a str, ThemeError> {
        value.get_ref().as_str().ok_or_else(|| {
            let reason = format!("{} where a string belongs", value.get_ref().type_str());
            self.error(value.span(), key, &reason)
        })
    }

    fn palette(&self, palette: &mut BTreeMap<String, Color>) -> Result<(), ThemeError> {
        let table = self.table()?;
        let Some(colors) = table.get("palette") else { return Ok(()) };
        let Some(colors) = colors.get_ref().as_table() else {
            return Err(self.error(colors.span(), "palette", "`[palette]` is a table of colours"));
        };
        for (name, value) in colors {
            let key = format!("palette.{}", name.get_ref());
            let color = self.color(value, &key, &BTreeMap::new())?;
            palette.insert(name.get_ref().to_string(), color);
        }
        Ok(())
    }

    fn roles(&self, palette: &BTreeMap<String, Color>, looks: &mut [Option<Look>]) -> Result<(), ThemeError> {
        let table = self.table()?;
        for (key, value) in &table {
            let name = key.get_ref().as_ref();
            if matches!(name, "inherits" | "palette") {
                continue;
            }
            let Some(role) = Role::ALL.iter().find(|role| role.name() == name) else {
                let known: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
                return Err(self.error(key.span(), name, &format!("no role; there are: {}", known.join(", "))));
            };
            looks[*role as usize] = Some(self.look(name, value, palette)?);
        }
        Ok(())
    }

    fn look(
        &self,
        role: &str,
        value: &Spanned<DeValue<'_>>,
        palette: &BTreeMap<String, Color>,
    ) -> Result<Look, ThemeError> {
        let Some(parts) = value.get_ref().as_table() else {
            return Ok(Look { fg: Some(self.color(value, role, palette)?), ..Look::default() });
        };
        let mut look = Look::default();
        for (key, value) in parts {
            let name = format!("{role}.{}", key.get_ref());
            match key.get_ref().as_ref() {
                "fg" => look.fg = Some(self.color(value, &name, palette)?),
                "bg" => look.bg = Some(self.color(value, &name, palette)?),
                "modifiers" => look.modifiers = self.modifiers(value, &name)?,
                _ => return Err(self.error(key.span(), &name, "a look has `fg`, `bg` and `modifiers`")),
            }
        }
        Ok(look)
    }

    fn color(
        &self,
        value: &Spanned<DeValue<'_>>,
        key: &str,
        palette: &BTreeMap<String, Color>,
    ) -> Result<Color, ThemeError> {
        let text = self.string(value, key)?;
        palette.get(text).copied().or_else(|| color(text)).ok_or_else(|| {
            let reason = format!(
                "no colour `{text}`: it is `#rrggbb`, a number from 0 to 255, of the palette, or one of {}",
                NAMES.join(", ")
            );
            self.error(value.span(), key, &reason)
        })
    }

    fn modifiers(&self, value: &Spanned<DeValue<'_>>, key: &str) -> Result<Vec<Modifier>, ThemeError> {
        let known = Modifier::ALL.map(Modifier::name).join(", ");
        let Some(list) = value.get_ref().as_array() else {
            return Err(self.error(value.span(), key, &format!("a list of {known} belongs here")));
        };
        let one = |value: &Spanned<DeValue<'_>>| {
            let name = self.string(value, key)?;
            let found = Modifier::ALL.into_iter().find(|modifier| modifier.name() == name);
            found.ok_or_else(|| self.error(value.span(), key, &format!("no modifier `{name}`; there are: {known}")))
        };
        list.iter().map(one).collect()
    }
}

fn color(text: &str) -> Option<Color> {
    if let Some(place) = NAMES.iter().position(|name| *name == text) {
        return Some(Color::Named(place as u8));
    }
    if let Some(hex) = text.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.is_ascii()) {
        let part = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).ok();
        return Some(Color::Rgb(part(0)?, part(2)?, part(4)?));
    }
    text.parse().ok().map(Color::Indexed)
}

/// `themes/mine.toml:7: client: no colour`
impl fmt::Display for ThemeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "{}:{}: ", self.file, self.line)?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.reason)
    }
}

impl std::error::Error for ThemeError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Theme, ThemeError> {
        let find = |name: &str| match name {
            "circle" => Some(("circle.toml".to_owned(), "inherits = \"circle\"".to_owned())),
            _ => Some((format!("{name}.toml"), BUILT_IN.get_file(format!("{name}.toml"))?.contents_utf8()?.to_owned())),
        };
        Theme::read("mine", "mine.toml", text.to_owned(), find)
    }

    #[test]
    fn every_built_in_theme_can_be_read() {
        for file in BUILT_IN.files() {
            let text = file.contents_utf8().unwrap_or_default();
            assert_eq!(read(text).map(|theme| theme.looks.len()), Ok(Role::ALL.len()), "{}", file.path().display());
        }
        assert!(BUILT_IN.files().count() >= 5);
    }

    #[test]
    fn a_theme_says_only_what_differs() {
        let theme = read(
            "inherits = \"mono\"\nclient = { fg = \"sky\", modifiers = [\"bold\"] }\n[palette]\nsky = \"#7ab8ff\"\n",
        );
        let theme = theme.unwrap_or_else(|error| panic!("{error}"));
        let client = Look { fg: Some(Color::Rgb(0x7a, 0xb8, 0xff)), bg: None, modifiers: vec![Modifier::Bold] };
        assert_eq!(*theme.look(Role::Client), client);
        assert_eq!(theme.look(Role::Held).modifiers, [Modifier::Bold, Modifier::Reverse]);
    }

    #[test]
    fn errors_name_file_line_and_key() {
        let cases = [
            ("text = \"blu\"", "mine.toml:1: text: no colour `blu`"),
            ("\n\nclinet = \"blue\"", "mine.toml:3: clinet: no role"),
            ("text = \"white\"", "mine.toml:1: dim: the theme says nothing"),
            ("inherits = \"mono\"\ntext = { fg = 3 }", "mine.toml:2: text.fg: integer where a string belongs"),
            ("inherits = \"mono\"\ntext = { colour = \"red\" }", "mine.toml:2: text.colour: a look has"),
            ("inherits = \"mono\"\ntext = { modifiers = [\"blink\"] }", "mine.toml:2: text.modifiers: no modifier"),
            ("inherits = \"mono\"\n[palette]\nsky = \"#12\"", "mine.toml:3: palette.sky: no colour"),
            ("inherits = \"nobody\"", "mine.toml:1: inherits: there is no theme `nobody`"),
            ("inherits = \"circle\"", "circle.toml:1: inherits: themes that inherit from each other in a circle"),
            ("text = \n", "mine.toml:1: "),
        ];
        for (text, expected) in cases {
            let error = read(text).map_or_else(|error| error.to_string(), |_| "read".to_owned());
            assert!(error.starts_with(expected), "{error}\nexpected {expected}");
        }
    }
}

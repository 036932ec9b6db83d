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
//! Where a terminal has but sixteen colours, `[sixteen]` says what stands for those of the palette; all others are drawn
//! as the nearest there is. `background` says whether its ground is `"dark"`, `"light"` or the `"terminal"`'s own (so where nothing is said), `twin`
//! which theme suits the other light.
//!
//! Built-in themes are files too (`themes/`); a user's theme of the same name stands before them. An unknown role, a
//! missing one, or a colour that nobody knows is an error with file, line and key.

use super::dirs;
use super::file::{ConfigError, Source, known};
use super::terminal::Colors;
use include_dir::{Dir, include_dir};
use std::collections::BTreeMap;
use std::path::PathBuf;
use toml::Spanned;
use toml::de::DeValue;

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

impl Color {
    /// Red, green, blue; of the terminal's own colours as xterm has them where nobody has set them up otherwise.
    #[must_use]
    pub const fn rgb(self) -> [u8; 3] {
        /// Of the cube of 6 × 6 × 6.
        const fn level(of: u8) -> u8 {
            if of == 0 { 0 } else { 55 + 40 * of }
        }
        match self {
            Self::Rgb(r, g, b) => [r, g, b],
            Self::Named(number) | Self::Indexed(number @ 0..=15) => XTERM[(number & 15) as usize],
            Self::Indexed(number @ 16..=231) => {
                let cube = number - 16;
                [level(cube / 36), level(cube / 6 % 6), level(cube % 6)]
            }
            Self::Indexed(number) => [8 + 10 * (number - 232); 3],
        }
    }

    /// The colour that comes nearest to it, of those that there are.
    #[must_use]
    pub fn within(self, colors: Colors) -> Self {
        let distance = |other: Self| {
            let [a, b] = [self.rgb(), other.rgb()];
            let part = |at: usize| i32::from(a[at]) - i32::from(b[at]);
            // The eye sees green best and blue least.
            3 * part(0) * part(0) + 4 * part(1) * part(1) + 2 * part(2) * part(2)
        };
        match (self, colors) {
            (Self::Rgb(..), Colors::Indexed) => {
                (16..=255).map(Self::Indexed).min_by_key(|other| distance(*other)).unwrap_or(self)
            }
            (Self::Rgb(..) | Self::Indexed(_), Colors::Sixteen) => {
                (0..16).map(Self::Named).min_by_key(|other| distance(*other)).unwrap_or(self)
            }
            _ => self,
        }
    }
}

/// What xterm shows for the sixteen.
const XTERM: [[u8; 3]; 16] = [
    [0, 0, 0],
    [205, 0, 0],
    [0, 205, 0],
    [205, 205, 0],
    [0, 0, 238],
    [205, 0, 205],
    [0, 205, 205],
    [229, 229, 229],
    [127, 127, 127],
    [255, 0, 0],
    [0, 255, 0],
    [255, 255, 0],
    [92, 92, 255],
    [255, 0, 255],
    [0, 255, 255],
    [255, 255, 255],
];

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

/// What a theme stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Background {
    /// Dark ground, light letters.
    Dark,
    /// Light ground, dark letters.
    Light,
    /// The terminal's own ground, whichever it is.
    Terminal,
}

impl Background {
    const WORDS: [(&str, Self); 3] = [("dark", Self::Dark), ("light", Self::Light), ("terminal", Self::Terminal)];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Terminal => "terminal",
        }
    }

    /// Light, where black letters are read better on this colour than white ones.
    #[must_use]
    pub fn of(rgb: [u8; 3]) -> Self {
        let light = luminance(rgb);
        if (light + 0.05) / 0.05 > 1.05 / (light + 0.05) { Self::Light } else { Self::Dark }
    }
}

/// The relative luminance of a colour, 0 to 1 (WCAG 2.2).
#[must_use]
pub fn luminance(rgb: [u8; 3]) -> f64 {
    let [r, g, b] = rgb.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// A look for each role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Its name: that of its file.
    pub name: String,
    /// What it stands on.
    pub background: Background,
    /// The name of the theme for the other light, if there is one.
    pub twin: Option<String>,
    /// In the order of [`Role::ALL`].
    looks: Vec<Look>,
    /// The same where there are sixteen colours.
    in_sixteen: Vec<Look>,
}

/// One of the themes that there are.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Whether its file is the user's.
    pub own: bool,
    /// The theme, or why it can't be had.
    pub theme: Result<Theme, ConfigError>,
}

impl Theme {
    /// How `role` looks.
    #[must_use]
    pub fn look(&self, role: Role) -> &Look {
        &self.looks[role as usize]
    }

    /// How `role` looks with those colours that there are.
    #[must_use]
    pub fn look_within(&self, role: Role, colors: Colors) -> Look {
        let looks = if colors == Colors::Sixteen { &self.in_sixteen } else { &self.looks };
        let Look { fg, bg, modifiers } = looks[role as usize].clone();
        Look { fg: fg.map(|color| color.within(colors)), bg: bg.map(|color| color.within(colors)), modifiers }
    }

    /// The theme of that name: the user's own, or a built-in one.
    ///
    /// # Errors
    /// Where there is none, or where its file can't be followed.
    pub fn find(name: &str) -> Result<Self, ConfigError> {
        let found = source(name)?.ok_or_else(|| {
            let names: Vec<String> = names().into_iter().map(|(name, _)| name).collect();
            let known = known(name, names.iter().map(String::as_str));
            ConfigError::whole("theme", format!("there is no theme `{name}`{known}"))
        })?;
        Self::of(name, found, source)
    }

    /// All themes: the built-in ones, then the user's own.
    #[must_use]
    pub fn all() -> Vec<Listed> {
        names().into_iter().map(|(name, own)| Listed { theme: Self::find(&name), name, own }).collect()
    }

    /// Reads a theme; `find` gives the text of a theme that it inherits from.
    fn of(
        name: &str,
        source: Source,
        find: impl Fn(&str) -> Result<Option<Source>, ConfigError>,
    ) -> Result<Self, ConfigError> {
        let mut files = vec![source];
        while let Some(parent) = files[files.len() - 1].name("inherits")? {
            let child = &files[files.len() - 1];
            if files.len() == LAYERS {
                return Err(child.error(parent.span(), "inherits", "themes that inherit from each other in a circle"));
            }
            files.push(child.other(&parent, "inherits", &find)?);
        }
        let mut palette = BTreeMap::new();
        let mut sixteen = BTreeMap::new();
        for source in files.iter().rev() {
            source.colors("palette", &mut palette)?;
            source.colors("sixteen", &mut sixteen)?;
        }
        // A colour that has no stand-in is its own.
        for (name, color) in &palette {
            sixteen.entry(name.clone()).or_insert(*color);
        }
        let looks = |palette| {
            let mut looks = vec![None; Role::ALL.len()];
            for source in files.iter().rev() {
                source.roles(palette, &mut looks)?;
            }
            let missing = Role::ALL.iter().zip(&looks).find(|(_, look)| look.is_none());
            let says = "the theme says nothing of this role and inherits nothing";
            missing.map_or(Ok(()), |(role, _)| Err(files[0].error(0..0, role.name(), says)))?;
            Ok(looks.into_iter().flatten().collect())
        };
        let mut theme = Self {
            name: name.to_owned(),
            background: Background::Terminal,
            twin: None,
            looks: looks(&palette)?,
            in_sixteen: looks(&sixteen)?,
        };
        for source in files.iter().rev() {
            if let Some(value) = source.table()?.get("background") {
                theme.background = source.word(value, "background", &Background::WORDS)?;
            }
            if let Some(twin) = source.name("twin")? {
                source.other(&twin, "twin", &find)?;
                theme.twin = Some(twin.into_inner());
            }
        }
        Ok(theme)
    }
}

/// The names of all themes, the built-in ones first, and whether each is the user's own.
fn names() -> Vec<(String, bool)> {
    let mut own: Vec<String> = user_dir()
        .and_then(|dir| std::fs::read_dir(dir).ok())
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_stem()?.to_str()?;
            (path.extension()? == "toml" && is_name(name)).then(|| name.to_owned())
        })
        .collect();
    own.sort_unstable();
    let built_in = BUILT_IN.files().filter_map(|file| file.path().file_stem()?.to_str());
    let mut names: Vec<(String, bool)> =
        built_in.map(|name| (name.to_owned(), own.iter().any(|own| own == name))).collect();
    names.sort_unstable();
    let new: Vec<String> = own.into_iter().filter(|own| names.iter().all(|(name, _)| name != own)).collect();
    names.extend(new.into_iter().map(|name| (name, true)));
    names
}

/// Where a user's themes are.
#[must_use]
pub fn user_dir() -> Option<PathBuf> {
    Some(dirs::config()?.join("themes"))
}

/// A name that is no path.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// The text of the theme of that name, if there is one.
fn source(name: &str) -> Result<Option<Source>, ConfigError> {
    if !is_name(name) {
        return Ok(None);
    }
    let file = format!("{name}.toml");
    if let Some(path) = user_dir().map(|dir| dir.join(&file))
        && let Some(source) = Source::load(&path)?
    {
        return Ok(Some(source));
    }
    let text = BUILT_IN.get_file(&file).and_then(|found| found.contents_utf8());
    Ok(text.map(|text| Source { file: format!("themes/{file}"), text: text.to_owned() }))
}

/// How the text of a theme is read.
impl Source {
    /// The name of a theme that stands under `key`.
    fn name(&self, key: &str) -> Result<Option<Spanned<String>>, ConfigError> {
        let table = self.table()?;
        let Some(value) = table.get(key) else { return Ok(None) };
        Ok(Some(Spanned::new(value.span(), self.string(value, key)?.to_owned())))
    }

    /// The text of the theme that is named there.
    fn other(
        &self,
        name: &Spanned<String>,
        key: &str,
        find: &impl Fn(&str) -> Result<Option<Self>, ConfigError>,
    ) -> Result<Self, ConfigError> {
        let none = || self.error(name.span(), key, format!("there is no theme `{}`", name.get_ref()));
        find(name.get_ref())?.ok_or_else(none)
    }

    /// The colours of a table.
    fn colors(&self, table: &str, palette: &mut BTreeMap<String, Color>) -> Result<(), ConfigError> {
        let file = self.table()?;
        let Some(colors) = file.get(table) else { return Ok(()) };
        let Some(colors) = colors.get_ref().as_table() else {
            return Err(self.wrong(colors, table, "a table of colours"));
        };
        for (name, value) in colors {
            let key = format!("{table}.{}", name.get_ref());
            let color = self.color(value, &key, &BTreeMap::new())?;
            palette.insert(name.get_ref().to_string(), color);
        }
        Ok(())
    }

    fn roles(&self, palette: &BTreeMap<String, Color>, looks: &mut [Option<Look>]) -> Result<(), ConfigError> {
        let table = self.table()?;
        for (key, value) in &table {
            let name = key.get_ref().as_ref();
            if matches!(name, "inherits" | "palette" | "sixteen" | "background" | "twin") {
                continue;
            }
            let Some(role) = Role::ALL.iter().find(|role| role.name() == name) else {
                let known = known(name, Role::ALL.iter().map(|role| role.name()));
                return Err(self.error(key.span(), name, format!("no role{known}")));
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
    ) -> Result<Look, ConfigError> {
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
    ) -> Result<Color, ConfigError> {
        let text = self.string(value, key)?;
        palette.get(text).copied().or_else(|| color(text)).ok_or_else(|| {
            let reason = format!(
                "no colour `{text}`: it is `#rrggbb`, a number from 0 to 255, of the palette, or one of {}",
                NAMES.join(", ")
            );
            self.error(value.span(), key, &reason)
        })
    }

    fn modifiers(&self, value: &Spanned<DeValue<'_>>, key: &str) -> Result<Vec<Modifier>, ConfigError> {
        let known = Modifier::ALL.map(Modifier::name).join(", ");
        let Some(list) = value.get_ref().as_array() else {
            return Err(self.error(value.span(), key, format!("a list of {known} belongs here")));
        };
        let one = |value: &Spanned<DeValue<'_>>| {
            let name = self.string(value, key)?;
            let found = Modifier::ALL.into_iter().find(|modifier| modifier.name() == name);
            found.ok_or_else(|| self.error(value.span(), key, format!("no modifier `{name}`; there are: {known}")))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Theme, ConfigError> {
        let source = |file: &str, text: &str| Source { file: file.to_owned(), text: text.to_owned() };
        let find = |name: &str| {
            let text = match name {
                "circle" => Some("inherits = \"circle\""),
                _ => BUILT_IN.get_file(format!("{name}.toml")).and_then(|file| file.contents_utf8()),
            };
            Ok(text.map(|text| source(&format!("{name}.toml"), text)))
        };
        Theme::of("mine", source("mine.toml", text), find)
    }

    #[test]
    fn every_built_in_theme_can_be_read() {
        for file in BUILT_IN.files() {
            let text = file.contents_utf8().unwrap_or_default();
            assert_eq!(read(text).map(|theme| theme.looks.len()), Ok(Role::ALL.len()), "{}", file.path().display());
        }
        assert_eq!(BUILT_IN.files().count(), 10);
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
            ("\n\nclinet = \"blue\"", "mine.toml:3: clinet: no role (is `client` meant?); there are: text, dim"),
            ("text = \"white\"", "mine.toml:1: dim: the theme says nothing"),
            ("inherits = \"mono\"\ntext = { fg = 3 }", "mine.toml:2: text.fg: integer where a string belongs"),
            ("inherits = \"mono\"\ntext = { colour = \"red\" }", "mine.toml:2: text.colour: a look has"),
            ("inherits = \"mono\"\ntext = { modifiers = [\"blink\"] }", "mine.toml:2: text.modifiers: no modifier"),
            ("inherits = \"mono\"\n[palette]\nsky = \"#12\"", "mine.toml:3: palette.sky: no colour"),
            ("inherits = \"nobody\"", "mine.toml:1: inherits: there is no theme `nobody`"),
            ("inherits = \"circle\"", "circle.toml:1: inherits: themes that inherit from each other in a circle"),
            ("inherits = \"mono\"\nbackground = \"drak\"", "mine.toml:2: background: not `drak` (is `dark` meant?)"),
            ("inherits = \"mono\"\ntwin = \"nobody\"", "mine.toml:2: twin: there is no theme `nobody`"),
            ("text = \n", "mine.toml:1: "),
        ];
        for (text, expected) in cases {
            let error = read(text).map_or_else(|error| error.to_string(), |_| "read".to_owned());
            assert!(error.starts_with(expected), "{error}\nexpected {expected}");
        }
    }

    #[test]
    fn colours_come_near_where_there_are_fewer() {
        let table = [
            (Color::Rgb(95, 135, 175), Color::Indexed(67), Color::Named(8)),
            (Color::Rgb(0, 0, 0), Color::Indexed(16), Color::Named(0)),
            (Color::Rgb(255, 255, 255), Color::Indexed(231), Color::Named(15)),
            (Color::Rgb(0x2c, 0x36, 0x46), Color::Indexed(237), Color::Named(0)),
            (Color::Indexed(196), Color::Indexed(196), Color::Named(9)),
            (Color::Named(3), Color::Named(3), Color::Named(3)),
        ];
        for (color, indexed, named) in table {
            assert_eq!([color.within(Colors::Indexed), color.within(Colors::Sixteen)], [indexed, named], "{color:?}");
            assert_eq!(color.within(Colors::True), color);
        }
    }

    #[test]
    fn a_ground_is_light_where_black_letters_are_read_better() {
        use Background::{Dark, Light};
        let table = [([0, 0, 0], Dark), ([255; 3], Light), ([0x80; 3], Light), ([0x60; 3], Dark), ([0, 0, 238], Dark)];
        for (rgb, expected) in table {
            assert_eq!(Background::of(rgb), expected, "{rgb:?}");
        }
    }
}

//! `config.toml`: what a user wants whenever the program starts.
//!
//! ```toml
//! theme = "auto"           # or the name of one
//! dark_theme = "gruvbox"   # what `auto` takes where the terminal is dark,
//! light_theme = "light"    # and where it is light
//! color = "auto"           # "always", "never"
//! ascii = false
//! mouse = true
//! autosave = true          # keep a recording of every live session, secrets masked,
//! autosaves = 1000         # of the newest so many
//! [panes]                  # an arrangement that the screen remembers
//! ```

use super::dirs;
use super::file::{ConfigError, Source, known};
use super::terminal::When;
use crate::transcript::Archive;
use std::path::{Path, PathBuf};
use toml_edit::{DocumentMut, Item};

/// What a user wants; nothing where nothing is said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// The name of a theme, or [`AUTO`].
    pub theme: Option<String>,
    /// What [`AUTO`] takes where the terminal is dark.
    pub dark_theme: Option<String>,
    /// What [`AUTO`] takes where the terminal is light.
    pub light_theme: Option<String>,
    /// When to use colour.
    pub color: Option<When>,
    /// Whether to draw with nothing but ASCII.
    pub ascii: Option<bool>,
    /// Whether the screen takes the mouse.
    pub mouse: Option<bool>,
    /// Whether every live session is recorded.
    pub autosave: Option<bool>,
    /// How many of these recordings are kept.
    pub autosaves: Option<usize>,
    /// The arrangement of panes, as the screen has written it.
    pub panes: toml::Table,
}

impl Settings {
    /// Where live sessions are recorded that nobody asked to save, if they are.
    #[must_use]
    pub fn archive(&self) -> Option<Archive> {
        let folder = dirs::data().filter(|_| self.autosave.unwrap_or(true))?.join("recordings");
        Some(Archive::new(folder, self.autosaves.unwrap_or(AUTOSAVES)))
    }
}

/// How many recordings are kept that nobody asked for.
const AUTOSAVES: usize = 1000;

/// The name that stands for the theme that suits the terminal.
pub const AUTO: &str = "auto";

/// All keys, in the order of the fields.
const KEYS: [&str; 9] =
    ["theme", "dark_theme", "light_theme", "color", "ascii", "mouse", "autosave", "autosaves", "panes"];

/// Where a user's settings are.
#[must_use]
pub fn path() -> Option<PathBuf> {
    Some(dirs::config()?.join("config.toml"))
}

/// Reads settings; a file that is not there says nothing.
///
/// # Errors
/// The first thing in it that can't be followed.
pub fn load(path: &Path) -> Result<Settings, ConfigError> {
    Source::load(path)?.map_or_else(|| Ok(Settings::default()), |source| read(&source))
}

fn read(source: &Source) -> Result<Settings, ConfigError> {
    let mut settings = Settings::default();
    for (key, value) in &source.table()? {
        let name = key.get_ref().as_ref();
        let string = || source.string(value, name).map(|text| Some(text.to_owned()));
        match name {
            "theme" => settings.theme = string()?,
            "dark_theme" => settings.dark_theme = string()?,
            "light_theme" => settings.light_theme = string()?,
            "color" => settings.color = Some(source.word(value, name, &When::WORDS)?),
            "ascii" => settings.ascii = Some(source.boolean(value, name)?),
            "mouse" => settings.mouse = Some(source.boolean(value, name)?),
            "autosave" => settings.autosave = Some(source.boolean(value, name)?),
            "autosaves" => settings.autosaves = Some(source.number(value, name)?),
            "panes" if value.get_ref().is_table() => {} // read below, as it is
            "panes" => return Err(source.wrong(value, name, "a table")),
            _ => return Err(source.error(key.span(), name, format!("no setting{}", known(name, KEYS)))),
        }
    }
    if let Ok(mut all) = source.text.parse::<toml::Table>()
        && let Some(toml::Value::Table(panes)) = all.remove("panes")
    {
        settings.panes = panes;
    }
    Ok(settings)
}

/// Writes what `settings` say to the file at `path`, which keeps everything else: other settings, order, comments. The
/// file is whole at any time.
///
/// # Errors
/// Where what is there can't be followed, and is left as it is, or where nothing can be written.
pub fn remember(path: &Path, settings: &Settings) -> Result<(), ConfigError> {
    let failed = |error: &dyn ToString| ConfigError::whole(path.display().to_string(), error.to_string());
    let source = Source::load(path)?.unwrap_or_else(|| Source { file: String::new(), text: String::new() });
    read(&source)?;
    let mut document: DocumentMut = source.text.parse().map_err(|error: toml_edit::TomlError| failed(&error))?;
    let panes = toml::to_string(&settings.panes).map_err(|error| failed(&error))?;
    let panes: DocumentMut = panes.parse().map_err(|error: toml_edit::TomlError| failed(&error))?;
    let said = [
        settings.theme.as_deref().map(toml_edit::value),
        settings.dark_theme.as_deref().map(toml_edit::value),
        settings.light_theme.as_deref().map(toml_edit::value),
        settings.color.map(|color| toml_edit::value(color.word())),
        settings.ascii.map(toml_edit::value),
        settings.mouse.map(toml_edit::value),
        settings.autosave.map(toml_edit::value),
        settings.autosaves.map(|autosaves| toml_edit::value(i64::try_from(autosaves).unwrap_or(i64::MAX))),
        (!settings.panes.is_empty()).then(|| Item::Table(panes.as_table().clone())),
    ];
    for (key, value) in KEYS.into_iter().zip(said) {
        let Some(mut value) = value else { continue };
        let old = document.entry(key).or_insert(Item::None);
        match (&*old, &mut value) {
            (Item::Value(old), Item::Value(new)) => *new.decor_mut() = old.decor().clone(), // the comment behind it
            (Item::Table(old), Item::Table(new)) => *new.decor_mut() = old.decor().clone(),
            _ => {}
        }
        *old = value;
    }
    // Where the file is a link, what it leads to is written.
    let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let new = path.with_extension("toml.new");
    std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(|error| failed(&error))?;
    std::fs::write(&new, document.to_string()).map_err(|error| failed(&error))?;
    std::fs::rename(&new, &path).map_err(|error| failed(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings, ConfigError> {
        super::read(&Source { file: "config.toml".to_owned(), text: text.to_owned() })
    }

    #[test]
    fn settings_are_read() {
        let text = "theme = \"nord\"\ndark_theme = \"gruvbox\"\nlight_theme = \"light\"\ncolor = \"never\"\n\
                    ascii = true\nmouse = false\nautosave = false\nautosaves = 20\n[panes]\nladder = 30\n";
        let panes: toml::Table = [("ladder".to_owned(), toml::Value::Integer(30))].into_iter().collect();
        let expected = Settings {
            theme: Some("nord".to_owned()),
            dark_theme: Some("gruvbox".to_owned()),
            light_theme: Some("light".to_owned()),
            color: Some(When::Never),
            ascii: Some(true),
            mouse: Some(false),
            autosave: Some(false),
            autosaves: Some(20),
            panes,
        };
        assert_eq!(read(text), Ok(expected));
        assert_eq!(read(""), Ok(Settings::default()));
    }

    #[test]
    fn errors_name_file_line_and_key() {
        let cases = [
            ("\nthem = \"nord\"", "config.toml:2: them: no setting (is `theme` meant?); there are: theme, dark_theme"),
            ("theme = 3", "config.toml:1: theme: integer where a string belongs"),
            ("color = \"sometimes\"", "config.toml:1: color: not `sometimes`; there are: auto, always, never"),
            ("mouse = \"yes\"", "config.toml:1: mouse: string where true or false belongs"),
            ("autosaves = -1", "config.toml:1: autosaves: a number from 0 on belongs here"),
            ("autosaves = true", "config.toml:1: autosaves: a number from 0 on belongs here"),
            ("panes = 1", "config.toml:1: panes: integer where a table belongs"),
            ("theme = \"a\"\ntheme = \"b\"", "config.toml:2: duplicate key"),
            ("theme = ", "config.toml:1: "),
        ];
        for (text, expected) in cases {
            let error = read(text).map_or_else(|error| error.to_string(), |_| "read".to_owned());
            assert!(error.starts_with(expected), "{error}\nexpected {expected}");
        }
    }

    #[test]
    fn what_is_remembered_leaves_the_rest_as_it_is() {
        let folder = std::env::temp_dir().join(format!("saslscope-settings-{}", std::process::id()));
        let file = folder.join("below").join("config.toml");
        let mut settings = Settings { theme: Some("nord".to_owned()), ..Settings::default() };
        settings.panes.insert("layout".to_owned(), toml::Value::String("wide".to_owned()));
        remember(&file, &settings).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(load(&file), Ok(settings.clone()), "a folder and a file that were not there");

        let before =
            "# mine\ntheme = \"dark\" # the old one\nascii = false\n\n[panes] # kept apart\nlayout = \"tall\"\n";
        std::fs::write(&file, before).unwrap_or_else(|error| panic!("{error}"));
        remember(&file, &settings).unwrap_or_else(|error| panic!("{error}"));
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(text.starts_with("# mine\ntheme = \"nord\" # the old one\nascii = false\n"), "{text}");
        assert!(text.contains("[panes] # kept apart\nlayout = \"wide\"\n"), "{text}");
        assert_eq!(load(&file), Ok(Settings { ascii: Some(false), ..settings.clone() }));

        std::fs::write(&file, "theme = ").unwrap_or_else(|error| panic!("{error}"));
        assert!(remember(&file, &settings).is_err());
        assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), "theme = ", "what can't be followed is left");
        std::fs::remove_dir_all(&folder).unwrap_or_default();
    }
}

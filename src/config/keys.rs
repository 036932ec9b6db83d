//! `keys.toml`: which keys a user wants for which action. What the names mean is the screen's to say.
//!
//! ```toml
//! [keys]
//! step = ["n", "Space"]
//! "next deviation" = ["d"]
//! ```
//!
//! An action that is named has these keys and no others; one that is not keeps its own.

use super::dirs;
use super::file::{ConfigError, Source};
use std::ops::Range;
use toml::Spanned;
use toml::de::DeValue;

/// What a user says about keys.
#[derive(Clone, Debug)]
pub struct KeyFile {
    source: Source,
    /// In the order of the file.
    pub lines: Vec<KeyLine>,
}

/// One action and its keys. The ranges are octets of the file.
#[derive(Clone, Debug)]
pub struct KeyLine {
    /// The name of the action.
    pub action: Spanned<String>,
    /// The names of the keys.
    pub keys: Vec<Spanned<String>>,
}

impl KeyFile {
    /// The user's own file, if there is one.
    ///
    /// # Errors
    /// The first thing in it that can't be followed.
    pub fn load() -> Result<Option<Self>, ConfigError> {
        let Some(path) = dirs::config().map(|dir| dir.join("keys.toml")) else { return Ok(None) };
        Source::load(&path)?.map(Self::of).transpose()
    }

    /// Reads the text of `file`.
    ///
    /// # Errors
    /// The first thing in it that can't be followed.
    pub fn read(file: &str, text: &str) -> Result<Self, ConfigError> {
        Self::of(Source { file: file.to_owned(), text: text.to_owned() })
    }

    fn of(source: Source) -> Result<Self, ConfigError> {
        let mut lines = Vec::new();
        for (key, value) in &source.table()? {
            if key.get_ref() != "keys" {
                return Err(source.error(key.span(), key.get_ref(), "only `[keys]` can stand here"));
            }
            let actions = value.get_ref().as_table().ok_or_else(|| source.wrong(value, "keys", "a table"))?;
            for (action, value) in actions {
                let name = action.get_ref().to_string();
                let list = value.get_ref().as_array().ok_or_else(|| source.wrong(value, &name, "a list of keys"))?;
                let one =
                    |key: &Spanned<DeValue<'_>>| Ok(Spanned::new(key.span(), source.string(key, &name)?.to_owned()));
                let keys = list.iter().map(one).collect::<Result<_, ConfigError>>()?;
                lines.push(KeyLine { action: Spanned::new(action.span(), name), keys });
            }
        }
        lines.sort_by_key(|line| line.action.span().start);
        Ok(Self { source, lines })
    }

    /// An error of which the octets `at` of the file are to blame.
    #[must_use]
    pub fn error(&self, at: Range<usize>, key: &str, reason: String) -> ConfigError {
        self.source.error(at, key, reason)
    }
}

//! Files of the configuration: what is wrong in them, and where.

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Why a file can't be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// In which file; the name as asked for where there is none.
    pub file: String,
    /// The line, counted from 1; 0 where it is about the file as a whole.
    pub line: usize,
    /// The key; empty where it is none.
    pub key: String,
    /// Why, as a sentence without its full stop.
    pub reason: String,
}

impl ConfigError {
    /// About a file as a whole.
    #[must_use]
    pub fn whole(file: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { file: file.into(), line: 0, key: String::new(), reason: reason.into() }
    }
}

/// `themes/mine.toml:7: client: no colour`
impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        f.write_str(": ")?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.reason)
    }
}

impl std::error::Error for ConfigError {}

/// ` (is `this` meant?)`, where a known name is near to one that is not.
pub fn meant<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let name = name.to_lowercase();
    let scored = known.into_iter().map(|known| (strsim::damerau_levenshtein(&name, &known.to_lowercase()), known));
    let near = scored.filter(|(distance, known)| *distance <= known.len() / 3).min_by_key(|(distance, _)| *distance);
    near.map_or_else(String::new, |(_, near)| format!(" (is `{near}` meant?)"))
}

/// What is known, behind a name that is not; first of all what was probably meant.
pub(super) fn known<'a>(name: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    let meant = meant(name, known.clone());
    format!("{meant}; there are: {}", known.into_iter().collect::<Vec<_>>().join(", "))
}

/// The text of one file.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) file: String,
    pub(super) text: String,
}

impl Source {
    /// A file, if it is there.
    ///
    /// # Errors
    /// Where it is there and can't be read.
    pub(super) fn load(path: &Path) -> Result<Option<Self>, ConfigError> {
        let file = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Some(Self { file, text })),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(ConfigError::whole(file, error.to_string())),
        }
    }

    pub(super) fn error(&self, at: Range<usize>, key: &str, reason: impl Into<String>) -> ConfigError {
        let before = self.text.get(..at.start).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        ConfigError { file: self.file.clone(), line, key: key.to_owned(), reason: reason.into() }
    }

    pub(super) fn table(&self) -> Result<DeTable<'_>, ConfigError> {
        let table = DeTable::parse(&self.text)
            .map_err(|error| self.error(error.span().unwrap_or_default(), "", error.message()))?;
        Ok(table.into_inner())
    }

    pub(super) fn string<'a>(&self, value: &'a Spanned<DeValue<'_>>, key: &str) -> Result<&'a str, ConfigError> {
        value.get_ref().as_str().ok_or_else(|| self.wrong(value, key, "a string"))
    }

    pub(super) fn boolean(&self, value: &Spanned<DeValue<'_>>, key: &str) -> Result<bool, ConfigError> {
        value.get_ref().as_bool().ok_or_else(|| self.wrong(value, key, "true or false"))
    }

    /// From 0 on.
    pub(super) fn number(&self, value: &Spanned<DeValue<'_>>, key: &str) -> Result<usize, ConfigError> {
        let number = value.get_ref().as_integer().map(|number| usize::from_str_radix(number.as_str(), number.radix()));
        let number = number.and_then(Result::ok);
        number.ok_or_else(|| self.error(value.span(), key, "a number from 0 on belongs here"))
    }

    /// One of these words.
    pub(super) fn word<T: Copy>(
        &self,
        value: &Spanned<DeValue<'_>>,
        key: &str,
        words: &[(&str, T)],
    ) -> Result<T, ConfigError> {
        let text = self.string(value, key)?;
        words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| {
            let words = words.iter().map(|(word, _)| *word);
            self.error(value.span(), key, format!("not `{text}`{}", known(text, words)))
        })
    }

    /// Something else stands where `wanted` belongs.
    pub(super) fn wrong(&self, value: &Spanned<DeValue<'_>>, key: &str, wanted: &str) -> ConfigError {
        self.error(value.span(), key, format!("{} where {wanted} belongs", value.get_ref().type_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested_and_none_that_is_far() {
        let cases = [
            ("clinet", " (is `client` meant?)"),
            ("Client", " (is `client` meant?)"),
            ("sever", " (is `server` meant?)"),
            ("next deviaton", " (is `next deviation` meant?)"),
            ("xyzzy", ""),
            ("", ""),
        ];
        for (name, expected) in cases {
            assert_eq!(meant(name, ["client", "server", "dim", "next deviation"]), expected, "{name}");
        }
    }
}

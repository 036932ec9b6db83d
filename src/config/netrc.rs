//! `.netrc`: who logs on where, as FTP, curl and others have it.
//!
//! Read are `machine`, `default`, `login`, `password`, and `"quoted words"` with `\` as curl has them; `account` and
//! `macdef` are passed over. The first entry that fits counts.

use super::file::ConfigError;
use crate::terms::Secret;
use std::path::{Path, PathBuf};

/// What a `.netrc` says of a machine.
#[derive(Clone, Debug, Default)]
pub struct Login {
    /// Who logs on.
    pub user: Option<String>,
    /// With what.
    pub password: Option<Secret>,
}

/// Where it is: `$NETRC`, else `~/.netrc`.
#[must_use]
pub fn path() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("NETRC").or_else(|| Some(set("HOME")?.join(".netrc")))
}

/// The first entry for `host`, and for `user` where one is given; nothing where there is none.
///
/// # Errors
/// Where the file can't be read.
pub fn login(path: &Path, host: &str, user: Option<&str>) -> Result<Option<Login>, ConfigError> {
    let failed = |error: std::io::Error| ConfigError::whole(path.display().to_string(), error.to_string());
    let text = zeroize::Zeroizing::new(std::fs::read(path).map_err(failed)?);
    Ok(find(&String::from_utf8_lossy(&text), host, user))
}

fn find(text: &str, host: &str, user: Option<&str>) -> Option<Login> {
    let mut entries: Vec<(bool, Login)> = Vec::new();
    let mut rest = text;
    while let Some(key) = word(&mut rest) {
        match key.as_str() {
            "machine" => {
                let here = word(&mut rest).is_some_and(|name| name.eq_ignore_ascii_case(host));
                entries.push((here, Login::default()));
            }
            "default" => entries.push((true, Login::default())),
            // It ends at an empty line.
            "macdef" => rest = rest.split_once("\n\n").map_or("", |(_, rest)| rest),
            "login" | "password" | "account" => {
                let value = word(&mut rest);
                match (entries.last_mut(), key.as_str()) {
                    (Some((_, entry)), "login") => entry.user = value,
                    (Some((_, entry)), "password") => {
                        entry.password = value.map(|value| Secret::new(value.into_bytes()));
                    }
                    _ => {}
                }
            }
            // A comment, to the end of its line.
            other if other.starts_with('#') => rest = rest.split_once('\n').map_or("", |(_, rest)| rest),
            _ => {}
        }
    }
    let fits = |entry: &Login| user.is_none() || entry.user.is_none() || entry.user.as_deref() == user;
    entries.into_iter().find(|(here, entry)| *here && fits(entry)).map(|(_, entry)| entry)
}

/// Takes the next word off `rest`.
fn word(rest: &mut &str) -> Option<String> {
    *rest = rest.trim_start();
    let quoted = rest.strip_prefix('"');
    let mut characters = quoted.unwrap_or(rest).char_indices();
    let mut word = String::new();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' if quoted.is_some() => {
                *rest = &quoted.unwrap_or_default()[at + 1..];
                return Some(word);
            }
            '\\' if quoted.is_some() => word.extend(characters.next().map(|(_, character)| character)),
            blank if quoted.is_none() && blank.is_whitespace() => {
                *rest = &rest[at..];
                return Some(word);
            }
            other => word.push(other),
        }
    }
    *rest = "";
    Some(word).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_entry_that_fits_counts() {
        let text = "# mine\nmachine mail.example.com login alice password wonderland\n\
                    machine mail.example.com\n  login bob\n  account x password \"a \\\"b#c\"\n\
                    macdef init\nmachine no.example.com login x password y\n\n\
                    machine other.example.com password #hash\n machine last.example.com password solo\n\
                    default login anonymous password guest";
        let table = [
            ("mail.example.com", None, Some("alice"), "wonderland"),
            ("MAIL.example.com", Some("bob"), Some("bob"), "a \"b#c"),
            ("mail.example.com", Some("carol"), Some("anonymous"), ""),
            ("no.example.com", None, Some("anonymous"), "guest"),
            ("other.example.com", None, None, "#hash"),
            ("last.example.com", Some("dave"), None, "solo"),
        ];
        for (host, user, login, password) in table {
            let found = find(text, host, user);
            let Some(Login { user: found, password: secret }) = found else {
                assert_eq!(password, "", "{host} {user:?}");
                continue;
            };
            assert_eq!(found.as_deref(), login, "{host} {user:?}");
            assert!(secret.is_some_and(|secret| secret.matches(password.as_bytes())), "{host} {user:?}");
        }
        for text in ["", "machine", "machine a login", "\"", "machine a password \"unclosed", "password x machine a"] {
            assert!(find(text, "b", None).is_none(), "{text}");
        }
    }
}

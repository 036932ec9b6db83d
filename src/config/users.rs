//! `--users FILE`: whom a server knows.
//!
//! ```toml
//! [[user]]
//! name = "alice"
//! password = "wonderland"
//! domain = "CONTOSO"      # if names are told apart by it
//! token = "ya29.a0Af"     # the bearer token, for XOAUTH2 and OAUTHBEARER
//! disabled = false        # known but not let in
//! ```

use super::file::{ConfigError, Source, known};
use crate::mech::User;
use crate::terms::Secret;
use std::collections::HashSet;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What a file of users says.
#[derive(Clone, Debug)]
pub struct Users {
    /// At least one, in the order of the file.
    pub users: Vec<User>,
    /// That others can read the file, and what to do.
    pub warning: Option<String>,
}

/// All keys of a user.
const KEYS: [&str; 5] = ["name", "password", "domain", "token", "disabled"];

/// Reads the file.
///
/// # Errors
/// Where it can't be read, knows nobody, or the first thing in it that can't be followed.
pub fn load(path: &Path) -> Result<Users, ConfigError> {
    let file = path.display().to_string();
    let source = Source::load(path)?.ok_or_else(|| ConfigError::whole(&file, "there is no such file"))?;
    Ok(Users {
        users: read(&source)?,
        warning: exposed(path).then(|| format!("{file} holds passwords, and others can read it: chmod 600 {file}")),
    })
}

/// Whether anybody but its owner may read the file.
#[cfg(unix)]
fn exposed(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o044 != 0)
}

#[cfg(not(unix))]
fn exposed(_: &Path) -> bool {
    false
}

fn read(source: &Source) -> Result<Vec<User>, ConfigError> {
    let mut users = Vec::new();
    let mut seen = HashSet::new();
    for (key, value) in &source.table()? {
        if key.get_ref() != "user" {
            let wanted = known(key.get_ref(), ["user"]);
            return Err(source.error(key.span(), key.get_ref(), format!("only `[[user]]` can stand here{wanted}")));
        }
        let list = value.get_ref().as_array().ok_or_else(|| source.wrong(value, "user", "a list: write [[user]]"))?;
        for entry in list {
            let table = entry.get_ref().as_table().ok_or_else(|| source.wrong(entry, "user", "a table"))?;
            let user = user(source, entry, table)?;
            if !seen.insert((user.name.to_lowercase(), user.domain.as_deref().map(str::to_lowercase))) {
                let reason = format!(
                    "a second user `{}`{}",
                    user.name,
                    if user.domain.is_some() { " of that domain" } else { "" }
                );
                return Err(source.error(entry.span(), "name", reason));
            }
            users.push(user);
        }
    }
    if users.is_empty() {
        return Err(ConfigError::whole(&source.file, "nobody is in it: write [[user]] with name and password"));
    }
    Ok(users)
}

fn user(source: &Source, entry: &Spanned<DeValue<'_>>, table: &DeTable<'_>) -> Result<User, ConfigError> {
    let (mut name, mut password, mut domain, mut token, mut disabled) = (None, None, None, None, false);
    for (key, value) in table {
        let text = || source.string(value, key.get_ref()).map(str::to_owned);
        match key.get_ref().as_ref() {
            "name" => name = Some(text()?).filter(|name| !name.is_empty()),
            "password" => password = Some(secret(source, value, "password")?),
            "domain" => domain = Some(text()?),
            "token" => token = Some(secret(source, value, "token")?),
            "disabled" => disabled = source.boolean(value, "disabled")?,
            other => return Err(source.error(key.span(), other, format!("no key of a user{}", known(other, KEYS)))),
        }
    }
    let missing = |key| source.error(entry.span(), key, "a user has one");
    Ok(User {
        name: name.ok_or_else(|| missing("name"))?,
        password: password.ok_or_else(|| missing("password"))?,
        token,
        domain,
        disabled,
    })
}

/// Neither the secret nor what stands in its place is ever repeated.
fn secret(source: &Source, value: &Spanned<DeValue<'_>>, key: &str) -> Result<Secret, ConfigError> {
    source.string(value, key).map(Secret::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<User>, ConfigError> {
        super::read(&Source { file: "users.toml".to_owned(), text: text.to_owned() })
    }

    #[test]
    fn users_have_names_and_secrets() {
        let text = "[[user]]\nname = \"alice\"\npassword = \"wonderland\"\n\n\
                    [[user]]\nname = \"Bob\"\npassword = \"x\"\ndomain = \"CONTOSO\"\ntoken = \"t\"\ndisabled = true\n";
        let users = read(text).unwrap_or_else(|error| panic!("{error}"));
        let [alice, bob] = &users[..] else { panic!("{users:?}") };
        assert!(alice.name == "alice" && alice.password.matches(b"wonderland"));
        assert!(alice.domain.is_none() && alice.token.is_none() && !alice.disabled);
        assert!(bob.domain.as_deref() == Some("CONTOSO") && bob.disabled);
        assert!(bob.token.as_ref().is_some_and(|token| token.matches(b"t")));
    }

    #[test]
    fn errors_name_file_line_and_key() {
        let alice = "[[user]]\nname = \"alice\"\npassword = \"secret\"\n";
        let cases = [
            (String::new(), "users.toml: nobody is in it"),
            ("[user]\nname = \"a\"".to_owned(), "users.toml:1: user: table where a list: write [[user]] belongs"),
            (
                "[[users]]\nname = \"a\"".to_owned(),
                "users.toml:1: users: only `[[user]]` can stand here (is `user` meant?)",
            ),
            ("[[user]]\npassword = \"a\"".to_owned(), "users.toml:1: name: a user has one"),
            ("[[user]]\nname = \"\"\npassword = \"a\"".to_owned(), "users.toml:1: name: a user has one"),
            ("[[user]]\nname = \"a\"".to_owned(), "users.toml:1: password: a user has one"),
            (
                "[[user]]\nname = \"a\"\npasword = \"b\"".to_owned(),
                "users.toml:3: pasword: no key of a user (is `password` meant?)",
            ),
            (
                "[[user]]\nname = \"a\"\npassword = 5".to_owned(),
                "users.toml:3: password: integer where a string belongs",
            ),
            (format!("{alice}disabled = \"no\""), "users.toml:4: disabled: string where true or false belongs"),
            (format!("{alice}{alice}"), "users.toml:4: name: a second user `alice`"),
            (format!("{alice}{}", alice.replace("alice", "ALICE")), "users.toml:4: name: a second user `ALICE`"),
            ("[[user]\n".to_owned(), "users.toml:1: "),
        ];
        for (text, expected) in cases {
            let error = read(&text).map_or_else(|error| error.to_string(), |_| "read".to_owned());
            assert!(error.starts_with(expected), "{error}\nexpected {expected}");
            assert!(!error.contains("secret"), "{error}");
        }
        assert_eq!(read(&format!("{alice}{alice}domain = \"B\"\n")).map(|users| users.len()), Ok(2));
    }
}

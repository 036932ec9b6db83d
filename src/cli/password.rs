//! Where passwords come from: never an argument, never an echo.
//!
//! A token of the OAuth mechanisms is a password like any other. Given more than one way, clap says so.

use super::Failure;
use crate::config::netrc;
use crate::mech::Credential;
use crate::terms::Secret;
use std::fs;
use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::{Path, PathBuf};

/// How a password, or a token, is had.
#[derive(clap::Args)]
pub(super) struct Password {
    /// The password, or the token of an OAuth mechanism: the first line of this file; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "password_env")]
    password_file: Option<PathBuf>,
    /// The password, or the token: the value of this environment variable
    #[arg(long, value_name = "NAME")]
    password_env: Option<String>,
}

impl Password {
    /// The password that the options name, if any does.
    pub(super) fn named(&self) -> Result<Option<Secret>, Failure> {
        if let Some(path) = &self.password_file {
            let failed = |error| Failure::usage(format!("reading the password from {}: {error}", path.display()));
            return first_line(path).map(Some).map_err(failed);
        }
        let Some(name) = &self.password_env else { return Ok(None) };
        let value = std::env::var_os(name).ok_or_else(|| {
            Failure::usage(format!(
                "reading the password: the environment has no `{name}`; set it, or use --password-file"
            ))
        })?;
        Ok(Some(Secret::new(value.into_encoded_bytes())))
    }

    /// What a client logs on with at `host`: as the options say, else asked for where there is a terminal.
    pub(super) fn credential(&self, user: Option<&str>, host: &str, netrc: bool) -> Result<Credential, Failure> {
        let login = if netrc { Some(self::login(host, user)?) } else { None };
        let user = user.map(str::to_owned).or_else(|| login.as_ref()?.user.clone());
        let user = user.ok_or_else(|| Failure::usage("nobody is there to log on; give --user, or --netrc"))?;
        let password = match login.and_then(|login| login.password) {
            Some(password) => Some(password),
            None => self.named()?,
        };
        let password = password.map_or_else(|| ask(&user), Ok)?;
        Ok(Credential { user, password })
    }
}

/// The entry of the user's `.netrc`.
fn login(host: &str, user: Option<&str>) -> Result<netrc::Login, Failure> {
    let path = netrc::path().ok_or_else(|| Failure::usage("there is no .netrc: neither NETRC nor HOME says where"))?;
    let login = netrc::login(&path, host, user);
    let login = login.map_err(|error| Failure::usage(format!("reading the password: {error}")))?;
    login.ok_or_else(|| {
        let of = user.map_or_else(String::new, |user| format!(" with login {user}"));
        Failure::usage(format!("{} has no machine {host}{of}", path.display()))
    })
}

fn ask(user: &str) -> Result<Secret, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(format!(
            "there is no password for {user}, and no terminal to ask at; use --password-file, --password-env or --netrc"
        )));
    }
    let typed = rpassword::prompt_password(format!("Password of {}: ", crate::decode::escape(user)));
    let failed = |error| Failure::usage(format!("asking for the password of {user}: {error}"));
    typed.map(|typed| Secret::new(typed.into_bytes())).map_err(failed)
}

/// Without its line ending.
fn first_line(path: &Path) -> io::Result<Secret> {
    let mut line = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().read_until(b'\n', &mut line)?;
    } else {
        io::BufReader::new(fs::File::open(path)?).read_until(b'\n', &mut line)?;
    }
    let line = line.strip_suffix(b"\n").unwrap_or(&line);
    Ok(Secret::new(line.strip_suffix(b"\r").unwrap_or(line).to_vec()))
}

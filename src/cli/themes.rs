//! `saslscope themes`.

use super::out::{Out, Tone};
use super::{Exit, Failure};
use crate::config::theme::{Theme, names, user_dir};
use serde::Serialize;

/// List the themes, and what is wrong with your own
#[derive(clap::Args)]
pub(super) struct Arguments {}

#[derive(Serialize)]
struct ThemeJson<'a> {
    name: &'a str,
    problem: Option<String>,
}

impl Arguments {
    #[allow(clippy::unused_self)] // Like the other faces.
    pub(super) fn run(self, out: &mut Out) -> Result<Exit, Failure> {
        let mut exit = Exit::Clean;
        for name in names() {
            let problem = Theme::find(&name).err().map(|error| error.to_string());
            if problem.is_some() {
                exit = Exit::Unreadable;
            }
            match problem {
                problem if out.json => out.object(&ThemeJson { name: &name, problem })?,
                Some(problem) => out.line(Tone::Bad, &format!("{name}  ! {problem}"))?,
                None => out.line(Tone::Plain, &name)?,
            }
        }
        if let Some(folder) = user_dir().filter(|_| !out.json) {
            out.line(Tone::Dim, &format!("Your own: {}/NAME.toml", folder.display()))?;
        }
        Ok(exit)
    }
}

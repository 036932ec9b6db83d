//! `saslscope themes`.

use super::out::{Out, Tone};
use super::{Exit, Failure};
use crate::config::theme::{Theme, user_dir};
use serde::Serialize;

/// List the themes: dark or light, whose, and what is wrong with your own
#[derive(clap::Args)]
pub(super) struct Arguments {}

#[derive(Serialize)]
struct ThemeJson<'a> {
    name: &'a str,
    background: Option<&'a str>,
    twin: Option<&'a str>,
    own: bool,
    problem: Option<String>,
}

impl Arguments {
    #[allow(clippy::unused_self)] // Like the other faces.
    pub(super) fn run(self, out: &mut Out) -> Result<Exit, Failure> {
        let mut exit = Exit::Clean;
        for listed in Theme::all() {
            let (name, own) = (listed.name.as_str(), listed.own);
            let theme = listed.theme.as_ref();
            let background = theme.ok().map(|theme| theme.background.word());
            let problem = theme.err().map(ToString::to_string);
            if problem.is_some() {
                exit = Exit::Unreadable;
            }
            if out.json {
                let twin = theme.ok().and_then(|theme| theme.twin.as_deref());
                out.object(&ThemeJson { name, background, twin, own, problem })?;
            } else if let Some(problem) = problem {
                out.line(Tone::Bad, &format!("{name:13}  ! {problem}"))?;
            } else {
                let own = if own { ", yours" } else { "" };
                out.line(Tone::Plain, &format!("{name:13}  {}{own}", background.unwrap_or_default()))?;
            }
        }
        if let Some(folder) = user_dir().filter(|_| !out.json) {
            out.line(Tone::Dim, &format!("Your own: {}/NAME.toml", folder.display()))?;
        }
        Ok(exit)
    }
}

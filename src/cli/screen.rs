//! The way to the screen and back.

use super::{Common, Exit, Failure};
use crate::config::theme::Theme;
use crate::decode::escape;
use crate::session::{Gate, Stop};
use crate::tui::{self, Options, Outcome, Start};
use std::io::{self, IsTerminal as _, Write as _};

/// Whether there is a screen to draw on, and it is wanted.
pub(super) fn wanted(common: &Common) -> bool {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    !common.headless && !common.json && !dumb && io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Shows the screen until the user leaves it.
pub(super) fn run(start: Start, gate: Gate, stops: Vec<Stop>, common: &Common) -> Result<Outcome, Failure> {
    let options = Options {
        theme: theme(common)?,
        color: common.color.wanted(),
        ascii: common.ascii,
        reveal: common.reveal,
        keep_secrets: common.keep_secrets,
        save: common.save.clone(),
        gate,
        stops,
    };
    let outcome = tui::run(start, options).map_err(|error| {
        Failure::usage(format!("opening the screen: {error}; --headless runs line by line instead"))
    })?;
    let told = match &outcome.rescued {
        Some(Ok(path)) => format!("the exchange was saved to {}", path.display()),
        Some(Err(error)) => format!("saving the exchange: {error}"),
        None => return Ok(outcome),
    };
    let _ = writeln!(io::stderr(), "saslscope: {}", escape(&told)); // nobody may be there to read it
    Ok(outcome)
}

/// The start screen.
pub(super) fn start(common: &Common) -> Result<Exit, Failure> {
    let outcome = run(Start::StartScreen, SEND, Vec::new(), common)?;
    Ok(if outcome.interrupted { Exit::Interrupted } else { Exit::Clean })
}

/// What the screen holds unless told otherwise: each line before it goes.
pub(super) const SEND: Gate = Gate { receive: false, send: true };

/// The theme that was asked for.
pub(super) fn theme(common: &Common) -> Result<Theme, Failure> {
    Theme::find(&common.theme)
        .map_err(|error| Failure::usage(format!("reading the theme: {error}; `saslscope themes` lists them")))
}

//! The way to the screen and back.

use super::{Common, Exit, Failure};
use crate::config::keys::KeyFile;
use crate::config::settings::{self, AUTO, Settings};
use crate::config::terminal::{self, Colors};
use crate::config::theme::Theme;
use crate::decode::escape;
use crate::session::{Gate, Stop};
use crate::transcript::Transcript;
use crate::tui::{self, Arrangement, Keys, Options, Outcome, Start, Twins};
use std::io::{self, IsTerminal as _, Write as _};

/// Whether there is a screen to draw on, and it is wanted.
pub(super) fn wanted(common: &Common) -> bool {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    !common.headless && !common.json && !dumb && io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// How the screen behaves.
pub(super) fn options(gate: Gate, stops: Vec<Stop>, common: &Common) -> Result<Options, Failure> {
    let (theme, auto, asks) = theme(common)?;
    Ok(Options {
        theme,
        auto,
        asks,
        color: common.color(),
        colors: terminal::colors(&env).unwrap_or(Colors::Sixteen),
        keys: common.keys.clone(),
        panes: Arrangement::from_toml(&common.settings.panes).map_err(|error| {
            let file = settings::path().unwrap_or_default();
            Failure::usage(format!("reading the settings: {}: panes: {error}", file.display()))
        })?,
        mouse: common.settings.mouse.unwrap_or(true),
        ascii: common.ascii(),
        reveal: common.reveal,
        keep_secrets: common.keep_secrets,
        save: common.save.clone(),
        archive: common.settings.archive(),
        gate,
        stops,
        present: false,
    })
}

/// Shows the screen until the user leaves it.
pub(super) fn run(start: Start, options: Options) -> Result<Outcome, Failure> {
    let outcome = tui::run(start, options).map_err(|error| Failure::usage(error.to_string()))?;
    let told = match &outcome.rescued {
        Some(Ok(path)) => format!("the exchange was saved to {}", path.display()),
        Some(Err(error)) => format!("saving the exchange: {error}"),
        None => return Ok(outcome),
    };
    let _ = writeln!(io::stderr(), "saslscope: {}", escape(&told)); // nobody may be there to read it
    Ok(outcome)
}

/// How a screen was left that a connection was wanted for; `ended` is what a session that has ended comes to.
pub(super) fn left(outcome: Outcome, ended: impl Fn(&Transcript) -> Exit) -> Result<Exit, Failure> {
    match (outcome.failure, outcome.transcript) {
        _ if outcome.interrupted => Ok(Exit::Interrupted),
        (Some(failure), _) => Err(Failure { exit: Exit::CannotConnect, text: failure.to_string() }),
        (None, Some(transcript)) => Ok(ended(&transcript)),
        (None, None) => Ok(Exit::Clean),
    }
}

/// The start screen.
pub(super) fn start(common: &Common) -> Result<Exit, Failure> {
    let outcome = run(Start::StartScreen, options(SEND, Vec::new(), common)?)?;
    Ok(if outcome.interrupted { Exit::Interrupted } else { Exit::Clean })
}

/// What the screen holds unless told otherwise: each line before it goes.
pub(super) const SEND: Gate = Gate { receive: false, send: true };

/// The theme that was asked for. Where it is left to the terminal: the one that suits its ground as far as that is
/// known, those for either ground, and whether the terminal is to be asked.
pub(super) fn theme(common: &Common) -> Result<(Theme, Option<Twins>, bool), Failure> {
    let find = |name: &str| {
        let failed = |error| Failure::usage(format!("reading the theme: {error}; `saslscope themes` lists them"));
        Theme::find(name).map_err(failed)
    };
    let settings = &common.settings;
    let name = common.theme.as_deref().or(settings.theme.as_deref()).unwrap_or(AUTO);
    if name != AUTO {
        return Ok((find(name)?, None, false));
    }
    let dark = find(settings.dark_theme.as_deref().unwrap_or("dark"))?;
    let twins = Twins { dark, light: find(settings.light_theme.as_deref().unwrap_or("light"))? };
    // Of sixteen colours the terminal's own are the best.
    let many = common.color() && terminal::colors(&env).is_some_and(|colors| colors > Colors::Sixteen);
    let ground = terminal::background(&env).filter(|_| many);
    let theme = ground.and_then(|ground| twins.on(ground).cloned()).map_or_else(|| find(OWN), Ok)?;
    Ok((theme, Some(twins), many && terminal::may_be_asked(&env)))
}

/// The theme of the terminal's own colours.
const OWN: &str = "terminal16";

/// The keys as the user has them.
pub(super) fn keys() -> Result<Keys, Failure> {
    let keys = KeyFile::load().and_then(|file| file.as_ref().map_or_else(|| Ok(Keys::default()), Keys::read));
    keys.map_err(|error| Failure::usage(format!("reading the keys: {error}")))
}

/// The settings as the user has them.
pub(super) fn settings() -> Result<Settings, Failure> {
    let settings = settings::path().map_or_else(|| Ok(Settings::default()), |path| settings::load(&path));
    settings.map_err(|error| Failure::usage(format!("reading the settings: {error}")))
}

/// The environment; what is no text says nothing.
pub(super) fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

//! What is done outside the model, and what becomes of it: files, the clipboard, settings, the presenter's socket.

use super::copy;
use super::files::{self, Opened, Progress};
use super::model::{Model, Overlay};
use super::network::{Dial, Serve};
use super::prompts::{Prompt, PromptKind};
use crate::config::file::ConfigError;
use crate::config::settings::{self, Settings};
use crate::transcript::Event;
use crate::transcript::recording::Headers;
use std::io;
use std::path::{Path, PathBuf};

/// What is to be done outside the model.
#[derive(Debug)]
pub enum Effect {
    /// Read a recording.
    Open(PathBuf, Progress),
    /// Write a recording to a new file.
    Save {
        /// Where.
        path: PathBuf,
        /// What it is about.
        headers: Headers,
        /// What happened, masked as it is to be written.
        events: Vec<Event>,
    },
    /// Hand text to the terminal, for its clipboard.
    Copy {
        /// What is copied.
        text: String,
        /// What it is, in words.
        what: String,
    },
    /// Keep settings for later.
    Remember(Settings),
    /// Open a socket for a second terminal.
    Present,
    /// Connect to a server.
    Connect(Box<Dial>),
    /// Listen for clients.
    Listen(Box<Serve>),
    /// Write the screen to a new file.
    Picture {
        /// Where.
        path: PathBuf,
        /// What the file is to hold.
        text: String,
    },
}

/// What became of an effect.
#[derive(Debug)]
pub enum Done {
    /// A recording was read, or not.
    Opened(PathBuf, Progress, io::Result<Box<Opened>>),
    /// A recording was written, or not.
    Saved(PathBuf, io::Result<()>),
    /// Settings were kept in that file, or not.
    Remembered(Result<PathBuf, ConfigError>),
    /// A screen was written, or not.
    Pictured(PathBuf, io::Result<()>),
    /// The terminal was given text; what, in words.
    Copied(String, io::Result<()>),
    /// Nothing: what becomes of it comes as news.
    Nothing,
    /// That socket is open, or not.
    Presented(io::Result<PathBuf>),
}

/// Does what an update asked for; calls `tell` where there is progress to see.
#[must_use]
pub fn perform(effect: Effect, tell: &dyn Fn()) -> Done {
    match effect {
        Effect::Open(path, progress) => {
            let opened = files::open(&path, &progress, tell).map(Box::new);
            Done::Opened(path, progress, opened)
        }
        Effect::Remember(settings) => {
            let nowhere = || ConfigError::whole("config.toml", "neither XDG_CONFIG_HOME nor HOME says where it is");
            let path = settings::path().ok_or_else(nowhere);
            Done::Remembered(path.and_then(|path| settings::remember(&path, &settings).map(|()| path)))
        }
        // The loop has it open where there are any.
        Effect::Present => Done::Presented(Err(io::Error::other("there are no local sockets here"))),
        // So it has the network.
        Effect::Connect(_) | Effect::Listen(_) => Done::Nothing,
        Effect::Picture { path, text } => {
            let written = files::whole(&path, files::create_new(&path, text.as_bytes()));
            Done::Pictured(path, written)
        }
        Effect::Save { path, headers, events } => {
            let saved = files::whole(&path, files::save(&path, &headers, &events));
            Done::Saved(path, saved)
        }
        Effect::Copy { text, what } => Done::Copied(what, copy::to_terminal(&text)),
    }
}

/// Takes what became of an effect.
pub fn done(model: &mut Model, done: Done) {
    match done {
        Done::Opened(_, progress, _) if progress.is_cancelled() => {}
        Done::Opened(path, _, Ok(opened)) => {
            model.loading = None;
            let (damage, empty) = (opened.damage.clone(), opened.transcript.steps().is_empty());
            model.open_recording(path.display().to_string(), *opened);
            if let Some(damage) = damage {
                model.complain(if empty {
                    damage.to_string()
                } else {
                    format!("{damage}; what stands before it is shown")
                });
            }
        }
        Done::Opened(path, _, Err(error)) => {
            model.loading = None;
            model.complain(format!("opening {}: {error}", path.display()));
        }
        Done::Nothing => {}
        Done::Copied(what, Ok(())) => model.say(format!("copied {what}")),
        Done::Copied(_, Err(error)) => model.complain(format!("copying: {error}")),
        Done::Presented(Ok(path)) => {
            let number = path.file_stem().unwrap_or_default().display();
            model.presented = Some(format!("another terminal follows with `saslscope notes {number}`"));
            model.say(model.presented.clone().unwrap_or_default());
        }
        Done::Presented(Err(error)) => model.complain(format!("presenting: {error}")),
        Done::Saved(path, Ok(())) => {
            if let Some(exchange) = &mut model.exchange {
                exchange.unsaved = false;
            }
            model.say(format!("saved to {}", path.display()));
        }
        Done::Saved(path, Err(error)) => ask_again(model, PromptKind::Save, &path, &error),
        Done::Remembered(Ok(path)) => model.say(format!("remembered in {}", path.display())),
        Done::Remembered(Err(error)) => model.complain(format!("remembering: {error}")),
        Done::Pictured(path, Ok(())) => model.say(format!("the screen is in {}", path.display())),
        Done::Pictured(path, Err(error)) => ask_again(model, PromptKind::Picture, &path, &error),
    }
}

/// Says why a file could not be written, and asks for another.
fn ask_again(model: &mut Model, kind: PromptKind, path: &Path, error: &io::Error) {
    let prompt = Prompt::new(kind, &path.display().to_string());
    model.overlay = Some(Overlay::Prompt(Prompt { error: Some(error.to_string()), ..prompt }));
}

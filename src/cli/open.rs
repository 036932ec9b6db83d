//! `saslscope open`.

use super::out::Out;
use super::{Common, Exit, Failure, screen, show};
use crate::tui::{Options, Start};
use std::path::PathBuf;

/// Open recordings on the screen, or print them where there is none
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Files, or names of built-in recordings
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Let a second terminal follow with the presenter's notes: `saslscope notes`
    #[arg(long)]
    present: bool,
}

impl Arguments {
    pub(super) fn run(self, common: &Common, out: &mut Out) -> Result<Exit, Failure> {
        if !screen::wanted(common) {
            return show::files(&self.files, common, out);
        }
        let [name] = &self.files[..] else {
            return Err(Failure::usage("the screen shows one recording; `saslscope show` prints several"));
        };
        show::can_be_read(name)?;
        let start = Start::File(PathBuf::from(name));
        let outcome = screen::run(
            start,
            Options { present: self.present, ..screen::options(screen::SEND, Vec::new(), common)? },
        )?;
        match outcome.damage {
            _ if outcome.interrupted => Ok(Exit::Interrupted),
            Some(damage) => Err(Failure { exit: Exit::Unreadable, text: show::damaged(name, &damage) }),
            None => Ok(Exit::Clean),
        }
    }
}

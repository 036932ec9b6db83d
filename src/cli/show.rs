//! `saslscope show`.

use super::out::{Out, Tone};
use super::save::Save;
use super::{Common, Exit, Failure, step};
use crate::transcript::Transcript;
use crate::transcript::recording::{self, Headers, Loaded, Recording};
use std::fs;
use std::io;

/// Print recordings step by step: line, token, moves with their clauses, deviation, standing
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Files, or names of built-in recordings
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
}

impl Arguments {
    pub(super) fn run(self, common: &Common, out: &mut Out) -> Result<Exit, Failure> {
        files(&self.files, common, out)
    }
}

/// Prints each, as far as it can be read; the exit tells whether all could.
pub(super) fn files(names: &[String], common: &Common, out: &mut Out) -> Result<Exit, Failure> {
    if common.save.is_some() && names.len() > 1 {
        return Err(Failure::usage("--save takes one recording at a time: give one FILE"));
    }
    let mut exit = Exit::Clean;
    for name in names {
        let trouble = match fs::read(name) {
            Ok(bytes) => {
                let Loaded { recording, damage } = recording::read(&bytes);
                show(recording, common, out)?;
                damage.map(|damage| format!("{name}, {damage}; what stands before it is shown"))
            }
            Err(error) => Some(format!("reading {name}: {error}")),
        };
        if let Some(trouble) = trouble {
            out.flush()?;
            eprintln!("saslscope: {trouble}");
            exit = Exit::Unreadable;
        }
    }
    Ok(exit)
}

fn show(recording: Recording, common: &Common, out: &mut Out) -> Result<(), Failure> {
    let Recording { headers, events } = recording;
    if !out.json {
        heading(&headers, out)?;
    }
    let mut save = Save::new(common, headers)?;
    let mut transcript = Transcript::new();
    for event in events {
        let step = transcript.push(event);
        step::print(step, out)?;
        save.push(step)?;
    }
    Ok(())
}

/// The headers as they stand in a file, so that nothing in them can play tricks on a terminal.
fn heading(headers: &Headers, out: &mut Out) -> io::Result<()> {
    let headers = recording::write(&Recording { headers: headers.clone(), events: Vec::new() });
    headers.lines().skip(1).try_for_each(|line| out.line(Tone::Plain, line))
}

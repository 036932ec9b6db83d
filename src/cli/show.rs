//! `saslscope show`.

use super::out::{Out, Tone};
use super::save::Save;
use super::{Common, Exit, Failure, step};
use crate::decode::escape;
use crate::session::persona;
use crate::terms::Party;
use crate::transcript::Transcript;
use crate::transcript::recording::{self, Damage, Headers, Loaded, Recording};
use crate::tui::{BuiltIn, built_in};
use clap::ValueEnum;
use serde::Serialize;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// Print recordings step by step: line, token, moves with their clauses, deviation, standing
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Files, names of built-in recordings, or `-` for standard input
    #[arg(required_unless_present = "list", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// List the built-in recordings instead
    #[arg(long, conflicts_with = "files")]
    list: bool,
    /// Say instead whom a party may be: which personas what it said is consistent with, and by which steps
    #[arg(long, value_name = "PARTY", conflicts_with = "list")]
    fingerprint: Option<Role>,
}

/// One side of a connection.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    Client,
    Server,
}

#[derive(Serialize)]
struct LikenessJson<'a> {
    persona: &'a str,
    consistent: bool,
    evidence: Vec<EvidenceJson<'a>>,
}

#[derive(Serialize)]
struct EvidenceJson<'a> {
    n: usize,
    fits: bool,
    says: &'a str,
}

#[derive(Serialize)]
struct ListedJson<'a> {
    name: &'a str,
    title: &'a str,
    cites: &'a [String],
}

impl Arguments {
    pub(super) fn run(self, common: &Common, out: &mut Out) -> Result<Exit, Failure> {
        match self.fingerprint {
            _ if self.list => list(out),
            None => files(&self.files, common, out),
            Some(role) => {
                let party = if role == Role::Client { Party::Client } else { Party::Server };
                self.files.iter().try_for_each(|name| likenesses(name, party, out))?;
                Ok(Exit::Clean)
            }
        }
    }
}

/// Whom `party` may be, as a recording has it.
fn likenesses(name: &Path, party: Party, out: &mut Out) -> Result<(), Failure> {
    let mut transcript = Transcript::new();
    for event in load(name)?.recording.events {
        transcript.push(event);
    }
    let found = persona::fingerprint(&transcript, party);
    if !out.json {
        return Ok(persona::lines(party, &found).iter().try_for_each(|line| out.line(Tone::Plain, &escape(line)))?);
    }
    for one in &found {
        let evidence =
            one.evidence.iter().map(|seen| EvidenceJson { n: seen.step + 1, fits: seen.fits, says: &seen.says });
        out.object(&LikenessJson { persona: one.persona, consistent: one.consistent(), evidence: evidence.collect() })?;
    }
    Ok(())
}

fn list(out: &mut Out) -> Result<Exit, Failure> {
    for BuiltIn { name, bytes } in built_in() {
        let Headers { title, cites, .. } = recording::read(bytes).recording.headers;
        if out.json {
            out.object(&ListedJson { name, title: &title, cites: &cites })?;
        } else {
            out.line(Tone::Plain, &format!("{name:<32}  {title} ({})", cites.join(", ")))?;
        }
    }
    Ok(Exit::Clean)
}

/// Prints each, as far as it can be read; the exit tells whether all could.
pub(super) fn files(names: &[PathBuf], common: &Common, out: &mut Out) -> Result<Exit, Failure> {
    if common.save.is_some() && names.len() > 1 {
        return Err(Failure::usage("--save takes one recording at a time: give one FILE"));
    }
    let mut exit = Exit::Clean;
    for name in names {
        let trouble = match load(name) {
            Ok(Loaded { recording, damage }) => {
                show(recording, common, out)?;
                damage.map(|damage| damaged(name, &damage))
            }
            Err(failure) => Some(failure.text),
        };
        if let Some(trouble) = trouble {
            out.aside(&format!("saslscope: {}\n", escape(&trouble)))?; // names of files may hold anything
            exit = Exit::Unreadable;
        }
    }
    Ok(exit)
}

/// Standard input, the file of that name, or else the built-in recording.
pub(super) fn load(name: &Path) -> Result<Loaded, Failure> {
    let bytes = if name == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(name)
    };
    let bytes = bytes.or_else(|error| known(name).map(|known| known.bytes.to_vec()).ok_or(error));
    Ok(recording::read(&bytes.map_err(|error| unreadable(name, &error))?))
}

/// Whether [`load`] will find something to read.
pub(super) fn can_be_read(name: &Path) -> Result<(), Failure> {
    // A directory can be opened, and not be read.
    let opened = fs::File::open(name).and_then(|mut file| file.read(&mut [0]));
    opened.map(drop).or_else(|error| known(name).map(drop).ok_or_else(|| unreadable(name, &error)))
}

fn known(name: &Path) -> Option<BuiltIn> {
    built_in().find(|known| Path::new(known.name) == name)
}

fn unreadable(name: &Path, error: &io::Error) -> Failure {
    let text = format!("reading {}: {error}; `saslscope show --list` names what is built in", name.display());
    Failure { exit: Exit::Unreadable, text }
}

/// Why a recording ends where it does.
pub(super) fn damaged(name: &Path, damage: &Damage) -> String {
    format!("{}, {damage}; what stands before it is shown", name.display())
}

fn show(recording: Recording, common: &Common, out: &mut Out) -> Result<(), Failure> {
    let Recording { headers, events } = recording;
    // A file that could not be read from its first line on says nothing of itself.
    if !out.json && (headers != Headers::default() || !events.is_empty()) {
        heading(&headers, out)?;
    }
    let mut save = Save::new(common, &headers)?;
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

//! Writing an exchange to a file while it happens, so that a program that is killed leaves a recording that loads up to
//! its last event; and the folder in which live exchanges are kept without being asked.
//!
//! Stands behind the recording format and before the faces, which say what to write and tell what went wrong. Secrets
//! are masked unless they are to be kept; nothing is overwritten.
//!
//! Limits: an [`Archive`] keeps the newest exchanges by the names of their files, and looks for old ones only now and
//! then, so that there may be a tenth more for a while.

use super::recording::{Headers, Secrets, Writer};
use super::{Event, Step, mask};
use crate::terms::Party;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// What is to be written of an exchange: headers and events, with filler in the place of secrets unless they are to be
/// kept. What was read as masked stays so.
pub fn kept(headers: &Headers, keep_secrets: bool) -> (Headers, impl Fn(&Step) -> Event + use<>) {
    let keep = keep_secrets && headers.secrets == Secrets::Kept;
    let headers = Headers { secrets: if keep { Secrets::Kept } else { Secrets::Masked }, ..headers.clone() };
    (headers, move |step: &Step| if keep { step.event.clone() } else { mask::event(step) })
}

/// Writes an exchange while it happens.
pub struct Recorder {
    path: PathBuf,
    writer: Writer<File>,
    /// What is written of a step.
    event: Box<dyn Fn(&Step) -> Event>,
    /// How many steps are written.
    written: usize,
    /// The name of the file is to tell the mechanism, once that is known.
    unnamed: bool,
}

impl Recorder {
    /// Creates the file.
    ///
    /// # Errors
    /// Where it exists or can't be written; the path is said.
    pub fn create(path: &Path, headers: &Headers, keep_secrets: bool) -> io::Result<Self> {
        let (headers, event) = kept(headers, keep_secrets);
        let writer = Writer::create_new(path, &headers)?;
        Ok(Self { path: path.to_owned(), writer, event: Box::new(event), written: 0, unnamed: false })
    }

    /// Where it writes.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the steps that are new; `steps` are all of the exchange.
    ///
    /// # Errors
    /// Where they can't be written.
    pub fn follow(&mut self, steps: &[Step]) -> io::Result<()> {
        while let Some(step) = steps.get(self.written) {
            self.push(step)?;
        }
        Ok(())
    }

    /// Writes the next step.
    ///
    /// # Errors
    /// Where it can't be written.
    pub fn push(&mut self, step: &Step) -> io::Result<()> {
        self.writer.push(&(self.event)(step))?;
        self.written += 1;
        if self.unnamed
            && let Some(mechanism) = &step.standing.settled.mechanism
        {
            self.unnamed = false;
            self.rename(mechanism);
        }
        Ok(())
    }

    /// Adds the mechanism to the name of the file, where the file system has links; else the name stays as it is.
    fn rename(&mut self, mechanism: &str) {
        let Some(stem) = self.path.file_stem().and_then(|stem| stem.to_str()) else { return };
        let path = self.path.with_file_name(format!("{stem}-{}.{EXTENSION}", word(mechanism)));
        // Unlike a renaming, a link does not overwrite.
        if fs::hard_link(&self.path, &path).is_ok() {
            let _ = fs::remove_file(&self.path); // else it has two names
            self.path = path;
        }
    }
}

/// Where a session is recorded of several that go to one name: for session 7 `mine.session` is `mine-0007.session`.
#[must_use]
pub fn numbered(path: &Path, session: u64) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = match path.extension() {
        Some(extension) => format!("{stem}-{session:04}.{}", extension.to_string_lossy()),
        None => format!("{stem}-{session:04}"),
    };
    path.with_file_name(name)
}

/// The end of the names of recordings.
const EXTENSION: &str = "session";

/// A folder that keeps the newest live exchanges, each in a file whose name begins with its time, so that they sort:
/// `20261121T004845.123456Z-client-mail.example.com-587-GSSAPI.session`.
#[derive(Clone, Debug)]
pub struct Archive {
    folder: PathBuf,
    /// How many are kept.
    limit: usize,
    /// How many were begun since the old ones were taken away.
    begun: usize,
}

impl Archive {
    /// The newest `limit` exchanges are kept in `folder`, which need not be there yet.
    #[must_use]
    pub const fn new(folder: PathBuf, limit: usize) -> Self {
        // The first exchange takes away what earlier programs have left.
        Self { folder, limit, begun: usize::MAX }
    }

    /// Begins to record an exchange in which `role` is played here, with `peer` at the other end.
    ///
    /// # Errors
    /// Where the folder or the file can't be made.
    pub fn begin(&mut self, role: Party, peer: &str, headers: &Headers, keep_secrets: bool) -> io::Result<Recorder> {
        if self.begun >= self.limit.div_ceil(10) {
            let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", self.folder.display()));
            fs::create_dir_all(&self.folder).map_err(named)?;
            self.tidy();
            self.begun = 0;
        }
        self.begun += 1;
        let time = format!("{:.6}", jiff::Timestamp::now()).replace(['-', ':'], "");
        let stem = format!("{time}-{role}-{}", word(peer));
        let mut number = 1;
        loop {
            let name = if number == 1 { format!("{stem}.{EXTENSION}") } else { format!("{stem}-{number}.{EXTENSION}") };
            match Recorder::create(&self.folder.join(name), headers, keep_secrets) {
                Ok(recorder) => return Ok(Recorder { unnamed: true, ..recorder }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 100 => number += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes away the oldest, so that one more can be begun. What does not bear a name that was given here stays.
    fn tidy(&self) {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.retain(|name| is_ours(name));
        names.sort_unstable();
        let surplus = (names.len() + 1).saturating_sub(self.limit);
        for name in names.iter().take(surplus) {
            let _ = fs::remove_file(self.folder.join(name)); // another program may have been faster
        }
    }
}

/// Whether a file was named by an [`Archive`].
fn is_ours(name: &str) -> bool {
    let Some((time, rest)) = name.split_once("Z-") else { return false };
    let digits = |text: &str, count| text.len() == count && text.bytes().all(|octet| octet.is_ascii_digit());
    let timed = time.split_once('T').is_some_and(|(date, time)| {
        let (seconds, micros) = time.split_once('.').unwrap_or((time, ""));
        digits(date, 8) && digits(seconds, 6) && digits(micros, 6)
    });
    timed
        && Party::BOTH.iter().any(|party| rest.starts_with(&format!("{party}-")))
        && Path::new(name).extension().is_some_and(|extension| extension == EXTENSION)
}

/// Something as a part of a file's name: letters, digits and full stops, at most 64; all else is a hyphen.
fn word(text: &str) -> String {
    let plain = |character: char| if character.is_ascii_alphanumeric() || character == '.' { character } else { '-' };
    text.chars().take(64).map(plain).collect::<String>().trim_matches(['-', '.']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::Micros;
    use crate::transcript::recording::read;
    use crate::transcript::{Transcript, What};

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("saslscope-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder); // of an earlier run
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_name_tells_time_role_peer_and_mechanism() {
        let folder = folder("named");
        let mut archive = Archive::new(folder.clone(), 10);
        let recorder = archive.begin(Party::Server, "[::1]:53122", &Headers::default(), false);
        let mut recorder = recorder.unwrap_or_else(|error| panic!("{error}"));
        let mut transcript = Transcript::new();
        transcript.push(Event { at: Micros(0), what: What::Opened { peer: "[::1]:53122".to_owned() } });
        for line in [&b"220 a\r\n"[..], b"EHLO a\r\n", b"250 AUTH PLAIN\r\n", b"AUTH PLAIN AGEAYg==\r\n"] {
            let from = if line[0].is_ascii_digit() { Party::Server } else { Party::Client };
            transcript.push(Event::line(Micros(1), from, line));
            recorder.follow(transcript.steps()).unwrap_or_else(|error| panic!("{error}"));
            let [name] = &names(&folder)[..] else { panic!("one file") };
            assert!(is_ours(name) && name.contains("Z-server-1--53122"), "{name}");
            assert_eq!(name.ends_with("-PLAIN.session"), line.starts_with(b"AUTH"), "{name}");
            // As it would be if the program were killed now.
            let loaded = read(&fs::read(recorder.path()).unwrap_or_default());
            assert_eq!((loaded.recording.events.len(), loaded.damage), (transcript.steps().len(), None));
            assert_eq!(loaded.recording.headers.secrets, Secrets::Masked);
        }
        fs::remove_dir_all(&folder).unwrap_or_default();
    }

    #[test]
    fn the_newest_are_kept_and_what_is_not_ours_stays() {
        let folder = folder("archive");
        fs::create_dir_all(&folder).unwrap_or_else(|error| panic!("{error}"));
        for other in ["mine.session", "unsaved-20261121T004845.123456Z-client-a.session", "20Z-client-a.session"] {
            fs::write(folder.join(other), "").unwrap_or_else(|error| panic!("{error}"));
        }
        let mut archive = Archive::new(folder.clone(), 20);
        let mut begun = Vec::new();
        for _ in 0..50 {
            let recorder = archive.begin(Party::Client, "host:25", &Headers::default(), false);
            begun.push(recorder.unwrap_or_else(|error| panic!("{error}")).path().to_owned());
            assert!(names(&folder).len() <= 3 + 20 + 2);
        }
        let left = names(&folder);
        assert!(left.contains(&"mine.session".to_owned()) && left.len() >= 3 + 20, "{left:?}");
        assert!(begun[30..].iter().all(|path| path.exists()), "{left:?}");
        fs::remove_dir_all(&folder).unwrap_or_default();
    }
}

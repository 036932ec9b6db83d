//! Recordings to open, and saving: what is built in, what lies here, what is written.

use super::marks::Marks;
use crate::config::dirs;
use crate::transcript::recording::{Damage, Headers, Loaded, Writer, create_new as create_new_file, read};
use crate::transcript::{Event, Transcript};
use include_dir::{Dir, include_dir};
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

static RECORDINGS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/recordings");

/// The folders of the built-in recordings, in the order in which they are shown.
const FOLDERS: [&str; 3] = ["spec", "lessons", "faults"];

/// How many recordings of the current directory are listed.
const LISTED: usize = 100;

/// A recording that is part of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuiltIn {
    /// `spec/ms-xlogin-4`: folder and file, without extension.
    pub name: &'static str,
    /// Its text.
    pub bytes: &'static [u8],
}

impl BuiltIn {
    /// The folder that it is in: `spec`, `lessons`, `faults`.
    #[must_use]
    pub fn folder(&self) -> &'static str {
        self.name.split('/').next().unwrap_or_default()
    }

    /// What it is about, in one line.
    #[must_use]
    pub fn title(&self) -> String {
        let end = self.bytes.windows(2).position(|ends| ends == b"\n\n").map_or(self.bytes.len(), |at| at + 2);
        read(&self.bytes[..end]).recording.headers.title
    }
}

/// All recordings that are part of the program: examples of specifications, lessons, faults.
pub fn built_in() -> impl Iterator<Item = BuiltIn> {
    FOLDERS.into_iter().filter_map(|folder| RECORDINGS.get_dir(folder)).flat_map(|folder| {
        let mut files: Vec<BuiltIn> = folder
            .files()
            .filter_map(|file| {
                let name = file.path().to_str()?.strip_suffix(".session")?;
                Some(BuiltIn { name, bytes: file.contents() })
            })
            .collect();
        files.sort_unstable_by_key(|file| file.name);
        files
    })
}

/// The recordings in the current directory, the first [`LISTED`] by name.
pub(super) fn in_directory() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(".").into_iter().flatten();
    let paths = entries.filter_map(|entry| Some(PathBuf::from(entry.ok()?.file_name())));
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "session")).collect();
    paths.sort_unstable();
    paths.truncate(LISTED);
    paths
}

/// A recording that was read.
#[derive(Debug)]
pub struct Opened {
    /// What happened.
    pub transcript: Transcript,
    /// What it is about.
    pub headers: Headers,
    /// Why it could not be read to its end, if it could not.
    pub damage: Option<Damage>,
    /// The steps that were marked when it was saved.
    pub(super) marks: Marks,
}

impl From<Loaded> for Opened {
    fn from(loaded: Loaded) -> Self {
        let (mut transcript, mut marks) = (Transcript::new(), Marks::default());
        for event in loaded.recording.events {
            marks.push(event, &mut transcript);
        }
        Self { transcript, headers: loaded.recording.headers, damage: loaded.damage, marks }
    }
}

/// How far the reading of a file is, for whoever shows it, and whether it is still wanted, for whoever reads.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<(AtomicU8, AtomicBool)>);

impl Progress {
    /// In percent.
    #[must_use]
    pub fn percent(&self) -> u8 {
        self.0.0.load(Ordering::Relaxed)
    }

    /// Nobody wants the file any more.
    pub(super) fn cancel(&self) {
        self.0.1.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.0.1.load(Ordering::Relaxed)
    }

    /// Notes how much is done; whether that is one percent more.
    fn reached(&self, done: usize, all: usize) -> bool {
        let percent = (done * 100 / all.max(1)) as u8;
        self.0.0.swap(percent, Ordering::Relaxed) != percent
    }
}

/// Reads a recording: a file, or the name of a built-in one. Calls `tell` each time that `progress` has changed.
///
/// # Errors
/// Where the file can't be read, or nobody wants it any more.
pub(super) fn open(path: &Path, progress: &Progress, tell: &dyn Fn()) -> io::Result<Opened> {
    let known = built_in().find(|known| Path::new(known.name) == path && !path.exists());
    let Loaded { recording, damage } = match known {
        Some(known) => read(known.bytes),
        None => read(&std::fs::read(path)?),
    };
    let all = recording.events.len();
    let (mut transcript, mut marks) = (Transcript::new(), Marks::default());
    for (done, event) in recording.events.into_iter().enumerate() {
        if progress.is_cancelled() {
            return Err(io::Error::new(io::ErrorKind::Interrupted, "cancelled"));
        }
        marks.push(event, &mut transcript);
        if progress.reached(done, all) {
            tell();
        }
    }
    Ok(Opened { transcript, headers: recording.headers, damage, marks })
}

/// Writes events to a new file.
pub(super) fn save(path: &Path, headers: &Headers, events: &[Event]) -> io::Result<()> {
    let mut writer = Writer::create_new(path, headers)?;
    events.iter().try_for_each(|event| writer.push(event))
}

/// Writes a new file, readable for its owner only, as recordings are.
pub(super) fn create_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    create_new_file(path)?.write_all(bytes)
}

/// Takes away what was begun of a new file where the disk is full, so that the name is free for another try.
pub(super) fn whole(path: &Path, written: io::Result<()>) -> io::Result<()> {
    written.inspect_err(|error| {
        if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            let _ = std::fs::remove_file(path); // it may not even have been created
        }
    })
}

/// Tells others on which port a server listens. The file is whole at any time: it is written beside and moved there.
///
/// # Errors
/// Where it can't be written: a sentence.
pub fn write_port(path: &Path, port: u16) -> Result<(), String> {
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let written = File::create(&beside).and_then(|mut file| writeln!(file, "{port}"));
    written.and_then(|()| std::fs::rename(&beside, path)).map_err(|error| {
        let _ = std::fs::remove_file(&beside); // it may not even have been made
        format!("writing the port to {}: {error}", path.display())
    })
}

/// Writes events to a new file where a user's recordings are, since nobody is there to say where.
pub(super) fn rescue(headers: &Headers, events: &[Event]) -> io::Result<PathBuf> {
    let home = || io::Error::new(io::ErrorKind::NotFound, "neither XDG_DATA_HOME nor HOME says where");
    let folder = dirs::data().ok_or_else(home)?.join("recordings");
    std::fs::create_dir_all(&folder)?;
    let when: String = headers.started.chars().filter(char::is_ascii_alphanumeric).collect();
    let path = folder.join(format!("unsaved-{when}.session"));
    save(&path, headers, events).map(|()| path)
}

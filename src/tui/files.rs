//! Recordings to open, and saving: what is built in, what lies here, what is written.

use crate::transcript::recording::{Headers, Loaded, Secrets, Writer, read};
use crate::transcript::{Event, Step, mask};
use include_dir::{Dir, include_dir};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

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

/// Reads a recording: a file, or the name of a built-in one.
pub(super) fn open(path: &Path) -> io::Result<Loaded> {
    let known = built_in().find(|known| Path::new(known.name) == path && !path.exists());
    known.map_or_else(|| std::fs::read(path).map(|bytes| read(&bytes)), |known| Ok(read(known.bytes)))
}

/// Writes events to a new file.
pub(super) fn save(path: &Path, headers: &Headers, events: &[Event]) -> io::Result<()> {
    let mut writer = Writer::create_new(path, headers)?;
    events.iter().try_for_each(|event| writer.push(event))
}

/// What is to be written of an exchange: headers and events, with filler in the place of secrets unless they are to be
/// kept. What was read as masked stays so.
pub(super) fn kept(headers: &Headers, keep_secrets: bool) -> (Headers, impl Fn(&Step) -> Event + use<>) {
    let keep = keep_secrets && headers.secrets == Secrets::Kept;
    let headers = Headers { secrets: if keep { Secrets::Kept } else { Secrets::Masked }, ..headers.clone() };
    (headers, move |step: &Step| if keep { step.event.clone() } else { mask::event(step) })
}

/// Writes an exchange while it is played.
pub(super) struct Recorder {
    writer: Writer<File>,
    /// What is written of a step.
    event: Box<dyn Fn(&Step) -> Event>,
    /// How many steps are written.
    written: usize,
}

impl Recorder {
    pub(super) fn create(path: &Path, headers: &Headers, keep_secrets: bool) -> io::Result<Self> {
        let (headers, event) = kept(headers, keep_secrets);
        Ok(Self { writer: Writer::create_new(path, &headers)?, event: Box::new(event), written: 0 })
    }

    /// Writes the steps that are new.
    pub(super) fn follow(&mut self, steps: &[Step]) -> io::Result<()> {
        while let Some(step) = steps.get(self.written) {
            self.writer.push(&(self.event)(step))?;
            self.written += 1;
        }
        Ok(())
    }
}

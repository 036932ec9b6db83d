//! Every recording of the tree, played: the dialogues beside this file, what real peers said in `tests/real/`, and what
//! is shipped in `recordings/`.
//!
//! A dialogue says in headers of its own what must come of it: `expect: no deviation`, or one
//! `expect: deviation at LINE PARTY SIGNAL` for each, with the lines `C:` and `S:` counted from 1; and `ends: CLIENT |
//! SERVER`, where both stand after its last event.

use saslscope::transcript::recording::{Recording, read};
use saslscope::transcript::{Step, Transcript};
use std::path::{Path, PathBuf};

/// One file, played.
pub(crate) struct Played {
    /// Where it lies, from the root of the tree.
    pub(crate) path: String,
    /// Its headers and events.
    pub(crate) recording: Recording,
    /// What follows from them.
    pub(crate) steps: Vec<Step>,
}

/// Every `.session` file under these folders of the tree, in the order of their names.
pub(crate) fn played(folders: &[&str]) -> Vec<Played> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = folders.iter().flat_map(|folder| sessions(&root.join(folder))).collect();
    files.sort();
    files.iter().map(|file| play(root, file)).collect()
}

impl Played {
    /// What came of it, in the words of `expect`.
    pub(crate) fn outcome(&self) -> Vec<String> {
        let lines = self.steps.iter().filter(|step| step.from().is_some());
        let deviations: Vec<_> = (1..)
            .zip(lines)
            .filter_map(|(line, step)| {
                let deviation = step.deviation.as_ref()?;
                Some(format!("deviation at {line} {} {}", deviation.party, deviation.sent))
            })
            .collect();
        if deviations.is_empty() { vec!["no deviation".to_owned()] } else { deviations }
    }
}

fn play(root: &Path, file: &Path) -> Played {
    let path = file.strip_prefix(root).expect("files lie within the tree").display().to_string();
    let bytes = std::fs::read(file).unwrap_or_else(|error| panic!("{path}: {error}"));
    let loaded = read(&bytes);
    if let Some(damage) = loaded.damage {
        panic!("{path}: {damage}");
    }
    let mut transcript = Transcript::new();
    for event in &loaded.recording.events {
        transcript.push(event.clone());
    }
    Played { path, recording: loaded.recording, steps: transcript.steps().to_vec() }
}

fn sessions(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files = Vec::new();
    for path in entries.map(|entry| entry.expect("a folder can be read").path()) {
        if path.is_dir() {
            files.extend(sessions(&path));
        } else if path.extension().is_some_and(|extension| extension == "session") {
            files.push(path);
        }
    }
    files
}

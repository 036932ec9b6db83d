//! The recordings that are part of the program.

use include_dir::{Dir, include_dir};

static RECORDINGS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/recordings");

/// The folders, in the order in which they are shown.
const FOLDERS: [&str; 3] = ["spec", "lessons", "faults"];

/// A recording that is part of the program.
pub(super) struct BuiltIn {
    /// `spec/ms-xlogin-4`: folder and file, without extension.
    pub(super) name: &'static str,
    /// Its text.
    pub(super) bytes: &'static [u8],
}

/// All of them: examples of specifications, lessons, faults.
pub(super) fn built_in() -> impl Iterator<Item = BuiltIn> {
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

//! The recordings that were opened or saved last, for the start screen: a file with a path a line, the latest first.
//!
//! Losing it loses nothing, so what can't be read or written is passed over in silence.

use crate::config::dirs;
use std::fs;
use std::path::{Path, PathBuf};

/// How many are kept.
const KEPT: usize = 8;

/// Those that are still there.
pub(super) fn list() -> Vec<PathBuf> {
    file().map_or_else(Vec::new, |file| read(&file)).into_iter().filter(|path| path.is_file()).collect()
}

/// Puts a file first.
pub(super) fn add(path: &Path) {
    let (Some(file), Ok(path)) = (file(), fs::canonicalize(path)) else { return };
    let mut all = read(&file);
    put_first(&mut all, path);
    let text: String = all.iter().filter_map(|path| Some(format!("{}\n", path.to_str()?))).collect();
    let _ = file.parent().map(fs::create_dir_all);
    let _ = fs::write(&file, text);
}

fn file() -> Option<PathBuf> {
    Some(dirs::state()?.join("recent"))
}

fn read(file: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines().take(KEPT).map(PathBuf::from).collect()
}

/// A name with a line end would be two lines.
fn put_first(all: &mut Vec<PathBuf>, path: PathBuf) {
    all.retain(|known| *known != path);
    if path.to_str().is_some_and(|path| !path.contains(['\n', '\r'])) {
        all.insert(0, path);
    }
    all.truncate(KEPT);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_is_first_and_stands_once() {
        let mut all: Vec<PathBuf> = (0..KEPT).map(|number| PathBuf::from(number.to_string())).collect();
        for name in ["3", "new", "two\nlines"] {
            put_first(&mut all, PathBuf::from(name));
        }
        let names: Vec<_> = all.iter().filter_map(|path| path.to_str()).collect();
        assert_eq!(names, ["new", "3", "0", "1", "2", "4", "5", "6"]);
    }
}

//! The layers: a module imports only what stands before it, and a foreign crate shows in one module only.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// In reading order. A module may import those before it, but for [`NARROW`].
const ORDER: [&str; 14] = [
    "terms",
    "wire",
    "decode",
    "machine",
    "transcript",
    "mech",
    "session",
    "unseal",
    "check",
    "convert",
    "config",
    "drive",
    "tui",
    "cli",
];

/// Modules that may import less: the decoder sees octets, not SMTP; mechanisms see no transcript.
const NARROW: [(&str, &[&str]); 3] = [("wire", &["terms"]), ("decode", &["terms"]), ("mech", &["terms", "decode"])];

/// Foreign crates and the one place in the tree where each may show.
const KEPT: [(&str, &str); 7] = [
    ("ratatui", "tui"),
    ("crossterm", "tui"),
    ("asn1_rs", "decode"),
    ("tokio", "drive"),
    ("rustls", "drive"),
    ("tokio_rustls", "drive"),
    ("libgssapi", "mech/system"),
];

#[test]
fn no_import_runs_back() {
    let mut back = Vec::new();
    for file in files() {
        let module = file.module.as_str();
        for import in file.imports() {
            if import != module && !may_import(module, &import) {
                back.push(format!("{}: crate::{import}", file.path.display()));
            }
        }
    }
    assert_eq!(back, [""; 0]);
}

#[test]
fn foreign_crates_stay_where_they_belong() {
    let mut strayed = Vec::new();
    for file in files() {
        for (name, place) in KEPT {
            if file.names(name) && !file.path.starts_with(Path::new("src").join(place)) {
                strayed.push(format!("{}: {name}", file.path.display()));
            }
        }
    }
    assert_eq!(strayed, [""; 0]);
}

#[test]
fn every_module_has_its_place() {
    let known: BTreeSet<&str> = ORDER.into_iter().chain(["lib", "main"]).collect();
    let modules: BTreeSet<String> = files().into_iter().map(|file| file.module).collect();
    let unknown: Vec<&String> = modules.iter().filter(|module| !known.contains(module.as_str())).collect();
    assert!(unknown.is_empty(), "not in the order of the layers: {unknown:?}");
    assert!(modules.len() > 8, "the tree was read: {modules:?}");
}

#[test]
fn imports_are_found_however_they_are_written() {
    let file = |text: &str| File { path: PathBuf::new(), module: String::new(), code: code(text) };
    let table: &[(&str, &[&str])] = &[
        ("use crate::terms::Span;", &["terms"]),
        ("use crate::{decode::Tree,\n    terms::{Party, Span}};", &["decode", "terms"]),
        ("let tree = crate::decode::decode(&[]);", &["decode"]),
        ("// use crate::tui::Screen;\n/// [`crate::cli`]", &[]),
        ("pub(crate) fn f() {}", &[]),
    ];
    for (text, imports) in table {
        assert_eq!(file(text).imports(), imports.iter().map(ToString::to_string).collect(), "{text}");
    }
    assert!(file("use ratatui::Frame;").names("ratatui"));
    assert!(file("fn f() -> ::tokio::io::Result {}").names("tokio"));
    assert!(!file("use tokio_rustls::Stream; // tokio::").names("tokio"));
    assert!(!may_import("terms", "wire") && !may_import("mech", "transcript") && may_import("cli", "tui"));
}

fn may_import(module: &str, import: &str) -> bool {
    if let Some((_, allowed)) = NARROW.iter().find(|(name, _)| *name == module) {
        return allowed.contains(&import);
    }
    let place = |name: &str| ORDER.iter().position(|known| *known == name);
    match (place(module), place(import)) {
        // lib.rs and main.rs stand after all.
        (None, _) => true,
        (Some(module), Some(import)) => import < module,
        (Some(_), None) => false,
    }
}

/// A source file of the crate.
struct File {
    /// From the root of the tree.
    path: PathBuf,
    /// The module of the crate that it belongs to.
    module: String,
    /// Its text without comments.
    code: String,
}

impl File {
    /// The modules of the crate that it names.
    fn imports(&self) -> BTreeSet<String> {
        let mut imports = BTreeSet::new();
        for (at, _) in self.code.match_indices("crate::") {
            if self.code[..at].ends_with(|before: char| before.is_alphanumeric() || "_$".contains(before)) {
                continue;
            }
            let rest = &self.code[at + "crate::".len()..];
            match rest.strip_prefix('{') {
                Some(list) => imports.extend(heads(list)),
                None => imports.extend(Some(word(rest)).filter(|word| !word.is_empty())),
            }
        }
        imports
    }

    /// Whether it uses the foreign crate of that name.
    fn names(&self, name: &str) -> bool {
        self.code.match_indices(name).any(|(at, _)| {
            let before = self.code[..at].chars().next_back();
            let after = &self.code[at + name.len()..];
            !before.is_some_and(|before| before.is_alphanumeric() || before == '_')
                && (after.starts_with("::") || after.starts_with(';') && self.code[..at].ends_with("use "))
        })
    }
}

/// The first word of each item of a list within braces.
fn heads(list: &str) -> Vec<String> {
    let (mut heads, mut depth, mut start) = (Vec::new(), 0, true);
    for (at, character) in list.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            _ if start && character.is_alphabetic() => {
                heads.push(word(&list[at..]));
                start = false;
            }
            _ => {}
        }
    }
    heads
}

/// The name that the text starts with.
fn word(text: &str) -> String {
    text.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect()
}

fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the tree") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(read(root, &path));
            }
        }
    }
    files
}

fn read(root: &Path, path: &Path) -> File {
    let text = fs::read_to_string(path).expect("a source file");
    let path = path.strip_prefix(root).expect("within the tree").to_owned();
    let module = path.iter().nth(1).expect("below src").to_string_lossy().trim_end_matches(".rs").to_owned();
    File { path, module, code: code(&text) }
}

/// The text without lines that are comments, and without what follows `//` behind code.
fn code(text: &str) -> String {
    text.lines().map(|line| line.split(" //").next().unwrap_or(line)).fold(String::new(), |mut code, line| {
        if !line.trim_start().starts_with("//") {
            code.push_str(line);
            code.push('\n');
        }
        code
    })
}

//! Hints in sentences name the keys that the user has.

use super::*;
use saslscope::config::keys::KeyFile;
use std::collections::BTreeSet;

/// What a hint says behind its key.
const SAYS: &str = "adds answers asks begins cancels changes ends finds goes guesses leads leaves lets lists looks makes \
                    marks next opens plays quits remembers reveals runs says sends saves shows takes undoes \
                    answer cancel edit fault help quit restart save step theme undo Bytes Exchange Raw State Tree Why";

/// Keys of a line that is typed and of a list that is edited: nobody binds those.
const TYPING: [&str; 9] = ["Enter", "Esc", "Tab", "Space", "Up", "Down", "a", "d", "e"];

/// What a user does; in quotes what is typed.
const RUN: &str = "open; step; step; step; step; step; undo; mark; next mark; mark; next mark; next match; stops; stop; \
    '334'; stops; Esc; note; 'odd'; zoom; wider; zoom; layout; play; play; faster; slower; mouse; mouse; copy; Esc; \
    fault; Esc; answer; enter; undo; edit raw; 'x'; undo; edit; Esc; tree; edit; Esc; state; last; enter; Esc; up; \
    enter; Esc; bytes; raw; why; back; back; step; step; guess; step; enter; Esc; guess; run; run; step; show; secrets; \
    help; search; Esc; Esc; command; 'xyzzy'; Esc; theme; Esc; light or dark; save; Esc; search; 'x'; filter; 'x'; \
    filter; Esc; picture; Esc; leave; down; down; down; open; step; step; step; step; step; step; step; secrets; edit; \
    secrets; edit; Esc; secrets; leave; down; down; open; step; back; guess; step; enter; step; Esc; guess; last; step; \
    step; step; step; step; step; step; step; show; show; why; leave; last; up; open; Esc; up; up; up; open; leave";

/// Takes all of it; at each screen, what it says of keys of the table.
fn hints(keys: Keys) -> BTreeSet<String> {
    let named: Vec<_> = Keys::default().rows().collect();
    let words: BTreeSet<_> = SAYS.split_whitespace().collect();
    let table: BTreeSet<_> = named.iter().flat_map(|row| &row.keys).map(String::as_str).collect();
    let own: Vec<_> = keys.rows().collect();
    let mut model = model(Options { keys, ..options() });
    let mut found = BTreeSet::new();
    for does in RUN.split("; ").map(str::trim) {
        if let Some(typed) = does.strip_prefix('\'') {
            enter(&mut model, typed.trim_end_matches('\''));
        } else if does == "Esc" {
            press(&mut model, does);
        } else {
            let row = own.iter().find(|row| row.action == does).unwrap_or_else(|| panic!("no action {does}"));
            press(&mut model, &row.keys[0]);
        }
        for size in [SIZES[0], SIZES[1], (50, 12)] {
            let drawn = text(&mut model, size);
            assert!(!drawn.contains('{'), "{does}\n{drawn}");
            let is_typing = drawn.contains("Ctrl-L") || drawn.contains("─ Edit ") || drawn.contains("Esc goes back");
            for line in drawn.lines() {
                let tokens: Vec<_> = line.split([' ', '[', ']', '`']).filter(|token| !token.is_empty()).collect();
                for pair in tokens.windows(2) {
                    let says = words.contains(pair[1].trim_end_matches(['.', ',', ';', ':']));
                    if table.contains(pair[0]) && says && !(is_typing && TYPING.contains(&pair[0])) {
                        found.insert(format!("{} {}", pair[0], pair[1]));
                    }
                }
            }
        }
    }
    found
}

#[test]
fn a_hint_names_the_keys_of_the_user() {
    let table = Keys::default();
    let named = table.rows().map(|row| row.action).zip('Ѐ'..);
    let lines: Vec<_> = named.map(|(action, letter)| format!("\"{action}\" = [\"{letter}\"]")).collect();
    let file = format!("[keys]\n{}", lines.join("\n"));
    let keys = Keys::read(&KeyFile::read("keys.toml", &file).unwrap()).unwrap();
    assert_eq!(hints(keys), BTreeSet::new());
    let known = hints(Keys::default());
    assert!(known.len() > 45, "{known:#?}");
}

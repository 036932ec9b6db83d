//! One line of text under the cursor, and the escapes that it may hold.

use crate::decode::is_harmful;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A line that is being typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LineEditor {
    chars: Vec<char>,
    /// Before which character the next one goes.
    cursor: usize,
    /// The first character typed takes the place of all of it, as of selected text.
    pub(super) selected: bool,
}

impl LineEditor {
    /// That text, the cursor behind it.
    pub(super) fn new(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        Self { cursor: chars.len(), chars, selected: false }
    }

    /// That text, all of it selected.
    pub(super) fn selected(text: &str) -> Self {
        Self { selected: true, ..Self::new(text) }
    }

    pub(super) fn text(&self) -> String {
        self.chars.iter().collect()
    }

    /// What stands before the cursor, and what behind it.
    pub(super) fn halves(&self) -> (String, String) {
        let (before, behind) = self.chars.split_at(self.cursor.min(self.chars.len()));
        (before.iter().collect(), behind.iter().collect())
    }

    /// Characters that a terminal obeys, or that can't be seen, are left out.
    pub(super) fn insert(&mut self, text: &str) {
        if std::mem::take(&mut self.selected) {
            *self = Self::default();
        }
        for c in text.chars().filter(|c| !is_harmful(*c)) {
            self.chars.insert(self.cursor, c);
            self.cursor += 1;
        }
    }

    /// Takes a key that edits; all others do nothing.
    pub(super) fn key(&mut self, key: KeyEvent) {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('a') if control => self.cursor = 0,
            KeyCode::Char('e') if control => self.cursor = self.chars.len(),
            KeyCode::Char('u') if control => drop(self.chars.drain(..std::mem::take(&mut self.cursor))),
            KeyCode::Char('k') if control => self.chars.truncate(self.cursor),
            KeyCode::Char(c) if !control => self.insert(c.encode_utf8(&mut [0; 4])),
            KeyCode::Left => self.cursor = self.cursor.saturating_sub(1),
            KeyCode::Right => self.cursor = (self.cursor + 1).min(self.chars.len()),
            KeyCode::Home => self.cursor = 0,
            KeyCode::End => self.cursor = self.chars.len(),
            KeyCode::Delete if self.cursor < self.chars.len() => drop(self.chars.remove(self.cursor)),
            KeyCode::Backspace if self.cursor > 0 => {
                self.cursor -= 1;
                self.chars.remove(self.cursor);
            }
            _ => {}
        }
        self.selected = false;
    }
}

/// The octets that a typed line stands for: `\xNN` is an octet, `\\` a backslash, all else itself in UTF-8.
///
/// # Errors
/// What is wrong with an escape.
pub(super) fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        octets.extend_from_slice(before.as_bytes());
        if let Some(behind) = escape.strip_prefix('\\') {
            octets.push(b'\\');
            rest = behind;
            continue;
        }
        let digits = escape.strip_prefix('x').and_then(|digits| digits.get(..2));
        let octet = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let octet = octet.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        octets.push(octet.ok_or("after `\\` comes `x` and two hex digits, or another `\\`")?);
        rest = &escape[3..];
    }
    octets.extend_from_slice(rest.as_bytes());
    Ok(octets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::printable;
    use proptest::prelude::*;

    #[test]
    fn escapes_are_octets() {
        let cases: [(&str, Result<&[u8], ()>); 7] = [
            ("334 a", Ok(b"334 a")),
            (r"a\x00\\b", Ok(b"a\x00\\b")),
            ("ü", Ok(b"\xC3\xBC")),
            (r"\x0D\x0a", Ok(b"\r\n")),
            (r"\", Err(())),
            (r"\x+1", Err(())),
            (r"\xé", Err(())),
        ];
        for (text, octets) in cases {
            assert_eq!(unescape(text).map_err(drop), octets.map(<[u8]>::to_vec), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_can_be_typed(octets: Vec<u8>) {
            let typed = unescape(&printable(&octets));
            prop_assert_eq!(typed.as_deref(), Ok(octets.strip_suffix(b"\r\n").unwrap_or(&octets)));
        }
    }
}

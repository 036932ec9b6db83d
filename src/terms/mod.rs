//! The words that every layer uses: who speaks, which bytes, which clause, what stays secret.
//!
//! Stands below everything; imports nothing of the crate.

mod secret;

pub use secret::Secret;

use std::fmt;

/// One of the two ends of an SMTP connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Party {
    /// The end that connects and issues commands (RFC 5321 section 2.3.2).
    Client,
    /// The end that listens and issues replies.
    Server,
}

impl Party {
    /// Both, in the order in which they are shown.
    pub const BOTH: [Self; 2] = [Self::Client, Self::Server];

    /// The other end.
    #[must_use]
    pub const fn peer(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }

    /// `C` or `S`, as RFC 4954 prints its examples.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Client => 'C',
            Self::Server => 'S',
        }
    }

    /// `client` or `server`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }

    /// 0 for the client, 1 for the server: the place in an array of two.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A half-open range of octets `start..end` in a stated source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first octet.
    pub start: usize,
    /// One past the last octet.
    pub end: usize,
}

impl Span {
    /// The range `start..end`; an `end` before `start` gives an empty range at `start`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end: if end < start { start } else { end } }
    }

    /// How many octets it covers.
    #[must_use]
    pub const fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether it covers nothing.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.end == self.start
    }

    /// Whether the octet at `at` lies within.
    #[must_use]
    pub const fn contains(self, at: usize) -> bool {
        self.start <= at && at < self.end
    }

    /// Whether `other` lies wholly within.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether one reaches into the other; an empty one does within the other, not at its ends.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The octets themselves, cut where `bytes` ends.
    #[must_use]
    pub fn of(self, bytes: &[u8]) -> &[u8] {
        let end = self.end.min(bytes.len());
        &bytes[self.start.min(end)..end]
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// The place in a specification that a row, a node or a finding rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cite {
    /// The document: `RFC 4954`, `MS-SSEAN`, or the name of a product whose behaviour it is.
    pub doc: &'static str,
    /// The section within, empty where the whole document is meant.
    pub section: &'static str,
}

impl Cite {
    /// `doc` and `section` as printed: `Cite::new("MS-XLOGIN", "3.2.5.1")`.
    #[must_use]
    pub const fn new(doc: &'static str, section: &'static str) -> Self {
        Self { doc, section }
    }
}

impl fmt::Display for Cite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.section.is_empty() { f.write_str(self.doc) } else { write!(f, "{} {}", self.doc, self.section) }
    }
}

/// Time since the connection was opened, in whole microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Micros(pub u64);

impl Micros {
    /// The time that has passed since `earlier`; zero where the clock went back.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Self {
        Self(self.0.saturating_sub(earlier.0))
    }
}

/// Seconds with six digits, as a recording writes them: `0.012000`.
impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_that_ends_before_it_starts_is_empty() {
        assert_eq!(Span::new(5, 3), Span { start: 5, end: 5 });
        assert!(Span::new(5, 3).is_empty());
        assert_eq!(Span::new(2, 9).of(b"abcd"), b"cd");
        assert_eq!(Span::new(7, 9).of(b"abcd"), b"");
    }

    #[test]
    fn words_print_as_the_recording_writes_them() {
        assert_eq!(Micros(12_000).to_string(), "0.012000");
        assert_eq!(Cite::new("MS-XLOGIN", "3.2.5.1").to_string(), "MS-XLOGIN 3.2.5.1");
        assert_eq!(Party::Client.peer().letter(), 'S');
    }
}

//! A stream of octets, cut into lines.
//!
//! First in the flow of received octets. A line ends at LF, with or without CR before it; a bare CR stays within the
//! line. Which of these is a flaw, [`super::read_client`] and [`super::read_server`] say.

use super::RawLine;
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::mem;

/// The longest line within an AUTH exchange, terminator included, that each side has to take (RFC 4954 section 4).
pub const LINE_LIMIT: usize = 12_288;

/// The longest command line, terminator included (RFC 5321 section 4.5.3.1.4).
pub const COMMAND_LIMIT: usize = 512;

/// Takes octets as the network gives them, hands out lines.
///
/// Holds no more of a line than its limit: what comes past it is counted and dropped, up to the terminator, which is
/// kept so that the line stays a line. Time and memory are linear in what is pushed.
///
/// ```
/// use saslscope::wire::LineBuffer;
/// let mut lines = LineBuffer::new(10);
/// lines.push(b"QUIT\r\nAUTH GSSA");
/// assert_eq!(lines.next_line().unwrap().bytes, b"QUIT\r\n");
/// assert_eq!(lines.next_line(), None);
/// lines.push(b"PI\r\n");
/// let long = lines.next_line().unwrap();
/// assert_eq!((long.bytes.as_slice(), long.cut), (b"AUTH GSS\r\n".as_slice(), 3));
/// ```
#[derive(Clone, Debug)]
pub struct LineBuffer {
    limit: usize,
    /// Lines that are whole and wait to be taken.
    whole: VecDeque<RawLine>,
    /// The line that still comes in, up to the limit.
    open: Vec<u8>,
    /// How long that line is by now, dropped octets included.
    length: u64,
    /// Whether the last octet of that line, kept or dropped, is CR.
    after_cr: bool,
}

impl LineBuffer {
    /// A buffer for lines of at most `limit` octets, terminator included (at least 2).
    #[must_use]
    pub const fn new(limit: usize) -> Self {
        let limit = if limit < 2 { 2 } else { limit };
        Self { limit, whole: VecDeque::new(), open: Vec::new(), length: 0, after_cr: false }
    }

    /// Takes octets as they came.
    pub fn push(&mut self, octets: &[u8]) {
        for piece in octets.split_inclusive(|&octet| octet == b'\n') {
            let Some(body) = piece.strip_suffix(b"\n") else {
                self.keep(piece);
                return;
            };
            self.keep(body);
            let crlf = self.after_cr;
            self.keep(b"\n");
            let line = self.take(if crlf { b"\r\n" } else { b"\n" });
            self.whole.push_back(line);
        }
    }

    /// The next line that is whole, if there is one.
    #[must_use]
    pub fn next_line(&mut self) -> Option<RawLine> {
        self.whole.pop_front()
    }

    /// At the end of the stream: the next whole line, and after the last of them the rest that has no terminator.
    #[must_use]
    pub fn finish(&mut self) -> Option<RawLine> {
        self.next_line().or_else(|| (self.length > 0).then(|| self.take(b"")))
    }

    /// Whether nothing waits, neither a whole line nor a part of one. What waits when TLS starts was sent in clear and
    /// must not be used after it (RFC 3207 section 4.2).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.length == 0
    }

    /// Adds to the open line, up to the limit.
    fn keep(&mut self, octets: &[u8]) {
        let Some(&last) = octets.last() else { return };
        let room = self.limit - self.open.len();
        self.open.extend_from_slice(&octets[..room.min(octets.len())]);
        self.length += octets.len() as u64;
        self.after_cr = last == b'\r';
    }

    /// Closes the open line; one that was cut ends in `terminator` all the same.
    fn take(&mut self, terminator: &[u8]) -> RawLine {
        let mut bytes = mem::take(&mut self.open);
        let length = mem::take(&mut self.length);
        self.after_cr = false;
        if length > bytes.len() as u64 {
            bytes.truncate(self.limit - terminator.len());
            while terminator == b"\n" && bytes.ends_with(b"\r") {
                bytes.pop(); // or the cut would turn a bare LF into CRLF
            }
            bytes.extend_from_slice(terminator);
        }
        RawLine { cut: length - bytes.len() as u64, bytes }
    }
}

/// The line as text that is safe on a terminal: without its CRLF, every octet outside 0x20–0x7E as `\xNN`, a backslash
/// as `\\`. Any other ending is shown.
///
/// ```
/// assert_eq!(saslscope::wire::printable(b"334 a\\b\x1B[2J\r\n"), r"334 a\\b\x1B[2J");
/// ```
#[must_use]
pub fn printable(bytes: &[u8]) -> String {
    let content = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
    let mut text = String::with_capacity(content.len());
    for &octet in content {
        match octet {
            b'\\' => text.push_str(r"\\"),
            0x20..=0x7E => text.push(char::from(octet)),
            _ => write!(text, "\\x{octet:02X}").unwrap_or_default(), // writing to a String cannot fail
        }
    }
    text
}

/// How many characters [`printable`] has for that octet.
#[must_use]
pub const fn printed_width(octet: u8) -> usize {
    match octet {
        b'\\' => 2,
        0x20..=0x7E => 1,
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_octet_is_as_wide_as_it_is_printed() {
        for octet in 0..=u8::MAX {
            assert_eq!(printed_width(octet), printable(&[octet]).chars().count(), "{octet:#04x}");
        }
    }

    /// What comes out of a buffer with that limit, the rest without terminator included.
    fn lines(limit: usize, chunks: &[&[u8]]) -> Vec<(Vec<u8>, u64)> {
        let mut buffer = LineBuffer::new(limit);
        for chunk in chunks {
            buffer.push(chunk);
        }
        std::iter::from_fn(|| buffer.finish()).map(|line| (line.bytes, line.cut)).collect()
    }

    #[test]
    fn lines_end_at_lf() {
        type Row<'a> = (&'a [&'a [u8]], &'a [(&'a [u8], u64)]);
        let table: &[Row<'_>] = &[
            (&[b""], &[]),
            (&[b"a\r\nb\r\n"], &[(b"a\r\n", 0), (b"b\r\n", 0)]),
            (&[b"a\nb"], &[(b"a\n", 0), (b"b", 0)]),
            (&[b"a\rb\r\n"], &[(b"a\rb\r\n", 0)]),
            (&[b"a\r", b"\nb\r"], &[(b"a\r\n", 0), (b"b\r", 0)]),
            (&[b"\n\r\n"], &[(b"\n", 0), (b"\r\n", 0)]),
            // The limit is 8: exactly, one over, far over, with each ending.
            (&[b"123456\r\n"], &[(b"123456\r\n", 0)]),
            (&[b"1234567\r\n"], &[(b"123456\r\n", 1)]),
            (&[b"12345678", b"90", b"12\r", b"\nb\n"], &[(b"123456\r\n", 6), (b"b\n", 0)]),
            (&[b"12345678\n"], &[(b"1234567\n", 1)]),
            (&[b"123456\r8\n"], &[(b"123456\n", 2)]),
            (&[b"123456789"], &[(b"12345678", 1)]),
        ];
        for (chunks, expected) in table {
            let expected: Vec<_> = expected.iter().map(|&(bytes, cut)| (bytes.to_vec(), cut)).collect();
            assert_eq!(lines(8, chunks), expected, "{chunks:?}");
        }
    }

    #[test]
    fn a_megabyte_without_terminator_is_counted_not_held() {
        let mut buffer = LineBuffer::new(LINE_LIMIT);
        for _ in 0..256 {
            buffer.push(&[b'A'; 4096]);
            assert!(buffer.open.capacity() <= 2 * LINE_LIMIT);
        }
        assert_eq!(buffer.next_line(), None);
        assert!(!buffer.is_empty());
        buffer.push(b"\r\n");
        let line = buffer.next_line().unwrap();
        assert_eq!((line.bytes.len(), line.cut), (LINE_LIMIT, 256 * 4096 + 2 - LINE_LIMIT as u64));
        assert!(buffer.is_empty());
    }

    proptest! {
        #[test]
        fn chunking_changes_nothing(
            octets in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), any::<u8>()], 0..200),
            size in 1_usize..20,
            limit in 0_usize..40,
        ) {
            let whole = lines(limit, &[&octets]);
            prop_assert_eq!(&whole, &lines(limit, &octets.chunks(size).collect::<Vec<_>>()));
            let total: u64 = whole.iter().map(|(bytes, cut)| bytes.len() as u64 + cut).sum();
            prop_assert_eq!(total, octets.len() as u64);
            for ((bytes, cut), original) in whole.iter().zip(octets.split_inclusive(|&octet| octet == b'\n')) {
                prop_assert!(bytes.len() <= limit.max(2));
                prop_assert_eq!(bytes.ends_with(b"\r\n"), original.ends_with(b"\r\n"));
                prop_assert!(*cut > 0 || bytes == original);
            }
        }

        #[test]
        fn printable_is_plain(octets: Vec<u8>) {
            prop_assert!(printable(&octets).bytes().all(|octet| (0x20..0x7F).contains(&octet)));
        }
    }
}

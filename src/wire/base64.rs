//! Base64 with the position and kind of each error.
//!
//! The `base64` crate reads what is right. Only what it refuses is scanned here once more, to say what is wrong with it
//! and what could be read of it. Nothing is skipped on the quiet (RFC 4648 section 3.3).

use super::{Base64, Base64Error, Base64ErrorKind};
use crate::terms::Span;
use ::base64::Engine as _;
use ::base64::engine::general_purpose::STANDARD;

/// Reads the characters at `span` of `line`. No characters are valid base64 of no octets.
///
/// ```
/// use saslscope::{terms::Span, wire::{Base64ErrorKind, base64}};
/// let read = base64::read(b"334 UGFz_c3c=\r\n", Span::new(4, 13));
/// assert_eq!((read.errors[0].at, read.errors[0].kind), (8, Base64ErrorKind::UrlSafe(b'_')));
/// ```
#[must_use]
pub fn read(line: &[u8], span: Span) -> Base64 {
    let text = span.of(line);
    if let Ok(bytes) = STANDARD.decode(text) {
        return Base64 { span, bytes, errors: Vec::new(), equals: false };
    }
    let (bytes, errors) = scan(text, span.start);
    Base64 { span, bytes, errors, equals: text == b"=" }
}

/// Writes `octets` with padding.
#[must_use]
pub fn encode(octets: &[u8]) -> String {
    STANDARD.encode(octets)
}

/// Where octets stand in the base64 at `span` of `line` that they were read from: three octets are four characters, and
/// a character that holds bits of them belongs to them. No octets stand nowhere, in front of the character that the next
/// one begins in.
#[must_use]
pub fn characters(line: &[u8], span: Span, octets: Span) -> Span {
    let mut all = bits(line, span).into_iter().skip_while(|(_, held)| held.end <= octets.start);
    let Some((first, _)) = all.next() else { return Span::new(span.end, span.end) };
    if octets.is_empty() {
        return Span::new(first, first);
    }
    let last = all.take_while(|(_, held)| held.start < octets.end).last().map_or(first, |(last, _)| last);
    Span::new(first, last + 1)
}

/// The octets that `characters` of the base64 at `span` of `line` hold bits of; of those that hold none, such as padding,
/// what stands in front of them counts. Empty where they reach beyond the base64.
#[must_use]
pub fn octets(line: &[u8], span: Span, characters: Span) -> Span {
    if characters.is_empty() || !span.covers(characters) {
        return Span::default();
    }
    let mut within = Span::default();
    for (at, held) in bits(line, span).into_iter().take_while(|(at, _)| *at < characters.end) {
        let first = at <= characters.start || within.is_empty();
        within = if first { held } else { Span::new(within.start, held.end) };
    }
    within
}

/// Each character that may hold bits, with the octets that they belong to.
fn bits(line: &[u8], span: Span) -> Vec<(usize, Span)> {
    let mut all: Vec<(usize, Span)> = Vec::with_capacity(span.len());
    let (mut octet, mut group) = (0, 0);
    for (&character, at) in span.of(line).iter().chain(b"=").zip(span.start..) {
        if six_bits(character).is_some() {
            all.push((at, Span::new(octet + group * 6 / 8, octet + (group * 6 + 5) / 8 + 1)));
            group += 1;
        }
        // A group that ends early holds whole octets only, and the next begins behind them.
        if group == 4 || character == b'=' {
            octet += group * 6 / 8;
            let begun = all.len() - group;
            all[begun..].iter_mut().for_each(|(_, held)| *held = Span::new(held.start, held.end.min(octet)));
            group = 0;
        }
    }
    all
}

/// What could be read, and the errors. `=` within the text ends a group, and a new one starts behind it.
fn scan(text: &[u8], start: usize) -> (Vec<u8>, Vec<Base64Error>) {
    // Padding is what follows the last character that carries bits.
    let padding = text.iter().rposition(|&octet| six_bits(octet).is_some()).map_or(0, |last| last + 1);
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let mut errors = Vec::new();
    let mut error = |at: usize, kind| {
        if errors.len() < Base64::ERRORS_KEPT {
            errors.push(Base64Error { at: start + at, kind });
        }
    };
    let (mut bits, mut group) = (0_u32, 0);

    for (at, &octet) in text.iter().enumerate().take(padding) {
        match six_bits(octet) {
            Some(six) => {
                if octet == b'-' || octet == b'_' {
                    error(at, Base64ErrorKind::UrlSafe(octet));
                }
                bits = bits << 6 | u32::from(six);
                group += 1;
                if group == 4 {
                    bytes.extend_from_slice(&bits.to_be_bytes()[1..]);
                    (bits, group) = (0, 0);
                }
            }
            None if octet == b'=' => {
                error(at, Base64ErrorKind::PaddingInside);
                close(&mut bytes, bits, group);
                (bits, group) = (0, 0);
            }
            None => error(at, Base64ErrorKind::Foreign(octet)),
        }
    }
    if group == 1 {
        error(padding - 1, Base64ErrorKind::Length);
    } else if close(&mut bytes, bits, group) {
        error(padding - 1, Base64ErrorKind::TrailingBits);
    }

    // One character over has no right padding.
    let wanted = if group == 1 { usize::MAX } else { (4 - group) % 4 };
    let mut found = 0;
    for (at, &octet) in text.iter().enumerate().skip(padding) {
        if octet != b'=' {
            error(at, Base64ErrorKind::Foreign(octet));
        } else if found == wanted {
            error(at, Base64ErrorKind::PaddingCount);
            found = usize::MAX;
        } else if found < wanted {
            found += 1;
        }
    }
    if group != 1 && found < wanted {
        error(text.len(), Base64ErrorKind::PaddingCount);
    }
    (bytes, errors)
}

/// Adds the octets of a last group of 2 or 3 characters; says whether bits that belong to no octet are set.
fn close(bytes: &mut Vec<u8>, bits: u32, group: usize) -> bool {
    match group {
        2 => {
            bytes.push((bits >> 4) as u8);
            bits & 0xF != 0
        }
        3 => {
            bytes.extend_from_slice(&((bits >> 2) as u16).to_be_bytes());
            bits & 0x3 != 0
        }
        _ => false,
    }
}

/// The value of a character of either alphabet.
const fn six_bits(octet: u8) -> Option<u8> {
    match octet {
        b'A'..=b'Z' => Some(octet - b'A'),
        b'a'..=b'z' => Some(octet - b'a' + 26),
        b'0'..=b'9' => Some(octet - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Base64ErrorKind::{Foreign, Length, PaddingCount, PaddingInside, TrailingBits, UrlSafe};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn characters_and_the_octets_that_they_hold() {
        let of = |text: &'static str, octets| {
            let span = characters(text.as_bytes(), Span::new(4, text.len()), octets);
            (span.start - 4, span.end - 4)
        };
        // Characters:  QUJD RA==, octets ABC D.
        let whole = "334 QUJDRA==";
        let table = [
            (whole, Span::new(0, 1), (0, 2)),
            (whole, Span::new(1, 2), (1, 3)),
            (whole, Span::new(2, 3), (2, 4)),
            (whole, Span::new(0, 3), (0, 4)),
            (whole, Span::new(3, 4), (4, 6)),
            (whole, Span::new(2, 4), (2, 6)),
            (whole, Span::new(3, 3), (4, 4)),
            (whole, Span::new(9, 12), (8, 8)),
            ("334 QU!JD", Span::new(1, 2), (1, 4)),
            ("334 QU!JD", Span::new(2, 3), (3, 5)),
            ("334 QQ==QkM=", Span::new(1, 3), (4, 7)),
        ];
        for (text, octets, expected) in table {
            assert_eq!(of(text, octets), expected, "{text} {octets}");
        }
        let back = |text: &'static str, at: usize| {
            super::octets(text.as_bytes(), Span::new(4, text.len()), Span::new(4 + at, 5 + at)).to_string()
        };
        let held: Vec<String> = (0..9).map(|at| back(whole, at)).collect();
        assert_eq!(held, ["0..1", "0..2", "1..3", "2..3", "3..4", "3..4", "3..4", "3..4", "0..0"]);
        assert_eq!(back("334 QU!JD", 2), "0..2", "a character that holds nothing: what stands before it");
        assert_eq!(super::octets(b"QUJDRA==", Span::new(0, 8), Span::new(1, 6)), Span::new(0, 4));
    }

    #[test]
    fn every_error_has_its_place() {
        type Row = (&'static [u8], &'static [u8], &'static [(usize, Base64ErrorKind)]);
        let table: &[Row] = &[
            (b"", b"", &[]),
            (b"Q2hhcmxpZQ==", b"Charlie", &[]),
            (b"AA==", b"\0", &[]),
            (b"=", b"", &[(0, PaddingCount)]),
            (b"Q2hhcmxpZQ", b"Charlie", &[(10, PaddingCount)]),
            (b"Q2hhcmxpZQ=", b"Charlie", &[(11, PaddingCount)]),
            (b"Q2hhcmxpZQ====", b"Charlie", &[(12, PaddingCount)]),
            (b"QUJD=", b"ABC", &[(4, PaddingCount)]),
            (b"QUJDR", b"ABC", &[(4, Length)]),
            (b"QUJDR===", b"ABC", &[(4, Length)]),
            (b"QR==", b"A", &[(1, TrailingBits)]),
            (b"QUJ=", b"AB", &[(2, TrailingBits)]),
            (
                b"-_-_",
                b"\xFB\xFF\xBF",
                &[(0, UrlSafe(b'-')), (1, UrlSafe(b'_')), (2, UrlSafe(b'-')), (3, UrlSafe(b'_'))],
            ),
            (b"QU JD", b"ABC", &[(2, Foreign(b' '))]),
            (b"QUJD\r", b"ABC", &[(4, Foreign(b'\r'))]),
            (b"QQ==QQ==", b"AA", &[(2, PaddingInside), (3, PaddingInside)]),
            (b"QQ==!", b"A", &[(4, Foreign(b'!'))]),
            (b"* ", b"", &[(0, Foreign(b'*')), (1, Foreign(b' '))]),
            (b"\xFFQQ=\0", b"A", &[(0, Foreign(0xFF)), (4, Foreign(0)), (5, PaddingCount)]),
        ];
        for (text, bytes, errors) in table {
            let shown = text.escape_ascii().to_string();
            let found = read(text, Span::new(0, text.len()));
            let found_errors: Vec<_> = found.errors.iter().map(|error| (error.at, error.kind)).collect();
            assert_eq!((found.bytes.as_slice(), found_errors.as_slice()), (*bytes, *errors), "{shown}");
            assert_eq!(found.equals, *text == b"=", "{shown}");
        }
    }

    proptest! {
        #[test]
        fn errors_are_found_exactly_where_the_crate_refuses(text in "[AQgw4/+=_ -]{0,12}", pad: Vec<u8>) {
            let line = [pad.as_slice(), text.as_bytes()].concat();
            let found = read(&line, Span::new(pad.len(), line.len()));
            prop_assert_eq!(found.is_valid(), STANDARD.decode(&text).is_ok());
            prop_assert!(found.errors.iter().all(|error| pad.len() <= error.at && error.at <= line.len()));
            prop_assert!(found.errors.is_sorted_by_key(|error| error.at));
        }

        #[test]
        fn what_is_written_is_read(octets: Vec<u8>) {
            let text = encode(&octets);
            let found = read(text.as_bytes(), Span::new(0, text.len()));
            prop_assert!(found.is_valid());
            prop_assert_eq!(&found.bytes, &octets);
            // The own scan agrees with the crate on what is right.
            prop_assert_eq!(scan(text.as_bytes(), 0), (octets, Vec::new()));
        }
    }
}

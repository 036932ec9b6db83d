//! The walk over DER: headers read one by one on the borrowed octets, positions by arithmetic.
//!
//! Lenient towards BER, and strict in what it reports: lengths that are not minimal or not definite, elements that
//! say more octets than there are, headers that can't be read. [`Reader`] bounds what hostile input costs: nesting
//! past [`DEPTH`] and elements past the node budget stay octets, with a problem that says so.
//!
//! Limit: the end of an indefinite length is searched once a level, so such input costs up to [`DEPTH`] passes.

use super::oid;
use super::tree::{Hint, Node, Problem, Value};
use crate::terms::{Cite, Span};
use asn1_rs::{Err, Error, FromBer, Header, Length};
use std::borrow::Cow;

/// How many levels of headers are read; a Kerberos ticket within SPNEGO needs some fifteen.
pub(super) const DEPTH: usize = 32;

/// How many nodes one tree has at most: one for 16 octets of the first megabyte.
const NODES: usize = 1 << 16;

/// DER: definite and minimal lengths.
pub(super) const DER_LENGTH: Cite = Cite::new("X.690", "10.1");
/// BER: a length says how many octets follow.
const BER_LENGTH: Cite = Cite::new("X.690", "8.1.3");
const BER_IDENTIFIER: Cite = Cite::new("X.690", "8.1.2");
/// Our own limits.
const LIMIT: Cite = Cite::new("saslscope", "limits");

/// What a decoder works on: the token, what the conversation says of it, and how many more nodes it may make.
pub(super) struct Reader<'a> {
    /// The whole token; every span is an offset into it.
    pub(super) bytes: &'a [u8],
    /// What the conversation has settled.
    pub(super) hint: Hint,
    left: usize,
}

/// One element: where its header and its content stand.
pub(super) struct Element {
    /// The identifier octet; the first one of a tag above 30.
    pub(super) id: u8,
    /// The tag's number.
    pub(super) tag: u32,
    /// Header, content and end-of-contents.
    pub(super) span: Span,
    /// The content alone.
    pub(super) content: Span,
    /// The length that the header states; `None` where it is indefinite.
    pub(super) length: Option<Declared>,
    /// What is wrong with the header.
    pub(super) problem: Option<Problem>,
}

/// A length as a header states it.
#[derive(Clone, Copy)]
pub(super) struct Declared {
    /// The octets of content that it promises.
    pub(super) length: usize,
    /// How many octets say so; they end where the content starts.
    pub(super) octets: usize,
}

impl<'a> Reader<'a> {
    /// A reader of `bytes`. Real tokens stay far below the budget: none of those in the tests makes 70 nodes.
    pub(super) fn new(bytes: &'a [u8], hint: Hint) -> Self {
        Self { bytes, hint, left: (512 + bytes.len() / 16).min(NODES) }
    }

    /// The octets of `span`.
    pub(super) fn of(&self, span: Span) -> &'a [u8] {
        span.of(self.bytes)
    }

    /// Takes so many nodes off the budget, or none and `false` where fewer are left.
    pub(super) fn spend(&mut self, nodes: usize) -> bool {
        let left = self.left.checked_sub(nodes);
        self.left = left.unwrap_or(self.left);
        left.is_some()
    }

    /// Reads elements one after the other until `within` is used up, each by `read`. What has no readable header, or
    /// comes after the budget is spent, becomes one last node of octets.
    pub(super) fn each(&mut self, within: Span, mut read: impl FnMut(&mut Self, Element) -> Node) -> Vec<Node> {
        let mut nodes = Vec::new();
        let mut rest = within;
        while !rest.is_empty() {
            if !self.spend(1) {
                nodes.push(Node::octets("octets", rest).with(too_many(rest)));
                break;
            }
            match element(self.bytes, rest) {
                Ok(element) => {
                    rest.start = element.span.end;
                    nodes.push(read(self, element));
                }
                Err(problem) => {
                    nodes.push(Node::octets("octets", rest).with(problem));
                    break;
                }
            }
        }
        nodes
    }

    /// An element of which nothing is known but what its own tag says.
    pub(super) fn generic(&mut self, element: &Element, depth: usize) -> Node {
        let name = tag_name(element);
        let mut node = Node::new(name, element.span, Value::None);
        node.content = element.content;
        node.blame(element.problem.clone());
        if !element.constructed() {
            let (value, problem) = primitive(self.bytes, element);
            node.value = value;
            node.blame(problem);
        } else if depth < DEPTH {
            node.children = self.each(element.content, |reader, inner| reader.generic(&inner, depth + 1));
        } else {
            node.value = Value::Octets(element.content);
            node.blame(too_deep(element.content));
        }
        node
    }
}

impl Element {
    /// Whether the content is elements again.
    pub(super) const fn constructed(&self) -> bool {
        self.id & 0x20 != 0
    }

    const fn universal(&self) -> bool {
        self.id & 0xC0 == 0
    }
}

/// Nesting past [`DEPTH`].
pub(super) fn too_deep(at: Span) -> Problem {
    Problem::new(at.start, "got more than 32 levels of nesting, read no deeper", LIMIT)
}

/// More nodes than the octets warrant.
pub(super) fn too_many(at: Span) -> Problem {
    Problem::new(at.start, "got more elements than a token of this size needs, read no further", LIMIT)
}

/// Octets left over behind the value that should have filled `within`.
pub(super) fn trailing(from: usize, within: Span, cite: Cite) -> Option<Problem> {
    let count = within.end.saturating_sub(from);
    (count > 0).then(|| Problem::new(from, format!("got {count} more octets, expected the end"), cite))
}

/// Reads the header at the start of `within`. An element that says it is longer than `within` is cut there.
///
/// # Errors
/// Why no header can be read.
pub(super) fn element(bytes: &[u8], within: Span) -> Result<Element, Problem> {
    let octets = within.of(bytes);
    let (rest, header) = Header::from_ber(octets).map_err(|error| unreadable(within.start, &error))?;
    let start = within.end - rest.len();
    let identifier = header.raw_tag().map_or(1, <[u8]>::len);
    let used = octets.len() - rest.len() - identifier;
    let (content_end, end, problem) = match header.length() {
        Length::Definite(length) if length > rest.len() => {
            let what = format!("got a length of {length}, expected at most the {} octets that are left", rest.len());
            (within.end, within.end, Some(Problem::new(within.start, what, BER_LENGTH)))
        }
        Length::Definite(length) => {
            let needed = length_octets(length);
            let problem = (used > needed).then(|| {
                let what = format!("got a length of {used} octets, expected {needed}, the fewest possible");
                Problem::new(within.start + identifier, what, DER_LENGTH)
            });
            (start + length, start + length, problem)
        }
        Length::Indefinite => {
            let problem = |what| Some(Problem::new(start - 1, what, DER_LENGTH));
            match end_of_contents(bytes, Span::new(start, within.end)) {
                Some(end) => (end, end + 2, problem("got an indefinite length (80), expected a definite one")),
                None => (within.end, within.end, problem("got an indefinite length (80) without its end in reach")),
            }
        }
    };
    Ok(Element {
        id: octets.first().copied().unwrap_or_default(),
        tag: header.tag().0,
        span: Span::new(within.start, end),
        content: Span::new(start, content_end),
        length: match header.length() {
            Length::Definite(length) => Some(Declared { length, octets: used }),
            Length::Indefinite => None,
        },
        problem,
    })
}

/// How many octets the length of `length` octets of content takes in DER.
pub(super) const fn length_octets(length: usize) -> usize {
    if length < 0x80 { 1 } else { 1 + (usize::BITS - length.leading_zeros()).div_ceil(8) as usize }
}

/// Where the `00 00` stands that ends the indefinite length whose content starts `within`.
fn end_of_contents(bytes: &[u8], mut within: Span) -> Option<usize> {
    let mut open = 1;
    while open <= DEPTH {
        let octets = within.of(bytes);
        if octets.starts_with(&[0, 0]) {
            open -= 1;
            if open == 0 {
                return Some(within.start);
            }
            within.start += 2;
            continue;
        }
        let (rest, header) = Header::from_ber(octets).ok()?;
        within.start = within.end - rest.len();
        match header.length() {
            Length::Definite(length) if length <= rest.len() => within.start += length,
            Length::Definite(_) => return None,
            Length::Indefinite => open += 1,
        }
    }
    None
}

fn unreadable(at: usize, error: &Err<Error>) -> Problem {
    let (what, cite) = match error {
        Err::Incomplete(_) => {
            ("got an element that ends within its header, expected identifier and length", BER_LENGTH)
        }
        Err::Error(Error::ConstructExpected) => ("got an indefinite length on a primitive element", BER_LENGTH),
        Err::Error(Error::InvalidTag) => {
            ("got a tag number that does not end, expected one below 2^28", BER_IDENTIFIER)
        }
        _ => ("got a length that no token can have", BER_LENGTH),
    };
    Problem::new(at, what, cite)
}

/// What a primitive element holds, as its universal tag says.
fn primitive(bytes: &[u8], element: &Element) -> (Value, Option<Problem>) {
    if !element.universal() {
        return (Value::Octets(element.content), None);
    }
    match element.tag {
        0x01 | 0x02 | 0x0A => integer(bytes, element.content),
        0x06 => oid::value(bytes, element.content),
        0x0C | 0x12 | 0x13 | 0x16 | 0x1A | 0x1B => text(bytes, element.content),
        0x18 => time(bytes, element.content),
        _ => (Value::Octets(element.content), None),
    }
}

/// An INTEGER or ENUMERATED (X.690 section 8.3); octets where it doesn't fit in 64 bits.
pub(super) fn integer(bytes: &[u8], content: Span) -> (Value, Option<Problem>) {
    let octets = content.of(bytes);
    let Some(&first) = octets.first() else {
        let problem = Problem::new(content.start, "got no octets, expected an integer", Cite::new("X.690", "8.3.1"));
        return (Value::Octets(content), Some(problem));
    };
    if octets.len() > 8 {
        return (Value::Octets(content), None);
    }
    let sign = if first & 0x80 == 0 { 0 } else { -1 };
    let number = octets.iter().fold(sign, |number: i64, &octet| number << 8 | i64::from(octet));
    let padded = matches!(octets, [0x00, second, ..] if second & 0x80 == 0)
        || matches!(octets, [0xFF, second, ..] if second & 0x80 != 0);
    let problem = padded.then(|| {
        let what = format!("got {} octets, expected the fewest possible", octets.len());
        Problem::new(content.start, what, Cite::new("X.690", "8.3.2"))
    });
    (Value::Number(number), problem)
}

/// Characters: UTF-8 or what looks like it.
pub(super) fn text(bytes: &[u8], content: Span) -> (Value, Option<Problem>) {
    let text = String::from_utf8_lossy(content.of(bytes));
    let problem = matches!(text, Cow::Owned(_))
        .then(|| Problem::new(content.start, "got octets that are no UTF-8", Cite::new("RFC 4120", "5.2.1")));
    (Value::Text(text.into_owned()), problem)
}

/// A `GeneralizedTime` as Kerberos writes it: `YYYYMMDDHHMMSSZ` (RFC 4120 section 5.2.3).
pub(super) fn time(bytes: &[u8], content: Span) -> (Value, Option<Problem>) {
    let octets = content.of(bytes);
    let digits = |range: std::ops::Range<usize>| {
        let part = octets.get(range)?;
        part.iter().try_fold(0_i16, |n, c| c.is_ascii_digit().then(|| n * 10 + i16::from(c - b'0')))
    };
    let small = |at: usize| digits(at..at + 2).and_then(|n| i8::try_from(n).ok());
    let read = || {
        let time =
            jiff::civil::DateTime::new(digits(0..4)?, small(4)?, small(6)?, small(8)?, small(10)?, small(12)?, 0);
        (octets.get(14..) == Some(b"Z")).then_some(time.ok()?)
    };
    if let Some(time) = read() {
        return (Value::Time(format!("{time}Z")), None);
    }
    let problem =
        Problem::new(content.start, "got no time of the form YYYYMMDDHHMMSSZ", Cite::new("RFC 4120", "5.2.3"));
    (Value::Text(String::from_utf8_lossy(octets).into_owned()), Some(problem))
}

/// `30 (SEQUENCE)`: an identifier octet as problems name it.
pub(super) fn id_name(id: u8) -> String {
    match id >> 6 {
        0 => format!("{id:02X} ({})", universal_name(id & 0x1F)),
        1 => format!("{id:02X} ([APPLICATION {}])", id & 0x1F),
        2 => format!("{id:02X} ([{}])", id & 0x1F),
        _ => format!("{id:02X} ([PRIVATE {}])", id & 0x1F),
    }
}

fn tag_name(element: &Element) -> Cow<'static, str> {
    const CONTEXT: [&str; 16] = [
        "[0]", "[1]", "[2]", "[3]", "[4]", "[5]", "[6]", "[7]", "[8]", "[9]", "[10]", "[11]", "[12]", "[13]", "[14]",
        "[15]",
    ];
    let tag = element.tag;
    match element.id >> 6 {
        0 => u8::try_from(tag).map_or("UNIVERSAL", universal_name).into(),
        1 => format!("[APPLICATION {tag}]").into(),
        2 => CONTEXT.get(tag as usize).map_or_else(|| format!("[{tag}]").into(), |&name| name.into()),
        _ => format!("[PRIVATE {tag}]").into(),
    }
}

/// The universal types of X.680 section 8.4.
const fn universal_name(tag: u8) -> &'static str {
    match tag {
        0x00 => "end-of-contents",
        0x01 => "BOOLEAN",
        0x02 => "INTEGER",
        0x03 => "BIT STRING",
        0x04 => "OCTET STRING",
        0x05 => "NULL",
        0x06 => "OBJECT IDENTIFIER",
        0x0A => "ENUMERATED",
        0x0C => "UTF8String",
        0x0D => "RELATIVE-OID",
        0x10 => "SEQUENCE",
        0x11 => "SET",
        0x12 => "NumericString",
        0x13 => "PrintableString",
        0x14 => "T61String",
        0x16 => "IA5String",
        0x17 => "UTCTime",
        0x18 => "GeneralizedTime",
        0x1A => "VisibleString",
        0x1B => "GeneralString",
        0x1C => "UniversalString",
        0x1E => "BMPString",
        _ => "UNIVERSAL",
    }
}

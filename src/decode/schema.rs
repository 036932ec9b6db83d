//! ASN.1 types as data: the tables of SPNEGO and Kerberos read like their modules, and one function reads by them.
//!
//! Covers what those modules use: explicit context tags, SEQUENCE, SEQUENCE OF, APPLICATION tags, and OCTET STRINGs
//! that hold another token. A field is one node: explicit tag, APPLICATION tag and SEQUENCE header have none of
//! their own. A field of the wrong type is read as generic BER, with a problem.

use super::der::{self, Element, Reader, element, id_name, too_deep, trailing};
use super::tree::{Node, Problem, Value};
use crate::terms::{Cite, Span};
use std::borrow::Cow;

/// The names of numbers; empty where the standard knows none.
pub(super) type Names = fn(i64) -> &'static str;

/// A type as far as reading for display needs it.
pub(super) enum Type {
    /// OBJECT IDENTIFIER.
    Oid,
    /// INTEGER.
    Integer,
    /// INTEGER with names.
    Named(Names),
    /// ENUMERATED of one octet.
    Enumerated(Names),
    /// `GeneralString` and its kin.
    Text,
    /// `GeneralizedTime`.
    Time,
    /// BIT STRING of up to 32 bits, the most significant first.
    Bits(&'static [(u8, &'static str)]),
    /// OCTET STRING.
    Octets,
    /// OCTET STRING that logs somebody on, or may after some guessing.
    Secret,
    /// OCTET STRING that holds the token of a mechanism.
    Token,
    /// OCTET STRING that holds a MIC.
    Mic,
    /// OCTET STRING that may hold BER of unknown meaning.
    Nested,
    /// SEQUENCE of tagged fields.
    Sequence(&'static Sequence),
    /// SEQUENCE OF, with the name of each.
    SequenceOf(&'static str, &'static Type),
    /// A type behind an APPLICATION tag.
    Application(u8, &'static Type),
}

/// The fields of a SEQUENCE, tags ascending, and where it is defined.
pub(super) struct Sequence {
    pub(super) fields: &'static [Field],
    pub(super) cite: Cite,
}

/// One field with an explicit context tag.
pub(super) struct Field {
    tag: u8,
    name: &'static str,
    optional: bool,
    ty: Type,
}

/// A field that must be there.
pub(super) const fn field(tag: u8, name: &'static str, ty: Type) -> Field {
    Field { tag, name, optional: false, ty }
}

/// A field that may be there.
pub(super) const fn optional(tag: u8, name: &'static str, ty: Type) -> Field {
    Field { tag, name, optional: true, ty }
}

impl Field {
    /// Its context tag.
    pub(super) const fn tag(&self) -> u8 {
        self.tag
    }

    /// Its name in the standard.
    pub(super) const fn name(&self) -> &'static str {
        self.name
    }

    /// What it holds.
    pub(super) const fn ty(&'static self) -> &'static Type {
        &self.ty
    }
}

impl Type {
    /// The identifier octet that it starts with.
    const fn id(&self) -> u8 {
        match self {
            Self::Oid => 0x06,
            Self::Integer | Self::Named(_) => 0x02,
            Self::Enumerated(_) => 0x0A,
            Self::Text => 0x1B,
            Self::Time => 0x18,
            Self::Bits(_) => 0x03,
            Self::Octets | Self::Secret | Self::Token | Self::Mic | Self::Nested => 0x04,
            Self::Sequence(_) | Self::SequenceOf(..) => 0x30,
            Self::Application(tag, _) => 0x60 | *tag,
        }
    }

    /// Whether an element that starts with `id` can be read as this type: IAKERB writes
    /// `UTF8String` where Kerberos has `GeneralString`.
    const fn takes(&self, id: u8) -> bool {
        self.id() == id || matches!(self, Self::Text) && matches!(id, 0x0C | 0x13 | 0x16 | 0x1A)
    }

    /// Whether octets of this type that can't be read any further stay secret.
    fn is_secret(&self) -> bool {
        match self {
            Self::Secret | Self::Mic => true,
            Self::Sequence(sequence) => sequence.fields.iter().any(|field| field.ty.is_secret()),
            Self::SequenceOf(_, inner) | Self::Application(_, inner) => inner.is_secret(),
            _ => false,
        }
    }
}

impl Sequence {
    /// Whether one of its own fields is secret through and through.
    fn holds_secret(&self) -> bool {
        self.fields.iter().any(|field| matches!(field.ty, Type::Secret))
    }
}

impl Reader<'_> {
    /// Reads the one element that should fill `within` as the value of `node`.
    pub(super) fn fill(&mut self, node: &mut Node, ty: &'static Type, within: Span, cite: Cite, depth: usize) {
        match element(self.bytes, within) {
            Ok(element) => {
                let end = element.span.end;
                self.take(node, ty, &element, cite, depth);
                node.blame(trailing(end, within, cite));
            }
            Err(problem) => {
                (node.value, node.content) = (Value::Octets(within), within);
                node.secret = ty.is_secret();
                node.blame(problem);
            }
        }
    }

    /// Reads `element` as the value of `node`.
    pub(super) fn take(&mut self, node: &mut Node, ty: &'static Type, element: &Element, cite: Cite, depth: usize) {
        let content = element.content;
        node.blame(element.problem.clone());
        if node.span.start == element.span.start {
            node.content = content;
        }
        if depth >= der::DEPTH {
            (node.value, node.content) = (Value::Octets(content), content);
            node.secret = ty.is_secret();
            node.blame(too_deep(content));
            return;
        }
        if !ty.takes(element.id) {
            let what = format!("got {}, expected {}", id_name(element.id), id_name(ty.id()));
            node.blame(Problem::new(element.span.start, what, cite));
            node.secret = ty.is_secret();
            if node.secret || !element.constructed() {
                let text = matches!(ty, Type::Text).then(|| der::text(self.bytes, content).0);
                (node.value, node.content) = (text.unwrap_or(Value::Octets(content)), content);
            } else {
                node.children = self.each(content, |reader, inner| reader.generic(&inner, depth + 1));
            }
            return;
        }
        let (value, problem) = match ty {
            Type::Sequence(sequence) => return self.fields(node, sequence, content, depth + 1),
            Type::SequenceOf(name, item) => {
                node.children = self.each(content, |reader, inner| {
                    let mut child = Node::new(*name, inner.span, Value::None);
                    reader.take(&mut child, item, &inner, cite, depth + 1);
                    child
                });
                return;
            }
            Type::Application(_, inner) => return self.fill(node, inner, content, cite, depth + 1),
            Type::Oid => super::oid::value(self.bytes, content),
            Type::Integer => der::integer(self.bytes, content),
            Type::Named(names) => named(der::integer(self.bytes, content), *names),
            Type::Enumerated(names) => {
                let (value, problem) = named(der::integer(self.bytes, content), *names);
                let wrong = if content.len() > 1 {
                    Some(format!("got {} octets, expected one", content.len()))
                } else if matches!(&value, Value::Named { name, .. } if name.is_empty()) {
                    Some(format!("got {value}, expected a value that is defined"))
                } else {
                    None
                };
                (value, wrong.map(|what| Problem::new(content.start, what, cite)).or(problem))
            }
            Type::Text => der::text(self.bytes, content),
            Type::Time => der::time(self.bytes, content),
            Type::Bits(names) => {
                let (bits, problem) = bits(self.bytes, content, cite);
                let affordable = if self.spend(bits.count_ones() as usize) { bits } else { 0 };
                node.children = flags(affordable.reverse_bits(), names, |bit| content.start + 1 + usize::from(bit) / 8);
                (Value::Flags { bits, digits: 8 }, problem)
            }
            Type::Octets | Type::Secret | Type::Token | Type::Mic | Type::Nested => {
                node.children = match ty {
                    Type::Token => self.inner_token(content, depth + 1),
                    Type::Mic => self.inner_mic(content, depth + 1),
                    Type::Nested => self.inner_ber(content, depth + 1),
                    _ => None,
                }
                .into_iter()
                .collect();
                node.secret = ty.is_secret() && node.children.is_empty();
                (Value::Octets(content), None)
            }
        };
        (node.value, node.content) = (value, content);
        node.blame(problem);
    }

    /// Reads the fields of a SEQUENCE into `node`.
    pub(super) fn fields(&mut self, node: &mut Node, sequence: &'static Sequence, within: Span, depth: usize) {
        let mut next = 0;
        let mut missing: Option<(usize, &str)> = None;
        node.children = self.each(within, |reader, element| {
            let at = element.span.start;
            let (past, open) = sequence.fields.split_at(next);
            let same = |field: &&Field| element.id == 0xA0 | field.tag;
            let wrong = || {
                let what = format!("got {}, expected {}", id_name(element.id), expected(open));
                Problem::new(at, what, sequence.cite)
            };
            let expected = open.iter().position(|field| same(&field));
            let Some(field) = expected.map(|skipped| &open[skipped]).or_else(|| past.iter().find(same)) else {
                if sequence.holds_secret() {
                    return Node::new("octets", element.span, Value::Octets(element.content)).secret().with(wrong());
                }
                return reader.generic(&element, depth).with(wrong());
            };
            let mut child = Node::new(field.name, element.span, Value::None);
            child.content = element.content;
            if let Some(skipped) = expected {
                next += skipped + 1;
                missing = missing.or_else(|| required(&open[..skipped]).map(|name| (at, name)));
            } else {
                child.blame(wrong());
            }
            child.blame(element.problem);
            reader.fill(&mut child, &field.ty, element.content, sequence.cite, depth + 1);
            child
        });
        if let Some(last) = node.children.last_mut().filter(|last| last.name == "octets") {
            last.secret |= sequence.holds_secret();
        }
        let missing = missing.or_else(|| required(&sequence.fields[next..]).map(|name| (within.end, name)));
        node.blame(missing.map(|(at, name)| Problem::new(at, format!("got no {name}, expected one"), sequence.cite)));
    }

    /// Any BER that exactly fills `content`.
    pub(super) fn inner_ber(&mut self, content: Span, depth: usize) -> Option<Node> {
        let element = element(self.bytes, content).ok()?;
        let fits = element.constructed() && element.problem.is_none() && element.span == content;
        (fits && self.spend(1)).then(|| self.generic(&element, depth))
    }
}

/// One child for each bit of `bits`, counted from the least significant, that is set; its octet is at `at(bit)`.
pub(super) fn flags(bits: u32, names: &[(u8, &'static str)], at: impl Fn(u8) -> usize) -> Vec<Node> {
    (0..32_u8)
        .filter(|bit| bits & 1 << bit != 0)
        .map(|bit| {
            let name = names.iter().find(|(number, _)| *number == bit);
            let name = name.map_or_else(|| Cow::Owned(format!("bit {bit}")), |(_, name)| Cow::Borrowed(*name));
            Node::new(name, Span::new(at(bit), at(bit) + 1), Value::None)
        })
        .collect()
}

fn required(fields: &'static [Field]) -> Option<&'static str> {
    fields.iter().find(|field| !field.optional).map(|field| field.name)
}

fn expected(fields: &[Field]) -> String {
    match fields {
        [] => "the end".to_owned(),
        [first, ..] => format!("{} or a later field", first.name),
    }
}

fn named((value, problem): (Value, Option<Problem>), names: Names) -> (Value, Option<Problem>) {
    match value {
        Value::Number(number) => (Value::Named { name: names(number).into(), number }, problem),
        other => (other, problem),
    }
}

/// The content of a BIT STRING as a number whose most significant bit is bit 0 (X.690 section 8.6.2).
fn bits(bytes: &[u8], content: Span, cite: Cite) -> (u32, Option<Problem>) {
    let octets = content.of(bytes);
    let bits =
        octets.iter().skip(1).take(4).zip([24, 16, 8, 0]).fold(0, |bits, (&o, shift)| bits | u32::from(o) << shift);
    let problem = match octets {
        [] => Some("got no octets, expected the count of unused bits".to_owned()),
        [unused, ..] if *unused > 7 => Some(format!("got {unused} unused bits, expected at most 7")),
        [_, rest @ ..] if rest.len() > 4 => Some(format!("got {} octets of bits, expected 4", rest.len())),
        _ => None,
    };
    (bits, problem.map(|what| Problem::new(content.start, what, cite)))
}

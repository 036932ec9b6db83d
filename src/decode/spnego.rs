//! SPNEGO: the GSS frame (RFC 2743 section 3.1), `NegTokenInit` and `NegTokenResp` (RFC 4178 section 4.2), `NegTokenInit2`
//! with its hints (MS-SPNG section 2.2.1).

use super::der::{Element, Reader, element, id_name, trailing};
use super::oid;
use super::schema::{Sequence, Type, field, optional};
use super::tree::{Kind, Mech, Node, Problem, Value};
use crate::terms::{Cite, Span};

const FRAME: Cite = Cite::new("RFC 2743", "3.1");
const CHOICE: Cite = Cite::new("RFC 4178", "4.2");
const INIT: Cite = Cite::new("RFC 4178", "4.2.1");
const RESP: Cite = Cite::new("RFC 4178", "4.2.2");
const INIT2: Cite = Cite::new("MS-SPNG", "2.2.1");

/// Bit 0 is the most significant (RFC 4178 section 4.2.1).
pub(super) const CONTEXT_FLAGS: &[(u8, &str)] = &[
    (0, "delegFlag"),
    (1, "mutualFlag"),
    (2, "replayFlag"),
    (3, "sequenceFlag"),
    (4, "anonFlag"),
    (5, "confFlag"),
    (6, "integFlag"),
];

static NEG_TOKEN_INIT: Sequence = Sequence {
    cite: INIT,
    fields: &[
        field(0, "mechTypes", Type::SequenceOf("MechType", &Type::Oid)),
        optional(1, "reqFlags", Type::Bits(CONTEXT_FLAGS)),
        optional(2, "mechToken", Type::Token),
        optional(3, "mechListMIC", Type::Mic),
    ],
};

static NEG_TOKEN_INIT2: Sequence = Sequence {
    cite: INIT2,
    fields: &[
        optional(0, "mechTypes", Type::SequenceOf("MechType", &Type::Oid)),
        optional(1, "reqFlags", Type::Bits(CONTEXT_FLAGS)),
        optional(2, "mechToken", Type::Token),
        optional(3, "negHints", Type::Sequence(&NEG_HINTS)),
        optional(4, "mechListMIC", Type::Mic),
    ],
};

static NEG_HINTS: Sequence =
    Sequence { cite: INIT2, fields: &[optional(0, "hintName", Type::Text), optional(1, "hintAddress", Type::Octets)] };

static NEG_TOKEN_RESP: Sequence = Sequence {
    cite: RESP,
    fields: &[
        optional(0, "negState", Type::Enumerated(neg_state)),
        optional(1, "supportedMech", Type::Oid),
        optional(2, "responseToken", Type::Token),
        optional(3, "mechListMIC", Type::Mic),
    ],
};

/// All that a negotiation token may be.
pub(super) static SEQUENCES: [&Sequence; 3] = [&NEG_TOKEN_INIT, &NEG_TOKEN_INIT2, &NEG_TOKEN_RESP];

/// The fields of the negotiation token of that name.
pub(super) fn sequence(name: &str) -> Option<&'static Sequence> {
    let kinds = [Kind::NegTokenInit, Kind::NegTokenInit2, Kind::NegTokenResp];
    kinds.iter().position(|kind| kind.name() == name).map(|place| SEQUENCES[place])
}

pub(super) const fn neg_state(number: i64) -> &'static str {
    match number {
        0 => "accept-completed",
        1 => "accept-incomplete",
        2 => "reject",
        3 => "request-mic",
        _ => "",
    }
}

impl Reader<'_> {
    /// A token in the GSS frame: `60`, length, the mechanism's object identifier, and what that mechanism defines.
    pub(super) fn frame(&mut self, frame: Element, span: Span, depth: usize) -> (Kind, Node) {
        let mut root = Node::new("InitialContextToken", span, Value::None);
        root.content = frame.content;
        root.blame(frame.problem);
        root.blame(trailing(frame.span.end, span, FRAME));
        let Ok(this_mech) = element(self.bytes, frame.content) else {
            root.blame(Problem::new(frame.content.start, "got no mechanism, expected 06 (OBJECT IDENTIFIER)", FRAME));
            root.value = Value::Octets(frame.content);
            return (Kind::Ber, root);
        };
        if this_mech.id != 0x06 {
            let what = format!("got {}, expected {}", id_name(this_mech.id), id_name(0x06));
            root.blame(Problem::new(this_mech.span.start, what, FRAME));
            root.children = self.each(frame.content, |reader, inner| reader.generic(&inner, depth + 1));
            return (Kind::Ber, root);
        }
        let mech = Mech::from_oid(self.of(this_mech.content));
        let rest = Span::new(this_mech.span.end, frame.content.end);
        let mut name = Node::new("thisMech", this_mech.span, Value::None);
        name.content = this_mech.content;
        name.blame(this_mech.problem);
        let (value, problem) = oid::value(self.bytes, this_mech.content);
        name.value = value;
        name.blame(problem);
        root.children.push(name);
        if rest.is_empty() {
            root.blame(Problem::new(rest.start, "got no innerContextToken, expected one", FRAME));
            return (Kind::Ber, root);
        }
        let (kind, inner) = match mech {
            Some(Mech::Spnego) => {
                let (kind, inner) = self.negotiation_token(rest, depth + 1);
                (kind, vec![inner])
            }
            Some(Mech::Ntlmssp | Mech::NegoEx | Mech::LateFallback) | None => self.known(rest, depth + 1).map_or_else(
                || {
                    let mut octets = Node::octets("innerContextToken", rest);
                    octets.children.extend(self.inner_ber(rest, depth + 1));
                    (Kind::Unknown, vec![octets])
                },
                |(kind, inner)| (kind, vec![inner]),
            ),
            Some(_) => self.kerberos(rest, depth + 1),
        };
        root.children.extend(inner);
        (kind, root)
    }

    /// The CHOICE of RFC 4178 section 4.2, which should fill `span`.
    pub(super) fn negotiation_token(&mut self, span: Span, depth: usize) -> (Kind, Node) {
        let choice = match element(self.bytes, span) {
            Ok(choice) => choice,
            Err(problem) => return (Kind::Unknown, Node::octets("NegotiationToken", span).with(problem)),
        };
        let (kind, sequence) = match choice.id {
            0xA0 if self.has_hints(choice.content) => (Kind::NegTokenInit2, &NEG_TOKEN_INIT2),
            0xA0 => (Kind::NegTokenInit, &NEG_TOKEN_INIT),
            0xA1 => (Kind::NegTokenResp, &NEG_TOKEN_RESP),
            id => {
                let what = format!("got {}, expected {} or {}", id_name(id), id_name(0xA0), id_name(0xA1));
                let mut node = Node::new("NegotiationToken", span, Value::None);
                node.blame(Problem::new(span.start, what, CHOICE));
                node.children = self.each(span, |reader, inner| reader.generic(&inner, depth + 1));
                return (Kind::Ber, node);
            }
        };
        let mut node = Node::new(kind.name(), span, Value::None);
        node.content = choice.content;
        node.blame(choice.problem);
        match element(self.bytes, choice.content) {
            Ok(bare) if matches!(bare.id, 0xA0..=0xA4) => {
                let what = format!("got {}, expected {}: the SEQUENCE is missing", id_name(bare.id), id_name(0x30));
                node.blame(Problem::new(bare.span.start, what, sequence.cite));
                self.fields(&mut node, sequence, choice.content, depth + 1);
            }
            Ok(body) if body.id == 0x30 => {
                node.blame(body.problem);
                self.fields(&mut node, sequence, body.content, depth + 2);
                node.blame(trailing(body.span.end, choice.content, sequence.cite));
            }
            _ => {
                let what = format!("got something else, expected {}", id_name(0x30));
                node.blame(Problem::new(choice.content.start, what, sequence.cite));
                node.children = self.each(choice.content, |reader, inner| reader.generic(&inner, depth + 1));
            }
        }
        node.blame(trailing(choice.span.end, span, CHOICE));
        judge(&mut node);
        (kind, node)
    }

    /// `NegTokenInit2` shares its tag with `NegTokenInit`: it has a SEQUENCE in `[3]`, or a `[4]`.
    fn has_hints(&self, content: Span) -> bool {
        let Ok(body) = element(self.bytes, content) else { return false };
        let mut rest = if body.id == 0x30 { body.content } else { content };
        while let Ok(field) = element(self.bytes, rest) {
            match field.id {
                0xA3 => return self.of(field.content).first() == Some(&0x30),
                0xA4 => return true,
                _ => rest.start = field.span.end,
            }
        }
        false
    }
}

/// What the types alone don't say.
fn judge(node: &mut Node) {
    for child in &mut node.children {
        if child.name == "mechTypes" && child.children.is_empty() {
            child.blame(Problem::new(child.content.start, "got an empty list, expected at least one mechanism", INIT));
        }
        let address = child.children.iter_mut().find(|inner| inner.name == "hintAddress");
        if let Some(address) = address {
            address.blame(Problem::new(address.span.start, "got a hintAddress, expected none", INIT2));
        }
    }
}

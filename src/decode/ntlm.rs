//! NTLM messages (MS-NLMP section 2.2.1): fixed headers whose descriptors say where the payload stands.
//!
//! All numbers are little-endian; offsets count from the start of the message. Nothing is read at a fixed payload
//! offset: where the payload begins tells whether `Version` and `MIC` are there. A descriptor that points outside the
//! message, into its header or into another field's octets is a problem of the descriptor, and has no payload node,
//! so that siblings never overlap.

use super::der::{Reader, too_many};
use super::schema::flags;
use super::tree::{Kind, Node, Problem, Value};
use crate::terms::{Cite, Span};

/// What every NTLM message begins with.
pub(super) const SIGNATURE: &[u8; 8] = b"NTLMSSP\0";

const MESSAGE: Cite = Cite::new("MS-NLMP", "2.2.1");
const NEGOTIATE: Cite = Cite::new("MS-NLMP", "2.2.1.1");
const CHALLENGE: Cite = Cite::new("MS-NLMP", "2.2.1.2");
const AUTHENTICATE: Cite = Cite::new("MS-NLMP", "2.2.1.3");
const AV_PAIR: Cite = Cite::new("MS-NLMP", "2.2.2.1");
const NTLMV2_RESPONSE: Cite = Cite::new("MS-NLMP", "2.2.2.7");

/// Nodes that a message makes at most, AV pairs apart.
pub(super) const NODES: usize = 100;

/// The octets of a v1 response; v2 has more (MS-NLMP sections 2.2.2.6 and 2.2.2.8).
const V1_RESPONSE: usize = 24;

/// One part of a header, in the order of the octets.
#[derive(Clone, Copy)]
enum Part {
    /// `Len`, `MaxLen` and `BufferOffset` of a payload field: the descriptor's name, the field's name.
    Fields(&'static str, &'static str),
    Flags,
    Octets(&'static str, usize),
    Version,
    Mic,
}

/// How a message is laid out; parts from `optional` on are there only if the payload begins behind them.
struct Layout {
    name: &'static str,
    cite: Cite,
    parts: &'static [Part],
    optional: usize,
}

static NEGOTIATE_MESSAGE: Layout = Layout {
    name: "NEGOTIATE_MESSAGE",
    cite: NEGOTIATE,
    parts: &[
        Part::Flags,
        Part::Fields("DomainNameFields", "DomainName"),
        Part::Fields("WorkstationFields", "Workstation"),
        Part::Version,
    ],
    optional: 3,
};

static CHALLENGE_MESSAGE: Layout = Layout {
    name: "CHALLENGE_MESSAGE",
    cite: CHALLENGE,
    parts: &[
        Part::Fields("TargetNameFields", "TargetName"),
        Part::Flags,
        Part::Octets("ServerChallenge", 8),
        Part::Octets("Reserved", 8),
        Part::Fields("TargetInfoFields", "TargetInfo"),
        Part::Version,
    ],
    optional: 3,
};

static AUTHENTICATE_MESSAGE: Layout = Layout {
    name: "AUTHENTICATE_MESSAGE",
    cite: AUTHENTICATE,
    parts: &[
        Part::Fields("LmChallengeResponseFields", "LmChallengeResponse"),
        Part::Fields("NtChallengeResponseFields", "NtChallengeResponse"),
        Part::Fields("DomainNameFields", "DomainName"),
        Part::Fields("UserNameFields", "UserName"),
        Part::Fields("WorkstationFields", "Workstation"),
        Part::Fields("EncryptedRandomSessionKeyFields", "EncryptedRandomSessionKey"),
        Part::Flags,
        Part::Version,
        Part::Mic,
    ],
    optional: 5,
};

/// The bits of `NegotiateFlags` (MS-NLMP section 2.2.2.5).
pub(super) const NEGOTIATE_FLAGS: &[(u8, &str)] = &[
    (0, "NTLMSSP_NEGOTIATE_UNICODE"),
    (1, "NTLM_NEGOTIATE_OEM"),
    (2, "NTLMSSP_REQUEST_TARGET"),
    (4, "NTLMSSP_NEGOTIATE_SIGN"),
    (5, "NTLMSSP_NEGOTIATE_SEAL"),
    (6, "NTLMSSP_NEGOTIATE_DATAGRAM"),
    (7, "NTLMSSP_NEGOTIATE_LM_KEY"),
    (9, "NTLMSSP_NEGOTIATE_NTLM"),
    (11, "anonymous"),
    (12, "NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED"),
    (13, "NTLMSSP_NEGOTIATE_OEM_WORKSTATION_SUPPLIED"),
    (15, "NTLMSSP_NEGOTIATE_ALWAYS_SIGN"),
    (16, "NTLMSSP_TARGET_TYPE_DOMAIN"),
    (17, "NTLMSSP_TARGET_TYPE_SERVER"),
    (19, "NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY"),
    (20, "NTLMSSP_NEGOTIATE_IDENTIFY"),
    (22, "NTLMSSP_REQUEST_NON_NT_SESSION_KEY"),
    (23, "NTLMSSP_NEGOTIATE_TARGET_INFO"),
    (25, "NTLMSSP_NEGOTIATE_VERSION"),
    (29, "NTLMSSP_NEGOTIATE_128"),
    (30, "NTLMSSP_NEGOTIATE_KEY_EXCH"),
    (31, "NTLMSSP_NEGOTIATE_56"),
];

/// The bits of `MsvAvFlags` (MS-NLMP section 2.2.2.1), which have no names there.
pub(super) const AV_FLAGS: &[(u8, &str)] =
    &[(0, "account authentication is constrained"), (1, "MIC present"), (2, "target name from an untrusted source")];

/// AV pairs by their id (MS-NLMP section 2.2.2.1).
pub(super) const AV_NAMES: [&str; 11] = [
    "MsvAvEOL",
    "MsvAvNbComputerName",
    "MsvAvNbDomainName",
    "MsvAvDnsComputerName",
    "MsvAvDnsDomainName",
    "MsvAvDnsTreeName",
    "MsvAvFlags",
    "MsvAvTimestamp",
    "MsvAvSingleHost",
    "MsvAvTargetName",
    "MsvAvChannelBindings",
];

/// What an `NTLMv2_CLIENT_CHALLENGE` begins with (MS-NLMP section 2.2.2.7).
const CLIENT_CHALLENGE: [(&str, usize); 7] = [
    ("RespType", 1),
    ("HiRespType", 1),
    ("Reserved1", 2),
    ("Reserved2", 4),
    ("TimeStamp", 8),
    ("ChallengeFromClient", 8),
    ("Reserved3", 4),
];

/// What a descriptor points to.
struct Payload {
    name: &'static str,
    /// Where the descriptor's node stands among the children.
    fields: usize,
    length: usize,
    /// From the start of the message.
    offset: usize,
}

/// What the header says about the rest.
struct Header {
    payloads: Vec<Payload>,
    unicode: bool,
}

impl Reader<'_> {
    /// The message that should fill `span`, which starts with [`SIGNATURE`] or a part of it.
    pub(super) fn ntlm(&mut self, span: Span) -> (Kind, Node) {
        let Some(kind) = self.u32_at(span.start + 8, span) else {
            let what = format!("got {} octets, expected at least 12", span.len());
            return (Kind::Ntlm, Node::octets("NTLM message", span).with(Problem::new(span.end, what, MESSAGE)));
        };
        let mut head = self.message_head(kind, span);
        let layout = match kind {
            1 => &NEGOTIATE_MESSAGE,
            2 => &CHALLENGE_MESSAGE,
            3 => &AUTHENTICATE_MESSAGE,
            _ => {
                let what = format!("got MessageType {kind}, expected 1, 2 or 3");
                head[1].blame(Problem::new(span.start + 8, what, MESSAGE));
                // It may hold responses all the same.
                let rest = Node::octets("octets", Span::new(span.start + 12, span.end)).secret();
                let mut node = Node::new("NTLM message", span, Value::None);
                node.children.extend(head.into_iter().chain([rest]));
                return (Kind::Ntlm, node);
            }
        };
        let mut node = Node::new(layout.name, span, Value::None);
        node.children.reserve(2 * layout.parts.len() + 2);
        node.children.extend(head);
        let mut header = Header { unicode: false, payloads: Vec::with_capacity(6) };
        let mut at = span.start + 12;
        let mut payload = span.len();
        for (index, part) in layout.parts.iter().enumerate() {
            let length = match part {
                Part::Flags => 4,
                Part::Fields(..) | Part::Version => 8,
                Part::Octets(_, length) => *length,
                Part::Mic => 16,
            };
            let end = at + length;
            if index >= layout.optional && end - span.start > payload {
                break;
            }
            if end > span.end {
                let what = format!("got {} octets, expected {} more for the header", span.len(), end - span.end);
                node.blame(Problem::new(span.end, what, layout.cite));
                break;
            }
            let child = self.header_part(*part, Span::new(at, end), node.children.len(), &mut header, layout);
            if let (Part::Fields(..), Some(field @ Payload { length: 1.., .. })) = (part, header.payloads.last()) {
                payload = payload.min(field.offset);
            }
            node.children.push(child);
            at = end;
        }
        self.payloads(&mut node, header, at, layout);
        (Kind::Ntlm, node)
    }

    /// `Signature` and `MessageType`.
    fn message_head(&self, kind: u32, span: Span) -> [Node; 2] {
        let at = |from, to| Span::new(span.start + from, span.start + to);
        let text = String::from_utf8_lossy(self.of(at(0, 8))).into_owned();
        let mut signature = Node::new("Signature", at(0, 8), Value::Text(text));
        if self.of(at(0, 8)) != SIGNATURE {
            signature.blame(Problem::new(span.start + 7, "got another octet, expected 00 behind NTLMSSP", MESSAGE));
        }
        let number = kind.into();
        let name = message_type(number).into();
        [signature, Node::new("MessageType", at(8, 12), Value::Named { name, number })]
    }

    fn header_part(&self, part: Part, span: Span, index: usize, header: &mut Header, layout: &Layout) -> Node {
        match part {
            Part::Fields(fields, name) => {
                let [length, max] = [0, 2].map(|at| self.u16_at(span.start + at, span).unwrap_or_default());
                let offset = self.u32_at(span.start + 4, span).unwrap_or_default();
                let mut node = Node::new(fields, span, Value::None);
                node.children = vec![
                    Node::new("Len", Span::new(span.start, span.start + 2), Value::Number(length.into())),
                    Node::new("MaxLen", Span::new(span.start + 2, span.start + 4), Value::Number(max.into())),
                    Node::new("BufferOffset", Span::new(span.start + 4, span.end), Value::Number(offset.into())),
                ];
                header.payloads.push(Payload { name, fields: index, length: length.into(), offset: offset as usize });
                node
            }
            Part::Flags => {
                let bits = self.u32_at(span.start, span).unwrap_or_default();
                header.unicode = bits & 1 != 0 && layout.name != NEGOTIATE_MESSAGE.name;
                let mut node = Node::new("NegotiateFlags", span, Value::Flags { bits, digits: 8 });
                node.children = flags(bits, NEGOTIATE_FLAGS, |bit| span.start + usize::from(bit) / 8);
                node
            }
            Part::Octets(name, _) => Node::octets(name, span),
            Part::Version => {
                let text = match self.of(span) {
                    [major, minor, low, high, .., revision] => {
                        format!("{major}.{minor}.{} rev {revision}", u16::from_le_bytes([*low, *high]))
                    }
                    _ => String::new(),
                };
                Node::new("Version", span, Value::Text(text))
            }
            Part::Mic => Node::octets("MIC", span).secret(),
        }
    }

    /// Reads what the descriptors point to, in the order of the octets; `header` ends at `at`.
    fn payloads(&mut self, node: &mut Node, header: Header, mut at: usize, layout: &Layout) {
        let message = node.span;
        let Header { mut payloads, unicode } = header;
        payloads.retain(|field| field.length > 0);
        payloads.sort_by_key(|field| field.offset);
        for field in payloads {
            let start = message.start.saturating_add(field.offset);
            let end = start.saturating_add(field.length);
            let (offset, length) = (field.offset, field.length);
            let what = if start < at {
                Some(format!(
                    "got offset {offset}, expected at least {}, where the octets are free",
                    at - message.start
                ))
            } else if end > message.end {
                let size = message.len();
                Some(format!("got {length} octets at {offset}, expected them within the {size} of the message"))
            } else {
                None
            };
            if let Some((what, fields)) = what.zip(node.children.get_mut(field.fields)) {
                fields.blame(Problem::new(fields.span.start, what, layout.cite));
            }
            if start < at || start >= message.end {
                continue;
            }
            let span = Span::new(start, end.min(message.end));
            node.children.extend(self.gap(Span::new(at, start), layout));
            node.children.push(self.payload(field.name, span, unicode));
            at = span.end;
        }
        node.children.extend(self.gap(Span::new(at, message.end), layout));
        if promises_mic(node) && node.child("MIC").is_none() {
            let what = "got MsvAvFlags that announce a MIC, and a payload that leaves no room for it";
            node.blame(Problem::new(at.min(message.start + 72), what, AUTHENTICATE));
        }
    }

    fn payload(&mut self, name: &'static str, span: Span, unicode: bool) -> Node {
        match name {
            "TargetInfo" => {
                let (mut node, rest) = self.av_pairs(name, span);
                node.children.extend(self.behind_pairs("octets", rest));
                (node.span, node.content) = (span, span);
                node
            }
            "NtChallengeResponse" => self.nt_response(span),
            "LmChallengeResponse" => {
                let mut node = Node::octets(name, span);
                node.secret = self.of(span).iter().any(|&octet| octet != 0);
                node
            }
            "EncryptedRandomSessionKey" => Node::octets(name, span).secret(),
            _ if unicode => self.utf16(name, span, span),
            _ => Node::new(name, span, Value::Text(String::from_utf8_lossy(self.of(span)).into_owned())),
        }
    }

    /// `NTLM_RESPONSE` of 24 octets, or `NTLMv2_RESPONSE` (MS-NLMP sections 2.2.2.6 to 2.2.2.8).
    fn nt_response(&mut self, span: Span) -> Node {
        let mut node = Node::new("NtChallengeResponse", span, Value::Octets(span));
        if span.len() <= V1_RESPONSE {
            let mut response = Node::octets("NTLM_RESPONSE", span).secret();
            if span.len() < V1_RESPONSE {
                let what = format!("got {} octets, expected 24, or at least 44", span.len());
                response.blame(Problem::new(span.start, what, Cite::new("MS-NLMP", "2.2.2.6")));
            }
            node.children.push(response);
            return node;
        }
        let proof = Span::new(span.start, span.start + 16);
        let blob = Span::new(proof.end, span.end);
        let mut client = Node::new("NTLMv2_CLIENT_CHALLENGE", blob, Value::None);
        let mut at = blob.start;
        for (name, length) in CLIENT_CHALLENGE {
            let field = Span::new(at, at + length);
            if field.end > blob.end {
                let what = format!("got {} octets, expected at least 28", blob.len());
                client.blame(Problem::new(blob.end, what, NTLMV2_RESPONSE));
                break;
            }
            client.children.push(match name {
                "RespType" | "HiRespType" => {
                    let number = self.of(field).first().copied().unwrap_or_default();
                    let node = Node::new(name, field, Value::Number(number.into()));
                    let what = || format!("got {number}, expected 1");
                    if number == 1 { node } else { node.with(Problem::new(at, what(), NTLMV2_RESPONSE)) }
                }
                "TimeStamp" => self.file_time(name, field, field),
                _ => Node::octets(name, field),
            });
            at = field.end;
        }
        if at < blob.end {
            let (pairs, rest) = self.av_pairs("AvPairs", Span::new(at, blob.end));
            client.children.push(pairs);
            // Four octets that MS-NLMP section 3.3.2 calls Z(4).
            client.children.extend(self.behind_pairs("Z(4)", rest));
        }
        node.children = vec![Node::octets("NTProofStr", proof).secret(), client];
        node
    }

    /// AV pairs up to and including the one that ends the list, and the octets behind it.
    fn av_pairs(&mut self, name: &'static str, span: Span) -> (Node, Span) {
        let mut pairs = Vec::with_capacity(10);
        let mut problem = None;
        let mut rest = span;
        let mut ended = false;
        while !ended && !rest.is_empty() {
            let at = rest.start;
            let Some((id, length)) = self.u16_at(at, rest).zip(self.u16_at(at + 2, rest)) else {
                let what = format!("got {} octets, expected AvId and AvLen", rest.len());
                problem = Some(Problem::new(at, what, AV_PAIR));
                break;
            };
            // Flags have a node for each bit.
            if !self.spend(if id == 6 { 33 } else { 1 }) {
                problem = Some(too_many(rest));
                break;
            }
            let end = at + 4 + usize::from(length);
            let mut pair = self.av_pair(id, Span::new(at, end.min(span.end)));
            if end > span.end {
                let what = format!("got AvLen {length}, expected at most the {} octets that are left", rest.len() - 4);
                pair.blame(Problem::new(at + 2, what, AV_PAIR));
            }
            rest = Span::new(pair.span.end, span.end);
            pairs.push(pair);
            ended = id == 0;
        }
        if !ended {
            problem
                .get_or_insert_with(|| Problem::new(rest.start, "got no MsvAvEOL, expected one at the end", AV_PAIR));
        }
        let mut node = Node::new(name, Span::new(span.start, rest.start), Value::None);
        node.children = pairs;
        node.blame(problem);
        (node, rest)
    }

    /// What stands behind the AV pairs: zeros, or else a problem.
    fn behind_pairs(&self, name: &'static str, rest: Span) -> Option<Node> {
        let mut node = (!rest.is_empty()).then(|| Node::octets(name, rest))?;
        if self.of(rest).iter().any(|&octet| octet != 0) {
            node.blame(Problem::new(rest.start, "got octets behind MsvAvEOL, expected none", AV_PAIR));
        }
        Some(node)
    }

    fn av_pair(&self, id: u16, span: Span) -> Node {
        let content = Span::new(span.start + 4, span.end);
        let expected = |length: usize| {
            let what = format!("got {} octets, expected {length}", content.len());
            (content.len() != length).then(|| Problem::new(span.start + 2, what, AV_PAIR))
        };
        let mut node = match id {
            0 => {
                let mut end = Node::new("MsvAvEOL", span, Value::None);
                end.blame(expected(0));
                end
            }
            1 => self.utf16("MsvAvNbComputerName", span, content),
            2 => self.utf16("MsvAvNbDomainName", span, content),
            3 => self.utf16("MsvAvDnsComputerName", span, content),
            4 => self.utf16("MsvAvDnsDomainName", span, content),
            5 => self.utf16("MsvAvDnsTreeName", span, content),
            6 => match self.u32_at(content.start, content) {
                Some(bits) if content.len() == 4 => {
                    let mut node = Node::new("MsvAvFlags", span, Value::Flags { bits, digits: 8 });
                    node.children = flags(bits, AV_FLAGS, |bit| content.start + usize::from(bit) / 8);
                    node
                }
                _ => {
                    let mut node = Node::new("MsvAvFlags", span, Value::Octets(content));
                    node.blame(expected(4));
                    node
                }
            },
            7 => self.file_time("MsvAvTimestamp", span, content),
            8 => Node::new("MsvAvSingleHost", span, Value::Octets(content)),
            9 => self.utf16("MsvAvTargetName", span, content),
            10 => {
                let mut node = Node::new("MsvAvChannelBindings", span, Value::Octets(content));
                node.blame(expected(16));
                node
            }
            _ => {
                let problem = Problem::new(span.start, format!("got AvId {id}, expected 0 to 10"), AV_PAIR);
                Node::new(format!("AvId {id:#06x}"), span, Value::Octets(content)).with(problem)
            }
        };
        node.content = content;
        node
    }

    /// UTF-16, little-endian, without an end mark.
    fn utf16(&self, name: &'static str, span: Span, content: Span) -> Node {
        let octets = self.of(content);
        let units = octets.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        let mut lone = false;
        let text = char::decode_utf16(units)
            .map(|read| {
                lone |= read.is_err();
                read.unwrap_or(char::REPLACEMENT_CHARACTER)
            })
            .collect();
        let mut node = Node::new(name, span, Value::Text(text));
        node.content = content;
        if octets.len() % 2 == 1 {
            let what = format!("got {} octets, expected an even number for UTF-16", octets.len());
            node.blame(Problem::new(content.start, what, MESSAGE));
        } else if lone {
            node.blame(Problem::new(content.start, "got half a surrogate pair, expected UTF-16", MESSAGE));
        }
        node
    }

    /// A FILETIME: 100 ns since 1601-01-01 (MS-DTYP section 2.3.3).
    fn file_time(&self, name: &'static str, span: Span, content: Span) -> Node {
        /// Seconds from 1601-01-01 to 1970-01-01.
        const EPOCH: i64 = 11_644_473_600;
        let ticks = <[u8; 8]>::try_from(self.of(content)).map(u64::from_le_bytes);
        let time = ticks.ok().and_then(|ticks| {
            let seconds = i64::try_from(ticks / 10_000_000).ok()? - EPOCH;
            let nanoseconds = i32::try_from(ticks % 10_000_000 * 100).ok()?;
            jiff::Timestamp::new(seconds, nanoseconds).ok()
        });
        let Some(time) = time else {
            let problem = Problem::new(content.start, "got no FILETIME before the year 10000", AV_PAIR);
            return Node::new(name, span, Value::Octets(content)).with(problem);
        };
        let mut node = Node::new(name, span, Value::Time(time.to_string()));
        node.content = content;
        node
    }

    /// Octets that no descriptor points to: padding where they are zero.
    fn gap(&self, span: Span, layout: &Layout) -> Option<Node> {
        if span.is_empty() {
            return None;
        }
        let mut node = Node::octets("padding", span);
        if self.of(span).iter().all(|&octet| octet == 0) {
            return Some(node);
        }
        let what = format!("got {} octets that no field points to, expected none", span.len());
        // They may be a response that a broken descriptor misses.
        node.secret = layout.name == AUTHENTICATE_MESSAGE.name;
        Some(node.with(Problem::new(span.start, what, layout.cite)))
    }

    /// Two octets at `at`, the low one first, if they stand within `within`.
    pub(super) fn u16_at(&self, at: usize, within: Span) -> Option<u16> {
        let octets = self.of(within).get(at.checked_sub(within.start)?..)?;
        octets.first_chunk().copied().map(u16::from_le_bytes)
    }

    /// Four octets at `at`, the low one first, if they stand within `within`.
    pub(super) fn u32_at(&self, at: usize, within: Span) -> Option<u32> {
        let octets = self.of(within).get(at.checked_sub(within.start)?..)?;
        octets.first_chunk().copied().map(u32::from_le_bytes)
    }
}

/// MS-NLMP section 2.2.1.
pub(super) const fn message_type(number: i64) -> &'static str {
    match number {
        1 => "NtLmNegotiate",
        2 => "NtLmChallenge",
        3 => "NtLmAuthenticate",
        _ => "",
    }
}

/// Every name that a field or a flag can have.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    const OTHERS: [&str; 6] = ["Signature", "MessageType", "Len", "MaxLen", "BufferOffset", "NTProofStr"];
    let layouts = [&NEGOTIATE_MESSAGE, &CHALLENGE_MESSAGE, &AUTHENTICATE_MESSAGE].into_iter();
    let parts = layouts.flat_map(|layout| layout.parts).flat_map(|part| match part {
        Part::Fields(fields, name) => [fields, *name],
        Part::Flags => ["NegotiateFlags"; 2],
        Part::Octets(name, _) => [*name; 2],
        Part::Version => ["Version"; 2],
        Part::Mic => ["MIC"; 2],
    });
    let flags = NEGOTIATE_FLAGS.iter().chain(AV_FLAGS).map(|(_, name)| *name);
    parts.chain(flags).chain(AV_NAMES).chain(CLIENT_CHALLENGE.map(|(name, _)| name)).chain(OTHERS)
}

/// Whether the flags of an `NTLMv2` response announce a MIC (MS-NLMP section 3.1.5.1.2).
fn promises_mic(message: &Node) -> bool {
    let response = message.child("NtChallengeResponse");
    let flags = response.and_then(|response| response.find("MsvAvFlags"));
    flags.is_some_and(|flags| matches!(flags.value, Value::Flags { bits, .. } if bits & 2 != 0))
}

//! What `GSS_GetMIC` and `GSS_Wrap` make, and what stands within: RFC 4121 section 4.2.6, RFC 1964 section 1.2, NTLM
//! signatures (MS-NLMP section 2.2.2.9), and the four octets of RFC 2222 section 7.2.
//!
//! The rotation of RFC 4121 is undone in meaning only: checksum and plaintext are named where they stand. Whether
//! NTLM sealed a message can't be seen: octets that make no sense as the four octets are taken for sealed.

use super::der::{Reader, trailing};
use super::schema::flags;
use super::tree::{Kind, Mech, Node, Problem, Reading, Value};
use crate::terms::{Cite, Party, Span};

const MIC: Cite = Cite::new("RFC 4121", "4.2.6.1");
const WRAP: Cite = Cite::new("RFC 4121", "4.2.6.2");
const WRAP_RRC: Cite = Cite::new("RFC 4121", "4.2.5");
const OLD: Cite = Cite::new("RFC 1964", "1.2");
const LAYER: Cite = Cite::new("RFC 2222", "7.2");

/// RFC 4121 section 4.2.2.
pub(super) const FLAGS: &[(u8, &str)] = &[(0, "SentByAcceptor"), (1, "Sealed"), (2, "AcceptorSubkey")];

/// RFC 4752 section 3.3.
pub(super) const LAYERS: &[(u8, &str)] =
    &[(0, "no security layer"), (1, "integrity protection"), (2, "confidentiality protection")];

/// Every name that a field can have.
pub(super) const NAMES: [&str; 12] = [
    "TOK_ID",
    "Flags",
    "Filler",
    "EC",
    "RRC",
    "SND_SEQ",
    "SGN_CKSUM",
    "SGN_ALG",
    "SEAL_ALG",
    "mask",
    "maxsize",
    "authzid",
];

/// Nodes that a MIC makes at most.
const NODES: usize = 16;

/// Length of the header of RFC 4121 tokens, and of an NTLM signature.
const HEADER: usize = 16;

impl Reader<'_> {
    /// A per-message token, or the four octets in clear.
    pub(super) fn message_token(&mut self, span: Span) -> Option<(Kind, Node)> {
        let octets = self.of(span);
        let kerberos = matches!(self.hint.mech, Some(Mech::Kerberos | Mech::MsKerberos | Mech::OldKerberos));
        match octets {
            [0x05, 0x04, ..] if kerberos || octets.get(3) == Some(&0xFF) => Some((Kind::Wrap, self.wrap(span))),
            [0x04, 0x04, ..] if kerberos || octets.get(3..8) == Some(&[0xFF; 5]) => Some((Kind::Mic, self.mic(span))),
            [mask, _, _, _, authzid @ ..] if self.is_layer(*mask, authzid) => {
                let mut node = Node::new("security layer", span, Value::None);
                let (children, problem) = self.layer(span);
                node.children = children;
                node.blame(problem);
                Some((Kind::SecurityLayer, node))
            }
            [1, 0, 0, 0, ..] if octets.len() >= HEADER => Some((Kind::NtlmSignature, self.ntlm_message(span))),
            _ => None,
        }
    }

    /// The octets of a `mechListMIC`, if they show what made them.
    pub(super) fn inner_mic(&mut self, span: Span, depth: usize) -> Option<Node> {
        match self.of(span) {
            [1 | 4, ..] if !self.spend(NODES) => None,
            [1, 0, 0, 0, ..] if span.len() == HEADER => Some(self.ntlm_signature(span)),
            [0x04, 0x04, _, 0xFF, ..] => Some(self.mic(span)),
            _ => self.inner_token(span, depth),
        }
    }

    /// RFC 4121 section 4.2.6.2.
    fn wrap(&mut self, span: Span) -> Node {
        let mut node = Node::new("Wrap", span, Value::None);
        let Some(&[_, _, flag_octet, _, ec_high, ec_low, rrc_high, rrc_low, ..]) =
            self.of(span).first_chunk::<HEADER>()
        else {
            return short(node, WRAP);
        };
        let at = |from, to| Span::new(span.start + from, span.start + to);
        let ec = u16::from_be_bytes([ec_high, ec_low]);
        let rrc = u16::from_be_bytes([rrc_high, rrc_low]);
        node.children = vec![
            Node::new("TOK_ID", at(0, 2), Value::Named { name: "Wrap".into(), number: 0x0504 }),
            flag_node(flag_octet, at(2, 3)),
            self.filler("Filler", at(3, 4), WRAP),
            Node::new("EC", at(4, 6), Value::Number(ec.into())),
            Node::new("RRC", at(6, 8), Value::Number(rrc.into())),
            self.sequence("SND_SEQ", at(8, 16)),
        ];
        let data = Span::new(span.start + HEADER, span.end);
        if flag_octet & 2 != 0 {
            node.children.push(Node::octets("ciphertext", data).secret());
            return node;
        }
        let length = data.len();
        let Some(plain) = length.checked_sub(ec.into()) else {
            let what = format!("got EC {ec}, expected at most the {length} octets that follow");
            node.children.push(Node::octets("checksum", data).secret());
            return node.with(Problem::new(span.start + 4, what, WRAP));
        };
        // plaintext || checksum, rotated to the right: octet i of it stands at (i + RRC) mod length.
        let turn = usize::from(rrc).checked_rem(length).unwrap_or_default();
        let mut pieces = Vec::with_capacity(3);
        for (name, from, count) in [("plaintext", turn, plain), ("checksum", turn + plain, usize::from(ec))] {
            let from = if from >= length { from - length } else { from };
            let first = count.min(length - from);
            for (start, octets) in [(from, first), (0, count - first)] {
                if octets > 0 {
                    pieces.push((data.start + start, octets, octets == count, name));
                }
            }
        }
        pieces.sort_unstable();
        for (start, octets, whole, name) in pieces {
            let piece = Span::new(start, start + octets);
            node.children.push(match name {
                "plaintext" if whole => self.plaintext(piece),
                "plaintext" => {
                    let what = format!("got RRC {rrc}, which cuts the plaintext in two");
                    Node::octets(name, piece).with(Problem::new(start, what, WRAP_RRC))
                }
                _ => Node::octets(name, piece).secret(),
            });
        }
        node
    }

    /// RFC 4121 section 4.2.6.1.
    fn mic(&mut self, span: Span) -> Node {
        let mut node = Node::new("MIC", span, Value::None);
        let Some(&[_, _, flag_octet, ..]) = self.of(span).first_chunk::<HEADER>() else { return short(node, MIC) };
        let at = |from, to| Span::new(span.start + from, span.start + to);
        node.children = vec![
            Node::new("TOK_ID", at(0, 2), Value::Named { name: "MIC".into(), number: 0x0404 }),
            flag_node(flag_octet, at(2, 3)),
            self.filler("Filler", at(3, 8), MIC),
            self.sequence("SND_SEQ", at(8, 16)),
            Node::octets("SGN_CKSUM", Span::new(span.start + HEADER, span.end)).secret(),
        ];
        node
    }

    /// What follows `TOK_ID` in a MIC, Wrap or delete token of RFC 1964 section 1.2.
    pub(super) fn rfc1964(&mut self, wrap: bool, span: Span) -> Vec<Node> {
        let Some(&[sign_low, sign_high, seal_low, seal_high, ..]) = self.of(span).first_chunk::<22>() else {
            let problem = Problem::new(span.end, format!("got {} octets, expected at least 22", span.len()), OLD);
            return vec![Node::octets("octets", span).with(problem)];
        };
        let sign = u16::from_le_bytes([sign_low, sign_high]);
        let seal = u16::from_le_bytes([seal_low, seal_high]);
        let mut rest = span;
        let named = |name: &'static str, number: u16| Value::Named { name: name.into(), number: number.into() };
        let mut nodes = vec![Node::new("SGN_ALG", cut(&mut rest, 2), named(sgn_alg(sign), sign))];
        if wrap {
            nodes.push(Node::new("SEAL_ALG", cut(&mut rest, 2), named(seal_alg(seal), seal)));
        }
        nodes.push(self.filler("Filler", cut(&mut rest, if wrap { 2 } else { 4 }), OLD));
        nodes.push(Node::octets("SND_SEQ", cut(&mut rest, 8)));
        nodes.push(Node::octets("SGN_CKSUM", cut(&mut rest, if sign == 4 { 20 } else { 8 })).secret());
        if wrap && seal == 0xFFFF {
            nodes.push(Node::octets("Confounder", cut(&mut rest, 8)));
            // 1 to 8 octets of padding, each the count of them.
            let padding = self.of(rest).last().map_or(0, |&count| usize::from(count)).min(rest.len());
            let plain = rest.len() - padding;
            nodes.push(self.plaintext(cut(&mut rest, plain)));
            nodes.push(Node::octets("Padding", cut(&mut rest, padding)));
        } else if wrap {
            nodes.push(Node::octets("ciphertext", cut(&mut rest, usize::MAX)).secret());
        }
        if !rest.is_empty() {
            let mut octets = Node::octets("octets", rest);
            octets.blame(trailing(rest.start, rest, OLD));
            nodes.push(octets);
        }
        nodes
    }

    /// A signature, with the message behind it if there is one.
    fn ntlm_message(&mut self, span: Span) -> Node {
        let signature = self.ntlm_signature(Span::new(span.start, span.start + HEADER));
        if span.len() == HEADER {
            return signature;
        }
        let rest = Span::new(span.start + HEADER, span.end);
        // Some peers seal what they wrap though only signing was agreed on: what makes no sense as a mask is ciphertext.
        let clear = !self.hint.sealed
            && matches!(self.of(rest), [mask @ 1..=7, _, _, _, authzid @ ..] if self.is_layer(*mask, authzid));
        let message = if clear { self.plaintext(rest) } else { Node::octets("ciphertext", rest).secret() };
        let mut node = Node::new("NTLM wrapped message", span, Value::None);
        node.children = vec![signature, message];
        node
    }

    /// MS-NLMP section 2.2.2.9.2; without extended session security the checksum is a random pad and a CRC32.
    fn ntlm_signature(&self, span: Span) -> Node {
        let at = |from, to| Span::new(span.start + from, span.start + to);
        let number = |span: Span| Value::Number(self.u32_at(span.start, span).unwrap_or_default().into());
        let mut node = Node::new("NTLMSSP_MESSAGE_SIGNATURE", span, Value::None);
        node.children = vec![
            Node::new("Version", at(0, 4), number(at(0, 4))),
            Node::octets("Checksum", at(4, 12)).secret(),
            Node::new("SeqNum", at(12, 16), number(at(12, 16))),
        ];
        node
    }

    /// The message of a Wrap token; within SASL it is the four octets of RFC 2222 section 7.2.
    fn plaintext(&mut self, span: Span) -> Node {
        let mut node = Node::octets("plaintext", span);
        let shown = match self.hint.reading {
            Reading::Gss => true,
            _ => matches!(self.of(span), [1..=7, _, _, _]),
        };
        if shown {
            let (children, problem) = self.layer(span);
            node.children = children;
            node.blame(problem);
        }
        node
    }

    /// Whether these make sense as the four octets and the name behind them. In doubt only exactly four do.
    fn is_layer(&self, mask: u8, authzid: &[u8]) -> bool {
        match self.hint.reading {
            _ if authzid.is_empty() => self.hint.reading == Reading::Gss || matches!(mask, 1..=7),
            Reading::Gss => matches!(mask, 1..=7) && std::str::from_utf8(authzid).is_ok_and(is_name),
            _ => false,
        }
    }

    /// Mask, maximum size and authorization identity (RFC 2222 section 7.2, RFC 4752 section 3.3).
    fn layer(&self, span: Span) -> (Vec<Node>, Option<Problem>) {
        let &[mask, a, b, c, ..] = self.of(span) else {
            let what = format!("got {} octets, expected at least 4", span.len());
            return (Vec::new(), Some(Problem::new(span.end, what, LAYER)));
        };
        let at = |from, to| Span::new(span.start + from, span.start + to);
        let mut layers = Node::new("mask", at(0, 1), Value::Flags { bits: mask.into(), digits: 2 });
        layers.children = flags(mask.into(), LAYERS, |_| span.start);
        if mask == 0 || mask > 7 {
            let what = format!("got mask {mask:02X}, expected some of 01, 02 and 04");
            layers.blame(Problem::new(span.start, what, LAYER));
        }
        let size = Value::Number(u32::from_be_bytes([0, a, b, c]).into());
        let mut nodes = vec![layers, Node::new("maxsize", at(1, 4), size)];
        let mut problem = None;
        if span.len() > 4 {
            if self.hint.from == Some(Party::Server) {
                let what = format!("got {} octets, expected 4 from a server", span.len());
                problem = Some(Problem::new(span.start + 4, what, LAYER));
            }
            nodes.push(self.characters("authzid", Span::new(span.start + 4, span.end)));
        }
        (nodes, problem)
    }

    /// A big-endian sequence number of 8 octets.
    fn sequence(&self, name: &'static str, span: Span) -> Node {
        let number = self.of(span).first_chunk().map(|octets| i64::from_be_bytes(*octets));
        match number {
            Some(number @ 0..) => Node::new(name, span, Value::Number(number)),
            _ => Node::octets(name, span),
        }
    }

    /// Octets that are to be FF.
    fn filler(&self, name: &'static str, span: Span, cite: Cite) -> Node {
        let mut node = Node::octets(name, span);
        if self.of(span).iter().any(|&octet| octet != 0xFF) {
            node.blame(Problem::new(span.start, "got other octets, expected FF throughout", cite));
        }
        node
    }
}

/// Takes up to `length` octets off the front of `rest`.
fn cut(rest: &mut Span, length: usize) -> Span {
    let part = Span::new(rest.start, rest.start.saturating_add(length).min(rest.end));
    rest.start = part.end;
    part
}

fn flag_node(octet: u8, span: Span) -> Node {
    let mut node = Node::new("Flags", span, Value::Flags { bits: octet.into(), digits: 2 });
    node.children = flags(octet.into(), FLAGS, |_| span.start);
    node
}

/// A token that ends within its header.
fn short(mut node: Node, cite: Cite) -> Node {
    let what = format!("got {} octets, expected at least {HEADER}", node.span.len());
    node.value = Value::Octets(node.span);
    node.blame(Problem::new(node.span.end, what, cite));
    node
}

/// Whether a text could be somebody's name.
fn is_name(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

const fn sgn_alg(number: u16) -> &'static str {
    match number {
        0x0000 => "DES MAC MD5",
        0x0001 => "MD2.5",
        0x0002 => "DES MAC",
        0x0004 => "HMAC SHA1 DES3-KD",
        0x0011 => "HMAC MD5 ARCFOUR",
        _ => "",
    }
}

const fn seal_alg(number: u16) -> &'static str {
    match number {
        0x0000 => "DES",
        0x0002 => "DES3-KD",
        0x0010 => "ARCFOUR-HMAC",
        0xFFFF => "none",
        _ => "",
    }
}

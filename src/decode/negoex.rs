//! NEGOEX messages by name (MS-NEGOEX section 2.2): the header in parts, the rest as octets.

use super::der::{Reader, too_many};
use super::tree::{Node, Problem, Value};
use crate::terms::{Cite, Span};

/// What every NEGOEX message begins with.
pub(super) const SIGNATURE: &[u8; 8] = b"NEGOEXTS";

const HEADER: Cite = Cite::new("MS-NEGOEX", "2.2.6.2");
const HEADER_LENGTH: usize = 40;
/// Nodes that a message makes.
const NODES: usize = 8;

impl Reader<'_> {
    /// One or more messages, which should fill `span`.
    pub(super) fn negoex(&mut self, span: Span) -> Node {
        let mut root = Node::new("NEGOEX", span, Value::None);
        let mut rest = span;
        while !rest.is_empty() {
            if !self.spend(NODES) {
                root.children.push(Node::octets("octets", rest).with(too_many(rest)));
                break;
            }
            let message = self.negoex_message(rest);
            rest.start = message.span.end;
            root.children.push(message);
        }
        root
    }

    /// The message at the start of `rest`; all of `rest` where its length makes no sense.
    fn negoex_message(&self, rest: Span) -> Node {
        let octets = self.of(rest);
        if !octets.starts_with(SIGNATURE) || octets.len() < HEADER_LENGTH {
            let what = format!("got {} octets, expected NEGOEXTS and a header of 40", octets.len());
            return Node::octets("octets", rest).with(Problem::new(rest.start, what, HEADER));
        }
        let at = |from, to| Span::new(rest.start + from, rest.start + to);
        let number = |from| self.u32_at(rest.start + from, rest).unwrap_or_default();
        let (kind, length) = (number(8), number(20) as usize);
        let name = message_type(kind);
        let mut node = Node::new(if name.is_empty() { "NEGOEX message" } else { name }, rest, Value::None);
        node.children = vec![
            Node::new("Signature", at(0, 8), Value::Text("NEGOEXTS".to_owned())),
            Node::new("MessageType", at(8, 12), Value::Named { name: name.into(), number: kind.into() }),
            Node::new("SequenceNum", at(12, 16), Value::Number(number(12).into())),
            Node::new("cbHeaderLength", at(16, 20), Value::Number(number(16).into())),
            Node::new("cbMessageLength", at(20, 24), Value::Number(number(20).into())),
            Node::octets("ConversationId", at(24, HEADER_LENGTH)),
        ];
        if (HEADER_LENGTH..=rest.len()).contains(&length) {
            node.span = at(0, length);
            node.content = node.span;
        } else {
            let what = format!("got cbMessageLength {length}, expected 40 to {}", rest.len());
            node.blame(Problem::new(rest.start + 20, what, HEADER));
        }
        if node.span.len() > HEADER_LENGTH {
            node.children.push(Node::octets("payload", Span::new(rest.start + HEADER_LENGTH, node.span.end)));
        }
        node
    }
}

/// MS-NEGOEX section 2.2.6.1.
const fn message_type(number: u32) -> &'static str {
    match number {
        0 => "MESSAGE_TYPE_INITIATOR_NEGO",
        1 => "MESSAGE_TYPE_ACCEPTOR_NEGO",
        2 => "MESSAGE_TYPE_INITIATOR_META_DATA",
        3 => "MESSAGE_TYPE_ACCEPTOR_META_DATA",
        4 => "MESSAGE_TYPE_CHALLENGE",
        5 => "MESSAGE_TYPE_AP_REQUEST",
        6 => "MESSAGE_TYPE_VERIFY",
        7 => "MESSAGE_TYPE_ALERT",
        _ => "",
    }
}

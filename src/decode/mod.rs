//! Bytes to trees: every node with the range that it was read from, never failing, problems attached.
//!
//! Sees bytes, not SMTP: what the conversation has settled comes in as a [`Hint`]. Reading here is lenient; `mech`
//! reads for trust by refusing a tree that has problems.

mod der;
mod ntlm;
mod oid;
mod render;
mod schema;
mod spnego;
mod tree;

use crate::terms::Span;
use der::{Reader, element};
pub use render::lines;
pub use tree::{Hint, Kind, Mech, Node, Problem, Reading, Tree, Value};

/// Reads one token. Never fails: what can't be read is there as octets, with a problem that says why.
#[must_use]
pub fn decode(bytes: &[u8], hint: &Hint) -> Tree {
    let mut reader = Reader::new(bytes, *hint);
    let all = Span::new(0, bytes.len());
    let (kind, root) = reader.token(all);
    Tree { kind, root }
}

impl Reader<'_> {
    /// The token as a whole.
    fn token(&mut self, all: Span) -> (Kind, Node) {
        if all.is_empty() {
            return (Kind::Empty, Node::new("empty", all, Value::None));
        }
        self.known(all, 0).unwrap_or_else(|| match self.inner_ber(all, 0) {
            Some(node) => (Kind::Ber, node),
            None => (Kind::Unknown, Node::octets("octets", all)),
        })
    }

    /// A context token that its first octets give away.
    fn known(&mut self, span: Span, depth: usize) -> Option<(Kind, Node)> {
        if depth >= der::DEPTH {
            return None;
        }
        let octets = self.of(span);
        if octets.starts_with(&ntlm::SIGNATURE[..7]) {
            return Some(self.ntlm(span));
        }
        match octets.first()? {
            0x60 => {
                let frame = element(self.bytes, span).ok()?;
                Some(self.frame(frame, span, depth))
            }
            0xA0 | 0xA1 if depth == 0 => Some(self.negotiation_token(span, depth)),
            _ => None,
        }
    }

    /// The token of a mechanism within SPNEGO.
    fn inner_token(&mut self, span: Span, depth: usize) -> Option<Node> {
        self.known(span, depth).map(|(_, node)| node)
    }

    fn inner_mic(&mut self, span: Span, depth: usize) -> Option<Node> {
        let _ = (span, depth);
        None
    }
}

#[cfg(test)]
mod tests;

//! Bytes to trees: every node with the range that it was read from, never failing, problems attached.
//!
//! Stands on `terms` alone and sees bytes, not SMTP: what the conversation has settled comes in as a [`Hint`].
//! Reading here is lenient; `mech` reads for trust by refusing a tree that has problems.
//!
//! ```text
//!   decode ─┬─ text       a prompt, a user name, a password, PLAIN
//!           ├─ cram       CRAM-MD5
//!           ├─ digest     DIGEST-MD5
//!           ├─ oauth      XOAUTH2, OAUTHBEARER
//!           ├─ scram      the four messages of RFC 5802
//!           ├─ spnego     GSS frame, NegTokenInit, NegTokenInit2, NegTokenResp ─┐
//!           ├─ kerberos   TOK_ID, the messages of RFC 4120                      │ tables of schema,
//!           ├─ ntlm       NEGOTIATE, CHALLENGE, AUTHENTICATE                    │ walk of der, names of oid
//!           ├─ negoex     messages by name                                      │
//!           ├─ message    Wrap, MIC, NTLM signatures, the four octets          ─┘
//!           └─ der        anything else in BER
//!   patch      another content for a node, lengths mended          render   a tree as lines of text
//!   field      a value as a person writes it, and its octets      diff     two readings of a token, side by side
//!   explain    what a node is and why it is there, with its clause
//! ```
//!
//! Hostile input costs time in proportion to its length, at most 32 levels of nesting, and one node for 16 octets
//! beyond the first 512 nodes, 65,536 in all; what is past that stays octets. A node holds one problem, the first that
//! was found.

mod cram;
mod der;
mod diff;
mod digest;
mod explain;
mod field;
mod kerberos;
mod message;
mod negoex;
mod ntlm;
mod oauth;
mod oid;
mod patch;
mod render;
mod schema;
mod scram;
mod spnego;
mod text;
mod tree;

use crate::terms::{Cite, Span};
use der::{Reader, element, trailing};
pub use diff::{Change, Diff, Gone, diff};
pub use explain::{Explanation, explain};
pub use field::{
    Form, ValueError, bits, children_span, field_name, field_names, form, hex, item, known, octets, says, typed, unhex,
};
pub use patch::{PatchError, patch, patch_children, splice};
pub use render::{escape, is_harmful, lines, summary, value_text, word};
pub(crate) use scram::GRAMMAR as SCRAM_GRAMMAR;
pub use tree::{Hint, Kind, Mark, Mech, Node, Problem, Reading, Tree, Value};

/// Reads one token. Never fails: what can't be read is there as octets, with a problem that says why.
#[must_use]
pub fn decode(bytes: &[u8], hint: &Hint) -> Tree {
    let mut reader = Reader::new(bytes, *hint);
    let all = Span::new(0, bytes.len());
    let (kind, root) = match hint.reading {
        _ if bytes.is_empty() => (Kind::Empty, Node::new("empty", all, Value::None)),
        Reading::Prompt => (Kind::Text, reader.characters("prompt", all)),
        Reading::Username => (Kind::Text, reader.characters("username", all)),
        Reading::Password => (Kind::Text, reader.characters("password", all).secret()),
        Reading::UsernameOrPassword => (Kind::Text, reader.characters("username or password", all).secret()),
        Reading::Plain => reader.plain(all),
        Reading::CramMd5 => reader.cram_md5(all),
        Reading::DigestMd5 => reader.digest_md5(all),
        Reading::External => reader.external(all),
        Reading::Xoauth2 => reader.xoauth2(all),
        Reading::Oauthbearer => reader.oauthbearer(all),
        scram if scram.is_scram() => reader.scram(all, scram),
        _ => reader.token(all),
    };
    Tree { kind, root }
}

impl Reader<'_> {
    /// The token as a whole, by its octets. Text comes first: a token has control characters, a name may begin like
    /// a Kerberos message.
    fn token(&mut self, all: Span) -> (Kind, Node) {
        self.guess_text(all)
            .or_else(|| self.known(all, 0))
            .or_else(|| self.length_prefixed(all))
            .or_else(|| self.message_token(all))
            .or_else(|| self.any_ber(all))
            .unwrap_or_else(|| (Kind::Unknown, Node::octets("octets", all)))
    }

    /// A context token that its first octets give away.
    fn known(&mut self, span: Span, depth: usize) -> Option<(Kind, Node)> {
        if depth >= der::DEPTH {
            return None;
        }
        let octets = self.of(span);
        if octets.starts_with(&ntlm::SIGNATURE[..7]) {
            return self.spend(ntlm::NODES).then(|| self.ntlm(span));
        }
        if octets.starts_with(negoex::SIGNATURE) {
            return Some((Kind::NegoEx, self.negoex(span)));
        }
        match octets.first()? {
            0x60 => {
                let frame = element(self.bytes, span).ok()?;
                Some(self.frame(frame, span, depth))
            }
            0xA0 | 0xA1 if depth == 0 => Some(self.negotiation_token(span, depth)),
            _ => Some((Kind::Kerberos, self.bare_kerberos(span, depth)?)),
        }
    }

    /// The token of a mechanism within SPNEGO.
    fn inner_token(&mut self, span: Span, depth: usize) -> Option<Node> {
        self.known(span, depth).map(|(_, node)| node)
    }

    /// The four octets of length, little-endian, that .NET puts before a token of its security layer.
    fn length_prefixed(&mut self, span: Span) -> Option<(Kind, Node)> {
        let length = self.u32_at(span.start, span)?;
        let rest = Span::new(span.start + 4, span.end);
        if length as usize != rest.len() {
            return None;
        }
        let (kind, inner) = match self.of(rest).first()? {
            0x60 => self.known(rest, 1),
            _ => self.message_token(rest),
        }?;
        let mut node = Node::new(LENGTH_PREFIXED, span, Value::None);
        let prefix = Span::new(span.start, rest.start);
        node.children = vec![Node::new("length", prefix, Value::Number(length.into())), inner];
        Some((kind, node))
    }

    /// Any BER that starts with a constructed element, or is one primitive element.
    fn any_ber(&mut self, span: Span) -> Option<(Kind, Node)> {
        let first = element(self.bytes, span).ok()?;
        let end = first.span.end;
        if !(first.constructed() || end == span.end && first.problem.is_none()) {
            return None;
        }
        let mut node = self.generic(&first, 0);
        node.blame(trailing(end, span, Cite::new("X.690", "8.1.1")));
        node.span = span;
        Some((Kind::Ber, node))
    }
}

/// The name of the node that .NET's length prefix makes.
const LENGTH_PREFIXED: &str = "length-prefixed token";

#[cfg(test)]
pub(crate) mod tests;

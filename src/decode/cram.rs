//! CRAM-MD5 (RFC 2195): the challenge, a msg-id, and the response, a user name and a digest.
//!
//! Limit: what the server put into the left part of its challenge, mostly random digits and a time, is not told apart.

use super::der::Reader;
use super::text::is_masked;
use super::tree::{Kind, Node, Problem, Value};
use crate::terms::{Cite, Party, Span};

const CRAM_MD5: Cite = Cite::new("RFC 2195", "2");

/// How many hex digits an MD5 digest has.
const DIGEST: usize = 32;

impl Reader<'_> {
    /// A message by who sent it; where nobody says, a challenge begins with a bracket.
    pub(super) fn cram_md5(&self, span: Span) -> (Kind, Node) {
        let challenge =
            self.hint.from.map_or_else(|| self.of(span).first() == Some(&b'<'), |from| from == Party::Server);
        (Kind::Text, if challenge { self.msg_id(span) } else { self.cram_md5_response(span) })
    }

    /// What only CRAM-MD5 looks like.
    pub(super) fn guess_cram_md5(&self, span: Span) -> Option<(Kind, Node)> {
        let node = match self.of(span) {
            [b'<', .., b'>'] => self.msg_id(span),
            octets if octets.rsplitn(2, |octet| *octet == b' ').next().is_some_and(is_digest) => {
                self.cram_md5_response(span)
            }
            _ => return None,
        };
        (node.problem.is_none() && node.children.iter().all(|child| child.problem.is_none()))
            .then_some((Kind::Text, node))
    }

    /// `<local-part@domain>`, as RFC 822 has it.
    fn msg_id(&self, span: Span) -> Node {
        let octets = self.of(span);
        let at = match octets {
            [b'<', inner @ .., b'>'] => inner.iter().rposition(|octet| *octet == b'@'),
            _ => None,
        };
        let printable = octets.iter().all(u8::is_ascii_graphic);
        let (Some(at), true) = (at, printable) else {
            let what = "got other characters, expected a msg-id: <local-part@domain>";
            return self.characters("msg-id", span).with(Problem::new(span.start, what, CRAM_MD5));
        };
        let at = span.start + 1 + at;
        let mut node = Node::new("msg-id", span, Value::None);
        node.children = vec![
            self.characters("local-part", Span::new(span.start + 1, at)),
            self.characters("domain", Span::new(at + 1, span.end - 1)),
        ];
        for child in &mut node.children {
            if child.span.is_empty() {
                let what = format!("got no {}, expected at least one character", child.name);
                child.blame(Problem::new(child.span.start, what, CRAM_MD5));
            }
        }
        node
    }

    /// User name, blank, digest; a name may have blanks itself.
    fn cram_md5_response(&self, span: Span) -> Node {
        let mut node = Node::new("CRAM-MD5", span, Value::None);
        let Some(blank) = self.of(span).iter().rposition(|octet| *octet == b' ') else {
            node.children.push(self.characters("octets", span).secret());
            let what = format!("got {} octets without a blank, expected user name, blank, digest", span.len());
            return node.with(Problem::new(span.start, what, CRAM_MD5));
        };
        let blank = span.start + blank;
        let mut username = self.characters("username", Span::new(span.start, blank));
        if username.span.is_empty() {
            username.blame(Problem::new(span.start, "got no user name, expected one before the blank", CRAM_MD5));
        }
        let mut digest = self.characters("digest", Span::new(blank + 1, span.end)).secret();
        digest.blame(self.digest_problem(digest.span, CRAM_MD5));
        node.children = vec![username, digest];
        node
    }

    /// What is wrong with the hex of an MD5 digest. Of a masked one only the length can be.
    pub(super) fn digest_problem(&self, span: Span, cite: Cite) -> Option<Problem> {
        let octets = self.of(span);
        let what = if octets.len() != DIGEST {
            format!("got {} characters, expected {DIGEST} hex digits", octets.len())
        } else if is_digest(octets) {
            return None;
        } else {
            "got other characters, expected hex digits in lower case".to_owned()
        };
        Some(Problem::new(span.start, what, cite))
    }
}

/// An MD5 digest in hex, in lower case, or what masking leaves of one.
fn is_digest(octets: &[u8]) -> bool {
    let hex = octets.iter().all(|octet| matches!(octet, b'0'..=b'9' | b'a'..=b'f'));
    octets.len() == DIGEST && (hex || is_masked(octets))
}

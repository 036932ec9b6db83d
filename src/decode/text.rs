//! Values that are characters: LOGIN's prompts and answers, PLAIN (RFC 4616), EXTERNAL (RFC 4422 appendix A).

use super::der::Reader;
use super::tree::{Kind, Node, Problem, Value};
use crate::terms::{Cite, Span};

const PLAIN: Cite = Cite::new("RFC 4616", "2");
const EXTERNAL: Cite = Cite::new("RFC 4422", "A.1");

/// Whether these octets are what masking leaves of a secret.
pub(super) fn is_masked(octets: &[u8]) -> bool {
    !octets.is_empty() && octets.iter().all(|octet| *octet == b'*')
}

impl Reader<'_> {
    /// Characters where the octets are UTF-8, octets where they are not.
    pub(super) fn characters(&self, name: &'static str, span: Span) -> Node {
        match std::str::from_utf8(self.of(span)) {
            Ok(text) => Node::new(name, span, Value::Text(text.to_owned())),
            Err(_) => Node::octets(name, span),
        }
    }

    /// `authzid NUL authcid NUL passwd`; from the last NUL on, everything is taken for the password.
    pub(super) fn plain(&self, span: Span) -> (Kind, Node) {
        let mut node = Node::new("PLAIN", span, Value::None);
        let octets = self.of(span);
        let mut nuls = (span.start..).zip(octets).filter(|(_, octet)| **octet == 0).map(|(at, _)| at);
        let (Some(first), Some(second)) = (nuls.next(), nuls.next()) else {
            let what = format!("got {} octets without two NUL, expected authzid NUL authcid NUL passwd", octets.len());
            let secret = self.characters("octets", span).secret();
            node.children.push(secret);
            return (Kind::Text, node.with(Problem::new(span.start, what, PLAIN)));
        };
        let third = nuls.next();
        node.children = vec![
            self.characters("authzid", Span::new(span.start, first)),
            self.characters("authcid", Span::new(first + 1, second)),
            self.characters("passwd", Span::new(second + 1, span.end)).secret(),
        ];
        for (child, least) in node.children.iter_mut().zip([0, 1, 1]) {
            if child.span.len() < least {
                let what = format!("got no {}, expected at least one octet", child.name);
                child.blame(Problem::new(child.span.start, what, PLAIN));
            } else if matches!(child.value, Value::Octets(_)) {
                child.blame(Problem::new(child.span.start, "got octets that are no UTF-8", PLAIN));
            }
        }
        node.blame(third.map(|at| Problem::new(at, "got a third NUL, expected two", PLAIN)));
        (Kind::Text, node)
    }

    /// The authorization identity alone.
    pub(super) fn external(&self, span: Span) -> (Kind, Node) {
        let mut authzid = self.characters("authzid", span);
        let octets = self.of(span);
        if let Some(at) = octets.iter().position(|octet| *octet == 0) {
            authzid.blame(Problem::new(span.start + at, "got a NUL, expected none", EXTERNAL));
        } else if matches!(authzid.value, Value::Octets(_)) {
            authzid.blame(Problem::new(span.start, "got octets that are no UTF-8", EXTERNAL));
        }
        let mut node = Node::new("EXTERNAL", span, Value::None);
        node.children.push(authzid);
        (Kind::Text, node)
    }

    /// What looks like characters: the messages of the mechanisms that can be told by their form, or any text.
    pub(super) fn guess_text(&mut self, span: Span) -> Option<(Kind, Node)> {
        self.guess_cram_md5(span)
            .or_else(|| self.guess_oauth(span))
            .or_else(|| self.guess_digest_md5(span))
            .or_else(|| self.guess_scram(span))
            .or_else(|| self.guess_plain(span))
    }

    /// UTF-8 without controls, but for line ends and a NUL at the end (as some prompts have it), or with exactly two NUL,
    /// as PLAIN.
    fn guess_plain(&self, span: Span) -> Option<(Kind, Node)> {
        let text = std::str::from_utf8(self.of(span)).ok().filter(|text| !text.starts_with("NTLMSSP"))?;
        let printable = |text: &str| !text.contains(|c: char| c.is_control() && !matches!(c, '\r' | '\n' | '\t'));
        let mut parts = text.splitn(3, '\0');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(first), Some(name), Some(last))
                if !name.is_empty() && [first, name, last].into_iter().all(printable) =>
            {
                Some(self.plain(span))
            }
            _ if printable(text.strip_suffix('\0').unwrap_or(text)) => {
                Some((Kind::Text, self.characters("text", span)))
            }
            _ => None,
        }
    }
}

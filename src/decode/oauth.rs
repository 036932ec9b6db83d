//! Bearer tokens: XOAUTH2 as Google describes it, OAUTHBEARER (RFC 7628), and the error in JSON that both have.
//!
//! Whatever does not hold the pair `auth` where it belongs is secret as a whole: the token may stand anywhere in it.
//!
//! Limit: of a value in JSON that is no string, the text is shown.

use super::der::{Reader, too_many};
use super::text::is_masked;
use super::tree::{Kind, Node, Problem, Value};
use crate::terms::{Cite, Party, Span};

const XOAUTH2: Cite = Cite::new("Google XOAUTH2", "Initial Client Response");
const OAUTHBEARER: Cite = Cite::new("RFC 7628", "3.1");
const BEARER: Cite = Cite::new("RFC 6750", "2.1");
const GS2: Cite = Cite::new("RFC 5801", "4");
const JSON: Cite = Cite::new("RFC 8259", "4");

/// What a string of JSON stands between.
const QUOTE: u8 = 0x22;

/// What ends a pair.
const KVSEP: u8 = 0x01;

/// The keys of pairs: those of Google and of RFC 7628 section 3.1.
const KEYS: [&str; 8] = ["user", "auth", "host", "port", "mthd", "path", "post", "qs"];

/// The members of the error: those of RFC 7628 section 3.2.2 and of Google.
const MEMBERS: [&str; 4] = ["status", "scope", "schemes", "openid-configuration"];

impl Reader<'_> {
    /// A message of XOAUTH2 by who sent it; where nobody says, an error begins with a brace.
    pub(super) fn xoauth2(&mut self, span: Span) -> (Kind, Node) {
        let node = match self.of(span) {
            _ if self.is_from_server(span) => self.error_result(span),
            [KVSEP] => Node::octets("kvsep", span),
            _ => self.pairs("XOAUTH2", span, span.start, XOAUTH2),
        };
        (Kind::Text, node)
    }

    /// A message of OAUTHBEARER by who sent it; where nobody says, an error begins with a brace.
    pub(super) fn oauthbearer(&mut self, span: Span) -> (Kind, Node) {
        let octets = self.of(span);
        let node = match octets {
            _ if self.is_from_server(span) => self.error_result(span),
            [KVSEP] => Node::octets("kvsep", span),
            _ => {
                let end = octets.iter().position(|octet| *octet == KVSEP).map_or(span.end, |at| span.start + at);
                let mut node = self.pairs("OAUTHBEARER", span, end + 1, OAUTHBEARER);
                let mut header = self.oauth_header(Span::new(span.start, end));
                if node.children.iter().any(|child| child.name == "octets") {
                    // No pair holds the token.
                    header = self.characters("octets", header.span).secret();
                }
                node.children.insert(0, header);
                node
            }
        };
        (Kind::Text, node)
    }

    /// What only these mechanisms look like.
    pub(super) fn guess_oauth(&mut self, span: Span) -> Option<(Kind, Node)> {
        let octets = self.of(span);
        let holds_auth = || octets.windows(6).any(|part| part == [KVSEP, b'a', b'u', b't', b'h', b'=']);
        let (_, node) = match octets.trim_ascii() {
            [b'u', b's', b'e', b'r', b'=', ..] if holds_auth() => self.xoauth2(span),
            [b'n' | b'y' | b'p', ..] if holds_auth() => self.oauthbearer(span),
            [b'{', .., b'}'] => (Kind::Text, self.error_result(span)),
            _ => return None,
        };
        let status = node.name != ERROR_RESULT || node.child(MEMBERS[0]).is_some();
        (node.problem.is_none() && status).then_some((Kind::Text, node))
    }

    fn is_from_server(&self, span: Span) -> bool {
        self.hint.from.map_or_else(|| self.of(span).first() == Some(&b'{'), |from| from == Party::Server)
    }

    /// The GS2 header alone, and nothing of it secret.
    fn oauth_header(&self, span: Span) -> Node {
        self.gs2_header(span).filter(|header| header.span == span).unwrap_or_else(|| {
            let problem = Problem::new(span.start, "got other characters, expected n,a=NAME, or n,,", GS2);
            self.characters("gs2-header", span).with(problem)
        })
    }

    /// `key=value` and 01, any number of times from `from` on, then 01.
    fn pairs(&mut self, name: &'static str, span: Span, from: usize, cite: Cite) -> Node {
        let mut node = Node::new(name, span, Value::None);
        let mut rest = Span::new(from.min(span.end), span.end);
        let mut ended = false;
        while !rest.is_empty() && !ended {
            let octets = self.of(rest);
            let end = octets.iter().position(|octet| *octet == KVSEP).map_or(rest.end, |at| rest.start + at);
            ended = end == rest.start;
            if !ended && !self.spend(4) {
                node.children.push(Node::octets("octets", rest).secret().with(too_many(rest)));
                return node;
            }
            if !ended {
                let pair = self.pair(Span::new(rest.start, end), cite);
                node.children.push(pair);
            }
            rest.start = (end + 1).min(rest.end);
        }
        if !node.children.iter().any(|child| child.name == "auth") {
            // The token may stand anywhere.
            node.children = vec![self.characters("octets", Span::new(from.min(span.end), span.end)).secret()];
            return node.with(Problem::new(span.start, "got no pair auth=Bearer TOKEN, expected one", cite));
        }
        if !ended {
            node.blame(Problem::new(span.end, "got no 01 behind the last pair, expected two at the end", cite));
        } else if !rest.is_empty() {
            node.children.push(Node::octets("octets", rest).secret());
            node.blame(Problem::new(rest.start, "got octets behind the end", cite));
        }
        node
    }

    /// `key=value`; the value of a key that nobody knows may be secret.
    fn pair(&self, span: Span, cite: Cite) -> Node {
        let octets = self.of(span);
        let equals = octets.iter().position(|octet| *octet == b'=').map(|at| span.start + at);
        let key = equals.map(|at| Span::new(span.start, at).of(self.bytes));
        let known = KEYS.into_iter().find(|known| key == Some(known.as_bytes()));
        match (known, equals) {
            (Some("auth"), Some(at)) => self.auth(span, Span::new(at + 1, span.end)),
            (Some(name), Some(at)) => self.characters_within(name, span, Span::new(at + 1, span.end)),
            (None, Some(_)) => self.characters("kvpair", span).secret(),
            (_, None) => {
                let problem = Problem::new(span.start, "got no = in a pair, expected key=value", cite);
                self.characters("kvpair", span).secret().with(problem)
            }
        }
    }

    /// Scheme, blank, token.
    fn auth(&self, span: Span, value: Span) -> Node {
        let mut node = Node::new("auth", span, Value::None);
        if value.is_empty() {
            // The client asks for the error that tells where tokens are had (RFC 7628 section 4.3).
            return node;
        }
        let octets = self.of(value);
        let blank = octets.iter().position(|octet| *octet == b' ').map(|at| value.start + at);
        let token = match blank {
            Some(blank) => {
                let scheme = Span::new(value.start, blank);
                node.children.push(self.characters("auth-scheme", scheme));
                if !self.of(scheme).eq_ignore_ascii_case(b"bearer") {
                    node.blame(Problem::new(scheme.start, "got another scheme, expected Bearer", BEARER));
                }
                Span::new(blank + 1, value.end)
            }
            None => value,
        };
        let mut token = self.characters("token", token).secret();
        let octets = self.of(token.span);
        let digits = octets.len() - octets.iter().rev().take_while(|octet| **octet == b'=').count();
        let is_b64 = |octet: &u8| octet.is_ascii_alphanumeric() || b"-._~+/".contains(octet);
        if blank.is_none() {
            node.blame(Problem::new(value.start, "got no blank, expected Bearer and a token", BEARER));
        } else if digits == 0 || !octets[..digits].iter().all(is_b64) && !is_masked(octets) {
            token.blame(Problem::new(token.span.start, "got characters that no bearer token has, or none", BEARER));
        }
        node.children.push(token);
        node
    }

    /// Characters of `content`, in a node that covers `span`.
    pub(super) fn characters_within(&self, name: &'static str, span: Span, content: Span) -> Node {
        let value = match self.characters(name, content).value {
            Value::Octets(_) => Value::Octets(content),
            value => value,
        };
        Node { content, ..Node::new(name, span, value) }
    }

    /// The error that a server sends as a challenge, an object of JSON: each member as it stands.
    fn error_result(&mut self, span: Span) -> Node {
        let mut node = Node::new(ERROR_RESULT, span, Value::None);
        let mut json = Scan { octets: self.bytes, at: span.start, end: span.end };
        let Some(()) = json.next(b'{') else {
            let problem = Problem::new(span.start, "got other characters, expected an object of JSON", JSON);
            return self.characters(ERROR_RESULT, span).with(problem);
        };
        while json.next(b'}').is_none() {
            let start = json.at;
            let member = if node.children.is_empty() { Some(()) } else { json.next(b',') };
            let member = member.and_then(|()| {
                json.blanks();
                let start = json.at;
                let key = json.string()?;
                json.next(b':')?;
                json.blanks();
                let value = json.value()?;
                Some((Span::new(start, json.at), key, value))
            });
            let affordable = member.is_some_and(|_| self.spend(1));
            let Some((member, key, value)) = member.filter(|_| affordable) else {
                let rest = Span::new(start, span.end);
                node.children.push(Node::octets("octets", rest));
                return node.with(Problem::new(start, "got something else, expected a member of the object", JSON));
            };
            let known = MEMBERS.into_iter().find(|known| key.of(self.bytes) == known.as_bytes()).unwrap_or("member");
            node.children.push(self.characters_within(known, member, value));
        }
        json.blanks();
        if json.at < span.end {
            node.blame(Problem::new(json.at, "got octets behind the object, expected the end", JSON));
        }
        node
    }
}

/// The name of the error as a whole.
const ERROR_RESULT: &str = "error result";

/// Where one stands in a text of JSON.
struct Scan<'a> {
    octets: &'a [u8],
    at: usize,
    end: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        Span::new(self.at, self.end).of(self.octets).first().copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// Passes blanks and `octet`, if that follows.
    fn next(&mut self, octet: u8) -> Option<()> {
        self.blanks();
        (self.peek() == Some(octet)).then(|| self.at += 1)
    }

    /// Passes a string; what stands between its quotes.
    fn string(&mut self) -> Option<Span> {
        (self.peek() == Some(QUOTE)).then(|| self.at += 1)?;
        let start = self.at;
        loop {
            match self.peek()? {
                QUOTE => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Some(Span::new(start, self.at - 1))
    }

    /// Passes a value; a string without its quotes.
    fn value(&mut self) -> Option<Span> {
        let start = self.at;
        if self.peek() == Some(QUOTE) {
            return self.string();
        }
        let mut open = 0_usize;
        loop {
            match self.peek()? {
                QUOTE => drop(self.string()?),
                b'{' | b'[' => (open, self.at) = (open + 1, self.at + 1),
                b'}' | b']' | b',' | b' ' | b'\t' | b'\r' | b'\n' if open == 0 => break,
                b'}' | b']' => (open, self.at) = (open - 1, self.at + 1),
                _ => self.at += 1,
            }
        }
        (self.at > start).then(|| Span::new(start, self.at))
    }
}

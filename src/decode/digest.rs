//! DIGEST-MD5 (RFC 2831): challenge, response and response-auth, each a list of directives.
//!
//! Lenient towards what people write: blanks anywhere, empty elements. A directive may be quoted or not, whatever it
//! should be.
//!
//! Limit: without charset=utf-8 names are ISO 8859-1; octets of such that are no UTF-8 are shown in hex.

use super::der::{Reader, too_many};
use super::tree::{Kind, Node, Problem, Value};
use crate::terms::{Cite, Party, Span};

const CHALLENGE: Cite = Cite::new("RFC 2831", "2.1.1");
const RESPONSE: Cite = Cite::new("RFC 2831", "2.1.2");
const RESPONSE_AUTH: Cite = Cite::new("RFC 2831", "2.1.3");
const GRAMMAR: Cite = Cite::new("RFC 2831", "7.1");

/// How many octets a challenge and a response have less than.
const LIMITS: [usize; 2] = [2048, 4096];

/// How often a directive may stand in a message.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Often {
    Once,
    AtMostOnce,
    Any,
}

use Often::{Any, AtMostOnce, Once};

/// The directives of each message.
const CHALLENGE_DIRECTIVES: &[(&str, Often)] = &[
    ("realm", Any),
    ("nonce", Once),
    ("qop", AtMostOnce),
    ("stale", AtMostOnce),
    ("maxbuf", AtMostOnce),
    ("charset", AtMostOnce),
    ("algorithm", Once),
    ("cipher", AtMostOnce),
];
const RESPONSE_DIRECTIVES: &[(&str, Often)] = &[
    ("username", Once),
    ("realm", AtMostOnce),
    ("nonce", Once),
    ("cnonce", Once),
    ("nc", Once),
    ("qop", AtMostOnce),
    ("digest-uri", Once),
    ("response", Once),
    ("maxbuf", AtMostOnce),
    ("charset", AtMostOnce),
    ("cipher", AtMostOnce),
    ("authzid", AtMostOnce),
];
const RESPONSE_AUTH_DIRECTIVES: &[(&str, Often)] = &[("rspauth", Once)];

/// The values of qop (RFC 2831 section 2.1.1).
const QOPS: [&str; 3] = ["auth", "auth-int", "auth-conf"];

impl Reader<'_> {
    /// A message by who sent it and by its directives.
    pub(super) fn digest_md5(&mut self, span: Span) -> (Kind, Node) {
        let (mut children, problem) = self.directives(span);
        let has = |name: &str| children.iter().any(|child| child.name == name);
        let from_client = self.hint.from.map_or_else(|| has("username"), |from| from == Party::Client);
        let (name, known, cite, limit) = if from_client {
            ("digest-response", RESPONSE_DIRECTIVES, RESPONSE, LIMITS[1])
        } else if has("rspauth") {
            ("response-auth", RESPONSE_AUTH_DIRECTIVES, RESPONSE_AUTH, LIMITS[0])
        } else {
            ("digest-challenge", CHALLENGE_DIRECTIVES, CHALLENGE, LIMITS[0])
        };
        for (directive, often) in known {
            let mut found = children.iter_mut().filter(|child| child.name == *directive);
            let _ = found.next();
            if let Some(second) = found.next().filter(|_| *often != Any) {
                let what = format!("got a second {directive}, expected at most one");
                second.blame(Problem::new(second.span.start, what, cite));
            }
        }
        for child in &mut children {
            child.blame(self.directive_problem(child, cite));
            // What could not be read may hold a digest.
            child.secret |= child.name == "octets" && from_client;
        }
        let mut node = Node::new(name, span, Value::None);
        node.children = children;
        node.blame(problem);
        let missing = known.iter().find(|(name, often)| *often == Once && node.child(name).is_none());
        node.blame(missing.map(|(name, _)| Problem::new(span.end, format!("got no {name}, expected one"), cite)));
        if span.len() >= limit {
            let what = format!("got {} octets, expected less than {limit}", span.len());
            node.blame(Problem::new(span.start, what, cite));
        }
        (Kind::Text, node)
    }

    /// What only DIGEST-MD5 looks like: directives that make a whole message.
    pub(super) fn guess_digest_md5(&mut self, span: Span) -> Option<(Kind, Node)> {
        if !self.of(span).contains(&b'=') {
            return None;
        }
        let (kind, node) = self.digest_md5(span);
        let sound = node.problem.is_none() && node.children.iter().all(|child| child.problem.is_none());
        sound.then_some((kind, node))
    }

    /// `name=value`, or `name="value"`, between commas; what can't be read is the last node.
    fn directives(&mut self, span: Span) -> (Vec<Node>, Option<Problem>) {
        let mut nodes = Vec::new();
        let mut at = span.start;
        loop {
            at += self.count(at, span.end, |octet| octet.is_ascii_whitespace() || octet == b',');
            if at == span.end {
                return (nodes, None);
            }
            let rest = Span::new(at, span.end);
            if !self.spend(4) {
                nodes.push(Node::octets("octets", rest).with(too_many(rest)));
                return (nodes, None);
            }
            let Some(node) = self.directive(rest) else {
                nodes.push(self.characters("octets", rest));
                let what = "got something else, expected name=value";
                return (nodes, Some(Problem::new(at, what, GRAMMAR)));
            };
            at = node.span.end;
            nodes.push(node);
            let behind = at + self.count(at, span.end, |octet| octet.is_ascii_whitespace());
            if behind < span.end && self.bytes.get(behind) != Some(&b',') {
                let rest = Span::new(behind, span.end);
                nodes.push(self.characters("octets", rest));
                return (nodes, Some(Problem::new(behind, "got something else, expected a comma", GRAMMAR)));
            }
            at = behind;
        }
    }

    /// The directive that `rest` begins with.
    fn directive(&self, rest: Span) -> Option<Node> {
        let token = |octet: u8| octet.is_ascii_graphic() && !matches!(octet, b',' | b'=' | QUOTE);
        let name = Span::new(rest.start, rest.start + self.count(rest.start, rest.end, token));
        let blank = |octet: u8| octet.is_ascii_whitespace();
        let equals = name.end + self.count(name.end, rest.end, blank);
        if name.is_empty() || self.of(Span::new(equals, rest.end)).first() != Some(&b'=') {
            return None;
        }
        let start = equals + 1 + self.count(equals + 1, rest.end, blank);
        let known = [CHALLENGE_DIRECTIVES, RESPONSE_DIRECTIVES, RESPONSE_AUTH_DIRECTIVES].concat();
        let is = |known: &&(&str, Often)| self.of(name).eq_ignore_ascii_case(known.0.as_bytes());
        let known = known.iter().find(is).map_or("directive", |(name, _)| name);
        let mut node = if self.of(Span::new(start, rest.end)).first() == Some(&QUOTE) {
            let mut end = start + 1;
            while let Some(octet) = self.of(Span::new(end, rest.end)).first().filter(|octet| **octet != QUOTE) {
                end += if *octet == b'\\' { 2 } else { 1 };
            }
            if end >= rest.end {
                return None;
            }
            let mut node = self.characters_within(known, Span::new(name.start, end + 1), Span::new(start + 1, end));
            if let Value::Text(text) = &mut node.value {
                *text = unescaped(text);
            }
            node
        } else {
            let graphic = |octet: u8| octet.is_ascii_graphic() && octet != b',';
            let end = start + self.count(start, rest.end, graphic);
            self.characters_within(known, Span::new(name.start, end), Span::new(start, end))
        };
        if known == "qop" {
            node.children = self.qops(node.content);
        }
        Some(if matches!(known, "response" | "rspauth") { node.secret() } else { node })
    }

    /// The values of qop that are known, each where it stands; three at most.
    fn qops(&self, list: Span) -> Vec<Node> {
        let mut nodes = Vec::new();
        let mut at = list.start;
        while at < list.end && nodes.len() < QOPS.len() {
            let length = self.count(at, list.end, |octet| octet != b',' && !octet.is_ascii_whitespace());
            let value = Span::new(at, at + length);
            let known = QOPS.into_iter().find(|known| self.of(value).eq_ignore_ascii_case(known.as_bytes()));
            nodes.extend(known.map(|known| Node::new(known, value, Value::None)));
            at = value.end + 1;
        }
        nodes
    }

    /// What is wrong with the value of a directive.
    fn directive_problem(&self, node: &Node, cite: Cite) -> Option<Problem> {
        let content = self.of(node.content);
        let is = |expected: &str| content.eq_ignore_ascii_case(expected.as_bytes());
        let what = match &*node.name {
            "response" | "rspauth" => return self.digest_problem(node.content, cite),
            "nc" if content.len() != 8 || !content.iter().all(u8::is_ascii_hexdigit) => {
                "got other characters, expected 8 hex digits"
            }
            "charset" if !is("utf-8") => "got another charset, expected utf-8",
            "algorithm" if !is("md5-sess") => "got another algorithm, expected md5-sess",
            "maxbuf" if content.is_empty() || !content.iter().all(u8::is_ascii_digit) => {
                "got other characters, expected a number"
            }
            "nonce" | "cnonce" | "username" | "digest-uri" if content.is_empty() => "got nothing, expected a value",
            _ => return None,
        };
        Some(Problem::new(node.content.start, what, cite))
    }

    /// How many octets from `at` on pass.
    fn count(&self, at: usize, end: usize, passes: impl Fn(u8) -> bool) -> usize {
        self.of(Span::new(at, end)).iter().take_while(|octet| passes(**octet)).count()
    }
}

/// What a quoted string stands between.
const QUOTE: u8 = 0x22;

/// The text without the backslashes that only shield what follows.
fn unescaped(text: &str) -> String {
    let mut shielded = false;
    text.chars()
        .filter(|c| {
            shielded = !shielded && *c == '\\';
            !shielded
        })
        .collect()
}

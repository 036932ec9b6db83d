//! SCRAM (RFC 5802 section 7): four messages, each a list of attributes `letter=value` parted by commas.
//!
//! Each attribute is a node by the name of its rule in the RFC, whose content is the value. What is base64 within the
//! message is read once more; of the channel binding, the GS2 header and the data stand below it, each with the
//! characters that hold it. The one character that may hold both is counted to the header.

use super::der::{Reader, too_many};
use super::field::hex;
use super::tree::{Kind, Mark, Node, Problem, Reading, Value};
use crate::terms::{Cite, Span};
use base64::{Engine as _, prelude::BASE64_STANDARD};

/// The grammar: a message that breaks it is none.
pub(crate) const GRAMMAR: Cite = Cite::new("RFC 5802", "7");
/// What an attribute must be beyond its grammar.
const ATTRIBUTES: Cite = Cite::new("RFC 5802", "5.1");
const CHANNEL_BINDING: Cite = Cite::new("RFC 5802", "6");

/// The fewest rounds that a server should ask for (RFC 5802 section 5.1).
const FEWEST_ROUNDS: u64 = 4_096;

/// Names of fields, for those who look for one.
pub(super) const NAMES: [&str; 14] = [
    "gs2-header",
    "gs2-cbind-flag",
    "authzid",
    "username",
    "nonce",
    "salt",
    "iteration-count",
    "channel-binding",
    "cbind-data",
    "proof",
    "verifier",
    "server-error",
    "reserved-mext",
    "attr-val",
];

/// What a message consists of, in this order; extensions stand behind the first so many.
struct Grammar {
    kind: Kind,
    required: &'static [char],
    before_extensions: usize,
}

const CLIENT_FIRST: Grammar = Grammar { kind: Kind::ScramClientFirst, required: &['n', 'r'], before_extensions: 2 };
const SERVER_FIRST: Grammar =
    Grammar { kind: Kind::ScramServerFirst, required: &['r', 's', 'i'], before_extensions: 3 };
const CLIENT_FINAL: Grammar =
    Grammar { kind: Kind::ScramClientFinal, required: &['c', 'r', 'p'], before_extensions: 2 };
const VERIFIER: Grammar = Grammar { kind: Kind::ScramServerFinal, required: &['v'], before_extensions: 1 };
const SERVER_ERROR: Grammar = Grammar { kind: Kind::ScramServerFinal, required: &['e'], before_extensions: 1 };

impl Reader<'_> {
    /// The message that `reading` calls for; octets that are nothing like it are all secret.
    pub(super) fn scram(&mut self, all: Span, reading: Reading) -> (Kind, Node) {
        let octets = self.of(all);
        let is_error = matches!(octets, [b'e', b'=', ..]);
        let (nonce, header) = match reading {
            Reading::ScramServerFirst(nonce) => (nonce, Mark::default()),
            Reading::ScramClientFinal { nonce, header } => (nonce, header),
            _ => Default::default(),
        };
        let grammar = match reading {
            Reading::ScramClientFirst => &CLIENT_FIRST,
            Reading::ScramServerFirst(_) if !is_error => &SERVER_FIRST,
            Reading::ScramClientFinal { .. } => &CLIENT_FINAL,
            _ if is_error => &SERVER_ERROR,
            _ => &VERIFIER,
        };
        let mut node = Node::new(grammar.kind.name(), all, Value::None);
        let begins = if grammar.kind == Kind::ScramClientFirst {
            self.gs2_header(all).map(|header| {
                let end = header.span.end;
                node.children.push(header);
                end
            })
        } else {
            letter(octets).map(|_| all.start)
        };
        let Some(start) = begins else {
            let what = format!("got octets that are no {}", grammar.kind.name());
            return (Kind::Unknown, Node::octets("octets", all).secret().with(Problem::new(all.start, what, GRAMMAR)));
        };
        self.attributes(&mut node, Span::new(start, all.end), grammar);
        for child in &mut node.children {
            match &*child.name {
                "nonce" => child.blame(self.nonce_problem(child.content, grammar.kind, nonce)),
                "channel-binding" => repeat_header(child, header),
                "iteration-count" => child.blame(few_rounds(child)),
                _ => {}
            }
        }
        (grammar.kind, node)
    }

    /// Text that is one of the four messages without a flaw, where nothing is known of the conversation.
    pub(super) fn guess_scram(&mut self, all: Span) -> Option<(Kind, Node)> {
        let octets = self.of(all);
        let reading = match (octets.first()?, octets.get(1)?) {
            (b'n' | b'y', b',') | (b'p', b'=') => Reading::ScramClientFirst,
            (b'r', b'=') => Reading::ScramServerFirst(Mark::default()),
            (b'c', b'=') => Reading::ScramClientFinal { nonce: Mark::default(), header: Mark::default() },
            (b'v', b'=') => Reading::ScramServerFinal,
            _ => return None,
        };
        let (kind, node) = self.scram(all, reading);
        let flawed = node.problem.is_some() || node.children.iter().any(|child| child.problem.is_some());
        (!flawed).then_some((kind, node))
    }

    /// `gs2-header = gs2-cbind-flag "," [ authzid ] ","`
    pub(super) fn gs2_header(&self, within: Span) -> Option<Node> {
        let octets = self.of(within);
        let mut commas = (within.start..).zip(octets).filter(|(_, octet)| **octet == b',').map(|(at, _)| at);
        let (first, second) = (commas.next()?, commas.next()?);
        let flag = Span::new(within.start, first);
        let authzid = Span::new(first + 1, second);
        match (self.of(flag), self.of(authzid)) {
            ([b'n' | b'y'] | [b'p', b'=', _, ..], [] | [b'a', b'=', ..]) => {}
            _ => return None,
        }
        let mut header = self.characters("gs2-header", Span::new(within.start, second + 1));
        header.children.push(self.characters("gs2-cbind-flag", flag));
        if !authzid.is_empty() {
            let name = self.saslname("authzid", Span::new(authzid.start + 2, authzid.end));
            header.children.push(Node { span: authzid, ..name });
        }
        Some(header)
    }

    fn attributes(&mut self, node: &mut Node, within: Span, grammar: &Grammar) {
        let mut expected = grammar.required.iter().copied().peekable();
        let mut met = 0;
        let mut start = within.start;
        while start <= within.end {
            if !self.spend(2) {
                let rest = Span::new(start, within.end);
                node.children.push(Node::octets("octets", rest).secret().with(too_many(rest)));
                return;
            }
            let length = self.of(Span::new(start, within.end)).iter().position(|octet| *octet == b',');
            let field = Span::new(start, length.map_or(within.end, |length| start + length));
            start = field.end + 1;
            let Some(letter) = letter(self.of(field)) else {
                // Whatever that is, it may be what belongs into the proof.
                let problem = Problem::new(field.start, "got octets that are no attribute: letter=value", GRAMMAR);
                node.children.push(self.characters("octets", field).secret().with(problem));
                continue;
            };
            let value = Span::new(field.start + 2, field.end);
            let mut child = self.attribute(letter, value, field);
            if expected.peek().is_some_and(|wanted| *wanted == char::from(letter)) {
                expected.next();
                met += 1;
            } else if letter == b'm' && met == 0 {
                let what = "got m=, a mandatory extension: nobody knows one, so the exchange must fail";
                child.blame(Problem::new(field.start, what, ATTRIBUTES));
            } else if child.name != "attr-val" || met < grammar.before_extensions || met > grammar.before_extensions {
                let wanted = expected.peek().map_or("the end".to_owned(), |wanted| format!("{wanted}="));
                let what = format!("got {}=, expected {wanted}", char::from(letter));
                child.blame(Problem::new(field.start, what, GRAMMAR));
            }
            node.children.push(child);
        }
        if let Some(missing) = expected.next() {
            let what = format!("got no {missing}=, which {} must have", grammar.kind.name());
            node.blame(Problem::new(within.end, what, GRAMMAR));
        }
    }

    /// One attribute by its letter; `field` is all of it.
    fn attribute(&self, letter: u8, value: Span, field: Span) -> Node {
        let mut child = match letter {
            b'n' => self.saslname("username", value),
            b'r' => self.nonce(value),
            b's' => self.base64("salt", value),
            b'i' => self.iteration_count(value),
            b'c' => self.channel_binding(value),
            b'p' => self.base64("proof", value).secret(),
            b'v' => self.base64("verifier", value).secret(),
            b'e' => self.characters("server-error", value),
            b'm' => self.characters("reserved-mext", value),
            _ => self.characters("attr-val", field),
        };
        if value.is_empty() {
            child.blame(Problem::new(value.start, "got no octets, expected a value", GRAMMAR));
        } else if matches!(child.value, Value::Octets(_)) {
            child.blame(Problem::new(value.start, "got octets that are no UTF-8", GRAMMAR));
        }
        // The letter stands before the value as a header.
        child.span = field;
        child
    }

    /// Characters among which `=` stands for itself as `=3D` and for the comma as `=2C`.
    fn saslname(&self, name: &'static str, span: Span) -> Node {
        let octets = self.of(span);
        let wrong = (0..octets.len())
            .filter(|at| octets[*at] == b'=')
            .find(|at| !matches!(octets.get(at + 1..at + 3), Some([b'2', b'C'] | [b'3', b'D'])));
        let problem = wrong.map(|at| Problem::new(span.start + at, "got = without 2C or 3D behind it", GRAMMAR));
        let mut node = self.characters(name, span);
        node.blame(problem);
        node
    }

    fn nonce(&self, span: Span) -> Node {
        let wrong = self.of(span).iter().position(|octet| !octet.is_ascii_graphic());
        let mut node = self.characters("nonce", span);
        node.blame(wrong.map(|at| Problem::new(span.start + at, "got an octet that is not printable ASCII", GRAMMAR)));
        node
    }

    /// What a nonce must have to do with the one before it.
    fn nonce_problem(&self, span: Span, kind: Kind, before: Mark) -> Option<Problem> {
        let octets = self.of(span);
        let what = match kind {
            Kind::ScramServerFirst if !before.begins(octets) => {
                "got a nonce that does not begin with the client's: it belongs to another exchange"
            }
            Kind::ScramServerFirst if before.is(octets) => {
                "got the client's nonce alone: the server must add its own to it"
            }
            Kind::ScramClientFinal if !before.is_unknown() && !before.is(octets) => {
                "got another nonce than the server sent"
            }
            _ => return None,
        };
        Some(Problem::new(span.start, what, ATTRIBUTES))
    }

    fn iteration_count(&self, span: Span) -> Node {
        let octets = self.of(span);
        let is_number = octets.iter().all(u8::is_ascii_digit) && octets.first().is_some_and(|first| *first != b'0');
        let mut node = self.characters("iteration-count", span);
        if !is_number {
            node.blame(Problem::new(span.start, "got no positive number", GRAMMAR));
        }
        node
    }

    /// The octets that base64 within the message stands for.
    fn base64(&self, name: &'static str, span: Span) -> Node {
        match BASE64_STANDARD.decode(self.of(span)) {
            Ok(octets) => Node::new(name, span, Value::Base64(octets)),
            Err(_) => self.characters(name, span).with(Problem::new(span.start, "got no base64", GRAMMAR)),
        }
    }

    /// `cbind-input = gs2-header [ cbind-data ]`, in base64.
    fn channel_binding(&self, span: Span) -> Node {
        let mut node = self.base64("channel-binding", span);
        let Value::Base64(octets) = &node.value else { return node };
        let mut commas = octets.iter().enumerate().filter(|(_, octet)| **octet == b',').map(|(at, _)| at + 1);
        let header = commas.next().and(commas.next());
        let parts = header.and_then(|end| octets.split_at_checked(end));
        let Some((Ok(header), data)) = parts.map(|(header, data)| (std::str::from_utf8(header), data)) else {
            let problem = Problem::new(span.start, "got no GS2 header in the channel binding", GRAMMAR);
            return node.with(problem);
        };
        let end = if data.is_empty() { span.end } else { span.start + (4 * header.len()).div_ceil(3) };
        let mut children = vec![Node::new("gs2-header", Span::new(span.start, end), Value::Text(header.to_owned()))];
        if !data.is_empty() {
            children.push(Node::new("cbind-data", Span::new(end, span.end), Value::Text(hex(data))));
        }
        node.children = children;
        node
    }
}

/// The channel binding must begin with the GS2 header as it was sent, and without binding there is nothing behind it.
fn repeat_header(node: &mut Node, before: Mark) {
    let Value::Base64(octets) = &node.value else { return };
    let binds = octets.first() == Some(&b'p');
    let fits = before.is_unknown() || if binds { before.begins(octets) } else { before.is(octets) };
    if !fits {
        let what = "got another GS2 header than in the client-first-message";
        node.blame(Problem::new(node.content.start, what, CHANNEL_BINDING));
    } else if binds == (node.children.len() < 2) {
        let what = if binds { "got no channel binding data behind p=" } else { "got data behind n or y" };
        node.blame(Problem::new(node.content.end, what, CHANNEL_BINDING));
    }
}

fn few_rounds(node: &Node) -> Option<Problem> {
    let Value::Text(digits) = &node.value else { return None };
    let few = digits.parse::<u64>().is_ok_and(|rounds| rounds < FEWEST_ROUNDS);
    let what = "got fewer than 4096 rounds: the password is too quickly guessed";
    few.then(|| Problem::new(node.content.start, what, ATTRIBUTES))
}

/// The letter of an attribute.
fn letter(field: &[u8]) -> Option<u8> {
    match field {
        [letter, b'=', ..] if letter.is_ascii_alphabetic() => Some(*letter),
        _ => None,
    }
}

//! What may be shown of a step: the line, its token and its tree, with filler in the place of secrets.
//!
//! Unless secrets are revealed, all of it is made from the line as a recording would keep it, so that no face can give
//! away what another one hides.

use super::{Event, Step, What, lesson, mask, recording};
use crate::decode::{Diff, Node, Tree, decode, diff, escape, summary};
use crate::terms::{Party, Span};
use crate::wire::{Body, Dialogue, Message, Response, base64, printable, read_client, read_server};

/// A step as it may be shown.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The fact.
    pub event: Event,
    /// The line, read.
    pub message: Option<Message>,
    /// Where the token stands in the line; empty where there is none.
    pub encoded: Span,
    /// The decoded octets of the token.
    pub token: Vec<u8>,
    /// The token, read.
    pub tree: Option<Tree>,
    /// Stretches of the line that stand for secrets and are filler.
    pub hidden: Vec<Span>,
}

impl Shown {
    /// What may be shown of `step`; `reveal` shows secrets as they are.
    #[must_use]
    pub fn new(step: &Step, reveal: bool) -> Self {
        if reveal {
            return Self {
                event: step.event.clone(),
                message: step.message.clone(),
                encoded: step.token.map_or(Span::default(), |token| token.encoded),
                token: step.token_bytes().to_vec(),
                tree: step.tree(),
                hidden: Vec::new(),
            };
        }
        let event = mask::event(step);
        let line = line_of(&event);
        let message = read_as(step, line);
        let encoded = step.token.map_or(Span::default(), |token| token.encoded);
        let token = base64::read(line, encoded).bytes;
        let tree = step.token.map(|place| decode(&token, &place.hint));
        let secrets = tree.iter().flat_map(Tree::walk).map(|(_, node)| node);
        let leaves = secrets.filter(|node| node.secret && node.children.is_empty());
        let mut hidden: Vec<Span> = leaves.map(|leaf| base64::characters(line, encoded, leaf.content)).collect();
        if hidden.is_empty() && encoded.of(line) != encoded.of(step.line()) {
            hidden.push(encoded); // masked as a whole, since nobody can tell what is secret in it
        }
        Self { event, message, encoded, token, tree, hidden }
    }

    /// The line, terminator included; empty where the event is none.
    #[must_use]
    pub fn line(&self) -> &[u8] {
        line_of(&self.event)
    }

    /// The octets of the line without its CRLF, each as it is shown: escaped, and `•` where it stands for a secret.
    pub fn glyphs(&self) -> impl Iterator<Item = String> {
        let line = self.line();
        let content = line.strip_suffix(b"\r\n").unwrap_or(line);
        content.iter().enumerate().map(|(at, octet)| {
            // One by one: CR LF at the end of what is shown would go.
            if self.hides(at) { "•".to_owned() } else { printable(&[*octet]) }
        })
    }

    /// Whether the octet of the line at `at` stands for a secret.
    #[must_use]
    pub fn hides(&self, at: usize) -> bool {
        self.hidden.iter().any(|span| span.contains(at))
    }

    /// Octets of the token that stand for secrets and are filler.
    #[must_use]
    pub fn secrets(&self) -> Vec<Span> {
        match self.hidden.as_slice() {
            [] => Vec::new(),
            [whole] if *whole == self.encoded => vec![Span::new(0, self.token.len())],
            _ => {
                let leaves = self.nodes().filter(|(_, node)| node.secret && node.children.is_empty());
                leaves.map(|(_, node)| node.content).collect()
            }
        }
    }

    /// The characters of the line that hold bits of these octets of the token.
    #[must_use]
    pub fn characters(&self, octets: Span) -> Span {
        base64::characters(self.line(), self.encoded, octets)
    }

    /// The octets of the token that these characters of the line hold bits of; empty where they stand for none.
    #[must_use]
    pub fn octets(&self, characters: Span) -> Span {
        let Span { start, end } = base64::octets(self.line(), self.encoded, characters);
        Span::new(start.min(self.token.len()), end.min(self.token.len()))
    }

    /// The octets at which problems of the token show; one may lie behind the last.
    #[must_use]
    pub fn problems(&self) -> Vec<usize> {
        let problems = self.nodes().filter_map(|(_, node)| node.problem.as_ref());
        problems.map(|problem| problem.at.min(self.token.len())).collect()
    }

    /// What would have gone in place of the line.
    #[must_use]
    pub fn edited_from(&self) -> Option<&[u8]> {
        match &self.event.what {
            What::Line { edited_from, .. } => edited_from.as_deref(),
            _ => None,
        }
    }

    /// The nodes in the order of the tree, each with its depth.
    pub fn nodes(&self) -> impl Iterator<Item = (usize, &Node)> {
        self.tree.iter().flat_map(Tree::walk)
    }

    /// Which node is the innermost that covers the octet at `at`.
    #[must_use]
    pub fn node_at(&self, at: usize) -> Option<usize> {
        let covering = self.nodes().enumerate().filter(|(_, (_, node))| node.span.contains(at));
        covering.max_by_key(|(_, (depth, _))| *depth).map(|(place, _)| place)
    }

    /// The line with its token in words; a fact that is no line as a recording has it.
    #[must_use]
    pub fn words(&self, reveal: bool) -> String {
        self.words_within(reveal, usize::MAX)
    }

    /// The same of a line that may be long: its first octets, at least so many.
    #[must_use]
    pub fn words_within(&self, reveal: bool, most: usize) -> String {
        let part =
            |start: usize, end: usize| printable(Span::new(start, end.min(start.saturating_add(most))).of(self.line()));
        let Some(message) = &self.message else { return fact(&self.event) };
        let line = self.line();
        match (&self.tree, &message.body) {
            (_, Body::Response(Response::Empty)) => "‹empty line›".to_owned(),
            (Some(tree), _) if !self.encoded.is_empty() => {
                let before = part(0, self.encoded.start);
                let behind = part(self.encoded.end, message.content.end);
                format!("{before}‹{}›{behind}", summary(tree, &self.token, reveal))
            }
            _ => part(0, line.len()),
        }
    }

    /// How the token differs from that of the line as it was composed, if it was changed; of `step`, which this shows.
    #[must_use]
    pub fn diff(&self, step: &Step, reveal: bool) -> Option<Diff> {
        let composed = self.edited_from()?.split_inclusive(|octet| *octet == b'\n').next_back()?;
        let message = read_as(step, composed)?;
        let before = &message.base64()?.bytes;
        let old = decode(before, &step.token?.hint);
        Some(diff((&old, before), (self.tree.as_ref()?, &self.token), reveal))
    }
}

/// `# note`, or the words of the fact. What only the presenter is to see is not said.
fn fact(event: &Event) -> String {
    match &event.what {
        What::Note(note) => {
            let remark = lesson::remark(note);
            format!("# {}", escape(if remark.presenter { "‹for the presenter›" } else { remark.text }))
        }
        _ => recording::untimed(event).trim_start_matches("* ").trim_start().to_owned(),
    }
}

/// Another line in the place of that of `step`, read for the same.
fn read_as(step: &Step, line: &[u8]) -> Option<Message> {
    step.message.as_ref().map(|message| match (step.from(), &message.body) {
        (Some(Party::Client), Body::Command(_)) => read_client(line, Dialogue::Command),
        (Some(Party::Client), Body::MailData | Body::EndOfData) => read_client(line, Dialogue::MailData),
        (Some(Party::Client), _) => read_client(line, Dialogue::Response),
        _ => read_server(line),
    })
}

fn line_of(event: &Event) -> &[u8] {
    match &event.what {
        What::Line { bytes, .. } => bytes,
        _ => &[],
    }
}

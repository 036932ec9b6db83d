//! A token's tree as JSON.
//!
//! A node is exactly `{"name","start","end","value","problem","children"}`. `start` and `end` are octets of the decoded
//! token. `value` is a number where the field is one, `null` for a structure, and text else: `name (number)`, digits of
//! flags in hex, octets in hex, in full; a secret is `"•"` unless secrets are revealed. `problem` is `null` or
//! `{"at","what","cite"}`, with `at` an octet of the decoded token. Where explanations are wanted, there is one more:
//! `explained`, a list of `{"says","cite"}`: what the field is, then what its value means if that has a name.

use crate::decode::{Explanation, Node, Problem, Value, explain};
use serde::Serialize;
use std::fmt::Write as _;

/// What stands in the place of a secret.
pub(super) const HIDDEN: &str = "•";

/// One node.
#[derive(Serialize)]
pub(super) struct NodeJson<'a> {
    name: &'a str,
    start: usize,
    end: usize,
    value: ValueJson,
    problem: Option<ProblemJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explained: Option<Vec<ExplainedJson>>,
    children: Vec<NodeJson<'a>>,
}

#[derive(Serialize)]
struct ExplainedJson {
    says: &'static str,
    cite: String,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ValueJson {
    None,
    Number(i64),
    Text(String),
}

#[derive(Serialize)]
struct ProblemJson<'a> {
    at: usize,
    what: &'a str,
    cite: String,
}

/// The tree that was read from `bytes`: at most as deep as the decoder goes, which is 32 levels.
pub(super) fn json<'a>(root: &'a Node, bytes: &[u8], reveal: bool, explained: bool) -> NodeJson<'a> {
    below(root, &mut Vec::new(), bytes, reveal, explained)
}

/// `node`, which stands in what `path` leads to, with all below it.
fn below<'a>(node: &'a Node, path: &mut Vec<&'a Node>, bytes: &[u8], reveal: bool, explained: bool) -> NodeJson<'a> {
    path.push(node);
    let json = NodeJson {
        name: &node.name,
        start: node.span.start,
        end: node.span.end,
        value: value(node, bytes, reveal),
        problem: node.problem.as_deref().map(problem),
        explained: explained.then(|| explain(path).map(explanation).collect()),
        children: node.children.iter().map(|child| below(child, path, bytes, reveal, explained)).collect(),
    };
    path.pop();
    json
}

fn explanation(Explanation { says, cite }: Explanation) -> ExplainedJson {
    ExplainedJson { says, cite: cite.to_string() }
}

fn value(node: &Node, bytes: &[u8], reveal: bool) -> ValueJson {
    if node.secret && !reveal {
        return ValueJson::Text(HIDDEN.to_owned());
    }
    match &node.value {
        Value::None => ValueJson::None,
        Value::Number(number) => ValueJson::Number(*number),
        Value::Octets(_) if !node.children.is_empty() => ValueJson::None,
        Value::Octets(content) => ValueJson::Text(hex(content.of(bytes))),
        other => ValueJson::Text(other.to_string()),
    }
}

fn problem(problem: &Problem) -> ProblemJson<'_> {
    ProblemJson { at: problem.at, what: &problem.what, cite: problem.cite.to_string() }
}

fn hex(octets: &[u8]) -> String {
    let mut text = String::with_capacity(2 * octets.len());
    for octet in octets {
        write!(text, "{octet:02x}").unwrap_or_default(); // writing to a String cannot fail
    }
    text
}

//! What a node is and why it stands there: a plain sentence and its clause for every name and value that the decoders
//! of this module make.
//!
//! Stands behind the tree and reads nothing but names and values, so that a face may explain any node that it shows.
//! A sentence is for a developer to whom the protocol is new; what is wrong with a node, its problem says.
//!
//! Limit: who sent a token is not looked at; where both may send a field, the sentence speaks of both.

mod kerberos;
mod message;
mod ntlm;
mod scram;
mod spnego;

use super::tree::{Node, Value};
use crate::terms::Cite;

/// One sentence about a node, and where it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What it is and why it is here.
    pub says: &'static str,
    /// The clause that defines it.
    pub cite: Cite,
}

/// What the last node of `path` is, then what its value means where that has a name of its own. `path` begins at the
/// root of the tree, as [`super::Tree::path`] gives it: the same name means different things in different places.
pub fn explain(path: &[&Node]) -> impl Iterator<Item = Explanation> {
    let node = path.split_last().and_then(|(node, above)| {
        let known = sentences().filter(|sentence| sentence.name == plain(&node.name));
        let near = |sentence: &Sentence| above.iter().rposition(|outer| outer.name == sentence.within);
        // The innermost place that has a sentence of its own; `None` is least, and means anywhere.
        known.filter(|sentence| sentence.within.is_empty() || near(sentence).is_some()).max_by_key(|known| near(known))
    });
    let value = path.last().and_then(|node| match &node.value {
        Value::Named { name, .. } if !name.is_empty() => named(&node.name, name),
        Value::Oid { mech: Some(mech), .. } => named("mechanism", mech.name()),
        _ => None,
    });
    node.into_iter().chain(value).map(|sentence| sentence.explanation)
}

/// A row of the tables below.
struct Sentence {
    /// The structure that the node stands in, at any depth, or the field whose value it is; empty for anywhere.
    within: &'static str,
    name: &'static str,
    explanation: Explanation,
}

fn sentences() -> impl Iterator<Item = &'static Sentence> {
    [spnego::SENTENCES, ntlm::SENTENCES, message::SENTENCES, scram::SENTENCES, kerberos::SENTENCES, kerberos::ERRORS]
        .into_iter()
        .flatten()
}

/// The value `name` of the field `within`; some are explained as what the field belongs to.
fn named(within: &str, name: &str) -> Option<&'static Sentence> {
    let known = sentences().filter(|known| known.name == name && (known.within == within || known.within.is_empty()));
    known.max_by_key(|sentence| sentence.within.len())
}

/// The name without the number that some have.
fn plain(name: &str) -> &str {
    match name.split_once(' ') {
        Some((word @ ("bit" | "AvId"), _)) => word,
        _ if name.starts_with('[') => "[n]",
        _ => name,
    }
}

/// Writes a table: `"within" { "name" "document" "section": "sentence"; … } …`.
macro_rules! table {
    ($( $within:literal { $( $name:literal $doc:literal $section:literal: $says:literal; )+ } )+) => {
        &[ $( $( $crate::decode::explain::Sentence {
            within: $within,
            name: $name,
            explanation: $crate::decode::explain::Explanation {
                says: $says,
                cite: $crate::terms::Cite::new($doc, $section),
            },
        } ),+ ),+ ]
    };
}
use table;

#[cfg(test)]
mod tests;

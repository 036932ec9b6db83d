//! The peer's messages, read for trust: a tree that has a problem is refused.

use crate::decode::{self, Hint, Mech, Node, Reading, Tree, Value};
use crate::mech::{MechError, major};
use crate::terms::{Party, Span};

/// A message whose tree is without problems.
pub(super) struct Message<'a> {
    bytes: &'a [u8],
    tree: Tree,
}

/// One AV pair, whole and by its value.
pub(super) struct AvPair<'a> {
    pub(super) name: &'a str,
    pub(super) octets: &'a [u8],
}

impl AvPair<'_> {
    /// What stands behind identifier and length.
    pub(super) fn value(&self) -> &[u8] {
        self.octets.get(4..).unwrap_or_default()
    }

    /// The value as a number of 32 bits.
    pub(super) fn number(&self) -> Option<u32> {
        Some(u32::from_le_bytes(self.value().try_into().ok()?))
    }

    /// The value as a number of 64 bits.
    pub(super) fn long(&self) -> Option<u64> {
        Some(u64::from_le_bytes(self.value().try_into().ok()?))
    }
}

impl<'a> Message<'a> {
    /// Reads the message that is due, by its name in MS-NLMP section 2.2.1: `CHALLENGE_MESSAGE`.
    ///
    /// # Errors
    /// `DEFECTIVE_TOKEN` where the octets are no such message, or break a rule.
    pub(super) fn read(bytes: &'a [u8], from: Party, due: &str) -> Result<Self, MechError> {
        let tree = decode::decode(
            bytes,
            &Hint { from: Some(from), reading: Reading::Gss, mech: Some(Mech::Ntlmssp), sealed: false },
        );
        if tree.root.name != due {
            return Err(defective(format!("Expected {due}, but the token is {}.", tree.root.name)));
        }
        if let Some(problem) = tree.problems().next() {
            return Err(defective(format!("{due}, octet {}: {} ({}).", problem.at, problem.what, problem.cite)));
        }
        Ok(Self { bytes, tree })
    }

    /// The octets of a field's content, none where it is absent or empty.
    pub(super) fn octets(&self, name: &str) -> &'a [u8] {
        self.span(name).map_or(&[], |span| span.of(self.bytes))
    }

    /// Where a field's content stands.
    pub(super) fn span(&self, name: &str) -> Option<Span> {
        self.tree.find(name).map(|node| node.content)
    }

    /// A field that is exactly as long as that.
    pub(super) fn exactly<const N: usize>(&self, name: &str) -> Result<[u8; N], MechError> {
        let octets = self.octets(name);
        octets.try_into().map_err(|_| defective(format!("{name} has {} octets, not {N}.", octets.len())))
    }

    pub(super) fn text(&self, name: &str) -> &str {
        match self.tree.find(name).map(|node| &node.value) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    pub(super) fn flags(&self) -> u32 {
        match self.tree.find("NegotiateFlags").map(|node| &node.value) {
            Some(Value::Flags { bits, .. }) => *bits,
            _ => 0,
        }
    }

    /// The AV pairs of the structure of that name, without the one that ends the list.
    pub(super) fn av_pairs(&self, name: &str) -> Vec<AvPair<'_>> {
        let pairs: &[Node] = self.tree.find(name).map_or(&[], |node| &node.children);
        pairs
            .iter()
            .filter(|pair| pair.name != "MsvAvEOL")
            .map(|pair| AvPair { name: &pair.name, octets: pair.span.of(self.bytes) })
            .collect()
    }
}

/// `DEFECTIVE_TOKEN` with a text.
pub(super) fn defective(text: String) -> MechError {
    MechError::new(major::DEFECTIVE_TOKEN, text)
}

//! Other content for a node, with everything that counts octets mended around it.
//!
//! Mended are the DER lengths of all enclosing headers, the descriptors of an NTLM message and the offsets of the
//! fields behind, `AvLen`, and .NET's length prefix. Checksums, MICs and responses are not: they stay as they were.
//! Content of the same length changes nothing else, so a patch can spoil or mask a value and leave the rest alone.
//! [`splice`] mends nothing at all: for lengths that are to be wrong.
//!
//! Limit: an NTLM field of no octets has no node, so nothing can be put there.

use super::der::{Declared, element, length_octets};
use super::tree::{Node, Tree, Value};
use crate::terms::Span;

/// Why a node can't be given other content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatchError {
    /// The tree has no such node, or is not the tree of these octets.
    #[error("octets {0} are no node of this token")]
    NoNode(Span),
    /// Nothing in the token says how long the node is, so that it can't have another length.
    #[error("{name} takes {expected} octets, got {got}")]
    FixedLength {
        /// The node's name.
        name: String,
        /// How many octets it has.
        expected: usize,
        /// How many were to replace them.
        got: usize,
    },
    /// A length no longer fits in its field.
    #[error("{name} would be longer than its length field can say")]
    TooLong {
        /// The node whose length it is.
        name: String,
    },
}

/// Nodes without a header that may have any length, since they reach to the end of what encloses them.
const OPEN: &[&str] =
    &["AvPairs", "NTLMv2_CLIENT_CHALLENGE", "SGN_CKSUM", "authzid", "ciphertext", "innerContextToken", "plaintext"];

/// The octets with the content of `node` replaced by `content`, which may have any length. `tree` must be what
/// [`super::decode`] made of `bytes`, and `node` one of its nodes.
///
/// # Errors
/// No such node, a node of fixed length, or a length that no longer fits in its field.
pub fn patch(bytes: &[u8], tree: &Tree, node: &Node, content: &[u8]) -> Result<Vec<u8>, PatchError> {
    replace(bytes, tree, node, node.content, content)
}

/// The octets with the children of `node`, which stand one right behind the other, replaced by others.
///
/// # Errors
/// As [`patch`].
pub fn patch_children(bytes: &[u8], tree: &Tree, node: &Node, children: &[u8]) -> Result<Vec<u8>, PatchError> {
    replace(bytes, tree, node, super::field::children_span(node), children)
}

/// The octets with those at `at` replaced, and nothing mended: what counts octets goes wrong where the length changes.
#[must_use]
pub fn splice(bytes: &[u8], at: Span, octets: &[u8]) -> Vec<u8> {
    [Span::new(0, at.start).of(bytes), octets, Span::new(at.end, bytes.len()).of(bytes)].concat()
}

fn replace(bytes: &[u8], tree: &Tree, node: &Node, at: Span, content: &[u8]) -> Result<Vec<u8>, PatchError> {
    let path = path(tree, node).filter(|_| at.end <= bytes.len()).ok_or(PatchError::NoNode(node.span))?;
    let mut edits = Edits { bytes, delta: 0, list: vec![(at, content.to_vec())] };
    // In characters nothing counts octets.
    if content.len() != at.len() && !tree.kind.is_characters() {
        if !has_length(&path) {
            let (name, expected) = (node.name.clone().into_owned(), at.len());
            return Err(PatchError::FixedLength { name, expected, got: content.len() });
        }
        edits.delta = signed(content.len()) - signed(at.len());
        let mut inner = at;
        for (depth, node) in path.iter().enumerate().rev() {
            edits.mend(node, path.get(depth + 1).copied(), inner)?;
            inner = node.span;
        }
    }
    Ok(edits.apply())
}

/// From the root to `node`.
fn path<'t>(tree: &'t Tree, node: &Node) -> Option<Vec<&'t Node>> {
    let mut path = Vec::new();
    for (depth, known) in tree.walk() {
        path.truncate(depth);
        path.push(known);
        if std::ptr::eq(known, node) {
            return Some(path);
        }
    }
    None
}

/// Whether something says how long the last node of `path` is.
fn has_length(path: &[&Node]) -> bool {
    let [.., parent, node] = path else { return true };
    let sole = parent.content == node.span && parent.children.len() == 1;
    if node.content.start > node.span.start || sole || descriptor(parent, node).is_some() {
        return true;
    }
    // With other rotations the pieces would move when the length changes (RFC 4121 section 4.2.5).
    let number = |name| parent.child(name).map(|child| &child.value);
    let unrotated = match (number("EC"), number("RRC")) {
        (Some(ec), Some(rrc)) => *rrc == Value::Number(0) || rrc == ec,
        _ => true,
    };
    OPEN.contains(&&*node.name) && (unrotated || node.name != "plaintext")
}

/// The descriptor in the NTLM message `message` that points to `payload`.
fn descriptor<'n>(message: &'n Node, payload: &Node) -> Option<&'n Node> {
    message.children.iter().find(|child| child.name.strip_suffix("Fields") == Some(&*payload.name))
}

/// What is to be replaced, by places in the octets as they were.
struct Edits<'b> {
    bytes: &'b [u8],
    /// By how many octets all inside has grown so far.
    delta: i64,
    list: Vec<(Span, Vec<u8>)>,
}

impl Edits<'_> {
    /// Mends what `node` says of the length of `inner`, the span of its child on the path or its own content.
    fn mend(&mut self, node: &Node, child: Option<&Node>, inner: Span) -> Result<(), PatchError> {
        let too_long = || PatchError::TooLong { name: node.name.clone().into_owned() };
        let start = node.span.start;
        let mended = if node.name == super::LENGTH_PREFIXED {
            self.number(Span::new(start, start + 4))
        } else if node.name.starts_with("MsvAv") || node.name.starts_with("AvId") {
            self.number(Span::new(start + 2, start + 4))
        } else if let Some(payload) = child
            && let Some(own) = descriptor(node, payload)
        {
            self.descriptors(node, payload, own)
        } else if node.content.start > start {
            self.headers(node, inner)
        } else {
            Some(())
        };
        mended.ok_or_else(too_long)
    }

    /// Mends the DER lengths between the start of `node` and `inner`, the innermost first.
    fn headers(&mut self, node: &Node, inner: Span) -> Option<()> {
        let mut lengths = Vec::new();
        let mut within = node.span;
        while let Ok(element) = element(self.bytes, within) {
            if element.span.start > inner.start || element.content.start > inner.start || element.span.end < inner.end {
                break;
            }
            lengths.extend(element.length.map(|length| (length, element.content.start)));
            within = element.content;
            if within.start == inner.start {
                break;
            }
        }
        for (Declared { length, octets }, end) in lengths.into_iter().rev() {
            let grown = usize::try_from(signed(length).checked_add(self.delta)?).ok()?;
            // A length that was not minimal keeps its octets.
            let least = if octets > length_octets(length) { octets } else { 1 };
            let encoded = encode_length(grown, least);
            self.delta += signed(encoded.len()) - signed(octets);
            self.list.push((Span::new(end - octets, end), encoded));
        }
        Some(())
    }

    /// Mends the descriptor of `payload`, and the offsets of what stands behind it.
    fn descriptors(&mut self, message: &Node, payload: &Node, own: &Node) -> Option<()> {
        for fields in message.children.iter().filter(|child| child.name.ends_with("Fields")) {
            let [length, max, offset] = fields.children.as_slice() else { continue };
            if std::ptr::eq(fields, own) {
                self.number(length.span)?;
                self.number(max.span)?;
            } else if matches!(offset.value, Value::Number(at) if at >= signed(payload.span.end - message.span.start)) {
                self.number(offset.span)?;
            }
        }
        Some(())
    }

    /// Adds the growth to the little-endian number of 2 or 4 octets at `field`.
    fn number(&mut self, field: Span) -> Option<()> {
        let old = field.of(self.bytes).iter().rev().fold(0, |number: i64, &octet| number << 8 | i64::from(octet));
        let new = u32::try_from(old + self.delta).ok()?.to_le_bytes();
        let (low, high) = new.split_at_checked(field.len())?;
        self.list.push((field, low.to_vec()));
        high.iter().all(|&octet| octet == 0).then_some(())
    }

    fn apply(mut self) -> Vec<u8> {
        self.list.sort_by_key(|(span, _)| *span);
        let mut patched = Vec::with_capacity(self.bytes.len());
        let mut at = 0;
        for (span, octets) in self.list {
            patched.extend_from_slice(Span::new(at, span.start).of(self.bytes));
            patched.extend(octets);
            at = span.end;
        }
        patched.extend_from_slice(Span::new(at, self.bytes.len()).of(self.bytes));
        patched
    }
}

/// One element with a definite, minimal length (X.690 section 10.1).
pub(super) fn element_of(id: u8, content: &[u8]) -> Vec<u8> {
    [&[id], encode_length(content.len(), 1).as_slice(), content].concat()
}

/// A DER length of at least so many octets.
fn encode_length(length: usize, least: usize) -> Vec<u8> {
    let octets = length_octets(length).max(least);
    if octets == 1 {
        return vec![length as u8];
    }
    let digits = length.to_be_bytes();
    let digits = (1..octets).rev().map(|place| digits.len().checked_sub(place).map_or(0, |at| digits[at]));
    std::iter::once(0x80 | (octets - 1) as u8).chain(digits).collect()
}

/// Lengths of slices fit: Rust allocates no more than `isize::MAX` octets.
fn signed(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

//! A tree as plain lines, for every face that shows text.

use super::tree::{Kind, Node, Tree, Value};
use std::fmt::Write as _;

/// How many octets of a value are shown before `…`.
const SHOWN: usize = 32;

/// One line a node, indented by depth: `name  value  [start..end]`, then ` ! ` and its problem. Octets are in hex,
/// control characters escaped; what is secret is `•` unless `reveal`.
#[must_use]
pub fn lines(tree: &Tree, bytes: &[u8], reveal: bool) -> Vec<String> {
    tree.walk().map(|(depth, node)| line(depth, node, bytes, reveal)).collect()
}

fn line(depth: usize, node: &Node, bytes: &[u8], reveal: bool) -> String {
    let mut line = format!("{:indent$}{}", "", node.name, indent = 2 * depth);
    let value = value_text(node, bytes, reveal);
    if !value.is_empty() {
        line.push_str("  ");
        line.push_str(&value);
    }
    let problem =
        node.problem.as_ref().map_or_else(String::new, |problem| format!(" ! {} ({})", problem.what, problem.cite));
    let _ = write!(line, "  [{}]{problem}", node.span);
    line
}

/// The value of a node as [`lines`] shows it: octets in hex, control characters escaped, secrets as `•` unless
/// `reveal`; empty for a structure.
#[must_use]
pub fn value_text(node: &Node, bytes: &[u8], reveal: bool) -> String {
    if node.secret && !reveal {
        return "•".to_owned();
    }
    match &node.value {
        Value::Octets(_) if !node.children.is_empty() => node.value.to_string(),
        Value::Octets(content) => hex(content.of(bytes)),
        Value::Base64(octets) => hex(octets),
        Value::Text(text) => escape(text),
        other => other.to_string(),
    }
}

fn hex(octets: &[u8]) -> String {
    let mut text = String::with_capacity(2 * octets.len().min(SHOWN) + 3);
    for octet in octets.iter().take(SHOWN) {
        let _ = write!(text, "{octet:02x}");
    }
    if octets.len() > SHOWN {
        text.push('…');
    }
    text
}

/// The token in a few words, for a list: `NegTokenInit: NTLMSSP, NEGOTIATE_MESSAGE, 74 B`; a text as itself. Secrets are
/// `•` unless `reveal`.
#[must_use]
pub fn summary(tree: &Tree, bytes: &[u8], reveal: bool) -> String {
    let name = if tree.kind == Kind::Text { &tree.root.name } else { tree.kind.name() };
    if tree.kind == Kind::Text {
        let parts: Vec<&Node> =
            if tree.root.children.is_empty() { vec![&tree.root] } else { tree.root.children.iter().collect() };
        let part = |node: &&Node| format!("{}: {}", node.name, value_text(node, bytes, reveal));
        return parts.iter().map(part).collect::<Vec<_>>().join(", ");
    }
    if tree.kind.is_characters() {
        // SCRAM: what tells one exchange from another.
        let telling = |node: &&Node| matches!(&*node.name, "username" | "iteration-count" | "server-error");
        let part = |node: &Node| format!("{}: {}, ", node.name, value_text(node, bytes, reveal));
        let parts: String = tree.root.children.iter().filter(telling).map(part).collect();
        return format!("{name}: {parts}{} B", bytes.len());
    }
    let mut words: Vec<&str> = Vec::new();
    for (_, node) in tree.walk() {
        words.extend(word(node));
        if is_message(&node.name) {
            break;
        }
    }
    let size = format!("{} B", bytes.len());
    words.push(&size);
    format!("{name}: {}", words.join(", "))
}

/// What [`summary`] says of a node, if it names it.
#[must_use]
pub fn word(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Oid { mech, .. } if node.name == "MechType" => {
            Some(mech.map_or("unknown mechanism", |mech| mech.name()))
        }
        Value::Named { name, .. } if node.name == "negState" => Some(name),
        _ => is_message(&node.name).then_some(&*node.name),
    }
}

/// The messages of the mechanisms within.
fn is_message(name: &str) -> bool {
    name.ends_with("_MESSAGE") || matches!(name, "AP-REQ" | "AP-REP" | "KRB-ERROR")
}

/// The text with all that [`is_harmful`] escaped.
#[must_use]
pub fn escape(text: &str) -> String {
    let harmless = |c| (!is_harmful(c)).then_some(c);
    text.chars().flat_map(|c| c.escape_debug().filter(move |_| is_harmful(c)).chain(harmless(c))).collect()
}

/// Control characters, those that turn the direction of writing, and those that hide must not reach a terminal.
#[must_use]
pub const fn is_harmful(c: char) -> bool {
    let controls = matches!(c, '\0'..='\x1F' | '\x7F'..='\u{9F}');
    let turns = matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    // Soft hyphen, zero-width space, word joiner and the like, byte order mark, tags.
    let hides = matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}');
    controls || turns || hides
}

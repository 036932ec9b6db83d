//! How two readings of a token differ, node by node: what an edit has changed, added and taken out.
//!
//! Nodes are matched in the order of the tree by depth, name and octets, then what is left between two matches by depth
//! and name. Limit: of more than [`MOST`] nodes nothing is said.

use super::render::value_text;
use super::tree::{Node, Tree, Value};
use crate::terms::Span;
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// How many nodes each tree may have: the search costs their product at worst.
const MOST: usize = 2_048;

/// How a token differs from what it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// For each node, in the order of the tree.
    pub nodes: Vec<Change>,
    /// Nodes that are there no more, without those within them, by the place behind which they stood.
    pub gone: Vec<Gone>,
    /// Octets that are others than before, or new; ascending.
    pub octets: Vec<Span>,
}

/// What became of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is as it was.
    Same,
    /// It had this value.
    Was(String),
    /// It was not there.
    New,
}

/// A node that is there no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// The place of the node behind which it stood, in the order of the tree as it is.
    pub behind: usize,
    /// How deep it stood.
    pub depth: usize,
    /// Its name and its value.
    pub text: String,
}

/// How `new`, which was read from `octets`, differs from `old`, which was read from `before`. Secrets are `•` unless
/// `reveal`.
#[must_use]
pub fn diff((old, before): (&Tree, &[u8]), (new, octets): (&Tree, &[u8]), reveal: bool) -> Diff {
    let olds: Vec<_> = old.walk().take(MOST + 1).collect();
    let news: Vec<_> = new.walk().take(MOST + 1).collect();
    if olds.len() > MOST || news.len() > MOST {
        return Diff::default();
    }
    let pairs = pairs(&olds, before, &news, octets);
    let mut diff = Diff::default();
    for (new, pair) in news.iter().zip(&pairs) {
        let Some((_, old)) = pair.and_then(|old| olds.get(old)) else {
            diff.nodes.push(Change::New);
            diff.octets.push(new.1.span);
            continue;
        };
        let was = value_text(old, before, reveal);
        let same = was == value_text(new.1, octets, reveal) && leaf(old, before) == leaf(new.1, octets);
        diff.nodes.push(if same { Change::Same } else { Change::Was(was) });
        let headers = [old, new.1].map(|node| {
            let end = node.children.first().map_or(node.content.start, |first| first.span.start);
            Span::new(node.span.start, end)
        });
        differing(headers[0].of(before), headers[1].of(octets), headers[1].start, &mut diff.octets);
        if new.1.children.is_empty() && new.1.value != Value::None || matches!(new.1.value, Value::Flags { .. }) {
            differing(old.content.of(before), new.1.content.of(octets), new.1.content.start, &mut diff.octets);
        }
    }
    diff.octets.sort_unstable();
    diff.octets.dedup();
    let mut kept = vec![None; olds.len()];
    for (place, pair) in pairs.iter().enumerate() {
        if let Some(old) = *pair {
            kept[old] = Some(place);
        }
    }
    let mut behind = 0;
    let mut within = usize::MAX;
    for (place, (depth, node)) in olds.iter().enumerate() {
        if let Some(kept) = kept[place] {
            (behind, within) = (kept, usize::MAX);
        } else if *depth <= within {
            within = *depth;
            let value = value_text(node, before, reveal);
            let text = if value.is_empty() { node.name.to_string() } else { format!("{}  {value}", node.name) };
            diff.gone.push(Gone { behind, depth: *depth, text });
        }
    }
    diff
}

/// For each new node the place of the old one that it was.
fn pairs(olds: &[(usize, &Node)], before: &[u8], news: &[(usize, &Node)], octets: &[u8]) -> Vec<Option<usize>> {
    let mut pairs = vec![None; news.len()];
    let old_keys: Vec<_> = olds.iter().map(|(depth, node)| (*depth, &*node.name, leaf(node, before))).collect();
    let new_keys: Vec<_> = news.iter().map(|(depth, node)| (*depth, &*node.name, leaf(node, octets))).collect();
    // Runs of nodes that differ: old ones and new ones between two that are equal.
    let mut runs = vec![(Vec::new(), Vec::new())];
    for op in capture_diff_slices(Algorithm::Myers, &old_keys, &new_keys) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            (0..len).for_each(|at| pairs[new_index + at] = Some(old_index + at));
            runs.push((Vec::new(), Vec::new()));
        } else if let Some((old_run, new_run)) = runs.last_mut() {
            old_run.extend(op.old_range());
            new_run.extend(op.new_range());
        }
    }
    for (mut left, new_run) in runs {
        // What stands unchanged elsewhere was moved, and has become nothing else.
        left.retain(|old| {
            let moved = |(new, pair): (usize, &Option<usize>)| pair.is_none() && new_keys[new] == old_keys[*old];
            old_keys[*old].2.is_none() || !pairs.iter().enumerate().any(moved)
        });
        let mut left = left.into_iter();
        for new in new_run {
            let mut rest = left.clone();
            if let Some(old) = rest.find(|old| {
                let (old, new) = (old_keys[*old], new_keys[new]);
                (old.0, old.1) == (new.0, new.1)
            }) {
                (pairs[new], left) = (Some(old), rest);
            }
        }
    }
    pairs
}

/// The octets of a node that has a value of its own; a bit has only its name.
fn leaf<'b>(node: &Node, bytes: &'b [u8]) -> Option<&'b [u8]> {
    (node.children.is_empty() && node.value != Value::None).then(|| node.content.of(bytes))
}

/// Where `new`, which stands at `at`, has other octets than `old`: all of it where it has another length.
fn differing(old: &[u8], new: &[u8], at: usize, octets: &mut Vec<Span>) {
    if old.len() != new.len() {
        octets.push(Span::new(at, at + new.len()));
        return;
    }
    let differs = |(place, (old, new)): (usize, (&u8, &u8))| (old != new).then(|| Span::new(place, place + 1));
    octets.extend((at..).zip(old.iter().zip(new)).filter_map(differs));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::{Hint, decode, item, octets, patch, patch_children};
    use base64::{Engine as _, prelude::BASE64_STANDARD};

    /// What is written of the nodes that differ, and the octets.
    fn told(old: &[u8], new: &[u8]) -> (Vec<String>, Vec<Span>) {
        let [before, after] = [old, new].map(|bytes| decode(bytes, &Hint::default()));
        let diff = diff((&before, old), (&after, new), true);
        let mut told = Vec::new();
        for (place, ((_, node), change)) in after.walk().zip(&diff.nodes).enumerate() {
            match change {
                Change::Same => {}
                Change::Was(was) => told.push(format!("~ {} {was}", node.name)),
                Change::New => told.push(format!("+ {} {}", node.name, node.value)),
            }
            let gone = diff.gone.iter().filter(|gone| gone.behind == place);
            told.extend(gone.map(|gone| format!("- {} {}", gone.depth, gone.text)));
        }
        (told, diff.octets)
    }

    #[test]
    fn what_an_edit_has_changed() {
        let init = BASE64_STANDARD.decode("YCcGBisGAQUFAqAdMBugGTAXBgkqhkiG9xIBAgIGCisGAQQBgjcCAgo=").unwrap();
        let tree = decode(&init, &Hint::default());
        assert_eq!(told(&init, &init), (Vec::new(), Vec::new()));
        let list = tree.find("mechTypes").unwrap();
        let [kerberos, ntlm] = [0, 1].map(|place| list.children[place].span.of(&init));
        let kerberos_name = "Kerberos V5 (1.2.840.113554.1.2.2)";
        let other_order = patch_children(&init, &tree, list, &[ntlm, kerberos].concat()).unwrap();
        let ntlm_name = "MechType  NTLMSSP (1.3.6.1.4.1.311.2.2.10)";
        let moved = [format!("+ {}", ntlm_name.replace("  ", " ")), format!("- 3 {ntlm_name}")];
        assert_eq!(told(&init, &other_order).0, moved);
        let shorter = patch_children(&init, &tree, list, ntlm).unwrap();
        let lengths = [1, 11, 13, 15, 17].map(|at| Span::new(at, at + 1)).to_vec();
        assert_eq!(told(&init, &shorter), (vec![format!("- 3 MechType  {kerberos_name}")], lengths));
        let first = &list.children[0];
        let iakerb = patch(&init, &tree, first, &octets(first, &init, "IAKERB").unwrap()).unwrap();
        assert_eq!(told(&init, &iakerb).0, [format!("~ MechType {kerberos_name}")]);

        let request_mic = BASE64_STANDARD.decode("oRUwE6ADCgEDoQwGCisGAQQBgjcCAgo=").unwrap();
        let mut completed = request_mic.clone();
        completed[8] = 0;
        assert_eq!(
            told(&request_mic, &completed),
            (vec!["~ negState request-mic (3)".to_owned()], vec![Span::new(8, 9)])
        );
        let resp = decode(&request_mic, &Hint::default());
        let only = patch_children(&request_mic, &resp, &resp.root, &item(&resp.root, "negState=request-mic").unwrap());
        assert_eq!(told(&request_mic, &only.unwrap()).0, ["- 1 supportedMech  NTLMSSP (1.3.6.1.4.1.311.2.2.10)"]);
    }
}

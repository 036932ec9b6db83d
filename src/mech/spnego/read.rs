//! The peer's negotiation tokens, read for trust. Tokens of mechanisms inside are judged by those mechanisms.

use super::compose::NegState;
use super::defective;
use crate::decode::{self, Hint, Kind, Mech, Node, Reading, Tree, Value};
use crate::mech::{MechError, major};
use crate::terms::Party;

/// A token, and its outermost structure.
pub(super) struct Token<'a> {
    bytes: &'a [u8],
    tree: Tree,
}

impl<'a> Token<'a> {
    /// Reads the token, whatever it is.
    ///
    /// # Errors
    /// `DEFECTIVE_TOKEN` where the tree has a problem outside of a token inside.
    pub(super) fn read(bytes: &'a [u8], from: Party) -> Result<Self, MechError> {
        let tree = decode::decode(bytes, &Hint { from: Some(from), reading: Reading::Gss, mech: None, sealed: false });
        let token = Self { bytes, tree };
        let inside: Vec<_> = ["mechToken", "responseToken", "mechListMIC"]
            .iter()
            .filter_map(|name| Some(token.field(name)?.content))
            .collect();
        let problem = token
            .tree
            .walk()
            .filter(|(_, node)| !inside.iter().any(|content| content.covers(node.span)))
            .find_map(|(_, node)| node.problem.as_ref());
        match problem {
            Some(problem) if token.outer().is_some() => Err(defective(format!(
                "{}, octet {}: {} ({}).",
                token.kind().name(),
                problem.at,
                problem.what,
                problem.cite
            ))),
            _ => Ok(token),
        }
    }

    pub(super) fn kind(&self) -> Kind {
        self.tree.kind
    }

    /// `NegTokenInit`, `NegTokenInit2` or `NegTokenResp`: the first of that name, so none inside another token.
    fn outer(&self) -> Option<&Node> {
        match self.kind() {
            kind @ (Kind::NegTokenInit | Kind::NegTokenInit2 | Kind::NegTokenResp) => self.tree.find(kind.name()),
            _ => None,
        }
    }

    fn field(&self, name: &str) -> Option<&Node> {
        self.outer()?.child(name)
    }

    /// The content of an OCTET STRING.
    pub(super) fn octets(&self, name: &str) -> Option<&'a [u8]> {
        Some(self.field(name)?.content.of(self.bytes))
    }

    /// `MechTypeList` as it was sent, header included: the content of `[0]`.
    pub(super) fn mech_type_list(&self) -> Vec<u8> {
        self.octets("mechTypes").unwrap_or_default().to_vec()
    }

    /// The mechanisms offered; `None` for one that is not known.
    pub(super) fn mechs(&self) -> Vec<Option<Mech>> {
        let types: &[Node] = self.field("mechTypes").map_or(&[], |node| &node.children);
        types.iter().map(mech).collect()
    }

    /// The mechanism that the server chose.
    ///
    /// # Errors
    /// `BAD_MECH` where it is not known.
    pub(super) fn supported_mech(&self) -> Result<Option<Mech>, MechError> {
        let unknown =
            |value| MechError::new(major::BAD_MECH, format!("supportedMech is {value}, which is not known here."));
        self.field("supportedMech").map(|node| mech(node).ok_or_else(|| unknown(&node.value))).transpose()
    }

    /// # Errors
    /// `DEFECTIVE_TOKEN` where it is none of the four.
    pub(super) fn neg_state(&self) -> Result<Option<NegState>, MechError> {
        match self.field("negState").map(|node| &node.value) {
            None => Ok(None),
            Some(Value::Named { number: 0, .. }) => Ok(Some(NegState::AcceptCompleted)),
            Some(Value::Named { number: 1, .. }) => Ok(Some(NegState::AcceptIncomplete)),
            Some(Value::Named { number: 2, .. }) => Ok(Some(NegState::Reject)),
            Some(Value::Named { number: 3, .. }) => Ok(Some(NegState::RequestMic)),
            Some(value) => Err(defective(format!("negState is {value}, which is none of the four."))),
        }
    }
}

fn mech(node: &Node) -> Option<Mech> {
    match node.value {
        Value::Oid { mech, .. } => mech,
        _ => None,
    }
}

//! Editing the held line by its parts: the selected field of the tree, the token as hex, the reply as text.

use super::model::Model;

pub(super) fn field(model: &mut Model) {
    model.complain("not yet");
}

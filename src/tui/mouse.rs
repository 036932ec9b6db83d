//! The mouse.

use super::model::Model;

pub(super) fn toggle(model: &mut Model) {
    model.complain("not yet");
}

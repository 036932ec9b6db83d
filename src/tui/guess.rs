//! Guessing the next message.

use super::model::Model;

pub(super) fn ask(model: &mut Model) {
    model.complain("not yet");
}

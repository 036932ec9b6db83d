//! Copying to the clipboard of the terminal (OSC 52).

use super::model::Model;

pub(super) fn ask(model: &mut Model) {
    model.complain("not yet");
}

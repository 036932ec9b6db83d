//! What the terminal can do: colours, light or dark.

use super::model::Model;

pub(super) fn light_or_dark(model: &mut Model) {
    model.complain("not yet");
}

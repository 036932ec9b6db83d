//! The screen as a file: text, ANSI, SVG, asciicast.

use super::model::Model;

pub(super) fn ask(model: &mut Model) {
    model.complain("not yet");
}

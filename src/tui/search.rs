//! Searching lines, trees and hex, and the filter of the ladder.

use super::keys::Action;
use super::model::Model;

pub(super) fn update(model: &mut Model, _action: Action) {
    model.complain("not yet");
}

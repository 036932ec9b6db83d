//! Marks and notes on steps, and jumps from step to step.

use super::keys::Action;
use super::model::Model;

pub(super) fn update(model: &mut Model, _action: Action) {
    model.complain("not yet");
}

pub(super) fn jump(model: &mut Model, _action: Action) {
    model.complain("not yet");
}

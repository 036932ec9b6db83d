//! Playing by itself, at a speed.

use super::keys::Action;
use super::model::Model;

pub(super) fn update(model: &mut Model, _action: Action) {
    model.complain("not yet");
}

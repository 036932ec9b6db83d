//! How the panes are arranged.

use super::keys::Action;
use super::model::Model;

pub(super) fn update(model: &mut Model, _action: Action) {
    model.complain("not yet");
}

pub(super) fn remember(model: &mut Model) {
    model.complain("not yet");
}

//! A lesson as a show: notes beside each step, and a second terminal that follows.

use super::keys::Action;
use super::model::Model;

pub(super) fn update(model: &mut Model, _action: Action) {
    model.complain("not yet");
}

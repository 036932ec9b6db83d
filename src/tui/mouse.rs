//! The mouse: pressing selects what is under it, the wheel moves in it, dragging moves borders.
//!
//! The terminal hands over the mouse as long as that is wanted; with Shift, and once it is let go, the terminal selects
//! text itself.

use super::effect::Effect;
use super::keys::Action;
use super::menus::choose;
use super::model::{Front, Model, Overlay, Pane};
use super::panes::{self, BorderAt};
use super::update::{key, run, update};
use super::view::{Target, target};
use super::{play, reach, search};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

/// How many lines of text one notch of the wheel goes.
const NOTCH: usize = 3;

/// What the mouse is about.
#[derive(Debug)]
pub(super) struct Mouse {
    /// Whether it is wanted.
    pub(super) taken: bool,
    /// The border that is dragged.
    drags: Option<BorderAt>,
}

impl Mouse {
    pub(super) const fn new(taken: bool) -> Self {
        Self { taken, drags: None }
    }
}

/// Lets go of the mouse, or takes it.
pub(super) fn toggle(model: &mut Model) {
    model.mouse = Mouse::new(!model.mouse.taken);
    model.say(model.hint(if model.mouse.taken {
        "mouse: taken; with Shift the terminal selects text, {mouse} lets it go"
    } else {
        "mouse: let go, the terminal selects text; {mouse} takes it again"
    }));
}

/// Takes what the mouse does.
pub fn mouse(model: &mut Model, event: MouseEvent) -> Option<Effect> {
    let at = Position::new(event.column, event.row);
    let effect = match event.kind {
        MouseEventKind::Down(MouseButton::Left) => {
            model.notice = None;
            press(model, at)
        }
        MouseEventKind::Drag(MouseButton::Left) => {
            let body = model.body();
            if let Some(border) = model.mouse.drags {
                model.arrangement.drag(body, border, at.x, at.y);
            }
            None
        }
        MouseEventKind::Up(_) => {
            model.mouse.drags = None;
            None
        }
        MouseEventKind::ScrollUp => wheel(model, at, Action::Up),
        MouseEventKind::ScrollDown => wheel(model, at, Action::Down),
        _ => None,
    };
    search::keep_up(model);
    effect
}

fn press(model: &mut Model, at: Position) -> Option<Effect> {
    let reveal = model.revealed();
    match target(model, at) {
        Target::Item(place) => {
            let Some(Overlay::Menu(menu)) = &mut model.overlay else { return None };
            if menu.selected == place {
                return choose(model);
            }
            menu.selected = place;
            reach::look(model);
        }
        Target::Entry(place) if model.entry == place => return update(model, Action::Enter),
        Target::Entry(place) => model.entry = place,
        Target::Session(id) if model.network.is_selected(id) => return update(model, Action::Enter),
        Target::Session(id) => model.network.select(id),
        Target::Hint(binding) => return run(model, binding),
        Target::Border(border) => model.mouse.drags = Some(border),
        Target::Pane(pane) => panes::focus(model, pane),
        Target::Row(row) => {
            play::heed(model, Action::Up);
            panes::focus(model, Pane::Ladder);
            model.exchange.as_mut()?.look(row, reveal);
        }
        Target::Node(node, folds) => {
            panes::focus(model, Pane::Tree);
            let exchange = model.exchange.as_mut()?;
            exchange.select_node(node);
            if folds && !exchange.folded.remove(&node) {
                exchange.folded.insert(node);
            }
        }
        Target::Octet(octet) => {
            panes::focus(model, Pane::Bytes);
            model.exchange.as_mut()?.select_octet(octet);
        }
        Target::Character(at) => {
            panes::focus(model, Pane::Raw);
            let exchange = model.exchange.as_mut()?;
            if exchange.focus.shown.encoded.contains(at) {
                exchange.select_character(at);
            }
        }
        Target::Diagram(party, machine, row) => {
            panes::focus(model, Pane::State);
            let exchange = model.exchange.as_mut()?;
            exchange.diagram = Some((party, machine));
            exchange.edge = row;
        }
        Target::Nothing => {}
    }
    None
}

/// Moves in what is under the pointer; where the keys go stays as it is.
fn wheel(model: &mut Model, at: Position, action: Action) -> Option<Effect> {
    if model.overlay.is_some() {
        let code = if action == Action::Up { KeyCode::Up } else { KeyCode::Down };
        return key(model, KeyEvent::new(code, KeyModifiers::NONE));
    }
    if model.front != Front::Exchange {
        return update(model, action);
    }
    let pane = model.laid().panes.into_iter().find(|placed| placed.area.contains(at))?.pane;
    let before = std::mem::replace(&mut model.exchange.as_mut()?.pane, pane);
    for _ in 0..if pane == Pane::Why { NOTCH } else { 1 } {
        update(model, action);
    }
    model.exchange.as_mut()?.pane = before;
    None
}

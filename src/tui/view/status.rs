//! The bars: what is looked at, where it is in the machines, what can be done now.

use super::paint::{Paint, cut, spread, width};
use super::state::chain;
use crate::config::theme::Role;
use crate::decode::escape;
use crate::session::Gate;
use crate::tui::keys::{Action, Binding, TABLE};
use crate::tui::model::{Exchange, Loading, Model, Overlay, Source};
use crate::tui::prompts::{Prompt, PromptKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

pub(super) fn header(buffer: &mut Buffer, area: Rect, model: &Model, exchange: &Exchange, paint: &Paint) {
    let settled = &exchange.focus.step.standing.settled;
    let name = match &exchange.source {
        Source::Lab { lab, .. } => match lab.fault {
            Some(fault) => format!("lab · fault {fault}"),
            None => "lab".to_owned(),
        },
        Source::Live { role, .. } => format!("{role} · {}", escape(exchange.peer())),
        Source::Recording { name, .. } => escape(name),
    };
    let mut left = vec![paint.span(format!(" {name}"), Role::Title)];
    if settled.tls {
        let version = exchange.tls().and_then(|facts| facts.split(' ').next()).unwrap_or_default();
        let version = version.strip_prefix("TLSv").map_or_else(|| "TLS".to_owned(), |version| format!("TLS{version}"));
        left.push(paint.span(format!(" · {}", escape(&version)), Role::Text));
    }
    if let Some(mechanism) = &settled.mechanism {
        let token = settled.token.map_or_else(String::new, |machine| format!("/{machine}"));
        left.push(paint.span(format!(" · {}{token}", escape(mechanism)), Role::Text));
    }
    let wide = usize::from(area.width);
    let cells = |spans: &[Span<'_>]| spans.iter().map(|span| width(&span.content)).sum::<usize>();
    let room = wide.saturating_sub(cells(&left) + 1);
    // What can be done without gives way to who the peer is.
    let leaves = [(true, true), (false, true), (false, false)];
    let all = leaves.map(|(hold, hidden)| moment(model, exchange, hold, hidden, paint));
    let last = all.len() - 1;
    let right = all.into_iter().enumerate().find(|(at, right)| *at == last || cells(right) <= room);
    let right = right.map_or_else(Vec::new, |(_, right)| right);
    buffer.set_line(area.x, area.y, &spread(left, right, wide), area.width);
}

/// Badges, the step that is looked at, how the session stands; what it holds and that secrets are hidden, if that is
/// wanted.
fn moment(model: &Model, exchange: &Exchange, hold: bool, hidden: bool, paint: &Paint) -> Vec<Span<'static>> {
    let mut right = badges(model, paint);
    if exchange.is_insecure() {
        right.extend([paint.span(" INSECURE ", Role::Secret), Span::raw(" ")]);
    }
    if exchange.guess.on {
        right.push(paint.span(format!("guess {}/{}  ", exchange.guess.right, exchange.guess.asked), Role::Ok));
    }
    if model.play.due.is_some() {
        right.push(paint.span(format!("▶ {}  ", model.play.speed()), Role::Ok));
    }
    right.push(
        paint.span(format!("step {}/{}  ", (exchange.row + 1).min(exchange.rows()), exchange.rows()), Role::Text),
    );
    if let Some(gate) = exchange.gate() {
        let state = match exchange.session() {
            Some(session) if session.ended() => paint.span("ended", Role::Dim),
            _ if exchange.failure().is_some() => paint.span("✘ failed", Role::Bad),
            _ if exchange.held().is_some() => paint.span("● HELD", Role::Held),
            Some(session) if !session.is_running() && exchange.id().is_some() => paint.span("waits", Role::Text),
            _ => paint.span("running", Role::Text),
        };
        right.extend([state, Span::raw("  ")]);
        right.extend(hold.then(|| paint.span(format!("hold: {}  ", gate_text(gate)), Role::Text)));
    }
    if model.revealed() {
        right.push(paint.span(" SECRETS SHOWN ", Role::Secret));
    } else if hidden {
        right.push(paint.span("secrets hidden ", Role::Dim));
    }
    right
}

/// What is always to be seen while it holds.
pub(super) fn badges(model: &Model, paint: &Paint) -> Vec<Span<'static>> {
    if model.network.is_exposed() { vec![paint.span(" EXPOSED ", Role::Secret), Span::raw(" ")] } else { Vec::new() }
}

const fn gate_text(gate: Gate) -> &'static str {
    match (gate.receive, gate.send) {
        (true, true) => "both",
        (true, false) => "receive",
        (false, true) => "send",
        (false, false) => "none",
    }
}

pub(super) fn crumb(buffer: &mut Buffer, area: Rect, exchange: &Exchange, paint: &Paint) {
    let Some(place) = exchange.focus.crumb() else { return };
    let party = place.party;
    let mut left = vec![paint.span(format!(" {} {} ", party.letter(), place.machine), Paint::party(party))];
    left.extend(chain(place, exchange, usize::from(area.width) * 3 / 5, paint));
    let step = &exchange.focus.step;
    let mut taken = step.moves.iter().map(|taken| taken.row);
    let taken = taken.clone().find(|id| (id.party, id.machine) == (party, place.machine)).or(taken.next_back());
    let right = match (&step.deviation, taken) {
        (Some(deviation), _) => paint.span(format!("✘ {} ", deviation.cite), Role::Bad),
        (None, Some(id)) => paint.span(format!("{} ", id.row().cite), Role::Clause),
        (None, None) => Span::raw(""),
    };
    buffer.set_line(area.x, area.y, &spread(left, vec![right], usize::from(area.width)), area.width);
}

/// What can be done now, or what the last key came to; always `? help`.
pub(super) fn footer(buffer: &mut Buffer, area: Rect, model: &Model, paint: &Paint) {
    let help = help(model);
    let room = room(area, &help);
    let left = if let Some(notice) = &model.notice {
        let role = if notice.bad { Role::Bad } else { Role::Ok };
        let mark = if notice.bad { '✘' } else { '✔' };
        vec![paint.span(cut(&format!(" {mark} {}", escape(&notice.text)), room), role)]
    } else if let Some(Loading { name, progress }) = &model.loading {
        let text = format!(" opening {}: {} %; {}", escape(name), progress.percent(), model.hint("{leave} leaves it"));
        vec![paint.span(cut(&text, room), Role::Text)]
    } else if let Some(Overlay::Prompt(Prompt { kind: kind @ (PromptKind::Search | PromptKind::Filter), .. })) =
        &model.overlay
    {
        let empty = if *kind == PromptKind::Search { "searches on" } else { "shows all" };
        let text = format!(" Enter keeps it, an empty line {empty}, Esc goes back");
        vec![paint.span(cut(&text, room), Role::Dim)]
    } else {
        hints(model, room, paint)
    };
    let line = spread(left, vec![paint.span(help, Role::Title)], usize::from(area.width));
    buffer.set_line(area.x, area.y, &line, area.width);
}

/// What never gives way.
fn help(model: &Model) -> String {
    format!("{} help ", model.options.keys.first(Action::Help))
}

fn room(area: Rect, help: &str) -> usize {
    usize::from(area.width).saturating_sub(width(help) + 2)
}

/// As many as fit, whole: each with its key.
fn hinted(model: &Model, room: usize) -> Vec<(&'static Binding, String)> {
    let mut hinted = Vec::new();
    let mut used = 1;
    for binding in TABLE.iter().filter(|binding| binding.foot && binding.when.holds(model)) {
        let keys = model.options.keys.text(binding);
        let Some(key) = keys.split(' ').next().filter(|key| !key.is_empty()) else { continue };
        used += hint_width(binding, key);
        if used > room {
            break;
        }
        hinted.push((binding, key.to_owned()));
    }
    hinted
}

fn hint_width(binding: &Binding, key: &str) -> usize {
    width(key) + width(binding.name) + 3
}

fn hints(model: &Model, room: usize, paint: &Paint) -> Vec<Span<'static>> {
    let hint = |(binding, key): (&Binding, String)| {
        [paint.span(key, Role::Title), paint.span(format!(" {}  ", binding.name), Role::Dim)]
    };
    std::iter::once(Span::raw(" ")).chain(hinted(model, room).into_iter().flat_map(hint)).collect()
}

/// The hint at a place of the footer.
pub(super) fn hint_at(area: Rect, model: &Model, at: Position) -> Option<&'static Binding> {
    let column = usize::from(area.contains(at).then(|| at.x - area.x)?);
    let help = help(model);
    if column >= usize::from(area.width).saturating_sub(width(&help)) {
        return TABLE.iter().find(|binding| binding.action == Action::Help);
    }
    let mut end = 1;
    let mut hinted = hinted(model, room(area, &help)).into_iter().filter(|_| model.notice.is_none());
    let found = hinted.find(|(binding, key)| {
        end += hint_width(binding, key);
        (1..end).contains(&column)
    });
    found.map(|(binding, _)| binding)
}

/// One line of text in a bar.
pub(super) fn line(buffer: &mut Buffer, area: Rect, text: &str, role: Role, paint: &Paint) {
    let text = cut(text, usize::from(area.width));
    buffer.set_line(area.x, area.y, &Line::from(paint.span(text, role)), area.width);
}

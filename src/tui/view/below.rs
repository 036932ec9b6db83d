//! What stands behind the last row of a live exchange: what it waits for, how it ended, why there is none.

use super::paint::Paint;
use crate::config::theme::Role;
use crate::decode::escape;
use crate::session::{Ending, On, Stage};
use crate::terms::{Micros, Party};
use crate::tui::model::{Exchange, Model};
use ratatui::text::Line;

/// The lines behind the last row.
pub(super) fn lines(model: &Model, exchange: &Exchange, width: usize, paint: &Paint) -> Vec<Line<'static>> {
    let Some((text, role)) = text(model, exchange) else { return Vec::new() };
    paint.wrap(&escape(&text), role, 2, width.saturating_sub(3))
}

fn text(model: &Model, exchange: &Exchange) -> Option<(String, Role)> {
    let role = exchange.role()?;
    if let Some(failure) = exchange.failure() {
        return Some((format!("✘ {failure}; {}", model.hint("{restart} tries again, {quit} quits")), Role::Bad));
    }
    let session = exchange.session()?;
    if let Some(waiting) = session.waits() {
        let time = time(exchange.waited(model.now, waiting.since));
        return Some(match waiting.on {
            On::Connection => {
                let text = format!("connecting to {}, {time}; {}", exchange.peer(), model.hint("{leave} gives up"));
                (text, Role::Text)
            }
            On::Peer(_) if session.is_running() => (format!("running on: {}, {time}", waiting.on), Role::Dim),
            on => (format!("waiting: {on}, {time}"), Role::Dim),
        });
    }
    if !session.ended() || role == Party::Server {
        return None;
    }
    let Ending { stage, says } = Ending::of(exchange.transcript());
    let again = model.hint("; {restart} connects again");
    Some(match stage {
        Stage::Authenticated => (format!("✔ {says}{again}"), Role::Ok),
        Stage::Clean => (format!("{says}{again}"), Role::Text),
        _ => (format!("✘ {says}{again}"), Role::Bad),
    })
}

/// `for 12 s`; from a minute on, minutes.
pub(super) fn time(time: Micros) -> String {
    match time.0 / 1_000_000 {
        seconds @ 0..60 => format!("for {seconds} s"),
        seconds => format!("for {} min", seconds / 60),
    }
}

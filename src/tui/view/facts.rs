//! What is known of a TLS connection, fact by fact.

use super::paint::{Paint, pad, wrap};
use crate::config::theme::Role;
use crate::decode::escape;
use crate::transcript::{What, tls_facts};
use crate::tui::model::Exchange;
use ratatui::text::Line;

/// How wide the names are.
const NAMES: usize = 21;

/// The facts of the step that is looked at, where it is the handshake.
pub(super) fn lines(exchange: &Exchange, width: usize, paint: &Paint) -> Option<Vec<Line<'static>>> {
    let What::TlsStarted { facts } = &exchange.focus.step.event.what else { return None };
    let room = width.saturating_sub(NAMES + 3).max(8);
    let mut lines = Vec::new();
    for (name, value) in tls_facts(facts) {
        let bad = name == "verified" && value.starts_with("no");
        let mut name = escape(name);
        for value in wrap(&escape(value), room) {
            let name = pad(&std::mem::take(&mut name), NAMES);
            let role = if bad { Role::Bad } else { Role::Text };
            lines.push(Line::from(vec![paint.span(format!(" {name} "), Role::Tag), paint.span(value, role)]));
        }
    }
    Some(lines)
}

//! The start screen: what there is to look at, and what each of it is.

use super::ladder::first_row;
use super::layout::bars;
use super::paint::{Paint, spread, wrap};
use super::status;
use crate::config::theme::Role;
use crate::decode::escape;
use crate::session::Mechanism;
use crate::tui::model::{Entry, Model};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

const WHAT: &str = "An oscilloscope for SMTP authentication. It plays both ends of an AUTH exchange here, or opens a \
                    recording, holds every line, and shows the same moment as raw line, decoded token and place in \
                    the state machine, with the clause that put it there.";

pub(super) fn draw(buffer: &mut Buffer, area: Rect, model: &Model, paint: &Paint) {
    let whole = bars(area);
    let version = concat!(" saslscope ", env!("CARGO_PKG_VERSION"));
    status::line(buffer, whole.header, version, Role::Title, paint);
    let width = usize::from(area.width);
    let body = whole.body;
    let what = wrap(WHAT, width.saturating_sub(2).min(100));
    let intro = what.len() as u16 + 1;
    super::rows(buffer, body, what.into_iter().map(|text| Line::from(paint.span(format!(" {text}"), Role::Text))));
    let list = Rect { y: body.y + intro, height: body.height.saturating_sub(intro), ..body };
    let entries = model.entries();
    let first = first_row(model.entry, entries.len(), usize::from(list.height));
    for ((place, entry), y) in entries.iter().enumerate().skip(first).zip(list.top()..list.bottom()) {
        let cursor = if place == model.entry { '▶' } else { ' ' };
        let (name, says) = describe(entry);
        let left = vec![paint.span(format!(" {cursor} {name:30} "), Role::Text), paint.span(says, Role::Dim)];
        let line = spread(left, Vec::new(), width);
        super::row(buffer, Rect { y, height: 1, ..list }, &line, place == model.entry, paint);
    }
    let says = entries.get(model.entry).map(|entry| format!(" {}", describe(entry).1)).unwrap_or_default();
    status::line(buffer, whole.crumb, &says, Role::Title, paint);
    status::footer(buffer, whole.footer, model, paint);
}

/// The name of an entry, and what it does.
fn describe(entry: &Entry) -> (String, String) {
    match entry {
        Entry::Continue => ("back to the exchange".to_owned(), "it stands where you left it".to_owned()),
        Entry::Lab(mechanism @ Mechanism::Gssapi) => {
            (format!("lab: AUTH {mechanism}"), "play both ends: SPNEGO over NTLM, no network".to_owned())
        }
        Entry::Lab(mechanism @ Mechanism::Login) => {
            (format!("lab: AUTH {mechanism}"), "play both ends: user name and password, no network".to_owned())
        }
        Entry::Open => ("open a recording".to_owned(), "type the name of a .session file".to_owned()),
        Entry::File(path) => (escape(&path.display().to_string()), "a recording in this directory".to_owned()),
        Entry::BuiltIn(recording) => (recording.name.to_owned(), escape(&recording.title())),
    }
}

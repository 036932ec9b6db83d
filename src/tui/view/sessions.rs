//! The list of sessions: who has connected, by which mechanism, what came of it.

use super::first_row;
use super::layout::bars;
use super::paint::{Paint, cut, pad, spread, width};
use super::status;
use crate::config::theme::Role;
use crate::decode::escape;
use crate::session::Tls;
use crate::terms::{Micros, Party};
use crate::transcript::{Origin, Summary, Verdict};
use crate::tui::model::Model;
use crate::tui::network::{Server, told};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

/// From this width on there is room for the latest line.
const WITH_LINE: usize = 110;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, model: &Model, paint: &Paint) {
    let whole = bars(area);
    header(buffer, whole.header, model, paint);
    let above = above(model, area, paint);
    let list = list(area, above.len());
    super::rows(buffer, whole.body, above.into_iter());
    let listed = model.network.listed();
    let place = model.network.place(&listed);
    let first = first_row(place, listed.len(), usize::from(list.height));
    for ((at, id), y) in listed.iter().enumerate().skip(first).zip(list.top()..list.bottom()) {
        let Some(entry) = model.network.sessions.entry(*id) else { continue };
        let line = row(
            *id,
            &entry.summary,
            entry.source == Origin::Played(Party::Client),
            at == place,
            model,
            area.width,
            paint,
        );
        super::row(buffer, Rect { y, height: 1, ..list }, &line, at == place, paint);
    }
    crumb(buffer, whole.crumb, model, listed.len(), paint);
    status::footer(buffer, whole.footer, model, paint);
}

/// The session at a place of the screen.
pub(super) fn session_at(area: Rect, model: &Model, at: Position) -> Option<u64> {
    let above = above(model, area, &Paint::new(model));
    let list = list(area, above.len());
    let listed = model.network.listed();
    let first = first_row(model.network.place(&listed), listed.len(), usize::from(list.height));
    listed.get(first + usize::from(list.contains(at).then(|| at.y - list.y)?)).copied()
}

fn list(area: Rect, above: usize) -> Rect {
    let body = bars(area).body;
    let above = (above as u16).min(body.height);
    Rect { y: body.y + above, height: body.height - above, ..body }
}

fn header(buffer: &mut Buffer, area: Rect, model: &Model, paint: &Paint) {
    let left = vec![paint.span(" sessions", Role::Title)];
    let all = model.network.sessions.entries().len();
    let mut right = status::badges(model, paint);
    right.push(paint.span(format!("{} open, {all} in all ", model.connections()), Role::Text));
    buffer.set_line(area.x, area.y, &spread(left, right, usize::from(area.width)), area.width);
}

/// What stands above the list: where the server listens and what it is, and the names of the columns.
fn above(model: &Model, area: Rect, paint: &Paint) -> Vec<Line<'static>> {
    let wide = usize::from(area.width);
    let mut lines = Vec::new();
    if let Some(server) = &model.network.server {
        lines.extend(of_server(server, wide, model, paint));
        lines.push(Line::default());
    }
    let columns = columns(wide);
    let heads = ["peer", "mechanism", "user", "outcome"].into_iter().zip(columns);
    let heads: String = heads.map(|(head, room)| pad(head, room) + " ").collect();
    let left = vec![paint.span(format!("        {heads}"), Role::Dim)];
    lines.push(spread(left, vec![paint.span("time ", Role::Dim)], wide));
    lines
}

fn of_server(server: &Server, wide: usize, model: &Model, paint: &Paint) -> Vec<Line<'static>> {
    let setup = &server.serve.setup;
    let (text, role) = match &server.address {
        None => ("the server begins to listen".to_owned(), Role::Text),
        Some(Err(failure)) => (format!("✘ {failure}; {}", model.hint("{listen again} tries again")), Role::Bad),
        Some(Ok(address)) => {
            let tls = match setup.tls {
                Tls::Never => "no TLS",
                Tls::StartTls | Tls::IfOffered => "STARTTLS",
                Tls::Implicit => "implicit TLS",
            };
            (format!("listening on {address} · {tls} · {}", told(setup)), Role::Text)
        }
    };
    let mut lines = paint.wrap(&escape(&text), role, 1, wide.saturating_sub(2));
    if setup.tls != Tls::Never && matches!(server.address, Some(Ok(_))) {
        let name = if wide < 100 { "certificate" } else { "SHA-256 of its certificate:" };
        let text = format!(" {name} {}", server.serve.listen.tls.fingerprint());
        lines.push(Line::from(paint.span(text, Role::Dim)));
    }
    lines
}

/// How wide peer, mechanism, user and outcome are.
const fn columns(wide: usize) -> [usize; 4] {
    if wide >= WITH_LINE { [21, 18, 16, 22] } else { [21, 14, 10, 14] }
}

fn row(
    id: u64,
    summary: &Summary,
    is_client: bool,
    selected: bool,
    model: &Model,
    wide: u16,
    paint: &Paint,
) -> Line<'static> {
    let exchange = model.session(id);
    let is_held = exchange.is_some_and(|exchange| exchange.held().is_some());
    let failed = exchange.is_some_and(|exchange| exchange.failure().is_some());
    let (mark, role) = match summary.verdict {
        _ if failed => ('✘', Role::Bad),
        _ if is_held => ('●', Role::Held),
        Verdict::Authenticated => ('✔', Role::Ok),
        Verdict::Distrusted | Verdict::Refused(_) => ('✘', Role::Bad),
        Verdict::Unfinished if summary.ended => ('✘', Role::Bad),
        Verdict::None | Verdict::Unfinished => (' ', Role::Dim),
    };
    let outcome = match (failed, is_held) {
        (true, _) => "not connected".to_owned(),
        (_, true) => "HELD".to_owned(),
        _ => summary.outcome(),
    };
    let peer = exchange.map_or("", |exchange| exchange.peer());
    let peer = format!("{}{}", if is_client { "→" } else { "" }, escape(peer));
    let wide = usize::from(wide);
    let mechanism = escape(&summary.mechanisms());
    let user = escape(summary.user.as_deref().unwrap_or_default());
    let text = if summary.ended { Role::Dim } else { Role::Text };
    let cells = [(peer, text), (mechanism, text), (user, text), (outcome, role)].into_iter().zip(columns(wide));
    let mut left = vec![
        paint.span(format!(" {} {id:>3} ", if selected { '▶' } else { ' ' }), text),
        paint.span(format!("{mark} "), role),
    ];
    left.extend(cells.map(|((cell, role), room)| paint.span(pad(&cut(&cell, room), room) + " ", role)));
    if wide >= WITH_LINE
        && let Some(exchange) = exchange
        && let Some((step, shown)) = exchange.shown(exchange.last_row(), model.revealed())
    {
        let taken: usize = left.iter().map(|span| width(&span.content)).sum();
        let who = step.from().map_or_else(String::new, |party| format!("{}: ", party.letter()));
        let words =
            cut(&format!("{who}{}", shown.words_within(model.revealed(), wide)), wide.saturating_sub(taken + 9));
        left.push(paint.span(words, step.from().map_or(Role::Dim, Paint::party)));
    }
    spread(left, vec![paint.span(format!("{} ", seconds(summary.duration)), Role::Dim)], wide)
}

fn seconds(time: Micros) -> String {
    match time.0 / 1_000_000 {
        seconds @ 0..60 => format!("{seconds}.{} s", time.0 / 100_000 % 10),
        seconds @ 60..3_600 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3_600),
    }
}

/// What the list leaves out, and how it is sorted.
fn crumb(buffer: &mut Buffer, area: Rect, model: &Model, listed: usize, paint: &Paint) {
    let (network, all) = (&model.network, model.network.sessions.entries().len());
    let mut left = vec![paint.span(format!(" {}", network.list.sort), Role::Dim)];
    if !network.list.words.is_empty() {
        let text = format!(" · {listed} of {all} have `{}`", escape(&network.list.words));
        left.push(paint.span(text, Role::Held));
    }
    let dropped = network.sessions.dropped();
    let mut right = Vec::<Span<'static>>::new();
    let told = match dropped {
        0 => String::new(),
        1 => "the oldest that had ended is no longer listed ".to_owned(),
        dropped => format!("the {dropped} oldest that had ended are no longer listed "),
    };
    right.extend((dropped > 0).then(|| paint.span(told, Role::Warn)));
    buffer.set_line(area.x, area.y, &spread(left, right, usize::from(area.width)), area.width);
}

//! The notes of a show, above the panes.

use super::paint::{Paint, rule};
use crate::config::theme::Role;
use crate::decode::escape;
use crate::tui::model::{Exchange, Model};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// Longer lines than that are hard to read.
const WIDEST: u16 = 100;

/// How many rows of `body` the notes take: a third, more where the scene says more.
pub(super) fn height(body: Rect, model: &Model, exchange: &Exchange, paint: &Paint) -> u16 {
    if exchange.show.is_none() {
        return 0;
    }
    let wanted = lines(model, exchange, body.width, paint).len() as u16 + 1;
    wanted.max((body.height / 3).min(9)).min(body.height / 2)
}

pub(super) fn draw(buffer: &mut Buffer, area: Rect, model: &Model, exchange: &Exchange, paint: &Paint) {
    let (Some(show), 1..) = (&exchange.show, area.height) else { return };
    let border = paint.style(Role::Border);
    let named = vec![
        Span::styled("─ ", border),
        paint.span(format!("Notes {}/{}", show.at(exchange.row) + 1, show.len()), Role::Title),
        Span::styled(" ─ ", border),
        paint.span(model.hint("{step} next  {back} back  {show} the exchange alone"), Role::Dim),
        paint.span(follow(model.followers), Role::Dim),
        Span::raw(" "),
    ];
    buffer.set_line(area.x, area.y, &rule(named, usize::from(area.width), border), area.width);
    let inside = super::layout::inner(area);
    let mut lines = lines(model, exchange, area.width, paint);
    let room = usize::from(inside.height);
    if lines.len() > room {
        lines.truncate(room.saturating_sub(1));
        lines.push(Line::from(paint.span(model.hint(" … {why} shows the rest"), Role::Dim)));
    }
    super::rows(buffer, inside, lines.into_iter());
}

/// How many other terminals follow.
fn follow(followers: usize) -> String {
    match followers {
        0 => String::new(),
        1 => "  1 follows".to_owned(),
        many => format!("  {many} follow"),
    }
}

fn lines(model: &Model, exchange: &Exchange, wide: u16, paint: &Paint) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut say = |text: &str, role| {
        lines.extend(paint.wrap(&escape(text), role, 1, usize::from(wide.min(WIDEST).saturating_sub(2))));
    };
    for text in exchange.said().unwrap_or_default() {
        say(text, Role::Text);
    }
    if let Some(about) = exchange.about() {
        say(&format!("{} to step {}, and says more.", model.hint("{step} goes on"), about + 1), Role::Dim);
    }
    if exchange.show_ends() {
        say("The show ends here.", Role::Dim);
        if exchange.guess.asked > 0 {
            say(&format!("Guessed: {}.", exchange.guess.score()), Role::Title);
        }
        match exchange.next_lesson() {
            Some(next) => {
                say(&format!("{}: {}", model.hint("{enter} opens the next lesson"), next.title()), Role::Title);
            }
            None if exchange.is_lesson() => {
                say(&model.hint("It was the last lesson; {leave} leads back to the list."), Role::Dim);
            }
            None => {}
        }
    }
    lines
}

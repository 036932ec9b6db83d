//! Where both parties are in the machines that run, how they came there, and what may come next.

use super::paint::{Paint, cut_spans, spread, width, wrap};
use crate::config::theme::Role;
use crate::machine::diagram::{BOX_HEIGHT, Border, BoxAt, Picture, picture};
use crate::machine::{Force, Machine, RowId, State, table, tables};
use crate::terms::Party;
use crate::tui::focus::Place;
use crate::tui::model::Exchange;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use std::sync::OnceLock;

/// How many states of the way here are told in one line.
const WAY: usize = 4;

/// Rows above a diagram: its title.
const HEAD: u16 = 1;

/// The machines of both parties, a line each, and the rows that may be taken.
pub(super) fn lines(exchange: &Exchange, wide: usize, paint: &Paint) -> Vec<Line<'static>> {
    let line = |place: &Place| {
        let name = format!(" {} {:9}", place.party.letter(), place.machine.name());
        let mut spans = vec![paint.span(name, Paint::party(place.party))];
        spans.extend(chain(place, exchange, wide.saturating_sub(12), paint));
        Line::from(cut_spans(spans, wide))
    };
    let mut lines: Vec<_> = exchange.focus.places.iter().flatten().map(line).collect();
    lines.extend(moves(exchange, wide, paint));
    lines
}

/// What each party may say now, in the innermost machine that has something to say, unless that is only what it should
/// not.
fn moves(exchange: &Exchange, wide: usize, paint: &Paint) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for places in &exchange.focus.places {
        let acts = |place: &&Place| place.open.iter().any(|id| id.row().force != Force::Quirk);
        let Some(place) = places.iter().rev().find(acts) else { continue };
        let does = place
            .cursor
            .heard
            .map_or_else(|| "may begin".to_owned(), |heard| format!("has heard {heard} and may answer"));
        let title = wrap(&format!("The {} {does}, in {}:", place.party, place.machine), wide.saturating_sub(1));
        lines.extend(title.into_iter().map(|text| paint.span(format!(" {text}"), Role::Dim).into()));
        lines.extend(place.open.iter().map(|id| next(*id, wide, paint)));
    }
    lines
}

fn next(id: RowId, wide: usize, paint: &Paint) -> Line<'static> {
    let row = id.row();
    let emit = row.emit.map_or("nothing", |emit| emit.name());
    let left =
        vec![Span::raw("   "), paint.span(emit, Role::StateNext), paint.span(format!(" → {}", row.to), Role::Text)];
    let right =
        vec![paint.span(format!("{} ", row.force), Role::Dim), paint.span(format!("{} ", row.cite), Role::Clause)];
    spread(left, right, wide)
}

/// The way here, the state, and where it may go: `Choose ─ ▣ Context ─ ContextDone │ Failed`. The way gives way first.
pub(super) fn chain(place: &Place, exchange: &Exchange, room: usize, paint: &Paint) -> Vec<Span<'static>> {
    let wrong = exchange.focus.step.deviation.as_ref();
    let wrong = wrong.is_some_and(|wrong| (wrong.party, wrong.machine) == (place.party, place.machine));
    let (mark, role) = if wrong { ('✘', Role::Bad) } else { ('▣', Role::StateNow) };
    let now = format!("{mark} {}", place.cursor.state);
    let heard = place.cursor.heard.map_or_else(String::new, |heard| format!(" heard {heard}"));

    let mut left = room.saturating_sub(width(&now) + width(&heard));
    let fits = |state: &&State| {
        let wide = width(state.name()) + 3;
        let fits = wide <= left;
        left = left.saturating_sub(wide);
        fits
    };
    let way: Vec<&State> = place.path.iter().rev().take(WAY).take_while(fits).collect();
    let mut spans = Vec::new();
    for state in way.into_iter().rev() {
        spans.extend([paint.span(state.name(), Role::StateWalked), paint.span(" ─ ", Role::Dim)]);
    }
    spans.extend([paint.span(now, role), paint.span(heard, Role::Text)]);

    let mut ahead: Vec<State> = Vec::new();
    for to in place.ahead.iter().map(|id| id.row().to) {
        if !ahead.contains(&to) && to != place.cursor.state {
            ahead.push(to);
        }
    }
    for (at, state) in ahead.into_iter().enumerate() {
        spans.push(paint.span(if at == 0 { " ─ " } else { " │ " }, Role::Dim));
        spans.push(paint.span(state.name(), Role::StateNext));
    }
    spans
}

/// Which diagram the step suggests: where it deviates, else within the mechanism of who spoke.
pub(in crate::tui) fn diagram_of(exchange: &Exchange) -> Option<(Party, Machine)> {
    let focus = &exchange.focus;
    let deviation = focus.step.deviation.as_ref().map(|wrong| (wrong.party, wrong.machine));
    exchange.diagram.or(deviation).or_else(|| focus.crumb().map(|place| (place.party, place.machine)))
}

/// Draws the diagram and below it what may be said now, where the pane has a screen's room; says whether it did.
pub(super) fn draw_diagram(buffer: &mut Buffer, area: Rect, exchange: &Exchange, paint: &Paint) -> bool {
    let Some((party, machine)) = diagram_of(exchange).filter(|_| exchange.zoom || area.width >= 100) else {
        return false;
    };
    let picture = kept(party, machine);
    if picture.width > usize::from(area.width) || picture.height + usize::from(HEAD) > usize::from(area.height) {
        return false;
    }
    let place = exchange.focus.places[party.index()].iter().find(|place| place.machine == machine);
    let title = vec![
        paint.span(format!(" {party} "), Paint::party(party)),
        paint.span(machine.title(), Role::Title),
        paint.span("  h l: the other machines", Role::Dim),
    ];
    buffer.set_line(area.x, area.y, &Line::from(cut_spans(title, usize::from(area.width))), area.width);
    let left = (usize::from(area.width) - picture.width) / 2;
    let above = (usize::from(area.height - HEAD) - picture.height).min(1);
    let x = area.x + u16::try_from(left).unwrap_or(0);
    let y = area.y + HEAD + u16::try_from(above).unwrap_or(0);
    Drawing { picture, place, exchange, paint, x, y }.draw(buffer);
    let below = (y - area.y).saturating_add(picture.height as u16 + 1).min(area.height);
    let rest = Rect { y: area.y + below, height: area.height - below, ..area };
    super::rows(buffer, rest, moves(exchange, usize::from(rest.width).min(100), paint).into_iter());
    true
}

/// Pictures take milliseconds to make, so each is made once.
fn kept(party: Party, machine: Machine) -> &'static Picture {
    static PICTURES: OnceLock<Vec<OnceLock<Picture>>> = OnceLock::new();
    let pictures = PICTURES.get_or_init(|| tables().map(|_| OnceLock::new()).collect());
    pictures[2 * machine as usize + party.index()].get_or_init(|| picture(table(machine, party)))
}

struct Drawing<'a> {
    picture: &'a Picture,
    place: Option<&'a Place>,
    exchange: &'a Exchange,
    paint: &'a Paint,
    x: u16,
    y: u16,
}

impl Drawing<'_> {
    fn draw(&self, buffer: &mut Buffer) {
        for boxed in &self.picture.boxes {
            self.draw_box(buffer, boxed);
        }
        // What is walked lies over what may come, that over the rest.
        let mut edges: Vec<_> = self.picture.edges.iter().map(|edge| (self.weight(&edge.rows), edge)).collect();
        edges.sort_by_key(|(weight, _)| *weight);
        for (weight, edge) in edges {
            let role = [Role::Dim, Role::StateNext, Role::StateWalked, Role::Bad][weight];
            for &(x, y, glyph) in &edge.cells {
                let glyph = match glyph {
                    '─' if weight == 1 => '╌',
                    '│' if weight == 1 => '╎',
                    glyph => glyph,
                };
                // Underlining, the twin of colour for what may come, would tear the line; its dashes say it.
                let style = self.paint.style(role).remove_modifier(ratatui::style::Modifier::UNDERLINED);
                self.put(buffer, x, y, glyph, style);
            }
        }
    }

    /// 0: an edge like any other, 1: it may be taken, 2: it was taken, 3: it is forbidden and was taken.
    fn weight(&self, rows: &[RowId]) -> usize {
        let wrong = self.exchange.focus.step.deviation.as_ref().and_then(|wrong| wrong.row);
        let Some(place) = self.place else { return 0 };
        if wrong.is_some_and(|wrong| rows.contains(&wrong)) {
            3
        } else if rows.iter().any(|id| place.taken.contains(id)) {
            2
        } else {
            usize::from(rows.iter().any(|id| place.ahead.contains(id)))
        }
    }

    fn draw_box(&self, buffer: &mut Buffer, boxed: &BoxAt) {
        let [corners, across, down] = match boxed.border {
            Border::Plain => [['┌', '┐', '└', '┘'], ['─'; 4], ['│'; 4]],
            Border::Runs => [['╔', '╗', '╚', '╝'], ['═'; 4], ['║'; 4]],
            Border::End => [['╭', '╮', '╰', '╯'], ['─'; 4], ['│'; 4]],
        };
        let state = boxed.state;
        let is_now = self.place.is_some_and(|place| place.cursor.state == state);
        let wrong = self.exchange.focus.step.deviation.as_ref();
        let role = match self.place {
            Some(place)
                if is_now
                    && wrong.is_some_and(|wrong| wrong.machine == place.machine && wrong.party == place.party) =>
            {
                Role::Bad
            }
            _ if is_now => Role::StateNow,
            Some(place) if place.path.contains(&state) => Role::StateWalked,
            Some(place) if place.ahead.iter().any(|id| id.row().to == state) => Role::StateNext,
            _ => Role::Dim,
        };
        let style = self.paint.style(role).remove_modifier(ratatui::style::Modifier::UNDERLINED);
        let (right, bottom) = (boxed.x + boxed.width - 1, boxed.y + BOX_HEIGHT - 1);
        for x in boxed.x..=right {
            self.put(buffer, x, boxed.y, across[0], style);
            self.put(buffer, x, bottom, across[0], style);
        }
        for (corner, (x, y)) in
            corners.into_iter().zip([(boxed.x, boxed.y), (right, boxed.y), (boxed.x, bottom), (right, bottom)])
        {
            self.put(buffer, x, y, corner, style);
        }
        let mark = match role {
            Role::Bad => '✘',
            _ if is_now => '▣',
            _ => ' ',
        };
        let inside = std::iter::once(mark).chain(state.name().chars()).chain([' ']);
        self.put(buffer, boxed.x, boxed.y + 1, down[0], style);
        self.put(buffer, right, boxed.y + 1, down[0], style);
        for (x, c) in (boxed.x + 1..right).zip(inside) {
            self.put(buffer, x, boxed.y + 1, c, self.paint.style(role));
        }
    }

    fn put(&self, buffer: &mut Buffer, x: usize, y: usize, glyph: char, style: ratatui::style::Style) {
        let at = (self.x.saturating_add(x as u16), self.y.saturating_add(y as u16));
        if let Some(cell) = buffer.cell_mut(at) {
            cell.set_char(glyph).set_style(style);
        }
    }
}

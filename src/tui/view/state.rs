//! Where both parties are in the machines that run, how they came there, and what may come next.
//!
//! Diagrams where the pane has room: of both parties side by side, else of one, at large or small; else a line for each
//! machine. Below stands one row of the table: the selected one, else what the step took or broke.
//!
//! What may come is dashed, what was walked thick, what is looked at lit, what was wrong a line of its own with its
//! clause: weights and glyphs say it, colours say it again.

use super::first_row;
use super::paint::{Paint, cut_spans, spread, width};
use crate::config::theme::Role;
use crate::machine::diagram::{BoxAt, CellAt, EdgeAt, Form, Ground, Picture, Stroke, glyph, picture};
use crate::machine::{Deviation, Force, Machine, RowId, Signal, State, table, tables};
use crate::terms::Party;
use crate::transcript::Place;
use crate::tui::edges;
use crate::tui::model::{Exchange, Pane};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// How many states of the way here are told in one line.
const WAY: usize = 4;
/// Cells between two diagrams.
const BETWEEN: usize = 2;
/// The fewest lines around a diagram: its title, and the row below.
const AROUND: usize = 2;
/// The fewest columns beside a diagram that are worth writing in.
const BESIDE: u16 = 34;

/// Draws the pane.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, exchange: &Exchange, paint: &Paint) {
    let Some((party, machine)) = edges::machine(exchange) else { return };
    let shown = arrangement(area, party, machine);
    if shown.is_empty() {
        return draw_text(buffer, area, exchange, paint);
    }
    let mut x = area.x;
    let mut high = 0;
    for (of, picture, own) in places(area, machine, &shown) {
        draw_diagram(buffer, own, exchange, of, machine, picture, paint);
        high = high.max(picture.height as u16 + 1);
        x = own.right().saturating_add(BETWEEN as u16);
    }
    let below = Rect { y: area.y + high, height: area.height - high, ..area };
    let mut lines = foot(exchange, usize::from(area.width), paint);
    let (moves, beside) =
        (|wide: u16| moves(exchange, usize::from(wide).min(100), paint), area.right().saturating_sub(x));
    if beside >= BESIDE {
        super::rows(buffer, Rect { x, width: beside, height: high, ..area }, moves(beside).into_iter());
        lines.truncate(usize::from(below.height));
    } else if usize::from(below.height) > lines.len() {
        lines.push(Line::default());
        lines.extend(moves(area.width));
    }
    super::rows(buffer, below, lines.into_iter());
}

/// Where the diagrams stand, their titles included.
fn places(area: Rect, machine: Machine, shown: &[(Party, Form)]) -> Vec<(Party, &'static Picture, Rect)> {
    let room: usize = shown.iter().map(|(party, form)| kept(*party, machine, *form).width).sum();
    let room = usize::from(area.width).saturating_sub(room + BETWEEN * shown.len().saturating_sub(1));
    let beside = if shown.len() == 1 && room >= usize::from(BESIDE) + BETWEEN { 0 } else { room / shown.len().max(1) };
    let mut x = area.x;
    let place = |(place, (party, form)): (usize, &(Party, Form))| {
        let picture = kept(*party, machine, *form);
        let is_last = place + 1 == shown.len();
        let wide = if is_last && beside > 0 { area.right() - x } else { (picture.width + beside) as u16 };
        let own = Rect { x, width: wide, height: area.height.saturating_sub(1), ..area };
        x = x.saturating_add(wide + BETWEEN as u16);
        (*party, picture, own)
    };
    shown.iter().enumerate().map(place).collect()
}

/// The diagram at a place of the pane, and of it the row whose edge is there, or a row of the state whose box is there.
pub(super) fn row_at(area: Rect, exchange: &Exchange, at: Position) -> Option<(Party, Machine, Option<RowId>)> {
    let (party, machine) = edges::machine(exchange)?;
    let shown = arrangement(area, party, machine);
    let (party, picture, own) = places(area, machine, &shown).into_iter().find(|(_, _, own)| own.contains(at))?;
    let left = own.x + middle(own, picture) as u16;
    let (Some(x), Some(y)) = (at.x.checked_sub(left), at.y.checked_sub(own.y + 1)) else {
        return Some((party, machine, None));
    };
    let (x, y) = (usize::from(x), usize::from(y));
    let crosses = |edge: &&EdgeAt| !edge.forbidden && edge.cells.iter().any(|cell| (cell.x, cell.y) == (x, y));
    let edge = picture.edges.iter().find(crosses).and_then(|edge| edge.rows.first().copied());
    let inside =
        |boxed: &&BoxAt| boxed.x <= x && x < boxed.x + boxed.width && boxed.y <= y && y < boxed.y + boxed.height;
    let of_box = || {
        let state = picture.boxes.iter().find(inside)?.state;
        let rows = edges::rows_of(exchange, party, machine);
        let leaves = rows.iter().find(|row| row.row().from == state);
        leaves.or_else(|| rows.iter().find(|row| row.row().to == state)).copied()
    };
    Some((party, machine, edge.or_else(of_box)))
}

/// How far from the left a picture stands in its place.
fn middle(own: Rect, picture: &Picture) -> usize {
    usize::from(own.width).saturating_sub(picture.width) / 2
}

/// Whose diagrams fit, and in which form: of both if possible, at large if possible; nothing where none fits.
fn arrangement(area: Rect, party: Party, machine: Machine) -> Vec<(Party, Form)> {
    let fits = |parties: &[Party], form: Form| {
        let pictures = || parties.iter().map(|party| kept(*party, machine, form));
        let wide: usize = pictures().map(|picture| picture.width + BETWEEN).sum();
        let high = pictures().map(|picture| picture.height).max().unwrap_or(0);
        wide <= usize::from(area.width) + BETWEEN && high + AROUND <= usize::from(area.height)
    };
    for parties in [Party::BOTH.as_slice(), &[party]] {
        for form in [Form::Large, Form::Small] {
            if fits(parties, form) {
                return parties.iter().map(|party| (*party, form)).collect();
            }
        }
    }
    Vec::new()
}

/// Pictures take milliseconds to make, so each is made once.
fn kept(party: Party, machine: Machine, form: Form) -> &'static Picture {
    static PICTURES: OnceLock<Vec<OnceLock<Picture>>> = OnceLock::new();
    let pictures = PICTURES.get_or_init(|| tables().flat_map(|_| [OnceLock::new(), OnceLock::new()]).collect());
    let place = 4 * machine as usize + 2 * party.index() + form as usize;
    pictures[place].get_or_init(|| picture(table(machine, party), form))
}

/// The machines of both parties, a line each, and the rows that may be taken; once a row is selected, all rows of its
/// machine instead.
fn draw_text(buffer: &mut Buffer, area: Rect, exchange: &Exchange, paint: &Paint) {
    let wide = usize::from(area.width);
    let line = |place: &Place| {
        let name = format!(" {} {:9}", place.party.letter(), place.machine.name());
        let mut spans = vec![paint.span(name, Paint::party(place.party))];
        spans.extend(chain(place, exchange, wide.saturating_sub(12), paint));
        Line::from(cut_spans(spans, wide))
    };
    let places = exchange.focus.places.iter().flatten();
    let Some(selected) = exchange.edge else {
        let lines = places.map(line).chain(moves(exchange, wide, paint));
        return super::rows(buffer, area, lines);
    };
    let own = places.filter(|place| (place.party, place.machine) == (selected.party, selected.machine));
    super::rows(buffer, area, own.map(line));
    let list = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let rows = edges::rows(exchange);
    let at = rows.iter().position(|row| *row == selected).unwrap_or(0);
    let first = first_row(at, rows.len(), usize::from(list.height));
    for (row, y) in rows.into_iter().skip(first).zip(list.top()..list.bottom()) {
        let is_selected = row == selected;
        let line = row_line(row, if is_selected { '▶' } else { ' ' }, wide, paint);
        super::row(buffer, Rect { y, height: 1, ..list }, &line, is_selected, paint);
    }
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
        let title = format!("The {} {does}, in {}:", place.party, place.machine);
        lines.extend(paint.wrap(&title, Role::Dim, 1, wide.saturating_sub(1)));
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

/// The row below the diagrams: the selected one; else what the step broke, or the rows that it took; else how to select
/// one.
fn foot(exchange: &Exchange, wide: usize, paint: &Paint) -> Vec<Line<'static>> {
    let shown = edges::machine(exchange);
    let here = |party, machine| shown.is_some_and(|(_, known)| known == machine) && Party::BOTH.contains(&party);
    if let Some(row) = exchange.edge {
        let mut lines = vec![row_line(row, '▶', wide, paint)];
        lines.extend(paint.wrap(row.row().says, Role::Text, 3, wide.saturating_sub(4)));
        return lines;
    }
    if let Some(wrong) = exchange.focus.step.deviation.as_ref().filter(|wrong| here(wrong.party, wrong.machine)) {
        let text = format!("✘ {} sent {} in {}: {}: {}", wrong.party, wrong.sent, wrong.state, wrong.cite, wrong.says);
        return paint.wrap(&text, Role::Bad, 1, wide.saturating_sub(2));
    }
    let taken = exchange.focus.step.moves.iter().map(|taken| taken.row).filter(|row| here(row.party, row.machine));
    let lines: Vec<Line<'static>> = taken.map(|row| row_line(row, ' ', wide, paint)).collect();
    if lines.is_empty() && exchange.pane == Pane::State {
        return vec![paint.span(" j k: the rows   h l: the other machines", Role::Dim).into()];
    }
    lines
}

/// `C Context hears TokenChallenge, answers TokenResponse → Context   MUST MS-SSEAN 3.1.5.1`, in fewer words where that is
/// too long.
fn row_line(id: RowId, mark: char, wide: usize, paint: &Paint) -> Line<'static> {
    let row = id.row();
    let short = || match (row.on, row.emit) {
        (Signal::Go, Some(_)) => format!(" {}", row.does()),
        (on, Some(emit)) => format!(" ─ {on} / {emit}"),
        (on, None) => format!(" ─ {on}"),
    };
    let right =
        vec![paint.span(format!("{} ", row.force), Role::Text), paint.span(format!("{} ", row.cite), Role::Clause)];
    let room = wide.saturating_sub(right.iter().map(|span| width(&span.content)).sum::<usize>() + 7);
    let fits = |does: &String| row.from.name().len() + width(does) + row.to.name().len() <= room;
    let does = Some(format!(" {}", row.does())).filter(fits).unwrap_or_else(short);
    let left = vec![
        paint.span(format!("{mark}{} ", id.party.letter()), Paint::party(id.party)),
        paint.span(row.from.name(), Role::StateWalked),
        paint.span(does, Role::Text),
        paint.span(" → ", Role::Dim),
        paint.span(row.to.name(), Role::StateWalked),
    ];
    spread(left, right, wide)
}

/// A title, and the diagram in the middle below it.
fn draw_diagram(
    buffer: &mut Buffer,
    area: Rect,
    exchange: &Exchange,
    party: Party,
    machine: Machine,
    picture: &Picture,
    paint: &Paint,
) {
    let title = title(exchange, party, machine, usize::from(area.width), paint);
    buffer.set_line(area.x, area.y, &Line::from(title), area.width);
    let place = exchange.focus.places[party.index()].iter().find(|place| place.machine == machine);
    let wrong = exchange.focus.step.deviation.as_ref();
    let wrong = wrong.filter(|wrong| (wrong.party, wrong.machine) == (party, machine));
    let ground = Ground { width: usize::from(area.width), height: picture.height, x: middle(area, picture), y: 0 };
    let area = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    Drawing { picture, place, wrong, lit: edges::lit(exchange), ground, area, paint }.draw(buffer);
}

/// The machines of a party, that of the diagram in brackets: `client  smtp › [gssapi] › spnego › ntlm`.
fn title(exchange: &Exchange, party: Party, machine: Machine, wide: usize, paint: &Paint) -> Vec<Span<'static>> {
    let selected = edges::machine(exchange) == Some((party, machine));
    let mark = if selected && exchange.pane == Pane::State { '▶' } else { ' ' };
    let mut machines: Vec<Machine> = exchange.focus.places[party.index()].iter().map(|place| place.machine).collect();
    let runs = machines.contains(&machine);
    if !runs {
        machines.push(machine);
    }
    let name = |known: &Machine| if *known == machine { format!("[{known}]") } else { known.to_string() };
    let names: Vec<String> = machines.iter().map(name).collect();
    let between = if width(&names.join(" › ")) + 9 > wide { "›" } else { " › " };
    let mut spans = vec![paint.span(format!("{mark}{party}  "), Paint::party(party))];
    for (at, (name, known)) in names.into_iter().zip(machines).enumerate() {
        spans.extend((at > 0).then(|| paint.span(between, Role::Dim)));
        spans.push(paint.span(name, if known == machine { Role::Title } else { Role::Dim }));
    }
    spans.extend((!runs).then(|| paint.span("  does not run now", Role::Dim)));
    cut_spans(spans, wide)
}

struct Drawing<'a> {
    picture: &'a Picture,
    place: Option<&'a Place>,
    wrong: Option<&'a Deviation>,
    lit: Vec<RowId>,
    /// The pane below the title, and where in it the picture stands.
    ground: Ground,
    area: Rect,
    paint: &'a Paint,
}

/// What an edge says; the stronger lies over the weaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// Forbidden, and nobody took it: it is not drawn.
    Unseen,
    Idle,
    Next,
    Walked,
    Wrong,
    Lit,
}

impl Drawing<'_> {
    fn draw(&self, buffer: &mut Buffer) {
        for boxed in &self.picture.boxes {
            self.draw_box(buffer, boxed);
        }
        let mut edges: Vec<(Weight, &EdgeAt)> =
            self.picture.edges.iter().map(|edge| (self.weight(edge), edge)).collect();
        edges.sort_by_key(|(weight, _)| *weight);
        let lines = self.picture.lines(|edge| stroke(self.weight(edge)));
        let lines: BTreeMap<(usize, usize), char> =
            lines.iter().map(|line| ((line.x, line.y), line.head.unwrap_or_else(|| glyph(line.arms)))).collect();
        for (weight, edge) in edges.into_iter().filter(|(weight, _)| *weight > Weight::Unseen) {
            for cell in &edge.cells {
                let glyph = lines.get(&(cell.x, cell.y)).copied().unwrap_or(' ');
                self.put(buffer, cell.x, cell.y, cell.head.unwrap_or(glyph), weight);
            }
        }
        self.draw_wrong(buffer);
    }

    fn weight(&self, edge: &EdgeAt) -> Weight {
        let any = |known: &dyn Fn(&RowId) -> bool| edge.rows.iter().any(known);
        let wrong = self.wrong.and_then(|wrong| wrong.row);
        let taken = any(&|row| self.place.is_some_and(|place| place.taken.contains(row)));
        if any(&|row| wrong == Some(*row)) || edge.forbidden && taken {
            Weight::Wrong
        } else if any(&|row| self.lit.contains(row)) {
            Weight::Lit
        } else if edge.forbidden {
            Weight::Unseen
        } else if taken {
            Weight::Walked
        } else if any(&|row| self.place.is_some_and(|place| place.ahead.contains(row))) {
            Weight::Next
        } else {
            Weight::Idle
        }
    }

    fn draw_box(&self, buffer: &mut Buffer, boxed: &BoxAt) {
        let state = boxed.state;
        let place = self.place;
        let is_now = place.is_some_and(|place| place.cursor.state == state);
        let (mark, role) = match place {
            _ if self.wrong.is_some_and(|wrong| wrong.state == state) => ('✘', Role::Bad),
            _ if is_now => ('▣', Role::StateNow),
            Some(place) if place.path.contains(&state) => (' ', Role::StateWalked),
            Some(place) if place.ahead.iter().any(|id| id.row().to == state) => (' ', Role::StateNext),
            _ => (' ', Role::Dim),
        };
        let named = |x: usize, y: usize| y == boxed.middle() && boxed.x < x && x < boxed.right();
        for (x, y, c) in boxed.cells(mark) {
            let style = self.paint.style(role);
            // Underlining, the twin of colour for what may come, would tear a line.
            let style = if named(x, y) { style } else { style.remove_modifier(Modifier::UNDERLINED) };
            self.put_at(buffer, self.ground.x + x, self.ground.y + y, c, style);
        }
    }

    /// What was wrong: a line that leads nowhere where no row was taken, words beside the line of the row else.
    fn draw_wrong(&self, buffer: &mut Buffer) {
        let Some(wrong) = self.wrong else { return };
        let (sent, cite) = (wrong.sent, wrong.cite);
        let texts = [format!(" ✘ sent {sent} · {cite} "), format!(" ✘ {cite} "), " ✘ ".to_owned()];
        let row = wrong.row.map(RowId::row).filter(|row| row.from != row.to);
        let room = |text: &String| match row {
            Some(row) => self.picture.beside(row.from, row.to, width(text), self.ground),
            None => self.picture.stub(wrong.state, width(text), self.ground),
        };
        let Some((text, label)) = texts.iter().find_map(|text| Some((text, room(text)?))) else { return };
        let style = self.paint.style(Role::Bad).remove_modifier(Modifier::UNDERLINED);
        for CellAt { x, y, arms, .. } in label.line {
            let arms = arms.map(|leads| if leads { Stroke::Heavy } else { Stroke::None });
            self.put_at(buffer, x, y, glyph(arms), style);
        }
        for (x, c) in (label.x..).zip(text.chars()) {
            self.put_at(buffer, x, label.y, c, style);
        }
    }

    fn put(&self, buffer: &mut Buffer, x: usize, y: usize, glyph: char, weight: Weight) {
        let role = match weight {
            Weight::Unseen | Weight::Idle => Role::Dim,
            Weight::Next => Role::StateNext,
            Weight::Walked => Role::StateWalked,
            Weight::Lit => Role::BytesHit,
            Weight::Wrong => Role::Bad,
        };
        let glyph = match glyph {
            '─' if weight == Weight::Next => '╌',
            '│' if weight == Weight::Next => '╎',
            glyph => glyph,
        };
        let style = self.paint.style(role).remove_modifier(Modifier::UNDERLINED);
        self.put_at(buffer, self.ground.x + x, self.ground.y + y, glyph, style);
    }

    fn put_at(&self, buffer: &mut Buffer, x: usize, y: usize, glyph: char, style: Style) {
        let at = (self.area.x.saturating_add(x as u16), self.area.y.saturating_add(y as u16));
        if let Some(cell) = buffer.cell_mut(at).filter(|_| self.area.contains(at.into())) {
            cell.set_char(glyph).set_style(style);
        }
    }
}

const fn stroke(weight: Weight) -> Stroke {
    match weight {
        Weight::Unseen => Stroke::None,
        Weight::Idle | Weight::Next => Stroke::Light,
        Weight::Walked | Weight::Wrong | Weight::Lit => Stroke::Heavy,
    }
}

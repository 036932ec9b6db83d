//! A list to choose from, over the screen.

use super::first_row;
use super::overlay::frame;
use super::paint::{Paint, cut, spread, width};
use super::sample;
use crate::config::theme::Role;
use crate::tui::keys::Keys;
use crate::tui::menus::{Item, Menu, MenuKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;

/// Rows below a list for what the selected line means, one of them blank; narrow ones hold less.
const fn detail_rows(area: Rect) -> u16 {
    if area.width < 70 { 5 } else { 4 }
}

/// Where a list stands.
struct Placed {
    /// In the middle of what the box around it stands, and how wide and high that is.
    area: Rect,
    size: (u16, u16),
    /// Where its lines are.
    list: Rect,
    /// Where the sample of a theme is; without width where there is none.
    beside: Rect,
    /// Which items are listed, and which of them is the first on the screen.
    listed: Vec<usize>,
    first: usize,
}

fn place(area: Rect, menu: &Menu) -> Placed {
    let widest = menu.items.iter().map(|item| width(&item.label)).max().unwrap_or(0).max(width(&menu.title) + 4);
    let most = area.width.saturating_sub(2);
    let guess = menu.is_guess();
    let tells = guess || matches!(menu.kind, MenuKind::Otherwise(_) | MenuKind::AddStop | MenuKind::Faults { .. });
    let wide = u16::try_from(widest + 6).unwrap_or(u16::MAX);
    // Beside the themes there is what they look like.
    let shows = matches!(menu.kind, MenuKind::Themes { .. }) && wide.saturating_add(sample::WIDTH) <= most;
    let beside = if shows { sample::WIDTH } else { 0 };
    let wide = wide.saturating_add(beside).max(if tells { 70 } else { 50 }).min(most);
    let finds = u16::from(menu.find.is_some());
    let rows = u16::try_from(menu.items.len()).unwrap_or(u16::MAX);
    let told = detail_rows(area);
    let high = rows.saturating_add(told + 2 + finds).min(area.height.saturating_sub(2));
    // What was said so far is what a guess is made from: the lower half of the screen will do.
    let lower = Rect { y: area.bottom().saturating_sub(high + 2).max(area.y), height: high.min(area.height), ..area };
    let area = if guess { lower } else { area };
    let inside = super::overlay::inside(area, wide, high);
    let height = inside.height.saturating_sub(told + finds);
    let list = Rect { y: inside.y + finds, height, width: inside.width.saturating_sub(beside), ..inside };
    let beside = Rect { x: list.right(), width: beside, ..list };
    let listed = menu.listed();
    let at = listed.iter().position(|place| *place == menu.selected).unwrap_or(0);
    let first = first_row(at, listed.len(), usize::from(list.height));
    Placed { area, size: (wide, high), list, beside, listed, first }
}

/// Draws the list; where the cursor of what is typed is.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, menu: &Menu, keys: &Keys, paint: &Paint) -> Option<Position> {
    let Placed { area, size, list, beside, listed, first } = place(area, menu);
    let inside = frame(buffer, area, size.0, size.1, &menu.title, paint);
    for (place, y) in listed.iter().skip(first).zip(list.top()..list.bottom()) {
        let Some(item) = menu.items.get(*place) else { continue };
        let line = Rect { y, height: 1, ..list };
        if menu.is_heading(*place) {
            buffer.set_line(line.x, y, &Line::from(paint.span(item.label.clone(), Role::Title)), line.width);
            continue;
        }
        let selected = *place == menu.selected;
        let text = format!("{} {}", if selected { '▶' } else { ' ' }, item.label);
        let text = Line::from(paint.span(cut(&text, usize::from(list.width)), Role::Text));
        super::row(buffer, line, &text, selected, paint);
    }
    sample::draw(buffer, beside, paint);
    let detail = menu.items.get(menu.selected).filter(|_| !listed.is_empty());
    let detail = detail.map_or_else(|| menu.unlisted(), |item| detail_of(item, usize::from(list.width)));
    let below = Rect { y: list.bottom() + 1, height: inside.bottom().saturating_sub(list.bottom() + 1), ..inside }
        .intersection(inside);
    super::rows(buffer, below, paint.wrap(&detail, Role::Dim, 0, usize::from(below.width)).into_iter());
    let Some(line) = &menu.find else {
        let picks = matches!(menu.kind, MenuKind::Copy);
        let hint = if picks { " its letter picks ".to_owned() } else { keys.in_lists().hint(" {search} finds ") };
        buffer.set_string(inside.x, inside.bottom(), hint, paint.style(Role::Dim));
        return None;
    };
    let (before, behind) = line.halves();
    let count = match listed.len() {
        all if all == menu.items.len() => String::new(),
        some => format!("{some} of {}", (0..menu.items.len()).filter(|place| !menu.is_heading(*place)).count()),
    };
    // What stands before the cursor is what is seen of a line that is too long.
    let room = usize::from(inside.width).saturating_sub(width(&count) + 5);
    let skipped = before.chars().count().saturating_sub(room);
    let seen: String = before.chars().skip(skipped).collect();
    let left = vec![paint.span("/ ", Role::Focus), paint.span(format!("{seen}{behind}"), Role::Text)];
    let text = spread(left, vec![paint.span(count, Role::Dim)], usize::from(inside.width));
    buffer.set_line(inside.x, inside.y, &text, inside.width);
    Some(Position::new(inside.x + 2 + width(&seen) as u16, inside.y))
}

/// What stands below the list, with the end of the label where that is cut off and not said anyway.
fn detail_of(item: &Item, wide: usize) -> String {
    let end = item.label.trim_end().rsplit("  ").next().unwrap_or_default().trim();
    if width(&item.label) + 2 <= wide || item.detail.contains(end) {
        return item.detail.clone();
    }
    format!("{end} · {}", item.detail)
}

/// The item at a place of the screen.
pub(super) fn item_at(area: Rect, menu: &Menu, at: Position) -> Option<usize> {
    let Placed { list, listed, first, .. } = place(area, menu);
    let row = list.contains(at).then(|| usize::from(at.y - list.y))?;
    listed.get(first + row).copied().filter(|place| !menu.is_heading(*place))
}

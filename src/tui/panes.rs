//! How the panes are arranged: which layout, which pane in which place, where the borders are.
//!
//! A layout is a tree of rows and columns whose leaves are places; an [`Arrangement`] says which pane stands in which
//! place and how far borders were moved. Between [`Layout::Auto`] and the user's choice there is no difference but who
//! chooses. Drawing and the mouse both ask [`Arrangement::lay`], so that they agree on where things are.

use super::effect::Effect;
use super::keys::Action;
use super::model::{Model, Pane};
use crate::config::settings::Settings;
use ratatui::layout::Rect;
use std::collections::BTreeMap;

/// The fewest rows that a pane is given, its rule included, while there are rows to give.
const LEAST_ROWS: u16 = 3;
/// The fewest columns.
const LEAST_COLUMNS: u16 = 20;
/// How far one key moves a border, in thousandths of what is divided.
const STEP: i16 = 40;

/// How the screen is divided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layout {
    /// The one that suits the size of the screen.
    #[default]
    Auto,
    /// One pane above the tabs of all others: complete on 80×24.
    Stack,
    /// One pane at the left of the tabs.
    Beside,
    /// Two panes above the tabs: for tall and narrow screens.
    Tower,
    /// All panes, in two columns.
    Columns,
    /// All panes, the diagram whole: the trainer's screen.
    Grid,
}

/// A part of the screen.
enum Tile {
    /// The pane of that place in the order.
    Place(usize),
    /// All panes that have no place, one at a time.
    Tabs,
    Rows(&'static [(Share, Tile)]),
    Columns(&'static [(Share, Tile)]),
}

/// How much of what is divided a part has; the last part has what is left.
#[derive(Clone, Copy)]
enum Share {
    /// Thousandths.
    Part(u16),
    /// All but so many cells.
    AllBut(u16),
    Rest,
}

const STACK: Tile = Tile::Rows(&[(Share::Part(400), Tile::Place(0)), (Share::Rest, Tile::Tabs)]);
const BESIDE: Tile = Tile::Columns(&[(Share::Part(500), Tile::Place(0)), (Share::Rest, Tile::Tabs)]);
const TOWER: Tile =
    Tile::Rows(&[(Share::Part(350), Tile::Place(0)), (Share::Part(350), Tile::Place(3)), (Share::Rest, Tile::Tabs)]);
const COLUMNS: Tile = Tile::Columns(&[
    (
        Share::Part(550),
        Tile::Rows(&[
            (Share::Part(500), Tile::Place(0)),
            (Share::Part(200), Tile::Place(1)),
            (Share::Rest, Tile::Place(2)),
        ]),
    ),
    (
        Share::Rest,
        Tile::Rows(&[
            (Share::Part(400), Tile::Place(3)),
            (Share::Part(250), Tile::Place(4)),
            (Share::Rest, Tile::Place(5)),
        ]),
    ),
]);
const GRID: Tile = Tile::Rows(&[
    (
        Share::AllBut(27),
        Tile::Columns(&[
            (Share::Part(350), Tile::Place(0)),
            (Share::Part(375), Tile::Rows(&[(Share::Part(334), Tile::Place(1)), (Share::Rest, Tile::Place(4))])),
            (Share::Rest, Tile::Place(3)),
        ]),
    ),
    (Share::Rest, Tile::Columns(&[(Share::AllBut(78), Tile::Place(5)), (Share::Rest, Tile::Place(2))])),
]);

/// Which pane stands in which place at first.
const ORDER: [Pane; 6] = [Pane::Ladder, Pane::Raw, Pane::Why, Pane::Tree, Pane::Bytes, Pane::State];

/// Where the panes stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrangement {
    layout: Layout,
    order: [Pane; 6],
    /// Borders that were moved: how much the part before each has, in thousandths of what is divided.
    moved: BTreeMap<(Layout, usize), u16>,
}

/// What is where on a screen.
#[derive(Debug, Default)]
pub(super) struct Laid {
    pub(super) panes: Vec<Placed>,
    pub(super) borders: Vec<BorderAt>,
}

/// A pane and its place, its rule included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) pane: Pane,
    pub(super) area: Rect,
    /// Other panes can be shown in its place.
    pub(super) tabs: bool,
}

/// A border that can be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BorderAt {
    border: usize,
    /// The cells that show it: a rule or a line.
    pub(super) area: Rect,
    /// It stands between two columns.
    pub(super) upright: bool,
    /// The part before it begins here.
    start: u16,
    /// How many cells are divided.
    whole: u16,
}

impl Default for Arrangement {
    fn default() -> Self {
        Self { layout: Layout::default(), order: ORDER, moved: BTreeMap::new() }
    }
}

impl Layout {
    const ALL: [Self; 6] = [Self::Auto, Self::Stack, Self::Beside, Self::Tower, Self::Columns, Self::Grid];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Stack => "stack",
            Self::Beside => "beside",
            Self::Tower => "tower",
            Self::Columns => "columns",
            Self::Grid => "grid",
        }
    }

    /// The one that a body of that size is given.
    const fn at(self, body: Rect) -> Self {
        match (self, body.width, body.height) {
            (Self::Auto, 180.., 47..) => Self::Grid,
            (Self::Auto, 120.., 37..) => Self::Columns,
            (Self::Auto, 120.., _) => Self::Beside,
            (Self::Auto, _, 40..) => Self::Tower,
            (Self::Auto, ..) => Self::Stack,
            (layout, ..) => layout,
        }
    }

    /// Whether every pane has room to be read.
    const fn fits(self, body: Rect) -> bool {
        match self {
            Self::Auto | Self::Stack => true,
            Self::Beside => body.width >= 100,
            Self::Tower => body.height >= 20,
            Self::Columns => body.width >= 100 && body.height >= 21,
            Self::Grid => body.width >= 150 && body.height >= 40,
        }
    }

    const fn tile(self) -> &'static Tile {
        match self {
            Self::Auto | Self::Stack => &STACK,
            Self::Beside => &BESIDE,
            Self::Tower => &TOWER,
            Self::Columns => &COLUMNS,
            Self::Grid => &GRID,
        }
    }
}

impl Arrangement {
    /// What stands where in `body`; `tab` is the one of the tabs that is shown, `zoomed` the pane that has it all.
    pub(super) fn lay(&self, body: Rect, tab: Pane, zoomed: Option<Pane>) -> Laid {
        if let Some(pane) = zoomed {
            return Laid { panes: vec![Placed { pane, area: body, tabs: false }], borders: Vec::new() };
        }
        let layout = self.fitting(body);
        let mut laid = Laid::default();
        self.divide(layout, layout.tile(), body, tab, &mut laid);
        laid
    }

    /// The chosen layout, or the one that suits the size where that has no room.
    fn fitting(&self, body: Rect) -> Layout {
        let wanted = if self.layout.fits(body) { self.layout } else { Layout::Auto };
        wanted.at(body)
    }

    /// Layouts are at most three deep, so this is.
    fn divide(&self, layout: Layout, tile: &Tile, area: Rect, tab: Pane, laid: &mut Laid) {
        let (parts, upright) = match tile {
            Tile::Place(place) => return laid.panes.push(Placed { pane: self.order[*place], area, tabs: false }),
            Tile::Tabs => {
                let pane =
                    if self.tabs(layout).any(|known| known == tab) { Some(tab) } else { self.tabs(layout).next() };
                return laid.panes.extend(pane.map(|pane| Placed { pane, area, tabs: true }));
            }
            Tile::Rows(parts) => (parts, false),
            Tile::Columns(parts) => (parts, true),
        };
        let whole = if upright { area.width } else { area.height };
        let least = if upright { LEAST_COLUMNS } else { LEAST_ROWS };
        let mut rest = area;
        for (place, (share, tile)) in parts.iter().enumerate() {
            let behind = (parts.len() - 1 - place) as u16;
            if behind == 0 {
                self.divide(layout, tile, rest, tab, laid);
                break;
            }
            let border = laid.borders.len();
            let left = if upright { rest.width } else { rest.height };
            let wanted = match (self.moved.get(&(layout, border)), share) {
                (Some(part), _) | (None, Share::Part(part)) => thousandths(whole, *part),
                (None, Share::AllBut(cells)) => whole.saturating_sub(*cells),
                (None, Share::Rest) => left,
            };
            let most = left.saturating_sub(behind * least).max(1);
            let cells = wanted.clamp(least.min(most), most).min(left);
            let (part, beyond, line) = cut(rest, cells, upright);
            let start = if upright { rest.x } else { rest.y };
            laid.borders.push(BorderAt { border, area: line, upright, start, whole });
            self.divide(layout, tile, part, tab, laid);
            rest = beyond;
        }
    }

    /// The panes that have no place of their own, by their numbers.
    pub(super) fn tabs(&self, layout: Layout) -> impl Iterator<Item = Pane> + use<'_> {
        let placed: &[usize] = match layout {
            Layout::Auto | Layout::Stack | Layout::Beside => &[0],
            Layout::Tower => &[0, 3],
            Layout::Columns | Layout::Grid => &[0, 1, 2, 3, 4, 5],
        };
        Pane::ALL.into_iter().filter(move |pane| placed.iter().all(|place| self.order[*place] != *pane))
    }

    /// The panes that take turns in a body of that size.
    pub(super) fn tabs_in(&self, body: Rect) -> Vec<Pane> {
        self.tabs(self.fitting(body)).collect()
    }

    /// Moves a border to column `x` or row `y`.
    pub(super) fn drag(&mut self, body: Rect, border: BorderAt, x: u16, y: u16) {
        let to = if border.upright { x } else { y };
        let part = u32::from(to.saturating_sub(border.start)) * 1000 / u32::from(border.whole.max(1));
        self.moved.insert((self.fitting(body), border.border), part.clamp(50, 950) as u16);
    }

    /// Makes `pane` larger or smaller in one direction, where it has a border there; says whether it has.
    fn resize(&mut self, body: Rect, tab: Pane, pane: Pane, upright: bool, by: i16) -> bool {
        let laid = self.lay(body, tab, None);
        let Some(area) = laid.panes.iter().find(|placed| placed.pane == pane).map(|placed| placed.area) else {
            return false;
        };
        let end = |area: Rect| if upright { area.right() } else { area.bottom() };
        let start = |area: Rect| if upright { area.x } else { area.y };
        let beside = |border: &&BorderAt| border.upright == upright && overlaps(border.area, area, upright);
        let behind = laid.borders.iter().filter(beside).find(|border| start(border.area) == end(area));
        let before = laid
            .borders
            .iter()
            .filter(beside)
            .rfind(|border| if upright { border.area.right() == area.x } else { border.area.y == area.y });
        let Some((border, by)) = behind.map(|at| (at, by)).or(before.map(|at| (at, -by))) else { return false };
        let cells = start(border.area) - border.start;
        // Half a cell more, so that rounding does not eat the step.
        let part = (u32::from(cells) * 1000 + 500) / u32::from(border.whole.max(1));
        let part = (part as u16).saturating_add_signed(by).clamp(50, 950);
        self.moved.insert((self.fitting(body), border.border), part);
        true
    }

    /// Lets `pane` change places with the one `by` places behind it, around the end.
    fn swap(&mut self, pane: Pane, by: usize) {
        if let Some(place) = self.order.iter().position(|known| *known == pane) {
            self.order.swap(place, (place + by) % ORDER.len());
        }
    }

    /// As it is written to the settings.
    fn to_toml(&self) -> toml::Table {
        let mut table = toml::Table::new();
        let names = self.order.iter().map(|pane| toml::Value::from(pane.name().to_lowercase()));
        table.insert("layout".to_owned(), self.layout.name().into());
        table.insert("order".to_owned(), toml::Value::Array(names.collect()));
        for ((layout, border), part) in &self.moved {
            table.insert(format!("{}-{border}", layout.name()), i64::from(*part).into());
        }
        table
    }

    /// Reads `[panes]` of the settings: `layout`, the `order` of the panes by their names, and for each border that was
    /// moved LAYOUT-BORDER, how much stands before it, in thousandths.
    ///
    /// # Errors
    /// The key, and what is wrong with its value.
    pub fn from_toml(table: &toml::Table) -> Result<Self, String> {
        let mut arrangement = Self::default();
        for (key, value) in table {
            match key.as_str() {
                "layout" => arrangement.layout = layout(value).ok_or_else(|| wrong(key, value, &layout_names()))?,
                "order" => {
                    let all =
                        "each pane once, such as [\"exchange\", \"raw\", \"why\", \"tree\", \"bytes\", \"state\"]";
                    arrangement.order = order(value).ok_or_else(|| wrong(key, value, all))?;
                }
                _ => {
                    let (name, border) = key.split_once('-').unwrap_or_default();
                    let layout = Layout::ALL.into_iter().find(|known| known.name() == name);
                    let place = layout.zip(border.parse().ok());
                    let place =
                        place.ok_or_else(|| format!("`{key}` is not known; known are layout, order, LAYOUT-BORDER"))?;
                    let part = value.as_integer().and_then(|part| u16::try_from(part).ok());
                    let part = part.filter(|part| (50..=950).contains(part));
                    let part = part.ok_or_else(|| wrong(key, value, "a number of thousandths from 50 to 950"))?;
                    arrangement.moved.insert(place, part);
                }
            }
        }
        Ok(arrangement)
    }
}

fn wrong(key: &str, value: &toml::Value, wanted: &str) -> String {
    format!("`{key}` is {value}; wanted is {wanted}")
}

fn layout(value: &toml::Value) -> Option<Layout> {
    let name = value.as_str()?;
    Layout::ALL.into_iter().find(|known| known.name() == name)
}

fn layout_names() -> String {
    format!("one of {}", Layout::ALL.map(Layout::name).join(", "))
}

fn order(value: &toml::Value) -> Option<[Pane; 6]> {
    let names = value.as_array()?.iter().map(toml::Value::as_str).collect::<Option<Vec<_>>>()?;
    let pane = |name: &str| Pane::ALL.into_iter().find(|pane| pane.name().to_lowercase() == name);
    let panes: [Pane; 6] = names.into_iter().map(pane).collect::<Option<Vec<_>>>()?.try_into().ok()?;
    Pane::ALL.iter().all(|pane| panes.contains(pane)).then_some(panes)
}

fn thousandths(whole: u16, part: u16) -> u16 {
    (u32::from(whole) * u32::from(part) / 1000) as u16
}

/// A part of so many cells, what lies beyond, and the border between.
fn cut(area: Rect, cells: u16, upright: bool) -> (Rect, Rect, Rect) {
    if upright {
        let cells = cells.min(area.width.saturating_sub(1));
        let line = Rect { x: area.x + cells, width: 1, ..area };
        let beyond = Rect { x: area.x + cells + 1, width: area.width.saturating_sub(cells + 1), ..area };
        return (Rect { width: cells, ..area }, beyond, line);
    }
    let beyond = Rect { y: area.y + cells, height: area.height - cells, ..area };
    (Rect { height: cells, ..area }, beyond, Rect { height: 1.min(beyond.height), ..beyond })
}

/// Whether a border runs along a pane.
fn overlaps(border: Rect, pane: Rect, upright: bool) -> bool {
    if upright {
        border.y <= pane.y && pane.bottom() <= border.bottom()
    } else {
        border.x <= pane.x && pane.right() <= border.right()
    }
}

/// Does what a user wants with the panes.
pub(super) fn update(model: &mut Model, action: Action) {
    let body = model.body();
    let tab = model.tab_in(body);
    let Some(exchange) = &model.exchange else { return };
    let pane = exchange.pane;
    if exchange.zoom {
        return model.complain(model.hint("one pane has the whole screen; {zoom} shows the others again"));
    }
    let arrangement = &mut model.arrangement;
    let resized = match action {
        Action::Layout => {
            let fitting: Vec<Layout> = Layout::ALL.into_iter().filter(|layout| layout.fits(body)).collect();
            let at = fitting.iter().position(|layout| *layout == arrangement.layout).unwrap_or(0);
            arrangement.layout = fitting[(at + 1) % fitting.len()];
            let name = arrangement.layout.name();
            return model.say(format!("layout: {name}; {}", model.hint("{remember} remembers it")));
        }
        Action::MoveUp => return arrangement.swap(pane, ORDER.len() - 1),
        Action::MoveDown => return arrangement.swap(pane, 1),
        Action::Wider => arrangement.resize(body, tab, pane, true, STEP),
        Action::Narrower => arrangement.resize(body, tab, pane, true, -(STEP)),
        Action::Taller => arrangement.resize(body, tab, pane, false, STEP),
        _ => arrangement.resize(body, tab, pane, false, -(STEP)),
    };
    if !resized {
        model.complain("the pane has no border on that side");
    }
}

/// Gives a pane the keys.
pub(super) fn focus(model: &mut Model, pane: Pane) {
    let takes_turns = model.arrangement.tabs_in(model.body()).contains(&pane);
    let Some(exchange) = &mut model.exchange else { return };
    exchange.pane = pane;
    if takes_turns {
        exchange.tab = pane;
    }
}

/// Keeps the arrangement for later, and the theme if the user has chosen one.
pub(super) fn remember(model: &Model) -> Effect {
    let options = &model.options;
    Effect::Remember(Settings {
        theme: options.auto.is_none().then(|| options.theme.name.clone()),
        panes: model.arrangement.to_toml(),
        mouse: Some(model.mouse.taken),
        ..Settings::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn body(width: u16, height: u16) -> Rect {
        Rect { x: 0, y: 1, width, height }
    }

    proptest! {
        /// Whatever the size and whatever was moved: panes and lines cover each cell once.
        #[test]
        fn panes_and_lines_cover_the_body(
            width in 0_u16..260, height in 0_u16..90, layout in 0_usize..6,
            moved in proptest::collection::vec((0_usize..5, 0_u16..1000), 0..5), swap in 0_usize..6,
        ) {
            let body = body(width, height);
            let mut arrangement = Arrangement { layout: Layout::ALL[layout], ..Arrangement::default() };
            arrangement.swap(Pane::ALL[swap], 1);
            for (border, part) in moved {
                arrangement.moved.insert((arrangement.fitting(body), border), part);
            }
            let laid = arrangement.lay(body, Pane::Tree, None);
            let lines = laid.borders.iter().filter(|border| border.upright).map(|border| border.area);
            let mut covered = vec![0_u8; usize::from(width) * usize::from(height)];
            for area in laid.panes.iter().map(|placed| placed.area).chain(lines) {
                for at in area.intersection(body).positions() {
                    covered[usize::from(at.y - 1) * usize::from(width) + usize::from(at.x)] += 1;
                }
                prop_assert_eq!(area.intersection(body).area(), area.area());
            }
            prop_assert!(covered.iter().all(|times| *times == 1));
        }
    }

    #[test]
    fn what_is_remembered_is_read_again() {
        let mut arrangement = Arrangement { layout: Layout::Columns, ..Arrangement::default() };
        arrangement.swap(Pane::Tree, 1);
        assert!(arrangement.resize(body(120, 37), Pane::Tree, Pane::Ladder, true, 40));
        assert_eq!(Arrangement::from_toml(&arrangement.to_toml()), Ok(arrangement));
        assert_eq!(Arrangement::from_toml(&toml::Table::new()), Ok(Arrangement::default()));
        for (text, said) in [
            ("layout = 'round'", "`layout` is \"round\"; wanted is one of auto"),
            ("order = ['raw']", "`order` is [\"raw\"]; wanted is each pane once"),
            ("colums-1 = 500", "`colums-1` is not known"),
            ("columns-1 = 5", "`columns-1` is 5; wanted is a number of thousandths from 50 to 950"),
        ] {
            let error = Arrangement::from_toml(&text.parse().unwrap()).unwrap_err();
            assert!(error.starts_with(said), "{error}");
        }
    }

    #[test]
    fn a_pane_grows_at_the_border_it_has() {
        let table = [
            (Layout::Stack, Pane::Ladder, false, true),
            (Layout::Stack, Pane::Tree, false, true),
            (Layout::Stack, Pane::Tree, true, false),
            (Layout::Columns, Pane::Raw, true, true),
            (Layout::Columns, Pane::State, false, true),
            (Layout::Grid, Pane::Tree, true, true),
            (Layout::Grid, Pane::Bytes, false, true),
        ];
        for (layout, pane, upright, can) in table {
            let body = body(200, 57);
            let mut arrangement = Arrangement { layout, ..Arrangement::default() };
            let size = |arrangement: &Arrangement| {
                let laid = arrangement.lay(body, Pane::Tree, None);
                let area = laid.panes.iter().find(|placed| placed.pane == pane).unwrap().area;
                if upright { area.width } else { area.height }
            };
            let before = size(&arrangement);
            assert_eq!(arrangement.resize(body, Pane::Tree, pane, upright, 40), can, "{layout:?} {pane:?}");
            let larger = size(&arrangement);
            assert_eq!(larger > before, can, "{layout:?} {pane:?}: {before} {larger}");
            arrangement.resize(body, Pane::Tree, pane, upright, -40);
            assert!(size(&arrangement).abs_diff(before) <= 1, "{layout:?} {pane:?}");
        }
    }
}

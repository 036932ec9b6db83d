//! Roles to styles, and text to what fits.

use crate::config::theme::{Color, Look, Modifier, Role};
use crate::decode::is_harmful;
use crate::terms::Party;
use crate::tui::Model;
use ratatui::buffer::{Buffer, CellWidth as _};
use ratatui::style;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation as _;

/// How everything is painted.
pub(super) struct Paint {
    /// In the order of [`Role::ALL`].
    styles: Vec<Style>,
    ground: Style,
    ascii: bool,
}

impl Paint {
    pub(super) fn new(model: &Model) -> Self {
        let mut styles: Vec<Style> = Role::ALL.iter().map(|role| style_of(model, *role)).collect();
        let ground = styles[Role::Text as usize];
        // Text lets through what it stands on, such as a selected row.
        styles[Role::Text as usize].bg = None;
        Self { styles, ground, ascii: model.options.ascii }
    }

    pub(super) fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// What everything stands on.
    pub(super) const fn ground(&self) -> Style {
        self.ground
    }

    /// An accent that has no letter before it has a dotted circle to stand on, or it would not be seen.
    pub(super) fn span(&self, text: impl Into<String>, role: Role) -> Span<'static> {
        let mut text = text.into();
        if !text.starts_with(|c: char| c.is_ascii()) && graphemes(&text).next().is_some_and(|(_, cells)| cells == 0) {
            text.insert(0, '◌');
        }
        Span::styled(text, self.style(role))
    }

    /// The text in lines of at most `room` cells, each behind `indent` blanks.
    pub(super) fn wrap(&self, text: &str, role: Role, indent: usize, room: usize) -> Vec<Line<'static>> {
        let texts = wrap(text, room).into_iter();
        texts.map(|text| Line::from(self.span(format!("{:indent$}{text}", ""), role))).collect()
    }

    pub(super) const fn party(party: Party) -> Role {
        match party {
            Party::Client => Role::Client,
            Party::Server => Role::Server,
        }
    }

    /// The last pass: nothing that a terminal would obey, whatever was forgotten on the way; nothing but ASCII, where
    /// that is asked for.
    pub(super) fn finish(&self, buffer: &mut Buffer) {
        for cell in buffer.content.iter_mut().filter(|cell| cell.symbol().len() > 1) {
            if cell.symbol().contains(is_harmful) {
                cell.set_char('\u{FFFD}');
            }
            if cell.symbol().chars().nth(MOST).is_some() {
                let few: String = cell.symbol().chars().take(FEW).collect();
                cell.set_symbol(&few);
            }
            if self.ascii {
                let plain = cell.symbol().chars().next().map_or(' ', ascii);
                cell.set_char(plain);
            }
        }
    }
}

/// No letter and no emoji that anybody writes has more characters; accents heaped on a letter would be drawn over the
/// lines above and below.
const MOST: usize = 12;
/// What is left of such a heap.
const FEW: usize = 4;

/// Without colours the weights of the theme for that are left.
fn style_of(model: &Model, role: Role) -> Style {
    let theme = if model.options.color { &model.options.theme } else { &model.mono };
    style(&theme.look_within(role, model.options.colors), model.options.color)
}

/// A look, with its colours or without.
pub(super) fn style(look: &Look, color: bool) -> Style {
    let mut style = look.modifiers.iter().fold(Style::new(), |style, modifier| style.add_modifier(of(*modifier)));
    if color {
        style.fg = look.fg.map(color_of);
        style.bg = look.bg.map(color_of);
    }
    style
}

const fn color_of(color: Color) -> style::Color {
    match color {
        Color::Named(number) => NAMED[(number & 15) as usize],
        Color::Indexed(number) => style::Color::Indexed(number),
        Color::Rgb(r, g, b) => style::Color::Rgb(r, g, b),
    }
}

/// What a cell has been told to show; `None` for the terminal's own ground and letters.
pub(in crate::tui) fn told(color: style::Color) -> Option<Color> {
    match color {
        style::Color::Reset => None,
        style::Color::Indexed(number) => Some(Color::Indexed(number)),
        style::Color::Rgb(r, g, b) => Some(Color::Rgb(r, g, b)),
        named => NAMED.iter().zip(0..).find(|(known, _)| **known == named).map(|(_, number)| Color::Named(number)),
    }
}

/// The terminal's own sixteen, in their order.
const NAMED: [style::Color; 16] = [
    style::Color::Black,
    style::Color::Red,
    style::Color::Green,
    style::Color::Yellow,
    style::Color::Blue,
    style::Color::Magenta,
    style::Color::Cyan,
    style::Color::Gray,
    style::Color::DarkGray,
    style::Color::LightRed,
    style::Color::LightGreen,
    style::Color::LightYellow,
    style::Color::LightBlue,
    style::Color::LightMagenta,
    style::Color::LightCyan,
    style::Color::White,
];

const fn of(modifier: Modifier) -> style::Modifier {
    match modifier {
        Modifier::Bold => style::Modifier::BOLD,
        Modifier::Dim => style::Modifier::DIM,
        Modifier::Italic => style::Modifier::ITALIC,
        Modifier::Underline => style::Modifier::UNDERLINED,
        Modifier::Reverse => style::Modifier::REVERSED,
    }
}

/// What stands for a glyph where only ASCII may be drawn.
const fn ascii(glyph: char) -> char {
    match glyph {
        '─' | '┄' | '—' | '–' => '-',
        '╎' => ':',
        '═' | '━' => '=',
        '│' | '║' | '┆' | '┃' => '|',
        '▶' | '▸' | '›' | '→' | '»' => '>',
        '◀' | '‹' | '←' => '<',
        '▼' | '▾' => 'v',
        '▲' => '^',
        '↺' => '@',
        '●' | '•' => '*',
        '▣' => '#',
        '✔' => 'y',
        '✘' => 'X',
        '§' => '%',
        '·' | '╌' => '.',
        '…' => '~',
        '×' => 'x',
        '◇' | '◌' => 'o',
        '◆' | '\u{2500}'..='\u{257F}' => '+',
        _ => '?',
    }
}

/// What a reader sees as one character, and how many cells each takes: a flag or a family is one, however many
/// characters of Unicode it is made of, and so is a letter with its accents. The drawing counts the same way.
pub(super) fn graphemes(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let cells = |grapheme: &str| if grapheme.contains(char::is_control) { 0 } else { grapheme.cell_width() };
    text.graphemes(true).map(move |grapheme| (grapheme, usize::from(cells(grapheme))))
}

/// How many cells the text takes.
pub(super) fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { graphemes(text).map(|(_, cells)| cells).sum() }
}

/// The text with blanks behind it up to that width.
pub(super) fn pad(text: &str, wide: usize) -> String {
    format!("{text}{}", " ".repeat(wide.saturating_sub(width(text))))
}

/// The text, cut with `…` to fit.
pub(super) fn cut(text: &str, wide: usize) -> String {
    if width(text) <= wide {
        return text.to_owned();
    }
    let mut left = wide.saturating_sub(1);
    let fits = |(_, cells): &(&str, usize)| {
        let fits = *cells <= left;
        left = left.saturating_sub(*cells);
        fits
    };
    let mut cut: String = graphemes(text).take_while(fits).map(|(grapheme, _)| grapheme).collect();
    if wide > 0 {
        cut.push('…');
    }
    cut
}

/// Spans on one line, cut with `…` to fit.
pub(super) fn cut_spans(spans: Vec<Span<'static>>, room: usize) -> Vec<Span<'static>> {
    let mut left = room;
    let mut kept = Vec::with_capacity(spans.len());
    for span in spans {
        let wide = width(&span.content);
        if wide > left {
            kept.push(Span::styled(cut(&span.content, left), span.style));
            break;
        }
        left -= wide;
        kept.push(span);
    }
    kept
}

/// What stands at the left and what stands at the right of one line; the left gives way.
pub(super) fn spread(left: Vec<Span<'static>>, right: Vec<Span<'static>>, room: usize) -> Line<'static> {
    let wide = |spans: &[Span<'_>]| spans.iter().map(|span| width(&span.content)).sum::<usize>();
    let right = cut_spans(right, room);
    let left_room = room.saturating_sub(wide(&right) + usize::from(!right.is_empty()));
    let mut line = cut_spans(left, left_room);
    line.push(Span::raw(" ".repeat(room.saturating_sub(wide(&line) + wide(&right)))));
    line.extend(right);
    Line::from(line)
}

/// A rule with what is named in it at the left.
pub(super) fn rule(named: Vec<Span<'static>>, room: usize, border: Style) -> Line<'static> {
    let mut spans = cut_spans(named, room);
    let used: usize = spans.iter().map(|span| width(&span.content)).sum();
    spans.push(Span::styled("─".repeat(room.saturating_sub(used)), border));
    Line::from(spans)
}

/// The text broken at blanks into lines of that width; a word that is too long is broken anywhere.
pub(super) fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut line, mut used) = (String::new(), 0);
    for word in text.split(' ') {
        if used > 0 && used + 1 + width(word) > room {
            lines.push(std::mem::take(&mut line));
            used = 0;
        } else if used > 0 {
            line.push(' ');
            used += 1;
        }
        for (grapheme, cells) in graphemes(word) {
            if used > 0 && used + cells > room {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push_str(grapheme);
            used += cells;
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_and_wrapped_by_the_cells_it_takes() {
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("日本語", 5), "日本…");
        assert_eq!(cut("e\u{301}e\u{301}", 2), "e\u{301}e\u{301}");
        assert_eq!(cut("👩\u{200D}🚀👩\u{200D}🚀", 3), "👩\u{200D}🚀…", "a family is not torn");
        assert_eq!(cut("🇩🇪🇫🇷", 3), "🇩🇪…");
        assert_eq!(cut("🇩🇪🇫🇷", 2), "…");
        assert_eq!(pad("日本", 6), "日本  ");
        assert_eq!(cut("abc", 0), "");
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("日本語", 4), ["日本", "語"]);
        assert_eq!(wrap("🇩🇪🇫🇷 e\u{301}e\u{301}", 3), ["🇩🇪", "🇫🇷", "e\u{301}e\u{301}"]);
        assert_eq!(wrap("", 4), [""]);
    }

    #[test]
    fn a_heap_of_accents_stays_in_its_line() {
        let paint = Paint { styles: Vec::new(), ground: Style::new(), ascii: false };
        let heap = format!("Z{}!", "\u{301}".repeat(100));
        for (text, expected) in [(heap.as_str(), "Z\u{301}\u{301}\u{301}"), ("e\u{302}\u{301}", "e\u{302}\u{301}")] {
            let mut buffer = Buffer::empty(ratatui::layout::Rect::new(0, 0, 4, 1));
            buffer.set_string(0, 0, text, Style::new());
            paint.finish(&mut buffer);
            assert_eq!(buffer[(0, 0)].symbol(), expected);
        }
    }

    #[test]
    fn the_left_gives_way_to_the_right() {
        let spans = |text: &'static str| vec![Span::raw(text)];
        assert_eq!(spread(spans("left"), spans("right"), 12).to_string(), "left   right");
        assert_eq!(spread(spans("a long left"), spans("right"), 12).to_string(), "a lon… right");
    }
}

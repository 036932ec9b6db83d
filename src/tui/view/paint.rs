//! Roles to styles, and text to what fits.

use crate::config::theme::{Color, Look, Modifier, Role};
use crate::terms::Party;
use crate::tui::Model;
use ratatui::buffer::Buffer;
use ratatui::style;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

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

    pub(super) fn span(&self, text: impl Into<String>, role: Role) -> Span<'static> {
        Span::styled(text.into(), self.style(role))
    }

    pub(super) const fn party(party: Party) -> Role {
        match party {
            Party::Client => Role::Client,
            Party::Server => Role::Server,
        }
    }

    /// The last pass: nothing but ASCII, where that is asked for.
    pub(super) fn finish(&self, buffer: &mut Buffer) {
        if self.ascii {
            for cell in &mut buffer.content {
                if !cell.symbol().is_ascii() {
                    let plain = cell.symbol().chars().next().map_or(' ', ascii);
                    cell.set_char(plain);
                }
            }
        }
    }
}

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
        '◇' => 'o',
        '◆' | '\u{2500}'..='\u{257F}' => '+',
        _ => '?',
    }
}

/// How many cells the text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The text, cut with `…` to fit.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut left = width.saturating_sub(1);
    let fits = |c: &char| {
        let wide = c.width().unwrap_or(0);
        let fits = wide <= left;
        left = left.saturating_sub(wide);
        fits
    };
    let mut cut: String = text.chars().take_while(fits).collect();
    if width > 0 {
        cut.push('…');
    }
    cut
}

/// Spans on one line, cut with `…` to fit.
pub(super) fn cut_spans(spans: Vec<Span<'static>>, width: usize) -> Vec<Span<'static>> {
    let mut left = width;
    let mut kept = Vec::with_capacity(spans.len());
    for span in spans {
        let wide = span.content.width();
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
pub(super) fn spread(left: Vec<Span<'static>>, right: Vec<Span<'static>>, width: usize) -> Line<'static> {
    let wide = |spans: &[Span<'_>]| spans.iter().map(|span| span.content.width()).sum::<usize>();
    let right = cut_spans(right, width);
    let room = width.saturating_sub(wide(&right) + usize::from(!right.is_empty()));
    let mut line = cut_spans(left, room);
    line.push(Span::raw(" ".repeat(width.saturating_sub(wide(&line) + wide(&right)))));
    line.extend(right);
    Line::from(line)
}

/// The text broken at blanks into lines of that width; a word that is too long is broken anywhere.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let wide = word.width();
        let blank = usize::from(used > 0);
        if used > 0 && used + 1 + wide > width {
            lines.push(String::new());
            used = 0;
        } else if blank == 1 {
            lines[0..].last_mut().into_iter().for_each(|line| line.push(' '));
            used += 1;
        }
        for c in word.chars() {
            let wide = c.width().unwrap_or(0);
            if used + wide > width && used > 0 {
                lines.push(String::new());
                used = 0;
            }
            lines.last_mut().into_iter().for_each(|line| line.push(c));
            used += wide;
        }
    }
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
        assert_eq!(cut("abc", 0), "");
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("日本語", 4), ["日本", "語"]);
    }

    #[test]
    fn the_left_gives_way_to_the_right() {
        let spans = |text: &'static str| vec![Span::raw(text)];
        assert_eq!(spread(spans("left"), spans("right"), 12).to_string(), "left   right");
        assert_eq!(spread(spans("a long left"), spans("right"), 12).to_string(), "a lon… right");
    }
}

//! The screen as a file: text, text with ANSI colours, SVG, or an asciicast of the exchange up to here.
//!
//! What is drawn is what the screen shows without what lies over it, so that secrets are hidden there as they are on
//! screen. The ending of the file's name says which it is to be.
//!
//! Limits: an asciicast has the last [`FRAMES`] steps, and no pause longer than [`PAUSE`].

use super::effect::Effect;
use super::model::{Exchange, Model};
use super::prompts::{PromptKind, prompt};
use super::view::{self, told};
use crate::config::theme::Color;
use crate::terms::Micros;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{self, Modifier};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use unicode_width::UnicodeWidthStr as _;

/// How many steps an asciicast has at most.
const FRAMES: usize = 200;
/// The longest pause of an asciicast.
const PAUSE: Micros = Micros(2_000_000);
/// A cell of an SVG, in its units: width and height, and how far down the base line is.
const CELL: (usize, usize, usize) = (9, 17, 13);

/// What a picture can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Ansi,
    Svg,
    Asciicast,
}

impl Kind {
    /// By the ending of a file's name.
    ///
    /// # Errors
    /// Which endings are known.
    fn of(path: &Path) -> Result<Self, String> {
        let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
        match ending.to_str() {
            Some("txt") => Ok(Self::Text),
            Some("ans" | "ansi") => Ok(Self::Ansi),
            Some("svg") => Ok(Self::Svg),
            Some("cast") => Ok(Self::Asciicast),
            _ => Err("the name says what it is to be: it ends in .txt, .ans, .svg or .cast".to_owned()),
        }
    }
}

/// Asks for the file.
pub(super) fn ask(model: &mut Model) {
    prompt(model, PromptKind::Picture, "saslscope.svg");
}

/// The screen as that file is to hold it.
///
/// # Errors
/// What is wrong with its name.
pub(super) fn picture(model: &mut Model, path: PathBuf) -> Result<Effect, String> {
    let text = match Kind::of(&path)? {
        Kind::Text => text(&view::buffer(model)),
        Kind::Ansi => ansi(&view::buffer(model), "\n"),
        Kind::Svg => svg(&view::buffer(model)),
        Kind::Asciicast => asciicast(model),
    };
    Ok(Effect::Picture { path, text })
}

/// The cells of each row, without those that a wide character before them takes.
fn rows(buffer: &Buffer) -> impl Iterator<Item = Vec<&Cell>> {
    let wide = usize::from(buffer.area.width).max(1);
    buffer.content.chunks(wide).map(|row| {
        let mut taken = 0;
        let own = |cell: &&Cell| {
            let free = taken == 0;
            taken = if free { cell.symbol().width().saturating_sub(1) } else { taken - 1 };
            free
        };
        row.iter().filter(own).collect()
    })
}

fn text(buffer: &Buffer) -> String {
    let mut text = String::new();
    for row in rows(buffer) {
        let line: String = row.into_iter().map(Cell::symbol).collect();
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn ansi(buffer: &Buffer, line_end: &str) -> String {
    let mut text = String::new();
    for row in rows(buffer) {
        for run in row.chunk_by(|one, next| one.style() == next.style()) {
            sgr(run[0], &mut text);
            text.extend(run.iter().map(|cell| cell.symbol()));
        }
        text.push_str("\x1b[0m");
        text.push_str(line_end);
    }
    text
}

/// The weights that a terminal is told by a number.
const WEIGHTS: [(Modifier, u8); 5] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::REVERSED, 7),
];

/// How a cell looks, as ECMA-48 8.3.117 has it.
fn sgr(cell: &Cell, text: &mut String) {
    text.push_str("\x1b[0");
    for (_, number) in WEIGHTS.iter().filter(|(weight, _)| cell.modifier.contains(*weight)) {
        write!(text, ";{number}").unwrap_or_default(); // writing to a String cannot fail
    }
    for (color, base) in [(cell.fg, 30), (cell.bg, 40)] {
        let written = match told(color) {
            None => Ok(()),
            Some(Color::Named(number @ 0..8)) => write!(text, ";{}", base + number),
            Some(Color::Named(number)) => write!(text, ";{}", base + 60 + number - 8), // bright, as aixterm has it
            Some(Color::Indexed(number)) => write!(text, ";{};5;{number}", base + 8),
            Some(Color::Rgb(r, g, b)) => write!(text, ";{};2;{r};{g};{b}", base + 8),
        };
        written.unwrap_or_default();
    }
    text.push('m');
}

/// A colour as xterm shows it; `reset` is what stands for none.
fn rgb(color: style::Color, reset: [u8; 3]) -> [u8; 3] {
    told(color).map_or(reset, Color::rgb)
}

fn svg(buffer: &Buffer) -> String {
    let (wide, high, base) = CELL;
    let [width, height] = [usize::from(buffer.area.width) * wide, usize::from(buffer.area.height) * high];
    let ground = buffer.content.first().map_or([0; 3], |cell| rgb(cell.bg, [0; 3]));
    let ink = if ground.iter().map(|part| u16::from(*part)).sum::<u16>() > 384 { [0; 3] } else { [229; 3] };
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"monospace\" \
         font-size=\"15\">\n<rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n",
        hex(ground)
    );
    for (row, cells) in rows(buffer).enumerate() {
        let mut column = 0;
        for run in cells.chunk_by(|one, next| one.style() == next.style()) {
            let symbols: String = run.iter().map(|cell| cell.symbol()).collect();
            let (x, y, long) = (column * wide, row * high, symbols.width() * wide);
            column += symbols.width();
            let cell = run[0];
            let (mut front, mut back) = (rgb(cell.fg, ink), rgb(cell.bg, ground));
            if cell.modifier.contains(Modifier::REVERSED) {
                (front, back) = (back, front);
            }
            let mut put = || {
                if back != ground {
                    let back = hex(back);
                    writeln!(text, "<rect x=\"{x}\" y=\"{y}\" width=\"{long}\" height=\"{high}\" fill=\"{back}\"/>")?;
                }
                if symbols.trim().is_empty() {
                    return Ok(());
                }
                let (y, front, looks, symbols) = (y + base, hex(front), looks(cell.modifier), xml(&symbols));
                writeln!(
                    text,
                    "<text x=\"{x}\" y=\"{y}\" textLength=\"{long}\" fill=\"{front}\"{looks} \
                     xml:space=\"preserve\">{symbols}</text>"
                )
            };
            put().unwrap_or_default(); // writing to a String cannot fail
        }
    }
    text.push_str("</svg>\n");
    text
}

fn hex([r, g, b]: [u8; 3]) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn looks(modifier: Modifier) -> String {
    let table = [
        (Modifier::BOLD, " font-weight=\"bold\""),
        (Modifier::DIM, " opacity=\"0.6\""),
        (Modifier::ITALIC, " font-style=\"italic\""),
        (Modifier::UNDERLINED, " text-decoration=\"underline\""),
    ];
    table.into_iter().filter(|(weight, _)| modifier.contains(*weight)).map(|(_, look)| look).collect()
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The exchange from its first step to the one that is looked at, a frame each; the start screen is one frame.
fn asciicast(model: &mut Model) -> String {
    let title = model.exchange.as_ref().map_or("saslscope", |exchange| exchange.headers().title.as_str());
    let (width, height) = (model.size.width, model.size.height);
    let header = serde_json::json!({ "version": 2, "width": width, "height": height, "title": title });
    let mut text = format!("{header}\n");
    let mut at = Micros::default();
    let mut frame = |model: &Model, at: Micros| {
        let seconds = std::time::Duration::from_micros(at.0).as_secs_f64();
        let drawn = format!("\x1b[?25l\x1b[H{}", ansi(&view::buffer(model), "\r\n").trim_end());
        writeln!(text, "{}", serde_json::json!([seconds, "o", drawn])).unwrap_or_default(); // as above
    };
    let reveal = model.revealed();
    let Some(exchange) = model.shown() else {
        frame(model, at);
        return text;
    };
    let last = exchange.row;
    let looks = exchange.looks();
    let time = |exchange: &Exchange, row: usize| exchange.steps().get(row).map(|step| step.event.at);
    for row in last.saturating_sub(FRAMES - 1)..=last {
        let Some(exchange) = &mut model.exchange else { break };
        let before = row.checked_sub(1).and_then(|row| time(exchange, row));
        let passed = time(exchange, row).zip(before).map_or(PAUSE, |(now, before)| now.since(before));
        if row > last.saturating_sub(FRAMES - 1) {
            at = Micros(at.0 + passed.0.clamp(PAUSE.0 / 4, PAUSE.0));
        }
        if row == last {
            exchange.look_again(looks.clone(), reveal);
        } else {
            exchange.look(row, reveal);
        }
        frame(model, at);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::{Color, Style};

    fn buffer() -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 2));
        buffer.set_string(0, 0, "日<b>", Style::new().fg(Color::Indexed(67)).add_modifier(Modifier::BOLD));
        buffer.set_string(0, 1, "x", Style::new().fg(Color::Rgb(1, 2, 3)).bg(Color::LightBlue));
        buffer
    }

    #[test]
    fn each_kind_has_every_cell_once() {
        let buffer = buffer();
        assert_eq!(text(&buffer), "日<b>\nx\n");
        assert_eq!(
            ansi(&buffer, "\n"),
            "\x1b[0;1;38;5;67m日<b>\x1b[0m   \x1b[0m\n\x1b[0;38;2;1;2;3;104mx\x1b[0m       \x1b[0m\n"
        );
        let svg = svg(&buffer);
        let word = "<text x=\"0\" y=\"13\" textLength=\"45\" fill=\"#5f87af\" font-weight=\"bold\" \
                    xml:space=\"preserve\">日&lt;b&gt;</text>";
        assert!(svg.contains(word), "{svg}");
        assert!(svg.contains("<rect x=\"0\" y=\"17\" width=\"9\" height=\"17\" fill=\"#5c5cff\"/>"), "{svg}");
    }

    #[test]
    fn the_ending_says_which() {
        for (name, kind) in [
            ("a.txt", Some(Kind::Text)),
            ("a.ANSI", Some(Kind::Ansi)),
            ("a.b.svg", Some(Kind::Svg)),
            ("a.cast", Some(Kind::Asciicast)),
            ("svg", None),
            ("a.png", None),
        ] {
            assert_eq!(Kind::of(Path::new(name)).ok(), kind, "{name}");
        }
    }
}

//! Screens as text: the model is driven with keys and drawn at three sizes.
//!
//! A changed screen fails and says where it differs; `SASLSCOPE_BLESS=1` writes the files anew, for a person to read.

mod diagram;
mod editing;
mod exchange;
mod explain;
mod keys;
mod moving;
mod network;
mod panes;
mod picture;
mod tasks;
mod teaching;
mod themes;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;
use saslscope::config::terminal::Colors;
use saslscope::config::theme::Theme;
use saslscope::session::{Fault, Lab, Mechanism};
use saslscope::terms::Micros;
use saslscope::transcript::recording::read;
use saslscope::tui::{Clock, Keys, Model, Options, Twins, built_in, done, draw, key, perform};
use std::path::Path;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];

/// 2026-01-01T00:00:00Z in 100 ns since 1601.
const NOW: u64 = (1_767_225_600 + 11_644_473_600) * 10_000_000;

fn options() -> Options {
    Options::new(Theme::find("terminal16").unwrap())
}

fn model(options: Options) -> Model {
    Model::new(options, Clock { seed: [7; 32], filetime: NOW, started: "2026-01-01T00:00:00Z".to_owned() })
}

fn lab(mechanism: Mechanism, fault: Option<Fault>) -> Model {
    let mut lab = Lab::new([7; 32], NOW);
    (lab.mechanism, lab.fault) = (mechanism, fault);
    let mut model = model(options());
    model.open_lab(lab);
    model
}

fn recording(name: &str) -> Model {
    let recording = built_in().find(|known| known.name == name).unwrap();
    let mut model = model(options());
    model.open_recording(name.to_owned(), read(recording.bytes));
    model
}

/// Presses keys, written as a reader writes them, a blank between; 10 ms pass before each. Files that are asked for are
/// read and written.
fn press(model: &mut Model, keys: &str) {
    for name in keys.split(' ') {
        let code = match name {
            "Enter" => KeyCode::Enter,
            "Esc" => KeyCode::Esc,
            "Tab" => KeyCode::Tab,
            "Space" => KeyCode::Char(' '),
            "Up" => KeyCode::Up,
            "Down" => KeyCode::Down,
            "Home" => KeyCode::Home,
            "End" => KeyCode::End,
            "Backspace" => KeyCode::Backspace,
            "Delete" => KeyCode::Delete,
            _ if name.starts_with("Ctrl-") => KeyCode::Char(name.chars().next_back().unwrap().to_ascii_lowercase()),
            _ => KeyCode::Char(name.chars().next().unwrap()),
        };
        model.now = Micros(model.now.0 + 10_000);
        let control = name.starts_with("Ctrl-");
        let modifiers = if control { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
        if let Some(effect) = key(model, KeyEvent::new(code, modifiers)) {
            done(model, perform(effect, &|| ()));
        }
    }
}

fn screen(model: &mut Model, (width, height): (u16, u16)) -> Terminal<TestBackend> {
    model.size = Size { width, height };
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(frame, model)).unwrap();
    terminal
}

fn text(model: &mut Model, size: (u16, u16)) -> String {
    let terminal = screen(model, size);
    let buffer = terminal.backend().buffer();
    let mut text = String::new();
    for row in buffer.content.chunks(usize::from(size.0)) {
        let line: String = row.iter().map(ratatui::buffer::Cell::symbol).collect();
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Compares with `tests/screens/NAME-WIDTHxHEIGHT.txt`. Keys pressed afterwards meet the screen as large as it was.
fn check(name: &str, model: &mut Model, sizes: &[(u16, u16)]) {
    let before = model.size;
    for &(width, height) in sizes {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/screens/{name}-{width}x{height}.txt"));
        let drawn = text(model, (width, height));
        if std::env::var_os("SASLSCOPE_BLESS").is_some() {
            std::fs::write(&path, &drawn).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(drawn == expected, "{}: differs; now it is\n{drawn}", path.display());
    }
    model.size = before;
}

/// Types text as if it were keys.
fn enter(model: &mut Model, text: &str) {
    for c in text.chars() {
        key(model, KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE));
    }
    press(model, "Enter");
}

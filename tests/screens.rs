//! Screens as text: the model is driven with keys and drawn at three sizes.
//!
//! A changed screen fails and says where it differs; `SASLSCOPE_BLESS=1` writes the files anew, for a person to read.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;
use saslscope::config::theme::Theme;
use saslscope::session::{Fault, Gate, Lab, Mechanism};
use saslscope::terms::Micros;
use saslscope::transcript::recording::read;
use saslscope::tui::{Clock, Model, Options, built_in, draw, key};
use std::path::Path;

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];

/// 2026-01-01T00:00:00Z in 100 ns since 1601.
const NOW: u64 = (1_767_225_600 + 11_644_473_600) * 10_000_000;

fn options() -> Options {
    Options {
        theme: Theme::find("terminal16").unwrap(),
        color: true,
        ascii: false,
        reveal: false,
        keep_secrets: false,
        save: None,
        gate: Gate { receive: false, send: true },
        stops: Vec::new(),
    }
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

/// Presses keys, written as a reader writes them, a blank between; 10 ms pass before each.
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
            _ => KeyCode::Char(name.chars().next().unwrap()),
        };
        model.now = Micros(model.now.0 + 10_000);
        assert!(key(model, KeyEvent::new(code, KeyModifiers::NONE)).is_none(), "no file is touched here");
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

/// Compares with `tests/screens/NAME-WIDTHxHEIGHT.txt`.
fn check(name: &str, model: &mut Model, sizes: &[(u16, u16)]) {
    for &(width, height) in sizes {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/screens/{name}-{width}x{height}.txt"));
        let drawn = text(model, (width, height));
        if std::env::var_os("SASLSCOPE_BLESS").is_some() {
            std::fs::write(&path, &drawn).unwrap();
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(drawn == expected, "{}: differs; now it is\n{drawn}", path.display());
    }
}

#[test]
fn start() {
    check("start", &mut model(options()), &SIZES[..1]);
}

#[test]
fn lab_at_the_held_neg_token_init() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n");
    check("held-negtokeninit", &mut model, &SIZES);
}

#[test]
fn each_pane_shows_the_same_step() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n n 3 j j j");
    for (keys, name) in [("3", "tree"), ("1", "raw"), ("2", "bytes"), ("4", "state"), ("z", "diagram"), ("z 5", "why")]
    {
        press(&mut model, keys);
        check(&format!("challenge-{name}"), &mut model, &SIZES[..1]);
    }
}

#[test]
fn the_printed_example_of_login() {
    let mut model = recording("spec/ms-xlogin-4");
    press(&mut model, "End");
    while !text(&mut model, SIZES[0]).contains("▶ 17 ") {
        press(&mut model, "k");
    }
    check("ms-xlogin", &mut model, &SIZES);
}

#[test]
fn a_fault_with_its_deviation() {
    let mut model = lab(Mechanism::Gssapi, Some(Fault::CutToken));
    press(&mut model, "n n n n 6 k k 3 j j j j j j j j j 5");
    check("cut-token", &mut model, &SIZES);
    let mut model = lab(Mechanism::Login, Some(Fault::SwappedPrompts));
    press(&mut model, "n n n n n n n 6 k 4");
    check("swapped-prompts", &mut model, &SIZES);
}

#[test]
fn an_edited_line_says_what_would_have_gone() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n E Backspace Backspace");
    check("edit", &mut model, &SIZES[..1]);
    press(&mut model, "X Enter 1");
    check("edited", &mut model, &SIZES[..1]);
    press(&mut model, "n p p");
    check("looking-back", &mut model, &SIZES[..1]);
}

#[test]
fn answers_of_other_rows() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n n a j");
    check("otherwise", &mut model, &SIZES[..1]);
    press(&mut model, "Enter");
    check("otherwise-taken", &mut model, &SIZES[..1]);
}

#[test]
fn help_lists_what_can_be_done_now() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "?");
    check("help", &mut model, &SIZES[..1]);
}

#[test]
fn faults_and_themes_are_chosen_from_lists() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "!");
    check("faults", &mut model, &SIZES[..1]);
    press(&mut model, "Esc T");
    check("themes", &mut model, &SIZES[..1]);
}

#[test]
fn a_small_screen_says_what_it_needs_and_keys_work() {
    let mut model = lab(Mechanism::Gssapi, None);
    check("too-small", &mut model, &[(50, 12)]);
    press(&mut model, "q");
    assert!(model.outcome().is_some_and(|outcome| !outcome.interrupted));
}

#[test]
fn without_unicode_nothing_is_lost() {
    let mut lab = Lab::new([7; 32], NOW);
    lab.fault = Some(Fault::WrongPassword);
    let mut model = model(Options { ascii: true, color: false, ..options() });
    model.open_lab(lab);
    press(&mut model, "n n n n n 4");
    check("ascii", &mut model, &SIZES);
    let drawn = text(&mut model, SIZES[2]);
    assert!(drawn.is_ascii());
}

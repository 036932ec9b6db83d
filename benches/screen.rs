//! What the screen costs: `cargo bench --bench screen`.
//!
//! One line a figure: what was measured, how it came out, what it should be, `pass` or `MISS`. Frames are timed by the
//! best of some rounds, which the rest of the machine has disturbed least. A miss is no failure of the program: the
//! machine may be busy. What the program itself costs is measured of the real one in a pseudo-terminal (Linux only).

// Figures are printed with some three digits.
#![allow(clippy::cast_precision_loss)]

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Size;
use saslscope::config::theme::Theme;
use saslscope::session::{Fault, Lab, Mechanism};
use saslscope::terms::Micros;
use saslscope::transcript::recording::{Headers, Loaded, Recording, Secrets};
use saslscope::transcript::{Event, Step};
use saslscope::tui::{Clock, Model, Options, draw, key};
use std::error::Error;
use std::hint::black_box;
use std::io::Read as _;
use std::time::{Duration, Instant};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How often everything is measured.
const ROUNDS: usize = 9;
/// How long one round lasts at least.
const ROUND: Duration = Duration::from_millis(50);
/// The trainer's screen.
const LARGE: Size = Size { width: 200, height: 60 };
/// How long an idle program is watched.
const IDLE: Duration = Duration::from_secs(3);

fn main() -> Result<()> {
    println!("{:<62} {:>16}   {:<18}", "figure", "measured", "wanted");
    frames();
    if cfg!(target_os = "linux") {
        let program = env!("CARGO_BIN_EXE_saslscope");
        let megabytes = std::fs::metadata(program)?.len() as f64 / 1e6;
        row("the program, as it is installed", &format!("{megabytes:.1} MB"), "12 MB", megabytes < 12.0);
        return the_program(program);
    }
    println!("what the program costs as a process: skipped, this system does not tell");
    Ok(())
}

fn row(figure: &str, measured: &str, wanted: &str, reached: bool) {
    println!("{figure:<62} {measured:>16}   {wanted:<18} {}", if reached { "pass" } else { "MISS" });
}

/// One round: the mean of as many runs as fill its time.
fn seconds(mut work: impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut runs = 0;
    while runs == 0 || start.elapsed() < ROUND {
        work();
        runs += 1;
    }
    start.elapsed().as_secs_f64() / f64::from(runs)
}

fn frames() {
    let mut few = Screen::of(1_000);
    let mut many = Screen::of(100_000);
    let table: [(&str, &[KeyCode]); 4] = [
        ("a frame", &[]),
        ("a step on and back, two frames", &[KeyCode::Char('n'), KeyCode::Char('p')]),
        ("to the end and back, two frames", &[KeyCode::End, KeyCode::Home]),
        ("a field down and up, two frames", &[KeyCode::Char('3'), KeyCode::Down, KeyCode::Up]),
    ];
    for (what, keys) in table {
        // In turn, so that whatever else the machine does meets both.
        let (mut least_few, mut least_many) = (f64::MAX, f64::MAX);
        for _ in 0..ROUNDS {
            least_few = least_few.min(seconds(|| few.press(keys)));
            least_many = least_many.min(seconds(|| many.press(keys)));
        }
        let micros = 1e6 * least_many / (keys.len().max(1) as f64);
        let figure = format!("{what}, 200×60, 100,000 steps loaded");
        row(&figure, &format!("{micros:.0} µs a frame"), "1,000 µs", micros < 1000.0);
        let ratio = least_many / least_few;
        row("  as many times that with 1,000 steps", &format!("{ratio:.2}"), "about 1", ratio < 1.5);
    }
}

/// A recording on screen.
struct Screen {
    model: Model,
    terminal: Terminal<TestBackend>,
}

impl Screen {
    /// A recording of that many steps, looked at in its middle, at a token of SPNEGO.
    fn of(steps: usize) -> Self {
        let options = Options::new(Theme::find("dark").expect("a built-in theme"));
        let mut model = Model::new(options, Clock { seed: [7; 32], filetime: 0, started: String::new() });
        model.size = LARGE;
        let headers = Headers { secrets: Secrets::Masked, ..Headers::default() };
        let recording = Recording { headers, events: long(steps) };
        model.open_recording("bench".to_owned(), Loaded { recording, damage: None });
        let mut screen =
            Self { model, terminal: Terminal::new(TestBackend::new(200, 60)).expect("a screen in memory") };
        for _ in 0..9 {
            screen.press(&[KeyCode::Char('n')]);
        }
        screen
    }

    /// Presses keys, and draws after each; once without any.
    fn press(&mut self, keys: &[KeyCode]) {
        for code in keys {
            black_box(key(&mut self.model, KeyEvent::new(*code, KeyModifiers::NONE)));
            self.draw();
        }
        if keys.is_empty() {
            self.draw();
        }
    }

    fn draw(&mut self) {
        self.terminal.draw(|frame| draw(frame, black_box(&self.model))).expect("a screen in memory");
    }
}

/// SPNEGO over NTLM again and again, each refused at the end, as the lab plays it.
fn long(steps: usize) -> Vec<Event> {
    let mechanism = Mechanism::Gssapi;
    let mut lab = Lab { mechanism, fault: Some(Fault::WrongPassword), ..Lab::new([7; 32], 0) }.session();
    lab.play(Micros(1000));
    let played = lab.transcript().steps();
    let at = |start: &[u8]| played.iter().position(|step| step.line().starts_with(start)).expect("a line of the lab");
    let (first, last) = (at(b"AUTH"), at(b"535"));
    let lines = played[..first].iter().chain(played[first..=last].iter().cycle());
    let event = |(place, step): (u64, &Step)| Event { at: Micros(place * 1000), what: step.event.what.clone() };
    (0..).zip(lines.take(steps)).map(event).collect()
}

/// The lab in a pseudo-terminal: its first frame, its memory, what it does when nobody does anything.
fn the_program(program: &str) -> Result<()> {
    let size = PtySize { rows: LARGE.height, cols: LARGE.width, pixel_width: 0, pixel_height: 0 };
    let home = std::env::temp_dir().join(format!("saslscope-bench-{}", std::process::id()));
    let mut first = Vec::new();
    for round in 0..ROUNDS {
        let pair = native_pty_system().openpty(size)?;
        let mut command = CommandBuilder::new(program);
        command.args(["lab"]);
        command.env("TERM", "xterm-256color");
        command.env("HOME", &home);
        command.cwd(env!("CARGO_MANIFEST_DIR"));
        let start = Instant::now();
        let mut child = pair.slave.spawn_command(command)?;
        let mut reader = pair.master.try_clone_reader()?;
        let (sender, frame) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let (mut buffer, mut seen) = ([0; 16_384], Vec::new());
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                seen.extend_from_slice(&buffer[..count]);
                // The last thing on the first frame.
                if seen.windows(4).any(|text| text == b"help") {
                    seen.clear();
                    let _ = sender.send(Instant::now()); // only the first is awaited
                }
            }
        });
        let drawn = frame.recv_timeout(Duration::from_secs(30))?;
        first.push((drawn - start).as_secs_f64());
        if round == 0 {
            let id = child.process_id().ok_or("no process")?;
            std::thread::sleep(Duration::from_millis(500)); // until start-up is over
            let before = ticks(id)?;
            std::thread::sleep(IDLE);
            let spent = ticks(id)? - before;
            let figure = format!("processor time of the lab in {} idle seconds", IDLE.as_secs());
            row(&figure, &format!("{} ms", spent * 10), "0 ms", spent == 0);
            let kilobytes = peak(id)?;
            row("peak memory of the lab", &format!("{:.1} MB", kilobytes / 1000.0), "20 MB", kilobytes < 20_000.0);
        }
        child.kill()?;
        child.wait()?;
    }
    first.sort_by(f64::total_cmp);
    let millis = 1e3 * first[ROUNDS / 2];
    row("from the start of the program to its first frame", &format!("{millis:.1} ms"), "50 ms", millis < 50.0);
    Ok(())
}

/// Processor time of a process, in hundredths of a second.
fn ticks(process: u32) -> Result<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name, which may hold blanks, ends with the last bracket; utime and stime are fields 14 and 15.
    let behind = stat.rsplit_once(')').ok_or("a process without a name")?.1;
    let fields: Vec<&str> = behind.split_whitespace().collect();
    Ok(fields[11].parse::<u64>()? + fields[12].parse::<u64>()?)
}

/// The most memory that a process has had at once, in kilobytes of 1,024.
fn peak(process: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no peak")?;
    Ok(line.split_whitespace().next().ok_or("no peak")?.parse()?)
}

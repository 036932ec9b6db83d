//! The screen: one step of an exchange in every view at once.
//!
//! ```text
//!   key, mouse, paste ── update ──► Model ── view ──► frame
//!                          ▲  │
//!                    Done ─┘  └─► Effect: open, save, copy, remember, picture, present (here, where files are touched)
//! ```
//!
//! [`Model`] is all that the screen depends on, `update` the one place that changes it, `view` draws from it and changes
//! nothing. Nothing about mail is computed here: every word comes from a step, a tree or a row.
//!
//! * `model`, `exchange`, `rows`: what there is to look at, and where in it the user is; `focus`: the step under the
//!   cursor.
//! * `keys`: the table of keys and actions. `update` hands each action to the file of its area: `stepping`, `looking`,
//!   `edges` (rows of machines), `edit`, `otherwise`, `marks`, `search` with `scan` and `wanted`, `copy`, `panes`,
//!   `reach` (themes), `mouse`, `play`, `guess`, `show` and, for a second terminal, `presenter` and `notes`.
//! * `menus`, `prompts`: lists to choose from and lines to type, which lie over the screen and take the keys.
//! * `effect`: what is done outside, with `files`, `recent`, `picture`; `terminal`: what comes in, and giving it back.
//!
//! A thread reads keys, another waits for signals, others open and save files and speak to who follows a show; the loop
//! sleeps until one of them speaks, so an idle program uses no processor time. The terminal is given back on every way
//! out: quit, error, panic, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP.
//!
//! Limits: one exchange at a time.

mod copy;
mod edges;
mod edit;
mod effect;
mod exchange;
mod files;
mod focus;
mod form;
mod guess;
mod keys;
mod line_editor;
mod looking;
mod marks;
mod menus;
mod model;
mod mouse;
mod network;
#[cfg(unix)]
mod notes;
mod otherwise;
mod panes;
mod picture;
mod play;
#[cfg(unix)]
mod presenter;
mod prompts;
mod reach;
mod recent;
mod rows;
mod scan;
mod search;
mod show;
mod stepping;
mod terminal;
mod update;
mod view;
mod wanted;

pub use effect::{Done, Effect, done, perform};
pub use files::{BuiltIn, Opened, Progress, built_in, write_port};
pub use keys::{KeyRow, Keys};
pub use model::{Clock, Model};
pub use mouse::mouse;
pub use network::{Dial, Serve};
#[cfg(unix)]
pub use notes::{Notes, Part, follow};
pub use panes::Arrangement;
#[cfg(unix)]
pub use presenter::{Following, Note, Told, Wish, Wisher};
pub use reach::Twins;
pub use update::{key, paste};
pub use view::draw;
#[cfg(unix)]
pub use view::draw_notes;

use crate::config::dirs;
use crate::config::terminal::Colors;
use crate::config::theme::Theme;
use crate::drive::{Drive, Failure, News};
use crate::session::{Gate, Lab, Replay, Stop};
use crate::terms::Micros;
use crate::transcript::recording::Damage;
use crate::transcript::{Archive, Transcript};
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, Sender};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use terminal::Terminal;

/// What the screen opens with.
pub enum Start {
    /// The choice of what to look at.
    StartScreen,
    /// The lab, ready to be stepped.
    Lab(Box<Lab>),
    /// A client that connects at once.
    Client(Box<Dial>),
    /// A server that listens at once.
    Server(Box<Serve>),
    /// A recording: its file, or the name of a built-in one.
    File(PathBuf),
}

/// How the screen behaves.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools)] // One switch each.
pub struct Options {
    /// The theme.
    pub theme: Theme,
    /// The themes that suit a dark and a light terminal, where it is left to the terminal.
    pub auto: Option<Twins>,
    /// Whether the terminal is to be asked which ground it has.
    pub asks: bool,
    /// Whether colours may be used; weights are always.
    pub color: bool,
    /// How many colours there are, where they may be used.
    pub colors: Colors,
    /// The keys.
    pub keys: Keys,
    /// How the panes stand.
    pub panes: Arrangement,
    /// Take the mouse from the terminal.
    pub mouse: bool,
    /// Draw with nothing but ASCII.
    pub ascii: bool,
    /// Show secrets.
    pub reveal: bool,
    /// Save secrets as they are.
    pub keep_secrets: bool,
    /// Record the first exchange to this new file, each event as it happens.
    pub save: Option<PathBuf>,
    /// Where live exchanges are recorded that nobody asked to save.
    pub archive: Option<Archive>,
    /// Where parties that are played are held.
    pub gate: Gate,
    /// Where a run ends.
    pub stops: Vec<Stop>,
    /// Let a second terminal follow from the start.
    pub present: bool,
}

impl Options {
    /// What holds where nobody says otherwise, in that theme.
    #[must_use]
    pub fn new(theme: Theme) -> Self {
        Self {
            theme,
            auto: None,
            asks: false,
            color: true,
            colors: Colors::True,
            keys: Keys::default(),
            panes: Arrangement::default(),
            mouse: true,
            ascii: false,
            reveal: false,
            keep_secrets: false,
            save: None,
            archive: None,
            gate: Gate { receive: false, send: true },
            stops: Vec::new(),
            present: false,
        }
    }
}

/// What there is to tell when the screen is left.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The exchange that was looked at last.
    pub transcript: Option<Transcript>,
    /// Why its recording could not be read to the end.
    pub damage: Option<Damage>,
    /// How its replay went, where it was one.
    pub replayed: Option<Replay>,
    /// Ctrl-C, or a signal.
    pub interrupted: bool,
    /// Why the client could not connect, or the server not listen, when it was left at that.
    pub failure: Option<Failure>,
    /// Where an exchange that no file held was written when the terminal was lost, or why it was not.
    pub rescued: Option<io::Result<PathBuf>>,
}

/// Shows the screen until the user leaves it.
///
/// # Errors
/// Where the terminal can't be taken, or the file to record to can't be created.
pub fn run(start: Start, options: Options) -> io::Result<Outcome> {
    let clock = Instant::now();
    let mut model = Model::new(options, fresh_clock());
    model.network.origin = Some(clock);
    if model.options.save.is_none() {
        model.network.archive = model.options.archive.take();
    }
    model.recordings = files::in_directory();
    model.recent = recent::list();
    model.can = can(&model);
    let mut effect = None;
    match start {
        Start::StartScreen => {}
        Start::Lab(lab) => model.open_lab(*lab),
        Start::Client(dial) => effect = Some(model.dial(*dial)),
        Start::Server(serve) => effect = Some(model.serve(*serve)),
        Start::File(path) => effect = Some(model.open(path)),
    }
    model.recorder().map_err(|error| io::Error::other(format!("saving {error}; choose another name with --save")))?;
    let mut terminal = Terminal::enter().map_err(|error| {
        io::Error::other(format!("opening the screen: {error}; --headless runs line by line instead"))
    })?;
    let mut rescued = None;
    let mut wire = Wire::new(terminal.sender());
    if watch(&mut terminal, &mut model, &mut wire, effect, clock).is_err() {
        rescued = model.unsaved().map(|(headers, events)| files::rescue(&headers, &events));
        model.leave(true);
    }
    drop(terminal); // it is given back before connections take their time to end
    Ok(Outcome { rescued, ..model.outcome().unwrap_or_default() })
}

/// Shows the screen until the user leaves it; `effect` comes first, `clock` began with the program. An error says that
/// the terminal is lost: it can't be read, or not be written to, or the system wants the program to end.
fn watch(
    terminal: &mut Terminal,
    model: &mut Model,
    wire: &mut Wire,
    mut effect: Option<Effect>,
    clock: Instant,
) -> io::Result<()> {
    #[cfg(unix)]
    let mut presenting = presenter::Presenting::new(terminal.sender());
    #[cfg(unix)]
    if model.options.present {
        presenting.begin(model);
    }
    loop {
        match effect.take() {
            #[cfg(unix)]
            Some(Effect::Present) => presenting.begin(model),
            Some(effect @ (Effect::Connect(_) | Effect::Listen(_))) => wire.perform(model, effect),
            Some(effect) => {
                if let Some(done) = terminal.perform(effect) {
                    settle(model, done);
                }
            }
            None => {}
        }
        if std::mem::take(&mut model.suspended) {
            terminal.suspend()?;
        }
        terminal.mouse(model.mouse.taken)?;
        terminal.draw(|frame| {
            model.size = frame.area().as_size();
            view::draw(frame, model);
        })?;
        if model.asks() {
            terminal.ask()?;
        }
        #[cfg(unix)]
        presenting.tell(model);
        let wait = model.deadline().map(|at| Duration::from_micros(at.since(model.now).0));
        let input = terminal.next(wait);
        model.now = Micros(u64::try_from(clock.elapsed().as_micros()).unwrap_or(u64::MAX));
        model.tick();
        match input {
            Ok(terminal::Input::News(news)) => hear(terminal, model, news),
            Ok(terminal::Input::Key(event)) => effect = key(model, event),
            Ok(terminal::Input::Done(done)) => settle(model, *done),
            #[cfg(unix)]
            Ok(terminal::Input::Presenter(event)) => effect = presenting.heed(model, event),
            #[cfg(unix)]
            Ok(terminal::Input::Told(_)) => {} // that is for who follows
            Ok(terminal::Input::Background(ground)) => model.background(ground),
            Ok(terminal::Input::Suspend) => model.suspended = true,
            Ok(terminal::Input::Continued) => terminal.resume()?,
            Ok(terminal::Input::Mouse(event)) => effect = mouse(model, event),
            Ok(terminal::Input::Paste(text)) => paste(model, &text),
            Ok(terminal::Input::Resized | terminal::Input::Progress) | Err(RecvTimeoutError::Timeout) => {}
            Ok(terminal::Input::Signal) => model.leave(true),
            Ok(terminal::Input::Lost) | Err(RecvTimeoutError::Disconnected) => {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
        }
        if model.left() {
            return Ok(());
        }
    }
}

/// Takes what happened on the network, and what else has happened there, as long as a frame may wait.
fn hear(terminal: &mut Terminal, model: &mut Model, news: News) {
    let start = Instant::now();
    let mut next = Some(news);
    while let Some(news) = next {
        model.hear(news);
        next = if start.elapsed() < FRAME { terminal.more_news() } else { None };
    }
}

/// How long the network may keep a frame waiting.
const FRAME: Duration = Duration::from_millis(10);

/// The network, once something is wanted of it.
struct Wire {
    inputs: Sender<terminal::Input>,
    drive: Option<Drive>,
}

impl Wire {
    const fn new(inputs: Sender<terminal::Input>) -> Self {
        Self { inputs, drive: None }
    }

    fn perform(&mut self, model: &mut Model, effect: Effect) {
        if self.drive.is_none() {
            let inputs = self.inputs.clone();
            // Where nobody listens any more the program is about to end.
            match Drive::new(move |news| drop(inputs.send(terminal::Input::News(news)))) {
                Ok(drive) => self.drive = Some(drive),
                Err(error) => return model.complain(format!("starting the network: {error}")),
            }
        }
        let Some(drive) = &self.drive else { return };
        match effect {
            Effect::Connect(dial) => model.connecting(drive.connect(dial.target)),
            Effect::Listen(serve) => {
                let address = drive.listen(serve.listen);
                let told = address.as_ref().ok().zip(serve.port_file);
                let told = told.map_or(Ok(()), |(address, path)| files::write_port(&path, address.port()));
                model.listening(address);
                told.unwrap_or_else(|error| model.complain(error));
            }
            _ => {}
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if let Some(drive) = self.drive.take() {
            drive.stop(FAREWELL);
        }
    }
}

/// How long connections may take to end when the screen is left.
const FAREWELL: Duration = Duration::from_millis(300);

/// Takes what became of an effect.
fn settle(model: &mut Model, what: Done) {
    if let Done::Opened(path, _, Ok(_)) | Done::Saved(path, Ok(())) = &what {
        recent::add(path);
        model.recent = recent::list();
    }
    done(model, what);
}

/// What this build and this machine can do.
fn can(model: &Model) -> Vec<(&'static str, String)> {
    let colors = match model.options.colors {
        _ if !model.options.color => "none: weights and glyphs tell all",
        Colors::True => "all",
        Colors::Indexed => "256",
        Colors::Sixteen => "16",
    };
    let place = |place: Option<PathBuf>| {
        place.map_or_else(|| "nowhere: HOME is not set".to_owned(), |path| path.display().to_string())
    };
    vec![
        ("mechanisms", "LOGIN; GSSAPI by the embedded SPNEGO and NTLMv2. Kerberos is read, not played.".to_owned()),
        ("network", "used by client and server alone: the lab plays both ends in this program".to_owned()),
        ("colours", colors.to_owned()),
        ("characters", if model.options.ascii { "ASCII only" } else { "Unicode" }.to_owned()),
        ("settings", place(dirs::config())),
    ]
}

/// What a lab takes from outside: random octets and the time.
fn fresh_clock() -> Clock {
    let mut seed = [0; 32];
    // Without random octets the lab plays all the same: its nonces are only ever sent to itself.
    getrandom::fill(&mut seed).unwrap_or_default();
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // 100 ns since 1601 (FILETIME); from there to 1970 it is 11,644,473,600 s.
    let filetime = (since_1970.as_secs() + 11_644_473_600) * 10_000_000 + u64::from(since_1970.subsec_nanos()) / 100;
    Clock { seed, filetime, started: jiff::Timestamp::now().to_string() }
}

//! Live sessions, line by line: what happens, in one order, and a session with its printing, saving and stepping.
//!
//! ```text
//!   drive ───────── News ──┐
//!   standard input ─ line ─┼─► Happening ──► client, server: one thread, one after the other
//!   signals ───────────────┘
//! ```
//!
//! A line of standard input is read only when one is asked for, so that a password can come from there before.

use super::out::Out;
use super::stepping::{self, Said, Stepper};
use super::{Common, Exit, Failure, step};
use crate::decode::escape;
use crate::drive::{Drive, Live, News, What};
use crate::session::{Input, Stop};
use crate::terms::{Micros, Party};
use crate::transcript::recording::Headers;
use crate::transcript::{Archive, Recorder};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// Something that a face has to look at.
pub(super) enum Happening {
    News(News),
    /// The line of standard input that was asked for, or its end.
    Said(Option<String>),
    /// A signal asks the program to end.
    Leave(Leave),
}

/// Why the program is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leave {
    /// SIGINT: Ctrl-C.
    Interrupted,
    /// SIGTERM, SIGHUP.
    Terminated,
}

/// The network, and all that happens.
pub(super) struct World {
    pub(super) drive: Drive,
    pub(super) happenings: Receiver<Happening>,
    /// Asks for a line of standard input.
    asks: Sender<()>,
}

impl World {
    /// Starts the network, and listens to signals and standard input.
    pub(super) fn begin() -> Result<Self, Failure> {
        let (sender, happenings) = channel();
        let tell = sender.clone();
        // Where nobody receives any more, the program is about to end.
        let drive = Drive::new(move |news| drop(tell.send(Happening::News(news))));
        let drive = drive.map_err(|error| Failure::usage(format!("starting the network: {error}")))?;
        heed_signals(sender.clone())?;
        let (asks, asked) = channel();
        thread::spawn(move || {
            for () in asked {
                let line = stepping::read_line().ok().flatten();
                if sender.send(Happening::Said(line)).is_err() {
                    return;
                }
            }
        });
        Ok(Self { drive, happenings, asks })
    }

    /// Asks for a line of standard input; it comes as [`Happening::Said`].
    pub(super) fn ask(&self) {
        let _ = self.asks.send(()); // the thread lives as long as this
    }
}

/// The first signal is told, the second ends the program at once.
#[cfg(unix)]
fn heed_signals(sender: Sender<Happening>) -> Result<(), Failure> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let failed = |error| Failure::usage(format!("waiting for signals: {error}"));
    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM]).map_err(failed)?;
    thread::spawn(move || {
        for (count, signal) in signals.forever().enumerate() {
            let leave = if signal == SIGINT { Leave::Interrupted } else { Leave::Terminated };
            if count > 0 || sender.send(Happening::Leave(leave)).is_err() {
                std::process::exit(128 + signal);
            }
        }
    });
    Ok(())
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps)] // As where there are signals.
fn heed_signals(_: Sender<Happening>) -> Result<(), Failure> {
    Ok(())
}

/// Where live sessions are printed and recorded.
pub(super) struct Desk<'a> {
    pub(super) out: &'a mut Out,
    archive: Option<Archive>,
    /// A recording has failed, and that was told.
    failed: bool,
}

impl<'a> Desk<'a> {
    /// Records all sessions that nobody asked to save, unless told not to.
    pub(super) fn new(out: &'a mut Out, common: &Common, autosave: bool) -> Self {
        let archive = common.settings.archive().filter(|_| autosave && common.save.is_none());
        Self { out, archive, failed: false }
    }

    /// What records a session that nobody asked to save.
    pub(super) fn autosave(&mut self, role: Party, peer: &str) -> Result<Option<Recorder>, Failure> {
        let Some(archive) = &mut self.archive else { return Ok(None) };
        match archive.begin(role, peer, &headers(role, peer), false) {
            Ok(recorder) => Ok(Some(recorder)),
            Err(error) => self.fail(&error.to_string()).map(|()| None),
        }
    }

    /// Tells once that recording fails.
    pub(super) fn fail(&mut self, error: &str) -> Result<(), Failure> {
        if !std::mem::replace(&mut self.failed, true) {
            self.out.aside(&format!("saslscope: recording {}; the session goes on without\n", escape(error)))?;
        }
        Ok(())
    }
}

/// What a recording of a live session says of itself.
pub(super) fn headers(role: Party, peer: &str) -> Headers {
    let peer = escape(peer);
    let title = match role {
        Party::Client => format!("A client of {peer}"),
        Party::Server => format!("A server of {peer}"),
    };
    Headers { title, started: jiff::Timestamp::now().to_string(), ..Headers::default() }
}

/// A live session with its printing, saving and stepping.
pub(super) struct Exchange {
    pub(super) live: Live,
    stepper: Stepper,
    /// What it is recorded by.
    pub(super) recorder: Option<Recorder>,
    /// Where there are several sessions: which, and the peer's address.
    pub(super) label: Option<Label>,
    /// How many steps are printed.
    shown: usize,
}

/// Tells a session from others.
#[derive(Clone, Debug)]
pub(super) struct Label {
    /// Its number.
    pub(super) session: u64,
    /// The peer's address.
    pub(super) peer: String,
}

impl Label {
    /// What stands before each line of text.
    pub(super) fn prefix(&self) -> String {
        format!("{:>4} ", self.session)
    }
}

impl Exchange {
    pub(super) fn new(mut live: Live, stepper: Stepper, stops: &[Stop]) -> Self {
        stepper.prepare(&mut live.session, stops, stepper.holds() || !stops.is_empty());
        Self { live, stepper, recorder: None, label: None, shown: 0 }
    }

    /// From the connection to its end; gives an exit where the user leaves before.
    pub(super) fn converse(&mut self, world: &World, desk: &mut Desk<'_>) -> Result<Option<Exit>, Failure> {
        let mut asked = false;
        for happening in &world.happenings {
            match happening {
                Happening::News(News { id, at, what: What::Input(input) }) if id == self.live.id() => {
                    self.hear(at, input, desk)?;
                }
                Happening::News(News { what: What::Failed(failure), .. }) => {
                    return Err(Failure { exit: Exit::CannotConnect, text: failure.to_string() });
                }
                Happening::News(_) => {}
                Happening::Said(answer) => {
                    asked = false;
                    // What was held may be gone by now.
                    if self.asks() {
                        match self.take(answer.as_deref()) {
                            Said::Do(input) => self.act(input, desk)?,
                            Said::Again(told) => desk.out.aside(&told)?,
                            Said::Quit => return Ok(Some(Exit::Interrupted)),
                        }
                    }
                }
                Happening::Leave(_) => {
                    self.act(Input::Leave, desk)?;
                    return Ok(Some(Exit::Interrupted));
                }
            }
            if self.live.session.ended() {
                break;
            }
            desk.out.flush()?;
            if self.asks() && !asked {
                asked = true;
                self.prompt(desk)?;
                world.ask();
            }
        }
        Ok(None)
    }

    /// Takes in what the connection has told.
    pub(super) fn hear(&mut self, at: Micros, input: Input, desk: &mut Desk<'_>) -> Result<(), Failure> {
        self.live.hear(at, input);
        self.settle(desk)
    }

    /// Does what the user wants.
    pub(super) fn act(&mut self, input: Input, desk: &mut Desk<'_>) -> Result<(), Failure> {
        self.live.act(input);
        self.settle(desk)
    }

    /// Shows what is new, and lets go what nobody asked for.
    fn settle(&mut self, desk: &mut Desk<'_>) -> Result<(), Failure> {
        loop {
            self.show(desk)?;
            if self.live.session.held().is_none() || self.asks() {
                return Ok(());
            }
            self.live.act(Input::Release(None));
        }
    }

    fn show(&mut self, desk: &mut Desk<'_>) -> Result<(), Failure> {
        let session = &self.live.session;
        let steps = session.transcript().steps();
        for step in &steps[self.shown..] {
            step::print_of(step, self.label.as_ref(), desk.out)?;
            self.stepper.look(step, session);
        }
        self.shown = steps.len();
        if let Some(recorder) = &mut self.recorder
            && let Err(error) = recorder.follow(steps)
        {
            let told = format!("{}: {error}", recorder.path().display());
            self.recorder = None;
            desk.fail(&told)?;
        }
        Ok(())
    }

    /// Whether something is held that the user is to be asked about.
    pub(super) fn asks(&self) -> bool {
        self.live.session.held().is_some_and(|held| self.stepper.asks(held))
    }

    /// Shows what is held, and that an answer is awaited.
    pub(super) fn prompt(&self, desk: &mut Desk<'_>) -> Result<(), Failure> {
        let label = self.label.as_ref().map_or_else(String::new, |label| format!("session {}, ", label.session));
        stepping::prompt(&self.live.session, &label, desk.out)
    }

    /// What a line of standard input wants of the held line.
    pub(super) fn take(&mut self, answer: Option<&str>) -> Said {
        self.stepper.take(answer, &self.live.session)
    }
}

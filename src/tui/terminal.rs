//! The terminal: taken on entering, given back on every way out; keys and signals as one stream.

use super::effect::{Done, Effect, perform};
use super::reach::{Answers, QUESTION};
use crate::config::theme::Background;
use crate::drive::News;
use crossterm::event::{
    self, DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture, Event, KeyEvent,
    KeyEventKind, MouseEvent, MouseEventKind,
};
use crossterm::terminal::{Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{cursor, execute};
use ratatui::{DefaultTerminal, Frame};
use std::collections::VecDeque;
use std::io::{self, Write as _};
use std::mem::ManuallyDrop;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SendError, Sender, channel, sync_channel};
use std::time::{Duration, Instant};

/// How long after the question the terminal is kept for the answer, where the user leaves at once.
const ANSWERS: Duration = Duration::from_millis(100);

/// About a frame: what takes no longer need not be shown to be under way.
const SOON: Duration = Duration::from_millis(25);

/// What comes in.
pub(super) enum Input {
    /// A key was pressed.
    Key(KeyEvent),
    /// The mouse was pressed, let go, dragged, or its wheel turned.
    Mouse(MouseEvent),
    /// Text was pasted.
    Paste(String),
    /// The terminal has another size.
    Resized,
    /// SIGINT or SIGQUIT.
    Signal,
    /// The terminal can't be read any more, or SIGHUP or SIGTERM came.
    Lost,
    /// There is more progress to see.
    Progress,
    /// Something happened on the network.
    News(News),
    /// Something was done, or not.
    Done(Box<Done>),
    /// The terminal said which ground it has.
    Background(Background),
    /// SIGTSTP: the shell wants the terminal.
    Suspend,
    /// SIGCONT: the shell gives it back.
    Continued,
    /// Something on the presenter's socket.
    #[cfg(unix)]
    Presenter(super::presenter::Event),
    /// What a show says that is followed, and a new way to ask for things; nothing where it has ended.
    #[cfg(unix)]
    Told(Option<Box<(super::presenter::Told, Option<super::presenter::Wisher>)>>),
}

/// The terminal, ours as long as this value lives.
pub(super) struct Terminal {
    /// Never dropped: where the terminal is gone that would complain to it, and panic.
    inner: ManuallyDrop<DefaultTerminal>,
    inputs: Receiver<Input>,
    /// What came in and is still to be taken: whatever the user and the system want goes before the network.
    waiting: VecDeque<Input>,
    news: VecDeque<News>,
    sender: Sender<Input>,
    /// When it was asked for its ground, until it answers.
    asked: Option<Instant>,
    /// Whether it hands over the mouse.
    mouse: bool,
}

impl Terminal {
    /// Takes the terminal: raw mode, alternate screen, a panic hook that gives it back first.
    pub(super) fn enter() -> io::Result<Self> {
        let (sender, inputs) = channel();
        signals(sender.clone())?;
        let (hook, loops) = (std::panic::take_hook(), sender.clone());
        std::panic::set_hook(Box::new(move |panic| {
            restore();
            hook(panic);
            // Where another thread panics the loop goes on, with a terminal that is no longer its own.
            let _ = loops.send(Input::Lost);
        }));
        let inner = ManuallyDrop::new(ratatui::try_init().inspect_err(|_| restore())?);
        let terminal = Self {
            inner,
            inputs,
            waiting: VecDeque::new(),
            news: VecDeque::new(),
            sender: sender.clone(),
            asked: None,
            mouse: false,
        };
        execute!(io::stdout(), EnableBracketedPaste)?;
        std::thread::spawn(move || read(&sender));
        Ok(terminal)
    }

    /// For whatever else comes in.
    pub(super) fn sender(&self) -> Sender<Input> {
        self.sender.clone()
    }

    /// Draws one frame; only cells that differ are written.
    pub(super) fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.inner.draw(draw).map(drop)
    }

    /// Does what an update asked for, beside the loop. What is done soon is given back, so that keys typed ahead meet
    /// what they were meant for; else it comes in later.
    pub(super) fn perform(&self, effect: Effect) -> Option<Done> {
        if matches!(effect, Effect::Copy { .. }) {
            return Some(perform(effect, &|| ())); // what goes to the terminal goes between two frames
        }
        let sender = self.sender.clone();
        // What nobody takes here comes back, and goes the other way.
        let (soon, taken) = sync_channel(0);
        let work = move || {
            // Where nobody listens any more the program is about to end.
            let tell = || drop(sender.send(Input::Progress));
            if let Err(SendError(done)) = soon.send(perform(effect, &tell)) {
                drop(sender.send(Input::Done(Box::new(done))));
            }
        };
        std::thread::spawn(work);
        taken.recv_timeout(SOON).ok()
    }

    /// Takes the mouse, or lets go of it.
    pub(super) fn mouse(&mut self, wanted: bool) -> io::Result<()> {
        if std::mem::replace(&mut self.mouse, wanted) == wanted {
            return Ok(());
        }
        if wanted { execute!(io::stdout(), EnableMouseCapture) } else { execute!(io::stdout(), DisableMouseCapture) }
    }

    /// Gives the terminal to the shell and stops, until the shell lets us go on.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        restore();
        #[cfg(unix)]
        signal_hook::low_level::raise(signal_hook::consts::SIGSTOP)?;
        self.resume()
    }

    /// Takes the terminal again, after the shell had it, and draws everything anew.
    pub(super) fn resume(&mut self) -> io::Result<()> {
        self.mouse = false; // the shell has it
        crossterm::terminal::enable_raw_mode()?;
        execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste, Clear(ClearType::All))?;
        // Not `clear`: it asks the terminal for the place of the cursor, and another thread reads the answer.
        self.inner.swap_buffers();
        Ok(())
    }

    /// Asks for the ground; the answer comes in, or never does.
    pub(super) fn ask(&mut self) -> io::Result<()> {
        self.asked = Some(Instant::now());
        let mut output = io::stdout();
        output.write_all(QUESTION.as_bytes())?;
        output.flush()
    }

    /// Sleeps until something comes in, or until `wait` is over. A key does not wait behind the network.
    pub(super) fn next(&mut self, wait: Option<Duration>) -> Result<Input, RecvTimeoutError> {
        self.gather();
        let waiting = self.waiting.pop_front().or_else(|| self.news.pop_front().map(Input::News));
        let input = match (waiting, wait) {
            (Some(input), _) => Ok(input),
            (None, Some(wait)) => self.inputs.recv_timeout(wait),
            (None, None) => self.inputs.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        self.asked = self.asked.filter(|_| !matches!(input, Ok(Input::Background(_))));
        input
    }
}

impl Terminal {
    /// What else happened on the network, as long as nobody else wants anything.
    pub(super) fn more_news(&mut self) -> Option<News> {
        self.gather();
        if self.waiting.is_empty() { self.news.pop_front() } else { None }
    }

    /// Sorts what has come in. A connection tells nothing more before it is answered, so this ends.
    fn gather(&mut self) {
        while let Ok(input) = self.inputs.try_recv() {
            match input {
                Input::News(news) => self.news.push_back(news),
                input => self.waiting.push_back(input),
            }
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // An answer that is still under way would reach the shell as if it were typed.
        while let Some(left) = self.asked.and_then(|asked| ANSWERS.checked_sub(asked.elapsed()))
            && self.next(Some(left)).is_ok()
        {}
        restore();
    }
}

/// Gives the terminal back as it was; what fails is left, since there is nobody to tell.
fn restore() {
    let _ = crossterm::terminal::disable_raw_mode();
    let _ = give_back(&mut io::stdout());
}

/// What undoes all that was ever asked of the terminal.
fn give_back(out: &mut impl io::Write) -> io::Result<()> {
    execute!(out, DisableMouseCapture, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show)
}

/// Reads until the terminal or the loop is gone.
fn read(sender: &Sender<Input>) {
    let mut answers = Answers::default();
    loop {
        if answers.patience().is_some_and(|patience| matches!(event::poll(patience), Ok(false))) {
            answers.none().into_iter().for_each(|input| drop(sender.send(input)));
        }
        let heard = match event::read() {
            Ok(Event::Key(key)) if key.kind == KeyEventKind::Press => answers.key(key),
            Ok(Event::Paste(text)) => vec![Input::Paste(text)],
            // Where it only moves there is nothing to do, and nothing is drawn.
            Ok(Event::Mouse(mouse)) if mouse.kind != MouseEventKind::Moved => vec![Input::Mouse(mouse)],
            Ok(Event::Resize(..)) => vec![Input::Resized],
            Ok(_) => continue,
            Err(_) => vec![Input::Lost],
        };
        for input in heard {
            let lost = matches!(input, Input::Lost);
            if sender.send(input).is_err() || lost {
                return;
            }
        }
    }
}

#[cfg(unix)]
fn signals(sender: Sender<Input>) -> io::Result<()> {
    use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
    let mut signals = signal_hook::iterator::Signals::new([SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT])?;
    let input = |signal| match signal {
        SIGTSTP => Input::Suspend,
        SIGCONT => Input::Continued,
        SIGHUP | SIGTERM => Input::Lost,
        _ => Input::Signal,
    };
    let send = move |signal| sender.send(input(signal)).is_ok();
    std::thread::spawn(move || signals.forever().take_while(|signal| send(*signal)).for_each(drop));
    Ok(())
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps)] // As on Unix.
fn signals(_: Sender<Input>) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_taken_is_given_back() {
        let (mut taken, mut given) = (Vec::new(), Vec::new());
        execute!(taken, EnterAlternateScreen, EnableBracketedPaste, EnableMouseCapture, cursor::Hide).unwrap();
        give_back(&mut given).unwrap();
        // `CSI ? number h` sets a mode, with `l` for the last letter it is as before; a cursor is shown by setting one.
        let modes = |octets: &[u8], set: char| {
            let text = String::from_utf8_lossy(octets).into_owned();
            let modes = text.split("\x1b[?").filter_map(|mode| mode.strip_suffix(set)).filter(|mode| *mode != "25");
            let mut modes: Vec<_> = modes.map(str::to_owned).collect();
            modes.sort_unstable();
            modes
        };
        assert_eq!(modes(&given, 'l'), modes(&taken, 'h'));
        assert_eq!(modes(&taken, 'h').len(), 7, "the screen, paste, five modes of the mouse");
        assert!(given.ends_with(b"\x1b[?25h"), "the cursor");
    }
}

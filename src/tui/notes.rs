//! The presenter's terminal: what the show says, all notes, what comes next, the time.

use super::Options;
use super::keys::{Action, Keys};
use super::model::{Clock, Model};
use super::presenter::{Following, Note, Told, Wish, Wisher};
use super::terminal::{Input, Terminal};
use super::view;
use crossterm::event::KeyEvent;
use std::io;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// What the presenter's terminal shows.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// What was told last.
    pub told: Told,
    /// How long ago that was, in milliseconds.
    pub ago: u64,
    /// How many lines are scrolled past.
    pub scroll: usize,
}

/// Follows a show until the user leaves, or it ends; whether it has ended.
///
/// # Errors
/// Where the terminal can't be used.
pub fn follow(mut following: Following, options: Options) -> io::Result<bool> {
    let model = Model::new(options, Clock { seed: [0; 32], filetime: 0, started: String::new() });
    let mut wisher = following.wisher()?;
    let mut terminal = Terminal::enter()?;
    let inputs = terminal.sender();
    let (taken, is_taken) = channel();
    std::thread::spawn(move || {
        loop {
            let told = following.next();
            let wisher = told.as_ref().and_then(|_| following.wisher().ok());
            let ended = told.is_none();
            let told = Input::Told(told.map(|told| Box::new((told, wisher))));
            if inputs.send(told).is_err() || ended || is_taken.recv().is_err() {
                return;
            }
        }
    });
    let mut notes = Notes::default();
    let mut since = Instant::now();
    loop {
        notes.ago = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut most = 0;
        terminal.draw(|frame| most = view::draw_notes(frame, &model, &notes))?;
        notes.scroll = notes.scroll.min(most);
        // To the next full second of the clock.
        let left = 1000 - notes.elapsed() % 1000;
        match terminal.next(Some(Duration::from_millis(left))) {
            Ok(Input::Told(None)) => return Ok(true),
            Ok(Input::Told(Some(news))) => {
                let (told, anew) = *news;
                if told.step != notes.told.step || told.title != notes.told.title {
                    notes.scroll = 0;
                }
                wisher = anew.unwrap_or(wisher);
                (notes.told, since) = (told, Instant::now());
                let _ = taken.send(()); // the last thing that the other thread says is that the show has ended
            }
            Ok(Input::Key(event)) if model.options.keys.meant(event, &[Action::Suspend]).is_some() => {
                terminal.suspend()?;
            }
            Ok(Input::Key(event)) if key(event, &model.options.keys, &mut notes, &mut wisher) => return Ok(false),
            Ok(Input::Suspend) => terminal.suspend()?,
            Ok(Input::Continued) => terminal.resume()?,
            Ok(Input::Signal | Input::Lost) | Err(RecvTimeoutError::Disconnected) => return Ok(false),
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// Takes a key; whether it ends the program.
fn key(event: KeyEvent, keys: &Keys, notes: &mut Notes, wisher: &mut Wisher) -> bool {
    use Action::{Back, Down, Interrupt, Leave, Quit, QuitNow, Step, Up};
    let meant = [Step, Back, Up, Down, Leave, Quit, QuitNow, Interrupt];
    let wish = match keys.meant(event, &meant) {
        Some(Interrupt | Leave | Quit | QuitNow) => return true,
        Some(Step) => Wish::Next,
        Some(Back) => Wish::Back,
        Some(Down) => {
            notes.scroll += 1;
            return false;
        }
        Some(Up) => {
            notes.scroll = notes.scroll.saturating_sub(1);
            return false;
        }
        _ => return false,
    };
    // Where the show has gone, the other thread says so.
    let _ = wisher.wish(wish);
    false
}

impl Notes {
    /// How long the exchange has been open, in milliseconds; the show may have told anything.
    const fn elapsed(&self) -> u64 {
        self.told.elapsed.saturating_add(self.ago)
    }

    /// How long the exchange has been open: `12:34`, or `1:02:03`.
    #[must_use]
    pub fn time(&self) -> String {
        let seconds = self.elapsed() / 1000;
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
    }

    /// All of it as lines of text, what each is before it.
    #[must_use]
    pub fn lines(&self) -> Vec<(Part, String)> {
        let Told { line, notes, asked, score, next, next_notes, .. } = &self.told;
        let note = |next: bool| {
            move |note: &Note| {
                let part = match (note.presenter, next) {
                    (true, _) => Part::Presenter,
                    (false, false) => Part::Note,
                    (false, true) => Part::Next,
                };
                (part, note.text.clone())
            }
        };
        let mut lines = vec![(Part::Line, line.clone())];
        lines.extend(notes.iter().map(note(false)));
        let asked = [asked, score].into_iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join("  ");
        lines.extend((!asked.is_empty()).then_some((Part::Asked, asked)));
        let heading = if next.is_empty() { "Nothing comes next." } else { "Next:" };
        lines.push((Part::Heading, heading.to_owned()));
        lines.extend((!next.is_empty()).then(|| (Part::Line, next.clone())));
        lines.extend(next_notes.iter().map(note(true)));
        lines
    }

    /// Where it is, in words: `scene 4 of 11, step 12 of 35`.
    #[must_use]
    pub fn place(&self) -> String {
        let [step, steps] = self.told.step;
        match self.told.scene {
            [0, _] => format!("step {step} of {steps}"),
            [scene, scenes] => format!("scene {scene} of {scenes}, step {step} of {steps}"),
        }
    }
}

/// What a line of the presenter's terminal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A line of the exchange.
    Line,
    /// What is said of it, on both screens.
    Note,
    /// What only the presenter sees.
    Presenter,
    /// What the audience is asked, and how it has guessed.
    Asked,
    /// A heading.
    Heading,
    /// What will be said.
    Next,
}

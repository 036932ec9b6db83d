//! `saslscope notes`: the presenter's terminal.

use super::out::{Out, Tone};
use super::{Common, Exit, Failure, screen};
use crate::decode::escape;
use crate::tui::{Following, Notes, Part, Wish, follow};
use std::io::{self, BufRead as _};

/// Follow a show in this terminal, with the presenter's notes: lesson, notes, what comes next, time
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The socket that the screen names, or its number; the show that began last, if not given
    #[arg(value_name = "SOCKET")]
    socket: Option<String>,
}

impl Arguments {
    pub(super) fn run(self, common: &Common, out: &mut Out) -> Result<Exit, Failure> {
        let following = Following::begin(self.socket.as_deref())
            .map_err(|error| Failure { exit: Exit::Unreadable, text: format!("following a show: {error}") })?;
        if !screen::wanted(common) {
            return line_by_line(following, out);
        }
        let options = screen::options(screen::SEND, Vec::new(), common)?;
        let ended = follow(following, options)
            .map_err(|error| Failure::usage(format!("opening the screen: {error}; --headless runs line by line")))?;
        if ended {
            out.line(Tone::Dim, "The show has ended.")?;
        }
        Ok(Exit::Clean)
    }
}

/// Prints what is told as it comes. A line of standard input is a key: `n`, `p`, `q`.
fn line_by_line(following: Following, out: &mut Out) -> Result<Exit, Failure> {
    let wisher = following.wisher();
    std::thread::spawn(move || {
        let Ok(mut wisher) = wisher else { return };
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            let wish = match line.trim() {
                "n" => Wish::Next,
                "p" => Wish::Back,
                "q" => std::process::exit(Exit::Clean as i32),
                _ => continue,
            };
            if wisher.wish(wish).is_err() {
                return;
            }
        }
    });
    for told in following {
        if out.json {
            out.object(&told)?;
        } else {
            let notes = Notes { told, ..Notes::default() };
            out.line(Tone::Plain, &format!("{} ({}, {})", escape(&notes.told.title), notes.place(), notes.time()))?;
            for (part, text) in notes.lines() {
                let before = match part {
                    Part::Line | Part::Heading => "  ",
                    Part::Note | Part::Next => "    ",
                    Part::Presenter => "    (presenter) ",
                    Part::Asked => "    ? ",
                };
                out.line(
                    if part == Part::Next { Tone::Dim } else { Tone::Plain },
                    &format!("{before}{}", escape(&text)),
                )?;
            }
        }
        out.flush()?;
    }
    Ok(Exit::Clean)
}

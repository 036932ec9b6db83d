//! A session stepped by a user at a pipe: what to hold, and what a line of standard input does to a held line.
//!
//! Where the gate holds a line, or a stop is met, a line of standard input says what to do with it ([`HELP`]); at the
//! end of standard input all goes on to the end. Prompts go to standard error.

use super::Failure;
use super::out::Out;
use crate::machine::{Row, RowId, Signal};
use crate::session::{Gate, Held, Input, Session, Stop};
use crate::terms::Party;
use crate::transcript::{Shown, Step, recording};
use clap::ValueEnum;
use std::io::{self, BufRead as _};

/// What standard input may say at a held line.
const HELP: &str = "\
Enter: step    c: run on to the next stop    x: cancel the exchange    = LINE: send LINE instead
f FIELD=VALUE: change a field of the token    ! FAULT: do something wrong here; ! lists what
u: undo    U: undo no longer    a: list other answers    a N: take answer N    q: quit    ?: this help
";

/// Where a session is to wait for its user.
#[derive(Clone, clap::Args)]
pub(super) struct Holding {
    /// What to hold until it is let go: on the screen `send` unless said, line by line `none`
    #[arg(long, value_enum, value_name = "WHICH")]
    hold: Option<Hold>,
    /// Hold once this state is entered, this signal or reply code seen, or a token has this field, with this value if one
    /// is given: `negState=request-mic`, `NTLMSSP_NEGOTIATE_SEAL` (repeatable)
    #[arg(long, value_name = "STATE|SIGNAL|CODE|FIELD[=VALUE]", value_parser = Stop::parse)]
    pub(super) stop: Vec<Stop>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Hold {
    /// What was received, before it is answered
    Receive,
    /// What is composed, before it goes
    Send,
    Both,
    None,
}

impl Holding {
    /// What to hold, `without` it being said.
    pub(super) fn gate(&self, without: Gate) -> Gate {
        self.hold.map_or(without, |hold| Gate {
            receive: matches!(hold, Hold::Receive | Hold::Both),
            send: matches!(hold, Hold::Send | Hold::Both),
        })
    }
}

/// What a user wants held, and has said at held lines.
#[derive(Clone, Copy, Default)]
pub(super) struct Stepper {
    /// What to hold.
    hold: Gate,
    /// Told to run on: nothing is held until a stop is met.
    running: bool,
    /// A stop was met: every chance to hold is taken, until told to run on.
    stopped: bool,
}

/// What a user has said at a held line.
pub(super) enum Said {
    /// Do this.
    Do(Input),
    /// It was enough.
    Quit,
    /// The user is to be told this, and asked again.
    Again(String),
}

impl Stepper {
    /// Holds what `hold` says, and the stops of `session`.
    pub(super) const fn new(hold: Gate) -> Self {
        Self { hold, running: false, stopped: false }
    }

    /// Where the played parties of `session` stop, so that every line whose turn it is can be asked about.
    pub(super) fn prepare(self, session: &mut Session, stops: &[Stop], send: bool) {
        for party in Party::BOTH {
            session.set_gate(party, Gate { receive: self.hold.receive, send });
        }
        for stop in stops {
            session.toggle_stop(stop.clone());
        }
    }

    /// Whether anything is held before a stop is met.
    pub(super) const fn holds(self) -> bool {
        self.hold.receive || self.hold.send
    }

    /// Whether a step of `session` is where to stop.
    pub(super) fn look(&mut self, step: &Step, session: &Session) {
        self.stopped |= session.stops().iter().any(|stop| stop.met_by(step));
    }

    /// Whether the user wants to be asked about what is held; else it goes.
    pub(super) const fn asks(self, held: &Held) -> bool {
        let wanted = match held {
            Held::Received { .. } => self.hold.receive,
            Held::Line(_) => self.hold.send,
        };
        self.stopped || wanted && !self.running
    }

    /// What the user wants done; `None` is the end of standard input.
    pub(super) fn take(&mut self, answer: Option<&str>, session: &Session) -> Said {
        let Some(answer) = answer else {
            // Nobody is there to ask: on to the end.
            self.hold = Gate::default();
            self.stopped = false;
            return Said::Do(Input::Release(None));
        };
        let answer = answer.trim_end_matches(['\r', '\n']);
        if answer == "q" {
            return Said::Quit;
        }
        self.command(answer, session).map_or_else(Said::Again, Said::Do)
    }

    fn command(&mut self, answer: &str, session: &Session) -> Result<Input, String> {
        let (word, rest) = answer.split_once(' ').unwrap_or((answer, ""));
        Ok(match word {
            "" => Input::Release(None),
            "c" => {
                self.running = true;
                self.stopped = false;
                Input::Release(None)
            }
            "=" => Input::Edit(format!("{rest}\r\n").into_bytes()),
            "f" => {
                let Some((name, value)) = rest.split_once('=') else {
                    return Err("f FIELD=VALUE: the field as the tree names it, as in f negState=reject\n".to_owned());
                };
                Input::Edit(session.with_field(name.trim(), value.trim()).map_err(|why| why + "\n")?)
            }
            "!" => {
                let can = session.faults();
                let names: Vec<&str> = can.iter().map(|fault| fault.name()).collect();
                let told = || format!("faults that this line can have: {}\n", names.join(", "));
                Input::Fault(*can.iter().find(|fault| fault.name() == rest.trim()).ok_or_else(told)?)
            }
            "u" => Input::Undo,
            "U" => Input::Redo,
            "x" => Input::Cancel,
            "a" => {
                let choices = session.choices();
                let chosen = rest.parse::<usize>().ok().and_then(|number| choices.get(number.checked_sub(1)?));
                Input::Choose(*chosen.ok_or_else(|| list(&choices))?)
            }
            _ => return Err(HELP.to_owned()),
        })
    }
}

/// Shows what `session` holds, and that an answer is awaited; `label` says which session, where there are several.
pub(super) fn prompt(session: &Session, label: &str, out: &mut Out) -> Result<(), Failure> {
    let party = match session.held() {
        None => return Ok(()),
        Some(Held::Received { party }) => {
            return Ok(out.aside(&format!("{label}held: the {party} has yet to answer (?: help)\n> "))?);
        }
        Some(Held::Line(held)) => held.party,
    };
    let line = session.preview().map(|step| recording::untimed(&Shown::new(&step, out.reveal).event));
    let line = line.unwrap_or_default();
    Ok(out.aside(&format!("{label}held: the {party} is to send (?: help)\n      {line}\n> "))?)
}

/// The answers that may be taken instead, numbered.
fn list(choices: &[RowId]) -> String {
    let line = |(place, id): (usize, &RowId)| {
        let Row { emit, to, force, cite, says, .. } = id.row();
        let emit = emit.map_or("", Signal::name);
        format!("{:>4}  {emit} → {to} ({force}, {cite}): {says}\n", place + 1)
    };
    choices.iter().enumerate().map(line).collect()
}

/// A line of standard input; `None` at its end.
pub(super) fn read_line() -> Result<Option<String>, Failure> {
    let mut line = Vec::new();
    let failed = |error| Failure::usage(format!("reading what to do with a held line: {error}"));
    let octets = io::stdin().lock().read_until(b'\n', &mut line).map_err(failed)?;
    Ok((octets > 0).then(|| String::from_utf8_lossy(&line).into_owned()))
}

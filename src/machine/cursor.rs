//! Cursors: where a party stands in each machine that runs, and what hearing and saying do to it.

use super::row::{Force, Machine, Row, RowId, Signal, State};
use super::settled::Settled;
use super::tables::table;
use crate::terms::{Cite, Party};
use std::fmt;

/// Where one party stands in one machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The state.
    pub state: State,
    /// What was heard and is still to be answered.
    pub heard: Option<Signal>,
}

/// One machine that runs, with the cursor in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The machine.
    pub machine: Machine,
    /// The cursor.
    pub cursor: Cursor,
}

/// The machines that run for one party, outermost first: `smtp` → `gssapi` → `spnego` → `ntlm`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack {
    /// Whose.
    pub party: Party,
    /// At least one: the SMTP machine.
    frames: Vec<Frame>,
}

/// A row taken, a forbidden one included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Which row.
    pub row: RowId,
}

/// A line that a row forbids, or that no row allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// Who sent it.
    pub party: Party,
    /// In which machine it is wrong.
    pub machine: Machine,
    /// Where that party stood.
    pub state: State,
    /// What it had heard.
    pub heard: Option<Signal>,
    /// What it sent.
    pub sent: Signal,
    /// What it might have sent, strongest first; empty where it was not its turn.
    pub allowed: Vec<Signal>,
    /// The row that forbids it, where one does.
    pub row: Option<RowId>,
    /// The clause that it breaks.
    pub cite: Cite,
    /// That clause in our words.
    pub says: &'static str,
}

impl Deviation {
    /// The names of what was allowed, or `nothing`.
    #[must_use]
    pub fn allowed(&self) -> String {
        let names: Vec<&str> = self.allowed.iter().map(|signal| signal.name()).collect();
        if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
    }
}

/// What one line did to one stack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The rows taken, outermost first.
    pub moves: Vec<Move>,
    /// The innermost signal that some machine had a word for.
    pub signal: Option<Signal>,
    /// What was wrong, if anything, in the outermost machine that finds it so.
    pub deviation: Option<Deviation>,
}

impl Stack {
    /// A connection that has just been opened.
    #[must_use]
    pub fn new(party: Party) -> Self {
        Self { party, frames: vec![Frame::start(Machine::Smtp, party)] }
    }

    /// The machines, outermost first.
    #[must_use]
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// Where the party stands in `machine`, if that runs.
    #[must_use]
    pub fn cursor(&self, machine: Machine) -> Option<Cursor> {
        self.frames.iter().find(|frame| frame.machine == machine).map(|frame| frame.cursor)
    }

    /// The state in the SMTP machine.
    #[must_use]
    pub fn smtp(&self) -> State {
        self.frames[0].cursor.state
    }

    /// What the SMTP machine has heard and not answered.
    #[must_use]
    pub fn heard(&self) -> Option<Signal> {
        self.frames[0].cursor.heard
    }

    /// Whether the session waits for this party to answer before it can take in more.
    #[must_use]
    pub fn owes_answer(&self) -> bool {
        let frame = self.frames[0];
        frame.cursor.heard.is_some() && frame.open_rows(self.party).all(|id| id.row().emit.is_some())
    }

    /// Whether this party is within an AUTH exchange: a client's next line is a response then.
    #[must_use]
    pub fn in_exchange(&self) -> bool {
        let frame = &self.frames[0];
        table(frame.machine, self.party).runs_in(frame.cursor.state).is_some()
    }

    /// The rows that the innermost answering machine may take now, in the order of the table.
    pub fn open_rows(&self) -> impl Iterator<Item = RowId> + '_ {
        self.frames.iter().rev().flat_map(|frame| frame.open_rows(self.party))
    }

    /// Takes in what the peer said. `signal` tells what that means to each machine.
    pub fn hear(&mut self, settled: &Settled, signal: impl Fn(Machine) -> Option<Signal>) -> Outcome {
        let mut outcome = Outcome::default();
        let mut depth = 0;
        let mut leave = None;
        while let Some(frame) = self.frames.get_mut(depth) {
            if let Some(signal) = signal(frame.machine) {
                outcome.signal = Some(signal);
                // A row that could be completed by silence has been, if more is heard.
                frame.settle_silently(self.party, &mut outcome);
                frame.hear(self.party, signal, &mut outcome);
            }
            self.fit_child(depth, settled, &mut leave);
            depth += 1;
        }
        self.leave(leave);
        outcome
    }

    /// Takes in what this party said.
    pub fn emit(&mut self, settled: &Settled, signal: impl Fn(Machine) -> Option<Signal>) -> Outcome {
        let mut outcome = Outcome::default();
        let mut depth = 0;
        let mut leave = None;
        let mut refusing = false;
        let cancelled = signal(Machine::Smtp) == Some(Signal::Cancel);
        while let Some(frame) = self.frames.get_mut(depth) {
            match signal(frame.machine) {
                // A cancelled exchange answers nothing that a mechanism has heard.
                None if cancelled => frame.cursor.heard = None,
                None => frame.settle_silently(self.party, &mut outcome),
                Some(signal) => {
                    outcome.signal = Some(signal);
                    // Whatever the mechanism holds of it: a refusal that the session allows ends the exchange, and a
                    // client may cancel at any time (RFC 4954 section 4).
                    let excused = depth > 0 && (signal == Signal::Cancel || refusing && leave.is_some());
                    frame.emit(self.party, signal, excused, &mut outcome);
                    refusing |= signal.is(Signal::Refusal);
                }
            }
            self.fit_child(depth, settled, &mut leave);
            depth += 1;
        }
        self.leave(leave);
        outcome
    }

    /// Brings the machine above `depth` in line with the state at `depth`: pushed on entering a state that runs one,
    /// exchanged where what was taken for one turns out another, marked for leaving where nothing runs any more.
    fn fit_child(&mut self, depth: usize, settled: &Settled, leave: &mut Option<usize>) {
        let frame = self.frames[depth];
        let wanted = if leave.is_some() { None } else { frame.runs(self.party).and_then(|runs| settled.running(runs)) };
        match (wanted, self.frames.get(depth + 1).copied()) {
            (Some(machine), None) => self.frames.push(Frame::start(machine, self.party)),
            (Some(machine), Some(child)) if child.machine != machine => {
                self.frames.truncate(depth + 1);
                self.frames.push(Frame::instead_of(child, machine, self.party));
            }
            (None, Some(_)) => {
                leave.get_or_insert(depth + 1);
            }
            _ => {}
        }
    }

    fn leave(&mut self, depth: Option<usize>) {
        if let Some(depth) = depth {
            self.frames.truncate(depth);
        }
    }
}

impl Frame {
    fn start(machine: Machine, party: Party) -> Self {
        Self { machine, cursor: Cursor { state: table(machine, party).start, heard: None } }
    }

    /// Two meanings of one mechanism begin alike: a state of the same name is kept.
    fn instead_of(other: Self, machine: Machine, party: Party) -> Self {
        if table(machine, party).states().contains(&other.cursor.state) {
            return Self { machine, cursor: other.cursor };
        }
        Self::start(machine, party)
    }

    /// What runs within: by the state, or by the state that an open row leads to, so that a mechanism hears the very
    /// command that starts it.
    fn runs(&self, party: Party) -> Option<super::row::Runs> {
        let table = table(self.machine, party);
        table
            .runs_in(self.cursor.state)
            .or_else(|| self.cursor.heard.and_then(|_| self.open_rows(party).find_map(|id| table.runs_in(id.row().to))))
    }

    /// The rows of this state for what was heard, finer signals first; for `Go` if nothing was.
    pub fn open_rows(self, party: Party) -> impl Iterator<Item = RowId> {
        let Cursor { state, heard } = self.cursor;
        let machine = self.machine;
        let rows = table(machine, party).rows;
        heard.unwrap_or(Signal::Go).widening().flat_map(move |on| {
            rows.iter()
                .enumerate()
                .filter(move |(_, row)| row.from == state && row.on == on)
                .map(move |(place, _)| RowId { machine, party, place })
        })
    }

    /// The row by which a server gives up: 421 may answer any command (RFC 5321 section 3.8).
    fn gives_up(self, party: Party, signal: Signal) -> Option<RowId> {
        let unasked = Self { cursor: Cursor { heard: None, ..self.cursor }, ..self };
        unasked.open_rows(party).find(|id| signal == Signal::ServiceClosing && id.row().emit == Some(signal))
    }

    fn hear(&mut self, party: Party, signal: Signal, outcome: &mut Outcome) {
        let heard = Self { cursor: Cursor { heard: Some(signal), ..self.cursor }, ..*self };
        let mut open = heard.open_rows(party).peekable();
        // Nothing is written for it: the peer's own cursor says what is wrong with it, if anything is.
        let Some(first) = open.peek().copied() else { return };
        if open.all(|id| id.row().emit.is_none()) {
            self.take(first, outcome);
        } else {
            self.cursor.heard = Some(signal);
        }
    }

    /// Completes a row that needs no answer, once it is clear that none comes.
    fn settle_silently(&mut self, party: Party, outcome: &mut Outcome) {
        if self.cursor.heard.is_none() {
            return;
        }
        let silent = self.open_rows(party).find(|id| id.row().emit.is_none());
        if let Some(id) = silent {
            self.take(id, outcome);
        }
    }

    fn emit(&mut self, party: Party, signal: Signal, excused: bool, outcome: &mut Outcome) {
        let by_signal =
            || signal.widening().find_map(|emit| self.open_rows(party).find(|id| id.row().emit == Some(emit)));
        let picked = self.gives_up(party, signal).or_else(by_signal);
        if let Some(id) = picked {
            if id.row().force == Force::MustNot {
                outcome.deviation.get_or_insert_with(|| self.deviation(party, signal, Some(id)));
                return self.take(id, outcome);
            }
            return self.take(id, outcome);
        }
        let heard = self.cursor.heard.take();
        if excused {
            return;
        }
        // What was heard has been answered, if wrongly. Such an answer is followed where it leads to one state only,
        // whatever it answers, so that what comes after is read as both parties must read it.
        let before = Self { cursor: Cursor { heard, ..self.cursor }, ..*self };
        outcome.deviation.get_or_insert_with(|| before.deviation(party, signal, None));
        if before.cursor.heard.is_none() {
            return;
        }
        let from = self.cursor.state;
        let rows = table(self.machine, party).rows.iter().filter(|row| row.from == from);
        let mut targets = rows.filter(|row| row.emit.is_some_and(|emit| signal.is(emit))).map(|row| row.to);
        if let Some(to) = targets.next()
            && targets.all(|other| other == to)
        {
            self.cursor.state = to;
        }
    }

    fn deviation(self, party: Party, sent: Signal, row: Option<RowId>) -> Deviation {
        let allows = |row: &&'static Row| row.emit.is_some() && row.force != Force::MustNot;
        let mut open: Vec<&'static Row> = self.open_rows(party).map(RowId::row).filter(allows).collect();
        open.sort_by_key(|row| row.force);
        let out_of_turn = (Cite::new("RFC 5321", "4.1.4"), "It was not this party's turn, or not the time for this.");
        // Where nothing was heard, the rows say what the party might have begun, not what it breaks.
        let expected = open.first().copied().filter(|row| self.cursor.heard.is_some() && row.force < Force::Quirk);
        let governs = row.map(RowId::row).or(expected);
        let (cite, says) = governs.map_or(out_of_turn, |row| (row.cite, row.says));
        Deviation {
            party,
            machine: self.machine,
            state: self.cursor.state,
            heard: self.cursor.heard,
            sent,
            allowed: open.iter().filter_map(|row| row.emit).collect(),
            row,
            cite,
            says,
        }
    }

    fn take(&mut self, id: RowId, outcome: &mut Outcome) {
        outcome.moves.push(Move { row: id });
        self.cursor = Cursor { state: id.row().to, heard: None };
    }
}

/// `Heard(AuthReceived, Response)`, or the state alone.
impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.heard {
            Some(heard) => write!(f, "Heard({}, {heard})", self.state),
            None => self.state.fmt(f),
        }
    }
}

/// `smtp InAuth › login AuthReceived`
impl fmt::Display for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, frame) in self.frames.iter().enumerate() {
            let separator = if place == 0 { "" } else { " › " };
            write!(f, "{separator}{} {}", frame.machine, frame.cursor)?;
        }
        Ok(())
    }
}

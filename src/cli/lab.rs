//! `saslscope lab`: both parties in one program, line by line.
//!
//! Where the gate holds a line, or a stop is met, a line of standard input says what to do with it ([`HELP`]); at the
//! end of standard input all goes on to the end. Prompts go to standard error.

use super::out::Out;
use super::save::Save;
use super::{Common, Exit, Failure, screen, step};
use crate::decode::Mech;
use crate::machine::{Row, RowId, Signal};
use crate::mech::User;
use crate::session::{Fault, Gate, Held, Initial, Input, Lab, LayerMode, Mechanism, Prompts, Session, Stop};
use crate::terms::{Micros, Party, Secret};
use crate::transcript::recording::{self, Headers};
use crate::transcript::{Shown, Step, Transcript, What};
use crate::tui::{Options, Start};
use clap::ValueEnum;
use clap::builder::PossibleValue;
use std::fs;
use std::io::{self, BufRead as _};
use std::path::PathBuf;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Play both roles of an exchange here, without a network
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The mechanism
    #[arg(long, value_enum, value_name = "MECHANISM", default_value_t, env = "SASLSCOPE_MECH", ignore_case = true)]
    mech: Mechanism,
    /// How a GSSAPI exchange ends
    #[arg(long, value_enum, value_name = "MODE", default_value_t, env = "SASLSCOPE_LAYER")]
    layer: LayerMode,
    /// When the first response goes with AUTH
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, env = "SASLSCOPE_IR")]
    ir: Initial,
    /// How the client takes the prompts of LOGIN
    #[arg(long, value_enum, value_name = "HOW", default_value_t, env = "SASLSCOPE_PROMPTS")]
    prompts: Prompts,
    /// The mechanisms that the client offers in SPNEGO, the preferred first; only NTLM is played
    #[arg(long, value_enum, value_name = "LIST", value_delimiter = ',', default_value = "ntlm")]
    offer: Vec<Offer>,
    /// One thing to go wrong
    #[arg(long, value_enum, value_name = "FAULT")]
    fault: Option<Fault>,
    /// Take all random values from this, and, line by line, 1 ms for each line, so that such a run repeats byte for byte
    #[arg(long, value_name = "HEX", value_parser = seed)]
    seed: Option<[u8; 32]>,
    /// Who logs on; the server knows them by the same password
    #[arg(long, value_name = "USER", default_value = "alice", env = "SASLSCOPE_USER")]
    user: String,
    /// Their password: the first line of this file (else it is `wonderland`)
    #[arg(long, value_name = "FILE", conflicts_with = "password_env")]
    password_file: Option<PathBuf>,
    /// Their password: the value of this environment variable
    #[arg(long, value_name = "NAME")]
    password_env: Option<String>,
    /// What to hold until it is let go: on the screen `send` unless said, line by line `none`
    #[arg(long, value_enum, value_name = "WHICH")]
    hold: Option<Hold>,
    /// Hold once this state is entered, this signal or reply code seen, or a token has this field, with this value if one
    /// is given: `negState=request-mic`, `NTLMSSP_NEGOTIATE_SEAL` (repeatable)
    #[arg(long, value_name = "STATE|SIGNAL|CODE|FIELD[=VALUE]", value_parser = Stop::parse)]
    stop: Vec<Stop>,
    /// On the screen: let a second terminal follow: `saslscope notes`
    #[arg(long)]
    present: bool,
}

/// What standard input may say at a held line.
const HELP: &str = "\
Enter: step    c: run on to the next stop    x: cancel the exchange    = LINE: send LINE instead
f FIELD=VALUE: change a field of the token    ! FAULT: do something wrong here; ! lists what
u: undo    U: undo no longer    a: list other answers    a N: take answer N    q: quit    ?: this help
";

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Hold {
    /// What was received, before it is answered
    Receive,
    /// What is composed, before it goes
    Send,
    Both,
    None,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Offer {
    Kerberos,
    Ntlm,
}

impl Arguments {
    pub(super) fn run(self, common: &Common, out: &mut Out) -> Result<Exit, Failure> {
        if let Some(fault) = self.fault
            && let Some(mechanism) = fault.needs().filter(|mechanism| *mechanism != self.mech)
        {
            return Err(Failure::usage(format!(
                "the fault {fault} can only happen in {mechanism}; try --mech {mechanism}"
            )));
        }
        let lab = self.lab()?;
        let hold = |without| {
            self.hold.map_or(without, |hold| Gate {
                receive: matches!(hold, Hold::Receive | Hold::Both),
                send: matches!(hold, Hold::Send | Hold::Both),
            })
        };
        if screen::wanted(common) {
            let options = screen::options(hold(screen::SEND), self.stop, common)?;
            let options = Options { present: self.present, ..options };
            let outcome = screen::run(Start::Lab(Box::new(lab)), options)?;
            return Ok(match outcome.transcript {
                _ if outcome.interrupted => Exit::Interrupted,
                Some(transcript) if transcript.steps().iter().any(closes) => self::outcome(&transcript),
                _ => Exit::Clean,
            });
        }
        let headers = Headers {
            title: format!("The lab: AUTH {}", self.mech),
            started: if self.seed.is_some() { String::new() } else { jiff::Timestamp::now().to_string() },
            ..Headers::default()
        };
        let save = Save::new(common, headers)?;
        let mut session = lab.session();
        let start = self.seed.is_none().then(Instant::now);
        let hold = hold(Gate::default());
        for stop in self.stop {
            session.toggle_stop(stop);
        }
        Run { session, hold, start, shown: 0, running: false, stopped: false, out, save }.play()
    }

    fn lab(&self) -> Result<Lab, Failure> {
        let seed = match self.seed {
            Some(seed) => seed,
            None => random()?,
        };
        let now = if self.seed.is_some() { SEEDED_NOW } else { filetime_now() };
        let mut lab = Lab::new(seed, now);
        lab.mechanism = self.mech;
        lab.layer = self.layer;
        lab.initial = self.ir;
        lab.prompts = self.prompts;
        lab.fault = self.fault;
        lab.offer = self
            .offer
            .iter()
            .map(|offer| match offer {
                Offer::Kerberos => Mech::Kerberos,
                Offer::Ntlm => Mech::Ntlmssp,
            })
            .collect();
        let password = self.password()?.unwrap_or(lab.kit.credential.password);
        lab.kit.users = users(&self.user, &password);
        lab.kit.credential.user.clone_from(&self.user);
        lab.kit.credential.password = password;
        Ok(lab)
    }

    fn password(&self) -> Result<Option<Secret>, Failure> {
        if let Some(path) = &self.password_file {
            let text = fs::read(path)
                .map_err(|error| Failure::usage(format!("reading the password from {}: {error}", path.display())))?;
            let line = text.split(|&octet| octet == b'\n').next().unwrap_or_default();
            return Ok(Some(Secret::new(line.strip_suffix(b"\r").unwrap_or(line).to_vec())));
        }
        let Some(name) = &self.password_env else { return Ok(None) };
        let value = std::env::var_os(name).ok_or_else(|| {
            Failure::usage(format!(
                "reading the password: the environment has no `{name}`; set it, or use --password-file"
            ))
        })?;
        Ok(Some(Secret::new(value.into_encoded_bytes())))
    }
}

/// The time where a run is to be repeatable: 2026-01-01T00:00:00Z in 100 ns since 1601 (FILETIME).
const SEEDED_NOW: u64 = (1_767_225_600 + 11_644_473_600) * 10_000_000;

/// Now, in 100 ns since 1601; from there to 1970 it is 11,644,473,600 s.
fn filetime_now() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    (since_1970.as_secs() + 11_644_473_600) * 10_000_000 + u64::from(since_1970.subsec_nanos()) / 100
}

fn random() -> Result<[u8; 32], Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| {
        Failure::usage(format!("asking the system for random octets: {error}; --seed makes do without"))
    })?;
    Ok(seed)
}

/// Up to 64 hex digits; what is missing is zero.
fn seed(digits: &str) -> Result<[u8; 32], String> {
    if digits.is_empty() || digits.len() > 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err("a seed is 1 to 64 hex digits".to_owned());
    }
    let mut seed = [0; 32];
    for (place, digit) in digits.chars().enumerate() {
        let value = digit.to_digit(16).unwrap_or_default() as u8;
        seed[place / 2] |= value << (4 * (1 - place % 2));
    }
    Ok(seed)
}

/// The user as each mechanism names them: LOGIN by the name as given, NTLM by the name within its domain.
fn users(name: &str, password: &Secret) -> Vec<User> {
    let user = |name: &str, domain: Option<&str>| User {
        name: name.to_owned(),
        password: password.clone(),
        domain: domain.map(str::to_owned),
        token: Some(password.clone()),
        disabled: false,
    };
    let mut users = vec![user(name, None)];
    users.extend(name.split_once('\\').map(|(domain, name)| user(name, Some(domain))));
    users
}

/// A lab under way.
struct Run<'a> {
    session: Session,
    /// What to hold.
    hold: Gate,
    /// When it began; without, each line takes 1 ms.
    start: Option<Instant>,
    /// How many steps were printed.
    shown: usize,
    /// Told to run on: nothing is held until a stop is met.
    running: bool,
    /// A stop was met: every chance to hold is taken, until told to run on.
    stopped: bool,
    out: &'a mut Out,
    save: Save<'a>,
}

impl Run<'_> {
    fn play(mut self) -> Result<Exit, Failure> {
        // Every line is held, so that each has its own time; those that nobody asked for go at once.
        for party in Party::BOTH {
            self.session.set_gate(party, Gate { receive: self.hold.receive, send: true });
        }
        self.handle(Input::Go { peer: "the lab".to_owned() })?;
        while let Some(held) = self.session.held() {
            let wanted = match held {
                Held::Received { .. } => self.hold.receive,
                Held::Line(_) => self.hold.send,
            };
            let asks = self.stopped || wanted && !self.running;
            let input = if asks { self.ask()? } else { Some(Input::Release(None)) };
            let Some(input) = input else { return Ok(Exit::Interrupted) };
            self.handle(input)?;
        }
        Ok(outcome(self.session.transcript()))
    }

    fn handle(&mut self, input: Input) -> Result<(), Failure> {
        let lines = self.session.transcript().steps().len() as u64;
        let at = self.start.map_or(lines * 1000, |start| start.elapsed().as_micros() as u64);
        self.session.handle_here(Micros(at), input);
        for step in &self.session.transcript().steps()[self.shown..] {
            step::print(step, self.out)?;
            self.save.push(step)?;
            self.shown += 1;
            self.stopped |= self.session.stops().iter().any(|stop| stop.met_by(step));
        }
        Ok(self.out.flush()?)
    }

    /// Shows what is held and asks until there is something to do; `None` where the user has had enough.
    fn ask(&mut self) -> Result<Option<Input>, Failure> {
        loop {
            let held = self.held();
            self.out.aside(&format!("{held}\n> "))?;
            let mut answer = String::new();
            let octets = io::stdin()
                .lock()
                .read_line(&mut answer)
                .map_err(|error| Failure::usage(format!("reading what to do with a held line: {error}")))?;
            if octets == 0 {
                // Nobody is there to ask: on to the end.
                self.hold = Gate::default();
                self.stopped = false;
                return Ok(Some(Input::Release(None)));
            }
            let answer = answer.trim_end_matches(['\r', '\n']);
            if answer == "q" {
                return Ok(None);
            }
            match self.command(answer) {
                Ok(input) => return Ok(Some(input)),
                Err(told) => self.out.aside(&told)?,
            }
        }
    }

    /// What the user wants done, or is to be told.
    fn command(&mut self, answer: &str) -> Result<Input, String> {
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
                Input::Edit(self.session.with_field(name.trim(), value.trim()).map_err(|why| why + "\n")?)
            }
            "!" => {
                let can = self.session.faults();
                let names: Vec<&str> = can.iter().map(|fault| fault.name()).collect();
                let told = || format!("faults that this line can have: {}\n", names.join(", "));
                Input::Fault(*can.iter().find(|fault| fault.name() == rest.trim()).ok_or_else(told)?)
            }
            "u" => Input::Undo,
            "U" => Input::Redo,
            "x" => Input::Cancel,
            "a" => {
                let choices = self.session.choices();
                let chosen = rest.parse::<usize>().ok().and_then(|number| choices.get(number.checked_sub(1)?));
                Input::Choose(*chosen.ok_or_else(|| list(&choices))?)
            }
            _ => return Err(HELP.to_owned()),
        })
    }

    /// What the gate holds, in a line.
    fn held(&self) -> String {
        let party = match self.session.held() {
            None => return String::new(),
            Some(Held::Received { party }) => return format!("held: the {party} has yet to answer (?: help)"),
            Some(Held::Line(held)) => held.party,
        };
        let line = self.session.preview().map(|step| recording::untimed(&Shown::new(&step, self.out.reveal).event));
        let line = line.unwrap_or_default();
        format!("held: the {party} is to send (?: help)\n      {line}")
    }
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

fn closes(step: &Step) -> bool {
    matches!(step.event.what, What::Closed { .. })
}

/// How the exchange ended, as the client sees it.
fn outcome(transcript: &Transcript) -> Exit {
    let moves = || transcript.steps().iter().flat_map(|step| &step.moves).map(|taken| taken.row);
    let heard = |signal| moves().any(|id| id.party == Party::Client && id.row().on.is(signal));
    if heard(Signal::SuccessTooEarly) {
        Exit::Refused
    } else if heard(Signal::Success) {
        Exit::Clean
    } else if heard(Signal::Refusal) {
        Exit::Refused
    } else {
        Exit::ClosedEarly
    }
}

/// Names on the command line for what `session` plays.
macro_rules! value_enum {
    ($type:ty: $( $variant:ident $name:literal $help:literal ),+ $(,)?) => {
        impl ValueEnum for $type {
            fn value_variants<'a>() -> &'a [Self] {
                &[ $( Self::$variant ),+ ]
            }

            fn to_possible_value(&self) -> Option<PossibleValue> {
                Some(match self { $( Self::$variant => PossibleValue::new($name).help($help) ),+ })
            }
        }
    };
}

value_enum! { LayerMode:
    Auto "auto" "The server as rfc2222, the client takes what comes",
    Rfc2222 "rfc2222" "Offer and choice of a security layer, then 235",
    Skip "skip" "235 after the empty line that follows the last token",
    Example "example" "235 in place of the acceptor's last token (MS-SSEAN 4.1)",
}
value_enum! { Initial:
    Always "always" "Always",
    Fit "fit" "Where the line stays within 512 octets",
    Never "never" "Never: the server asks first",
}
value_enum! { Prompts:
    Checking "checking" "It reads them, and cancels where one is neither of the two",
    Counting "counting" "The first asks for the user name, the second for the password",
}

impl ValueEnum for Mechanism {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.says()))
    }
}

impl ValueEnum for Fault {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.says()))
    }
}

//! `saslscope lab`: both parties in one program, line by line.
//!
//! Standard input steps it ([`super::stepping`]).

use super::client::Conduct;
use super::gss::Provider;
use super::out::Out;
use super::password::Password;
use super::save::Save;
use super::stepping::{self, Holding, Said, Stepper};
use super::{Common, Exit, Failure, chance, outcome, screen, step};
use crate::decode::Mech;
use crate::mech::User;
use crate::session::{Fault, Gate, Input, Lab, Mechanism, Session};
use crate::terms::{Micros, Secret};
use crate::transcript::recording::Headers;
use crate::transcript::{Step, What};
use crate::tui::{Options, Start};
use clap::ValueEnum;
use std::time::Instant;

/// Play both roles of an exchange here, without a network
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The mechanism
    #[arg(long, value_enum, value_name = "MECHANISM", default_value_t, env = "SASLSCOPE_MECH", ignore_case = true)]
    mech: Mechanism,
    #[command(flatten)]
    conduct: Conduct,
    #[command(flatten)]
    provider: Provider,
    /// The mechanisms that the client offers in SPNEGO, the preferred first; only NTLM is played
    #[arg(long, value_enum, value_name = "LIST", value_delimiter = ',', default_value = "ntlm")]
    offer: Vec<Offer>,
    /// One thing to go wrong
    #[arg(long, value_enum, value_name = "FAULT")]
    fault: Option<Fault>,
    /// Take all random values from this, and, line by line, 1 ms for each line, so that such a run repeats byte for byte
    #[arg(long, value_name = "HEX", value_parser = seed)]
    seed: Option<[u8; 32]>,
    /// Who logs on; the server knows them by the same password, `wonderland` if none is given
    #[arg(long, value_name = "USER", default_value = "alice", env = "SASLSCOPE_USER")]
    user: String,
    #[command(flatten)]
    password: Password,
    #[command(flatten)]
    holding: Holding,
    /// On the screen: let a second terminal follow: `saslscope notes`
    #[arg(long)]
    present: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Offer {
    Kerberos,
    Ntlm,
}

impl Arguments {
    pub(super) fn run(self, common: &Common, out: &mut Out) -> Result<Exit, Failure> {
        self.provider.check()?;
        if let Some(fault) = self.fault
            && let Some(mechanism) = fault.needs().filter(|_| !fault.is_within(self.mech))
        {
            return Err(Failure::usage(format!(
                "the fault {fault} can only happen in {mechanism}; try --mech {mechanism}"
            )));
        }
        let lab = self.lab()?;
        if screen::wanted(common) {
            let options = screen::options(self.holding.gate(screen::SEND), self.holding.stop, common)?;
            let options = Options { present: self.present, ..options };
            let outcome = screen::run(Start::Lab(Box::new(lab)), options)?;
            return Ok(match outcome.transcript {
                _ if outcome.interrupted => Exit::Interrupted,
                Some(transcript) if transcript.steps().iter().any(closes) => outcome::client(&transcript),
                _ => Exit::Clean,
            });
        }
        let headers = Headers {
            title: format!("The lab: AUTH {}", self.mech),
            started: if self.seed.is_some() { String::new() } else { jiff::Timestamp::now().to_string() },
            ..Headers::default()
        };
        let save = Save::new(common, &headers)?;
        let mut session = lab.session();
        let start = self.seed.is_none().then(Instant::now);
        let stepper = Stepper::new(self.holding.gate(Gate::default()));
        // Every line is held, so that each has its own time; those that nobody asked for go at once.
        stepper.prepare(&mut session, &self.holding.stop, true);
        Run { session, stepper, start, shown: 0, out, save }.play()
    }

    fn lab(&self) -> Result<Lab, Failure> {
        let seed = match self.seed {
            Some(seed) => seed,
            None => chance::seed()?,
        };
        let now = if self.seed.is_some() { SEEDED_NOW } else { chance::now() };
        let mut lab = Lab::new(seed, now);
        lab.mechanism = self.mech;
        lab.layer = self.conduct.layer;
        lab.initial = self.conduct.ir;
        lab.prompts = self.conduct.prompts;
        lab.fault = self.fault;
        lab.offer = self
            .offer
            .iter()
            .map(|offer| match offer {
                Offer::Kerberos => Mech::Kerberos,
                Offer::Ntlm => Mech::Ntlmssp,
            })
            .collect();
        let password = self.password.named()?.unwrap_or(lab.kit.credential.password);
        lab.kit.users = users(&self.user, &password);
        lab.kit.credential.user.clone_from(&self.user);
        lab.kit.credential.password = password;
        Ok(lab)
    }
}

/// The time where a run is to be repeatable: 2026-01-01T00:00:00Z in 100 ns since 1601 (FILETIME).
const SEEDED_NOW: u64 = (1_767_225_600 + 11_644_473_600) * 10_000_000;

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
    stepper: Stepper,
    /// When it began; without, each line takes 1 ms.
    start: Option<Instant>,
    /// How many steps were printed.
    shown: usize,
    out: &'a mut Out,
    save: Save,
}

impl Run<'_> {
    fn play(mut self) -> Result<Exit, Failure> {
        self.handle(Input::Go { peer: "the lab".to_owned() })?;
        while let Some(held) = self.session.held() {
            let input = if self.stepper.asks(held) { self.ask()? } else { Some(Input::Release(None)) };
            let Some(input) = input else { return Ok(Exit::Interrupted) };
            self.handle(input)?;
        }
        Ok(outcome::client(self.session.transcript()))
    }

    fn handle(&mut self, input: Input) -> Result<(), Failure> {
        let lines = self.session.transcript().steps().len() as u64;
        let at = self.start.map_or(lines * 1000, |start| start.elapsed().as_micros() as u64);
        self.session.handle_here(Micros(at), input);
        for step in &self.session.transcript().steps()[self.shown..] {
            step::print(step, self.out)?;
            self.save.push(step)?;
            self.shown += 1;
            self.stepper.look(step, &self.session);
        }
        Ok(self.out.flush()?)
    }

    /// Shows what is held and asks until there is something to do; `None` where the user has had enough.
    fn ask(&mut self) -> Result<Option<Input>, Failure> {
        loop {
            stepping::prompt(&self.session, "", self.out)?;
            let answer = stepping::read_line()?;
            match self.stepper.take(answer.as_deref(), &self.session) {
                Said::Do(input) => return Ok(Some(input)),
                Said::Quit => return Ok(None),
                Said::Again(told) => self.out.aside(&told)?,
            }
        }
    }
}

fn closes(step: &Step) -> bool {
    matches!(step.event.what, What::Closed { .. })
}

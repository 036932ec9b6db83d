//! `saslscope replay`: a party says again, to a peer that is alive, what it said in a recording.
//!
//! On the screen or line by line as `client` and `server`; then comes the report: what was said then, and how it compares.
//! With `--json` a line of it is `{"event":"compared","then","now","from","line","outcome","says"}`: `then` counts the
//! steps of the recording and `now` those of today, from 1 (null where it was not said); `outcome` is `same`, `differs`,
//! `anew`, `diverged` or `stopped`. Where the way leads elsewhere than then, the exit code is 42.
//!
//! Limits: as a server it plays to the first client that comes; others are turned away.

use super::client::Trust;
use super::live::{Desk, Exchange, Happening, World, headers};
use super::out::{Out, Tone};
use super::password::Password;
use super::stepping::Stepper;
use super::{Common, Exit, Failure, chance, save, screen, show};
use crate::config::users;
use crate::drive::{Address, Link, Listen, Live, News, ServerTls, Target, What, listen_address};
use crate::mech::Credential;
use crate::session::{Again, ClientSetup, Gate, Replay, ServerSetup, Session, Timing, Tls};
use crate::terms::{Party, Secret};
use crate::transcript::{Shown, recording};
use crate::tui::{Dial, Serve, Start, write_port};
use clap::ValueEnum;
use serde::Serialize;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// Say again, to a live peer, what was said in a recording
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The recording: a file, or the name of a built-in one
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Whose lines are said again
    #[arg(long = "as", value_enum, value_name = "PARTY")]
    party: Role,
    /// The server to say them to
    #[arg(value_name = "HOST[:PORT]", required_if_eq("party", "client"))]
    server: Option<String>,
    /// Where to wait for a client: ADDRESS:PORT, or either alone; with port 0 the system chooses one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:2525", env = "SASLSCOPE_LISTEN", value_parser = listen_address)]
    listen: SocketAddr,
    /// Listen beyond this machine, where `--listen` says so
    #[arg(long)]
    expose: bool,
    /// Write the port to this file, once it listens
    #[arg(long, value_name = "FILE")]
    port_file: Option<PathBuf>,
    /// When a line goes
    #[arg(long, value_enum, value_name = "WHEN", default_value_t)]
    timing: When,
    /// As a client, compose AUTH anew for this user, so that it fits the challenges of today
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    #[command(flatten)]
    password: Password,
    /// As a server, compose AUTH anew with the users of this file
    #[arg(long, value_name = "FILE")]
    users: Option<PathBuf>,
    #[command(flatten)]
    trust: Trust,
    /// Don't keep a recording that nobody asked for
    #[arg(long)]
    no_autosave: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    /// Its lines go to a server
    Client,
    /// Its lines go to the client that comes
    Server,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum When {
    /// As soon as the peer has said what it said before it
    #[default]
    Wait,
    /// And no sooner after that than then
    Original,
    /// When the user lets it go
    Step,
}

#[derive(Serialize)]
struct ComparedJson<'a> {
    event: &'static str,
    then: usize,
    now: Option<usize>,
    from: &'static str,
    line: &'a str,
    outcome: &'static str,
    says: String,
}

impl Arguments {
    pub(super) fn run(self, common: &Common, out: &mut Out) -> Result<Exit, Failure> {
        let party = match self.party {
            Role::Client => Party::Client,
            Role::Server => Party::Server,
        };
        let again = Arc::new(self.again(party, out)?);
        let replay = again
            .replay(party)
            .map_err(|error| Failure { exit: Exit::Unreadable, text: format!("{}: {error}", self.file.display()) })?;
        let gate = Gate { receive: false, send: self.timing == When::Step };
        match party {
            Party::Client => self.client(again, &replay, gate, common, out),
            Party::Server => self.server(again, &replay, gate, common, out),
        }
    }

    /// The recording, and how it is said.
    fn again(&self, party: Party, out: &mut Out) -> Result<Again, Failure> {
        let loaded = show::load(&self.file)?;
        if let Some(damage) = loaded.damage {
            out.aside(&format!("saslscope: {}\n", crate::decode::escape(&show::damaged(&self.file, &damage))))?;
        }
        let timing = if self.timing == When::Original { Timing::Original } else { Timing::Wait };
        let anew = match party {
            Party::Client => self.user.is_some(),
            Party::Server => self.users.is_some(),
        };
        Ok(Again { headers: loaded.recording.headers, events: loaded.recording.events, timing, anew })
    }

    fn client(
        &self,
        again: Arc<Again>,
        replay: &Replay,
        gate: Gate,
        common: &Common,
        out: &mut Out,
    ) -> Result<Exit, Failure> {
        let tls = if replay.implicit_tls() { Some(Tls::Implicit) } else { None };
        let server = self.server.as_deref().unwrap_or_default();
        let (address, _) = Address::parse(server, tls).map_err(|error| Failure::usage(error.to_string()))?;
        let credential = match &self.user {
            Some(user) => self.password.credential(Some(user), &address.host, false)?,
            None => Credential { user: String::new(), password: Secret::from("") },
        };
        let mut setup = ClientSetup::new(&address.host, credential);
        // The recording says when TLS begins.
        setup.tls = tls.unwrap_or(Tls::Never);
        setup.allow_plaintext = true;
        setup.again = Some(again);
        let peer = address.to_string();
        let target = Target { tls: self.trust.tls()?, ..Target::new(address) };
        if screen::wanted(common) {
            return on_screen(Start::Client(Box::new(Dial { setup, target })), gate, common, out);
        }
        let world = World::begin()?;
        let link = world.drive.connect(target);
        let session = setup.session(chance::seed()?, chance::now());
        self.converse(&world, session, link, Party::Client, &peer, gate, common, out)
    }

    fn server(
        &self,
        again: Arc<Again>,
        replay: &Replay,
        gate: Gate,
        common: &Common,
        out: &mut Out,
    ) -> Result<Exit, Failure> {
        let mut setup = ServerSetup::new("localhost");
        if let Some(path) = &self.users {
            let known = users::load(path).map_err(|error| Failure::usage(format!("reading the users: {error}")))?;
            setup.users = known.users;
        }
        setup.allow_plaintext = true;
        setup.tls = if replay.implicit_tls() { Tls::Implicit } else { Tls::StartTls };
        setup.again = Some(again);
        let made = |why| Failure::usage(format!("making up a certificate: {why}"));
        let tls = ServerTls::throw_away(&setup.name).map_err(made)?;
        let listen = Listen { expose: self.expose, implicit: replay.implicit_tls(), ..Listen::new(self.listen, tls) };
        if screen::wanted(common) {
            return on_screen(
                Start::Server(Box::new(Serve { setup, listen, port_file: self.port_file.clone() })),
                gate,
                common,
                out,
            );
        }
        let world = World::begin()?;
        let failed = |failure: crate::drive::Failure| Failure { exit: Exit::CannotConnect, text: failure.to_string() };
        let address = world.drive.listen(listen).map_err(failed)?;
        if let Some(path) = &self.port_file {
            write_port(path, address.port()).map_err(Failure::usage)?;
        }
        if !out.json {
            out.aside(&format!("saslscope: waiting for a client at {address}\n"))?;
        }
        let link = loop {
            match world.happenings.recv() {
                Ok(Happening::News(News { what: What::Accepted(link), .. })) => break link,
                Ok(Happening::Leave(_)) | Err(_) => return Ok(Exit::Interrupted),
                Ok(_) => {}
            }
        };
        let session = setup.session(chance::seed()?, chance::now());
        self.converse(&world, session, link, Party::Server, &address.to_string(), gate, common, out)
    }

    /// From the connection to the report.
    #[allow(clippy::too_many_arguments)] // All that one conversation has.
    fn converse(
        &self,
        world: &World,
        session: Session,
        link: Link,
        role: Party,
        peer: &str,
        gate: Gate,
        common: &Common,
        out: &mut Out,
    ) -> Result<Exit, Failure> {
        let mut desk = Desk::new(out, common, !self.no_autosave);
        let recorder = match common.save.as_deref() {
            Some(path) => Some(save::create(path, &headers(role, peer), common)?),
            None => desk.autosave(role, peer)?,
        };
        let mut exchange = Exchange::new(Live::new(session, link), Stepper::new(gate), &[]);
        exchange.recorder = recorder;
        if let Some(exit) = exchange.converse(world, &mut desk)? {
            return Ok(exit);
        }
        exchange.live.session.replayed().map_or(Ok(Exit::Clean), |replay| report(replay, desk.out))
    }
}

fn on_screen(start: Start, gate: Gate, common: &Common, out: &mut Out) -> Result<Exit, Failure> {
    let outcome = screen::run(start, screen::options(gate, Vec::new(), common)?)?;
    if outcome.interrupted {
        return Ok(Exit::Interrupted);
    }
    outcome.replayed.map_or(Ok(Exit::Clean), |replay| report(&replay, out))
}

/// What was said then, and how it compares.
fn report(replay: &Replay, out: &mut Out) -> Result<Exit, Failure> {
    if !out.json {
        out.line(Tone::Plain, "")?;
        out.line(
            Tone::Plain,
            "The replay, by the steps of the recording: = as it was, ~ in other octets, ! another way",
        )?;
    }
    for compared in replay.report() {
        let then = replay.recorded(compared);
        let line = then.map(|step| recording::untimed(&Shown::new(step, out.reveal).event)).unwrap_or_default();
        if out.json {
            out.object(&ComparedJson {
                event: "compared",
                then: compared.then + 1,
                now: compared.now.map(|now| now + 1),
                from: compared.from.name(),
                line: &line,
                outcome: compared.outcome.name(),
                says: compared.outcome.to_string(),
            })?;
            continue;
        }
        let tone = if compared.outcome.sign() == '!' { Tone::Bad } else { Tone::Party(compared.from) };
        let short: String = line.chars().take(LINE).collect();
        let cut = if line.chars().count() > LINE { "…" } else { "" };
        out.line(tone, &format!("{} {:>4}  {short}{cut}", compared.outcome.sign(), compared.then + 1))?;
        if compared.outcome.name() != "same" {
            out.line(tone, &format!("        {}", compared.outcome))?;
        }
    }
    if replay.is_faithful() && replay.left() == 0 {
        return Ok(Exit::Clean);
    }
    let why = match replay.left() {
        0 => "the replay went another way at its last step".to_owned(),
        left => format!("the replay ended with {left} of the recording's lines and replies unsaid"),
    };
    Err(Failure { exit: Exit::Diverged, text: why })
}

/// How many characters of a line the report shows.
const LINE: usize = 90;

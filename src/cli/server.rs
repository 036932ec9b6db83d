//! `saslscope server`: a server for many clients at once, line by line.
//!
//! In text every line begins with the number of its session. With `--json` each line is an object with an `event`:
//!
//! * `{"event":"listening","address":"127.0.0.1:2525","exposed":false,"fingerprint":"9f86…"}`, once: whether other machines
//!   can reach it, and the SHA-256 of its certificate.
//! * `{"event":"opened","session":1,"peer":"127.0.0.1:53122"}`: a client has connected.
//! * `{"event":"step","session":1,"peer":…}` and what a step has ([`super::step`]).
//! * `{"event":"closed","session":1,"peer":…,"mechanism","inner","user","outcome","code","tls","duration","deviations"}`:
//!   the mechanism of the latest AUTH and what ran inside of it, the user if it was told (null where there was none);
//!   `outcome` is `authenticated`, `refused` (then `code` is that of the reply, else null), `closed early` within AUTH,
//!   or `no exchange`; `duration` in microseconds.
//! * `{"event":"ended","sessions":1}`: how many there were. It ends on SIGTERM (exit code 0) or SIGINT (130), after the
//!   recordings are finished.
//!
//! One thread takes what happens in its order, and writes to standard output. Where its reader is slow, all sessions wait,
//! and nothing is lost; what peers send meanwhile waits in their own send buffers.
//!
//! Limits: a session that has ended leaves nothing but its recording.

use super::gss::{Binding, Provider};
use super::live::{Desk, Exchange, Happening, Label, Leave, World, headers};
use super::out::{Out, Tone};
use super::stepping::{Holding, Said, Stepper};
use super::words::of;
use super::{Common, Exit, Failure, chance, save, screen};
use crate::config::users;
use crate::decode::escape;
use crate::drive::{BadFile, ConnectionId, Link, Listen, Live, News, ServerTls, What, listen_address};
use crate::session::persona::ServerPersona;
use crate::session::{Fault, Gate, Input, LayerMode, Mechanism, ScramOptions, ServerSetup, Tls};
use crate::terms::{Micros, Party};
use crate::transcript::{Summary, Verdict, numbered};
use crate::tui::{Options, Serve, Start, write_port};
use serde::Serialize;
use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::mpsc::TryRecvError;
use std::time::Duration;

/// Play a server, for as many clients as come
#[derive(clap::Args)]
#[allow(clippy::struct_excessive_bools)] // One flag each.
pub(super) struct Arguments {
    /// Where to listen: ADDRESS:PORT, or either alone; with port 0 the system chooses one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:2525", env = "SASLSCOPE_LISTEN", value_parser = listen_address)]
    listen: SocketAddr,
    /// Listen beyond this machine, where `--listen` says so: whoever reaches it can try passwords
    #[arg(long)]
    expose: bool,
    /// Write the port to this file, once it listens
    #[arg(long, value_name = "FILE")]
    port_file: Option<PathBuf>,
    /// The mechanisms that it offers, in this order; all, if none is given
    #[arg(long, value_enum, value_name = "LIST", value_delimiter = ',', env = "SASLSCOPE_MECHS", ignore_case = true)]
    mechs: Vec<Mechanism>,
    /// What it offers of TLS: STARTTLS, if none is given
    #[arg(long, value_enum, value_name = "WHEN", env = "SASLSCOPE_TLS")]
    tls: Option<Tls>,
    /// The certificate that it shows (PEM, its chain behind it); one is made up if none is given
    #[arg(long, value_name = "FILE", requires = "key")]
    cert: Option<PathBuf>,
    /// The key of that certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "cert")]
    key: Option<PathBuf>,
    /// Ask clients for a certificate that one of these authorities (PEM) has issued, for EXTERNAL. Without it, they are
    /// asked for any where `--mechs` names EXTERNAL
    #[arg(long, value_name = "FILE")]
    client_ca: Option<PathBuf>,
    /// Whom it knows: a TOML file with `[[user]]`, `name`, `password`, and perhaps `domain`, `token`, `disabled`; only
    /// alice, whose password is wonderland, if none is given
    #[arg(long, value_name = "FILE", env = "SASLSCOPE_USERS")]
    users: Option<PathBuf>,
    /// Offer mechanisms that bare a secret without TLS, too
    #[arg(long)]
    allow_plaintext: bool,
    /// Refuse what .NET does beside RFC 2222 7.2, as Cyrus does: a second empty line, a length before the choice of layer
    #[arg(long)]
    strict: bool,
    /// Take mail of clients that have not authenticated, too; it is shown and discarded
    #[arg(long)]
    mail_without_auth: bool,
    #[command(flatten)]
    binding: Binding,
    /// Whose habits the server has
    #[arg(long, value_enum, value_name = "PERSONA", default_value_t, ignore_case = true)]
    persona: ServerPersona,
    /// After so many failed attempts it closes; 0 is never
    #[arg(long, value_name = "NUMBER", default_value_t = 3)]
    failures: u32,
    /// The longest line that it takes, line ending included; as the persona has it, if none is given
    #[arg(long, value_name = "OCTETS", value_parser = clap::value_parser!(u32).range(512..=16_777_216))]
    line_limit: Option<u32>,
    /// How a GSSAPI exchange ends
    #[arg(long, value_enum, value_name = "MODE", default_value_t, env = "SASLSCOPE_LAYER")]
    layer: LayerMode,
    /// SCRAM: how many rounds a password goes through
    #[arg(long, value_name = "NUMBER", default_value_t = 4_096, value_parser = clap::value_parser!(u32).range(4_096..=1_000_000))]
    rounds: u32,
    /// Its name, in the greeting and in the reply to EHLO
    #[arg(long, value_name = "NAME", default_value = "localhost")]
    name: String,
    /// How long a client may say nothing
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=86400))]
    timeout: u64,
    #[command(flatten)]
    provider: Provider,
    /// One thing that the server does wrong, in every session
    #[arg(long, value_name = "FAULT", value_parser = of(Party::Server))]
    fault: Option<Fault>,
    #[command(flatten)]
    holding: Holding,
    /// Don't keep recordings that nobody asked for
    #[arg(long)]
    no_autosave: bool,
}

impl Arguments {
    pub(super) fn run(self, common: &Common, out: &mut Out) -> Result<Exit, Failure> {
        self.provider.check()?;
        let setup = self.setup(out)?;
        let listen = Listen {
            expose: self.expose,
            implicit: self.tls == Some(Tls::Implicit),
            ..Listen::new(self.listen, self.certificate()?)
        };
        if screen::wanted(common) {
            let options = screen::options(self.holding.gate(screen::SEND), self.holding.stop, common)?;
            let options = Options { archive: options.archive.filter(|_| !self.no_autosave), ..options };
            let serve = Serve { setup, listen, port_file: self.port_file };
            let outcome = screen::run(Start::Server(Box::new(serve)), options)?;
            return screen::left(outcome, |_| Exit::Clean);
        }
        let exposes = !self.expose && !self.listen.ip().to_canonical().is_loopback();
        let world = World::begin()?;
        let fingerprint = listen.tls.fingerprint().clone();
        let address = world.drive.listen(listen).map_err(|failure| Failure {
            exit: if exposes { Exit::Usage } else { Exit::CannotConnect },
            text: failure.to_string(),
        })?;
        if let Some(path) = &self.port_file {
            write_port(path, address.port()).map_err(Failure::usage)?;
        }
        let desk = Desk::new(out, common, !self.no_autosave);
        let mut server = Server {
            setup,
            stepper: Stepper::new(self.holding.gate(Gate::default())),
            holding: self.holding,
            world,
            common,
            desk,
            exchanges: HashMap::new(),
            held: VecDeque::new(),
            asked: None,
            sessions: 0,
        };
        server.listening(address, &fingerprint, self.users.is_none())?;
        let exit = server.run();
        // What was said last is to arrive.
        server.world.drive.stop(Duration::from_secs(2));
        exit
    }

    fn certificate(&self) -> Result<ServerTls, Failure> {
        let unread = |error: BadFile| Failure::usage(format!("reading {error}"));
        let tls = if let (Some(cert), Some(key)) = (&self.cert, &self.key) {
            ServerTls::load(cert, key).map_err(unread)?
        } else {
            let failed = |why| Failure::usage(format!("making up a certificate for {}: {why}; see --name", self.name));
            ServerTls::throw_away(&self.name).map_err(failed)?
        };
        if self.client_ca.is_none() && !self.mechs.contains(&Mechanism::External) {
            return Ok(tls);
        }
        tls.asking(self.client_ca.as_deref()).map_err(unread)
    }

    fn setup(&self, out: &mut Out) -> Result<ServerSetup, Failure> {
        let mut setup = ServerSetup::new(&self.name);
        if let Some(path) = &self.users {
            let known = users::load(path).map_err(|error| Failure::usage(format!("reading the users: {error}")))?;
            setup.users = known.users;
            if let Some(warning) = known.warning {
                out.aside(&format!("saslscope: {}\n", escape(&warning)))?;
            }
        }
        setup.scram = ScramOptions { rounds: self.rounds, salts: chance::seed()? };
        if !self.mechs.is_empty() {
            setup.mechanisms.clone_from(&self.mechs);
        }
        setup.allow_plaintext = self.allow_plaintext;
        setup.layer = self.layer;
        setup.fault = self.fault;
        setup.persona = self.persona;
        setup.strict = self.strict;
        setup.require_auth = !self.mail_without_auth;
        (setup.channel_bindings, setup.allow_ntlmv1) = (self.binding.cb, self.binding.allow_ntlmv1);
        setup.failures_allowed = self.failures;
        setup.line_limit = self.line_limit.map(|octets| octets as usize);
        setup.tls = self.tls.unwrap_or_default();
        setup.patience = Micros(self.timeout * 1_000_000);
        Ok(setup)
    }
}

/// A server under way.
struct Server<'a> {
    setup: ServerSetup,
    /// How each session begins.
    stepper: Stepper,
    holding: Holding,
    world: World,
    common: &'a Common,
    desk: Desk<'a>,
    /// The sessions that have not ended.
    exchanges: HashMap<ConnectionId, Exchange>,
    /// Those that may be held, in the order in which the user is asked.
    held: VecDeque<ConnectionId>,
    /// The one that the user was asked about.
    asked: Option<ConnectionId>,
    /// How many there were.
    sessions: u64,
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum ServerJson<'a> {
    Listening {
        address: String,
        exposed: bool,
        fingerprint: &'a str,
    },
    Opened {
        session: u64,
        peer: &'a str,
    },
    Closed {
        session: u64,
        peer: &'a str,
        mechanism: Option<&'a str>,
        inner: Option<&'static str>,
        user: Option<&'a str>,
        outcome: &'static str,
        code: Option<u16>,
        tls: bool,
        duration: u64,
        deviations: usize,
    },
    Ended {
        sessions: u64,
    },
}

impl Server<'_> {
    fn run(&mut self) -> Result<Exit, Failure> {
        loop {
            let happening = match self.world.happenings.try_recv() {
                Ok(happening) => happening,
                Err(TryRecvError::Disconnected) => return Ok(Exit::Clean),
                Err(TryRecvError::Empty) => {
                    // Nothing to do: what was written goes out.
                    self.desk.out.flush()?;
                    self.ask()?;
                    match self.world.happenings.recv() {
                        Ok(happening) => happening,
                        Err(_) => return Ok(Exit::Clean),
                    }
                }
            };
            match happening {
                Happening::News(News { id, what: What::Accepted(link), .. }) => self.accept(id, link)?,
                Happening::News(News { id, at, what: What::Input(input) }) => self.hear(id, at, input)?,
                Happening::News(News { id, what: What::Failed(_), .. }) => drop(self.exchanges.remove(&id)),
                Happening::News(News { what: What::Trouble(told), .. }) => {
                    self.desk.out.aside(&format!("saslscope: {}\n", escape(&told)))?;
                }
                Happening::Said(answer) => {
                    if self.take(answer.as_deref())? {
                        return self.leave(Exit::Interrupted);
                    }
                }
                Happening::Leave(Leave::Terminated) => return self.leave(Exit::Clean),
                Happening::Leave(Leave::Interrupted) => return self.leave(Exit::Interrupted),
            }
        }
    }

    fn accept(&mut self, id: ConnectionId, link: Link) -> Result<(), Failure> {
        self.sessions += 1;
        let session = self.setup.session(chance::seed()?, chance::now());
        let mut exchange = Exchange::new(Live::new(session, link), self.stepper, &self.holding.stop);
        exchange.label = Some(Label { session: self.sessions, peer: String::new() });
        self.exchanges.insert(id, exchange);
        Ok(())
    }

    fn hear(&mut self, id: ConnectionId, at: Micros, input: Input) -> Result<(), Failure> {
        let Some(exchange) = self.exchanges.get_mut(&id) else { return Ok(()) };
        if let Input::Go { peer } = &input
            && let Some(label) = &mut exchange.label
        {
            label.peer.clone_from(peer);
            exchange.recorder = match &self.common.save {
                Some(path) => {
                    match save::create(&numbered(path, label.session), &headers(Party::Server, peer), self.common) {
                        Ok(recorder) => Some(recorder),
                        Err(failure) => self.desk.fail(&failure.text).map(|()| None)?,
                    }
                }
                None => self.desk.autosave(Party::Server, peer)?,
            };
            if self.desk.out.json {
                self.desk.out.object(&ServerJson::Opened { session: label.session, peer })?;
            }
        }
        exchange.hear(at, input, &mut self.desk)?;
        self.look(id)
    }

    /// What has become of a session.
    fn look(&mut self, id: ConnectionId) -> Result<(), Failure> {
        let Some(exchange) = self.exchanges.get(&id) else { return Ok(()) };
        if exchange.live.session.ended() {
            let exchange = self.exchanges.remove(&id);
            return exchange.map_or(Ok(()), |exchange| self.closed(&exchange));
        }
        if exchange.asks() && self.asked != Some(id) && !self.held.contains(&id) {
            self.held.push_back(id);
        }
        Ok(())
    }

    /// Asks about the next session that is held.
    fn ask(&mut self) -> Result<(), Failure> {
        while self.asked.is_none()
            && let Some(id) = self.held.pop_front()
        {
            if let Some(exchange) = self.exchanges.get(&id).filter(|exchange| exchange.asks()) {
                exchange.prompt(&mut self.desk)?;
                self.asked = Some(id);
                self.world.ask();
            }
        }
        Ok(())
    }

    /// Takes what the user wants of the session that was asked about; whether it was enough.
    fn take(&mut self, answer: Option<&str>) -> Result<bool, Failure> {
        let Some(id) = self.asked.take() else { return Ok(false) };
        if answer.is_none() {
            // Nobody is there to ask: from here on all goes by itself.
            self.stepper = Stepper::default();
            self.holding.stop.clear();
            for id in self.exchanges.keys().copied().collect::<Vec<_>>() {
                self.answer(id, None)?;
            }
            return Ok(false);
        }
        self.answer(id, answer)
    }

    fn answer(&mut self, id: ConnectionId, answer: Option<&str>) -> Result<bool, Failure> {
        // What was held may be gone by now.
        let Some(exchange) = self.exchanges.get_mut(&id) else { return Ok(false) };
        if exchange.asks() || answer.is_none() {
            match exchange.take(answer) {
                Said::Do(input) => exchange.act(input, &mut self.desk)?,
                Said::Again(told) => self.desk.out.aside(&told)?,
                Said::Quit => return Ok(true),
            }
        }
        self.look(id)?;
        // One session after the other, each as long as it has something to ask.
        if let Some(place) = self.held.iter().position(|held| *held == id) {
            self.held.remove(place);
            self.held.push_front(id);
        }
        Ok(false)
    }

    /// Ends all sessions, and their recordings.
    fn leave(&mut self, exit: Exit) -> Result<Exit, Failure> {
        let mut exchanges: Vec<Exchange> = self.exchanges.drain().map(|(_, exchange)| exchange).collect();
        exchanges.sort_by_key(|exchange| exchange.live.id());
        for mut exchange in exchanges {
            exchange.act(Input::Leave, &mut self.desk)?;
            self.closed(&exchange)?;
        }
        if self.desk.out.json {
            self.desk.out.object(&ServerJson::Ended { sessions: self.sessions })?;
        }
        self.desk.out.flush()?;
        Ok(exit)
    }

    fn listening(&mut self, address: SocketAddr, fingerprint: &str, made_up: bool) -> Result<(), Failure> {
        let exposed = !address.ip().to_canonical().is_loopback();
        let out = &mut *self.desk.out;
        if out.json {
            out.object(&ServerJson::Listening { address: address.to_string(), exposed, fingerprint })?;
            return Ok(out.flush()?);
        }
        out.line(Tone::Plain, &format!("listening on {address}"))?;
        if exposed {
            out.line(Tone::Bad, "! other machines can reach it, and try passwords")?;
        }
        if made_up {
            out.line(Tone::Dim, "knows alice, whose password is wonderland; --users names others")?;
        }
        if self.setup.tls != Tls::Never {
            out.line(Tone::Dim, &format!("certificate SHA-256 {fingerprint}"))?;
        }
        Ok(out.flush()?)
    }

    fn closed(&mut self, exchange: &Exchange) -> Result<(), Failure> {
        let Some(label) = &exchange.label else { return Ok(()) };
        let summary = Summary::new(exchange.live.session.transcript());
        let out = &mut *self.desk.out;
        if !out.json {
            let user = summary.user.as_deref().map_or_else(String::new, |user| format!(", user {user}"));
            let mechanisms = match summary.mechanisms() {
                none if none.is_empty() => String::new(),
                some => format!("AUTH {some}{user}: "),
            };
            let seconds = summary.duration;
            let line = format!("closed {}: {mechanisms}{}, {seconds} s", label.peer, summary.outcome());
            out.prefix = label.prefix();
            let printed = out.line(Tone::Plain, &escape(&line));
            out.prefix.clear();
            return Ok(printed?);
        }
        let (outcome, code) = match summary.verdict {
            Verdict::None => ("no exchange", None),
            Verdict::Authenticated => ("authenticated", None),
            Verdict::Distrusted => ("distrusted", None),
            Verdict::Refused(code) => ("refused", Some(code)),
            Verdict::Unfinished => ("closed early", None),
        };
        Ok(out.object(&ServerJson::Closed {
            session: label.session,
            peer: &label.peer,
            mechanism: summary.mechanism.as_deref(),
            inner: summary.inner.map(crate::machine::Machine::name),
            user: summary.user.as_deref(),
            outcome,
            code,
            tls: summary.tls,
            duration: summary.duration.0,
            deviations: summary.deviations,
        })?)
    }
}

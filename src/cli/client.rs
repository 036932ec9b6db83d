//! `saslscope client`: a client against a server, line by line.
//!
//! It prints steps as the lab does, in text or with `--json`, and ends after the verdict with QUIT. How it ended is the
//! exit code; where that is not 0, standard error says why. Standard input steps it ([`super::stepping`]) where
//! something is held.

use super::gss::{Binding, Provider};
use super::live::{Desk, Exchange, World, headers};
use super::out::Out;
use super::password::Password;
use super::stepping::{Holding, Stepper};
use super::words::of;
use super::{Common, Exit, Failure, chance, outcome, save, screen};
use crate::drive::{Address, BadFile, ClientTls, Live, Target};
use crate::mech::Credential;
use crate::session::persona::ClientPersona;
use crate::session::{ClientSetup, Ending, Fault, Gate, Initial, LayerMode, Mechanism, Prompts, Tls, UnderGssapi};
use crate::terms::{Micros, Party, Secret};
use crate::tui::{Dial, Options, Start};
use std::path::PathBuf;
use std::time::Duration;

/// Play the client against a server
#[derive(clap::Args)]
#[allow(clippy::struct_excessive_bools)] // One flag each.
pub(super) struct Arguments {
    /// The server; port 587 if none is given, or 465 with `--tls implicit`
    #[arg(value_name = "HOST[:PORT]")]
    server: String,
    /// The mechanism; the best that is offered, if none is given
    #[arg(long, value_enum, value_name = "MECHANISM", env = "SASLSCOPE_MECH", ignore_case = true)]
    mech: Option<Mechanism>,
    /// Use the mechanism though the server does not offer it
    #[arg(long, requires = "mech")]
    force: bool,
    /// When to use TLS: by default `implicit` on port 465, else `if-offered`
    #[arg(long, value_enum, value_name = "WHEN", env = "SASLSCOPE_TLS")]
    tls: Option<Tls>,
    #[command(flatten)]
    conduct: Conduct,
    #[command(flatten)]
    provider: Provider,
    /// Who logs on: `user`, `DOMAIN\user` or `user@domain`
    #[arg(long, value_name = "USER", env = "SASLSCOPE_USER")]
    user: Option<String>,
    #[command(flatten)]
    password: Password,
    /// The password, and the user if none is given: as `$NETRC` or `~/.netrc` has them for that host
    #[arg(long, conflicts_with_all = ["password_file", "password_env"])]
    netrc: bool,
    /// The password is a bearer token: the OAuth mechanisms take it, and no others do
    #[arg(long)]
    bearer: bool,
    #[command(flatten)]
    trust: Trust,
    /// Log on without TLS even by a mechanism that bares a secret
    #[arg(long)]
    allow_plaintext: bool,
    /// What goes as a token of AUTH GSSAPI
    #[arg(long, value_enum, value_name = "WHAT", default_value_t)]
    under_gssapi: UnderGssapi,
    /// The service principal: by default as the persona has it, else `smtp/HOST`
    #[arg(long, value_name = "NAME")]
    spn: Option<String>,
    #[command(flatten)]
    binding: Binding,
    /// Whose habits the client has
    #[arg(long, value_enum, value_name = "PERSONA", default_value_t, ignore_case = true)]
    persona: ClientPersona,
    /// The name that it gives in EHLO
    #[arg(long, value_name = "NAME", default_value = "localhost")]
    name: String,
    /// How long the server may say nothing
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=86400))]
    timeout: u64,
    /// One thing that the client does wrong
    #[arg(long, value_name = "FAULT", value_parser = of(Party::Client))]
    fault: Option<Fault>,
    #[command(flatten)]
    holding: Holding,
    /// Don't keep a recording that nobody asked for
    #[arg(long)]
    no_autosave: bool,
}

/// Whom a client trusts, and what it presents, within TLS.
#[derive(clap::Args)]
pub(super) struct Trust {
    /// Trust the certificates of this file (PEM) instead of the system's
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Go on whatever certificate the server shows
    #[arg(long)]
    insecure: bool,
    /// Present this certificate if the server asks for one: a file with its key, too (PEM)
    #[arg(long, value_name = "FILE")]
    client_cert: Option<PathBuf>,
}

impl Trust {
    pub(super) fn tls(&self) -> Result<ClientTls, Failure> {
        let failed = |error: BadFile| Failure::usage(format!("reading {error}"));
        let mut tls = ClientTls::default();
        if let Some(file) = &self.ca {
            tls = tls.trusting(file).map_err(failed)?;
        }
        if let Some(file) = &self.client_cert {
            tls = tls.presenting(file).map_err(failed)?;
        }
        Ok(if self.insecure { tls.insecure() } else { tls })
    }
}

/// How a client behaves.
#[derive(clap::Args)]
pub(super) struct Conduct {
    /// How a GSSAPI exchange ends
    #[arg(long, value_enum, value_name = "MODE", default_value_t, env = "SASLSCOPE_LAYER")]
    pub(super) layer: LayerMode,
    /// When the first response goes with AUTH
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, env = "SASLSCOPE_IR")]
    pub(super) ir: Initial,
    /// How the client takes the prompts of LOGIN
    #[arg(long, value_enum, value_name = "HOW", default_value_t, env = "SASLSCOPE_PROMPTS")]
    pub(super) prompts: Prompts,
}

impl Arguments {
    pub(super) fn run(self, common: &Common, out: &mut Out) -> Result<Exit, Failure> {
        self.provider.check()?;
        let (address, tls) =
            Address::parse(&self.server, self.tls).map_err(|error| Failure::usage(error.to_string()))?;
        let setup = self.setup(&address, tls)?;
        let peer = address.to_string();
        let target = Target { tls: self.trust.tls()?, ..Target::new(address) };
        if screen::wanted(common) {
            let options = screen::options(self.holding.gate(screen::SEND), self.holding.stop, common)?;
            let options = Options { archive: options.archive.filter(|_| !self.no_autosave), ..options };
            let outcome = screen::run(Start::Client(Box::new(Dial { setup, target })), options)?;
            return screen::left(outcome, outcome::client);
        }
        let mut desk = Desk::new(out, common, !self.no_autosave);
        let recorder = match common.save.as_deref() {
            Some(path) => Some(save::create(path, &headers(Party::Client, &peer), common)?),
            None => desk.autosave(Party::Client, &peer)?,
        };
        let world = World::begin()?;
        let session = setup.session(chance::seed()?, chance::now());
        let link = world.drive.connect(target);
        let stepper = Stepper::new(self.holding.gate(Gate::default()));
        let mut exchange = Exchange::new(Live::new(session, link), stepper, &self.holding.stop);
        exchange.recorder = recorder;
        let exit = converse(&world, exchange, &mut desk);
        // What was said last is to arrive.
        world.drive.stop(Duration::from_millis(300));
        exit
    }

    fn setup(&self, address: &Address, tls: Tls) -> Result<ClientSetup, Failure> {
        let credential = if self.mech == Some(Mechanism::External) {
            // The certificate says who it is; a user is whom to act as (RFC 4422 appendix A).
            Credential { user: self.user.clone().unwrap_or_default(), password: Secret::from("") }
        } else {
            self.password.credential(self.user.as_deref(), &address.host, self.netrc)?
        };
        let mut setup = ClientSetup::new(&address.host, credential);
        setup.name.clone_from(&self.name);
        setup.mechanism = self.mech;
        setup.force = self.force;
        setup.initial = self.conduct.ir;
        setup.prompts = self.conduct.prompts;
        setup.layer = self.conduct.layer;
        setup.tls = tls;
        setup.allow_plaintext = self.allow_plaintext;
        setup.certificate = self.trust.client_cert.is_some();
        setup.persona = self.persona;
        setup.under_gssapi = self.under_gssapi;
        setup.spn.clone_from(&self.spn);
        (setup.channel_bindings, setup.allow_ntlmv1) = (self.binding.cb, self.binding.allow_ntlmv1);
        setup.bearer = self.bearer;
        setup.fault = self.fault;
        setup.patience = Micros(self.timeout * 1_000_000);
        Ok(setup)
    }
}

/// From the connection to its end.
fn converse(world: &World, mut exchange: Exchange, desk: &mut Desk<'_>) -> Result<Exit, Failure> {
    if let Some(exit) = exchange.converse(world, desk)? {
        return Ok(exit);
    }
    let Ending { stage, says } = exchange.live.session.ending();
    match outcome::stage(stage) {
        Exit::Clean => Ok(Exit::Clean),
        exit => Err(Failure { exit, text: says }),
    }
}

//! `saslscope client`: a client against a server, line by line.
//!
//! It prints steps as the lab does, in text or with `--json`, and ends after the verdict with QUIT. How it ended is the
//! exit code; where that is not 0, standard error says why. Standard input steps it ([`super::stepping`]) where
//! something is held.

use super::live::{Desk, Exchange, Happening, World, headers};
use super::out::Out;
use super::password::Password;
use super::stepping::{Holding, Said, Stepper};
use super::{Common, Exit, Failure, chance, outcome, save};
use crate::drive::{Address, Live, News, Target, What};
use crate::mech::Credential;
use crate::session::{ClientSetup, Ending, Gate, Initial, Input, LayerMode, Mechanism, Prompts, Tls};
use crate::terms::{Micros, Party};

/// Play the client against a server
#[derive(clap::Args)]
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
    /// Who logs on: `user`, `DOMAIN\user` or `user@domain`
    #[arg(long, value_name = "USER", env = "SASLSCOPE_USER")]
    user: Option<String>,
    #[command(flatten)]
    password: Password,
    /// The name that it gives in EHLO
    #[arg(long, value_name = "NAME", default_value = "localhost")]
    name: String,
    /// How long the server may say nothing
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=86400))]
    timeout: u64,
    #[command(flatten)]
    holding: Holding,
    /// Don't keep a recording that nobody asked for
    #[arg(long)]
    no_autosave: bool,
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
        let (address, tls) =
            Address::parse(&self.server, self.tls).map_err(|error| Failure::usage(error.to_string()))?;
        // What nobody asked for is not insisted on.
        let tls = if self.tls.is_none() && tls == Tls::StartTls { Tls::IfOffered } else { tls };
        let setup = self.setup(&address, tls)?;
        let peer = address.to_string();
        let mut desk = Desk::new(out, common, !self.no_autosave);
        let recorder = match common.save.as_deref() {
            Some(path) => Some(save::create(path, &headers(Party::Client, &peer), common)?),
            None => desk.autosave(Party::Client, &peer)?,
        };
        let world = World::begin()?;
        let session = setup.session(chance::seed()?, chance::now());
        let link = world.drive.connect(Target::new(address));
        let stepper = Stepper::new(self.holding.gate(Gate::default()));
        let mut exchange = Exchange::new(Live::new(session, link), stepper, &self.holding.stop);
        exchange.recorder = recorder;
        converse(&world, exchange, &mut desk)
    }

    fn setup(&self, address: &Address, tls: Tls) -> Result<ClientSetup, Failure> {
        let user = self.user.clone().ok_or_else(|| Failure::usage("the client has nobody to log on; use --user"))?;
        let password = self.password.of(&user)?;
        let mut setup = ClientSetup::new(&address.host, Credential { user, password });
        setup.name.clone_from(&self.name);
        setup.mechanism = self.mech;
        setup.force = self.force;
        setup.initial = self.conduct.ir;
        setup.prompts = self.conduct.prompts;
        setup.layer = self.conduct.layer;
        setup.tls = tls;
        setup.patience = Micros(self.timeout * 1_000_000);
        Ok(setup)
    }
}

/// From the connection to its end.
fn converse(world: &World, mut exchange: Exchange, desk: &mut Desk<'_>) -> Result<Exit, Failure> {
    let mut asked = false;
    for happening in &world.happenings {
        match happening {
            Happening::News(News { at, what: What::Input(input), .. }) => exchange.hear(at, input, desk)?,
            Happening::News(News { what: What::Failed(failure), .. }) => {
                return Err(Failure { exit: Exit::CannotConnect, text: failure.to_string() });
            }
            Happening::News(_) => {}
            Happening::Said(answer) => {
                asked = false;
                // What was held may be gone by now.
                if exchange.asks() {
                    match exchange.take(answer.as_deref()) {
                        Said::Do(input) => exchange.act(input, desk)?,
                        Said::Again(told) => desk.out.aside(&told)?,
                        Said::Quit => return Ok(Exit::Interrupted),
                    }
                }
            }
            Happening::Leave(_) => {
                exchange.act(Input::Leave, desk)?;
                return Ok(Exit::Interrupted);
            }
        }
        if exchange.live.session.ended() {
            break;
        }
        desk.out.flush()?;
        if exchange.asks() && !asked {
            asked = true;
            exchange.prompt(desk)?;
            world.ask();
        }
    }
    let Ending { stage, says } = Ending::of(exchange.live.session.transcript());
    match outcome::stage(stage) {
        Exit::Clean => Ok(Exit::Clean),
        exit => Err(Failure { exit, text: says }),
    }
}

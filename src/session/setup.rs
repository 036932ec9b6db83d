//! What a party is set up from, before a connection: a client, or a server with as many sessions as there come.

use super::client::Rules;
use super::gss::{ChannelBindings, UnderGssapi, embedded};
use super::persona::{ClientPersona, Habit, ServerPersona};
use super::{
    Again, Client, ContextOptions, Fault, Initial, LayerMode, Limits, Mechanism, Prompts, ScramOptions, Server,
    Session, fault,
};
use crate::mech::ntlm::NtlmOptions;
use crate::mech::spnego::SpnegoOptions;
use crate::mech::{Credential, Kit, User};
use crate::terms::{Micros, Party, Secret};
use std::sync::Arc;

/// When a client uses TLS, or what a server offers of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    /// Not at all.
    Never,
    /// STARTTLS (RFC 3207) where the server offers it; a client goes on without where it does not.
    #[default]
    IfOffered,
    /// STARTTLS; a client does not go on without.
    StartTls,
    /// Before the greeting (RFC 8314 section 3).
    Implicit,
}

/// A client to be.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools)] // Each is a switch of its own.
pub struct ClientSetup {
    /// The name that it gives in EHLO.
    pub name: String,
    /// The server's name, as the user gave it: for certificates and service principals.
    pub host: String,
    /// What it logs on with.
    pub credential: Credential,
    /// The mechanism that it uses; `None`: the best that is offered, then the next.
    pub mechanism: Option<Mechanism>,
    /// Whether it uses a mechanism that was not offered.
    pub force: bool,
    /// When its first response goes with the command.
    pub initial: Initial,
    /// How it takes LOGIN's prompts.
    pub prompts: Prompts,
    /// How a GSSAPI exchange ends.
    pub layer: LayerMode,
    /// What it means by GSSAPI.
    pub under_gssapi: UnderGssapi,
    /// The service principal name that it asks for, in NTLM's `MsvAvTargetName`; `None`: that of the persona.
    pub spn: Option<String>,
    /// Whether its response is tied to the TLS connection.
    pub channel_bindings: ChannelBindings,
    /// Whether it answers with `NTLMv1`, which is weak, where the server understands nothing else.
    pub allow_ntlmv1: bool,
    /// When it uses TLS.
    pub tls: Tls,
    /// Whether mechanisms that bare a secret are used without TLS (RFC 4954 section 4).
    pub allow_plaintext: bool,
    /// Whether it has a certificate to show, so that EXTERNAL is of use.
    pub certificate: bool,
    /// Whether its password is a bearer token, which the OAuth mechanisms take and no others do.
    pub bearer: bool,
    /// Whose habits it has.
    pub persona: ClientPersona,
    /// Whether its QUIT is held until the user lets it go.
    pub stay: bool,
    /// How long the server may say nothing (RFC 5321 section 4.5.3.2).
    pub patience: Micros,
    /// What it does wrong: a fault of its party.
    pub fault: Option<Fault>,
    /// What it says is what was said in a recording.
    pub again: Option<Arc<Again>>,
}

impl ClientSetup {
    /// A client of that server, with what holds where nobody says otherwise.
    #[must_use]
    pub fn new(host: &str, credential: Credential) -> Self {
        Self {
            name: "localhost".to_owned(),
            host: host.to_owned(),
            credential,
            mechanism: None,
            force: false,
            initial: Initial::default(),
            prompts: Prompts::default(),
            layer: LayerMode::default(),
            under_gssapi: UnderGssapi::default(),
            spn: None,
            channel_bindings: ChannelBindings::default(),
            allow_ntlmv1: false,
            tls: Tls::default(),
            allow_plaintext: false,
            certificate: false,
            bearer: false,
            persona: ClientPersona::default(),
            stay: false,
            patience: Micros(300_000_000),
            fault: None,
            again: None,
        }
    }

    /// A session of this client. `seed` is fresh for each; `now` is in 100 ns since 1601.
    #[must_use]
    pub fn session(&self, seed: [u8; 32], now: u64) -> Session {
        let mut kit =
            Kit { users: Vec::new(), credential: self.credential.clone(), seed, now, host: self.host.clone() };
        if self.fault == Some(Fault::WrongPassword) {
            kit.credential.password = Secret::from(fault::WRONG_PASSWORD);
        }
        // A host-based service name of the GSS-API is written with a slash where it is a principal.
        let usual = || self.persona.service_principal(&self.host).replacen('@', "/", 1);
        let target_name = Some(self.spn.clone().unwrap_or_else(usual));
        let ntlm = NtlmOptions { target_name, allow_v1: self.allow_ntlmv1, ..NtlmOptions::default() };
        let options = ContextOptions {
            spnego: SpnegoOptions { ntlm, ..SpnegoOptions::default() },
            under_gssapi: self.under_gssapi,
            channel_bindings: self.channel_bindings,
            ..ContextOptions::default()
        };
        let mechanism = self.mechanism.unwrap_or_default();
        let contexts = embedded(kit.clone(), Party::Client, options);
        let mut client = Client::new(&self.name, kit, mechanism, contexts);
        client.initial = self.initial;
        client.prompts = self.prompts;
        client.layer = self.layer;
        client.fault = self.fault;
        client.persona = self.persona;
        if self.layer == LayerMode::Auto && self.persona.quirk(Habit::LayerRequired).is_some() {
            client.layer = LayerMode::Rfc2222;
        }
        client.rules = Rules {
            only: self.mechanism,
            force: self.force,
            tls: self.tls,
            allow_plaintext: self.allow_plaintext,
            certificate: self.certificate,
            bearer: self.bearer,
            stay: self.stay,
        };
        let mut session = Session::new(Some(client), None);
        if self.tls == Tls::Implicit {
            session.use_implicit_tls();
        }
        session.set_patience(Some(self.patience));
        replay(&mut session, self.again.as_deref(), Party::Client);
        session
    }
}

/// A server to be: each connection is a session of its own.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools)] // Each is a switch of its own.
pub struct ServerSetup {
    /// Its name in greeting and EHLO reply.
    pub name: String,
    /// Whom it knows.
    pub users: Vec<User>,
    /// What it offers, in this order.
    pub mechanisms: Vec<Mechanism>,
    /// Whether mechanisms that bare a secret are offered without TLS (RFC 4954 section 4).
    pub allow_plaintext: bool,
    /// How it ends a GSSAPI exchange.
    pub layer: LayerMode,
    /// SCRAM: rounds and salts.
    pub scram: ScramOptions,
    /// Whether it refuses what .NET does beside RFC 2222 section 7.2, as Cyrus does: a second empty line, a length before
    /// the choice of layer; [`ServerPersona::Strict`] does so of itself.
    pub strict: bool,
    /// Whether responses have to be tied to the TLS connection.
    pub channel_bindings: ChannelBindings,
    /// Whether it takes `NTLMv1`, which is weak.
    pub allow_ntlmv1: bool,
    /// What it offers of TLS.
    pub tls: Tls,
    /// How long a client may say nothing (RFC 5321 section 4.5.3.2.7).
    pub patience: Micros,
    /// What it does wrong: a fault of its party.
    pub fault: Option<Fault>,
    /// What it says is what was said in a recording.
    pub again: Option<Arc<Again>>,
    /// Whose habits it has.
    pub persona: ServerPersona,
    /// Whether mail wants authentication (RFC 4954 section 6).
    pub require_auth: bool,
    /// After so many failed attempts it closes; none: never. RFC 4954 section 9 wants at least 3.
    pub failures_allowed: u32,
    /// The longest line that it takes, terminator included; `None`: the persona's (RFC 4954 section 4: at least 12,288).
    pub line_limit: Option<usize>,
    /// What of a client is kept.
    pub limits: Limits,
}

impl ServerSetup {
    /// A server that knows alice, whose password is wonderland.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let alice = User {
            name: "alice".to_owned(),
            password: Secret::from("wonderland"),
            token: Some(Secret::from("wonderland")),
            domain: None,
            disabled: false,
        };
        Self {
            name: name.to_owned(),
            users: vec![alice],
            mechanisms: Mechanism::ALL.to_vec(),
            allow_plaintext: false,
            layer: LayerMode::default(),
            scram: ScramOptions::default(),
            strict: false,
            channel_bindings: ChannelBindings::default(),
            allow_ntlmv1: false,
            tls: Tls::StartTls,
            patience: Micros(300_000_000),
            fault: None,
            again: None,
            persona: ServerPersona::default(),
            require_auth: true,
            failures_allowed: 3,
            line_limit: None,
            limits: Limits::default(),
        }
    }

    /// A session for one connection. `seed` is fresh for each; `now` is in 100 ns since 1601.
    #[must_use]
    pub fn session(&self, seed: [u8; 32], now: u64) -> Session {
        let credential = Credential { user: String::new(), password: Secret::from("") };
        let kit = Kit { users: self.users.clone(), credential, seed, now, host: self.name.clone() };
        let ntlm = NtlmOptions { allow_v1: self.allow_ntlmv1, ..NtlmOptions::default() };
        let options = ContextOptions {
            spnego: SpnegoOptions { ntlm, ..SpnegoOptions::default() },
            channel_bindings: self.channel_bindings,
            scram: self.scram,
            ..ContextOptions::default()
        };
        let contexts = embedded(kit.clone(), Party::Server, options);
        let mut server = Server::new(kit, contexts);
        server.mechanisms.clone_from(&self.mechanisms);
        server.layer = self.layer;
        server.persona = self.persona;
        server.allow_plaintext = self.allow_plaintext;
        server.as_if_tls = false;
        server.starttls = matches!(self.tls, Tls::IfOffered | Tls::StartTls);
        server.pipelining = true;
        server.require_auth = self.require_auth;
        server.failures_allowed = self.failures_allowed;
        server.fault = self.fault;
        server.strict = self.strict;
        let mut session = Session::new(None, Some(server));
        if self.tls == Tls::Implicit {
            session.use_implicit_tls();
        }
        session.set_patience(Some(self.patience));
        replay(&mut session, self.again.as_deref(), Party::Server);
        session.set_line_limit(Party::Client, self.line_limit.unwrap_or(self.persona.line_limit()));
        session.set_limits(Some(self.limits));
        session
    }
}

/// Plays `party` again, if that is wanted, and it says anything there.
fn replay(session: &mut Session, again: Option<&Again>, party: Party) {
    if let Some(Ok(replay)) = again.map(|again| again.replay(party)) {
        session.replay(replay);
    }
}

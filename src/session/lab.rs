//! The lab: both parties in one session, no sockets.

use super::gss::embedded;
use super::{Client, Effect, Fault, Gate, Initial, Input, LayerMode, Mechanism, Prompts, Server, Session, fault};
use crate::decode::Mech;
use crate::mech::ntlm::{NtlmOptions, flags};
use crate::mech::spnego::{MicPolicy, SpnegoOptions};
use crate::mech::{Credential, Kit, User};
use crate::terms::{Micros, Party, Secret};
use crate::transcript::What;

/// NTLM that signs and does not seal: the four octets of the security layer stay readable, as RFC 2222 section 7.2
/// means them.
fn in_clear() -> NtlmOptions {
    NtlmOptions { flags: flags::DEFAULT & !flags::SEAL, ..NtlmOptions::default() }
}

/// What stands for the 32 octets of tls-exporter.
const MADE_UP: &[u8; 32] = b"what a TLS connection would give";

/// What a lab is set up from.
#[derive(Clone, Debug)]
pub struct Lab {
    /// The mechanism that the client uses.
    pub mechanism: Mechanism,
    /// When its first response goes with the command.
    pub initial: Initial,
    /// How it takes LOGIN's prompts.
    pub prompts: Prompts,
    /// How a GSSAPI exchange ends.
    pub layer: LayerMode,
    /// SPNEGO: what the client offers, the most preferred first. Only NTLM runs here; another one first leads to
    /// request-mic.
    pub offer: Vec<Mech>,
    /// What goes wrong.
    pub fault: Option<Fault>,
    /// Whom the server knows; what the client logs on with.
    pub kit: Kit,
}

impl Lab {
    /// The lab as it stands ready: alice, whose password is wonderland, at server.example.com.
    #[must_use]
    pub fn new(seed: [u8; 32], now: u64) -> Self {
        let password = Secret::from("wonderland");
        let alice = User {
            name: "alice".to_owned(),
            token: Some(password.clone()),
            password: password.clone(),
            domain: None,
            disabled: false,
        };
        Self {
            mechanism: Mechanism::default(),
            initial: Initial::default(),
            prompts: Prompts::default(),
            layer: LayerMode::default(),
            offer: vec![Mech::Ntlmssp],
            fault: None,
            kit: Kit {
                users: vec![alice],
                credential: Credential { user: "alice".to_owned(), password },
                seed,
                now,
                host: "server.example.com".to_owned(),
            },
        }
    }

    /// A session that plays both parties.
    #[must_use]
    pub fn session(&self) -> Session {
        let mut kit = self.kit.clone();
        if self.fault == Some(Fault::WrongPassword) {
            kit.credential.password = Secret::from(fault::WRONG_PASSWORD);
        }
        // 235 can stand in place of the acceptor's last token only where that would have carried no MIC.
        let mic = if self.layer == LayerMode::Example { MicPolicy::Never } else { MicPolicy::Auto };
        let options = SpnegoOptions { mechs: self.offer.clone(), mic, ntlm: in_clear(), ..SpnegoOptions::default() };
        let contexts = embedded(kit.clone(), Party::Client, options);
        let fault = |party| self.fault.filter(|fault| fault.party() == party);
        let mut client = Client::new("client.example.com", kit, self.mechanism, contexts);
        // Prompts can be swapped only where both are asked for.
        client.initial = if self.fault == Some(Fault::SwappedPrompts) { Initial::Never } else { self.initial };
        client.prompts = self.prompts;
        client.layer = self.layer;
        client.fault = fault(Party::Client);

        let options = SpnegoOptions { mic, ..SpnegoOptions::default() };
        let contexts = embedded(self.kit.clone(), Party::Server, options);
        let mut server = Server::new(self.kit.clone(), contexts);
        if !server.mechanisms.contains(&self.mechanism) {
            server.mechanisms.push(self.mechanism);
        }
        server.layer = self.layer;
        server.fault = fault(Party::Server);
        let mut session = Session::new(Some(client), Some(server));
        if self.mechanism == Mechanism::External && self.fault != Some(Fault::WrongPassword) {
            // Without TLS there is no certificate: whom it would name is taken as given.
            session.bindings.identity.clone_from(&self.kit.credential.user);
        }
        if self.mechanism.binds() {
            session.bindings.exporter = MADE_UP.to_vec();
            session.push(What::Note("The lab has no TLS: both ends bind to octets that are made up.".to_owned()));
        }
        session
    }
}

impl Session {
    /// Takes an input and makes all calls on the spot: for embedded mechanisms, which never block.
    pub fn handle_here(&mut self, at: Micros, input: Input) {
        let mut effects = self.handle(at, input);
        while let Some(effect) = effects.pop() {
            if let Effect::Mech { epoch, mut context, call } = effect {
                let result = context.call(call).map(|answer| (context, answer));
                effects.extend(self.handle(at, Input::Mech { epoch, result }));
            }
        }
    }

    /// Plays to the end without holding; `tick` passes between two lines.
    pub fn play(&mut self, tick: Micros) {
        for party in Party::BOTH {
            self.set_gate(party, Gate { receive: false, send: true });
        }
        let mut at = Micros::default();
        self.handle_here(at, Input::Go { peer: "the lab".to_owned() });
        while self.held().is_some() {
            at.0 += tick.0;
            self.handle_here(at, Input::Release(None));
        }
    }
}

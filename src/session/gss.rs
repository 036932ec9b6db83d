//! The calls of RFC 2222 section 7.2, as both roles make them: one context, one call at a time.

use super::sasl::scram::{Hash, ScramOptions, scram};
use super::{Bindings, Decision, Mechanism};
use crate::mech::ntlm::{channel_bindings, ntlm};
use crate::mech::spnego::{SpnegoOptions, spnego};
use crate::mech::{Answer, Call, GssContext, Kit, MechError, major};
use crate::terms::Party;

/// Whether and how the security-layer step is made (MS-SSEAN section 2.2, RFC 2222 section 7.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LayerMode {
    /// A server does as [`LayerMode::Rfc2222`]; a client takes what comes.
    #[default]
    Auto,
    /// The acceptor's last token, the empty line, the offer, the choice, 235.
    Rfc2222,
    /// The acceptor's last token, the empty line, 235.
    Skip,
    /// 235 in place of the acceptor's last token, as MS-SSEAN section 4.1 prints it.
    Example,
}

/// Makes a fresh security context for an exchange of that mechanism, over a connection that is tied so.
pub type Contexts = Box<dyn FnMut(Mechanism, &Bindings) -> Box<dyn GssContext> + Send>;

/// What a client means by AUTH GSSAPI.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnderGssapi {
    /// SPNEGO (MS-SSEAN section 3.1.5.1).
    #[default]
    Spnego,
    /// NTLM's own messages in place of a NegTokenInit, which Windows and Cyrus take (MS-SPNG note 8).
    Ntlm,
}

/// Whether the response is tied to the TLS connection beneath (RFC 5056, RFC 5929; Extended Protection in Windows).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChannelBindings {
    /// No: a client sends none, a server does not look at any.
    None,
    /// Under TLS a client sends them, and a server verifies those that come.
    #[default]
    Allow,
    /// A client does not log on without, and a server lets nobody in without.
    Require,
}

/// How the contexts of a party behave.
#[derive(Clone, Debug, Default)]
pub struct ContextOptions {
    /// SPNEGO, and NTLM within.
    pub spnego: SpnegoOptions,
    /// SCRAM, as a server.
    pub scram: ScramOptions,
    /// What a client means by AUTH GSSAPI; a server takes both.
    pub under_gssapi: UnderGssapi,
    /// Whether NTLM, and SCRAM without -PLUS, mind what the connection has to be tied to.
    pub channel_bindings: ChannelBindings,
}

impl From<SpnegoOptions> for ContextOptions {
    fn from(spnego: SpnegoOptions) -> Self {
        Self { spnego, ..Self::default() }
    }
}

/// What the crate itself has: SPNEGO over NTLM, NTLM alone, SCRAM. A second exchange of the same connection has other
/// nonces.
#[must_use]
pub fn embedded(mut kit: Kit, party: Party, options: impl Into<ContextOptions>) -> Contexts {
    let ContextOptions { spnego: options, scram: salting, under_gssapi, channel_bindings: bound } = options.into();
    let seed = kit.seed;
    let mut exchanges = 0_u64;
    Box::new(move |mechanism, bindings| {
        kit.seed
            .iter_mut()
            .zip(seed)
            .zip(exchanges.to_le_bytes())
            .for_each(|((octet, seed), count)| *octet = seed ^ count);
        exchanges += 1;
        let mut options = options.clone();
        if bound != ChannelBindings::None && !bindings.server_end_point.is_empty() {
            options.ntlm.channel_bindings = Some(channel_bindings(&bindings.server_end_point));
        }
        options.ntlm.require_bindings = bound == ChannelBindings::Require;
        let bare = party == Party::Client && under_gssapi == UnderGssapi::Ntlm;
        match mechanism {
            Mechanism::Ntlm => ntlm(&kit, party, options.ntlm),
            Mechanism::Gssapi if bare => ntlm(&kit, party, options.ntlm),
            Mechanism::ScramSha256Plus | Mechanism::ScramSha256 => {
                scram(Hash::Sha256, mechanism.binds(), &kit, party, (bindings, bound), salting)
            }
            Mechanism::ScramSha1Plus | Mechanism::ScramSha1 => {
                scram(Hash::Sha1, mechanism.binds(), &kit, party, (bindings, bound), salting)
            }
            _ => spnego(&kit, party, options),
        }
    })
}

/// The offer and the choice "no layer": mask 1, size 0 (RFC 4752 section 3.1).
pub(super) const NO_LAYER: [u8; 4] = [0x01, 0x00, 0x00, 0x00];

/// A context with the call that is under way.
#[derive(Default)]
pub(super) struct Gss {
    context: Option<Box<dyn GssContext>>,
    answer: Option<Result<Answer, MechError>>,
    call: Option<&'static str>,
    /// The context is complete on this side.
    pub(super) complete: bool,
    /// What it has to remark and has not, and how much it has.
    remarks: Vec<String>,
    remarked: usize,
}

impl Gss {
    pub(super) fn new(context: Box<dyn GssContext>) -> Self {
        Self { context: Some(context), ..Self::default() }
    }

    /// Gives the call out. A context that is gone (its last call failed) ends the session.
    pub(super) fn ask(&mut self, call: Call) -> Decision {
        let Some(context) = self.context.take() else { return Decision::Close("the security context is gone") };
        self.call = Some(call.name());
        Decision::Call(context, call)
    }

    pub(super) fn take(&mut self, result: Result<(Box<dyn GssContext>, Answer), MechError>) {
        self.answer = Some(match result {
            Ok((context, answer)) => {
                self.complete |= matches!(answer, Answer::Stepped { complete: true, .. });
                self.remarks = context.facts().remarks.split_off(self.remarked);
                self.context = Some(context);
                Ok(answer)
            }
            Err(error) => Err(error),
        });
    }

    /// Gives a call up that is under way: its answer will come too late.
    pub(super) fn abandon(&mut self) {
        self.take(Err(MechError::new(major::FAILURE, "The call was given up: the user cancelled.")));
    }

    /// What a reader should know of the context; each once.
    pub(super) fn remark(&mut self) -> Option<String> {
        let first = (!self.remarks.is_empty()).then(|| self.remarks.remove(0))?;
        self.remarked += 1;
        Some(first)
    }

    /// The answer of the last call, with the call's name; once.
    pub(super) fn answered(&mut self) -> Option<(&'static str, Result<Answer, MechError>)> {
        Some((self.call?, self.answer.take()?))
    }

    /// Whether there is no context any more: its last call failed.
    pub(super) const fn is_gone(&self) -> bool {
        self.context.is_none()
    }

    /// The name of the authenticated initiator.
    pub(super) fn initiator(&self) -> Option<String> {
        self.context.as_ref()?.facts().initiator
    }
}

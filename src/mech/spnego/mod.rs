//! SPNEGO, both sides (RFC 4178, MS-SPNG): which mechanism, its tokens, and a MIC over the list that was offered.
//!
//! Stands on `decode` for reading and carries other contexts: NTLM of this crate, and whatever else is put inside,
//! each a `Box<dyn GssContext>`. Steered from outside: the order of the mechanisms, the optimistic token, the MIC.
//!
//! Limits: no reassembly of fragmented tokens (MS-SPNG section 3.1.5.6), no NEGOEX, reqFlags neither sent nor heeded.

mod client;
mod compose;
mod read;
mod server;
#[cfg(test)]
mod tests;

pub use client::SpnegoClient;
pub use server::SpnegoServer;

use super::ntlm::{NtlmOptions, ntlm};
use super::{Answer, Call, Facts, GssContext, Kit, MechError, initiates, major};
use crate::decode::{self, Hint, Kind, Mech, Reading};
use crate::terms::Party;
use compose::{NegState, Response};

/// How a negotiation is led.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools)] // Each is a choice of its own.
pub struct SpnegoOptions {
    /// What is offered, or taken, the most preferred first. One that has no context can be offered, not run.
    pub mechs: Vec<Mech>,
    /// The client sends the first token of its first mechanism along.
    pub optimistic: bool,
    /// What goes along where the client's first mechanism has no context.
    pub dummy: Option<Vec<u8>>,
    /// When mechListMICs are exchanged.
    pub mic: MicPolicy,
    /// The server answers an empty first token with `NegTokenInit2`.
    pub hints: bool,
    /// The server takes a first token of NTLM or Kerberos without SPNEGO around it.
    pub raw: bool,
    /// The server names 1.2.840.48018.1.2.2 where that is what the client offered (MS-SPNG section 3.2.5.2); otherwise
    /// 1.2.840.113554.1.2.2.
    pub echo: bool,
    /// How NTLM inside behaves.
    pub ntlm: NtlmOptions,
}

/// When mechListMICs are exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MicPolicy {
    /// As RFC 4178 section 5 demands, and where the AUTHENTICATE of NTLM carries a MIC (MS-SPNG note <8>).
    Auto,
    /// Always; the server asks for it with request-mic.
    Always,
    /// Never asked for, and never missed; one that comes is verified and answered.
    Never,
}

impl Default for SpnegoOptions {
    fn default() -> Self {
        Self {
            mechs: vec![Mech::Ntlmssp],
            optimistic: true,
            dummy: None,
            mic: MicPolicy::Auto,
            hints: true,
            raw: true,
            echo: true,
            ntlm: NtlmOptions::default(),
        }
    }
}

/// Contexts that can be run, each with its mechanism: what SPNEGO chooses from.
pub type Contexts = Vec<(Mech, Box<dyn GssContext>)>;

/// A context for that party, with the mechanisms that the crate itself has.
#[must_use]
pub fn spnego(kit: &Kit, party: Party, options: SpnegoOptions) -> Box<dyn GssContext> {
    if initiates(party) { Box::new(SpnegoClient::new(kit, options)) } else { Box::new(SpnegoServer::new(kit, options)) }
}

/// A context for each mechanism of `options.mechs` that the crate itself has: what [`SpnegoClient::with`] and
/// [`SpnegoServer::with`] take, others added.
#[must_use]
pub fn embedded(kit: &Kit, party: Party, options: &SpnegoOptions) -> Contexts {
    let inner = NtlmOptions { inside_spnego: true, ..options.ntlm.clone() };
    if options.mechs.contains(&Mech::Ntlmssp) { vec![(Mech::Ntlmssp, ntlm(kit, party, inner))] } else { Vec::new() }
}

/// Whether both identifiers name one mechanism: Kerberos has three (MS-SPNG section 3.1.5.1).
fn same(left: Mech, right: Mech) -> bool {
    let kerberos = |mech| matches!(mech, Mech::Kerberos | Mech::MsKerberos | Mech::OldKerberos);
    left == right || kerberos(left) && kerberos(right)
}

/// Whether the token is an AUTHENTICATE with a MIC.
fn has_ntlm_mic(token: &[u8], from: Party) -> bool {
    let tree = decode::decode(
        token,
        &Hint { from: Some(from), reading: Reading::Gss, mech: Some(Mech::Ntlmssp), sealed: false },
    );
    let mic = tree.find("MIC").filter(|_| tree.kind == Kind::Ntlm);
    mic.is_some_and(|mic| mic.content.of(token).iter().any(|&octet| octet != 0))
}

/// The mechanism that was chosen, and the exchange of MICs: alike on both sides (RFC 4178 section 5).
struct Chosen {
    context: Box<dyn GssContext>,
    /// `MechTypeList` exactly as the client sent it.
    list: Vec<u8>,
    mic_required: bool,
    mic_sent: bool,
    mic_received: bool,
}

/// What one turn of [`Chosen`] gave.
struct Turn {
    token: Option<Vec<u8>>,
    mic: Option<Vec<u8>>,
}

impl Chosen {
    fn new(context: Box<dyn GssContext>, list: Vec<u8>, mic_required: bool) -> Self {
        Self { context, list, mic_required, mic_sent: false, mic_received: false }
    }

    fn complete(&self) -> bool {
        self.context.facts().complete
    }

    /// Whether neither side owes the other a MIC.
    fn settled(&self) -> bool {
        self.complete() && (!self.mic_required || self.mic_sent && self.mic_received)
    }

    /// Hands the peer's token to the mechanism, verifies its MIC, and makes what is to be sent. `begins` where the
    /// mechanism is to be run without a token.
    fn turn(
        &mut self,
        received: (Option<&[u8]>, Option<&[u8]>),
        begins: bool,
        policy: MicPolicy,
        party: Party,
    ) -> Result<Turn, MechError> {
        let (token_in, mic_in) = received;
        // Windows 2000 repeats the token in place of a MIC.
        let mic_in = mic_in.filter(|mic| token_in != Some(*mic));
        let mut token = None;
        if !self.complete() && (token_in.is_some() || begins) {
            let Answer::Stepped { token: out, .. } = self.context.call(Call::Step(token_in.map(<[u8]>::to_vec)))?
            else {
                return Err(MechError::new(major::FAILURE, "The mechanism answered a step with something else."));
            };
            token = out.filter(|token| !token.is_empty());
        } else if token_in.is_some_and(|token| !token.is_empty()) {
            return Err(defective("The mechanism is complete, yet another token of it came."));
        }
        let carries = |token: Option<&[u8]>, from| token.is_some_and(|token| has_ntlm_mic(token, from));
        if policy == MicPolicy::Auto && (carries(token.as_deref(), party) || carries(token_in, party.peer())) {
            self.mic_required = true;
        }
        if self.complete() && !self.context.facts().integrity {
            self.mic_required = false;
        }

        if let Some(mic) = mic_in {
            if self.mic_received {
                return Err(defective("A second mechListMIC came."));
            }
            if !self.complete() {
                return Err(defective("A mechListMIC came before the mechanism was complete."));
            }
            let call = Call::VerifyMic { message: self.list.clone(), mic: mic.to_vec() };
            self.context.call(call).map_err(|error| MechError {
                text: format!(
                    "The mechListMIC is not valid, so the list of mechanisms may have been changed: {}",
                    error.text
                ),
                ..error
            })?;
            self.mic_received = true;
            self.mic_required = true;
        }
        let mut mic = None;
        if self.complete() && self.mic_required && !self.mic_sent {
            let Answer::Octets(octets) = self.context.call(Call::GetMic(self.list.clone()))? else {
                return Err(MechError::new(major::FAILURE, "The mechanism gave no MIC."));
            };
            self.mic_sent = true;
            mic = Some(octets);
        }
        Ok(Turn { token, mic })
    }

    /// Whoever sends the last token of the mechanism sends its MIC along: where `turn` has none, that was the peer.
    fn miss_mic(&self, turn: &Turn) -> Result<(), MechError> {
        if self.complete() && self.mic_required && !self.mic_received && turn.token.is_none() {
            return Err(defective("The mechListMIC is missing: it has to come with the last token of the mechanism."));
        }
        Ok(())
    }

    fn facts(&self, established: bool) -> Facts {
        Facts { complete: established, ..self.context.facts() }
    }
}

/// The error with a `NegTokenResp` that rejects, around the mechanism's own error token if there is one.
fn reject(error: MechError) -> MechError {
    let token =
        Response { state: Some(NegState::Reject), token: error.token.as_deref(), ..Response::default() }.compose();
    MechError { token: Some(token), ..error }
}

fn defective(text: impl Into<String>) -> MechError {
    MechError::new(major::DEFECTIVE_TOKEN, text)
}

fn failed() -> MechError {
    MechError::new(major::NO_CONTEXT, "The context has failed before, or is not complete.")
}

//! `NTLMv2`, both sides (MS-NLMP): NEGOTIATE, CHALLENGE, AUTHENTICATE, then signed or sealed messages.
//!
//! Stands on `decode` for reading and on `crypto` for digests. The client answers with `NTLMv2` only; the server knows
//! nothing else either, and says so to whoever comes with `NTLMv1`. It needs no domain: whom the server knows is in the
//! [`Kit`].
//!
//! Limits: no datagrams, no anonymous logon, no messages without extended session security, no delegation. The OEM
//! code page is ASCII.

mod client;
mod compose;
pub(crate) mod crypto;
mod established;
pub mod flags;
mod read;
mod server;
#[cfg(test)]
mod tests;

pub use client::NtlmClient;
pub use server::NtlmServer;

use super::{GssContext, Kit, initiates};
use crate::terms::Party;

/// How a context behaves, beyond what the [`Kit`] holds.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools)] // Each is a choice of its own.
pub struct NtlmOptions {
    /// What the client asks for and the server grants: bits of [`flags`].
    pub flags: u32,
    /// The server puts a time into its CHALLENGE, to which a client answers with a MIC.
    pub timestamp: bool,
    /// The client sends a MIC where the CHALLENGE has a time.
    pub mic: bool,
    /// The name of the service in the client's AV pairs; `smtp/` and the kit's host where there is none.
    pub target_name: Option<String>,
    /// MD5 of the channel bindings (RFC 2743 section 1.1.6, MS-NLMP section 3.1.5.1.2): the client sends it, the server
    /// compares it with what a client sends.
    pub channel_bindings: Option<[u8; 16]>,
    /// The client's name for its machine.
    pub workstation: String,
    /// A wrapped message is encrypted even where `NEGOTIATE_SEAL` was not agreed on, unless the peer's last was in
    /// clear: pyspnego and gss-ntlmssp 1.2 understand nothing else, Exchange does the opposite.
    pub always_seal: bool,
    /// SPNEGO runs the context: the first MIC of each direction is its mechListMIC, after which the cipher is where it
    /// was before (MS-SPNG sections 3.2.5.1 and 3.3.5.1).
    pub inside_spnego: bool,
}

impl Default for NtlmOptions {
    fn default() -> Self {
        Self {
            flags: flags::DEFAULT,
            timestamp: true,
            mic: true,
            target_name: None,
            channel_bindings: None,
            workstation: "SASLSCOPE".into(),
            always_seal: false,
            inside_spnego: false,
        }
    }
}

/// A context for that party.
#[must_use]
pub fn ntlm(kit: &Kit, party: Party, options: NtlmOptions) -> Box<dyn GssContext> {
    if initiates(party) { Box::new(NtlmClient::new(kit, options)) } else { Box::new(NtlmServer::new(kit, options)) }
}

/// NTSTATUS values (MS-ERREF section 2.3.1) that stand as minor status.
mod status {
    pub(super) const NO_SUCH_USER: u32 = 0xC000_0064;
    pub(super) const WRONG_PASSWORD: u32 = 0xC000_006A;
    pub(super) const LOGON_FAILURE: u32 = 0xC000_006D;
    pub(super) const ACCOUNT_DISABLED: u32 = 0xC000_0072;
    pub(super) const NTLM_BLOCKED: u32 = 0xC000_0418;
}

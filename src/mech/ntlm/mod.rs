//! NTLM, both sides (MS-NLMP): NEGOTIATE, CHALLENGE, AUTHENTICATE, then signed or sealed messages.
//!
//! Stands on `decode` for reading and on `crypto` for digests. Both sides mean `NTLMv2`; `NTLMv1` is refused, with the
//! reason, unless it is allowed, and then told to be weak. It needs no domain: whom the server knows is in the [`Kit`].
//!
//! Limits: no LM responses, no datagrams, no anonymous logon, no messages without extended session security, no
//! delegation. The OEM code page is ASCII.

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
    /// Without channel bindings that match nobody is let in, and nobody logs on.
    pub require_bindings: bool,
    /// The server takes `NTLMv1`, and the client answers with it where the server understands nothing else.
    pub allow_v1: bool,
    /// The client's name for its machine.
    pub workstation: String,
    /// The first wrapped message is encrypted even where `NEGOTIATE_SEAL` was not agreed on; those after it are as the
    /// peer's last. The server does so by itself for peers that understand nothing else and can be told by their Version
    /// (pyspnego, gss-ntlmssp 1.2); Exchange does the opposite.
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
            require_bindings: false,
            allow_v1: false,
            workstation: "SASLSCOPE".into(),
            always_seal: false,
            inside_spnego: false,
        }
    }
}

/// What [`NtlmOptions::channel_bindings`] is for a server's certificate of that hash: tls-server-end-point (RFC 5929
/// section 4).
#[must_use]
pub fn channel_bindings(end_point: &[u8]) -> [u8; 16] {
    crypto::channel_bindings(end_point)
}

/// A context for that party.
#[must_use]
pub fn ntlm(kit: &Kit, party: Party, options: NtlmOptions) -> Box<dyn GssContext> {
    if initiates(party) { Box::new(NtlmClient::new(kit, options)) } else { Box::new(NtlmServer::new(kit, options)) }
}

/// NTSTATUS values (MS-ERREF section 2.3.1) that stand as minor status.
pub(crate) mod status {
    pub(crate) const NO_SUCH_USER: u32 = 0xC000_0064;
    pub(crate) const WRONG_PASSWORD: u32 = 0xC000_006A;
    pub(crate) const LOGON_FAILURE: u32 = 0xC000_006D;
    pub(crate) const ACCOUNT_DISABLED: u32 = 0xC000_0072;
    pub(crate) const NTLM_BLOCKED: u32 = 0xC000_0418;
}

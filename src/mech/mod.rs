//! GSS-API mechanisms: the trait, embedded SPNEGO over embedded NTLM.
//!
//! Stands on `terms` and `decode`. A call may block and knows no socket; whoever drives runs it off the loop. Reads
//! through `decode` and refuses a tree that has problems. Nonces and times come in as values, so that an exchange is
//! byte-exact in a test.

mod nonce;
pub mod ntlm;
pub mod spnego;
#[cfg(test)]
mod testing;

pub(crate) use nonce::nonce;
pub(crate) use ntlm::crypto::hmac_md5;

use crate::terms::{Party, Secret};

/// One security context: the calls of RFC 2743 that SMTP AUTH needs (RFC 2222 section 7.2).
pub trait GssContext: Send {
    /// Makes one call. After an error of [`Call::Step`] the context is of no further use.
    ///
    /// # Errors
    /// The major and minor status with text, and the token that the peer should see all the same, if there is one.
    fn call(&mut self, call: Call) -> Result<Answer, MechError>;

    /// What is known of the context so far.
    fn facts(&self) -> Facts;
}

/// One call on a context.
#[derive(Clone, Debug)]
pub enum Call {
    /// `gss_init_sec_context` or `gss_accept_sec_context`, with the peer's token; `None` before the first.
    Step(Option<Vec<u8>>),
    /// `gss_wrap`.
    Wrap {
        /// Ask for confidentiality.
        sealed: bool,
        /// The message.
        message: Vec<u8>,
    },
    /// `gss_unwrap` of a token.
    Unwrap(Vec<u8>),
    /// `gss_get_mic` of a message.
    GetMic(Vec<u8>),
    /// `gss_verify_mic`.
    VerifyMic {
        /// The message.
        message: Vec<u8>,
        /// Its MIC.
        mic: Vec<u8>,
    },
}

impl Call {
    /// The name that a recording gives it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Step(_) => "step",
            Self::Wrap { .. } => "wrap",
            Self::Unwrap(_) => "unwrap",
            Self::GetMic(_) => "get_mic",
            Self::VerifyMic { .. } => "verify_mic",
        }
    }
}

/// What a call gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Of [`Call::Step`].
    Stepped {
        /// What to send to the peer; `None` where nothing is to be sent, which differs from an empty token.
        token: Option<Vec<u8>>,
        /// Whether the context is complete on this side.
        complete: bool,
    },
    /// Of [`Call::Wrap`]: the token; of [`Call::Unwrap`]: the message; of [`Call::GetMic`]: the MIC.
    Octets(Vec<u8>),
    /// Of [`Call::VerifyMic`]: it is valid.
    Verified,
}

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text} (major {major:#010x}, minor {minor:#010x})")]
pub struct MechError {
    /// The major status (RFC 2743 section 1.2.1.1), routine error in bits 16 to 23.
    pub major: u32,
    /// The mechanism's own status.
    pub minor: u32,
    /// Both in words: what was being done, what came, what to try.
    pub text: String,
    /// A token that the peer should see all the same: a reject, a KRB-ERROR.
    pub token: Option<Vec<u8>>,
}

impl MechError {
    /// An error with neither a minor status nor a token.
    #[must_use]
    pub fn new(major: u32, text: impl Into<String>) -> Self {
        Self { major, minor: 0, text: text.into(), token: None }
    }

    /// The same with the mechanism's own status.
    #[must_use]
    pub fn minor(self, minor: u32) -> Self {
        Self { minor, ..self }
    }
}

/// Major status values (RFC 2743 section 1.2.1.1, as RFC 2744 section 3.9.1 numbers them).
pub mod major {
    /// A mechanism that is not supported was asked for.
    pub const BAD_MECH: u32 = 1 << 16;
    /// Channel bindings do not match.
    pub const BAD_BINDINGS: u32 = 4 << 16;
    /// A token had an invalid signature.
    pub const BAD_MIC: u32 = 6 << 16;
    /// No credentials.
    pub const NO_CRED: u32 = 7 << 16;
    /// No context has been established.
    pub const NO_CONTEXT: u32 = 8 << 16;
    /// A token was invalid.
    pub const DEFECTIVE_TOKEN: u32 = 9 << 16;
    /// A credential was invalid.
    pub const DEFECTIVE_CREDENTIAL: u32 = 10 << 16;
    /// See the minor status.
    pub const FAILURE: u32 = 13 << 16;
    /// The operation is forbidden by local policy.
    pub const UNAUTHORIZED: u32 = 15 << 16;
    /// The operation is not available.
    pub const UNAVAILABLE: u32 = 16 << 16;
    /// The token repeats an earlier one (supplementary).
    pub const DUPLICATE_TOKEN: u32 = 1 << 1;
    /// An expected token was not received (supplementary).
    pub const GAP_TOKEN: u32 = 1 << 4;
}

/// What is known of a context.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // As GSS-API reports them, one flag each.
pub struct Facts {
    /// Whether it is complete.
    pub complete: bool,
    /// The initiator's name, `DOMAIN\user` or `user@REALM`, once authenticated.
    pub initiator: Option<String>,
    /// The acceptor's name.
    pub target: Option<String>,
    /// The mechanism in use, the inner one under SPNEGO.
    pub mech: Option<crate::decode::Mech>,
    /// Whether messages can be signed.
    pub integrity: bool,
    /// Whether messages can be sealed.
    pub confidentiality: bool,
    /// Whether the acceptor is authenticated too.
    pub mutual: bool,
    /// What a reader should know of how it came about: that a response is weak, what it is bound to.
    pub remarks: Vec<String>,
}

/// Somebody that a server knows.
#[derive(Clone, Debug)]
pub struct User {
    /// The name without domain.
    pub name: String,
    /// The password, UTF-8.
    pub password: Secret,
    /// The bearer token (XOAUTH2, OAUTHBEARER); who has none can't log on with one.
    pub token: Option<Secret>,
    /// The domain, if names are told apart by it.
    pub domain: Option<String>,
    /// Known but not let in.
    pub disabled: bool,
}

/// What a client logs on with.
#[derive(Clone, Debug)]
pub struct Credential {
    /// `user`, `DOMAIN\user` or `user@domain`.
    pub user: String,
    /// The password, UTF-8.
    pub password: Secret,
}

/// All that contexts are made from: whom a server knows, what a client logs on with, and the values that would
/// otherwise come from the machine (randomness, time), so that a whole exchange can be repeated byte for byte.
#[derive(Clone, Debug)]
pub struct Kit {
    /// Whom the server knows.
    pub users: Vec<User>,
    /// What the client logs on with.
    pub credential: Credential,
    /// Where all nonces and keys come from.
    pub seed: [u8; 32],
    /// The time, in 100 ns since 1601-01-01 (FILETIME), for NTLM's timestamps.
    pub now: u64,
    /// The server's name as the client knows it: `server.contoso.com`.
    pub host: String,
}

impl Kit {
    /// The time in seconds since 1970-01-01.
    pub(crate) const fn unix_seconds(&self) -> u64 {
        (self.now / 10_000_000).saturating_sub(11_644_473_600)
    }
}

/// Which side of a context is meant: the client initiates, the server accepts.
#[must_use]
pub const fn initiates(party: Party) -> bool {
    matches!(party, Party::Client)
}

//! The mechanisms that can be played, by their SASL names.

use crate::machine::Machine;
use std::fmt;
use std::str::FromStr;

/// A mechanism that both roles can play.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mechanism {
    /// AUTH GSSAPI: SPNEGO over NTLM (MS-SSEAN).
    #[default]
    Gssapi,
    /// AUTH GSS-SPNEGO: SPNEGO by its own name, over NTLM.
    GssSpnego,
    /// AUTH NTLM (MS-SMTPNTLM).
    Ntlm,
    /// AUTH LOGIN (MS-XLOGIN).
    Login,
    /// AUTH PLAIN (RFC 4616).
    Plain,
    /// AUTH CRAM-MD5 (RFC 2195).
    CramMd5,
    /// AUTH DIGEST-MD5 (RFC 2831).
    DigestMd5,
    /// AUTH EXTERNAL (RFC 4422 appendix A).
    External,
    /// AUTH XOAUTH2 (Google's description).
    Xoauth2,
    /// AUTH OAUTHBEARER (RFC 7628).
    Oauthbearer,
    /// AUTH SCRAM-SHA-256-PLUS (RFC 7677), bound to TLS.
    ScramSha256Plus,
    /// AUTH SCRAM-SHA-1-PLUS (RFC 5802), bound to TLS.
    ScramSha1Plus,
    /// AUTH SCRAM-SHA-256 (RFC 7677).
    ScramSha256,
    /// AUTH SCRAM-SHA-1 (RFC 5802).
    ScramSha1,
}

impl Mechanism {
    /// All, the strongest first: a client that may choose takes the first that is offered and that it has what it takes
    /// for. GSSAPI leads (MS-SSEAN section 3.1.5.1).
    pub const ALL: [Self; 14] = [
        Self::Gssapi,
        Self::GssSpnego,
        Self::External,
        Self::ScramSha256Plus,
        Self::ScramSha1Plus,
        Self::ScramSha256,
        Self::ScramSha1,
        Self::DigestMd5,
        Self::CramMd5,
        Self::Ntlm,
        Self::Oauthbearer,
        Self::Xoauth2,
        Self::Plain,
        Self::Login,
    ];

    /// Its table.
    pub(super) const fn machine(self) -> Machine {
        match self {
            Self::Gssapi => Machine::Gssapi,
            Self::GssSpnego => Machine::GssSpnego,
            Self::Ntlm => Machine::SmtpNtlm,
            Self::Login => Machine::Login,
            Self::Plain => Machine::Plain,
            Self::CramMd5 => Machine::CramMd5,
            Self::DigestMd5 => Machine::DigestMd5,
            Self::External => Machine::External,
            Self::Xoauth2 => Machine::Xoauth2,
            Self::Oauthbearer => Machine::Oauthbearer,
            Self::ScramSha256Plus | Self::ScramSha1Plus | Self::ScramSha256 | Self::ScramSha1 => Machine::Scram,
        }
    }

    /// The SASL name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gssapi => "GSSAPI",
            Self::GssSpnego => "GSS-SPNEGO",
            Self::Ntlm => "NTLM",
            Self::Login => "LOGIN",
            Self::Plain => "PLAIN",
            Self::CramMd5 => "CRAM-MD5",
            Self::DigestMd5 => "DIGEST-MD5",
            Self::External => "EXTERNAL",
            Self::Xoauth2 => "XOAUTH2",
            Self::Oauthbearer => "OAUTHBEARER",
            Self::ScramSha256Plus => "SCRAM-SHA-256-PLUS",
            Self::ScramSha1Plus => "SCRAM-SHA-1-PLUS",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha1 => "SCRAM-SHA-1",
        }
    }

    /// What it is, in a few words.
    #[must_use]
    pub const fn says(self) -> &'static str {
        match self {
            Self::Gssapi => "SPNEGO over NTLM (MS-SSEAN)",
            Self::GssSpnego => "SPNEGO over NTLM, without a security-layer step",
            Self::Ntlm => "NTLM's three messages (MS-SMTPNTLM)",
            Self::Login => "user name and password, each on a line (MS-XLOGIN)",
            Self::Plain => "user name and password in one message (RFC 4616)",
            Self::CramMd5 => "a digest over the server's challenge (RFC 2195)",
            Self::DigestMd5 => "digests over the nonces of both sides (RFC 2831)",
            Self::External => "the client's TLS certificate (RFC 4422 appendix A)",
            Self::Xoauth2 => "a bearer token, as Google has it",
            Self::Oauthbearer => "a bearer token (RFC 7628)",
            Self::ScramSha256Plus => "proofs of both sides, bound to TLS (RFC 7677)",
            Self::ScramSha1Plus => "proofs of both sides, bound to TLS (RFC 5802)",
            Self::ScramSha256 => "proofs of both sides, salted (RFC 7677)",
            Self::ScramSha1 => "proofs of both sides, salted (RFC 5802)",
        }
    }

    /// The same mechanism bound to TLS, if it has such a variant and is not that itself.
    #[must_use]
    pub const fn plus(self) -> Option<Self> {
        match self {
            Self::ScramSha256 => Some(Self::ScramSha256Plus),
            Self::ScramSha1 => Some(Self::ScramSha1Plus),
            _ => None,
        }
    }

    /// Whether it binds to TLS, so that it can be had nowhere else (RFC 5802 section 6).
    #[must_use]
    pub const fn binds(self) -> bool {
        matches!(self, Self::ScramSha256Plus | Self::ScramSha1Plus)
    }

    /// Whether whoever listens learns the password or a token that is as good, so that it belongs within TLS (RFC 4954
    /// section 4).
    #[must_use]
    pub const fn bares_secret(self) -> bool {
        matches!(self, Self::Login | Self::Plain | Self::Xoauth2 | Self::Oauthbearer)
    }

    /// Whether it makes no sense without TLS: it is bound to the connection beneath it, or shows a certificate (RFC 5802
    /// section 6, RFC 4422 appendix A).
    #[must_use]
    pub fn needs_tls(self) -> bool {
        self.binds() || self == Self::External
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Mechanism {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|known| known.name().eq_ignore_ascii_case(name));
        let names = Self::ALL.map(Self::name).join(", ");
        known.ok_or_else(|| format!("no mechanism `{name}` is played here; there are: {names}"))
    }
}

//! Whose GSS-API carries AUTH GSSAPI, and what ties it to the connection.

use super::{Exit, Failure};
use crate::session::ChannelBindings;
use clap::ValueEnum;
use std::path::PathBuf;

/// Whose GSS-API.
#[derive(clap::Args)]
pub(super) struct Provider {
    /// Whose GSS-API carries AUTH GSSAPI
    #[arg(long, value_enum, value_name = "WHOSE", default_value_t, env = "SASLSCOPE_GSS")]
    gss: Gss,
    /// The keys of the service, for the GSS-API of the system
    #[arg(long, value_name = "FILE", hide = true)]
    keytab: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Gss {
    /// Built in: SPNEGO over NTLM
    #[default]
    Embedded,
    /// The system's, with its Kerberos: not in this build
    System,
}

impl Provider {
    /// Whether this build has it.
    pub(super) fn check(&self) -> Result<(), Failure> {
        if self.gss == Gss::Embedded && self.keytab.is_none() {
            return Ok(());
        }
        let text = "this build has no GSS-API of the system, and so no Kerberos; --gss embedded plays SPNEGO over NTLM";
        Err(Failure { exit: Exit::Prerequisite, text: text.to_owned() })
    }
}

/// What ties an exchange to its connection, and how weak it may be.
#[derive(clap::Args)]
pub(super) struct Binding {
    /// Whether GSSAPI, GSS-SPNEGO and NTLM are tied to the TLS connection beneath (channel bindings; Extended Protection)
    #[arg(long, value_enum, value_name = "WHETHER", default_value_t)]
    pub(super) cb: ChannelBindings,
    /// Take `NTLMv1`, too, which is weak
    #[arg(long)]
    pub(super) allow_ntlmv1: bool,
}

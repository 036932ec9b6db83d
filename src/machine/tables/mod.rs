//! The tables themselves, one file a protocol. Every row is one sentence of a specification.

mod cram_md5;
mod digest_md5;
mod external;
mod gss_spnego;
mod gssapi;
mod kerberos;
mod krb5;
mod login;
mod ntlm;
mod oauthbearer;
mod plain;
mod scram;
mod smtp;
mod smtp_ntlm;
mod spnego;
mod xoauth2;

use super::row::{Machine, Table};
use crate::terms::Party;

/// The table of `machine` for `party`.
#[must_use]
pub fn table(machine: Machine, party: Party) -> &'static Table {
    let [client, server] = match machine {
        Machine::Smtp => &smtp::TABLES,
        Machine::Login => &login::TABLES,
        Machine::Plain => &plain::TABLES,
        Machine::CramMd5 => &cram_md5::TABLES,
        Machine::DigestMd5 => &digest_md5::TABLES,
        Machine::External => &external::TABLES,
        Machine::Xoauth2 => &xoauth2::TABLES,
        Machine::Oauthbearer => &oauthbearer::TABLES,
        Machine::Scram => &scram::TABLES,
        Machine::Gssapi => &gssapi::TABLES,
        Machine::Kerberos => &kerberos::TABLES,
        Machine::GssSpnego => &gss_spnego::TABLES,
        Machine::SmtpNtlm => &smtp_ntlm::TABLES,
        Machine::Spnego => &spnego::TABLES,
        Machine::Ntlm => &ntlm::TABLES,
        Machine::Krb5 => &krb5::TABLES,
    };
    match party {
        Party::Client => client,
        Party::Server => server,
    }
}

/// Writes a table. `[state, …]` declares the states, so that a misspelt one does not compile; the first is the start.
macro_rules! machine_table {
    (
        $machine:ident $party:ident [$start:ident $(, $state:ident)* $(,)?]
        runs { $( $within:ident : $runs:ident ),* $(,)? }
        $( $from:ident on $on:ident $(emit $emit:ident)? to $to:ident, $force:ident $doc:literal $section:literal, $says:literal; )+
    ) => {{
        #[allow(non_upper_case_globals)] // States are written as their specification writes them.
        mod state {
            use crate::machine::row::State;
            pub(super) const $start: State = State(stringify!($start));
            $( pub(super) const $state: State = State(stringify!($state)); )*
        }
        use crate::machine::row::{Force, Machine, Row, Runs, Signal, State, Table};
        use crate::terms::{Cite, Party};
        const RUNS: &[(State, Runs)] = &[ $( (state::$within, Runs::$runs) ),* ];
        Table {
            machine: Machine::$machine,
            party: Party::$party,
            start: state::$start,
            runs: RUNS,
            rows: &[ $( Row {
                from: state::$from,
                on: Signal::$on,
                emit: machine_table!(@emit $($emit)?),
                to: state::$to,
                force: Force::$force,
                cite: Cite::new($doc, $section),
                says: $says,
            } ),+ ],
        }
    }};
    (@emit) => { None };
    (@emit $emit:ident) => { Some(Signal::$emit) };
}
use machine_table;

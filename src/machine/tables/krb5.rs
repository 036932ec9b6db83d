//! Kerberos V5 within (RFC 4121 section 4.1).

use super::machine_table;
use crate::machine::row::Table;

pub(super) static TABLES: [Table; 2] = [CLIENT, SERVER];

const CLIENT: Table = machine_table! {
    Krb5 Client [Start, ApReqSent, Done, Failed]
    runs {}

    Start on Go emit ApReqMutual to ApReqSent, May "RFC 4121" "4.1", "The client shows its ticket in an AP-REQ, and asks the server to prove itself, too.";
    Start on Go emit ApReq to Done, May "RFC 4121" "4.1", "The client shows its ticket in an AP-REQ, and asks for no proof of the server.";
    ApReqSent on ApRep to Done, Must "RFC 4121" "4.1", "The AP-REP proves the server: only who could read the ticket can make it.";
    ApReqSent on KrbError to Failed, Must "RFC 4121" "4.1", "The KRB-ERROR says why the server does not take the ticket.";
};

const SERVER: Table = machine_table! {
    Krb5 Server [Start, Done, Failed]
    runs {}

    Start on ApReqMutual emit ApRep to Done, Must "RFC 4121" "4.1", "The ticket is good; the AP-REP proves that this server could read it.";
    Start on ApReqMutual emit KrbError to Failed, May "RFC 4121" "4.1", "The ticket is not good; the KRB-ERROR says why.";
    Start on ApReq to Done, Must "RFC 4121" "4.1", "The ticket is good, and no proof of the server was asked for: nothing is answered.";
};

//! Kerberos V5 within (RFC 4121 section 4.1).

use super::machine_table;
use crate::machine::row::Table;

pub(super) static TABLES: [Table; 2] = [CLIENT, SERVER];

const CLIENT: Table = machine_table! {
    Krb5 Client [Start, ApReqSent, Done, Failed]
    runs {}

    Start on Go emit ApReqMutual to ApReqSent, May "RFC 4121" "4.1", "AP-REQ with the ticket; an AP-REP is asked for.";
    Start on Go emit ApReq to Done, May "RFC 4121" "4.1", "AP-REQ with the ticket; no AP-REP is asked for.";
    ApReqSent on ApRep to Done, Must "RFC 4121" "4.1", "AP-REP proves the server.";
    ApReqSent on KrbError to Failed, Must "RFC 4121" "4.1", "KRB-ERROR says what is wrong.";
};

const SERVER: Table = machine_table! {
    Krb5 Server [Start, Done, Failed]
    runs {}

    Start on ApReqMutual emit ApRep to Done, Must "RFC 4121" "4.1", "The ticket is good; AP-REP proves the server.";
    Start on ApReqMutual emit KrbError to Failed, May "RFC 4121" "4.1", "The ticket is not good; KRB-ERROR says why.";
    Start on ApReq to Done, Must "RFC 4121" "4.1", "The ticket is good; nothing is answered.";
};

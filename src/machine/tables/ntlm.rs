//! NTLM within: three messages (MS-NLMP section 1.3.1.1).

use super::machine_table;
use crate::machine::row::Table;

pub(super) static TABLES: [Table; 2] = [CLIENT, SERVER];

const CLIENT: Table = machine_table! {
    Ntlm Client [Start, NegotiateSent, AuthenticateSent]
    runs {}

    Start on Go emit NtlmNegotiate to NegotiateSent, Must "MS-NLMP" "3.1.5.1.1", "NEGOTIATE_MESSAGE says what the client can do.";
    NegotiateSent on NtlmChallenge emit NtlmAuthenticate to AuthenticateSent, Must "MS-NLMP" "3.1.5.1.2", "AUTHENTICATE_MESSAGE proves the password over the server's challenge.";
    NegotiateSent on NtlmChallenge emit NtlmAuthenticateV1 to AuthenticateSent, Quirk "MS-NLMP" "3.3.1", "The response is NTLMv1 (24 octets) or LM, weak: whoever listens can find the hash of the password by trying.";
};

const SERVER: Table = machine_table! {
    Ntlm Server [Start, ChallengeSent, AuthenticateReceived]
    runs {}

    Start on NtlmNegotiate emit NtlmChallenge to ChallengeSent, Must "MS-NLMP" "3.2.5.1.1", "CHALLENGE_MESSAGE gives eight random octets, the server's names and the time.";
    ChallengeSent on NtlmAuthenticate to AuthenticateReceived, Must "MS-NLMP" "3.2.5.1.2", "The server computes the response itself, from what it knows of the password, and compares.";
};

//! AUTH EXTERNAL (RFC 4422 appendix A): who it is was shown by the client's certificate; here only whose rights it wants.

use super::machine_table;
use crate::machine::row::Table;

pub(super) static TABLES: [Table; 2] = [CLIENT, SERVER];

const CLIENT: Table = machine_table! {
    External Client [Choose, WaitEmpty, WaitFinal, Cancelling, Done, Failed]
    runs {}

    Choose on Go emit AuthExternalEmpty to WaitFinal, May "RFC 4954" "4", "No identity, which is = in a command: the server takes whom the certificate names.";
    Choose on Go emit AuthExternalAuthzid to WaitFinal, May "RFC 4422" "A.1", "The client says with the command whose rights it wants.";
    Choose on Go emit AuthExternal to WaitEmpty, May "RFC 4954" "4", "The identity may wait for the empty challenge.";
    WaitEmpty on EmptyChallenge emit EmptyResponse to WaitFinal, May "RFC 4422" "A.1", "No identity: the server takes whom the certificate names.";
    WaitEmpty on EmptyChallenge emit ExternalAuthzid to WaitFinal, May "RFC 4422" "A.1", "The client says whose rights it wants.";
    WaitEmpty on OtherChallenge emit EmptyResponse to WaitFinal, May "RFC 4954" "4", "Where the client speaks first the challenge says nothing, whatever stands in it.";
    WaitEmpty on OtherChallenge emit ExternalAuthzid to WaitFinal, May "RFC 4954" "4", "Where the client speaks first the challenge says nothing, whatever stands in it.";
    WaitFinal on OtherChallenge emit Cancel to Cancelling, Should "RFC 4422" "A.1", "The mechanism has one message, and that is sent: a challenge behind it can't be answered.";
    WaitFinal on EmptyChallenge emit Cancel to Cancelling, Should "RFC 4422" "A.1", "The mechanism has one message, and that is sent: a challenge behind it can't be answered.";
    WaitFinal on Success to Done, Must "RFC 4954" "6", "235: the client has the rights that it wanted.";
    WaitFinal on CredentialsInvalid to Failed, Must "RFC 4954" "6", "535: there is no certificate, or not one for these rights.";
    Cancelling on Refusal to Failed, Must "RFC 4954" "4", "The server ends the exchange that the client has cancelled.";
};

const SERVER: Table = machine_table! {
    External Server [Ready, WaitAuthzid, Done, Failed]
    runs {}

    Ready on AuthExternal emit EmptyChallenge to WaitAuthzid, Must "RFC 4954" "4", "The client speaks first, so the challenge is empty.";
    Ready on AuthExternal emit OtherChallenge to WaitAuthzid, MustNot "RFC 4954" "4", "The client speaks first, so the challenge must be empty.";
    Ready on AuthExternalEmpty emit Success to Done, Must "RFC 4422" "A.1", "The certificate names a user whom the server knows: 235.";
    Ready on AuthExternalEmpty emit CredentialsInvalid to Failed, Must "RFC 4422" "A.1", "The client has shown no certificate, or one that names nobody known here: 535.";
    Ready on AuthExternalAuthzid emit Success to Done, Must "RFC 4422" "A.1", "Whom the certificate names may act as whom the client wants to be: 235.";
    Ready on AuthExternalAuthzid emit CredentialsInvalid to Failed, Must "RFC 4422" "A.1", "There is no certificate, or whom it names may not act as that user: 535.";
    WaitAuthzid on EmptyResponse emit Success to Done, Must "RFC 4422" "A.1", "The certificate names a user whom the server knows: 235.";
    WaitAuthzid on EmptyResponse emit CredentialsInvalid to Failed, Must "RFC 4422" "A.1", "The client has shown no certificate, or one that names nobody known here: 535.";
    WaitAuthzid on ExternalAuthzid emit Success to Done, Must "RFC 4422" "A.1", "Whom the certificate names may act as whom the client wants to be: 235.";
    WaitAuthzid on ExternalAuthzid emit CredentialsInvalid to Failed, Must "RFC 4422" "A.1", "There is no certificate, or whom it names may not act as that user: 535.";
};

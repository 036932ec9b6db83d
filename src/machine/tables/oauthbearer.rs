//! AUTH OAUTHBEARER (RFC 7628): a bearer token in one message; an error comes as a challenge.

use super::machine_table;
use crate::machine::row::Table;

pub(super) static TABLES: [Table; 2] = [CLIENT, SERVER];

const CLIENT: Table = machine_table! {
    Oauthbearer Client [Choose, WaitEmpty, WaitFinal, ErrorAnswered, Cancelling, Done, Failed]
    runs {}

    Choose on Go emit AuthOauthbearerMessage to WaitFinal, May "RFC 7628" "3.1", "The message with the token goes with the command.";
    Choose on Go emit AuthOauthbearer to WaitEmpty, May "RFC 4954" "4", "The message may wait for the empty challenge, and must where the line would pass 512 octets.";
    WaitEmpty on EmptyChallenge emit OauthbearerMessage to WaitFinal, Must "RFC 7628" "3.1", "The message: whose rights are wanted, and the bearer token.";
    WaitEmpty on OtherChallenge emit OauthbearerMessage to WaitFinal, May "RFC 4954" "4", "Where the client speaks first the challenge says nothing, whatever stands in it.";
    WaitFinal on OauthErrorChallenge emit ControlAResponse to ErrorAnswered, Must "RFC 7628" "3.2.3", "An octet of 01 answers the error, so that the server can refuse.";
    WaitFinal on OauthErrorChallenge emit EmptyResponse to ErrorAnswered, Quirk "Google XOAUTH2" "Error Response", "An empty line, as XOAUTH2 has it, in place of the octet 01.";
    WaitFinal on OauthErrorChallenge emit Cancel to Cancelling, May "RFC 7628" "3.2.3", "The client may cancel in place of answering the error.";
    WaitFinal on OtherChallenge emit Cancel to Cancelling, Should "RFC 7628" "3.2.3", "The message is sent: a challenge behind it that is no error can't be answered.";
    WaitFinal on EmptyChallenge emit Cancel to Cancelling, Should "RFC 7628" "3.2.3", "The message is sent: a challenge behind it that is no error can't be answered.";
    WaitFinal on Success to Done, Must "RFC 4954" "6", "235: the token is good.";
    WaitFinal on CredentialsInvalid to Failed, Must "RFC 4954" "6", "535: the token is not good.";
    ErrorAnswered on CredentialsInvalid to Failed, Must "RFC 4954" "6", "535: the error is read, and the exchange ends.";
    Cancelling on Refusal to Failed, Must "RFC 4954" "4", "The server ends the exchange that the client has cancelled.";
};

const SERVER: Table = machine_table! {
    Oauthbearer Server [Ready, WaitMessage, ErrorSent, Done, Failed]
    runs {}

    Ready on AuthOauthbearer emit EmptyChallenge to WaitMessage, Must "RFC 4954" "4", "The client speaks first, so the challenge is empty.";
    Ready on AuthOauthbearer emit OtherChallenge to WaitMessage, MustNot "RFC 4954" "4", "The client speaks first, so the challenge must be empty.";
    Ready on AuthOauthbearerMessage emit Success to Done, Must "RFC 7628" "3.2.1", "The token is good, and it gives the rights that are wanted: 235.";
    Ready on AuthOauthbearerMessage emit OauthErrorChallenge to ErrorSent, Must "RFC 7628" "3.2.2", "The token is not good: why is told in JSON, as a challenge.";
    Ready on AuthOauthbearerMessage emit CredentialsInvalid to Failed, Quirk "RFC 7628" "3.2.2", "The token is not good, and the error that would tell why is left out: 535 at once.";
    WaitMessage on OauthbearerMessage emit Success to Done, Must "RFC 7628" "3.2.1", "The token is good, and it gives the rights that are wanted: 235.";
    WaitMessage on OauthbearerMessage emit OauthErrorChallenge to ErrorSent, Must "RFC 7628" "3.2.2", "The token is not good: why is told in JSON, as a challenge.";
    WaitMessage on OauthbearerMessage emit CredentialsInvalid to Failed, Quirk "RFC 7628" "3.2.2", "The token is not good, and the error that would tell why is left out: 535 at once.";
    WaitMessage on EmptyResponse emit CredentialsInvalid to Failed, May "RFC 4954" "6", "An empty line holds no token: 535.";
    ErrorSent on ControlAResponse emit CredentialsInvalid to Failed, Must "RFC 7628" "3.2.3", "The client has read the error: 535.";
    ErrorSent on EmptyResponse emit CredentialsInvalid to Failed, May "Google XOAUTH2" "Error Response", "The client has read the error and says so in the way of XOAUTH2: 535.";
    ErrorSent on OauthbearerMessage emit CredentialsInvalid to Failed, Must "RFC 7628" "3.2.3", "Whatever answers the error, the exchange fails: 535.";
    ErrorSent on ControlAResponse emit Success to Done, MustNot "RFC 7628" "3.2.3", "Behind the error there is no success.";
};

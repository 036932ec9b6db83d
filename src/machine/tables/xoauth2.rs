//! AUTH XOAUTH2, as Google describes it: user name and bearer token in one message; an error comes as a challenge.

use super::machine_table;
use crate::machine::row::Table;

pub(super) static TABLES: [Table; 2] = [CLIENT, SERVER];

const CLIENT: Table = machine_table! {
    Xoauth2 Client [Choose, WaitEmpty, WaitFinal, ErrorAnswered, Cancelling, Done, Failed]
    runs {}

    Choose on Go emit AuthXoauth2Message to WaitFinal, May "Google XOAUTH2" "SMTP Protocol Exchange", "User name and token go with the command.";
    Choose on Go emit AuthXoauth2 to WaitEmpty, May "RFC 4954" "4", "The message may wait for the empty challenge, and must where the line would pass 512 octets.";
    WaitEmpty on EmptyChallenge emit Xoauth2Message to WaitFinal, Must "Google XOAUTH2" "Initial Client Response", "The message: user name and bearer token.";
    WaitEmpty on OtherChallenge emit Xoauth2Message to WaitFinal, May "RFC 4954" "4", "Where the client speaks first the challenge says nothing, whatever stands in it.";
    WaitFinal on OauthErrorChallenge emit EmptyResponse to ErrorAnswered, Must "Google XOAUTH2" "Error Response", "An empty line answers the error, so that the server can refuse.";
    WaitFinal on OauthErrorChallenge emit ControlAResponse to ErrorAnswered, Quirk "curl" "lib/curl_sasl.c", "An octet of 01, as OAUTHBEARER has it, in place of the empty line.";
    WaitFinal on OauthErrorChallenge emit Cancel to Cancelling, May "RFC 4954" "4", "A client may give up at any challenge, the error included.";
    WaitFinal on OtherChallenge emit Cancel to Cancelling, Should "Google XOAUTH2" "Error Response", "The message is sent: a challenge behind it that is no error can't be answered.";
    WaitFinal on EmptyChallenge emit Cancel to Cancelling, Should "Google XOAUTH2" "Error Response", "The message is sent: a challenge behind it that is no error can't be answered.";
    WaitFinal on Success to Done, Must "RFC 4954" "6", "235: the token is good.";
    WaitFinal on CredentialsInvalid to Failed, Must "RFC 4954" "6", "535: the token is not good.";
    ErrorAnswered on CredentialsInvalid to Failed, Must "RFC 4954" "6", "535: the error is read, and the exchange ends.";
    Cancelling on Refusal to Failed, Must "RFC 4954" "4", "The server ends the exchange that the client has cancelled.";
};

const SERVER: Table = machine_table! {
    Xoauth2 Server [Ready, WaitMessage, ErrorSent, Done, Failed]
    runs {}

    Ready on AuthXoauth2 emit EmptyChallenge to WaitMessage, Must "RFC 4954" "4", "The client speaks first, so the challenge is empty.";
    Ready on AuthXoauth2 emit OtherChallenge to WaitMessage, MustNot "RFC 4954" "4", "The client speaks first, so the challenge must be empty.";
    Ready on AuthXoauth2Message emit Success to Done, Must "Google XOAUTH2" "SMTP Protocol Exchange", "The token is good, and it is this user's: 235.";
    Ready on AuthXoauth2Message emit OauthErrorChallenge to ErrorSent, Must "Google XOAUTH2" "Error Response", "The token is not good: why is told in JSON, as a challenge.";
    Ready on AuthXoauth2Message emit CredentialsInvalid to Failed, Quirk "Exchange Online" "", "The token is not good, and why is not told: 535 at once.";
    WaitMessage on Xoauth2Message emit Success to Done, Must "Google XOAUTH2" "SMTP Protocol Exchange", "The token is good, and it is this user's: 235.";
    WaitMessage on Xoauth2Message emit OauthErrorChallenge to ErrorSent, Must "Google XOAUTH2" "Error Response", "The token is not good: why is told in JSON, as a challenge.";
    WaitMessage on Xoauth2Message emit CredentialsInvalid to Failed, Quirk "Exchange Online" "", "The token is not good, and why is not told: 535 at once.";
    WaitMessage on EmptyResponse emit CredentialsInvalid to Failed, May "RFC 4954" "6", "An empty line holds no token: 535.";
    ErrorSent on EmptyResponse emit CredentialsInvalid to Failed, Must "Google XOAUTH2" "SMTP Protocol Exchange", "The client has read the error: 535.";
    ErrorSent on ControlAResponse emit CredentialsInvalid to Failed, May "RFC 7628" "3.2.3", "The client has read the error and says so in the way of OAUTHBEARER: 535.";
    ErrorSent on Xoauth2Message emit CredentialsInvalid to Failed, Must "Google XOAUTH2" "Error Response", "Whatever answers the error, the exchange fails: 535.";
    ErrorSent on EmptyResponse emit Success to Done, MustNot "Google XOAUTH2" "Error Response", "Behind the error there is no success.";
};

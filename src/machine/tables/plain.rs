//! AUTH PLAIN (RFC 4616 section 2): one message, with the command or on a line of its own.

use super::machine_table;
use crate::machine::row::Table;

pub(super) static TABLES: [Table; 2] = [CLIENT, SERVER];

const CLIENT: Table = machine_table! {
    Plain Client [Choose, WaitEmpty, WaitFinal, Cancelling, Done, Failed]
    runs {}

    Choose on Go emit AuthPlainMessage to WaitFinal, May "RFC 4954" "4", "The client speaks first, so its message may go with the command.";
    Choose on Go emit AuthPlain to WaitEmpty, May "RFC 4954" "4", "The message may wait for the empty challenge, and must where the line would pass 512 octets.";
    WaitEmpty on EmptyChallenge emit PlainMessage to WaitFinal, Must "RFC 4616" "2", "The message: whose rights, who, and the password.";
    WaitEmpty on OtherChallenge emit PlainMessage to WaitFinal, May "RFC 4954" "4", "Where the client speaks first the challenge says nothing, whatever stands in it.";
    WaitFinal on OtherChallenge emit Cancel to Cancelling, Should "RFC 4616" "2", "The mechanism has one message, and that is sent: a challenge behind it can't be answered.";
    WaitFinal on EmptyChallenge emit Cancel to Cancelling, Should "RFC 4616" "2", "The mechanism has one message, and that is sent: a challenge behind it can't be answered.";
    WaitFinal on Success to Done, Must "RFC 4954" "6", "235: user name and password are good.";
    WaitFinal on CredentialsInvalid to Failed, Must "RFC 4954" "6", "535: user name or password is not good.";
    Cancelling on Refusal to Failed, Must "RFC 4954" "4", "The server ends the exchange that the client has cancelled.";
};

const SERVER: Table = machine_table! {
    Plain Server [Ready, WaitMessage, Done, Failed]
    runs {}

    Ready on AuthPlain emit EmptyChallenge to WaitMessage, Must "RFC 4954" "4", "The client speaks first, so the challenge is empty.";
    Ready on AuthPlain emit OtherChallenge to WaitMessage, MustNot "RFC 4954" "4", "The client speaks first, so the challenge must be empty.";
    Ready on AuthPlainMessage emit Success to Done, Must "RFC 4616" "2", "User name and password are good, and the client may act as whom it names.";
    Ready on AuthPlainMessage emit CredentialsInvalid to Failed, Must "RFC 4616" "2", "User name or password is not good, or the client may not act as whom it names.";
    WaitMessage on PlainMessage emit Success to Done, Must "RFC 4616" "2", "User name and password are good, and the client may act as whom it names.";
    WaitMessage on PlainMessage emit CredentialsInvalid to Failed, Must "RFC 4616" "2", "User name or password is not good, or the client may not act as whom it names.";
};

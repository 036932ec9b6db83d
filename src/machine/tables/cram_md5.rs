//! AUTH CRAM-MD5 (RFC 2195 section 2): the server's challenge, the client's digest over it.

use super::machine_table;
use crate::machine::row::Table;

pub(super) static TABLES: [Table; 2] = [CLIENT, SERVER];

const CLIENT: Table = machine_table! {
    CramMd5 Client [Choose, WaitChallenge, WaitFinal, Cancelling, Done, Failed]
    runs {}

    Choose on Go emit AuthCramMd5 to WaitChallenge, Must "RFC 2195" "2", "The server speaks first, so the command goes alone.";
    Choose on Go emit AuthCramMd5InitialResponse to WaitChallenge, MustNot "RFC 4954" "4", "Where the server speaks first there is nothing that an initial response could answer.";
    WaitChallenge on CramMd5Challenge emit CramMd5Response to WaitFinal, Must "RFC 2195" "2", "User name and HMAC-MD5 over the challenge, with the password as key.";
    WaitChallenge on CramMd5Challenge emit Cancel to Cancelling, May "RFC 4954" "4", "A client may give up at any challenge, for instance since it has no password.";
    WaitChallenge on OtherChallenge emit CramMd5Response to WaitFinal, Quirk "curl" "lib/curl_sasl.c", "The digest is made over whatever octets came, msg-id or not.";
    WaitChallenge on OtherChallenge emit Cancel to Cancelling, Should "RFC 2195" "2", "A challenge that is no msg-id may be made to have something signed, so the client cancels.";
    WaitChallenge on EmptyChallenge emit Cancel to Cancelling, Should "RFC 2195" "2", "Over an empty challenge there is nothing to make a digest that is good only once.";
    WaitChallenge on ParameterSyntaxError to Failed, Must "RFC 4954" "4", "501: the server does not take an initial response where it speaks first.";
    WaitFinal on CramMd5Challenge emit Cancel to Cancelling, Should "RFC 2195" "2", "The mechanism has one challenge, and that is answered: another can't be.";
    WaitFinal on OtherChallenge emit Cancel to Cancelling, Should "RFC 2195" "2", "The mechanism has one challenge, and that is answered: another can't be.";
    WaitFinal on EmptyChallenge emit Cancel to Cancelling, Should "RFC 2195" "2", "The mechanism has one challenge, and that is answered: another can't be.";
    WaitFinal on Success to Done, Must "RFC 4954" "6", "235: the server has made the same digest.";
    WaitFinal on CredentialsInvalid to Failed, Must "RFC 4954" "6", "535: user name or digest is not good.";
    Cancelling on Refusal to Failed, Must "RFC 4954" "4", "The server ends the exchange that the client has cancelled.";
};

const SERVER: Table = machine_table! {
    CramMd5 Server [Ready, ChallengeSent, Done, Failed]
    runs {}

    Ready on AuthCramMd5 emit CramMd5Challenge to ChallengeSent, Must "RFC 2195" "2", "Random digits, a time and the server's host name, in the form of a msg-id.";
    Ready on AuthCramMd5 emit OtherChallenge to ChallengeSent, MustNot "RFC 2195" "2", "The challenge must have the form of a msg-id, which this one has not.";
    Ready on AuthCramMd5 emit EmptyChallenge to ChallengeSent, MustNot "RFC 2195" "2", "The challenge must not be empty, since the server speaks first.";
    Ready on AuthCramMd5InitialResponse emit ParameterSyntaxError to Failed, Must "RFC 4954" "4", "501: where the server speaks first it must refuse an initial response.";
    Ready on AuthCramMd5InitialResponse emit Refusal to Failed, Quirk "Exim" "src/smtp_in.c", "Exim says 553 to an initial response that it does not expect.";
    Ready on AuthCramMd5InitialResponse emit CramMd5Challenge to ChallengeSent, MustNot "RFC 4954" "4", "The initial response must be refused, though some servers pass it over and send their challenge.";
    ChallengeSent on CramMd5Response emit Success to Done, Must "RFC 2195" "2", "The server has made the same digest: 235.";
    ChallengeSent on CramMd5Response emit CredentialsInvalid to Failed, Must "RFC 2195" "2", "The server knows no such user, or has made another digest: 535.";
    ChallengeSent on EmptyResponse emit CredentialsInvalid to Failed, Must "RFC 2195" "2", "An empty line holds neither name nor digest: 535.";
};

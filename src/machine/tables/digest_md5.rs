//! AUTH DIGEST-MD5 (RFC 2831): challenge, digest, the server's own digest, the empty line that lets it say 235.
//!
//! Whether an initial response is from a client that remembers an earlier exchange (section 2.2) or from one that does
//! not know the mechanism, only the server can tell.

use super::machine_table;
use crate::machine::row::Table;

pub(super) static TABLES: [Table; 2] = [CLIENT, SERVER];

const CLIENT: Table = machine_table! {
    DigestMd5 Client [Choose, WaitChallenge, WaitRspauth, WaitFinal, Cancelling, Done, Failed]
    runs {}

    Choose on Go emit AuthDigestMd5 to WaitChallenge, Must "RFC 2831" "2.1", "The server speaks first, so the command goes alone.";
    Choose on Go emit AuthDigestMd5Response to WaitRspauth, May "RFC 2831" "2.2.1", "A client that was here before answers the challenge of then once more, with the next nc.";
    WaitChallenge on DigestChallenge emit DigestResponse to WaitRspauth, Must "RFC 2831" "2.1.2", "User name, a nonce of the client's own, and the digest that proves the password.";
    WaitChallenge on DigestChallenge emit Cancel to Cancelling, May "RFC 2831" "2.1.1", "A client that has none of what the challenge offers, such as its qop, gives up.";
    WaitChallenge on OtherChallenge emit Cancel to Cancelling, Must "RFC 2831" "2.1.1", "A challenge that does not have exactly one nonce is not answered.";
    WaitChallenge on EmptyChallenge emit Cancel to Cancelling, Must "RFC 2831" "2.1.1", "A challenge without a nonce is not answered.";
    WaitRspauth on RspauthChallenge emit EmptyResponse to WaitFinal, Must "RFC 2831" "2.1.3", "The digest of the server is the one that the client has made, so an empty line lets it say 235.";
    WaitRspauth on RspauthChallenge emit Cancel to Cancelling, Must "RFC 2831" "2.1.3", "The digest of the server is another one than the client has made: it is not the server that it says.";
    WaitRspauth on DigestChallenge emit DigestResponse to WaitRspauth, May "RFC 2831" "2.2.2", "The nonce was too old, which is stale=true: the client answers the new one.";
    WaitRspauth on DigestChallenge emit Cancel to Cancelling, May "RFC 4954" "4", "A client may give up at any challenge, a second one included.";
    WaitRspauth on OtherChallenge emit Cancel to Cancelling, Must "RFC 2831" "2.1.3", "Behind the digest nothing but the server's own digest belongs.";
    WaitRspauth on EmptyChallenge emit Cancel to Cancelling, Must "RFC 2831" "2.1.3", "Behind the digest nothing but the server's own digest belongs.";
    WaitRspauth on SuccessTooEarly to Failed, Must "RFC 2831" "2.1.3", "235 without rspauth is not to be trusted: this server may not know the password.";
    WaitRspauth on CredentialsInvalid to Failed, Must "RFC 4954" "6", "535: user name or digest is not good.";
    WaitRspauth on ParameterSyntaxError to Failed, May "RFC 4954" "4", "501: the server does not take an initial response.";
    WaitFinal on RspauthChallenge emit Cancel to Cancelling, Should "RFC 2831" "2.1.3", "Behind the empty line comes no challenge: the exchange is over.";
    WaitFinal on OtherChallenge emit Cancel to Cancelling, Should "RFC 2831" "2.1.3", "Behind the empty line comes no challenge: the exchange is over.";
    WaitFinal on EmptyChallenge emit Cancel to Cancelling, Should "RFC 2831" "2.1.3", "Behind the empty line comes no challenge: the exchange is over.";
    WaitFinal on Success to Done, Must "RFC 4954" "6", "235: each side has shown the other that it knows the password.";
    WaitFinal on CredentialsInvalid to Failed, May "RFC 4954" "6", "535: the digest was good, and yet the user is not let in.";
    Cancelling on Refusal to Failed, Must "RFC 4954" "4", "The server ends the exchange that the client has cancelled.";
};

const SERVER: Table = machine_table! {
    DigestMd5 Server [Ready, ChallengeSent, RspauthSent, Done, Failed]
    runs {}

    Ready on AuthDigestMd5 emit DigestChallenge to ChallengeSent, Must "RFC 2831" "2.1.1", "The challenge: a nonce that is good only once, the realms, and what the server can do.";
    Ready on AuthDigestMd5 emit OtherChallenge to ChallengeSent, MustNot "RFC 2831" "2.1.1", "The challenge must have exactly one nonce, which this one has not.";
    Ready on AuthDigestMd5 emit EmptyChallenge to ChallengeSent, MustNot "RFC 2831" "2.1.1", "The challenge must not be empty, since the server speaks first.";
    Ready on AuthDigestMd5Response emit RspauthChallenge to RspauthSent, May "RFC 2831" "2.2.2", "The server remembers the nonce, nc is the next one, and the digest is good.";
    Ready on AuthDigestMd5Response emit DigestChallenge to ChallengeSent, May "RFC 2831" "2.2.2", "The server does not know the nonce any more, and sends a new challenge.";
    Ready on AuthDigestMd5Response emit ParameterSyntaxError to Failed, May "RFC 4954" "4", "501: a server that remembers no exchanges refuses an initial response where it speaks first.";
    Ready on AuthDigestMd5Response emit Refusal to Failed, Quirk "Exim" "src/smtp_in.c", "Exim says 553 to an initial response that it does not expect.";
    ChallengeSent on DigestResponse emit RspauthChallenge to RspauthSent, Must "RFC 2831" "2.1.3", "The digest is good: the server shows by rspauth that it knows the password as well.";
    ChallengeSent on DigestResponse emit CredentialsInvalid to Failed, Must "RFC 2831" "2.1.3", "There is no such user, or the digest is not good: 535.";
    ChallengeSent on DigestResponse emit DigestChallenge to ChallengeSent, May "RFC 2831" "2.1.1", "The digest is good, its nonce too old: a new challenge, with stale=true.";
    ChallengeSent on DigestResponse emit SuccessTooEarly to Done, MustNot "RFC 2831" "2.1.3", "Before 235 comes rspauth: without it the client can't know that the server knows the password.";
    ChallengeSent on EmptyResponse emit CredentialsInvalid to Failed, Must "RFC 2831" "2.1.3", "An empty line holds no digest: 535.";
    RspauthSent on EmptyResponse emit Success to Done, Must "RFC 4954" "4", "The client takes the server's digest, and has no more to say: 235.";
    RspauthSent on EmptyResponse emit CredentialsInvalid to Failed, May "RFC 4954" "6", "The digest was good, and yet the user is not let in: 535.";
    RspauthSent on DigestResponse emit CredentialsInvalid to Failed, Should "RFC 2831" "2.1.3", "Behind rspauth nothing but an empty line belongs: 535.";
};

//! AUTH SCRAM-… (RFC 5802 section 5, RFC 7677), with or without -PLUS, whatever the hash: four messages.
//!
//! A reply of success carries no octets of the mechanism (RFC 4954 section 4), so the server-final-message comes as a
//! challenge, and an empty line answers it before 235. A refusal may stand in place of a server-final-message with e=.

use super::machine_table;
use crate::machine::row::Table;

pub(super) static TABLES: [Table; 2] = [CLIENT, SERVER];

const CLIENT: Table = machine_table! {
    Scram Client [Choose, WaitEmpty, WaitServerFirst, WaitServerFinal, WaitFinal, Rejected, Cancelling, Done, Failed]
    runs {}

    Choose on Go emit AuthClientFirst to WaitServerFirst, May "RFC 4954" "4", "The client speaks first, so its client-first-message may go with the command.";
    Choose on Go emit AuthScram to WaitEmpty, May "RFC 4954" "4", "The client-first-message may wait for the empty challenge, and must where the line would pass 512 octets.";
    Choose on Go emit AuthClientFirstDowngrade to WaitServerFirst, MustNot "RFC 5802" "6", "A client that can bind must do so where the server offers -PLUS; y denies that it was offered.";
    Choose on Go emit AuthClientFirstMalformed to WaitServerFirst, MustNot "RFC 5802" "7", "The first message must be a client-first-message, with p= under -PLUS and nowhere else.";
    WaitEmpty on EmptyChallenge emit ClientFirst to WaitServerFirst, Must "RFC 4954" "4", "The empty challenge is answered with what would have been the initial response.";
    WaitEmpty on MalformedChallenge emit ClientFirst to WaitServerFirst, May "RFC 4954" "4", "Where the client speaks first the challenge says nothing, whatever stands in it.";
    WaitEmpty on EmptyChallenge emit ClientFirstDowngrade to WaitServerFirst, MustNot "RFC 5802" "6", "A client that can bind must do so where the server offers -PLUS; y denies that it was offered.";
    WaitEmpty on EmptyChallenge emit MalformedResponse to WaitServerFirst, MustNot "RFC 5802" "7", "The first message must be a client-first-message, with p= under -PLUS and nowhere else.";
    WaitServerFirst on ServerFirst emit ClientFinal to WaitServerFinal, Must "RFC 5802" "5", "From salt, rounds and password the client makes its proof over all that was said.";
    WaitServerFirst on ServerFirst emit Cancel to Cancelling, May "RFC 5802" "9", "A client may have its own mind of how many rounds are too few, or too many.";
    WaitServerFirst on ServerFirst emit ClientFinalUnfit to WaitServerFinal, MustNot "RFC 5802" "5.1", "The client-final-message must repeat the nonce of both, and the GS2 header as it was.";
    WaitServerFirst on ServerFirst emit MalformedResponse to WaitServerFinal, MustNot "RFC 5802" "7", "The answer must be a client-final-message: channel binding, nonce and proof.";
    WaitServerFirst on ServerFirstOtherNonce emit Cancel to Cancelling, Must "RFC 5802" "5.1", "A nonce that does not begin with the client's belongs to another exchange.";
    WaitServerFirst on ServerFirstOtherNonce emit ClientFinal to WaitServerFinal, MustNot "RFC 5802" "5.1", "The client must check that the nonce begins with its own, and give no proof where it does not.";
    WaitServerFirst on MalformedChallenge emit Cancel to Cancelling, Should "RFC 5802" "7", "Without nonce, salt and rounds there is nothing to make a proof from.";
    WaitServerFirst on SuccessTooEarly to Failed, Must "RFC 5802" "5", "235 without the server's signature is not to be trusted: this server may not know the password.";
    WaitServerFirst on CredentialsInvalid to Failed, Must "RFC 4954" "6", "535: the server refuses before any proof, for instance since it binds otherwise.";
    WaitServerFinal on ServerFinal emit EmptyResponse to WaitFinal, Must "RFC 5802" "5", "The server's signature is the one that the client has computed, so an empty line lets it say 235.";
    WaitServerFinal on ServerFinal emit Cancel to Cancelling, Must "RFC 5802" "5", "A signature other than the one that the client has computed: the server does not know the password.";
    WaitServerFinal on ServerError emit EmptyResponse to Rejected, Must "RFC 5802" "5.1", "The server says by e= why it refuses; an empty line lets it end the exchange.";
    WaitServerFinal on MalformedChallenge emit Cancel to Cancelling, Should "RFC 5802" "7", "A server-final-message has v= or e=; what has neither proves nothing.";
    WaitServerFinal on SuccessTooEarly to Failed, Must "RFC 5802" "5", "235 without the server's signature is not to be trusted: this server may not know the password.";
    WaitServerFinal on CredentialsInvalid to Failed, Must "RFC 4954" "6", "535: the proof is not good, or what it covers is not what the server saw.";
    WaitFinal on Success to Done, Must "RFC 4954" "6", "235 behind a good signature: each side has shown the other that it knows the password.";
    WaitFinal on CredentialsInvalid to Failed, May "RFC 4954" "6", "535 behind the signature: the password was good, and yet the server does not let the client in.";
    Rejected on Refusal to Failed, Must "RFC 4954" "6", "After e= the exchange ends with a refusal.";
    Rejected on SuccessTooEarly to Failed, Must "RFC 5802" "5", "235 after e= is not to be trusted: the server has signed nothing.";
    Cancelling on Refusal to Failed, Must "RFC 4954" "4", "The server ends the exchange that the client has cancelled.";
};

const SERVER: Table = machine_table! {
    Scram Server [Ready, WaitClientFirst, WaitClientFinal, WaitEmpty, Rejected, Done, Failed]
    runs {}

    Ready on AuthScram emit EmptyChallenge to WaitClientFirst, Must "RFC 4954" "4", "The client speaks first, so the challenge is empty.";
    Ready on AuthScram emit MalformedChallenge to WaitClientFirst, MustNot "RFC 4954" "4", "The client speaks first, so the challenge must be empty.";
    Ready on AuthClientFirst emit ServerFirst to WaitClientFinal, Must "RFC 5802" "5", "The server adds its nonce to the client's, and tells salt and rounds of this user.";
    Ready on AuthClientFirst emit CredentialsInvalid to Failed, May "RFC 4954" "6", "A server may refuse at once what it can't bind to, or a name that no user can have.";
    Ready on AuthClientFirst emit ServerFirstOtherNonce to WaitClientFinal, MustNot "RFC 5802" "5.1", "The nonce must be the client's with more behind it.";
    Ready on AuthClientFirst emit MalformedChallenge to WaitClientFinal, MustNot "RFC 5802" "7", "The answer must be a server-first-message: nonce, salt and rounds.";
    Ready on AuthClientFirstDowngrade emit CredentialsInvalid to Failed, Must "RFC 5802" "6", "A y where -PLUS was offered: somebody has cut the offer on its way, and the server must refuse.";
    Ready on AuthClientFirstDowngrade emit ServerFirst to WaitClientFinal, May "RFC 5802" "6", "The refusal of a downgrade may wait for the server-final-message, where e= can name it.";
    Ready on AuthClientFirstMalformed emit CredentialsInvalid to Failed, Must "RFC 5802" "7", "What is no client-first-message for this mechanism ends the exchange.";
    WaitClientFirst on ClientFirst emit ServerFirst to WaitClientFinal, Must "RFC 5802" "5", "The server adds its nonce to the client's, and tells salt and rounds of this user.";
    WaitClientFirst on ClientFirst emit CredentialsInvalid to Failed, May "RFC 4954" "6", "A server may refuse at once what it can't bind to, or a name that no user can have.";
    WaitClientFirst on ClientFirst emit ServerFirstOtherNonce to WaitClientFinal, MustNot "RFC 5802" "5.1", "The nonce must be the client's with more behind it.";
    WaitClientFirst on ClientFirst emit MalformedChallenge to WaitClientFinal, MustNot "RFC 5802" "7", "The answer must be a server-first-message: nonce, salt and rounds.";
    WaitClientFirst on ClientFirstDowngrade emit CredentialsInvalid to Failed, Must "RFC 5802" "6", "A y where -PLUS was offered: somebody has cut the offer on its way, and the server must refuse.";
    WaitClientFirst on ClientFirstDowngrade emit ServerFirst to WaitClientFinal, May "RFC 5802" "6", "The refusal of a downgrade may wait for the server-final-message, where e= can name it.";
    WaitClientFirst on MalformedResponse emit CredentialsInvalid to Failed, Must "RFC 5802" "7", "What is no client-first-message for this mechanism ends the exchange.";
    WaitClientFinal on ClientFinal emit ServerFinal to WaitEmpty, Must "RFC 5802" "5", "The proof is good; by its signature the server proves itself as well, in a challenge since 235 carries no octets.";
    WaitClientFinal on ClientFinal emit CredentialsInvalid to Failed, Must "RFC 4954" "6", "535: the proof is not good, or there is no such user.";
    WaitClientFinal on ClientFinal emit ServerError to Rejected, May "RFC 5802" "5.1", "Before the refusal a server-final-message with e= may say why.";
    WaitClientFinal on ClientFinal emit MalformedChallenge to WaitEmpty, MustNot "RFC 5802" "7", "A server-final-message has v= or e=.";
    WaitClientFinal on ClientFinal emit SuccessTooEarly to Done, MustNot "RFC 5802" "5", "The server-final-message comes before 235: without v= the client can't know that the server knows the password.";
    WaitClientFinal on ClientFinalUnfit emit CredentialsInvalid to Failed, Must "RFC 5802" "5.1", "Another nonce or GS2 header than before, or a denied -PLUS: the server must refuse.";
    WaitClientFinal on ClientFinalUnfit emit ServerError to Rejected, May "RFC 5802" "5.1", "Before the refusal a server-final-message with e= may say what did not fit.";
    WaitClientFinal on ClientFinalUnfit emit ServerFinal to WaitEmpty, MustNot "RFC 5802" "5.1", "The server must check nonce and channel binding, and not sign where they do not fit.";
    WaitClientFinal on MalformedResponse emit CredentialsInvalid to Failed, Must "RFC 5802" "7", "What is no client-final-message ends the exchange.";
    WaitEmpty on EmptyResponse emit Success to Done, Must "RFC 4954" "4", "The client has no more to say, and takes the signature: 235.";
    WaitEmpty on EmptyResponse emit CredentialsInvalid to Failed, May "RFC 4954" "6", "The proof was good, and yet the user is not let in.";
    WaitEmpty on MalformedResponse emit CredentialsInvalid to Failed, Must "RFC 4954" "4", "An empty line answers the server-final-message; data there is no part of the mechanism.";
    Rejected on EmptyResponse emit Refusal to Failed, Must "RFC 4954" "6", "After e= the exchange ends with a refusal.";
    Rejected on EmptyResponse emit SuccessTooEarly to Done, MustNot "RFC 5802" "5.1", "After e= the exchange has failed.";
};

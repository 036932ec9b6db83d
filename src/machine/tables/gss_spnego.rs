//! AUTH GSS-SPNEGO: SPNEGO by its own name. The layers are those that its mechanism has agreed on, so there is no
//! security-layer step; Cyrus has none, Dovecot makes one all the same.

use super::machine_table;
use crate::machine::row::Table;

pub(super) static TABLES: [Table; 2] = [CLIENT, SERVER];

const CLIENT: Table = machine_table! {
    GssSpnego Client [Choose, WaitEmpty, Context, ContextDone, WaitFinal, Rejected, Done, Failed]
    runs { Context: Token, ContextDone: Token }

    Choose on Go emit AuthSpnegoToken to Context, May "RFC 4954" "4", "The client speaks first: SPNEGO's first token, a NegTokenInit, goes with the command.";
    Choose on Go emit AuthSpnego to WaitEmpty, Must "RFC 4954" "4", "A token that does not fit into 512 octets waits for an empty challenge.";
    Choose on Go emit AuthSpnegoMalformed to Context, MustNot "RFC 4178" "4.2", "The first token is a NegTokenInit in the frame of RFC 2743 3.1.";
    WaitEmpty on EmptyChallenge emit TokenResponse to Context, Must "RFC 4954" "4", "The empty challenge is answered with what would have been the initial response.";
    Context on TokenChallenge emit TokenResponse to Context, Must "RFC 4178" "3.2", "The token goes to SPNEGO, and what that gives is the response.";
    Context on TokenChallenge emit FinalTokenResponse to ContextDone, Must "RFC 4178" "3.2", "The token goes to SPNEGO, and what that gives is the initiator's last token.";
    Context on FinalTokenChallenge emit EmptyResponse to ContextDone, Must "RFC 4954" "4", "The context is complete and there is nothing more to send: an empty line.";
    Context on RejectChallenge emit EmptyResponse to Rejected, May "RFC 4178" "4.2.2", "After a reject there is nothing to say: an empty line lets the server end the exchange.";
    Context on SuccessInPlaceOfToken to Done, Quirk "RFC 4178" "4.2.2", "235 in place of the acceptor's last token, while nothing else is outstanding.";
    Context on SuccessTooEarly to Failed, Must "RFC 4178" "5", "235 while authentication of the server or a mechListMIC is outstanding is not to be trusted.";
    ContextDone on Success to Done, Must "RFC 4954" "6", "235: the negotiation is complete, and the client is authenticated.";
    ContextDone on SuccessTooEarly to Failed, Must "RFC 4178" "5", "235 without the acceptor's mechListMIC, where one is due, is not to be trusted.";
    ContextDone on LayerOffer emit LayerChoice to WaitFinal, Quirk "Dovecot" "sasl-server-mech-gssapi.c", "Dovecot offers layers here as under GSSAPI, and goes on only with a client that chooses one.";
    WaitFinal on Success to Done, Must "RFC 2222" "7.2.2", "235: the server takes the choice of layer; the client is authenticated.";
    Rejected on Refusal to Failed, Must "RFC 4954" "6", "After a reject the exchange ends with a refusal.";
    Context on TokenChallenge emit Cancel to Failed, Must "RFC 4954" "4", "SPNEGO finds fault with the token, so the client gives the exchange up.";
    Context on MalformedChallenge emit Cancel to Failed, Must "RFC 4954" "4", "The server's octets are no token, so the client gives the exchange up.";
    ContextDone on LayerOffer emit Cancel to Failed, May "Cyrus SASL" "plugins/gssapi.c", "No layers are offered here, so Cyrus's client gives the exchange up.";
};

const SERVER: Table = machine_table! {
    GssSpnego Server [Ready, Context, Flush, WaitChoice, Rejected, Done, Failed]
    runs { Context: Token, Flush: Token, Rejected: Token }

    Ready on AuthSpnego emit EmptyChallenge to Context, Must "RFC 4954" "4", "The client speaks first; without an initial response it gets an empty challenge.";
    Ready on AuthSpnegoToken emit TokenChallenge to Context, Must "RFC 4178" "3.2", "The token goes to SPNEGO, and what that gives is the challenge.";
    Ready on AuthSpnegoToken emit FinalTokenChallenge to Flush, Must "RFC 4178" "3.2", "The acceptor is complete at once; its last token is sent, and an empty line awaited.";
    Ready on AuthSpnegoToken emit RejectChallenge to Rejected, May "RFC 4178" "3.2", "Nothing in common: a reject may be sent before the refusal.";
    Ready on AuthSpnegoToken emit MalformedChallenge to Context, MustNot "RFC 4178" "4.2", "The challenge is the token that SPNEGO gave, and these octets are none.";
    Context on TokenResponse emit TokenChallenge to Context, Must "RFC 4178" "3.2", "The token goes to SPNEGO, and what that gives is the next challenge.";
    Context on TokenResponse emit FinalTokenChallenge to Flush, Must "RFC 4178" "3.2", "The acceptor is complete; its last token is sent, and an empty line awaited.";
    Context on TokenResponse emit RejectChallenge to Rejected, May "RFC 4178" "4.2.2", "The mechanism failed: a reject may be sent before the refusal.";
    Context on TokenResponse emit SuccessInPlaceOfToken to Done, MustNot "RFC 4178" "4.2.2", "The acceptor's last token, accept-completed, must come before 235.";
    Context on TokenResponse emit SuccessTooEarly to Done, MustNot "RFC 4178" "5", "Success is not to be said while proof of the server or a mechListMIC is outstanding.";
    Context on FinalTokenResponse emit Success to Done, Must "RFC 4954" "6", "The acceptor is complete without a token of its own: 235.";
    Flush on EmptyResponse emit Success to Done, Must "RFC 4954" "4", "235 can't carry the last token, so it comes after the client's empty line.";
    Flush on EmptyResponse emit SuccessTooEarly to Done, MustNot "RFC 4178" "5", "Success is not to be said while a mechListMIC is outstanding.";
    Flush on EmptyResponse emit LayerOffer to WaitChoice, Quirk "Dovecot" "sasl-server-mech-gssapi.c", "Dovecot offers layers here as under GSSAPI, though SPNEGO by its own name has no such step.";
    WaitChoice on LayerChoice emit Success to Done, Must "RFC 2222" "7.2.2", "The client chose a layer that was offered: 235, it is authenticated.";
    Rejected on EmptyResponse emit Refusal to Failed, Must "RFC 4954" "6", "After a reject the exchange ends with a refusal.";
};

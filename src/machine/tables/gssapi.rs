//! AUTH GSSAPI that means SPNEGO: MS-SSEAN over the mapping of RFC 2222 section 7.2.
//!
//! The security-layer step may be there (`rfc2222`), be left out after the acceptor's last token (`skip`), or 235 may
//! stand in place of that token, as MS-SSEAN section 4.1 prints it (`example`). All three are rows here.

use super::machine_table;
use crate::machine::row::Table;

pub(super) static TABLES: [Table; 2] = [CLIENT, SERVER];

const CLIENT: Table = machine_table! {
    Gssapi Client [Choose, WaitEmpty, Context, ContextDone, WaitFinal, Rejected, Done, Failed]
    runs { WaitEmpty: Token, Context: Token, ContextDone: Token }

    Choose on Go emit AuthGssapiToken to Context, Must "MS-SSEAN" "3.1.5.1", "GSSAPI means SPNEGO: its first token, a NegTokenInit, is the initial response.";
    Choose on Go emit AuthGssapi to WaitEmpty, Must "RFC 4954" "4", "A token that does not fit into 512 octets waits for an empty challenge.";
    Choose on Go emit AuthGssapiNtlm to Context, Quirk "MS-SPNG" "note 8", "A bare NTLM message in place of a NegTokenInit; Windows and Cyrus take it.";
    Choose on Go emit AuthGssapiMalformed to Context, MustNot "RFC 4178" "4.2", "The first token is a NegTokenInit in the frame of RFC 2743 3.1.";
    WaitEmpty on EmptyChallenge emit TokenResponse to Context, Must "RFC 4954" "4", "The empty challenge is answered with what would have been the initial response.";
    WaitEmpty on EmptyChallenge emit NtlmResponse to Context, Quirk "MS-SPNG" "note 8", "A bare NTLM message in place of a NegTokenInit; Windows and Cyrus take it.";
    WaitEmpty on HumanChallenge emit TokenResponse to Context, Quirk "Exchange" "captures", "Exchange says \"GSSAPI supported\" where an empty challenge belongs.";
    WaitEmpty on HintsChallenge emit TokenResponse to Context, May "MS-SPNG" "3.2.5.2", "The acceptor may open with a list of its own mechanisms; the initiator looks at it and sends its first token.";
    Context on TokenChallenge emit TokenResponse to Context, Must "RFC 2222" "7.2.1", "The token goes to GSS_Init_sec_context, and what that gives is the response.";
    Context on TokenChallenge emit FinalTokenResponse to ContextDone, Must "RFC 2222" "7.2.1", "The token goes to GSS_Init_sec_context, and what that gives completes the initiator's context: its last token.";
    Context on FinalTokenChallenge emit EmptyResponse to ContextDone, Must "RFC 2222" "7.2.1", "The context is complete and there is nothing more to send: an empty line.";
    Context on TokenChallenge emit MalformedResponse to Context, MustNot "RFC 2222" "7.2.1", "The response must be the token that GSS_Init_sec_context gave; these octets are none.";
    Context on RejectChallenge emit EmptyResponse to Rejected, May "RFC 4178" "4.2.2", "After a reject there is nothing to say: an empty line lets the server end the exchange.";
    Context on SuccessInPlaceOfToken to Done, May "MS-SSEAN" "4.1", "The printed example ends so: 235 in place of the acceptor's last token.";
    Context on SuccessTooEarly to Failed, Must "RFC 4178" "5", "235 while authentication of the server or a mechListMIC is outstanding is not to be trusted.";
    ContextDone on LayerOffer emit LayerChoice to WaitFinal, Must "RFC 2222" "7.2.1", "The offer is unwrapped; the answer is the wrapped choice of one layer, with the authorization identity.";
    ContextDone on LayerOffer emit LayerChoiceWithLength to WaitFinal, Quirk ".NET Core 3.1" "", "The wrapped choice stands behind four octets of length, as .NET Core sends it.";
    ContextDone on LayerOffer emit LayerChoiceNotOffered to WaitFinal, MustNot "RFC 2222" "7.2.1", "The client must choose exactly one of the layers that were offered; this is none of them.";
    ContextDone on Go emit SecondEmptyResponse to ContextDone, Quirk ".NET" "dotnet/runtime#105938", ".NET before 9 sends a second empty line behind the one that was due.";
    ContextDone on FinalTokenChallenge emit EmptyResponse to ContextDone, Must "RFC 2222" "7.2.1", "The acceptor has the last word, and there is nothing more to send: an empty line.";
    ContextDone on RejectChallenge emit EmptyResponse to Rejected, May "RFC 4178" "4.2.2", "After a reject there is nothing to say: an empty line lets the server end the exchange.";
    ContextDone on Success to Done, May "MS-SSEAN" "4.1", "235 without the security-layer step, which the printed example leaves out, too.";
    ContextDone on SuccessTooEarly to Failed, Must "RFC 4178" "5", "235 without the acceptor's mechListMIC, where one is due, is not to be trusted.";
    WaitFinal on Success to Done, Must "RFC 2222" "7.2.2", "235: the server takes the choice of layer; the client is authenticated.";
    Rejected on Refusal to Failed, Must "RFC 4954" "6", "After a reject the exchange ends with a refusal.";
    Context on TokenChallenge emit Cancel to Failed, Must "RFC 4954" "4", "GSS_Init_sec_context finds fault with the token, so the client gives the exchange up.";
    Context on FinalTokenChallenge emit Cancel to Failed, Must "RFC 4954" "4", "The acceptor's last token is not good, for instance its mechListMIC, so the client gives the exchange up.";
    Context on MalformedChallenge emit Cancel to Failed, Must "RFC 4954" "4", "The server's octets are no token, so the client gives the exchange up.";
    Context on LayerOffer emit Cancel to Failed, Must "RFC 2222" "7.2.1", "Before the context is complete an offer of layers can't be verified, so the client gives the exchange up.";
    ContextDone on LayerOffer emit Cancel to Failed, Must "RFC 2222" "7.2.1", "The offer does not unwrap: somebody may have changed it, so the client gives the exchange up.";
    ContextDone on LayerOfferUnusable emit Cancel to Failed, Must "RFC 2222" "7.2.1", "The offer is not four octets, or has no layer that the client can do: it gives the exchange up.";
    ContextDone on MalformedChallenge emit Cancel to Failed, Must "RFC 2222" "7.2.1", "Behind the context comes the offer of layers; these octets are none, so the client gives the exchange up.";
    ContextDone on TokenChallenge emit Cancel to Failed, Must "RFC 2222" "7.2.1", "Behind the context comes the offer of layers, no further token; the client gives the exchange up.";
};

const SERVER: Table = machine_table! {
    Gssapi Server [Ready, Context, Flush, WaitChoice, Rejected, Done, Failed]
    runs { Context: Token, Flush: Token, Rejected: Token }

    Ready on AuthGssapi emit EmptyChallenge to Context, Must "RFC 4954" "4", "The client speaks first in GSSAPI; without an initial response it gets an empty challenge.";
    Ready on AuthGssapi emit HumanChallenge to Context, Quirk "Exchange" "captures", "Exchange says \"GSSAPI supported\" where an empty challenge belongs.";
    Ready on AuthGssapi emit HintsChallenge to Context, May "MS-SPNG" "3.2.5.2", "An acceptor that has no token to answer yet may open with a NegTokenInit2, a list of its own mechanisms.";
    Ready on AuthGssapiToken emit TokenChallenge to Context, Must "MS-SSEAN" "3.2.5.1", "All GSS-API calls of this connection go to SPNEGO; its token is the challenge.";
    Ready on AuthGssapiToken emit FinalTokenChallenge to Flush, Must "RFC 2222" "7.2.2", "The acceptor is complete at once; its last token is sent, and an empty line awaited.";
    Ready on AuthGssapiToken emit RejectChallenge to Rejected, May "RFC 4178" "3.2", "Nothing in common: a reject may be sent before the refusal.";
    Ready on AuthGssapiToken emit MalformedChallenge to Context, MustNot "RFC 2222" "7.2.2", "The challenge must be the token that GSS_Accept_sec_context gave; these octets are none.";
    Ready on AuthGssapiNtlm emit TokenChallenge to Context, Quirk "MS-SPNG" "note 8", "A bare NTLM message in place of a NegTokenInit goes to NTLM itself, as in Windows and Cyrus.";
    Context on TokenResponse emit TokenChallenge to Context, Must "RFC 2222" "7.2.2", "The token goes to GSS_Accept_sec_context, and what that gives is the next challenge.";
    Context on NtlmResponse emit TokenChallenge to Context, Quirk "MS-SPNG" "note 8", "A bare NTLM message in place of a NegTokenInit goes to NTLM itself, as in Windows and Cyrus.";
    Context on TokenResponse emit FinalTokenChallenge to Flush, Must "RFC 2222" "7.2.2", "The acceptor is complete; its last token is sent, and an empty line awaited.";
    Context on TokenResponse emit RejectChallenge to Rejected, May "RFC 4178" "4.2.2", "The mechanism failed: a reject may be sent before the refusal.";
    Context on TokenResponse emit SuccessInPlaceOfToken to Done, May "MS-SSEAN" "4.1", "The printed example ends so: 235 in place of the acceptor's last token.";
    Context on TokenResponse emit SuccessTooEarly to Done, MustNot "RFC 4178" "5", "Success is not to be said while proof of the server or a mechListMIC is outstanding.";
    Context on TokenResponse emit MalformedChallenge to Context, MustNot "RFC 2222" "7.2.2", "The challenge must be the token that GSS_Accept_sec_context gave; these octets are none.";
    Context on TokenResponse emit LayerOffer to WaitChoice, MustNot "RFC 2222" "7.2.2", "Layers are offered after the context is complete.";
    Context on FinalTokenResponse emit LayerOffer to WaitChoice, Must "RFC 2222" "7.2.2", "The acceptor is complete without a token of its own: the offer of layers follows at once.";
    Context on FinalTokenResponse emit FinalTokenChallenge to Flush, Must "RFC 2222" "7.2.2", "Both are complete; the acceptor's last token is sent, and an empty line awaited.";
    Context on FinalTokenResponse emit RejectChallenge to Rejected, May "RFC 4178" "4.2.2", "The initiator's last token is not good: a reject may be sent before the refusal.";
    Context on FinalTokenResponse emit Success to Done, May "MS-SSEAN" "4.1", "235 without the security-layer step, which the printed example leaves out, too.";
    Flush on EmptyResponse emit LayerOffer to WaitChoice, Must "RFC 2222" "7.2.2", "After the empty line the server offers layers: four wrapped octets.";
    Flush on EmptyResponse emit Success to Done, May "MS-SSEAN" "4.1", "235 without the security-layer step, which the printed example leaves out, too.";
    Flush on EmptyResponse emit SuccessTooEarly to Done, MustNot "RFC 4178" "5", "Success is not to be said while a mechListMIC is outstanding.";
    Flush on EmptyResponse emit LayerOfferUnusable to WaitChoice, MustNot "RFC 2222" "7.2.2", "The offer is four octets, and has a layer that the client can do; this one is of no use.";
    WaitChoice on LayerChoice emit Success to Done, Must "RFC 2222" "7.2.2", "The client chose a layer that was offered: 235, it is authenticated.";
    WaitChoice on LayerChoiceWithLength emit Success to Done, Quirk ".NET Core 3.1" "", "The choice stands behind four octets of length, as .NET Core sends it, and is taken all the same.";
    WaitChoice on LayerChoiceWithLength emit Refusal to Failed, Must "RFC 2222" "7.2.2", "The choice is a wrap token and nothing before it: a strict server refuses the four octets of length.";
    WaitChoice on LayerChoiceNotOffered emit Refusal to Failed, Must "RFC 4752" "3.2", "A layer that was not offered is refused, which RFC 2222 left unsaid.";
    WaitChoice on EmptyResponse emit Refusal to Failed, Must "RFC 2222" "7.2.2", "The client must choose a layer, and an empty line is no choice.";
    WaitChoice on LayerChoiceNotOffered emit Success to Done, MustNot "RFC 4752" "3.2", "A layer that was not offered must not be accepted, which RFC 2222 left unsaid.";
    WaitChoice on SecondEmptyResponse emit TemporaryFailure to Failed, Should "RFC 2222" "7.2.2", "Where the choice belongs a strict server, such as Cyrus, finds no wrap token in a second empty line.";
    WaitChoice on SecondEmptyResponse to WaitChoice, Quirk ".NET" "dotnet/runtime#105938", "A second empty line, as .NET before 9 sends it, is passed over.";
    Rejected on EmptyResponse emit Refusal to Failed, Must "RFC 4954" "6", "After a reject the exchange ends with a refusal.";
    Rejected on EmptyResponse emit TokenChallenge to Rejected, MustNot "RFC 4178" "4.2.2", "After a reject the negotiation is over.";
};

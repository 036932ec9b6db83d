//! AUTH GSSAPI that means Kerberos V5 (RFC 4752): bare Kerberos tokens, then always the security-layer step.

use super::machine_table;
use crate::machine::row::Table;

pub(super) static TABLES: [Table; 2] = [CLIENT, SERVER];

const CLIENT: Table = machine_table! {
    Kerberos Client [Choose, WaitEmpty, Context, ContextDone, WaitFinal, Rejected, Done, Failed]
    runs { Context: Token, ContextDone: Token }

    Choose on Go emit AuthGssapi to WaitEmpty, Must "RFC 4954" "4", "A token that does not fit into 512 octets waits for an empty challenge.";
    Choose on Go emit AuthGssapiToken to Context, May "RFC 4752" "3.1", "The first token is an AP-REQ; this one asks for mutual authentication, as it must where a layer is wanted.";
    Choose on Go emit AuthGssapiFinalToken to ContextDone, May "RFC 4752" "3.1", "Without mutual authentication the first token is the client's last.";
    WaitEmpty on EmptyChallenge emit TokenResponse to Context, Must "RFC 4752" "3.1", "The empty challenge is answered with the first token.";
    WaitEmpty on EmptyChallenge emit FinalTokenResponse to ContextDone, Must "RFC 4752" "3.1", "The empty challenge is answered with the first token; without mutual authentication it is the last, too.";
    WaitEmpty on HumanChallenge emit TokenResponse to Context, Quirk "Exchange" "captures", "Exchange says \"GSSAPI supported\" where an empty challenge belongs.";
    WaitEmpty on HumanChallenge emit FinalTokenResponse to ContextDone, Quirk "Exchange" "captures", "Exchange says \"GSSAPI supported\" where an empty challenge belongs; the first token is the last, too.";
    Context on FinalTokenChallenge emit EmptyResponse to ContextDone, Must "RFC 4752" "3.1", "The AP-REP is good and there is nothing more to send: an empty line.";
    Context on RejectChallenge emit EmptyResponse to Rejected, May "RFC 4121" "4.1", "After a KRB-ERROR there is nothing to say: an empty line lets the server end the exchange.";
    Context on SuccessTooEarly to Failed, Must "RFC 4752" "3.1", "235 without the AP-REP that was asked for is not to be trusted.";
    ContextDone on LayerOffer emit LayerChoice to WaitFinal, Must "RFC 4752" "3.1", "The offer is unwrapped; the answer is the wrapped choice of one layer, with the authorization identity.";
    ContextDone on LayerOffer emit LayerChoiceWithLength to WaitFinal, Quirk ".NET Core 3.1" "", "The wrapped choice stands behind four octets of length, as .NET Core sends it.";
    ContextDone on LayerOffer emit LayerChoiceNotOffered to WaitFinal, MustNot "RFC 4752" "3.1", "The client must choose exactly one of the layers that were offered; this is none of them.";
    ContextDone on Go emit SecondEmptyResponse to ContextDone, Quirk ".NET" "dotnet/runtime#105938", ".NET before 9 sends a second empty line behind the one that was due.";
    WaitFinal on Success to Done, Must "RFC 4752" "3.2", "235: the server takes the choice of layer; the client is authenticated.";
    Rejected on Refusal to Failed, Must "RFC 4954" "6", "After a KRB-ERROR the exchange ends with a refusal.";
    Context on FinalTokenChallenge emit Cancel to Failed, Must "RFC 4954" "4", "The AP-REP does not prove the server, so the client gives the exchange up.";
    Context on MalformedChallenge emit Cancel to Failed, Must "RFC 4954" "4", "The server's octets are no token, so the client gives the exchange up.";
    ContextDone on LayerOffer emit Cancel to Failed, Must "RFC 4752" "3.1", "The offer does not unwrap: somebody may have changed it, so the client gives the exchange up.";
    ContextDone on LayerOfferUnusable emit Cancel to Failed, Must "RFC 4752" "3.1", "The offer is not four octets, or has no layer that the client can do: it gives the exchange up.";
};

const SERVER: Table = machine_table! {
    Kerberos Server [Ready, Context, Flush, WaitChoice, Rejected, Done, Failed]
    runs { Context: Token, Flush: Token, WaitChoice: Token, Rejected: Token }

    Ready on AuthGssapi emit EmptyChallenge to Context, Must "RFC 4954" "4", "The client speaks first in GSSAPI; without an initial response it gets an empty challenge.";
    Ready on AuthGssapi emit HumanChallenge to Context, Quirk "Exchange" "captures", "Exchange says \"GSSAPI supported\" where an empty challenge belongs.";
    Ready on AuthGssapiToken emit FinalTokenChallenge to Flush, Must "RFC 4752" "3.2", "The ticket is good: the AP-REP proves the server, and an empty line is awaited.";
    Ready on AuthGssapiToken emit RejectChallenge to Rejected, May "RFC 4121" "4.1", "The ticket is not good: a KRB-ERROR may say why, before the refusal.";
    Ready on AuthGssapiToken emit SuccessTooEarly to Done, MustNot "RFC 4752" "3.2", "The AP-REP that was asked for comes first, and then the security-layer step.";
    Ready on AuthGssapiFinalToken emit LayerOffer to WaitChoice, Must "RFC 4752" "3.2", "Without mutual authentication the offer of layers follows at once.";
    Context on TokenResponse emit FinalTokenChallenge to Flush, Must "RFC 4752" "3.2", "The ticket is good: the AP-REP proves the server, and an empty line is awaited.";
    Context on TokenResponse emit RejectChallenge to Rejected, May "RFC 4121" "4.1", "The ticket is not good: a KRB-ERROR may say why, before the refusal.";
    Context on FinalTokenResponse emit LayerOffer to WaitChoice, Must "RFC 4752" "3.2", "Without mutual authentication the offer of layers follows at once.";
    Flush on EmptyResponse emit LayerOffer to WaitChoice, Must "RFC 4752" "3.2", "After the empty line the server offers layers: four wrapped octets.";
    Flush on EmptyResponse emit Success to Done, MustNot "RFC 4752" "3.2", "The security-layer step must come before 235, even if all that is chosen is no layer.";
    WaitChoice on LayerChoice emit Success to Done, Must "RFC 4752" "3.2", "The client chose a layer that was offered: 235, it is authenticated.";
    WaitChoice on LayerChoiceWithLength emit Success to Done, Quirk ".NET Core 3.1" "", "The choice stands behind four octets of length, as .NET Core sends it, and is taken all the same.";
    WaitChoice on LayerChoiceWithLength emit Refusal to Failed, Must "RFC 4752" "3.2", "The choice is a wrap token and nothing before it: a strict server refuses the four octets of length.";
    WaitChoice on LayerChoiceNotOffered emit Refusal to Failed, Must "RFC 4752" "3.2", "A layer that was not offered is refused.";
    WaitChoice on EmptyResponse emit Refusal to Failed, Must "RFC 4752" "3.2", "The client must choose a layer, and an empty line is no choice.";
    WaitChoice on LayerChoiceNotOffered emit Success to Done, MustNot "RFC 4752" "3.2", "A layer that was not offered must not be accepted.";
    WaitChoice on SecondEmptyResponse emit TemporaryFailure to Failed, Should "RFC 4752" "3.2", "Where the choice belongs a strict server, such as Cyrus, finds no wrap token in a second empty line.";
    WaitChoice on SecondEmptyResponse to WaitChoice, Quirk ".NET" "dotnet/runtime#105938", "A second empty line, as .NET before 9 sends it, is passed over.";
    Rejected on EmptyResponse emit Refusal to Failed, Must "RFC 4954" "6", "After a KRB-ERROR the exchange ends with a refusal.";
};

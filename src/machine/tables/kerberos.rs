//! AUTH GSSAPI that means Kerberos V5 (RFC 4752): bare Kerberos tokens, then always the security-layer step.

use super::machine_table;
use crate::machine::row::Table;

pub(super) static TABLES: [Table; 2] = [CLIENT, SERVER];

const CLIENT: Table = machine_table! {
    Kerberos Client [Choose, WaitEmpty, Context, ContextDone, WaitFinal, Rejected, Done, Failed]
    runs { Context: Token, ContextDone: Token }

    Choose on Go emit AuthGssapi to WaitEmpty, Must "RFC 4954" "4", "A token that does not fit into 512 octets waits for an empty challenge.";
    Choose on Go emit AuthGssapiToken to Context, Must "RFC 4752" "3.1", "The first token asks for mutual authentication.";
    Choose on Go emit AuthGssapiFinalToken to ContextDone, Must "RFC 4752" "3.1", "Without mutual authentication the first token is the client's last.";
    WaitEmpty on EmptyChallenge emit TokenResponse to Context, Must "RFC 4752" "3.1", "The empty challenge is answered with the first token.";
    WaitEmpty on EmptyChallenge emit FinalTokenResponse to ContextDone, Must "RFC 4752" "3.1", "The same without mutual authentication.";
    WaitEmpty on HumanChallenge emit TokenResponse to Context, Quirk "Exchange" "captures", "Exchange says \"GSSAPI supported\" where an empty challenge belongs.";
    WaitEmpty on HumanChallenge emit FinalTokenResponse to ContextDone, Quirk "Exchange" "captures", "The same without mutual authentication.";
    Context on FinalTokenChallenge emit EmptyResponse to ContextDone, Must "RFC 4752" "3.1", "The AP-REP is good and there is nothing more to send: an empty line.";
    Context on RejectChallenge emit EmptyResponse to Rejected, May "RFC 4121" "4.1", "A KRB-ERROR is answered so that the server can end the exchange.";
    Context on SuccessTooEarly to Failed, Must "RFC 4752" "3.1", "235 without the AP-REP that was asked for is not to be trusted.";
    ContextDone on LayerOffer emit LayerChoice to WaitFinal, Must "RFC 4752" "3.1", "The offer is unwrapped; the answer is the wrapped choice of one layer, with the authorization identity.";
    ContextDone on LayerOffer emit LayerChoiceWithLength to WaitFinal, Quirk ".NET Core 3.1" "", "A 4-octet length before the wrapped choice.";
    ContextDone on LayerOffer emit LayerChoiceNotOffered to WaitFinal, MustNot "RFC 4752" "3.1", "The choice is exactly one of the layers that were offered.";
    ContextDone on Go emit SecondEmptyResponse to ContextDone, Quirk ".NET" "dotnet/runtime#105938", "A second empty line after a completed context.";
    WaitFinal on Success to Done, Must "RFC 4752" "3.2", "235 after the choice of layer.";
    Rejected on Refusal to Failed, Must "RFC 4954" "6", "After a KRB-ERROR the exchange ends with a refusal.";
};

const SERVER: Table = machine_table! {
    Kerberos Server [Ready, Context, Flush, WaitChoice, Rejected, Done, Failed]
    runs { Context: Token, Flush: Token, WaitChoice: Token, Rejected: Token }

    Ready on AuthGssapi emit EmptyChallenge to Context, Must "RFC 4954" "4", "The client speaks first in GSSAPI; without an initial response it gets an empty challenge.";
    Ready on AuthGssapi emit HumanChallenge to Context, Quirk "Exchange" "captures", "Exchange says \"GSSAPI supported\" where an empty challenge belongs.";
    Ready on AuthGssapiToken emit FinalTokenChallenge to Flush, Must "RFC 4752" "3.2", "The AP-REP is sent, and an empty line awaited.";
    Ready on AuthGssapiToken emit RejectChallenge to Rejected, May "RFC 4121" "4.1", "A KRB-ERROR may be sent before the refusal.";
    Ready on AuthGssapiToken emit SuccessTooEarly to Done, MustNot "RFC 4752" "3.2", "The AP-REP that was asked for comes first, and then the security-layer step.";
    Ready on AuthGssapiFinalToken emit LayerOffer to WaitChoice, Must "RFC 4752" "3.2", "Without mutual authentication the offer of layers follows at once.";
    Context on TokenResponse emit FinalTokenChallenge to Flush, Must "RFC 4752" "3.2", "The AP-REP is sent, and an empty line awaited.";
    Context on TokenResponse emit RejectChallenge to Rejected, May "RFC 4121" "4.1", "A KRB-ERROR may be sent before the refusal.";
    Context on FinalTokenResponse emit LayerOffer to WaitChoice, Must "RFC 4752" "3.2", "Without mutual authentication the offer of layers follows at once.";
    Flush on EmptyResponse emit LayerOffer to WaitChoice, Must "RFC 4752" "3.2", "After the empty line the server offers layers: four wrapped octets.";
    Flush on EmptyResponse emit Success to Done, MustNot "RFC 4752" "3.2", "The security-layer step is not optional.";
    WaitChoice on LayerChoice emit Success to Done, Must "RFC 4752" "3.2", "The choice is one of those offered: 235.";
    WaitChoice on LayerChoiceWithLength emit Success to Done, Quirk ".NET Core 3.1" "", "The choice behind a 4-octet length is taken.";
    WaitChoice on LayerChoiceNotOffered emit Refusal to Failed, Must "RFC 4752" "3.2", "A layer that was not offered is refused.";
    WaitChoice on EmptyResponse emit Refusal to Failed, Must "RFC 4752" "3.2", "An empty line is no choice of a layer.";
    WaitChoice on LayerChoiceNotOffered emit Success to Done, MustNot "RFC 4752" "3.2", "A layer that was not offered must not be accepted.";
    WaitChoice on SecondEmptyResponse to WaitChoice, Quirk ".NET" "dotnet/runtime#105938", "A second empty line is passed over.";
    Rejected on EmptyResponse emit Refusal to Failed, Must "RFC 4954" "6", "After a KRB-ERROR the exchange ends with a refusal.";
};

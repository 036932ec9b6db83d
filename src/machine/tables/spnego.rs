//! SPNEGO, initiator and acceptor (RFC 4178 sections 4 and 5, MS-SPNG).
//!
//! `Selected` and `MechRunning`: the first choice of both sides runs, and a mechListMIC is optional. `Reselected` and
//! `Negotiating`: request-mic was said, and the MICs must be exchanged.

use super::machine_table;
use crate::machine::row::Table;

pub(super) static TABLES: [Table; 2] = [CLIENT, SERVER];

const CLIENT: Table = machine_table! {
    Spnego Client [Start, Offered, Selected, Reselected, MicPending, Established, Rejected]
    runs { Offered: Inner, Selected: Inner, Reselected: Inner, MicPending: Inner, Established: Inner }

    Start on NegTokenInit2 to Start, May "MS-SPNG" "2.2.1", "The acceptor has listed its mechanisms; the initiator looks at them and then makes its own offer.";
    Start on Go emit NegTokenInit to Offered, Must "RFC 4178" "4.2.1", "The initiator offers its mechanisms, the favourite first, and may add the first token of that one.";
    Offered on AcceptIncomplete emit NegTokenResp to Selected, Must "RFC 4178" "4.2.2", "The acceptor takes the favourite, whose mechanism goes on with its next token.";
    Offered on AcceptIncomplete emit NegTokenRespMic to MicPending, May "RFC 4178" "5", "The mechanism's last token; a MIC over the list may go with it.";
    Offered on AcceptIncompleteMic emit NegTokenRespMic to Established, Must "RFC 4178" "5", "The acceptor's MIC is good; the initiator's answers it.";
    Offered on RequestMic emit NegTokenResp to Reselected, Must "RFC 4178" "4.2.2", "The choice is not the favourite of both sides, so both must sign the list later.";
    Offered on RequestMicWithMic emit NegTokenRespMic to Established, Must "RFC 4178" "5", "The mechanism is complete, and the acceptor's MIC is good; the initiator's answers it.";
    Offered on AcceptIncomplete emit NegTokenRespSupportedMech to Selected, MustNot "RFC 4178" "4.2.2", "Only the acceptor names supportedMech, and only in its first reply.";
    Offered on AcceptCompleted to Established, Must "RFC 4178" "4.2.2", "The acceptor takes the favourite, which needed one round trip only: done.";
    Offered on AcceptCompletedMic to Established, May "RFC 4178" "5", "The acceptor takes the favourite, which needed one round trip only, and adds its MIC over the list.";
    Offered on Reject to Rejected, Must "RFC 4178" "4.2.2", "The acceptor has no mechanism in common, or refuses the token.";
    Selected on AcceptIncomplete emit NegTokenResp to Selected, Must "RFC 4178" "4.2.2", "The mechanism that was chosen is not complete yet: its next token.";
    Selected on AcceptIncomplete emit NegTokenRespMic to MicPending, May "RFC 4178" "5", "The mechanism's last token; a MIC over the list may go with it.";
    Selected on AcceptCompleted to Established, Must "RFC 4178" "4.2.2", "The acceptor is done, and no MIC is needed.";
    Selected on AcceptCompletedMic to Established, May "RFC 4178" "5", "The acceptor is done, and adds its MIC over the list though it need not.";
    Selected on Reject to Rejected, Must "RFC 4178" "4.2.2", "The acceptor ends the negotiation, for instance since the mechanism failed.";
    Reselected on AcceptIncomplete emit NegTokenResp to Reselected, Must "RFC 4178" "4.2.2", "The mechanism that was chosen is not complete yet: its next token.";
    Reselected on AcceptIncomplete emit NegTokenRespMic to MicPending, Must "RFC 4178" "5", "The mechanism's last token; since request-mic was said, the MIC over the list must go with it.";
    Reselected on AcceptIncompleteMic emit NegTokenRespMic to Established, Must "RFC 4178" "5", "The acceptor's MIC is good; the initiator's answers it.";
    Reselected on Reject to Rejected, Must "RFC 4178" "4.2.2", "The acceptor ends the negotiation, for instance since the mechanism failed.";
    MicPending on AcceptCompletedMic to Established, Must "RFC 4178" "5", "The acceptor's MIC is good: both have signed the list, and nobody changed it.";
    MicPending on Reject to Rejected, Must "RFC 4178" "5", "The acceptor refuses, for instance since the MIC is wrong.";
};

const SERVER: Table = machine_table! {
    Spnego Server [Idle, Negotiating, MechRunning, MicPending, Established, Rejected]
    runs { Negotiating: Inner, MechRunning: Inner, MicPending: Inner, Established: Inner }

    Idle on Go emit NegTokenInit2 to Idle, May "MS-SPNG" "3.2.5.2", "Called without a token, the acceptor lists its own mechanisms.";
    Idle on NegTokenInit emit AcceptIncomplete to MechRunning, Must "RFC 4178" "4.2.2", "The initiator's first choice is taken; its mechanism goes on.";
    Idle on NegTokenInit emit AcceptCompleted to Established, Must "RFC 4178" "4.2.2", "The initiator's first choice is taken, and its one token was enough: done.";
    Idle on NegTokenInit emit RequestMic to Negotiating, Must "RFC 4178" "3.2", "The choice is not the favourite of both sides, so both must sign the list: request-mic.";
    Idle on NegTokenInit emit RequestMicWithMic to MicPending, Must "RFC 4178" "5", "Both must sign the list, and the mechanism is complete on this side: the MIC goes with request-mic.";
    Idle on NegTokenInit emit Reject to Rejected, May "RFC 4178" "3.2", "No mechanism in common, or the token is refused: a reject may say so.";
    Idle on NegTokenInit emit AcceptIncompleteMic to MicPending, May "RFC 4178" "5", "The mechanism is complete on this side; the acceptor sends its MIC first.";
    Idle on NegTokenInit emit AcceptCompletedReselected to Established, MustNot "RFC 4178" "3.2", "A choice other than the favourite calls for request-mic; it has had no token yet, so it can't be complete.";
    Idle on NegTokenInit emit AcceptCompletedMic to Established, May "RFC 4178" "5", "The initiator's one token was enough; the acceptor's MIC answers the one that came with it.";
    Negotiating on NegTokenResp emit AcceptIncomplete to Negotiating, Must "RFC 4178" "4.2.2", "The mechanism is not complete yet: its next token.";
    Negotiating on NegTokenResp emit AcceptIncompleteMic to MicPending, Must "RFC 4178" "5", "The mechanism is complete on this side; the acceptor sends its MIC first.";
    Negotiating on NegTokenResp emit Reject to Rejected, May "RFC 4178" "4.2.2", "The mechanism failed, which ends the negotiation.";
    Negotiating on NegTokenResp emit AcceptCompleted to Established, MustNot "RFC 4178" "5", "After request-mic the acceptor must not finish without the MICs, unless the mechanism can't sign at all.";
    Negotiating on NegTokenResp emit RequestMic to Negotiating, MustNot "RFC 4178" "4.2.2", "A request-mic belongs to the first reply of the acceptor and nowhere else.";
    Negotiating on NegTokenRespMic emit AcceptCompleted to Established, MustNot "RFC 4178" "5", "The initiator's MIC must be answered with the acceptor's.";
    Negotiating on NegTokenRespMic emit AcceptCompletedMic to Established, Must "RFC 4178" "5", "The initiator's MIC is good; the acceptor's answers it.";
    Negotiating on NegTokenRespMic emit Reject to Rejected, May "RFC 4178" "4.2.2", "The mechanism failed, or the MIC is wrong.";
    MechRunning on NegTokenResp emit AcceptIncomplete to MechRunning, Must "RFC 4178" "4.2.2", "The mechanism is not complete yet: its next token.";
    MechRunning on NegTokenResp emit AcceptCompleted to Established, Must "RFC 4178" "4.2.2", "The mechanism is complete, and no MIC is needed: done.";
    MechRunning on NegTokenResp emit AcceptCompletedMic to Established, May "RFC 4178" "5", "The mechanism is complete; the MIC is sent though it need not be.";
    MechRunning on NegTokenResp emit Reject to Rejected, May "RFC 4178" "4.2.2", "The mechanism failed, which ends the negotiation.";
    MechRunning on NegTokenResp emit RequestMic to Negotiating, MustNot "RFC 4178" "4.2.2", "A request-mic belongs to the first reply of the acceptor and nowhere else.";
    MechRunning on NegTokenRespMic emit AcceptCompletedMic to Established, Must "RFC 4178" "5", "The initiator's MIC is good; the acceptor's answers it.";
    MechRunning on NegTokenRespMic emit Reject to Rejected, May "RFC 4178" "4.2.2", "The mechanism failed, or the MIC is wrong.";
    MicPending on NegTokenRespMic to Established, Must "RFC 4178" "5", "The initiator's MIC is good: both have signed the list, and a last word may be left out.";
    MicPending on NegTokenRespMic emit AcceptCompleted to Established, May "RFC 4178" "4.2.2", "The initiator's MIC is good; accept-completed is the acceptor's last word.";
    MicPending on NegTokenRespMic emit Reject to Rejected, May "RFC 4178" "4.2.2", "The initiator's MIC is wrong: somebody may have changed the list.";
};

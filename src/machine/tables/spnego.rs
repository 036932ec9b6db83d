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

    Start on NegTokenInit2 to Start, May "MS-SPNG" "2.2.1", "The acceptor's hints are looked at, and the offer made.";
    Start on Go emit NegTokenInit to Offered, Must "RFC 4178" "4.2.1", "The mechanisms in order of preference, with the first token of the first of them if it is known.";
    Offered on AcceptIncomplete emit NegTokenResp to Selected, Must "RFC 4178" "4.2.2", "The mechanism is chosen and goes on.";
    Offered on AcceptIncomplete emit NegTokenRespMic to MicPending, Must "RFC 4178" "5", "The mechanism is complete on this side; the MIC goes with its last token.";
    Offered on AcceptIncompleteMic emit NegTokenRespMic to Established, Must "RFC 4178" "5", "The acceptor's MIC is good; the initiator's answers it.";
    Offered on RequestMic emit NegTokenResp to Reselected, Must "RFC 4178" "4.2.2", "Another mechanism than the first was chosen, and the MICs must be exchanged.";
    Offered on AcceptIncomplete emit NegTokenRespSupportedMech to Selected, MustNot "RFC 4178" "4.2.2", "Only the acceptor names supportedMech, and only in its first reply.";
    Offered on AcceptCompleted to Established, Must "RFC 4178" "4.2.2", "The mechanism needed one round trip.";
    Offered on AcceptCompletedMic to Established, May "RFC 4178" "5", "The same, with the acceptor's MIC.";
    Offered on Reject to Rejected, Must "RFC 4178" "4.2.2", "The acceptor has no mechanism in common, or refuses the token.";
    Selected on AcceptIncomplete emit NegTokenResp to Selected, Must "RFC 4178" "4.2.2", "The mechanism goes on.";
    Selected on AcceptIncomplete emit NegTokenRespMic to MicPending, May "RFC 4178" "5", "The MIC goes with the mechanism's last token.";
    Selected on AcceptCompleted to Established, Must "RFC 4178" "4.2.2", "The acceptor is done.";
    Selected on AcceptCompletedMic to Established, May "RFC 4178" "5", "The acceptor is done, and sends its MIC.";
    Selected on Reject to Rejected, Must "RFC 4178" "4.2.2", "The acceptor refuses.";
    Reselected on AcceptIncomplete emit NegTokenResp to Reselected, Must "RFC 4178" "4.2.2", "The mechanism goes on.";
    Reselected on AcceptIncomplete emit NegTokenRespMic to MicPending, Must "RFC 4178" "5", "The MIC goes with the mechanism's last token.";
    Reselected on AcceptIncompleteMic emit NegTokenRespMic to Established, Must "RFC 4178" "5", "The acceptor's MIC is good; the initiator's answers it.";
    Reselected on Reject to Rejected, Must "RFC 4178" "4.2.2", "The acceptor refuses.";
    MicPending on AcceptCompletedMic to Established, Must "RFC 4178" "5", "The acceptor's MIC is good.";
    MicPending on Reject to Rejected, Must "RFC 4178" "5", "The acceptor refuses, for instance since the MIC is wrong.";
};

const SERVER: Table = machine_table! {
    Spnego Server [Idle, Negotiating, MechRunning, MicPending, Established, Rejected]
    runs { Negotiating: Inner, MechRunning: Inner, MicPending: Inner, Established: Inner }

    Idle on Go emit NegTokenInit2 to Idle, May "MS-SPNG" "3.2.5.2", "Called without a token, the acceptor lists its own mechanisms.";
    Idle on NegTokenInit emit AcceptIncomplete to MechRunning, Must "RFC 4178" "4.2.2", "The initiator's first choice is taken; its mechanism goes on.";
    Idle on NegTokenInit emit AcceptIncompleteMic to MicPending, May "RFC 4178" "5", "The mechanism is complete on this side; the acceptor sends its MIC first.";
    Idle on NegTokenInit emit AcceptCompleted to Established, Must "RFC 4178" "4.2.2", "The first choice needed one token.";
    Idle on NegTokenInit emit AcceptCompletedReselected to Established, MustNot "RFC 4178" "5", "Another than the first is chosen: the MICs must be exchanged before the acceptor is done.";
    Idle on NegTokenInit emit AcceptCompletedMic to Established, May "RFC 4178" "5", "The same, with a MIC.";
    Idle on NegTokenInit emit RequestMic to Negotiating, Must "RFC 4178" "5", "Another than the first is chosen: the MICs must be exchanged.";
    Idle on NegTokenInit emit Reject to Rejected, Must "RFC 4178" "4.2.2", "No mechanism in common, or the token is refused.";
    Negotiating on NegTokenResp emit AcceptIncomplete to Negotiating, Must "RFC 4178" "4.2.2", "The mechanism goes on.";
    Negotiating on NegTokenResp emit AcceptIncompleteMic to MicPending, Must "RFC 4178" "5", "The mechanism is complete on this side; the acceptor sends its MIC first.";
    Negotiating on NegTokenResp emit Reject to Rejected, Must "RFC 4178" "4.2.2", "The mechanism failed.";
    Negotiating on NegTokenResp emit AcceptCompleted to Established, MustNot "RFC 4178" "5", "Having said request-mic, the acceptor must not finish without the MICs.";
    Negotiating on NegTokenResp emit RequestMic to Negotiating, MustNot "RFC 4178" "4.2.2", "A request-mic belongs to the first reply of the acceptor and nowhere else.";
    Negotiating on NegTokenRespMic emit AcceptCompleted to Established, MustNot "RFC 4178" "5", "The initiator's MIC must be answered with the acceptor's.";
    Negotiating on NegTokenRespMic emit AcceptCompletedMic to Established, Must "RFC 4178" "5", "The initiator's MIC is good; the acceptor's answers it.";
    Negotiating on NegTokenRespMic emit Reject to Rejected, Must "RFC 4178" "5", "The mechanism failed, or the MIC is wrong.";
    MechRunning on NegTokenResp emit AcceptIncomplete to MechRunning, Must "RFC 4178" "4.2.2", "The mechanism goes on.";
    MechRunning on NegTokenResp emit AcceptCompleted to Established, Must "RFC 4178" "4.2.2", "The mechanism is complete.";
    MechRunning on NegTokenResp emit AcceptCompletedMic to Established, May "RFC 4178" "5", "The mechanism is complete; the MIC is sent though it need not be.";
    MechRunning on NegTokenResp emit Reject to Rejected, Must "RFC 4178" "4.2.2", "The mechanism failed.";
    MechRunning on NegTokenResp emit RequestMic to Negotiating, MustNot "RFC 4178" "4.2.2", "A request-mic belongs to the first reply of the acceptor and nowhere else.";
    MechRunning on NegTokenRespMic emit AcceptCompletedMic to Established, Must "RFC 4178" "5", "The initiator's MIC is good; the acceptor's answers it.";
    MechRunning on NegTokenRespMic emit Reject to Rejected, Must "RFC 4178" "5", "The mechanism failed, or the MIC is wrong.";
    MicPending on NegTokenRespMic to Established, Must "RFC 4178" "5", "The initiator's MIC is good: done, with or without a last word.";
    MicPending on NegTokenRespMic emit AcceptCompleted to Established, May "RFC 4178" "4.2.2", "The same, with accept-completed as the last word.";
    MicPending on NegTokenRespMic emit Reject to Rejected, Must "RFC 4178" "5", "The initiator's MIC is wrong.";
};

//! SPNEGO: RFC 2743 section 3.1, RFC 4178, MS-SPNG section 2.2.1; and the mechanisms that it may choose.

use super::{Sentence, table};

pub(super) static SENTENCES: &[Sentence] = table! {
    "" {
        "InitialContextToken" "RFC 2743" "3.1": "The frame that names the mechanism, so that the receiver knows whose token this is. In SPNEGO only the first token has it.";
        "thisMech" "RFC 2743" "3.1": "The mechanism that made this token, as an object identifier. The receiver gives what follows to the code for that mechanism.";
        "innerContextToken" "RFC 2743" "3.1": "What the mechanism itself put into the frame. Only that mechanism knows the form, so it is shown as octets.";
        "NegotiationToken" "RFC 4178" "4.2": "What every SPNEGO token is: a NegTokenInit, which offers mechanisms, or a NegTokenResp, which answers. This one is neither.";
        "NegTokenInit" "RFC 4178" "4.2.1": "The initiator opens the negotiation: it lists its mechanisms, the favourite first, and may send the first token of that one along to save a round trip.";
        "NegTokenInit2" "MS-SPNG" "2.2.1": "A NegTokenInit with room for hints, Microsoft's addition. An acceptor that has heard nothing yet lists its own mechanisms with it.";
        "NegTokenResp" "RFC 4178" "4.2.2": "Every negotiation message after the first, from either side: how the negotiation stands, and the next token of the mechanism that was chosen.";
        "mechTypes" "RFC 4178" "4.2.1": "The mechanisms that the sender can use, the favourite first. An attacker could take the strong ones out; the mechListMIC is there to show that nobody did.";
        "MechType" "RFC 4178" "4.1": "One mechanism of the list, as an object identifier. Its place says how much the sender prefers it.";
        "reqFlags" "RFC 4178" "4.2.1": "What the initiator asks of the context. A leftover of RFC 2478 that nothing protects: senders should leave it out, acceptors must ignore it.";
        "mechToken" "RFC 4178" "3.1": "The optimistic token: the first token of the first mechanism in the list, sent before anybody has chosen it. If it is chosen, a round trip is saved.";
        "negHints" "MS-SPNG" "2.2.1": "Hints for the initiator. The tag [3] is that of mechListMIC in a NegTokenInit; only the type within tells the two apart.";
        "hintName" "MS-SPNG" "2.2.1": "Once the name of the acceptor, today a fixed text that asks to be ignored: a name that nothing protects must not be trusted.";
        "hintAddress" "MS-SPNG" "2.2.1": "A place for an address of the acceptor that was never used: senders must leave it out.";
        "negState" "RFC 4178" "4.2.2": "How the negotiation stands for the sender. The acceptor's first reply must have it; later it may be left out.";
        "supportedMech" "RFC 4178" "4.2.2": "The mechanism that the acceptor chose from the initiator's list. It stands in the acceptor's first reply and nowhere else.";
        "responseToken" "RFC 4178" "4.2.2": "The next token of the mechanism that was chosen. SPNEGO only carries it.";
        "mechListMIC" "RFC 4178" "5": "A checksum over the initiator's mechTypes, made with the key that the mechanism gave. It shows that nobody changed the list on its way. A mechanism that can't sign has none.";
    }
    "negState" {
        "accept-completed" "RFC 4178" "4.2.2": "For the sender the context stands; it expects no more negotiation messages. The server's 235 is still to come.";
        "accept-incomplete" "RFC 4178" "4.2.2": "So far all is well, but the sender needs at least one more message: the mechanism's next token, or a MIC.";
        "reject" "RFC 4178" "4.2.2": "The sender ends the negotiation: the two have no mechanism in common, or the mechanism failed. In SMTP a refusal such as 535 follows.";
        "request-mic" "RFC 4178" "4.2.2": "Both sides must prove with a MIC that nobody changed the list of mechanisms, if the one chosen can sign. The acceptor asks for it where its choice is not the favourite of both.";
    }
    "reqFlags" {
        "delegFlag" "RFC 4178" "4.2.1": "Asks to hand the initiator's credentials to the acceptor, so that it can act in the initiator's name elsewhere.";
        "mutualFlag" "RFC 4178" "4.2.1": "Asks that the acceptor prove who it is, too.";
        "replayFlag" "RFC 4178" "4.2.1": "Asks that messages which come twice be noticed.";
        "sequenceFlag" "RFC 4178" "4.2.1": "Asks that messages out of order be noticed.";
        "anonFlag" "RFC 4178" "4.2.1": "Asks to keep the initiator's name from the acceptor.";
        "confFlag" "RFC 4178" "4.2.1": "Asks that later messages can be encrypted.";
        "integFlag" "RFC 4178" "4.2.1": "Asks that later messages can be signed. A mechListMIC needs that, too.";
        "bit" "RFC 4178" "4.2.1": "A bit without a name. The acceptor ignores all of reqFlags.";
    }
    "mechanism" {
        "SPNEGO" "RFC 4178" "4.2": "SPNEGO authenticates nobody itself: it lets both sides agree on a mechanism that does.";
        "Kerberos V5" "RFC 1964" "1": "Kerberos V5: the client shows a ticket that a key distribution centre (KDC) made for this server. No password crosses the wire.";
        "MS Kerberos V5" "RFC 4178" "Appendix C": "Kerberos V5 under a wrong number: 113554 cut down to 16 bits is 48018. Windows 2000 sent it by mistake, and Windows has understood both since.";
        "Kerberos V5 before RFC 1964" "RFC 1964" "1": "Kerberos V5 under the number of its drafts. Few peers know it still.";
        "Kerberos user-to-user" "draft-swift-win2k-krb-user2user" "": "Kerberos with a server that has no long-term key at hand: the ticket is made for the session key of the server's own ticket.";
        "NTLMSSP" "MS-NLMP" "1.3": "NTLM: the client proves by challenge and response that it knows the password. Older and weaker than Kerberos, but it needs no KDC.";
        "NEGOEX" "MS-NEGOEX" "1.3": "A second negotiation within SPNEGO, for mechanisms that are known by a GUID and tell each other more before one is chosen.";
        "Negotiate late fallback" "MS-SPNG" "3.1.5.4": "A mark of Windows in the list, no mechanism. Where both sides know it, the mechListMIC covers all mechTypes and supportedMechs that were exchanged.";
        "IAKERB" "draft-ietf-kitten-iakerb" "1": "Kerberos for a client that can't reach the KDC: the server passes the messages between the two on.";
        "PKU2U" "draft-zhu-pku2u" "": "Kerberos between two peers without a KDC: certificates take its place.";
    }
};

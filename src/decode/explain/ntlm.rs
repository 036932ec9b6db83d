//! NTLM: MS-NLMP section 2.2.

use super::{Sentence, table};

pub(super) static SENTENCES: &[Sentence] = table! {
    "" {
        "NTLM message" "MS-NLMP" "2.2.1": "It begins like an NTLM message, but is none of the three: negotiate, challenge, authenticate.";
        "NEGOTIATE_MESSAGE" "MS-NLMP" "2.2.1.1": "The first of NTLM's three messages: the client says what it can do. It holds no user name and no secret.";
        "CHALLENGE_MESSAGE" "MS-NLMP" "2.2.1.2": "The second of NTLM's three messages: the server takes up the client's offer, gives random octets to prove the password over, and names itself.";
        "AUTHENTICATE_MESSAGE" "MS-NLMP" "2.2.1.3": "The third of NTLM's three messages: the client names the user and proves with a response to the challenge that it knows the password.";
        "Signature" "MS-NLMP" "2.2.1": "NTLMSSP and a NUL, the mark of an NTLM message. In base64 it begins TlRMTVNTUA, which the eye soon finds.";
        "MessageType" "MS-NLMP" "2.2.1": "Which of the three messages this is. All that follows is laid out by it.";
        "DomainNameFields" "MS-NLMP" "2.2.1": "Where DomainName stands in this message: length and offset.";
        "WorkstationFields" "MS-NLMP" "2.2.1": "Where Workstation stands in this message: length and offset.";
        "UserNameFields" "MS-NLMP" "2.2.1.3": "Where UserName stands in this message: length and offset.";
        "TargetNameFields" "MS-NLMP" "2.2.1.2": "Where TargetName stands in this message: length and offset.";
        "TargetInfoFields" "MS-NLMP" "2.2.1.2": "Where TargetInfo stands in this message: length and offset.";
        "LmChallengeResponseFields" "MS-NLMP" "2.2.1.3": "Where LmChallengeResponse stands in this message: length and offset.";
        "NtChallengeResponseFields" "MS-NLMP" "2.2.1.3": "Where NtChallengeResponse stands in this message: length and offset. A length of 24 means NTLMv1, more means NTLMv2.";
        "EncryptedRandomSessionKeyFields" "MS-NLMP" "2.2.1.3": "Where EncryptedRandomSessionKey stands in this message: length and offset. The length is 0 where no key is exchanged.";
        "Len" "MS-NLMP" "2.2.1": "How many octets the field has; 0 where it is empty.";
        "MaxLen" "MS-NLMP" "2.2.1": "Room that was set aside for the field. It should be the same as Len, and the receiver ignores it.";
        "BufferOffset" "MS-NLMP" "2.2.1": "Where the field begins, counted from the first octet of the message. The fields may stand in any order, so only this tells.";
        "ServerChallenge" "MS-NLMP" "2.2.1.2": "Eight random octets, new each time. The response is computed over them, so that an old response is worth nothing.";
        "Reserved" "MS-NLMP" "2.2.1.2": "Eight octets without a meaning: zero, and ignored.";
        "Version" "MS-NLMP" "2.2.2.10": "Version and build of the sender's operating system, for debugging only. The receiver should ignore it.";
        "UserName" "MS-NLMP" "2.2.1.3": "The account that wants to log on. It is a part of the key that an NTLMv2 response is made with.";
        "TargetName" "MS-NLMP" "2.2.1.2": "The name of the server, or of its domain: one of the flags NTLMSSP_TARGET_TYPE_ says which.";
        "TargetInfo" "MS-NLMP" "2.2.1.2": "What the server tells about itself, as pairs of number and value. The client repeats them in its NTLMv2 response, which ties it to this server.";
        "LmChallengeResponse" "MS-NLMP" "2.2.1.3": "The response of LAN Manager, the oldest. Beside NTLMv2 it is 24 zeros where the server gave its time, and LMv2 where not.";
        "NtChallengeResponse" "MS-NLMP" "2.2.1.3": "The proof of the password. 24 octets are NTLMv1, which is weak; more are NTLMv2: NTProofStr and what it was computed over.";
        "EncryptedRandomSessionKey" "MS-NLMP" "2.2.1.3": "A key of the client's making, encrypted with one that comes from the password. Signing, sealing and the MIC use it.";
        "NTLM_RESPONSE" "MS-NLMP" "2.2.2.6": "The NTLMv1 response: the challenge encrypted with DES under the hash of the password. Whoever records it can find the hash by trying.";
        "NTProofStr" "MS-NLMP" "3.3.2": "The proof itself: an HMAC-MD5 over the server's challenge and all that follows, keyed with password, user and domain. The server computes it again and compares.";
        "NTLMv2_CLIENT_CHALLENGE" "MS-NLMP" "2.2.2.7": "What the client adds to the server's challenge before it computes NTProofStr: a time, random octets of its own, the server's names.";
        "RespType" "MS-NLMP" "2.2.2.7": "The version of this response: 1.";
        "HiRespType" "MS-NLMP" "2.2.2.7": "The highest version of the response that the client knows: 1.";
        "Reserved1" "MS-NLMP" "2.2.2.7": "Zero, without a meaning. NTProofStr covers it all the same.";
        "Reserved2" "MS-NLMP" "2.2.2.7": "Zero, without a meaning. NTProofStr covers it all the same.";
        "Reserved3" "MS-NLMP" "2.2.2.7": "Zero, without a meaning. NTProofStr covers it all the same.";
        "TimeStamp" "MS-NLMP" "2.2.2.7": "When the response was made; the server's own time where it gave one in MsvAvTimestamp. With it, a server can refuse old responses.";
        "ChallengeFromClient" "MS-NLMP" "2.2.2.7": "Eight random octets of the client, so that a false server can't choose all that the response is computed over.";
        "AvPairs" "MS-NLMP" "2.2.2.7": "The server's own pairs come back, and some of the client's with them. NTProofStr covers them, so nobody can change them on the way.";
        "Z(4)" "MS-NLMP" "3.3.2": "Four zeros that end what NTProofStr is computed over. The message format has no name for them.";
        "padding" "MS-NLMP" "2.2.1": "Octets that no field points to. Senders fill up with zeros so that fields begin at an even offset.";
        "MsvAvEOL" "MS-NLMP" "2.2.2.1": "The end of the list of pairs. It must be there, and it has no value.";
        "MsvAvNbComputerName" "MS-NLMP" "2.2.2.1": "The server's NetBIOS name. It must be there.";
        "MsvAvNbDomainName" "MS-NLMP" "2.2.2.1": "The NetBIOS name of the server's domain. It must be there.";
        "MsvAvDnsComputerName" "MS-NLMP" "2.2.2.1": "The server's name in the DNS.";
        "MsvAvDnsDomainName" "MS-NLMP" "2.2.2.1": "The name of the server's domain in the DNS.";
        "MsvAvDnsTreeName" "MS-NLMP" "2.2.2.1": "The name of the forest, the family of domains that the server belongs to, in the DNS.";
        "MsvAvFlags" "MS-NLMP" "2.2.2.1": "What server or client says about itself, one bit each; above all, whether the AUTHENTICATE_MESSAGE has a MIC.";
        "MsvAvTimestamp" "MS-NLMP" "2.2.2.1": "The server's time. A client that sees it should use it in its response, add a MIC, and send no LM response.";
        "MsvAvSingleHost" "MS-NLMP" "2.2.2.2": "Facts about the client's computer, of use only where client and server are the same machine.";
        "MsvAvTargetName" "MS-NLMP" "2.2.2.1": "The service that the client meant to reach, such as SMTPSVC/mail.example.com. A server that finds another name can refuse a relayed logon.";
        "MsvAvChannelBindings" "MS-NLMP" "2.2.2.1": "An MD5 of what marks the TLS channel below. It ties the logon to that channel, so it can't be relayed over another; zeros where there is none.";
        "AvId" "MS-NLMP" "2.2.2.1": "A pair whose number has no meaning in MS-NLMP. Whoever does not know it passes it over.";
    }
    "NEGOTIATE_MESSAGE" {
        "NegotiateFlags" "MS-NLMP" "2.2.2.5": "What the client offers and asks for, one bit each. The server answers with those that it takes.";
        "DomainName" "MS-NLMP" "2.2.1.1": "The domain of the client's computer; there only if NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED is set. Nothing depends on it.";
        "Workstation" "MS-NLMP" "2.2.1.1": "The name of the client's computer; there only if NTLMSSP_NEGOTIATE_OEM_WORKSTATION_SUPPLIED is set.";
    }
    "CHALLENGE_MESSAGE" {
        "NegotiateFlags" "MS-NLMP" "2.2.2.5": "What the server takes of the client's offer, one bit each, and what it says about itself.";
        "octets" "MS-NLMP" "2.2.2.1": "Octets behind the end of the pairs. Zeros do no harm.";
    }
    "AUTHENTICATE_MESSAGE" {
        "NegotiateFlags" "MS-NLMP" "2.2.2.5": "What both have agreed on, one bit each: from now on it holds for signing and sealing.";
        "DomainName" "MS-NLMP" "2.2.1.3": "The domain, or the computer, that keeps the user's account. It is a part of the key that an NTLMv2 response is made with.";
        "Workstation" "MS-NLMP" "2.2.1.3": "The name of the client's computer, for the logs. Nothing proves it.";
        "MIC" "MS-NLMP" "2.2.1.3": "A checksum over all three messages, keyed with the session key: it shows that nobody changed a flag or a name on the way.";
    }
    "NTLM message" {
        "octets" "MS-NLMP" "2.2.1": "The rest of a message whose type is unknown. It may hold responses, so it is kept secret.";
    }
    "MessageType" {
        "NtLmNegotiate" "MS-NLMP" "2.2.1.1": "The first message: the client says what it can do.";
        "NtLmChallenge" "MS-NLMP" "2.2.1.2": "The second message: the server gives its challenge.";
        "NtLmAuthenticate" "MS-NLMP" "2.2.1.3": "The third message: the client answers the challenge.";
    }
    "NegotiateFlags" {
        "NTLMSSP_NEGOTIATE_UNICODE" "MS-NLMP" "2.2.2.5": "Names are in UTF-16. Where OEM is set as well, this one wins.";
        "NTLM_NEGOTIATE_OEM" "MS-NLMP" "2.2.2.5": "Names may be in the old character set of the machine, for peers without Unicode.";
        "NTLMSSP_REQUEST_TARGET" "MS-NLMP" "2.2.2.5": "The client asks for TargetName in the CHALLENGE_MESSAGE; the server repeats the bit where it gives one.";
        "NTLMSSP_NEGOTIATE_SIGN" "MS-NLMP" "2.2.2.5": "Messages after the logon can be signed. SPNEGO's mechListMIC and the security layer need it.";
        "NTLMSSP_NEGOTIATE_SEAL" "MS-NLMP" "2.2.2.5": "Messages after the logon can be encrypted. In SMTP it also seals the four octets of the security layer.";
        "NTLMSSP_NEGOTIATE_DATAGRAM" "MS-NLMP" "2.2.2.5": "NTLM without a connection, as over UDP. It has no place in SMTP.";
        "NTLMSSP_NEGOTIATE_LM_KEY" "MS-NLMP" "2.2.2.5": "The session key is to be made the way of LAN Manager, which is weak. Extended session security overrides it.";
        "NTLMSSP_NEGOTIATE_NTLM" "MS-NLMP" "2.2.2.5": "Asks for session security the way of NTLM, not of LAN Manager. The first two messages must set it; it does not mean an NTLMv1 response.";
        "anonymous" "MS-NLMP" "2.2.2.5": "The client logs on as nobody: there is no user name and no proof.";
        "NTLMSSP_NEGOTIATE_OEM_DOMAIN_SUPPLIED" "MS-NLMP" "2.2.2.5": "DomainName is there, in the old character set. Only a NEGOTIATE_MESSAGE needs to say so.";
        "NTLMSSP_NEGOTIATE_OEM_WORKSTATION_SUPPLIED" "MS-NLMP" "2.2.2.5": "Workstation is there, in the old character set. Only a NEGOTIATE_MESSAGE needs to say so.";
        "NTLMSSP_NEGOTIATE_ALWAYS_SIGN" "MS-NLMP" "2.2.2.5": "A session key is made even where neither signing nor sealing is agreed on; the MIC needs one. Both sides must set this bit.";
        "NTLMSSP_TARGET_TYPE_DOMAIN" "MS-NLMP" "2.2.2.5": "The server says: TargetName is the name of a domain.";
        "NTLMSSP_TARGET_TYPE_SERVER" "MS-NLMP" "2.2.2.5": "The server says: TargetName is its own name.";
        "NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY" "MS-NLMP" "2.2.2.5": "Better keys and signatures, with a key for each direction. Its old name, NTLM2 session security, misleads: it is not NTLMv2.";
        "NTLMSSP_NEGOTIATE_IDENTIFY" "MS-NLMP" "2.2.2.5": "The server may learn who the client is, but is not to act in its name.";
        "NTLMSSP_REQUEST_NON_NT_SESSION_KEY" "MS-NLMP" "2.2.2.5": "Asks for a session key from the LM hash. Nobody should want it today.";
        "NTLMSSP_NEGOTIATE_TARGET_INFO" "MS-NLMP" "2.2.2.5": "TargetInfo is in the CHALLENGE_MESSAGE. An NTLMv2 response is built on it.";
        "NTLMSSP_NEGOTIATE_VERSION" "MS-NLMP" "2.2.2.5": "The field Version is filled, for debugging only.";
        "NTLMSSP_NEGOTIATE_128" "MS-NLMP" "2.2.2.5": "Keys of 128 bits for signing and sealing, where one of these is agreed on.";
        "NTLMSSP_NEGOTIATE_KEY_EXCH" "MS-NLMP" "2.2.2.5": "The client makes a random session key and sends it encrypted, in EncryptedRandomSessionKey.";
        "NTLMSSP_NEGOTIATE_56" "MS-NLMP" "2.2.2.5": "Keys of 56 bits for signing and sealing. Peers that can do 128 set both bits, and 128 wins.";
        "bit" "MS-NLMP" "2.2.2.5": "A bit that MS-NLMP leaves unused: it must be zero.";
    }
    "MsvAvFlags" {
        "account authentication is constrained" "MS-NLMP" "2.2.2.1": "The server tells the client that the authentication of the account is constrained.";
        "MIC present" "MS-NLMP" "2.2.2.1": "The AUTHENTICATE_MESSAGE has a MIC. NTProofStr covers this bit, so an attacker can't take the MIC away unseen.";
        "target name from an untrusted source" "MS-NLMP" "2.2.2.1": "The client had the name in MsvAvTargetName from a source that it does not trust.";
        "bit" "MS-NLMP" "2.2.2.1": "A bit without a meaning in MS-NLMP.";
    }
};

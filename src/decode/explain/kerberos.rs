//! Kerberos: RFC 4121 and RFC 1964 around it, RFC 4120 within; and what its error codes mean.

use super::{Sentence, table};

pub(super) static SENTENCES: &[Sentence] = table! {
    "" {
        "tokId" "RFC 4121" "4.1": "Two octets between the mechanism and the Kerberos message, which say what kind of token this is. They are not ASN.1.";
        "AS-REQ" "RFC 4120" "5.4.1": "The client asks the KDC for its first ticket. In IAKERB it goes through the server.";
        "AS-REP" "RFC 4120" "5.4.2": "The KDC's answer to an AS-REQ: a ticket and its session key.";
        "TGS-REQ" "RFC 4120" "5.4.1": "The client shows the KDC its first ticket and asks for one for the server. In IAKERB it goes through the server.";
        "TGS-REP" "RFC 4120" "5.4.2": "The KDC's answer to a TGS-REQ: a ticket for the server and its session key.";
        "AP-REQ" "RFC 4120" "5.5.1": "The client logs on to the server: the ticket from the KDC, and an authenticator to show that it is the client's own.";
        "AP-REP" "RFC 4120" "3.2.5": "The server proves itself: only who could read the ticket can send back the time that the authenticator held.";
        "KRB-ERROR" "RFC 4120" "5.9": "Says why something failed. Nothing protects it, so a client should not believe it blindly.";
        "KERB-TGT-REQUEST" "draft-swift-win2k-krb-user2user" "": "The client asks the server for the server's own ticket, in order to have one made for its session key.";
        "KERB-TGT-REPLY" "draft-swift-win2k-krb-user2user" "": "The server's own ticket, in answer to a KERB-TGT-REQUEST.";
        "IAKERB-HEADER" "draft-ietf-kitten-iakerb" "3": "In front of a message that the server is to pass on: to the KDC of which realm.";
        "target-realm" "draft-ietf-kitten-iakerb" "3": "The realm whose KDC the message is for.";
        "cookie" "draft-ietf-kitten-iakerb" "3": "Octets of the server's own that the client sends back unchanged, so that the server need remember nothing.";
        "message" "draft-ietf-kitten-iakerb" "3": "What the server is to pass on; it is no Kerberos message that is known here.";
        "pvno" "RFC 4120" "5.4.1": "The version of Kerberos: 5.";
        "msg-type" "RFC 4120" "5.4.1": "Which Kerberos message this is; the tag in front says the same.";
        "ap-options" "RFC 4120" "5.5.1": "What the client wants of the server, one bit each.";
        "ticket" "RFC 4120" "5.3": "The KDC's word to one server about who the client is. The client passes it on and can neither read nor change it.";
        "Ticket" "RFC 4120" "5.3": "Another ticket that the KDC needs in order to make the one asked for.";
        "tkt-vno" "RFC 4120" "5.3": "The version of the form of tickets: 5.";
        "realm" "RFC 4120" "5.3": "The realm that made the ticket: an administrative domain with a KDC of its own, in capitals by custom.";
        "sname" "RFC 4120" "5.3": "The service that the ticket is for, such as smtp/mail.example.com. Server and client must mean the same name.";
        "name-type" "RFC 4120" "6.2": "What kind of name it is: a hint only, two names that differ in it alone are the same.";
        "name-string" "RFC 4120" "5.2.2": "The name in parts; one of a service has two, service and host.";
        "KerberosString" "RFC 4120" "5.2.1": "One part of the name.";
        "enc-part" "RFC 4120" "5.2.9": "The part that is encrypted, for one reader only.";
        "authenticator" "RFC 4121" "4.1.1": "Proof that the client holds the session key: its name and the time, encrypted. A checksum 8003 within holds the context's flags and channel bindings.";
        "etype" "RFC 4120" "5.2.9": "How it is encrypted. It tells what kind of key opens it.";
        "kvno" "RFC 4120" "5.2.9": "Which version of the key it takes. If the server's keytab lacks that version, the ticket can't be read.";
        "cipher" "RFC 4120" "5.2.9": "The encrypted octets. Who has no key can try passwords on them, so they are kept secret here.";
        "ctime" "RFC 4120" "5.9.1": "The client's time, out of the message that failed.";
        "cusec" "RFC 4120" "5.9.1": "The microseconds of ctime.";
        "stime" "RFC 4120" "5.9.1": "The time where the error arose. If it is minutes away from yours, a clock is wrong.";
        "susec" "RFC 4120" "5.9.1": "The microseconds of stime.";
        "error-code" "RFC 4120" "7.5.9": "What went wrong, as a number.";
        "crealm" "RFC 4120" "5.4.2": "The client's realm.";
        "cname" "RFC 4120" "5.4.2": "The client's name.";
        "e-text" "RFC 4120" "5.9.1": "The error in words, for people.";
        "e-data" "RFC 4120" "5.9.1": "More about the error, in a form that the code decides; with KDC_ERR_PREAUTH_REQUIRED the ways of pre-authentication.";
        "padata" "RFC 4120" "5.2.7": "Pre-authentication: what client and KDC tell each other beyond the request itself, such as a proof of the password.";
        "PA-DATA" "RFC 4120" "5.2.7": "One piece of pre-authentication, with its type.";
        "padata-type" "RFC 4120" "5.2.7": "What this piece of pre-authentication is.";
        "padata-value" "RFC 4120" "5.2.7": "The piece itself. Some can be used to try passwords on, so it is kept secret here.";
        "req-body" "RFC 4120" "5.4.1": "What the client asks the KDC for.";
        "kdc-options" "RFC 4120" "5.4.1": "What the ticket is to be good for, one bit each.";
        "from" "RFC 4120" "5.4.1": "When the ticket is to begin, where that is not now.";
        "till" "RFC 4120" "5.4.1": "When the ticket is to end.";
        "rtime" "RFC 4120" "5.4.1": "Until when the ticket is to be renewed, if it can be.";
        "nonce" "RFC 4120" "5.4.1": "A random number that the answer repeats, so that an old answer is found out.";
        "addresses" "RFC 4120" "5.4.1": "The network addresses that the ticket may be used from. Seldom used since networks translate addresses.";
        "HostAddress" "RFC 4120" "5.2.5": "One network address.";
        "addr-type" "RFC 4120" "7.5.3": "The kind of address: 2 is IPv4, 24 is IPv6, 20 is NetBIOS.";
        "address" "RFC 4120" "5.2.5": "The address itself.";
        "enc-authorization-data" "RFC 4120" "5.4.1": "Limits that the client wants in the ticket, encrypted.";
        "additional-tickets" "RFC 4120" "5.4.1": "Tickets that the KDC needs in order to make the one asked for, as for user-to-user.";
        "server-name" "draft-swift-win2k-krb-user2user" "": "Whose ticket is wanted.";
    }
    "ticket" {
        "enc-part" "RFC 4120" "5.3": "What only the server can read, with the key that it shares with the KDC: who the client is, the session key, and until when.";
    }
    "Ticket" {
        "enc-part" "RFC 4120" "5.3": "What only the service that is named can read: who the client is, the session key, and until when.";
    }
    "AP-REP" {
        "enc-part" "RFC 4120" "5.5.2": "The time of the authenticator, encrypted with the session key, and a first sequence number: the server's proof.";
    }
    "AS-REP" {
        "enc-part" "RFC 4120" "5.4.2": "The session key and the times of the ticket, encrypted for the client with the key from its password.";
    }
    "TGS-REP" {
        "enc-part" "RFC 4120" "5.4.2": "The session key and the times of the ticket, encrypted for the client with the session key of its first ticket.";
    }
    "KRB-ERROR" {
        "realm" "RFC 4120" "5.9.1": "The realm of the service that says so.";
        "sname" "RFC 4120" "5.9.1": "The service that says so.";
        "crealm" "RFC 4120" "5.9.1": "The realm of the client whose message failed.";
        "cname" "RFC 4120" "5.9.1": "The client whose message failed.";
    }
    "req-body" {
        "cname" "RFC 4120" "5.4.1": "Who asks. An AS-REQ says it here; a TGS-REQ says it in its first ticket.";
        "realm" "RFC 4120" "5.4.1": "The realm of the service; in an AS-REQ that of the client, too.";
        "sname" "RFC 4120" "5.4.1": "The service that a ticket is wanted for; krbtgt is the KDC itself.";
        "etype" "RFC 4120" "5.4.1": "The kinds of encryption that the client can do, the favourite first.";
    }
    "KERB-TGT-REQUEST" {
        "realm" "draft-swift-win2k-krb-user2user" "": "The realm of the server whose ticket is wanted.";
    }
    "tokId" {
        "KRB_AP_REQ" "RFC 4121" "4.1": "01 00: an AP-REQ, the client's first token.";
        "KRB_AP_REP" "RFC 4121" "4.1": "02 00: an AP-REP, the server's answer where mutual authentication was asked for.";
        "KRB_ERROR" "RFC 4121" "4.1": "03 00: a KRB-ERROR; the context has failed.";
        "KRB_TGT_REQ" "draft-swift-win2k-krb-user2user" "": "04 00: the client asks for the server's own ticket, for user-to-user.";
        "KRB_TGT_REP" "draft-swift-win2k-krb-user2user" "": "04 01: the server's own ticket, for user-to-user.";
        "IAKERB_PROXY" "draft-ietf-kitten-iakerb" "3": "05 01: a message that the server passes on to the KDC, or back.";
        "MIC" "RFC 1964" "1.2.1": "01 01: a signature alone, in the old form for DES and RC4.";
        "Wrap" "RFC 1964" "1.2.2": "02 01: a message in the envelope of GSS_Wrap, in the old form for DES and RC4.";
        "delete context" "RFC 1964" "1.2.3": "01 02: the sender has dropped the context. Nobody sends this any more.";
    }
    "ap-options" {
        "reserved" "RFC 4120" "5.5.1": "A bit that was kept for later and never used.";
        "use-session-key" "RFC 4120" "5.5.1": "The ticket is encrypted with the session key of the server's own ticket: user-to-user.";
        "mutual-required" "RFC 4120" "5.5.1": "The client wants the server to prove itself, too, so an AP-REP must follow.";
        "bit" "RFC 4120" "5.5.1": "A bit without a meaning; the receiver ignores it.";
    }
    "msg-type" {
        "KRB_AS_REQ" "RFC 4120" "7.5.7": "An AS-REQ: the client asks the KDC for its first ticket.";
        "KRB_AS_REP" "RFC 4120" "7.5.7": "An AS-REP: the KDC gives the client its first ticket.";
        "KRB_TGS_REQ" "RFC 4120" "7.5.7": "A TGS-REQ: the client asks the KDC for a ticket for a service.";
        "KRB_TGS_REP" "RFC 4120" "7.5.7": "A TGS-REP: the KDC gives the client a ticket for a service.";
        "KRB_AP_REQ" "RFC 4120" "7.5.7": "An AP-REQ: the client shows its ticket to the server.";
        "KRB_AP_REP" "RFC 4120" "7.5.7": "An AP-REP: the server proves itself.";
        "KRB_TGT_REQ" "draft-swift-win2k-krb-user2user" "": "A KERB-TGT-REQUEST. RFC 4120 only reserves the number.";
        "KRB_TGT_REP" "draft-swift-win2k-krb-user2user" "": "A KERB-TGT-REPLY. RFC 4120 only reserves the number.";
        "KRB_ERROR" "RFC 4120" "7.5.7": "A KRB-ERROR: something failed.";
    }
    "name-type" {
        "NT-UNKNOWN" "RFC 4120" "6.2": "A name of no kind in particular.";
        "NT-PRINCIPAL" "RFC 4120" "6.2": "The name of a user, or of a service with one name.";
        "NT-SRV-INST" "RFC 4120" "6.2": "A service and what it serves, as the KDC of a realm: krbtgt/EXAMPLE.COM.";
        "NT-SRV-HST" "RFC 4120" "6.2": "A service and its host: smtp/mail.example.com.";
        "NT-SRV-XHST" "RFC 4120" "6.2": "A service and its host, the host's name in several parts.";
        "NT-UID" "RFC 4120" "6.2": "An identifier that a machine made, and that is never given to anybody else.";
        "NT-X500-PRINCIPAL" "RFC 4120" "6.2": "A name of X.500, as from a certificate.";
        "NT-SMTP-NAME" "RFC 4120" "6.2": "A name that looks like a mail address.";
        "NT-ENTERPRISE" "RFC 6806" "5": "A name by which a whole enterprise knows the user, like user@example.com. The KDC finds out which realm that is.";
        "NT-WELLKNOWN" "RFC 6111" "3.1": "A name with a meaning of its own, such as the one for anonymous users.";
        "NT-SRV-HST-DOMAIN" "RFC 5179" "": "A service, its host and its domain.";
        "NT-MS-PRINCIPAL" "Windows" "ntsecapi.h": "A name in the form of Windows NT 4.0, DOMAIN and user.";
        "NT-MS-PRINCIPAL-AND-ID" "Windows" "ntsecapi.h": "A name in the form of Windows NT 4.0, with the user's number (SID).";
        "NT-ENT-PRINCIPAL-AND-ID" "Windows" "ntsecapi.h": "A user principal name of Windows, with the user's number (SID).";
    }
    "etype" {
        "des-cbc-crc" "RFC 6649" "": "DES, which can be broken in a day. No peer should use it.";
        "des-cbc-md4" "RFC 6649" "": "DES, which can be broken in a day. No peer should use it.";
        "des-cbc-md5" "RFC 6649" "": "DES, which can be broken in a day. No peer should use it.";
        "des3-cbc-md5" "RFC 3961" "8": "Triple DES in a form that was never in wide use.";
        "des3-cbc-sha1" "RFC 3961" "8": "Triple DES in an old form, before keys were derived.";
        "des3-cbc-sha1-kd" "RFC 8429" "": "Triple DES: slow and weak by today's measure, and no longer recommended.";
        "aes128-cts-hmac-sha1-96" "RFC 3962" "6": "AES with a key of 128 bits, signed with SHA-1.";
        "aes256-cts-hmac-sha1-96" "RFC 3962" "6": "AES with a key of 256 bits, signed with SHA-1: the usual one.";
        "aes128-cts-hmac-sha256-128" "RFC 8009" "": "AES with a key of 128 bits, signed with SHA-256.";
        "aes256-cts-hmac-sha384-192" "RFC 8009" "": "AES with a key of 256 bits, signed with SHA-384: the strongest of them.";
        "rc4-hmac" "RFC 4757" "": "RC4, keyed with the NTLM hash of the password. Weak, and no longer recommended (RFC 8429), but still met in Windows domains.";
        "rc4-hmac-exp" "RFC 4757" "": "RC4 with a key cut short for export. Broken.";
        "camellia128-cts-cmac" "RFC 6803" "": "Camellia, a cipher from Japan, with a key of 128 bits.";
        "camellia256-cts-cmac" "RFC 6803" "": "Camellia, a cipher from Japan, with a key of 256 bits.";
        "rc4-md4" "Windows" "ntsecapi.h": "RC4 in a form that only old Windows knew.";
        "rc4-hmac-old" "Windows" "ntsecapi.h": "RC4 in a form that only old Windows knew.";
        "rc4-hmac-old-exp" "Windows" "ntsecapi.h": "RC4 in a form that only old Windows knew, the key cut short for export.";
    }
    "padata-type" {
        "PA-TGS-REQ" "RFC 4120" "5.2.7.1": "An AP-REQ with the client's first ticket: what a TGS-REQ is authenticated by.";
        "PA-ENC-TIMESTAMP" "RFC 4120" "5.2.7.2": "The time, encrypted with the key from the password: the plain way to prove the password to the KDC.";
        "PA-PW-SALT" "RFC 4120" "5.2.7.3": "What is mixed into the password when the key is made; superseded by PA-ETYPE-INFO2.";
        "PA-ETYPE-INFO" "RFC 4120" "5.2.7.4": "Which kinds of keys the KDC has of the user; superseded by PA-ETYPE-INFO2.";
        "PA-PK-AS-REQ" "RFC 4556" "3.2.1": "The client's certificate and signature in place of a password (PKINIT).";
        "PA-PK-AS-REP" "RFC 4556" "3.2.3": "The KDC's answer to a client with a certificate (PKINIT).";
        "PA-ETYPE-INFO2" "RFC 4120" "5.2.7.5": "Which kinds of keys the KDC has of the user, and how to make them from the password.";
        "PA-PAC-REQUEST" "MS-KILE" "2.2.3": "Whether the ticket is to hold a PAC, the list of groups that Windows wants.";
        "PA-FOR-USER" "MS-SFU" "2.2.1": "A service asks for a ticket in the name of a user who is not there (S4U2self).";
        "PA-FOR-X509-USER" "MS-SFU" "2.2.2": "The same as PA-FOR-USER, the user named by a certificate.";
        "PA-AS-CHECKSUM" "IANA" "kerberos-parameters": "A number that the registry gives to Windows; nothing more is known of it here.";
        "PA-FX-COOKIE" "RFC 6113" "5.2": "Octets of the KDC's own that the client sends back, so that the KDC need remember nothing.";
        "PA-AUTHENTICATION-SET" "RFC 6113" "5.3": "Several ways of pre-authentication that belong together.";
        "PA-FX-FAST" "RFC 6113" "5.4": "A tunnel (FAST) that hides the rest of the pre-authentication under another key, so that nobody can try passwords on it.";
        "PA-FX-ERROR" "RFC 6113" "5.4.4": "An error within the tunnel of FAST, where it can be believed.";
        "PA-ENCRYPTED-CHALLENGE" "RFC 6113" "5.4.6": "The proof of the password within the tunnel of FAST.";
        "PA-REQ-ENC-PA-REP" "RFC 6806" "11": "Asks the KDC to sign what it saw of the request, so that changes on the way are noticed.";
        "PA-AS-FRESHNESS" "RFC 8070" "": "A token of the KDC that shows that a signature with a certificate was made just now.";
        "PA-SPAKE" "RFC 9588" "": "A proof of the password that nobody can try passwords on (SPAKE).";
        "PA-SUPPORTED-ENCTYPES" "MS-KILE" "2.2.8": "Which kinds of encryption the account of the service can do.";
        "PA-PAC-OPTIONS" "MS-KILE" "2.2.10": "What the client asks for of Windows' additions, such as claims.";
    }
    "kdc-options" {
        "forwardable" "RFC 4120" "2.6": "The ticket may be used to get another one for a different address, so that a server can act for the user.";
        "forwarded" "RFC 4120" "2.6": "The ticket asked for is such a one for a different address.";
        "proxiable" "RFC 4120" "2.5": "The ticket may be used to get tickets for a service to act for the user.";
        "proxy" "RFC 4120" "2.5": "The ticket asked for is one for a service to act for the user.";
        "allow-postdate" "RFC 4120" "2.4": "The ticket may be used to get one that begins later.";
        "postdated" "RFC 4120" "2.4": "The ticket asked for begins later, at the time in from.";
        "renewable" "RFC 4120" "2.3": "The ticket can be renewed up to the time in rtime.";
        "opt-hardware-auth" "RFC 4120" "2.9.3": "The client wants to be authenticated by hardware, in place of its password or beside it.";
        "cname-in-addl-tkt" "MS-SFU" "2.2.3": "A service asks in the name of the user whose ticket stands in additional-tickets (S4U2proxy).";
        "canonicalize" "RFC 6806" "3": "The KDC may correct the names, or point to another realm.";
        "request-anonymous" "RFC 8062" "3": "The ticket is not to name the user.";
        "disable-transited-check" "RFC 4120" "2.7": "The KDC need not check through which realms the ticket came.";
        "renewable-ok" "RFC 4120" "2.9.1": "If the ticket can't last as long as wanted, one that can be renewed will do.";
        "enc-tkt-in-skey" "RFC 4120" "2.9.2": "The ticket is to be encrypted with the session key of the ticket in additional-tickets: user-to-user.";
        "renew" "RFC 4120" "2.3": "The ticket shown is to be renewed.";
        "validate" "RFC 4120" "2.2": "The ticket shown, which was to begin later, is to be made valid now.";
        "bit" "RFC 4120" "5.4.1": "A bit without a meaning; the KDC ignores it.";
    }
};

pub(super) static ERRORS: &[Sentence] = table! {
    "error-code" {
        "KDC_ERR_NONE" "RFC 4120" "7.5.9": "No error.";
        "KDC_ERR_NAME_EXP" "RFC 4120" "7.5.9": "The client's account has expired.";
        "KDC_ERR_SERVICE_EXP" "RFC 4120" "7.5.9": "The service's account has expired.";
        "KDC_ERR_BAD_PVNO" "RFC 4120" "7.5.9": "The KDC does not speak that version of Kerberos.";
        "KDC_ERR_C_OLD_MAST_KVNO" "RFC 4120" "7.5.9": "The KDC keeps the client's key under an old master key.";
        "KDC_ERR_S_OLD_MAST_KVNO" "RFC 4120" "7.5.9": "The KDC keeps the service's key under an old master key.";
        "KDC_ERR_C_PRINCIPAL_UNKNOWN" "RFC 4120" "7.5.9": "The KDC knows no client of that name: look at user and realm.";
        "KDC_ERR_S_PRINCIPAL_UNKNOWN" "RFC 4120" "7.5.9": "The KDC knows no service of that name: look at the host name, and whether smtp/ or SMTPSVC/ is registered for it.";
        "KDC_ERR_PRINCIPAL_NOT_UNIQUE" "RFC 4120" "7.5.9": "The KDC has several accounts of that name; often a service that is registered twice.";
        "KDC_ERR_NULL_KEY" "RFC 4120" "7.5.9": "The KDC has no key for the client or the service.";
        "KDC_ERR_CANNOT_POSTDATE" "RFC 4120" "7.5.9": "The KDC makes no ticket that begins later.";
        "KDC_ERR_NEVER_VALID" "RFC 4120" "7.5.9": "The ticket would end before it begins: look at the clocks.";
        "KDC_ERR_POLICY" "RFC 4120" "7.5.9": "The KDC's policy forbids it, for instance at this hour or from this computer.";
        "KDC_ERR_BADOPTION" "RFC 4120" "7.5.9": "The KDC can't do what was asked for with this ticket.";
        "KDC_ERR_ETYPE_NOSUPP" "RFC 4120" "7.5.9": "Client, service and KDC have no kind of encryption in common, for instance since one has only RC4 keys.";
        "KDC_ERR_SUMTYPE_NOSUPP" "RFC 4120" "7.5.9": "The KDC does not know that kind of checksum.";
        "KDC_ERR_PADATA_TYPE_NOSUPP" "RFC 4120" "7.5.9": "The KDC does not know that kind of pre-authentication; with a certificate, often since it has none itself.";
        "KDC_ERR_TRTYPE_NOSUPP" "RFC 4120" "7.5.9": "The KDC does not know that way of listing realms on the way.";
        "KDC_ERR_CLIENT_REVOKED" "RFC 4120" "7.5.9": "The client's account is locked, disabled or expired.";
        "KDC_ERR_SERVICE_REVOKED" "RFC 4120" "7.5.9": "The service's account is disabled.";
        "KDC_ERR_TGT_REVOKED" "RFC 4120" "7.5.9": "The client's first ticket was revoked: log on anew.";
        "KDC_ERR_CLIENT_NOTYET" "RFC 4120" "7.5.9": "The client's account is not valid yet.";
        "KDC_ERR_SERVICE_NOTYET" "RFC 4120" "7.5.9": "The service's account is not valid yet.";
        "KDC_ERR_KEY_EXPIRED" "RFC 4120" "7.5.9": "The password has expired and must be changed.";
        "KDC_ERR_PREAUTH_FAILED" "RFC 4120" "7.5.9": "The proof of the password is not good: most often the password is wrong.";
        "KDC_ERR_PREAUTH_REQUIRED" "RFC 4120" "7.5.9": "The KDC wants a proof of the password first. That is the usual first answer and no failure: the client asks again with it.";
        "KDC_ERR_SERVER_NOMATCH" "RFC 4120" "7.5.9": "The service asked for is not the one of the ticket shown.";
        "KDC_ERR_MUST_USE_USER2USER" "RFC 4120" "7.5.9": "The service takes only tickets of user-to-user.";
        "KDC_ERR_PATH_NOT_ACCEPTED" "RFC 4120" "7.5.9": "The KDC does not trust the realms that the ticket came through.";
        "KDC_ERR_SVC_UNAVAILABLE" "RFC 4120" "7.5.9": "A service that the KDC needs is not available: try again later.";
        "KRB_AP_ERR_BAD_INTEGRITY" "RFC 4120" "7.5.9": "Something encrypted does not come out right: it was changed, or the key is another.";
        "KRB_AP_ERR_TKT_EXPIRED" "RFC 4120" "7.5.9": "The ticket has ended: get a new one.";
        "KRB_AP_ERR_TKT_NYV" "RFC 4120" "7.5.9": "The ticket has not begun yet: look at the clocks.";
        "KRB_AP_ERR_REPEAT" "RFC 4120" "7.5.9": "The server has seen this authenticator before: a repetition, perhaps an attack.";
        "KRB_AP_ERR_NOT_US" "RFC 4120" "7.5.9": "The ticket is for another server: its sname is none of this server's names.";
        "KRB_AP_ERR_BADMATCH" "RFC 4120" "7.5.9": "Ticket and authenticator name different clients.";
        "KRB_AP_ERR_SKEW" "RFC 4120" "7.5.9": "The clocks of client and server are too far apart, by custom more than five minutes.";
        "KRB_AP_ERR_BADADDR" "RFC 4120" "7.5.9": "The ticket is for another network address.";
        "KRB_AP_ERR_BADVERSION" "RFC 4120" "7.5.9": "The message is of another version of Kerberos.";
        "KRB_AP_ERR_MSG_TYPE" "RFC 4120" "7.5.9": "The message is not the one that belongs here.";
        "KRB_AP_ERR_MODIFIED" "RFC 4120" "7.5.9": "The server can't read the ticket: mostly the name belongs to another account, or the keytab is old; seldom was anything changed.";
        "KRB_AP_ERR_BADORDER" "RFC 4120" "7.5.9": "A message is out of order.";
        "KRB_AP_ERR_BADKEYVER" "RFC 4120" "7.5.9": "The server does not have that version of its key: the keytab is older or newer than the KDC's.";
        "KRB_AP_ERR_NOKEY" "RFC 4120" "7.5.9": "The server has no key for the name in the ticket: look for it in the keytab.";
        "KRB_AP_ERR_MUT_FAIL" "RFC 4120" "7.5.9": "The server did not prove itself.";
        "KRB_AP_ERR_BADDIRECTION" "RFC 4120" "7.5.9": "A message came back from where it was sent to.";
        "KRB_AP_ERR_METHOD" "RFC 4120" "7.5.9": "Another way of authentication is needed; e-data says which.";
        "KRB_AP_ERR_BADSEQ" "RFC 4120" "7.5.9": "The number of a message is not the one that was due.";
        "KRB_AP_ERR_INAPP_CKSUM" "RFC 4120" "7.5.9": "That kind of checksum is not strong enough here.";
        "KRB_AP_PATH_NOT_ACCEPTED" "RFC 4120" "7.5.9": "The server does not trust the realms that the ticket came through.";
        "KRB_ERR_RESPONSE_TOO_BIG" "RFC 4120" "7.5.9": "The answer does not fit into one datagram: ask again over TCP.";
        "KRB_ERR_GENERIC" "RFC 4120" "7.5.9": "Any other error; e-text may say more.";
        "KRB_ERR_FIELD_TOOLONG" "RFC 4120" "7.5.9": "A field is longer than this peer takes.";
        "KDC_ERR_CLIENT_NOT_TRUSTED" "RFC 4556" "3.2.2": "The KDC does not accept the client's public key, for a reason that no other code gives.";
        "KDC_ERR_KDC_NOT_TRUSTED" "RFC 4120" "7.5.9": "By its name: the client does not trust the KDC's certificate. The number is only reserved for PKINIT.";
        "KDC_ERR_INVALID_SIG" "RFC 4556" "3.2.2": "The signature that the client made with its certificate is not good.";
        "KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED" "RFC 4556" "3.2.2": "The KDC wants other Diffie-Hellman parameters; e-data says which.";
        "KDC_ERR_CERTIFICATE_MISMATCH" "RFC 4120" "7.5.9": "By its name: the certificate is not the client's. The number is only reserved for PKINIT.";
        "KRB_AP_ERR_NO_TGT" "RFC 4120" "7.5.9": "The server has no ticket of its own for user-to-user.";
        "KDC_ERR_WRONG_REALM" "RFC 6806" "7": "The client belongs to another realm: ask the KDC of that one.";
        "KRB_AP_ERR_USER_TO_USER_REQUIRED" "RFC 4120" "7.5.9": "The server has no key of its own and wants user-to-user.";
        "KDC_ERR_CANT_VERIFY_CERTIFICATE" "RFC 4556" "3.2.2": "The KDC finds no way from the client's certificate to one that it trusts.";
        "KDC_ERR_INVALID_CERTIFICATE" "RFC 4556" "3.2.2": "The signature on a certificate that the client sent is not valid.";
        "KDC_ERR_REVOKED_CERTIFICATE" "RFC 4556" "3.2.2": "The certificate was revoked.";
        "KDC_ERR_REVOCATION_STATUS_UNKNOWN" "RFC 4556" "3.2.2": "Nobody could say whether the certificate was revoked.";
        "KDC_ERR_REVOCATION_STATUS_UNAVAILABLE" "RFC 4120" "7.5.9": "By its name: who could say whether the certificate was revoked can't be reached. The number is only reserved for PKINIT.";
        "KDC_ERR_CLIENT_NAME_MISMATCH" "RFC 4556" "3.2.2": "The certificate is for another user.";
        "KDC_ERR_KDC_NAME_MISMATCH" "RFC 4120" "7.5.9": "By its name: the certificate is for another KDC. The number is only reserved for PKINIT.";
        "KDC_ERR_INCONSISTENT_KEY_PURPOSE" "RFC 4556" "3.2.2": "The certificate is not meant for logging on.";
        "KDC_ERR_DIGEST_IN_CERT_NOT_ACCEPTED" "RFC 4556" "3.2.2": "A certificate is signed in a way that the KDC finds too weak.";
        "KDC_ERR_PA_CHECKSUM_MUST_BE_INCLUDED" "RFC 4556" "3.2.3": "The signature must cover the request, and does not.";
        "KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED" "RFC 4556" "3.2.2": "The request is signed in a way that the KDC finds too weak.";
        "KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED" "RFC 4556" "3.2.3": "The KDC can do this only with Diffie-Hellman, not by encrypting to the certificate.";
        "KRB_AP_ERR_IAKERB_KDC_NOT_FOUND" "draft-ietf-kitten-iakerb" "3": "The server, which passes messages on, finds no KDC for that realm.";
        "KRB_AP_ERR_IAKERB_KDC_NO_RESPONSE" "draft-ietf-kitten-iakerb" "3": "The server, which passes messages on, got no answer from the KDC.";
        "KDC_ERR_PREAUTH_EXPIRED" "RFC 6113" "5.2": "The pre-authentication took too long: begin again.";
        "KDC_ERR_MORE_PREAUTH_DATA_REQUIRED" "RFC 6113" "5.2": "So far all is well; the pre-authentication needs another step.";
        "KDC_ERR_PREAUTH_BAD_AUTHENTICATION_SET" "RFC 6113" "5.3": "The KDC does not take that set of ways of pre-authentication.";
        "KDC_ERR_UNKNOWN_CRITICAL_FAST_OPTIONS" "RFC 6113" "5.4.2": "The client wants something of FAST that the KDC does not know.";
    }
};

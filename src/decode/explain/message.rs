//! What stands around the mechanisms: signed and wrapped messages (RFC 4121, RFC 1964, MS-NLMP section 2.2.2.9), the
//! security layer (RFC 4752), LOGIN, PLAIN, CRAM-MD5, DIGEST-MD5, EXTERNAL and bearer tokens, NEGOEX, and BER of unknown meaning (X.690).

use super::{Sentence, table};

pub(super) static SENTENCES: &[Sentence] = table! {
    "" {
        "empty" "RFC 4954" "4": "No octets: an empty line, or a lone = as the initial response. The exchange goes on; this side has nothing to say in it.";
        "prompt" "MS-XLOGIN" "2.2.2": "What the server asks for. Two texts are defined, Username: and Password:; other words are in use.";
        "username" "MS-XLOGIN" "2.2.2": "The user name. Base64 is no encryption: who sees the line can read it.";
        "password" "MS-XLOGIN" "2.2.2": "The password itself. Base64 is no encryption, so LOGIN belongs within TLS.";
        "username or password" "MS-XLOGIN" "3.1.5.1": "One of the two: the prompts came in an order that does not tell which. It is kept secret in case it is the password.";
        "PLAIN" "RFC 4616" "2": "Everything in one message: whose rights, who, and the password, with a NUL between. It belongs within TLS.";
        "authzid" "RFC 4616" "2": "The authorization identity: the user whose rights are wanted. Empty, as is usual, it means those of authcid.";
        "authcid" "RFC 4616" "2": "The authentication identity: the user whose password follows.";
        "passwd" "RFC 4616" "2": "The password itself. Base64 is no encryption, so PLAIN belongs within TLS.";
        "CRAM-MD5" "RFC 2195" "2": "The answer to the challenge: who it is, and a digest that only who knows the password can make.";
        "msg-id" "RFC 2195" "2": "The challenge, in the form that messages have in their Message-ID. The client makes its digest over it, brackets included.";
        "digest-challenge" "RFC 2831" "2.1.1": "The server's challenge: its nonce, and what it can do.";
        "digest-response" "RFC 2831" "2.1.2": "The client's answer: who it is, its own nonce, what it has chosen, and the digest that proves the password.";
        "response-auth" "RFC 2831" "2.1.3": "The server's proof that it knows the password as well. The client answers with an empty line.";
        "rspauth" "RFC 2831" "2.1.3": "A digest as the client's, over the same values in another form. Only who knows the password can make it, so it is kept secret.";
        "qop" "RFC 2831" "2.1.1": "Quality of protection: what is done for what follows the exchange. The server offers a list, the client chooses one.";
        "stale" "RFC 2831" "2.1.1": "With true the digest was good, but its nonce too old; the client is to answer the new one without asking its user.";
        "maxbuf" "RFC 2831" "2.1.1": "The largest protected message that the sender can take. Without auth-int or auth-conf it means nothing.";
        "charset" "RFC 2831" "2.1.1": "With utf-8 names and password are Unicode. Left out, they are ISO 8859-1.";
        "algorithm" "RFC 2831" "2.1.1": "Always md5-sess: the word tells old clients of HTTP that this is not for them.";
        "cnonce" "RFC 2831" "2.1.2": "Random octets of the client. They keep a server from choosing what the digest covers, and let it prove itself.";
        "nc" "RFC 2831" "2.1.2": "How often the client has used this nonce, in hex: 00000001 the first time. The server notices what is repeated.";
        "digest-uri" "RFC 2831" "2.1.2": "Service and host that the client means. So a server can't pass the digest on to another one.";
        "directive" "RFC 2831" "7.1": "A directive that is not known here; it is ignored.";
        "EXTERNAL" "RFC 4422" "A.1": "Who it is was shown outside of SASL, here by the client's TLS certificate. The message only says whose rights are wanted.";
        "XOAUTH2" "Google XOAUTH2" "Initial Client Response": "User name and bearer token, in pairs that an octet of 01 ends. It belongs within TLS.";
        "OAUTHBEARER" "RFC 7628" "3.1": "A header as SCRAM has it, then pairs that an octet of 01 ends; one holds the bearer token. It belongs within TLS.";
        "user" "Google XOAUTH2" "Initial Client Response": "The user name, mostly a mail address.";
        "auth" "RFC 7628" "3.1": "What would stand in the Authorization header of HTTP: the scheme and the token. Left empty, it asks for the error that tells where tokens are had.";
        "auth-scheme" "RFC 6750" "2.1": "How the token is used: Bearer means that whoever bears it is let in.";
        "token" "RFC 6750" "2.1": "The bearer token. Whoever has it is let in until it expires, so it is kept secret and belongs within TLS.";
        "host" "RFC 7628" "3.1": "The host that the client has connected to.";
        "port" "RFC 7628" "3.1": "The port that the client has connected to.";
        "mthd" "RFC 7628" "3.1": "The method of HTTP that a signature would cover: POST where it is left out.";
        "path" "RFC 7628" "3.1": "The path that a signature would cover: / where it is left out.";
        "post" "RFC 7628" "3.1": "The body that a signature would cover.";
        "qs" "RFC 7628" "3.1": "The query that a signature would cover.";
        "kvpair" "RFC 7628" "3.1": "A pair with a key that is not known here, or with none. It may be a token, so it is kept secret.";
        "kvsep" "RFC 7628" "3.2.3": "One octet of 01: the client has read the error, and the server may refuse now. OAUTHBEARER has it so; XOAUTH2 has an empty line.";
        "error result" "RFC 7628" "3.2.2": "Why the token is not taken, as an object of JSON. It comes as a challenge, since a refusal can carry no data.";
        "status" "RFC 7628" "3.2.2": "What is wrong: invalid_token, invalid_request or insufficient_scope; Google puts a status code of HTTP here.";
        "scope" "RFC 7628" "3.2.2": "What the token must allow to be of use here.";
        "schemes" "Google XOAUTH2" "Error Response": "The schemes that the server would take.";
        "openid-configuration" "RFC 7628" "3.2.2": "Where the client can read how tokens are had.";
        "member" "RFC 7628" "3.2.2": "A member that is not known here.";
        "text" "RFC 4954" "4": "Characters without the marks of any token. What they mean depends on the mechanism.";
        "octets" "saslscope" "": "Octets that this decoder could not read as the field that belongs here. The problem beside them, or above, says why.";
        "length-prefixed token" ".NET Core 3.1" "": "A token behind four octets of length, the form that .NET gives its messages on a stream. No standard has it in this place.";
        "length" ".NET Core 3.1" "": "How many octets of token follow, low octet first.";
        "security layer" "RFC 4752" "3.1": "The four octets that offer or choose a security layer: a mask of layers and a size. Here they are in clear, without the wrapping that should protect them.";
        "mask" "RFC 4752" "3.3": "Security layers, one bit each. The server offers all those that it would use; the client answers with exactly one.";
        "maxsize" "RFC 4752" "3.1": "The largest wrapped message that the sender can take, high octet first. Without a layer it must be 0, which RFC 2222 did not say yet; Exchange and Dovecot send other numbers.";
        "Wrap" "RFC 4121" "4.2.6.2": "A message in the envelope of GSS_Wrap, which signs it and may encrypt it. In AUTH GSSAPI it holds the offer or the choice of a security layer.";
        "MIC" "RFC 4121" "4.2.6.1": "A signature alone, made by GSS_GetMIC: the message that it covers is not in it.";
        "plaintext" "RFC 4752" "3.1": "The message within the envelope, signed but not encrypted. In AUTH GSSAPI it is the offer or the choice of a security layer.";
        "ciphertext" "RFC 4121" "4.2.4": "The message within the envelope, encrypted. The security layer is to be agreed on without encryption, so that it can be read here.";
        "checksum" "RFC 4121" "4.2.4": "The signature over message and header. Only the two ends of the context have the key to make it or to check it.";
        "TOK_ID" "RFC 4121" "4.2.6": "Two octets that say what kind of message this is.";
        "Flags" "RFC 4121" "4.2.2": "Who made the message and how it is protected, one bit each.";
        "Filler" "RFC 4121" "4.2.6": "Octets of FF that fill a gap. The checksum covers them as well.";
        "EC" "RFC 4121" "4.2.3": "Extra count: without encryption the length of the checksum, with it the octets that fill up the message.";
        "RRC" "RFC 4121" "4.2.5": "Right rotation count: by so many octets, message and checksum were turned to the right. Windows turns the checksum to the front.";
        "SND_SEQ" "RFC 4121" "4.2.1": "The number of the message in its direction: who counts along notices what is lost, repeated or out of order.";
        "SGN_CKSUM" "RFC 4121" "4.2.4": "The signature itself. Only the two ends of the context have the key to make it or to check it.";
        "SGN_ALG" "RFC 1964" "1.2.1": "How the signature was made.";
        "SEAL_ALG" "RFC 1964" "1.2.2": "How the message was encrypted, or that it was not.";
        "Confounder" "RFC 1964" "1.2.2.3": "Eight random octets in front of the message, so that equal messages do not look alike.";
        "Padding" "RFC 1964" "1.2.2.3": "One to eight octets that fill the message up; each says how many there are.";
        "NTLM wrapped message" "MS-NLMP" "3.4.6": "A message in the envelope of GSS_Wrap as NTLM makes it: the signature first, then the message, encrypted where that was agreed on.";
        "NTLMSSP_MESSAGE_SIGNATURE" "MS-NLMP" "2.2.2.9": "NTLM's signature over a message: here over the mechTypes, as mechListMIC, or over the security layer that follows.";
        "Checksum" "MS-NLMP" "2.2.2.9": "The checksum over number and message. Only the two ends of the context have the key to make it or to check it.";
        "SeqNum" "MS-NLMP" "2.2.2.9": "The number of the message in its direction, from 0. A mechListMIC counts as well, so the security layer has 1 behind one.";
        "NEGOEX" "MS-NEGOEX" "2.2.6": "The messages of NEGOEX, a negotiation within SPNEGO, one after the other.";
        "NEGOEX message" "MS-NEGOEX" "2.2.6.1": "A message of NEGOEX whose type is unknown.";
        "MESSAGE_TYPE_INITIATOR_NEGO" "MS-NEGOEX" "2.2.6.3": "The initiator's list of mechanisms, each known by a GUID.";
        "MESSAGE_TYPE_ACCEPTOR_NEGO" "MS-NEGOEX" "2.2.6.3": "The acceptor's list of mechanisms, each known by a GUID.";
        "MESSAGE_TYPE_INITIATOR_META_DATA" "MS-NEGOEX" "2.2.6.4": "What the initiator tells about itself for one mechanism, before that is chosen.";
        "MESSAGE_TYPE_ACCEPTOR_META_DATA" "MS-NEGOEX" "2.2.6.4": "What the acceptor tells about itself for one mechanism, before that is chosen.";
        "MESSAGE_TYPE_CHALLENGE" "MS-NEGOEX" "2.2.6.4": "A token of the mechanism, from the acceptor.";
        "MESSAGE_TYPE_AP_REQUEST" "MS-NEGOEX" "2.2.6.4": "A token of the mechanism, from the initiator.";
        "MESSAGE_TYPE_VERIFY" "MS-NEGOEX" "2.2.6.5": "A checksum over all messages so far: it shows that nobody changed the negotiation.";
        "MESSAGE_TYPE_ALERT" "MS-NEGOEX" "2.2.6.6": "Tells the other side that a message must come again, for instance since a key to check it with was missing.";
        "SequenceNum" "MS-NEGOEX" "2.2.6.2": "The number of the message in its conversation, from 0.";
        "cbHeaderLength" "MS-NEGOEX" "2.2.6.2": "How many octets the header of this message has, with the fields of its type and without its payload.";
        "cbMessageLength" "MS-NEGOEX" "2.2.6.2": "How many octets the whole message has; the next one begins there.";
        "ConversationId" "MS-NEGOEX" "2.2.6.2": "A GUID that all messages of one negotiation share.";
        "payload" "MS-NEGOEX" "2.2.6": "The fields of this type of message, and what their offsets point to. They are not read any further here.";
        "[n]" "X.690" "8.14": "A field that goes by its number. Only the structure around it gives the number a meaning, and that structure is not known here.";
        "end-of-contents" "X.690" "8.1.5": "Two zeros that end an element of indefinite length.";
        "BOOLEAN" "X.690" "8.2": "Yes or no: zero is no, DER writes FF for yes.";
        "INTEGER" "X.690" "8.3": "A whole number, the high octet first.";
        "BIT STRING" "X.690" "8.6": "Single bits; the first octet says how many at the end are unused.";
        "OCTET STRING" "X.690" "8.7": "Octets whose meaning the structure around them knows; often a whole token of another protocol.";
        "NULL" "X.690" "8.8": "Nothing: a place that must not be empty.";
        "OBJECT IDENTIFIER" "X.690" "8.19": "A name out of a worldwide tree of numbers. In this place most likely a mechanism.";
        "ENUMERATED" "X.690" "8.4": "A number that stands for one of several choices.";
        "UTF8String" "X.690" "8.23": "Characters in UTF-8.";
        "RELATIVE-OID" "X.690" "8.20": "The end of an object identifier whose beginning is known from elsewhere.";
        "SEQUENCE" "X.690" "8.9": "A structure: its fields follow one another in a fixed order.";
        "SET" "X.690" "8.11": "A structure whose fields may stand in any order.";
        "NumericString" "X.690" "8.23": "Digits and blanks.";
        "PrintableString" "X.690" "8.23": "Letters, digits and a few signs.";
        "T61String" "X.690" "8.23": "Characters of an old alphabet, that of Teletex.";
        "IA5String" "X.690" "8.23": "Characters of ASCII.";
        "UTCTime" "X.690" "8.25": "A time with a year of two digits.";
        "GeneralizedTime" "X.690" "8.25": "A time with a year of four digits.";
        "VisibleString" "X.690" "8.23": "Characters of ASCII that can be printed.";
        "GeneralString" "X.690" "8.23": "Characters; in Kerberos, what its realms and names are written in.";
        "UniversalString" "X.690" "8.23": "Characters, four octets each.";
        "BMPString" "X.690" "8.23": "Characters, two octets each.";
        "UNIVERSAL" "X.690" "8.1.2": "A type of ASN.1 that has no place in authentication.";
    }
    "mask" {
        "no security layer" "RFC 4752" "3.3": "Authentication only: what follows goes as it is. Nearly everybody chooses this, since TLS protects the connection.";
        "integrity protection" "RFC 4752" "3.3": "Everything after the 235 goes signed by GSS_Wrap: who changes it is noticed, who listens can read it.";
        "confidentiality protection" "RFC 4752" "3.3": "Everything after the 235 goes signed and encrypted by GSS_Wrap.";
        "bit" "RFC 4752" "3.3": "A bit without a meaning. Who does not know it must not choose it.";
    }
    "plaintext" {
        "authzid" "RFC 4752" "3.1": "The authorization identity: the user whose rights the client wants. Left out, it means those of the user who was authenticated.";
    }
    "security layer" {
        "authzid" "RFC 4752" "3.1": "The authorization identity: the user whose rights the client wants. Left out, it means those of the user who was authenticated.";
    }
    "Flags" {
        "SentByAcceptor" "RFC 4121" "4.2.2": "The acceptor, here the server, made this message. So nobody can send a message back to who made it.";
        "Sealed" "RFC 4121" "4.2.2": "The message is encrypted.";
        "AcceptorSubkey" "RFC 4121" "4.2.2": "The key is the one that the acceptor gave in its AP-REP, not the initiator's.";
        "bit" "RFC 4121" "4.2.2": "A bit without a meaning: the sender leaves it zero, the receiver ignores it.";
    }
    "TOK_ID" {
        "Wrap" "RFC 4121" "4.2.6.2": "05 04: a message in the envelope of GSS_Wrap.";
        "MIC" "RFC 4121" "4.2.6.1": "04 04: a signature alone.";
    }
    "InitialContextToken" {
        "Filler" "RFC 1964" "1.2": "Octets of FF that fill a gap.";
        "SND_SEQ" "RFC 1964" "1.2.1.2": "The number of the message and its direction, encrypted.";
        "SGN_CKSUM" "RFC 1964" "1.2.1.1": "The signature itself. Only the two ends of the context have the key to make it or to check it.";
        "ciphertext" "RFC 1964" "1.2.2": "Confounder, message and padding, encrypted.";
        "octets" "RFC 1964" "1.2": "Octets that have no place in this form of message, or too few to read it.";
    }
    "Wrap" {
        "SND_SEQ" "RFC 4121" "4.2.1": "The number of the message in its direction: who counts along notices what is lost, repeated or out of order.";
        "Filler" "RFC 4121" "4.2.6.2": "One octet of FF that fills a gap. The checksum covers it as well.";
        "ciphertext" "RFC 4121" "4.2.4": "The message within the envelope, encrypted. The security layer is to be agreed on without encryption, so that it can be read here.";
    }
    "MIC" {
        "SND_SEQ" "RFC 4121" "4.2.1": "The number of the message in its direction: who counts along notices what is lost, repeated or out of order.";
        "Filler" "RFC 4121" "4.2.6.1": "Five octets of FF that fill a gap. The checksum covers them as well.";
        "SGN_CKSUM" "RFC 4121" "4.2.4": "The signature itself. Only the two ends of the context have the key to make it or to check it.";
    }
    "SGN_ALG" {
        "DES MAC MD5" "RFC 1964" "1.2.1.1": "MD5 under a DES checksum: long broken.";
        "MD2.5" "RFC 1964" "1.2.1.1": "The first half of an MD5 over the message, with a value made from the key in front: long broken.";
        "DES MAC" "RFC 1964" "1.2.1.1": "A DES checksum: long broken.";
        "HMAC SHA1 DES3-KD" "draft-raeburn-cat-gssapi-krb5-3des" "": "HMAC-SHA1 with a key of triple DES.";
        "HMAC MD5 ARCFOUR" "RFC 4757" "7": "HMAC-MD5 with a key of rc4-hmac, whose key is the NTLM hash of the password.";
    }
    "SEAL_ALG" {
        "DES" "RFC 1964" "1.2.2": "Encrypted with DES, which can be broken in a day.";
        "DES3-KD" "draft-raeburn-cat-gssapi-krb5-3des" "": "Encrypted with triple DES.";
        "ARCFOUR-HMAC" "RFC 4757" "7": "Encrypted with RC4.";
        "none" "RFC 1964" "1.2.2": "Not encrypted: signed only.";
    }
    "NTLM wrapped message" {
        "ciphertext" "MS-NLMP" "3.4.3": "The message, encrypted with RC4 since NTLMSSP_NEGOTIATE_SEAL was agreed on, or since this peer always does it.";
    }
    "NTLMSSP_MESSAGE_SIGNATURE" {
        "Version" "MS-NLMP" "2.2.2.9": "The version of this form of signature: always 1.";
    }
    "NEGOEX" {
        "Signature" "MS-NEGOEX" "2.2.6.2": "NEGOEXTS, the mark of a message of NEGOEX.";
        "MessageType" "MS-NEGOEX" "2.2.6.1": "What this message is for.";
        "octets" "MS-NEGOEX" "2.2.6.2": "Octets that are no message of NEGOEX, or the beginning of one.";
    }
    "CRAM-MD5" {
        "username" "RFC 2195" "2": "The user name. Everybody who sees the line can read it.";
        "digest" "RFC 2195" "2": "HMAC-MD5 over the challenge with the password as key, in hex. Who hears it can guess passwords until one fits, so it is kept secret.";
        "octets" "RFC 2195" "2": "Octets without the blank that parts name and digest. They may be a password, so they are kept secret.";
    }
    "msg-id" {
        "local-part" "RFC 2195" "2": "Random digits and a time, so that no two challenges are alike.";
        "domain" "RFC 2195" "2": "The full host name of the server.";
    }
    "digest-challenge" {
        "realm" "RFC 2831" "2.1.1": "Which accounts are meant, mostly the host's name. Where several are offered the client chooses one.";
        "nonce" "RFC 2831" "2.1.1": "Random octets of the server. The client's digest covers them, so that it is good only once.";
        "cipher" "RFC 2831" "2.1.1": "The ciphers that the server has for auth-conf.";
        "octets" "RFC 2831" "7.1": "What could not be read as a directive.";
    }
    "digest-response" {
        "username" "RFC 2831" "2.1.2": "The user name within the realm.";
        "realm" "RFC 2831" "2.1.2": "The realm that the client has chosen. It goes into the digest together with the password.";
        "nonce" "RFC 2831" "2.1.2": "The server's nonce, as it came.";
        "cipher" "RFC 2831" "2.1.2": "The cipher that the client has chosen, for auth-conf.";
        "response" "RFC 2831" "2.1.2.1": "The digest over user, realm, password, both nonces and digest-uri. Who hears it can guess passwords until one fits, so it is kept secret.";
        "authzid" "RFC 2831" "2.1.2": "The authorization identity: the user whose rights are wanted. Left out, it means those of username.";
        "octets" "RFC 2831" "7.1": "What could not be read as a directive. It may hold the digest, so it is kept secret.";
    }
    "response-auth" {
        "octets" "RFC 2831" "7.1": "What could not be read as a directive.";
    }
    "qop" {
        "auth" "RFC 2831" "2.1.1": "Authentication only. Nearly everybody chooses this, since TLS protects the connection.";
        "auth-int" "RFC 2831" "2.1.1": "Everything behind the exchange goes signed.";
        "auth-conf" "RFC 2831" "2.1.1": "Everything behind the exchange goes signed and encrypted, with old ciphers.";
    }
    "EXTERNAL" {
        "authzid" "RFC 4422" "A.1": "The authorization identity: the user whose rights are wanted. Empty, it means those of whom the certificate names.";
    }
    "XOAUTH2" {
        "auth" "Google XOAUTH2" "Initial Client Response": "What would stand in the Authorization header of HTTP: the scheme and the token.";
        "kvpair" "Google XOAUTH2" "Initial Client Response": "A pair that XOAUTH2 does not have. It may be a token, so it is kept secret.";
        "octets" "Google XOAUTH2" "Initial Client Response": "Octets outside of any pair that belongs here. They may hold the token, so they are kept secret.";
    }
    "OAUTHBEARER" {
        "gs2-header" "RFC 5801" "4": "Whether the client could bind to the channel, and whose rights it wants.";
        "gs2-cbind-flag" "RFC 5801" "4": "Channel binding: n is none, y is none though the client could, p is one, which OAUTHBEARER does not have.";
        "authzid" "RFC 5801" "4": "The authorization identity, behind a=. The token says by itself whom it is for; where both are there they must agree.";
        "octets" "RFC 7628" "3.1": "Octets outside of any pair that belongs here. They may hold the token, so they are kept secret.";
    }
    "error result" {
        "octets" "RFC 8259" "4": "What could not be read as a member of the object.";
    }
    "PLAIN" {
        "octets" "RFC 4616" "2": "Octets without the two NULs that part name and password. They may hold a password, so they are kept secret.";
    }
};

//! SCRAM (RFC 5802, RFC 7677).

use super::{Sentence, table};

pub(super) static SENTENCES: &[Sentence] = table! {
    "" {
        "client-first-message" "RFC 5802" "5": "SCRAM's first message: how the client binds to TLS, who it is, and random characters of its own.";
        "server-first-message" "RFC 5802" "5": "SCRAM's second message: all that the client needs to make its proof from the password.";
        "client-final-message" "RFC 5802" "5": "SCRAM's third message: the client proves that it knows the password, without sending it.";
        "server-final-message" "RFC 5802" "5": "SCRAM's last message: the server proves that it knows the client's keys, or says why it refuses. In SMTP a 334 carries it.";
        "gs2-header" "RFC 5801" "4": "The GS2 header: how the client binds to TLS, and whose rights it wants. It comes twice, the second time within what the proof covers.";
        "gs2-cbind-flag" "RFC 5802" "6": "How the client binds to TLS. With p= it does, by the data named there; y: it could, and thinks that the server can't; n: it can't.";
        "salt" "RFC 5802" "5.1": "The salt, s=, in base64: octets that make equal passwords of two users give different keys.";
        "iteration-count" "RFC 5802" "5.1": "How many rounds the password goes through, i=. Each makes guessing dearer; there should be at least 4096.";
        "channel-binding" "RFC 5802" "5.1": "In base64, c=: the GS2 header once more, with the binding data behind. The server compares it with what it has itself.";
        "cbind-data" "RFC 5802" "6": "What both ends know of their TLS connection. Whoever sits between them has two connections, and two values.";
        "proof" "RFC 5802" "3": "In base64, p=: the client's key, hidden by a signature over all messages. Who has the salt can try passwords against it.";
        "verifier" "RFC 5802" "3": "In base64, v=: the server's signature over all messages. The client must check it before it believes a 235.";
        "server-error" "RFC 5802" "5.1": "Why the server refuses, e=: invalid-proof, unknown-user, channel-bindings-dont-match and others.";
        "reserved-mext" "RFC 5802" "5.1": "An extension that must be understood, m=. None is defined, so whoever meets it must fail.";
        "attr-val" "RFC 5802" "5.1": "An extension: a letter and a value. Who does not know it passes it over.";
    }
    "client-first-message" {
        "username" "RFC 5802" "5.1": "The user name, n=. A comma in it is written =2C, an equals sign =3D.";
        "nonce" "RFC 5802" "5.1": "Random characters of the client, r=. No proof for one exchange fits another.";
        "authzid" "RFC 5802" "5.1": "The authorization identity, a=: the user whose rights are wanted. Left out, it means those of n=.";
    }
    "server-first-message" {
        "nonce" "RFC 5802" "5.1": "The client's nonce with random characters of the server behind, r=. The client checks that it begins with its own.";
    }
    "client-final-message" {
        "nonce" "RFC 5802" "5.1": "The nonce of both, r=, as the server sent it. It ties the proof to this exchange.";
    }
};

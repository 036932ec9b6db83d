//! Text mechanisms, pure: one file a mechanism, both sides.
//!
//! Stands beside the GSS-API ([`super::gss`]): the engines of client and server ask here what to say next in a mechanism
//! that needs no security context. A side gets decoded octets and gives octets; base64, lines, codes and cancelling are
//! the engines' own.

mod plain;

use super::{Bindings, Mechanism};
use crate::mech::{Kit, User};

/// What a client says to a challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(dead_code)] // Until a mechanism of two messages is here.
pub(super) enum Answer {
    /// These octets; none is an empty line.
    Say(Vec<u8>),
    /// It cancels; why, for the reader.
    Cancel(String),
}

/// What a server makes of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(dead_code)] // Until a mechanism of two messages is here.
pub(super) enum Verdict {
    /// The next challenge.
    Challenge(Vec<u8>),
    /// The client is that user.
    Success,
    /// 535, or what the persona says in its place; why, for the reader.
    Refused(String),
}

/// The client's side of one exchange.
pub(super) enum SaslClient {
    Plain(plain::Client),
}

#[allow(clippy::unnecessary_wraps, clippy::unused_self)] // Until more mechanisms are here.
impl SaslClient {
    /// A fresh exchange; `None` where the mechanism is none of these.
    pub(super) fn new(mechanism: Mechanism, kit: &Kit, _bindings: &Bindings) -> Option<Self> {
        match mechanism {
            Mechanism::Plain => Some(Self::Plain(plain::Client::new(&kit.credential))),
            Mechanism::Gssapi | Mechanism::Login => None,
        }
    }

    /// What goes first, where the client speaks first.
    pub(super) fn initial(&mut self) -> Option<Vec<u8>> {
        match self {
            Self::Plain(client) => Some(client.message()),
        }
    }

    /// What answers a challenge that is not the empty one before the initial response.
    pub(super) fn respond(&mut self, _challenge: &[u8]) -> Answer {
        match self {
            Self::Plain(_) => Answer::Cancel("PLAIN has one message, and it is sent (RFC 4616 2)".to_owned()),
        }
    }
}

/// The server's side of one exchange.
pub(super) enum SaslServer {
    Plain,
}

#[allow(clippy::unnecessary_wraps, clippy::unused_self)] // Until more mechanisms are here.
impl SaslServer {
    /// A fresh exchange; `None` where the mechanism is none of these.
    pub(super) fn new(mechanism: Mechanism, _seed: &[u8; 32], _host: &str, _bindings: &Bindings) -> Option<Self> {
        match mechanism {
            Mechanism::Plain => Some(Self::Plain),
            Mechanism::Gssapi | Mechanism::Login => None,
        }
    }

    /// The first challenge, where the server speaks first (RFC 4954 section 4: an initial response is then refused).
    pub(super) fn first(&mut self) -> Option<Vec<u8>> {
        match self {
            Self::Plain => None,
        }
    }

    /// Takes a response; an initial response is the first.
    pub(super) fn take(&mut self, response: &[u8], users: &[User]) -> Verdict {
        match self {
            Self::Plain => plain::judge(response, users),
        }
    }
}

/// The user of that name, whom the server lets in with that password. Every password is looked at, so that the time
/// taken does not tell which name is known.
pub(super) fn knows<'a>(users: &'a [User], name: &[u8], password: &[u8]) -> Option<&'a User> {
    let mut known = None;
    for user in users {
        let matches = user.password.matches(password);
        let named = user.name.as_bytes().eq_ignore_ascii_case(name);
        if matches && named && !user.disabled && !password.is_empty() {
            known = Some(user);
        }
    }
    known
}

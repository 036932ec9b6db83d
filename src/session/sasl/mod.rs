//! Text mechanisms, pure: one file a mechanism, both sides.
//!
//! Stands beside the GSS-API ([`super::gss`]): the engines of client and server ask here what to say next in a mechanism
//! that needs no security context. A side gets decoded octets and gives octets; base64, lines, codes and cancelling are
//! the engines' own.

mod cram_md5;
mod digest_md5;
mod external;
mod oauth;
mod plain;
pub(super) mod scram;
#[cfg(test)]
mod testing;

use super::{Bindings, Mechanism};
use crate::machine::Machine;
use crate::mech::{Credential, Kit, User};
use std::fmt::Write as _;

/// What a client says to a challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// These octets; none is an empty line.
    Say(Vec<u8>),
    /// It cancels; why, for the reader.
    Cancel(String),
}

/// What a server makes of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The next challenge.
    Challenge(Vec<u8>),
    /// The client is that user.
    Success,
    /// The client is that user, who is not let in.
    Disabled,
    /// 535, or what the persona says in its place; why, for the reader.
    Refused(String),
}

/// The client's side of one exchange.
pub(super) enum SaslClient {
    Plain(plain::Client),
    CramMd5(Credential, Turn),
    DigestMd5(Box<digest_md5::Client>),
    External,
    /// With its message.
    Oauth(oauth::Kind, Vec<u8>, Turn),
}

/// Whether a side that has one thing to say has said it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Due,
    Past,
}

impl SaslClient {
    /// A fresh exchange; `None` where the mechanism is none of these.
    pub(super) fn new(mechanism: Mechanism, kit: &Kit, _bindings: &Bindings) -> Option<Self> {
        match mechanism {
            Mechanism::Plain => Some(Self::Plain(plain::Client::new(&kit.credential))),
            Mechanism::CramMd5 => Some(Self::CramMd5(kit.credential.clone(), Turn::Due)),
            Mechanism::DigestMd5 => Some(Self::DigestMd5(Box::new(digest_md5::Client::new(kit)))),
            Mechanism::External => Some(Self::External),
            Mechanism::Xoauth2 => Some(Self::oauth(oauth::Kind::Xoauth2, kit)),
            Mechanism::Oauthbearer => Some(Self::oauth(oauth::Kind::Oauthbearer, kit)),
            _ => None,
        }
    }

    fn oauth(kind: oauth::Kind, kit: &Kit) -> Self {
        Self::Oauth(kind, oauth::message(kind, kit), Turn::Due)
    }

    /// What goes first, where the client speaks first.
    pub(super) fn initial(&mut self) -> Option<Vec<u8>> {
        match self {
            Self::Plain(client) => Some(client.message()),
            Self::CramMd5(..) | Self::DigestMd5(_) => None,
            // No authorization identity: the server takes whom the certificate names.
            Self::External => Some(Vec::new()),
            Self::Oauth(_, message, _) => Some(std::mem::take(message)),
        }
    }

    /// What answers a challenge that is not the empty one before the initial response.
    pub(super) fn respond(&mut self, challenge: &[u8]) -> Answer {
        match self {
            Self::Plain(_) => Answer::Cancel("PLAIN has one message, and it is sent (RFC 4616 2)".to_owned()),
            Self::CramMd5(_, Turn::Past) => Answer::Cancel("CRAM-MD5 has one challenge (RFC 2195 2)".to_owned()),
            Self::CramMd5(credential, turn) => {
                *turn = Turn::Past;
                cram_md5::answer(challenge, credential)
            }
            Self::DigestMd5(client) => client.answer(challenge),
            Self::External => Answer::Cancel("EXTERNAL has one message, and it is sent (RFC 4422 A.1)".to_owned()),
            Self::Oauth(_, _, Turn::Past) => Answer::Cancel("the error is answered, and nothing may follow".to_owned()),
            Self::Oauth(kind, _, turn) => {
                *turn = Turn::Past;
                oauth::answer(*kind, challenge)
            }
        }
    }
}

/// The server's side of one exchange.
pub(super) enum SaslServer {
    Plain,
    /// With its challenge.
    CramMd5(String),
    DigestMd5(digest_md5::Server),
    /// With whom the client's certificate names.
    External(String),
    /// With what was wrong, once the error is sent.
    Oauth(oauth::Kind, Option<String>),
}

impl SaslServer {
    /// A fresh exchange; `None` where the mechanism is none of these. `exchange` is another number for each on one
    /// connection.
    pub(super) fn new(mechanism: Mechanism, kit: &Kit, exchange: usize, bindings: &Bindings) -> Option<Self> {
        match mechanism {
            Mechanism::Plain => Some(Self::Plain),
            Mechanism::CramMd5 => Some(Self::CramMd5(cram_md5::challenge(kit, exchange))),
            Mechanism::DigestMd5 => Some(Self::DigestMd5(digest_md5::Server::new(kit, exchange))),
            Mechanism::External => Some(Self::External(bindings.identity.clone())),
            Mechanism::Xoauth2 => Some(Self::Oauth(oauth::Kind::Xoauth2, None)),
            Mechanism::Oauthbearer => Some(Self::Oauth(oauth::Kind::Oauthbearer, None)),
            _ => None,
        }
    }

    /// The first challenge, where the server speaks first (RFC 4954 section 4: an initial response is then refused).
    pub(super) fn first(&self) -> Option<Vec<u8>> {
        match self {
            Self::Plain | Self::External(_) | Self::Oauth(..) => None,
            Self::CramMd5(challenge) => Some(challenge.clone().into_bytes()),
            Self::DigestMd5(server) => Some(server.challenge()),
        }
    }

    /// Takes a response; an initial response is the first.
    pub(super) fn take(&mut self, response: &[u8], users: &[User]) -> Verdict {
        match self {
            Self::Plain => plain::judge(response, users),
            Self::CramMd5(challenge) => cram_md5::judge(challenge, response, users),
            Self::DigestMd5(server) => server.judge(response, users),
            Self::External(identity) => external::judge(response, identity, users),
            Self::Oauth(_, Some(why)) => Verdict::Refused(why.clone()),
            Self::Oauth(kind, wrong) => match oauth::judge(*kind, response, users) {
                Ok(()) => Verdict::Success,
                Err(why) => {
                    *wrong = Some(why);
                    Verdict::Challenge(oauth::error(*kind).into())
                }
            },
        }
    }
}

/// The error that a server sends in place of 535, in the mechanisms that have one.
pub(super) const fn oauth_error(machine: Machine) -> &'static str {
    oauth::error(if matches!(machine, Machine::Xoauth2) { oauth::Kind::Xoauth2 } else { oauth::Kind::Oauthbearer })
}

/// Whether that user is let in with that password. An empty one is nobody's, whatever is configured: a directory might
/// take it for an anonymous bind (RFC 4513 section 5.1.2).
pub(super) fn login(users: &[User], name: &[u8], password: &[u8]) -> Verdict {
    let known = find(users, name, |user| user.password.matches(password)).filter(|_| !password.is_empty());
    admit(known, "no such user, or another password")
}

/// Whether the user who was found is let in; why not, where nobody was.
fn admit(known: Option<&User>, why: &str) -> Verdict {
    match known {
        Some(user) if user.disabled => Verdict::Disabled,
        Some(_) => Verdict::Success,
        None => Verdict::Refused(why.to_owned()),
    }
}

/// The user of that name, of whom the proof holds. That of every user is looked at, so that the time taken does not tell
/// which name is known.
fn find<'a>(users: &'a [User], name: &[u8], proves: impl Fn(&User) -> bool) -> Option<&'a User> {
    let mut known = None;
    for user in users {
        let good = proves(user);
        if good && is_named(user, name) {
            known = Some(user);
        }
    }
    known
}

/// Whether that is the user's name: case does not matter, and `user@domain` or `DOMAIN\user` will do, if the user has that
/// domain or none.
fn is_named(user: &User, name: &[u8]) -> bool {
    let Ok(name) = std::str::from_utf8(name) else { return false };
    let equal = |left: &str, right: &str| left.to_lowercase() == right.to_lowercase();
    let parts = name.split_once('\\').or_else(|| name.rsplit_once('@').map(|(name, domain)| (domain, name)));
    equal(&user.name, name)
        || parts.is_some_and(|(domain, bare)| {
            equal(&user.name, bare) && user.domain.as_deref().is_none_or(|known| equal(known, domain))
        })
}

/// Octets in hex, in lower case.
fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(2 * octets.len()), |mut text, octet| {
        let _ = write!(text, "{octet:02x}");
        text
    })
}

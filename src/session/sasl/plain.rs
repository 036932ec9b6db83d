//! PLAIN (RFC 4616): authzid NUL authcid NUL passwd, in one message.

use super::{Verdict, login};
use crate::mech::{Credential, User};

/// The client's side.
pub(in crate::session) struct Client {
    credential: Credential,
}

impl Client {
    pub(super) fn new(credential: &Credential) -> Self {
        Self { credential: credential.clone() }
    }

    /// The message, without an authorization identity: the server derives it (RFC 4616 section 2).
    pub(super) fn message(&self) -> Vec<u8> {
        [b"\0", self.credential.user.as_bytes(), b"\0", self.credential.password.expose()].concat()
    }
}

/// Verifies a message. An authorization identity must be the authentication identity itself.
#[allow(clippy::similar_names)] // As RFC 4616 calls them.
pub(super) fn judge(message: &[u8], users: &[User]) -> Verdict {
    let mut parts = message.split(|octet| *octet == 0);
    let (Some(authzid), Some(authcid), Some(passwd), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Verdict::Refused("the message is not authzid NUL authcid NUL passwd (RFC 4616 2)".to_owned());
    };
    if !authzid.is_empty() && authzid != authcid {
        return Verdict::Refused("nobody may act as somebody else here (RFC 4616 2)".to_owned());
    }
    login(users, authcid, passwd)
}

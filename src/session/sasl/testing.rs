//! What the tests of the text mechanisms share.

use crate::mech::{Credential, Kit, User};
use crate::terms::Secret;

/// Alice, whose password is wonderland, at server.example.com, on 2026-01-01.
pub(super) fn kit() -> Kit {
    Kit {
        users: vec![user("alice", "wonderland")],
        credential: credential("alice", "wonderland"),
        seed: [0x5A; 32],
        now: (1_767_225_600 + 11_644_473_600) * 10_000_000,
        host: "server.example.com".to_owned(),
    }
}

pub(super) fn credential(user: &str, password: &str) -> Credential {
    Credential { user: user.to_owned(), password: Secret::from(password) }
}

pub(super) fn user(name: &str, password: &str) -> User {
    User { name: name.to_owned(), password: Secret::from(password), token: None, domain: None, disabled: false }
}

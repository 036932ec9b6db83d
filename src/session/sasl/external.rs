//! EXTERNAL (RFC 4422 appendix A): the client's TLS certificate tells who it is.

use super::{Verdict, admit, find};
use crate::mech::User;

/// Verifies whom the certificate names, and the authorization identity, which must be that name if there is one.
pub(super) fn judge(authzid: &[u8], identity: &str, users: &[User]) -> Verdict {
    if identity.is_empty() {
        let why = "EXTERNAL needs a TLS client certificate that names somebody, and the client has shown none";
        return Verdict::Refused(format!("{why} (RFC 4422 A.1)"));
    }
    if !authzid.is_empty() && !authzid.eq_ignore_ascii_case(identity.as_bytes()) {
        return Verdict::Refused(format!("the certificate names `{identity}`, who may not act as somebody else here"));
    }
    admit(
        find(users, identity.as_bytes(), |_| true),
        &format!("the certificate names `{identity}`, who is no user here"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::sasl::testing::user;

    #[test]
    fn the_certificate_decides() {
        let users = [user("alice", "x"), User { disabled: true, ..user("mallory", "x") }];
        let cases: &[(&[u8], &str, &str)] = &[
            (b"", "Alice", ""),
            (b"alice", "alice", ""),
            (b"bob", "alice", "may not act as somebody else"),
            (b"", "bob", "no user here"),
            (b"", "mallory", "disabled"),
            (b"alice", "", "needs a TLS client certificate"),
        ];
        for (authzid, identity, why) in cases {
            match judge(authzid, identity, &users) {
                Verdict::Success => assert_eq!(*why, "", "{identity:?}"),
                Verdict::Refused(said) => assert!(!why.is_empty() && said.contains(why), "{said}"),
                Verdict::Disabled => assert_eq!(*why, "disabled"),
                Verdict::Challenge(_) => panic!("EXTERNAL has no challenge"),
            }
        }
    }
}

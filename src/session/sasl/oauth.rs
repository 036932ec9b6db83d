//! XOAUTH2 (Google's description) and OAUTHBEARER (RFC 7628): a bearer token in one message, an error as a challenge.
//!
//! The token is the password of the client's credential; a server knows a user by [`User::token`] only. Whether a token
//! has expired, and what it allows, only who gave it out could tell.

use super::{Answer, find};
use crate::mech::{Kit, User};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session) enum Kind {
    Xoauth2,
    Oauthbearer,
}

/// What a client with a bearer token says.
pub(super) fn message(kind: Kind, kit: &Kit) -> Vec<u8> {
    let user = &kit.credential.user;
    let head = match kind {
        Kind::Xoauth2 => format!("user={user}"),
        Kind::Oauthbearer => {
            let name = user.replace('=', "=3D").replace(',', "=2C");
            format!("n,a={name},\x01host={}", kit.host)
        }
    };
    [head.as_bytes(), b"\x01auth=Bearer ", kit.credential.password.expose(), b"\x01\x01"].concat()
}

/// What a client says to a challenge behind its message.
pub(super) fn answer(kind: Kind, challenge: &[u8]) -> Answer {
    match (challenge.trim_ascii_start().first(), kind) {
        (Some(b'{'), Kind::Xoauth2) => Answer::Say(Vec::new()),
        (Some(b'{'), Kind::Oauthbearer) => Answer::Say(vec![0x01]),
        _ => Answer::Cancel("the message with the token is sent, and the challenge is no error in JSON".to_owned()),
    }
}

/// Verifies a message; why not, where it is not good.
pub(super) fn judge(kind: Kind, message: &[u8], users: &[User]) -> Result<(), String> {
    let (head, pairs) = match message.iter().position(|octet| *octet == 0x01) {
        Some(at) if message.ends_with(b"\x01\x01") => message.split_at(at),
        _ => return Err("the message does not end in two octets of 01".to_owned()),
    };
    let auth = pairs.split(|octet| *octet == 0x01).find_map(|pair| pair.strip_prefix(b"auth="));
    let token = match auth.and_then(|auth| auth.split_at_checked(7)) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case(b"Bearer ") && !token.is_empty() => token,
        _ => return Err("the message has no pair auth=Bearer TOKEN".to_owned()),
    };
    let name = match kind {
        Kind::Xoauth2 => Some(head.strip_prefix(b"user=").ok_or("the message does not begin with user=")?.to_vec()),
        Kind::Oauthbearer => authzid(head)?,
    };
    let bears = |user: &User| user.token.as_ref().is_some_and(|known| known.matches(token));
    let known = match name {
        Some(name) => find(users, &name, bears),
        // The token says by itself whose it is.
        None => users.iter().fold(None, |known, user| if bears(user) { Some(user) } else { known }),
    };
    match known {
        Some(user) if !user.disabled => Ok(()),
        _ => Err("no such user, or another token".to_owned()),
    }
}

/// The authorization identity of a GS2 header, if it has one (RFC 5801 section 4); channel binding is not to be had.
fn authzid(header: &[u8]) -> Result<Option<Vec<u8>>, &'static str> {
    let [b'n' | b'y', b',', name @ .., b','] = header else {
        return Err("the message does not begin with n,a=NAME, or n,,");
    };
    if name.is_empty() {
        return Ok(None);
    }
    let name = name.strip_prefix(b"a=").and_then(|name| std::str::from_utf8(name).ok());
    let name = name.ok_or("the message has no a= where its authorization identity stands")?;
    Ok(Some(name.replace("=2C", ",").replace("=3D", "=").into_bytes()))
}

/// The error (RFC 7628 section 3.2.2; Google has a status code of HTTP).
pub(super) const fn error(kind: Kind) -> &'static str {
    match kind {
        Kind::Xoauth2 => r#"{"status":"401","schemes":"bearer","scope":"mail"}"#,
        Kind::Oauthbearer => r#"{"status":"invalid_token","scope":"mail"}"#,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::sasl::testing::{credential, kit, user};
    use crate::terms::Secret;
    use base64::{Engine, prelude::BASE64_STANDARD};

    fn decoded(text: &str) -> Vec<u8> {
        BASE64_STANDARD.decode(text).unwrap()
    }

    fn bearer(name: &str, token: &str) -> User {
        User { token: Some(Secret::from(token)), ..user(name, "another") }
    }

    /// RFC 7628 section 4.1.
    const RFC_7628: &str = "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB";
    const TOKEN: &str = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";

    /// Google's example.
    const GOOGLE: &str = "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ==";
    const GOOGLE_TOKEN: &str = "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg";

    #[test]
    fn the_examples_come_out() {
        let kit = Kit { credential: credential("someuser@example.com", GOOGLE_TOKEN), ..kit() };
        assert_eq!(message(Kind::Xoauth2, &kit), decoded(GOOGLE));
        assert_eq!(judge(Kind::Xoauth2, &decoded(GOOGLE), &[bearer("SomeUser@example.com", GOOGLE_TOKEN)]), Ok(()));
        let users = [bearer("user@example.com", TOKEN)];
        assert_eq!(judge(Kind::Oauthbearer, &decoded(RFC_7628), &users), Ok(()));
        let kit = Kit { credential: credential("user@example.com", TOKEN), ..kit };
        // The port, which the client does not know here, is no part of it.
        let expected = String::from_utf8(decoded(RFC_7628)).unwrap().replace("\x01port=143", "");
        assert_eq!(message(Kind::Oauthbearer, &kit), expected.into_bytes());
    }

    #[test]
    fn what_is_not_good_is_refused() {
        let users = [user("bob", "secret"), bearer("a,b=c", "tok"), User { disabled: true, ..bearer("eve", "evil") }];
        let cases: &[(Kind, &[u8], bool)] = &[
            (Kind::Oauthbearer, b"n,a=a=2Cb=3Dc,\x01auth=Bearer tok\x01\x01", true),
            (Kind::Oauthbearer, b"n,,\x01auth=bearer tok\x01\x01", true),
            (Kind::Oauthbearer, b"y,,\x01host=h\x01auth=Bearer tok\x01\x01", true),
            (Kind::Oauthbearer, b"p=tls-exporter,,\x01auth=Bearer tok\x01\x01", false),
            (Kind::Oauthbearer, b"n,user=x,\x01auth=Bearer tok\x01\x01", false),
            (Kind::Oauthbearer, b"n,,\x01auth=Bearer tok\x01", false),
            (Kind::Oauthbearer, b"n,,\x01auth=Bearer evil\x01\x01", false),
            (Kind::Oauthbearer, b"n,,\x01auth=\x01\x01", false),
            (Kind::Oauthbearer, b"\x01", false),
            (Kind::Oauthbearer, b"", false),
            (Kind::Xoauth2, b"user=a,b=c\x01auth=Bearer tok\x01\x01", true),
            (Kind::Xoauth2, b"user=bob\x01auth=Bearer secret\x01\x01", false),
            (Kind::Xoauth2, b"user=bob\x01auth=Bearer tok\x01\x01", false),
            (Kind::Xoauth2, b"user=bob\x01auth=Bearer \x01\x01", false),
            (Kind::Xoauth2, b"user=a,b=c\x01auth=Basic tok\x01\x01", false),
        ];
        for (kind, message, good) in cases {
            assert_eq!(judge(*kind, message, &users).is_ok(), *good, "{}", message.escape_ascii());
        }
    }

    #[test]
    fn an_error_is_answered_and_any_other_challenge_cancelled() {
        assert_eq!(answer(Kind::Oauthbearer, error(Kind::Oauthbearer).as_bytes()), Answer::Say(vec![1]));
        assert_eq!(answer(Kind::Xoauth2, error(Kind::Xoauth2).as_bytes()), Answer::Say(vec![]));
        assert!(matches!(answer(Kind::Xoauth2, b"more"), Answer::Cancel(_)));
    }
}

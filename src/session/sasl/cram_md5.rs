//! CRAM-MD5 (RFC 2195): a digest over the server's challenge, with the password as key.

use super::{Answer, Verdict, admit, find, hex};
use crate::mech::{Credential, Kit, User, hmac_md5, nonce};
use crate::terms::Secret;

/// The client's answer to a challenge, whatever that is.
pub(super) fn answer(challenge: &[u8], credential: &Credential) -> Answer {
    if challenge.is_empty() {
        return Answer::Cancel("the challenge is empty, so that a digest over it would be good for ever".to_owned());
    }
    let digest = hmac_md5(credential.password.expose(), &[challenge]);
    Answer::Say(format!("{} {}", credential.user, hex(digest.as_slice())).into_bytes())
}

/// A msg-id: random digits, the time, the server's name; another one for each exchange.
pub(super) fn challenge(kit: &Kit, exchange: usize) -> String {
    let random = nonce(&kit.seed, &format!("CRAM-MD5 challenge {exchange}"));
    let digits = random.iter().take(8).fold(0, |digits: u64, octet| digits << 8 | u64::from(*octet));
    format!("<{digits}.{}@{}>", kit.unix_seconds(), kit.host)
}

/// Verifies user name and digest.
pub(super) fn judge(challenge: &str, response: &[u8], users: &[User]) -> Verdict {
    let Some(blank) = response.iter().rposition(|octet| *octet == b' ') else {
        return Verdict::Refused("the response is not user name, blank, digest (RFC 2195 2)".to_owned());
    };
    let (name, digest) = (&response[..blank], &response[blank + 1..]);
    let proves = |user: &User| {
        let expected = hmac_md5(user.password.expose(), &[challenge.as_bytes()]);
        Secret::from(hex(expected.as_slice()).as_str()).matches(digest)
    };
    admit(find(users, name, proves), "no such user, or a digest with another password")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::sasl::testing::{credential, kit, user};

    /// RFC 2195 section 2.
    const CHALLENGE: &str = "<1896.697170952@postoffice.reston.mci.net>";
    const RESPONSE: &str = "tim b913a602c7eda7a495b4e6e7334d3890";

    #[test]
    fn the_example_of_the_rfc_comes_out() {
        let said = answer(CHALLENGE.as_bytes(), &credential("tim", "tanstaaftanstaaf"));
        assert_eq!(said, Answer::Say(RESPONSE.into()));
        let users = [user("joe", "x"), user("Tim", "tanstaaftanstaaf")];
        assert_eq!(judge(CHALLENGE, RESPONSE.as_bytes(), &users), Verdict::Success);
    }

    #[test]
    fn other_names_digests_and_challenges_are_refused() {
        let users = [user("tim", "tanstaaftanstaaf"), user("joe", "other")];
        let refused =
            |challenge, response: &str| matches!(judge(challenge, response.as_bytes(), &users), Verdict::Refused(_));
        assert!(refused(CHALLENGE, &RESPONSE.replace("tim", "joe")));
        assert!(refused(CHALLENGE, &RESPONSE.replace('b', "c")));
        assert!(refused("<1896.697170953@postoffice.reston.mci.net>", RESPONSE));
        assert!(refused(CHALLENGE, &RESPONSE.replace(' ', "")));
        assert!(refused(CHALLENGE, ""));
        assert!(refused(CHALLENGE, &RESPONSE.to_uppercase()), "hex digits are in lower case");
        let disabled = [User { disabled: true, ..user("tim", "tanstaaftanstaaf") }];
        assert_eq!(judge(CHALLENGE, RESPONSE.as_bytes(), &disabled), Verdict::Disabled);
        assert!(matches!(answer(b"", &credential("tim", "x")), Answer::Cancel(_)));
    }

    #[test]
    fn no_two_challenges_are_alike() {
        let kit = kit();
        let first = challenge(&kit, 1);
        assert_eq!(first, challenge(&kit, 1));
        assert_ne!(first, challenge(&kit, 2), "two exchanges on one connection");
        assert_ne!(first, challenge(&Kit { seed: [1; 32], ..kit.clone() }, 1), "two connections");
        assert!(first.starts_with('<') && first.ends_with(".1767225600@server.example.com>"), "{first}");
    }
}

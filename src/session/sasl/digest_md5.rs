//! DIGEST-MD5 (RFC 2831) with qop=auth: digests over the password and the nonces of both sides.
//!
//! Read by the decoder, and refused where that finds a problem. Limits: no security layer, and no exchange that goes on
//! from an earlier one (section 2.2).

use super::{Answer, Verdict, find, hex};
use crate::decode::{Hint, Reading, Tree, Value, decode};
use crate::mech::{Credential, Kit, User, nonce};
use crate::terms::{Party, Secret};
use md5::{Digest, Md5};

/// The client's side.
pub(in crate::session) struct Client {
    credential: Credential,
    host: String,
    seed: [u8; 32],
    /// The rspauth that the server is to send, once the digest is sent.
    expected: Option<Secret>,
    /// The server has proved itself.
    proven: bool,
}

impl Client {
    pub(super) fn new(kit: &Kit) -> Self {
        let Kit { credential, host, seed, .. } = kit.clone();
        Self { credential, host, seed, expected: None, proven: false }
    }

    /// Answers the challenge, a new one where the nonce was too old, or the server's proof.
    pub(super) fn answer(&mut self, challenge: &[u8]) -> Answer {
        let read = match Message::read(challenge, Party::Server) {
            Ok(read) if !self.proven => read,
            Ok(_) => return Answer::Cancel("the server has proved itself, and nothing may follow".to_owned()),
            Err(why) => return Answer::Cancel(format!("the challenge can't be answered: {why}")),
        };
        match (read.value("rspauth"), &self.expected) {
            (Some(proof), Some(expected)) if expected.matches(&proof) => {
                self.proven = true;
                Answer::Say(Vec::new())
            }
            (Some(_), _) => {
                Answer::Cancel("rspauth is not what who knows the password would send (RFC 2831 2.1.3)".to_owned())
            }
            (None, Some(_)) if !read.says("stale", "true") => {
                Answer::Cancel("the challenge comes again, and not because it was too old".to_owned())
            }
            (None, _) => self.respond(&read),
        }
    }

    /// Answers a challenge.
    fn respond(&mut self, challenge: &Message<'_>) -> Answer {
        let offered = challenge.value("qop").unwrap_or_else(|| b"auth".to_vec());
        if !offered.split(|octet| *octet == b',').any(|qop| qop.trim_ascii().eq_ignore_ascii_case(b"auth")) {
            return Answer::Cancel("the challenge does not offer qop=auth, and nothing else is played here".to_owned());
        }
        let unicode = challenge.value("charset").is_some();
        let server_nonce = challenge.value("nonce").unwrap_or_default();
        let cnonce = hex(nonce(&self.seed, &format!("DIGEST-MD5 cnonce {}", hex(&server_nonce))).as_slice());
        let user = self.credential.user.as_bytes();
        let uri = format!("smtp/{}", self.host);
        let realm = challenge.value("realm");
        let exchange = Exchange {
            user,
            realm: realm.as_deref().unwrap_or_default(),
            nonce: &server_nonce,
            cnonce: cnonce.as_bytes(),
            nc: NC.as_bytes(),
            uri: uri.as_bytes(),
            authzid: None,
        };
        let password = self.credential.password.expose();
        self.expected = Some(exchange.digest("", password));
        let charset: &[u8] = if unicode { b"charset=utf-8," } else { b"" };
        let name = if unicode { user.to_vec() } else { latin1(user) };
        let mut message = [charset, b"username=\"", &quoted(&name), b"\""].concat();
        if let Some(realm) = &realm {
            message.extend([b",realm=\"", quoted(realm).as_slice(), b"\""].concat());
        }
        message.extend([b",nonce=\"", quoted(&server_nonce).as_slice(), b"\",nc=", NC.as_bytes()].concat());
        message.extend(format!(",cnonce=\"{cnonce}\",digest-uri=\"{uri}\",response=").into_bytes());
        message.extend(exchange.digest(AUTHENTICATE, password).expose());
        message.extend(b",qop=auth");
        Answer::Say(message)
    }
}

/// The server's side.
pub(in crate::session) struct Server {
    realm: String,
    nonce: String,
    /// The digest was good, and rspauth is sent.
    proven: bool,
}

impl Server {
    pub(super) fn new(kit: &Kit, exchange: usize) -> Self {
        let nonce = hex(nonce(&kit.seed, &format!("DIGEST-MD5 nonce {exchange}")).as_slice());
        Self { realm: kit.host.clone(), nonce, proven: false }
    }

    /// The challenge.
    pub(super) fn challenge(&self) -> Vec<u8> {
        let realm = String::from_utf8_lossy(&quoted(self.realm.as_bytes())).into_owned();
        format!("realm=\"{realm}\",nonce=\"{}\",qop=\"auth\",charset=utf-8,algorithm=md5-sess", self.nonce).into_bytes()
    }

    /// Verifies the digest, then the empty line behind rspauth.
    pub(super) fn judge(&mut self, response: &[u8], users: &[User]) -> Verdict {
        if self.proven {
            return match response {
                [] => Verdict::Success,
                _ => Verdict::Refused("behind rspauth nothing but an empty line belongs (RFC 2831 2.1.3)".to_owned()),
            };
        }
        match self.verify(response, users) {
            Ok(proof) => {
                self.proven = true;
                Verdict::Challenge([b"rspauth=", proof.expose()].concat())
            }
            Err(verdict) => verdict,
        }
    }

    /// The server's own digest, where the client's is good.
    fn verify(&self, response: &[u8], users: &[User]) -> Result<Secret, Verdict> {
        let refused = |why: &str| Verdict::Refused(why.to_owned());
        let read = Message::read(response, Party::Client)
            .map_err(|why| refused(&format!("the response can't be read: {why}")))?;
        let value = |name: &str| read.value(name).unwrap_or_default();
        let other = |name: &str, sent: &[u8], expected: &str| {
            let sent = String::from_utf8_lossy(sent);
            Verdict::Refused(format!("{name} is `{sent}`, expected {expected} (RFC 2831 2.1.2)"))
        };
        let [realm, nonce, nc, uri] = ["realm", "nonce", "nc", "digest-uri"].map(value);
        if nonce != self.nonce.as_bytes() {
            return Err(other("nonce", &nonce, "that of the challenge"));
        }
        if nc != NC.as_bytes() {
            return Err(other("nc", &nc, NC));
        }
        if realm != self.realm.as_bytes() {
            return Err(other("realm", &realm, "that of the challenge"));
        }
        if !uri.to_ascii_lowercase().starts_with(b"smtp/") {
            return Err(other("digest-uri", &uri, "smtp/HOST"));
        }
        if read.value("qop").is_some_and(|qop| !qop.eq_ignore_ascii_case(b"auth")) {
            return Err(other("qop", &value("qop"), "auth"));
        }
        let user = read.name("username");
        let authzid = read.value("authzid");
        if authzid.as_ref().is_some_and(|authzid| !authzid.is_empty() && *authzid != user) {
            return Err(refused("nobody may act as somebody else here"));
        }
        let cnonce = value("cnonce");
        let exchange = Exchange {
            user: &user,
            realm: &realm,
            nonce: &nonce,
            cnonce: &cnonce,
            nc: &nc,
            uri: &uri,
            authzid: authzid.as_deref(),
        };
        let digest = value("response");
        let proves = |known: &User| exchange.digest(AUTHENTICATE, known.password.expose()).matches(&digest);
        match find(users, &user, proves) {
            Some(known) if known.disabled => Err(Verdict::Disabled),
            Some(known) => Ok(exchange.digest("", known.password.expose())),
            None => Err(refused("no such user, or a digest with another password")),
        }
    }
}

/// The first use of a nonce.
const NC: &str = "00000001";

/// What the client's digest is made for; the server's is made for nothing (section 2.1.3).
const AUTHENTICATE: &str = "AUTHENTICATE";

/// What a digest covers but for the password.
struct Exchange<'a> {
    /// In UTF-8.
    user: &'a [u8],
    realm: &'a [u8],
    nonce: &'a [u8],
    cnonce: &'a [u8],
    nc: &'a [u8],
    uri: &'a [u8],
    authzid: Option<&'a [u8]>,
}

impl Exchange<'_> {
    /// The response-value of RFC 2831 section 2.1.2.1, in hex.
    fn digest(&self, method: &str, password: &[u8]) -> Secret {
        let Self { user, realm, nonce, cnonce, nc, uri, authzid } = *self;
        let [user, realm] = [user, realm].map(latin1);
        let password = Secret::new(latin1(password));
        let account = Secret::new([&user, realm.as_slice(), password.expose()].join(&b':'));
        let mut a1 = Secret::new([&Md5::digest(account.expose())[..], nonce, cnonce].join(&b':'));
        if let Some(authzid) = authzid {
            a1 = Secret::new([a1.expose(), b":", authzid].concat());
        }
        let [a1, a2] = [a1.expose(), &[method.as_bytes(), b":", uri].concat()].map(|octets| hex(&Md5::digest(octets)));
        let whole = [a1.as_bytes(), nonce, nc, cnonce, b"auth", a2.as_bytes()].join(&b":"[..]);
        Secret::from(hex(&Md5::digest(whole)).as_str())
    }
}

/// UTF-8 as ISO 8859-1, where that has all of its characters (section 2.1.2.1); else as it is.
fn latin1(octets: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(octets).ok();
    let narrow = text.and_then(|text| text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect());
    narrow.unwrap_or_else(|| octets.to_vec())
}

/// What stands between quotes, with backslashes where it needs them.
fn quoted(octets: &[u8]) -> Vec<u8> {
    let shield = |octet: &u8| matches!(octet, b'"' | b'\\');
    octets.iter().flat_map(|octet| shield(octet).then_some(b'\\').into_iter().chain([*octet])).collect()
}

/// A message without a problem.
struct Message<'a> {
    octets: &'a [u8],
    tree: Tree,
}

impl<'a> Message<'a> {
    fn read(octets: &'a [u8], from: Party) -> Result<Self, String> {
        let tree = decode(octets, &Hint { from: Some(from), reading: Reading::DigestMd5, ..Hint::default() });
        let problem = tree.problems().next().map(|problem| format!("{} ({})", problem.what, problem.cite));
        match problem {
            _ if octets.is_empty() => Err("it is empty (RFC 2831 2.1)".to_owned()),
            Some(why) => Err(why),
            None => Ok(Self { octets, tree }),
        }
    }

    /// The first value of a directive, without quotes and backslashes.
    fn value(&self, name: &str) -> Option<Vec<u8>> {
        let node = self.tree.root.child(name)?;
        Some(match &node.value {
            Value::Text(text) => text.clone().into_bytes(),
            _ => node.content.of(self.octets).to_vec(),
        })
    }

    /// A name in UTF-8: without charset it is ISO 8859-1.
    fn name(&self, directive: &str) -> Vec<u8> {
        let octets = self.value(directive).unwrap_or_default();
        match std::str::from_utf8(&octets) {
            Ok(_) => octets,
            Err(_) => octets.iter().map(|octet| char::from(*octet)).collect::<String>().into_bytes(),
        }
    }

    fn says(&self, name: &str, value: &str) -> bool {
        self.value(name).is_some_and(|said| said.eq_ignore_ascii_case(value.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::sasl::testing::{credential, kit, user};

    /// RFC 2831 section 4, and draft-ietf-sasl-rfc2831bis for the value of rspauth.
    #[test]
    fn the_example_of_the_rfc_comes_out() {
        let exchange = Exchange {
            user: b"chris",
            realm: b"elwood.innosoft.com",
            nonce: b"OA6MG9tEQGm2hh",
            cnonce: b"OA6MHXh6VqTrRk",
            nc: b"00000001",
            uri: b"imap/elwood.innosoft.com",
            authzid: None,
        };
        assert_eq!(exchange.digest(AUTHENTICATE, b"secret").expose(), b"d388dad90d4bbd760a152321f2143af7");
        assert_eq!(exchange.digest("", b"secret").expose(), b"ea40f60335c427b5527b84dbabcdfffd");
    }

    fn said(answer: Answer) -> Vec<u8> {
        match answer {
            Answer::Say(octets) => octets,
            Answer::Cancel(why) => panic!("cancelled: {why}"),
        }
    }

    fn challenged(verdict: Verdict) -> Vec<u8> {
        match verdict {
            Verdict::Challenge(octets) => octets,
            other => panic!("{other:?}"),
        }
    }

    fn exchange(user: &str, password: &str) -> (Client, Server) {
        let kit = Kit { credential: credential(user, password), ..kit() };
        (Client::new(&kit), Server::new(&kit, 1))
    }

    #[test]
    fn each_side_proves_itself() {
        for (name, password) in [("alice", "wonderland"), ("Zoë \"\\", "pässwörd"), ("Алиса", "пароль")] {
            let users = [user("bob", "x"), user(name, password)];
            let (mut client, mut server) = exchange(name, password);
            let response = said(client.answer(&server.challenge()));
            let proof = challenged(server.judge(&response, &users));
            assert_eq!(said(client.answer(&proof)), b"", "{name}");
            assert_eq!(server.judge(b"", &users), Verdict::Success);
        }
    }

    #[test]
    fn a_server_without_the_password_is_found_out() {
        let (mut client, server) = exchange("alice", "wonderland");
        let wrong = format!("rspauth={}", "0".repeat(32));
        assert!(matches!(client.answer(wrong.as_bytes()), Answer::Cancel(_)), "before the challenge");
        said(client.answer(&server.challenge()));
        assert!(matches!(client.answer(wrong.as_bytes()), Answer::Cancel(_)));
    }

    #[test]
    fn challenges_that_are_not_to_be_answered_are_cancelled() {
        for (challenge, why) in [
            ("", "it is empty"),
            ("realm=\"x\",algorithm=md5-sess", "got no nonce"),
            ("nonce=\"x\",algorithm=md5", "expected md5-sess"),
            ("nonce=\"x\",qop=\"auth-int\",algorithm=md5-sess", "does not offer qop=auth"),
        ] {
            let (mut client, _) = exchange("alice", "wonderland");
            let Answer::Cancel(said) = client.answer(challenge.as_bytes()) else { panic!("{challenge}") };
            assert!(said.contains(why), "{said}");
        }
        let (mut client, server) = exchange("alice", "wonderland");
        let challenge = server.challenge();
        said(client.answer(&challenge));
        assert!(matches!(client.answer(&challenge), Answer::Cancel(_)), "twice");
        let stale = [&challenge, &b",stale=true"[..]].concat();
        said(client.answer(&stale));
    }

    #[test]
    fn responses_that_are_not_good_are_refused() {
        let users = [user("alice", "wonderland"), User { disabled: true, ..user("eve", "x") }];
        let (mut client, server) = exchange("alice", "wonderland");
        let response = String::from_utf8(said(client.answer(&server.challenge()))).unwrap();
        let fresh = || exchange("alice", "wonderland").1;
        challenged(fresh().judge(response.as_bytes(), &users));
        let without_realm = response.replace(",realm=\"server.example.com\"", "");
        for (wrong, why) in [
            (response.replace("alice", "bob"), "no such user"),
            (response.replace("nc=00000001", "nc=00000002"), "nc is `00000002`"),
            (response.replace("smtp/", "imap/"), "digest-uri is `imap/"),
            (response.replace("qop=auth", "qop=auth-int"), "qop is `auth-int`"),
            (response.replace(&server.nonce, "another"), "nonce is `another`"),
            (response.clone() + ",authzid=\"bob\"", "may act as somebody else"),
            (response.clone() + ",authzid=\"alice\"", "another password"),
            (without_realm, "realm is ``"),
            (String::new(), "it is empty"),
            ("nonsense".to_owned(), "expected name=value"),
        ] {
            let Verdict::Refused(said) = fresh().judge(wrong.as_bytes(), &users) else { panic!("{wrong}") };
            assert!(said.contains(why), "{wrong}: {said}");
        }
        let mut server = fresh();
        challenged(server.judge(response.as_bytes(), &users));
        assert!(matches!(server.judge(response.as_bytes(), &users), Verdict::Refused(_)), "no empty line");
    }

    #[test]
    fn no_two_nonces_are_alike() {
        let kit = kit();
        let first = Server::new(&kit, 1).nonce;
        assert_ne!(first, Server::new(&kit, 2).nonce);
        assert_ne!(first, Server::new(&Kit { seed: [1; 32], ..kit }, 1).nonce);
    }
}

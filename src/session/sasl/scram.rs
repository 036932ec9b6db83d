//! SCRAM-SHA-1 and SCRAM-SHA-256 (RFC 5802, RFC 7677), with -PLUS and without: both sides.
//!
//! What a password becomes, the proof and the signature are pure functions. A side is a context whose calls may be made
//! off the loop ([`GssContext`]), as for the mechanisms of the GSS-API, of which SCRAM is one, too (RFC 5802 section 8):
//! a hostile server may ask for many rounds. Messages are read by the decoder, and refused where they have problems.
//!
//! Channel bindings: tls-exporter (RFC 9266), or else tls-server-end-point (RFC 5929). Limits: tls-unique is recognised,
//! but not had; nobody may act as somebody else; a second, wrapped message does not exist in SASL.

use crate::decode::{self, Hint, Mark, Reading, Tree, Value};
use crate::mech::{Answer, Call, Facts, GssContext, Kit, MechError, User, major, nonce};
use crate::session::{Bindings, ChannelBindings};
use crate::terms::{Party, Secret};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use stringprep::saslprep;

/// More rounds than any server needs: half a second of work. A hostile one could ask for thousands of years.
const MOST_ROUNDS: u32 = 1_000_000;

/// The hash function that gives a mechanism its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session) enum Hash {
    /// SCRAM-SHA-1 (RFC 5802).
    Sha1,
    /// SCRAM-SHA-256 (RFC 7677).
    Sha256,
}

/// What a server keeps of its users' passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScramOptions {
    /// How many rounds a password goes through, 4,096 at least (RFC 5802 section 5.1).
    pub rounds: u32,
    /// What salts are made from. Every name has one, known or not, so that none tells which is which; it is the same on
    /// every connection that has the same value here.
    pub salts: [u8; 32],
}

impl Default for ScramOptions {
    fn default() -> Self {
        Self { rounds: 4_096, salts: [0; 32] }
    }
}

impl Hash {
    /// HMAC over the parts, one after the other (RFC 2104).
    fn hmac(self, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
        match self {
            Self::Sha1 => mac::<Hmac<Sha1>>(key, parts),
            Self::Sha256 => mac::<Hmac<Sha256>>(key, parts),
        }
    }

    fn digest(self, octets: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(octets).to_vec(),
            Self::Sha256 => Sha256::digest(octets).to_vec(),
        }
    }

    /// `SaltedPassword := Hi(Normalize(password), salt, i)` (RFC 5802 section 3).
    fn salted(self, password: &[u8], salt: &[u8], rounds: u32) -> Secret {
        Secret::new(match self {
            Self::Sha1 => {
                let mut salted = vec![0; 20];
                pbkdf2::pbkdf2_hmac::<Sha1>(password, salt, rounds, &mut salted);
                salted
            }
            Self::Sha256 => {
                let mut salted = vec![0; 32];
                pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, rounds, &mut salted);
                salted
            }
        })
    }

    /// `ClientProof`: the client's key under the signature that whoever stores the key's digest can make.
    fn proof(self, salted: &Secret, auth_message: &[u8]) -> Secret {
        let client_key = self.hmac(salted.expose(), &[b"Client Key"]);
        let stored_key = self.digest(&client_key);
        let signature = self.hmac(&stored_key, &[auth_message]);
        Secret::new(client_key.iter().zip(signature).map(|(key, octet)| key ^ octet).collect())
    }

    /// `ServerSignature`.
    fn signature(self, salted: &Secret, auth_message: &[u8]) -> Secret {
        let server_key = self.hmac(salted.expose(), &[b"Server Key"]);
        Secret::new(self.hmac(&server_key, &[auth_message]))
    }
}

fn mac<M: Mac + KeyInit>(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

/// A context of either side.
pub(in crate::session) fn scram(
    hash: Hash,
    plus: bool,
    kit: &Kit,
    party: Party,
    (bindings, bound): (&Bindings, ChannelBindings),
    options: ScramOptions,
) -> Box<dyn GssContext> {
    // -PLUS binds in any case.
    let bindings = if plus || bound != ChannelBindings::None { bindings } else { &Bindings::default() };
    let required = bound == ChannelBindings::Require;
    match party {
        Party::Client => Box::new(Client::new(hash, plus, required, kit, bindings)),
        Party::Server => Box::new(Server {
            hash,
            plus,
            required,
            users: kit.users.clone(),
            nonce: fresh_nonce(kit, "SCRAM server nonce"),
            bindings: bindings.clone(),
            options,
            state: ServerState::Start,
        }),
    }
}

/// 15 octets from the seed, in base64, which is printable and has no comma.
fn fresh_nonce(kit: &Kit, purpose: &str) -> String {
    BASE64_STANDARD.encode(&nonce(&kit.seed, purpose)[..15])
}

/// The client's side.
struct Client {
    hash: Hash,
    user: String,
    password: Secret,
    nonce: String,
    /// The GS2 header, and the octets behind it in the channel binding; why not, if neither can be had.
    binding: Result<(String, Vec<u8>), String>,
    state: ClientState,
}

enum ClientState {
    Start,
    /// The client-first-message has gone out.
    First,
    /// The client-final-message has gone out; the server's signature must be this.
    Final(Secret),
    Verified,
    Failed,
}

impl Client {
    /// `n` where there is nothing to bind to, `y` where there is and the server can't, `p` under -PLUS (RFC 5802 section 6).
    fn new(hash: Hash, plus: bool, required: bool, kit: &Kit, bindings: &Bindings) -> Self {
        let binding = match (plus, &bindings.exporter, &bindings.server_end_point) {
            (false, ..) if required => {
                Err("Channel bindings are required, and without -PLUS SCRAM has none.".to_owned())
            }
            (false, ..) => Ok((if bindings.can_bind() { "y,," } else { "n,," }.to_owned(), Vec::new())),
            (true, exporter, _) if !exporter.is_empty() => Ok(("p=tls-exporter,,".to_owned(), exporter.clone())),
            (true, _, end_point) if !end_point.is_empty() => {
                Ok(("p=tls-server-end-point,,".to_owned(), end_point.clone()))
            }
            _ => Err("-PLUS binds to TLS, and this connection has none; try the mechanism without -PLUS.".to_owned()),
        };
        Self {
            hash,
            user: kit.credential.user.clone(),
            password: kit.credential.password.clone(),
            nonce: fresh_nonce(kit, "SCRAM client nonce"),
            binding,
            state: ClientState::Start,
        }
    }

    fn step(&mut self, token: &[u8]) -> Result<Answer, MechError> {
        // A call that fails leaves `Failed` behind.
        match std::mem::replace(&mut self.state, ClientState::Failed) {
            // An empty challenge asks for the first message, even once more where the AUTH command went without it.
            ClientState::Start | ClientState::First if token.is_empty() => {
                let first = [self.binding()?.0.as_str(), &self.first_bare()?].concat();
                self.state = ClientState::First;
                Ok(Answer::Stepped { token: Some(first.into_bytes()), complete: false })
            }
            ClientState::Start => Err(defective("SCRAM begins with the client, yet the server sent a challenge.")),
            ClientState::First => {
                let (message, signature) = self.last(token)?;
                self.state = ClientState::Final(signature);
                Ok(Answer::Stepped { token: Some(message), complete: false })
            }
            ClientState::Final(signature) => {
                let tree = read(token, Party::Server, Reading::ScramServerFinal)?;
                if tree.find("server-error").is_some() {
                    // An empty line lets the server end the exchange.
                    return Ok(Answer::Stepped { token: None, complete: false });
                }
                if !signature.matches(octets(&tree, "verifier")) {
                    let says = "The server's signature is not good: it does not know the password (RFC 5802 5).";
                    return Err(MechError::new(major::BAD_MIC, says));
                }
                self.state = ClientState::Verified;
                Ok(Answer::Stepped { token: None, complete: true })
            }
            ClientState::Verified => Err(defective("SCRAM is complete on the client's side, yet a challenge came.")),
            ClientState::Failed => Err(MechError::new(major::NO_CONTEXT, "The exchange has failed before.")),
        }
    }

    fn binding(&self) -> Result<&(String, Vec<u8>), MechError> {
        self.binding.as_ref().map_err(|why| MechError::new(major::BAD_BINDINGS, why.clone()))
    }

    fn first_bare(&self) -> Result<String, MechError> {
        let user = prepared(self.user.as_bytes())
            .ok_or_else(|| bad_credential("The user name is empty, or SASLprep (RFC 4013) has no form of it."))?;
        Ok(format!("n={},r={}", user.replace('=', "=3D").replace(',', "=2C"), self.nonce))
    }

    /// The client-final-message, and the signature that must answer it.
    fn last(&self, server_first: &[u8]) -> Result<(Vec<u8>, Secret), MechError> {
        let reading = Reading::ScramServerFirst(Mark::of(self.nonce.as_bytes()));
        let tree = read(server_first, Party::Server, reading)?;
        let nonce = text(&tree, "nonce");
        if nonce.len() <= self.nonce.len() || !nonce.starts_with(&self.nonce) {
            return Err(defective("The server's nonce does not continue the client's."));
        }
        let rounds = text(&tree, "iteration-count").parse().ok().filter(|rounds| *rounds <= MOST_ROUNDS);
        let rounds = rounds.ok_or_else(|| {
            let asked = text(&tree, "iteration-count").chars().take(20).collect::<String>();
            let says = format!("The server asks for {asked} rounds; more than {MOST_ROUNDS} are not made.");
            MechError::new(major::UNAVAILABLE, says)
        })?;
        let password = prepared(self.password.expose())
            .ok_or_else(|| bad_credential("The password is empty, or SASLprep (RFC 4013) has no form of it."))?;
        let (header, data) = self.binding()?;
        let channel_binding = BASE64_STANDARD.encode([header.as_bytes(), data].concat());
        let without_proof = format!("c={channel_binding},r={nonce}");
        let message = auth_message(self.first_bare()?.as_bytes(), server_first, without_proof.as_bytes());
        let salted = self.hash.salted(password.as_bytes(), octets(&tree, "salt"), rounds);
        let proof = BASE64_STANDARD.encode(self.hash.proof(&salted, &message).expose());
        Ok((format!("{without_proof},p={proof}").into_bytes(), self.hash.signature(&salted, &message)))
    }
}

/// The server's side.
struct Server {
    hash: Hash,
    plus: bool,
    /// Nobody is let in who does not bind.
    required: bool,
    users: Vec<User>,
    nonce: String,
    bindings: Bindings,
    options: ScramOptions,
    state: ServerState,
}

enum ServerState {
    Start,
    First(Began),
    Done(String),
    Failed,
}

/// What the first two messages have settled.
struct Began {
    user: String,
    header: String,
    client_first_bare: Vec<u8>,
    server_first: Vec<u8>,
    nonce: String,
    salt: Vec<u8>,
}

impl Server {
    fn step(&mut self, token: &[u8]) -> Result<Answer, MechError> {
        // A call that fails leaves `Failed` behind.
        match std::mem::replace(&mut self.state, ServerState::Failed) {
            ServerState::Start => {
                let began = self.begin(token)?;
                let message = began.server_first.clone();
                self.state = ServerState::First(began);
                Ok(Answer::Stepped { token: Some(message), complete: false })
            }
            ServerState::First(began) => {
                let signature = self.judge(&began, token)?;
                self.state = ServerState::Done(began.user);
                let message = format!("v={}", BASE64_STANDARD.encode(signature.expose()));
                Ok(Answer::Stepped { token: Some(message.into_bytes()), complete: true })
            }
            ServerState::Done(_) => Err(defective("SCRAM is complete on the server's side, yet another message came.")),
            ServerState::Failed => Err(MechError::new(major::NO_CONTEXT, "The exchange has failed before.")),
        }
    }

    fn begin(&self, client_first: &[u8]) -> Result<Began, MechError> {
        let tree = read(client_first, Party::Client, Reading::ScramClientFirst)?;
        let header = text(&tree, "gs2-header").to_owned();
        self.check_flag(text(&tree, "gs2-cbind-flag"))?;
        let name = unescaped(text(&tree, "username"));
        let authzid = unescaped(text(&tree, "authzid"));
        if !authzid.is_empty() && authzid != name {
            return Err(MechError::new(major::UNAUTHORIZED, "Nobody may act as somebody else here."));
        }
        let user =
            prepared(name.as_bytes()).ok_or_else(|| bad_credential("SASLprep has no form of that user name."))?;
        let nonce = format!("{}{}", text(&tree, "nonce"), self.nonce);
        let salt = self.salt(&user);
        let base64 = BASE64_STANDARD.encode(&salt);
        let server_first = format!("r={nonce},s={base64},i={}", self.rounds()).into_bytes();
        let client_first_bare = client_first.get(header.len()..).unwrap_or_default().to_vec();
        Ok(Began { user, header, client_first_bare, server_first, nonce, salt })
    }

    /// Whether the client binds as the mechanism and this server do (RFC 5802 section 6).
    fn check_flag(&self, flag: &str) -> Result<(), MechError> {
        let says = match (flag, self.plus) {
            ("n" | "y", true) => "The client does not bind to TLS, and -PLUS does.".to_owned(),
            ("y", false) if self.bindings.can_bind() => {
                "The client thinks that -PLUS is not offered, but it is: somebody has changed the offer.".to_owned()
            }
            ("n" | "y", false) if self.required => {
                "This server lets nobody in who does not bind to TLS: -PLUS does.".to_owned()
            }
            ("n" | "y", false) => return Ok(()),
            (_, false) => "The client binds to TLS, and the mechanism without -PLUS does not.".to_owned(),
            (flag, true) => match self.data(flag) {
                Some([_, ..]) => return Ok(()),
                _ => format!(
                    "The client binds by {}; this server can bind by tls-exporter and tls-server-end-point, \
                     each if the connection has it.",
                    decode::escape(flag.trim_start_matches("p="))
                ),
            },
        };
        Err(MechError::new(major::BAD_BINDINGS, says))
    }

    /// The binding data that `p=` names, if this server knows the name.
    fn data(&self, flag: &str) -> Option<&[u8]> {
        match flag {
            "p=tls-exporter" => Some(&self.bindings.exporter),
            "p=tls-server-end-point" => Some(&self.bindings.server_end_point),
            _ => None,
        }
    }

    /// Verifies the proof and what it covers; gives the signature. An unknown user costs as much time as a known one.
    fn judge(&self, began: &Began, client_final: &[u8]) -> Result<Secret, MechError> {
        let mark = |text: &str| Mark::of(text.as_bytes());
        let reading = Reading::ScramClientFinal { nonce: mark(&began.nonce), header: mark(&began.header) };
        let tree = read(client_final, Party::Client, reading)?;
        if text(&tree, "nonce") != began.nonce {
            return Err(defective("The client's second nonce is not the server's."));
        }
        let flag = began.header.split(',').next().unwrap_or_default();
        let expected = [began.header.as_bytes(), self.data(flag).unwrap_or_default()].concat();
        if !Secret::new(expected).matches(octets(&tree, "channel-binding")) {
            let says = "The channel binding is not that of this connection: somebody may sit in between (RFC 5802 6).";
            return Err(MechError::new(major::BAD_BINDINGS, says));
        }
        // The proof is the last attribute.
        let proof = tree.root.children.iter().find(|node| node.name == "proof");
        let end = proof.map_or(0, |proof| proof.span.start.saturating_sub(b",".len()));
        let without_proof = client_final.get(..end).unwrap_or_default();
        let message = auth_message(&began.client_first_bare, &began.server_first, without_proof);
        let known = self.user(&began.user);
        let password = known.and_then(|user| prepared(user.password.expose()));
        let unknown = || nonce(&self.options.salts, &format!("SCRAM password {}", began.user)).to_vec();
        let password = Secret::new(password.map_or_else(unknown, String::into_bytes));
        let salted = self.hash.salted(password.expose(), &began.salt, self.rounds());
        if self.hash.proof(&salted, &message).matches(octets(&tree, "proof")) && known.is_some() {
            return Ok(self.hash.signature(&salted, &message));
        }
        Err(bad_credential("The proof is not good: another password, or no such user."))
    }

    fn user(&self, name: &str) -> Option<&User> {
        self.users
            .iter()
            .find(|user| user.name.eq_ignore_ascii_case(name) && !user.disabled && !user.password.is_empty())
    }

    fn salt(&self, name: &str) -> Vec<u8> {
        let purpose = format!("SCRAM salt {}", name.to_ascii_lowercase());
        nonce(&self.options.salts, &purpose).to_vec()
    }

    fn rounds(&self) -> u32 {
        self.options.rounds.clamp(4_096, MOST_ROUNDS)
    }
}

impl GssContext for Client {
    fn call(&mut self, call: Call) -> Result<Answer, MechError> {
        match call {
            Call::Step(token) => self.step(&token.unwrap_or_default()),
            _ => Err(no_layer()),
        }
    }

    fn facts(&self) -> Facts {
        let complete = matches!(self.state, ClientState::Verified);
        Facts { complete, mutual: complete, ..Facts::default() }
    }
}

impl GssContext for Server {
    fn call(&mut self, call: Call) -> Result<Answer, MechError> {
        match call {
            Call::Step(token) => self.step(&token.unwrap_or_default()),
            _ => Err(no_layer()),
        }
    }

    fn facts(&self) -> Facts {
        let initiator = match &self.state {
            ServerState::Done(user) => Some(user.clone()),
            _ => None,
        };
        Facts { complete: initiator.is_some(), mutual: initiator.is_some(), initiator, ..Facts::default() }
    }
}

fn auth_message(client_first_bare: &[u8], server_first: &[u8], without_proof: &[u8]) -> Vec<u8> {
    [client_first_bare, server_first, without_proof].join(&b","[..])
}

/// `SASLprep` (RFC 4013); `None` where that has no form of it, or an empty one.
fn prepared(text: &[u8]) -> Option<String> {
    let prepared = saslprep(std::str::from_utf8(text).ok()?).ok()?;
    (!prepared.is_empty()).then(|| prepared.into_owned())
}

fn unescaped(name: &str) -> String {
    name.replace("=2C", ",").replace("=3D", "=")
}

/// Reads a message for trust. Too few rounds are the server's affair: whoever looks on sees the problem in the tree.
fn read(message: &[u8], from: Party, reading: Reading) -> Result<Tree, MechError> {
    let tree = decode::decode(message, &Hint { from: Some(from), reading, ..Hint::default() });
    let bad = |node: &decode::Node| {
        let problem = node.problem.as_ref()?;
        let counts = node.name != "iteration-count" || problem.cite == decode::SCRAM_GRAMMAR;
        counts.then(|| defective(format!("{}: {} ({}).", node.name, problem.what, problem.cite)))
    };
    let error = tree.walk().find_map(|(_, node)| bad(node));
    error.map_or(Ok(tree), Err)
}

/// The characters of the first field of that name; none where there is none.
fn text<'t>(tree: &'t Tree, name: &str) -> &'t str {
    match tree.find(name).map(|node| &node.value) {
        Some(Value::Text(text)) => text,
        _ => "",
    }
}

/// The octets that the base64 of that field stands for.
fn octets<'t>(tree: &'t Tree, name: &str) -> &'t [u8] {
    match tree.find(name).map(|node| &node.value) {
        Some(Value::Base64(octets)) => octets,
        _ => &[],
    }
}

fn defective(says: impl Into<String>) -> MechError {
    MechError::new(major::DEFECTIVE_TOKEN, says)
}

fn bad_credential(says: impl Into<String>) -> MechError {
    MechError::new(major::DEFECTIVE_CREDENTIAL, says)
}

fn no_layer() -> MechError {
    MechError::new(major::UNAVAILABLE, "SCRAM has no security layer.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::sasl::testing::{credential, kit, user};
    use proptest::prelude::*;

    /// What both have of a connection within TLS.
    fn bound() -> Bindings {
        Bindings { exporter: vec![0xAB; 32], server_end_point: vec![0xCD; 32], ..Bindings::default() }
    }

    fn server(hash: Hash, plus: bool, kit: &Kit, bindings: &Bindings) -> Server {
        Server {
            hash,
            plus,
            required: false,
            users: kit.users.clone(),
            nonce: fresh_nonce(kit, "SCRAM server nonce"),
            bindings: bindings.clone(),
            options: ScramOptions::default(),
            state: ServerState::Start,
        }
    }

    fn said(answer: Result<Answer, MechError>) -> Result<String, String> {
        match answer {
            Ok(Answer::Stepped { token, .. }) => Ok(String::from_utf8(token.unwrap_or_default()).unwrap()),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error.text),
        }
    }

    /// All messages of an exchange, or why it failed, each side with what was said to `change` on its way.
    fn exchange(client: &mut Client, server: &mut Server, change: impl Fn(&str) -> String) -> Result<String, String> {
        let mut messages = vec![change(&said(client.step(b""))?)];
        for turn in 0..3 {
            let last = messages[turn].as_bytes();
            let next = if turn % 2 == 0 { said(server.step(last)) } else { said(client.step(last)) };
            let next = next.map_err(|why| format!("{}: {why}", ["server", "client"][turn % 2]))?;
            messages.push(change(&next));
        }
        assert_eq!(said(client.step(messages[3].as_bytes()))?, "");
        assert!(client.facts().complete && client.facts().mutual);
        assert_eq!(server.facts().initiator.as_deref(), Some("alice"));
        Ok(messages.join("\n"))
    }

    fn as_said(message: &str) -> String {
        message.to_owned()
    }

    /// RFC 5802 section 5 and RFC 7677 section 3.
    #[test]
    fn the_examples_of_the_rfcs_come_out_byte_for_byte() {
        let examples = [
            (
                Hash::Sha1,
                "fyko+d2lbbFgONRv9qkxdawL",
                [
                    "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
                    "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
                    "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
                    "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
                ],
            ),
            (
                Hash::Sha256,
                "rOprNGfwEbeRWgbNEkqO",
                [
                    "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
                    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
                    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
                ],
            ),
        ];
        for (hash, nonce, [client_first, server_first, client_final, server_final]) in examples {
            let kit = Kit { credential: credential("user", "pencil"), users: vec![user("User", "pencil")], ..kit() };
            let mut client =
                Client { nonce: nonce.to_owned(), ..Client::new(hash, false, false, &kit, &Bindings::default()) };
            assert_eq!(said(client.step(b"")).as_deref(), Ok(client_first));
            assert_eq!(said(client.step(server_first.as_bytes())).as_deref(), Ok(client_final));
            let mut server = server(hash, false, &kit, &Bindings::default());
            let tree = read(server_first.as_bytes(), Party::Server, Reading::ScramServerFirst(Mark::UNKNOWN)).unwrap();
            server.state = ServerState::First(Began {
                user: "user".to_owned(),
                header: "n,,".to_owned(),
                client_first_bare: client_first.as_bytes()[3..].to_vec(),
                server_first: server_first.as_bytes().to_vec(),
                nonce: text(&tree, "nonce").to_owned(),
                salt: octets(&tree, "salt").to_vec(),
            });
            assert_eq!(said(server.step(client_final.as_bytes())).as_deref(), Ok(server_final));
            assert_eq!(client.step(server_final.as_bytes()), Ok(Answer::Stepped { token: None, complete: true }));
        }
    }

    #[test]
    fn both_sides_understand_each_other_whatever_the_connection_has() {
        let end_point = Bindings { exporter: Vec::new(), ..bound() };
        for (hash, plus, bindings, begins) in [
            (Hash::Sha1, false, &Bindings::default(), "n,,n=alice,r="),
            (Hash::Sha256, false, &Bindings::default(), "n,,n=alice,r="),
            (Hash::Sha1, true, &bound(), "p=tls-exporter,,n=alice,r="),
            (Hash::Sha256, true, &bound(), "p=tls-exporter,,n=alice,r="),
            (Hash::Sha256, true, &end_point, "p=tls-server-end-point,,n=alice,r="),
        ] {
            let kit = kit();
            let mut client = Client::new(hash, plus, false, &kit, bindings);
            let messages = exchange(&mut client, &mut server(hash, plus, &kit, bindings), as_said).unwrap();
            assert!(messages.starts_with(begins), "{messages}");
            assert!(messages.contains(",i=4096\nc="), "{messages}");
        }
        // The client could bind, and the server can't.
        let mut client = Client::new(Hash::Sha256, false, false, &kit(), &bound());
        let mut without = server(Hash::Sha256, false, &kit(), &Bindings::default());
        assert!(exchange(&mut client, &mut without, as_said).unwrap().starts_with("y,,n=alice,r="));
    }

    /// What is changed on its way, on which kind of connection, and who finds it out.
    #[test]
    fn what_is_changed_on_its_way_is_found_out() {
        let other = |from: &'static str, to: &'static str| move |message: &str| message.replacen(from, to, 1);
        let played = |plus: bool, change: &dyn Fn(&str) -> String| {
            let bindings = if plus { bound() } else { Bindings::default() };
            let mut client = Client::new(Hash::Sha256, plus, false, &kit(), &bindings);
            exchange(&mut client, &mut server(Hash::Sha256, plus, &kit(), &bindings), change).unwrap_err()
        };
        for (plus, from, to, why) in [
            (false, "n=alice", "n=malice", "server: The proof is not good: another password, or no such user."),
            (false, ",i=4096", ",i=4097", "server: The proof is not good: another password, or no such user."),
            (false, ",s=", ",s=AAAA", "server: The proof is not good: another password, or no such user."),
            (
                false,
                ",i=4096",
                ",i=1000001",
                "client: The server asks for 1000001 rounds; more than 1000000 are not made.",
            ),
            (false, ",i=4096", ",i=4096,i=1", "client: iteration-count: got i=, expected the end (RFC 5802 7)."),
            (
                false,
                "i=4096",
                "i=99999999999999999999999",
                "client: The server asks for 99999999999999999999 rounds; more than 1000000 are not made.",
            ),
            (
                false,
                "r=",
                "r=x",
                "client: nonce: got a nonce that does not begin with the client's: it belongs to another exchange (RFC 5802 5.1).",
            ),
            (
                false,
                "c=biws",
                "c=eSws",
                "server: channel-binding: got another GS2 header than in the client-first-message (RFC 5802 6).",
            ),
            (
                false,
                "n,,",
                "p=tls-exporter,,",
                "server: The client binds to TLS, and the mechanism without -PLUS does not.",
            ),
            (false, "n,,", "n,a=bob,", "server: Nobody may act as somebody else here."),
            (
                false,
                "n,,",
                "n,,m=1,",
                "server: reserved-mext: got m=, a mandatory extension: nobody knows one, so the exchange must fail (RFC 5802 5.1).",
            ),
            (true, "p=tls-exporter,,", "n,,", "server: The client does not bind to TLS, and -PLUS does."),
            (
                true,
                "p=tls-exporter,,",
                "p=tls-unique,,",
                "server: The client binds by tls-unique; this server can bind by tls-exporter and tls-server-end-point, each if the connection has it.",
            ),
            (
                true,
                "c=cD10bHMtZXhwb3J0ZXIsLKur",
                "c=cD10bHMtZXhwb3J0ZXIsLKus",
                "server: The channel binding is not that of this connection: somebody may sit in between (RFC 5802 6).",
            ),
        ] {
            assert_eq!(played(plus, &other(from, to)), why, "{from} → {to}");
        }
        assert_eq!(
            played(false, &|message| message.replace("v=", "v=AAAA")),
            "The server's signature is not good: it does not know the password (RFC 5802 5)."
        );
        assert_eq!(
            played(false, &|message| if message.starts_with('v') { "x=1".to_owned() } else { as_said(message) }),
            "server-final-message: got no v=, which server-final-message must have (RFC 5802 7)."
        );
    }

    #[test]
    fn a_denied_plus_is_refused() {
        let mut client = Client::new(Hash::Sha256, false, false, &kit(), &bound());
        let mut server = server(Hash::Sha256, false, &kit(), &bound());
        assert_eq!(
            exchange(&mut client, &mut server, as_said).unwrap_err(),
            "server: The client thinks that -PLUS is not offered, but it is: somebody has changed the offer."
        );
    }

    #[test]
    fn an_error_of_the_server_is_answered_by_an_empty_line() {
        let mut client = Client::new(Hash::Sha256, false, false, &kit(), &Bindings::default());
        client.state = ClientState::Final(Secret::from("signature"));
        assert_eq!(client.step(b"e=invalid-proof"), Ok(Answer::Stepped { token: None, complete: false }));
        assert!(!client.facts().complete);
        assert_eq!(said(client.step(b"v=c2lnbmF0dXJl")).unwrap_err(), "The exchange has failed before.");
    }

    #[test]
    fn names_and_passwords_that_mean_the_same_are_the_same() {
        // RFC 4013 section 3: a soft hyphen is nothing, a Roman numeral is its letters.
        for (name, secret) in [("a\u{AD}lice", "\u{2168}"), ("ALICE", "I\u{AD}X")] {
            let kit = Kit { credential: credential(name, secret), users: vec![user("alice", "IX")], ..kit() };
            let mut client = Client::new(Hash::Sha1, false, false, &kit, &Bindings::default());
            let mut server = server(Hash::Sha1, false, &kit, &Bindings::default());
            let first = said(client.step(b"")).unwrap();
            let second = said(server.step(first.as_bytes())).unwrap();
            let third = said(client.step(second.as_bytes())).unwrap();
            assert!(said(server.step(third.as_bytes())).is_ok(), "{name}");
        }
        let kit = Kit { credential: credential("a,b=c", "x"), users: vec![user("a,b=c", "x")], ..kit() };
        let mut client = Client::new(Hash::Sha1, false, false, &kit, &Bindings::default());
        let first = said(client.step(b"")).unwrap();
        assert!(first.starts_with("n,,n=a=2Cb=3Dc,r="), "{first}");
        let mut server = server(Hash::Sha1, false, &kit, &Bindings::default());
        assert!(server.step(first.as_bytes()).is_ok());
        assert!(matches!(&server.state, ServerState::First(began) if began.user == "a,b=c"));
        for name in ["", "\u{7}", "\u{AD}"] {
            let kit = Kit { credential: credential(name, "x"), ..kit.clone() };
            let mut client = Client::new(Hash::Sha1, false, false, &kit, &Bindings::default());
            let why = said(client.step(b"")).unwrap_err();
            assert_eq!(why, "The user name is empty, or SASLprep (RFC 4013) has no form of it.");
        }
    }

    #[test]
    fn no_name_tells_whether_it_is_known() {
        let kit = kit();
        let disabled = User { disabled: true, ..user("carol", "x") };
        let kit = Kit { users: vec![user("alice", "wonderland"), disabled, user("dave", "")], ..kit };
        let asked = |name: &str, seed: u8| {
            let kit = Kit { credential: credential(name, "x"), seed: [seed; 32], ..kit.clone() };
            let mut client = Client::new(Hash::Sha256, false, false, &kit, &Bindings::default());
            let mut server = server(Hash::Sha256, false, &kit, &Bindings::default());
            let second = said(server.step(said(client.step(b"")).unwrap().as_bytes())).unwrap();
            let why = said(server.step(said(client.step(second.as_bytes())).unwrap().as_bytes())).unwrap_err();
            (second.split(",s=").nth(1).unwrap().to_owned(), why)
        };
        let names = ["alice", "bob", "carol", "dave"];
        for name in names {
            assert_eq!(asked(name, 1), asked(name, 2), "{name}: the same salt on every connection");
            assert_eq!(asked(name, 1), asked(&name.to_uppercase(), 1), "{name}: whatever its case");
            assert_eq!(asked(name, 1).1, "The proof is not good: another password, or no such user.");
        }
        let salts: std::collections::BTreeSet<String> = names.into_iter().map(|name| asked(name, 1).0).collect();
        assert_eq!(salts.len(), names.len());
    }

    #[test]
    fn plus_without_tls_is_not_begun() {
        let mut client = Client::new(Hash::Sha256, true, false, &kit(), &Bindings::default());
        let why = said(client.step(b"")).unwrap_err();
        assert_eq!(why, "-PLUS binds to TLS, and this connection has none; try the mechanism without -PLUS.");
    }

    #[test]
    fn where_bindings_are_required_only_plus_will_do() {
        let mut client = Client::new(Hash::Sha256, false, true, &kit(), &bound());
        let why = said(client.step(b"")).unwrap_err();
        assert_eq!(why, "Channel bindings are required, and without -PLUS SCRAM has none.");
        let asked = |bound_by| {
            let mut client = Client::new(Hash::Sha256, false, false, &kit(), &Bindings::default());
            let first = said(client.step(b"")).unwrap();
            let mut server =
                scram(Hash::Sha256, false, &kit(), Party::Server, (&bound(), bound_by), ScramOptions::default());
            said(server.call(Call::Step(Some(first.into_bytes()))))
        };
        let why = asked(ChannelBindings::Require).unwrap_err();
        assert_eq!(why, "This server lets nobody in who does not bind to TLS: -PLUS does.");
        assert!(asked(ChannelBindings::Allow).is_ok() && asked(ChannelBindings::None).is_ok());
    }

    #[test]
    fn a_second_empty_challenge_gets_the_first_message_again() {
        let mut client = Client::new(Hash::Sha256, false, false, &kit(), &Bindings::default());
        assert_eq!(client.step(b""), client.step(b""));
    }

    proptest! {
        #[test]
        fn no_message_is_too_odd(
            messages in proptest::collection::vec("[nyp=,rscivem]{0,6}[ -~]{0,40}", 3),
            plus: bool,
        ) {
            let mut client = Client::new(Hash::Sha1, plus, false, &kit(), &bound());
            let mut server = server(Hash::Sha1, plus, &kit(), &bound());
            let _ = client.step(b"");
            for message in messages {
                let _ = (client.step(message.as_bytes()), server.step(message.as_bytes()));
            }
            prop_assert!(!client.facts().complete && !server.facts().complete);
        }
    }
}

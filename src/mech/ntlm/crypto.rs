//! What NTLM computes (MS-NLMP sections 3.3 and 3.4): hashes, responses, keys, and the signatures of a session.
//!
//! Pure functions on octets, and [`Session`], which holds the two directions of an established context. Limit: no
//! signatures without extended session security, no LM responses, no datagrams.

use super::flags;
use des::Des;
use des::cipher::BlockCipherEncrypt as _;
use hmac::{Hmac, KeyInit, Mac};
use md4::{Digest, Md4};
use md5::Md5;
use rc4::{Rc4, StreamCipher};
use zeroize::Zeroizing;

/// 16 octets that are wiped when dropped.
pub(crate) type Key = Zeroizing<[u8; 16]>;

/// HMAC-MD5 over the parts, one after the other (RFC 2104).
pub(crate) fn hmac_md5(key: &[u8], parts: &[&[u8]]) -> Key {
    let mut mac = Hmac::<Md5>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// Whether the octets are the same, in time that depends on the lengths only.
pub(super) fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

/// UTF-16LE.
pub(super) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// `NTOWFv1`: MD4 over the password (section 3.3.1).
pub(super) fn ntowf_v1(password: &str) -> Key {
    let unicode = Zeroizing::new(utf16(password));
    Zeroizing::new(Md4::digest(&unicode).into())
}

/// `NTOWFv2` (section 3.3.2): the key that both responses are made with. The user name counts in capitals, the domain
/// as it is written. Characters whose capital is more than one character stay, as in Windows' table.
pub(super) fn ntowf_v2(password: &str, user: &str, domain: &str) -> Key {
    let capitals: String = user
        .chars()
        .map(|c| {
            let mut upper = c.to_uppercase();
            if upper.len() == 1 { upper.next().unwrap_or(c) } else { c }
        })
        .collect();
    hmac_md5(&*ntowf_v1(password), &[&utf16(&capitals), &utf16(domain)])
}

/// `NTLMv2_CLIENT_CHALLENGE` (section 2.2.2.7), `temp` in section 3.3.2: version, time, the client's nonce, AV pairs.
pub(super) fn client_challenge(time: u64, nonce: &[u8], av_pairs: &[u8]) -> Vec<u8> {
    [&[1, 1, 0, 0, 0, 0, 0, 0], &time.to_le_bytes()[..], nonce, &[0; 4], av_pairs, &[0; 4]].concat()
}

/// `NTProofStr`: the first 16 octets of the `NTLMv2` response.
pub(super) fn nt_proof(ntowf: &Key, server_challenge: &[u8], client_challenge: &[u8]) -> Key {
    hmac_md5(&**ntowf, &[server_challenge, client_challenge])
}

/// The `LMv2` response: proof and nonce, 24 octets.
pub(super) fn lm_response(ntowf: &Key, server_challenge: &[u8], nonce: &[u8]) -> Vec<u8> {
    [&hmac_md5(&**ntowf, &[server_challenge, nonce])[..], nonce].concat()
}

/// The `NTLMv1` response (section 3.3.1): the challenge under DES, keyed by the hash of the password in three pieces.
/// With extended session security the challenge is hashed together with the client's `nonce` first.
pub(super) fn response_v1(ntowf: &Key, server_challenge: [u8; 8], nonce: Option<&[u8]>) -> [u8; 24] {
    let mut challenge = server_challenge;
    if let Some(nonce) = nonce {
        let digest = Md5::new().chain_update(server_challenge).chain_update(nonce).finalize();
        challenge.copy_from_slice(&digest[..8]);
    }
    let mut keys = Zeroizing::new([0; 21]);
    keys[..16].copy_from_slice(&ntowf[..]);
    let mut response = [0; 24];
    for (block, key) in response.chunks_exact_mut(8).zip(keys.chunks_exact(7)) {
        // 56 bits, seven to an octet; the eighth is for parity, which nobody looks at.
        let bits = key.iter().fold(0_u64, |bits, octet| bits << 8 | u64::from(*octet));
        let spread = Zeroizing::new([0, 1, 2, 3, 4, 5, 6, 7].map(|place| (bits >> (49 - 7 * place) << 1) as u8));
        let mut octets = challenge.into();
        Des::new(&(*spread).into()).encrypt_block(&mut octets);
        block.copy_from_slice(&octets);
    }
    response
}

/// The key exchange key of `NTLMv1` (section 3.4.5.1); with extended session security it depends on both challenges.
pub(super) fn key_exchange_key_v1(ntowf: &Key, server_challenge: [u8; 8], nonce: Option<&[u8]>) -> Key {
    let base: Key = Zeroizing::new(Md4::digest(&ntowf[..]).into());
    nonce.map_or(base.clone(), |nonce| hmac_md5(&*base, &[&server_challenge, nonce]))
}

/// `MsvAvChannelBindings` (section 2.2.2.1): MD5 of a `gss_channel_bindings_struct` without addresses, whose application
/// data are tls-server-end-point, its prefix, and the hash of the server's certificate (RFC 5929 section 4).
pub(super) fn channel_bindings(end_point: &[u8]) -> [u8; 16] {
    let data = [b"tls-server-end-point:", end_point].concat();
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    Md5::new().chain_update([0; 16]).chain_update(length.to_le_bytes()).chain_update(data).finalize().into()
}

/// `SessionBaseKey`, which under `NTLMv2` is the key exchange key too (section 3.4.5.1).
pub(super) fn session_base_key(ntowf: &Key, proof: &[u8]) -> Key {
    hmac_md5(&**ntowf, &[proof])
}

/// RC4 over 16 octets with a fresh state: encrypts and decrypts the session key (section 3.4.5.1).
pub(super) fn rc4_once(key: &Key, octets: &[u8; 16]) -> Key {
    let mut result = Zeroizing::new(*octets);
    rc4(&key[..]).apply_keystream(&mut result[..]);
    result
}

/// The MIC over the three messages, that of AUTHENTICATE being zero (section 3.1.5.1.2).
pub(super) fn mic(session_key: &Key, messages: &[&[u8]; 3]) -> Key {
    hmac_md5(&**session_key, messages)
}

fn rc4(key: &[u8]) -> Rc4 {
    <Rc4 as rc4::KeyInit>::new_from_slice(key).expect("RC4 takes 1 to 256 octets, and all keys here have 16 or less")
}

/// Both directions of an established context with extended session security.
pub(super) struct Session {
    outgoing: Direction,
    incoming: Direction,
}

/// Keys and place of one direction (section 3.4.4.2).
struct Direction {
    signing: Key,
    cipher: Rc4,
    /// Key stream that has been made and not been used up.
    ahead: Vec<u8>,
    encrypt_checksum: bool,
    sequence: u32,
}

/// Why a signature was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Fewer than the 16 octets of a signature.
    Short,
    /// Another sequence number.
    Sequence {
        /// The one that came.
        got: u32,
        /// The one that was due.
        due: u32,
    },
    /// Another checksum.
    Checksum,
}

/// A message out of its wrapping.
pub(super) struct Unwrapped {
    pub(super) message: Vec<u8>,
    /// Whether it was encrypted.
    pub(super) sealed: bool,
}

impl Session {
    /// The directions as one side sees them, from what was negotiated and the exported session key.
    pub(super) fn new(negotiated: u32, session_key: &Key, initiates: bool) -> Self {
        let client = Direction::new(negotiated, session_key, "client-to-server");
        let server = Direction::new(negotiated, session_key, "server-to-client");
        let (outgoing, incoming) = if initiates { (client, server) } else { (server, client) };
        Self { outgoing, incoming }
    }

    /// Signature and message, the message encrypted if `sealed` (section 3.4.3).
    pub(super) fn wrap(&mut self, message: &[u8], sealed: bool) -> Vec<u8> {
        let out = &mut self.outgoing;
        let body = if sealed { out.apply(message) } else { message.to_vec() };
        let at = if sealed { message.len() } else { 0 };
        let signature = out.signature(message, at);
        out.advance(at);
        [&signature[..], &body].concat()
    }

    /// The reverse. The token doesn't say whether it is sealed, and peers differ in what they do without
    /// `NEGOTIATE_SEAL`, so the checksum decides: `sealed` is tried first.
    pub(super) fn unwrap(&mut self, token: &[u8], sealed: bool) -> Result<Unwrapped, Refused> {
        let (signature, body) = token.split_at_checked(16).ok_or(Refused::Short)?;
        for sealed in [sealed, !sealed] {
            let message = if sealed { self.incoming.apply(body) } else { body.to_vec() };
            let at = if sealed { body.len() } else { 0 };
            if same(&self.incoming.signature(&message, at), signature) {
                self.incoming.advance(at);
                return Ok(Unwrapped { message, sealed });
            }
        }
        Err(self.incoming.why(signature))
    }

    /// The signature alone. With `restore` the cipher stays where it was, as for the mechListMIC (MS-SPNG section
    /// 3.3.5.1); the sequence number counts all the same.
    pub(super) fn sign(&mut self, message: &[u8], restore: bool) -> [u8; 16] {
        let signature = self.outgoing.signature(message, 0);
        self.outgoing.settle(restore);
        signature
    }

    /// Checks a signature that stands alone; `restore` as in [`Session::sign`].
    pub(super) fn verify(&mut self, message: &[u8], signature: &[u8], restore: bool) -> Result<(), Refused> {
        if !same(&self.incoming.signature(message, 0), signature) {
            return Err(self.incoming.why(signature));
        }
        self.incoming.settle(restore);
        Ok(())
    }
}

impl Direction {
    fn new(negotiated: u32, session_key: &Key, name: &str) -> Self {
        let derive = |key: &[u8], what: &str| -> Key {
            let magic = format!("session key to {name} {what} key magic constant\0");
            Zeroizing::new(Md5::new().chain_update(key).chain_update(magic).finalize().into())
        };
        // Section 3.4.5.3: what is left of the key is what both sides allow.
        let strength = match negotiated {
            bits if bits & flags::KEY_128 != 0 => 16,
            bits if bits & flags::KEY_56 != 0 => 7,
            _ => 5,
        };
        Self {
            signing: derive(&session_key[..], "signing"),
            cipher: rc4(&derive(&session_key[..strength], "sealing")[..]),
            ahead: Vec::new(),
            encrypt_checksum: negotiated & flags::KEY_EXCH != 0,
            sequence: 0,
        }
    }

    /// `message` exclusive-or the key stream from where it stands, which stays where it is.
    fn apply(&mut self, message: &[u8]) -> Vec<u8> {
        self.fill(message.len());
        message.iter().zip(&self.ahead).map(|(octet, key)| octet ^ key).collect()
    }

    /// `NTLMSSP_MESSAGE_SIGNATURE` (section 2.2.2.9.2) of the message that is due, its checksum encrypted with the key
    /// stream from `at` on where keys were exchanged.
    fn signature(&mut self, message: &[u8], at: usize) -> [u8; 16] {
        let sequence = self.sequence.to_le_bytes();
        let checksum = hmac_md5(&*self.signing, &[&sequence, message]);
        let mut signature = [0; 16];
        signature[0] = 1;
        signature[4..12].copy_from_slice(&checksum[..8]);
        signature[12..].copy_from_slice(&sequence);
        if self.encrypt_checksum {
            self.fill(at + 8);
            signature[4..12].iter_mut().zip(&self.ahead[at..]).for_each(|(octet, key)| *octet ^= key);
        }
        signature
    }

    /// Goes on to the next message, past `sealed` octets and the checksum.
    fn advance(&mut self, sealed: usize) {
        let used = sealed + if self.encrypt_checksum { 8 } else { 0 };
        self.ahead.drain(..used.min(self.ahead.len()));
        self.sequence = self.sequence.wrapping_add(1);
    }

    fn settle(&mut self, restore: bool) {
        if restore { self.sequence = self.sequence.wrapping_add(1) } else { self.advance(0) }
    }

    fn fill(&mut self, length: usize) {
        let have = self.ahead.len();
        if have < length {
            self.ahead.resize(length, 0);
            self.cipher.apply_keystream(&mut self.ahead[have..]);
        }
    }

    fn why(&self, signature: &[u8]) -> Refused {
        let Some(sequence) = signature.get(12..16).and_then(|octets| <[u8; 4]>::try_from(octets).ok()) else {
            return Refused::Short;
        };
        match u32::from_le_bytes(sequence) {
            got if got == self.sequence => Refused::Checksum,
            got => Refused::Sequence { got, due: self.sequence },
        }
    }
}

impl Drop for Direction {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.ahead);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(octets: &[u8]) -> String {
        octets.iter().fold(String::new(), |text, octet| text + &format!("{octet:02x}"))
    }

    /// The values of section 4.2.4: User, Password, Domain; server challenge 0123456789abcdef, client challenge
    /// aa × 8, time 0, session key 55 × 16.
    #[test]
    fn the_values_of_ms_nlmp_come_out() {
        let server_challenge = 0x0123_4567_89ab_cdef_u64.to_be_bytes();
        let av_pairs = [&[2, 0, 12, 0][..], &utf16("Domain"), &[1, 0, 12, 0], &utf16("Server"), &[0; 4]].concat();
        let ntowf = ntowf_v2("Password", "User", "Domain");
        let challenge = client_challenge(0, &[0xaa; 8], &av_pairs);
        let proof = nt_proof(&ntowf, &server_challenge, &challenge);
        let base = session_base_key(&ntowf, &*proof);
        let session_key = Zeroizing::new([0x55; 16]);
        let negotiated = flags::KEY_128 | flags::KEY_EXCH;
        let client = Direction::new(negotiated, &session_key, "client-to-server");
        let sealing: [u8; 16] = Md5::new()
            .chain_update(&session_key[..])
            .chain_update("session key to client-to-server sealing key magic constant\0")
            .finalize()
            .into();
        let token = Session::new(negotiated, &session_key, true).wrap(&utf16("Plaintext"), true);

        for (name, got, expected) in [
            ("NTOWFv1", hex(&*ntowf_v1("Password")), "a4f49c406510bdcab6824ee7c30fd852"),
            ("NTOWFv2", hex(&*ntowf), "0c868a403bfd7a93a3001ef22ef02e3f"),
            ("NTProofStr", hex(&*proof), "68cd0ab851e51c96aabc927bebef6a1c"),
            (
                "LMv2 response",
                hex(&lm_response(&ntowf, &server_challenge, &[0xaa; 8])),
                "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa",
            ),
            ("SessionBaseKey", hex(&*base), "8de40ccadbc14a82f15cb0ad0de95ca3"),
            ("EncryptedRandomSessionKey", hex(&*rc4_once(&base, &session_key)), "c5dad2544fc9799094ce1ce90bc9d03e"),
            ("client signing key", hex(&*client.signing), "4788dc861b4782f35d43fd98fe1a2d39"),
            ("client sealing key", hex(&sealing), "59f600973cc4960a25480a7c196e4c58"),
            ("signature", hex(&token[..16]), "010000007fb38ec5c55d497600000000"),
            ("sealed", hex(&token[16..]), "54e50165bf1936dc996020c1811b0f06fb5f"),
        ] {
            assert_eq!(got, expected, "{name}");
        }
    }

    /// The values of sections 4.2.2 and 4.2.3, of the same user and challenges.
    #[test]
    fn the_values_of_ntlm_v1_come_out() {
        let server_challenge = 0x0123_4567_89ab_cdef_u64.to_be_bytes();
        let ntowf = ntowf_v1("Password");
        let nonce = Some(&[0xaa; 8][..]);
        let response = |nonce| hex(&response_v1(&ntowf, server_challenge, nonce));
        let key = |nonce| hex(&*key_exchange_key_v1(&ntowf, server_challenge, nonce));
        assert_eq!(response(None), "67c43011f30298a2ad35ece64f16331c44bdbed927841f94");
        assert_eq!(key(None), "d87262b0cde4b1cb7499becccdf10784");
        assert_eq!(response(nonce), "7537f803ae367128ca458204bde7caf81e97ed2683267232");
        assert_eq!(key(nonce), "eb93429a8bd952f8b89c55b87f475edc");
    }

    #[test]
    fn both_sides_read_each_other_sealed_or_not() {
        for negotiated in [flags::KEY_128 | flags::KEY_EXCH, flags::KEY_56 | flags::KEY_EXCH, flags::KEY_128, 0] {
            let key = Zeroizing::new([9; 16]);
            let (mut client, mut server) =
                (Session::new(negotiated, &key, true), Session::new(negotiated, &key, false));
            for (sealed, expect) in [(true, true), (false, false), (true, false), (false, true)] {
                let token = client.wrap(b"\x01\0\xbb\x80", sealed);
                assert_eq!(token[16..] == *b"\x01\0\xbb\x80", !sealed);
                let back = server.unwrap(&token, expect).expect("valid");
                assert_eq!((back.message.as_slice(), back.sealed), (&b"\x01\0\xbb\x80"[..], sealed));
                let mic = server.sign(b"list", sealed);
                assert_eq!(client.verify(b"list", &mic, sealed), Ok(()));
            }
        }
    }

    #[test]
    fn a_signature_out_of_turn_or_touched_is_refused() {
        let key = Zeroizing::new([9; 16]);
        let negotiated = flags::KEY_128 | flags::KEY_EXCH;
        let (mut client, mut server) = (Session::new(negotiated, &key, true), Session::new(negotiated, &key, false));
        let (first, second) = (client.wrap(b"one", true), client.wrap(b"two", true));
        let refused = |session: &mut Session, token: &[u8]| session.unwrap(token, true).err();

        assert_eq!(refused(&mut server, &second), Some(Refused::Sequence { got: 1, due: 0 }));
        assert_eq!(refused(&mut server, &first[..15]), Some(Refused::Short));
        for at in 0..first.len() {
            let mut touched = first.clone();
            touched[at] ^= 1;
            assert!(refused(&mut server, &touched).is_some(), "octet {at}");
        }
        assert_eq!(refused(&mut server, &first), None);
        assert_eq!(refused(&mut server, &first), Some(Refused::Sequence { got: 0, due: 1 }));
        assert_eq!(refused(&mut server, &second), None);
    }
}

//! The server's context (MS-NLMP section 3.2.5.1): CHALLENGE, then the check of AUTHENTICATE against the users known.

use super::compose::{self, av_pair};
use super::established::Established;
use super::read::{AvPair, Message, defective};
use super::{NtlmOptions, crypto, flags, status};
use crate::decode::Mech;
use crate::mech::nonce::nonce;
use crate::mech::{Answer, Call, Facts, GssContext, Kit, MechError, User, major};
use crate::terms::Party;
use std::net::IpAddr;

/// Octets of an `NTLMv1` response; one of `NTLMv2` has more.
const V1_RESPONSE: usize = 24;

/// The accepting side.
pub struct NtlmServer {
    users: Vec<User>,
    seed: [u8; 32],
    now: u64,
    host: String,
    options: NtlmOptions,
    state: State,
}

enum State {
    Idle,
    /// CHALLENGE has gone out.
    Challenging {
        negotiate: Vec<u8>,
        challenge: Vec<u8>,
        granted: u32,
        nonce: [u8; 8],
    },
    Established {
        initiator: String,
        established: Established,
        remarks: Vec<String>,
    },
    Failed,
}

impl NtlmServer {
    /// A context that lets the kit's users in.
    #[must_use]
    pub fn new(kit: &Kit, options: NtlmOptions) -> Self {
        Self {
            users: kit.users.clone(),
            seed: kit.seed,
            now: kit.now,
            host: kit.host.clone(),
            options,
            state: State::Idle,
        }
    }

    fn step(&mut self, token: Option<&[u8]>) -> Result<Answer, MechError> {
        let token = token.unwrap_or_default();
        // A call that fails leaves `Failed` behind.
        match std::mem::replace(&mut self.state, State::Failed) {
            State::Idle => {
                let granted = self.grant(Message::read(token, Party::Client, "NEGOTIATE_MESSAGE")?.flags())?;
                let mut challenge_nonce = [0; 8];
                challenge_nonce.copy_from_slice(&nonce(&self.seed, "NTLM server challenge")[..8]);
                let challenge = self.challenge(granted, challenge_nonce);
                self.state = State::Challenging {
                    negotiate: token.to_vec(),
                    challenge: challenge.clone(),
                    granted,
                    nonce: challenge_nonce,
                };
                Ok(Answer::Stepped { token: Some(challenge), complete: false })
            }
            State::Challenging { negotiate, challenge, granted, nonce } => {
                self.state = self.verify(&[&negotiate, &challenge, token], granted, nonce)?;
                Ok(Answer::Stepped { token: None, complete: true })
            }
            State::Established { .. } => Err(MechError::new(
                major::DEFECTIVE_TOKEN,
                "NTLM is complete on the server's side, yet another token came.",
            )),
            State::Failed => Err(MechError::new(major::NO_CONTEXT, "The context has failed before.")),
        }
    }

    /// Section 3.2.5.1.1: of what is asked for, what is granted.
    fn grant(&self, asked: u32) -> Result<u32, MechError> {
        let mut granted = asked & self.options.flags | flags::NTLM;
        if granted & flags::UNICODE != 0 {
            granted &= !flags::OEM;
        } else if granted & flags::OEM == 0 {
            return Err(defective("The NEGOTIATE asks for neither UNICODE nor OEM, so names can't be written.".into()));
        }
        if asked & flags::REQUEST_TARGET != 0 {
            granted |= flags::TARGET_TYPE_DOMAIN;
        }
        // The pairs are what NTLMv2 needs, so they come unasked.
        Ok(granted | self.options.flags & flags::TARGET_INFO)
    }

    fn challenge(&self, granted: u32, nonce: [u8; 8]) -> Vec<u8> {
        let whole = (self.host.as_str(), "");
        let address = self.host.parse::<IpAddr>().is_ok();
        let (computer, dns_domain) = if address { whole } else { self.host.split_once('.').unwrap_or(whole) };
        // A NetBIOS name has 15 characters at most.
        let computer: String = computer.to_uppercase().chars().take(15).collect();
        let domain = match dns_domain.split('.').next() {
            Some(label) if !label.is_empty() => label.to_uppercase(),
            _ => computer.clone(),
        };
        let mut pairs = Vec::new();
        for (id, name) in [(2, domain.as_str()), (1, &computer), (4, dns_domain), (3, &self.host)] {
            if !name.is_empty() {
                pairs.extend(av_pair(id, &crypto::utf16(name)));
            }
        }
        if self.options.timestamp {
            pairs.extend(av_pair(7, &self.now.to_le_bytes()));
        }
        pairs.extend(av_pair(0, &[]));
        let target = if granted & flags::TARGET_TYPE_DOMAIN == 0 { "" } else { &domain };
        compose::challenge(granted, target, nonce, if granted & flags::TARGET_INFO == 0 { &[] } else { &pairs })
    }

    /// Section 3.2.5.1.2. `messages` are all three, as they were sent.
    fn verify(&self, messages: &[&[u8]; 3], granted: u32, server_challenge: [u8; 8]) -> Result<State, MechError> {
        let message = Message::read(messages[2], Party::Client, "AUTHENTICATE_MESSAGE")?;
        let negotiated = message.flags() & granted;
        let (user, domain) = (message.text("UserName"), message.text("DomainName"));
        let initiator = if domain.is_empty() { user.to_owned() } else { format!("{domain}\\{user}") };

        let response = message.octets("NtChallengeResponse");
        let Some((proof, client_challenge)) = response.split_at_checked(16).filter(|_| response.len() > V1_RESPONSE)
        else {
            return self.verify_v1(&message, negotiated, server_challenge, initiator);
        };
        let (known, base_key) = self.find(user, domain, |password| {
            let ntowf = crypto::ntowf_v2(password, user, domain);
            let expected = crypto::nt_proof(&ntowf, &server_challenge, client_challenge);
            crypto::same(&expected[..], proof).then(|| crypto::session_base_key(&ntowf, proof))
        })?;

        let pairs = message.av_pairs("AvPairs");
        let pair = |name| pairs.iter().find(|pair| pair.name == name);
        // Without its time a CHALLENGE calls for no MIC, so that is what somebody in between would take out.
        if self.options.timestamp
            && granted & flags::TARGET_INFO != 0
            && pair("MsvAvTimestamp").and_then(AvPair::long) != Some(self.now)
        {
            return Err(defective(
                "MsvAvTimestamp of the CHALLENGE did not come back: the message was changed on its way, or the client \
                 does not return the AV pairs."
                    .into(),
            ));
        }
        let session_key = if negotiated & flags::KEY_EXCH == 0 || negotiated & (flags::SIGN | flags::SEAL) == 0 {
            base_key
        } else {
            crypto::rc4_once(&base_key, &message.exactly::<16>("EncryptedRandomSessionKey")?)
        };
        if pair("MsvAvFlags").and_then(AvPair::number).unwrap_or(0) & 2 != 0 {
            check_mic(&message, messages, &session_key)?;
        }
        let remarks = self.check_bindings(&initiator, pair("MsvAvChannelBindings").map(AvPair::value))?;
        enabled(known, &initiator)?;
        Ok(self.established(&message, negotiated, &session_key, initiator, remarks))
    }

    /// A response of 24 octets (section 3.3.1), or none at all.
    fn verify_v1(
        &self,
        message: &Message<'_>,
        negotiated: u32,
        server_challenge: [u8; 8],
        initiator: String,
    ) -> Result<State, MechError> {
        let (response, lm) = (message.octets("NtChallengeResponse"), message.octets("LmChallengeResponse"));
        // A lone zero octet is the LM response of nobody (section 3.2.5.1.2).
        if response.is_empty() && lm.len() <= 1 {
            let text = "The client sent no NTLM response: anonymous logon is refused.";
            return Err(unauthorized(status::LOGON_FAILURE, text.into()));
        }
        if response.is_empty() {
            let text = format!(
                "{initiator:?} answered with an LM response alone: it is refused, since whoever listens can find the \
                 password by trying halves of it (MS-NLMP 3.3.1). Let the client answer with NTLMv2."
            );
            return Err(unauthorized(status::NTLM_BLOCKED, text));
        }
        if !self.options.allow_v1 {
            let text = format!(
                "The response of {initiator:?} has {} octets, so it is NTLMv1, which is refused: whoever listened can \
                 find the hash of the password by trying (MS-NLMP 3.3.1). Let the client answer with NTLMv2, or allow \
                 NTLMv1 (--allow-ntlmv1).",
                response.len()
            );
            return Err(unauthorized(status::NTLM_BLOCKED, text));
        }
        // With extended session security the first eight octets of the LM response are the client's nonce.
        let nonce = lm.split_at_checked(8).filter(|(_, rest)| *rest == [0; 16]).map(|(nonce, _)| nonce);
        let nonce = nonce.filter(|_| negotiated & flags::EXTENDED_SESSIONSECURITY != 0);
        let (known, base_key) = self.find(message.text("UserName"), message.text("DomainName"), |password| {
            let ntowf = crypto::ntowf_v1(password);
            let expected = crypto::response_v1(&ntowf, server_challenge, nonce);
            crypto::same(&expected, response).then(|| crypto::key_exchange_key_v1(&ntowf, server_challenge, nonce))
        })?;
        let session_key = match message.exactly::<16>("EncryptedRandomSessionKey") {
            Ok(encrypted) if negotiated & flags::KEY_EXCH != 0 => crypto::rc4_once(&base_key, &encrypted),
            _ => base_key,
        };
        self.check_bindings(&initiator, None)?;
        enabled(known, &initiator)?;
        let remark = format!(
            "the response of {initiator} is NTLMv1 (24 octets), which is weak: whoever listened can find the hash of \
             the password by trying (MS-NLMP 3.3.1); taken since NTLMv1 is allowed"
        );
        Ok(self.established(message, negotiated, &session_key, initiator, vec![remark]))
    }

    fn established(
        &self,
        message: &Message<'_>,
        negotiated: u32,
        session_key: &crypto::Key,
        initiator: String,
        remarks: Vec<String>,
    ) -> State {
        let seals = always_seals(message.octets("Version"));
        let established = Established::new(negotiated, session_key, false, seals, &self.options);
        State::Established { initiator, established, remarks }
    }

    /// What the client says that its response is bound to; sixteen zeros say nothing (section 2.2.2.1).
    fn check_bindings(&self, initiator: &str, theirs: Option<&[u8]>) -> Result<Vec<String>, MechError> {
        let refused = |text: String| Err(MechError::new(major::BAD_BINDINGS, text));
        match (&self.options.channel_bindings, theirs.filter(|theirs| *theirs != [0; 16])) {
            (Some(ours), Some(theirs)) if crypto::same(theirs, ours) => {
                Ok(vec!["the response is bound to this TLS connection: MsvAvChannelBindings is right".to_owned()])
            }
            (Some(_), Some(_)) => refused(format!(
                "The response of {initiator:?} is bound to another TLS connection than this one, as Extended Protection \
                 finds: somebody may sit in between, or take TLS off (a proxy, a scanner)."
            )),
            (Some(_), None) if self.options.require_bindings => refused(format!(
                "The response of {initiator:?} is bound to no TLS connection (no MsvAvChannelBindings), and this server \
                 requires it: Extended Protection. Let the client send channel bindings."
            )),
            (None, _) if self.options.require_bindings => refused(
                "Channel bindings are required (Extended Protection), but there is no TLS to bind to: use TLS."
                    .to_owned(),
            ),
            _ => Ok(Vec::new()),
        }
    }

    /// The user of that name for whom `opens` gives a key. Domains count where the user has one and the client names
    /// one.
    fn find(
        &self,
        name: &str,
        domain: &str,
        opens: impl Fn(&str) -> Option<crypto::Key>,
    ) -> Result<(&User, crypto::Key), MechError> {
        let (name_only, domain_only) = match name.split_once('@') {
            Some(parts) if domain.is_empty() => parts,
            _ => (name, domain),
        };
        let equal = |left: &str, right: &str| left.to_lowercase() == right.to_lowercase();
        let mut known = self
            .users
            .iter()
            .filter(|user| equal(&user.name, name_only) || equal(&user.name, name))
            .filter(|user| {
                domain_only.is_empty() || user.domain.as_deref().is_none_or(|domain| equal(domain, domain_only))
            })
            .peekable();
        if known.peek().is_none() {
            return Err(unauthorized(
                status::NO_SUCH_USER,
                format!("No user {name:?} of domain {domain:?} is known here."),
            ));
        }
        known.find_map(|user| Some((user, opens(&String::from_utf8_lossy(user.password.expose()))?))).ok_or_else(|| {
            unauthorized(
                status::WRONG_PASSWORD,
                format!("The response of user {name:?} of domain {domain:?} was made with another password."),
            )
        })
    }
}

/// Section 3.2.5.1.2: the AV pairs, which the response protects, announce a MIC, so it has to be there.
fn check_mic(message: &Message<'_>, messages: &[&[u8]; 3], session_key: &crypto::Key) -> Result<(), MechError> {
    let absent =
        || defective("MsvAvFlags announces a MIC, but the AUTHENTICATE has none: it may have been cut out.".into());
    let span = message.span("MIC").ok_or_else(absent)?;
    let mut zeroed = messages[2].to_vec();
    zeroed.get_mut(span.start..span.end).ok_or_else(absent)?.fill(0);
    let expected = crypto::mic(session_key, &[messages[0], messages[1], &zeroed]);
    if crypto::same(&expected[..], message.octets("MIC")) {
        return Ok(());
    }
    Err(MechError::new(
        major::BAD_MIC,
        "The MIC of AUTHENTICATE does not match: one of the three NTLM messages was changed on its way.",
    ))
}

fn enabled(user: &User, initiator: &str) -> Result<(), MechError> {
    let text = || format!("The password of {initiator:?} is right, but the user is disabled here.");
    if user.disabled { Err(unauthorized(status::ACCOUNT_DISABLED, text())) } else { Ok(()) }
}

/// Whether that Version, which is meant for debugging (section 2.2.2.10), is of a peer that reads a wrapped message only
/// if it is encrypted, agreed on or not: pyspnego (0, minor and patch version) or gss-ntlmssp 1.2 (6.2 build 0).
const fn always_seals(version: &[u8]) -> bool {
    matches!(version, [0, 1..=u8::MAX, ..] | [6, 2, 0, 0, ..])
}

fn unauthorized(minor: u32, text: String) -> MechError {
    MechError::new(major::UNAUTHORIZED, text).minor(minor)
}

impl GssContext for NtlmServer {
    fn call(&mut self, call: Call) -> Result<Answer, MechError> {
        match (call, &mut self.state) {
            (Call::Step(token), _) => self.step(token.as_deref()),
            (call, State::Established { established, .. }) => established.call(call),
            _ => Err(MechError::new(major::NO_CONTEXT, "The NTLM context is not complete.")),
        }
    }

    fn facts(&self) -> Facts {
        let done = match &self.state {
            State::Established { initiator, established, remarks } => Some((initiator, established, remarks)),
            _ => None,
        };
        Facts {
            complete: done.is_some(),
            initiator: done.map(|(initiator, ..)| initiator.clone()),
            target: Some(self.host.clone()),
            mech: Some(Mech::Ntlmssp),
            integrity: done.is_some_and(|(_, established, _)| established.integrity()),
            confidentiality: done.is_some_and(|(_, established, _)| established.confidentiality()),
            mutual: false,
            remarks: done.map(|(.., remarks)| remarks.clone()).unwrap_or_default(),
        }
    }
}

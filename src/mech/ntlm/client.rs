//! The client's context (MS-NLMP section 3.1.5.1): NEGOTIATE, then AUTHENTICATE as the answer to a CHALLENGE.

use super::compose::{self, Authenticate, av_pair};
use super::established::Established;
use super::read::Message;
use super::{NtlmOptions, crypto, flags};
use crate::decode::Mech;
use crate::mech::nonce::nonce;
use crate::mech::{Answer, Call, Credential, Facts, GssContext, Kit, MechError, major};
use crate::terms::Party;

/// The initiating side.
pub struct NtlmClient {
    credential: Credential,
    seed: [u8; 32],
    now: u64,
    target_name: String,
    options: NtlmOptions,
    state: State,
}

enum State {
    Idle,
    /// NEGOTIATE has gone out.
    Negotiating(Vec<u8>),
    Established(Established),
    Failed,
}

impl NtlmClient {
    /// A context that logs on with the kit's credential.
    #[must_use]
    pub fn new(kit: &Kit, options: NtlmOptions) -> Self {
        Self {
            credential: kit.credential.clone(),
            seed: kit.seed,
            now: kit.now,
            target_name: options.target_name.clone().unwrap_or_else(|| format!("smtp/{}", kit.host)),
            options,
            state: State::Idle,
        }
    }

    fn step(&mut self, token: Option<&[u8]>) -> Result<Answer, MechError> {
        // A call that fails leaves `Failed` behind.
        match (std::mem::replace(&mut self.state, State::Failed), token) {
            (State::Idle, None | Some([])) => {
                let message = compose::negotiate(self.options.flags);
                self.state = State::Negotiating(message.clone());
                Ok(Answer::Stepped { token: Some(message), complete: false })
            }
            (State::Idle, Some(_)) => Err(MechError::new(
                major::DEFECTIVE_TOKEN,
                "NTLM begins with the client, but the server has sent a token.",
            )),
            (State::Negotiating(negotiate), Some(challenge)) => {
                let (message, established) = self.authenticate(&negotiate, challenge)?;
                self.state = State::Established(established);
                Ok(Answer::Stepped { token: Some(message), complete: true })
            }
            (State::Negotiating(_), None) => {
                Err(MechError::new(major::DEFECTIVE_TOKEN, "Expected CHALLENGE_MESSAGE, but no token came."))
            }
            (State::Established(_), _) => Err(MechError::new(
                major::DEFECTIVE_TOKEN,
                "NTLM is complete on the client's side, yet another token came.",
            )),
            (State::Failed, _) => Err(MechError::new(major::NO_CONTEXT, "The context has failed before.")),
        }
    }

    fn authenticate(&self, negotiate: &[u8], token: &[u8]) -> Result<(Vec<u8>, Established), MechError> {
        let challenge = Message::read(token, Party::Server, "CHALLENGE_MESSAGE")?;
        let negotiated = agree(self.options.flags, challenge.flags())?;
        let server_challenge = challenge.exactly::<8>("ServerChallenge")?;
        let pairs = challenge.av_pairs("TargetInfo");
        let timestamp = pairs.iter().find(|pair| pair.name == "MsvAvTimestamp").and_then(super::read::AvPair::long);
        let mic = self.options.mic && timestamp.is_some();

        // Section 3.1.5.1.2: the server's AV pairs come back with what the client adds.
        let mut av_flags = if mic { 2 } else { 0 };
        let mut av_pairs = Vec::new();
        for pair in &pairs {
            match pair.name {
                "MsvAvFlags" => av_flags |= pair.number().unwrap_or(0),
                "MsvAvTargetName" | "MsvAvChannelBindings" => {}
                _ => av_pairs.extend_from_slice(pair.octets),
            }
        }
        if !pairs.is_empty() {
            if av_flags != 0 {
                av_pairs.extend(av_pair(6, &u32::to_le_bytes(av_flags)));
            }
            if let Some(bindings) = &self.options.channel_bindings {
                av_pairs.extend(av_pair(10, bindings));
            }
            av_pairs.extend(av_pair(9, &crypto::utf16(&self.target_name)));
        }
        av_pairs.extend(av_pair(0, &[]));

        let (domain, user) = match self.credential.user.split_once('\\') {
            Some(parts) => parts,
            None => ("", self.credential.user.as_str()),
        };
        let password = String::from_utf8_lossy(self.credential.password.expose());
        let ntowf = crypto::ntowf_v2(&password, user, domain);
        let client_nonce = &nonce(&self.seed, "NTLM client challenge")[..8];
        let client_challenge = crypto::client_challenge(timestamp.unwrap_or(self.now), client_nonce, &av_pairs);
        let proof = crypto::nt_proof(&ntowf, &server_challenge, &client_challenge);
        let base_key = crypto::session_base_key(&ntowf, &proof[..]);
        let (session_key, encrypted) = if negotiated & flags::KEY_EXCH == 0 {
            (base_key, Vec::new())
        } else {
            let exported = nonce(&self.seed, "NTLM session key");
            let encrypted = crypto::rc4_once(&base_key, &exported).to_vec();
            (exported, encrypted)
        };

        let mut message = Authenticate {
            negotiated,
            domain,
            user,
            workstation: &self.options.workstation,
            lm_response: &match timestamp {
                Some(_) => vec![0; 24],
                None => crypto::lm_response(&ntowf, &server_challenge, client_nonce),
            },
            nt_response: &[&proof[..], &client_challenge].concat(),
            encrypted_session_key: &encrypted,
            mic,
        }
        .compose();
        if mic {
            let value = crypto::mic(&session_key, &[negotiate, token, &message]);
            compose::put_mic(&mut message, &value);
        }
        Ok((message, Established::new(negotiated, &session_key, true, &self.options)))
    }
}

/// What both sides want. A charset is needed; a session key is sent only where messages are protected with it.
fn agree(asked: u32, granted: u32) -> Result<u32, MechError> {
    let mut negotiated = asked & granted;
    if negotiated & flags::UNICODE != 0 {
        negotiated &= !flags::OEM;
    } else if negotiated & flags::OEM == 0 {
        return Err(MechError::new(
            major::DEFECTIVE_TOKEN,
            "The CHALLENGE grants neither UNICODE nor OEM, so names can't be written.",
        ));
    }
    if negotiated & (flags::SIGN | flags::SEAL) == 0 {
        negotiated &= !flags::KEY_EXCH;
    }
    Ok(negotiated)
}

impl GssContext for NtlmClient {
    fn call(&mut self, call: Call) -> Result<Answer, MechError> {
        match (call, &mut self.state) {
            (Call::Step(token), _) => self.step(token.as_deref()),
            (call, State::Established(established)) => established.call(call),
            _ => Err(MechError::new(major::NO_CONTEXT, "The NTLM context is not complete.")),
        }
    }

    fn facts(&self) -> Facts {
        let established = match &self.state {
            State::Established(established) => Some(established),
            _ => None,
        };
        Facts {
            complete: established.is_some(),
            initiator: established.map(|_| self.credential.user.clone()),
            target: Some(self.target_name.clone()),
            mech: Some(Mech::Ntlmssp),
            integrity: established.is_some_and(Established::integrity),
            confidentiality: established.is_some_and(Established::confidentiality),
            mutual: false,
        }
    }
}

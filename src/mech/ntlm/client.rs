//! The client's context (MS-NLMP section 3.1.5.1): NEGOTIATE, then AUTHENTICATE as the answer to a CHALLENGE.

use super::compose::{self, Authenticate, av_pair};
use super::established::Established;
use super::read::Message;
use super::{NtlmOptions, crypto, flags};
use crate::decode::Mech;
use crate::mech::nonce::nonce;
use crate::mech::{Answer, Call, Credential, Facts, GssContext, Kit, MechError, major};
use crate::terms::Party;

/// Cyrus takes what comes then, Exim does not.
const NO_TARGET_INFO: &str = "the CHALLENGE has no target info, over which NTLMv2 is computed (MS-NLMP 3.3.2), so nothing ties \
    the response to this server; a server that knows NTLMv1 only, like Exim's, refuses it: take another mechanism then, or \
    allow NTLMv1 (--allow-ntlmv1), which is weak";

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
    Established {
        established: Established,
        remarks: Vec<String>,
    },
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
            (State::Idle, None | Some([]))
                if self.options.require_bindings && self.options.channel_bindings.is_none() =>
            {
                Err(MechError::new(
                    major::BAD_BINDINGS,
                    "Channel bindings are required, but there is no TLS to bind the response to: use TLS.",
                ))
            }
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
                let (message, established, remarks) = self.authenticate(&negotiate, challenge)?;
                self.state = State::Established { established, remarks };
                Ok(Answer::Stepped { token: Some(message), complete: true })
            }
            (State::Negotiating(_), None) => {
                Err(MechError::new(major::DEFECTIVE_TOKEN, "Expected CHALLENGE_MESSAGE, but no token came."))
            }
            (State::Established { .. }, _) => Err(MechError::new(
                major::DEFECTIVE_TOKEN,
                "NTLM is complete on the client's side, yet another token came.",
            )),
            (State::Failed, _) => Err(MechError::new(major::NO_CONTEXT, "The context has failed before.")),
        }
    }

    fn authenticate(&self, negotiate: &[u8], token: &[u8]) -> Result<(Vec<u8>, Established, Vec<String>), MechError> {
        let challenge = Message::read(token, Party::Server, "CHALLENGE_MESSAGE")?;
        let negotiated = agree(self.options.flags, challenge.flags())?;
        let server_challenge = challenge.exactly::<8>("ServerChallenge")?;
        let pairs = challenge.av_pairs("TargetInfo");
        if pairs.is_empty() && self.options.allow_v1 {
            return Ok(self.authenticate_v1(negotiated, server_challenge));
        }
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
        let mut remarks = Vec::new();
        if pairs.is_empty() {
            remarks.push(NO_TARGET_INFO.to_owned());
        } else {
            if av_flags != 0 {
                av_pairs.extend(av_pair(6, &u32::to_le_bytes(av_flags)));
            }
            if let Some(bindings) = &self.options.channel_bindings {
                av_pairs.extend(av_pair(10, bindings));
            }
            av_pairs.extend(av_pair(9, &crypto::utf16(&self.target_name)));
        }
        av_pairs.extend(av_pair(0, &[]));

        let (domain, user) = self.name();
        let password = String::from_utf8_lossy(self.credential.password.expose());
        let ntowf = crypto::ntowf_v2(&password, user, domain);
        let client_nonce = &nonce(&self.seed, "NTLM client challenge")[..8];
        let client_challenge = crypto::client_challenge(timestamp.unwrap_or(self.now), client_nonce, &av_pairs);
        let proof = crypto::nt_proof(&ntowf, &server_challenge, &client_challenge);
        let base_key = crypto::session_base_key(&ntowf, &proof[..]);
        let (session_key, encrypted) = self.session_key(negotiated, base_key);

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
        Ok((message, Established::new(negotiated, &session_key, true, false, &self.options), remarks))
    }

    /// An answer to a CHALLENGE without target info, which is what `NTLMv2` is computed over (section 3.3.1).
    fn authenticate_v1(&self, negotiated: u32, server_challenge: [u8; 8]) -> (Vec<u8>, Established, Vec<String>) {
        let (domain, user) = self.name();
        let ntowf = crypto::ntowf_v1(&String::from_utf8_lossy(self.credential.password.expose()));
        let client_nonce = &nonce(&self.seed, "NTLM client challenge")[..8];
        let extended = (negotiated & flags::EXTENDED_SESSIONSECURITY != 0).then_some(client_nonce);
        let response = crypto::response_v1(&ntowf, server_challenge, extended);
        let key = crypto::key_exchange_key_v1(&ntowf, server_challenge, extended);
        let (session_key, encrypted) = self.session_key(negotiated, key);
        let message = Authenticate {
            negotiated,
            domain,
            user,
            workstation: &self.options.workstation,
            // The LM response proper is weaker still: the response for NT stands in its place.
            lm_response: &extended.map_or(response.to_vec(), |nonce| [nonce, &[0; 16]].concat()),
            nt_response: &response,
            encrypted_session_key: &encrypted,
            mic: false,
        }
        .compose();
        let remark = "answered with NTLMv1, since the CHALLENGE has no target info and NTLMv1 is allowed; whoever \
                      listened can find the hash of the password by trying (MS-NLMP 3.3.1)";
        let established = Established::new(negotiated, &session_key, true, false, &self.options);
        (message, established, vec![remark.to_owned()])
    }

    /// Domain and user, as the credential names them.
    fn name(&self) -> (&str, &str) {
        self.credential.user.split_once('\\').unwrap_or(("", &self.credential.user))
    }

    /// The session key, and what is sent of it: where keys are exchanged a key of the client's making, under
    /// `exchange_key`.
    fn session_key(&self, negotiated: u32, exchange_key: crypto::Key) -> (crypto::Key, Vec<u8>) {
        if negotiated & flags::KEY_EXCH == 0 {
            return (exchange_key, Vec::new());
        }
        let exported = nonce(&self.seed, "NTLM session key");
        let encrypted = crypto::rc4_once(&exchange_key, &exported).to_vec();
        (exported, encrypted)
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
            (call, State::Established { established, .. }) => established.call(call),
            _ => Err(MechError::new(major::NO_CONTEXT, "The NTLM context is not complete.")),
        }
    }

    fn facts(&self) -> Facts {
        let (established, remarks) = match &self.state {
            State::Established { established, remarks } => (Some(established), remarks.clone()),
            _ => (None, Vec::new()),
        };
        Facts {
            complete: established.is_some(),
            initiator: established.map(|_| self.credential.user.clone()),
            target: Some(self.target_name.clone()),
            mech: Some(Mech::Ntlmssp),
            integrity: established.is_some_and(Established::integrity),
            confidentiality: established.is_some_and(Established::confidentiality),
            mutual: false,
            remarks,
        }
    }
}

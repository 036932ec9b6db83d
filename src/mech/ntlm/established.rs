//! The calls on an established context: wrap, unwrap, MIC (MS-NLMP section 3.4).

use super::NtlmOptions;
use super::crypto::{Key, Refused, Session};
use super::flags;
use crate::mech::{Answer, Call, MechError, major};

/// What a context has become once both sides agree.
pub(super) struct Established {
    /// None where nothing was negotiated that messages could be signed with.
    session: Option<Box<Session>>,
    /// Whether `NEGOTIATE_SEAL` was agreed on.
    confidentiality: bool,
    /// Whether to encrypt: as the peer does, and before it has sent anything, as negotiated.
    seals: bool,
    /// Whether the next MIC that goes out, or comes in, leaves the cipher as it was.
    restore: [bool; 2],
}

impl Established {
    /// `seals`: what is wrapped first is encrypted even where that was not agreed on.
    pub(super) fn new(negotiated: u32, session_key: &Key, initiates: bool, seals: bool, options: &NtlmOptions) -> Self {
        let signs = negotiated & (flags::SIGN | flags::SEAL) != 0;
        let session = (signs && negotiated & flags::EXTENDED_SESSIONSECURITY != 0)
            .then(|| Box::new(Session::new(negotiated, session_key, initiates)));
        let confidentiality = session.is_some() && negotiated & flags::SEAL != 0;
        let seals = confidentiality || seals || options.always_seal;
        Self { session, confidentiality, seals, restore: [options.inside_spnego; 2] }
    }

    pub(super) fn integrity(&self) -> bool {
        self.session.is_some()
    }

    pub(super) fn confidentiality(&self) -> bool {
        self.confidentiality
    }

    /// Every call but `Step`. A wrapped message is sealed once `NEGOTIATE_SEAL` was agreed on, asked for or not, as
    /// Exchange and gss-ntlmssp do it: the token has no room to say which. Without it, the peer's last message decides.
    pub(super) fn call(&mut self, call: Call) -> Result<Answer, MechError> {
        let Some(session) = &mut self.session else {
            return Err(MechError::new(
                major::UNAVAILABLE,
                "Messages can't be signed in this context: NEGOTIATE_SIGN and EXTENDED_SESSIONSECURITY were not both \
                 agreed on.",
            ));
        };
        match call {
            Call::Wrap { sealed: true, .. } if !self.confidentiality => Err(MechError::new(
                major::UNAVAILABLE,
                "Messages can't be sealed in this context: NEGOTIATE_SEAL was not agreed on.",
            )),
            Call::Wrap { message, .. } => Ok(Answer::Octets(session.wrap(&message, self.seals))),
            Call::Unwrap(token) => {
                let unwrapped = session.unwrap(&token, self.seals).map_err(refuse)?;
                self.seals = unwrapped.sealed;
                Ok(Answer::Octets(unwrapped.message))
            }
            Call::GetMic(message) => {
                let restore = std::mem::take(&mut self.restore[0]);
                Ok(Answer::Octets(session.sign(&message, restore).to_vec()))
            }
            Call::VerifyMic { message, mic } => {
                session.verify(&message, &mic, self.restore[1]).map_err(refuse)?;
                self.restore[1] = false;
                Ok(Answer::Verified)
            }
            Call::Step(_) => Err(MechError::new(major::FAILURE, "The context is complete: no token was due.")),
        }
    }
}

fn refuse(why: Refused) -> MechError {
    match why {
        Refused::Short => {
            MechError::new(major::DEFECTIVE_TOKEN, "The token is shorter than an NTLM signature, 16 octets.")
        }
        Refused::Checksum => MechError::new(
            major::BAD_MIC,
            "The NTLM signature does not match: message or signature were changed, or the keys differ.",
        ),
        Refused::Sequence { got, due } => MechError::new(
            if got < due { major::DUPLICATE_TOKEN } else { major::GAP_TOKEN },
            format!("The NTLM signature has sequence number {got} where {due} was due."),
        ),
    }
}

//! What the server's replies say: one line for each occasion, and for each signal that it may emit.

use super::Server;
use crate::decode::Mech;
use crate::machine::{Machine, Signal};
use crate::session::Mechanism;
use crate::session::client::NO_TOKEN;
use crate::session::persona::{Occasion, ServerPersona};
use crate::session::sasl;
use crate::terms::Party;
use crate::transcript::Standing;
use crate::wire;

impl Server {
    /// The reply of the persona, remarked on where it is not the usual one.
    pub(super) fn line(&mut self, occasion: Occasion, standing: &Standing) -> Vec<u8> {
        let mechanism = standing.settled.mechanism.as_deref().unwrap_or_default();
        let (reply, remark) = self.persona.reply(occasion, mechanism);
        self.remarks.extend(remark);
        reply.line(&self.kit.host)
    }

    /// A line that means `emit`, where one can be made without a call.
    pub(in crate::session) fn compose(&self, emit: Signal, standing: &Standing) -> Option<Vec<u8>> {
        let heard = standing.stack(Party::Server).heard();
        if emit == Signal::Completed && heard == Some(Signal::Ehlo) {
            return Some(self.ehlo_reply(standing));
        }
        let Some(occasion) = occasion(emit, heard, standing) else { return challenge(emit, standing) };
        let mechanism = standing.settled.mechanism.as_deref().unwrap_or_default();
        let (own, usual) = (self.persona.reply(occasion, mechanism).0, ServerPersona::usual(occasion));
        // Where the persona says it with another code, that would be another row.
        let reply = if own.code == usual.code { own } else { usual };
        Some(reply.line(&self.kit.host))
    }

    /// The keywords that apply now (RFC 5321 section 4.1.1.1).
    pub(super) fn ehlo_reply(&self, standing: &Standing) -> Vec<u8> {
        let tls = standing.settled.tls;
        let starttls = self.starttls && !tls;
        let allowed = || self.mechanisms.iter().filter(|mechanism| self.allows(**mechanism, tls));
        let list = |name: &str, known: &dyn Fn(Mechanism) -> bool| {
            let names: Vec<&str> = allowed().filter(|mechanism| known(**mechanism)).map(|known| known.name()).collect();
            (!names.is_empty()).then(|| format!("{name} {}", names.join(" ")))
        };
        let hello = self.persona.reply(Occasion::Hello, "").0;
        let keywords = self.persona.extensions().iter().filter_map(|keyword| match *keyword {
            "AUTH" => list("AUTH", &|_| true),
            // Exchange lists there what it takes from other servers, which is never a bare password.
            "X-EXPS" => list("X-EXPS", &|mechanism| matches!(mechanism.name(), "GSSAPI" | "NTLM")),
            "STARTTLS" | "X-ANONYMOUSTLS" => starttls.then(|| (*keyword).to_owned()),
            "PIPELINING" => self.pipelining.then(|| (*keyword).to_owned()),
            keyword => Some(keyword.to_owned()),
        });
        let lines: Vec<String> = std::iter::once(hello.text(&self.kit.host)).chain(keywords).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        wire::reply_lines(hello.code, None, &lines).concat()
    }
}

/// What the server has to say for `emit`, where that is a reply in words.
fn occasion(emit: Signal, heard: Option<Signal>, standing: &Standing) -> Option<Occasion> {
    let state = standing.stack(Party::Server).smtp().name();
    let auth = heard.is_some_and(Signal::is_auth);
    Some(match emit {
        Signal::ServiceReady if heard.is_none() => Occasion::Greeting,
        Signal::ServiceReady => Occasion::TlsReady,
        Signal::Closing => Occasion::Bye,
        Signal::Success | Signal::SuccessInPlaceOfToken | Signal::SuccessTooEarly => Occasion::Success,
        Signal::Completed if heard == Some(Signal::Helo) => Occasion::Hello,
        Signal::Completed if heard == Some(Signal::EndOfData) => Occasion::Discarded,
        Signal::Completed if heard == Some(Signal::Mail) => Occasion::Sender,
        Signal::Completed => Occasion::Ok,
        Signal::StartMailInput => Occasion::DataGo,
        Signal::ServiceClosing => Occasion::Closing,
        Signal::TemporaryFailure => Occasion::TemporaryFailure,
        Signal::SyntaxError if auth || state == "InAuth" => Occasion::TooLong,
        Signal::SyntaxError => Occasion::Unknown,
        Signal::ParameterSyntaxError => match heard {
            Some(Signal::Cancel) => Occasion::Cancelled,
            Some(Signal::AuthMalformed) => Occasion::AuthNoMechanism,
            Some(heard) if heard.is(Signal::Auth) => Occasion::InitialUnexpected,
            _ => Occasion::NotBase64,
        },
        Signal::BadSequence => match state {
            "AwaitEhlo" => Occasion::SendHello,
            "Authenticated" if auth => Occasion::AuthTwice,
            "InMail" if auth => Occasion::AuthInTransaction,
            _ => Occasion::BadSequence,
        },
        Signal::ParameterNotImplemented => Occasion::UnknownMechanism,
        Signal::AuthenticationRequired => Occasion::AuthRequired,
        Signal::MechanismTooWeak => Occasion::TooWeak,
        Signal::CredentialsInvalid => Occasion::BadCredentials,
        Signal::EncryptionRequired => Occasion::EncryptionRequired,
        Signal::Refusal if heard == Some(Signal::StartTls) => Occasion::TlsNone,
        Signal::Refusal => Occasion::Refused,
        _ => return None,
    })
}

/// A challenge for `emit`.
fn challenge(emit: Signal, standing: &Standing) -> Option<Vec<u8>> {
    let octets: &[u8] = match emit {
        Signal::UsernameChallenge => b"Username:",
        Signal::PasswordChallenge => b"Password:",
        Signal::OtherChallenge if standing.settled.machine == Some(Machine::Login) => b"User Name\0",
        Signal::OauthErrorChallenge => sasl::oauth_error(standing.settled.machine?).as_bytes(),
        Signal::EmptyChallenge => b"",
        Signal::HumanChallenge | Signal::ChallengeNotBase64 => {
            let name = standing.settled.mechanism.as_deref().filter(|name| *name == "NTLM").unwrap_or("GSSAPI");
            return Some(format!("334 {name} supported\r\n").into_bytes());
        }
        Signal::RejectChallenge | Signal::Reject => &REJECT,
        Signal::RequestMic => &REQUEST_MIC,
        Signal::AcceptCompleted => &ACCEPT_COMPLETED,
        Signal::AcceptCompletedReselected if standing.settled.mech != Some(Mech::Ntlmssp) => {
            let mut completed = REQUEST_MIC;
            completed[NEG_STATE] = 0;
            return Some(wire::challenge(Some(&completed)));
        }
        Signal::ServerError => b"e=other-error",
        Signal::OtherChallenge | Signal::MalformedChallenge => NO_TOKEN,
        _ => return None,
    };
    Some(wire::challenge(Some(octets)))
}

/// NegTokenResp { negState reject } (RFC 4178 section 4.2.2).
pub(super) const REJECT: [u8; 9] = [0xA1, 0x07, 0x30, 0x05, 0xA0, 0x03, 0x0A, 0x01, 0x02];

/// `NegTokenResp` { negState accept-completed }.
const ACCEPT_COMPLETED: [u8; 9] = [0xA1, 0x07, 0x30, 0x05, 0xA0, 0x03, 0x0A, 0x01, 0x00];

/// `NegTokenResp` { negState request-mic, supportedMech NTLMSSP }.
const REQUEST_MIC: [u8; 23] = [
    0xA1, 0x15, 0x30, 0x13, 0xA0, 0x03, 0x0A, 0x01, 0x03, //
    0xA1, 0x0C, 0x06, 0x0A, 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0A,
];

/// Where negState stands in them.
const NEG_STATE: usize = 8;

//! What the server's replies say: one line for each signal that it may emit.

use super::Server;
use crate::decode::Mech;
use crate::machine::{Machine, Signal};
use crate::session::client::NO_TOKEN;
use crate::terms::Party;
use crate::transcript::Standing;
use crate::wire;

impl Server {
    /// A line that means `emit`, where one can be made without a call.
    pub(in crate::session) fn compose(&self, emit: Signal, standing: &Standing) -> Option<Vec<u8>> {
        let heard = standing.stack(Party::Server).heard();
        let reply = |code, enhanced, text: &str| Some(wire::reply(code, Some(enhanced), text));
        match emit {
            Signal::ServiceReady if heard.is_none() => {
                Some(wire::reply(220, None, &format!("{} ESMTP saslscope", self.kit.host)))
            }
            Signal::ServiceReady => reply(220, "2.0.0", "Ready to start TLS"),
            Signal::Closing => reply(221, "2.0.0", "Bye"),
            Signal::Success | Signal::SuccessInPlaceOfToken | Signal::SuccessTooEarly => {
                reply(235, "2.7.0", "Authentication successful")
            }
            Signal::Completed if heard == Some(Signal::Ehlo) => Some(self.ehlo_reply()),
            Signal::Completed if heard == Some(Signal::Helo) => Some(wire::reply(250, None, &self.kit.host)),
            Signal::Completed if heard == Some(Signal::EndOfData) => {
                reply(250, "2.0.0", "Shown and discarded: nothing is delivered here")
            }
            Signal::Completed => reply(250, "2.0.0", "OK"),
            Signal::StartMailInput => {
                Some(wire::reply(354, None, "End with a dot alone; the message is shown and discarded"))
            }
            Signal::ServiceClosing => reply(421, "4.3.2", "Closing"),
            Signal::TemporaryFailure => reply(454, "4.7.0", "Temporary authentication failure"),
            Signal::SyntaxError if matches!(heard, Some(Signal::ResponseOverLong | Signal::InitialResponseTooLong)) => {
                reply(500, "5.5.6", "Authentication exchange line is too long")
            }
            Signal::SyntaxError => reply(500, "5.5.1", "Command not recognized"),
            Signal::ParameterSyntaxError if heard == Some(Signal::Cancel) => {
                reply(501, "5.7.0", "Authentication cancelled")
            }
            Signal::ParameterSyntaxError if heard == Some(Signal::AuthMalformed) => {
                reply(501, "5.5.4", "Syntax: AUTH mechanism [initial-response]")
            }
            Signal::ParameterSyntaxError if heard.is_some_and(|heard| heard.is(Signal::Auth)) => {
                reply(501, "5.7.0", "No initial response here: the server speaks first")
            }
            Signal::ParameterSyntaxError => reply(501, "5.5.2", "Cannot decode base64"),
            Signal::BadSequence => reply(503, "5.5.1", "Bad sequence of commands"),
            Signal::ParameterNotImplemented => reply(504, "5.5.4", "Unrecognized authentication type"),
            Signal::AuthenticationRequired => reply(530, "5.7.0", "Authentication required"),
            Signal::MechanismTooWeak => reply(534, "5.7.9", "Authentication mechanism is too weak"),
            Signal::CredentialsInvalid => reply(535, "5.7.8", "Authentication credentials invalid"),
            Signal::EncryptionRequired => {
                reply(538, "5.7.11", "Encryption required for requested authentication mechanism")
            }
            Signal::Refusal if heard == Some(Signal::StartTls) => reply(502, "5.5.1", "No TLS here"),
            Signal::Refusal => reply(550, "5.7.1", "Refused"),
            Signal::UsernameChallenge => Some(wire::challenge(Some(b"Username:"))),
            Signal::PasswordChallenge => Some(wire::challenge(Some(b"Password:"))),
            Signal::OtherChallenge => Some(wire::challenge(Some(b"User Name\0"))),
            Signal::EmptyChallenge => Some(wire::challenge(None)),
            Signal::HumanChallenge | Signal::ChallengeNotBase64 => {
                let name = if standing.settled.machine == Some(Machine::SmtpNtlm) { "NTLM" } else { "GSSAPI" };
                Some(format!("334 {name} supported\r\n").into_bytes())
            }
            Signal::RejectChallenge | Signal::Reject => Some(wire::challenge(Some(&REJECT))),
            Signal::RequestMic => Some(wire::challenge(Some(&REQUEST_MIC))),
            Signal::AcceptCompleted => Some(wire::challenge(Some(&ACCEPT_COMPLETED))),
            Signal::AcceptCompletedReselected if standing.settled.mech != Some(Mech::Ntlmssp) => {
                let mut completed = REQUEST_MIC;
                completed[NEG_STATE] = 0;
                Some(wire::challenge(Some(&completed)))
            }
            Signal::MalformedChallenge => Some(wire::challenge(Some(NO_TOKEN))),
            _ => None,
        }
    }

    fn ehlo_reply(&self) -> Vec<u8> {
        let names: Vec<&str> = self.mechanisms.iter().map(|mechanism| mechanism.name()).collect();
        let auth = format!("AUTH {}", names.join(" "));
        wire::reply_lines(250, None, &[&self.kit.host, "8BITMIME", "ENHANCEDSTATUSCODES", &auth]).concat()
    }
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

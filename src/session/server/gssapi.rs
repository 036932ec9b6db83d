//! The server's side of a mechanism of the GSS-API (RFC 2222 section 7.2, MS-SSEAN section 3.2): tokens, the empty line,
//! the security layer.

use super::replies::REJECT;
use super::{Decision, Server};
use crate::machine::{Machine, Signal};
use crate::mech::ntlm::status;
use crate::mech::{Answer, Call, MechError, major};
use crate::session::Mechanism;
use crate::session::fault::Fault;
use crate::session::gss::{LayerMode, NO_LAYER};
use crate::session::persona::{Occasion, ServerHabit};
use crate::terms::Party;
use crate::transcript::Standing;
use crate::wire;

impl Server {
    /// A mechanism named alone: an empty challenge, or words for people.
    pub(super) fn ask_for_token(&mut self, mechanism: Mechanism) -> Decision {
        let Some(words) = self.persona.words(mechanism.name()) else { return Decision::Say(wire::challenge(None)) };
        self.has(ServerHabit::WordsForPeople);
        Decision::Say(format!("334 {words}\r\n").into_bytes())
    }

    pub(super) fn take_gssapi(&mut self, octets: &[u8], standing: &Standing) -> Decision {
        if self.refusing || self.gss.is_gone() {
            return self.verdict(false, standing);
        }
        if !self.gss.complete {
            return self.accept(octets.to_vec());
        }
        let state = standing.stack(Party::Server).cursor(Machine::Gssapi).map(|cursor| cursor.state.name());
        if state == Some("WaitChoice") {
            let choice = without_length(octets);
            if choice.len() < octets.len() && self.is_strict() {
                return self.verdict(false, standing);
            }
            return self.gss.ask(Call::Unwrap(choice.to_vec()));
        }
        if !octets.is_empty() {
            // Data where the empty line belongs.
            return self.verdict(false, standing);
        }
        self.after_context(standing)
    }

    pub(super) fn accept(&mut self, token: Vec<u8>) -> Decision {
        if self.fault == Some(Fault::Reject) {
            self.fault = None;
            self.refusing = true;
            return Decision::Say(wire::challenge(Some(&REJECT)));
        }
        self.gss.ask(Call::Step(Some(token)))
    }

    /// The context is complete and all tokens are exchanged.
    fn after_context(&mut self, standing: &Standing) -> Decision {
        match self.layer(standing) {
            LayerMode::Auto | LayerMode::Rfc2222 => {
                let offer = self.persona.offer();
                if offer != NO_LAYER {
                    self.has(ServerHabit::OwnOffer);
                }
                self.gss.ask(Call::Wrap { sealed: false, message: offer.to_vec() })
            }
            LayerMode::Skip | LayerMode::Example => self.verdict(true, standing),
        }
    }

    /// By their own names NTLM and SPNEGO have no security-layer step, and SCRAM has none at all.
    fn layer(&self, standing: &Standing) -> LayerMode {
        match standing.settled.machine {
            Some(Machine::SmtpNtlm | Machine::GssSpnego | Machine::Scram) => LayerMode::Skip,
            _ => self.layer,
        }
    }

    /// Goes on with what a call gave.
    pub(super) fn go_on(
        &mut self,
        call: &'static str,
        answer: Result<Answer, MechError>,
        standing: &Standing,
    ) -> Decision {
        match answer {
            Err(error) => {
                self.failed = Some(occasion_of(&error));
                Decision::Failed(call, error)
            }
            Ok(Answer::Stepped { token, complete }) => match token {
                Some(_) if complete && self.layer(standing) == LayerMode::Example => self.verdict(true, standing),
                Some(token) => Decision::Say(wire::challenge(Some(&token))),
                None if complete => self.after_context(standing),
                None => Decision::Say(wire::challenge(None)),
            },
            Ok(Answer::Octets(choice)) if call == "unwrap" => {
                let good = match choice.as_slice() {
                    [mask, _, _, _, authzid @ ..] => *mask == NO_LAYER[0] && self.may_act_as(authzid),
                    _ => false,
                };
                self.verdict(good, standing)
            }
            Ok(Answer::Octets(offer)) => Decision::Say(wire::challenge(Some(&offer))),
            Ok(Answer::Verified) => Decision::Nothing,
        }
    }

    /// Whether it refuses what .NET does beside RFC 2222 section 7.2.
    pub(super) fn is_strict(&self) -> bool {
        self.strict || self.persona.quirk(ServerHabit::NoLeniency).is_some()
    }

    /// What a reader should know of a line that a strict server refuses, and .NET sends.
    pub(in crate::session) fn remark_on(&self, signal: Signal) -> Option<&'static str> {
        match (signal, self.is_strict()) {
            (Signal::SecondEmptyResponse, false) => Some(
                "server: a second empty line, as .NET before 9 sends it (dotnet/runtime#105938), is passed over; a strict \
                 server refuses it with 454",
            ),
            (Signal::SecondEmptyResponse, true) => Some(
                "server: a second empty line, as .NET before 9 sends it (dotnet/runtime#105938), is no choice of a layer; \
                 it is refused, since this server is strict",
            ),
            (Signal::LayerChoiceWithLength, false) => Some(
                "server: four octets of length stand before the choice, as .NET Core 3.1 sends it, and are taken off; a \
                 strict server refuses them with 535",
            ),
            (Signal::LayerChoiceWithLength, true) => Some(
                "server: four octets of length stand before the choice, as .NET Core 3.1 sends it; they are refused, since \
                 this server is strict",
            ),
            _ => None,
        }
    }

    /// An authorization identity must be the authenticated name itself, with or without its domain.
    fn may_act_as(&self, authzid: &[u8]) -> bool {
        let Ok(authzid) = std::str::from_utf8(authzid) else { return false };
        let initiator = self.gss.initiator().unwrap_or_default();
        let bare =
            |name: &str| name.rsplit('\\').next().unwrap_or_default().split('@').next().map(str::to_ascii_lowercase);
        authzid.is_empty() || bare(authzid) == bare(&initiator)
    }
}

/// What a failed call comes to: where nothing can be checked at present, the client may try again later (RFC 4954
/// section 6).
const fn occasion_of(error: &MechError) -> Occasion {
    match error.major & 0x00FF_0000 {
        major::UNAVAILABLE | major::NO_CRED => Occasion::TemporaryFailure,
        _ if error.minor == status::NTLM_BLOCKED => Occasion::TooWeak,
        _ => Occasion::BadCredentials,
    }
}

/// The wrapped choice without the 4-octet little-endian length that .NET Core 3.1 puts before it.
fn without_length(octets: &[u8]) -> &[u8] {
    match octets.split_first_chunk::<4>() {
        Some((length, rest)) if u32::from_le_bytes(*length) as usize == rest.len() => rest,
        _ => octets,
    }
}

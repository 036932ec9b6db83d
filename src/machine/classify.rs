//! What a line says to each machine. A line that a machine has no word for gives `None`: it is none of its business.

use super::row::{Machine, Signal};
use super::settled::{Inner, Layer, NegState, Settled, Token};
use crate::decode::{Hint, Kind, Reading, Tree, decode};
use crate::terms::Party;
use crate::wire::{Base64, Body, Command, FlawKind, Message, Reply, Response, Verb};

/// One line with all that is known of it.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// Who sent it.
    pub from: Party,
    /// The octets.
    pub line: &'a [u8],
    /// The line, read.
    pub message: &'a Message,
    /// Its token at a glance.
    pub token: Option<&'a Token>,
    /// What was settled, this line included.
    pub settled: &'a Settled,
}

/// What the line says to `machine`.
#[must_use]
pub fn classify(machine: Machine, said: &Said<'_>) -> Option<Signal> {
    match machine {
        Machine::Smtp => smtp(said),
        Machine::Login => login(said),
        Machine::Plain => text(said, &PLAIN),
        Machine::CramMd5 => text(said, &CRAM_MD5),
        Machine::DigestMd5 => text(said, &DIGEST_MD5),
        Machine::External => text(said, &EXTERNAL),
        Machine::Xoauth2 => text(said, &XOAUTH2),
        Machine::Oauthbearer => text(said, &OAUTHBEARER),
        Machine::Gssapi | Machine::Kerberos | Machine::GssSpnego | Machine::SmtpNtlm => tokens(machine, said),
        Machine::Scram => scram(said),
        Machine::Spnego => spnego(said),
        Machine::Ntlm | Machine::Krb5 => inner(machine, said),
    }
}

fn smtp(said: &Said<'_>) -> Option<Signal> {
    Some(match &said.message.body {
        Body::Command(command) => smtp_command(command, said),
        Body::Response(Response::Cancel) => Signal::Cancel,
        Body::Response(Response::Empty) if said.settled.empty_lines > 1 => Signal::SecondEmptyResponse,
        Body::Response(_) if over_long(said.message) => Signal::ResponseOverLong,
        Body::Response(Response::Base64(base64)) if !legible(base64, false) => Signal::ResponseNotBase64,
        Body::Response(_) => Signal::Response,
        Body::MailData => Signal::MailData,
        Body::EndOfData => Signal::EndOfData,
        Body::Reply(reply) if !reply.last => return None,
        Body::Reply(reply) => reply_signal(reply),
        Body::NotAReply => Signal::NotAReply,
    })
}

fn smtp_command(command: &Command, said: &Said<'_>) -> Signal {
    match command.verb {
        Verb::Ehlo => Signal::Ehlo,
        Verb::Helo => Signal::Helo,
        Verb::StartTls => Signal::StartTls,
        Verb::Mail => Signal::Mail,
        Verb::Data => Signal::Data,
        Verb::Rset => Signal::Rset,
        Verb::Quit => Signal::Quit,
        Verb::Auth => {
            let Some(auth) = command.auth.as_ref().filter(|auth| !auth.mechanism.is_empty() && auth.extra.is_none())
            else {
                return Signal::AuthMalformed;
            };
            if auth.initial.as_ref().is_some_and(|initial| !legible(initial, true)) {
                return Signal::AuthNotBase64;
            }
            match said.settled.offers_mechanism() {
                _ if over_long(said.message) => Signal::InitialResponseTooLong,
                Some(false) => Signal::AuthNotOffered,
                _ => Signal::Auth,
            }
        }
        Verb::Other => Signal::UnknownCommand,
        _ => Signal::OtherCommand,
    }
}

fn reply_signal(reply: &Reply) -> Signal {
    match reply.code {
        220 => Signal::ServiceReady,
        221 => Signal::Closing,
        235 => Signal::Success,
        200..=299 => Signal::Completed,
        334 if reply.challenge.as_ref().is_none_or(|challenge| legible(challenge, false)) => Signal::Challenge,
        334 => Signal::ChallengeNotBase64,
        354 => Signal::StartMailInput,
        421 => Signal::ServiceClosing,
        432 => Signal::PasswordTransition,
        454 => Signal::TemporaryFailure,
        500 => Signal::SyntaxError,
        501 => Signal::ParameterSyntaxError,
        503 => Signal::BadSequence,
        504 => Signal::ParameterNotImplemented,
        530 => Signal::AuthenticationRequired,
        534 => Signal::MechanismTooWeak,
        535 => Signal::CredentialsInvalid,
        538 => Signal::EncryptionRequired,
        400..=599 => Signal::Refusal,
        _ => Signal::NotAReply,
    }
}

/// Whether a receiver can decode it; `=` stands for "present but empty" in an AUTH command only (RFC 4954 section 4).
fn legible(base64: &Base64, initial: bool) -> bool {
    base64.is_legible() || initial && base64.equals
}

fn over_long(message: &Message) -> bool {
    message.flaws.iter().any(|flaw| flaw.kind == FlawKind::OverLong)
}

fn login(said: &Said<'_>) -> Option<Signal> {
    match &said.message.body {
        Body::Command(command) => {
            let auth = command.auth.as_ref()?;
            Some(match &auth.initial {
                None => Signal::AuthLogin,
                Some(initial) if !legible(initial, true) => return None,
                Some(initial) if initial.equals => Signal::AuthLoginEmpty,
                Some(_) => Signal::AuthLoginUsername,
            })
        }
        Body::Response(Response::Cancel) => Some(Signal::Cancel),
        Body::Response(Response::Empty) => Some(Signal::EmptyResponse),
        Body::Response(Response::Base64(base64)) if !legible(base64, false) => None,
        Body::Response(Response::Base64(_)) => {
            // `settled` counts this response already; by its prompt, or by being the second.
            let password = match said.settled.prompt {
                Some(super::Prompt::Username) => false,
                Some(super::Prompt::Password) => true,
                _ => said.settled.login_sent > 1,
            };
            Some(if password { Signal::PasswordResponse } else { Signal::UsernameResponse })
        }
        Body::Reply(reply) if reply.last => Some(match reply.code {
            334 => match said.message.content.of(said.line) {
                b"334 VXNlcm5hbWU6" => Signal::UsernameChallenge,
                b"334 UGFzc3dvcmQ6" => Signal::PasswordChallenge,
                _ => Signal::OtherChallenge,
            },
            235 => Signal::Success,
            _ => return refusal(reply),
        }),
        _ => None,
    }
}

/// What the messages of a text mechanism are called, each by its octets.
struct Words {
    /// AUTH without an initial response.
    alone: Signal,
    /// AUTH with one, which may be of no octets.
    initial: fn(&[u8]) -> Signal,
    /// A challenge that is not empty.
    challenge: fn(&[u8]) -> Signal,
    /// A response, which may be empty.
    response: fn(&[u8]) -> Signal,
}

const PLAIN: Words = Words {
    alone: Signal::AuthPlain,
    initial: |_| Signal::AuthPlainMessage,
    challenge: |_| Signal::OtherChallenge,
    response: |_| Signal::PlainMessage,
};

const CRAM_MD5: Words = Words {
    alone: Signal::AuthCramMd5,
    initial: |_| Signal::AuthCramMd5InitialResponse,
    challenge: |octets| {
        if is_sound(octets, Reading::CramMd5) { Signal::CramMd5Challenge } else { Signal::OtherChallenge }
    },
    response: |octets| if octets.is_empty() { Signal::EmptyResponse } else { Signal::CramMd5Response },
};

const DIGEST_MD5: Words = Words {
    alone: Signal::AuthDigestMd5,
    initial: |_| Signal::AuthDigestMd5Response,
    challenge: |octets| {
        let tree = read_challenge(octets, Reading::DigestMd5);
        match (tree.find("rspauth"), tree.find("nonce")) {
            (Some(_), _) => Signal::RspauthChallenge,
            (None, Some(_)) => Signal::DigestChallenge,
            (None, None) => Signal::OtherChallenge,
        }
    },
    response: |octets| if octets.is_empty() { Signal::EmptyResponse } else { Signal::DigestResponse },
};

const EXTERNAL: Words = Words {
    alone: Signal::AuthExternal,
    initial: |octets| if octets.is_empty() { Signal::AuthExternalEmpty } else { Signal::AuthExternalAuthzid },
    challenge: |_| Signal::OtherChallenge,
    response: |octets| if octets.is_empty() { Signal::EmptyResponse } else { Signal::ExternalAuthzid },
};

const XOAUTH2: Words = Words {
    alone: Signal::AuthXoauth2,
    initial: |_| Signal::AuthXoauth2Message,
    challenge: oauth_challenge,
    response: |octets| match octets {
        [] => Signal::EmptyResponse,
        [0x01] => Signal::ControlAResponse,
        _ => Signal::Xoauth2Message,
    },
};

const OAUTHBEARER: Words = Words {
    alone: Signal::AuthOauthbearer,
    initial: |_| Signal::AuthOauthbearerMessage,
    challenge: oauth_challenge,
    response: |octets| match octets {
        [] => Signal::EmptyResponse,
        [0x01] => Signal::ControlAResponse,
        _ => Signal::OauthbearerMessage,
    },
};

fn oauth_challenge(octets: &[u8]) -> Signal {
    if is_sound(octets, Reading::Oauthbearer) { Signal::OauthErrorChallenge } else { Signal::OtherChallenge }
}

/// Whether a challenge has the form that it should have.
fn is_sound(octets: &[u8], reading: Reading) -> bool {
    read_challenge(octets, reading).problems().next().is_none()
}

fn read_challenge(octets: &[u8], reading: Reading) -> Tree {
    decode(octets, &Hint { from: Some(Party::Server), reading, ..Hint::default() })
}

/// A text mechanism, by its words.
fn text(said: &Said<'_>, words: &Words) -> Option<Signal> {
    match &said.message.body {
        Body::Command(command) => match &command.auth.as_ref()?.initial {
            None => Some(words.alone),
            Some(initial) if initial.equals => Some((words.initial)(&[])),
            Some(initial) => legible(initial, true).then(|| (words.initial)(&initial.bytes)),
        },
        Body::Response(Response::Cancel) => Some(Signal::Cancel),
        Body::Response(Response::Empty) => Some((words.response)(&[])),
        Body::Response(Response::Base64(base64)) => legible(base64, false).then(|| (words.response)(&base64.bytes)),
        Body::Reply(reply) if reply.last => match (reply.code, &reply.challenge) {
            (334, Some(challenge)) if !challenge.span.is_empty() && legible(challenge, false) => {
                Some((words.challenge)(&challenge.bytes))
            }
            (334, Some(challenge)) if !challenge.span.is_empty() => Some(Signal::OtherChallenge),
            (334, _) => Some(Signal::EmptyChallenge),
            (235, _) if said.settled.mutual_due => Some(Signal::SuccessTooEarly),
            (235, _) => Some(Signal::Success),
            _ => refusal(reply),
        },
        _ => None,
    }
}

fn scram(said: &Said<'_>) -> Option<Signal> {
    let token = said.token.filter(|token| !token.malformed);
    let fits = said.settled.scram.fits;
    match &said.message.body {
        Body::Command(command) => {
            let Some(initial) = &command.auth.as_ref()?.initial else { return Some(Signal::AuthScram) };
            legible(initial, true).then(|| match token.map(|token| token.kind) {
                Some(Kind::ScramClientFirst) if said.settled.denies_plus() => Signal::AuthClientFirstDowngrade,
                Some(Kind::ScramClientFirst) if fits => Signal::AuthClientFirst,
                _ => Signal::AuthClientFirstMalformed,
            })
        }
        Body::Response(Response::Cancel) => Some(Signal::Cancel),
        Body::Response(Response::Empty) if said.settled.scram.last == Some(Kind::ScramServerFinal) => {
            Some(Signal::EmptyResponse)
        }
        Body::Response(Response::Empty) => Some(Signal::MalformedResponse),
        Body::Response(Response::Base64(base64)) => legible(base64, false).then(|| {
            // Behind the server-final-message nothing but an empty line belongs.
            let last = said.settled.scram.last.filter(|last| *last != Kind::ScramServerFinal);
            match token.filter(|token| Some(token.kind) == last).map(|token| token.kind) {
                Some(Kind::ScramClientFirst) if said.settled.denies_plus() => Signal::ClientFirstDowngrade,
                Some(Kind::ScramClientFirst) if fits => Signal::ClientFirst,
                Some(Kind::ScramClientFinal) if fits && !said.settled.denies_plus() => Signal::ClientFinal,
                Some(Kind::ScramClientFinal) => Signal::ClientFinalUnfit,
                _ => Signal::MalformedResponse,
            }
        }),
        Body::Reply(reply) if reply.last => match reply.code {
            334 if reply.challenge.as_ref().is_none_or(|challenge| challenge.span.is_empty()) => {
                let first = said.settled.scram.last.is_none();
                Some(if first { Signal::EmptyChallenge } else { Signal::MalformedChallenge })
            }
            334 => Some(match token.map(|token| token.kind) {
                _ if said.settled.scram.last.is_none() => Signal::MalformedChallenge,
                Some(Kind::ScramServerFirst) if fits => Signal::ServerFirst,
                Some(Kind::ScramServerFirst) => Signal::ServerFirstOtherNonce,
                Some(Kind::ScramServerFinal) if said.settled.scram.signed => Signal::ServerFinal,
                Some(Kind::ScramServerFinal) => Signal::ServerError,
                _ => Signal::MalformedChallenge,
            }),
            235 if said.settled.scram.signed => Some(Signal::Success),
            235 => Some(Signal::SuccessTooEarly),
            _ => refusal(reply),
        },
        _ => None,
    }
}

/// A refusal ends the exchange, whatever the mechanism thinks of it.
fn refusal(reply: &Reply) -> Option<Signal> {
    (400..=599).contains(&reply.code).then(|| reply_signal(reply))
}

/// A mechanism whose lines carry GSS-API tokens.
fn tokens(machine: Machine, said: &Said<'_>) -> Option<Signal> {
    match &said.message.body {
        Body::Command(command) => {
            let auth = command.auth.as_ref()?;
            if auth.initial.as_ref().is_some_and(|initial| !legible(initial, true)) {
                return None;
            }
            let token = said.token.filter(|token| !token.malformed && opens(token));
            Some(token_command(machine, auth.initial.is_some(), token))
        }
        Body::Response(Response::Cancel) => Some(Signal::Cancel),
        Body::Response(Response::Empty) if said.settled.empty_lines > 1 => Some(Signal::SecondEmptyResponse),
        Body::Response(Response::Empty) => Some(Signal::EmptyResponse),
        Body::Response(Response::Base64(base64)) if legible(base64, false) => {
            let Some(token) = said.token.filter(|token| !token.malformed) else {
                return Some(Signal::MalformedResponse);
            };
            Some(match token.layer {
                Some(layer) => layer_choice(layer, said.settled.offered),
                None if token.completes(Party::Client) => Signal::FinalTokenResponse,
                None if machine == Machine::SmtpNtlm => Signal::TokenResponse,
                None if token.kind == Kind::Ntlm && opens(token) => Signal::NtlmResponse,
                None => Signal::TokenResponse,
            })
        }
        Body::Reply(reply) if reply.last => match reply.code {
            334 => Some(token_challenge(reply, said)),
            235 => Some(token_success(machine, said.settled)),
            _ => refusal(reply),
        },
        _ => None,
    }
}

/// AUTH, with the token that may open a context if there is one.
fn token_command(machine: Machine, initial: bool, token: Option<&Token>) -> Signal {
    match (machine, token.map(|token| token.kind)) {
        (Machine::GssSpnego, _) if !initial => Signal::AuthSpnego,
        (Machine::GssSpnego, Some(Kind::NegTokenInit)) => Signal::AuthSpnegoToken,
        (Machine::GssSpnego, _) => Signal::AuthSpnegoMalformed,
        (Machine::SmtpNtlm, _) if !initial => Signal::AuthNtlm,
        (Machine::SmtpNtlm, Some(Kind::Ntlm)) => Signal::AuthNtlmToken,
        (Machine::SmtpNtlm, _) => Signal::AuthNtlmMalformed,
        _ if !initial => Signal::AuthGssapi,
        (_, None) => Signal::AuthGssapiMalformed,
        (_, Some(Kind::Ntlm)) => Signal::AuthGssapiNtlm,
        _ if token.is_some_and(|token| token.completes(Party::Client)) => Signal::AuthGssapiFinalToken,
        _ => Signal::AuthGssapiToken,
    }
}

/// Whether a token may open a context.
fn opens(token: &Token) -> bool {
    match token.kind {
        Kind::Ntlm => token.inner == Some(Inner::NtlmNegotiate),
        Kind::NegTokenInit | Kind::Kerberos => true,
        _ => false,
    }
}

fn token_challenge(reply: &Reply, said: &Said<'_>) -> Signal {
    let Some(challenge) = reply.challenge.as_ref().filter(|challenge| !challenge.span.is_empty()) else {
        return Signal::EmptyChallenge;
    };
    if !legible(challenge, false) || said.settled.awaits_words() {
        return Signal::HumanChallenge;
    }
    let Some(token) = said.token.filter(|token| !token.malformed) else { return Signal::MalformedChallenge };
    if let Some(layer) = token.layer {
        let usable = layer.octets.is_none_or(|octets| octets == 4) && layer.mask.is_none_or(|mask| mask & 0x01 != 0);
        return if usable { Signal::LayerOffer } else { Signal::LayerOfferUnusable };
    }
    match (token.kind, token.neg_state, token.inner) {
        (Kind::NegTokenInit2 | Kind::NegTokenInit, ..) => Signal::HintsChallenge,
        (_, Some(NegState::Reject), _) | (Kind::Kerberos, _, Some(Inner::KrbError)) => Signal::RejectChallenge,
        _ if token.completes(Party::Server) => Signal::FinalTokenChallenge,
        _ => Signal::TokenChallenge,
    }
}

/// 235 is plain success where the context is complete; without the acceptor's last token it may be the shape of
/// MS-SSEAN section 4.1, if nothing else is outstanding.
fn token_success(machine: Machine, settled: &Settled) -> Signal {
    if settled.mutual_due || settled.mic_due || !settled.complete && !settled.mechanism_sent {
        Signal::SuccessTooEarly
    } else if settled.complete || matches!(machine, Machine::Kerberos | Machine::SmtpNtlm) {
        Signal::Success
    } else {
        Signal::SuccessInPlaceOfToken
    }
}

fn layer_choice(layer: Layer, offered: Option<u8>) -> Signal {
    let one_bit = layer.mask.is_none_or(u8::is_power_of_two);
    let within = match (layer.mask, offered) {
        (Some(mask), Some(offered)) => mask & !offered == 0,
        _ => true,
    };
    if !one_bit || !within {
        Signal::LayerChoiceNotOffered
    } else if layer.prefixed {
        Signal::LayerChoiceWithLength
    } else {
        Signal::LayerChoice
    }
}

fn spnego(said: &Said<'_>) -> Option<Signal> {
    let token = said.token?;
    match (token.kind, said.from) {
        (Kind::NegTokenInit | Kind::NegTokenInit2, Party::Client) => Some(Signal::NegTokenInit),
        (Kind::NegTokenInit | Kind::NegTokenInit2, Party::Server) => Some(Signal::NegTokenInit2),
        (Kind::NegTokenResp, Party::Client) if token.names_supported => Some(Signal::NegTokenRespSupportedMech),
        (Kind::NegTokenResp, Party::Client) if token.mic => Some(Signal::NegTokenRespMic),
        (Kind::NegTokenResp, Party::Client) => Some(Signal::NegTokenResp),
        (Kind::NegTokenResp, Party::Server) => Some(match (token.neg_state, token.mic) {
            (Some(NegState::AcceptCompleted), false) if token.names_supported && said.settled.reselected => {
                Signal::AcceptCompletedReselected
            }
            (Some(NegState::AcceptCompleted), false) => Signal::AcceptCompleted,
            (Some(NegState::AcceptCompleted), true) => Signal::AcceptCompletedMic,
            (Some(NegState::AcceptIncomplete) | None, false) => Signal::AcceptIncomplete,
            (Some(NegState::AcceptIncomplete) | None, true) => Signal::AcceptIncompleteMic,
            (Some(NegState::RequestMic), false) => Signal::RequestMic,
            (Some(NegState::RequestMic), true) => Signal::RequestMicWithMic,
            (Some(NegState::Reject), _) => Signal::Reject,
        }),
        _ => None,
    }
}

fn inner(machine: Machine, said: &Said<'_>) -> Option<Signal> {
    let signal = match said.token?.inner? {
        Inner::NtlmNegotiate => Signal::NtlmNegotiate,
        Inner::NtlmChallenge => Signal::NtlmChallenge,
        Inner::NtlmAuthenticate { weak: true, .. } => Signal::NtlmAuthenticateV1,
        Inner::NtlmAuthenticate { .. } => Signal::NtlmAuthenticate,
        Inner::ApReq { mutual: true } => Signal::ApReqMutual,
        Inner::ApReq { mutual: false } => Signal::ApReq,
        Inner::ApRep => Signal::ApRep,
        Inner::KrbError => Signal::KrbError,
    };
    let ntlm = signal.is(Signal::NtlmAuthenticate) || matches!(signal, Signal::NtlmNegotiate | Signal::NtlmChallenge);
    (ntlm == (machine == Machine::Ntlm)).then_some(signal)
}

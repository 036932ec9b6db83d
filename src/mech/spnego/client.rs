//! The client's side: `NegTokenInit`, then `NegTokenResps` until mechanism and MICs are done (RFC 4178 section 3.2).

use super::compose::{self, NegState, Response};
use super::read::Token;
use super::{Chosen, Contexts, MicPolicy, SpnegoOptions, defective, embedded, failed, same};
use crate::decode::{Kind, Mech};
use crate::mech::{Answer, Call, Facts, GssContext, Kit, MechError, major};
use crate::terms::Party;

/// The initiating side.
pub struct SpnegoClient {
    contexts: Contexts,
    options: SpnegoOptions,
    state: State,
}

enum State {
    Idle,
    /// `NegTokenInit` has gone out. The context is that of the first mechanism, if it has sent its token.
    Offered {
        begun: Option<Box<dyn GssContext>>,
        list: Vec<u8>,
    },
    /// The server has chosen.
    Running(Chosen),
    Established(Chosen),
    Failed,
}

impl SpnegoClient {
    /// A context that runs the mechanisms of this crate.
    #[must_use]
    pub fn new(kit: &Kit, options: SpnegoOptions) -> Self {
        Self::with(embedded(kit, Party::Client, &options), options)
    }

    /// A context that runs what it is given; `options.mechs` says in which order it is offered.
    #[must_use]
    pub fn with(contexts: Contexts, options: SpnegoOptions) -> Self {
        Self { contexts, options, state: State::Idle }
    }

    fn step(&mut self, token: Option<&[u8]>) -> Result<Answer, MechError> {
        // A call that fails leaves `Failed` behind.
        match std::mem::replace(&mut self.state, State::Failed) {
            State::Idle => {
                if let Some(hint) = token.filter(|token| !token.is_empty()) {
                    self.heed(hint)?;
                }
                self.offer()
            }
            State::Offered { begun, list } => {
                let token = Token::read(token.unwrap_or_default(), Party::Server)?;
                let state = expect_response(&token)?;
                if state == Some(NegState::Reject) {
                    return Err(rejected(major::BAD_MECH, begun, &token));
                }
                let chosen = self.select(&token, state, begun, list)?;
                self.proceed(chosen, &token, state)
            }
            State::Running(chosen) => {
                let token = Token::read(token.unwrap_or_default(), Party::Server)?;
                let state = expect_response(&token)?;
                if state == Some(NegState::Reject) {
                    return Err(rejected(major::FAILURE, Some(chosen.context), &token));
                }
                if state == Some(NegState::RequestMic) {
                    return Err(defective("request-mic came late: it stands in the server's first reply only."));
                }
                self.proceed((chosen, false), &token, state)
            }
            State::Established(_) => Err(defective("The negotiation is complete, yet another token came.")),
            State::Failed => Err(failed()),
        }
    }

    /// The server has spoken first (MS-SPNG section 3.2.5.2): only what it has is offered.
    fn heed(&mut self, token: &[u8]) -> Result<(), MechError> {
        let token = Token::read(token, Party::Server)?;
        if !matches!(token.kind(), Kind::NegTokenInit | Kind::NegTokenInit2) {
            return Err(defective(format!("Expected NegTokenInit2, but the token is {}.", token.kind().name())));
        }
        let theirs = token.mechs();
        self.options.mechs.retain(|&ours| theirs.iter().flatten().any(|&mech| same(mech, ours)));
        Ok(())
    }

    /// Makes `NegTokenInit`. A mechanism whose context can't begin is not offered.
    fn offer(&mut self) -> Result<Answer, MechError> {
        let mut begun = None;
        let mut token = None;
        let mut why = MechError::new(major::BAD_MECH, "There is no mechanism that could be offered.");
        while self.options.optimistic && token.is_none() {
            let Some(&first) = self.options.mechs.first() else { return Err(why) };
            let Some(mut context) = self.take(first) else {
                token.clone_from(&self.options.dummy);
                break;
            };
            match context.call(Call::Step(None)) {
                Ok(Answer::Stepped { token: out, .. }) => {
                    token = Some(out.unwrap_or_default());
                    begun = Some(context);
                }
                Ok(_) => why = MechError::new(major::FAILURE, "The mechanism answered a step with something else."),
                Err(error) => why = error,
            }
            if begun.is_none() {
                self.options.mechs.retain(|&mech| !same(mech, first));
            }
        }
        if self.options.mechs.is_empty() {
            return Err(why);
        }
        let list = compose::mech_type_list(&self.options.mechs);
        let message = compose::init(&list, token.as_deref());
        self.state = State::Offered { begun, list };
        Ok(Answer::Stepped { token: Some(message), complete: false })
    }

    fn take(&mut self, mech: Mech) -> Option<Box<dyn GssContext>> {
        let at = self.contexts.iter().position(|(ours, _)| same(*ours, mech))?;
        Some(self.contexts.swap_remove(at).1)
    }

    /// The server's choice out of its first reply, and whether the mechanism has yet to begin.
    fn select(
        &mut self,
        token: &Token<'_>,
        state: Option<NegState>,
        begun: Option<Box<dyn GssContext>>,
        list: Vec<u8>,
    ) -> Result<(Chosen, bool), MechError> {
        let first = self.options.mechs.first().copied();
        // Old Java leaves supportedMech out, and means the first.
        let supported = token.supported_mech()?.or(first);
        let chosen = supported
            .filter(|&mech| self.options.mechs.iter().any(|&ours| same(ours, mech)))
            .ok_or_else(|| MechError::new(major::BAD_MECH, "The server chose a mechanism that was not offered."))?;
        let reselected = first.is_none_or(|first| !same(first, chosen));
        let request = state == Some(NegState::RequestMic);
        // RFC 4178 section 5. Windows Server 2003 does without for NTLM.
        if reselected && !request && chosen != Mech::Ntlmssp {
            return Err(defective(format!(
                "The server chose {} instead of the first mechanism, but without request-mic: the list stays unprotected.",
                chosen.name()
            )));
        }
        let begun = begun.filter(|_| !reselected);
        let begins = begun.is_none();
        let context = begun.or_else(|| self.take(chosen)).ok_or_else(|| {
            let text = format!("The server chose {}, which can be offered here but not run.", chosen.name());
            MechError::new(major::BAD_MECH, text)
        })?;
        let required = match self.options.mic {
            MicPolicy::Auto => request,
            MicPolicy::Always => true,
            MicPolicy::Never => false,
        };
        Ok((Chosen::new(context, list, required), begins))
    }

    /// Runs the chosen mechanism on with what the server has sent.
    fn proceed(
        &mut self,
        (mut chosen, begins): (Chosen, bool),
        token: &Token<'_>,
        state: Option<NegState>,
    ) -> Result<Answer, MechError> {
        let (inner, mic) = (token.octets("responseToken"), token.octets("mechListMIC"));
        if begins && inner.is_some_and(|inner| !inner.is_empty()) {
            return Err(defective("The server has sent a token of a mechanism that has not begun."));
        }
        if !chosen.complete() && !begins && inner.is_none() {
            return Err(defective("The responseToken is missing, while the mechanism is not complete."));
        }
        let inner = inner.filter(|_| !begins);
        let turn = chosen.turn((inner, mic), begins, self.options.mic, Party::Client)?;
        chosen.miss_mic(&turn)?;
        let (token, complete) = if state == Some(NegState::AcceptCompleted) {
            if !chosen.complete() || turn.token.is_some() {
                return Err(defective("The server says accept-completed before the mechanism is complete."));
            }
            (None, true)
        } else if turn.token.is_none() && turn.mic.is_none() {
            if !chosen.settled() || !chosen.mic_received {
                return Err(defective("The server says accept-incomplete, but nothing is left to be sent."));
            }
            (None, true)
        } else {
            let complete = turn.token.is_none();
            let state = if complete { NegState::AcceptCompleted } else { NegState::AcceptIncomplete };
            let response = Response {
                state: Some(state),
                token: turn.token.as_deref(),
                mic: turn.mic.as_deref(),
                ..Response::default()
            };
            (Some(response.compose()), complete)
        };
        self.state = if complete { State::Established(chosen) } else { State::Running(chosen) };
        Ok(Answer::Stepped { token, complete })
    }
}

/// The mechanism's own words where the server has sent its error token, as with KRB-ERROR.
fn rejected(major: u32, context: Option<Box<dyn GssContext>>, token: &Token<'_>) -> MechError {
    let text = if major == major::BAD_MECH {
        "The server rejects the offer: it has none of the mechanisms, or does not like the first one's token."
    } else {
        "The server rejects the negotiation: the credential may be wrong, or the mechanism not allowed."
    };
    let inner = token.octets("responseToken").map(<[u8]>::to_vec);
    let told = context.zip(inner).and_then(|(mut context, inner)| context.call(Call::Step(Some(inner))).err());
    match told {
        Some(error) => MechError { text: format!("{text} The mechanism says: {}", error.text), ..error },
        None => MechError::new(major, text),
    }
}

fn expect_response(token: &Token<'_>) -> Result<Option<NegState>, MechError> {
    if token.kind() == Kind::NegTokenResp {
        return token.neg_state();
    }
    Err(defective(format!("Expected NegTokenResp, but the token is {}.", token.kind().name())))
}

impl GssContext for SpnegoClient {
    fn call(&mut self, call: Call) -> Result<Answer, MechError> {
        match (call, &mut self.state) {
            (Call::Step(token), _) => self.step(token.as_deref()),
            (call, State::Established(chosen)) => chosen.context.call(call),
            _ => Err(failed()),
        }
    }

    fn facts(&self) -> Facts {
        match &self.state {
            State::Offered { begun: Some(context), .. } => Facts { complete: false, ..context.facts() },
            State::Running(chosen) => chosen.facts(false),
            State::Established(chosen) => chosen.facts(true),
            _ => Facts::default(),
        }
    }
}

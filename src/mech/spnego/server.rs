//! The server's side: the choice out of the client's list, then `NegTokenResps` until mechanism and MICs are done
//! (RFC 4178 section 3.2). What fails comes with a `NegTokenResp` that rejects.

use super::compose::{self, NegState, Response};
use super::read::Token;
use super::{Chosen, Contexts, MicPolicy, SpnegoOptions, defective, embedded, failed, reject, same};
use crate::decode::{Kind, Mech};
use crate::mech::{Answer, Call, Facts, GssContext, Kit, MechError, major};
use crate::terms::Party;

/// The accepting side.
pub struct SpnegoServer {
    contexts: Contexts,
    options: SpnegoOptions,
    state: State,
}

enum State {
    Idle,
    /// `NegTokenInit2` has gone out.
    Hinted,
    Running(Chosen),
    Established(Chosen),
    /// A mechanism runs without SPNEGO around it.
    Raw(Box<dyn GssContext>),
    Failed,
}

impl SpnegoServer {
    /// A context that runs the mechanisms of this crate.
    #[must_use]
    pub fn new(kit: &Kit, options: SpnegoOptions) -> Self {
        Self::with(embedded(kit, Party::Server, &options), options)
    }

    /// A context that runs what it is given; `options.mechs` says what is preferred.
    #[must_use]
    pub fn with(contexts: Contexts, options: SpnegoOptions) -> Self {
        Self { contexts, options, state: State::Idle }
    }

    fn step(&mut self, token: &[u8]) -> Result<Answer, MechError> {
        // A call that fails leaves `Failed` behind.
        match std::mem::replace(&mut self.state, State::Failed) {
            State::Idle if token.is_empty() && self.options.hints => {
                self.state = State::Hinted;
                let message = compose::init2(&compose::mech_type_list(&self.options.mechs));
                Ok(Answer::Stepped { token: Some(message), complete: false })
            }
            State::Idle | State::Hinted => self.begin(token),
            State::Running(chosen) => {
                let token = Token::read(token, Party::Client).map_err(reject)?;
                self.proceed(chosen, &token).map_err(reject)
            }
            State::Raw(mut context) => {
                let answer = context.call(Call::Step(Some(token.to_vec())))?;
                self.state = State::Raw(context);
                Ok(answer)
            }
            State::Established(_) => Err(defective("The negotiation is complete, yet another token came.")),
            State::Failed => Err(failed()),
        }
    }

    fn begin(&mut self, octets: &[u8]) -> Result<Answer, MechError> {
        let token = Token::read(octets, Party::Client).map_err(reject)?;
        let raw = match token.kind() {
            Kind::NegTokenInit | Kind::NegTokenInit2 => return self.choose(&token).map_err(reject),
            Kind::Ntlm => Mech::Ntlmssp,
            Kind::Kerberos => Mech::Kerberos,
            kind => return Err(reject(defective(format!("Expected NegTokenInit, but the token is {}.", kind.name())))),
        };
        let context = self.take(raw).filter(|_| self.options.raw);
        let mut context = context.ok_or_else(|| {
            defective(format!("Expected NegTokenInit, but the token is bare {}, which is not served here.", raw.name()))
        })?;
        let answer = context.call(Call::Step(Some(octets.to_vec())))?;
        self.state = State::Raw(context);
        Ok(answer)
    }

    fn take(&mut self, mech: Mech) -> Option<Box<dyn GssContext>> {
        let at = self.contexts.iter().position(|(ours, _)| same(*ours, mech))?;
        Some(self.contexts.swap_remove(at).1)
    }

    /// The first of the client's mechanisms that can be run here.
    fn choose(&mut self, token: &Token<'_>) -> Result<Answer, MechError> {
        let offered = token.mechs();
        let (index, mech, context) =
            offered.iter().enumerate().find_map(|(index, &mech)| Some((index, mech?, self.take(mech?)?))).ok_or_else(
                || {
                    let names: Vec<_> = offered.iter().map(|mech| mech.map_or("unknown", Mech::name)).collect();
                    let text = format!("None of the client's mechanisms can be run here: {}.", names.join(", "));
                    MechError::new(major::BAD_MECH, text)
                },
            )?;
        let first = index == 0 && self.options.mechs.first().is_none_or(|&ours| same(ours, mech));
        let required = match self.options.mic {
            MicPolicy::Auto => !first,
            MicPolicy::Always => true,
            MicPolicy::Never => false,
        };
        let mut chosen = Chosen::new(context, token.mech_type_list(), required);
        // The optimistic token is one of the client's first mechanism, so worth nothing if another was chosen.
        let inner = token.octets("mechToken").filter(|_| index == 0);
        let mic = token.octets("mechListMIC").filter(|_| index == 0);
        let turn = chosen.turn((inner, mic), false, self.options.mic, Party::Server)?;
        let complete = chosen.settled();
        let echoed = if mech == Mech::MsKerberos && !self.options.echo { Mech::Kerberos } else { mech };
        let state = match complete {
            true => NegState::AcceptCompleted,
            false if required => NegState::RequestMic,
            false => NegState::AcceptIncomplete,
        };
        let response = Response {
            state: Some(state),
            supported_mech: Some(echoed.oid()),
            token: turn.token.as_deref(),
            mic: turn.mic.as_deref(),
        };
        Ok(self.finish(chosen, Some(response.compose()), complete))
    }

    fn proceed(&mut self, mut chosen: Chosen, token: &Token<'_>) -> Result<Answer, MechError> {
        if token.kind() != Kind::NegTokenResp {
            return Err(defective(format!("Expected NegTokenResp, but the token is {}.", token.kind().name())));
        }
        if token.supported_mech()?.is_some() {
            return Err(defective("The client has sent supportedMech, which only the server chooses."));
        }
        match token.neg_state()? {
            Some(NegState::Reject) => {
                return Err(MechError::new(major::FAILURE, "The client rejects the negotiation."));
            }
            Some(NegState::RequestMic) => {
                return Err(defective("The client has sent request-mic, which only the server may."));
            }
            _ => {}
        }
        let (inner, mic) = (token.octets("responseToken"), token.octets("mechListMIC"));
        if inner.is_none() && (mic.is_none() || !chosen.complete()) {
            return Err(defective("Expected a responseToken or a mechListMIC, but the token has none that is due."));
        }
        let turn = chosen.turn((inner, mic), false, self.options.mic, Party::Server)?;
        chosen.miss_mic(&turn)?;
        let complete = chosen.settled();
        // The client has the server's MIC and has answered it: nothing is left to be said.
        if complete && inner.is_none() && turn.mic.is_none() {
            return Ok(self.finish(chosen, None, true));
        }
        let response = Response {
            state: Some(if complete { NegState::AcceptCompleted } else { NegState::AcceptIncomplete }),
            token: turn.token.as_deref(),
            mic: turn.mic.as_deref(),
            ..Response::default()
        };
        Ok(self.finish(chosen, Some(response.compose()), complete))
    }

    fn finish(&mut self, chosen: Chosen, token: Option<Vec<u8>>, complete: bool) -> Answer {
        self.state = if complete { State::Established(chosen) } else { State::Running(chosen) };
        Answer::Stepped { token, complete }
    }
}

impl GssContext for SpnegoServer {
    fn call(&mut self, call: Call) -> Result<Answer, MechError> {
        match (call, &mut self.state) {
            (Call::Step(token), _) => self.step(&token.unwrap_or_default()),
            (call, State::Established(chosen)) => chosen.context.call(call),
            (call, State::Raw(context)) => context.call(call),
            _ => Err(failed()),
        }
    }

    fn facts(&self) -> Facts {
        match &self.state {
            State::Running(chosen) => chosen.facts(false),
            State::Established(chosen) => chosen.facts(true),
            State::Raw(context) => context.facts(),
            _ => Facts::default(),
        }
    }
}

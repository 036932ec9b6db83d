//! What the client does between EHLO and QUIT: TLS first, then the strongest mechanism that it may use, then the next.

use super::{Client, last_code, shorten};
use crate::machine::Signal;
use crate::session::persona::Habit;
use crate::session::{Bindings, Decision, Mechanism, Stage, Tls};
use crate::transcript::{Standing, Transcript};
use crate::wire::printable;

/// By which rules a client chooses.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools)] // Each is a switch of its own.
pub(in crate::session) struct Rules {
    /// The one mechanism that it is to use.
    pub(in crate::session) only: Option<Mechanism>,
    /// It uses what was not offered.
    pub(in crate::session) force: bool,
    /// When it uses TLS.
    pub(in crate::session) tls: Tls,
    /// Mechanisms that bare a secret go without TLS, too.
    pub(in crate::session) allow_plaintext: bool,
    /// It has a certificate to show.
    pub(in crate::session) certificate: bool,
    /// Its secret is a bearer token.
    pub(in crate::session) bearer: bool,
    /// Its QUIT is held.
    pub(in crate::session) stay: bool,
}

impl Rules {
    /// This mechanism and no other, without asking whether it is offered, and without TLS.
    pub(super) const fn only(mechanism: Mechanism) -> Self {
        Self {
            only: Some(mechanism),
            force: true,
            tls: Tls::Never,
            allow_plaintext: true,
            certificate: true,
            bearer: false,
            stay: false,
        }
    }
}

/// How far a client is with STARTTLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum StartTls {
    /// Not looked at yet.
    #[default]
    Open,
    /// STARTTLS was said.
    Said,
    /// TLS is up, or it goes without.
    Settled,
}

/// Why a mechanism that is offered is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passed {
    /// It was tried.
    Tried,
    /// It would bare a secret.
    Bare,
    /// The credential is of another kind.
    Credential,
    /// It needs a connection with TLS, or a persona that uses it.
    Elsewhere,
}

impl Client {
    /// The next thing to say where nothing runs.
    pub(super) fn choose(&mut self, transcript: &Transcript, bindings: &Bindings) -> Decision {
        let standing = transcript.standing();
        if self.over {
            return self.quit();
        }
        if let Some(decision) = self.secure(standing, transcript) {
            return decision;
        }
        if let Some(decision) = self.after_refusal(transcript) {
            return decision;
        }
        match self.pick(standing, bindings) {
            Ok(mechanism) => self.begin(mechanism, standing, bindings),
            Err(why) => self.nothing_left(why),
        }
    }

    /// STARTTLS, where it is due; what is to be said of TLS otherwise.
    fn secure(&mut self, standing: &Standing, transcript: &Transcript) -> Option<Decision> {
        let settled = &standing.settled;
        if settled.tls {
            let now = offered(standing);
            let gone: Vec<String> = self.offered_in_clear.drain(..).filter(|name| !now.contains(name)).collect();
            return (!gone.is_empty()).then(|| {
                Decision::Remark(format!(
                    "client: offered before TLS and no longer within: {} (RFC 4954 4)",
                    printable(gone.join(", ").as_bytes())
                ))
            });
        }
        if self.starttls == StartTls::Settled || !matches!(self.rules.tls, Tls::IfOffered | Tls::StartTls) {
            return None;
        }
        let said = self.starttls == StartTls::Said;
        if !said && settled.keywords.iter().any(|keyword| keyword.name == "STARTTLS") {
            self.starttls = StartTls::Said;
            self.offered_in_clear = offered(standing);
            return Some(Decision::Say(b"STARTTLS\r\n".to_vec()));
        }
        self.starttls = StartTls::Settled;
        self.offered_in_clear.clear();
        let what = match last_code(transcript).filter(|_| said) {
            Some(code) => format!("STARTTLS was refused with {code}"),
            None => "STARTTLS is not offered".to_owned(),
        };
        Some(if self.rules.tls == Tls::StartTls {
            let why = format!("{what}, and without TLS it does not go on; try --tls implicit, or --tls never");
            self.give_up(Stage::Tls, why)
        } else {
            Decision::Remark(format!("client: {what}: it goes on without TLS"))
        })
    }

    /// Whether a refusal, if one came, is the end of it.
    fn after_refusal(&mut self, transcript: &Transcript) -> Option<Decision> {
        if self.tried.is_empty() || std::mem::take(&mut self.next) {
            return None;
        }
        let code = last_code(transcript).unwrap_or_default();
        if self.rules.only.is_some() {
            return Some(self.refused(code, transcript));
        }
        // 504: the mechanism is not there; 534: it is too weak (RFC 4954 sections 4 and 6).
        let another = matches!(code, 504 | 534);
        let habit = if another { Habit::StopsAtRefusal } else { Habit::TriesNext };
        let acts = self.remark(habit);
        match (another, acts) {
            (true, None) => None,
            (false, None) => Some(self.refused(code, transcript)),
            (true, Some(remark)) => {
                self.over = true;
                Some(remark)
            }
            (false, Some(remark)) => {
                self.next = true;
                Some(remark)
            }
        }
    }

    /// Refused for good: what may help, then the end.
    fn refused(&mut self, code: u16, transcript: &Transcript) -> Decision {
        self.over = true;
        let tls = transcript.standing().settled.tls;
        let hint = match code {
            454 => "454 is for the moment: it does not ask again now (RFC 4954 6)",
            523 | 530 | 538 if !tls => "the server wants TLS first: try --tls starttls or --tls implicit",
            535 if tls && matches!(self.mechanism.name(), "GSSAPI" | "NTLM" | "GSS-SPNEGO") => {
                "if the password is right, the server may insist on channel bindings (Extended Protection)"
            }
            _ => return self.leave(),
        };
        let leave = self.leave();
        self.queue.push_back(leave);
        Decision::Remark(format!("client: {hint}"))
    }

    /// Nothing is left to try.
    fn nothing_left(&mut self, why: String) -> Decision {
        self.over = true;
        if !self.tried.is_empty() {
            return self.leave();
        }
        let remark = self.give_up(Stage::Auth, why);
        let leave = self.leave();
        self.queue.push_back(leave);
        remark
    }

    /// QUIT, or what the persona does in its place.
    fn leave(&mut self) -> Decision {
        let Some(remark) = self.remark(Habit::MailUnauthenticated) else { return self.quit() };
        self.queue.extend(self.compose(Signal::Mail).map(Decision::Say));
        remark
    }

    fn begin(&mut self, mechanism: Mechanism, standing: &Standing, bindings: &Bindings) -> Decision {
        let usual = Mechanism::ALL
            .into_iter()
            .find(|known| self.offers(known.name(), standing) && self.passes(*known, standing, bindings).is_none());
        let habit = if self.rules.only.is_some() {
            None
        } else if self.greeted > 1 && offered(standing).is_empty() {
            Some(Habit::AssumesLogin)
        } else {
            (usual != Some(mechanism)).then_some(Habit::Order)
        };
        if !self.tried.is_empty() {
            // Nonces are for one exchange.
            self.kit.seed[0] = self.kit.seed[0].wrapping_add(1);
        }
        self.tried.push(mechanism);
        self.reset(mechanism);
        let start = self.start(standing, bindings);
        self.acting(habit.as_slice(), start)
    }

    /// The mechanism to use now.
    ///
    /// # Errors
    /// Why there is none, and what to try.
    fn pick(&self, standing: &Standing, bindings: &Bindings) -> Result<Mechanism, String> {
        if let Some(only) = self.rules.only {
            return match self.passes(only, standing, bindings) {
                Some(Passed::Bare) => Err(format!(
                    "{only} would bare the secret without TLS (RFC 4954 4); try --tls starttls, --tls implicit or \
                     --allow-plaintext"
                )),
                Some(Passed::Tried) => Err("it was tried".to_owned()),
                _ if self.rules.force || self.offers(only.name(), standing) => Ok(only),
                _ => Err(format!(
                    "no mechanism in common: {only} is asked for, and {}; --force uses it all the same",
                    self.offer(standing)
                )),
            };
        }
        let order: Vec<Mechanism> = match self.persona.order() {
            [] => Mechanism::ALL.to_vec(),
            names => names.iter().filter_map(|name| name.parse().ok()).collect(),
        };
        let open = |mechanism: &&Mechanism| self.passes(**mechanism, standing, bindings).is_none();
        let blind = self.rules.force && self.offered(standing).is_empty();
        let picked = order.iter().filter(open).find(|known| blind || self.offers(known.name(), standing));
        picked.copied().ok_or_else(|| self.nothing_in_common(&order, standing, bindings))
    }

    /// Why a mechanism is not used here, whether or not it is offered.
    fn passes(&self, mechanism: Mechanism, standing: &Standing, bindings: &Bindings) -> Option<Passed> {
        let name = mechanism.name();
        let rules = &self.rules;
        if self.tried.contains(&mechanism) {
            return Some(Passed::Tried);
        }
        if mechanism.bares_secret() && !standing.settled.tls && !rules.allow_plaintext {
            return Some(Passed::Bare);
        }
        if rules.only.is_some() {
            return None;
        }
        let suffices = match name {
            "EXTERNAL" => rules.certificate,
            "XOAUTH2" | "OAUTHBEARER" => rules.bearer,
            _ => !rules.bearer && !self.kit.credential.password.expose().is_empty(),
        };
        if !suffices {
            return Some(Passed::Credential);
        }
        let unbound = mechanism.binds() && !bindings.can_bind();
        let beside = name == "NTLM" && self.has(Habit::NtlmOnlyAlone) && self.offers("GSSAPI", standing);
        let domain = self.kit.credential.user.contains(['@', '\\', '/']);
        let local = name == "GSSAPI" && self.has(Habit::GssapiWantsDomain) && !domain;
        (unbound || beside || local).then_some(Passed::Elsewhere)
    }

    fn nothing_in_common(&self, order: &[Mechanism], standing: &Standing, bindings: &Bindings) -> String {
        let offered = |known: &&Mechanism| self.offers(known.name(), standing);
        let of = |passed| {
            let because = |known: &&Mechanism| self.passes(**known, standing, bindings) == Some(passed);
            let names: Vec<&str> = order.iter().filter(offered).filter(because).map(|known| known.name()).collect();
            Some(names.join(", ")).filter(|names| !names.is_empty())
        };
        let bare = of(Passed::Bare).map(|names| {
            format!(
                "without TLS the secret would lie bare in {names} (RFC 4954 4): try --tls starttls, --tls implicit or \
                 --allow-plaintext"
            )
        });
        let credential = of(Passed::Credential).map(|names| format!("{names} would need another kind of credential"));
        let starttls = standing.settled.keywords.iter().any(|keyword| keyword.name == "STARTTLS");
        let tls = (starttls && self.rules.tls == Tls::Never)
            .then(|| "more may be offered within TLS: try --tls starttls".to_owned());
        let offer = format!("no mechanism in common: {}", self.offer(standing));
        let force = "--mech NAME --force uses what is not offered".to_owned();
        let clauses: Vec<String> = [Some(offer), bare, credential, tls, Some(force)].into_iter().flatten().collect();
        clauses.join("; ")
    }

    /// What the server offers, as a clause.
    fn offer(&self, standing: &Standing) -> String {
        let names = self.offered(standing).join(" ");
        if !names.is_empty() {
            return format!("the server offers {}", shorten(names.as_bytes()));
        }
        let helo = self.greeted > 1;
        let says = if helo { "HELO tells of no extensions (RFC 5321 4.1.1.1)" } else { "the server offers no AUTH" };
        says.to_owned()
    }

    fn offers(&self, name: &str, standing: &Standing) -> bool {
        self.offered(standing).iter().any(|offered| offered == name)
    }

    /// What the server offers, or what the persona takes for offered.
    fn offered(&self, standing: &Standing) -> Vec<String> {
        if self.greeted > 1 && self.has(Habit::AssumesLogin) {
            return vec!["LOGIN".to_owned()];
        }
        offered(standing)
    }
}

/// The mechanisms that the latest reply to EHLO lists, in capitals.
fn offered(standing: &Standing) -> Vec<String> {
    let lists = standing.settled.keywords.iter().filter(|keyword| keyword.name == "AUTH");
    lists.flat_map(|list| list.parameters.iter().cloned()).collect()
}

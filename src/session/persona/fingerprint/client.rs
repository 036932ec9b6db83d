//! What a client says that tells clients apart: how it writes AUTH, what goes along, what it does behind a refusal.

use super::{Evidence, Likeness};
use crate::machine::{Machine, Signal};
use crate::session::Mechanism;
use crate::session::persona::{ClientPersona, Habit};
use crate::terms::Party;
use crate::transcript::{Step, Transcript};
use crate::wire::{Body, COMMAND_LIMIT, Response, Verb};

/// Something that a client did, and what of a persona it shows.
struct Seen {
    step: usize,
    says: String,
    shows: Shows,
}

/// What personas differ in.
enum Shows {
    /// One of these habits, which nobody else has.
    One(Vec<Habit>),
    /// None of these habits, where whoever has one would have shown it.
    None(Vec<Habit>),
    /// It takes that mechanism of these.
    Takes { mechanism: String, offered: Vec<String> },
}

impl Shows {
    /// Whether it speaks for that persona, or against it; `None` where it tells nothing.
    fn of(&self, persona: ClientPersona) -> Option<bool> {
        let has = |habits: &[Habit]| habits.iter().any(|habit| persona.quirk(*habit).is_some());
        match self {
            Self::One(habits) => Some(has(habits)),
            Self::None(habits) => has(habits).then_some(false),
            Self::Takes { mechanism, offered } => {
                let usual = Mechanism::ALL.map(Mechanism::name);
                let order = if persona.order().is_empty() { &usual[..] } else { persona.order() };
                if persona.knows_no_other() && !order.contains(&mechanism.as_str()) {
                    return Some(false);
                }
                let first = order.iter().find(|known| offered.iter().any(|offered| offered == *known));
                (first == Some(&mechanism.as_str())).then_some(true)
            }
        }
    }
}

/// How each client persona fits.
pub(super) fn likenesses(transcript: &Transcript) -> Vec<Likeness> {
    let seen = see(transcript);
    let likeness = |persona: ClientPersona| {
        let evidence = seen.iter().filter_map(|seen| {
            let fits = seen.shows.of(persona)?;
            Some(Evidence { step: seen.step, says: seen.says.clone(), fits })
        });
        Likeness { persona: persona.name(), says: persona.says(), evidence: evidence.collect() }
    };
    ClientPersona::ALL.into_iter().map(likeness).collect()
}

/// All that the client did and that tells.
fn see(transcript: &Transcript) -> Vec<Seen> {
    let mut eye = Eye { transcript, seen: Vec::new() };
    let steps = transcript.steps();
    for (place, step) in steps.iter().enumerate().filter(|(_, step)| step.from() == Some(Party::Client)) {
        let Some(before) = steps[..place].iter().rev().find(|before| before.from().is_some()) else { continue };
        match step.message.as_ref().map(|message| &message.body) {
            Some(Body::Command(command)) => eye.command(step, before, command.verb),
            Some(Body::Response(response)) => eye.response(step, before, response),
            _ => {}
        }
    }
    eye.seen
}

/// Looks at one line after the other.
struct Eye<'a> {
    transcript: &'a Transcript,
    seen: Vec<Seen>,
}

impl Eye<'_> {
    fn one(&mut self, step: &Step, habits: &[Habit], says: impl Into<String>) {
        self.seen.push(Seen { step: step.place, says: says.into(), shows: Shows::One(habits.to_vec()) });
    }

    fn none(&mut self, step: &Step, habits: &[Habit], says: impl Into<String>) {
        self.seen.push(Seen { step: step.place, says: says.into(), shows: Shows::None(habits.to_vec()) });
    }

    fn command(&mut self, step: &Step, before: &Step, verb: Verb) {
        let state = before.standing.stack(Party::Client).smtp().name();
        let first = |verb| !self.earlier(step).any(|(earlier, _)| earlier == verb);
        let refused = state == "Choose" && !first(Verb::Auth);
        let gssapi = state == "Done"
            && before.standing.settled.mechanism.as_deref() == Some("GSSAPI")
            && before.from() == Some(Party::Server);
        match verb {
            Verb::Ehlo if gssapi => self.one(step, &[Habit::EhloAfterAuth], "EHLO behind AUTH GSSAPI"),
            Verb::Ehlo if first(Verb::Ehlo) => {
                if step.line().get(5) == Some(&b'[') {
                    self.one(step, &[Habit::AddressLiteral], "an address in brackets behind EHLO");
                } else {
                    self.none(step, &[Habit::AddressLiteral], "a name behind EHLO, no address in brackets");
                }
            }
            Verb::Auth => self.auth(step, before, refused),
            Verb::Mail if refused => self.one(step, &[Habit::MailUnauthenticated], "MAIL though AUTH was refused"),
            Verb::Quit if refused && first(Verb::Mail) => {
                self.none(step, &[Habit::MailUnauthenticated], "QUIT, since AUTH was refused");
            }
            _ if gssapi && answers_success(before) => {
                self.none(step, &[Habit::EhloAfterAuth], "no EHLO behind AUTH GSSAPI");
            }
            _ => {}
        }
    }

    fn auth(&mut self, step: &Step, before: &Step, refused: bool) {
        let Some(Body::Command(command)) = step.message.as_ref().map(|message| &message.body) else { return };
        let Some(auth) = &command.auth else { return };
        let written = auth.mechanism.of(step.line());
        let name = String::from_utf8_lossy(written).to_ascii_uppercase();
        if !name.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_".contains(&octet)) {
            return;
        }
        if written.iter().any(u8::is_ascii_lowercase) {
            self.one(step, &[Habit::LowerCase], "the mechanism's name in lower case");
        } else {
            self.none(step, &[Habit::LowerCase], "the mechanism's name in capitals");
        }
        self.initial(step, &name, auth.initial.is_some());
        let lists = before.standing.settled.keywords.iter().filter(|keyword| keyword.name == "AUTH");
        let offered: Vec<String> = lists.flat_map(|list| list.parameters.clone()).collect();
        if name == "NTLM" && offered.iter().any(|offered| offered == "GSSAPI") {
            self.none(step, &[Habit::NtlmOnlyAlone], "NTLM where GSSAPI was offered");
        }
        if refused {
            return self.another(step, before, &name);
        }
        let says = format!("takes {name} of {}", offered.join(" "));
        self.seen.push(Seen { step: step.place, says, shows: Shows::Takes { mechanism: name, offered } });
    }

    /// The mechanism's first response: along, behind, too long.
    fn initial(&mut self, step: &Step, name: &str, along: bool) {
        let bare: &[Habit] = match name {
            "LOGIN" => &[Habit::BareLogin, Habit::NeverInitial],
            "NTLM" => &[Habit::BareNtlm, Habit::NeverInitial],
            // The server speaks first.
            "CRAM-MD5" | "DIGEST-MD5" => return,
            _ => &[Habit::NeverInitial],
        };
        if along {
            self.none(step, bare, format!("an initial response with {name}"));
            if step.line().len() > COMMAND_LIMIT {
                self.one(step, &[Habit::AlwaysInitial], "an initial response past 512 octets");
            }
            return;
        }
        let next = self.transcript.steps()[step.place + 1..].iter().find(|step| step.from() == Some(Party::Client));
        let Some(next) = next.filter(|next| next.token.is_some()) else { return };
        // The blank before it is the one octet more.
        if step.line().len() + 1 + next.line().len() - 2 <= COMMAND_LIMIT {
            self.one(step, bare, format!("no initial response with {name}, though it would have fitted"));
        } else {
            self.none(step, &[Habit::AlwaysInitial], "an initial response past 512 octets is held back");
        }
    }

    /// AUTH again behind a refusal.
    fn another(&mut self, step: &Step, before: &Step, name: &str) {
        let Some(Body::Reply(reply)) = before.message.as_ref().map(|message| &message.body) else { return };
        let again = before.standing.settled.mechanism.as_deref() == Some(name);
        let cancelled = before.moves.iter().any(|taken| taken.row.row().from.name() == "Cancelling");
        match reply.code {
            _ if again || cancelled => {}
            504 | 534 => self.none(step, &[Habit::StopsAtRefusal], format!("another mechanism behind {}", reply.code)),
            code => self.one(step, &[Habit::TriesNext], format!("another mechanism behind {code}")),
        }
    }

    fn response(&mut self, step: &Step, before: &Step, response: &Response) {
        let stack = before.standing.stack(Party::Client);
        let words = stack.heard() == Some(Signal::ChallengeNotBase64);
        let prompt = stack.cursor(Machine::Login).and_then(|cursor| cursor.heard);
        match response {
            Response::Cancel => {
                self.none(step, &[Habit::NeverCancels, Habit::EmptyLineForCancel], "it cancels with `*`");
                if prompt == Some(Signal::OtherChallenge) && !words {
                    self.none(step, &[Habit::CountsPrompts], "it cancels at a prompt that is neither of the two");
                }
            }
            Response::Empty if words => {
                self.one(step, &[Habit::EmptyLineForCancel], "an empty line to what is no base64");
            }
            Response::Empty if step.signal == Some(Signal::SecondEmptyResponse) => {
                self.one(step, &[Habit::SecondEmptyLine], "a second empty line");
            }
            Response::Empty if ends_tokens(step) => {
                let next = self.transcript.steps().get(step.place + 1);
                if next.is_some_and(|next| next.signal != Some(Signal::SecondEmptyResponse)) {
                    self.none(step, &[Habit::SecondEmptyLine], "one empty line, no second");
                }
            }
            Response::Base64(_) if words => self.none(step, &[Habit::NoWords], "it passes over words for people"),
            Response::Base64(_) if prompt == Some(Signal::OtherChallenge) => {
                self.none(step, &[Habit::ExactPrompts], "it answers a prompt of another spelling");
            }
            Response::Empty => {}
            Response::Base64(_) => match step.signal {
                Some(Signal::LayerChoiceWithLength) => {
                    self.one(step, &[Habit::LayerLength], "four octets of length before the choice of layer");
                }
                Some(Signal::LayerChoice) => {
                    self.none(step, &[Habit::LayerLength], "the choice of layer without a length before it");
                }
                _ => {}
            },
        }
    }

    /// The commands of the client before that step, with their steps.
    fn earlier(&self, step: &Step) -> impl Iterator<Item = (Verb, &Step)> {
        let steps = self.transcript.steps()[..step.place].iter();
        steps.filter_map(|step| match &step.message.as_ref()?.body {
            Body::Command(command) => Some((command.verb, step)),
            _ => None,
        })
    }
}

/// Whether the step is the success of an AUTH exchange.
fn answers_success(step: &Step) -> bool {
    matches!(step.message.as_ref().map(|message| &message.body), Some(Body::Reply(reply)) if reply.code == 235)
}

/// Whether an empty line ends the exchange of tokens.
fn ends_tokens(step: &Step) -> bool {
    step.moves.iter().any(|taken| taken.row.row().to.name() == "ContextDone" && taken.row.party == Party::Client)
}

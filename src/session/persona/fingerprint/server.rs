//! What a server says that tells servers apart: its greeting, the order of its extensions, its replies and prompts.

use super::{Evidence, Likeness};
use crate::machine::{Machine, Row, Signal};
use crate::session::persona::server::Reply as KnownReply;
use crate::session::persona::{Occasion, ServerHabit, ServerPersona};
use crate::terms::Party;
use crate::transcript::{Step, Transcript};
use crate::wire::{Body, Reply, Verb, printable};

/// How each server persona fits.
pub(super) fn likenesses(transcript: &Transcript) -> Vec<Likeness> {
    let seen: Vec<Seen<'_>> = transcript.steps().iter().filter_map(|step| see(step, transcript)).collect();
    let likeness = |persona: ServerPersona| {
        let evidence = seen.iter().filter_map(|seen| {
            let fits = seen.tells(persona)?;
            Some(Evidence { step: seen.step.place, says: seen.says(), fits })
        });
        Likeness { persona: persona.name(), says: persona.says(), evidence: evidence.collect() }
    };
    ServerPersona::ALL.into_iter().map(likeness).collect()
}

/// A reply, and what it answers.
struct Seen<'a> {
    step: &'a Step,
    reply: &'a Reply,
    row: &'static Row,
    /// The client's line, where it answers one.
    heard: Option<&'a Step>,
}

fn see<'a>(step: &'a Step, transcript: &'a Transcript) -> Option<Seen<'a>> {
    let Some(Body::Reply(reply)) = step.message.as_ref().map(|message| &message.body) else { return None };
    let mut moves = step.moves.iter().map(|taken| taken.row);
    let row = moves.find(|id| (id.machine, id.party) == (Machine::Smtp, Party::Server))?.row();
    let before = transcript.steps()[..step.place].iter().rev();
    let heard = before.into_iter().find(|before| before.from() == Some(Party::Client));
    Some(Seen { step, reply, row, heard })
}

impl Seen<'_> {
    fn says(&self) -> String {
        if self.row.on.is(Signal::Ehlo) {
            return format!("the extensions: {}", self.extensions().join(" "));
        }
        let line = printable(self.step.line());
        format!("`{}`", line.get(..60).map_or(line.clone(), |start| format!("{start}…")))
    }

    /// Whether it speaks for that persona, or against it; `None` where it tells nothing.
    fn tells(&self, persona: ServerPersona) -> Option<bool> {
        if self.reply.code == 334 {
            return self.challenge(persona);
        }
        match self.occasion()? {
            Occasion::Greeting => self.greeting(persona),
            Occasion::Hello => self.order(persona),
            occasion => self.wording(occasion, persona),
        }
    }

    /// Codes and text, against all that the persona may say then.
    fn wording(&self, occasion: Occasion, persona: ServerPersona) -> Option<bool> {
        let enhanced = self.reply.enhanced.map_or(&[][..], |enhanced| enhanced.of(self.step.line()));
        let mut known = persona.known_replies(occasion).peekable();
        known.peek()?;
        let codes = |known: &KnownReply| known.code == self.reply.code && known.enhanced.as_bytes() == enhanced;
        let same: Vec<bool> = known.filter(codes).map(|known| alike(&known.text(HOST), &self.text())).collect();
        match same.contains(&true) {
            true => Some(true),
            // What is wrong with base64 is said in other words in each version, and in each mechanism.
            false if !same.is_empty() && matches!(occasion, Occasion::NotBase64 | Occasion::InitialNotBase64) => None,
            false => Some(false),
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(self.reply.text.of(self.step.line())).trim().to_owned()
    }

    fn mechanism(&self) -> &str {
        self.step.standing.settled.mechanism.as_deref().unwrap_or_default()
    }

    /// What the reply was an occasion for, where personas differ.
    fn occasion(&self) -> Option<Occasion> {
        let Row { from, on, emit, .. } = self.row;
        let emits = |signal| emit.is_some_and(|emit| emit.is(signal));
        let words = || self.heard.map_or(0, |heard| heard.line().split(|octet| *octet == b' ').count());
        Some(match (from.name(), on) {
            ("Greeting", _) if emits(Signal::ServiceReady) => Occasion::Greeting,
            (_, Signal::Ehlo) if emits(Signal::Completed) && self.verb() == Some(Verb::Ehlo) => Occasion::Hello,
            _ if emits(Signal::Success) => Occasion::Success,
            (_, Signal::Cancel) => Occasion::Cancelled,
            ("AwaitEhlo", on) if on.is_auth() => Occasion::SendHello,
            ("Authenticated", on) if on.is_auth() => Occasion::AuthTwice,
            ("InMail", on) if on.is_auth() => Occasion::AuthInTransaction,
            (_, Signal::AuthNotOffered) => Occasion::UnknownMechanism,
            (_, Signal::AuthMalformed) if words() < 2 => Occasion::AuthNoMechanism,
            (_, Signal::AuthMalformed) => Occasion::AuthTooManyWords,
            (_, Signal::AuthNotBase64) => Occasion::InitialNotBase64,
            (_, Signal::ResponseNotBase64) => Occasion::NotBase64,
            (_, Signal::StartTls) if emits(Signal::ServiceReady) => Occasion::TlsReady,
            ("InAuth", _) if emits(Signal::CredentialsInvalid) => Occasion::BadCredentials,
            ("InAuth", _) if emits(Signal::TemporaryFailure) => Occasion::TemporaryFailure,
            _ if emits(Signal::AuthenticationRequired) => Occasion::AuthRequired,
            _ => return None,
        })
    }

    fn verb(&self) -> Option<Verb> {
        match &self.heard?.message.as_ref()?.body {
            Body::Command(command) => Some(command.verb),
            _ => None,
        }
    }

    /// A greeting is at the administrator's will: it tells where it names a product.
    fn greeting(&self, persona: ServerPersona) -> Option<bool> {
        let text = self.text();
        let names = |persona: ServerPersona| product(persona).is_some_and(|product| text.contains(&product));
        let known = ServerPersona::ALL.into_iter().any(names);
        known.then(|| names(persona))
    }

    fn extensions(&self) -> Vec<&str> {
        self.step.standing.settled.keywords.iter().map(|keyword| keyword.name.as_str()).collect()
    }

    /// Three extensions or more in the order of the persona; others may be switched on or off.
    fn order(&self, persona: ServerPersona) -> Option<bool> {
        const ENOUGH: usize = 3;
        let listed = self.extensions();
        let own = persona.extensions().iter().filter_map(|line| line.split([' ', '=']).next());
        let own: Vec<&str> = own.filter(|name| listed.contains(name)).collect();
        let common: Vec<&str> = listed.into_iter().filter(|name| own.contains(name)).collect();
        (common.len() >= ENOUGH && common == own).then_some(true)
    }

    fn challenge(&self, persona: ServerPersona) -> Option<bool> {
        let challenge = self.reply.challenge.as_ref()?;
        let standard = |habit| persona.quirk(habit).is_none();
        // What only one has speaks for it; what all the others have speaks for nobody.
        let fits = |same: bool, standard: bool| if same && standard { None } else { Some(same) };
        match self.step.signal? {
            Signal::UsernameChallenge | Signal::PasswordChallenge | Signal::OtherChallenge
                if self.mechanism() == "LOGIN" && challenge.is_legible() =>
            {
                let same = [false, true].iter().any(|password| persona.prompt(*password) == challenge.bytes);
                fits(same, standard(ServerHabit::OwnPrompts))
            }
            Signal::LayerOffer | Signal::LayerOfferUnusable => {
                let tree = self.step.tree()?;
                let message = tree.root.find("plaintext").or_else(|| tree.root.find("security layer"))?;
                let offer = message.span.of(self.step.token_bytes());
                (offer.len() == persona.offer().len()).then_some(())?;
                fits(offer == persona.offer(), standard(ServerHabit::OwnOffer))
            }
            Signal::EmptyChallenge if self.row.on.is_auth() => persona.words(self.mechanism()).map(|_| false),
            Signal::HumanChallenge | Signal::ChallengeNotBase64 if self.row.on.is_auth() => {
                Some(persona.words(self.mechanism()).is_some_and(|words| words.eq_ignore_ascii_case(&self.text())))
            }
            _ => None,
        }
    }
}

/// Stands for the server's name in a reply that is compared.
const HOST: &str = "\0";

/// What of its greeting names the product: `Postfix`.
fn product(persona: ServerPersona) -> Option<String> {
    let greeting = persona.known_replies(Occasion::Greeting).next()?.text(HOST);
    let word = greeting.split(' ').find(|word| !matches!(*word, HOST | "ESMTP"))?;
    Some(word.to_owned())
}

/// Whether two texts are the same but for the server's name, the reason behind the last colon, and a full stop.
fn alike(expected: &str, seen: &str) -> bool {
    if let Some((before, behind)) = expected.split_once(HOST) {
        return seen.starts_with(before) && seen.ends_with(behind);
    }
    // `Error: ` alone is no reason cut off.
    let reason = |(before, _): &(&str, &str)| before.contains(' ');
    let bare = |text: &str| {
        text.rsplit_once(": ").filter(reason).map_or(text, |(before, _)| before).trim_end_matches('.').to_owned()
    };
    bare(expected).eq_ignore_ascii_case(&bare(seen))
}

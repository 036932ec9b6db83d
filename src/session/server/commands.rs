//! Commands: what is wrong with AUTH before its mechanism is asked, EHLO, STARTTLS, and mail, which is answered and never
//! acted upon.

use super::{Decision, Server, is_cut, legible};
use crate::machine::Signal;
use crate::session::persona::{Check, Occasion, ServerHabit};
use crate::terms::Party;
use crate::transcript::{Standing, Step};
use crate::wire::{self, AuthCommand, Body, Command, Dialogue, FlawKind, Message, Verb};

impl Server {
    /// What is wrong with an AUTH command, in the order in which the persona looks.
    pub(super) fn objection(
        &mut self,
        step: &Step,
        message: &Message,
        auth: &AuthCommand,
        standing: &Standing,
    ) -> Option<Occasion> {
        let state = standing.stack(Party::Server).smtp().name();
        let name = auth.mechanism.of(step.line());
        for check in self.persona.order() {
            let objection = match check {
                Check::Hello => (state == "AwaitEhlo").then_some(Occasion::SendHello),
                Check::Ehlo => (state == "Ready" && !self.extended).then_some(Occasion::SendEhlo),
                Check::Enabled => self.mechanisms.is_empty().then_some(Occasion::AuthOff),
                Check::Transaction => (state == "InMail" || self.sender).then_some(Occasion::AuthInTransaction),
                Check::Twice => (state == "Authenticated").then_some(Occasion::AuthTwice),
                Check::Syntax if is_cut(step) || self.minds_length(message) => Some(Occasion::TooLong),
                Check::Syntax if self.minds_line_end(message) => Some(Occasion::LineEnd),
                Check::Syntax if name.is_empty() => Some(Occasion::AuthNoMechanism),
                Check::Syntax => auth.extra.map(|_| Occasion::AuthTooManyWords),
                Check::Mechanism => self.known(name).is_none().then_some(Occasion::UnknownMechanism),
                Check::Tls => {
                    let known = self.mechanisms.iter().find(|known| known.name().as_bytes().eq_ignore_ascii_case(name));
                    let refused = known.filter(|known| !self.allows(**known, standing.settled.tls));
                    refused.map(|_| Occasion::NeedsTls)
                }
                Check::Initial => {
                    let illegible = auth.initial.as_ref().is_some_and(|initial| !legible(initial));
                    let kept =
                        illegible && name.eq_ignore_ascii_case(b"LOGIN") && self.has(ServerHabit::KeepsUndecoded);
                    (illegible && !kept).then_some(Occasion::InitialNotBase64)
                }
            };
            if objection.is_some() {
                return objection;
            }
        }
        match state {
            "AwaitEhlo" => drop(self.has(ServerHabit::AuthBeforeEhlo)),
            "Ready" if !self.extended => drop(self.has(ServerHabit::AuthAfterHelo)),
            _ => {}
        }
        None
    }

    /// Any other command, or the end of a message.
    pub(super) fn command(&mut self, step: &Step, standing: &Standing) -> Decision {
        let stack = standing.stack(Party::Server);
        if stack.heard() == Some(Signal::EndOfData) {
            return self.say(Occasion::Discarded, standing);
        }
        let message = wire::read_client(step.line(), Dialogue::Command);
        let Body::Command(command) = &message.body else { return Decision::Nothing };
        if let Some(occasion) = self.objection_to_line(step, &message, command) {
            return self.say(occasion, standing);
        }
        let state = stack.smtp().name();
        let argument = command.argument.of(step.line());
        let open = self.sender || state == "InMail";
        let occasion = match command.verb {
            Verb::Ehlo | Verb::Helo => return self.hello(command, standing),
            Verb::StartTls => self.start_tls(state, argument, standing.settled.tls),
            Verb::Quit => Occasion::Bye,
            Verb::Noop => Occasion::Ok,
            Verb::Rset => Occasion::Reset,
            Verb::Help => Occasion::Help,
            Verb::Other => Occasion::Unknown,
            _ if state == "AwaitEhlo" => Occasion::SendHello,
            _ if self.require_auth && state == "Ready" => Occasion::AuthRequired,
            Verb::Mail if open => Occasion::SenderTwice,
            Verb::Mail if is_sender(argument) => Occasion::Sender,
            Verb::Mail => Occasion::SenderSyntax,
            Verb::Rcpt | Verb::Data if !open => Occasion::NoSender,
            Verb::Rcpt if path(argument, b"TO:").is_some_and(|(path, _)| path != b"<>") => Occasion::Recipient,
            Verb::Rcpt => Occasion::RecipientSyntax,
            Verb::Data if self.recipients == 0 => Occasion::NoRecipient,
            Verb::Data => Occasion::DataGo,
            Verb::Vrfy => Occasion::CannotVerify,
            Verb::Auth | Verb::Expn | Verb::Bdat => Occasion::NotImplemented,
        };
        self.say(occasion, standing)
    }

    /// What is wrong with the line as such. QUIT is taken in any form.
    fn objection_to_line(&mut self, step: &Step, message: &Message, command: &Command) -> Option<Occasion> {
        let has = |kinds: &[FlawKind]| message.flaws.iter().any(|flaw| kinds.contains(&flaw.kind));
        if command.verb == Verb::Quit {
            None
        } else if is_cut(step) || self.minds_length(message) {
            Some(Occasion::CommandTooLong)
        } else if self.minds_line_end(message) {
            Some(Occasion::LineEnd)
        } else {
            has(&[FlawKind::Nul, FlawKind::EightBit]).then_some(Occasion::BadOctets)
        }
    }

    fn minds_length(&mut self, message: &Message) -> bool {
        message.flaws.iter().any(|flaw| flaw.kind == FlawKind::OverLong) && self.has(ServerHabit::ShortCommands)
    }

    /// CR or LF alone: what one party takes for a line's end and another does not lets commands be smuggled in.
    pub(super) fn minds_line_end(&mut self, message: &Message) -> bool {
        let has = |kind| message.flaws.iter().any(|flaw| flaw.kind == kind);
        let inside = has(FlawKind::BareCr) && matches!(message.body, Body::Command(_));
        inside || has(FlawKind::BareLf) && !self.has(ServerHabit::BareLineFeed)
    }

    fn hello(&mut self, command: &Command, standing: &Standing) -> Decision {
        if command.argument.is_empty() && self.has(ServerHabit::NamesRequired) {
            return self.say(Occasion::HelloNeedsName, standing);
        }
        self.extended = command.verb == Verb::Ehlo;
        let first = self.say(Occasion::Hello, standing);
        if self.extended { Decision::Say(self.ehlo_reply(standing)) } else { first }
    }

    fn start_tls(&self, state: &str, argument: &[u8], tls: bool) -> Occasion {
        match state {
            _ if tls => Occasion::TlsTwice,
            _ if !self.starttls => Occasion::TlsNone,
            "AwaitEhlo" => Occasion::SendHello,
            "Ready" if argument.iter().any(|octet| *octet != b' ') => Occasion::TlsParameter,
            "Ready" => Occasion::TlsReady,
            _ => Occasion::TlsTooLate,
        }
    }
}

/// The path behind `key`, in its brackets, and the parameters behind it (RFC 5321 section 4.1.1.2); blanks before the path
/// are passed over, as servers do.
fn path<'a>(argument: &'a [u8], key: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (word, rest) = argument.split_at_checked(key.len())?;
    let rest = rest.trim_ascii_start();
    let end = rest.iter().position(|octet| *octet == b'>')? + 1;
    let (path, parameters) = rest.split_at(end);
    (word.eq_ignore_ascii_case(key) && path.starts_with(b"<")).then_some((path, parameters))
}

/// Whether MAIL names a sender, and its AUTH parameter, if there is one, is xtext. Who is named there is shown and not
/// believed: mail is never relayed here (RFC 4954 section 5).
fn is_sender(argument: &[u8]) -> bool {
    let Some((_, parameters)) = path(argument, b"FROM:") else { return false };
    let mut words = parameters.split(|octet| *octet == b' ').filter(|word| !word.is_empty());
    words.all(|word| match word.split_at_checked(5) {
        Some((key, value)) if key.eq_ignore_ascii_case(b"AUTH=") => value == b"<>" || is_xtext(value),
        _ => true,
    })
}

/// `*( xchar / hexchar )`, with at least one (RFC 3461 section 4).
fn is_xtext(text: &[u8]) -> bool {
    let mut octets = text.iter();
    let hex = |octet: Option<&u8>| matches!(octet, Some(b'0'..=b'9' | b'A'..=b'F'));
    while let Some(octet) = octets.next() {
        let good = match octet {
            b'+' => hex(octets.next()) && hex(octets.next()),
            b'=' => false,
            _ => octet.is_ascii_graphic(),
        };
        if !good {
            return false;
        }
    }
    !text.is_empty()
}

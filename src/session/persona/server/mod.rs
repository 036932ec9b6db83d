//! How mail servers of the field answer, one file a server: replies, EHLO lines, prompts, order of checks, habits.
//!
//! What a file leaves out is as in `saslscope.rs`, which has a reply for every [`Occasion`]. A reply whose codes differ
//! from that one is said on screen when it is given, with its source; so is each habit.
//!
//! Limits: extensions that are not served here are not listed (CHUNKING, BINARYMIME, ETRN, XCLIENT), whatever the product
//! lists. Dates and version numbers in greetings are left out or fixed. What is said of the message is this program's own
//! in every persona: that it is shown and discarded.

mod aiosmtpd;
mod dovecot;
mod exchange;
mod exim;
mod postfix;
mod saslscope;
mod strict;

use super::Quirk;
use crate::wire::{self, LINE_LIMIT};
use std::fmt;
use std::str::FromStr;

/// Whose habits the server has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ServerPersona {
    /// This program: by the standards, and generous with what comes.
    #[default]
    Saslscope,
    /// By the letter: what a standard does not allow is refused.
    Strict,
    /// Microsoft Exchange.
    Exchange,
    /// Postfix with Cyrus SASL.
    Postfix,
    /// Dovecot's submission server.
    Dovecot,
    /// Exim.
    Exim,
    /// aiosmtpd.
    Aiosmtpd,
}

/// What a server has occasion to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // Each is said in the table of replies in `saslscope.rs`.
pub enum Occasion {
    Greeting,
    Hello,
    HelloNeedsName,
    SendHello,
    SendEhlo,
    TlsReady,
    TlsParameter,
    TlsTwice,
    TlsNone,
    TlsTooLate,
    AuthOff,
    AuthInTransaction,
    AuthTwice,
    AuthNoMechanism,
    AuthTooManyWords,
    UnknownMechanism,
    NeedsTls,
    InitialNotBase64,
    InitialUnexpected,
    NotBase64,
    Cancelled,
    TooLong,
    CommandTooLong,
    LineEnd,
    BadOctets,
    Success,
    BadCredentials,
    Disabled,
    TemporaryFailure,
    TooWeak,
    EncryptionRequired,
    AuthRequired,
    TooManyFailures,
    TooManyCommands,
    TimeOut,
    Closing,
    Bye,
    Ok,
    Reset,
    Sender,
    SenderTwice,
    SenderSyntax,
    Recipient,
    RecipientSyntax,
    NoSender,
    NoRecipient,
    DataGo,
    Discarded,
    CannotVerify,
    Help,
    NotImplemented,
    Unknown,
    BadSequence,
    Refused,
}

/// What may be wrong with an AUTH command; a persona looks in its own order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session) enum Check {
    /// No EHLO or HELO was said.
    Hello,
    /// HELO was said, which has no extensions.
    Ehlo,
    /// No mechanism is offered at all.
    Enabled,
    /// A mail transaction is open.
    Transaction,
    /// The client is authenticated.
    Twice,
    /// The line is too long, names no mechanism, or has too many words.
    Syntax,
    /// The mechanism is not known.
    Mechanism,
    /// The mechanism belongs within TLS.
    Tls,
    /// The initial response is not base64.
    Initial,
}

/// What a server may do in its own way, besides its replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServerHabit {
    /// AUTH is taken before EHLO.
    AuthBeforeEhlo,
    /// AUTH is taken after HELO.
    AuthAfterHelo,
    /// Mechanisms are known in capitals only.
    CapitalsOnly,
    /// LOGIN: the user name is asked for although it came with the command.
    AsksAgain,
    /// `=` within the exchange stands for nothing.
    EqualsIsEmpty,
    /// LOGIN: the user name is kept undecoded, so that what is no base64 shows with the password only.
    KeepsUndecoded,
    /// A line may end in LF alone.
    BareLineFeed,
    /// Command lines past 512 octets are refused.
    ShortCommands,
    /// EHLO without a name is refused.
    NamesRequired,
    /// What .NET sends too much in a GSSAPI exchange is refused: the second empty line, the length before the token.
    NoLeniency,
    /// A challenge for people in place of an empty one, where a mechanism is named alone.
    WordsForPeople,
    /// LOGIN: prompts of its own.
    OwnPrompts,
    /// GSSAPI: an offer of layers that is not 01 00 00 00.
    OwnOffer,
}

/// One reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session) struct Reply {
    on: Occasion,
    /// The SASL name of the mechanism within which it is given; empty: within any.
    within: &'static str,
    pub(in crate::session) code: u16,
    /// The enhanced status code; empty where there is none.
    pub(in crate::session) enhanced: &'static str,
    /// `{host}` stands for the server's name.
    text: &'static str,
    /// Where it can be looked up.
    source: &'static str,
}

/// All that is known of one.
struct Data {
    name: &'static str,
    says: &'static str,
    /// Lines of the EHLO reply behind the first. `AUTH`, `AUTH=`, `STARTTLS`, `X-EXPS` and `X-ANONYMOUSTLS` stand for
    /// what applies at the time, and `PIPELINING` shows where the server is alone with its peer.
    extensions: &'static [&'static str],
    replies: &'static [Reply],
    order: &'static [Check],
    /// LOGIN's prompts for user name and password.
    prompts: [&'static [u8]; 2],
    /// What stands in a 334 to a mechanism that was named alone: its SASL name, and the words.
    words: &'static [(&'static str, &'static str)],
    /// The plaintext of the GSSAPI layer offer.
    offer: [u8; 4],
    /// The longest line that it takes, terminator included.
    line_limit: usize,
    habits: &'static [(ServerHabit, Quirk)],
}

impl Data {
    /// What holds where a persona says nothing else.
    const DEFAULT: Self = Self {
        name: "",
        says: "",
        extensions: &[],
        replies: &[],
        order: &[
            Check::Hello,
            Check::Ehlo,
            Check::Enabled,
            Check::Transaction,
            Check::Twice,
            Check::Syntax,
            Check::Mechanism,
            Check::Tls,
            Check::Initial,
        ],
        // MS-XLOGIN section 2.2.2.
        prompts: [b"Username:", b"Password:"],
        words: &[],
        // RFC 4752 section 3.1: no layer, and then no size.
        offer: [0x01, 0x00, 0x00, 0x00],
        line_limit: LINE_LIMIT,
        habits: &[],
    };
}

const fn reply(on: Occasion, code: u16, enhanced: &'static str, text: &'static str, source: &'static str) -> Reply {
    Reply { on, within: "", code, enhanced, text, source }
}

const fn quirk(habit: ServerHabit, says: &'static str, source: &'static str) -> (ServerHabit, Quirk) {
    (habit, Quirk { says, source })
}

impl Reply {
    /// The line.
    pub(in crate::session) fn line(&self, host: &str) -> Vec<u8> {
        let enhanced = Some(self.enhanced).filter(|enhanced| !enhanced.is_empty());
        wire::reply(self.code, enhanced, &self.text(host))
    }

    /// What stands behind the codes.
    pub(in crate::session) fn text(&self, host: &str) -> String {
        self.text.replace("{host}", host)
    }

    /// `535 5.7.8`
    fn codes(&self) -> String {
        format!("{} {}", self.code, self.enhanced).trim_end().to_owned()
    }
}

impl ServerPersona {
    /// All.
    pub const ALL: [Self; 7] =
        [Self::Saslscope, Self::Strict, Self::Exchange, Self::Postfix, Self::Dovecot, Self::Exim, Self::Aiosmtpd];

    const fn data(self) -> &'static Data {
        match self {
            Self::Saslscope => &saslscope::SASLSCOPE,
            Self::Strict => &strict::STRICT,
            Self::Exchange => &exchange::EXCHANGE,
            Self::Postfix => &postfix::POSTFIX,
            Self::Dovecot => &dovecot::DOVECOT,
            Self::Exim => &exim::EXIM,
            Self::Aiosmtpd => &aiosmtpd::AIOSMTPD,
        }
    }

    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.data().name
    }

    /// What it is, in a few words.
    #[must_use]
    pub const fn says(self) -> &'static str {
        self.data().says
    }

    /// The longest line that it takes, terminator included.
    #[must_use]
    pub const fn line_limit(self) -> usize {
        self.data().line_limit
    }

    /// Lines of the EHLO reply behind the first, with names that stand for what applies.
    pub(in crate::session) const fn extensions(self) -> &'static [&'static str] {
        self.data().extensions
    }

    /// In which order it looks at an AUTH command.
    pub(in crate::session) const fn order(self) -> &'static [Check] {
        self.data().order
    }

    /// LOGIN's prompt for the user name or the password.
    pub(in crate::session) const fn prompt(self, password: bool) -> &'static [u8] {
        self.data().prompts[password as usize]
    }

    /// What it says to that mechanism named alone, where a challenge would be empty.
    pub(in crate::session) fn words(self, mechanism: &str) -> Option<&'static str> {
        self.data().words.iter().find(|(name, _)| *name == mechanism).map(|(_, words)| *words)
    }

    /// The plaintext of its GSSAPI layer offer (RFC 4752 section 3.1).
    pub(in crate::session) const fn offer(self) -> [u8; 4] {
        self.data().offer
    }

    /// What it says then, within that mechanism; and the remark on it, where its codes are not what this program says.
    pub(in crate::session) fn reply(self, on: Occasion, mechanism: &str) -> (Reply, Option<String>) {
        let usual = saslscope::reply_on(on);
        let mut own = self.data().replies.iter().filter(|reply| reply.on == on);
        let Some(own) = own.find(|reply| reply.within.is_empty() || reply.within == mechanism) else {
            let bare = !self.data().extensions.contains(&"ENHANCEDSTATUSCODES");
            return (if bare { Reply { enhanced: "", ..usual } } else { usual }, None);
        };
        // Without ENHANCEDSTATUSCODES nobody expects them (RFC 2034 section 3).
        let differs = own.code != usual.code || !own.enhanced.is_empty() && own.enhanced != usual.enhanced;
        let remark = || format!("persona {self}: {} in place of {} ({})", own.codes(), usual.codes(), own.source);
        (*own, differs.then(remark))
    }

    /// What it may say then, in any mechanism, as far as that is known of it: what this program says stands in for no
    /// product.
    pub(in crate::session) fn known_replies(self, on: Occasion) -> impl Iterator<Item = Reply> {
        let ours = matches!(self, Self::Saslscope | Self::Strict).then(|| self.reply(on, "").0);
        ours.into_iter().chain(self.data().replies.iter().copied().filter(move |reply| reply.on == on))
    }

    /// The reply of this program on that occasion, whatever the persona.
    pub(in crate::session) fn usual(on: Occasion) -> Reply {
        saslscope::reply_on(on)
    }

    /// Whether it has that habit, and what is said of it when it acts.
    #[must_use]
    pub fn quirk(self, habit: ServerHabit) -> Option<Quirk> {
        self.data().habits.iter().find(|(known, _)| *known == habit).map(|(_, quirk)| *quirk)
    }

    /// All that it does in its own way, replies included, each in a few words with its source.
    pub fn quirks(self) -> impl Iterator<Item = String> {
        let habits = self.data().habits.iter().map(|(_, quirk)| quirk.to_string());
        habits.chain(self.data().replies.iter().filter_map(move |own| {
            let remark = self.reply(own.on, own.within).1?;
            remark.split_once(": ").map(|(_, says)| says.to_owned())
        }))
    }
}

impl fmt::Display for ServerPersona {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ServerPersona {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|known| known.name().eq_ignore_ascii_case(name));
        let names = Self::ALL.map(Self::name).join(", ");
        known.ok_or_else(|| format!("no server persona `{name}`; there are: {names}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for persona in ServerPersona::ALL {
            assert_eq!(persona.name().parse(), Ok(persona));
            assert!(!persona.says().is_empty());
        }
        assert_eq!("sendmail".parse::<ServerPersona>().unwrap_err().split(';').count(), 2);
    }

    #[test]
    fn every_reply_of_its_own_has_a_source_and_reads_as_a_reply() {
        for persona in ServerPersona::ALL {
            for reply in persona.data().replies {
                let text = String::from_utf8(reply.line("mail.example.com")).unwrap();
                let read = wire::read_server(text.as_bytes());
                assert_eq!(read.flaws, [], "{persona}: {text}");
                assert!(persona == ServerPersona::Saslscope || !reply.source.is_empty(), "{persona}: {text}");
            }
            for (_, quirk) in persona.data().habits {
                assert!(!quirk.says.is_empty() && !quirk.source.is_empty(), "{persona}: {quirk}");
            }
        }
    }

    /// A reply must not change what the client is told: success stays success, a refusal a refusal.
    #[test]
    fn every_reply_of_its_own_is_of_the_usual_class() {
        for persona in ServerPersona::ALL {
            for own in persona.data().replies {
                let usual = saslscope::reply_on(own.on);
                let class = |code: u16| if code >= 400 { 4 } else { code / 100 };
                assert_eq!(class(own.code), class(usual.code), "{persona}: {:?}", own.on);
            }
        }
    }
}

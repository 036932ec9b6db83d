//! How mail clients of the field authenticate, one table entry each.
//!
//! Limits: Outlook's order of mechanisms and its service principal are not known, so there it does as saslscope does. Kerberos is not played here: where
//! a product would put a bare Kerberos token under GSSAPI, its persona puts SPNEGO.

use super::Quirk;
use std::fmt;
use std::str::FromStr;

/// Whose habits the client has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ClientPersona {
    /// This program: by the standards, and generous with what comes.
    #[default]
    Saslscope,
    /// By the letter: what a standard does not allow the server is answered by cancelling.
    Strict,
    /// Outlook.
    Outlook,
    /// `System.Net.Mail.SmtpClient` of .NET Framework.
    DotnetFramework,
    /// The same of .NET Core 3.1.
    DotnetCore,
    /// The same of .NET 7 and 8.
    Dotnet8,
    /// The same of .NET 9 and later.
    Dotnet9,
    /// `MailKit.Net.Smtp.SmtpClient`.
    Mailkit,
    /// curl, without `--sasl-ir`.
    Curl,
    /// swaks.
    Swaks,
}

/// What a client may do in its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Habit {
    /// EHLO with the address of its own end in brackets.
    AddressLiteral,
    /// After HELO it takes LOGIN for offered.
    AssumesLogin,
    /// Mechanisms in an order of its own.
    Order,
    /// NTLM only where GSSAPI is not offered.
    NtlmOnlyAlone,
    /// The mechanism's name in lower case.
    LowerCase,
    /// The initial response goes along however long the line gets.
    AlwaysInitial,
    /// No initial response, whatever the mechanism.
    NeverInitial,
    /// No initial response in LOGIN.
    BareLogin,
    /// No initial response in NTLM.
    BareNtlm,
    /// LOGIN's prompts are counted, not read.
    CountsPrompts,
    /// LOGIN's prompts are taken by the letter only.
    ExactPrompts,
    /// Words for people in place of an empty challenge are answered by cancelling.
    NoWords,
    /// A second empty line behind the one that is due.
    SecondEmptyLine,
    /// The choice of layer behind four octets of length.
    LayerLength,
    /// The choice of layer keeps the size of the offer.
    LayerSize,
    /// Of offers only 01 00 00 00 is taken.
    LayerExact,
    /// 235 only behind the security-layer step.
    LayerRequired,
    /// An empty line where others cancel.
    EmptyLineForCancel,
    /// It closes where others cancel.
    NeverCancels,
    /// GSSAPI only for a user name with a domain.
    GssapiWantsDomain,
    /// After a refusal the next mechanism.
    TriesNext,
    /// Any refusal is the end, 504 and 534 as well.
    StopsAtRefusal,
    /// After the last mechanism mail without authentication.
    MailUnauthenticated,
    /// EHLO again after AUTH GSSAPI.
    EhloAfterAuth,
}

/// All that is known of one.
struct Data {
    name: &'static str,
    says: &'static str,
    /// SASL names in the order in which it prefers them; none: as [`crate::session::Mechanism::ALL`].
    order: &'static [&'static str],
    /// It knows no mechanisms but these.
    complete: bool,
    /// What stands before the host in the service principal that it asks a ticket for.
    service: &'static str,
    habits: &'static [(Habit, Quirk)],
}

const fn quirk(habit: Habit, says: &'static str, source: &'static str) -> (Habit, Quirk) {
    (habit, Quirk { says, source })
}

const SYSTEM_NET_MAIL_SOURCE: &str = ".NET System.Net.Mail, SmtpConnection.cs";
const NEGOTIATE_MODULE_SOURCE: &str = ".NET System.Net.Mail, SmtpNegotiateAuthenticationModule.cs";
const MAILKIT_SOURCE: &str = "MailKit, Net/Smtp/SmtpClient.cs";
const CURL_SOURCE: &str = "curl, lib/curl_sasl.c";
const SWAKS_SOURCE: &str = "swaks 20201014, do_smtp_auth";

// What the builds of System.Net.Mail have in common.
const MODULES: (Habit, Quirk) =
    quirk(Habit::Order, "Negotiate, then NTLM, then LOGIN, and nothing else", SYSTEM_NET_MAIL_SOURCE);
const NTLM_ONLY_ALONE: (Habit, Quirk) =
    quirk(Habit::NtlmOnlyAlone, "NTLM is not tried where GSSAPI was offered", SYSTEM_NET_MAIL_SOURCE);
const ASSUMES_LOGIN: (Habit, Quirk) =
    quirk(Habit::AssumesLogin, "after HELO it takes LOGIN for offered", SYSTEM_NET_MAIL_SOURCE);
const LOWER_CASE: (Habit, Quirk) =
    quirk(Habit::LowerCase, "the mechanism's name in lower case", SYSTEM_NET_MAIL_SOURCE);
const ALWAYS_INITIAL: (Habit, Quirk) =
    quirk(Habit::AlwaysInitial, "an initial response past 512 octets", SYSTEM_NET_MAIL_SOURCE);
const COUNTS_PROMPTS: (Habit, Quirk) =
    quirk(Habit::CountsPrompts, "the password, whatever the prompt says", "MS-XLOGIN note 3");
const NEVER_CANCELS: (Habit, Quirk) =
    quirk(Habit::NeverCancels, "it closes and does not cancel", SYSTEM_NET_MAIL_SOURCE);
const TRIES_NEXT: (Habit, Quirk) =
    quirk(Habit::TriesNext, "after a refusal it goes on to the next mechanism without a word", SYSTEM_NET_MAIL_SOURCE);
const MAIL_UNAUTHENTICATED: (Habit, Quirk) =
    quirk(Habit::MailUnauthenticated, "mail without having authenticated", SYSTEM_NET_MAIL_SOURCE);
const SECOND_EMPTY_LINE: (Habit, Quirk) = quirk(Habit::SecondEmptyLine, "a second empty line", "dotnet/runtime#105938");

const DOTNET_ORDER: &[&str] = &["GSSAPI", "NTLM", "LOGIN"];

const SASLSCOPE: Data = Data {
    name: "saslscope",
    says: "by the standards, and generous with what comes",
    order: &[],
    complete: false,
    service: "smtp/",
    habits: &[],
};

const STRICT: Data = Data {
    name: "strict",
    says: "by the letter of the standards",
    order: &[],
    complete: false,
    service: "smtp/",
    habits: &[
        quirk(Habit::ExactPrompts, "cancels a prompt that is neither of the two", "MS-XLOGIN 3.1.5.1"),
        quirk(Habit::NoWords, "cancels a challenge that is no base64", "RFC 4954 4"),
        quirk(Habit::LayerRequired, "235 only behind the security-layer step", "RFC 2222 7.2"),
    ],
};

const OUTLOOK: Data = Data {
    name: "outlook",
    says: "Outlook: no initial response",
    order: &[],
    complete: false,
    service: "smtp/",
    habits: &[
        quirk(Habit::BareLogin, "AUTH LOGIN without the user name", "MS-XLOGIN note 2"),
        quirk(Habit::BareNtlm, "AUTH NTLM without a token", "MS-SMTPNTLM note 2"),
    ],
};

const DOTNET_FRAMEWORK: Data = Data {
    name: "dotnet-framework",
    says: "SmtpClient of .NET Framework",
    order: DOTNET_ORDER,
    complete: true,
    service: "SMTPSVC/",
    habits: &[
        MODULES,
        NTLM_ONLY_ALONE,
        ASSUMES_LOGIN,
        LOWER_CASE,
        ALWAYS_INITIAL,
        COUNTS_PROMPTS,
        quirk(Habit::LayerSize, "the choice of layer keeps the size of the offer", ".NET Framework reference source"),
        NEVER_CANCELS,
        TRIES_NEXT,
        MAIL_UNAUTHENTICATED,
    ],
};

const DOTNET_CORE: Data = Data {
    name: "dotnet-core",
    says: "SmtpClient of .NET Core 3.1",
    order: DOTNET_ORDER,
    complete: true,
    service: "SMTPSVC/",
    habits: &[
        MODULES,
        NTLM_ONLY_ALONE,
        ASSUMES_LOGIN,
        LOWER_CASE,
        ALWAYS_INITIAL,
        COUNTS_PROMPTS,
        SECOND_EMPTY_LINE,
        quirk(Habit::LayerExact, "takes no offer of layers but 01 00 00 00", NEGOTIATE_MODULE_SOURCE),
        quirk(Habit::LayerLength, "four octets of length before the choice of layer", "seen with .NET Core 3.1"),
        NEVER_CANCELS,
        TRIES_NEXT,
        MAIL_UNAUTHENTICATED,
    ],
};

const DOTNET8: Data = Data {
    name: "dotnet8",
    says: "SmtpClient of .NET 7 and 8",
    order: DOTNET_ORDER,
    complete: true,
    service: "SMTPSVC/",
    habits: &[
        MODULES,
        NTLM_ONLY_ALONE,
        ASSUMES_LOGIN,
        LOWER_CASE,
        ALWAYS_INITIAL,
        COUNTS_PROMPTS,
        SECOND_EMPTY_LINE,
        NEVER_CANCELS,
        TRIES_NEXT,
        MAIL_UNAUTHENTICATED,
    ],
};

const DOTNET9: Data = Data {
    name: "dotnet9",
    says: "SmtpClient of .NET 9 and later",
    order: DOTNET_ORDER,
    complete: true,
    service: "SMTPSVC/",
    habits: &[
        MODULES,
        NTLM_ONLY_ALONE,
        ASSUMES_LOGIN,
        LOWER_CASE,
        ALWAYS_INITIAL,
        COUNTS_PROMPTS,
        NEVER_CANCELS,
        TRIES_NEXT,
        MAIL_UNAUTHENTICATED,
    ],
};

const MAILKIT: Data = Data {
    name: "mailkit",
    says: "MailKit",
    order: &["SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1", "NTLM", "DIGEST-MD5", "CRAM-MD5", "PLAIN", "LOGIN"],
    complete: false,
    service: "SMTPSVC/",
    habits: &[
        quirk(Habit::AddressLiteral, "EHLO with an address in brackets", MAILKIT_SOURCE),
        quirk(
            Habit::Order,
            "SCRAM, then NTLM, DIGEST-MD5, CRAM-MD5, PLAIN, LOGIN; GSSAPI only when asked",
            MAILKIT_SOURCE,
        ),
        quirk(Habit::AlwaysInitial, "an initial response past 512 octets", MAILKIT_SOURCE),
        quirk(Habit::BareLogin, "AUTH LOGIN without the user name", MAILKIT_SOURCE),
        quirk(Habit::CountsPrompts, "the password, whatever the prompt says", MAILKIT_SOURCE),
        quirk(Habit::StopsAtRefusal, "any refusal is the end", MAILKIT_SOURCE),
        quirk(Habit::EmptyLineForCancel, "an empty line where others cancel", MAILKIT_SOURCE),
        quirk(Habit::EhloAfterAuth, "EHLO after AUTH, though no layer was chosen", MAILKIT_SOURCE),
    ],
};

const CURL: Data = Data {
    name: "curl",
    says: "curl without --sasl-ir",
    order: &["EXTERNAL", "GSSAPI", "DIGEST-MD5", "CRAM-MD5", "NTLM", "OAUTHBEARER", "XOAUTH2", "PLAIN", "LOGIN"],
    complete: false,
    service: "smtp@",
    habits: &[
        quirk(
            Habit::Order,
            "EXTERNAL, GSSAPI for a user name with a domain, then from DIGEST-MD5 down to LOGIN",
            CURL_SOURCE,
        ),
        quirk(Habit::GssapiWantsDomain, "GSSAPI only for a user name with a domain", CURL_SOURCE),
        quirk(Habit::StopsAtRefusal, "any refusal is the end", CURL_SOURCE),
        quirk(Habit::NeverInitial, "no initial response", CURL_SOURCE),
        quirk(Habit::CountsPrompts, "the password, whatever the prompt says", CURL_SOURCE),
    ],
};

const SWAKS: Data = Data {
    name: "swaks",
    says: "swaks",
    order: &["CRAM-MD5", "DIGEST-MD5", "LOGIN", "NTLM", "PLAIN"],
    complete: true,
    service: "smtp/",
    habits: &[
        quirk(Habit::Order, "mechanisms by the alphabet", SWAKS_SOURCE),
        quirk(Habit::BareLogin, "AUTH LOGIN without the user name", SWAKS_SOURCE),
        quirk(Habit::BareNtlm, "AUTH NTLM without a token", SWAKS_SOURCE),
        quirk(Habit::CountsPrompts, "the password, whatever the prompt says", SWAKS_SOURCE),
        quirk(Habit::TriesNext, "after a refusal it goes on to the next mechanism", SWAKS_SOURCE),
    ],
};

impl ClientPersona {
    /// All.
    pub const ALL: [Self; 10] = [
        Self::Saslscope,
        Self::Strict,
        Self::Outlook,
        Self::DotnetFramework,
        Self::DotnetCore,
        Self::Dotnet8,
        Self::Dotnet9,
        Self::Mailkit,
        Self::Curl,
        Self::Swaks,
    ];

    const fn data(self) -> &'static Data {
        match self {
            Self::Saslscope => &SASLSCOPE,
            Self::Strict => &STRICT,
            Self::Outlook => &OUTLOOK,
            Self::DotnetFramework => &DOTNET_FRAMEWORK,
            Self::DotnetCore => &DOTNET_CORE,
            Self::Dotnet8 => &DOTNET8,
            Self::Dotnet9 => &DOTNET9,
            Self::Mailkit => &MAILKIT,
            Self::Curl => &CURL,
            Self::Swaks => &SWAKS,
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

    /// The SASL names that it knows, the one that it prefers first; none where it chooses as saslscope does.
    #[must_use]
    pub const fn order(self) -> &'static [&'static str] {
        self.data().order
    }

    /// Whether it knows no mechanisms but those of its order.
    pub(super) const fn knows_no_other(self) -> bool {
        self.data().complete
    }

    /// The service principal that it asks a ticket for, unless told otherwise: `SMTPSVC/mail.example.com`.
    #[must_use]
    pub fn service_principal(self, host: &str) -> String {
        format!("{}{host}", self.data().service)
    }

    /// Whether it has that habit, and what is said of it when it acts.
    #[must_use]
    pub fn quirk(self, habit: Habit) -> Option<Quirk> {
        self.quirks().find(|(known, _)| *known == habit).map(|(_, quirk)| quirk)
    }

    /// All that it does in its own way.
    pub fn quirks(self) -> impl Iterator<Item = (Habit, Quirk)> {
        self.data().habits.iter().copied()
    }
}

impl fmt::Display for ClientPersona {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ClientPersona {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|known| known.name().eq_ignore_ascii_case(name));
        let names = Self::ALL.map(Self::name).join(", ");
        known.ok_or_else(|| format!("no client persona `{name}`; there are: {names}"))
    }
}

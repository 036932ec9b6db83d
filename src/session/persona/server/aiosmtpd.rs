//! aiosmtpd, Python's server for tests: replies of 1.4.6, and of the habits also those that 1.4 has dropped.

#[allow(clippy::enum_glob_use)] // A table of them.
use super::Occasion::*;
use super::{Check, Data, ServerHabit, quirk, reply};

const SMTP: &str = "aiosmtpd 1.4.6, smtp.py";

pub(super) const AIOSMTPD: Data = Data {
    name: "aiosmtpd",
    says: "aiosmtpd",
    extensions: &["8BITMIME", "STARTTLS", "AUTH"],
    order: &[
        Check::Hello,
        Check::Ehlo,
        Check::Tls,
        Check::Twice,
        Check::Transaction,
        Check::Syntax,
        Check::Mechanism,
        Check::Initial,
    ],
    replies: &[
        reply(Greeting, 220, "", "{host} Python SMTP 1.4.6", SMTP),
        // To AUTH; to MAIL it says HELO in its place.
        reply(SendHello, 503, "", "Error: send EHLO first", SMTP),
        reply(SendHello, 503, "", "Error: send HELO first", SMTP),
        reply(SendEhlo, 500, "", "Error: command 'AUTH' not recognized", SMTP),
        reply(NeedsTls, 538, "5.7.11", "Encryption required for requested authentication mechanism", SMTP),
        reply(AuthTwice, 503, "", "Already authenticated", SMTP),
        reply(AuthNoMechanism, 501, "", "Not enough value", SMTP),
        reply(AuthTooManyWords, 501, "", "Too many values", SMTP),
        reply(UnknownMechanism, 504, "5.5.4", "Unrecognized authentication type", SMTP),
        reply(Cancelled, 501, "5.7.0", "Auth aborted", SMTP),
        reply(InitialNotBase64, 501, "5.5.2", "Can't decode base64", SMTP),
        reply(NotBase64, 501, "5.5.2", "Can't decode base64", SMTP),
        reply(Success, 235, "2.7.0", "Authentication successful", SMTP),
        reply(BadCredentials, 535, "5.7.8", "Authentication credentials invalid", SMTP),
        reply(Disabled, 535, "5.7.8", "Authentication credentials invalid", SMTP),
        reply(AuthRequired, 530, "5.7.0", "Authentication required", SMTP),
        reply(TooLong, 500, "", "Command line too long", SMTP),
        reply(CommandTooLong, 500, "", "Command line too long", SMTP),
        reply(NoSender, 503, "", "Error: need MAIL command", SMTP),
        reply(TlsReady, 220, "", "Ready to start TLS", SMTP),
    ],
    prompts: [b"User Name\0", b"Password\0"],
    line_limit: 512,
    habits: &[
        quirk(ServerHabit::CapitalsOnly, "mechanisms are known in capitals only", SMTP),
        quirk(
            ServerHabit::AsksAgain,
            "the user name that came with the command is asked for again",
            "aiosmtpd 1.2, smtp.py",
        ),
        quirk(ServerHabit::EqualsIsEmpty, "= within the exchange stands for nothing", "aiosmtpd 1.2, smtp.py"),
        quirk(ServerHabit::OwnPrompts, "prompts that end in NUL", "draft-murchison-sasl-login-00"),
    ],
    ..Data::DEFAULT
};

//! Postfix with Cyrus SASL.
//!
//! Limits: `smtpd_helo_required` is off, as Postfix has it by default. It listed ETRN, CHUNKING and SMTPUTF8, too.

#[allow(clippy::enum_glob_use)] // A table of them.
use super::Occasion::*;
use super::{Check, Data, ServerHabit, quirk, reply};

const PROTO: &str = "Postfix, smtpd_sasl_proto.c";
const GLUE: &str = "Postfix, smtpd_sasl_glue.c";
const CYRUS: &str = "Postfix, xsasl_cyrus_server.c";
const SMTPD: &str = "Postfix, smtpd.c";

pub(super) const POSTFIX: Data = Data {
    name: "postfix",
    says: "Postfix with Cyrus SASL",
    extensions: &["PIPELINING", "SIZE 10240000", "VRFY", "STARTTLS", "AUTH", "ENHANCEDSTATUSCODES", "8BITMIME", "DSN"],
    order: &[
        Check::Enabled,
        Check::Transaction,
        Check::Tls,
        Check::Twice,
        Check::Syntax,
        Check::Mechanism,
        Check::Initial,
    ],
    replies: &[
        reply(Greeting, 220, "", "{host} ESMTP Postfix", SMTPD),
        reply(SendHello, 503, "5.5.1", "Error: send HELO/EHLO first", PROTO),
        reply(AuthOff, 503, "5.5.1", "Error: authentication not enabled", PROTO),
        reply(AuthInTransaction, 503, "5.5.1", "Error: MAIL transaction in progress", PROTO),
        reply(NeedsTls, 504, "5.5.4", "Encryption required for requested authentication mechanism", PROTO),
        reply(AuthTwice, 503, "5.5.1", "Error: already authenticated", PROTO),
        reply(AuthNoMechanism, 501, "5.5.4", "Syntax: AUTH mechanism", PROTO),
        reply(AuthTooManyWords, 501, "5.5.4", "Syntax: AUTH mechanism", PROTO),
        reply(UnknownMechanism, 535, "5.7.8", "Error: authentication failed: Invalid authentication mechanism", GLUE),
        reply(
            InitialNotBase64,
            535,
            "5.7.8",
            "Error: authentication failed: Invalid base64 data in initial response",
            CYRUS,
        ),
        reply(
            NotBase64,
            535,
            "5.7.8",
            "Error: authentication failed: Invalid base64 data in continued response",
            CYRUS,
        ),
        reply(InitialUnexpected, 535, "5.7.8", "Error: authentication failed: bad protocol / cancel", CYRUS),
        reply(TooLong, 500, "5.5.6", "SASL response limit exceeded", GLUE),
        reply(Cancelled, 501, "5.7.0", "Authentication aborted", GLUE),
        reply(Success, 235, "2.7.0", "Authentication successful", GLUE),
        reply(BadCredentials, 535, "5.7.8", "Error: authentication failed: authentication failure", GLUE),
        reply(Disabled, 535, "5.7.8", "Error: authentication failed: authentication failure", GLUE),
        reply(TemporaryFailure, 454, "4.7.0", "Temporary authentication failure: generic failure", GLUE),
        reply(TlsReady, 220, "2.0.0", "Ready to start TLS", SMTPD),
        reply(TimeOut, 421, "4.4.2", "{host} Error: timeout exceeded", SMTPD),
        reply(TooManyFailures, 421, "4.7.0", "{host} Error: too many errors", SMTPD),
        reply(TooManyCommands, 421, "4.7.0", "{host} Error: too many errors", SMTPD),
        reply(SenderTwice, 503, "5.5.1", "Error: nested MAIL command", SMTPD),
        reply(NoSender, 503, "5.5.1", "Error: need MAIL command", SMTPD),
        reply(NoRecipient, 503, "5.5.1", "Error: need RCPT command", SMTPD),
        reply(TlsTwice, 554, "5.5.1", "Error: TLS already active", SMTPD),
        reply(TlsParameter, 501, "5.5.4", "Syntax: STARTTLS", SMTPD),
        reply(Unknown, 500, "5.5.2", "Error: command not recognized", SMTPD),
        reply(NotImplemented, 502, "5.5.1", "Error: command not implemented", SMTPD),
    ],
    habits: &[
        quirk(ServerHabit::AuthBeforeEhlo, "AUTH is taken before EHLO", "Postfix, smtpd_helo_required is off"),
        quirk(ServerHabit::AuthAfterHelo, "AUTH is taken after HELO", PROTO),
        quirk(ServerHabit::BareLineFeed, "a line may end in LF alone", "Postfix 3.7"),
    ],
    ..Data::DEFAULT
};

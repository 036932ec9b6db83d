//! Dovecot's submission server.

#[allow(clippy::enum_glob_use)] // A table of them.
use super::Occasion::*;
use super::{Data, Reply, ServerHabit, quirk, reply};

const AUTH: &str = "Dovecot, smtp-server-cmd-auth.c";
const LOGIN: &str = "Dovecot, client-authenticate.c";
const GSSAPI: &str = "Dovecot, sasl-server-mech-gssapi.c";

pub(super) const DOVECOT: Data = Data {
    name: "dovecot",
    says: "Dovecot's submission server",
    extensions: &["AUTH", "STARTTLS", "8BITMIME", "ENHANCEDSTATUSCODES", "PIPELINING", "SIZE"],
    replies: &[
        reply(Greeting, 220, "", "{host} Dovecot ready.", "Dovecot, login_greeting"),
        reply(Success, 235, "2.7.0", "Logged in.", LOGIN),
        reply(AuthTwice, 503, "5.5.0", "Already authenticated", AUTH),
        reply(AuthInTransaction, 503, "5.5.0", "Authentication not permitted during a mail transaction", AUTH),
        reply(AuthOff, 502, "5.5.1", "Unsupported command", AUTH),
        reply(AuthNoMechanism, 501, "5.5.4", "Missing SASL mechanism parameter", AUTH),
        reply(AuthTooManyWords, 501, "5.5.4", "Invalid parameters", AUTH),
        reply(TooLong, 500, "5.5.2", "Line too long", AUTH),
        reply(CommandTooLong, 500, "5.5.2", "Line too long", AUTH),
        Reply {
            within: "LOGIN",
            ..reply(NotBase64, 535, "5.7.8", "Authentication failed", "Dovecot 2.3.19, seen in LOGIN")
        },
        reply(NotBase64, 501, "5.5.2", "Invalid base64 data in AUTH response", AUTH),
        reply(InitialNotBase64, 501, "5.5.2", "Invalid base64 data in AUTH response", AUTH),
        reply(Cancelled, 501, "5.5.2", "Authentication aborted by client.", AUTH),
        reply(UnknownMechanism, 504, "5.5.4", "Unsupported authentication mechanism.", LOGIN),
        reply(
            NeedsTls,
            523,
            "5.7.10",
            "Plaintext authentication disallowed on non-secure (SSL/TLS) connections.",
            LOGIN,
        ),
        reply(Disabled, 525, "5.7.13", "Your account is currently disabled.", LOGIN),
        reply(TemporaryFailure, 454, "4.7.0", "Temporary authentication failure.", LOGIN),
        reply(TlsReady, 220, "2.0.0", "Begin TLS negotiation now.", LOGIN),
        reply(TlsTwice, 502, "5.5.1", "TLS is already active.", LOGIN),
        reply(TlsNone, 502, "5.5.1", "TLS support is not enabled.", LOGIN),
        reply(TimeOut, 421, "4.4.2", "Disconnected for inactivity.", LOGIN),
        reply(TooManyCommands, 421, "4.7.0", "Too many invalid commands.", LOGIN),
        reply(Unknown, 502, "5.5.1", "Unknown command", LOGIN),
        reply(BadCredentials, 535, "5.7.8", "Authentication failed.", LOGIN),
    ],
    offer: [0x01, 0xFF, 0xFF, 0xFF],
    line_limit: 8192,
    habits: &[
        quirk(ServerHabit::AuthBeforeEhlo, "AUTH is taken before EHLO", "Dovecot 2.3.19, seen"),
        quirk(ServerHabit::AuthAfterHelo, "AUTH is taken after HELO", "Dovecot 2.3.19, seen"),
        quirk(ServerHabit::OwnOffer, "layer offer 01 FF FF FF, a size where no layer is offered", GSSAPI),
        quirk(ServerHabit::BareLineFeed, "a line may end in LF alone", "Dovecot, smtp-command-parser.c"),
    ],
    ..Data::DEFAULT
};

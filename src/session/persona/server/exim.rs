//! Exim, without `smtp_enhanced_codes`: its replies have no enhanced status codes.

#[allow(clippy::enum_glob_use)] // A table of them.
use super::Occasion::*;
use super::{Data, Reply, ServerHabit, quirk, reply};

const SMTP_IN: &str = "Exim 4.96, smtp_in.c";
const SPA: &str = "Exim 4.96, auths/spa.c";

pub(super) const EXIM: Data = Data {
    name: "exim",
    says: "Exim",
    extensions: &["SIZE 52428800", "8BITMIME", "PIPELINING", "AUTH", "STARTTLS"],
    replies: &[
        reply(Greeting, 220, "", "{host} ESMTP Exim 4.96", SMTP_IN),
        reply(Hello, 250, "", "{host} Hello", SMTP_IN),
        reply(SendHello, 503, "", "AUTH command used when not advertised", SMTP_IN),
        reply(SendEhlo, 503, "", "AUTH command used when not advertised", SMTP_IN),
        reply(AuthOff, 503, "", "AUTH command used when not advertised", SMTP_IN),
        reply(AuthInTransaction, 503, "", "not permitted in mail transaction", SMTP_IN),
        reply(AuthTwice, 503, "", "already authenticated", SMTP_IN),
        reply(UnknownMechanism, 504, "", "authentication mechanism not supported", SMTP_IN),
        reply(NeedsTls, 504, "", "authentication mechanism not supported", SMTP_IN),
        reply(InitialUnexpected, 553, "", "Initial data not expected", SMTP_IN),
        reply(InitialNotBase64, 501, "", "Invalid base64 data", SMTP_IN),
        reply(NotBase64, 501, "", "Invalid base64 data", SMTP_IN),
        Reply { within: "NTLM", ..reply(Cancelled, 535, "", "Incorrect authentication data", SPA) },
        reply(Cancelled, 501, "", "Authentication cancelled", SMTP_IN),
        reply(Success, 235, "", "Authentication succeeded", SMTP_IN),
        reply(BadCredentials, 535, "", "Incorrect authentication data", SMTP_IN),
        reply(Disabled, 535, "", "Incorrect authentication data", SMTP_IN),
        reply(TemporaryFailure, 435, "", "Unable to authenticate at present", SMTP_IN),
        reply(TlsReady, 220, "", "TLS go ahead", SMTP_IN),
        reply(TimeOut, 421, "", "{host}: SMTP command timeout - closing connection", SMTP_IN),
        reply(Bye, 221, "", "{host} closing connection", SMTP_IN),
        reply(Unknown, 500, "", "unrecognized command", SMTP_IN),
    ],
    words: &[("NTLM", "NTLM supported")],
    habits: &[
        quirk(ServerHabit::WordsForPeople, "words for people in place of an empty challenge", SPA),
        quirk(ServerHabit::BareLineFeed, "a line may end in LF alone", SMTP_IN),
    ],
    ..Data::DEFAULT
};

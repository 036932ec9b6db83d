//! This program's own replies: the standards' codes, and texts that say what to do.

#[allow(clippy::enum_glob_use)] // A table of them.
use super::Occasion::{self, *};
use super::{Data, Reply, reply};

pub(super) const SASLSCOPE: Data = Data {
    name: "saslscope",
    says: "by the standards, and generous with what comes",
    extensions: &["PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES", "STARTTLS", "AUTH"],
    replies: &REPLIES,
    // MS-SMTPNTLM section 3.2.5.1.1: any text.
    words: &[("NTLM", "ntlm supported")],
    ..Data::DEFAULT
};

/// The reply on that occasion.
pub(super) fn reply_on(on: Occasion) -> Reply {
    let known = REPLIES.iter().find(|reply| reply.on == on).copied();
    known.unwrap_or_else(|| reply(on, 550, "5.7.1", "Refused", "RFC 5321 4.2.3"))
}

const REPLIES: [Reply; 53] = [
    reply(Greeting, 220, "", "{host} ESMTP saslscope", "RFC 5321 3.1"),
    reply(Hello, 250, "", "{host}", "RFC 5321 4.1.1.1"),
    reply(HelloNeedsName, 501, "5.5.4", "EHLO wants the client's name", "RFC 5321 4.1.1.1"),
    reply(SendHello, 503, "5.5.1", "Send EHLO first", "RFC 5321 4.1.4"),
    reply(SendEhlo, 503, "5.5.1", "Send EHLO: after HELO there are no extensions", "RFC 5321 3.2"),
    reply(TlsReady, 220, "2.0.0", "Ready to start TLS", "RFC 3207 4"),
    reply(TlsParameter, 501, "5.5.4", "STARTTLS takes no parameter", "RFC 3207 4"),
    reply(TlsTwice, 503, "5.5.1", "TLS is up already", "RFC 3207 4.2"),
    reply(TlsNone, 502, "5.5.1", "No TLS here", "RFC 5321 4.2.4"),
    reply(TlsTooLate, 503, "5.5.1", "Too late for TLS", "RFC 3207 4"),
    reply(AuthOff, 503, "5.5.1", "Authentication is not enabled", "RFC 5321 4.2.4"),
    reply(AuthInTransaction, 503, "5.5.1", "AUTH is not allowed within a mail transaction", "RFC 4954 4"),
    reply(AuthTwice, 503, "5.5.1", "Already authenticated", "RFC 4954 4"),
    reply(AuthNoMechanism, 501, "5.5.4", "Syntax: AUTH mechanism [initial-response]", "RFC 4954 4"),
    reply(AuthTooManyWords, 501, "5.5.4", "Syntax: AUTH mechanism [initial-response]", "RFC 4954 4"),
    reply(UnknownMechanism, 504, "5.5.4", "Unrecognized authentication type", "RFC 4954 4"),
    // 538 is "documented for historical purposes only" there; section 4 has 504 where an encryption layer is required.
    reply(NeedsTls, 504, "5.5.4", "This mechanism is allowed within TLS only", "RFC 4954 4"),
    reply(InitialNotBase64, 501, "5.5.2", "Cannot decode base64", "RFC 4954 4"),
    reply(InitialUnexpected, 501, "5.7.0", "No initial response here: the server speaks first", "RFC 4954 4"),
    reply(NotBase64, 501, "5.5.2", "Cannot decode base64", "RFC 4954 4"),
    reply(Cancelled, 501, "5.7.0", "Authentication cancelled", "RFC 4954 4"),
    reply(TooLong, 500, "5.5.6", "Authentication exchange line is too long", "RFC 4954 6"),
    reply(CommandTooLong, 500, "5.5.2", "Line is too long", "RFC 5321 4.5.3.1.9"),
    reply(LineEnd, 500, "5.5.2", "Lines end in CRLF, and hold neither alone", "RFC 5321 2.3.8"),
    reply(BadOctets, 501, "5.5.2", "NUL and octets above 0x7F have no place here", "RFC 5321 4.1.2"),
    reply(Success, 235, "2.7.0", "Authentication successful", "RFC 4954 6"),
    reply(BadCredentials, 535, "5.7.8", "Authentication credentials invalid", "RFC 4954 6"),
    reply(Disabled, 525, "5.7.13", "The account is disabled", "RFC 5248 2.4"),
    reply(TemporaryFailure, 454, "4.7.0", "Temporary authentication failure", "RFC 4954 6"),
    reply(TooWeak, 534, "5.7.9", "Authentication mechanism is too weak, as NTLMv1 is", "RFC 4954 6"),
    reply(
        EncryptionRequired,
        538,
        "5.7.11",
        "Encryption required for requested authentication mechanism",
        "RFC 4954 6",
    ),
    reply(AuthRequired, 530, "5.7.0", "Authentication required", "RFC 4954 6"),
    reply(TooManyFailures, 421, "4.7.0", "Too many failed attempts to authenticate", "RFC 4954 9"),
    reply(TooManyCommands, 421, "4.7.0", "Too many commands without authentication", "RFC 5321 3.8"),
    reply(TimeOut, 421, "4.4.2", "Nothing was said for too long", "RFC 5321 4.5.3.2.7"),
    reply(Closing, 421, "4.3.2", "Closing", "RFC 5321 3.8"),
    reply(Bye, 221, "2.0.0", "Bye", "RFC 5321 4.1.1.10"),
    reply(Ok, 250, "2.0.0", "OK", "RFC 5321 4.2.3"),
    reply(Reset, 250, "2.0.0", "OK", "RFC 5321 4.1.1.5"),
    reply(Sender, 250, "2.1.0", "Sender OK: the message will be shown and discarded", "RFC 5321 3.3"),
    reply(SenderTwice, 503, "5.5.1", "One MAIL at a time", "RFC 5321 4.1.4"),
    reply(SenderSyntax, 501, "5.5.4", "Syntax: MAIL FROM:<address> [AUTH=xtext]", "RFC 5321 4.1.1.2"),
    reply(Recipient, 250, "2.1.5", "Recipient OK", "RFC 5321 3.3"),
    reply(RecipientSyntax, 501, "5.5.4", "Syntax: RCPT TO:<address>", "RFC 5321 4.1.1.3"),
    reply(NoSender, 503, "5.5.1", "Send MAIL first", "RFC 5321 3.3"),
    reply(NoRecipient, 503, "5.5.1", "Send RCPT first", "RFC 5321 3.3"),
    reply(DataGo, 354, "", "End with a dot alone; the message is shown and discarded", "RFC 5321 4.1.1.4"),
    reply(Discarded, 250, "2.0.0", "Shown and discarded: nothing is delivered here", "RFC 5321 4.1.1.4"),
    reply(CannotVerify, 252, "2.0.0", "Nobody is verified here", "RFC 5321 3.5.3"),
    reply(
        Help,
        214,
        "2.0.0",
        "Commands: EHLO HELO STARTTLS AUTH MAIL RCPT DATA RSET NOOP VRFY HELP QUIT",
        "RFC 5321 4.1.1.8",
    ),
    reply(NotImplemented, 502, "5.5.1", "Not implemented", "RFC 5321 4.2.4"),
    reply(Unknown, 500, "5.5.2", "Command not recognized", "RFC 5321 4.2.4"),
    reply(BadSequence, 503, "5.5.1", "Bad sequence of commands", "RFC 5321 4.2.4"),
];

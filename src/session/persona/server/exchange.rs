//! Microsoft Exchange, as captures and the Open Specifications show it.
//!
//! Limits: its answers to bad base64 and to lines that are too long were not seen; they are this program's. CHUNKING and
//! BINARYMIME, which it lists, are not served here.

#[allow(clippy::enum_glob_use)] // A table of them.
use super::Occasion::*;
use super::{Data, ServerHabit, quirk, reply};

const CAPTURES: &str = "captures of Exchange";
const WINDOWS: &str = "MS-SMTPNTLM 2.2.1.4";

pub(super) const EXCHANGE: Data = Data {
    name: "exchange",
    says: "Microsoft Exchange",
    extensions: &[
        "SIZE 37748736",
        "PIPELINING",
        "DSN",
        "ENHANCEDSTATUSCODES",
        "STARTTLS",
        "X-ANONYMOUSTLS",
        "AUTH",
        "X-EXPS",
        "8BITMIME",
        "XRDST",
    ],
    replies: &[
        reply(Greeting, 220, "", "{host} Microsoft ESMTP MAIL Service ready", CAPTURES),
        reply(Hello, 250, "", "{host} Hello", CAPTURES),
        reply(SendHello, 503, "5.5.2", "Send hello first", CAPTURES),
        reply(TlsReady, 220, "2.0.0", "SMTP server ready", CAPTURES),
        reply(UnknownMechanism, 504, "5.7.4", "Unrecognized authentication type", CAPTURES),
        reply(NeedsTls, 504, "5.7.4", "Unrecognized authentication type", CAPTURES),
        reply(BadCredentials, 535, "5.7.3", "Authentication unsuccessful", WINDOWS),
        reply(Disabled, 535, "5.7.3", "Authentication unsuccessful", WINDOWS),
        reply(AuthRequired, 530, "5.7.1", "Client was not authenticated", CAPTURES),
    ],
    words: &[("GSSAPI", "GSSAPI supported"), ("NTLM", "NTLM supported")],
    offer: [0x01, 0x00, 0xBB, 0x80],
    habits: &[
        quirk(ServerHabit::WordsForPeople, "words for people in place of an empty challenge", "MS-SMTPNTLM 2.2.1.2"),
        quirk(
            ServerHabit::OwnOffer,
            "layer offer 01 00 BB 80, a size where no layer is offered",
            "capture of Exchange, January 2022",
        ),
        quirk(ServerHabit::KeepsUndecoded, "the user name is decoded together with the password", "MS-XLOGIN 3.2.5.3"),
    ],
    ..Data::DEFAULT
};

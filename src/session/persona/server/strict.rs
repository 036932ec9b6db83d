//! By the letter: the replies of this program, without its generosity.

use super::{Data, ServerHabit, quirk, saslscope};

pub(super) const STRICT: Data = Data {
    name: "strict",
    says: "by the letter of the standards: no leniency",
    // RFC 4954 section 4: a challenge is base64 and nothing else.
    words: &[],
    habits: &[
        quirk(ServerHabit::ShortCommands, "500 to a command line past 512 octets", "RFC 5321 4.5.3.1.4, RFC 4954 4"),
        quirk(ServerHabit::NamesRequired, "EHLO without a name is refused", "RFC 5321 4.1.1.1"),
        quirk(
            ServerHabit::NoLeniency,
            "data or a second line where one empty line belongs is refused",
            "RFC 2222 7.2.1",
        ),
    ],
    ..saslscope::SASLSCOPE
};

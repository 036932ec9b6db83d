//! Object identifiers: content octets to mechanism and dotted form (X.690 section 8.19).
//!
//! Known mechanisms are compared on their octets, so that the usual token costs no allocation here.

use super::tree::{Mech, Problem, Value};
use crate::terms::{Cite, Span};
use std::borrow::Cow;
use std::fmt::Write as _;

const OID_RULE: Cite = Cite::new("X.690", "8.19.2");

impl Mech {
    /// All that are known, in the order of the declaration.
    pub const ALL: [Self; 10] = [
        Self::Spnego,
        Self::Kerberos,
        Self::MsKerberos,
        Self::OldKerberos,
        Self::UserToUser,
        Self::Ntlmssp,
        Self::NegoEx,
        Self::LateFallback,
        Self::Iakerb,
        Self::Pku2u,
    ];

    /// The mechanism whose object identifier has these DER content octets (no tag, no length).
    #[must_use]
    pub fn from_oid(content: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|mech| mech.oid() == content)
    }

    /// The DER content octets of its object identifier (no tag, no length).
    #[must_use]
    pub const fn oid(self) -> &'static [u8] {
        match self {
            Self::Spnego => &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x02],
            Self::Kerberos => &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 0x01, 0x02, 0x02],
            Self::MsKerberos => &[0x2A, 0x86, 0x48, 0x82, 0xF7, 0x12, 0x01, 0x02, 0x02],
            Self::OldKerberos => &[0x2B, 0x05, 0x01, 0x05, 0x02],
            Self::UserToUser => &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x12, 0x01, 0x02, 0x02, 0x03],
            Self::Ntlmssp => &[0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0A],
            Self::NegoEx => &[0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x1E],
            Self::LateFallback => &[0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x28],
            Self::Iakerb => &[0x2B, 0x06, 0x01, 0x05, 0x02, 0x05],
            Self::Pku2u => &[0x2B, 0x06, 0x01, 0x05, 0x02, 0x07],
        }
    }

    /// Its object identifier in dotted form.
    #[must_use]
    pub const fn dotted(self) -> &'static str {
        match self {
            Self::Spnego => "1.3.6.1.5.5.2",
            Self::Kerberos => "1.2.840.113554.1.2.2",
            Self::MsKerberos => "1.2.840.48018.1.2.2",
            Self::OldKerberos => "1.3.5.1.5.2",
            Self::UserToUser => "1.2.840.113554.1.2.2.3",
            Self::Ntlmssp => "1.3.6.1.4.1.311.2.2.10",
            Self::NegoEx => "1.3.6.1.4.1.311.2.2.30",
            Self::LateFallback => "1.3.6.1.4.1.311.2.2.40",
            Self::Iakerb => "1.3.6.1.5.2.5",
            Self::Pku2u => "1.3.6.1.5.2.7",
        }
    }
}

/// The value of an OBJECT IDENTIFIER with its content at `content`, and what is wrong with it.
pub(super) fn value(bytes: &[u8], content: Span) -> (Value, Option<Problem>) {
    let octets = content.of(bytes);
    if let Some(mech) = Mech::from_oid(octets) {
        return (Value::Oid { dotted: Cow::Borrowed(mech.dotted()), mech: Some(mech) }, None);
    }
    let (dotted, problem) = dotted(octets);
    let problem = problem.map(|(at, what)| Problem::new(content.start + at, what, OID_RULE));
    (Value::Oid { dotted: Cow::Owned(dotted), mech: None }, problem)
}

/// The arcs as far as they can be read, and where and why that ended.
fn dotted(octets: &[u8]) -> (String, Option<(usize, &'static str)>) {
    if octets.is_empty() {
        return (String::new(), Some((0, "got no octets, expected at least one arc")));
    }
    let mut text = String::new();
    let mut arc: u128 = 0;
    let mut start = 0;
    for (at, &octet) in octets.iter().enumerate() {
        if at == start && octet == 0x80 {
            return (text, Some((at, "got 80 at the start of an arc, expected the fewest octets possible")));
        }
        if arc >> (u128::BITS - 7) != 0 {
            return (text, Some((start, "got an arc of more than 128 bits, expected a smaller one")));
        }
        arc = arc << 7 | u128::from(octet & 0x7F);
        if octet & 0x80 != 0 {
            continue;
        }
        // The first octets hold two arcs as 40 × first + second; the first is 0, 1 or 2.
        let _ = if text.is_empty() {
            let first = (arc / 40).min(2);
            write!(text, "{first}.{}", arc - first * 40)
        } else {
            write!(text, ".{arc}")
        };
        arc = 0;
        start = at + 1;
    }
    let cut = (start < octets.len()).then_some((start, "got an arc without its last octet, expected one below 80"));
    (text, cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_oid_has_the_dotted_form_of_its_octets() {
        for mech in Mech::ALL {
            assert_eq!(dotted(mech.oid()), (mech.dotted().to_owned(), None));
            assert_eq!(Mech::from_oid(mech.oid()), Some(mech));
        }
    }

    #[test]
    fn arcs_that_cannot_be_read_say_where() {
        let long = [[0xFF; 20].as_slice(), &[0x7F]].concat();
        for (octets, text, at) in [
            (&b""[..], "", Some(0)),
            (&[0x88, 0x37, 0x03], "2.999.3", None),
            (&[0x2A, 0x86], "1.2", Some(1)),
            (&[0x2A, 0x80, 0x01], "1.2", Some(1)),
            (&long, "", Some(0)),
        ] {
            let (got, problem) = dotted(octets);
            assert_eq!((got.as_str(), problem.map(|(at, _)| at)), (text, at), "{octets:02X?}");
        }
    }
}

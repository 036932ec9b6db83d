//! What happened: the facts that a recording keeps.

use crate::terms::{Micros, Party};

/// One fact of one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When, since the connection was opened.
    pub at: Micros,
    /// What.
    pub what: What,
}

/// What can happen on a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The connection is open; the peer's address as it was given, empty where unknown.
    Opened {
        /// `192.0.2.10:587`
        peer: String,
    },
    /// One physical line passed.
    Line {
        /// Who sent it.
        from: Party,
        /// The octets, terminator included.
        bytes: Vec<u8>,
        /// What would have been sent, had nobody edited it.
        edited_from: Option<Vec<u8>>,
        /// How many octets of the line were dropped past the limit.
        cut: u64,
    },
    /// TLS is up.
    TlsStarted {
        /// `TLSv1.3 TLS_AES_256_GCM_SHA384; server name: mail.example.com`: as far as known; see [`tls_facts`].
        facts: String,
    },
    /// TLS could not be had.
    TlsFailed {
        /// Why.
        why: String,
    },
    /// A GSS-API call failed.
    Mech {
        /// Who made the call.
        party: Party,
        /// `step`, `wrap`, `unwrap`, `get_mic`, `verify_mic`.
        call: String,
        /// The major status (RFC 2743 section 1.2.1.1).
        major: u32,
        /// The mechanism's own status.
        minor: u32,
        /// Both in words.
        text: String,
    },
    /// A security layer was agreed on: its bit (RFC 4752 section 3.3): 1 none, 2 integrity, 4 confidentiality.
    Layer {
        /// The bit.
        mask: u8,
    },
    /// Octets are missing here.
    Gap {
        /// How many.
        octets: u64,
    },
    /// The connection has ended.
    Closed {
        /// Who ended it, if known.
        by: Option<Party>,
        /// Why, empty where there is nothing to say.
        why: String,
    },
    /// A remark for the reader.
    Note(String),
}

impl Event {
    /// A line that passed as it was composed.
    #[must_use]
    pub fn line(at: Micros, from: Party, bytes: impl Into<Vec<u8>>) -> Self {
        Self { at, what: What::Line { from, bytes: bytes.into(), edited_from: None, cut: 0 } }
    }

    /// A remark.
    #[must_use]
    pub fn note(at: Micros, text: impl Into<String>) -> Self {
        Self { at, what: What::Note(text.into()) }
    }
}

/// How the facts of TLS are set off from each other.
const NEXT: &str = "; ";

/// What [`tls_facts`] calls the first, which stands without a name: version and cipher suite.
const FIRST: &str = "TLS";

/// The facts of a TLS connection as one line: version and cipher suite, then `name: value` each. Values are escaped.
#[must_use]
pub fn tls_line<'a>(suite: &str, facts: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let escaped = |value: &str| crate::decode::escape(value).replace(';', r"\u{3b}");
    facts.into_iter().fold(escaped(suite), |line, (name, value)| line + NEXT + name + ": " + &escaped(value))
}

/// Name and value of each fact in such a line; the first is `TLS`, and one without a name has an empty name.
///
/// ```
/// use saslscope::transcript::tls_facts;
/// let facts: Vec<_> = tls_facts("TLSv1.3 TLS_AES_256_GCM_SHA384; server name: localhost").collect();
/// assert_eq!(facts, [("TLS", "TLSv1.3 TLS_AES_256_GCM_SHA384"), ("server name", "localhost")]);
/// ```
pub fn tls_facts(line: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut facts = line.split(NEXT).filter(|fact| !fact.is_empty());
    let first = facts.next().map(|suite| (FIRST, suite));
    first.into_iter().chain(facts.map(|fact| fact.split_once(": ").unwrap_or(("", fact))))
}

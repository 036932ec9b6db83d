//! The result of reading a token: nodes with the byte ranges that they were read from.

use crate::terms::{Cite, Party, Span};
use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash as _, Hasher as _};

/// What was read from one token. Spans of all nodes are offsets into the octets given to [`super::decode`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// What the token as a whole was taken for.
    pub kind: Kind,
    /// The node that covers the whole token.
    pub root: Node,
}

/// One field, with the octets that it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The field's name in its standard: `mechTypes`, `NTProofStr`.
    pub name: Cow<'static, str>,
    /// The octets, header included where the field has one.
    pub span: Span,
    /// The octets of the value alone: for DER what stands within the header; within all headers where there are no
    /// children. What masking overwrites and [`super::patch`] replaces.
    pub content: Span,
    /// What they mean.
    pub value: Value,
    /// Fields within, in the order of the octets.
    pub children: Vec<Node>,
    /// What is wrong with it; boxed, since most nodes have none.
    pub problem: Option<Box<Problem>>,
    /// Whether the octets log somebody on (masked on screen and on disk unless asked for).
    pub secret: bool,
}

/// What the octets of a node mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A structure: its children say it all.
    None,
    /// A plain number.
    Number(i64),
    /// A number that has a name: `accept-completed (0)`. The name is empty where the standard knows none.
    Named {
        /// The standard's name.
        name: Cow<'static, str>,
        /// The number on the wire.
        number: i64,
    },
    /// Single bits of one integer; each set bit is a child named after it.
    Flags {
        /// The integer.
        bits: u32,
        /// How many hex digits to print.
        digits: u8,
    },
    /// An object identifier.
    Oid {
        /// In dotted form.
        dotted: Cow<'static, str>,
        /// The mechanism that it names, if known.
        mech: Option<Mech>,
    },
    /// Characters, whatever the encoding on the wire was. May hold control characters: a face escapes them.
    Text(String),
    /// Octets to be shown in hex: the node's content.
    Octets(Span),
    /// Octets to be shown in hex: what the base64 that is the node's content stands for.
    Base64(Vec<u8>),
    /// A time, printed in UTC.
    Time(String),
}

/// What is wrong with the octets of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The octet where it shows.
    pub at: usize,
    /// Got what while expecting what.
    pub what: Cow<'static, str>,
    /// The rule that it breaks.
    pub cite: Cite,
}

/// What a token as a whole is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `NegTokenInit`, framed or not (RFC 4178 section 4.2.1).
    NegTokenInit,
    /// `NegTokenInit2` with `negHints` (MS-SPNG section 2.2.1).
    NegTokenInit2,
    /// `NegTokenResp` (RFC 4178 section 4.2.2).
    NegTokenResp,
    /// A Kerberos token with the GSS frame (RFC 4121 section 4.1).
    Kerberos,
    /// A bare NTLM message (MS-NLMP section 2.2.1).
    Ntlm,
    /// RFC 4121 or RFC 1964 Wrap token.
    Wrap,
    /// RFC 4121 or RFC 1964 MIC token.
    Mic,
    /// NEGOEX messages (MS-NEGOEX section 2.2).
    NegoEx,
    /// An NTLM message signature, with or without the message behind it (MS-NLMP section 2.2.2.9).
    NtlmSignature,
    /// The four octets of RFC 2222 section 7.2, in clear.
    SecurityLayer,
    /// A message of a mechanism that speaks in characters: LOGIN, PLAIN, CRAM-MD5, DIGEST-MD5, EXTERNAL, XOAUTH2, OAUTHBEARER.
    Text,
    /// The client-first-message of SCRAM (RFC 5802 section 7).
    ScramClientFirst,
    /// The server-first-message of SCRAM.
    ScramServerFirst,
    /// The client-final-message of SCRAM.
    ScramClientFinal,
    /// The server-final-message of SCRAM.
    ScramServerFinal,
    /// Some other well-formed BER.
    Ber,
    /// None of these.
    Unknown,
    /// No octets.
    Empty,
}

/// A GSS-API mechanism that the decoder knows by its object identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mech {
    /// 1.3.6.1.5.5.2
    Spnego,
    /// 1.2.840.113554.1.2.2
    Kerberos,
    /// 1.2.840.48018.1.2.2, as Windows writes it.
    MsKerberos,
    /// 1.3.5.1.5.2, before the RFC.
    OldKerberos,
    /// 1.2.840.113554.1.2.2.3
    UserToUser,
    /// 1.3.6.1.4.1.311.2.2.10
    Ntlmssp,
    /// 1.3.6.1.4.1.311.2.2.30
    NegoEx,
    /// 1.3.6.1.4.1.311.2.2.40
    LateFallback,
    /// 1.3.6.1.5.2.5
    Iakerb,
    /// 1.3.6.1.5.2.7
    Pku2u,
}

/// What the conversation has settled about the next token; later `NegTokenResp`s don't name their mechanism.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hint {
    /// Who sent it.
    pub from: Option<Party>,
    /// What the place in the conversation calls for.
    pub reading: Reading,
    /// The mechanism that SPNEGO has chosen, or that runs bare.
    pub mech: Option<Mech>,
    /// NTLM has agreed on sealing: what is wrapped cannot be read.
    pub sealed: bool,
}

/// What the place in the conversation calls for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// Nothing settled: judge by the octets.
    #[default]
    Guess,
    /// A token of a GSS-API context, or of its security layer.
    Gss,
    /// A server's prompt in LOGIN.
    Prompt,
    /// A user name.
    Username,
    /// A password: the whole value is secret.
    Password,
    /// Either of the two, since the prompts were out of order: treated as secret.
    UsernameOrPassword,
    /// authzid NUL authcid NUL passwd (RFC 4616).
    Plain,
    /// A msg-id from the server, user name and digest from the client (RFC 2195).
    CramMd5,
    /// Directives (RFC 2831).
    DigestMd5,
    /// An authorization identity (RFC 4422 appendix A).
    External,
    /// User name and bearer token, or an error in JSON (Google's XOAUTH2).
    Xoauth2,
    /// GS2 header and pairs, or an error in JSON (RFC 7628).
    Oauthbearer,
    /// The client-first-message of SCRAM (RFC 5802).
    ScramClientFirst,
    /// The server-first-message of SCRAM, whose nonce begins with this one of the client.
    ScramServerFirst(Mark),
    /// The client-final-message of SCRAM.
    ScramClientFinal {
        /// The server's nonce, which it repeats.
        nonce: Mark,
        /// The GS2 header of the client-first-message, which it repeats.
        header: Mark,
    },
    /// The server-final-message of SCRAM.
    ScramServerFinal,
}

/// Octets that a later message must repeat, without the octets: their number and a hash of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    octets: usize,
    hash: u64,
}

impl Reading {
    /// All.
    pub const ALL: [Self; 16] = [
        Self::Guess,
        Self::Gss,
        Self::Prompt,
        Self::Username,
        Self::Password,
        Self::UsernameOrPassword,
        Self::Plain,
        Self::CramMd5,
        Self::DigestMd5,
        Self::External,
        Self::Xoauth2,
        Self::Oauthbearer,
        Self::ScramClientFirst,
        Self::ScramServerFirst(Mark::UNKNOWN),
        Self::ScramClientFinal { nonce: Mark::UNKNOWN, header: Mark::UNKNOWN },
        Self::ScramServerFinal,
    ];

    /// Whether it is a message of SCRAM.
    #[must_use]
    pub const fn is_scram(self) -> bool {
        matches!(
            self,
            Self::ScramClientFirst | Self::ScramServerFirst(_) | Self::ScramClientFinal { .. } | Self::ScramServerFinal
        )
    }
}

impl Mark {
    /// Nothing is known of the octets.
    pub const UNKNOWN: Self = Self { octets: 0, hash: 0 };

    /// What is kept of these octets.
    #[must_use]
    pub fn of(octets: &[u8]) -> Self {
        let mut hasher = std::hash::DefaultHasher::new();
        octets.hash(&mut hasher);
        Self { octets: octets.len(), hash: hasher.finish() }
    }

    /// Whether nothing is known.
    #[must_use]
    pub const fn is_unknown(self) -> bool {
        self.octets == 0
    }

    /// Whether `octets` are those.
    #[must_use]
    pub fn is(self, octets: &[u8]) -> bool {
        self == Self::of(octets)
    }

    /// Whether `octets` begin with those, as far as is known.
    #[must_use]
    pub fn begins(self, octets: &[u8]) -> bool {
        self.is_unknown() || octets.get(..self.octets).is_some_and(|first| self.is(first))
    }
}

impl Node {
    /// A node without children or problem, whose content is all of it, or as [`Value::Octets`] says.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>, span: Span, value: Value) -> Self {
        let content = if let Value::Octets(content) = value { content } else { span };
        Self { name: name.into(), span, content, value, children: Vec::new(), problem: None, secret: false }
    }

    /// A node of nothing but octets.
    pub(super) fn octets(name: impl Into<Cow<'static, str>>, span: Span) -> Self {
        Self::new(name, span, Value::Octets(span))
    }

    /// The same node, its octets secret.
    pub(super) fn secret(self) -> Self {
        Self { secret: true, ..self }
    }

    /// The same node with a problem.
    pub(super) fn with(mut self, problem: Problem) -> Self {
        self.blame(problem);
        self
    }

    /// Attaches a problem, unless there is one already: the first is the one that explains the rest.
    pub(super) fn blame(&mut self, problem: impl Into<Option<Problem>>) {
        if self.problem.is_none() {
            self.problem = problem.into().map(Box::new);
        }
    }

    /// The first node of that name, itself included, in the order of the tree.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Self> {
        if self.name == name {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }

    /// The child of that name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The innermost node that covers the octet at `at`.
    #[must_use]
    pub fn innermost(&self, at: usize) -> Option<&Self> {
        if !self.span.contains(at) {
            return None;
        }
        Some(self.children.iter().find_map(|child| child.innermost(at)).unwrap_or(self))
    }
}

impl Problem {
    /// What is wrong at `at`, and the rule that it breaks.
    pub(super) fn new(at: usize, what: impl Into<Cow<'static, str>>, cite: Cite) -> Self {
        Self { at, what: what.into(), cite }
    }
}

impl Tree {
    /// Every node with its depth, in the order of the tree. Uses no stack of its own per level.
    pub fn walk(&self) -> impl Iterator<Item = (usize, &Node)> {
        let mut pending = vec![(0, &self.root)];
        std::iter::from_fn(move || {
            let (depth, node) = pending.pop()?;
            pending.extend(node.children.iter().rev().map(|child| (depth + 1, child)));
            Some((depth, node))
        })
    }

    /// The node at `place` in the order of the tree, last, and all that it stands in, root first; empty where there
    /// are fewer nodes.
    #[must_use]
    pub fn path(&self, place: usize) -> Vec<&Node> {
        let mut path = Vec::new();
        for (at, (depth, node)) in self.walk().enumerate().take(place.saturating_add(1)) {
            path.truncate(depth);
            path.push(node);
            if at == place {
                return path;
            }
        }
        Vec::new()
    }

    /// Every problem, in the order of the tree.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.walk().filter_map(|(_, node)| node.problem.as_deref())
    }

    /// The first node of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Node> {
        self.walk().map(|(_, node)| node).find(|node| node.name == name)
    }
}

/// `name (number)`, the one form for everything that has both.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Number(number) => write!(f, "{number}"),
            Self::Named { name, number } if name.is_empty() => write!(f, "unknown ({number})"),
            Self::Named { name, number } => write!(f, "{name} ({number})"),
            Self::Flags { bits, digits } => write!(f, "{bits:0width$x}", width = usize::from(*digits)),
            Self::Oid { dotted, mech: Some(mech) } => write!(f, "{} ({dotted})", mech.name()),
            Self::Oid { dotted, mech: None } => write!(f, "unknown ({dotted})"),
            Self::Text(text) => f.write_str(text),
            Self::Octets(span) => write!(f, "{} octets", span.len()),
            Self::Base64(octets) => octets.iter().try_for_each(|octet| write!(f, "{octet:02x}")),
            Self::Time(time) => f.write_str(time),
        }
    }
}

impl Kind {
    /// Whether it consists of characters, among which nothing counts octets.
    #[must_use]
    pub const fn is_characters(self) -> bool {
        matches!(
            self,
            Self::Text
                | Self::ScramClientFirst
                | Self::ScramServerFirst
                | Self::ScramClientFinal
                | Self::ScramServerFinal
        )
    }

    /// The name shown in a ladder.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NegTokenInit => "NegTokenInit",
            Self::NegTokenInit2 => "NegTokenInit2",
            Self::NegTokenResp => "NegTokenResp",
            Self::Kerberos => "Kerberos",
            Self::Ntlm => "NTLM",
            Self::Wrap => "Wrap",
            Self::Mic => "MIC",
            Self::NegoEx => "NEGOEX",
            Self::NtlmSignature => "NTLM signature",
            Self::SecurityLayer => "security layer",
            Self::Text => "text",
            Self::ScramClientFirst => "client-first-message",
            Self::ScramServerFirst => "server-first-message",
            Self::ScramClientFinal => "client-final-message",
            Self::ScramServerFinal => "server-final-message",
            Self::Ber => "BER",
            Self::Unknown => "octets",
            Self::Empty => "empty",
        }
    }
}

impl Mech {
    /// The name that the field uses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spnego => "SPNEGO",
            Self::Kerberos => "Kerberos V5",
            Self::MsKerberos => "MS Kerberos V5",
            Self::OldKerberos => "Kerberos V5 before RFC 1964",
            Self::UserToUser => "Kerberos user-to-user",
            Self::Ntlmssp => "NTLMSSP",
            Self::NegoEx => "NEGOEX",
            Self::LateFallback => "Negotiate late fallback",
            Self::Iakerb => "IAKERB",
            Self::Pku2u => "PKU2U",
        }
    }
}

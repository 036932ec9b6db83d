//! What a table is made of: states, signals, rows.

use crate::terms::{Cite, Party};
use std::fmt;

/// The state of one party in one machine, named as its specification names it (`AuthReceived`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct State(pub(super) &'static str);

impl State {
    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// One protocol, written as a table for each party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Machine {
    /// The SMTP session around AUTH (RFC 5321, RFC 3207, RFC 4954).
    Smtp,
    /// AUTH LOGIN (MS-XLOGIN).
    Login,
    /// AUTH GSSAPI that means SPNEGO (MS-SSEAN), with the mapping of RFC 2222 section 7.2.
    Gssapi,
    /// AUTH GSSAPI that means Kerberos (RFC 4752).
    Kerberos,
    /// The negotiation within (RFC 4178, MS-SPNG).
    Spnego,
    /// NTLM within (MS-NLMP).
    Ntlm,
    /// Kerberos within (RFC 4121).
    Krb5,
}

impl Machine {
    /// All, outermost first.
    pub const ALL: [Self; 7] =
        [Self::Smtp, Self::Login, Self::Gssapi, Self::Kerberos, Self::Spnego, Self::Ntlm, Self::Krb5];

    /// The name in a breadcrumb: `smtp`, `gssapi`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Smtp => "smtp",
            Self::Login => "login",
            Self::Gssapi => "gssapi",
            Self::Kerberos => "kerberos",
            Self::Spnego => "spnego",
            Self::Ntlm => "ntlm",
            Self::Krb5 => "krb5",
        }
    }

    /// What it is, in a line.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Smtp => "the SMTP session around AUTH (RFC 5321, RFC 3207, RFC 4954)",
            Self::Login => "AUTH LOGIN (MS-XLOGIN)",
            Self::Gssapi => "AUTH GSSAPI meaning SPNEGO (MS-SSEAN, RFC 2222 7.2)",
            Self::Kerberos => "AUTH GSSAPI meaning Kerberos (RFC 4752)",
            Self::Spnego => "SPNEGO (RFC 4178, MS-SPNG)",
            Self::Ntlm => "NTLM (MS-NLMP)",
            Self::Krb5 => "Kerberos V5 (RFC 4121)",
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How strongly the clause of a row binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Force {
    /// Required.
    Must,
    /// Recommended.
    Should,
    /// Allowed.
    May,
    /// Against the letter, yet seen in the field: followed, with a remark.
    Quirk,
    /// Forbidden: followed, as a deviation.
    MustNot,
}

impl fmt::Display for Force {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::May => "MAY",
            Self::Quirk => "quirk",
            Self::MustNot => "MUST NOT",
        })
    }
}

/// One sentence of a specification: in a state, on a signal, answer so and go there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where the party stands.
    pub from: State,
    /// What it hears; [`Signal::Go`] is its own initiative.
    pub on: Signal,
    /// What it answers; `None` completes the row on hearing.
    pub emit: Option<Signal>,
    /// Where it stands then.
    pub to: State,
    /// How strongly the clause binds.
    pub force: Force,
    /// The clause.
    pub cite: Cite,
    /// The clause in our words, one sentence.
    pub says: &'static str,
}

impl Row {
    /// `begins with Ehlo`, `hears TokenChallenge, answers TokenResponse`, `hears ServiceReady`
    #[must_use]
    pub fn does(&self) -> String {
        match (self.on, self.emit) {
            (Signal::Go, Some(emit)) => format!("begins with {emit}"),
            (on, Some(emit)) => format!("hears {on}, answers {emit}"),
            (on, None) => format!("hears {on}"),
        }
    }
}

/// Which machine runs within a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// That of the mechanism named in AUTH.
    Mechanism,
    /// That of the first GSS-API token: SPNEGO, or a bare mechanism.
    Token,
    /// That of the mechanism inside SPNEGO.
    Inner,
}

/// A machine as one party sees it.
#[derive(Debug)]
pub struct Table {
    /// Which machine.
    pub machine: Machine,
    /// Whose view.
    pub party: Party,
    /// Where it begins.
    pub start: State,
    /// Its rows; (from, on, emit) is unique.
    pub rows: &'static [Row],
    /// What runs within which state.
    pub runs: &'static [(State, Runs)],
}

impl Table {
    /// All states, in the order in which the rows name them.
    #[must_use]
    pub fn states(&self) -> Vec<State> {
        let mut states = vec![self.start];
        for state in self.rows.iter().flat_map(|row| [row.from, row.to]) {
            if !states.contains(&state) {
                states.push(state);
            }
        }
        states
    }

    /// What runs within `state`.
    #[must_use]
    pub fn runs_in(&self, state: State) -> Option<Runs> {
        self.runs.iter().find(|(within, _)| *within == state).map(|(_, runs)| *runs)
    }
}

/// The place of a row among all tables: stable within one build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowId {
    /// The machine.
    pub machine: Machine,
    /// Whose table.
    pub party: Party,
    /// The place in it.
    pub place: usize,
}

impl RowId {
    /// The row itself.
    #[must_use]
    pub fn row(self) -> &'static Row {
        &super::table(self.machine, self.party).rows[self.place]
    }
}

macro_rules! signals {
    ($( $(#[$doc:meta])* $name:ident $(: $coarser:ident)? ),+ $(,)?) => {
        /// What a line says to one machine. Finer signals fall back on the coarser one that they name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Signal { $( $(#[$doc])* $name ),+ }

        impl Signal {
            /// All.
            pub const ALL: &'static [Self] = &[ $( Self::$name ),+ ];

            /// The name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Self::$name => stringify!($name) ),+ }
            }

            /// The coarser signal that rows may be written for instead.
            #[must_use]
            pub const fn coarser(self) -> Option<Self> {
                match self { $( $( Self::$name => Some(Self::$coarser), )? )+ _ => None }
            }
        }
    };
}

signals! {
    /// The party's own initiative.
    Go,
    /// TLS is up.
    TlsStarted,

    // Commands (RFC 5321, RFC 3207, RFC 4954).
    /// EHLO.
    Ehlo,
    /// HELO.
    Helo: Ehlo,
    /// STARTTLS.
    StartTls,
    /// AUTH with a mechanism, and an initial response that decodes if there is one.
    Auth,
    /// The same with a mechanism that the reply to EHLO does not list.
    AuthNotOffered: Auth,
    /// AUTH whose line passes 512 octets.
    InitialResponseTooLong: Auth,
    /// AUTH whose initial response is not base64.
    AuthNotBase64,
    /// AUTH without a mechanism, or with words too many.
    AuthMalformed,
    /// MAIL.
    Mail: OtherCommand,
    /// DATA.
    Data: Mail,
    /// RSET.
    Rset: OtherCommand,
    /// QUIT.
    Quit,
    /// A verb that no standard here knows.
    UnknownCommand: OtherCommand,
    /// Any other command.
    OtherCommand,
    /// A line of the message.
    MailData,
    /// The dot behind the message.
    EndOfData,

    // A client's lines within the exchange (RFC 4954 section 4).
    /// Base64, or an empty line.
    Response,
    /// Something that is not base64.
    ResponseNotBase64,
    /// An empty line behind the one that ended the context.
    SecondEmptyResponse: Response,
    /// A line past 12,288 octets.
    ResponseOverLong,
    /// `*`.
    Cancel,

    // Replies.
    /// 220.
    ServiceReady: Completed,
    /// 221.
    Closing: Completed,
    /// 235.
    Success,
    /// Any other 2yz.
    Completed,
    /// 334 with base64, or with nothing.
    Challenge,
    /// 334 with anything else.
    ChallengeNotBase64,
    /// 354.
    StartMailInput,
    /// 421.
    ServiceClosing: Refusal,
    /// 432 (RFC 4954 section 6).
    PasswordTransition: Refusal,
    /// 454.
    TemporaryFailure: Refusal,
    /// 500.
    SyntaxError: Refusal,
    /// 501.
    ParameterSyntaxError: Refusal,
    /// 503.
    BadSequence: Refusal,
    /// 504.
    ParameterNotImplemented: Refusal,
    /// 530.
    AuthenticationRequired: Refusal,
    /// 534.
    MechanismTooWeak: Refusal,
    /// 535.
    CredentialsInvalid: Refusal,
    /// 538.
    EncryptionRequired: Refusal,
    /// Any other 4yz or 5yz.
    Refusal,
    /// What no reply may be: a code outside these, or no code.
    NotAReply,

    // LOGIN (MS-XLOGIN section 2.2.2).
    /// AUTH LOGIN alone.
    AuthLogin,
    /// AUTH LOGIN with the user name.
    AuthLoginUsername,
    /// AUTH LOGIN with `=`, which is a user name of no characters.
    AuthLoginEmpty: AuthLoginUsername,
    /// Exactly `334 VXNlcm5hbWU6`.
    UsernameChallenge,
    /// Exactly `334 UGFzc3dvcmQ6`.
    PasswordChallenge,
    /// Any other 334.
    OtherChallenge,
    /// User name or password.
    LoginResponse,
    /// The user name, as far as its place tells.
    UsernameResponse: LoginResponse,
    /// The password, as far as its place tells.
    PasswordResponse: LoginResponse,

    // GSSAPI (RFC 2222 section 7.2, MS-SSEAN, RFC 4752).
    /// AUTH GSSAPI alone.
    AuthGssapi,
    /// AUTH GSSAPI with the first token.
    AuthGssapiToken,
    /// AUTH GSSAPI with a first token that is also the client's last: Kerberos without mutual authentication.
    AuthGssapiFinalToken,
    /// AUTH GSSAPI with a bare NTLM message.
    AuthGssapiNtlm,
    /// AUTH GSSAPI with octets that are no token.
    AuthGssapiMalformed,
    /// `334 ` and nothing else.
    EmptyChallenge,
    /// 334 with words for people.
    HumanChallenge,
    /// 334 with a NegTokenInit2, the acceptor's hints.
    HintsChallenge,
    /// 334 with a token after which the context goes on.
    TokenChallenge,
    /// 334 with the acceptor's last token.
    FinalTokenChallenge,
    /// 334 with a reject or a KRB-ERROR.
    RejectChallenge,
    /// 334 with octets that are no token.
    MalformedChallenge,
    /// A token after which the context goes on.
    TokenResponse,
    /// A bare NTLM message in place of a NegTokenInit.
    NtlmResponse: TokenResponse,
    /// The initiator's last token.
    FinalTokenResponse,
    /// Octets that are no token.
    MalformedResponse,
    /// An empty line.
    EmptyResponse,
    /// 334 with the wrapped offer of security layers.
    LayerOffer,
    /// An offer that is not four octets, or lacks "none".
    LayerOfferUnusable,
    /// The wrapped choice.
    LayerChoice,
    /// The same behind a 4-octet length.
    LayerChoiceWithLength,
    /// A choice that was not offered.
    LayerChoiceNotOffered,
    /// 235 in place of the acceptor's last token, with nothing else outstanding.
    SuccessInPlaceOfToken,
    /// 235 while mutual authentication, a mechListMIC or a mechanism token is outstanding.
    SuccessTooEarly,

    // SPNEGO (RFC 4178 section 4.2).
    /// NegTokenInit.
    NegTokenInit,
    /// NegTokenInit2, sent by an acceptor.
    NegTokenInit2,
    /// NegTokenResp of the initiator.
    NegTokenResp,
    /// NegTokenResp of the initiator with mechListMIC.
    NegTokenRespMic,
    /// NegTokenResp of the initiator that names supportedMech.
    NegTokenRespSupportedMech,
    /// negState accept-incomplete, or none.
    AcceptIncomplete,
    /// negState accept-incomplete with mechListMIC.
    AcceptIncompleteMic,
    /// negState accept-completed.
    AcceptCompleted,
    /// negState accept-completed in the reply that names another supportedMech than the first of mechTypes.
    AcceptCompletedReselected: AcceptCompleted,
    /// negState accept-completed with mechListMIC.
    AcceptCompletedMic,
    /// negState request-mic.
    RequestMic,
    /// negState reject.
    Reject,

    // Mechanisms within.
    /// `NEGOTIATE_MESSAGE`.
    NtlmNegotiate,
    /// `CHALLENGE_MESSAGE`.
    NtlmChallenge,
    /// `AUTHENTICATE_MESSAGE`.
    NtlmAuthenticate,
    /// AP-REQ that asks for no AP-REP.
    ApReq,
    /// AP-REQ with mutual-required.
    ApReqMutual,
    /// AP-REP.
    ApRep,
    /// KRB-ERROR.
    KrbError,
}

impl Signal {
    /// Whether it is an AUTH command, however malformed.
    #[must_use]
    pub const fn is_auth(self) -> bool {
        matches!(
            self,
            Self::Auth
                | Self::AuthNotOffered
                | Self::InitialResponseTooLong
                | Self::AuthNotBase64
                | Self::AuthMalformed
        )
    }

    /// Itself, then ever coarser ones.
    pub fn widening(self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |signal| signal.coarser())
    }

    /// Whether it is `other` or a finer form of it.
    #[must_use]
    pub fn is(self, other: Self) -> bool {
        self.widening().any(|signal| signal == other)
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

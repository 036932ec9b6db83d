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
    /// AUTH PLAIN (RFC 4616).
    Plain,
    /// AUTH CRAM-MD5 (RFC 2195).
    CramMd5,
    /// AUTH DIGEST-MD5 (RFC 2831).
    DigestMd5,
    /// AUTH EXTERNAL (RFC 4422 appendix A).
    External,
    /// AUTH XOAUTH2 (Google's description).
    Xoauth2,
    /// AUTH OAUTHBEARER (RFC 7628).
    Oauthbearer,
    /// AUTH SCRAM-… (RFC 5802, RFC 7677), whatever the hash, with -PLUS or without.
    Scram,
    /// AUTH GSSAPI that means SPNEGO (MS-SSEAN), with the mapping of RFC 2222 section 7.2.
    Gssapi,
    /// AUTH GSSAPI that means Kerberos (RFC 4752).
    Kerberos,
    /// AUTH GSS-SPNEGO: SPNEGO by its own name, without a security-layer step.
    GssSpnego,
    /// AUTH NTLM (MS-SMTPNTLM).
    SmtpNtlm,
    /// The negotiation within (RFC 4178, MS-SPNG).
    Spnego,
    /// NTLM within (MS-NLMP).
    Ntlm,
    /// Kerberos within (RFC 4121).
    Krb5,
}

impl Machine {
    /// All, outermost first.
    pub const ALL: [Self; 16] = [
        Self::Smtp,
        Self::Login,
        Self::Plain,
        Self::CramMd5,
        Self::DigestMd5,
        Self::External,
        Self::Xoauth2,
        Self::Oauthbearer,
        Self::Scram,
        Self::Gssapi,
        Self::Kerberos,
        Self::GssSpnego,
        Self::SmtpNtlm,
        Self::Spnego,
        Self::Ntlm,
        Self::Krb5,
    ];

    /// The name in a breadcrumb: `smtp`, `gssapi`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Smtp => "smtp",
            Self::Login => "login",
            Self::Plain => "plain",
            Self::CramMd5 => "cram-md5",
            Self::DigestMd5 => "digest-md5",
            Self::External => "external",
            Self::Xoauth2 => "xoauth2",
            Self::Oauthbearer => "oauthbearer",
            Self::Scram => "scram",
            Self::Gssapi => "gssapi",
            Self::Kerberos => "kerberos",
            Self::GssSpnego => "gss-spnego",
            Self::SmtpNtlm => "smtp-ntlm",
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
            Self::Plain => "AUTH PLAIN (RFC 4616)",
            Self::CramMd5 => "AUTH CRAM-MD5 (RFC 2195)",
            Self::DigestMd5 => "AUTH DIGEST-MD5 (RFC 2831)",
            Self::External => "AUTH EXTERNAL (RFC 4422 appendix A)",
            Self::Xoauth2 => "AUTH XOAUTH2 (Google)",
            Self::Oauthbearer => "AUTH OAUTHBEARER (RFC 7628)",
            Self::Scram => "AUTH SCRAM-SHA-1 and its like (RFC 5802, RFC 7677)",
            Self::Gssapi => "AUTH GSSAPI meaning SPNEGO (MS-SSEAN, RFC 2222 7.2)",
            Self::Kerberos => "AUTH GSSAPI meaning Kerberos (RFC 4752)",
            Self::GssSpnego => "AUTH GSS-SPNEGO (RFC 4178)",
            Self::SmtpNtlm => "AUTH NTLM (MS-SMTPNTLM)",
            Self::Spnego => "SPNEGO (RFC 4178, MS-SPNG)",
            Self::Ntlm => "NTLM (MS-NLMP)",
            Self::Krb5 => "Kerberos V5 (RFC 4121)",
        }
    }

    /// Whether the lines of such an exchange carry GSS-API tokens, for the machines within to look at.
    #[must_use]
    pub const fn carries_tokens(self) -> bool {
        matches!(self, Self::Gssapi | Self::Kerberos | Self::GssSpnego | Self::SmtpNtlm)
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

    /// All signals that its rows name, in the order of [`Signal::ALL`].
    pub fn signals(&self) -> impl Iterator<Item = Signal> {
        let named = |signal: &Signal| self.rows.iter().any(|row| row.on == *signal || row.emit == Some(*signal));
        Signal::ALL.iter().copied().filter(named)
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
    ($( #[doc = $says:literal] $name:ident $(: $coarser:ident)? ),+ $(,)?) => {
        /// What a line says to one machine. Finer signals fall back on the coarser one that they name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Signal { $( #[doc = $says] $name ),+ }

        impl Signal {
            /// All.
            pub const ALL: &'static [Self] = &[ $( Self::$name ),+ ];

            /// The name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Self::$name => stringify!($name) ),+ }
            }

            /// What it means, in a sentence for somebody new to it.
            #[must_use]
            pub const fn says(self) -> &'static str {
                match self { $( Self::$name => $says.trim_ascii() ),+ }
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
    /// The party begins by itself.
    Go,
    /// TLS protects the connection from here on.
    TlsStarted,

    // Commands (RFC 5321, RFC 3207, RFC 4954).
    /// EHLO: the client names itself and asks what the server can do.
    Ehlo,
    /// HELO: the client names itself, without asking what the server can do.
    Helo: Ehlo,
    /// STARTTLS: the client wants to go on under TLS.
    StartTls,
    /// AUTH with a mechanism, with an initial response or without.
    Auth,
    /// AUTH with a mechanism that the server did not offer.
    AuthNotOffered: Auth,
    /// AUTH with an initial response that makes the line longer than 512 octets.
    InitialResponseTooLong: Auth,
    /// AUTH with an initial response that is not base64.
    AuthNotBase64,
    /// AUTH without a mechanism, or with too many words.
    AuthMalformed,
    /// MAIL: the client begins a message.
    Mail: OtherCommand,
    /// DATA: the client is about to send the text of the message.
    Data: Mail,
    /// RSET: the client drops what it has begun.
    Rset: OtherCommand,
    /// QUIT: the client wants to end the session.
    Quit,
    /// A command that no standard here knows.
    UnknownCommand: OtherCommand,
    /// Any other command.
    OtherCommand,
    /// A line of the message.
    MailData,
    /// A dot on a line by itself: the message ends here.
    EndOfData,

    // A client's lines within the exchange (RFC 4954 section 4).
    /// The client answers a challenge, with base64 or an empty line.
    Response,
    /// The client answers a challenge with something that is not base64.
    ResponseNotBase64,
    /// An empty line behind the one that ended the exchange of tokens.
    SecondEmptyResponse: Response,
    /// The client answers with a line longer than 12,288 octets.
    ResponseOverLong,
    /// `*` on a line by itself: the client cancels the exchange.
    Cancel,

    // Replies (RFC 5321 section 4.2.3, RFC 4954 section 6).
    /// 220: the server is ready.
    ServiceReady: Completed,
    /// 221: the server closes the connection.
    Closing: Completed,
    /// 235: the client is authenticated.
    Success,
    /// Any other reply from 200 to 299: what was asked for is done.
    Completed,
    /// 334 with base64 or nothing behind it: the client is to answer.
    Challenge,
    /// 334 with something behind it that is not base64.
    ChallengeNotBase64,
    /// 354: the client is to send the text of the message.
    StartMailInput,
    /// 421: the server is about to close the connection.
    ServiceClosing: Refusal,
    /// 432: the user must be moved to this mechanism first, for instance by one login with PLAIN.
    PasswordTransition: Refusal,
    /// 454: it failed for now, and may succeed later.
    TemporaryFailure: Refusal,
    /// 500: the server cannot read the line.
    SyntaxError: Refusal,
    /// 501: what stands behind the command is malformed, or the exchange was cancelled.
    ParameterSyntaxError: Refusal,
    /// 503: the command comes at the wrong time.
    BadSequence: Refusal,
    /// 504: the server does not have what the command names, such as a mechanism.
    ParameterNotImplemented: Refusal,
    /// 530: the client must authenticate first.
    AuthenticationRequired: Refusal,
    /// 534: this mechanism is too weak for this user.
    MechanismTooWeak: Refusal,
    /// 535: the server does not accept the credentials.
    CredentialsInvalid: Refusal,
    /// 538: this mechanism needs an encrypted connection.
    EncryptionRequired: Refusal,
    /// Any other reply from 400 to 599: the server refuses.
    Refusal,
    /// A line that is no reply: it has no code, or one that means nothing here.
    NotAReply,

    // LOGIN (MS-XLOGIN section 2.2.2).
    /// AUTH LOGIN alone: the server is to ask for the user name.
    AuthLogin,
    /// AUTH LOGIN with the user name: the server is to ask for the password.
    AuthLoginUsername,
    /// AUTH LOGIN with `=`, which is an empty user name.
    AuthLoginEmpty: AuthLoginUsername,
    /// 334 with `VXNlcm5hbWU6`, which is `Username:`: the server asks for the user name.
    UsernameChallenge,
    /// 334 with `UGFzc3dvcmQ6`, which is `Password:`: the server asks for the password.
    PasswordChallenge,
    /// 334 with other words than `Username:` and `Password:`.
    OtherChallenge,
    /// The client answers with a user name or a password.
    LoginResponse,
    /// The client answers where the user name is asked for.
    UsernameResponse: LoginResponse,
    /// The client answers where the password is asked for.
    PasswordResponse: LoginResponse,

    // PLAIN (RFC 4616 section 2).
    /// AUTH PLAIN alone: the message is to come on a line of its own.
    AuthPlain,
    /// AUTH PLAIN with the message: user name and password.
    AuthPlainMessage,
    /// The client answers with its message: user name and password.
    PlainMessage,

    // CRAM-MD5 (RFC 2195 section 2).
    /// AUTH CRAM-MD5 alone: the server is to speak first.
    AuthCramMd5,
    /// AUTH CRAM-MD5 with an initial response, though the server is to speak first.
    AuthCramMd5InitialResponse,
    /// 334 with a msg-id: the client is to make a digest over it, with the password as key.
    CramMd5Challenge,
    /// The client answers with its user name and the digest.
    CramMd5Response,
    // SCRAM (RFC 5802 section 5).
    /// AUTH SCRAM-… alone: the client-first-message is to come on a line of its own.
    AuthScram,
    /// AUTH SCRAM-… with the client-first-message: who the client is, and its nonce.
    AuthClientFirst,
    /// AUTH SCRAM-… with y, that the server can't bind to TLS, though it offers -PLUS.
    AuthClientFirstDowngrade: AuthClientFirst,
    /// AUTH SCRAM-… with octets that are no client-first-message for this mechanism.
    AuthClientFirstMalformed,
    /// The client answers with the client-first-message: who it is, and its nonce.
    ClientFirst,
    /// The client answers with y, that the server can't bind to TLS, though it offers -PLUS.
    ClientFirstDowngrade: ClientFirst,
    /// 334 with the server-first-message: the nonce of both, the salt, and how many rounds.
    ServerFirst,
    /// 334 with a server-first-message whose nonce does not continue the client's.
    ServerFirstOtherNonce,
    /// The client answers with the client-final-message: its proof.
    ClientFinal,
    /// The client-final-message that a server must refuse: another nonce or GS2 header, or a downgrade.
    ClientFinalUnfit: ClientFinal,
    /// 334 with the server-final-message: the server's signature, which proves it.
    ServerFinal,
    /// 334 with a server-final-message that says by e= why the server refuses.
    ServerError,

    // DIGEST-MD5 (RFC 2831 section 2).
    /// AUTH DIGEST-MD5 alone: the server is to speak first.
    AuthDigestMd5,
    /// AUTH DIGEST-MD5 with another answer to the challenge of an earlier exchange.
    AuthDigestMd5Response,
    /// 334 with a nonce and what the server can do: the client is to make a digest.
    DigestChallenge,
    /// The client answers with its name, its own nonce and the digest.
    DigestResponse,
    /// 334 with rspauth: the server proves that it knows the password, too.
    RspauthChallenge,

    // EXTERNAL (RFC 4422 appendix A).
    /// AUTH EXTERNAL alone: whose rights are wanted is to come on a line of its own.
    AuthExternal,
    /// AUTH EXTERNAL with an authorization identity: whose rights the client wants.
    AuthExternalAuthzid,
    /// AUTH EXTERNAL with `=`, no identity: the server is to take whom the certificate names.
    AuthExternalEmpty,
    /// The client answers with an authorization identity: whose rights it wants.
    ExternalAuthzid,

    // XOAUTH2 (Google's description) and OAUTHBEARER (RFC 7628).
    /// AUTH XOAUTH2 alone: user name and token are to come on a line of their own.
    AuthXoauth2,
    /// AUTH XOAUTH2 with the message: user name and bearer token.
    AuthXoauth2Message,
    /// The client answers with its message of XOAUTH2: user name and bearer token.
    Xoauth2Message,
    /// AUTH OAUTHBEARER alone: the token is to come on a line of its own.
    AuthOauthbearer,
    /// AUTH OAUTHBEARER with the message, which holds the bearer token.
    AuthOauthbearerMessage,
    /// The client answers with its message of OAUTHBEARER, which holds the bearer token.
    OauthbearerMessage,
    /// 334 with an error in JSON: the server does not take the token, and says why.
    OauthErrorChallenge,
    /// The client answers with one octet of 01: it has read the error.
    ControlAResponse,

    // GSSAPI (RFC 2222 section 7.2, MS-SSEAN, RFC 4752).
    /// AUTH GSSAPI alone: the first token is to come on a line of its own.
    AuthGssapi,
    /// AUTH GSSAPI with the client's first token.
    AuthGssapiToken,
    /// AUTH GSSAPI with the client's only token: Kerberos, and the server need not prove itself.
    AuthGssapiFinalToken,
    /// AUTH GSSAPI with a bare NTLM message, without SPNEGO around it.
    AuthGssapiNtlm,
    /// AUTH GSSAPI with octets that are no token.
    AuthGssapiMalformed,
    /// 334 with nothing behind it: the server has no token to send, and the client is to go on.
    EmptyChallenge,
    /// 334 with words for people in place of a token.
    HumanChallenge,
    /// 334 with a NegTokenInit2: before any token of the client, the server hints at its mechanisms.
    HintsChallenge,
    /// 334 with a token of the server, and more are to come.
    TokenChallenge,
    /// 334 with the server's last token.
    FinalTokenChallenge,
    /// 334 with a token that refuses: a reject of SPNEGO, or a KRB-ERROR.
    RejectChallenge,
    /// 334 with octets that are no token.
    MalformedChallenge,
    /// The client answers with a token, and more are to come.
    TokenResponse,
    /// The client answers with a bare NTLM message, without SPNEGO around it.
    NtlmResponse: TokenResponse,
    /// The client answers with its last token.
    FinalTokenResponse,
    /// The client answers with octets that are no token.
    MalformedResponse,
    /// The client answers with an empty line: it has no token to send.
    EmptyResponse,
    /// 334 with the security layers that the server offers, in a wrap token.
    LayerOffer,
    /// 334 with an offer of security layers that is not four octets, or lacks "none".
    LayerOfferUnusable,
    /// The client chooses a security layer, in a wrap token.
    LayerChoice,
    /// The client chooses a security layer, in a wrap token behind a 4-octet length.
    LayerChoiceWithLength,
    /// The client chooses a security layer that the server did not offer.
    LayerChoiceNotOffered,
    /// 235 in place of the server's last token, while nothing else is outstanding.
    SuccessInPlaceOfToken,
    /// 235 while a MIC, a token of the mechanism, or the server's proof of itself is outstanding.
    SuccessTooEarly,

    // GSS-SPNEGO, and NTLM by its own name (MS-SMTPNTLM section 2.2.1).
    /// AUTH GSS-SPNEGO alone: the first token is to come on a line of its own.
    AuthSpnego,
    /// AUTH GSS-SPNEGO with the client's first token, a NegTokenInit.
    AuthSpnegoToken,
    /// AUTH GSS-SPNEGO with octets that are no NegTokenInit.
    AuthSpnegoMalformed,
    /// AUTH NTLM alone: the server is to say that NTLM is there.
    AuthNtlm,
    /// AUTH NTLM with NTLM's first message.
    AuthNtlmToken,
    /// AUTH NTLM with octets that are not NTLM's first message.
    AuthNtlmMalformed,

    // SPNEGO (RFC 4178 section 4.2).
    /// NegTokenInit: the client lists its mechanisms, the best first.
    NegTokenInit,
    /// NegTokenInit2: the server lists its mechanisms before the client does.
    NegTokenInit2,
    /// NegTokenResp: the client goes on with the negotiation.
    NegTokenResp,
    /// NegTokenResp with a MIC: the client proves that nobody changed its list of mechanisms.
    NegTokenRespMic,
    /// NegTokenResp of a client that names supportedMech, a field of the server's.
    NegTokenRespSupportedMech,
    /// negState accept-incomplete, or none: the negotiation goes on.
    AcceptIncomplete,
    /// negState accept-incomplete, with a MIC over the client's list of mechanisms.
    AcceptIncompleteMic,
    /// negState accept-completed: for the server, the negotiation is done.
    AcceptCompleted,
    /// negState accept-completed, with another mechanism than the client's first.
    AcceptCompletedReselected: AcceptCompleted,
    /// negState accept-completed, with a MIC over the client's list of mechanisms.
    AcceptCompletedMic,
    /// negState request-mic: both must prove with a MIC that nobody changed the list of mechanisms.
    RequestMic,
    /// negState request-mic, with a MIC: for the server the mechanism is complete already.
    RequestMicWithMic: RequestMic,
    /// negState reject: the server ends the negotiation.
    Reject,

    // Mechanisms within.
    /// NTLM's first message: the client says what it can do.
    NtlmNegotiate,
    /// NTLM's second message: the server sends random octets to be answered.
    NtlmChallenge,
    /// NTLM's third message: the client proves that it knows the password.
    NtlmAuthenticate,
    /// NTLM's third message with a weak response, one of 24 octets or of LM alone.
    NtlmAuthenticateV1: NtlmAuthenticate,
    /// AP-REQ: the client shows its ticket, and asks for no proof of the server.
    ApReq,
    /// AP-REQ: the client shows its ticket, and asks the server to prove itself.
    ApReqMutual,
    /// AP-REP: the server proves that it could read the ticket.
    ApRep,
    /// KRB-ERROR: the server says why it does not take the ticket.
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

//! AUTH NTLM (MS-SMTPNTLM sections 3.1 and 3.2): NTLM's three messages, one a line, and no security layer behind them.
//!
//! States by the specification; its `received_response`, `received_authentication_request` and `received_command` are
//! what a cursor has heard (`Heard(SentCommand, TokenChallenge)`). Whether a 334 is the server's readiness or holds a
//! message is told by what the client sent before, never by its text (section 3.1.5.1).

use super::machine_table;
use crate::machine::row::Table;

pub(super) static TABLES: [Table; 2] = [CLIENT, SERVER];

const CLIENT: Table = machine_table! {
    SmtpNtlm Client [Start, SentAuthenticationRequest, SentCommand, Cancelling, CompletedAuthentication]
    runs { SentCommand: Token }

    Start on Go emit AuthNtlmToken to SentCommand, Should "MS-SMTPNTLM" "3.1.4.1", "NTLM's first message, NEGOTIATE_MESSAGE, goes with the command.";
    Start on Go emit AuthNtlm to SentAuthenticationRequest, May "MS-SMTPNTLM" "3.1.4.1", "The client may hold its first message back, as Outlook 2003 to 2013 does (note 2).";
    Start on Go emit AuthNtlmMalformed to SentCommand, MustNot "MS-SMTPNTLM" "3.1.4.1", "What goes with the command is NEGOTIATE_MESSAGE, and these octets are none.";
    SentAuthenticationRequest on HumanChallenge emit TokenResponse to SentCommand, Must "MS-SMTPNTLM" "3.1.5.1", "After AUTH NTLM alone, 334 says that NTLM is there, whatever its text; NEGOTIATE_MESSAGE answers it.";
    SentAuthenticationRequest on EmptyChallenge emit TokenResponse to SentCommand, Must "RFC 4954" "4", "The empty challenge is answered with what would have been the initial response, NEGOTIATE_MESSAGE.";
    SentAuthenticationRequest on Refusal to CompletedAuthentication, Must "RFC 4954" "6", "The server does not have NTLM, or refuses it for another reason.";
    SentAuthenticationRequest on SuccessTooEarly to CompletedAuthentication, Must "MS-NLMP" "1.3.1.1", "235 before AUTHENTICATE_MESSAGE: the server has asked for no proof, so it is not to be trusted.";
    SentCommand on TokenChallenge emit FinalTokenResponse to SentCommand, Must "MS-SMTPNTLM" "3.1.5.3", "CHALLENGE_MESSAGE goes to NTLM, which answers with AUTHENTICATE_MESSAGE.";
    SentCommand on TokenChallenge emit Cancel to Cancelling, Must "MS-SMTPNTLM" "3.1.5.3.1", "NTLM finds fault with the server's message, so the client gives the exchange up.";
    SentCommand on TokenChallenge emit MalformedResponse to SentCommand, MustNot "MS-SMTPNTLM" "3.1.5.3", "The response is what NTLM gave, AUTHENTICATE_MESSAGE, and these octets are none.";
    SentCommand on MalformedChallenge emit Cancel to Cancelling, Must "MS-SMTPNTLM" "3.1.5.3.1", "The server's octets are no CHALLENGE_MESSAGE, so the client gives the exchange up.";
    SentCommand on EmptyChallenge emit Cancel to Cancelling, Must "MS-SMTPNTLM" "3.1.5.3.1", "A challenge without CHALLENGE_MESSAGE can't be answered, so the client gives the exchange up.";
    SentCommand on HumanChallenge emit Cancel to Cancelling, Must "RFC 4954" "4", "Behind NEGOTIATE_MESSAGE words are no readiness any more, but a challenge that cannot be decoded.";
    SentCommand on Success to CompletedAuthentication, Must "RFC 4954" "6", "235: the response is good, and the client is authenticated.";
    SentCommand on SuccessTooEarly to CompletedAuthentication, Must "MS-NLMP" "1.3.1.1", "235 before AUTHENTICATE_MESSAGE: the server has asked for no proof, so it is not to be trusted.";
    SentCommand on Refusal to CompletedAuthentication, Must "MS-SMTPNTLM" "2.2.1.4", "535: user name or password is not good; another code: NTLM failed for another reason.";
    Cancelling on Refusal to CompletedAuthentication, Must "RFC 4954" "4", "The server ends the exchange that the client has cancelled.";
};

const SERVER: Table = machine_table! {
    SmtpNtlm Server [Start, SentResponse, CompletedAuthentication]
    runs { SentResponse: Token }

    Start on AuthNtlm emit HumanChallenge to SentResponse, Must "MS-SMTPNTLM" "3.2.5.1", "AUTH NTLM alone: words say that NTLM is there, such as \"ntlm supported\", and nobody reads them.";
    Start on AuthNtlm emit EmptyChallenge to SentResponse, Must "RFC 4954" "4", "The client speaks first in NTLM; without an initial response it gets an empty challenge, as of Cyrus.";
    Start on AuthNtlmToken emit TokenChallenge to SentResponse, Must "MS-SMTPNTLM" "3.2.5.1", "NEGOTIATE_MESSAGE goes to NTLM, which answers with CHALLENGE_MESSAGE.";
    Start on AuthNtlmToken emit MalformedChallenge to SentResponse, MustNot "MS-SMTPNTLM" "3.2.5.1", "The challenge is what NTLM gave, CHALLENGE_MESSAGE, and these octets are none.";
    SentResponse on TokenResponse emit TokenChallenge to SentResponse, Must "MS-SMTPNTLM" "3.2.5.2.1", "NEGOTIATE_MESSAGE goes to NTLM, which answers with CHALLENGE_MESSAGE.";
    SentResponse on TokenResponse emit SuccessTooEarly to CompletedAuthentication, MustNot "MS-NLMP" "1.3.1.1", "Success is not to be said before AUTHENTICATE_MESSAGE has proved the password.";
    SentResponse on FinalTokenResponse emit Success to CompletedAuthentication, Must "MS-SMTPNTLM" "3.2.5.2.2", "AUTHENTICATE_MESSAGE is good: 235.";
    SentResponse on FinalTokenResponse emit CredentialsInvalid to CompletedAuthentication, Must "MS-SMTPNTLM" "3.2.5.2.3", "User name or password is not good: 535.";
    SentResponse on FinalTokenResponse emit MechanismTooWeak to CompletedAuthentication, May "RFC 4954" "6", "The response is NTLMv1 or LM, weaker than the server permits: 534.";
    SentResponse on FinalTokenResponse emit TokenChallenge to SentResponse, MustNot "MS-NLMP" "1.3.1.1", "NTLM has three messages, and AUTHENTICATE_MESSAGE is the last.";
    SentResponse on MalformedResponse emit Refusal to CompletedAuthentication, Must "MS-SMTPNTLM" "3.2.5.2.4", "NTLM finds fault with the client's octets: a refusal ends the exchange.";
};

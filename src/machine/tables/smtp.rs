//! The SMTP session as far as it bears on AUTH: greeting, EHLO, STARTTLS, AUTH, the mail transaction, QUIT.
//!
//! Whatever a mechanism says within `InAuth` and `InMech` is its own table's; here a response is a response.

use super::machine_table;
use crate::machine::row::Table;

pub(super) static TABLES: [Table; 2] = [CLIENT, SERVER];

const CLIENT: Table = machine_table! {
    Smtp Client [Connect, Greeted, Failed, EhloSent, Choose, StartTls, Tls, InMech, Cancelling, Done, InMail, InData,
        DataSent, AuthenticatedInData, Quitting, Closed]
    runs { InMech: Mechanism, Cancelling: Mechanism }

    Connect on TlsStarted to Connect, May "RFC 8314" "3.3", "With implicit TLS the handshake comes before the greeting.";
    Connect on ServiceReady to Greeted, Should "RFC 5321" "4.3.1", "The client waits for the greeting before it says anything.";
    Connect on Refusal to Failed, May "RFC 5321" "3.1", "A server may turn the connection away; the client then quits.";
    Failed on Go emit Quit to Quitting, Should "RFC 5321" "4.1.4", "A server that gives no service waits for QUIT, so the client says it, even without EHLO.";

    Greeted on Go emit Ehlo to EhloSent, Must "RFC 5321" "4.1.4", "A session for mail begins with EHLO, or with HELO where EHLO is not understood (3.2).";
    Greeted on Go emit OtherCommand to Greeted, May "RFC 5321" "4.1.4", "NOOP, HELP, RSET and the like need no EHLO.";
    Greeted on Completed to Greeted, May "RFC 5321" "4.2", "The server answers NOOP, HELP or the like, which need no EHLO.";
    Greeted on Refusal to Greeted, May "RFC 5321" "4.2", "The server refuses NOOP, HELP or the like; the session goes on.";
    Greeted on Go emit Quit to Quitting, Must "RFC 5321" "4.1.1.10", "A client ends the session with QUIT.";
    Greeted on Go emit Auth to InMech, MustNot "RFC 5321" "4.1.4", "AUTH before EHLO is out of order.";
    EhloSent on Completed to Choose, Must "RFC 5321" "4.1.1.1", "The reply to EHLO names the extensions; AUTH lists the mechanisms (RFC 4954 3).";
    EhloSent on Refusal to Greeted, May "RFC 5321" "3.2", "A client whose EHLO is refused may try HELO.";

    Choose on Go emit StartTls to StartTls, May "RFC 3207" "4", "The client asks for TLS where the server offers it.";
    StartTls on ServiceReady to Tls, Must "RFC 3207" "4", "After 220 the client begins the TLS handshake.";
    StartTls on Refusal to Choose, May "RFC 3207" "4", "TLS is not to be had for the moment; the client decides whether to go on without.";
    StartTls on Go emit OtherCommand to StartTls, MustNot "RFC 3207" "4", "Nothing is sent behind STARTTLS before the handshake; what comes in the clear is dropped (CVE-2011-0411).";
    Tls on TlsStarted to Greeted, Must "RFC 3207" "4.2", "All that was learnt before TLS is forgotten; the client should say EHLO again.";

    Choose on Go emit Auth to InMech, May "RFC 4954" "4", "The client names a mechanism, with an initial response if the mechanism has one and the line fits.";
    Choose on Go emit InitialResponseTooLong to InMech, Quirk "RFC 4954" "4", "An initial response that makes the line pass 512 octets is to be held back; .NET sends it all the same.";
    Choose on Go emit AuthNotBase64 to InMech, MustNot "RFC 4954" "4", "The initial response is base64, or a lone = where it is empty.";
    Choose on Go emit AuthMalformed to InMech, MustNot "RFC 4954" "4", "AUTH takes a mechanism and at most one word more.";
    Choose on Go emit Mail to InMail, May "RFC 5321" "3.3", "A client may send mail without having authenticated; the server decides.";
    Choose on Go emit Ehlo to EhloSent, May "RFC 5321" "4.1.4", "EHLO may be said again at any time between transactions.";
    Choose on Go emit OtherCommand to Choose, May "RFC 5321" "4.1.1", "A command without bearing on AUTH, such as NOOP or VRFY.";
    Choose on Completed to Choose, May "RFC 5321" "4.2", "The server answers a command that has no bearing on AUTH.";
    Choose on Refusal to Choose, May "RFC 5321" "4.2", "The server refuses a command that has no bearing on AUTH.";
    Choose on Go emit Quit to Quitting, Must "RFC 5321" "4.1.1.10", "A client ends the session with QUIT.";

    InMech on Challenge emit Response to InMech, Must "RFC 4954" "4", "A 334 is answered with a line of base64, or an empty line where there is nothing to say.";
    InMech on Challenge emit Cancel to Cancelling, May "RFC 4954" "4", "The client gives up: a lone asterisk cancels the exchange.";
    InMech on ChallengeNotBase64 emit Cancel to Cancelling, Must "RFC 4954" "4", "A challenge that cannot be decoded is answered by cancelling.";
    InMech on ChallengeNotBase64 emit Response to InMech, Quirk "MS-SMTPNTLM" "3.1.5.1", "Words for people in place of an empty challenge are passed over.";
    InMech on Challenge emit ResponseNotBase64 to InMech, MustNot "RFC 4954" "4", "A response is base64 and nothing else.";
    InMech on Challenge emit ResponseOverLong to InMech, May "RFC 4954" "4", "A line may be as long as its mechanism needs; past 12,288 octets not every server takes it.";
    InMech on Go emit Response to InMech, MustNot "RFC 4954" "4", "Within the exchange the client waits for the challenge; nothing may be pipelined behind AUTH.";
    InMech on Go emit SecondEmptyResponse to InMech, Quirk ".NET" "dotnet/runtime#105938", ".NET before 9 sends a second empty line though no challenge came in between.";
    InMech on Success to Done, Must "RFC 4954" "6", "235: the client is authenticated.";
    InMech on CredentialsInvalid to Choose, Should "RFC 4954" "6", "535: ask for other credentials, or try another mechanism.";
    InMech on TemporaryFailure to Choose, Should "RFC 4954" "6", "454: the server cannot tell at present; do not ask the user again.";
    InMech on MechanismTooWeak to Choose, Should "RFC 4954" "6", "534: choose a stronger mechanism.";
    InMech on Refusal to Choose, May "RFC 4954" "6", "Any other 4yz or 5yz ends the exchange without success, too.";
    Cancelling on ParameterSyntaxError to Choose, Must "RFC 4954" "4", "The server acknowledges the cancellation with 501.";
    Cancelling on Success to Done, Must "RFC 4954" "4", "235 for an exchange that was cancelled is not to be trusted: the client ends the session.";
    Cancelling on Challenge emit Cancel to Cancelling, Must "RFC 4954" "4", "The server goes on with an exchange that was cancelled: the client can but cancel again.";
    Cancelling on ChallengeNotBase64 emit Cancel to Cancelling, Must "RFC 4954" "4", "The server goes on with an exchange that was cancelled: the client can but cancel again.";
    Cancelling on Refusal to Choose, Quirk "Exim 4.96" "", "Some servers end a cancelled exchange with another refusal.";

    Done on Go emit Ehlo to Done, May "RFC 4954" "4", "EHLO after AUTH is needed only where a security layer was agreed on; some clients say it always.";
    Done on Go emit Auth to Done, MustNot "RFC 4954" "4", "After success no other AUTH may be issued in the same session.";
    Done on Go emit OtherCommand to Done, May "RFC 5321" "3.3", "The client is authenticated and goes on, for instance with mail.";
    Done on Completed to Done, May "RFC 5321" "4.2", "The server takes a command of the authenticated client.";
    Done on Refusal to Done, May "RFC 5321" "4.2", "The server refuses a command; the client stays authenticated.";
    Done on StartMailInput to AuthenticatedInData, Must "RFC 5321" "4.1.1.4", "354: the message may follow.";
    AuthenticatedInData on Go emit MailData to AuthenticatedInData, Must "RFC 5321" "4.1.1.4", "The message, line by line.";
    AuthenticatedInData on Go emit EndOfData to Done, Must "RFC 5321" "4.1.1.4", "A lone dot ends the message.";
    Done on Go emit Quit to Quitting, Must "RFC 5321" "4.1.1.10", "A client ends the session with QUIT.";

    InMail on Go emit OtherCommand to InMail, May "RFC 5321" "3.3", "Recipients, and whatever else makes up a mail transaction.";
    InMail on Go emit Auth to InMail, MustNot "RFC 4954" "4", "AUTH is not allowed within a mail transaction.";
    InMail on Completed to InMail, May "RFC 5321" "4.2", "The server takes a command of the transaction.";
    InMail on AuthenticationRequired to Choose, Should "RFC 4954" "6", "530: this server takes mail only from clients that have authenticated.";
    InMail on Refusal to InMail, May "RFC 5321" "4.2", "The server refuses a command of the transaction, such as a recipient.";
    InMail on Go emit Ehlo to EhloSent, May "RFC 5321" "4.1.4", "EHLO within a transaction ends it, as RSET does.";
    InMail on Go emit Rset to Choose, Must "RFC 5321" "4.1.1.5", "RSET drops the transaction; AUTH is allowed again.";
    InMail on StartMailInput to InData, Must "RFC 5321" "4.1.1.4", "354: the message may follow.";
    InMail on Go emit Quit to Quitting, Must "RFC 5321" "4.1.1.10", "A client ends the session with QUIT.";
    InData on Go emit MailData to InData, Must "RFC 5321" "4.1.1.4", "The message, line by line.";
    InData on Go emit EndOfData to DataSent, Must "RFC 5321" "4.1.1.4", "A lone dot ends the message.";
    DataSent on Completed to Choose, Must "RFC 5321" "4.1.1.4", "The server has taken the message.";
    DataSent on Refusal to Choose, Must "RFC 5321" "4.1.1.4", "The server has not taken the message.";

    Quitting on Closing to Closed, Should "RFC 5321" "4.1.1.10", "The client waits for 221 before it closes.";
};

const SERVER: Table = machine_table! {
    Smtp Server [Greeting, AwaitEhlo, Ready, StartTls, InAuth, Authenticated, AuthenticatedInData, InMail, InData, Closed]
    runs { InAuth: Mechanism }

    Greeting on TlsStarted to Greeting, May "RFC 8314" "3.3", "With implicit TLS the handshake comes before the greeting.";
    Greeting on Go emit ServiceReady to AwaitEhlo, Must "RFC 5321" "3.1", "The server speaks first: 220 and its name.";
    Greeting on Go emit Refusal to AwaitEhlo, May "RFC 5321" "3.1", "A server that gives no service says 554 and waits for QUIT.";

    AwaitEhlo on Ehlo emit Completed to Ready, Must "RFC 5321" "4.1.1.1", "250 with a line for each extension; AUTH lists the mechanisms (RFC 4954 3).";
    AwaitEhlo on Ehlo emit Refusal to AwaitEhlo, May "RFC 5321" "4.1.1.1", "A server may refuse the name given, or not know EHLO.";
    AwaitEhlo on Auth emit BadSequence to AwaitEhlo, Must "RFC 5321" "4.1.4", "AUTH before EHLO is out of order: 503.";
    AwaitEhlo on Auth emit Challenge to InAuth, Quirk "Postfix" "smtpd_sasl_proto.c", "Postfix and Dovecot begin the exchange without EHLO.";
    AwaitEhlo on AuthNotBase64 emit BadSequence to AwaitEhlo, Must "RFC 5321" "4.1.4", "AUTH before EHLO is out of order, however it is written: 503.";
    AwaitEhlo on AuthMalformed emit BadSequence to AwaitEhlo, Must "RFC 5321" "4.1.4", "AUTH before EHLO is out of order, whatever follows it: 503.";
    AwaitEhlo on StartTls emit BadSequence to AwaitEhlo, Should "RFC 5321" "4.1.4", "STARTTLS is an extension, so EHLO comes first: 503.";
    AwaitEhlo on Mail emit BadSequence to AwaitEhlo, Must "RFC 5321" "4.1.4", "MAIL before EHLO is out of order: 503.";
    AwaitEhlo on UnknownCommand emit SyntaxError to AwaitEhlo, Should "RFC 5321" "4.2.4", "500: the server does not know the command.";
    AwaitEhlo on OtherCommand emit Completed to AwaitEhlo, May "RFC 5321" "4.1.4", "NOOP, HELP, RSET and the like need no EHLO.";
    AwaitEhlo on OtherCommand emit Refusal to AwaitEhlo, May "RFC 5321" "4.1.4", "Before EHLO most commands are out of order.";
    AwaitEhlo on Quit emit Closing to Closed, Must "RFC 5321" "4.1.1.10", "221 answers QUIT; then the server closes the connection.";
    AwaitEhlo on Go emit ServiceClosing to Closed, May "RFC 5321" "3.8", "421: the server gives up, for instance when it shuts down or has waited too long.";

    Ready on Ehlo emit Completed to Ready, Must "RFC 5321" "4.1.4", "EHLO may come again; the server lists its extensions anew.";
    Ready on StartTls emit ServiceReady to StartTls, Must "RFC 3207" "4", "220: the client may begin the TLS handshake.";
    Ready on StartTls emit Refusal to Ready, May "RFC 3207" "4", "454 where TLS is not to be had at present, 501 where STARTTLS came with a parameter.";
    Ready on Ehlo emit Refusal to Ready, May "RFC 5321" "4.1.1.1", "A server may refuse the name given; what was said before holds.";
    StartTls on TlsStarted to AwaitEhlo, Must "RFC 3207" "4.2", "All that the client said before TLS is forgotten.";

    Ready on Auth emit Challenge to InAuth, Must "RFC 4954" "4", "The mechanism is known, and the exchange begins: 334 with its first challenge, empty where it has none.";
    Ready on Auth emit Success to Authenticated, May "RFC 4954" "4", "A mechanism of one message, such as PLAIN, is done with its initial response.";
    Ready on Auth emit ChallengeNotBase64 to InAuth, Quirk "MS-SMTPNTLM" "2.2.1.2", "Windows answers an AUTH without initial response with words for people.";
    Ready on Auth emit ParameterNotImplemented to Ready, Must "RFC 4954" "4", "504: the server does not have the mechanism, or does not allow it.";
    Ready on AuthNotOffered emit ParameterNotImplemented to Ready, Must "RFC 4954" "4", "504: the server does not have the mechanism, or does not allow it.";
    Ready on AuthNotOffered emit CredentialsInvalid to Ready, Quirk "Postfix" "smtpd_sasl_glue.c", "Postfix says 535 to a mechanism that it does not have.";
    Ready on Auth emit EncryptionRequired to Ready, May "RFC 4954" "6", "538: the mechanism is allowed only within TLS (an old code; 504 says it, too).";
    Ready on Auth emit MechanismTooWeak to Ready, May "RFC 4954" "6", "534: the mechanism is too weak for this user; a stronger one may do.";
    Ready on Auth emit CredentialsInvalid to Ready, Should "RFC 4954" "4", "535: the initial response was enough to refuse.";
    Ready on Auth emit TemporaryFailure to Ready, May "RFC 4954" "6", "454: the server cannot check the credentials at present, for instance since its directory is down.";
    Ready on Auth emit BadSequence to Ready, May "RFC 5321" "4.2.2", "503: AUTH is not enabled here.";
    Ready on Auth emit Refusal to Ready, May "RFC 4954" "6", "The server refuses AUTH with another code.";
    Ready on InitialResponseTooLong emit SyntaxError to Ready, Must "RFC 4954" "4", "500: the line is longer than the server's buffer.";
    Ready on InitialResponseTooLong emit Challenge to InAuth, May "RFC 5321" "4.5.3.1", "A server may take lines longer than it has to.";
    Ready on AuthNotBase64 emit ParameterSyntaxError to Ready, Must "RFC 4954" "4", "501: the initial response cannot be decoded.";
    Ready on AuthNotBase64 emit SyntaxError to Ready, May "RFC 4954" "4", "500: the line is longer than the server's buffer, so that nothing could be decoded.";
    Ready on AuthNotBase64 emit Refusal to Ready, Quirk "Postfix" "smtpd_sasl_glue.c", "Postfix, and Dovecot in LOGIN, say 535 to what cannot be decoded.";
    Ready on AuthNotBase64 emit Challenge to InAuth, MustNot "RFC 4954" "4", "What cannot be decoded must be refused with 501.";
    Ready on AuthMalformed emit ParameterSyntaxError to Ready, Must "RFC 5321" "4.2.2", "501: AUTH wants a mechanism and at most one word more.";
    Ready on AuthMalformed emit Refusal to Ready, May "RFC 5321" "4.2.4", "500 or 502 where AUTH is not known at all.";
    Ready on Mail emit Completed to InMail, May "RFC 5321" "3.3", "A server may take mail without authentication.";
    Ready on Mail emit AuthenticationRequired to Ready, Should "RFC 4954" "6", "530: authentication is required here.";
    Ready on Mail emit Refusal to Ready, May "RFC 5321" "3.3", "The server refuses the mail with another code.";
    Ready on UnknownCommand emit SyntaxError to Ready, Should "RFC 5321" "4.2.4", "500: the server does not know the command.";
    Ready on OtherCommand emit Completed to Ready, May "RFC 5321" "4.1.1", "The server answers a command that has no bearing on AUTH.";
    Ready on OtherCommand emit Refusal to Ready, May "RFC 5321" "4.2.2", "The server refuses a command that has no bearing on AUTH.";
    Ready on Quit emit Closing to Closed, Must "RFC 5321" "4.1.1.10", "221 answers QUIT; then the server closes the connection.";
    Ready on Go emit ServiceClosing to Closed, May "RFC 5321" "3.8", "421: the server gives up, for instance when it shuts down or has waited too long.";

    InAuth on Response emit Challenge to InAuth, Must "RFC 4954" "4", "The mechanism wants more: another 334.";
    InAuth on Response emit Success to Authenticated, Must "RFC 4954" "4", "235: the client is authenticated.";
    InAuth on Response emit CredentialsInvalid to Ready, Should "RFC 4954" "4", "535: the credentials are not good.";
    InAuth on Response emit TemporaryFailure to Ready, May "RFC 4954" "6", "454: the server cannot check the credentials at present, for instance since its directory is down.";
    InAuth on Response emit Refusal to Ready, May "RFC 4954" "6", "Any other 4yz or 5yz ends the exchange without success, too.";
    InAuth on Response emit ChallengeNotBase64 to InAuth, MustNot "RFC 4954" "4", "The text of a 334 is base64 and nothing else.";
    InAuth on SecondEmptyResponse to InAuth, Quirk ".NET" "dotnet/runtime#105938", "A second empty line, as .NET before 9 sends it, is passed over without a reply.";
    InAuth on Cancel emit ParameterSyntaxError to Ready, Must "RFC 4954" "4", "501 acknowledges the cancellation.";
    InAuth on Cancel emit Refusal to Ready, Quirk "Exim 4.96" "", "Exim says 535 to a cancelled NTLM exchange.";
    InAuth on Cancel emit Challenge to InAuth, MustNot "RFC 4954" "4", "A cancelled exchange must end with 501.";
    InAuth on Cancel emit Success to Authenticated, MustNot "RFC 4954" "4", "A cancelled exchange must end with 501.";
    InAuth on ResponseNotBase64 emit ParameterSyntaxError to Ready, Must "RFC 4954" "4", "501: the response cannot be decoded.";
    InAuth on ResponseNotBase64 emit Refusal to Ready, Quirk "Postfix" "smtpd_sasl_glue.c", "Postfix, and Dovecot in LOGIN, say 535 to what cannot be decoded.";
    InAuth on ResponseNotBase64 emit Challenge to InAuth, MustNot "RFC 4954" "4", "What cannot be decoded must be refused with 501.";
    InAuth on ResponseOverLong emit SyntaxError to Ready, Must "RFC 4954" "4", "500: the line is longer than the server's buffer.";
    InAuth on ResponseOverLong emit Challenge to InAuth, May "RFC 4954" "4", "The server's buffer takes the long line, and the mechanism wants more: another 334.";
    InAuth on ResponseOverLong emit Success to Authenticated, May "RFC 4954" "4", "The server's buffer takes the long line, and the client is authenticated: 235.";
    InAuth on ResponseOverLong emit Refusal to Ready, Quirk "Dovecot" "smtp-server-cmd-auth.c", "Some servers refuse a line that is too long with another code.";
    InAuth on Go emit ServiceClosing to Closed, May "RFC 5321" "3.8", "421: the server gives up, for instance when it shuts down or has waited too long.";

    Authenticated on Auth emit BadSequence to Authenticated, Must "RFC 4954" "4", "After success no other AUTH is taken: 503.";
    Authenticated on AuthNotBase64 emit BadSequence to Authenticated, Must "RFC 4954" "4", "After success no other AUTH is taken, however it is written: 503.";
    Authenticated on AuthMalformed emit BadSequence to Authenticated, Must "RFC 4954" "4", "After success no other AUTH is taken, whatever follows it: 503.";
    Authenticated on StartTls emit Refusal to Authenticated, May "RFC 3207" "4", "After success TLS is too late: it would make the server forget who the client is.";
    Authenticated on Auth emit Challenge to InAuth, MustNot "RFC 4954" "4", "After success another AUTH must be refused with 503.";
    Authenticated on Ehlo emit Completed to Authenticated, Must "RFC 5321" "4.1.4", "EHLO may come again; the client stays authenticated.";
    Authenticated on Ehlo emit Refusal to Authenticated, May "RFC 5321" "4.1.1.1", "A server may refuse the name given; the client stays authenticated.";
    Authenticated on UnknownCommand emit SyntaxError to Authenticated, Should "RFC 5321" "4.2.4", "500: the server does not know the command.";
    Authenticated on OtherCommand emit Completed to Authenticated, May "RFC 5321" "3.3", "The client is authenticated: its mail and all other commands are taken.";
    Authenticated on OtherCommand emit Refusal to Authenticated, May "RFC 5321" "4.2.2", "The server refuses a command; the client stays authenticated.";
    Authenticated on Data emit StartMailInput to AuthenticatedInData, Must "RFC 5321" "4.1.1.4", "354: the message may follow.";
    AuthenticatedInData on MailData to AuthenticatedInData, Must "RFC 5321" "4.1.1.4", "The message, line by line.";
    AuthenticatedInData on EndOfData emit Completed to Authenticated, Must "RFC 5321" "4.1.1.4", "The server takes the message.";
    AuthenticatedInData on EndOfData emit Refusal to Authenticated, May "RFC 5321" "4.1.1.4", "The server refuses the message.";
    AuthenticatedInData on Go emit ServiceClosing to Closed, May "RFC 5321" "3.8", "421: the server gives up in the middle of the message, which it drops.";
    Authenticated on Quit emit Closing to Closed, Must "RFC 5321" "4.1.1.10", "221 answers QUIT; then the server closes the connection.";
    Authenticated on Go emit ServiceClosing to Closed, May "RFC 5321" "3.8", "421: the server gives up, for instance when it shuts down or has waited too long.";

    InMail on Auth emit BadSequence to InMail, Must "RFC 4954" "4", "AUTH is not allowed within a mail transaction: 503.";
    InMail on AuthNotBase64 emit BadSequence to InMail, Must "RFC 4954" "4", "Within a mail transaction no AUTH is taken, however it is written: 503.";
    InMail on AuthMalformed emit BadSequence to InMail, Must "RFC 4954" "4", "Within a mail transaction no AUTH is taken, whatever follows it: 503.";
    InMail on StartTls emit Refusal to InMail, May "RFC 3207" "4", "TLS is not begun within a mail transaction.";
    InMail on Auth emit Challenge to InAuth, MustNot "RFC 4954" "4", "Within a mail transaction AUTH must be refused with 503.";
    InMail on Mail emit BadSequence to InMail, Must "RFC 5321" "4.1.4", "A second MAIL within a transaction is out of order: 503.";
    InMail on UnknownCommand emit SyntaxError to InMail, Should "RFC 5321" "4.2.4", "500: the server does not know the command.";
    InMail on OtherCommand emit Completed to InMail, May "RFC 5321" "3.3", "The server takes a recipient, or whatever else belongs to the transaction.";
    InMail on OtherCommand emit Refusal to InMail, May "RFC 5321" "4.2.2", "The server refuses a recipient, or whatever else belongs to the transaction.";
    InMail on Rset emit Completed to Ready, Must "RFC 5321" "4.1.1.5", "RSET drops the transaction; AUTH is allowed again.";
    InMail on Ehlo emit Completed to Ready, Must "RFC 5321" "4.1.4", "EHLO within a transaction ends it, as RSET does.";
    InMail on Ehlo emit Refusal to InMail, May "RFC 5321" "4.1.1.1", "A server may refuse the name given; the transaction goes on.";
    InMail on Data emit StartMailInput to InData, Must "RFC 5321" "4.1.1.4", "354: the message may follow.";
    InMail on Quit emit Closing to Closed, Must "RFC 5321" "4.1.1.10", "221 answers QUIT; then the server closes the connection.";
    InMail on Go emit ServiceClosing to Closed, May "RFC 5321" "3.8", "421: the server gives up, for instance when it shuts down or has waited too long.";
    InData on MailData to InData, Must "RFC 5321" "4.1.1.4", "The message, line by line.";
    InData on EndOfData emit Completed to Ready, Must "RFC 5321" "4.1.1.4", "The server takes the message.";
    InData on EndOfData emit Refusal to Ready, May "RFC 5321" "4.1.1.4", "The server refuses the message.";
    InData on Go emit ServiceClosing to Closed, May "RFC 5321" "3.8", "421: the server gives up in the middle of the message, which it drops.";
};

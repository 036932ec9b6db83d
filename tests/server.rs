//! The server alone, against everything that a client may send: one dialogue for each error case, then its policies, its
//! limits and its personas.
//!
//! A dialogue is a script: what stands behind `C:` is fed as octets, lines that follow each other in one piece, and all
//! that happens must come out as the script has it, remarks included. `…` stands for any octets.

use saslscope::mech::User;
use saslscope::session::persona::ServerPersona;
use saslscope::session::{Bindings, Effect, Input, Limits, Mechanism, ServerSetup, Session, Tls};
use saslscope::terms::{Micros, Party, Secret};
use saslscope::transcript::{What, recording};

/// A server that offers mechanisms in clear and no TLS: alice's password is wonderland, mallory is disabled.
fn setup() -> ServerSetup {
    let mut setup = ServerSetup::new("mail.example.com");
    let alice = setup.users[0].clone();
    let mallory = User { name: "mallory".into(), disabled: true, ..alice };
    setup.users.push(mallory);
    setup.mechanisms = vec![Mechanism::Gssapi, Mechanism::CramMd5, Mechanism::Plain, Mechanism::Login];
    setup.allow_plaintext = true;
    setup.tls = Tls::Never;
    setup
}

fn persona(persona: ServerPersona) -> ServerSetup {
    ServerSetup { persona, ..setup() }
}

fn open(setup: &ServerSetup) -> Session {
    let mut session = setup.session([7; 32], 133_000_000_000_000_000);
    session.handle_here(Micros(0), Input::Go { peer: String::new() });
    session
}

fn feed(session: &mut Session, octets: &[u8]) {
    session.handle_here(Micros(1), Input::Bytes(Party::Client, octets.to_vec()));
}

/// All that happened, as a recording prints it, without times.
fn happened(session: &Session) -> String {
    let events = session.transcript().steps().iter().map(|step| step.event.clone()).collect();
    let text = recording::write(&recording::Recording { headers: recording::Headers::default(), events });
    let lines = text.lines().skip_while(|line| !line.is_empty()).skip(2);
    lines.map(|line| line.split_once(' ').map_or(line, |(_, rest)| rest)).collect::<Vec<_>>().join("\n")
}

/// What the client sends in the script, and TLS where it comes up; a run of lines in one piece.
fn inputs(script: &str) -> Vec<Input> {
    let mut text = "saslscope session 1\n\n0.000000 *  opened\n".to_owned();
    for line in script.lines().filter(|line| !line.contains('…') || line.starts_with("S:")) {
        let time = if line.starts_with("* ") { "0.000000 " } else { "" };
        text.extend([time, line, "\n"]);
    }
    let read = recording::read(text.as_bytes());
    assert_eq!(read.damage.map(|damage| damage.to_string()), None, "{text}");
    let mut inputs = Vec::new();
    let mut run = Vec::new();
    for event in read.recording.events {
        match event.what {
            What::Line { from: Party::Client, bytes, .. } => run.extend(bytes),
            What::Note(_) => {}
            other => {
                if !run.is_empty() {
                    inputs.push(Input::Bytes(Party::Client, std::mem::take(&mut run)));
                }
                match other {
                    What::TlsStarted { facts } => inputs.push(Input::TlsUp { facts, bindings: Bindings::default() }),
                    What::Closed { by: Some(Party::Client), .. } => inputs.push(Input::Closed(Party::Client)),
                    _ => {}
                }
            }
        }
    }
    if !run.is_empty() {
        inputs.push(Input::Bytes(Party::Client, run));
    }
    inputs
}

fn assert_matches(happened: &str, script: &str) {
    let fits = |line: &str, expected: &str| match expected.split_once('…') {
        Some((start, end)) => line.starts_with(start) && line.ends_with(end),
        None => line == expected,
    };
    let (lines, expected): (Vec<_>, Vec<_>) = (happened.lines().collect(), script.lines().collect());
    let good =
        lines.len() == expected.len() && lines.iter().zip(&expected).all(|(line, expected)| fits(line, expected));
    assert!(good, "it came out as\n{happened}\n\nand not as\n{script}");
}

/// Plays a whole connection.
fn plays(setup: &ServerSetup, script: &str) -> Session {
    let mut session = open(setup);
    for input in inputs(script) {
        session.handle_here(Micros(1), input);
    }
    assert_matches(&happened(&session), script);
    session
}

/// The same behind the greeting and EHLO of the default persona.
fn answers(setup: &ServerSetup, script: &str) -> Session {
    let mut session = open(setup);
    feed(&mut session, b"EHLO client.example.com\r\n");
    let before = happened(&session).lines().count();
    for input in inputs(script) {
        session.handle_here(Micros(1), input);
    }
    let lines = happened(&session).lines().skip(before).map(str::to_owned).collect::<Vec<_>>().join("\n");
    assert_matches(&lines, script);
    session
}

/// Over TLS already.
fn secured(setup: &ServerSetup) -> Session {
    let mut session = open(&ServerSetup { tls: Tls::Implicit, ..setup.clone() });
    session.handle_here(Micros(1), Input::TlsUp { facts: "TLSv1.3".into(), bindings: Bindings::default() });
    session
}

const SPOILT: &str = "S: 501 5.5.2 Cannot decode base64";

mod errors {
    use super::*;

    #[test]
    fn e01_auth_alone() {
        answers(&setup(), "C: AUTH\nS: 501 5.5.4 Syntax: AUTH mechanism [initial-response]");
    }

    #[test]
    fn e02_auth_with_a_word_too_many() {
        answers(&setup(), "C: AUTH PLAIN QUJD QUJD\nS: 501 5.5.4 Syntax: AUTH mechanism [initial-response]");
    }

    #[test]
    fn e03_an_unknown_mechanism() {
        answers(&setup(), "C: AUTH KERBEROS_V4\nS: 504 5.5.4 Unrecognized authentication type");
    }

    #[test]
    fn e04_an_initial_response_that_is_no_base64() {
        answers(&setup(), &format!("C: AUTH GSSAPI !!!\n{SPOILT}"));
    }

    #[test]
    fn e05_characters_outside_the_alphabet_are_never_skipped() {
        for spoilt in ["YWxp Y2U=", r"YWxp\x0DY2U=", r"YWxp\x09Y2U=", "YWxp-Y2U", "YWxp_Y2U", "YWxpY2U", "YWx=pY2U="] {
            answers(&setup(), &format!("C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: {spoilt}\n{SPOILT}"));
            answers(&setup(), &format!("C: AUTH GSSAPI\nS: 334\\x20\nC: {spoilt}\n{SPOILT}"));
        }
    }

    #[test]
    fn e06_an_equals_sign_in_the_exchange() {
        answers(&setup(), &format!("C: AUTH PLAIN\nS: 334\\x20\nC: =\n{SPOILT}"));
        answers(&setup(), "C: AUTH PLAIN =\n# server: …\nS: 535 5.7.8 Authentication credentials invalid");
    }

    #[test]
    fn e07_cancel_and_the_state_is_dropped() {
        answers(
            &setup(),
            "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YWxpY2U=\nS: 334 UGFzc3dvcmQ6\nC: *\n\
             S: 501 5.7.0 Authentication cancelled\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6",
        );
    }

    #[test]
    fn e08_a_blank_beside_the_asterisk_is_no_cancel() {
        answers(&setup(), &format!("C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: *\\x20\n{SPOILT}"));
        answers(&setup(), &format!("C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: \\x20*\n{SPOILT}"));
    }

    #[test]
    fn e09_a_line_over_the_limit_is_drained() {
        let mut session = open(&setup());
        feed(&mut session, b"EHLO client\r\nAUTH PLAIN\r\n");
        feed(&mut session, &b"QUJD".repeat(3072));
        assert!(happened(&session).ends_with("S: 334\\x20"), "nothing is said before the line ends");
        feed(&mut session, b"QUJD\r\n");
        feed(&mut session, b"NOOP\r\n");
        assert!(
            happened(&session)
                .ends_with("S: 500 5.5.6 Authentication exchange line is too long\nC: NOOP\nS: 250 2.0.0 OK")
        );
        // As a command line, and at the limit itself.
        let mut session = open(&setup());
        feed(&mut session, b"EHLO client\r\nAUTH PLAIN ");
        feed(&mut session, &b"QUJD".repeat(4000));
        feed(&mut session, b"\r\n");
        assert!(happened(&session).ends_with("S: 500 5.5.6 Authentication exchange line is too long"));
        let mut line = b"QUJD".repeat(3071);
        line.extend_from_slice(b"QQ==\r\n");
        line.drain(..2);
        let mut session = open(&setup());
        feed(&mut session, b"EHLO client\r\nAUTH PLAIN\r\n");
        feed(&mut session, &line);
        assert!(!happened(&session).contains("S: 500"), "12,288 octets and less are taken");
    }

    #[test]
    fn e10_cr_or_lf_alone() {
        let refused = "S: 500 5.5.2 Lines end in CRLF, and hold neither alone";
        answers(&setup(), &format!("C: NOOP\\n\n{refused}"));
        answers(&setup(), &format!("C: NOOP a\\x0Db\n{refused}"));
        answers(&setup(), &format!("C: AUTH LOGIN\\n\n{refused}"));
        answers(&setup(), &format!("C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YWxpY2U=\\n\n{refused}"));
    }

    #[test]
    fn e11_nul_and_octets_above_0x7f() {
        for spoilt in [r"YWxp\x00Y2U=", r"YWxp\xC3\xA4Y2U="] {
            answers(&setup(), &format!("C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: {spoilt}\n{SPOILT}"));
            answers(&setup(), &format!("C: AUTH LOGIN {spoilt}\n{SPOILT}"));
        }
        answers(&setup(), "C: NOOP \\x00\nS: 501 5.5.2 NUL and octets above 0x7F have no place here");
    }

    #[test]
    fn e12_the_connection_ends_in_the_exchange() {
        answers(&setup(), "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\n*  closed by client");
    }

    #[test]
    fn e13_commands_typed_in_the_exchange_are_responses() {
        for word in ["QUIT", "RSET", "NOOP", "EHLO"] {
            answers(
                &setup(),
                &format!(
                    "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: {word}\nS: 334 UGFzc3dvcmQ6\nC: {word}\n\
                     S: 535 5.7.8 Authentication credentials invalid"
                ),
            );
            answers(
                &setup(),
                &format!(
                    "C: AUTH PLAIN\nS: 334\\x20\nC: {word}\n# server: …\nS: 535 5.7.8 Authentication credentials invalid"
                ),
            );
        }
        answers(&setup(), &format!("C: AUTH PLAIN\nS: 334\\x20\nC: MAIL FROM:<a@example.com>\n{SPOILT}"));
    }

    #[test]
    fn e14_what_is_pipelined_behind_auth_is_read_as_a_response() {
        answers(
            &setup(),
            "C: AUTH LOGIN\nC: NOOP\nC: NOOP\nS: 334 VXNlcm5hbWU6\nS: 334 UGFzc3dvcmQ6\n\
             S: 535 5.7.8 Authentication credentials invalid",
        );
        // But for a mechanism of one message with its initial response, which is done by then.
        answers(
            &setup(),
            "C: AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\nC: NOOP\nS: 235 2.7.0 Authentication successful\nS: 250 2.0.0 OK",
        );
    }

    #[test]
    fn e21_a_malformed_first_token() {
        answers(
            &setup(),
            "C: AUTH GSSAPI bm8gdG9rZW4=\n*  mech server step …\nS: 535 5.7.8 Authentication credentials invalid",
        );
    }

    #[test]
    fn e22_no_mechanism_in_common() {
        // NegTokenInit with IAKERB alone.
        answers(
            &setup(),
            "C: AUTH GSSAPI YBcGBisGAQUFAqANMAugCTAHBgUrBgEFAg==\n*  mech server step …\n\
             S: 535 5.7.8 Authentication credentials invalid",
        );
    }

    #[test]
    fn e24_a_bare_kerberos_token_is_refused() {
        answers(
            &setup(),
            "C: AUTH GSSAPI YA8GCSqGSIb3EgECAgEAbgA=\n*  mech server step …\nS: 535 5.7.8 Authentication credentials invalid",
        );
    }

    #[test]
    fn e26_e27_e28_hostile_and_partial_tokens() {
        for token in [
            "YIT/////",             // a length of 4 GiB
            "YIAGBisGAQUFAg==",     // an indefinite length
            "YIICAAYGKwYBBQUCoA==", // the beginning of a token, and no more
        ] {
            answers(
                &setup(),
                &format!(
                    "C: AUTH GSSAPI {token}\n*  mech server step …\nS: 535 5.7.8 Authentication credentials invalid"
                ),
            );
        }
    }

    #[test]
    fn e33_auth_after_success() {
        let script = "C: AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\nS: 235 2.7.0 Authentication successful\n";
        for auth in ["AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=", "AUTH LOGIN !", "AUTH"] {
            answers(&setup(), &format!("{script}C: {auth}\nS: 503 5.5.1 Already authenticated"));
        }
    }

    #[test]
    fn e34_auth_in_a_transaction() {
        let free = ServerSetup { require_auth: false, ..setup() };
        let mail = "C: MAIL FROM:<a@example.com>\nS: 250 2.1.0 …\n";
        let refused = "S: 503 5.5.1 AUTH is not allowed within a mail transaction";
        answers(
            &free,
            &format!("{mail}C: AUTH LOGIN\n{refused}\nC: RSET\nS: 250 2.0.0 OK\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6"),
        );
        answers(&free, &format!("{mail}C: AUTH LOGIN !\n{refused}"));
    }

    #[test]
    fn e36_a_user_name_that_is_no_base64() {
        answers(&setup(), &format!("C: AUTH LOGIN !\n{SPOILT}"));
        // By MS-XLOGIN it is noticed with the password.
        let mut session = open(&persona(ServerPersona::Exchange));
        feed(&mut session, b"EHLO client\r\nAUTH LOGIN\r\n");
        feed(&mut session, b"alice!\r\n");
        assert!(happened(&session).ends_with(
            "C: alice!\n# persona exchange: the user name is decoded together with the password (MS-XLOGIN 3.2.5.3)\n\
             S: 334 UGFzc3dvcmQ6"
        ));
        feed(&mut session, b"d29uZGVybGFuZA==\r\n");
        assert!(happened(&session).ends_with("S: 535 5.7.3 Authentication unsuccessful"), "{}", happened(&session));
    }

    #[test]
    fn e37_nul_in_the_name_and_a_name_beyond_all_bounds() {
        let name = "QUJD".repeat(1000);
        for name in ["YWxpY2UAeA==", &name] {
            answers(
                &setup(),
                &format!(
                    "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: {name}\nS: 334 UGFzc3dvcmQ6\nC: d29uZGVybGFuZA==\n\
                     S: 535 5.7.8 Authentication credentials invalid"
                ),
            );
        }
    }

    #[test]
    fn e38_an_empty_password_is_nobodys() {
        let mut lax = setup();
        lax.users[0].password = Secret::from("");
        answers(
            &lax,
            "C: AUTH LOGIN YWxpY2U=\nS: 334 UGFzc3dvcmQ6\nC:\nS: 535 5.7.8 Authentication credentials invalid\n\
             C: AUTH PLAIN AGFsaWNlAA==\n# server: …\nS: 535 5.7.8 Authentication credentials invalid",
        );
    }

    #[test]
    fn e39_a_replayed_answer_meets_a_fresh_challenge() {
        // Two exchanges of one connection, and two connections, have other challenges.
        let challenge = |seed, exchanges: usize| {
            let mut session = setup().session([seed; 32], 133_000_000_000_000_000);
            session.handle_here(Micros(0), Input::Go { peer: String::new() });
            feed(&mut session, b"EHLO client\r\n");
            for _ in 0..exchanges {
                feed(&mut session, b"AUTH CRAM-MD5\r\n");
                feed(&mut session, b"*\r\n");
            }
            feed(&mut session, b"AUTH CRAM-MD5\r\n");
            happened(&session).lines().last().unwrap_or_default().to_owned()
        };
        assert_ne!(challenge(1, 0), challenge(2, 0));
        assert_ne!(challenge(1, 0), challenge(1, 1));
    }

    #[test]
    fn e42_another_try_in_the_same_session() {
        answers(
            &setup(),
            "C: AUTH PLAIN AGFsaWNlAHJhYmJpdA==\n# server: …\nS: 535 5.7.8 Authentication credentials invalid\n\
             C: AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\nS: 235 2.7.0 Authentication successful",
        );
    }
}

mod policy {
    use super::*;

    #[test]
    fn before_ehlo_most_commands_are_out_of_order() {
        plays(
            &setup(),
            "S: 220 mail.example.com ESMTP saslscope\nC: AUTH LOGIN\nS: 503 5.5.1 Send EHLO first\n\
             C: AUTH !\nS: 503 5.5.1 Send EHLO first\nC: AUTH\nS: 503 5.5.1 Send EHLO first\n\
             C: MAIL FROM:<a@example.com>\nS: 503 5.5.1 Send EHLO first\nC: NOOP\nS: 250 2.0.0 OK\n\
             C: EHLO\nS: 250-mail.example.com\nS: 250-PIPELINING\nS: 250-8BITMIME\nS: 250-ENHANCEDSTATUSCODES\n\
             S: 250 AUTH GSSAPI CRAM-MD5 PLAIN LOGIN\nC: QUIT\nS: 221 2.0.0 Bye\n*  closed by server",
        );
    }

    #[test]
    fn after_helo_there_are_no_extensions() {
        plays(
            &setup(),
            "S: 220 mail.example.com ESMTP saslscope\nC: HELO client\nS: 250 mail.example.com\nC: AUTH LOGIN\n\
             S: 503 5.5.1 Send EHLO: after HELO there are no extensions",
        );
    }

    #[test]
    fn what_bares_a_secret_is_hidden_until_tls() {
        let strict = ServerSetup { allow_plaintext: false, tls: Tls::StartTls, ..setup() };
        let session = plays(
            &strict,
            "S: 220 mail.example.com ESMTP saslscope\nC: EHLO client\nS: 250-mail.example.com\nS: 250-PIPELINING\n\
             S: 250-8BITMIME\nS: 250-ENHANCEDSTATUSCODES\nS: 250-STARTTLS\nS: 250 AUTH GSSAPI CRAM-MD5\n\
             C: AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\nS: 504 5.5.4 This mechanism is allowed within TLS only\n\
             C: AUTH LOGIN\nS: 504 5.5.4 This mechanism is allowed within TLS only\nC: STARTTLS\n\
             S: 220 2.0.0 Ready to start TLS\n*  tls started TLSv1.3\nC: AUTH LOGIN\nS: 503 5.5.1 Send EHLO first\n\
             C: EHLO client\nS: 250-mail.example.com\nS: 250-PIPELINING\nS: 250-8BITMIME\nS: 250-ENHANCEDSTATUSCODES\n\
             S: 250 AUTH GSSAPI CRAM-MD5 PLAIN LOGIN\nC: STARTTLS\nS: 503 5.5.1 TLS is up already\n\
             C: AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\nS: 235 2.7.0 Authentication successful",
        );
        assert!(!session.ended());
    }

    #[test]
    fn starttls_without_tls_with_a_parameter_and_too_late() {
        answers(&setup(), "C: STARTTLS\nS: 502 5.5.1 No TLS here");
        let tls = ServerSetup { tls: Tls::StartTls, ..setup() };
        answers(&tls, "C: STARTTLS now\nS: 501 5.5.4 STARTTLS takes no parameter");
        answers(
            &tls,
            "C: AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\nS: 235 2.7.0 Authentication successful\nC: STARTTLS\n\
             S: 503 5.5.1 Too late for TLS",
        );
    }

    #[test]
    fn what_is_injected_behind_starttls_is_shown_and_dropped() {
        let tls = ServerSetup { tls: Tls::StartTls, require_auth: false, ..setup() };
        let session = answers(
            &tls,
            "C: STARTTLS\nC: EHLO evil\nC: MAIL FROM:<evil@example.com>\nS: 220 2.0.0 Ready to start TLS\nC: RC\\.\n\
             # server: 3 line(s) in clear behind STARTTLS are dropped (RFC 3207 4.2, CVE-2011-0411)\n\
             *  tls started TLSv1.3\nC: MAIL FROM:<alice@example.com>\nS: 503 5.5.1 Send EHLO first",
        );
        let flagged = session.transcript().steps().iter().filter(|step| step.deviation.is_some()).count();
        assert!(flagged >= 2, "{flagged} deviations");
    }

    #[test]
    fn the_third_failure_ends_the_connection() {
        let failed =
            "C: AUTH PLAIN AGFsaWNlAHJhYmJpdA==\n# server: …\nS: 535 5.7.8 Authentication credentials invalid\n";
        let end = "S: 421 4.7.0 Too many failed attempts to authenticate\n*  closed by server";
        answers(&setup(), &format!("{failed}{failed}{failed}{end}"));
        answers(&ServerSetup { failures_allowed: 1, ..setup() }, &format!("{failed}{end}"));
        let patient = ServerSetup { failures_allowed: 0, ..setup() };
        answers(&patient, failed.repeat(5).trim_end());
        // A command that was pipelined behind the last is not served any more.
        let script = format!(
            "{failed}{failed}C: AUTH PLAIN AGFsaWNlAHJhYmJpdA==\nC: NOOP\n# server: …\nS: 535 5.7.8 Authentication credentials invalid\n{end}"
        );
        answers(&setup(), &script);
    }

    #[test]
    fn a_silent_client_is_told_before_it_is_left() {
        for sent in ["", "EHLO client\r\n", "EHLO client\r\nAUTH LOGIN\r\n", "EHLO client\r\nAUTH LOGIN\r\nYWxp"] {
            let mut session = open(&setup());
            for line in sent.split_inclusive('\n') {
                feed(&mut session, line.as_bytes());
            }
            let due = session.deadline().expect("a deadline");
            assert!(session.handle(Micros(due.0 - 1), Input::Tick).is_empty(), "not yet");
            let effects = session.handle(due, Input::Tick);
            assert!(matches!(effects.last(), Some(Effect::Close)), "{sent:?}");
            let text = happened(&session);
            assert!(text.ends_with("S: 421 4.4.2 Nothing was said for too long\n*  closed by server"), "{text}");
            let deviation = session.transcript().steps().iter().find_map(|step| step.deviation.as_ref());
            assert_eq!(deviation, None, "{sent:?}");
        }
    }

    #[test]
    fn an_octet_now_and_then_does_not_keep_a_connection() {
        let mut session = open(&setup());
        let due = session.deadline().expect("a deadline");
        for second in 1..300 {
            session.handle(Micros(second * 1_000_000), Input::Bytes(Party::Client, b"A".to_vec()));
        }
        assert_eq!(session.deadline(), Some(due));
    }

    #[test]
    fn mail_is_answered_and_discarded() {
        answers(
            &ServerSetup { require_auth: false, ..setup() },
            "C: RCPT TO:<b@example.com>\nS: 503 5.5.1 Send MAIL first\nC: DATA\nS: 503 5.5.1 Send MAIL first\n\
             C: MAIL a@example.com\nS: 501 5.5.4 Syntax: MAIL FROM:<address> [AUTH=xtext]\n\
             C: MAIL FROM:<a@example.com> AUTH=e+3Dmc2@example.com\n\
             S: 250 2.1.0 Sender OK: the message will be shown and discarded\n\
             C: MAIL FROM:<a@example.com>\nS: 503 5.5.1 One MAIL at a time\nC: DATA\nS: 503 5.5.1 Send RCPT first\n\
             C: RCPT b@example.com\nS: 501 5.5.4 Syntax: RCPT TO:<address>\n\
             C: RCPT TO:<b@example.com>\nS: 250 2.1.5 Recipient OK\nC: DATA\n\
             S: 354 End with a dot alone; the message is shown and discarded\nC: Subject: tea\nC:\nC: QUIT\nC: .\n\
             S: 250 2.0.0 Shown and discarded: nothing is delivered here\nC: DATA\nS: 503 5.5.1 Send MAIL first\n\
             C: VRFY alice\nS: 252 2.0.0 Nobody is verified here\nC: EXPN list\nS: 502 5.5.1 Not implemented\n\
             C: BDAT 3 LAST\nS: 502 5.5.1 Not implemented\nC: HELP\nS: 214 2.0.0 …\n\
             C: XYZZY\nS: 500 5.5.2 Command not recognized",
        );
    }

    #[test]
    fn mail_wants_authentication() {
        let required = "S: 530 5.7.0 Authentication required";
        answers(
            &setup(),
            &format!(
                "C: MAIL FROM:<a@example.com>\n{required}\nC: RCPT TO:<b@example.com>\n{required}\nC: DATA\n{required}\n\
                 C: VRFY alice\n{required}\nC: AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\n\
                 S: 235 2.7.0 Authentication successful\nC: MAIL FROM:<> AUTH=<>\nS: 250 2.1.0 …\n\
                 C: AUTH LOGIN\nS: 503 5.5.1 AUTH is not allowed within a mail transaction\n\
                 C: RCPT TO:<b@example.com>\nS: 250 2.1.5 Recipient OK\nC: RSET\nS: 250 2.0.0 OK\n\
                 C: DATA\nS: 503 5.5.1 Send MAIL first"
            ),
        );
    }

    #[test]
    fn the_auth_parameter_of_mail_is_xtext() {
        let free = ServerSetup { require_auth: false, ..setup() };
        for (parameter, taken) in
            [("<>", true), ("a+2B@b", true), ("a+2b@b", false), ("a=b", false), ("a+2", false), ("", false)]
        {
            let reply = if taken { "S: 250 2.1.0 …" } else { "S: 501 5.5.4 …" };
            answers(&free, &format!("C: MAIL FROM:<a@example.com> SIZE=10 AUTH={parameter}\n{reply}"));
        }
    }

    #[test]
    fn whoever_is_disabled_is_told_only_with_the_right_password() {
        answers(
            &setup(),
            "C: AUTH PLAIN AG1hbGxvcnkAd29uZGVybGFuZA==\nS: 525 5.7.13 The account is disabled\n\
             C: AUTH PLAIN AG1hbGxvcnkAcmFiYml0\n# server: …\nS: 535 5.7.8 Authentication credentials invalid",
        );
        answers(
            &setup(),
            "C: AUTH LOGIN bWFsbG9yeQ==\nS: 334 UGFzc3dvcmQ6\nC: d29uZGVybGFuZA==\nS: 525 5.7.13 The account is disabled",
        );
    }

    #[test]
    fn names_go_without_regard_to_case_and_with_their_domain() {
        let mut setup = setup();
        setup.users[0].domain = Some("example.com".into());
        let base64 = saslscope::wire::base64::encode;
        for (name, good) in [
            ("ALICE", true),
            ("alice@Example.com", true),
            ("EXAMPLE.COM\\alice", true),
            ("alice@example.org", false),
            ("alic", false),
        ] {
            let reply = if good { "S: 235 2.7.0 …" } else { "S: 535 5.7.8 …" };
            let (name, password) = (base64(name.as_bytes()), base64(b"wonderland"));
            answers(&setup, &format!("C: AUTH LOGIN {name}\nS: 334 UGFzc3dvcmQ6\nC: {password}\n{reply}"));
        }
    }
}

mod limits {
    use super::*;

    #[test]
    fn commands_without_authentication_come_to_an_end() {
        let limits = Limits { commands: 5, ..Limits::default() };
        let mut session = open(&ServerSetup { limits, ..setup() });
        feed(&mut session, &b"NOOP\r\n".repeat(1000));
        let text = happened(&session);
        assert_eq!(text.matches("C: NOOP").count(), 5);
        assert!(
            text.ends_with(
                "S: 421 4.7.0 Too many commands without authentication\n*  gap 5970 octets\n*  closed by server"
            ),
            "{text}"
        );
        let steps = session.transcript().steps().len();
        feed(&mut session, &b"NOOP\r\n".repeat(1000));
        assert_eq!(session.transcript().steps().len(), steps, "a closed session takes nothing in");
    }

    #[test]
    fn a_hundred_recipients_fit() {
        let mut session = open(&ServerSetup { require_auth: false, ..setup() });
        feed(&mut session, b"EHLO client\r\nMAIL FROM:<a@example.com>\r\n");
        feed(&mut session, &b"RCPT TO:<b@example.com>\r\n".repeat(100));
        feed(&mut session, b"DATA\r\n");
        assert!(happened(&session).ends_with("S: 354 End with a dot alone; the message is shown and discarded"));
    }

    #[test]
    fn a_long_message_is_counted_not_kept() {
        let limits = Limits { message_lines: 3, ..Limits::default() };
        let mut session = open(&ServerSetup { limits, require_auth: false, ..setup() });
        feed(&mut session, b"EHLO client\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n");
        for _ in 0..1000 {
            feed(&mut session, b"0123456789\r\n");
        }
        feed(&mut session, b".\r\n");
        let text = happened(&session);
        assert_eq!(text.matches("C: 0123456789").count(), 3);
        assert!(
            text.ends_with("*  gap 11964 octets\nC: .\nS: 250 2.0.0 Shown and discarded: nothing is delivered here"),
            "{text}"
        );
    }

    #[test]
    fn while_a_line_is_held_a_client_does_not_fill_the_transcript() {
        let mut session = open(&setup());
        session.set_gate(Party::Server, saslscope::session::Gate { receive: false, send: true });
        for _ in 0..100 {
            feed(&mut session, &b"NOOP\r\n".repeat(100));
        }
        assert!(session.transcript().steps().len() < 300);
    }

    #[test]
    fn an_authenticated_client_may_say_as_much_as_it_likes() {
        let mut session = open(&setup());
        feed(&mut session, b"EHLO client\r\nAUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\r\n");
        for _ in 0..10_000 {
            feed(&mut session, b"NOOP\r\n");
        }
        assert!(happened(&session).ends_with("C: NOOP\nS: 250 2.0.0 OK"));
    }

    #[test]
    fn the_line_limit_can_be_set() {
        let short = ServerSetup { line_limit: Some(64), ..setup() };
        let mut session = open(&short);
        feed(&mut session, b"EHLO client\r\nAUTH PLAIN\r\n");
        feed(&mut session, &[&b"QUJD".repeat(20)[..], b"\r\n"].concat());
        assert!(happened(&session).ends_with("S: 500 5.5.6 Authentication exchange line is too long"));
        let long = ServerSetup { line_limit: Some(65_536), ..setup() };
        let mut session = open(&long);
        feed(&mut session, b"EHLO client\r\nAUTH PLAIN\r\n");
        feed(&mut session, &[&b"QUJD".repeat(8000)[..], b"\r\n"].concat());
        assert!(happened(&session).ends_with("S: 535 5.7.8 Authentication credentials invalid"));
    }
}

mod personas {
    use super::*;

    #[test]
    fn exchange() {
        plays(
            &ServerSetup { tls: Tls::StartTls, allow_plaintext: false, ..persona(ServerPersona::Exchange) },
            "S: 220 mail.example.com Microsoft ESMTP MAIL Service ready\nC: AUTH LOGIN\n\
             # persona exchange: 503 5.5.2 in place of 503 5.5.1 (captures of Exchange)\nS: 503 5.5.2 Send hello first\n\
             C: EHLO client\nS: 250-mail.example.com Hello\nS: 250-SIZE 37748736\nS: 250-PIPELINING\nS: 250-DSN\n\
             S: 250-ENHANCEDSTATUSCODES\nS: 250-STARTTLS\nS: 250-X-ANONYMOUSTLS\nS: 250-AUTH GSSAPI CRAM-MD5\n\
             S: 250-X-EXPS GSSAPI\nS: 250-8BITMIME\nS: 250 XRDST\nC: AUTH LOGIN\n\
             # persona exchange: 504 5.7.4 in place of 504 5.5.4 (captures of Exchange)\n\
             S: 504 5.7.4 Unrecognized authentication type\nC: MAIL FROM:<a@example.com>\n\
             # persona exchange: 530 5.7.1 in place of 530 5.7.0 (captures of Exchange)\n\
             S: 530 5.7.1 Client was not authenticated\nC: AUTH GSSAPI\n\
             # persona exchange: words for people in place of an empty challenge (MS-SMTPNTLM 2.2.1.2)\n\
             S: 334 GSSAPI supported\nC: *\nS: 501 5.7.0 Authentication cancelled\nC: STARTTLS\nS: 220 2.0.0 SMTP server ready",
        );
    }

    #[test]
    fn postfix() {
        plays(
            &persona(ServerPersona::Postfix),
            "S: 220 mail.example.com ESMTP Postfix\nC: AUTH LOGIN\n\
             # persona postfix: AUTH is taken before EHLO (Postfix, smtpd_helo_required is off)\nS: 334 VXNlcm5hbWU6\n\
             C: !\n# persona postfix: 535 5.7.8 in place of 501 5.5.2 (Postfix, xsasl_cyrus_server.c)\n\
             S: 535 5.7.8 Error: authentication failed: Invalid base64 data in continued response\nC: EHLO client\n\
             S: 250-mail.example.com\nS: 250-PIPELINING\nS: 250-SIZE 10240000\nS: 250-VRFY\n\
             S: 250-AUTH GSSAPI CRAM-MD5 PLAIN LOGIN\nS: 250-ENHANCEDSTATUSCODES\nS: 250-8BITMIME\nS: 250 DSN\n\
             C: AUTH KERBEROS_V4\n# persona postfix: 535 5.7.8 in place of 504 5.5.4 (Postfix, smtpd_sasl_glue.c)\n\
             S: 535 5.7.8 Error: authentication failed: Invalid authentication mechanism\nC: AUTH LOGIN !\n\
             # persona postfix: 535 5.7.8 in place of 501 5.5.2 (Postfix, xsasl_cyrus_server.c)\n\
             S: 535 5.7.8 Error: authentication failed: Invalid base64 data in initial response\nC: AUTH LOGIN\n\
             S: 334 VXNlcm5hbWU6\nC: *\nS: 501 5.7.0 Authentication aborted",
        );
    }

    #[test]
    fn dovecot() {
        plays(
            &ServerSetup { allow_plaintext: false, ..persona(ServerPersona::Dovecot) },
            "S: 220 mail.example.com Dovecot ready.\nC: EHLO client\nS: 250-mail.example.com\nS: 250-AUTH GSSAPI CRAM-MD5\n\
             S: 250-8BITMIME\nS: 250-ENHANCEDSTATUSCODES\nS: 250-PIPELINING\nS: 250 SIZE\nC: AUTH LOGIN\n\
             # persona dovecot: 523 5.7.10 in place of 504 5.5.4 (Dovecot, client-authenticate.c)\n\
             S: 523 5.7.10 Plaintext authentication disallowed on non-secure (SSL/TLS) connections.\nC: AUTH GSSAPI\n\
             S: 334\\x20\nC: *\n# persona dovecot: 501 5.5.2 in place of 501 5.7.0 (Dovecot, smtp-server-cmd-auth.c)\n\
             S: 501 5.5.2 Authentication aborted by client.",
        );
        let mut session = open(&persona(ServerPersona::Dovecot));
        feed(&mut session, b"EHLO client\r\nAUTH PLAIN\r\n");
        feed(&mut session, &[&b"QUJD".repeat(2500)[..], b"\r\n"].concat());
        assert!(happened(&session).ends_with("S: 500 5.5.2 Line too long"), "8192 octets is all that it takes");
    }

    #[test]
    fn exim() {
        plays(
            &persona(ServerPersona::Exim),
            "S: 220 mail.example.com ESMTP Exim 4.96\nC: EHLO client\nS: 250-mail.example.com Hello\n\
             S: 250-SIZE 52428800\nS: 250-8BITMIME\nS: 250-PIPELINING\nS: 250 AUTH GSSAPI CRAM-MD5 PLAIN LOGIN\n\
             C: AUTH CRAM-MD5 QUJD\n# persona exim: 553 in place of 501 5.7.0 (Exim 4.96, smtp_in.c)\n\
             S: 553 Initial data not expected\nC: AUTH PLAIN AGFsaWNlAHJhYmJpdA==\n# server: …\n\
             S: 535 Incorrect authentication data\nC: MAIL FROM:<a@example.com>\nS: 530 Authentication required",
        );
    }

    #[test]
    fn aiosmtpd() {
        plays(
            &persona(ServerPersona::Aiosmtpd),
            "S: 220 mail.example.com Python SMTP 1.4.6\nC: HELO client\nS: 250 mail.example.com\nC: AUTH LOGIN\n\
             # persona aiosmtpd: 500 in place of 503 5.5.1 (aiosmtpd 1.4.6, smtp.py)\n\
             S: 500 Error: command 'AUTH' not recognized\nC: EHLO client\nS: 250-mail.example.com\nS: 250-8BITMIME\n\
             S: 250 AUTH GSSAPI CRAM-MD5 PLAIN LOGIN\nC: AUTH login\n\
             # persona aiosmtpd: mechanisms are known in capitals only (aiosmtpd 1.4.6, smtp.py)\n\
             S: 504 5.5.4 Unrecognized authentication type\nC: AUTH LOGIN YWxpY2U=\n\
             # persona aiosmtpd: the user name that came with the command is asked for again (aiosmtpd 1.2, smtp.py)\n\
             # persona aiosmtpd: prompts that end in NUL (draft-murchison-sasl-login-00)\nS: 334 VXNlciBOYW1lAA==\n\
             C: =\n# persona aiosmtpd: = within the exchange stands for nothing (aiosmtpd 1.2, smtp.py)\n\
             # persona aiosmtpd: prompts that end in NUL (draft-murchison-sasl-login-00)\nS: 334 UGFzc3dvcmQA\n\
             C: d29uZGVybGFuZA==\nS: 535 5.7.8 Authentication credentials invalid",
        );
    }

    #[test]
    fn strict() {
        let mut session = open(&persona(ServerPersona::Strict));
        feed(&mut session, b"EHLO\r\n");
        assert!(happened(&session).ends_with(
            "# persona strict: EHLO without a name is refused (RFC 5321 4.1.1.1)\n\
             S: 501 5.5.4 EHLO wants the client's name"
        ));
        feed(&mut session, b"EHLO client\r\n");
        feed(&mut session, &[b"AUTH PLAIN ", &b"QUJD".repeat(150)[..], b"\r\n"].concat());
        assert!(happened(&session).ends_with(
            "# persona strict: 500 to a command line past 512 octets (RFC 5321 4.5.3.1.4, RFC 4954 4)\n\
             S: 500 5.5.6 Authentication exchange line is too long"
        ));
    }

    /// A whole connection with each, TLS in between: no reply is a deviation of the server's.
    #[test]
    fn none_breaks_the_tables() {
        for persona in ServerPersona::ALL {
            let mut session = secured(&ServerSetup { persona, ..setup() });
            for line in
                ["EHLO client", "AUTH X", "AUTH", "AUTH PLAIN !", "AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=", "NOOP", "QUIT"]
            {
                feed(&mut session, format!("{line}\r\n").as_bytes());
            }
            let text = happened(&session);
            assert!(text.contains("S: 235") && session.ended(), "{persona}:\n{text}");
            let deviations = session.transcript().steps().iter().filter_map(|step| step.deviation.as_ref());
            let own: Vec<_> = deviations.filter(|deviation| deviation.party == Party::Server).collect();
            assert!(own.is_empty(), "{persona}: {own:?}");
        }
    }
}

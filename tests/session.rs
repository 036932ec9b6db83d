//! The engines and their gate, as dialogues: what is held, what may be said instead, what goes out in the end.

use saslscope::decode::Mech;
use saslscope::machine::{Machine, RowId, Signal};
use saslscope::mech::{Kit, User, spnego};
use saslscope::session::{
    Client, Effect, Fault, Gate, Held, Initial, Input, Lab, LayerMode, Mechanism, Prompts, Server, ServerSetup,
    Session, Stop, embedded,
};
use saslscope::terms::{Micros, Party, Secret};
use saslscope::transcript::{Verdict, What, recording};

const SEND: Gate = Gate { receive: false, send: true };

/// The lines that passed, as RFC 4954 prints them, without times; edited ones with what they were.
fn dialogue(session: &Session) -> String {
    let events = session.transcript().steps().iter().map(|step| step.event.clone()).collect();
    let text = recording::write(&recording::Recording { headers: recording::Headers::default(), events });
    let lines = text.lines().skip_while(|line| !line.is_empty()).skip(1);
    lines.map(|line| line.split_once(' ').map_or(line, |(_, rest)| rest)).collect::<Vec<_>>().join("\n")
}

/// The same with tokens left out, which differ from seed to seed.
fn outline(session: &Session) -> String {
    let long = |word: &str| if word.len() > 24 { "…".to_owned() } else { word.to_owned() };
    dialogue(session).lines().map(|line| line.split(' ').map(long).collect::<Vec<_>>().join(" ") + "\n").collect()
}

fn lab() -> Lab {
    Lab::new([7; 32], 133_000_000_000_000_000)
}

fn played(lab: &Lab) -> Session {
    let mut session = lab.session();
    session.play(Micros(1000));
    session
}

fn held_line(session: &Session) -> String {
    match session.held() {
        Some(Held::Line(held)) => {
            format!("{}: {}", held.party.letter(), String::from_utf8_lossy(&held.current).trim_end_matches("\r\n"))
        }
        Some(Held::Received { party }) => format!("received by {party}"),
        None => "nothing".to_owned(),
    }
}

fn server() -> Session {
    let lab = lab();
    let kit = lab.kit.clone();
    let contexts = embedded(kit, Party::Server, spnego::SpnegoOptions::default());
    let charlie =
        User { name: "Charlie".into(), password: Secret::from("password"), token: None, domain: None, disabled: false };
    let kit = Kit { users: vec![charlie], host: "SMTP.example.com".into(), ..lab.kit };
    let mut session = Session::new(None, Some(Server::new(kit, contexts)));
    session.handle(Micros(0), Input::Go { peer: "192.0.2.7:4711".into() });
    session.handle(Micros(1), Input::Bytes(Party::Client, b"EHLO client.example.com\r\n".to_vec()));
    session
}

fn say(session: &mut Session, text: &str) -> Vec<Effect> {
    session.handle(Micros(2), Input::Bytes(Party::Client, text.as_bytes().to_vec()))
}

fn stacks(session: &Session) -> [String; 2] {
    session.transcript().standing().stacks.clone().map(|stack| stack.to_string())
}

#[test]
fn the_lab_plays_spnego_over_ntlm_to_235() {
    let session = played(&lab());
    assert_eq!(
        outline(&session),
        "*  opened the lab\n\
         S: 220 server.example.com ESMTP saslscope\n\
         C: EHLO client.example.com\n\
         S: 250-server.example.com\n\
         S: 250-8BITMIME\n\
         S: 250-ENHANCEDSTATUSCODES\n\
         S: 250 AUTH GSSAPI LOGIN\n\
         C: AUTH GSSAPI …\n\
         S: 334 …\n\
         C: …\n\
         S: 334 …\n\
         C:\n\
         S: 334 …\n\
         C: …\n\
         S: 235 2.7.0 Authentication successful\n\
         C: QUIT\n\
         S: 221 2.0.0 Bye\n\
         *  closed by server\n"
    );
    assert!(session.transcript().steps().iter().all(|step| step.deviation.is_none()));
    assert!(session.ended());
}

#[test]
fn the_same_seed_gives_the_same_octets() {
    assert_eq!(dialogue(&played(&lab())), dialogue(&played(&lab())));
    let other = Lab::new([8; 32], 133_000_000_000_000_000);
    assert_ne!(dialogue(&played(&lab())), dialogue(&played(&other)));
}

#[test]
fn every_way_to_authenticate_ends_without_a_deviation() {
    let modes = [
        (Mechanism::Gssapi, Initial::Fit, LayerMode::Rfc2222),
        (Mechanism::Gssapi, Initial::Always, LayerMode::Skip),
        (Mechanism::Gssapi, Initial::Never, LayerMode::Example),
        (Mechanism::Gssapi, Initial::Never, LayerMode::Auto),
        (Mechanism::Login, Initial::Fit, LayerMode::Auto),
        (Mechanism::Login, Initial::Never, LayerMode::Auto),
    ];
    for (mechanism, initial, layer) in modes {
        for prompts in [Prompts::Checking, Prompts::Counting] {
            let session = played(&Lab { mechanism, initial, layer, prompts, ..lab() });
            let text = outline(&session);
            assert!(text.contains("S: 235 2.7.0"), "{mechanism} {initial:?} {layer:?}:\n{text}");
            let deviation = session.transcript().steps().iter().find_map(|step| step.deviation.as_ref());
            assert_eq!(deviation, None, "{mechanism} {initial:?} {layer:?} {prompts:?}:\n{text}");
        }
    }
}

#[test]
fn a_list_led_by_kerberos_is_reselected_with_request_mic() {
    let offer = vec![saslscope::decode::Mech::Kerberos, saslscope::decode::Mech::Ntlmssp];
    let session = played(&Lab { offer, ..lab() });
    let signals: Vec<_> = session.transcript().steps().iter().filter_map(|step| step.signal).collect();
    let names: Vec<_> = signals.iter().map(|signal| signal.name()).collect();
    assert!(names.contains(&"RequestMic"), "{names:?}");
    assert!(names.contains(&"AcceptCompletedMic"), "{names:?}");
    assert!(names.contains(&"Success"), "{names:?}");
}

/// What each fault comes to: the reply that ends the exchange, and the machine that finds fault with a line.
#[test]
fn every_fault_shows() {
    use Mechanism::{CramMd5, DigestMd5, External, Gssapi, Login, Oauthbearer, Plain, Xoauth2};
    let table = [
        (Gssapi, Fault::WrongPassword, "535 5.7.8", None),
        (Gssapi, Fault::BadBase64, "501 5.5.2", Some(Machine::Smtp)),
        (Gssapi, Fault::CutToken, "535 5.7.8", Some(Machine::Gssapi)),
        (Gssapi, Fault::TemporaryFailure, "454 4.7.0", None),
        (Gssapi, Fault::Reject, "501 5.7.0", None),
        (Gssapi, Fault::TwoEmptyLines, "235 2.7.0", None),
        (Gssapi, Fault::Cancel, "501 5.7.0", None),
        (Gssapi, Fault::BadChallenge, "501 5.7.0", Some(Machine::Gssapi)),
        (Login, Fault::Cancel, "501 5.7.0", None),
        (Login, Fault::BadChallenge, "501 5.7.0", None),
        (Login, Fault::WrongPassword, "535 5.7.8", None),
        (Login, Fault::BadBase64, "501 5.5.2", Some(Machine::Smtp)),
        (Login, Fault::WrongPrompt, "501 5.7.0", None),
        (Login, Fault::SwappedPrompts, "235 2.7.0", Some(Machine::Login)),
        (Login, Fault::TemporaryFailure, "454 4.7.0", None),
        (Plain, Fault::WrongPassword, "535 5.7.8", None),
        (CramMd5, Fault::WrongPassword, "535 5.7.8", None),
        (CramMd5, Fault::BadBase64, "501 5.5.2", Some(Machine::Smtp)),
        (CramMd5, Fault::BadChallenge, "501 5.7.0", Some(Machine::CramMd5)),
        (CramMd5, Fault::InitialResponse, "501 5.7.0", Some(Machine::CramMd5)),
        (CramMd5, Fault::TemporaryFailure, "454 4.7.0", None),
        (DigestMd5, Fault::WrongPassword, "535 5.7.8", None),
        (DigestMd5, Fault::Cancel, "501 5.7.0", None),
        (DigestMd5, Fault::WrongSignature, "501 5.7.0", None),
        (DigestMd5, Fault::InitialResponse, "501 5.7.0", None),
        (External, Fault::WrongPassword, "535 5.7.8", None),
        (Xoauth2, Fault::WrongPassword, "535 5.7.8", None),
        (Xoauth2, Fault::TemporaryFailure, "454 4.7.0", None),
        (Oauthbearer, Fault::WrongPassword, "535 5.7.8", None),
        (Oauthbearer, Fault::BadBase64, "501 5.5.2", Some(Machine::Smtp)),
    ];
    for (mechanism, fault, verdict, machine) in table {
        let session = played(&Lab { mechanism, fault: Some(fault), ..lab() });
        let text = outline(&session);
        assert!(text.contains(&format!("S: {verdict}")), "{mechanism} {fault}:\n{text}");
        let ended = session.transcript().verdict();
        let expected = match verdict[..3].parse() {
            Ok(235) => Verdict::Authenticated,
            Ok(code) => Verdict::Refused(code),
            Err(_) => Verdict::None,
        };
        assert_eq!(ended, expected, "{mechanism} {fault}:\n{text}");
        let deviation = session.transcript().steps().iter().find_map(|step| step.deviation.as_ref());
        assert_eq!(deviation.map(|deviation| deviation.machine), machine, "{mechanism} {fault}:\n{text}");
    }
}

#[test]
fn success_without_rspauth_is_not_trusted() {
    let session = played(&Lab { mechanism: Mechanism::DigestMd5, fault: Some(Fault::NoSignature), ..lab() });
    let text = outline(&session);
    assert!(text.contains("# client: refused, since 235 came without rspauth (RFC 2831 2.1.3)"), "{text}");
    assert_eq!(session.transcript().verdict(), Verdict::Distrusted);
}

/// The same seed twice on one connection: what the server sends is good only once all the same.
#[test]
fn challenges_differ_from_exchange_to_exchange() {
    let setup = ServerSetup::new("server.example.com");
    for mechanism in ["CRAM-MD5", "DIGEST-MD5"] {
        let mut session = setup.session([7; 32], 0);
        session.handle(Micros(0), Input::Go { peer: "192.0.2.7:4711".into() });
        say(&mut session, "EHLO client.example.com\r\n");
        let mut challenges = Vec::new();
        for _ in 0..2 {
            say(&mut session, &format!("AUTH {mechanism}\r\n"));
            challenges.push(session.transcript().steps().last().expect("a challenge").token_bytes().to_vec());
            say(&mut session, "*\r\n");
        }
        assert!(challenges.iter().all(|challenge| !challenge.is_empty()), "{mechanism}");
        assert_ne!(challenges[0], challenges[1], "{mechanism}");
    }
}

#[test]
fn a_dropped_connection_ends_the_session_in_the_exchange() {
    let session = played(&Lab { fault: Some(Fault::DroppedConnection), ..lab() });
    let text = outline(&session);
    assert!(text.ends_with("*  closed by server: fault: dropped in the middle of the exchange\n"), "{text}");
    assert_eq!(session.transcript().verdict(), Verdict::Unfinished);
}

#[test]
fn success_before_the_mechlistmic_is_not_trusted() {
    // The client is ready for a MIC exchange; the server answers as MS-SSEAN 4.1 prints it.
    let mut session = lab().session();
    session.set_gate(Party::Server, SEND);
    session.handle_here(Micros(0), Input::Go { peer: "the lab".into() });
    while !matches!(session.transcript().steps().last(), Some(step) if step.signal.is_some_and(|signal| signal.name() == "NtlmAuthenticate"))
    {
        session.handle_here(Micros(1), Input::Release(None));
    }
    session.handle_here(Micros(1), Input::Release(Some(b"235 2.7.0 Authentication successful\r\n".to_vec())));
    let text = outline(&session);
    assert!(text.contains("# client: refused, since 235 came while proof of the server was outstanding"), "{text}");
    let deviation = session.transcript().steps().iter().find_map(|step| step.deviation.as_ref()).expect("a deviation");
    assert_eq!(deviation.cite.to_string(), "RFC 4178 5");
    assert_eq!(session.transcript().verdict(), Verdict::Distrusted);
}

/// LOGIN with a prompt that the user spoils, server played, its lines held before they are sent.
#[test]
fn a_held_prompt_is_edited_and_the_client_cancels() {
    let mut session = server();
    session.set_gate(Party::Server, SEND);

    say(&mut session, "AUTH LOGIN\r\n");
    assert_eq!(
        stacks(&session),
        ["smtp InMech › login WaitChallenge", "smtp Heard(Ready, Auth) › login Heard(Ready, AuthLogin)"]
    );
    assert_eq!(held_line(&session), "S: 334 VXNlcm5hbWU6");
    let replies: Vec<_> = session.choices().iter().filter_map(|id| id.row().emit).map(Signal::name).collect();
    for expected in ["UsernameChallenge", "BadSequence", "ParameterNotImplemented", "EncryptionRequired"] {
        assert!(replies.contains(&expected), "{expected} in {replies:?}");
    }
    session.handle(Micros(3), Input::Release(None));
    assert_eq!(
        stacks(&session),
        [
            "smtp Heard(InMech, Challenge) › login Heard(WaitChallenge, UsernameChallenge)",
            "smtp InAuth › login AuthReceived"
        ]
    );

    say(&mut session, "Q2hhcmxpZQ==\r\n");
    assert_eq!(held_line(&session), "S: 334 UGFzc3dvcmQ6");
    session.handle(Micros(4), Input::Edit(b"334 UGFzc3dvcmQAAA==\r\n".to_vec()));
    let preview = session.preview().expect("a preview of the held line");
    assert_eq!(preview.signal.map(Signal::name), Some("OtherChallenge"));
    session.handle(Micros(4), Input::Release(None));
    assert_eq!(
        stacks(&session),
        [
            "smtp Heard(InMech, Challenge) › login Heard(WaitChallenge, OtherChallenge)",
            "smtp InAuth › login UsernameReceived"
        ]
    );

    say(&mut session, "*\r\n");
    assert_eq!(
        stacks(&session),
        ["smtp Cancelling › login Cancelling", "smtp Heard(InAuth, Cancel) › login UsernameReceived"]
    );
    assert_eq!(held_line(&session), "S: 501 5.7.0 Authentication cancelled");
    session.handle(Micros(5), Input::Release(None));
    assert_eq!(stacks(&session), ["smtp Choose", "smtp Ready"]);
    assert!(dialogue(&session).ends_with(
        "C: AUTH LOGIN\n\
         S: 334 VXNlcm5hbWU6\n\
         C: Q2hhcmxpZQ==\n\
         S~ 334 UGFzc3dvcmQ6\n\
         S: 334 UGFzc3dvcmQAAA==\n\
         C: *\n\
         S: 501 5.7.0 Authentication cancelled"
    ));
}

#[test]
fn an_edit_is_undone_and_another_row_taken() {
    let mut session = server();
    session.set_gate(Party::Server, SEND);
    say(&mut session, "AUTH LOGIN\r\n");
    session.handle(Micros(3), Input::Edit(b"599 nonsense\r\n".to_vec()));
    assert_eq!(held_line(&session), "S: 599 nonsense");
    session.handle(Micros(3), Input::Undo);
    assert_eq!(held_line(&session), "S: 334 VXNlcm5hbWU6");

    let unknown: Vec<RowId> = session.choices();
    let unknown = unknown.iter().find(|id| id.row().emit.is_some_and(|emit| emit.name() == "ParameterNotImplemented"));
    session.handle(Micros(4), Input::Choose(*unknown.expect("504 is a row of this state")));
    let effects = session.handle(Micros(5), Input::Release(None));
    assert!(matches!(&effects[..], [Effect::Send(Party::Client, line)] if line.starts_with(b"504 5.5.4 ")));
    assert_eq!(stacks(&session), ["smtp Choose", "smtp Ready"]);
}

#[test]
fn edits_are_undone_and_done_again_step_by_step() {
    let mut session = server();
    session.set_gate(Party::Server, SEND);
    say(&mut session, "AUTH LOGIN\r\n");
    let inputs = [
        (Input::Edit(b"334 one\r\n".to_vec()), "S: 334 one"),
        (Input::Edit(b"334 two\r\n".to_vec()), "S: 334 two"),
        (Input::Edit(b"334 two\r\n".to_vec()), "S: 334 two"),
        (Input::Undo, "S: 334 one"),
        (Input::Undo, "S: 334 VXNlcm5hbWU6"),
        (Input::Undo, "S: 334 VXNlcm5hbWU6"),
        (Input::Redo, "S: 334 one"),
        (Input::Fault(Fault::SwappedPrompts), "S: 334 UGFzc3dvcmQ6"),
        (Input::Redo, "S: 334 UGFzc3dvcmQ6"),
        (Input::Undo, "S: 334 one"),
    ];
    for (input, line) in inputs {
        session.handle(Micros(3), input);
        assert_eq!(held_line(&session), line);
    }
    session.handle(Micros(3), Input::Release(None));
    assert!(dialogue(&session).ends_with("S~ 334 VXNlcm5hbWU6\nS: 334 one"), "{}", dialogue(&session));
}

#[test]
fn a_field_of_the_held_line_is_changed_by_its_name() {
    let mut session = Lab { offer: vec![Mech::Kerberos, Mech::Ntlmssp], ..lab() }.session();
    session.set_gate(Party::Server, SEND);
    session.handle_here(Micros(0), Input::Go { peer: "the lab".into() });
    assert_eq!(session.with_field("negState", "0"), Err("the held line has no token".to_owned()));
    while held_line(&session) != "S: 334 oRUwE6ADCgEDoQwGCisGAQQBgjcCAgo=" {
        session.handle_here(Micros(1), Input::Release(None));
    }
    assert_eq!(session.with_field("state", "0"), Err("the token has no field `state`".to_owned()));
    assert!(session.with_field("negState", "yes").is_err_and(|why| why.starts_with("`yes` is no negState")));
    let line = session.with_field("negstate", "accept-completed").expect("a line");
    assert_eq!(line, b"334 oRUwE6ADCgEAoQwGCisGAQQBgjcCAgo=\r\n");
    let deviation = session.trial(&line).and_then(|step| step.deviation).expect("a deviation");
    assert_eq!(
        (deviation.sent, deviation.cite.to_string()),
        (Signal::AcceptCompletedReselected, "RFC 4178 3.2".to_owned())
    );
}

#[test]
fn a_fault_is_done_to_the_held_line_where_it_can_happen() {
    let faults = |mechanism, initial| {
        let mut session = Lab { mechanism, initial, ..lab() }.session();
        for party in Party::BOTH {
            session.set_gate(party, SEND);
        }
        session.handle_here(Micros(0), Input::Go { peer: "the lab".into() });
        let mut seen = Vec::new();
        while session.held().is_some() {
            let names: Vec<&str> = session.faults().iter().map(|fault| fault.name()).collect();
            let line: String = held_line(&session).chars().take(16).collect();
            seen.push(format!("{line} | {}", names.join(" ")));
            session.handle_here(Micros(1), Input::Release(None));
        }
        seen
    };
    assert_eq!(
        faults(Mechanism::Login, Initial::Never),
        [
            "S: 220 server.ex | dropped-connection",
            "C: EHLO client.e | ",
            "S: 250-server.ex | dropped-connection",
            "C: AUTH LOGIN | ",
            "S: 334 VXNlcm5hb | wrong-prompt swapped-prompts 454 dropped-connection bad-challenge",
            "C: YWxpY2U= | bad-base64 cancel",
            "S: 334 UGFzc3dvc | wrong-prompt swapped-prompts 454 dropped-connection bad-challenge",
            "C: d29uZGVybGFuZ | wrong-password bad-base64 cancel",
            "S: 235 2.7.0 Aut | 454 dropped-connection",
            "C: QUIT | ",
            "S: 221 2.0.0 Bye | dropped-connection",
        ]
    );
    let gssapi = faults(Mechanism::Gssapi, Initial::Fit).join("\n");
    for line in
        ["C: AUTH GSSAPI Y | bad-base64 cut-token", " | 454 reject dropped-connection", "C:  | two-empty-lines cancel"]
    {
        assert!(gssapi.contains(line), "{line}\n{gssapi}");
    }

    let mut session = server();
    session.set_gate(Party::Server, SEND);
    say(&mut session, "AUTH LOGIN\r\n");
    session.handle(Micros(3), Input::Fault(Fault::CutToken));
    assert_eq!(held_line(&session), "S: 334 VXNlcm5hbWU6", "no fault of a server");
    let effects = session.handle(Micros(3), Input::Fault(Fault::DroppedConnection));
    assert!(matches!(&effects[..], [Effect::Close]) && session.ended());
}

#[test]
fn hold_after_receive_stops_before_the_answer_is_composed() {
    let mut session = server();
    session.set_gate(Party::Server, Gate { receive: true, send: true });
    say(&mut session, "AUTH LOGIN Q2hhcmxpZQ==\r\n");
    assert_eq!(held_line(&session), "received by server");
    session.handle(Micros(3), Input::Release(None));
    assert_eq!(held_line(&session), "S: 334 UGFzc3dvcmQ6");
    session.handle(Micros(4), Input::Release(None));
    say(&mut session, "cGFzc3dvcmQ=\r\n");
    session.set_gate(Party::Server, Gate { receive: true, send: false });
    assert_eq!(held_line(&session), "received by server");
    session.handle(Micros(5), Input::Release(None));
    assert_eq!(held_line(&session), "nothing");
    assert_eq!(stacks(&session), ["smtp Done", "smtp Authenticated"]);
}

#[test]
fn what_arrives_while_a_line_is_held_is_recorded_at_once_and_answered_in_turn() {
    let mut session = server();
    session.set_gate(Party::Server, SEND);
    say(&mut session, "NOOP\r\nRSET\r\nQUIT\r\n");
    assert!(dialogue(&session).ends_with("C: NOOP\nC: RSET\nC: QUIT"));
    assert_eq!(session.transcript().standing().inbox[Party::Server.index()].waiting, 2);
    for _ in 0..3 {
        session.handle(Micros(3), Input::Release(None));
    }
    assert!(dialogue(&session).ends_with("S: 250 2.0.0 OK\nS: 250 2.0.0 OK\nS: 221 2.0.0 Bye\n*  closed by server"));
}

#[test]
fn a_run_ends_at_a_stop() {
    for (word, at) in [("AuthReceived", "S: 334 VXNlcm5hbWU6"), ("UsernameResponse", "C: YWxpY2U="), ("235", "S: 235")]
    {
        let mut session = Lab { mechanism: Mechanism::Login, initial: Initial::Never, ..lab() }.session();
        session.set_gate(Party::Client, SEND);
        session.toggle_stop(Stop::parse(word).expect("a state, a signal, a code"));
        session.handle_here(Micros(0), Input::Go { peer: "the lab".into() });
        session.handle_here(Micros(1), Input::Run);
        assert!(session.held().is_some(), "{word}");
        let last = session.transcript().steps().last().expect("steps");
        let line = format!("{}: {}", last.from().map_or('*', Party::letter), saslscope::wire::printable(last.line()));
        assert!(line.starts_with(at), "{word}: {line}");
    }
    for (word, error) in [
        (
            "Nowhere",
            "`Nowhere` is no state, signal, reply code or field; `saslscope machines` lists states and signals",
        ),
        ("negstat=3", "`negstat` is no field of a token; write it as the tree has it: negState=request-mic"),
    ] {
        assert_eq!(Stop::parse(word).expect_err(word).to_string(), error);
    }
}

#[test]
fn what_is_listed_to_stop_at_is_read_as_that() {
    let known = Stop::known();
    for (stop, says) in &known {
        assert_eq!(Stop::parse(&stop.name()).as_ref(), Ok(stop), "{says}");
        assert!(says.ends_with('.'), "{stop}: {says}");
    }
    for name in ["RequestMic", "ContextDone", "334", "negState"] {
        assert!(known.iter().any(|(stop, _)| stop.name() == name), "{name}");
    }
}

#[test]
fn a_run_ends_at_a_field_of_a_token() {
    let table = [
        ("negState=request-mic", "negState=request-mic", 9),
        ("NEGSTATE=3", "negState=3", 9),
        ("negState = accept-completed (0)", "negState=accept-completed (0)", 13),
        ("supportedMech=ntlmssp", "supportedMech=ntlmssp", 9),
        ("mechTypes", "field mechTypes", 8),
        ("MsvAvTimestamp", "field MsvAvTimestamp", 11),
        ("ntlmssp_negotiate_sign", "field NTLMSSP_NEGOTIATE_SIGN", 10),
        ("UserName=alice", "UserName=alice", 12),
        ("negState=reject", "negState=reject", 0),
    ];
    for (word, shown, at) in table {
        let mut session = Lab { offer: vec![Mech::Kerberos, Mech::Ntlmssp], ..lab() }.session();
        session.set_gate(Party::Client, SEND);
        let stop = Stop::parse(word).expect(word);
        assert_eq!(stop.to_string(), shown);
        session.toggle_stop(stop);
        session.handle_here(Micros(0), Input::Go { peer: "the lab".into() });
        session.handle_here(Micros(1), Input::Run);
        let stopped = session.held().map_or(0, |_| session.transcript().steps().len());
        assert_eq!(stopped, at, "{word}");
    }
}

#[test]
fn the_held_line_of_the_client_becomes_a_cancel() {
    let mut session = Lab { mechanism: Mechanism::Login, ..lab() }.session();
    session.set_gate(Party::Client, SEND);
    session.handle_here(Micros(0), Input::Go { peer: "the lab".into() });
    while held_line(&session) != "C: d29uZGVybGFuZA==" {
        session.handle_here(Micros(1), Input::Release(None));
    }
    session.handle_here(Micros(1), Input::Cancel);
    session.handle_here(Micros(1), Input::Release(None));
    assert!(dialogue(&session).contains("C~ d29uZGVybGFuZA==\nC: *\nS: 501 5.7.0 Authentication cancelled"));
}

#[test]
fn a_call_that_was_given_up_comes_back_too_late() {
    let kit: Kit = lab().kit;
    let contexts = embedded(kit.clone(), Party::Client, spnego::SpnegoOptions::default());
    let mut session = Session::new(Some(Client::new("client.example.com", kit, Mechanism::Gssapi, contexts)), None);
    session.handle(Micros(0), Input::Go { peer: "192.0.2.10:587".into() });
    let from_server = |text: &str| Input::Bytes(Party::Server, text.as_bytes().to_vec());
    session.handle(Micros(1), from_server("220 server.example.com\r\n"));
    let effects = session.handle(Micros(2), from_server("250-server.example.com\r\n250 AUTH GSSAPI\r\n"));
    let Some(Effect::Mech { epoch, mut context, call }) = effects.into_iter().next() else { panic!("a call") };
    assert_eq!(session.awaiting().map(|awaiting| awaiting.call), Some("step"));

    session.handle(Micros(3), Input::Cancel);
    assert_eq!(session.awaiting(), None);
    let answer = context.call(call).map(|answer| (context, answer));
    let effects = session.handle(Micros(4), Input::Mech { epoch, result: answer });
    assert!(effects.is_empty(), "a late answer changes nothing");
    let lines: Vec<_> =
        session.transcript().steps().iter().filter(|step| matches!(step.event.what, What::Mech { .. })).collect();
    assert_eq!(lines.len(), 1, "the given-up call is on record");
    assert!(dialogue(&session).contains("C: QUIT"));
}

fn client_against_a_script(mechanism: Mechanism) -> Session {
    let kit = lab().kit;
    let contexts = embedded(kit.clone(), Party::Client, spnego::SpnegoOptions::default());
    let mut session = Session::new(Some(Client::new("client.example.com", kit, mechanism, contexts)), None);
    session.handle(Micros(0), Input::Go { peer: "192.0.2.10:587".into() });
    hear(&mut session, "220 server.example.com\r\n");
    hear(&mut session, "250-server.example.com\r\n250 AUTH LOGIN\r\n");
    session
}

fn hear(session: &mut Session, text: &str) {
    session.handle(Micros(2), Input::Bytes(Party::Server, text.as_bytes().to_vec()));
}

/// Replies that bring the two parties apart, so that nothing the client says unasked comes to anything.
#[test]
fn a_client_gives_up_where_nothing_comes_of_what_it_says() {
    for replies in ["235 ok\r\n354 x\r\n250 y\r\n421 z\r\n", "334 !!!\r\n235 x\r\n501 y\r\n354 z\r\n"] {
        let mut session = client_against_a_script(Mechanism::Login);
        hear(&mut session, replies);
        let steps = session.transcript().steps().len();
        assert!(steps < 40, "{replies:?}: {steps} steps");
    }
}

#[test]
fn a_lab_whose_parties_have_lost_each_other_comes_to_an_end() {
    let mut session = lab().session();
    session.set_gate(Party::Server, SEND);
    session.handle_here(Micros(0), Input::Go { peer: "the lab".into() });
    while !held_line(&session).starts_with("S: 334 ") {
        session.handle_here(Micros(1), Input::Release(None));
    }
    session.handle_here(Micros(1), Input::Release(Some(b"hello\r\n".to_vec())));
    assert!(session.ended(), "{}", dialogue(&session));
    assert!(dialogue(&session).ends_with(
        "# client: `hello` is no reply that fits in InMech: it closes\n*  closed by client: a protocol error of the server"
    ));
}

#[test]
fn starttls_is_refused_where_there_is_no_tls() {
    let mut session = server();
    say(&mut session, "STARTTLS\r\nNOOP\r\n");
    assert!(dialogue(&session).ends_with("S: 502 5.5.1 No TLS here\nS: 250 2.0.0 OK"), "{}", dialogue(&session));
}

#[test]
fn an_exchange_in_one_packet_is_answered_line_by_line() {
    let mut session = server();
    say(&mut session, "AUTH LOGIN\r\n*\r\nAUTH LOGIN Q2hhcmxpZQ==\r\ncGFzc3dvcmQ=\r\n");
    assert!(!session.transcript().standing().stack(Party::Server).owes_answer(), "{}", dialogue(&session));
    assert!(
        dialogue(&session).contains("S: 501 5.7.0 Authentication cancelled\nS: 334 UGFzc3dvcmQ6\nS: 235"),
        "{}",
        dialogue(&session)
    );
}

/// 235 after request-mic, with the mechListMICs left out: the client must not trust it (RFC 4178 section 5).
#[test]
fn a_stripped_mic_is_not_trusted() {
    let bytes = std::fs::read("tests/rows/spnego/mic-forgotten.session").expect("the dialogue");
    let mut transcript = saslscope::transcript::Transcript::new();
    for event in recording::read(&bytes).recording.events {
        transcript.push(event);
    }
    assert_eq!(transcript.verdict(), Verdict::Distrusted);
}

#[test]
fn mechanisms_are_among_the_answers_of_a_client_that_may_choose() {
    let mut session = lab().session();
    session.set_gate(Party::Client, SEND);
    session.handle_here(Micros(0), Input::Go { peer: "the lab".into() });
    session.handle_here(Micros(1), Input::Release(None));
    let choices: Vec<_> = session.choices().iter().filter_map(|id| id.row().emit).map(Signal::name).collect();
    for expected in ["AuthGssapi", "AuthGssapiNtlm", "AuthLogin", "AuthLoginUsername", "AuthNotBase64", "Quit"] {
        assert!(choices.contains(&expected), "{expected} in {choices:?}");
    }
}

/// Whatever is taken in place of whatever line, the lab comes to a hold or to its end.
#[test]
fn every_answer_at_every_line_leads_somewhere() {
    for mechanism in Mechanism::ALL {
        for line in 0..14 {
            for choice in 0..24 {
                let mut session = Lab { mechanism, initial: Initial::Never, ..lab() }.session();
                session.set_gate(Party::Client, SEND);
                session.set_gate(Party::Server, SEND);
                session.handle_here(Micros(0), Input::Go { peer: "the lab".into() });
                (0..line).for_each(|_| session.handle_here(Micros(1), Input::Release(None)));
                let Some(id) = session.choices().get(choice).copied() else { break };
                session.handle_here(Micros(1), Input::Choose(id));
                let mut released = 0;
                while session.held().is_some() && released < 100 {
                    session.handle_here(Micros(2), Input::Release(None));
                    released += 1;
                }
                let taken = id.row();
                assert!(session.ended(), "{mechanism}, line {line}, {:?}: {}", taken.emit, dialogue(&session));
            }
        }
    }
}

/// The peer closes behind each octet of an exchange: what came is on record, and nothing more is said.
#[test]
fn a_connection_may_close_anywhere() {
    let from_client = b"AUTH LOGIN\r\nQ2hhcmxpZQ==\r\ncGFzc3dvcmQ=\r\nQUIT";
    let from_server = b"334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n235 2.7.0 ok\r\n221 2.0.0 Bye";
    for (party, octets) in [(Party::Client, &from_client[..]), (Party::Server, &from_server[..])] {
        for end in 0..=octets.len() {
            let mut session = match party {
                Party::Client => server(),
                Party::Server => client_against_a_script(Mechanism::Login),
            };
            session.handle(Micros(2), Input::Bytes(party, octets[..end].to_vec()));
            let effects = session.handle(Micros(3), Input::Closed(party));
            assert!(session.ended() && effects.is_empty(), "{party}, {end} octets");
            let came = session.transcript().steps().iter().filter(|step| step.from() == Some(party));
            let came: Vec<u8> = came.flat_map(|step| step.line().to_vec()).collect();
            assert!(came.ends_with(&octets[..end]), "{party}, {end} octets");
        }
    }
}

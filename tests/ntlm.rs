//! NTLM and SPNEGO on the wire, as sessions: .NET against a generous and a strict server, every mode of the layer step
//! against every other, `NTLMv1`, channel bindings, and success that comes too early.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saslscope::mech::ntlm::{NtlmOptions, flags};
use saslscope::mech::spnego::{MicPolicy, SpnegoOptions, spnego};
use saslscope::mech::{Answer, Call, Credential, GssContext, Kit, User};
use saslscope::session::{
    Bindings, ChannelBindings, Client, ClientSetup, ContextOptions, Input, LayerMode, Mechanism, Server, ServerSetup,
    Session, UnderGssapi, embedded,
};
use saslscope::terms::{Micros, Party, Secret};
use saslscope::transcript::{Verdict, What, recording};

const NOW: u64 = 134_081_676_000_000_000;

fn kit() -> Kit {
    let password = Secret::from("wonderland");
    let alice = User { name: "alice".into(), password: password.clone(), token: None, domain: None, disabled: false };
    let credential = Credential { user: "alice".into(), password };
    Kit { users: vec![alice], credential, seed: [7; 32], now: NOW, host: "server.example.com".into() }
}

/// What passed, as a recording has it, without times; tokens of more than 24 characters left out.
fn outline(session: &Session) -> String {
    let events = session.transcript().steps().iter().map(|step| step.event.clone()).collect();
    let text = recording::write(&recording::Recording { headers: recording::Headers::default(), events });
    let short = |word: &str| if word.len() > 24 { "…".to_owned() } else { word.to_owned() };
    let line = |line: &str| line.split(' ').skip(1).map(short).collect::<Vec<_>>().join(" ") + "\n";
    text.lines().skip_while(|line| !line.is_empty()).skip(1).map(line).collect()
}

fn notes(session: &Session) -> Vec<String> {
    let steps = session.transcript().steps().iter();
    let note = |what: &What| match what {
        What::Note(text) | What::Mech { text, .. } => Some(text.clone()),
        _ => None,
    };
    steps.filter_map(|step| note(&step.event.what)).collect()
}

fn open(setup: &ServerSetup) -> Session {
    let mut session = setup.session([9; 32], NOW);
    session.handle_here(Micros(0), Input::Go { peer: "192.0.2.7:4711".into() });
    say(&mut session, "EHLO client.example.com\r\n");
    session
}

/// Says it, and gives the reply: its last line.
fn say(session: &mut Session, text: &str) -> String {
    session.handle_here(Micros(1), Input::Bytes(Party::Client, text.as_bytes().to_vec()));
    let line = session.transcript().steps().iter().rfind(|step| step.from() == Some(Party::Server)).expect("a reply");
    String::from_utf8_lossy(line.line()).trim_end().to_owned()
}

fn step(context: &mut dyn GssContext, challenge: Option<&str>) -> Option<String> {
    let token = challenge.map(|line| STANDARD.decode(line.strip_prefix("334 ").expect("334")).expect("base64"));
    match context.call(Call::Step(token)) {
        Ok(Answer::Stepped { token, .. }) => token.map(|token| STANDARD.encode(token)),
        other => panic!("{other:?}"),
    }
}

fn octets(context: &mut dyn GssContext, call: Call) -> Vec<u8> {
    match context.call(call) {
        Ok(Answer::Octets(octets)) => octets,
        other => panic!("{other:?}"),
    }
}

/// `SmtpClient` of .NET Core 3.1: a name in lower case, two empty lines at once, and a length before the choice of layer.
fn dotnet(session: &mut Session) -> Vec<String> {
    let mut context = spnego(&kit(), Party::Client, SpnegoOptions::default());
    let first = step(&mut *context, None).expect("a token");
    let challenge = say(session, &format!("AUTH gssapi {first}\r\n"));
    let response = step(&mut *context, Some(&challenge)).expect("a token");
    let last = say(session, &format!("{response}\r\n"));
    assert_eq!(step(&mut *context, Some(&last)), None);
    let mut replies = vec![say(session, "\r\n\r\n")];
    let mut steps = session.transcript().steps().iter();
    let offer = steps.rfind(|step| step.from() == Some(Party::Server) && step.line().starts_with(b"334 ")).unwrap();
    let token = offer.token_bytes().to_vec();
    octets(&mut *context, Call::Unwrap(token));
    let choice = octets(&mut *context, Call::Wrap { sealed: false, message: b"\x01\0\0\0".to_vec() });
    let choice = [&u32::try_from(choice.len()).unwrap().to_le_bytes()[..], &choice].concat();
    replies.push(say(session, &format!("{}\r\n", STANDARD.encode(choice))));
    replies
}

#[test]
fn dotnet_core_is_served_and_told_of() {
    let mut session = open(&ServerSetup::new("server.example.com"));
    let replies = dotnet(&mut session);
    assert_eq!(replies[1], "235 2.7.0 Authentication successful", "{}", outline(&session));
    assert_eq!(session.transcript().verdict(), Verdict::Authenticated);
    let notes = notes(&session);
    assert!(notes.iter().any(|note| note.contains("a second empty line") && note.contains("passed over")), "{notes:?}");
    assert!(notes.iter().any(|note| note.contains("four octets of length") && note.contains("taken off")), "{notes:?}");
    assert_eq!(session.transcript().steps().iter().find_map(|step| step.deviation.as_ref()), None);
}

#[test]
fn a_strict_server_refuses_dotnet_core_as_cyrus_does() {
    let mut session = open(&ServerSetup { strict: true, ..ServerSetup::new("server.example.com") });
    let replies = dotnet(&mut session);
    assert_eq!(replies, ["454 4.7.0 Temporary authentication failure", "500 5.5.2 Command not recognized"]);
    assert!(notes(&session).iter().any(|note| note.contains("this server is strict")), "{}", outline(&session));
    assert_eq!(session.transcript().verdict(), Verdict::Refused(454));
    assert_eq!(session.transcript().steps().iter().find_map(|step| step.deviation.as_ref()), None);
}

#[test]
fn a_strict_server_refuses_the_length_alone() {
    let mut session = open(&ServerSetup { strict: true, ..ServerSetup::new("server.example.com") });
    let mut context = spnego(&kit(), Party::Client, SpnegoOptions::default());
    let first = step(&mut *context, None).expect("a token");
    let challenge = say(&mut session, &format!("AUTH GSSAPI {first}\r\n"));
    let response = step(&mut *context, Some(&challenge)).expect("a token");
    let last = say(&mut session, &format!("{response}\r\n"));
    assert_eq!(step(&mut *context, Some(&last)), None);
    let offer = say(&mut session, "\r\n");
    octets(&mut *context, Call::Unwrap(STANDARD.decode(&offer[4..]).unwrap()));
    let choice = octets(&mut *context, Call::Wrap { sealed: false, message: b"\x01\0\0\0".to_vec() });
    let choice = STANDARD.encode([&20_u32.to_le_bytes()[..], &choice].concat());
    assert_eq!(say(&mut session, &format!("{choice}\r\n")), "535 5.7.8 Authentication credentials invalid");
}

/// Both parties, each with its mode.
fn both(modes: [LayerMode; 2], under_gssapi: UnderGssapi, mechanism: Mechanism) -> Session {
    // 235 can stand in place of the acceptor's last token only where that would have carried no MIC.
    let mic = if modes[1] == LayerMode::Example { MicPolicy::Never } else { MicPolicy::Auto };
    let spnego = SpnegoOptions { mic, ..SpnegoOptions::default() };
    let options = ContextOptions { spnego, under_gssapi, ..ContextOptions::default() };
    let contexts = embedded(kit(), Party::Client, options.clone());
    let mut client = Client::new("client.example.com", kit(), mechanism, contexts);
    client.layer = modes[0];
    let mut server = Server::new(kit(), embedded(kit(), Party::Server, options));
    server.mechanisms = vec![mechanism];
    server.layer = modes[1];
    let mut session = Session::new(Some(client), Some(server));
    session.play(Micros(1000));
    session
}

/// What the client makes of every end that a server can give an exchange.
#[test]
fn every_mode_of_the_layer_step_meets_every_other() {
    use LayerMode::{Auto, Example, Rfc2222, Skip};
    for under in [UnderGssapi::Spnego, UnderGssapi::Ntlm] {
        for server in [Auto, Rfc2222, Skip, Example] {
            for client in [Auto, Rfc2222, Skip, Example] {
                let session = both([client, server], under, Mechanism::Gssapi);
                let text = outline(&session);
                assert!(text.contains("S: 235 2.7.0"), "{under:?} {client:?} {server:?}:\n{text}");
                let refused = notes(&session).iter().any(|note| note.starts_with("client: refused"));
                // Without SPNEGO the acceptor has no token of its own that 235 could stand for.
                let expected = match (client, server) {
                    (Rfc2222, Skip | Example) => true,
                    (Skip, Example) => under == UnderGssapi::Spnego,
                    _ => false,
                };
                assert_eq!(refused, expected, "{under:?} {client:?} {server:?}:\n{text}");
            }
        }
    }
    for mechanism in [Mechanism::Ntlm, Mechanism::GssSpnego] {
        let session = both([Auto, Rfc2222], UnderGssapi::Spnego, mechanism);
        let steps = session.transcript().steps();
        assert_eq!(session.transcript().verdict(), Verdict::Authenticated, "{}", outline(&session));
        assert_eq!(steps.iter().find_map(|step| step.deviation.as_ref()), None, "{}", outline(&session));
    }
}

/// 235 where the client has not sent, or has not got, what it must (protocol errors E17 and E18).
#[test]
fn success_that_comes_too_early_is_refused_in_every_mode() {
    for layer in [LayerMode::Auto, LayerMode::Rfc2222, LayerMode::Skip, LayerMode::Example] {
        for (mechanism, under_gssapi) in [
            (Mechanism::Gssapi, UnderGssapi::Spnego),
            (Mechanism::Gssapi, UnderGssapi::Ntlm),
            (Mechanism::GssSpnego, UnderGssapi::Spnego),
            (Mechanism::Ntlm, UnderGssapi::Spnego),
        ] {
            let setup = ClientSetup {
                mechanism: Some(mechanism),
                under_gssapi,
                layer,
                ..ClientSetup::new("server.example.com", kit().credential)
            };
            let mut session = setup.session([7; 32], NOW);
            session.handle_here(Micros(0), Input::Go { peer: "192.0.2.10:587".into() });
            for text in [
                "220 server.example.com\r\n".to_owned(),
                format!("250-server.example.com\r\n250 AUTH {mechanism}\r\n"),
                "235 2.7.0 Authentication successful\r\n".to_owned(),
            ] {
                session.handle_here(Micros(1), Input::Bytes(Party::Server, text.into()));
            }
            let text = outline(&session);
            assert_eq!(session.transcript().verdict(), Verdict::Distrusted, "{mechanism} {layer:?}:\n{text}");
            assert!(notes(&session).iter().any(|note| note.starts_with("client: refused")), "{mechanism}:\n{text}");
        }
    }
}

#[test]
fn ntlm_v1_is_refused_with_the_reason_or_taken_with_a_remark() {
    for allow_ntlmv1 in [false, true] {
        let mut session = open(&ServerSetup { allow_ntlmv1, ..ServerSetup::new("server.example.com") });
        assert_eq!(say(&mut session, "AUTH NTLM\r\n"), "334 ntlm supported");
        // A server without target info has the client answer with NTLMv1, and its challenge is put in ours' place.
        let ntlm = NtlmOptions { flags: flags::DEFAULT & !flags::SEAL, allow_v1: true, ..NtlmOptions::default() };
        let mut context = saslscope::mech::ntlm::ntlm(&kit(), Party::Client, ntlm);
        let challenge = say(&mut session, &format!("{}\r\n", step(&mut *context, None).expect("a token")));
        let mut octets = STANDARD.decode(&challenge[4..]).expect("base64");
        let flags_at = 20;
        octets[flags_at + 2] &= !0x80; // no target info
        let length = u16::from_le_bytes([octets[40], octets[41]]);
        octets[40..44].fill(0);
        octets.truncate(octets.len() - usize::from(length));
        let token = match context.call(Call::Step(Some(octets))) {
            Ok(Answer::Stepped { token: Some(token), .. }) => STANDARD.encode(token),
            other => panic!("{other:?}"),
        };
        let reply = say(&mut session, &format!("{token}\r\n"));
        let notes = notes(&session).join("\n");
        if allow_ntlmv1 {
            assert_eq!(reply, "235 2.7.0 Authentication successful");
            assert!(notes.contains("is NTLMv1 (24 octets), which is weak"), "{notes}");
        } else {
            assert_eq!(reply, "534 5.7.9 Authentication mechanism is too weak, as NTLMv1 is");
            assert!(notes.contains("so it is NTLMv1, which is refused"), "{notes}");
        }
        let weak = |step: &saslscope::transcript::Step| {
            step.moves.iter().any(|taken| taken.row.row().emit.is_some_and(|emit| emit.name() == "NtlmAuthenticateV1"))
        };
        assert!(session.transcript().steps().iter().any(weak), "{}", outline(&session));
    }
}

/// Our client and our server over TLS whose certificates they see alike, or not.
#[test]
fn a_response_is_bound_to_the_connection() {
    use ChannelBindings::{Allow, None, Require};
    let play = |client: ChannelBindings, server: ChannelBindings, end_points: [u8; 2]| {
        let setup = ClientSetup {
            mechanism: Some(Mechanism::Ntlm),
            channel_bindings: client,
            spn: Some("SMTPSVC/mail.example.com".to_owned()),
            ..ClientSetup::new("server.example.com", kit().credential)
        };
        let mut client = setup.session([7; 32], NOW);
        let setup = ServerSetup { channel_bindings: server, ..ServerSetup::new("server.example.com") };
        let mut server = setup.session([9; 32], NOW);
        let tls = |octet: u8| Input::TlsUp {
            facts: "TLS 1.3".into(),
            bindings: Bindings { server_end_point: vec![octet; 32], ..Bindings::default() },
        };
        client.handle_here(Micros(0), Input::Go { peer: "192.0.2.10:465".into() });
        server.handle_here(Micros(0), Input::Go { peer: "192.0.2.7:4711".into() });
        client.handle_here(Micros(0), tls(end_points[0]));
        server.handle_here(Micros(0), tls(end_points[1]));
        let mut seen = [0, 0];
        for _ in 0..20 {
            for (from, party) in [Party::Server, Party::Client].into_iter().enumerate() {
                let (source, sink) = if from == 0 { (&mut server, &mut client) } else { (&mut client, &mut server) };
                let steps = source.transcript().steps();
                let lines: Vec<Vec<u8>> = steps[seen[from]..]
                    .iter()
                    .filter(|step| step.from() == Some(party))
                    .map(|step| step.line().to_vec())
                    .collect();
                seen[from] = steps.len();
                for line in lines {
                    sink.handle_here(Micros(1), Input::Bytes(party, line));
                }
            }
        }
        (server, client)
    };
    for (client, server, end_points, verdict, says) in [
        (Allow, Allow, [1, 1], Verdict::Authenticated, "MsvAvChannelBindings is right"),
        (Allow, Allow, [1, 2], Verdict::Refused(535), "as Extended Protection finds"),
        (None, Allow, [1, 1], Verdict::Authenticated, ""),
        (None, Require, [1, 1], Verdict::Refused(535), "Let the client send channel bindings"),
        (Require, Require, [1, 1], Verdict::Authenticated, "MsvAvChannelBindings is right"),
        (Allow, None, [1, 2], Verdict::Authenticated, ""),
    ] {
        let (session, _) = play(client, server, end_points);
        let what = format!("{client:?} {server:?} {end_points:?}:\n{}", outline(&session));
        assert_eq!(session.transcript().verdict(), verdict, "{what}");
        assert!(notes(&session).iter().any(|note| note.contains(says)) || says.is_empty(), "{what}");
        let mut trees = session.transcript().steps().iter().filter_map(saslscope::transcript::Step::tree);
        let spn = trees.find_map(|tree| tree.find("MsvAvTargetName").map(|node| node.value.to_string()));
        assert_eq!(spn.as_deref(), Some("SMTPSVC/mail.example.com"), "{what}");
    }
}

#[test]
fn a_server_that_goes_on_with_a_cancelled_exchange_is_left() {
    let setup =
        ClientSetup { mechanism: Some(Mechanism::Ntlm), ..ClientSetup::new("server.example.com", kit().credential) };
    let mut session = setup.session([7; 32], NOW);
    session.handle_here(Micros(0), Input::Go { peer: "192.0.2.10:587".into() });
    for text in ["220 x\r\n", "250-x\r\n250 AUTH NTLM\r\n", "334 AAAA\r\n", "334 AAAA\r\n", "334 AAAA\r\n"] {
        session.handle_here(Micros(1), Input::Bytes(Party::Server, text.into()));
    }
    let text = outline(&session);
    assert_eq!(text.matches("C: *\n").count(), 2, "{text}");
    assert!(session.ended() && text.contains("cancelled twice"), "{text}");
}

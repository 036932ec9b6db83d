//! Replays against live peers: what goes as recorded, what is composed anew, where it ends.

use saslscope::mech::Credential;
use saslscope::session::{
    Again, ClientSetup, Effect, Input, Lab, Mechanism, Replay, ServerSetup, Session, Timing, Tls,
};
use saslscope::terms::{Micros, Party, Secret};
use saslscope::transcript::recording::{Headers, Recording, Secrets, read, write};
use saslscope::transcript::{Step, mask};
use std::sync::Arc;

/// An exchange of the lab as a recording has it, with secrets or masked.
fn recorded(mechanism: Mechanism, secrets: Secrets) -> Recording {
    let mut lab = Lab::new([7; 32], 0);
    lab.mechanism = mechanism;
    let mut session = lab.session();
    session.play(Micros(1000));
    let event = |step: &Step| if secrets == Secrets::Kept { step.event.clone() } else { mask::event(step) };
    let events = session.transcript().steps().iter().map(event).collect();
    let recording = Recording { headers: Headers { secrets, ..Headers::default() }, events };
    read(write(&recording).as_bytes()).recording
}

fn credential(password: &str) -> Credential {
    Credential { user: "alice".to_owned(), password: Secret::from(password) }
}

fn again(recording: &Recording, anew: bool, timing: Timing) -> Arc<Again> {
    let Recording { headers, events } = recording.clone();
    Arc::new(Again { headers, events, timing, anew })
}

/// A replay of the client, to compose proofs anew with the password where one is given.
fn client(recording: &Recording, password: Option<&str>) -> Session {
    let mut setup = ClientSetup::new("server.example.com", credential(password.unwrap_or_default()));
    setup.tls = Tls::Never;
    setup.again = Some(again(recording, password.is_some(), Timing::Wait));
    setup.session([1; 32], 0)
}

/// A server of today: other nonces than those of the recording.
fn server() -> Session {
    let mut setup = ServerSetup::new("server.example.com");
    setup.allow_plaintext = true;
    setup.session([2; 32], 0)
}

/// Lets two sessions talk until neither has anything more to say.
fn talk(client: &mut Session, server: &mut Session) {
    let mut at = Micros(0);
    let mut queue: Vec<(Party, Input)> = Party::BOTH.map(|party| (party, Input::Go { peer: "peer".into() })).into();
    while !queue.is_empty() {
        let (party, input) = queue.remove(0);
        at.0 += 100;
        let session = match party {
            Party::Client => &mut *client,
            Party::Server => &mut *server,
        };
        for effect in session.handle(at, input) {
            match effect {
                Effect::Send(to, octets) => queue.push((to, Input::Bytes(to.peer(), octets))),
                Effect::Mech { epoch, mut context, call } => {
                    let result = context.call(call).map(|answer| (context, answer));
                    queue.insert(0, (party, Input::Mech { epoch, result }));
                }
                Effect::Close => queue.push((party.peer(), Input::Closed(party))),
                Effect::StartTls => panic!("no TLS here"),
            }
        }
    }
}

fn report(session: &Session) -> Vec<String> {
    session.replayed().unwrap().report().iter().map(ToString::to_string).collect()
}

fn codes(session: &Session) -> String {
    let lines = session.transcript().steps().iter().filter(|step| step.from() == Some(Party::Server));
    let codes: Vec<_> = lines.map(|step| String::from_utf8_lossy(&step.line()[..3]).into_owned()).collect();
    codes.join(" ")
}

#[test]
fn a_password_goes_as_it_was_recorded() {
    let recording = recorded(Mechanism::Login, Secrets::Kept);
    let (mut client, mut server) = (client(&recording, None), server());
    talk(&mut client, &mut server);
    assert!(client.replayed().unwrap().is_faithful(), "{:#?}", report(&client));
    assert_eq!(client.replayed().unwrap().left(), 0);
    assert!(codes(&client).ends_with("334 235 221"), "{}", codes(&client));
}

#[test]
fn a_proof_ends_where_the_challenge_is_another() {
    let recording = recorded(Mechanism::Gssapi, Secrets::Kept);
    let (mut client, mut server) = (client(&recording, None), server());
    talk(&mut client, &mut server);
    let report = report(&client);
    assert!(report.last().unwrap().contains("not said: challenge changed here"), "{report:#?}");
    assert!(report[report.len() - 2].ends_with("the token differs"), "{report:#?}");
    assert!(!client.replayed().unwrap().is_faithful());
    assert!(codes(&client).ends_with("334 501 221"), "it cancels and quits: {}", codes(&client));
}

#[test]
fn a_proof_is_composed_anew_with_the_password() {
    let recording = recorded(Mechanism::Gssapi, Secrets::Kept);
    let (mut client, mut server) = (client(&recording, Some("wonderland")), server());
    talk(&mut client, &mut server);
    assert!(client.replayed().unwrap().is_faithful(), "{:#?}", report(&client));
    assert!(report(&client).iter().any(|line| line.ends_with("composed anew")), "{:#?}", report(&client));
    assert!(codes(&client).ends_with("235 221"), "{}", codes(&client));
}

#[test]
fn another_verdict_is_a_divergence() {
    for mechanism in [Mechanism::Gssapi, Mechanism::Login, Mechanism::Plain] {
        let recording = recorded(mechanism, Secrets::Kept);
        let (mut client, mut server) = (client(&recording, Some("looking-glass")), server());
        talk(&mut client, &mut server);
        let report = report(&client);
        let last = report.last().unwrap();
        assert!(last.contains("diverged: then "), "{mechanism}: {report:#?}");
        assert!(last.ends_with("now 535 CredentialsInvalid"), "{mechanism}: {report:#?}");
    }
}

#[test]
fn what_is_masked_is_not_said() {
    for mechanism in [Mechanism::Login, Mechanism::Plain, Mechanism::Gssapi] {
        let recording = recorded(mechanism, Secrets::Masked);
        let (mut one, mut peer) = (client(&recording, None), server());
        talk(&mut one, &mut peer);
        let report = report(&one);
        assert!(report.last().unwrap().contains("not said: "), "{mechanism}: {report:#?}");
        let sent = one.transcript().steps().iter().any(|step| step.line().windows(8).any(|part| part == b"KioqKioq"));
        assert!(!sent, "{mechanism}: filler was sent as a password");

        let (mut two, mut peer) = (client(&recording, Some("wonderland")), server());
        talk(&mut two, &mut peer);
        assert!(codes(&two).ends_with("235 221"), "{mechanism}: {}", codes(&two));
    }
}

#[test]
fn a_server_is_replayed_to_a_client_of_today() {
    let recording = recorded(Mechanism::Login, Secrets::Kept);
    let replay = Replay::new(Party::Server, &recording.headers, &recording.events).unwrap();
    let mut server = server();
    server.replay(replay);
    let mut setup = ClientSetup::new("server.example.com", credential("wonderland"));
    (setup.name, setup.mechanism, setup.tls) = ("client.example.com".into(), Some(Mechanism::Login), Tls::Never);
    setup.allow_plaintext = true;
    let mut client = setup.session([3; 32], 0);
    talk(&mut client, &mut server);
    assert!(server.replayed().unwrap().is_faithful(), "{:#?}", report(&server));
    assert!(codes(&client).ends_with("235 221"), "{}", codes(&client));
}

#[test]
fn a_server_does_not_pretend_to_have_verified_a_proof() {
    let recording = recorded(Mechanism::Gssapi, Secrets::Kept);
    let replay = Replay::new(Party::Server, &recording.headers, &recording.events).unwrap();
    let mut server = server();
    server.replay(replay);
    let mut setup = ClientSetup::new("server.example.com", credential("wonderland"));
    (setup.name, setup.mechanism, setup.tls) = ("client.example.com".into(), Some(Mechanism::Gssapi), Tls::Never);
    let mut client = setup.session([3; 32], 0);
    talk(&mut client, &mut server);
    let report = report(&server);
    assert!(report.last().unwrap().contains("challenge changed here"), "{report:#?}");
    assert!(!codes(&client).contains("235"), "{}", codes(&client));
}

#[test]
fn it_goes_by_the_recorded_time_where_that_is_asked_for() {
    let recording = recorded(Mechanism::Login, Secrets::Kept);
    let mut client = client(&recording, None);
    client.replay(again(&recording, false, Timing::Original).replay(Party::Client).unwrap());
    client.handle(Micros(0), Input::Go { peer: "192.0.2.10:587".into() });
    let at = |step: &Step| step.event.at;
    let effects = client.handle(Micros(50), Input::Bytes(Party::Server, b"220 server.example.com\r\n".to_vec()));
    assert!(effects.is_empty(), "the recording has a millisecond between greeting and EHLO");
    assert_eq!(client.deadline(), Some(Micros(1050)));
    assert!(client.handle(Micros(1049), Input::Tick).is_empty());
    assert_eq!(client.handle(Micros(1050), Input::Tick).len(), 1);
    assert_eq!(client.transcript().steps().last().map(at), Some(Micros(1050)));
}

#[test]
fn a_recording_without_a_line_of_that_party_is_no_replay() {
    let recording = read(b"saslscope session 1\n\n0.000000 S: 220 server.example.com\n").recording;
    let error = Replay::new(Party::Client, &recording.headers, &recording.events).err().unwrap();
    assert_eq!(error.to_string(), "the recording has no line of the client, so there is nothing to say again");
}

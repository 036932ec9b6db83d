//! SCRAM as client and server say it to each other, to hostile peers, and to GNU SASL.
//!
//! GNU SASL's command line says one message a line on standard input and output, without a socket. Where it is not
//! installed, that test is skipped, and says so.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use saslscope::mech::spnego::SpnegoOptions;
use saslscope::mech::{Answer, Call, Credential, GssContext, Kit, User};
use saslscope::session::{
    Bindings, ClientSetup, Effect, Fault, Input, Lab, Mechanism, ScramOptions, ServerSetup, Session, Tls, embedded,
};
use saslscope::terms::{Micros, Party, Secret};
use saslscope::transcript::{Verdict, What, mask, recording};
use saslscope::wire::printable;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};

const SCRAMS: [Mechanism; 4] =
    [Mechanism::ScramSha1, Mechanism::ScramSha256, Mechanism::ScramSha1Plus, Mechanism::ScramSha256Plus];

/// What both ends have of one TLS connection.
fn bindings() -> Bindings {
    Bindings { exporter: vec![0xA5; 32], server_end_point: vec![0x5A; 32], ..Bindings::default() }
}

fn alice(password: &str) -> Credential {
    Credential { user: "alice".to_owned(), password: Secret::from(password) }
}

/// A client and a server that talk to each other, each as over a socket.
struct Pair {
    sessions: [Session; 2],
    /// What each end has of the connection.
    bindings: [Bindings; 2],
}

impl Pair {
    /// Plays until nobody has anything more to say.
    fn play(mut self) -> Self {
        let mut inputs: Vec<(Party, Input)> =
            Party::BOTH.map(|party| (party, Input::Go { peer: "192.0.2.1:25".to_owned() })).into();
        while let Some((party, input)) = (!inputs.is_empty()).then(|| inputs.remove(0)) {
            for effect in self.sessions[party.index()].handle(Micros(1), input) {
                let input = match effect {
                    Effect::Send(to, bytes) => (to, Input::Bytes(party, bytes)),
                    Effect::Mech { epoch, mut context, call } => {
                        let result = context.call(call).map(|answer| (context, answer));
                        (party, Input::Mech { epoch, result })
                    }
                    Effect::StartTls => {
                        let bindings = self.bindings[party.index()].clone();
                        (party, Input::TlsUp { facts: "TLS1.3".to_owned(), bindings })
                    }
                    Effect::Close => (party.peer(), Input::Closed(party)),
                };
                inputs.push(input);
            }
        }
        self
    }

    /// What the client saw.
    fn client(&self) -> &Session {
        &self.sessions[0]
    }

    fn verdict(&self) -> Verdict {
        self.client().transcript().verdict()
    }

    /// The lines of both.
    fn lines(&self) -> Vec<String> {
        let steps = self.client().transcript().steps().iter();
        steps.filter_map(|step| Some(format!("{}: {}", step.from()?.letter(), printable(step.line())))).collect()
    }
}

fn pair(mechanism: Option<Mechanism>, tls: Tls, offered: &[Mechanism]) -> Pair {
    let mut client = ClientSetup::new("server.example.com", alice("wonderland"));
    (client.mechanism, client.tls) = (mechanism, tls);
    let mut server = ServerSetup::new("server.example.com");
    server.tls = tls;
    server.mechanisms = offered.to_vec();
    server.scram = ScramOptions { rounds: 5_000, salts: [7; 32] };
    Pair { sessions: [client.session([1; 32], 0), server.session([2; 32], 0)], bindings: [bindings(), bindings()] }
}

#[test]
fn every_variant_authenticates_within_tls() {
    for mechanism in SCRAMS {
        let played = pair(Some(mechanism), Tls::Implicit, &SCRAMS).play();
        assert_eq!(played.verdict(), Verdict::Authenticated, "{:#?}", played.lines());
        assert!(played.client().transcript().steps().iter().all(|step| step.deviation.is_none()), "{mechanism}");
    }
}

#[test]
fn a_client_that_may_choose_binds_where_it_can() {
    for (tls, offered, chosen) in [
        (Tls::Implicit, &SCRAMS[..], "AUTH SCRAM-SHA-256-PLUS "),
        (Tls::Implicit, &SCRAMS[..3], "AUTH SCRAM-SHA-1-PLUS "),
        // The server can't bind: the client says that it could.
        (Tls::Implicit, &SCRAMS[..2], "AUTH SCRAM-SHA-256 eSws"),
        // Without TLS -PLUS is not offered, and the client has nothing to bind to.
        (Tls::Never, &SCRAMS[..], "AUTH SCRAM-SHA-256 biws"),
    ] {
        let played = pair(None, tls, offered).play();
        let lines = played.lines();
        assert!(lines.iter().any(|line| line.contains(chosen)), "{chosen}: {lines:#?}");
        assert_eq!(played.verdict(), Verdict::Authenticated, "{lines:#?}");
        let plus = lines.iter().any(|line| line.starts_with("S: 250") && line.contains("-PLUS"));
        assert_eq!(plus, tls == Tls::Implicit && offered.len() > 2, "{lines:#?}");
    }
}

#[test]
fn whoever_sits_in_between_is_found_out() {
    let mut pair = pair(Some(Mechanism::ScramSha256Plus), Tls::Implicit, &SCRAMS);
    pair.bindings[1].exporter = vec![0; 32];
    assert_eq!(pair.play().verdict(), Verdict::Refused(535));
}

#[test]
fn whoever_is_told_to_go_without_plus_goes_as_one_who_cannot_bind() {
    let played = pair(Some(Mechanism::ScramSha256), Tls::Implicit, &SCRAMS).play();
    assert!(played.lines().iter().any(|line| line.contains("AUTH SCRAM-SHA-256 biws")), "{:#?}", played.lines());
    assert_eq!(played.verdict(), Verdict::Authenticated);
}

#[test]
fn a_downgrade_is_refused_by_the_server() {
    let mut server = ServerSetup::new("server.example.com");
    (server.tls, server.mechanisms) = (Tls::Implicit, SCRAMS.to_vec());
    let mut session = server.session([2; 32], 0);
    session.handle_here(Micros(0), Input::Go { peer: "192.0.2.1:25".to_owned() });
    session.handle_here(Micros(1), Input::TlsUp { facts: "TLS1.3".to_owned(), bindings: bindings() });
    let first = BASE64_STANDARD.encode("y,,n=alice,r=abc");
    session.handle_here(Micros(2), Input::Bytes(Party::Client, b"EHLO client.example.com\r\n".to_vec()));
    let line = format!("AUTH SCRAM-SHA-256 {first}\r\n").into_bytes();
    session.handle_here(Micros(3), Input::Bytes(Party::Client, line));
    let said = session.transcript().steps().iter().rev().find_map(|step| match &step.event.what {
        What::Mech { text, .. } => Some(text.clone()),
        _ => None,
    });
    assert_eq!(
        said.as_deref(),
        Some("The client thinks that -PLUS is not offered, but it is: somebody has changed the offer.")
    );
    assert_eq!(session.transcript().verdict(), Verdict::Refused(535));
}

#[test]
fn each_fault_of_a_server_is_found_out_by_the_client() {
    for (fault, verdict, says) in [
        (Fault::WrongPassword, Verdict::Refused(535), "The proof is not good: another password, or no such user."),
        (Fault::OtherNonce, Verdict::Refused(501), "belongs to another exchange"),
        (
            Fault::ManyRounds,
            Verdict::Refused(501),
            "The server asks for 2000000000 rounds; more than 1000000 are not made.",
        ),
        (Fault::WrongSignature, Verdict::Refused(501), "The server's signature is not good"),
        (Fault::NoSignature, Verdict::Distrusted, "refused, since 235 came without the server's signature"),
    ] {
        for mechanism in SCRAMS {
            let mut session = Lab { mechanism, fault: Some(fault), ..Lab::new([3; 32], 0) }.session();
            session.play(Micros(1));
            assert_eq!(session.transcript().verdict(), verdict, "{mechanism} {fault}");
            let told = session.transcript().steps().iter().any(|step| match &step.event.what {
                What::Mech { text, .. } | What::Note(text) => text.contains(says),
                _ => false,
            });
            assert!(told, "{mechanism} {fault}");
        }
    }
    assert!(Fault::within(Mechanism::ScramSha1Plus).any(|fault| fault == Fault::OtherNonce));
    assert!(Fault::within(Mechanism::Login).all(|fault| fault != Fault::OtherNonce));
}

#[test]
fn the_lab_says_that_what_it_binds_to_is_made_up() {
    let mut session = Lab { mechanism: Mechanism::ScramSha256Plus, ..Lab::new([3; 32], 0) }.session();
    session.play(Micros(1));
    let notes = session.transcript().steps().iter().filter_map(|step| match &step.event.what {
        What::Note(text) => Some(text.as_str()),
        _ => None,
    });
    assert_eq!(notes.collect::<Vec<_>>(), ["The lab has no TLS: both ends bind to octets that are made up."]);
    assert_eq!(session.transcript().verdict(), Verdict::Authenticated);
}

#[test]
fn masked_an_exchange_means_the_same_and_proves_nothing() {
    for mechanism in SCRAMS {
        let played = pair(Some(mechanism), Tls::Implicit, &SCRAMS).play();
        let steps = played.client().transcript().steps();
        let masked: Vec<_> = steps.iter().map(mask::event).collect();
        let mut again = saslscope::transcript::Transcript::new();
        for (step, event) in steps.iter().zip(&masked) {
            let after = again.push(event.clone());
            assert_eq!((after.signal, &after.moves), (step.signal, &step.moves), "{mechanism}");
            assert_eq!(mask::event(after), *event, "{mechanism}: masked twice");
            let secret = step.tree().is_some_and(|tree| tree.find("proof").or(tree.find("verifier")).is_some());
            assert_eq!(after.line() != step.line(), secret, "{mechanism}: only proofs and signatures go");
        }
        let written =
            recording::write(&recording::Recording { headers: recording::Headers::default(), events: masked });
        assert_eq!(recording::read(written.as_bytes()).damage, None);
    }
}

/// One side of GNU SASL.
struct Gsasl {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Drop for Gsasl {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Gsasl {
    fn start(role: &str, mechanism: Mechanism, password: &str) -> Option<Self> {
        if let Err(error) = Command::new("gsasl").arg("--version").output() {
            println!("skipped: gsasl: {error}");
            return None;
        }
        // Into a pipe it would say nothing before it ends.
        let mut command = Command::new("stdbuf");
        command.args(["-oL", "gsasl", role, "--quiet", "-a", "alice", "-p", password]);
        command.args(["--iteration-count", "4096", "-m", mechanism.name()]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .inspect_err(|error| println!("skipped: stdbuf: {error}"))
            .ok()?;
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        Some(Self { child, stdout })
    }

    fn say(&mut self, octets: &[u8]) {
        let stdin = self.child.stdin.as_mut().expect("piped");
        // It may have ended: then it says nothing more, either.
        let _ = writeln!(stdin, "{}", BASE64_STANDARD.encode(octets));
    }

    /// What it says next; `None` where it has nothing more to say.
    fn hear(&mut self) -> Option<Vec<u8>> {
        loop {
            let mut line = String::new();
            self.stdout.read_line(&mut line).expect("text");
            let text = line.trim_end().rsplit(": ").next().unwrap_or_default().to_owned();
            match BASE64_STANDARD.decode(&text) {
                _ if line.is_empty() => return None,
                Ok(octets) => return Some(octets),
                // The name of the mechanism, or a question.
                Err(_) => {}
            }
        }
    }
}

fn ours(party: Party, mechanism: Mechanism, password: &str) -> Box<dyn GssContext> {
    let user = User {
        name: "alice".to_owned(),
        password: Secret::from("wonderland"),
        token: None,
        domain: None,
        disabled: false,
    };
    let kit = Kit {
        users: vec![user],
        credential: alice(password),
        seed: [9; 32],
        now: 0,
        host: "server.example.com".to_owned(),
    };
    let bindings = if mechanism.binds() { bindings() } else { Bindings::default() };
    embedded(kit, party, SpnegoOptions::default())(mechanism, &bindings)
}

fn step(context: &mut dyn GssContext, token: Option<Vec<u8>>) -> Result<Option<Vec<u8>>, String> {
    match context.call(Call::Step(token)) {
        Ok(Answer::Stepped { token, .. }) => Ok(token),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error.text),
    }
}

#[test]
fn gnu_sasl_and_we_authenticate_each_other() {
    for mechanism in SCRAMS {
        for password in ["wonderland", "looking-glass"] {
            let good = password == "wonderland";
            let Some(mut server) = Gsasl::start("--server", mechanism, "wonderland") else { return };
            assert_eq!(server.hear().as_deref(), Some(&b""[..]), "it waits for the client");
            let mut client = ours(Party::Client, mechanism, password);
            server.say(&step(&mut *client, None).expect("a first message").expect("a message"));
            if mechanism.binds() {
                server.say(&bindings().exporter);
            }
            let last = step(&mut *client, server.hear()).expect("a proof").expect("a message");
            server.say(&last);
            let signature = server.hear();
            assert_eq!(signature.is_some(), good, "{mechanism} {password}, their server");
            if good {
                assert_eq!(step(&mut *client, signature), Ok(None), "{mechanism}");
                assert!(client.facts().mutual);
            }

            let Some(mut client) = Gsasl::start("--client", mechanism, password) else { return };
            let mut server = ours(Party::Server, mechanism, "");
            // It asks for tls-exporter, and for tls-unique where it got nothing.
            let data = if mechanism.binds() { vec![bindings().exporter] } else { vec![Vec::new(); 2] };
            for octets in &data {
                client.say(octets);
            }
            let first = client.hear();
            client.say(&step(&mut *server, first).expect("a second message").expect("a message"));
            match step(&mut *server, client.hear()) {
                Ok(signature) => {
                    client.say(&signature.expect("a signature"));
                    assert!(good, "{mechanism}");
                    assert_eq!(client.hear().as_deref(), Some(&b""[..]), "{mechanism}: it takes our signature");
                }
                Err(why) => {
                    assert_eq!(why, "The proof is not good: another password, or no such user.");
                    assert!(!good, "{mechanism}");
                }
            }
        }
    }
}

//! Personas: what a client says as one, what is said of it, and by what clients and servers are recognised.

#[allow(dead_code)] // `machines.rs` uses the rest.
mod rows;

use saslscope::mech::Credential;
use saslscope::session::persona::{ClientPersona, Likeness, ServerPersona, fingerprint, lines};
use saslscope::session::{ClientSetup, Effect, Input, Mechanism, ServerSetup, Session, Tls};
use saslscope::terms::{Micros, Party, Secret};
use saslscope::transcript::{Step, Transcript, What, recording};

fn client(persona: ClientPersona, user: &str, password: &str) -> ClientSetup {
    let credential = Credential { user: user.to_owned(), password: Secret::from(password) };
    let mut setup = ClientSetup::new("server.example.com", credential);
    (setup.name, setup.tls, setup.allow_plaintext) = ("client.example.com".to_owned(), Tls::Never, true);
    ClientSetup { persona, ..setup }
}

fn server(mechanisms: &[Mechanism]) -> ServerSetup {
    let mut setup = ServerSetup::new("server.example.com");
    (setup.mechanisms, setup.allow_plaintext, setup.tls) = (mechanisms.to_vec(), true, Tls::Never);
    setup
}

/// Lets two sessions talk to the end; gives what the client saw.
fn talk(client: &ClientSetup, server: &ServerSetup) -> Session {
    let mut sessions =
        [client.session([1; 32], 133_000_000_000_000_000), server.session([2; 32], 133_000_000_000_000_000)];
    let mut queue: Vec<(Party, Input)> = Party::BOTH.map(|party| (party, Input::Go { peer: "peer".into() })).into();
    let mut at = Micros(0);
    while !queue.is_empty() {
        let (party, input) = queue.remove(0);
        at.0 += 1;
        for effect in sessions[party.index()].handle(at, input) {
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
    let [client, _] = sessions;
    client
}

/// What the client said and what was said of it, tokens as `…`.
fn said(session: &Session) -> Vec<String> {
    let steps = session.transcript().steps().iter();
    let said = steps.filter_map(|step| match &step.event.what {
        What::Note(text) => Some(format!("# {text}")),
        What::Line { from: Party::Client, bytes, .. } => {
            let text = String::from_utf8_lossy(bytes).trim_end().to_owned();
            let short = |word: &str| if word.len() > 24 { "…".to_owned() } else { word.to_owned() };
            Some(format!("C: {}", text.split(' ').map(short).collect::<Vec<_>>().join(" ")).trim_end().to_owned())
        }
        _ => None,
    });
    said.collect()
}

fn recognised(transcript: &Transcript, party: Party) -> Vec<&'static str> {
    let found = fingerprint(transcript, party);
    found.into_iter().filter(Likeness::consistent).map(|one| one.persona).collect()
}

const SMTP: &str = "(.NET System.Net.Mail, SmtpConnection.cs)";

#[test]
fn dotnet_8_under_gssapi() {
    let session =
        talk(&client(ClientPersona::Dotnet8, "alice", "wonderland"), &server(&[Mechanism::Plain, Mechanism::Gssapi]));
    assert_eq!(
        said(&session),
        [
            "C: EHLO client.example.com",
            &format!("# persona dotnet8: the mechanism's name in lower case {SMTP}"),
            "C: AUTH gssapi …",
            "C: …",
            "# persona dotnet8: a second empty line (dotnet/runtime#105938)",
            "C:",
            "C:",
            "C: …",
            "C: QUIT",
        ]
    );
}

#[test]
fn the_service_principal_is_that_of_the_persona() {
    for (persona, name) in
        [(ClientPersona::Saslscope, "smtp/server.example.com"), (ClientPersona::Dotnet9, "SMTPSVC/server.example.com")]
    {
        let session = talk(&client(persona, "alice", "wonderland"), &server(&[Mechanism::Gssapi]));
        let trees = session.transcript().steps().iter().filter_map(Step::tree);
        let named: Vec<String> =
            trees.filter_map(|tree| tree.root.find("MsvAvTargetName").map(|node| node.value.to_string())).collect();
        assert_eq!(named, [name], "{persona}");
    }
}

#[test]
fn dotnet_goes_on_after_a_refusal_and_to_mail() {
    let session = talk(
        &client(ClientPersona::Dotnet9, "alice", "looking-glass"),
        &server(&[Mechanism::Login, Mechanism::Gssapi]),
    );
    let lower = format!("# persona dotnet9: the mechanism's name in lower case {SMTP}");
    assert_eq!(
        said(&session),
        [
            "C: EHLO client.example.com",
            &lower,
            "C: AUTH gssapi …",
            "C: …",
            &format!("# persona dotnet9: after a refusal it goes on to the next mechanism without a word {SMTP}"),
            &lower,
            "C: AUTH login YWxpY2U=",
            "C: bG9va2luZy1nbGFzcw==",
            &format!("# persona dotnet9: after a refusal it goes on to the next mechanism without a word {SMTP}"),
            &format!("# persona dotnet9: mail without having authenticated {SMTP}"),
            "C: MAIL FROM:<alice>",
            "C: QUIT",
        ]
    );
}

#[test]
fn dotnet_core_puts_a_length_before_its_choice() {
    let session = talk(&client(ClientPersona::DotnetCore, "alice", "wonderland"), &server(&[Mechanism::Gssapi]));
    let said = said(&session);
    assert!(
        said.contains(
            &"# persona dotnet-core: four octets of length before the choice of layer (seen with .NET Core 3.1)"
                .to_owned()
        ),
        "{said:#?}"
    );
    assert!(
        session
            .transcript()
            .steps()
            .iter()
            .any(|step| step.signal.is_some_and(|signal| signal.name() == "LayerChoiceWithLength"))
    );
}

#[test]
fn mailkit_says_ehlo_with_its_address_and_again_behind_auth() {
    let mut setup = client(ClientPersona::Mailkit, "alice", "wonderland");
    setup.mechanism = Some(Mechanism::Gssapi);
    let session = talk(&setup, &server(&[Mechanism::Gssapi]));
    assert_eq!(recognised(session.transcript(), Party::Client), ["mailkit"]);
    let said = said(&session);
    let kit = "(MailKit, Net/Smtp/SmtpClient.cs)";
    assert_eq!(
        said[..2],
        [format!("# persona mailkit: EHLO with an address in brackets {kit}"), "C: EHLO [127.0.0.1]".to_owned()]
    );
    assert_eq!(
        said[said.len() - 4..],
        [
            format!("# persona mailkit: EHLO after AUTH, though no layer was chosen {kit}"),
            format!("# persona mailkit: EHLO with an address in brackets {kit}"),
            "C: EHLO [127.0.0.1]".to_owned(),
            "C: QUIT".to_owned(),
        ]
    );
}

#[test]
fn outlook_curl_and_swaks_send_no_user_name_along() {
    for (persona, says) in [
        (ClientPersona::Outlook, "AUTH LOGIN without the user name (MS-XLOGIN note 2)"),
        (ClientPersona::Curl, "no initial response (curl, lib/curl_sasl.c)"),
        (ClientPersona::Swaks, "AUTH LOGIN without the user name (swaks 20201014, do_smtp_auth)"),
    ] {
        let said = said(&talk(&client(persona, "alice", "wonderland"), &server(&[Mechanism::Login])));
        let expected = [
            "C: EHLO client.example.com",
            &format!("# persona {persona}: {says}"),
            "C: AUTH LOGIN",
            "C: YWxpY2U=",
            "C: d29uZGVybGFuZA==",
            "C: QUIT",
        ];
        assert_eq!(said, expected, "{persona}");
    }
}

#[test]
fn curl_takes_gssapi_for_a_name_with_a_domain_only() {
    let offered = server(&[Mechanism::Gssapi, Mechanism::Plain, Mechanism::Login]);
    let of = |user| {
        said(&talk(&client(ClientPersona::Curl, user, "wonderland"), &offered))
            .into_iter()
            .find(|line| line.starts_with("C: AUTH"))
    };
    assert_eq!(of("alice").as_deref(), Some("C: AUTH PLAIN"));
    assert_eq!(of("alice@EXAMPLE.COM").as_deref(), Some("C: AUTH GSSAPI"));
}

#[test]
fn each_persona_is_recognised_from_what_it_says() {
    for persona in ClientPersona::ALL {
        for mechanisms in [&[Mechanism::Gssapi][..], &[Mechanism::Login], &[Mechanism::Plain], &Mechanism::ALL] {
            for password in ["wonderland", "looking-glass"] {
                let session = talk(&client(persona, "alice", password), &server(mechanisms));
                let found = fingerprint(session.transcript(), Party::Client);
                let names = recognised(session.transcript(), Party::Client);
                assert!(
                    names.contains(&persona.name()),
                    "{persona}, {mechanisms:?}: {:#?}",
                    lines(Party::Client, &found)
                );
            }
        }
    }
}

/// Where its quirks show, a product is alone, or with those that share them.
#[test]
fn what_sets_a_persona_apart() {
    let gssapi = [Mechanism::Gssapi];
    let login = [Mechanism::Login];
    let table: [(ClientPersona, &[Mechanism], &str, &[&str]); 7] = [
        (ClientPersona::Dotnet8, &gssapi, "wonderland", &["dotnet8"]),
        (ClientPersona::Dotnet9, &gssapi, "wonderland", &["dotnet-framework", "dotnet9"]),
        (ClientPersona::DotnetCore, &gssapi, "wonderland", &["dotnet-core"]),
        (ClientPersona::Mailkit, &login, "wonderland", &["mailkit"]),
        (ClientPersona::Curl, &gssapi, "wonderland", &["curl"]),
        (ClientPersona::Swaks, &login, "wonderland", &["curl", "outlook", "swaks"]),
        (ClientPersona::Saslscope, &login, "wonderland", &["saslscope", "strict"]),
    ];
    for (persona, mechanisms, password, expected) in table {
        // A name with a domain, so that curl takes GSSAPI.
        let user = if persona == ClientPersona::Curl { "alice@EXAMPLE.COM" } else { "alice" };
        let session = talk(&client(persona, user, password), &server(mechanisms));
        let mut names = recognised(session.transcript(), Party::Client);
        names.sort_unstable();
        assert_eq!(
            names,
            expected,
            "{persona}: {:#?}",
            lines(Party::Client, &fingerprint(session.transcript(), Party::Client))
        );
    }
}

/// Recordings of real clients: whom they may be. What is no persona here, pyspnego and msmtp, looks like whoever does the same.
#[test]
fn real_clients_are_recognised() {
    let table = [
        ("login-swaks-postfix", "swaks"),
        ("login-curl-aiosmtpd", "curl"),
        ("cancel-curl", "curl"),
        ("kerberos-curl-postfix", "curl"),
        ("spnego-ntlm-ours-postfix", "saslscope"),
    ];
    for (name, persona) in table {
        let transcript = real(name);
        let names = recognised(&transcript, Party::Client);
        let report = lines(Party::Client, &fingerprint(&transcript, Party::Client));
        assert!(names.contains(&persona), "{name}: {report:#?}");
    }
}

fn real(name: &str) -> Transcript {
    let bytes = std::fs::read(format!("tests/real/{name}.session")).expect("the recording");
    let mut transcript = Transcript::new();
    for event in recording::read(&bytes).recording.events {
        transcript.push(event);
    }
    transcript
}

#[test]
fn each_server_is_recognised_from_what_it_says() {
    for persona in ServerPersona::ALL {
        for mechanism in [Mechanism::Gssapi, Mechanism::Login, Mechanism::Plain, Mechanism::CramMd5, Mechanism::Ntlm] {
            for password in ["wonderland", "looking-glass"] {
                let mut client = client(ClientPersona::Saslscope, "alice", password);
                (client.mechanism, client.force) = (Some(mechanism), true);
                let session = talk(&client, &ServerSetup { persona, ..server(&[Mechanism::Gssapi, Mechanism::Login]) });
                let report = lines(Party::Server, &fingerprint(session.transcript(), Party::Server));
                let names = recognised(session.transcript(), Party::Server);
                assert!(names.contains(&persona.name()), "{persona}, {mechanism}: {report:#?}");
                let expected = if matches!(persona, ServerPersona::Strict | ServerPersona::Saslscope) { 2 } else { 1 };
                assert!(names.len() <= expected, "{persona}, {mechanism}: {report:#?}");
            }
        }
    }
}

#[test]
fn real_servers_are_recognised() {
    let table = [
        ("login-swaks-postfix", "postfix"),
        ("login-errors-postfix", "postfix"),
        ("auth-errors-postfix", "postfix"),
        ("gssapi-errors-postfix", "postfix"),
        ("spnego-ntlm-postfix", "postfix"),
        ("spnego-kerberos-postfix", "postfix"),
        ("kerberos-gsasl-dovecot", "dovecot"),
        ("login-curl-dovecot-wrong-password", "dovecot"),
        ("login-errors-dovecot", "dovecot"),
        ("login-curl-aiosmtpd", "aiosmtpd"),
        ("login-errors-aiosmtpd", "aiosmtpd"),
        ("auth-errors-aiosmtpd", "aiosmtpd"),
    ];
    for (name, persona) in table {
        let transcript = real(name);
        let report = lines(Party::Server, &fingerprint(&transcript, Party::Server));
        assert_eq!(recognised(&transcript, Party::Server), [persona], "{name}: {report:#?}");
    }
}

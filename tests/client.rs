//! The client against servers that are lines on a page: what it chooses, what it says, how it ends.
//!
//! A script is a dialogue in the notation of recordings: `S:` lines are fed, `C:` lines and `#` remarks are what must come.
//! `*  tls started` is the handshake done.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saslscope::mech::spnego::{SpnegoOptions, spnego};
use saslscope::mech::{Answer, Call, Credential, Kit};
use saslscope::session::persona::ClientPersona;
use saslscope::session::{
    Bindings, ClientSetup, Effect, Initial, Input, Mechanism, Prompts, ServerSetup, Session, Stage, Tls,
};
use saslscope::terms::{Micros, Party, Secret};
use saslscope::transcript::{What, recording};

fn setup() -> ClientSetup {
    let credential = Credential { user: "alice".to_owned(), password: Secret::from("wonderland") };
    let mut setup = ClientSetup::new("server.example.com", credential);
    (setup.name, setup.tls, setup.allow_plaintext) = ("client.example.com".to_owned(), Tls::Never, true);
    setup
}

fn with(mechanism: Mechanism) -> ClientSetup {
    ClientSetup { mechanism: Some(mechanism), ..setup() }
}

fn persona(persona: ClientPersona) -> ClientSetup {
    ClientSetup { persona, ..setup() }
}

fn feed(session: &mut Session, at: u64, input: Input) {
    let mut effects = session.handle(Micros(at), input);
    while let Some(effect) = effects.pop() {
        if let Effect::Mech { epoch, mut context, call } = effect {
            let result = context.call(call).map(|answer| (context, answer));
            effects.extend(session.handle(Micros(at), Input::Mech { epoch, result }));
        }
    }
}

/// What passed, without times; tokens longer than 40 characters are left out.
fn shown(session: &Session) -> String {
    let events = session.transcript().steps().iter().map(|step| step.event.clone()).collect();
    let text = recording::write(&recording::Recording { headers: recording::Headers::default(), events });
    let long = |word: &str| {
        let token =
            word.len() > 40 && word.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"+/=".contains(&octet));
        if token { "…".to_owned() } else { word.to_owned() }
    };
    let lines = text.lines().skip_while(|line| !line.is_empty()).skip(1);
    let lines = lines.map(|line| line.split_once(' ').map_or(line, |(_, rest)| rest));
    lines.map(|line| line.split(' ').map(long).collect::<Vec<_>>().join(" ") + "\n").collect()
}

/// Feeds the server's lines of the script, then compares all that passed with all of it.
#[track_caller]
fn plays(setup: &ClientSetup, script: &str) -> Session {
    let mut session = setup.session([7; 32], 133_000_000_000_000_000);
    feed(&mut session, 0, Input::Go { peer: "192.0.2.10:587".to_owned() });
    let script: String = script.lines().map(|line| line.trim_start().to_owned() + "\n").collect();
    for (at, line) in (1..).zip(script.lines()) {
        if let Some(says) = line.strip_prefix("S: ") {
            let says = says.replace(r"\x1B", "\x1B");
            feed(&mut session, at, Input::Bytes(Party::Server, format!("{says}\r\n").into_bytes()));
        } else if line == "*  closed by server" {
            feed(&mut session, at, Input::Closed(Party::Server));
        } else if let Some(facts) = line.strip_prefix("*  tls started ") {
            feed(&mut session, at, Input::TlsUp { facts: facts.to_owned(), bindings: Bindings::default() });
        }
    }
    let expected = format!("*  opened 192.0.2.10:587\n{script}");
    let shown = shown(&session);
    assert!(shown == expected, "expected:\n{expected}\ncame:\n{shown}");
    session
}

#[track_caller]
fn ends(session: &Session, stage: Stage, says: &str) {
    let ending = session.ending();
    assert_eq!((ending.stage, ending.says.as_str()), (stage, says));
}

/// A greeting and an EHLO reply that offers these mechanisms, before `rest`.
fn offering(mechanisms: &str, rest: &str) -> String {
    let hello = "S: 220 server.example.com\nC: EHLO client.example.com\nS: 250-server.example.com\n";
    format!("{hello}S: 250 AUTH {mechanisms}\n{rest}")
}

const QUITS: &str = "C: QUIT\nS: 221 2.0.0 Bye\n*  closed by client\n";

// The choice of a mechanism (MS-SSEAN 3.1.5.1, RFC 4954 4).

#[test]
fn gssapi_is_preferred_where_it_is_offered() {
    let session = plays(&setup(), &offering("LOGIN PLAIN GSSAPI", "C: AUTH GSSAPI …"));
    ends(&session, Stage::ClosedEarly, "not ended, within the AUTH exchange");
}

#[test]
fn the_next_mechanism_is_tried_where_one_is_not_there_or_too_weak() {
    for refusal in ["504 5.5.4 Unrecognized authentication type", "534 5.7.9 Too weak"] {
        let rest = format!(
            "C: AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=
             S: {refusal}
             C: AUTH LOGIN YWxpY2U=
             S: 334 UGFzc3dvcmQ6
             C: d29uZGVybGFuZA==
             S: 235 2.7.0 ok
             {QUITS}"
        );
        let session = plays(&setup(), &offering("LOGIN PLAIN", &rest));
        ends(&session, Stage::Authenticated, "authenticated");
    }
}

/// E3: with a mechanism that the user has fixed there is no next one.
#[test]
fn a_mechanism_that_the_user_wants_has_no_next() {
    let rest = format!(
        "C: AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=
         S: 504 5.5.4 no
         {QUITS}"
    );
    let session = plays(&with(Mechanism::Plain), &offering("LOGIN PLAIN", &rest));
    ends(&session, Stage::Auth, "the server refuses: 504 5.5.4 no");
}

#[test]
fn after_a_wrong_password_nothing_else_is_tried() {
    let rest = format!(
        "C: AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=
         S: 535 5.7.8 no\\x1B[2J
         {QUITS}"
    );
    let session = plays(&setup(), &offering("LOGIN PLAIN", &rest));
    ends(&session, Stage::Auth, r"the server refuses: 535 5.7.8 no\x1B[2J");
}

/// E35.
#[test]
fn a_failure_for_the_moment_is_not_asked_about_again() {
    let rest = format!(
        "C: AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=
         S: 454 4.7.0 The directory is down
         # client: 454 is for the moment: it does not ask again now (RFC 4954 6)
         {QUITS}"
    );
    let session = plays(&setup(), &offering("LOGIN PLAIN", &rest));
    ends(&session, Stage::Auth, "the server refuses: 454 4.7.0 The directory is down");
}

#[test]
fn what_is_not_offered_is_used_only_by_force() {
    let rest = format!(
        "# client: no mechanism in common: LOGIN is asked for, and the server offers PLAIN; --force uses it all the same
         {QUITS}"
    );
    let session = plays(&with(Mechanism::Login), &offering("PLAIN", &rest));
    let why = "no mechanism in common: LOGIN is asked for, and the server offers PLAIN; --force uses it all the same";
    ends(&session, Stage::Auth, why);

    let forced = ClientSetup { force: true, ..with(Mechanism::Login) };
    plays(&forced, &offering("PLAIN", "C: AUTH LOGIN YWxpY2U="));
}

#[test]
fn nothing_in_common_is_said_with_what_to_try() {
    let bare = ClientSetup { allow_plaintext: false, ..setup() };
    let why = "no mechanism in common: the server offers XYZZY PLAIN LOGIN; without TLS the secret would lie bare in \
               PLAIN, LOGIN (RFC 4954 4): try --tls starttls, --tls implicit or --allow-plaintext; --mech NAME --force \
               uses what is not offered";
    let session = plays(&bare, &offering("XYZZY PLAIN LOGIN", &format!("# client: {why}\n{QUITS}")));
    ends(&session, Stage::Auth, why);

    let nobody = Credential { user: "alice".to_owned(), password: Secret::from("") };
    let without = ClientSetup { credential: nobody, ..setup() };
    let why = "no mechanism in common: the server offers PLAIN; PLAIN would need another kind of credential; --mech NAME \
               --force uses what is not offered";
    plays(&without, &offering("PLAIN", &format!("# client: {why}\n{QUITS}")));
}

#[test]
fn a_mechanism_that_bares_the_secret_waits_for_tls() {
    let bare = ClientSetup { allow_plaintext: false, ..with(Mechanism::Plain) };
    let why = "PLAIN would bare the secret without TLS (RFC 4954 4); try --tls starttls, --tls implicit or \
               --allow-plaintext";
    let session = plays(&bare, &offering("PLAIN", &format!("# client: {why}\n{QUITS}")));
    ends(&session, Stage::Auth, why);
}

#[test]
fn without_any_auth_there_is_a_sentence() {
    let hello = "S: 220 server.example.com\nC: EHLO client.example.com\nS: 250-server.example.com\nS: 250 STARTTLS\n";
    let why = "no mechanism in common: the server offers no AUTH; more may be offered within TLS: try --tls starttls; \
               --mech NAME --force uses what is not offered";
    let session = plays(&setup(), &format!("{hello}# client: {why}\n{QUITS}"));
    ends(&session, Stage::Auth, why);
}

// TLS (RFC 3207).

const STARTTLS: &str = "S: 220 server.example.com
    C: EHLO client.example.com
    S: 250-server.example.com
    S: 250-STARTTLS
    S: 250 AUTH XYZZY GSSAPI
    C: STARTTLS
";

#[test]
fn all_is_forgotten_at_tls_and_a_list_that_shrank_is_remarked() {
    let tls = ClientSetup { tls: Tls::IfOffered, allow_plaintext: false, ..setup() };
    let rest = format!(
        "{STARTTLS}S: 220 2.0.0 ready
         *  tls started TLSv1.3
         C: EHLO client.example.com
         S: 250-server.example.com
         S: 250 AUTH PLAIN XYZZY
         # client: offered before TLS and no longer within: GSSAPI (RFC 4954 4)
         C: AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=
         S: 235 2.7.0 ok
         {QUITS}"
    );
    let session = plays(&tls, &rest);
    ends(&session, Stage::Authenticated, "authenticated");
}

#[test]
fn without_starttls_it_goes_on_or_not_as_told() {
    let hello =
        "S: 220 server.example.com\nC: EHLO client.example.com\nS: 250-server.example.com\nS: 250 AUTH GSSAPI\n";
    let optional = ClientSetup { tls: Tls::IfOffered, ..setup() };
    plays(&optional, &format!("{hello}# client: STARTTLS is not offered: it goes on without TLS\nC: AUTH GSSAPI …"));
    let required = ClientSetup { tls: Tls::StartTls, ..setup() };
    let why = "STARTTLS is not offered, and without TLS it does not go on; try --tls implicit, or --tls never";
    let session = plays(&required, &format!("{hello}# client: {why}\n{QUITS}"));
    ends(&session, Stage::Tls, why);

    let optional = ClientSetup { tls: Tls::IfOffered, ..setup() };
    let refused = "S: 454 4.7.0 TLS not available\n";
    plays(
        &optional,
        &format!(
            "{STARTTLS}{refused}# client: STARTTLS was refused with 454: it goes on without TLS\nC: AUTH GSSAPI …"
        ),
    );
    let why = "STARTTLS was refused with 454, and without TLS it does not go on; try --tls implicit, or --tls never";
    let session = plays(&required, &format!("{STARTTLS}{refused}# client: {why}\n{QUITS}"));
    ends(&session, Stage::Tls, why);
}

#[test]
fn a_handshake_that_fails_ends_it() {
    let mut session = ClientSetup { tls: Tls::StartTls, ..setup() }.session([7; 32], 0);
    feed(&mut session, 0, Input::Go { peer: String::new() });
    for line in ["220 a", "250-a", "250 STARTTLS", "220 go"] {
        feed(&mut session, 1, Input::Bytes(Party::Server, format!("{line}\r\n").into_bytes()));
    }
    feed(&mut session, 2, Input::TlsFailed { why: "the certificate has expired".to_owned() });
    ends(&session, Stage::Tls, "no TLS: the certificate has expired");
    assert!(session.ended());
}

#[test]
fn ehlo_refused_within_tls_has_a_code_of_its_own() {
    let required = ClientSetup { tls: Tls::StartTls, ..setup() };
    let session = plays(
        &required,
        &format!(
            "{STARTTLS}S: 220 2.0.0 ready
             *  tls started TLSv1.3
             C: EHLO client.example.com
             S: 451 4.3.0 later
             {QUITS}"
        ),
    );
    ends(&session, Stage::EhloAfterTls, "the server refuses EHLO: 451 4.3.0 later");
    assert_eq!(session.ending().stage.code(), 32);
}

// Greeting and EHLO.

#[test]
fn a_server_without_ehlo_gets_helo() {
    let hello = "S: 220 server.example.com
        C: EHLO client.example.com
        S: 502 5.5.1 unknown
        # client: EHLO was refused, so it says HELO (RFC 5321 3.2)
        C: HELO client.example.com
        S: 250 server.example.com
";
    let why = "no mechanism in common: HELO tells of no extensions (RFC 5321 4.1.1.1); --mech NAME --force uses what is \
               not offered";
    let session = plays(&setup(), &format!("{hello}# client: {why}\n{QUITS}"));
    ends(&session, Stage::Auth, why);
    let forced = ClientSetup { force: true, ..with(Mechanism::Plain) };
    plays(&forced, &format!("{hello}C: AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ="));
    // .NET takes LOGIN for offered.
    plays(
        &persona(ClientPersona::Dotnet9),
        &format!(
            "{hello}# persona dotnet9: after HELO it takes LOGIN for offered (.NET System.Net.Mail, SmtpConnection.cs)
             # persona dotnet9: the mechanism's name in lower case (.NET System.Net.Mail, SmtpConnection.cs)
             C: AUTH login YWxpY2U="
        ),
    );
}

#[test]
fn ehlo_and_helo_refused() {
    let session = plays(
        &setup(),
        &format!(
            "S: 220 server.example.com
             C: EHLO client.example.com
             S: 550 5.7.1 not you
             # client: EHLO was refused, so it says HELO (RFC 5321 3.2)
             C: HELO client.example.com
             S: 550 5.7.1 nor so
             {QUITS}"
        ),
    );
    ends(&session, Stage::Ehlo, "the server refuses EHLO: 550 5.7.1 nor so");
}

#[test]
fn greetings_that_are_none() {
    let session = plays(&setup(), &format!("S: 554 5.3.2 no mail here\n{QUITS}"));
    ends(&session, Stage::Banner, "the server gives no service: 554 5.3.2 no mail here");

    let closes = "*  closed by client: the server said 421, which ends the connection (RFC 5321 3.8)";
    let session = plays(&setup(), &format!("S: 421 4.3.2 too busy\n{closes}"));
    ends(&session, Stage::Banner, "the server gives no service: 421 4.3.2 too busy");

    let session = plays(
        &setup(),
        "S: SSH-2.0-OpenSSH_9.2
         # client: `SSH-2.0-OpenSSH_9.2` is no reply that fits in Connect: it closes
         *  closed by client: a protocol error of the server",
    );
    ends(&session, Stage::Banner, "closed by client before the greeting: a protocol error of the server");

    let session = plays(&setup(), "*  closed by server");
    ends(&session, Stage::ClosedEarly, "closed by server before the greeting");

    plays(&setup(), "S: 220-server.example.com\nS: 220-speaks\nS: 220 at length\nC: EHLO client.example.com");
}

// Replies that break the protocol.

/// E19.
#[test]
fn a_challenge_of_several_lines_is_cancelled() {
    let rest = format!(
        "C: AUTH LOGIN YWxpY2U=
         S: 334-UGFzc3dvcmQ6
         S: 334 UGFzc3dvcmQ6
         # client: cancels, since a challenge is one line (RFC 4954 4)
         C: *
         S: 501 5.7.0 cancelled
         {QUITS}"
    );
    let session = plays(&setup(), &offering("LOGIN", &rest));
    ends(&session, Stage::Auth, "the exchange was cancelled: 501 5.7.0 cancelled");
}

/// E20.
#[test]
fn a_code_that_means_nothing_here_ends_it() {
    for reply in ["250 ok", "354 go on", "699 what", "99 short", "hello"] {
        let rest = format!(
            "C: AUTH LOGIN YWxpY2U=
             S: {reply}
             # client: `{reply}` is no reply that fits in InMech: it closes
             *  closed by client: a protocol error of the server"
        );
        let session = plays(&setup(), &offering("LOGIN", &rest));
        ends(&session, Stage::Auth, "closed by client within the AUTH exchange: a protocol error of the server");
    }
}

/// E5, E7, E11: what cannot be decoded is cancelled, the 501 awaited, and the next mechanism taken.
#[test]
fn a_challenge_that_cannot_be_decoded_is_cancelled() {
    for challenge in ["U GFz", "UGFz_3dv", "UGFzc3dvcmQ6=", "words for people", "UGFz\u{e9}", "UGFz\rc3dv"] {
        let mut session = with(Mechanism::Login).session([7; 32], 0);
        feed(&mut session, 0, Input::Go { peer: String::new() });
        for line in ["220 a", "250-a", "250 AUTH LOGIN", &format!("334 {challenge}")] {
            feed(&mut session, 1, Input::Bytes(Party::Server, format!("{line}\r\n").into_bytes()));
        }
        assert!(shown(&session).ends_with("\nC: *\n"), "{challenge}: {}", shown(&session));
    }
    let rest = format!(
        "C: AUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=
         S: 334 wait!
         C: *
         S: 501 5.7.0 cancelled
         C: AUTH LOGIN YWxpY2U=
         S: 535 5.7.8 no
         {QUITS}"
    );
    plays(&setup(), &offering("LOGIN PLAIN", &rest));
}

/// E15: words in place of the empty challenge that asks for the first token.
#[test]
fn words_for_people_ask_for_the_first_token() {
    let bare = ClientSetup { initial: Initial::Never, ..with(Mechanism::Gssapi) };
    plays(&bare, &offering("GSSAPI", "C: AUTH GSSAPI\nS: 334 GSSAPI supported\nC: …"));
    let strict = ClientSetup { persona: ClientPersona::Strict, ..bare };
    plays(
        &strict,
        &offering(
            "GSSAPI",
            "C: AUTH GSSAPI
             S: 334 GSSAPI supported
             # persona strict: cancels a challenge that is no base64 (RFC 4954 4)
             C: *",
        ),
    );
}

/// E25, E26, E27: a token that refuses, or that cannot be read, is cancelled, and the next mechanism taken.
#[test]
fn a_token_that_refuses_or_is_broken_is_cancelled() {
    let table = [
        ("oQcwBaADCgEC", "reject"),
        ("oYT/////MAA=", "a length beyond the token"),
        ("oYCAAAA=", "an indefinite length"),
        ("TlRMTVNTUAACAAAA////////f38=", "offsets beyond the message"),
        ("YCMGCSqGSIb3EgECAgMAfhQwEqADAgEFoQMCAR6mAwIBJQ==", "a KRB-ERROR"),
    ];
    for (challenge, what) in table {
        let mut session = setup().session([7; 32], 133_000_000_000_000_000);
        feed(&mut session, 0, Input::Go { peer: String::new() });
        for line in ["220 a", "250-a", "250 AUTH GSSAPI LOGIN", &format!("334 {challenge}"), "501 5.7.0 cancelled"] {
            feed(&mut session, 1, Input::Bytes(Party::Server, format!("{line}\r\n").into_bytes()));
        }
        let shown = shown(&session);
        assert!(shown.ends_with("\nC: *\nS: 501 5.7.0 cancelled\nC: AUTH LOGIN YWxpY2U=\n"), "{what}: {shown}");
        let failed = session.transcript().steps().iter().any(|step| matches!(step.event.what, What::Mech { .. }));
        assert!(failed, "{what}: the call that failed is on record");
    }
}

/// Plays SPNEGO with an acceptor up to the security layer, and offers these octets there; gives what the client makes of it,
/// decoded by the acceptor where it can.
fn offered(setup: &ClientSetup, offer: &[u8]) -> (Vec<String>, Option<Vec<u8>>) {
    let users = ServerSetup::new("server.example.com").users;
    let credential = Credential { user: String::new(), password: Secret::from("") };
    let (seed, now, host) = ([9; 32], 133_000_000_000_000_000, "server.example.com".to_owned());
    let mut acceptor = spnego(&Kit { users, credential, seed, now, host }, Party::Server, SpnegoOptions::default());
    let mut session = setup.session([7; 32], now);
    feed(&mut session, 0, Input::Go { peer: String::new() });
    let reply = |session: &mut Session, line: String| {
        feed(session, 1, Input::Bytes(Party::Server, (line + "\r\n").into_bytes()));
    };
    for line in ["220 a", "250-a", "250 AUTH GSSAPI"] {
        reply(&mut session, line.to_owned());
    }
    let said = |session: &Session| {
        let last = session.transcript().steps().iter().rev().find(|step| step.from() == Some(Party::Client));
        last.expect("the client has spoken").token_bytes().to_vec()
    };
    while let Ok(Answer::Stepped { token: Some(token), complete }) = acceptor.call(Call::Step(Some(said(&session)))) {
        reply(&mut session, format!("334 {}", STANDARD.encode(token)));
        if complete {
            break;
        }
    }
    let Ok(Answer::Octets(wrapped)) = acceptor.call(Call::Wrap { sealed: false, message: offer.to_vec() }) else {
        panic!("a complete context wraps")
    };
    let steps = session.transcript().steps().len();
    reply(&mut session, format!("334 {}", STANDARD.encode(wrapped)));
    let shown = shown(&session).lines().skip(steps + 1).map(str::to_owned).collect();
    let token = said(&session);
    let token = if setup.persona == ClientPersona::DotnetCore { token.get(4..).unwrap_or_default() } else { &token };
    match acceptor.call(Call::Unwrap(token.to_vec())) {
        Ok(Answer::Octets(choice)) => (shown, Some(choice)),
        _ => (shown, None),
    }
}

/// E16, E32: what is offered behind the context must be a layer that the client can do.
#[test]
fn an_offer_of_no_use_is_cancelled() {
    for offer in [&[0x06, 0x00, 0x10, 0x00][..], &[0x01, 0x00, 0x00], &[], b"not a layer"] {
        let (shown, choice) = offered(&with(Mechanism::Gssapi), offer);
        assert_eq!((shown.last().map(String::as_str), choice), (Some("C: *"), None), "{offer:x?}");
    }
}

#[test]
fn personas_choose_a_layer_in_their_own_way() {
    let exchange = [0x01, 0x00, 0xBB, 0x80];
    let none = [0x01, 0x00, 0x00, 0x00];
    let of = |persona, offer: &[u8]| offered(&ClientSetup { persona, ..with(Mechanism::Gssapi) }, offer);
    assert_eq!(of(ClientPersona::Saslscope, &exchange).1.as_deref(), Some(&none[..]));
    assert_eq!(of(ClientPersona::Dotnet8, &exchange).1.as_deref(), Some(&none[..]));
    assert_eq!(of(ClientPersona::DotnetFramework, &exchange).1.as_deref(), Some(&exchange[..]));
    assert_eq!(of(ClientPersona::DotnetCore, &none).1.as_deref(), Some(&none[..]));
    assert_eq!(
        of(ClientPersona::DotnetCore, &exchange).0,
        [
            "# persona dotnet-core: takes no offer of layers but 01 00 00 00 (.NET System.Net.Mail, \
             SmtpNegotiateAuthenticationModule.cs)",
            "# persona dotnet-core: it closes and does not cancel (.NET System.Net.Mail, SmtpConnection.cs)",
            "*  closed by client: it cannot go on, and does not cancel",
        ]
    );
}

/// E17, E18 without SPNEGO: a server that lets in before it has heard all.
#[test]
fn success_that_comes_too_early_is_not_trusted() {
    let rest = format!(
        "C: AUTH GSSAPI …
         S: 235 2.7.0 welcome
         # client: refused, since 235 came while proof of the server was outstanding (RFC 4178 5)
         {QUITS}"
    );
    let session = plays(&setup(), &offering("GSSAPI", &rest));
    assert_eq!(session.ending().stage, Stage::Auth);
}

/// E41: what may lie behind a refusal that names no reason.
#[test]
fn a_refusal_within_tls_hints_at_channel_bindings() {
    let tls = ClientSetup { tls: Tls::StartTls, ..setup() };
    let rest = format!(
        "{STARTTLS}S: 220 2.0.0 ready
         *  tls started TLSv1.3
         C: EHLO client.example.com
         S: 250-server.example.com
         S: 250 AUTH XYZZY GSSAPI
         C: AUTH GSSAPI …
         S: 535 5.7.3 Authentication unsuccessful
         # client: if the password is right, the server may insist on channel bindings (Extended Protection)
         {QUITS}"
    );
    plays(&tls, &rest);
}

// The initial response (RFC 4954 4).

#[test]
fn the_initial_response_goes_along_where_it_fits() {
    let long = "a".repeat(400);
    let credential = Credential { user: long.clone(), password: Secret::from("wonderland") };
    for (initial, along) in [(Initial::Fit, false), (Initial::Always, true), (Initial::Never, false)] {
        let setup = ClientSetup { credential: credential.clone(), initial, ..with(Mechanism::Login) };
        let command = if along { "C: AUTH LOGIN …" } else { "C: AUTH LOGIN" };
        plays(&setup, &offering("LOGIN", command));
    }
    let nobody = Credential { user: String::new(), password: Secret::from("x") };
    plays(&ClientSetup { credential: nobody, ..with(Mechanism::Login) }, &offering("LOGIN", "C: AUTH LOGIN ="));
}

// LOGIN's prompts in the spellings of the field (draft-murchison-sasl-login).

#[test]
fn prompts_are_read_whatever_their_spelling() {
    let bare = ClientSetup { initial: Initial::Never, ..with(Mechanism::Login) };
    let rest = format!(
        "C: AUTH LOGIN
         S: 334 VXNlciBOYW1lAA==
         C: YWxpY2U=
         S: 334 UGFzc3dvcmQA
         C: d29uZGVybGFuZA==
         S: 235 ok
         {QUITS}"
    );
    plays(&bare, &offering("LOGIN", &rest));
    // The name is asked for again although it came with the command, as aiosmtpd does.
    let again = format!(
        "C: AUTH LOGIN YWxpY2U=
         S: 334 VXNlciBOYW1lAA==
         C: YWxpY2U=
         S: 334 UGFzc3dvcmQA
         C: d29uZGVybGFuZA==
         S: 235 ok
         {QUITS}"
    );
    plays(&with(Mechanism::Login), &offering("LOGIN", &again));
    let strict = ClientSetup { persona: ClientPersona::Strict, ..bare };
    plays(
        &strict,
        &offering(
            "LOGIN",
            "C: AUTH LOGIN
             S: 334 VXNlciBOYW1lAA==
             # persona strict: cancels a prompt that is neither of the two (MS-XLOGIN 3.1.5.1)
             C: *",
        ),
    );
    let counting = ClientSetup { prompts: Prompts::Counting, ..with(Mechanism::Login) };
    plays(&counting, &offering("LOGIN", "C: AUTH LOGIN YWxpY2U=\nS: 334 V2hhdD8=\nC: d29uZGVybGFuZA=="));
}

// Limits of time and size.

#[test]
fn a_silent_server_is_given_up() {
    let mut session = ClientSetup { patience: Micros(30_000_000), ..setup() }.session([7; 32], 0);
    feed(&mut session, 0, Input::Go { peer: String::new() });
    assert_eq!(session.deadline(), Some(Micros(30_000_000)));
    // Octets that make no line do not count.
    feed(&mut session, 10_000_000, Input::Bytes(Party::Server, b"220 ".to_vec()));
    feed(&mut session, 29_000_000, Input::Bytes(Party::Server, b"ser".to_vec()));
    assert_eq!(session.deadline(), Some(Micros(30_000_000)));
    feed(&mut session, 30_000_000, Input::Tick);
    assert!(session.ended());
    let why = "the server said nothing for 30 s; if it waits for TLS, try --tls implicit";
    ends(&session, Stage::Banner, &format!("closed by client before the greeting: {why}"));
}

#[test]
fn each_reply_has_its_time() {
    let mut session = ClientSetup { patience: Micros(30_000_000), ..setup() }.session([7; 32], 0);
    feed(&mut session, 0, Input::Go { peer: String::new() });
    feed(&mut session, 20_000_000, Input::Bytes(Party::Server, b"220 a\r\n".to_vec()));
    assert_eq!(session.deadline(), Some(Micros(50_000_000)));
    feed(&mut session, 40_000_000, Input::Bytes(Party::Server, b"250-a\r\n".to_vec()));
    assert_eq!(session.deadline(), Some(Micros(50_000_000)), "a reply that does not end");
    feed(&mut session, 51_000_000, Input::Tick);
    ends(&session, Stage::Ehlo, "closed by client at EHLO: the server said nothing for 30 s");
}

#[test]
fn a_reply_without_end_is_not_kept() {
    let mut session = setup().session([7; 32], 0);
    feed(&mut session, 0, Input::Go { peer: String::new() });
    feed(&mut session, 1, Input::Bytes(Party::Server, b"220-x\r\n".repeat(1000)));
    let steps = session.transcript().steps().len();
    assert!(session.ended() && steps < 510, "{steps} steps");
    let why = "the server said more than 500 lines at a stretch";
    ends(&session, Stage::Banner, &format!("closed by client before the greeting: {why}"));
    feed(&mut session, 2, Input::Bytes(Party::Server, b"220-x\r\n".repeat(1000)));
    assert_eq!(session.transcript().steps().len(), steps);
}

/// A session that is to stay holds its QUIT, whatever the gate.
#[test]
fn quit_is_held_where_the_user_stays() {
    let mut session = ClientSetup { stay: true, ..with(Mechanism::Plain) }.session([7; 32], 0);
    feed(&mut session, 0, Input::Go { peer: String::new() });
    for line in ["220 a", "250-a", "250 AUTH PLAIN", "235 ok"] {
        feed(&mut session, 1, Input::Bytes(Party::Server, format!("{line}\r\n").into_bytes()));
    }
    assert!(session.held().is_some() && !session.ended());
    assert!(!shown(&session).contains("QUIT"));
    ends(&session, Stage::Authenticated, "authenticated");
    feed(&mut session, 2, Input::Release(None));
    assert!(shown(&session).ends_with("C: QUIT\n"));
}

#[test]
fn the_codes_are_those_of_swaks() {
    let codes = Stage::ALL.map(Stage::code);
    assert_eq!(codes, [0, 0, 2, 6, 21, 22, 28, 29, 32]);
}

#[test]
fn a_connection_that_ends_anywhere_has_an_ending() {
    let replies = "220 a\r\n250-a\r\n250 AUTH PLAIN\r\n334 \r\n535 no\r\n221 bye\r\n";
    let bare = ClientSetup { initial: Initial::Never, ..with(Mechanism::Plain) };
    for end in 0..replies.len() {
        let mut session = bare.session([7; 32], 0);
        feed(&mut session, 0, Input::Go { peer: String::new() });
        for line in replies[..end].split_inclusive('\n') {
            feed(&mut session, 1, Input::Bytes(Party::Server, line.as_bytes().to_vec()));
        }
        feed(&mut session, 2, Input::Closed(Party::Server));
        let ending = session.ending();
        let expected = if replies[..end].contains("535") { Stage::Auth } else { Stage::ClosedEarly };
        assert_eq!(ending.stage, expected, "{end}: {}", ending.says);
    }
}

//! Live sessions on the screen: news are fed, and what is ordered is looked at; no socket is opened.

use super::*;
use saslscope::drive::{Address, ConnectionId, Failure, Link, Listen, Loose, News, ServerTls, Target, What};
use saslscope::mech::Credential;
use saslscope::session::{Bindings, ClientSetup, Effect, Input, ServerSetup, Tls};
use saslscope::terms::{Party, Secret};
use saslscope::tui::{Dial, Serve};

/// A link that leads nowhere, and what a face orders by it.
struct Peer {
    id: u64,
    /// When its connection was begun.
    began: Micros,
    loose: Loose,
}

impl Peer {
    fn new(id: u64, model: &Model) -> (Link, Self) {
        let (link, loose) = Link::loose(id);
        (link, Self { id, began: model.now, loose })
    }

    /// Something happens on its connection, 1 ms after whatever happened before.
    fn tells(&mut self, model: &mut Model, what: What) {
        model.now = Micros(model.now.0 + 1_000);
        model.hear(News { id: ConnectionId(self.id), at: model.now.since(self.began), what });
    }

    fn input(&mut self, model: &mut Model, input: Input) {
        self.tells(model, What::Input(input));
        self.calls(model);
    }

    /// Makes the calls that were ordered, and gives what was sent.
    fn calls(&mut self, model: &mut Model) -> String {
        let mut sent = String::new();
        let mut effects = self.loose.effects();
        while let Some(effect) = (!effects.is_empty()).then(|| effects.remove(0)) {
            match effect {
                Effect::Send(_, octets) => sent += &String::from_utf8_lossy(&octets),
                Effect::Mech { epoch, mut context, call } => {
                    let result = context.call(call).map(|answer| (context, answer));
                    self.tells(model, What::Input(Input::Mech { epoch, result }));
                    effects.extend(self.loose.effects());
                }
                Effect::StartTls => sent += "<TLS>",
                Effect::Close => sent += "<close>",
            }
        }
        sent
    }

    /// The peer says these lines.
    fn says(&mut self, model: &mut Model, party: Party, lines: &str) {
        self.input(model, Input::Bytes(party, lines.replace('\n', "\r\n").into_bytes()));
    }
}

fn dial(tls: Tls) -> Dial {
    let credential = Credential { user: "alice".to_owned(), password: Secret::from("wonderland") };
    let (address, _) = Address::parse("mail.example.com:587", Some(tls)).unwrap();
    let mut setup = ClientSetup::new(&address.host, credential);
    (setup.tls, setup.mechanism) = (tls, (tls != Tls::Never).then_some(Mechanism::Login));
    Dial { setup, target: Target::new(address) }
}

/// A client that has begun to connect.
fn client(dial: Dial) -> (Model, Peer) {
    let mut model = model(options());
    let _ = model.dial(dial);
    let (link, peer) = Peer::new(1, &model);
    model.connecting(link);
    (model, peer)
}

fn go(peer: &str) -> Input {
    Input::Go { peer: peer.to_owned() }
}

/// A server that listens, and holds each line before it goes.
fn server(listen: &str) -> Model {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tls");
    let tls = ServerTls::load(&data.join("cert.pem"), &data.join("key.pem")).unwrap();
    let mut model = model(options());
    let mechanisms = vec![Mechanism::Gssapi, Mechanism::Plain, Mechanism::Login];
    let setup = ServerSetup { allow_plaintext: true, mechanisms, ..ServerSetup::new("server.example.com") };
    let _ = model.serve(Serve { setup, listen: Listen::new(listen.parse().unwrap(), tls), port_file: None });
    model.listening(Ok(listen.parse().unwrap()));
    model
}

fn comes(model: &mut Model, id: u64) -> Peer {
    let (link, mut peer) = Peer::new(id, model);
    model.hear(News { id: ConnectionId(id), at: Micros::default(), what: What::Accepted(link) });
    peer.input(model, go(&format!("127.0.0.1:{}", 50_000 + id)));
    peer
}

#[test]
fn a_client_connects_and_is_given_up() {
    let (mut model, mut peer) = client(dial(Tls::IfOffered));
    model.now = Micros(model.now.0 + 3_200_000);
    check("client-connecting", &mut model, &SIZES);
    assert_eq!(model.deadline(), Some(Micros(4_000_000)), "what is shown of the waiting changes each second");
    press(&mut model, "Esc");
    assert_eq!(peer.calls(&mut model), "<close>");
    assert!(text(&mut model, SIZES[0]).contains("r connects again"));
    assert_eq!(model.deadline(), None, "nothing is waited for");
}

#[test]
fn a_client_that_can_not_connect_says_so_and_stays() {
    let (mut model, mut peer) = client(dial(Tls::IfOffered));
    let why = "connection refused; nothing listens there: check the port, and whether the server runs".to_owned();
    let failure = Failure::Connect { target: "mail.example.com:587".to_owned(), why };
    peer.tells(&mut model, What::Failed(failure.clone()));
    check("client-failed", &mut model, &SIZES);
    press(&mut model, "q");
    assert_eq!(model.outcome().unwrap().failure, Some(failure));
}

const EHLO: &str = "250-mail.example.com\n250-STARTTLS\n250 AUTH GSSAPI LOGIN\n";
const FACTS: &str = "TLSv1.3 TLS_AES_256_GCM_SHA384; server name: mail.example.com; verified: no: it is self-signed; \
                     certificate: CN=mail.example.com; valid until: 2027-01-01; \
                     tls-server-end-point: 6f9a0c55; tls-exporter: 8d21b7f0";

#[test]
fn a_client_within_tls_up_to_its_verdict() {
    let (mut model, mut peer) = client(dial(Tls::IfOffered));
    peer.input(&mut model, go("192.0.2.10:587"));
    peer.says(&mut model, Party::Server, "220 mail.example.com ESMTP\n");
    press(&mut model, "n");
    assert_eq!(peer.calls(&mut model), "EHLO localhost\r\n");
    peer.says(&mut model, Party::Server, EHLO);
    press(&mut model, "n");
    assert_eq!(peer.calls(&mut model), "STARTTLS\r\n");
    peer.says(&mut model, Party::Server, "220 go ahead\n");
    peer.input(&mut model, Input::TlsUp { facts: FACTS.to_owned(), bindings: Bindings::default() });
    press(&mut model, "6 k 1");
    check("client-tls", &mut model, &SIZES);
    press(&mut model, "6 G n");
    peer.says(&mut model, Party::Server, "250-mail.example.com\n250 AUTH GSSAPI LOGIN\n");
    check("client-held", &mut model, &SIZES);
    press(&mut model, "n");
    peer.says(&mut model, Party::Server, "334 UGFzc3dvcmQ6\n");
    press(&mut model, "n");
    peer.says(&mut model, Party::Server, "235 2.7.0 welcome\n");
    press(&mut model, "c");
    peer.says(&mut model, Party::Server, "221 2.0.0 bye\n");
    peer.calls(&mut model);
    check("client-authenticated", &mut model, &SIZES);
}

#[test]
fn what_comes_while_an_earlier_step_is_looked_at_does_not_move_it() {
    let (mut model, mut peer) = client(dial(Tls::Never));
    peer.input(&mut model, go("192.0.2.10:587"));
    peer.says(&mut model, Party::Server, "220 mail.example.com ESMTP\n");
    press(&mut model, "n p");
    let before = text(&mut model, SIZES[0]);
    assert!(before.contains("▶ 2 S  220 mail.example.com"), "{before}");
    peer.says(&mut model, Party::Server, EHLO);
    let now = text(&mut model, SIZES[0]);
    assert!(now.contains("▶ 2 S  220 mail.example.com") && now.contains("the session waits at 7"), "{now}");
    press(&mut model, "G");
    assert!(text(&mut model, SIZES[0]).contains("▶ 7 C ●AUTH"));
}

#[test]
fn a_server_lists_its_sessions_while_they_go_on() {
    let mut model = server("127.0.0.1:2525");
    check("sessions-none", &mut model, &SIZES);
    let mut first = comes(&mut model, 1);
    let mut second = comes(&mut model, 2);
    let mut third = comes(&mut model, 3);
    check("sessions-held", &mut model, &SIZES);
    // Looked at: the second, up to the password; the others wait at their own gates.
    press(&mut model, "j Enter n");
    assert_eq!(second.calls(&mut model), "220 server.example.com ESMTP saslscope\r\n");
    second.says(&mut model, Party::Client, "EHLO client.example.com\n");
    press(&mut model, "n");
    second.says(&mut model, Party::Client, "AUTH LOGIN YWxpY2U=\n");
    check("server-held", &mut model, &SIZES);
    press(&mut model, "H");
    assert!(text(&mut model, SIZES[0]).contains("127.0.0.1:50003"));
    press(&mut model, "c");
    third.says(&mut model, Party::Client, "EHLO client.example.com\nAUTH PLAIN AGFsaWNlAHdyb25n\n");
    third.input(&mut model, Input::Closed(Party::Client));
    press(&mut model, "Esc");
    assert_eq!(first.calls(&mut model), "", "nobody has let it go");
    check("sessions", &mut model, &SIZES);
    press(&mut model, "s");
    assert!(text(&mut model, SIZES[0]).contains("latest first"));
    press(&mut model, "f");
    enter(&mut model, "refused");
    let refused = text(&mut model, SIZES[0]);
    assert!(refused.contains("1 of 3") && refused.contains("50003") && !refused.contains("50001"), "{refused}");
    // Quitting asks once, and then closes all.
    press(&mut model, "q");
    assert!(model.outcome().is_none());
    assert!(text(&mut model, SIZES[0]).contains("2 connections are open; the same again closes them"));
    press(&mut model, "q");
    assert!(model.outcome().is_some());
    assert_eq!(first.calls(&mut model), "<close>");
}

#[test]
fn a_server_beyond_loopback_says_so_everywhere() {
    let mut model = server("0.0.0.0:2525");
    check("sessions-exposed", &mut model, &SIZES[..1]);
    let mut peer = comes(&mut model, 1);
    press(&mut model, "Enter");
    assert!(text(&mut model, SIZES[0]).lines().next().unwrap().contains(" EXPOSED "));
    peer.input(&mut model, Input::Closed(Party::Client));
    assert!(text(&mut model, SIZES[0]).contains("ended"));
}

#[test]
fn a_thousand_sessions_are_kept_and_none_is_thrown_out() {
    let mut model = server("127.0.0.1:2525");
    let mut peers: Vec<Peer> = (1..=1_000).map(|id| comes(&mut model, id)).collect();
    let late = comes(&mut model, 1_001);
    assert!(late.loose.is_dropped(), "turned away");
    peers[7].input(&mut model, Input::Closed(Party::Client));
    let next = comes(&mut model, 1_002);
    assert!(!next.loose.is_dropped() && peers[7].loose.is_dropped());
    assert!(text(&mut model, SIZES[0]).contains("the oldest that had ended is no longer listed"));
}

/// The start screen with the cursor at the entry of that name.
fn start_at(entry: &str) -> Model {
    let mut model = model(options());
    while !text(&mut model, SIZES[0]).contains(&format!("▶ {entry}")) {
        press(&mut model, "j");
    }
    press(&mut model, "Enter");
    model
}

#[test]
fn the_start_screen_asks_for_a_server_to_connect_to() {
    let mut model = start_at("client…");
    press(&mut model, "Ctrl-u");
    enter(&mut model, "mail.example.com:0");
    check("form-client-wrong", &mut model, &SIZES[..1]);
    press(&mut model, "Backspace 2 5 Tab l l Tab Tab Space Tab Tab w x");
    check("form-client", &mut model, &SIZES);
    assert!(!text(&mut model, SIZES[0]).contains("wx"), "a password is not shown");
    press(&mut model, "Enter");
    let (link, mut peer) = Peer::new(1, &model);
    model.connecting(link);
    peer.tells(&mut model, What::Input(go("192.0.2.10:25")));
    assert_eq!(peer.calls(&mut model), "<TLS>", "implicit TLS was chosen");
    // What was filled in stands there again, but for the password.
    press(&mut model, "Esc");
    while !text(&mut model, SIZES[0]).contains("▶ client…") {
        press(&mut model, "j");
    }
    press(&mut model, "Enter");
    let again = text(&mut model, SIZES[0]);
    assert!(again.contains("mail.example.com:25") && again.contains("implicit") && !again.contains('•'), "{again}");
}

#[test]
fn the_start_screen_asks_where_to_listen() {
    let mut model = start_at("server…");
    check("form-server", &mut model, &SIZES);
    press(&mut model, "Enter");
    model.listening(Err(Failure::Listen {
        address: "127.0.0.1:2525".to_owned(),
        why: "another program listens there; try another port".to_owned(),
    }));
    check("sessions-failed", &mut model, &SIZES[..1]);
    press(&mut model, "r");
    model.listening(Ok("127.0.0.1:2525".parse().unwrap()));
    assert!(text(&mut model, SIZES[0]).contains("user alice, password wonderland"));
    press(&mut model, "q");
    assert!(
        model.outcome().is_some_and(|outcome| outcome.failure.is_none()),
        "no connection is open, so nothing is asked"
    );
}

#[test]
fn any_mechanism_is_played_in_the_lab() {
    let mut model = start_at("lab: another mechanism…");
    check("labs", &mut model, &SIZES[1..2]);
    press(&mut model, "j Enter");
    assert!(text(&mut model, SIZES[0]).contains("The lab: AUTH "));
}

#[test]
fn a_peer_is_known_by_what_it_does() {
    let mut model = server("127.0.0.1:2525");
    let mut peer = comes(&mut model, 1);
    press(&mut model, "Enter c");
    peer.says(&mut model, Party::Client, "EHLO [127.0.0.1]\nAUTH LOGIN\nYWxpY2U=\nd29uZGVybGFuZA==\nQUIT\n");
    press(&mut model, "F");
    check("fingerprint", &mut model, &SIZES);
    press(&mut model, "j Enter");
    assert!(!text(&mut model, SIZES[0]).contains("Whom the client may be"));
}

//! Client and server of this crate over real sockets: they meet in clear and within TLS, and their connection is cut at
//! every octet.

use saslscope::drive::{
    Address, ClientTls, ConnectionId, Drive, Listen, Live, News, ServerTls, Target, What as Happened,
};
use saslscope::mech::Credential;
use saslscope::session::{ClientSetup, Mechanism, ServerSetup, Tls};
use saslscope::terms::{Party, Secret};
use saslscope::transcript::{Step, Verdict, What};
use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

/// Only a test that fails waits so long.
const PATIENCE: Duration = Duration::from_secs(120);

/// 2026-11-20T18:00:00Z, in 100 ns since 1601.
const NOW: u64 = 134_082_504_000_000_000;

/// How many connections are under way at a time.
const AT_ONCE: usize = 24;

/// Both ends, on one network.
struct Stage {
    drive: Drive,
    news: Receiver<News>,
    lives: HashMap<ConnectionId, Live>,
    server: ServerSetup,
    client: ClientSetup,
    tls: ClientTls,
    bound: SocketAddr,
}

impl Stage {
    fn new(tls: Tls, mechanism: Mechanism) -> Self {
        let (sender, news) = channel();
        let drive = Drive::new(move |told| drop(sender.send(told))).expect("a network");
        let certificate = ServerTls::throw_away("localhost").expect("a certificate");
        let folder = std::env::temp_dir().join(format!("saslscope-stage-{}-{tls:?}-{mechanism}", std::process::id()));
        std::fs::write(&folder, certificate.certificate()).expect("a file");
        let trusted = ClientTls::default().trusting(&folder).expect("a certificate");
        std::fs::remove_file(&folder).expect("the file");
        let local = SocketAddr::from(([127, 0, 0, 1], 0));
        let listen = Listen { implicit: tls == Tls::Implicit, ..Listen::new(local, certificate) };
        let bound = drive.listen(listen).expect("a listener");
        let server = ServerSetup { tls, allow_plaintext: true, ..ServerSetup::new("mail.example.com") };
        let credential = Credential { user: "alice".to_owned(), password: Secret::from("wonderland") };
        let client = ClientSetup {
            tls,
            mechanism: Some(mechanism),
            allow_plaintext: true,
            ..ClientSetup::new("127.0.0.1", credential)
        };
        Self { drive, news, lives: HashMap::new(), server, client, tls: trusted, bound }
    }

    fn connect(&mut self, port: u16) -> ConnectionId {
        let address = Address { host: "127.0.0.1".to_owned(), port };
        let link = self.drive.connect(Target { tls: self.tls.clone(), ..Target::new(address) });
        let id = link.id;
        self.lives.insert(id, Live::new(self.client.session(seed(id), NOW), link));
        id
    }

    /// Plays on until so many connections have begun, counted from both ends, and all have ended.
    fn play(&mut self, ends: usize) {
        while self.lives.len() < ends || self.lives.values().any(|live| !live.session.ended()) {
            let News { id, at, what } = self.news.recv_timeout(PATIENCE).expect("nothing happened");
            match what {
                Happened::Accepted(link) => {
                    self.lives.insert(id, Live::new(self.server.session(seed(id), NOW), link));
                }
                Happened::Input(input) => self.lives.get_mut(&id).expect("a session").hear(at, input),
                Happened::Failed(failure) => panic!("{failure}"),
                Happened::Trouble(trouble) => panic!("{trouble}"),
            }
        }
    }
}

impl Stage {
    /// Sessions that have ended leave no connection behind, though somebody still looks at them.
    fn leaves_the_listener_alone(&self) {
        let began = Instant::now();
        while self.drive.running() > 1 {
            assert!(began.elapsed() < PATIENCE, "{} connections are left", self.drive.running() - 1);
            sleep(Duration::from_millis(1));
        }
    }
}

fn seed(id: ConnectionId) -> [u8; 32] {
    [id.0 as u8; 32]
}

/// Stands between the two, and cuts the connection when `party` has said so many octets. Gives how many it said.
fn cutter(server: SocketAddr, party: Party, octets: usize) -> (u16, JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let cut = spawn(move || {
        let client = listener.accept().expect("a client").0;
        let server = TcpStream::connect(server).expect("the server");
        let (from, to) = if party == Party::Client { (client, server) } else { (server, client) };
        let (mut back_from, mut back_to) = (to.try_clone().expect("a socket"), from.try_clone().expect("a socket"));
        let back = spawn(move || {
            let _ = std::io::copy(&mut back_from, &mut back_to);
            let _ = back_to.shutdown(Shutdown::Write);
        });
        let (mut from, mut to) = (from, to);
        let (mut said, mut room) = (0, [0; 1024]);
        while said < octets {
            let wanted = room.len().min(octets - said);
            match from.read(&mut room[..wanted]) {
                Ok(0) | Err(_) => break,
                Ok(came) => {
                    said += came;
                    if to.write_all(&room[..came]).is_err() {
                        break;
                    }
                }
            }
        }
        // A whole exchange ends by itself; what is cut is cut both ways.
        let how = if said < octets { Shutdown::Write } else { Shutdown::Both };
        let _ = (to.shutdown(how), from.shutdown(if said < octets { Shutdown::Read } else { how }));
        back.join().expect("the way back");
        said
    });
    (port, cut)
}

fn closed(step: &Step) -> bool {
    matches!(step.event.what, What::Closed { .. })
}

/// Cuts the exchange at every octet of both parties.
fn walk(tls: Tls, mechanism: Mechanism) {
    let mut stage = Stage::new(tls, mechanism);
    for party in Party::BOTH {
        let (port, whole) = cutter(stage.bound, party, usize::MAX);
        stage.connect(port);
        stage.play(2);
        for (_, live) in stage.lives.drain() {
            assert_eq!(live.session.transcript().verdict(), Verdict::Authenticated);
            assert_eq!(live.session.transcript().standing().settled.tls, tls != Tls::Never);
        }
        let all: Vec<usize> = (0..whole.join().expect("a cutter")).collect();
        assert!(all.len() > 50, "the {party} said something: {}", all.len());
        for some in all.chunks(AT_ONCE) {
            let cutters: Vec<_> = some.iter().map(|octets| cutter(stage.bound, party, *octets)).collect();
            for (port, _) in &cutters {
                stage.connect(*port);
            }
            stage.play(2 * some.len());
            for (_, cut) in cutters {
                cut.join().expect("a cutter");
            }
            stage.leaves_the_listener_alone();
            for (id, live) in stage.lives.drain() {
                let steps = live.session.transcript().steps();
                assert_eq!(steps.iter().filter(|step| closed(step)).count(), 1, "{id:?}: {steps:?}");
                assert!(steps.last().is_some_and(closed), "{id:?}: {steps:?}");
            }
        }
    }
    stage.drive.stop(PATIENCE);
    assert_eq!(stage.news.try_iter().count(), 0, "nothing is told once all has ended");
}

#[test]
fn a_connection_may_be_cut_at_every_octet() {
    walk(Tls::Never, Mechanism::Login);
    walk(Tls::Never, Mechanism::Gssapi);
}

#[test]
fn a_connection_within_tls_may_be_cut_at_every_octet() {
    walk(Tls::Implicit, Mechanism::Plain);
}

#[test]
fn client_and_server_meet_by_every_mechanism_in_clear_and_within_tls() {
    for tls in [Tls::Never, Tls::Implicit] {
        for mechanism in Mechanism::ALL {
            // It wants a certificate, or a channel to bind to.
            if mechanism.name() == "EXTERNAL" || mechanism.name().ends_with("-PLUS") && tls == Tls::Never {
                continue;
            }
            let mut stage = Stage::new(tls, mechanism);
            stage.connect(stage.bound.port());
            stage.play(2);
            for live in stage.lives.values() {
                let transcript = live.session.transcript();
                assert_eq!(transcript.verdict(), Verdict::Authenticated, "{mechanism} {tls:?}");
                let bindings = live.session.bindings();
                let lengths = (bindings.server_end_point.len(), bindings.exporter.len());
                assert_eq!(lengths, if tls == Tls::Never { (0, 0) } else { (32, 32) });
            }
        }
    }
}

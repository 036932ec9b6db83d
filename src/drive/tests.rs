//! Connections over real sockets, with a face that only takes notes and peers that misbehave.

use super::live::Order;
use super::tls::facts::{fingerprint, hex};
use super::*;
use crate::session::Effect;
use crate::transcript::tls_facts;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{JoinHandle, spawn};

/// Long enough for the slowest machine; only a test that fails waits so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A face that takes notes.
struct Face {
    drive: Drive,
    news: Receiver<News>,
    links: HashMap<ConnectionId, Link>,
}

impl Face {
    fn new() -> Self {
        let (sender, news) = channel();
        let drive = Drive::new(move |told| drop(sender.send(told))).expect("a network");
        Self { drive, news, links: HashMap::new() }
    }

    /// The next that happens; links are kept.
    fn next(&mut self) -> (ConnectionId, What) {
        let News { id, what, .. } = self.news.recv_timeout(PATIENCE).expect("nothing happened");
        match what {
            What::Accepted(link) => {
                self.links.insert(id, link);
                self.next()
            }
            what => (id, what),
        }
    }

    /// The next input, as the words that matter.
    fn heard(&mut self) -> (ConnectionId, String) {
        match self.next() {
            (id, What::Input(input)) => (id, words(&input)),
            (id, What::Failed(failure)) => (id, failure.to_string()),
            (id, What::Trouble(text)) => (id, text),
            (_, What::Accepted(_)) => unreachable!("links are kept"),
        }
    }

    /// Answers the latest input of that connection.
    fn answer(&self, id: ConnectionId, effects: Vec<Effect>) {
        let order = Order { effects, answers: true, deadline: None, busy: false };
        let _ = self.links[&id].orders.send(order);
    }

    /// Orders without having been asked.
    fn act(&self, id: ConnectionId, effects: Vec<Effect>) {
        let order = Order { effects, answers: false, deadline: None, busy: false };
        let _ = self.links[&id].orders.send(order);
    }

    fn connect(&mut self, target: Target) -> ConnectionId {
        let link = self.drive.connect(target);
        let id = link.id;
        self.links.insert(id, link);
        id
    }

    /// Lets all connections go, and waits until nothing of them is left.
    fn leaves_nothing(&mut self) {
        self.links.clear();
        let Self { drive: Drive { runtime, stop, .. }, .. } = self;
        let ended = async { tokio::time::timeout(PATIENCE, stop.closed()).await };
        runtime.as_ref().expect("a runtime").block_on(ended).expect("something is left");
    }
}

fn words(input: &Input) -> String {
    match input {
        Input::Go { .. } => "go".to_owned(),
        Input::Bytes(party, octets) => format!("{party}: {}", String::from_utf8_lossy(octets)),
        Input::Closed(party) => format!("closed by {party}"),
        Input::Note(text) => text.clone(),
        Input::TlsUp { facts, .. } => facts.clone(),
        Input::TlsFailed { why } => format!("failed: {why}"),
        Input::Mech { epoch, result } => format!("call {epoch}: {}", result.is_ok()),
        Input::Tick => "tick".to_owned(),
        _ => "something else".to_owned(),
    }
}

fn send(text: &str) -> Effect {
    Effect::Send(Party::Client, text.as_bytes().to_vec())
}

/// A peer that takes one connection and does as told.
fn peer<T: Send + 'static>(act: impl FnOnce(TcpStream) -> T + Send + 'static) -> (Address, JoinHandle<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let thread = spawn(move || act(listener.accept().expect("a connection").0));
    (Address { host: "127.0.0.1".to_owned(), port }, thread)
}

/// A folder for one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("saslscope-drive-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A certificate with its key, and the authority that issued it.
#[derive(Clone)]
struct Papers {
    authority: String,
    certificate: String,
    key: String,
}

fn papers(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Papers {
    let mut authority = CertificateParams::new([]).expect("parameters");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "Test Authority");
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().expect("a key")).expect("an authority");
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(names).expect("parameters");
    params.distinguished_name.push(DnType::CommonName, "The Peer");
    change(&mut params);
    let key = KeyPair::generate().expect("a key");
    let certificate = params.signed_by(&key, &authority).expect("a certificate");
    Papers { authority: authority.pem(), certificate: certificate.pem(), key: key.serialize_pem() }
}

impl Papers {
    fn chain(&self) -> Vec<CertificateDer<'static>> {
        vec![CertificateDer::from_pem_slice(self.certificate.as_bytes()).expect("a certificate")]
    }

    fn key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::from_pem_slice(self.key.as_bytes()).expect("a key")
    }

    /// TLS as a server with these papers.
    fn serve(&self, stream: TcpStream, versions: &[&'static rustls::SupportedProtocolVersion]) -> TlsServer {
        let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()));
        let builder = builder.with_protocol_versions(versions).expect("versions").with_no_client_auth();
        let config = builder.with_single_cert(self.chain(), self.key()).expect("a configuration");
        StreamOwned::new(ServerConnection::new(Arc::new(config)).expect("a connection"), stream)
    }
}

type TlsServer = StreamOwned<ServerConnection, TcpStream>;
type TlsClient = StreamOwned<ClientConnection, TcpStream>;

/// TLS as a client that trusts the certificate of that PEM, and presents papers if it has any.
fn tls_client(stream: TcpStream, trusted: &str, name: &str, own: Option<&Papers>) -> TlsClient {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(trusted.as_bytes()).expect("a certificate")).expect("a root");
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()));
    let builder = builder.with_safe_default_protocol_versions().expect("versions").with_root_certificates(roots);
    let config = match own {
        None => builder.with_no_client_auth(),
        Some(own) => builder.with_client_auth_cert(own.chain(), own.key()).expect("a configuration"),
    };
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    StreamOwned::new(ClientConnection::new(Arc::new(config), name).expect("a connection"), stream)
}

const BOTH: &[&rustls::SupportedProtocolVersion] = &[&rustls::version::TLS13, &rustls::version::TLS12];

/// What a client is told that asks for TLS at once.
fn secured(tls: ClientTls, act: impl FnOnce(TcpStream) + Send + 'static) -> String {
    secured_within(Limits::default(), tls, act)
}

fn secured_within(limits: Limits, tls: ClientTls, act: impl FnOnce(TcpStream) + Send + 'static) -> String {
    let (address, thread) = peer(act);
    let mut face = Face::new();
    let id = face.connect(Target { tls, limits, ..Target::new(address) });
    assert_eq!(face.heard(), (id, "go".to_owned()));
    face.answer(id, vec![Effect::StartTls]);
    let (_, said) = face.heard();
    face.answer(id, vec![Effect::Close]);
    face.leaves_nothing();
    thread.join().expect("the peer");
    said
}

/// A server of TLS that takes what comes, until the end.
fn serves(papers: Papers) -> impl FnOnce(TcpStream) {
    move |stream| drop(papers.serve(stream, BOTH).read_to_end(&mut Vec::new()))
}

/// Sends that, and reads until the end.
fn says(octets: &'static [u8]) -> impl FnOnce(TcpStream) {
    move |mut stream| {
        let _ = stream.write_all(octets);
        let _ = stream.read_to_end(&mut Vec::new());
    }
}

fn trusting(papers: &Papers) -> ClientTls {
    let folder = Folder::new(&hex(&papers.chain()[0][..8]));
    ClientTls::default().trusting(&folder.file("ca.pem", &papers.authority)).expect("an authority")
}

#[test]
fn a_certificate_that_is_no_good_is_told_with_what_is_wrong_and_what_to_try() {
    let go_on = "; trust it with --ca FILE, or go on without trust with --insecure";
    let other = papers(&["127.0.0.1"], |_| ());
    let mine = papers(&["127.0.0.1"], |_| ());
    let sha256 = fingerprint(&mine.chain()[0]);
    let about = format!("(subject CN=The Peer, issuer CN=Test Authority, SHA-256 {sha256})");
    let folder = Folder::new("stranger");
    let stranger = ServerTls::throw_away("a stranger").expect("a certificate").certificate();
    let stranger = ClientTls::default().trusting(&folder.file("ca.pem", &stranger)).expect("a file");
    assert_eq!(
        secured(stranger.clone(), serves(mine.clone())),
        format!("failed: the server's certificate is not trusted: nobody known here issued it {about}{go_on}")
    );
    assert_eq!(
        secured(trusting(&other), serves(mine)),
        format!(
            "failed: the server's certificate is not trusted: an authority of that name is known here, and did not \
             sign it {about}{go_on}"
        )
    );
    // As `openssl req -x509` makes them: an authority that is its own server.
    let key = KeyPair::generate().expect("a key");
    let mut own = CertificateParams::new(["127.0.0.1".to_owned()]).expect("parameters");
    own.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let own = own.self_signed(&key).expect("a certificate").pem();
    let own = Papers { authority: own.clone(), certificate: own, key: key.serialize_pem() };
    let said = secured(stranger.clone(), serves(own.clone()));
    assert!(
        said.starts_with("failed: the server's certificate is not trusted: it is self-signed (subject CN="),
        "{said}"
    );
    let said = secured(trusting(&own), serves(own));
    assert!(said.contains("; verified: yes, by "), "{said}");
    let mine = papers(&["127.0.0.1"], |params| params.not_after = date_time_ymd(2020, 2, 29));
    assert_eq!(
        secured(trusting(&mine), serves(mine)),
        format!("failed: the server's certificate expired on 2020-02-29T00:00:00Z{go_on}")
    );
    let mine = papers(&["127.0.0.1"], |params| params.not_before = date_time_ymd(3020, 2, 28));
    assert_eq!(
        secured(trusting(&mine), serves(mine)),
        format!("failed: the server's certificate is not valid before 3020-02-28T00:00:00Z; check the clocks{go_on}")
    );
    let mine = papers(&["mail.example.com", "*.example.org", "192.0.2.1"], |_| ());
    assert_eq!(
        secured(trusting(&mine), serves(mine)),
        format!(
            "failed: the server's certificate is not for 127.0.0.1: it is for mail.example.com, *.example.org, \
             192.0.2.1{go_on}"
        )
    );
    let mine = papers(&[], |params| params.distinguished_name.push(DnType::CommonName, "a\u{1B}[2J;b"));
    assert_eq!(
        secured(trusting(&mine), serves(mine)),
        format!("failed: the server's certificate is not for 127.0.0.1: it has no names{go_on}")
    );
    let mine = papers(&["127.0.0.1"], |params| params.distinguished_name.push(DnType::CommonName, "a\u{1B}[2J; b"));
    let said = secured(stranger, serves(mine));
    assert!(said.contains(r"(subject CN=a\u{1b}[2J; b, issuer"), "{said}");
}

#[test]
fn a_server_that_speaks_no_tls_is_told_with_what_came() {
    let client = ClientTls::default().insecure();
    let table: [(&[u8], &str); 9] = [
        (
            b"220 mail.example.com ESMTP \x1B[2J\r\n250 more\r\n",
            r"the server speaks no TLS here: `220 mail.example.com ESMTP \x1B[2J` came instead; it greets in clear, so it wants --tls starttls",
        ),
        (
            b"HTTP/1.1 400 Bad Request\r\n",
            "the server speaks no TLS here: `HTTP/1.1 400 Bad Request` came instead; check the port, or try --tls starttls or --tls never",
        ),
        (
            &[0; 5],
            r"the server speaks no TLS here: `\x00\x00\x00\x00\x00` came instead; check the port, or try --tls starttls or --tls never",
        ),
        (
            &[21, 3, 3, 0, 2, 2, 40],
            "the server sent the TLS alert handshake_failure (40): nothing that it has is safe enough here, or the other way round; its log may say what",
        ),
        (
            &[21, 3, 1, 0, 2, 2, 70],
            "the server sent the TLS alert protocol_version (70): it has neither TLS 1.2 nor TLS 1.3",
        ),
        (&[21, 3, 1, 0, 2, 2, 80], "the server sent the TLS alert internal_error (80)"),
        (
            &[21, 3, 1, 0, 2, 2, 112],
            "the server sent the TLS alert unrecognized_name (112): it knows no server 127.0.0.1",
        ),
        (
            &[21, 3, 3, 0, 2, 2, 116],
            "the server sent the TLS alert certificate_required (116): it wants a certificate; a client gives one with --client-cert FILE",
        ),
        (
            &[21, 3, 3, 0, 2, 2, 48],
            "the server sent the TLS alert unknown_ca (48): it does not take our certificate; give another with --client-cert",
        ),
    ];
    for (octets, why) in table {
        assert_eq!(secured(client.clone(), says(octets)), format!("failed: {why}"));
    }
    // Enough for the version, and no more: TLS 1.1 in a ServerHello.
    let hello: &[u8] = &[
        22, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 47, 0, 0,
    ];
    let said = secured(client.clone(), says(hello));
    assert_eq!(said, "failed: the server has neither TLS 1.2 nor TLS 1.3, and older ones are not safe");
    let said = secured(client, says(&[22, 3, 3, 0, 4, 9, 0, 0, 0]));
    assert!(said.starts_with("failed: the server broke the handshake: "), "{said}");
}

#[test]
fn a_server_that_goes_or_stays_silent_in_the_handshake_is_told() {
    let client = ClientTls::default().insecure();
    // It reads all first: a close with something unread would be a reset.
    let closes = |mut stream: TcpStream| {
        let _ = stream.read(&mut [0; 4096]);
    };
    assert_eq!(
        secured(client.clone(), closes),
        "failed: the server closed the connection in the handshake and said nothing; check the port and --tls; the \
         server's log may say more"
    );
    let closes = |mut stream: TcpStream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(&[22, 3, 3]);
    };
    assert_eq!(
        secured(client.clone(), closes),
        "failed: the server closed the connection in the middle of the handshake; check the port and --tls; the \
         server's log may say more"
    );
    let short = Limits { handshake: Duration::from_millis(200), ..Limits::default() };
    assert_eq!(
        secured_within(short, client.clone(), says(b"")),
        "failed: the server did not answer the handshake within 0.2 s; check the port and --tls; the server's log may \
         say more"
    );
    let said = secured_within(short, client, says(&[22, 3]));
    assert_eq!(
        said,
        "failed: the server did not finish the handshake within 0.2 s; check the port and --tls; the server's log may \
         say more"
    );
}

#[test]
fn an_insecure_client_goes_on_and_says_why_it_should_not() {
    for versions in [&BOTH[..1], &BOTH[1..]] {
        let mine = papers(&["mail.example.com"], |params| params.not_after = date_time_ymd(2020, 2, 29));
        let other = papers(&[], |_| ());
        let client = trusting(&other).insecure();
        let said = secured(client, move |stream| drop(mine.serve(stream, versions).read_to_end(&mut Vec::new())));
        let facts: HashMap<&str, &str> = tls_facts(&said).collect();
        assert_eq!(facts["verified"], "no: the server's certificate expired on 2020-02-29T00:00:00Z");
        assert_eq!(facts["names"], "mail.example.com", "{said}");
        assert_eq!(facts["valid to"], "2020-02-29T00:00:00Z", "{said}");
        let version = versions[0].version.as_str().expect("a version").replace('_', ".");
        assert!(facts["TLS"].starts_with(&version), "{said}");
        assert!(facts["TLS"].contains(" TLS_"), "{said}");
    }
}

/// What a server is told of one client, and what the client makes of it.
fn met<T: Send + 'static>(
    tls: ServerTls,
    limits: Limits,
    act: impl FnOnce(TcpStream) -> T + Send + 'static,
) -> (Face, ConnectionId, String, JoinHandle<T>) {
    let mut face = Face::new();
    let local = SocketAddr::from(([127, 0, 0, 1], 0));
    let address = face.drive.listen(Listen { limits, ..Listen::new(local, tls) }).expect("a listener");
    let thread = spawn(move || act(TcpStream::connect(address).expect("a connection")));
    let (id, said) = face.heard();
    assert_eq!(said, "go");
    face.answer(id, vec![Effect::StartTls]);
    let (_, said) = face.heard();
    (face, id, said, thread)
}

#[test]
fn a_client_that_fails_in_the_handshake_is_told_to_the_server() {
    let tls = ServerTls::throw_away("mail.example.com").expect("a certificate");
    let (fingerprint, certificate) = (tls.fingerprint(), tls.certificate());
    let (face, _, said, thread) = met(tls.clone(), Limits::default(), says(b"EHLO a\r\n"));
    assert_eq!(
        said,
        "failed: the client speaks no TLS here: `EHLO a` came instead; a client that begins in clear wants a listener with STARTTLS"
    );
    drop(face);
    thread.join().expect("the peer");

    let short = Limits { handshake: Duration::from_millis(200), ..Limits::default() };
    let (face, _, said, thread) = met(tls.clone(), short, says(b""));
    assert_eq!(
        said,
        "failed: the client began no handshake within 0.2 s; one that waits for a greeting in clear wants STARTTLS"
    );
    drop(face);
    thread.join().expect("the peer");

    let (face, _, said, thread) = met(tls.clone(), Limits::default(), |stream| stream.shutdown(Shutdown::Both));
    assert_eq!(
        said,
        "failed: the client closed the connection in the handshake and said nothing; it may not trust this server's certificate, or want another version of TLS"
    );
    drop(face);
    thread.join().expect("the peer").expect("a shutdown");

    // A client of TLS 1.3 refuses when the server is done already.
    let other = papers(&[], |_| ());
    let (mut face, id, said, thread) = met(tls.clone(), Limits::default(), move |stream| {
        let _ = tls_client(stream, &other.authority, "mail.example.com", None).read_to_end(&mut Vec::new());
    });
    let alert = format!(
        "the client sent the TLS alert unknown_ca (48): it does not trust this server's certificate; have it trust SHA-256 {fingerprint}"
    );
    if said != format!("failed: {alert}") {
        assert!(said.starts_with("TLSv1.3"), "{said}");
        face.answer(id, Vec::new());
        assert_eq!(face.heard(), (id, alert));
        assert_eq!(face.heard(), (id, "closed by client".to_owned()));
    }
    drop(face);
    thread.join().expect("the peer");

    // Whoever is given the throw-away certificate trusts it.
    let (face, _, said, thread) = met(tls, Limits::default(), move |stream| {
        let mut client = tls_client(stream, &certificate, "localhost", None);
        client.read_to_end(&mut Vec::new()).map_err(|error| error.kind())
    });
    let facts: HashMap<&str, &str> = tls_facts(&said).collect();
    assert_eq!(facts["names"], "mail.example.com, localhost, 127.0.0.1, ::1", "{said}");
    assert_eq!((facts["sha256"], facts["server name"]), (fingerprint.as_str(), "localhost"));
    assert_eq!(facts["client certificate"], "not asked for");
    face.drive.stop(PATIENCE);
    assert_eq!(thread.join().expect("the peer"), Ok(0), "close_notify came");
}

#[test]
fn both_ends_have_the_same_facts_and_bindings() {
    let folder = Folder::new("both-ends");
    let client = papers(&[], |params| {
        params.subject_alt_names = vec![rcgen::SanType::Rfc822Name("alice@example.com".try_into().expect("a name"))];
    });
    let own = folder.file("client.pem", &(client.certificate.clone() + &client.key));
    let authority = folder.file("authority.pem", &client.authority);
    let server = ServerTls::throw_away("mail.example.com").expect("a certificate");
    let trusted = folder.file("server.pem", &server.certificate());
    for (server, verified) in [
        (server.clone().asking(None).expect("no file"), "no: the client has the key, and nobody was to vouch for it"),
        (server.asking(Some(&authority)).expect("a file"), "yes, by an authority that the server knows"),
    ] {
        let mut face = Face::new();
        let bound = face.drive.listen(Listen::new(SocketAddr::from(([127, 0, 0, 1], 0)), server)).expect("a listener");
        let tls = ClientTls::default().trusting(&trusted).expect("a file").presenting(&own).expect("a file");
        let address = Address { host: "localhost".to_owned(), port: bound.port() };
        let id = face.connect(Target { tls, ..Target::new(address) });
        let mut up = HashMap::new();
        while up.len() < 2 {
            match face.next() {
                (of, What::Input(Input::Go { .. })) => face.answer(of, vec![Effect::StartTls]),
                (of, What::Input(Input::TlsUp { facts, bindings })) => drop(up.insert(of == id, (facts, bindings))),
                // localhost may be ::1 first.
                (of, What::Input(Input::Note(_))) => face.answer(of, Vec::new()),
                (_, What::Input(input)) => panic!("{}", words(&input)),
                _ => panic!("no input"),
            }
        }
        let ((ours, at_client), (theirs, at_server)) = (&up[&true], &up[&false]);
        let facts: HashMap<&str, &str> = tls_facts(ours).collect();
        assert_eq!(facts["verified"], format!("yes, by {}", trusted.display()));
        assert_eq!(facts["client certificate"], "CN=The Peer");
        assert_eq!(facts["server name"], "localhost");
        assert_eq!(facts["certificate"], "CN=mail.example.com");
        assert_eq!((at_client.server_end_point.len(), at_client.exporter.len()), (32, 32));
        assert_eq!(facts["tls-exporter"], hex(&at_client.exporter));
        // ecdsa-with-SHA256: the hash is that of the fingerprint.
        assert_eq!(facts["tls-server-end-point"], facts["sha256"]);
        assert_eq!(at_client.exporter, at_server.exporter);
        assert_eq!(at_client.server_end_point, at_server.server_end_point);
        assert_eq!((at_client.identity.as_str(), at_server.identity.as_str()), ("", "alice@example.com"));
        let facts: HashMap<&str, &str> = tls_facts(theirs).collect();
        assert_eq!(facts["verified"], verified);
        assert_eq!(facts["client names"], "alice@example.com");
    }
}

#[test]
fn without_an_address_in_it_a_certificate_names_its_common_name() {
    let bob = papers(&[], |params| params.distinguished_name.push(DnType::CommonName, "bob"));
    let server = ServerTls::throw_away("localhost").expect("a certificate");
    let certificate = server.certificate();
    let server = server.asking(None).expect("no file");
    let mut face = Face::new();
    let bound = face.drive.listen(Listen::new(SocketAddr::from(([127, 0, 0, 1], 0)), server)).expect("a listener");
    let thread = spawn(move || {
        let stream = TcpStream::connect(bound).expect("a connection");
        let _ = tls_client(stream, &certificate, "localhost", Some(&bob)).read_to_end(&mut Vec::new());
    });
    let (id, _) = face.heard();
    face.answer(id, vec![Effect::StartTls]);
    let (_, What::Input(Input::TlsUp { bindings, .. })) = face.next() else { panic!("no TLS") };
    assert_eq!(bindings.identity, "bob");
    drop(face);
    thread.join().expect("the peer");
}

#[test]
fn files_that_are_no_good_are_named_with_what_is_wrong() {
    let folder = Folder::new("files");
    let (one, two) = (papers(&["localhost"], |_| ()), papers(&["localhost"], |_| ()));
    let certificate = folder.file("cert.pem", &one.certificate);
    let key = folder.file("key.pem", &one.key);
    assert!(ServerTls::load(&certificate, &key).is_ok());
    let other = folder.file("other.pem", &two.key);
    let encrypted = folder
        .file("encrypted.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
    let torn = folder.file("torn.pem", &one.certificate[..80]);
    let strange = folder.file("strange.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let empty = folder.file("empty.pem", "");
    let der = folder.0.join("cert.der");
    std::fs::write(&der, &*one.chain()[0]).expect("a file");
    let absent = folder.0.join("absent.pem");
    let load = |certificate: &Path, key: &Path| ServerTls::load(certificate, key).err().map(|error| error.to_string());
    let at = |path: &Path, why: &str| Some(format!("{}: {why}", path.display()));
    assert_eq!(
        load(&certificate, &other),
        at(&other, &format!("the key is not that of the certificate in {}", certificate.display()))
    );
    assert_eq!(
        load(&certificate, &encrypted),
        at(&encrypted, "the key is encrypted: `openssl pkey -in FILE -out FILE2` writes it without a password")
    );
    assert_eq!(
        load(&certificate, &certificate),
        at(&certificate, "it has no key: `-----BEGIN PRIVATE KEY-----` is missing")
    );
    assert_eq!(load(&key, &key), at(&key, "it has no certificate: `-----BEGIN CERTIFICATE-----` is missing"));
    assert_eq!(load(&empty, &key), at(&empty, "it has no certificate: `-----BEGIN CERTIFICATE-----` is missing"));
    assert_eq!(load(&der, &key), at(&der, "it is DER, not PEM: `openssl x509 -inform der` turns it into PEM"));
    assert_eq!(load(&absent, &key), at(&absent, "no such file or directory"));
    assert_eq!(load(&strange, &key), at(&strange, "its first certificate can't be read"));
    assert!(load(&torn, &key).expect("torn").starts_with(&format!("{}: it is no good PEM: ", torn.display())));
    let trusting = |file: &Path| ClientTls::default().trusting(file).err().map(|error| error.to_string());
    assert_eq!(trusting(&key), at(&key, "it has no certificate: `-----BEGIN CERTIFICATE-----` is missing"));
    assert!(trusting(&strange).expect("strange").contains("a certificate of it can't be read: "));
    assert!(ClientTls::default().presenting(&certificate).is_err());
    assert!(
        ServerTls::throw_away("\u{1B}").err().is_some_and(|why| !why.contains('\u{1B}'))
            || ServerTls::throw_away("\u{1B}").is_ok()
    );
}

#[test]
fn each_address_is_tried_in_turn_and_told() {
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let (open, thread) = peer(|mut stream| drop(stream.read_to_end(&mut Vec::new())));
    let mut face = Face::new();
    let target = Target::new(Address { host: "mail.example.com".to_owned(), port: 1 });
    let (link, orders) = Link::new(ConnectionId(7), None);
    let connection = Connection::new(&link, Party::Server, orders, face.drive.seat(), target.limits);
    let found = vec![closed, SocketAddr::from(([127, 0, 0, 1], open.port))];
    face.drive.spawn(connect::run_with(connection, target, std::future::ready(Ok(found))));
    face.links.insert(link.id, link);
    assert_eq!(face.heard().1, format!("tried {closed}: connection refused"));
    assert_eq!(face.heard().1, "go");
    face.leaves_nothing();
    thread.join().expect("the peer");

    let id = face.connect(Target::new(Address { host: "127.0.0.1".to_owned(), port: closed.port() }));
    assert_eq!(face.heard(), (id, format!("tried {closed}: connection refused")));
    assert_eq!(
        face.heard(),
        (
            id,
            format!(
                "connecting to {closed}: {closed}: connection refused; nothing listens there: check the port, and \
                 whether the server runs"
            )
        )
    );
    // RFC 6761 section 6.4: no such name is ever there.
    let id = face.connect(Target::new(Address { host: "mail.invalid".to_owned(), port: 25 }));
    let (of, said) = face.heard();
    assert_eq!(of, id);
    assert!(said.starts_with("connecting to mail.invalid:25: the name has no address ("), "{said}");
    assert!(said.ends_with("); check its spelling, or give an IP address"), "{said}");
    face.leaves_nothing();
}

#[test]
fn listeners_that_can_not_be_had_are_told_with_what_to_try() {
    let face = Face::new();
    let tls = ServerTls::throw_away("localhost").expect("a certificate");
    let listen = |address: &str, expose: bool| {
        let listen = Listen { expose, ..Listen::new(address.parse().expect("an address"), tls.clone()) };
        face.drive.listen(listen).map_err(|failure| failure.to_string())
    };
    let bound = listen("127.0.0.1:0", false).expect("a listener");
    assert_ne!(bound.port(), 0);
    assert_eq!(
        listen(&bound.to_string(), false),
        Err(format!(
            "listening on {bound}: address already in use; another program listens there: take another port, or 0 for \
             any that is free"
        ))
    );
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "[::ffff:192.0.2.1]:0"] {
        assert_eq!(
            listen(address, false),
            Err(format!(
                "listening on {address}: other machines could reach it there; add --expose if they are to, or listen \
                 on 127.0.0.1"
            ))
        );
    }
    assert_eq!(
        listen("192.0.2.1:0", true),
        Err("listening on 192.0.2.1:0: cannot assign requested address; this machine has no such address, but \
             127.0.0.1 it has"
            .to_owned())
    );
    assert!(listen("0.0.0.0:0", true).is_ok());
    assert!(listen("127.3.2.1:0", false).is_ok());
}

#[test]
fn connections_past_the_limit_are_turned_away_and_told() {
    let tls = ServerTls::throw_away("localhost").expect("a certificate");
    let local = SocketAddr::from(([127, 0, 0, 1], 0));
    let listen = |implicit| Listen { connections: 2, implicit, ..Listen::new(local, tls.clone()) };
    for (implicit, told) in [(false, "421 4.3.2 Too many connections, try again later\r\n"), (true, "")] {
        let mut face = Face::new();
        let bound = face.drive.listen(listen(implicit)).expect("a listener");
        let open: Vec<_> = (0..2).map(|_| TcpStream::connect(bound).expect("a connection")).collect();
        let ids = [face.heard().0, face.heard().0];
        let mut text = String::new();
        TcpStream::connect(bound).expect("a connection").read_to_string(&mut text).expect("its end");
        assert_eq!(text, told);
        let said = format!("2 connections are open on {bound}; 1 more turned away with 421");
        assert_eq!(face.heard(), (ConnectionId(0), said));
        // Where one goes, another may come.
        drop(open);
        for id in ids {
            face.answer(id, Vec::new());
            assert_eq!(face.heard().1, "closed by client");
        }
        for id in ids {
            face.answer(id, Vec::new());
        }
        let again = std::iter::from_fn(|| Some(TcpStream::connect(bound).expect("a connection")));
        let came = again.map(|stream| (stream, face.news.recv_timeout(Duration::from_millis(50))));
        assert!(
            came.map_while(|(_, news)| Some(news)).any(|news| matches!(news, Ok(News { what: What::Accepted(_), .. })))
        );
    }
}

#[test]
fn octets_in_clear_before_tls_are_not_taken_for_tls_nor_after_it() {
    // The client sends what it may not, in the very segment of its STARTTLS.
    let mut face = Face::new();
    let tls = ServerTls::throw_away("localhost").expect("a certificate");
    let certificate = tls.certificate();
    let bound = face.drive.listen(Listen::new(SocketAddr::from(([127, 0, 0, 1], 0)), tls)).expect("a listener");
    let thread = spawn(move || {
        let mut stream = TcpStream::connect(bound).expect("a connection");
        stream.write_all(b"STARTTLS\r\nRSET\r\nEH").expect("sent");
        let mut go = [0; 5];
        stream.read_exact(&mut go).expect("220");
        let mut tls = tls_client(stream, &certificate, "localhost", None);
        tls.write_all(b"LO b\r\n").expect("sent");
        let mut answer = [0; 5];
        tls.read_exact(&mut answer).expect("an answer");
        (go, answer)
    });
    let (id, _) = face.heard();
    face.answer(id, Vec::new());
    let mut clear = String::new();
    while !clear.ends_with("RSET\r\nEH") {
        clear += face.heard().1.strip_prefix("client: ").expect("octets");
        if !clear.ends_with("EH") {
            face.answer(id, Vec::new());
        }
    }
    face.answer(id, vec![send("220\r\n"), Effect::StartTls]);
    assert!(face.heard().1.starts_with("TLSv1.3"));
    face.answer(id, Vec::new());
    assert_eq!(face.heard().1, "client: LO b\r\n");
    face.answer(id, vec![send("250\r\n")]);
    assert_eq!(thread.join().expect("the peer"), (*b"220\r\n", *b"250\r\n"));

    let mut face = Face::new();
    // The server does the same behind its 220.
    let mine = papers(&["127.0.0.1"], |_| ());
    let client = trusting(&mine);
    let (address, thread) = peer(move |mut stream| {
        stream.write_all(b"220 go\r\n250 a").expect("sent");
        let mut tls = mine.serve(stream, BOTH);
        tls.write_all(b"250 b\r\n").expect("sent");
        let _ = tls.read_to_end(&mut Vec::new());
    });
    let id = face.connect(Target { tls: client, ..Target::new(address) });
    assert_eq!(face.heard(), (id, "go".to_owned()));
    face.answer(id, Vec::new());
    let mut clear = String::new();
    while !clear.ends_with("250 a") {
        clear += face.heard().1.strip_prefix("server: ").expect("octets");
        if !clear.ends_with("250 a") {
            face.answer(id, Vec::new());
        }
    }
    face.answer(id, vec![Effect::StartTls]);
    assert!(face.heard().1.starts_with("TLSv1.3"));
    face.answer(id, Vec::new());
    assert_eq!(face.heard().1, "server: 250 b\r\n");
    face.leaves_nothing();
    thread.join().expect("the peer");
}

#[test]
fn a_peer_that_never_reads_holds_up_nobody_else() {
    let mut face = Face::new();
    let tls = ServerTls::throw_away("localhost").expect("a certificate");
    let limits = Limits { write: Duration::from_millis(300), ..Limits::default() };
    let listen = Listen { limits, ..Listen::new(SocketAddr::from(([127, 0, 0, 1], 0)), tls) };
    let bound = face.drive.listen(listen).expect("a listener");
    let _deaf = TcpStream::connect(bound).expect("a connection");
    let (deaf, _) = face.heard();
    face.answer(deaf, vec![Effect::Send(Party::Client, vec![b'x'; 64 << 20])]);
    let mut other = TcpStream::connect(bound).expect("a connection");
    let (id, said) = face.heard();
    assert_eq!((said.as_str(), id == deaf), ("go", false));
    face.answer(id, vec![send("220\r\n")]);
    let mut greeting = [0; 5];
    other.read_exact(&mut greeting).expect("a greeting");
    assert_eq!(face.heard(), (deaf, "the client did not take what was sent to it within 0.3 s".to_owned()));
    assert_eq!(face.heard(), (deaf, "closed by client".to_owned()));
}

#[test]
fn a_peer_that_floods_waits_for_whoever_is_to_take_it() {
    const FLOOD: usize = 1 << 20;
    let mut face = Face::new();
    let (address, thread) = peer(|mut stream| {
        let _ = stream.write_all(&vec![b'x'; FLOOD]);
    });
    let id = face.connect(Target::new(address));
    face.heard();
    // A line is held: some is read all the same, so that the end of the connection would be seen.
    let busy = || Order { effects: Vec::new(), answers: true, deadline: None, busy: true };
    let mut came = 0;
    while came < 64 << 10 {
        face.links[&id].orders.send(busy()).expect("a task");
        let (_, What::Input(Input::Bytes(_, octets))) = face.next() else { panic!("no octets") };
        assert!(octets.len() <= 4096);
        came += octets.len();
    }
    face.links[&id].orders.send(busy()).expect("a task");
    assert!(face.news.recv_timeout(Duration::from_millis(200)).is_err(), "no more than 64 KiB is read ahead");
    face.act(id, Vec::new());
    while came < FLOOD {
        let (_, What::Input(Input::Bytes(_, octets))) = face.next() else { panic!("no octets") };
        came += octets.len();
        assert!(face.news.try_recv().is_err(), "nothing is read before the last was answered");
        face.answer(id, Vec::new());
    }
    assert_eq!(face.heard().1, "closed by server");
    face.answer(id, Vec::new());
    face.leaves_nothing();
    thread.join().expect("the peer");
}

/// A context that waits to be let go, and panics where nobody does.
struct Slow(Receiver<()>);

impl crate::mech::GssContext for Slow {
    fn call(&mut self, _: crate::mech::Call) -> Result<crate::mech::Answer, crate::mech::MechError> {
        self.0.recv().expect("whoever lets it go");
        Ok(crate::mech::Answer::Verified)
    }

    fn facts(&self) -> crate::mech::Facts {
        crate::mech::Facts::default()
    }
}

#[test]
fn a_call_that_blocks_holds_up_nothing_and_one_that_panics_is_an_answer() {
    let mut face = Face::new();
    let (address, thread) = peer(says(b"220 a\r\n"));
    let id = face.connect(Target::new(address));
    face.heard();
    let (go, waits) = channel();
    let call =
        |epoch, waits| Effect::Mech { epoch, context: Box::new(Slow(waits)), call: crate::mech::Call::Step(None) };
    face.answer(id, vec![call(7, waits)]);
    assert_eq!(face.heard().1, "server: 220 a\r\n");
    go.send(()).expect("the call waits");
    assert_eq!(face.heard().1, "call 7: true");
    let (_, waits) = channel();
    face.act(id, vec![call(8, waits)]);
    let (_, What::Input(Input::Mech { epoch: 8, result: Err(error) })) = face.next() else { panic!("no answer") };
    assert_eq!(error.text, "the mechanism broke down in step");
    face.leaves_nothing();
    thread.join().expect("the peer");
}

#[test]
fn time_is_told_when_it_is_due_and_only_then() {
    let mut face = Face::new();
    let (address, thread) = peer(says(b""));
    let id = face.connect(Target::new(address));
    face.heard();
    let due = Micros(50_000);
    let order = Order { effects: Vec::new(), answers: true, deadline: Some(due), busy: false };
    face.links[&id].orders.send(order).expect("a task");
    let News { at, what: What::Input(Input::Tick), .. } = face.news.recv_timeout(PATIENCE).expect("news") else {
        panic!("no tick");
    };
    assert!(at >= due);
    // It is told once, until it is answered.
    assert!(face.news.recv_timeout(Duration::from_millis(100)).is_err());
    face.leaves_nothing();
    thread.join().expect("the peer");
}

#[test]
fn what_was_ordered_is_sent_before_the_end_however_it_comes() {
    type End = fn(Face, ConnectionId) -> Option<Face>;
    let ends: [End; 3] = [
        |face, id| {
            face.act(id, vec![Effect::Close]);
            Some(face)
        },
        |mut face, id| {
            face.links.remove(&id);
            Some(face)
        },
        |face, _| {
            face.drive.stop(PATIENCE);
            None
        },
    ];
    for tls in [false, true] {
        for end in ends {
            let mine = papers(&["127.0.0.1"], |_| ());
            let client = trusting(&mine);
            let (address, thread) = peer(move |mut stream| {
                let mut text = String::new();
                let ended = if tls {
                    mine.serve(stream, BOTH).read_to_string(&mut text)
                } else {
                    stream.read_to_string(&mut text)
                };
                (ended.is_ok(), text)
            });
            let mut face = Face::new();
            let id = face.connect(Target { tls: client, ..Target::new(address) });
            face.heard();
            if tls {
                face.answer(id, vec![Effect::StartTls]);
                face.heard();
            }
            face.answer(id, vec![send("NOOP\r\n")]);
            face.act(id, vec![send("QUIT\r\n")]);
            let _face = end(face, id);
            assert_eq!(thread.join().expect("the peer"), (true, "NOOP\r\nQUIT\r\n".to_owned()), "TLS: {tls}");
        }
    }
}

#[test]
fn an_end_without_close_notify_is_an_end() {
    let mine = papers(&["127.0.0.1"], |_| ());
    let client = trusting(&mine);
    let (address, thread) = peer(move |stream| {
        let mut tls = mine.serve(stream, BOTH);
        let _ = tls.write_all(b"220 a\r\n");
        // All of the client's handshake is taken, so this is no reset.
        let _ = tls.read(&mut [0; 5]);
    });
    let mut face = Face::new();
    let id = face.connect(Target { tls: client, ..Target::new(address) });
    face.heard();
    face.answer(id, vec![Effect::StartTls]);
    assert!(face.heard().1.starts_with("TLSv1.3"));
    face.answer(id, vec![send("HELO\r")]);
    assert_eq!(face.heard().1, "server: 220 a\r\n");
    face.answer(id, Vec::new());
    assert_eq!(face.heard().1, "closed by server");
    face.answer(id, Vec::new());
    face.leaves_nothing();
    thread.join().expect("the peer");
}

#[test]
fn dropping_the_drive_ends_everything() {
    let mut face = Face::new();
    let tls = ServerTls::throw_away("localhost").expect("a certificate");
    let bound = face.drive.listen(Listen::new(SocketAddr::from(([127, 0, 0, 1], 0)), tls)).expect("a listener");
    let mut stream = TcpStream::connect(bound).expect("a connection");
    let (id, _) = face.heard();
    face.answer(id, vec![send("220 a\r\n")]);
    let mut greeting = [0; 7];
    stream.read_exact(&mut greeting).expect("a greeting");
    drop(face);
    assert_eq!(stream.read(&mut greeting).expect("an end"), 0);
    // The port is free once the listener's task is gone, which the system may take a moment for.
    while TcpStream::connect(bound).is_ok() {
        std::thread::yield_now();
    }
}

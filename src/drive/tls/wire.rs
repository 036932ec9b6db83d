//! A connection in clear or within TLS, and the way from one to the other.

use super::facts::{self, Fact, hex};
use super::failure::{self, Scene};
use super::verify::{self, Asked};
use super::{Asks, ClientTls, Role, ServerTls, Trust};
use crate::session::Bindings;
use crate::terms::Party;
use crate::transcript::tls_line;
use rustls::ProtocolVersion;
use rustls::pki_types::ServerName;
use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector, TlsStream};

/// How many octets are read at once.
const READ: usize = 4096;

/// How many octets are read at most, and dropped, when a connection ends.
const REST: usize = 64 * 1024;

/// How many of the first octets of a handshake are kept.
const FIRST: usize = 64;

/// The label of the tls-exporter binding (RFC 9266 section 2), and how long that is.
const EXPORTER: (&[u8], usize) = (b"EXPORTER-Channel-Binding", 32);

/// A connection.
pub(in crate::drive) struct Wire {
    flow: Flow,
    role: Role,
    /// What the peer sent first in the handshake.
    first: Arc<OnceLock<Vec<u8>>>,
}

enum Flow {
    Clear(TcpStream),
    Tls(Box<TlsStream<Tapped>>),
    /// The handshake failed: nothing goes over it any more.
    Broken(TcpStream),
    Gone,
}

impl Wire {
    pub(in crate::drive) fn new(stream: TcpStream, role: Role) -> Self {
        Self { flow: Flow::Clear(stream), role, first: Arc::default() }
    }

    /// What comes next; nothing at the end. No buffer is kept meanwhile.
    pub(in crate::drive) async fn read(&mut self) -> io::Result<Vec<u8>> {
        poll_fn(|context| {
            let mut room = [MaybeUninit::uninit(); READ];
            let mut buffer = ReadBuf::uninit(&mut room);
            match &mut self.flow {
                Flow::Clear(stream) | Flow::Broken(stream) => ready!(Pin::new(stream).poll_read(context, &mut buffer))?,
                Flow::Tls(stream) => ready!(Pin::new(stream).poll_read(context, &mut buffer))?,
                Flow::Gone => {}
            }
            Poll::Ready(Ok(buffer.filled().to_vec()))
        })
        .await
    }

    pub(in crate::drive) async fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        match &mut self.flow {
            Flow::Clear(stream) => stream.write_all(octets).await,
            Flow::Tls(stream) => {
                stream.write_all(octets).await?;
                stream.flush().await
            }
            Flow::Broken(_) | Flow::Gone => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// The handshake: its facts, and what binds a mechanism to it; or a sentence that says why not.
    pub(in crate::drive) async fn secure(&mut self) -> Result<(String, Bindings), String> {
        let stream = match std::mem::replace(&mut self.flow, Flow::Gone) {
            Flow::Clear(stream) => stream,
            other => {
                self.flow = other;
                return Err("TLS is up already".to_owned());
            }
        };
        let stream = Tapped { stream, first: Arc::clone(&self.first) };
        match &self.role {
            Role::Client(tls, host) => {
                let (tls, host) = (tls.clone(), host.clone());
                self.connect(stream, tls, &host).await
            }
            Role::Server(tls) => {
                let tls = tls.clone();
                self.accept(stream, &tls).await
            }
        }
    }

    async fn connect(&mut self, stream: Tapped, tls: ClientTls, host: &str) -> Result<(String, Bindings), String> {
        // An address has no zone within TLS.
        let name = host.split_once('%').map_or(host, |(address, _)| address);
        let Ok(server_name) = ServerName::try_from(name.to_owned()) else {
            return Err(format!("{} is no name that a certificate could have", crate::decode::escape(host)));
        };
        let trust = tls.trust.clone();
        // Reads the system's authorities.
        let asked = tokio::task::spawn_blocking(move || verify::ask(&tls)).await;
        let Asked { config, witness, presenter } = asked.map_err(|error| error.to_string())??;
        let connecting = TlsConnector::from(config).connect(server_name.clone(), stream).into_fallible();
        let connected = connecting.await;
        let chain = witness.chain.get().map(Vec::as_slice).unwrap_or_default();
        let first = self.first.get().map(Vec::as_slice).unwrap_or_default();
        let leaf = chain.first().map(AsRef::as_ref);
        let scene = Scene { peer: Party::Server, name, first, leaf, own: "" };
        let stream = match connected {
            Ok(stream) => stream,
            Err((error, io)) => {
                let why = scene.failed(&error);
                self.flow = Flow::Broken(io.stream);
                return Err(why);
            }
        };
        let mut facts = Vec::new();
        let mut fact = |name: &str, value: String| facts.push((name.to_owned(), value));
        fact(
            "server name",
            match server_name {
                ServerName::DnsName(name) => name.as_ref().to_owned(),
                _ => "none, for an address has none (RFC 6066 3)".to_owned(),
            },
        );
        fact(
            "verified",
            match (witness.problem.get(), trust) {
                (Some(rustls::Error::InvalidCertificate(problem)), _) => format!("no: {}", scene.certificate(problem)),
                (Some(problem), _) => format!("no: {problem}"),
                (None, Trust::System) => "yes, by an authority of the system".to_owned(),
                (None, Trust::File { file, .. }) => format!("yes, by {}", file.display()),
            },
        );
        fact(
            "client certificate",
            match (presenter.asked.get(), &presenter.identity) {
                (None, _) => "not asked for".to_owned(),
                (Some(()), None) => "asked for, and none given".to_owned(),
                (Some(()), Some(own)) => own
                    .cert
                    .first()
                    .and_then(|der| facts::parsed(der))
                    .map_or_else(String::new, |own| facts::subject(&own)),
            },
        );
        facts.extend(facts::chain("", chain));
        let stream = TlsStream::from(stream);
        let told = conclude(&stream, leaf, String::new(), facts);
        self.flow = Flow::Tls(Box::new(stream));
        Ok(told)
    }

    async fn accept(&mut self, stream: Tapped, tls: &ServerTls) -> Result<(String, Bindings), String> {
        let accepted = TlsAcceptor::from(Arc::clone(&tls.config)).accept(stream).into_fallible().await;
        let stream = match accepted {
            Ok(stream) => stream,
            Err((error, io)) => {
                self.flow = Flow::Broken(io.stream);
                return Err(self.scene(&tls.fingerprint()).failed(&error));
            }
        };
        let connection = stream.get_ref().1;
        let shown = connection.peer_certificates().unwrap_or_default();
        let mut facts = Vec::new();
        let mut fact = |name: &str, value: &str| facts.push((name.to_owned(), value.to_owned()));
        fact("server name", connection.server_name().unwrap_or("none asked for"));
        match (tls.asks, shown) {
            (Asks::Nobody, _) => fact("client certificate", "not asked for"),
            (_, []) => fact("client certificate", "asked for, and none given"),
            (Asks::Anybody, _) => fact("verified", "no: the client has the key, and nobody was to vouch for it"),
            (Asks::Issued, _) => fact("verified", "yes, by an authority that the server knows"),
        }
        facts.extend(facts::chain("client ", shown));
        let leaf = tls.identity.cert.first().map(AsRef::as_ref);
        facts.extend(facts::chain("", &tls.identity.cert));
        let identity = shown.first().map(|der| facts::identity(der)).unwrap_or_default();
        let stream = TlsStream::from(stream);
        let told = conclude(&stream, leaf, identity, facts);
        self.flow = Flow::Tls(Box::new(stream));
        Ok(told)
    }

    /// The handshake was not done in time; the connection is gone.
    pub(in crate::drive) fn late(&self, limit: Duration) -> String {
        let own = self.own();
        self.scene(&own).late(limit)
    }

    /// Closes our side, and waits for the peer to close its own: closing at once would take back what it has not read.
    pub(in crate::drive) async fn close(&mut self, limit: Duration) {
        let farewell = async {
            let _ = match &mut self.flow {
                Flow::Clear(stream) | Flow::Broken(stream) => stream.shutdown().await,
                Flow::Tls(stream) => stream.shutdown().await,
                Flow::Gone => return,
            };
            let mut rest = REST;
            while let Ok(octets) = self.read().await
                && !octets.is_empty()
                && rest > 0
            {
                rest = rest.saturating_sub(octets.len());
            }
        };
        let _ = tokio::time::timeout(limit, farewell).await;
    }

    /// What became of the connection, where it did not just end.
    pub(in crate::drive) fn why(&self, error: &io::Error) -> Option<String> {
        let own = self.own();
        failure::broken(error, &self.scene(&own))
    }

    fn own(&self) -> String {
        match &self.role {
            Role::Client(..) => String::new(),
            Role::Server(tls) => tls.fingerprint(),
        }
    }

    fn scene<'a>(&'a self, own: &'a str) -> Scene<'a> {
        let first = self.first.get().map(Vec::as_slice).unwrap_or_default();
        match &self.role {
            Role::Client(_, name) => Scene { peer: Party::Server, name, first, leaf: None, own },
            Role::Server(_) => Scene { peer: Party::Client, name: "", first, leaf: None, own },
        }
    }
}

/// The line of facts, and the bindings; `leaf` is the server's certificate.
fn conclude(
    stream: &TlsStream<Tapped>,
    leaf: Option<&[u8]>,
    identity: String,
    mut facts: Vec<Fact>,
) -> (String, Bindings) {
    let state = stream.get_ref().1;
    let version = state.protocol_version();
    let suite = state.negotiated_cipher_suite().map_or_else(String::new, |suite| {
        let name = format!("{:?}", suite.suite());
        // The registry has them all begin with TLS_.
        name.replacen("TLS13_", "TLS_", 1)
    });
    let words = match version {
        Some(ProtocolVersion::TLSv1_3) => format!("TLSv1.3 {suite}"),
        Some(ProtocolVersion::TLSv1_2) => format!("TLSv1.2 {suite}"),
        _ => suite,
    };
    if let Some(group) = state.negotiated_key_exchange_group() {
        facts.insert(0, ("key exchange".to_owned(), format!("{:?}", group.name())));
    }
    let server_end_point = leaf.and_then(facts::end_point).unwrap_or_default();
    // In TLS 1.2 it wants the extended master secret (RFC 9266 section 4), of which rustls does not tell.
    let (label, room) = (EXPORTER.0, vec![0; EXPORTER.1]);
    let value = match stream {
        _ if version != Some(ProtocolVersion::TLSv1_3) => Ok(Vec::new()),
        TlsStream::Client(stream) => stream.get_ref().1.export_keying_material(room, label, None),
        TlsStream::Server(stream) => stream.get_ref().1.export_keying_material(room, label, None),
    };
    let exporter = value.unwrap_or_default();
    let told = |octets: &[u8], why: &str| if octets.is_empty() { why.to_owned() } else { hex(octets) };
    let undefined = "not defined for this certificate (RFC 5929 4.1)";
    facts.push(("tls-server-end-point".to_owned(), told(&server_end_point, undefined)));
    facts.push(("tls-exporter".to_owned(), told(&exporter, "not used before TLS 1.3")));
    let line = tls_line(&words, facts.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    (line, Bindings { server_end_point, exporter, identity })
}

/// A socket that keeps what came first: rustls does not say what came in place of TLS.
struct Tapped {
    stream: TcpStream,
    first: Arc<OnceLock<Vec<u8>>>,
}

impl AsyncRead for Tapped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let came = &buffer.filled()[before..];
        if !came.is_empty() {
            self.first.get_or_init(|| came[..came.len().min(FIRST)].to_vec());
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Tapped {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, octets)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

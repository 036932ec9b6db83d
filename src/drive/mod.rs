//! All network I/O: sockets, TLS, time-outs, and calls that may block.
//!
//! ```text
//!   socket ── connection task ── News ──► face: Live::hear ── Session::handle
//!                  ▲                                  │
//!                  └──────────── Order ◄──────────────┘ effects, deadline
//! ```
//!
//! Stands left of the sessions. A session is pure and belongs to the face that shows it, in a [`Live`]; each connection
//! has a task here that only moves octets. The task reads once, tells the face, and reads again only when the face has
//! answered with an [`Order`]: a peer that sends faster than the face takes in waits in its own send buffer, and costs
//! no memory here. Tokio runs on threads of its own; faces see plain channels and closures.
//!
//! Limits: an address that does not answer holds the next one up, for they are tried in turn (no RFC 8305).

mod address;
mod connect;
mod connection;
mod journal;
mod listen;
mod live;
mod loose;
#[cfg(test)]
mod tests;
mod tls;

pub use address::{Address, BadAddress, listen_address};
pub use live::{Link, Live};
pub use loose::Loose;
pub use tls::{BadFile, ClientTls, ServerTls};

use crate::session::Input;
use crate::terms::{Micros, Party};
use connection::Connection;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

/// Tells one connection from another, in the order in which they came. 0 is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub u64);

/// Something happened on the network.
pub struct News {
    /// On which connection.
    pub id: ConnectionId,
    /// When, since that connection was begun.
    pub at: Micros,
    /// What.
    pub what: What,
}

/// What can happen on the network.
pub enum What {
    /// A peer has connected to a listener. Whoever takes the link plays the server of that connection.
    Accepted(Link),
    /// For the session of that connection. Each is answered by [`Live::hear`].
    Input(Input),
    /// No connection came about; the last of what a connection has to tell.
    Failed(Failure),
    /// A listener could not take connections, or turned some away: a sentence. The id is 0.
    Trouble(String),
}

/// Why no connection came about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No connection: which addresses were tried, and what came of each.
    #[error("connecting to {target}: {why}")]
    Connect {
        /// As the user gave it.
        target: String,
        /// What came, and what to try.
        why: String,
    },
    /// The address can't be listened on.
    #[error("listening on {address}: {why}")]
    Listen {
        /// As the user gave it.
        address: String,
        /// What came, and what to try.
        why: String,
    },
}

/// Whom a client connects to, and how.
#[derive(Clone)]
pub struct Target {
    /// Host and port.
    pub address: Address,
    /// Whom it trusts and what it presents, once the session asks for TLS.
    pub tls: ClientTls,
    /// How long it waits.
    pub limits: Limits,
}

impl Target {
    /// That address, the system's trust, the usual limits.
    #[must_use]
    pub fn new(address: Address) -> Self {
        Self { address, tls: ClientTls::default(), limits: Limits::default() }
    }
}

/// Where a server listens, and how.
#[derive(Clone)]
pub struct Listen {
    /// With port 0 the system chooses.
    pub address: SocketAddr,
    /// Whether other machines may reach it; without this it is loopback only.
    pub expose: bool,
    /// Whether TLS comes before the greeting: one that is turned away can't be told so in clear then.
    pub implicit: bool,
    /// Its certificate and key, once a session asks for TLS.
    pub tls: ServerTls,
    /// How many connections may be open at once; further ones get 421 and are closed.
    pub connections: usize,
    /// How long it waits.
    pub limits: Limits,
}

impl Listen {
    /// That address, if it is loopback; 1,024 connections, the usual limits.
    #[must_use]
    pub fn new(address: SocketAddr, tls: ServerTls) -> Self {
        Self { address, expose: false, implicit: false, tls, connections: 1024, limits: Limits::default() }
    }
}

/// How long a connection waits for its peer. How long it waits for lines is for the session to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For each address to take the connection, and for the name to be resolved: 10 s.
    pub connect: Duration,
    /// For the TLS handshake: 30 s.
    pub handshake: Duration,
    /// For the peer to take what is sent to it: 60 s.
    pub write: Duration,
    /// At the end, for the peer to take what is left and to close its side: 2 s.
    pub farewell: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let s = Duration::from_secs;
        Self { connect: s(10), handshake: s(30), write: s(60), farewell: s(2) }
    }
}

/// Where news go. Called on a thread of tokio's; it must not block.
type Tell = Arc<dyn Fn(News) + Send + Sync>;

/// The network, as long as this value lives. Dropping it ends everything at once, [`Drive::stop`] in good order.
pub struct Drive {
    /// There until this value is dropped.
    runtime: Option<Runtime>,
    tell: Tell,
    next: Arc<AtomicU64>,
    stop: watch::Sender<bool>,
}

/// What each listener and each connection has of the drive.
#[derive(Clone)]
struct Seat {
    tell: Tell,
    next: Arc<AtomicU64>,
    /// Turns true when all is to end. As long as somebody holds one, something still runs.
    stop: watch::Receiver<bool>,
}

impl Seat {
    fn new_id(&self) -> ConnectionId {
        ConnectionId(self.next.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn trouble(&self, text: String) {
        (self.tell)(News { id: ConnectionId(0), at: Micros::default(), what: What::Trouble(text) });
    }
}

impl Drive {
    /// Starts the network; `tell` hears all that happens.
    ///
    /// # Errors
    /// Where the system has no threads or descriptors left.
    pub fn new(tell: impl Fn(News) + Send + Sync + 'static) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("network").enable_all().build()?;
        let tell = move |news| {
            journal::news(&news);
            tell(news);
        };
        Ok(Self { runtime: Some(runtime), tell: Arc::new(tell), next: Arc::default(), stop: watch::Sender::new(false) })
    }

    /// Begins to connect; what comes of it is told under the id of the link: each address that failed as a note, then
    /// [`Input::Go`] or [`What::Failed`].
    #[must_use]
    pub fn connect(&self, target: Target) -> Link {
        let seat = self.seat();
        let (link, orders) = Link::new(seat.new_id(), None);
        let connection = Connection::new(&link, Party::Server, orders, seat, target.limits);
        self.spawn(connect::run(connection, target));
        link
    }

    /// Listens; each connection is told as [`What::Accepted`]. Gives the address, with the port that the system chose
    /// where 0 was asked for.
    ///
    /// # Errors
    /// Where the address can't be had, or is not loopback and was not to be exposed.
    pub fn listen(&self, listen: Listen) -> Result<SocketAddr, Failure> {
        let Some(runtime) = &self.runtime else { return Ok(listen.address) };
        let (listener, address) = runtime.block_on(listen::bind(&listen))?;
        self.spawn(listen::run(listener, address, listen, self.seat()));
        Ok(address)
    }

    /// Ends everything in good order: what was to be sent is sent, and TLS is closed, as far as that takes no longer
    /// than `limit`.
    pub fn stop(self, limit: Duration) {
        self.stop.send_replace(true);
        let Some(runtime) = &self.runtime else { return };
        // Whatever is left then ends with the runtime.
        let _ = runtime.block_on(async { tokio::time::timeout(limit, self.stop.closed()).await });
    }

    /// How many listeners and connections have not ended.
    #[must_use]
    pub fn running(&self) -> usize {
        self.stop.receiver_count()
    }

    fn seat(&self) -> Seat {
        Seat { tell: Arc::clone(&self.tell), next: Arc::clone(&self.next), stop: self.stop.subscribe() }
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.runtime {
            runtime.spawn(task);
        }
    }
}

impl Drop for Drive {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Calls that block, such as a GSS-API's, are not waited for.
            runtime.shutdown_background();
        }
    }
}

/// An error of the system in its words, without its number.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let text = text.strip_prefix("failed to lookup address information: ").unwrap_or(text);
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_lowercase().chain(rest).collect())
}

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
//! Limits: one listener each.

mod connection;
mod live;

pub use live::{Link, Live};

use crate::session::Input;
use crate::terms::Micros;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

/// Tells one connection from another, in the order in which they came.
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
    /// A peer has connected to the listener. Whoever takes the link plays a party of that connection.
    Accepted(Link),
    /// For the session of that connection.
    Input(Input),
    /// No connection came about; the last of what a connection has to tell.
    Failed(Failure),
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

/// Where news go. Called on a thread of tokio's; it must not block.
type Tell = Arc<dyn Fn(News) + Send + Sync>;

/// The network, as long as this value lives.
pub struct Drive {
    runtime: Runtime,
    tell: Tell,
    next: Arc<std::sync::atomic::AtomicU64>,
}

impl Drive {
    /// Starts the network; `tell` hears all that happens.
    ///
    /// # Errors
    /// Where the system has no threads or descriptors left.
    pub fn new(tell: impl Fn(News) + Send + Sync + 'static) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(1).thread_name("network").enable_all().build()?;
        Ok(Self { runtime, tell: Arc::new(tell), next: Arc::default() })
    }

    /// Begins to connect; what comes of it is told under the id of the link.
    #[must_use]
    pub fn connect(&self, host: &str, port: u16) -> Link {
        let (link, orders) = Link::new(id(&self.next));
        let (id, target, tell) = (link.id, format!("{host}:{port}"), Arc::clone(&self.tell));
        self.runtime.spawn(async move {
            match TcpStream::connect(&target).await {
                Ok(stream) => {
                    connection::converse(id, link.began, stream, crate::terms::Party::Server, orders, tell).await;
                }
                Err(error) => tell(News {
                    id,
                    at: Micros::default(),
                    what: What::Failed(Failure::Connect { target, why: error.to_string() }),
                }),
            }
        });
        link
    }

    /// Listens; each connection is told as [`What::Accepted`]. Gives the address, with the port that the system chose
    /// where 0 was asked for.
    ///
    /// # Errors
    /// Where the address can't be had.
    pub fn listen(&self, address: SocketAddr) -> Result<SocketAddr, Failure> {
        let failed = |error: io::Error| Failure::Listen { address: address.to_string(), why: error.to_string() };
        let listener = self.runtime.block_on(TcpListener::bind(address)).map_err(failed)?;
        let bound = listener.local_addr().map_err(failed)?;
        let (tell, next) = (Arc::clone(&self.tell), Arc::clone(&self.next));
        self.runtime.spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { continue };
                let (link, orders) = Link::new(id(&next));
                let (id, began, tell) = (link.id, link.began, Arc::clone(&tell));
                tell(News { id, at: Micros::default(), what: What::Accepted(link) });
                tokio::spawn(connection::converse(id, began, stream, crate::terms::Party::Client, orders, tell));
            }
        });
        Ok(bound)
    }
}

fn id(next: &std::sync::atomic::AtomicU64) -> ConnectionId {
    ConnectionId(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1)
}

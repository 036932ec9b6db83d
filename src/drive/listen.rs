//! A listener: takes connections, as many as there may be.

use super::connection::Connection;
use super::live::Link;
use super::tls::Role;
use super::{Failure, Listen, News, Seat, What, plain};
use crate::terms::{Micros, Party};
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// What one that is turned away is told (RFC 4954 section 4 and RFC 3463 section 3.5 have no code for it; this is what
/// RFC 5321 section 3.8 gives a server that has to close).
const TOO_MANY: &[u8] = b"421 4.3.2 Too many connections, try again later\r\n";

/// How long to wait where no connection can be taken, such as for want of descriptors.
const PAUSE: Duration = Duration::from_millis(500);

/// How often it is told, at most, that connections were turned away.
const TOLD_AGAIN: Duration = Duration::from_secs(1);

/// Opens the listener; gives the address that it has.
pub(super) async fn bind(listen: &Listen) -> Result<(TcpListener, SocketAddr), Failure> {
    let failed = |why: String| Failure::Listen { address: listen.address.to_string(), why };
    if !listen.expose && !listen.address.ip().to_canonical().is_loopback() {
        let why = "other machines could reach it there; add --expose if they are to, or listen on 127.0.0.1";
        return Err(failed(why.to_owned()));
    }
    let bound = TcpListener::bind(listen.address).await;
    let listener = bound.map_err(|error| {
        let advice = match error.kind() {
            io::ErrorKind::AddrInUse => "; another program listens there: take another port, or 0 for any that is free",
            io::ErrorKind::PermissionDenied => "; ports below 1024 are for root alone: take one such as 2525",
            io::ErrorKind::AddrNotAvailable => "; this machine has no such address, but 127.0.0.1 it has",
            _ => "",
        };
        failed(format!("{}{advice}", plain(&error)))
    })?;
    let address = listener.local_addr().map_err(|error| failed(plain(&error)))?;
    Ok((listener, address))
}

/// Takes connections until the drive ends.
pub(super) async fn run(listener: TcpListener, address: SocketAddr, listen: Listen, mut seat: Seat) {
    let room = Arc::new(Semaphore::new(listen.connections));
    let mut refused = Refused::default();
    let mut troubled = false;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = seat.stop.changed() => return,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            // The peer had gone before it was taken.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
            Err(error) => {
                if !std::mem::replace(&mut troubled, true) {
                    seat.trouble(format!("{address} can't take connections for now: {}", plain(&error)));
                }
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        troubled = false;
        let Ok(permit) = Arc::clone(&room).try_acquire_owned() else {
            turn_away(stream, listen.implicit);
            if let Some(count) = refused.another(Instant::now()) {
                let open = listen.connections;
                seat.trouble(format!("{open} connections are open on {address}; {count} more turned away with 421"));
            }
            continue;
        };
        let (link, orders) = Link::new(seat.new_id(), Some(address));
        let id = link.id;
        let connection = Connection::new(&link, Party::Client, orders, seat.clone(), listen.limits);
        (seat.tell)(News { id, at: Micros::default(), what: What::Accepted(link) });
        let role = Role::Server(listen.tls.clone());
        tokio::spawn(async move {
            connection.converse(stream, role).await;
            drop(permit);
        });
    }
}

/// Says 421 and closes. The send buffer of a new connection has room, so this takes no time.
fn turn_away(stream: TcpStream, implicit: bool) {
    if let Ok(mut stream) = stream.into_std()
        && !implicit
    {
        let _ = stream.write(TOO_MANY);
    }
}

/// Who was turned away and not yet told.
#[derive(Default)]
struct Refused {
    count: u64,
    told: Option<Instant>,
}

impl Refused {
    /// Counts one more; gives how many are to be told now.
    fn another(&mut self, now: Instant) -> Option<u64> {
        self.count += 1;
        if self.told.is_some_and(|told| now.duration_since(told) < TOLD_AGAIN) {
            return None;
        }
        self.told = Some(now);
        Some(std::mem::take(&mut self.count))
    }
}

//! From a host's name to a connection: resolves, and tries each address in turn.

use super::connection::{Connection, Unfinished};
use super::tls::Role;
use super::{Address, Failure, Target, plain};
use crate::session::Input;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};

/// Connects, and runs the connection to its end.
pub(super) async fn run(connection: Connection, target: Target) {
    let Address { host, port } = target.address.clone();
    let found = async move { Ok(lookup_host((host, port)).await?.collect()) };
    run_with(connection, target, found).await;
}

/// The same, with the addresses that were found for the name.
pub(super) async fn run_with(
    mut connection: Connection,
    target: Target,
    found: impl Future<Output = io::Result<Vec<SocketAddr>>>,
) {
    match connect(&mut connection, target.limits.connect, found).await {
        Ok(stream) => connection.converse(stream, Role::Client(target.tls, target.address.host)).await,
        Err(Some(why)) => connection.fail(Failure::Connect { target: target.address.to_string(), why }),
        Err(None) => {}
    }
}

/// A connection, or why not; `None` where nobody wants it any more.
async fn connect(
    connection: &mut Connection,
    limit: Duration,
    found: impl Future<Output = io::Result<Vec<SocketAddr>>>,
) -> Result<TcpStream, Option<String>> {
    let mut addresses = match connection.attend(found, limit, Duration::ZERO).await {
        Ok(Ok(addresses)) => addresses,
        Ok(Err(error)) => {
            let why = plain(&error);
            return Err(Some(format!("the name has no address ({why}); check its spelling, or give an IP address")));
        }
        Err(Unfinished::TooLong) => {
            let limit = limit.as_secs_f32();
            let why = format!("the name was not resolved within {limit} s; check the network, or give an IP address");
            return Err(Some(why));
        }
        Err(Unfinished::LetGo) => return Err(None),
    };
    addresses.dedup();
    let mut tried = Vec::new();
    let mut last = None;
    for address in addresses {
        let (why, kind) = match connection.attend(TcpStream::connect(address), limit, Duration::ZERO).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => (plain(&error), error.kind()),
            Err(Unfinished::TooLong) => {
                (format!("no answer within {} s", limit.as_secs_f32()), io::ErrorKind::TimedOut)
            }
            Err(Unfinished::LetGo) => return Err(None),
        };
        connection.tell(Input::Note(format!("tried {address}: {why}")));
        tried.push(format!("{address}: {why}"));
        last = Some(kind);
    }
    let advice = match last {
        None => "the name has no address; check its spelling, or give an IP address",
        Some(io::ErrorKind::ConnectionRefused) => "nothing listens there: check the port, and whether the server runs",
        Some(io::ErrorKind::TimedOut) => "a firewall may drop it: many networks block port 25, so try 587 or 465",
        Some(_) => "check the address and the network",
    };
    tried.push(advice.to_owned());
    Err(Some(tried.join("; ")))
}

//! One connection: octets in, orders out, one after the other.

use super::live::Order;
use super::{ConnectionId, News, Tell, What};
use crate::session::{Effect, Input};
use crate::terms::{Micros, Party};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedReceiver;

/// How many octets are read at once.
const READ: usize = 4096;

/// What wakes a connection.
enum Woken {
    Ordered(Option<Order>),
    Read(std::io::Result<usize>),
    Due,
}

/// Runs the connection to its end. `peer` is the party at the other end of the socket.
pub(super) async fn converse(
    id: ConnectionId,
    began: Instant,
    mut stream: TcpStream,
    peer: Party,
    mut orders: UnboundedReceiver<Order>,
    tell: Tell,
) {
    let input = |input| {
        let at = Micros(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
        tell(News { id, at, what: What::Input(input) });
    };
    let address = stream.peer_addr().map_or_else(|_| String::new(), |address| address.to_string());
    input(Input::Go { peer: address });
    // Reads only while the face has answered all that it was told.
    let mut told = 1_u32;
    let mut ended = false;
    let mut deadline: Option<Micros> = None;
    let mut buffer = vec![0; READ];
    loop {
        let due = deadline.map(|at| tokio::time::Instant::from_std(began + Duration::from_micros(at.0)));
        let woken = tokio::select! {
            order = orders.recv() => Woken::Ordered(order),
            read = stream.read(&mut buffer), if told == 0 && !ended => Woken::Read(read),
            () = tokio::time::sleep_until(due.unwrap_or_else(tokio::time::Instant::now)), if due.is_some() && told == 0 => Woken::Due,
        };
        match woken {
            Woken::Ordered(None) => return,
            Woken::Ordered(Some(order)) => {
                told = told.saturating_sub(u32::from(order.answers));
                deadline = order.deadline;
                for effect in order.effects {
                    match effect {
                        Effect::Send(_, octets) => {
                            if stream.write_all(&octets).await.is_err() {
                                ended = true;
                                told += 1;
                                input(Input::Closed(peer));
                            }
                        }
                        Effect::Mech { epoch, mut context, call } => {
                            let result = context.call(call).map(|answer| (context, answer));
                            told += 1;
                            input(Input::Mech { epoch, result });
                        }
                        Effect::StartTls => {
                            told += 1;
                            input(Input::TlsFailed { why: "there is no TLS yet".to_owned() });
                        }
                        Effect::Close => {
                            let _ = stream.shutdown().await;
                            return;
                        }
                    }
                }
            }
            Woken::Read(Ok(0) | Err(_)) => {
                ended = true;
                told += 1;
                input(Input::Closed(peer));
            }
            Woken::Read(Ok(octets)) => {
                told += 1;
                input(Input::Bytes(peer, buffer[..octets].to_vec()));
            }
            Woken::Due => {
                told += 1;
                deadline = None;
                input(Input::Tick);
            }
        }
    }
}

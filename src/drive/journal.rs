//! What the network and the sessions do, for the log: who connects, TLS, ends, deadlines; of lines only how long they
//! are. Nothing here can hold a secret. What a peer says is escaped.
//!
//! Costs nothing where nobody listens.

use super::live::Order;
use super::{ConnectionId, News, What};
use crate::decode::escape;
use crate::session::{Effect, Input};
use log::{debug, info, warn};

/// Something happened on the network.
pub(super) fn news(news: &News) {
    let ConnectionId(id) = news.id;
    match &news.what {
        What::Accepted(link) => match link.listener {
            Some(listener) => info!("connection {id}: came to {listener}"),
            None => info!("connection {id}: begun"),
        },
        What::Failed(failure) => warn!("connection {id}: {}", escape(&failure.to_string())),
        What::Trouble(text) => warn!("{}", escape(text)),
        What::Input(input) => heard(id, input),
    }
}

fn heard(id: u64, input: &Input) {
    match input {
        Input::Go { peer } => info!("connection {id}: open, peer {}", escape(peer)),
        Input::Note(text) => info!("connection {id}: {}", escape(text)),
        Input::TlsUp { facts, .. } => info!("connection {id}: TLS is up: {}", escape(facts)),
        Input::TlsFailed { why } => warn!("connection {id}: no TLS: {}", escape(why)),
        Input::Closed(by) => info!("connection {id}: closed by {by}"),
        Input::Bytes(from, bytes) => debug!("connection {id}: {} octets of the {from}", bytes.len()),
        Input::Mech { result: Ok(_), .. } => debug!("connection {id}: the call to the mechanism is answered"),
        Input::Mech { result: Err(error), .. } => info!("connection {id}: {}", escape(&error.to_string())),
        Input::Tick => debug!("connection {id}: the deadline is reached"),
        _ => {}
    }
}

/// A session has given that order.
pub(super) fn order(ConnectionId(id): ConnectionId, order: &Order) {
    for effect in &order.effects {
        match effect {
            Effect::Send(_, octets) => debug!("connection {id}: {} octets to send", octets.len()),
            Effect::Mech { call, .. } => debug!("connection {id}: calls {}", call.name()),
            Effect::StartTls => info!("connection {id}: the TLS handshake begins"),
            Effect::Close => info!("connection {id}: is to be closed"),
        }
    }
    if let Some(deadline) = order.deadline {
        debug!("connection {id}: deadline at {deadline}");
    }
}

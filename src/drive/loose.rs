//! A link that leads to no connection: what a face orders is looked at, for tests.

use super::ConnectionId;
use super::live::{Link, Order};
use crate::session::Effect;
use tokio::sync::mpsc::UnboundedReceiver;

/// The other end of such a link.
pub struct Loose(UnboundedReceiver<Order>);

impl Link {
    /// A link that leads to no connection, and where its orders come out.
    #[must_use]
    pub fn loose(id: u64) -> (Self, Loose) {
        let (link, orders) = Self::new(ConnectionId(id), None);
        (link, Loose(orders))
    }
}

impl Loose {
    /// What was ordered since this was asked last.
    pub fn effects(&mut self) -> Vec<Effect> {
        std::iter::from_fn(|| self.0.try_recv().ok()).flat_map(|order| order.effects).collect()
    }

    /// Whether the face has let go of the link: the connection would be closed.
    #[must_use]
    pub fn is_dropped(&self) -> bool {
        self.0.is_closed()
    }
}

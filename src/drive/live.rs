//! A session with its connection, as a face holds it.

use super::{ConnectionId, journal};
use crate::session::{Effect, Input, Session};
use crate::terms::Micros;
use std::net::SocketAddr;
use std::time::Instant;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What a session wants of its connection, in answer to one input.
pub(super) struct Order {
    pub(super) effects: Vec<Effect>,
    /// Whether this answers what the connection has told, so that it may read on.
    pub(super) answers: bool,
    /// When the session wants to hear of the time, on its own clock.
    pub(super) deadline: Option<Micros>,
    /// Whether the session takes nothing in for now: a line is held, or a call is under way.
    pub(super) busy: bool,
}

/// The way to a connection's task. Dropping it closes the connection.
pub struct Link {
    /// Which connection.
    pub id: ConnectionId,
    /// When it was begun: zero on its session's clock.
    pub began: Instant,
    /// Through which listener it came, by its address; `None` where we connect.
    pub listener: Option<SocketAddr>,
    pub(super) orders: UnboundedSender<Order>,
}

impl Link {
    pub(super) fn new(id: ConnectionId, listener: Option<SocketAddr>) -> (Self, UnboundedReceiver<Order>) {
        let (orders, receiver) = unbounded_channel();
        (Self { id, began: Instant::now(), listener, orders }, receiver)
    }

    /// The time now, on the session's clock.
    #[must_use]
    pub fn now(&self) -> Micros {
        Micros(u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX))
    }
}

/// A session with its connection.
pub struct Live {
    /// The session.
    pub session: Session,
    link: Link,
}

impl Live {
    /// Plays `session` on that connection.
    #[must_use]
    pub const fn new(session: Session, link: Link) -> Self {
        Self { session, link }
    }

    /// Which connection.
    #[must_use]
    pub const fn id(&self) -> ConnectionId {
        self.link.id
    }

    /// The time now, on the session's clock.
    #[must_use]
    pub fn now(&self) -> Micros {
        self.link.now()
    }

    /// The same as [`Live::act`], at a time that the face knows.
    pub fn act_at(&mut self, at: Micros, input: Input) {
        self.handle(at, input, false);
    }

    /// Hands the session what the connection has told, and the connection what comes of it.
    pub fn hear(&mut self, at: Micros, input: Input) {
        self.handle(at, input, true);
    }

    /// Hands the session what the user wants, and the connection what comes of it.
    pub fn act(&mut self, input: Input) {
        self.handle(self.now(), input, false);
    }

    fn handle(&mut self, at: Micros, input: Input, answers: bool) {
        let effects = self.session.handle(at, input);
        let busy = self.session.held().is_some() || self.session.awaiting().is_some();
        let order = Order { effects, answers, deadline: self.session.deadline(), busy };
        journal::order(self.link.id, &order);
        // Where the task is gone the connection is, too, and the session has been told.
        let _ = self.link.orders.send(order);
    }
}

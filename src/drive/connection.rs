//! One connection: octets in, orders out, one after the other.
//!
//! Nothing is read while the face owes an answer, while something is to be sent, or while the session takes nothing in
//! and [`AHEAD`] octets wait already. So a peer that floods, or that never reads, holds up itself and nobody else.

use super::live::{Link, Order};
use super::tls::{Role, Wire};
use super::{ConnectionId, Failure, Limits, News, Seat, What};
use crate::mech::{Call, GssContext, MechError, major};
use crate::session::{Effect, Input};
use crate::terms::{Micros, Party};
use std::collections::VecDeque;
use std::io;
use std::pin::pin;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;

/// How many octets are read while the session takes nothing in: a line is held, or a call is under way.
const AHEAD: usize = 64 * 1024;

/// Ticks are no closer than this, whatever the session wants.
const TICK: Duration = Duration::from_millis(10);

/// A connection's task.
pub(super) struct Connection {
    id: ConnectionId,
    began: Instant,
    /// The party at the other end.
    peer: Party,
    orders: UnboundedReceiver<Order>,
    seat: Seat,
    limits: Limits,
    /// What was ordered and is not yet done.
    waiting: VecDeque<Effect>,
    /// Calls that are under way.
    calls: JoinSet<Input>,
    /// How much the face was told and has not answered.
    told: u32,
    deadline: Option<Micros>,
    /// How many octets may be read before the session takes something in.
    ahead: usize,
    /// Nobody gives orders any more.
    let_go: bool,
    /// The peer is gone, and the face was told.
    over: bool,
}

/// Why something did not come to its end.
pub(super) enum Unfinished {
    /// It took too long.
    TooLong,
    /// Nobody wants the connection any more.
    LetGo,
}

/// What wakes a connection.
enum Woken {
    Read(io::Result<Vec<u8>>),
    Due,
    Other,
}

impl Connection {
    pub(super) fn new(link: &Link, peer: Party, orders: UnboundedReceiver<Order>, seat: Seat, limits: Limits) -> Self {
        Self {
            id: link.id,
            began: link.began,
            peer,
            orders,
            seat,
            limits,
            waiting: VecDeque::new(),
            calls: JoinSet::new(),
            told: 0,
            deadline: None,
            ahead: AHEAD,
            let_go: false,
            over: false,
        }
    }

    /// Tells the session; the face answers.
    pub(super) fn tell(&mut self, input: Input) {
        self.told += 1;
        self.news(What::Input(input));
    }

    /// Tells that no connection came about.
    pub(super) fn fail(&self, failure: Failure) {
        self.news(What::Failed(failure));
    }

    fn news(&self, what: What) {
        let at = Micros(u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX));
        (self.seat.tell)(News { id: self.id, at, what });
    }

    /// The peer is gone; `why` where that is not plain.
    fn closed(&mut self, why: Option<String>) {
        if !std::mem::replace(&mut self.over, true) {
            if let Some(why) = why {
                self.tell(Input::Note(why));
            }
            self.tell(Input::Closed(self.peer));
        }
    }

    /// Does `work`, no longer than `limit`, and takes orders meanwhile; once nobody gives any, no longer than `grace`.
    pub(super) async fn attend<T>(
        &mut self,
        work: impl Future<Output = T>,
        limit: Duration,
        grace: Duration,
    ) -> Result<T, Unfinished> {
        let mut work = pin!(work);
        let mut late = pin!(tokio::time::sleep(if self.let_go { grace } else { limit }));
        loop {
            let had = !self.let_go;
            tokio::select! {
                done = &mut work => return Ok(done),
                () = &mut late => return Err(if had { Unfinished::TooLong } else { Unfinished::LetGo }),
                () = self.ordered(), if had => {}
            }
            if had && self.let_go {
                late.as_mut().reset(tokio::time::Instant::now() + grace);
            }
        }
    }

    /// Waits for an order, for a call that is done, or for the end.
    async fn ordered(&mut self) {
        tokio::select! {
            order = self.orders.recv() => match order {
                Some(order) => self.take(order),
                None => self.let_go = true,
            },
            Some(done) = self.calls.join_next() => {
                // A task that was never cancelled and does not panic gives its input.
                if let Ok(input) = done {
                    self.tell(input);
                }
            }
            // What was ordered by now is still done.
            _ = self.seat.stop.changed() => self.orders.close(),
        }
    }

    fn take(&mut self, order: Order) {
        let Order { effects, answers, deadline, busy } = order;
        self.told = self.told.saturating_sub(u32::from(answers));
        self.deadline = deadline;
        if !busy {
            self.ahead = AHEAD;
        }
        self.waiting.extend(effects);
    }

    /// Runs the connection to its end.
    pub(super) async fn converse(mut self, stream: TcpStream, role: Role) {
        let peer = stream.peer_addr().map_or_else(|_| String::new(), |address| address.to_string());
        // Lines are short and wait for each other.
        let _ = stream.set_nodelay(true);
        self.tell(Input::Go { peer });
        let mut wire = Wire::new(stream, role);
        let mut ticked = None;
        loop {
            while let Some(effect) = self.waiting.pop_front() {
                if !self.perform(effect, &mut wire).await {
                    return;
                }
            }
            if self.let_go {
                return wire.close(self.limits.farewell).await;
            }
            if self.over && self.told == 0 {
                return;
            }
            let quiet = self.told == 0 && !self.over;
            let due = self.deadline.filter(|_| quiet).map(|at| {
                let at = self.began + Duration::from_micros(at.0);
                tokio::time::Instant::from_std(ticked.map_or(at, |ticked: Instant| at.max(ticked + TICK)))
            });
            let woken = tokio::select! {
                () = self.ordered() => Woken::Other,
                read = wire.read(), if quiet && self.ahead > 0 => Woken::Read(read),
                () = sleep_until(due), if due.is_some() => Woken::Due,
            };
            match woken {
                Woken::Other => {}
                Woken::Read(Ok(octets)) if octets.is_empty() => self.closed(None),
                Woken::Read(Ok(octets)) => {
                    self.ahead = self.ahead.saturating_sub(octets.len());
                    self.tell(Input::Bytes(self.peer, octets));
                }
                Woken::Read(Err(error)) => self.closed(wire.why(&error)),
                Woken::Due => {
                    ticked = Some(Instant::now());
                    self.deadline = None;
                    self.tell(Input::Tick);
                }
            }
        }
    }

    /// Does what was ordered; whether the connection goes on.
    async fn perform(&mut self, effect: Effect, wire: &mut Wire) -> bool {
        match effect {
            Effect::Send(_, octets) => self.send(&octets, wire).await,
            Effect::Mech { epoch, context, call } => {
                self.calls.spawn(call_off_the_loop(epoch, context, call));
            }
            Effect::StartTls => {
                let limit = self.limits.handshake;
                let came = self.attend(wire.secure(), limit, Duration::ZERO).await;
                match came {
                    Ok(Ok((facts, bindings))) => self.tell(Input::TlsUp { facts, bindings }),
                    Ok(Err(why)) => self.insecure(why),
                    Err(Unfinished::TooLong) => {
                        self.insecure(wire.late(limit));
                    }
                    Err(Unfinished::LetGo) => return false,
                }
            }
            Effect::Close => {
                wire.close(self.limits.farewell).await;
                return false;
            }
        }
        true
    }

    fn insecure(&mut self, why: String) {
        self.over = true;
        self.tell(Input::TlsFailed { why });
    }

    async fn send(&mut self, octets: &[u8], wire: &mut Wire) {
        if self.over {
            return;
        }
        let Limits { write: limit, farewell, .. } = self.limits;
        match self.attend(wire.write(octets), limit, farewell).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.closed(wire.why(&error)),
            Err(Unfinished::TooLong) => {
                let (peer, limit) = (self.peer, limit.as_secs_f32());
                self.closed(Some(format!("the {peer} did not take what was sent to it within {limit} s")));
            }
            // There is nobody to be told.
            Err(Unfinished::LetGo) => self.over = true,
        }
    }
}

async fn sleep_until(due: Option<tokio::time::Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// The mechanisms of a system may block for seconds, and crash.
async fn call_off_the_loop(epoch: u64, mut context: Box<dyn GssContext>, call: Call) -> Input {
    let name = call.name();
    let called = tokio::task::spawn_blocking(move || context.call(call).map(|answer| (context, answer)));
    let broken = |_| Err(MechError::new(major::FAILURE, format!("the mechanism broke down in {name}")));
    let result = called.await.unwrap_or_else(broken);
    Input::Mech { epoch, result }
}

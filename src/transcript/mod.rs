//! Events to steps.

mod event;

pub use event::{Event, What};

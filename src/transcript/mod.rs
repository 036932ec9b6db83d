//! Events to steps.

mod event;
pub mod recording;

pub use event::{Event, What};

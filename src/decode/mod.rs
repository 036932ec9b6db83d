//! Bytes to trees: every node with the range that it was read from, never failing, problems attached.
//!
//! Sees bytes, not SMTP: what the conversation has settled comes in as a [`Hint`]. Reading here is lenient; `mech`
//! reads for trust by refusing a tree that has problems.

mod tree;

pub use tree::{Hint, Kind, Mech, Node, Problem, Reading, Tree, Value};

//! Placeholder until the faces stand.
fn main() {}

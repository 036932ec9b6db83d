//! An oscilloscope for SMTP authentication.

pub mod cli;
pub mod config;
pub mod decode;
pub mod machine;
pub mod mech;
pub mod session;
pub mod terms;
pub mod transcript;
pub mod wire;

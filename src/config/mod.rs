//! Configuration: TOML in, errors with file, line and key.
//!
//! Faces read it; nothing below them does. Limits: themes only.

pub mod dirs;
pub mod theme;

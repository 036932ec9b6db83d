//! Configuration: TOML in, errors with file, line and key.
//!
//! What a user may set lies in `$XDG_CONFIG_HOME/saslscope` (else `~/.config/saslscope`, on macOS too): `config.toml`
//! ([`settings`]), `keys.toml` ([`keys`]), `themes/*.toml` ([`theme`]). [`terminal`] is what the environment says of
//! the terminal. Built-in values < files < `SASLSCOPE_*` < flags.
//!
//! Faces read it; nothing below them does.

pub mod dirs;
pub mod file;
pub mod keys;
pub mod settings;
pub mod terminal;
pub mod theme;

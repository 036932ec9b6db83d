//! Configuration: TOML in, errors with file, line and key.
//!
//! What a user may set lies in `$XDG_CONFIG_HOME/saslscope` (else `~/.config/saslscope`, on macOS too): `config.toml`
//! ([`settings`]), `keys.toml` ([`keys`]), `themes/*.toml` ([`theme`]). [`terminal`] is what the environment says of
//! the terminal. [`users`] is whom a server knows. Built-in values < files < `SASLSCOPE_*` < flags.
//!
//! Faces read it; nothing below them does.

pub mod dirs;
pub mod file;
pub mod keys;
pub mod netrc;
pub mod settings;
pub mod terminal;
pub mod theme;
pub mod users;

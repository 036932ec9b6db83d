//! An oscilloscope for SMTP authentication: each line of an AUTH exchange raw, decoded, parsed, and in the state
//! machine.
//!
//! ```text
//!    recording file ──────────┐
//!    live client ──── drive ──┤ Event  ┌────────── Transcript::push ───────────┐ Step
//!    live server ──── drive ──┼───────►│ wire    line → command, reply, response│─────► tui
//!    lab (both) ──── Session ─┤        │ decode  base64 → tree with byte ranges │─────► text, JSON (cli)
//!                     ▲       │        │ machine which row of which table       │─────► recording file
//!                     │                └────────────────────────────────────────┘
//!                     │ Effect
//!                     └────── Session (parties played + gate): the same rows say what may be sent next
//! ```
//!
//! Left of the box is input. In the box are pure functions. Right of it are faces. A `Session` exists only where a party
//! is played; a recording has none and shows the same screen.
//!
//! The parts, in reading order; each imports only what stands before it:
//!
//! * [`terms`], the words that every layer uses: who speaks, which octets, which clause, what stays secret.
//! * [`wire`], octets to SMTP lines and back.
//! * [`decode`], tokens to trees, each node with the octets that it was read from.
//! * [`machine`], the protocol as tables, the cursors that walk them, the diagrams.
//! * [`transcript`], events to steps, the recording, masking of secrets.
//! * [`mech`], GSS-API mechanisms: SPNEGO over `NTLMv2`, both sides.
//! * [`session`], playing parties, with the gate; text mechanisms, personas, faults, replays; the lab.
//! * [`config`], settings, keys, themes: TOML in, errors with file, line and key.
//! * [`drive`], all network I/O: connecting, listening, TLS; the way from sessions to sockets.
//! * [`tui`], the screen: model, keys, update, view.
//! * [`cli`], the command line and its faces.
//!
//! Not done: Kerberos of the system, import and export, conformance reports.

pub mod cli;
pub mod config;
pub mod decode;
pub mod drive;
pub mod machine;
pub mod mech;
pub mod session;
pub mod terms;
pub mod transcript;
pub mod tui;
pub mod wire;

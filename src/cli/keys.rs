//! `saslscope keys`.

use super::out::{Out, Tone};
use super::{Exit, Failure};
use crate::tui::keys_text;

/// List the keys of the screen: keys, action, where they act, what they do
#[derive(clap::Args)]
pub(super) struct Arguments {}

impl Arguments {
    #[allow(clippy::unused_self)] // Like the other faces.
    pub(super) fn run(self, out: &mut Out) -> Result<Exit, Failure> {
        if out.json {
            return Err(Failure::usage("listing the keys: there is no JSON form of them; leave --json out"));
        }
        keys_text().lines().try_for_each(|line| out.line(Tone::Plain, line))?;
        Ok(Exit::Clean)
    }
}

//! `saslscope keys`.

use super::out::{Out, Tone};
use super::{Exit, Failure, screen};
use crate::tui::{KeyRow, Keys};

/// List the keys of the screen: keys, action, where they act, what they do
#[derive(clap::Args)]
pub(super) struct Arguments {}

impl Arguments {
    /// Where the user's own file can't be followed, the keys that are built in, and why.
    #[allow(clippy::unused_self)] // Like the other faces.
    pub(super) fn run(self, out: &mut Out) -> Result<Exit, Failure> {
        let (keys, failure) =
            screen::keys().map_or_else(|failure| (Keys::default(), Some(failure)), |keys| (keys, None));
        for row in keys.rows() {
            if out.json {
                out.object(&row)?;
                continue;
            }
            let KeyRow { keys, action, needs, does } = row;
            out.line(Tone::Plain, &format!("{:10}  {action:18}  {needs:13}  {does}", keys.join(" ")))?;
        }
        failure.map_or(Ok(Exit::Clean), Err)
    }
}

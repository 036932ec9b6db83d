//! `saslscope completions`.

use super::out::Out;
use super::{Exit, Failure};
use clap_complete::{Shell, generate};

/// Print the completions for a shell.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Which shell
    shell: Shell,
}

impl Arguments {
    pub(super) fn run(self, mut command: clap::Command, out: &mut Out) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        generate(self.shell, &mut command, "saslscope", &mut script);
        out.raw(&script)?;
        Ok(Exit::Clean)
    }
}

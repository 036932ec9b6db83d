//! `saslscope man`.

use super::out::Out;
use super::{Exit, Failure};
use clap_mangen::Man;

/// Print the manual page, in roff: `saslscope man | man -l -`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The page of this command instead of that of the program
    command: Option<String>,
}

impl Arguments {
    pub(super) fn run(self, mut program: clap::Command, out: &mut Out) -> Result<Exit, Failure> {
        program.build();
        let command = match self.command {
            None => program,
            Some(name) => {
                let found = program.find_subcommand(&name).cloned();
                found.ok_or_else(|| Failure::usage(format!("there is no command `{name}`; see `saslscope --help`")))?
            }
        };
        let mut page = Vec::new();
        Man::new(command).render(&mut page)?;
        out.raw(&page)?;
        Ok(Exit::Clean)
    }
}

//! `saslscope open`.

use super::out::Out;
use super::{Common, Exit, Failure, show};

/// Open recordings on the screen, or print them where there is none
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Files, or names of built-in recordings
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
}

impl Arguments {
    pub(super) fn run(self, common: &Common, out: &mut Out) -> Result<Exit, Failure> {
        show::files(&self.files, common, out)
    }
}

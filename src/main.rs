//! Command line → face → exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    saslscope::cli::run()
}

//! `--log FILE` and `-v`: what the network and the sessions do, beside what is shown.
//!
//! A line is a time, a level and a sentence. With `-v` they go to standard error, where no screen is; with `-vv` of every
//! line and call, too. A file gets all of them, behind what it had. It is readable for its owner only.

use super::{Common, Failure, screen};
use log::{LevelFilter, Log, Metadata, Record};
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

/// Begins to log, as the options say.
pub(super) fn begin(common: &Common) -> Result<(), Failure> {
    let told = match common.verbose {
        _ if screen::wanted(common) => LevelFilter::Off,
        0 => LevelFilter::Off,
        1 => LevelFilter::Info,
        _ => LevelFilter::Debug,
    };
    let file = common.log.as_deref().map(open).transpose()?;
    let most = if file.is_some() { LevelFilter::Debug } else { told };
    if most > LevelFilter::Off {
        let set = log::set_boxed_logger(Box::new(Logger { file, told }));
        set.map_err(|error| Failure::usage(format!("logging: {error}")))?;
        log::set_max_level(most);
    }
    Ok(())
}

fn open(path: &Path) -> Result<File, Failure> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| Failure::usage(format!("logging to {}: {error}", path.display())))
}

struct Logger {
    file: Option<File>,
    /// How much goes to standard error.
    told: LevelFilter,
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with(env!("CARGO_CRATE_NAME"))
    }

    /// Each line by one call, so that lines of several threads stay whole. Where it can't be written nobody is told.
    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let line = format!("{:.6} {:5} {}\n", jiff::Timestamp::now(), record.level(), record.args());
        if let Some(mut file) = self.file.as_ref() {
            let _ = file.write_all(line.as_bytes());
        }
        if record.level() <= self.told {
            let _ = io::stderr().write_all(line.as_bytes());
        }
    }

    fn flush(&self) {}
}

//! `--save`: what is shown, recorded as it happens.

use super::{Common, Failure};
use crate::transcript::recording::{Headers, Secrets, Writer};
use crate::transcript::{Step, mask};
use std::fs::File;
use std::io;
use std::path::Path;

/// A recording that grows with the steps; nothing without `--save`.
pub(super) struct Save<'a>(Option<Open<'a>>);

struct Open<'a> {
    path: &'a Path,
    writer: Writer<File>,
    keep_secrets: bool,
}

impl<'a> Save<'a> {
    /// Starts the recording that `common` asks for. What `headers` says of secrets is mended.
    pub(super) fn new(common: &'a Common, mut headers: Headers) -> Result<Self, Failure> {
        let Some(path) = common.save.as_deref() else { return Ok(Self(None)) };
        let keep_secrets = common.keep_secrets;
        if !keep_secrets {
            headers.secrets = Secrets::Masked;
        }
        let writer = Writer::create_new(path, &headers)
            .map_err(|error| Failure::usage(format!("saving {error}; choose another name with --save")))?;
        Ok(Self(Some(Open { path, writer, keep_secrets })))
    }

    /// Adds a step.
    pub(super) fn push(&mut self, step: &Step) -> Result<(), Failure> {
        let Some(Open { path, writer, keep_secrets }) = &mut self.0 else { return Ok(()) };
        let written = if *keep_secrets { writer.push(&step.event) } else { writer.push(&mask::event(step)) };
        written.map_err(|error: io::Error| Failure::usage(format!("saving {}: {error}", path.display())))
    }
}

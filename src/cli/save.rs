//! `--save`: what is shown, recorded as it happens.

use super::{Common, Failure};
use crate::transcript::recording::Headers;
use crate::transcript::{Recorder, Step};
use std::path::Path;

/// A recording that grows with the steps; nothing without `--save`.
pub(super) struct Save(Option<Recorder>);

impl Save {
    /// Starts the recording that `common` asks for.
    pub(super) fn new(common: &Common, headers: &Headers) -> Result<Self, Failure> {
        common.save.as_deref().map(|path| create(path, headers, common)).transpose().map(Self)
    }

    /// Adds a step.
    pub(super) fn push(&mut self, step: &Step) -> Result<(), Failure> {
        let Some(recorder) = &mut self.0 else { return Ok(()) };
        let written = recorder.push(step);
        written.map_err(|error| Failure::usage(format!("saving {}: {error}", recorder.path().display())))
    }
}

/// Creates the recording at `path`.
pub(super) fn create(path: &Path, headers: &Headers, common: &Common) -> Result<Recorder, Failure> {
    Recorder::create(path, headers, common.keep_secrets)
        .map_err(|error| Failure::usage(format!("saving {error}; choose another name with --save")))
}

//! How a session ended, as an exit code.

use super::Exit;
use crate::session::{Ending, Stage};
use crate::transcript::Transcript;

/// As the client sees it.
pub(super) fn client(transcript: &Transcript) -> Exit {
    stage(Ending::of(transcript).stage)
}

/// The code of a stage.
pub(super) const fn stage(stage: Stage) -> Exit {
    match stage {
        Stage::Authenticated | Stage::Clean => Exit::Clean,
        Stage::Connect => Exit::CannotConnect,
        Stage::ClosedEarly => Exit::ClosedEarly,
        Stage::Banner => Exit::Banner,
        Stage::Ehlo => Exit::Ehlo,
        Stage::Auth => Exit::Refused,
        Stage::Tls => Exit::Tls,
        Stage::EhloAfterTls => Exit::EhloAfterTls,
    }
}

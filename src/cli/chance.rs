//! What a session takes from the machine: randomness and the time.

use super::Failure;
use std::time::{SystemTime, UNIX_EPOCH};

/// 32 random octets.
pub(super) fn seed() -> Result<[u8; 32], Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| {
        Failure::usage(format!("asking the system for random octets: {error}; `saslscope lab --seed` makes do without"))
    })?;
    Ok(seed)
}

/// Now, in 100 ns since 1601; from there to 1970 it is 11,644,473,600 s.
pub(super) fn now() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    (since_1970.as_secs() + 11_644_473_600) * 10_000_000 + u64::from(since_1970.subsec_nanos()) / 100
}

//! Nonces and keys as a function of the seed.
//!
//! Stands below both mechanisms. [`Kit::seed`](super::Kit) comes from the system's random source (`getrandom`) for
//! every exchange, and from a constant in a test, which then sees the same octets every time. A value depends on the
//! seed and on what it is for, so that client and server may share a seed, as they do in the lab.
//!
//! Limit: one value for each purpose. Whoever begins a second exchange needs a second seed.

use super::ntlm::crypto::{Key, hmac_md5};

/// The value that `seed` gives for `purpose`: HMAC-MD5, a pseudo-random function of the seed (RFC 6151 section 2.3).
pub(crate) fn nonce(seed: &[u8; 32], purpose: &str) -> Key {
    hmac_md5(seed, &[purpose.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_depends_on_seed_and_purpose() {
        let value = nonce(&[7; 32], "server challenge");
        assert_eq!(*value, *nonce(&[7; 32], "server challenge"));
        assert_ne!(*value, *nonce(&[7; 32], "client challenge"));
        assert_ne!(*value, *nonce(&[8; 32], "server challenge"));
    }
}

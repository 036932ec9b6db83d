//! Physical lines within what one party says at once.

/// Each line with its terminator; octets behind the last terminator make a line of their own.
pub(super) fn split(octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    octets.split_inclusive(|octet| *octet == b'\n')
}

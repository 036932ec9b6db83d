//! Octets that log somebody on.

use std::fmt;
use zeroize::Zeroizing;

/// A password, key or token. It neither prints nor compares by accident, and is wiped when dropped.
///
/// ```
/// use saslscope::terms::Secret;
/// assert_eq!(format!("{:?}", Secret::from("wonderland")), "Secret(10 octets)");
/// ```
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the octets over.
    #[must_use]
    pub fn new(octets: Vec<u8>) -> Self {
        Self(Zeroizing::new(octets))
    }

    /// The octets, for the one place that needs them.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Whether there are no octets.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `octets` are the same, in time that depends on the lengths only.
    #[must_use]
    pub fn matches(&self, octets: &[u8]) -> bool {
        self.0.len() == octets.len() && self.0.iter().zip(octets).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text.as_bytes().to_vec())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} octets)", self.0.len())
    }
}

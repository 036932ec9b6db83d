//! Octets to a recording: whatever could be read can be written, and reads as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use saslscope::transcript::recording::{read, write};

fuzz_target!(|data: &[u8]| {
    let first = read(data);
    let written = write(&first.recording);
    assert!(written.chars().all(|character| character == '\n' || !character.is_control()));
    let second = read(written.as_bytes());
    assert_eq!((second.damage, &second.recording), (None, &first.recording));
    assert_eq!(write(&second.recording), written);
});

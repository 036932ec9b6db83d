//! What real peers said to each other (`tests/real/`), masked: it means what it meant, and nothing in it logs anybody on.
//!
//! `machines.rs` checks what the recordings come to. The realm, the users and their passwords existed for the recording
//! alone.

#[allow(dead_code)] // `machines.rs` uses the rest.
mod rows;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rows::played;
use saslscope::transcript::recording::{event_lines, read};
use saslscope::transcript::{Step, Transcript, mask};

/// Every password of the recordings: alice's, what was tried in its place, and what was no base64.
const PASSWORDS: [&str; 3] = ["Wonderland-1", "wrong-pass", "W0nder"];

#[test]
fn masked_real_traffic_means_the_same_and_keeps_no_secret() {
    let mut secrets = 0;
    for played in played(&["tests/real"]) {
        let mut masked = Transcript::new();
        for before in &played.steps {
            let after = masked.push(mask::event(before));
            let line = String::from_utf8_lossy(before.line());
            assert_eq!(after.signal, before.signal, "{}: {line}", played.path);
            assert_eq!(after.moves, before.moves, "{}: {line}", played.path);
            assert_eq!(after.deviation, before.deviation, "{}: {line}", played.path);
            secrets += assert_gone(before, after, &played.path);
        }
    }
    assert!(secrets > 50, "the recordings hold secrets: {secrets}");
}

/// Nothing secret of `before` is left in `after`. How many secrets there were.
fn assert_gone(before: &Step, after: &Step, path: &str) -> usize {
    let line = String::from_utf8_lossy(after.line());
    for password in PASSWORDS {
        let encoded = STANDARD.encode(password);
        assert!(!line.contains(password) && !line.contains(&encoded), "{path}: {line}");
    }
    let tree = before.tree();
    let leaves = tree.iter().flat_map(saslscope::decode::Tree::walk);
    let mut secrets = 0;
    for (_, leaf) in leaves.filter(|(_, node)| node.secret && node.children.is_empty()) {
        let [was, is] = [before, after].map(|step| leaf.content.of(step.token_bytes()));
        let kept = was.iter().zip(is).filter(|(was, is)| was == is && **was != 0).count();
        assert!(was.iter().all(|&octet| octet == 0) || kept * 4 <= was.len(), "{path}: {} in {line}", leaf.name);
        secrets += 1;
    }
    secrets
}

/// aiosmtpd repeats in capitals what it takes for an unknown command: here a password, sent after a refusal.
#[test]
fn what_a_server_repeats_of_a_secret_is_masked_as_well() {
    let bytes = std::fs::read("tests/real/typed-password-after-refusal-aiosmtpd.session").expect("the recording");
    let mut transcript = Transcript::new();
    for event in read(&bytes).recording.events {
        transcript.push(event);
    }
    let masked: String = transcript.steps().iter().map(|step| event_lines(&mask::event(step))).collect();
    assert!(masked.contains("500 Error: command \"/"), "{masked}");
    assert!(!masked.to_ascii_lowercase().contains("d29uzgvybgfuza"), "{masked}");
}

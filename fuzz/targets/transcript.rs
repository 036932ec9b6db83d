//! Events to steps: whatever happened, in any order, is understood without fail, the machines stay few, and a preview is
//! what comes.

#![no_main]

use libfuzzer_sys::fuzz_target;
use saslscope::terms::Party;
use saslscope::transcript::{Transcript, recording};

fuzz_target!(|data: &[u8]| {
    let loaded = recording::read(&[b"saslscope session 1\n\n", data].concat());
    let mut transcript = Transcript::new();
    for (place, event) in loaded.recording.events.into_iter().enumerate() {
        let preview = transcript.preview(&event);
        let step = transcript.push(event);
        assert_eq!(step.place, place);
        assert_eq!((&preview.standing, &preview.moves), (&step.standing, &step.moves));
        for party in Party::BOTH {
            assert!((1..=5).contains(&step.standing.stack(party).frames().len()), "{}", step.standing.stack(party));
        }
        if let Some(tree) = step.tree() {
            assert_eq!(tree.root.span.len(), step.token_bytes().len());
        }
    }
});

//! Events to masked events: masking them again changes nothing, and as long as tokens are whole they mean the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use saslscope::decode::Kind;
use saslscope::transcript::{Event, Step, Transcript, mask, recording};
use saslscope::wire::printable;

fuzz_target!(|data: &[u8]| {
    let loaded = recording::read(&[b"saslscope session 1\n\n", data].concat());
    let before = transcript(loaded.recording.events);
    let after = transcript(masked(&before));
    let again = transcript(masked(&after));
    // A line that waits is masked for what it is to its sender, and may be another to its reader. So may one that comes
    // while the parties do not agree on whether an exchange runs.
    let waits = |step: &Step| step.standing.inbox.iter().any(|inbox| inbox.waiting > 0);
    let clear = before.steps().iter().take_while(|step| !waits(step) && agree(step));
    let mut whole = true;
    for ((before, after), again) in clear.zip(after.steps()).zip(again.steps()) {
        assert_eq!(printable(again.line()), printable(after.line()), "step {}", after.place);
        assert_eq!(again.event, after.event);
        assert_eq!(before.line().len(), after.line().len());
        whole &= is_whole(before);
        if whole {
            let lines = [before, after].map(|step| printable(step.line())).join("\n");
            assert_eq!((before.signal, &before.moves), (after.signal, &after.moves), "{lines}");
        }
    }
});

/// Whether both parties are within an exchange, or neither, or the server has yet to answer.
fn agree(step: &Step) -> bool {
    let [client, server] = &step.standing.stacks;
    client.in_exchange() == server.in_exchange() || server.owes_answer()
}

/// Whether the token, if there is one, reads without a problem. What does not is masked as a whole.
fn is_whole(step: &Step) -> bool {
    let tree = step.tree().filter(|tree| !matches!(tree.kind, Kind::Text) || !tree.root.children.is_empty());
    tree.is_none_or(|tree| tree.problems().next().is_none() && !matches!(tree.kind, Kind::Unknown | Kind::Ber))
}

fn transcript(events: Vec<Event>) -> Transcript {
    let mut transcript = Transcript::new();
    for event in events {
        transcript.push(event);
    }
    transcript
}

fn masked(transcript: &Transcript) -> Vec<Event> {
    transcript.steps().iter().map(mask::event).collect()
}

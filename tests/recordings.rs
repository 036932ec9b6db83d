//! What is shipped in `recordings/`: that it loads, is stored as it would be written, and shows what it says.

mod rows;

use rows::{Played, played};
use saslscope::terms::Party;
use saslscope::transcript::What;
use saslscope::transcript::lesson::{self, Cue};
use saslscope::transcript::recording::{Secrets, write};

#[test]
fn every_recording_is_stored_as_it_would_be_written() {
    for played in played(&["recordings"]) {
        let stored = std::fs::read_to_string(&played.path).unwrap();
        assert_eq!(write(&played.recording), stored, "{}", played.path);
    }
}

#[test]
fn every_recording_says_what_it_shows() {
    for played in played(&["recordings"]) {
        let headers = &played.recording.headers;
        assert!(!headers.title.is_empty() && !headers.cites.is_empty(), "{}", played.path);
        assert!(headers.started.ends_with('Z'), "{}: when it was made", played.path);
        assert_eq!(headers.secrets, Secrets::Kept, "{}: the secrets are made up", played.path);
        assert!(notes(&played).next().is_some(), "{}: no note", played.path);
    }
}

#[test]
fn examples_and_lessons_deviate_nowhere_and_end_well() {
    let all = [played(&["recordings/spec"]), played(&["recordings/lessons"])];
    assert_eq!(all.each_ref().map(Vec::len), [2, 5]);
    for played in all.iter().flatten() {
        assert_eq!(played.outcome(), ["no deviation"], "{}", played.path);
        let succeeds = played.steps.iter().any(|step| step.line().starts_with(b"235 "));
        assert!(succeeds, "{}: nobody is authenticated", played.path);
    }
}

#[test]
fn a_fault_is_one_deviation_and_a_note_names_its_clause() {
    let faults = played(&["recordings/faults"]);
    assert_eq!(faults.len(), 10);
    for played in faults {
        let deviations: Vec<_> = played.steps.iter().filter_map(|step| step.deviation.as_ref()).collect();
        let [deviation] = deviations[..] else { panic!("{}: {:?}", played.path, played.outcome()) };
        let clause = format!("({})", deviation.cite);
        let named = notes(&played).any(|note| note.starts_with("Wrong: ") && note.contains(&clause));
        assert!(named, "{}: no note \"Wrong: … {clause}\"", played.path);
        assert!(played.recording.headers.cites.contains(&deviation.cite.to_string()), "{}: {clause}", played.path);
    }
}

/// What the specifications print is there to the octet; `…` stands for what was filled in.
#[test]
fn examples_hold_what_is_printed() {
    let printed: [(&str, &[&str]); 2] = [
        (
            "recordings/spec/ms-ssean-4.1.session",
            &[
                "220 server.contoso.com Authenticated Receive Connector",
                "EHLO client.contoso.com",
                "250-server-contoso.com Hello [203.0.113.1]",
                "250-AUTH GSSAPI NTLM",
                "250 OK",
                "AUTH GSSAPI …",
                "334 …",
                "…",
                "235 2.7.0 Authentication successful",
            ],
        ),
        (
            "recordings/spec/ms-xlogin-4.session",
            &[
                "220 SMTP.example.com",
                "…",
                "…",
                "…",
                "AUTH LOGIN",
                "…",
                "Q2hhcmxpZQ==",
                "…",
                "cGFzc3dvcmQ=",
                "235 authentication successful",
            ],
        ),
    ];
    for (path, lines) in printed {
        let played = played(&["recordings/spec"]).into_iter().find(|played| played.path == path).unwrap();
        let sent: Vec<String> = played
            .steps
            .iter()
            .filter(|step| step.from().is_some())
            .map(|step| String::from_utf8_lossy(step.line()).trim_end().to_owned())
            .collect();
        assert_eq!(sent.len(), lines.len(), "{path}");
        for (sent, line) in sent.iter().zip(lines) {
            let matches = line.strip_suffix('…').map_or(sent == line, |start| sent.starts_with(start));
            assert!(matches, "{path}: {sent} for {line}");
        }
    }
}

/// A note that wants a node or a machine shown stands behind a step that has it.
#[test]
fn views_that_notes_ask_for_are_there() {
    for played in played(&["recordings"]) {
        for scene in lesson::scenes(&played.steps) {
            let step = &played.steps[scene.about];
            let cue = played.steps[scene.notes.clone()].iter().filter_map(lesson::note).find_map(|note| note.cue);
            let there = match cue {
                Some(Cue::Raw(node) | Cue::Bytes(node) | Cue::Tree(node)) => {
                    node.is_none_or(|name| step.tree().is_some_and(|tree| tree.find(name).is_some()))
                }
                Some(Cue::State(party, Some(machine))) => {
                    let party = party.or(step.from()).unwrap_or(Party::Client);
                    step.standing.stack(party).cursor(machine).is_some()
                        || step.moves.iter().any(|taken| (taken.row.party, taken.row.machine) == (party, machine))
                }
                _ => true,
            };
            assert!(there, "{}, step {}: {cue:?}", played.path, scene.about + 1);
        }
    }
}

fn notes(played: &Played) -> impl Iterator<Item = &str> {
    played.recording.events.iter().filter_map(|event| match &event.what {
        What::Note(note) => Some(note.as_str()),
        _ => None,
    })
}

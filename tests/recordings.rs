//! What is shipped in `recordings/`: that it loads, is stored as it would be written, and shows what it says.

mod rows;

use rows::{Played, played};
use saslscope::decode::Mech;
use saslscope::machine::Signal;
use saslscope::mech::ntlm::{NtlmOptions, flags, ntlm};
use saslscope::mech::spnego::SpnegoOptions;
use saslscope::mech::{Answer, Call};
use saslscope::session::{Client, Fault, Gate, Held, Initial, Input, Lab, Mechanism, Server, Session, embedded};
use saslscope::terms::{Micros, Party};
use saslscope::transcript::lesson::{self, Cue};
use saslscope::transcript::recording::{Secrets, event_lines, write};
use saslscope::transcript::{Step, What};

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
fn examples_deviate_nowhere_and_end_well() {
    let examples = played(&["recordings/spec"]);
    assert_eq!(examples.len(), 2);
    for played in &examples {
        assert_eq!(played.outcome(), ["no deviation"], "{}", played.path);
        assert!(succeeds(played), "{}: nobody is authenticated", played.path);
    }
}

/// How long the notes of a scene may be together, in characters: a strip of four lines at 80 columns.
const NOTES: usize = 320;

#[test]
fn twelve_lessons_are_told_from_the_first_step_to_the_last() {
    let lessons = played(&["recordings/lessons"]);
    let numbers: Vec<_> = lessons.iter().map(|played| file(played)[..3].to_owned()).collect();
    assert_eq!(numbers, (1..=12).map(|number| format!("{number:02}-")).collect::<Vec<_>>());
    for played in &lessons {
        is_told(played);
        let Played { path, steps, .. } = played;
        assert!(!says(played, "origin").is_empty(), "{path}: does not say where its lines are from");
        let remarks = || steps.iter().filter_map(lesson::note);
        assert!(remarks().any(|remark| remark.presenter), "{path}: nothing for the presenter");
        assert!(remarks().any(|remark| !remark.presenter && remark.text.contains('?')), "{path}: asks nothing");
    }
}

/// There is a note at the first step and at the last, and no scene has more to read than fits beside it.
fn is_told(Played { path, steps, .. }: &Played) {
    assert!(matches!(steps[0].event.what, What::Opened { .. }), "{path}: opens");
    assert!(lesson::note(&steps[1]).is_some(), "{path}: no note at the first step");
    assert!(lesson::note(&steps[steps.len() - 1]).is_some(), "{path}: no note at the last step");
    assert!(steps.iter().any(|step| matches!(step.event.what, What::Closed { .. })), "{path}: does not end");
    for scene in lesson::scenes(steps) {
        for presenter in [false, true] {
            let remarks = steps[scene.notes.clone()].iter().filter_map(lesson::note);
            let texts = remarks.filter(|remark| remark.presenter == presenter).map(|remark| remark.text);
            let long = texts.collect::<Vec<_>>().join(" ").chars().count();
            assert!(long <= NOTES, "{path}, step {}: {long} characters", scene.about + 1);
        }
    }
}

/// A lesson says in `expect` what deviates, in the words of the dialogues in `tests/rows`; elsewhere nothing does.
#[test]
fn lessons_deviate_where_they_say_so() {
    for played in played(&["recordings/lessons"]) {
        let mut expected = says(&played, "expect");
        if expected.is_empty() {
            expected.push("no deviation");
        }
        assert_eq!(played.outcome(), expected, "{}", played.path);
        assert_eq!(succeeds(&played), !played.path.contains("12-downgrade"), "{}: who is authenticated", played.path);
    }
}

/// What each lesson is about is there to be seen.
#[test]
fn lessons_show_what_they_teach() {
    let taught: [(&str, &[&str]); 12] = [
        ("01-auth", &["Ehlo", "AuthenticationRequired", "Auth", "Success", "Completed"]),
        ("02-base64", &["StartTls", "TlsStarted", "Auth", "Challenge", "Response", "Success"]),
        (
            "03-login",
            &["AuthLogin", "AuthLoginUsername", "UsernameChallenge", "PasswordChallenge", "CredentialsInvalid"],
        ),
        (
            "04-refusals",
            &["ParameterNotImplemented", "CredentialsInvalid", "Cancel", "ParameterSyntaxError", "OtherChallenge"],
        ),
        ("05-challenge-response", &["Auth", "Challenge", "Response", "Success"]),
        (
            "06-negtokeninit",
            &["NegTokenInit", "AcceptIncomplete", "NtlmNegotiate", "NtlmChallenge", "NtlmAuthenticate"],
        ),
        ("07-negtokenresp", &["Reject", "AcceptIncomplete", "NegTokenRespMic", "AcceptCompletedMic"]),
        ("08-layer-step", &["EmptyChallenge", "ApReqMutual", "ApRep", "EmptyResponse", "LayerOffer", "LayerChoice"]),
        (
            "09-two-meanings",
            &["NegTokenInit", "CredentialsInvalid", "FinalTokenChallenge", "LayerOffer", "LayerChoice"],
        ),
        ("10-another-mechanism", &["ApReqMutual", "RequestMic", "NtlmNegotiate", "NegTokenRespMic"]),
        ("11-request-mic", &["NegTokenInit", "RequestMic", "NegTokenRespMic", "AcceptCompletedMic", "Success"]),
        ("12-downgrade", &["AcceptIncomplete", "NegTokenRespMic", "CredentialsInvalid", "Cancel"]),
    ];
    for (played, (name, signals)) in played(&["recordings/lessons"]).iter().zip(taught) {
        assert_eq!(file(played), name);
        let rows = played.steps.iter().flat_map(|step| &step.moves).map(|taken| taken.row.row());
        let seen: Vec<_> = rows.flat_map(|row| [Some(row.on), row.emit]).flatten().map(Signal::name).collect();
        for signal in signals {
            assert!(seen.contains(signal), "{name}: no {signal}");
        }
    }
}

/// A lesson that names the lab holds what the lab says, octet by octet. So its proofs and its MICs are good, but for the
/// one MIC of lesson 12 of which the server says that it is not.
#[test]
fn lessons_hold_what_the_lab_says() {
    /// A line, and what goes in its place.
    type Edit = (&'static str, &'static str);
    type Case = (&'static str, Vec<(Session, Option<Edit>)>);
    let both = [Mech::Kerberos, Mech::Ntlmssp];
    let offers = |seed, offer: &[Mech]| Lab { offer: offer.to_vec(), ..lab(seed) };
    let login = || Lab { mechanism: Mechanism::Login, ..lab(0x03) };
    let wrong = Lab { initial: Initial::Never, fault: Some(Fault::WrongPassword), ..login() };
    let rejected = Lab { fault: Some(Fault::Reject), ..offers(0x07, &[Mech::Kerberos]) };
    let struck: Edit = (
        "AUTH GSSAPI YCcGBisGAQUFAqAdMBugGTAXBgkqhkiG9xIBAgIGCisGAQQBgjcCAgo=\r\n",
        "AUTH GSSAPI YBwGBisGAQUFAqASMBCgDjAMBgorBgEEAYI3AgIK\r\n",
    );
    let completed: Edit = ("334 oRUwE6ADCgEDoQwGCisGAQQBgjcCAgo=\r\n", "334 oRUwE6ADCgEAoQwGCisGAQQBgjcCAgo=\r\n");
    let cases: [Case; 6] = [
        ("03-login", vec![(wrong.session(), None), (login().session(), None)]),
        ("06-negtokeninit", vec![(offers(0x06, &[Mech::Ntlmssp, Mech::Kerberos]).session(), None)]),
        ("07-negtokenresp", vec![(rejected.session(), None), (lab(0x07).session(), None)]),
        ("10-another-mechanism", vec![(optimistic(&lab(0x10)), None)]),
        ("11-request-mic", vec![(offers(0x11, &both).session(), None)]),
        (
            "12-downgrade",
            vec![(offers(0x12, &both).session(), Some(struck)), (offers(0x12, &both).session(), Some(completed))],
        ),
    ];
    for (name, sessions) in cases {
        let said: Vec<String> =
            sessions.into_iter().flat_map(|(session, edit)| exchange(&play(session, edit))).collect();
        assert_eq!(exchange(&lesson(name).steps), said, "{name}");
    }
    let offer = exchange(&play(lab(0x09).session(), None)).swap_remove(0);
    assert!(exchange(&lesson("09-two-meanings").steps).contains(&offer), "09-two-meanings");
}

/// The same for lesson 5, whose NTLM is bare.
#[test]
fn the_ntlm_of_lesson_5_is_that_of_the_lab() {
    let kit = lab(0x05).kit;
    let mut contexts = Party::BOTH.map(|party| ntlm(&kit, party, NtlmOptions::default()));
    let mut token = None;
    let lesson = lesson("05-challenge-response");
    for (step, turn) in lesson.steps.iter().filter(|step| step.token.is_some()).zip([0, 1, 0]) {
        let answer = contexts[turn].call(Call::Step(token)).unwrap();
        let Answer::Stepped { token: Some(said), .. } = answer else { panic!("{answer:?}") };
        assert_eq!(step.token_bytes(), said, "message {turn}");
        token = Some(said);
    }
    let verdict = contexts[1].call(Call::Step(token)).unwrap();
    assert_eq!(verdict, Answer::Stepped { token: None, complete: true });
}

/// The lab of that seed, as the command line has it, at the time that a seeded lab has.
fn lab(seed: u8) -> Lab {
    const NEW_YEAR_2026: u64 = (1_767_225_600 + 11_644_473_600) * 10_000_000;
    let mut octets = [0; 32];
    octets[0] = seed;
    Lab::new(octets, NEW_YEAR_2026)
}

/// Kerberos is offered first, with the token that the lesson has, and NTLM is what the server knows.
fn optimistic(lab: &Lab) -> Session {
    let lesson = lesson("10-another-mechanism");
    let token = lesson.steps.iter().find_map(|step| {
        let tree = step.tree()?;
        Some(tree.find("mechToken")?.content.of(step.token_bytes()).to_vec())
    });
    let client = SpnegoOptions {
        mechs: vec![Mech::Kerberos, Mech::Ntlmssp],
        dummy: token,
        ntlm: NtlmOptions { flags: flags::DEFAULT & !flags::SEAL, ..NtlmOptions::default() },
        ..SpnegoOptions::default()
    };
    let contexts = embedded(lab.kit.clone(), Party::Client, client);
    let client = Client::new("client.example.com", lab.kit.clone(), Mechanism::Gssapi, contexts);
    let contexts = embedded(lab.kit.clone(), Party::Server, SpnegoOptions::default());
    Session::new(Some(client), Some(Server::new(lab.kit.clone(), contexts)))
}

/// Plays to the end; the line that is the first of `edit` goes as the second.
fn play(mut session: Session, edit: Option<(&str, &str)>) -> Vec<Step> {
    for party in Party::BOTH {
        session.set_gate(party, Gate { receive: false, send: true });
    }
    session.handle_here(Micros(0), Input::Go { peer: String::new() });
    while let Some(Held::Line(held)) = session.held() {
        if let Some((_, other)) = edit.filter(|(line, _)| line.as_bytes() == held.current) {
            session.handle_here(Micros(0), Input::Edit(other.into()));
        }
        session.handle_here(Micros(0), Input::Release(None));
    }
    session.transcript().steps().to_vec()
}

/// What is said from the first AUTH to the QUIT, as a recording has it, without times and notes.
fn exchange(steps: &[Step]) -> Vec<String> {
    let starts = |step: &Step, word: &[u8]| step.line().starts_with(word);
    let lines = steps.iter().skip_while(|step| !starts(step, b"AUTH ")).take_while(|step| !starts(step, b"QUIT"));
    let facts = lines.filter(|step| lesson::note(step).is_none()).map(|step| event_lines(&step.event));
    let untimed = |line: &str| line.split_once(' ').map_or_else(String::new, |(_, rest)| rest.to_owned());
    facts.flat_map(|fact| fact.lines().map(untimed).collect::<Vec<_>>()).collect()
}

fn lesson(name: &str) -> Played {
    let found = played(&["recordings/lessons"]).into_iter().find(|played| file(played) == name);
    found.unwrap_or_else(|| panic!("no lesson {name}"))
}

/// The name of the file alone.
fn file(played: &Played) -> &str {
    let name = played.path.rsplit_once('/').map_or(played.path.as_str(), |(_, name)| name);
    name.trim_end_matches(".session")
}

/// The values of a header of its own.
fn says<'a>(played: &'a Played, name: &str) -> Vec<&'a str> {
    let others = &played.recording.headers.other;
    others.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str()).collect()
}

fn succeeds(played: &Played) -> bool {
    played.steps.iter().any(|step| step.line().starts_with(b"235 "))
}

#[test]
fn a_fault_is_one_deviation_and_a_note_names_its_clause() {
    let faults = played(&["recordings/faults"]);
    assert_eq!(faults.len(), 10);
    for played in faults {
        is_told(&played);
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
    played.steps.iter().filter_map(lesson::note).map(|remark| remark.text)
}

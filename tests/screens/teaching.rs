//! Lessons as a show, guessing, playing by itself.

use super::*;

/// A recording of that text, opened under that name.
fn opened(name: &str, events: &str) -> Model {
    let mut model = model(options());
    model.open_recording(name.to_owned(), read(format!("saslscope session 1\ntitle: A lesson\n\n{events}").as_bytes()));
    model
}

/// A lesson with a note of each kind.
const LESSON: &str = "\
0.000000 # What this is about.
0.000000 *  opened 192.0.2.10:587
0.010000 S: 220 mail.example.com ESMTP
0.020000 C: EHLO client.example.com
0.030000 S: 250-mail.example.com
0.030000 S: 250 AUTH GSSAPI
0.030000 # (presenter) Ask which mechanisms the room knows.
0.030000 # [state smtp] One mechanism.
0.040000 C: AUTH GSSAPI YEgGBisGAQUFAqA+MDygDjAMBgorBgEEAYI3AgIKoioEKE5UTE1TU1AAAQAAABWCiOIAAAAAKAAAAAAAAAAoAAAACgAAAAAAAA8=
0.040000 # [tree NegotiateFlags] The flags of NTLM.
0.050000 S: 334 oYHWMIHToAMKAQGhDAYKKwYBBAGCNwICCqKBvQSBuk5UTE1TU1AAAgAAAA4ADgA4AAAAFYKJ4jxSV6u4hlnJAAAAAAAAAAB0AHQARgAAAAoAAAAAAAAPQwBPAE4AVABPAFMATwACAA4AQwBPAE4AVABPAFMATwABAAwAUwBFAFIAVgBFAFIABAAWAGMAbwBuAHQAbwBzAG8ALgBjAG8AbQADACQAcwBlAHIAdgBlAHIALgBjAG8AbgB0AG8AcwBvAC4AYwBvAG0ABwAIAADoBO4med0BAAAAAA==
0.050000 # The challenge.
0.060000 C: *
0.070000 S: 501 5.7.0 cancelled
";

#[test]
fn a_lesson_begins_as_a_show_and_goes_from_scene_to_scene() {
    let mut model = opened("lessons/0-all.session", LESSON);
    // For each key: the scene, the step, the words of its note, the pane.
    let table = [
        ("", "1/5", "step 1/", "What this is about.", "[4 State]"),
        ("n", "2/5", "step 6/", "One mechanism.", "[4 State]"),
        ("n", "3/5", "step 9/", "The flags of NTLM.", "[3 Tree]"),
        ("Space", "4/5", "step 11/", "The challenge.", "[3 Tree]"),
        ("p", "3/5", "step 9/", "The flags of NTLM.", "[3 Tree]"),
        ("n", "4/5", "step 11/", "The challenge.", "[3 Tree]"),
        ("n", "5/5", "step 14/", "The show ends here.", "[4 State]"),
        ("n", "5/5", "step 14/", "The show ends here.", "[4 State]"),
        ("6", "5/5", "step 14/", "The show ends here.", "[4 State]"),
        ("k", "5/5", "step 13/", "n goes on to step 14", "[4 State]"),
        ("k", "4/5", "step 12/", "The challenge.", "[4 State]"),
        ("p", "4/5", "step 11/", "The challenge.", "[3 Tree]"),
    ];
    for (key, scene, step, note, pane) in table {
        press(&mut model, if key.is_empty() { "6" } else { key });
        let drawn = text(&mut model, SIZES[0]);
        for words in [&format!("Notes {scene} "), step, note, pane] {
            assert!(drawn.contains(words), "{key}: {words}\n{drawn}");
        }
    }
}

#[test]
fn what_a_note_asks_for_is_selected_and_what_is_for_the_presenter_is_not_shown() {
    let mut model = opened("lessons/0-all.session", LESSON);
    press(&mut model, "n n");
    let drawn = text(&mut model, SIZES[0]);
    assert!(drawn.lines().any(|line| line.starts_with('▶') && line.contains("NegotiateFlags")), "{drawn}");
    for size in SIZES {
        for key in ["p", "p", "n", "n", "n", "n"] {
            press(&mut model, key);
            let drawn = text(&mut model, size);
            assert!(!drawn.contains("Ask which") && !drawn.contains("[tree"), "{drawn}");
        }
    }
}

#[test]
fn a_show_at_three_sizes() {
    let mut model = opened("lessons/0-all.session", LESSON);
    press(&mut model, "n n");
    check("show", &mut model, &SIZES);
    press(&mut model, "n n n");
    check("show-end", &mut model, &SIZES[..1]);
}

#[test]
fn any_recording_with_notes_can_be_a_show() {
    let mut model = recording("faults/02-token-cut");
    assert!(!text(&mut model, SIZES[0]).contains("Notes 1/"));
    press(&mut model, "N");
    assert!(text(&mut model, SIZES[0]).contains("Notes 1/"));
    press(&mut model, "N");
    assert!(!text(&mut model, SIZES[0]).contains("Notes 1/"));
    let mut model = lab(Mechanism::Login, None);
    press(&mut model, "N");
    assert!(text(&mut model, SIZES[0]).contains("there are no notes here"));
    for events in ["", "0.0 # alone\n", "# a\n# b\n", "C: QUIT\n"] {
        let mut model = opened("lessons/x.session", events);
        for key in ["n", "n", "p", "N", "n", "Enter", "Esc"] {
            press(&mut model, key);
            for size in SIZES {
                screen(&mut model, size);
            }
        }
    }
}

#[test]
fn at_its_end_a_lesson_opens_the_next() {
    let lessons: Vec<_> = built_in().filter(|known| known.name.starts_with("lessons/")).collect();
    let mut model = recording(lessons[0].name);
    for lesson in &lessons[1..] {
        press(&mut model, "6 G");
        let drawn = text(&mut model, SIZES[2]);
        assert!(drawn.contains(&format!("Enter opens the next lesson: {}", lesson.title())), "{drawn}");
        press(&mut model, "Enter");
        let drawn = text(&mut model, SIZES[0]);
        assert!(drawn.contains(lesson.name) && drawn.contains("Notes 1/"), "{drawn}");
    }
    press(&mut model, "6 G Enter");
    assert!(text(&mut model, SIZES[0]).contains("It was the last lesson"));
}

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
        ("k", "4/5", "step 11/", "The challenge.", "[4 State]"),
        ("p", "3/5", "step 9/", "The flags of NTLM.", "[3 Tree]"),
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
    check("show-end", &mut model, &SIZES);
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
    assert!(text(&mut model, SIZES[0]).contains("a lab has no notes"));
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

/// Lets time pass until something is due, and that happen; how long it took, in milliseconds.
fn pass(model: &mut Model) -> u64 {
    let due = model.deadline().unwrap();
    let waited = due.0 - model.now.0;
    model.now = due;
    model.tick();
    waited / 1000
}

const PLAYED: &str = "\
0.000000 *  opened 192.0.2.10:587
0.010000 S: 220 mail.example.com ESMTP
0.410000 C: EHLO client.example.com
9.000000 S: 250 AUTH LOGIN
9.010000 C: QUIT
9.020000 S: 221 bye
";

#[test]
fn a_recording_plays_by_its_own_time_within_bounds() {
    // Between 0.2 s and 3 s; then divided by the speed.
    let table: [(&str, [u64; 5]); 3] = [
        ("P", [200, 400, 3000, 200, 200]),
        ("P ) )", [50, 100, 750, 50, 50]),
        ("P ( ( ( (", [800, 1600, 12_000, 800, 800]),
    ];
    for (keys, pauses) in table {
        let mut model = opened("played.session", PLAYED);
        press(&mut model, keys);
        for (step, pause) in (1..).zip(pauses) {
            // A key that changes the speed begins the pause anew.
            assert_eq!(pass(&mut model), pause, "{keys}, step {step}");
            assert!(text(&mut model, SIZES[0]).contains(&format!("step {}/6", step + 1)));
        }
        assert_eq!(model.deadline(), None, "{keys}: it ends");
        assert!(text(&mut model, SIZES[0]).contains("played to the end"));
        press(&mut model, "P");
        assert!(text(&mut model, SIZES[0]).contains("step 1/6"), "again from the start");
    }
}

#[test]
fn what_plays_says_so_and_pauses_for_whatever_moves_or_asks() {
    for key in ["n", "p", "k", "j", "Tab", "/", "?", ":", "T", "Esc", "P", "w", "b"] {
        let mut model = opened("played.session", PLAYED);
        press(&mut model, "n n P");
        assert!(text(&mut model, SIZES[0]).contains("▶ ×1  step 3/6"));
        press(&mut model, "t )");
        assert!(text(&mut model, SIZES[0]).contains("▶ ×2  step 3/6"));
        press(&mut model, key);
        assert_eq!(model.deadline(), None, "{key}");
        assert!(!text(&mut model, SIZES[0]).contains("▶ ×2"), "{key}");
    }
}

#[test]
fn playing_ends_at_a_stop_and_where_the_lab_does() {
    let mut model = opened("played.session", PLAYED);
    press(&mut model, "b");
    enter(&mut model, "250");
    press(&mut model, "P");
    while model.deadline().is_some() {
        pass(&mut model);
    }
    let drawn = text(&mut model, SIZES[0]);
    assert!(drawn.contains("step 4/6") && drawn.contains("stopped at reply 250"), "{drawn}");
    press(&mut model, "P");
    assert_eq!(pass(&mut model), 200, "it goes on");

    let mut model = lab(Mechanism::Login, None);
    press(&mut model, "b");
    enter(&mut model, "334");
    press(&mut model, "P");
    while model.deadline().is_some() {
        assert_eq!(pass(&mut model), 1000);
    }
    assert!(text(&mut model, SIZES[0]).contains("stopped at reply 334"));
    press(&mut model, "P )");
    while model.deadline().is_some() {
        assert_eq!(pass(&mut model), 500);
    }
    let drawn = text(&mut model, SIZES[0]);
    assert!(drawn.contains("closed by server") && drawn.contains("played to the end"), "{drawn}");
}

#[test]
fn a_show_plays_as_fast_as_it_can_be_read() {
    let mut model = opened("lessons/0-all.session", LESSON);
    press(&mut model, "P");
    // Two seconds, and 66 ms for each of the characters of the note that is shown.
    for (scene, note) in (2..).zip(["What this is about.", "One mechanism.", "The flags of NTLM.", "The challenge."]) {
        assert_eq!(pass(&mut model), 2000 + 66 * note.len() as u64);
        assert!(text(&mut model, SIZES[0]).contains(&format!("Notes {scene}/5")));
    }
    assert_eq!(model.deadline(), None);

    let mut model = opened("lessons/x.session", "# Before.\nC: QUIT\nS: 221 bye\n# The last word.\n");
    press(&mut model, "P");
    pass(&mut model);
    assert_eq!(model.deadline(), None, "where a note ends it, too");
}

#[test]
fn what_comes_is_hidden_and_asked_for() {
    let mut model = opened("guess.session", PLAYED);
    press(&mut model, "n A");
    check("guess", &mut model, &SIZES);
    let drawn = text(&mut model, SIZES[0]);
    assert!(!drawn.contains("EHLO client") && drawn.contains("What does the client say next?"), "{drawn}");
    // Esc leaves it hidden and uncounted; n asks again.
    press(&mut model, "Esc");
    let drawn = text(&mut model, SIZES[0]);
    assert!(!drawn.contains("EHLO client") && drawn.contains("guess 0/0") && drawn.contains("?  n asks"), "{drawn}");
    press(&mut model, "j G");
    assert!(text(&mut model, SIZES[0]).contains("step 2/6"), "moving does not tell");
    press(&mut model, "n");
    guess(&mut model, "Ehlo");
    check("guess-right", &mut model, &SIZES);
    // n goes on to the next question at once.
    press(&mut model, "n");
    guess(&mut model, "Refusal");
    let drawn = text(&mut model, SIZES[0]);
    for words in ["It was Completed. 1 of 2 right", "✘ Refusal", "▶ ✔ Completed", "guess 1/2", "250 AUTH LOGIN"] {
        assert!(drawn.contains(words), "{words}\n{drawn}");
    }
    press(&mut model, "Esc A");
    let drawn = text(&mut model, SIZES[0]);
    assert!(drawn.contains("QUIT") && drawn.contains("guessing is over") && !drawn.contains("guess 1/2"), "{drawn}");
}

/// Guesses that, by the name of the signal.
fn guess(model: &mut Model, name: &str) {
    press(model, "g");
    for _ in 0..6 {
        let drawn = text(model, SIZES[0]);
        if drawn.lines().any(|line| line.contains(&format!("▶ {name} "))) {
            return press(model, "Enter");
        }
        press(model, "j");
    }
    panic!("{name} is no choice");
}

#[test]
fn a_show_asks_line_by_line_and_ends_with_the_score() {
    let mut model = opened("lessons/0-all.session", LESSON);
    press(&mut model, "A n");
    for (signal, notes) in [
        ("ServiceReady", "n goes on to step 6"),
        ("Ehlo", "n goes on to step 6"),
        ("Completed", "One mechanism."),
        ("Auth", "The flags of NTLM."),
        ("AcceptIncomplete", "The challenge."),
        ("something that no row", "n goes on to step 14"),
        ("ParameterSyntaxError", "Guessed: 6 of 7 right."),
    ] {
        guess(&mut model, signal);
        assert!(text(&mut model, SIZES[0]).contains(notes), "{signal}\n{}", text(&mut model, SIZES[0]));
        press(&mut model, "n");
    }
}

#[test]
fn a_lab_asks_before_it_shows_what_is_held() {
    let mut model = lab(Mechanism::Login, None);
    press(&mut model, "A");
    assert!(text(&mut model, SIZES[0]).contains("n asks what comes before it shows it"));
    for signal in ["Ehlo", "Completed", "Auth", "PasswordChallenge", "PasswordResponse", "Success", "Quit", "Closing"] {
        press(&mut model, "n");
        let drawn = text(&mut model, SIZES[0]);
        assert!(!drawn.contains('●') || drawn.contains("● HELD") && drawn.matches('●').count() == 1, "{drawn}");
        guess(&mut model, signal);
        let drawn = text(&mut model, SIZES[0]);
        assert!(drawn.contains(&format!("Right: {signal}")) || drawn.contains("Right: "), "{signal}\n{drawn}");
        press(&mut model, "Esc");
    }
    press(&mut model, "n");
    let drawn = text(&mut model, SIZES[0]);
    assert!(drawn.contains("closed by server") && drawn.contains("guess 8/8"), "{drawn}");
}

#[test]
fn a_fault_can_be_guessed() {
    let mut model = recording("faults/02-token-cut");
    press(&mut model, "A");
    let mut asked = 0;
    for _ in 0..40 {
        if text(&mut model, SIZES[0]).contains("something that no row allows") {
            asked += 1;
            press(&mut model, "G Enter");
            let drawn = text(&mut model, SIZES[0]);
            if drawn.contains("Right: ") {
                assert!(
                    drawn.contains(", and breaks a clause.") && drawn.contains(&format!("1 of {asked} right")),
                    "{drawn}"
                );
                return;
            }
        }
        press(&mut model, "n");
    }
    panic!("the deviation never came");
}

/// What the presenter sees.
#[cfg(unix)]
mod notes {
    use super::*;
    use saslscope::tui::{Note, Notes, Told, draw_notes};

    fn drawn(notes: &Notes, options: Options, (width, height): (u16, u16)) -> String {
        let model = model(options);
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| _ = draw_notes(frame, &model, notes)).unwrap();
        let rows = terminal.backend().buffer().content.chunks(usize::from(width));
        let row = |row: &[ratatui::buffer::Cell]| row.iter().map(ratatui::buffer::Cell::symbol).collect::<String>();
        let rows: Vec<String> = rows.map(|cells| row(cells).trim_end().to_owned()).collect();
        rows.join("\n") + "\n"
    }

    fn told() -> Told {
        let note = |presenter, text: &str| Note { presenter, text: text.to_owned() };
        Told {
            title: "How an offer is signed".to_owned(),
            scene: [4, 11],
            step: [12, 35],
            line: "S: 334 ‹NegTokenResp: request-mic, 23 B›".to_owned(),
            notes: vec![
                note(false, "The server has no Kerberos. So it names NTLM, which is not what the client prefers."),
                note(true, "Ask who has seen request-mic in the field."),
            ],
            asked: "What does the client answer?".to_owned(),
            score: "3 of 4 right".to_owned(),
            next: "C: ‹NegTokenResp: NEGOTIATE_MESSAGE, 53 B›".to_owned(),
            next_notes: vec![note(false, "NTLM begins."), note(true, "Not yet the MIC.")],
            elapsed: 754_000,
        }
    }

    #[test]
    fn the_presenter_sees_all_notes_what_comes_and_the_time() {
        let notes = Notes { told: told(), ago: 1_999, scroll: 0 };
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/screens/notes-80x24.txt");
        let drawn = drawn(&notes, options(), SIZES[0]);
        if std::env::var_os("SASLSCOPE_BLESS").is_some() {
            std::fs::write(&path, &drawn).unwrap();
        }
        assert_eq!(drawn, std::fs::read_to_string(&path).unwrap_or_default());
        assert_eq!(Notes { ago: 3_600_000, ..notes }.time(), "1:12:34");
    }

    #[test]
    fn what_comes_over_the_socket_is_shown_and_never_obeyed() {
        let hostile = "\u{1b}[2J\u{202e}evil\u{9b}31m\r\n日本語 ".repeat(40);
        let note = Note { presenter: true, text: hostile.clone() };
        let told = Told { title: hostile.clone(), line: hostile, notes: vec![note; 3], elapsed: u64::MAX, ..told() };
        for size in [(1, 1), (2, 3), (20, 5), SIZES[0], SIZES[2]] {
            for ascii in [false, true] {
                let notes = Notes { told: told.clone(), ago: 1, scroll: 7 };
                let drawn = drawn(&notes, Options { ascii, color: !ascii, ..options() }, size);
                let harmful = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
                assert!(!drawn.contains(harmful) && (!ascii || drawn.is_ascii()), "{drawn}");
            }
        }
    }
}

/// Any of the keys of teaching, at any size, while time passes.
#[test]
fn any_keys_at_any_time_do_no_harm() {
    let keys =
        ["n", "n", "p", "A", "N", "P", ")", "(", "j", "k", "G", "g", "Enter", "Esc", "z", "c", "f", "6", "3", "x"];
    let mut state: u64 = 7;
    let mut next = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for round in 0..30 {
        let mut model = match round % 3 {
            0 => opened("lessons/0-all.session", LESSON),
            1 => lab(Mechanism::ALL[next(2)], Fault::ALL.get(next(12)).copied()),
            _ => recording("faults/02-token-cut"),
        };
        for _ in 0..120 {
            press(&mut model, keys[next(keys.len())]);
            if next(3) == 0 && model.deadline().is_some() {
                pass(&mut model);
            }
            if next(4) == 0 {
                screen(&mut model, (1 + next(210) as u16, 1 + next(65) as u16));
            }
        }
    }
}

//! The exchange on screen: stepping, holding, looking, saving.

use super::*;

#[test]
fn start() {
    let mut model = model(options());
    model.recent = vec!["/home/alice/captures/exchange-2019.session".into()];
    model.recordings = vec!["today.session".into()];
    model.can = vec![("colours", "256".to_owned()), ("characters", "Unicode".to_owned())];
    check("start", &mut model, &SIZES);
    press(&mut model, "j");
    check("start-request-mic", &mut model, &SIZES);
    press(&mut model, "Enter n n n n");
    assert!(text(&mut model, SIZES[0]).contains("request-mic"));
}

#[test]
fn lab_at_the_held_neg_token_init() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n");
    check("held-negtokeninit", &mut model, &SIZES);
}

#[test]
fn each_pane_shows_the_same_step() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n n 3 j j j");
    for (keys, name) in [("3", "tree"), ("1", "raw"), ("2", "bytes"), ("4", "state"), ("z", "diagram"), ("z 5", "why")]
    {
        press(&mut model, keys);
        check(&format!("challenge-{name}"), &mut model, &SIZES);
    }
}

#[test]
fn the_printed_example_of_login() {
    let mut model = recording("spec/ms-xlogin-4");
    press(&mut model, "End");
    while !text(&mut model, SIZES[0]).contains("▶ 17 ") {
        press(&mut model, "k");
    }
    check("ms-xlogin", &mut model, &SIZES);
}

#[test]
fn a_fault_with_its_deviation() {
    let mut model = lab(Mechanism::Gssapi, Some(Fault::CutToken));
    press(&mut model, "n n n n 6 k k 3 j j j j j j j j j 5");
    check("cut-token", &mut model, &SIZES);
    let mut model = lab(Mechanism::Login, Some(Fault::SwappedPrompts));
    press(&mut model, "n n n n n n n 6 k 4");
    check("swapped-prompts", &mut model, &SIZES);
}

#[test]
fn an_edited_line_says_what_would_have_gone() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n E Backspace Backspace");
    check("edit", &mut model, &SIZES);
    press(&mut model, "X Enter 1");
    check("edited", &mut model, &SIZES);
    press(&mut model, "n p p");
    check("looking-back", &mut model, &SIZES);
}

#[test]
fn answers_of_other_rows() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n n a j");
    check("otherwise", &mut model, &SIZES);
    press(&mut model, "Enter");
    check("otherwise-taken", &mut model, &SIZES);
}

#[test]
fn help_lists_what_can_be_done_now() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "?");
    check("help", &mut model, &SIZES);
}

#[test]
fn faults_and_themes_are_chosen_from_lists() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "!");
    check("faults", &mut model, &SIZES);
    press(&mut model, "Esc T");
    check("themes", &mut model, &SIZES);
}

#[test]
fn a_small_screen_says_what_it_needs_and_keys_work() {
    let mut model = lab(Mechanism::Gssapi, None);
    check("too-small", &mut model, &[(50, 12)]);
    press(&mut model, "q");
    assert!(model.outcome().is_some_and(|outcome| !outcome.interrupted));
}

#[test]
fn without_unicode_nothing_is_lost() {
    let mut lab = Lab::new([7; 32], NOW);
    lab.fault = Some(Fault::WrongPassword);
    let mut model = model(Options { ascii: true, color: false, ..options() });
    model.open_lab(lab);
    press(&mut model, "n n n n n 4");
    check("ascii", &mut model, &SIZES);
    let drawn = text(&mut model, SIZES[2]);
    assert!(drawn.is_ascii());
}

#[test]
fn a_run_ends_at_a_stop_and_goes_on_from_there() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "b");
    enter(&mut model, "nonsense");
    assert!(text(&mut model, SIZES[0]).contains("`nonsense` is no state"));
    press(&mut model, "Esc b");
    check("stop", &mut model, &SIZES);
    press(&mut model, "r e q u e");
    check("stop-typed", &mut model, &SIZES);
    press(&mut model, "Tab");
    assert!(text(&mut model, SIZES[0]).contains("/ RequestMic "));
    press(&mut model, "Esc b 2 9 9");
    assert!(text(&mut model, SIZES[0]).contains("Enter stops at reply 299"));
    press(&mut model, "Esc b");
    enter(&mut model, "contextdone");
    press(&mut model, "B");
    assert!(text(&mut model, SIZES[0]).contains("▶ state ContextDone"));
    press(&mut model, "Esc c");
    let stopped = text(&mut model, SIZES[0]);
    assert!(stopped.contains("stopped at state ContextDone") && stopped.contains("● HELD"), "{stopped}");
    press(&mut model, "c");
    let ended = text(&mut model, SIZES[0]);
    assert!(ended.contains("closed by server") && ended.contains(" ended "), "{ended}");
    press(&mut model, "n");
    assert!(text(&mut model, SIZES[0]).contains("the session has ended; r plays it again"));

    let mut model = recording("spec/ms-xlogin-4");
    press(&mut model, "b");
    enter(&mut model, "235");
    press(&mut model, "c");
    assert!(text(&mut model, SIZES[0]).contains("▶ 21 S  235"));
}

#[test]
fn what_is_held_follows_the_gate() {
    let mut model = lab(Mechanism::Login, None);
    press(&mut model, "i n");
    let held = text(&mut model, SIZES[0]);
    assert!(held.contains("hold: receive") && held.contains("the server has received this"), "{held}");
    press(&mut model, "i i n");
    let ended = text(&mut model, SIZES[0]);
    assert!(ended.contains("hold: none") && ended.contains(" ended "), "{ended}");
}

#[test]
fn the_held_response_can_be_cancelled() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n x");
    assert!(text(&mut model, SIZES[0]).contains("cancel: there is no held response here"));
    press(&mut model, "n n x");
    assert!(text(&mut model, SIZES[0]).contains("▶ 10 C ●* "));
    press(&mut model, "n c");
    assert!(text(&mut model, SIZES[0]).contains("501 5.7.0"));
}

#[test]
fn actions_run_by_name() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, ": z o o Tab Enter");
    assert!(text(&mut model, SIZES[0]).contains("[6 Exchange]"));
    press(&mut model, ":");
    enter(&mut model, "dance");
    assert!(text(&mut model, SIZES[0]).contains("no action is called `dance`"));
}

#[test]
fn an_exchange_is_saved_masked_never_over_another_and_opened_again() {
    let file = std::env::temp_dir().join(format!("saslscope-screens-{:07}.session", std::process::id()));
    let _ = std::fs::remove_file(&file); // of an earlier run
    let name = file.display().to_string();
    let mut model = lab(Mechanism::Login, None);
    press(&mut model, "c w");
    enter(&mut model, &name);
    assert!(text(&mut model, SIZES[2]).contains("saved to"));
    let saved = std::fs::read_to_string(&file).unwrap();
    assert!(saved.contains("secrets: masked") && saved.contains("AUTH LOGIN YWxpY2U="), "{saved}");
    assert!(!saved.contains("d29uZGVybGFuZA"), "{saved}");

    press(&mut model, "w");
    enter(&mut model, &name);
    assert!(text(&mut model, SIZES[2]).contains("the file exists, and nothing is overwritten"));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), saved);

    press(&mut model, "Esc o");
    enter(&mut model, &name);
    let opened = text(&mut model, SIZES[2]);
    assert!(opened.contains("The lab: AUTH LOGIN") && opened.contains("step 1/"), "{opened}");
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn secrets_are_seen_only_when_asked_for_and_for_30_seconds() {
    // "wonderland" as text, in base64, in hex.
    let told = |model: &mut Model| {
        let mut told = false;
        for pane in ["1", "2", "3", "4", "5"] {
            press(model, pane);
            let drawn = text(model, SIZES[0]);
            told |= ["wonderland", "d29uZGVybGFuZA", "77 6f 6e 64"].iter().any(|secret| drawn.contains(secret));
        }
        told
    };
    let mut model = lab(Mechanism::Login, None);
    press(&mut model, "n n n n n");
    assert!(text(&mut model, SIZES[0]).contains("‹password: •›"));
    assert!(!told(&mut model));
    press(&mut model, "E");
    assert!(text(&mut model, SIZES[0]).contains("this holds a secret"));
    assert!(!told(&mut model));

    press(&mut model, "s");
    assert!(told(&mut model));
    assert!(text(&mut model, SIZES[0]).contains("SECRETS SHOWN"));
    model.now = model.deadline().unwrap();
    model.tick();
    assert!(!told(&mut model));
    assert_eq!(model.deadline(), None);

    press(&mut model, "s E");
    assert_eq!(model.deadline(), None, "what is being edited is not taken away");
    model.now = Micros(model.now.0 + 60_000_000);
    press(&mut model, "Esc");
    model.tick();
    assert!(!told(&mut model));
}

#[test]
fn what_a_file_says_never_reaches_the_terminal_as_a_command() {
    let hostile = "saslscope session 1\ntitle: \\x1B]0;x\\x07 \u{202E}evil\n\n0.0 *  opened \\x1B[2J\n\
                   0.000001 S: 220 \\x1B[31m\\x9B red\n0.000002 C: AUTH LOGIN G1szMW0=\n0.000003 # \\x1B[m\u{200F}日本語\n";
    let mut model = model(options());
    model.open_recording("\u{1b}[2J\u{202e}.session".to_owned(), read(hostile.as_bytes()));
    for key in ["n", "n", "n", "1", "2", "3", "4", "5"] {
        press(&mut model, key);
        for size in SIZES {
            let drawn = text(&mut model, size);
            let harmful = |c: char| c.is_control() && c != '\n' || matches!(c, '\u{200F}' | '\u{202E}');
            assert!(!drawn.contains(harmful), "{drawn}");
        }
    }
}

#[test]
fn any_keys_on_any_screen_do_no_harm() {
    const KEYS: &[u8] = b"nnnnncpubBieEaxX!rwosskjhlgGz123456tTLMq:?\x1b\n\t\x7f 34y=\\-<>+_{};m'/.,fdD%P)(AN";
    // A generator of the simplest kind is enough to press keys.
    let mut state: u64 = 1;
    let mut next = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for round in 0..40 {
        let mut model = match round % 4 {
            0 => lab(Mechanism::Gssapi, Fault::ALL.get(next(12)).copied()),
            1 => lab(Mechanism::Login, Fault::ALL.get(next(12)).copied()),
            2 => recording("faults/02-token-cut"),
            _ => model(options()),
        };
        for _ in 0..150 {
            let code = match KEYS[next(KEYS.len())] {
                b'\x1b' => KeyCode::Esc,
                b'\n' => KeyCode::Enter,
                b'\t' => KeyCode::Tab,
                b'\x7f' => KeyCode::Backspace,
                c => KeyCode::Char(char::from(c)),
            };
            // What would touch files is dropped.
            let _ = key(&mut model, KeyEvent::new(code, KeyModifiers::NONE));
            if next(5) == 0 {
                let size = (1 + next(210) as u16, 1 + next(65) as u16);
                screen(&mut model, size);
            }
        }
    }
}

#[test]
fn what_a_list_cuts_off_stands_below_it() {
    for (keys, whole) in [("a", "RFC 4178 4.2.2 · "), ("? / z o o m", "give the pane the whole screen, or no longer")]
    {
        let mut model = lab(Mechanism::Gssapi, None);
        press(&mut model, "n n n n");
        press(&mut model, keys);
        let drawn = text(&mut model, (60, 15));
        assert!(drawn.contains(whole) && (keys != "a" || drawn.contains("│ done. ")), "{drawn}");
        assert!(!text(&mut model, SIZES[1]).contains(" · `:"), "nothing is said twice");
    }
}

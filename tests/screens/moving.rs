//! Moving about: search, filter, marks, notes, jumps, menus, help, mouse, copy.

use super::*;
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use saslscope::tui::{Done, Effect, mouse};

/// Draws, and gives the row of the ladder that is looked at.
fn at(model: &mut Model) -> String {
    let drawn = text(model, SIZES[0]);
    let row = drawn.lines().find(|line| line.contains('▶')).unwrap_or_default();
    row.trim_start_matches(['◆', '#', ' ', '▶']).to_owned()
}

fn shows(model: &mut Model, words: &str) -> bool {
    text(model, SIZES[0]).contains(words)
}

#[test]
fn what_is_searched_for_is_shown_while_it_is_typed() {
    let mut model = recording("spec/ms-xlogin-4");
    press(&mut model, "/ c h a r l i e");
    check("search-typed", &mut model, &SIZES);
    press(&mut model, "Esc");
    assert!(at(&mut model).starts_with("1 "));
    press(&mut model, ".");
    assert!(shows(&mut model, "nothing is searched for"));

    press(&mut model, "/");
    enter(&mut model, "charlie");
    check("search", &mut model, &SIZES);
    press(&mut model, "/ z z z");
    assert!(shows(&mut model, "not found"));
}

#[test]
fn matches_are_gone_through_forward_and_back_around_the_ends() {
    let mut model = recording("spec/ms-xlogin-4");
    press(&mut model, "/");
    enter(&mut model, "334");
    let table = [
        ("", "▶ 13 S  334", "334: 1 of 2"),
        (".", "▶ 17 S  334", "334: 2 of 2"),
        (".", "▶ 13 S  334", "334: 1 of 2, from the start"),
        (",", "▶ 17 S  334", "334: 2 of 2, from the end"),
        (",", "▶ 13 S  334", "334: 1 of 2"),
        // From where the cursor is.
        ("G ,", "▶ 17 S  334", "334: 2 of 2"),
    ];
    for (keys, row, says) in table {
        if !keys.is_empty() {
            press(&mut model, keys);
        }
        let drawn = text(&mut model, SIZES[0]);
        assert!(drawn.contains(row) && drawn.contains(&format!("✔ {says} ")), "{keys} {says}: {drawn}");
    }
    // An empty line searches on.
    press(&mut model, "/ Enter");
    assert!(shows(&mut model, "334: 1 of 2, from the start"));
}

#[test]
fn what_is_found_is_selected_in_every_view() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n");
    // What is typed, its match, the selected node, its octets.
    let table = [
        ("ntlmssp\\0", "1 of 1", "▶       ├ Signature  NTLMSSP\\0", "34..42"),
        ("NEGOTIATE_VERSION", "1 of 1", "▶       │ ├ NTLMSSP_NEGOTIATE_VERSION", "49..50"),
        ("hex: 4e 54 4c 4d", "1 of 1", "▶       ├ Signature  NTLMSSP\\0", "34..42"),
        ("0x0a0000000000000f", "1 of 1", "▶       └ Version  10.0.0 rev 15", "66..74"),
        ("YEgGBis", "1 of 1", "▶ InitialContextToken", "0..74"),
        ("WORKSTATIONfields", "1 of 1", "▶       ├ ▸WorkstationFields", "58..66"),
        ("auth gss", "2 of 2", "▶ InitialContextToken", "0..74"),
        ("250 auth", "1 of 1", "No token in this line", ""),
        ("opened the lab", "1 of 1", "No token in this line", ""),
    ];
    for (typed, status, node, span) in table {
        press(&mut model, "G 3 /");
        enter(&mut model, typed);
        let drawn = text(&mut model, SIZES[0]);
        let line = drawn.lines().find(|line| line.contains(node)).unwrap_or_else(|| panic!("{typed}: {drawn}"));
        assert!(line.contains(span), "{typed}: {line}");
        assert!(drawn.contains(&format!("✔ {typed}: {status} ")), "{typed}: {drawn}");
    }
}

#[test]
fn octets_that_are_wrong_are_no_octets() {
    let mut model = lab(Mechanism::Gssapi, None);
    for (typed, says) in
        [("hex: 4e5", "half an octet too many"), ("0xzz", "is no hex digit"), ("0x", "octets are wanted")]
    {
        press(&mut model, "/");
        enter(&mut model, typed);
        assert!(shows(&mut model, says), "{typed}");
        press(&mut model, "Esc");
    }
}

/// Types a filter in place of the one that is there.
fn filter(model: &mut Model, text: &str) {
    press(model, "f");
    key(model, KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL));
    enter(model, text);
}

#[test]
fn hidden_secrets_are_not_found() {
    let mut model = lab(Mechanism::Login, None);
    press(&mut model, "c");
    // The password as text, in base64, in hex, and the filler that stands in its place.
    for typed in ["wonderland", "d29uZGVy", "0x776f6e64", "0xffff", "/////"] {
        press(&mut model, "g /");
        enter(&mut model, typed);
        assert!(shows(&mut model, &format!("{typed}: not found")), "{typed}");
        filter(&mut model, typed);
        assert!(shows(&mut model, &format!("filter: {typed} (0 of 14)")), "{typed}");
        filter(&mut model, "");
    }
    press(&mut model, "s g /");
    enter(&mut model, "wonderland");
    let drawn = text(&mut model, SIZES[0]);
    assert!(drawn.contains("▶ 10 C  ‹password: wonderland›") && drawn.contains("wonderland: 1 of 1"), "{drawn}");
    press(&mut model, "s .");
    assert!(shows(&mut model, "wonderland: not found"), "what was found while it was shown is forgotten");
}

#[test]
fn the_filter_leaves_what_holds() {
    let mut model = recording("faults/02-token-cut");
    filter(&mut model, "from:server !250");
    check("filter", &mut model, &SIZES);

    // The rows that a filter leaves, by their numbers: as drawn, and as gone through by keys.
    let table: [(&str, &[usize]); 16] = [
        ("from:client", &[5, 8, 12, 15]),
        ("from:s code:334", &[9]),
        ("is:deviation", &[9]),
        ("is:problem", &[9]),
        ("is:note", &[2, 3, 10, 11, 13, 18]),
        ("is:edited", &[]),
        ("is:marked", &[2]),
        ("has:token", &[8, 9]),
        ("signal:auth", &[8]),
        ("signal:cancel", &[12]),
        ("state:choose", &[7, 14]),
        ("gssapi", &[7, 8]),
        ("NTLMSSP from:client", &[8]),
        ("!from:client !from:server !is:note", &[1, 17]),
        ("bye code:221", &[16]),
        ("!", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]),
    ];
    filter(&mut model, "");
    press(&mut model, "g j m");
    for (typed, rows) in table {
        filter(&mut model, typed);
        let mut gone = Vec::new();
        press(&mut model, "g");
        for _ in 0..18 {
            let row: usize = at(&mut model).split(' ').next().unwrap().parse().unwrap();
            if gone.last() != Some(&row) {
                gone.push(row);
            }
            press(&mut model, "j");
        }
        // Where nothing is left the row that is looked at stays.
        assert_eq!(if rows.is_empty() { &[][..] } else { &gone }, rows, "{typed}");
        let drawn = text(&mut model, SIZES[0]);
        let left = if typed == "!" { String::new() } else { format!("filter: {typed} ({} of 18)", rows.len()) };
        assert!(drawn.contains(&left), "{typed}: {drawn}");
    }
    for (typed, says) in [
        ("is:red", "`is:` goes with deviation, problem, edited, note or marked"),
        ("from:me", "`from:` goes with client or server"),
        ("code:many", "`code:` goes with a reply code"),
        ("state:Nowhere", "`state:` goes with a state"),
    ] {
        filter(&mut model, typed);
        assert!(shows(&mut model, says), "{typed}");
        press(&mut model, "Esc");
    }
}

#[test]
fn a_filter_keeps_up_with_the_lab_and_shows_what_is_held() {
    let mut model = lab(Mechanism::Gssapi, None);
    filter(&mut model, "from:client");
    press(&mut model, "n n n n");
    let drawn = text(&mut model, SIZES[0]);
    assert!(drawn.contains("filter: from:client (2 of 8)"), "{drawn}");
    let rows: Vec<&str> = drawn.lines().skip(2).take(3).collect();
    let starts = ["   3 C  EHLO", "   8 C  AUTH GSSAPI", " ▶ 9 S ●334"];
    assert!(rows.iter().zip(starts).all(|(row, start)| row.starts_with(start)), "{drawn}");
    press(&mut model, "p");
    assert!(at(&mut model).starts_with("8 C"));
    press(&mut model, "p n n");
    assert!(at(&mut model).starts_with("9 S ●334"), "n goes along what is shown, then lets the held line go");
}

#[test]
fn a_search_in_a_long_recording_goes_on_while_keys_are_answered() {
    use std::fmt::Write as _;
    let mut long = "saslscope session 1\n\n0.000000 *  opened\nS: 220 host\n".to_owned();
    for number in 0..20_000 {
        writeln!(long, "C: NOOP {number}\nS: 250 ok").unwrap();
    }
    let mut model = model(options());
    model.open_recording("long".to_owned(), read(long.as_bytes()));
    press(&mut model, "/");
    enter(&mut model, "noop 19999");
    assert_eq!(model.deadline(), Some(model.now), "more is to be looked at");
    press(&mut model, "j j k");
    assert!(at(&mut model).starts_with("2 S  220"));
    let finish = |model: &mut Model| {
        let mut ticks = 0;
        while model.deadline().is_some() {
            model.tick();
            ticks += 1;
        }
        ticks
    };
    assert!(finish(&mut model) > 50, "in many small parts");
    assert!(at(&mut model).starts_with("40001 C  NOOP 19999") && shows(&mut model, "noop 19999: 1 of 1"));
    filter(&mut model, "code:250 !NOOP");
    assert!(finish(&mut model) > 50);
    assert!(shows(&mut model, "(20000 of 40002)"));
    press(&mut model, "G k");
    assert!(at(&mut model).starts_with("40000 S  250 ok"));
    // Nothing is wrong in it, which takes a while to find out.
    press(&mut model, "d");
    finish(&mut model);
    assert!(shows(&mut model, "no step has a deviation or a problem"), "{}", text(&mut model, SIZES[0]));
}

#[test]
fn marks_are_set_shown_and_gone_to() {
    let mut model = recording("spec/ms-xlogin-4");
    press(&mut model, "'");
    assert!(shows(&mut model, "no step is marked; m marks this one"));
    press(&mut model, "j j m j j j m j m m k k");
    let drawn = text(&mut model, SIZES[0]);
    let marked: Vec<&str> = drawn.lines().filter(|line| line.starts_with('◆')).collect();
    assert!(marked.len() == 2 && marked[0].starts_with("◆   3") && marked[1].starts_with("◆   6"), "{drawn}");
    for row in ["6 ", "3 ", "6 "] {
        press(&mut model, "'");
        assert!(at(&mut model).starts_with(row));
    }
}

#[test]
fn notes_and_marks_survive_a_save() {
    let file = std::env::temp_dir().join(format!("saslscope-moving-{:07}.session", std::process::id()));
    let _ = std::fs::remove_file(&file); // of an earlier run
    let mut model = recording("spec/ms-xlogin-4");
    press(&mut model, "/");
    enter(&mut model, "auth login");
    press(&mut model, ". . m ;");
    enter(&mut model, "the user name \u{1b}is missing");
    assert!(shows(&mut model, "noted on step 11; w saves it there"));
    press(&mut model, "5");
    check("note", &mut model, &SIZES);
    press(&mut model, "w");
    enter(&mut model, &file.display().to_string());
    let saved = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let written = "C: AUTH LOGIN\n0.043979 # mark\n0.043979 # the user name is missing\n";
    assert!(saved.contains(written), "{saved}");
    let mut again = super::model(options());
    again.open_recording("again".to_owned(), read(saved.as_bytes()));
    press(&mut again, "'");
    let drawn = text(&mut again, SIZES[0]);
    assert!(drawn.contains("◆▶ 11 C  AUTH LOGIN") && drawn.contains("   12    # the user name is missing"), "{drawn}");
    assert!(!drawn.contains("# mark"), "{drawn}");
}

#[test]
fn a_note_at_the_present_of_a_lab_is_a_fact_of_its_own() {
    let mut model = lab(Mechanism::Login, None);
    press(&mut model, "n n n m ;");
    enter(&mut model, "look here");
    let drawn = text(&mut model, SIZES[0]);
    assert!(drawn.contains("    8    # look here") || drawn.contains("   8    # look here"), "{drawn}");
    assert!(drawn.contains("◆▶ 9 C ●AUTH LOGIN"), "the held line moves on, and its mark: {drawn}");
    press(&mut model, "n p p ;");
    enter(&mut model, "and here");
    assert!(text(&mut model, SIZES[0]).contains("#▶  8 ") || shows(&mut model, "noted on step"));
}

#[test]
fn from_a_request_to_its_answer_and_back() {
    let mut model = recording("spec/ms-xlogin-4");
    // The row, and where % leads from there.
    let table = [
        (3, "3 "),
        (4, "4 S"),
        (6, "9 S  250"),
        (8, "6 C"),
        (9, "6 C  EHLO"),
        (11, "13 S  334"),
        (13, "15 C"),
        (15, "17 S"),
        (19, "21 S  235"),
        (21, "19 C"),
    ];
    for (row, to) in table {
        press(&mut model, "g");
        (1..row).for_each(|_| press(&mut model, "j"));
        press(&mut model, "%");
        assert!(at(&mut model).starts_with(to), "{row}: {}", at(&mut model));
    }
    // In the lab the answer may be held.
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n n p %");
    assert!(at(&mut model).starts_with("9 S ●334"));
    press(&mut model, "%");
    assert!(at(&mut model).starts_with("8 C"));
}

#[test]
fn the_next_step_with_something_wrong() {
    let mut model = lab(Mechanism::Gssapi, Some(Fault::CutToken));
    press(&mut model, "c g d");
    check("next-wrong", &mut model, &SIZES);
    press(&mut model, "d");
    assert!(shows(&mut model, "from the start"));
    press(&mut model, "D");
    assert!(shows(&mut model, "from the end"));
}

#[test]
fn time_is_told_in_three_ways() {
    let mut model = recording("spec/ms-xlogin-4");
    let time = |model: &mut Model| {
        let drawn = text(model, SIZES[0]);
        let row = drawn.lines().find(|line| line.contains(" 6 C  EHLO")).unwrap_or_else(|| panic!("{drawn}"));
        row.rsplit(' ').next().unwrap().to_owned()
    };
    for told in ["+0.025", "Δ0.009", "19:40:00.025", "+0.025"] {
        assert_eq!(time(&mut model), told);
        press(&mut model, "t");
    }
}

#[test]
fn actions_are_found_by_name_however_they_are_typed() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n : n e x t");
    check("command", &mut model, &SIZES);
    // What is typed, what is selected first.
    for (typed, first) in [
        ("zoom", "zoom"),
        ("stop", "stop "),
        ("stops", "stops"),
        ("nd", "next deviation"),
        ("pvmt", "previous match"),
        ("mark", "mark"),
        ("clauses that led", "why"),
        ("LIGHT", "light or dark"),
    ] {
        press(&mut model, "Esc :");
        typed.chars().for_each(|c| press(&mut model, &c.to_string().replace(' ', "Space")));
        let drawn = text(&mut model, SIZES[0]);
        assert!(drawn.contains(&format!("│ ▶ {first}")), "{typed}: {drawn}");
    }
    press(&mut model, "Esc : n e x t Down Tab Enter");
    assert!(shows(&mut model, "nothing is searched for"));
    press(&mut model, ": c a n c e l Enter");
    assert!(shows(&mut model, "cancel: there is no held response here"));
}

#[test]
fn help_begins_with_the_pane_and_runs_what_is_found() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n 3 ?");
    check("help-tree", &mut model, &SIZES);
    press(&mut model, "/ m a r k");
    check("help-found", &mut model, &SIZES);
    press(&mut model, "Down Enter");
    assert!(shows(&mut model, "no step is marked; m marks this one"));
    // Any letter that moves nothing begins to find; Esc goes back to the whole list, then away.
    press(&mut model, "? z o o m");
    assert!(shows(&mut model, "give the pane the whole screen"));
    press(&mut model, "Esc");
    assert!(shows(&mut model, "─ / finds ─"));
    press(&mut model, "Esc");
    assert!(!shows(&mut model, "Help"));
}

#[test]
fn every_list_can_be_searched() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "! / c u t Enter");
    assert!(shows(&mut model, "the lab starts again with the fault cut-token"));
    press(&mut model, "T / n o r d");
    assert!(shows(&mut model, "▶ nord"));
    press(&mut model, "x x Enter");
    assert!(shows(&mut model, "`nordxx` is not in this list"));
    press(&mut model, "Esc Esc");
    press(&mut model, "b");
    enter(&mut model, "334");
    press(&mut model, "b");
    enter(&mut model, "Done");
    press(&mut model, "B / d o Enter");
    assert!(shows(&mut model, "no longer stops at state Done"));
}

#[test]
fn the_footer_keeps_its_help_however_narrow() {
    let mut models = [model(options()), lab(Mechanism::Login, None), recording("faults/02-token-cut")];
    for model in &mut models {
        // Nothing open, a notice, lists, a line.
        for (place, keys) in ["j", ".", "?", "Esc :", "Esc /"].into_iter().enumerate() {
            press(model, keys);
            for width in (60..=200).step_by(if place == 0 { 1 } else { 35 }) {
                let drawn = text(model, (width, 15));
                let footer = drawn.lines().last().unwrap();
                assert!(footer.ends_with("? help"), "{width}: {drawn}");
            }
        }
        assert!(text(model, (59, 15)).contains("needs 60 columns"));
    }
}

/// What a form of copying gives the terminal; a test gives its own nothing.
fn copied(model: &mut Model, form: char) -> Option<String> {
    press(model, "y");
    match key(model, KeyEvent::new(KeyCode::Char(form), KeyModifiers::NONE)) {
        Some(Effect::Copy { text, what }) => {
            done(model, Done::Copied(what, Ok(())));
            Some(text)
        }
        _ => None,
    }
}

#[test]
fn the_step_is_copied_in_five_forms() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n y");
    check("copy", &mut model, &SIZES);
    press(&mut model, "Esc");
    let raw = copied(&mut model, 'r').unwrap();
    assert!(raw.starts_with("AUTH GSSAPI YEgG") && shows(&mut model, "copied the line of 114 octets"), "{raw}");
    let base64 = copied(&mut model, 'b').unwrap();
    assert_eq!(raw, format!("AUTH GSSAPI {base64}"));
    assert!(
        copied(&mut model, 'h').unwrap().starts_with("60 48 06 06 2b ") && shows(&mut model, "copied 74 octets of hex")
    );
    press(&mut model, "3 j");
    assert_eq!(copied(&mut model, 'h').as_deref(), Some("06 06 2b 06 01 05 05 02"), "the selected node");
    let tree = copied(&mut model, 't').unwrap();
    assert!(tree.contains("\n      MechType  NTLMSSP (1.3.6.1.4.1.311.2.2.10)  [18..30]\n"), "{tree}");
    let dialogue = copied(&mut model, 's').unwrap();
    let starts = "# swaks has no AUTH GSSAPI; this is the dialogue.\n0.030000 C: AUTH GSSAPI YEgG";
    assert!(dialogue.starts_with(starts), "{dialogue}");
    press(&mut model, "p");
    assert_eq!(copied(&mut model, 's'), None);
    assert!(shows(&mut model, "copy: no AUTH command up to this step"));
    press(&mut model, "6 g");
    assert_eq!(copied(&mut model, 'h'), None);
    assert!(shows(&mut model, "copy: no token in this line"));

    let mut model = lab(Mechanism::Login, None);
    press(&mut model, "c");
    let command =
        "swaks --server server.example.com --ehlo client.example.com --auth LOGIN --auth-user alice --quit-after AUTH";
    assert_eq!(copied(&mut model, 's').as_deref(), Some(command));
}

#[test]
fn hidden_secrets_are_copied_as_filler() {
    let mut model = lab(Mechanism::Login, None);
    press(&mut model, "n n n n n");
    let told = |model: &mut Model| {
        let copied: Vec<String> = "rbhts".chars().filter_map(|form| copied(model, form)).collect();
        ["wonderland", "d29uZGVybGFuZA", "77 6f 6e 64"]
            .iter()
            .filter(|secret| copied.iter().any(|text| text.contains(**secret)))
            .count()
    };
    assert_eq!(told(&mut model), 0);
    press(&mut model, "s");
    assert_eq!(told(&mut model), 3);
}

#[test]
fn what_a_terminal_has_no_room_for_is_not_copied() {
    let mut model = model(options());
    let long = format!("saslscope session 1\n\nC: {}\n", "x".repeat(80_000));
    model.open_recording("long".to_owned(), read(long.as_bytes()));
    assert_eq!(copied(&mut model, 'r'), None);
    assert!(shows(&mut model, "copy: 80000 octets are more than a terminal takes (74994)"));
}

/// Where some text stands on the screen: the cell of its first character.
fn find(model: &mut Model, size: (u16, u16), words: &str) -> (u16, u16) {
    let terminal = screen(model, size);
    let buffer = terminal.backend().buffer();
    for (y, row) in buffer.content.chunks(usize::from(size.0)).enumerate() {
        let row: Vec<&str> = row.iter().map(ratatui::buffer::Cell::symbol).collect();
        if let Some(at) = row.concat().find(words) {
            let x = row.concat()[..at].chars().count();
            return (u16::try_from(x).unwrap(), u16::try_from(y).unwrap());
        }
    }
    panic!("`{words}` is not on the screen:\n{}", text(model, size));
}

fn mouse_at(model: &mut Model, kind: MouseEventKind, (column, row): (u16, u16)) {
    let effect = mouse(model, MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE });
    if let Some(effect) = effect {
        done(model, perform(effect, &|| ()));
    }
}

/// Presses on some text, so many cells behind its beginning.
fn click(model: &mut Model, size: (u16, u16), words: &str, behind: u16) {
    let (x, y) = find(model, size, words);
    mouse_at(model, MouseEventKind::Down(MouseButton::Left), (x + behind, y));
    mouse_at(model, MouseEventKind::Up(MouseButton::Left), (x + behind, y));
}

#[test]
fn what_is_clicked_is_selected() {
    // The size, what is clicked how far behind its beginning, what is on the screen then.
    let table = [
        (0, "250 AUTH", 2, "▶ 7 S  250 AUTH"),
        (0, "2 Bytes", 0, "[2 Bytes]"),
        (0, "[3 Tree", 1, "[3 Tree]"),
        (0, "MessageType", 0, "▶       ├ MessageType"),
        (0, "▸NegotiateFlags", 0, "▶       ├ NegotiateFlags"),
        (0, "└ NegTokenInit", 0, "▶ └ ▸NegTokenInit"),
        (0, "└ NegTokenInit", 4, "▶ └ NegTokenInit"),
        (1, "6 Exchange", 0, "[6 Exchange]"),
        (1, "2b 06 01 05", 4, "▶  ├ thisMech"),
        (1, ".(NTLMSS", 3, "▶        ├ Signature"),
        (1, "0000  60 48", 12, "▶  ├ thisMech"),
        (1, "YEgGBi", 4, "▶  ├ thisMech"),
        (1, "5 Why", 0, "[5 Why]"),
        (2, "AUTH GSSAPI ‹", 0, "▶ 8 ●"),
    ];
    for (size, words, behind, then) in table {
        let mut model = lab(Mechanism::Gssapi, None);
        press(&mut model, "n n n");
        click(&mut model, SIZES[size], words, behind);
        let drawn = text(&mut model, SIZES[size]);
        let flat = |text: &str| text.replace(' ', "");
        assert!(flat(&drawn).contains(&flat(then)), "{words}: {drawn}");
    }
}

#[test]
fn lists_entries_and_hints_are_clicked() {
    let mut model = model(options());
    click(&mut model, SIZES[0], "02-base64", 3);
    assert!(shows(&mut model, "▶ 02-base64"));
    click(&mut model, SIZES[0], "02-base64", 3);
    assert!(shows(&mut model, "lessons/02-base64"), "the second click opens it");

    let mut model = lab(Mechanism::Gssapi, None);
    click(&mut model, SIZES[0], "n step", 3);
    assert!(shows(&mut model, "step 3/3"));
    click(&mut model, SIZES[0], "? help", 2);
    click(&mut model, SIZES[0], "run on to the next stop", 0);
    assert!(shows(&mut model, "▶ c "));
    click(&mut model, SIZES[0], "run on to the next stop", 0);
    assert!(shows(&mut model, " ended "));
    // What lies below a list is out of reach.
    press(&mut model, "y");
    let before = text(&mut model, SIZES[0]);
    click(&mut model, SIZES[0], "6 Exchange", 0);
    assert_eq!(text(&mut model, SIZES[0]), before);
}

#[test]
fn a_box_and_an_edge_of_a_diagram_are_clicked() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n");
    click(&mut model, SIZES[2], "ContextDone ", 2);
    check("box-clicked", &mut model, &SIZES[2..]);
}

#[test]
fn the_wheel_moves_in_what_is_under_it() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n");
    let wheel = |model: &mut Model, kind, on: &str| {
        let at = find(model, SIZES[0], on);
        mouse_at(model, kind, at);
        text(model, SIZES[0])
    };
    let drawn = wheel(&mut model, MouseEventKind::ScrollDown, "NegTokenInit  ");
    assert!(drawn.contains("▶ ├ thisMech") && drawn.contains("[6 Exchange]"), "the keys stay where they are: {drawn}");
    let drawn = wheel(&mut model, MouseEventKind::ScrollUp, "250 AUTH");
    assert!(drawn.contains("▶ 7 S"), "{drawn}");
    press(&mut model, "?");
    let drawn = wheel(&mut model, MouseEventKind::ScrollDown, "Help");
    assert!(drawn.contains("▶ c "), "{drawn}");
}

#[test]
fn a_border_is_dragged() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n");
    let (x, y) = find(&mut model, SIZES[0], "5 Why ");
    mouse_at(&mut model, MouseEventKind::Down(MouseButton::Left), (x + 20, y));
    mouse_at(&mut model, MouseEventKind::Drag(MouseButton::Left), (x + 20, y + 4));
    let moved = find(&mut model, SIZES[0], "5 Why ").1;
    assert!(moved > y + 2, "{}", text(&mut model, SIZES[0]));
    mouse_at(&mut model, MouseEventKind::Up(MouseButton::Left), (x + 20, y + 4));
    mouse_at(&mut model, MouseEventKind::Drag(MouseButton::Left), (x + 20, y));
    assert_eq!(find(&mut model, SIZES[0], "5 Why ").1, moved, "it was let go");

    let (x, y) = find(&mut model, SIZES[1], "│─ 3 Tree");
    mouse_at(&mut model, MouseEventKind::Down(MouseButton::Left), (x, y + 3));
    mouse_at(&mut model, MouseEventKind::Drag(MouseButton::Left), (x - 20, y + 9));
    assert!(find(&mut model, SIZES[1], "│─ 3 Tree").0 < x - 15);
}

#[test]
fn the_mouse_is_let_go_and_taken_again() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "M");
    assert!(shows(&mut model, "mouse: let go, the terminal selects text; M takes it again"));
    press(&mut model, "M");
    assert!(shows(&mut model, "mouse: taken; with Shift the terminal selects text"));
}

#[test]
fn any_click_anywhere_does_no_harm() {
    let mut state: u64 = 7;
    let mut next = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for round in 0..12 {
        let mut model = match round % 3 {
            0 => lab(Mechanism::Gssapi, None),
            1 => recording("faults/02-token-cut"),
            _ => model(options()),
        };
        press(&mut model, ["n n n", "4", "2", "1 z", "/ a", "?", ": x", "y", "G 3", "f e Enter", "T", "5"][round]);
        for _ in 0..60 {
            let size = [(80, 24), (120, 40), (200, 60), (60, 15), (1 + next(210) as u16, 1 + next(65) as u16)][next(5)];
            model.size = Size { width: size.0, height: size.1 };
            let at = (next(usize::from(size.0) + 2) as u16, next(usize::from(size.1) + 2) as u16);
            let kind = match next(6) {
                0 => MouseEventKind::ScrollUp,
                1 => MouseEventKind::ScrollDown,
                2 => MouseEventKind::Drag(MouseButton::Left),
                _ => MouseEventKind::Down(MouseButton::Left),
            };
            // What would touch files is dropped.
            let _ = mouse(&mut model, MouseEvent { kind, column: at.0, row: at.1, modifiers: KeyModifiers::NONE });
            if next(4) == 0 {
                screen(&mut model, size);
            }
        }
    }
}

#[test]
fn a_resize_takes_nothing_away_in_any_state() {
    for keys in [
        "3 j j j j j",
        "2 j l l",
        "1 l l l",
        "4 l",
        "5 j j",
        "6 k k",
        "/ N T L M",
        "f c o d e",
        "? j j j j",
        ": n",
        "T j",
        "y j",
        "z",
    ] {
        let mut model = lab(Mechanism::Gssapi, None);
        press(&mut model, &format!("n n n n {keys}"));
        for size in SIZES {
            let before = text(&mut model, size);
            for other in [(60, 15), (1, 1), (200, 60), (80, 24), (30, 8)] {
                text(&mut model, other);
            }
            assert_eq!(text(&mut model, size), before, "{keys}");
        }
    }
}

#[test]
fn what_a_hand_has_changed_is_not_left_unsaved_by_one_key() {
    let table = [("e d Enter", true), ("m", true), ("; n Enter", true), ("a j Enter", true), ("n 3 j /", false)];
    for (keys, asks) in table {
        for (leaves, says) in [("q", "not saved yet: w saves it"), ("Esc q", "not saved"), ("Esc j Enter", "not saved")]
        {
            let mut model = lab(Mechanism::Gssapi, None);
            press(&mut model, "n n n n");
            press(&mut model, keys);
            press(&mut model, if asks { leaves } else { "Esc q" });
            assert_eq!(text(&mut model, SIZES[0]).contains(says), asks, "{keys} {leaves}");
            assert_eq!(model.outcome().is_none(), asks, "{keys} {leaves}");
        }
    }
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "m q j q");
    assert!(model.outcome().is_none(), "asked again, since something else was done between");
    press(&mut model, "q");
    assert!(model.outcome().is_some());
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "m Q");
    assert!(model.outcome().is_some());
}

#[test]
fn a_long_line_is_seen_to_its_end() {
    let line = format!("S: 220 {}\\x00end\n", "x".repeat(999_990));
    let mut model = model(options());
    model.open_recording("long".to_owned(), read(format!("saslscope session 1\n\n{line}").as_bytes()));
    press(&mut model, "1");
    let first = text(&mut model, SIZES[0]);
    assert!(first.contains(" S: 220 xxx") && !first.contains("end"), "{first}");
    press(&mut model, "G");
    let last = text(&mut model, SIZES[0]);
    assert!(last.contains("xxx\\x00end"), "{last}");
}

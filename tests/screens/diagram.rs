//! Diagrams: what the step took, what is selected, what was wrong; rows opened; one light in all views.

use super::*;
use ratatui::style::Color;

/// A recording of these lines.
fn lines(lines: &str) -> Model {
    let mut model = model(options());
    model.open_recording("lines".to_owned(), read(format!("saslscope session 1\n\n{lines}").as_bytes()));
    model
}

/// What is lit within these columns and rows of the screen, row by row.
fn lit(model: &mut Model, columns: std::ops::Range<u16>, rows: std::ops::Range<u16>) -> String {
    let terminal = screen(model, SIZES[2]);
    let buffer = terminal.backend().buffer();
    let lit = |y: u16| -> String {
        let cells = columns.clone().map(|x| &buffer[(x, y)]).filter(|cell| cell.bg == Color::Cyan);
        cells.map(ratatui::buffer::Cell::symbol).collect()
    };
    rows.map(lit).filter(|row| !row.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Goes down the rows of the machine to one.
fn select(model: &mut Model, row: &str) {
    for _ in 0..100 {
        press(model, "j");
        if text(model, SIZES[2]).contains(&format!("▶{row}")) {
            return;
        }
    }
    panic!("no row `{row}`:\n{}", text(model, SIZES[2]));
}

#[test]
fn a_row_is_selected_and_lit() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n n n 4 j j");
    check("row-selected", &mut model, &SIZES);
}

#[test]
fn a_machine_without_room_for_its_diagram_lists_its_rows() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n n n 4 h");
    check("machines", &mut model, &SIZES);
    press(&mut model, "j j");
    check("rows", &mut model, &SIZES);
    press(&mut model, "z");
    check("smtp-zoomed", &mut model, &SIZES);
}

#[test]
fn the_step_lights_its_lines_and_a_row_the_steps_that_took_it() {
    let mut model = lab(Mechanism::Login, None);
    press(&mut model, "i i i");
    while !text(&mut model, SIZES[0]).contains(" ended ") {
        press(&mut model, "n");
    }
    press(&mut model, "6 g j j j j j j j");
    assert_eq!(lit(&mut model, 0..120, 34..56), "━━━━━▶", "Choose to WaitChallenge; the server has not answered");
    press(&mut model, "4");
    select(&mut model, "C WaitFinal hears Success → Done");
    let drawn = text(&mut model, SIZES[2]);
    let took: Vec<&str> = drawn.lines().filter(|line| line.contains('◇')).collect();
    assert!(took.len() == 1 && took[0].contains("235"), "{took:?}");
}

#[test]
fn a_row_opened_lists_the_steps_that_took_it_and_goes_there() {
    let mut model = recording("spec/ms-xlogin-4");
    press(&mut model, "4");
    select(&mut model, "C EhloSent hears Completed → Choose");
    press(&mut model, "Enter");
    check("row-opened", &mut model, &SIZES);
    press(&mut model, "Enter");
    let there = text(&mut model, SIZES[2]);
    assert!(there.contains("▶  9 ") && there.contains("▶C EhloSent hears Completed → Choose"), "{there}");
    press(&mut model, "G Enter");
    assert!(text(&mut model, SIZES[0]).contains("took it"));
    press(&mut model, "Esc");
    assert!(!text(&mut model, SIZES[0]).contains("took it"));
}

#[test]
fn steps_are_looked_for_so_many_at_a_time() {
    let mut model = lines(&"C: NOOP\nS: 250 ok\n".repeat(15_000));
    press(&mut model, "4 G Enter");
    let first = text(&mut model, SIZES[0]);
    assert!(first.contains("None of the first 20000 steps took it; j looks on."), "{first}");
    press(&mut model, "j");
    let all = text(&mut model, SIZES[0]);
    assert!(all.contains("No step took it."), "{all}");
}

#[test]
fn a_wrong_move_without_a_row_is_a_line_of_its_own() {
    let mut model = lines("S: 220 ready\nC: EHLO x\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\nS: 354 go on\n");
    press(&mut model, "6 G 4");
    check("wrong-move", &mut model, &SIZES);
}

#[test]
fn one_light_in_all_views() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n n n n 3 j");
    let negotiation = |model: &mut Model| {
        let raw = lit(model, 71..146, 1..12);
        let octets = lit(model, 71..146, 12..30);
        (lit(model, 0..70, 1..30), raw, octets)
    };
    // negState: octets 4..9 of the token, which are the bits of the characters 5..12; the gap in a row stays dark.
    let expected = ("accept-completed".to_owned(), "aADCgEA".to_owned(), "a0 03 0a 0100.....".to_owned());
    assert_eq!(negotiation(&mut model), expected);
    press(&mut model, "2 l l");
    assert_eq!(negotiation(&mut model), expected, "an octet within selects the node");
    press(&mut model, "1 l");
    assert_eq!(negotiation(&mut model), expected, "and so does a character");
}

#[test]
fn what_is_wrong_is_marked_where_it_sits() {
    let start = "S: 220 ready\nC: EHLO x\nS: 250 AUTH LOGIN GSSAPI\n";
    // Padding is missing behind the last character.
    let mut model = lines(&format!("{start}C: AUTH LOGIN Q2hhcmxpZQ\n"));
    press(&mut model, "6 G 1");
    let drawn = text(&mut model, SIZES[2]);
    assert!(drawn.contains("C: AUTH LOGIN Q2hhcmxpZQ✘"), "{drawn}");
    // The OID of the frame wants one octet more than there are.
    let mut model = lines(&format!("{start}C: AUTH GSSAPI YAcGBisGAQUF\n"));
    press(&mut model, "6 G s 2 G");
    check("cut-short", &mut model, &SIZES[2..]);
}

#[test]
fn a_selected_row_is_let_go_before_the_exchange_is_left() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n n 4 j");
    assert!(text(&mut model, SIZES[1]).contains("▶ The selected row:"));
    press(&mut model, "Esc");
    let drawn = text(&mut model, SIZES[1]);
    assert!(!drawn.contains("The selected row") && drawn.contains("[4 State]"), "{drawn}");
    press(&mut model, "Esc");
    assert!(text(&mut model, SIZES[1]).contains("the exchange that is open"));
}

#[test]
fn every_step_of_every_recording_shows_where_both_parties_are() {
    for known in built_in() {
        let mut model = recording(known.name);
        if known.name.starts_with("lessons/") {
            press(&mut model, "N"); // its notes turn to other panes
        }
        press(&mut model, "4");
        for size in SIZES.into_iter().cycle().take(read(known.bytes).recording.events.len()) {
            let drawn = text(&mut model, size);
            // In the diagram, and in the line below.
            assert!(drawn.matches(['▣', '✘']).count() >= 2, "{} at {size:?}:\n{drawn}", known.name);
            press(&mut model, "n");
        }
    }
}

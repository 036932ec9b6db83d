//! Five things that people come for, done with keys alone in the real program, at three sizes.
//!
//! `SASLSCOPE_TASKS=FOLDER` keeps the screen at the end of each, to look at.
#![cfg(unix)]

mod terminal;

use std::path::Path;
use terminal::{Pty, home};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];

/// Does a task at each size, as it is and without colours and Unicode.
fn at_each_size(name: &str, arguments: &[&str], task: impl Fn(&mut Pty)) {
    let plain: &[(&str, &str)] = &[("NO_COLOR", "1"), ("SASLSCOPE_ASCII", "1")];
    let usual: &[(&str, &str)] = &[];
    for (environment, kind) in [(usual, ""), (plain, "-ascii")] {
        for size in SIZES {
            let mut pty = Pty::start_with(arguments, environment, size);
            pty.await_text(&["? help"]);
            task(&mut pty);
            keep(&format!("{name}{kind}-{}x{}.txt", size.0, size.1), &pty);
            if !kind.is_empty() {
                assert!(pty.text().is_ascii(), "{}", pty.text());
                assert_eq!(colors(&pty).len(), 1, "no colour but the terminal's own");
            }
            pty.type_keys("Q");
            assert_eq!(pty.end().exit_code(), 0);
        }
    }
}

fn keep(name: &str, pty: &Pty) {
    let Some(folder) = std::env::var_os("SASLSCOPE_TASKS") else { return };
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join(name), pty.text()).unwrap();
}

/// The colours on screen, of text and of grounds.
fn colors(pty: &Pty) -> Vec<vt100::Color> {
    let screen = pty.terminal.screen();
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let cells = (0..rows).flat_map(|row| (0..columns).filter_map(move |column| screen.cell(row, column)));
    let mut colors = Vec::new();
    for color in cells.flat_map(|cell| [cell.fgcolor(), cell.bgcolor()]) {
        if !colors.contains(&color) {
            colors.push(color);
        }
    }
    colors
}

#[test]
fn find_the_mech_types_of_a_recording() {
    at_each_size("1-mechtypes", &[], |pty| {
        pty.type_keys("o");
        pty.await_text(&["Open"]);
        pty.type_keys("spec/ms-ssean-4.1\r");
        pty.await_text(&["The printed example of AUTH GSSAPI"]);
        pty.type_keys("/mechtypes\r3");
        pty.await_text(&["[3 Tree]", "mechTypes", "MechType  NTLMSSP (1.3.6.1.4.1.311"]);
    });
}

#[test]
fn see_what_accept_completed_breaks_where_request_mic_belongs() {
    at_each_size("2-deviation", &["lab", "--offer", "kerberos,ntlm"], |pty| {
        pty.type_keys("nnnn");
        pty.await_text(&["negState  request-mic (3)", "HELD"]);
        // The field below the token, its value, and what comes of it before it goes.
        pty.type_keys("3je");
        pty.await_text(&["negState"]);
        pty.type_keys("accept-completed");
        pty.await_text(&["Edit negState", "now  accept-completed (0)", "RFC 4178 3.2"]);
        pty.type_keys("\r5");
        pty.await_screen("the deviation, without what lay over it", |screen| {
            let text = screen.contents();
            text.contains("Deviation: the server sent") && !text.contains("Edit negState")
        });
    });
}

#[test]
fn find_why_a_fault_recording_failed() {
    at_each_size("3-why", &["open", "faults/08-request-mic-late"], |pty| {
        pty.type_keys("d5");
        pty.await_text(&["Deviation: the server sent RequestMic", "RFC 4178 4.2.2"]);
    });
}

#[test]
fn save_an_exchange_and_open_it_again() {
    std::fs::create_dir_all(home()).unwrap();
    let file = home().join("task.session");
    at_each_size("4-saved", &["lab", "--mech", "login"], |pty| {
        let _ = std::fs::remove_file(&file); // of the size before
        pty.type_keys("cw");
        pty.await_text(&["Save to"]);
        pty.type_keys(&format!("{}\r", file.display()));
        pty.await_text(&["saved to"]);
        pty.type_keys("o");
        pty.await_text(&["Open"]);
        pty.type_keys(&format!("{}\r", file.display()));
        pty.await_text(&["step 1/14", "opened the lab"]);
        pty.type_keys("G");
        pty.await_text(&["step 14/14", "closed by server"]);
    });
    std::fs::remove_file(file).unwrap();
}

#[test]
fn switch_the_theme_by_keyboard() {
    at_each_size("5-theme", &["lab", "--theme", "terminal16"], |pty| {
        let before = colors(pty);
        pty.type_keys("T");
        pty.await_text(&["terminal16", "nord"]);
        pty.type_keys("/nord\r\r");
        // The list is gone, the theme has stayed.
        pty.await_text(&["HELD", "? help"]);
        pty.await_screen("the list is gone", |screen| !screen.contents().contains("solarized"));
        let colored = before.len() > 1;
        assert_eq!(colors(pty) != before, colored, "{before:?}");
    });
}

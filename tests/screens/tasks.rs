//! Five things that people come for, with keys alone: what they have before them at the end of each.
//!
//! `tests/tasks.rs` does the same in the real program.

use super::*;

/// The screen at the end of a task, at each size, and without colours and Unicode.
fn at_the_end(name: &str, task: impl Fn(&mut Model)) {
    for (kind, plain) in [("", false), ("-ascii", true)] {
        let mut model = model(Options { ascii: plain, color: !plain, ..options() });
        task(&mut model);
        check(&format!("task-{name}{kind}"), &mut model, &SIZES);
    }
}

#[test]
fn find_the_mech_types_of_a_recording() {
    at_the_end("mechtypes", |model| {
        press(model, "o");
        enter(model, "spec/ms-ssean-4.1");
        press(model, "/");
        enter(model, "mechtypes");
        press(model, "3");
    });
}

#[test]
fn see_what_accept_completed_breaks_where_request_mic_belongs() {
    // The second entry of the start screen, and the first field of the token.
    at_the_end("deviation", |model| press(model, "j Enter n n n n e e Up Up Up Enter 5"));
}

#[test]
fn find_why_a_fault_recording_failed() {
    at_the_end("why", |model| {
        press(model, "o");
        enter(model, "faults/08-request-mic-late");
        press(model, "d 5");
    });
}

#[test]
fn save_an_exchange_and_open_it_again() {
    // A name without a folder, so that the screen is the same everywhere.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tasks");
    let _ = std::fs::remove_dir_all(&folder); // of an earlier run
    std::fs::create_dir_all(&folder).unwrap();
    std::env::set_current_dir(&folder).unwrap();
    at_the_end("saved", |model| {
        let _ = std::fs::remove_file("task.session"); // of the run before
        press(model, "j j Enter c w");
        enter(model, "task.session");
        press(model, "o");
        enter(model, "task.session");
        press(model, "G");
    });
}

#[test]
fn switch_the_theme_by_keyboard() {
    at_the_end("theme", |model| {
        press(model, "Enter n n n T /");
        enter(model, "nord");
    });
}

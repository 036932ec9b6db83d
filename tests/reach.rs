//! What the screen is told from outside: the terminal's ground, the user's keys, themes and settings.
#![cfg(unix)]

mod terminal;

use terminal::Pty;

/// A configuration of its own, with these files.
fn configured(name: &str, files: &[(&str, &str)]) -> std::path::PathBuf {
    let home = std::env::temp_dir().join(format!("saslscope-pty-{name}-{:07}", std::process::id()));
    let _ = std::fs::remove_dir_all(&home); // of an earlier run
    for (file, text) in files {
        let file = home.join("saslscope").join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    home
}

/// Waits until the corner of the screen has that ground.
fn await_ground(pty: &mut Pty, ground: vt100::Color) {
    pty.await_screen(&format!("{ground:?}"), |screen| screen.cell(0, 79).is_some_and(|cell| cell.bgcolor() == ground));
}

#[test]
fn the_terminal_is_asked_for_its_ground_and_no_key_is_lost() {
    let environment = [("COLORTERM", "truecolor")];
    // What a terminal that is asked sends, with keys before and behind.
    for (answer, ground) in [
        ("\x1b]11;rgb:ffff/ffff/ffff\x1b\\", vt100::Color::Rgb(0xfb, 0xfb, 0xf8)),
        ("\x1b]11;rgb:1e1e/1e1e/2e2e\x07", vt100::Color::Rgb(0x14, 0x18, 0x1f)),
    ] {
        let mut pty = Pty::start_with(&["lab"], &environment, (80, 24));
        pty.await_text(&["220 server.example.com", "HELD"]);
        pty.type_keys(&format!("n{answer}n"));
        pty.await_text(&["AUTH GSSAPI LOGIN", "● HELD"]);
        await_ground(&mut pty, ground);
        pty.type_keys("q");
        pty.end();
    }
    // One that never answers.
    let mut pty = Pty::start_with(&["lab"], &environment, (80, 24));
    pty.await_text(&["HELD"]);
    pty.type_keys("nnn");
    pty.await_text(&["NegTokenInit", "● HELD"]);
    await_ground(&mut pty, vt100::Color::Default);
    pty.type_keys("q");
    pty.end();
}

#[test]
fn keys_themes_and_settings_are_those_of_the_user() {
    let home = configured(
        "own",
        &[
            ("config.toml", "theme = \"mine\"\nascii = true\n"),
            ("keys.toml", "[keys]\nstep = [\"F5\"]\n"),
            ("themes/mine.toml", "inherits = \"nord\"\n[palette]\nnight = \"#010203\"\n"),
            ("themes/broken.toml", "inherits = \"nord\"\n\nclinet = \"blue\"\n"),
        ],
    );
    let home = home.display().to_string();
    let mut pty =
        Pty::start_with(&["lab"], &[("XDG_CONFIG_HOME", home.as_str()), ("COLORTERM", "truecolor")], (80, 24));
    pty.await_text(&["* HELD", "F5 step"]);
    await_ground(&mut pty, vt100::Color::Rgb(1, 2, 3));
    pty.type_keys("\x1b[15~");
    pty.await_text(&["EHLO client.example.com"]);
    pty.type_keys("T");
    pty.await_text(&["> mine           dark, yours", "broken         X broken, yours"]);
    pty.type_keys("k");
    // Where the lines break hangs on how long the path is.
    pty.await_text(&["broken.toml:3:", "clinet:", "`client`"]);
    pty.type_keys("\r");
    pty.await_text(&["X /", "EHLO"]);
    await_ground(&mut pty, vt100::Color::Rgb(1, 2, 3));
    pty.type_keys("q");
    assert_eq!(pty.end().exit_code(), 0);
    std::fs::remove_dir_all(home).unwrap();
}

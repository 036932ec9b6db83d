//! The program itself in a pseudo-terminal: what it draws, and how it leaves the terminal.
#![cfg(unix)]

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use std::io::{Read as _, Write};
use std::num::NonZeroU16;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long anything may take on a slow machine; what is awaited comes in a fraction of that.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program, and the terminal as it has left it so far.
struct Pty {
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    terminal: vt100::Parser,
    _master: Box<dyn MasterPty + Send>,
}

impl Pty {
    fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, &[])
    }

    /// With environment variables beside the usual.
    fn start_with(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let pair =
            native_pty_system().openpty(PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 }).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_saslscope"));
        command.args(arguments);
        command.cwd(env!("CARGO_MANIFEST_DIR"));
        command.env("TERM", "xterm-256color");
        command.env_remove("NO_COLOR");
        for (variable, folder) in
            [("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data"), ("XDG_STATE_HOME", "state")]
        {
            command.env(variable, home().join(folder));
        }
        for (variable, value) in environment {
            command.env(variable, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        let [rows, columns] = [24, 80].map(|size| NonZeroU16::new(size).unwrap());
        let terminal = vt100::Parser::new(rows, columns, 0);
        Self { child, writer: pair.master.take_writer().unwrap(), output, terminal, _master: pair.master }
    }

    fn text(&self) -> String {
        self.terminal.screen().contents()
    }

    fn type_keys(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Waits until the screen holds all these words.
    fn await_text(&mut self, words: &[&str]) {
        self.await_screen(&format!("{words:?}"), |screen| {
            let text = screen.contents();
            words.iter().all(|word| text.contains(word))
        });
    }

    /// Waits until the screen is as it should be.
    fn await_screen(&mut self, what: &str, is_so: impl Fn(&vt100::Screen) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_so(self.terminal.screen()) {
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.terminal.process(&bytes),
                Err(error) => panic!("{what} never came ({error}); the screen is\n{}", self.text()),
            }
        }
    }

    /// Waits for the end; the terminal must be as it was before.
    fn end(mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < end, "it does not end; the screen is\n{}", self.text());
            std::thread::sleep(Duration::from_millis(10));
        };
        // Until the other end of the terminal is closed.
        while let Ok(bytes) = self.output.recv_timeout(PATIENCE) {
            self.terminal.process(&bytes);
        }
        let screen = self.terminal.screen();
        assert!(!screen.alternate_screen(), "the alternate screen is left");
        assert!(!screen.hide_cursor(), "the cursor is shown");
        assert!(!screen.bracketed_paste(), "paste is plain");
        status
    }
}

/// Where the programs under test keep what is theirs.
fn home() -> std::path::PathBuf {
    std::env::temp_dir().join(format!("saslscope-pty-{}", std::process::id()))
}

#[test]
fn the_lab_is_stepped_to_the_held_token_and_left() {
    let mut pty = Pty::start(&["lab"]);
    pty.await_text(&["220 server.example.com", "HELD", "? help"]);
    assert!(pty.terminal.screen().alternate_screen());
    pty.type_keys("n");
    pty.await_text(&["EHLO client.example.com"]);
    pty.type_keys("n");
    pty.await_text(&["AUTH GSSAPI LOGIN"]);
    pty.type_keys(" ");
    pty.await_text(&["NegTokenInit", "NEGOTIATE_MESSAGE", "mechTypes", "● HELD"]);
    pty.type_keys("q");
    assert_eq!(pty.end().exit_code(), 0);
}

#[test]
fn the_start_screen_opens_a_recording_that_is_built_in() {
    let mut pty = Pty::start(&[]);
    pty.await_text(&["lab: AUTH GSSAPI", "open a recording", "Learn"]);
    pty.type_keys("o");
    pty.await_text(&["Open"]);
    pty.type_keys("spec/ms-xlogin-4\r");
    pty.await_text(&["The printed example of AUTH LOGIN"]);
    pty.type_keys("Q");
    pty.end();
}

#[test]
fn the_terminal_is_given_back_on_ctrl_c_and_on_signals() {
    let mut pty = Pty::start(&["lab"]);
    pty.await_text(&["HELD"]);
    pty.type_keys("\x03");
    assert_eq!(pty.end().exit_code(), 130);

    for signal in ["-INT", "-QUIT"] {
        let mut pty = Pty::start(&["lab"]);
        pty.await_text(&["HELD"]);
        let process = pty.child.process_id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args([signal, &process]).status().unwrap().success());
        pty.end();
    }
}

#[test]
fn a_terminal_that_is_lost_leaves_a_recording() {
    for signal in ["-TERM", "-HUP"] {
        let folder = home().join("data/saslscope/recordings");
        let _ = std::fs::remove_dir_all(&folder); // of the signal before
        let mut pty = Pty::start(&["lab", "--mech", "login"]);
        pty.await_text(&["HELD"]);
        pty.type_keys("nnn");
        pty.await_text(&["username: alice"]);
        let process = pty.child.process_id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args([signal, &process]).status().unwrap().success());
        assert_eq!(pty.end().exit_code(), 130);
        let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
        let loaded = saslscope::transcript::recording::read(&std::fs::read(&file).unwrap());
        assert_eq!((loaded.damage, loaded.recording.events.len()), (None, 7), "{}", file.display());
    }
    std::fs::remove_dir_all(home().join("data")).unwrap();
}

#[test]
fn an_arrangement_is_remembered_on_request() {
    let folder = home().join("remembered");
    let config = folder.join("saslscope/config.toml");
    std::fs::create_dir_all(config.parent().unwrap()).unwrap();
    std::fs::write(&config, "ascii = true # as at home\n").unwrap();
    let start = || Pty::start_with(&["lab"], &[("XDG_CONFIG_HOME", folder.to_str().unwrap())]);
    let mut pty = start();
    pty.await_text(&["HELD", "[3 Tree]"]);
    pty.type_keys("}=");
    pty.await_text(&["remembered in"]);
    pty.type_keys("q");
    pty.end();
    let kept = std::fs::read_to_string(&config).unwrap();
    assert!(kept.starts_with("ascii = true # as at home\n") && kept.contains("[panes]\n"), "{kept}");
    let mut pty = start();
    pty.await_text(&["1 Raw", "S: 220 server.example.com", "6 Exchange "]);
    pty.type_keys("q");
    pty.end();

    std::fs::write(&config, "[panes]\nlayout = \"round\"\n").unwrap();
    let mut pty = start();
    pty.await_text(&["panes: `layout` is \"round\"; wanted is one of auto, stack"]);
    assert_eq!(pty.end().exit_code(), 1);
    std::fs::remove_dir_all(folder).unwrap();
}

/// Linux tells in a file whether a process is stopped.
#[cfg(target_os = "linux")]
#[test]
fn the_shell_has_the_terminal_while_the_program_is_stopped() {
    let mut pty = Pty::start(&["lab"]);
    pty.await_text(&["HELD"]);
    let process = pty.child.process_id().unwrap().to_string();
    let signal = |name: &str| std::process::Command::new("kill").args([name, &process]).status().unwrap();
    for stop in [true, false] {
        if stop {
            assert!(signal("-TSTP").success());
        } else {
            pty.type_keys("\x1a");
        }
        pty.await_screen("the alternate screen is left", |screen| !screen.alternate_screen() && !screen.hide_cursor());
        while !std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap().contains(") T ") {
            std::thread::sleep(Duration::from_millis(10));
        }
        assert!(signal("-CONT").success());
        pty.await_screen("the screen is back", |screen| {
            screen.alternate_screen() && screen.bracketed_paste() && screen.contents().contains("HELD")
        });
    }
    pty.type_keys("q");
    assert_eq!(pty.end().exit_code(), 0);
}

#[test]
fn a_program_that_is_killed_leaves_its_recording() {
    let file = std::env::temp_dir().join(format!("saslscope-pty-{}.session", std::process::id()));
    let _ = std::fs::remove_file(&file); // of an earlier run
    let mut pty = Pty::start(&["lab", "--mech", "login", "--save", &file.display().to_string()]);
    pty.await_text(&["HELD"]);
    pty.type_keys("nnn");
    pty.await_text(&["username: alice"]);
    pty.child.kill().unwrap();
    pty.child.wait().unwrap();
    let loaded = saslscope::transcript::recording::read(&std::fs::read(&file).unwrap());
    assert_eq!(loaded.damage, None);
    // Opened, the greeting, EHLO, the four lines of its reply.
    assert_eq!(loaded.recording.events.len(), 7);
    std::fs::remove_file(&file).unwrap();
}

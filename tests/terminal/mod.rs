//! The program in a pseudo-terminal: keys in, what a terminal makes of its output out.

// Each test program uses a part of it.
#![allow(dead_code)]

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use std::io::{Read as _, Write};
use std::num::NonZeroU16;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long anything may take on a slow machine; what is awaited comes in a fraction of that.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The program, and the terminal as it has left it so far.
pub(crate) struct Pty {
    pub(crate) child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    pub(crate) terminal: vt100::Parser,
    _master: Box<dyn MasterPty + Send>,
}

impl Pty {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, &[], (80, 24))
    }

    /// With environment variables beside the usual, on a screen of so many columns and rows.
    pub(crate) fn start_with(arguments: &[&str], environment: &[(&str, &str)], (cols, rows): (u16, u16)) -> Self {
        let pair = native_pty_system().openpty(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        let child = pair.slave.spawn_command(command(arguments, environment)).unwrap();
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
        let [rows, columns] = [rows, cols].map(|size| NonZeroU16::new(size).unwrap());
        let terminal = vt100::Parser::new(rows, columns, 0);
        Self { child, writer: pair.master.take_writer().unwrap(), output, terminal, _master: pair.master }
    }

    pub(crate) fn text(&self) -> String {
        self.terminal.screen().contents()
    }

    pub(crate) fn type_keys(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Waits until the screen holds all these words.
    pub(crate) fn await_text(&mut self, words: &[&str]) {
        self.await_screen(&format!("{words:?}"), |screen| {
            let text = screen.contents();
            words.iter().all(|word| text.contains(word))
        });
    }

    /// Waits until the screen is as it should be.
    pub(crate) fn await_screen(&mut self, what: &str, is_so: impl Fn(&vt100::Screen) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_so(self.terminal.screen()) {
            let left = end.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.terminal.process(&bytes),
                Err(error) => panic!("{what} never came ({error}); the screen is\n{}", self.text()),
            }
        }
    }

    /// Sends the program a signal: `-TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let process = self.child.process_id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args([name, &process]).status().unwrap().success());
    }

    /// Waits for the end; the terminal must be as it was before.
    pub(crate) fn end(mut self) -> ExitStatus {
        let status = await_that("it ends", || self.child.try_wait().unwrap());
        // Until the other end of the terminal is closed.
        while let Ok(bytes) = self.output.recv_timeout(PATIENCE) {
            self.terminal.process(&bytes);
        }
        let screen = self.terminal.screen();
        assert!(!screen.alternate_screen(), "the alternate screen is left");
        assert!(!screen.hide_cursor(), "the cursor is shown");
        assert!(!screen.bracketed_paste(), "paste is plain");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None, "the mouse is the terminal's");
        status
    }
}

/// Waits until there is something.
pub(crate) fn await_that<T>(what: &str, mut come: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(come) = come() {
            return come;
        }
        assert!(Instant::now() < end, "{what}: never");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Folders of a user who has set nothing, whoever runs the tests.
pub(crate) fn own_folders() -> [(&'static str, std::path::PathBuf); 3] {
    let folders = [("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data"), ("XDG_STATE_HOME", "state")];
    folders.map(|(variable, folder)| (variable, home().join(folder)))
}

/// The program, with its own files and a terminal that is known.
pub(crate) fn command(arguments: &[&str], environment: &[(&str, &str)]) -> CommandBuilder {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_saslscope"));
    command.args(arguments);
    command.cwd(env!("CARGO_MANIFEST_DIR"));
    command.env("TERM", "xterm-256color");
    command.env("LC_ALL", "C.UTF-8");
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLORTERM", "COLORFGBG"] {
        command.env_remove(variable);
    }
    for (variable, _) in std::env::vars().filter(|(variable, _)| variable.starts_with("SASLSCOPE_")) {
        command.env_remove(variable);
    }
    for (variable, folder) in own_folders() {
        command.env(variable, folder);
    }
    for (variable, value) in environment {
        command.env(variable, value);
    }
    command
}

/// Where the programs under test keep what is theirs.
pub(crate) fn home() -> std::path::PathBuf {
    std::env::temp_dir().join(format!("saslscope-pty-{:07}", std::process::id()))
}

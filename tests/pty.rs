//! The program itself in a pseudo-terminal: what it draws, and how it leaves the terminal.
#![cfg(unix)]

mod terminal;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use terminal::{PATIENCE, Pty, await_that, home};

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
fn the_mouse_selects_and_is_let_go() {
    let mut pty = Pty::start(&["lab"]);
    pty.await_text(&["HELD"]);
    assert_ne!(pty.terminal.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    pty.type_keys("nn");
    pty.await_text(&["▶ 4 S"]);
    // Pressed and let go in the fifth line: the third of the rows that are seen.
    pty.type_keys("\x1b[<0;20;5M\x1b[<0;20;5m");
    pty.await_text(&["▶ 3 C"]);
    pty.type_keys("M");
    pty.await_text(&["mouse: let go"]);
    assert_eq!(pty.terminal.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    pty.type_keys("MQ");
    pty.end();
}

#[test]
fn what_is_copied_reaches_the_terminal() {
    let mut pty = Pty::start(&["lab"]);
    pty.await_text(&["HELD"]);
    pty.type_keys("yr");
    pty.await_text(&["copied the line of 40 octets"]);
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
        pty.signal(signal);
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
        pty.signal(signal);
        assert_eq!(pty.end().exit_code(), 130);
        let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
        let loaded = saslscope::transcript::recording::read(&std::fs::read(&file).unwrap());
        assert_eq!((loaded.damage, loaded.recording.events.len()), (None, 7), "{}", file.display());
    }
    std::fs::remove_dir_all(home().join("data")).unwrap();
}

/// As when a window is closed: the system's signal, and nothing that can be read or written any more.
#[test]
fn a_terminal_that_is_closed_leaves_a_recording() {
    let folder = home().join("closed");
    let size = portable_pty::PtySize { rows: 24, cols: 80, ..Default::default() };
    let pair = portable_pty::native_pty_system().openpty(size).unwrap();
    let place = folder.to_str().unwrap();
    let command = terminal::command(&["lab", "--mech", "login"], &[("XDG_DATA_HOME", place)]);
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let (mut buffer, mut seen) = ([0; 4096], String::new());
    while !seen.contains("HELD") {
        let count = reader.read(&mut buffer).unwrap();
        seen.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    drop((reader, pair.master));
    assert_eq!(child.wait().unwrap().exit_code(), 130);
    assert_eq!(std::fs::read_dir(folder.join("saslscope/recordings")).unwrap().count(), 1);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn an_arrangement_is_remembered_on_request() {
    let folder = home().join("remembered");
    let config = folder.join("saslscope/config.toml");
    std::fs::create_dir_all(config.parent().unwrap()).unwrap();
    std::fs::write(&config, "ascii = true # as at home\n").unwrap();
    let start = || Pty::start_with(&["lab"], &[("XDG_CONFIG_HOME", folder.to_str().unwrap())], (80, 24));
    let mut pty = start();
    pty.await_text(&["HELD", "[3 Tree]"]);
    pty.type_keys("}=");
    pty.await_text(&["remembered in"]);
    pty.type_keys("q");
    pty.end();
    let kept = std::fs::read_to_string(&config).unwrap();
    assert!(kept.starts_with("ascii = true # as at home\n") && kept.contains("[panes]\n"), "{kept}");
    let mut pty = start();
    pty.await_text(&["1 Raw", "S: 220 server.example.com", "[6 Exchange]"]);
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
    for stop in [true, false] {
        if stop {
            pty.signal("-TSTP");
        } else {
            pty.type_keys("\x1a");
        }
        pty.await_screen("the alternate screen is left", |screen| !screen.alternate_screen() && !screen.hide_cursor());
        let is_stopped = || std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap().contains(") T ");
        await_that("it is stopped", || is_stopped().then_some(()));
        pty.signal("-CONT");
        pty.await_screen("the screen is back", |screen| {
            screen.alternate_screen() && screen.bracketed_paste() && screen.contents().contains("HELD")
        });
    }
    pty.type_keys("q");
    assert_eq!(pty.end().exit_code(), 0);
}

#[test]
fn a_program_that_is_killed_leaves_its_recording() {
    let file = std::env::temp_dir().join(format!("saslscope-pty-{:07}.session", std::process::id()));
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

/// Lines of a peer that is no part of the program.
struct Plain {
    reader: BufReader<TcpStream>,
}

impl Plain {
    fn connect(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { reader: BufReader::new(stream) }
    }

    fn says(&mut self, line: &str) {
        self.reader.get_mut().write_all(format!("{line}\r\n").as_bytes()).unwrap();
    }

    fn hears(&mut self) -> String {
        let mut line = String::new();
        self.reader.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// The last line of a reply.
    fn hears_reply(&mut self) -> String {
        loop {
            let line = self.hears();
            if line.as_bytes().get(3) != Some(&b'-') {
                return line;
            }
        }
    }
}

/// The port that the screen says the server listens on.
fn port(pty: &mut Pty) -> u16 {
    pty.await_text(&["listening on 127.0.0.1:"]);
    let text = pty.text();
    let (_, rest) = text.split_once("listening on 127.0.0.1:").unwrap();
    rest.split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn a_client_waits_while_its_server_is_held_and_keys_are_answered() {
    let mut pty = Pty::start(&["server", "--listen", "127.0.0.1:0", "--allow-plaintext"]);
    let port = port(&mut pty);
    let mut client = Plain::connect(port);
    let mut other = Plain::connect(port);
    pty.await_text(&["2 open", "HELD"]);
    pty.type_keys("\r");
    pty.await_text(&["S ●220"]);
    pty.type_keys("n");
    assert!(client.hears().starts_with("220 "));
    client.says("EHLO client.example.com");
    pty.await_text(&["S ●250 AUTH"]);
    pty.type_keys("n");
    client.hears_reply();
    client.says("AUTH LOGIN");
    pty.await_text(&["S ●334"]);
    // Held: the help comes and goes, the other session is looked at, all while the client waits.
    pty.type_keys("?");
    pty.await_text(&["Help:"]);
    pty.type_keys("\x1b");
    pty.await_screen("the help is gone", |screen| !screen.contents().contains("Help:"));
    pty.type_keys("H");
    pty.await_text(&["S ●220"]);
    pty.type_keys("c");
    assert!(other.hears().starts_with("220 "));
    pty.type_keys("H");
    pty.await_text(&["S ●334"]);
    pty.type_keys("n");
    assert_eq!(client.hears(), "334 VXNlcm5hbWU6");
    // Quitting asks once; whoever is connected is told by the end of the connection.
    pty.type_keys("q");
    pty.await_text(&["2 connections are open; the same again closes them"]);
    pty.type_keys("q");
    assert_eq!(pty.end().exit_code(), 0);
    assert_eq!(client.hears(), "");
}

#[test]
fn a_client_meets_our_own_server() {
    let folder = home().join("own-server");
    std::fs::create_dir_all(&folder).unwrap();
    let port_file = folder.join("port");
    let mut server = Command::new(env!("CARGO_BIN_EXE_saslscope"))
        .args(["server", "--headless", "--listen", "127.0.0.1:0", "--allow-plaintext", "--tls", "never"])
        .args(["--no-autosave", "--port-file", port_file.to_str().unwrap()])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let port = await_that("the port", || std::fs::read_to_string(&port_file).ok());
    let address = format!("127.0.0.1:{}", port.trim());
    let arguments =
        ["client", &address, "--user", "alice", "--password-env", "PW", "--mech", "login", "--allow-plaintext"];
    let mut pty = Pty::start_with(&arguments, &[("PW", "wonderland")], (80, 24));
    pty.await_text(&["C ●EHLO"]);
    pty.type_keys("n");
    pty.await_text(&["C ●AUTH LOGIN"]);
    pty.type_keys("c");
    pty.await_text(&["ended", "✔ authenticated"]);
    // Once more, with the server gone.
    server.kill().unwrap();
    server.wait().unwrap();
    pty.type_keys("r");
    pty.await_text(&["connection refused", "r tries again"]);
    pty.type_keys("q");
    assert_eq!(pty.end().exit_code(), 2);
}

/// The recording that the system leaves behind holds what was seen, and says how it ended.
#[test]
fn a_server_that_is_ended_by_the_system_leaves_its_recordings() {
    let data = home().join("ended");
    let environment = [("XDG_DATA_HOME", data.to_str().unwrap())];
    let mut pty = Pty::start_with(&["server", "--listen", "127.0.0.1:0"], &environment, (80, 24));
    let _client = Plain::connect(port(&mut pty));
    pty.await_text(&["1 open", "HELD"]);
    pty.signal("-TERM");
    pty.end();
    let files: Vec<_> = std::fs::read_dir(data.join("saslscope/recordings")).unwrap().collect();
    assert_eq!(files.len(), 1);
    let bytes = std::fs::read(files[0].as_ref().unwrap().path()).unwrap();
    let loaded = saslscope::transcript::recording::read(&bytes);
    assert_eq!(loaded.damage, None);
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("*  opened 127.0.0.1:") && text.contains("*  closed by"), "{text}");
}

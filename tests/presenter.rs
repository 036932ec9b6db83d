//! A show in one terminal and its presenter in another: two processes, a socket between them.
#![cfg(unix)]

mod terminal;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use terminal::{PATIENCE, Pty, own_folders};

/// A folder for sockets, and what tells the program of it.
struct Sockets(PathBuf);

impl Sockets {
    fn new(name: &str) -> Self {
        // Short: the name of a socket has some hundred octets.
        let folder = std::env::temp_dir().join(format!("saslscope-{name}-{:07}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder); // of an earlier run
        std::fs::DirBuilder::new().mode(0o700).create(&folder).unwrap();
        Self(folder)
    }

    fn start(&self, arguments: &[&str]) -> Pty {
        Pty::start_with(arguments, &[("XDG_RUNTIME_DIR", self.0.to_str().unwrap())], (80, 24))
    }

    /// The program without a terminal.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_saslscope"));
        command.args(arguments).envs(own_folders()).env("XDG_RUNTIME_DIR", &self.0).stdin(Stdio::null());
        command
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.0.join("saslscope")).into_iter().flatten();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

impl Drop for Sockets {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0); // what is left is in the folder of temporary files
    }
}

/// A lesson with a note for the presenter.
const LESSON: &str = "saslscope session 1\ntitle: Two terminals\n\nS: 220 a\n# The greeting.\nC: QUIT\n\
                      # (presenter) Whisper this.\n# The end is near.\nS: 221 b\n# It was the end.\n";

fn lesson(sockets: &Sockets) -> String {
    let path = sockets.0.join("lesson.session");
    std::fs::write(&path, LESSON).unwrap();
    path.display().to_string()
}

#[test]
fn a_second_terminal_follows_a_show_and_drives_it() {
    let sockets = Sockets::new("follow");
    let mut show = sockets.start(&["open", &lesson(&sockets), "--present"]);
    show.await_text(&["Two terminals", "saslscope notes "]);
    show.type_keys("N");
    show.await_text(&["Notes 1/3", "The greeting."]);
    let [socket] = &sockets.files()[..] else { panic!("{:?}", sockets.files()) };
    assert_eq!(std::fs::metadata(socket).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(socket.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);

    let mut notes = sockets.start(&["notes"]);
    notes.await_text(&["Two terminals", "scene 1 of 3", "The greeting.", "Next:", "C: QUIT", "Whisper this."]);
    show.await_text(&["1 follows"]);
    show.type_keys("n");
    notes.await_text(&["scene 2 of 3", "The end is near."]);
    notes.type_keys("n");
    show.await_text(&["Notes 3/3", "It was the end."]);
    notes.await_text(&["scene 3 of 3", "Nothing comes next."]);
    notes.type_keys("pp");
    show.await_text(&["Notes 1/3"]);
    assert!(!show.text().contains("Whisper"));
    notes.type_keys("q");
    assert_eq!(notes.end().exit_code(), 0);

    // One that is still there is told the end.
    let number = socket.file_stem().unwrap().to_str().unwrap().to_owned();
    let mut notes = sockets.start(&["notes", &number]);
    notes.await_text(&["scene 1 of 3"]);
    show.type_keys("q");
    assert_eq!(show.end().exit_code(), 0);
    assert_eq!(notes.end().exit_code(), 0);
    assert_eq!(sockets.files(), [""; 0].map(PathBuf::from), "the socket is gone");
}

#[test]
fn whatever_is_on_the_socket_the_screen_goes_on() {
    let sockets = Sockets::new("hostile");
    let mut show = sockets.start(&["open", &lesson(&sockets), "--present"]);
    show.await_text(&["Two terminals", "saslscope notes "]);
    let [socket] = &sockets.files()[..] else { panic!("{:?}", sockets.files()) };
    let connect = || {
        let stream = UnixStream::connect(socket).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream
    };
    // What is no wish, or longer than one, ends the connection.
    let long = vec![b' '; 100_000];
    for said in [&b"\n"[..], b"\x1b[2J\xff\x00\n", b"{\"do\":\"dance\"}\n", b"[[[[[[[[[[[[[[[[[[[[[[[[\n", &long] {
        let mut stream = connect();
        let _ = stream.write_all(said); // it may be closed before all is said
        let mut told = Vec::new();
        let _ = stream.read_to_end(&mut told); // a reset is an end, too
        assert!(told.is_empty() || told.starts_with(b"{\"title\":\"Two terminals\""));
    }
    // Many that never read, and one that asks without end.
    let crowd: Vec<UnixStream> = (0..30).map(|_| connect()).collect();
    let mut eager = crowd[0].try_clone().unwrap();
    for _ in 0..2_000 {
        if eager.write_all(b"{\"do\":\"next\"}\n{\"do\":\"back\"}\n").is_err() {
            break;
        }
    }
    show.type_keys(&"np".repeat(300));
    show.type_keys("N?");
    show.await_text(&["Help"]);
    show.type_keys("\x1b");
    drop((crowd, eager));
    // There is room again.
    let mut notes = sockets.start(&["notes", &socket.display().to_string()]);
    notes.await_text(&["scene "]);
    show.type_keys("Q");
    show.end();
    notes.end();
}

#[test]
fn a_socket_ends_with_its_show_and_what_is_left_of_a_killed_one_is_swept_up() {
    let sockets = Sockets::new("ends");
    let none = "no show is presented here";
    for signal in ["-TERM", "-HUP", "-INT", "-KILL"] {
        let mut show = sockets.start(&["lab"]);
        show.await_text(&["HELD"]);
        show.type_keys(":present\r");
        show.await_text(&["saslscope notes "]);
        assert_eq!(sockets.files().len(), 1, "{signal}");
        show.signal(signal);
        show.child.wait().unwrap();
        assert_eq!(sockets.files().len(), usize::from(signal == "-KILL"), "{signal}");
        let output = sockets.command(&["notes", "--headless"]).output().unwrap();
        assert_eq!(output.status.code(), Some(41));
        assert!(String::from_utf8_lossy(&output.stderr).contains(none), "{output:?}");
        assert_eq!(sockets.files().len(), 0, "{signal}");
    }
}

#[test]
fn without_a_screen_notes_are_lines() {
    let sockets = Sockets::new("lines");
    let mut show = sockets.start(&["open", &lesson(&sockets), "--present"]);
    show.await_text(&["Two terminals", "saslscope notes "]);
    show.type_keys("N");
    show.await_text(&["Notes 1/3"]);
    let mut notes =
        sockets.command(&["notes", "--headless"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut json = sockets.command(&["notes", "--json"]).stdout(Stdio::piped()).spawn().unwrap();
    show.await_text(&["2 follow"]);
    // What a follower is told is told beside the screen, which does not wait for it.
    let [mut lines, mut objects] = [&mut notes, &mut json].map(|child| BufReader::new(child.stdout.take().unwrap()));
    let (mut printed, mut told) = (String::new(), String::new());
    while !printed.contains("Whisper this") {
        assert!(lines.read_line(&mut printed).unwrap() > 0, "{printed}");
    }
    assert!(objects.read_line(&mut told).unwrap() > 0);
    notes.stdin.as_mut().unwrap().write_all(b"n\n").unwrap();
    show.await_text(&["Notes 2/3"]);
    show.type_keys("q");
    show.end();
    lines.read_to_string(&mut printed).unwrap();
    objects.read_to_string(&mut told).unwrap();
    for child in [&mut notes, &mut json] {
        assert!(child.wait().unwrap().success());
    }
    for words in ["Two terminals (scene 1 of 3, step 1 of 7", "  S: 220 a\n", "    (presenter) Whisper this.\n"] {
        assert!(printed.contains(words), "{words}\n{printed}");
    }
    assert!(told.lines().all(|line| line.starts_with("{\"title\":\"Two terminals\"")), "{told}");
}

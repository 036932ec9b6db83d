//! The client and the server of the program itself, on real sockets, run as a user runs them.
//!
//! Every server listens on a port that the system chose, tells it by `--port-file`, and is ended by its process.

use saslscope::session::Mechanism;
use saslscope::transcript::recording::{self, Secrets};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// A fresh folder, which is also where recordings go that nobody asked for.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("live-{name}"));
    let _ = fs::remove_dir_all(&folder); // of an earlier run
    fs::create_dir_all(&folder).expect("a fresh folder");
    folder
}

fn saslscope(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_saslscope"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SASLSCOPE_")) {
        command.env_remove(name);
    }
    command.args(arguments).stdin(Stdio::null());
    for variable in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME"] {
        command.env(variable, folder);
    }
    command.env("WONDERLAND", "wonderland").env("WRONG", "looking-glass");
    command
}

/// The recordings that were kept without being asked for.
fn kept(folder: &Path) -> Vec<(String, recording::Loaded)> {
    let entries = fs::read_dir(folder.join("saslscope/recordings")).into_iter().flatten().flatten();
    let mut kept: Vec<_> = entries
        .map(|entry| {
            let loaded = recording::read(&fs::read(entry.path()).expect("it can be read"));
            (entry.file_name().to_string_lossy().into_owned(), loaded)
        })
        .collect();
    kept.sort_by(|one, other| one.0.cmp(&other.0));
    kept
}

/// Waits until `done` gives something.
fn until<T>(what: &str, mut done: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(value) = done() {
            return value;
        }
        assert!(began.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A server of ours.
struct Server {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl Server {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let file = folder.join("port");
        let told = file.to_str().expect("UTF-8");
        let mut command = saslscope(folder, &["server", "--headless", "--listen", "0", "--port-file", told]);
        command.args(arguments).stdout(fs::File::create(folder.join("out")).expect("a file"));
        let child = command.stderr(Stdio::piped()).spawn().expect("it starts");
        let mut server = Self { child, port: 0, folder: folder.to_owned() };
        server.port = until("a port", || {
            let ended = server.child.try_wait().expect("a process");
            assert!(ended.is_none(), "the server has ended: {}", server.errors());
            // What is there is whole.
            fs::read_to_string(&file).ok().map(|port| port.strip_suffix('\n').expect("a line").parse().expect("a port"))
        });
        server
    }

    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn errors(&mut self) -> String {
        let mut errors = String::new();
        self.child.stderr.take().map(|mut stderr| stderr.read_to_string(&mut errors));
        errors
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().expect("kill is there").success());
    }

    fn wait(&mut self) -> ExitStatus {
        until("the server ends", || self.child.try_wait().expect("a process"))
    }

    fn output(&self) -> String {
        fs::read_to_string(self.folder.join("out")).expect("UTF-8")
    }

    fn objects(&self) -> Vec<Value> {
        let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.output().lines().map(parse).collect()
    }

    /// Ends it as a service manager does; gives what it has printed.
    fn end(mut self) -> Vec<Value> {
        self.signal("-TERM");
        assert_eq!(self.wait().code(), Some(0), "{}", self.errors());
        self.objects()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill(); // it may have ended
        let _ = self.child.wait();
    }
}

/// A server that plays a script: what it says at once, and behind each line that it hears.
fn script(greeting: &'static str, answers: &'static [&'static str]) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    thread::spawn(move || {
        let Ok((mut stream, _)) = listener.accept() else { return };
        let mut lines = BufReader::new(stream.try_clone().expect("a socket"));
        let _ = stream.write_all(greeting.as_bytes());
        for answer in answers {
            let mut line = String::new();
            if lines.read_line(&mut line).unwrap_or(0) == 0 || stream.write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    });
    address
}

fn client(folder: &Path, address: &str, arguments: &[&str]) -> Output {
    let fixed = ["client", address, "--headless", "--user", "alice"];
    saslscope(folder, &[&fixed[..], arguments].concat()).output().expect("it ends")
}

fn told(output: &Output) -> String {
    format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn keys(object: &Value) -> BTreeSet<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).collect()
}

/// What is needed to play the mechanism here: neither a certificate nor TLS.
fn playable() -> impl Iterator<Item = &'static str> {
    let names = Mechanism::ALL.into_iter().map(Mechanism::name);
    names.filter(|name| *name != "EXTERNAL" && !name.ends_with("-PLUS"))
}

fn is_token(mechanism: &str) -> bool {
    matches!(mechanism, "XOAUTH2" | "OAUTHBEARER")
}

#[test]
fn every_mechanism_is_played_between_our_own() {
    let folder = folder("mechanisms");
    let users = folder.join("users.toml");
    let text = "[[user]]\nname = \"alice\"\npassword = \"wonderland\"\ntoken = \"wonderland\"\n";
    fs::write(&users, text).expect("written");
    let users = users.to_str().expect("UTF-8");
    let server = Server::start(&folder, &["--json", "--tls", "never", "--allow-plaintext", "--users", users]);
    for mechanism in playable() {
        for (password, exit, code) in [("WONDERLAND", 0, "S: 235 "), ("WRONG", 28, "S: 535 ")] {
            let arguments = ["--mech", mechanism, "--password-env", password, "--tls", "never", "--allow-plaintext"];
            let output = client(&folder, &server.address(), &arguments);
            let told = told(&output);
            assert_eq!(output.status.code(), Some(exit), "{mechanism} {told}");
            assert!(told.contains(code), "{mechanism} {told}");
            assert_eq!(output.stderr.is_empty(), exit == 0, "{mechanism} {told}");
            assert!(!told.contains("looking-glass") && !told.contains("wonderland"), "{mechanism} {told}");
        }
    }
    let objects = server.end();
    let closed: Vec<&Value> = objects.iter().filter(|object| object["event"] == "closed").collect();
    let mut place = 0;
    for mechanism in playable() {
        for outcome in ["authenticated", "refused"] {
            let closed = closed[place];
            place += 1;
            assert_eq!((&closed["mechanism"], &closed["outcome"]), (&mechanism.into(), &outcome.into()), "{closed}");
            assert_eq!(closed["session"], place, "{closed}");
            if !is_token(mechanism) {
                assert_eq!(closed["user"], "alice", "{closed}");
            }
            if outcome == "refused" {
                assert_eq!(closed["code"], 535, "{closed}");
            }
        }
    }
    // Each connection was kept twice, by the client and by the server, and no password with them.
    let kept = kept(&folder);
    assert_eq!(kept.len(), 4 * playable().count());
    for (name, loaded) in kept {
        assert_eq!(loaded.damage, None, "{name}");
        assert_eq!(loaded.recording.headers.secrets, Secrets::Masked, "{name}");
        assert!(playable().any(|mechanism| name.ends_with(&format!("-{mechanism}.session"))), "{name}");
    }
}

#[test]
fn one_object_a_line_with_its_schema() {
    let folder = folder("json");
    let server = Server::start(&folder, &["--json", "--allow-plaintext", "--tls", "never"]);
    let arguments =
        ["--mech", "login", "--password-env", "WONDERLAND", "--allow-plaintext", "--tls", "never", "--json"];
    let output = client(&folder, &server.address(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let step = ["n", "at", "from", "line", "signal", "moves", "deviation", "token"];
    let mut lines = Vec::new();
    for line in String::from_utf8(output.stdout).expect("UTF-8").lines() {
        let object: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(keys(&object), BTreeSet::from(step), "{line}");
        lines.extend(object["from"].is_string().then(|| object["line"].clone()));
    }
    let address = server.address();
    let objects = server.end();
    let mut heard = Vec::new();
    for object in &objects {
        let event = object["event"].as_str().expect("an event");
        let wanted = match event {
            "listening" => BTreeSet::from(["event", "address", "exposed", "fingerprint"]),
            "opened" => BTreeSet::from(["event", "session", "peer"]),
            "step" => step.into_iter().chain(["event", "session", "peer"]).collect(),
            "closed" => BTreeSet::from([
                "event",
                "session",
                "peer",
                "mechanism",
                "inner",
                "user",
                "outcome",
                "code",
                "tls",
                "duration",
                "deviations",
            ]),
            "ended" => BTreeSet::from(["event", "sessions"]),
            other => panic!("{other}"),
        };
        assert_eq!(keys(object), wanted, "{object}");
        heard.extend(object["from"].is_string().then(|| object["line"].clone()));
    }
    assert_eq!(heard, lines, "both ends have seen the same lines");
    assert_eq!(objects[0]["address"], address);
    let events: Vec<&str> =
        objects.iter().filter_map(|object| object["event"].as_str()).filter(|e| *e != "step").collect();
    assert_eq!(events, ["listening", "opened", "closed", "ended"]);
}

/// A reply to EHLO.
const OFFER: &str = "250-host\r\n250 AUTH LOGIN PLAIN\r\n";

#[test]
fn how_a_client_ends_is_its_exit_code() {
    let folder = folder("endings");
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let nobody = closed.local_addr().expect("an address").to_string();
    drop(closed);

    // What the server does; exit code; what standard error says.
    let table: &[(String, &[&str], i32, &str)] = &[
        (nobody, &[], 2, "connecting to 127.0.0.1:"),
        ("nobody.invalid:25".to_owned(), &[], 2, "connecting to nobody.invalid:25: "),
        (script("554 no\r\n", &["221 bye\r\n"]), &[], 21, "554 no"),
        (script("220 host\r\n", &["502 no\r\n", "502 no\r\n", "221 bye\r\n"]), &[], 22, "502 no"),
        (script("220 host\r\n", &[]), &[], 6, "closed by server"),
        (script("", &[]), &[], 6, "closed by server before the greeting"),
        (script("220 host\r\n", &[OFFER]), &[], 6, "closed by server within the AUTH exchange"),
        (script("220 host\r\n", &[OFFER, "535 5.7.8 no\r\n", "221 bye\r\n"]), &[], 28, "535 5.7.8 no"),
        (script("220 host\r\n", &[OFFER, "235 ok\r\n", "221 bye\r\n"]), &[], 0, ""),
        ("host:0".to_owned(), &[], 1, "port 0"),
        (script("220 \x1b[2Jhost\r\n", &[OFFER, "535 5.7.8 \x07no\r\n", "221 bye\r\n"]), &[], 28, r"\x07no"),
    ];
    for (address, more, exit, says) in table {
        let arguments = ["--mech", "plain", "--password-env", "WONDERLAND", "--tls", "never", "--allow-plaintext"];
        let output = client(&folder, address, &[&arguments[..], more].concat());
        let told = told(&output);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(*exit), "{address} {told}");
        assert!(errors.contains(says) && errors.is_empty() == says.is_empty(), "{says}: {told}");
        assert!(errors.lines().count() <= 1 && !told.contains(['\x1b', '\x07']), "{told}");
    }
}

#[test]
fn what_can_not_be_followed_is_a_usage_error() {
    let folder = folder("usage");
    let typo = folder.join("typo.toml");
    fs::write(&typo, "[[user]]\nname = \"alice\"\npasword = \"x\"\n").expect("written");
    let typo = typo.to_str().expect("UTF-8");
    let netrc = folder.join(".netrc");
    fs::write(&netrc, "machine other.example.com login alice password wonderland\n").expect("written");
    let table: &[(&[&str], i32, &str)] = &[
        (&["client"], 1, "<HOST[:PORT]>"),
        (&["client", "127.0.0.1:1"], 1, "give --user, or --netrc"),
        (&["client", "127.0.0.1:1", "--user", "alice"], 1, "no password for alice, and no terminal to ask at"),
        (&["client", "127.0.0.1:1", "--user", "alice", "--netrc"], 1, "has no machine 127.0.0.1 with login alice"),
        (&["client", "other.example.com:0", "--netrc"], 1, "port 0"),
        (&["client", "127.0.0.1:1", "--netrc", "--password-env", "WRONG"], 1, "cannot be used with"),
        (&["client", "127.0.0.1:1", "--force"], 1, "--mech <MECHANISM>"),
        (&["client", "127.0.0.1:1", "--timeout", "0"], 1, "0 is not in 1.."),
        (&["client", "127.0.0.1:1", "--password", "x"], 1, "unexpected argument '--password'"),
        (
            &["client", "127.0.0.1:1", "--user", "a", "--password-file", "/nowhere"],
            1,
            "reading the password from /nowhere",
        ),
        (&["client", "127.0.0.1:1", "--user", "a", "--fault", "454"], 1, "[possible values: wrong-password, "),
        (&["client", "127.0.0.1:1", "--user", "a", "--gss", "system"], 10, "no GSS-API of the system"),
        (&["server", "--keytab", "x"], 10, "no GSS-API of the system"),
        (&["server", "--fault", "wrong-password"], 1, "[possible values: "),
        (&["server", "--listen", "0.0.0.0:0"], 1, "add --expose if they are to"),
        (&["server", "--listen", "localhorst:0"], 1, "`localhorst:0` is no address"),
        (&["server", "--mechs", "login,plane"], 1, "plane"),
        (&["server", "--cert", "x"], 1, "--key <FILE>"),
        (&["server", "--users", "/nowhere"], 1, "reading the users: /nowhere: there is no such file"),
        (&["server", "--users", typo], 1, "typo.toml:3: pasword: no key of a user (is `password` meant?)"),
        (&["server", "--port-file", "/nowhere/port", "--listen", "0"], 1, "writing the port to /nowhere/port: "),
        (&["server", "--listen", "203.0.113.1:0", "--expose"], 2, "listening on 203.0.113.1:0: "),
    ];
    for (arguments, exit, says) in table {
        let output = saslscope(&folder, &[*arguments, &["--headless"]].concat()).output().expect("it ends");
        assert_eq!(output.status.code(), Some(*exit), "{arguments:?} {}", told(&output));
        assert!(String::from_utf8_lossy(&output.stderr).contains(says), "{arguments:?} {}", told(&output));
    }
}

#[test]
fn a_port_that_is_taken_or_not_ours_is_told() {
    let folder = folder("ports");
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = saslscope(&folder, &["server", "--headless", "--listen", &address]).output().expect("it ends");
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("another program listens there"), "{}", told(&output));
    if TcpListener::bind((Ipv4Addr::LOCALHOST, 25)).is_ok() {
        eprintln!("skipped: permission denied on port 25: whoever runs this may listen there");
        return;
    }
    let output = saslscope(&folder, &["server", "--headless", "--listen", "25"]).output().expect("it ends");
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
}

#[test]
fn secrets_come_from_files_standard_input_and_netrc() {
    let folder = folder("secrets");
    let password = folder.join("password");
    fs::write(&password, "wonderland\r\nand more\n").expect("written");
    fs::write(folder.join(".netrc"), "machine 127.0.0.1 login alice password wonderland\n").expect("written");
    let server = Server::start(&folder, &["--json", "--tls", "never", "--allow-plaintext"]);
    let password = password.to_str().expect("UTF-8");
    for arguments in
        [&["--user", "alice", "--password-file", password][..], &["--user", "alice", "--netrc"], &["--netrc"]]
    {
        let address = server.address();
        let fixed = ["client", &address, "--headless", "--mech", "login", "--tls", "never", "--allow-plaintext"];
        let output = saslscope(&folder, &[&fixed[..], arguments].concat()).output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "{arguments:?} {}", told(&output));
    }
    // The password is the first line, what to do with held lines the next.
    let address = server.address();
    let arguments = [
        "--mech",
        "login",
        "--tls",
        "never",
        "--allow-plaintext",
        "--password-file",
        "-",
        "--stop",
        "PasswordChallenge",
    ];
    let mut command = saslscope(&folder, &["client", &address, "--headless", "--user", "alice"]);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    child.stdin.take().expect("piped").write_all(b"wonderland\n\nx\n\n\n").expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(28), "{}", told(&output));
    assert!(told(&output).contains("C: *\n") && told(&output).contains("S: 501 "), "{}", told(&output));
    drop(server.end());
}

#[test]
fn a_held_server_asks_for_each_session() {
    let folder = folder("held");
    let file = folder.join("port");
    let mut command = saslscope(&folder, &["server", "--headless", "--listen", "0", "--tls", "never"]);
    command.args(["--allow-plaintext", "--stop", "AuthPlainMessage", "--port-file", file.to_str().expect("UTF-8")]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let port: u16 = until("a port", || fs::read_to_string(&file).ok()?.trim().parse().ok());
    let mut stdin = child.stdin.take().expect("piped");
    // Two clients at once; the first is let in otherwise than it deserves, the second after the end of standard input.
    let arguments = ["--mech", "plain", "--tls", "never", "--allow-plaintext", "--password-env"];
    let address = format!("127.0.0.1:{port}");
    thread::scope(|scope| {
        let [refused, let_in] = ["WRONG", "WONDERLAND"].map(|password| {
            let client = scope.spawn(|| client(&folder, &address, &[&arguments[..], &[password]].concat()));
            thread::sleep(Duration::from_millis(300)); // one after the other; nothing hangs on how long
            client
        });
        stdin.write_all(b"\n= 454 4.7.0 later\n\n").expect("it reads");
        drop(stdin);
        let refused = refused.join().expect("a client");
        assert_eq!(refused.status.code(), Some(28), "{}", told(&refused));
        assert!(told(&refused).contains("454 4.7.0 later"), "{}", told(&refused));
        assert_eq!(let_in.join().expect("a client").status.code(), Some(0));
    });
    assert!(Command::new("kill").arg(child.id().to_string()).status().expect("kill is there").success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("session 1, held: "), "{}", told(&output));
    assert!(told(&output).contains("closed 127.0.0.1:"), "{}", told(&output));
}

/// A client that has come as far as its EHLO.
fn greeted(port: u16) -> TcpStream {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens");
    stream.write_all(b"EHLO a\r\n").expect("it takes it");
    let mut lines = BufReader::new(stream.try_clone().expect("a socket"));
    let mut line = String::new();
    while !line.starts_with("250 ") {
        line.clear();
        assert!(lines.read_line(&mut line).expect("lines") > 0, "it is closed");
    }
    stream
}

#[test]
fn a_signal_finishes_the_recordings() {
    for (signal, exit) in [("-TERM", 0), ("-INT", 130)] {
        let folder = folder(&format!("signal{signal}"));
        let saved = folder.join("saved.session");
        let saving = ["--json", "--save", saved.to_str().expect("UTF-8")];
        let mut server = Server::start(&folder, &saving);
        let streams: Vec<TcpStream> = (0..3).map(|_| greeted(server.port)).collect();
        server.signal(signal);
        assert_eq!(server.wait().code(), Some(exit), "{}", server.errors());
        drop(streams);
        let objects = server.objects();
        assert_eq!(objects.iter().filter(|object| object["event"] == "closed").count(), 3);
        assert_eq!(objects.last().map(|object| &object["sessions"]), Some(&3.into()));
        for number in 1..=3 {
            let text = fs::read_to_string(folder.join(format!("saved-000{number}.session"))).expect("a recording");
            assert!(text.ends_with("closed by server: ended here\n"), "{text}");
        }
        assert!(kept(&folder).is_empty(), "what is saved is not kept a second time");
    }
}

#[test]
fn a_killed_program_leaves_recordings_that_load() {
    let folder = folder("killed");
    let mut server = Server::start(&folder, &["--json"]);
    let streams: Vec<TcpStream> = (0..3).map(|_| greeted(server.port)).collect();
    until("the lines are written", || {
        let kept = kept(&folder);
        (kept.len() == 3 && kept.iter().all(|(_, loaded)| loaded.recording.events.len() >= 4)).then_some(())
    });
    server.signal("-KILL");
    assert_eq!(server.wait().code(), None);
    drop(streams);
    for (name, loaded) in kept(&folder) {
        assert_eq!(loaded.damage, None, "{name}");
        assert!(loaded.recording.headers.title.starts_with("A server of 127.0.0.1:"), "{name}");
    }
}

#[test]
fn a_client_is_interrupted() {
    let folder = folder("interrupted");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let arguments = ["client", &address, "--headless", "--user", "alice", "--password-env", "WONDERLAND"];
    let mut child = saslscope(&folder, &arguments).stdout(Stdio::null()).spawn().expect("it starts");
    let _silent = listener.accept().expect("it connects");
    until("it waits for the greeting", || {
        kept(&folder).first().filter(|(_, kept)| !kept.recording.events.is_empty()).map(drop)
    });
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill is there").success());
    assert_eq!(until("it ends", || child.try_wait().expect("a process")).code(), Some(130));
    let kept = kept(&folder);
    let last = kept[0].1.recording.events.last().map(recording::untimed);
    assert_eq!(last.as_deref(), Some("*  closed by client: ended here"));
}

#[test]
fn what_nobody_wants_kept_is_not() {
    let folder = folder("not-kept");
    let address = script("554 no\r\n", &["221 bye\r\n"]);
    let output = client(&folder, &address, &["--password-env", "WONDERLAND", "--no-autosave"]);
    assert_eq!(output.status.code(), Some(21), "{}", told(&output));
    fs::create_dir_all(folder.join("saslscope")).expect("made");
    fs::write(folder.join("saslscope/config.toml"), "autosave = false\n").expect("written");
    let address = script("554 no\r\n", &["221 bye\r\n"]);
    assert_eq!(client(&folder, &address, &["--password-env", "WONDERLAND"]).status.code(), Some(21));
    assert!(kept(&folder).is_empty());
    // Where nothing can be kept that is said once, and the session goes on.
    fs::write(folder.join("saslscope/config.toml"), "").expect("written");
    fs::write(folder.join("saslscope/recordings"), "a file in its way").expect("written");
    let address = script("554 no\r\n", &["221 bye\r\n"]);
    let output = client(&folder, &address, &["--password-env", "WONDERLAND"]);
    assert_eq!(output.status.code(), Some(21), "{}", told(&output));
    assert_eq!(told(&output).matches("the session goes on without").count(), 1, "{}", told(&output));
}

#[test]
fn many_clients_at_once() {
    let folder = folder("many");
    let server = Server::start(&folder, &["--json", "--tls", "never", "--allow-plaintext"]);
    let clients = 50;
    thread::scope(|scope| {
        for _ in 0..clients {
            scope.spawn(|| {
                let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port)).expect("it listens");
                let said = "EHLO a\r\nAUTH PLAIN AGFsaWNlAHdvbmRlcmxhbmQ=\r\nQUIT\r\n";
                stream.write_all(said.as_bytes()).expect("it takes it");
                let mut heard = String::new();
                stream.read_to_string(&mut heard).expect("it answers");
                assert!(heard.contains("\r\n235 ") && heard.contains("\r\n221 "), "{heard}");
            });
        }
    });
    let objects = server.end();
    let closed = objects.iter().filter(|object| object["outcome"] == "authenticated");
    let sessions: BTreeSet<u64> = closed.filter_map(|object| object["session"].as_u64()).collect();
    assert_eq!(sessions, (1..=clients).collect());
}

#[test]
fn tls_is_had_as_the_options_say() {
    let folder = folder("tls");
    let server = Server::start(&folder, &["--json"]);
    // Options of the client; exit code; what it prints.
    let table: &[(&[&str], i32, &str)] = &[
        (&["--insecure"], 0, "tls started TLSv1.3"),
        (&[], 29, "trust it with --ca FILE"),
        (&["--ca", "/nowhere"], 1, "reading /nowhere: "),
        (&["--tls", "starttls", "--insecure"], 0, "C: STARTTLS"),
        (&["--tls", "implicit", "--insecure"], 29, "no TLS: "),
        (&["--tls", "never", "--allow-plaintext"], 28, "LOGIN"),
    ];
    for (options, exit, says) in table {
        let arguments = [&["--mech", "login", "--password-env", "WONDERLAND"], *options].concat();
        let output = client(&folder, &server.address(), &arguments);
        assert_eq!(output.status.code(), Some(*exit), "{options:?} {}", told(&output));
        assert!(told(&output).contains(says), "{options:?} {}", told(&output));
    }
    let closed = server.end();
    let tls = closed.iter().filter(|object| object["outcome"] == "authenticated").all(|closed| closed["tls"] == true);
    assert!(tls, "no password in clear");
    // In clear, a client that insists on TLS, and one that does not.
    fs::remove_file(folder.join("port")).expect("it was there");
    let server = Server::start(&folder, &["--tls", "never"]);
    for (options, exit) in [(&["--tls", "starttls"][..], 29), (&[], 0)] {
        let arguments = [&["--mech", "gssapi", "--password-env", "WONDERLAND"], options].concat();
        let output = client(&folder, &server.address(), &arguments);
        assert_eq!(output.status.code(), Some(exit), "{options:?} {}", told(&output));
    }
}

#[test]
fn a_certificate_logs_on() {
    let folder = folder("external");
    let path = |name: &str| folder.join(name).to_str().expect("UTF-8").to_owned();
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=alice"])
        .args(["-keyout", &path("key.pem"), "-out", &path("cert.pem")])
        .output();
    if !made.is_ok_and(|made| made.status.success()) {
        eprintln!("skipped: EXTERNAL: openssl is not there to make a certificate");
        return;
    }
    let both = [fs::read(path("cert.pem")).expect("made"), fs::read(path("key.pem")).expect("made")].concat();
    fs::write(path("both.pem"), both).expect("written");
    let server = Server::start(&folder, &["--json", "--mechs", "external"]);
    for (more, exit) in [(&["--client-cert", &*path("both.pem")][..], 0), (&[], 28)] {
        let arguments = [&["--mech", "external", "--insecure"], more].concat();
        let output = client(&folder, &server.address(), &arguments);
        assert_eq!(output.status.code(), Some(exit), "{}", told(&output));
    }
}

#[test]
fn what_is_logged_has_no_secrets() {
    let folder = folder("log");
    let log = folder.join("log");
    let server =
        Server::start(&folder, &["--tls", "never", "--allow-plaintext", "--log", log.to_str().expect("UTF-8")]);
    let arguments = ["--mech", "plain", "--password-env", "WONDERLAND", "--tls", "never", "--allow-plaintext", "-v"];
    let output = client(&folder, &server.address(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(errors.contains(" INFO  connection 1: open, peer 127.0.0.1:"), "{errors}");
    let mut server = server;
    server.signal("-TERM");
    assert_eq!(server.wait().code(), Some(0));
    let logged = fs::read_to_string(&log).expect("a log");
    assert!(logged.contains("octets of the client") && logged.contains("deadline at "), "{logged}");
    for text in [&logged, &errors] {
        assert!(!text.contains("wonderland") && !text.contains("AGFsaWNl"), "{text}");
    }
}

#[test]
fn faults_happen_on_the_wire() {
    let folder = folder("faults");
    for (server, client_fault, says) in [
        (&["--fault", "454"][..], &[][..], "454 4.7.0"),
        (&[], &["--fault", "wrong-password"], "535 5.7.8"),
        (&[], &["--fault", "cancel"], "501 5.7.0"),
    ] {
        let server = Server::start(&folder, &[&["--json", "--tls", "never", "--allow-plaintext"], server].concat());
        let arguments = ["--mech", "gssapi", "--password-env", "WONDERLAND", "--tls", "never"];
        let output = client(&folder, &server.address(), &[&arguments[..], client_fault].concat());
        assert_eq!(output.status.code(), Some(28), "{}", told(&output));
        assert!(told(&output).contains(says), "{says}: {}", told(&output));
        drop(server.end());
        fs::remove_file(folder.join("port")).expect("it was there");
    }
}

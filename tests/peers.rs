//! Real mail software in both roles: our server met by their clients, our client met with their servers.
//!
//! Each pair tries each mechanism with the right password, with a wrong one, and with an exchange that is cancelled: our
//! client cancels in place of its first response, their clients get a challenge that is no base64. What came of it is the
//! matrix in README, and these tests compare the two; `SASLSCOPE_BLESS=1 cargo test --test peers` writes the matrix anew.
//!
//! The peers are processes of their own, on loopback, started and ended here; those that are programs of this tree lie in
//! `tests/peers/`. A peer that is not there is skipped, and the test says why.

use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const RIGHT: &str = "wonderland";
const WRONG: &str = "looking-glass";
/// The bearer token of the user alice.
const TOKEN: &str = "drink-me";
const WRONG_TOKEN: &str = "eat-me";

/// How long a peer may take for one exchange, or to listen.
const PATIENCE: Duration = Duration::from_secs(60);

// ---- their servers, our client

#[test]
fn postfix_with_cyrus_meets_our_client() {
    let mechanisms = &[
        "GSSAPI",
        "GSS-SPNEGO",
        "SCRAM-SHA-256",
        "SCRAM-SHA-1",
        "DIGEST-MD5",
        "CRAM-MD5",
        "NTLM",
        "PLAIN",
        "LOGIN",
        "LOGIN, STARTTLS",
    ];
    our_client("Postfix", "postfix", &["postconf", "-d", "-h", "mail_version"], mechanisms);
}

#[test]
fn dovecot_meets_our_client() {
    let mechanisms = &["SCRAM-SHA-256", "SCRAM-SHA-1", "DIGEST-MD5", "CRAM-MD5", "PLAIN", "LOGIN", "LOGIN, STARTTLS"];
    our_client("Dovecot", "dovecot", &["dovecot", "--version"], mechanisms);
}

#[test]
fn exim_meets_our_client() {
    let program = std::env::var("SASLSCOPE_EXIM").unwrap_or_else(|_| "exim4".to_owned());
    our_client(
        "Exim",
        "exim",
        &[&program, "-C", "/dev/null", "-bV"],
        &["CRAM-MD5", "NTLM", "NTLM, NTLMv1 allowed", "PLAIN", "LOGIN", "LOGIN, STARTTLS"],
    );
}

#[test]
fn aiosmtpd_meets_our_client() {
    let Some(python) = python() else { return };
    let version = [&*python, "-c", "import aiosmtpd; print(aiosmtpd.__version__)"];
    our_client("aiosmtpd", "aiosmtpd", &version, &["PLAIN", "LOGIN", "LOGIN, prompts counted", "PLAIN, STARTTLS"]);
}

/// Our client with each mechanism against that server.
fn our_client(name: &str, program: &str, version: &[&str], mechanisms: &[&str]) {
    let Some(version) = version_of(version) else { return };
    if program != "aiosmtpd" && !is_root() {
        return println!("skipped: {name} wants to be root");
    }
    let server = Server::theirs(program);
    let mut rows = Vec::new();
    for mechanism in mechanisms {
        let run = |password, more: &[&str]| {
            let port = server.port.to_string();
            let mut client = Command::new(env!("CARGO_BIN_EXE_saslscope"));
            client.args([
                "client",
                &format!("localhost:{port}"),
                "--headless",
                "--json",
                "--no-autosave",
                "--insecure",
            ]);
            let (mechanism, how) = mechanism.split_once(", ").unwrap_or((mechanism, ""));
            client.args(["--mech", mechanism, "--user", "alice", "--password-env", "PASSWORD"]);
            client.args(match how {
                "STARTTLS" => ["--tls", "starttls"].iter(),
                "NTLMv1 allowed" => ["--tls", "never", "--allow-ntlmv1"].iter(),
                "prompts counted" => ["--tls", "never", "--prompts", "counting"].iter(),
                _ => ["--tls", "never"].iter(),
            });
            client.arg("--allow-plaintext").args(more).env("PASSWORD", password);
            let output = finish(client);
            seen(&lines_of(&output.stdout))
        };
        let cancel = ["--fault", "cancel", "--ir", "never"];
        rows.push(row(
            name,
            &version,
            "our client",
            mechanism,
            &[run(RIGHT, &[]), run(WRONG, &[]), run(RIGHT, &cancel)],
        ));
    }
    compare(&format!("| {name} "), &rows);
}

// ---- our server, their clients

#[test]
fn swaks_meets_our_server() {
    let client = |port: u16, mechanism: &str, password: &str| {
        let mut command = Command::new("swaks");
        let mechanism = mechanism.split(',').next().unwrap_or_default();
        command.args(["--server", "127.0.0.1", "--port", &port.to_string(), "--ehlo", "client.example.com"]);
        command.args([
            "--quit-after",
            "AUTH",
            "--auth",
            mechanism,
            "--auth-user",
            "alice",
            "--auth-password",
            password,
        ]);
        command
    };
    our_server(
        "swaks",
        &["swaks", "--version"],
        &["LOGIN", "PLAIN", "CRAM-MD5", "DIGEST-MD5", "NTLM", "NTLM, NTLMv1 not allowed"],
        client,
    );
}

#[test]
fn curl_meets_our_server() {
    let mechanisms =
        ["LOGIN", "PLAIN", "CRAM-MD5", "DIGEST-MD5", "NTLM", "XOAUTH2", "OAUTHBEARER", "LOGIN, STARTTLS", "PLAIN, TLS"];
    let client = |port: u16, mechanism: &str, password: &str| {
        let mut command = Command::new("curl");
        let (mechanism, tls) = mechanism.split_once(", ").unwrap_or((mechanism, ""));
        if tls == "STARTTLS" {
            command.arg("--ssl-reqd");
        }
        command.arg("--insecure"); // the certificate is made up
        let scheme = if tls == "TLS" { "smtps" } else { "smtp" };
        command.args(["-sS", "--max-time", "50", "--login-options", &format!("AUTH={mechanism}"), "-X", "NOOP"]);
        match mechanism {
            "XOAUTH2" | "OAUTHBEARER" => command.args(["--user", "alice", "--oauth2-bearer", password]),
            _ => command.args(["--user", &format!("alice:{password}")]),
        };
        command.arg(format!("{scheme}://127.0.0.1:{port}/client.example.com"));
        command
    };
    our_server("curl", &["curl", "--version"], &mechanisms, client);
}

#[test]
fn msmtp_meets_our_server() {
    let mechanisms = ["LOGIN", "PLAIN", "CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "NTLM"];
    let client = |port: u16, mechanism: &str, password: &str| {
        let mut command = Command::new("msmtp");
        command.args(["--host=127.0.0.1", &format!("--port={port}"), "--tls=off", "--domain=client.example.com"]);
        command.args([&format!("--auth={}", mechanism.to_lowercase()), "--user=alice", "--from=alice@example.com"]);
        command.args([&format!("--passwordeval=echo {password}"), "bob@example.com"]);
        command
    };
    our_server("msmtp", &["msmtp", "--version"], &mechanisms, client);
}

#[test]
fn gsasl_meets_our_server() {
    let mechanisms = ["LOGIN", "PLAIN", "CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "NTLM"];
    let client = |port: u16, mechanism: &str, password: &str| {
        let mut command = Command::new("gsasl");
        command.args(["--smtp", "--connect", &format!("127.0.0.1:{port}"), "--no-starttls", "--mechanism", mechanism]);
        command.args(["--authentication-id", "alice", "--authorization-id", "alice", "--password", password]);
        command.args([
            "--hostname",
            "localhost",
            "--service",
            "smtp",
            "--realm",
            "",
            "--quality-of-protection",
            "qop-auth",
        ]);
        command
    };
    our_server("gsasl", &["gsasl", "--version"], &mechanisms, client);
}

#[test]
fn neomutt_meets_our_server() {
    let client = |port: u16, mechanism: &str, password: &str| {
        let mut command = Command::new("neomutt");
        let set = [
            format!("set smtp_url=smtp://alice@127.0.0.1:{port}/"),
            format!("set smtp_authenticators={}", mechanism.to_lowercase()),
            format!("set smtp_pass={password}"),
            "set ssl_starttls=no".to_owned(),
            "set ssl_force_tls=no".to_owned(),
            "set from=alice@example.com".to_owned(),
            "set copy=no".to_owned(),
        ];
        command.args(["-n", "-F", "/dev/null"]).args(set.iter().flat_map(|line| ["-e", line]));
        command.args(["-s", "hello", "bob@example.com"]);
        command
    };
    our_server("NeoMutt", &["neomutt", "-v"], &["LOGIN", "PLAIN"], client);
}

#[test]
fn s_nail_meets_our_server() {
    let client = |port: u16, mechanism: &str, password: &str| {
        let mut command = Command::new("s-nail");
        let mechanism = mechanism.to_lowercase();
        let set = [
            format!("mta=smtp://alice:{password}@127.0.0.1:{port}"),
            format!("smtp-config={mechanism},-ehlo"),
            format!("smtp-auth={mechanism}"),
            "from=alice@example.com".to_owned(),
            "hostname=client.example.com".to_owned(),
        ];
        command.args(["-:/", "-Sv15-compat"]).args(set.iter().flat_map(|line| ["-S", line]));
        command.args(["-s", "hello", "bob@example.com"]);
        command
    };
    our_server("s-nail", &["s-nail", "--version"], &["LOGIN", "PLAIN", "CRAM-MD5"], client);
}

#[test]
fn smtplib_meets_our_server() {
    let Some(python) = python() else { return };
    let client = |port: u16, mechanism: &str, password: &str| {
        let mut command = Command::new(&python);
        command.arg(peers().join("smtplib_client")).args([&port.to_string(), mechanism, "alice", "PASSWORD"]);
        command.env("PASSWORD", password);
        command
    };
    our_server("smtplib", &[&python, "--version"], &["LOGIN", "PLAIN", "CRAM-MD5"], client);
}

#[test]
fn pyspnego_meets_our_server() {
    let Some(python) = python() else { return };
    let client = |port: u16, mechanism: &str, password: &str| {
        let protocol = if mechanism.contains("bare") { "ntlm" } else { "negotiate" };
        let mut command = Command::new(&python);
        command.arg(peers().join("spnego_client")).args([&port.to_string(), protocol, "alice", "PASSWORD"]);
        command.env("PASSWORD", password);
        command
    };
    let version = [&*python, "-c", "from importlib.metadata import version; print(version('pyspnego'))"];
    our_server("pyspnego", &version, &["GSSAPI", "GSSAPI, bare NTLM"], client);
}

/// That client with each mechanism against our server.
fn our_server(name: &str, version: &[&str], mechanisms: &[&str], client: impl Fn(u16, &str, &str) -> Command) {
    let Some(version) = version_of(version) else { return };
    let mut rows = Vec::new();
    for &mechanism in mechanisms {
        let run = |password: &str, more: &[&str]| {
            let tls = match mechanism {
                _ if mechanism.ends_with("STARTTLS") => "starttls",
                _ if mechanism.ends_with("TLS") => "implicit",
                _ => "never",
            };
            let offered = mechanism.split(',').next().unwrap_or_default();
            let mut options = vec!["--tls", tls, "--mechs", offered];
            options.extend_from_slice(more);
            if !mechanism.ends_with("not allowed") {
                options.push("--allow-ntlmv1");
            }
            let server = Server::ours(&options);
            let mut command = client(server.port, mechanism, password);
            command.stdin(Stdio::piped());
            finish(command);
            seen(&server.end())
        };
        let token = matches!(mechanism, "XOAUTH2" | "OAUTHBEARER");
        let (right, wrong) = if token { (TOKEN, WRONG_TOKEN) } else { (RIGHT, WRONG) };
        let spoilt = ["--fault", "bad-challenge"];
        let cells = [run(right, &[]), run(wrong, &[]), run(right, &spoilt)];
        rows.push(row(name, &version, "our server", mechanism, &cells));
    }
    compare(&format!("| {name} "), &rows);
}

// ---- the matrix

/// What an exchange came to, in the words of the matrix: the reply that ended it, `*` before it where the client
/// cancelled, what went on in place of a cancellation.
fn seen(steps: &[Value]) -> String {
    let lines: Vec<(&str, &str)> =
        steps.iter().filter_map(|step| Some((step["from"].as_str()?, step["line"].as_str()?))).collect();
    let Some(auth) =
        lines.iter().position(|(from, line)| *from == "client" && line.to_ascii_uppercase().starts_with("AUTH"))
    else {
        return "no AUTH".to_owned();
    };
    let exchange = &lines[auth..];
    let ends = exchange.iter().position(|(from, line)| *from == "server" && !line.starts_with("334"));
    let exchange = &exchange[..ends.map_or(exchange.len(), |end| end + 1)];
    let cancels = exchange.iter().any(|(from, line)| *from == "client" && *line == "*");
    let challenged = exchange.iter().any(|(from, line)| *from == "server" && line.starts_with("334"));
    let spoilt =
        exchange.iter().any(|(from, line)| *from == "server" && line.starts_with("334 ") && line.contains('!'));
    let code = ends.map_or("closed", |end| &lines[auth + end].1[..3]);
    let weak = ["answered with NTLMv1", "is NTLMv1"]
        .iter()
        .any(|words| steps.iter().any(|step| step.to_string().contains(words)));
    match () {
        () if cancels => format!("`*` {code}"),
        () if spoilt => format!("goes on, {code}"),
        () if !challenged => format!("{code}, no challenge"),
        () if weak => format!("{code}, NTLMv1"),
        () => code.to_owned(),
    }
}

fn row(name: &str, version: &str, ours: &str, mechanism: &str, cells: &[String; 3]) -> String {
    let [right, wrong, cancel] = cells;
    format!("| {name} {version} | {ours} | {mechanism} | {right} | {wrong} | {cancel} |")
}

/// The heading of the matrix, by which it is found in README.
const HEADING: &str = "| peer | met by | mechanism | right password | wrong password | cancelled |";

/// Compares rows with those of that peer in README, but for the version; or writes them there.
fn compare(peer: &str, rows: &[String]) {
    static README: Mutex<()> = Mutex::new(());
    let _one_at_a_time: MutexGuard<'_, ()> = README.lock().unwrap_or_else(PoisonError::into_inner);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    for row in rows {
        println!("{row}");
    }
    if std::env::var_os("SASLSCOPE_BLESS").is_some() {
        return fs::write(&path, with_rows(&readme, peer, rows)).unwrap();
    }
    let without_version = |row: &str| -> String {
        let mut cells = row.splitn(3, '|');
        cells.next();
        let name = cells.next().unwrap_or_default().split_whitespace().next().unwrap_or_default().to_owned();
        format!("| {name} |{}", cells.next().unwrap_or_default())
    };
    let printed: Vec<_> = readme.lines().filter(|line| line.starts_with(peer)).map(without_version).collect();
    let seen: Vec<_> = rows.iter().map(|row| without_version(row)).collect();
    assert_eq!(printed, seen, "README has the first; run with SASLSCOPE_BLESS=1 where the second is right");
}

fn with_rows(readme: &str, peer: &str, rows: &[String]) -> String {
    let (before, table) = readme.split_once(HEADING).expect("README has the matrix");
    let mut lines = table.lines().skip(1);
    let rule = lines.next().unwrap_or_default();
    let mut matrix: Vec<&str> = Vec::new();
    let mut after = String::new();
    for line in lines {
        if after.is_empty() && line.starts_with('|') {
            matrix.push(line);
        } else {
            let _ = writeln!(after, "{line}");
        }
    }
    matrix.retain(|line| !line.starts_with(peer));
    matrix.extend(rows.iter().map(String::as_str));
    let order = |row: &&str| {
        let cells: Vec<_> = row.split(" | ").collect();
        (cells.get(1).map(|cell| (*cell).to_owned()), cells.first().map(|cell| cell.to_lowercase()))
    };
    matrix.sort_by_key(order);
    format!("{before}{HEADING}\n{rule}\n{}\n{after}", matrix.join("\n"))
}

// ---- processes

/// A server of either side, ended with this value.
struct Server {
    port: u16,
    child: Child,
    folder: Folder,
}

impl Server {
    /// One of `tests/peers/`.
    fn theirs(program: &str) -> Self {
        let folder = Folder::new(program);
        let port = free_port();
        let script = peers().join(program);
        let mut command = match python().filter(|_| program == "aiosmtpd") {
            Some(python) => {
                let mut command = Command::new(python);
                command.arg(script);
                command
            }
            None => Command::new(script),
        };
        let log = fs::File::create(folder.0.join("output")).unwrap();
        command.arg(&folder.0).arg(port.to_string()).stdin(Stdio::null());
        command.stdout(log.try_clone().unwrap()).stderr(log).process_group(0);
        let mut server = Self { port, child: command.spawn().unwrap(), folder };
        server.wait_for_port();
        server
    }

    /// Ours, with a user alice.
    fn ours(more: &[&str]) -> Self {
        let folder = Folder::new("ours");
        let users = folder.0.join("users.toml");
        fs::write(&users, format!("[[user]]\nname = \"alice\"\npassword = \"{RIGHT}\"\ntoken = \"{TOKEN}\"\n"))
            .unwrap();
        fs::set_permissions(&users, fs::Permissions::from_mode(0o600)).unwrap();
        let port_file = folder.0.join("port");
        let mut command = Command::new(env!("CARGO_BIN_EXE_saslscope"));
        command.args([
            "server",
            "--headless",
            "--json",
            "--reveal",
            "--no-autosave",
            "--listen",
            "127.0.0.1:0",
            "--port-file",
        ]);
        command.arg(&port_file).arg("--users").arg(users).arg("--allow-plaintext").args(more);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).process_group(0);
        let mut child = command.spawn().unwrap();
        let began = Instant::now();
        let port = loop {
            if let Some(port) = fs::read_to_string(&port_file).ok().and_then(|text| text.trim().parse().ok()) {
                break port;
            }
            assert!(child.try_wait().unwrap().is_none(), "our server has ended");
            assert!(began.elapsed() < PATIENCE, "our server does not listen");
            std::thread::sleep(Duration::from_millis(10));
        };
        Self { port, child, folder }
    }

    /// Ends our server; what it has told, object by object.
    fn end(mut self) -> Vec<Value> {
        let output = self.child.stdout.take().unwrap();
        self.signal("-TERM");
        let lines: Vec<u8> = BufReader::new(output).lines().map_while(Result::ok).collect::<Vec<_>>().join("\n").into();
        lines_of(&lines)
    }

    fn wait_for_port(&mut self) {
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            if let Some(status) = self.child.try_wait().unwrap() {
                let said = fs::read_to_string(self.folder.0.join("output")).unwrap_or_default();
                panic!("the server has ended with {status}: {said}");
            }
            assert!(began.elapsed() < PATIENCE, "the server does not listen");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn signal(&self, signal: &str) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args([signal, "--", &group]).stderr(Stdio::null()).status();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.signal("-TERM");
        let began = Instant::now();
        while self.child.try_wait().is_ok_and(|status| status.is_none()) {
            if began.elapsed() > Duration::from_secs(10) {
                self.signal("-KILL");
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.signal("-KILL"); // what it has left behind in its group
    }
}

/// A folder of its own, which others may look into, removed with this value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let unique = format!("saslscope-{name}-{}-{}", std::process::id(), free_port());
        let path = std::env::temp_dir().join(unique);
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs a client to its end, with one line of standard input where it reads any.
fn finish(mut command: Command) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).env("LC_ALL", "C");
    let mut child = command.spawn().unwrap();
    if let Some(mut input) = child.stdin.take() {
        use std::io::Write as _;
        let _ = input.write_all(b"Subject: hello\n\nhello\n");
    }
    let (mut stdout, mut stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let errors = std::thread::spawn(move || {
        let mut octets = Vec::new();
        let _ = stderr.read_to_end(&mut octets);
        octets
    });
    let id = child.id();
    let (done, ended) = std::sync::mpsc::channel::<()>();
    let watch = std::thread::spawn(move || {
        if ended.recv_timeout(PATIENCE) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            let _ = Command::new("kill").args(["-KILL", &id.to_string()]).status();
        }
    });
    let mut octets = Vec::new();
    let _ = stdout.read_to_end(&mut octets);
    let status = child.wait().unwrap();
    drop(done);
    watch.join().unwrap();
    Output { status, stdout: octets, stderr: errors.join().unwrap() }
}

/// One JSON object a line.
fn lines_of(octets: &[u8]) -> Vec<Value> {
    let text = String::from_utf8_lossy(octets);
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// The first word of what a program says of its version that is a number; nothing, with the reason, where it is not there.
fn version_of(command: &[&str]) -> Option<String> {
    match Command::new(command[0]).args(&command[1..]).stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
            let number = |word: &&str| word.trim_start_matches('v').starts_with(|first: char| first.is_ascii_digit());
            let word = text.split_whitespace().find(number).unwrap_or_default();
            Some(word.trim_start_matches('v').trim_end_matches([',', ';']).to_owned())
        }
        Ok(output) => {
            println!("skipped: {}: {}", command[0], String::from_utf8_lossy(&output.stderr).trim());
            None
        }
        Err(error) => {
            println!("skipped: {}: {error}", command[0]);
            None
        }
    }
}

/// A Python with pyspnego and aiosmtpd.
fn python() -> Option<String> {
    let python = std::env::var("SASLSCOPE_PYTHON").ok();
    if python.is_none() {
        println!("skipped: SASLSCOPE_PYTHON is not set");
    }
    python
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}

fn peers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers")
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr()).map_or(0, |address| address.port())
}

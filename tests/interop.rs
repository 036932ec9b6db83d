//! NTLM and SPNEGO against other implementations, in both directions: pyspnego, and MIT's GSS-API with gss-ntlmssp.
//!
//! The peers are processes of their own (`tests/peers/`), spoken to by lines. `SASLSCOPE_PYTHON` names a Python that
//! has pyspnego; the other peer is compiled with `cc`. A peer that is not there is skipped, and the test says why.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use saslscope::decode::{self, Hint, Mech};
use saslscope::mech::ntlm::{NtlmOptions, flags, ntlm};
use saslscope::mech::spnego::{SpnegoOptions, spnego};
use saslscope::mech::{Answer, Call, Credential, GssContext, Kit, User};
use saslscope::terms::{Party, Secret};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// The layer offer and the layer choice of RFC 2222 section 7.2.
const OFFER: &[u8] = b"\x01\0\xbb\x80";
const CHOICE: &[u8] = b"\x01\0\0\0";

#[test]
fn pyspnego_and_we_authenticate_each_other() {
    let Some(python) = std::env::var_os("SASLSCOPE_PYTHON") else {
        return println!("skipped: SASLSCOPE_PYTHON is not set");
    };
    match Command::new(&python).args(["-c", "import spnego"]).output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => return println!("skipped: {}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => return println!("skipped: {}: {error}", Path::new(&python).display()),
    }
    all_cases("pyspnego", &|| {
        let mut command = Command::new(&python);
        command.arg(peers().join("pyspnego_peer.py"));
        command
    });
}

#[test]
fn gss_ntlmssp_and_we_authenticate_each_other() {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("gss_peer");
    let source = peers().join("gss_peer.c");
    match Command::new("cc").arg("-o").args([&program, &source]).arg("-lgssapi_krb5").output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => return println!("skipped: {}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => return println!("skipped: cc: {error}"),
    }
    let peer = || Command::new(&program);
    let first = Peer::start(peer().args(["ntlm", "client", "alice", "wonderland"])).step(None);
    if let Err(why) = first {
        return println!("skipped: {why}");
    }
    all_cases("gss-ntlmssp", &peer);
}

fn peers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers")
}

/// One exchange: who plays which side, how, and what comes of it.
struct Case {
    protocol: &'static str,
    seal: bool,
    /// What we offer or prefer.
    mechs: &'static [Mech],
    user: &'static str,
    password: &'static str,
    /// How many tokens succeed; `None` where the server refuses.
    tokens: Option<usize>,
}

const NTLM: &[Mech] = &[Mech::Ntlmssp];
const KERBEROS_FIRST: &[Mech] = &[Mech::MsKerberos, Mech::Kerberos, Mech::Ntlmssp];
const ALICE: Case =
    Case { protocol: "ntlm", seal: true, mechs: NTLM, user: "CONTOSO\\alice", password: "wonderland", tokens: Some(3) };
const NEGOTIATED: Case = Case { protocol: "negotiate", tokens: Some(4), ..ALICE };

fn all_cases(name: &str, peer: &dyn Fn() -> Command) {
    let cases = [
        ALICE,
        Case { seal: false, ..ALICE },
        Case { password: "Wonderland", tokens: None, ..ALICE },
        Case { user: "CONTOSO\\nobody", tokens: None, ..ALICE },
        NEGOTIATED,
        Case { seal: false, ..NEGOTIATED },
        Case { password: "Wonderland", tokens: None, ..NEGOTIATED },
        Case { user: "CONTOSO\\nobody", tokens: None, ..NEGOTIATED },
        // Not our first choice, or not theirs: request-mic.
        Case { mechs: KERBEROS_FIRST, ..NEGOTIATED },
    ];
    for case in &cases {
        for we_play in Party::BOTH {
            let what = format!(
                "{name}, {} {} {} {:?}, we play the {we_play}",
                case.protocol, case.user, case.password, case.mechs
            );
            println!("{what}, sealed: {}", case.seal);
            play(case, we_play, peer, &what);
        }
    }
}

fn play(case: &Case, we_play: Party, peer: &dyn Fn() -> Command, what: &str) {
    let mut command = peer();
    command.args([case.protocol, we_play.peer().name()]).args(case.seal.then_some("seal"));
    if we_play == Party::Server {
        command.args([case.user, case.password]);
    }
    let mut theirs = Peer::start(command.env("NTLM_USER_FILE", &*USER_FILE));
    let mut ours = context(case, we_play);

    let reselected = case.mechs != NTLM && we_play == Party::Client;
    let expected = case.tokens.map(|tokens| if reselected { tokens + 2 } else { tokens });
    match (exchange(&mut *ours, we_play, &mut theirs), expected) {
        (Ok(tokens), Some(expected)) => {
            assert_eq!(tokens.len(), expected, "{what}");
            let count = |name: &str| tokens.iter().filter(|token| names(token).contains(name)).count();
            assert_eq!(count("mechListMIC"), if case.protocol == "ntlm" { 0 } else { 2 }, "{what}");
            // pyspnego's server goes by whether Kerberos comes first in both lists, run it or not.
            if we_play == Party::Server || !what.starts_with("pyspnego") {
                assert_eq!(count("request-mic (3)"), usize::from(case.mechs != NTLM), "{what}");
            }
        }
        (Err(error), None) => return println!("  refused: {error}"),
        (Ok(_), None) => panic!("{what}: accepted"),
        (Err(error), Some(_)) => panic!("{what}: {error}"),
    }
    assert!(ours.facts().complete, "{what}");
    if we_play == Party::Client {
        assert_eq!(theirs.ask("name", &[]).to_uppercase(), "NAME CONTOSO\\ALICE", "{what}");
        assert_eq!(unwrap(&mut *ours, theirs.octets("wrap", OFFER)), OFFER, "{what}: offer");
        assert_eq!(theirs.octets("unwrap", &wrap(&mut *ours, CHOICE)), CHOICE, "{what}: choice");
    } else {
        assert_eq!(ours.facts().initiator.as_deref(), Some("CONTOSO\\alice"), "{what}");
        assert_eq!(theirs.octets("unwrap", &wrap(&mut *ours, OFFER)), OFFER, "{what}: offer");
        assert_eq!(unwrap(&mut *ours, theirs.octets("wrap", CHOICE)), CHOICE, "{what}: choice");
    }
}

fn context(case: &Case, we_play: Party) -> Box<dyn GssContext> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    let kit = Kit {
        users: vec![User {
            name: "alice".into(),
            password: Secret::from("wonderland"),
            domain: Some("CONTOSO".into()),
            token: None,
            disabled: false,
        }],
        credential: Credential { user: case.user.into(), password: Secret::from(case.password) },
        seed: [0x5A; 32],
        // From 1601 to 1970 it is 11,644,473,600 s.
        now: (now.as_secs() + 11_644_473_600) * 10_000_000,
        host: "server.contoso.com".into(),
    };
    let flags = if case.seal { flags::DEFAULT } else { flags::DEFAULT & !flags::SEAL };
    // Both peers always seal, and read nothing else: our server tells them by their Version, our client does as the
    // server did before.
    let inner = NtlmOptions { flags, ..NtlmOptions::default() };
    if case.protocol == "ntlm" {
        return ntlm(&kit, we_play, inner);
    }
    spnego(&kit, we_play, SpnegoOptions { mechs: case.mechs.to_vec(), ntlm: inner, ..SpnegoOptions::default() })
}

/// Runs the exchange to its end, and gives the tokens in order.
fn exchange(ours: &mut dyn GssContext, we_play: Party, theirs: &mut Peer) -> Result<Vec<Vec<u8>>, String> {
    let mut tokens = Vec::new();
    let mut done = [false; 2];
    let mut pending = None;
    for turn in [Party::Client, Party::Server].into_iter().cycle() {
        let (token, complete) = if turn == we_play {
            match ours.call(Call::Step(pending)).map_err(|error| format!("ours: {error}"))? {
                Answer::Stepped { token, complete } => (token, complete),
                other => panic!("{other:?}"),
            }
        } else {
            theirs.step(pending)?
        };
        done[turn.index()] = complete;
        let Some(token) = token else { break };
        tokens.push(token.clone());
        pending = Some(token);
    }
    if done == [true; 2] { Ok(tokens) } else { Err(format!("the exchange ended incomplete: {done:?}")) }
}

fn names(token: &[u8]) -> String {
    decode::decode(token, &Hint::default())
        .walk()
        .map(|(_, node)| format!("{} {}\n", node.name, node.value))
        .collect::<Vec<_>>()
        .concat()
}

fn wrap(ours: &mut dyn GssContext, message: &[u8]) -> Vec<u8> {
    match ours.call(Call::Wrap { sealed: false, message: message.to_vec() }) {
        Ok(Answer::Octets(token)) => token,
        other => panic!("{other:?}"),
    }
}

fn unwrap(ours: &mut dyn GssContext, token: Vec<u8>) -> Vec<u8> {
    match ours.call(Call::Unwrap(token)) {
        Ok(Answer::Octets(message)) => message,
        other => panic!("{other:?}"),
    }
}

/// A file of users as gss-ntlmssp and pyspnego read it.
static USER_FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ntlm_users");
    let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&path).expect("a file");
    file.write_all(b"CONTOSO:alice:wonderland\n").expect("written");
    path
});

/// A foreign peer.
struct Peer {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Peer {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the peer starts");
        let stdin = child.stdin.take().expect("piped");
        let stdout = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, stdin, stdout }
    }

    fn ask(&mut self, word: &str, octets: &[u8]) -> String {
        writeln!(self.stdin, "{word} {}", STANDARD.encode(octets)).expect("the peer reads");
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("the peer answers");
        line.trim_end().to_owned()
    }

    fn step(&mut self, token: Option<Vec<u8>>) -> Result<(Option<Vec<u8>>, bool), String> {
        let line = self.ask("step", &token.unwrap_or_default());
        let (word, text) = line.split_once(' ').unwrap_or((&line, ""));
        if !matches!(word, "token" | "done") {
            return Err(format!("theirs: {line}"));
        }
        let token = STANDARD.decode(text).expect("base64");
        Ok(((!token.is_empty()).then_some(token), word == "done"))
    }

    fn octets(&mut self, word: &str, octets: &[u8]) -> Vec<u8> {
        let line = self.ask(word, octets);
        let text = line.strip_prefix("data ").unwrap_or_else(|| panic!("{word}: {line}"));
        STANDARD.decode(text).expect("base64")
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

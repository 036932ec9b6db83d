//! The figures that saslscope is to reach, measured: `cargo bench --bench figures`.
//!
//! One line a figure: what was measured, how it came out, what it should be, `pass` or `MISS`. Times are medians of
//! some rounds. A miss is no failure of the program: the machine may be busy.
//!
//! `SASLSCOPE_PYTHON` names a Python that has pyspnego; without it that comparison is skipped, and says so. Memory is
//! the peak of a process of its own, which does nothing but load (Linux only).

// Figures are printed with some three digits.
#![allow(clippy::cast_precision_loss)]

use saslscope::decode::{Hint, Tree, decode, patch};
use saslscope::session::{Fault, Lab, Mechanism};
use saslscope::terms::{Micros, Span};
use saslscope::transcript::recording::{self, Recording};
use saslscope::transcript::{Event, Step, Transcript};
use saslscope::wire::base64;
use std::error::Error;
use std::hint::black_box;
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How often everything is measured.
const ROUNDS: usize = 7;
/// How long one round lasts at least.
const ROUND: Duration = Duration::from_millis(100);
/// The argument that makes this program the process whose memory is measured.
const LOAD: &str = "--load-standard-input";

fn main() -> Result<()> {
    if std::env::args().any(|argument| argument == LOAD) {
        return load_standard_input();
    }
    let spnego = spnego_tokens()?;
    println!("{:<58} {:>22}   {:<16}", "figure", "measured", "wanted");
    against_pyspnego(&spnego);
    two_kilobytes(&spnego)?;
    hostile();
    loading()?;
    memory()
}

fn row(figure: &str, measured: &str, wanted: &str, reached: bool) {
    println!("{figure:<58} {measured:>22}   {wanted:<16} {}", if reached { "pass" } else { "MISS" });
}

fn skipped(figure: &str, why: &str) {
    println!("{figure:<58} skipped: {why}");
}

/// The seconds that `work` takes: the median of the rounds, each of as many runs as fill its time.
fn seconds<T>(mut work: impl FnMut() -> T) -> f64 {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let mut runs = 0;
            while runs == 0 || start.elapsed() < ROUND {
                black_box(work());
                runs += 1;
            }
            start.elapsed().as_secs_f64() / f64::from(runs)
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
}

/// The SPNEGO tokens of public test suites.
fn spnego_tokens() -> Result<Vec<Vec<u8>>> {
    let mut tokens = Vec::new();
    for line in include_str!("../tests/data/tokens.jsonl").lines() {
        let token: serde_json::Value = serde_json::from_str(line)?;
        let text = token["b64"].as_str().ok_or("a token without b64")?.as_bytes();
        if token["kind"].as_str().is_some_and(|kind| kind.contains("NegToken")) {
            tokens.push(base64::read(text, Span::new(0, text.len())).bytes);
        }
    }
    Ok(tokens)
}

fn decode_all<'t>(tokens: impl IntoIterator<Item = &'t Vec<u8>>) {
    for token in tokens {
        black_box(decode(black_box(token), &Hint::default()));
    }
}

fn against_pyspnego(tokens: &[Vec<u8>]) {
    let (figure, peer) = ("SPNEGO tokens to the full tree, a second", "  the same tokens by pyspnego's parse_token");
    let theirs = pyspnego(tokens);
    let known = theirs.as_ref().map_or(tokens.iter().collect(), |(known, _)| {
        known.iter().filter_map(|&place| tokens.get(place)).collect::<Vec<_>>()
    });
    let ours = known.len() as f64 / seconds(|| decode_all(known.iter().copied()));
    row(figure, &format!("{ours:.0}"), "", true);
    match theirs {
        Some((_, theirs)) => {
            let measured = format!("{theirs:.0}: a {:.0}th", ours / theirs);
            row(peer, &measured, "a 50th", ours >= 50.0 * theirs);
        }
        None => skipped(peer, "SASLSCOPE_PYTHON names no Python with pyspnego"),
    }
}

/// Which of the tokens pyspnego can read, and how many of those a second.
fn pyspnego(tokens: &[Vec<u8>]) -> Option<(Vec<usize>, f64)> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/pyspnego.py");
    let python = std::env::var_os("SASLSCOPE_PYTHON")?;
    let mut peer = Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    let lines: String = tokens.iter().map(|token| base64::encode(token) + "\n").collect();
    let written = peer.stdin.take()?.write_all(lines.as_bytes());
    let output = String::from_utf8(peer.wait_with_output().ok()?.stdout).ok()?;
    let (known, speed) = written.ok().and(output.trim_end().split_once('\n'))?;
    Some((known.split(' ').filter_map(|place| place.parse().ok()).collect(), speed.parse().ok()?))
}

/// A real `NegTokenInit` with a Kerberos ticket, the ticket made longer so that the token has 2,048 octets.
fn two_kilobytes(tokens: &[Vec<u8>]) -> Result<()> {
    let token = tokens.iter().find(|token| token.len() > 1000).ok_or("no NegTokenInit with a ticket")?;
    let tree = decode(token, &Hint::default());
    let cipher = tree.find("cipher").ok_or("no ticket")?;
    let longer = [cipher.content.of(token), &vec![0xA5; 2048 - token.len()]].concat();
    let token = patch(token, &tree, cipher, &longer)?;
    let enlarged = decode(&token, &Hint::default());
    assert_eq!((token.len(), nodes(&enlarged), enlarged.problems().count()), (2048, nodes(&tree), 0));
    let micros = 1e6 * seconds(|| decode(black_box(&token), &Hint::default()));
    row(
        &format!("a NegTokenInit of 2,048 octets, {} nodes", nodes(&tree)),
        &format!("{micros:.2} µs"),
        "10 µs",
        micros < 10.0,
    );
    Ok(())
}

fn nodes(tree: &Tree) -> usize {
    tree.walk().count()
}

/// Octets made to cost as much as they can, at three lengths: an octet of the longest may cost twice one of the shortest.
fn hostile() {
    type Make = fn(usize) -> Vec<u8>;
    let table: &[(&str, Make)] = &[
        ("nested, definite lengths", |size| nested(size, &[])),
        ("nested, indefinite lengths", |size| b"\x30\x80".repeat(size / 2)),
        ("nested, indefinite lengths with their ends", |size| {
            [b"\x30\x80".repeat(size / 4), vec![0; size / 4 * 2]].concat()
        }),
        ("indefinite lengths, 31 levels around wide ones", |size| {
            [b"\x30\x80".repeat(31), b"\x30\x80\0\0".repeat(size / 4)].concat()
        }),
        ("frames in frames", |size| nested(size, b"\x06\x06\x2B\x06\x01\x05\x05\x02")),
        ("wide: empty strings", |size| enclosed(&b"\x04\x00".repeat(size / 2))),
        ("wide: integers with a problem each", |size| enclosed(&b"\x02\x02\0\0".repeat(size / 4))),
        ("wide: lengths that are not minimal", |size| enclosed(&b"\x30\x81\x00".repeat(size / 3))),
        ("wide: object identifiers", |size| enclosed(&b"\x06\x03\x2A\x03\x04".repeat(size / 5))),
        ("one long object identifier", |size| enclosed(&element(0x06, &b"\x01".repeat(size)))),
        ("text", |size| b"Zm9vYmFy".repeat(size / 8)),
        ("NTLM with long AV pairs", |size| challenge(size)),
    ];
    println!("hostile tokens of 0.1, 1 and 4 MB to the tree, an octet");
    for (name, make) in table {
        let cost = |size: usize| {
            let token = make(size);
            1e9 * seconds(|| decode(black_box(&token), &Hint::default())) / token.len() as f64
        };
        let [short, middle, long] = [100_000, 1_000_000, 4_000_000].map(cost);
        let measured = format!("{short:.2} {middle:.2} {long:.2} ns");
        row(&format!("  {name}"), &measured, "last ≤ 2 × first", long <= 2.0 * short);
    }
}

/// One DER element.
fn element(id: u8, content: &[u8]) -> Vec<u8> {
    [&header(id, content.len()), content].concat()
}

/// A header whose length takes five octets, more than it needs.
fn header(id: u8, length: usize) -> Vec<u8> {
    [&[id, 0x84], &(length as u32).to_be_bytes()[..]].concat()
}

fn enclosed(content: &[u8]) -> Vec<u8> {
    element(0x30, content)
}

/// Elements within elements, each beginning with `start`.
fn nested(size: usize, start: &[u8]) -> Vec<u8> {
    let id = if start.is_empty() { 0x30 } else { 0x60 };
    let level = 6 + start.len();
    (1..=size / level)
        .flat_map(|depth| [&header(id, size / level * level - depth * level + start.len())[..], start].concat())
        .collect()
}

/// A `CHALLENGE_MESSAGE` with as many AV pairs as its length field can say, and the rest behind it.
fn challenge(size: usize) -> Vec<u8> {
    let pairs = b"\x02\0\x04\0A\0B\0".repeat(0xFFF8 / 8);
    let mut token = b"NTLMSSP\0\x02\0\0\0".to_vec();
    token.extend([0; 8]);
    token.extend(0x0280_0000_u32.to_le_bytes());
    token.extend([0; 16]);
    token.extend([&0xFFF8_u16.to_le_bytes()[..], &0xFFF8_u16.to_le_bytes(), &48_u32.to_le_bytes()].concat());
    token.extend(pairs);
    token.resize(size, 0);
    token
}

/// A recording of that many lines: the start of one connection, then LOGIN and SPNEGO over NTLM in turn, each refused at
/// the end, as the lab plays them.
fn recording_of(lines: usize) -> Result<String> {
    let [gssapi, login] = [Mechanism::Gssapi, Mechanism::Login].map(|mechanism| {
        let mut lab =
            Lab { mechanism, fault: Some(Fault::WrongPassword), ..Lab::new([7; 32], 1_795_000_000) }.session();
        lab.play(Micros(1000));
        lab.transcript().clone()
    });
    let (start, gssapi) = exchange(&gssapi)?;
    let (_, login) = exchange(&login)?;
    let steps = start.iter().chain(gssapi.iter().chain(login).cycle()).filter(|step| step.message.is_some());
    let events = (0_u64..).zip(steps.take(lines));
    let events = events.map(|(place, step)| Event { at: Micros(place * 1000), what: step.event.what.clone() });
    Ok(recording::write(&Recording { events: events.collect(), ..Recording::default() }))
}

/// The lines before AUTH, and those from AUTH to the reply that refuses it.
fn exchange(transcript: &Transcript) -> Result<(&[Step], &[Step])> {
    let steps = transcript.steps();
    let place = |start| steps.iter().position(|step| step.line().starts_with(start)).ok_or("the lab has changed");
    let (first, last) = (place(b"AUTH")?, place(b"535")?);
    Ok((&steps[..first], &steps[first..=last]))
}

fn load(text: &[u8]) -> Transcript {
    let loaded = recording::read(text);
    assert_eq!(loaded.damage, None);
    let mut transcript = Transcript::new();
    for event in loaded.recording.events {
        transcript.push(event);
    }
    transcript
}

fn loading() -> Result<()> {
    let text = recording_of(100_000)?;
    let transcript = load(text.as_bytes());
    assert_eq!(transcript.steps().len(), 100_000);
    assert!(transcript.steps().iter().all(|step| step.deviation.is_none()));
    drop(transcript);
    let seconds = seconds(|| load(black_box(text.as_bytes())));
    row("loading a recording of 100,000 lines", &format!("{seconds:.3} s"), "1 s", seconds < 1.0);
    Ok(())
}

/// The peak of a process that reads a recording of 10,000 lines from its standard input and loads it.
fn memory() -> Result<()> {
    let figure = "peak memory of a process that loads 10,000 lines";
    let mut child =
        Command::new(std::env::current_exe()?).arg(LOAD).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    child.stdin.take().ok_or("no pipe")?.write_all(recording_of(10_000)?.as_bytes())?;
    let output = child.wait_with_output()?;
    match String::from_utf8(output.stdout)?.trim().parse::<f64>() {
        Ok(kilobytes) => row(figure, &format!("{:.1} MB", kilobytes / 1000.0), "30 MB", kilobytes < 30_000.0),
        Err(_) => skipped(figure, "this system does not tell"),
    }
    Ok(())
}

/// Loads what comes in and prints the peak of this process in kilobytes of 1,024.
fn load_standard_input() -> Result<()> {
    let mut text = Vec::new();
    std::io::stdin().read_to_end(&mut text)?;
    let transcript = load(&text);
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")).and_then(|rest| rest.split_whitespace().next());
    println!("{}", peak.unwrap_or_default());
    drop(black_box(transcript));
    Ok(())
}

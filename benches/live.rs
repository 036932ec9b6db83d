//! What live exchanges cost: `cargo bench --bench live`.
//!
//! One line a figure: what was measured, how it came out, what it should be, `pass` or `MISS`. Our server, built for
//! release, is met by a load of AUTH LOGIN exchanges, a connection each, 50 at a time; so are Postfix, Exim and aiosmtpd
//! (`tests/peers/`), in the same run and in turn, where they are there: `SASLSCOPE_EXIM` and `SASLSCOPE_PYTHON` name
//! what `tests/run --prepare` leaves in `target`. A peer that is not there is skipped, and the line says why.

// Figures are printed with some three digits.
#![allow(clippy::cast_precision_loss)]

use saslscope::drive::{Address, Drive, Live, News, Target, What};
use saslscope::mech::Credential;
use saslscope::session::{ClientSetup, Gate, Mechanism, Tls};
use saslscope::terms::{Party, Secret};
use std::cell::Cell;
use std::error::Error;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How many connections at a time.
const AT_A_TIME: usize = 50;
/// How long one round of load lasts.
const ROUND: Duration = Duration::from_secs(2);
/// How often each server has its turn.
const ROUNDS: usize = 3;

fn main() -> Result<()> {
    println!("{:<62} {:>16}   {:<18}", "figure", "measured", "wanted");
    rates()?;
    idle()?;
    slow_peers()?;
    client()
}

fn row(figure: &str, measured: &str, wanted: &str, reached: bool) {
    println!("{figure:<62} {measured:>16}   {wanted:<18} {}", if reached { "pass" } else { "MISS" });
}

// ---- rates

fn rates() -> Result<()> {
    let ours = Server::ours()?;
    let mut theirs = Vec::new();
    for name in ["postfix", "exim", "aiosmtpd"] {
        match Server::theirs(name) {
            Ok(server) => theirs.push((name, server, 0.0_f64)),
            Err(why) => println!("AUTH LOGIN against {name}: skipped, {why}"),
        }
    }
    let mut best = 0.0_f64;
    for _ in 0..ROUNDS {
        best = best.max(rate(ours.port)?);
        for (_, server, rate_of) in &mut theirs {
            *rate_of = rate_of.max(rate(server.port)?);
        }
    }
    for (name, _, rate) in &theirs {
        println!(
            "{:<62} {:>16}",
            format!("AUTH LOGIN against {name}, {AT_A_TIME} at a time"),
            format!("{rate:.0} a second")
        );
    }
    println!(
        "{:<62} {:>16}",
        format!("AUTH LOGIN against saslscope, {AT_A_TIME} at a time"),
        format!("{best:.0} a second")
    );
    for (name, _, rate) in &theirs {
        let wanted = if *name == "aiosmtpd" { 5.0 } else { 1.0 };
        let ratio = best / rate;
        row(
            &format!("  as many times that of {name}"),
            &format!("{ratio:.1}"),
            &format!("{wanted:.0}"),
            ratio >= wanted,
        );
    }
    Ok(())
}

/// Exchanges a second, with [`AT_A_TIME`] connections, all on one thread, so that the load takes little from the server.
fn rate(port: u16) -> Result<f64> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let done = Rc::new(Cell::new(0_u32));
    let tasks = tokio::task::LocalSet::new();
    let began = Instant::now();
    for _ in 0..AT_A_TIME {
        let done = Rc::clone(&done);
        tasks.spawn_local(async move {
            while began.elapsed() < ROUND {
                let spoken = tokio::time::timeout(Duration::from_secs(10), spoken(port)).await;
                done.set(done.get() + u32::from(matches!(spoken, Ok(Ok(())))));
            }
        });
    }
    runtime.block_on(tasks);
    Ok(f64::from(done.get()) / began.elapsed().as_secs_f64())
}

/// What [`exchange`] says, without a thread of its own.
async fn spoken(port: u16) -> std::io::Result<()> {
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let (mut buffer, mut filled) = ([0; 4096], 0);
    for (code, line) in SPOKEN {
        loop {
            let text = &buffer[..filled];
            let last =
                text.strip_suffix(b"\r\n").map(|text| text.rsplit(|octet| *octet == b'\n').next().unwrap_or(text));
            if let Some(last) = last.filter(|last| last.get(3) != Some(&b'-')) {
                if !last.starts_with(code.as_bytes()) {
                    return Err(std::io::ErrorKind::InvalidData.into());
                }
                break;
            }
            match stream.read(&mut buffer[filled..]).await? {
                0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
                octets => filled += octets,
            }
        }
        filled = 0;
        stream.write_all(line.as_bytes()).await?;
    }
    Ok(())
}

/// Which reply is answered by which line.
const SPOKEN: [(&str, &str); 6] = [
    ("220", "EHLO client.example.com\r\n"),
    ("250", "AUTH LOGIN\r\n"),
    ("334", "YWxpY2U=\r\n"),
    ("334", "d29uZGVybGFuZA==\r\n"),
    ("235", "QUIT\r\n"),
    ("221", ""),
];

/// One conversation over a bare socket: EHLO, AUTH LOGIN, QUIT.
fn exchange(port: u16) -> Result<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    reply(&mut reader, "220")?;
    for (line, code) in [
        ("EHLO client.example.com", "250"),
        ("AUTH LOGIN", "334"),
        ("YWxpY2U=", "334"),
        ("d29uZGVybGFuZA==", "235"),
        ("QUIT", "221"),
    ] {
        stream.write_all(format!("{line}\r\n").as_bytes())?;
        reply(&mut reader, code)?;
    }
    Ok(())
}

fn reply(reader: &mut BufReader<TcpStream>, code: &str) -> Result<()> {
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Err("closed".into());
        }
        if line.as_bytes().get(3) != Some(&b'-') {
            return if line.starts_with(code) { Ok(()) } else { Err(line.into()) };
        }
    }
}

// ---- idle and slow peers

fn idle() -> Result<()> {
    let server = Server::ours()?;
    let mut held = Vec::new();
    for _ in 0..1000 {
        let stream = TcpStream::connect(("127.0.0.1", server.port))?;
        reply(&mut BufReader::new(stream.try_clone()?), "220")?;
        held.push(stream);
    }
    let megabytes = resident(server.child.id())?;
    row("memory of the server with 1,000 idle connections", &format!("{megabytes:.1} MB"), "100 MB", megabytes < 100.0);
    Ok(())
}

/// Peers that say nothing, half a line, or an octet now and then cost the others nothing.
fn slow_peers() -> Result<()> {
    let server = Server::ours()?;
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let alone = rate(server.port)?;
        let mut silent = Vec::new();
        for what in [&b""[..], b"EHLO client.exa", b"AUTH LOGIN\r\nYWxp"].iter().cycle().take(300) {
            let mut stream = TcpStream::connect(("127.0.0.1", server.port))?;
            stream.write_all(what)?;
            silent.push(stream);
        }
        ratios.push(rate(server.port)? / alone);
    }
    let ratio = ratios.iter().copied().fold(0.0, f64::max);
    row("rate beside 300 silent peers, as many times that without", &format!("{ratio:.2}"), "about 1", ratio > 0.9);
    Ok(())
}

/// Megabytes that a process has in memory.
fn resident(process: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.split_whitespace().nth(1).ok_or("no number")?.parse::<f64>()? / 1e3)
}

// ---- the client

/// What an exchange takes our client beyond what it takes a bare socket, one after the other.
fn client() -> Result<()> {
    let server = Server::ours()?;
    let (tell, news) = mpsc::channel();
    let drive = Drive::new(move |news| drop(tell.send(news)))?;
    let (mut bare, mut ours) = (f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        bare = bare.min(each(200, || exchange(server.port))?);
        ours = ours.min(each(200, || converse(&drive, &news, server.port))?);
    }
    let beyond = (ours - bare) * 1e3;
    println!("{:<62} {:>16}", "AUTH LOGIN over a bare socket", format!("{:.3} ms", bare * 1e3));
    println!("{:<62} {:>16}", "AUTH LOGIN by our client", format!("{:.3} ms", ours * 1e3));
    row("  what it takes beyond", &format!("{beyond:.3} ms"), "1 ms", beyond < 1.0);
    Ok(())
}

fn each(times: u32, mut work: impl FnMut() -> Result<()>) -> Result<f64> {
    let began = Instant::now();
    for _ in 0..times {
        work()?;
    }
    Ok(began.elapsed().as_secs_f64() / f64::from(times))
}

fn converse(drive: &Drive, news: &mpsc::Receiver<News>, port: u16) -> Result<()> {
    let credential = Credential { user: "alice".to_owned(), password: Secret::from("wonderland") };
    let mut setup = ClientSetup::new("127.0.0.1", credential);
    (setup.mechanism, setup.tls, setup.allow_plaintext) = (Some(Mechanism::Login), Tls::Never, true);
    setup.initial = saslscope::session::Initial::Never;
    let mut session = setup.session([1; 32], 0);
    session.set_gate(Party::Client, Gate::default());
    let address = Address { host: "127.0.0.1".to_owned(), port };
    let mut live = Live::new(session, drive.connect(Target::new(address)));
    while !live.session.ended() {
        let News { at, what, .. } = news.recv_timeout(Duration::from_secs(10))?;
        match what {
            What::Input(input) => live.hear(at, input),
            What::Failed(why) => return Err(why.into()),
            What::Accepted(_) | What::Trouble(_) => {}
        }
    }
    let success = live.session.transcript().steps().iter().any(|step| step.line().starts_with(b"235"));
    if success { Ok(()) } else { Err("no 235".into()) }
}

// ---- processes

struct Server {
    port: u16,
    child: Child,
    folder: PathBuf,
}

impl Server {
    fn ours() -> Result<Self> {
        let folder = folder("ours")?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_saslscope"));
        command.args([
            "server",
            "--headless",
            "--json",
            "--no-autosave",
            "--allow-plaintext",
            "--listen",
            "127.0.0.1:0",
        ]);
        command.arg("--port-file").arg(folder.join("port")).stdout(Stdio::null()).stdin(Stdio::null());
        let mut server = Self { port: 0, child: command.process_group(0).spawn()?, folder };
        server.port = wait(|| std::fs::read_to_string(server.folder.join("port")).ok()?.trim().parse().ok())?;
        Ok(server)
    }

    fn theirs(name: &str) -> Result<Self> {
        let folder = folder(name)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(name);
        let mut command = match name {
            "aiosmtpd" => {
                let mut command = Command::new(std::env::var("SASLSCOPE_PYTHON")?);
                command.arg(script);
                command
            }
            _ => Command::new(script),
        };
        command.arg(&folder).arg(port.to_string()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut server = Self { port, child: command.process_group(0).spawn()?, folder };
        wait(|| match server.child.try_wait() {
            Ok(None) => exchange(port).ok().map(Ok),
            _ => Some(Err("it does not start")),
        })??;
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-TERM", "--", &group]).status();
        std::thread::sleep(Duration::from_millis(300));
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn wait<T>(mut ready: impl FnMut() -> Option<T>) -> Result<T> {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(30) {
        if let Some(ready) = ready() {
            return Ok(ready);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err("it does not listen".into())
}

fn folder(name: &str) -> Result<PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;
    let path = std::env::temp_dir().join(format!("saslscope-bench-{name}-{}-{:?}", std::process::id(), Instant::now()));
    let path = PathBuf::from(path.to_string_lossy().replace([' ', '{', '}', ':', ','], ""));
    std::fs::create_dir(&path)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
    Ok(path)
}

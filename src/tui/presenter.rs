//! The presenter's side: what a second terminal is told over a local socket, and what it may ask for.
//!
//! ```text
//!   show ── Told, one JSON object a line ──► follower
//!        ◄── Wish, one JSON object a line ──
//! ```
//!
//! The socket is a file that only its owner can open, in a folder that only its owner can enter; it is gone when the
//! show ends, whatever ends it. Each follower has a thread that writes to it and one that reads from it: one that is
//! slow or dead is let go, and never keeps the screen waiting. What a follower says is bounded in length, must be a
//! [`Wish`], and is answered before the next is read. What it is told is what the screen shows, secrets masked alike,
//! with the notes that are for the presenter besides.
//!
//! Limits: a program that is killed leaves its file behind; it is swept up when the next follower looks for a show.

use super::effect::{Done, Effect, done};
use super::model::Model;
use super::show;
use super::terminal::Input;
use crate::config::dirs;
use serde::{Deserialize, Serialize};
use std::fs::{self, DirBuilder, Permissions};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::time::{Duration, SystemTime};

/// How many may follow.
const FOLLOWERS: usize = 8;
/// How many lines may wait for a follower before it is let go.
const WAITING: usize = 64;
/// How long a line may take to write.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest line that a follower may send, in octets.
const LONGEST_WISH: u64 = 256;
/// The longest line that is told, in octets.
const LONGEST_TOLD: u64 = 1 << 20;

/// Where the show is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    /// What the lesson is about.
    pub title: String,
    /// The scene, counted from 1, and how many there are; zeros where no show runs.
    pub scene: [usize; 2],
    /// The step, counted from 1, and how many there are.
    pub step: [usize; 2],
    /// The line, as the ladder has it.
    pub line: String,
    /// What is said of it.
    pub notes: Vec<Note>,
    /// What the audience is asked, if anything.
    pub asked: String,
    /// How the audience has guessed, if it has.
    pub score: String,
    /// The line of the next scene.
    pub next: String,
    /// What will be said of it.
    pub next_notes: Vec<Note>,
    /// How long the exchange has been open, in milliseconds.
    pub elapsed: u64,
}

/// A note of a scene.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Note {
    /// Whether it is on no other screen.
    pub presenter: bool,
    /// What it says.
    pub text: String,
}

/// What a follower may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "do")]
pub enum Wish {
    /// On to the next scene or step.
    Next,
    /// Back to the one before.
    Back,
}

/// What happens on the socket.
pub(super) enum Event {
    /// Somebody has connected.
    Came(UnixStream, Sender<()>),
    /// A follower wants something; the sender says that it was taken.
    Wished(Wish, Sender<()>),
    /// A follower has gone.
    Left(u64),
}

/// The socket, once it is open.
pub(super) struct Presenting {
    inputs: Sender<Input>,
    presenter: Option<Presenter>,
}

impl Presenting {
    /// None yet; what comes in goes there.
    pub(super) const fn new(inputs: Sender<Input>) -> Self {
        Self { inputs, presenter: None }
    }

    /// Opens it.
    pub(super) fn begin(&mut self, model: &mut Model) {
        let opened =
            Presenter::listen(self.inputs.clone()).map(|presenter| self.presenter.insert(presenter).path.clone());
        done(model, Done::Presented(opened));
    }

    /// Tells those who follow what is new.
    pub(super) fn tell(&mut self, model: &mut Model) {
        if let Some(presenter) = &mut self.presenter {
            presenter.tell(show::told(model));
            model.followers = presenter.followers.len();
        }
    }

    /// Takes what happens on it.
    pub(super) fn heed(&mut self, model: &mut Model, event: Event) -> Option<Effect> {
        self.tell(model); // whoever comes is told the time of now
        let presenter = self.presenter.as_mut()?;
        let wish = presenter.heed(event);
        model.followers = presenter.followers.len();
        show::wished(model, wish?)
    }
}

/// The socket, and who follows.
struct Presenter {
    path: PathBuf,
    inputs: Sender<Input>,
    followers: Vec<Follower>,
    /// How many have come so far.
    came: u64,
    told: Told,
}

struct Follower {
    number: u64,
    stream: UnixStream,
    lines: SyncSender<Arc<str>>,
}

impl Presenter {
    /// Opens the socket, named by the number of this process.
    fn listen(inputs: Sender<Input>) -> io::Result<Self> {
        let folder = dirs::runtime();
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        let path = folder.join(format!("{}.sock", std::process::id()));
        let _ = fs::remove_file(&path); // of a process that had this number before
        let listener = UnixListener::bind(&path)?;
        // From here on dropping it removes the file.
        let presenter = Self { path, inputs: inputs.clone(), followers: Vec::new(), came: 0, told: Told::default() };
        fs::set_permissions(&presenter.path, Permissions::from_mode(0o600))?;
        let (own, around) = (fs::symlink_metadata(&presenter.path)?, fs::symlink_metadata(&folder)?);
        if !around.is_dir() || around.mode() & 0o077 != 0 || around.uid() != own.uid() {
            let why = format!("{} is not a folder that is yours alone", folder.display());
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
        }
        std::thread::spawn(move || accept(&listener, &inputs));
        Ok(presenter)
    }

    /// Takes what happens on the socket; what is asked for is for the model.
    fn heed(&mut self, event: Event) -> Option<Wish> {
        match event {
            Event::Came(stream, taken) => {
                if self.followers.len() < FOLLOWERS {
                    // One that can't be set up has gone already.
                    let _ = self.welcome(stream);
                }
                let _ = taken.send(());
                None
            }
            Event::Wished(wish, taken) => {
                let _ = taken.send(()); // it may have gone meanwhile
                Some(wish)
            }
            Event::Left(number) => {
                self.followers.retain(|follower| follower.number != number);
                None
            }
        }
    }

    fn welcome(&mut self, stream: UnixStream) -> io::Result<()> {
        self.came += 1;
        let number = self.came;
        let (lines, queue) = sync_channel(WAITING);
        let (reads, mut writes) = (stream.try_clone()?, stream.try_clone()?);
        writes.set_write_timeout(Some(PATIENCE))?;
        std::thread::spawn(move || {
            write(&mut writes, &queue);
            let _ = writes.shutdown(Shutdown::Both); // whoever reads learns of it, too
        });
        let inputs = self.inputs.clone();
        std::thread::spawn(move || {
            listen_to(reads, &inputs);
            let _ = inputs.send(Input::Presenter(Event::Left(number)));
        });
        let follower = Follower { number, stream, lines };
        let _ = follower.lines.try_send(line(&self.told)); // an empty queue has room
        self.followers.push(follower);
        Ok(())
    }

    /// Tells all that follow, if it is news but for the time.
    fn tell(&mut self, told: Told) {
        self.told.elapsed = told.elapsed;
        if self.told == told {
            return;
        }
        self.told = told;
        let line = line(&self.told);
        self.followers.retain(|follower| {
            let keeps_up = follower.lines.try_send(line.clone()).is_ok();
            if !keeps_up {
                let _ = follower.stream.shutdown(Shutdown::Both); // it may have gone already
            }
            keeps_up
        });
    }
}

impl Drop for Presenter {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path); // somebody may have swept up
        for follower in &self.followers {
            let _ = follower.stream.shutdown(Shutdown::Both);
        }
    }
}

/// What is told, as a line.
fn line(told: &Told) -> Arc<str> {
    let mut line = serde_json::to_string(told).unwrap_or_default(); // strings and numbers can't fail
    line.push('\n');
    line.into()
}

/// Lets whoever connects in, one at a time.
fn accept(listener: &UnixListener, inputs: &Sender<Input>) {
    let (taken, is_taken) = channel();
    loop {
        match listener.accept() {
            Ok((stream, _)) => {
                let came = Event::Came(stream, taken.clone());
                if inputs.send(Input::Presenter(came)).is_err() || is_taken.recv().is_err() {
                    return;
                }
            }
            // Such as too many open files: that passes.
            Err(_) => std::thread::sleep(Duration::from_millis(100)),
        }
    }
}

/// Writes what waits, the latest only, until nobody reads or nothing more comes.
fn write(stream: &mut UnixStream, queue: &Receiver<Arc<str>>) {
    while let Ok(line) = queue.recv() {
        let line = queue.try_iter().last().unwrap_or(line);
        if stream.write_all(line.as_bytes()).is_err() {
            return;
        }
    }
}

/// Reads wishes until the follower goes, or says anything else.
fn listen_to(stream: UnixStream, inputs: &Sender<Input>) {
    let (taken, is_taken) = channel();
    let mut reader = BufReader::with_capacity(LONGEST_WISH as usize, stream);
    while let Some(wish) = read_line(&mut reader, LONGEST_WISH) {
        if inputs.send(Input::Presenter(Event::Wished(wish, taken.clone()))).is_err() || is_taken.recv().is_err() {
            return;
        }
    }
}

/// One object from one line that is no longer than that.
fn read_line<T: for<'a> Deserialize<'a>>(reader: &mut BufReader<UnixStream>, longest: u64) -> Option<T> {
    let mut line = Vec::new();
    reader.take(longest).read_until(b'\n', &mut line).ok()?;
    serde_json::from_slice(line.strip_suffix(b"\n")?).ok()
}

/// A show that is followed.
pub struct Following {
    path: PathBuf,
    reader: BufReader<UnixStream>,
}

impl Following {
    /// Follows the show at that socket: a file, or the number in its name; without one, the show that began last.
    ///
    /// # Errors
    /// Where there is none, or it can't be reached.
    pub fn begin(socket: Option<&str>) -> io::Result<Self> {
        let Some(socket) = socket else { return latest() };
        let number = socket.bytes().all(|digit| digit.is_ascii_digit());
        Self::at(&if number { dirs::runtime().join(format!("{socket}.sock")) } else { PathBuf::from(socket) })
    }

    fn at(path: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(path)?;
        Ok(Self { path: path.to_owned(), reader: BufReader::new(stream) })
    }

    /// A way to ask for things while another thread waits for what is told.
    ///
    /// # Errors
    /// Where the system has no more files to give.
    pub fn wisher(&self) -> io::Result<Wisher> {
        Ok(Wisher(self.reader.get_ref().try_clone()?))
    }
}

/// Waits for what is told next, until the show has ended. Where it has let this follower go, since it was too slow, it
/// is followed again.
impl Iterator for Following {
    type Item = Told;

    fn next(&mut self) -> Option<Told> {
        if let Some(told) = read_line(&mut self.reader, LONGEST_TOLD) {
            return Some(told);
        }
        *self = Self::at(&self.path).ok()?;
        read_line(&mut self.reader, LONGEST_TOLD)
    }
}

/// Asks for what a follower wants.
pub struct Wisher(UnixStream);

impl Wisher {
    /// Asks for that.
    ///
    /// # Errors
    /// Where the show has ended.
    pub fn wish(&mut self, wish: Wish) -> io::Result<()> {
        let mut line = serde_json::to_vec(&wish)?;
        line.push(b'\n');
        self.0.write_all(&line)
    }
}

/// The show that began last; files that nobody listens to any more are swept up.
fn latest() -> io::Result<Following> {
    let began = |path: &PathBuf| fs::metadata(path).and_then(|file| file.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let entries = fs::read_dir(dirs::runtime()).into_iter().flatten().filter_map(Result::ok);
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "sock"));
    paths.sort_by_key(began);
    for path in paths.iter().rev() {
        match Following::at(path) {
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => drop(fs::remove_file(path)),
            followed => return followed,
        }
    }
    Err(io::Error::new(io::ErrorKind::NotFound, "no show is presented here; `:present` on the screen presents one"))
}

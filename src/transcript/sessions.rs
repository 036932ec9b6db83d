//! The one list of connections: live ones, an import, a folder of recordings.
//!
//! An entry says in a few words what a connection came to, its [`Summary`], and holds what whoever lists it needs to
//! show the whole: the session itself, or a path.
//!
//! Limits: a bounded number of entries; the oldest that has ended makes room for a new one.

use super::{Step, Transcript, Verdict, What, verdict};
use crate::decode::Value;
use crate::machine::Machine;
use crate::terms::{Micros, Party};
use crate::wire::Body;
use std::cmp::Ordering;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

/// The names under which decoders show who wants to log on.
const USER: [&str; 3] = ["username", "authcid", "UserName"];

/// What a connection has come to, in a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The peer's address, as it was recorded; nothing until the connection is open.
    pub peer: String,
    /// Whether TLS is up.
    pub tls: bool,
    /// The mechanism of the latest AUTH command, in capitals.
    pub mechanism: Option<String>,
    /// What runs inside of it: the mechanism within SPNEGO, or what its token turned out to be.
    pub inner: Option<Machine>,
    /// Who wants to log on, unless that is secret.
    pub user: Option<String>,
    /// How the latest AUTH exchange ended.
    pub verdict: Verdict,
    /// Whether the connection has ended.
    pub ended: bool,
    /// From the first event to the latest.
    pub duration: Micros,
    /// Steps that break a rule.
    pub deviations: usize,
    /// How many steps are summed up.
    steps: usize,
    /// How the latest exchange that was answered ended.
    judged: Verdict,
}

impl Default for Summary {
    fn default() -> Self {
        Self {
            peer: String::new(),
            tls: false,
            mechanism: None,
            inner: None,
            user: None,
            verdict: Verdict::None,
            ended: false,
            duration: Micros::default(),
            deviations: 0,
            steps: 0,
            judged: Verdict::None,
        }
    }
}

impl Summary {
    /// What that connection has come to.
    #[must_use]
    pub fn new(transcript: &Transcript) -> Self {
        let mut summary = Self::default();
        summary.follow(transcript);
        summary
    }

    /// Takes in what is new in the same transcript.
    pub fn follow(&mut self, transcript: &Transcript) {
        let steps = transcript.steps();
        for step in steps.get(self.steps..).unwrap_or_default() {
            self.take(step);
        }
        self.steps = steps.len();
        let settled = &transcript.standing().settled;
        self.tls = settled.tls;
        self.mechanism.clone_from(&settled.mechanism);
        self.inner = settled.inner.or(settled.token);
        self.verdict = transcript.unfinished().unwrap_or(self.judged);
        if let (Some(first), Some(last)) = (steps.first(), steps.last()) {
            self.duration = last.event.at.since(first.event.at);
        }
    }

    fn take(&mut self, step: &Step) {
        match &step.event.what {
            What::Opened { peer } => self.peer.clone_from(peer),
            What::Closed { .. } => self.ended = true,
            _ => {}
        }
        self.deviations += usize::from(step.deviation.is_some());
        self.judged = verdict::of_step(step).unwrap_or(self.judged);
        if matches!(step.message.as_ref().map(|message| &message.body), Some(Body::Command(command)) if command.auth.is_some())
        {
            self.user = None; // another try, perhaps of another
        }
        if self.user.is_none() && step.from() == Some(Party::Client) {
            self.user = user(step);
        }
    }

    /// Its outcome in words: `authenticated`, `refused: 535`, `closed early`.
    #[must_use]
    pub fn outcome(&self) -> String {
        match self.verdict {
            Verdict::Unfinished if self.ended => "closed early".to_owned(),
            Verdict::Unfinished => "in AUTH".to_owned(),
            Verdict::None if !self.ended => "open".to_owned(),
            verdict => verdict.to_string(),
        }
    }

    /// The mechanism with what runs inside of it: `GSSAPI/NTLM`; nothing before AUTH.
    #[must_use]
    pub fn mechanisms(&self) -> String {
        let outer = self.mechanism.clone().unwrap_or_default();
        match self.inner {
            Some(inner) if !outer.is_empty() => format!("{outer}/{inner}"),
            _ => outer,
        }
    }
}

/// Who wants to log on, where the step says so in clear.
fn user(step: &Step) -> Option<String> {
    let tree = step.tree()?;
    let mut nodes = tree.walk().map(|(_, node)| node).filter(|node| !node.secret);
    nodes.find_map(|node| match &node.value {
        Value::Text(text) if USER.contains(&node.name.as_ref()) => Some(text.clone()),
        _ => None,
    })
}

/// Where a connection comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It is played here: as this party.
    Played(Party),
    /// A file.
    File(PathBuf),
}

/// One connection of a list.
#[derive(Clone, Debug)]
pub struct Entry<T> {
    /// Tells it from the others.
    pub id: u64,
    /// Where it comes from.
    pub source: Origin,
    /// What it has come to.
    pub summary: Summary,
    /// What it takes to show the whole.
    pub load: T,
}

/// A list of connections, in the order in which they came.
#[derive(Clone, Debug)]
pub struct Sessions<T> {
    entries: Vec<Entry<T>>,
    most: usize,
    dropped: u64,
}

/// How a list is sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// As they came.
    #[default]
    Came,
    /// The latest first.
    Latest,
    /// By peer.
    Peer,
    /// By mechanism and what runs inside of it.
    Mechanism,
    /// By outcome.
    Outcome,
    /// The longest first.
    Duration,
}

impl Sort {
    /// All, in the order in which one leads to the next.
    pub const ALL: [Self; 6] = [Self::Came, Self::Latest, Self::Peer, Self::Mechanism, Self::Outcome, Self::Duration];

    /// The next one; behind the last the first.
    #[must_use]
    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|sort| *sort == self).unwrap_or(0);
        Self::ALL[(at + 1) % Self::ALL.len()]
    }
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Came => "as they came",
            Self::Latest => "latest first",
            Self::Peer => "by peer",
            Self::Mechanism => "by mechanism",
            Self::Outcome => "by outcome",
            Self::Duration => "longest first",
        })
    }
}

impl<T> Sessions<T> {
    /// An empty list of at most so many.
    #[must_use]
    pub const fn new(most: usize) -> Self {
        Self { entries: Vec::new(), most, dropped: 0 }
    }

    /// Adds a connection. Gives back the one that there is no room for: the oldest that has ended, or, where none of all
    /// has, this one.
    pub fn push(&mut self, entry: Entry<T>) -> Option<Entry<T>> {
        if self.entries.len() < self.most {
            self.entries.push(entry);
            return None;
        }
        let Some(ended) = self.entries.iter().position(|entry| entry.summary.ended) else { return Some(entry) };
        let oldest = self.entries.remove(ended);
        self.dropped += 1;
        self.entries.push(entry);
        Some(oldest)
    }

    /// All of them, in the order in which they came.
    #[must_use]
    pub fn entries(&self) -> &[Entry<T>] {
        &self.entries
    }

    /// How many had to make room.
    #[must_use]
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The entry of that id.
    #[must_use]
    pub fn entry(&self, id: u64) -> Option<&Entry<T>> {
        self.entries.get(self.place(id)?)
    }

    /// The entry of that id, to be changed.
    pub fn entry_mut(&mut self, id: u64) -> Option<&mut Entry<T>> {
        let place = self.place(id)?;
        self.entries.get_mut(place)
    }

    /// Takes the entry of that id away.
    pub fn remove(&mut self, id: u64) -> Option<Entry<T>> {
        self.place(id).map(|place| self.entries.remove(place))
    }

    /// All of them, to be changed; that leaves the order alone.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Entry<T>> {
        self.entries.iter_mut()
    }

    fn place(&self, id: u64) -> Option<usize> {
        // Ids grow as connections come, but nothing here depends on it.
        self.entries.iter().rposition(|entry| entry.id == id)
    }

    /// The entries that have all these words in peer, user, mechanism or outcome, and none of those behind a `!`; sorted.
    #[must_use]
    pub fn listed(&self, words: &str, sort: Sort) -> Vec<&Entry<T>> {
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        let mut listed: Vec<&Entry<T>> = self.entries.iter().filter(|entry| fits(&entry.summary, &words)).collect();
        listed.sort_by(|one, other| order(&one.summary, &other.summary, sort)); // keeps what is equal as it came
        if sort == Sort::Latest {
            listed.reverse();
        }
        listed
    }
}

fn fits(summary: &Summary, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let user = summary.user.as_deref().unwrap_or_default();
    let tls = if summary.tls { "tls" } else { "" };
    let all = [&summary.peer, user, &summary.mechanisms(), &summary.outcome(), tls].join(" ").to_lowercase();
    words.iter().all(|word| match word.strip_prefix('!') {
        Some(without) => without.is_empty() || !all.contains(without),
        None => all.contains(word),
    })
}

fn order(one: &Summary, other: &Summary, sort: Sort) -> Ordering {
    match sort {
        Sort::Came | Sort::Latest => Ordering::Equal,
        Sort::Peer => address(one).cmp(&address(other)),
        Sort::Mechanism => one.mechanisms().cmp(&other.mechanisms()),
        Sort::Outcome => one.outcome().cmp(&other.outcome()),
        Sort::Duration => other.duration.cmp(&one.duration),
    }
}

/// Numbers by their value; what is no address comes first, by its letters.
fn address(summary: &Summary) -> (Option<SocketAddr>, &str) {
    (summary.peer.parse().ok(), &summary.peer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::recording::read;

    fn transcript(lines: &str) -> Transcript {
        let mut transcript = Transcript::new();
        for event in read(format!("saslscope session 1\n\n{lines}").as_bytes()).recording.events {
            transcript.push(event);
        }
        transcript
    }

    const LOGIN: &str = "\
0.000000 *  opened 192.0.2.10:587
0.100000 S: 220 host.example.com
0.200000 C: EHLO client.example.com
0.300000 S: 250 AUTH LOGIN PLAIN
0.400000 C: AUTH LOGIN
0.500000 S: 334 VXNlcm5hbWU6
0.600000 C: YWxpY2U=
0.700000 S: 334 UGFzc3dvcmQ6
0.800000 C: d29uZGVybGFuZA==
0.900000 S: 535 5.7.8 no
1.000000 *  closed by client
";

    #[test]
    fn a_summary_follows_its_transcript() {
        let whole = transcript(LOGIN);
        // How many steps have come, then user and outcome.
        let table = [
            (0, None, "open"),
            (1, None, "open"),
            (5, None, "in AUTH"),
            (7, Some("alice"), "in AUTH"),
            (10, Some("alice"), "refused: 535"),
            (11, Some("alice"), "refused: 535"),
        ];
        let (mut so_far, mut summary) = (Transcript::new(), Summary::default());
        for (steps, user, outcome) in table {
            for step in &whole.steps()[so_far.steps().len()..steps] {
                so_far.push(step.event.clone());
            }
            summary.follow(&so_far);
            assert_eq!((summary.user.as_deref(), summary.outcome().as_str()), (user, outcome), "{steps}");
        }
        assert_eq!(summary, Summary::new(&whole), "step by step or at once");
        assert_eq!((summary.peer.as_str(), summary.mechanisms().as_str()), ("192.0.2.10:587", "LOGIN"));
        assert_eq!((summary.ended, summary.duration), (true, Micros(1_000_000)));
    }

    #[test]
    fn what_may_be_a_password_is_no_user() {
        let swapped = LOGIN.replace("334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6");
        assert_eq!(Summary::new(&transcript(&swapped)).user, None);
    }

    fn entry(id: u64, lines: &str) -> Entry<()> {
        let summary = Summary::new(&transcript(lines));
        Entry { id, source: Origin::Played(Party::Server), summary, load: () }
    }

    #[test]
    fn the_oldest_that_has_ended_makes_room() {
        let mut sessions = Sessions::new(2);
        let open = "*  opened 192.0.2.1:1\n";
        // What comes, and which one there is no room for.
        let table = [(1, open, None), (2, LOGIN, None), (3, LOGIN, Some(2)), (4, open, Some(3)), (5, LOGIN, Some(5))];
        for (id, lines, gone) in table {
            assert_eq!(sessions.push(entry(id, lines)).map(|entry| entry.id), gone, "{id}");
        }
        assert_eq!(sessions.dropped(), 2);
    }

    #[test]
    fn a_list_is_filtered_and_sorted() {
        let mut sessions = Sessions::new(9);
        let later = LOGIN.replace("535 5.7.8 no", "235 2.7.0 yes").replace("1.000000", "7.000000");
        for (id, lines) in [(1, LOGIN), (2, "*  opened 192.0.2.1:1\n"), (3, later.as_str())] {
            assert!(sessions.push(entry(id, lines)).is_none());
        }
        let table: &[(&str, Sort, &[u64])] = &[
            ("", Sort::Came, &[1, 2, 3]),
            ("", Sort::Latest, &[3, 2, 1]),
            ("", Sort::Peer, &[2, 1, 3]),
            ("", Sort::Mechanism, &[2, 1, 3]),
            ("", Sort::Outcome, &[3, 2, 1]),
            ("", Sort::Duration, &[3, 1, 2]),
            ("LOGIN", Sort::Came, &[1, 3]),
            ("login !535", Sort::Came, &[3]),
            ("alice refused", Sort::Came, &[1]),
            ("nobody", Sort::Came, &[]),
        ];
        for (words, sort, expected) in table {
            let listed: Vec<u64> = sessions.listed(words, *sort).iter().map(|entry| entry.id).collect();
            assert_eq!(listed, *expected, "{words} {sort}");
        }
        assert_eq!(Sort::Duration.next(), Sort::Came);
    }
}

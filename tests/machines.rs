//! Laws over the tables, and over what the dialogues make of them.

mod rows;

use rows::{Played, played};
use saslscope::machine::{Machine, Row, RowId, Signal, State, Table, table, tables};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Where a machine comes to rest. A state without rows that is not listed here has lost its rows.
const fn ends(machine: Machine) -> &'static [&'static str] {
    match machine {
        Machine::Smtp => &["Closed"],
        Machine::SmtpNtlm => &["CompletedAuthentication"],
        Machine::Spnego => &["Established", "Rejected"],
        Machine::Ntlm => &["AuthenticateSent", "AuthenticateReceived"],
        _ => &["Done", "Failed"],
    }
}

/// All that hold dialogues; a recording that is shipped counts as a test.
const FOLDERS: [&str; 3] = ["recordings", "tests/real", "tests/rows"];

#[test]
fn every_row_is_one_sentence_with_its_clause() {
    for (table, row) in all_rows() {
        let name = row_name(table, row);
        assert!(!row.cite.doc.is_empty(), "{name}: no clause");
        assert!(row.says.ends_with('.'), "{name}: {}", row.says);
        assert!(row.says.chars().next().is_some_and(|first| !first.is_lowercase()), "{name}: {}", row.says);
        assert!(!row.says.contains(". "), "{name}: more than one sentence: {}", row.says);
        assert!((16..=140).contains(&row.says.len()), "{name}: {} octets: {}", row.says.len(), row.says);
        let leans = ["The same", "Their ", "Such ", "Other "].into_iter().any(|first| row.says.starts_with(first));
        assert!(!leans, "{name}: it must be understood without the row before it: {}", row.says);
    }
}

#[test]
fn every_signal_is_one_sentence_of_its_own() {
    let mut seen = BTreeSet::new();
    for signal in Signal::ALL {
        let says = signal.says();
        assert!(says.len() <= 100, "{signal}: {} octets: {says}", says.len());
        assert!(says.ends_with('.') && !says.contains(". ") && says.trim() == says, "{signal}: {says}");
        assert!(seen.insert(says), "{signal}: another says so, too: {says}");
    }
}

#[test]
fn every_state_is_reached_from_the_start() {
    for table in tables() {
        let mut reached = vec![table.start];
        let mut looked_at = 0;
        while let Some(&state) = reached.get(looked_at) {
            looked_at += 1;
            for row in table.rows.iter().filter(|row| row.from == state) {
                if !reached.contains(&row.to) {
                    reached.push(row.to);
                }
            }
        }
        let lost: Vec<State> = table.states().into_iter().filter(|state| !reached.contains(state)).collect();
        assert_eq!(lost, [], "{}", table_name(table));
    }
}

#[test]
fn state_signal_and_answer_tell_a_row() {
    for table in tables() {
        let mut seen = BTreeSet::new();
        for row in table.rows {
            assert!(seen.insert((row.from, row.on, row.emit)), "{} stands twice", row_name(table, row));
        }
    }
}

#[test]
fn a_machine_rests_where_it_should() {
    for table in tables() {
        let rests = |state: &State| table.rows.iter().all(|row| row.from != *state);
        let resting: BTreeSet<&str> = table.states().into_iter().filter(rests).map(State::name).collect();
        let ends: BTreeSet<&str> = ends(table.machine).iter().copied().collect();
        let lost: Vec<_> = resting.difference(&ends).collect();
        assert!(!resting.is_empty() && lost.is_empty(), "{}: nothing leads out of {lost:?}", table_name(table));
    }
}

#[test]
fn what_runs_within_runs_within_a_state_of_the_table() {
    for table in tables() {
        for (within, runs) in table.runs {
            assert!(table.states().contains(within), "{}: {runs:?} within {within}", table_name(table));
        }
    }
}

#[test]
fn ever_coarser_signals_come_to_an_end() {
    for signal in Signal::ALL {
        let chain: Vec<Signal> = signal.widening().take(Signal::ALL.len() + 1).collect();
        assert!(chain.len() <= Signal::ALL.len(), "{signal} is coarser than itself");
    }
}

#[test]
fn every_signal_stands_in_a_row_or_is_heard_in_a_dialogue() {
    let mut known: BTreeSet<Signal> = all_rows().flat_map(|(_, row)| [Some(row.on), row.emit]).flatten().collect();
    for step in played(&FOLDERS).iter().flat_map(|played| &played.steps) {
        known.extend(step.signal);
        known.extend(step.deviation.as_ref().map(|deviation| deviation.sent));
    }
    let idle: Vec<Signal> = Signal::ALL.iter().copied().filter(|signal| !known.contains(signal)).collect();
    assert_eq!(idle, [], "signals that nothing makes or awaits");
}

#[test]
fn every_dialogue_comes_out_as_it_says() {
    let mut wrong = String::new();
    for played in played(&["tests/real", "tests/rows"]) {
        let headers = &played.recording.headers;
        assert!(!headers.title.is_empty(), "{}: no title", played.path);
        let says = |name| headers.other.iter().filter(move |(other, _)| other == name).map(|(_, value)| value.clone());
        if !says("expect").eq(played.outcome()) || !says("ends").eq([ends_in(&played)]) {
            let outcome = played.outcome().join("\nexpect: ");
            write!(wrong, "\n\n{}\nexpect: {outcome}\nends: {}", played.path, ends_in(&played)).unwrap();
        }
    }
    assert!(wrong.is_empty(), "dialogues that come out otherwise, as here:{wrong}");
}

/// Where both parties stand after the last event.
fn ends_in(played: &Played) -> String {
    let [client, server] = &played.steps.last().expect("a dialogue holds events").standing.stacks;
    format!("{client} | {server}")
}

/// With `--nocapture` it prints which recordings take which row.
#[test]
fn every_row_is_taken_by_a_recording() {
    let files = played(&FOLDERS);
    let takers = takers(&files);
    println!("{}", listing(&takers));
    let mut untaken = String::new();
    for (table, row) in all_rows().filter(|(table, row)| !takers.contains_key(&row_id(table, row))) {
        write!(untaken, "\n  {}", row_name(table, row)).unwrap();
    }
    assert!(untaken.is_empty(), "rows that no recording takes:{untaken}");
}

fn all_rows() -> impl Iterator<Item = (&'static Table, &'static Row)> {
    tables().flat_map(|table| table.rows.iter().map(move |row| (table, row)))
}

fn row_id(table: &Table, row: &Row) -> RowId {
    let place = table.rows.iter().position(|other| other == row).expect("the row is of this table");
    RowId { machine: table.machine, party: table.party, place }
}

/// The files that take each row, by name; one that breaks a row which forbids takes it too.
fn takers(files: &[Played]) -> BTreeMap<RowId, BTreeSet<&str>> {
    let mut takers: BTreeMap<RowId, BTreeSet<&str>> = BTreeMap::new();
    for played in files {
        let moved = played.steps.iter().flat_map(|step| step.moves.iter().map(|taken| taken.row));
        let broken = played.steps.iter().filter_map(|step| step.deviation.as_ref()?.row);
        let rows: Vec<RowId> = moved.chain(broken).collect();
        // AUTH GSSAPI alone does not tell its meaning: until a token does, the rows of the one stand for the other's.
        let means_kerberos = rows.iter().any(|id| id.machine == Machine::Kerberos);
        let twins = rows.iter().filter_map(|&id| twin(id).filter(|_| means_kerberos));
        for row in rows.iter().copied().chain(twins) {
            takers.entry(row).or_default().insert(&played.path);
        }
    }
    takers
}

/// The row of the Kerberos table that says the same as a row of the GSSAPI table.
fn twin(id: RowId) -> Option<RowId> {
    let says_the_same = |other: &Row| {
        let row = id.row();
        (other.from, other.on, other.emit, other.to) == (row.from, row.on, row.emit, row.to)
    };
    let place = table(Machine::Kerberos, id.party).rows.iter().position(says_the_same)?;
    (id.machine == Machine::Gssapi).then_some(RowId { machine: Machine::Kerberos, place, ..id })
}

/// Each row with the files that take it.
fn listing(takers: &BTreeMap<RowId, BTreeSet<&str>>) -> String {
    let mut text = String::new();
    for (table, row) in all_rows() {
        writeln!(text, "{}", row_name(table, row)).unwrap();
        for path in takers.get(&row_id(table, row)).into_iter().flatten() {
            writeln!(text, "    {path}").unwrap();
        }
    }
    text
}

fn table_name(table: &Table) -> String {
    format!("{} {}", table.machine, table.party)
}

/// `smtp server: Ready on Auth emit Challenge to InAuth (MUST, RFC 4954 4)`
fn row_name(table: &Table, row: &Row) -> String {
    let emit = row.emit.map(|emit| format!(" emit {emit}")).unwrap_or_default();
    let Row { from, on, to, force, cite, .. } = row;
    format!("{}: {from} on {on}{emit} to {to} ({force}, {cite})", table_name(table))
}

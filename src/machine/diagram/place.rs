//! Where the states stand: by hand where a machine branches, by rule where it is short.

use super::{BOX_HEIGHT, Border, BoxAt, Placement};
use crate::machine::row::{Machine, State, Table};
use crate::terms::Party;

/// Empty cells between two columns, which the lines take.
const COLUMN_GAP: usize = 7;
/// Empty lines between two rows.
const ROW_GAP: usize = 3;
/// Empty cells around everything.
const MARGIN: usize = 4;

/// States by name, row by row; an empty name leaves a place free.
type Grid = &'static [&'static [&'static str]];

const SMTP_CLIENT: Grid = &[
    &["Connect", "Greeted", "EhloSent", "Choose", "InMech", "Done"],
    &["Failed", "Tls", "StartTls", "", "Cancelling", "AuthenticatedInData"],
    &["", "", "DataSent", "InMail", "", ""],
    &["Quitting", "Closed", "", "InData", "", ""],
];

const SMTP_SERVER: Grid = &[
    &["Greeting", "AwaitEhlo", "Ready", "InAuth", "Authenticated"],
    &["", "StartTls", "InMail", "", "AuthenticatedInData"],
    &["Closed", "", "InData", "", ""],
];

const LOGIN_CLIENT: Grid = &[&["Choose", "WaitChallenge", "WaitFinal", "Done"], &["", "", "Cancelling", "Failed"]];

const LOGIN_SERVER: Grid = &[&["Ready", "AuthReceived", "UsernameReceived", "Done"], &["", "", "", "Failed"]];

const GSSAPI_CLIENT: Grid = &[
    &["Choose", "Context", "ContextDone", "WaitFinal"],
    &["WaitEmpty", "Rejected", "", "Done"],
    &["", "Failed", "", ""],
];

const GSSAPI_SERVER: Grid =
    &[&["Ready", "Context", "Flush", "WaitChoice"], &["", "Rejected", "", "Done"], &["", "Failed", "", ""]];

const SPNEGO_CLIENT: Grid = &[
    &["Start", "Offered", "Selected", "Established"],
    &["", "Reselected", "MicPending", ""],
    &["", "", "Rejected", ""],
];

const SPNEGO_SERVER: Grid =
    &[&["Idle", "MechRunning", "Established"], &["", "Negotiating", "MicPending"], &["", "Rejected", ""]];

/// Where each state of the table stands.
#[must_use]
pub(super) fn placements(table: &Table) -> Vec<Placement> {
    let grid = match (table.machine, table.party) {
        (Machine::Smtp, Party::Client) => SMTP_CLIENT,
        (Machine::Smtp, Party::Server) => SMTP_SERVER,
        (Machine::Login, Party::Client) => LOGIN_CLIENT,
        (Machine::Login, Party::Server) => LOGIN_SERVER,
        (Machine::Gssapi | Machine::Kerberos, Party::Client) => GSSAPI_CLIENT,
        (Machine::Gssapi | Machine::Kerberos, Party::Server) => GSSAPI_SERVER,
        (Machine::Spnego, Party::Client) => SPNEGO_CLIENT,
        (Machine::Spnego, Party::Server) => SPNEGO_SERVER,
        (Machine::Ntlm | Machine::Krb5, _) => return by_rule(table),
    };
    let named = |name: &str| table.states().into_iter().find(|state| state.name() == name);
    let places = grid.iter().enumerate().flat_map(|(row, names)| {
        names.iter().enumerate().filter_map(move |(column, name)| Some((named(name)?, column, row)))
    });
    places.map(|(state, column, row)| Placement { state, column, row }).collect()
}

/// Each state in the column of its distance from the start, one below the other.
fn by_rule(table: &Table) -> Vec<Placement> {
    let mut places = vec![Placement { state: table.start, column: 0, row: 0 }];
    let mut looked_at = 0;
    while let Some(&Placement { state, column, .. }) = places.get(looked_at) {
        looked_at += 1;
        for to in table.rows.iter().filter(|row| row.from == state).map(|row| row.to) {
            if places.iter().all(|place| place.state != to) {
                let row = places.iter().filter(|place| place.column == column + 1).count();
                places.push(Placement { state: to, column: column + 1, row });
            }
        }
    }
    places
}

/// The boxes of a table, and how wide and high all of it is.
pub(super) fn boxes(table: &Table) -> (Vec<BoxAt>, usize, usize) {
    let places = placements(table);
    let columns = places.iter().map(|place| place.column + 1).max().unwrap_or(0);
    let rows = places.iter().map(|place| place.row + 1).max().unwrap_or(0);
    let width_of = |state: State| state.name().len() + 4;
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            let within = places.iter().filter(|place| place.column == column);
            within.map(|place| width_of(place.state)).max().unwrap_or(0)
        })
        .collect();
    let left = |column: usize| MARGIN + widths[..column].iter().map(|width| width + COLUMN_GAP).sum::<usize>();
    let boxes = places.iter().map(|&Placement { state, column, row }| {
        let width = width_of(state);
        let border = match () {
            () if table.runs_in(state).is_some() => Border::Runs,
            () if table.rows.iter().all(|row| row.from != state) => Border::End,
            () => Border::Plain,
        };
        let x = left(column) + (widths[column] - width) / 2;
        BoxAt { state, x, y: MARGIN + row * (BOX_HEIGHT + ROW_GAP), width, border }
    });
    let width = left(columns) + MARGIN - COLUMN_GAP;
    let height = 2 * MARGIN + rows * (BOX_HEIGHT + ROW_GAP) - ROW_GAP;
    (boxes.collect(), width, height)
}

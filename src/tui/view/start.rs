//! The start screen: what there is to look at, what each of it is, and what this machine can do.

use super::first_row;
use super::layout::bars;
use super::paint::{Paint, pad, spread};
use super::status;
use crate::config::theme::Role;
use crate::decode::escape;
use crate::session::Mechanism;
use crate::tui::model::{Entry, Model};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;

const WHAT: &str = "An oscilloscope for SMTP authentication. It plays one end of an AUTH exchange or both, or opens a \
                    recording, holds every line, and shows the same moment as raw line, decoded token and place in \
                    the state machine, with the clause that put it there.";

/// From this width on, what is selected is explained beside the list; below it, under the list.
const WITH_SIDE: u16 = 110;
/// Rows under the list, where it is explained there.
const UNDER: u16 = 4;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, model: &Model, paint: &Paint) {
    let whole = bars(area);
    let version = concat!(" saslscope ", env!("CARGO_PKG_VERSION"));
    status::line(buffer, whole.header, version, Role::Title, paint);
    super::rows(buffer, whole.body, what(area, paint).into_iter());
    let (list, side) = parts(area, paint);
    draw_list(buffer, list, model, paint);
    draw_side(buffer, side, model, area.width >= WITH_SIDE, paint);
    status::footer(buffer, whole.footer, model, paint);
}

fn what(area: Rect, paint: &Paint) -> Vec<Line<'static>> {
    paint.wrap(WHAT, Role::Text, 1, usize::from(area.width).saturating_sub(2).min(120))
}

/// Where the list stands, and what explains its selected entry.
fn parts(area: Rect, paint: &Paint) -> (Rect, Rect) {
    let whole = bars(area);
    let body = Rect { height: whole.body.height + whole.crumb.height, ..whole.body };
    let intro = (what(area, paint).len() as u16 + 1).min(body.height);
    let below = Rect { y: body.y + intro, height: body.height - intro, ..body };
    if area.width >= WITH_SIDE {
        let wide = area.width * 3 / 5;
        let side = Rect { x: below.x + wide + 2, width: below.width - wide - 2, ..below };
        (Rect { width: wide, ..below }, side)
    } else {
        let under = UNDER.min(below.height / 2);
        let side = Rect { y: below.bottom() - under, height: under, ..below };
        (Rect { height: below.height - under, ..below }, side)
    }
}

/// The entry at a place of the screen.
pub(super) fn entry_at(area: Rect, model: &Model, at: Position) -> Option<usize> {
    let (list, _) = parts(area, &Paint::new(model));
    let entries = model.entries();
    let rows = listed(&entries);
    let row = first(&rows, model, list) + usize::from(list.contains(at).then(|| at.y - list.y)?);
    match rows.get(row)? {
        Row::Entry(place, _) => Some(*place),
        Row::Heading(_) => None,
    }
}

/// Which row of the list is the first to be seen.
fn first(rows: &[Row<'_>], model: &Model, list: Rect) -> usize {
    let at = rows.iter().position(|row| matches!(row, Row::Entry(place, _) if *place == model.entry)).unwrap_or(0);
    first_row(at, rows.len(), usize::from(list.height))
}

/// A row of the list.
enum Row<'a> {
    Heading(&'static str),
    Entry(usize, &'a Entry),
}

/// The entries with a heading above each kind.
fn listed(entries: &[Entry]) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut above = "";
    for (place, entry) in entries.iter().enumerate() {
        let heading = describe(entry).heading;
        if heading != above {
            rows.push(Row::Heading(heading));
            above = heading;
        }
        rows.push(Row::Entry(place, entry));
    }
    rows
}

fn draw_list(buffer: &mut Buffer, area: Rect, model: &Model, paint: &Paint) {
    let entries = model.entries();
    let rows = listed(&entries);
    let first = first(&rows, model, area);
    let (above, below) = (first, rows.len().saturating_sub(first + usize::from(area.height)));
    let (top, bottom) = (area.top(), area.bottom());
    for (row, y) in rows.iter().skip(first).zip(top..bottom) {
        let area = Rect { y, height: 1, ..area };
        let more = match (above, below) {
            (1.., _) if y == top => format!("▲ {above} more "),
            (_, 1..) if y + 1 == bottom => format!("▼ {below} more "),
            _ => String::new(),
        };
        let more = if more.is_empty() { Vec::new() } else { vec![paint.span(more, Role::Dim)] };
        match row {
            Row::Heading(text) => {
                let left = vec![paint.span(format!(" {text}"), Role::Title)];
                super::row(buffer, area, &spread(left, more, usize::from(area.width)), false, paint);
            }
            Row::Entry(place, entry) => {
                let selected = *place == model.entry;
                let cursor = if selected { '▶' } else { ' ' };
                let Described { name, title, .. } = describe(entry);
                let left = vec![
                    paint.span(format!(" {cursor} {} ", pad(&name, 32)), Role::Text),
                    paint.span(title, Role::Dim),
                ];
                super::row(buffer, area, &spread(left, more, usize::from(area.width)), selected, paint);
            }
        }
    }
}

/// What is selected, and, where there is room, what this build and this machine can do.
fn draw_side(buffer: &mut Buffer, area: Rect, model: &Model, all: bool, paint: &Paint) {
    let width = usize::from(area.width).saturating_sub(2);
    let text = |text: &str, role| paint.wrap(text, role, 1, width);
    let mut lines = Vec::new();
    if let Some(entry) = model.entries().get(model.entry) {
        let Described { name, title, says, .. } = describe(entry);
        if all {
            lines.extend(text(&name, Role::Title));
            lines.extend(text(&title, Role::Text));
        } else {
            lines.push(Line::default());
        }
        lines.extend(text(&model.hint(says), Role::Dim));
    }
    if all {
        lines.push(Line::default());
        lines.extend(text("This build, this machine", Role::Title));
        for (what, how) in &model.can {
            lines.extend(text(&format!("{what}: {}", escape(how)), Role::Dim));
        }
    }
    super::rows(buffer, area, lines.into_iter());
}

/// What is said of an entry.
struct Described {
    /// What stands above entries of its kind.
    heading: &'static str,
    name: String,
    /// In a few words.
    title: String,
    /// What happens when it is opened, and which actions to begin with.
    says: &'static str,
}

fn describe(entry: &Entry) -> Described {
    let say = |heading, name: &str, title: &str, says| Described {
        heading,
        name: name.to_owned(),
        title: title.to_owned(),
        says,
    };
    match entry {
        Entry::Continue => {
            say("Back", "the exchange that is open", "it stands where you left it", "{open} goes back to it.")
        }
        Entry::Sessions => say(
            "Back",
            "the sessions",
            "who has connected, and what came of it",
            "{look at} opens a session, {next held} the next that waits for you.",
        ),
        Entry::Lab(Mechanism::Gssapi) => say(
            "Play",
            "lab: AUTH GSSAPI",
            "both ends: SPNEGO over NTLM, no network",
            "Each line is held before it goes: {step} lets it go, {edit} changes a field of it, {answer} \
             answers otherwise, {fault} makes something go wrong.",
        ),
        Entry::RequestMic => say(
            "Play",
            "lab: AUTH GSSAPI, request-mic",
            "the client prefers Kerberos, the server has NTLM",
            "The server picks another mechanism than the client's first, so both must prove with a MIC that nobody \
             changed the list.",
        ),
        Entry::Lab(Mechanism::Login) => say(
            "Play",
            "lab: AUTH LOGIN",
            "both ends: user name and password",
            "Each line is held before it goes: {step} lets it go, {answer} answers otherwise, {cancel} cancels. \
             {secrets} shows the password for 30 seconds.",
        ),
        Entry::Lab(mechanism) => say(
            "Play",
            &format!("lab: AUTH {mechanism}"),
            &format!("both ends: {}", mechanism.says()),
            "Each line is held before it goes: {step} lets it go, {answer} answers otherwise, {cancel} cancels. \
             {secrets} shows the password for 30 seconds.",
        ),
        Entry::OtherLab => say(
            "Play",
            "lab: another mechanism…",
            "all that both ends can play",
            "A list of mechanisms; each line is held before it goes.",
        ),
        Entry::Client => say(
            "Play",
            "client…",
            "against a server of your own",
            "Asks for server, mechanism, user and password; each line is held before it goes.",
        ),
        Entry::Server => say(
            "Play",
            "server…",
            "for your own clients, here on this machine",
            "Knows alice, whose password is wonderland, unless told otherwise. Each line is held before it goes.",
        ),
        Entry::Open => say("Open", "open a recording…", "type its name", "A .session file, by its path."),
        Entry::Machine => say(
            "About",
            "this build, this machine",
            "mechanisms, colours, where settings are",
            "What this program can do here, as it was built and as the terminal is.",
        ),
        Entry::Recent(path) => say(
            "Open",
            &escape(&path.file_name().unwrap_or(path.as_os_str()).to_string_lossy()),
            &escape(&path.parent().unwrap_or(path).display().to_string()),
            "Opened or saved lately. {step} goes on by one step, {run} to the end, {next deviation} to the next deviation.",
        ),
        Entry::File(path) => say(
            "Open",
            &escape(&path.display().to_string()),
            "in this directory",
            "{step} goes on by one step, {run} to the end, {next deviation} to the next deviation.",
        ),
        Entry::BuiltIn(recording) => {
            let (heading, says) = match recording.folder() {
                "lessons" => {
                    ("Learn", "A lesson: {step} goes on, {back} goes back, and each scene says what to look at.")
                }
                "spec" => ("Examples that the specifications print", "{step} goes on by one step, {back} goes back."),
                _ => (
                    "Faults: find what went wrong",
                    "{next deviation} goes to the deviation, and {why} says which clause it breaks.",
                ),
            };
            let name = recording.name.split_once('/').map_or(recording.name, |(_, name)| name);
            say(heading, name, &escape(&recording.title()), says)
        }
    }
}

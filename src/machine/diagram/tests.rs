use super::*;
use crate::machine::tables;
use crate::terms::Party;

/// Calls `law` with every table and its picture.
fn each(mut law: impl FnMut(&Table, &Picture, &str)) {
    for table in tables() {
        law(table, &picture(table), &format!("{} {}", table.machine, table.party));
    }
}

#[test]
fn every_state_has_a_place_of_its_own() {
    for table in tables() {
        let places = place::placements(table);
        for state in table.states() {
            assert_eq!(places.iter().filter(|place| place.state == state).count(), 1, "{} {state}", table.machine);
        }
        for (at, place) in places.iter().enumerate() {
            let taken = |other: &&Placement| (other.column, other.row) == (place.column, place.row);
            assert_eq!(places[..at].iter().find(taken), None, "{} {}", table.machine, place.state);
        }
    }
}

#[test]
fn every_row_belongs_to_one_edge() {
    each(|table, picture, name| {
        let mut drawn: Vec<RowId> = picture.edges.iter().flat_map(|edge| edge.rows.clone()).collect();
        drawn.sort_unstable();
        assert_eq!(drawn.iter().map(|id| id.place).collect::<Vec<_>>(), (0..table.rows.len()).collect::<Vec<_>>());
        for edge in &picture.edges {
            let of_edge = |id: &RowId| (id.row().from, id.row().to) == (edge.from, edge.to);
            assert!(edge.rows.iter().all(of_edge), "{name}: {} to {}", edge.from, edge.to);
        }
    });
}

#[test]
fn every_line_leads_from_box_to_box_and_crosses_none() {
    each(|_, picture, name| {
        for edge in &picture.edges {
            let what = format!("{name}: {} to {}", edge.from, edge.to);
            let touches = |state: State, (x, y, _): (usize, usize, char), reach: usize| {
                let boxed = picture.box_of(state).unwrap();
                let gap = |at: usize, from: usize, size: usize| {
                    from.saturating_sub(at).max((at + 1).saturating_sub(from + size))
                };
                gap(x, boxed.x, boxed.width) + gap(y, boxed.y, BOX_HEIGHT) <= reach
            };
            let (first, last) = (*edge.cells.first().expect(&what), *edge.cells.last().expect(&what));
            // A line that leads both ways leaves its first cell to the other head.
            assert!(touches(edge.from, first, 2) && touches(edge.to, last, 1), "{what}");
            assert!(edge.from == edge.to || "▲▶▼◀".contains(last.2), "{what}: {}", last.2);
            for step in edge.cells.windows(2) {
                assert_eq!(step[0].0.abs_diff(step[1].0) + step[0].1.abs_diff(step[1].1), 1, "{what}");
            }
            for &(x, y, _) in &edge.cells {
                let crossed = picture.boxes.iter().find(|boxed| boxed.covers(x, y)).map(|boxed| boxed.state);
                assert_eq!(crossed, (edge.from == edge.to).then_some(edge.from), "{what} at {x},{y}");
            }
        }
    });
}

#[test]
fn lines_agree_on_the_cells_that_they_share() {
    each(|_, picture, name| {
        let mut cells: Vec<_> =
            picture.edges.iter().filter(|edge| !edge.forbidden).flat_map(|edge| edge.cells.clone()).collect();
        cells.sort_unstable();
        cells.dedup();
        let clash = cells.windows(2).find(|pair| (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1));
        assert_eq!(clash, None, "{name}");
    });
}

#[test]
fn pictures_fit_where_they_are_shown() {
    each(|table, picture, name| {
        let (width, height) = if table.machine == crate::machine::Machine::Smtp { (120, 40) } else { (100, 24) };
        assert!(picture.width <= width && picture.height <= height, "{name}: {}x{}", picture.width, picture.height);
        let drawn = text(picture, false);
        assert!(drawn.lines().count() <= picture.height, "{name}");
        assert!(drawn.lines().all(|line| line.chars().count() <= picture.width), "{name}");
        assert!(text(picture, true).is_ascii(), "{name}");
    });
}

#[test]
fn a_picture_as_it_looks() {
    let table = crate::machine::table(crate::machine::Machine::Login, Party::Client);
    let expected = "\
┌────────┐       ┌───────────────┐       ┌───────────┐         ╭──────╮
│ Choose │──────▶│ WaitChallenge │──────▶│ WaitFinal │────────▶│ Done │
└────────┘       └──────────────↺┘       └──────────↺┘         ╰──────╯
                               │               │   │
                               │               │   └────┐
                               │               ▼        │
                               │         ┌────────────┐ │     ╭────────╮
                               └────────▶│ Cancelling │─┴────▶│ Failed │
                                         └────────────┘       ╰────────╯
";
    assert_eq!(text(&picture(table), false), expected);
    let ascii = text(&picture(table), true);
    assert_eq!(ascii.lines().nth(1), Some("| Choose |------>| WaitChallenge |------>| WaitFinal |-------->| Done |"));
}

#[test]
fn a_table_as_text_and_as_a_graph() {
    let table = crate::machine::table(crate::machine::Machine::Ntlm, Party::Client);
    let expected = "\
ntlm client: NTLM (MS-NLMP)
It starts in Start.

+-------+       +---------------+       +------------------+
| Start |------>| NegotiateSent |------>| AuthenticateSent |
+-------+       +---------------+       +------------------+

from           hears          answers           to                force  clause             sentence
Start          Go             NtlmNegotiate     NegotiateSent     MUST   MS-NLMP 3.1.5.1.1  NEGOTIATE_MESSAGE says what the client can do.
NegotiateSent  NtlmChallenge  NtlmAuthenticate  AuthenticateSent  MUST   MS-NLMP 3.1.5.1.2  AUTHENTICATE_MESSAGE proves the password over the server's challenge.
";
    assert_eq!(describe(table, true), expected);
    let graph = "\
digraph saslscope {
  node [shape=box];
  subgraph \"cluster ntlm client\" {
    label=\"ntlm client\";
    \"ntlm client Start\" [label=\"Start\"];
    \"ntlm client NegotiateSent\" [label=\"NegotiateSent\"];
    \"ntlm client AuthenticateSent\" [label=\"AuthenticateSent\"];
    \"ntlm client Start\" -> \"ntlm client NegotiateSent\" [label=\"Go / NtlmNegotiate\"];
    \"ntlm client NegotiateSent\" -> \"ntlm client AuthenticateSent\" [label=\"NtlmChallenge / NtlmAuthenticate\"];
  }
}
";
    assert_eq!(dot([table]), graph);
}

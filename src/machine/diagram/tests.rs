use super::*;
use crate::machine::tables;
use crate::terms::Party;

/// Calls `law` with every table and its pictures.
fn each(mut law: impl FnMut(&Table, &Picture, &str)) {
    for table in tables() {
        for form in [Form::Large, Form::Small] {
            law(table, &picture(table, form), &format!("{} {} {form:?}", table.machine, table.party));
        }
    }
}

#[test]
fn every_state_has_a_box_of_its_own_with_its_whole_name() {
    each(|table, picture, name| {
        let drawn = text(picture, false);
        for state in table.states() {
            assert_eq!(picture.boxes.iter().filter(|boxed| boxed.state == state).count(), 1, "{name}: {state}");
            assert!(drawn.contains(state.name()), "{name}: {state}\n{drawn}");
        }
        assert_eq!(picture.boxes.len(), table.states().len(), "{name}");
        for (at, boxed) in picture.boxes.iter().enumerate() {
            let apart = |other: &&BoxAt| {
                let far = |from: usize, to: usize, other: usize, end: usize| to + 1 < other || end + 1 < from;
                far(boxed.x, boxed.right(), other.x, other.right())
                    || far(boxed.y, boxed.bottom(), other.y, other.bottom())
            };
            assert_eq!(picture.boxes[..at].iter().find(|other| !apart(other)), None, "{name}: {}", boxed.state);
        }
    });
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
fn every_line_leads_from_box_to_box_and_through_none() {
    each(|_, picture, name| {
        for edge in &picture.edges {
            let what = format!("{name}: {} to {}", edge.from, edge.to);
            let touches = |state: State, cell: &CellAt, reach: usize| {
                let boxed = picture.box_of(state).unwrap();
                let gap = |at: usize, from: usize, to: usize| from.saturating_sub(at).max(at.saturating_sub(to));
                gap(cell.x, boxed.x, boxed.right()) + gap(cell.y, boxed.y, boxed.bottom()) <= reach
            };
            let (first, last) = (edge.cells.first().expect(&what), edge.cells.last().expect(&what));
            // A line that leads both ways leaves its first cell to the other head.
            assert!(touches(edge.from, first, 2) && touches(edge.to, last, 1), "{what}");
            assert!(edge.from == edge.to || last.head.is_some_and(|head| "▲▶▼◀".contains(head)), "{what}: {last:?}");
            for pair in edge.cells.windows(2) {
                assert_eq!(pair[0].x.abs_diff(pair[1].x) + pair[0].y.abs_diff(pair[1].y), 1, "{what}");
                assert!(pair[0].head.is_none(), "{what}: {:?}", pair[0]);
            }
            for cell in &edge.cells {
                let crossed = picture.boxes.iter().find(|boxed| boxed.covers(cell.x, cell.y)).map(|boxed| boxed.state);
                assert_eq!(crossed, (edge.from == edge.to).then_some(edge.from), "{what} at {},{}", cell.x, cell.y);
            }
        }
    });
}

#[test]
fn lines_cross_at_right_angles_or_join_on_their_way_to_one_state() {
    each(|_, picture, name| {
        let drawn: Vec<&EdgeAt> = picture.edges.iter().filter(|edge| !edge.forbidden).collect();
        for (at, edge) in drawn.iter().enumerate() {
            for other in
                drawn[..at].iter().filter(|other| other.to != edge.to && (other.to, other.from) != (edge.from, edge.to))
            {
                for cell in &edge.cells {
                    let Some(shared) = other.cells.iter().find(|shared| (shared.x, shared.y) == (cell.x, cell.y))
                    else {
                        continue;
                    };
                    let apart = (0..4).all(|side| !(cell.arms[side] && shared.arms[side]));
                    let straight = |arms: [bool; 4]| arms[0] == arms[2] && arms[1] == arms[3];
                    assert!(
                        apart && straight(cell.arms) && straight(shared.arms),
                        "{name}: {} to {} and {} to {} at {},{}",
                        edge.from,
                        edge.to,
                        other.from,
                        other.to,
                        cell.x,
                        cell.y
                    );
                }
            }
        }
    });
}

#[test]
fn few_lines_cross_and_none_makes_a_long_way_round() {
    each(|table, picture, name| {
        let crossings = picture.lines(|edge| if edge.forbidden { Stroke::None } else { Stroke::Light });
        let crossings =
            crossings.iter().filter(|line| line.head.is_none() && !line.arms.contains(&Stroke::None)).count();
        assert!(crossings <= table.states().len(), "{name}: {crossings} crossings");
        for edge in picture.edges.iter().filter(|edge| edge.from != edge.to && !edge.forbidden) {
            let [from, to] = [edge.from, edge.to].map(|state| picture.box_of(state).unwrap());
            let middle = |boxed: &BoxAt| (boxed.x + boxed.width / 2, boxed.middle());
            let ((x, y), (to_x, to_y)) = (middle(from), middle(to));
            let direct = x.abs_diff(to_x) + y.abs_diff(to_y);
            assert!(
                edge.cells.len() <= 2 * direct + 24,
                "{name}: {} to {}: {} cells for {direct}",
                edge.from,
                edge.to,
                edge.cells.len()
            );
        }
    });
}

#[test]
fn pictures_fit_where_they_are_shown() {
    use crate::machine::Machine::Smtp;
    each(|table, picture, name| {
        // At large on a screen of 200x60, both parties side by side but for SMTP; at small in a pane of 120x40 and as a
        // tab of 80x24, but for SMTP, which wants the whole of it.
        let (width, height) = match (picture.form, table.machine) {
            (Form::Large, Smtp) => (120, 24),
            (Form::Large, _) => (60, 24),
            (Form::Small, Smtp) => (80, 18),
            (Form::Small, _) => (54, 10),
        };
        assert!(picture.width <= width && picture.height <= height, "{name}: {}x{}", picture.width, picture.height);
        let drawn = text(picture, false);
        assert!(drawn.lines().count() <= picture.height, "{name}");
        assert!(drawn.lines().all(|line| line.chars().count() <= picture.width), "{name}");
        assert!(text(picture, true).is_ascii(), "{name}");
    });
}

#[test]
fn words_find_room_beside_every_box_and_every_forbidden_line() {
    const WORDS: usize = 24;
    each(|table, picture, name| {
        let ground = Ground { width: picture.width + 30, height: picture.height + 2, x: 15, y: 1 };
        let free = |label: &Label, what: &str| {
            for x in label.x..label.x + WORDS {
                let at = (x.wrapping_sub(ground.x), label.y.wrapping_sub(ground.y));
                assert!(x < ground.width && label.y < ground.height, "{what}");
                assert!(!picture.boxes.iter().any(|boxed| boxed.covers(at.0, at.1)), "{what}");
                let drawn = picture.edges.iter().filter(|edge| !edge.forbidden).flat_map(|edge| &edge.cells);
                assert_eq!(drawn.into_iter().find(|cell| (cell.x, cell.y) == at), None, "{what}");
            }
        };
        for state in table.states() {
            let what = format!("{name}: {state}");
            let label = picture.stub(state, WORDS, ground).expect(&what);
            free(&label, &what);
            let boxed = picture.box_of(state).unwrap();
            let first = label.line.first().expect(&what);
            let (x, y) = (first.x.wrapping_sub(ground.x), first.y.wrapping_sub(ground.y));
            let near = |x: usize, y: usize| boxed.covers(x, y);
            assert!(
                near(x.wrapping_add(1), y)
                    || near(x.wrapping_sub(1), y)
                    || near(x, y.wrapping_add(1))
                    || near(x, y.wrapping_sub(1)),
                "{what}"
            );
            let last = label.line.last().expect(&what);
            assert!(last.y == label.y && (last.x + 1 == label.x || label.x + WORDS == last.x), "{what}");
        }
        for edge in picture.edges.iter().filter(|edge| edge.forbidden && edge.from != edge.to) {
            let what = format!("{name}: {} to {}", edge.from, edge.to);
            picture.beside(edge.from, edge.to, WORDS, ground).iter().for_each(|label| free(label, &what));
            assert_ne!(picture.beside(edge.from, edge.to, 1, ground), None, "{what}");
        }
        let narrow = Ground { width: picture.width - 1, ..ground };
        assert_eq!(picture.stub(table.start, WORDS, narrow), None, "{name}: a picture that does not fit has no room");
    });
}

#[test]
fn lines_meet_in_the_strokes_that_they_have() {
    use Stroke::{Heavy, Light, None};
    let table = [
        ([None, Light, None, Light], '─'),
        ([Heavy, None, Heavy, None], '┃'),
        ([Light, Heavy, Light, Heavy], '┿'),
        ([None, Light, Heavy, None], '┎'),
        ([Heavy, Heavy, None, Light], '┺'),
        ([Light; 4], '┼'),
        ([None; 4], ' '),
    ];
    for (arms, expected) in table {
        assert_eq!(glyph(arms), expected, "{arms:?}");
    }
}

#[test]
fn a_picture_as_it_looks() {
    let table = crate::machine::table(crate::machine::Machine::Login, Party::Client);
    let expected = "\
┌────────┐      ┌───────────────┐      ┌────────────┐
│ Choose │─────▶│ WaitChallenge │─┬───▶│ Cancelling │
└────────┘      └──────────────↺┘ │    └────────────┘
                        │         │           │
                        ▼   ┌─────┘           ▼
                  ┌───────────┐          ╭────────╮
                  │ WaitFinal │─────────▶│ Failed │
                  └──────────↺┘          ╰────────╯
                        │
                        ▼
                    ╭──────╮
                    │ Done │
                    ╰──────╯
";
    assert_eq!(text(&picture(table, Form::Large), false), expected);
    let expected = "\
[Choose]──▶[WaitChallenge↺┐
                  │       │
                  ▼       │
             [WaitFinal↺──┴─▶[Cancelling]
                  │   │            │
                  ▼   │            ▼
               (Done) └───────▶(Failed)
";
    assert_eq!(text(&picture(table, Form::Small), false), expected);
    let ascii = text(&picture(table, Form::Large), true);
    assert_eq!(ascii.lines().nth(1), Some("| Choose |----->| WaitChallenge |-+--->| Cancelling |"));
}

#[test]
fn a_table_as_text_and_as_a_graph() {
    let table = crate::machine::table(crate::machine::Machine::Ntlm, Party::Client);
    let expected = "\
ntlm client: NTLM (MS-NLMP)
It starts in Start.

+-------+     +---------------+     +------------------+
| Start |---->| NegotiateSent |---->| AuthenticateSent |
+-------+     +---------------+     +------------------+

from           hears          answers             to                force  clause             sentence
Start          Go             NtlmNegotiate       NegotiateSent     MUST   MS-NLMP 3.1.5.1.1  NEGOTIATE_MESSAGE says what the client can do.
NegotiateSent  NtlmChallenge  NtlmAuthenticate    AuthenticateSent  MUST   MS-NLMP 3.1.5.1.2  AUTHENTICATE_MESSAGE proves the password over the server's challenge.
NegotiateSent  NtlmChallenge  NtlmAuthenticateV1  AuthenticateSent  quirk  MS-NLMP 3.3.1      The response is NTLMv1 (24 octets) or LM, weak: whoever listens can find the hash of the password by trying.

signal              meaning
Go                  The party begins by itself.
NtlmNegotiate       NTLM's first message: the client says what it can do.
NtlmChallenge       NTLM's second message: the server sends random octets to be answered.
NtlmAuthenticate    NTLM's third message: the client proves that it knows the password.
NtlmAuthenticateV1  NTLM's third message with a weak response, one of 24 octets or of LM alone.
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
    \"ntlm client NegotiateSent\" -> \"ntlm client AuthenticateSent\" [label=\"NtlmChallenge / NtlmAuthenticate\\nNtlmChallenge / NtlmAuthenticateV1\"];
  }
}
";
    assert_eq!(dot([table]), graph);
}

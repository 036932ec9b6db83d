//! The questions about what comes next, at every line of every recording.

#[allow(dead_code)] // Other tests use the rest.
mod rows;

use rows::played;
use saslscope::machine::Force;
use saslscope::transcript::Standing;
use saslscope::transcript::question::{Choice, Question, question};

#[test]
fn one_choice_is_right_and_the_order_is_no_hint() {
    let (mut asked, mut firsts) = (0, [0; 6]);
    for played in played(&["recordings", "tests/real"]) {
        let mut before = Standing::new();
        for step in &played.steps {
            let here = format!("{}, step {}", played.path, step.place + 1);
            if let Some(asks) = question(&before, step, step.place as u64) {
                asked += 1;
                assert_eq!(Some(asks.party), step.from(), "{here}");
                assert!((4..=6).contains(&asks.choices.len()), "{here}: {:?}", asks.choices);
                assert_eq!(asks.choices.last(), Some(&Choice::Deviation), "{here}");
                let right = |choice: &Choice| Question::is_right(*choice, step);
                let rights = asks.choices.iter().filter(|choice| right(choice)).count();
                // Where a row forbids what came, both that row and "no row allows it" are right.
                assert!(rights == 1 || rights == 2 && step.deviation.is_some(), "{here}: {rights} {:?}", asks.choices);
                assert_eq!(step.deviation.is_some(), right(&Choice::Deviation), "{here}");
                assert_eq!(question(&before, step, step.place as u64), Some(asks.clone()), "{here}");
                let emits: Vec<_> = rows(&asks).iter().map(|row| row.emit).collect();
                assert!(
                    emits.iter().all(|emit| emits.iter().filter(|other| *other == emit).count() == 1),
                    "{here}: {emits:?}"
                );
                firsts[asks.choices.iter().position(right).unwrap()] += 1;
            } else {
                assert!(step.from().is_none() || step.moves.iter().all(|taken| Some(taken.row.party) != step.from()));
            }
            before = step.standing.clone();
        }
    }
    assert!(asked > 300, "{asked}");
    // Five places at most for what is legal: none holds the right choice more often than half of the time.
    assert!(firsts.iter().all(|times| times * 2 < asked), "{firsts:?}");
}

/// The question behind each line of one recording: who is asked, and the rows that are open or not (`-`).
#[test]
fn the_questions_of_a_lesson() {
    let all = played(&["recordings/spec"]);
    let played = all.iter().find(|played| played.path.ends_with("ms-ssean-4.1.session")).unwrap();
    let mut before = Standing::new();
    let mut found = Vec::new();
    for step in &played.steps {
        if let Some(asks) = question(&before, step, 0) {
            let mut words: Vec<String> = rows(&asks)
                .iter()
                .map(|row| {
                    let open = before.stack(asks.party).open_rows().any(|id| std::ptr::eq(id.row(), *row));
                    let mark = if open && row.force != Force::MustNot { "" } else { "-" };
                    format!("{mark}{}", row.emit.unwrap())
                })
                .collect();
            words.sort();
            let does = if asks.answers { "answers" } else { "begins" };
            found.push(format!("{} {does} {}", asks.party, words.join(" ")));
        }
        before = step.standing.clone();
    }
    let expected = [
        "server begins -Completed Refusal ServiceReady",
        "client begins Ehlo OtherCommand Quit",
        "server answers -ServiceReady Completed Refusal",
        "client begins Auth Ehlo Mail Quit StartTls",
        "server answers AcceptCompleted AcceptIncomplete Reject RequestMic RequestMicWithMic",
        "client answers Cancel NegTokenResp NegTokenRespMic",
        "server answers AcceptCompleted AcceptCompletedMic AcceptIncomplete Reject SuccessInPlaceOfToken",
    ];
    assert_eq!(found, expected);
}

fn rows(asks: &Question) -> Vec<&'static saslscope::machine::Row> {
    let row = |choice: &Choice| if let Choice::Row(id) = choice { Some(id.row()) } else { None };
    asks.choices.iter().filter_map(row).collect()
}

//! Which line answers which: commands and replies, challenges and responses.

use super::{Step, Transcript};
use crate::terms::Party;
use crate::wire::Body;

impl Transcript {
    /// The place of the line that the line at `place` answers: for any line of a reply the command or response before,
    /// for a response the challenge.
    ///
    /// As the machines have heard it; where they make nothing of a line, the peer's line right before.
    #[must_use]
    pub fn request_of(&self, place: usize) -> Option<usize> {
        let from = self.steps().get(place)?.from()?;
        let last = self.last_line(place);
        let heard = last.checked_sub(1).and_then(|before| self.steps()[before].standing.answering[from.index()]);
        heard.or_else(|| {
            let mut before = self.steps()[..place].iter().rev().filter(|step| step.from().is_some());
            let before = before.find(|step| step.from() == Some(from.peer()) || !is_unfinished(step))?;
            let asks = from == Party::Server || is_challenge(before);
            (before.from() == Some(from.peer()) && asks).then_some(before.place)
        })
    }

    /// The place of the line that answers the one at `place`, the last line of a reply. A reply that is no challenge
    /// has no answer.
    #[must_use]
    pub fn answer_to(&self, place: usize) -> Option<usize> {
        let step = self.steps().get(place)?;
        let from = step.from()?;
        if from == Party::Server && !is_challenge(step) {
            return None;
        }
        let mut lines = self.steps()[place + 1..].iter().filter(|step| step.from() == Some(from.peer()));
        let answers = |step: &&Step| {
            let standing = &self.steps()[step.place - 1].standing;
            standing.answering[from.peer().index()] == Some(place)
        };
        let heard = lines.clone().find(answers);
        let next = lines.next().filter(|step| self.request_of(step.place) == Some(place));
        heard.or(next).map(|step| self.last_line(step.place))
    }

    /// The last line of the reply that the line at `place` belongs to; itself for all else.
    fn last_line(&self, place: usize) -> usize {
        let server = self.steps()[place..].iter().filter(|step| step.from() == Some(Party::Server));
        let lines = server.skip_while(|step| is_unfinished(step));
        let is_unfinished = is_unfinished(&self.steps()[place]);
        lines.take(1).find(|_| is_unfinished).map_or(place, |step| step.place)
    }
}

/// A line of a reply that is not its last.
fn is_unfinished(step: &Step) -> bool {
    matches!(step.message.as_ref().map(|message| &message.body), Some(Body::Reply(reply)) if !reply.last)
}

/// A reply that wants an answer: 334, and 354 alike.
fn is_challenge(step: &Step) -> bool {
    matches!(step.message.as_ref().map(|message| &message.body), Some(Body::Reply(reply)) if reply.last && reply.code / 100 == 3)
}

#[cfg(test)]
mod tests {
    use crate::transcript::Transcript;
    use crate::transcript::recording::read;

    const LOGIN: &str = "saslscope session 1\n\n0.0 *  opened\nS: 220 host\nC: EHLO client\nS: 250-host\nS: 250 AUTH LOGIN\n\
                         # a note\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YWxpY2U=\nS: 334 UGFzc3dvcmQ6\nC: eA==\n\
                         S: 535 5.7.8 no\nC: NOOP\nC: QUIT\nS: 250 ok\nS: 221 bye\nC: HELO late\n";

    #[test]
    fn each_request_leads_to_its_answer_and_back() {
        let mut transcript = Transcript::new();
        let text = LOGIN.replace("0.0 *", "0.000000 *");
        for event in read(text.as_bytes()).recording.events {
            transcript.push(event);
        }
        // Line, its answer, what it answers: places of the transcript.
        let table = [
            (0, None, None),
            (1, None, None),
            (2, Some(4), None),
            (3, None, Some(2)),
            (4, None, Some(2)),
            (5, None, None),
            (6, Some(7), None),
            (7, Some(8), Some(6)),
            (8, Some(9), Some(7)),
            (9, Some(10), Some(8)),
            (10, Some(11), Some(9)),
            (11, None, Some(10)),
            (12, Some(14), None),
            (13, Some(15), None),
            (14, None, Some(12)),
            (15, None, Some(13)),
            (16, None, None),
            (17, None, None),
        ];
        for (place, answer, request) in table {
            assert_eq!((transcript.answer_to(place), transcript.request_of(place)), (answer, request), "{place}");
        }
    }
}

//! Whom a party may be: which personas what it said is consistent with, and by which lines.
//!
//! A function of a transcript, live or recorded, of either party. Each line that tells personas apart is an [`Evidence`]
//! for or against each of them; a persona is consistent where nothing speaks against it. Products that do the same in an
//! exchange stay side by side: the more evidence is for one, the further up it stands.
//!
//! Limits: users tell a product what to use, so which mechanism it takes speaks for it, and against it only where it does
//! not have that mechanism at all. A name given for EHLO by hand looks like a product's own. A greeting that names no
//! product tells nothing, and texts differ between the versions of a product.

mod client;
mod server;

use crate::terms::Party;
use crate::transcript::Transcript;

/// How one persona fits what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Likeness {
    /// The persona, by its name on the command line.
    pub persona: &'static str,
    /// What it is, in a few words.
    pub says: &'static str,
    /// What speaks for it and against it, in the order of the steps.
    pub evidence: Vec<Evidence>,
}

/// What one step tells of one persona.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The step, from 0.
    pub step: usize,
    /// What was seen.
    pub says: String,
    /// Whether it speaks for the persona, or against it.
    pub fits: bool,
}

impl Likeness {
    /// Whether nothing speaks against it.
    #[must_use]
    pub fn consistent(&self) -> bool {
        self.evidence.iter().all(|evidence| evidence.fits)
    }

    /// How much speaks for it.
    fn weight(&self) -> usize {
        self.evidence.iter().filter(|evidence| evidence.fits).count()
    }
}

/// Whom `party` may be: the consistent ones first, and of those the ones that most speaks for.
#[must_use]
pub fn fingerprint(transcript: &Transcript, party: Party) -> Vec<Likeness> {
    let mut found = match party {
        Party::Client => client::likenesses(transcript),
        Party::Server => server::likenesses(transcript),
    };
    found.sort_by_key(|likeness| {
        (!likeness.consistent(), std::cmp::Reverse(likeness.weight()), likeness.evidence.len())
    });
    found
}

/// The report in lines: a summary, then each persona with what speaks for it (`+`) and against it (`-`), by the number of
/// the step from 1.
#[must_use]
pub fn lines(party: Party, found: &[Likeness]) -> Vec<String> {
    let names = |wanted: &dyn Fn(&Likeness) -> bool| {
        let names: Vec<&str> = found.iter().filter(|one| wanted(one)).map(|one| one.persona).collect();
        names.join(", ")
    };
    let known = names(&|one| one.consistent() && one.weight() > 0);
    let open = names(&|one| one.consistent() && one.weight() == 0);
    let mut lines = vec![match (known.is_empty(), open.is_empty()) {
        (false, _) => format!("{party}: consistent with {known}"),
        (true, false) => format!("{party}: nothing tells; it could be {open}"),
        (true, true) => format!("{party}: none of the personas known here"),
    }];
    for one in found {
        lines.push(format!("  {:<16} {}", one.persona, if one.consistent() { "consistent" } else { "no" }));
        let sign = |fits| if fits { '+' } else { '-' };
        lines.extend(
            one.evidence.iter().map(|seen| format!("    {} {:>3}  {}", sign(seen.fits), seen.step + 1, seen.says)),
        );
    }
    lines
}

//! What the held line could be instead: by another row, or with a fault; faults that the lab starts again with.

use super::menus::{Item, MenuKind, menu};
use super::model::{Exchange, Model};
use super::stepping::input;
use crate::machine::{Force, RowId, Signal};
use crate::session::{Fault, Input, Mechanism, Session};
use crate::transcript::{Shown, Step};

/// Lists the rows by which the held line could be answered otherwise, each with the line and what it would mean.
pub(super) fn otherwise(model: &mut Model) {
    let reveal = model.revealed();
    let Some((exchange, session)) = model.exchange.as_ref().and_then(|all| Some((all, all.session()?))) else { return };
    let choices = session.choices();
    if choices.is_empty() {
        return model.say(model.hint("no other row can be composed here; {edit raw} edits the line"));
    }
    let party = exchange.held_line().map_or("", |held| held.party.name());
    let emit = |id: &RowId| id.row().emit.map_or("", Signal::name);
    let widest = choices.iter().map(|id| emit(id).len()).max().unwrap_or(0);
    let mut above = None;
    let items = choices.iter().map(|id| {
        let row = id.row();
        let group = if above.replace(id.machine) == Some(id.machine) { "" } else { id.machine.name() };
        let step = session.compose(*id).and_then(|line| session.trial(&line));
        let mark = match (&step, row.force) {
            (Some(Step { deviation: Some(_), .. }), _) | (_, Force::MustNot) => '✘',
            (_, Force::Quirk) => '§',
            _ => ' ',
        };
        let told = step.as_ref().and_then(|step| step.deviation.as_ref()).is_some_and(|told| told.says == row.says);
        let goes = format!("{} goes to {}. {}", id.machine, row.to, if told { "" } else { row.says });
        Item {
            label: format!("{group:8} {mark} {:widest$}  {:8}  {}", emit(id), row.force, row.cite),
            detail: step.map_or_else(String::new, |step| format!("{} · ", in_words(&step, reveal))) + &goes,
        }
    });
    let items = items.collect();
    menu(model, &format!("What the {party} may answer"), MenuKind::Otherwise(choices), items);
}

/// Lists what can go wrong: with the held line, now, and with the lab from its start.
pub(super) fn faults(model: &mut Model) {
    let reveal = model.revealed();
    let mechanism = model.lab().map(|lab| lab.mechanism);
    let session = model.exchange.as_ref().and_then(Exchange::session);
    let now = session.map(Session::faults).unwrap_or_default();
    let label = |when: &str, name: &str, says: &str| format!("{when:7}  {name:18}  {says}");
    let mut items: Vec<Item> = Vec::new();
    for fault in &now {
        let line = session.and_then(|session| session.faulty(*fault)).unwrap_or_default();
        let step = session.and_then(|session| session.trial(&line)).filter(|_| !line.is_empty());
        let detail = step.map_or_else(
            || format!("The {} closes the connection now.", fault.party()),
            |step| format!("The held line becomes {}", in_words(&step, reveal)),
        );
        items.push(Item { label: label("now", fault.name(), fault.says()), detail });
    }
    let restarts = mechanism.into_iter().flat_map(Fault::within);
    items.extend(restarts.map(|fault| Item {
        label: label("restart", fault.name(), fault.says()),
        detail: format!("The lab starts again, and this goes wrong: {}.", fault.says()),
    }));
    if mechanism.is_some() {
        let detail = "The lab starts again without a fault.".to_owned();
        items.push(Item { label: label("restart", "none", ""), detail });
    }
    if items.is_empty() {
        return model.say("nothing can go wrong with what is held now; most faults are done to a held line");
    }
    menu(model, "What is to go wrong?", MenuKind::Faults { now, mechanism }, items);
}

/// Does what was chosen from that list.
pub(super) fn fault(model: &mut Model, now: &[Fault], mechanism: Option<Mechanism>, chosen: usize) {
    if let Some(fault) = now.get(chosen) {
        input(model, Input::Fault(*fault));
        return model.say(format!("{fault}: {}", fault.says()));
    }
    let fault = mechanism.and_then(|mechanism| Fault::within(mechanism).nth(chosen - now.len()));
    model.restart(|lab| lab.fault = fault);
    let said = fault.map_or("without a fault".to_owned(), |fault| format!("with the fault {fault}"));
    model.say(format!("the lab starts again {said}"));
}

/// What would go, in the words of the ladder, and what is wrong with it.
fn in_words(step: &Step, reveal: bool) -> String {
    let words = Shown::new(step, reveal).words(reveal);
    match &step.deviation {
        Some(deviation) => format!("{words} ✘ {}: {}", deviation.cite, deviation.says),
        None => words,
    }
}

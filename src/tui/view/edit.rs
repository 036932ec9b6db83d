//! The overlay in which a field of the held line is edited: what is typed, what may be typed, and what would come of it.

use super::first_row;
use super::overlay::{broken, frame};
use super::paint::{Paint, cut, width};
use super::why;
use crate::config::theme::Role;
use crate::decode::{escape, value_text};
use crate::terms::Party;
use crate::transcript::Step;
use crate::tui::edit::{Editor, Shape, Way};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;

/// Rows of typed text before it scrolls, where there is room for few.
const TYPED: usize = 4;

/// Rows that a list keeps, however much there is to say below.
const LEAST_LISTED: usize = 4;

/// Draws the overlay; where the cursor of the typed line is, if one is typed.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, editor: &Editor, paint: &Paint) -> Option<Position> {
    let wide = area.width.saturating_sub(4).min(110);
    let inner = usize::from(wide.saturating_sub(4));
    let typing = !matches!(editor.shape, Shape::List { typing: None, .. });
    let (before, behind) = editor.line.halves();
    let (text, at) = if typing { broken(&before, &behind, inner) } else { (Vec::new(), (0, 0)) };
    let list = list(editor, inner, paint);
    let below = below(editor, inner, paint);
    let hints = hints(editor, inner, paint);

    let most = usize::from(area.height).saturating_sub(3);
    let seen = text.len().min(TYPED.max(most * 2 / 5));
    let fixed = seen + 1 + hints.len();
    let kept = list.len().min(LEAST_LISTED);
    let told = below.len().min(most.saturating_sub(fixed + kept));
    let listed = list.len().min(most.saturating_sub(fixed + told));
    let high = u16::try_from(fixed + told + listed + 2).unwrap_or(u16::MAX);
    let inside = frame(buffer, area, wide, high, &title(editor), paint);

    let first = first_row(at.1, text.len(), seen);
    let of_typed = if editor.line.selected { Role::Selected } else { Role::Text };
    let text = text.into_iter().skip(first).take(seen).map(|text| Line::from(paint.span(text, of_typed)));
    let from = first_row(editor.selected, list.len(), listed);
    let rule = Line::from(paint.span("─".repeat(inner), Role::Border));
    let rows = text.chain(list.into_iter().skip(from).take(listed)).chain([rule]);
    super::rows(buffer, inside, rows.chain(below.into_iter().take(told)).chain(hints));
    let cursor = Position::new(inside.x + at.0 as u16, inside.y + (at.1 - first) as u16);
    typing.then_some(cursor).filter(|cursor| inside.contains(*cursor))
}

fn title(editor: &Editor) -> String {
    let name = editor.node().map_or_else(String::new, |node| escape(&node.name));
    match editor.way {
        Way::Value if matches!(editor.shape, Shape::List { .. }) => format!("The parts of {name}"),
        Way::Value => format!("Edit {name}"),
        Way::Hex => format!("Edit {name}: its octets in hex"),
        Way::Token => "Edit the whole token in hex".to_owned(),
        Way::Line if matches!(editor.shape, Shape::List { .. }) => "The lines of the reply".to_owned(),
        Way::Line => "Edit the line as it is on the wire".to_owned(),
    }
}

/// What may be typed, ticked or moved, one row each.
fn list(editor: &Editor, wide: usize, paint: &Paint) -> Vec<Line<'static>> {
    let flags = editor.flags().unwrap_or(0);
    let texts: Vec<String> = match &editor.shape {
        Shape::Plain => Vec::new(),
        Shape::Bits(bits) => {
            let tick = |bit: u32| if flags & bit == 0 { ' ' } else { 'x' };
            bits.iter().map(|(bit, name)| format!("[{}] {bit:08x}  {name}", tick(*bit))).collect()
        }
        Shape::List { entries, typing: None } => entries.iter().map(|entry| escape(&entry.text)).collect(),
        Shape::Choices(_) | Shape::List { .. } => editor.choices().into_iter().map(|(shown, _)| shown).collect(),
    };
    let row = |(place, text): (usize, &String)| {
        let selected = place == editor.selected;
        let text = cut(&format!("{} {text}", if selected { '▶' } else { ' ' }), wide);
        let text = format!("{text}{}", " ".repeat(wide.saturating_sub(width(&text))));
        Line::from(paint.span(text, if selected { Role::Selected } else { Role::Text }))
    };
    texts.iter().enumerate().map(row).collect()
}

/// What would come of it.
fn below(editor: &Editor, wide: usize, paint: &Paint) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut say = |text: &str, role| lines.extend(paint.wrap(text, role, 0, wide));
    let (line, step) = match &editor.outcome {
        Err(why) => {
            say(&format!("✘ {}", escape(why)), Role::Bad);
            return lines;
        }
        Ok((line, step)) => (line, step),
    };
    if let Shape::List { entries, typing: Some(place) } = &editor.shape {
        say(
            match *place {
                _ if editor.way == Way::Value && editor.line.text().is_empty() => {
                    "Its octets in hex, header included; text stands between quotes."
                }
                place if place < entries.len() => "Enter puts it in the place of the one before.",
                _ => "Enter puts it at the end of the list.",
            },
            Role::Dim,
        );
        return lines;
    }
    let Some(step) = step else { return lines };
    let now = values(editor, step);
    for (word, value) in ["was  ", "now  "].into_iter().zip(now.iter().flatten()) {
        say(&cut(&format!("{word}{value}"), wide), Role::Text);
    }
    let lengths = if !editor.can_mend() {
        ""
    } else if editor.mended {
        "; lengths mended"
    } else {
        "; lengths left as they were"
    };
    let sizes = [editor.token().len(), step.token_bytes().len()];
    if sizes[0] > 0 || sizes[1] > 0 {
        say(&format!("token {} → {} octets, line {}{lengths}", sizes[0], sizes[1], line.len()), Role::Dim);
    }
    for (text, role) in meaning(step) {
        say(&text, role);
    }
    lines
}

/// What the value was and would be.
fn values(editor: &Editor, step: &Step) -> Option<[String; 2]> {
    let node = editor
        .node()
        .filter(|_| matches!(editor.way, Way::Value | Way::Hex) && !matches!(editor.shape, Shape::List { .. }))?;
    let tree = step.tree()?;
    let again = editor.place_in(&tree).filter(|again| again.name == node.name);
    let now = again.map(|again| value_text(again, step.token_bytes(), true));
    Some([value_text(node, editor.token(), true), now.unwrap_or_else(|| "can't be read any more".to_owned())])
}

/// What the line would do: what is wrong with it, or the innermost move of its sender.
fn meaning(step: &Step) -> Vec<(String, Role)> {
    let mut said: Vec<(String, Role)> = Vec::new();
    if let Some(problem) = step.tree().and_then(|tree| tree.problems().next().cloned()) {
        said.push((format!("! {} ({})", escape(&problem.what), problem.cite), Role::Warn));
    }
    if let Some(deviation) = &step.deviation {
        // The clause first: it is what is to be seen where there is room for little.
        let [what, allowed, clause, _] = why::broken(deviation).map(|(text, _)| text);
        let what = what.trim_start_matches("✘ ").to_owned();
        said.extend([(format!("✘ {clause}"), Role::Bad), (what, Role::Text), (allowed, Role::Dim)]);
        return said;
    }
    let party = step.from().unwrap_or(Party::Client);
    match step.moves.iter().rev().find(|taken| taken.row.party == party) {
        Some(taken) => {
            let (id, row) = (taken.row, taken.row.row());
            let text =
                format!("{party} {} {} → {} ({}, {}): {}", id.machine, row.from, row.to, row.force, row.cite, row.says);
            said.push((format!("✔ {text}"), Role::Ok));
        }
        None => said.push(("It moves no machine.".to_owned(), Role::Dim)),
    }
    said
}

/// The keys that do something here.
fn hints(editor: &Editor, wide: usize, paint: &Paint) -> Vec<Line<'static>> {
    let mut keys: Vec<&str> = match &editor.shape {
        Shape::List { typing: Some(_), .. } => vec!["Enter add", "Esc back"],
        Shape::List { .. } => vec!["K J move", "d delete", "a add", "e edit", "Enter take"],
        Shape::Bits(_) => vec!["Space tick", "Up Down bit", "Enter take"],
        Shape::Choices(_) => vec!["Up Down choose", "Enter take"],
        Shape::Plain if editor.way == Way::Line => vec![r"\xNN is an octet, \\ a backslash", "Enter take"],
        Shape::Plain => vec!["Enter take"],
    };
    if !matches!(editor.shape, Shape::List { typing: Some(_), .. }) {
        keys.extend(editor.other_way(false).map(|way| match way {
            Way::Value => "Tab value",
            Way::Hex => "Tab in hex",
            Way::Token => "Tab whole token",
            Way::Line => "Tab as line",
        }));
        if editor.can_mend() {
            keys.push(match (editor.way, editor.mended) {
                (Way::Line, true) => "Ctrl-L leave hyphens",
                (Way::Line, false) => "Ctrl-L mend hyphens",
                (_, true) => "Ctrl-L leave lengths",
                (_, false) => "Ctrl-L mend lengths",
            });
        }
        keys.push("Esc leave");
    }
    paint.wrap(&keys.join("  "), Role::Dim, 0, wide)
}

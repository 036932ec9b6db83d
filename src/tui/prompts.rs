//! Lines to type: what each is for, and what becomes of it once it is typed.

use super::effect::Effect;
use super::line_editor::LineEditor;
use super::model::{Exchange, Model, Overlay, Source};
use super::{marks, picture, search};
use crossterm::event::{KeyCode, KeyEvent};
use std::path::PathBuf;

/// A line to type.
pub(super) struct Prompt {
    pub(super) kind: PromptKind,
    pub(super) line: LineEditor,
    /// What an empty line stands for.
    pub(super) default: String,
    /// Why what was typed won't do.
    pub(super) error: Option<String>,
}

/// What a typed line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PromptKind {
    Save,
    Open,
    Picture,
    Search,
    Filter,
    /// The sessions that are listed.
    Sessions,
    Note,
}

impl Prompt {
    /// A line in which `typed` stands already.
    pub(super) fn new(kind: PromptKind, typed: &str) -> Self {
        Self { kind, line: LineEditor::new(typed), default: String::new(), error: None }
    }
}

/// Asks for a line; an empty one stands for `default`.
pub(super) fn prompt(model: &mut Model, kind: PromptKind, default: &str) {
    model.overlay = Some(Overlay::Prompt(Prompt { default: default.to_owned(), ..Prompt::new(kind, "") }));
}

pub(super) fn file_name(exchange: &Exchange) -> String {
    match &exchange.source {
        Source::Live { role, headers, .. } => {
            let when: String = headers.started.chars().filter(char::is_ascii_alphanumeric).collect();
            format!("{role}-{when}.session")
        }
        Source::Lab { lab, .. } => format!("lab-{}.session", lab.mechanism.name().to_ascii_lowercase()),
        Source::Recording { name, .. } => {
            let stem = name.rsplit('/').next().unwrap_or(name);
            format!("{}-copy.session", stem.strip_suffix(".session").unwrap_or(stem))
        }
    }
}

pub(super) fn key(model: &mut Model, event: KeyEvent) -> Option<Effect> {
    let Some(Overlay::Prompt(prompt)) = &mut model.overlay else { return None };
    match event.code {
        KeyCode::Esc => {
            let searches = matches!(prompt.kind, PromptKind::Search | PromptKind::Filter);
            model.overlay = None;
            if searches {
                search::given_up(model);
            }
        }
        KeyCode::Enter => return submit(model),
        _ => {
            prompt.error = None;
            prompt.line.key(event);
            search::typed(model);
        }
    }
    None
}

fn submit(model: &mut Model) -> Option<Effect> {
    let Some(Overlay::Prompt(Prompt { kind, line, default, .. })) = &model.overlay else { return None };
    let typed = line.text();
    let text = if typed.is_empty() { default.clone() } else { typed };
    taken(model, *kind, &text).unwrap_or_else(|error| {
        if let Some(Overlay::Prompt(prompt)) = &mut model.overlay {
            prompt.error = Some(error);
        }
        None
    })
}

/// Does what a typed line is for; where it can't be done, says why and leaves the line to be mended.
fn taken(model: &mut Model, kind: PromptKind, text: &str) -> Result<Option<Effect>, String> {
    let word = text.trim();
    if matches!(kind, PromptKind::Search | PromptKind::Filter) {
        return search::taken(model, kind, text).map(|()| None);
    }
    if kind == PromptKind::Sessions {
        word.clone_into(&mut model.network.list.words);
    }
    if word.is_empty() {
        model.overlay = None;
        return Ok(None);
    }
    let effect = match kind {
        PromptKind::Note => {
            marks::note(model, word);
            None
        }
        PromptKind::Search | PromptKind::Filter | PromptKind::Sessions => None,
        PromptKind::Picture => {
            let under = model.overlay.take();
            let effect = picture::picture(model, PathBuf::from(text));
            model.overlay = under;
            Some(effect?)
        }
        PromptKind::Open => Some(model.open(PathBuf::from(text))),
        PromptKind::Save => model.exchange.as_ref().map(|exchange| save(model, exchange, PathBuf::from(text))),
    };
    model.overlay = None;
    Ok(effect)
}

fn save(model: &Model, exchange: &Exchange, path: PathBuf) -> Effect {
    let (headers, events) = model.kept(exchange);
    Effect::Save { path, headers, events }
}

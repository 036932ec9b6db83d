//! Editing the held line by its parts: the selected field of the tree by the kind of its value, the order of a list, the
//! octets in hex, the line as text.
//!
//! Each key makes the line anew as it would be taken now, and asks the session what it would mean: the overlay shows that
//! before it is taken, and takes nothing that cannot be made. What counts octets is mended, unless it is to be wrong.

use super::line_editor::{LineEditor, unescape};
use super::model::{Exchange, Model, Overlay};
use super::stepping::input;
use crate::decode::{self, Form, Node, Tree, Value};
use crate::session::{Input, Session};
use crate::terms::Span;
use crate::transcript::Step;
use crate::wire::{printable, with_token};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What is being edited, and what would come of it.
pub(super) struct Editor {
    /// The held line as it is now, all physical lines of it.
    whole: Vec<u8>,
    /// What its last line means.
    before: Step,
    tree: Option<Tree>,
    /// Which node, in the order of the tree.
    place: usize,
    /// Secrets may be shown.
    reveal: bool,
    pub(super) way: Way,
    /// What is typed; in a list, only while an entry is.
    pub(super) line: LineEditor,
    pub(super) shape: Shape,
    /// The entry under the cursor.
    pub(super) selected: usize,
    /// What counts octets is made to fit.
    pub(super) mended: bool,
    /// The line as it would be, and what that would mean; or why there is none.
    pub(super) outcome: Result<(Vec<u8>, Option<Box<Step>>), String>,
}

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// As the kind of the value has it.
    Value,
    /// The content of the node in hex.
    Hex,
    /// The whole token in hex.
    Token,
    /// The line as it is on the wire.
    Line,
}

/// What stands below the typed line.
pub(super) enum Shape {
    /// Nothing.
    Plain,
    /// What may be typed: as it is shown, and as it is typed.
    Choices(Vec<(String, String)>),
    /// Bits of the typed integer, with their names.
    Bits(Vec<(u32, &'static str)>),
    /// The list itself, in the place of the typed line.
    List {
        entries: Vec<Entry>,
        /// The entry at that place is typed, anew or behind the others.
        typing: Option<usize>,
    },
}

/// One part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// What it is.
    pub(super) text: String,
    octets: Vec<u8>,
    /// Its place in the tree, if it stood there before.
    place: Option<usize>,
}

/// Why something is not edited, with the action to take first.
const SECRET: &str = "edit: this holds a secret; {secrets} reveals it first";

/// Opens the selected field of the held line, or the line as it is on the wire.
pub(super) fn open(model: &mut Model, raw: bool) {
    let reveal = model.revealed();
    let Some(exchange) = &model.exchange else { return };
    match Editor::open(exchange, raw, reveal) {
        Ok(editor) => model.overlay = Some(Overlay::Edit(Box::new(editor))),
        Err(why) => model.complain(model.hint(why)),
    }
}

/// Takes a key while a field is edited.
pub(super) fn key(model: &mut Model, event: KeyEvent) {
    let Some(Overlay::Edit(editor)) = &mut model.overlay else { return };
    let what = editor.key(event);
    if let (Some(Overlay::Edit(editor)), Some(exchange)) = (&mut model.overlay, &model.exchange) {
        editor.remake(exchange);
    }
    match what {
        Done::Not => {}
        Done::Left => model.overlay = None,
        Done::Taken => take(model),
    }
}

/// Takes pasted text.
pub(super) fn paste(model: &mut Model, text: &str) {
    let (Some(Overlay::Edit(editor)), Some(exchange)) = (&mut model.overlay, &model.exchange) else { return };
    editor.line.insert(text);
    editor.remake(exchange);
}

fn take(model: &mut Model) {
    let Some(Overlay::Edit(editor)) = &model.overlay else { return };
    let Ok((line, _)) = &editor.outcome else { return };
    let (line, same) = (line.clone(), *line == editor.whole);
    let held = model.exchange.as_ref().and_then(Exchange::held_line);
    let gone = held.is_none_or(|held| held.current != editor.whole);
    model.overlay = None;
    if gone {
        return model.complain("the line that was edited is no longer held; nothing is changed");
    }
    if same {
        return model.say("nothing is changed");
    }
    input(model, Input::Edit(line));
    model.say(model.hint("changed, and still held: {step} sends it, {undo} undoes"));
}

enum Done {
    Not,
    Left,
    Taken,
}

impl Editor {
    /// What is selected in `exchange`.
    fn open(exchange: &Exchange, raw: bool, reveal: bool) -> Result<Self, &'static str> {
        let held = exchange.held_line().ok_or("no line is held")?;
        let before = exchange.session().and_then(Session::preview).ok_or("no line is held")?;
        let tree = before.tree().filter(|_| !before.token_bytes().is_empty());
        let mut editor = Self {
            whole: held.current.clone(),
            tree,
            before,
            place: 0,
            reveal,
            way: Way::Line,
            line: LineEditor::default(),
            shape: Shape::Plain,
            selected: 0,
            mended: true,
            outcome: Err(String::new()),
        };
        // Masked as a whole, the token may read as another than it is.
        let shown = exchange.focus.shown.nodes().nth(exchange.node).map(|(_, node)| (&node.name, node.span));
        let held = editor.tree.as_ref().and_then(|tree| tree.walk().nth(exchange.node));
        if shown != held.map(|(_, node)| (&node.name, node.span)) {
            return Err(SECRET);
        }
        let way = if editor.tree.is_some() && !raw { Way::Value } else { Way::Line };
        let bit = editor.select(exchange.node);
        editor.write(way)?;
        if raw {
            // All of a reply at once: how its lines end can be typed, too.
            (editor.line, editor.shape) = (LineEditor::new(&printable(&editor.whole)), Shape::Plain);
        }
        if let (Shape::Bits(bits), Some(bit)) = (&editor.shape, bit) {
            editor.selected = bits.iter().position(|(_, name)| *name == bit).unwrap_or(0);
        }
        editor.remake(exchange);
        Ok(editor)
    }

    /// Turns to a node; to the whole field where that is one of its bits, whose name comes back.
    fn select(&mut self, place: usize) -> Option<String> {
        let tree = self.tree.as_ref()?;
        let above = tree.walk().take(place + 1).enumerate();
        let (flags, _) = above.filter(|(_, (_, node))| matches!(node.value, Value::Flags { .. })).last().unzip();
        let node = tree.walk().nth(place).map(|(_, node)| node)?;
        let of_flags = flags.and_then(|flags| Some((flags, tree.walk().nth(flags)?.1)));
        let bit_of = of_flags.filter(|(_, flags)| flags.children.iter().any(|bit| std::ptr::eq(bit, node)));
        let name = bit_of.map(|_| node.name.to_string());
        self.place = bit_of.map_or(place, |(flags, _)| flags);
        name
    }

    /// The node that is edited.
    pub(super) fn node(&self) -> Option<&Node> {
        self.place_in(self.tree.as_ref()?)
    }

    /// The node at the same place of another tree.
    pub(super) fn place_in<'t>(&self, tree: &'t Tree) -> Option<&'t Node> {
        tree.walk().nth(self.place).map(|(_, node)| node)
    }

    /// The token that the line has now.
    pub(super) fn token(&self) -> &[u8] {
        self.before.token_bytes()
    }

    fn form(&self) -> Option<Form> {
        self.node().map(|node| decode::form(node, self.token()))
    }

    /// The ways in which it can be written.
    fn ways(&self) -> Vec<Way> {
        match self.form() {
            None => vec![Way::Line],
            Some(Form::Octets) if self.place == 0 => vec![Way::Value, Way::Line],
            Some(Form::Octets) => vec![Way::Value, Way::Token, Way::Line],
            Some(_) if self.place == 0 => vec![Way::Value, Way::Token, Way::Line],
            Some(_) => vec![Way::Value, Way::Hex, Way::Token, Way::Line],
        }
    }

    /// Whether the ways end in the same octets whether or not what counts them is mended.
    pub(super) fn can_mend(&self) -> bool {
        match self.way {
            Way::Value | Way::Hex => self.place > 0 || matches!(self.shape, Shape::List { .. }),
            Way::Token => false,
            Way::Line => matches!(self.shape, Shape::List { .. }),
        }
    }

    /// Begins to write it that way.
    fn write(&mut self, way: Way) -> Result<(), &'static str> {
        if self.hides(way) {
            return Err(SECRET);
        }
        (self.way, self.selected) = (way, 0);
        let (line, shape) = match (way, self.node()) {
            (Way::Line, _) | (_, None) => self.lines(),
            (Way::Token, _) => (decode::hex(self.token()), Shape::Plain),
            (Way::Hex, Some(node)) => (decode::hex(node.content.of(self.token())), Shape::Plain),
            (Way::Value, Some(node)) if decode::form(node, self.token()) == Form::List => {
                (String::new(), Shape::List { entries: self.parts(node), typing: None })
            }
            (Way::Value, Some(node)) => {
                let (known, bits) = (decode::known(node), decode::bits(node));
                let shape = if !bits.is_empty() {
                    Shape::Bits(bits)
                } else if known.is_empty() {
                    Shape::Plain
                } else {
                    Shape::Choices(known)
                };
                (decode::typed(node, self.token()), shape)
            }
        };
        if let Shape::Choices(known) = &shape {
            self.selected = known.iter().position(|(_, typed)| *typed == line).unwrap_or(0);
        }
        self.line = match shape {
            // One is typed for another, not changed.
            Shape::Choices(_) | Shape::Bits(_) => LineEditor::selected(&line),
            _ => LineEditor::new(&line),
        };
        self.shape = shape;
        Ok(())
    }

    /// Whether what would be shown is a secret, and those are hidden.
    fn hides(&self, way: Way) -> bool {
        let all = Span::new(0, self.token().len());
        if self.reveal {
            return false;
        }
        // What can't be read may be a secret as a whole.
        let masked = crate::transcript::mask::event(&self.before) != self.before.event;
        let Some(tree) = &self.tree else { return masked };
        let span = match way {
            Way::Value | Way::Hex => self.node().map_or(all, |node| node.content),
            Way::Token | Way::Line => all,
        };
        let mut secrets = tree.walk().map(|(_, node)| node).filter(|node| node.secret).peekable();
        if secrets.peek().is_none() {
            return masked;
        }
        // A list shows no octets of its parts.
        let listed = way == Way::Value && self.form() == Some(Form::List);
        !listed && secrets.any(|node| node.content.overlaps(span))
    }

    /// The line as text; of several, a list of them.
    fn lines(&self) -> (String, Shape) {
        let all: Vec<&[u8]> = self.whole.split_inclusive(|octet| *octet == b'\n').collect();
        if all.len() < 2 {
            return (printable(&self.whole), Shape::Plain);
        }
        let entry = |line: &&[u8]| Entry { text: printable(line), octets: line.to_vec(), place: None };
        (String::new(), Shape::List { entries: all.iter().map(entry).collect(), typing: None })
    }

    /// The children of a list.
    fn parts(&self, list: &Node) -> Vec<Entry> {
        let Some(tree) = &self.tree else { return Vec::new() };
        let token = self.token();
        let all: Vec<&Node> = tree.walk().map(|(_, node)| node).collect();
        let entry = |child: &Node| {
            let value = decode::value_text(child, token, self.reveal);
            Entry {
                text: if value.is_empty() { child.name.to_string() } else { format!("{}  {value}", child.name) },
                octets: child.span.of(token).to_vec(),
                place: all.iter().position(|node| std::ptr::eq(*node, child)),
            }
        };
        list.children.iter().map(entry).collect()
    }

    /// Makes the line anew, and looks at what it would mean.
    fn remake(&mut self, exchange: &Exchange) {
        let line = self.made();
        let trial = |line: &Vec<u8>| exchange.session().and_then(|session| session.trial(line));
        self.outcome = line.map(|line| {
            let step = trial(&line).map(Box::new);
            (line, step)
        });
    }

    fn made(&self) -> Result<Vec<u8>, String> {
        let text = self.line.text();
        if let Shape::List { typing: Some(_), .. } = &self.shape {
            return self.typed_entry(&text).map(|_| self.whole.clone());
        }
        let last = self.whole.split_inclusive(|octet| *octet == b'\n').next_back().unwrap_or_default();
        let token = match (self.way, self.node(), &self.shape) {
            (Way::Line, _, Shape::List { entries, .. }) => return Ok(self.joined(entries)),
            (Way::Line, ..) | (_, None, _) => return Ok([unescape(&text)?.as_slice(), b"\r\n"].concat()),
            (Way::Token, ..) => decode::unhex(&text).map_err(|error| error.to_string())?,
            (_, Some(node), Shape::List { entries, .. }) => {
                let octets: Vec<u8> = entries.iter().flat_map(|entry| entry.octets.iter().copied()).collect();
                self.put(node, decode::children_span(node), &octets)?
            }
            (way, Some(node), _) => {
                let octets = match way {
                    Way::Hex => decode::unhex(&text),
                    _ => decode::octets(node, self.token(), &text),
                };
                self.put(node, node.content, &octets.map_err(|error| error.to_string())?)?
            }
        };
        let before = &self.whole[..self.whole.len() - last.len()];
        let encoded = self.before.token.map_or(Span::default(), |token| token.encoded);
        Ok([before, &with_token(last, encoded, &token)].concat())
    }

    /// The token with other octets at `at` of `node`.
    fn put(&self, node: &Node, at: Span, octets: &[u8]) -> Result<Vec<u8>, String> {
        let (token, Some(tree)) = (self.token(), &self.tree) else { return Ok(octets.to_vec()) };
        if !self.mended {
            return Ok(decode::splice(token, at, octets));
        }
        let put = if at == node.content {
            decode::patch(token, tree, node, octets)
        } else {
            decode::patch_children(token, tree, node, octets)
        };
        put.map_err(|error| format!("{error}; Ctrl-L leaves the lengths as they are"))
    }

    /// Lines of a reply: all but the last have a hyphen behind the code (RFC 5321 section 4.2.1), unless that is to be
    /// wrong.
    fn joined(&self, entries: &[Entry]) -> Vec<u8> {
        let last = entries.len().saturating_sub(1);
        let line = |(place, entry): (usize, &Entry)| {
            let mut line = entry.octets.clone();
            if let Some(separator) = line.get_mut(3).filter(|octet| self.mended && matches!(octet, b' ' | b'-')) {
                *separator = if place == last { b' ' } else { b'-' };
            }
            line
        };
        entries.iter().enumerate().flat_map(line).collect()
    }

    fn typed_entry(&self, text: &str) -> Result<Entry, String> {
        let Some(list) = self.node().filter(|_| self.way == Way::Value) else {
            let octets = [unescape(text)?.as_slice(), b"\r\n"].concat();
            return Ok(Entry { text: text.to_owned(), octets, place: None });
        };
        let octets = decode::item(list, text).map_err(|error| error.to_string())?;
        let same = |(_, known): &(String, String)| decode::item(list, known).as_ref() == Ok(&octets);
        let known = decode::known(list).into_iter().find(same);
        let text = known.map_or_else(|| text.to_owned(), |(shown, _)| shown);
        Ok(Entry { text, octets, place: None })
    }

    fn key(&mut self, event: KeyEvent) -> Done {
        let control = event.modifiers.contains(KeyModifiers::CONTROL);
        let typing = matches!(self.shape, Shape::List { typing: Some(_), .. });
        match event.code {
            KeyCode::Esc if typing => self.stop_typing(),
            KeyCode::Esc => return Done::Left,
            KeyCode::Char('l') if control => self.mended = !self.mended,
            KeyCode::Enter if typing => self.enter_entry(),
            KeyCode::Enter => return Done::Taken,
            KeyCode::Tab | KeyCode::BackTab if !typing => {
                if let Some(way) = self.other_way(event.code == KeyCode::BackTab) {
                    let _ = self.write(way); // it hides nothing
                }
            }
            KeyCode::Up | KeyCode::Down if self.entries() > 0 => self.move_cursor(event.code == KeyCode::Down),
            _ if matches!(self.shape, Shape::List { typing: None, .. }) => self.list_key(event.code),
            KeyCode::Char(' ') if matches!(self.shape, Shape::Bits(_)) => self.toggle(),
            _ => {
                self.line.key(event);
                self.follow();
            }
        }
        Done::Not
    }

    /// How many entries the cursor has to move in.
    fn entries(&self) -> usize {
        match &self.shape {
            Shape::Plain => 0,
            Shape::Choices(known) => known.len(),
            Shape::Bits(bits) => bits.len(),
            Shape::List { typing: Some(_), .. } => self.choices().len(),
            Shape::List { entries, typing: None } => entries.len(),
        }
    }

    /// What may be typed, where all of it is known.
    pub(super) fn choices(&self) -> Vec<(String, String)> {
        match &self.shape {
            Shape::Choices(known) => known.clone(),
            Shape::List { typing: Some(_), .. } if self.way == Way::Value => {
                self.node().map(decode::known).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    fn move_cursor(&mut self, down: bool) {
        let last = self.entries().saturating_sub(1);
        let choices = self.choices();
        // What is typed may be none of the choices; then the cursor comes to the one that it stands on.
        let stands = choices.get(self.selected).is_none_or(|(_, typed)| *typed == self.line.text());
        if stands {
            self.selected = if down { (self.selected + 1).min(last) } else { self.selected.saturating_sub(1) };
        }
        if let Some((_, typed)) = choices.get(self.selected) {
            self.line = LineEditor::selected(typed);
        }
    }

    /// Brings the cursor to the choice that begins as what is typed.
    fn follow(&mut self) {
        let typed = self.line.text().to_lowercase();
        let begins = |(_, known): &(String, String)| known.to_lowercase().starts_with(&typed);
        self.selected = self.choices().iter().position(begins).unwrap_or(self.selected);
    }

    /// The way behind this one, or before it; one that would show a secret is left out.
    pub(super) fn other_way(&self, back: bool) -> Option<Way> {
        let mut ways = self.ways();
        if back {
            ways.reverse();
        }
        let at = ways.iter().position(|way| *way == self.way).unwrap_or(0);
        ways.rotate_left(at);
        ways.into_iter().skip(1).find(|way| !self.hides(*way))
    }

    /// Ticks the bit under the cursor, or no longer.
    fn toggle(&mut self) {
        let Shape::Bits(bits) = &self.shape else { return };
        let Some((bit, _)) = bits.get(self.selected) else { return };
        if let (Some(value), Some(node)) = (self.flags(), self.node())
            && let Value::Flags { digits, .. } = node.value
        {
            self.line = LineEditor::selected(&format!("{:0width$x}", value ^ bit, width = usize::from(digits)));
        }
    }

    /// The integer that is typed.
    pub(super) fn flags(&self) -> Option<u32> {
        u32::from_str_radix(self.line.text().trim().trim_start_matches("0x"), 16).ok()
    }

    fn list_key(&mut self, code: KeyCode) {
        let lines = self.way == Way::Line;
        let Shape::List { entries, typing } = &mut self.shape else { return };
        let last = entries.len().saturating_sub(1);
        match code {
            KeyCode::Char('k') => self.selected = self.selected.saturating_sub(1),
            KeyCode::Char('j') => self.selected = (self.selected + 1).min(last),
            KeyCode::Char('K' | '{') if self.selected > 0 => {
                entries.swap(self.selected, self.selected - 1);
                self.selected -= 1;
            }
            KeyCode::Char('J' | '}') if self.selected < last => {
                entries.swap(self.selected, self.selected + 1);
                self.selected += 1;
            }
            KeyCode::Char('d') | KeyCode::Delete if !entries.is_empty() => {
                entries.remove(self.selected.min(last));
                self.selected = self.selected.min(entries.len().saturating_sub(1));
            }
            KeyCode::Char('a') => {
                *typing = Some(entries.len());
                (self.line, self.selected) = (LineEditor::default(), 0);
            }
            KeyCode::Char('e') if lines => {
                let text = entries.get(self.selected).map_or("", |entry| &entry.text);
                self.line = LineEditor::new(text);
                *typing = Some(self.selected);
            }
            KeyCode::Char('e') => self.edit_part(),
            _ => {}
        }
    }

    /// Turns to the part under the cursor, as the tree has it.
    fn edit_part(&mut self) {
        let Shape::List { entries, .. } = &self.shape else { return };
        let place = entries.get(self.selected).and_then(|entry| entry.place);
        let same = self.node().is_some_and(|node| *entries == self.parts(node));
        let before = self.place;
        if let Some(place) = place.filter(|_| same) {
            self.select(place);
            if self.write(Way::Value).is_err() {
                self.place = before;
            }
        }
    }

    fn enter_entry(&mut self) {
        let Ok(entry) = self.typed_entry(&self.line.text()) else { return };
        if let Shape::List { entries, typing } = &mut self.shape {
            let place = typing.take().unwrap_or(entries.len());
            match entries.get_mut(place) {
                Some(known) => *known = entry,
                None => entries.push(entry),
            }
            self.selected = place;
        }
    }

    fn stop_typing(&mut self) {
        if let Shape::List { typing, .. } = &mut self.shape {
            *typing = None;
        }
        self.selected = 0;
    }
}

//! Values as a person writes them, and the octets that they stand for: what an editor offers for a node.
//!
//! Stands beside [`super::patch`], which puts the octets in place and mends what counts them. A value is written as it
//! is shown: a name or a number, an object identifier by name or dotted, flags as the hex digits of their integer,
//! characters as themselves, octets in hex or between quotes.
//!
//! Limits: characters that a terminal obeys are written in hex; of the types of Kerberos only values are composed, no
//! new fields.

use super::patch::element_of;
use super::schema::{Field, Names, Sequence, Type};
use super::tree::{Mech, Node, Value};
use super::{kerberos, message, ntlm, render, scram, spnego};
use crate::terms::Span;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use std::fmt::Write as _;

/// How the value of a node is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// An object identifier: `1.3.6.1.5.5.2`, or the name of a mechanism.
    Oid,
    /// A number, decimal or hex with `0x`, or its name.
    Number,
    /// Single bits: the integer in hex.
    Flags,
    /// Characters as themselves.
    Text,
    /// A time in UTC as RFC 3339 has it.
    Time,
    /// Hex digits, or characters between quotes.
    Octets,
    /// A structure whose parts can be put in another order, taken out and added.
    List,
}

/// Why what was written stands for no octets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ValueError(String);

fn wrong<T>(what: impl Into<String>) -> Result<T, ValueError> {
    Err(ValueError(what.into()))
}

/// Numbers that stand with the high octet first where they have no DER header; all others have it last.
const BIG_ENDIAN: &[&str] = &["tokId", "TOK_ID", "EC", "RRC", "SND_SEQ", "maxsize"];

/// Lists of AV pairs (MS-NLMP section 2.2.2.1).
const AV_LISTS: &[&str] = &["TargetInfo", "AvPairs"];

/// Which numbers may have a name.
const NAMED: std::ops::RangeInclusive<i64> = -140..=255;

/// How the value of `node`, which was read from `bytes`, is written.
#[must_use]
pub fn form(node: &Node, bytes: &[u8]) -> Form {
    match &node.value {
        Value::Oid { .. } => Form::Oid,
        Value::Number(_) | Value::Named { .. } => Form::Number,
        Value::Flags { .. } => Form::Flags,
        Value::Time(_) => Form::Time,
        Value::Text(text) if !text.contains(render::is_harmful) && text_octets(node, bytes, text).is_some() => {
            Form::Text
        }
        Value::None if is_list(node) => Form::List,
        _ => Form::Octets,
    }
}

/// What one would write for the value that `node` has.
#[must_use]
pub fn typed(node: &Node, bytes: &[u8]) -> String {
    match (form(node, bytes), &node.value) {
        (Form::Octets, Value::Base64(octets)) => hex(octets),
        (Form::Octets | Form::List, _) => hex(node.content.of(bytes)),
        (_, Value::Named { name, number }) if name.is_empty() || names(node).is_none() => number.to_string(),
        (_, Value::Named { name, .. }) => name.clone().into_owned(),
        (_, Value::Oid { mech: Some(mech), .. }) => mech.name().to_owned(),
        (_, Value::Oid { dotted, .. }) => dotted.clone().into_owned(),
        (_, value) => value.to_string(),
    }
}

/// What may be written, where all of it is known: each as it is shown, and as it is written.
#[must_use]
pub fn known(node: &Node) -> Vec<(String, String)> {
    match &node.value {
        Value::Oid { .. } => mechanisms(),
        Value::Named { .. } => {
            let Some(names) = names(node) else { return Vec::new() };
            let all = NAMED.map(|number| (names(number), number)).filter(|(name, _)| !name.is_empty());
            all.map(|(name, number)| (format!("{name} ({number})"), name.to_owned())).collect()
        }
        _ if node.name == "mechTypes" => mechanisms(),
        _ => Vec::new(),
    }
}

fn mechanisms() -> Vec<(String, String)> {
    Mech::ALL.map(|mech| (format!("{} ({})", mech.name(), mech.dotted()), mech.name().to_owned())).to_vec()
}

/// The bits of a flags field that have a name: each as it stands in the integer.
#[must_use]
pub fn bits(node: &Node) -> Vec<(u32, &'static str)> {
    let (Value::Flags { .. }, Some((names, first_high))) = (&node.value, bit_names(&node.name)) else {
        return Vec::new();
    };
    let bit = |number: u8| if first_high { 0x8000_0000 >> number } else { 1 << number };
    names.iter().map(|(number, name)| (bit(*number), *name)).collect()
}

/// The octets of the content that `text` stands for, in the place of what `node` has in `bytes`.
///
/// # Errors
/// What is wrong with the text, and what may be written.
pub fn octets(node: &Node, bytes: &[u8], text: &str) -> Result<Vec<u8>, ValueError> {
    match form(node, bytes) {
        Form::Oid => oid(text),
        Form::Number => number(node, text),
        Form::Flags => flags(node, bytes, text),
        Form::Text => text_octets(node, bytes, text)
            .ok_or_else(|| ValueError(format!("{} cannot hold these characters; Tab writes it in hex", node.name))),
        Form::Time => time(node, text),
        Form::Octets if matches!(node.value, Value::Base64(_)) => Ok(BASE64_STANDARD.encode(unhex(text)?).into_bytes()),
        Form::Octets | Form::List => unhex(text),
    }
}

/// Octets in hex.
#[must_use]
pub fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(2 * octets.len()), |mut text, octet| {
        let _ = write!(text, "{octet:02x}");
        text
    })
}

/// The octets that hex digits stand for, blanks and colons between them, or the characters between quotes.
///
/// # Errors
/// Which character is no hex digit, or that there is an odd number of them.
pub fn unhex(text: &str) -> Result<Vec<u8>, ValueError> {
    if let Some(quoted) = text.trim().strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        return Ok(quoted.as_bytes().to_vec());
    }
    let mut digits = Vec::with_capacity(text.len());
    for (at, c) in text.chars().enumerate().filter(|(_, c)| !matches!(c, ' ' | ':')) {
        let Some(digit) = c.to_digit(16) else {
            let c = render::escape(c.encode_utf8(&mut [0; 4]));
            return wrong(format!("character {}, `{c}`, is no hex digit; text stands between quotes", at + 1));
        };
        digits.push(digit as u8);
    }
    if digits.len() % 2 == 1 {
        return wrong(format!("{} hex digits are half an octet too many; two make one", digits.len()));
    }
    Ok(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// Where the children of a list stand.
#[must_use]
pub fn children_span(node: &Node) -> Span {
    match node.children.as_slice() {
        [first, .., last] => Span::new(first.span.start, last.span.end),
        [only] => only.span,
        [] => Span::new(node.content.end, node.content.end),
    }
}

/// Whether the children can change places: elements of DER, or AV pairs, one right behind the other.
fn is_list(node: &Node) -> bool {
    let counted = der(node) || AV_LISTS.contains(&&*node.name);
    let joined = node.children.windows(2).all(|pair| pair[0].span.end == pair[1].span.start);
    counted && joined && (!node.children.is_empty() || node.name == "mechTypes")
}

/// Whether a DER header says how long the node is.
fn der(node: &Node) -> bool {
    node.content.start > node.span.start && !is_av_pair(node)
}

fn is_av_pair(node: &Node) -> bool {
    node.name.starts_with("MsvAv") || node.name.starts_with("AvId")
}

/// A further part of the list `node`, header included, as `text` has it: in mechTypes a mechanism; among AV pairs and in
/// SPNEGO `name=value`; everywhere else the hex digits of the whole.
///
/// # Errors
/// What is wrong with the text, and what may be written.
pub fn item(node: &Node, text: &str) -> Result<Vec<u8>, ValueError> {
    let pair = || text.split_once('=').map(|(name, value)| (name.trim(), value.trim()));
    if node.name == "mechTypes" {
        return Ok(element_of(0x06, &oid(text)?));
    }
    if AV_LISTS.contains(&&*node.name) {
        let Some((name, value)) = pair().or_else(|| Some((text.trim(), "")).filter(|(name, _)| is_end(name))) else {
            return wrong(format!("an AV pair is NAME=VALUE; names are {}", av_names()));
        };
        return av_pair(name, value);
    }
    let Some(sequence) = spnego::sequence(&node.name) else { return unhex(text) };
    let fields: Vec<&str> = sequence.fields.iter().map(Field::name).collect();
    let Some((name, value)) = pair() else {
        return wrong(format!("a field is NAME=VALUE; names are {}", fields.join(", ")));
    };
    let Some(field) = sequence.fields.iter().find(|field| field.name().eq_ignore_ascii_case(name)) else {
        return wrong(format!("{} has no `{name}`; there are {}", node.name, fields.join(", ")));
    };
    Ok(element_of(0xA0 | field.tag(), &typed_as(field.ty(), field.name(), value)?))
}

/// An element of a type of SPNEGO.
fn typed_as(ty: &Type, name: &str, value: &str) -> Result<Vec<u8>, ValueError> {
    Ok(match ty {
        Type::Oid => element_of(0x06, &oid(value)?),
        Type::Enumerated(names) => element_of(0x0A, &der_integer(named(*names, name, value)?)),
        Type::Bits(_) => {
            let Ok(bits) = u32::from_str_radix(value, 16) else {
                return wrong(format!("`{value}` is no {name}: it is up to 8 hex digits"));
            };
            element_of(0x03, &[&[0], bits.to_be_bytes().as_slice()].concat())
        }
        Type::SequenceOf(_, inner) => {
            let items: Result<Vec<_>, _> = value.split(',').map(|item| typed_as(inner, name, item.trim())).collect();
            element_of(0x30, &items?.concat())
        }
        Type::Sequence(_) => unhex(value)?,
        _ => element_of(0x04, &unhex(value)?),
    })
}

fn is_end(name: &str) -> bool {
    name.eq_ignore_ascii_case(ntlm::AV_NAMES[0])
}

fn av_names() -> String {
    ntlm::AV_NAMES.join(", ")
}

/// One AV pair by the name of its id or the number.
fn av_pair(name: &str, value: &str) -> Result<Vec<u8>, ValueError> {
    let id = ntlm::AV_NAMES.iter().position(|known| known.eq_ignore_ascii_case(name));
    let Some(id) = id.and_then(|id| u16::try_from(id).ok()).or_else(|| name.parse().ok()) else {
        return wrong(format!("`{name}` is no AV pair; there are {}, or a number", av_names()));
    };
    let value = match id {
        1..=5 | 9 => value.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        6 => match u32::from_str_radix(value, 16) {
            Ok(bits) => bits.to_le_bytes().to_vec(),
            Err(_) => return wrong(format!("`{value}` is no MsvAvFlags: it is up to 8 hex digits")),
        },
        7 => file_time(value)?,
        _ => unhex(value)?,
    };
    let Ok(length) = u16::try_from(value.len()) else { return wrong("an AV pair has at most 65535 octets") };
    Ok([&id.to_le_bytes(), length.to_le_bytes().as_slice(), &value].concat())
}

/// By name, its beginning, or dotted.
fn oid(text: &str) -> Result<Vec<u8>, ValueError> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let begins = |mech: &Mech| !lower.is_empty() && mech.name().to_ascii_lowercase().starts_with(&lower);
    let exact = Mech::ALL.into_iter().find(|mech| mech.name().eq_ignore_ascii_case(text) || mech.dotted() == text);
    if let Some(mech) = exact.or_else(|| Mech::ALL.into_iter().find(begins)) {
        return Ok(mech.oid().to_vec());
    }
    let arcs: Option<Vec<u128>> = text.split('.').map(|arc| arc.parse().ok()).collect();
    match arcs.as_deref() {
        Some([first @ 0..=2, second, rest @ ..]) if *first == 2 || *second < 40 => {
            let joined = std::iter::once(second.saturating_add(40 * first)).chain(rest.iter().copied());
            Ok(joined.flat_map(base128).collect())
        }
        _ => wrong(format!("`{text}` is no object identifier; write it dotted, or a name: Kerberos, NTLMSSP, SPNEGO")),
    }
}

/// An arc in groups of seven bits, the highest first (X.690 section 8.19.2).
fn base128(arc: u128) -> Vec<u8> {
    let groups = (128 - arc.leading_zeros()).div_ceil(7).max(1);
    (0..groups).rev().map(|group| (arc >> (7 * group)) as u8 & 0x7F | if group == 0 { 0 } else { 0x80 }).collect()
}

fn number(node: &Node, text: &str) -> Result<Vec<u8>, ValueError> {
    let number = match names(node) {
        Some(names) => named(names, &node.name, text)?,
        None => match integer(text.trim()) {
            Some(number) => number,
            None => return wrong(format!("`{}` is no number; write it decimal, or in hex with 0x", text.trim())),
        },
    };
    if der(node) {
        return Ok(der_integer(number));
    }
    let length = node.content.len().min(8);
    let most = 1_i128 << (8 * length);
    if i128::from(number) >= most || number < 0 {
        return wrong(format!("{} has {length} octets: it goes from 0 to {}", node.name, most - 1));
    }
    let octets = number.to_le_bytes();
    let mut octets = octets[..length].to_vec();
    if BIG_ENDIAN.contains(&&*node.name) {
        octets.reverse();
    }
    Ok(octets)
}

/// A number by its name, the beginning of that, or itself.
fn named(names: Names, of: &str, text: &str) -> Result<i64, ValueError> {
    // `accept-completed (0)`, as it is shown.
    let word = text.split(" (").next().unwrap_or_default().trim();
    let lower = word.to_ascii_lowercase();
    let find = |fits: &dyn Fn(&str) -> bool| {
        NAMED.filter(|number| !names(*number).is_empty()).find(|number| fits(&names(*number).to_ascii_lowercase()))
    };
    let exact = integer(word).or_else(|| find(&|name| name == lower));
    if let Some(number) = exact.or_else(|| find(&|name| !lower.is_empty() && name.starts_with(&lower))) {
        return Ok(number);
    }
    let all: Vec<&str> = NAMED.map(names).filter(|name| !name.is_empty()).take(8).collect();
    wrong(format!("`{word}` is no {of}; known are {}, or any number", all.join(", ")))
}

fn integer(text: &str) -> Option<i64> {
    match text.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

/// The fewest octets (X.690 section 8.3.2).
fn der_integer(number: i64) -> Vec<u8> {
    let octets = number.to_be_bytes();
    let spare = |pair: &&[u8]| matches!((pair[0], pair[1] & 0x80), (0x00, 0x00) | (0xFF, 0x80));
    octets[octets.windows(2).take_while(spare).count()..].to_vec()
}

fn flags(node: &Node, bytes: &[u8], text: &str) -> Result<Vec<u8>, ValueError> {
    let digits = text.trim().trim_start_matches("0x");
    let Ok(bits) = u32::from_str_radix(digits, 16) else {
        return wrong(format!("`{digits}` is no {}: write up to 8 hex digits, or tick its bits", node.name));
    };
    if der(node) {
        // A BIT STRING: how many bits of the last octet are no bits, then the octets, the most significant first.
        let now = node.content.of(bytes);
        let needed = (32 - bits.trailing_zeros()).div_ceil(8) as usize;
        let length = needed.max(now.len().saturating_sub(1)).min(4);
        let octets = &bits.to_be_bytes()[..length];
        let unused = now.first().copied().filter(|unused| length + 1 == now.len() && *unused < 8).unwrap_or(0);
        let free = octets.last().is_none_or(|last| last.trailing_zeros() >= u32::from(unused));
        return Ok([&[if free { unused } else { 0 }], octets].concat());
    }
    let octets = bits.to_le_bytes();
    let (low, high) = octets.split_at(node.content.len().min(4));
    if high.iter().any(|octet| *octet != 0) {
        return wrong(format!("{} has {} bits", node.name, 8 * low.len()));
    }
    Ok(low.to_vec())
}

/// In the encoding that the node has now; `None` where it has none that holds the text.
fn text_octets(node: &Node, bytes: &[u8], text: &str) -> Option<Vec<u8>> {
    let Value::Text(now) = &node.value else { return None };
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    match node.content.of(bytes) {
        octets if octets == now.as_bytes() && !is_av_pair(node) => Some(text.as_bytes().to_vec()),
        octets if octets == utf16(now) => Some(utf16(text)),
        _ => None,
    }
}

fn time(node: &Node, text: &str) -> Result<Vec<u8>, ValueError> {
    if !der(node) {
        return file_time(text);
    }
    Ok(timestamp(text)?.strftime("%Y%m%d%H%M%SZ").to_string().into_bytes())
}

fn timestamp(text: &str) -> Result<jiff::Timestamp, ValueError> {
    text.trim()
        .parse()
        .map_err(|_| ValueError(format!("`{}` is no time; write it as 2026-01-31T12:00:00Z", text.trim())))
}

/// 100 ns since 1601-01-01 (MS-DTYP section 2.3.3).
fn file_time(text: &str) -> Result<Vec<u8>, ValueError> {
    let ticks = timestamp(text)?.as_nanosecond() / 100 + 11_644_473_600 * 10_000_000;
    match u64::try_from(ticks) {
        Ok(ticks) => Ok(ticks.to_le_bytes().to_vec()),
        Err(_) => wrong("a FILETIME begins with the year 1601"),
    }
}

/// The names of a number's values, if what it is called tells them, and they are those that it was read by.
fn names(node: &Node) -> Option<Names> {
    let Value::Named { name, number } = &node.value else { return None };
    let names: Names = match &*node.name {
        "negState" => spnego::neg_state,
        "msg-type" => kerberos::msg_type,
        "name-type" => kerberos::name_type,
        "etype" => kerberos::etype,
        "padata-type" => kerberos::padata_type,
        "error-code" => kerberos::error_code,
        "MessageType" => ntlm::message_type,
        _ => return None,
    };
    (names(*number) == name).then_some(names)
}

/// Bits of a flags field by the name of the field, and whether bit 0 is the most significant.
fn bit_names(field: &str) -> Option<(&'static [(u8, &'static str)], bool)> {
    Some(match field {
        "NegotiateFlags" => (ntlm::NEGOTIATE_FLAGS, false),
        "MsvAvFlags" => (ntlm::AV_FLAGS, false),
        "Flags" => (message::FLAGS, false),
        "mask" => (message::LAYERS, false),
        "reqFlags" => (spnego::CONTEXT_FLAGS, true),
        "ap-options" => (kerberos::AP_OPTIONS, true),
        "kdc-options" => (kerberos::KDC_OPTIONS, true),
        _ => return None,
    })
}

/// Whether `text` says the value of `node`: as it is shown, its name alone, or its number; case does not matter.
#[must_use]
pub fn says(node: &Node, bytes: &[u8], text: &str) -> bool {
    let same = |other: &str| other.eq_ignore_ascii_case(text);
    same(&render::value_text(node, bytes, true))
        || match &node.value {
            Value::Number(number) => integer(text) == Some(*number),
            Value::Named { name, number } => same(name) || integer(text) == Some(*number),
            Value::Flags { bits, .. } => u32::from_str_radix(text.trim_start_matches("0x"), 16).ok() == Some(*bits),
            Value::Oid { dotted, mech } => same(dotted) || mech.is_some_and(|mech| same(mech.name())),
            Value::Octets(_) | Value::Text(_) => unhex(text).is_ok_and(|octets| octets == node.content.of(bytes)),
            Value::Base64(octets) => unhex(text).is_ok_and(|said| said == *octets),
            Value::None | Value::Time(_) => false,
        }
}

/// The name of a field or flag that the decoder knows, as the standard writes it.
#[must_use]
pub fn field_name(name: &str) -> Option<&'static str> {
    field_names().into_iter().find(|known| known.eq_ignore_ascii_case(name))
}

/// The names of all fields and flags that the decoder knows; some stand there more than once.
#[must_use]
pub fn field_names() -> Vec<&'static str> {
    let mut names: Vec<&'static str> = ntlm::names().collect();
    names.extend(message::NAMES);
    names.extend(scram::NAMES);
    let mut pending: Vec<&'static Sequence> = spnego::SEQUENCES.to_vec();
    pending.extend(kerberos::sequences());
    let mut done: Vec<*const Sequence> = Vec::new();
    while let Some(sequence) = pending.pop() {
        if done.contains(&std::ptr::from_ref(sequence)) {
            continue;
        }
        done.push(sequence);
        for field in sequence.fields {
            names.push(field.name());
            let mut ty = field.ty();
            while let Type::SequenceOf(_, inner) | Type::Application(_, inner) = ty {
                if let Type::SequenceOf(item, _) = ty {
                    names.push(item);
                }
                ty = inner;
            }
            match ty {
                Type::Sequence(inner) => pending.push(inner),
                Type::Bits(bits) => names.extend(bits.iter().map(|(_, name)| *name)),
                _ => {}
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::{Hint, Tree, decode, lines, patch, patch_children, splice};

    fn token(base64: &str) -> (Vec<u8>, Tree) {
        let bytes = BASE64_STANDARD.decode(base64).unwrap();
        let tree = decode(&bytes, &Hint::default());
        (bytes, tree)
    }

    /// NegTokenInit: Kerberos and NTLMSSP; NegTokenResp: request-mic, NTLMSSP.
    const INIT: &str = "YCcGBisGAQUFAqAdMBugGTAXBgkqhkiG9xIBAgIGCisGAQQBgjcCAgo=";
    const RESP: &str = "oRUwE6ADCgEDoQwGCisGAQQBgjcCAgo=";
    const CHALLENGE: &str = "TlRMTVNTUAACAAAADgAOADgAAAAVgoni+qdnNYQEUWIAAAAAAAAAAHQAdABGAAAACgAAAAAAAA9DAE8ATgBUAE8AUwBPAAIADgBDAE8ATgBUAE8AUwBPAAEADABTAEUAUgBWAEUAUgAEABYAYwBvAG4AdABvAHMAbwAuAGMAbwBtAAMAJABzAGUAcgB2AGUAcgAuAGMAbwBuAHQAbwBzAG8ALgBjAG8AbQAHAAgAAOgE7iZ53QEAAAAA";

    #[test]
    fn what_is_shown_can_be_written() {
        let mut written = 0;
        for line in include_str!("../../tests/data/tokens.jsonl").lines() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            let (bytes, tree) = token(value["b64"].as_str().unwrap());
            for (_, node) in tree.walk().filter(|(_, node)| !matches!(node.value, Value::None)) {
                let text = typed(node, &bytes);
                assert_eq!(
                    octets(node, &bytes, &text).as_deref(),
                    Ok(node.content.of(&bytes)),
                    "{}: {text}",
                    node.name
                );
                assert!(says(node, &bytes, &text), "{}: {text}", node.name);
                written += 1;
            }
        }
        assert!(written > 250, "{written}");
    }

    /// A field, what is written, and how its line reads then or what is said.
    #[test]
    fn values_are_written_as_they_are_shown() {
        let table: &[(&str, &str, &str, &str)] = &[
            (RESP, "negState", "accept-completed", "negState  accept-completed (0)  [4..9]"),
            (RESP, "negState", "Accept-C", "negState  accept-completed (0)  [4..9]"),
            (RESP, "negState", "accept-incomplete (1)", "negState  accept-incomplete (1)  [4..9]"),
            (RESP, "negState", "300", "negState  unknown (300)  [4..10] ! got 2 octets, expected one (RFC 4178 4.2.2)"),
            (
                RESP,
                "negState",
                "yes",
                "`yes` is no negState; known are accept-completed, accept-incomplete, reject, request-mic, or any number",
            ),
            (RESP, "supportedMech", "kerb", "supportedMech  Kerberos V5 (1.2.840.113554.1.2.2)  [9..22]"),
            (RESP, "supportedMech", "2.999.300", "supportedMech  unknown (2.999.300)  [9..17]"),
            (
                RESP,
                "supportedMech",
                "1.40.1",
                "`1.40.1` is no object identifier; write it dotted, or a name: Kerberos, NTLMSSP, SPNEGO",
            ),
            (CHALLENGE, "NegotiateFlags", "e2898205", "NegotiateFlags  e2898205  [20..24]"),
            (
                CHALLENGE,
                "NegotiateFlags",
                "sign",
                "`sign` is no NegotiateFlags: write up to 8 hex digits, or tick its bits",
            ),
            (CHALLENGE, "TargetName", "Fabrikam", "TargetName  Fabrikam  [56..72]"),
            (CHALLENGE, "MsvAvDnsDomainName", "a.example", "MsvAvDnsDomainName  a.example  [104..126]"),
            (CHALLENGE, "MsvAvTimestamp", "2026-01-31T12:00:00Z", "MsvAvTimestamp  2026-01-31T12:00:00Z  [170..182]"),
            (CHALLENGE, "MsvAvTimestamp", "noon", "`noon` is no time; write it as 2026-01-31T12:00:00Z"),
            (CHALLENGE, "ServerChallenge", "01:02 0304050607 08", "ServerChallenge  0102030405060708  [24..32]"),
            (CHALLENGE, "ServerChallenge", "\"abcdefgh\"", "ServerChallenge  6162636465666768  [24..32]"),
            (CHALLENGE, "ServerChallenge", "0g", "character 2, `g`, is no hex digit; text stands between quotes"),
            (CHALLENGE, "ServerChallenge", "012", "3 hex digits are half an octet too many; two make one"),
            (CHALLENGE, "ServerChallenge", "01", "ServerChallenge takes 8 octets, got 1"),
            (CHALLENGE, "MaxLen", "0x10000", "MaxLen has 2 octets: it goes from 0 to 65535"),
            (CHALLENGE, "MessageType", "NtLmAuth", "MessageType  NtLmAuthenticate (3)  [8..12]"),
        ];
        for (base64, name, text, expected) in table {
            let (bytes, tree) = token(base64);
            let node = tree.find(name).unwrap();
            let patched = octets(node, &bytes, text)
                .map_err(|error| error.to_string())
                .and_then(|content| patch(&bytes, &tree, node, &content).map_err(|error| error.to_string()));
            let got = patched.map_or_else(
                |error| error,
                |bytes| {
                    let all = lines(&decode(&bytes, &Hint::default()), &bytes, true);
                    all.into_iter()
                        .find(|line| line.trim_start().starts_with(&format!("{name}  ")))
                        .unwrap()
                        .trim()
                        .to_owned()
                },
            );
            assert_eq!(got, *expected, "{name}: {text}");
        }
    }

    #[test]
    fn parts_are_put_in_another_order_taken_out_and_added() {
        let (bytes, tree) = token(INIT);
        let list = tree.find("mechTypes").unwrap();
        assert_eq!(form(list, &bytes), Form::List);
        let [kerberos, ntlm] = list.children.as_slice() else { panic!("{list:?}") };
        let [kerberos, ntlm] = [kerberos, ntlm].map(|node| node.span.of(&bytes).to_vec());
        let added = item(list, "NegoEx").unwrap();
        let patched = patch_children(&bytes, &tree, list, &[added, ntlm.clone(), kerberos].concat()).unwrap();
        let again = decode(&patched, &Hint::default());
        let names: Vec<String> =
            again.find("mechTypes").unwrap().children.iter().map(|node| node.value.to_string()).collect();
        assert_eq!(again.problems().next(), None);
        assert_eq!(
            names,
            [
                "NEGOEX (1.3.6.1.4.1.311.2.2.30)",
                "NTLMSSP (1.3.6.1.4.1.311.2.2.10)",
                "Kerberos V5 (1.2.840.113554.1.2.2)"
            ]
        );
        // Nothing mended: the lengths still count what has gone.
        let spliced = splice(&bytes, children_span(list), &ntlm);
        assert_eq!(spliced.len(), bytes.len() - 11);
        assert!(decode(&spliced, &Hint::default()).problems().next().is_some());

        let (bytes, tree) = token(CHALLENGE);
        let pairs = tree.find("TargetInfo").unwrap();
        let tree_name = item(pairs, "MsvAvDnsTreeName=tree.example").unwrap();
        let patched =
            patch_children(&bytes, &tree, pairs, &[&tree_name, children_span(pairs).of(&bytes)].concat()).unwrap();
        let text = lines(&decode(&patched, &Hint::default()), &patched, true).join("\n");
        assert!(text.contains("MsvAvDnsTreeName  tree.example  [70..98]") && !text.contains('!'), "{text}");
        assert_eq!(item(pairs, "AvFoo=1").unwrap_err().to_string().split(';').next(), Some("`AvFoo` is no AV pair"));

        let (bytes, tree) = token(RESP);
        let resp = tree.find("NegTokenResp").unwrap();
        let token = item(resp, "responseToken=\"abc\"").unwrap();
        let patched = patch_children(&bytes, &tree, resp, &[children_span(resp).of(&bytes), &token].concat()).unwrap();
        let text = lines(&decode(&patched, &Hint::default()), &patched, true).join("\n");
        assert!(text.contains("responseToken  616263  [23..30]") && !text.contains('!'), "{text}");
        let only = patch_children(&bytes, &tree, resp, &item(resp, "negState=3").unwrap()).unwrap();
        assert_eq!(only, [0xA1, 7, 0x30, 5, 0xA0, 3, 0x0A, 1, 3]);
    }

    #[test]
    fn a_bit_string_keeps_its_octets_and_has_its_first_bit_on_top() {
        let bytes =
            [0x60, 0x16, 6, 6, 0x2B, 6, 1, 5, 5, 2, 0xA0, 12, 0x30, 10, 0xA0, 2, 0x30, 0, 0xA1, 4, 3, 2, 1, 0x40];
        let tree = decode(&bytes, &Hint::default());
        let flags = tree.find("reqFlags").unwrap();
        assert_eq!(bits(flags)[1], (0x4000_0000, "mutualFlag"));
        assert_eq!(octets(flags, &bytes, "42000000").unwrap(), [1, 0x42]);
        assert_eq!(octets(flags, &bytes, "01000000").unwrap(), [0, 0x01], "the last bit is one now");
        assert_eq!(octets(flags, &bytes, "00800000").unwrap(), [0, 0, 0x80]);
    }

    #[test]
    fn fields_are_known_by_name() {
        for (name, known) in [
            ("NEGSTATE", Some("negState")),
            ("mechtype", Some("MechType")),
            ("ntlmssp_negotiate_sign", Some("NTLMSSP_NEGOTIATE_SIGN")),
            ("MsvAvTimestamp", Some("MsvAvTimestamp")),
            ("sname", Some("sname")),
            ("mutual-required", Some("mutual-required")),
            ("nonsense", None),
        ] {
            assert_eq!(field_name(name), known, "{name}");
        }
    }
}

//! No name without a sentence and no sentence without a name; what a sentence looks like; what is said of some nodes.

use super::super::{Hint, Mech, Reading, Tree, decode};
use super::*;
use base64::{Engine, prelude::BASE64_STANDARD};
use std::collections::BTreeSet;

/// The sources of the decoders: their literals are the names.
const SOURCES: [&str; 14] = [
    include_str!("../mod.rs"),
    include_str!("../spnego.rs"),
    include_str!("../kerberos.rs"),
    include_str!("../ntlm.rs"),
    include_str!("../message.rs"),
    include_str!("../negoex.rs"),
    include_str!("../text.rs"),
    include_str!("../cram.rs"),
    include_str!("../digest.rs"),
    include_str!("../oauth.rs"),
    include_str!("../scram.rs"),
    include_str!("../der.rs"),
    include_str!("../schema.rs"),
    include_str!("../tree.rs"),
];

/// Literals that name no node: kinds of tokens, marks that are looked for, parts of a problem.
const NO_NAMES: [&str; 13] = [
    "",
    "Kerberos",
    "NTLM",
    "NTLM signature",
    "BER",
    "NTLMSSP\\0",
    "NEGOEXTS",
    "the end",
    "Z",
    "bearer",
    "-._~+/",
    "md5-sess",
    "utf-8",
];

fn literals(source: &'static str) -> impl Iterator<Item = &'static str> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let pieces = lines.flat_map(|line| {
        let behind_cites = line.split("Cite::new(").skip(1).filter_map(|piece| piece.split_once(')'));
        line.split("Cite::new(").take(1).chain(behind_cites.map(|(_, behind)| behind))
    });
    let literals = pieces.flat_map(|piece| piece.split('"').skip(1).step_by(2));
    // A name with a number in it is known without the number; a problem says what it got.
    literals.map(plain).filter(|text| !text.starts_with("got ") && !text.contains('{') && !NO_NAMES.contains(text))
}

#[test]
fn every_name_has_a_sentence_and_every_sentence_a_name() {
    let names: BTreeSet<&str> = SOURCES.into_iter().flat_map(literals).collect();
    let explained: BTreeSet<&str> = sentences().map(|sentence| sentence.name).collect();
    assert_eq!(names.difference(&explained).collect::<Vec<_>>(), [&""; 0], "no sentence");
    let spare: Vec<_> = explained.difference(&names).filter(|name| !["bit", "AvId", "[n]"].contains(name)).collect();
    assert_eq!(spare, [&""; 0], "no decoder makes it");
    assert!(names.len() > 300, "the sources were read: {}", names.len());
}

#[test]
fn sentences_are_short_plain_and_cited() {
    let mut seen = BTreeSet::new();
    for Sentence { within, name, explanation: Explanation { says, cite } } in sentences() {
        let place = format!("{within} {name}: {says}");
        assert!(says.len() <= 200, "{} octets: {place}", says.len());
        assert!(says.ends_with('.') && says.is_ascii() && !says.contains("  "), "{place}");
        assert!(says.starts_with(|first: char| first.is_ascii_uppercase() || first.is_ascii_digit()), "{place}");
        assert!(!cite.doc.is_empty(), "{place}");
        assert!(seen.insert((within, name)), "twice: {place}");
    }
}

/// Every node of the token, and every value that has a name, must be explained.
fn all_is_explained(token: &[u8], hint: Hint) {
    let tree = decode(token, &hint);
    for (place, (_, node)) in tree.walk().enumerate() {
        let has_meaning = match &node.value {
            Value::Named { name, .. } => !name.is_empty(),
            Value::Oid { mech, .. } => mech.is_some(),
            _ => false,
        };
        let expected = 1 + usize::from(has_meaning);
        assert_eq!(explain(&tree.path(place)).count(), expected, "{} {} in {token:02X?}", node.name, node.value);
    }
}

fn vectors() -> impl Iterator<Item = Vec<u8>> {
    include_str!("../../../tests/data/tokens.jsonl").lines().map(|line| {
        let token: serde_json::Value = serde_json::from_str(line).unwrap();
        BASE64_STANDARD.decode(token["b64"].as_str().unwrap()).unwrap()
    })
}

#[test]
fn nothing_in_real_tokens_goes_unexplained_whole_or_broken() {
    for token in vectors() {
        for reading in Reading::ALL {
            let hint = Hint { reading, ..Hint::default() };
            all_is_explained(&token, hint);
            for end in (0..token.len()).step_by(31) {
                all_is_explained(&token[..end], hint);
                let mut broken = token.clone();
                broken[end] ^= 0xFF;
                all_is_explained(&broken, hint);
            }
        }
    }
}

#[test]
fn nothing_in_messages_goes_unexplained_whole_or_broken() {
    for (reading, from, message) in crate::decode::tests::MESSAGES {
        let hint = Hint { from: Some(*from), reading: *reading, ..Hint::default() };
        for end in 0..message.len() {
            all_is_explained(&message.as_bytes()[..end], hint);
            let mut broken = message.as_bytes().to_vec();
            broken[end] = b'=';
            all_is_explained(&broken, hint);
        }
    }
}

/// Tag, length and content, for contents of less than 128 octets.
fn der(tag: u8, content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    [&[tag, u8::try_from(content.len()).unwrap()], content.as_slice()].concat()
}

#[test]
fn every_number_that_has_a_name_is_explained() {
    let gss = Hint { reading: Reading::Gss, ..Hint::default() };
    for number in -200_i16..=200 {
        let integer = |tag| der(tag, &[&der(0x02, &[&number.to_be_bytes()])]);
        let principal = |tag| der(tag, &[&der(0x30, &[&integer(0xA0)])]);
        let encrypted = der(0xA2, &[&der(0x30, &[&integer(0xA0)])]);
        let error = der(0x7E, &[&der(0x30, &[&integer(0xA1), &integer(0xA6), &principal(0xAA)])]);
        let reply = der(0x6F, &[&der(0x30, &[&encrypted])]);
        let asked = der(0xA4, &[&der(0x30, &[&der(0xA8, &[&der(0x30, &[&der(0x02, &[&number.to_be_bytes()])])])])]);
        let padata = der(0xA3, &[&der(0x30, &[&der(0x30, &[&integer(0xA1)])])]);
        let request = der(0x6A, &[&der(0x30, &[&padata, &asked])]);
        let state = der(0xA1, &[&der(0x30, &[&der(0xA0, &[&der(0x0A, &[&number.to_be_bytes()[1..]])])])]);
        let [high, low] = number.to_be_bytes();
        let old = |tok_id: u8| [&[tok_id, 1, low, high, low, high], [0; 30].as_slice()].concat();
        let negoex = [b"NEGOEXTS".as_slice(), &[low, 0, 0, 0], &[0; 28]].concat();
        let ntlm = [b"NTLMSSP\0".as_slice(), &[low, 0, 0, 0], &[0; 80]].concat();
        for token in [error, reply, request, state, negoex, ntlm] {
            all_is_explained(&token, gss);
        }
        for body in [old(1), old(2), [&[low, high], [0; 40].as_slice()].concat()] {
            let oid = der(0x06, &[Mech::Kerberos.oid()]);
            all_is_explained(&der(0x60, &[&oid, &body]), gss);
        }
    }
    for mech in Mech::ALL {
        all_is_explained(&der(0x60, &[&der(0x06, &[mech.oid()])]), gss);
    }
}

#[test]
fn every_bit_is_explained() {
    let all = der(0x03, &[&[0, 0xFF, 0xFF, 0xFF, 0xFF]]);
    let offer = der(0xA0, &[&der(0x30, &[&der(0xA1, &[&all])])]);
    let request = der(0x6E, &[&der(0x30, &[&der(0xA2, &[&all])])]);
    let asked = der(0x6A, &[&der(0x30, &[&der(0xA4, &[&der(0x30, &[&der(0xA0, &[&all])])])])]);
    let wrap = [&[5, 4, 0xFF, 0xFF, 0, 0, 0, 0], [0; 12].as_slice()].concat();
    let negotiate = [b"NTLMSSP\0\x01\0\0\0\xFF\xFF\xFF\xFF".as_slice(), &[0; 16]].concat();
    // An AUTHENTICATE_MESSAGE whose NTLMv2 response has flags of all kinds.
    let pairs = [&[6, 0, 4, 0, 0xFF, 0xFF, 0xFF, 0xFF], [0; 8].as_slice()].concat();
    let response = [[0; 16].as_slice(), &[1, 1], &[0; 26], &pairs].concat();
    let length = u8::try_from(response.len()).unwrap();
    let header = [&[length, 0, length, 0, 88, 0, 0, 0], [0; 60].as_slice()].concat();
    let authenticate = [b"NTLMSSP\0\x03\0\0\0".as_slice(), &[0; 8], &header, &response].concat();
    let layer = [0xFF, 0, 0, 0].to_vec();
    let gss = Hint { reading: Reading::Gss, ..Hint::default() };
    for token in [offer, request, asked, wrap, negotiate, authenticate, layer] {
        let bits = |tree: Tree| tree.walk().filter(|(_, node)| matches!(node.value, Value::Flags { .. })).count();
        assert!(bits(decode(&token, &gss)) > 0, "{token:02X?}");
        all_is_explained(&token, gss);
    }
}

/// What is said of the first node of that name.
fn said(token: &[u8], name: &str) -> Vec<String> {
    let tree = decode(token, &Hint::default());
    let place = tree.walk().position(|(_, node)| node.name == name).unwrap();
    explain(&tree.path(place)).map(|Explanation { says, cite }| format!("{says} ({cite})")).collect()
}

#[test]
fn a_value_is_explained_behind_its_field() {
    for (state, begins) in [(0, "For the sender the context stands"), (3, "Both sides must prove with a MIC")] {
        let said = said(&[0xA1, 0x07, 0x30, 0x05, 0xA0, 0x03, 0x0A, 0x01, state], "negState");
        assert!(said[0].starts_with("How the negotiation stands") && said[1].starts_with(begins), "{said:?}");
        assert!(said.iter().all(|sentence| sentence.ends_with("(RFC 4178 4.2.2)")), "{said:?}");
    }
}

#[test]
fn the_innermost_place_decides() {
    let request = vectors().find(|token| decode(token, &Hint::default()).find("AP-REQ").is_some()).unwrap();
    assert!(said(&request, "enc-part")[0].ends_with("(RFC 4120 5.3)"), "that of the ticket");
    let error = vectors().find(|token| decode(token, &Hint::default()).find("KRB-ERROR").is_some()).unwrap();
    assert!(said(&error, "realm")[0].ends_with("(RFC 4120 5.9.1)"));
    assert!(said(&request, "realm")[0].ends_with("(RFC 4120 5.3)"));
    assert_eq!(explain(&[]).count(), 0);
}

#[test]
fn a_path_leads_from_the_root_to_the_node() {
    let token = vectors().next().unwrap();
    let tree = decode(&token, &Hint::default());
    for (place, (depth, node)) in tree.walk().enumerate() {
        let path = tree.path(place);
        assert!(path.len() == depth + 1 && std::ptr::eq(path[0], &raw const tree.root) && *path[depth] == *node);
        assert!(path.windows(2).all(|pair| pair[0].children.iter().any(|child| std::ptr::eq(child, pair[1]))));
    }
    assert!(tree.path(tree.walk().count()).is_empty() && tree.path(usize::MAX).is_empty());
}

//! Filler in the place of what logs somebody on, so that a recording can be given away.
//!
//! Works on one line, after it is decoded and before it is written. The octets that are replaced are those that the
//! decoder marks as secret; all lengths stay, so base64, DER, offsets and the state machine read the masked line as
//! they read the line. Masking twice changes nothing.
//!
//! Where the decoder can't tell, a client's octets are secret, whole: tokens of mechanisms that it does not know,
//! tokens with broken base64, and, once AUTH was tried, lines that are no command (a password sent after a refusal).
//! The same goes for a damaged token that would read as something else with its secrets masked.
//!
//! Limits: what a secret's length tells stays told, and so do names, realms and time stamps. What would need a key to
//! be verified can't be verified any more. Notes are not masked, nor is the text of a message. A line sent out of turn
//! is masked for what it is to its sender; to its reader it may say something else afterwards.

use super::{Event, Step, What};
use crate::decode::{Hint, Kind, Reading, Tree, Value, decode};
use crate::machine::{Prompt, Signal};
use crate::terms::{Party, Span};
use crate::wire::{Base64, Base64ErrorKind, Body, Dialogue, Message, Verb, base64, read_client, read_server};

/// What stands in the place of each secret octet: `*`.
const FILLER: u8 = b'*';

/// Zeros at the end of a response, from this many on, say that there is no response: they are kept (the LM response of
/// `NTLMv1` with extended session security is a nonce and 16 of them, MS-NLMP section 3.3.1).
const ZEROS_KEPT: usize = 8;

/// The event of `step` as a recording keeps it where secrets are masked.
#[must_use]
pub fn event(step: &Step) -> Event {
    let mut event = step.event.clone();
    if let (What::Line { from, bytes, edited_from, .. }, Some(message)) = (&mut event.what, &step.message) {
        let unsure = step.standing.settled.prompt == Some(Prompt::Unknown);
        *bytes = line(*from, &without_echoes(bytes, step, message), step, message, unsure);
        // What was to be sent may be another command than the one that went: no reading of it is sure.
        *edited_from = edited_from.as_ref().map(|bytes| line(*from, bytes, step, message, true));
    }
    event
}

/// Whether anything at `span` of the line of `step` is secret.
pub(super) fn hides(step: &Step, span: Span) -> bool {
    matches!(event(step).what, What::Line { bytes, .. } if span.of(&bytes) != span.of(step.line()))
}

/// The line of `step` without what it repeats of a secret. In a challenge that is all of it, unless it says something by
/// itself: a token with a part masked would be another one.
fn without_echoes(bytes: &[u8], step: &Step, message: &Message) -> Vec<u8> {
    match message.base64() {
        Some(challenge) if !step.echoes.is_empty() && !is_understood(step) => whole(bytes, challenge),
        Some(_) => bytes.to_vec(),
        None => step.echoes.iter().fold(bytes.to_vec(), |bytes, &echo| mask_opaque(&bytes, echo)),
    }
}

/// Whether the token of `step` is one that the decoder knows, or asks for a name or a password.
fn is_understood(step: &Step) -> bool {
    let prompts = step.token.is_some_and(|token| token.hint.reading == Reading::Prompt)
        && Prompt::read(step.token_bytes()) != Prompt::Unknown;
    let challenges = matches!(
        step.signal,
        Some(
            Signal::CramMd5Challenge | Signal::DigestChallenge | Signal::RspauthChallenge | Signal::OauthErrorChallenge
        )
    );
    prompts || challenges || step.tree().is_some_and(|tree| is_known(tree.kind))
}

/// One line of `step`, which has been read as `sent`; `unsure` whether an answer in LOGIN is the name or the password.
fn line(from: Party, bytes: &[u8], step: &Step, sent: &Message, unsure: bool) -> Vec<u8> {
    let message = match (from, &sent.body) {
        (Party::Server, _) => read_server(bytes),
        (Party::Client, Body::Command(_)) => read_client(bytes, Dialogue::Command),
        (Party::Client, Body::Response(_)) => read_client(bytes, Dialogue::Response),
        (Party::Client, _) => return bytes.to_vec(),
    };
    let mut hint = step.token.map_or(Hint { from: Some(from), ..Hint::default() }, |token| token.hint);
    if unsure && hint.reading == Reading::Username {
        hint.reading = Reading::UsernameOrPassword;
    }
    let masked = message.base64().map_or_else(|| bytes.to_vec(), |base64| token(from, bytes, base64, hint));
    let Body::Command(command) = &message.body else { return masked };
    let opaque = match &command.auth {
        Some(auth) => auth.extra,
        None if command.verb != Verb::Other => None,
        None if step.standing.settled.mechanism.is_some() => Some(message.content),
        None => Some(command.argument),
    };
    if let Some(span) = opaque { mask_opaque(&masked, span) } else { masked }
}

/// The line with the token in it masked; all of it, where a second look would see something else in what is left.
/// A token of which all is masked stays, whatever it reads as.
fn token(from: Party, bytes: &[u8], base64: &Base64, hint: Hint) -> Vec<u8> {
    let opaque = mask_opaque(bytes, base64.span);
    if opaque == bytes {
        return opaque;
    }
    let masked = token_as_read(from, bytes, base64, hint);
    let again = base64::read(&masked, base64.span);
    if token_as_read(from, &masked, &again, hint) == masked { masked } else { opaque }
}

/// The line with the token in it masked as far as the decoder can tell what is secret.
fn token_as_read(from: Party, bytes: &[u8], base64: &Base64, hint: Hint) -> Vec<u8> {
    let tree = decode(&base64.bytes, &hint);
    let known = is_known(tree.kind);
    match (from, hint.reading) {
        (Party::Server, Reading::Guess | Reading::Prompt) if !known => bytes.to_vec(),
        (Party::Server, scram) if scram.is_scram() && !known => bytes.to_vec(),
        (Party::Server, _) if !known && is_prose(base64.span.of(bytes)) => bytes.to_vec(),
        (Party::Client, Reading::Guess | Reading::Gss) if !known => whole(bytes, base64),
        _ => mask_line(bytes, base64.span, &tree, &base64.bytes),
    }
}

/// The line with the whole token masked: what reads as a text does so again, so that it is not taken for a token.
fn whole(bytes: &[u8], base64: &Base64) -> Vec<u8> {
    let read = |reading| decode(&base64.bytes, &Hint { reading, ..Hint::default() });
    if read(Reading::Guess).kind == Kind::Text {
        return mask_line(bytes, base64.span, &read(Reading::Password), &base64.bytes);
    }
    mask_opaque(bytes, base64.span)
}

const fn is_known(kind: Kind) -> bool {
    !matches!(kind, Kind::Text | Kind::Ber | Kind::Unknown | Kind::Empty)
}

/// Words for people in the place of a token: `334 GSSAPI supported`.
fn is_prose(text: &[u8]) -> bool {
    text.contains(&b' ') && text.split(|&octet| octet == b' ').all(|word| word.len() <= 20)
}

/// The line with filler in every secret leaf of `tree`, which is what `token` decodes to, which is what the base64 at
/// `encoded` holds. Everything at `encoded` is masked ([`mask_opaque`]) where the decoder can't tell what is secret, and
/// where the base64 has errors, so that no octet can be put back in its place.
fn mask_line(bytes: &[u8], encoded: Span, tree: &Tree, token: &[u8]) -> Vec<u8> {
    if matches!(tree.kind, Kind::Unknown | Kind::Ber) {
        return mask_opaque(bytes, encoded);
    }
    let mut masked = token.to_vec();
    for (_, leaf) in tree.walk().filter(|(_, node)| node.secret && node.children.is_empty()) {
        if let Some(octets) = masked.get_mut(leaf.content.start..leaf.content.end) {
            match &leaf.value {
                // Base64 within the message stays base64.
                Value::Base64(within) => {
                    let mut within = within.clone();
                    fill(&mut within);
                    octets.copy_from_slice(base64::encode(&within).as_bytes());
                }
                _ => fill(octets),
            }
        }
    }
    let read = base64::read(bytes, encoded);
    if !read.is_legible() || read.bytes != token {
        // Behind an error every octet may be read wrong; only of a text it is sure where its secrets are.
        let harmless = tree.kind == Kind::Text && masked == token;
        return if harmless { bytes.to_vec() } else { mask_opaque(bytes, encoded) };
    }
    if masked == token {
        return bytes.to_vec();
    }
    let mut text = base64::encode(&masked).into_bytes();
    let last = text.iter_mut().rfind(|character| **character != b'=');
    if let Some(last) = last.filter(|_| !read.is_valid()) {
        *last += 1; // bits that belong to no octet were set, and one is again: the next character of the alphabet
    }
    replace(bytes, encoded, &text)
}

/// The line with everything at `span` masked character by character: what can't be decoded may be a password.
///
/// Each character keeps its kind, so valid base64 stays valid, and what is wrong with the rest stays wrong at the same
/// place: characters of the alphabet stay in it, padding and control characters stay as they are, and a lone `*` is
/// neither masked nor made.
///
/// ```
/// use saslscope::{terms::Span, transcript::mask::mask_opaque};
/// assert_eq!(mask_opaque(b"cGFzc3dvcmQ=\r\n", Span::new(0, 12)), b"//////////w=\r\n");
/// assert_eq!(mask_opaque(b"my secret!\r\n", Span::new(0, 10)), b"//?/////w?\r\n");
/// ```
#[must_use]
pub fn mask_opaque(bytes: &[u8], span: Span) -> Vec<u8> {
    let text = span.of(bytes);
    if text.trim_ascii() == b"*" {
        return bytes.to_vec();
    }
    let mut masked: Vec<u8> = text.iter().map(|&octet| alike(octet)).collect();
    // Only the last character of the alphabet can have bits that belong to no octet.
    if let Some(last) = masked.iter().rposition(|octet| matches!(octet, b'/' | b'_'))
        && masked[last] == b'/'
    {
        let errors = base64::read(bytes, span).errors;
        masked[last] = if errors.iter().any(|error| error.kind == Base64ErrorKind::TrailingBits) { b'9' } else { b'w' };
    }
    replace(bytes, span, &masked)
}

/// Puts filler over all octets but the zeros that say that there is nothing.
fn fill(octets: &mut [u8]) {
    let length = octets.iter().rposition(|&octet| octet != 0).map_or(0, |last| last + 1);
    let zeros = octets.len() - length;
    let end = if length == 0 || zeros >= ZEROS_KEPT { length } else { octets.len() };
    octets[..end].fill(FILLER);
}

/// One character that stands for all of its kind.
const fn alike(octet: u8) -> u8 {
    match octet {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => b'/',
        b'-' | b'_' => b'_',
        b'=' | 0x00..=0x1F | 0x7F => octet,
        0x20..=0x7E => b'?',
        0x80..=0xFF => 0xFF,
    }
}

fn replace(bytes: &[u8], span: Span, text: &[u8]) -> Vec<u8> {
    let (before, rest) = bytes.split_at(span.start.min(bytes.len()));
    let after = rest.get(span.len()..).unwrap_or_default();
    [before, text, after].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::{Node, lines};
    use crate::transcript::Transcript;
    use crate::transcript::recording;
    use crate::wire::{Response, challenge};
    use proptest::prelude::*;

    /// The tokens of public test suites, with the kind that each is said to have.
    fn tokens() -> Vec<(String, Vec<u8>)> {
        include_str!("../../tests/data/tokens.jsonl")
            .lines()
            .map(|line| {
                let token: serde_json::Value = serde_json::from_str(line).unwrap();
                let text = token["b64"].as_str().unwrap();
                let read = base64::read(text.as_bytes(), Span::new(0, text.len()));
                assert!(read.is_valid(), "{line}");
                (token["kind"].as_str().unwrap().to_owned(), read.bytes)
            })
            .collect()
    }

    const START: &str = "S: 220 host\nC: EHLO client\nS: 250-host\nS: 250 AUTH LOGIN PLAIN GSSAPI CRAM-MD5\n";

    /// The steps of a recording without headers.
    fn transcript(lines: &str) -> Transcript {
        let loaded = recording::read(format!("saslscope session 1\n\n{lines}").as_bytes());
        assert_eq!(loaded.damage, None);
        let mut transcript = Transcript::new();
        for event in loaded.recording.events {
            transcript.push(event);
        }
        transcript
    }

    /// A dialogue and what it is when masked; a line that is not masked stands once.
    #[test]
    fn dialogues() {
        let table: &[(&str, &str)] = &[
            (
                "LOGIN: the name stays, the password goes",
                "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: Q2hhcmxpZQ==\n\
                 S: 334 UGFzc3dvcmQ6\nC: cGFzc3dvcmQ=\n> C: KioqKioqKio=\nS: 235 ok\n",
            ),
            (
                "LOGIN, prompts in the wrong order: both go",
                "C: AUTH LOGIN\nS: 334 UGFzc3dvcmQ6\nC: cGFzc3dvcmQ=\n> C: KioqKioqKio=\nS: 334 VXNlcm5hbWU6\n\
                 C: Q2hhcmxpZQ==\n> C: KioqKioqKg==\n",
            ),
            (
                "LOGIN, a prompt that nobody knows: both go",
                "C: AUTH LOGIN\nS: 334 YT8=\nC: cGFzc3dvcmQ=\n> C: KioqKioqKio=\n",
            ),
            (
                "LOGIN, the password not encoded",
                "C: AUTH LOGIN Q2hhcmxpZQ==\nS: 334 UGFzc3dvcmQ6\nC: hunter 2!\n> C: //////?9?\n",
            ),
            (
                "LOGIN cancelled where the password was to go",
                "C: AUTH LOGIN Q2hhcmxpZQ==\nS: 334 UGFzc3dvcmQ6\nC~ cGFzc3dvcmQ=\n> C~ KioqKioqKio=\nC: *\n",
            ),
            (
                "PLAIN: only the password goes",
                "C: AUTH PLAIN dGVzdAB0ZXN0ADEyMzQ=\n> C: AUTH PLAIN dGVzdAB0ZXN0ACoqKio=\n",
            ),
            (
                "another command than the one that was to go",
                "C~ AUTH PLAIN dGVzdAB0ZXN0ADEyMzQ=\n> C~ AUTH PLAIN KioqKioqKioqKioqKio=\nC: AUTH LOGIN Q2hhcmxpZQ==\n",
            ),
            (
                "PLAIN, with a word too many",
                "C: AUTH PLAIN dGVzdAB0ZXN0ADEyMzQ= eA==\n> C: AUTH PLAIN dGVzdAB0ZXN0ACoqKio= /w==\n",
            ),
            (
                "a mechanism that the decoder does not know: the challenge stays",
                "C: AUTH X-TOKEN\nS: 334 PDFAaG9zdD4=\nC: cmpzMyBlYzNh\n> C: KioqKioqKioq\n",
            ),
            (
                "CRAM-MD5: the digest goes, challenge and name stay",
                "C: AUTH CRAM-MD5\nS: 334 PDFAaG9zdD4=\nC: cmpzMyBlYzNh\n> C: cmpzMyAqKioq\nS: 535 no\n\
                 C: AUTH CRAM-MD5\nS: 334 PDFAaG9zdD4=\nC: cmpzMw==\n> C: KioqKg==\n",
            ),
            (
                "bearer tokens go, what tells whose they are and why they are refused stays",
                "C: AUTH XOAUTH2 dXNlcj1hAWF1dGg9QmVhcmVyIHRvawEB\n> C: AUTH XOAUTH2 dXNlcj1hAWF1dGg9QmVhcmVyICoqKgEB\nS: 334 eyJzdGF0dXMiOiI0MDEifQ==\nC:\nS: 535 no\n\
                 C: AUTH OAUTHBEARER bixhPWEsAWF1dGg9QmVhcmVyIHRvawEB\n> C: AUTH OAUTHBEARER bixhPWEsAWF1dGg9QmVhcmVyICoqKgEB\nS: 334 eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=\nC: AQ==\nS: 535 no\n",
            ),
            (
                "DIGEST-MD5: the digests of both sides go",
                "C: AUTH DIGEST-MD5\nS: 334 bm9uY2U9Im4iLGFsZ29yaXRobT1tZDUtc2Vzcw==\nC: dXNlcm5hbWU9ImEiLHJlYWxtPSJoIixub25jZT0ibiIsbmM9MDAwMDAwMDEsY25vbmNlPSJjIixkaWdlc3QtdXJpPSJzbXRwL2giLHJlc3BvbnNlPWQzODhkYWQ5MGQ0YmJkNzYwYTE1MjMyMWYyMTQzYWY3\n> C: dXNlcm5hbWU9ImEiLHJlYWxtPSJoIixub25jZT0ibiIsbmM9MDAwMDAwMDEsY25vbmNlPSJjIixkaWdlc3QtdXJpPSJzbXRwL2giLHJlc3BvbnNlPSoqKioqKioqKioqKioqKioqKioqKioqKioqKioqKioq\nS: 334 cnNwYXV0aD1lYTQwZjYwMzM1YzQyN2I1NTI3Yjg0ZGJhYmNkZmZmZA==\n> S: 334 cnNwYXV0aD0qKioqKioqKioqKioqKioqKioqKioqKioqKioqKioqKg==\n\
                 C:\nS: 235 ok\n",
            ),
            ("EXTERNAL holds no secret", "C: AUTH EXTERNAL Q2hhcmxpZQ==\nS: 535 no\n"),
            (
                "words for people stay, what follows is masked",
                "C: AUTH GSSAPI\nS: 334 GSSAPI supported\nC: cGFzcw==\n> C: KioqKg==\n",
            ),
            (
                "a password in the AUTH command, and one sent after the refusal",
                "C: NOOP a\nC: XCLIENT b\n> C: XCLIENT w\nC: AUTH LOGIN Q2hhcmxpZQ== cGFzcw==\n\
                 > C: AUTH LOGIN Q2hhcmxpZQ== /////w==\nS: 501 5.5.4 no\nC: cGFzc3dvcmQ=\n> C: //////////w=\n",
            ),
            (
                "what repeats a secret goes, what repeats a name or a prompt stays",
                "C: AUTH LOGIN Q2hhcmxpZQ==\nS: 334 UGFzc3dvcmQ6\nC: UGFzc3dvcmQ6\n> C: KioqKioqKioq\n\
                 S: 334 UGFzc3dvcmQ6\nC: aHVudGVyMg==\n> C: KioqKioqKg==\n\
                 S: 535 5.7.8 Q2hhcmxpZQ==: not aHVUDGVYMG==, HUNTER2\n> S: 535 5.7.8 Q2hhcmxpZQ==: not /////////9==, //////9\n",
            ),
            (
                "what repeats the filler is no secret",
                "C: AUTH LOGIN Q2hhcmxpZQ==\nS: 334 UGFzc3dvcmQ6\nC: aHVudGVyMg==\n> C: KioqKioqKg==\n\
                 S: 334 KioqKioqKg==\nC: cGFzc3dvcmR\n> C: //////////9\nS: 535 *******, \\x7F\\x7F\\x7F\\x7F\\x7F\\x7F\\x7F\\x7F\n",
            ),
            (
                "a challenge that repeats part of a secret goes as a whole",
                "C: AUTH CRAM-MD5\nS: 334 PDFAaG9zdD4=\nC: c2VjcmV0\n> C: KioqKioq\nS: 334 c2VjcmV0IQ==\n> S: 334 KioqKioqKg==\n",
            ),
        ];
        for (title, lines) in table {
            let lines = format!("{START}{lines}");
            let (mut before, mut expected) = (String::new(), Vec::new());
            for line in lines.lines() {
                if let Some(masked) = line.strip_prefix("> ") {
                    *expected.last_mut().unwrap() = masked;
                } else {
                    before.push_str(line);
                    before.push('\n');
                    expected.push(line);
                }
            }
            let before = transcript(&before);
            let masked: String = before.steps().iter().map(|step| written(&event(step))).collect();
            let found: Vec<&str> = masked.lines().collect();
            assert_eq!(found, expected, "{title}");

            assert_same_meaning(&before, &masked, title);
        }
    }

    /// Masked, the transcript means what it meant, and masking it again changes nothing.
    fn assert_same_meaning(before: &Transcript, masked: &str, title: &str) {
        let after = transcript(masked);
        assert_eq!(after.steps().len(), before.steps().len());
        for (before, after) in before.steps().iter().zip(after.steps()) {
            assert_eq!((after.signal, &after.moves), (before.signal, &before.moves), "{title}");
            assert_eq!(after.deviation, before.deviation, "{title}");
            assert_eq!(event(after), after.event, "{title}: masked twice");
        }
    }

    #[test]
    fn an_ntlm_exchange_means_the_same_when_masked() {
        let tokens = tokens();
        let token = |kind: &str| {
            let found = tokens.iter().find(|(name, _)| name == kind);
            base64::encode(&found.unwrap().1)
        };
        let [negotiate, ask, answer] = ["NTLM NEGOTIATE", "NTLM CHALLENGE", "NTLM AUTHENTICATE"].map(token);
        let end = "S: 235 ok\n";
        let before = transcript(&format!("{START}C: AUTH GSSAPI {negotiate}\nS: 334 {ask}\nC: {answer}\n{end}"));
        let masked: String = before.steps().iter().map(|step| written(&event(step))).collect();
        assert!(masked.contains(&negotiate) && masked.contains(&ask) && !masked.contains(&answer));
        assert_same_meaning(&before, &masked, "NTLM");
    }

    fn written(event: &Event) -> String {
        let events = vec![event.clone()];
        let text = recording::write(&recording::Recording { headers: recording::Headers::default(), events });
        text.split_once("\n\n").unwrap().1.replace("0.000000 ", "")
    }

    /// The line `334 TOKEN`, masked, and the token in it.
    fn masked(token: &[u8], hint: Hint) -> (Vec<u8>, Vec<u8>) {
        let line = challenge(Some(token));
        let encoded = Span::new(4, line.len() - 2);
        let line = mask_line(&line, encoded, &decode(token, &hint), token);
        let read = base64::read(&line, encoded);
        assert!(read.is_valid());
        (line, read.bytes)
    }

    #[test]
    fn a_masked_token_shows_as_the_token_did() {
        let mut leaves = 0;
        for (kind, token) in tokens() {
            let hint = Hint::default();
            let (before, (line, after)) = (decode(&token, &hint), masked(&token, hint));
            let tree = decode(&after, &hint);
            if !matches!(before.kind, Kind::Unknown | Kind::Ber) {
                assert_eq!(lines(&tree, &after, false), lines(&before, &token, false), "{kind}");
            }
            for (_, leaf) in tree.walk().filter(|(_, node)| node.secret && node.children.is_empty()) {
                leaves += 1;
                assert!(
                    leaf.content.of(&after).iter().all(|&octet| octet == FILLER || octet == 0),
                    "{kind}: {}",
                    leaf.name
                );
            }
            assert_eq!(masked(&after, hint), (line, after), "{kind}: masked twice");
        }
        assert!(leaves >= 17, "the tokens hold secrets: {leaves}");
    }

    /// A text whose octets from `secret` on log somebody on.
    fn text_tree(text: &[u8], secret: usize) -> Tree {
        let node = |name, start, end| Node::new(name, Span::new(start, end), Value::None);
        let mut root = node("text", 0, text.len());
        root.children = vec![node("name", 0, secret), node("password", secret, text.len())];
        root.children[1].secret = true;
        Tree { kind: Kind::Text, root }
    }

    #[test]
    fn a_password_is_as_long_as_it_was() {
        let table: &[(&[u8], usize, &[u8])] = &[
            (b"cGFzc3dvcmQ=\r\n", 0, b"KioqKioqKio=\r\n"),
            (b"dGVzdAB0ZXN0ADEyMzQ=\r\n", 10, b"dGVzdAB0ZXN0ACoqKio=\r\n"),
            (b"Q2hhcmxpZQ==\r\n", 7, b"Q2hhcmxpZQ==\r\n"),
            // Bits that belong to no octet stay wrong.
            (b"cGFzc3dvcmR=\r\n", 0, b"KioqKioqKip=\r\n"),
            // Without the octets to put back, all of it goes; but only where something is secret.
            (b"cGFzc3dvcmQ\r\n", 0, b"//////////w\r\n"),
            (b"Q2hhcmxpZQ=\r\n", 7, b"Q2hhcmxpZQ=\r\n"),
        ];
        for (line, secret, expected) in table {
            let encoded = Span::new(0, line.len() - 2);
            let token = base64::read(line, encoded).bytes;
            let masked = mask_line(line, encoded, &text_tree(&token, *secret), &token);
            assert_eq!(masked.escape_ascii().to_string(), expected.escape_ascii().to_string());
        }
    }

    #[test]
    fn a_token_cut_anywhere_shows_no_secret() {
        for (kind, token) in tokens() {
            let tree = decode(&token, &Hint::default());
            let secrets = tree.walk().filter(|(_, node)| node.secret && node.children.is_empty());
            let secrets: Vec<Span> = secrets.map(|(_, node)| node.content).collect();
            for end in 0..token.len() {
                let (_, masked) = masked(&token[..end], Hint::default());
                for secret in &secrets {
                    let pairs = secret.of(&token[..end]).iter().zip(secret.of(&masked));
                    let shown =
                        pairs.filter(|(octet, left)| octet == left && ![0, FILLER, 0xF0, 0xFF].contains(octet)).count();
                    assert_eq!(shown, 0, "{kind} cut at {end}: {secret}");
                }
            }
        }
    }

    #[test]
    fn zeros_that_say_nothing_stay() {
        let table: &[(&[u8], &[u8])] = &[
            (&[0; 24], &[0; 24]),
            (&[7, 7, 0, 7], b"****"),
            (&[7, 7, 0], b"***"),
            (&[7, 0, 0, 0, 0, 0, 0, 0, 0], b"*\0\0\0\0\0\0\0\0"),
            (b"", b""),
        ];
        for (octets, expected) in table {
            let mut octets = octets.to_vec();
            fill(&mut octets);
            assert_eq!(octets, *expected);
        }
    }

    #[test]
    fn an_opaque_text_keeps_its_shape() {
        let table: &[(&[u8], &[u8])] = &[
            (b"*", b"*"),
            (b" *", b" *"),
            (b"**", b"??"),
            (b"!", b"?"),
            (b"=", b"="),
            (b"", b""),
            (b"QUJD", b"///w"),
            (b"QR==", b"/9=="),
            (b"a_b-", b"/_/_"),
            (b"a\0\rA\xC3\xA4", b"/\0\rw\xFF\xFF"),
        ];
        for (text, expected) in table {
            assert_eq!(mask_opaque(text, Span::new(0, text.len())), *expected, "{}", text.escape_ascii());
        }
    }

    /// All that a check could hang on: what the line is, where its flaws and errors are, of which kind.
    fn shape(message: &Message) -> String {
        let base64 = match &message.body {
            Body::Response(Response::Base64(base64)) => Some(base64),
            Body::Reply(reply) => reply.challenge.as_ref(),
            _ => None,
        };
        let errors = base64.map(|base64| {
            let kinds = base64.errors.iter().map(|error| (error.at, std::mem::discriminant(&error.kind)));
            (base64.span, base64.bytes.len(), kinds.collect::<Vec<_>>())
        });
        format!("{:?} {:?} {errors:?}", std::mem::discriminant(&message.body), message.flaws)
    }

    /// A message with some octets changed, put in or cut off.
    fn damaged(from: Party) -> impl Strategy<Value = Vec<u8>> {
        let messages: Vec<&str> = crate::decode::tests::MESSAGES
            .iter()
            .filter(|message| message.1 == from)
            .map(|message| message.2)
            .collect();
        let changes = proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>(), 0..4_u8), 0..3);
        (proptest::sample::select(messages), changes).prop_map(|(message, changes)| {
            let mut message = message.as_bytes().to_vec();
            for (at, octet, change) in changes {
                let at = at.index(message.len().max(1));
                match change {
                    0 => message.truncate(at),
                    1 => message.insert(at, octet),
                    _ => message.get_mut(at).into_iter().for_each(|old| *old = octet),
                }
            }
            message
        })
    }

    proptest! {
        #[test]
        fn an_exchange_of_a_text_mechanism_means_the_same_when_masked(
            mechanism in proptest::sample::select(vec!["CRAM-MD5", "DIGEST-MD5", "EXTERNAL", "XOAUTH2", "OAUTHBEARER"]),
            initial in proptest::option::of(damaged(Party::Client)),
            rounds in proptest::collection::vec((damaged(Party::Server), damaged(Party::Client)), 1..4),
        ) {
            let mut lines = format!("{START}C: AUTH {mechanism}");
            lines.extend(initial.into_iter().map(|octets| format!(" {}", base64::encode(&octets))));
            for (challenge, response) in rounds {
                let [challenge, response] = [challenge, response].map(|octets| base64::encode(&octets));
                lines.push_str(&format!("\nS: 334 {challenge}\nC: {response}").replace(": \n", ":\n"));
            }
            let before = transcript(&format!("{}\nS: 235 ok\n", lines.trim_end_matches(' ')));
            let masked: String = before.steps().iter().map(|step| written(&event(step))).collect();
            assert_same_meaning(&before, &masked, mechanism);
        }

        #[test]
        fn opaque_masking_changes_no_finding(
            text in proptest::collection::vec(prop_oneof![
                4 => prop_oneof![Just(b'A'), Just(b'Q'), Just(b'g'), Just(b'x'), Just(b'7')],
                1 => prop_oneof![Just(b'='), Just(b'*'), Just(b'-'), Just(b' ')],
                1 => any::<u8>(),
            ], 0..16),
        ) {
            let line = [b"334 ", text.as_slice(), b"\r\n"].concat();
            let masked = mask_opaque(&line, Span::new(4, 4 + text.len()));
            prop_assert_eq!(shape(&read_server(&masked)), shape(&read_server(&line)));
            prop_assert_eq!(
                shape(&read_client(&masked[4..], Dialogue::Response)),
                shape(&read_client(&line[4..], Dialogue::Response))
            );
            prop_assert_eq!(mask_opaque(&masked, Span::new(4, 4 + text.len())), masked);
        }

        #[test]
        fn a_damaged_token_masks_to_itself_again(
            pick: proptest::sample::Index,
            damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..4),
            end: proptest::sample::Index,
        ) {
            let tokens = tokens();
            let mut token = pick.get(&tokens).1.clone();
            for (at, octet) in damage {
                *at.get_mut(&mut token) = octet;
            }
            token.truncate(token.len() - end.index(4));
            let (line, after) = masked(&token, Hint::default());
            prop_assert_eq!(masked(&after, Hint::default()), (line, after));
        }

        #[test]
        fn any_octets_mask_to_themselves_again(token: Vec<u8>, password: bool) {
            let hint = Hint { reading: if password { Reading::Password } else { Reading::Gss }, ..Hint::default() };
            let (line, after) = masked(&token, hint);
            prop_assert_eq!(after.len(), token.len());
            prop_assert_eq!(masked(&after, hint), (line, after));
        }
    }
}

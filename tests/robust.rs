//! Bad input: whatever comes in costs a bounded amount, never ends the program, and never reaches a terminal as it is.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use saslscope::decode::{Hint, Reading, decode, lines};
use saslscope::terms::{Micros, Party};
use saslscope::transcript::{Event, Step, Transcript, What, mask, recording};
use saslscope::wire::{
    Base64, Dialogue, LINE_LIMIT, LineBuffer, Message, RawLine, base64, printable, read_client, read_server,
};
use std::process::{Command, Stdio};

const MEGABYTE: usize = 1 << 20;

/// Octets that a terminal or a viewer would act on: C0 and C1 controls, and what turns the direction of writing.
fn acts(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[test]
fn a_megabyte_without_line_end_is_counted_and_dropped() {
    let mut buffer = LineBuffer::new(LINE_LIMIT);
    for _ in 0..MEGABYTE / 1024 {
        buffer.push(&[b'\r'; 1024]);
        assert_eq!(buffer.next_line(), None);
    }
    let RawLine { bytes, cut } = buffer.finish().expect("the rest");
    assert_eq!((bytes.len(), cut), (LINE_LIMIT, (MEGABYTE - LINE_LIMIT) as u64));
}

/// A file may hold longer lines than the network does.
#[test]
fn a_line_of_a_megabyte_is_read_in_any_place() {
    for octet in [b'A', b'!', b'=', b' ', b'\r', b'\n', 0, 0xFF] {
        for start in ["", "AUTH GSSAPI ", "334 ", "250 "] {
            let line = [start.as_bytes(), &vec![octet; MEGABYTE]].concat();
            let dialogues = [Dialogue::Command, Dialogue::Response, Dialogue::MailData];
            let messages =
                dialogues.map(|dialogue| read_client(&line, dialogue)).into_iter().chain([read_server(&line)]);
            for message in messages {
                assert!(message.flaws.len() <= Message::FLAWS_KEPT + 4, "{start}{octet:02X}");
                assert!(message.base64().is_none_or(|base64| base64.errors.len() <= Base64::ERRORS_KEPT));
            }
            let transcript = played("C: AUTH GSSAPI\nS: 334\n", [(Party::Client, line)]);
            let step = &transcript.steps()[2];
            assert!(matches!(mask::event(step).what, What::Line { bytes, .. } if bytes.len() == step.line().len()));
        }
    }
}

/// Runs `work` on a stack of 256 KB.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(work).expect("a thread");
    thread.join().expect("it ends well");
}

/// Elements with this header, one within the other.
fn nested(depth: usize, level: impl Fn(usize) -> Vec<u8>) -> Vec<u8> {
    let mut backwards = Vec::new();
    for _ in 0..depth {
        backwards.extend(level(backwards.len()).iter().rev());
    }
    backwards.reverse();
    backwards
}

/// The header of a DER element around so many octets.
fn header(id: u8, length: usize) -> Vec<u8> {
    [&[id, 0x84], &(length as u32).to_be_bytes()[..]].concat()
}

#[test]
fn nesting_costs_no_stack() {
    for depth in [10_000, 1_000_000] {
        let spnego = |length| [&header(0x60, length + 8)[..], b"\x06\x06\x2B\x06\x01\x05\x05\x02"].concat();
        let mechanism = |length| {
            let inside = [8, 14, 20].map(|more| length + more - 2);
            [header(0xA0, inside[2]), header(0x30, inside[1]), header(0xA2, inside[0]), header(0x04, length)].concat()
        };
        let tokens = [
            nested(depth, |length| header(0x30, length)),
            nested(depth, |length| header(0xA0, length)),
            nested(depth, |length| header(0x6E, length)),
            nested(depth, spnego),
            nested(depth / 2, |length| [spnego(length + 24), mechanism(length)].concat()),
            b"\x30\x80".repeat(depth),
            b"\xA1\x80\x30\x80".repeat(depth / 2),
            [b"\x30\x80".repeat(depth), b"\0\0".repeat(depth)].concat(),
        ];
        for token in tokens {
            on_a_small_stack(move || {
                for reading in [Reading::Guess, Reading::Gss] {
                    let tree = decode(&token, &Hint { reading, ..Hint::default() });
                    assert!(tree.walk().all(|(depth, _)| depth <= 64));
                    assert!(tree.walk().count() <= 256);
                    assert!(tree.problems().next().is_some());
                    assert_eq!(tree.root.find("no such name"), None);
                    assert!(!lines(&tree, &token, true).is_empty());
                }
            });
        }
    }
}

#[test]
fn a_tree_holds_few_nodes_however_wide_the_token() {
    for pattern in
        [&b"\x04\x00"[..], b"\x30\x00", b"\x30\x02\x04\x00", b"\x02\x02\0\0", b"\x06\x01\x80", b"\x30\x81\x00"]
    {
        for length in [0, 100, 10_000, 100_000, MEGABYTE, 4 * MEGABYTE] {
            let content = pattern.repeat(length / pattern.len());
            let token = [header(0x30, content.len()), content].concat();
            let nodes = decode(&token, &Hint::default()).walk().count();
            assert!(nodes <= 600 + (token.len() / 16).min(1 << 16), "{nodes} nodes of {} octets", token.len());
        }
    }
}

/// The lines given as a recording, then those given as octets.
fn played(start: &str, more: impl IntoIterator<Item = (Party, Vec<u8>)>) -> Transcript {
    let loaded = recording::read(format!("saslscope session 1\n\n{start}").as_bytes());
    assert_eq!(loaded.damage, None);
    let more = more.into_iter().map(|(from, line)| Event::line(Micros(0), from, line));
    let mut transcript = Transcript::new();
    for event in loaded.recording.events.into_iter().chain(more) {
        transcript.push(event);
    }
    transcript
}

const START: &str = "S: 220 host\nC: EHLO client\nS: 250-host\nS: 250 AUTH LOGIN GSSAPI\n";

#[test]
fn commands_that_nobody_answers_only_wait() {
    const COMMANDS: usize = 100_000;
    let of = |party, line: &[u8]| std::iter::repeat_n((party, line.to_vec()), COMMANDS);
    let transcript = played(START, of(Party::Client, b"NOOP\r\n"));
    let waiting = transcript.standing().inbox[Party::Server.index()].waiting;
    assert_eq!(waiting, COMMANDS - 1);

    let lines = of(Party::Client, b"NOOP\r\n").chain(of(Party::Server, b"250 ok\r\n"));
    let transcript = played(START, lines);
    assert_eq!(transcript.standing().inbox[Party::Server.index()].waiting, 0);
    assert_eq!(transcript.standing().answering, [None; 2]);
    assert!(transcript.steps().iter().all(|step| step.deviation.is_none()));
}

/// What each step settles is not copied with all that was offered.
#[test]
fn a_hundred_thousand_keywords_are_shared() {
    let keywords = (0..100_000).map(|n| (Party::Server, format!("250-X{n}\r\n").into_bytes()));
    let last = [(Party::Server, b"250 AUTH LOGIN\r\n".to_vec())];
    let logins = ["AUTH LOGIN\r\n", "334 VXNlcm5hbWU6\r\n", "YQ==\r\n", "535 no\r\n"]
        .into_iter()
        .zip(Party::BOTH.into_iter().cycle());
    let logins = logins.map(|(line, party)| (party, line.as_bytes().to_vec())).cycle().take(10_000);
    let lines = keywords.chain(last).chain(logins.collect::<Vec<_>>());
    let transcript = played("S: 220 host\nC: EHLO client\n", lines);
    let [.., before, last] = transcript.steps() else { panic!("steps") };
    assert_eq!(last.standing.settled.keywords.len(), 100_000);
    assert!(std::ptr::eq(&raw const *before.standing.settled.keywords, &raw const *last.standing.settled.keywords));
}

/// Lines as they are said, and parts of them.
const SAID: &[&str] = &[
    "220 host",
    "EHLO client",
    "250-host",
    "250 AUTH LOGIN GSSAPI",
    "250 ok",
    "STARTTLS",
    "AUTH",
    "AUTH LOGIN",
    "AUTH LOGIN YQ==",
    "AUTH LOGIN =",
    "AUTH GSSAPI",
    "AUTH GSSAPI !",
    "AUTH PLAIN AGEAYg==",
    "AUTH NTLM",
    "334",
    "334 ",
    "334 VXNlcm5hbWU6",
    "334 UGFzc3dvcmQ6",
    "334 words for people",
    "YQ==",
    "*",
    "",
    "=",
    "235 2.7.0 ok",
    "535 5.7.8 no",
    "501 no",
    "503 no",
    "421 bye",
    "MAIL FROM:<a@b>",
    "RCPT TO:<a@b>",
    "DATA",
    "354 go",
    ".",
    "RSET",
    "QUIT",
    "221 bye",
    "AUTH GSSAPI YEgGBisGAQUFAqA+MDygDjAMBgorBgEEAYI3AgIKoioEKE5UTE1TU1AAAQAAABWCiOIAAAAAKAAAAAAAAAAoAAAACgAAAAAAAA8=",
    "334 oRUwE6ADCgEBoQwGCisGAQQBgjcCAgo=",
    "334 oQcwBaADCgEC",
    "334 oQcwBaADCgEA",
    "334 oQcwBaADCgED",
    "334 AQAAAA==",
    "BwAAAA==",
    "oQcwBaADCgEA",
    "oRIwEKADCgEBowkEBwEAAAAAAAA=",
    "334 YGIGCSqGSIb3EgECAgIAb1MwUaADAgEFoQMCAQ8=",
    "\u{1B}[2J",
    "\u{9B}2J\0",
];

/// A line of somebody: said as it should be, or with any octets in it, or any octets.
fn any_line() -> impl Strategy<Value = (Party, Vec<u8>)> {
    let line = prop_oneof![
        8 => select(SAID).prop_map(|line| format!("{line}\r\n").into_bytes()),
        1 => (select(SAID), vec(any::<u8>(), 0..6)).prop_map(|(line, more)| [line.as_bytes(), &more, b"\r\n"].concat()),
        1 => vec(any::<u8>(), 0..40),
    ];
    (select(&Party::BOTH[..]), line)
}

/// What every face makes its text of.
fn shown(step: &Step) -> Vec<String> {
    let mut shown = vec![printable(step.line()), step.standing.stack(Party::Client).to_string()];
    let message = step.message.as_ref();
    shown.extend(message.into_iter().flat_map(|message| &message.flaws).map(|flaw| flaw.kind.to_string()));
    let errors = message.and_then(Message::base64).into_iter().flat_map(|base64| &base64.errors);
    shown.extend(errors.map(|error| error.kind.to_string()));
    let tree = step.tree();
    shown.extend(tree.iter().flat_map(|tree| lines(tree, step.token_bytes(), true)));
    shown
}

proptest! {
    #[test]
    fn any_conversation_is_understood(lines in vec(any_line(), 0..60)) {
        let transcript = played("", lines);
        for step in transcript.steps() {
            for party in Party::BOTH {
                prop_assert!((1..=5).contains(&step.standing.stack(party).frames().len()));
            }
            for text in shown(step) {
                prop_assert!(!text.contains(acts), "{:?}", text);
            }
        }
        let masked = transcript.steps().iter().map(mask::event).collect();
        let written = recording::write(&recording::Recording { events: masked, ..Default::default() });
        prop_assert!(!written.replace('\n', "").contains(acts));
    }

    #[test]
    fn no_token_reaches_a_terminal_as_it_is(token in any_token(), reading in select(&Reading::ALL)) {
        let tree = decode(&token, &Hint { reading, ..Hint::default() });
        for reveal in [false, true] {
            for line in lines(&tree, &token, reveal) {
                prop_assert!(!line.contains(acts), "{:?}", line);
            }
        }
    }
}

/// Text that a terminal acts on, alone and as the text of a token; or any octets.
fn any_token() -> impl Strategy<Value = Vec<u8>> {
    let text = "[a-z\u{1B}\u{9B}\u{0}\u{7F}\u{202E}\r\n\\[]{0,20}";
    let inside =
        |id: u8| move |text: String| [&[0x30, text.len() as u8 + 2, id, text.len() as u8], text.as_bytes()].concat();
    prop_oneof![
        text.prop_map(String::into_bytes),
        text.prop_map(inside(0x0C)),
        text.prop_map(inside(0x1B)),
        text.prop_map(inside(0x18)),
        vec(any::<u8>(), 0..60),
        text.prop_map(|text| ntlm_challenge(&text)),
    ]
}

/// A `CHALLENGE_MESSAGE` with that target name.
fn ntlm_challenge(name: &str) -> Vec<u8> {
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let length = (name.len() as u16).to_le_bytes();
    let start = b"NTLMSSP\0\x02\0\0\0";
    let rest = b"\x38\0\0\0\x05\x02\x82\0\x01\x02\x03\x04\x05\x06\x07\x08\0\0\0\0\0\0\0\0\0\0\0\0\x38\0\0\0\x0A\0\0\0\0\0\0\x0F";
    [&start[..], &length, &length, rest, &name].concat()
}

/// Every place of a recording that holds somebody else's words, shown by every face that prints.
#[test]
fn no_face_prints_what_a_terminal_acts_on() {
    let evil = r"\x1B]0;pwned\x07\x1B[2J\xC2\x9B2J\xE2\x80\xAE";
    let token = base64::encode(&ntlm_challenge("\u{1B}[2J\u{9B}\u{202E}"));
    let text = format!(
        "saslscope session 1\ntitle: {evil}\ncites: {evil}\nstarted: {evil}\nx{evil}: {evil}\n\n* opened {evil}\n\
         S: 220 {evil}\nC: EHLO {evil}\nS: 250-{evil}\nS: 250 AUTH GSSAPI LOGIN X{evil}\nC: AUTH X{evil}\nS: 504 {evil}\n\
         C: AUTH GSSAPI\nS: 334\nC: {token}\nS: 334 {token}\nC: {evil}\nS: 501 {evil}\nC: AUTH LOGIN\nS: 334 {prompt}\n\
         C~ {evil}\nC: {prompt}\nS: 535 {evil}\n* mech client step{evil} failed 0x00000001 1 {evil}\n# {evil}\n\
         * tls failed {evil}\n* tls started {evil}\n* closed by server: {evil}\nC: \\q{evil}\n",
        prompt = base64::encode(b"\x1B[2J\xC2\x9B2J"),
    );
    let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/robust.session");
    std::fs::write(path, text).expect("a file");
    let other = concat!(env!("CARGO_TARGET_TMPDIR"), "/robust-other.session");
    std::fs::write(other, "saslscope session \u{1B}[2J\u{9B}\n").expect("a file");
    let faces: [&[&str]; 8] = [
        &["show", path],
        &["show", "--reveal", path],
        &["show", "--json", "--reveal", path],
        &["show", other],
        &["open", "--headless", path],
        &["open", "--headless", "--json", path],
        &["decode", &token, "GzJK", "G1sySsKb"],
        &["decode", "--json", "--reveal", &token, "G1sySsKb"],
    ];
    for face in faces {
        let output =
            Command::new(env!("CARGO_BIN_EXE_saslscope")).args(face).stdin(Stdio::null()).output().expect("it runs");
        for text in [output.stdout, output.stderr] {
            let text = String::from_utf8(text).expect("UTF-8");
            let found = text.lines().find(|line| line.contains(acts));
            assert_eq!(found.map(|line| line.escape_debug().to_string()), None, "{face:?}");
        }
    }
}

//! Octets to lines: however the network cuts them, the same lines come out, and none is longer than the limit. Each
//! line reads as a command, a response and a reply, and shows as plain characters.

#![no_main]

use libfuzzer_sys::fuzz_target;
use saslscope::terms::Span;
use saslscope::wire::{Dialogue, LineBuffer, RawLine, keywords, printable, read_client, read_server};

fuzz_target!(|data: &[u8]| {
    let [limit, chunk, octets @ ..] = data else { return };
    let limit = usize::from(*limit) * 4;
    let lines = lines(limit, octets.chunks(octets.len().max(1)));
    assert_eq!(lines, self::lines(limit, octets.chunks(usize::from(*chunk).max(1))));

    let kept: u64 = lines.iter().map(|line| line.bytes.len() as u64 + line.cut).sum();
    assert_eq!(kept, octets.len() as u64);
    for RawLine { bytes, .. } in &lines {
        assert!(bytes.len() <= limit.max(2));
        assert!(printable(bytes).bytes().all(|octet| (0x20..0x7F).contains(&octet)));
        let whole = Span::new(0, bytes.len());
        let dialogues = [Dialogue::Command, Dialogue::Response, Dialogue::MailData];
        for message in dialogues.map(|dialogue| read_client(bytes, dialogue)).into_iter().chain([read_server(bytes)]) {
            assert!(whole.covers(message.content));
            assert!(message.flaws.iter().all(|flaw| whole.covers(flaw.span)));
            if let Some(base64) = message.base64() {
                assert!(whole.covers(base64.span) && base64.bytes.len() <= base64.span.len());
            }
        }
    }
    let _ = keywords(lines.iter().map(|line| &line.bytes));
});

/// All lines, the last without terminator included.
fn lines<'a>(limit: usize, chunks: impl Iterator<Item = &'a [u8]>) -> Vec<RawLine> {
    let mut buffer = LineBuffer::new(limit);
    chunks.for_each(|chunk| buffer.push(chunk));
    std::iter::from_fn(|| buffer.finish()).collect()
}

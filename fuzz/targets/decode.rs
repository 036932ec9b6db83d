//! Octets to a tree: every node within its parent, not many more nodes than octets, plain lines of text, and any node
//! patched with its own content changes nothing.

#![no_main]

use libfuzzer_sys::fuzz_target;
use saslscope::decode::{Hint, Mech, Reading, decode, lines, patch};
use saslscope::terms::{Party, Span};

fuzz_target!(|data: &[u8]| {
    let [reading, rest, token @ ..] = data else { return };
    let hint = Hint {
        reading: Reading::ALL[usize::from(*reading) % Reading::ALL.len()],
        from: [None, Some(Party::Client), Some(Party::Server)][usize::from(rest % 3)],
        mech: [None, Some(Mech::Ntlmssp), Some(Mech::Kerberos)][usize::from(rest / 3 % 3)],
        sealed: rest & 0x80 != 0,
    };
    let tree = decode(token, &hint);
    let whole = Span::new(0, token.len());
    assert_eq!(tree.root.span, whole);
    let mut nodes = 0;
    for (depth, node) in tree.walk() {
        nodes += 1;
        assert!(depth <= 64, "{depth} levels");
        assert!(node.span.covers(node.content), "{node:?}");
        assert!(node.children.iter().all(|child| node.span.covers(child.span)), "{node:?}");
        assert!(node.problem.as_ref().is_none_or(|problem| problem.at <= token.len()), "{node:?}");
        if nodes <= 64 {
            assert_eq!(patch(token, &tree, node, node.content.of(token)).as_deref(), Ok(token), "{node:?}");
            let _ = patch(token, &tree, node, &[0xA5; 300]);
        }
    }
    assert!(nodes <= token.len() + 1024, "{nodes} nodes of {} octets", token.len());
    for reveal in [false, true] {
        let plain = |line: &String| !line.contains(char::is_control);
        assert!(lines(&tree, token, reveal).iter().all(plain));
    }
});

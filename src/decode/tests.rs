//! Real tokens, trees as text.

use super::*;
use base64::{Engine, prelude::BASE64_STANDARD};

fn vectors() -> Vec<(String, Vec<u8>)> {
    include_str!("../../tests/data/tokens.jsonl")
        .lines()
        .map(|line| {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            (
                value["kind"].as_str().unwrap().to_owned(),
                BASE64_STANDARD.decode(value["b64"].as_str().unwrap()).unwrap(),
            )
        })
        .collect()
}

#[test]
fn the_smallest_negtokeninit_has_the_ranges_that_a_hand_finds() {
    let bytes = BASE64_STANDARD.decode("YCQGBisGAQUFAqAaMBigDjAMBgorBgEEAYI3AgIKogYEBAECAwQ=").unwrap();
    let tree = decode(&bytes, &Hint::default());
    assert_eq!(tree.kind, Kind::NegTokenInit);
    assert_eq!(
        lines(&tree, &bytes, false).join("\n"),
        "\
InitialContextToken  [0..38]
  thisMech  SPNEGO (1.3.6.1.5.5.2)  [2..10]
  NegTokenInit  [10..38]
    mechTypes  [14..30]
      MechType  NTLMSSP (1.3.6.1.4.1.311.2.2.10)  [18..30]
    mechToken  01020304  [30..38]"
    );
}

#[test]
fn every_vector_has_its_kind_and_no_problem() {
    for (kind, bytes) in vectors() {
        let tree = decode(&bytes, &Hint::default());
        let expected = match kind.as_str() {
            "gss-framed NegTokenInit" => Kind::NegTokenInit,
            "gss-framed NegTokenInit2" => Kind::NegTokenInit2,
            "NegTokenResp" => Kind::NegTokenResp,
            "NTLM NEGOTIATE" | "NTLM CHALLENGE" | "NTLM AUTHENTICATE" => Kind::Ntlm,
            _ => continue,
        };
        assert_eq!(tree.kind, expected, "{kind}");
        assert_eq!(tree.problems().collect::<Vec<_>>(), Vec::<&Problem>::new(), "{kind}");
    }
}

#[test]
fn dump() {
    for (kind, bytes) in vectors() {
        let tree = decode(&bytes, &Hint { reading: Reading::Gss, ..Hint::default() });
        println!("==== {kind} -> {:?}", tree.kind);
        for line in lines(&tree, &bytes, false) {
            println!("{line}");
        }
    }
}

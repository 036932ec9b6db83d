//! What the selected node is, its value and its clause, beside the rows of the step.

use super::*;

#[test]
fn the_selected_node_is_explained_first() {
    let mut model = recording("lessons/11-request-mic");
    press(&mut model, "N Home");
    let here = |line: &str| line.starts_with(" ▶") && line.contains("NegTokenResp: request-mic");
    while !text(&mut model, SIZES[0]).lines().any(here) {
        press(&mut model, "j");
    }
    press(&mut model, "3 j 5");
    check("explained", &mut model, &SIZES);
}

#[test]
fn a_flag_has_a_sentence_of_its_own_and_the_token_as_a_whole_comes_last() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n 5");
    assert!(!text(&mut model, SIZES[0]).contains("RFC 2743 3.1"), "the rows come first");
    press(&mut model, "G");
    assert!(text(&mut model, SIZES[0]).contains(" InitialContextToken          "));
    press(&mut model, "3 j j j j j j j j j l j j j 5");
    let flag = text(&mut model, SIZES[0]);
    assert!(flag.contains(" NTLMSSP_REQUEST_TARGET ") && flag.contains("MS-NLMP 2.2.2.5"), "{flag}");
}

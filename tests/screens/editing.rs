//! Editing the held line: fields by their kind, lists, hex, lengths left wrong, what differs, undo, faults, stops.

use super::*;
use saslscope::decode::Mech;

/// A lab in which the client prefers Kerberos, which the server has not: it must say request-mic.
fn request_mic() -> Model {
    let mut lab = Lab::new([7; 32], NOW);
    lab.offer = vec![Mech::Kerberos, Mech::Ntlmssp];
    let mut model = model(options());
    model.open_lab(lab);
    model
}

/// A size that has one column and room for every text.
const TALL: (u16, u16) = (110, 60);

/// The selected row of the tree: its mark, its name, its value.
fn selected(model: &mut Model) -> String {
    let drawn = text(model, TALL);
    let row = drawn.lines().find_map(|line| line.strip_prefix('▶').filter(|row| row.contains("..")));
    row.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Moves the cursor of the tree to the first node of that name, unfolding what is in the way.
fn to(model: &mut Model, name: &str) {
    press(model, "3 g");
    for _ in 0..200 {
        let row = selected(model);
        if row.split(' ').any(|word| word.trim_start_matches('▸') == name) {
            return;
        }
        press(model, if row.contains('▸') { "l" } else { "j" });
    }
    panic!("no {name} in\n{}", text(model, TALL));
}

/// Clears the typed line, and types another.
fn retype(model: &mut Model, words: &str) {
    press(model, "Ctrl-E Ctrl-U");
    for c in words.chars() {
        key(model, KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE));
    }
}

/// Whether these words are on the screen, however they are broken into lines.
fn shows(model: &mut Model, wanted: &str) {
    let drawn = text(model, TALL);
    let words = |text: &str| text.replace(['│', '├', '└'], " ").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&drawn).contains(&words(wanted)), "no `{wanted}` in\n{drawn}");
}

#[test]
fn request_mic_becomes_accept_completed_by_keys_alone() {
    let mut model = model(options());
    press(&mut model, "j Enter n n n n e e Up Up Up");
    check("accept-completed-typed", &mut model, &SIZES);
    press(&mut model, "Enter");
    check("accept-completed-held", &mut model, &SIZES);
    press(&mut model, "2");
    check("accept-completed-bytes", &mut model, &SIZES);
    press(&mut model, "n k 5");
    check("accept-completed-sent", &mut model, &SIZES);
    // The client has no more to say to it than this.
    press(&mut model, "G");
    shows(&mut model, "The server says accept-completed before the mechanism");
}

/// Where the lab is, the field, what is typed, and how the field is shown then.
#[test]
fn fields_are_edited_by_the_kind_of_their_value() {
    let table = [
        (
            "n n n",
            "MechType",
            "1.3.6.1.5.2.5",
            "MechType IAKERB (1.3.6.1.5.2.5) (was Kerberos V5 (1.2.840.113554.1.2.2))",
        ),
        (
            "n n n n",
            "supportedMech",
            "Kerb",
            "supportedMech Kerberos V5 (1.2.840.113554.1.2.2) (was NTLMSSP (1.3.6.1.4.1.311.2.2.10))",
        ),
        ("n n n n n n", "MsvAvDnsDomainName", "Fabrikam", "MsvAvDnsDomainName Fabrikam (was "),
        ("n n n n n n", "ServerChallenge", "0102030405060708", "ServerChallenge 0102030405060708 (was "),
        ("n n n n n n", "MaxLen", "7", "MaxLen 7 (was "),
        ("n n n n n n", "NegotiateFlags", "0", "▸NegotiateFlags 00000000 (was "),
        ("n n n n n n", "MsvAvTimestamp", "2030-01-01T00:00:00Z", "MsvAvTimestamp 2030-01-01T00:00:00Z (was "),
    ];
    for (keys, field, typed, shown) in table {
        let mut model = request_mic();
        press(&mut model, keys);
        to(&mut model, field);
        press(&mut model, "e");
        retype(&mut model, typed);
        press(&mut model, "Enter");
        shows(&mut model, "changed, and still held");
        let row = selected(&mut model);
        assert!(row.starts_with('~') && row.contains(shown), "{field}: {row}");
    }
}

#[test]
fn bits_are_ticked() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n");
    to(&mut model, "NTLMSSP_NEGOTIATE_SIGN");
    press(&mut model, "e Space");
    check("flags", &mut model, &SIZES);
    shows(&mut model, "was e2888217");
    shows(&mut model, "now e2888207");
    press(&mut model, "Enter");
    // The bit has gone; the others are as they were.
    check("flags-taken", &mut model, &SIZES);
    shows(&mut model, "~│ ├ NegotiateFlags e2888207 (was e2888217)");
    shows(&mut model, "- NTLMSSP_NEGOTIATE_SIGN was here");
}

#[test]
fn what_is_typed_takes_the_place_of_a_choice() {
    let mut model = request_mic();
    press(&mut model, "n n n n");
    to(&mut model, "negState");
    for (keys, typed) in
        [("e r e j", "rej"), ("e Backspace Backspace j", "request-mj"), ("e Home j", "jrequest-mic"), ("e Up j", "j")]
    {
        press(&mut model, keys);
        let drawn = text(&mut model, TALL);
        assert!(drawn.contains(&format!("│ {typed} ")), "{typed} {drawn}");
        press(&mut model, "Esc");
    }
}

#[test]
fn nodes_stay_folded_where_an_edit_takes_one_out() {
    let mut model = request_mic();
    press(&mut model, "n n n n n n 3 e d Enter");
    shows(&mut model, "negState accept-incomplete (1) was here");
    shows(&mut model, "▸TargetNameFields");
    press(&mut model, "u");
    shows(&mut model, "├ negState accept-incomplete (1)");
    shows(&mut model, "▸TargetNameFields");
}

#[test]
fn the_order_of_mech_types_is_edited() {
    let mut model = request_mic();
    press(&mut model, "n n n");
    to(&mut model, "mechTypes");
    press(&mut model, "e J a");
    shows(&mut model, "✘ `` is no object identifier");
    retype(&mut model, "nego");
    press(&mut model, "Enter");
    check("mechtypes", &mut model, &SIZES);
    press(&mut model, "Enter");
    check("mechtypes-taken", &mut model, &SIZES);
    // NTLM comes first now, and the server takes it: no request-mic.
    press(&mut model, "n");
    shows(&mut model, "‹NegTokenResp: accept-incomplete");
}

#[test]
fn av_pairs_are_put_in_another_order_taken_out_and_added() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n n");
    to(&mut model, "TargetInfo");
    press(&mut model, "e d a");
    retype(&mut model, "MsvAvDnsTreeName=tree.example");
    press(&mut model, "Enter K Enter");
    shows(&mut model, "+│ ├ MsvAvDnsTreeName tree.example");
    shows(&mut model, "was here");
    let drawn = text(&mut model, TALL);
    assert!(!drawn.contains('✘') && !drawn.contains(" ! "), "{drawn}");
}

#[test]
fn lengths_are_left_wrong_on_purpose() {
    let mut model = request_mic();
    press(&mut model, "n n n n");
    to(&mut model, "supportedMech");
    press(&mut model, "e Ctrl-L");
    retype(&mut model, "SPNEGO");
    check("lengths-left", &mut model, &SIZES);
    press(&mut model, "Enter");
    check("lengths-left-taken", &mut model, &SIZES);
}

#[test]
fn edits_are_undone_and_done_again() {
    let mut model = request_mic();
    press(&mut model, "n n n n e e Up Enter");
    shows(&mut model, "NegTokenResp: reject");
    press(&mut model, "e e Up Enter");
    shows(&mut model, "NegTokenResp: accept-incomplete");
    for (key, state) in [("u", "reject"), ("u", "request-mic"), ("U", "reject"), ("U", "accept-incomplete")] {
        press(&mut model, key);
        shows(&mut model, &format!("‹NegTokenResp: {state}, 23 B›"));
    }
    press(&mut model, "U");
    shows(&mut model, "redo: there is no edit undone here");
}

#[test]
fn lines_without_a_token_are_edited_as_text() {
    let mut model = lab(Mechanism::Login, None);
    press(&mut model, "n e");
    retype(&mut model, "AUTH LOGIN");
    shows(&mut model, "Deviation: the client sent Auth in smtp Greeted");
    press(&mut model, "Enter");
    shows(&mut model, "✘AUTH LOGIN");
    press(&mut model, "u n e");
    check("reply-lines", &mut model, &SIZES);
    // The last line goes, and the one before it ends the reply.
    press(&mut model, "j j j d Enter 1");
    shows(&mut model, "S: 250 ENHANCEDSTATUSCODES");
}

#[test]
fn a_prompt_is_edited_as_its_text() {
    let mut lab = Lab::new([7; 32], NOW);
    (lab.mechanism, lab.initial) = (Mechanism::Login, saslscope::session::Initial::Never);
    let mut model = model(options());
    model.open_lab(lab);
    press(&mut model, "n n n n e");
    retype(&mut model, "User:");
    shows(&mut model, "was Username: now User: token 9 → 5 octets, line 14");
    press(&mut model, "Enter 1");
    shows(&mut model, "334 VXNlcjo=");
}

#[test]
fn secrets_are_edited_only_when_revealed() {
    let mut model = lab(Mechanism::Login, None);
    press(&mut model, "n n n n n e");
    shows(&mut model, "edit: this holds a secret; s reveals it first");
    press(&mut model, "s e");
    shows(&mut model, "was wonderland now wonderland");
    assert_eq!(model.deadline(), None, "what is being edited is not taken away");
    press(&mut model, "Esc s");

    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n n n");
    for hidden in ["NTProofStr", "responseToken"] {
        to(&mut model, hidden);
        press(&mut model, "e");
        shows(&mut model, "edit: this holds a secret");
    }
    // What stands beside a secret is not one; the whole token and the line are.
    to(&mut model, "UserName");
    press(&mut model, "e");
    retype(&mut model, "bob");
    for _ in 0..4 {
        press(&mut model, "Tab");
        let drawn = text(&mut model, SIZES[2]);
        assert!(drawn.contains("Edit UserName") && !drawn.contains("whole token in hex"), "{drawn}");
    }
    retype(&mut model, "bob");
    press(&mut model, "Enter");
    shows(&mut model, "UserName bob (was alice)");
}

#[test]
fn what_was_typed_wrong_stays_with_the_reason() {
    let mut model = request_mic();
    press(&mut model, "n n n n e e");
    retype(&mut model, "accepted");
    press(&mut model, "Enter Enter");
    shows(
        &mut model,
        "✘ `accepted` is no negState; known are accept-completed, accept-incomplete, reject, request-mic, or any number",
    );
    check("wrong", &mut model, &SIZES);
    press(&mut model, "Tab");
    retype(&mut model, "0");
    shows(&mut model, "✘ 1 hex digits are half an octet too many; two make one");
    press(&mut model, "Esc");
    shows(&mut model, "negState request-mic (3)");
}

#[test]
fn the_overlay_survives_any_size_and_any_key() {
    let mut model = request_mic();
    press(&mut model, "n n n n n n");
    for node in 0..60 {
        press(&mut model, &"j ".repeat(node % 30 + 1).trim_end().replace('j', "3 j"));
        press(&mut model, "e");
        for keys in
            ["Down", "Space", "d", "a", "x", "Enter", "Tab", "Ctrl-L", "Up", "e", "J", "Tab", "Backspace", "Enter"]
        {
            press(&mut model, keys);
            screen(&mut model, ((node * 7 % 210 + 1) as u16, (node * 3 % 65 + 1) as u16));
        }
        press(&mut model, "Esc Esc Esc u u u");
        if text(&mut model, SIZES[0]).contains("The lab plays") {
            press(&mut model, "Enter");
        }
    }
}

#[test]
fn faults_are_done_to_the_held_line_or_from_the_start() {
    let mut model = lab(Mechanism::Gssapi, None);
    press(&mut model, "n n n !");
    check("faults-now", &mut model, &SIZES);
    shows(&mut model, "▶ now bad-base64");
    shows(&mut model, "✘ RFC 4954 4");
    press(&mut model, "j Enter");
    shows(&mut model, "cut-token: the client's first token is cut in half");
    shows(&mut model, "mechToken 4e544c (was 40 octets)");
    press(&mut model, "u");
    shows(&mut model, "●AUTH GSSAPI ‹NegTokenInit: NTLMSSP, NEGOTIATE_MESSAGE, 74 B›");
    press(&mut model, "n ! j j Enter");
    shows(&mut model, "dropped-connection: the server closes");
    shows(&mut model, "closed by server");
    press(&mut model, "! k k Enter");
    shows(&mut model, "the lab starts again");
}

#[test]
fn a_run_stops_at_a_field() {
    let mut model = request_mic();
    press(&mut model, "b");
    enter(&mut model, "negsate=3");
    shows(&mut model, "`negsate` is no field of a token; write it as the tree has it: negState=request-mic");
    press(&mut model, "Esc b");
    enter(&mut model, "negState=request-mic");
    press(&mut model, "c");
    shows(&mut model, "stopped at negState=request-mic");
    shows(&mut model, "9 S 334 ‹NegTokenResp: request-mic, 23 B›");
}

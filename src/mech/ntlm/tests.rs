use super::*;
use crate::decode::{self, Hint};
use crate::mech::testing::{kit, kit_of, pass, run};
use crate::mech::{Answer, Call, Facts, MechError, major};

type Pair = (NtlmClient, NtlmServer);

fn pair(kit: &Kit, client: NtlmOptions, server: NtlmOptions) -> Pair {
    (NtlmClient::new(kit, client), NtlmServer::new(kit, server))
}

fn plain(kit: &Kit) -> Pair {
    pair(kit, NtlmOptions::default(), NtlmOptions::default())
}

fn exchange((client, server): &mut Pair) -> Result<Vec<Vec<u8>>, MechError> {
    run(client, server, |_, _| {})
}

fn asking(without: u32) -> NtlmOptions {
    NtlmOptions { flags: flags::DEFAULT & !without, ..NtlmOptions::default() }
}

fn has(message: &[u8], name: &str) -> bool {
    decode::decode(message, &Hint::default()).find(name).is_some()
}

#[test]
fn users_log_on_by_every_form_of_their_name() {
    for (user, known_as) in [
        ("CONTOSO\\alice", "CONTOSO\\alice"),
        ("contoso\\ALICE", "contoso\\ALICE"),
        ("alice", "alice"),
        ("alice@contoso", "alice@contoso"),
        ("bob", "bob"),
        ("ANYWHERE\\bob", "ANYWHERE\\bob"),
        ("bob@contoso.com", "bob@contoso.com"),
    ] {
        let mut pair = plain(&kit_of(user, "wonderland"));
        let tokens = exchange(&mut pair).unwrap_or_else(|error| panic!("{user}: {error}"));
        assert_eq!(tokens.len(), 3, "{user}");
        let facts = pair.1.facts();
        assert!(facts.complete && pair.0.facts().complete, "{user}");
        assert_eq!(facts.initiator.as_deref(), Some(known_as));
        assert_eq!(pair.0.facts().target.as_deref(), Some("smtp/server.contoso.com"));
        for token in tokens {
            let tree = decode::decode(&token, &Hint::default());
            assert_eq!(tree.problems().next(), None, "{user}");
        }
    }
}

#[test]
fn refusals_differ_in_text_and_minor_status_only() {
    for (user, password, minor, says) in [
        ("CONTOSO\\alice", "Wonderland", status::WRONG_PASSWORD, "another password"),
        ("alice", "", status::WRONG_PASSWORD, "another password"),
        ("CONTOSO\\nobody", "wonderland", status::NO_SUCH_USER, "No user \"nobody\" of domain \"CONTOSO\""),
        ("FABRIKAM\\alice", "wonderland", status::NO_SUCH_USER, "of domain \"FABRIKAM\""),
        ("mallory", "wonderland", status::ACCOUNT_DISABLED, "disabled"),
        ("mallory", "guess", status::WRONG_PASSWORD, "another password"),
    ] {
        let mut pair = plain(&kit_of(user, password));
        let error = exchange(&mut pair).expect_err(user);
        assert_eq!((error.major, error.minor, error.token), (major::UNAUTHORIZED, minor, None), "{user}");
        assert!(error.text.contains(says), "{user}: {}", error.text);
        assert!(!pair.1.facts().complete);
        let again = pair.1.call(Call::Step(Some(vec![]))).expect_err("it has failed");
        assert_eq!(again.major, major::NO_CONTEXT);
    }
}

#[test]
fn what_is_negotiated_decides_how_messages_are_protected() {
    let protection = flags::SIGN | flags::SEAL;
    for (client, server, integrity, clear) in [
        (0, 0, true, false),
        (flags::SEAL, 0, true, true),
        (0, flags::SEAL, true, true),
        (flags::KEY_EXCH, 0, true, false),
        (flags::KEY_128, 0, true, false),
        (flags::KEY_128 | flags::KEY_56, flags::KEY_EXCH, true, false),
        (flags::UNICODE, 0, true, false),
        (flags::TARGET_INFO | flags::REQUEST_TARGET, flags::VERSION, true, false),
        (protection, 0, false, false),
        (flags::EXTENDED_SESSIONSECURITY, 0, false, false),
    ] {
        let mut pair = pair(&kit(), asking(client), asking(server));
        exchange(&mut pair).unwrap_or_else(|error| panic!("{client:#x} {server:#x}: {error}"));
        let facts = pair.0.facts();
        assert_eq!(facts, Facts { initiator: facts.initiator.clone(), target: facts.target.clone(), ..pair.1.facts() });
        assert_eq!(
            (facts.integrity, facts.confidentiality),
            (integrity, integrity && !clear),
            "{client:#x} {server:#x}"
        );
        for message in [&b"\x01\0\0\0"[..], b"", b"a longer message"] {
            let (there, back) = (pass(&mut pair.0, &mut pair.1, message), pass(&mut pair.1, &mut pair.0, message));
            if integrity {
                let clear = clear || message.is_empty();
                assert_eq!((there, back), (Ok((message.to_vec(), clear)), Ok((message.to_vec(), clear))));
            } else {
                assert_eq!(there.expect_err("nothing to sign with").major, major::UNAVAILABLE);
            }
        }
    }
}

#[test]
fn sealing_is_refused_where_it_was_not_negotiated() {
    let mut pair = pair(&kit(), asking(flags::SEAL), NtlmOptions::default());
    exchange(&mut pair).expect("valid");
    let error = pair.0.call(Call::Wrap { sealed: true, message: vec![1] }).expect_err("no SEAL");
    assert_eq!(error.major, major::UNAVAILABLE);
}

#[test]
fn a_mic_goes_with_a_timestamp_and_takes_the_lm_response_away() {
    for (timestamp, wanted, mic) in [(true, true, true), (true, false, false), (false, true, false)] {
        let client = NtlmOptions { mic: wanted, ..NtlmOptions::default() };
        let server = NtlmOptions { timestamp, ..NtlmOptions::default() };
        let tokens = exchange(&mut pair(&kit(), client, server)).expect("valid");
        let tree = decode::decode(&tokens[2], &Hint::default());
        assert_eq!((has(&tokens[1], "MsvAvTimestamp"), has(&tokens[2], "MIC")), (timestamp, mic));
        assert_eq!(has(&tokens[2], "MIC present"), mic);
        let lm = tree.find("LmChallengeResponse").map(|node| node.content.of(&tokens[2]));
        assert_eq!(lm == Some(&[0; 24]), timestamp);
    }
}

#[test]
fn an_exchange_is_the_same_octets_for_the_same_seed() {
    let tokens = exchange(&mut plain(&kit())).expect("valid");
    assert_eq!(tokens, exchange(&mut plain(&kit())).expect("valid"));
    let other = exchange(&mut plain(&Kit { seed: [1; 32], ..kit() })).expect("valid");
    assert!(tokens[0] == other[0] && tokens[1] != other[1] && tokens[2] != other[2]);
}

#[test]
fn channel_bindings_have_to_match_where_both_sides_have_some() {
    let bound =
        |value: Option<u8>| NtlmOptions { channel_bindings: value.map(|octet| [octet; 16]), ..NtlmOptions::default() };
    for (client, server, major) in [
        (Some(1), Some(1), None),
        (Some(1), Some(2), Some(major::BAD_BINDINGS)),
        (None, Some(2), None),
        (Some(1), None, None),
        (Some(0), Some(2), None),
    ] {
        let result = exchange(&mut pair(&kit(), bound(client), bound(server)));
        assert_eq!(result.err().map(|error| error.major), major, "{client:?} {server:?}");
    }
}

/// With a MIC nothing in the three messages can be changed: no octet, no bit of it.
#[test]
fn no_bit_can_be_flipped_and_no_octet_cut() {
    let lengths: Vec<_> = exchange(&mut plain(&kit())).expect("valid").iter().map(Vec::len).collect();
    for (number, length) in lengths.into_iter().enumerate() {
        for at in 0..length {
            for bit in 0..8 {
                let (mut client, mut server) = plain(&kit());
                let result = run(&mut client, &mut server, |index, token| {
                    if index == number {
                        token[at] ^= 1 << bit;
                    }
                });
                assert!(result.is_err() && !server.facts().complete, "message {}, octet {at}, bit {bit}", number + 1);
            }
            let (mut client, mut server) = plain(&kit());
            let result = run(&mut client, &mut server, |index, token| {
                if index == number {
                    token.truncate(at);
                }
            });
            assert!(result.is_err() && !server.facts().complete, "message {} cut at {at}", number + 1);
        }
    }
}

#[test]
fn an_authenticate_is_good_for_one_challenge() {
    let tokens = exchange(&mut plain(&kit())).expect("valid");
    let mut server = NtlmServer::new(&Kit { seed: [1; 32], ..kit() }, NtlmOptions::default());
    server.call(Call::Step(Some(tokens[0].clone()))).expect("a challenge");
    let error = server.call(Call::Step(Some(tokens[2].clone()))).expect_err("a replay");
    assert_eq!(error.minor, status::WRONG_PASSWORD);
}

#[test]
fn messages_out_of_turn_are_refused() {
    let tokens = exchange(&mut plain(&kit())).expect("valid");
    for (sent, says) in [
        (None, "the token is empty"),
        (Some(tokens[1].clone()), "the token is CHALLENGE_MESSAGE"),
        (Some(tokens[2].clone()), "the token is AUTHENTICATE_MESSAGE"),
        (Some(b"\x60\x03\x06\x01\x2a".to_vec()), "the token is InitialContextToken"),
    ] {
        let mut server = NtlmServer::new(&kit(), NtlmOptions::default());
        let error = server.call(Call::Step(sent)).expect_err("not a NEGOTIATE");
        assert_eq!(error.major, major::DEFECTIVE_TOKEN);
        assert!(error.text.contains(says), "{}", error.text);
    }
    let mut client = NtlmClient::new(&kit(), NtlmOptions::default());
    assert!(client.call(Call::Step(Some(tokens[1].clone()))).is_err(), "the client goes first");
    let mut pair = plain(&kit());
    exchange(&mut pair).expect("valid");
    assert!(pair.0.call(Call::Step(None)).is_err() && pair.1.call(Call::Step(None)).is_err(), "complete is complete");
}

#[test]
fn ntlm_v1_and_anonymous_logon_are_refused() {
    for (response, minor) in [(&[7; 24][..], status::NTLM_BLOCKED), (&[], status::LOGON_FAILURE)] {
        let mut server = NtlmServer::new(&kit(), NtlmOptions::default());
        server.call(Call::Step(Some(compose::negotiate(flags::DEFAULT)))).expect("a challenge");
        let message = compose::Authenticate {
            negotiated: flags::UNICODE | flags::NTLM,
            domain: "",
            user: "alice",
            workstation: "",
            lm_response: &[],
            nt_response: response,
            encrypted_session_key: &[],
            mic: false,
        };
        let error = server.call(Call::Step(Some(message.compose()))).expect_err("not NTLMv2");
        assert_eq!((error.major, error.minor), (major::UNAUTHORIZED, minor));
    }
}

#[test]
fn a_mic_is_counted_and_moves_the_cipher_unless_spnego_runs_the_context() {
    for inside_spnego in [false, true] {
        let options = NtlmOptions { inside_spnego, ..NtlmOptions::default() };
        let mut pair = pair(&kit(), options.clone(), options);
        exchange(&mut pair).expect("valid");
        for _ in 0..2 {
            let Ok(Answer::Octets(mic)) = pair.0.call(Call::GetMic(b"list".to_vec())) else { panic!() };
            let verified = pair.1.call(Call::VerifyMic { message: b"list".to_vec(), mic });
            assert_eq!(verified, Ok(Answer::Verified));
        }
        assert_eq!(pass(&mut pair.0, &mut pair.1, b"\x01\0\0\0"), Ok((b"\x01\0\0\0".to_vec(), false)));
    }
}

/// `NTLMv1` with the session key and without, as swaks, msmtp and Exim send it, and as "NTLM2 session response".
#[test]
fn ntlm_v1_is_verified_where_it_is_allowed_and_called_weak() {
    let weak = |flags| NtlmOptions { flags, allow_v1: true, ..NtlmOptions::default() };
    for without in [0, flags::EXTENDED_SESSIONSECURITY, flags::KEY_EXCH, flags::SIGN | flags::SEAL] {
        let server = NtlmOptions { timestamp: false, ..weak(flags::DEFAULT & !flags::TARGET_INFO & !without) };
        let client = weak(flags::DEFAULT);
        let mut pair = pair(&kit(), client.clone(), server.clone());
        let tokens = exchange(&mut pair).expect("allowed");
        assert!(has(&tokens[2], "NTLM_RESPONSE"), "{without:#x}");
        for remarks in [pair.0.facts().remarks, pair.1.facts().remarks] {
            assert!(remarks.len() == 1 && remarks[0].contains("MS-NLMP 3.3.1"), "{without:#x}: {remarks:?}");
        }
        if without & (flags::EXTENDED_SESSIONSECURITY | flags::SIGN) == 0 {
            assert_eq!(
                pass(&mut pair.0, &mut pair.1, b"\x01\0\0\0").map(|(message, _)| message),
                Ok(b"\x01\0\0\0".to_vec())
            );
        }
        let wrong = kit_of("CONTOSO\\alice", "Wonderland");
        let error = exchange(&mut (NtlmClient::new(&wrong, client.clone()), NtlmServer::new(&kit(), server.clone())));
        assert_eq!(error.expect_err("wrong").minor, status::WRONG_PASSWORD);
        let refused = NtlmOptions { allow_v1: false, ..server };
        let error = exchange(&mut (NtlmClient::new(&kit(), client), NtlmServer::new(&kit(), refused)));
        let error = error.expect_err("not allowed");
        assert_eq!((error.major, error.minor), (major::UNAUTHORIZED, status::NTLM_BLOCKED));
        assert!(error.text.contains("24 octets, so it is NTLMv1, which is refused"), "{}", error.text);
    }
}

#[test]
fn an_lm_response_alone_is_refused_even_where_ntlm_v1_is_allowed() {
    let mut server = NtlmServer::new(&kit(), NtlmOptions { allow_v1: true, ..NtlmOptions::default() });
    server.call(Call::Step(Some(compose::negotiate(flags::DEFAULT)))).expect("a challenge");
    let message = compose::Authenticate {
        negotiated: flags::UNICODE | flags::NTLM,
        domain: "",
        user: "alice",
        workstation: "",
        lm_response: &[7; 24],
        nt_response: &[],
        encrypted_session_key: &[],
        mic: false,
    };
    let error = server.call(Call::Step(Some(message.compose()))).expect_err("LM alone");
    assert_eq!(error.minor, status::NTLM_BLOCKED);
    assert!(error.text.contains("an LM response alone"), "{}", error.text);
}

#[test]
fn a_challenge_without_target_info_is_answered_and_remarked_on() {
    let server = NtlmOptions { timestamp: false, ..asking(flags::TARGET_INFO) };
    let mut pair = pair(&kit(), NtlmOptions::default(), server);
    exchange(&mut pair).expect("NTLMv2 over nothing");
    assert!(pair.0.facts().remarks[0].contains("no target info"));
}

/// The value that pyspnego 0.12 has for a certificate whose hash is the octets 0 to 31.
#[test]
fn channel_bindings_are_those_of_other_implementations() {
    let end_point: Vec<u8> = (0..32).collect();
    let expected = 0x8f12_14c9_c9ca_b8dc_3bf8_66da_9aba_57a7_u128;
    assert_eq!(u128::from_be_bytes(channel_bindings(&end_point)), expected);
}

#[test]
fn required_channel_bindings_are_missed() {
    let bound = |value: Option<u8>, require_bindings| NtlmOptions {
        channel_bindings: value.map(|octet| [octet; 16]),
        require_bindings,
        ..NtlmOptions::default()
    };
    for (client, server, says) in [
        (bound(Some(1), false), bound(Some(1), true), None),
        (bound(None, false), bound(Some(1), true), Some("Let the client send channel bindings")),
        (bound(Some(0), false), bound(Some(1), true), Some("Extended Protection")),
        (bound(Some(2), false), bound(Some(1), true), Some("another TLS connection")),
        (bound(Some(1), false), bound(None, true), Some("there is no TLS to bind to")),
        (bound(None, true), bound(Some(1), false), Some("use TLS")),
        (bound(Some(1), true), bound(None, false), None),
    ] {
        let result = exchange(&mut pair(&kit(), client, server));
        match (result, says) {
            (Ok(_), None) => {}
            (Err(error), Some(says)) => {
                assert_eq!(error.major, major::BAD_BINDINGS);
                assert!(error.text.contains(says), "{}", error.text);
            }
            (result, says) => panic!("{result:?} {says:?}"),
        }
    }
}

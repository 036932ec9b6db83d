use super::*;
use crate::decode::Tree;
use crate::mech::ntlm::flags;
use crate::mech::testing::{kit, kit_of, pass, run};
use proptest::collection::vec;
use proptest::prelude::{any, prop_assert, proptest};

/// A mechanism that takes no part in cryptography: the client sends `one`, the server `two`, and with `legs` 3 the
/// client `three`. A MIC is the message backwards.
struct Toy {
    legs: usize,
    seen: usize,
    integrity: bool,
}

impl Toy {
    fn boxed(party: Party, legs: usize) -> Box<dyn GssContext> {
        Box::new(Self { legs, seen: usize::from(!initiates(party)), integrity: true })
    }
}

impl GssContext for Toy {
    fn call(&mut self, call: Call) -> Result<Answer, MechError> {
        const TOKENS: [&[u8]; 3] = [b"one", b"two", b"three"];
        let backwards = |message: &[u8]| message.iter().rev().copied().collect::<Vec<_>>();
        match call {
            Call::Step(token) => {
                let due = self.seen.checked_sub(1).map(|index| TOKENS[index].to_vec());
                if token != due {
                    return Err(MechError { token: Some(b"toy error".to_vec()), ..defective("not the toy's token") });
                }
                let token = TOKENS.get(self.seen).filter(|_| self.seen < self.legs).map(|token| token.to_vec());
                self.seen += 2;
                Ok(Answer::Stepped { token, complete: self.seen > self.legs })
            }
            Call::GetMic(message) => Ok(Answer::Octets(backwards(&message))),
            Call::VerifyMic { message, mic } if backwards(&message) == mic => Ok(Answer::Verified),
            _ => Err(MechError::new(major::BAD_MIC, "not the toy's MIC")),
        }
    }

    fn facts(&self) -> Facts {
        let complete = self.seen > self.legs;
        Facts { complete, integrity: self.integrity, mech: Some(Mech::Kerberos), ..Facts::default() }
    }
}

fn offering(mechs: &[Mech]) -> SpnegoOptions {
    SpnegoOptions { mechs: mechs.to_vec(), ..SpnegoOptions::default() }
}

fn pair(client: SpnegoOptions, server: SpnegoOptions) -> (SpnegoClient, SpnegoServer) {
    (SpnegoClient::new(&kit(), client), SpnegoServer::new(&kit(), server))
}

fn read(token: &[u8]) -> Tree {
    decode::decode(token, &Hint::default())
}

/// An exchange as words: `init`, `incomplete`, `completed`, `request-mic`, `reject`, each with `+token` and `+mic`.
fn words(tokens: &[Vec<u8>]) -> String {
    let word = |token: &Vec<u8>| {
        let tree = read(token);
        assert!(super::read::Token::read(token, Party::Client).is_ok(), "{tree:?}");
        let outer = tree.find(tree.kind.name()).expect("the outer structure");
        let state = outer.child("negState").map_or_else(|| "init".to_owned(), |node| node.value.to_string());
        let mut word = state.split(' ').next().unwrap_or_default().trim_start_matches("accept-").to_owned();
        for (field, name) in [("mechToken", "+token"), ("responseToken", "+token"), ("mechListMIC", "+mic")] {
            word += if outer.child(field).is_some() { name } else { "" };
        }
        word
    };
    tokens.iter().map(word).collect::<Vec<_>>().join(" ")
}

const SHORT: &str = "init+token incomplete+token incomplete+token+mic completed+mic";
const RESELECTED: &str = "init request-mic incomplete+token incomplete+token incomplete+token+mic completed+mic";

#[test]
fn ntlm_is_found_wherever_it_stands_in_the_list() {
    use Mech::{Kerberos, MsKerberos, NegoEx, Ntlmssp};
    for (client, server, expected) in [
        (&[Ntlmssp][..], &[Ntlmssp][..], SHORT),
        (&[Ntlmssp, Kerberos], &[Ntlmssp], SHORT),
        (&[Kerberos, Ntlmssp], &[Ntlmssp], RESELECTED),
        (&[MsKerberos, Kerberos, NegoEx, Ntlmssp], &[Ntlmssp, Kerberos], RESELECTED),
        (&[Ntlmssp], &[Kerberos, Ntlmssp], "init+token request-mic+token incomplete+token+mic completed+mic"),
    ] {
        for without in [0, flags::SEAL] {
            let ntlm = NtlmOptions { flags: flags::DEFAULT & !without, ..NtlmOptions::default() };
            let options = |mechs| SpnegoOptions { ntlm: ntlm.clone(), ..offering(mechs) };
            let (mut client, mut server) = pair(options(client), options(server));
            let tokens = run(&mut client, &mut server, |_, _| {}).expect("valid");
            assert_eq!(words(&tokens), expected);
            assert!(client.facts().complete && server.facts().complete);
            assert_eq!(server.facts().initiator.as_deref(), Some("CONTOSO\\alice"));
            assert_eq!(client.facts().mech, Some(Ntlmssp));
            for _ in 0..2 {
                let expected = Ok((b"\x01\0\0\0".to_vec(), without == flags::SEAL));
                assert_eq!(pass(&mut server, &mut client, b"\x01\0\0\0"), expected);
                assert_eq!(pass(&mut client, &mut server, b"\x01\0\0\0"), expected);
            }
        }
    }
}

/// The list is under the MIC, the rest under that of NTLM or of no weight: only negState can be changed unnoticed, and
/// the last token, when the server is done.
#[test]
fn no_bit_that_counts_can_be_flipped_and_no_octet_cut() {
    let mechs = [Mech::Kerberos, Mech::Ntlmssp];
    let exchange = |touch: &dyn Fn(usize, &mut Vec<u8>)| {
        let (mut client, mut server) = pair(offering(&mechs), offering(&[Mech::Ntlmssp]));
        let result = run(&mut client, &mut server, touch);
        (client.facts().complete, server.facts().complete, result)
    };
    let tokens = exchange(&|_, _| {}).2.expect("valid");
    for (number, token) in tokens.iter().enumerate() {
        let last = number == tokens.len() - 1;
        let state = read(token).find("negState").map(|node| node.content.start);
        for at in 0..token.len() {
            for bit in [at % 8, (at + 3) % 8] {
                let (client, server, _) = exchange(&|index, token| {
                    if index == number {
                        token[at] ^= 1 << bit;
                    }
                });
                let unnoticed = client || server && !last;
                assert!(!unnoticed || state == Some(at), "token {number}, octet {at}, bit {bit}");
            }
            let (client, server, result) = exchange(&|index, token| {
                if index == number {
                    token.truncate(at);
                }
            });
            assert!(!client && server == last && result.is_err(), "token {number} cut at {at}");
        }
    }
}

/// Somebody in between takes the better mechanism out of the list, or the MIC that would tell.
#[test]
fn a_list_that_was_changed_is_found_out() {
    let both = offering(&[Mech::Ntlmssp, Mech::Kerberos]);
    let (mut client, mut server) = pair(both.clone(), both.clone());
    let shorter = compose::mech_type_list(&[Mech::Ntlmssp]);
    let result = run(&mut client, &mut server, |number, token| {
        if number == 0 {
            let inner = read(token).find("mechToken").expect("optimistic").content.of(token).to_vec();
            *token = compose::init(&shorter, Some(&inner));
        }
    });
    let error = result.expect_err("the MIC covers another list");
    assert!(error.major == major::BAD_MIC && error.text.contains("list of mechanisms"), "{error}");
    assert!(words(&[error.token.expect("a reject")]).starts_with("reject"));

    let (mut client, mut server) = pair(both.clone(), both);
    let result = run(&mut client, &mut server, |number, token| {
        if number == 2 {
            let inner = read(token).find("responseToken").expect("AUTHENTICATE").content.of(token).to_vec();
            *token = Response { token: Some(&inner), ..Response::default() }.compose();
        }
    });
    assert!(result.expect_err("no MIC").text.contains("mechListMIC is missing"));
}

/// A client and a server that run the toy under the names given.
fn toys(legs: usize, client: SpnegoOptions, server: SpnegoOptions) -> (SpnegoClient, SpnegoServer) {
    let contexts = |party| vec![(Mech::Kerberos, Toy::boxed(party, legs))];
    (SpnegoClient::with(contexts(Party::Client), client), SpnegoServer::with(contexts(Party::Server), server))
}

#[test]
fn any_mechanism_runs_inside_and_mics_go_where_the_last_token_goes() {
    use MicPolicy::{Always, Auto};
    let kerberos = offering(&[Mech::Kerberos]);
    for (legs, optimistic, server, expected) in [
        (1, true, Auto, "init+token completed"),
        (1, false, Auto, "init incomplete incomplete+token completed"),
        (2, true, Auto, "init+token completed+token"),
        (3, true, Auto, "init+token incomplete+token incomplete+token completed"),
        (1, true, Always, "init+token request-mic+mic completed+mic"),
        (2, true, Always, "init+token request-mic+token+mic completed+mic"),
        (2, false, Always, "init request-mic incomplete+token incomplete+token+mic completed+mic"),
        (3, true, Always, "init+token request-mic+token incomplete+token+mic completed+mic"),
    ] {
        let client = SpnegoOptions { optimistic, ..kerberos.clone() };
        let (mut client, mut server) = toys(legs, client, SpnegoOptions { mic: server, ..kerberos.clone() });
        let tokens = run(&mut client, &mut server, |_, _| {}).unwrap_or_else(|error| panic!("{expected}: {error}"));
        assert_eq!(words(&tokens), expected);
        assert!(client.facts().complete && server.facts().complete, "{expected}");
    }
}

#[test]
fn the_server_names_kerberos_as_the_client_did() {
    for (echo, expected) in [(true, Mech::MsKerberos), (false, Mech::Kerberos)] {
        let client = offering(&[Mech::MsKerberos, Mech::Kerberos, Mech::Ntlmssp]);
        let (mut client, mut server) = toys(2, client, SpnegoOptions { echo, ..offering(&[Mech::Kerberos]) });
        let tokens = run(&mut client, &mut server, |_, _| {}).expect("valid");
        let tree = read(&tokens[1]);
        let named = tree.find("supportedMech").expect("chosen").content.of(&tokens[1]);
        assert_eq!(named, expected.oid());
    }
}

#[test]
fn what_the_client_sends_for_a_mechanism_that_cannot_run_is_not_looked_at() {
    let client = SpnegoOptions { dummy: Some(b"no token".to_vec()), ..offering(&[Mech::Kerberos, Mech::Ntlmssp]) };
    let (mut client, mut server) = pair(client, offering(&[Mech::Ntlmssp]));
    let tokens = run(&mut client, &mut server, |_, _| {}).expect("valid");
    assert_eq!(words(&tokens), RESELECTED.replacen("init", "init+token", 1));
}

#[test]
fn a_mic_is_exchanged_when_the_policy_says_so() {
    use MicPolicy::{Always, Auto, Never};
    let plain = |mic| SpnegoOptions {
        mic,
        ntlm: NtlmOptions { mic: false, ..NtlmOptions::default() },
        ..offering(&[Mech::Ntlmssp])
    };
    let without = "init+token incomplete+token incomplete+token completed";
    let asked = "init+token request-mic+token incomplete+token+mic completed+mic";
    for (client, server, expected) in [
        (Auto, Auto, Ok(without)),
        (Never, Auto, Ok(without)),
        (Auto, Always, Ok(asked)),
        (Always, Auto, Ok(SHORT)),
        (Always, Never, Ok(SHORT)),
        (Never, Never, Ok(without)),
        (Never, Always, Err("mechListMIC is missing")),
    ] {
        let (mut client_context, mut server_context) = pair(plain(client), plain(server));
        match (run(&mut client_context, &mut server_context, |_, _| {}), expected) {
            (Ok(tokens), Ok(expected)) => assert_eq!(words(&tokens), expected, "{client:?} {server:?}"),
            (Err(error), Err(says)) => assert!(error.text.contains(says), "{error}"),
            (result, _) => panic!("{client:?} {server:?}: {result:?}"),
        }
    }
}

#[test]
fn a_server_that_speaks_first_says_what_it_has() {
    let (mut client, mut server) = pair(offering(&[Mech::Kerberos, Mech::Ntlmssp]), offering(&[Mech::Ntlmssp]));
    let Ok(Answer::Stepped { token: Some(hints), complete: false }) = server.call(Call::Step(None)) else { panic!() };
    assert_eq!(read(&hints).kind, Kind::NegTokenInit2);
    let Ok(Answer::Stepped { token: init, .. }) = client.call(Call::Step(Some(hints))) else { panic!() };
    let Ok(Answer::Stepped { token: challenge, .. }) = server.call(Call::Step(init)) else { panic!() };
    let Ok(Answer::Stepped { token: authenticate, .. }) = client.call(Call::Step(challenge)) else { panic!() };
    let Ok(Answer::Stepped { complete: true, .. }) = server.call(Call::Step(authenticate)) else { panic!() };

    let mut silent = SpnegoServer::new(&kit(), SpnegoOptions { hints: false, ..SpnegoOptions::default() });
    assert_eq!(silent.call(Call::Step(None)).expect_err("no token").major, major::DEFECTIVE_TOKEN);
}

#[test]
fn bare_ntlm_is_served_where_that_is_wanted() {
    for raw in [true, false] {
        let mut client = ntlm(&kit(), Party::Client, NtlmOptions::default());
        let mut server = SpnegoServer::new(&kit(), SpnegoOptions { raw, ..SpnegoOptions::default() });
        let result = run(&mut *client, &mut server, |_, _| {});
        assert_eq!((result.is_ok(), server.facts().complete), (raw, raw));
        if raw {
            assert_eq!(pass(&mut server, &mut *client, b"\x01\0\0\0"), Ok((b"\x01\0\0\0".to_vec(), false)));
        }
    }
}

#[test]
fn what_fails_comes_with_a_reject() {
    let refused = |user, password, mechs: &[Mech]| {
        let mut client = SpnegoClient::new(&kit_of(user, password), offering(mechs));
        let mut server = SpnegoServer::new(&kit(), SpnegoOptions::default());
        let error = run(&mut client, &mut server, |_, _| {}).expect_err("refused");
        (error.major, error.token.expect("a reject"), client)
    };
    let (wrong, first, mut client) = refused("CONTOSO\\alice", "guess", &[Mech::Ntlmssp]);
    let (unknown, second, _) = refused("CONTOSO\\nobody", "wonderland", &[Mech::Ntlmssp]);
    let (disabled, third, _) = refused("mallory", "wonderland", &[Mech::Ntlmssp]);
    assert_eq!([wrong, unknown, disabled], [major::UNAUTHORIZED; 3]);
    assert!(first == second && second == third, "the wire tells nothing");
    assert_eq!(words(std::slice::from_ref(&first)), "reject");
    assert_eq!(client.call(Call::Step(Some(first))).expect_err("rejected").major, major::FAILURE);

    let (nothing, reject, mut client) = refused("alice", "wonderland", &[Mech::Kerberos]);
    assert_eq!(nothing, major::BAD_MECH);
    assert_eq!(client.call(Call::Step(Some(reject))).expect_err("rejected").major, major::BAD_MECH);

    let (mut client, mut server) = toys(2, offering(&[Mech::Kerberos]), offering(&[Mech::Kerberos]));
    let error = run(&mut client, &mut server, |_, token| {
        *token = compose::init(&compose::mech_type_list(&[Mech::Kerberos]), Some(b"x"));
    });
    let reject = error.expect_err("not the toy's token").token.expect("a reject");
    assert_eq!(words(std::slice::from_ref(&reject)), "reject+token");
    let told = client.call(Call::Step(Some(reject))).expect_err("rejected");
    assert!(told.text.contains("The mechanism says: not the toy's token"), "{told}");
}

/// Tokens that no peer should send, at the place where the exchange of a password is otherwise valid.
#[test]
fn what_breaks_the_rules_is_refused() {
    type Touch = fn(&mut Vec<u8>);
    fn with(token: &mut Vec<u8>, change: impl Fn(Response<'_>) -> Vec<u8>) {
        let tree = read(token);
        let octets = |name: &str| tree.find(name).map(|node| node.content.of(token));
        let state = octets("negState").map(|state| match state {
            [0] => NegState::AcceptCompleted,
            _ => NegState::AcceptIncomplete,
        });
        let supported_mech = tree.find("supportedMech").map(|node| node.content.of(token));
        *token = change(Response { state, supported_mech, token: octets("responseToken"), mic: octets("mechListMIC") });
    }
    let cases: [(usize, Touch, &str); 12] = [
        (
            1,
            |token| with(token, |r| Response { supported_mech: Some(Mech::Kerberos.oid()), ..r }.compose()),
            "not offered",
        ),
        (1, |token| with(token, |r| Response { supported_mech: Some(&[0x2a, 3]), ..r }.compose()), "not known here"),
        (1, |token| with(token, |r| Response { token: None, ..r }.compose()), "responseToken is missing"),
        (1, |token| with(token, |r| Response { mic: Some(&[1; 16]), ..r }.compose()), "mechListMIC is not valid"),
        (
            1,
            |token| with(token, |r| Response { state: Some(NegState::AcceptCompleted), ..r }.compose()),
            "before the mechanism",
        ),
        (
            2,
            |token| with(token, |r| Response { supported_mech: Some(Mech::Ntlmssp.oid()), ..r }.compose()),
            "only the server chooses",
        ),
        (
            2,
            |token| with(token, |r| Response { state: Some(NegState::RequestMic), ..r }.compose()),
            "only the server may",
        ),
        (2, |token| with(token, |r| Response { token: None, ..r }.compose()), "none that is due"),
        (2, |token| with(token, |r| Response { mic: r.token, ..r }.compose()), "mechListMIC is missing"),
        (3, |token| with(token, |r| Response { mic: None, ..r }.compose()), "mechListMIC is missing"),
        (
            3,
            |token| with(token, |r| Response { state: Some(NegState::RequestMic), ..r }.compose()),
            "request-mic came late",
        ),
        (3, |token| with(token, |r| Response { token: Some(b"more"), ..r }.compose()), "another token of it"),
    ];
    for (number, touch, says) in cases {
        let (mut client, mut server) = pair(SpnegoOptions::default(), SpnegoOptions::default());
        let result = run(&mut client, &mut server, |index, token| {
            if index == number {
                touch(token);
            }
        });
        let error = result.expect_err(says);
        assert!(error.text.contains(says), "{says}: {error}");
        assert!(!client.facts().complete && (number == 3 || !server.facts().complete), "{says}");
    }
}

#[test]
fn a_second_mic_is_refused_and_a_later_supported_mech_is_not_read() {
    let kerberos = SpnegoOptions { mic: MicPolicy::Always, ..offering(&[Mech::Kerberos]) };
    let (mut client, mut server) = toys(3, kerberos.clone(), kerberos.clone());
    let tokens = run(&mut client, &mut server, |_, _| {}).expect("valid");
    let mic = read(&tokens[3]).find("mechListMIC").expect("there").content.of(&tokens[3]).to_vec();

    let (mut client, mut server) = toys(2, kerberos.clone(), kerberos.clone());
    let result = run(&mut client, &mut server, |number, token| {
        if number == 1 {
            // A server that is not done sends its MIC and goes on.
            let response = Response {
                state: Some(NegState::RequestMic),
                supported_mech: Some(Mech::Kerberos.oid()),
                token: Some(b"two"),
                mic: Some(&mic),
            };
            *token = response.compose();
        }
    });
    assert_eq!(words(&result.expect("the MIC of the same list")[2..]), "completed+mic");

    let (mut client, mut server) = toys(3, kerberos.clone(), kerberos);
    let result = run(&mut client, &mut server, |number, token| {
        if number == 3 {
            let supported_mech = Some(Mech::Ntlmssp.oid());
            *token = Response {
                state: Some(NegState::AcceptCompleted),
                supported_mech,
                mic: Some(&mic),
                ..Response::default()
            }
            .compose();
        }
    });
    assert!(result.is_ok() && client.facts().complete);
}

#[test]
fn a_mechanism_that_cannot_begin_is_not_offered() {
    // The toy's server waits for a token, so as a client's context it fails.
    let broken = || (Mech::Kerberos, Toy::boxed(Party::Server, 2));
    let ntlm =
        (Mech::Ntlmssp, ntlm(&kit(), Party::Client, NtlmOptions { inside_spnego: true, ..NtlmOptions::default() }));
    let mut client = SpnegoClient::with(vec![broken(), ntlm], offering(&[Mech::Kerberos, Mech::Ntlmssp]));
    let mut server = SpnegoServer::new(&kit(), SpnegoOptions::default());
    assert_eq!(words(&run(&mut client, &mut server, |_, _| {}).expect("valid")), SHORT);

    let mut client = SpnegoClient::with(vec![broken()], offering(&[Mech::Kerberos]));
    let error = client.call(Call::Step(None)).expect_err("nothing is left");
    assert_eq!(error.text, "not the toy's token");
}

#[test]
fn a_mic_before_the_mechanism_is_complete_is_refused() {
    let (mut client, mut server) = pair(offering(&[Mech::Kerberos, Mech::Ntlmssp]), offering(&[Mech::Ntlmssp]));
    let result = run(&mut client, &mut server, |number, token| {
        if number == 2 {
            let negotiate = read(token).find("responseToken").expect("NEGOTIATE").content.of(token).to_vec();
            *token = Response { token: Some(&negotiate), mic: Some(&[1; 16]), ..Response::default() }.compose();
        }
    });
    assert!(result.expect_err("too early").text.contains("before the mechanism was complete"));
}

proptest! {
    /// Whatever comes, in whatever state: an error or an answer, never a panic, never a user let in.
    #[test]
    fn any_octets_are_survived(rest in vec(any::<u8>(), 0..300), begins in 0..BEGINNINGS.len(), turns in 0..4_usize) {
        let octets = [BEGINNINGS[begins], &rest].concat();
        let bare = |party| ntlm(&kit(), party, NtlmOptions::default());
        let negotiated = |party| spnego(&kit(), party, SpnegoOptions::default());
        for make in [bare as fn(Party) -> _, negotiated] {
            let mut pair = Party::BOTH.map(make);
            let mut token = None;
            for turn in 0..turns {
                let answer = pair[turn % 2].call(Call::Step(token));
                let Ok(Answer::Stepped { token: next, .. }) = answer else { panic!("{answer:?}") };
                token = next;
            }
            for context in &mut pair {
                let _ = context.call(Call::Step(Some(octets.clone())));
                prop_assert!(context.call(Call::Unwrap(octets.clone())).is_err());
            }
            prop_assert!(pair[1].facts().initiator.is_none());
        }
    }
}

/// What makes a token worth a second look.
const BEGINNINGS: [&[u8]; 6] = [
    b"",
    b"NTLMSSP\0\x01\0\0\0",
    b"NTLMSSP\0\x02\0\0\0",
    b"NTLMSSP\0\x03\0\0\0",
    b"\x60\x40\x06\x06\x2b\x06\x01\x05\x05\x02\xa0",
    b"\xa1\x40\x30\x3e\xa0\x03\x0a\x01\x01\xa2",
];

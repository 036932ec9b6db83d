use super::*;
use crate::decode::Tree;
use crate::mech::ntlm::flags;
use crate::mech::testing::{kit, kit_of, pass, run};

/// A mechanism that takes no part in cryptography: the client sends `one`, the server `two`, and with `legs` 3 the
/// client `three`. A MIC is the message backwards.
struct Toy {
    initiates: bool,
    legs: usize,
    seen: usize,
    integrity: bool,
}

impl Toy {
    fn boxed(party: Party, legs: usize) -> Box<dyn GssContext> {
        Box::new(Self { initiates: initiates(party), legs, seen: usize::from(!initiates(party)), integrity: true })
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
        assert_eq!(tree.problems().next(), None, "{tree:?}");
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

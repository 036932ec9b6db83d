//! What the tests of both mechanisms share: a kit, and two contexts that talk to each other.

use super::{Answer, Call, Credential, GssContext, Kit, MechError, User};
use crate::terms::Secret;

/// `alice` of CONTOSO logs on, with the right password; `mallory` is disabled, `bob` belongs to no domain.
pub(super) fn kit() -> Kit {
    let user = |name: &str, domain: Option<&str>, disabled| User {
        name: name.into(),
        password: Secret::from("wonderland"),
        domain: domain.map(Into::into),
        token: None,
        disabled,
    };
    Kit {
        users: vec![user("Alice", Some("CONTOSO"), false), user("mallory", None, true), user("bob", None, false)],
        credential: Credential { user: "CONTOSO\\alice".into(), password: Secret::from("wonderland") },
        seed: [0x5A; 32],
        now: 134_000_000_000_000_000,
        host: "server.contoso.com".into(),
    }
}

/// The kit with another credential.
pub(super) fn kit_of(user: &str, password: &str) -> Kit {
    Kit { credential: Credential { user: user.into(), password: Secret::from(password) }, ..kit() }
}

/// Runs the contexts against each other until the client has nothing to send, and gives the tokens in order. `touch`
/// sees each token, with its number, before it is handed over.
pub(super) fn run(
    client: &mut dyn GssContext,
    server: &mut dyn GssContext,
    mut touch: impl FnMut(usize, &mut Vec<u8>),
) -> Result<Vec<Vec<u8>>, MechError> {
    let mut tokens: Vec<Vec<u8>> = Vec::new();
    let mut pending = None;
    loop {
        let sender: &mut dyn GssContext = if tokens.len().is_multiple_of(2) { &mut *client } else { &mut *server };
        let Answer::Stepped { token, .. } = sender.call(Call::Step(pending))? else { panic!("no step") };
        let Some(mut token) = token else { return Ok(tokens) };
        assert!(tokens.len() < 10, "the exchange does not end");
        touch(tokens.len(), &mut token);
        tokens.push(token.clone());
        pending = Some(token);
    }
}

/// Wraps on one side and unwraps on the other: what comes out, and whether it was in clear in between.
pub(super) fn pass(
    from: &mut dyn GssContext,
    to: &mut dyn GssContext,
    message: &[u8],
) -> Result<(Vec<u8>, bool), MechError> {
    let Answer::Octets(token) = from.call(Call::Wrap { sealed: false, message: message.to_vec() })? else { panic!() };
    let clear = token.ends_with(message);
    let Answer::Octets(back) = to.call(Call::Unwrap(token))? else { panic!() };
    Ok((back, clear))
}

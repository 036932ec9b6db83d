//! The command with which swaks, the SMTP test tool, repeats an AUTH exchange.
//!
//! Names and values are those of its manual (version 20240103). The password is never part of the command: swaks asks
//! for it. What a peer has said is quoted for a POSIX shell; what begins with a hyphen is left out, since swaks would
//! take it for an option.

use super::{Step, Transcript, What};
use crate::decode::{Value, escape, is_harmful};
use crate::terms::Party;
use crate::wire::{Body, Verb};

/// The mechanisms that swaks knows by their SASL names; it takes SPA and MSN for NTLM.
const MECHANISMS: [&str; 9] =
    ["LOGIN", "PLAIN", "CRAM-MD5", "DIGEST-MD5", "CRAM-SHA1", "NTLM", "SPA", "MSN", "XOAUTH2"];

/// Why there is no such command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSwaks {
    /// Nobody has said AUTH up to there.
    #[error("no AUTH command up to this step")]
    NoAuth,
    /// It can't do the mechanism.
    #[error("swaks has no AUTH {0}")]
    Mechanism(String),
}

impl Transcript {
    /// The place of the latest AUTH command at or before the step at `place`.
    #[must_use]
    pub fn auth_at(&self, place: usize) -> Option<usize> {
        let steps = self.steps().get(..=place).unwrap_or(self.steps());
        steps.iter().rposition(|step| command(step) == Some(Verb::Auth))
    }

    /// The command with which swaks repeats the AUTH exchange that the step at `place` belongs to, or that comes before
    /// it: server, name of the client, TLS, mechanism, user name, as far as they are known.
    ///
    /// # Errors
    /// Where there is no AUTH, or none that swaks can do, such as GSSAPI.
    pub fn swaks(&self, place: usize) -> Result<String, NoSwaks> {
        let auth = self.auth_at(place).ok_or(NoSwaks::NoAuth)?;
        let settled = &self.steps()[auth].standing.settled;
        let mechanism = settled.mechanism.clone().unwrap_or_default();
        if !MECHANISMS.contains(&mechanism.as_str()) {
            return Err(NoSwaks::Mechanism(escape(&mechanism)));
        }
        let before = &self.steps()[..auth];
        let (host, port) = server(before);
        let hello = before.iter().rfind(|step| matches!(command(step), Some(Verb::Ehlo | Verb::Helo)));
        let asked = before.iter().any(|step| command(step) == Some(Verb::StartTls));
        let usable = |value: &String| !value.is_empty() && !value.starts_with('-') && !value.contains(is_harmful);
        let option = |name: &str, value: Option<String>| {
            value.filter(usable).map_or_else(String::new, |value| format!(" {name} {}", quoted(&value)))
        };
        let domain = self.said(auth, &["DomainName"]).filter(|domain| !domain.is_empty());
        Ok([
            "swaks".to_owned(),
            option("--server", Some(host)),
            option("--port", port),
            option("--ehlo", hello.and_then(argument)),
            match (settled.tls, asked) {
                (false, _) => "",
                (true, true) => " --tls",
                (true, false) => " --tls-on-connect",
            }
            .to_owned(),
            option("--auth", Some(mechanism)),
            option("--auth-user", self.said(auth, &["username", "authcid", "UserName"])),
            option("--auth-extra", domain.map(|domain| format!("domain={domain}"))),
            option("--quit-after", Some("AUTH".to_owned())),
        ]
        .concat())
    }

    /// The first text of that name that the client says in the exchange, unless it is secret.
    fn said(&self, auth: usize, names: &[&str]) -> Option<String> {
        let exchange = self.steps()[auth..].iter().enumerate();
        let exchange = exchange.take_while(|(at, step)| *at == 0 || command(step).is_none());
        let client = exchange.map(|(_, step)| step).filter(|step| step.from() == Some(Party::Client));
        client.filter_map(Step::tree).find_map(|tree| {
            let mut nodes = tree.walk().map(|(_, node)| node).filter(|node| !node.secret);
            nodes.find_map(|node| match &node.value {
                Value::Text(text) if names.contains(&node.name.as_ref()) => Some(text.clone()),
                _ => None,
            })
        })
    }
}

/// Host and port of the server: where the connection went, or how it greeted.
fn server(before: &[Step]) -> (String, Option<String>) {
    let opened = before.iter().find_map(|step| match &step.event.what {
        What::Opened { peer } => Some(peer.as_str()),
        _ => None,
    });
    let port = |port: &&str| !port.is_empty() && port.bytes().all(|digit| digit.is_ascii_digit());
    let address = opened.and_then(|peer| peer.rsplit_once(':')).filter(|(host, at)| !host.contains(' ') && port(at));
    if let Some((host, port)) = address {
        return (host.trim_matches(['[', ']']).to_owned(), Some(port.to_owned()));
    }
    let greeting = before.iter().find(|step| step.from() == Some(Party::Server));
    let word = greeting.and_then(|step| match &step.message.as_ref()?.body {
        Body::Reply(reply) => std::str::from_utf8(reply.text.of(step.line())).ok()?.split(' ').next(),
        _ => None,
    });
    (word.unwrap_or_default().to_owned(), None)
}

/// The verb of a client's command.
fn command(step: &Step) -> Option<Verb> {
    match &step.message.as_ref()?.body {
        Body::Command(command) => Some(command.verb),
        _ => None,
    }
}

fn argument(step: &Step) -> Option<String> {
    match &step.message.as_ref()?.body {
        Body::Command(command) => Some(std::str::from_utf8(command.argument.of(step.line())).ok()?.trim().to_owned()),
        _ => None,
    }
}

/// One word for a POSIX shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./_-".contains(c);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transcript::recording::read;

    fn transcript(lines: &str) -> Transcript {
        let mut transcript = Transcript::new();
        for event in read(format!("saslscope session 1\n\n{lines}").as_bytes()).recording.events {
            transcript.push(event);
        }
        transcript
    }

    #[test]
    fn the_command_repeats_what_is_known() {
        let head =
            "*  opened 192.0.2.10:587\nS: 220 host.example.com\nC: EHLO client.example.com\nS: 250 AUTH LOGIN PLAIN\n";
        let start = "swaks --server 192.0.2.10 --port 587 --ehlo client.example.com";
        // The exchange, what the command has behind its start.
        let table = [
            (
                "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YWxpY2U=\nS: 334 UGFzc3dvcmQ6\nC: c2VjcmV0",
                "--auth LOGIN --auth-user alice",
            ),
            ("C: AUTH LOGIN YWxpY2U=", "--auth LOGIN --auth-user alice"),
            ("C: AUTH LOGIN", "--auth LOGIN"),
            ("C: AUTH PLAIN AGJvYgBzZWNyZXQ=", "--auth PLAIN --auth-user bob"),
            // `it's me; ls`
            ("C: AUTH LOGIN aXQncyBtZTsgbHM=", r"--auth LOGIN --auth-user 'it'\''s me; ls'"),
            // `--pipe=ls` would be an option, an escape sequence harm a terminal.
            ("C: AUTH LOGIN LS1waXBlPWxz", "--auth LOGIN"),
            ("C: AUTH LOGIN G1sybQ==", "--auth LOGIN"),
        ];
        for (lines, options) in table {
            let transcript = transcript(&format!("{head}{lines}\n"));
            assert_eq!(transcript.swaks(100).unwrap(), format!("{start} {options} --quit-after AUTH"), "{lines}");
            assert_eq!(transcript.swaks(3), Err(NoSwaks::NoAuth));
        }
        let gssapi = transcript(&format!("{head}C: AUTH GSSAPI\n")).swaks(9);
        assert_eq!(gssapi, Err(NoSwaks::Mechanism("GSSAPI".to_owned())));
    }

    #[test]
    fn tls_and_the_server_are_as_they_were() {
        let auth = "C: AUTH PLAIN\n";
        let implicit = transcript(&format!("*  opened [2001:db8::1]:465\n*  tls started\nS: 220 host\n{auth}"));
        assert!(
            implicit.swaks(9).unwrap().starts_with("swaks --server 2001:db8::1 --port 465 --tls-on-connect --auth")
        );
        let lines = "*  opened the lab\nS: 220 host.example.com ESMTP\nC: EHLO a\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\n*  tls started\nC: EHLO b\nS: 250 AUTH PLAIN\n";
        let upgraded = transcript(&format!("{lines}{auth}"));
        assert!(upgraded.swaks(20).unwrap().starts_with("swaks --server host.example.com --ehlo b --tls --auth PLAIN"));
    }
}

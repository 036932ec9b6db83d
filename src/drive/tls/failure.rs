//! Why TLS could not be had, in sentences: what came instead, and what to try.

use super::facts;
use crate::decode::escape;
use crate::drive::plain;
use crate::terms::Party;
use crate::wire::printable;
use rustls::{AlertDescription, CertificateError, Error, PeerIncompatible};
use std::io;
use std::time::Duration;

/// What is known when a handshake fails.
pub(super) struct Scene<'a> {
    /// The party at the other end.
    pub(super) peer: Party,
    /// The name that the server should have; empty on a server.
    pub(super) name: &'a str,
    /// The first octets that came from the peer in the handshake.
    pub(super) first: &'a [u8],
    /// The server's certificate, as the client saw it.
    pub(super) leaf: Option<&'a [u8]>,
    /// The fingerprint of our certificate, on a server.
    pub(super) own: &'a str,
}

/// How many of the first octets are shown.
const SHOWN: usize = 60;

impl Scene<'_> {
    /// The handshake failed.
    pub(super) fn failed(&self, error: &io::Error) -> String {
        if let Some(why) = self.no_tls() {
            return why;
        }
        let peer = self.peer;
        match inner(error) {
            Some(Error::InvalidCertificate(problem)) => self.certificate(problem) + self.go_on(),
            Some(Error::AlertReceived(alert)) => self.alert(*alert),
            Some(Error::PeerIncompatible(
                PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
                | PeerIncompatible::ServerDoesNotSupportTls12Or13
                | PeerIncompatible::Tls12NotOffered
                | PeerIncompatible::Tls12NotOfferedOrEnabled
                | PeerIncompatible::SupportedVersionsExtensionRequired
                // Which TLS 1.2 brought, so older clients do not send it.
                | PeerIncompatible::SignatureAlgorithmsExtensionRequired,
            )) => format!("the {peer} has neither TLS 1.2 nor TLS 1.3, and older ones are not safe"),
            Some(Error::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon)) => {
                format!("the {peer} has no cipher suite in common with those here")
            }
            Some(other) => format!("the {peer} broke the handshake: {}", escape(&other.to_string())),
            None if ended(error) && self.first.is_empty() => {
                format!("the {peer} closed the connection in the handshake and said nothing; {}", self.check())
            }
            None if ended(error) => {
                format!("the {peer} closed the connection in the middle of the handshake; {}", self.check())
            }
            None => format!("the connection broke in the handshake: {}", plain(error)),
        }
    }

    /// The handshake took too long.
    pub(super) fn late(&self, limit: Duration) -> String {
        let (peer, limit) = (self.peer, limit.as_secs_f32());
        match (self.first, peer) {
            ([], Party::Client) => format!(
                "the client began no handshake within {limit} s; one that waits for a greeting in clear wants STARTTLS"
            ),
            ([], Party::Server) => {
                format!("the server did not answer the handshake within {limit} s; {}", self.check())
            }
            _ => self.no_tls().unwrap_or_else(|| {
                format!("the {peer} did not finish the handshake within {limit} s; {}", self.check())
            }),
        }
    }

    /// What is wrong with a certificate, and by which facts of it.
    pub(super) fn certificate(&self, problem: &CertificateError) -> String {
        let peer = self.peer;
        let parsed = self.leaf.and_then(facts::parsed);
        let of = |read: fn(&x509_parser::certificate::X509Certificate<'_>) -> String| {
            parsed.as_ref().map_or_else(|| "unknown".to_owned(), |parsed| escape(&read(parsed)))
        };
        let self_signed = parsed.as_ref().is_some_and(|parsed| parsed.subject() == parsed.issuer());
        match problem {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                let until = of(|parsed| facts::time(&parsed.validity().not_after));
                format!("the {peer}'s certificate expired on {until}")
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                let from = of(|parsed| facts::time(&parsed.validity().not_before));
                format!("the {peer}'s certificate is not valid before {from}; check the clocks")
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                let has = parsed.as_ref().map(facts::names).unwrap_or_default().join(", ");
                let has = if has.is_empty() { "has no names".to_owned() } else { format!("is for {}", escape(&has)) };
                format!("the {peer}'s certificate is not for {}: it {has}", escape(self.name))
            }
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
                format!("the {peer}'s certificate is for another purpose than that of a {peer}")
            }
            // Among these is what rustls says of an authority that shows its own certificate.
            other if self_signed || untrusted(other) => {
                let vouched = match other {
                    _ if self_signed => "it is self-signed",
                    CertificateError::UnknownIssuer => "nobody known here issued it",
                    _ => "an authority of that name is known here, and did not sign it",
                };
                let (subject, issuer) = (of(facts::subject), of(facts::issuer));
                let sha256 = self.leaf.map_or_else(|| "unknown".to_owned(), facts::fingerprint);
                format!(
                    "the {peer}'s certificate is not trusted: {vouched} (subject {subject}, issuer {issuer}, SHA-256 \
                     {sha256})"
                )
            }
            other => format!("the {peer}'s certificate is no good: {}", escape(&other.to_string())),
        }
    }

    /// The peer sent an alert (RFC 8446 section 6).
    pub(super) fn alert(&self, alert: AlertDescription) -> String {
        let peer = self.peer;
        let said = format!("the {peer} sent the TLS alert {} ({})", alert_name(alert), u8::from(alert));
        let distrust = matches!(
            alert,
            AlertDescription::UnknownCA
                | AlertDescription::BadCertificate
                | AlertDescription::CertificateUnknown
                | AlertDescription::UnsupportedCertificate
                | AlertDescription::CertificateExpired
        );
        let advice = match (alert, peer) {
            (_, Party::Client) if distrust => {
                format!("it does not trust this server's certificate; have it trust SHA-256 {}", self.own)
            }
            (_, Party::Server) if distrust => {
                "it does not take our certificate; give another with --client-cert".into()
            }
            (AlertDescription::CertificateRequired, _) => {
                "it wants a certificate; a client gives one with --client-cert FILE".to_owned()
            }
            (AlertDescription::ProtocolVersion, _) => "it has neither TLS 1.2 nor TLS 1.3".to_owned(),
            (AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity, _) => {
                "nothing that it has is safe enough here, or the other way round; its log may say what".to_owned()
            }
            (AlertDescription::UnrecognisedName, _) => format!("it knows no server {}", escape(self.name)),
            _ => return said,
        };
        format!("{said}: {advice}")
    }

    /// What came instead of TLS, where that is what happened.
    fn no_tls(&self) -> Option<String> {
        let first = self.first;
        // The content types of TLS are 20 to 24, and its version begins with 3 (RFC 8446 section 5.1).
        let tls =
            first.first().is_none_or(|kind| (20..=24).contains(kind)) && first.get(1).is_none_or(|major| *major == 3);
        if tls {
            return None;
        }
        let line = first.split(|octet| *octet == b'\n').next().unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = printable(&line[..line.len().min(SHOWN)]);
        let advice = match self.peer {
            Party::Server if first.starts_with(b"220") => "it greets in clear, so it wants --tls starttls",
            Party::Server => "check the port, or try --tls starttls or --tls never",
            Party::Client => "a client that begins in clear wants a listener with STARTTLS",
        };
        Some(format!("the {} speaks no TLS here: `{line}` came instead; {advice}", self.peer))
    }

    const fn check(&self) -> &'static str {
        match self.peer {
            Party::Client => "it may not trust this server's certificate, or want another version of TLS",
            Party::Server => "check the port and --tls; the server's log may say more",
        }
    }

    const fn go_on(&self) -> &'static str {
        match self.peer {
            Party::Client => "",
            Party::Server => "; trust it with --ca FILE, or go on without trust with --insecure",
        }
    }
}

/// Nobody who is known has signed the certificate; perhaps somebody of the same name.
const fn untrusted(problem: &CertificateError) -> bool {
    matches!(
        problem,
        CertificateError::UnknownIssuer
            | CertificateError::BadSignature
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. }
    )
}

/// What became of a connection that broke once TLS was up, or in clear; `None` where it just ended.
pub(super) fn broken(error: &io::Error, scene: &Scene<'_>) -> Option<String> {
    match inner(error) {
        Some(Error::AlertReceived(alert)) => Some(scene.alert(*alert)),
        Some(other) => Some(format!("what the {} sent is no good TLS: {}", scene.peer, escape(&other.to_string()))),
        // Many close without close_notify.
        None if error.kind() == io::ErrorKind::ConnectionReset => {
            Some(format!("the {} reset the connection", scene.peer))
        }
        None if ended(error) => None,
        None => Some(format!("the connection to the {} broke: {}", scene.peer, plain(error))),
    }
}

fn inner(error: &io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}

fn ended(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected | UnexpectedEof)
}

/// `UnknownCA` as RFC 8446 section 6 writes it: `unknown_ca`.
fn alert_name(alert: AlertDescription) -> String {
    let name = format!("{alert:?}");
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let begins = letter.is_uppercase()
            && at > 0
            && (letters[at - 1].is_lowercase() || letters.get(at + 1).is_some_and(|next| next.is_lowercase()));
        if begins {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake.replace("unrecognised", "unrecognized")
}

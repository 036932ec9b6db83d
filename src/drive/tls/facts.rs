//! What a certificate says, what it binds, and whom it names. All of it comes from the peer: bounded here, escaped where
//! it becomes a line.

use sha2::{Digest as _, Sha256, Sha384, Sha512};
use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::signature_algorithm::SignatureAlgorithm;
use x509_parser::time::ASN1Time;

/// So many certificates of a chain are told.
pub(super) const CHAIN: usize = 8;
/// So many names of a certificate are told.
const NAMES: usize = 32;
/// So many characters of a name are told.
const NAME: usize = 256;

/// A fact: name and value, not yet escaped.
pub(super) type Fact = (String, String);

/// SHA-256 in lower-case hex.
pub(in crate::drive) fn fingerprint(der: &[u8]) -> String {
    hex(&Sha256::digest(der))
}

/// Octets in lower-case hex.
pub(in crate::drive) fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(octets.len() * 2), |mut text, octet| {
        write!(text, "{octet:02x}").unwrap_or_default(); // writing to a String cannot fail
        text
    })
}

/// What the certificates of a chain say; `whose` stands before each name, and a number behind it from the second on.
pub(super) fn chain<T: AsRef<[u8]>>(whose: &str, chain: &[T]) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (place, der) in chain.iter().map(AsRef::as_ref).take(CHAIN).enumerate() {
        let number = if place == 0 { String::new() } else { format!(" {}", place + 1) };
        let mut fact = |name: &str, value: String| facts.push((format!("{whose}{name}{number}"), value));
        match parsed(der) {
            None => fact("certificate", "can't be read".to_owned()),
            Some(parsed) => {
                fact("certificate", subject(&parsed));
                fact("issuer", issuer(&parsed));
                fact("valid from", time(&parsed.validity().not_before));
                fact("valid to", time(&parsed.validity().not_after));
                let names = names(&parsed);
                if !names.is_empty() {
                    fact("names", names.join(", "));
                }
            }
        }
        fact("sha256", fingerprint(der));
    }
    facts
}

pub(super) fn parsed(der: &[u8]) -> Option<X509Certificate<'_>> {
    x509_parser::parse_x509_certificate(der).ok().map(|(_, parsed)| parsed)
}

pub(super) fn subject(parsed: &X509Certificate<'_>) -> String {
    cut(&parsed.subject().to_string())
}

pub(super) fn issuer(parsed: &X509Certificate<'_>) -> String {
    cut(&parsed.issuer().to_string())
}

/// `2026-11-20T18:00:00Z`
pub(super) fn time(time: &ASN1Time) -> String {
    jiff::Timestamp::from_second(time.timestamp()).map_or_else(|_| "out of range".to_owned(), |time| time.to_string())
}

/// The names for which the certificate stands (RFC 5280 section 4.2.1.6).
pub(super) fn names(parsed: &X509Certificate<'_>) -> Vec<String> {
    let all: Vec<String> = alternative_names(parsed).filter_map(name).collect();
    let more = all.len().saturating_sub(NAMES);
    let told = all.into_iter().take(NAMES);
    told.chain((more > 0).then(|| format!("and {more} more"))).collect()
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) | GeneralName::RFC822Name(name) | GeneralName::URI(name) => Some(cut(name)),
        GeneralName::IPAddress(octets) => match octets.len() {
            4 => <[u8; 4]>::try_from(*octets).ok().map(|octets| Ipv4Addr::from(octets).to_string()),
            16 => <[u8; 16]>::try_from(*octets).ok().map(|octets| Ipv6Addr::from(octets).to_string()),
            _ => None,
        },
        GeneralName::DirectoryName(name) => Some(cut(&name.to_string())),
        _ => None,
    }
}

fn alternative_names<'a>(parsed: &'a X509Certificate<'_>) -> impl Iterator<Item = &'a GeneralName<'a>> {
    let extension = parsed.subject_alternative_name().ok().flatten();
    extension.into_iter().flat_map(|extension| &extension.value.general_names)
}

/// Whom a client's certificate names: its first e-mail address, else its common name; empty where there is neither, or
/// where it could not be shown as it is.
pub(super) fn identity(der: &[u8]) -> String {
    let Some(parsed) = parsed(der) else { return String::new() };
    let mail = alternative_names(&parsed).find_map(|name| match name {
        GeneralName::RFC822Name(mail) => Some((*mail).to_owned()),
        _ => None,
    });
    let common = || parsed.subject().iter_common_name().find_map(|name| name.as_str().ok()).map(str::to_owned);
    let whole = |name: &String| name.chars().count() <= NAME && !name.chars().any(crate::decode::is_harmful);
    mail.or_else(common).filter(whole).unwrap_or_default()
}

/// The hash of the certificate that tls-server-end-point is: by the hash of its signature algorithm, but SHA-256 in
/// place of MD5 and SHA-1. `None` where that is not defined: no hash, or an unknown one (RFC 5929 section 4.1).
pub(super) fn end_point(der: &[u8]) -> Option<Vec<u8>> {
    let parsed = parsed(der)?;
    let mut hash = parsed.signature_algorithm.algorithm.to_id_string();
    if let Ok(SignatureAlgorithm::RSASSA_PSS(parameters)) = SignatureAlgorithm::try_from(&parsed.signature_algorithm) {
        hash = parameters.hash_algorithm_oid().to_id_string();
    }
    let hash = match hash.as_str() {
        // md5WithRSAEncryption, sha1WithRSAEncryption, ecdsa-with-SHA1, dsa-with-sha1, SHA-1 itself; then the SHA-256s.
        "1.2.840.113549.1.1.4"
        | "1.2.840.113549.1.1.5"
        | "1.2.840.10045.4.1"
        | "1.2.840.10040.4.3"
        | "1.3.14.3.2.26"
        | "1.2.840.113549.1.1.11"
        | "1.2.840.10045.4.3.2"
        | "2.16.840.1.101.3.4.2.1" => Sha256::digest(der).to_vec(),
        "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" | "2.16.840.1.101.3.4.2.2" => Sha384::digest(der).to_vec(),
        "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" | "2.16.840.1.101.3.4.2.3" => Sha512::digest(der).to_vec(),
        _ => return None,
    };
    Some(hash)
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(NAME) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

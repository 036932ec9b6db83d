//! TLS in both roles: whom a client trusts, what a server shows; the handshake and what it brings is in `wire`.
//!
//! TLS 1.2 and 1.3, with the algorithms of ring. Nothing is resumed, so every connection shows a whole handshake.
//!
//! Limits: no OCSP, no certificate revocation lists, no DANE. Where the system verifies (macOS, Windows), its own rules
//! hold.

pub(super) mod facts;
mod failure;
mod verify;
mod wire;

pub(super) use wire::Wire;

use super::plain;
use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::RootCertStore;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::{Error as PemError, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{InconsistentKeys, ServerConfig};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How many days a throw-away certificate is good for.
const DAYS: i32 = 7;

/// A file that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {why}", .file.display())]
pub struct BadFile {
    /// Which.
    pub file: PathBuf,
    /// What is wrong with it, and what to try.
    pub why: String,
}

impl BadFile {
    fn new(file: &Path, why: impl Into<String>) -> Self {
        Self { file: file.to_owned(), why: why.into() }
    }
}

/// Whom a client trusts, and what it presents. By default it trusts whom the system trusts, and presents nothing.
#[derive(Clone, Default)]
pub struct ClientTls {
    trust: Trust,
    insecure: bool,
    identity: Option<Arc<CertifiedKey>>,
}

/// Who vouches for a server.
#[derive(Clone, Default)]
enum Trust {
    #[default]
    System,
    File {
        file: PathBuf,
        roots: Arc<RootCertStore>,
        /// The same certificates: a server may show one of them as its own.
        pinned: Arc<[CertificateDer<'static>]>,
    },
}

impl ClientTls {
    /// Trusts the certificates of that file (PEM) in place of the system's: authorities, or the server's own.
    ///
    /// # Errors
    /// Where the file can't be read or has no certificate.
    pub fn trusting(self, file: &Path) -> Result<Self, BadFile> {
        let pinned = certificates(file)?;
        let roots = Arc::new(roots(file, &pinned)?);
        Ok(Self { trust: Trust::File { file: file.to_owned(), roots, pinned: pinned.into() }, ..self })
    }

    /// Goes on with whatever certificate the server shows; what is wrong with it is told among the facts.
    #[must_use]
    pub fn insecure(self) -> Self {
        Self { insecure: true, ..self }
    }

    /// Whether it goes on with whatever certificate the server shows.
    #[must_use]
    pub const fn is_insecure(&self) -> bool {
        self.insecure
    }

    /// Presents the certificate of that file, which has its key, too (PEM), if the server asks for one.
    ///
    /// # Errors
    /// Where the file can't be read, or has no certificate and key that fit.
    pub fn presenting(self, file: &Path) -> Result<Self, BadFile> {
        Ok(Self { identity: Some(certified(file, file)?), ..self })
    }
}

/// What a server shows, and whether it asks for a certificate.
#[derive(Clone)]
pub struct ServerTls {
    identity: Arc<CertifiedKey>,
    asks: Asks,
    config: Arc<ServerConfig>,
}

/// Whose certificate a server takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    /// It asks for none.
    Nobody,
    /// Any certificate.
    Anybody,
    /// One that an authority of its list has issued.
    Issued,
}

impl ServerTls {
    /// A certificate and key made up on the spot, for `name`, localhost, 127.0.0.1 and `::1`; good for seven days.
    ///
    /// # Errors
    /// Where `name` can't stand in a certificate.
    pub fn throw_away(name: &str) -> Result<Self, String> {
        let failed =
            |why: &dyn fmt::Display| format!("making a certificate for {}: {why}", crate::decode::escape(name));
        let (params, key) = throw_away_params(name).map_err(|error| failed(&error))?;
        let certificate = params.self_signed(&key).map_err(|error| failed(&error))?;
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(|error| failed(&error))?;
        let identity = CertifiedKey::from_der(vec![certificate.der().clone()], key, &default_provider());
        let identity = Arc::new(identity.map_err(|error| failed(&error))?);
        Self::new(identity, None).map_err(|error| failed(&error))
    }

    /// Certificate (its chain behind it) and key of those files (PEM).
    ///
    /// # Errors
    /// Where a file can't be read, has not what it should, or the key is not the certificate's.
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, BadFile> {
        Self::new(certified(certificate, key)?, None).map_err(|error| BadFile::new(certificate, error.to_string()))
    }

    /// Asks clients for a certificate, which they need not have (SASL EXTERNAL). With `authorities` (PEM) one that
    /// they did not issue ends the handshake; without, each is taken and told as not verified.
    ///
    /// # Errors
    /// Where the file can't be read or has no certificate.
    pub fn asking(self, authorities: Option<&Path>) -> Result<Self, BadFile> {
        let provider = Arc::new(default_provider());
        let (verifier, asks, file): (Arc<dyn ClientCertVerifier>, _, _) = match authorities {
            None => (Arc::new(verify::Anybody(provider)), Asks::Anybody, Path::new("")),
            Some(file) => {
                let roots = Arc::new(roots(file, &certificates(file)?)?);
                let builder = WebPkiClientVerifier::builder_with_provider(roots, provider).allow_unauthenticated();
                let verifier = builder.build().map_err(|error| BadFile::new(file, error.to_string()))?;
                (verifier, Asks::Issued, file)
            }
        };
        let asking = Self::new(self.identity, Some(verifier)).map_err(|error| BadFile::new(file, error.to_string()))?;
        Ok(Self { asks, ..asking })
    }

    fn new(identity: Arc<CertifiedKey>, verifier: Option<Arc<dyn ClientCertVerifier>>) -> Result<Self, rustls::Error> {
        let provider = Arc::new(default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let builder = match verifier {
            None => builder.with_no_client_auth(),
            Some(verifier) => builder.with_client_cert_verifier(verifier),
        };
        let mut config = builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(Arc::clone(&identity))));
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Self { identity, asks: Asks::Nobody, config: Arc::new(config) })
    }

    /// SHA-256 of the certificate in lower-case hex, by which a client may know it.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.identity.cert.first().map_or_else(String::new, |certificate| facts::fingerprint(certificate))
    }

    /// The certificate as PEM, for a client's list of those that it trusts.
    #[must_use]
    pub fn certificate(&self) -> String {
        let base64 = self.identity.cert.first().map_or_else(String::new, |der| crate::wire::base64::encode(der));
        let lines: Vec<String> =
            base64.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into()).collect();
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
    }
}

/// Which end of TLS we are.
pub(super) enum Role {
    /// With the name that the server should have.
    Client(ClientTls, String),
    Server(ServerTls),
}

fn throw_away_params(name: &str) -> Result<(CertificateParams, KeyPair), rcgen::Error> {
    let mut names = vec![name.to_owned()];
    names.extend(["localhost", "127.0.0.1", "::1"].map(str::to_owned).into_iter().filter(|other| other != name));
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::ExplicitNoCa;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // Clocks differ, and a day begins elsewhere earlier.
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let midnight = |days: i32| {
        let day = today.saturating_add(jiff::Span::new().days(days));
        rcgen::date_time_ymd(day.year().into(), day.month().unsigned_abs(), day.day().unsigned_abs())
    };
    (params.not_before, params.not_after) = (midnight(-1), midnight(DAYS));
    Ok((params, KeyPair::generate()?))
}

fn read(file: &Path) -> Result<Vec<u8>, BadFile> {
    std::fs::read(file).map_err(|error| BadFile::new(file, plain(&error)))
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, BadFile> {
    let pem = read(file)?;
    let read: Result<Vec<_>, PemError> = CertificateDer::pem_slice_iter(&pem).collect();
    let read = read.map_err(|error| not_pem(file, &error))?;
    if !read.is_empty() {
        return Ok(read);
    }
    // A SEQUENCE that needs two octets for its length.
    let why = if pem.starts_with(&[0x30, 0x82]) {
        "it is DER, not PEM: `openssl x509 -inform der` turns it into PEM"
    } else {
        "it has no certificate: `-----BEGIN CERTIFICATE-----` is missing"
    };
    Err(BadFile::new(file, why))
}

fn roots(file: &Path, certificates: &[CertificateDer<'static>]) -> Result<RootCertStore, BadFile> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        let bad = |error: rustls::Error| BadFile::new(file, format!("a certificate of it can't be read: {error}"));
        roots.add(certificate.clone()).map_err(bad)?;
    }
    Ok(roots)
}

fn certified(certificate: &Path, key: &Path) -> Result<Arc<CertifiedKey>, BadFile> {
    let chain = certificates(certificate)?;
    let pem = read(key)?;
    let encrypted = pem.windows(9).any(|word| word == b"ENCRYPTED");
    let der = PrivateKeyDer::from_pem_slice(&pem).map_err(|error| match error {
        PemError::NoItemsFound if encrypted => {
            BadFile::new(key, "the key is encrypted: `openssl pkey -in FILE -out FILE2` writes it without a password")
        }
        PemError::NoItemsFound => BadFile::new(key, "it has no key: `-----BEGIN PRIVATE KEY-----` is missing"),
        error => not_pem(key, &error),
    })?;
    match CertifiedKey::from_der(chain, der, &default_provider()) {
        Ok(certified) => Ok(Arc::new(certified)),
        Err(rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => {
            Err(BadFile::new(key, format!("the key is not that of the certificate in {}", certificate.display())))
        }
        Err(rustls::Error::InvalidCertificate(_)) => {
            Err(BadFile::new(certificate, "its first certificate can't be read"))
        }
        Err(error) => Err(BadFile::new(key, format!("the key can't be used ({error}); RSA, ECDSA and Ed25519 can"))),
    }
}

fn not_pem(file: &Path, error: &PemError) -> BadFile {
    BadFile::new(file, format!("it is no good PEM: {}", crate::decode::escape(&error.to_string())))
}

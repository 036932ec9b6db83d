//! Verifiers of certificates that remember what they saw: what is told is more than rustls' errors hold.

use super::{ClientTls, Trust};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, WebPkiServerVerifier, verify_server_name};
use rustls::crypto::ring::default_provider;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::sign::CertifiedKey;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error, OtherError, SignatureScheme,
};
use std::sync::{Arc, OnceLock};

/// What a client asks a server's certificate: the chain as it came, and what is wrong with it.
#[derive(Debug)]
pub(super) struct Witness {
    provider: Arc<CryptoProvider>,
    /// Nobody, where the system has no authorities and none are wanted.
    inner: Option<Arc<dyn ServerCertVerifier>>,
    pinned: Arc<[CertificateDer<'static>]>,
    insecure: bool,
    /// The server's certificate first.
    pub(super) chain: OnceLock<Vec<CertificateDer<'static>>>,
    /// The first thing that was wrong.
    pub(super) problem: OnceLock<Error>,
}

/// What a client presents, and whether it was asked for it.
#[derive(Debug)]
pub(super) struct Presenter {
    pub(super) identity: Option<Arc<CertifiedKey>>,
    pub(super) asked: OnceLock<()>,
}

/// The configuration for one connection, with those who remember.
pub(super) struct Asked {
    pub(super) config: Arc<ClientConfig>,
    pub(super) witness: Arc<Witness>,
    pub(super) presenter: Arc<Presenter>,
}

/// Makes ready for one connection. Reads the system's authorities from the disk, so it may block.
///
/// # Errors
/// A sentence, where there are no authorities.
pub(super) fn ask(tls: &ClientTls) -> Result<Asked, String> {
    let provider = Arc::new(default_provider());
    let (inner, pinned): (Result<Arc<dyn ServerCertVerifier>, String>, Arc<[_]>) = match &tls.trust {
        Trust::System => {
            let verifier = rustls_platform_verifier::Verifier::new(Arc::clone(&provider));
            (verifier.map(|verifier| Arc::new(verifier) as _).map_err(|error| error.to_string()), Arc::new([]))
        }
        Trust::File { roots, pinned, .. } => {
            let builder = WebPkiServerVerifier::builder_with_provider(Arc::clone(roots), Arc::clone(&provider));
            let verifier = builder.build().map(|verifier| verifier as _).map_err(|error| error.to_string());
            (verifier, Arc::clone(pinned))
        }
    };
    let inner = match inner {
        Ok(inner) => Some(inner),
        Err(_) if tls.insecure => None,
        Err(error) => {
            return Err(format!("the system's list of authorities can't be had ({error}); give one with --ca FILE"));
        }
    };
    let witness = Witness {
        provider: Arc::clone(&provider),
        inner,
        pinned,
        insecure: tls.insecure,
        chain: OnceLock::new(),
        problem: OnceLock::new(),
    };
    let witness = Arc::new(witness);
    let presenter = Arc::new(Presenter { identity: tls.identity.clone(), asked: OnceLock::new() });
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| error.to_string())?.dangerous();
    let mut config = builder
        .with_custom_certificate_verifier(Arc::clone(&witness) as _)
        .with_client_cert_resolver(Arc::clone(&presenter) as _);
    config.resumption = rustls::client::Resumption::disabled();
    Ok(Asked { config: Arc::new(config), witness, presenter })
}

impl Witness {
    fn judge(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<(), Error> {
        let Some(inner) = &self.inner else {
            return Err(Error::InvalidCertificate(CertificateError::UnknownIssuer));
        };
        match inner.verify_server_cert(leaf, others, name, ocsp, now) {
            Ok(_) => Ok(()),
            // It stands in the list itself, but is no authority, or one that may not act as a server.
            Err(_) if self.pinned.iter().any(|known| known == leaf) => {
                verify_server_name(&ParsedCertificate::try_from(leaf)?, name)?;
                in_time(leaf, now)
            }
            Err(error) => Err(error),
        }
    }

    /// Goes on where that is wanted, and remembers why it should not have.
    fn pass<T>(&self, result: Result<T, Error>, good: T) -> Result<T, Error> {
        result.or_else(|error| {
            self.problem.get_or_init(|| error.clone());
            if self.insecure { Ok(good) } else { Err(error) }
        })
    }
}

fn in_time(leaf: &CertificateDer<'_>, now: UnixTime) -> Result<(), Error> {
    let (_, parsed) = x509_parser::parse_x509_certificate(leaf)
        .map_err(|error| CertificateError::Other(OtherError(Arc::new(error))))?;
    let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let validity = parsed.validity();
    if seconds > validity.not_after.timestamp() {
        return Err(CertificateError::Expired.into());
    }
    if seconds < validity.not_before.timestamp() {
        return Err(CertificateError::NotValidYet.into());
    }
    Ok(())
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(leaf).chain(others).map(|certificate| certificate.clone().into_owned());
        self.chain.get_or_init(|| chain.collect());
        let judged = self.judge(leaf, others, name, ocsp, now).map(|()| ServerCertVerified::assertion());
        self.pass(judged, ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let valid = verify_tls12_signature(message, leaf, signed, &self.provider.signature_verification_algorithms);
        self.pass(valid, HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let valid = verify_tls13_signature(message, leaf, signed, &self.provider.signature_verification_algorithms);
        self.pass(valid, HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl ResolvesClientCert for Presenter {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.get_or_init(|| ());
        self.identity.clone()
    }

    fn has_certs(&self) -> bool {
        self.identity.is_some()
    }
}

/// Takes any certificate of which the client has the key.
#[derive(Debug)]
pub(super) struct Anybody(pub(super) Arc<CryptoProvider>);

impl ClientCertVerifier for Anybody {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, leaf, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, leaf, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

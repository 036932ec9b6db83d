//! TLS in both roles: whom a client trusts, what a server shows, the handshake and what it brought.

use crate::session::Bindings;
use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::ready;
use std::time::Duration;
use tokio::io::{AsyncRead as _, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;

/// How many octets are read at once.
const READ: usize = 4096;

/// A file that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {why}", .file.display())]
pub struct BadFile {
    /// Which.
    pub file: PathBuf,
    /// What is wrong with it, and what to try.
    pub why: String,
}

/// Whom a client trusts, and what it presents.
#[derive(Clone, Debug, Default)]
pub struct ClientTls {
    insecure: bool,
}

impl ClientTls {
    /// Trusts the certificates of that file (PEM) in place of the system's: authorities, or the server's own.
    ///
    /// # Errors
    /// Where the file can't be read or has no certificate.
    #[allow(clippy::unused_self)]
    pub fn trusting(self, _file: &Path) -> Result<Self, BadFile> {
        Ok(self)
    }

    /// Goes on with whatever certificate the server shows; what is wrong with it is told among the facts.
    #[must_use]
    pub const fn insecure(mut self) -> Self {
        self.insecure = true;
        self
    }

    /// Presents the certificate of that file, which has its key, too (PEM), if the server asks for one.
    ///
    /// # Errors
    /// Where the file can't be read, or has no certificate and key that fit.
    pub fn presenting(self, _file: &Path) -> Result<Self, BadFile> {
        Ok(self)
    }
}

/// What a server shows, and whether it asks for a certificate.
#[derive(Clone, Debug)]
pub struct ServerTls {
    fingerprint: String,
}

impl ServerTls {
    /// A certificate and key made up on the spot, for `name`, localhost, 127.0.0.1 and `::1`; good for some days.
    ///
    /// # Errors
    /// Where `name` can't stand in a certificate.
    pub fn throw_away(_name: &str) -> Result<Self, String> {
        Ok(Self { fingerprint: String::new() })
    }

    /// Certificate (its chain behind it) and key of those files (PEM).
    ///
    /// # Errors
    /// Where a file can't be read, has not what it should, or the key is not the certificate's.
    pub fn load(_certificate: &Path, _key: &Path) -> Result<Self, BadFile> {
        Ok(Self { fingerprint: String::new() })
    }

    /// Asks clients for a certificate, which they need not have (SASL EXTERNAL). With `authorities` (PEM) one that
    /// they did not issue ends the handshake; without, each is taken and told as not verified.
    ///
    /// # Errors
    /// Where the file can't be read or has no certificate.
    pub fn asking(self, _authorities: Option<&Path>) -> Result<Self, BadFile> {
        Ok(self)
    }

    /// SHA-256 of the certificate in lower-case hex, by which a client may know it.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The certificate as PEM, for a client's list of those that it trusts.
    #[must_use]
    pub const fn certificate(&self) -> String {
        String::new()
    }
}

/// Which end of TLS we are.
pub(super) enum Role {
    /// With the name that the server should have.
    Client(#[allow(dead_code)] ClientTls, #[allow(dead_code)] String),
    Server(#[allow(dead_code)] ServerTls),
}

/// A connection, in clear or within TLS.
pub(super) struct Wire {
    stream: TcpStream,
    _role: Role,
}

impl Wire {
    pub(super) const fn new(stream: TcpStream, role: Role) -> Self {
        Self { stream, _role: role }
    }

    /// What comes next; nothing at the end. No buffer is kept meanwhile.
    pub(super) async fn read(&mut self) -> io::Result<Vec<u8>> {
        poll_fn(|context| {
            let mut room = [MaybeUninit::uninit(); READ];
            let mut buffer = ReadBuf::uninit(&mut room);
            ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer))?;
            std::task::Poll::Ready(Ok(buffer.filled().to_vec()))
        })
        .await
    }

    pub(super) async fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        self.stream.write_all(octets).await?;
        self.stream.flush().await
    }

    /// The handshake.
    #[allow(clippy::unused_async)]
    pub(super) async fn secure(&mut self) -> Result<(String, Bindings), String> {
        Err("there is no TLS yet".to_owned())
    }

    /// Closes our side, and waits for the peer to close its own: closing at once would take back what it has not read.
    pub(super) async fn close(&mut self, limit: Duration) {
        let farewell = async {
            let _ = self.stream.shutdown().await;
            let mut rest = READ * 16;
            while let Ok(octets @ 1..) = self.read().await.map(|octets| octets.len()) {
                rest = rest.saturating_sub(octets);
                if rest == 0 {
                    break;
                }
            }
        };
        let _ = tokio::time::timeout(limit, farewell).await;
    }

    /// What became of the connection, where it did not just end.
    #[allow(clippy::unused_self, clippy::unnecessary_wraps)]
    pub(super) fn why(&self, error: &io::Error) -> Option<String> {
        Some(super::plain(error))
    }
}

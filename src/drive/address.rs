//! Addresses as a user writes them: `mail.example.com`, `192.0.2.10:587`, `[::1]:2525`.
//!
//! Pure; names are not resolved here.

use crate::session::Tls;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Message submission (RFC 6409 section 3.1).
const SUBMISSION: u16 = 587;
/// Message submission within TLS from the start (RFC 8314 section 7.3).
const SUBMISSIONS: u16 = 465;
/// Where a server listens if nobody says otherwise: 587 is for root alone.
const LISTEN: u16 = 2525;

/// Where a client connects.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// A name, or an IP address without brackets.
    pub host: String,
    /// The TCP port, not 0.
    pub port: u16,
}

/// Text that is no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no address: {why}", crate::decode::escape(.text))]
pub struct BadAddress {
    /// What was given.
    pub text: String,
    /// What is wrong, and what to write.
    pub why: String,
}

impl Address {
    /// Reads `HOST`, `HOST:PORT`, `[IPV6]` or `[IPV6]:PORT`. Gives the use of TLS, too: `tls` where the user said, else
    /// implicit on port 465 (RFC 8314 section 3.3) and what is usual on all others. Without a port it is 465 where TLS is
    /// implicit, and 587 otherwise.
    ///
    /// # Errors
    /// What is wrong with the text, and what to write.
    pub fn parse(text: &str, tls: Option<Tls>) -> Result<(Self, Tls), BadAddress> {
        let bad = |why: String| BadAddress { text: text.to_owned(), why };
        let (host, port) = split(text).map_err(bad)?;
        if port == Some(0) {
            return Err(bad("nobody can be reached on port 0".to_owned()));
        }
        let implied = if port == Some(SUBMISSIONS) { Tls::Implicit } else { Tls::default() };
        let tls = tls.unwrap_or(implied);
        let usual = if tls == Tls::Implicit { SUBMISSIONS } else { SUBMISSION };
        Ok((Self { host: host.to_owned(), port: port.unwrap_or(usual) }, tls))
    }
}

/// `mail.example.com:587`, `[::1]:587`
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

/// Reads where to listen: `IP:PORT`, `[IPV6]:PORT`, `localhost:PORT`, or either part alone; the address is 127.0.0.1 and
/// the port 2525 where they are not given. With port 0 the system chooses.
///
/// # Errors
/// What is wrong with the text, and what to write.
pub fn listen_address(text: &str) -> Result<SocketAddr, BadAddress> {
    let bad = |why: String| BadAddress { text: text.to_owned(), why };
    let local = Ipv4Addr::LOCALHOST;
    let digits = text.strip_prefix(':').unwrap_or(text);
    if digits.bytes().all(|octet| octet.is_ascii_digit()) && !digits.is_empty() {
        return Ok((local, port(digits).map_err(bad)?).into());
    }
    let (host, port) = split(text).map_err(bad)?;
    let ip = match host.parse() {
        Ok(ip) => ip,
        Err(_) if host.eq_ignore_ascii_case("localhost") => IpAddr::from(local),
        Err(_) => {
            return Err(bad("a server listens on an IP address, such as 127.0.0.1:2525 or [::1]:2525".to_owned()));
        }
    };
    Ok((ip, port.unwrap_or(LISTEN)).into())
}

/// Host and port, where there is one.
fn split(text: &str) -> Result<(&str, Option<u16>), String> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, rest) = rest.split_once(']').ok_or("a bracket is opened and not closed: [::1]:587")?;
        // A zone, such as %eth0, is for the system to know (RFC 4007 section 11).
        let (ip, _zone) = host.split_once('%').unwrap_or((host, ""));
        if ip.parse::<Ipv6Addr>().is_err() {
            return Err("between brackets stands an IPv6 address: [::1]:587".to_owned());
        }
        return match rest.strip_prefix(':') {
            Some(digits) => Ok((host, Some(port(digits)?))),
            None if rest.is_empty() => Ok((host, None)),
            None => Err("behind the bracket comes a colon and a port: [::1]:587".to_owned()),
        };
    }
    let (host, digits) = match text.split_once(':') {
        Some((host, digits)) => (host, Some(digits)),
        None => (text, None),
    };
    if digits.is_some_and(|digits| digits.contains(':')) {
        return Err("an IPv6 address stands in brackets: [::1] or [::1]:587".to_owned());
    }
    if host.is_empty() {
        return Err("the host is missing: mail.example.com or mail.example.com:587".to_owned());
    }
    let strange = host.chars().find(|c| c.is_whitespace() || c.is_control() || "/@,;\\[]'\"".contains(*c));
    if let Some(strange) = strange {
        return Err(format!("a host name has no {strange:?}: write mail.example.com:587"));
    }
    Ok((host, digits.map(port).transpose()?))
}

fn port(digits: &str) -> Result<u16, String> {
    let number = digits.bytes().all(|octet| octet.is_ascii_digit()).then(|| digits.parse().ok()).flatten();
    number.ok_or_else(|| "a port is a number up to 65535, as in mail.example.com:587".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_users_write_them() {
        let table = [
            ("mail.example.com", None, "mail.example.com:587", Tls::IfOffered),
            ("mail.example.com:25", None, "mail.example.com:25", Tls::IfOffered),
            ("mail.example.com:465", None, "mail.example.com:465", Tls::Implicit),
            ("mail.example.com:465", Some(Tls::Never), "mail.example.com:465", Tls::Never),
            ("mail.example.com", Some(Tls::Implicit), "mail.example.com:465", Tls::Implicit),
            ("mail.example.com", Some(Tls::Never), "mail.example.com:587", Tls::Never),
            ("192.0.2.10:2525", None, "192.0.2.10:2525", Tls::IfOffered),
            ("[::1]", None, "[::1]:587", Tls::IfOffered),
            ("[::1]:465", None, "[::1]:465", Tls::Implicit),
            ("[fe80::1%eth0]:2525", None, "[fe80::1%eth0]:2525", Tls::IfOffered),
            ("bücher.example", None, "bücher.example:587", Tls::IfOffered),
        ];
        for (text, tls, address, used) in table {
            let (read, of) = Address::parse(text, tls).expect(text);
            assert_eq!((read.to_string().as_str(), of), (address, used), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_is_told_with_what_to_write() {
        let table = [
            ("", "the host is missing"),
            (":587", "the host is missing"),
            ("host:", "a port is a number up to 65535"),
            ("host:65536", "a port is a number up to 65535"),
            ("host:+25", "a port is a number up to 65535"),
            ("host:smtp", "a port is a number up to 65535"),
            ("host:0", "nobody can be reached on port 0"),
            ("::1", "an IPv6 address stands in brackets"),
            ("::1:587", "an IPv6 address stands in brackets"),
            ("[::1", "a bracket is opened and not closed"),
            ("[::1]587", "behind the bracket comes a colon"),
            ("[127.0.0.1]", "between brackets stands an IPv6 address"),
            ("smtp://host", "a port is a number"),
            ("alice@host", "a host name has no '@'"),
            ("a host", "a host name has no ' '"),
            ("ho\u{1B}st", r"a host name has no '\u{1b}'"),
        ];
        for (text, why) in table {
            let error = Address::parse(text, None).expect_err(text);
            assert!(error.why.starts_with(why), "{text}: {error}");
            assert!(!error.to_string().contains('\u{1B}'));
        }
    }

    #[test]
    fn listeners_are_read_with_what_is_left_out() {
        let table = [
            ("127.0.0.1:2525", "127.0.0.1:2525"),
            ("127.0.0.1", "127.0.0.1:2525"),
            ("localhost:0", "127.0.0.1:0"),
            ("[::1]:587", "[::1]:587"),
            ("0.0.0.0:25", "0.0.0.0:25"),
            ("2526", "127.0.0.1:2526"),
            (":0", "127.0.0.1:0"),
        ];
        for (text, address) in table {
            assert_eq!(listen_address(text).expect(text).to_string(), address, "{text}");
        }
        for text in ["mail.example.com:25", "", "70000", "127.0.0.1:x", "[::1%1]:25"] {
            assert!(listen_address(text).is_err(), "{text}");
        }
    }
}

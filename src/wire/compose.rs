//! Lines to send, each with its CRLF.
//!
//! Texts are taken as they are: a line end within one would make two lines.

use super::base64;
use crate::terms::Span;

/// The line that cancels an exchange (RFC 4954 section 4).
pub const CANCEL: &[u8] = b"*\r\n";

/// The empty response (RFC 4954 section 4).
pub const EMPTY: &[u8] = b"\r\n";

/// `AUTH mechanism [initial-response]`; an initial response of no octets is `=` (RFC 4954 section 4).
#[must_use]
pub fn command_auth(mechanism: &str, initial: Option<&[u8]>) -> Vec<u8> {
    match initial {
        None => format!("AUTH {mechanism}\r\n"),
        Some([]) => format!("AUTH {mechanism} =\r\n"),
        Some(octets) => format!("AUTH {mechanism} {}\r\n", base64::encode(octets)),
    }
    .into_bytes()
}

/// `334` with a challenge; the blank stays where there is none (RFC 4954 section 4).
#[must_use]
pub fn challenge(octets: Option<&[u8]>) -> Vec<u8> {
    format!("334 {}\r\n", base64::encode(octets.unwrap_or_default())).into_bytes()
}

/// A response to a challenge; no octets make the empty line.
#[must_use]
pub fn response(octets: &[u8]) -> Vec<u8> {
    (base64::encode(octets) + "\r\n").into_bytes()
}

/// `line` with other octets in the base64 at `encoded`; none are `=` where an AUTH command would end in a blank (RFC 4954
/// section 4).
///
/// ```
/// use saslscope::{terms::Span, wire::with_token};
/// assert_eq!(with_token(b"334 VXNlcm5hbWU6\r\n", Span::new(4, 16), b"User"), b"334 VXNlcg==\r\n");
/// assert_eq!(with_token(b"AUTH X AA==\r\n", Span::new(7, 11), b""), b"AUTH X =\r\n");
/// ```
#[must_use]
pub fn with_token(line: &[u8], encoded: Span, octets: &[u8]) -> Vec<u8> {
    let before = Span::new(0, encoded.start).of(line);
    let empty = octets.is_empty() && before.to_ascii_uppercase().starts_with(b"AUTH ");
    let text = if empty { "=".to_owned() } else { base64::encode(octets) };
    [before, text.as_bytes(), Span::new(encoded.end, line.len()).of(line)].concat()
}

/// A reply of one line: `code [enhanced] text`.
#[must_use]
pub fn reply(code: u16, enhanced: Option<&str>, text: &str) -> Vec<u8> {
    reply_line(code, ' ', enhanced, text)
}

/// A reply of several lines, one element each: `code-[enhanced] text`, the last with a blank for the hyphen
/// (RFC 5321 section 4.2.1). No texts make no line.
#[must_use]
pub fn reply_lines(code: u16, enhanced: Option<&str>, texts: &[&str]) -> Vec<Vec<u8>> {
    let last = texts.len().saturating_sub(1);
    texts
        .iter()
        .enumerate()
        .map(|(n, text)| reply_line(code, if n == last { ' ' } else { '-' }, enhanced, text))
        .collect()
}

fn reply_line(code: u16, separator: char, enhanced: Option<&str>, text: &str) -> Vec<u8> {
    match enhanced {
        Some(enhanced) => format!("{code:03}{separator}{enhanced} {text}\r\n"),
        None => format!("{code:03}{separator}{text}\r\n"),
    }
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_composed_as_the_standard_prints_them() {
        let table: &[(Vec<u8>, &str)] = &[
            (command_auth("LOGIN", None), "AUTH LOGIN\r\n"),
            (command_auth("LOGIN", Some(b"Charlie")), "AUTH LOGIN Q2hhcmxpZQ==\r\n"),
            (command_auth("EXTERNAL", Some(b"")), "AUTH EXTERNAL =\r\n"),
            (challenge(Some(b"Username:")), "334 VXNlcm5hbWU6\r\n"),
            (challenge(Some(b"")), "334 \r\n"),
            (challenge(None), "334 \r\n"),
            (response(b"password"), "cGFzc3dvcmQ=\r\n"),
            (response(b""), "\r\n"),
            (reply(235, Some("2.7.0"), "Authentication successful"), "235 2.7.0 Authentication successful\r\n"),
            (reply(220, None, "SMTP.example.com"), "220 SMTP.example.com\r\n"),
            (
                reply_lines(250, None, &["example.com", "SIZE", "AUTH LOGIN"]).concat(),
                "250-example.com\r\n250-SIZE\r\n250 AUTH LOGIN\r\n",
            ),
            (reply_lines(535, Some("5.7.8"), &["no", "really"]).concat(), "535-5.7.8 no\r\n535 5.7.8 really\r\n"),
        ];
        for (composed, expected) in table {
            assert_eq!(composed, expected.as_bytes(), "{expected}");
        }
    }
}

//! One line: what it is, and what is wrong with it.

use super::line::{COMMAND_LIMIT, LINE_LIMIT};
use super::{
    AuthCommand, Base64, Body, Command, Dialogue, Flaw, FlawKind, Keyword, Message, Reply, Response, Verb, base64,
};
use crate::terms::{Cite, Span};

/// Reads a line that a client sent.
///
/// ```
/// use saslscope::wire::{Body, Dialogue, Response, read_client};
/// // The same octets are a command or a response; only the conversation knows.
/// assert!(matches!(read_client(b"QUIT\r\n", Dialogue::Command).body, Body::Command(_)));
/// assert!(matches!(read_client(b"QUIT\r\n", Dialogue::Response).body, Body::Response(Response::Base64(_))));
/// ```
#[must_use]
pub fn read_client(bytes: &[u8], dialogue: Dialogue) -> Message {
    let mut line = Line::new(bytes);
    let content = line.content;
    let body = match dialogue {
        Dialogue::Command => Body::Command(command(&mut line)),
        Dialogue::Response => Body::Response(match content.of(bytes) {
            b"*" => Response::Cancel,
            b"" => Response::Empty,
            _ => Response::Base64(base64::read(bytes, content)),
        }),
        // Only CRLF ends the message: any other reading lets a second one be smuggled in.
        Dialogue::MailData if bytes == b".\r\n" => Body::EndOfData,
        Dialogue::MailData => Body::MailData,
    };
    let (limit, limited_by, characters) = match &body {
        Body::Command(Command { verb: Verb::Mail, .. }) => (MAIL_LIMIT, Cite::new("RFC 4954", "3"), COMMAND_CHARACTERS),
        Body::Command(_) => (COMMAND_LIMIT, Cite::new("RFC 5321", "4.5.3.1.4"), COMMAND_CHARACTERS),
        Body::Response(_) => (LINE_LIMIT, AUTH, AUTH),
        _ => (TEXT_LIMIT, Cite::new("RFC 5321", "4.5.3.1.6"), TEXT_CHARACTERS),
    };
    // 8BITMIME (RFC 6152) allows octets above 0x7F in the message.
    line.octets(characters, dialogue == Dialogue::MailData);
    line.length(limit, limited_by);
    line.message(body)
}

/// Reads a line that a server sent.
#[must_use]
pub fn read_server(bytes: &[u8]) -> Message {
    let mut line = Line::new(bytes);
    let reply = reply(&mut line);
    let exchange = reply.as_ref().is_some_and(|reply| reply.challenge.is_some());
    line.octets(if exchange { AUTH } else { REPLY_CHARACTERS }, false);
    if exchange {
        line.length(LINE_LIMIT, AUTH);
    } else {
        line.length(REPLY_LIMIT, Cite::new("RFC 5321", "4.5.3.1.5"));
    }
    line.message(reply.map_or(Body::NotAReply, Body::Reply))
}

/// The keywords of an EHLO reply, from its lines as they came; the first holds the domain and is skipped, a line that
/// is no reply has none. `AUTH=` is told from `AUTH` (RFC 4954 section 3 knows the latter only).
///
/// ```
/// let lines = ["250-mail.example.com\r\n", "250-Size 35882577\r\n", "250 AUTH=login\r\n"];
/// let [size, auth] = &saslscope::wire::keywords(lines)[..] else { panic!() };
/// assert_eq!((size.name.as_str(), size.parameters.as_slice()), ("SIZE", ["35882577".to_owned()].as_slice()));
/// assert_eq!((auth.name.as_str(), auth.parameters.as_slice()), ("AUTH", ["LOGIN".to_owned()].as_slice()));
/// assert!(auth.legacy);
/// ```
#[must_use]
pub fn keywords(lines: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Vec<Keyword> {
    lines.into_iter().skip(1).filter_map(|line| keyword(line.as_ref())).collect()
}

/// RFC 5321 section 4.5.3.1.4 and the 500 octets that RFC 4954 section 3 adds for `AUTH=`.
const MAIL_LIMIT: usize = COMMAND_LIMIT + 500;
/// RFC 5321 section 4.5.3.1.5.
const REPLY_LIMIT: usize = 512;
/// RFC 5321 section 4.5.3.1.6.
const TEXT_LIMIT: usize = 1000;

const AUTH: Cite = Cite::new("RFC 4954", "4");
const LINE_END: Cite = Cite::new("RFC 5321", "2.3.8");
const COMMAND_CHARACTERS: Cite = Cite::new("RFC 5321", "4.1.2");
const REPLY_CHARACTERS: Cite = Cite::new("RFC 5321", "4.2");
const TEXT_CHARACTERS: Cite = Cite::new("RFC 5322", "2.1");

/// A line under reading: its octets and what was found wrong.
struct Line<'a> {
    bytes: &'a [u8],
    content: Span,
    flaws: Vec<Flaw>,
}

impl<'a> Line<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let terminator = if bytes.ends_with(b"\r\n") { 2 } else { usize::from(bytes.ends_with(b"\n")) };
        Self { bytes, content: Span::new(0, bytes.len() - terminator), flaws: Vec::new() }
    }

    fn flaw(&mut self, kind: FlawKind, span: Span, cite: Cite) {
        self.flaws.push(Flaw { kind, span, cite });
    }

    /// Finds the octets that no line should hold, and what is wrong with its end.
    fn octets(&mut self, characters: Cite, eight_bit: bool) {
        let mut run: Option<Flaw> = None;
        let mut kept = 0;
        for (at, &octet) in self.bytes.iter().enumerate() {
            let (kind, cite) = match octet {
                b'\r' if self.bytes.get(at + 1) != Some(&b'\n') => (FlawKind::BareCr, LINE_END),
                b'\n' if at + 1 < self.bytes.len() || !self.bytes.ends_with(b"\r\n") => (FlawKind::BareLf, LINE_END),
                0 => (FlawKind::Nul, characters),
                0x80.. if !eight_bit => (FlawKind::EightBit, characters),
                _ => continue,
            };
            match &mut run {
                Some(flaw) if flaw.kind == kind && flaw.span.end == at => flaw.span.end += 1,
                _ if kept == Message::FLAWS_KEPT => break,
                _ => {
                    kept += 1;
                    self.flaws.extend(run.replace(Flaw { kind, span: Span::new(at, at + 1), cite }));
                }
            }
        }
        self.flaws.extend(run);
        if !self.bytes.ends_with(b"\n") {
            self.flaw(FlawKind::NoTerminator, Span::new(self.bytes.len(), self.bytes.len()), LINE_END);
        }
    }

    fn length(&mut self, limit: usize, cite: Cite) {
        if self.bytes.len() > limit {
            self.flaw(FlawKind::OverLong, Span::new(limit, self.bytes.len()), cite);
        }
    }

    fn message(mut self, body: Body) -> Message {
        self.flaws.sort_by_key(|flaw| flaw.span);
        Message { content: self.content, body, flaws: self.flaws }
    }

    /// The octets from `span.start` up to the next blank, and what follows that blank.
    fn word(&self, span: Span) -> (Span, Option<Span>) {
        match span.of(self.bytes).iter().position(|&octet| octet == b' ') {
            None => (span, None),
            Some(n) => (Span::new(span.start, span.start + n), Some(Span::new(span.start + n + 1, span.end))),
        }
    }

    /// `span` without the blanks that it starts with; they are one too many each.
    fn skip_blanks(&mut self, span: Span) -> Span {
        let blanks = span.of(self.bytes).iter().take_while(|&&octet| octet == b' ').count();
        let rest = Span::new(span.start + blanks, span.end);
        if blanks > 0 && !rest.is_empty() {
            self.flaw(FlawKind::ExtraBlank, Span::new(span.start, rest.start), AUTH);
        }
        rest
    }
}

fn command(line: &mut Line<'_>) -> Command {
    let content = line.content;
    let (word, rest) = line.word(content);
    let argument = rest.unwrap_or(Span::new(content.end, content.end));
    let verb = verb(word.of(line.bytes));
    let blanks = content.of(line.bytes).iter().rev().take_while(|&&octet| octet == b' ').count();
    if blanks > 0 {
        line.flaw(
            FlawKind::TrailingBlank,
            Span::new(content.end - blanks, content.end),
            Cite::new("RFC 5321", "4.1.1"),
        );
    }
    let auth = (verb == Verb::Auth).then(|| auth_command(line, argument));
    Command { verb, word, argument, auth }
}

fn verb(word: &[u8]) -> Verb {
    const VERBS: [(&[u8], Verb); 14] = [
        (b"EHLO", Verb::Ehlo),
        (b"HELO", Verb::Helo),
        (b"STARTTLS", Verb::StartTls),
        (b"AUTH", Verb::Auth),
        (b"MAIL", Verb::Mail),
        (b"RCPT", Verb::Rcpt),
        (b"DATA", Verb::Data),
        (b"RSET", Verb::Rset),
        (b"NOOP", Verb::Noop),
        (b"VRFY", Verb::Vrfy),
        (b"EXPN", Verb::Expn),
        (b"HELP", Verb::Help),
        (b"QUIT", Verb::Quit),
        (b"BDAT", Verb::Bdat),
    ];
    VERBS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map_or(Verb::Other, |&(_, verb)| verb)
}

fn auth_command(line: &mut Line<'_>, argument: Span) -> AuthCommand {
    let argument = line.skip_blanks(argument);
    let (mechanism, rest) = line.word(argument);
    let Some(rest) = rest else { return AuthCommand { mechanism, initial: None, extra: None } };
    let rest = line.skip_blanks(rest);
    let (word, extra) = line.word(rest);
    let mut initial = base64::read(line.bytes, word);
    if initial.equals {
        initial.errors.clear();
    }
    let extra = extra.filter(|extra| extra.of(line.bytes).iter().any(|&octet| octet != b' '));
    AuthCommand { mechanism, initial: Some(initial), extra }
}

fn reply(line: &mut Line<'_>) -> Option<Reply> {
    let content = line.content.of(line.bytes);
    let (digits, rest) = content.split_at_checked(3)?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let code = digits.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
    let separated = matches!(rest.first(), Some(b' ' | b'-'));
    let text = Span::new(3 + usize::from(separated), line.content.end);
    // The code may stand alone (RFC 5321 section 4.2), but not in a continuation request.
    if !separated && (code == 334 || !rest.is_empty()) {
        let cite = if code == 334 { AUTH } else { REPLY_CHARACTERS };
        line.flaw(FlawKind::NoSeparator, Span::new(3, text.end.min(4)), cite);
    }
    let last = rest.first() != Some(&b'-');
    if code == 334 {
        let challenge: Option<Base64> = Some(base64::read(line.bytes, text));
        return Some(Reply { code, last, enhanced: None, text, challenge });
    }
    let (word, behind) = line.word(text);
    if is_enhanced(word.of(line.bytes)) {
        let text = behind.unwrap_or(Span::new(word.end, word.end));
        return Some(Reply { code, last, enhanced: Some(word), text, challenge: None });
    }
    Some(Reply { code, last, enhanced: None, text, challenge: None })
}

/// `class "." subject "." detail` (RFC 2034 section 4).
fn is_enhanced(word: &[u8]) -> bool {
    let mut parts = word.split(|&octet| octet == b'.');
    let number = |part: Option<&[u8]>| {
        part.is_some_and(|part| matches!(part.len(), 1..=3) && part.iter().all(u8::is_ascii_digit))
    };
    matches!(parts.next(), Some(b"2" | b"4" | b"5"))
        && number(parts.next())
        && number(parts.next())
        && parts.next().is_none()
}

fn keyword(line: &[u8]) -> Option<Keyword> {
    let content = Line::new(line).content.of(line);
    let (digits, rest) = content.split_at_checked(3)?;
    let text = rest.strip_prefix(b"-").or_else(|| rest.strip_prefix(b" "))?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let text = String::from_utf8_lossy(text);
    let mut words = text.split_ascii_whitespace();
    let first = words.next()?.to_ascii_uppercase();
    let (name, joined) = match first.strip_prefix("AUTH=") {
        Some(mechanism) => ("AUTH", Some(mechanism)),
        None => (first.as_str(), None),
    };
    let fold = |word: &str| if name == "AUTH" { word.to_ascii_uppercase() } else { word.to_owned() };
    let parameters = joined.filter(|mechanism| !mechanism.is_empty()).into_iter().chain(words).map(fold).collect();
    Some(Keyword { name: name.to_owned(), parameters, legacy: joined.is_some() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Base64ErrorKind;
    use proptest::prelude::*;

    fn show(bytes: &[u8], span: Span) -> String {
        span.of(bytes).escape_ascii().to_string()
    }

    /// A line in one row of words: what it is, its parts, its flaws.
    fn outline(bytes: &[u8], message: &Message) -> String {
        let base64 = |base64: &Base64| {
            let errors = base64.errors.iter().fold(String::new(), |errors, error| format!("{errors}!{}", error.at));
            format!("<{}>{errors}{}", base64.bytes.escape_ascii(), if base64.equals { "=" } else { "" })
        };
        let mut words = match &message.body {
            Body::Command(Command { verb, word: _, argument, auth: None }) => {
                vec![format!("{verb:?}({})", show(bytes, *argument))]
            }
            Body::Command(Command { auth: Some(auth), .. }) => vec![
                format!("Auth({})", show(bytes, auth.mechanism)),
                auth.initial.as_ref().map(&base64).unwrap_or_default(),
                auth.extra.map(|extra| format!("extra({})", show(bytes, extra))).unwrap_or_default(),
            ],
            Body::Response(Response::Base64(response)) => vec![base64(response)],
            Body::Response(response) => vec![format!("{response:?}")],
            Body::Reply(reply) => vec![
                format!("{}{}", reply.code, if reply.last { "" } else { "-" }),
                reply.enhanced.map(|enhanced| format!("[{}]", show(bytes, enhanced))).unwrap_or_default(),
                reply.challenge.as_ref().map_or_else(|| format!("({})", show(bytes, reply.text)), base64),
            ],
            other => vec![format!("{other:?}")],
        };
        words.extend(message.flaws.iter().map(|flaw| format!("{:?}@{}", flaw.kind, flaw.span)));
        words.retain(|word| !word.is_empty());
        words.join(" ")
    }

    #[test]
    fn commands() {
        let table: &[(&[u8], &str)] = &[
            (b"EHLO client.example.com\r\n", "Ehlo(client.example.com)"),
            (b"starttls\r\n", "StartTls()"),
            (b"XCLIENT a b\r\n", "Other(a b)"),
            (b"\r\n", "Other()"),
            (b"QUIT \r\n", "Quit() TrailingBlank@4..5"),
            (b"AUTH\r\n", "Auth()"),
            (b"AUTH LOGIN\r\n", "Auth(LOGIN)"),
            (b"auth gssapi\r\n", "Auth(gssapi)"),
            (b"AUTH LOGIN Q2hhcmxpZQ==\r\n", "Auth(LOGIN) <Charlie>"),
            (b"AUTH EXTERNAL =\r\n", "Auth(EXTERNAL) <>="),
            (b"AUTH GSSAPI \r\n", "Auth(GSSAPI) <> TrailingBlank@11..12"),
            (b"AUTH GSSAPI !!!\r\n", "Auth(GSSAPI) <>!12!13!14"),
            (b"AUTH X QUJD Z Z\r\n", "Auth(X) <ABC> extra(Z Z)"),
            (b"AUTH  LOGIN   QUJD\r\n", "Auth(LOGIN) <ABC> ExtraBlank@5..6 ExtraBlank@12..14"),
            (b"QUIT\n", "Quit() BareLf@4..5"),
            (b"QUIT", "Quit() NoTerminator@4..4"),
            (b"QUIT\r", "Other() BareCr@4..5 NoTerminator@5..5"),
            (b"NOOP a\rb\n\r\n", r"Noop(a\rb\n) BareCr@6..7 BareLf@8..9"),
            (b"NOOP \0\0\xFF\0\r\n", r"Noop(\x00\x00\xff\x00) Nul@5..7 EightBit@7..8 Nul@8..9"),
        ];
        for (line, expected) in table {
            assert_eq!(outline(line, &read_client(line, Dialogue::Command)), *expected, "{}", line.escape_ascii());
        }
    }

    #[test]
    fn responses_and_mail_data() {
        let table: &[(Dialogue, &[u8], &str)] = &[
            (Dialogue::Response, b"Q2hhcmxpZQ==\r\n", "<Charlie>"),
            (Dialogue::Response, b"\r\n", "Empty"),
            (Dialogue::Response, b"\n", "Empty BareLf@0..1"),
            (Dialogue::Response, b"*\r\n", "Cancel"),
            (Dialogue::Response, b"* \r\n", "<>!0!1"),
            (Dialogue::Response, b" *\r\n", "<>!0!1"),
            (Dialogue::Response, b"=\r\n", "<>!0="),
            (Dialogue::Response, b"QUIT\r\n", r"<AB\x13>"),
            (Dialogue::Response, b"QU\rJD\r\n", "<ABC>!2 BareCr@2..3"),
            (Dialogue::MailData, b".\r\n", "EndOfData"),
            (Dialogue::MailData, b".\n", "MailData BareLf@1..2"),
            (Dialogue::MailData, b"\xC3\xA4\0\r\n", "MailData Nul@2..3"),
        ];
        for (dialogue, line, expected) in table {
            assert_eq!(outline(line, &read_client(line, *dialogue)), *expected, "{}", line.escape_ascii());
        }
    }

    #[test]
    fn replies() {
        let table: &[(&[u8], &str)] = &[
            (b"220 SMTP.example.com\r\n", "220 (SMTP.example.com)"),
            (b"250-AUTH LOGIN\r\n", "250- (AUTH LOGIN)"),
            (b"250\r\n", "250 ()"),
            (b"250x\r\n", "250 (x) NoSeparator@3..4"),
            (b"235 2.7.0 Authentication successful\r\n", "235 [2.7.0] (Authentication successful)"),
            (b"535 5.7.139\r\n", "535 [5.7.139] ()"),
            (b"535 5.7.3.1 no\r\n", "535 (5.7.3.1 no)"),
            (b"535 5.7 no\r\n", "535 (5.7 no)"),
            (b"334 VXNlcm5hbWU6\r\n", "334 <Username:>"),
            (b"334 \r\n", "334 <>"),
            (b"334\r\n", "334 <> NoSeparator@3..3"),
            (b"334-QUJD\r\n", "334- <ABC>"),
            (b"334 a b\r\n", "334 <i>!5!6!7"),
            (b"33\r\n", "NotAReply"),
            (b"+OK\r\n", "NotAReply"),
            (b"", "NotAReply NoTerminator@0..0"),
        ];
        for (line, expected) in table {
            assert_eq!(outline(line, &read_server(line)), *expected, "{}", line.escape_ascii());
        }
    }

    #[test]
    fn each_kind_of_line_has_its_limit() {
        type Read = fn(&[u8]) -> Message;
        let long = |start: &str, length: usize| {
            let mut line = start.as_bytes().to_vec();
            line.resize(length - 2, b'A');
            line.extend_from_slice(b"\r\n");
            line
        };
        let table: &[(&str, usize, &str, Read)] = &[
            ("AUTH GSSAPI ", 512, "RFC 5321 4.5.3.1.4", |line| read_client(line, Dialogue::Command)),
            ("MAIL FROM:<> AUTH=", 1012, "RFC 4954 3", |line| read_client(line, Dialogue::Command)),
            ("", 12_288, "RFC 4954 4", |line| read_client(line, Dialogue::Response)),
            ("", 1000, "RFC 5321 4.5.3.1.6", |line| read_client(line, Dialogue::MailData)),
            ("250 ", 512, "RFC 5321 4.5.3.1.5", read_server),
            ("334 ", 12_288, "RFC 4954 4", read_server),
        ];
        for (start, limit, cite, read) in table {
            assert_eq!(read(&long(start, *limit)).flaws, [], "{start}");
            let [flaw] = &read(&long(start, limit + 1)).flaws[..] else { panic!("{start}: one flaw") };
            assert_eq!((flaw.kind, flaw.span), (FlawKind::OverLong, Span::new(*limit, limit + 1)), "{start}");
            assert_eq!(flaw.cite.to_string(), *cite, "{start}");
        }
    }

    #[test]
    fn a_hostile_line_lists_a_bounded_number_of_flaws() {
        let mut line = b"\0a".repeat(6000);
        assert_eq!(read_server(&line).flaws.len(), Message::FLAWS_KEPT + 2); // over-long, no terminator
        line.fill(0);
        assert_eq!(read_server(&line).flaws.len(), 3);
    }

    #[test]
    fn a_line_that_was_cut_is_over_long_whatever_is_left_of_it() {
        let mut message = read_client(b"QUJD\n", Dialogue::Response);
        message.mark_cut(0);
        assert_eq!(message.flaws.len(), 1);
        message.mark_cut(3);
        message.mark_cut(3);
        assert_eq!(outline(b"QUJD\n", &message), "<ABC> OverLong@4..4 BareLf@4..5");
    }

    #[test]
    fn an_ehlo_reply_is_its_keywords() {
        let lines = [
            "250-mail.example.com Hello\r\n",
            "250-SIZE\r\n",
            "250-auth gssapi  Ntlm\r\n",
            "250-AUTH=LOGIN PLAIN\r\n",
            "250-X-LINK2STATE a=B\r\n",
            "250-\r\n",
            "oops\r\n",
            "250 starttls",
        ];
        let shown: Vec<_> = keywords(lines)
            .into_iter()
            .map(|keyword| format!("{}{}{:?}", keyword.name, if keyword.legacy { "=" } else { "" }, keyword.parameters))
            .collect();
        assert_eq!(
            shown,
            [
                r"SIZE[]",
                r#"AUTH["GSSAPI", "NTLM"]"#,
                r#"AUTH=["LOGIN", "PLAIN"]"#,
                r#"X-LINK2STATE["a=B"]"#,
                r"STARTTLS[]"
            ]
        );
    }

    #[test]
    fn errors_are_sentences() {
        assert_eq!(Base64ErrorKind::Foreign(b'!').to_string(), "`!` is not in the base64 alphabet");
        assert_eq!(Base64ErrorKind::Foreign(0x1B).to_string(), "octet 0x1B is not in the base64 alphabet");
    }

    proptest! {
        #[test]
        fn any_octets_read_within_themselves(
            start in prop_oneof![Just(""), Just("AUTH "), Just("AUTH X "), Just("334 "), Just("250-"), Just("535 5.7.8 ")],
            rest in proptest::collection::vec(prop_oneof![Just(b' '), Just(b'\r'), Just(b'\n'), Just(b'='), any::<u8>()], 0..60),
        ) {
            let line = [start.as_bytes(), &rest].concat();
            let whole = Span::new(0, line.len());
            let messages = [Dialogue::Command, Dialogue::Response, Dialogue::MailData].map(|dialogue| read_client(&line, dialogue));
            for message in messages.into_iter().chain([read_server(&line)]) {
                let mut spans = vec![message.content];
                spans.extend(message.flaws.iter().map(|flaw| flaw.span));
                match &message.body {
                    Body::Command(command) => {
                        spans.extend([command.word, command.argument]);
                        if let Some(auth) = &command.auth {
                            spans.push(auth.mechanism);
                            spans.extend(auth.extra);
                            spans.extend(auth.initial.as_ref().map(|initial| initial.span));
                        }
                    }
                    Body::Response(Response::Base64(base64)) => spans.push(base64.span),
                    Body::Reply(reply) => {
                        spans.push(reply.text);
                        spans.extend(reply.enhanced);
                        spans.extend(reply.challenge.as_ref().map(|challenge| challenge.span));
                    }
                    _ => {}
                }
                prop_assert!(spans.iter().all(|span| whole.covers(*span)), "{message:?}");
                prop_assert!(message.flaws.is_sorted_by_key(|flaw| flaw.span.start));
            }
            let _ = keywords([&line, &line]);
        }
    }
}

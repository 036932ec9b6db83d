//! Real tokens and broken ones, trees as text; what must hold for any octets.

use super::*;
use crate::terms::Party;
use base64::{Engine, prelude::BASE64_STANDARD};
use proptest::prelude::*;

const GUESS: Hint = Hint { from: None, reading: Reading::Guess, mech: None, sealed: false };
const GSS: Hint = Hint { from: None, reading: Reading::Gss, mech: None, sealed: false };

fn reading(reading: Reading) -> Hint {
    Hint { reading, ..GUESS }
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits.chunks(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect()
}

fn shown(bytes: &[u8], hint: Hint) -> String {
    lines(&decode(bytes, &hint), bytes, false).join("\n")
}

/// The problems of a token: where, and what the node is called.
fn problems(bytes: &[u8], hint: Hint) -> Vec<(String, usize)> {
    let tree = decode(bytes, &hint);
    let faulty = tree.walk().filter_map(|(_, node)| Some((node.name.to_string(), node.problem.as_ref()?.at)));
    faulty.collect()
}

fn vectors() -> Vec<(String, Vec<u8>)> {
    include_str!("../../tests/data/tokens.jsonl")
        .lines()
        .map(|line| {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            (
                value["kind"].as_str().unwrap().to_owned(),
                BASE64_STANDARD.decode(value["b64"].as_str().unwrap()).unwrap(),
            )
        })
        .collect()
}

fn vector(kind: &str) -> Vec<u8> {
    vectors().into_iter().find(|(name, _)| name == kind).unwrap().1
}

#[test]
fn every_vector_has_its_kind_and_no_problem() {
    for (kind, bytes) in vectors() {
        let expected = match kind.as_str() {
            "gss-framed NegTokenInit" => Kind::NegTokenInit,
            "gss-framed NegTokenInit2" => Kind::NegTokenInit2,
            "NegTokenResp" => Kind::NegTokenResp,
            "NTLM NEGOTIATE" | "NTLM CHALLENGE" | "NTLM AUTHENTICATE" => Kind::Ntlm,
            "gss-framed krb5 AP-REQ" | "KRB-ERROR (bare)" | "gss-framed IAKERB" => Kind::Kerberos,
            "RFC 2222 security-layer offer (RFC 4121 Wrap)" | "RFC 2222 security-layer choice (RFC 4121 Wrap)" => {
                Kind::Wrap
            }
            // A piece of an authenticator, which nothing outside it gives away.
            "krb5 authenticator checksum (0x8003) value" => Kind::Unknown,
            other => panic!("no kind stated for {other}"),
        };
        assert_eq!(decode(&bytes, &GSS).kind, expected, "{kind}");
        let known = match kind.as_str() {
            // MIT writes an OCTET STRING where the draft has UTF8String.
            "gss-framed IAKERB" => vec![("target-realm".to_owned(), 17)],
            _ => Vec::new(),
        };
        assert_eq!(problems(&bytes, GSS), known, "{kind}");
    }
}

#[test]
fn the_smallest_negtokeninit_has_the_ranges_that_a_hand_finds() {
    let bytes = BASE64_STANDARD.decode("YCQGBisGAQUFAqAaMBigDjAMBgorBgEEAYI3AgIKogYEBAECAwQ=").unwrap();
    let tree = decode(&bytes, &GUESS);
    assert_eq!(tree.find("mechTypes").unwrap().content.of(&bytes), &bytes[16..30], "the MechTypeList itself");
    assert_eq!(
        shown(&bytes, GUESS),
        "\
InitialContextToken  [0..38]
  thisMech  SPNEGO (1.3.6.1.5.5.2)  [2..10]
  NegTokenInit  [10..38]
    mechTypes  [14..30]
      MechType  NTLMSSP (1.3.6.1.4.1.311.2.2.10)  [18..30]
    mechToken  01020304  [30..38]"
    );
}

#[test]
fn a_kerberos_token_within_spnego_is_read_to_its_ciphers() {
    assert_eq!(
        shown(&vector("gss-framed NegTokenInit"), GUESS),
        "\
InitialContextToken  [0..1433]
  thisMech  SPNEGO (1.3.6.1.5.5.2)  [4..12]
  NegTokenInit  [12..1433]
    mechTypes  [20..47]
      MechType  Kerberos V5 (1.2.840.113554.1.2.2)  [24..35]
      MechType  NTLMSSP (1.3.6.1.4.1.311.2.2.10)  [35..47]
    mechToken  1378 octets  [47..1433]
      InitialContextToken  [55..1433]
        thisMech  Kerberos V5 (1.2.840.113554.1.2.2)  [59..70]
        tokId  KRB_AP_REQ (256)  [70..72]
        AP-REQ  [72..1433]
          pvno  5  [80..85]
          msg-type  KRB_AP_REQ (14)  [85..90]
          ap-options  20000000  [90..99]
            mutual-required  [95..96]
          ticket  [99..1214]
            tkt-vno  5  [111..116]
            realm  DOMAIN.LOCAL  [116..132]
            sname  [132..157]
              name-type  NT-SRV-HST (3)  [136..141]
              name-string  [141..157]
                KerberosString  host  [145..151]
                KerberosString  dc01  [151..157]
            enc-part  [157..1214]
              etype  aes256-cts-hmac-sha1-96 (18)  [165..170]
              kvno  6  [170..175]
              cipher  •  [175..1214]
          authenticator  [1214..1433]
            etype  aes256-cts-hmac-sha1-96 (18)  [1220..1225]
            cipher  •  [1225..1433]"
    );
}

#[test]
fn a_krb_error_says_its_code_by_name_and_its_time() {
    let text = shown(&vector("KRB-ERROR (bare)"), GUESS);
    for line in [
        "  stime  2020-06-13T21:04:23Z  [13..32]",
        "  error-code  KDC_ERR_PREAUTH_REQUIRED (25)  [39..44]",
        "  realm  DOMAIN.LOCAL  [44..60]",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line}\n{text}");
    }
}

#[test]
fn hints_make_a_negtokeninit2() {
    assert_eq!(
        shown(&vectors()[10].1, GUESS),
        "\
InitialContextToken  [0..73]
  thisMech  SPNEGO (1.3.6.1.5.5.2)  [2..10]
  NegTokenInit2  [10..73]
    mechTypes  [14..29]
      MechType  Kerberos V5 (1.2.840.113554.1.2.2)  [18..29]
    negHints  [29..73]
      hintName  not_defined_in_RFC4178@please_ignore  [33..73]"
    );
}

#[test]
fn an_ntlm_challenge_is_read_to_its_pairs() {
    assert_eq!(
        shown(&vector("NTLM CHALLENGE"), GUESS),
        "\
CHALLENGE_MESSAGE  [0..206]
  Signature  NTLMSSP\\0  [0..8]
  MessageType  NtLmChallenge (2)  [8..12]
  TargetNameFields  [12..20]
    Len  12  [12..14]
    MaxLen  12  [14..16]
    BufferOffset  56  [16..20]
  NegotiateFlags  e2898235  [20..24]
    NTLMSSP_NEGOTIATE_UNICODE  [20..21]
    NTLMSSP_REQUEST_TARGET  [20..21]
    NTLMSSP_NEGOTIATE_SIGN  [20..21]
    NTLMSSP_NEGOTIATE_SEAL  [20..21]
    NTLMSSP_NEGOTIATE_NTLM  [21..22]
    NTLMSSP_NEGOTIATE_ALWAYS_SIGN  [21..22]
    NTLMSSP_TARGET_TYPE_DOMAIN  [22..23]
    NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY  [22..23]
    NTLMSSP_NEGOTIATE_TARGET_INFO  [22..23]
    NTLMSSP_NEGOTIATE_VERSION  [23..24]
    NTLMSSP_NEGOTIATE_128  [23..24]
    NTLMSSP_NEGOTIATE_KEY_EXCH  [23..24]
    NTLMSSP_NEGOTIATE_56  [23..24]
  ServerChallenge  e4101014cf8a90be  [24..32]
  Reserved  0000000000000000  [32..40]
  TargetInfoFields  [40..48]
    Len  138  [40..42]
    MaxLen  138  [42..44]
    BufferOffset  68  [44..48]
  Version  10.0.14393 rev 15  [48..56]
  TargetName  DOMAIN  [56..68]
  TargetInfo  [68..206]
    MsvAvNbDomainName  DOMAIN  [68..84]
    MsvAvNbComputerName  DC01  [84..96]
    MsvAvDnsDomainName  domain.local  [96..124]
    MsvAvDnsComputerName  DC01.domain.local  [124..162]
    MsvAvDnsTreeName  domain.local  [162..190]
    MsvAvTimestamp  2020-04-30T02:46:22.4140792Z  [190..202]
    MsvAvEOL  [202..206]"
    );
}

#[test]
fn both_kinds_of_ntlm_responses_hide_what_logs_on() {
    let answers: Vec<_> = vectors().into_iter().filter(|(kind, _)| kind == "NTLM AUTHENTICATE").collect();
    let tail = |bytes: &[u8]| shown(bytes, GUESS).split_once("  Version").unwrap().1.to_owned();
    assert_eq!(
        tail(&answers[0].1),
        "  6.2.0 rev 15  [64..72]
  NtChallengeResponse  252 octets  [72..324]
    NTProofStr  •  [72..88]
    NTLMv2_CLIENT_CHALLENGE  [88..324]
      RespType  1  [88..89]
      HiRespType  1  [89..90]
      Reserved1  0000  [90..92]
      Reserved2  00000000  [92..96]
      TimeStamp  2020-04-30T02:46:22.4140792Z  [96..104]
      ChallengeFromClient  dc5a7473ac5672fc  [104..112]
      Reserved3  00000000  [112..116]
      AvPairs  [116..320]
        MsvAvNbComputerName  DC01  [116..128]
        MsvAvNbDomainName  DOMAIN  [128..144]
        MsvAvDnsComputerName  DC01.domain.local  [144..182]
        MsvAvDnsDomainName  domain.local  [182..210]
        MsvAvDnsTreeName  domain.local  [210..238]
        MsvAvFlags  00000000  [238..246]
        MsvAvTimestamp  2020-04-30T02:46:22.4140792Z  [246..258]
        MsvAvTargetName  dc01.domain.local  [258..296]
        MsvAvChannelBindings  00000000000000000000000000000000  [296..316]
        MsvAvEOL  [316..320]
      Z(4)  00000000  [320..324]
  UserName  vagrant-domain@DOMAIN.LOCAL  [324..378]
  Workstation  JBOREAN-LINUX  [378..404]
  EncryptedRandomSessionKey  •  [404..420]"
    );
    assert_eq!(
        tail(&answers[1].1),
        "  5.2.3790 rev 15  [64..72]
  DomainName  exch-cli-66  [72..94]
  UserName  test  [94..102]
  Workstation  EXCH-CLI-66  [102..124]
  LmChallengeResponse  •  [124..148]
  NtChallengeResponse  24 octets  [148..172]
    NTLM_RESPONSE  •  [148..172]
  EncryptedRandomSessionKey  •  [172..188]"
    );
}

#[test]
fn the_layer_offer_of_an_exchange_server_is_read_where_its_octets_stand() {
    let hint = Hint { from: Some(Party::Server), reading: Reading::Gss, mech: Some(Mech::Kerberos), sealed: false };
    assert_eq!(
        shown(&vector("RFC 2222 security-layer offer (RFC 4121 Wrap)"), hint),
        "\
Wrap  [0..32]
  TOK_ID  Wrap (1284)  [0..2]
  Flags  01  [2..3]
    SentByAcceptor  [2..3]
  Filler  ff  [3..4]
  EC  12  [4..6]
  RRC  12  [6..8]
  SND_SEQ  79699159  [8..16]
  checksum  •  [16..28]
  plaintext  4 octets  [28..32]
    mask  01  [28..29]
      no security layer  [28..29]
    maxsize  48000  [29..32]"
    );
}

/// EC 4, RRC as given, and eight octets of data.
fn wrap(rrc: u8) -> Vec<u8> {
    [hex("050400FF 0004 00"), vec![rrc], hex("0000000000000001 01020304 05060708")].concat()
}

#[test]
fn a_rotated_wrap_token_is_named_piece_by_piece() {
    for (rrc, pieces) in [
        (0, "plaintext 16..20, checksum 20..24"),
        (4, "checksum 16..20, plaintext 20..24"),
        (8, "plaintext 16..20, checksum 20..24"),
        (1, "checksum 16..17, plaintext 17..21, checksum 21..24"),
        (6, "plaintext 16..18, checksum 18..22, plaintext 22..24"),
    ] {
        let tree = decode(&wrap(rrc), &GUESS);
        let got: Vec<_> = tree.root.children[6..].iter().map(|node| format!("{} {}", node.name, node.span)).collect();
        assert_eq!(got.join(", "), pieces, "RRC {rrc}");
    }
}

#[test]
fn tokens_are_told_apart_by_their_first_octets() {
    let signature = "01000000 7fb38ec5c55d4976 00000000";
    for (octets, kind, names) in [
        ("", Kind::Empty, "empty"),
        (signature, Kind::NtlmSignature, "NTLMSSP_MESSAGE_SIGNATURE Version Checksum SeqNum"),
        (
            &format!("{signature} 01 00BB80"),
            Kind::NtlmSignature,
            "NTLM wrapped message NTLMSSP_MESSAGE_SIGNATURE Version Checksum SeqNum plaintext mask no security layer maxsize",
        ),
        (
            &format!("{signature} 91A0 5F33 00"),
            Kind::NtlmSignature,
            "NTLM wrapped message NTLMSSP_MESSAGE_SIGNATURE Version Checksum SeqNum ciphertext",
        ),
        (
            &format!("14000000 {signature} 01000000"),
            Kind::NtlmSignature,
            "length-prefixed token length NTLM wrapped message NTLMSSP_MESSAGE_SIGNATURE Version Checksum SeqNum plaintext \
             mask no security layer maxsize",
        ),
        (
            "07 00FFFF",
            Kind::SecurityLayer,
            "security layer mask no security layer integrity protection confidentiality protection maxsize",
        ),
        ("01 000000 66 6F 6F", Kind::SecurityLayer, "security layer mask no security layer maxsize authzid"),
        (
            "040401FFFFFFFFFF 0000000000000002 AABB",
            Kind::Mic,
            "MIC TOK_ID Flags SentByAcceptor Filler SND_SEQ SGN_CKSUM",
        ),
        (
            "6023 06092A864886F712010202 0101 1100FFFFFFFF 0102030405060708 1112131415161718",
            Kind::Mic,
            "InitialContextToken thisMech tokId SGN_ALG Filler SND_SEQ SGN_CKSUM",
        ),
        (
            "6030 06092A864886F712010202 0201 1100FFFFFFFF 0102030405060708 1112131415161718 2122232425262728 01000000 01",
            Kind::Wrap,
            "InitialContextToken thisMech tokId SGN_ALG SEAL_ALG Filler SND_SEQ SGN_CKSUM Confounder plaintext mask \
             no security layer maxsize Padding",
        ),
        (
            "4E45474F45585453 00000000 00000000 28000000 29000000 000102030405060708090A0B0C0D0E0F AA",
            Kind::NegoEx,
            "NEGOEX MESSAGE_TYPE_INITIATOR_NEGO Signature MessageType SequenceNum cbHeaderLength cbMessageLength \
             ConversationId payload",
        ),
        (
            "601A 060A2A864886F71201020203 0400 300A A003020105 A103020110",
            Kind::Kerberos,
            "InitialContextToken thisMech tokId KERB-TGT-REQUEST pvno msg-type",
        ),
        ("6F0C 300A A003020105 A10302010F", Kind::Kerberos, "AP-REP pvno msg-type"),
        ("600A 06062B0601050501 0500", Kind::Unknown, "InitialContextToken thisMech innerContextToken"),
        ("3006 020105 0101FF", Kind::Ber, "SEQUENCE INTEGER BOOLEAN"),
        ("55736572 6E616D65 3A", Kind::Text, "text"),
        ("6A6F686E", Kind::Text, "text"),
        ("7465737400 7465737400 31323334", Kind::Text, "PLAIN authzid authcid passwd"),
        ("08 00FE01", Kind::SecurityLayer, "security layer mask bit 3 maxsize"),
        ("FF00FE0180", Kind::Unknown, "octets"),
    ] {
        let tree = decode(&hex(octets), &GSS);
        let got: Vec<_> = tree.walk().map(|(_, node)| &*node.name).collect();
        assert!(tree.kind == kind && got.join(" ") == names, "{octets}: {:?} {}", tree.kind, got.join(" "));
    }
}

#[test]
fn the_place_in_the_conversation_tells_text_apart() {
    for (hint, octets, shown_as) in [
        (Reading::Prompt, &b"Password\0"[..], "prompt  Password\\0  [0..9]"),
        (Reading::Username, b"Charlie", "username  Charlie  [0..7]"),
        (Reading::Password, b"password", "password  •  [0..8]"),
        (Reading::UsernameOrPassword, b"Charlie", "username or password  •  [0..7]"),
        (Reading::Username, b"NTLMSSP\0", "username  NTLMSSP\\0  [0..8]"),
        (Reading::Username, b"\x1b[2J", "username  \\u{1b}[2J  [0..4]"),
        (
            Reading::Plain,
            b"test\0test\x001234",
            "PLAIN  [0..14]\n  authzid  test  [0..4]\n  authcid  test  [5..9]\n  passwd  •  [10..14]",
        ),
        (
            Reading::Plain,
            b"test\0test",
            "PLAIN  [0..9] ! got 9 octets without two NUL, expected authzid NUL authcid NUL passwd (RFC 4616 2)\n  octets  •  [0..9]",
        ),
    ] {
        assert_eq!(shown(octets, reading(hint)), shown_as);
    }
}

/// Messages of the text mechanisms, as their descriptions print them.
pub(crate) const MESSAGES: &[(Reading, Party, &str)] = &[
    (Reading::CramMd5, Party::Server, "<1896.697170952@postoffice.reston.mci.net>"),
    (Reading::CramMd5, Party::Client, "tim b913a602c7eda7a495b4e6e7334d3890"),
    (
        Reading::DigestMd5,
        Party::Server,
        "realm=\"elwood.innosoft.com\",nonce=\"OA6MG9tEQGm2hh\",qop=\"auth\",algorithm=md5-sess,charset=utf-8",
    ),
    (
        Reading::DigestMd5,
        Party::Client,
        "charset=utf-8,username=\"chris\",realm=\"elwood.innosoft.com\",nonce=\"OA6MG9tEQGm2hh\",nc=00000001,cnonce=\"OA6MHXh6VqTrRk\",digest-uri=\"imap/elwood.innosoft.com\",response=d388dad90d4bbd760a152321f2143af7,qop=auth",
    ),
    (Reading::DigestMd5, Party::Server, "rspauth=ea40f60335c427b5527b84dbabcdfffd"),
    (Reading::External, Party::Client, "alice@example.com"),
    (Reading::Xoauth2, Party::Client, "user=someuser@example.com\x01auth=Bearer ya29.vF9dft4qmTc2Nvb3Rlcg\x01\x01"),
    (
        Reading::Xoauth2,
        Party::Server,
        "{\"status\":\"401\",\"schemes\":\"bearer mac\",\"scope\":\"https://mail.google.com/\"}\n",
    ),
    (
        Reading::Oauthbearer,
        Party::Client,
        "n,a=user@example.com,\x01host=server.example.com\x01port=143\x01auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01",
    ),
    (Reading::Oauthbearer, Party::Server, "{ \"status\" : \"invalid_token\", \"more\": [1, \"}\", {}] }"),
    (Reading::Oauthbearer, Party::Client, "\x01"),
];

fn message_hint(reading: Reading, from: Party) -> Hint {
    Hint { from: Some(from), reading, ..GUESS }
}

#[test]
fn messages_of_text_mechanisms_are_read_to_their_fields() {
    let expected = [
        "msg-id  [0..42]\n  local-part  1896.697170952  [1..15]\n  domain  postoffice.reston.mci.net  [16..41]",
        "CRAM-MD5  [0..36]\n  username  tim  [0..3]\n  digest  •  [4..36]",
        "digest-challenge  [0..94]\n  realm  elwood.innosoft.com  [0..27]\n  nonce  OA6MG9tEQGm2hh  [28..50]\n  qop  auth  [51..61]\n    auth  [56..60]\n  algorithm  md5-sess  [62..80]\n  charset  utf-8  [81..94]",
        "digest-response  [0..206]\n  charset  utf-8  [0..13]\n  username  chris  [14..30]\n  realm  elwood.innosoft.com  [31..58]\n  nonce  OA6MG9tEQGm2hh  [59..81]\n  nc  00000001  [82..93]\n  cnonce  OA6MHXh6VqTrRk  [94..117]\n  digest-uri  imap/elwood.innosoft.com  [118..155]\n  response  •  [156..197]\n  qop  auth  [198..206]\n    auth  [202..206]",
        "response-auth  [0..40]\n  rspauth  •  [0..40]",
        "EXTERNAL  [0..17]\n  authzid  alice@example.com  [0..17]",
        "XOAUTH2  [0..65]\n  user  someuser@example.com  [0..25]\n  auth  [26..63]\n    auth-scheme  Bearer  [31..37]\n    token  •  [38..63]",
        "error result  [0..75]\n  status  401  [1..15]\n  schemes  bearer mac  [16..38]\n  scope  https://mail.google.com/  [39..73]",
        "OAUTHBEARER  [0..111]\n  gs2-header  n,a=user@example.com,  [0..21]\n    gs2-cbind-flag  n  [0..1]\n    authzid  user@example.com  [2..20]\n  host  server.example.com  [22..45]\n  port  143  [46..54]\n  auth  [55..109]\n    auth-scheme  Bearer  [60..66]\n    token  •  [67..109]",
        "error result  [0..52]\n  status  invalid_token  [2..28]\n  member  [1, \"}\", {}]  [30..50]",
        "kvsep  01  [0..1]",
    ];
    assert_eq!(MESSAGES.len(), expected.len());
    for ((reading, from, message), expected) in MESSAGES.iter().zip(expected) {
        assert_eq!(shown(message.as_bytes(), message_hint(*reading, *from)), expected);
        // By themselves most give away what they are; a name and a single octet don't.
        let alone = shown(message.as_bytes(), GUESS);
        assert!(alone == expected || matches!(*message, "alice@example.com" | "\x01"), "{alone}");
    }
}

#[test]
fn what_is_wrong_with_a_message_is_said_and_no_secret_shown() {
    let server = Some(Party::Server);
    for (reading, from, message, expected) in [
        (
            Reading::CramMd5,
            server,
            "nonce",
            "msg-id  nonce  [0..5] ! got other characters, expected a msg-id: <local-part@domain> (RFC 2195 2)",
        ),
        (Reading::CramMd5, server, "<@a>", "got no local-part, expected at least one character (RFC 2195 2)"),
        (Reading::CramMd5, None, "tim", "  octets  •  [0..3]"),
        (
            Reading::CramMd5,
            None,
            "tim abc",
            "digest  •  [4..7] ! got 3 characters, expected 32 hex digits (RFC 2195 2)",
        ),
        (
            Reading::CramMd5,
            None,
            "a b B913A602C7EDA7A495B4E6E7334D3890",
            "! got other characters, expected hex digits in lower case",
        ),
        (Reading::CramMd5, None, "a b B913A602C7EDA7A495B4E6E7334D3890", "  username  a b  [0..3]"),
        (
            Reading::DigestMd5,
            server,
            "nonce=a,nonce=\"b\",algorithm=md5-sess",
            "nonce  b  [8..17] ! got a second nonce, expected at most one (RFC 2831 2.1.1)",
        ),
        (
            Reading::DigestMd5,
            server,
            " realm=\"a\\\"b\" , ,realm=c , algorithm = md5-sess",
            "digest-challenge  [0..47] ! got no nonce, expected one (RFC 2831 2.1.1)",
        ),
        (Reading::DigestMd5, server, " realm=\"a\\\"b\" , ,realm=c , algorithm = md5-sess", "  realm  a\"b  [1..13]"),
        (
            Reading::DigestMd5,
            server,
            "nonce=a,algorithm=md5",
            "algorithm  md5  [8..21] ! got another algorithm, expected md5-sess",
        ),
        (
            Reading::DigestMd5,
            server,
            "nonce=a,algorithm=md5-sess,charset=latin",
            "! got another charset, expected utf-8",
        ),
        (Reading::DigestMd5, server, "nonce=\"a", "  octets  nonce=\"a  [0..8]"),
        (Reading::DigestMd5, server, "nonce=\"a\"b", "  octets  b  [9..10]"),
        (Reading::DigestMd5, server, "nonce=\"a\\", "! got something else, expected name=value (RFC 2831 7.1)"),
        (
            Reading::DigestMd5,
            server,
            "nonce=a,algorithm=md5-sess,qop=\"auth-int, auth,x\"",
            "    auth-int  [32..40]\n    auth  [42..46]",
        ),
        (
            Reading::DigestMd5,
            Some(Party::Client),
            "username=a,response=secret,nc=1",
            "  nc  1  [27..31] ! got other characters, expected 8 hex digits",
        ),
        (Reading::DigestMd5, Some(Party::Client), "username=a secret", "  octets  •  [11..17]"),
        (
            Reading::DigestMd5,
            Some(Party::Client),
            "secret",
            "digest-response  [0..6] ! got something else, expected name=value (RFC 2831 7.1)",
        ),
        (Reading::External, None, "a\0b", "! got a NUL, expected none (RFC 4422 A.1)"),
        (Reading::Xoauth2, None, "user=a auth=Bearer x", "  octets  •  [0..20]"),
        (Reading::Xoauth2, None, "user=a\x01Auth=Bearer x\x01\x01", "  octets  •  [0..22]"),
        (
            Reading::Xoauth2,
            None,
            "user=a\x01auth=Bearer x\x01",
            "! got no 01 behind the last pair, expected two at the end",
        ),
        (Reading::Xoauth2, None, "user=a\x01auth=Bearer x\x01\x01more", "  octets  •  [22..26]"),
        (Reading::Xoauth2, None, "user=a\x01pin=1\x01auth=Bearer x\x01\x01", "  kvpair  •  [7..12]"),
        (Reading::Xoauth2, None, "user=a\x01auth=secret\x01\x01", "    token  •  [12..18]"),
        (
            Reading::Xoauth2,
            None,
            "user=a\x01auth=Basic x\x01\x01",
            "! got another scheme, expected Bearer (RFC 6750 2.1)",
        ),
        (
            Reading::Xoauth2,
            None,
            "user=a\x01auth=Bearer x y\x01\x01",
            "! got characters that no bearer token has, or none (RFC 6750 2.1)",
        ),
        (
            Reading::Oauthbearer,
            None,
            "n,user=a,\x01auth=Bearer x\x01\x01",
            "gs2-header  n,user=a,  [0..9] ! got other characters, expected n,a=NAME, or n,, (RFC 5801 4)",
        ),
        (Reading::Oauthbearer, None, "n,a=secret", "  octets  •  [0..10]"),
        (
            Reading::Oauthbearer,
            None,
            "z,,x\x01auth=Bearer x\x01\x01",
            "gs2-header  z,,x  [0..4] ! got other characters",
        ),
        (
            Reading::Oauthbearer,
            server,
            "{\"status\":",
            "! got something else, expected a member of the object (RFC 8259 4)",
        ),
        (
            Reading::Oauthbearer,
            server,
            "{\"a\":\"\\",
            "! got something else, expected a member of the object (RFC 8259 4)",
        ),
        (Reading::Oauthbearer, server, "{} {}", "! got octets behind the object, expected the end (RFC 8259 4)"),
        (
            Reading::Oauthbearer,
            server,
            "no",
            "error result  no  [0..2] ! got other characters, expected an object of JSON (RFC 8259 4)",
        ),
    ] {
        let text = shown(message.as_bytes(), Hint { from, reading, ..GUESS });
        assert!(text.contains(expected), "{message:?}\n{text}");
        assert!(!text.contains("secret") && !text.contains("Bearer x"), "{text}");
    }
}

/// RFC 7628 section 4.3.
#[test]
fn a_client_without_a_token_may_ask_where_they_are_had() {
    let hint = message_hint(Reading::Oauthbearer, Party::Client);
    assert_eq!(problems(b"n,a=user@example.com,\x01host=h\x01auth=\x01\x01", hint), []);
}

#[test]
fn a_field_of_a_message_takes_any_length() {
    for (reading, from, name, value, expected) in [
        (Reading::CramMd5, Party::Server, "domain", "a", "<1896.697170952@a>"),
        (Reading::CramMd5, Party::Client, "username", "timothy", "timothy b913a602c7eda7a495b4e6e7334d3890"),
        (Reading::DigestMd5, Party::Server, "rspauth", "00", "rspauth=00"),
        (Reading::Xoauth2, Party::Client, "user", "u", "user=u\x01auth=Bearer ya29.vF9dft4qmTc2Nvb3Rlcg\x01\x01"),
        (Reading::Xoauth2, Party::Client, "token", "t", "user=someuser@example.com\x01auth=Bearer t\x01\x01"),
        (
            Reading::Xoauth2,
            Party::Server,
            "status",
            "400",
            "{\"status\":\"400\",\"schemes\":\"bearer mac\",\"scope\":\"https://mail.google.com/\"}\n",
        ),
    ] {
        let message = MESSAGES.iter().rfind(|known| (known.0, known.1) == (reading, from)).unwrap().2.as_bytes();
        let tree = decode(message, &message_hint(reading, from));
        let node = tree.find(name).unwrap();
        let content = octets(node, message, value).unwrap();
        assert_eq!(patch(message, &tree, node, &content).unwrap(), expected.as_bytes(), "{name}");
    }
    // What looks like a DER header counts nothing: r is 72, e is 65, 101 octets.
    let long = format!("{{\"scope\":\"{}\"}}", "s".repeat(200));
    let tree = decode(long.as_bytes(), &message_hint(Reading::Xoauth2, Party::Server));
    let patched = patch(long.as_bytes(), &tree, tree.find("scope").unwrap(), b"s").unwrap();
    assert_eq!(patched, b"{\"scope\":\"s\"}");
}

#[test]
fn each_breach_has_its_node_and_its_octet() {
    for (octets, breaches) in [
        // Trailing octets behind the frame, a cut frame, a length that is not minimal, an indefinite one.
        (
            "6024 06062B0601050502 A01A3018 A00E300C 060A2B06010401823702020A A206 040401020304 00",
            "InitialContextToken 38",
        ),
        ("6025 06062B0601050502 A01A3018 A00E300C 060A2B06010401823702020A A206 040401020304", "InitialContextToken 0"),
        ("A1 8107 3005 A003 0A0100", "NegTokenResp 1"),
        ("A1 80 3005 A003 0A0100 0000", "NegTokenResp 1"),
        // The SEQUENCE is missing; a negState of two octets; one that is not defined; a field of the wrong type.
        ("A105 A0030A0100", "NegTokenResp 2"),
        ("A108 3006 A0040A020100", "negState 8"),
        ("A107 3005 A0030A0107", "negState 8"),
        ("A107 3005 A003020100", "negState 6"),
        // Fields twice and out of order; no mechTypes; no mechanism in them; a hintAddress.
        ("A10C 300A A0030A0100 A0030A0100", "negState 9"),
        ("A10D 300B A204 04020102 A0030A0101", "negState 10"),
        ("A006 3004 A2020400", "NegTokenInit 4"),
        ("A006 3004 A0023000", "mechTypes 6"),
        ("A010 300E A3 0C 300A A104 04020102 A1020400", "hintAddress 8, hintAddress 14"),
        // NTLM: no message type, an offset outside, one into the header, an odd length of UTF-16.
        ("4E544C4D53535000 0100", "NTLM message 10"),
        ("4E544C4D53535000 01000000 00000000 0100010099000000", "NEGOTIATE_MESSAGE 24, DomainNameFields 16"),
        ("4E544C4D53535000 02000000 0200020008000000 01000000 0102030405060708", "TargetNameFields 12"),
        ("4E544C4D53535000 02000000 0300030020000000 01000000 0102030405060708 410042", "TargetName 32"),
        // PLAIN without an identity; a wrap token whose EC says more than there is.
        ("050400FF 0009 0000 0000000000000001 01020304", "Wrap 4"),
    ] {
        let got: Vec<_> = problems(&hex(octets), GSS).iter().map(|(name, at)| format!("{name} {at}")).collect();
        assert_eq!(got.join(", "), breaches, "{octets}");
    }
}

#[test]
fn a_mic_shows_by_where_the_payload_begins() {
    let without = vectors().into_iter().find(|(kind, _)| kind == "NTLM AUTHENTICATE").unwrap().1;
    // 16 octets at 72, and all offsets behind them.
    let mut with = without.clone();
    with.splice(72..72, [0xA5; 16]);
    for fields in [20, 36, 44, 52] {
        let offset = u32::from_le_bytes(with[fields + 4..fields + 8].try_into().unwrap());
        with[fields + 4..fields + 8].copy_from_slice(&(offset + 16).to_le_bytes());
    }
    assert_eq!(decode(&without, &GUESS).find("MIC"), None);
    let tree = decode(&with, &GUESS);
    assert_eq!(tree.problems().count(), 0);
    let mic = tree.find("MIC").unwrap();
    assert_eq!((mic.span, mic.secret), (Span::new(72, 88), true));
    // A MIC that the flags announce, and that is not there.
    let tree = decode(&without, &GUESS);
    let flags = tree.find("MsvAvFlags").unwrap();
    let stripped = patch(&without, &tree, flags, &[2, 0, 0, 0]).unwrap();
    assert_eq!(problems(&stripped, GUESS), [("AUTHENTICATE_MESSAGE".to_owned(), 72)]);
}

#[test]
fn hostile_nesting_ends_at_the_limit() {
    let nested = |levels: usize| {
        // Definite lengths, from the inside out.
        (0..levels).fold(Vec::new(), |inner: Vec<u8>, _| {
            let mut outer = vec![0x30, 0x83];
            outer.extend_from_slice(&(inner.len() as u32).to_be_bytes()[1..]);
            outer.extend_from_slice(&inner);
            outer
        })
    };
    let frames = (0..200).fold(vec![0x05, 0x00], |inner: Vec<u8>, _| {
        let mut outer = vec![0x60, 0x82];
        outer.extend_from_slice(&(inner.len() as u16 + 8).to_be_bytes());
        outer.extend_from_slice(&[0x06, 0x06, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x01]);
        outer.extend_from_slice(&inner);
        outer
    });
    for bytes in [[0x30, 0x80].repeat(100_000), [0xA1, 0x80].repeat(100_000), nested(2_000), frames] {
        let tree = decode(&bytes, &GUESS);
        assert!(tree.walk().all(|(depth, _)| depth <= 40) && tree.walk().count() < 80);
    }
}

#[test]
fn many_small_elements_make_no_more_nodes_than_the_budget() {
    let nulls = [vec![0x30, 0x83, 0x01, 0x86, 0xA0], [0x05, 0x00].repeat(50_000)].concat();
    let head =
        hex("4E544C4D53535000 02000000 0000000000000000 01000000 0102030405060708 0000000000000000 F8FF F8FF 30000000");
    let pairs = [head, hex("06000400FFFFFFFF").repeat(8_191)].concat();
    for bytes in [nulls, pairs] {
        let tree = decode(&bytes, &GUESS);
        let count = tree.walk().count();
        assert!(count > 500 && count < 600 + bytes.len() / 16, "{count}");
        assert_eq!(tree.root.children.last().unwrap().span.end, bytes.len());
    }
}

#[test]
fn a_patch_of_another_length_mends_all_lengths_around_it() {
    let init = vector("gss-framed NegTokenInit");
    let tree = decode(&init, &GUESS);
    let realm = tree.find("realm").unwrap();
    let patched = patch(&init, &tree, realm, &[b'X'; 300]).unwrap();
    let text = shown(&patched, GUESS);
    assert_eq!(problems(&patched, GUESS), []);
    assert!(text.contains(&format!("realm  {}  [116..424]", "X".repeat(300))), "{text}");

    let answer = vector("NTLM AUTHENTICATE");
    let tree = decode(&answer, &GUESS);
    let name = tree.find("UserName").unwrap();
    let patched = patch(&answer, &tree, name, &[b'a', 0]).unwrap();
    let target = decode(&patched, &GUESS);
    let longer = patch(&patched, &target, target.find("MsvAvTargetName").unwrap(), &[b'b', 0].repeat(40)).unwrap();
    assert_eq!(problems(&longer, GUESS), []);
    let text = shown(&longer, GUESS);
    for line in
        ["  UserName  a  [", "  Workstation  JBOREAN-LINUX  [", &format!("MsvAvTargetName  {}  [", "b".repeat(40))]
    {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn a_patch_is_refused_where_nothing_says_the_length() {
    let answer = vector("NTLM AUTHENTICATE");
    let tree = decode(&answer, &GUESS);
    let proof = tree.find("NTProofStr").unwrap();
    let fixed = PatchError::FixedLength { name: "NTProofStr".to_owned(), expected: 16, got: 1 };
    assert_eq!(patch(&answer, &tree, proof, &[0]), Err(fixed));
    assert_eq!(patch(&answer, &tree, &proof.clone(), &[0]), Err(PatchError::NoNode(proof.span)));
    let name = tree.find("UserName").unwrap();
    let long = PatchError::TooLong { name: "AUTHENTICATE_MESSAGE".to_owned() };
    assert_eq!(patch(&answer, &tree, name, &vec![0; 70_000]), Err(long));
    for (rrc, allowed) in [(0, true), (4, true), (1, false)] {
        let bytes = wrap(rrc);
        let tree = decode(&bytes, &GUESS);
        let plain = tree.find("plaintext").unwrap();
        assert_eq!(patch(&bytes, &tree, plain, &[1; 9]).is_ok(), allowed, "RRC {rrc}");
    }
}

#[test]
fn a_length_that_was_not_minimal_keeps_its_octets_and_net_prefixes_grow() {
    let bytes = hex("A1 820009 3007 A0820003 0A0100");
    let tree = decode(&bytes, &GUESS);
    let state = tree.find("negState").unwrap();
    assert_eq!(patch(&bytes, &tree, state, &[0, 1]).unwrap(), hex("A1 82000A 3008 A0820004 0A020001"));
    let bytes = hex("14000000 010000007fb38ec5c55d497600000000 01000000");
    let tree = decode(&bytes, &GSS);
    let plain = tree.find("plaintext").unwrap();
    let patched = patch(&bytes, &tree, plain, b"\x01\0\0\0me").unwrap();
    assert_eq!(patched, hex("16000000 010000007fb38ec5c55d497600000000 010000006D65"));
}

/// What must hold of every tree of any octets.
fn assert_sound(bytes: &[u8], hint: Hint) {
    let tree = decode(bytes, &hint);
    assert_eq!(tree.root.span, Span::new(0, bytes.len()));
    let mut count = 0;
    for (depth, node) in tree.walk() {
        count += 1;
        assert!(depth <= 48, "depth {depth}");
        assert!(node.span.covers(node.content) && node.span.end <= bytes.len(), "{node:?}");
        if let Value::Octets(content) = node.value {
            assert_eq!(content, node.content, "{node:?}");
        }
        let bits = matches!(node.value, Value::Flags { .. });
        for pair in node.children.windows(2) {
            let apart = pair[0].span.end <= pair[1].span.start || bits && pair[0].span.start <= pair[1].span.start;
            assert!(apart, "{pair:?}");
        }
        assert!(node.children.iter().all(|child| node.span.covers(child.span)), "{node:?}");
    }
    assert!(count <= 600 + bytes.len() / 16, "{count} nodes of {} octets", bytes.len());
    for at in 0..bytes.len() {
        assert!(tree.root.innermost(at).is_some_and(|node| node.span.contains(at)));
    }
    assert_eq!(lines(&tree, bytes, true).len(), count);
    assert!(lines(&tree, bytes, false).iter().all(|line| !line.contains(char::is_control)));
}

/// The names and lengths of a tree: what a patch leaves alone.
fn shape(tree: &Tree) -> Vec<(String, Span)> {
    tree.walk().map(|(_, node)| (node.name.to_string(), node.span)).collect()
}

fn hints() -> impl Strategy<Value = Hint> {
    use Reading::Gss;
    let readings = [&Reading::ALL[..], &[Gss, Gss]].concat();
    let mechs = [None, Some(Mech::Kerberos), Some(Mech::Ntlmssp)];
    let parties = [None, Some(Party::Client), Some(Party::Server)];
    (
        proptest::sample::select(readings),
        proptest::sample::select(mechs.to_vec()),
        proptest::sample::select(parties.to_vec()),
    )
        .prop_map(|(reading, mech, from)| Hint { from, reading, mech, sealed: false })
}

/// A real token with some octets changed, cut off or put in.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let messages = MESSAGES.iter().map(|(.., message)| message.as_bytes().to_vec());
    let tokens: Vec<Vec<u8>> = vectors().into_iter().map(|(_, bytes)| bytes).chain(messages).collect();
    let changes = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 0..6);
    (proptest::sample::select(tokens), changes).prop_map(|(mut bytes, changes)| {
        for (index, octet, change) in changes {
            let at = index.index(bytes.len().max(1));
            match change {
                0 => bytes.truncate(at),
                1 => bytes.insert(at, octet),
                _ => bytes.get_mut(at).into_iter().for_each(|old| *old = octet),
            }
        }
        bytes
    })
}

proptest! {
    #[test]
    fn any_octets_make_a_sound_tree(bytes in proptest::collection::vec(any::<u8>(), 0..600), hint in hints()) {
        assert_sound(&bytes, hint);
    }

    #[test]
    fn octets_that_look_like_der_make_a_sound_tree(
        pieces in proptest::collection::vec(
            proptest::sample::select(vec![
                "60", "06062B0601050502", "A0", "A1", "A2", "A3", "30", "04", "80", "82", "05", "20", "0000", "0A0100",
                "4E544C4D53535000", "03000000", "01000000", "0504", "06092A864886F712010202", "0100", "6E", "FF",
            ]),
            0..80,
        ),
        hint in hints(),
    ) {
        assert_sound(&hex(&pieces.concat()), hint);
    }

    #[test]
    fn broken_tokens_make_a_sound_tree(bytes in mutated(), hint in hints()) {
        assert_sound(&bytes, hint);
    }

    #[test]
    fn a_patch_of_the_same_length_changes_those_octets_only(bytes in mutated(), pick in any::<prop::sample::Index>()) {
        let tree = decode(&bytes, &GUESS);
        let nodes: Vec<_> = tree.walk().map(|(_, node)| node).collect();
        let node = nodes[pick.index(nodes.len())];
        let filler: Vec<u8> = node.content.of(&bytes).to_vec();
        prop_assert_eq!(patch(&bytes, &tree, node, &filler), Ok(bytes.clone()));
        // Secret octets may be anything without changing how the rest of a sound token is read.
        if node.secret && tree.problems().next().is_none() && node.span != tree.root.span && node.name != "passwd" {
            let other = vec![b'*'; node.content.len()];
            let patched = patch(&bytes, &tree, node, &other).unwrap();
            prop_assert_eq!(shape(&decode(&patched, &GUESS)), shape(&tree));
        }
    }

    #[test]
    fn a_patch_of_another_length_reads_without_new_problems(
        token in proptest::sample::select(vectors()),
        pick in any::<prop::sample::Index>(),
        length in 1..400_usize,
    ) {
        let (_, bytes) = token;
        let tree = decode(&bytes, &GSS);
        let nodes: Vec<_> = tree
            .walk()
            .map(|(_, node)| node)
            .filter(|node| matches!(node.value, Value::Octets(_) | Value::Text(_)) && node.children.is_empty())
            .filter(|node| !matches!(&*node.name, "MsvAvChannelBindings" | "NTLM_RESPONSE" | "Signature"))
            .collect();
        if nodes.is_empty() {
            return Ok(());
        }
        let node = nodes[pick.index(nodes.len())];
        // Even, and no UTF-16 surrogates.
        let content = vec![b'A'; 2 * length];
        match patch(&bytes, &tree, node, &content) {
            Ok(patched) => {
                let read = decode(&patched, &GSS);
                if node.span != tree.root.span {
                    prop_assert_eq!(read.problems().count(), tree.problems().count());
                    let names = |tree: &Tree| shape(tree).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
                    prop_assert_eq!(names(&read), names(&tree));
                    let kept = read.walk().any(|(_, other)| other.name == node.name && other.content.of(&patched) == content);
                    prop_assert!(kept);
                }
            }
            Err(PatchError::FixedLength { expected, .. }) => prop_assert_eq!(expected, node.content.len()),
            Err(other) => return Err(TestCaseError::fail(other.to_string())),
        }
    }
}

#[test]
fn a_token_in_a_few_words() {
    let said = |bytes: &[u8], hint: Hint| {
        let tree = decode(bytes, &hint);
        [false, true].map(|reveal| summary(&tree, bytes, reveal))
    };
    let init = vector("gss-framed NegTokenInit");
    let cases = [
        (init.as_slice(), Hint::default(), ["NegTokenInit: Kerberos V5, NTLMSSP, AP-REQ, 1433 B"; 2]),
        (b"alice", reading(Reading::Username), ["username: alice", "username: alice"]),
        (b"wonderland", reading(Reading::Password), ["password: •", "password: wonderland"]),
        (scram()[0].1, reading(scram()[0].0), ["client-first-message: username: user, 32 B"; 2]),
        (scram()[1].1, reading(scram()[1].0), ["server-first-message: iteration-count: 4096, 86 B"; 2]),
        (scram()[2].1, reading(scram()[2].0), ["client-final-message: 106 B"; 2]),
        (
            b"\0alice\0x",
            reading(Reading::Plain),
            ["authzid: , authcid: alice, passwd: •", "authzid: , authcid: alice, passwd: x"],
        ),
    ];
    for (bytes, hint, expected) in cases {
        assert_eq!(said(bytes, hint), expected);
    }
}

/// The exchange of RFC 7677 section 3, and one that binds to TLS, each message with what its place calls for.
fn scram() -> Vec<(Reading, &'static [u8])> {
    let nonce = Mark::of(b"rOprNGfwEbeRWgbNEkqO");
    let full = Mark::of(b"rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
    let bound = Reading::ScramClientFinal { nonce: Mark::of(b"ab"), header: Mark::of(b"p=tls-exporter,a=bob,") };
    vec![
        (Reading::ScramClientFirst, b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO"),
        (
            Reading::ScramServerFirst(nonce),
            b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        ),
        (
            Reading::ScramClientFinal { nonce: full, header: Mark::of(b"n,,") },
            b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        ),
        (Reading::ScramServerFinal, b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="),
        (Reading::ScramClientFirst, b"p=tls-exporter,a=bob,n=a=2Cb=3D,r=a"),
        (bound, b"c=cD10bHMtZXhwb3J0ZXIsYT1ib2IsAQID,r=ab,x=1,p=AAAA"),
        (Reading::ScramServerFinal, b"e=invalid-proof,x=1"),
    ]
}

#[test]
fn the_messages_of_scram_are_read_to_their_attributes() {
    let expected = [
        "\
client-first-message  [0..32]
  gs2-header  n,,  [0..3]
    gs2-cbind-flag  n  [0..1]
  username  user  [3..9]
  nonce  rOprNGfwEbeRWgbNEkqO  [10..32]",
        "\
server-first-message  [0..86]
  nonce  rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0  [0..52]
  salt  5b6d99689d12358eeca04b141236fa81  [53..79]
  iteration-count  4096  [80..86]",
        "\
client-final-message  [0..106]
  channel-binding  6e2c2c  [0..6]
    gs2-header  n,,  [2..6]
  nonce  rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0  [7..59]
  proof  •  [60..106]",
        "\
server-final-message  [0..46]
  verifier  •  [0..46]",
        "\
client-first-message  [0..35]
  gs2-header  p=tls-exporter,a=bob,  [0..21]
    gs2-cbind-flag  p=tls-exporter  [0..14]
    authzid  bob  [15..20]
  username  a=2Cb=3D  [21..31]
  nonce  a  [32..35]",
        "\
client-final-message  [0..50]
  channel-binding  703d746c732d6578706f727465722c613d626f622c010203  [0..34]
    gs2-header  p=tls-exporter,a=bob,  [2..30]
    cbind-data  010203  [30..34]
  nonce  ab  [35..39]
  attr-val  x=1  [40..43]
  proof  •  [44..50]",
        "\
server-final-message  [0..19]
  server-error  invalid-proof  [0..15]
  attr-val  x=1  [16..19]",
    ];
    for ((hint, octets), expected) in scram().into_iter().zip(expected) {
        assert_eq!(shown(octets, reading(hint)), expected);
        let guessed = decode(octets, &GUESS).kind;
        let told = if octets.starts_with(b"e=") { Kind::Text } else { decode(octets, &reading(hint)).kind };
        assert_eq!(guessed, told, "without its place");
    }
}

#[test]
fn each_breach_of_scram_has_its_node_and_its_octet() {
    let server = Reading::ScramServerFirst(Mark::of(b"abc"));
    let last = Reading::ScramClientFinal { nonce: Mark::of(b"abcd"), header: Mark::of(b"y,,") };
    for (hint, octets, breaches) in [
        // No GS2 header; an empty authzid; an equals sign in a name; a mandatory extension; no nonce; out of order.
        (Reading::ScramClientFirst, &b"n=user,r=abc"[..], "octets 0"),
        (Reading::ScramClientFirst, b"x,,n=user,r=abc", "octets 0"),
        (Reading::ScramClientFirst, b"n,a=,n=user,r=abc", ""),
        (Reading::ScramClientFirst, b"n,,n=us=er,r=abc", "username 7"),
        (Reading::ScramClientFirst, b"n,,m=1,n=user,r=abc", "reserved-mext 3"),
        (Reading::ScramClientFirst, b"n,,n=user", "client-first-message 9"),
        (Reading::ScramClientFirst, b"n,,r=abc,n=user", "client-first-message 15, nonce 3"),
        (Reading::ScramClientFirst, b"n,,n=user,r=a\x7Fc,", "nonce 13, octets 16"),
        (Reading::ScramClientFirst, b"n,,n=,r=abc", "username 5"),
        // Another exchange's nonce, the client's alone, no base64, few rounds, no number, twice.
        (server, b"r=abxd,s=QQ==,i=4096", "nonce 2"),
        (server, b"r=abc,s=QQ==,i=4096", "nonce 2"),
        (server, b"r=abcd,s=QQ=,i=4096", "salt 9"),
        (server, b"r=abcd,s=QQ==,i=4095", "iteration-count 16"),
        (server, b"r=abcd,s=QQ==,i=04096", "iteration-count 16"),
        (server, b"r=abcd,s=QQ==,i=4096,i=1", "iteration-count 21"),
        (server, b"r=abcd,s=QQ==", "server-first-message 13"),
        // Another GS2 header, another nonce, data without binding, binding without data, no proof, more behind it.
        (last, b"c=biws,r=abcd,p=AAAA", "channel-binding 2"),
        (last, b"c=eSws,r=abce,p=AAAA", "nonce 9"),
        (last, b"c=eSwsAQ==,r=abcd,p=AAAA", "channel-binding 2"),
        (last, b"c=AAAA,r=abcd,p=AAAA", "channel-binding 2"),
        (last, b"c=eSws,r=abcd", "client-final-message 13"),
        (last, b"c=eSws,r=abcd,p=AAAA,x=1", "attr-val 21"),
        (last, b"c=eSws,r=abcd,hunter2", "client-final-message 21, octets 14"),
        (last, b"hunter2", "octets 0"),
        (Reading::ScramServerFinal, b"v=", "verifier 2"),
        (Reading::ScramServerFinal, b"v=AA", "verifier 2"),
        (Reading::ScramServerFinal, b"x=1", "server-final-message 3, attr-val 0"),
    ] {
        let got: Vec<_> = problems(octets, reading(hint)).iter().map(|(name, at)| format!("{name} {at}")).collect();
        assert_eq!(got.join(", "), breaches, "{}", octets.escape_ascii());
    }
}

#[test]
fn many_attributes_make_no_more_nodes_than_the_budget() {
    let octets = [b"v=AAAA".as_slice(), &b",x=1".repeat(50_000)].concat();
    assert_sound(&octets[..40_006], reading(Reading::ScramServerFinal));
    let tree = decode(&octets, &reading(Reading::ScramServerFinal));
    assert!(tree.root.children.last().is_some_and(|rest| rest.span.end == octets.len() && rest.problem.is_some()));
}

#[test]
fn what_base64_within_scram_stands_for_is_written_as_octets() {
    for (hint, octets) in scram() {
        let tree = decode(octets, &reading(hint));
        for (_, node) in tree.walk() {
            let content = node.content.of(octets);
            assert_eq!(patch(octets, &tree, node, content).as_deref(), Ok(octets), "{}", node.name);
            assert_eq!(super::octets(node, octets, &typed(node, octets)).as_deref(), Ok(content), "{}", node.name);
        }
    }
    let (hint, server_first) = (scram()[1].0, scram()[1].1);
    let tree = decode(server_first, &reading(hint));
    let with = |name: &str, text: &str| {
        let node = tree.find(name).unwrap();
        let patched = patch(server_first, &tree, node, &super::octets(node, server_first, text).unwrap()).unwrap();
        String::from_utf8(patched).unwrap().split_off(53)
    };
    assert_eq!(with("salt", "00ff"), "s=AP8=,i=4096");
    assert_eq!(with("salt", "\"NaCl\""), "s=TmFDbA==,i=4096");
    assert_eq!(with("iteration-count", "2000000000"), "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=2000000000");
}

//! Kerberos tokens: the two octets of `TOK_ID` (RFC 4121 section 4.1, RFC 1964 section 1.1, draft-ietf-kitten-iakerb),
//! and behind them the messages of RFC 4120 in outline: what is encrypted stays octets, with etype and kvno.
//!
//! Limits: error data and pre-authentication are read as generic BER, but for what holds keys' material.

use super::der::{Reader, element, id_name};
use super::schema::{Sequence, Type, field, optional};
use super::tree::{Kind, Node, Problem, Value};
use crate::terms::{Cite, Span};

const TOK_ID: Cite = Cite::new("RFC 4121", "4.1");
const IAKERB: Cite = Cite::new("draft-ietf-kitten-iakerb", "3");

static AP_REQ: Sequence = Sequence {
    cite: Cite::new("RFC 4120", "5.5.1"),
    fields: &[
        field(0, "pvno", Type::Integer),
        field(1, "msg-type", Type::Named(msg_type)),
        field(2, "ap-options", Type::Bits(AP_OPTIONS)),
        field(3, "ticket", TICKET),
        field(4, "authenticator", Type::Sequence(&ENCRYPTED_DATA)),
    ],
};

static AP_REP: Sequence = Sequence {
    cite: Cite::new("RFC 4120", "5.5.2"),
    fields: &[
        field(0, "pvno", Type::Integer),
        field(1, "msg-type", Type::Named(msg_type)),
        field(2, "enc-part", Type::Sequence(&ENCRYPTED_DATA)),
    ],
};

static KRB_ERROR: Sequence = Sequence {
    cite: Cite::new("RFC 4120", "5.9.1"),
    fields: &[
        field(0, "pvno", Type::Integer),
        field(1, "msg-type", Type::Named(msg_type)),
        optional(2, "ctime", Type::Time),
        optional(3, "cusec", Type::Integer),
        field(4, "stime", Type::Time),
        field(5, "susec", Type::Integer),
        field(6, "error-code", Type::Named(error_code)),
        optional(7, "crealm", Type::Text),
        optional(8, "cname", PRINCIPAL_NAME),
        field(9, "realm", Type::Text),
        field(10, "sname", PRINCIPAL_NAME),
        optional(11, "e-text", Type::Text),
        optional(12, "e-data", Type::Nested),
    ],
};

const TICKET: Type = Type::Application(1, &Type::Sequence(&TICKET_FIELDS));

static TICKET_FIELDS: Sequence = Sequence {
    cite: Cite::new("RFC 4120", "5.3"),
    fields: &[
        field(0, "tkt-vno", Type::Integer),
        field(1, "realm", Type::Text),
        field(2, "sname", PRINCIPAL_NAME),
        field(3, "enc-part", Type::Sequence(&ENCRYPTED_DATA)),
    ],
};

static ENCRYPTED_DATA: Sequence = Sequence {
    cite: Cite::new("RFC 4120", "5.2.9"),
    fields: &[
        field(0, "etype", Type::Named(etype)),
        optional(1, "kvno", Type::Integer),
        field(2, "cipher", Type::Secret),
    ],
};

const PRINCIPAL_NAME: Type = Type::Sequence(&PRINCIPAL_NAME_FIELDS);

static PRINCIPAL_NAME_FIELDS: Sequence = Sequence {
    cite: Cite::new("RFC 4120", "5.2.2"),
    fields: &[
        field(0, "name-type", Type::Named(name_type)),
        field(1, "name-string", Type::SequenceOf("KerberosString", &Type::Text)),
    ],
};

static KDC_REQ: Sequence = Sequence {
    cite: Cite::new("RFC 4120", "5.4.1"),
    fields: &[
        field(1, "pvno", Type::Integer),
        field(2, "msg-type", Type::Named(msg_type)),
        optional(3, "padata", Type::SequenceOf("PA-DATA", &Type::Sequence(&PA_DATA))),
        field(4, "req-body", Type::Sequence(&KDC_REQ_BODY)),
    ],
};

static KDC_REQ_BODY: Sequence = Sequence {
    cite: Cite::new("RFC 4120", "5.4.1"),
    fields: &[
        field(0, "kdc-options", Type::Bits(KDC_OPTIONS)),
        optional(1, "cname", PRINCIPAL_NAME),
        field(2, "realm", Type::Text),
        optional(3, "sname", PRINCIPAL_NAME),
        optional(4, "from", Type::Time),
        field(5, "till", Type::Time),
        optional(6, "rtime", Type::Time),
        field(7, "nonce", Type::Integer),
        field(8, "etype", Type::SequenceOf("etype", &Type::Named(etype))),
        optional(9, "addresses", Type::SequenceOf("HostAddress", &Type::Sequence(&HOST_ADDRESS))),
        optional(10, "enc-authorization-data", Type::Sequence(&ENCRYPTED_DATA)),
        optional(11, "additional-tickets", Type::SequenceOf("Ticket", &TICKET)),
    ],
};

static KDC_REP: Sequence = Sequence {
    cite: Cite::new("RFC 4120", "5.4.2"),
    fields: &[
        field(0, "pvno", Type::Integer),
        field(1, "msg-type", Type::Named(msg_type)),
        optional(2, "padata", Type::SequenceOf("PA-DATA", &Type::Sequence(&PA_DATA))),
        field(3, "crealm", Type::Text),
        field(4, "cname", PRINCIPAL_NAME),
        field(5, "ticket", TICKET),
        field(6, "enc-part", Type::Sequence(&ENCRYPTED_DATA)),
    ],
};

/// The value may hold what a password opens (PA-ENC-TIMESTAMP), so all of it is secret.
static PA_DATA: Sequence = Sequence {
    cite: Cite::new("RFC 4120", "5.2.7"),
    fields: &[field(1, "padata-type", Type::Named(padata_type)), field(2, "padata-value", Type::Secret)],
};

static HOST_ADDRESS: Sequence = Sequence {
    cite: Cite::new("RFC 4120", "5.2.5"),
    fields: &[field(0, "addr-type", Type::Integer), field(1, "address", Type::Octets)],
};

static TGT_REQ: Sequence = Sequence {
    cite: Cite::new("draft-swift-win2k-krb-user2user", ""),
    fields: &[
        field(0, "pvno", Type::Integer),
        field(1, "msg-type", Type::Named(msg_type)),
        optional(2, "server-name", PRINCIPAL_NAME),
        optional(3, "realm", Type::Text),
    ],
};

static TGT_REP: Sequence = Sequence {
    cite: Cite::new("draft-swift-win2k-krb-user2user", ""),
    fields: &[field(0, "pvno", Type::Integer), field(1, "msg-type", Type::Named(msg_type)), field(2, "ticket", TICKET)],
};

static IAKERB_HEADER: Sequence =
    Sequence { cite: IAKERB, fields: &[field(1, "target-realm", Type::Text), optional(2, "cookie", Type::Octets)] };

static IAKERB_HEADER_TYPE: Type = Type::Sequence(&IAKERB_HEADER);
static KRB_ERROR_TYPE: Type = Type::Sequence(&KRB_ERROR);

/// A message by its identifier octet: its name and its type.
static MESSAGES: [(u8, &str, Type); 7] = [
    (0x6A, "AS-REQ", Type::Application(10, &Type::Sequence(&KDC_REQ))),
    (0x6B, "AS-REP", Type::Application(11, &Type::Sequence(&KDC_REP))),
    (0x6C, "TGS-REQ", Type::Application(12, &Type::Sequence(&KDC_REQ))),
    (0x6D, "TGS-REP", Type::Application(13, &Type::Sequence(&KDC_REP))),
    (0x6E, "AP-REQ", Type::Application(14, &Type::Sequence(&AP_REQ))),
    (0x6F, "AP-REP", Type::Application(15, &Type::Sequence(&AP_REP))),
    (0x7E, "KRB-ERROR", Type::Application(30, &Type::Sequence(&KRB_ERROR))),
];

static TGT_REQ_TYPE: Type = Type::Sequence(&TGT_REQ);
static TGT_REP_TYPE: Type = Type::Sequence(&TGT_REP);

impl Reader<'_> {
    /// What follows the object identifier in the GSS frame: `TOK_ID`, and what it announces.
    pub(super) fn kerberos(&mut self, rest: Span, depth: usize) -> (Kind, Vec<Node>) {
        let Some(&tok_id) = self.of(rest).first_chunk::<2>() else {
            let problem = Problem::new(rest.start, "got one octet, expected the two of TOK_ID", TOK_ID);
            return (Kind::Kerberos, vec![Node::octets("innerContextToken", rest).with(problem)]);
        };
        let body = Span::new(rest.start + 2, rest.end);
        let (kind, name) = match tok_id {
            [0x01, 0x00] => (Kind::Kerberos, "KRB_AP_REQ"),
            [0x02, 0x00] => (Kind::Kerberos, "KRB_AP_REP"),
            [0x03, 0x00] => (Kind::Kerberos, "KRB_ERROR"),
            [0x04, 0x00] => (Kind::Kerberos, "KRB_TGT_REQ"),
            [0x04, 0x01] => (Kind::Kerberos, "KRB_TGT_REP"),
            [0x05, 0x01] => (Kind::Kerberos, "IAKERB_PROXY"),
            [0x01, 0x01] => (Kind::Mic, "MIC"),
            [0x02, 0x01] => (Kind::Wrap, "Wrap"),
            [0x01, 0x02] => (Kind::Kerberos, "delete context"),
            _ => (Kind::Kerberos, ""),
        };
        let number = u16::from_be_bytes(tok_id).into();
        let span = Span::new(rest.start, body.start);
        let mut head = Node::new("tokId", span, Value::Named { name: name.into(), number });
        let mut nodes = match tok_id {
            [0x01, 0x00] => vec![self.message(4, body, depth)],
            [0x02, 0x00] => vec![self.message(5, body, depth)],
            [0x03, 0x00] => vec![self.message(6, body, depth)],
            [0x04, 0x00] => vec![self.typed("KERB-TGT-REQUEST", &TGT_REQ_TYPE, body, depth)],
            [0x04, 0x01] => vec![self.typed("KERB-TGT-REPLY", &TGT_REP_TYPE, body, depth)],
            [0x05, 0x01] => self.iakerb(body, depth),
            [0x01 | 0x02, 0x01] => self.rfc1964(tok_id[0] == 0x02, body),
            [0x01, 0x02] => self.rfc1964(false, body),
            [a, b] => {
                let what = format!("got {a:02X} {b:02X}, expected a TOK_ID that is defined");
                head.blame(Problem::new(span.start, what, TOK_ID));
                let mut octets = Node::octets("innerContextToken", body);
                octets.children.extend(self.inner_ber(body, depth));
                vec![octets]
            }
        };
        nodes.insert(0, head);
        (kind, nodes)
    }

    /// A Kerberos message without a frame, told by its first octets.
    pub(super) fn bare_kerberos(&mut self, span: Span, depth: usize) -> Option<Node> {
        let first = self.of(span).first()?;
        if let Some(index) = MESSAGES.iter().position(|(id, ..)| id == first) {
            return Some(self.message(index, span, depth));
        }
        // A KRB-ERROR without its APPLICATION tag begins with pvno 5 and msg-type 30.
        let element = element(self.bytes, span).ok()?;
        let fields = [0xA0, 3, 0x02, 1, 5, 0xA1, 3, 0x02, 1, 30];
        (element.id == 0x30 && self.of(element.content).starts_with(&fields))
            .then(|| self.typed("KRB-ERROR", &KRB_ERROR_TYPE, span, depth))
    }

    fn message(&mut self, index: usize, span: Span, depth: usize) -> Node {
        let (_, name, ty) = &MESSAGES[index];
        self.typed(name, ty, span, depth)
    }

    fn typed(&mut self, name: &'static str, ty: &'static Type, span: Span, depth: usize) -> Node {
        let mut node = Node::new(name, span, Value::None);
        self.fill(&mut node, ty, span, Cite::new("RFC 4120", "5"), depth);
        node
    }

    /// `IAKERB-HEADER`, then the message for the KDC or from it.
    fn iakerb(&mut self, span: Span, depth: usize) -> Vec<Node> {
        let end = element(self.bytes, span).map_or(span.end, |header| header.span.end);
        let header = self.typed("IAKERB-HEADER", &IAKERB_HEADER_TYPE, Span::new(span.start, end), depth);
        let rest = Span::new(end, span.end);
        let Some(first) = self.of(rest).first().copied() else { return vec![header] };
        let message = self.bare_kerberos(rest, depth).unwrap_or_else(|| {
            let what = format!("got {}, expected a Kerberos message", id_name(first));
            Node::octets("message", rest).with(Problem::new(rest.start, what, IAKERB))
        });
        vec![header, message]
    }
}

/// RFC 4120 section 5.5.1.
pub(super) const AP_OPTIONS: &[(u8, &str)] = &[(0, "reserved"), (1, "use-session-key"), (2, "mutual-required")];

/// What all messages are made of.
pub(super) const fn sequences() -> [&'static Sequence; 8] {
    [&AP_REQ, &AP_REP, &KRB_ERROR, &KDC_REQ, &KDC_REP, &TGT_REQ, &TGT_REP, &IAKERB_HEADER]
}

/// RFC 4120 section 5.4.1.
pub(super) const KDC_OPTIONS: &[(u8, &str)] = &[
    (1, "forwardable"),
    (2, "forwarded"),
    (3, "proxiable"),
    (4, "proxy"),
    (5, "allow-postdate"),
    (6, "postdated"),
    (8, "renewable"),
    (11, "opt-hardware-auth"),
    (14, "cname-in-addl-tkt"),
    (15, "canonicalize"),
    (16, "request-anonymous"),
    (26, "disable-transited-check"),
    (27, "renewable-ok"),
    (28, "enc-tkt-in-skey"),
    (30, "renew"),
    (31, "validate"),
];

/// RFC 4120 section 7.5.7.
pub(super) const fn msg_type(number: i64) -> &'static str {
    match number {
        10 => "KRB_AS_REQ",
        11 => "KRB_AS_REP",
        12 => "KRB_TGS_REQ",
        13 => "KRB_TGS_REP",
        14 => "KRB_AP_REQ",
        15 => "KRB_AP_REP",
        16 => "KRB_TGT_REQ",
        17 => "KRB_TGT_REP",
        30 => "KRB_ERROR",
        _ => "",
    }
}

/// RFC 4120 section 7.5.8, and the negative ones of Windows (MS-KILE).
pub(super) const fn name_type(number: i64) -> &'static str {
    match number {
        0 => "NT-UNKNOWN",
        1 => "NT-PRINCIPAL",
        2 => "NT-SRV-INST",
        3 => "NT-SRV-HST",
        4 => "NT-SRV-XHST",
        5 => "NT-UID",
        6 => "NT-X500-PRINCIPAL",
        7 => "NT-SMTP-NAME",
        10 => "NT-ENTERPRISE",
        11 => "NT-WELLKNOWN",
        12 => "NT-SRV-HST-DOMAIN",
        -128 => "NT-MS-PRINCIPAL",
        -129 => "NT-MS-PRINCIPAL-AND-ID",
        -130 => "NT-ENT-PRINCIPAL-AND-ID",
        _ => "",
    }
}

/// The registry of RFC 3961.
pub(super) const fn etype(number: i64) -> &'static str {
    match number {
        1 => "des-cbc-crc",
        2 => "des-cbc-md4",
        3 => "des-cbc-md5",
        5 => "des3-cbc-md5",
        7 => "des3-cbc-sha1",
        16 => "des3-cbc-sha1-kd",
        17 => "aes128-cts-hmac-sha1-96",
        18 => "aes256-cts-hmac-sha1-96",
        19 => "aes128-cts-hmac-sha256-128",
        20 => "aes256-cts-hmac-sha384-192",
        23 => "rc4-hmac",
        24 => "rc4-hmac-exp",
        25 => "camellia128-cts-cmac",
        26 => "camellia256-cts-cmac",
        -128 => "rc4-md4",
        -133 => "rc4-hmac-old",
        -135 => "rc4-hmac-old-exp",
        _ => "",
    }
}

/// RFC 4120 section 7.5.2 and its registry.
pub(super) const fn padata_type(number: i64) -> &'static str {
    match number {
        1 => "PA-TGS-REQ",
        2 => "PA-ENC-TIMESTAMP",
        3 => "PA-PW-SALT",
        11 => "PA-ETYPE-INFO",
        16 => "PA-PK-AS-REQ",
        17 => "PA-PK-AS-REP",
        19 => "PA-ETYPE-INFO2",
        128 => "PA-PAC-REQUEST",
        129 => "PA-FOR-USER",
        130 => "PA-FOR-X509-USER",
        132 => "PA-AS-CHECKSUM",
        133 => "PA-FX-COOKIE",
        134 => "PA-AUTHENTICATION-SET",
        136 => "PA-FX-FAST",
        137 => "PA-FX-ERROR",
        138 => "PA-ENCRYPTED-CHALLENGE",
        149 => "PA-REQ-ENC-PA-REP",
        150 => "PA-AS-FRESHNESS",
        151 => "PA-SPAKE",
        165 => "PA-SUPPORTED-ENCTYPES",
        167 => "PA-PAC-OPTIONS",
        _ => "",
    }
}

/// RFC 4120 section 7.5.9, and those of PKINIT (RFC 4556) and FAST (RFC 6113).
pub(super) const fn error_code(number: i64) -> &'static str {
    match number {
        0 => "KDC_ERR_NONE",
        1 => "KDC_ERR_NAME_EXP",
        2 => "KDC_ERR_SERVICE_EXP",
        3 => "KDC_ERR_BAD_PVNO",
        4 => "KDC_ERR_C_OLD_MAST_KVNO",
        5 => "KDC_ERR_S_OLD_MAST_KVNO",
        6 => "KDC_ERR_C_PRINCIPAL_UNKNOWN",
        7 => "KDC_ERR_S_PRINCIPAL_UNKNOWN",
        8 => "KDC_ERR_PRINCIPAL_NOT_UNIQUE",
        9 => "KDC_ERR_NULL_KEY",
        10 => "KDC_ERR_CANNOT_POSTDATE",
        11 => "KDC_ERR_NEVER_VALID",
        12 => "KDC_ERR_POLICY",
        13 => "KDC_ERR_BADOPTION",
        14 => "KDC_ERR_ETYPE_NOSUPP",
        15 => "KDC_ERR_SUMTYPE_NOSUPP",
        16 => "KDC_ERR_PADATA_TYPE_NOSUPP",
        17 => "KDC_ERR_TRTYPE_NOSUPP",
        18 => "KDC_ERR_CLIENT_REVOKED",
        19 => "KDC_ERR_SERVICE_REVOKED",
        20 => "KDC_ERR_TGT_REVOKED",
        21 => "KDC_ERR_CLIENT_NOTYET",
        22 => "KDC_ERR_SERVICE_NOTYET",
        23 => "KDC_ERR_KEY_EXPIRED",
        24 => "KDC_ERR_PREAUTH_FAILED",
        25 => "KDC_ERR_PREAUTH_REQUIRED",
        26 => "KDC_ERR_SERVER_NOMATCH",
        27 => "KDC_ERR_MUST_USE_USER2USER",
        28 => "KDC_ERR_PATH_NOT_ACCEPTED",
        29 => "KDC_ERR_SVC_UNAVAILABLE",
        31 => "KRB_AP_ERR_BAD_INTEGRITY",
        32 => "KRB_AP_ERR_TKT_EXPIRED",
        33 => "KRB_AP_ERR_TKT_NYV",
        34 => "KRB_AP_ERR_REPEAT",
        35 => "KRB_AP_ERR_NOT_US",
        36 => "KRB_AP_ERR_BADMATCH",
        37 => "KRB_AP_ERR_SKEW",
        38 => "KRB_AP_ERR_BADADDR",
        39 => "KRB_AP_ERR_BADVERSION",
        40 => "KRB_AP_ERR_MSG_TYPE",
        41 => "KRB_AP_ERR_MODIFIED",
        42 => "KRB_AP_ERR_BADORDER",
        44 => "KRB_AP_ERR_BADKEYVER",
        45 => "KRB_AP_ERR_NOKEY",
        46 => "KRB_AP_ERR_MUT_FAIL",
        47 => "KRB_AP_ERR_BADDIRECTION",
        48 => "KRB_AP_ERR_METHOD",
        49 => "KRB_AP_ERR_BADSEQ",
        50 => "KRB_AP_ERR_INAPP_CKSUM",
        51 => "KRB_AP_PATH_NOT_ACCEPTED",
        52 => "KRB_ERR_RESPONSE_TOO_BIG",
        60 => "KRB_ERR_GENERIC",
        61 => "KRB_ERR_FIELD_TOOLONG",
        62 => "KDC_ERR_CLIENT_NOT_TRUSTED",
        63 => "KDC_ERR_KDC_NOT_TRUSTED",
        64 => "KDC_ERR_INVALID_SIG",
        65 => "KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED",
        66 => "KDC_ERR_CERTIFICATE_MISMATCH",
        67 => "KRB_AP_ERR_NO_TGT",
        68 => "KDC_ERR_WRONG_REALM",
        69 => "KRB_AP_ERR_USER_TO_USER_REQUIRED",
        70 => "KDC_ERR_CANT_VERIFY_CERTIFICATE",
        71 => "KDC_ERR_INVALID_CERTIFICATE",
        72 => "KDC_ERR_REVOKED_CERTIFICATE",
        73 => "KDC_ERR_REVOCATION_STATUS_UNKNOWN",
        74 => "KDC_ERR_REVOCATION_STATUS_UNAVAILABLE",
        75 => "KDC_ERR_CLIENT_NAME_MISMATCH",
        76 => "KDC_ERR_KDC_NAME_MISMATCH",
        80 => "KDC_ERR_INCONSISTENT_KEY_PURPOSE",
        81 => "KDC_ERR_DIGEST_IN_CERT_NOT_ACCEPTED",
        82 => "KDC_ERR_PA_CHECKSUM_MUST_BE_INCLUDED",
        83 => "KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED",
        84 => "KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED",
        85 => "KRB_AP_ERR_IAKERB_KDC_NOT_FOUND",
        86 => "KRB_AP_ERR_IAKERB_KDC_NO_RESPONSE",
        90 => "KDC_ERR_PREAUTH_EXPIRED",
        91 => "KDC_ERR_MORE_PREAUTH_DATA_REQUIRED",
        92 => "KDC_ERR_PREAUTH_BAD_AUTHENTICATION_SET",
        93 => "KDC_ERR_UNKNOWN_CRITICAL_FAST_OPTIONS",
        _ => "",
    }
}

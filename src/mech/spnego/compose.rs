//! Negotiation tokens as DER (RFC 4178 section 4.2), and the few elements of DER that they need.

use crate::decode::Mech;

/// What MS-SPNG section 2.2.1 has the acceptor write as its name.
const HINT_NAME: &[u8] = b"not_defined_in_RFC4178@please_ignore";

/// negState (RFC 4178 section 4.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NegState {
    AcceptCompleted = 0,
    AcceptIncomplete = 1,
    Reject = 2,
    RequestMic = 3,
}

/// The content of a `NegTokenResp`.
#[derive(Default)]
pub(super) struct Response<'a> {
    pub(super) state: Option<NegState>,
    /// The content octets of the object identifier.
    pub(super) supported_mech: Option<&'a [u8]>,
    pub(super) token: Option<&'a [u8]>,
    pub(super) mic: Option<&'a [u8]>,
}

impl Response<'_> {
    /// `NegTokenResp`.
    pub(super) fn compose(&self) -> Vec<u8> {
        let fields = [
            self.state.map(|state| tlv(0xA0, &tlv(0x0A, &[state as u8]))),
            self.supported_mech.map(|oid| tlv(0xA1, &tlv(0x06, oid))),
            self.token.map(|token| tlv(0xA2, &tlv(0x04, token))),
            self.mic.map(|mic| tlv(0xA3, &tlv(0x04, mic))),
        ];
        tlv(0xA1, &tlv(0x30, &fields.into_iter().flatten().collect::<Vec<_>>().concat()))
    }
}

/// `MechTypeList`, header included: the octets that a mechListMIC covers.
pub(super) fn mech_type_list(mechs: &[Mech]) -> Vec<u8> {
    tlv(0x30, &mechs.iter().map(|mech| tlv(0x06, mech.oid())).collect::<Vec<_>>().concat())
}

/// `NegTokenInit` in its frame (RFC 2743 section 3.1).
pub(super) fn init(mech_type_list: &[u8], token: Option<&[u8]>) -> Vec<u8> {
    frame(&[tlv(0xA0, mech_type_list), token.map_or_else(Vec::new, |token| tlv(0xA2, &tlv(0x04, token)))].concat())
}

/// `NegTokenInit2` in its frame, with the hint name.
pub(super) fn init2(mech_type_list: &[u8]) -> Vec<u8> {
    frame(&[tlv(0xA0, mech_type_list), tlv(0xA3, &tlv(0x30, &tlv(0xA0, &tlv(0x1B, HINT_NAME))))].concat())
}

fn frame(fields: &[u8]) -> Vec<u8> {
    tlv(0x60, &[tlv(0x06, Mech::Spnego.oid()), tlv(0xA0, &tlv(0x30, fields))].concat())
}

/// One element with a definite, minimal length (X.690 section 10.1).
fn tlv(id: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length = &length[length.iter().take_while(|&&octet| octet == 0).count()..];
    let header = match content.len() {
        short @ 0..0x80 => vec![id, short as u8],
        _ => [&[id, 0x80 | length.len() as u8], length].concat(),
    };
    [&header, content].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_minimal() {
        for (length, header) in [
            (0, &[0x04, 0][..]),
            (0x7F, &[0x04, 0x7F]),
            (0x80, &[0x04, 0x81, 0x80]),
            (0xFF, &[0x04, 0x81, 0xFF]),
            (0x100, &[0x04, 0x82, 1, 0]),
            (0x1_0000, &[0x04, 0x83, 1, 0, 0]),
        ] {
            let element = tlv(0x04, &vec![7; length]);
            assert_eq!((&element[..header.len()], element.len()), (header, header.len() + length));
        }
    }

    /// The smallest tokens that other implementations publish as theirs.
    #[test]
    fn tokens_are_those_of_the_field() {
        let ntlm = mech_type_list(&[Mech::Ntlmssp]);
        assert_eq!(
            init(&ntlm, Some(&[1, 2, 3, 4])),
            b"\x60\x24\x06\x06\x2b\x06\x01\x05\x05\x02\xa0\x1a\x30\x18\xa0\x0e\x30\x0c\x06\x0a\x2b\x06\x01\x04\x01\x82\
              \x37\x02\x02\x0a\xa2\x06\x04\x04\x01\x02\x03\x04"
        );
        assert_eq!(
            Response { token: Some(&[1, 2, 3, 4]), state: Some(NegState::AcceptCompleted), ..Response::default() }
                .compose(),
            b"\xa1\x0f\x30\x0d\xa0\x03\x0a\x01\x00\xa2\x06\x04\x04\x01\x02\x03\x04"
        );
        let hints = init2(&mech_type_list(&[Mech::Kerberos]));
        assert_eq!(&hints[..14], b"\x60\x47\x06\x06\x2b\x06\x01\x05\x05\x02\xa0\x3d\x30\x3b");
        assert_eq!(hints.len(), 0x49);
    }
}

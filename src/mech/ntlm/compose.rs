//! The three messages as octets (MS-NLMP section 2.2.1): fixed part, then the payload that its fields point into.

use super::crypto::utf16;
use super::flags;

/// Version (section 2.2.2.10): for debugging only, by the specification; product 10.0, NTLM revision 15.
const VERSION: [u8; 8] = [10, 0, 0, 0, 0, 0, 0, 15];
/// Where the MIC stands in an AUTHENTICATE that has one.
const MIC_AT: usize = 72;

/// A message under construction.
struct Message {
    fixed: Vec<u8>,
    payload: Vec<u8>,
    /// How long the fixed part is going to be: offsets count from the start of the message.
    length: usize,
}

impl Message {
    fn new(kind: u32, length: usize) -> Self {
        Self { fixed: [b"NTLMSSP\0", &kind.to_le_bytes()[..]].concat(), payload: Vec::new(), length }
    }

    fn octets(mut self, octets: &[u8]) -> Self {
        self.fixed.extend_from_slice(octets);
        self
    }

    fn number(self, number: u32) -> Self {
        self.octets(&number.to_le_bytes())
    }

    /// Length, maximum length and offset of `content`, which goes to the payload. A length is 16 bits: what exceeds
    /// them is cut off, as no field has room for it.
    fn field(mut self, content: &[u8]) -> Self {
        let offset = self.length + self.payload.len();
        let content = &content[..content.len().min(usize::from(u16::MAX))];
        self.payload.extend_from_slice(content);
        let length = (content.len() as u16).to_le_bytes();
        self.octets(&length).octets(&length).number(offset as u32)
    }

    fn version(self, negotiated: u32) -> Self {
        self.octets(&if negotiated & flags::VERSION == 0 { [0; 8] } else { VERSION })
    }

    fn finish(self) -> Vec<u8> {
        debug_assert_eq!(self.fixed.len(), self.length, "the offsets rest on this");
        [self.fixed, self.payload].concat()
    }
}

/// A name in the character set that was negotiated. The OEM code page is taken to be ASCII.
fn text(negotiated: u32, text: &str) -> Vec<u8> {
    if negotiated & flags::UNICODE != 0 {
        return utf16(text);
    }
    text.chars().map(|c| if c.is_ascii() { c as u8 } else { b'?' }).collect()
}

/// `NEGOTIATE_MESSAGE` (section 2.2.1.1), without domain and workstation.
pub(super) fn negotiate(asked: u32) -> Vec<u8> {
    Message::new(1, 40).number(asked).field(b"").field(b"").version(asked).finish()
}

/// `CHALLENGE_MESSAGE` (section 2.2.1.2).
pub(super) fn challenge(granted: u32, target: &str, nonce: [u8; 8], target_info: &[u8]) -> Vec<u8> {
    Message::new(2, 56)
        .field(&text(granted, target))
        .number(granted)
        .octets(&nonce)
        .octets(&[0; 8])
        .field(target_info)
        .version(granted)
        .finish()
}

/// What an AUTHENTICATE holds.
pub(super) struct Authenticate<'a> {
    pub(super) negotiated: u32,
    pub(super) domain: &'a str,
    pub(super) user: &'a str,
    pub(super) workstation: &'a str,
    pub(super) lm_response: &'a [u8],
    pub(super) nt_response: &'a [u8],
    pub(super) encrypted_session_key: &'a [u8],
    /// Whether to leave room for a MIC.
    pub(super) mic: bool,
}

impl Authenticate<'_> {
    /// `AUTHENTICATE_MESSAGE` (section 2.2.1.3), its MIC zero.
    pub(super) fn compose(&self) -> Vec<u8> {
        let flags = self.negotiated;
        let message = Message::new(3, if self.mic { MIC_AT + 16 } else { MIC_AT })
            .field(self.lm_response)
            .field(self.nt_response)
            .field(&text(flags, self.domain))
            .field(&text(flags, self.user))
            .field(&text(flags, self.workstation))
            .field(self.encrypted_session_key)
            .number(flags)
            .version(flags);
        if self.mic { message.octets(&[0; 16]) } else { message }.finish()
    }
}

/// Writes the MIC into an AUTHENTICATE that was composed with room for it.
pub(super) fn put_mic(message: &mut [u8], mic: &[u8; 16]) {
    message[MIC_AT..MIC_AT + 16].copy_from_slice(mic);
}

/// One `AV_PAIR` (section 2.2.2.1).
pub(super) fn av_pair(id: u16, value: &[u8]) -> Vec<u8> {
    [&id.to_le_bytes(), &(value.len() as u16).to_le_bytes()[..], value].concat()
}

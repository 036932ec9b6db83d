//! `NegotiateFlags` (MS-NLMP section 2.2.2.5), those that this implementation knows what to do with.

/// Strings are UTF-16LE.
pub const UNICODE: u32 = 0x0000_0001;
/// Strings are in the OEM code page.
pub const OEM: u32 = 0x0000_0002;
/// The CHALLENGE shall name its target.
pub const REQUEST_TARGET: u32 = 0x0000_0004;
/// Messages can be signed.
pub const SIGN: u32 = 0x0000_0010;
/// Messages can be sealed.
pub const SEAL: u32 = 0x0000_0020;
/// NTLM responses.
pub const NTLM: u32 = 0x0000_0200;
/// A signature is written even where none was negotiated.
pub const ALWAYS_SIGN: u32 = 0x0000_8000;
/// The target is a domain.
pub const TARGET_TYPE_DOMAIN: u32 = 0x0001_0000;
/// Signatures with HMAC-MD5, keys for each direction.
pub const EXTENDED_SESSIONSECURITY: u32 = 0x0008_0000;
/// The CHALLENGE holds AV pairs.
pub const TARGET_INFO: u32 = 0x0080_0000;
/// The Version field is filled in.
pub const VERSION: u32 = 0x0200_0000;
/// Keys of 128 bits.
pub const KEY_128: u32 = 0x2000_0000;
/// The client sends a session key of its own.
pub const KEY_EXCH: u32 = 0x4000_0000;
/// Keys of 56 bits.
pub const KEY_56: u32 = 0x8000_0000;

/// All that a client asks for, and a server grants, unless told otherwise.
pub const DEFAULT: u32 = UNICODE
    | OEM
    | REQUEST_TARGET
    | SIGN
    | SEAL
    | NTLM
    | ALWAYS_SIGN
    | EXTENDED_SESSIONSECURITY
    | TARGET_INFO
    | VERSION
    | KEY_128
    | KEY_EXCH
    | KEY_56;

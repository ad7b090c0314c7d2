//! The wire: [RFC 4251 section 5] data types, the hostbased request of [RFC 4252 section 9], and the frames that `ssh`
//! and its signing helper exchange.
//!
//! Strict on purpose: every length has a cap, nothing may trail behind the last field, and each error names its field.
//!
//! [RFC 4251 section 5]: https://www.rfc-editor.org/rfc/rfc4251#section-5
//! [RFC 4252 section 9]: https://www.rfc-editor.org/rfc/rfc4252#section-9

mod frame;
mod reader;
mod request;
mod signed_data;
mod writer;

pub use frame::{
    FRAME_HEADER_BYTES, FrameError, HelperReply, HelperRequest, MAX_FRAME_BYTES, PROTOCOL_VERSION, frame_length,
};
pub use reader::{Reader, WireError, WireErrorKind};
pub use request::Request;
pub use signed_data::SignedData;
pub use writer::Writer;
#[cfg(any(feature = "sign", feature = "verify"))]
pub(crate) use writer::fixed_width;

/// Message number of `SSH_MSG_USERAUTH_REQUEST` ([RFC 4252 section 6](https://www.rfc-editor.org/rfc/rfc4252#section-6)).
pub const SSH_MSG_USERAUTH_REQUEST: u8 = 50;

/// The only service that hostbased authentication is asked for.
pub const SERVICE_CONNECTION: &[u8] = b"ssh-connection";

/// The method's name ([RFC 4252 section 9](https://www.rfc-editor.org/rfc/rfc4252#section-9)).
pub const METHOD_HOSTBASED: &[u8] = b"hostbased";

/// Longest user or host name read from a request, in bytes. DNS ends at 255 and Linux account names at 256; a peer
/// that sends more means no good.
pub const MAX_NAME_BYTES: usize = 1024;

/// Longest algorithm, service or method name, in bytes: [RFC 4251 section 6](https://www.rfc-editor.org/rfc/rfc4251#section-6).
pub const MAX_ALGORITHM_BYTES: usize = 64;

/// Longest public key or certificate blob, in bytes: the helper's frame ends there too. A certificate of an 8192-bit CA
/// with 256 principals (OpenSSH's most) of 200 bytes fits.
pub const MAX_KEY_BYTES: usize = 64 * 1024;

/// Longest signature blob, in bytes: RSA of 16384 bits and the post-quantum forms fit.
pub const MAX_SIGNATURE_BYTES: usize = 8 * 1024;

/// Longest session identifier, in bytes: the exchange hash of the largest hash in use (SHA-512).
pub const MAX_SESSION_ID_BYTES: usize = 64;

//! What a client host may sign, and signing it; in pure Rust, for the set-uid helper links it.
//!
//! [`CheckedRequest`] is the only thing that [`HostKey::sign`] takes, and only [`CheckedRequest::check`] makes one: what
//! is signed says truly which host and which local user are asking.

mod blinding;
mod checked;
#[cfg(feature = "helper-client")]
pub mod helper;
mod private_key;
mod rsa;
mod secret;

pub use blinding::Blinding;
pub use checked::{Caller, CheckedRequest, RequestRefusal};
pub use private_key::{HostKey, PrivateKeyError};
pub use secret::SignError;

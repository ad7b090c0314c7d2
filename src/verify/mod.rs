//! Decides over a hostbased request as sshd does, and says why it refuses.
//!
//! [`verify`] is a pure function: everything that it looks at is in its [`Inputs`]. It lets a user in only with three
//! proofs in hand, each of which only its own checker can make:
//!
//! | proof | says | OpenSSH |
//! |---|---|---|
//! | [`EquivAllows`] | the equiv files let this user of that host in | auth-rhosts.c `auth_rhosts2` |
//! | [`HostKeyTrusted`] | the key belongs to the host under that name | auth.c `check_key_in_hostfiles` |
//! | [`SignatureValid`] | the host signed this request, for this session | monitor.c `mm_answer_keyverify` |
//!
//! [`Authenticated`] is made from all three. The absence of an error is no evidence.
//!
//! The system's files, RevokedKeys, plain keys and host certificates are covered; what else sshd looks at (the user's own
//! files, the account's state) is the caller's to check. Root is let in by the user's own files only, so never here.

mod certificate;
mod decide;
mod equiv;
mod host_key;
mod inputs;
mod lookup;
mod policy;
mod proof;
mod refusal;
mod request_key;
mod signature;

pub use decide::verify;
pub use equiv::EquivAllows;
pub use host_key::HostKeyTrusted;
pub use inputs::{Account, EquivSource, Files, Inputs, Peer, RevokedSource};
pub use policy::{AuthenticationMethods, IgnoreRhosts, PermitRootLogin, Policy};
pub use proof::Authenticated;
pub use refusal::Refusal;
pub use signature::SignatureValid;

//! Hostbased authentication in programs built on russh, as servers and as clients.
//!
//! russh itself does not know the method; [`russh_hostbased`] is russh with a hook for it. A program that uses this module
//! writes `russh = { package = "russh-hostbased", … }` in its manifest, and has the same crate in hand.
//!
//! | side (feature) | from | to |
//! |---|---|---|
//! | server (`russh-server`) | the request that russh hands over | `server::Received`, and a [`Judge`](crate::judge::Judge)'s verdict over it |
//! | server | a [`Verdict`](crate::judge::Verdict), or a bare [`Decision`](crate::verify::Decision) | russh's `Auth`, by `server::answer`, `server::auth` |
//! | client (`russh-client`) | a helper, or private key files | russh's signer: `client::HelperSigner`, `client::KeyFileSigner` |
//! | client | this host's keys and names | a login: `client::offers_for`, `client::Claim`, `client::log_in` |
//!
//! `examples/russh_minimal.rs` is a server in a hundred lines, `examples/russh_server/` a whole one, `examples/russh_client/` a client.
#![cfg_attr(not(feature = "russh-server"), allow(rustdoc::broken_intra_doc_links))]

#[cfg(feature = "russh-client")]
pub mod client;
#[cfg(feature = "russh-server")]
pub mod server;

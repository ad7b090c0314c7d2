//! Hostbased authentication in programs built on russh, as servers and as clients.
//!
//! russh itself does not know the method; [`russh_hostbased`] is russh with a hook for it. A program that uses this module
//! writes `russh = { package = "russh-hostbased", … }` in its manifest, and has the same crate in hand.
//!
//! | side | from | to |
//! |---|---|---|
//! | server (feature `russh-server`) | the request that russh hands over | `server::Received`, [`verify::Inputs`](crate::verify::Inputs) |
//! | server | a [`Decision`](crate::verify::Decision) | russh's `Auth`, by `server::auth` |
//!
//! `examples/russh_server.rs` uses all of it.

#[cfg(feature = "russh-client")]
pub mod client;
#[cfg(feature = "russh-server")]
pub mod server;

//! The hook itself: what a server's handler is asked, what the client is told, and what a client sends.
//!
//! Client and server talk in one process, over [`tokio::io::duplex`]. Where a test wants bytes that no client sends, it
//! sends them itself ([`raw::Raw`]), over russh's own key exchange and cipher `none`. Times are those of tokio's paused
//! clock: exact, and nobody waits for them.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
#![allow(clippy::disallowed_types, clippy::disallowed_methods)]

mod asked;
mod attempts;
mod client;
mod malformed;
mod partial;
mod raw;
mod rekey;
mod server;
mod stock;
mod time;

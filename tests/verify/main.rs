//! The decision: what lets a user in, and beside it everything that is nearly that and does not.
#![cfg(all(feature = "sign", feature = "verify"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::field_reassign_with_default
)]
#![allow(unreachable_pub, missing_docs)] // nothing outside this binary sees it

mod account;
mod certificate;
mod equiv;
mod explanation;
mod fixture;
mod hint;
mod host_key;
mod names;
mod own_files;
mod request;
mod revoked;

//! Our reading of RevokedKeys files beside `ssh-keygen`'s, of the OpenSSH that is installed.
//!
//! `ssh-keygen -Qf KRL KEY…` reads KRLs only, and says of each key whether it is revoked. Lists of keys are read by
//! `ssh-keygen -Y verify -r FILE`, through the very function that sshd calls (authfile.c `sshkey_check_revoked`); with
//! `-vvv` it says whether the signer's key is revoked, or what is wrong with the file.
//!
//! Not compared, and tested beside the code: extensions of KRLs, which OpenSSH knows since 9.4, and signatures of KRLs,
//! which it verified until then and skips now.

#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "runs ssh-keygen on files of its own")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod krls;
mod lab;
mod lists;
mod random;

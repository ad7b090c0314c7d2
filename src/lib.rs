//! SSH host-based authentication ([RFC 4252 section 9]) for servers, clients and administrators.
//!
//! A server admits a *registered client host* and trusts that host's word for which user is connecting; the word is
//! signed with the host's private key by a small set-uid helper.
//!
//! The rooms of this crate, from the ground up; each uses only those above it:
//!
//! | module | what it is for |
//! |---|---|
//! | [`wire`] | RFC 4251 data types, the hostbased request, the frames of the helper protocol |
//! | [`name`], [`pattern`], [`mod@escape`] | checked names, OpenSSH's wildcards, foreign text made harmless |
//! | [`lines`] | files as lines, edited without touching another byte |
//! | [`key`] | public keys, host certificates, signature algorithms and lists of them |
//! | [`known_hosts`], [`shosts`] | both files: documents that keep every byte, and their matching |
//! | [`revoked`] | RevokedKeys: which keys, certificates and authorities are revoked, by a list or a KRL |
//! | [`config`] | `ssh_config` and `sshd_config` as they stand: which line sets what, in which block, by which Include |
//! | `verify` (feature) | decides over a request, and says why |
//! | `sign` (feature) | what may be signed, signing it, and the client side of the helper protocol |
//! | `store` (feature) | the files themselves: lock, atomic replacement, owner checks; with `verify`, those of a server, watched |
//! | `dns` (feature) | the name of a peer's address, confirmed as sshd confirms it; with `resolver`, checks of names and addresses, DNSSEC, SSHFP |
//! | `judge` (features `verify`, `store`, `dns`) | decides on this machine: accounts, files, names and clock fetched as sshd does |
//! | `bridge` (features `russh-server`, `russh-client`) | the method in servers and clients built on russh |
//! | `scan`, `enroll` (features) | host keys of clients, and what registering them changes |
//! | `lint` (feature `enroll`) | what is wrong with both files, and what mends it |
//! | `failures`, `doctor` (feature `doctor`) | the catalogue of failures; what is wrong with a client or a server |
//! | `setup` (feature `setup`) | what makes a machine a client or a server of hostbased |
//!
//! Everything down to `sign` is pure: functions over bytes and values, without files, sockets, clocks or environment. Only
//! the client of the helper protocol in `sign` runs a process.
//!
//! [RFC 4252 section 9]: https://www.rfc-editor.org/rfc/rfc4252#section-9

pub mod config;
pub mod escape;
pub mod key;
pub mod known_hosts;
pub mod lines;
pub mod name;
pub mod pattern;
pub mod revoked;
pub mod shosts;
pub mod wire;

#[cfg(any(feature = "russh-server", feature = "russh-client"))]
pub mod bridge;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "dns")]
pub mod dns;
#[cfg(feature = "doctor")]
pub mod doctor;
#[cfg(feature = "enroll")]
pub mod enroll;
#[cfg(feature = "doctor")]
pub mod failures;
#[cfg(all(feature = "verify", feature = "store", feature = "dns"))]
pub mod judge;
#[cfg(feature = "enroll")]
pub mod lint;
#[cfg(feature = "scan")]
pub mod scan;
#[cfg(feature = "setup")]
pub mod setup;
#[cfg(any(feature = "enroll", feature = "resolver"))]
mod severity;
#[cfg(feature = "sign")]
pub mod sign;
#[cfg(feature = "store")]
pub mod store;
#[cfg(feature = "verify")]
pub mod verify;

/// The README's example is compiled with the documentation tests.
#[cfg(all(doctest, feature = "verify", feature = "store", feature = "dns"))]
#[doc = include_str!("../README.md")]
struct Readme;

//! Names and addresses: the name of a peer, as sshd finds it with `UseDNS yes`; and checks of hosts before they are
//! registered.
//!
//! # The name of a peer
//!
//! It is what the address resolves to, *and what resolves back to it* (sshd_config(5), UseDNS; OpenSSH: packet.c
//! `ssh_remote_hostname`).
//!
//! ```text
//! address -> reverse lookup -> no number, a host name -> forward lookup, same family -> the address is among the answers
//! ```
//!
//! Whoever owns an address can give it any name. Only the owner of the name can have it resolve to that address.
//!
//! [`confirm()`] is the rule, over answers that somebody else fetched; [`look_up`] asks a [`Resolver`], and
//! [`SystemResolver`] is the one that sshd asks too (nsswitch.conf(5): `/etc/hosts` first on most machines).
//!
//! # Checks (feature `resolver`)
//!
//! ```text
//! Subject --gather--> Answers of the system and of the DNS --judge--> Findings, each with a code, evidence, what to do
//! ```
//!
//! `judge` and `duplicates` are pure functions over `Answers`; `gather` asks a `Source`, of which there are two: the
//! `SystemView`, which is what sshd sees, and the `DnsView`, what others see, its signatures checked here. A `CheckPolicy`
//! says what an error is.

mod confirm;
mod numeric;
mod system;

pub use confirm::{NotConfirmed, confirm};
pub use system::{Resolver, SystemResolver, look_up};

#[cfg(feature = "resolver")]
mod answer;
#[cfg(feature = "resolver")]
mod finding;
#[cfg(feature = "resolver")]
mod gather;
#[cfg(feature = "resolver")]
mod policy;
#[cfg(feature = "resolver")]
mod pool;
#[cfg(feature = "resolver")]
mod resolver;
#[cfg(feature = "resolver")]
mod rules;
#[cfg(feature = "resolver")]
mod sshfp;
#[cfg(feature = "resolver")]
mod subject;
#[cfg(feature = "resolver")]
mod system_view;

#[cfg(feature = "resolver")]
pub use self::{
    answer::{Answer, Answers, Dnssec, Failed, Fingerprints, Forward, Reverse},
    finding::{Code, Finding, Severity, UnknownCode, View},
    gather::{Source, gather},
    policy::CheckPolicy,
    resolver::{AnchorError, Anchors, DnsView, NameServers, ServersError},
    rules::{Host, Views, check_pattern, duplicates, judge, read_subject, weigh},
    sshfp::{SshfpDigest, SshfpRecord, sshfp_algorithm},
    subject::Subject,
    system_view::SystemView,
};

//! What makes a machine a client or a server of host-based authentication: a plan, from what stands there to what should.
//!
//! Everything here is pure. What a machine is like is gathered by the command and told here as values; what is to be done
//! comes back as [`Step`]s, each with its reason and with what takes it back. A plan of a machine that is as it should be has
//! none.
//!
//! Where a line of a configuration must stand so that it counts is not computed from rules but tried: `place.rs` puts
//! it where it could stand, reads the whole configuration with it, and takes the first place where our value comes first.

mod client;
mod diff;
mod first_boot;
mod helper;
mod keys;
mod marked;
mod ours;
mod overlap;
mod overlay;
mod pattern;
mod place;
mod readable;
mod refusal;
mod server;
mod step;
mod undo;

pub use client::{Client, ClientFacts};
pub use diff::{DiffLine, diff};
pub use first_boot::{FirstBoot, FirstBootFacts, HOST_KEYS_LINK, HOST_KEYS_LINK_TARGET, HOST_KEYS_UNIT};
pub use helper::{Dpkg, HelperAsked, HelperFacts, HelperFile, Owned, plan_helper, undo_helper};
pub use keys::{HOST_KEYS, HostKeyFacts, HostKeyKind, KeysFacts, plan_keys};
pub use pattern::{PatternError, ServerPattern};
pub use readable::plan_readable;
pub use refusal::Refusal;
pub use server::{Decision, Server, ServerFacts, decision_of};
pub use step::{Action, Plan, Step, Tool};
pub use undo::{undo_client, undo_server};

/// The client's configuration, below the root.
pub const SSH_CONFIG: &str = "/etc/ssh/ssh_config";
/// The server's.
pub const SSHD_CONFIG: &str = "/etc/ssh/sshd_config";

#[cfg(test)]
mod tests;

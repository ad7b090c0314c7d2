//! What is wrong with a client or a server, and what mends it: rules over what was found out about a machine.
//!
//! Everything here is pure: what a machine is like is gathered by the command, and told here as values.

pub mod client;
pub mod export;
mod finding;
pub mod join;
pub mod log;
mod release;
pub mod server;

pub use crate::failures::Id;
pub use crate::severity::Severity;
pub use finding::{Finding, Machine, Mend, Place, Rights};
pub use release::{Known, Release, known};

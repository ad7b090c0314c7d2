//! The host key scanner: which keys a host *holds*, proven by its signature, over stock russh.
//!
//! What it proves is possession, not identity: who the host is must come from elsewhere. Each key type is asked for
//! on a connection of its own, so the proof for one says nothing of another.
//!
//! A host has one connection at a time. The first shows which types it offers: the others need none. When no address
//! answers, no further type is asked for. What may pass is tried again; an answer that was wrong never is.
//!
//! It asks the system's resolver and opens sockets; it reads and writes no files, and raises this process's limit of
//! open files as far as it may. A hostile server costs at most the time limit of a host and some hundred KiB at a time,
//! and gets nothing of its own into a result but an identification line and a key.
//!
//! Two limits come from below: a host whose identification is not UTF-8 cannot be scanned (russh), and RSA keys must
//! have 1024 to 8192 bits.
//!
//! ```no_run
//! use hostbased::scan::{Options, Target, scan_blocking};
//!
//! let targets = [Target::new("node1.example.org", 22)?];
//! scan_blocking(targets, &Options::default(), |report| {
//!     for key in report.keys() {
//!         println!("{} {}", report.target.names(), key.key().to_line());
//!     }
//!     Ok::<(), std::io::Error>(())
//! })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod exchange;
mod greeting;
mod guarded;
mod host;
mod input;
mod kind;
mod limit;
mod options;
mod pace;
mod packet;
mod proposal;
mod proven;
mod range;
mod reply;
mod report;
mod resolve;
mod run;
mod target;

pub use error::{IoProblem, Negotiated, Phase, ScanError};
pub use greeting::{MAX_GREETING_BYTES, MAX_IDENTIFICATION_BYTES};
pub use input::{Input, parse_input, strip_comment};
pub use kind::ScanType;
pub use limit::DEFAULT_PARALLEL;
pub use options::{DEFAULT_RETRIES, DEFAULT_TIMEOUT, Family, HOST_TIMEOUTS, Options};
pub use packet::MAX_HANDSHAKE_BYTES;
pub use proven::ProvenKey;
pub use range::Range;
pub use report::{Attempt, HostReport, TypeResult};
pub use run::{Watch, Work, block_on, scan, scan_blocking, scan_watched};
pub use target::{InputError, MAX_ADDRESSES, Target};

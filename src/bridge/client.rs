//! Logging in by hostbased from a client built on russh: which keys to offer, under which names, and who signs.
//!
//! ```no_run
//! use std::os::fd::AsFd;
//! use std::sync::Arc;
//!
//! use hostbased::bridge::client::{Claim, HelperSigner, Outcome, host_public_keys, log_in, offers_for};
//! use hostbased::key::AlgorithmList;
//! use hostbased::sign::helper::Helper;
//! use russh_hostbased as russh;
//!
//! # async fn example(handler: impl russh::client::Handler<Error = russh::Error> + 'static) -> Result<(), Box<dyn std::error::Error>> {
//! let stream = tokio::net::TcpStream::connect("server.example.org:22").await?;
//! // Both before russh takes the stream: the helper looks at the connection itself.
//! let mut signer = HelperSigner::new(Helper::find()?, stream.as_fd())?;
//! let claim = Claim::of_this_process("alice", Some(stream.local_addr()?)).await?;
//! let mut session = russh::client::connect_stream(Arc::default(), stream, handler).await?;
//!
//! let keys = host_public_keys("/etc/ssh".as_ref()).into_iter().filter_map(|(_, key)| key.ok());
//! let offers = offers_for(&session, keys, &AlgorithmList::hostbased_default()).await?;
//! match log_in(&mut session, &claim, &offers, &mut signer, |offer, tried| eprintln!("{offer}: {tried}")).await? {
//!     Outcome::LoggedIn => {}
//!     outcome => return Err(outcome.to_string().into()),
//! }
//! # Ok(())
//! # }
//! ```

mod claim;
mod host_keys;
mod log_in;
mod offers;
mod signer;
#[cfg(test)]
mod tests;

pub use claim::{Claim, ClaimError, client_host, client_user};
pub use host_keys::{HostKeyFileError, host_public_keys, read_public_key};
pub use log_in::{Outcome, Tried, log_in};
pub use offers::{Offer, offers, offers_for};
pub use signer::{HelperSigner, KeyFileSigner, SignerError};

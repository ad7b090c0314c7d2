//! What stands in the DNS. The only room that knows hickory.
//!
//! Every question is asked twice: plainly, so that the oldest forwarder answers it, and with its signatures, which are
//! checked here from the trust anchor down. What a name server itself says of signatures (the AD bit) counts for nothing.

mod anchor;
mod chain;
mod plain;
mod proof;
mod servers;
mod view;

pub use anchor::{AnchorError, Anchors};
pub use servers::{NameServers, ServersError};
pub use view::DnsView;

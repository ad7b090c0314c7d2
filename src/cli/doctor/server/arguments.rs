//! The arguments of `hostbased doctor server`.

use std::net::IpAddr;

use super::super::fix::FixArgs;
use crate::name::UserName;

/// Look at this machine as a server, as root: why one client's user is refused.
///
/// The client is named by --client, or tells of itself: --from takes what `hostbased doctor client --export` wrote there, which
/// its host keys have signed off, and goes through what it would send key by key. Nobody logs in, and no packet is sent but the
/// resolver's.
#[derive(Debug, clap::Args)]
pub(in crate::cli::doctor) struct Args {
    /// The client, by a name or address
    #[arg(long, value_name = "HOST|ADDRESS", required_unless_present = "from", conflicts_with = "from")]
    pub(super) client: Option<String>,

    /// The account that somebody wants to log in to
    #[arg(long, value_name = "USER", required_unless_present = "from", conflicts_with = "from", value_parser = user)]
    pub(super) user: Option<UserName>,

    /// The user's name on the client [default: the same]
    #[arg(long, value_name = "USER", conflicts_with = "from")]
    pub(super) client_user: Option<String>,

    /// A key or certificate that the client would offer, as a .pub file; give each once, in the client's order
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    pub(super) key: Vec<String>,

    /// What `hostbased doctor client --export` wrote on the client ("-": standard input)
    #[arg(long, value_name = "FILE")]
    pub(super) from: Option<String>,

    /// With --from: the address that this server sees, where something stands between both machines
    #[arg(long, value_name = "ADDRESS", requires = "from", conflicts_with = "client")]
    pub(super) seen_as: Option<IpAddr>,

    #[command(flatten)]
    pub(super) fix: FixArgs,

    /// Print JSON: one object a line for each finding, then one for the run
    #[arg(long)]
    pub(super) json: bool,
}

fn user(text: &str) -> Result<UserName, crate::name::NameError> {
    UserName::new(text)
}

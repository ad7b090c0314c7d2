//! The arguments of `hostbased explain`.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use thiserror::Error;

use super::from_log::Wanted;
use crate::cli::arguments::{ArgumentError, RootFolder, port, scan_type};
use crate::cli::instant::{now, parse_instant};
use crate::doctor::log::PeerAddress;
use crate::escape::escape;
use crate::key::PublicKey;
use crate::name::{HostName, NameError, UserName};
use crate::scan::ScanType;
use crate::store::Root;
use crate::wire::MAX_NAME_BYTES;

/// What must be said, in each of the ways.
const USAGE: &str = "\
hostbased explain --user USER --client-user USER --client-host NAME --address IP --key FILE|--known-key TYPE [OPTIONS]
       hostbased explain --from-log FILE [OPTIONS]";

/// Say whether a login would be let in, why, and what to do if not, assuming that the client host signs well.
///
/// Nothing is logged in to and nothing is changed. The options are those of this machine's sshd (which needs root),
/// then --set. User and host names are taken as a client would send them, byte for byte. With --root, both known_hosts and
/// both equiv files, sshd_config, RevokedKeys, passwd, shadow, group, shells and the account's own files are those of the
/// image; --key, --from-log and --sshd-config are paths here.
#[derive(Debug, clap::Args)]
#[command(override_usage = USAGE)]
pub(in crate::cli) struct Args {
    /// The account that the user wants to log in to
    #[arg(long, value_name = "USER", required_unless_present = "from_log")]
    pub(super) user: Option<OsString>,

    /// The user's name on the client host
    #[arg(long, value_name = "USER", required_unless_present = "from_log")]
    pub(super) client_user: Option<OsString>,

    /// The name that the client host gives itself; ssh sends it with a final dot, which may be left out here
    #[arg(long, value_name = "NAME", required_unless_present = "from_log")]
    pub(super) client_host: Option<OsString>,

    /// The address that the connection comes from; with a link-local one its interface (fe80::1%eth0)
    #[arg(long, value_name = "IP", required_unless_present = "from_log")]
    pub(super) address: Option<PeerAddress>,

    /// The client host's key: a .pub file or a certificate
    #[arg(long, value_name = "FILE", required_unless_present_any = ["from_log", "known_key"])]
    pub(super) key: Option<String>,

    /// Instead, the key of this type that ssh_known_hosts has for the host: rsa, ecdsa, ed25519, ecdsa-sk, ed25519-sk
    #[arg(long, value_name = "TYPE", value_parser = known_type, conflicts_with = "key")]
    pub(super) known_key: Option<ScanType>,

    /// Take names, address and keys from the "Failed hostbased for..." lines of the last connection in this log of sshd's
    /// ("-": standard input); what is said besides chooses among the lines, and gives what a line lacks
    #[arg(long, value_name = "FILE")]
    pub(super) from_log: Option<String>,

    /// The name that the address resolves to, and that resolves back to it; sshd takes the first if there are several.
    /// It counts while UseDNS is yes [default: looked up as sshd does]
    #[arg(long, value_name = "NAME")]
    pub(super) resolved: Vec<HostName>,

    /// The algorithm that the client signs by [default: the key's own; rsa-sha2-512 for RSA]
    #[arg(long, value_name = "NAME")]
    pub(super) algorithm: Option<String>,

    /// The account's number, 0 for root [default: the account's own]
    #[arg(long, value_name = "N", value_parser = uid)]
    pub(super) uid: Option<u32>,

    /// The account's home folder [default: the account's own]
    #[arg(long, value_name = "DIR", value_parser = home)]
    pub(super) home: Option<String>,

    /// Set an option as a line of sshd_config would, over what sshd says; also RequireNameMatch=yes, which sshd lacks
    #[arg(long, value_name = "OPTION=VALUE", value_parser = setting)]
    pub(super) set: Vec<Setting>,

    /// Judge certificates at this time: 2026-11-22, 2026-11-22T13:30:00Z, 20261122133000 (local time; with Z: UTC), or seconds since
    /// 1970 [default: now]
    #[arg(long, value_name = "TIME", value_parser = instant)]
    at: Option<u64>,

    /// Have sshd read this configuration, instead of its own or that below --root
    #[arg(long, value_name = "FILE")]
    pub(super) sshd_config: Option<String>,

    /// The server's own address that the client connects to, for Match LocalAddress [default: not known]
    #[arg(long, value_name = "IP")]
    pub(super) local_address: Option<PeerAddress>,

    /// The server's port that the client connects to, for Match LocalPort
    #[arg(long, value_name = "PORT", default_value = "22", value_parser = port)]
    pub(super) local_port: u16,

    #[command(flatten)]
    root: RootFolder,

    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

/// The highest number of an account: the next is nobody's (chown(2) takes it for "no change").
const MAX_UID: u32 = u32::MAX - 1;

/// An option and its value, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) option: String,
    pub(super) value: String,
}

/// Why an argument is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(in crate::cli) enum ValueError {
    #[error("not OPTION=VALUE")]
    Setting,
    #[error("not a time: 2026-11-22, 2026-11-22T13:30:00Z, 20261122133000, 20261122133000Z or seconds since 1970")]
    Instant,
    #[error("not the number of an account: 0 to {}", MAX_UID)]
    Uid,
    #[error("not a path that begins with /")]
    Home,
    #[error("the account {user:#} cannot be: {error}", user = escape(.user))]
    User { user: Vec<u8>, error: NameError },
    #[error("{argument} {}", if *.length == 0 { "is empty" } else { "is longer than any request" })]
    Name { argument: &'static str, length: usize },
}

fn setting(text: &str) -> Result<Setting, ValueError> {
    let (option, value) = text.split_once('=').ok_or(ValueError::Setting)?;
    if option.trim().is_empty() {
        return Err(ValueError::Setting);
    }
    Ok(Setting { option: option.trim().to_owned(), value: value.to_owned() })
}

fn instant(text: &str) -> Result<u64, ValueError> {
    parse_instant(text).ok_or(ValueError::Instant)
}

fn home(text: &str) -> Result<String, ValueError> {
    if text.starts_with('/') { Ok(text.to_owned()) } else { Err(ValueError::Home) }
}

fn uid(text: &str) -> Result<u32, ValueError> {
    text.parse().ok().filter(|&uid| uid <= MAX_UID).ok_or(ValueError::Uid)
}

fn known_type(text: &str) -> Result<ScanType, ArgumentError> {
    scan_type(text)
}

/// A name that a request can hold.
pub(super) fn checked_name(argument: &'static str, name: Vec<u8>) -> Result<Vec<u8>, ValueError> {
    match name.len() {
        1..=MAX_NAME_BYTES => Ok(name),
        length => Err(ValueError::Name { argument, length }),
    }
}

/// An account that can exist.
pub(super) fn checked_user(user: Vec<u8>) -> Result<UserName, ValueError> {
    UserName::new(user.clone()).map_err(|error| ValueError::User { user, error })
}

impl Args {
    pub(super) fn root(&self) -> Root {
        self.root.root()
    }

    /// The moment that certificates are judged at, in seconds since 1970.
    pub(super) fn at(&self) -> u64 {
        self.at.unwrap_or_else(now)
    }

    /// What is said of the attempt besides a log.
    pub(super) fn wanted<'a>(&'a self, key: Option<&'a PublicKey>) -> Wanted<'a> {
        Wanted {
            user: self.user.as_deref().map(OsStrExt::as_bytes),
            client_user: self.client_user.as_deref().map(OsStrExt::as_bytes),
            client_host: self.client_host.as_deref().map(OsStrExt::as_bytes),
            address: self.address.as_ref(),
            key,
        }
    }

    /// The bytes of a name that was given.
    pub(super) fn bytes(text: Option<&OsString>) -> Option<Vec<u8>> {
        text.cloned().map(OsStringExt::into_vec)
    }
}

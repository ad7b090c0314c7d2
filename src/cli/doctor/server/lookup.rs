//! What this machine's resolver says of an address, asked as sshd asks it.

#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "how long a lookup takes is what is asked for")]

use std::net::{IpAddr, SocketAddr};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use hostbased_sys::ResolveError;

use crate::dns::{Anchors, Answer, DnsView, Failed, NameServers, NotConfirmed, Source, confirm};
use crate::doctor::server::Lookup;
use crate::name::HostName;

/// Longest wait for the resolver: LoginGraceTime is mostly shorter.
const LIMIT: Duration = Duration::from_secs(60);

/// Longest wait for the DNS itself, which only tells besides.
const DNS_LIMIT: Duration = Duration::from_secs(6);

/// Looks an address up, both ways.
pub(super) fn of(address: IpAddr, asks_dns: bool) -> Lookup {
    let address = address.to_canonical();
    let began = Instant::now();
    let (name, mut failed) =
        within(LIMIT, move || confirmed(address)).unwrap_or((Err(NotConfirmed::NoName), Some(Failed::TimedOut)));
    let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (dns, dns_failed) = if asks_dns { of_dns(address) } else { (None, None) };
    if matches!(name, Err(NotConfirmed::NoName)) {
        failed = failed.or(dns_failed);
    }
    Lookup { name, failed, milliseconds, dns, hosts_line: hosts_line(address) }
}

/// The name that counts, and why nobody could say, where that is so.
fn confirmed(address: IpAddr) -> (Result<HostName, NotConfirmed>, Option<Failed>) {
    let ptr = hostbased_sys::reverse(&SocketAddr::new(address, 0));
    let failed = ptr.as_ref().err().and_then(failure);
    let ptr = ptr.ok();
    let mut forward_failed = None;
    let forward = match confirm(address, ptr.as_deref(), &[]) {
        Err(NotConfirmed::NoForward(name)) => match hostbased_sys::resolve(name.as_str(), address) {
            Ok(resolved) => resolved.addresses,
            Err(error) => {
                forward_failed = failure(&error);
                Vec::new()
            }
        },
        _ => Vec::new(),
    };
    (confirm(address, ptr.as_deref(), &forward), failed.or(forward_failed))
}

/// Whether such an error says that nobody could be asked.
fn failure(error: &ResolveError) -> Option<Failed> {
    match error {
        ResolveError::Again => Some(Failed::Again),
        ResolveError::Fail => Some(Failed::ServFail),
        _ => None,
    }
}

/// The names in the DNS, in the order of its answer; where it fails, how.
fn of_dns(address: IpAddr) -> (Option<Vec<Vec<u8>>>, Option<Failed>) {
    let Ok(resolv_conf) = std::fs::read("/etc/resolv.conf") else { return (None, None) };
    let Ok(servers) = NameServers::of_resolv_conf(&resolv_conf) else { return (None, None) };
    let asked = within(DNS_LIMIT, move || {
        let mut view = DnsView::new(&servers, Anchors::default()).ok()?;
        view.reverse(vec![address], &mut || ());
        view.answers().reverse.get(&address).map(|reverse| reverse.names.clone())
    });
    match asked.flatten() {
        Some(Answer::Found(names)) => (Some(names), None),
        Some(Answer::NoSuchName | Answer::NoData) => (Some(Vec::new()), None),
        Some(Answer::Failed(failed)) => (None, Some(failed)),
        None => (None, None),
    }
}

/// The line of `/etc/hosts` for the address: the first, as the C library takes it.
fn hosts_line(address: IpAddr) -> Option<(usize, Vec<String>)> {
    let text = std::fs::read("/etc/hosts").ok()?;
    (1..).zip(String::from_utf8_lossy(&text).lines()).find_map(|(number, line)| {
        let mut words = line.split('#').next()?.split_whitespace();
        let is_its = words.next()?.parse::<IpAddr>().is_ok_and(|other| other.to_canonical() == address);
        is_its.then(|| (number, words.map(str::to_owned).collect()))
    })
}

/// The addresses of a name, IPv4 first.
pub(super) fn addresses(name: &HostName) -> Vec<IpAddr> {
    let families: [IpAddr; 2] = [std::net::Ipv4Addr::UNSPECIFIED.into(), std::net::Ipv6Addr::UNSPECIFIED.into()];
    let mut found = Vec::new();
    for family in families {
        for address in hostbased_sys::addresses_of(name.as_str(), family) {
            if !found.contains(&address) {
                found.push(address);
            }
        }
    }
    found
}

/// What a question gives within a time; the thread of one that takes longer is left to itself.
fn within<T: Send + 'static>(limit: Duration, ask: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let _ = sender.send(ask());
    });
    receiver.recv_timeout(limit).ok()
}

//! Thousands of hosts, on the addresses of loopback.
//!
//! `HOSTBASED_SCAN_HOSTS` says how many (`tests/run --all`: 10000). Then what is measured must keep its bounds; it is
//! meant for a build for release: `cargo test --release --test keyscan fleet::`. Without it they are few, and only what
//! came out counts.

mod keys;
mod standin;

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use serde_json::Value;

use crate::run::{Finished, ours_with, theirs};
use crate::sshd::{Sshd, free_port};
use keys::{Host, Primes, TYPES};
use standin::{Manner, StandIn};

/// Without `HOSTBASED_SCAN_HOSTS`.
const FEW: usize = 24;

/// How many times as fast as ssh-keyscan a scan has to be.
const RATIO: f64 = 8.0;

/// The scanner's own CPU time for a key, in seconds.
const CPU_A_KEY: f64 = 0.0006;

/// The scanner's memory at its peak, in bytes.
const MEMORY: u64 = 250_000_000;

/// The scanner's CPU time for twice the hosts, by that for the hosts.
const TWICE: f64 = 2.2;

/// The limit for a connection to a host that may be dead, in seconds.
const LIMIT: u64 = 5;

/// One at a time: they measure.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wanted() -> Option<usize> {
    std::env::var("HOSTBASED_SCAN_HOSTS").ok().map(|hosts| hosts.parse().unwrap())
}

/// For those who read the output of tests/run: what is measured is shown, also where the test passes.
#[allow(clippy::explicit_write, reason = "what eprintln! prints is kept back where the test passes")]
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").unwrap();
}

static FLEET: LazyLock<(Primes, tempfile::TempDir)> = LazyLock::new(|| {
    let hosts = wanted().map_or(FEW, |hosts| 2 * hosts);
    (Primes::generate(hosts), tempfile::tempdir().unwrap())
});

fn stand_in() -> StandIn {
    let (primes, folder) = &*FLEET;
    StandIn::start(folder.path(), primes)
}

/// What a scan took.
struct Measured {
    finished: Finished,
    time: Duration,
    /// The scanner's own, in user and system mode.
    cpu: Duration,
    /// At its peak, in bytes.
    memory: u64,
}

/// Scans a list of hosts, in a process whose children's usage is the scanner's alone.
fn measure(arguments: &[&str], list: &str) -> Measured {
    let start = Instant::now();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "fleet::scan_alone", "--nocapture", "--test-threads=1"]);
    command.env(ARGUMENTS, arguments.join("\n")).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let list = list.to_owned();
    let writer = std::thread::spawn(move || input.write_all(list.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let time = start.elapsed();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    let (out, last) = out.split_once("\nscanned:\n").unwrap().1.split_once("measured: ").unwrap();
    let numbers: Vec<u64> = last.lines().next().unwrap().split(' ').map(|number| number.parse().unwrap()).collect();
    let finished = Finished { code: Some(i32::try_from(numbers[0]).unwrap()), out: out.to_owned(), err };
    Measured { finished, time, cpu: Duration::from_micros(numbers[1]), memory: numbers[2] }
}

/// The arguments of the scan for the process that is to measure one, a line each.
const ARGUMENTS: &str = "HOSTBASED_FLEET_ARGUMENTS";

/// Not a test but the parent of one scan, when it is asked for.
#[test]
fn scan_alone() {
    let Ok(arguments) = std::env::var(ARGUMENTS) else { return };
    let mut command = Command::new(env!("CARGO_BIN_EXE_hostbased"));
    println!("\nscanned:");
    std::io::stdout().flush().unwrap();
    let status = command.arg("keyscan").args(arguments.lines()).status().unwrap();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    let time = |time: nix::sys::time::TimeVal| time.tv_sec() * 1_000_000 + time.tv_usec();
    let cpu = time(usage.user_time()) + time(usage.system_time());
    println!("measured: {} {cpu} {}", status.code().unwrap(), usage.max_rss() * 1024);
}

fn list(hosts: impl Iterator<Item = Host>) -> String {
    hosts.map(|host| format!("{}\n", host.address())).collect()
}

/// Scans that many hosts that are well; every key must be there, and each must be its host's.
fn scan_fleet(stand_in: &StandIn, hosts: usize) -> Measured {
    let port = stand_in.port(Manner::Well).to_string();
    let types = TYPES.join(",");
    let measured = measure(&["-q", "-T", "60", "-t", &types, "-p", &port, "-f", "-"], &list((0..hosts).map(Host)));
    let finished = &measured.finished;
    assert_eq!((finished.code, finished.err.as_str()), (Some(0), ""));
    let mut lines = finished.out.lines();
    for host in (0..hosts).map(Host) {
        for key in FLEET.0.lines(host) {
            assert_eq!(lines.next(), Some(format!("[{}]:{port} {key}", host.address()).as_str()));
        }
    }
    assert_eq!(lines.next(), None);
    measured
}

#[test]
fn every_key_of_every_host_is_found_and_is_its_own() {
    let _alone = alone();
    let hosts = wanted().unwrap_or(FEW);
    let stand_in = stand_in();
    let seen: HashSet<String> = (0..hosts).flat_map(|host| FLEET.0.lines(Host(host))).collect();
    assert_eq!(seen.len(), 3 * hosts, "each host has keys of its own");
    let once = scan_fleet(&stand_in, hosts);
    let a_key = once.cpu.as_secs_f64() / (3 * hosts) as f64;
    say(&format!(
        "{hosts} hosts, {} keys: {:.1} s, {:.3} ms CPU a key, {:.1} MB at the peak",
        3 * hosts,
        once.time.as_secs_f64(),
        a_key * 1000.0,
        once.memory as f64 / 1e6
    ));
    if wanted().is_none() {
        return;
    }
    assert!(once.memory <= MEMORY, "{} bytes", once.memory);
    assert!(a_key <= CPU_A_KEY, "{a_key} s");
    // Before a stand-in that has made no keys yet, either. How long it takes to make them and to sign, beside what else
    // the machine does, is in the times; the CPU time is the scanner's own.
    drop(stand_in);
    let twice = scan_fleet(&self::stand_in(), 2 * hosts);
    let (time, cpu) = (twice.time.div_duration_f64(once.time), twice.cpu.div_duration_f64(once.cpu));
    say(&format!(
        "{} hosts: {:.1} s: {time:.2} times the time, {cpu:.2} times the CPU time; {:.1} MB",
        2 * hosts,
        twice.time.as_secs_f64(),
        twice.memory as f64 / 1e6
    ));
    assert!(twice.memory <= MEMORY, "{} bytes", twice.memory);
    assert!(cpu <= TWICE, "{cpu}");
}

/// What a scan must say of a host, by what the host does.
const fn code(manner: Manner) -> Option<&'static str> {
    match manner {
        Manner::Well => None,
        Manner::Drops => Some("timeout-connecting"),
        Manner::Stalls => Some("timeout-key-exchange"),
        Manner::Garbage => Some("protocol-error"),
        Manner::Endless => Some("not-ssh"),
        Manner::Resets => Some("closed-before-identification"),
        Manner::Closed => Some("connection-refused"),
    }
}

#[test]
fn a_third_of_the_hosts_is_dead_and_each_has_its_own_reason() {
    let _alone = alone();
    let hosts = wanted().unwrap_or(FEW);
    let stand_in = stand_in();
    let dead = &Manner::ALL[1..];
    let manner = |host: usize| if host % 3 == 1 { dead[host / 3 % dead.len()] } else { Manner::Well };
    let mut list = String::new();
    for host in 0..hosts {
        writeln!(list, "[{}]:{}", Host(host).address(), stand_in.port(manner(host))).unwrap();
    }
    let limit = LIMIT.to_string();
    let measured = measure(&["--json", "-T", &limit, "-t", &TYPES.join(","), "-f", "-"], &list);
    let records = measured.finished.json();
    let run: Value = serde_json::from_str(measured.finished.out.lines().last().unwrap()).unwrap();
    assert_eq!(records.len(), hosts);
    let mut reasons: HashMap<&str, usize> = HashMap::new();
    for (host, record) in records.iter().enumerate() {
        let results = record["results"].as_array().unwrap();
        assert_eq!((record["record"].as_str(), results.len()), (Some("host"), 3));
        assert_eq!(record["names"], Host(host).address().to_string());
        let keys = FLEET.0.lines(Host(host));
        for (result, key) in results.iter().zip(keys) {
            match code(manner(host)) {
                None => assert_eq!(result["key"], key.as_str(), "{record}"),
                Some(code) => {
                    assert_eq!(result["error"]["code"], code, "{record}");
                    *reasons.entry(code).or_default() += 1;
                }
            }
        }
        if manner(host) == Manner::Well {
            continue;
        }
        // A dead host is not asked for each type anew: once, and what may pass once more.
        let tries: usize = results.iter().map(|result| 1 + result["earlier"].as_array().unwrap().len()).sum();
        let retried = matches!(manner(host), Manner::Drops | Manner::Stalls | Manner::Resets);
        assert_eq!(tries, 3 + usize::from(retried), "{record}");
    }
    let dead = (0..hosts).filter(|&host| manner(host) != Manner::Well).count();
    assert_eq!((run["record"].as_str(), run["hosts"].as_u64()), (Some("run"), Some(hosts as u64)));
    assert_eq!(run["failed"].as_u64(), Some(dead as u64));
    assert_eq!(reasons.values().sum::<usize>(), 3 * dead);
    assert_eq!(measured.finished.code, Some(1));

    // The hosts that are well by themselves are the work; the slowest of the others takes two connections and the wait
    // between them.
    let well: String = (0..hosts)
        .filter(|&host| manner(host) == Manner::Well)
        .map(Host)
        .fold(String::new(), |list, host| format!("{list}{}\n", host.address()));
    let port = stand_in.port(Manner::Well).to_string();
    let work = measure(&["-q", "-T", "60", "-t", &TYPES.join(","), "-p", &port, "-f", "-"], &well);
    assert_eq!(work.finished.out.lines().count(), 3 * (hosts - dead));
    let slowest = Duration::from_secs(2 * LIMIT) + Duration::from_secs(1);
    say(&format!(
        "{hosts} hosts, {dead} of them dead: {:.1} s; the slowest dead host takes up to {:.1} s, the work {:.1} s; {:.1} MB",
        measured.time.as_secs_f64(),
        slowest.as_secs_f64(),
        work.time.as_secs_f64(),
        measured.memory as f64 / 1e6
    ));
    if wanted().is_some() {
        assert!(measured.memory <= MEMORY, "{} bytes", measured.memory);
        // A tenth for what other work does to two runs at different times.
        let most = (slowest + work.time).mul_f64(1.1);
        assert!(measured.time <= most, "{:?} of {most:?}", measured.time);
    }
}

#[test]
fn a_stock_sshd_on_every_address_is_scanned_many_times_faster_than_by_ssh_keyscan() {
    needs_sshd!("ssh-keyscan");
    let _alone = alone();
    let hosts = if wanted().is_some() { 256 } else { 8 };
    let keys = &[("rsa", "3072"), ("ecdsa", "256"), ("ed25519", "256")];
    let sshd = Sshd::start("0.0.0.0", free_port(), keys, &["LoginGraceTime=0", "HostCertificate=none"]);
    let port = sshd.port.to_string();
    let list = list((0..hosts).map(Host));
    let arguments = ["-T", "60", "-t", "rsa,ecdsa,ed25519", "-p", &port, "-f", "-"];
    let key_lines = |finished: &Finished| {
        let mut lines: Vec<String> = finished.sorted().into_iter().filter(|line| !line.starts_with('#')).collect();
        lines.sort();
        lines
    };
    let timed = |scan: &dyn Fn() -> Finished| {
        let start = Instant::now();
        let finished = scan();
        (start.elapsed(), finished)
    };
    let scan = || timed(&|| ours_with(&arguments, list.as_bytes()));
    // Ours before and after theirs, the middle one of three: it is short, so what else runs meanwhile weighs more.
    let mut rounds = vec![scan()];
    let (their_time, theirs) = timed(&|| theirs(&arguments, list.as_bytes()));
    rounds.extend([scan(), scan()]);
    rounds.sort_by_key(|(time, _)| *time);
    for (_, ours) in &rounds {
        assert_eq!((ours.code, ours.err.as_str()), (Some(0), ""));
    }
    let (our_time, ours) = rounds.swap_remove(1);
    let mut expected: Vec<String> = (0..hosts)
        .flat_map(|host| keys.map(|(kind, _)| format!("[{}]:{port} {}", Host(host).address(), sshd.public_key(kind))))
        .collect();
    expected.sort();
    assert_eq!(key_lines(&ours), expected);
    assert_eq!(key_lines(&theirs), expected);
    let ratio = their_time.div_duration_f64(our_time);
    say(&format!(
        "{hosts} addresses of one sshd: {:.2} s, ssh-keyscan {:.2} s: {ratio:.1} times as fast",
        our_time.as_secs_f64(),
        their_time.as_secs_f64()
    ));
    assert!(wanted().is_none() || ratio >= RATIO, "{ratio}");
}

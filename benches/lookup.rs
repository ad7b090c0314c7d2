//! How long it takes to find a host, and to load the files for that: `docs/performance.md`, "Looking up hosts".
//!
//!     cargo bench --no-default-features --bench lookup [-- LINES]
//!
//! LINES is the length of the plain file, 1,000,000 if not given; the short one has a hundredth of it, the hashed one a
//! tenth. Everything runs on one thread. `ssh-keygen -F` searches the same files in the same run, in turn with ours, as
//! sshd does at each login; its times hold the start of a process, which is shown too.

#![allow(clippy::print_stdout, reason = "a benchmark shows what it measured")]
#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "it has files, a clock, and runs ssh-keygen")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a benchmark fails by panicking"
)]

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use hostbased::key::{PublicKey, encode_base64};
use hostbased::known_hosts::{HashedName, HostKeyStatus, Index, Source, check_host_key};
use hostbased::shosts::{self, Equiv, EquivMatch, NoNetgroups, Query};
use hostbased::wire::Writer;

/// Runs of what takes long: the median counts.
const RUNS: usize = 7;

/// Batches of what takes a moment; the median of their means counts.
const BATCHES: usize = 101;

/// Look-ups in a batch, each of another host.
const BATCH: usize = 1_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--load", file] => load(Path::new(file)),
        [] => compare(1_000_000),
        [lines] => compare(lines.parse().expect("a number of lines, or nothing")),
        _ => panic!("a number of lines, or nothing"),
    }
}

fn compare(lines: usize) {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    };
    let (short, hashed) = (lines / 100, lines / 10);
    let start = median(RUNS, || ssh_keygen("nobody", &file("empty", "")));
    println!("ssh-keygen -F in an empty file: {}\n", time(start));

    let text = plain_file(lines);
    let path = file("plain", &text);
    let last = host(lines - 1);
    let (mut loads, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        loads.push(load_in_child(&path));
        theirs.push(ssh_keygen(&last, &path));
    }
    let (ours, theirs) = (middle(loads.iter().map(|load| load.seconds)), middle(theirs));
    let peak = middle(loads.iter().map(|load| load.peak_bytes));
    println!("loading {lines} lines, {:.1} MB", text.len() as f64 / 1e6);
    println!(
        "  reading and Index::new: {}, ssh-keygen -F: {} ({:.2} times ours)",
        time(ours),
        time(theirs),
        theirs / ours
    );
    println!("  peak memory of the process: {:.1} MB, {:.2} times the file\n", peak / 1e6, peak / text.len() as f64);

    let long = plain_look_up(&text, lines);
    let brief = plain_look_up(&plain_file(short), short);
    println!("check_host_key of a plain key, another host each time");
    println!("  in {lines} lines: {}, in {short}: {} (ratio {:.2})\n", time(long), time(brief), long / brief);

    let text = hashed_file(hashed);
    let path = file("hashed", &text);
    let index = Index::new(text.into_bytes());
    let (mut new, mut theirs, mut again) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..RUNS {
        let number = hashed / (run + 2);
        let (name, key) = (host(number), key(number));
        new.push(seconds(|| check(&index, &name, &key)));
        again.push(seconds(|| (0..1_000).for_each(|_| check(&index, &name, &key))) / 1_000.0);
        theirs.push(ssh_keygen(&name, &path));
    }
    let (new, theirs, again) = (middle(new), middle(theirs), middle(again));
    println!("check_host_key of a plain key in {hashed} hashed lines");
    println!("  for the first time: {}, ssh-keygen -F: {} ({:.1} times ours)", time(new), time(theirs), theirs / new);
    println!("  the same host again: {}\n", time(again));

    let (loaded, long) = equiv_look_up(lines);
    let (_, brief) = equiv_look_up(short);
    println!("shosts.equiv, a name and an address a host");
    println!("  loading {lines} hosts: {}", time(loaded));
    println!("  check in {lines}: {}, in {short}: {} (ratio {:.2})", time(long), time(brief), long / brief);
}

// --- what is measured --------------------------------------------------------------------------------------------------

struct Load {
    seconds: f64,
    peak_bytes: f64,
}

/// A process of its own, so that its peak is that of loading.
fn load_in_child(file: &Path) -> Load {
    let child = Command::new(std::env::current_exe().unwrap()).arg("--load").arg(file).output().unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
    let text = String::from_utf8(child.stdout).unwrap();
    let [seconds, peak_bytes] = text.split_whitespace().map(|word| word.parse().unwrap()).collect::<Vec<f64>>()[..]
    else {
        panic!("two numbers are expected: {text}")
    };
    Load { seconds, peak_bytes }
}

fn load(file: &Path) {
    let start = Instant::now();
    let index = Index::new(fs::read(file).unwrap());
    let seconds = start.elapsed().as_secs_f64();
    // proc_pid_status(5): the most memory that the process ever had.
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: u64 = peak.trim().strip_suffix(" kB").unwrap().parse().unwrap();
    println!("{seconds} {}", peak * 1024);
    black_box(index);
}

/// The time of one look-up. Hosts follow each other far apart, so that one does not warm the caches for the next; what is
/// asked with is made before the clock starts.
fn look_up<T>(hosts: usize, ask_with: impl Fn(usize) -> T, look_up: impl Fn(&T)) -> f64 {
    let mut number = 0;
    let batch = || {
        let batch: Vec<T> = (0..BATCH)
            .map(|_| {
                number = (number + 7_654_321) % hosts;
                ask_with(number)
            })
            .collect();
        seconds(|| batch.iter().for_each(&look_up)) / BATCH as f64
    };
    median(BATCHES, batch)
}

fn plain_look_up(text: &str, lines: usize) -> f64 {
    let index = Index::new(text.as_bytes().to_vec());
    look_up(lines, |number| (host(number), key(number)), |(name, key)| check(&index, name, key))
}

fn check(index: &Index, name: &str, key: &PublicKey) {
    let status = check_host_key(&[Source { file: "ssh_known_hosts", document: index }], name.as_bytes(), key);
    assert!(matches!(black_box(status), HostKeyStatus::Ok(_)), "{name}: {status:?}");
}

fn equiv_look_up(lines: usize) -> (f64, f64) {
    let text = (0..lines / 2).fold(String::new(), |text, number| text + &host(number) + "\n" + &address(number) + "\n");
    let loaded = median(RUNS, || seconds(|| drop(black_box(shosts::Index::new(text.as_bytes())))));
    let index = shosts::Index::new(text.as_bytes());
    let ask = |name: &String| {
        let query = Query { host: name.as_bytes(), address: b"192.0.2.1", client_user: b"u", server_user: b"u" };
        assert!(matches!(black_box(index.check(&query, &NoNetgroups)), EquivMatch::Allow { .. }));
    };
    (loaded, look_up(lines / 2, host, ask))
}

fn ssh_keygen(name: &str, file: &Path) -> f64 {
    seconds(|| {
        let output = Command::new("ssh-keygen").arg("-F").arg(name).arg("-f").arg(file).output();
        let found = !output.expect("ssh-keygen is needed: openssh-client").stdout.is_empty();
        assert_eq!(found, name != "nobody", "{name}");
    })
}

// --- the files ---------------------------------------------------------------------------------------------------------

fn host(number: usize) -> String {
    format!("node{number:07}.cluster.test")
}

fn address(number: usize) -> String {
    format!("10.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255)
}

fn blob(number: usize) -> Vec<u8> {
    let mut key = [0x5a; 32];
    key[..8].copy_from_slice(&(number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    Writer::new().string(b"ssh-ed25519").string(&key).into_bytes()
}

fn key(number: usize) -> PublicKey {
    PublicKey::from_blob(&blob(number)).unwrap()
}

fn plain_file(lines: usize) -> String {
    (0..lines).fold(String::new(), |mut text, number| {
        let (name, address, key) = (host(number), address(number), encode_base64(&blob(number)));
        writeln!(text, "{name},{address} ssh-ed25519 {key}").unwrap();
        text
    })
}

fn hashed_file(lines: usize) -> String {
    (0..lines).fold(String::new(), |mut text, number| {
        let mut salt = [0; 20];
        salt[..8].copy_from_slice(&(number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        let name = HashedName::new(host(number).as_bytes(), salt);
        writeln!(text, "{name} ssh-ed25519 {}", encode_base64(&blob(number))).unwrap();
        text
    })
}

// --- clock and figures -------------------------------------------------------------------------------------------------

fn seconds(run: impl FnOnce()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64()
}

fn median(runs: usize, mut run: impl FnMut() -> f64) -> f64 {
    middle((0..runs).map(|_| run()))
}

fn middle(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn time(seconds: f64) -> String {
    match seconds {
        s if s < 1e-3 => format!("{:.2} us", s * 1e6),
        s if s < 1.0 => format!("{:.1} ms", s * 1e3),
        s => format!("{s:.2} s"),
    }
}

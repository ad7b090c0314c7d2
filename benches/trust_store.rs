//! What it costs a server to have its files watched: `docs/performance.md`, "Watching the files".
//!
//!     cargo bench --no-default-features --features store,verify --bench trust_store [-- LINES]
//!
//! LINES is the length of `ssh_known_hosts`, 1,000,000 if not given, each with an RSA key of 2048 bits. Everything runs on
//! one thread, but for the account's own files when it runs as root.

#![allow(clippy::print_stdout, reason = "a benchmark shows what it measured")]
#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "it has files and a clock")]
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

use std::fs::{self, File, Permissions};
use std::hint::black_box;
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hostbased::key::encode_base64;
use hostbased::name::UserName;
use hostbased::store::Root;
use hostbased::store::account::SystemAccount;
use hostbased::store::trust::{SETTLING_TIME, TrustPaths, TrustStore};
use hostbased::verify::{Content, UserFiles};
use hostbased::wire::Writer;

/// Batches of what takes a moment; the median of their means counts.
const BATCHES: usize = 101;

/// Calls in a batch: of what is stat calls only, and of what starts threads.
const BATCH: usize = 1_000;
const SHORT_BATCH: usize = 20;

/// Who is looked up, and whose files are read: nobody's number on any system.
const ALICE: u32 = 64_711;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let lines = match arguments.as_slice() {
        [] => 1_000_000,
        [lines] => lines.parse().expect("a number of lines, or nothing"),
        _ => panic!("a number of lines, or nothing"),
    };
    let folder = tempfile::tempdir().unwrap();
    let etc = folder.path().join("etc/ssh");
    let home = folder.path().join("home/alice/.ssh");
    fs::create_dir_all(&etc).unwrap();
    fs::create_dir_all(&home).unwrap();
    for part in ["", "etc", "etc/ssh", "home", "home/alice", "home/alice/.ssh"] {
        fs::set_permissions(folder.path().join(part), Permissions::from_mode(0o755)).unwrap();
    }
    let known_hosts = etc.join("ssh_known_hosts");
    let bytes = write_known_hosts(&known_hosts, lines);
    put(&etc.join("shosts.equiv"), "host0000000.test\n");
    put(&etc.join("revoked_keys"), "");

    let paths = TrustPaths::default().with_revoked_keys(&["/etc/ssh/revoked_keys".to_owned()]);
    let store = TrustStore::new(Root::new(folder.path()), &paths);
    println!("ssh_known_hosts: {lines} lines, {:.1} MB", bytes as f64 / 1e6);

    let first = once("first snapshot", || store.snapshot());
    assert!(matches!(first.sources().known_hosts.content, Content::Read(_)));
    once("the next one, which reads the young file again", || store.snapshot());
    std::thread::sleep(SETTLING_TIME + Duration::from_millis(100));
    let _ = store.snapshot();
    println!("peak memory: {:.1} MB", peak_memory() as f64 / 1e6);

    let settled = store.snapshot();
    each("unchanged snapshot", BATCH, || assert!(Arc::ptr_eq(&settled, &store.snapshot())));
    once("snapshot after a line was added", || {
        let mut file = fs::OpenOptions::new().append(true).open(&known_hosts).unwrap();
        writeln!(file, "# one more").unwrap();
        store.snapshot()
    });

    let mut account = SystemAccount::new(UserName::new("alice").unwrap(), ALICE, ALICE, "/home/alice");
    if fs::metadata(&etc).is_ok_and(|folder| std::os::unix::fs::MetadataExt::uid(&folder) == 0) {
        chown(folder.path().join("home/alice"), Some(ALICE), Some(ALICE)).unwrap();
    } else {
        (account.uid, account.gid) = (own_id(), own_id());
    }
    put(&folder.path().join("home/alice/.shosts"), "host0000000.test\n");
    put(&home.join("known_hosts"), "");
    each("an account's own four files", SHORT_BATCH, || {
        let files = store.user_files(Some(&account));
        black_box((files.home(), files.shosts().stat, files.rhosts().stat));
        black_box((files.known_hosts().stat, files.known_hosts2().stat));
    });
}

fn own_id() -> u32 {
    std::os::unix::fs::MetadataExt::uid(&fs::metadata("/proc/self").unwrap())
}

fn put(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, Permissions::from_mode(0o644)).unwrap();
}

/// Writes lines with a name, an address and a key of their own each; returns how many bytes they are.
fn write_known_hosts(path: &Path, lines: usize) -> u64 {
    let mut file = BufWriter::new(File::create(path).unwrap());
    for number in 0..lines {
        let mut modulus = [0x5a_u8; 257];
        modulus[0] = 0;
        modulus[1] = 0x80;
        modulus[249..].copy_from_slice(&(2 * number as u64 + 1).to_be_bytes());
        let blob = Writer::new().string(b"ssh-rsa").string(&[1, 0, 1]).string(&modulus).into_bytes();
        let (high, low) = (number / 65_536, number % 65_536);
        let address = format!("10.{high}.{}.{}", low / 256, low % 256);
        writeln!(file, "host{number:07}.test,{address} ssh-rsa {}", encode_base64(&blob)).unwrap();
    }
    let file = file.into_inner().unwrap();
    file.set_permissions(Permissions::from_mode(0o644)).unwrap();
    file.metadata().unwrap().len()
}

fn once<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    println!("{what}: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    result
}

fn each(what: &str, calls: usize, mut work: impl FnMut()) {
    let mut batches: Vec<f64> = (0..BATCHES)
        .map(|_| {
            let start = Instant::now();
            (0..calls).for_each(|_| work());
            start.elapsed().as_secs_f64() * 1e6 / calls as f64
        })
        .collect();
    batches.sort_by(f64::total_cmp);
    println!("{what}: {:.2} us ({:.2} to {:.2})", batches[BATCHES / 2], batches[0], batches[BATCHES - 1]);
}

/// The most memory that this process ever had, in bytes (proc_pid_status(5), VmHWM).
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

//! What a change of a long `ssh_known_hosts` takes: one host added to 1,000,000 lines, beside `ssh-keygen -R` on the same
//! file, which takes one out; and an inventory of 10,000 hosts. The real commands, each a process.
//!
//! `cargo bench --bench change`; a number behind `--` for another count of lines.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "a benchmark runs programs, measures, and prints"
)]

use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use hostbased::key::encode_base64;

const ROUNDS: usize = 7;

fn public_key(number: usize) -> String {
    let mut point = [0x5a; 32];
    point[..8].copy_from_slice(&(number as u64).to_be_bytes());
    let blob = [&[0, 0, 0, 11], b"ssh-ed25519".as_slice(), &[0, 0, 0, 32], &point].concat();
    format!("ssh-ed25519 {}", encode_base64(&blob))
}

struct Root {
    folder: tempfile::TempDir,
}

impl Root {
    fn new() -> Self {
        let root = Self { folder: tempfile::tempdir().unwrap() };
        fs::create_dir_all(root.path("etc/ssh")).unwrap();
        for part in ["", "etc", "etc/ssh"] {
            fs::set_permissions(root.path(part), Permissions::from_mode(0o755)).unwrap();
        }
        root
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    fn write(&self, below: &str, text: &str) -> PathBuf {
        fs::write(self.path(below), text).unwrap();
        fs::set_permissions(self.path(below), Permissions::from_mode(0o644)).unwrap();
        self.path(below)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hostbased"));
        command
            .args(arguments)
            .args(["--yes", "--names", "both", "--root"])
            .arg(self.folder.path())
            .stdin(Stdio::null());
        command
    }
}

/// How long a program takes, with all that it writes on disk.
fn time(command: &mut Command) -> Duration {
    let start = Instant::now();
    let output = command.output().unwrap();
    let time = start.elapsed();
    assert!(output.status.success(), "{command:?}: {output:?}");
    time
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn known_hosts(lines: usize) -> String {
    let mut text = String::new();
    for n in 0..lines {
        let (a, b, c) = (n >> 16, (n >> 8) & 255, n & 255);
        writeln!(text, "node{n}.cluster.example.org,10.{a}.{b}.{c} {}", public_key(n)).unwrap();
    }
    text
}

/// One host added, one taken out, turn by turn, on two copies of one file.
fn one_host(lines: usize) {
    let root = Root::new();
    let text = known_hosts(lines);
    println!("ssh_known_hosts: {lines} lines, {:.1} MB", text.len() as f64 / 1e6);
    let ours = root.write("etc/ssh/ssh_known_hosts", &text);
    let theirs = root.write("theirs", &text);
    let (mut adding, mut removing, mut keygen) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let key = root.write("new.pub", &public_key(10_000_000 + round));
        let host = format!("new{round}.cluster.example.org,11.0.0.{round}");
        adding.push(time(&mut root.command(&["enroll", &host, "--key-file", key.to_str().unwrap()])));
        let gone = format!("node{}.cluster.example.org", lines / 2 + round);
        keygen.push(time(Command::new("ssh-keygen").args(["-R", &gone, "-f"]).arg(&theirs)));
        let mut remove = Command::new(env!("CARGO_BIN_EXE_hostbased"));
        remove.args(["remove", &gone, "--yes", "--root"]).arg(root.path("")).stdin(Stdio::null());
        removing.push(time(&mut remove));
    }
    let lines_of = |file: &Path| fs::read(file).unwrap().iter().filter(|&&byte| byte == b'\n').count();
    assert_eq!((lines_of(&ours), lines_of(&theirs)), (lines, lines - ROUNDS));
    let (adding, removing, keygen) = (median(adding), median(removing), median(keygen));
    let ratio = |time: Duration| time.as_secs_f64() / keygen.as_secs_f64();
    println!("ssh-keygen -R, which brings nothing to disk   {:>7.1} ms", keygen.as_secs_f64() * 1e3);
    println!(
        "hostbased enroll, one host                    {:>7.1} ms  {:.2}",
        adding.as_secs_f64() * 1e3,
        ratio(adding)
    );
    println!(
        "hostbased remove, one host                    {:>7.1} ms  {:.2}",
        removing.as_secs_f64() * 1e3,
        ratio(removing)
    );
    assert!(adding < keygen, "adding one host is slower than ssh-keygen -R");
}

/// An inventory of so many hosts with their keys in files: into empty files, and again.
fn inventory(hosts: usize, lines: usize) {
    let root = Root::new();
    fs::create_dir(root.path("keys")).unwrap();
    let mut inventory = String::new();
    for n in 0..hosts {
        let key = root.write(&format!("keys/{n}.pub"), &public_key(20_000_000 + n));
        let (b, c) = ((n >> 8) & 255, n & 255);
        writeln!(inventory, "fleet{n}.cluster.example.org 12.0.{b}.{c} key-file={}", key.display()).unwrap();
    }
    let file = root.write("inventory", &inventory);
    if lines > 0 {
        root.write("etc/ssh/ssh_known_hosts", &known_hosts(lines));
    }
    let sync = || time(&mut root.command(&["sync", file.to_str().unwrap()]));
    let (first, again) = (sync(), sync());
    println!(
        "{hosts} hosts into {lines} lines: {:.2} s; again, unchanged: {:.2} s",
        first.as_secs_f64(),
        again.as_secs_f64()
    );
    let written = fs::read_to_string(root.path("etc/ssh/ssh_known_hosts")).unwrap();
    assert_eq!(written.lines().count(), lines + hosts);
}

fn main() {
    let lines = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000);
    one_host(lines);
    inventory(10_000, 0);
    inventory(10_000, lines);
}

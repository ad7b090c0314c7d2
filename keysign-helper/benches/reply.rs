//! How long a signature takes, from the start of the helper's process to its end, and how much memory: ours beside
//! OpenSSH's, in turns, with the same requests. As root:
//!
//!     cargo bench -p keysign-helper --bench reply        # 200 rounds; another number behind "--" is quicker
//!
//! Both are installed set-uid root, in a mount namespace that has an /etc/ssh of its own, and called by `nobody`. The
//! connection is a datagram socket of 127.0.0.1, whose name getnameinfo(3) finds in /etc/hosts.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "a measurement ends where something is wrong"
)]

use std::fs::{self, File, Permissions};
use std::net::{Ipv4Addr, UdpSocket};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use hostbased::key::{PublicKey, decode_base64};
use hostbased::sign::helper::Helper;
use hostbased::wire::{HelperRequest, Request};

/// Name for people, the file's name, options of ssh-keygen, algorithm, and how much of OpenSSH's time ours may take.
const KEYS: [(&str, &str, &[&str], &str, f64); 4] = [
    ("ed25519", "ssh_host_ed25519_key", &["-t", "ed25519"], "ssh-ed25519", 0.5),
    ("ecdsa p256", "ssh_host_ecdsa_key", &["-t", "ecdsa", "-b", "256"], "ecdsa-sha2-nistp256", 0.5),
    ("rsa 3072, sha2-256", "ssh_host_rsa_key", &["-t", "rsa", "-b", "3072"], "rsa-sha2-256", 0.9),
    ("rsa 3072, sha2-512", "ssh_host_rsa_key", &["-t", "rsa", "-b", "3072"], "rsa-sha2-512", 0.9),
];

const OURS: &str = env!("CARGO_BIN_EXE_keysign");
const THEIRS: [&str; 4] = [
    "/usr/lib/openssh/ssh-keysign",
    "/usr/libexec/openssh/ssh-keysign",
    "/usr/lib/ssh/ssh-keysign",
    "/usr/libexec/ssh-keysign",
];

/// Says that this process is the one inside the namespace; its value is the folder.
const INSIDE: &str = "KEYSIGN_BENCH_FOLDER";

fn main() {
    let rounds = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(200);
    match std::env::var_os(INSIDE) {
        Some(folder) => measure_times(Path::new(&folder), rounds),
        None => prepare(rounds),
    }
}

/// As root: makes the files, and runs this program again, as `nobody`, where they stand in /etc/ssh.
fn prepare(rounds: usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    fs::create_dir(path.join("etc")).unwrap();
    fs::write(path.join("etc/ssh_config"), "EnableSSHKeysign yes\n").unwrap();
    fs::write(path.join("etc/hosts"), "127.0.0.1 localhost\n").unwrap();
    for (_, file, options, ..) in KEYS {
        let key = path.join("etc").join(file);
        if !key.exists() {
            run(Command::new("ssh-keygen").args(["-q", "-N", "", "-f"]).arg(&key).args(options));
        }
    }
    let theirs = THEIRS.iter().find(|path| Path::new(path).exists()).unwrap();
    for (name, source) in [("ours", OURS), ("theirs", theirs)] {
        let to = helper(path, name);
        fs::create_dir(to.parent().unwrap()).unwrap();
        run(Command::new("install").args(["-o", "root", "-g", "root", "-m", "4711", source]).arg(&to));
    }
    let program = path.join("bench");
    run(Command::new("install").args(["-m", "755"]).arg(std::env::current_exe().unwrap()).arg(&program));
    println!("{:<20} {:>10} {:>10} {:>6}  {:>11}", "", "ours", "theirs", "ratio", "bound");
    let inside = format!("{} {rounds}", program.display());
    run(Command::new("unshare").args(["-m", "sh", "-c", &in_namespace(path, &inside)]).env(INSIDE, path));
    println!("\npeak memory (VmHWM), kB");
    for (label, file, _, algorithm, _) in KEYS {
        let peak = |name| measure_memory(path, name, &request(path, file, algorithm));
        println!("{label:<20} {:>10} {:>10}", peak("ours"), peak("theirs"));
    }
}

fn in_namespace(folder: &Path, command: &str) -> String {
    let etc = folder.join("etc");
    let etc = etc.display();
    let nobody = "setpriv --reuid nobody --regid nogroup --clear-groups";
    // With a /run of its own, where the audit lines that nobody takes are counted.
    let run = "mount -t tmpfs -o mode=755 tmpfs /run";
    format!("mount --bind {etc} /etc/ssh && mount --bind {etc}/hosts /etc/hosts && {run} && exec {nobody} {command}")
}

fn run(command: &mut Command) {
    assert!(command.status().unwrap().success(), "{command:?}");
}

fn helper(folder: &Path, name: &str) -> PathBuf {
    folder.join(name).join("ssh-keysign")
}

fn connection() -> UdpSocket {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    socket.connect((Ipv4Addr::LOCALHOST, 22)).unwrap();
    socket
}

/// The data to be signed.
fn request(folder: &Path, file: &str, algorithm: &str) -> Vec<u8> {
    let line = fs::read_to_string(folder.join("etc").join(file).with_extension("pub")).unwrap();
    let key = PublicKey::from_blob(&decode_base64(line.split(' ').nth(1).unwrap().as_bytes()).unwrap()).unwrap();
    let request = Request {
        user: b"bob",
        algorithm: algorithm.as_bytes(),
        public_key: key.blob(),
        client_host: b"localhost.",
        client_user: b"nobody",
        signature: b"",
    };
    request.signed_data(&[7; 32])
}

/// As `nobody`: medians, both sides in turns.
fn measure_times(folder: &Path, rounds: usize) {
    let connection = connection();
    for (label, file, _, algorithm, bound) in KEYS {
        let data = request(folder, file, algorithm);
        let sides = ["ours", "theirs"].map(|name| Helper::at(helper(folder, name)));
        let mut times = [const { Vec::new() }; 2];
        for _ in 0..rounds {
            for (side, times) in sides.iter().zip(&mut times) {
                let start = Instant::now();
                let answer = side.ask(connection.as_fd(), &data).unwrap();
                times.push(start.elapsed());
                assert!(!answer.signature.is_empty());
            }
        }
        let [ours, theirs] = times.map(median);
        let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
        println!("{label:<20} {:>7.2} ms {:>7.2} ms {ratio:>6.2}  at most {bound}", ms(ours), ms(theirs));
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The most memory that the helper had resident when it has signed: it waits with its reply, for the pipe is full.
fn measure_memory(folder: &Path, name: &str, data: &[u8]) -> usize {
    let input = folder.join("request");
    fs::write(&input, HelperRequest { fd: 3, data }.encode()).unwrap();
    let (_reader, mut full) = std::io::pipe().unwrap();
    std::io::Write::write_all(&mut full, &[0; 65_536]).unwrap();
    let script = in_namespace(folder, &format!("{} 3<&0 < {}", helper(folder, name).display(), input.display()));
    let mut child = Command::new("unshare")
        .args(["-m", "sh", "-c", &script])
        .stdin(OwnedFd::from(connection()))
        .stdout(full)
        .stderr(Stdio::from(File::create("/dev/null").unwrap()))
        .spawn()
        .unwrap();
    let file = |name: &str| fs::read_to_string(format!("/proc/{}/{name}", child.id())).unwrap();
    let waits =
        || file("comm").trim() == "ssh-keysign" && ["pipe_write", "poll"].iter().any(|w| file("wchan").contains(w));
    while !waits() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let status = file("status");
    child.kill().unwrap();
    child.wait().unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse().unwrap()
}

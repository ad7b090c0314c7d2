//! Many logins at once, into `russh_server` and into the stock sshd: none fails, and `russh_server` is the faster by far.
//!
//! `HOSTBASED_LOAD` says how many (`tests/run --all`: 500). Then both run as they would be installed, built for release,
//! and the rates are compared; without it, a few logins show that it works.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::example::example;
use crate::keys;
use crate::lab::{ALICE, CLIENT, CLIENT_ADDRESS, Lab};
use crate::register::{KNOWN_HOSTS, SHOSTS_EQUIV};

/// How many logins at a time.
const AT_ONCE: usize = 50;
/// Without `HOSTBASED_LOAD`.
const A_FEW: usize = 20;
/// How many times as fast as sshd `russh_server` has to be.
const RATIO: f64 = 5.0;

/// The one host key of everybody: of the client, of sshd, and of `russh_server`.
const KEY: &str = "/etc/ssh/ssh_host_ed25519_key";
const RUSSH_SERVER: &str = "10.77.0.2:2222";
const SSHD: &str = "10.77.0.2:22";

/// The example as it would be installed.
fn released(name: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_BIN_EXE_hostbased")).ancestors().nth(2).unwrap();
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--release", "-p", "hostbased", "--features", "russh", "--example", name]);
    cargo.args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")]).arg("--target-dir").arg(target);
    assert!(cargo.status().unwrap().success(), "{name} does not build: see the compiler's message");
    target.join("release/examples").join(name)
}

/// So many logins as alice, each of which runs `exec true`; the rate, in logins a second.
#[track_caller]
fn rate(lab: &Lab, server: &str, logins: usize) -> f64 {
    let mut load = lab.as_root("/run/lab/load");
    load.args([server, ALICE.name, &format!("{CLIENT}."), KEY, &format!("{KEY}.pub")]);
    load.args([&logins.to_string(), &AT_ONCE.to_string(), "exec true"]).stdin(Stdio::null());
    let done = lab.finish(&mut load);
    let expected = format!("{logins} logins, 0 failed, ");
    assert!(done.code == Some(0) && done.text().starts_with(&expected), "{server}: {done:?}");
    say(&format!("{server}: {}", done.text()));
    done.text().rsplit(", ").next().unwrap().strip_suffix(" a second").unwrap().parse().unwrap()
}

/// For those who read the output of tests/run: what is measured is shown, also where the test passes.
#[allow(clippy::explicit_write, reason = "what eprintln! prints is kept back where the test passes")]
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").unwrap();
}

#[test]
fn many_logins_at_once() {
    let lab = needs_root_and_sshd!();
    let wanted: Option<usize> = std::env::var("HOSTBASED_LOAD").ok().map(|logins| logins.parse().unwrap());
    for name in ["load", "russh_server"] {
        let program = if wanted.is_some() { released(name) } else { example(name) };
        lab.bring(&program, &format!("/run/lab/{name}"));
    }
    let key = keys::ed25519();
    lab.install_key(key);
    lab.write(KNOWN_HOSTS, format!("{CLIENT_ADDRESS} {}\n", key.public_without_comment()));
    lab.write(SHOSTS_EQUIV, format!("{CLIENT_ADDRESS}\n"));

    // Both by their defaults, but for what limits strangers.
    lab.start_sshd("LogLevel INFO\nMaxStartups 1000\nMaxSessions 1000\n");
    let mut server = lab.as_root("/run/lab/russh_server");
    server.args(["--listen", RUSSH_SERVER, "--host-key", KEY]).stdin(Stdio::null());
    let log = std::fs::File::create(lab.path("/run/lab/russh_server.log")).unwrap();
    let output = std::fs::File::create(lab.path("/run/lab/russh_server.out")).unwrap();
    lab.daemons.borrow_mut().push(server.stdout(output).stderr(log).spawn().unwrap());
    let start = Instant::now();
    while lab.read("/run/lab/russh_server.out") != format!("listening on {RUSSH_SERVER}\n") {
        assert!(start.elapsed() < Duration::from_secs(30), "{}", lab.read("/run/lab/russh_server.log"));
        std::thread::sleep(Duration::from_millis(10));
    }

    // Once without looking, so that both have been read from the disk.
    for server in [SSHD, RUSSH_SERVER] {
        rate(&lab, server, A_FEW);
    }
    let Some(logins) = wanted else { return };
    let (sshd, ours) = (rate(&lab, SSHD, logins), rate(&lab, RUSSH_SERVER, logins));
    say(&format!("russh_server does {:.2} times as many as sshd", ours / sshd));
    assert!(ours >= RATIO * sshd, "{ours} logins a second, sshd {sshd}: not {RATIO} times as many");
}

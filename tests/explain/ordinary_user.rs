//! Whoever is not root is told what he cannot know.

use std::fs;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use crate::fixture::{KNOWN_HOSTS, Run, Site, authority, host_key, set_mode};
use crate::needs::{is_root, missing_program};

const NOBODY: u32 = 65534;

/// `explain` as nobody: the binary and the key are copied to where nobody can read them.
fn explain(site: &Site, more: &[&str]) -> Run {
    let binary = site.path("hostbased");
    if !binary.exists() {
        fs::copy(env!("CARGO_BIN_EXE_hostbased"), &binary).unwrap();
        site.write("key.pub", format!("{}\n", host_key().public));
    }
    let mut command = Command::new(binary);
    command.args(["explain", "--json", "--root"]).arg(site.path("")).args(["--user", "alice"]);
    if !more.contains(&"--client-user") {
        command.args(["--client-user", "alice"]);
    }
    command.args(["--client-host", "node1.", "--address", "10.77.0.1", "--uid", "1000", "--home", "/home/alice"]);
    command.arg("--key").arg(site.path("key.pub")).args(more).uid(NOBODY).gid(NOBODY).stdin(Stdio::null());
    command.output().unwrap().into()
}

macro_rules! needs_root_to_be_nobody {
    () => {
        needs!((!is_root()).then(|| "root, to become nobody".to_owned()));
        needs!(missing_program(&["ssh-keygen", "sshd"]));
    };
}

#[test]
fn what_can_be_read_is_explained() {
    needs_root_to_be_nobody!();
    let site = Site::new();
    let run = explain(&site, &["--set", "HostbasedAuthentication=yes"]).accepted();
    run.notes("of the account's own files, those count that this user may read");
    explain(&site, &["--set", "HostbasedAuthentication=yes", "--set", "DenyUsers=alice"]).refused("user-denied");
}

#[test]
fn a_system_file_that_must_not_be_read_is_an_error() {
    needs_root_to_be_nobody!();
    let site = Site::new();
    set_mode(&site.path(KNOWN_HOSTS), 0o600);
    let run = explain(&site, &["--set", "HostbasedAuthentication=yes"]);
    run.failed("ssh_known_hosts: cannot open it: Permission denied; run this as root");
}

/// What another user's file says is for him and for root to read.
#[test]
fn a_users_own_file_that_must_not_be_read_is_an_error() {
    needs_root_to_be_nobody!();
    let site = Site::new();
    let yes = ["--set", "HostbasedAuthentication=yes"];
    let own = site.path("home/alice/.ssh/known_hosts");
    site.write("home/alice/.ssh/known_hosts", "");
    std::os::unix::fs::chown(&own, Some(1000), Some(1000)).unwrap();
    explain(&site, &yes).accepted();
    set_mode(&own, 0o600);
    let run = explain(&site, &yes).failed("/home/alice/.ssh/known_hosts: Permission denied\n");
    assert!(run.error.contains("run this as root or as that user"), "{run:?}");
    explain(&site, &[&yes[..], &["--set", "IgnoreUserKnownHosts=yes"]].concat()).accepted();
    explain(&site, &[&yes[..], &["--client-user", "bob"]].concat()).refused("equiv-no-match");
}

#[test]
fn sshd_does_not_tell_everything() {
    needs_root_to_be_nobody!();
    let site = Site::new();
    let key = site.write("etc/ssh/host_key", fs::read(authority().file().trim_end_matches(".pub")).unwrap());
    set_mode(&site.path("etc/ssh/host_key"), 0o600);
    site.write("etc/ssh/sshd_config", format!("HostKey {key}\nHostbasedAuthentication yes\n"));
    let json = explain(&site, &["--set", "HostbasedAuthentication=yes"]).accepted().json();
    // From 9.3 on, sshd -G tells all but the Match blocks.
    let (options, notes) = (json["options"].as_str().unwrap(), json["notes"].to_string());
    match options {
        "defaults" => assert!(notes.contains("run this as root for its own"), "{json:#}"),
        "sshd-without-match" => assert!(notes.contains("sshd's Match blocks are not looked at"), "{json:#}"),
        other => panic!("{other}: {json:#}"),
    }
}

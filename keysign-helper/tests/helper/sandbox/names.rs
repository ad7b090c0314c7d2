//! Real services behind nsswitch.conf(5), none of them installed: their packages are unpacked (tests/run) and laid over the
//! system's folders in a namespace. The sandbox must let the helper find its caller's account and groups, and the host name.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, PoisonError};

use crate::attacks::ground::{Outcome, connection_number, feed};
use crate::lab;
use crate::lab::{Lab, Ours, SET_UID, request};

/// Where tests/run unpacks the packages.
fn packages() -> Option<PathBuf> {
    // Beside the folder of this build.
    let target = PathBuf::from(env!("CARGO_BIN_EXE_keysign")).parent()?.parent()?.join("name-services");
    target.join("unpacked").is_file().then_some(target)
}

fn missing() -> Option<String> {
    let unpacked = packages().is_none().then(|| "packages of name services (tests/run unpacks them)".to_owned());
    let overlay = std::fs::read_to_string("/proc/filesystems").is_ok_and(|kinds| kinds.contains("\toverlay\n"));
    lab::missing().or(unpacked).or_else(|| (!overlay).then(|| "overlay file systems".to_owned()))
}

/// One signature where this service tells who the caller is.
fn signed(service: &str, running: bool) -> Output {
    let lab = Lab::new();
    let key = lab.ed25519();
    let helper = lab.install_in("bin", &lab::Call { whose: Ours, ..SET_UID });
    let frame = hostbased::wire::HelperRequest {
        fd: connection_number(),
        data: &request(&key, "ssh-ed25519", "localhost.", "labuser"),
    }
    .encode();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/helper/sandbox/names.sh");
    let mut command = Command::new("unshare");
    command.args(["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", script]).arg(packages().unwrap());
    command.arg(lab.etc("").parent().unwrap()).arg(helper).args([service, if running { "yes" } else { "no" }]);
    feed(command.stdin(Stdio::piped()), &frame)
}

/// One of each service at a time: systemd-resolved listens on an address of the whole machine.
static ALONE: Mutex<()> = Mutex::new(());

fn found_by(service: &str, without: &str) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let outcome = |running| Outcome::of(&signed(service, running), service);
    let with = outcome(true);
    assert!(with.is_signed(), "{with:?}");
    // The test is about the service: without it the helper finds nobody.
    let nobody = outcome(false);
    assert!(nobody.last_line().ends_with(without), "{nobody:?}");
}

#[test]
fn nscd_is_asked() {
    needs!(missing());
    found_by("nscd", "getpwuid failed");
}

#[test]
fn sssd_is_asked() {
    needs!(missing());
    found_by("sssd", "getpwuid failed");
}

#[test]
fn systemds_user_records_are_read() {
    needs!(missing());
    found_by("userdb", "getpwuid failed");
}

#[test]
fn systemd_resolved_is_asked() {
    needs!(missing());
    found_by("resolved", "not a valid request");
}

#[test]
fn the_dns_is_asked_by_udp_and_by_tcp() {
    needs!(missing());
    found_by("dns", "not a valid request");
    found_by("dns-by-tcp", "not a valid request");
}

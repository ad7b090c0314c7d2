//! `keysign`: the set-uid helper that signs hostbased requests with the host's private keys, in place of OpenSSH's
//! `ssh-keysign`. It reads one request from standard input and writes one reply to standard output.
//!
//! The order of work is the point of this program, and the types keep it:
//!
//! 1. with the privileges that the set-uid or set-gid bit gives: the key files are opened, read and closed
//!    ([`SealedKeys`]), nothing else (std, before `main`, reads `/proc/self/maps` to find the stack's end);
//! 2. the privileges go for good, and that is proven ([`RealUser`]);
//! 3. only then is anything looked into: the user database, `/etc/ssh/ssh_config`, the keys, the request (read before
//!    them, as bytes), the caller's socket. What looks takes a `RealUser` or something made from one.
//!
//! Standard output is the protocol, so nothing here prints; standard error stays empty unless the request is refused.
//!
//! Nothing linked into this program reads the environment before `main`: on glibc, std's own entry in `.init_array` keeps
//! the arguments and nothing else, and the cryptography is pure Rust (a C library's constructor may read what it likes).
//! std's start itself reads `RUST_BACKTRACE` when it fails, which the caller can bring about by a limit on memory; so
//! `hostbased-sys` forgets the environment of a set-uid program in front of it.
#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "reading the system's files is this program's work; the ban is for the rooms that decide"
)]

mod account;
mod admin_file;
#[expect(dead_code, reason = "wired next")]
mod audit;
mod config;
mod descriptor;
mod diagnosis;
mod die;
#[cfg_attr(not(test), expect(dead_code, reason = "wired next"))]
mod groups;
mod host_keys;
mod key_files;
mod privilege;
mod quiet;
mod refusal;
mod request;
#[cfg_attr(not(test), expect(dead_code, reason = "stage two is wired next"))]
mod sandbox;
#[cfg_attr(not(test), expect(dead_code, reason = "wired next"))]
mod settings;
#[cfg(test)]
mod test_support;

use std::io;
use std::os::fd::AsFd;
use std::panic;
use std::path::Path;

use hostbased::sign::{Caller, CheckedRequest};
use hostbased::wire::{HelperReply, HelperRequest};
use nix::errno::Errno;

use crate::account::Account;
use crate::config::{Surroundings, Verdict};
use crate::die::{die, program_name};
use crate::host_keys::HostKeys;
use crate::key_files::{KEY_FILES, KEY_FOLDER, SealedKeys};
use crate::privilege::RealUser;
use crate::refusal::Refusal;
use crate::sandbox::Protection;

/// What is freed is wiped: the `rsa` crate leaves the primes in memory that it gives back.
#[global_allocator]
static ALLOCATOR: hostbased_sys::WipingAllocator = hostbased_sys::WipingAllocator;

/// The user id whose files are believed.
const ROOT: u32 = 0;

/// The administrator's file (OpenSSH: pathnames.h `_PATH_HOST_CONFIG_FILE`), and the folder of relative paths in it.
const CONFIG_FILE: &str = "/etc/ssh/ssh_config";
const CONFIG_FOLDER: &str = "/etc/ssh";

fn main() {
    let mut arguments = std::env::args_os();
    let program = program_name(arguments.next().as_deref());
    let version_asked = arguments.next().is_some_and(|first| first == "--version");
    if let Err(refusal) = without_panic(|| if version_asked { tell_version() } else { answer() }) {
        die(&program, &refusal);
    }
}

/// A panic is a bug, and refuses: its text and backtrace go nowhere, and what holds keys is dropped and wiped on the way.
fn without_panic(work: impl FnOnce() -> Result<(), Refusal> + panic::UnwindSafe) -> Result<(), Refusal> {
    panic::set_hook(Box::new(|_| {}));
    panic::catch_unwind(work).unwrap_or(Err(Refusal::Panic))
}

/// For people. `ssh` gives no arguments, and others are ignored, as OpenSSH's helper ignores them.
fn tell_version() -> Result<(), Refusal> {
    RealUser::drop_privileges()?;
    send(concat!("keysign (hostbased) ", env!("CARGO_PKG_VERSION"), "\n").as_bytes())
}

/// Answers the one request.
fn answer() -> Result<(), Refusal> {
    if !standard_descriptors_are_open() {
        // As OpenSSH's helper does: without a word, for there may be nowhere to say it.
        std::process::exit(1);
    }
    hostbased_sys::clear_environment().map_err(|error| Refusal::Environment(error.kind()))?;
    let mut started = sandbox::begin()?;
    let sealed = SealedKeys::read(&KEY_FILES, ROOT);
    harden::at_start()?;
    let sealed = SealedKeys::read(&KEY_FILES, Path::new(KEY_FOLDER), ROOT);
    let user = RealUser::drop_privileges()?;
    if !sealed.are_locked() {
        started.lacks(Protection::KeyMemory);
    }
    let no_new_privs_before = started.no_new_privs_before();
    let _stage_one = started.confine(&user)?;

    // Before anything is refused: `ssh` ends without a try at other methods when its request finds no reader
    // (OpenSSH: sshconnect2.c `ssh_keysign`). What came is told last, as by OpenSSH's helper.
    let frame = request::receive(&user, io::stdin().lock());
    let account = Account::of(&user).ok_or(Refusal::NoAccount)?;
    check_enabled(&account)?;
    let files = sealed.unseal(&user);
    let keys = HostKeys::identify(&files, || diagnosis::missing_privileges(user.before(), no_new_privs_before))?;
    let files = sealed.unseal(&user)?;
    let keys = HostKeys::identify(&files, || diagnosis::missing_privileges(user.before()))?;

    let frame = frame?;
    let request = HelperRequest::parse(&frame)?;
    let local_name = descriptor::local_name(&user, request.fd)?;
    let caller = Caller { local_name: &local_name, user: &account.name };
    let checked = CheckedRequest::check(request.data, &caller)?;
    let signature = keys.sign(&checked)?;
    // An audit record has its place here, in front of the reply: account, key, server user and peer are known.
    send(&HelperReply { signature: &signature }.encode())
}

/// Whether descriptors 0, 1 and 2 are open, so that no file opened later takes the place of one (ssh-keysign.c opens
/// /dev/null to find out). std, and glibc in set-uid programs, have filled the gaps by now; this does not rely on it.
fn standard_descriptors_are_open() -> bool {
    use nix::fcntl::{FcntlArg, fcntl};
    let open = |descriptor: std::os::fd::BorrowedFd<'_>| fcntl(descriptor, FcntlArg::F_GETFD).is_ok();
    open(io::stdin().as_fd()) && open(io::stdout().as_fd()) && open(io::stderr().as_fd())
}

fn check_enabled(account: &Account) -> Result<(), Refusal> {
    let host_name = descriptor::host_name()?;
    let surroundings = Surroundings {
        account: &account.name,
        home: &account.home,
        uid: account.uid,
        host_name: &host_name,
        folder: Path::new(CONFIG_FOLDER),
        owner: ROOT,
    };
    let detail = match config::read(Path::new(CONFIG_FILE), &surroundings)? {
        Verdict::Enabled => return Ok(()),
        Verdict::Disabled => "it says EnableSSHKeysign no for the helper".to_owned(),
        Verdict::Unset => {
            "it does not say EnableSSHKeysign yes outside of Host and Match blocks that need a host name: put that line \
             above the first of them"
                .to_owned()
        }
        Verdict::Unreadable(reason) => format!("{CONFIG_FILE}: {reason}"),
    };
    Err(Refusal::NotEnabled(vec![detail]))
}

/// Writes to standard output, whole. Not through std's `Stdout`, which takes a closed output for success.
fn send(bytes: &[u8]) -> Result<(), Refusal> {
    let (output, mut rest) = (io::stdout(), bytes);
    while !rest.is_empty() {
        match nix::unistd::write(&output, rest) {
            Ok(0) => return Err(Refusal::Send(Errno::EIO)),
            Ok(count) => rest = rest.get(count..).unwrap_or_default(),
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(Refusal::Send(errno)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_refuses_with_a_fixed_text() {
        let before = panic::take_hook();
        let outcome = without_panic(|| panic!("secret"));
        panic::set_hook(before);
        assert_eq!(outcome.unwrap_err().text("keysign"), "keysign: internal error\n");
    }
}

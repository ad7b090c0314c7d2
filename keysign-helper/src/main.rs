//! `keysign`: the set-uid helper that signs hostbased requests with the host's private keys, in place of OpenSSH's
//! `ssh-keysign`. It reads one request from standard input and writes one reply to standard output.
//!
//! The order of work is the point of this program, and the types keep it:
//!
//! 1. with the privileges that the set-uid or set-gid bit gives: limits are set ([`sandbox::begin`]), the key files are
//!    opened, read and closed ([`key_files::SealedKeys`]), the audit's counter is mapped, nothing else (std, before `main`,
//!    reads `/proc/self/maps` to find the stack's end);
//! 2. the privileges go for good, and that is proven ([`RealUser`]);
//! 3. in the first sandbox ([`sandbox::StageOne`]) the system is asked: the request's bytes, the user database,
//!    `keysign.conf`, `ssh_config`, the caller's socket and its name. Nothing can be written, made or run;
//! 4. in the second ([`sandbox::StageTwo`]) the rest is computed: keys are decoded, the request is checked and signed.
//!    Nothing can be opened; what comes out is the audit line, the reply, or a refusal.
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
mod answer;
mod audit;
mod config;
mod descriptor;
mod diagnosis;
mod die;
mod enabled;
mod groups;
mod host_keys;
mod key_files;
mod output;
mod privilege;
mod quiet;
mod refusal;
mod request;
mod sandbox;
mod settings;
#[cfg(test)]
mod test_support;

use std::panic;

use crate::answer::answer;
use crate::die::{die, program_name};
use crate::privilege::RealUser;
use crate::refusal::Refusal;

/// What is freed is wiped: the `rsa` crate leaves the primes in memory that it gives back.
#[global_allocator]
static ALLOCATOR: hostbased_sys::WipingAllocator = hostbased_sys::WipingAllocator;

/// The user id whose files are believed.
const ROOT: u32 = 0;

fn main() {
    let mut arguments = std::env::args_os();
    let program = program_name(arguments.next().as_deref());
    let version_asked = arguments.next().is_some_and(|first| first == "--version");
    if let Err(refusal) = without_panic(|| if version_asked { tell_version() } else { answer() }) {
        die(&program, &refusal);
    }
    // Not by returning: modules of the name services (nsswitch.conf(5)) and what they are linked with may want to do
    // something at the end, say goodbye to a server, and stage two of the sandbox would end that by a signal.
    hostbased_sys::end_at_once(0)
}

/// A panic is a bug, and refuses: its text and backtrace go nowhere, and what holds keys is dropped and wiped on the way.
fn without_panic<T>(work: impl FnOnce() -> Result<T, Refusal> + panic::UnwindSafe) -> Result<T, Refusal> {
    panic::set_hook(Box::new(|_| {}));
    panic::catch_unwind(work).unwrap_or(Err(Refusal::Panic))
}

/// For people. `ssh` gives no arguments, and others are ignored, as OpenSSH's helper ignores them.
fn tell_version() -> Result<(), Refusal> {
    RealUser::drop_privileges()?;
    output::send(concat!("keysign (hostbased) ", env!("CARGO_PKG_VERSION"), "\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_refuses_with_a_fixed_text() {
        let before = panic::take_hook();
        let outcome = without_panic::<()>(|| panic!("secret"));
        panic::set_hook(before);
        assert_eq!(outcome.unwrap_err().text("keysign"), "keysign: internal error\n");
    }
}

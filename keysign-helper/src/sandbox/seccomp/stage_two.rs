//! What may be called once keys are decoded: what computing takes, and writing to the descriptors that were named. There
//! is no call that opens, connects, runs, maps a file, reads, or draws random numbers; any of them ends the process.

use nix::libc;
use std::os::fd::{AsRawFd as _, BorrowedFd};

use super::rule::{Allowed, Condition, Way, int, null, with, without};

/// Memory without a file behind it, and never executable.
const PLAIN: &[Way<'static>] = &[&[without(2, libc::PROT_EXEC), with(3, libc::MAP_ANONYMOUS)]];

#[rustfmt::skip]
const CALLS: &[Allowed<'static>] = &[
    // Memory of malloc(3).
    (libc::SYS_brk, &[]),
    (libc::SYS_mmap, PLAIN),
    (libc::SYS_mprotect, &[&[without(2, libc::PROT_EXEC)]]), // malloc of other C libraries
    (libc::SYS_munmap, &[]),
    (libc::SYS_mremap, &[]),
    (libc::SYS_madvise, &[]),
    // Descriptors that are done with. std, built for debugging, looks first whether one is open.
    (libc::SYS_close, &[]),
    (libc::SYS_fcntl, &[&[int(1, libc::F_GETFD)]]),
    // The first panic initializes the unwinder, by pthread_once(3), which wakes the threads that there may be.
    (libc::SYS_futex, &[&[int(1, libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG)]]),
    // Waiting until the reply can be written, not for ever; and going on after SIGCONT.
    (libc::SYS_ppoll, &[]),
    (libc::SYS_clock_gettime, &[]), // where the vDSO does not read the clock (vdso(7))
    (libc::SYS_restart_syscall, &[]),
    (libc::SYS_rt_sigreturn, &[]),
    // The end.
    (libc::SYS_exit, &[]),
    (libc::SYS_exit_group, &[]),
];

/// The older form, which C libraries use where there is one.
#[cfg(target_arch = "x86_64")]
const OLDER_CALLS: &[Allowed<'static>] = &[(libc::SYS_poll, &[])];
#[cfg(not(target_arch = "x86_64"))]
const OLDER_CALLS: &[Allowed<'static>] = &[];

/// Standard output and error.
const WRITTEN_TO: &[Way<'static>] = &[&[int(0, libc::STDOUT_FILENO)], &[int(0, libc::STDERR_FILENO)]];

/// The list, with standard output, standard error and these sockets.
pub(super) fn with_list<T>(sockets: &[BorrowedFd<'_>], work: impl FnOnce(&[Allowed<'_>]) -> T) -> T {
    // A connected socket: to where it leads already.
    let sent_to: Vec<[Condition; 2]> = sockets.iter().map(|socket| [int(0, socket.as_raw_fd()), null(4)]).collect();
    let sent_to: Vec<Way<'_>> = sent_to.iter().map(|way| &way[..]).collect();
    let mut list = [CALLS, OLDER_CALLS].concat();
    list.push((libc::SYS_write, WRITTEN_TO));
    // A call with no way given would be allowed in any.
    if !sent_to.is_empty() {
        list.push((libc::SYS_sendto, &sent_to));
    }
    work(&list)
}

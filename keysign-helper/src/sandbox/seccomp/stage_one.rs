//! What may be called while the system's name services are asked: their modules are loaded into this process
//! (nsswitch.conf(5)), and do what they like with it. What they need to look something up, in files or of a service of
//! this machine or by the DNS, is here; what would make, change, run or steer something is not.
//!
//! A call that is not here fails with `EPERM`: C libraries and modules try newer or optional calls, and go on without.

use nix::libc;

use super::rule::{Allowed, Way, int, long, null, without};

/// Memory is never writable and executable at once.
const NOT_WRITABLE_CODE: &[Way<'static>] = &[&[without(2, libc::PROT_WRITE)], &[without(2, libc::PROT_EXEC)]];

/// Nothing is made or cut off by opening it: `O_TMPFILE` without its `O_DIRECTORY`, `O_CREAT`, `O_TRUNC`. What may be
/// opened for writing is Landlock's to say.
const NOTHING_NEW: i32 = libc::O_CREAT | libc::O_TRUNC | (libc::O_TMPFILE & !libc::O_DIRECTORY);

/// The requests of ioctl(2): how much there is to read, waiting or not, close-on-exec, and the names, numbers, flags and
/// addresses of interfaces.
const REQUESTS: [libc::Ioctl; 10] = [
    libc::FIONREAD,
    libc::FIONBIO,
    libc::FIOCLEX,
    libc::SIOCGIFCONF,
    libc::SIOCGIFNAME,
    libc::SIOCGIFINDEX,
    libc::SIOCGIFFLAGS,
    libc::SIOCGIFADDR,
    libc::SIOCGIFNETMASK,
    libc::SIOCGIFBRDADDR,
];

/// `SECCOMP_SET_MODE_FILTER` (include/uapi/linux/seccomp.h).
const SET_MODE_FILTER: i32 = 1;

/// What every architecture has.
#[rustfmt::skip]
const CALLS: &[Allowed<'static>] = &[
    // Memory of malloc(3) and of the loader.
    (libc::SYS_brk, &[]),
    (libc::SYS_mmap, NOT_WRITABLE_CODE),
    (libc::SYS_mprotect, NOT_WRITABLE_CODE),
    (libc::SYS_munmap, &[]),
    (libc::SYS_mremap, &[]),
    (libc::SYS_madvise, &[]),
    // Files: modules, their settings, the system's databases.
    (libc::SYS_openat, &[&[without(2, NOTHING_NEW)]]),
    (libc::SYS_close, &[]),
    (libc::SYS_read, &[]),
    (libc::SYS_pread64, &[]),
    (libc::SYS_readv, &[]),
    (libc::SYS_lseek, &[]),
    (libc::SYS_fstat, &[]),
    (libc::SYS_newfstatat, &[]),
    (libc::SYS_statx, &[]),
    (libc::SYS_statfs, &[]),
    (libc::SYS_fstatfs, &[]),
    (libc::SYS_faccessat, &[]),
    (libc::SYS_faccessat2, &[]),
    (libc::SYS_readlinkat, &[]),
    (libc::SYS_getdents64, &[]),
    (libc::SYS_fadvise64, &[]),
    (libc::SYS_getcwd, &[]),
    // Descriptors: the caller's is copied, standard error is put aside while modules work.
    (libc::SYS_fcntl, &[]),
    (libc::SYS_dup, &[]),
    (libc::SYS_dup3, &[]),
    (libc::SYS_ioctl, &[
        &[int(1, REQUESTS[0] as i32)], &[int(1, REQUESTS[1] as i32)], &[int(1, REQUESTS[2] as i32)],
        &[int(1, REQUESTS[3] as i32)], &[int(1, REQUESTS[4] as i32)], &[int(1, REQUESTS[5] as i32)],
        &[int(1, REQUESTS[6] as i32)], &[int(1, REQUESTS[7] as i32)], &[int(1, REQUESTS[8] as i32)],
        &[int(1, REQUESTS[9] as i32)],
    ]),
    // Sockets: services of this machine, name servers, the kernel's list of addresses (netlink(7)).
    (libc::SYS_socket, &[
        &[int(0, libc::AF_UNIX)], &[int(0, libc::AF_INET)], &[int(0, libc::AF_INET6)], &[int(0, libc::AF_NETLINK)],
    ]),
    (libc::SYS_connect, &[]),
    (libc::SYS_bind, &[]), // of a netlink socket (getifaddrs(3))
    (libc::SYS_getsockname, &[]),
    (libc::SYS_getpeername, &[]),
    (libc::SYS_getsockopt, &[]),
    (libc::SYS_setsockopt, &[]),
    (libc::SYS_sendto, &[]),
    (libc::SYS_sendmsg, &[]),
    (libc::SYS_sendmmsg, &[]), // two questions at once (resolv.conf(5))
    (libc::SYS_recvfrom, &[]),
    (libc::SYS_recvmsg, &[]),
    (libc::SYS_recvmmsg, &[]),
    (libc::SYS_shutdown, &[]),
    (libc::SYS_write, &[]), // to a service, and what is said when nothing is signed
    (libc::SYS_writev, &[]),
    // Waiting for a service; the event loops of systemd's modules.
    (libc::SYS_ppoll, &[]),
    (libc::SYS_pselect6, &[]),
    (libc::SYS_epoll_create1, &[]),
    (libc::SYS_epoll_ctl, &[]),
    (libc::SYS_epoll_pwait, &[]),
    (libc::SYS_epoll_pwait2, &[]),
    (libc::SYS_eventfd2, &[]),
    (libc::SYS_timerfd_create, &[]),
    (libc::SYS_timerfd_settime, &[]),
    (libc::SYS_nanosleep, &[]),
    (libc::SYS_clock_nanosleep, &[]),
    (libc::SYS_restart_syscall, &[]), // after SIGCONT, in the kernel's own name
    // The clock, where the vDSO does not read it (vdso(7)), and random numbers.
    (libc::SYS_clock_gettime, &[]),
    (libc::SYS_clock_getres, &[]),
    (libc::SYS_gettimeofday, &[]),
    (libc::SYS_getrandom, &[]),
    // Who this is, and where.
    (libc::SYS_getpid, &[]),
    (libc::SYS_getppid, &[]),
    (libc::SYS_gettid, &[]),
    (libc::SYS_getuid, &[]),
    (libc::SYS_geteuid, &[]),
    (libc::SYS_getgid, &[]),
    (libc::SYS_getegid, &[]),
    (libc::SYS_getresuid, &[]),
    (libc::SYS_getresgid, &[]),
    (libc::SYS_getgroups, &[]),
    (libc::SYS_uname, &[]),
    (libc::SYS_sysinfo, &[]),
    (libc::SYS_sched_getaffinity, &[]),
    (libc::SYS_sched_yield, &[]),
    (libc::SYS_prlimit64, &[&[int(0, 0), null(2)]]), // reading one's own
    // Locks and signals within this process.
    (libc::SYS_futex, &[]),
    (libc::SYS_rt_sigaction, &[]),
    (libc::SYS_rt_sigprocmask, &[]),
    (libc::SYS_rt_sigreturn, &[]),
    (libc::SYS_sigaltstack, &[]),
    // The end, and the way into stage two.
    (libc::SYS_exit, &[]),
    (libc::SYS_exit_group, &[]),
    (libc::SYS_prctl, &[
        &[int(0, libc::PR_SET_NO_NEW_PRIVS), long(1, 1)], &[int(0, libc::PR_GET_NO_NEW_PRIVS)],
        &[int(0, libc::PR_GET_DUMPABLE)],
        &[int(0, libc::PR_CAPBSET_READ)], // systemd's modules look how many capabilities there are
    ]),
    (libc::SYS_landlock_create_ruleset, &[]),
    (libc::SYS_landlock_restrict_self, &[]),
    (libc::SYS_seccomp, &[&[int(0, SET_MODE_FILTER)]]),
];

/// The older forms of some of them, which C libraries use where there are any.
#[cfg(target_arch = "x86_64")]
#[rustfmt::skip]
const OLDER_CALLS: &[Allowed<'static>] = &[
    (libc::SYS_open, &[&[without(1, NOTHING_NEW)]]),
    (libc::SYS_stat, &[]),
    (libc::SYS_lstat, &[]),
    (libc::SYS_access, &[]),
    (libc::SYS_readlink, &[]),
    (libc::SYS_dup2, &[]),
    (libc::SYS_poll, &[]),
    (libc::SYS_select, &[]),
    (libc::SYS_epoll_create, &[]),
    (libc::SYS_epoll_wait, &[]),
    (libc::SYS_time, &[]),
];
#[cfg(not(target_arch = "x86_64"))]
const OLDER_CALLS: &[Allowed<'static>] = &[];

/// The list, with what depends on this process: it may signal itself (abort(3)).
pub(super) fn with_list<T>(work: impl FnOnce(&[Allowed<'_>]) -> T) -> T {
    let myself = [int(0, std::process::id().cast_signed())];
    let ways = [&myself[..]];
    let mut list = [CALLS, OLDER_CALLS].concat();
    list.push((libc::SYS_tgkill, &ways));
    work(&list)
}

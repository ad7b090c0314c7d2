//! The installed helper, taken over while it waits: in stage one for its request, in stage two for somebody to take its
//! reply.

use std::ffi::c_long;
use std::fs;
use std::io::{PipeReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::libc::{self, *};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::tracer::{Came, Tracer};
use crate::attacks::ground::{Ground, as_nobody};
use crate::lab::Ours;

/// A helper that waits in this stage, the one end of its output, and its input.
struct Waiting {
    child: Child,
    reply: PipeReader,
}

impl Waiting {
    fn in_stage(ground: &Ground, stage: usize) -> Self {
        let (reply, mut writer) = std::io::pipe().unwrap();
        let mut command = as_nobody(Command::new(ground.helper(Ours)));
        command.stdin(Stdio::piped()).stderr(Stdio::null());
        if stage == 2 {
            // No room for a byte.
            writer.write_all(&[0; 65_536]).unwrap();
        }
        let mut child = command.stdout(writer).spawn().unwrap();
        if stage == 2 {
            child.stdin.as_mut().unwrap().write_all(&ground.frame()).unwrap();
        }
        let waiting = Self { child, reply };
        let begin = Instant::now();
        let filters = format!("Seccomp_filters:\t{stage}\n");
        while !(waiting.file("status").contains(&filters) && waiting.file("wchan").contains("poll")) {
            assert!(begin.elapsed() < Duration::from_secs(30), "{}", waiting.file("status"));
            std::thread::sleep(Duration::from_millis(1));
        }
        waiting
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{name}", self.child.id())).unwrap_or_default()
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }

    fn tracer(&self) -> Tracer {
        Tracer::attach(self.child.id())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A word in arguments that becomes the address of the text of a case.
const TEXT: u64 = u64::MAX - 1;
/// This directory (`AT_FDCWD`).
const HERE: u64 = (-100_i64).cast_unsigned();

/// Arguments that begin with these, and are zero behind them.
fn arguments(given: &[u64], tracer: &Tracer, text: &str) -> [u64; 6] {
    let mut all = [0; 6];
    all[..given.len()].copy_from_slice(given);
    let address = tracer.text(text);
    all.map(|argument| if argument == TEXT { address } else { argument })
}

fn flags(flags: c_int) -> u64 {
    u64::from(flags.cast_unsigned())
}

/// What must never be possible again once the privileges are gone: to make, change, run, steer, or get at others.
fn never() -> Vec<(c_long, Vec<u64>)> {
    let write_and_execute = flags(PROT_READ | PROT_WRITE | PROT_EXEC);
    let plain = flags(MAP_PRIVATE | MAP_ANONYMOUS);
    vec![
        (SYS_execve, vec![TEXT]),
        (SYS_execveat, vec![HERE, TEXT]),
        (SYS_fork, vec![]),
        (SYS_vfork, vec![]),
        (SYS_clone, vec![flags(SIGCHLD)]),
        (SYS_clone3, vec![TEXT, 88]),
        (SYS_ptrace, vec![flags(16), 1]),
        (SYS_process_vm_readv, vec![1]),
        (SYS_process_vm_writev, vec![1]),
        (SYS_pidfd_open, vec![1]),
        (SYS_pidfd_getfd, vec![3]),
        (SYS_pidfd_send_signal, vec![3]),
        (SYS_process_madvise, vec![3]),
        (SYS_kill, vec![1]),
        (SYS_tkill, vec![1]),
        (SYS_tgkill, vec![1, 1]),
        (SYS_rt_sigqueueinfo, vec![1]),
        (SYS_setuid, vec![0]),
        (SYS_setresuid, vec![0, 0, 0]),
        (SYS_setgid, vec![0]),
        (SYS_setgroups, vec![0]),
        (SYS_capset, vec![TEXT]),
        (SYS_prctl, vec![flags(PR_SET_DUMPABLE), 1]),
        (SYS_prctl, vec![flags(PR_SET_PTRACER), u64::MAX]),
        (SYS_prctl, vec![flags(PR_SET_MDWE), 0]),
        (SYS_arch_prctl, vec![0x1001]),
        (SYS_personality, vec![0x0040_0000]),
        (SYS_setrlimit, vec![4, TEXT]),
        (SYS_prlimit64, vec![0, 4, TEXT]),
        (SYS_prlimit64, vec![1, 4, 0, TEXT]),
        (SYS_timer_settime, vec![0, 0, TEXT]),
        (SYS_timer_delete, vec![0]),
        (SYS_mount, vec![TEXT, TEXT, TEXT]),
        (SYS_umount2, vec![TEXT]),
        (SYS_pivot_root, vec![TEXT, TEXT]),
        (SYS_chroot, vec![TEXT]),
        (SYS_open_tree, vec![HERE, TEXT]),
        (SYS_move_mount, vec![3]),
        (SYS_fsopen, vec![TEXT]),
        (SYS_unshare, vec![flags(CLONE_NEWUSER)]),
        (SYS_setns, vec![3]),
        (SYS_bpf, vec![0]),
        (SYS_perf_event_open, vec![TEXT]),
        (SYS_keyctl, vec![0]),
        (SYS_add_key, vec![TEXT, TEXT]),
        (SYS_request_key, vec![TEXT, TEXT]),
        (SYS_io_uring_setup, vec![1, TEXT]),
        (SYS_io_uring_enter, vec![3]),
        (SYS_userfaultfd, vec![1]),
        (SYS_memfd_create, vec![TEXT]),
        (SYS_memfd_secret, vec![]),
        (SYS_shmget, vec![0, 4096, 0o1600]),
        (SYS_socketpair, vec![1, 1, 0, TEXT]),
        (SYS_listen, vec![3]),
        (SYS_accept4, vec![3]),
        (SYS_socket, vec![flags(AF_PACKET), 3]),
        (SYS_socket, vec![flags(AF_VSOCK), 1]),
        (SYS_socket, vec![flags(AF_ALG), 5]),
        (SYS_open, vec![TEXT, flags(O_WRONLY | O_CREAT), 0o600]),
        (SYS_open, vec![TEXT, flags(O_RDONLY | O_TRUNC)]),
        (SYS_openat, vec![HERE, TEXT, flags(O_RDWR | O_CREAT), 0o600]),
        (SYS_openat, vec![HERE, TEXT, flags(O_RDONLY | O_TRUNC)]),
        (SYS_openat, vec![HERE, TEXT, flags(O_RDWR | O_TMPFILE), 0o600]),
        (SYS_openat2, vec![HERE, TEXT, TEXT, 24]),
        (SYS_open_by_handle_at, vec![HERE, TEXT]),
        (SYS_creat, vec![TEXT, 0o600]),
        (SYS_truncate, vec![TEXT]),
        (SYS_ftruncate, vec![1]),
        (SYS_unlink, vec![TEXT]),
        (SYS_unlinkat, vec![HERE, TEXT]),
        (SYS_rename, vec![TEXT, TEXT]),
        (SYS_renameat2, vec![HERE, TEXT, HERE, TEXT]),
        (SYS_link, vec![TEXT, TEXT]),
        (SYS_linkat, vec![HERE, TEXT, HERE, TEXT]),
        (SYS_symlink, vec![TEXT, TEXT]),
        (SYS_mkdir, vec![TEXT]),
        (SYS_mkdirat, vec![HERE, TEXT]),
        (SYS_mknodat, vec![HERE, TEXT]),
        (SYS_chmod, vec![TEXT, 0o777]),
        (SYS_fchmodat, vec![HERE, TEXT, 0o777]),
        (SYS_chown, vec![TEXT]),
        (SYS_setxattr, vec![TEXT, TEXT]),
        (SYS_utimensat, vec![HERE, TEXT]),
        (SYS_chdir, vec![TEXT]),
        (SYS_ioctl, vec![0, 0x5412, TEXT]), // TIOCSTI
        (SYS_ioctl, vec![0, 0x541c, TEXT]), // TIOCLINUX
        (SYS_mmap, vec![0, 4096, write_and_execute, plain, u64::MAX]),
        (SYS_mprotect, vec![0, 4096, write_and_execute]),
        (SYS_pkey_mprotect, vec![0, 4096, flags(PROT_READ), 0]),
        (SYS_syslog, vec![3, TEXT, 1]),
        (SYS_reboot, vec![0]),
        (SYS_init_module, vec![TEXT]),
        (SYS_kexec_load, vec![]),
        (SYS_seccomp, vec![2, 0, TEXT]),
        (SYS_landlock_add_rule, vec![3]),
    ]
}

/// What stage one has, and stage two has no more.
fn gone_in_stage_two() -> Vec<(c_long, Vec<u64>)> {
    let code = flags(PROT_READ | PROT_EXEC);
    vec![
        (SYS_open, vec![TEXT]),
        (SYS_openat, vec![HERE, TEXT]),
        (SYS_read, vec![0, TEXT, 1]),
        (SYS_pread64, vec![0, TEXT, 1]),
        (SYS_stat, vec![TEXT, TEXT]),
        (SYS_newfstatat, vec![HERE, TEXT, TEXT]),
        (SYS_readlinkat, vec![HERE, TEXT, TEXT, 1]),
        (SYS_getdents64, vec![3]),
        (SYS_socket, vec![flags(AF_UNIX), 1]),
        (SYS_socket, vec![flags(AF_INET), 2]),
        (SYS_connect, vec![3]),
        (SYS_bind, vec![3]),
        (SYS_sendmsg, vec![3]),
        (SYS_sendmmsg, vec![3]),
        (SYS_sendto, vec![1, TEXT, 1, 0, TEXT, 2]),
        (SYS_sendto, vec![250, TEXT, 1, 0, 0, 0]),
        (SYS_recvfrom, vec![0]),
        (SYS_write, vec![0, TEXT, 1]),
        (SYS_write, vec![250, TEXT, 1]),
        (SYS_writev, vec![1]),
        (SYS_dup, vec![1]),
        (SYS_dup2, vec![1, 2]),
        (SYS_fcntl, vec![1, flags(F_DUPFD)]),
        (SYS_ioctl, vec![0, 0x541b, TEXT]), // FIONREAD
        (SYS_getrandom, vec![TEXT, 1]),
        (SYS_getpid, vec![]),
        (SYS_uname, vec![TEXT]),
        (SYS_rt_sigaction, vec![]),
        (SYS_rt_sigprocmask, vec![]),
        (SYS_futex, vec![TEXT, flags(FUTEX_WAIT)]),
        (SYS_nanosleep, vec![TEXT]),
        (SYS_mmap, vec![0, 4096, code, flags(MAP_PRIVATE | MAP_ANONYMOUS), u64::MAX]),
        (SYS_mmap, vec![0, 4096, flags(PROT_READ), flags(MAP_PRIVATE), 0]),
        (SYS_mprotect, vec![0, 4096, code]),
        (SYS_prctl, vec![flags(PR_SET_NO_NEW_PRIVS), 1]),
        (SYS_landlock_create_ruleset, vec![]),
        (SYS_landlock_restrict_self, vec![3]),
        (SYS_seccomp, vec![1, 0, TEXT]),
    ]
}

/// The calls that stage two has, with a result that shows that they were made: each by itself does no harm.
fn there_in_stage_two() -> Vec<(c_long, Vec<u64>, Came)> {
    let error = |number: c_int| Came::Back(-i64::from(number));
    vec![
        (SYS_munmap, vec![1, 1], error(EINVAL)),
        (SYS_mremap, vec![1, 1, 1], error(EINVAL)),
        (SYS_madvise, vec![1, 1], error(EINVAL)),
        (SYS_mprotect, vec![1, 1, 0], error(EINVAL)),
        (SYS_mmap, vec![0, 0, flags(PROT_READ), flags(MAP_PRIVATE | MAP_ANONYMOUS)], error(EINVAL)),
        (SYS_write, vec![1, TEXT, 0], Came::Back(0)),
        (SYS_write, vec![2, TEXT, 1], Came::Back(1)),
        (SYS_poll, vec![TEXT, 0, 0], Came::Back(0)),
        (SYS_ppoll, vec![0, 0, 1], error(EFAULT)),
        (SYS_close, vec![250], error(EBADF)),
        (SYS_fcntl, vec![1, flags(F_GETFD)], Came::Back(0)),
        (SYS_clock_gettime, vec![1, TEXT], Came::Back(0)),
        (SYS_futex, vec![TEXT, flags(FUTEX_WAKE | FUTEX_PRIVATE_FLAG), 1], Came::Back(0)),
    ]
}

const PERMISSION: Came = Came::Back(-1);

#[test]
fn stage_one_refuses_what_name_services_do_not_need() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        let waiting = Waiting::in_stage(&ground, 1);
        let tracer = waiting.tracer();
        let made = ground.lab.etc("made-by-the-helper").display().to_string();
        for (number, given) in never() {
            let came = tracer.call(number, arguments(&given, &tracer, &made));
            assert_eq!(came, PERMISSION, "call {number} {given:?}");
        }
        assert!(!std::path::Path::new(&made).exists());
        // What it has still.
        let back = |number, given: &[u64], text| tracer.call(number, arguments(given, &tracer, text));
        let error = |number: c_int| Came::Back(-i64::from(number));
        assert!(matches!(back(SYS_openat, &[HERE, TEXT], "/etc/passwd"), Came::Back(3..)));
        assert!(matches!(back(SYS_openat, &[HERE, TEXT, flags(O_WRONLY)], "/dev/null"), Came::Back(3..)));
        assert!(matches!(back(SYS_socket, &[flags(AF_UNIX), 1], ""), Came::Back(3..)));
        assert!(matches!(back(SYS_getpid, &[], ""), Came::Back(1..)));
        // By Landlock. /dev is nobody's to write, but some of it is everybody's.
        assert_eq!(back(SYS_openat, &[HERE, TEXT, flags(O_WRONLY)], "/dev/zero"), error(EACCES));
        assert_eq!(back(SYS_openat, &[HERE, TEXT, flags(O_RDWR)], "/dev/tty"), error(EACCES));
        let before = waiting.file("maps");
        assert!(!before.lines().any(|line| line.split(' ').nth(1).unwrap().starts_with("rwx")), "{before}");
        assert!(!before.lines().any(|line| line.split(' ').nth(1).unwrap().contains("wx")), "{before}");
        assert!(before.contains("r-xp"), "the test can see it");
        tracer.detach();
    });
}

#[test]
fn stage_two_dies_by_any_other_call() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        for (number, given) in never().into_iter().chain(gone_in_stage_two()) {
            let waiting = Waiting::in_stage(&ground, 2);
            let tracer = waiting.tracer();
            let came = tracer.call(number, arguments(&given, &tracer, "/etc/passwd"));
            assert_eq!(came, Came::Ended(Signal::SIGSYS), "call {number} {given:?}");
        }
        // A call of the 32-bit kind has other numbers: 5 is open there, and fstat here.
        let waiting = Waiting::in_stage(&ground, 2);
        let came = waiting.tracer().call(0x4000_0000 | SYS_write, [1, 0, 0, 0, 0, 0]);
        assert_eq!(came, Came::Ended(Signal::SIGSYS));
    });
}

#[test]
fn stage_two_has_what_it_takes_to_end_well() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        let mut waiting = Waiting::in_stage(&ground, 2);
        let tracer = waiting.tracer();
        for (number, given, expected) in there_in_stage_two() {
            assert_eq!(tracer.call(number, arguments(&given, &tracer, "")), expected, "call {number} {given:?}");
        }
        tracer.detach();
        // Stopped in the middle of its waiting, it goes on: that is a call of its own (restart_syscall(2)).
        kill(waiting.pid(), Signal::SIGSTOP).unwrap();
        std::thread::sleep(Duration::from_millis(50));
        kill(waiting.pid(), Signal::SIGCONT).unwrap();
        std::thread::sleep(Duration::from_millis(50));
        let mut reply = Vec::new();
        waiting.reply.read_to_end(&mut reply).unwrap();
        assert_eq!(waiting.child.wait().unwrap().code(), Some(0));
        assert!(reply.len() > 65_536 + 64);
        let _ = libc::SIGSYS;
    });
}

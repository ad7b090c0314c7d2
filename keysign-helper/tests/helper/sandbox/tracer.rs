//! Has a process make a system call of the test's choice: what somebody would do who had taken it over (ptrace(2), as root).

use std::ffi::c_long;

use nix::libc::{c_void, user_regs_struct};
use nix::sys::ptrace;
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// It came back with this result, negative for an error.
    Back(i64),
    /// The process was ended by this signal.
    Ended(Signal),
}

/// `syscall` of x86_64, as the process has it in front of where it waits.
const SYSCALL: c_long = 0x050f;

/// A process that waits in a system call, stopped. It goes on when this is dropped.
pub(crate) struct Tracer {
    pid: Pid,
    registers: user_regs_struct,
}

impl Tracer {
    pub(crate) fn attach(pid: u32) -> Self {
        let pid = Pid::from_raw(pid.cast_signed());
        ptrace::attach(pid).unwrap();
        assert_eq!(waitpid(pid, None), Ok(WaitStatus::Stopped(pid, Signal::SIGSTOP)));
        let registers = ptrace::getregs(pid).unwrap();
        let instruction = ptrace::read(pid, (registers.rip - 2) as *mut c_void).unwrap();
        assert_eq!(instruction & 0xffff, SYSCALL, "it waits in a call");
        Self { pid, registers }
    }

    /// Writes text, with a NUL behind it, where the process has none of its own; its address.
    pub(crate) fn text(&self, text: &str) -> u64 {
        let address = self.registers.rsp - 1024;
        let mut bytes = text.as_bytes().to_vec();
        bytes.push(0);
        for (index, word) in bytes.chunks(8).enumerate() {
            let mut padded = [0; 8];
            padded[..word.len()].copy_from_slice(word);
            let at = address + 8 * u64::try_from(index).unwrap();
            ptrace::write(self.pid, at as *mut c_void, c_long::from_le_bytes(padded)).unwrap();
        }
        address
    }

    /// The call with this number.
    pub(crate) fn call(&self, number: c_long, arguments: [u64; 6]) -> Came {
        let [rdi, rsi, rdx, r10, r8, r9] = arguments;
        let rax = number.cast_unsigned();
        let rip = self.registers.rip - 2;
        // The kernel would begin the call anew that was interrupted, were its number still here.
        let orig_rax = u64::MAX;
        let registers = user_regs_struct { rax, orig_rax, rip, rdi, rsi, rdx, r10, r8, r9, ..self.registers };
        ptrace::setregs(self.pid, registers).unwrap();
        ptrace::step(self.pid, None).unwrap();
        match waitpid(self.pid, None).unwrap() {
            WaitStatus::Stopped(_, Signal::SIGTRAP) => Came::Back(ptrace::getregs(self.pid).unwrap().rax.cast_signed()),
            WaitStatus::Signaled(_, signal, _) => Came::Ended(signal),
            other => panic!("{other:?} of call {number}"),
        }
    }

    /// Leaves it as it was.
    pub(crate) fn detach(self) {
        ptrace::setregs(self.pid, self.registers).unwrap();
        ptrace::detach(self.pid, None).unwrap();
    }
}

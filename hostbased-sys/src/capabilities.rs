//! The capabilities of this process (capabilities(7)).

use std::io;

/// `_LINUX_CAPABILITY_VERSION_3` (include/uapi/linux/capability.h); the libc crate does not have it.
const VERSION_3: u32 = 0x2008_0522;

/// `struct __user_cap_header_struct`.
#[repr(C)]
struct Header {
    version: u32,
    /// 0 is this thread.
    pid: libc::c_int,
}

/// `struct __user_cap_data_struct`: 32 capabilities.
#[repr(C)]
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Sets {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// Gives up every capability of this thread, for good, and proves that none is left.
///
/// A change of user ids does that only on the way from user 0 to another, and not under the secure bit
/// `SECBIT_NO_SETUID_FIXUP`, which is inherited; capabilities that come from the program's file stay.
///
/// # Errors
/// `EPERM` when any is left; what capget(2) says when that cannot be found out.
pub fn drop_capabilities() -> io::Result<()> {
    let mut header = Header { version: VERSION_3, pid: 0 };
    let none = [Sets::default(); 2];
    // SAFETY: the kernel reads one header and, for this version, two sets of data; both are alive and of its layout. It
    // may write the version that it prefers into the header, which is ours alone. A refusal is found out below.
    let _ = unsafe { libc::syscall(libc::SYS_capset, &raw mut header, none.as_ptr()) };
    let mut header = Header { version: VERSION_3, pid: 0 };
    let mut left = none;
    // SAFETY: as above; here the kernel writes two sets of data, for which `left` has room.
    if unsafe { libc::syscall(libc::SYS_capget, &raw mut header, left.as_mut_ptr()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    if left == none { Ok(()) } else { Err(io::Error::from_raw_os_error(libc::EPERM)) }
}

/// Keeps this one capability of this thread.
#[cfg(test)]
pub(crate) fn keep_only(capability: u32) {
    let mut header = Header { version: VERSION_3, pid: 0 };
    let one = Sets { effective: 1 << capability, permitted: 1 << capability, inheritable: 0 };
    // SAFETY: as in `drop_capabilities`.
    let answer = unsafe { libc::syscall(libc::SYS_capset, &raw mut header, [one, Sets::default()].as_ptr()) };
    assert_eq!(answer, 0, "{}", io::Error::last_os_error());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_is_left() {
        // Capabilities belong to a thread, so the other tests keep theirs.
        let sets = std::thread::spawn(|| {
            drop_capabilities().unwrap();
            std::fs::read_to_string("/proc/thread-self/status").unwrap()
        });
        let sets = sets.join().unwrap();
        for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
            assert!(sets.contains(&format!("{set}:\t0000000000000000\n")), "{sets}");
        }
    }
}

//! Calls by which a process gives up something for good, or keeps its caller from steering it.

use std::io;

/// From now on no memory of this process can be made executable that was not so when it was mapped, and none can be
/// writable and executable at once (PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN; Linux 6.3). Loading shared libraries goes on
/// working (dlopen(3) maps code as code), but for those that ask for an executable stack or relocations in code.
///
/// # Errors
/// `EINVAL` where the kernel does not know this, or what prctl(2) says otherwise.
pub fn refuse_executable_memory() -> io::Result<()> {
    let flags = libc::c_ulong::from(libc::PR_MDWE_REFUSE_EXEC_GAIN);
    let unused: libc::c_ulong = 0;
    // SAFETY: this prctl takes integers, as wide as the kernel reads them, and touches no memory of ours; what it changes
    // is the answer to later calls of mmap and mprotect.
    if unsafe { libc::prctl(libc::PR_SET_MDWE, flags, unused, unused, unused) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Makes writing beyond a limit on the size of files (RLIMIT_FSIZE) an error of write(2), `EFBIG`, instead of a signal
/// that ends the process; whatever the caller had set for SIGXFSZ.
///
/// # Errors
/// What sigaction(2) says: none is known.
pub fn ignore_file_size_signal() -> io::Result<()> {
    // SAFETY: SIG_IGN is no function of ours: nothing runs when the signal comes.
    if unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) } == libc::SIG_ERR {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Whether the kernel lets whoever has this process's ids trace it and have its memory dumped (PR_GET_DUMPABLE is 1). Of a
/// program that was started with other ids than its caller's that is so where `fs.suid_dumpable` is 1, and there it becomes
/// so again with each change of its ids.
///
/// # Errors
/// What prctl(2) says: none is known.
pub fn is_traceable() -> io::Result<bool> {
    let unused: libc::c_ulong = 0;
    // SAFETY: this prctl takes integers and touches no memory of ours.
    match unsafe { libc::prctl(libc::PR_GET_DUMPABLE, unused, unused, unused, unused) } {
        0 | 2 => Ok(false),
        1 => Ok(true),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Ends this process at once (_exit(2)): what libraries want done at the end is not done (atexit(3), destructors), and
/// nothing is written out of buffers.
pub fn end_at_once(status: i32) -> ! {
    // SAFETY: the call takes an integer, touches no memory of ours, and does not come back.
    unsafe { libc::_exit(status) }
}

//! The environment that a set-uid program inherits is its caller's word.

use std::io;

/// Whether this process has one thread only, and shares its memory with no other process.
///
/// Asked of the kernel: `unshare(CLONE_THREAD)` does nothing in such a process and fails in every other (unshare(2)).
/// Where a sandbox forbids that call, the threads are counted in `/proc/self/task`; when that cannot be read either,
/// the answer is no.
#[must_use]
pub fn is_single_threaded() -> bool {
    // SAFETY: unshare() takes an integer and touches no memory of ours; this flag changes nothing (see above).
    if unsafe { libc::unshare(libc::CLONE_THREAD) } == 0 {
        return true;
    }
    if io::Error::last_os_error().raw_os_error() == Some(libc::EINVAL) {
        return false;
    }
    std::fs::read_dir("/proc/self/task").is_ok_and(|tasks| tasks.count() == 1)
}

/// Forgets the whole environment, for this process and what it starts.
///
/// # Errors
/// `EBUSY` when the process has more than one thread: another could be reading the environment at this moment.
pub fn clear_environment() -> io::Result<()> {
    if !is_single_threaded() {
        return Err(io::Error::from_raw_os_error(libc::EBUSY));
    }
    // SAFETY: clearenv() is unsound only while another thread uses the environment. There is no other thread, and none
    // can come into being, because only this one could start it.
    if unsafe { libc::clearenv() } != 0 {
        return Err(io::Error::from_raw_os_error(libc::ENOMEM));
    }
    Ok(())
}

/// Forgets the environment of a program that runs with more rights than its caller has (set-uid, set-gid, capabilities
/// of the file), before anything of Rust runs.
///
/// std's own start can fail, for the caller chooses how much memory there is; its panic message then asks
/// `RUST_BACKTRACE` whether to show addresses and to read the files that give them names.
extern "C" fn forget_the_callers_environment() {
    // SAFETY: getauxval() takes an integer and touches no memory of ours.
    if unsafe { libc::getauxval(libc::AT_SECURE) } != 0 {
        // SAFETY: clearenv() is unsound only while another thread uses the environment; before `main` there is none.
        // It cannot fail in a way that matters: `clear_environment` is called later and says so.
        let _ = unsafe { libc::clearenv() };
    }
}

/// The loader calls what stands in this section before `main`, in the order of the numbers.
// SAFETY: the section holds pointers to functions that are called with three arguments, which this one ignores; it needs
// nothing that is not there yet, for it calls the C library alone.
#[used]
#[unsafe(link_section = ".init_array.00098")]
static BEFORE_MAIN: extern "C" fn() = forget_the_callers_environment;

// The other half, a program with one thread, is tests/one_thread.rs: the test harness has threads.
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_with_threads_keeps_its_environment() {
        let (stop, wait) = std::sync::mpsc::channel::<()>();
        let other = std::thread::spawn(move || wait.recv());
        assert!(!is_single_threaded());
        assert_eq!(clear_environment().unwrap_err().raw_os_error(), Some(libc::EBUSY));
        assert!(std::env::var_os("PATH").is_some());
        drop(stop);
        let _ = other.join().unwrap();
    }
}

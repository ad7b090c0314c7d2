//! A process that has no descriptor left. Alone in its process: it takes them all.

#![allow(clippy::disallowed_types, reason = "opens files until no more can be opened")]

use std::fs::File;

use hostbased_sys::in_netgroup;

#[test]
#[cfg(target_env = "gnu")]
fn whether_a_netgroup_has_a_member_is_an_error() {
    let limit = libc::rlimit { rlim_cur: 64, rlim_max: 64 };
    // SAFETY: the limit is ours and is only read.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) }, 0);
    let ask = || in_netgroup(b"hostbased-no-such-group", Some(b"localhost"), None);
    // Not asked before: the C library remembers which name services are not there.
    let mut held = Vec::new();
    while let Ok(file) = File::open("/dev/null") {
        held.push(file);
    }
    let without = ask();
    drop(held);
    assert_eq!(without.unwrap_err().raw_os_error(), Some(libc::EMFILE));
    assert!(!ask().unwrap());
}

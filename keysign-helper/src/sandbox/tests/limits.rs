//! The limits that a run has, whatever its caller's are.

use std::io::Write as _;

use nix::sys::resource::getrlimit;

use super::*;
use crate::sandbox::limits::{Bound, LIMITS, bound};

const NOBODY: u32 = 65_534;

/// Sets each limit to its narrowest, hard or only soft, or to its widest. The process needs some of it to get here.
fn as_the_caller(word: &str) {
    for (resource, ours) in LIMITS {
        let (_, hard) = getrlimit(resource).unwrap();
        let narrow = ours.saturating_sub(1);
        let (soft, hard) = match word {
            "wide" => (hard, hard),
            "soft" => (narrow, hard),
            _ => (narrow, narrow),
        };
        setrlimit(resource, soft, hard).unwrap();
    }
}

/// Whether this process may raise hard limits (CAP_SYS_RESOURCE): not every root may.
fn may_raise() -> bool {
    let (_, hard) = getrlimit(Resource::RLIMIT_MSGQUEUE).unwrap();
    setrlimit(Resource::RLIMIT_MSGQUEUE, hard, hard.saturating_add(1)).is_ok()
}

#[test]
fn so_much_is_enough() {
    const MIB: u64 = 1024 * 1024;
    let expected = [
        (Resource::RLIMIT_NOFILE, 256),
        (Resource::RLIMIT_NPROC, 0),
        (Resource::RLIMIT_DATA, 64 * MIB),
        (Resource::RLIMIT_AS, 1024 * MIB),
        (Resource::RLIMIT_MEMLOCK, 4 * MIB),
        (Resource::RLIMIT_STACK, 8 * MIB),
    ];
    assert_eq!(LIMITS, expected);
}

#[test]
fn they_are_ours_whatever_the_callers_are() {
    const NAME: &str = "limits::they_are_ours_whatever_the_callers_are";
    if let Some(word) = wanted() {
        as_the_caller(&word);
        let started = begin().unwrap();
        for (resource, ours) in LIMITS {
            assert_eq!(getrlimit(resource), Ok((ours, ours)), "{resource:?}");
        }
        assert_eq!(getrlimit(Resource::RLIMIT_CORE), Ok((0, 0)));
        assert_eq!(prctl::get_dumpable(), Ok(false));
        assert_eq!(prctl::get_no_new_privs(), Ok(true));
        assert!(!started.no_new_privs_before());
        assert_eq!(started.missing.to_string(), "full");
        done();
    }
    let words: &[&str] = if may_raise() { &["wide", "soft", "hard"] } else { &["wide", "soft"] };
    for word in words {
        let output = in_a_process(NAME, word);
        assert!(is_done(&output), "{word}: {output:?}");
    }
}

#[test]
fn without_rights_a_narrower_limit_stays_and_is_told() {
    const NAME: &str = "limits::without_rights_a_narrower_limit_stays_and_is_told";
    if wanted().is_some() {
        as_the_caller("hard");
        // As a set-gid helper: without root's rights.
        nix::unistd::setuid(nix::unistd::Uid::from_raw(NOBODY)).unwrap();
        assert_eq!(bound(), Ok(Bound::ByTheCaller));
        for (resource, ours) in LIMITS {
            let narrow = ours.saturating_sub(1);
            assert_eq!(getrlimit(resource), Ok((narrow, narrow)), "{resource:?}");
        }
        assert_eq!(begin().unwrap().missing.to_string(), "without:limits");
        done();
    }
    if !nix::unistd::geteuid().is_root() {
        return skipped("without_rights_a_narrower_limit_stays_and_is_told");
    }
    let output = in_a_process(NAME, "hard");
    assert!(is_done(&output), "{output:?}");
}

/// A limit on locked memory, or on pending signals, counts by what comes of it: see key-memory, and deadline.
#[test]
fn less_memory_to_lock_is_no_lack_of_limits() {
    const NAME: &str = "limits::less_memory_to_lock_is_no_lack_of_limits";
    if wanted().is_some() {
        setrlimit(Resource::RLIMIT_MEMLOCK, 0, 0).unwrap();
        assert_eq!(begin().unwrap().missing.to_string(), "full");
        done();
    }
    let output = in_a_process(NAME, "locked");
    assert!(is_done(&output), "{output:?}");
}

#[test]
fn a_limit_on_files_is_an_error_and_no_signal() {
    const NAME: &str = "limits::a_limit_on_files_is_an_error_and_no_signal";
    if let Some(word) = wanted() {
        if word == "ours" {
            begin().unwrap();
        }
        let mut file = tempfile::tempfile().unwrap();
        setrlimit(Resource::RLIMIT_FSIZE, 0, 0).unwrap();
        assert_eq!(file.write(b"x").unwrap_err().raw_os_error(), Some(Errno::EFBIG as i32));
        done();
    }
    let output = in_a_process(NAME, "ours");
    assert!(is_done(&output), "{output:?}");
    // Otherwise it is a signal.
    let output = in_a_process(NAME, "nothing");
    assert_eq!(output.status.signal(), Some(nix::libc::SIGXFSZ));
}

#[test]
fn no_new_privileges_of_the_callers_is_told() {
    const NAME: &str = "limits::no_new_privileges_of_the_callers_is_told";
    if wanted().is_some() {
        prctl::set_no_new_privs().unwrap();
        assert!(begin().unwrap().no_new_privs_before());
        done();
    }
    let output = in_a_process(NAME, "set");
    assert!(is_done(&output), "{output:?}");
}

#[test]
fn tracing_is_forbidden_again_after_the_drop() {
    const NAME: &str = "limits::tracing_is_forbidden_again_after_the_drop";
    if wanted().is_some() {
        let started = begin().unwrap();
        // As the change of ids does it.
        prctl::set_dumpable(true).unwrap();
        let _stage_one = started.confine(&RealUser::drop_privileges().unwrap()).unwrap();
        assert_eq!(prctl::get_dumpable(), Ok(false));
        done();
    }
    let output = in_a_process(NAME, "drop");
    assert!(is_done(&output), "{output:?}");
}

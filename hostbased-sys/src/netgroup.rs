//! Who is in which netgroup, as the system's name services say (innetgr(3)).

use std::ffi::{CStr, CString};
use std::io;
#[cfg(target_env = "gnu")]
use std::sync::{Mutex, PoisonError};

/// Whether the netgroup has a member with this host and this user; `None` stands for any. The domain is not asked for.
///
/// Never where the C library has no innetgr(3) (musl), and never for a name with a NUL byte, which no netgroup has.
///
/// # Errors
/// `EMFILE`, `ENFILE` or `ENOMEM`, where the search ended without a member and this was the last that went wrong in it.
/// innetgr(3) itself says "no" then, and its "no" may still mean that it could not ask: not everything that goes wrong
/// is left in errno.
pub fn in_netgroup(group: &[u8], host: Option<&[u8]>, user: Option<&[u8]>) -> io::Result<bool> {
    let name = |bytes: &[u8]| CString::new(bytes).ok();
    let (Some(group), Ok(host), Ok(user)) = (name(group), optional(host), optional(user)) else { return Ok(false) };
    ask(&group, host.as_deref(), user.as_deref())
}

fn optional(name: Option<&[u8]>) -> Result<Option<CString>, std::ffi::NulError> {
    name.map(CString::new).transpose()
}

#[cfg(target_env = "gnu")]
fn ask(group: &CStr, host: Option<&CStr>, user: Option<&CStr>) -> io::Result<bool> {
    unsafe extern "C" {
        /// `netdb.h`; the libc crate does not have it.
        fn innetgr(
            netgroup: *const libc::c_char,
            host: *const libc::c_char,
            user: *const libc::c_char,
            domain: *const libc::c_char,
        ) -> libc::c_int;
    }
    // The manual says that it may race with itself and its kin.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let pointer = |name: Option<&CStr>| name.map_or(std::ptr::null(), CStr::as_ptr);
    // SAFETY: the pointer is to this thread's errno, which is always there.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: as above; nothing else refers to it meanwhile.
    unsafe { errno.write(0) };
    // SAFETY: the group is a C string, host and user are C strings or null, which stands for any, as the domain does; all
    // live during the call, which keeps none of them and writes to none. No other call of this crate runs meanwhile.
    if unsafe { innetgr(group.as_ptr(), pointer(host), pointer(user), std::ptr::null()) } == 1 {
        return Ok(true);
    }
    let error = io::Error::last_os_error();
    // Others, as ENOENT for a name service that is not there, are in the way of no answer.
    match error.raw_os_error() {
        Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM) => Err(error),
        _ => Ok(false),
    }
}

#[cfg(not(target_env = "gnu"))]
fn ask(_: &CStr, _: Option<&CStr>, _: Option<&CStr>) -> io::Result<bool> {
    Ok(false)
}

// A group that exists needs a file of the system's: tests/openssh has one, in its own /etc.
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_in_a_group_that_does_not_exist_or_has_no_name() {
        for group in [&b"hostbased-no-such-group"[..], b"", b"a\0b"] {
            assert!(!in_netgroup(group, Some(b"localhost"), None).unwrap(), "{group:?}");
            assert!(!in_netgroup(group, None, Some(b"root")).unwrap(), "{group:?}");
        }
        assert!(!in_netgroup(b"group", Some(b"a\0b"), None).unwrap());
    }
}

//! What the shadow database of the system says of an account (shadow(5), getspnam(3)).

use std::ffi::{CStr, CString};
use std::io;
use std::mem::MaybeUninit;
use std::ptr;

use crate::secret::SecretBytes;

/// Room for one entry, in bytes; more is asked for where that is too little.
const ROOM: usize = 4096;

/// Most room, in bytes.
const MOST_ROOM: usize = 1 << 20;

/// An account's entry, without its password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShadowEntry {
    /// Whether the password begins with `!`: passwd(1) and usermod(8) lock an account so.
    pub is_locked: bool,
    /// The last day of the account, in days since 1970; none when it has no end.
    pub last_day: Option<i64>,
}

/// The account's entry; none where there is none, or where the system tells this process nothing: only root may read
/// `/etc/shadow`. A name service that could not look may say that there is none, too.
///
/// # Errors
/// `ERANGE` for an entry of more than a mebibyte, `ENOMEM`, `EMFILE`, `ENFILE` and `EIO`; what mmap(2) says where there is
/// no memory.
pub fn shadow_entry(account: &[u8]) -> io::Result<Option<ShadowEntry>> {
    let Ok(account) = CString::new(account) else { return Ok(None) };
    let mut room = ROOM;
    loop {
        match ask(&account, room) {
            Err(error) if error.raw_os_error() == Some(libc::ERANGE) && room < MOST_ROOM => {
                room = room.saturating_mul(4);
            }
            Err(error) if is_failure(&error) => return Err(error),
            // As sshd, which asks getspnam() and takes no answer for no entry.
            Err(_) => return Ok(None),
            Ok(entry) => return Ok(entry),
        }
    }
}

/// Whether it is the look that has failed: another one may find an entry.
fn is_failure(error: &io::Error) -> bool {
    let failures = [libc::ERANGE, libc::ENOMEM, libc::EMFILE, libc::ENFILE, libc::EIO];
    error.raw_os_error().is_some_and(|number| failures.contains(&number)) || error.kind() == io::ErrorKind::OutOfMemory
}

fn ask(account: &CStr, room: usize) -> io::Result<Option<ShadowEntry>> {
    // The hash of the password comes to lie here.
    let mut buffer = SecretBytes::zeroed(room)?;
    let mut entry = MaybeUninit::<libc::spwd>::uninit();
    let mut found: *mut libc::spwd = ptr::null_mut();
    // SAFETY: the account is a C string; `entry`, the buffer of `room` bytes, and `found` are ours alone and live during
    // the call, which keeps none of them.
    let error = unsafe {
        libc::getspnam_r(account.as_ptr(), entry.as_mut_ptr(), buffer.as_mut_ptr().cast(), room, &raw mut found)
    };
    if error != 0 {
        return Err(io::Error::from_raw_os_error(error));
    }
    if found.is_null() {
        return Ok(None);
    }
    // SAFETY: the call succeeded and found an entry, which it has written to `entry`.
    let entry = unsafe { entry.assume_init_ref() };
    let is_locked = if entry.sp_pwdp.is_null() {
        false
    } else {
        // SAFETY: the password of an entry that was found is a C string inside the buffer, which is alive.
        unsafe { CStr::from_ptr(entry.sp_pwdp) }.to_bytes().starts_with(b"!")
    };
    #[allow(clippy::useless_conversion, reason = "a C long has 32 bits on some targets")]
    let last_day = i64::from(entry.sp_expire);
    Ok(Some(ShadowEntry { is_locked, last_day: if last_day == -1 { None } else { Some(last_day) } }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `getent` says: the same services, asked by another program. Without root's rights `/etc/shadow` cannot be
    /// read, but other services may have an answer.
    #[test]
    fn entries_are_those_of_the_name_services() {
        let getent = |database: &str, name: &str| {
            let output = std::process::Command::new("getent").args([database, name]).output().unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        let passwd = std::fs::read_to_string("/etc/passwd").unwrap();
        for name in passwd.lines().filter_map(|line| line.split(':').next()) {
            let line = getent("shadow", name);
            let fields: Vec<&str> = line.trim_end().split(':').collect();
            let expected = (fields.len() > 7)
                .then(|| ShadowEntry { is_locked: fields[1].starts_with('!'), last_day: fields[7].parse().ok() });
            assert_eq!(shadow_entry(name.as_bytes()).unwrap(), expected, "{name}");
        }
    }

    #[test]
    fn unknown_accounts_have_none() {
        for account in [&b"hostbased-no-such-account"[..], b"", b"ro\0ot"] {
            assert_eq!(shadow_entry(account).unwrap(), None, "{account:?}");
        }
    }
}

//! The names of groups.

use std::ffi::CStr;
use std::io;
use std::mem::MaybeUninit;
use std::ptr;

/// Room for one entry with its members, in bytes; more is asked for where that is too little.
const ROOM: usize = 16 * 1024;

/// Most room, in bytes: some 800,000 members. A directory's group of everybody has as many as there are users.
const MOST_ROOM: usize = 16 * 1024 * 1024;

/// The name of the group with this number, as its bytes are (getgrgid_r(3)); none where there is no such group.
///
/// # Errors
/// What the C library says: `ERANGE` for a group of more than 16 MiB.
pub fn group_name(group: u32) -> io::Result<Option<Vec<u8>>> {
    let mut room = ROOM;
    loop {
        match ask(group, room) {
            Err(error) if error.raw_os_error() == Some(libc::ERANGE) && room < MOST_ROOM => {
                room = room.saturating_mul(4).min(MOST_ROOM);
            }
            answer => return answer,
        }
    }
}

fn ask(group: u32, room: usize) -> io::Result<Option<Vec<u8>>> {
    let mut buffer: Vec<u8> = Vec::with_capacity(room);
    let mut entry = MaybeUninit::<libc::group>::uninit();
    let mut found: *mut libc::group = ptr::null_mut();
    // SAFETY: `entry`, the buffer with its `room` bytes of capacity, and `found` are ours alone and live during the call,
    // which keeps none of them.
    let error =
        unsafe { libc::getgrgid_r(group, entry.as_mut_ptr(), buffer.as_mut_ptr().cast(), room, &raw mut found) };
    if error != 0 {
        return Err(io::Error::from_raw_os_error(error));
    }
    if found.is_null() {
        return Ok(None);
    }
    // SAFETY: the call succeeded and found an entry, which it has written to `entry`.
    let name = unsafe { entry.assume_init_ref() }.gr_name;
    if name.is_null() {
        return Ok(None);
    }
    // SAFETY: the name of an entry that was found is a C string inside the buffer, which is alive.
    Ok(Some(unsafe { CStr::from_ptr(name) }.to_bytes().to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_has_its_name_and_a_number_without_one_has_none() {
        assert_eq!(group_name(0).unwrap().as_deref(), Some(&b"root"[..]));
        assert_eq!(group_name(4_000_000_001).unwrap(), None);
    }
}

//! What `refuse_executable_memory` refuses, and what goes on working. Alone in its process: there is no way back.

#![allow(clippy::disallowed_methods, reason = "the environment says how tests are run")]

use std::io;
use std::ptr;

use libc::{EACCES, EINVAL, MAP_ANONYMOUS, MAP_PRIVATE, PROT_EXEC, PROT_READ, PROT_WRITE};

const PAGE: usize = 4096;

/// Maps a page; its address.
fn map(protection: i32) -> Result<*mut libc::c_void, i32> {
    // SAFETY: a new private mapping at an address of the kernel's choice touches no memory that is in use.
    let address = unsafe { libc::mmap(ptr::null_mut(), PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) };
    if address == libc::MAP_FAILED { Err(errno()) } else { Ok(address) }
}

/// Changes what may be done with a page of `map`'s.
fn protect(address: *mut libc::c_void, protection: i32) -> Result<(), i32> {
    // SAFETY: the page was made by `map` and nothing refers to it.
    if unsafe { libc::mprotect(address, PAGE, protection) } == 0 { Ok(()) } else { Err(errno()) }
}

fn errno() -> i32 {
    io::Error::last_os_error().raw_os_error().unwrap()
}

#[test]
fn no_memory_becomes_executable() {
    let before = map(PROT_READ | PROT_WRITE).unwrap();
    assert_eq!(protect(before, PROT_READ | PROT_EXEC), Ok(()), "it could");
    assert!(map(PROT_READ | PROT_WRITE | PROT_EXEC).is_ok());
    match hostbased_sys::refuse_executable_memory() {
        Ok(()) => {}
        Err(error) => {
            // Linux before 6.3, or an architecture without it.
            assert_eq!(error.raw_os_error(), Some(EINVAL));
            eprintln!("SKIPPED hostbased-sys/executable_memory: needs Linux 6.3");
            return assert_ne!(std::env::var("CI").as_deref(), Ok("true"));
        }
    }
    assert_eq!(map(PROT_READ | PROT_WRITE | PROT_EXEC), Err(EACCES));
    let plain = map(PROT_READ | PROT_WRITE).unwrap();
    assert_eq!(protect(plain, PROT_READ | PROT_EXEC), Err(EACCES));
    assert_eq!(protect(plain, PROT_READ), Ok(()));
    // Modules of name services are loaded as before; this library comes with the C library.
    #[cfg(target_env = "gnu")]
    {
        // SAFETY: the name ends in a NUL, and the library's constructors are the C library's own.
        let library = unsafe { libc::dlopen(c"libresolv.so.2".as_ptr(), libc::RTLD_NOW) };
        assert!(!library.is_null());
    }
}

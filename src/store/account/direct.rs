//! `/etc/shadow` and `/etc/group` of the running system, read by ourselves.
//!
//! The name services answer "there is none" where they could not look: when no descriptor is left, glibc passes over a
//! file that it cannot open, and asks the next service. An account that is locked would not be, and a group that is denied
//! would be none of the account's. Whoever may connect can use up descriptors. Here, what cannot be read is an error.

use std::fs::File;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::open;
use nix::sys::stat::Mode;
use zeroize::Zeroizing;

use crate::store::error::{Problem, StoreError};
use crate::store::read::{MAX_FILE_BYTES, read_capped};
use crate::store::user_path::READ;

/// What stands in `/etc/shadow`; nothing where there is none, or where this process may not read it.
pub(super) fn shadow() -> Result<Bytes, StoreError> {
    match bytes("/etc/shadow") {
        Err(StoreError { problem: Problem::System { errno: Errno::EACCES, .. }, .. }) => Ok(Bytes::default()),
        answer => answer,
    }
}

/// What stands in `/etc/group`; nothing where there is none.
pub(super) fn group() -> Result<Bytes, StoreError> {
    bytes("/etc/group")
}

/// Wiped when they go: hashes of passwords are among them.
type Bytes = Zeroizing<Vec<u8>>;

/// Without a look at owner and mode: the name services, which read the same file for all others, have none either.
fn bytes(path: &'static str) -> Result<Bytes, StoreError> {
    let path = Path::new(path);
    let system = |errno| StoreError::new(path, Problem::System { action: "read it", errno });
    let file = match open(path, READ, Mode::empty()) {
        Ok(handle) => File::from(handle),
        Err(Errno::ENOENT) => return Ok(Bytes::default()),
        Err(errno) => return Err(system(errno)),
    };
    let bytes = read_capped(&file, MAX_FILE_BYTES).map_err(system)?;
    bytes.map(Zeroizing::new).ok_or_else(|| StoreError::new(path, Problem::TooLarge))
}

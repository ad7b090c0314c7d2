//! Who may change a file besides us.

use nix::sys::stat::FileStat;
use nix::unistd::geteuid;

use super::error::Problem;

/// Checks that nobody but root and the user who runs this may change a file or folder, as sshd's StrictModes does for
/// a user's own files (OpenSSH: misc.c `safe_path`). sshd does not check the system's files at all: we do.
pub(super) fn check_owner_and_mode(stat: &FileStat) -> Result<(), Problem> {
    let runner = geteuid().as_raw();
    if stat.st_uid != 0 && stat.st_uid != runner {
        return Err(Problem::Owner { owner: stat.st_uid, runner });
    }
    if stat.st_mode & 0o022 != 0 {
        return Err(Problem::Writable { mode: stat.st_mode & 0o7777 });
    }
    Ok(())
}

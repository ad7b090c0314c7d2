//! Who called, as far as it can be told.

use std::fs::File;
use std::io::Read as _;

use nix::unistd::getppid;

/// Longest name that is read: the kernel's own threads have 64 bytes at most, programs 15 (proc(5), comm).
const MAX_NAME_BYTES: u64 = 64;

/// The parent process: its number, and the name that it has given itself, which may be any (prctl(2), PR_SET_NAME); empty
/// where /proc does not show it. None where the parent is not of our process namespace.
pub(crate) fn calling_process() -> Option<(i32, Vec<u8>)> {
    let pid = getppid();
    if pid.as_raw() <= 0 {
        return None;
    }
    let name = name(&format!("/proc/{pid}/comm")).unwrap_or_default();
    // Whoever is still our parent has lived all the while, so the name was not one of another process with its number.
    if getppid() == pid { Some((pid.as_raw(), name)) } else { Some((pid.as_raw(), Vec::new())) }
}

fn name(path: &str) -> std::io::Result<Vec<u8>> {
    let mut name = Vec::new();
    File::open(path)?.take(MAX_NAME_BYTES).read_to_end(&mut name)?;
    if name.last() == Some(&b'\n') {
        name.pop();
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_one_that_the_kernel_shows() {
        let (pid, name) = calling_process().unwrap();
        assert_eq!(pid, getppid().as_raw());
        let expected = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap();
        assert_eq!(name, expected.trim_end_matches('\n').as_bytes());
    }
}

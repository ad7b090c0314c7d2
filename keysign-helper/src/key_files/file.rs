//! One private key file: opened, looked at by its owner and mode, read, closed.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use hostbased_sys::SecretBytes;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use thiserror::Error;

/// Longest key file, in bytes: RSA of 16384 bits has 13 KiB.
const MAX_BYTES: u64 = 64 * 1024;

/// What the mode of a key file must not have: execution or writing for its group, anything for others. The group may
/// read: a set-gid helper lives by that (RHEL's `ssh_keys`).
const FORBIDDEN_MODE: u32 = 0o037;

/// Why a key file was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum KeyFileProblem {
    #[error("{}", .0.desc())]
    Io(Errno),
    #[error("a link that leads nowhere")]
    Dangling,
    #[error("not a regular file")]
    NotRegular,
    #[error("belongs to user {0}, not to root")]
    Owner(u32),
    #[error("mode {0:04o} lets others in: at most 0640 is right (chmod 600, or 640 for a set-gid helper)")]
    Mode(u32),
    #[error("larger than {MAX_BYTES} bytes")]
    TooLarge,
}

impl From<io::Error> for KeyFileProblem {
    fn from(error: io::Error) -> Self {
        Self::Io(Errno::from_raw(error.raw_os_error().unwrap_or_default()))
    }
}

/// How key files are opened: the last two keep a terminal or a pipe in that place from doing anything.
pub(super) const FLAGS: OFlag = OFlag::O_CLOEXEC.union(OFlag::O_NOCTTY).union(OFlag::O_NONBLOCK);

/// Links are followed, for keys may live elsewhere; what counts is the file that was opened.
pub(super) fn read(path: &Path, owner: u32) -> Result<SecretBytes, KeyFileProblem> {
    read_opened(File::options().read(true).custom_flags(FLAGS.bits()).open(path)?, owner)
}

/// Reads a file that was opened with [`FLAGS`], and closes it.
pub(super) fn read_opened(mut file: File, owner: u32) -> Result<SecretBytes, KeyFileProblem> {
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(KeyFileProblem::NotRegular);
    }
    if found.uid() != owner {
        return Err(KeyFileProblem::Owner(found.uid()));
    }
    if found.mode() & FORBIDDEN_MODE != 0 {
        return Err(KeyFileProblem::Mode(found.mode() & 0o7777));
    }
    if found.len() > MAX_BYTES {
        return Err(KeyFileProblem::TooLarge);
    }
    let length = usize::try_from(found.len()).map_err(|_| KeyFileProblem::TooLarge)?;
    // Straight into locked memory, no buffer in between. What is appended meanwhile is not read.
    let mut bytes = SecretBytes::zeroed(length)?;
    let mut filled = 0_usize;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(count) => filled = filled.saturating_add(count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn outcome(path: &Path, owner: u32) -> Result<Vec<u8>, KeyFileProblem> {
        read(path, owner).map(|bytes| bytes.to_vec())
    }

    #[test]
    fn the_opened_files_owner_and_mode_decide() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("key"), folder.path().join("link"));
        fs::write(&path, "secret").unwrap();
        symlink("key", &link).unwrap();
        let me = fs::metadata(&path).unwrap().uid();
        for mode in 0..=0o777_u32 {
            fs::set_permissions(&path, Permissions::from_mode(mode | 0o400)).unwrap();
            let mode = mode | 0o400;
            let expected = match mode & 0o077 {
                0 | 0o040 => Ok(b"secret".to_vec()),
                _ => Err(KeyFileProblem::Mode(mode)),
            };
            assert_eq!(outcome(&path, me), expected, "{mode:o}");
            assert_eq!(outcome(&link, me), expected, "link to {mode:o}");
        }
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        assert_eq!(outcome(&path, me.wrapping_add(1)), Err(KeyFileProblem::Owner(me)));
    }

    #[test]
    fn other_things_than_files_are_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let me = fs::metadata(folder.path()).unwrap().uid();
        let pipe = folder.path().join("pipe");
        nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRUSR).unwrap();
        for path in [&pipe, folder.path(), Path::new("/dev/zero"), Path::new("/dev/tty")] {
            let problem = outcome(path, me).unwrap_err();
            let no_terminal = path == Path::new("/dev/tty") && matches!(problem, KeyFileProblem::Io(_));
            assert!(problem == KeyFileProblem::NotRegular || no_terminal, "{path:?} {problem:?}");
        }
        assert_eq!(outcome(&folder.path().join("absent"), me), Err(KeyFileProblem::Io(Errno::ENOENT)));
        symlink("loop", folder.path().join("loop")).unwrap();
        assert_eq!(outcome(&folder.path().join("loop"), me), Err(KeyFileProblem::Io(Errno::ELOOP)));
    }

    #[test]
    fn a_file_of_64_kib_is_the_largest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let me = fs::metadata(folder.path()).unwrap().uid();
        for (length, right) in [(0, true), (65_536, true), (65_537, false)] {
            fs::write(&path, vec![b'x'; length]).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
            let expected = if right { Ok(vec![b'x'; length]) } else { Err(KeyFileProblem::TooLarge) };
            assert_eq!(outcome(&path, me), expected, "{length}");
        }
    }
}

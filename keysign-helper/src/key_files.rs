//! The private key files: opened and read with the privileges that the helper starts with, closed at once, and not
//! looked into before those are gone.
//!
//! OpenSSH keeps the descriptors open over the change of ids. CVE-2026-46333 let any user take them from the exiting
//! process; here there is none to take.

use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use hostbased_sys::SecretBytes;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use thiserror::Error;

use crate::privilege::RealUser;

/// The files of OpenSSH's helper (ssh-keysign.c, pathnames.h), in the order in which `ssh` tries keys. A key in
/// `ssh_host_mldsa44_ed25519_key` is not supported: the algorithm is not.
pub(crate) const KEY_FILES: [&str; 3] =
    ["/etc/ssh/ssh_host_ed25519_key", "/etc/ssh/ssh_host_ecdsa_key", "/etc/ssh/ssh_host_rsa_key"];

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

/// What came of one file.
#[derive(Debug)]
pub(crate) struct KeyFile {
    pub(crate) path: &'static str,
    pub(crate) content: Result<SecretBytes, KeyFileProblem>,
}

/// The files' bytes, out of everybody's reach until the privileges are gone.
#[derive(Debug)]
pub(crate) struct SealedKeys(Vec<KeyFile>);

impl SealedKeys {
    /// Reads the files that there are. `owner` is the user id that they must belong to: root's.
    pub(crate) fn read(paths: &[&'static str], owner: u32) -> Self {
        Self(paths.iter().map(|&path| KeyFile { path, content: read(Path::new(path), owner) }).collect())
    }

    /// Whether all of them are in locked memory.
    pub(crate) fn are_locked(&self) -> bool {
        self.0.iter().filter_map(|file| file.content.as_ref().ok()).all(SecretBytes::is_locked)
    }

    /// Hands the bytes out, to one whose privileges are gone.
    pub(crate) fn unseal(self, _proof: &RealUser) -> Vec<KeyFile> {
        self.0
    }
}

/// Links are followed, for keys may live elsewhere; what counts is the file that was opened.
fn read(path: &Path, owner: u32) -> Result<SecretBytes, KeyFileProblem> {
    // Close-on-exec comes from std. The two others keep a terminal or a pipe in that place from doing anything.
    let flags = OFlag::O_NOCTTY | OFlag::O_NONBLOCK;
    let mut file = OpenOptions::new().read(true).custom_flags(flags.bits()).open(path)?;
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

    #[test]
    fn no_descriptor_of_a_key_stays_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "secret").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        let open_here = || {
            let listing = fs::read_dir("/proc/self/fd").unwrap();
            listing.filter(|entry| fs::read_link(entry.as_ref().unwrap().path()).is_ok_and(|to| to == path)).count()
        };
        let held = fs::File::open(&path).unwrap();
        assert_eq!(open_here(), 1, "the test can see it");
        drop(held);
        let path: &'static str = Box::leak(path.display().to_string().into_boxed_str());
        let me = fs::metadata(folder.path()).unwrap().uid();
        let sealed = SealedKeys::read(&[path], me);
        assert_eq!(open_here(), 0);
        let keys = sealed.unseal(&RealUser::drop_privileges().unwrap());
        assert_eq!(&**keys[0].content.as_ref().unwrap(), b"secret");
    }
}

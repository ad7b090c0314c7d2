//! The private key files: opened and read with the privileges that the helper starts with, closed at once, and not
//! looked into before those are gone.
//!
//! OpenSSH keeps the descriptors open over the change of ids. CVE-2026-46333 let any user take them from the exiting
//! process; here there is none to take.

mod file;
mod folder;

use std::path::{Path, PathBuf};

use hostbased_sys::SecretBytes;
use nix::errno::Errno;

pub(crate) use self::file::KeyFileProblem;
pub(crate) use self::folder::KeyFolderError;
use crate::admin_file::shown;
use crate::privilege::RealUser;

/// The files of OpenSSH's helper (ssh-keysign.c, pathnames.h), in the order in which `ssh` tries keys. A key in
/// `ssh_host_mldsa44_ed25519_key` is not supported: the algorithm is not.
pub(crate) const KEY_FILES: [&str; 3] =
    ["/etc/ssh/ssh_host_ed25519_key", "/etc/ssh/ssh_host_ecdsa_key", "/etc/ssh/ssh_host_rsa_key"];

/// Other host keys: files in here, or links to them.
pub(crate) const KEY_FOLDER: &str = "/etc/ssh/keysign.keys.d";

/// What came of one file.
#[derive(Debug)]
pub(crate) struct KeyFile {
    path: PathBuf,
    pub(crate) content: Result<SecretBytes, KeyFileProblem>,
}

impl KeyFile {
    /// Its path as it is shown.
    pub(crate) fn shown(&self) -> String {
        shown(&self.path)
    }
}

/// The files' bytes, out of everybody's reach until the privileges are gone.
#[derive(Debug)]
pub(crate) struct SealedKeys {
    files: Vec<KeyFile>,
    /// What keeps the folder from being believed; told when the privileges are gone.
    folder: Result<(), KeyFolderError>,
}

impl SealedKeys {
    /// Reads the files that there are: those with a fixed name, then those in the folder, in the order of their names.
    /// `owner` is the user id that all of it must belong to: root's.
    pub(crate) fn read(paths: &[&str], folder: &Path, owner: u32) -> Self {
        let fixed = paths.iter().map(|&path| KeyFile { path: path.into(), content: file::read(path.as_ref(), owner) });
        let mut files: Vec<KeyFile> = fixed.collect();
        let folder = match folder::read(folder, owner) {
            Ok(more) => {
                files.extend(more);
                Ok(())
            }
            // As with the files: whoever installed the helper without the right to read it is told so with the rest.
            Err(KeyFolderError::Io(Errno::EACCES)) => {
                files.push(KeyFile { path: folder.into(), content: Err(KeyFileProblem::Io(Errno::EACCES)) });
                Ok(())
            }
            Err(error) => Err(error),
        };
        Self { files, folder }
    }

    /// Whether all of them are in locked memory.
    pub(crate) fn are_locked(&self) -> bool {
        self.files.iter().filter_map(|file| file.content.as_ref().ok()).all(SecretBytes::is_locked)
    }

    /// Hands the bytes out, to one whose privileges are gone.
    ///
    /// # Errors
    /// [`KeyFolderError`]: then the fixed files do not count either.
    pub(crate) fn unseal(self, _proof: &RealUser) -> Result<Vec<KeyFile>, KeyFolderError> {
        self.folder.map(|()| self.files)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::*;

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
        let me = fs::metadata(folder.path()).unwrap().uid();
        let absent = folder.path().join("absent");
        for (fixed, from) in [(&[path.to_str().unwrap()][..], absent.as_path()), (&[], folder.path())] {
            let sealed = SealedKeys::read(fixed, from, me);
            assert_eq!(open_here(), 0);
            let keys = sealed.unseal(&RealUser::drop_privileges().unwrap()).unwrap();
            assert_eq!(&**keys[0].content.as_ref().unwrap(), b"secret");
        }
    }

    #[test]
    fn the_fixed_files_come_first_and_a_bad_folder_spoils_them_too() {
        let folder = tempfile::tempdir().unwrap();
        let more = folder.path().join("more");
        fs::create_dir(&more).unwrap();
        for (name, text) in [("fixed", "1"), ("more/b", "3"), ("more/a", "2")] {
            fs::write(folder.path().join(name), text).unwrap();
            fs::set_permissions(folder.path().join(name), Permissions::from_mode(0o600)).unwrap();
        }
        let me = fs::metadata(folder.path()).unwrap().uid();
        let fixed = folder.path().join("fixed");
        let read = || {
            let sealed = SealedKeys::read(&[fixed.to_str().unwrap()], &more, me);
            sealed.unseal(&RealUser::drop_privileges().unwrap())
        };
        fs::set_permissions(&more, Permissions::from_mode(0o755)).unwrap();
        let contents: Vec<Vec<u8>> = read().unwrap().into_iter().map(|file| file.content.unwrap().to_vec()).collect();
        assert_eq!(contents, [b"1", b"2", b"3"]);
        fs::set_permissions(&more, Permissions::from_mode(0o777)).unwrap();
        assert_eq!(read().unwrap_err(), KeyFolderError::Mode(0o777));
    }
}

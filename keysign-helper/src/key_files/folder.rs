//! The folder of other host keys: a file or link for each, so that no text has to be read for their names.

use std::ffi::OsStr;
use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{OFlag, openat};
use nix::sys::stat::{Mode, SFlag, fstat};
use thiserror::Error;

use super::file::{FLAGS, KeyFileProblem, read_opened};
use super::{KEY_FOLDER, KeyFile};

/// Most files that are read.
const MAX_FILES: usize = 32;

/// Why the folder is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum KeyFolderError {
    #[error("{KEY_FOLDER}: {}", .0.desc())]
    Io(Errno),
    #[error("{KEY_FOLDER}: not a folder, but a link or something else")]
    NotAFolder,
    #[error("{KEY_FOLDER}: belongs to user {0}, not to root (chown root)")]
    Owner(u32),
    #[error("{KEY_FOLDER}: mode {0:04o} lets others write it (chmod 755, or less)")]
    Mode(u32),
    #[error("{KEY_FOLDER}: more than {MAX_FILES} keys")]
    TooMany,
}

/// Reads every file of the folder in the order of their names, which may be any but those that begin with a dot, and the
/// public keys that ssh-keygen(1) puts beside. None when there is no such folder. What is wrong with one file is said of it
/// and spoils no other.
///
/// The folder is opened once, as itself and not through a link. Files are opened from there; links to them are followed,
/// for only root can have put them here.
pub(super) fn read(path: &Path, owner: u32) -> Result<Vec<KeyFile>, KeyFolderError> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let mut folder = match Dir::open(path, flags, Mode::empty()) {
        Ok(folder) => folder,
        Err(Errno::ENOENT) => return Ok(Vec::new()),
        // The latter is the kernel's answer to a link.
        Err(Errno::ENOTDIR | Errno::ELOOP) => return Err(KeyFolderError::NotAFolder),
        Err(errno) => return Err(KeyFolderError::Io(errno)),
    };
    let found = fstat(&folder).map_err(KeyFolderError::Io)?;
    if found.st_uid != owner {
        return Err(KeyFolderError::Owner(found.st_uid));
    }
    if found.st_mode & (Mode::S_IWGRP | Mode::S_IWOTH).bits() != 0 {
        return Err(KeyFolderError::Mode(found.st_mode & !SFlag::S_IFMT.bits()));
    }
    let mut names = names(&mut folder)?;
    names.sort();
    let file = |name: Vec<u8>| {
        let name = OsStr::from_bytes(&name);
        let opened = openat(&folder, name, OFlag::O_RDONLY | FLAGS, Mode::empty());
        let not_opened =
            |errno| if errno == Errno::ENOENT { KeyFileProblem::Dangling } else { KeyFileProblem::Io(errno) };
        let content = opened.map_err(not_opened).and_then(|opened| read_opened(File::from(opened), owner));
        KeyFile { path: path.join(name), content }
    };
    Ok(names.into_iter().map(file).collect())
}

fn names(folder: &mut Dir) -> Result<Vec<Vec<u8>>, KeyFolderError> {
    let mut names = Vec::new();
    for entry in folder.iter() {
        let entry = entry.map_err(KeyFolderError::Io)?;
        let name = entry.file_name().to_bytes();
        if name.starts_with(b".") || name.ends_with(b".pub") {
            continue;
        }
        if names.len() >= MAX_FILES {
            return Err(KeyFolderError::TooMany);
        }
        names.push(name.to_vec());
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    use std::path::PathBuf;

    use super::*;

    type Outcome = Result<String, KeyFileProblem>;

    struct Lab(tempfile::TempDir);

    impl Lab {
        fn new() -> Self {
            let lab = Self(tempfile::tempdir().unwrap());
            fs::create_dir(lab.folder()).unwrap();
            fs::set_permissions(lab.folder(), Permissions::from_mode(0o755)).unwrap();
            lab
        }

        fn folder(&self) -> PathBuf {
            self.0.path().join("keys.d")
        }

        fn me(&self) -> u32 {
            fs::metadata(self.0.path()).unwrap().uid()
        }

        /// A file of this name that holds its own name.
        fn write(&self, name: &str, mode: u32) {
            fs::write(self.folder().join(name), name).unwrap();
            fs::set_permissions(self.folder().join(name), Permissions::from_mode(mode)).unwrap();
        }

        /// Each file's name and what came of it.
        fn read(&self) -> Result<Vec<(String, Outcome)>, KeyFolderError> {
            let text = |file: KeyFile| {
                let name = file.path.strip_prefix(self.folder()).unwrap().to_str().unwrap().to_owned();
                (name, file.content.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap()))
            };
            read(&self.folder(), self.me()).map(|files| files.into_iter().map(text).collect())
        }
    }

    #[test]
    fn files_and_links_are_read_in_the_order_of_their_names() {
        let lab = Lab::new();
        for name in ["b", "a", ".hidden", "a.pub", "c.pub.key", "pub"] {
            lab.write(name, 0o600);
        }
        fs::write(lab.0.path().join("elsewhere"), "there").unwrap();
        fs::set_permissions(lab.0.path().join("elsewhere"), Permissions::from_mode(0o640)).unwrap();
        symlink("../elsewhere", lab.folder().join("link")).unwrap();
        let found = lab.read().unwrap();
        let found: Vec<(&str, &str)> =
            found.iter().map(|(name, text)| (&name[..], &text.as_ref().unwrap()[..])).collect();
        assert_eq!(found, [("a", "a"), ("b", "b"), ("c.pub.key", "c.pub.key"), ("link", "there"), ("pub", "pub")]);
    }

    #[test]
    fn what_is_wrong_with_one_file_spoils_no_other() {
        let lab = Lab::new();
        lab.write("good", 0o600);
        lab.write("open", 0o644);
        symlink("nowhere", lab.folder().join("dangling")).unwrap();
        symlink("loop", lab.folder().join("loop")).unwrap();
        symlink("/dev/zero", lab.folder().join("zero")).unwrap();
        fs::create_dir(lab.folder().join("folder")).unwrap();
        nix::unistd::mkfifo(&lab.folder().join("pipe"), Mode::S_IRUSR).unwrap();
        let expected = [
            ("dangling", Err(KeyFileProblem::Dangling)),
            ("folder", Err(KeyFileProblem::NotRegular)),
            ("good", Ok("good".to_owned())),
            ("loop", Err(KeyFileProblem::Io(Errno::ELOOP))),
            ("open", Err(KeyFileProblem::Mode(0o644))),
            ("pipe", Err(KeyFileProblem::NotRegular)),
            ("zero", Err(KeyFileProblem::NotRegular)),
        ];
        assert_eq!(lab.read().unwrap(), expected.map(|(name, outcome)| (name.to_owned(), outcome)));
    }

    #[test]
    fn no_folder_is_no_key_and_a_folder_that_others_write_is_refused() {
        let lab = Lab::new();
        lab.write("key", 0o600);
        for (mode, expected) in [
            (0o755, Ok(1)),
            (0o700, Ok(1)),
            (0o750, Ok(1)),
            (0o500, Ok(1)),
            (0o775, Err(KeyFolderError::Mode(0o775))),
            (0o757, Err(KeyFolderError::Mode(0o757))),
            (0o1777, Err(KeyFolderError::Mode(0o1777))),
        ] {
            fs::set_permissions(lab.folder(), Permissions::from_mode(mode)).unwrap();
            assert_eq!(lab.read().map(|files| files.len()), expected, "{mode:o}");
        }
        fs::set_permissions(lab.folder(), Permissions::from_mode(0o755)).unwrap();
        let others = read(&lab.folder(), lab.me().wrapping_add(1)).unwrap_err();
        assert_eq!(others, KeyFolderError::Owner(lab.me()));
        fs::rename(lab.folder(), lab.0.path().join("real")).unwrap();
        assert_eq!(lab.read().unwrap(), []);
        symlink("real", lab.folder()).unwrap();
        assert_eq!(lab.read(), Err(KeyFolderError::NotAFolder));
        fs::remove_file(lab.folder()).unwrap();
        symlink("nowhere", lab.folder()).unwrap();
        assert_eq!(lab.read(), Err(KeyFolderError::NotAFolder));
        fs::remove_file(lab.folder()).unwrap();
        fs::write(lab.folder(), "").unwrap();
        assert_eq!(lab.read(), Err(KeyFolderError::NotAFolder));
    }

    #[test]
    fn thirty_two_files_are_the_most() {
        let lab = Lab::new();
        for number in 0..32 {
            lab.write(&format!("key{number:02}"), 0o600);
            lab.write(&format!("key{number:02}.pub"), 0o644);
        }
        assert_eq!(lab.read().unwrap().len(), 32);
        lab.write("key32", 0o600);
        assert_eq!(lab.read(), Err(KeyFolderError::TooMany));
    }
}

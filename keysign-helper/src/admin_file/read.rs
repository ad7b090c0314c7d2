//! Opening a file and reading it whole.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use nix::fcntl::OFlag;
use nix::sys::stat::Mode;
use thiserror::Error;

/// Why a file was not read.
#[derive(Debug, Error)]
pub(crate) enum FileProblem {
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Someone else than those who may can change it.
    #[error("bad owner or permissions")]
    OwnerOrMode {
        /// User id of its owner.
        owner: u32,
        /// Its mode's last twelve bits.
        mode: u32,
    },
    #[error("not a regular file")]
    NotRegular,
    #[error("larger than {0} bytes")]
    TooLarge(u64),
}

/// A file's bytes and its owner.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) bytes: Vec<u8>,
    /// User id of its owner.
    pub(crate) owner: u32,
    /// It is a folder: empty, as fopen(3) and getline(3) have it.
    pub(crate) is_folder: bool,
}

/// Reads a file of at most `max` bytes that one of `owners` owns and that neither its group nor others can write.
pub(crate) fn read(path: &Path, owners: &[u32], max: u64) -> Result<Content, FileProblem> {
    let flags = OFlag::O_NOCTTY | OFlag::O_NONBLOCK;
    let file = OpenOptions::new().read(true).custom_flags(flags.bits()).open(path)?;
    let found = file.metadata()?;
    let writable_by_others = Mode::S_IWGRP | Mode::S_IWOTH;
    if !owners.contains(&found.uid()) || found.mode() & writable_by_others.bits() != 0 {
        return Err(FileProblem::OwnerOrMode { owner: found.uid(), mode: found.mode() & 0o7777 });
    }
    if found.is_dir() {
        return Ok(Content { bytes: Vec::new(), owner: found.uid(), is_folder: true });
    }
    if !found.is_file() {
        return Err(FileProblem::NotRegular);
    }
    Ok(Content { bytes: read_capped(file, max)?, owner: found.uid(), is_folder: false })
}

fn read_capped(file: File, max: u64) -> Result<Vec<u8>, FileProblem> {
    let mut bytes = Vec::new();
    let read = file.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(read).is_ok_and(|read| read <= max) { Ok(bytes) } else { Err(FileProblem::TooLarge(max)) }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn files_that_others_can_change_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        fs::write(&path, "Host *\n").unwrap();
        let me = fs::metadata(&path).unwrap().uid();
        for (mode, owners, right) in [
            (0o644, &[me][..], true),
            (0o600, &[me], true),
            (0o444, &[me.wrapping_add(1), me], true),
            (0o644, &[me.wrapping_add(1)], false),
            (0o664, &[me], false),
            (0o646, &[me], false),
            (0o666, &[me], false),
        ] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            match read(&path, owners, 100) {
                Ok(content) => assert!(right && content.bytes == b"Host *\n" && content.owner == me, "{mode:o}"),
                Err(error) => assert!(
                    !right
                        && matches!(error, FileProblem::OwnerOrMode { owner, mode: found } if owner == me && found == mode),
                    "{mode:o} {error}"
                ),
            }
        }
    }

    #[test]
    fn a_folder_is_empty_and_other_things_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let me = fs::metadata(folder.path()).unwrap().uid();
        let content = read(folder.path(), &[me], 0).unwrap();
        assert!(content.is_folder && content.bytes.is_empty());
        let pipe = folder.path().join("pipe");
        nix::unistd::mkfifo(&pipe, Mode::S_IRUSR).unwrap();
        assert!(matches!(read(&pipe, &[me], 0), Err(FileProblem::NotRegular)));
        let large = folder.path().join("large");
        fs::write(&large, vec![b'#'; 4096]).unwrap();
        let content = read(&large, &[me], 4096).unwrap();
        assert!(!content.is_folder && content.bytes.len() == 4096);
        assert!(matches!(read(&large, &[me], 4095), Err(FileProblem::TooLarge(4095))));
        let absent = read(&folder.path().join("absent"), &[me], 0);
        assert!(matches!(absent, Err(FileProblem::Io(error)) if error.kind() == io::ErrorKind::NotFound));
    }
}

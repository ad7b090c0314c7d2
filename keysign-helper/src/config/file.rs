//! Opening a configuration file and reading it whole.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use nix::fcntl::OFlag;
use nix::sys::stat::Mode;
use thiserror::Error;

/// Longest configuration file, in bytes. The stock one has 2 KiB.
const MAX_BYTES: u64 = 1024 * 1024;

/// Why a file was not read.
#[derive(Debug, Error)]
pub(super) enum FileProblem {
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Someone else than those who may can change it.
    #[error("bad owner or permissions")]
    OwnerOrMode,
    #[error("not a regular file")]
    NotRegular,
    #[error("larger than {MAX_BYTES} bytes")]
    TooLarge,
}

/// A file's bytes and its owner.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) bytes: Vec<u8>,
    /// User id of its owner.
    pub(super) owner: u32,
}

/// Reads a file that one of `owners` owns and that neither its group nor others can write.
///
/// A folder is an empty file, as fopen(3) and getline(3) have it: a pattern may match one.
pub(super) fn read(path: &Path, owners: &[u32]) -> Result<Content, FileProblem> {
    let flags = OFlag::O_NOCTTY | OFlag::O_NONBLOCK;
    let file = OpenOptions::new().read(true).custom_flags(flags.bits()).open(path)?;
    let found = file.metadata()?;
    let writable_by_others = Mode::S_IWGRP | Mode::S_IWOTH;
    if !owners.contains(&found.uid()) || found.mode() & writable_by_others.bits() != 0 {
        return Err(FileProblem::OwnerOrMode);
    }
    if found.is_dir() {
        return Ok(Content { bytes: Vec::new(), owner: found.uid() });
    }
    if !found.is_file() {
        return Err(FileProblem::NotRegular);
    }
    Ok(Content { bytes: read_capped(file)?, owner: found.uid() })
}

fn read_capped(file: File) -> Result<Vec<u8>, FileProblem> {
    let mut bytes = Vec::new();
    let read = file.take(MAX_BYTES.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(read).is_ok_and(|read| read <= MAX_BYTES) { Ok(bytes) } else { Err(FileProblem::TooLarge) }
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
            match read(&path, owners) {
                Ok(content) => assert!(right && content.bytes == b"Host *\n" && content.owner == me, "{mode:o}"),
                Err(error) => assert!(!right && matches!(error, FileProblem::OwnerOrMode), "{mode:o} {error}"),
            }
        }
    }

    #[test]
    fn a_folder_is_empty_and_other_things_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let me = fs::metadata(folder.path()).unwrap().uid();
        assert!(read(folder.path(), &[me]).unwrap().bytes.is_empty());
        let pipe = folder.path().join("pipe");
        nix::unistd::mkfifo(&pipe, Mode::S_IRUSR).unwrap();
        assert!(matches!(read(&pipe, &[me]), Err(FileProblem::NotRegular)));
        let large = folder.path().join("large");
        fs::write(&large, vec![b'#'; 1024 * 1024]).unwrap();
        assert_eq!(read(&large, &[me]).unwrap().bytes.len(), 1024 * 1024);
        fs::write(&large, vec![b'#'; 1024 * 1024 + 1]).unwrap();
        assert!(matches!(read(&large, &[me]), Err(FileProblem::TooLarge)));
        let absent = read(&folder.path().join("absent"), &[me]);
        assert!(matches!(absent, Err(FileProblem::Io(error)) if error.kind() == io::ErrorKind::NotFound));
    }
}

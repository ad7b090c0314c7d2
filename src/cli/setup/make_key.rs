//! A new host key, by ssh-keygen(1).
#![allow(clippy::disallowed_methods, reason = "reads the key that was made in a folder of our own")]

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

use zeroize::Zeroizing;

use super::problem::SetupError;
use super::programs::{find, must_run};
use crate::store::{Ownership, Root, Staged};

const PRIVATE: Ownership = Ownership { owner: 0, group: 0, mode: 0o600 };
const PUBLIC: Ownership = Ownership { owner: 0, group: 0, mode: 0o644 };

/// A folder for nobody else, in memory, that goes with all that is in it.
pub(super) struct Private(PathBuf);

impl Private {
    /// # Errors
    /// [`SetupError`].
    pub(super) fn new() -> Result<Self, SetupError> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(|error| SetupError::Random(error.to_string()))?;
        let path = PathBuf::from(format!("/run/hostbased-setup-{:016x}", u64::from_le_bytes(random)));
        DirBuilder::new().mode(0o700).create(&path).map_err(SetupError::Key)?;
        Ok(Self(path))
    }

    /// Makes a key there, and returns its path.
    ///
    /// # Errors
    /// [`SetupError`].
    pub(super) fn make(&self, kind: &str, bits: Option<u32>, comment: Option<&str>) -> Result<PathBuf, SetupError> {
        let keygen =
            find("ssh-keygen").ok_or(SetupError::NoProgram("ssh-keygen", "install openssh-client (openssh)"))?;
        let path = self.0.join("key");
        let shown = path.to_string_lossy().into_owned();
        let mut arguments = ["-q", "-t", kind, "-N", "", "-f", shown.as_str()].map(str::to_owned).to_vec();
        arguments.extend(bits.into_iter().flat_map(|bits| ["-b".to_owned(), bits.to_string()]));
        arguments.extend(comment.into_iter().flat_map(|comment| ["-C".to_owned(), comment.to_owned()]));
        must_run(&keygen, &arguments)?;
        Ok(path)
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        // In memory, and for root alone: what stays goes at the next start.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Makes a host key and its `.pub`; never over one that is there.
///
/// # Errors
/// [`SetupError`].
pub(super) fn make_key(root: &Root, path: &str, kind: &str, bits: Option<u32>) -> Result<(), SetupError> {
    let folder = Private::new()?;
    // The machine on which an image is made has nothing to do with those that start from it.
    let made = folder.make(kind, bits, if root.is_system() { None } else { Some("") })?;
    let read = |path: PathBuf| -> Result<Zeroizing<Vec<u8>>, io::Error> { fs::read(path).map(Zeroizing::new) };
    let private = read(made.clone()).map_err(SetupError::Key)?;
    let public = read(made.with_extension("pub")).map_err(SetupError::Key)?;
    Staged::write(root, path, &private, PRIVATE)?.put_new()?;
    // A .pub of a key that is gone may be there.
    Staged::write(root, format!("{path}.pub"), &public, PUBLIC)?.put()?;
    Ok(())
}

//! The files of a configuration, where nobody but root may have a say in them.

use crate::cli::config_files::ReadableFiles;
use crate::config::ConfigFiles;
use crate::store::{self, Root, StoreError};

/// The files below a root. One that others may write is refused, and so is a link that leads out of the root.
pub(super) struct RootFiles<'a> {
    root: &'a Root,
}

impl<'a> RootFiles<'a> {
    pub(super) const fn below(root: &'a Root) -> Self {
        Self { root }
    }
}

impl ConfigFiles for RootFiles<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        match store::read(self.root, path) {
            Ok(bytes) => Ok(bytes),
            Err(StoreError { problem: store::Problem::NoFolder, .. }) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, String> {
        ReadableFiles::below(self.root).glob(pattern)
    }
}

/// Whether there is this folder below the root.
pub(super) fn has_folder(root: &Root, folder: &str) -> bool {
    store::folder_ownership(root, format!("{folder}/none")).is_ok()
}

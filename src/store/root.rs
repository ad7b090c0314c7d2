//! The folder under which all paths are taken.

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use super::lock::LOCK_WAIT;

/// The folder under which all paths are taken: `/` of the running system, or the folder of an image or a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    path: PathBuf,
    lock_wait: Duration,
}

impl Root {
    /// The running system's own root.
    #[must_use]
    pub fn system() -> Self {
        Self::new("/")
    }

    /// A folder that stands for `/`. Symlinks *to* it are followed; it is opened at each use.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), lock_wait: LOCK_WAIT }
    }

    /// The same root, where an edit waits this long for other writers instead of [`LOCK_WAIT`].
    #[must_use]
    pub fn with_lock_wait(self, lock_wait: Duration) -> Self {
        Self { lock_wait, ..self }
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is the running system's own root.
    #[must_use]
    pub fn is_system(&self) -> bool {
        self.path == Path::new("/")
    }

    pub(super) const fn lock_wait(&self) -> Duration {
        self.lock_wait
    }

    /// Where a path lies, for people to read: symlinks are not looked at.
    #[must_use]
    pub fn join(&self, path: impl AsRef<Path>) -> PathBuf {
        let below =
            path.as_ref().components().filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
        self.path.join(below.collect::<PathBuf>())
    }
}

impl Default for Root {
    fn default() -> Self {
        Self::system()
    }
}

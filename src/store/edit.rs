//! Changing one file, or two that belong together.

use std::path::Path;

use nix::sys::stat::FileStat;
use thiserror::Error;

use super::error::{Problem, StoreError};
use super::lock::{Deadline, Lock};
use super::read::{Compared, compare_place};
use super::replace::Replacement;
use super::rewrite::Rewrite;
use super::root::Root;
use super::walk::{Place, walk};

/// Why an edit did not go through.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EditError<E> {
    /// A file could not be read, locked or written; nothing was changed (or, where the folder could not be brought to
    /// disk, the change may not survive a power failure).
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The change itself was refused; nothing was changed.
    #[error("{0}")]
    Change(E),
    /// The first file of a pair was changed, the second was not.
    #[error("{0}; the other file has been changed already: running the same command again completes it")]
    Half(StoreError),
}

/// Changes one file below the root.
///
/// Under the file's lock, `change` gets its content (`None` when there is no such file) and returns the new content,
/// or `None` to leave all as it is. Nothing is written when both are equal. A new file gets mode 0644. Returns
/// whether the file was written.
///
/// # Errors
/// [`EditError`]; whatever happens, the file holds its old or its new content, whole.
pub fn edit<E>(
    root: &Root,
    path: impl AsRef<Path>,
    change: impl FnOnce(Option<&[u8]>) -> Result<Option<Vec<u8>>, E>,
) -> Result<bool, EditError<E>> {
    let deadline = Deadline::after(root.lock_wait());
    let target = Locked::open(root, path.as_ref(), b"", deadline)?;
    let new = change(target.old_bytes()).map_err(EditError::Change)?;
    match target.prepare(new.map(Rewrite::from))? {
        Some(replacement) => replacement.commit().map(|()| true).map_err(EditError::Store),
        None => Ok(false),
    }
}

/// What a change of two files leads to: new content for each, or `None` for the one that stays.
pub type PairChange = [Option<Vec<u8>>; 2];

/// Changes two files below the root, as [`edit`] does one, under the locks of both.
///
/// The files are replaced in the given order; a crash in between leaves the first new and the second old. Both new
/// contents are on disk before the first is put in place, so that a full disk changes neither.
///
/// # Errors
/// [`EditError`].
pub fn edit_pair<E>(
    root: &Root,
    paths: [&Path; 2],
    change: impl FnOnce([Option<&[u8]>; 2]) -> Result<PairChange, E>,
) -> Result<[bool; 2], EditError<E>> {
    rewrite_pair(root, paths, [b"", b""], |old| Ok((paths, change(old)?.map(|new| new.map(Rewrite::from)))))
}

/// Which file is to be replaced first, and what each is to hold, in that order; `None` for the one that stays.
pub type PairRewrite<'a> = ([&'a Path; 2], [Option<Rewrite>; 2]);

/// Changes two files below the root, as [`edit_pair`] does, where the change says too in which order they are replaced, and
/// need not give again what stays. It gets the contents in the order of `paths`; `known` is what they are thought to be,
/// which saves memory where it is true.
///
/// # Errors
/// [`EditError`].
pub fn rewrite_pair<'a, E>(
    root: &Root,
    paths: [&'a Path; 2],
    known: [&[u8]; 2],
    change: impl FnOnce([Option<&[u8]>; 2]) -> Result<PairRewrite<'a>, E>,
) -> Result<[bool; 2], EditError<E>> {
    let deadline = Deadline::after(root.lock_wait());
    let [mut first, mut second] = Locked::open_pair(root, paths, known, deadline)?;
    let (order, [new_first, new_second]) =
        change([first.old_bytes(), second.old_bytes()]).map_err(EditError::Change)?;
    if order.first() != paths.first() {
        std::mem::swap(&mut first, &mut second);
    }
    let replacements = [first.prepare(new_first)?, second.prepare(new_second)?];
    let written = replacements.each_ref().map(Option::is_some);
    let [first, second] = replacements;
    let first_written = match first {
        Some(first) => {
            first.commit()?;
            true
        }
        None => false,
    };
    if let Some(second) = second {
        second.commit().map_err(|error| if first_written { EditError::Half(error) } else { error.into() })?;
    }
    Ok(written)
}

/// A file whose lock we hold, and what it held when we got it.
pub(super) struct Locked<'k> {
    pub(super) place: Place,
    /// What was thought that it held.
    known: &'k [u8],
    old: Option<Compared>,
    _lock: Lock,
}

impl<'k> Locked<'k> {
    pub(super) fn open(root: &Root, path: &Path, known: &'k [u8], deadline: Deadline) -> Result<Self, StoreError> {
        loop {
            let place = walk(root, path)?;
            let lock = Lock::take(&place, deadline)?;
            // The way may have changed while we waited: the lock must be the one beside the file we are going to read.
            let now = walk(root, path)?;
            if now.identity() == place.identity() {
                let old = compare_place(&now, known)?;
                return Ok(Self { place: now, known, old, _lock: lock });
            }
            if deadline.is_over() {
                return Err(StoreError::new(&root.join(path), Problem::Unsteady));
            }
        }
    }

    /// Takes both locks in an order that does not depend on the order of the paths, so that two writers never wait for
    /// each other in a ring.
    fn open_pair(
        root: &Root,
        [first, second]: [&Path; 2],
        [known_first, known_second]: [&'k [u8]; 2],
        deadline: Deadline,
    ) -> Result<[Self; 2], StoreError> {
        let places = [walk(root, first)?, walk(root, second)?];
        let [a, b] = places.each_ref().map(Place::identity);
        match a.cmp(&b) {
            std::cmp::Ordering::Less => {
                let locked = Self::open(root, first, known_first, deadline)?;
                Ok([locked, Self::open(root, second, known_second, deadline)?])
            }
            std::cmp::Ordering::Greater => {
                let locked = Self::open(root, second, known_second, deadline)?;
                Ok([Self::open(root, first, known_first, deadline)?, locked])
            }
            std::cmp::Ordering::Equal => Err(StoreError::new(&root.join(first), Problem::SameFile)),
        }
    }

    /// The file as it was found; none where there was none.
    pub(super) fn stat(&self) -> Option<&FileStat> {
        self.old.as_ref().map(|old| &old.stat)
    }

    pub(super) fn old_bytes(&self) -> Option<&[u8]> {
        self.old.as_ref().map(|old| old.bytes.as_deref().unwrap_or(self.known))
    }

    fn prepare(&self, new: Option<Rewrite>) -> Result<Option<Replacement<'_>>, StoreError> {
        let Some(new) = new.filter(|new| !self.old_bytes().is_some_and(|old| new.is_same(old))) else {
            return Ok(None);
        };
        Replacement::prepare(&self.place, self.stat(), &new.parts(self.old_bytes().unwrap_or_default())).map(Some)
    }
}

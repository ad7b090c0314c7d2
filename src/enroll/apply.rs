//! Carrying a plan out.

use std::path::Path;

use thiserror::Error;

use super::files::{Files, OtherFiles, SystemFile};
use super::make::Ground;
use super::plan::Plan;
use super::task::Task;
use super::texts::Texts;
use crate::lines;
use crate::store::{self, EditError, Rewrite, Root, StoreError};

/// Why a plan was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ApplyError {
    /// A file could not be read, locked or written.
    #[error(transparent)]
    Files(#[from] EditError<lines::EditError>),
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The plan that was carried out: the one made under the lock. What it says of who is admitted now, the matchers said of
    /// what was written.
    pub plan: Plan,
    /// Whether it is another one than was shown, because another writer was there meanwhile.
    pub replaced: bool,
}

/// Reads both files below a root, every line of them.
///
/// # Errors
/// [`StoreError`]; a file that does not exist is empty.
pub fn read_files(root: &Root) -> Result<Files, StoreError> {
    Ok(read_texts(root)?.parse())
}

/// Reads both files below a root, as bytes.
///
/// # Errors
/// [`StoreError`]; a file that does not exist is empty.
pub fn read_texts(root: &Root) -> Result<Texts, StoreError> {
    let read = |file: SystemFile| store::read(root, file.path()).map(Option::unwrap_or_default);
    Ok(Texts { known_hosts: read(SystemFile::KnownHosts)?, shosts: read(SystemFile::ShostsEquiv)? })
}

/// Reads what sshd asks besides both files, below a root.
///
/// # Errors
/// [`StoreError`]; a file that does not exist is empty.
pub fn read_other_files(root: &Root) -> Result<OtherFiles, StoreError> {
    let read = |path| store::read(root, path).map(Option::unwrap_or_default);
    Ok(OtherFiles::parse(&read(OtherFiles::HOSTS_EQUIV)?, &read(OtherFiles::KNOWN_HOSTS2)?))
}

/// Carries out the plan of these tasks that was shown, for the files as they were then. Under the lock they are read again;
/// where they say something else now, the plan is made anew from that. Files are written in the [order](Plan::order) that is
/// safe, and nothing is when nothing changes.
///
/// # Errors
/// [`ApplyError`].
pub fn apply(
    root: &Root,
    tasks: &[Task],
    ground: Ground<'_>,
    shown: &Plan,
    seen: &Texts,
) -> Result<Applied, ApplyError> {
    let files = [SystemFile::KnownHosts, SystemFile::ShostsEquiv];
    let mut made = None;
    let paths = files.map(|file| Path::new(file.path()));
    store::rewrite_pair(root, paths, [&seen.known_hosts, &seen.shosts], |old| {
        let [known_hosts, shosts] = old.map(Option::unwrap_or_default);
        // The very bytes that were seen, where they are the same.
        let is_same = is(&seen.known_hosts, known_hosts) && is(&seen.shosts, shosts);
        let plan = if is_same { shown.clone() } else { Plan::of_bytes([known_hosts, shosts], tasks, ground) };
        let order = plan.order();
        let rewrites = order.map(|file| {
            let patch = plan.patch(file);
            let old = if file == SystemFile::KnownHosts { known_hosts } else { shosts };
            (!patch.is_empty()).then(|| {
                let (keep, rest) = patch.apply(old);
                Rewrite { keep, rest }
            })
        });
        made = Some(plan);
        Ok((order.map(|file| Path::new(file.path())), rewrites))
    })?;
    let plan = made.unwrap_or_default();
    Ok(Applied { replaced: plan != *shown, plan })
}

fn is(this: &[u8], that: &[u8]) -> bool {
    std::ptr::eq(this, that) || this == that
}

//! Carrying a plan out.

use std::path::Path;

use thiserror::Error;

use super::files::{Files, OtherFiles, SystemFile};
use super::plan::Plan;
use super::registration::Registration;
use crate::lines;
use crate::name::HostText;
use crate::shosts::Netgroups;
use crate::store::{self, EditError, Root, StoreError};

/// Why a plan was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ApplyError {
    /// A file could not be read, locked or written.
    #[error(transparent)]
    Files(#[from] EditError<lines::EditError>),
    /// A file could not be read again after it was written.
    #[error("both files are written, but cannot be read again: {0}")]
    Again(StoreError),
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The plan that was carried out: the one made under the lock.
    pub plan: Plan,
    /// What both files hold now, read again.
    pub files: Files,
}

/// Reads both files below a root.
///
/// # Errors
/// [`StoreError`]; a file that does not exist is empty.
pub fn read_files(root: &Root) -> Result<Files, StoreError> {
    let read = |file: SystemFile| store::read(root, file.path()).map(Option::unwrap_or_default);
    Ok(Files::parse(&read(SystemFile::KnownHosts)?, &read(SystemFile::ShostsEquiv)?))
}

/// Reads what sshd asks besides both files, below a root.
///
/// # Errors
/// [`StoreError`]; a file that does not exist is empty.
pub fn read_other_files(root: &Root) -> Result<OtherFiles, StoreError> {
    let read = |path| store::read(root, path).map(Option::unwrap_or_default);
    Ok(OtherFiles::parse(&read(OtherFiles::HOSTS_EQUIV)?, &read(OtherFiles::KNOWN_HOSTS2)?))
}

/// Registers these hosts: plans anew from what the files hold under the lock, and writes known_hosts first, so that no
/// host is admitted whose key is unknown. Nothing is written when nothing changes.
///
/// # Errors
/// [`ApplyError`].
pub fn apply_enrolment(root: &Root, hosts: &[Registration], netgroups: &dyn Netgroups) -> Result<Applied, ApplyError> {
    apply(root, [SystemFile::KnownHosts, SystemFile::ShostsEquiv], |files| Plan::enroll(files, hosts, netgroups))
}

/// Removes these hosts: plans anew from what the files hold under the lock, and writes shosts.equiv first, so that a
/// host is shut out before its keys, by which its other names are found, are forgotten.
///
/// # Errors
/// [`ApplyError`].
pub fn apply_removal(root: &Root, hosts: &[HostText]) -> Result<Applied, ApplyError> {
    apply(root, [SystemFile::ShostsEquiv, SystemFile::KnownHosts], |files| Plan::remove(files, hosts))
}

fn apply(root: &Root, order: [SystemFile; 2], plan: impl Fn(&Files) -> Plan) -> Result<Applied, ApplyError> {
    let mut made = Plan::default();
    store::edit_pair(root, order.map(|file| Path::new(file.path())), |old| {
        let mut files = Files::default();
        for (file, old) in order.into_iter().zip(old) {
            files.set(file, old.unwrap_or_default());
        }
        made = plan(&files);
        made.apply_to(&mut files)?;
        let changed = |file| made.changes().iter().any(|change| change.file == file);
        Ok(order.map(|file| changed(file).then(|| files.bytes(file))))
    })?;
    let files = read_files(root).map_err(ApplyError::Again)?;
    Ok(Applied { plan: made, files })
}

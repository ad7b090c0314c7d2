//! The account's own files as Debian's sshd takes them.

use crate::known_hosts::KnownHosts;
use crate::shosts::Equiv;
use crate::verify::{Stat, UserFile, UserFiles};

/// The same files, where the group's right to write is overlooked: Debian's sshd does so when nobody else is in that group
/// (Debian: user-group-modes.patch).
pub(super) struct AsDebian<'a>(pub(super) &'a dyn UserFiles);

const fn overlook(stat: Stat) -> Stat {
    Stat { mode: stat.mode & !0o020, ..stat }
}

fn overlooked<T: ?Sized>(file: UserFile<'_, T>) -> UserFile<'_, T> {
    UserFile { stat: file.stat.map(overlook), ..file }
}

impl UserFiles for AsDebian<'_> {
    fn home(&self) -> Option<Stat> {
        self.0.home().map(overlook)
    }

    fn shosts(&self) -> UserFile<'_, dyn Equiv + '_> {
        overlooked(self.0.shosts())
    }

    fn rhosts(&self) -> UserFile<'_, dyn Equiv + '_> {
        overlooked(self.0.rhosts())
    }

    fn known_hosts(&self) -> UserFile<'_, dyn KnownHosts + '_> {
        overlooked(self.0.known_hosts())
    }

    fn known_hosts2(&self) -> UserFile<'_, dyn KnownHosts + '_> {
        overlooked(self.0.known_hosts2())
    }
}

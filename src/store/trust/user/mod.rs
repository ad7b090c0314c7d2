//! The account's own files, read when a decision asks for them, and with no more rights than the account has.
//!
//! The user chooses what stands in his home: links to other people's files, FIFOs, files that never end. So:
//!
//! - As root, each file is opened on a thread of its own that has the file rights of the account (its user, group and
//!   supplementary groups) and no capability; where that cannot be had, it is not opened. Links are followed then, as sshd
//!   follows them: they lead nowhere that the user could not go. Only the owner and mode of the home itself are looked at
//!   with the server's rights, as by sshd. A process that has done so leaves no core dump any more, and must not change
//!   its own ids meanwhile ([`hostbased_sys::spawn_with_file_rights`]).
//! - Not as root, there are only the server's own rights to open with. No symlink below the home is followed then, and the
//!   file must be the account's own: no link may lend out what the server may read. Such a file is missing, for sshd would
//!   have looked at where it leads.
//! - Opening never waits; a file system that does not answer within [`READ_WAIT`] is left to itself. At most [`MAX_READS`]
//!   threads read or hang for one account at a time, and [`MAX_ALL_READS`] for all together; further files wait for a place
//!   for [`PLACE_WAIT`], and are `EBUSY` then.
//! - What is no regular file, or one of proc(5), is not opened, and at most [`MAX_EQUIV_BYTES`] and
//!   [`MAX_KNOWN_HOSTS_BYTES`] are read.
//! - No index is made of what was read: the user would choose how much memory it takes.
//! - Nothing that stands in such a file is shown in any error or in `Debug`: it may be another's secret.
//!
//! A file that its user changes meanwhile is taken as it was read: he lets in nobody but into his own account.
//!
//! Each file is read at most once for a [`HomeFiles`], and so is the same in all of a decision; make a new one for each
//! attempt. The home is the account's own entry's, below the root. (sshd takes the home of the first account with the same
//! uid for the known_hosts files, and the entry's own for the others.)

mod open;
mod reads;

use std::fmt;
use std::sync::{Arc, OnceLock};

pub use open::{MAX_EQUIV_BYTES, MAX_KNOWN_HOSTS_BYTES};
pub use reads::{MAX_ALL_READS, MAX_READS, PLACE_WAIT, READ_WAIT};

use self::open::{Opener, UserBytes};
pub(super) use self::reads::Reads;
#[cfg(test)]
pub(super) use self::reads::Rights;
use crate::known_hosts::{self, KnownHosts};
use crate::shosts::{self, Equiv};
use crate::store::account::SystemAccount;
use crate::store::root::Root;
use crate::verify::{Content, Stat, Unreadable, UserFile, UserFiles};

/// An account's own files, for one attempt.
pub struct HomeFiles {
    opener: Opener,
    home: OnceLock<Option<Stat>>,
    shosts: Own<shosts::Scan>,
    rhosts: Own<shosts::Scan>,
    known_hosts: Own<known_hosts::Scan>,
    known_hosts2: Own<known_hosts::Scan>,
}

impl HomeFiles {
    pub(super) fn new(root: &Root, account: &SystemAccount, reads: &Arc<Reads>) -> Self {
        let own = |name: &str| format!("{}/{name}", account.home);
        Self {
            opener: Opener::new(root, account, reads),
            home: OnceLock::new(),
            shosts: Own::new(own(".shosts")),
            rhosts: Own::new(own(".rhosts")),
            known_hosts: Own::new(own(".ssh/known_hosts")),
            known_hosts2: Own::new(own(".ssh/known_hosts2")),
        }
    }

    /// The lines that count for nothing because something is wrong with them, in the files that were read: the file's path
    /// and the line's number, and nothing of what stands there.
    #[must_use]
    pub fn skipped_lines(&self) -> Vec<(&str, usize)> {
        fn lines<T>(own: &Own<T>, of: impl FnOnce(&T) -> Vec<usize>) -> impl Iterator<Item = (&str, usize)> {
            let content = own.read.get().and_then(|read| read.content.as_ref().ok()?.as_ref());
            content.map(of).unwrap_or_default().into_iter().map(|line| (own.path.as_str(), line))
        }
        let equiv = |scan: &shosts::Scan| scan.problems().map(|(line, _)| line).collect();
        let known = |scan: &known_hosts::Scan| scan.problems().map(|(line, _)| line).collect();
        let all = lines(&self.shosts, equiv).chain(lines(&self.rhosts, equiv));
        all.chain(lines(&self.known_hosts, known)).chain(lines(&self.known_hosts2, known)).collect()
    }

    fn equiv<'a>(&'a self, own: &'a Own<shosts::Scan>) -> UserFile<'a, dyn Equiv + 'a> {
        own.ask(&self.opener, MAX_EQUIV_BYTES, shosts::Scan::new).map(|scan| scan as &dyn Equiv)
    }

    fn known<'a>(&'a self, own: &'a Own<known_hosts::Scan>) -> UserFile<'a, dyn KnownHosts + 'a> {
        own.ask(&self.opener, MAX_KNOWN_HOSTS_BYTES, known_hosts::Scan::new).map(|scan| scan as &dyn KnownHosts)
    }
}

impl UserFiles for HomeFiles {
    fn home(&self) -> Option<Stat> {
        *self.home.get_or_init(|| self.opener.home())
    }

    fn shosts(&self) -> UserFile<'_, dyn Equiv + '_> {
        self.equiv(&self.shosts)
    }

    fn rhosts(&self) -> UserFile<'_, dyn Equiv + '_> {
        self.equiv(&self.rhosts)
    }

    fn known_hosts(&self) -> UserFile<'_, dyn KnownHosts + '_> {
        self.known(&self.known_hosts)
    }

    fn known_hosts2(&self) -> UserFile<'_, dyn KnownHosts + '_> {
        self.known(&self.known_hosts2)
    }
}

impl fmt::Debug for HomeFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HomeFiles").field("opener", &self.opener).finish_non_exhaustive()
    }
}

/// One of the files.
struct Own<T> {
    path: String,
    read: OnceLock<Read<T>>,
}

/// What came of reading it; no content for no file.
struct Read<T> {
    stat: Option<Stat>,
    content: Result<Option<T>, Unreadable>,
}

impl<T> Own<T> {
    const fn new(path: String) -> Self {
        Self { path, read: OnceLock::new() }
    }

    /// Reads it, unless that was done.
    fn ask(&self, opener: &Opener, most: u64, parse: impl FnOnce(Vec<u8>) -> T) -> Asked<'_, T> {
        let Read { stat, content } = self.read.get_or_init(|| {
            let UserBytes { stat, bytes } = opener.read(&self.path, most);
            Read { stat, content: bytes.map(|bytes| bytes.map(parse)) }
        });
        let content = match content {
            Ok(None) => Content::Missing,
            Ok(Some(content)) => Content::Read(content),
            Err(why) => Content::Unreadable(*why),
        };
        Asked { path: &self.path, stat: *stat, content }
    }
}

/// A [`UserFile`] of a type that has a size.
struct Asked<'a, T> {
    path: &'a str,
    stat: Option<Stat>,
    content: Content<'a, T>,
}

impl<'a, T> Asked<'a, T> {
    fn map<U: ?Sized>(self, of: impl FnOnce(&'a T) -> &'a U) -> UserFile<'a, U> {
        UserFile { path: self.path, stat: self.stat, content: self.content.map(of) }
    }
}

//! What all files said at one time.

use std::fmt;
use std::time::{Duration, Instant};

use super::held::{Found, Held};
use super::kind::{EquivFile, Kind, KnownHostsFile, RevokedFile};
use super::mark::Mark;
use super::paths::TrustPaths;
use super::reading::Trouble;
use crate::escape::escape;
use crate::known_hosts::KnownHosts;
use crate::revoked::RevokedKeys;
use crate::shosts::{Equiv, Netgroups};
use crate::store::root::Root;
use crate::verify::{Content, EquivSource, Files, KnownHostsSource, RevokedSource, Unreadable};

/// The system's files as they were found at one look. It does not change: who holds it decides by it to the end, while
/// others may have a newer one.
#[derive(Debug)]
pub struct Snapshot {
    equiv: [Held<EquivFile>; 2],
    known_hosts: [Held<KnownHostsFile>; 2],
    revoked_keys: Vec<Held<RevokedFile>>,
    /// When the look began.
    began: Instant,
    /// The marks of all files, each once; `None` where a file must be looked at again.
    marks: Option<Vec<Mark>>,
}

impl Snapshot {
    /// Before anything was looked at.
    pub(super) fn unseen(paths: &TrustPaths) -> Self {
        Self {
            equiv: [Held::unseen(&paths.hosts_equiv), Held::unseen(&paths.shosts_equiv)],
            known_hosts: [Held::unseen(&paths.known_hosts), Held::unseen(&paths.known_hosts2)],
            revoked_keys: paths.revoked_keys.iter().map(|path| Held::unseen(path)).collect(),
            began: Instant::now(),
            marks: None,
        }
    }

    /// The files as they are now. What has not changed is shared with this one.
    pub(super) fn look_again(&self, root: &Root, settling: Duration) -> Self {
        let began = Instant::now();
        let equiv = self.equiv.each_ref().map(|held| held.look_again(root, settling));
        let known_hosts = self.known_hosts.each_ref().map(|held| held.look_again(root, settling));
        let revoked_keys: Vec<_> = self.revoked_keys.iter().map(|held| held.look_again(root, settling)).collect();
        let all = equiv.iter().map(Held::marks);
        let all = all.chain(known_hosts.iter().map(Held::marks)).chain(revoked_keys.iter().map(Held::marks));
        let marks = all.collect::<Option<Vec<_>>>().map(|marks| {
            let mut marks = marks.concat();
            marks.sort_unstable();
            marks.dedup();
            marks
        });
        Self { equiv, known_hosts, revoked_keys, began, marks }
    }

    /// The same for who cannot wait for another look: each file that may have changed since is
    /// [`Unreadable::Changing`].
    pub(super) fn unless_changed(&self) -> Self {
        Self {
            equiv: self.equiv.each_ref().map(Held::unless_changed),
            known_hosts: self.known_hosts.each_ref().map(Held::unless_changed),
            revoked_keys: self.revoked_keys.iter().map(Held::unless_changed).collect(),
            began: self.began,
            marks: None,
        }
    }

    /// Whether the files still are as they were: one stat call for each of them and of the folders above.
    pub(super) fn is_current(&self) -> bool {
        self.marks.as_ref().is_some_and(|marks| marks.iter().all(Mark::holds))
    }

    /// When the look began: it has seen every change that was complete before.
    pub(super) const fn began(&self) -> Instant {
        self.began
    }

    /// The files as [`verify`](crate::verify) takes them.
    #[must_use]
    pub fn sources(&self) -> Sources<'_> {
        let [known_hosts, known_hosts2] = self.known_hosts.each_ref().map(|held| KnownHostsSource {
            file: held.file(),
            content: content(held, |KnownHostsFile(index)| index as &dyn KnownHosts),
        });
        Sources {
            equiv: self.equiv.each_ref().map(|held| EquivSource {
                file: held.file(),
                content: content(held, |EquivFile(index)| index as &dyn Equiv),
            }),
            known_hosts,
            known_hosts2,
            revoked_keys: self
                .revoked_keys
                .iter()
                .map(|held| RevokedSource {
                    file: held.file(),
                    content: content(held, |file: &RevokedFile| -> &RevokedKeys { &file.keys }),
                })
                .collect(),
        }
    }

    /// The files that could not be read, and why: for the server's log. A file that is merely not there is none of them.
    pub fn troubles(&self) -> impl Iterator<Item = FileTrouble<'_>> {
        let equiv = self.equiv.iter().filter_map(trouble);
        equiv.chain(self.known_hosts.iter().filter_map(trouble)).chain(self.revoked_keys.iter().filter_map(trouble))
    }

    /// The lines that are skipped because something is wrong with them, and the `@revoked` ones that OpenSSH would skip: for
    /// the server's log, after a change. Reads the files through.
    #[must_use]
    pub fn line_troubles(&self) -> Vec<LineTrouble<'_>> {
        let equiv = self.equiv.iter().flat_map(line_troubles);
        equiv.chain(self.known_hosts.iter().flat_map(line_troubles)).collect()
    }
}

fn line_troubles<K: Kind>(held: &Held<K>) -> Vec<LineTrouble<'_>> {
    let mut troubles: Vec<_> = match held.found() {
        Found::Read(file) => file.line_problems(),
        Found::Missing | Found::Unreadable(_) => Vec::new(),
    };
    troubles.sort_unstable();
    troubles.into_iter().map(|(line, problem)| LineTrouble { file: held.file(), line, problem }).collect()
}

/// A line that does not say what was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineTrouble<'a> {
    file: &'a str,
    line: usize,
    problem: String,
}

impl<'a> LineTrouble<'a> {
    /// The file, as it was named.
    #[must_use]
    pub const fn file(&self) -> &'a str {
        self.file
    }

    /// The line's number, counted from 1.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.line
    }
}

impl fmt::Display for LineTrouble<'_> {
    /// `file:line: what is wrong`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", escape(self.file).capped(4096), self.line, self.problem)
    }
}

fn content<'a, K: Kind, T: ?Sized>(held: &'a Held<K>, of: impl FnOnce(&'a K) -> &'a T) -> Content<'a, T> {
    match held.found() {
        Found::Missing => Content::Missing,
        Found::Unreadable(trouble) => Content::Unreadable(trouble.why),
        Found::Read(file) => Content::Read(of(file)),
    }
}

fn trouble<K: Kind>(held: &Held<K>) -> Option<FileTrouble<'_>> {
    match held.found() {
        Found::Unreadable(trouble) => Some(FileTrouble { file: held.file(), trouble }),
        Found::Missing | Found::Read(_) => None,
    }
}

/// A file that could not be read. Shown, it names what is wrong and where, which may be a folder above it.
#[derive(Clone, Copy, Debug)]
pub struct FileTrouble<'a> {
    file: &'a str,
    trouble: &'a Trouble,
}

impl<'a> FileTrouble<'a> {
    /// The file, as it was named.
    #[must_use]
    pub const fn file(&self) -> &'a str {
        self.file
    }

    /// Why, as a decision tells it.
    #[must_use]
    pub const fn why(&self) -> Unreadable {
        self.trouble.why
    }
}

impl fmt::Display for FileTrouble<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", escape(self.file).capped(4096), self.trouble)
    }
}

/// The files of a [`Snapshot`], as [`verify`](crate::verify) takes them.
#[derive(Clone)]
#[non_exhaustive]
pub struct Sources<'a> {
    /// `hosts.equiv` and `shosts.equiv`.
    pub equiv: [EquivSource<'a>; 2],
    /// `ssh_known_hosts`
    pub known_hosts: KnownHostsSource<'a>,
    /// `ssh_known_hosts2`
    pub known_hosts2: KnownHostsSource<'a>,
    /// The RevokedKeys files.
    pub revoked_keys: Vec<RevokedSource<'a>>,
}

impl<'a> Sources<'a> {
    /// All of them, to be asked with these netgroups. What is the account's own comes with
    /// [`Files::with_user_files`].
    #[must_use]
    pub fn files(&'a self, netgroups: &'a dyn Netgroups) -> Files<'a> {
        Files::new(&self.equiv, self.known_hosts, netgroups)
            .with_known_hosts2(self.known_hosts2)
            .with_revoked_keys(&self.revoked_keys)
    }
}

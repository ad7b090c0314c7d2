//! The system's files, read once.

use std::cell::Cell;
use std::fmt;
use std::path::Path;

use nix::errno::Errno;

use super::failure::ExplainError;
use super::near::{self, LookedUp};
use crate::enroll::{OtherFiles, SystemFile};
use crate::escape::escape;
use crate::known_hosts::{self, Entry, KnownHosts, Place};
use crate::revoked::RevokedKeys;
use crate::shosts::{self, Equiv, EquivMatch, Netgroups, Query};
use crate::store::{self, Problem, Root, StoreError};
use crate::verify::{Content, EquivSource, KnownHostsSource, RevokedSource, Unreadable};

/// Most bad lines of one file that are named.
pub(super) const MAX_NAMED: usize = 5;

/// A document that remembers whether it was asked.
pub(super) struct Watched<D> {
    document: D,
    asked: Cell<bool>,
}

impl<D> fmt::Debug for Watched<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").field("asked", &self.asked).finish_non_exhaustive()
    }
}

impl Equiv for Watched<shosts::Document> {
    fn check(&self, query: &Query<'_>, netgroups: &dyn Netgroups) -> EquivMatch {
        self.asked.set(true);
        self.document.check(query, netgroups)
    }
}

impl KnownHosts for Watched<known_hosts::Document> {
    fn for_each_matching(&self, name: &[u8], visit: &mut dyn FnMut(usize, &Entry)) {
        self.asked.set(true);
        self.document.for_each_matching(name, visit);
    }
}

/// What stands where a file should be.
enum State<T> {
    Missing,
    Unreadable(Unreadable, Trouble),
    Read(T),
}

/// What is wrong with a file, for people.
struct Trouble {
    text: String,
    /// Whether it is wrong with a folder above it.
    is_of_folder: bool,
}

impl Trouble {
    const fn of_file(text: String) -> Self {
        Self { text, is_of_folder: false }
    }
}

struct File<T> {
    path: String,
    state: State<T>,
}

impl<T> File<T> {
    fn read(root: &Root, path: &str, parse: impl FnOnce(&[u8]) -> Result<T, String>) -> Result<Self, ExplainError> {
        let state = match store::read(root, path) {
            Ok(None) => State::Missing,
            Ok(Some(bytes)) => match parse(&bytes) {
                Ok(content) => State::Read(content),
                Err(why) => State::Unreadable(Unreadable::Malformed, Trouble::of_file(why)),
            },
            // Without the root there is nothing to explain; without a folder below it, the file is not there.
            Err(error) if error.problem == Problem::NoFolder && error.path != root.path() => State::Missing,
            Err(error) => unreadable(error, &root.join(path))?,
        };
        Ok(Self { path: path.to_owned(), state })
    }

    fn watched(root: &Root, path: &str, parse: impl FnOnce(&[u8]) -> T) -> Result<File<Watched<T>>, ExplainError> {
        File::read(root, path, |bytes| Ok(Watched { document: parse(bytes), asked: Cell::new(false) }))
    }

    fn content<'a, D: ?Sized>(&'a self, of: impl FnOnce(&'a T) -> &'a D) -> Content<'a, D> {
        match &self.state {
            State::Missing => Content::Missing,
            State::Unreadable(why, _) => Content::Unreadable(*why),
            State::Read(content) => Content::Read(of(content)),
        }
    }

    /// Why it cannot be used, if it cannot, with what sshd does about that.
    fn trouble(&self) -> Option<String> {
        let State::Unreadable(why, Trouble { text, .. }) = &self.state else { return None };
        let sshd = match why {
            Unreadable::Owner { .. } | Unreadable::Writable { .. } => {
                "; sshd looks at neither owner nor mode of it, and goes by what it says"
            }
            _ => "",
        };
        Some(format!("{text}{sshd}"))
    }
}

/// What such an error is for a decision.
///
/// # Errors
/// When it is the rights of this user that do not suffice, for sshd has others; and when there is no root.
fn unreadable<T>(error: StoreError, file: &Path) -> Result<State<T>, ExplainError> {
    if let Problem::NoFolder | Problem::System { errno: Errno::EACCES | Errno::EPERM, .. } = error.problem {
        return Err(ExplainError::Unreadable(error));
    }
    let is_of_folder = file != error.path && file.starts_with(&error.path);
    Ok(State::Unreadable(error.problem.into(), Trouble { text: error.to_string(), is_of_folder }))
}

/// The files that every account has in common.
pub(super) struct SystemFiles {
    equiv: [File<Watched<shosts::Document>>; 2],
    known_hosts: [File<Watched<known_hosts::Document>>; 2],
    revoked_keys: Vec<File<RevokedKeys>>,
}

impl SystemFiles {
    /// Reads them all, RevokedKeys by these paths.
    ///
    /// # Errors
    /// [`ExplainError::Unreadable`], when this user must not read one of them.
    pub(super) fn read(root: &Root, revoked_keys: &[String]) -> Result<Self, ExplainError> {
        let equiv = |path| File::watched(root, path, shosts::Document::parse);
        let known_hosts = |path| File::watched(root, path, known_hosts::Document::parse);
        let parse_revoked = |bytes: &[u8]| RevokedKeys::parse(bytes).map_err(|error| error.to_string());
        let revoked = |path: &String| {
            let mut file = File::read(root, path, parse_revoked)?;
            if let State::Unreadable(Unreadable::Malformed, why) = &mut file.state {
                why.text = format!("{}: {}", escape(path), why.text);
            }
            Ok::<_, ExplainError>(file)
        };
        Ok(Self {
            equiv: [equiv(OtherFiles::HOSTS_EQUIV)?, equiv(SystemFile::ShostsEquiv.path())?],
            known_hosts: [known_hosts(SystemFile::KnownHosts.path())?, known_hosts(OtherFiles::KNOWN_HOSTS2)?],
            revoked_keys: revoked_keys.iter().map(revoked).collect::<Result<_, _>>()?,
        })
    }

    pub(super) fn equiv(&self) -> [EquivSource<'_>; 2] {
        self.equiv
            .each_ref()
            .map(|file| EquivSource { file: &file.path, content: file.content(|document| document as &dyn Equiv) })
    }

    pub(super) fn known_hosts(&self) -> [KnownHostsSource<'_>; 2] {
        self.known_hosts.each_ref().map(|file| KnownHostsSource {
            file: &file.path,
            content: file.content(|document| document as &dyn KnownHosts),
        })
    }

    pub(super) fn revoked_keys(&self) -> Vec<RevokedSource<'_>> {
        let files = self.revoked_keys.iter();
        files.map(|file| RevokedSource { file: &file.path, content: file.content(|keys| keys) }).collect()
    }

    /// Every entry of both known_hosts files, with its file and line.
    pub(super) fn known_keys(&self) -> impl Iterator<Item = (&str, usize, &Entry)> {
        self.known_hosts.iter().flat_map(|file| {
            let document = match &file.state {
                State::Read(watched) => Some(&watched.document),
                State::Missing | State::Unreadable(..) => None,
            };
            let entries = document.into_iter().flat_map(known_hosts::Document::entries);
            entries.map(|(line, entry)| (file.path.as_str(), line, entry))
        })
    }

    /// What is wrong with the files that were asked: files that cannot be used, lines that are skipped, revocations that
    /// count here and not for OpenSSH.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self.equiv.iter().filter_map(File::trouble).collect();
        notes.extend(self.known_hosts.iter().filter_map(File::trouble));
        notes.extend(self.revoked_keys.iter().filter_map(File::trouble));
        for file in &self.equiv {
            if let State::Read(Watched { document, asked }) = &file.state
                && asked.get()
            {
                let problems = document.problems().map(|(line, problem)| (line, problem.to_string()));
                notes.extend(skipped(&file.path, problems));
            }
        }
        for file in &self.known_hosts {
            if let State::Read(Watched { document, asked }) = &file.state
                && asked.get()
            {
                notes.extend(skipped(
                    &file.path,
                    document.problems().map(|(line, problem)| (line, problem.to_string())),
                ));
                notes.extend(irregular(&file.path, document));
            }
        }
        notes
    }

    /// Whether a line revokes its key here, and for OpenSSH does not.
    pub(super) fn is_irregular(&self, place: Place<'_>) -> bool {
        self.known_keys()
            .any(|(file, line, entry)| file == place.file && line == place.line && entry.irregular().is_some())
    }

    /// What to do where the folder above a file is what is wrong.
    pub(super) fn mend_of_folder(&self, path: &str) -> Option<String> {
        fn of<'a, T>(file: &'a File<T>, path: &str) -> Option<&'a str> {
            match &file.state {
                State::Unreadable(_, Trouble { text, is_of_folder: true }) if file.path == path => Some(text),
                _ => None,
            }
        }
        let equiv = self.equiv.iter().find_map(|file| of(file, path));
        let known_hosts = || self.known_hosts.iter().find_map(|file| of(file, path));
        let revoked = || self.revoked_keys.iter().find_map(|file| of(file, path));
        let text = equiv.or_else(known_hosts).or_else(revoked)?;
        Some(format!("mend the folder, who may change it can change the file: {text}"))
    }

    /// Lines of the equiv files that miss the host by a mistake.
    pub(super) fn near_equiv(&self, wanted: &LookedUp<'_>) -> Vec<String> {
        let of = |file: &File<Watched<shosts::Document>>| {
            let State::Read(Watched { document, .. }) = &file.state else { return Vec::new() };
            placed(&file.path, near::equiv(document, wanted))
        };
        self.equiv.iter().flat_map(of).collect()
    }

    /// Lines of the known_hosts files that miss the host by a mistake.
    pub(super) fn near_known_hosts(&self, wanted: &LookedUp<'_>) -> Vec<String> {
        let of = |file: &File<Watched<known_hosts::Document>>| {
            let State::Read(Watched { document, .. }) = &file.state else { return Vec::new() };
            placed(&file.path, near::known_hosts(document, wanted))
        };
        self.known_hosts.iter().flat_map(of).collect()
    }

    /// Where netgroups are not asked, the first line that names one in a file that was.
    pub(super) fn names_netgroups(&self) -> Option<String> {
        let is_netgroup = |entry: &shosts::Entry| matches!(entry.host().who, shosts::Who::Netgroup(_));
        self.equiv.iter().find_map(|file| {
            let State::Read(Watched { document, asked }) = &file.state else { return None };
            let (line, _) = document.entries().find(|(_, entry)| is_netgroup(entry)).filter(|_| asked.get())?;
            Some(format!(
                "{}:{line}: netgroups are not asked for a --root: whom they admit is not known here",
                file.path
            ))
        })
    }
}

fn placed(file: &str, lines: Vec<(usize, String)>) -> Vec<String> {
    lines.into_iter().map(|(line, why)| format!("{file}:{line}: {why}")).collect()
}

/// The lines that count for nothing, the first of them by name.
fn skipped(file: &str, problems: impl Iterator<Item = (usize, String)>) -> Vec<String> {
    let problems: Vec<(usize, String)> = problems.collect();
    let named = problems.iter().take(MAX_NAMED);
    let mut notes: Vec<String> =
        named.map(|(line, problem)| format!("{file}:{line}: the line is skipped: {problem}")).collect();
    match problems.len().saturating_sub(MAX_NAMED) {
        0 => {}
        more => notes.push(format!("{file}: {more} more lines are skipped (hostbased list names them)")),
    }
    notes
}

fn irregular(file: &str, document: &known_hosts::Document) -> Vec<String> {
    let irregular = document.entries().filter_map(|(line, entry)| Some((line, entry.irregular()?)));
    let note = |(line, problem)| {
        format!("{file}:{line}: this @revoked line counts here, but OpenSSH skips it and would take its key: {problem}")
    };
    irregular.map(note).take(MAX_NAMED).collect()
}

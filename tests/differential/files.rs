//! The lab's files, as `verify` asks for them: read plainly, and the user's own with the user's rights.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};

use hostbased::known_hosts::{self, KnownHosts};
use hostbased::revoked::RevokedKeys;
use hostbased::shosts::{self, Equiv};
use hostbased::store::SystemNetgroups;
use hostbased::verify::{
    Content, EquivSource, Files, KnownHostsSource, Policy, RevokedSource, Stat, Unreadable, UserFile, UserFiles,
};
use nix::unistd::{Gid, Uid, setfsgid, setfsuid};

use crate::case::{HOSTS_EQUIV, KNOWN_HOSTS, KNOWN_HOSTS2, SHOSTS_EQUIV};

/// A file: there is none, or why it cannot be read, or what it says.
type Found<T> = Result<Option<T>, Unreadable>;

/// The system's files.
pub(crate) struct SystemFiles {
    equiv: Vec<(&'static str, Found<shosts::Document>)>,
    known_hosts: [Found<known_hosts::Document>; 2],
    revoked: Vec<(String, Found<RevokedKeys>)>,
}

impl SystemFiles {
    /// Reads them, and the RevokedKeys files that the policy names.
    pub(crate) fn read(policy: &Policy) -> Self {
        let equiv = |path| (path, read(path).map(|bytes| bytes.map(|bytes| shosts::Document::parse(&bytes))));
        let known_hosts = |path| read(path).map(|bytes| bytes.map(|bytes| known_hosts::Document::parse(&bytes)));
        Self {
            equiv: [HOSTS_EQUIV, SHOSTS_EQUIV].map(equiv).into(),
            known_hosts: [KNOWN_HOSTS, KNOWN_HOSTS2].map(known_hosts),
            revoked: policy.revoked_keys.iter().map(|path| (path.clone(), revoked(path))).collect(),
        }
    }

    /// Does `work` with all of a case's files in hand.
    pub(crate) fn with<T>(&self, user: &UsersFiles, work: impl FnOnce(Files<'_>) -> T) -> T {
        let equiv: Vec<_> = self
            .equiv
            .iter()
            .map(|(file, found)| EquivSource { file, content: content(found, |document| document as &dyn Equiv) })
            .collect();
        let revoked: Vec<_> = self
            .revoked
            .iter()
            .map(|(file, found)| RevokedSource { file, content: content(found, |keys| keys) })
            .collect();
        let [first, second] = &self.known_hosts;
        let source = |file, found| KnownHostsSource { file, content: content(found, |file| file as &dyn KnownHosts) };
        let files = Files::new(&equiv, source(KNOWN_HOSTS, first), &SystemNetgroups)
            .with_known_hosts2(source(KNOWN_HOSTS2, second))
            .with_revoked_keys(&revoked)
            .with_user_files(user);
        work(files)
    }
}

/// A user's files, and what the user may know of them.
pub(crate) struct UsersFiles {
    home: Option<Stat>,
    equiv: [(String, Option<Stat>, Found<shosts::Document>); 2],
    known_hosts: [(String, Option<Stat>, Found<known_hosts::Document>); 2],
}

impl UsersFiles {
    /// Reads them as that user.
    pub(crate) fn read(home: &str, uid: u32) -> Self {
        let root = (setfsuid(Uid::from_raw(uid)), setfsgid(Gid::from_raw(uid)));
        let path = |name| format!("{home}/{name}");
        let equiv = |path: String| {
            let found = read(&path).map(|bytes| bytes.map(|bytes| shosts::Document::parse(&bytes)));
            (path.clone(), stat(&path), found)
        };
        let known_hosts = |path: String| {
            let found = read(&path).map(|bytes| bytes.map(|bytes| known_hosts::Document::parse(&bytes)));
            (path.clone(), stat(&path), found)
        };
        let equiv = [path(".shosts"), path(".rhosts")].map(equiv);
        let known_hosts = [path(".ssh/known_hosts"), path(".ssh/known_hosts2")].map(known_hosts);
        setfsuid(root.0);
        setfsgid(root.1);
        Self { home: stat(home), equiv, known_hosts }
    }
}

impl UserFiles for UsersFiles {
    fn home(&self) -> Option<Stat> {
        self.home
    }

    fn shosts(&self) -> UserFile<'_, dyn Equiv + '_> {
        let (path, stat, found) = &self.equiv[0];
        UserFile { path, stat: *stat, content: content(found, |document| document as &dyn Equiv) }
    }

    fn rhosts(&self) -> UserFile<'_, dyn Equiv + '_> {
        let (path, stat, found) = &self.equiv[1];
        UserFile { path, stat: *stat, content: content(found, |document| document as &dyn Equiv) }
    }

    fn known_hosts(&self) -> UserFile<'_, dyn KnownHosts + '_> {
        let (path, stat, found) = &self.known_hosts[0];
        UserFile { path, stat: *stat, content: content(found, |document| document as &dyn KnownHosts) }
    }

    fn known_hosts2(&self) -> UserFile<'_, dyn KnownHosts + '_> {
        let (path, stat, found) = &self.known_hosts[1];
        UserFile { path, stat: *stat, content: content(found, |document| document as &dyn KnownHosts) }
    }
}

fn content<'a, T, U: ?Sized>(found: &'a Found<T>, view: impl FnOnce(&'a T) -> &'a U) -> Content<'a, U> {
    match found {
        Ok(None) => Content::Missing,
        Ok(Some(read)) => Content::Read(view(read)),
        Err(why) => Content::Unreadable(*why),
    }
}

fn revoked(path: &str) -> Found<RevokedKeys> {
    match read(path)? {
        None => Ok(None),
        Some(bytes) => RevokedKeys::parse(&bytes).map(Some).map_err(|_| Unreadable::Malformed),
    }
}

fn stat(path: &str) -> Option<Stat> {
    let found: Metadata = std::fs::metadata(path).ok()?;
    Some(Stat { uid: found.uid(), mode: found.mode() & 0o7777 })
}

fn read(path: &str) -> Found<Vec<u8>> {
    let system = |error: io::Error| Unreadable::System { code: error.raw_os_error().unwrap_or_default() };
    // Without waiting for whoever may write to a pipe.
    let opened = File::options().read(true).custom_flags(nix::libc::O_NONBLOCK).open(path);
    let mut file = match opened {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(system)?,
    };
    if !file.metadata().map_err(system)?.is_file() {
        return Err(Unreadable::NotAFile);
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(system)?;
    Ok(Some(bytes))
}

//! The files of a configuration, as whoever runs this command can read them.
#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "configuration files are read as ssh reads them for its user, who need not be root: none of store's checks apply"
)]

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use nix::fcntl::OFlag;

use crate::config::{Component, ConfigFiles};
use crate::escape::escape;
use crate::store::Root;

/// Largest file that is read, in bytes.
const MAX_BYTES: u64 = 4 << 20;

/// Most files that one pattern may name.
const MAX_MATCHES: usize = 1024;

/// The files below a root, read with the rights of this process.
pub(super) struct ReadableFiles<'a> {
    root: &'a Root,
}

impl<'a> ReadableFiles<'a> {
    pub(super) const fn below(root: &'a Root) -> Self {
        Self { root }
    }
}

impl ConfigFiles for ReadableFiles<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        match read(&self.root.join(path)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(reason(&error)),
        }
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, String> {
        let mut found = vec![String::new()];
        for component in pattern.split('/').filter(|component| !component.is_empty()) {
            let component = Component::parse(component.as_bytes()).ok_or("this kind of pattern is not supported")?;
            let mut next = Vec::new();
            for folder in &found {
                match component.literal() {
                    Some(name) => {
                        let path = format!("{folder}/{}", String::from_utf8_lossy(&name));
                        next.extend(fs::symlink_metadata(self.root.join(&path)).is_ok().then_some(path));
                    }
                    None => next.extend(entries(&self.root.join(folder), folder, &component)?),
                }
            }
            if next.len() > MAX_MATCHES {
                return Err("the pattern matches too many files".to_owned());
            }
            found = next;
        }
        found.sort();
        Ok(found)
    }
}

/// The paths in a folder that fit. One that is not there, or not to be read, has none: OpenSSH passes over it (glob(3)).
fn entries(folder: &Path, shown: &str, component: &Component) -> Result<Vec<String>, String> {
    let Ok(listing) = fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for entry in listing.take(MAX_MATCHES.saturating_mul(16)) {
        let name = entry.map_err(|error| reason(&error))?.file_name();
        if component.matches(name.as_bytes()) {
            let name =
                name.to_str().ok_or_else(|| format!("the file name {:#} is not UTF-8", escape(name.as_bytes())))?;
            found.push(format!("{shown}/{name}"));
        }
    }
    Ok(found)
}

fn read(path: &PathBuf) -> io::Result<Vec<u8>> {
    // Nothing that is no regular file may be waited for.
    let file = File::options().read(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_BYTES) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is too large for a configuration"));
    }
    Ok(bytes)
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// What the system says, without its number.
fn reason(error: &io::Error) -> String {
    error.raw_os_error().map_or_else(
        || escape(&error.to_string()).to_string(),
        |number| nix::errno::Errno::from_raw(number).desc().to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_below_the_root_and_what_is_wrong_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::new(folder.path());
        fs::create_dir_all(folder.path().join("etc/d/dir.conf")).unwrap();
        for name in ["b.conf", "a.conf", "c.txt", ".x.conf"] {
            fs::write(folder.path().join("etc/d").join(name), name).unwrap();
        }
        let files = ReadableFiles::below(&root);
        assert_eq!(files.glob("/etc/d/*.conf").unwrap(), ["/etc/d/a.conf", "/etc/d/b.conf", "/etc/d/dir.conf"]);
        assert_eq!(files.glob("/etc/*/c.txt").unwrap(), ["/etc/d/c.txt"]);
        assert_eq!(files.glob("/etc/e/*").unwrap(), [""; 0]);
        assert!(files.glob("/etc/[[:alpha:]]").is_err());
        assert_eq!(files.read("/etc/d/a.conf").unwrap().unwrap(), b"a.conf");
        assert_eq!(files.read("/etc/d/nope").unwrap(), None);
        assert_eq!(files.read("/etc/d/dir.conf").unwrap_err(), "it is not a regular file");
    }
}

//! The file of `--resume`: the hosts that are done, so that a scan can go on where it ended.
//!
//! A line says what was asked for, then each host that is done has one: a JSON object, written at once and whole, so that
//! only the last line can be torn. A host is done when each type has its key or is one that it does not offer. What failed
//! is not written, and is scanned again.
//!
//! The keys in it were proven when they were written. They are not proven again: who can write the file can put any key
//! into it. So it must be its owner's own.
#![allow(clippy::disallowed_types, reason = "a file that the command names, not one of the store's")]

use std::collections::{BTreeSet, HashMap};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::net::SocketAddr;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};

use nix::libc::{O_NOFOLLOW, O_NONBLOCK};
use nix::unistd::geteuid;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::escape::escape;
use crate::key::{Algorithm, parse_public_key_line};
use crate::scan::{Attempt, Family, HostReport, Options, ProvenKey, ScanError, ScanType, Target, TypeResult};

/// Longest line that is read: some types with a key and an identification each, and an address list.
const MAX_LINE: u64 = 1 << 20;

/// Why a journal cannot be used. It names the file, and where it can the line.
#[derive(Debug, Error)]
#[non_exhaustive]
pub(in crate::cli) enum JournalError {
    /// It cannot be opened, read or written.
    #[error("{}: cannot use the file for --resume: {error}", escape(.path))]
    Io {
        /// Its path.
        path: String,
        /// The system's reason.
        error: io::Error,
    },
    /// A symlink, or something that is no file.
    #[error("{}: --resume takes a regular file, and no symlink to one", escape(.0))]
    NotAFile(String),
    /// Somebody else's.
    #[error("{}: belongs to user {owner}, who could have put any key into it: --resume takes a file of your own", escape(.path))]
    Owner {
        /// Its path.
        path: String,
        /// Its owner's number.
        owner: u32,
    },
    /// Others may write to it.
    #[error("{}: mode {mode:04o} lets others put any key into it: --resume takes a file that only you may write", escape(.path))]
    Writable {
        /// Its path.
        path: String,
        /// Its mode.
        mode: u32,
    },
    /// Another scan writes to it now.
    #[error("{}: another scan is writing this file", escape(.0))]
    InUse(String),
    /// It was written by something else.
    #[error("{}:{line}: is not of a scan's --resume file: {reason}\nname a new file", escape(.path))]
    Malformed {
        /// Its path.
        path: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// What was asked for then is not what is asked for now.
    #[error("{}: is of a scan for {then}, and this one is for {now}\nname a new file, or ask for the same", escape(.path))]
    OtherScan {
        /// Its path.
        path: String,
        /// What was asked for then.
        then: String,
        /// What is asked for now.
        now: String,
    },
}

/// What a scan asks for: of another scan's hosts nothing is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    record: Header,
    types: Vec<String>,
    certificates: bool,
    family: String,
    ports: BTreeSet<u16>,
}

/// Stands first, with the form's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Header {
    #[serde(rename = "scan-journal-1")]
    One,
}

impl Asked {
    pub(super) fn new(options: &Options, ports: BTreeSet<u16>) -> Self {
        let family = match options.family {
            Family::Any => "any",
            Family::V4 => "ipv4",
            Family::V6 => "ipv6",
        };
        Self {
            record: Header::One,
            types: options.types.iter().map(|kind| kind.name().to_owned()).collect(),
            certificates: options.certificates,
            family: family.to_owned(),
            ports,
        }
    }

    fn shown(&self) -> String {
        let list = |items: &mut dyn Iterator<Item = String>| escape(&items.collect::<Vec<_>>().join(",")).to_string();
        let what = if self.certificates { "certificates" } else { "keys" };
        let types = list(&mut self.types.iter().cloned());
        let ports = list(&mut self.ports.iter().map(u16::to_string));
        format!("{what} of type {types} at port {ports} (addresses: {})", escape(&self.family))
    }
}

/// A host that is done.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Host {
    names: String,
    addresses: Vec<String>,
    port: u16,
    results: Vec<Type>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Type {
    /// The element of the address list that answered.
    name: String,
    address: Option<SocketAddr>,
    /// The server's identification line, `null` where no connection was made for this type.
    banner: Option<String>,
    outcome: Outcome,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
enum Outcome {
    TypeNotOffered,
    TypeUnsupported,
    Proven { algorithm: String, key: String },
}

/// The open file.
#[derive(Debug)]
pub(super) struct Journal {
    path: String,
    file: File,
    /// The hosts that were done before, until somebody takes them.
    known: HashMap<Target, HostReport>,
}

impl Journal {
    /// Opens the file, or makes it (mode 0600), and reads what is in it. A last line that was torn off is cut off.
    ///
    /// # Errors
    /// [`JournalError`].
    pub(super) fn open(path: &str, asked: &Asked, types: &[ScanType]) -> Result<Self, JournalError> {
        let failed = |error: io::Error| match error.raw_os_error() {
            Some(nix::libc::ELOOP | nix::libc::EISDIR) => JournalError::NotAFile(path.to_owned()),
            _ => JournalError::Io { path: path.to_owned(), error },
        };
        // Without O_NONBLOCK opening a FIFO would wait for its other end.
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true).mode(0o600).custom_flags(O_NOFOLLOW | O_NONBLOCK);
        let file = options.open(path).map_err(failed)?;
        check(path, &file).map_err(|error| error.unwrap_or_else(failed))?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => JournalError::InUse(path.to_owned()),
            TryLockError::Error(error) => failed(error),
        })?;
        let mut journal = Self { path: path.to_owned(), file, known: HashMap::new() };
        journal.read(asked, types)?;
        Ok(journal)
    }

    fn failed(&self, error: io::Error) -> JournalError {
        JournalError::Io { path: self.path.clone(), error }
    }

    fn malformed(&self, line: usize, reason: impl ToString) -> JournalError {
        JournalError::Malformed { path: self.path.clone(), line, reason: escape(&reason.to_string()).to_string() }
    }

    fn read(&mut self, asked: &Asked, types: &[ScanType]) -> Result<(), JournalError> {
        self.file.seek(SeekFrom::Start(0)).map_err(|error| self.failed(error))?;
        let mut reader = BufReader::new(self.file.try_clone().map_err(|error| self.failed(error))?);
        let first = serde_json::to_vec(asked).map_err(|error| self.failed(error.into()))?;
        let mut whole = 0_u64;
        let mut known = HashMap::new();
        for number in 1_usize.. {
            let mut line = Vec::new();
            let count = reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line);
            let count = count.map_err(|error| self.failed(error))?;
            let Some(text) = line.strip_suffix(b"\n") else {
                if u64::try_from(count).is_ok_and(|count| count >= MAX_LINE) {
                    return Err(self.malformed(number, "the line is too long"));
                }
                // A file that is not ours is left as it is; the beginning of our own first line is.
                if number == 1 && !first.starts_with(&line) {
                    return Err(self.malformed(number, "its first line has no end"));
                }
                break;
            };
            whole = whole.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
            let malformed = |error: String| self.malformed(number, error);
            if number == 1 {
                let then: Asked = serde_json::from_slice(text).map_err(|error| malformed(error.to_string()))?;
                if then != *asked {
                    let (path, then, now) = (self.path.clone(), then.shown(), asked.shown());
                    return Err(JournalError::OtherScan { path, then, now });
                }
                continue;
            }
            let host: Host = serde_json::from_slice(text).map_err(|error| malformed(error.to_string()))?;
            let report = host.into_report(types, asked.certificates).map_err(malformed)?;
            known.insert(report.target.clone(), report);
        }
        self.known = known;
        self.file.set_len(whole).map_err(|error| self.failed(error))?;
        if whole == 0 {
            self.write(asked)?;
        }
        Ok(())
    }

    /// The hosts that were done before, once.
    pub(super) fn take_known(&mut self) -> HashMap<Target, HostReport> {
        std::mem::take(&mut self.known)
    }

    /// Writes down a host, if it is done.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn add(&mut self, report: &HostReport) -> Result<(), JournalError> {
        match Host::of_report(report) {
            Some(host) => self.write(&host),
            None => Ok(()),
        }
    }

    fn write(&mut self, record: &impl Serialize) -> Result<(), JournalError> {
        let mut line = serde_json::to_vec(record).map_err(|error| self.failed(error.into()))?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(|error| self.failed(error))
    }
}

/// The file's keys are believed, so nobody else may have written to it. What was opened is looked at, not the path.
fn check(path: &str, file: &File) -> Result<(), Result<JournalError, io::Error>> {
    let stat = file.metadata().map_err(Err)?;
    let path = || path.to_owned();
    let refused = if !stat.is_file() {
        JournalError::NotAFile(path())
    } else if stat.uid() != geteuid().as_raw() && stat.uid() != 0 {
        JournalError::Owner { path: path(), owner: stat.uid() }
    } else if stat.mode() & 0o022 != 0 {
        JournalError::Writable { path: path(), mode: stat.mode() & 0o7777 }
    } else {
        return Ok(());
    };
    Err(Ok(refused))
}

impl Host {
    /// `None` when it is not done.
    fn of_report(report: &HostReport) -> Option<Self> {
        report.keys().next()?;
        let results = report.results.iter().map(Type::of_result).collect::<Option<_>>()?;
        let target = &report.target;
        Some(Self {
            names: target.names().to_owned(),
            addresses: target.addresses().to_vec(),
            port: target.port(),
            results,
        })
    }

    fn into_report(self, types: &[ScanType], certificates: bool) -> Result<HostReport, String> {
        let target = Target::with_names(self.addresses, self.names, self.port).map_err(|error| error.to_string())?;
        if self.results.len() != types.len() {
            return Err("it has not one result for each type".to_owned());
        }
        let result = |(result, &kind): (Type, &ScanType)| result.into_result(kind, certificates);
        let results = self.results.into_iter().zip(types).map(result).collect::<Result<_, String>>()?;
        Ok(HostReport { target, results })
    }
}

impl Type {
    fn of_result(result: &TypeResult) -> Option<Self> {
        let Attempt { name, address, identification, outcome } = &result.last;
        let outcome = match outcome {
            Ok(proven) => {
                Outcome::Proven { algorithm: proven.algorithm().name().to_owned(), key: proven.key().to_line() }
            }
            Err(ScanError::TypeNotOffered) => Outcome::TypeNotOffered,
            Err(ScanError::TypeUnsupported) => Outcome::TypeUnsupported,
            Err(_) => return None,
        };
        let banner = identification.as_ref().map(|line| String::from_utf8_lossy(line).into_owned());
        Some(Self { name: name.clone(), address: *address, banner, outcome })
    }

    fn into_result(self, kind: ScanType, certificates: bool) -> Result<TypeResult, String> {
        let outcome = match self.outcome {
            Outcome::TypeNotOffered => Err(ScanError::TypeNotOffered),
            Outcome::TypeUnsupported => Err(ScanError::TypeUnsupported),
            Outcome::Proven { algorithm, key } => {
                let (key, rest) = parse_public_key_line(key.as_bytes()).map_err(|error| error.to_string())?;
                let algorithm = Algorithm::from_name(algorithm.as_bytes())
                    .filter(|algorithm| kind.algorithms(certificates).contains(algorithm))
                    .ok_or("the algorithm is not of the type")?;
                let proven = ProvenKey::remembered(key, algorithm).filter(|_| rest.is_empty());
                Ok(proven.ok_or("the key is not of the type")?)
            }
        };
        let last = Attempt {
            name: self.name,
            address: self.address,
            identification: self.banner.map(String::into_bytes),
            outcome,
        };
        Ok(TypeResult { kind, earlier: Vec::new(), last })
    }
}

#[cfg(test)]
mod tests;

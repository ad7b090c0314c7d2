//! Reading one of the system's files once, whole, and with what is needed to notice the next change.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use nix::errno::Errno;
use nix::sys::stat::fstat;

use super::mark::{Mark, Version};
use crate::escape::escape;
use crate::store::error::{Problem, StoreError};
use crate::store::read::{errno_of, open_place, read_capped, read_on};
use crate::store::root::Root;
use crate::store::walk::walk;
use crate::verify::Unreadable;

/// How often a file is read that changes meanwhile.
const ATTEMPTS: usize = 5;

/// How much of a file is compared at a time, in bytes.
const CHUNK: usize = 64 << 10;

/// What a look at a file gave.
pub(super) struct Reading {
    pub(super) outcome: Outcome,
    /// What must still be there for it to hold; `None` where only another look can tell.
    pub(super) marks: Option<Vec<Mark>>,
    /// Whether the file was changed within the settling time.
    pub(super) is_young: bool,
}

pub(super) enum Outcome {
    Missing,
    /// The bytes that were expected.
    Same,
    Bytes(Vec<u8>),
    Unreadable(Trouble),
}

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) why: Unreadable,
    /// More than that can say: which folder above the file it is, or which line.
    pub(super) detail: Option<String>,
}

impl From<Unreadable> for Trouble {
    fn from(why: Unreadable) -> Self {
        Self { why, detail: None }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self { why: error.problem.into(), detail: Some(error.to_string()) }
    }
}

impl Reading {
    /// Reads a file of at most `most` bytes; those that are expected are not kept twice. It must be the same before and
    /// after, else it is read again.
    pub(super) fn of(root: &Root, path: &Path, most: u64, expected: Option<&[u8]>, settling: Duration) -> Self {
        for _ in 0..ATTEMPTS {
            match Self::once(root, path, most, expected, settling) {
                Ok(Some(reading)) => return reading,
                Ok(None) => {}
                Err(StoreError { problem: Problem::NoFolder, .. }) => return Self::again(Outcome::Missing),
                Err(error) => return Self::again(Outcome::Unreadable(error.into())),
            }
        }
        Self::again(Outcome::Unreadable(Unreadable::Changing.into()))
    }

    const fn again(outcome: Outcome) -> Self {
        Self { outcome, marks: None, is_young: false }
    }

    /// Reads it; `None` when it changed meanwhile.
    fn once(
        root: &Root,
        path: &Path,
        most: u64,
        expected: Option<&[u8]>,
        settling: Duration,
    ) -> Result<Option<Self>, StoreError> {
        let now = SystemTime::now();
        let place = walk(root, path)?;
        let mut marks = Mark::of_way(place.passed());
        let Some((file, before)) = open_place(&place)? else {
            marks.push(Mark::of_nothing(place.path()));
            return Ok(Some(Self::settled(Outcome::Missing, marks, settling, now)));
        };
        let outcome = read(&file, most, expected).map_err(place.system("read it"))?;
        let after = fstat(&file).map_err(place.system("look at it"))?;
        let version = Version::of(&after);
        let mark = Mark::of_file(place.path(), version);
        // The path must still lead to it: the file that it was before may say something else.
        if Version::of(&before) != version || !mark.holds() {
            return Ok(None);
        }
        marks.push(mark);
        Ok(Some(match outcome {
            Some(outcome) => Self::settled(outcome, marks, settling, now),
            None => Self::again(Outcome::Unreadable(Unreadable::TooLarge.into())),
        }))
    }

    fn settled(outcome: Outcome, marks: Vec<Mark>, settling: Duration, now: SystemTime) -> Self {
        let is_young = marks.iter().any(|mark| mark.is_young(settling, now));
        Self { outcome, marks: if is_young { None } else { Some(marks) }, is_young }
    }
}

/// The bytes of a file, unless they are the expected ones; `None` when there are more than `most`.
fn read(mut file: &File, most: u64, expected: Option<&[u8]>) -> Result<Option<Outcome>, Errno> {
    let length = file.metadata().ok().and_then(|metadata| usize::try_from(metadata.len()).ok());
    let Some(expected) = expected.filter(|expected| length == Some(expected.len())) else {
        return Ok(read_capped(file, most)?.map(Outcome::Bytes));
    };
    let mut rest = expected;
    let mut chunk = [0; CHUNK];
    loop {
        let read = file.read(&mut chunk).map_err(|error| errno_of(&error))?;
        let new = chunk.get(..read).unwrap_or_default();
        if new.is_empty() && rest.is_empty() {
            return Ok(Some(Outcome::Same));
        }
        match rest.strip_prefix(new) {
            Some(behind) if !new.is_empty() => rest = behind,
            _ => {
                let same = expected.strip_suffix(rest).unwrap_or_default();
                return Ok(read_on([same, new].concat(), file, most)?.map(Outcome::Bytes));
            }
        }
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.detail {
            Some(detail) => write!(f, "{}", escape(detail).capped(4096)),
            None => write!(f, "{}", self.why),
        }
    }
}

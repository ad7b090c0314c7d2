//! Lines with hashed names. Whether one is a name's takes an HMAC, so what came of a name is remembered.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

use crate::known_hosts::hashed::PreparedName;

/// The hashed names of a file, each with the offset of its line.
pub(super) struct HashedLines {
    lines: Vec<(PreparedName, usize)>,
    memory: Mutex<Memory>,
}

impl HashedLines {
    pub(super) fn new(lines: Vec<(PreparedName, usize)>) -> Self {
        Self { lines, memory: Mutex::default() }
    }

    /// How many there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// The offsets of the lines that may be for a host of this name, in no order. `is_known` if other lines of the file
    /// carry it too.
    ///
    /// Names are hashed as they are given; but a revocation must hold for a client that chooses the case of its name, so
    /// the name in lower case is looked up too.
    pub(super) fn lines_of(&self, name: &[u8], is_known: bool) -> Vec<usize> {
        if self.lines.is_empty() {
            return Vec::new();
        }
        let lower = name.to_ascii_lowercase();
        let mut found = self.lines_of_text(&lower, is_known);
        if lower != name {
            // Never kept for being known: a name has far too many spellings.
            found.extend(self.lines_of_text(name, false));
        }
        found
    }

    /// The offsets of the lines whose hash is this very text's.
    fn lines_of_text(&self, text: &[u8], is_known: bool) -> Vec<usize> {
        // Not locked while it hashes, so that one new name does not hold up the known ones.
        if let Some(found) = self.memory.lock().unwrap_or_else(PoisonError::into_inner).recall(text) {
            return found;
        }
        let is_hash = |(hashed, _): &&(PreparedName, usize)| hashed.matches(text);
        let found: Vec<usize> = self.lines.iter().filter(is_hash).map(|&(_, offset)| offset).collect();
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).remember(text, &found, is_known);
        found
    }
}

/// What came of texts.
#[derive(Default)]
struct Memory {
    /// Never forgotten: texts that have hashed lines, of which there are no more than lines, and some that have none.
    kept: HashMap<Box<[u8]>, Box<[usize]>>,
    /// How many of those have none.
    kept_without: usize,
    /// Other texts that have none: one place each, by their hash.
    recent: Vec<Option<Box<[u8]>>>,
    state: RandomState,
}

/// How many texts are kept for being in the file, and not hashed: a file of more hosts than this is hardly half hashed.
const MAX_KEPT_WITHOUT: usize = 64 * 1024;

/// How many other texts are remembered: a power of two.
const RECENT: usize = 1024;

/// Longer texts are not remembered, unless they have lines: no host has such a name (RFC 1035 section 2.3.4).
const MAX_TEXT_BYTES: usize = 255;

impl Memory {
    fn recall(&self, text: &[u8]) -> Option<Vec<usize>> {
        if let Some(found) = self.kept.get(text) {
            return Some(found.to_vec());
        }
        let recent = self.recent.get(self.place(text))?.as_deref()?;
        (recent == text).then(Vec::new)
    }

    fn remember(&mut self, text: &[u8], found: &[usize], is_known: bool) {
        if !found.is_empty() {
            self.kept.insert(text.into(), found.into());
        } else if text.len() > MAX_TEXT_BYTES {
            // Hashed again each time.
        } else if is_known && self.kept_without < MAX_KEPT_WITHOUT {
            if self.kept.insert(text.into(), Box::default()).is_none() {
                self.kept_without = self.kept_without.saturating_add(1);
            }
        } else {
            self.recent.resize(RECENT, None);
            let place = self.place(text);
            if let Some(place) = self.recent.get_mut(place) {
                *place = Some(text.into());
            }
        }
    }

    #[expect(clippy::as_conversions, reason = "only the lowest bits count")]
    fn place(&self, text: &[u8]) -> usize {
        self.state.hash_one(text) as usize & RECENT.saturating_sub(1)
    }
}

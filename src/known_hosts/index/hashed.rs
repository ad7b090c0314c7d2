//! Lines with hashed names. Whether one is a name's takes an HMAC, so what came of a name is remembered.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

use crate::known_hosts::hashed::PreparedName;
use crate::lines::index::At;

/// The hashed names of a file, each with its line.
pub(super) struct HashedLines {
    lines: Vec<(PreparedName, At)>,
    memory: Mutex<Memory>,
}

impl HashedLines {
    pub(super) fn new(lines: Vec<(PreparedName, At)>) -> Self {
        Self { lines, memory: Mutex::default() }
    }

    /// How many there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether what came of a name will never be forgotten.
    #[cfg(test)]
    pub(super) fn keeps(&self, name: &[u8]) -> bool {
        self.memory.lock().unwrap().kept.contains_key(name)
    }

    /// The lines that may be for a host of this name, in no order. `is_known` if other lines of the file carry it.
    ///
    /// Names are hashed as they are given; but a revocation must hold for a client that chooses the case of its name, so
    /// the name in lower case is looked up too.
    pub(super) fn lines_of(&self, name: &[u8], is_known: bool) -> Vec<At> {
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

    /// The lines whose hash is this very text's.
    fn lines_of_text(&self, text: &[u8], is_known: bool) -> Vec<At> {
        // Not locked while it hashes, so that one new name does not hold up the known ones.
        if let Some(found) = self.memory.lock().unwrap_or_else(PoisonError::into_inner).recall(text) {
            return found;
        }
        let is_hash = |(hashed, _): &&(PreparedName, At)| hashed.matches(text);
        let found: Vec<At> = self.lines.iter().filter(is_hash).map(|&(_, line)| line).collect();
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).remember(text, &found, is_known);
        found
    }
}

/// What came of texts.
#[derive(Default)]
struct Memory {
    /// Never forgotten: texts that have hashed lines, of which there are no more than lines, and some that have none.
    kept: HashMap<Box<[u8]>, Box<[At]>>,
    /// How many of those have none.
    kept_without: usize,
    /// Other texts that have none: one place each, by their hash.
    recent: Vec<Option<Box<[u8]>>>,
    state: RandomState,
}

/// How many texts are kept for being in the file in clear: at the most 20 MB, and the places behind them may do for more.
const MAX_KEPT_WITHOUT: usize = 65_536;

/// How many other texts are remembered: a power of two.
const RECENT: usize = 1024;

/// Longer texts are not remembered, unless they have lines: no host has such a name (RFC 1035 section 2.3.4).
const MAX_TEXT_BYTES: usize = 255;

impl Memory {
    fn recall(&self, text: &[u8]) -> Option<Vec<At>> {
        if let Some(found) = self.kept.get(text) {
            return Some(found.to_vec());
        }
        let recent = self.recent.get(self.place(text))?.as_deref()?;
        (recent == text).then(Vec::new)
    }

    fn remember(&mut self, text: &[u8], found: &[At], is_known: bool) {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "small numbers of the test's own")]

    use super::*;
    use crate::known_hosts::HashedName;

    const fn at(number: usize) -> At {
        At { offset: 100 * number, number }
    }

    fn numbers(lines: Vec<At>) -> Vec<usize> {
        lines.into_iter().map(|line| line.number).collect()
    }

    fn looked_up(lines: &HashedLines, name: &str) -> Vec<usize> {
        numbers(lines.lines_of(name.as_bytes(), false))
    }

    fn hashed(names: &[&str]) -> HashedLines {
        let hashed = |name: &&str| HashedName::new(name.as_bytes(), [9; 20]).prepare();
        let lines = names.iter().zip(0..).map(|(name, number)| (hashed(name), at(number)));
        HashedLines::new(lines.collect())
    }

    fn recalled(lines: &HashedLines, text: &str) -> Option<Vec<usize>> {
        lines.memory.lock().unwrap().recall(text.as_bytes()).map(numbers)
    }

    fn count_recent(lines: &HashedLines) -> usize {
        lines.memory.lock().unwrap().recent.iter().flatten().count()
    }

    #[test]
    fn a_name_is_looked_up_as_given_and_in_lower_case() {
        let lines = hashed(&["node1", "Node1", "node2", "node1"]);
        assert_eq!(looked_up(&lines, "node1"), [0, 3]);
        let mut both = looked_up(&lines, "Node1");
        both.sort_unstable();
        assert_eq!(both, [0, 1, 3]);
        assert_eq!(looked_up(&lines, "NODE2"), [2]);
        assert_eq!(looked_up(&lines, "node3"), [0; 0]);
        assert_eq!(looked_up(&hashed(&[]), "node1"), [0; 0]);
    }

    #[test]
    fn the_empty_name_is_a_name() {
        let lines = hashed(&[""]);
        lines.lines_of(b"node1", false);
        assert_eq!(recalled(&lines, ""), None);
        assert_eq!(looked_up(&lines, ""), [0]);
    }

    #[test]
    fn what_came_of_a_name_is_remembered() {
        let lines = hashed(&["node1", "node2"]);
        for (name, wanted) in [("node1", vec![0]), ("node3", vec![])] {
            assert_eq!(recalled(&lines, name), None);
            lines.lines_of(name.as_bytes(), false);
            assert_eq!(recalled(&lines, name), Some(wanted.clone()));
            assert_eq!(looked_up(&lines, name), wanted);
        }
        assert_eq!(recalled(&lines, "node2"), None);
    }

    #[test]
    fn names_that_are_made_up_push_out_each_other_and_no_name_of_the_file() {
        let lines = hashed(&["node1"]);
        lines.lines_of(b"node1", false);
        lines.lines_of(b"known", true);
        for number in 0..20 * RECENT {
            lines.lines_of(format!("other{number}").as_bytes(), false);
        }
        assert_eq!(recalled(&lines, "node1"), Some(vec![0]));
        assert_eq!(recalled(&lines, "known"), Some(vec![]));
        assert_eq!(lines.memory.lock().unwrap().kept.len(), 2);
        let others = (0..20 * RECENT).filter(|number| recalled(&lines, &format!("other{number}")).is_some()).count();
        assert_eq!(others, count_recent(&lines));
        assert!((RECENT / 2..=RECENT).contains(&others), "{others} of {RECENT} places are taken");
    }

    #[test]
    fn another_spelling_of_a_known_name_is_not_kept() {
        let lines = hashed(&["node1"]);
        lines.lines_of(b"KNOWN", true);
        assert!(lines.keeps(b"known") && !lines.keeps(b"KNOWN"));
        assert_eq!(recalled(&lines, "KNOWN"), Some(vec![]));
    }

    #[test]
    fn texts_longer_than_any_host_name_are_remembered_only_with_lines() {
        let (longest, long) = ("x".repeat(255), "x".repeat(256));
        let lines = hashed(&[&long.replace('x', "y")]);
        for (text, is_known) in [(&long, false), (&long, true), (&"x".repeat(300), false)] {
            lines.lines_of(text.as_bytes(), is_known);
            assert_eq!(recalled(&lines, text), None);
        }
        lines.lines_of(longest.as_bytes(), false);
        assert_eq!(recalled(&lines, &longest), Some(vec![]));
        lines.lines_of("y".repeat(256).as_bytes(), false);
        assert_eq!(recalled(&lines, &"y".repeat(256)), Some(vec![0]));
    }

    #[test]
    fn no_more_than_so_many_are_kept_without_lines() {
        let mut memory = Memory::default();
        for number in 0..MAX_KEPT_WITHOUT + 3 {
            // Some twice: two threads may have hashed the same name at once.
            for _ in 0..=number % 2 {
                memory.remember(format!("node{number}").as_bytes(), &[], true);
            }
        }
        assert_eq!(memory.kept.len(), MAX_KEPT_WITHOUT);
        assert!((1..=4).contains(&memory.recent.iter().flatten().count()));
        memory.remember(b"hashed", &[at(7)], true);
        assert_eq!(memory.recall(b"hashed"), Some(vec![at(7)]));
    }
}

//! The ids that somebody may have meant.

use std::cmp::Reverse;

use super::Id;

/// How many are worth naming.
const MOST: usize = 3;

impl Id {
    /// The ids nearest to a text that is none, the nearest first: at most three, and none where nothing is near.
    #[must_use]
    pub fn near(text: &str) -> Vec<Self> {
        // Longer than every id, and looked through for each of them.
        let text: String = text.chars().take(64).flat_map(char::to_lowercase).collect();
        let mut near: Vec<(Reverse<usize>, usize, Self)> = Self::ALL
            .iter()
            .map(|&id| (Reverse(shared(&text, id.word())), distance(&text, id.word()), id))
            .filter(|(shared, distance, id)| shared.0 > 0 || *distance <= id.word().len().div_euclid(3))
            .collect();
        near.sort();
        near.into_iter().map(|(_, _, id)| id).take(MOST).collect()
    }
}

/// How many words both have; a text that is within the id counts as well.
fn shared(text: &str, id: &str) -> usize {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.len() > 2);
    let words = words.filter(|&word| id.split('-').any(|other| other == word)).count();
    words.saturating_add(usize::from(text.len() > 2 && id.contains(text)))
}

/// How many letters must be put in, taken out or changed to make one from the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut costs: Vec<usize> = (0..=other.len()).collect();
    for (row, a) in (1_usize..).zip(one.bytes()) {
        let mut diagonal = row.saturating_sub(1);
        let mut left = row;
        for (b, cost) in other.bytes().zip(costs.iter_mut().skip(1)) {
            let changed = diagonal.saturating_add(usize::from(a != b));
            diagonal = *cost;
            *cost = changed.min(left.saturating_add(1)).min(diagonal.saturating_add(1));
            left = *cost;
        }
        if let Some(first) = costs.first_mut() {
            *first = row;
        }
    }
    costs.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("", ""), 0);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("no-ptr", "no-ptr"), 0);
    }

    #[test]
    fn what_is_misspelt_or_said_in_part_is_found() {
        assert_eq!(Id::near("keysign-not-seruid").first(), Some(&Id::KeysignNotSetuid));
        assert_eq!(Id::near("No-PTR").first(), Some(&Id::NoPtr));
        assert_eq!(Id::near("netgrp-does-not-match").first(), Some(&Id::NetgroupDoesNotMatch));
        assert_eq!(Id::near("trailing-dot"), [Id::ShostsTrailingDot]);
        assert!(Id::near("proxy").contains(&Id::ProxycommandOrProxyjump));
        assert_eq!(Id::near("keysign").len(), MOST);
    }

    #[test]
    fn nothing_is_near_to_nonsense() {
        for text in ["", "0", "124", "xyzzy", "-", "\u{fc}\u{fc}"] {
            assert_eq!(Id::near(text), [], "{text}");
        }
        assert_eq!(Id::near(&"x".repeat(100_000)), []);
    }
}

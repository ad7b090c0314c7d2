//! Whether two patterns may mean the same host.

/// Whether there is a text that both patterns match, in any case of letters: `*` is any run of bytes, `?` one byte.
///
/// Takes time proportional to the product of both lengths.
pub(super) fn overlaps(one: &[u8], other: &[u8]) -> bool {
    // Row by row: whether what is left of `one` from here, and of `other` from each place, have a text in common.
    let mut below = vec![false; other.len().saturating_add(1)];
    for at in (0..=one.len()).rev() {
        let mut row = vec![false; other.len().saturating_add(1)];
        for to in (0..=other.len()).rev() {
            let next = to.saturating_add(1);
            let (ours, theirs) = (one.get(at), other.get(to));
            let get = |row: &[bool], to: usize| row.get(to).copied().unwrap_or(false);
            let common = match (ours, theirs) {
                (None, None) => true,
                // A star stands for nothing, or for what stands there on the other side.
                (Some(b'*'), _) if get(&below, to) => true,
                (_, Some(b'*')) if get(&row, next) => true,
                (Some(b'*'), Some(_)) => get(&row, next),
                (Some(_), Some(b'*')) => get(&below, to),
                (Some(a), Some(b)) if *a == b'?' || *b == b'?' || a.eq_ignore_ascii_case(b) => get(&below, next),
                _ => false,
            };
            if let Some(cell) = row.get_mut(to) {
                *cell = common;
            }
        }
        below = row;
    }
    below.first().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::matches;

    #[test]
    fn two_patterns_overlap_when_a_text_matches_both() {
        // Every pattern of up to three of these, beside every text of up to five letters.
        let mut patterns = vec![Vec::new()];
        let mut texts: Vec<Vec<u8>> = vec![Vec::new()];
        let grown = |all: &[Vec<u8>], letters: &[u8], length: usize| -> Vec<Vec<u8>> {
            let longest = all.iter().filter(|text| text.len() == length);
            longest.flat_map(|text| letters.iter().map(move |&letter| [text.as_slice(), &[letter]].concat())).collect()
        };
        for length in 0..3 {
            patterns.extend(grown(&patterns, b"ab*?", length));
        }
        for length in 0..6 {
            texts.extend(grown(&texts, b"ab", length));
        }
        for one in &patterns {
            for other in &patterns {
                let common = texts.iter().any(|text| matches(text, one) && matches(text, other));
                assert_eq!(overlaps(one, other), common, "{} {}", one.escape_ascii(), other.escape_ascii());
            }
        }
        assert!(overlaps(b"Node*", b"*.CLUSTER.test") && !overlaps(b"*.a.test", b"*.b.test"));
    }
}

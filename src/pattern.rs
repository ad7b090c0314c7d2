//! OpenSSH's wildcards and pattern lists (match.c; ssh_config(5), PATTERNS).

/// Whether `text` matches `pattern`: `*` stands for any run of bytes, also none; `?` for one byte; everything else for
/// itself (match.c `match_pattern`).
///
/// Takes time proportional to the product of both lengths at the worst, and never recurses.
#[must_use]
pub fn matches(text: &[u8], pattern: &[u8]) -> bool {
    matches_case(text, pattern, Case::Sensitive)
}

/// The same, with a say on upper and lower case.
pub(crate) fn matches_case(text: &[u8], pattern: &[u8], case: Case) -> bool {
    let same = |wanted: u8, byte: u8| match case {
        Case::Sensitive => wanted == byte,
        Case::Fold => wanted.eq_ignore_ascii_case(&byte),
    };
    let (mut text, mut pattern) = (text, pattern);
    // Where to go on when a later byte does not fit: behind the last star, one byte of text further.
    let mut retry: Option<(&[u8], &[u8])> = None;
    loop {
        match (pattern.split_first(), text.split_first()) {
            (Some((b'*', rest)), _) => {
                retry = Some((rest, text));
                pattern = rest;
            }
            (Some((&wanted, pattern_rest)), Some((&byte, text_rest))) if wanted == b'?' || same(wanted, byte) => {
                (pattern, text) = (pattern_rest, text_rest);
            }
            (None, None) => return true,
            _ => match retry.and_then(|(behind_star, from)| Some((behind_star, from.split_first()?.1))) {
                Some((behind_star, from)) => {
                    retry = Some((behind_star, from));
                    (pattern, text) = (behind_star, from);
                }
                None => return false,
            },
        }
    }
}

/// What a pattern list says of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListMatch {
    /// A pattern matches, and no negated one does.
    Yes,
    /// No pattern matches.
    No,
    /// A negated pattern (`!x`) matches, wherever it stands in the list.
    Negated,
}

/// A pattern of this length or more spoils its whole list (match.c `match_pattern_list`: a buffer of 1024).
pub const MAX_PATTERN_BYTES: usize = 1023;

/// Whether upper and lower case count as the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// `A` and `a` differ.
    Sensitive,
    /// ASCII letters are lower-cased on both sides, as for host names.
    Fold,
}

/// Matches a comma-separated list (match.c `match_pattern_list`). An empty element matches only an empty text.
#[must_use]
pub fn matches_list(text: &[u8], list: &[u8], case: Case) -> ListMatch {
    let mut result = ListMatch::No;
    for element in list.split(|&byte| byte == b',') {
        let (negated, pattern) = match element.strip_prefix(b"!") {
            Some(pattern) => (true, pattern),
            None => (false, element),
        };
        if pattern.len() >= MAX_PATTERN_BYTES {
            return ListMatch::No;
        }
        if matches_case(text, pattern, case) {
            if negated {
                return ListMatch::Negated;
            }
            result = ListMatch::Yes;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        for (text, pattern) in [
            ("", ""),
            ("", "*"),
            ("a.b.c", "*"),
            ("a.b.c", "a*c"),
            ("a.b.c", "*.c"),
            ("a.b.c", "?.b.?"),
            ("aab", "*ab"),
            ("abab", "*ab"),
            ("a*b", "a*b"),
            ("mississippi", "*issip*"),
            ("x", "**x**"),
        ] {
            assert!(matches(text.as_bytes(), pattern.as_bytes()), "{text} should match {pattern}");
        }
        for (text, pattern) in [
            ("", "?"),
            ("a", ""),
            ("ab", "a"),
            ("a", "ab"),
            ("a.b.c", "*.b"),
            ("A", "a"),
            ("mississippi", "*issib*"),
            ("ab", "?"),
        ] {
            assert!(!matches(text.as_bytes(), pattern.as_bytes()), "{text} should not match {pattern}");
        }
    }

    #[test]
    fn many_stars_take_no_exponential_time() {
        let text = vec![b'a'; 4096];
        let pattern = [b"*a".repeat(500), b"*b".to_vec()].concat();
        assert!(!matches(&text, &pattern));
    }

    #[test]
    fn a_negated_pattern_wins_wherever_it_stands() {
        let list = |text: &str, list: &str| matches_list(text.as_bytes(), list.as_bytes(), Case::Fold);
        assert_eq!(list("node1.test", "*.test,!node1.test"), ListMatch::Negated);
        assert_eq!(list("node1.test", "!node1.test,*.test"), ListMatch::Negated);
        assert_eq!(list("node2.test", "*.test,!node1.test"), ListMatch::Yes);
        assert_eq!(list("node2.test", "!node1.test"), ListMatch::No);
        assert_eq!(list("node1", "node1,"), ListMatch::Yes);
        assert_eq!(list("node1", "node,ode1"), ListMatch::No);
    }

    #[test]
    fn case_counts_only_where_it_is_said_to() {
        assert_eq!(matches_list(b"Node1", b"nODE?", Case::Fold), ListMatch::Yes);
        assert_eq!(matches_list(b"Node1", b"nODE?", Case::Sensitive), ListMatch::No);
    }

    #[test]
    fn a_pattern_of_1023_bytes_spoils_the_list() {
        let long = |length: usize| [b"node1,".to_vec(), vec![b'x'; length]].concat();
        assert_eq!(matches_list(b"node1", &long(1022), Case::Fold), ListMatch::Yes);
        assert_eq!(matches_list(b"node1", &long(1023), Case::Fold), ListMatch::No);
    }
}

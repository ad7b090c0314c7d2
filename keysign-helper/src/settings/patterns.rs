//! Lists of names and patterns (ssh_config(5), PATTERNS).

use hostbased::pattern::{Case, ListMatch, MAX_PATTERN_BYTES, matches_list};

use super::error::LineProblem;

/// The words of a keyword, of all its lines: patterns, or lists of them with commas between.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Patterns(Vec<Vec<u8>>);

impl Patterns {
    /// Takes one more word.
    ///
    /// # Errors
    /// [`LineProblem::EmptyPattern`], [`LineProblem::LongPattern`] (such a one makes the matcher skip what stands behind it,
    /// be it a `!`).
    pub(super) fn add(&mut self, word: &[u8]) -> Result<(), LineProblem> {
        for element in word.split(|&byte| byte == b',') {
            let pattern = element.strip_prefix(b"!").unwrap_or(element);
            if pattern.is_empty() {
                return Err(LineProblem::EmptyPattern);
            }
            if pattern.len() >= MAX_PATTERN_BYTES {
                return Err(LineProblem::LongPattern);
            }
        }
        self.0.push(word.to_vec());
        Ok(())
    }

    /// Whether every pattern is a negated one, so that nobody is ever allowed.
    pub(super) fn only_negate(&self) -> bool {
        self.0.iter().all(|word| word.split(|&byte| byte == b',').all(|element| element.starts_with(b"!")))
    }

    /// Whether a pattern matches one of these names, and no negated one matches any, wherever it stands.
    pub(super) fn allow_one_of<'n>(&self, names: impl IntoIterator<Item = &'n [u8]>) -> bool {
        let mut allowed = false;
        for name in names {
            for word in &self.0 {
                match matches_list(name, word, Case::Sensitive) {
                    ListMatch::Negated => return false,
                    ListMatch::Yes => allowed = true,
                    ListMatch::No => {}
                }
            }
        }
        allowed
    }

    /// Whether a negated pattern matches this name.
    pub(super) fn forbid(&self, name: &[u8]) -> bool {
        self.0.iter().any(|word| matches_list(name, word, Case::Sensitive) == ListMatch::Negated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(words: &[&str]) -> Patterns {
        let mut patterns = Patterns::default();
        for word in words {
            patterns.add(word.as_bytes()).unwrap();
        }
        patterns
    }

    #[test]
    fn a_negated_pattern_wins_wherever_it_stands_and_whichever_name_it_fits() {
        for (words, names, allowed) in [
            (&["alice"][..], &["alice"][..], true),
            (&["alice"], &["Alice"], false),
            (&["alice"], &["alic"], false),
            (&["alice"], &["alicex"], false),
            (&["alice"], &[], false),
            (&["alice", "bob"], &["bob"], true),
            (&["alice,bob"], &["bob"], true),
            (&["al*"], &["alice"], true),
            (&["al?ce"], &["alice"], true),
            (&["al?ce"], &["alce"], false),
            (&["!bob", "*"], &["bob"], false),
            (&["*", "!bob"], &["bob"], false),
            (&["*,!bob"], &["bob"], false),
            (&["*", "!bob"], &["bobby"], true),
            (&["staff"], &["users", "staff"], true),
            (&["staff", "!guests"], &["staff", "guests"], false),
            (&["staff", "!guests"], &["guests", "staff"], false),
            (&["!guests"], &["staff"], false),
            (&["alice@node1"], &["alice"], false),
            (&["*"], &["\n=\"\u{1b}"], true),
        ] {
            let names = names.iter().map(|name| name.as_bytes());
            assert_eq!(patterns(words).allow_one_of(names), allowed, "{words:?}");
        }
    }

    #[test]
    fn what_matches_nothing_or_hides_others_is_refused() {
        let add = |word: &[u8]| Patterns::default().add(word);
        for word in [&b""[..], b"!", b"a,,b", b",a", b"a,", b"a,!"] {
            assert_eq!(add(word), Err(LineProblem::EmptyPattern), "{word:?}");
        }
        assert_eq!(add(&[b'x'; 1022]), Ok(()));
        assert_eq!(add(&[b'x'; 1023]), Err(LineProblem::LongPattern));
        assert_eq!(add(&[b"!".to_vec(), vec![b'x'; 1022]].concat()), Ok(()));
        assert_eq!(add(&[b"a,!".to_vec(), vec![b'x'; 1023]].concat()), Err(LineProblem::LongPattern));
    }

    #[test]
    fn a_list_of_negated_patterns_alone_is_seen() {
        for (words, only) in
            [(&["!a"][..], true), (&["!a", "!b,!c"], true), (&["!a", "b"], false), (&["!a,b"], false), (&["a"], false)]
        {
            assert_eq!(patterns(words).only_negate(), only, "{words:?}");
        }
    }
}

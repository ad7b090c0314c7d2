//! Which servers a client is to use the method with: a pattern of `Host`, ssh_config(5).

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::overlap::overlaps;
use crate::escape::escape;
use crate::pattern::MAX_PATTERN_BYTES;

/// Why it is none.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PatternError {
    /// Nothing.
    #[error("an empty pattern names no server")]
    Empty,
    /// Too long for OpenSSH.
    #[error("a pattern of {MAX_PATTERN_BYTES} bytes or more matches nothing")]
    TooLong,
    /// `!x` takes servers out of a list, and this is no list.
    #[error("a pattern that begins with \"!\" names no server")]
    Negated,
    /// Something that no name, address or wildcard has in it.
    #[error(
        "\"{}\" stands in no host name, address or wildcard; give names as users type them, with * and ?", escape(.0)
    )]
    Character(String),
}

/// A pattern that names servers: letters, digits, `. - _ :` and `%`, and the wildcards `*` and `?`. Always lower case, as ssh
/// compares it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerPattern(String);

impl ServerPattern {
    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it names every host there is.
    #[must_use]
    pub fn is_every_host(&self) -> bool {
        self.0.contains('*') && self.0.bytes().all(|byte| byte == b'*' || byte == b'?')
    }

    /// A name that it matches, to ask ssh of.
    #[must_use]
    pub fn sample(&self) -> String {
        // A star may stand for nothing, but a name must not begin with a dot or a hyphen: ssh takes the latter for an option.
        self.0.replace('*', "hostbased-setup").replace('?', "x")
    }

    /// Whether there may be a name that both match.
    pub(super) fn overlaps(&self, other: &[u8]) -> bool {
        overlaps(self.0.as_bytes(), other)
    }

    /// Whether every name that it matches matches the other one too. `false` where that cannot be told.
    pub(super) fn is_covered_by(&self, other: &[u8]) -> bool {
        let other = other.to_ascii_lowercase();
        // A star of ours, taken for a character, is matched by a star only: where the other has no question mark.
        !other.contains(&b'?') && crate::pattern::matches(self.0.as_bytes(), &other) || other == self.0.as_bytes()
    }
}

impl fmt::Display for ServerPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ServerPattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let is_of_names = |c: &char| c.is_ascii_alphanumeric() || ".-_:%*?".contains(*c);
        match text.chars().find(|c| !is_of_names(c)) {
            _ if text.is_empty() => Err(PatternError::Empty),
            _ if text.len() >= MAX_PATTERN_BYTES => Err(PatternError::TooLong),
            Some('!') if text.starts_with('!') => Err(PatternError::Negated),
            Some(c) => Err(PatternError::Character(c.to_string())),
            // An option of ssh, where it is asked of it.
            None if text.starts_with('-') => Err(PatternError::Character("-".to_owned())),
            None => Ok(Self(text.to_ascii_lowercase())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> ServerPattern {
        text.parse().unwrap()
    }

    #[test]
    fn each_near_miss_has_its_reason() {
        let error = |text: &str| text.parse::<ServerPattern>().unwrap_err();
        assert_eq!(error(""), PatternError::Empty);
        assert_eq!(error(&"a".repeat(1023)), PatternError::TooLong);
        assert_eq!(error("!srv"), PatternError::Negated);
        assert_eq!(error("srv!"), PatternError::Character("!".to_owned()));
        assert_eq!(error("a b"), PatternError::Character(" ".to_owned()));
        assert_eq!(error("a,b"), PatternError::Character(",".to_owned()));
        assert_eq!(error("a\nb"), PatternError::Character("\n".to_owned()));
        assert_eq!(error("a\"b"), PatternError::Character("\"".to_owned()));
        assert_eq!(error("-oProxyCommand=x"), PatternError::Character("=".to_owned()));
        assert_eq!(error("-o"), PatternError::Character("-".to_owned()));
        assert_eq!(error("a#"), PatternError::Character("#".to_owned()));
        assert_eq!(pattern("*.Cluster.test").as_str(), "*.cluster.test");
        assert_eq!(pattern("fd77::1%eth0").as_str(), "fd77::1%eth0");
    }

    #[test]
    fn a_sample_is_a_name_that_the_pattern_matches() {
        for text in ["srv", "*.cluster.test", "node?", "*", "10.77.0.*"] {
            let sample = pattern(text).sample();
            assert!(crate::pattern::matches(sample.as_bytes(), text.as_bytes()), "{sample}");
        }
    }

    #[test]
    fn what_covers_a_pattern() {
        assert!(pattern("srv").is_covered_by(b"SRV") && pattern("srv").is_covered_by(b"s*"));
        assert!(pattern("*.a.test").is_covered_by(b"*.test") && pattern("n?").is_covered_by(b"n?"));
        assert!(!pattern("*.a.test").is_covered_by(b"*.a.tes?") && !pattern("*").is_covered_by(b"?"));
        assert!(!pattern("*.test").is_covered_by(b"*.a.test") && !pattern("srv").is_covered_by(b"sr"));
        assert!(pattern("**").is_every_host() && pattern("?*").is_every_host() && !pattern("*.x").is_every_host());
    }
}

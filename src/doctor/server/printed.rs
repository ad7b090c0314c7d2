//! What `sshd -T` prints, word by word.

/// `option value` lines (OpenSSH: servconf.c `dump_config`); options in lower case, as they were until 10.3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Printed(Vec<(String, String)>);

impl Printed {
    /// Reads the output.
    #[must_use]
    pub fn read(output: &[u8]) -> Self {
        let text = String::from_utf8_lossy(output);
        let lines = text.lines().filter_map(|line| line.split_once(' '));
        Self(lines.map(|(option, value)| (option.to_ascii_lowercase(), value.to_owned())).collect())
    }

    /// The value of an option, given in lower case.
    #[must_use]
    pub fn value(&self, option: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == option).map(|(_, value)| value.as_str())
    }

    /// The same as a number.
    #[must_use]
    pub fn number(&self, option: &str) -> Option<usize> {
        self.value(option)?.parse().ok()
    }

    /// Whether the option is there and says yes.
    #[must_use]
    pub fn is_yes(&self, option: &str) -> bool {
        self.value(option) == Some("yes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_found_in_both_spellings() {
        for text in ["loglevel VERBOSE\nmaxauthtries 3\n", "LogLevel VERBOSE\nMaxAuthTries 3\n"] {
            let printed = Printed::read(text.as_bytes());
            assert_eq!(printed.value("loglevel"), Some("VERBOSE"));
            assert_eq!(printed.number("maxauthtries"), Some(3));
            assert_eq!((printed.value("usedns"), printed.is_yes("loglevel")), (None, false));
        }
    }
}

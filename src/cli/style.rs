//! Colour, for people who see it: it says nothing that the text does not.

use anstyle::{AnsiColor, Effects, Style as Ansi};

use crate::severity::Severity;

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// As it should be.
    Good,
    /// Stops something.
    Bad,
    /// Worth a look.
    Warn,
    /// A line that comes.
    Added,
    /// A line that goes.
    Removed,
    /// Beside the point.
    Dim,
}

impl Style {
    /// Of a finding.
    pub(super) const fn of(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Bad,
            Severity::Warning => Self::Warn,
            Severity::Information => Self::Dim,
        }
    }

    /// The text with the codes of the style around it (ECMA-48, SGR).
    pub(super) fn paint(self, text: &str) -> String {
        let style = self.ansi();
        format!("{style}{text}{style:#}")
    }

    const fn ansi(self) -> Ansi {
        match self {
            Self::Good | Self::Added => AnsiColor::Green.on_default(),
            Self::Bad => AnsiColor::Red.on_default().effects(Effects::BOLD),
            Self::Removed => AnsiColor::Red.on_default(),
            Self::Warn => AnsiColor::Yellow.on_default(),
            Self::Dim => Ansi::new().effects(Effects::DIMMED),
        }
    }
}

/// Whether a terminal is to be written to in colour, by what the environment says (no-color.org, terminfo(5)).
pub(super) fn is_wanted(no_color: Option<&std::ffi::OsStr>, term: Option<&std::ffi::OsStr>) -> bool {
    no_color.is_none_or(std::ffi::OsStr::is_empty) && term.is_some_and(|term| !term.is_empty() && term != "dumb")
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    #[test]
    fn colour_is_for_terminals_that_have_it_and_people_who_want_it() {
        let wanted =
            |no_color: Option<&str>, term: Option<&str>| is_wanted(no_color.map(OsStr::new), term.map(OsStr::new));
        assert!(wanted(None, Some("xterm")));
        assert!(wanted(Some(""), Some("xterm")));
        assert!(!wanted(Some("1"), Some("xterm")));
        assert!(!wanted(None, Some("dumb")));
        assert!(!wanted(None, Some("")));
        assert!(!wanted(None, None));
    }

    #[test]
    fn the_text_stands_between_codes_that_end() {
        assert_eq!(Style::Good.paint("fine"), "\x1b[32mfine\x1b[0m");
        assert_eq!(Style::Bad.paint("no"), "\x1b[1m\x1b[31mno\x1b[0m");
    }
}

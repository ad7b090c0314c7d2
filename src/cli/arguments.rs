//! Arguments that several commands take.

use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use super::port::parse_port;
use super::time::parse_time;
use crate::escape::escape;
use crate::scan::ScanType;
use crate::store::Root;

/// Where the files are.
#[derive(Debug, clap::Args)]
pub(super) struct RootFolder {
    /// Take all files below this folder, as for the image of another machine; DIR's own parents are trusted
    #[arg(long, value_name = "DIR", default_value = "/")]
    root: PathBuf,
}

impl RootFolder {
    pub(super) fn root(&self) -> Root {
        Root::new(&self.root)
    }
}

/// Why an argument is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum ArgumentError {
    #[error("unknown key type \"{}\"", escape(.0))]
    Type(String),
    #[error("not a port from 1 to 65535, nor the name of a TCP service")]
    Port,
    #[error("not a time above 0: give seconds, or numbers with s, m, h, d or w")]
    Timeout,
}

/// A key type that can be scanned for.
pub(super) fn scan_type(text: &str) -> Result<ScanType, ArgumentError> {
    ScanType::from_name(text).ok_or_else(|| ArgumentError::Type(text.to_owned()))
}

/// A TCP port, a number or a service's name.
pub(super) fn port(text: &str) -> Result<u16, ArgumentError> {
    parse_port(text).ok_or(ArgumentError::Port)
}

/// How long to wait for an answer.
pub(super) fn timeout(text: &str) -> Result<Duration, ArgumentError> {
    parse_time(text).filter(|time| !time.is_zero()).ok_or(ArgumentError::Timeout)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::CommandFactory;

    #[test]
    fn each_near_miss_has_its_reason() {
        assert_eq!((port("2200"), port("0")), (Ok(2200), Err(ArgumentError::Port)));
        assert_eq!((timeout("1m"), timeout("0")), (Ok(Duration::from_secs(60)), Err(ArgumentError::Timeout)));
        assert_eq!((scan_type("rsa"), scan_type("")), (Ok(ScanType::Rsa), Err(ArgumentError::Type(String::new()))));
    }

    #[test]
    fn help_says_that_the_parents_of_the_root_are_trusted() {
        let command = Cli::command();
        for name in ["enroll", "list", "remove"] {
            let mut command = command.find_subcommand(name).unwrap().clone().term_width(200);
            let help = command.render_help().to_string();
            assert!(help.contains("--root <DIR>") && help.contains("DIR's own parents are trusted"), "{help}");
        }
    }
}

//! Why a configuration is not taken.

use thiserror::Error;

use super::knob::known_names;
use super::methods::MethodsError;
use crate::escape::escape;
use crate::key::AlgorithmListError;

/// Why an option, or what sshd prints of its configuration, is not taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// No option of that name decides over hostbased, though sshd may know it.
    #[error("no option {:#} decides over hostbased; these do: {}", escape(.option), known_names())]
    UnknownOption {
        /// The name that was given.
        option: String,
    },
    /// The option has no value, or an empty one.
    #[error("{option} has no value: {allowed}")]
    NoValue {
        /// The option, as sshd_config(5) writes it.
        option: &'static str,
        /// What is allowed.
        allowed: &'static str,
    },
    /// The value is none of those that are allowed.
    #[error("{option} {:#}: {allowed}", escape(.value))]
    Value {
        /// The option, as sshd_config(5) writes it.
        option: &'static str,
        /// The value that was given.
        value: String,
        /// What is allowed.
        allowed: &'static str,
    },
    /// More than one value where one is taken.
    #[error("{option} takes one value: {:#} is too many", escape(.value))]
    TooMany {
        /// The option, as sshd_config(5) writes it.
        option: &'static str,
        /// The second value.
        value: String,
    },
    /// A quote in the value is not closed.
    #[error("{option}: a quote is not closed in {:#}", escape(.value))]
    OpenQuote {
        /// The option, as sshd_config(5) writes it.
        option: &'static str,
        /// The value that was given.
        value: String,
    },
    /// A list of algorithms that sshd would not start with.
    #[error("{option}: {}", escape(&.error.to_string()))]
    Algorithms {
        /// The option, as sshd_config(5) writes it.
        option: &'static str,
        /// What is wrong.
        error: AlgorithmListError,
    },
    /// Lists of methods that sshd would not start with.
    #[error("AuthenticationMethods {:#}: {error}", escape(.value))]
    Methods {
        /// The value that was given.
        value: String,
        /// What is wrong.
        error: MethodsError,
    },
    /// sshd does not print an option that it knows: this is not its whole output.
    #[error("what sshd -T printed lacks {option}: give its whole output")]
    NotPrinted {
        /// The option, as sshd_config(5) writes it.
        option: &'static str,
    },
    /// An option that sshd prints once stands there twice.
    #[error("what sshd -T printed has {option} twice: give the output of one run")]
    PrintedTwice {
        /// The option, as sshd_config(5) writes it.
        option: &'static str,
    },
    /// The value is not UTF-8.
    #[error("{option} {:#} is not UTF-8: change it in sshd_config", escape(.value))]
    NotText {
        /// The option, as sshd_config(5) writes it.
        option: &'static str,
        /// The value's bytes.
        value: Vec<u8>,
    },
}

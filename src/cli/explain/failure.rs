//! Why nothing can be explained.

use std::io;

use thiserror::Error;

use super::arguments::ValueError;
use super::from_log::LogError;
use super::key::KeyProblem;
use crate::cli::failure::Failure;
use crate::cli::sshd::SshdError;
use crate::escape::escape;
use crate::store::StoreError;
use crate::store::account::AccountError;
use crate::verify::PolicyError;

/// Why nothing can be explained: what happened, and what to do where that does not say it already.
#[derive(Debug, Error)]
pub(in crate::cli) enum ExplainError {
    #[error(transparent)]
    Value(#[from] ValueError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error("{place}: the line does not say who was refused; give {argument}")]
    NotInLog { place: String, argument: &'static str },
    #[error(transparent)]
    KeyFile(#[from] Failure),
    #[error(transparent)]
    Key(#[from] KeyProblem),
    #[error("--set {}: {error}", escape(.setting))]
    Set { setting: String, error: PolicyError },
    /// sshd would not start with such a configuration, or says something that we do not understand.
    #[error(
        "cannot ask sshd for its options: {0}\nmend its configuration, or name one: --sshd-config FILE (/dev/null has sshd's defaults)"
    )]
    Sshd(SshdError),
    #[error(
        "what sshd -T prints cannot be understood: {0}\nname another configuration (--sshd-config /dev/null has sshd's defaults), and say the rest by --set"
    )]
    Options(PolicyError),
    /// It is not known whether there is such an account.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// A file of the system's cannot be read with these rights: sshd, as root, could. Or there is no root.
    #[error("{0}\nsshd reads it, and without it nothing can be said")]
    Unreadable(StoreError),
    /// A file of the account's own cannot be read with these rights, and sshd, with the account's, could.
    #[error("{}: Permission denied\nsshd reads it with the account's rights; run this as root or as that user", escape(.path))]
    OwnFile { path: String },
    /// The verdict would be that of an option that nobody has said.
    #[error(
        "it is not known whether HostbasedAuthentication is yes: {why}\nsay it by --set HostbasedAuthentication=yes, or name the configuration: --sshd-config FILE"
    )]
    OptionsNotKnown { why: String },
    #[error("cannot go on: {0}")]
    Io(#[from] io::Error),
}

impl ExplainError {
    pub(in crate::cli) fn io_kind(&self) -> io::ErrorKind {
        match self {
            Self::Io(error) => error.kind(),
            _ => io::ErrorKind::Other,
        }
    }
}

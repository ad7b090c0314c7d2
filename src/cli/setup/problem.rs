//! Why a machine was not set up.

use std::io;

use thiserror::Error;

use super::programs::RunError;
use crate::escape::escape;
use crate::setup::Refusal;
use crate::store::{EditError, Meanwhile, StoreError};

/// Why a machine was not set up: what happened and, on a second line, what to do. Unless it says otherwise nothing was changed.
#[derive(Debug, Error)]
pub(in crate::cli) enum SetupError {
    #[error(
        "only root may set a machine up\nrun this as root, or look only, below a folder of your own: --root DIR --dry-run"
    )]
    NotRoot,
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Edit(#[from] EditError<Meanwhile>),
    #[error("{0}")]
    Run(#[from] RunError),
    #[error("there is no {0} on this machine\n{1}")]
    NoProgram(&'static str, &'static str),
    #[error("sshd refuses its configuration as it is: {0}\nmend that first (sshd -t)")]
    BrokenBefore(String),
    #[error("sshd refuses the configuration with these lines, and the old one is back: {0}\nnothing was changed")]
    RefusedBySshd(String),
    #[error("ssh refuses the configuration as it is: {0}\nmend that first (ssh -G '')")]
    BrokenClientBefore(String),
    #[error("ssh does not do as these lines say, and the old configuration is back: {0}\nnothing was changed")]
    RefusedBySsh(String),
    #[error("{said}\nand the old content could not be put back: {error}")]
    NotTakenBack { said: String, error: StoreError },
    #[error("{}: is not the helper of hostbased\nname its `keysign`", escape(.0))]
    NotOurs(String),
    #[error("{}: there is no such file\nname the helper: --keysign FILE", escape(.0))]
    NoSuchHelper(String),
    #[error(
        "{}: a link is on the way there, which dpkg's tools would follow out of the image\nrun this in the image itself \
         (chroot), or leave its helper alone: without --helper",
        escape(.0.as_os_str().as_encoded_bytes())
    )]
    LinkInImage(std::path::PathBuf),
    #[error("cannot make a host key: {0}")]
    Key(io::Error),
    #[error("no random numbers: {0}")]
    Random(String),
}

impl From<Refusal> for crate::cli::failure::Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Setup(SetupError::from(refusal))
    }
}

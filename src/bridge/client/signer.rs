//! Who signs: a set-uid helper, or this process with the private key's file.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::{fmt, io};

use russh_hostbased::client::HostbasedSigner;
use thiserror::Error;
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use super::claim::Claim;
use crate::key::Fingerprint;
use crate::sign::helper::{Helper, HelperError};
use crate::sign::{Caller, CheckedRequest, HostKey, PrivateKeyError, RequestRefusal, SignError};

/// Why there is no signature.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SignerError {
    /// The helper did not sign.
    #[error(transparent)]
    Helper(#[from] HelperError),
    /// The request must not be signed.
    #[error("not signed: {0}")]
    Refused(#[from] RequestRefusal),
    /// The private key did not sign.
    #[error("not signed: {0}")]
    Sign(#[from] SignError),
    /// No file holds the private half of the key that is offered.
    #[error("not signed: no key file here holds the private half of {0}")]
    NoSuchKey(Fingerprint),
    /// The thread that was to sign did not come to its end.
    #[error("not signed: {0}")]
    Thread(#[from] tokio::task::JoinError),
    /// The connection failed.
    #[error(transparent)]
    Connection(#[from] russh_hostbased::Error),
}

/// Has requests signed by a set-uid helper, ours or OpenSSH's: what a program that an ordinary user runs needs.
///
/// The helper looks at the connection itself, and signs only for the name that it finds there.
#[derive(Clone, Debug)]
pub struct HelperSigner {
    helper: Helper,
    connection: Arc<OwnedFd>,
}

impl HelperSigner {
    /// Keeps a duplicate of the connection's descriptor, closed on exec: russh will own the socket itself. The connection
    /// stays open until this is gone too.
    ///
    /// # Errors
    /// What the system says where it has no descriptor left.
    pub fn new(helper: Helper, connection: BorrowedFd<'_>) -> io::Result<Self> {
        Ok(Self { helper, connection: Arc::new(connection.try_clone_to_owned()?) })
    }
}

impl HostbasedSigner for HelperSigner {
    type Error = SignerError;

    /// Runs the helper on a thread that may wait; it has the time that [`Helper::with_timeout`] gave it.
    async fn sign_hostbased(&mut self, data: Vec<u8>) -> Result<Vec<u8>, SignerError> {
        let Self { helper, connection } = self.clone();
        Ok(spawn_blocking(move || helper.ask(connection.as_fd(), &data)).await??.signature)
    }
}

/// Signs with private host keys that this process may read: root's own programs, and tests.
///
/// It signs what a helper would sign ([`CheckedRequest`]), for one host and one user. The files' bytes are wiped when it
/// goes; a key is decoded for the moment of a signature.
#[derive(Clone)]
pub struct KeyFileSigner {
    shared: Arc<Shared>,
}

struct Shared {
    files: Vec<Zeroizing<Vec<u8>>>,
    local_name: Vec<u8>,
    user: Vec<u8>,
}

impl KeyFileSigner {
    /// A signer for this claim, whose host and user are the only ones that it signs for, with these key files: their
    /// bytes, in any form that [`HostKey`] reads.
    ///
    /// # Errors
    /// [`PrivateKeyError`], of the first file that is no private key that can sign.
    pub fn new(claim: &Claim, files: impl IntoIterator<Item = Zeroizing<Vec<u8>>>) -> Result<Self, PrivateKeyError> {
        let files: Vec<_> = files.into_iter().collect();
        for file in &files {
            HostKey::identify(file)?;
        }
        let local_name = claim.client_host.strip_suffix('.').unwrap_or(&claim.client_host).into();
        Ok(Self { shared: Arc::new(Shared { files, local_name, user: claim.client_user.clone().into() }) })
    }
}

impl Shared {
    fn sign(&self, data: &[u8]) -> Result<Vec<u8>, SignerError> {
        let caller = Caller { local_name: &self.local_name, user: &self.user };
        let request = CheckedRequest::check(data, &caller)?;
        for file in &self.files {
            let key = HostKey::identify(file).map_err(SignError::from)?;
            if key.holds(request.public_key()).map_err(SignError::from)? {
                return Ok(key.sign(&request)?);
            }
        }
        Err(SignerError::NoSuchKey(request.public_key().fingerprint()))
    }
}

impl fmt::Debug for KeyFileSigner {
    /// Without the keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyFileSigner").field("files", &self.shared.files.len()).finish_non_exhaustive()
    }
}

impl HostbasedSigner for KeyFileSigner {
    type Error = SignerError;

    /// Signs on a thread that may take its time: an RSA signature takes milliseconds.
    async fn sign_hostbased(&mut self, data: Vec<u8>) -> Result<Vec<u8>, SignerError> {
        let shared = Arc::clone(&self.shared);
        spawn_blocking(move || shared.sign(&data)).await?
    }
}

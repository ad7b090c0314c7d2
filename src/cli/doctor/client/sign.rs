//! Signatures that nobody logs in with: the helper is asked as `ssh` asks it, over a socket on which nothing is sent, for a
//! session that does not exist.

use std::io::{self, PipeReader};
use std::os::fd::{AsFd, BorrowedFd};

use super::network::Way;
use crate::doctor::client::{DryRun, Helper, Offer, Signed};
use crate::escape::escape;
use crate::key::{SignatureError, verify_signature};
use crate::sign::helper::{Helper as Client, HelperError};
use crate::wire::Request;

/// Lengths of session ids that are tried: those of SHA-256 and SHA-512, in bytes.
const SHORT: usize = 32;
const LONG: usize = 64;

/// Who asks for what.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    /// The helper's path.
    pub(super) helper: &'a str,
    /// The user here.
    pub(super) client_user: &'a str,
    /// The account on the server.
    pub(super) server_user: &'a str,
}

/// What the connection is to the helper.
enum Descriptor<'a> {
    Socket(BorrowedFd<'a>),
    /// As of a proxy command.
    Pipe(PipeReader),
}

impl Asked<'_> {
    /// Has each of the offers signed for the first way, and the first of them for the others; and once for a long session id.
    pub(super) fn try_all(&self, helper: &mut Helper, offers: &[Offer], ways: &[Way]) {
        let Some((first, others)) = ways.split_first() else { return };
        for (number, offer) in offers.iter().enumerate() {
            helper.dry_runs.push(self.try_one(number, offer, first));
        }
        for way in others {
            helper.dry_runs.extend(offers.first().map(|offer| self.try_one(0, offer, way)));
        }
        let is_good = |run: &DryRun| run.result == Signed::Good;
        let good = helper.dry_runs.iter().find(|run| is_good(run)).and_then(|run| offers.get(run.offer));
        helper.long_session = good.and_then(|offer| match self.sign(offer, first, &random(LONG)) {
            Ok(_) => Some(Ok(())),
            Err(HelperError::Refused { reason, .. }) => Some(Err(reason)),
            Err(_) => None,
        });
    }

    fn try_one(&self, number: usize, offer: &Offer, way: &Way) -> DryRun {
        let session = random(SHORT);
        let claimed = way.connection.claimed.clone();
        let result = match self.sign(offer, way, &session) {
            Ok((data, signature)) => match verify_signature(&offer.key, offer.algorithm, &data, &signature) {
                // A type that is known by name only: the helper has signed, and that is all that can be told.
                Ok(()) | Err(SignatureError::Unsupported(_)) => Signed::Good,
                Err(SignatureError::AlgorithmMismatch) => Signed::OtherAlgorithm,
                Err(error) => Signed::Wrong(error.to_string()),
            },
            Err(HelperError::OtherAlgorithm(_)) => Signed::OtherAlgorithm,
            Err(HelperError::Refused { reason, .. }) => Signed::Refused(reason),
            Err(error) => Signed::Refused(escape(&error.to_string()).to_string()),
        };
        DryRun { offer: number, claimed, result }
    }

    /// The data and the signature over it.
    ///
    /// # Errors
    /// [`HelperError`].
    fn sign(&self, offer: &Offer, way: &Way, session: &[u8]) -> Result<(Vec<u8>, Vec<u8>), HelperError> {
        let client_host = format!("{}.", way.connection.claimed);
        let request = Request {
            user: self.server_user.as_bytes(),
            algorithm: offer.algorithm.name().as_bytes(),
            public_key: offer.key.blob(),
            client_host: client_host.as_bytes(),
            client_user: self.client_user.as_bytes(),
            signature: b"",
        };
        let data = request.signed_data(session);
        let signature = self.ask(way, &data)?;
        Ok((data, signature))
    }

    /// Has this data signed for this way.
    ///
    /// # Errors
    /// [`HelperError`].
    pub(super) fn ask(&self, way: &Way, data: &[u8]) -> Result<Vec<u8>, HelperError> {
        let descriptor = match &way.socket {
            Some(socket) => Descriptor::Socket(socket.as_fd()),
            None => Descriptor::Pipe(pipe().map_err(|_| HelperError::NoReply)?),
        };
        let descriptor = match &descriptor {
            Descriptor::Socket(socket) => *socket,
            Descriptor::Pipe(pipe) => pipe.as_fd(),
        };
        Client::at(self.helper).ask(descriptor, data).map(|answer| answer.signature)
    }
}

fn pipe() -> io::Result<PipeReader> {
    io::pipe().map(|(reader, _)| reader)
}

/// Numbers that no session has had; where there are none, zeros do as well, for nothing is secret in them.
fn random(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    let _ = getrandom::fill(&mut bytes);
    bytes
}

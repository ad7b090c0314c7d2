//! The keys that were read: which are usable, and which one a request asks for.

use hostbased::sign::{Blinding, CheckedRequest, HostKey};
use hostbased_sys::SecretBytes;
use nix::errno::Errno;

use crate::key_files::{KeyFile, KeyFileProblem};
use crate::refusal::{Details, Refusal};
use crate::sandbox::StageTwo;

/// The files that could be read; not looked into yet.
#[derive(Debug)]
pub(crate) struct OpenedKeys<'k> {
    files: Vec<(String, &'k SecretBytes)>,
    /// A word on each of the others.
    problems: Details,
}

impl<'k> OpenedKeys<'k> {
    /// `cause` is asked for when nothing could be read at all.
    ///
    /// # Errors
    /// [`Refusal::NoKeyOpened`] when no file could be read.
    pub(crate) fn among(files: &'k [KeyFile], cause: impl FnOnce() -> Option<String>) -> Result<Self, Refusal> {
        let mut problems: Details = files.iter().filter_map(not_read).collect();
        let opened: Vec<_> =
            files.iter().filter_map(|file| Some((file.shown(), file.content.as_ref().ok()?))).collect();
        if opened.is_empty() {
            problems.extend(cause());
            if problems.is_empty() {
                let paths: Vec<String> = files.iter().map(KeyFile::shown).collect();
                problems.push(format!("there is none of {}", paths.join(", ")));
            }
            return Err(Refusal::NoKeyOpened(problems));
        }
        Ok(Self { files: opened, problems })
    }

    /// Looks at the public part of each file.
    ///
    /// # Errors
    /// [`Refusal::NoKeyUsable`] when no file holds a usable key.
    pub(crate) fn identify(self, _proof: &StageTwo) -> Result<HostKeys<'k>, Refusal> {
        let Self { files, mut problems } = self;
        let mut keys = Vec::new();
        for (path, bytes) in files {
            match HostKey::identify(bytes) {
                Ok(key) => keys.push((path, key)),
                Err(problem) => problems.push(format!("{path}: {problem}")),
            }
        }
        if keys.is_empty() { Err(Refusal::NoKeyUsable(problems)) } else { Ok(HostKeys { keys, problems }) }
    }
}

/// The usable keys, and a word on each file that holds none.
#[derive(Debug)]
pub(crate) struct HostKeys<'k> {
    keys: Vec<(String, HostKey<'k>)>,
    problems: Details,
}

impl HostKeys<'_> {
    /// Signs with the private half of the key that the request names; of no other key is the private half decoded, unless
    /// its file does not say which key it is.
    ///
    /// # Errors
    /// [`Refusal::NoMatch`], [`Refusal::Sign`].
    pub(crate) fn sign(mut self, request: &CheckedRequest<'_>, blinding: &mut Blinding) -> Result<Vec<u8>, Refusal> {
        for (path, key) in &self.keys {
            match key.holds(request.public_key()) {
                Ok(true) => return Ok(key.sign_blinded(request, blinding)?),
                Ok(false) => {}
                Err(problem) => self.problems.push(format!("{path}: {problem}")),
            }
        }
        Err(Refusal::NoMatch(Box::new(request.public_key().clone()), self.problems))
    }
}

/// A word on a file that could not be read. One that is not there needs none: no host has keys of every type.
fn not_read(file: &KeyFile) -> Option<String> {
    match &file.content {
        Ok(_) | Err(KeyFileProblem::Io(Errno::ENOENT)) => None,
        Err(problem) => Some(format!("{}: {problem}", file.shown())),
    }
}

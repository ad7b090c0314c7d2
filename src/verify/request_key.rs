//! What the request says of itself, cheap checks first: the algorithm, then the key (OpenSSH: auth2-hostbased.c
//! `userauth_hostbased`).

use super::files::{Content, RevokedSource};
use super::inputs::Inputs;
use super::refusal::Refusal;
use super::step::{Note, Step, Trail};
use crate::key::{Algorithm, MIN_RSA_BITS, PublicKey};

/// The key that the request presents, and the algorithm that it is used by: formed well and allowed, not yet trusted.
#[derive(Clone, Debug)]
pub(super) struct Presented {
    pub(super) algorithm: Algorithm,
    pub(super) key: PublicKey,
}

impl Presented {
    pub(super) fn check<'a>(inputs: &Inputs<'a>, trail: &mut Trail<'a>) -> Result<Self, (Step, Refusal<'a>)> {
        let algorithm = algorithm(inputs).map_err(|refusal| (Step::Algorithm, refusal))?;
        trail.ok(Step::Algorithm, Note::Algorithm(algorithm));
        let key = key(inputs, algorithm).map_err(|refusal| (Step::Key, refusal))?;
        trail.ok(Step::Key, Note::Plain);
        Ok(Self { algorithm, key })
    }

    /// Asks each RevokedKeys file (OpenSSH: auth.c `auth_key_is_revoked`); and refuses a key by which the connection has
    /// come this far already (auth2.c `auth2_key_already_used`).
    pub(super) fn check_not_revoked<'a>(&self, inputs: &Inputs<'a>) -> Result<(), Refusal<'a>> {
        if inputs.keys_used.iter().any(|used| used.plain() == self.key.plain()) {
            return Err(Refusal::KeyAlreadyUsed);
        }
        // What the policy names and nobody has read may name the key.
        let is_given = |path: &&String| inputs.files.revoked_keys.iter().any(|source| source.file == path.as_str());
        if let Some(file) = inputs.policy.revoked_keys.iter().find(|path| !is_given(path)) {
            return Err(Refusal::RevokedKeysMissing { file });
        }
        for &RevokedSource { file, content } in inputs.files.revoked_keys {
            let keys = match content {
                Content::Missing => return Err(Refusal::RevokedKeysMissing { file }),
                Content::Unreadable(why) => return Err(Refusal::RevokedKeysUnreadable { file, why }),
                Content::Read(keys) => keys,
            };
            if let Some(how) = keys.check(&self.key) {
                return Err(Refusal::KeyRevoked { file, how });
            }
        }
        Ok(())
    }
}

fn algorithm<'a>(inputs: &Inputs<'a>) -> Result<Algorithm, Refusal<'a>> {
    let algorithm = Algorithm::from_name(inputs.request.algorithm).ok_or(Refusal::AlgorithmUnknown)?;
    if !inputs.policy.hostbased_accepted_algorithms.contains(algorithm) {
        return Err(Refusal::AlgorithmNotAccepted(algorithm));
    }
    if algorithm.is_verifiable() { Ok(algorithm) } else { Err(Refusal::AlgorithmUnsupported(algorithm)) }
}

fn key<'a>(inputs: &Inputs<'a>, algorithm: Algorithm) -> Result<PublicKey, Refusal<'a>> {
    let key = PublicKey::from_blob(inputs.request.public_key).map_err(Refusal::KeyUndecodable)?;
    if !key.fits(algorithm) {
        let (received, expected) = (key.key_type(), algorithm.key_type());
        return Err(Refusal::KeyTypeMismatch { received, expected });
    }
    if let Some(certificate) = key.certificate() {
        let by = certificate.signature_algorithm().ok_or(Refusal::CaAlgorithmUnknown)?;
        if !inputs.policy.ca_signature_algorithms.contains(by) {
            return Err(Refusal::CaAlgorithmNotAccepted(by));
        }
    }
    let required = inputs.policy.required_rsa_size.max(MIN_RSA_BITS);
    match key.rsa_bits() {
        Some(bits) if bits < required => Err(Refusal::RsaTooSmall { bits, required }),
        _ => Ok(key),
    }
}

//! What the request says of itself, cheap checks first: the algorithm, then the key (OpenSSH: auth2-hostbased.c
//! `userauth_hostbased`).

use super::inputs::{Inputs, RevokedSource};
use super::refusal::Refusal;
use crate::key::{Algorithm, PublicKey, verify_certificate};

/// The key that the request presents, and the algorithm that it is used by: formed well and allowed, not yet trusted.
#[derive(Clone, Debug)]
pub(super) struct Presented {
    pub(super) algorithm: Algorithm,
    pub(super) key: PublicKey,
}

impl Presented {
    pub(super) fn check<'a>(inputs: &Inputs<'a>) -> Result<Self, Refusal<'a>> {
        let (request, policy) = (&inputs.request, inputs.policy);
        let algorithm = Algorithm::from_name(request.algorithm).ok_or(Refusal::AlgorithmUnknown)?;
        if !policy.hostbased_accepted_algorithms.contains(algorithm) {
            return Err(Refusal::AlgorithmNotAccepted(algorithm));
        }
        let key = PublicKey::from_blob(request.public_key).map_err(Refusal::KeyUndecodable)?;
        if !key.fits(algorithm) {
            let (received, expected) = (key.key_type(), algorithm.key_type());
            return Err(Refusal::KeyTypeMismatch { received, expected });
        }
        if let Some(certificate) = key.certificate() {
            let by = verify_certificate(certificate).map_err(Refusal::CertificateForged)?;
            if !policy.ca_signature_algorithms.contains(by) {
                return Err(Refusal::CaAlgorithmNotAccepted(by));
            }
        }
        let required = policy.required_rsa_size.max(crate::key::MIN_RSA_BITS);
        if let Some(bits) = key.rsa_bits().filter(|&bits| bits < required) {
            return Err(Refusal::RsaTooSmall { bits, required });
        }
        Ok(Self { algorithm, key })
    }

    /// Asks each RevokedKeys file (OpenSSH: auth.c `auth_key_is_revoked`).
    pub(super) fn check_not_revoked<'a>(&self, inputs: &Inputs<'a>) -> Result<(), Refusal<'a>> {
        for &RevokedSource { file, keys } in inputs.files.revoked_keys {
            let keys = keys.ok_or(Refusal::RevokedKeysUnreadable { file })?;
            if let Some(how) = keys.check(&self.key) {
                return Err(Refusal::KeyRevoked { file, how });
            }
        }
        Ok(())
    }
}

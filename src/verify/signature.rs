//! The proof that the host signed this request, for this session.

use super::inputs::Inputs;
use super::refusal::Refusal;
use super::request_key::Presented;
use crate::key::{verify_certificate, verify_signature};

/// The signature is the presented key's, over this request and this session; and a certificate is its authority's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureValid(());

impl SignatureValid {
    /// The dearest check, so the last, and each signature is computed once. sshd checks the authority's when it decodes the
    /// certificate: here nobody has that computed who is not in the files.
    pub(super) fn check<'a>(inputs: &Inputs<'a>, presented: &Presented) -> Result<Self, Refusal<'a>> {
        // The lengths of SHA-1, SHA-256, SHA-384 and SHA-512, which key exchanges use. Without a session, or with an empty one,
        // a signature could be used again and again.
        if !matches!(inputs.session_id.len(), 20 | 32 | 48 | 64) {
            return Err(Refusal::SessionId { length: inputs.session_id.len() });
        }
        check_authority(presented)?;
        let data = inputs.request.signed_data(inputs.session_id);
        verify_signature(&presented.key, presented.algorithm, &data, inputs.request.signature)
            .map(|()| Self(()))
            .map_err(Refusal::Signature)
    }
}

/// A certificate must be its authority's.
pub(super) fn check_authority<'a>(presented: &Presented) -> Result<(), Refusal<'a>> {
    match presented.key.certificate() {
        Some(certificate) => verify_certificate(certificate).map(|_| ()).map_err(Refusal::CertificateForged),
        None => Ok(()),
    }
}

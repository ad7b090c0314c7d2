//! The proof that the host signed this request, for this session.

use super::inputs::Inputs;
use super::refusal::Refusal;
use super::request_key::Presented;
use crate::key::verify_signature;

/// The signature is the presented key's, over this request and this session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureValid(());

impl SignatureValid {
    pub(super) fn check<'a>(inputs: &Inputs<'a>, presented: &Presented) -> Result<Self, Refusal<'a>> {
        let data = inputs.request.signed_data(inputs.session_id);
        verify_signature(&presented.key, presented.algorithm, &data, inputs.request.signature)
            .map(|()| Self(()))
            .map_err(Refusal::Signature)
    }
}

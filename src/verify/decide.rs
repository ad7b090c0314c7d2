//! The order of the checks: sshd's, cheap ones first, the signature last.

use super::equiv::EquivAllows;
use super::host_key::HostKeyTrusted;
use super::inputs::Inputs;
use super::lookup::Lookup;
use super::proof::Authenticated;
use super::refusal::Refusal;
use super::request_key::Presented;
use super::signature::SignatureValid;

/// Decides over one attempt.
///
/// # Errors
/// The [`Refusal`] of the first check that fails, in sshd's order: what the request says of itself, RevokedKeys, the
/// equiv files, the host key, the signature.
pub fn verify<'a>(inputs: &Inputs<'a>) -> Result<Authenticated<'a>, Refusal<'a>> {
    if inputs.request.user != inputs.account.name.as_bytes() {
        return Err(Refusal::OtherAccount);
    }
    let presented = Presented::check(inputs)?;
    presented.check_not_revoked(inputs)?;
    let lookup = Lookup::of(inputs);
    let allows = EquivAllows::check(inputs, &lookup)?;
    let trusted = HostKeyTrusted::check(inputs, &presented, &lookup)?;
    let signed = SignatureValid::check(inputs, &presented)?;
    Ok(Authenticated::from_proofs(signed, trusted, allows, inputs, presented, lookup))
}

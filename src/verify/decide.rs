//! The order of the checks: sshd's, cheap ones first, the signature last.

use std::hint::black_box;

use super::explanation::{Decision, Explanation, Facts};
use super::gate;
use super::inputs::Inputs;
use super::proof::Authenticated;
use super::refusal::Refusal;
use super::request_key::Presented;
use super::search::Grounds;
use super::signature::{self, SignatureValid};
use super::step::{Note, Step, Trail};

/// A refusal, and the step that refused.
type Refused<'a> = (Step, Refusal<'a>);

/// Decides over one attempt.
pub fn verify<'a>(inputs: &Inputs<'a>) -> Decision<'a> {
    let (mut trail, mut facts) = (Trail::new(), Facts::new(inputs));
    let outcome = authenticate(inputs, &mut facts, &mut trail);
    Decision::new(outcome, facts, trail)
}

/// What [`verify`] would say of this attempt if its signature were good: the request's signature and the session are not
/// looked at, and the application is not asked.
#[must_use]
pub fn explain<'a>(inputs: &Inputs<'a>) -> Explanation<'a> {
    let (mut trail, mut facts) = (Trail::new(), Facts::new(inputs));
    let refused = foresee(inputs, &mut facts, &mut trail).err();
    Explanation::new(refused, facts, trail)
}

fn authenticate<'a>(
    inputs: &Inputs<'a>,
    facts: &mut Facts<'a>,
    trail: &mut Trail<'a>,
) -> Result<Authenticated<'a>, Refused<'a>> {
    let grounds = match find_grounds(inputs, facts, trail) {
        Err((Step::Account, refusal)) => {
            work_all_the_same(inputs);
            return Err((Step::Account, refusal));
        }
        found => found?,
    };
    let signed = SignatureValid::check(inputs, &grounds.presented).map_err(|refusal| (Step::Signature, refusal))?;
    trail.ok(Step::Signature, Note::Plain);
    check_root(inputs, trail)?;
    let user = Authenticated::from_proofs(signed, inputs, grounds);
    match inputs.application {
        Some(application) if !application.allows(&user) => {
            return Err((Step::Application, Refusal::ApplicationDenies));
        }
        Some(_) => trail.ok(Step::Application, Note::Plain),
        None => trail.skip(Step::Application, Note::DoesNotApply),
    }
    Ok(user)
}

fn foresee<'a>(inputs: &Inputs<'a>, facts: &mut Facts<'a>, trail: &mut Trail<'a>) -> Result<(), Refused<'a>> {
    let grounds = find_grounds(inputs, facts, trail)?;
    signature::check_authority(&grounds.presented).map_err(|refusal| (Step::Signature, refusal))?;
    trail.skip(Step::Signature, Note::Assumed);
    check_root(inputs, trail)?;
    trail.skip(Step::Application, Note::DoesNotApply);
    Ok(())
}

fn find_grounds<'a>(
    inputs: &Inputs<'a>,
    facts: &mut Facts<'a>,
    trail: &mut Trail<'a>,
) -> Result<Grounds<'a>, Refused<'a>> {
    check_method(inputs).map_err(|refusal| (Step::Method, refusal))?;
    trail.ok(Step::Method, Note::Plain);
    if inputs.request.user != inputs.account.name.as_bytes() {
        return Err((Step::Request, Refusal::OtherAccount));
    }
    trail.ok(Step::Request, Note::Plain);
    let presented = Presented::check(inputs, trail)?;
    facts.key = Some(presented.key.clone());
    check_account(inputs).map_err(|refusal| (Step::Account, refusal))?;
    trail.ok(Step::Account, Note::Plain);
    Grounds::find(inputs, presented, facts, trail)
}

fn check_method<'a>(inputs: &Inputs<'a>) -> Result<(), Refusal<'a>> {
    if !inputs.policy.hostbased_authentication {
        return Err(Refusal::MethodNotEnabled);
    }
    Ok(())
}

fn check_account<'a>(inputs: &Inputs<'a>) -> Result<(), Refusal<'a>> {
    let entry = inputs.account.entry.as_ref().ok_or(Refusal::AccountUnknown)?;
    gate::check(inputs.policy, inputs.account.name, entry, &inputs.peer).map_err(Refusal::AccountNotAllowed)
}

/// An account that does not exist, or must not log in, takes the time of one that may: whoever measures it learns
/// nothing. sshd refuses it when it has decoded the key, before it looks into the files.
fn work_all_the_same(inputs: &Inputs<'_>) {
    let (mut trail, mut facts) = (Trail::new(), Facts::new(inputs));
    let found = Presented::check(inputs, &mut Trail::new())
        .and_then(|presented| Grounds::find(inputs, presented, &mut facts, &mut trail));
    let _ = black_box(found.map(|grounds| SignatureValid::check(inputs, &grounds.presented)));
}

/// PermitRootLogin (OpenSSH: auth.c `auth_root_allowed`).
fn check_root<'a>(inputs: &Inputs<'a>, trail: &mut Trail<'a>) -> Result<(), Refused<'a>> {
    match inputs.account.entry {
        Some(entry) if entry.uid == 0 => {}
        _ => {
            trail.skip(Step::RootLogin, Note::DoesNotApply);
            return Ok(());
        }
    }
    if !inputs.policy.permit_root_login.allows_hostbased() {
        return Err((Step::RootLogin, Refusal::RootNotPermitted));
    }
    trail.ok(Step::RootLogin, Note::Plain);
    Ok(())
}

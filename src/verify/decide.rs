//! The order of the checks: sshd's, cheap ones first, the signature last.

use std::borrow::Cow;

use super::explanation::{Decision, Explanation, Facts};
use super::gate::{self, GateRefusal};
use super::inputs::Inputs;
use super::policy::{AfterSuccess, Method, MethodsProgress};
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
    match authenticate(inputs, &mut facts, &mut trail) {
        Err(refused) => Decision::refused(refused, facts, trail),
        Ok(user) => match progress(inputs).succeed(Method::Hostbased, None) {
            AfterSuccess::Partial(progress) => Decision::partial(user, progress, facts, trail),
            _ => Decision::let_in(user, facts, trail),
        },
    }
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
    let presented = check_request(inputs, facts, trail)?;
    // An account that does not exist, or must not log in, takes the time of one that may: whoever measures it learns
    // nothing. sshd refuses it here, before it looks into the files.
    let account = check_account(inputs);
    let mut unseen = Trail::new();
    let seen = if account.is_ok() { &mut *trail } else { &mut unseen };
    let proven = find_proofs(inputs, presented, facts, seen);
    account?;
    let (grounds, signed) = proven?;
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
    let presented = check_request(inputs, facts, trail)?;
    check_account(inputs)?;
    trail.ok(Step::Account, Note::Plain);
    let grounds = Grounds::find(inputs, presented, facts, trail)?;
    signature::check_authority(&grounds.presented).map_err(|refusal| (Step::Signature, refusal))?;
    trail.skip(Step::Signature, Note::Assumed);
    check_root(inputs, trail)?;
    trail.skip(Step::Application, Note::DoesNotApply);
    match progress(inputs).succeed(Method::Hostbased, None) {
        AfterSuccess::Partial(progress) => trail.skip(Step::FurtherMethods, Note::FurtherMethods(progress.to_string())),
        _ => trail.ok(Step::FurtherMethods, Note::Plain),
    }
    Ok(())
}

/// What the request says of itself.
fn check_request<'a>(
    inputs: &Inputs<'a>,
    facts: &mut Facts<'a>,
    trail: &mut Trail<'a>,
) -> Result<Presented, Refused<'a>> {
    check_method(inputs).map_err(|refusal| (Step::Method, refusal))?;
    trail.ok(Step::Method, Note::Plain);
    if inputs.request.user != inputs.account.name.as_bytes() {
        return Err((Step::Request, Refusal::OtherAccount));
    }
    trail.ok(Step::Request, Note::Plain);
    let presented = Presented::check(inputs, trail)?;
    facts.key = Some(presented.key.clone());
    Ok(presented)
}

/// What the files say, and then the signature.
fn find_proofs<'a>(
    inputs: &Inputs<'a>,
    presented: Presented,
    facts: &mut Facts<'a>,
    trail: &mut Trail<'a>,
) -> Result<(Grounds<'a>, SignatureValid), Refused<'a>> {
    trail.ok(Step::Account, Note::Plain);
    let grounds = Grounds::find(inputs, presented, facts, trail)?;
    let signed = SignatureValid::check(inputs, &grounds.presented).map_err(|refusal| (Step::Signature, refusal))?;
    trail.ok(Step::Signature, Note::Plain);
    Ok((grounds, signed))
}

fn check_method<'a>(inputs: &Inputs<'a>) -> Result<(), Refusal<'a>> {
    if inputs.policy.refuse_connection {
        return Err(Refusal::ConnectionRefused);
    }
    if !inputs.policy.hostbased_authentication {
        return Err(Refusal::MethodNotEnabled);
    }
    let progress = progress(inputs);
    // A method whose success leads nowhere (`hostbased:device`) ends the connection in sshd.
    let leads_on = progress.succeed(Method::Hostbased, None) != AfterSuccess::NotListed;
    if progress.may_try(Method::Hostbased) && leads_on { Ok(()) } else { Err(Refusal::MethodNotListed) }
}

/// How far the connection has come in AuthenticationMethods.
fn progress<'a>(inputs: &Inputs<'a>) -> Cow<'a, MethodsProgress> {
    inputs.progress.map_or_else(|| Cow::Owned(inputs.policy.methods().start()), Cow::Borrowed)
}

fn check_account<'a>(inputs: &Inputs<'a>) -> Result<(), Refused<'a>> {
    let allowed = match &inputs.account.entry {
        None => Err(Refusal::AccountUnknown),
        // UsePAM leaves that to PAM, whom nobody will ask.
        Some(entry) if entry.locked && !inputs.asks_pam => Err(Refusal::AccountNotAllowed(GateRefusal::Locked)),
        Some(entry) => {
            gate::check(inputs.policy, inputs.account.name, entry, &inputs.peer).map_err(Refusal::AccountNotAllowed)
        }
    };
    allowed.map_err(|refusal| (Step::Account, refusal))
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

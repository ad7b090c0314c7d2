//! What the files say of the host, by each of its names.

use super::account::{AccountEntry, Shell};
use super::equiv::EquivAllows;
use super::explanation::Facts;
use super::host_key::{self, HostKeyTrusted};
use super::inputs::Inputs;
use super::names::{self, Lookup};
use super::refusal::Refusal;
use super::request_key::Presented;
use super::step::{Note, Step, Trail};
use crate::known_hosts::HostKeyStatus;

/// Everything that speaks for the attempt but the signature.
pub(super) struct Grounds<'a> {
    pub(super) presented: Presented,
    pub(super) lookup: Lookup,
    pub(super) allows: EquivAllows<'a>,
    pub(super) trusted: HostKeyTrusted<'a>,
}

impl<'a> Grounds<'a> {
    /// Asks the files for each name of the host until one is let in, or something speaks against it.
    ///
    /// sshd knows one name only. A further name is tried where the one before is merely unknown; a line that shuts the
    /// host out, another key, or a revocation under any name, is the last word.
    pub(super) fn find(
        inputs: &Inputs<'a>,
        presented: Presented,
        facts: &mut Facts<'a>,
        trail: &mut Trail<'a>,
    ) -> Result<Self, (Step, Refusal<'a>)> {
        presented.check_not_revoked(inputs).map_err(|refusal| (Step::RevokedKeys, refusal))?;
        match inputs.files.revoked_keys {
            [] => trail.skip(Step::RevokedKeys, Note::DoesNotApply),
            _ => trail.ok(Step::RevokedKeys, Note::Plain),
        }
        names::check_claim(inputs).map_err(|refusal| (Step::Name, refusal))?;
        let lookups = Lookup::all(inputs);
        let mut first_refused = None;
        let mut rest = lookups.as_slice();
        while let [lookup, others @ ..] = rest {
            rest = others;
            facts.lookup.get_or_insert_with(|| lookup.clone());
            match look(inputs, &presented, lookup, trail) {
                Ok((allows, trusted)) => {
                    refuse_revoked(inputs, &presented, others)?;
                    return Ok(Self { presented, lookup: lookup.clone(), allows, trusted });
                }
                Err((step, refusal)) if !refusal.is_merely_unknown() => return Err((step, refusal)),
                Err((step, refusal)) => {
                    if !others.is_empty() {
                        trail.skip(step, Note::OtherName(refusal.code()));
                    }
                    first_refused.get_or_insert((step, refusal));
                }
            }
        }
        Err(first_refused.unwrap_or((Step::Name, Refusal::EquivNoMatch)))
    }
}

/// Asks the files for one name.
fn look<'a>(
    inputs: &Inputs<'a>,
    presented: &Presented,
    lookup: &Lookup,
    trail: &mut Trail<'a>,
) -> Result<(EquivAllows<'a>, HostKeyTrusted<'a>), (Step, Refusal<'a>)> {
    let entry = &entry(inputs);
    names::note(inputs, lookup, trail);
    let allows = EquivAllows::check(inputs, entry, lookup, trail).map_err(|refusal| (Step::Equiv, refusal))?;
    let trusted = HostKeyTrusted::check(inputs, entry, presented, lookup, trail)?;
    Ok((allows, trusted))
}

/// The account; for one that does not exist, a stand-in, so that the same files are asked for.
fn entry<'a>(inputs: &Inputs<'a>) -> AccountEntry<'a> {
    /// Nobody's number (chown(2) takes it for "no change").
    const NOBODY: u32 = u32::MAX;
    let nobody = AccountEntry { uid: NOBODY, home: "/nonexistent", shell: Shell::Usable, locked: true, groups: &[] };
    inputs.account.entry.unwrap_or(nobody)
}

/// A key that is revoked for any name of the host is not good for another one.
fn refuse_revoked<'a>(
    inputs: &Inputs<'a>,
    presented: &Presented,
    others: &[Lookup],
) -> Result<(), (Step, Refusal<'a>)> {
    let entry = &entry(inputs);
    for lookup in others {
        let status = host_key::status(inputs, entry, presented, &lookup.host, &mut Trail::new())
            .map_err(|refusal| (Step::KnownHosts, refusal))?;
        if let HostKeyStatus::Revoked(place) = status {
            return Err((Step::KnownHosts, Refusal::HostKeyRevoked(place)));
        }
    }
    Ok(())
}

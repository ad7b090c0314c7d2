//! The proof that the key belongs to the host (OpenSSH: auth2-hostbased.c `hostbased_key_allowed`, auth.c
//! `check_key_in_hostfiles`).

use super::account::AccountEntry;
use super::certificate;
use super::files::{Content, KnownHostsSource, UserFile};
use super::inputs::Inputs;
use super::names::Lookup;
use super::refusal::Refusal;
use super::request_key::Presented;
use super::step::{Note, Step, StepResult, Trail};
use crate::known_hosts::{HostKeyStatus, KnownHosts, Place, Source, check_host_key};

/// A known_hosts file holds this key, or its authority, for the host; and no line revokes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostKeyTrusted<'a> {
    place: Place<'a>,
}

impl<'a> HostKeyTrusted<'a> {
    /// The line that holds the key or its authority.
    #[must_use]
    pub const fn place(&self) -> Place<'a> {
        self.place
    }

    pub(super) fn check(
        inputs: &Inputs<'a>,
        entry: &AccountEntry<'a>,
        presented: &Presented,
        lookup: &Lookup,
        trail: &mut Trail<'a>,
    ) -> Result<Self, (Step, Refusal<'a>)> {
        match presented.key.certificate() {
            None => trail.skip(Step::Certificate, Note::DoesNotApply),
            Some(certificate) => {
                certificate::check(certificate, &lookup.host, inputs.now)
                    .map_err(|refusal| (Step::Certificate, refusal))?;
                trail.ok(Step::Certificate, Note::Plain);
            }
        }
        match status(inputs, entry, presented, &lookup.host, trail).map_err(|refusal| (Step::KnownHosts, refusal))? {
            HostKeyStatus::Ok(place) => {
                trail.at(Step::KnownHosts, StepResult::Ok, Note::Trusts, place);
                Ok(Self { place })
            }
            HostKeyStatus::New => Err((Step::KnownHosts, Refusal::HostKeyUnknown)),
            HostKeyStatus::Changed(place) => Err((Step::KnownHosts, Refusal::HostKeyChanged(place))),
            HostKeyStatus::Revoked(place) => Err((Step::KnownHosts, Refusal::HostKeyRevoked(place))),
        }
    }
}

/// Asks the system's file and the user's together; the two old ones only where those know nothing of the host.
pub(super) fn status<'a>(
    inputs: &Inputs<'a>,
    entry: &AccountEntry<'a>,
    presented: &Presented,
    host: &[u8],
    trail: &mut Trail<'a>,
) -> Result<HostKeyStatus<'a>, Refusal<'a>> {
    let files = &inputs.files;
    let user = files.user.filter(|_| {
        if inputs.policy.ignore_user_known_hosts {
            trail.skip(Step::KnownHosts, Note::Ignored { file: "~/.ssh/known_hosts", by: "IgnoreUserKnownHosts" });
        }
        !inputs.policy.ignore_user_known_hosts
    });
    let mut round = |system: Option<KnownHostsSource<'a>>, own: Option<(UserFile<'a, dyn KnownHosts + 'a>, u32)>| {
        let system = system.map_or(Ok(None), |source| system_source(source, trail))?;
        let own = own.map_or(Ok(None), |(file, uid)| user_source(inputs, file, uid, trail))?;
        let sources: Vec<Source<'a>> = system.into_iter().chain(own).collect();
        Ok(check_host_key(&sources, host, &presented.key))
    };
    let status = round(files.known_hosts, user.map(|files| (files.known_hosts(), entry.uid)))?;
    if status != HostKeyStatus::New {
        return Ok(status);
    }
    round(files.known_hosts2, user.map(|files| (files.known_hosts2(), entry.uid)))
}

/// A system file that cannot be read may revoke the very key: unlike sshd, which takes it for empty, nothing is decided
/// without it.
fn system_source<'a>(source: KnownHostsSource<'a>, trail: &mut Trail<'a>) -> Result<Option<Source<'a>>, Refusal<'a>> {
    let KnownHostsSource { file, content } = source;
    match content {
        Content::Missing => {
            trail.skip(Step::KnownHosts, Note::Missing(file));
            Ok(None)
        }
        Content::Unreadable(why) => Err(Refusal::KnownHostsUnreadable { file, why }),
        Content::Read(document) => Ok(Some(Source { file, document })),
    }
}

/// A user's file that others could have written, or that the account must not read, counts for nothing, its `@revoked` lines
/// included, as for sshd. One that merely could not be read just now may revoke the very key.
fn user_source<'a>(
    inputs: &Inputs<'a>,
    file: UserFile<'a, dyn KnownHosts + 'a>,
    uid: u32,
    trail: &mut Trail<'a>,
) -> Result<Option<Source<'a>>, Refusal<'a>> {
    let UserFile { path, stat, content } = file;
    let is_unsafe = match stat {
        Some(stat) => !stat.is_safe_for(uid),
        // What was read without being looked at may be anybody's.
        None => matches!(content, Content::Read(_)),
    };
    if inputs.policy.strict_modes && is_unsafe {
        trail.skip(Step::KnownHosts, Note::UnsafeModes(path));
        return Ok(None);
    }
    match content {
        Content::Missing => Ok(None),
        Content::Unreadable(why) if why.is_as_missing() => {
            trail.skip(Step::KnownHosts, Note::Unreadable(path, why));
            Ok(None)
        }
        Content::Unreadable(why) => Err(Refusal::KnownHostsUnreadable { file: path, why }),
        Content::Read(document) => Ok(Some(Source { file: path, document })),
    }
}

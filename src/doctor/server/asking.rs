//! Asking [`verify`](crate::verify) itself what sshd would decide, and what it would if one thing were otherwise.

use super::Facts;
use super::facts::{Approach, FileFact, State};
use super::own::AsDebian;
use crate::key::{Algorithm, PublicKey, SignatureHash};
use crate::known_hosts::{Entry, KnownHosts, Marker};
use crate::name::HostName;
use crate::shosts::Equiv;
use crate::verify::{
    Account, AccountEntry, AuthenticationMethods, Content, EquivSource, Files, IgnoreRhosts, Inputs, KnownHostsSource,
    Peer, PermitRootLogin, Policy, RevokedSource, Shell, Step, StepResult, Unreadable, UserFiles, explain,
};
use crate::wire::{Request, Writer};

/// A key that the client may show.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// The key.
    pub(super) key: PublicKey,
    /// By which algorithm it would be offered.
    pub(super) algorithm: Algorithm,
    /// Where it comes from.
    pub(super) source: Source,
}

/// Where a key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The client would offer it.
    Offered,
    /// It is registered for the name that is looked up; what the client offers is not known.
    Registered,
    /// Nobody's: it only shows how far any key would get.
    Nobodys,
}

/// One thing that might be otherwise.
#[derive(Clone, Debug, Default)]
pub(super) struct Otherwise {
    /// Both files are asked for this name, and no other.
    pub(super) host: Option<Vec<u8>>,
    /// The user on the client.
    pub(super) client_user: Option<Vec<u8>>,
    /// IgnoreRhosts.
    pub(super) ignore_rhosts: Option<IgnoreRhosts>,
    /// StrictModes.
    pub(super) strict_modes: Option<bool>,
    /// IgnoreUserKnownHosts.
    pub(super) ignore_user_known_hosts: Option<bool>,
}

impl Otherwise {
    /// Another name.
    pub(super) fn named(host: &[u8]) -> Self {
        Self { host: Some(host.to_vec()), ..Self::default() }
    }
}

/// Where an attempt ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// The step that refuses.
    pub(super) step: Step,
    /// The refusal's code ([`Refusal::code`](crate::verify::Refusal::code)).
    pub(super) code: &'static str,
    /// The refusal for people.
    pub(super) text: String,
    /// The file that decided.
    pub(super) file: Option<String>,
    /// Its line.
    pub(super) line: Option<usize>,
}

impl Refused {
    /// How many steps were passed.
    pub(super) fn passed(&self) -> usize {
        Step::ALL.iter().position(|&step| step == self.step).unwrap_or(0)
    }
}

/// Whether the step lies behind that one.
pub(super) fn is_past(refused: Option<&Refused>, step: Step) -> bool {
    let place = Step::ALL.iter().position(|&other| other == step).unwrap_or(0);
    refused.is_none_or(|refused| refused.passed() > place)
}

/// What would be decided over one way of the client.
pub(super) struct Court<'f> {
    pub(super) facts: &'f Facts<'f>,
    pub(super) approach: &'f Approach,
    pub(super) candidates: Vec<Candidate>,
}

impl<'f> Court<'f> {
    /// With the keys that are offered; where that is not known, with those that are registered.
    pub(super) fn new(facts: &'f Facts<'f>, approach: &'f Approach) -> Self {
        let mut court = Self { facts, approach, candidates: Vec::new() };
        let offered = facts.offers.iter().map(|offer| Candidate {
            key: offer.key.clone(),
            algorithm: offer.algorithm,
            source: Source::Offered,
        });
        court.candidates = offered.collect();
        if court.candidates.is_empty() {
            court.candidates = court.registered(&court.host());
        }
        if court.candidates.is_empty() {
            court.candidates.extend(nobodys());
        }
        court
    }

    /// Whether it is known what the client offers.
    pub(super) fn knows_offers(&self) -> bool {
        !self.facts.offers.is_empty()
    }

    /// The name that both files are asked for (OpenSSH: auth2-hostbased.c `hostbased_key_allowed`).
    pub(super) fn host(&self) -> Vec<u8> {
        let policy = &self.approach.policy;
        match &self.approach.lookup.name {
            _ if policy.hostbased_uses_name_from_packet_only => self.approach.claimed().to_vec(),
            Ok(name) if policy.use_dns => name.as_str().as_bytes().to_vec(),
            _ => self.approach.text().into_bytes(),
        }
    }

    /// The plain keys that are registered for a host, each once, in the order of the files.
    pub(super) fn registered(&self, host: &[u8]) -> Vec<Candidate> {
        let mut keys: Vec<PublicKey> = Vec::new();
        let mut add = |entry: &Entry| {
            if entry.marker().is_none() && !keys.contains(entry.key()) {
                keys.push(entry.key().clone());
            }
        };
        for file in &self.facts.files.known_hosts {
            if let Some(document) = file.content() {
                document.for_each_matching(host, &mut |_, entry| add(entry));
            }
        }
        if let Some(own) = self.facts.own_files.filter(|_| !self.approach.policy.ignore_user_known_hosts) {
            for file in [own.known_hosts(), own.known_hosts2()] {
                if let Content::Read(document) = file.content {
                    document.for_each_matching(host, &mut |_, entry| add(entry));
                }
            }
        }
        let candidate =
            |key: PublicKey| Some(Candidate { algorithm: usual_algorithm(&key)?, key, source: Source::Registered });
        keys.into_iter().filter_map(candidate).collect()
    }

    /// Whether an authority is registered for the host.
    pub(super) fn has_authority(&self, host: &[u8]) -> bool {
        let is_authority =
            |(_, entry): (usize, &Entry)| entry.marker() == Some(Marker::CertAuthority) && entry.matches(host);
        self.facts.files.known_hosts.iter().filter_map(FileFact::content).any(|file| file.entries().any(is_authority))
    }

    /// What would be decided over a key, the account's own gates left out; `None` when it would be let in.
    pub(super) fn ask(&self, candidate: &Candidate, otherwise: &Otherwise) -> Option<Refused> {
        let Facts { user, files, netgroups, account, .. } = self.facts;
        let policy = self.policy(otherwise);
        let equiv = files
            .equiv
            .each_ref()
            .map(|file| EquivSource { file: &file.path, content: content(file, |document| document as &dyn Equiv) });
        let [known_hosts, known_hosts2] = files.known_hosts.each_ref().map(|file| KnownHostsSource {
            file: &file.path,
            content: content(file, |document| document as &dyn KnownHosts),
        });
        let revoked: Vec<RevokedSource<'_>> = files
            .revoked_keys
            .iter()
            .map(|file| RevokedSource { file: &file.path, content: content(file, |keys| keys) })
            .collect();
        let lenient = self.facts.lets_own_group_write();
        let as_debian = self.facts.own_files.filter(|_| lenient).map(AsDebian);
        let own = as_debian.as_ref().map(|own| own as &dyn UserFiles).or(self.facts.own_files);
        let system =
            Files::new(&equiv, known_hosts, *netgroups).with_known_hosts2(known_hosts2).with_revoked_keys(&revoked);
        let system = own.map_or(system, |own| system.with_user_files(own));
        let names: Vec<HostName> = self.approach.lookup.name.iter().cloned().collect();
        let peer = Peer::new(self.approach.address).with_names(&names);
        let peer = self.approach.zone.as_deref().map_or(peer, |zone| peer.with_zone(zone));
        let entry = account.as_ref().map_or(
            AccountEntry { uid: NOBODY, home: "/nonexistent", shell: Shell::Usable, locked: false, groups: &[] },
            |account| AccountEntry { shell: Shell::Usable, locked: false, ..account.found.entry() },
        );
        let claimed = otherwise.host.as_deref().unwrap_or(&self.approach.claimed);
        let request = Request {
            user: user.as_bytes(),
            algorithm: candidate.algorithm.name().as_bytes(),
            public_key: candidate.key.blob(),
            client_host: claimed,
            client_user: otherwise.client_user.as_deref().unwrap_or(&self.facts.client_user),
            signature: b"",
        };
        let account = Account { name: user, entry: Some(entry) };
        let inputs = Inputs::new(b"", request, peer, account, &policy, system, self.facts.now).with_pam();
        let explanation = explain(&inputs);
        let refusal = explanation.refusal()?;
        let step = explanation.traces().iter().find(|trace| trace.result == StepResult::No)?.step;
        Some(Refused {
            step,
            code: refusal.code(),
            text: refusal.to_string(),
            file: refusal.file().map(str::to_owned),
            line: refusal.place().map(|place| place.line),
        })
    }

    /// Whether one of the keys would get past the step.
    pub(super) fn any_passes(&self, step: Step, otherwise: &Otherwise) -> bool {
        self.candidates.iter().any(|candidate| is_past(self.ask(candidate, otherwise).as_ref(), step))
    }

    /// The options without the gates that other rules judge.
    fn policy(&self, otherwise: &Otherwise) -> Policy {
        let mut policy = self.approach.policy.clone();
        policy.hostbased_authentication = true;
        policy.authentication_methods = AuthenticationMethods::any();
        policy.permit_root_login = PermitRootLogin::Yes;
        policy.refuse_connection = false;
        for list in [&mut policy.allow_users, &mut policy.deny_users, &mut policy.allow_groups, &mut policy.deny_groups]
        {
            list.clear();
        }
        policy.hostbased_uses_name_from_packet_only |= otherwise.host.is_some();
        policy.ignore_rhosts = otherwise.ignore_rhosts.unwrap_or(policy.ignore_rhosts);
        policy.strict_modes = otherwise.strict_modes.unwrap_or(policy.strict_modes);
        policy.ignore_user_known_hosts = otherwise.ignore_user_known_hosts.unwrap_or(policy.ignore_user_known_hosts);
        policy
    }
}

/// An account's number that is nobody's.
const NOBODY: u32 = 65534;

/// sshd takes what is no regular file, and what it cannot read, for an empty file; RevokedKeys apart.
fn content<'a, T, D: ?Sized>(file: &'a FileFact<T>, of: impl FnOnce(&'a T) -> &'a D) -> Content<'a, D> {
    match &file.state {
        State::Missing | State::NotAFile(_) => Content::Missing,
        State::Unusable(_) => Content::Unreadable(Unreadable::Malformed),
        State::Read(content) => Content::Read(of(content)),
    }
}

/// The algorithm by which ssh(1) offers such a key where nobody says otherwise: of RSA the strongest.
fn usual_algorithm(key: &PublicKey) -> Option<Algorithm> {
    let is_its = |algorithm: &Algorithm| {
        key.fits(*algorithm) && matches!(algorithm.hash(), SignatureHash::Fixed | SignatureHash::Sha512)
    };
    Algorithm::all().find(is_its)
}

/// A key that is in no file.
fn nobodys() -> Option<Candidate> {
    let blob = Writer::new().string(b"ssh-ed25519").string(&[0x42; 32]).into_bytes();
    let key = PublicKey::from_blob(&blob).ok()?;
    Some(Candidate { algorithm: usual_algorithm(&key)?, key, source: Source::Nobodys })
}

//! What the command sees beyond the decision: lines that hardly say what was meant, other keys of the host, what the
//! installed sshd does otherwise.

use super::account::Account;
use super::attempt::Attempt;
use super::differs::{self, Differs};
use super::files::SystemFiles;
use super::key::Candidate;
use super::near::LookedUp;
use crate::cli::sshd;
use crate::escape::escape;
use crate::known_hosts::Entry;
use crate::name::{ClaimedHost, HostName};
use crate::scan::ScanType;
use crate::store::Root;
use crate::verify::{Explanation, GateRefusal, Policy, Refusal};

/// Where the decision was made.
pub(super) struct Scene<'a> {
    pub(super) root: &'a Root,
    pub(super) attempt: &'a Attempt,
    pub(super) policy: &'a Policy,
    pub(super) names: &'a [HostName],
    /// The name that is looked up.
    pub(super) host: &'a [u8],
    pub(super) files: &'a SystemFiles,
}

/// What is to be said in place of the explanation's own words, and besides them.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) message: Option<String>,
    pub(super) hint: Option<String>,
    pub(super) differs: Option<Differs>,
    pub(super) notes: Vec<String>,
}

impl Findings {
    pub(super) fn of(
        scene: &Scene<'_>,
        account: &Account,
        candidate: &Candidate,
        explanation: &Explanation<'_>,
    ) -> Self {
        let Some(refusal) = explanation.refusal() else {
            return Self { notes: scene.notes_of_success(account), ..Self::default() };
        };
        let release = if scene.root.is_system() { sshd::release() } else { None };
        let mut findings = Self { differs: differs::of(&refusal, scene.files, release.as_ref()), ..Self::default() };
        match refusal {
            Refusal::HostKeyChanged(_) => findings.of_other_types(scene, account, candidate),
            Refusal::HostKeyUnknown => findings.hint = candidate.stands_for.as_ref().map(|logged| {
                let (host, fingerprint) = (escape(scene.host), logged.fingerprint);
                format!(
                    "if {fingerprint} is the host's key, enroll it: hostbased enroll {host} --fingerprint {fingerprint}"
                )
            }),
            Refusal::AccountNotAllowed(GateRefusal::Locked) if account.is_over() => {
                let (user, date) = (&scene.attempt.user, "chage -E -1");
                findings.message = Some("the account has expired".to_owned());
                findings.hint = Some(format!("give the account another last day, or none ({date} {user})"));
            }
            _ => {}
        }
        if let Some(file) = refusal.file() {
            findings.hint = scene.files.mend_of_folder(file).or(findings.hint);
        }
        if matches!(refusal, Refusal::EquivNoMatch | Refusal::EquivNoFiles) {
            findings.notes.extend(scene.files.near_equiv(&scene.looked_up()));
        }
        if matches!(refusal, Refusal::HostKeyUnknown) {
            findings.notes.extend(scene.files.near_known_hosts(&scene.looked_up()));
        }
        findings
    }

    /// A host whose keys of other types only are known has no other key than before: nobody looked for this one.
    fn of_other_types(&mut self, scene: &Scene<'_>, account: &Account, candidate: &Candidate) {
        let mut types: Vec<&'static str> = Vec::new();
        let mut is_same = false;
        let mut see = |entry: &Entry| {
            let kind = entry.key().key_type();
            is_same |= kind == candidate.key.key_type();
            let name = ScanType::of(kind.base).name();
            if !types.contains(&name) {
                types.push(name);
            }
        };
        let known = scene.files.known_keys().map(|(_, _, entry)| entry);
        known.filter(|entry| entry.marker().is_none() && entry.matches(scene.host)).for_each(&mut see);
        if let Some(own) = account.unwatched().filter(|_| !scene.policy.ignore_user_known_hosts) {
            for file in [own.known_hosts(), own.known_hosts2()] {
                if let crate::verify::Content::Read(document) = file.content {
                    document.for_each_matching(scene.host, &mut |_, entry| {
                        if entry.marker().is_none() {
                            see(entry);
                        }
                    });
                }
            }
        }
        if is_same || types.is_empty() {
            return;
        }
        let (host, types) = (escape(scene.host), types.join(" and "));
        let kind = ScanType::of(candidate.key.key_type().base).name();
        self.message = Some(format!("{host} is registered with keys of type {types} only, and this one is {kind}"));
        self.hint = Some(format!(
            "enroll the host's {kind} key as well: hostbased enroll {host} --type {kind}; no key of the host has changed"
        ));
    }
}

impl Scene<'_> {
    /// What may still stand in the way of who is let in.
    fn notes_of_success(&self, account: &Account) -> Vec<String> {
        let is_root = account.entry().is_some_and(|entry| entry.uid == 0);
        if self.policy.use_pam {
            return vec![
                "UsePAM is yes: PAM's account rules may still refuse (pam_nologin, pam_access, ...)".to_owned(),
            ];
        }
        let nologin = "/etc/nologin";
        if !is_root && self.root.join(nologin).exists() {
            return vec![format!("{nologin} exists: until it is gone, sshd ends every session but root's")];
        }
        Vec::new()
    }

    /// Who the files are asked for, and by which names they are not.
    fn looked_up(&self) -> LookedUp<'_> {
        let claimed = ClaimedHost::new(&self.attempt.client_host).without_dot().to_vec();
        let address = self.attempt.address.text().into_bytes();
        let asked = match self.policy.hostbased_uses_name_from_packet_only {
            true => claimed.clone(),
            false => address.clone(),
        };
        let names = self.names.iter().map(|name| name.as_str().as_bytes().to_vec());
        let mut others: Vec<Vec<u8>> = [claimed, address].into_iter().chain(names).collect();
        others.retain(|name| !name.eq_ignore_ascii_case(self.host));
        let rule = match () {
            () if self.policy.hostbased_uses_name_from_packet_only => {
                "HostbasedUsesNameFromPacketOnly has the client's own word looked up"
            }
            () if self.policy.use_dns => "UseDNS has what the address resolves to looked up",
            () => "with UseDNS no the address is looked up",
        };
        let rule = format!("{rule}: {}", escape(self.host));
        LookedUp { host: self.host, address: asked, ip: self.attempt.address.address, others, rule }
    }
}

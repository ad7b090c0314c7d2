//! Each rule on a server that is right but for one thing, and its near miss: the same server without it says nothing.

mod accounts;
mod configuration;
mod equiv;
mod fragile;
mod keys;
mod known_hosts;
mod names;
mod options;

use std::collections::BTreeMap;

use super::*;
use crate::config::{ConfigFiles, Program, walk};
use crate::doctor::Id;
use crate::key::{Algorithm, PublicKey};
use crate::known_hosts::{self as known_hosts_file, KnownHosts};
use crate::name::{HostName, UserName};
use crate::shosts::{self, Equiv, Membership, Netgroups};
use crate::store::account::SystemAccount;
use crate::verify::{Content, Policy, Stat, UserFile, UserFiles};
use crate::wire::Writer;

pub(in crate::doctor) const HOST: &str = "node1.cluster.test";
pub(in crate::doctor) const ADDRESS: &str = "10.77.0.1";
pub(in crate::doctor) const MAIN: &str = "/etc/ssh/sshd_config";
pub(in crate::doctor) const SHOSTS: &str = "/etc/ssh/shosts.equiv";
pub(in crate::doctor) const KNOWN_HOSTS: &str = "/etc/ssh/ssh_known_hosts";

/// What differs from a server that is right.
pub(in crate::doctor) struct World {
    pub(in crate::doctor) complaint: Option<&'static str>,
    pub(in crate::doctor) release: Option<&'static str>,
    /// The configuration: files and their texts.
    pub(in crate::doctor) config: Vec<(&'static str, String)>,
    /// What sshd prints besides.
    pub(in crate::doctor) printed: &'static str,
    /// Options over those of a server with UseDNS yes.
    pub(in crate::doctor) set: Vec<(&'static str, &'static str)>,
    pub(in crate::doctor) daemon: Option<Daemon>,
    pub(in crate::doctor) user: &'static str,
    pub(in crate::doctor) client_user: &'static str,
    pub(in crate::doctor) account: Option<Account>,
    pub(in crate::doctor) pam: Vec<PamLine>,
    pub(in crate::doctor) nologin: bool,
    pub(in crate::doctor) shosts: State<String>,
    pub(in crate::doctor) known_hosts: String,
    pub(in crate::doctor) misplaced: Vec<(&'static str, &'static str)>,
    pub(in crate::doctor) others: Vec<(&'static str, String)>,
    pub(in crate::doctor) revoked: Vec<(&'static str, State<String>)>,
    pub(in crate::doctor) own: Own,
    pub(in crate::doctor) groups: Groups,
    pub(in crate::doctor) names: Vec<&'static str>,
    /// Whether the server's resolver has other addresses of these names, or none.
    pub(in crate::doctor) is_unknown: bool,
    pub(in crate::doctor) claimed: &'static str,
    pub(in crate::doctor) address: &'static str,
    pub(in crate::doctor) lookup: Lookup,
    pub(in crate::doctor) offers: Vec<PublicKey>,
    pub(in crate::doctor) lint: Vec<crate::lint::Finding>,
}

/// An account's own files.
#[derive(Default)]
pub(in crate::doctor) struct Own {
    pub(in crate::doctor) home: Option<Stat>,
    pub(in crate::doctor) shosts: Option<(Stat, shosts::Document)>,
    pub(in crate::doctor) rhosts: Option<(Stat, shosts::Document)>,
    pub(in crate::doctor) known_hosts: Option<(Stat, known_hosts_file::Document)>,
}

impl UserFiles for Own {
    fn home(&self) -> Option<Stat> {
        self.home
    }

    fn shosts(&self) -> UserFile<'_, dyn Equiv + '_> {
        equiv_file("/home/alice/.shosts", self.shosts.as_ref())
    }

    fn rhosts(&self) -> UserFile<'_, dyn Equiv + '_> {
        equiv_file("/home/alice/.rhosts", self.rhosts.as_ref())
    }

    fn known_hosts(&self) -> UserFile<'_, dyn KnownHosts + '_> {
        let content = self.known_hosts.as_ref().map_or(Content::Missing, |(_, document)| Content::Read(document as _));
        let stat = self.known_hosts.as_ref().map(|(stat, _)| *stat);
        UserFile { path: "/home/alice/.ssh/known_hosts", stat, content }
    }

    fn known_hosts2(&self) -> UserFile<'_, dyn KnownHosts + '_> {
        UserFile { path: "/home/alice/.ssh/known_hosts2", stat: None, content: Content::Missing }
    }
}

fn equiv_file<'a>(path: &'a str, file: Option<&'a (Stat, shosts::Document)>) -> UserFile<'a, dyn Equiv + 'a> {
    let content = file.map_or(Content::Missing, |(_, document)| Content::Read(document as _));
    UserFile { path, stat: file.map(|(stat, _)| *stat), content }
}

/// Groups and their members.
#[derive(Default)]
pub(in crate::doctor) struct Groups(pub(super) Vec<(&'static str, &'static str)>);

impl Netgroups for Groups {
    fn contains(&self, group: &[u8], host: Option<&[u8]>, _: Option<&[u8]>) -> Membership {
        let is_its = |(name, member): &&(&str, &str)| name.as_bytes() == group && host == Some(member.as_bytes());
        self.0.iter().find(is_its).is_some().into()
    }
}

struct Texts(BTreeMap<String, String>);

impl ConfigFiles for Texts {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(self.0.get(path).map(|text| text.as_bytes().to_vec()))
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, String> {
        let folder = pattern.strip_suffix("*.conf").unwrap_or(pattern);
        Ok(self.0.keys().filter(|path| path.starts_with(folder)).cloned().collect())
    }
}

/// An ed25519 key, another for each number.
pub(in crate::doctor) fn key(number: u8) -> PublicKey {
    let blob = Writer::new().string(b"ssh-ed25519").string(&[number; 32]).into_bytes();
    PublicKey::from_blob(&blob).unwrap()
}

/// An RSA key of 2048 bits.
pub(in crate::doctor) fn rsa() -> PublicKey {
    let blob = Writer::new().string(b"ssh-rsa").mpint(&[1, 0, 1]).mpint(&[0xc1; 256]).into_bytes();
    PublicKey::from_blob(&blob).unwrap()
}

/// A line of a known_hosts file.
pub(in crate::doctor) fn known(names: &str, key: &PublicKey) -> String {
    format!("{names} {}\n", key.to_line())
}

pub(in crate::doctor) fn account(name: &str, uid: u32) -> Account {
    let home = if uid == 0 { "/root".to_owned() } else { format!("/home/{name}") };
    let found = SystemAccount::new(UserName::new(name).unwrap(), uid, uid, &home);
    Account { found, password_is_over: false, is_alone_in_group: false }
}

pub(in crate::doctor) fn confirmed(name: &str) -> Lookup {
    Lookup { name: Ok(HostName::new(name).unwrap()), failed: None, milliseconds: 1, dns: None, hosts_line: None }
}

impl Default for World {
    fn default() -> Self {
        Self {
            complaint: None,
            release: Some("OpenSSH_10.5p1"),
            config: vec![(MAIN, "HostbasedAuthentication yes\nUseDNS yes\n".to_owned())],
            printed: "loglevel VERBOSE\nmaxauthtries 6\nlogingracetime 120\n",
            set: Vec::new(),
            daemon: None,
            user: "alice",
            client_user: "alice",
            account: Some(account("alice", 5001)),
            pam: Vec::new(),
            nologin: false,
            shosts: State::Read(format!("{HOST}\n")),
            known_hosts: known(HOST, &key(1)),
            misplaced: Vec::new(),
            others: Vec::new(),
            revoked: Vec::new(),
            own: Own { home: Some(Stat { uid: 5001, mode: 0o755 }), ..Own::default() },
            groups: Groups::default(),
            names: vec![HOST],
            is_unknown: false,
            claimed: "node1.cluster.test.",
            address: ADDRESS,
            lookup: confirmed(HOST),
            offers: Vec::new(),
            lint: Vec::new(),
        }
    }
}

impl World {
    pub(in crate::doctor) fn judged(&self) -> Vec<Finding> {
        self.with_facts(judge)
    }

    pub(in crate::doctor) fn with_facts<R>(&self, work: impl FnOnce(&Facts<'_>) -> R) -> R {
        let texts = Texts(self.config.iter().map(|(path, text)| ((*path).to_owned(), text.clone())).collect());
        let mut policy = Policy::default();
        let always = [("HostbasedAuthentication", "yes"), ("UseDNS", "yes"), ("IgnoreUserKnownHosts", "yes")];
        for (option, value) in always.iter().chain(&self.set) {
            policy.set(option, value).unwrap();
        }
        let equiv = |path: &str, state: &State<String>| FileFact {
            path: path.to_owned(),
            state: match state {
                State::Read(text) => State::Read(shosts::Document::parse(text.as_bytes())),
                State::Missing => State::Missing,
                State::NotAFile(what) => State::NotAFile(what.clone()),
                State::Unusable(why) => State::Unusable(why.clone()),
            },
        };
        let document = |text: &str| known_hosts_file::Document::parse(text.as_bytes());
        let revoked = |(path, state): &(&str, State<String>)| FileFact {
            path: (*path).to_owned(),
            state: match state {
                State::Read(text) => State::Read(crate::revoked::RevokedKeys::parse(text.as_bytes()).unwrap()),
                State::Missing => State::Missing,
                State::NotAFile(what) => State::NotAFile(what.clone()),
                State::Unusable(why) => State::Unusable(why.clone()),
            },
        };
        let files = ServerFiles {
            equiv: [equiv("/etc/hosts.equiv", &State::Missing), equiv(SHOSTS, &self.shosts)],
            known_hosts: [
                FileFact { path: KNOWN_HOSTS.to_owned(), state: State::Read(document(&self.known_hosts)) },
                FileFact { path: format!("{KNOWN_HOSTS}2"), state: State::Missing },
            ],
            revoked_keys: self.revoked.iter().map(revoked).collect(),
            misplaced_equiv: self
                .misplaced
                .iter()
                .map(|(path, text)| ((*path).to_owned(), shosts::Document::parse(text.as_bytes())))
                .collect(),
            other_known_hosts: self.others.iter().map(|(path, text)| ((*path).to_owned(), document(text))).collect(),
        };
        let approach = Approach {
            address: self.address.parse().unwrap(),
            zone: None,
            claimed: self.claimed.as_bytes().to_vec(),
            lookup: self.lookup.clone(),
            policy,
            printed: Printed::read(self.printed.as_bytes()),
        };
        let names: Vec<HostName> = self.names.iter().map(|name| HostName::new(name).unwrap()).collect();
        let offers = self.offers.iter().map(|key| Offer { algorithm: algorithm(key), key: key.clone() });
        work(&Facts {
            complaint: self.complaint.map(str::to_owned),
            release: self.release.and_then(Release::parse),
            tree: walk(Program::Sshd, MAIN, &texts),
            general: None,
            daemon: self.daemon.clone(),
            user: UserName::new(self.user).unwrap(),
            client_user: self.client_user.as_bytes().to_vec(),
            account: self.account.clone(),
            pam: self.pam.clone(),
            nologin: self.nologin,
            files,
            own_files: Some(&self.own),
            netgroups: &self.groups,
            netgroup_services: Some("files".to_owned()),
            client: Client { resolved: self.resolved(&names), names, ..Client::default() },
            approaches: vec![approach],
            offers: offers.collect(),
            lint: self.lint.clone(),
            now: 1_800_000_000,
        })
    }

    /// By the server's resolver, each of these names has the address that the client comes from.
    fn resolved(&self, names: &[HostName]) -> Vec<(HostName, std::net::IpAddr)> {
        let address = self.address.parse().unwrap();
        names.iter().filter(|_| !self.is_unknown).map(|name| (name.clone(), address)).collect()
    }

    /// The only finding that weighs anything, its line and its first mend.
    #[track_caller]
    pub(in crate::doctor) fn only(&self) -> Finding {
        let found = self.judged();
        let [only] = found.as_slice() else { panic!("{found:#?}") };
        only.clone()
    }

    #[track_caller]
    pub(in crate::doctor) fn is_refused_by(&self, id: Id) -> Finding {
        let found = self.only();
        assert_eq!((found.id, found.severity), (id, Severity::Error), "{found:#?}");
        assert!(!found.seen.is_empty() && !found.why.is_empty() && !found.mends.is_empty(), "{found:#?}");
        found
    }

    #[track_caller]
    pub(in crate::doctor) fn is_good(&self) {
        assert_eq!(self.judged(), []);
    }
}

fn algorithm(key: &PublicKey) -> Algorithm {
    Algorithm::all().filter(|algorithm| key.fits(*algorithm)).last().unwrap()
}

/// Whether its first mend is a command that the account runs itself, and `--fix` does not.
pub(super) fn is_left_to_the_account(finding: &Finding) -> bool {
    let first = finding.mends.first();
    matches!(first, Some(crate::doctor::Mend::Command { rights: crate::doctor::Rights::User, is_safe: false, .. }))
}

/// Where a finding stands.
pub(in crate::doctor) fn place(finding: &Finding) -> String {
    finding.place.as_ref().map(ToString::to_string).unwrap_or_default()
}

#[test]
fn nothing_is_found_on_a_server_that_is_right() {
    World::default().is_good();
    World { offers: vec![key(1)], ..World::default() }.is_good();
    World { offers: vec![key(1), rsa()], ..World::default() }.is_good();
}

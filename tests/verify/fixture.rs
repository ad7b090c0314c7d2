//! One attempt to log in that is let in, to be changed in one thing at a time.

use std::cell::Cell;
use std::net::IpAddr;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use hostbased::key::{PublicKey, encode_base64};
use hostbased::known_hosts::KnownHosts;
use hostbased::name::{HostName, UserName};
use hostbased::revoked::RevokedKeys;
use hostbased::shosts::{Equiv, Netgroups, NoNetgroups};
use hostbased::verify::{
    Account, AccountEntry, AfterSuccess, Content, Decision, EquivSource, Files, Inputs, KnownHostsSource, Method,
    MethodsProgress, Peer, Policy, Refusal, RevokedSource, Shell, Stat, Unreadable, UserFile, UserFiles, verify,
};
use hostbased::wire::{Request, Writer};
use hostbased::{known_hosts, shosts};

pub const SESSION: &[u8] = &[5; 32];
pub const NOW: u64 = 1_700_000_000;

/// A key made from one byte, so that each test can have as many as it likes.
pub fn secret(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
}

pub fn public(seed: u8) -> PublicKey {
    let blob = Writer::new().string(b"ssh-ed25519").string(secret(seed).public_key().as_ref()).into_bytes();
    PublicKey::from_blob(&blob).unwrap()
}

/// A line of known_hosts.
pub fn line(hosts: &str, seed: u8) -> String {
    format!("{hosts} {}\n", public(seed).to_line())
}

/// The key as a PKCS#8 file (RFC 8410 section 7).
pub fn file(seed: u8) -> String {
    let prefix = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    let der = [&prefix[..], &[seed; 32]].concat();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", encode_base64(&der))
}

/// What stands in a file, or why it is not known.
#[derive(Clone, Default)]
pub enum Text {
    #[default]
    Missing,
    Unreadable(Unreadable),
    Is(String),
}

impl<S: Into<String>> From<S> for Text {
    fn from(text: S) -> Self {
        Self::Is(text.into())
    }
}

impl Text {
    pub fn push_front(&mut self, line: &str) {
        match self {
            Self::Is(text) => text.insert_str(0, line),
            other => *other = line.into(),
        }
    }

    fn read<T>(&self, parse: impl FnOnce(&[u8]) -> T) -> Found<T> {
        match self {
            Self::Missing => Found::Missing,
            Self::Unreadable(why) => Found::Unreadable(*why),
            Self::Is(text) => Found::Read(parse(text.as_bytes())),
        }
    }
}

/// The same, parsed.
enum Found<T> {
    Missing,
    Unreadable(Unreadable),
    Read(T),
}

impl<T> Found<T> {
    fn content(&self) -> Content<'_, T> {
        match self {
            Self::Missing => Content::Missing,
            Self::Unreadable(why) => Content::Unreadable(*why),
            Self::Read(document) => Content::Read(document),
        }
    }
}

fn as_equiv(found: &Found<shosts::Document>) -> Content<'_, dyn Equiv + '_> {
    found.content().map(|document| document as &dyn Equiv)
}

fn as_known_hosts(found: &Found<known_hosts::Document>) -> Content<'_, dyn KnownHosts + '_> {
    found.content().map(|document| document as &dyn KnownHosts)
}

/// A file of the user's own.
#[derive(Clone)]
pub struct Own {
    pub stat: Option<Stat>,
    pub text: Text,
}

impl Own {
    pub fn missing() -> Self {
        Self { stat: None, text: Text::Missing }
    }

    /// One that belongs to the account, and that nobody else may write.
    pub fn is(text: impl Into<String>) -> Self {
        Self { stat: Some(Stat { uid: 1000, mode: 0o100_644 }), text: Text::Is(text.into()) }
    }

    pub fn with_stat(self, uid: u32, mode: u32) -> Self {
        Self { stat: Some(Stat { uid, mode }), ..self }
    }
}

/// The user's own files.
#[derive(Clone)]
pub struct OwnFiles {
    pub home: Option<Stat>,
    pub shosts: Own,
    pub rhosts: Own,
    pub known_hosts: Own,
    pub known_hosts2: Own,
}

impl Default for OwnFiles {
    fn default() -> Self {
        Self {
            home: Some(Stat { uid: 1000, mode: 0o40_755 }),
            shosts: Own::missing(),
            rhosts: Own::missing(),
            known_hosts: Own::missing(),
            known_hosts2: Own::missing(),
        }
    }
}

/// The same, parsed; counts how often it is asked.
struct Parsed<'a> {
    of: &'a OwnFiles,
    shosts: Found<shosts::Document>,
    rhosts: Found<shosts::Document>,
    known_hosts: Found<known_hosts::Document>,
    known_hosts2: Found<known_hosts::Document>,
    asked: &'a Cell<u32>,
}

impl<'a> Parsed<'a> {
    fn new(of: &'a OwnFiles, asked: &'a Cell<u32>) -> Self {
        Self {
            of,
            shosts: of.shosts.text.read(shosts::Document::parse),
            rhosts: of.rhosts.text.read(shosts::Document::parse),
            known_hosts: of.known_hosts.text.read(known_hosts::Document::parse),
            known_hosts2: of.known_hosts2.text.read(known_hosts::Document::parse),
            asked,
        }
    }

    fn count(&self) {
        self.asked.set(self.asked.get() + 1);
    }
}

impl UserFiles for Parsed<'_> {
    fn home(&self) -> Option<Stat> {
        self.count();
        self.of.home
    }

    fn shosts(&self) -> UserFile<'_, dyn Equiv + '_> {
        self.count();
        UserFile { path: "~/.shosts", stat: self.of.shosts.stat, content: as_equiv(&self.shosts) }
    }

    fn rhosts(&self) -> UserFile<'_, dyn Equiv + '_> {
        self.count();
        UserFile { path: "~/.rhosts", stat: self.of.rhosts.stat, content: as_equiv(&self.rhosts) }
    }

    fn known_hosts(&self) -> UserFile<'_, dyn KnownHosts + '_> {
        self.count();
        let content = as_known_hosts(&self.known_hosts);
        UserFile { path: "~/.ssh/known_hosts", stat: self.of.known_hosts.stat, content }
    }

    fn known_hosts2(&self) -> UserFile<'_, dyn KnownHosts + '_> {
        self.count();
        let content = as_known_hosts(&self.known_hosts2);
        UserFile { path: "~/.ssh/known_hosts2", stat: self.of.known_hosts2.stat, content }
    }
}

/// What differs from one attempt to the next; the default is let in.
pub struct Attempt {
    /// Whose private key signs.
    pub signer: u8,
    /// What the request presents.
    pub key: PublicKey,
    /// Its blob as it is sent, where that is not the key's.
    pub blob: Option<Vec<u8>>,
    pub algorithm: &'static str,
    pub user: &'static str,
    pub client_host: &'static str,
    pub client_user: &'static str,
    pub session: &'static [u8],
    /// The session of the connection; the request is signed for the other one.
    pub session_id: &'static [u8],
    pub address: &'static str,
    pub zone: Option<&'static str>,
    pub names: Vec<&'static str>,
    pub account: &'static str,
    pub entry: Option<AccountEntry<'static>>,
    pub policy: Policy,
    pub progress: Option<MethodsProgress>,
    /// They count where there is progress.
    pub keys_used: Vec<PublicKey>,
    pub revoked: Vec<Text>,
    pub equiv: Vec<(&'static str, Text)>,
    pub known_hosts: Text,
    pub known_hosts2: Text,
    pub own: Option<OwnFiles>,
    pub netgroups: &'static dyn Netgroups,
    /// Whether the server asks PAM's account step.
    pub asks_pam: bool,
    /// What the application says, if it is asked.
    pub application: Option<bool>,
    /// How often the user's own files were asked for.
    pub own_asked: Cell<u32>,
}

/// sshd's defaults, and the method switched on.
pub fn policy() -> Policy {
    let mut policy = Policy::default();
    policy.hostbased_authentication = true;
    policy
}

impl Default for Attempt {
    fn default() -> Self {
        Self {
            signer: 1,
            key: public(1),
            blob: None,
            algorithm: "ssh-ed25519",
            user: "alice",
            client_host: "node1.cluster.test.",
            client_user: "alice",
            session: SESSION,
            session_id: SESSION,
            address: "10.77.0.1",
            zone: None,
            names: vec!["node1.cluster.test"],
            account: "alice",
            entry: Some(AccountEntry {
                uid: 1000,
                home: "/home/alice",
                shell: Shell::Usable,
                locked: false,
                groups: &[],
            }),
            policy: policy(),
            progress: None,
            keys_used: Vec::new(),
            revoked: Vec::new(),
            equiv: vec![("shosts.equiv", "10.77.0.1\n".into())],
            known_hosts: line("node1.cluster.test,10.77.0.1", 1).into(),
            known_hosts2: Text::Missing,
            own: None,
            netgroups: &NoNetgroups,
            asks_pam: false,
            application: None,
            own_asked: Cell::new(0),
        }
    }
}

impl Attempt {
    /// AuthenticationMethods, of which these have succeeded already, by these keys.
    pub fn has_done(&mut self, lists: &str, done: &[Method], keys: &[u8]) {
        self.policy.set("AuthenticationMethods", lists).unwrap();
        let start = self.policy.authentication_methods.start();
        let progress = done.iter().fold(start, |progress, method| match progress.succeed(*method, None) {
            AfterSuccess::Partial(progress) => progress,
            other => panic!("{other:?}"),
        });
        self.progress = Some(progress);
        self.keys_used = keys.iter().map(|&seed| public(seed)).collect();
    }

    pub fn set_uid(&mut self, uid: u32) {
        self.entry.as_mut().unwrap().uid = uid;
    }

    /// Decides, and lets `report` look at the decision.
    pub fn judge<T>(&self, report: impl Fn(&Decision<'_>) -> T) -> T {
        self.with_inputs(|inputs| report(&verify(inputs)))
    }

    pub fn with_inputs<T>(&self, use_them: impl Fn(&Inputs<'_>) -> T) -> T {
        let mut request = Request {
            user: self.user.as_bytes(),
            algorithm: self.algorithm.as_bytes(),
            public_key: self.blob.as_deref().unwrap_or(self.key.blob()),
            client_host: self.client_host.as_bytes(),
            client_user: self.client_user.as_bytes(),
            signature: b"",
        };
        let raw = secret(self.signer).sign(&request.signed_data(self.session));
        let signature = Writer::new().string(b"ssh-ed25519").string(raw.as_ref()).into_bytes();
        request.signature = &signature;
        let account = UserName::new(self.account).unwrap();
        let names: Vec<HostName> = self.names.iter().map(|name| HostName::new(name).unwrap()).collect();
        let equiv: Vec<_> = self.equiv.iter().map(|(file, text)| (*file, text.read(shosts::Document::parse))).collect();
        let equiv: Vec<EquivSource<'_>> =
            equiv.iter().map(|(file, found)| EquivSource { file, content: as_equiv(found) }).collect();
        let known_hosts = self.known_hosts.read(known_hosts::Document::parse);
        let known_hosts2 = self.known_hosts2.read(known_hosts::Document::parse);
        let source = |file, content| KnownHostsSource { file, content };
        let revoked: Vec<_> = self
            .revoked
            .iter()
            .map(|text| match text.read(RevokedKeys::parse) {
                Found::Read(Ok(keys)) => Found::Read(keys),
                Found::Read(Err(_)) => Found::Unreadable(Unreadable::Malformed),
                Found::Missing => Found::Missing,
                Found::Unreadable(why) => Found::Unreadable(why),
            })
            .collect();
        let revoked: Vec<RevokedSource<'_>> =
            revoked.iter().map(|found| RevokedSource { file: "/revoked_keys", content: found.content() }).collect();
        let own = self.own.as_ref().map(|own| Parsed::new(own, &self.own_asked));
        let mut files = Files::new(&equiv, source("ssh_known_hosts", as_known_hosts(&known_hosts)), self.netgroups)
            .with_known_hosts2(source("ssh_known_hosts2", as_known_hosts(&known_hosts2)))
            .with_revoked_keys(&revoked);
        if let Some(own) = &own {
            files = files.with_user_files(own);
        }
        let address: IpAddr = self.address.parse().unwrap();
        let mut peer = Peer::new(address).with_names(&names);
        if let Some(zone) = self.zone {
            peer = peer.with_zone(zone);
        }
        let account = Account { name: &account, entry: self.entry };
        let mut inputs = Inputs::new(self.session_id, request, peer, account, &self.policy, files, NOW);
        if self.asks_pam {
            inputs = inputs.with_pam();
        }
        inputs = match &self.progress {
            Some(progress) => inputs.after(progress, &self.keys_used),
            None => inputs,
        };
        let application = |_: &hostbased::verify::Authenticated<'_>| self.application.unwrap_or(true);
        if self.application.is_some() {
            inputs = inputs.with_application(&application);
        }
        use_them(&inputs)
    }
}

/// The code of the refusal, or "accept" and the name by which the host was found.
pub fn with(change: impl Fn(&mut Attempt)) -> String {
    let mut attempt = Attempt::default();
    change(&mut attempt);
    attempt.judge(|decision| match decision.outcome() {
        Ok(authenticated) => format!("accept {}", String::from_utf8_lossy(authenticated.host())),
        Err(refusal) => refusal.code().to_owned(),
    })
}

/// The refusal itself is compared, where it says more than its code.
pub fn refusal_is(change: impl Fn(&mut Attempt), expected: Refusal<'_>) {
    let mut attempt = Attempt::default();
    change(&mut attempt);
    attempt.judge(|decision| assert_eq!(decision.outcome().err(), Some(expected)));
}

pub fn packet_only(attempt: &mut Attempt) {
    attempt.policy.hostbased_uses_name_from_packet_only = true;
}

pub fn use_dns(attempt: &mut Attempt) {
    attempt.policy.use_dns = true;
}

//! Each rule with what it finds and its near miss: a client in which nothing is wrong, changed in one place.

mod configs;
mod helpers;
mod host_keys;
mod order;
mod ways;

use std::collections::BTreeMap;

use super::*;
use crate::config::{Component, ConfigFiles, Program, walk};
use crate::doctor::Mend;
use crate::key::{BaseType, KeyType, PublicKey, parse_public_key_file};

/// The path of the helper.
const HELPER: &str = "/usr/lib/openssh/ssh-keysign";

/// Host-based authentication switched on as it should be.
const GLOBAL_TEXT: &str = "EnableSSHKeysign yes\nHost *.cluster.test\n HostbasedAuthentication yes\n";

/// What `ssh -G` says then.
const OPTIONS: &str = "user alice\nhostname srv.cluster.test\nport 22\nhostbasedauthentication yes\n\
    hostbasedacceptedalgorithms ssh-ed25519-cert-v01@openssh.com,ssh-ed25519,ecdsa-sha2-nistp256,rsa-sha2-512,rsa-sha2-256\n\
    kexalgorithms sntrup761x25519-sha512,curve25519-sha256\nstricthostkeychecking ask\nrequiredrsasize 1024\n";

/// Files in memory; a text of `!` cannot be read.
struct Memory(BTreeMap<String, String>);

impl ConfigFiles for Memory {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        match self.0.get(path) {
            Some(text) if text == "!" => Err("Permission denied".to_owned()),
            text => Ok(text.map(|text| text.as_bytes().to_vec())),
        }
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, String> {
        let (folder, name) = pattern.rsplit_once('/').unwrap();
        let name = Component::parse(name.as_bytes()).unwrap();
        let fits = |path: &&String| {
            path.rsplit_once('/').is_some_and(|(above, own)| above == folder && name.matches(own.as_bytes()))
        };
        Ok(self.0.keys().filter(fits).cloned().collect())
    }
}

/// A configuration whose first file is the main one.
fn config(program: Program<'_>, files: &[(&str, &str)]) -> Config {
    let memory = Memory(files.iter().map(|&(path, text)| (path.to_owned(), text.to_owned())).collect());
    let main = files[0].0;
    let folder = main.rsplit_once('/').unwrap().0;
    let facts = |path: &str, mode| FileFacts { path: path.to_owned(), uid: 0, gid: 0, mode };
    let listed = [facts(folder, 0o755)].into_iter().chain(files.iter().map(|(path, _)| facts(path, 0o644)));
    Config { path: main.to_owned(), tree: walk(program, main, &memory), files: listed.collect() }
}

fn global(files: &[(&str, &str)]) -> Config {
    config(Program::Ssh, files)
}

fn global_text(text: &str) -> Config {
    global(&[("/etc/ssh/ssh_config", text)])
}

fn users(text: &str) -> Config {
    config(Program::SshUser { home: "/home/alice" }, &[("/home/alice/.ssh/config", text)])
}

fn key(name: &str) -> PublicKey {
    let path = format!("{}/tests/vectors/keys/{name}.pub", env!("CARGO_MANIFEST_DIR"));
    #[allow(clippy::disallowed_methods, reason = "the test reads a file")]
    parse_public_key_file(&std::fs::read(path).unwrap()).unwrap()
}

fn host_key(kind: &str, vector: &str) -> HostKeyFiles {
    let path = format!("/etc/ssh/ssh_host_{kind}_key");
    HostKeyFiles {
        private: PrivateKey::There(FileFacts { path: path.clone(), uid: 0, gid: 0, mode: 0o600 }),
        public: PublicFile::Key(Box::new(key(vector)), 0o644),
        certificate: PublicFile::Missing,
        path,
    }
}

/// A client in which nothing is wrong.
fn healthy() -> Facts {
    let mut facts = Facts {
        account: Account { uid: 1000, gid: 1000, name: Some("alice".to_owned()), primary_gid: Some(1000) },
        programs: Programs {
            ssh: Some("/usr/bin/ssh".to_owned()),
            system_ssh: None,
            version: Some("OpenSSH_9.2p1 Debian-2".to_owned()),
            helper: Some(HELPER.to_owned()),
            config: Some("/etc/ssh/ssh_config".to_owned()),
        },
        global: global_text(GLOBAL_TEXT),
        options: Options::parse(OPTIONS.as_bytes()),
        ..Facts::default()
    };
    facts.target = Some(Target {
        typed: "srv.cluster.test".to_owned(),
        known: vec![KnownHostsFile {
            path: "/etc/ssh/ssh_known_hosts".to_owned(),
            is_global: true,
            lines: 1,
            unreadable: None,
            file: Some(FileFacts { path: "/etc/ssh/ssh_known_hosts".to_owned(), uid: 0, gid: 0, mode: 0o644 }),
        }],
        connections: vec![connection("10.77.0.2", "10.77.0.1", Some("node1.cluster.test"))],
        can_ask: true,
        ..Target::default()
    });
    facts.keys = KeyFolder {
        path: "/etc/ssh".to_owned(),
        keys: vec![host_key("ecdsa", "ecdsa256"), host_key("ed25519", "ed25519"), host_key("rsa", "rsa")],
        ..KeyFolder::default()
    };
    facts.helper = Helper {
        path: Some(HELPER.to_owned()),
        file: Some(Ok(FileFacts { path: HELPER.to_owned(), uid: 0, gid: 0, mode: 0o4755 })),
        is_executable: true,
        mount: Some(Mount { point: "/".to_owned(), ..Mount::default() }),
        self_test: Some(SelfTest::Good),
        long_session: Some(Ok(())),
        ..Helper::default()
    };
    facts.system = System {
        host_name: "node1".to_owned(),
        addresses: vec!["10.77.0.1".parse().unwrap(), "127.0.0.1".parse().unwrap()],
        kernel_release: "6.18.44".to_owned(),
        groups: vec![(0, "root".to_owned()), (998, "ssh_keys".to_owned())],
        ..System::default()
    };
    offer_and_sign(&mut facts);
    facts
}

fn connection(server: &str, source: &str, name: Option<&str>) -> Connection {
    Connection {
        server: Some(server.parse().unwrap()),
        source: Some(source.parse().unwrap()),
        source_name: name.map(str::to_owned),
        claimed: name.unwrap_or("node1").to_owned(),
    }
}

/// Computes what would be offered, and lets the helper sign it all.
fn offer_and_sign(facts: &mut Facts) {
    facts.keys.offers = offers(&facts.keys.keys, &facts.options.accepted_algorithms());
    let claimed = || "node1.cluster.test".to_owned();
    let runs = (0..facts.keys.offers.len()).map(|offer| DryRun { offer, claimed: claimed(), result: Signed::Good });
    facts.helper.dry_runs = runs.collect();
}

/// The healthy client with one thing changed.
fn with(change: impl FnOnce(&mut Facts)) -> Facts {
    let mut facts = healthy();
    change(&mut facts);
    facts
}

/// The options with lines in front of the others: the first value counts.
fn options(lines: &str) -> Options {
    Options::parse(format!("{lines}\n{OPTIONS}").as_bytes())
}

/// What is found: number and weight.
fn judged(facts: &Facts) -> Vec<(u16, Severity)> {
    judge(facts).iter().map(|finding| (finding.id.number(), finding.severity)).collect()
}

/// The one thing that is found.
fn only(facts: &Facts) -> Finding {
    let findings = judge(facts);
    assert_eq!(findings.len(), 1, "{findings:#?}");
    findings.into_iter().next().unwrap()
}

fn place(finding: &Finding) -> String {
    finding.place.as_ref().map(ToString::to_string).unwrap_or_default()
}

/// The command that `--fix` would run.
fn fix(finding: &Finding) -> Option<String> {
    finding.mends.iter().find_map(|mend| match mend {
        Mend::Command { argv, is_safe: true, .. } => Some(argv.join(" ")),
        _ => None,
    })
}

/// The mends as text, in their order.
fn mends(finding: &Finding) -> Vec<String> {
    let text = |mend: &Mend| match mend {
        Mend::Command { argv, .. } => argv.join(" "),
        Mend::Line { file, text, position, .. } => format!("{file}: {text} ({position})"),
        Mend::Advice(text) => text.clone(),
    };
    finding.mends.iter().map(text).collect()
}

#[test]
fn nothing_is_wrong_with_a_healthy_client() {
    assert_eq!(judge(&healthy()), []);
    let types: Vec<KeyType> = healthy().keys.offers.iter().map(|offer| offer.key.key_type()).collect();
    assert_eq!(types, [BaseType::Ed25519, BaseType::EcdsaP256, BaseType::Rsa].map(KeyType::plain));
    assert_eq!(judge(&with(|facts| facts.account.uid = 0)), [], "root");
    assert_eq!(judge(&with(|facts| facts.target = None)), [], "without a server");
}

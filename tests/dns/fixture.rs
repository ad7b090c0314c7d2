//! The command, run beside a name server of our own and below a root that is not this machine's: only the DNS is asked.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;

pub(crate) use crate::run::Run;
use crate::server::{Fault, Kind, NameServer};
use crate::zones::{Signing, World, Zone, address, alias, ptr, sshfp};

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_hostbased");

/// A key of `signed.test`, and one of nobody's.
pub(crate) const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINzMn/tYaKhUi52yur7LBpg67BhckiSEjZGkXDcD3oBD";
pub(crate) const OTHER: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPQ1kQ5kS7GHxXVxh8b3yPVMkVYF3eJk8N3b1s0jFsEA";

/// `ssh-keygen -r` of that key.
const SHA1: &str = "x IN SSHFP 4 1 67f301ba5648d4e138e5b8ee85239c53720553c0";
const SHA256: &str = "x IN SSHFP 4 2 3ba9aff7e641818b4bb2a596089a17fd87d3eff69af66591b96ea070123962cd";
const WRONG: &str = "x IN SSHFP 4 2 00a9aff7e641818b4bb2a596089a17fd87d3eff69af66591b96ea070123962cd";

/// The zones of these tests.
pub(crate) fn world() -> World {
    let hosts = |zone: &str| {
        vec![
            address(&format!("n1.{zone}"), "10.0.0.1"),
            address(&format!("v6.{zone}"), "2001:db8::6"),
            alias(&format!("www.{zone}"), &format!("n1.{zone}")),
            alias(&format!("away.{zone}"), "n1.plain.test."),
            sshfp(&format!("n1.{zone}"), SHA256),
            sshfp(&format!("old.{zone}"), SHA1),
            address(&format!("old.{zone}"), "10.0.0.3"),
            sshfp(&format!("wrong.{zone}"), WRONG),
            address(&format!("wrong.{zone}"), "10.0.0.4"),
            address(&format!("bare.{zone}"), "10.0.0.5"),
        ]
    };
    let zone = |name, signing, content| Zone { name, signing, content };
    World::new(vec![
        zone("signed.test.", Signing::Right, hosts("signed.test.")),
        zone("plain.test.", Signing::None, {
            let mut hosts = hosts("plain.test.");
            hosts.push(address("several.plain.test.", "10.0.1.1"));
            hosts.push(address("second.plain.test.", "10.0.1.1"));
            hosts.push(address("stale.plain.test.", "10.0.9.9"));
            hosts.push(address("mixed.plain.test.", "10.0.1.2"));
            hosts.push(address("six.plain.test.", "2001:db8::7"));
            hosts.extend((1..=60).map(|last| address("many.plain.test.", &format!("10.0.2.{last}"))));
            hosts
        }),
        zone("otherkey.test.", Signing::OtherKey, hosts("otherkey.test.")),
        zone("unsigned.test.", Signing::Missing, hosts("unsigned.test.")),
        zone("expired.test.", Signing::Expired, hosts("expired.test.")),
        zone(
            "10.in-addr.arpa.",
            Signing::None,
            vec![
                ptr("10.0.0.1", "n1.plain.test."),
                ptr("10.0.0.3", "n1.plain.test."),
                ptr("10.0.0.4", "nobody.plain.test."),
                ptr("10.0.0.6", "six.plain.test."),
                ptr("10.0.1.1", "several.plain.test."),
                ptr("10.0.1.1", "second.plain.test."),
                ptr("10.0.1.2", "mixed.plain.test."),
                ptr("10.0.1.2", "stale.plain.test."),
            ],
        ),
    ])
}

/// The zones, a server that passes everything on and has every fault, and a file that trusts the root's key.
pub(crate) struct Lab {
    pub(crate) world: World,
    pub(crate) server: NameServer,
    folder: TempDir,
}

static LAB: LazyLock<Lab> = LazyLock::new(|| {
    let lab = Lab::new(Kind::Whole);
    // The signatures that are valid for no time have expired when a second has passed.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    lab
});

pub(crate) fn lab() -> &'static Lab {
    &LAB
}

impl Lab {
    pub(crate) fn new(kind: Kind) -> Self {
        Self::of(world(), kind)
    }

    pub(crate) fn of(world: World, kind: Kind) -> Self {
        let faults = [
            ("servfail.test.", Fault::ServFail),
            ("refused.test.", Fault::Refused),
            ("lame.test.", Fault::Lame),
            ("silent.test.", Fault::Silent),
            ("n1.otherkey.test.", Fault::FailUnlessUnchecked),
        ];
        let server = NameServer::start(&world, kind, &faults);
        let lab = Self { world, server, folder: tempfile::tempdir().unwrap() };
        fs::create_dir_all(lab.folder.path().join("root/etc/ssh")).unwrap();
        for part in ["root", "root/etc", "root/etc/ssh"] {
            fs::set_permissions(lab.path(part), Permissions::from_mode(0o755)).unwrap();
        }
        lab.write("anchor", &lab.world.dnskey_anchor());
        lab
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn write(&self, name: &str, content: &str) -> String {
        fs::write(self.path(name), content).unwrap();
        self.path(name)
    }

    /// Runs the command with this server and these arguments.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let (server, anchor, root) = (self.server.address.to_string(), self.path("anchor"), self.path("root"));
        let own = ["--resolver", &server, "--trust-anchor", &anchor];
        let root: &[&str] =
            if arguments.contains(&"--root") || arguments.contains(&"--key-file") { &[] } else { &["--root", &root] };
        let done = Command::new(BINARY).args(arguments).args(own).args(root).stdin(Stdio::null()).output().unwrap();
        done.into()
    }

    /// What `check --json --names dns` says of one host.
    #[track_caller]
    pub(crate) fn check(&self, host: &str, more: &[&str]) -> Host {
        let run = self.run(&[&["check", "--json", "--names", "dns", host][..], more].concat());
        let json = run.records().swap_remove(0);
        assert_eq!(run.code, Some(i32::from(json["good"] != Value::Bool(true))), "{run:?}");
        Host(json)
    }
}

/// A host's record.
#[derive(Debug)]
pub(crate) struct Host(pub(crate) Value);

impl Host {
    /// `severity code subject`, of each finding.
    pub(crate) fn findings(&self) -> Vec<String> {
        let word = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
        let all = self.0["findings"].as_array().unwrap().iter();
        all.map(|one| [word(one, "severity"), word(one, "code"), word(one, "subject")].join(" ")).collect()
    }

    #[track_caller]
    pub(crate) fn has(&self, finding: &str) -> &Self {
        assert!(self.findings().iter().any(|one| one == finding), "{finding}: {self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn lacks(&self, code: &str) -> &Self {
        assert!(!self.findings().iter().any(|one| one.contains(code)), "{code}: {self:#?}");
        self
    }

    /// The evidence of the first finding with this code.
    #[track_caller]
    pub(crate) fn text(&self, code: &str) -> String {
        let found = self.0["findings"].as_array().unwrap().iter().find(|one| one["code"] == code);
        found.unwrap_or_else(|| panic!("{code}: {self:#?}"))["text"].as_str().unwrap().to_owned()
    }

    pub(crate) fn vouched(&self) -> usize {
        self.0["vouched"].as_array().unwrap().len()
    }
}

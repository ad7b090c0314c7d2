//! Our reading of sshd_config beside that of a real sshd: `sshd -T -f FILE` reads a configuration, refuses what it does not
//! take, and prints what came of it; `-C` says for which connection.

#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "runs sshd on files of its own")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and names what it skips"
)]

#[macro_use]
#[path = "support/needs.rs"]
mod needs;
#[path = "support/tool.rs"]
mod tool;

use std::fs;
use std::process::Command;

use hostbased::key::{Algorithm, AlgorithmList};
use hostbased::verify::{IgnoreRhosts, Method, PermitRootLogin, Policy};

use tool::tool;

/// Skips the test where there is no sshd, or where it cannot be asked: sshd 9.2 wants root for that.
macro_rules! needs_sshd {
    () => {
        needs!(needs::missing_program(&["sshd", "ssh-keygen"]));
        needs!((!needs::is_root()).then(|| "root".to_owned()))
    };
}

/// A folder with a host key and a configuration.
struct Lab(tempfile::TempDir);

impl Lab {
    fn new() -> Self {
        // Without it root's sshd does not even print its configuration.
        fs::create_dir_all("/run/sshd").unwrap();
        let folder = tempfile::tempdir().unwrap();
        tool("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", folder.path().join("key").to_str().unwrap()]);
        Self(folder)
    }

    /// What sshd prints of a configuration, for this connection (`-C`); else why it does not take it.
    fn ask(&self, config: &str, connection: &str) -> Result<Vec<u8>, String> {
        let path = |name: &str| self.0.path().join(name).to_str().unwrap().to_owned();
        fs::write(path("config"), format!("HostKey {}\n{config}\n", path("key"))).unwrap();
        let mut command = Command::new(needs::find_program("sshd").unwrap());
        command.args(["-T", "-f", &path("config")]);
        if !connection.is_empty() {
            command.args(["-C", connection]);
        }
        let done = command.env("LC_ALL", "C").output().unwrap();
        if done.status.success() { Ok(done.stdout) } else { Err(String::from_utf8_lossy(&done.stderr).into_owned()) }
    }

    fn policy(&self, config: &str) -> Policy {
        self.policy_for(config, "")
    }

    fn policy_for(&self, config: &str, connection: &str) -> Policy {
        let output = self.ask(config, connection).unwrap_or_else(|error| panic!("{config}: {error}"));
        Policy::from_sshd(&output).unwrap_or_else(|error| panic!("{config}: {error}"))
    }
}

/// One line, as `set` takes it.
fn set(policy: &mut Policy, line: &str) -> Result<(), String> {
    let (option, value) = line.split_once(' ').unwrap();
    policy.set(option, value).map_err(|error| error.to_string())
}

/// The lists of algorithms by themselves: those of an older sshd lack what is newer than it.
fn without_algorithms(policy: &Policy) -> Policy {
    let mut policy = policy.clone();
    policy.hostbased_accepted_algorithms = AlgorithmList::hostbased_default();
    policy.ca_signature_algorithms = AlgorithmList::ca_default();
    policy
}

fn names(list: &AlgorithmList) -> Vec<&'static str> {
    list.iter().map(Algorithm::name).collect()
}

#[test]
fn an_sshd_without_options_has_our_defaults() {
    needs_sshd!();
    let theirs = Lab::new().policy("");
    let ours = Policy::default();
    assert_eq!(without_algorithms(&theirs), ours);
    for (theirs, ours) in [
        (&theirs.hostbased_accepted_algorithms, &ours.hostbased_accepted_algorithms),
        (&theirs.ca_signature_algorithms, &ours.ca_signature_algorithms),
    ] {
        // The same order; what theirs lacks came later.
        let theirs = names(theirs);
        let mut ours = names(ours);
        ours.retain(|name| theirs.contains(name) || !name.starts_with("webauthn-"));
        assert_eq!(theirs, ours);
    }
}

/// Lines that both take, and must understand alike.
const TAKEN: &[&str] = &[
    "HostbasedAuthentication yes",
    "hostbasedauthentication YES",
    "HOSTBASEDUSESNAMEFROMPACKETONLY \"yes\"",
    "UseDNS Yes # no",
    "UseDNS 'yes'",
    "IgnoreUserKnownHosts yes",
    "StrictModes no",
    "UsePAM yes",
    "PubkeyAuthentication no",
    "DSAAuthentication no",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "ChallengeResponseAuthentication no",
    "SKeyAuthentication no",
    "GSSAPIAuthentication yes",
    "IgnoreRhosts no",
    "IgnoreRhosts Shosts-Only",
    "PermitRootLogin yes",
    "PermitRootLogin without-password",
    "PermitRootLogin Prohibit-Password",
    "PermitRootLogin forced-commands-only",
    "PermitRootLogin no",
    "RequiredRSASize 3072",
    "RequiredRSASize 0",
    "RequiredRSASize +5",
    "RequiredRSASize 2147483647",
    "ChrootDirectory \"/srv/a b\"",
    "ChrootDirectory %h",
    "ChrootDirectory None",
    "RevokedKeys /etc/passwd",
    "RevokedKeys '/tmp/a b'",
    "RevokedKeys NONE",
    "AllowUsers a b@10.0.0.0/8,!10.0.0.1 \"c d\" '#e' f\\ g h\"i j\"k #l",
    "AllowUsers !a a,b * a@b@c",
    "DenyUsers a\\\"b 'it\\'s' c\\d",
    "DenyUsers a\tb",
    "AllowGroups a b@10.0.0.1/8 !c",
    "DenyGroups none any",
    "AuthenticationMethods any",
    "AuthenticationMethods publickey,password keyboard-interactive:pam",
    "AuthenticationMethods none",
    "AuthenticationMethods publickey: publickey:x:y,publickey",
];

#[test]
fn what_sshd_takes_is_understood_alike() {
    needs_sshd!();
    let lab = Lab::new();
    let printed = String::from_utf8(lab.ask("", "").unwrap()).unwrap().to_lowercase();
    for line in TAKEN {
        let mut ours = Policy::default();
        set(&mut ours, line).unwrap();
        let option = line.split_once(' ').unwrap().0.to_lowercase();
        if ["usepam", "gssapiauthentication"].contains(&option.as_str()) && !printed.contains(&option) {
            // This sshd was built without it, and says so.
            continue;
        }
        assert_eq!(without_algorithms(&lab.policy(line)), ours, "{line}");
    }
}

#[test]
fn several_files_of_revoked_keys_are_told_apart() {
    needs_sshd!();
    let line = "RevokedKeys '/a b' /c";
    let mut ours = Policy::default();
    set(&mut ours, line).unwrap();
    assert_eq!(ours.revoked_keys, ["/a b", "/c"]);
    match Lab::new().ask(line, "") {
        Ok(output) => assert_eq!(Policy::from_sshd(&output).unwrap().revoked_keys, ours.revoked_keys),
        // Since 10.3 it takes several.
        Err(error) => assert!(error.contains("extra arguments at end of line"), "{error}"),
    }
}

/// Lines that neither takes.
const REFUSED: &[&str] = &[
    "UseDNS true",
    "UseDNS 1",
    "UseDNS yes#",
    "UseDNS yes no",
    "UseDNS #",
    "UseDNS \"\"",
    "UseDNS \"yes",
    "IgnoreRhosts rhosts-only",
    "PermitRootLogin password",
    "RequiredRSASize -1",
    "RequiredRSASize 0x800",
    "RequiredRSASize 2147483648",
    "RequiredRSASize 2048bits",
    "ChrootDirectory /a /b",
    "ChrootDirectory ''",
    "RevokedKeys ''",
    "RevokedKeys none /a",
    "AllowUsers ''",
    "AllowUsers a@",
    "AllowUsers a@x,,y",
    "AllowUsers a@10.0.0.1/8",
    "DenyUsers a@10.0.0.0/33",
    "DenyUsers a@b,!",
    "AllowGroups ''",
    "DenyGroups a 'b",
    "AuthenticationMethods ANY",
    "AuthenticationMethods any any",
    "AuthenticationMethods publickey any",
    "AuthenticationMethods any publickey",
    "AuthenticationMethods publickey,",
    "AuthenticationMethods ,publickey",
    "AuthenticationMethods public",
    "AuthenticationMethods publickey-hostbound-v00@openssh.com",
    "AuthenticationMethods :x",
    "AuthenticationMethods ''",
    "HostbasedAcceptedAlgorithms nope*",
    "HostbasedAcceptedAlgorithms +nope",
    "HostbasedAcceptedAlgorithms !ssh-rsa,*",
    "HostbasedAcceptedAlgorithms ssh-rsa ssh-ed25519",
    "HostbasedAcceptedAlgorithms ''",
    "CASignatureAlgorithms ssh-ed25519-cert-v01@openssh.com",
    "CASignatureAlgorithms nope",
    "UseDN yes",
];

#[test]
fn what_sshd_does_not_take_is_refused() {
    needs_sshd!();
    let lab = Lab::new();
    for line in REFUSED {
        let mut ours = Policy::default();
        assert!(set(&mut ours, line).is_err(), "{line}");
        assert_eq!(ours, Policy::default(), "{line}");
        assert!(lab.ask(line, "").is_err(), "{line}");
    }
    // And where only we refuse: sshd makes the path whole, or takes it from its own folder.
    assert!(lab.ask("RevokedKeys keys", "").is_ok());
    assert!(set(&mut Policy::default(), "RevokedKeys keys").is_err());
}

#[test]
fn lists_of_algorithms_come_out_alike() {
    needs_sshd!();
    let lab = Lab::new();
    for value in [
        "ssh-ed25519",
        "ssh-rsa,ssh-ed25519,ssh-rsa",
        "rsa-sha2-512*,ssh-rsa",
        "+ssh-rsa",
        "+ssh-rsa*",
        "^ssh-rsa",
        "^ecdsa-sha2-nistp521,ssh-rsa",
        "-rsa*",
        "-*cert*,ecdsa*",
        "-!rsa-sha2-512,rsa*",
    ] {
        for option in ["HostbasedAcceptedAlgorithms", "HostbasedAcceptedKeyTypes", "CASignatureAlgorithms"] {
            if option == "CASignatureAlgorithms" && value == "-*cert*,ecdsa*" {
                continue;
            }
            let line = format!("{option} {value}");
            let theirs = lab.policy(&line);
            let mut ours = Policy::default();
            set(&mut ours, &line).unwrap();
            let newer = |name: &&str| !name.starts_with("webauthn-") && !name.contains("mldsa");
            let lists = |policy: &Policy| {
                [&policy.hostbased_accepted_algorithms, &policy.ca_signature_algorithms]
                    .map(|list| names(list).into_iter().filter(newer).collect::<Vec<_>>())
            };
            assert_eq!(lists(&theirs), lists(&ours), "{line}");
        }
    }
}

#[test]
fn an_empty_list_accepts_nothing_here_and_the_default_there() {
    needs_sshd!();
    let theirs = Lab::new().policy("HostbasedAcceptedAlgorithms -*").hostbased_accepted_algorithms;
    assert_eq!(names(&theirs).first(), Some(&"ssh-ed25519-cert-v01@openssh.com"));
    let mut ours = Policy::default();
    set(&mut ours, "HostbasedAcceptedAlgorithms -*").unwrap();
    assert_eq!(names(&ours.hostbased_accepted_algorithms), [] as [&str; 0]);
}

#[test]
fn all_at_once_and_by_the_connection() {
    needs_sshd!();
    let lab = Lab::new();
    let config = "HostbasedAuthentication yes\nUseDNS yes\nAllowUsers a b\nAllowUsers c\nDenyGroups g\n\
        AuthenticationMethods publickey,hostbased hostbased:x,password\n\
        Match User root Address 10.0.0.0/8\n\
        HostbasedAuthentication no\nHostbasedUsesNameFromPacketOnly yes\nIgnoreRhosts no\nPermitRootLogin no\n\
        AllowUsers root\nRevokedKeys /rk\nChrootDirectory /srv\nRequiredRSASize 4096\n\
        CASignatureAlgorithms ssh-ed25519\nHostbasedAcceptedAlgorithms ssh-rsa\nDenyUsers x\nAllowGroups y\n\
        AuthenticationMethods publickey\nPasswordAuthentication no";
    let general = lab.policy_for(config, "user=alice,host=h,addr=10.0.0.1");
    assert!(general.hostbased_authentication && general.use_dns && !general.hostbased_uses_name_from_packet_only);
    assert_eq!(general.allow_users, ["a", "b", "c"]);
    assert_eq!((general.deny_groups.len(), general.deny_users.len(), general.revoked_keys.len()), (1, 0, 0));
    assert_eq!(general.authentication_methods.to_string(), "publickey,hostbased hostbased:x,password");
    assert!(!general.methods().start().may_try(Method::Password));
    let matched = lab.policy_for(config, "user=root,host=h,addr=10.0.0.1");
    assert!(!matched.hostbased_authentication && matched.hostbased_uses_name_from_packet_only && matched.use_dns);
    assert_eq!(matched.ignore_rhosts, IgnoreRhosts::No);
    assert_eq!(matched.permit_root_login, PermitRootLogin::No);
    assert_eq!(matched.chroot_directory.as_deref(), Some("/srv"));
    assert_eq!(matched.revoked_keys, ["/rk"]);
    assert_eq!(matched.required_rsa_size, 4096);
    assert_eq!(names(&matched.ca_signature_algorithms), ["ssh-ed25519"]);
    assert_eq!(names(&matched.hostbased_accepted_algorithms), ["ssh-rsa"]);
    assert!(!matched.password_authentication);
    assert_eq!(matched.authentication_methods.to_string(), "publickey");
    // What sshd makes of lists in both places, from version to version, it says itself.
    assert!(matched.allow_users.contains(&"root".to_owned()) && matched.deny_users == ["x"], "{matched:?}");
    assert_eq!(lab.policy_for(config, "user=root,host=h,addr=11.0.0.1"), general);
}

#[test]
fn lists_of_methods_that_are_off_end_sshd_and_leave_nothing_here() {
    needs_sshd!();
    let lab = Lab::new();
    let off = "AuthenticationMethods hostbased,password hostbased";
    let error = lab.ask(off, "").unwrap_err();
    assert!(error.contains("AuthenticationMethods cannot be satisfied"), "{error}");
    let mut ours = Policy::default();
    set(&mut ours, off).unwrap();
    assert!(!ours.methods().is_satisfiable());
    let theirs = lab.policy(&format!("HostbasedAuthentication yes\nPasswordAuthentication no\n{off}"));
    assert_eq!(theirs.methods().to_string(), "hostbased");
}

/// The crate's own tests hold our side of it.
#[test]
fn lists_fit_addresses_as_the_vectors_say() {
    needs_sshd!();
    let lab = Lab::new();
    let mut cases = 0;
    for line in include_str!("vectors/address_lists.txt").lines() {
        let Ok([list, address, expected]) = <[&str; 3]>::try_from(line.split_whitespace().collect::<Vec<_>>()) else {
            assert!(line.is_empty() || line.starts_with('#'), "{line}");
            continue;
        };
        if line.starts_with('#') {
            continue;
        }
        let config = format!("Match Address {list}\nRequiredRSASize 3333");
        let answer = lab.ask(&config, &format!("user=alice,host=other,addr={address}"));
        let found = match answer.map(|output| Policy::from_sshd(&output).unwrap().required_rsa_size) {
            Ok(3333) => "yes",
            Ok(_) => "no",
            Err(_) => "bad",
        };
        assert_eq!(found, expected, "{line}");
        let bad = lab.ask(&format!("DenyUsers alice@{list}"), "").is_err();
        assert_eq!(bad, expected == "bad", "DenyUsers alice@{list}");
        cases += 1;
    }
    assert_eq!(cases, 86);
}

//! The helper signs with every type of key, from every form of file, and with no key that it should not use.

use crate::helper::{Question, Verdict, assert_refused};
use crate::keys::{self, KeyPair, PrivateFormat};
use crate::lab::SSH_KEYS_GID;
use crate::under_test::{Expect, theirs_since};

const ENCRYPTED: &str = "/etc/ssh/ssh_host_ed25519_key: the key is encrypted; a host key must have no passphrase \
                         (ssh-keygen -p -N '' -f FILE takes it off)";
const MALFORMED: &str = "/etc/ssh/ssh_host_ed25519_key: not a private key in OpenSSH, PKCS#1, SEC1 or PKCS#8 form";

const fn not_valid(because: &'static str) -> Verdict<'static> {
    Verdict::RefusesBecause("ssh-keysign: not a valid request", because)
}

#[test]
fn every_type_in_every_form() {
    let lab = needs_root_and_sshd!();
    for (key, algorithms) in [
        (keys::ed25519(), &["ssh-ed25519"][..]),
        (keys::ecdsa256(), &["ecdsa-sha2-nistp256"]),
        (keys::ecdsa384(), &["ecdsa-sha2-nistp384"]),
        (keys::ecdsa521(), &["ecdsa-sha2-nistp521"]),
        (keys::rsa(), &["rsa-sha2-256", "rsa-sha2-512"]),
        (keys::rsa_of_an_odd_size(), &["rsa-sha2-256", "rsa-sha2-512"]),
    ] {
        let formats: &[PrivateFormat] = match algorithms {
            // ssh-keygen 9.2 writes Ed25519 in its own form only: see below.
            ["ssh-ed25519"] => &[PrivateFormat::OpenSsh],
            _ => &[PrivateFormat::OpenSsh, PrivateFormat::Traditional, PrivateFormat::Pkcs8],
        };
        for &format in formats {
            lab.install_key(&key.in_format(format));
            for algorithm in algorithms {
                let case = format!("{algorithm} in {format:?}");
                lab.assert_answer(&case, &Question::new(key, algorithm), Verdict::Signs);
            }
        }
    }
}

#[test]
fn ed25519_in_pkcs8() {
    let lab = needs_root_and_sshd!();
    let key = keys::ed25519_in_pkcs8();
    lab.install_key(&key);
    let theirs = theirs_since((9, 6), Verdict::Signs, Verdict::Refuses("no hostkey found"));
    let expect = Expect::differ(Verdict::Signs, theirs);
    lab.assert_answer(&"Ed25519 in PKCS#8", &Question::new(&key, "ssh-ed25519"), expect.here());
}

#[test]
fn a_certificate_is_signed_with_its_key() {
    let lab = needs_root_and_sshd!();
    for (key, algorithm) in [
        (keys::ed25519(), "ssh-ed25519-cert-v01@openssh.com"),
        (keys::ecdsa256(), "ecdsa-sha2-nistp256-cert-v01@openssh.com"),
        (keys::rsa(), "rsa-sha2-512-cert-v01@openssh.com"),
    ] {
        lab.install_key(key);
        let public = keys::host_certificate(key, keys::another_ed25519(), "node1.cluster.test");
        let certified = KeyPair { public, ..key.clone() };
        lab.assert_answer(&algorithm, &Question::new(&certified, algorithm), Verdict::Signs);
    }
}

/// SHA-1 signatures are refused whoever asks; OpenSSH's helper makes them.
#[test]
fn rsa_with_sha_1() {
    let lab = needs_root_and_sshd!();
    lab.install_key(keys::rsa());
    let expect = Expect::differ(not_valid("signature algorithm ssh-rsa is not signed with"), Verdict::Signs);
    lab.assert_answer(&"ssh-rsa", &Question::new(keys::rsa(), "ssh-rsa"), expect.here());
}

#[test]
fn a_key_that_the_host_does_not_have() {
    let lab = needs_root_and_sshd!();
    lab.install_key(keys::ed25519());
    for key in [keys::another_ed25519(), keys::ecdsa256()] {
        let public = key.public_key();
        let line = format!("ssh-keysign: no matching hostkey found for key {public}");
        let algorithm = public.key_type().name();
        let answer = lab.ask(&Question::new(key, algorithm).frame());
        assert_refused(&algorithm, &answer, &line);
    }
}

#[test]
fn an_algorithm_of_another_type() {
    let lab = needs_root_and_sshd!();
    lab.install_key(keys::ed25519());
    lab.install_key(keys::ecdsa256());
    lab.install_key(keys::rsa());
    let refused = |because| Expect::both(not_valid(because));
    for (key, algorithm, expect) in [
        (
            keys::ed25519(),
            "ecdsa-sha2-nistp256",
            refused("the key is ssh-ed25519, the algorithm asks for ecdsa-sha2-nistp256"),
        ),
        (
            keys::ed25519(),
            "ssh-ed25519-cert-v01@openssh.com",
            refused("the key is ssh-ed25519, the algorithm asks for ssh-ed25519-cert-v01@openssh.com"),
        ),
        (
            keys::ed25519(),
            "sk-ssh-ed25519@openssh.com",
            refused("the key is ssh-ed25519, the algorithm asks for sk-ssh-ed25519@openssh.com"),
        ),
        (keys::rsa(), "ssh-ed25519", refused("the key is ssh-rsa, the algorithm asks for ssh-ed25519")),
        (
            keys::rsa(),
            "rsa-sha2-512-cert-v01@openssh.com",
            refused("the key is ssh-rsa, the algorithm asks for ssh-rsa-cert-v01@openssh.com"),
        ),
        (keys::ed25519(), "ssh-ed448", refused("unknown signature algorithm")),
        // OpenSSH compares the type, not the curve.
        (
            keys::ecdsa256(),
            "ecdsa-sha2-nistp384",
            Expect::differ(
                not_valid("the key is ecdsa-sha2-nistp256, the algorithm asks for ecdsa-sha2-nistp384"),
                Verdict::Signs,
            ),
        ),
    ] {
        let question = Question::new(key, algorithm);
        let case = format!("{} by {algorithm}", key.public_key());
        match expect.here() {
            // Signed, though no verifier should take it: not ours to verify.
            Verdict::Signs => assert_eq!(lab.ask(&question.frame()).code, Some(0), "{case}"),
            refused => lab.assert_answer(&case, &question, refused),
        }
    }
}

#[test]
fn key_files_that_cannot_be_used() {
    let lab = needs_root_and_sshd!();
    let key = keys::ed25519();
    let question = Question::new(key, "ssh-ed25519");
    let answer = lab.ask(&question.frame());
    assert_refused(&"no key at all", &answer, "could not open any host key");

    lab.install_key(&key.encrypted());
    lab.assert_answer(&"an encrypted key", &question, Verdict::RefusesBecause("no hostkey found", ENCRYPTED));

    let truncated = KeyPair { private: key.private[..key.private.len() / 2].to_vec(), ..key.clone() };
    lab.install_key(&truncated);
    lab.assert_answer(&"half a key", &question, Verdict::RefusesBecause("no hostkey found", MALFORMED));

    lab.install_key(key);
    lab.assert_answer(&"the key itself", &question, Verdict::Signs);
}

/// OpenSSH's helper takes any file; ours looks at the opened file's owner and mode.
#[test]
fn key_files_that_others_may_read_or_write() {
    let lab = needs_root_and_sshd!();
    let key = keys::ed25519();
    let path = key.private_path();
    let question = Question::new(key, "ssh-ed25519");
    for (owner, group, mode, problem) in [
        (0, 0, 0o600, None),
        (0, 0, 0o400, None),
        // RHEL's model: a group may read.
        (0, SSH_KEYS_GID, 0o640, None),
        (0, 0, 0o644, Some("mode 0644 lets others in")),
        (0, 0, 0o604, Some("mode 0604 lets others in")),
        (0, 0, 0o620, Some("mode 0620 lets others in")),
        (0, 0, 0o602, Some("mode 0602 lets others in")),
        (5002, 5002, 0o600, Some("belongs to user 5002, not to root")),
    ] {
        lab.install_key(key);
        lab.set_owner(&path, owner, group);
        lab.set_mode(&path, mode);
        let advice = if owner == 0 { ": at most 0640 is right (chmod 600, or 640 for a set-gid helper)" } else { "" };
        let because = format!("{path}: {}{advice}", problem.unwrap_or_default());
        let refused = Verdict::RefusesBecause("could not open any host key", &because);
        let expect = match problem {
            None => Expect::both(Verdict::Signs),
            Some(_) => Expect::differ(refused, Verdict::Signs),
        };
        lab.assert_answer(&format!("{owner}:{group} {mode:o}"), &question, expect.here());
    }
}

/// One key that cannot be used does not spoil the others.
#[test]
fn a_good_key_beside_a_bad_one() {
    let lab = needs_root_and_sshd!();
    lab.install_key(&keys::ecdsa256().encrypted());
    lab.install_key(keys::ed25519());
    lab.assert_answer(&"Ed25519", &Question::new(keys::ed25519(), "ssh-ed25519"), Verdict::Signs);
    let answer = lab.ask(&Question::new(keys::ecdsa256(), "ecdsa-sha2-nistp256").frame());
    let line = format!("ssh-keysign: no matching hostkey found for key {}", keys::ecdsa256().public_key());
    assert_refused(&"ECDSA", &answer, &line);
}

//! What no other test shows, of the rows in `docs/keysign-tests.md`.

use std::fs;
use std::process::Command;

use super::ground::{Ground, Outcome, feed, framed};
use super::trace;
use crate::lab::{Ours, Theirs, Whose, request};

/// What a run opened, or looked at by its name.
fn paths(ground: &Ground, whose: Whose) -> Vec<(String, String)> {
    let traced = trace::run(ground, whose, &["-E", "HOME=/home/nobody"], &[], &ground.frame());
    assert!(Outcome::of(&traced.output, "paths").is_signed());
    let lines = trace::lines(&traced.text, ground.helper(whose));
    let named = lines.iter().filter_map(|line| Some((line, line.arguments.split('"').nth(1)?)));
    named.map(|(line, path)| (path.to_owned(), format!("{}({})", line.name, line.arguments))).collect()
}

/// `~/.ssh/config` is the user's: it must not switch the helper on.
#[test]
fn nothing_in_the_callers_home_is_looked_at() {
    let ground = needs_ground!("strace");
    ground.lab.inside(|| {
        for whose in [Ours, Theirs] {
            let paths = paths(&ground, whose);
            assert!(paths.iter().any(|(path, _)| path == "/etc/ssh/ssh_config"), "{paths:?}");
            let of_the_user: Vec<_> =
                paths.iter().filter(|(path, _)| path.contains(".ssh") || path.starts_with("/home")).collect();
            assert!(of_the_user.is_empty(), "{whose:?} {of_the_user:?}");
        }
    });
}

/// A program that it started would not have the key; a terminal or a pipe in that place does nothing.
#[test]
fn key_files_are_opened_with_care() {
    let ground = needs_ground!("strace");
    ground.lab.inside(|| {
        let opened = |whose| {
            let keys = paths(&ground, whose).into_iter().filter(|(path, _)| path.ends_with("ssh_host_ed25519_key"));
            keys.map(|(_, call)| call).filter(|call| call.starts_with("open")).collect::<Vec<_>>()
        };
        let ours = opened(Ours);
        assert_eq!(ours.len(), 1, "{ours:?}");
        for flag in ["O_RDONLY", "O_CLOEXEC", "O_NONBLOCK", "O_NOCTTY"] {
            assert!(ours[0].contains(flag), "{ours:?}");
        }
        assert!(opened(Theirs)[0].ends_with("O_RDONLY)"), "{:?}", opened(Theirs));
    });
}

/// The kernel does as much for a set-uid program, and sets the flag anew at a change of ids, as `fs.suid_dumpable` says
/// (prctl(2)): where that is 1, every caller may look into OpenSSH's helper. Ours asks for it itself, both times.
#[test]
fn tracing_is_forbidden_before_a_key_is_read_and_again_after_the_drop() {
    let ground = needs_ground!("strace");
    ground.lab.inside(|| {
        let order = |whose| {
            let traced = trace::run(&ground, whose, &[], &[], &ground.frame());
            let lines = trace::lines(&traced.text, ground.helper(whose));
            let named = lines.iter().filter_map(|line| match line.name {
                "prctl" if line.arguments.starts_with("PR_SET_DUMPABLE, SUID_DUMP_DISABLE") => Some("forbid"),
                "openat" if line.arguments.contains("/ssh_host_ed25519_key") => Some("key"),
                "setresuid" if line.arguments == "65534, 65534, 65534" => Some("drop"),
                "read" if line.arguments.starts_with("0, ") => Some("input"),
                _ => None,
            });
            let mut order: Vec<&str> = named.collect();
            order.dedup();
            order
        };
        assert_eq!(order(Ours), ["forbid", "key", "drop", "forbid", "input"]);
        assert_eq!(order(Theirs), ["key", "drop", "input"]);
    });
}

/// The private half of another key is not even looked at: a damaged one is found out by who asks for it, only.
#[test]
fn only_the_private_half_that_is_asked_for_is_decoded() {
    let ground = needs_ground!();
    let rsa = ground.lab.make_key("ssh_host_rsa_key", &["-t", "rsa", "-b", "2048", "-N", ""]);
    let path = ground.lab.etc("ssh_host_rsa_key");
    let text = fs::read_to_string(&path).unwrap();
    // The last lines are the private half's, for the public one comes first (OpenSSH: PROTOCOL.key).
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let damaged = lines.len() - 5;
    lines[damaged] = lines[damaged].chars().rev().collect();
    fs::write(&path, lines.join("\n") + "\n").unwrap();
    ground.lab.inside(|| {
        assert!(ground.ask(Ours, &ground.frame()).is_signed());
        assert_eq!(ground.ask(Ours, &ground.frame()), ground.ask(Theirs, &ground.frame()));
        let frame = framed(&request(&rsa, "rsa-sha2-512", "localhost.", "nobody"));
        let ours = ground.ask(Ours, &frame);
        assert!(ours.last_line().starts_with("ssh-keysign: sshkey_sign failed: "), "{ours:?}");
        // OpenSSH's helper decodes all keys at its start, and does not know this one.
        let theirs = ground.ask(Theirs, &frame);
        assert!(theirs.last_line().starts_with("ssh-keysign: no matching hostkey found for key RSA "), "{theirs:?}");
    });
}

/// The name inside the signature is that of the algorithm that was asked for: OpenSSH's once took SHA-1 for both others.
#[test]
fn rsa_signs_by_the_algorithm_that_is_asked_for() {
    let ground = needs_ground!("openssl");
    let rsa = ground.lab.make_key("ssh_host_rsa_key", &["-t", "rsa", "-b", "2048", "-N", ""]);
    let folder = ground.lab.etc("");
    let mut export = Command::new("ssh-keygen");
    export.args(["-e", "-m", "PKCS8", "-f"]).arg(ground.lab.etc("ssh_host_rsa_key.pub"));
    fs::write(folder.join("rsa.pem"), export.output().unwrap().stdout).unwrap();
    ground.lab.inside(|| {
        for (algorithm, digest, other) in
            [("rsa-sha2-256", "-sha256", "-sha512"), ("rsa-sha2-512", "-sha512", "-sha256")]
        {
            let data = request(&rsa, algorithm, "localhost.", "nobody");
            let [ours, theirs] = [Ours, Theirs].map(|whose| ground.ask(whose, &framed(&data)));
            assert_eq!(ours, theirs, "{algorithm}");
            let Outcome::Signed(blob) = ours else { panic!("{ours:?}") };
            let (name, signature) = blob[4..].split_at(algorithm.len());
            assert_eq!(name, algorithm.as_bytes());
            fs::write(folder.join("data"), &data).unwrap();
            fs::write(folder.join("signature"), &signature[4..]).unwrap();
            let verifies = |digest| {
                let mut openssl = Command::new("openssl");
                openssl.args(["dgst", digest, "-verify"]).arg(folder.join("rsa.pem"));
                openssl.arg("-signature").arg(folder.join("signature")).arg(folder.join("data"));
                openssl.output().unwrap().status.success()
            };
            assert!(verifies(digest) && !verifies(other), "{algorithm}");
        }
        let sha_1 = framed(&request(&rsa, "ssh-rsa", "localhost.", "nobody"));
        assert_eq!(ground.ask(Ours, &sha_1).last_line(), "ssh-keysign: not a valid request");
        assert!(ground.ask(Theirs, &sha_1).is_signed());
    });
}

/// No passwd entry: there is no name that a request could have.
#[test]
fn a_caller_without_an_account_gets_nothing() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        for whose in [Ours, Theirs] {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=3999999", "--regid=3999999", "--clear-groups"]).arg(ground.helper(whose));
            for input in [&ground.frame()[..], &framed(&request(&ground.key, "ssh-ed25519", "localhost.", "")), b""] {
                let outcome = Outcome::of(&feed(&mut command, input), "no account");
                assert_eq!(outcome, Outcome::Refused(vec!["getpwuid failed".to_owned()]), "{whose:?}");
            }
        }
    });
}

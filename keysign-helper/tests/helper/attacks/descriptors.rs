//! CVE-2026-46333, and CVE-2011-4327 before it: no descriptor of a key is open when the ids change, on any path.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use super::ground::{Ground, Outcome, framed};
use super::trace::{self, Keys, Traced};
use crate::lab::{Ours, Theirs, request};

/// Asserts that this run exposed no key; gives what was seen.
#[track_caller]
fn assert_safe(ground: &Ground, traced: &Traced, case: &str) -> Keys {
    let found = trace::keys(&trace::lines(&traced.text, ground.helper(Ours)));
    assert!(found.exposed.is_empty() && found.handed_on.is_empty(), "{case}: {found:#?}");
    assert!(found.too_early.is_empty(), "{case}: {found:#?}");
    found
}

/// So this test can fail: OpenSSH's helper has its keys open when the ids change (closed or not since: 10.4's, too).
#[test]
fn the_hole_is_seen_in_opensshs_helper() {
    let ground = needs_ground!("strace");
    ground.lab.inside(|| {
        let traced = trace::run(&ground, Theirs, &[], &[], &ground.frame());
        assert!(Outcome::of(&traced.output, "theirs").is_signed());
        let found = trace::keys(&trace::lines(&traced.text, ground.helper(Theirs)));
        assert_eq!((found.opened, found.exposed.len()), (1, 1), "{found:?}");
    });
}

#[test]
fn no_key_is_open_at_the_change_of_ids_whatever_is_signed() {
    let ground = needs_ground!("strace");
    for (name, options, algorithms) in [
        ("ssh_host_ed25519_key", &["-t", "ed25519", "-N", ""][..], &["ssh-ed25519"][..]),
        ("ssh_host_ecdsa_key", &["-t", "ecdsa", "-b", "256", "-N", ""], &["ecdsa-sha2-nistp256"]),
        ("ssh_host_ecdsa_key", &["-t", "ecdsa", "-b", "384", "-N", ""], &["ecdsa-sha2-nistp384"]),
        ("ssh_host_ecdsa_key", &["-t", "ecdsa", "-b", "521", "-N", ""], &["ecdsa-sha2-nistp521"]),
        ("ssh_host_rsa_key", &["-t", "rsa", "-b", "2048", "-N", ""], &["rsa-sha2-256", "rsa-sha2-512"]),
        ("ssh_host_rsa_key", &["-t", "rsa", "-b", "2048", "-m", "PEM", "-N", ""], &["rsa-sha2-512"]),
    ] {
        let key = ground.lab.make_key(name, options);
        ground.lab.inside(|| {
            for algorithm in algorithms {
                let frame = framed(&request(&key, algorithm, "localhost.", "nobody"));
                let traced = trace::run(&ground, Ours, &[], &[], &frame);
                let case = format!("{options:?} {algorithm}");
                assert!(Outcome::of(&traced.output, &case).is_signed(), "{case}");
                let found = assert_safe(&ground, &traced, &case);
                assert!(found.dropped && found.opened >= 1, "{case}: {found:?}");
            }
        });
    }
}

#[test]
fn no_key_is_open_at_the_change_of_ids_whatever_input_is_refused() {
    let ground = needs_ground!("strace");
    let data = |host: &str, user: &str| framed(&request(&ground.key, "ssh-ed25519", host, user));
    let stale = ground.lab.make_key("stale", &["-t", "ed25519", "-N", ""]);
    ground.lab.inside(|| {
        let frame = ground.frame();
        for (input, last) in [
            (vec![], "ssh-keysign: ssh_msg_recv failed"),
            (frame[..40].to_vec(), "ssh-keysign: ssh_msg_recv failed"),
            (vec![0xff; 4], "ssh-keysign: ssh_msg_recv failed"),
            (b"\0\0\0\x01\x01".to_vec(), "ssh-keysign: bad version: received 1, expected 2"),
            (b"\0\0\0\x01\x02".to_vec(), "ssh-keysign: buffer error: incomplete message"),
            (b"\0\0\0\x09\x02\0\0\0\x02\0\0\0\0".to_vec(), "ssh-keysign: bad fd = 2"),
            (b"\0\0\0\x09\x02\0\x0f\0\0\0\0\0\0".to_vec(), "ssh-keysign: cannot get local name for fd"),
            (framed(&ground.data()[..60]), "valid_request: parse service: incomplete message"),
            (framed(&[&ground.data()[..], b"x"].concat()), "ssh-keysign: not a valid request"),
            (data("localhost.", "root"), "ssh-keysign: not a valid request"),
            (data("other.test.", "nobody"), "ssh-keysign: not a valid request"),
            (
                framed(&request(&stale, "ssh-ed25519", "localhost.", "nobody")),
                &*format!("ssh-keysign: no matching hostkey found for key ED25519 {}", stale.fingerprint()),
            ),
        ] {
            let traced = trace::run(&ground, Ours, &[], &[], &input);
            assert_eq!(Outcome::of(&traced.output, last).last_line(), last);
            let found = assert_safe(&ground, &traced, last);
            assert!(found.dropped && found.opened == 1, "{last}: {found:?}");
        }
    });
}

#[test]
fn no_key_is_open_at_the_change_of_ids_whatever_file_is_refused() {
    let ground = needs_ground!("strace");
    let key = ground.lab.etc("ssh_host_ed25519_key");
    let content = fs::read(&key).unwrap();
    let none = "could not open any host key";
    let disabled = "ssh-keysign not enabled in /etc/ssh/ssh_config";
    let place = |case: &str| {
        let _ = fs::remove_file(&key).or_else(|_| fs::remove_dir(&key));
        ground.lab.write("ssh_config", "EnableSSHKeysign yes\n");
        let write = |content: &[u8], mode| {
            fs::write(&key, content).unwrap();
            fs::set_permissions(&key, Permissions::from_mode(mode)).unwrap();
        };
        match case {
            "absent" => {}
            "a folder" => fs::create_dir(&key).unwrap(),
            "a pipe" => nix::unistd::mkfifo(&key, nix::sys::stat::Mode::S_IRUSR).unwrap(),
            "a device" => std::os::unix::fs::symlink("/dev/zero", &key).unwrap(),
            "a loop" => std::os::unix::fs::symlink("ssh_host_ed25519_key", &key).unwrap(),
            "too large" => write(&[b'x'; 65_537], 0o600),
            "its mode" => write(&content, 0o644),
            "empty" => write(b"", 0o600),
            "no key" => write(b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n", 0o600),
            _ => write(&content, 0o600),
        }
        match case {
            "not enabled" => ground.lab.write("ssh_config", ""),
            "a bad line" => ground.lab.write("ssh_config", "EnableSSHKeysign yes\nNoSuchOption x\n"),
            _ => {}
        }
    };
    for (case, last) in [
        ("absent", none),
        ("a folder", none),
        ("a pipe", none),
        ("a device", none),
        ("a loop", none),
        ("too large", none),
        ("its mode", none),
        ("empty", "no hostkey found"),
        ("no key", "no hostkey found"),
        ("not enabled", disabled),
        ("a bad line", "/etc/ssh/ssh_config: terminating, 1 bad configuration options"),
    ] {
        place(case);
        ground.lab.inside(|| {
            let traced = trace::run(&ground, Ours, &[], &[], &ground.frame());
            assert_eq!(Outcome::of(&traced.output, case).last_line(), last, "{case}");
            assert!(assert_safe(&ground, &traced, case).dropped, "{case}");
        });
    }
}

/// Keys in the folder, and a folder that refuses everything.
#[test]
fn no_key_of_the_folder_is_open_at_the_change_of_ids() {
    let ground = needs_ground!("strace");
    let folder = ground.lab.etc("keysign.keys.d");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
    let mut key = ground.key.clone();
    for name in ["first", "second", "third"] {
        key = ground.lab.make_key(&format!("keysign.keys.d/{name}"), &["-t", "ed25519", "-N", ""]);
    }
    let frame = framed(&request(&key, "ssh-ed25519", "localhost.", "nobody"));
    let run = |case: &str| {
        ground.lab.inside(|| {
            let traced = trace::run(&ground, Ours, &[], &[], &frame);
            let found = assert_safe(&ground, &traced, case);
            assert!(found.dropped, "{case}");
            (found.opened, Outcome::of(&traced.output, case).is_signed())
        })
    };
    // Three keys and their folder, beside the host's own.
    assert_eq!(run("keys in the folder"), (5, true));
    fs::set_permissions(&folder, Permissions::from_mode(0o777)).unwrap();
    assert_eq!(run("a folder that others may write"), (2, false));
}

/// The caller's limits, in steps: some end it before it has begun.
#[test]
fn no_key_is_open_at_the_change_of_ids_under_any_limit() {
    let ground = needs_ground!("strace", "prlimit");
    ground.lab.inside(|| {
        let good = ground.ask(Ours, &ground.frame());
        let mut ends = BTreeSet::new();
        let limits = (0..=16).map(|count| format!("--nofile={count}"));
        let limits = limits.chain((0..=40).map(|step| format!("--as={}", 2_000_000 + step * 250_000)));
        let limits = limits.chain((0..=20).map(|step| format!("--data={}", step * 50_000)));
        for limit in limits.chain(["--cpu=0", "--fsize=0", "--memlock=0", "--stack=100000"].map(str::to_owned)) {
            let traced = trace::run(&ground, Ours, &[], &["prlimit", &limit], &ground.frame());
            if traced.output.status.success() {
                assert_eq!(Outcome::of(&traced.output, &limit), good);
            }
            assert!(traced.output.stdout.is_empty() || traced.output.status.success(), "{limit}");
            let found = assert_safe(&ground, &traced, &limit);
            ends.insert((found.opened > 0, found.dropped, traced.output.status.success()));
        }
        // Before the keys are read, after the drop, and with a signature.
        for end in [(false, false, false), (true, true, false), (true, true, true)] {
            assert!(ends.contains(&end), "{end:?} {ends:?}");
        }
    });
}

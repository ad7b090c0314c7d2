//! Limits, which are the caller's to choose: too little of anything ends in words or in silence, never in a signature that
//! is none, or in bytes of a key.

use std::collections::BTreeSet;
use std::fs;

use hostbased::key::decode_base64;

use super::attacker::Attacker;
use super::ground::{Ground, Outcome, feed};
use crate::lab::{Ours, Theirs, Whose};

/// Runs the helper under these words of shell, and asserts what must hold whatever they are. Whether it signed.
fn signs_under(ground: &Ground, whose: Whose, words: &str, good: &Outcome) -> bool {
    let output = feed(&mut ground.by_shell(whose, &format!("{words}; exec \"$@\"")), &ground.frame());
    if output.status.code() == Some(0) {
        assert_eq!(Outcome::of(&output, words), *good, "{whose:?}");
        return true;
    }
    assert!(output.stdout.is_empty(), "{whose:?} {words}: {output:?}");
    assert!(output.stderr.len() < 4096, "{whose:?} {words}: {output:?}");
    assert_no_key_bytes(ground, &output.stderr, words);
    false
}

/// No 8 bytes of the key file, as they stand there or decoded.
fn assert_no_key_bytes(ground: &Ground, said: &[u8], case: &str) {
    let file = fs::read_to_string(ground.lab.etc("ssh_host_ed25519_key")).unwrap();
    let base64: String = file.lines().filter(|line| !line.starts_with('-')).collect();
    // From the private half on: the public one is in front of it.
    let secrets = [base64.as_bytes()[120..].to_vec(), decode_base64(base64.as_bytes()).unwrap()[90..].to_vec()];
    for secret in secrets {
        let parts: BTreeSet<&[u8]> = secret.windows(8).collect();
        assert!(!said.windows(8).any(|window| parts.contains(window)), "{case}");
    }
}

#[test]
fn bytes_of_a_key_would_be_seen() {
    let ground = needs_ground!();
    let file = fs::read(ground.lab.etc("ssh_host_ed25519_key")).unwrap();
    assert_no_key_bytes(&ground, b"any words of the helper's", "words");
    let line = file.split(|&byte| byte == b'\n').nth(3).unwrap().to_vec();
    assert!(std::panic::catch_unwind(|| assert_no_key_bytes(&ground, &line, "a line of it")).is_err());
}

/// From too little to start at all, up to enough.
#[test]
fn too_little_memory_is_no_signature() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        let good = ground.ask(Ours, &ground.frame());
        for (limit, step, most) in [("-v", 256, 20_224), ("-d", 32, 1216), ("-s", 32, 512)] {
            let kib = (0..=most).step_by(step);
            let signed = kib.map(|kib| signs_under(&ground, Ours, &format!("ulimit {limit} {kib}"), &good));
            let signed: Vec<bool> = signed.collect();
            assert!(signed.last() == Some(&true), "ulimit {limit} {most} is enough");
            assert!(limit == "-s" || signed[0] != signed[signed.len() - 1], "ulimit {limit} 0 is not");
        }
    });
}

#[test]
fn too_few_descriptors_are_no_signature() {
    let ground = needs_ground!("cc");
    let attacker = Attacker::build(&ground);
    ground.lab.inside(|| {
        let good = ground.ask(Ours, &ground.frame());
        for whose in [Ours, Theirs] {
            let signed: Vec<bool> =
                (0..=24).map(|count| signs_under(&ground, whose, &format!("ulimit -n {count}"), &good)).collect();
            assert!(!signed[3] && signed[24], "{whose:?} {signed:?}");
            // All of them are taken: by what the helper inherits, whose limit is above what it may have of its own.
            let fill = format!("ulimit -n 300; set -- {} fill \"$@\"", attacker.path().display());
            assert!(!signs_under(&ground, whose, &fill, &good), "{whose:?}");
        }
    });
}

/// Each limit that there is, at its least, on its own.
#[test]
fn no_limit_makes_a_wrong_answer() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        let good = ground.ask(Ours, &ground.frame());
        for (limit, still_signs) in [
            ("-t 0", false),
            ("-f 0", true),
            ("-d 0", false),
            ("-s 0", false),
            ("-c 0", true),
            ("-m 0", true),
            ("-l 0", true),
            ("-n 0", false),
            ("-v 0", false),
            ("-w 0", true),
            ("-r 0", true),
        ] {
            let signs = signs_under(&ground, Ours, &format!("ulimit {limit}"), &good);
            assert_eq!(signs, still_signs, "ulimit {limit}");
            signs_under(&ground, Theirs, &format!("ulimit {limit}"), &good);
        }
    });
}

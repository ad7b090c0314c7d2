//! Writers that are killed.

use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use hostbased::enroll::Files;

use crate::fixture::{Root, public_key};

const ROUNDS: usize = 100;

/// Host `n` comes or goes in round `n`; its key is of its own.
fn arguments(root: &Root, n: usize) -> Vec<String> {
    let key = root.path(&format!("key{n}.pub")).to_str().unwrap().to_owned();
    let host = format!("node{n}.test,10.0.0.{n}");
    if n.is_multiple_of(2) {
        vec!["enroll".into(), host, "--names".into(), "both".into(), "--key-file".into(), key]
    } else {
        // The host of the round before goes again.
        vec!["remove".into(), format!("node{}.test", n - 1)]
    }
}

#[test]
fn a_kill_at_any_moment_leaves_old_or_new_and_running_again_completes() {
    // Enough other lines that a write is more than one block.
    let root = Root::new();
    let fill = |line: fn(usize) -> String| (1000..1500).map(line).collect::<String>();
    root.write(
        crate::fixture::KNOWN_HOSTS,
        fill(|n| format!("other{n},10.1.{}.{} {}\n", n / 250, n % 250, public_key(n))),
    );
    root.write(crate::fixture::SHOSTS_EQUIV, fill(|n| format!("other{n}\n10.1.{}.{}\n", n / 250, n % 250)));
    let mut whole = whole_run(&root);
    let (mut finished, mut half_done, mut untouched) = (0, 0, 0);
    let mut random = std::process::id();
    for n in 0..ROUNDS {
        root.write(&format!("key{n}.pub"), public_key(n));
        let before = root.files();
        let arguments = arguments(&root, n);
        let mut child = root.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        sleep(whole.mul_f64(f64::from(random >> 8) / f64::from(1 << 24) * 1.4));
        child.kill().unwrap();
        child.wait().unwrap();
        let killed = root.files();
        let start = Instant::now();
        let again = root.command(&arguments).output().unwrap();
        assert!(again.status.success(), "{again:?}");
        let after = root.files();
        assert_ne!(before, after);
        if killed != after {
            // How long it takes with what else this machine does now.
            whole = (whole * 3 + start.elapsed()) / 4;
        }
        assert_each_is_old_or_new(n, &before, &killed, &after);
        match (killed[0] == after[0], killed[1] == after[1]) {
            (true, true) => finished += 1,
            (false, false) => untouched += 1,
            // Coming, known_hosts is first; going, shosts.equiv.
            (known_hosts, _) => {
                assert_eq!(known_hosts, n.is_multiple_of(2), "the files were written in the unsafe order");
                half_done += 1;
            }
        }
        assert_eq!(root.names(), ["shosts.equiv", "ssh_known_hosts"], "what a killed writer left is cleaned up");
    }
    println!("of {ROUNDS}: {untouched} killed before, {half_done} between the files, {finished} after");
    assert!(untouched > 0, "no kill came before the first write");
    assert!(untouched < ROUNDS, "no kill came after the first write");
}

/// How long an undisturbed run takes here.
fn whole_run(root: &Root) -> Duration {
    let runs = (0..5).map(|n| {
        let start = Instant::now();
        root.enroll_key(&format!("first{n},10.9.9.{n}"), 999 - n, &[]).good();
        start.elapsed()
    });
    runs.min().unwrap()
}

fn assert_each_is_old_or_new(round: usize, before: &[String; 2], killed: &[String; 2], after: &[String; 2]) {
    for ((before, killed), after) in before.iter().zip(killed).zip(after) {
        assert!(killed == before || killed == after, "round {round}: neither old nor new");
    }
    let files = Files::parse(killed[0].as_bytes(), killed[1].as_bytes());
    assert_eq!((files.known_hosts.problems().count(), files.shosts.problems().count()), (0, 0), "round {round}");
}

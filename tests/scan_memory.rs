//! What a look-up in a user's file takes of memory, whatever the user has written: less than the file itself.
//!
//! Each case is measured in a process of its own, for which every larger piece of memory is the kernel's (mallopt(3),
//! `M_MMAP_THRESHOLD`): what is freed does not hide what is taken.

#![cfg(target_os = "linux")]
#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "measures processes of its own")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::process::Command;

use hostbased::known_hosts::{self, KnownHosts};
use hostbased::shosts::{self, Equiv, EquivMatch, NoNetgroups, Query};

const FILE_BYTES: usize = 1 << 20;
const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINzMn/tYaKhUi52yur7LBpg67BhckiSEjZGkXDcD3oBD";
/// What the process may take beside for itself, and for one key, whatever the file's size.
const SLACK_BYTES: usize = 160 << 10;
const CASE: &str = "HOSTBASED_SCAN_MEMORY_CASE";

/// Files of [`FILE_BYTES`] or somewhat more: text in front, text that is repeated, text behind.
const CASES: [(&str, &str, &str); 17] = [
    ("", "n KEY\n", ""),
    ("", "node1 KEY\n", ""),
    ("", "@revoked * KEY\n", ""),
    ("", "@revoked\t* KEY\n", ""),
    ("", "|1|AQEBAQEBAQEBAQEBAQEBAQEBAQE=|AQEBAQEBAQEBAQEBAQEBAQEBAQE= KEY\n", ""),
    ("", "x\n", ""),
    ("node1", ",n", " KEY\n"),
    ("node1 KEY", " x", "\n"),
    ("node1 ssh-ed25519 ", "AAAA", "\n"),
    ("node1 ssh-ed25519 \r", "AAAA", "\n"),
    ("node1 ", "\u{1}", " x\n"),
    ("@revoked node1", ",n", " KEY\n"),
    ("@revoked", " n", " KEY\n"),
    ("@revoked\tnode1 KEY", " x", "\n"),
    ("@revoked", " x", "\n"),
    ("@revoked * ", "AAAA", "\n"),
    ("", "@revoked\n@cert-authority\n", ""),
];

fn file(case: usize) -> Vec<u8> {
    let (before, repeated, behind) = CASES[case];
    let text = |text: &str| text.replace("KEY", KEY);
    let repeated = text(repeated);
    let text = text(before) + &repeated.repeat(FILE_BYTES.div_ceil(repeated.len())) + &text(behind);
    text.into_bytes()
}

/// Of this process, in bytes.
fn status(what: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':')).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() << 10
}

/// The most memory that this took at a time, in bytes.
fn most(work: impl FnOnce()) -> usize {
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = status("VmRSS");
    work();
    status("VmHWM").saturating_sub(before)
}

#[test]
fn a_scan_takes_less_than_its_file() {
    if let Ok(case) = std::env::var(CASE) {
        return measure(case.parse().unwrap());
    }
    for case in 0..CASES.len() {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_scan_takes_less_than_its_file", "--nocapture", "--test-threads=1"])
            .env(CASE, case.to_string())
            .env("MALLOC_MMAP_THRESHOLD_", "16384")
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(text.matches("bytes for ").count(), 4, "{text}");
        print!("{text}");
    }
}

fn measure(case: usize) {
    let (known, equiv) = (known_hosts::Scan::new(file(case)), shosts::Scan::new(file(case)));
    let query = Query { host: b"node1", address: b"10.0.0.1", client_user: b"alice", server_user: b"alice" };
    // Once in advance, on little: what is loaded or made at first is no part of it.
    known_hosts::Scan::new(file(case)[..1000].to_vec()).for_each_matching(b"node1", &mut |_, _| {});
    let took = [
        ("known_hosts", most(|| known.for_each_matching(b"node1", &mut |_, _| {}))),
        ("their problems", most(|| assert!(known.problems().chain(known.irregular()).count() < usize::MAX))),
        ("shosts", most(|| assert_eq!(equiv.check(&query, &NoNetgroups), EquivMatch::NoMatch))),
        ("its problems", most(|| assert!(equiv.problems().count() < usize::MAX))),
    ];
    for (what, bytes) in took {
        println!("case {case}: {bytes} bytes for {what}");
        assert!(bytes < FILE_BYTES + SLACK_BYTES, "case {case}, {what}: {bytes} bytes for a file of {FILE_BYTES}");
    }
}

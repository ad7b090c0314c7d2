//! What the helper is while it waits for its request: an ordinary process of the caller's, for good.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::helper::{OnAPipe, Question, Verdict, judge};
use crate::keys;
use crate::lab::helper_place;

/// The lines of a process's status: `Uid`, `CapEff` and so on.
fn status(pid: u32) -> Option<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let fields = text.lines().filter_map(|line| line.split_once(':'));
    Some(
        fields.map(|(name, value)| (name.to_owned(), value.split_whitespace().collect::<Vec<_>>().join(" "))).collect(),
    )
}

/// The only child of a process.
fn child_of(pid: u32) -> Option<u32> {
    std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).ok()?.trim().parse().ok()
}

/// Waits until the helper has read its keys and configuration, and sleeps on its standard input.
fn waiting_helper(running: &OnAPipe) -> u32 {
    let start = Instant::now();
    loop {
        let helper = child_of(running.0.id()).filter(|&pid| {
            let waits_in = std::fs::read_to_string(format!("/proc/{pid}/syscall")).unwrap_or_default();
            // read(2) of descriptor 0: its number differs between machines, its first argument does not. Ours waits in
            // poll(2), which shows nothing of the descriptor.
            let polls = std::fs::read_to_string(format!("/proc/{pid}/wchan")).is_ok_and(|place| place.contains("poll"));
            let on_standard_input = polls || waits_in.split(' ').nth(1) == Some("0x0");
            let runs = std::fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|exe| exe == helper_place());
            runs && on_standard_input
        });
        if let Some(helper) = helper {
            return helper;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "the helper does not wait for its request");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn nothing_is_left_of_root() {
    let lab = needs_root_and_sshd!();
    let installed = [keys::ed25519(), keys::ecdsa256(), keys::rsa()];
    for key in installed {
        lab.install_key(key);
    }
    let question = Question::new(keys::ed25519(), "ssh-ed25519");
    let mut running = lab.start_helper_on_a_pipe();
    let helper = waiting_helper(&running);

    let status = status(helper).unwrap();
    // Real, effective, saved, file system.
    assert_eq!((status["Uid"].as_str(), status["Gid"].as_str()), ("5001 5001 5001 5001", "5001 5001 5001 5001"));
    for capabilities in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
        assert_eq!(status[capabilities], "0000000000000000", "{capabilities}");
    }
    // Not by name: that of a file in another mount namespace is not to be trusted.
    let identity = |path: &Path| std::fs::metadata(path).map(|found| (found.dev(), found.ino())).ok();
    let key_files = installed.map(|key| identity(&lab.path(&key.private_path())).unwrap());
    for descriptor in std::fs::read_dir(format!("/proc/{helper}/fd")).unwrap() {
        let descriptor = descriptor.unwrap().path();
        assert!(identity(&descriptor).is_none_or(|file| !key_files.contains(&file)), "{descriptor:?} is a key");
    }

    running.send(&question.frame());
    let answer = running.finish();
    judge(&"a pipe", &question, &answer, Verdict::Signs);
}

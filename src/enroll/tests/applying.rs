//! Plans carried out on real files.

#![allow(clippy::disallowed_methods, reason = "the files of a test")]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::thread;

use super::*;
use crate::shosts::NoNetgroups;
use crate::store::Root;

fn root() -> (tempfile::TempDir, Root) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("etc/ssh")).unwrap();
    for part in ["", "etc", "etc/ssh"] {
        fs::set_permissions(folder.path().join(part), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let root = Root::new(folder.path());
    (folder, root)
}

/// What was done, and what both files hold then.
struct Done {
    plan: Plan,
    files: Files,
}

fn run(root: &Root, tasks: &[Task]) -> Done {
    let ground = Ground { netgroups: &NoNetgroups, others: &OtherFiles::default(), survey: None };
    let seen = read_texts(root).unwrap();
    let shown = Plan::make(&seen, tasks, ground);
    let applied = apply(root, tasks, ground, &shown, &seen).unwrap();
    Done { plan: applied.plan, files: read_files(root).unwrap() }
}

fn apply_enrolment(root: &Root, hosts: &[Registration]) -> Done {
    run(root, &hosts.iter().cloned().map(Task::Register).collect::<Vec<_>>())
}

fn apply_removal(root: &Root, hosts: &[HostText]) -> Done {
    run(root, &hosts.iter().cloned().map(Task::Remove).collect::<Vec<_>>())
}

#[test]
fn enrolments_and_removals_at_once_keep_each_others_lines() {
    let (_folder, root) = root();
    let host = |n: usize| registration(&format!("node{n},10.0.0.{n}"), Names::Both, &[ed25519()]);
    let enroll = |n| apply_enrolment(&root, &[host(n)]);
    (1..=4).for_each(|n| assert_eq!(enroll(n).plan.changes().len(), 3));
    // All share a key: removing one would remove all, so those that go have another.
    let other = registration("gone,10.9.9.9", Names::Both, &[other_ed25519()]);
    thread::scope(|scope| {
        for n in 5..=12 {
            scope.spawn(move || enroll(n));
        }
        for _ in 0..4 {
            scope.spawn(|| {
                apply_enrolment(&root, std::slice::from_ref(&other));
                apply_removal(&root, &[text("gone")]);
            });
        }
    });
    apply_removal(&root, &[text("10.9.9.9")]);
    let files = read_files(&root).unwrap();
    for n in 1..=12 {
        assert_eq!(not_admitted(&files, &host(n), &NoNetgroups), [], "{n}");
    }
    assert_eq!(files.known_hosts.lines().count(), 12);
    assert_eq!(files.shosts.lines().count(), 24);
}

#[test]
fn an_empty_plan_writes_no_file() {
    let (folder, root) = root();
    assert!(apply_removal(&root, &[text("node1")]).plan.is_empty());
    assert!(!folder.path().join("etc/ssh/ssh_known_hosts").exists());
    assert!(!folder.path().join("etc/ssh/shosts.equiv").exists());
}

/// When a file was put in its place: rename(2) is the last thing that happens to it.
fn replaced_at(root: &Root, file: SystemFile) -> (i64, i64) {
    let metadata = fs::metadata(root.join(file.path())).unwrap();
    (metadata.ctime(), metadata.ctime_nsec())
}

#[test]
fn coming_known_hosts_is_first_and_going_shosts_equiv_is() {
    let (_folder, root) = root();
    let host = |n: usize| registration(&format!("node{n},10.0.0.{n}"), Names::Both, &[ed25519()]);
    // The file system's clock may be coarse: of several changes, none must be in the wrong order.
    for n in 1..=10 {
        apply_enrolment(&root, &[host(n)]);
        assert!(replaced_at(&root, SystemFile::KnownHosts) <= replaced_at(&root, SystemFile::ShostsEquiv));
        apply_removal(&root, &[text(&format!("node{n}"))]);
        assert!(replaced_at(&root, SystemFile::ShostsEquiv) <= replaced_at(&root, SystemFile::KnownHosts));
    }
}

#[test]
fn what_a_crash_left_half_done_is_completed() {
    let (folder, root) = root();
    let path = |file: SystemFile| folder.path().join(&file.path()[1..]);
    let host = registration("node1,10.0.0.1", Names::Both, &[ed25519()]);
    let enrolled = apply_enrolment(&root, std::slice::from_ref(&host));
    assert_eq!(not_admitted(&enrolled.files, &host, &NoNetgroups), []);
    // Enrolling, known_hosts comes first: a crash in between leaves it alone.
    fs::remove_file(path(SystemFile::ShostsEquiv)).unwrap();
    let again = apply_enrolment(&root, std::slice::from_ref(&host));
    assert_eq!(not_admitted(&again.files, &host, &NoNetgroups), []);
    assert_eq!(again.plan.changes().len(), 2);
    // Removing, shosts.equiv comes first: the names are still found by the key.
    fs::write(path(SystemFile::ShostsEquiv), "").unwrap();
    let removed = apply_removal(&root, &[text("node1")]);
    assert_eq!(removed.files.known_hosts.to_bytes(), b"");
}

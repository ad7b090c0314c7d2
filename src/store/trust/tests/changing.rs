//! Each kind of change is noticed, and nothing is read anew without one.

use std::os::unix::fs::{MetadataExt, symlink};

use nix::fcntl::AT_FDCWD;
use nix::sys::stat::{UtimensatFlags, utimensat};
use nix::sys::time::TimeSpec;

use super::*;

#[test]
fn what_has_not_changed_is_not_read_again() {
    let site = Site::new(SETTLED);
    site.put(KNOWN_HOSTS, entry(0));
    site.put(EQUIV, "host\n");
    site.put(REVOKED, "");
    let first = site.store.snapshot();
    assert_eq!(known_hosts(&first), Seen::Lines(vec![1]));
    assert!(Arc::ptr_eq(&first, &site.store.snapshot()));
    // Files that come and go beside them change the folder's times only.
    site.put("/etc/ssh/other", "");
    assert!(Arc::ptr_eq(&first, &site.store.snapshot()));
    // Another file's change leaves this one as it is parsed.
    site.put(EQUIV, "other\n");
    let second = site.store.snapshot();
    assert!(!Arc::ptr_eq(&first, &second));
    assert!(share_known_hosts(&first, &second));
}

#[test]
fn a_young_file_is_read_again_and_parsed_only_when_it_says_something_else() {
    let site = Site::new(YOUNG);
    site.put(KNOWN_HOSTS, entry(0));
    let first = site.store.snapshot();
    let second = site.store.snapshot();
    assert!(!Arc::ptr_eq(&first, &second));
    assert!(share_known_hosts(&first, &second));
    site.put(KNOWN_HOSTS, entry(1));
    let third = site.store.snapshot();
    assert!(!share_known_hosts(&second, &third));
    assert_eq!(known_hosts(&third), Seen::Lines(vec![2]));
    assert_eq!(known_hosts(&first), Seen::Lines(vec![1]), "who holds the old one keeps it");
}

#[test]
fn the_two_seconds_are_those_of_the_clock() {
    let site = Site::new(Duration::from_millis(1500));
    site.put(KNOWN_HOSTS, entry(0));
    let first = site.store.snapshot();
    assert!(!Arc::ptr_eq(&first, &site.store.snapshot()));
    std::thread::sleep(Duration::from_millis(1600));
    let settled = site.store.snapshot();
    assert!(Arc::ptr_eq(&settled, &site.store.snapshot()));
    assert!(share_known_hosts(&first, &settled));
    assert_eq!(SETTLING_TIME, Duration::from_secs(2));
}

#[test]
fn the_same_length_and_the_old_times_do_not_hide_a_change() {
    let site = Site::new(SETTLED);
    let (old, new) = (format!("host {KEY}\n"), format!("HOST {KEY}\n").replace("HOST", "Tsoh"));
    assert_eq!(old.len(), new.len());
    site.put(KNOWN_HOSTS, old);
    assert_eq!(site.known_hosts(), Seen::Lines(vec![1]));
    let path = site.path(KNOWN_HOSTS);
    let before = fs::metadata(&path).unwrap();
    std::thread::sleep(Duration::from_millis(20));
    fs::write(&path, new).unwrap();
    let time = TimeSpec::new(before.mtime(), before.mtime_nsec());
    utimensat(AT_FDCWD, &path, &time, &time, UtimensatFlags::FollowSymlink).unwrap();
    let after = fs::metadata(&path).unwrap();
    let shown = |stat: &fs::Metadata| (stat.ino(), stat.len(), stat.mtime(), stat.mtime_nsec());
    assert_eq!(shown(&before), shown(&after));
    assert_eq!(site.known_hosts(), Seen::Lines(vec![]));
}

#[test]
fn replacing_rewriting_and_truncating_are_noticed() {
    let site = Site::new(SETTLED);
    site.put(KNOWN_HOSTS, entry(0));
    assert_eq!(site.known_hosts(), Seen::Lines(vec![1]));
    site.replace(KNOWN_HOSTS, entry(1));
    assert_eq!(site.known_hosts(), Seen::Lines(vec![2]));
    site.put(KNOWN_HOSTS, entry(2));
    assert_eq!(site.known_hosts(), Seen::Lines(vec![3]));
    site.put(KNOWN_HOSTS, "");
    assert_eq!(site.known_hosts(), Seen::Lines(vec![]));
    site.put(KNOWN_HOSTS, entry(3));
    assert_eq!(site.known_hosts(), Seen::Lines(vec![4]));
}

#[test]
fn files_that_appear_are_noticed_with_their_folders() {
    let site = Site::new(SETTLED);
    assert_eq!(site.known_hosts(), Seen::Missing);
    fs::remove_dir(site.path("etc/ssh")).unwrap();
    assert_eq!(site.known_hosts(), Seen::Missing);
    fs::create_dir(site.path("etc/ssh")).unwrap();
    mode(&site.path("etc/ssh"), 0o755);
    assert_eq!(site.known_hosts(), Seen::Missing);
    site.put(KNOWN_HOSTS, entry(0));
    assert_eq!(site.known_hosts(), Seen::Lines(vec![1]));
}

#[test]
fn links_are_followed_to_where_they_lead_now() {
    let site = Site::new(SETTLED);
    site.put("/etc/one", entry(0));
    site.put("/etc/two", entry(1));
    symlink("../one", site.path(KNOWN_HOSTS)).unwrap();
    assert_eq!(site.known_hosts(), Seen::Lines(vec![1]));
    symlink("/etc/two", site.path("etc/ssh/beside")).unwrap();
    fs::rename(site.path("etc/ssh/beside"), site.path(KNOWN_HOSTS)).unwrap();
    assert_eq!(site.known_hosts(), Seen::Lines(vec![2]));
    site.put("/etc/two", entry(2));
    assert_eq!(site.known_hosts(), Seen::Lines(vec![3]));
    // The folder itself may be changed for another one.
    fs::rename(site.path("etc/ssh"), site.path("etc/ssh.old")).unwrap();
    symlink("ssh.new", site.path("etc/ssh")).unwrap();
    fs::create_dir(site.path("etc/ssh.new")).unwrap();
    mode(&site.path("etc/ssh.new"), 0o755);
    site.put("/etc/ssh.new/ssh_known_hosts", entry(3));
    assert_eq!(site.known_hosts(), Seen::Lines(vec![4]));
}

#[test]
fn a_link_that_was_changed_just_now_is_looked_at_again() {
    let site = Site::new(YOUNG);
    site.put("/etc/one", entry(0));
    symlink("../one", site.path(KNOWN_HOSTS)).unwrap();
    let first = site.store.snapshot();
    assert!(!first.is_current());
}

#[test]
fn a_long_file_that_is_compared_with_the_last_content_comes_out_whole() {
    let site = Site::new(YOUNG);
    let long = format!("{}{}", "# nothing\n".repeat(20_000), entry(0));
    site.put(KNOWN_HOSTS, &long);
    let first = site.store.snapshot();
    assert_eq!(known_hosts(&first), Seen::Lines(vec![20_001]));
    assert!(share_known_hosts(&first, &site.store.snapshot()));
    // The same length, and another byte: first, in the second chunk, at the very end.
    for at in [0, 70_000, long.len() - 2] {
        let mut other = long.clone().into_bytes();
        other[at] = if at == 70_000 { b'\n' } else { b'%' };
        site.put(KNOWN_HOSTS, &other);
        let snapshot = site.store.snapshot();
        let expected = crate::known_hosts::Document::parse(&other);
        assert_eq!(known_hosts(&snapshot), Seen::Lines(lines_for(&expected, b"host")), "{at}");
        assert!(!share_known_hosts(&first, &snapshot));
        site.put(KNOWN_HOSTS, &long);
        assert_eq!(site.known_hosts(), Seen::Lines(vec![20_001]));
    }
    // Longer, and shorter.
    site.put(KNOWN_HOSTS, long.clone() + &entry(0));
    assert_eq!(site.known_hosts(), Seen::Lines(vec![20_001, 20_002]));
    site.put(KNOWN_HOSTS, &long[..long.len() - entry(0).len()]);
    assert_eq!(site.known_hosts(), Seen::Lines(vec![]));
}

//! What cannot be read says why, and recovers by itself.

use std::os::unix::fs::chown;

use nix::sys::stat::Mode;
use nix::unistd::{geteuid, mkfifo};

use super::*;
use crate::verify::RevokedSource;

fn revoked(site: &Site) -> Result<bool, Unreadable> {
    let snapshot = site.store.snapshot();
    let sources = snapshot.sources();
    let &[RevokedSource { file, content }] = sources.revoked_keys.as_slice() else { panic!("one file") };
    assert_eq!(file, REVOKED);
    match content {
        Content::Missing => Ok(false),
        Content::Unreadable(why) => Err(why),
        Content::Read(_) => Ok(true),
    }
}

fn equiv(site: &Site) -> Result<bool, Unreadable> {
    let snapshot = site.store.snapshot();
    let [_, shosts] = snapshot.sources().equiv;
    assert_eq!(shosts.file, EQUIV);
    match shosts.content {
        Content::Missing => Ok(false),
        Content::Unreadable(why) => Err(why),
        Content::Read(_) => Ok(true),
    }
}

#[test]
fn a_known_hosts_file_that_is_gone_is_not_taken_for_empty() {
    let site = Site::new(SETTLED);
    site.put(KNOWN_HOSTS, entry(0));
    assert_eq!(site.known_hosts(), Seen::Lines(vec![1]));
    fs::remove_file(site.path(KNOWN_HOSTS)).unwrap();
    for _ in 0..2 {
        assert_eq!(site.known_hosts(), Seen::Unreadable(Unreadable::Vanished));
    }
    // Its whole folder, too.
    fs::rename(site.path("etc/ssh"), site.path("etc/elsewhere")).unwrap();
    assert_eq!(site.known_hosts(), Seen::Unreadable(Unreadable::Vanished));
    fs::rename(site.path("etc/elsewhere"), site.path("etc/ssh")).unwrap();
    site.put(KNOWN_HOSTS, entry(1));
    assert_eq!(site.known_hosts(), Seen::Lines(vec![2]));
}

#[test]
fn one_that_was_never_read_is_missing_whatever_stood_in_its_way() {
    let site = Site::new(SETTLED);
    mode(&site.path("etc/ssh"), 0o777);
    assert_eq!(site.known_hosts(), Seen::Unreadable(Unreadable::Writable { mode: 0o777 }));
    mode(&site.path("etc/ssh"), 0o755);
    assert_eq!(site.known_hosts(), Seen::Missing);
}

#[test]
fn other_files_that_are_gone_are_missing() {
    let site = Site::new(SETTLED);
    site.put(EQUIV, "host\n");
    site.put(REVOKED, "");
    assert_eq!((equiv(&site), revoked(&site)), (Ok(true), Ok(true)));
    fs::remove_file(site.path(EQUIV)).unwrap();
    fs::remove_file(site.path(REVOKED)).unwrap();
    // `verify` refuses every key without its RevokedKeys.
    assert_eq!((equiv(&site), revoked(&site)), (Ok(false), Ok(false)));
}

#[test]
fn who_may_write_the_file_or_a_folder_above_it_is_looked_at_each_time() {
    let site = Site::new(SETTLED);
    site.put(KNOWN_HOSTS, entry(0));
    assert_eq!(site.known_hosts(), Seen::Lines(vec![1]));
    for part in ["", "etc", "etc/ssh", KNOWN_HOSTS] {
        let path = site.path(part);
        let good = if part == KNOWN_HOSTS { 0o644 } else { 0o755 };
        for bit in [0o020, 0o002] {
            mode(&path, good | bit);
            assert_eq!(site.known_hosts(), Seen::Unreadable(Unreadable::Writable { mode: good | bit }), "{part}");
            let troubles: Vec<String> = site.store.snapshot().troubles().map(|trouble| trouble.to_string()).collect();
            let named = path.display().to_string();
            assert!(troubles.iter().any(|text| text.contains(named.trim_end_matches('/'))), "{troubles:?}");
            mode(&path, good);
            assert_eq!(site.known_hosts(), Seen::Lines(vec![1]), "{part}");
        }
    }
}

#[test]
fn whose_the_file_is_is_looked_at_each_time() {
    if !geteuid().is_root() {
        return crate::store::testing::skipped("trust::tests::reasons::whose_the_file_is_is_looked_at_each_time");
    }
    let site = Site::new(SETTLED);
    site.put(KNOWN_HOSTS, entry(0));
    assert_eq!(site.known_hosts(), Seen::Lines(vec![1]));
    for part in ["etc", KNOWN_HOSTS] {
        chown(site.path(part), Some(4321), None).unwrap();
        assert_eq!(site.known_hosts(), Seen::Unreadable(Unreadable::Owner { owner: 4321 }), "{part}");
        chown(site.path(part), Some(0), None).unwrap();
        assert_eq!(site.known_hosts(), Seen::Lines(vec![1]), "{part}");
    }
}

#[test]
fn what_is_no_file_is_not_read() {
    let site = Site::new(SETTLED);
    mkfifo(&site.path(KNOWN_HOSTS), Mode::S_IRUSR).unwrap();
    assert_eq!(site.known_hosts(), Seen::Unreadable(Unreadable::NotAFile));
    fs::remove_file(site.path(KNOWN_HOSTS)).unwrap();
    fs::create_dir(site.path(KNOWN_HOSTS)).unwrap();
    assert_eq!(site.known_hosts(), Seen::Unreadable(Unreadable::NotAFile));
    fs::remove_dir(site.path(KNOWN_HOSTS)).unwrap();
    std::os::unix::fs::symlink("ssh_known_hosts", site.path(KNOWN_HOSTS)).unwrap();
    assert_eq!(site.known_hosts(), Seen::Unreadable(Unreadable::System { code: nix::errno::Errno::ELOOP as i32 }));
    fs::remove_file(site.path(KNOWN_HOSTS)).unwrap();
    site.put(KNOWN_HOSTS, entry(0));
    assert_eq!(site.known_hosts(), Seen::Lines(vec![1]));
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let site = Site::new(SETTLED);
    site.put(KNOWN_HOSTS, entry(0));
    let file = fs::OpenOptions::new().write(true).open(site.path(KNOWN_HOSTS)).unwrap();
    file.set_len((1 << 30) + 1).unwrap();
    assert_eq!(site.known_hosts(), Seen::Unreadable(Unreadable::TooLarge));
    site.put(EQUIV, "");
    fs::OpenOptions::new().write(true).open(site.path(EQUIV)).unwrap().set_len((128 << 20) + 1).unwrap();
    assert_eq!(equiv(&site), Err(Unreadable::TooLarge));
    file.set_len(entry(0).len() as u64).unwrap();
    assert_eq!(site.known_hosts(), Seen::Lines(vec![1]));
}

#[test]
fn revoked_keys_that_cannot_be_understood_are_malformed() {
    let site = Site::new(SETTLED);
    site.put(REVOKED, "# a list\nssh-ed25519 AAAA\n");
    assert_eq!(revoked(&site), Err(Unreadable::Malformed));
    let troubles: Vec<String> = site.store.snapshot().troubles().map(|trouble| trouble.to_string()).collect();
    assert!(troubles[0].starts_with(&format!("{REVOKED}: ")) && troubles[0].contains("line 2"), "{troubles:?}");
    site.put(REVOKED, format!("{KEY}\n"));
    assert_eq!(revoked(&site), Ok(true));
}

#[test]
fn a_young_file_without_its_last_line_end_is_half_written() {
    let young = Site::new(YOUNG);
    let half = format!("{}host2 ssh-ed25519 AAAA", entry(0));
    young.put(KNOWN_HOSTS, &half);
    young.put(EQUIV, "host\nhost2 al");
    young.put(REVOKED, KEY);
    assert_eq!(young.known_hosts(), Seen::Unreadable(Unreadable::HalfWritten));
    assert_eq!(equiv(&young), Err(Unreadable::HalfWritten));
    assert_eq!(revoked(&young), Err(Unreadable::HalfWritten));
    young.put(KNOWN_HOSTS, half.clone() + "\n");
    young.put(EQUIV, "host\nhost2 alice\n");
    young.put(REVOKED, format!("{KEY}\n"));
    assert_eq!(young.known_hosts(), Seen::Lines(vec![1]));
    assert_eq!((equiv(&young), revoked(&young)), (Ok(true), Ok(true)));

    // A KRL has no last line; one of which the first bytes are there only is none yet.
    young.put(REVOKED, b"SSHKRL\n\0\0\0");
    assert_eq!(revoked(&young), Err(Unreadable::Malformed));
    young.put(REVOKED, "SSHK");
    assert_eq!(revoked(&young), Err(Unreadable::HalfWritten));

    let old = Site::new(SETTLED);
    old.put(KNOWN_HOSTS, half);
    assert_eq!(old.known_hosts(), Seen::Lines(vec![1]));
}

#[test]
fn a_file_that_was_found_whole_stays_so_when_it_is_only_touched() {
    let site = Site::new(Duration::from_millis(1500));
    site.put(KNOWN_HOSTS, entry(0).trim_end());
    assert_eq!(site.known_hosts(), Seen::Unreadable(Unreadable::HalfWritten));
    std::thread::sleep(Duration::from_millis(1600));
    assert_eq!(site.known_hosts(), Seen::Lines(vec![1]));
    mode(&site.path(KNOWN_HOSTS), 0o600);
    assert_eq!(site.known_hosts(), Seen::Lines(vec![1]));
    site.put(KNOWN_HOSTS, entry(0).trim_end().replace("host", "tsoh"));
    assert_eq!(site.known_hosts(), Seen::Unreadable(Unreadable::HalfWritten));
}

#[test]
fn a_young_file_that_has_lost_everything_is_half_written() {
    let site = Site::new(Duration::from_millis(1500));
    site.put(KNOWN_HOSTS, "");
    assert_eq!(site.known_hosts(), Seen::Lines(vec![]), "it was empty from the start");
    site.put(KNOWN_HOSTS, entry(0));
    assert_eq!(site.known_hosts(), Seen::Lines(vec![1]));
    site.put(KNOWN_HOSTS, "");
    assert_eq!(site.known_hosts(), Seen::Unreadable(Unreadable::HalfWritten));
    std::thread::sleep(Duration::from_millis(1600));
    assert_eq!(site.known_hosts(), Seen::Lines(vec![]), "it stays so, so it is meant");
    site.put(KNOWN_HOSTS, entry(1));
    assert_eq!(site.known_hosts(), Seen::Lines(vec![2]));
}

#[test]
fn lines_that_are_skipped_are_told_and_quoted_nowhere() {
    let site = Site::new(SETTLED);
    site.put(KNOWN_HOSTS, format!("host nonsense\n{}@revoked\thost {KEY} x\n\n# comment\n", entry(0)));
    site.put(EQUIV, "host user # note\nhost\n+\n");
    let snapshot = site.store.snapshot();
    let troubles: Vec<String> = snapshot.line_troubles().iter().map(ToString::to_string).collect();
    assert_eq!(
        troubles,
        [
            "/etc/ssh/shosts.equiv:1: more than a host and a user, so sshd ignores the line; comments need lines of their own",
            "/etc/ssh/shosts.equiv:3: a sign without a host: sshd never believes every host, and ignores the line",
            "/etc/ssh/ssh_known_hosts:1: unknown key type nonsense",
            "/etc/ssh/ssh_known_hosts:3: OpenSSH skips this @revoked line and accepts the key; it counts here: a tab follows \
             the marker, and a blank later on the line: OpenSSH skips such a line; write a blank",
        ]
    );
    let trouble = &snapshot.line_troubles()[0];
    assert_eq!((trouble.file(), trouble.line()), (EQUIV, 1));
    site.put(KNOWN_HOSTS, entry(0));
    site.put(EQUIV, "host\n");
    assert_eq!(site.store.snapshot().line_troubles(), []);
}

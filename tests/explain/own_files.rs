//! The account's own files: ~/.shosts, ~/.rhosts, ~/.ssh/known_hosts.

use std::fs;

use crate::fixture::{KNOWN_HOSTS, SHOSTS_EQUIV, Site, host_key, set_mode};
use crate::needs::is_root;

const SHOSTS: &str = "home/alice/.shosts";
const BOTH: [&str; 2] = ["--set", "IgnoreRhosts=no"];

#[test]
fn they_count_as_ignorerhosts_says() {
    needs_keygen!();
    let site = Site::new();
    let bob = |options: &[&str]| site.explain_by_key(&[options, &["--client-user", "bob"]].concat());
    bob(&BOTH).refused("equiv-no-match");
    site.write("home/alice/.rhosts", "10.77.0.1 bob\n");
    bob(&BOTH).accepted();
    bob(&["--set", "IgnoreRhosts=shosts-only"]).refused("equiv-no-match");
    site.write(SHOSTS, "10.77.0.1 bob\n");
    bob(&["--set", "IgnoreRhosts=shosts-only"]).accepted();
    bob(&["--set", "IgnoreRhosts=yes"]).refused("equiv-no-match");
    site.write(SHOSTS, "10.77.0.1 -bob\n");
    fs::remove_file(site.path("home/alice/.rhosts")).unwrap();
    let run = bob(&BOTH).refused("equiv-denies");
    assert_eq!(run.refused_at(), ("/home/alice/.shosts".to_owned(), Some(1)));
}

#[test]
fn they_count_only_where_others_cannot_write_them() {
    needs_keygen!();
    let site = Site::new();
    fs::remove_file(site.path(SHOSTS_EQUIV)).unwrap();
    site.write(SHOSTS, "10.77.0.1\n");
    let loose = [&BOTH[..], &["--set", "StrictModes=no"]].concat();
    site.explain_by_key(&BOTH).accepted();
    set_mode(&site.path(SHOSTS), 0o664);
    let run = site.explain_by_key(&BOTH).refused("equiv-modes");
    let json = run.json();
    assert_eq!(json["message"], "StrictModes: /home/alice/.shosts may be written by its group (mode 0664)");
    assert!(json["sshd_differs"].as_str().unwrap().starts_with("Debian's sshd lets the group write"), "{json:#}");
    assert_eq!(run.refused_at(), ("/home/alice/.shosts".to_owned(), None));
    site.explain_by_key(&loose).accepted();
    set_mode(&site.path(SHOSTS), 0o644);
    set_mode(&site.path("home/alice"), 0o775);
    site.explain_by_key(&BOTH).refused("home-modes");
    site.explain_by_key(&loose).accepted();
    set_mode(&site.path("home/alice"), 0o755);
    site.explain_by_key(&BOTH).accepted();
}

#[test]
fn a_home_that_is_not_there() {
    needs_keygen!();
    let site = Site::new();
    site.write(SHOSTS_EQUIV, "10.77.0.11\n");
    let home = ["--home", "/home/nobody"];
    site.explain_by_key(&[&BOTH[..], &home].concat()).refused("home-missing");
    site.explain_by_key(&BOTH).refused("equiv-no-match");
    site.write(SHOSTS_EQUIV, "10.77.0.1\n");
    site.explain_by_key(&[&BOTH[..], &home].concat()).accepted();
}

#[test]
fn known_hosts() {
    needs_keygen!();
    let site = Site::new();
    fs::remove_file(site.path(KNOWN_HOSTS)).unwrap();
    site.explain_by_key(&[]).refused("host-key-unknown");
    site.write("home/alice/.ssh/known_hosts", format!("10.77.0.1 {}\n", host_key().public));
    site.explain_by_key(&[]).accepted();
    site.explain_by_key(&["--set", "IgnoreUserKnownHosts=yes"]).refused("host-key-unknown");
    set_mode(&site.path("home/alice/.ssh/known_hosts"), 0o666);
    site.explain_by_key(&[]).refused("host-key-unknown");
}

/// What stands there is the user's: it is not shown to others.
#[test]
fn lines_that_are_skipped_are_named_and_not_shown() {
    needs_keygen!();
    let site = Site::new();
    site.write("home/alice/.ssh/known_hosts", "\nsecret text of the user's\n");
    let run = site.explain_by_key(&[]).accepted();
    let run = run.notes("/home/alice/.ssh/known_hosts:2: the line is skipped");
    assert!(!run.output.contains("secret") && !run.output.contains("text of"), "{run:?}");
}

#[test]
fn root_has_nothing_but_its_own_files() {
    needs!((!is_root()).then(|| "root".to_owned()));
    needs_keygen!();
    let site = Site::new();
    let root = |options: &[&str]| {
        let usual = ["--user", "root", "--uid", "0", "--client-user", "root", "--set", "IgnoreRhosts=shosts-only"];
        site.explain_by_key(&[&usual, options].concat())
    };
    root(&[]).refused("root-ignores-system-files");
    site.write(SHOSTS, "10.77.0.1\n");
    root(&[]).accepted();
    root(&["--set", "PermitRootLogin=prohibit-password"]).accepted();
    root(&["--set", "PermitRootLogin=forced-commands-only"]).refused("root-not-permitted");
    root(&["--set", "PermitRootLogin=no"]).refused("root-not-permitted");
}

//! The system's files: hosts.equiv, shosts.equiv, ssh_known_hosts, RevokedKeys.

use std::fs;

use serde_json::Value;

use crate::fixture::{KNOWN_HOSTS, NAME, SHOSTS_EQUIV, Site, another_key, host_key, rsa_key, set_mode};
use crate::tool::tool;

#[test]
fn the_equiv_files() {
    needs_keygen!();
    let site = Site::new();
    for (text, code, line) in [
        ("10.77.0.11\n", Some("equiv-no-match"), None),
        ("# none\n10.77.0.1 bob\n", Some("equiv-no-match"), None),
        ("10.77.0.11\n-10.77.0.1\n10.77.0.1\n", Some("equiv-denies"), Some(2)),
        ("10.77.0.1\n-10.77.0.1\n", None, None),
        ("10.77.0.1 alice\n", None, None),
    ] {
        site.write(SHOSTS_EQUIV, text);
        let run = site.explain_by_key(&[]);
        let Some(code) = code else {
            run.accepted();
            continue;
        };
        let run = run.refused(code);
        let said = "auth_rhosts2 refused user \"alice\" host \"10.77.0.1\" addr \"10.77.0.1\"";
        assert_eq!(run.json()["sshd_message"], said, "{text}");
        if let Some(line) = line {
            assert_eq!(run.refused_at(), ("/etc/ssh/shosts.equiv".to_owned(), Some(line)));
        }
    }
    fs::remove_file(site.path(SHOSTS_EQUIV)).unwrap();
    site.explain_by_key(&[]).refused("equiv-no-files");
    site.write("etc/hosts.equiv", "10.77.0.1\n");
    site.explain_by_key(&[]).accepted();
}

#[test]
fn another_user_than_the_account() {
    needs_keygen!();
    let site = Site::new();
    site.explain_by_key(&["--client-user", "bob"]).refused("equiv-no-match");
    site.write(SHOSTS_EQUIV, "10.77.0.1 bob\n");
    site.explain_by_key(&["--client-user", "bob"]).accepted();
}

#[test]
fn system_files_that_others_may_write() {
    needs_keygen!();
    let site = Site::new();
    set_mode(&site.path(SHOSTS_EQUIV), 0o664);
    let run = site.explain_by_key(&[]).refused("equiv-unreadable").notes("sshd looks at neither owner nor mode");
    let said = "it looks at neither owner nor mode of /etc/ssh/shosts.equiv, and goes by what it says";
    assert_eq!((&run.json()["sshd_message"], &run.json()["sshd_differs"]), (&Value::Null, &said.into()));
    assert_eq!(run.refused_at(), ("/etc/ssh/shosts.equiv".to_owned(), None));
    set_mode(&site.path(SHOSTS_EQUIV), 0o644);
    set_mode(&site.path(KNOWN_HOSTS), 0o646);
    site.explain_by_key(&[]).refused("known-hosts-unreadable").notes("sshd looks at neither owner nor mode");
    set_mode(&site.path(KNOWN_HOSTS), 0o644);
    site.explain_by_key(&[]).accepted();
}

#[test]
fn a_folder_that_others_may_write_is_named_once() {
    needs_keygen!();
    let site = Site::new();
    set_mode(&site.path("etc/ssh"), 0o775);
    let json = site.explain_by_key(&[]).refused("equiv-unreadable").json();
    let folder = site.path("etc/ssh").to_str().unwrap().to_owned();
    assert!(json["hint"].as_str().unwrap().contains(&format!("{folder}: group or others may write it")), "{json:#}");
    let notes = json["notes"].as_array().unwrap();
    assert_eq!(notes.iter().filter(|note| note.as_str().unwrap().starts_with(&folder)).count(), 1, "{json:#}");
}

/// A host that has a key of another type has not changed its key.
#[test]
fn another_type_is_no_alarm() {
    needs_keygen!();
    let site = Site::new();
    site.write(KNOWN_HOSTS, format!("10.77.0.1 {}\n", rsa_key().public));
    let json = site.explain_by_key(&[]).refused("host-key-changed").json();
    assert_eq!(json["message"], "10.77.0.1 is registered with keys of type rsa only, and this one is ed25519");
    assert!(json["hint"].as_str().unwrap().contains("hostbased enroll 10.77.0.1 --type ed25519"), "{json:#}");
    site.write(KNOWN_HOSTS, format!("10.77.0.1 {}\n10.77.0.1 {}\n", rsa_key().public, another_key().public));
    let json = site.explain_by_key(&[]).refused("host-key-changed").json();
    assert!(json["hint"].as_str().unwrap().contains("somebody else answers"), "{json:#}");
}

#[test]
fn lines_that_miss_the_host_by_a_mistake_are_noted() {
    needs_keygen!();
    let site = Site::new();
    for (text, why) in [
        ("10.77.0.1 #node1\n", Some("the text behind # is taken for a user name")),
        ("\u{feff}10.77.0.1\n", Some("a byte order mark is part of the host name")),
        ("10.77.0.*\n", Some("the host is taken literally")),
        ("10.77.0.0/24\n", Some("the host is taken literally")),
        ("node2,10.77.0.1\n", Some("the host is taken literally")),
        ("10.77.0.1.\n", Some("a host name with a final dot never matches")),
        ("::ffff:10.77.0.1\n", Some("the address is not in its shortest lower-case form")),
        ("node1 10.77.0.1\n", Some("the second field is a user, not another host name")),
        ("Node1.cluster.test\n", Some("with UseDNS no the address is looked up: 10.77.0.1")),
        ("10.77.0.11\n", None),
        ("10.78.0.0/24\n", None),
        ("node2 #10.77.0.1\n", None),
    ] {
        site.write(SHOSTS_EQUIV, text);
        let run = site.explain_by_key(&[]).refused("equiv-no-match");
        match why {
            Some(why) => drop(run.notes("/etc/ssh/shosts.equiv:1: ").notes(why)),
            None => assert!(!run.json()["notes"].to_string().contains("shosts.equiv:1"), "{text}: {run:?}"),
        }
    }
    site.write(SHOSTS_EQUIV, "10.77.0.1\n");
    for (hosts, why) in [
        ("10.77.0.0/24", Some("a network (10.0.0.0/24) matches no address")),
        ("[10.77.0.1]:22", Some("[name]:port never matches")),
        ("node2,10.77.0.1.", Some("a name with a final dot never matches")),
        ("::ffff:10.77.0.1", Some("the address is not in its shortest lower-case form")),
        (NAME, Some("with UseDNS no the address is looked up: 10.77.0.1")),
        ("[10.77.0.11]:22", None),
        ("node2", None),
    ] {
        site.write(KNOWN_HOSTS, format!("{hosts} {}\n", host_key().public));
        let run = site.explain_by_key(&[]).refused("host-key-unknown");
        match why {
            Some(why) => drop(run.notes("/etc/ssh/ssh_known_hosts:1: ").notes(why)),
            None => assert!(!run.json()["notes"].to_string().contains("ssh_known_hosts:1"), "{hosts}: {run:?}"),
        }
    }
}

#[test]
fn known_hosts() {
    needs_keygen!();
    let site = Site::new();
    let (key, another, rsa) = (&host_key().public, &another_key().public, &rsa_key().public);
    for (text, code, line) in [
        (String::new(), Some("host-key-unknown"), None),
        (format!("10.77.0.11 {key}\n"), Some("host-key-unknown"), None),
        (format!("10.77.0.1 {rsa}\n10.77.0.1 {another}\n"), Some("host-key-changed"), Some(2)),
        (format!("10.77.0.1 {key}\n@revoked * {key}\n"), Some("host-key-revoked"), Some(2)),
        (format!("10.77.0.1 {key}\n@revoked * {another}\n"), None, None),
        (format!("10.77.0.1 {another}\n10.77.0.* {key}\n"), None, None),
    ] {
        site.write(KNOWN_HOSTS, &text);
        let run = site.explain_by_key(&[]);
        match code {
            None => drop(run.accepted()),
            Some(code) => {
                let run = run.refused(code);
                let file = if line.is_some() { "/etc/ssh/ssh_known_hosts" } else { "" };
                assert_eq!(run.refused_at(), (file.to_owned(), line), "{text}");
            }
        }
    }
    // The second file is asked where the first knows nothing of the host.
    fs::remove_file(site.path(KNOWN_HOSTS)).unwrap();
    site.explain_by_key(&[]).refused("host-key-unknown");
    site.write("etc/ssh/ssh_known_hosts2", format!("10.77.0.1 {key}\n"));
    site.explain_by_key(&[]).accepted();
}

#[test]
fn revoked_keys() {
    needs_keygen!();
    let site = Site::new();
    let revoked = ["--set", "RevokedKeys=/etc/ssh/revoked"];
    site.explain_by_key(&revoked).refused("revoked-keys-missing");
    site.write("etc/ssh/revoked", format!("{}\n{}\n", another_key().public, host_key().public));
    let run = site.explain_by_key(&revoked).refused("key-revoked");
    assert_eq!(run.refused_at(), ("/etc/ssh/revoked".to_owned(), Some(2)));
    site.write("etc/ssh/revoked", "no key\n");
    site.explain_by_key(&revoked).refused("revoked-keys-unreadable").notes("/etc/ssh/revoked: ");
    site.write("etc/ssh/revoked", format!("{}\n", another_key().public));
    site.explain_by_key(&revoked).accepted();
    // And a list that ssh-keygen made.
    let krl = site.path("etc/ssh/krl").to_str().unwrap().to_owned();
    tool("ssh-keygen", &["-q", "-kf", &krl, host_key().file()]);
    site.explain_by_key(&["--set", "RevokedKeys=/etc/ssh/krl"]).refused("key-revoked");
}

#[test]
fn lines_that_are_skipped_are_named_up_to_some() {
    needs_keygen!();
    let site = Site::new();
    let good = fs::read_to_string(site.path(KNOWN_HOSTS)).unwrap();
    site.write(KNOWN_HOSTS, format!("{}{good}", "a bad line\n".repeat(7)));
    site.write(SHOSTS_EQUIV, "10.77.0.1\n+bad\u{1b}[2J too many\n");
    let run = site.explain_by_key(&[]).accepted();
    let run = run.notes("/etc/ssh/ssh_known_hosts:5: the line is skipped: unknown key type bad");
    let run = run.notes("/etc/ssh/ssh_known_hosts: 2 more lines are skipped");
    assert!(!run.output.contains("ssh_known_hosts:6:") && !run.output.contains('\u{1b}'), "{run:?}");
    // A file that was not asked bears on nothing.
    site.write(SHOSTS_EQUIV, "10.77.0.11\n");
    let run = site.explain_by_key(&[]).refused("equiv-no-match");
    assert!(!run.output.contains("the line is skipped: unknown key type"), "{run:?}");
}

#[test]
fn a_revocation_that_openssh_skips_is_said() {
    needs_keygen!();
    let site = Site::new();
    let good = fs::read_to_string(site.path(KNOWN_HOSTS)).unwrap();
    site.write(KNOWN_HOSTS, format!("{good}@revoked\t* {}\n", host_key().public));
    let run = site.explain_by_key(&[]).refused("host-key-revoked");
    let said = "it skips line 2 of /etc/ssh/ssh_known_hosts, and takes the key";
    assert_eq!((&run.json()["sshd_message"], &run.json()["sshd_differs"]), (&Value::Null, &said.into()));
    run.notes("/etc/ssh/ssh_known_hosts:2: this @revoked line counts here, but OpenSSH skips it");
}

//! What `lint` says of files, and how it says it.

use std::fs;
use std::os::unix::net::UnixListener;

use crate::fixture::{HOSTS_EQUIV, KNOWN_HOSTS, Root, SHOSTS_EQUIV, public_key, set_mode};

#[test]
fn a_finding_has_its_place_its_line_carets_and_a_mend() {
    let root = Root::with(format!("node1,10.0.0.1 {}\n", public_key(1)), "node1\n10.0.0.1\nnode2 # ra\x1bck\n");
    let run = root.lint(&[]).exits(1);
    assert_eq!(
        run.output,
        "/etc/ssh/shosts.equiv:3:7: warning: a comment behind an entry is read as more fields: sshd ignores the line \
         [trailing-comment]\n\
         \x20   node2 # ra\\x1bck\n\
         \x20         ^^^^^^^^^^\n\
         \x20 give the comment a line of its own\n\
         0 errors, 1 warning, 0 to know\n\
         --fix-admitting mends 1 more, and may let in whom these lines were meant for\n"
    );
    assert_eq!(run.error, "");
    let records = root.lint(&["--json"]).exits(1).records();
    assert_eq!(
        records[0],
        serde_json::json!({
            "record": "finding", "code": "trailing-comment", "severity": "warning", "file": "/etc/ssh/shosts.equiv",
            "line": 3, "column": 7,
            "text": "a comment behind an entry is read as more fields: sshd ignores the line",
            "mend": "give the comment a line of its own", "fixable": true
        })
    );
    assert_eq!(
        records[1],
        serde_json::json!({
            "record": "run", "command": "lint", "dry_run": false, "written": false, "matched_by": "both", "errors": 0,
            "warnings": 1, "information": 0, "fixable": 1, "mended": 0, "notes": []
        })
    );
    assert_eq!(records.len(), 2);
}

#[test]
fn nothing_wrong_and_information_are_good() {
    let root = Root::with(format!("node1,10.0.0.1 {}\n", public_key(1)), "node1\n10.0.0.1\n");
    assert_eq!(root.lint(&[]).exits(0).output, "nothing is wrong\n");
    root.write(SHOSTS_EQUIV, "node1\n10.0.0.1\nnode1\n");
    root.lint(&[])
        .exits(0)
        .says("information: line 1 says the same [duplicate-line]")
        .says("0 errors, 0 warnings, 1 to know");
    // Nothing there at all.
    let root = Root::new();
    assert_eq!(root.lint(&[]).exits(0).output, "nothing is wrong\n");
}

#[test]
fn a_finding_that_is_allowed_is_left_out() {
    let root = Root::with(format!("node1,10.0.0.1 {}\n", public_key(1)), "node1 bob\n10.0.0.1\n");
    root.lint(&[]).exits(1).says("[every-account]");
    assert_eq!(root.lint(&["--allow", "every-account"]).exits(0).output, "nothing is wrong\n");
    root.lint(&["--allow", "host-list"]).exits(1);
    let run = root.lint(&["--allow", "no-such-code"]).exits(2);
    assert!(run.error.contains("no such finding"), "{run:?}");
}

#[test]
fn who_may_write_is_told_before_what_is_written() {
    let root = Root::with("", "node1\n");
    set_mode(&root.path(SHOSTS_EQUIV), 0o666);
    set_mode(&root.path("etc"), 0o777);
    let run = root.lint(&[]).exits(1);
    run.says("/etc/ssh/shosts.equiv: error: group or others may write it (mode 0666)")
        .says("/etc: error: group or others may write it (mode 0777)")
        .says(
            "/etc/ssh/shosts.equiv:1:1: warning: admits node1, for which /etc/ssh/ssh_known_hosts has no key [no-key]",
        );
    // Nothing is written into what anybody may write.
    root.write(SHOSTS_EQUIV, "node1\n-node1\n");
    let run = root.lint(&["--fix", "--yes"]).exits(2);
    assert!(run.error.contains("group or others may write it (mode 0777)"), "{run:?}");
    assert_eq!(root.read(SHOSTS_EQUIV), "node1\n-node1\n");
}

#[test]
fn certificates_are_judged_beside_the_files() {
    let root = Root::with("", "");
    let key = |name: &str| format!("{}/tests/vectors/keys/{name}", env!("CARGO_MANIFEST_DIR"));
    let run = root.lint(&["--certificate", &key("ed25519-cert.pub")]).exits(1);
    run.says("ed25519-cert.pub: warning: no line has its authority ED25519 SHA256:").says("[unknown-authority]");
    let run = root.lint(&["--certificate", &key("ed25519.pub")]).exits(2);
    assert!(run.error.contains("a plain key, and no certificate"), "{run:?}");
    let run = root.lint(&["--certificate", "/nonexistent"]).exits(2);
    assert!(run.error.contains("cannot read the key"), "{run:?}");
}

#[test]
fn what_is_no_file_is_a_finding_and_a_missing_folder_an_error() {
    let root = Root::with("", "");
    fs::create_dir(root.path(HOSTS_EQUIV)).unwrap();
    root.lint(&[]).exits(1).says("/etc/hosts.equiv: error: is a folder").says("[not-a-file]");
    fs::remove_dir(root.path(HOSTS_EQUIV)).unwrap();
    let _socket = UnixListener::bind(root.path(HOSTS_EQUIV)).unwrap();
    root.lint(&[]).exits(1).says("is a socket");
    fs::remove_dir_all(root.path("etc/ssh")).unwrap();
    let run = root.lint(&[]).exits(2);
    assert!(run.error.contains("this folder does not exist"), "{run:?}");
}

#[test]
fn files_where_sshd_does_not_look_are_found() {
    let root = Root::with("", "");
    root.write("etc/shosts.equiv", "node1\n");
    root.write("etc/ssh/known_hosts", "");
    let run = root.lint(&[]).exits(1);
    run.says("/etc/shosts.equiv: warning: sshd does not read this file [unread-file]")
        .says("/etc/ssh/known_hosts: warning");
    // What our own writers leave there is none of them.
    let root = Root::with("", "");
    root.write("etc/ssh/.shosts.equiv.hostbased-lock", "");
    root.write("etc/ssh/shosts.equiv.old", "+ +\n");
    assert_eq!(root.lint(&[]).exits(0).output, "nothing is wrong\n");
}

#[test]
fn other_files_can_be_judged() {
    let root = Root::new();
    let known_hosts = root.write("one", format!("node1 {}\n", public_key(1)));
    let shosts = root.write("two", "node1 bob\nnode2\n");
    let run = |arguments: &[&str]| {
        let output = std::process::Command::new(crate::fixture::BINARY).arg("lint").args(arguments).output();
        crate::fixture::Run::from(output.unwrap())
    };
    let [known_hosts, shosts] = [&known_hosts, &shosts].map(|path| path.to_str().unwrap());
    // The root stands in a folder that anybody may write to.
    let allow = ["--allow", "writable-by-others"];
    run(&[&["--known-hosts", known_hosts], &allow[..]].concat())
        .exits(0)
        .says("0 errors, 0 warnings, 0 to know".split(',').next().map_or("", |_| "nothing is wrong"));
    run(&[&["--shosts", shosts], &allow[..]].concat()).exits(1).says(&format!("{shosts}:1:7: warning: this user"));
    let both = run(&[&["--shosts", shosts, "--known-hosts", known_hosts], &allow[..]].concat()).exits(1);
    both.says(&format!("{shosts}:2:1: warning: admits node2")).says("[no-key]");
    run(&["--shosts", "/nonexistent"]).exits(1).says("/nonexistent: error: cannot be read: there is no such file");
}

#[test]
fn all_codes_are_listed() {
    let root = Root::new();
    let run = root.run(&["lint", "--codes"]).exits(0);
    for code in hostbased::lint::Code::ALL {
        assert!(run.output.lines().any(|line| line.starts_with(code.word()) && line.ends_with(code.about())), "{code}");
    }
}

#[test]
fn what_was_not_asked_is_said() {
    let root = Root::with(format!("node1,10.0.0.1 {}\n", public_key(1)), "@cluster\n");
    root.lint(&[]).exits(0).says("netgroups are not asked");
    // Nobody says what sshd looks up.
    let run = root.run(&["lint"]);
    assert!(run.error.contains("which names sshd matches is not known"), "{run:?}");
    root.write(KNOWN_HOSTS, "\u{1b}[31m\n");
    assert!(root.lint(&[]).output.bytes().all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte)));
}

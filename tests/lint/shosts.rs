//! `shosts add`, `remove` and `list`.

use crate::fixture::{HOSTS_EQUIV, Root, SHOSTS_EQUIV, public_key};

fn root(shosts: &str) -> Root {
    Root::with(format!("node1.test,10.0.0.1 {}\n", public_key(1)), shosts)
}

fn add(root: &Root, names: &str, more: &[&str]) -> crate::fixture::Run {
    root.run(&[&["shosts", "add", "--names", names, "--yes"], more].concat())
}

#[test]
fn what_sshd_looks_up_is_added_once() {
    for (names, lines) in [("dns", "node1.test\n"), ("address", "10.0.0.1\n"), ("both", "node1.test\n10.0.0.1\n")] {
        let root = root("# kept\n");
        add(&root, names, &["node1.test,10.0.0.1"]).exits(0).says("written");
        assert_eq!(root.read(SHOSTS_EQUIV), format!("# kept\n{lines}"), "{names}");
        add(&root, names, &["node1.test,10.0.0.1"]).exits(0).says("nothing to change");
        assert_eq!(root.read(SHOSTS_EQUIV), format!("# kept\n{lines}"));
    }
    let root = Root::new();
    add(&root, "dns", &["Node1.Test."]).exits(0);
    assert_eq!(root.read(SHOSTS_EQUIV), "node1.test\n");
}

#[test]
fn users_netgroups_and_denials_have_their_lines() {
    let root = root("");
    add(&root, "dns", &["node1.test", "bob"]).exits(0).says("gets into every account but root's");
    add(&root, "dns", &["--netgroup", "cluster"]).exits(0);
    add(&root, "dns", &["--netgroup", "cluster", "bob"]).exits(0);
    assert_eq!(root.read(SHOSTS_EQUIV), "node1.test bob\n@cluster\n@cluster bob\n");
    // Before what it would come too late for.
    add(&root, "dns", &["--deny", "node1.test", "bob"]).exits(0);
    assert_eq!(root.read(SHOSTS_EQUIV), "-node1.test bob\nnode1.test bob\n@cluster\n@cluster bob\n");
}

#[test]
fn a_denial_goes_where_it_counts() {
    let root = root("# x\nnode1.test\nnode2.test\n");
    add(&root, "dns", &["--deny", "node1.test"]).exits(0);
    assert_eq!(root.read(SHOSTS_EQUIV), "# x\n-node1.test\nnode1.test\nnode2.test\n");
    // One that stands too late is moved.
    let root = self::root("node1.test\n-node1.test\n");
    add(&root, "dns", &["--deny", "node1.test"]).exits(0);
    assert_eq!(root.read(SHOSTS_EQUIV), "-node1.test\nnode1.test\n");
    // Behind all others where nothing admits it.
    let root = self::root("node2.test\n");
    add(&root, "dns", &["--deny", "node9.test"]).exits(0);
    assert_eq!(root.read(SHOSTS_EQUIV), "node2.test\n-node9.test\n");
}

#[test]
fn a_denial_comes_before_what_may_mean_the_host_under_another_name() {
    for (names, before, host, after) in [
        ("dns", "@group\nnode2.test\n", "node1.test", "-node1.test\n@group\nnode2.test\n"),
        (
            "dns",
            "node2.test\n@group bob\nnode1.test\n",
            "node1.test",
            "node2.test\n-node1.test\n@group bob\nnode1.test\n",
        ),
        // sshd asks for the address, too.
        ("dns", "node2.test\n10.0.0.1\n", "node1.test", "node2.test\n-node1.test\n10.0.0.1\n"),
        ("address", "10.0.0.2\nnode1.test\n", "10.0.0.1", "10.0.0.2\n-10.0.0.1\nnode1.test\n"),
        // One that denies already admits nobody.
        ("dns", "-@group\nnode2.test\n", "node1.test", "-@group\nnode2.test\n-node1.test\n"),
    ] {
        let root = self::root(before);
        add(&root, names, &["--deny", host]).exits(0);
        assert_eq!(root.read(SHOSTS_EQUIV), after, "{before}");
    }
    let root = self::root("node1.test\n10.0.0.1\n");
    add(&root, "dns", &["--deny", "--netgroup", "group"]).exits(0);
    assert_eq!(root.read(SHOSTS_EQUIV), "-@group\nnode1.test\n10.0.0.1\n");
}

#[test]
fn a_trap_is_refused_with_its_code() {
    let cases: [(&str, &str, &[&str], &str); 6] = [
        ("address", "", &["node1.test"], "never-looked-up"),
        ("dns", "", &["10.0.0.1"], "stale-address"),
        ("dns", "-node1.test\n", &["node1.test"], "never-reached"),
        ("dns", "", &["node1.test", "root"], "root-user"),
        ("dns", "", &["node1.test", "node2.test"], "host-as-user"),
        ("dns", "-node1.test\n@g\n", &["node1.test", "bob"], "partial-denial"),
    ];
    for (names, before, arguments, code) in cases {
        let root = root(before);
        let run = add(&root, names, arguments).exits(1).says(&format!("[{code}]")).says("nothing was written");
        assert_eq!(root.read(SHOSTS_EQUIV), before, "{run:?}");
        add(&root, names, &[arguments, &["--allow-trap", code]].concat()).exits(0);
        assert_ne!(root.read(SHOSTS_EQUIV), before, "{arguments:?}");
    }
    // A host whose key is not known yet is admitted, and that is said.
    let root = root("");
    add(&root, "dns", &["node7.test"]).exits(0).says("[no-key]");
}

#[test]
fn what_is_no_line_is_an_error() {
    let root = root("");
    for arguments in [
        &["*.test"][..],
        &["10.0.0.0/24"],
        &["-node1"],
        &["node1", "#x"],
        &["node1", "a b"],
        &["--netgroup", ""],
        &["--netgroup", "a b"],
        &["--netgroup", "g", "u", "v"],
        &[],
    ] {
        let run = add(&root, "both", arguments).exits(2);
        assert!(!run.error.is_empty(), "{run:?}");
    }
    assert_eq!(root.read(SHOSTS_EQUIV), "");
}

#[test]
fn nothing_is_written_without_a_yes() {
    let root = root("");
    let run = root.run(&["shosts", "add", "--names", "dns", "node1.test"]).exits(2);
    assert!(run.error.contains("--yes"), "{run:?}");
    root.run(&["shosts", "add", "--names", "dns", "node1.test", "--dry-run"])
        .exits(0)
        .says("+ node1.test")
        .says("--dry-run");
    assert_eq!(root.read(SHOSTS_EQUIV), "");
    root.write(SHOSTS_EQUIV, "node1.test\n");
    let run = root.run(&["shosts", "remove", "node1.test"]).exits(2);
    assert!(run.error.contains("--yes"), "{run:?}");
    root.run(&["shosts", "remove", "node1.test", "--dry-run"]).exits(0).says("- node1.test");
    assert_eq!(root.read(SHOSTS_EQUIV), "node1.test\n");
}

#[test]
fn lines_that_admit_go_and_denials_stay() {
    let text = "node1.test\n-node1.test\nNODE1.test bob\nnode2.test\n@node1.test\n# node1.test\n";
    let root = root(text);
    let remove = |more: &[&str]| root.run(&[&["shosts", "remove", "--yes"], more].concat());
    remove(&["node9.test"]).exits(0).says("nothing to change");
    assert_eq!(root.read(SHOSTS_EQUIV), text);
    remove(&["node1.test", "bob"]).exits(0);
    assert_eq!(root.read(SHOSTS_EQUIV), text.replace("NODE1.test bob\n", ""));
    remove(&["node1.test"]).exits(0);
    assert_eq!(root.read(SHOSTS_EQUIV), "-node1.test\nnode2.test\n@node1.test\n# node1.test\n");
    remove(&["node1.test", "--deny"]).exits(0);
    remove(&["--netgroup", "node1.test"]).exits(0);
    assert_eq!(root.read(SHOSTS_EQUIV), "node2.test\n# node1.test\n");
}

#[test]
fn who_is_still_admitted_is_named() {
    let root = root("node1.test\n");
    root.write(HOSTS_EQUIV, "node1.test\n");
    let run = root.run(&["shosts", "remove", "--yes", "node1.test"]).exits(1);
    run.says("node1.test would still be admitted, by /etc/hosts.equiv:1");
    // A line that sshd reads as several stays.
    root.write(SHOSTS_EQUIV, format!("{}node3.test\n", "#".repeat(1023)));
    root.run(&["shosts", "remove", "--yes", "node3.test"]).exits(1).says("shosts.equiv:1: stays");
}

#[test]
fn records_say_what_became_of_a_host() {
    let root = root("");
    let records = add(&root, "dns", &["node1.test", "--json"]).exits(0).records();
    assert_eq!(
        records[0],
        serde_json::json!({
            "record": "host", "host": "node1.test", "status": "added", "findings": [], "traps": [], "refused": [],
            "changes": [{"file": "/etc/ssh/shosts.equiv", "line": 1, "action": "add", "new": "node1.test"}]
        })
    );
    assert_eq!(
        records[1],
        serde_json::json!({
            "record": "run", "command": "shosts add", "dry_run": false, "written": true, "hosts": 1, "added": 1,
            "changed": 0, "removed": 0, "unchanged": 0, "refused": 0, "notes": []
        })
    );
    let refused = add(&root, "address", &["node2.test", "--json"]).exits(1).records();
    assert_eq!(
        (&refused[0]["status"], &refused[0]["refused"][0]["code"]),
        (&"refused".into(), &"never-looked-up".into())
    );
    assert_eq!((&refused[1]["refused"], &refused[1]["written"]), (&1.into(), &false.into()));
    let listed = root.run(&["shosts", "list", "--json"]).exits(0).records();
    assert_eq!(
        listed,
        [
            serde_json::json!({"record": "host", "line": 1, "host": "node1.test", "netgroup": false, "denies": false}),
            serde_json::json!({"record": "run", "command": "shosts list", "entries": 1, "notes": []}),
        ]
    );
    let removed = root.run(&["shosts", "remove", "node1.test", "--yes", "--json"]).exits(0).records();
    assert_eq!((&removed[0]["status"], &removed[0]["changes"][0]["action"]), (&"removed".into(), &"remove".into()));
}

#[test]
fn entries_are_listed_in_their_order() {
    let root = root("-node1.test\n# x\nnode2.test bob\n@g\n");
    let run = root.run(&["shosts", "list"]).exits(0);
    let rows: Vec<Vec<&str>> = run.output.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["LINE", "DOES", "HOST", "USER", "INTO"]);
    assert_eq!(rows[1][..5], ["1", "shuts", "out", "node1.test", "any"]);
    assert_eq!(rows[2][..4], ["3", "admits", "node2.test", "bob"]);
    assert_eq!(rows[3][..3], ["4", "admits", "@g"]);
    assert_eq!(Root::new().run(&["shosts", "list"]).exits(0).output, "no host is admitted\n");
}

//! `remove`.

use crate::fixture::{KNOWN_HOSTS, Root, SHOSTS_EQUIV, public_key};

#[test]
fn a_host_goes_with_every_name_and_address() {
    let root = Root::new();
    root.enroll_key("node2,10.0.0.2", 2, &[]).good();
    let before = root.files();
    root.enroll_key("node1,10.0.0.1", 1, &[]).good();
    root.enroll_key("10.0.0.11,node1.test,node1", 1, &[]).good();
    let dry = root.run(&["remove", "node1.test", "--dry-run"]).good();
    assert!(dry.output.contains("nothing was written: --dry-run"), "{dry:?}");
    assert_ne!(root.files(), before);
    let run = root.run(&["remove", "node1.test"]).good();
    assert_eq!(root.files(), before);
    let equiv = run.output.find("/etc/ssh/shosts.equiv:").unwrap();
    assert!(equiv < run.output.find("/etc/ssh/ssh_known_hosts:").unwrap(), "shosts.equiv first: {run:?}");
    for gone in ["  - node1\n", "  - 10.0.0.1\n", "  - 10.0.0.11\n", "  - node1.test\n", "\nwritten\n"] {
        assert!(run.output.contains(gone), "{gone}: {run:?}");
    }
    let again = root.run(&["remove", "node1.test"]).good();
    assert_eq!(again.output, "node1.test stands in neither file\nnothing to change\n");
}

#[test]
fn what_would_still_admit_the_host_is_named() {
    let root = Root::new();
    root.write(KNOWN_HOSTS, format!("*.test {}\nnode1.test {}\n", public_key(1), public_key(2)));
    let long = format!("node1.test{}-node2.test\n", " ".repeat(1013));
    root.write(SHOSTS_EQUIV, format!("# x\n{long}"));
    let run = root.run(&["remove", "node1.test"]);
    let run =
        run.refused("node1.test would still be admitted, by /etc/ssh/shosts.equiv:2 and /etc/ssh/ssh_known_hosts:1");
    assert!(run.output.contains("/etc/ssh/ssh_known_hosts:1: stays: a line with patterns"), "{run:?}");
    assert!(run.output.contains("/etc/ssh/shosts.equiv:2: stays: sshd reads this long line as several"), "{run:?}");
    assert_eq!(root.files(), [format!("*.test {}\n", public_key(1)), format!("# x\n{long}")]);
}

#[test]
fn the_other_files_that_sshd_asks_are_asked_and_not_written() {
    let root = Root::new();
    let others =
        [("etc/hosts.equiv", "node1\n".to_owned()), ("etc/ssh/ssh_known_hosts2", format!("node1 {}\n", public_key(1)))];
    for (path, text) in &others {
        root.write(path, text);
    }
    root.enroll_key("node1,10.0.0.1", 1, &[]).good();
    let told = "node1 would still be admitted, by /etc/hosts.equiv:1 and /etc/ssh/ssh_known_hosts2:1\n";
    root.run(&["remove", "node1"]).refused(told);
    assert_eq!(root.files(), ["", ""]);
    for (path, text) in &others {
        assert_eq!(root.read(path), *text);
    }
    // What cannot be asked stops the removal before anything is written.
    root.enroll_key("node1,10.0.0.1", 1, &[]).good();
    let before = root.files();
    crate::fixture::set_mode(&root.path("etc/hosts.equiv"), 0o666);
    root.run(&["remove", "node1"]).failed("/etc/hosts.equiv: group or others may write it (mode 0666)");
    assert_eq!(root.files(), before);
    std::fs::remove_file(root.path("etc/hosts.equiv")).unwrap();
    root.run(&["remove", "node1"]).good();
}

#[test]
fn json_says_the_same() {
    let root = Root::new();
    root.enroll_key("node1,10.0.0.1", 1, &[]).good();
    let records = root.run(&["remove", "10.0.0.1", "nobody", "--json"]).good().records();
    let [host, nobody, run] = records.as_slice() else { panic!("{records:?}") };
    assert_eq!((&host["host"], &host["status"]), (&"10.0.0.1".into(), &"removed".into()));
    assert_eq!((&nobody["host"], &nobody["status"]), (&"nobody".into(), &"unchanged".into()));
    assert_eq!(host["changes"].as_array().unwrap().len(), 3);
    assert_eq!(host["changes"][0]["action"], "remove");
    assert_eq!((&run["written"], &run["removed"]), (&true.into(), &1.into()));
    assert_eq!(run["gone"], serde_json::json!(["10.0.0.1", "node1", "nobody"]));
    assert_eq!(run["notes"], serde_json::json!(["nobody stands in neither file"]));
    assert_eq!(root.files(), ["", ""]);
}

//! `lint --fix`.

use crate::fixture::{KNOWN_HOSTS, Root, SHOSTS_EQUIV, public_key};

const TRAPS: &str = "# hosts\nnode1\n-node1\n 10.0.0.1 \t\nnode2 # rack\n-node3 # gone\n@here\n";

fn root() -> Root {
    Root::with(format!("node1,10.0.0.1 {k}\n@revoked\tnode9 {k2}\n", k = public_key(1), k2 = public_key(2)), TRAPS)
}

#[test]
fn what_has_one_right_answer_is_mended_and_nothing_else_is_touched() {
    let root = root();
    let run = root.lint(&["--fix", "--yes"]);
    let shown = run.says("  + -node1\n      line 2\n  - -node1\n      line 3: denial-too-late\n");
    let shown = shown.says("  - -node3 # gone\n  + # gone\n  + -node3\n      line 6: trailing-comment\n");
    let shown = shown.says("written: 3 findings mended\n").exits(1);
    // What is left is told.
    assert!(shown.output.contains("[trailing-comment]") && !shown.output.contains("lost-revocation]"), "{shown:?}");
    assert_eq!(root.read(SHOSTS_EQUIV), "# hosts\n-node1\nnode1\n 10.0.0.1 \t\nnode2 # rack\n# gone\n-node3\n@here\n");
    assert_eq!(root.read(KNOWN_HOSTS), format!("node1,10.0.0.1 {}\n@revoked node9 {}\n", public_key(1), public_key(2)));
    assert_eq!(root.read(&format!("{SHOSTS_EQUIV}.old")), TRAPS);
    // A second time there is nothing to mend.
    let again = root.lint(&["--fix", "--yes"]).exits(1);
    assert!(!again.output.contains("written") && !again.output.contains("--fix mends"), "{again:?}");
}

#[test]
fn what_lets_somebody_in_needs_a_word_of_its_own() {
    let root = root();
    root.lint(&["--fix-admitting", "--yes"]).says("  - node2 # rack\n  + # rack\n  + node2\n");
    assert!(root.read(SHOSTS_EQUIV).contains("# rack\nnode2\n"));
}

#[test]
fn nothing_is_written_without_a_yes() {
    let root = root();
    let before = (root.read(KNOWN_HOSTS), root.read(SHOSTS_EQUIV));
    let run = root.lint(&["--fix"]).exits(2);
    assert!(run.error.contains("--yes") && run.error.contains("--dry-run"), "{run:?}");
    root.lint(&["--fix", "--dry-run"]).exits(1).says("nothing was written: --dry-run").says("  + -node1\n");
    assert_eq!((root.read(KNOWN_HOSTS), root.read(SHOSTS_EQUIV)), before);
    // Where there is nothing to mend, nobody is asked.
    let root = Root::with(format!("node1,10.0.0.1 {}\n", public_key(1)), "node1\n10.0.0.1\n");
    assert_eq!(root.lint(&["--fix"]).exits(0).output, "nothing is wrong\n");
}

#[test]
fn what_is_allowed_is_not_mended() {
    let root = root();
    root.lint(&["--fix", "--yes", "--allow", "denial-too-late"]);
    assert!(root.read(SHOSTS_EQUIV).starts_with("# hosts\nnode1\n-node1\n"));
}

#[test]
fn changes_are_records_too() {
    let root = root();
    let records = root.lint(&["--fix", "--yes", "--json"]).records();
    let kinds: Vec<&str> = records.iter().map(|record| record["record"].as_str().unwrap()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "change").count(), 4, "{records:?}");
    let change = records.iter().find(|record| record["line"] == 6).unwrap();
    assert_eq!(
        *change,
        serde_json::json!({
            "record": "change", "file": "/etc/ssh/shosts.equiv", "line": 6, "old": "-node3 # gone", "new": ["# gone", "-node3"]
        })
    );
    let run = records.last().unwrap();
    assert_eq!((&run["record"], &run["written"], &run["mended"]), (&"run".into(), &true.into(), &3.into()));
}

#[test]
fn one_file_is_mended_by_itself() {
    let root = root();
    let known_hosts = root.read(KNOWN_HOSTS);
    root.run(&["shosts", "lint", "--names", "both", "--fix", "--yes"]).exits(1).says("written: 2 findings mended");
    assert_eq!(root.read(KNOWN_HOSTS), known_hosts);
    assert!(root.read(SHOSTS_EQUIV).starts_with("# hosts\n-node1\nnode1\n"));
    // What needs the other file is not judged.
    assert!(!root.run(&["shosts", "lint", "--names", "both"]).output.contains("no-key"));
}

//! The question whether to write.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::fixture::{BINARY, KNOWN_HOSTS, Root, Run, public_key};

const HOST: &str = "node1.test,10.0.0.1";

fn enroll(root: &Root, more: &[&str]) -> Run {
    let key = root.write("key1.pub", public_key(1));
    let enroll = ["enroll", HOST, "--names", "both", "--key-file", key.to_str().unwrap()];
    root.unconfirmed([&enroll[..], more].concat()).output().unwrap().into()
}

#[test]
fn without_a_terminal_it_must_be_said() {
    let root = Root::new();
    for run in [enroll(&root, &[]), enroll(&root, &["--json"])] {
        let run =
            run.failed("there is no terminal to ask on\nsay --yes to write these changes, or --dry-run to look only");
        assert!(!run.error.contains("(yes/no)"), "{run:?}");
        assert_eq!(root.names(), [""; 0]);
    }
    enroll(&root, &["--dry-run"]).good();
    assert_eq!(root.names(), [""; 0]);
    enroll(&root, &["--dry-run", "--yes"]).failed("cannot be used with");
    enroll(&root, &["--yes"]).good();
    // Nothing changes: nobody is asked.
    enroll(&root, &[]).good();
    let remove = |more: &[&str]| -> Run {
        root.unconfirmed([&["remove", "node1.test"][..], more].concat()).output().unwrap().into()
    };
    remove(&[]).failed("there is no terminal to ask on");
    assert_ne!(root.read(KNOWN_HOSTS), "");
    remove(&["--yes"]).good();
    assert_eq!(root.files(), ["", ""]);
    remove(&[]).good();
}

/// Runs a command on a terminal, and types this when it asks.
fn on_a_terminal(root: &Root, arguments: &str, typed: &str) -> Run {
    let command = format!("stty -echo; exec {BINARY} {arguments} --root {}", root.path("").display());
    let mut script = Command::new("script")
        .args(["-q", "-e", "-c", &command, "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    script.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    script.wait_with_output().unwrap().into()
}

#[test]
fn on_a_terminal_it_is_asked_after_the_changes_are_shown() {
    needs!(crate::needs::missing_program(&["script"]));
    let root = Root::new();
    let key = root.write("key1.pub", public_key(1));
    let arguments = format!("enroll {HOST} --names both --key-file {}", key.display());
    for typed in ["no\n", "\n", "y\n", "yes, why not\n", "\x04"] {
        let run =
            on_a_terminal(&root, &arguments, typed).refused("nothing was written: the changes were not confirmed");
        let shown = run.output.find("+ node1.test,10.0.0.1 ssh-ed25519").unwrap();
        assert!(shown < run.output.find("Write these changes? (yes/no)").unwrap(), "shown, then asked: {run:?}");
        assert_eq!(root.names(), [""; 0]);
    }
    let run = on_a_terminal(&root, &arguments, "y\nno\nyes\n").refused("the changes were not confirmed");
    assert!(run.output.contains("Please type yes or no: "), "{run:?}");
    assert_eq!(root.names(), [""; 0]);
    on_a_terminal(&root, &arguments, "y\nyes\n").good();
    assert_eq!(root.files(), [format!("node1.test,10.0.0.1 {}\n", public_key(1)), "node1.test\n10.0.0.1\n".to_owned()]);
    let run = on_a_terminal(&root, "remove node1.test", "no\n").refused("the changes were not confirmed");
    assert!(run.output.contains("- node1.test"), "{run:?}");
    let run = on_a_terminal(&root, "remove node1.test --yes", "").good();
    assert!(!run.output.contains("(yes/no)"), "{run:?}");
    assert_eq!(root.files(), ["", ""]);
}

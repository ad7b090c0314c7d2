//! On a terminal: what is shown fits it, and what is to be written is asked for.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::fixture::{BINARY, Root, SHOSTS_EQUIV, public_key};

/// The command on a terminal of so many columns, and what it wrote there.
fn on_terminal(root: &Root, columns: usize, arguments: &str, answer: &str) -> (Option<i32>, String) {
    let command =
        format!("stty cols {columns} rows 50 -echo; {BINARY} {arguments} --root {}", root.folder.path().display());
    let mut script = Command::new("script");
    script.args(["-qec", &command, "/dev/null"]).env("NO_COLOR", "1").env("TERM", "xterm");
    let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(answer.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap().replace('\r', ""))
}

#[test]
fn an_excerpt_fits_the_terminal() {
    needs!(crate::needs::missing_program(&["script"]));
    let root = Root::with(
        format!("node1,10.0.0.1 {} x\n", public_key(1)),
        format!("node1\n10.0.0.1\nnode2 {} y\n", "u".repeat(300)),
    );
    for columns in [40, 80, 200] {
        let (code, output) = on_terminal(&root, columns, "lint --names both", "");
        assert_eq!(code, Some(1), "{output}");
        let excerpts: Vec<&str> = output.lines().filter(|line| line.starts_with("    ")).collect();
        assert!(!excerpts.is_empty() && excerpts.iter().all(|line| line.len() <= columns), "{columns}: {output}");
        assert!(excerpts.iter().any(|line| line.contains('^')), "{output}");
    }
}

#[test]
fn a_fix_is_asked_for() {
    needs!(crate::needs::missing_program(&["script"]));
    let text = "node1\n-node1\n10.0.0.1\n";
    for (answer, changed) in [("no\n", false), ("y\n", false), ("yes\n", true)] {
        let root = Root::with(format!("node1,10.0.0.1 {}\n", public_key(1)), text);
        let (code, output) = on_terminal(&root, 100, "lint --fix --names both", answer);
        assert_eq!(root.read(SHOSTS_EQUIV) != text, changed, "{answer:?}: {output}");
        assert_eq!(code, Some(1), "{output}");
        assert!(output.contains("Write these changes?"), "{output}");
    }
}

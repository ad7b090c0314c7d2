//! Who says that the keys are the host's.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::fixture::{BINARY, Root, Run};
use crate::sshd::{Sshd, free_port};

const ED25519: [(&str, &str); 1] = [("ed25519", "256")];

#[test]
fn without_a_terminal_somebody_must_be_named() {
    let root = Root::new();
    let run = root.run(&["enroll", "a,127.0.0.1", "--names", "dns"]).failed("there is no terminal to ask on");
    for flag in ["--fingerprint", "--key-file", "--trust-scan"] {
        assert!(run.error.contains(flag), "{run:?}");
    }
}

#[test]
fn a_dry_run_needs_nobodys_word() {
    needs_sshd!();
    let root = Root::new();
    let sshd = Sshd::start("127.0.0.1", free_port(), &ED25519, &[]);
    let run = root.run(&["enroll", "a,127.0.0.1", "--names", "dns", "--port", &sshd.port.to_string(), "--dry-run"]);
    let run = run.good();
    assert!(run.output.contains(&sshd.fingerprint("ed25519")) && run.output.contains("  + a\n"), "{run:?}");
    assert_eq!(root.names(), [""; 0]);
}

/// Runs `enroll` on a terminal, and types this when it asks.
fn on_a_terminal(root: &Root, sshd: &Sshd, typed: &str) -> Run {
    with_output(root, sshd, typed, "")
}

/// The same with its output where these commands of a shell lead it.
fn with_output(root: &Root, sshd: &Sshd, typed: &str, redirect: &str) -> Run {
    let root = root.path("");
    let command = format!(
        "stty -echo; {redirect} exec {BINARY} enroll a,127.0.0.1 --names dns --port {} --allow not-fully-qualified --allow special-address --root {}",
        sshd.port,
        root.display()
    );
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
fn on_a_terminal_the_administrator_is_asked() {
    needs_sshd!("script");
    let root = Root::new();
    let sshd = Sshd::start("127.0.0.1", free_port(), &ED25519, &[]);
    for typed in ["no\n", "\n", "y\n", "yes, why not\n", "YES\n", "\x04"] {
        let run = on_a_terminal(&root, &sshd, typed).refused("nothing was written: the keys were not confirmed");
        let print = sshd.fingerprint("ed25519");
        assert!(run.output.find(&print).unwrap() < run.output.find("(yes/no)").unwrap(), "shown, then asked: {run:?}");
        assert_eq!(root.names(), [""; 0]);
    }
    let run = on_a_terminal(&root, &sshd, "yes\n").good();
    assert!(run.output.contains("a,127.0.0.1: both files admit it"), "{run:?}");
    assert_eq!(root.files(), [format!("a,127.0.0.1 {}\n", sshd.public_key("ed25519")), "a\n".to_owned()]);
    // Nothing to change: nothing to ask.
    let run = on_a_terminal(&root, &sshd, "").good();
    assert!(!run.output.contains("(yes/no)"), "{run:?}");
}

#[test]
fn what_was_not_seen_is_not_asked_about() {
    needs_sshd!("script");
    let root = Root::new();
    let sshd = Sshd::start("127.0.0.1", free_port(), &ED25519, &[]);
    let pipe = root.path("pipe").display().to_string();
    // Its only reader is closed again.
    let unread = format!("mkfifo {pipe}; exec 3<>{pipe} 4>{pipe} 3>&-; exec >&4;");
    let run = with_output(&root, &sshd, "yes\n", &unread);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.output.contains("nothing was written: what is to be confirmed cannot be shown"), "{run:?}");
    assert!(!run.output.contains("(yes/no)"), "{run:?}");
    assert_eq!(root.names(), [""; 0]);
}

#[test]
fn who_is_asked_sees_the_keys_wherever_the_output_goes() {
    needs_sshd!("script");
    let root = Root::new();
    let sshd = Sshd::start("127.0.0.1", free_port(), &ED25519, &[]);
    let run = with_output(&root, &sshd, "yes\n", &format!("exec >{};", root.path("output").display())).good();
    let print = sshd.fingerprint("ed25519");
    assert!(run.output.find(&print).unwrap() < run.output.find("(yes/no)").unwrap(), "{run:?}");
    assert!(root.read("output").contains(&print) && root.read("output").contains("both files admit it"));
}

#[test]
fn fingerprints_that_are_given_are_those_of_one_host() {
    let root = Root::new();
    let print = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";
    root.run(&["enroll", "a.test,127.0.0.1", "b.test,127.0.0.2", "--names", "both", "--fingerprint", print])
        .failed("give the keys of one host, and 2 are meant");
    assert_eq!(root.names(), [""; 0]);
}

//! What happens when the files cannot be written.

use std::fs;
use std::io::PipeWriter;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use crate::fixture::{BINARY, KNOWN_HOSTS, Root, Run, public_key, set_mode};
use crate::needs::is_root;

#[test]
fn a_full_disk_leaves_the_old_files() {
    let root = Root::new();
    root.enroll_key("node1,10.0.0.1", 1, &[]).good();
    let before = root.files();
    let key = root.write("key2.pub", public_key(2));
    // Not one byte may be written to any file: write(2) fails with EFBIG as it would with ENOSPC.
    let run: Run = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\"", "sh", BINARY, "enroll", "node2,10.0.0.2"])
        .args(["--allow", "not-fully-qualified"])
        .args([
            "--yes",
            "--names",
            "both",
            "--key-file",
            key.to_str().unwrap(),
            "--root",
            root.path("").to_str().unwrap(),
        ])
        .stdin(Stdio::null())
        .output()
        .unwrap()
        .into();
    run.failed(".ssh_known_hosts.hostbased-new: cannot write this file: File too large");
    assert_eq!(root.files(), before);
    assert_eq!(root.names(), ["shosts.equiv", "ssh_known_hosts"]);
}

#[test]
fn a_folder_that_cannot_be_written_leaves_the_old_files() {
    let root = Root::new();
    root.enroll_key("node1,10.0.0.1", 1, &[]).good();
    let before = root.files();
    let key = root.write("key2.pub", public_key(2));
    for file in ["ssh_known_hosts", "shosts.equiv"] {
        fs::remove_file(root.path(&format!("etc/ssh/.{file}.hostbased-lock"))).unwrap();
    }
    set_mode(&root.path("etc/ssh"), 0o555);
    let enroll = ["enroll", "node2,10.0.0.2", "--names", "both", "--key-file", key.to_str().unwrap()];
    let mut command = if is_root() {
        // Root may write everywhere, so another user tries; to him the program must be in reach. Another process copies
        // it: while this one had it open for writing, a child of another test could inherit that ("Text file busy").
        let program = root.path("hostbased");
        assert!(Command::new("cp").arg(BINARY).arg(&program).status().unwrap().success());
        for path in ["", "etc", "etc/ssh", KNOWN_HOSTS, "etc/ssh/shosts.equiv"] {
            chown(root.path(path), Some(65534), Some(65534)).unwrap();
        }
        let mut command = Command::new(program);
        command
            .args(enroll)
            .args(["--yes", "--allow", "not-fully-qualified"])
            .arg("--root")
            .arg(root.path(""))
            .stdin(Stdio::null())
            .uid(65534)
            .gid(65534);
        command
    } else {
        root.command(enroll)
    };
    let run: Run = command.output().unwrap().into();
    set_mode(&root.path("etc/ssh"), 0o755);
    let run = run.failed(".hostbased-lock: cannot open or make this lock file: Permission denied; run this as root");
    assert_eq!(root.files(), before, "{run:?}");
}

#[test]
fn files_that_others_may_write_are_neither_read_nor_written() {
    let root = Root::new();
    root.enroll_key("node1,10.0.0.1", 1, &[]).good();
    let before = root.files();
    set_mode(&root.path(KNOWN_HOSTS), 0o664);
    root.enroll_key("node2,10.0.0.2", 2, &[]).failed("ssh_known_hosts: group or others may write it (mode 0664)");
    set_mode(&root.path(KNOWN_HOSTS), 0o644);
    set_mode(&root.path("etc"), 0o777);
    root.run(&["remove", "node1"]).failed("/etc: group or others may write it (mode 0777)");
    set_mode(&root.path("etc"), 0o755);
    assert_eq!(root.files(), before);
    root.run(&["remove", "node1"]).good();
}

#[test]
fn a_root_without_etc_ssh_is_an_error_and_stays_without() {
    let root = Root::new();
    fs::remove_dir_all(root.path("etc/ssh")).unwrap();
    root.enroll_key("node1,10.0.0.1", 1, &[]).failed("/etc/ssh: this folder does not exist");
    assert!(!root.path("etc/ssh").exists());
}

/// A pipe that nobody reads.
fn closed() -> PipeWriter {
    std::io::pipe().unwrap().1
}

#[test]
fn when_nobody_reads_the_output_the_files_are_written_all_the_same() {
    let root = Root::new();
    let key = root.write("key1.pub", public_key(1));
    let mut enroll = root.command(["enroll", "node1,10.0.0.1", "--names", "both", "--key-file", key.to_str().unwrap()]);
    assert!(enroll.stdout(closed()).status().unwrap().success());
    assert_eq!(root.read(KNOWN_HOSTS), format!("node1,10.0.0.1 {}\n", public_key(1)));
    assert!(root.command(["remove", "node1"]).stdout(closed()).status().unwrap().success());
    assert_eq!(root.files(), ["", ""]);
}

#[test]
fn when_nobody_reads_the_output_the_exit_status_says_the_same() {
    let root = Root::new();
    root.enroll_key("node1,10.0.0.1", 1, &[]).good();
    let key = root.write("key2.pub", public_key(2));
    let code = |arguments: &[&str]| root.command(arguments).stdout(closed()).status().unwrap().code();
    let changed = ["enroll", "node1", "--names", "dns", "--key-file", key.to_str().unwrap()];
    assert_eq!(code(&changed), Some(1), "another key is known");
    assert_eq!(code(&[&changed[..], &["--json"]].concat()), Some(1));
    assert_eq!(code(&["remove", "node1"]), Some(0));
    // sshd reads a line of more than 1023 bytes as two.
    root.write(KNOWN_HOSTS, format!("node* {}\n", public_key(1)));
    root.write("etc/ssh/shosts.equiv", format!("node1 {:1020} node1\n", ""));
    assert_eq!(code(&["remove", "node1"]), Some(1), "still admitted");
    assert_eq!(code(&["remove", "node1", "--json"]), Some(1));
}

#[test]
fn output_that_cannot_be_written_says_whether_the_files_are() {
    let root = Root::new();
    let key = root.write("key1.pub", public_key(1));
    let enroll = ["enroll", "node1,10.0.0.1", "--names", "both", "--key-file", key.to_str().unwrap()];
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let run: Run = root.command(enroll).stdout(full()).output().unwrap().into();
    run.failed("both files are written, but the output is not");
    assert_eq!(root.read(KNOWN_HOSTS), format!("node1,10.0.0.1 {}\n", public_key(1)));
    let run: Run = root.command(enroll).stdout(full()).output().unwrap().into();
    run.failed("cannot go on");
}

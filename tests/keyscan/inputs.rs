//! Arguments, files and output that need no SSH server.

use std::fs;
use std::process::{Command, Stdio};

use crate::run::{ours, ours_with};
use crate::sshd::free_port;

#[test]
fn usage_errors_exit_2_and_print_nothing() {
    for arguments in [
        &[][..],
        &["-x", "localhost"],
        &["-t", "dsa", "localhost"],
        &["-p", "nosuchservice", "localhost"],
        &["-T", "0", "localhost"],
        &["-vvvv", "localhost"],
        &["-O", "hashalg=md5", "localhost"],
        &["-f", "/nonexistent/hosts"],
        &["10.0.0.0/15"],
        &["--max-hosts", "3", "127.0.0.0/30"],
    ] {
        let finished = ours(arguments);
        assert_eq!((finished.code, finished.out.as_str()), (Some(2), ""), "{arguments:?}: {finished:?}");
        assert!(!finished.err.is_empty());
    }
    let finished = ours(&["2001:db8::/64"]);
    let told = "2001:db8::/64 has 18446744073709551616 addresses, more than 65536\n";
    assert!(finished.err.contains(told) && finished.err.contains("--max-hosts 18446744073709551616"), "{finished:?}");
}

#[test]
fn a_bad_line_is_told_and_the_others_are_scanned() {
    let port = free_port().to_string();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hosts");
    fs::write(&file, b"127.0.0.1\r\n10.0.0.1 two names\n\xff\n").unwrap();
    let path = file.to_str().unwrap();
    let finished = ours(&["-f", path, "-p", &port, "127.0.0.2,,x", ""]);
    let expected = [
        format!("hostbased keyscan: {path}:2: the name list holds a blank: separate names by commas"),
        format!("hostbased keyscan: {path}:3: the line is not UTF-8 text"),
        "hostbased keyscan: \"127.0.0.2,,x\": an address is missing: give HOST[,HOST...], without blanks around the commas".to_owned(),
        "hostbased keyscan: \"\": an address is missing: give HOST[,HOST...], without blanks around the commas".to_owned(),
        format!("hostbased keyscan: 127.0.0.1:{port}: cannot connect: Connection refused (os error 111)"),
    ];
    assert_eq!(finished.err.lines().collect::<Vec<_>>(), expected);
    assert_eq!(finished.code, Some(1));
    let finished = ours_with(&["-f", "-"], b"# nothing\n");
    assert_eq!((finished.code, finished.err.as_str()), (Some(1), "hostbased keyscan: no host to scan\n"));
}

#[test]
fn a_port_without_brackets_is_told_how_to_be_written() {
    let port = free_port().to_string();
    let finished = ours(&["-p", &port, "node1:22", "127.0.0.2:2200 a", "x,y:9 z"]);
    assert_eq!(
        finished.err.lines().collect::<Vec<_>>(),
        [
            "hostbased keyscan: \"node1:22\": a port needs brackets: write [node1]:22",
            "hostbased keyscan: \"127.0.0.2:2200 a\": a port needs brackets: write [127.0.0.2]:2200",
            "hostbased keyscan: \"x,y:9 z\": a port needs brackets: write [y]:9",
            "hostbased keyscan: no host to scan",
        ]
    );
    assert_eq!((finished.code, finished.out.as_str()), (Some(1), ""));
    // Near-misses: an address of IPv6, no port, and what stands in brackets.
    let finished = ours(&["-t", "rsa", "-p", &port, "::1", "node1:x", "node1:0", &format!("[127.0.0.1]:{port}")]);
    assert!(!finished.err.contains("brackets"), "{finished:?}");
    for tried in [format!("keyscan: ::1:{port}: "), format!("keyscan: 127.0.0.1:{port}: cannot connect")] {
        assert!(finished.err.contains(&tried), "{finished:?}");
    }
}

#[test]
fn a_range_that_was_not_given_exactly_is_told() {
    let port = free_port().to_string();
    let finished = ours(&["-t", "rsa", "-p", &port, "127.0.0.6/31", "127.0.0.9/31", "[127.1/32]:9"]);
    let told: Vec<&str> = finished.err.lines().filter(|line| line.contains("taken as")).collect();
    let expected = [
        "hostbased keyscan: \"127.0.0.9/31\": taken as 127.0.0.8/31",
        "hostbased keyscan: \"[127.1/32]:9\": taken as 127.1.0.0/32",
    ];
    assert_eq!(told, expected);
    for host in [6, 7, 8, 9] {
        assert!(finished.err.contains(&format!("keyscan: 127.0.0.{host}:{port}: cannot connect")), "{finished:?}");
    }
    assert!(finished.err.contains("keyscan: 127.1.0.0:9: "), "{finished:?}");
}

#[test]
fn a_name_that_nobody_knows_has_its_reason() {
    let finished = ours(&["--json", "-t", "rsa", "no-such-host.invalid"]);
    assert_eq!(finished.only_code(), "resolve-failed");
    let finished = ours(&["--json", "-6", "-t", "rsa", "127.0.0.1"]);
    assert_eq!(finished.only_code(), "no-address-of-family");
}

#[test]
fn a_closed_pipe_is_good() {
    let port = free_port().to_string();
    let hosts = vec!["127.0.0.1"; 50];
    let mut command = Command::new(env!("CARGO_BIN_EXE_hostbased"));
    command.args(["keyscan", "--json", "-p", &port]).args(hosts).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

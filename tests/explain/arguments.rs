//! Arguments that are wrong.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use crate::fixture::{Run, Site, host_key};

fn bare(site: &Site, arguments: &[&str]) -> Run {
    site.bare(arguments).output().unwrap().into()
}

#[test]
fn what_is_missing_is_named() {
    needs_keygen!();
    let site = Site::new();
    let all = [
        ("--user", "alice"),
        ("--client-user", "alice"),
        ("--client-host", "node1"),
        ("--address", "10.77.0.1"),
        ("--key", host_key().file()),
    ];
    for (missing, _) in all {
        let given: Vec<&str> = all.iter().filter(|(flag, _)| *flag != missing).flat_map(|&(a, b)| [a, b]).collect();
        bare(&site, &given).failed(missing);
    }
    let both: Vec<&str> = all.iter().flat_map(|&(a, b)| [a, b]).chain(["--known-key", "rsa"]).collect();
    bare(&site, &both).failed("cannot be used with '--known-key <TYPE>'");
}

#[test]
fn what_is_wrong_is_named_with_what_is_allowed() {
    needs_keygen!();
    let site = Site::new();
    let long = "a".repeat(1025);
    let longest = "a".repeat(1024);
    for (arguments, reason) in [
        (&["--address", "node1"][..], "not an IPv4 or IPv6 address"),
        (&["--address", "10.77.0.1%eth0"], "only a link-local address has an interface"),
        (&["--at", "tomorrow"], "not a time: 2026-11-22, 2026-11-22T13:30:00Z"),
        (&["--uid", "4294967295"], "not the number of an account: 0 to 4294967294"),
        (&["--uid", "alice"], "not the number of an account: 0 to 4294967294"),
        (&["--local-port", "0"], "not a port from 1 to 65535"),
        (&["--home", "alice"], "not a path that begins with /"),
        (&["--set", "UseDNS"], "not OPTION=VALUE"),
        (&["--set", "=yes"], "not OPTION=VALUE"),
        (&["--set", "UseDNS=maybe"], "--set UseDNS=maybe: "),
        (&["--set", "Port=22"], "--set Port=22: "),
        (&["--known-key", "dsa"], "unknown key type \"dsa\""),
        (&["--user", ""], "the account \"\" cannot be: the name is empty"),
        (&["--user", "a:b"], "the account \"a:b\" cannot be: the byte 0x3a cannot stand there"),
        (&["--client-user", ""], "--client-user is empty"),
        (&["--client-host", ""], "--client-host is empty"),
        (&["--client-host", &long], "--client-host is longer than any request"),
        (&["--frobnicate"], "unexpected argument '--frobnicate'"),
    ] {
        let key: &[&str] = if arguments.contains(&"--known-key") { &[] } else { &["--key", host_key().file()] };
        site.explain(&[key, arguments].concat()).failed(reason);
    }
    site.explain_by_key(&["--client-host", &longest]).accepted();
    std::fs::remove_dir_all(site.path("")).unwrap();
    site.explain_by_key(&[]).failed("this folder does not exist; make it, or correct the path (and the root)");
}

#[test]
fn what_is_wrong_is_escaped() {
    needs_keygen!();
    let site = Site::new();
    for arguments in
        [["--user", "a\u{1b}:"], ["--set", "X\u{1b}=\u{1b}"], ["--set", "UseDNS=\u{1b}"], ["--key", "/\u{1b}"]]
    {
        let key: &[&str] = if arguments.contains(&"--key") { &[] } else { &["--key", host_key().file()] };
        let run = site.explain(&[key, &arguments].concat()).failed("\\x1b");
        assert!(!run.error.contains('\u{1b}'), "{run:?}");
    }
}

#[test]
fn an_argument_that_is_no_text_is_named() {
    let site = Site::new();
    let mut command = site.bare(&[]);
    command.arg("--set").arg(OsString::from_vec(b"UseDNS=\xff".to_vec()));
    Run::from(command.output().unwrap()).failed("the argument \"UseDNS=\\xff\" is not UTF-8");
}

#[test]
fn usage_names_each_way() {
    let site = Site::new();
    let run = bare(&site, &[]).failed("explain --from-log FILE [OPTIONS]");
    assert!(run.error.contains("--key FILE|--known-key TYPE"), "{run:?}");
}

/// Names are bytes, as a client would send them.
#[test]
fn names_are_taken_as_they_are_and_escaped() {
    needs_keygen!();
    let site = Site::new();
    let mut command = site.command(&["--key", host_key().file(), "--client-user", "x", "--client-host", "y"]);
    let bytes = |text: &[u8]| OsString::from_vec(text.to_vec());
    let arguments: Vec<OsString> = command.get_args().map(ToOwned::to_owned).collect();
    let replaced = arguments.into_iter().map(|argument| match argument.as_encoded_bytes() {
        b"x" => bytes(b"al\xffice\x1b[2J"),
        b"y" => bytes(b"h\"\n"),
        _ => argument,
    });
    let mut odd = std::process::Command::new(command.get_program());
    let run = Run::from(odd.args(replaced).output().unwrap()).refused("equiv-no-match");
    assert_eq!(run.json()["attempt"]["client_user"], "al\\xffice\\x1b[2J");
    assert_eq!(run.json()["attempt"]["client_host"], "h\\x22\\x0a");
    assert!(run.output.trim_end().bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{run:?}");
    drop(command.output());
}

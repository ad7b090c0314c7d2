//! `hostbased check` beside sshd: what it calls an error keeps the client out, and what it lets pass lets the client in.

use std::process::Stdio;

use serde_json::Value;

use crate::lab::{ALICE, CLIENT, CLIENT_ADDRESS, Finished, Lab};
use crate::register::{COMMAND, registered};
use crate::session::Login;

/// The addresses of the lab that are not the client's: sshd's, and the machine's own.
const OTHERS: &str = "10.77.0.2 srv.cluster.test srv\n127.0.0.1 localhost\n";

fn check(lab: &Lab, arguments: &[&str]) -> (Finished, Vec<String>) {
    let host = format!("{CLIENT},{CLIENT_ADDRESS}");
    let mut command = lab.as_root(COMMAND);
    command.args(["check", "--json", &host]).args(arguments).stdin(Stdio::null());
    let done = lab.finish(&mut command);
    let text = done.text();
    let json: Value = serde_json::from_str(text.lines().next().unwrap_or_default())
        .unwrap_or_else(|error| panic!("{error}: {done:?}"));
    let word = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let found = json["findings"].as_array().unwrap().iter();
    let found = found.map(|one| [word(one, "severity"), word(one, "code"), word(one, "subject")].join(" ")).collect();
    (done, found)
}

/// The same `/etc/hosts` before the check and before a login, which sshd refuses just where the check finds an error.
fn both(lab: &Lab, hosts: &str, errors: &[&str]) -> Login {
    lab.write("/etc/hosts", format!("{hosts}\n{OTHERS}"));
    let (done, found) = check(lab, &[]);
    for error in errors {
        assert!(found.iter().any(|one| one == &format!("error {error}")), "{error} in {hosts:?}: {found:?}");
    }
    let is_bad = found.iter().any(|one| one.starts_with("error "));
    assert_eq!((done.code, is_bad), (Some(i32::from(is_bad)), !errors.is_empty()), "{hosts:?}: {found:?}");
    let login = lab.log_in(ALICE, ALICE, &[]);
    if errors.is_empty() {
        login.assert_is(ALICE);
    } else {
        login.assert_server_refused("Failed hostbased for alice from 10.77.0.1");
    }
    login
}

#[test]
fn a_check_finds_what_keeps_a_client_out() {
    let lab = needs_root_and_sshd!();
    registered(&lab);
    both(&lab, "10.77.0.1 node1.cluster.test node1", &[]);
    both(&lab, "10.77.0.1 Node1.Cluster.Test node1", &[]);
    // A second line of the name, and its first line still leads back.
    both(&lab, "10.77.0.1 node1.cluster.test\n10.77.0.1 node1", &[]);

    both(&lab, "10.77.0.1 node1 node1.cluster.test", &["short-name-first 10.77.0.1"])
        .assert_server_said("refused user \"alice\" host \"node1\" addr");
    both(&lab, "10.77.0.1 other.cluster.test node1.cluster.test", &["name-is-alias node1.cluster.test"])
        .assert_server_said("refused user \"alice\" host \"other.cluster.test\" addr");
    both(
        &lab,
        "10.77.0.1 other.cluster.test\n10.77.0.9 node1.cluster.test",
        &["address-not-in-forward node1.cluster.test", "reverse-mismatch 10.77.0.1"],
    );
    both(&lab, "10.77.0.1 10.77.0.9 node1.cluster.test", &["reverse-mismatch 10.77.0.1"])
        .assert_server_said("Nasty PTR record \"10.77.0.9\"");
    both(
        &lab,
        "10.77.0.9 node1.cluster.test\n10.77.0.1 node2.cluster.test",
        &["address-not-in-forward node1.cluster.test", "reverse-mismatch 10.77.0.1"],
    );
    both(&lab, "fd77::1 node1.cluster.test", &["address-not-in-forward node1.cluster.test"]);
}

#[test]
fn a_name_that_sshd_does_not_look_up_stops_nothing() {
    let lab = needs_root_and_sshd!();
    registered(&lab);
    lab.write("/etc/hosts", format!("10.77.0.1 node1 node1.cluster.test\n{OTHERS}"));
    let (done, found) = check(&lab, &["--names", "address"]);
    assert_eq!(done.code, Some(0), "{found:?}");
    assert!(found.contains(&"warning short-name-first 10.77.0.1".to_owned()), "{found:?}");
    let (done, found) = check(&lab, &["--allow", "short-name-first"]);
    assert_eq!(done.code, Some(0), "{found:?}");
}

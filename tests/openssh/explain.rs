//! `hostbased explain` says of real logins what sshd did, and why.

use std::process::Stdio;

use serde_json::Value;

use crate::keys;
use crate::lab::{ALICE, BOB, CLIENT, CLIENT_ADDRESS, Lab, User};
use crate::register::{COMMAND, KNOWN_HOSTS, NamedBy, SHOSTS_EQUIV, registered};
use crate::session::{LOG, Login};

/// Runs `explain` as root, with sshd's own options, and returns its object and exit code.
fn explain(lab: &Lab, arguments: &[&str]) -> (Option<i32>, Value) {
    let done = lab.finish(lab.as_root(COMMAND).args(["explain", "--json"]).args(arguments).stdin(Stdio::null()));
    let json = serde_json::from_str(&done.text()).unwrap_or_else(|error| panic!("{error}: {done:?}"));
    (done.code, json)
}

/// What the administrator knows of the login: the names, the address and the key's file.
fn by_hand(lab: &Lab, account: User, host: &str) -> (Option<i32>, Value) {
    let key = format!("{}.pub", keys::ed25519().private_path());
    let host = format!("{host}.");
    let arguments = ["--user", account.name, "--client-user", ALICE.name, "--client-host", &host];
    explain(lab, &[&arguments[..], &["--address", CLIENT_ADDRESS, "--key", &key]].concat())
}

/// A login of alice's that sshd refuses, and the same login explained: by hand, and from sshd's own log, where the key
/// that was shown is among those that are known.
fn refused(lab: &Lab, account: User, host: &str, code: &str) -> Login {
    let login = lab.log_in(ALICE, account, &[]);
    let (exit, json) = by_hand(lab, account, host);
    assert_eq!((exit, json["reason"].as_str()), (Some(1), Some(code)), "{json:#}\n{login:?}");
    assert_eq!(json["options"], "sshd", "{json:#}");
    login.assert_server_refused(json["sshd_message"].as_str().unwrap());
    let (exit, logged) = explain(lab, &["--from-log", LOG]);
    assert_eq!((exit, &logged["steps"]), (Some(1), &json["steps"]), "{logged:#}\n{login:?}");
    assert_eq!(logged["attempt"]["key"], json["attempt"]["key"]);
    login
}

#[test]
fn explain_says_what_sshd_does() {
    let lab = needs_root_and_sshd!();
    registered(&lab);
    let (exit, json) = by_hand(&lab, ALICE, CLIENT);
    assert_eq!((exit, &json["decision"]), (Some(0), &"accept".into()), "{json:#}");
    assert_eq!((&json["attempt"]["names"][0], &json["options"]), (&CLIENT.into(), &"sshd".into()), "{json:#}");
    let lines: Vec<(&str, u64)> = json["steps"].as_array().unwrap().iter().filter_map(place).collect();
    assert_eq!(lines, [(SHOSTS_EQUIV, 1), (KNOWN_HOSTS, 1)], "{json:#}");

    refused(&lab, BOB, CLIENT, "equiv-no-match");

    let [equiv, known_hosts] = [SHOSTS_EQUIV, KNOWN_HOSTS].map(|file| lab.read(file));
    lab.write(SHOSTS_EQUIV, format!("-{CLIENT}\n{equiv}"));
    refused(&lab, ALICE, CLIENT, "equiv-denies").assert_server_said("Matched negative entry in");
    lab.write(SHOSTS_EQUIV, equiv);

    let key = keys::ed25519().public_without_comment();
    lab.write(KNOWN_HOSTS, format!("{CLIENT_ADDRESS} {key}\n"));
    refused(&lab, ALICE, CLIENT, "host-key-unknown");
    lab.write(KNOWN_HOSTS, format!("{known_hosts}@revoked {CLIENT} {key}\n"));
    refused(&lab, ALICE, CLIENT, "host-key-revoked");
    let another = keys::another_ed25519().public_without_comment();
    lab.write(KNOWN_HOSTS, format!("{CLIENT} {another}\n{CLIENT_ADDRESS} {key}\n"));
    refused(&lab, ALICE, CLIENT, "host-key-changed");

    // What sshd takes from the resolver is what is explained: another name in /etc/hosts, another decision.
    lab.write(KNOWN_HOSTS, known_hosts);
    let hosts = lab.read("/etc/hosts");
    let other = "node9.cluster.test";
    lab.write("/etc/hosts", hosts.replace(&format!("{CLIENT_ADDRESS} {CLIENT}"), &format!("{CLIENT_ADDRESS} {other}")));
    refused(&lab, ALICE, other, "equiv-no-match").assert_server_said(other);
    // And a number is no name.
    lab.write("/etc/hosts", format!("{CLIENT_ADDRESS} 10.77.0.9\n{hosts}"));
    let login = refused(&lab, ALICE, "10.77.0.9", "equiv-no-match");
    login.assert_server_said("Nasty PTR record \"10.77.0.9\" is set up for 10.77.0.1, ignoring");
    let (_, json) = by_hand(&lab, ALICE, CLIENT);
    assert!(json["notes"].to_string().contains("sshd logs: Nasty PTR record"), "{json:#}");
    lab.write("/etc/hosts", hosts);
    lab.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
    assert_eq!(by_hand(&lab, ALICE, CLIENT).0, Some(0));
}

fn place(step: &Value) -> Option<(&str, u64)> {
    Some((step["file"].as_str()?, step["line"].as_u64()?))
}

/// Match blocks are sshd's to work out.
#[test]
fn explain_asks_sshd_for_the_account_and_the_address() {
    let lab = needs_root_and_sshd!();
    lab.install_key(keys::ed25519());
    lab.start_sshd(NamedBy::Address.sshd_config());
    lab.register(NamedBy::Address);
    let config = lab.read("/etc/ssh/sshd_config");
    lab.write(
        "/etc/ssh/sshd_config",
        format!("{config}Match User alice Address 10.77.0.1\nHostbasedAuthentication no\n"),
    );
    let (exit, json) = by_hand(&lab, ALICE, CLIENT);
    assert_eq!((exit, json["reason"].as_str()), (Some(1), Some("method-not-enabled")), "{json:#}");
    lab.write(
        "/etc/ssh/sshd_config",
        format!("{config}Match User bob Address 10.77.0.1\nHostbasedAuthentication no\n"),
    );
    let (exit, json) = by_hand(&lab, ALICE, CLIENT);
    assert_eq!((exit, json["decision"].as_str()), (Some(0), Some("accept")), "{json:#}");
}

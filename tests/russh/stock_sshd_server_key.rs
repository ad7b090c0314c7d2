//! `russh_client` goes to the server that it knows, and shows nothing to any other.

use crate::keys;
use crate::lab::{ALICE, Lab, SERVER};
use crate::register::NamedBy;
use crate::russh_client::Signer;
use crate::session::Login;
use crate::stock_sshd::registered;

/// The client left before it said who it is, for this reason; sshd saw no user.
#[track_caller]
fn left(login: &Login, reason: &str) {
    assert_eq!((login.client.code, login.client.text()), (Some(255), String::new()), "{login:?}");
    assert!(login.client.stderr.starts_with(&format!("russh_client: {SERVER} shows {reason}")), "{login:?}");
    assert_eq!(login.times_server_said("userauth-request"), 0, "{login:?}");
}

fn log_in(lab: &Lab, options: &[&str]) -> Login {
    lab.russh_log_in(Signer::Helper, ALICE, ALICE, options)
}

#[test]
fn a_server_that_is_known_by_no_file() {
    let lab = needs_root_and_sshd!();
    let key = keys::ed25519();
    registered(&lab, key, NamedBy::Name, "");
    let shown = format!("ED25519 {}", key.public_key().fingerprint());
    let known_hosts = "/home/alice/.ssh/known_hosts";
    let line = format!("{SERVER} {}\n", key.public_without_comment());

    // Another host's, or by a port that it is not asked at: unknown.
    for other in [String::new(), format!("x{line}"), format!("[{SERVER}]:2222 {}\n", key.public_without_comment())] {
        lab.write(known_hosts, other);
        left(&log_in(&lab, &[]), &format!("{shown}, which is not known; "));
    }
    // The machine's own file counts as well.
    lab.write("/etc/ssh/ssh_known_hosts", format!("{}{line}", lab.read("/etc/ssh/ssh_known_hosts")));
    log_in(&lab, &[]).assert_is(ALICE);
    // A revocation in either counts above all.
    lab.write(known_hosts, format!("@revoked * {}\n", key.public_without_comment()));
    left(&log_in(&lab, &[]), &format!("{shown}, which {known_hosts}:1 revokes"));
    // So it is not passed over when it cannot be read.
    lab.set_mode(known_hosts, 0o000);
    let login = log_in(&lab, &[]);
    assert_eq!((login.client.code, login.client.text()), (Some(255), String::new()), "{login:?}");
    assert!(login.client.stderr.starts_with(&format!("russh_client: {known_hosts}: Permission denied")), "{login:?}");
}

#[test]
fn a_server_that_shows_another_key() {
    let lab = needs_root_and_sshd!();
    let (key, other) = (keys::ed25519(), keys::another_ed25519());
    registered(&lab, key, NamedBy::Name, "");
    let shown = format!("ED25519 {}", key.public_key().fingerprint());
    lab.write("/home/alice/.ssh/known_hosts", format!("# mine\n{SERVER} {}\n", other.public_without_comment()));
    left(&log_in(&lab, &[]), &format!("{shown}; /home/alice/.ssh/known_hosts:2 has another key for it"));

    // One key that was given stands above all files.
    lab.know_server(ALICE, &key.public_without_comment());
    lab.write("/home/alice/other.pub", &other.public);
    let not = format!("{shown}, not ED25519 {}", other.public_key().fingerprint());
    left(&log_in(&lab, &["--known-host-key", "/home/alice/other.pub"]), &not);
    lab.write("/home/alice/.ssh/known_hosts", "");
    lab.write("/home/alice/key.pub", &key.public);
    log_in(&lab, &["--known-host-key", "/home/alice/key.pub"]).assert_is(ALICE);
}

/// The server has two keys, and is known by the one that it would not show first.
#[test]
fn a_server_is_asked_for_the_type_of_key_that_it_is_known_by() {
    let lab = needs_root_and_sshd!();
    lab.install_key(keys::rsa());
    registered(&lab, keys::ed25519(), NamedBy::Name, "");
    for key in [keys::ed25519(), keys::rsa()] {
        lab.know_server(ALICE, &key.public_without_comment());
        log_in(&lab, &[]).assert_is(ALICE);
    }
}

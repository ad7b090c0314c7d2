//! Near-misses: what logged in a moment ago, with one thing changed, is refused for that thing, and the log has its code.

use crate::keys;
use crate::lab::{ALICE, BOB, CLIENT, CLIENT_ADDRESS, Lab};
use crate::russh_server::{KNOWN_HOSTS, SHOSTS_EQUIV, Server};

/// A client that is registered by its name, and has just logged in.
fn registered<'a>(lab: &'a Lab, options: &[&str]) -> Server<'a> {
    let server = lab.serve(keys::ed25519(), CLIENT, &[&["--set", "UseDNS=yes"], options].concat());
    server.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
    server
}

#[test]
fn a_host_that_is_not_in_shosts_equiv() {
    let lab = needs_root_and_sshd!();
    let server = registered(&lab, &[]);
    lab.write(SHOSTS_EQUIV, "node11.cluster.test\nnode1\n10.77.0.11\n");
    server.log_in(ALICE, ALICE, &[]).assert_refused("equiv-no-match");
}

#[test]
fn a_host_that_is_denied_before_it_is_allowed() {
    let lab = needs_root_and_sshd!();
    let server = registered(&lab, &[]);
    lab.write(SHOSTS_EQUIV, "-node1.cluster.test\nnode1.cluster.test\n");
    server.log_in(ALICE, ALICE, &[]).assert_refused("equiv-denies");
}

#[test]
fn a_host_that_is_not_in_known_hosts() {
    let lab = needs_root_and_sshd!();
    let server = registered(&lab, &[]);
    let key = keys::ed25519().public_without_comment();
    lab.write(KNOWN_HOSTS, format!("node11.cluster.test,[node1.cluster.test]:22022 {key}\n"));
    server.log_in(ALICE, ALICE, &[]).assert_refused("host-key-unknown");
}

#[test]
fn a_host_that_is_known_by_another_key() {
    let lab = needs_root_and_sshd!();
    let server = registered(&lab, &[]);
    let key = keys::another_ed25519().public_without_comment();
    lab.write(KNOWN_HOSTS, format!("node1.cluster.test {key}\n"));
    server.log_in(ALICE, ALICE, &[]).assert_refused("host-key-changed");
}

#[test]
fn a_host_whose_key_is_revoked() {
    let lab = needs_root_and_sshd!();
    let server = registered(&lab, &[]);
    let key = keys::ed25519().public_without_comment();
    lab.write(KNOWN_HOSTS, format!("{}@revoked * {key}\n", lab.read(KNOWN_HOSTS)));
    server.log_in(ALICE, ALICE, &[]).assert_refused("host-key-revoked");
}

#[test]
fn a_key_of_the_revocation_list() {
    let lab = needs_root_and_sshd!();
    lab.write("/etc/ssh/revoked", "");
    let server = registered(&lab, &["--set", "RevokedKeys=/etc/ssh/revoked"]);
    lab.write("/etc/ssh/revoked", format!("{}\n", keys::ed25519().public_without_comment()));
    server.log_in(ALICE, ALICE, &[]).assert_refused("key-revoked");
    std::fs::remove_file(lab.path("/etc/ssh/revoked")).unwrap();
    server.log_in(ALICE, ALICE, &[]).assert_refused("revoked-keys-missing");
}

#[test]
fn another_account_than_the_users_own() {
    let lab = needs_root_and_sshd!();
    let server = registered(&lab, &[]);
    server.log_in(ALICE, BOB, &[]).assert_refused("equiv-no-match");
    // A line that names a user lets him into every account but root's (hosts.equiv(5)).
    lab.write(SHOSTS_EQUIV, format!("{CLIENT} alice\n"));
    let login = server.log_in(ALICE, BOB, &[]);
    login.assert_is(BOB);
    login.assert_field("client_user", "alice");
    server.log_in(BOB, ALICE, &[]).assert_refused("equiv-no-match");
}

#[test]
fn an_account_that_there_is_not_or_that_is_closed() {
    let lab = needs_root_and_sshd!();
    let server = registered(&lab, &[]);
    let nobody = crate::lab::User { name: "carol", ..ALICE };
    server.log_in(ALICE, nobody, &[]).assert_refused("account-unknown");
    lab.write("/etc/shadow", lab.read("/etc/shadow").replace("alice:*:", "alice:!:"));
    server.log_in(ALICE, ALICE, &[]).assert_refused("account-locked");
    server.log_in(BOB, BOB, &[]).assert_is(BOB);
    lab.write("/etc/passwd", lab.read("/etc/passwd").replace("/home/bob:/bin/sh", "/home/bob:/bin/none"));
    server.log_in(BOB, BOB, &[]).assert_refused("shell-missing");
}

#[test]
fn users_and_groups_that_the_policy_denies() {
    let lab = needs_root_and_sshd!();
    lab.write("/etc/group", format!("{}staff:x:5800:alice\n", lab.read("/etc/group")));
    let server = registered(&lab, &["--set", "AllowGroups=staff"]);
    server.log_in(BOB, BOB, &[]).assert_refused("group-not-allowed");
    drop(server);
    let lab = needs_root_and_sshd!();
    let server = registered(&lab, &["--set", "DenyUsers=bob@10.77.0.0/16"]);
    server.log_in(BOB, BOB, &[]).assert_refused("user-denied");
}

/// What guides of the time before `UseDNS no` have: the client is registered by its name alone.
#[test]
fn a_name_where_the_server_goes_by_addresses() {
    let lab = needs_root_and_sshd!();
    let server = lab.serve(keys::ed25519(), CLIENT, &[]);
    server.log_in(ALICE, ALICE, &[]).assert_refused("equiv-no-match");
    lab.write(SHOSTS_EQUIV, format!("{CLIENT_ADDRESS}\n"));
    server.log_in(ALICE, ALICE, &[]).assert_refused("host-key-unknown");
    lab.write(KNOWN_HOSTS, format!("{CLIENT_ADDRESS} {}\n", keys::ed25519().public_without_comment()));
    server.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
}

#[test]
fn an_algorithm_that_the_server_does_not_take() {
    let lab = needs_root_and_sshd!();
    let accepted = "HostbasedAcceptedAlgorithms=rsa-sha2-512,rsa-sha2-256";
    let server = lab.serve(keys::ed25519(), CLIENT_ADDRESS, &["--set", accepted]);
    server.log_in(ALICE, ALICE, &[]).assert_refused("algorithm-not-accepted");
}

#[test]
fn files_that_others_may_write() {
    let lab = needs_root_and_sshd!();
    let server = registered(&lab, &[]);
    lab.set_mode(KNOWN_HOSTS, 0o666);
    let login = server.log_in(ALICE, ALICE, &[]);
    login.assert_refused("known-hosts-unreadable");
    assert!(login.log.contains("cannot be read: "), "{login:?}");
    lab.set_mode(KNOWN_HOSTS, 0o644);
    lab.set_mode(SHOSTS_EQUIV, 0o622);
    server.log_in(ALICE, ALICE, &[]).assert_refused("equiv-unreadable");
    lab.set_mode(SHOSTS_EQUIV, 0o644);
    server.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
}

#[test]
fn root() {
    let lab = needs_root_and_sshd!();
    let server = registered(&lab, &[]);
    let root = crate::lab::User { name: "root", uid: 0, gid: 0 };
    // The system's files let nobody become root.
    server.log_in(root, root, &[]).assert_refused("root-ignores-system-files");
}

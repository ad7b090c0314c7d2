//! Near-misses at the server: what logged in a moment ago, with one thing changed, is refused for that thing.

use crate::keys;
use crate::lab::{ALICE, BOB};
use crate::register::{KNOWN_HOSTS, NamedBy, SHOSTS_EQUIV, registered};

const EQUIV_REFUSED: &str = "auth_rhosts2 refused user \"alice\" host \"node1.cluster.test\" addr \"10.77.0.1\"";
const EQUIV_ALLOWED: &str = "access allowed by auth_rhosts2";
const KEY_NOT_FOUND: &str = "key for host node1.cluster.test not found";

#[test]
fn a_host_that_is_not_in_shosts_equiv() {
    let lab = needs_root_and_sshd!();
    registered(&lab);
    lab.write(SHOSTS_EQUIV, "node11.cluster.test\nnode1\n10.77.0.11\n");
    lab.log_in(ALICE, ALICE, &[]).assert_server_refused(EQUIV_REFUSED);
}

#[test]
fn a_host_that_is_denied_before_it_is_allowed() {
    let lab = needs_root_and_sshd!();
    registered(&lab);
    lab.write(SHOSTS_EQUIV, "-node1.cluster.test\nnode1.cluster.test\n");
    let login = lab.log_in(ALICE, ALICE, &[]);
    login.assert_server_refused(EQUIV_REFUSED);
    login.assert_server_said("Matched negative entry in");
}

#[test]
fn a_host_that_is_not_in_known_hosts() {
    let lab = needs_root_and_sshd!();
    registered(&lab);
    let key = keys::ed25519().public_without_comment();
    lab.write(KNOWN_HOSTS, format!("node11.cluster.test,[node1.cluster.test]:22022 {key}\n"));
    let login = lab.log_in(ALICE, ALICE, &[]);
    login.assert_server_refused(KEY_NOT_FOUND);
    login.assert_server_said(EQUIV_ALLOWED);
    // Twice: a host without any entry is looked for in the second pair of files too.
    assert_eq!(login.times_server_said(KEY_NOT_FOUND), 2, "{login:?}");
}

#[test]
fn a_host_that_is_known_by_another_key() {
    let lab = needs_root_and_sshd!();
    registered(&lab);
    let key = keys::another_ed25519().public_without_comment();
    lab.write(KNOWN_HOSTS, format!("node1.cluster.test {key}\n"));
    let login = lab.log_in(ALICE, ALICE, &[]);
    login.assert_server_refused(KEY_NOT_FOUND);
    login.assert_server_said(EQUIV_ALLOWED);
    assert_eq!(login.times_server_said(KEY_NOT_FOUND), 1, "{login:?}");
}

#[test]
fn a_host_whose_key_is_revoked() {
    let lab = needs_root_and_sshd!();
    registered(&lab);
    let key = keys::ed25519().public_without_comment();
    lab.write(KNOWN_HOSTS, format!("{}@revoked * {key}\n", lab.read(KNOWN_HOSTS)));
    let login = lab.log_in(ALICE, ALICE, &[]);
    login.assert_server_refused("WARNING: revoked key for node1.cluster.test attempted authentication");
}

#[test]
fn a_host_that_was_removed_again() {
    let lab = needs_root_and_sshd!();
    registered(&lab);
    lab.unregister();
    lab.log_in(ALICE, ALICE, &[]).assert_server_refused(EQUIV_REFUSED);
    lab.register(NamedBy::Name);
    lab.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
}

#[test]
fn another_account_than_the_users_own() {
    let lab = needs_root_and_sshd!();
    registered(&lab);
    let login = lab.log_in(ALICE, BOB, &[]);
    // sshd names the user on the client here.
    login.assert_server_refused(EQUIV_REFUSED);
    login.assert_server_said("Failed hostbased for bob from 10.77.0.1 port ");
}

/// What is registered by hand by the wrong kind of name, as guides of the time before `UseDNS no` have it.
#[test]
fn a_name_where_the_server_goes_by_addresses() {
    let lab = needs_root_and_sshd!();
    lab.install_key(keys::ed25519());
    lab.start_sshd(NamedBy::Address.sshd_config());
    let key = keys::ed25519().public_without_comment();
    lab.write(KNOWN_HOSTS, format!("node1.cluster.test,10.77.0.1 {key}\n"));
    lab.write(SHOSTS_EQUIV, "node1.cluster.test\n");
    lab.log_in(ALICE, ALICE, &[]).assert_server_refused(&EQUIV_REFUSED.replace("node1.cluster.test", "10.77.0.1"));
    lab.write(SHOSTS_EQUIV, "10.77.0.1\n");
    lab.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
}

/// sshd asks shosts.equiv by name or address, but ssh_known_hosts by name alone.
#[test]
fn an_address_where_the_server_goes_by_names() {
    let lab = needs_root_and_sshd!();
    lab.install_key(keys::ed25519());
    lab.start_sshd(NamedBy::Name.sshd_config());
    let key = keys::ed25519().public_without_comment();
    lab.write(KNOWN_HOSTS, format!("10.77.0.1 {key}\n"));
    lab.write(SHOSTS_EQUIV, "10.77.0.1\n");
    let login = lab.log_in(ALICE, ALICE, &[]);
    login.assert_server_said(EQUIV_ALLOWED);
    login.assert_server_refused(KEY_NOT_FOUND);
    lab.write(KNOWN_HOSTS, format!("node1.cluster.test {key}\n"));
    lab.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
}

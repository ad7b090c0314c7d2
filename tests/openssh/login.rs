//! A registered client logs in, by hostbased alone: every type of host key, every form of its file, names and addresses.

use crate::keys::{self, KeyPair, PrivateFormat};
use crate::lab::{ALICE, BOB, Lab};
use crate::register::NamedBy;

/// Registers a client that has this key only, logs in by that algorithm, and sees in both logs that it was that key.
#[track_caller]
fn logs_in(lab: &Lab, key: &KeyPair, algorithm: &str, named_by: NamedBy) {
    lab.install_key(key);
    lab.start_sshd(named_by.sshd_config());
    lab.register(named_by);
    let login = lab.log_in(ALICE, ALICE, &["-o", &format!("HostbasedAcceptedAlgorithms={algorithm}")]);
    login.assert_is(ALICE);
    let public = key.public_key();
    let (key_type, fingerprint) = (public.key_type().short_name(), public.fingerprint());
    let from = named_by.client();
    login.assert_server_said(&format!("Accepted {key_type} public key {fingerprint} from alice@{from}"));
    let trying = format!("trying hostkey {} {fingerprint} using sigalg {algorithm}", public.key_type());
    assert!(login.client.stderr.contains(&trying), "no {trying:?}: {login:?}");
}

#[test]
fn ed25519_by_name() {
    logs_in(&needs_root_and_sshd!(), keys::ed25519(), "ssh-ed25519", NamedBy::Name);
}

#[test]
fn ed25519_by_address() {
    logs_in(&needs_root_and_sshd!(), keys::ed25519(), "ssh-ed25519", NamedBy::Address);
}

#[test]
fn ecdsa_256() {
    logs_in(&needs_root_and_sshd!(), keys::ecdsa256(), "ecdsa-sha2-nistp256", NamedBy::Address);
}

#[test]
fn ecdsa_384() {
    logs_in(&needs_root_and_sshd!(), keys::ecdsa384(), "ecdsa-sha2-nistp384", NamedBy::Name);
}

#[test]
fn ecdsa_521() {
    logs_in(&needs_root_and_sshd!(), keys::ecdsa521(), "ecdsa-sha2-nistp521", NamedBy::Address);
}

#[test]
fn rsa_with_sha_256() {
    logs_in(&needs_root_and_sshd!(), keys::rsa(), "rsa-sha2-256", NamedBy::Name);
}

#[test]
fn rsa_with_sha_512() {
    logs_in(&needs_root_and_sshd!(), keys::rsa(), "rsa-sha2-512", NamedBy::Address);
}

#[test]
fn rsa_of_an_odd_size() {
    logs_in(&needs_root_and_sshd!(), keys::rsa_of_an_odd_size(), "rsa-sha2-512", NamedBy::Address);
}

#[test]
fn private_keys_in_traditional_form() {
    let rsa = keys::rsa().in_format(PrivateFormat::Traditional);
    logs_in(&needs_root_and_sshd!(), &rsa, "rsa-sha2-512", NamedBy::Name);
    let ecdsa = keys::ecdsa256().in_format(PrivateFormat::Traditional);
    logs_in(&needs_root_and_sshd!(), &ecdsa, "ecdsa-sha2-nistp256", NamedBy::Name);
}

#[test]
fn private_keys_in_pkcs8() {
    let rsa = keys::rsa().in_format(PrivateFormat::Pkcs8);
    logs_in(&needs_root_and_sshd!(), &rsa, "rsa-sha2-512", NamedBy::Name);
    let ecdsa = keys::ecdsa521().in_format(PrivateFormat::Pkcs8);
    logs_in(&needs_root_and_sshd!(), &ecdsa, "ecdsa-sha2-nistp521", NamedBy::Name);
}

/// One scan registers every key, and ssh takes the first of its list that the client has.
#[test]
fn a_client_with_all_its_keys() {
    let lab = needs_root_and_sshd!();
    for key in [keys::ed25519(), keys::ecdsa256(), keys::rsa()] {
        lab.install_key(key);
    }
    lab.start_sshd(NamedBy::Name.sshd_config());
    lab.register(NamedBy::Name);
    lab.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
    lab.log_in(BOB, BOB, &[]).assert_is(BOB);
}

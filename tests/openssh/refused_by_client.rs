//! Near-misses on the client: no request is ever signed, and the helper says why.

use crate::keys;
use crate::lab::ALICE;
use crate::register::registered;

#[test]
fn a_helper_without_set_uid() {
    let lab = needs_root_and_sshd!();
    registered(&lab);
    lab.set_helper_owner_and_mode(0, 0o711);
    lab.log_in(ALICE, ALICE, &[]).assert_helper_refused("could not open any host key");
}

#[test]
fn a_configuration_that_does_not_enable_the_helper() {
    let lab = needs_root_and_sshd!();
    registered(&lab);
    let not_enabled = "ssh-keysign not enabled in /etc/ssh/ssh_config";
    for first_lines in
        ["", "EnableSSHKeysign no\nEnableSSHKeysign yes\n", "Host srv.cluster.test\nEnableSSHKeysign yes\n"]
    {
        lab.write_client_config(first_lines);
        lab.log_in(ALICE, ALICE, &[]).assert_helper_refused(not_enabled);
    }
    // The user's own word does not count.
    lab.log_in(ALICE, ALICE, &["-o", "EnableSSHKeysign=yes"]).assert_helper_refused(not_enabled);
    lab.write_client_config("Host *\nEnableSSHKeysign yes\n");
    lab.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
}

#[test]
fn a_public_key_without_its_private_key() {
    let lab = needs_root_and_sshd!();
    registered(&lab);
    let stale = keys::another_ed25519();
    lab.write(&format!("{}.pub", stale.private_path()), format!("{}\n", stale.public));
    let fingerprint = stale.public_key().fingerprint();
    let line = format!("ssh-keysign: no matching hostkey found for key ED25519 {fingerprint}");
    lab.log_in(ALICE, ALICE, &[]).assert_helper_refused(&line);
}

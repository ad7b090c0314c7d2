//! A configuration that ssh or sshd does not approve of does not stay.

use crate::fixture::{has_nothing_to_do, is_refused, setup, tree, writes};
use crate::pair::{self, Machine, Pair, SSHD_CONFIG};

/// Puts a script in the place of a program. It does what `then` says as soon as our lines stand somewhere, and else is the
/// program itself.
fn replace(machine: &Machine, program: &str, then: &str) {
    machine.root_runs(&format!("cp -a {program} /root/real"));
    let script =
        format!("#!/bin/sh\ngrep -rqs '^# hostbased setup: begin' /etc/ssh && {{ {then}; }}\nexec /root/real \"$@\"\n");
    machine.write_with_mode("/root/script", script, 0o755);
    machine.root_runs(&format!("mount --bind /root/script {program}"));
}

#[test]
fn what_sshd_refuses_is_taken_back_whole() {
    needs!(pair::missing());
    let pair = Pair::bare();
    let machine = &pair.server;
    machine.replace(SSHD_CONFIG, "Include", "#Include");
    machine.append(SSHD_CONFIG, "RhostsAuthentication no\n");
    machine.write(&format!("{SSHD_CONFIG}.old"), "of before\n");
    machine.set_mode(SSHD_CONFIG, 0o600);
    replace(machine, "/usr/sbin/sshd", "echo '/etc/ssh/sshd_config line 9: it will not do' >&2; exit 255");
    let error = is_refused(machine, "server --names dns --yes");
    assert!(error.contains("sshd_config line 9: it will not do\nnothing was changed"), "{error}");
}

#[test]
fn what_does_not_count_is_taken_back_whole() {
    needs!(pair::missing());
    let pair = Pair::bare();
    replace(&pair.server, "/usr/sbin/sshd", "[ \"$1\" != -T ] || { echo usedns no; exit 0; }");
    let error = is_refused(&pair.server, "server --names dns --yes");
    assert!(error.contains("HostbasedAuthentication is \"\" all the same, not yes"), "{error}");
    // No key is made for a configuration that does not stay.
    replace(&pair.client, "/usr/bin/ssh", "echo hostbasedauthentication no; exit 0");
    let error = is_refused(&pair.client, "client --server srv --yes");
    assert!(error.contains("EnableSSHKeysign is not on where ssh-keysign reads it\nnothing was changed"), "{error}");
}

#[test]
fn a_run_that_is_killed_leaves_files_that_the_next_run_understands() {
    needs!(pair::missing());
    let pair = Pair::bare();
    let machine = &pair.server;
    machine.replace(SSHD_CONFIG, "Include", "#Include");
    let before = tree(machine, "/etc/ssh");
    replace(machine, "/usr/sbin/sshd", "kill -9 $PPID");
    assert_eq!(setup(machine, "server --names dns --yes").code, None);
    machine.root_runs("umount /usr/sbin/sshd");
    assert_eq!(tree(machine, "/etc/ssh").get("/etc/ssh/sshd_config.old"), before.get(SSHD_CONFIG));
    has_nothing_to_do(machine, "server --names dns --yes");
    writes(machine, "server --undo --yes");
    assert_eq!(tree(machine, "/etc/ssh").get(SSHD_CONFIG), before.get(SSHD_CONFIG));
}

//! What is refused, with nothing changed and nothing left behind.

use crate::fixture::{is_refused, setup, tree};
use crate::pair::{self, ALICE, Pair, SSH_CONFIG, SSHD_CONFIG};
use crate::run::Run;

const CLIENT: &str = "client --server srv --yes";
const SERVER: &str = "server --names dns --yes";

#[test]
fn a_configuration_that_is_broken_is_nobody_s_to_build_on() {
    needs!(pair::missing());
    let pair = Pair::bare();
    pair.server.append(SSHD_CONFIG, "Match User bob\nUseDNS yes\n");
    let error = is_refused(&pair.server, SERVER);
    assert!(error.starts_with("hostbased: sshd refuses its configuration as it is: "), "{error}");
    assert!(error.contains("'UseDNS' is not allowed within a Match block"), "{error}");
    pair.client.append(SSH_CONFIG, "NoSuchOption yes\n");
    let error = is_refused(&pair.client, CLIENT);
    assert!(error.starts_with("hostbased: ssh refuses the configuration as it is: "), "{error}");
    assert!(error.contains("Bad configuration option: nosuchoption"), "{error}");
}

#[test]
fn others_than_root_and_machines_without_ssh_are_told_so() {
    needs!(pair::missing());
    let pair = Pair::bare();
    let run = pair.client.as_user(ALICE, "hostbased").args(["setup", "client", "--dry-run"]).output().unwrap();
    let run = Run::from(run);
    assert!(run.code == Some(2) && run.error.contains("only root may set a machine up"), "{run:?}");
    pair.server.root_runs("mount --bind /dev/null /usr/sbin/sshd");
    let error = is_refused(&pair.server, SERVER);
    assert!(error.contains("there is no sshd on this machine\ninstall openssh-server"), "{error}");
    pair.server.remove(SSHD_CONFIG);
    let error = is_refused(&pair.server, SERVER);
    assert!(error.contains(&format!("there is no {SSHD_CONFIG}\ninstall the package")), "{error}");
}

#[test]
fn what_others_may_write_or_nobody_is_refused() {
    needs!(pair::missing());
    let pair = Pair::bare();
    let (client, server) = (&pair.client, &pair.server);
    client.set_mode("/etc/ssh/ssh_config.d", 0o777);
    client.write("/etc/ssh/ssh_config.d/x.conf", "");
    let error = is_refused(client, CLIENT);
    assert!(error.contains("group or others may write it"), "{error}");
    server.set_mode(SSHD_CONFIG, 0o664);
    let error = is_refused(server, SERVER);
    assert!(error.contains(&format!("{SSHD_CONFIG}: group or others may write it (mode 0664)")), "{error}");
    server.set_mode(SSHD_CONFIG, 0o644);
    server.root_runs("mount -o remount,bind,ro /etc");
    let before = tree(server, "/etc/ssh");
    let run = setup(server, SERVER);
    assert_eq!((run.code, tree(server, "/etc/ssh")), (Some(2), before));
    assert!(run.error.contains("Read-only file system"), "{run:?}");
}

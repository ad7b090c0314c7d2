//! What the cases stand on: a healthy pair works, and one as it was installed does not.

use crate::pair::{self, ALICE, Answer, BOB, CLIENT, CLIENT_ADDRESS, Pair, ROOT};

#[test]
fn between_healthy_machines_users_log_in_and_root_does_not() {
    needs!(pair::missing());
    let pair = Pair::healthy();
    for user in [ALICE, BOB] {
        let login = pair.log_in(user, user, &[]);
        assert!(login.is(user), "{login:?}");
        assert!(login.server.contains(&format!("Accepted hostbased for {} from {CLIENT_ADDRESS} port ", user.name)));
    }
    for (user, account) in [(ROOT, ROOT), (ALICE, BOB)] {
        let login = pair.log_in(user, account, &[]);
        assert!(
            login.client.error.contains("we sent a hostbased packet") && login.client.code == Some(255),
            "{login:?}"
        );
    }
}

#[test]
fn between_machines_as_they_are_installed_nobody_logs_in() {
    needs!(pair::missing());
    let pair = Pair::bare();
    assert!(pair.start_sshd(), "{}", pair.server.read(pair::LOG));
    let login = pair.log_in(ALICE, ALICE, &[]);
    assert!(login.client.error.contains("Host key verification failed."), "{login:?}");
    let login = pair.log_in(ALICE, ALICE, &["-o", "StrictHostKeyChecking=no"]);
    assert!(login.client.error.contains("Permission denied (publickey,password)."), "{login:?}");
}

#[test]
fn a_server_asks_the_name_server() {
    needs!(pair::missing());
    let pair = Pair::healthy();
    pair.server.replace("/etc/hosts", &format!("10.77.0.1 {CLIENT} node1\n"), "");
    let login = pair.log_in(ALICE, ALICE, &[]);
    assert!(!login.is(ALICE), "{login:?}");
    pair.server.serve_names(&[
        (CLIENT_ADDRESS, Answer::Name(CLIENT)),
        (CLIENT, Answer::Address("10.77.0.9")),
        (CLIENT, Answer::Address(CLIENT_ADDRESS)),
    ]);
    let login = pair.log_in(ALICE, ALICE, &[]);
    assert!(login.is(ALICE), "{login:?}");
}

#[test]
fn an_sshd_reads_its_configuration_again_when_it_is_told_to() {
    needs!(pair::missing());
    let pair = Pair::healthy();
    pair.server.replace(pair::SSHD_CONFIG, "HostbasedAuthentication yes", "HostbasedAuthentication no");
    assert!(pair.log_in(ALICE, ALICE, &[]).is(ALICE));
    assert!(pair.reload_sshd());
    assert!(!pair.log_in(ALICE, ALICE, &[]).is(ALICE));
    pair.server.append(pair::SSHD_CONFIG, "NoSuchOption yes\n");
    assert!(!pair.reload_sshd());
    let login = pair.log_in(ALICE, ALICE, &[]);
    assert!(login.client.error.contains("Connection refused"), "{login:?}");
}

//! From two machines as they were installed to a login: three commands, and stock OpenSSH does the rest.

use std::process::Stdio;

use crate::fixture::{setup, writes};
use crate::pair::{self, ALICE, BOB, CLIENT, Pair};
use crate::run::Run;

#[test]
fn after_three_commands_users_log_in() {
    needs!(pair::missing());
    let pair = Pair::bare();
    // The client's sshd: it proves that its keys are this host's.
    let mut client_sshd = pair.client.as_root("sh");
    client_sshd.args(["-c", "exec \"$(command -v sshd)\" -D -e"]).stdout(Stdio::null()).stderr(Stdio::null());

    writes(&pair.client, "client --server *.cluster.test --yes");
    let mut client_sshd = client_sshd.spawn().unwrap();
    writes(&pair.server, "server --names dns --yes");
    assert!(pair.start_sshd(), "{}", pair.server.read(pair::LOG));
    let options = ["-o", "StrictHostKeyChecking=accept-new"];
    let login = pair.log_in(ALICE, ALICE, &options);
    assert!(!login.is(ALICE) && login.client.error.contains("we sent a hostbased packet"), "{login:?}");

    let enroll = ["enroll", CLIENT, "--trust-scan", "--yes"];
    let enroll = Run::from(pair.server.as_root("hostbased").args(enroll).output().unwrap());
    assert_eq!(enroll.code, Some(0), "{enroll:?}");
    for user in [ALICE, BOB] {
        let login = pair.log_in(user, user, &options);
        assert!(login.is(user), "{login:?}");
        assert!(login.client.error.contains("using \"hostbased\""), "{login:?}");
    }
    // And nobody as somebody else.
    assert!(!pair.log_in(ALICE, BOB, &options).is(BOB));

    // Taken back on one side, and then on both.
    assert_eq!(setup(&pair.server, "server --undo --yes").code, Some(0));
    assert!(pair.reload_sshd());
    assert!(!pair.log_in(ALICE, ALICE, &options).is(ALICE));
    let _ = client_sshd.kill();
    let _ = client_sshd.wait();
}

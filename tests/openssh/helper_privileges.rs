//! How the helper gets at the keys: set-uid root, or set-gid with a group that may read them; and what takes it away.

use crate::helper::{Question, Verdict, judge};
use crate::keys;
use crate::lab::{ALICE, Finished, Lab, SSH_KEYS_GID, User};
use crate::under_test::Expect;

const NO_KEY: Verdict = Verdict::Refuses("could not open any host key");

fn question() -> Question {
    Question::new(keys::ed25519(), "ssh-ed25519")
}

fn lab_with_key(lab: Lab) -> Lab {
    lab.install_key(keys::ed25519());
    lab
}

fn ask(lab: &Lab, setpriv: &[&str]) -> Finished {
    lab.ask_as(ALICE, setpriv, lab.connected_socket(), &question().frame())
}

#[test]
fn set_uid_root() {
    let lab = lab_with_key(needs_root_and_sshd!());
    let gid = ALICE.gid.to_string();
    judge(&"set-uid", &question(), &ask(&lab, &["--regid", &gid]), Verdict::Signs);
    // newgrp(1) and sg(1) change the real gid.
    judge(&"after newgrp", &question(), &ask(&lab, &["--regid", "5902"]), Verdict::Signs);
    judge(&"no_new_privs", &question(), &ask(&lab, &["--regid", &gid, "--no-new-privs"]), NO_KEY);
    lab.set_helper_owner_and_mode(0, 0o755);
    judge(&"no bit", &question(), &ask(&lab, &["--regid", &gid]), NO_KEY);
}

#[test]
fn set_gid_with_a_group_that_may_read_the_keys() {
    let lab = lab_with_key(needs_root_and_sshd!());
    let path = keys::ed25519().private_path();
    let gid = ALICE.gid.to_string();
    lab.set_helper_owner_and_mode(SSH_KEYS_GID, 0o2711);
    judge(&"keys that the group may not read", &question(), &ask(&lab, &["--regid", &gid]), NO_KEY);
    lab.set_owner(&path, 0, SSH_KEYS_GID);
    lab.set_mode(&path, 0o640);
    judge(&"set-gid", &question(), &ask(&lab, &["--regid", &gid]), Verdict::Signs);
    judge(&"no_new_privs", &question(), &ask(&lab, &["--regid", &gid, "--no-new-privs"]), NO_KEY);
    // OpenSSH sets the gid of the passwd entry, which only root may when the real gid is another one.
    let newgrp = Expect::differ(Verdict::Signs, Verdict::Refuses("setresgid 5001: Operation not permitted"));
    judge(&"after newgrp", &question(), &ask(&lab, &["--regid", "5902"]), newgrp.here());
}

#[test]
fn a_user_without_a_passwd_entry() {
    let lab = lab_with_key(needs_root_and_sshd!());
    let nobody_knows = User { name: "5999", uid: 5999, gid: 5999 };
    let answer = lab.ask_as(nobody_knows, &["--regid", "5999"], lab.connected_socket(), &question().frame());
    judge(&"uid 5999", &question(), &answer, Verdict::Refuses("getpwuid failed"));
}

#[test]
fn root_may_sign_for_itself_only() {
    let lab = lab_with_key(needs_root_and_sshd!());
    let root = User { name: "root", uid: 0, gid: 0 };
    for (user, verdict) in [("root", Verdict::Signs), ("alice", Verdict::Refuses("ssh-keysign: not a valid request"))] {
        let question = Question { user, ..question() };
        let answer = lab.ask_as(root, &["--regid", "0"], lab.connected_socket(), &question.frame());
        judge(&user, &question, &answer, verdict);
    }
}

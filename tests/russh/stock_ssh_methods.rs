//! publickey, alone and behind hostbased.

use crate::keys::{self, KeyPair};
use crate::lab::{ALICE, BOB, CLIENT_ADDRESS, Lab, User};
use crate::russh_server::SHOSTS_EQUIV;

/// A key of the user's own, and the line of `~/.ssh/authorized_keys` that lets it in.
fn own_key(lab: &Lab, user: User) -> &'static KeyPair {
    let key = keys::ecdsa384();
    let folder = format!("/home/{}/.ssh", user.name);
    lab.write_with_mode(&format!("{folder}/id"), &key.private, 0o600);
    authorize(lab, user, &format!("{}\n", key.public));
    for path in [folder.clone(), format!("{folder}/id")] {
        lab.set_owner(&path, user.uid, user.gid);
    }
    key
}

fn authorize(lab: &Lab, user: User, lines: &str) {
    lab.write(&format!("/home/{}/.ssh/authorized_keys", user.name), lines);
}

const IDENTITY: [&str; 4] = ["-i", "~/.ssh/id", "-o", "IdentitiesOnly=yes"];

fn public_key_only() -> Vec<&'static str> {
    [&IDENTITY[..], &["-o", "PreferredAuthentications=publickey"]].concat()
}

fn both() -> Vec<&'static str> {
    [&IDENTITY[..], &["-o", "PreferredAuthentications=hostbased,publickey"]].concat()
}

#[test]
fn a_key_of_the_users_own() {
    let lab = needs_root_and_sshd!();
    let server = lab.serve(keys::ed25519(), CLIENT_ADDRESS, &[]);
    own_key(&lab, ALICE);
    let login = server.log_in(ALICE, ALICE, &public_key_only());
    assert_eq!((login.client.code, login.client.text()), (Some(0), "alice".to_owned()), "{login:?}");
    assert_eq!(login.public_key(), ["accepted accepted"], "{login:?}");
    assert!(login.hostbased().is_empty(), "{login:?}");

    let log_in = |code: &str| {
        let login = server.log_in(ALICE, ALICE, &public_key_only());
        login.assert_nothing_ran();
        assert_eq!(login.public_key(), [format!("refused {code}")], "{login:?}");
    };
    let key = keys::ecdsa384().public_without_comment();
    authorize(&lab, ALICE, &format!("# {key}\n{}\n", keys::ecdsa521().public));
    log_in("key-not-authorized");
    authorize(&lab, ALICE, &format!("restrict {key}\n"));
    log_in("authorized-keys-options");
    authorize(&lab, ALICE, &format!("command=\"echo no\" {key}\n"));
    log_in("authorized-keys-options");
    authorize(&lab, ALICE, &format!("{key}\n"));
    lab.set_mode("/home/alice/.ssh/authorized_keys", 0o664);
    log_in("authorized-keys-unreadable");
    lab.set_mode("/home/alice/.ssh/authorized_keys", 0o644);
    lab.set_mode("/home/alice", 0o777);
    log_in("authorized-keys-unreadable");
    lab.set_mode("/home/alice", 0o755);
    lab.set_owner("/home/alice/.ssh/authorized_keys", BOB.uid, BOB.gid);
    log_in("authorized-keys-unreadable");
    lab.set_owner("/home/alice/.ssh/authorized_keys", ALICE.uid, ALICE.gid);
    lab.write("/etc/shadow", lab.read("/etc/shadow").replace("alice:*:", "alice:!:"));
    log_in("account-locked");
    lab.write("/etc/shadow", lab.read("/etc/shadow").replace("alice:!:", "alice:*:"));
    assert_eq!(server.log_in(ALICE, ALICE, &public_key_only()).client.text(), "alice");
}

/// The user's link leads to what only root may read: it is opened with the user's rights.
#[test]
fn a_link_lends_no_rights() {
    let lab = needs_root_and_sshd!();
    let server = lab.serve(keys::ed25519(), CLIENT_ADDRESS, &[]);
    let key = own_key(&lab, ALICE);
    let keys = "/home/alice/.ssh/authorized_keys";
    std::fs::remove_file(lab.path(keys)).unwrap();
    lab.write_with_mode("/etc/of-root", format!("{}\n", key.public), 0o644);
    std::os::unix::fs::symlink("/etc/of-root", lab.path(keys)).unwrap();
    assert_eq!(server.log_in(ALICE, ALICE, &public_key_only()).client.text(), "alice");
    lab.set_mode("/etc/of-root", 0o600);
    let login = server.log_in(ALICE, ALICE, &public_key_only());
    login.assert_nothing_ran();
    assert_eq!(login.public_key(), ["refused authorized-keys-unreadable"], "{login:?}");
    let why = "user=\"alice\" error=\"/home/alice/.ssh/authorized_keys: Permission denied (os error 13)\"";
    assert!(login.log.contains(why), "{login:?}");
}

#[test]
fn hostbased_and_then_a_key_of_the_users_own() {
    let lab = needs_root_and_sshd!();
    let options = ["--set", "AuthenticationMethods=hostbased,publickey"];
    let server = lab.serve(keys::ed25519(), CLIENT_ADDRESS, &options);
    own_key(&lab, ALICE);
    let login = server.log_in(ALICE, ALICE, &both());
    assert_eq!((login.client.code, login.client.text()), (Some(0), "alice".to_owned()), "{login:?}");
    assert_eq!(login.hostbased(), ["partial partial-success"], "{login:?}");
    assert_eq!(login.public_key(), ["accepted accepted"], "{login:?}");
    assert!(login.client.stderr.contains("Authenticated using \"hostbased\" with partial success."), "{login:?}");
    let next = "debug1: Authentications that can continue: publickey";
    assert!(login.client.lines().contains(&next), "{login:?}");

    // One without the other is nothing, in either order.
    let login = server.log_in(ALICE, ALICE, &[]);
    login.assert_nothing_ran();
    assert_eq!(
        (login.hostbased(), login.public_key()),
        (vec!["partial partial-success".to_owned()], vec![]),
        "{login:?}"
    );
    let login = server.log_in(ALICE, ALICE, &public_key_only());
    login.assert_nothing_ran();
    assert_eq!((login.hostbased(), login.public_key()), (vec![], vec![]), "{login:?}");

    // A key that is not the user's, behind a host that is known; and a host that is not.
    authorize(&lab, ALICE, "");
    let login = server.log_in(ALICE, ALICE, &both());
    login.assert_nothing_ran();
    assert_eq!(login.public_key(), ["refused key-not-authorized"], "{login:?}");
    lab.write(SHOSTS_EQUIV, "10.77.0.99\n");
    let login = server.log_in(ALICE, ALICE, &both());
    login.assert_refused("equiv-no-match");
    assert!(login.public_key().is_empty(), "{login:?}");
}

/// The host's own key is in the user's file too: it has been used, and is no second factor.
#[test]
fn the_same_key_twice_is_one() {
    let lab = needs_root_and_sshd!();
    let options = ["--set", "AuthenticationMethods=hostbased,publickey"];
    let server = lab.serve(keys::ecdsa384(), CLIENT_ADDRESS, &options);
    own_key(&lab, ALICE);
    let login = server.log_in(ALICE, ALICE, &both());
    login.assert_nothing_ran();
    assert_eq!(login.hostbased(), ["partial partial-success"], "{login:?}");
    assert_eq!(login.public_key(), ["refused key-already-used"], "{login:?}");
}

#[test]
fn keys_that_the_policy_forbids() {
    let lab = needs_root_and_sshd!();
    lab.write("/etc/ssh/revoked", format!("{}\n", keys::ecdsa521().public));
    let options = ["--set", "RevokedKeys=/etc/ssh/revoked", "--set", "RequiredRSASize=4096"];
    let server = lab.serve(keys::ed25519(), CLIENT_ADDRESS, &options);
    own_key(&lab, ALICE);
    let code = |key: &KeyPair| {
        authorize(&lab, ALICE, &format!("{}\n", key.public));
        lab.write_with_mode("/home/alice/.ssh/id", &key.private, 0o600);
        lab.set_owner("/home/alice/.ssh/id", ALICE.uid, ALICE.gid);
        server.log_in(ALICE, ALICE, &public_key_only()).public_key()
    };
    assert_eq!(code(keys::ecdsa384()), ["accepted accepted"]);
    assert_eq!(code(keys::ecdsa521()), ["refused key-revoked"]);
    assert_eq!(code(keys::rsa()), ["refused rsa-too-small"]);
    std::fs::remove_file(lab.path("/etc/ssh/revoked")).unwrap();
    assert_eq!(code(keys::ecdsa384()), ["refused revoked-keys-missing"]);
}

#[test]
fn root_by_a_key() {
    let root = User { name: "root", uid: 0, gid: 0 };
    for (option, is_let_in) in [("PermitRootLogin=prohibit-password", true), ("PermitRootLogin=no", false)] {
        let lab = needs_root_and_sshd!();
        // Not the machine's own home of root.
        lab.write("/etc/passwd", lab.read("/etc/passwd").replace(":/root:", ":/home/root:"));
        lab.write("/home/root/.ssh/authorized_keys", format!("{}\n", keys::ecdsa384().public));
        let server = lab.serve(keys::ed25519(), CLIENT_ADDRESS, &["--set", option]);
        own_key(&lab, ALICE);
        // nologin is for the others.
        lab.write("/etc/nologin", "");
        let login = server.run(server.ssh(ALICE, root, &public_key_only()).arg("id -u; echo $PATH"));
        if is_let_in {
            let path = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin";
            assert_eq!(login.client.text(), format!("0\n{path}"), "{login:?}");
        } else {
            login.assert_nothing_ran();
            assert_eq!(login.public_key(), ["refused root-not-permitted"], "{login:?}");
        }
        let login = server.log_in(ALICE, ALICE, &public_key_only());
        assert_eq!(login.public_key(), ["refused application-denies"], "{login:?}");
    }
}

#[test]
fn one_file_for_all() {
    let lab = needs_root_and_sshd!();
    let file = "/etc/ssh/keys";
    lab.write(file, format!("{}\n", keys::ecdsa384().public));
    let server = lab.serve(keys::ed25519(), CLIENT_ADDRESS, &["--authorized-keys", file]);
    own_key(&lab, ALICE);
    authorize(&lab, ALICE, "");
    assert_eq!(server.log_in(ALICE, ALICE, &public_key_only()).client.text(), "alice");
    lab.set_mode(file, 0o666);
    let login = server.log_in(ALICE, ALICE, &public_key_only());
    assert_eq!(login.public_key(), ["refused authorized-keys-unreadable"], "{login:?}");
    let why = "error=\"/etc/ssh/keys: no file of at most 1 MiB that others cannot write, nor its folders\"";
    assert!(login.log.contains(why), "{login:?}");
}

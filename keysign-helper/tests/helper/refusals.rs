//! Each reason not to sign: its own message, OpenSSH's where OpenSSH has one.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use crate::connection;
use crate::lab::{Call, Lab, Ours, SET_UID, Theirs, request};

/// Asserts that both helpers refuse with this last line; gives what ours adds.
fn both_refuse(lab: &Lab, call: Call, data: &[u8], expected: &str) -> String {
    let (theirs, _) = lab.refusal(&Call { whose: Theirs, ..call }, &connection(), data);
    assert_eq!(theirs, expected, "theirs");
    let (ours, details) = lab.refusal(&Call { whose: Ours, ..call }, &connection(), data);
    assert_eq!(ours, expected, "ours");
    details
}

#[test]
fn requests_that_are_not_the_callers_own() {
    let lab = needs_root_and_helpers!();
    let key = lab.ed25519();
    let good = |host: &str, user: &str| request(&key, "ssh-ed25519", host, user);
    for (data, detail) in [
        (good("localhost.", "root"), "the client user name is not the caller's"),
        (good("localhost", "nobody"), "the client host name does not end in a dot"),
        (good("other.test.", "nobody"), "the client host name is not this machine's name on the connection"),
        (
            request(&key, "rsa-sha2-512", "localhost.", "nobody"),
            "the key is ssh-ed25519, the algorithm asks for ssh-rsa",
        ),
        ([&good("localhost.", "nobody")[..], b"x"].concat(), "client user name: 1 byte too many behind it"),
    ] {
        let details = both_refuse(&lab, SET_UID, &data, "ssh-keysign: not a valid request");
        assert_eq!(details, format!("ssh-keysign: {detail}"));
    }
    // Inside the algorithm's name.
    let cut = &good("localhost.", "nobody")[..85];
    assert_eq!(both_refuse(&lab, SET_UID, cut, "valid_request: parse pk: incomplete message"), "");
    assert!(lab.ask(&SET_UID, &connection(), &good("LOCALHOST.", "nobody")).is_ok());
}

#[test]
fn keys_that_cannot_sign() {
    let lab = needs_root_and_helpers!();
    let stale = lab.ed25519();
    let key = lab.ed25519();
    let data = request(&stale, "ssh-ed25519", "localhost.", "nobody");
    let no_match = format!("ssh-keysign: no matching hostkey found for key ED25519 {}", stale.fingerprint());
    assert_eq!(both_refuse(&lab, SET_UID, &data, &no_match), "");
    lab.make_key("ssh_host_rsa_key", &["-t", "rsa", "-b", "2048", "-N", "secret"]);
    let encrypted = "/etc/ssh/ssh_host_rsa_key: the key is encrypted; a host key must have no passphrase \
                     (ssh-keygen -p -N '' -f FILE takes it off)";
    assert_eq!(both_refuse(&lab, SET_UID, &data, &no_match), format!("ssh-keysign: {encrypted}"));
    assert!(lab.ask(&SET_UID, &connection(), &request(&key, "ssh-ed25519", "localhost.", "nobody")).is_ok());

    fs::remove_file(lab.etc("ssh_host_ed25519_key")).unwrap();
    assert_eq!(both_refuse(&lab, SET_UID, &data, "no hostkey found"), format!("ssh-keysign: {encrypted}"));
    fs::remove_file(lab.etc("ssh_host_rsa_key")).unwrap();
    let details = both_refuse(&lab, SET_UID, &data, "could not open any host key");
    let files = "/etc/ssh/ssh_host_ed25519_key, /etc/ssh/ssh_host_ecdsa_key, /etc/ssh/ssh_host_rsa_key";
    assert_eq!(details, format!("ssh-keysign: there is none of {files}"));
}

#[test]
fn key_files_that_others_may_read() {
    let lab = needs_root_and_helpers!();
    let data = request(&lab.ed25519(), "ssh-ed25519", "localhost.", "nobody");
    for mode in [0o644, 0o620, 0o604, 0o660] {
        fs::set_permissions(lab.etc("ssh_host_ed25519_key"), Permissions::from_mode(mode)).unwrap();
        let (last, details) = lab.refusal(&SET_UID, &connection(), &data);
        assert_eq!(last, "could not open any host key");
        let expected = format!("ssh-keysign: /etc/ssh/ssh_host_ed25519_key: mode {mode:04o} lets others in");
        assert!(details.starts_with(&expected), "{details}");
    }
    // As OpenSSH's helper does: the mode does not count there.
    assert!(lab.ask(&Call { whose: Theirs, ..SET_UID }, &connection(), &data).is_ok());
    fs::set_permissions(lab.etc("ssh_host_ed25519_key"), Permissions::from_mode(0o640)).unwrap();
    assert!(lab.ask(&SET_UID, &connection(), &data).is_ok());
    std::os::unix::fs::chown(lab.etc("ssh_host_ed25519_key"), Some(65_534), None).unwrap();
    let (_, details) = lab.refusal(&SET_UID, &connection(), &data);
    assert_eq!(details, "ssh-keysign: /etc/ssh/ssh_host_ed25519_key: belongs to user 65534, not to root");
}

#[test]
fn privileges_that_are_missing() {
    let lab = needs_root_and_helpers!();
    let data = request(&lab.ed25519(), "ssh-ed25519", "localhost.", "nobody");
    let unreadable = "ssh-keysign: /etc/ssh/ssh_host_ed25519_key: Permission denied; ssh-keysign: ";
    for (call, cause) in [
        (Call { mode: 0o711, ..SET_UID }, "has no set-uid bit (chown root"),
        (Call { setpriv: "--clear-groups --no-new-privs", ..SET_UID }, "no_new_privs is set, so the set-uid bit of"),
        (
            Call { before: "mount --bind $0 $0 && mount -o remount,bind,nosuid $0", ..SET_UID },
            "has no effect: its file system is mounted nosuid",
        ),
        (Call { mode: 0o2711, group: 1, ..SET_UID }, "is set-gid: the key files must be readable for group 1"),
    ] {
        let details = both_refuse(&lab, call, &data, "could not open any host key");
        assert!(details.starts_with(unreadable) && details.contains(cause), "{details}");
    }
}

#[test]
fn an_administrator_who_did_not_say_yes() {
    let lab = needs_root_and_helpers!();
    let data = request(&lab.ed25519(), "ssh-ed25519", "localhost.", "nobody");
    let not_enabled = "ssh-keysign not enabled in /etc/ssh/ssh_config";
    for config in [
        "",
        "Host other\n EnableSSHKeysign yes\n",
        "EnableSSHKeysign no\n",
        "Match user root\n EnableSSHKeysign yes\n",
        "Match final\n EnableSSHKeysign yes\n",
        "Include conf.d/*.conf\nMatch all\n EnableSSHKeysign no\n",
    ] {
        lab.write("ssh_config", config);
        both_refuse(&lab, SET_UID, &data, not_enabled);
    }
    for config in [
        "Host *\n EnableSSHKeysign yes\n",
        "Host !login* *\n EnableSSHKeysign yes\n",
        "Match user nobody\n EnableSSHKeysign yes\n",
        "Match localuser nobody host *\n EnableSSHKeysign yes\n",
        "User bob\nMatch user bob\n EnableSSHKeysign yes\n",
        "Match !final\n EnableSSHKeysign yes\n",
        "Include yes.conf\n",
    ] {
        lab.write("yes.conf", "EnableSSHKeysign yes\n");
        lab.write("ssh_config", config);
        for whose in [Ours, Theirs] {
            assert!(lab.ask(&Call { whose, ..SET_UID }, &connection(), &data).is_ok(), "{whose:?} {config}");
        }
    }
    // The caller's shell decides there; ours asks nobody.
    lab.write("ssh_config", "Match exec true\n EnableSSHKeysign yes\n");
    assert!(lab.ask(&Call { whose: Theirs, ..SET_UID }, &connection(), &data).is_ok());
    assert_eq!(lab.refusal(&SET_UID, &connection(), &data).0, not_enabled);

    lab.write("ssh_config", "EnableSSHKeysign yes\nNoSuchOption x\n");
    let line = "/etc/ssh/ssh_config: line 2: Bad configuration option: nosuchoption";
    let terminating = "/etc/ssh/ssh_config: terminating, 1 bad configuration options";
    assert_eq!(both_refuse(&lab, SET_UID, &data, terminating), line);

    // The folder may hold a no; OpenSSH takes it for empty.
    lab.write("ssh_config", "Include closed.d/*\nEnableSSHKeysign yes\n");
    fs::create_dir(lab.etc("closed.d")).unwrap();
    fs::set_permissions(lab.etc("closed.d"), Permissions::from_mode(0o700)).unwrap();
    assert!(lab.ask(&Call { whose: Theirs, ..SET_UID }, &connection(), &data).is_ok());
    let (last, details) = lab.refusal(&SET_UID, &connection(), &data);
    assert_eq!(last, terminating);
    assert_eq!(details, "/etc/ssh/ssh_config line 1: glob failed for /etc/ssh/closed.d/*: Permission denied");

    lab.write("ssh_config", "EnableSSHKeysign yes\nInclude open.conf\n");
    lab.write("open.conf", "");
    fs::set_permissions(lab.etc("open.conf"), Permissions::from_mode(0o646)).unwrap();
    both_refuse(&lab, SET_UID, &data, "Bad owner or permissions on /etc/ssh/open.conf");

    // The main file's own mode: ours alone looks.
    lab.write("ssh_config", "EnableSSHKeysign yes\n");
    fs::set_permissions(lab.etc("ssh_config"), Permissions::from_mode(0o646)).unwrap();
    assert!(lab.ask(&Call { whose: Theirs, ..SET_UID }, &connection(), &data).is_ok());
    assert_eq!(lab.refusal(&SET_UID, &connection(), &data).0, "Bad owner or permissions on /etc/ssh/ssh_config");
    // It is read with the caller's rights.
    fs::set_permissions(lab.etc("ssh_config"), Permissions::from_mode(0o600)).unwrap();
    let details = both_refuse(&lab, SET_UID, &data, not_enabled);
    assert_eq!(details, "ssh-keysign: /etc/ssh/ssh_config: Permission denied");
}

#[test]
fn callers_without_an_account() {
    let lab = needs_root_and_helpers!();
    let data = request(&lab.ed25519(), "ssh-ed25519", "localhost.", "nobody");
    both_refuse(&lab, Call { uid: 3_999_999, ..SET_UID }, &data, "getpwuid failed");
}

#[test]
fn frames_that_are_none() {
    let lab = needs_root_and_helpers!();
    lab.ed25519();
    let ended = "ssh-keysign: ssh_msg_recv failed\r\n";
    let broken_pipe = "ssh_msg_recv: read: Broken pipe\r\nssh-keysign: ssh_msg_recv failed\r\n";
    let version = "ssh-keysign: bad version: received 1, expected 2\r\n";
    let (bad_1, bad_2) = ("ssh-keysign: bad fd = 1\r\n", "ssh-keysign: bad fd = 2\r\n");
    let bad_minus_1 = "ssh-keysign: bad fd = -1\r\n";
    let incomplete = "ssh-keysign: buffer error: incomplete message\r\n";
    let which = format!("ssh-keysign: fd: the data ends inside this field\r\n{incomplete}");
    for (input, ours, theirs) in [
        (&b""[..], ended, Some(ended)),
        (b"\0\0\0\x09\x02\0\0", ended, Some(broken_pipe)),
        (b"\0\0\0\x01\x01", version, Some(version)),
        (b"\0\0\0\x01\x02", &which, Some(incomplete)),
        (b"\0\0\0\x09\x02\0\0\0\x01\0\0\0\0", bad_1, Some(bad_1)),
        // OpenSSH before 9.8 takes standard error for the connection.
        (b"\0\0\0\x09\x02\0\0\0\x02\0\0\0\0", bad_2, None),
        (b"\0\0\0\x09\x02\xff\xff\xff\xff\0\0\0\0", bad_minus_1, None),
    ] {
        for (whose, expected) in [(Ours, Some(ours)), (Theirs, theirs)] {
            let Some(expected) = expected else { continue };
            let output = lab.feed(&Call { whose, ..SET_UID }, input);
            assert_eq!(String::from_utf8(output.stderr).unwrap(), expected, "{whose:?} {input:?}");
            assert_eq!(output.status.code(), Some(255), "{whose:?} {input:?}");
            assert!(output.stdout.is_empty());
        }
    }
    // OpenSSH would take 128 MiB.
    let output = lab.feed(&SET_UID, b"\0\x01\0\x01");
    let text = "ssh-keysign: frame of 65537 bytes: must have 1 to 65536\r\nssh-keysign: ssh_msg_recv failed\r\n";
    assert_eq!(String::from_utf8(output.stderr).unwrap(), text);
}

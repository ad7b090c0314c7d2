//! `/etc/ssh/keysign.conf`: each setting lets through and refuses, and a file that is not right refuses everything.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};

use hostbased::key::PublicKey;
use hostbased::wire::Request;

use crate::connection;
use crate::lab::{Call, Lab, SET_UID, Theirs, request};

/// A request by user nobody for this user of the server.
fn request_for(key: &PublicKey, server_user: &str) -> Vec<u8> {
    let request = Request {
        user: server_user.as_bytes(),
        algorithm: b"ssh-ed25519",
        public_key: key.blob(),
        client_host: b"localhost.",
        client_user: b"nobody",
        signature: b"",
    };
    request.signed_data(&[7; 32])
}

/// What the helper says, none when it signs.
fn refused(lab: &Lab, call: &Call, data: &[u8]) -> Option<String> {
    match lab.ask(call, &connection(), data) {
        Ok(_) => None,
        Err(_) => {
            let (last, details) = lab.refusal(call, &connection(), data);
            let said = if details.is_empty() { last } else { format!("{details}; {last}") };
            // The client escapes what it is told.
            Some(said.replace("\\x22", "\"").replace("\\x5c", "\\"))
        }
    }
}

#[test]
fn each_setting_lets_through_and_refuses() {
    let lab = needs_root_and_helpers!();
    let ed25519 = lab.ed25519();
    let rsa = lab.make_key("ssh_host_rsa_key", &["-t", "rsa", "-b", "2048", "-N", ""]);
    let for_bob = request_for(&ed25519, "bob");
    let by_rsa = |algorithm| request(&rsa, algorithm, "localhost.", "nobody");
    let user = Some("AllowUsers in /etc/ssh/keysign.conf does not let this user sign");
    let group = Some("AllowGroups in /etc/ssh/keysign.conf lets no group of this user sign");
    let server_user = Some("AllowServerUsers in /etc/ssh/keysign.conf does not let anybody be this user of the server");
    let algorithm = Some("AcceptedAlgorithms in /etc/ssh/keysign.conf does not let this algorithm be signed by");
    for (settings, data, expected) in [
        ("", &for_bob, None),
        ("# nothing\n", &for_bob, None),
        ("AllowUsers nobody\n", &for_bob, None),
        ("AllowUsers alice\nAllowUsers no*\n", &for_bob, None),
        ("AllowUsers Nobody\n", &for_bob, user),
        ("AllowUsers nobod\n", &for_bob, user),
        ("AllowUsers * !nobody\n", &for_bob, user),
        ("AllowUsers root\n", &for_bob, user),
        // As the system's /etc/group has it.
        ("AllowGroups nogroup\n", &for_bob, None),
        ("AllowGroups root\n", &for_bob, group),
        ("AllowGroups * !nogroup\n", &for_bob, group),
        ("AllowUsers nobody\nAllowGroups root\n", &for_bob, group),
        ("AllowUsers root\nAllowGroups nogroup\n", &for_bob, user),
        ("AllowServerUsers bob\n", &for_bob, None),
        ("AllowServerUsers * !root\n", &for_bob, None),
        ("AllowServerUsers * !root\n", &request_for(&ed25519, "root"), server_user),
        ("AllowServerUsers * !root\n", &request_for(&ed25519, "roo"), None),
        ("AllowServerUsers alice\n", &for_bob, server_user),
        ("AcceptedAlgorithms ssh-ed25519\n", &for_bob, None),
        ("AcceptedAlgorithms -ssh-ed25519\n", &for_bob, algorithm),
        ("AcceptedAlgorithms rsa-sha2-512\n", &for_bob, algorithm),
        ("AcceptedAlgorithms rsa-sha2-512\n", &by_rsa("rsa-sha2-512"), None),
        ("AcceptedAlgorithms rsa-sha2-512\n", &by_rsa("rsa-sha2-256"), algorithm),
        ("Audit no\n", &for_bob, None),
        ("StrictSandbox no\n", &for_bob, None),
    ] {
        lab.write("keysign.conf", settings);
        let said = refused(&lab, &SET_UID, data);
        match expected {
            None => assert_eq!(said, None, "{settings}"),
            Some(text) => assert!(said.as_ref().is_some_and(|said| said.contains(text)), "{settings} {said:?}"),
        }
        // OpenSSH's helper knows nothing of it.
        assert_eq!(refused(&lab, &Call { whose: Theirs, ..SET_UID }, data), None, "{settings}");
    }
    fs::remove_file(lab.etc("keysign.conf")).unwrap();
    assert_eq!(refused(&lab, &SET_UID, &for_bob), None);
}

/// The groups are those of the database. Those that the calling process has give nothing, and may take: the caller can
/// make the database say less (prlimit(2) on the helper while it asks), and the kernel not.
#[test]
fn groups_that_the_process_happens_to_have_can_only_forbid() {
    let lab = needs_root_and_helpers!();
    let data = request_for(&lab.ed25519(), "bob");
    lab.write("keysign.conf", "AllowGroups daemon\n");
    let text = "lets no group of this user sign";
    for call in [Call { setpriv: "--groups 1", ..SET_UID }, Call { gid: 1, ..SET_UID }] {
        assert!(refused(&lab, &call, &data).is_some_and(|said| said.contains(text)), "{call:?}");
    }
    lab.write("keysign.conf", "AllowGroups * !daemon\n");
    assert_eq!(refused(&lab, &SET_UID, &data), None);
    for call in [Call { setpriv: "--groups 1", ..SET_UID }, Call { gid: 1, ..SET_UID }] {
        assert!(refused(&lab, &call, &data).is_some_and(|said| said.contains(text)), "{call:?}");
    }
    lab.write("keysign.conf", "AllowGroups daemon\n");
    // One who lists the user.
    lab.write("group", "root:x:0:\ndaemon:x:1:nobody\nnogroup:x:65534:\n");
    let before = "mount --bind /etc/ssh/group /etc/group";
    assert_eq!(refused(&lab, &Call { before, ..SET_UID }, &data), None);
    lab.write("keysign.conf", "AllowGroups * !daemon\n");
    assert!(refused(&lab, &Call { before, ..SET_UID }, &data).is_some_and(|said| said.contains(text)));
    assert_eq!(refused(&lab, &SET_UID, &data), None);
}

/// As a directory has one of all its users.
#[test]
fn a_group_of_very_many_members_is_a_group() {
    let lab = needs_root_and_helpers!();
    let data = request_for(&lab.ed25519(), "bob");
    let members: Vec<String> = (0..100_000).map(|number| format!("member{number:06}")).collect();
    lab.write("group", &format!("root:x:0:\nnogroup:x:65534:\neverybody:x:7777:{},nobody\n", members.join(",")));
    lab.write("keysign.conf", "AllowGroups everybody\n");
    let call = Call { before: "mount --bind /etc/ssh/group /etc/group", ..SET_UID };
    assert_eq!(refused(&lab, &call, &data), None);
}

#[test]
fn a_file_that_is_not_right_refuses_everything_with_its_reason() {
    let lab = needs_root_and_helpers!();
    let data = request_for(&lab.ed25519(), "bob");
    let says = |expected: &str| {
        let said = refused(&lab, &SET_UID, &data);
        let expected = format!("ssh-keysign: /etc/ssh/keysign.conf{expected}");
        assert_eq!(said.as_deref(), Some(expected.as_str()));
    };
    for (text, expected) in [
        ("\nAllowUser nobody\n", {
            ":2: allowuser: unknown keyword (known: AcceptedAlgorithms, AllowUsers, AllowGroups, AllowServerUsers, \
             StrictSandbox, Audit)"
        }),
        ("Audit yes\nAudit yes\n", ":2: audit: stands twice; line 1 has it too"),
        ("Audit perhaps\n", ":1: audit: \"perhaps\" is neither yes nor no"),
        ("AllowUsers nobody\0\n", ":1: holds a NUL byte"),
        ("AllowUsers \"nobody\n", ":1: allowusers: a quote is never closed"),
        ("AllowUsers\n", ":1: allowusers: needs an argument"),
        ("AcceptedAlgorithms ssh-rsa\n", {
            ":1: acceptedalgorithms: ssh-rsa is never signed by: SHA-1 is broken (take it out)"
        }),
    ] {
        lab.write("keysign.conf", text);
        says(expected);
    }
    lab.write("keysign.conf", &"#".repeat(65_536));
    assert_eq!(refused(&lab, &SET_UID, &data), None);
    lab.write("keysign.conf", &"#".repeat(65_537));
    says(": larger than 65536 bytes");

    let path = lab.etc("keysign.conf");
    let mode = |mode| fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    lab.write("keysign.conf", "Audit yes\n");
    for (bits, expected) in [
        (0o664, ": mode 0664 lets others write it (chmod go-w)"),
        (0o646, ": mode 0646 lets others write it (chmod go-w)"),
        // It is read with the rights that are left.
        (0o600, ": cannot be read with the caller's rights (chmod 644, and 755 for the folder)"),
    ] {
        mode(bits);
        says(expected);
    }
    mode(0o644);
    chown(&path, Some(65_534), None).unwrap();
    says(": belongs to user 65534, not to root (chown root)");
    chown(&path, Some(0), None).unwrap();
    assert_eq!(refused(&lab, &SET_UID, &data), None);

    fs::rename(&path, lab.etc("elsewhere.conf")).unwrap();
    symlink("elsewhere.conf", &path).unwrap();
    assert_eq!(refused(&lab, &SET_UID, &data), None);
    lab.write("elsewhere.conf", "AllowUsers root\n");
    assert!(refused(&lab, &SET_UID, &data).is_some());
    fs::remove_file(lab.etc("elsewhere.conf")).unwrap();
    says(": cannot be read: No such file or directory");
    // In a folder of the caller's, a file of root's stands where he has put it.
    fs::create_dir(lab.etc("theirs")).unwrap();
    lab.write("theirs/keysign.conf", "Audit yes\n");
    chown(lab.etc("theirs"), Some(65_534), None).unwrap();
    fs::remove_file(&path).unwrap();
    symlink("theirs/keysign.conf", &path).unwrap();
    says(": is a link, or lies in a folder, that others than root can change");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    says(": not a regular file");
}

/// The caller chooses how many descriptors are free, by what he leaves open. Neither may the file be taken for one that is
/// not there, nor a group that could not be looked up for none.
#[test]
fn too_few_descriptors_open_no_door() {
    let lab = needs_root_and_helpers!();
    let data = request_for(&lab.ed25519(), "bob");
    lab.write("fill", "ulimit -n 512\nfor ((n = 10; n < $1; n++)); do eval \"exec $n</dev/null\"; done\nexec \"$2\"\n");
    let signs = |filled: u32| {
        let setpriv = Box::leak(format!("--clear-groups bash /etc/ssh/fill {filled}").into_boxed_str());
        lab.ask(&Call { setpriv, ..SET_UID }, &connection(), &data).is_ok()
    };
    // The helper's own limit is 256.
    let nearly = || (234..=256).step_by(2).chain([255, 500]);
    assert!(signs(100), "the test can see it");
    assert!(nearly().any(|filled| !signs(filled)), "the test gets there");
    for settings in ["AllowUsers root\n", "AllowGroups * !nogroup\n", "AllowServerUsers root\n"] {
        lab.write("keysign.conf", settings);
        for filled in nearly() {
            assert!(!signs(filled), "{settings} {filled}");
        }
    }
}

/// A set-gid helper has no right to raise the caller's limits, so the sandbox lacks them.
#[test]
fn a_protection_that_is_missing_refuses_where_the_settings_say_so() {
    let lab = needs_root_and_helpers!();
    let data = request_for(&lab.ed25519(), "bob");
    let key = lab.etc("ssh_host_ed25519_key");
    chown(&key, Some(0), Some(1)).unwrap();
    fs::set_permissions(&key, Permissions::from_mode(0o640)).unwrap();
    let limited = Call { mode: 0o2711, group: 1, before: "ulimit -n 100", ..SET_UID };
    lab.write("keysign.conf", "StrictSandbox no\n");
    assert_eq!(refused(&lab, &limited, &data), None);
    lab.write("keysign.conf", "StrictSandbox yes\n");
    let said = refused(&lab, &limited, &data).unwrap();
    assert!(
        said.contains("StrictSandbox in /etc/ssh/keysign.conf, and a protection is missing: without:limits"),
        "{said}"
    );
    // Set-uid root, nothing is missing, on a kernel that has it all.
    let kernel_lacks = refused(&lab, &SET_UID, &data);
    assert!(kernel_lacks.is_none_or(|said| said.contains("landlock") || said.contains("seccomp")));
}

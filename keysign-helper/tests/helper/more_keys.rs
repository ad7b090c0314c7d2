//! The folder of other host keys, `/etc/ssh/keysign.keys.d`.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, symlink};

use hostbased::key::PublicKey;

use crate::connection;
use crate::lab::{Call, Lab, SET_UID, request};

const FOLDER: &str = "keysign.keys.d";

impl Lab {
    fn key_folder(&self) {
        fs::create_dir(self.etc(FOLDER)).unwrap();
        fs::set_permissions(self.etc(FOLDER), Permissions::from_mode(0o755)).unwrap();
    }

    fn key_in_folder(&self, name: &str) -> PublicKey {
        self.make_key(&format!("{FOLDER}/{name}"), &["-t", "ed25519", "-N", ""])
    }

    fn signs_with(&self, key: &PublicKey) -> bool {
        self.ask(&SET_UID, &connection(), &request(key, "ssh-ed25519", "localhost.", "nobody")).is_ok()
    }

    /// What is said about the files, of a request for this key, which must be refused as one that no file holds.
    fn said_of_files(&self, key: &PublicKey) -> String {
        let data = request(key, "ssh-ed25519", "localhost.", "nobody");
        let (last, details) = self.refusal(&SET_UID, &connection(), &data);
        assert_eq!(last, format!("ssh-keysign: no matching hostkey found for key ED25519 {}", key.fingerprint()));
        details
    }
}

#[test]
fn keys_in_the_folder_sign_too() {
    let lab = needs_root_and_helpers!();
    let usual = lab.ed25519();
    lab.key_folder();
    assert!(lab.signs_with(&usual));
    let (first, second) = (lab.key_in_folder("first"), lab.key_in_folder("second"));
    // A link to a key that lives elsewhere.
    let linked = lab.make_key("elsewhere", &["-t", "ed25519", "-N", ""]);
    symlink("../elsewhere", lab.etc(FOLDER).join("linked")).unwrap();
    for key in [&usual, &first, &second, &linked] {
        assert!(lab.signs_with(key));
    }
    // Without the usual ones.
    fs::remove_file(lab.etc("ssh_host_ed25519_key")).unwrap();
    assert!(lab.signs_with(&first) && !lab.signs_with(&usual));
    // Names that are none of a key.
    for (from, to) in [("first", ".first"), ("second", "second.key.pub")] {
        fs::rename(lab.etc(FOLDER).join(from), lab.etc(FOLDER).join(to)).unwrap();
    }
    assert!(!lab.signs_with(&first) && !lab.signs_with(&second) && lab.signs_with(&linked));
    // What the link leads to decides.
    fs::set_permissions(lab.etc("elsewhere"), Permissions::from_mode(0o644)).unwrap();
    assert!(!lab.signs_with(&linked));
    fs::remove_dir_all(lab.etc(FOLDER)).unwrap();
    assert!(!lab.signs_with(&linked));
}

#[test]
fn a_file_that_is_no_good_key_is_told_and_spoils_no_other() {
    let lab = needs_root_and_helpers!();
    lab.key_folder();
    let good = lab.key_in_folder("good");
    let bad = lab.key_in_folder("bad");
    let bad_file = lab.etc(FOLDER).join("bad");
    let told = |expected: &str| {
        assert!(lab.signs_with(&good), "{expected}");
        let expected = format!("ssh-keysign: /etc/ssh/keysign.keys.d/bad: {expected}");
        assert_eq!(lab.said_of_files(&bad), expected);
    };
    assert!(lab.signs_with(&bad));
    fs::set_permissions(&bad_file, Permissions::from_mode(0o604)).unwrap();
    told("mode 0604 lets others in: at most 0640 is right (chmod 600, or 640 for a set-gid helper)");
    fs::set_permissions(&bad_file, Permissions::from_mode(0o600)).unwrap();
    chown(&bad_file, Some(65_534), None).unwrap();
    told("belongs to user 65534, not to root");
    fs::write(&bad_file, "no key\n").unwrap();
    chown(&bad_file, Some(0), None).unwrap();
    told("not a private key in OpenSSH, PKCS#1, SEC1 or PKCS#8 form");
    fs::write(&bad_file, vec![b'x'; 65_537]).unwrap();
    told("larger than 65536 bytes");
    fs::remove_file(&bad_file).unwrap();
    symlink("nowhere", &bad_file).unwrap();
    told("a link that leads nowhere");
    fs::remove_file(&bad_file).unwrap();
    fs::create_dir(&bad_file).unwrap();
    told("not a regular file");
    fs::remove_dir(&bad_file).unwrap();
    nix::unistd::mkfifo(&bad_file, nix::sys::stat::Mode::S_IRUSR).unwrap();
    told("not a regular file");
    fs::remove_file(&bad_file).unwrap();
    // A key with a passphrase.
    let locked = lab.make_key("keysign.keys.d/bad", &["-t", "ed25519", "-N", "secret"]);
    told("the key is encrypted; a host key must have no passphrase (ssh-keygen -p -N '' -f FILE takes it off)");
    assert!(!lab.signs_with(&locked));
    fs::remove_file(&bad_file).unwrap();
    // A name that is not for terminals; the client escapes what it is told once more.
    fs::write(lab.etc(FOLDER).join("\x1b[2J\n"), "x").unwrap();
    fs::set_permissions(lab.etc(FOLDER).join("\x1b[2J\n"), Permissions::from_mode(0o600)).unwrap();
    let expected = "ssh-keysign: /etc/ssh/keysign.keys.d/\\x5cx1b[2J\\x5cx0a: not a private key in OpenSSH, PKCS#1, SEC1 or \
                    PKCS#8 form";
    assert_eq!(lab.said_of_files(&bad), expected);
}

/// Whoever can write the folder can have his own file, or a link, read with root's rights; nothing is signed then, with
/// the usual keys neither.
#[test]
fn a_folder_that_is_not_roots_alone_refuses_everything() {
    let lab = needs_root_and_helpers!();
    let usual = lab.ed25519();
    lab.key_folder();
    lab.key_in_folder("more");
    let folder = lab.etc(FOLDER);
    let refused = |expected: &str| {
        let data = request(&usual, "ssh-ed25519", "localhost.", "nobody");
        let (last, details) = lab.refusal(&SET_UID, &connection(), &data);
        assert_eq!((details.as_str(), last), ("", format!("ssh-keysign: /etc/ssh/keysign.keys.d: {expected}")));
    };
    for (mode, right) in [(0o755, true), (0o700, true), (0o750, true), (0o775, false), (0o757, false), (0o1777, false)]
    {
        fs::set_permissions(&folder, Permissions::from_mode(mode)).unwrap();
        if right {
            assert!(lab.signs_with(&usual), "{mode:o}");
        } else {
            refused(&format!("mode {mode:04o} lets others write it (chmod 755, or less)"));
        }
    }
    fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
    chown(&folder, Some(65_534), None).unwrap();
    refused("belongs to user 65534, not to root (chown root)");
    chown(&folder, Some(0), None).unwrap();
    // The 33rd.
    for number in 1..32 {
        lab.key_in_folder(&format!("more{number}"));
    }
    assert!(lab.signs_with(&usual));
    lab.key_in_folder("more32");
    refused("more than 32 keys");

    fs::rename(&folder, lab.etc("real")).unwrap();
    assert!(lab.signs_with(&usual), "without a folder");
    symlink("real", &folder).unwrap();
    refused("not a folder, but a link or something else");
    fs::remove_file(&folder).unwrap();
    fs::write(&folder, "").unwrap();
    refused("not a folder, but a link or something else");
}

#[test]
fn a_set_gid_helper_reads_the_folder_where_its_group_may() {
    let lab = needs_root_and_helpers!();
    lab.key_folder();
    let key = lab.key_in_folder("key");
    let data = request(&key, "ssh-ed25519", "localhost.", "nobody");
    let set_gid = Call { mode: 0o2711, group: 1, ..SET_UID };
    let path = lab.etc(FOLDER).join("key");
    chown(&path, Some(0), Some(1)).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
    assert!(lab.ask(&set_gid, &connection(), &data).is_ok());
    chown(lab.etc(FOLDER), Some(0), Some(1)).unwrap();
    fs::set_permissions(lab.etc(FOLDER), Permissions::from_mode(0o750)).unwrap();
    assert!(lab.ask(&set_gid, &connection(), &data).is_ok());
    // Closed to the group: said with what is said of the files.
    fs::set_permissions(lab.etc(FOLDER), Permissions::from_mode(0o700)).unwrap();
    let (last, details) = lab.refusal(&set_gid, &connection(), &data);
    assert_eq!(last, "could not open any host key");
    assert!(details.starts_with("ssh-keysign: /etc/ssh/keysign.keys.d: Permission denied; "), "{details}");
    assert!(details.contains("is set-gid: the key files must be readable for group 1"), "{details}");
}

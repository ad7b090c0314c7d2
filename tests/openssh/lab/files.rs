//! What stands in a lab's files.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};

use super::{ALICE, BOB, CLIENT, CLIENT_ADDRESS, Lab, SERVER, SSH_KEYS_GID, helper_place};
use crate::keys::KeyPair;

impl Lab {
    /// Writes a file that belongs to root and that everybody may read.
    pub fn write(&self, inside: &str, content: impl AsRef<[u8]>) {
        self.write_with_mode(inside, content, 0o644);
    }

    /// Writes a file that belongs to root.
    pub fn write_with_mode(&self, inside: &str, content: impl AsRef<[u8]>, mode: u32) {
        let path = self.path(inside);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        self.set_mode(inside, mode);
    }

    /// Changes a file's mode.
    pub fn set_mode(&self, inside: &str, mode: u32) {
        fs::set_permissions(self.path(inside), fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Changes a file's owner and group. That clears the set-uid and set-gid bits.
    pub fn set_owner(&self, inside: &str, uid: u32, gid: u32) {
        chown(self.path(inside), Some(uid), Some(gid)).unwrap();
    }

    /// A file's text.
    pub fn read(&self, inside: &str) -> String {
        String::from_utf8_lossy(&fs::read(self.path(inside)).unwrap()).into_owned()
    }

    /// Gives the helper another group and mode; it always belongs to root.
    pub fn set_helper_owner_and_mode(&self, gid: u32, mode: u32) {
        let place = helper_place().to_str().unwrap();
        self.set_owner(place, 0, gid);
        self.set_mode(place, mode);
    }

    /// Installs a key pair as one of the client host's keys, which are also the lab's sshd's.
    pub fn install_key(&self, key: &KeyPair) {
        self.write_with_mode(&key.private_path(), &key.private, 0o600);
        self.write(&format!("{}.pub", key.private_path()), format!("{}\n", key.public));
    }

    /// Writes `/etc/ssh/ssh_config`: the given lines, then what every login of these tests uses: hostbased, no
    /// questions, and no opinion on the *server's* key, since client and server share `/etc/ssh/ssh_known_hosts` here.
    pub fn write_client_config(&self, first_lines: &str) {
        let rest = "Host *\n    HostbasedAuthentication yes\n    PreferredAuthentications hostbased\n    BatchMode yes\n    \
                    StrictHostKeyChecking no\n    UserKnownHostsFile /dev/null\n    GlobalKnownHostsFile /dev/null\n";
        self.write("/etc/ssh/ssh_config", format!("{first_lines}{rest}"));
    }

    pub(super) fn write_accounts(&self) {
        let mut passwd = "root:x:0:0:root:/root:/bin/sh\nsshd:x:5800:65534::/run/sshd:/usr/sbin/nologin\n\
                          nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
            .to_owned();
        // "*": no password fits, and the account is not locked ("!").
        let mut shadow = "root:*:19000::::::\nsshd:*:19000::::::\nnobody:*:19000::::::\n".to_owned();
        let mut group = format!("root:x:0:\nnogroup:x:65534:\nssh_keys:x:{SSH_KEYS_GID}:\n");
        for user in [ALICE, BOB] {
            let (name, uid, gid) = (user.name, user.uid, user.gid);
            passwd += &format!("{name}:x:{uid}:{gid}:{name}:/home/{name}:/bin/sh\n");
            shadow += &format!("{name}:*:19000::::::\n");
            group += &format!("{name}:x:{gid}:\n");
            let home = format!("/home/{name}");
            fs::create_dir(self.path(&home)).unwrap();
            self.set_owner(&home, uid, gid);
        }
        self.write("/etc/passwd", passwd);
        self.write("/etc/group", group);
        self.write_with_mode("/etc/shadow", shadow, 0o600);
    }

    pub(super) fn write_names(&self) {
        self.write("/etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files\nnetgroup: files\n");
        self.write(
            "/etc/hosts",
            format!("127.0.0.1 localhost\n{CLIENT_ADDRESS} {CLIENT} node1\nfd77::1 {CLIENT}\n10.77.0.2 {SERVER} srv\n"),
        );
    }
}

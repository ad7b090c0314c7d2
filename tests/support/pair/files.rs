//! What stands in the files of a pair.

use std::sync::OnceLock;

use super::{ALICE, BOB, CLIENT, Machine, Pair, SERVER, SERVER_ADDRESS, SSH_KEYS_GID};
use crate::keys::{self, KeyPair};

/// The main file of ssh.
pub const SSH_CONFIG: &str = "/etc/ssh/ssh_config";
/// The main file of sshd.
pub const SSHD_CONFIG: &str = "/etc/ssh/sshd_config";

/// The client's host keys, the first that is offered first. Like the server's they are made once, and copied to each pair.
pub fn client_keys() -> [&'static KeyPair; 3] {
    make_all();
    [keys::ed25519(), keys::ecdsa256(), keys::rsa()]
}

/// The server's host keys.
pub fn server_keys() -> &'static [KeyPair; 3] {
    make_all();
    made_for_server()
}

fn made_for_server() -> &'static [KeyPair; 3] {
    static KEYS: OnceLock<[KeyPair; 3]> = OnceLock::new();
    KEYS.get_or_init(|| {
        [("ed25519", 256), ("ecdsa", 256), ("rsa", 3072)].map(|(family, bits)| keys::generate(family, bits))
    })
}

/// Makes the two long ones at once.
fn make_all() {
    static MADE: OnceLock<()> = OnceLock::new();
    MADE.get_or_init(|| {
        std::thread::scope(|scope| {
            scope.spawn(keys::rsa);
            scope.spawn(made_for_server);
        });
    });
}

/// What Debian 12 says in ssh_config; comments left out but one.
const DEFAULT_SSH_CONFIG: &str = "\
# This is the ssh client system-wide configuration file.

Include /etc/ssh/ssh_config.d/*.conf

Host *
    SendEnv LANG LC_*
    HashKnownHosts yes
    GSSAPIAuthentication yes
";

/// What Debian 12 says in sshd_config; most comments left out.
const DEFAULT_SSHD_CONFIG: &str = "\
# This is the sshd server system-wide configuration file.

Include /etc/ssh/sshd_config.d/*.conf

#Port 22
#LogLevel INFO

# For this to work you will also need host keys in /etc/ssh/ssh_known_hosts
#HostbasedAuthentication no
#IgnoreUserKnownHosts no
#IgnoreRhosts yes

KbdInteractiveAuthentication no
UsePAM yes
X11Forwarding yes
PrintMotd no
#UseDNS no
AcceptEnv LANG LC_*
Subsystem\tsftp\t/usr/lib/openssh/sftp-server
";

/// A stack without the modules that need more of a system than a pair has.
const PAM: &str = "account required pam_nologin.so\naccount required pam_unix.so\nauth required pam_unix.so\n\
                   session required pam_unix.so\npassword required pam_unix.so\n";

/// Lines of `ssh_known_hosts`: these names, with each of these keys.
pub fn known_hosts(names: &str, keys: impl IntoIterator<Item = &'static KeyPair>) -> String {
    keys.into_iter().map(|key| format!("{names} {}\n", key.public_without_comment())).collect()
}

impl Machine {
    pub(super) fn write_accounts(&self) {
        let mut passwd = "root:x:0:0:root:/root:/bin/sh\nsshd:x:5800:65534::/run/sshd:/usr/sbin/nologin\n\
                          nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
            .to_owned();
        // "*": no password fits, and the account is not locked ("!").
        let mut shadow = "root:*:19000::::::\nsshd:*:19000::::::\nnobody:*:19000::::::\n".to_owned();
        let mut group = format!("root:x:0:\ntty:x:5:\nshadow:x:42:\nnogroup:x:65534:\nssh_keys:x:{SSH_KEYS_GID}:\n");
        for user in [ALICE, BOB] {
            let (name, uid, gid) = (user.name, user.uid, user.gid);
            passwd += &format!("{name}:x:{uid}:{gid}:{name}:{}:/bin/sh\n", user.home);
            shadow += &format!("{name}:*:19000::::::\n");
            group += &format!("{name}:x:{gid}:\n");
            std::fs::create_dir(self.path(user.home)).unwrap();
            self.set_mode(user.home, 0o755);
            self.set_owner(user.home, uid, gid);
        }
        self.write("/etc/passwd", passwd);
        self.write("/etc/group", group);
        self.write_with_mode("/etc/shadow", shadow, 0o600);
        self.write("/etc/pam.d/sshd", PAM);
        self.write("/etc/pam.d/other", PAM);
        self.write("/etc/shells", "/bin/sh\n");
    }

    pub(super) fn write_names(&self) {
        self.write("/etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files\nnetgroup: files\n");
        self.write(
            "/etc/hosts",
            format!(
                "127.0.0.1 localhost\n::1 localhost ip6-localhost\n\n10.77.0.1 {CLIENT} node1\n\
                 {SERVER_ADDRESS} {SERVER} srv\nfd77::1 {CLIENT} node1\n"
            ),
        );
    }

    pub(super) fn write_defaults(&self) {
        self.write(SSH_CONFIG, DEFAULT_SSH_CONFIG);
        self.write(SSHD_CONFIG, DEFAULT_SSHD_CONFIG);
        for folder in ["/etc/ssh/ssh_config.d", "/etc/ssh/sshd_config.d"] {
            std::fs::create_dir(self.path(folder)).unwrap();
        }
    }
}

impl Pair {
    pub(super) fn make_healthy(&self) {
        let (client, server) = (&self.client, &self.server);
        let (clients, servers) = (client_keys(), server_keys());
        clients.iter().for_each(|key| client.install_key(key));
        client.write("/etc/ssh/ssh_known_hosts", known_hosts(&format!("{SERVER},srv,{SERVER_ADDRESS}"), servers));
        client.write(SSH_CONFIG, "EnableSSHKeysign yes\n\nHost *.cluster.test\n    HostbasedAuthentication yes\n");
        server.write(
            SSHD_CONFIG,
            "Include /etc/ssh/sshd_config.d/*.conf\n\nHostbasedAuthentication yes\nIgnoreRhosts yes\n\
             IgnoreUserKnownHosts yes\nUseDNS yes\nUsePAM no\nPasswordAuthentication no\n\
             KbdInteractiveAuthentication no\nLogLevel DEBUG3\n",
        );
        server.write("/etc/ssh/ssh_known_hosts", known_hosts(CLIENT, clients));
        server.write("/etc/ssh/shosts.equiv", format!("{CLIENT}\n"));
    }
}

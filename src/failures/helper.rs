//! The helper that signs, and its privilege.

use super::entry::{Entry, Side, Step};
use crate::failures::Id;
use crate::severity::Severity;

pub(super) const KEYSIGN_MISSING: Entry = Entry {
    id: Id::KeysignMissing,
    side: Side::Client,
    severity: Severity::Error,
    title: "There is no ssh-keysign where ssh looks for it",
    symptom: "`ssh_keysign: not installed: No such file or directory`, then `sign using hostkey ... failed`.",
    cause: "The helper's path is compiled into ssh, and nothing is there: a small image, a package of its own that was \
        not installed, or a path that moved with a release of the system.",
    check: "`strings \"$(command -v ssh)\" | grep keysign` prints the path; look whether it is there.",
    mend: &[
        Step::Say(
            "Install the package that has it (Debian openssh-client, Red Hat openssh), or this project's helper \
            in its place. On NixOS it is a security wrapper.",
        ),
        Step::Root("hostbased setup client --server '*.example.org' --helper openssh"),
    ],
    source: "OpenSSH sshconnect2.c `ssh_keysign`; NixOS/nixpkgs#63585.",
    releases: Some(
        "Paths differ: /usr/lib/openssh (Debian, Ubuntu), /usr/libexec/openssh (Red Hat), /usr/lib/ssh \
        (SUSE up to 15, Arch), /usr/libexec/ssh (SLE 16), /usr/libexec (BSD, macOS).",
    ),
};

pub(super) const KEYSIGN_NOT_SETUID: Entry = Entry {
    id: Id::KeysignNotSetuid,
    side: Side::Client,
    severity: Severity::Error,
    title: "ssh-keysign is not set-uid root",
    symptom: "`could not open any host key`, `ssh_keysign: no reply` and `sign using hostkey ... failed` (before 6.8 \
        the last line is `key_sign failed`).",
    cause: "The private host keys are root's, and without its set-uid bit the helper runs with the user's rights and \
        can open none of them.",
    check: "`ls -l /usr/lib/openssh/ssh-keysign` shows no `s`; as the user, `/usr/lib/openssh/ssh-keysign </dev/null` \
        says `could not open any host key`.",
    mend: &[
        Step::Say(
            "Give it the bit so that an update keeps it. Debian: dpkg-statoverride; SUSE: /etc/permissions.local \
            and chkstat; elsewhere chown and chmod, again after updates.",
        ),
        Step::Root("hostbased setup client --server '*.example.org' --helper openssh"),
        Step::Root("dpkg-statoverride --update --add root root 4711 /usr/lib/openssh/ssh-keysign"),
    ],
    source: "OpenSSH ssh-keysign.c `main`; ssh-keysign(8), FILES.",
    releases: None,
};

pub(super) const KEYSIGN_PRIVILEGE_STRIPPED_BY_SECURITY_FIX: Entry = Entry {
    id: Id::KeysignPrivilegeStrippedBySecurityFix,
    side: Side::Client,
    severity: Severity::Error,
    title: "A security measure took the helper's set-uid bit away",
    symptom: "As keysign-not-setuid, of a sudden, on machines where it worked.",
    cause: "Somebody closed CVE-2026-46333 (a user could take the helper's open key files as it ends) by removing the \
        bit, or a hardening run clears set-uid bits that it does not expect.",
    check: "`dpkg-statoverride --list`, `rpm -V openssh-clients`, the reports of chkstat and of hardening tools; \
        `uname -r` against the fixed kernels.",
    mend: &[
        Step::Say(
            "Mend the kernel first (see kernel-open-to-keysign-theft), then restore the bit as in \
            keysign-not-setuid. Where the keys may have been taken, make new ones. This project's helper holds no key \
            file open when it ends.",
        ),
        Step::Root("hostbased setup client --server '*.example.org' --helper ours"),
    ],
    source: "coreos/fedora-coreos-tracker#2147, flatcar/Flatcar#2159, stackhpc/ansible-slurm-appliance#965.",
    releases: None,
};

pub(super) const KEYSIGN_NOT_EXECUTABLE_FOR_USER: Entry = Entry {
    id: Id::KeysignNotExecutableForUser,
    side: Side::Client,
    severity: Severity::Error,
    title: "The user may not execute ssh-keysign",
    symptom: "`ssh_keysign: exec(/usr/lib/openssh/ssh-keysign): Permission denied`.",
    cause: "The helper's mode lets only some group execute it (4750), or it lies on a file system mounted noexec.",
    check: "As the user: `test -x /usr/lib/openssh/ssh-keysign`; `findmnt -no OPTIONS -T /usr/lib/openssh`.",
    mend: &[
        Step::Say("Let everybody execute it, or put the user into the group that is meant to."),
        Step::Root("chmod 4711 /usr/lib/openssh/ssh-keysign"),
    ],
    source: "OpenSSH sshconnect2.c `ssh_keysign`.",
    releases: None,
};

pub(super) const NOSUID_MOUNT: Entry = Entry {
    id: Id::NosuidMount,
    side: Side::Client,
    severity: Severity::Error,
    title: "The helper lies on a file system mounted nosuid",
    symptom: "As keysign-not-setuid, with the right mode: diskless machines, network roots, bind mounts of containers.",
    cause: "The kernel takes no notice of set-uid and set-gid bits on a file system mounted with `nosuid`.",
    check: "`findmnt -no OPTIONS -T /usr/lib/openssh/ssh-keysign` has `nosuid`.",
    mend: &[
        Step::Say("Mount it with suid, or have the helper on another file system."),
        Step::Root("mount -o remount,suid /usr"),
    ],
    source: "mount(8), nosuid.",
    releases: None,
};

pub(super) const NO_NEW_PRIVS: Entry = Entry {
    id: Id::NoNewPrivs,
    side: Side::Client,
    severity: Severity::Error,
    title: "The session may gain no privileges (no_new_privs)",
    symptom: "As keysign-not-setuid, but only inside one service, batch step, container or sandbox.",
    cause: "A process with the flag `no_new_privs`, and all that it starts, gets nothing from set-uid and set-gid \
        bits.",
    check: "Run `grep NoNewPrivs /proc/self/status` in the session that fails: 1 is the flag.",
    mend: &[Step::Say(
        "Clear it for that unit (`NoNewPrivileges=no`) or container (without `--security-opt \
            no-new-privileges`), or use another method in there.",
    )],
    source: "prctl(2), PR_SET_NO_NEW_PRIVS; systemd.exec(5), NoNewPrivileges.",
    releases: None,
};

pub(super) const USER_NAMESPACE_WITHOUT_HOST_ROOT: Entry = Entry {
    id: Id::UserNamespaceWithoutHostRoot,
    side: Side::Client,
    severity: Severity::Error,
    title: "The session runs in a user namespace in which root is not the machine's root",
    symptom: "As keysign-not-setuid, in rootless containers and after `unshare -U`.",
    cause: "Set-uid root means there a user who does not own the host keys, and some container systems refuse set-uid \
        programs altogether.",
    check: "/proc/self/uid_map is not the one line `0 0 4294967295`; `ls -ln` shows the helper as that of 65534.",
    mend: &[Step::Say("Run ssh outside the container, or use another method inside.")],
    source: "user_namespaces(7); apptainer/singularity#1328.",
    releases: None,
};

pub(super) const SETGID_MODEL_KEYS_NOT_GROUP_READABLE: Entry = Entry {
    id: Id::SetgidModelKeysNotGroupReadable,
    side: Side::Client,
    severity: Severity::Error,
    title: "The helper is set-gid, and the host keys are not its group's to read",
    symptom: "As keysign-not-setuid; the helper is `---x--s--x root ssh_keys`.",
    cause: "On Red Hat 7 to 9 and Fedora before 38 the helper has only the group ssh_keys, and reads the private keys \
        by that group. Keys that some tool wrote as 0600 are closed to it.",
    check: "`ls -l /usr/libexec/openssh/ssh-keysign /etc/ssh/ssh_host_*_key`: a set-gid helper wants each key to be of \
        its group, and readable by it.",
    mend: &[
        Step::Say(
            "Give the keys to the group where the system's sshd allows that (see \
            group-readable-host-keys-refused), or make the helper set-uid root and keep the keys 0600.",
        ),
        Step::Root("chgrp ssh_keys /etc/ssh/ssh_host_ed25519_key"),
        Step::Root("chmod 640 /etc/ssh/ssh_host_ed25519_key"),
    ],
    source: "xcat2/xcat-core#2617, rocksclusters/base#24, saz/puppet-ssh#207.",
    releases: Some("Red Hat's patch in RHEL 7 to 9 and Fedora up to 37."),
};

pub(super) const SETGID_MODEL_NEWGRP: Entry = Entry {
    id: Id::SetgidModelNewgrp,
    side: Side::Client,
    severity: Severity::Error,
    title: "A set-gid helper fails when the session's group is not the account's",
    symptom: "`setresgid 18352: Operation not permitted`, then `ssh_keysign: no reply`: after newgrp, sg, or in jobs \
        that run with another group.",
    cause: "The helper goes back to the group that passwd names for the user; without root it may do that only when \
        the session's real group is that one.",
    check: "The helper is set-gid and not set-uid, and `id -g -r` is not the group in `getent passwd \"$(id -un)\"`.",
    mend: &[
        Step::Say("Make the helper set-uid root; until then, start ssh with the account's own group."),
        Step::Root("chmod 4711 /usr/libexec/openssh/ssh-keysign"),
        Step::User("sg \"$(id -gn \"$(id -un)\")\" -c 'ssh srv.example.org'"),
    ],
    source: "OpenSSH uidswap.c `permanently_set_uid`; hpc/pavilion2#405.",
    releases: None,
};

pub(super) const GROUP_READABLE_HOST_KEYS_REFUSED: Entry = Entry {
    id: Id::GroupReadableHostKeysRefused,
    side: Side::Both,
    severity: Severity::Error,
    title: "Host keys that a group may read are refused by sshd",
    symptom: "sshd: `Permissions 0640 for '/etc/ssh/ssh_host_ed25519_key' are too open.`, `This private key will be \
        ignored.`, `sshd: no hostkeys available -- exiting.` A client sees `Connection refused`.",
    cause: "Only Red Hat's patched sshd takes private keys of mode 0640; everywhere else the daemon passes over them \
        and, with none left, ends. A client's own sshd is where it is noticed, though the modes were made for the \
        helper.",
    check: "`sshd -t`; `ls -l /etc/ssh/ssh_host_*_key`.",
    mend: &[
        Step::Say(
            "Keep the keys for root alone and make the helper set-uid. One configuration for both kinds of \
            system does not work.",
        ),
        Step::Root("chown root:root /etc/ssh/ssh_host_ed25519_key"),
        Step::Root("chmod 600 /etc/ssh/ssh_host_ed25519_key"),
    ],
    source: "OpenSSH authfile.c `sshkey_perm_ok`; xcat2/xcat-core#2757, willshersystems/ansible-sshd#216.",
    releases: Some("All but RHEL 7 to 9 and Fedora up to 37."),
};

pub(super) const UID_NOT_IN_PASSWD: Entry = Entry {
    id: Id::UidNotInPasswd,
    side: Side::Client,
    severity: Severity::Error,
    title: "The session's uid has no account",
    symptom: "`No user exists for uid 3001` from ssh; the helper alone says `getpwuid failed`.",
    cause: "ssh and the helper look the user up by number. In a container with a made-up uid, or while the directory \
        service does not answer, nobody is found.",
    check: "`getent passwd \"$(id -u)\"` prints nothing.",
    mend: &[Step::Say(
        "Repair the directory service (sssd, LDAP), or run as an account that exists. Libraries that fake \
            passwd by LD_PRELOAD do not reach a set-uid program.",
    )],
    source: "OpenSSH ssh.c `main`, ssh-keysign.c `main`.",
    releases: None,
};

pub(super) const SECOND_OPENSSH_IN_PATH: Entry = Entry {
    id: Id::SecondOpensshInPath,
    side: Side::Client,
    severity: Severity::Error,
    title: "Another OpenSSH comes first in PATH",
    symptom: "As keysign-missing, keysign-not-setuid or keysign-not-enabled, with paths of another prefix in the \
        messages.",
    cause: "An ssh of Spack, conda, Homebrew or a module has its own configuration folder and its own helper path, and \
        that helper is there without privilege or not at all.",
    check: "`command -v ssh`; `ssh -G srv.example.org | grep globalknownhostsfile` shows the folder that was compiled \
        in.",
    mend: &[Step::Say("Call the system's own, or unload the module."), Step::User("/usr/bin/ssh srv.example.org")],
    source: "spack/spack#31083.",
    releases: None,
};

pub(super) const SELINUX_SSH_KEYSIGN_BOOLEAN: Entry = Entry {
    id: Id::SelinuxSshKeysignBoolean,
    side: Side::Client,
    severity: Severity::Error,
    title: "SELinux does not let users run ssh-keysign",
    symptom: "As keysign-not-setuid for confined users, with a denial for `ssh_keysign_t` in the audit log.",
    cause: "The boolean `ssh_keysign` is off by default, and host keys with a wrong label (copied from elsewhere) are \
        refused too.",
    check: "`getenforce`, `getsebool ssh_keysign`, `ls -Z /etc/ssh` (keys should be `sshd_key_t`), `ausearch -m AVC -c \
        ssh-keysign`.",
    mend: &[
        Step::Say("Switch it on for good and set the labels."),
        Step::Root("setsebool -P ssh_keysign on"),
        Step::Root("restorecon -RF /etc/ssh"),
    ],
    source: "ssh_keysign_selinux(8).",
    releases: None,
};

pub(super) const HELPER_AND_CLIENT_VERSION_SKEW: Entry = Entry {
    id: Id::HelperAndClientVersionSkew,
    side: Side::Client,
    severity: Severity::Error,
    title: "ssh and ssh-keysign are of different releases",
    symptom: "`ssh_keysign: bad version`, `ssh-keysign: bad fd = 2` or `not a valid request`.",
    cause: "Both speak a protocol of their own, and a half-made upgrade or an ssh that was mounted in from elsewhere \
        talks to a helper that understands another one.",
    check: "Which package, and which version of it, each file belongs to: `dpkg -S`, `rpm -qf`.",
    mend: &[Step::Say("Install both from one package again.")],
    source: "OpenSSH ssh-keysign.c `main`; commits 2e69a7240 and c586d2d31.",
    releases: None,
};

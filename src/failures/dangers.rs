//! What works and is dangerous; and broken releases.

use super::entry::{Entry, Side, Step};
use crate::failures::Id;
use crate::severity::Severity;

pub(super) const NAMED_USER_BECOMES_ANYONE: Entry = Entry {
    id: Id::NamedUserBecomesAnyone,
    side: Side::Server,
    severity: Severity::Warning,
    title: "A line with a user's name admits that user to every account",
    symptom: "Nothing: it works.",
    cause: "A line `node1.example.org alice` in shosts.equiv lets alice of that host become anybody but root, not only \
        alice.",
    check: "`hostbased lint`: every-account.",
    mend: &[
        Step::Say(
            "Leave the user out, so that each becomes himself; where one user must enter another account, let \
            that account's own .shosts say so.",
        ),
        Step::Root("hostbased shosts remove node1.example.org"),
        Step::Root("hostbased shosts add node1.example.org"),
        Step::Line { file: "~bob/.shosts", text: "node1.example.org alice" },
    ],
    source: "OpenSSH auth-rhosts.c `check_rhosts_file`; hosts.equiv(5).",
    releases: None,
};

pub(super) const TRUST_FILES_WRITABLE: Entry = Entry {
    id: Id::TrustFilesWritable,
    side: Side::Server,
    severity: Severity::Error,
    title: "Others may write the files that say who is admitted",
    symptom: "Nothing: sshd does not look at the owner or mode of shosts.equiv, hosts.equiv and ssh_known_hosts.",
    cause: "Whoever can write these files, or a folder above them, can admit any host with any key.",
    check: "`ls -ld /etc/ssh /etc/ssh/shosts.equiv /etc/hosts.equiv /etc/ssh/ssh_known_hosts`; `hostbased lint`: \
        writable-by-others, foreign-owner.",
    mend: &[
        Step::Say("Look at what is written there first, then take the rights away."),
        Step::Root("hostbased list"),
        Step::Root("chown root:root /etc/ssh/shosts.equiv /etc/ssh/ssh_known_hosts"),
        Step::Root("chmod 644 /etc/ssh/shosts.equiv /etc/ssh/ssh_known_hosts"),
    ],
    source: "OpenSSH auth-rhosts.c `auth_rhosts2` (it checks the users' own files only).",
    releases: None,
};

pub(super) const HOST_KEY_READABLE_BY_OTHERS: Entry = Entry {
    id: Id::HostKeyReadableByOthers,
    side: Side::Client,
    severity: Severity::Error,
    title: "Users can read the private host keys",
    symptom: "Nothing: ssh-keysign signs with a key of any mode.",
    cause: "A user who reads a client's private host key can sign for every other user of that machine, and from any \
        machine where the server believes its name.",
    check: "`ls -l /etc/ssh/ssh_host_*_key`.",
    mend: &[
        Step::Say(
            "Close the files; then make new keys, because nobody knows who has read the old ones, and register \
            these.",
        ),
        Step::Root("chmod 600 /etc/ssh/ssh_host_ed25519_key"),
        Step::Root("hostbased refresh --accept-changed node1.example.org node1.example.org"),
    ],
    source: "OpenSSH ssh-keysign.c `main` (it does not look at modes).",
    releases: None,
};

pub(super) const OWN_KNOWN_HOSTS_VOUCH: Entry = Entry {
    id: Id::OwnKnownHostsVouch,
    side: Side::Server,
    severity: Severity::Warning,
    title: "Users' own known_hosts may vouch for host keys",
    symptom: "Nothing: it works.",
    cause: "Without `IgnoreUserKnownHosts yes` the account's own ~/.ssh/known_hosts can make a host's key good; with \
        `IgnoreRhosts no` besides, a user can open the account to any machine.",
    check: "`sshd -T | grep -i -E '^(ignoreuserknownhosts|ignorerhosts)'`.",
    mend: &[
        Step::Say("Let the administrator's file alone decide."),
        Step::Root("hostbased setup server"),
        Step::Line { file: "/etc/ssh/sshd_config", text: "IgnoreUserKnownHosts yes" },
    ],
    source: "sshd_config(5), IgnoreUserKnownHosts.",
    releases: None,
};

pub(super) const SHARED_HOST_KEY_WITH_PACKET_NAMES: Entry = Entry {
    id: Id::SharedHostKeyWithPacketNames,
    side: Side::Server,
    severity: Severity::Warning,
    title: "One host key for many clients, and the client's word for its name",
    symptom: "Nothing: it works.",
    cause: "With `HostbasedUsesNameFromPacketOnly yes` only the host key says which machine it is, and machines with \
        the same key (clones of one image) can each speak for the others.",
    check: "`hostbased lint`: shared-key; `sshd -T | grep -i hostbasedusesname`.",
    mend: &[
        Step::Say("Give each machine keys of its own, and register them."),
        Step::Root("ssh-keygen -A"),
        Step::Root("hostbased refresh node1.example.org"),
    ],
    source: "OpenSSH auth2-hostbased.c `hostbased_key_allowed`.",
    releases: None,
};

pub(super) const KERNEL_OPEN_TO_KEYSIGN_THEFT: Entry = Entry {
    id: Id::KernelOpenToKeysignTheft,
    side: Side::Client,
    severity: Severity::Warning,
    title: "The kernel lets users take host keys from ssh-keysign",
    symptom: "Nothing: it works.",
    cause: "On a kernel without the mend for CVE-2026-46333 any user can take open files from a set-uid program as it \
        ends, and OpenSSH's helper has the private host keys open then.",
    check: "`uname -r`, and your system's notice of CVE-2026-46333; mended upstream in 5.10.256, 5.15.207, 6.1.173, \
        6.6.139, 6.12.89, 6.18.31 and 7.0.8.",
    mend: &[
        Step::Say(
            "Install a mended kernel; until then forbid tracing, or use this project's helper, which has closed \
            the keys long before. If users were not to be trusted, make new host keys.",
        ),
        Step::Root("sysctl kernel.yama.ptrace_scope=2"),
        Step::Root("hostbased setup client --server '*.example.org' --helper ours"),
    ],
    source: "coreos/fedora-coreos-tracker#2147, flatcar/Flatcar#2159.",
    releases: None,
};

pub(super) const MATCH_EXEC_RUNS_IN_HELPER: Entry = Entry {
    id: Id::MatchExecRunsInHelper,
    side: Side::Client,
    severity: Severity::Warning,
    title: "A Match exec line runs again in the helper",
    symptom: "Nothing, but the command of a `Match exec` runs twice for each login.",
    cause: "The helper reads /etc/ssh/ssh_config too, and runs its `Match exec` commands once more, as the user, with \
        an empty host name. A slow command, or one that prints, disturbs each signature.",
    check: "`grep -n -i 'match.*exec' /etc/ssh/ssh_config /etc/ssh/ssh_config.d/*.conf`.",
    mend: &[Step::Say(
        "Have EnableSSHKeysign above that line, and the command quick and silent; better, put the Match into \
            users' own files.",
    )],
    source: "OpenSSH ssh-keysign.c `main`, readconf.c `match_cfg_line`.",
    releases: None,
};

pub(super) const BROKEN_RELEASE: Entry = Entry {
    id: Id::BrokenRelease,
    side: Side::Both,
    severity: Severity::Error,
    title: "A release with a known fault in hostbased",
    symptom: "Depends on the release: `hostbased doctor` names the fault.",
    cause: "Some releases of OpenSSH cannot do hostbased at all, or not with every kind of key, whatever their \
        configuration says.",
    check: "`ssh -V` on the client, `sshd -V` on the server (older ones: the banner that `ssh -v` prints as `remote \
        software version`).",
    mend: &[Step::Say("Upgrade.")],
    source: "OpenSSH's release notes.",
    releases: Some(
        "3.4p1 needs a patch; see also rsa-hostbased-broken-8-5-to-8-8 and \
        session-hash-longer-than-32-rejected.",
    ),
};

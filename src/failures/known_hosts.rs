//! The clients' keys in `ssh_known_hosts`.

use super::entry::{Entry, Side, Step};
use crate::failures::Id;
use crate::severity::Severity;

pub(super) const KNOWN_HOSTS_NO_ENTRY: Entry = Entry {
    id: Id::KnownHostsNoEntry,
    side: Side::Server,
    severity: Severity::Error,
    title: "The client's key is registered under no name that sshd looks up",
    symptom: "sshd at DEBUG2 `access allowed by auth_rhosts2`, then at DEBUG1 `key for host node1.example.org not \
        found`, twice for each attempt.",
    cause: "No entry of ssh_known_hosts names the host as sshd looks it up: by the resolved name, by the address with \
        `UseDNS no`, or by the name that the client sends.",
    check: "`ssh-keygen -F node1.example.org -f /etc/ssh/ssh_known_hosts` for exactly the name in the log.",
    mend: &[
        Step::Say(
            "Register the client. A scan alone proves nothing of who answers: give the fingerprint that \
            `ssh-keygen -lf` prints on the client.",
        ),
        Step::Root("hostbased enroll node1.example.org,10.77.0.1"),
    ],
    source: "OpenSSH auth.c `check_key_in_hostfiles`, auth2-hostbased.c `hostbased_key_allowed` (the second look is at \
        ssh_known_hosts2).",
    releases: None,
};

pub(super) const KNOWN_HOSTS_PORT_FORM: Entry = Entry {
    id: Id::KnownHostsPortForm,
    side: Side::Server,
    severity: Severity::Error,
    title: "The host is registered with a port",
    symptom: "As known-hosts-no-entry; the file has `[node1.example.org]:2222`.",
    cause: "ssh and ssh-keyscan write that form for a host whose own sshd listens elsewhere than on port 22; hostbased \
        looks the bare name up.",
    check: "`hostbased lint`: port-form.",
    mend: &[
        Step::Say("Register the bare name as well."),
        Step::Root("hostbased enroll -p 2222 node1.example.org,10.77.0.1"),
    ],
    source: "OpenSSH auth2-hostbased.c `hostbased_key_allowed`.",
    releases: None,
};

pub(super) const KNOWN_HOSTS_LINE_WITHOUT_NAME: Entry = Entry {
    id: Id::KnownHostsLineWithoutName,
    side: Side::Server,
    severity: Severity::Error,
    title: "Lines of ssh_known_hosts have no host's name",
    symptom: "As known-hosts-no-entry.",
    cause: "The .pub files were put into the file as they are, so the key's type stands where the hosts should.",
    check: "`hostbased lint`: missing-hosts.",
    mend: &[
        Step::Say("Register the host by its .pub file."),
        Step::Root("hostbased enroll --key-file node1_ed25519.pub node1.example.org,10.77.0.1"),
    ],
    source: "sshd(8), SSH_KNOWN_HOSTS FILE FORMAT.",
    releases: None,
};

pub(super) const KNOWN_HOSTS_STALE_KEY: Entry = Entry {
    id: Id::KnownHostsStaleKey,
    side: Side::Server,
    severity: Severity::Error,
    title: "The registered key is not the one that the client has now",
    symptom: "sshd at DEBUG1 `key for host node1.example.org not found`, once for each attempt; no warning.",
    cause: "The host is known, with other keys: it was installed anew, or an image made new keys at its start.",
    check: "`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the client against `ssh-keygen -lf \
        /etc/ssh/ssh_known_hosts` on the server; `hostbased refresh --dry-run node1.example.org`.",
    mend: &[
        Step::Say("Make sure that it is the same machine, then accept its new keys."),
        Step::Root("hostbased refresh --accept-changed node1.example.org node1.example.org"),
    ],
    source: "OpenSSH hostfile.c `check_key_in_hostkeys`; canonical/cloud-init#3910.",
    releases: None,
};

pub(super) const KNOWN_HOSTS_BROKEN_LINE: Entry = Entry {
    id: Id::KnownHostsBrokenLine,
    side: Side::Server,
    severity: Severity::Error,
    title: "Lines of ssh_known_hosts are broken",
    symptom: "As known-hosts-no-entry or known-hosts-stale-key; sshd says nothing of the line.",
    cause: "A line was wrapped or cut when it was pasted, lacks a blank, or holds two keys; sshd skips what it cannot \
        read.",
    check: "`hostbased lint`: wrapped-line, truncated-line, bad-base64, second-key-on-line.",
    mend: &[
        Step::Say("Join what was wrapped, register the rest again."),
        Step::Root("hostbased lint --fix-admitting"),
        Step::Root("hostbased enroll node1.example.org,10.77.0.1"),
    ],
    source: "OpenSSH hostfile.c `hostkeys_foreach_file`.",
    releases: None,
};

pub(super) const KNOWN_HOSTS_NEGATION_OR_CIDR: Entry = Entry {
    id: Id::KnownHostsNegationOrCidr,
    side: Side::Server,
    severity: Severity::Error,
    title: "A pattern of ssh_known_hosts does not fit the host",
    symptom: "As known-hosts-no-entry, though a line seems to cover the host.",
    cause: "A negated pattern on the line takes the host out (`*.example.org,!node1.example.org`), or a network stands \
        there (`10.77.0.0/24`), which is no pattern in this file. Wildcards are.",
    check: "`hostbased lint`: negated-pattern, network.",
    mend: &[
        Step::Say("Write names, addresses or `10.77.0.*`."),
        Step::Root("hostbased enroll node1.example.org,10.77.0.1"),
    ],
    source: "OpenSSH match.c `match_hostname`.",
    releases: None,
};

pub(super) const KNOWN_HOSTS_IN_AFILE_SSHD_DOES_NOT_READ: Entry = Entry {
    id: Id::KnownHostsInAFileSshdDoesNotRead,
    side: Side::Server,
    severity: Severity::Error,
    title: "The key stands in a file that sshd does not read",
    symptom: "As known-hosts-no-entry, while `ssh node1.example.org` from the server knows the key.",
    cause: "sshd reads /etc/ssh/ssh_known_hosts and ssh_known_hosts2, and the account's own two files unless \
        `IgnoreUserKnownHosts yes`. GlobalKnownHostsFile, KnownHostsCommand, sssd's file and SSHFP records are for ssh \
        alone.",
    check: "`ssh-keygen -F node1.example.org -f /etc/ssh/ssh_known_hosts`.",
    mend: &[Step::Say("Register the host there."), Step::Root("hostbased enroll node1.example.org,10.77.0.1")],
    source: "OpenSSH pathnames.h `_PATH_SSH_SYSTEM_HOSTFILE`; SSSD/sssd#6100.",
    releases: None,
};

pub(super) const USER_KNOWN_HOSTS_BAD_MODES: Entry = Entry {
    id: Id::UserKnownHostsBadModes,
    side: Side::Server,
    severity: Severity::Error,
    title: "The user's own known_hosts has a wrong owner or mode",
    symptom: "sshd: `Authentication refused for alice: bad owner or modes for /home/alice/.ssh/known_hosts`, then as \
        known-hosts-no-entry.",
    cause: "With StrictModes sshd passes over a file that others may write or own, and the host is registered there \
        only.",
    check: "`ls -l /home/alice/.ssh/known_hosts`.",
    mend: &[
        Step::Say(
            "Register the host for the whole system, and let users' own files not vouch for hosts; or mend the \
            mode.",
        ),
        Step::Root("hostbased enroll node1.example.org,10.77.0.1"),
        Step::User("chmod go-w /home/alice/.ssh/known_hosts"),
        Step::Line { file: "/etc/ssh/sshd_config", text: "IgnoreUserKnownHosts yes" },
    ],
    source: "OpenSSH auth.c `check_key_in_hostfiles`.",
    releases: None,
};

pub(super) const KNOWN_HOSTS0600_BREAKS_THE_CLIENT_SIDE: Entry = Entry {
    id: Id::KnownHosts0600BreaksTheClientSide,
    side: Side::Both,
    severity: Severity::Warning,
    title: "ssh_known_hosts cannot be read by users",
    symptom: "Users of that machine: `Host key verification failed.` when they go elsewhere. Its sshd, as root, still \
        lets clients in.",
    cause: "The file is of mode 0600. Nothing in it is secret, and ssh reads it as the user.",
    check: "`ls -l /etc/ssh/ssh_known_hosts`; `hostbased lint`: not-world-readable.",
    mend: &[Step::Say("Let everybody read it."), Step::Root("chmod 644 /etc/ssh/ssh_known_hosts")],
    source: "ssh(1), FILES.",
    releases: None,
};

//! Whom `shosts.equiv` does not admit: other names, root, and users' own files.

use super::entry::{Entry, Side, Step};
use crate::failures::Id;
use crate::severity::Severity;

pub(super) const DIFFERENT_REMOTE_USER: Entry = Entry {
    id: Id::DifferentRemoteUser,
    side: Side::Both,
    severity: Severity::Error,
    title: "The user has another name on the server",
    symptom: "`Failed hostbased for bob from 10.77.0.1 port 40000 ssh2: ..., client user \"alice\", client host \
        \"node1.example.org\"`.",
    cause: "A line that names only a host admits the same user name on both sides. `ssh bob@srv`, `User` in \
        ssh_config, root going to an ordinary account, and names with a domain (`alice@ad`) differ.",
    check: "`ssh -G srv.example.org | grep '^user '` against `id -un`.",
    mend: &[
        Step::Say(
            "Log in under the same name; or let the account say so itself, in ~bob/.shosts, where the server \
            lets .shosts count.",
        ),
        Step::Line { file: "~bob/.shosts", text: "node1.example.org alice" },
        Step::Line { file: "/etc/ssh/sshd_config", text: "IgnoreRhosts shosts-only" },
    ],
    source: "OpenSSH auth-rhosts.c `check_rhosts_file`.",
    releases: None,
};

pub(super) const SHOSTS_NOT_AREGULAR_FILE: Entry = Entry {
    id: Id::ShostsNotARegularFile,
    side: Side::Server,
    severity: Severity::Error,
    title: "shosts.equiv is not a regular file",
    symptom: "sshd: `User alice hosts file /etc/ssh/shosts.equiv is not a regular file`.",
    cause: "There is a folder, a FIFO or a device in its place. A link to a regular file is all right.",
    check: "`ls -lL /etc/ssh/shosts.equiv`; `hostbased lint`: not-a-file.",
    mend: &[
        Step::Say("Take it away and register the clients again."),
        Step::Root("hostbased enroll node1.example.org,10.77.0.1"),
    ],
    source: "OpenSSH auth-rhosts.c `check_rhosts_file`; commit 06db584e9.",
    releases: Some("Checked since 5.1."),
};

pub(super) const NETGROUP_DOES_NOT_MATCH: Entry = Entry {
    id: Id::NetgroupDoesNotMatch,
    side: Side::Server,
    severity: Severity::Error,
    title: "The netgroup does not have the client",
    symptom: "The host is refused without a word, for a line such as `+@cluster`.",
    cause: "The netgroup has the host under another name than the one that sshd looks up (short for full, a name while \
        `UseDNS no` gives the address), or nsswitch.conf sends netgroups to a service that lacks this one.",
    check: "`getent netgroup cluster` and the line `netgroup:` in /etc/nsswitch.conf; `hostbased lint`: \
        unknown-netgroup.",
    mend: &[
        Step::Say("Name hosts in the netgroup as sshd looks them up."),
        Step::Line { file: "/etc/netgroup", text: "cluster (node1.example.org,,)" },
        Step::Line { file: "/etc/nsswitch.conf", text: "netgroup: files sss" },
    ],
    source: "OpenSSH auth-rhosts.c `check_rhosts_file`; innetgr(3).",
    releases: None,
};

pub(super) const LINE_LONGER_THAN1023_BYTES: Entry = Entry {
    id: Id::LineLongerThan1023Bytes,
    side: Side::Server,
    severity: Severity::Warning,
    title: "A line of shosts.equiv is longer than sshd reads",
    symptom: "Nothing is said: what stands at a long line's end has no effect, or admits somebody whom nobody meant.",
    cause: "sshd reads 1023 bytes at a time and takes each piece for a line, so the tail of a long comment becomes an \
        entry.",
    check: "`hostbased lint`: long-line.",
    mend: &[Step::Say("Break the line up."), Step::Root("hostbased lint --fix")],
    source: "OpenSSH auth-rhosts.c `check_rhosts_file` (RBUFLN).",
    releases: None,
};

pub(super) const ROOT_IGNORES_SYSTEM_FILES: Entry = Entry {
    id: Id::RootIgnoresSystemFiles,
    side: Side::Server,
    severity: Severity::Error,
    title: "Root is not admitted by the system's files",
    symptom: "Users get in, root does not; at DEBUG3 `auth_rhosts2: root user, ignoring system hosts files`.",
    cause: "For an account with uid 0 sshd passes over hosts.equiv and shosts.equiv; only root's own .shosts can \
        admit.",
    check: "The account's uid is 0, and /root/.shosts is missing or `IgnoreRhosts` keeps it out.",
    mend: &[
        Step::Say("Where root is meant to come this way, give root a file of its own and let it count for root only."),
        Step::Line { file: "/root/.shosts", text: "node1.example.org root" },
        Step::Line { file: "/etc/ssh/sshd_config", text: "Match User root" },
        Step::Line { file: "/etc/ssh/sshd_config", text: "    IgnoreRhosts shosts-only" },
    ],
    source: "OpenSSH auth-rhosts.c `auth_rhosts2`; commit 267cbc87b.",
    releases: None,
};

pub(super) const USER_SHOSTS_IGNORED: Entry = Entry {
    id: Id::UserShostsIgnored,
    side: Side::Server,
    severity: Severity::Error,
    title: "sshd is told to ignore .shosts and .rhosts",
    symptom: "At DEBUG3 `Server has been configured to ignore .shosts.` (or .rhosts).",
    cause: "`IgnoreRhosts` is yes by default, and `shosts-only` still leaves .rhosts out; the host stands in such a \
        file of the user only.",
    check: "`sshd -T -C user=alice,host=node1.example.org,addr=10.77.0.1 | grep -i ignorerhosts`.",
    mend: &[
        Step::Say(
            "Have the host in shosts.equiv, for which the administrator answers; or let .shosts count for those \
            users.",
        ),
        Step::Root("hostbased enroll node1.example.org,10.77.0.1"),
        Step::Line { file: "/etc/ssh/sshd_config", text: "IgnoreRhosts shosts-only" },
    ],
    source: "OpenSSH auth-rhosts.c `auth_rhosts2`; commit c90f72d29.",
    releases: Some("shosts-only since 8.3."),
};

pub(super) const HOME_OR_SHOSTS_MODES: Entry = Entry {
    id: Id::HomeOrShostsModes,
    side: Side::Server,
    severity: Severity::Error,
    title: "The home folder or .shosts has a wrong owner or mode",
    symptom: "sshd: `Rhosts authentication refused for alice: bad ownership or modes for home directory.`, or `bad \
        modes for /home/alice/.shosts`.",
    cause: "With StrictModes the home folder and the file must belong to the user or root, and neither group nor \
        others may write them. It matters for the user's own files only, not for shosts.equiv. Debian's sshd lets the \
        user's own group write.",
    check: "`ls -ld /home/alice /home/alice/.shosts`.",
    mend: &[
        Step::Say("Take the rights away, as the user, and set the owner; what a link leads to keeps its own."),
        Step::User("chmod go-w /home/alice /home/alice/.shosts"),
        Step::Root("chown -h alice /home/alice /home/alice/.shosts"),
    ],
    source: "OpenSSH auth-rhosts.c `auth_rhosts2`; sshd_config(5), StrictModes.",
    releases: None,
};

pub(super) const HOME_MISSING_OR_UNREACHABLE: Entry = Entry {
    id: Id::HomeMissingOrUnreachable,
    side: Side::Server,
    severity: Severity::Error,
    title: "The home folder cannot be reached",
    symptom: "sshd: `Rhosts authentication refused for alice: no home directory /home/alice`.",
    cause: "sshd, as root, cannot look at the home folder: it is not mounted, or a network file system gives root no \
        rights. Only the user's own .shosts is lost by it.",
    check: "`stat /home/alice` as root.",
    mend: &[
        Step::Say("Mount it, or have the host in shosts.equiv."),
        Step::Root("hostbased enroll node1.example.org,10.77.0.1"),
    ],
    source: "OpenSSH auth-rhosts.c `auth_rhosts2`.",
    releases: None,
};

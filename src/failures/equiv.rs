//! `shosts.equiv`.

use super::entry::{Entry, Side, Step};
use crate::failures::Id;
use crate::severity::Severity;

pub(super) const SHOSTS_MISSING_OR_EMPTY: Entry = Entry {
    id: Id::ShostsMissingOrEmpty,
    side: Side::Server,
    severity: Severity::Error,
    title: "No shosts.equiv, or an empty one",
    symptom: "sshd at DEBUG3: `auth_rhosts2: no hosts access files exist`; an empty file refuses without a word.",
    cause: "Nothing says which client hosts are admitted: the file was never made, or something emptied it.",
    check: "`hostbased shosts list`.",
    mend: &[
        Step::Say("Register the clients; that writes both files."),
        Step::Root("hostbased enroll node1.example.org,10.77.0.1"),
    ],
    source: "OpenSSH auth-rhosts.c `auth_rhosts2`.",
    releases: None,
};

pub(super) const SHOSTS_IN_WRONG_PLACE: Entry = Entry {
    id: Id::ShostsInWrongPlace,
    side: Side::Server,
    severity: Severity::Error,
    title: "shosts.equiv lies where sshd does not look",
    symptom: "As shosts-missing-or-empty, while /etc/shosts.equiv is there.",
    cause: "sshd reads shosts.equiv in its own configuration folder, /etc/ssh on most systems; the manual still names \
        /etc/shosts.equiv.",
    check: "`strings /usr/lib/openssh/sshd-session | grep shosts.equiv` (before 9.8: /usr/sbin/sshd); `hostbased lint` \
        says unread-file.",
    mend: &[
        Step::Say("Move it, then look through it."),
        Step::Root("mv /etc/shosts.equiv /etc/ssh/shosts.equiv"),
        Step::Root("hostbased lint"),
    ],
    source: "OpenSSH pathnames.h `_PATH_SSH_HOSTS_EQUIV`; sshd(8), FILES.",
    releases: None,
};

pub(super) const HARDENING_REMOVES_SHOSTS: Entry = Entry {
    id: Id::HardeningRemovesShosts,
    side: Side::Server,
    severity: Severity::Warning,
    title: "A compliance tool removes what hostbased needs",
    symptom: "shosts-missing-or-empty, server-hostbased-off or selinux-ssh-keysign-boolean, back again after each run \
        of the tool.",
    cause: "The rules of DISA's STIG and others forbid shosts.equiv, hostbased authentication and the SELinux boolean, \
        and a scheduled run enforces them.",
    check: "Drop-ins with names such as 00-complianceascode-hardening.conf; timers and logs of OpenSCAP and Ansible.",
    mend: &[Step::Say("Write down an exception (a tailoring file) for these rules.")],
    source: "ComplianceAsCode/content#1856, ansible-lockdown/RHEL7-STIG#111.",
    releases: None,
};

pub(super) const SHOSTS_PATTERN_UNSUPPORTED: Entry = Entry {
    id: Id::ShostsPatternUnsupported,
    side: Side::Server,
    severity: Severity::Error,
    title: "shosts.equiv has patterns, networks or lists",
    symptom: "The host is refused, and no line says why.",
    cause: "A line names one host. Wildcards (`*.example.org`), networks (`10.77.0.0/24`) and lists (`node1,node2`) \
        are taken as they stand and match nothing.",
    check: "`hostbased lint`: wildcard-host, network, host-list.",
    mend: &[
        Step::Say("One host a line, or a netgroup (`+@cluster`)."),
        Step::Root("hostbased lint --fix-admitting"),
        Step::Root("hostbased shosts add node1.example.org"),
    ],
    source: "OpenSSH auth-rhosts.c `check_rhosts_file` (strcasecmp).",
    releases: None,
};

pub(super) const SHOSTS_INLINE_COMMENT: Entry = Entry {
    id: Id::ShostsInlineComment,
    side: Side::Server,
    severity: Severity::Error,
    title: "A comment stands behind an entry",
    symptom: "With a blank behind the `#`, at DEBUG3 `Found garbage in /etc/ssh/shosts.equiv.`; without one, nothing \
        is said.",
    cause: "`#` begins a comment only as the first character of a line. Behind a host it is a user's name, and with a \
        third word the line is skipped.",
    check: "`hostbased lint`: trailing-comment, comment-as-user.",
    mend: &[Step::Say("Put comments on lines of their own."), Step::Root("hostbased lint --fix-admitting")],
    source: "OpenSSH auth-rhosts.c `check_rhosts_file`.",
    releases: None,
};

pub(super) const SHOSTS_TRAILING_DOT: Entry = Entry {
    id: Id::ShostsTrailingDot,
    side: Side::Server,
    severity: Severity::Error,
    title: "A name in shosts.equiv ends with a dot",
    symptom: "At DEBUG2 `auth_rhosts2 refused user \"alice\" host \"node1.example.org\"`, with that name in the file.",
    cause: "The names that sshd compares carry no final dot, so an entry with one never fits.",
    check: "`hostbased lint`: final-dot.",
    mend: &[Step::Say("Take the dot away."), Step::Root("hostbased lint --fix-admitting")],
    source: "OpenSSH auth-rhosts.c `check_rhosts_file`, auth2-hostbased.c `hostbased_key_allowed`.",
    releases: None,
};

pub(super) const SHOSTS_BYTE_ORDER_MARK: Entry = Entry {
    id: Id::ShostsByteOrderMark,
    side: Side::Server,
    severity: Severity::Error,
    title: "The file begins with a byte order mark",
    symptom: "Only the first line of shosts.equiv has no effect, without a word.",
    cause: "An editor put the three bytes EF BB BF in front, and they belong to the first host's name.",
    check: "`hostbased lint`: byte-order-mark.",
    mend: &[Step::Say("Take them away."), Step::Root("hostbased lint --fix-admitting")],
    source: "OpenSSH auth-rhosts.c `check_rhosts_file`.",
    releases: None,
};

pub(super) const SHOSTS_NEGATIVE_ENTRY: Entry = Entry {
    id: Id::ShostsNegativeEntry,
    side: Side::Server,
    severity: Severity::Error,
    title: "An earlier line shuts the host out",
    symptom: "At DEBUG3 `Matched negative entry in /etc/ssh/shosts.equiv.`",
    cause: "The first line that fits decides, and this one begins with `-`. It ends the look through its own file; \
        another file may still admit.",
    check: "`hostbased shosts list` shows the order; `hostbased explain` names the line.",
    mend: &[
        Step::Say("If the host is to be admitted, take the denial out."),
        Step::Root("hostbased shosts remove --deny node1.example.org"),
    ],
    source: "OpenSSH auth-rhosts.c `check_rhosts_file`.",
    releases: None,
};

pub(super) const SHOSTS_PLUS_IGNORED: Entry = Entry {
    id: Id::ShostsPlusIgnored,
    side: Side::Server,
    severity: Severity::Error,
    title: "A bare + is meant to admit everybody",
    symptom: "At DEBUG3 `Ignoring wild host/user names in /etc/ssh/shosts.equiv.`",
    cause: "rlogin's `+` for any host or any user is never obeyed by sshd. rsh and rlogin do obey it in \
        /etc/hosts.equiv.",
    check: "`hostbased lint`: every-host, every-user.",
    mend: &[
        Step::Say("Take the line out and name hosts, or a netgroup."),
        Step::Root("hostbased lint --fix"),
        Step::Root("hostbased shosts add node1.example.org"),
    ],
    source: "OpenSSH auth-rhosts.c `check_rhosts_file`.",
    releases: None,
};

pub(super) const SHOSTS_SECOND_FIELD_IS_AUSER: Entry = Entry {
    id: Id::ShostsSecondFieldIsAUser,
    side: Side::Server,
    severity: Severity::Error,
    title: "The second word of a line is not a second host",
    symptom: "The host is refused without a word, for a line such as `node1.example.org node1`.",
    cause: "The second word is a user on the client, as in hosts.equiv of old; two names of one host on a line admit a \
        user of that name.",
    check: "`hostbased lint`: host-as-user.",
    mend: &[Step::Say("One name a line."), Step::Root("hostbased shosts add node1.example.org")],
    source: "OpenSSH auth-rhosts.c `check_rhosts_file`; hosts.equiv(5).",
    releases: None,
};

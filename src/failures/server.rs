//! The server's configuration, and the account.

use super::entry::{Entry, Side, Step};
use crate::failures::Id;
use crate::severity::Severity;

pub(super) const SERVER_HOSTBASED_OFF: Entry = Entry {
    id: Id::ServerHostbasedOff,
    side: Side::Server,
    severity: Severity::Error,
    title: "The server does not offer hostbased authentication",
    symptom: "The client ends with `Permission denied (publickey).`: a list without hostbased. The server's log has \
        nothing of it.",
    cause: "`HostbasedAuthentication` is `no` by default, and sshd_config does not switch it on.",
    check: "`sshd -T -C user=alice,host=node1.example.org,addr=10.77.0.1 | grep -i hostbasedauthentication`; from afar \
        `ssh -v -o PreferredAuthentications=none srv.example.org` prints the list.",
    mend: &[
        Step::Say("Let the setup write a drop-in that wins, then have sshd read it."),
        Step::Root("hostbased setup server"),
        Step::Root("systemctl reload ssh"),
    ],
    source: "OpenSSH servconf.h; sshd_config(5), HostbasedAuthentication.",
    releases: None,
};

pub(super) const SETTING_SWALLOWED_BY_MATCH_BLOCK: Entry = Entry {
    id: Id::SettingSwallowedByMatchBlock,
    side: Side::Server,
    severity: Severity::Error,
    title: "The option was appended behind a Match block",
    symptom: "As server-hostbased-off, but for some one user or address.",
    cause: "Everything behind a `Match` line belongs to that block up to the next one, and a line added at the end of \
        sshd_config fell into the last block.",
    check: "`sshd -T` without -C says no, and with the block's user or address yes; look for a Match above the line.",
    mend: &[
        Step::Say("Move the line above the first Match, or into a drop-in of its own."),
        Step::Root("hostbased setup server"),
        Step::Line { file: "/etc/ssh/sshd_config.d/10-hostbased.conf", text: "HostbasedAuthentication yes" },
    ],
    source: "sshd_config(5), Match.",
    releases: None,
};

pub(super) const DROP_IN_FIRST_VALUE_WINS: Entry = Entry {
    id: Id::DropInFirstValueWins,
    side: Side::Server,
    severity: Severity::Error,
    title: "A file that is read earlier says no",
    symptom: "As server-hostbased-off, while sshd_config has a `HostbasedAuthentication yes` for all to see.",
    cause: "The first value counts, and the drop-ins are included at the top of sshd_config: a hardening or cloud file \
        among them comes first.",
    check: "`hostbased doctor server` names the first line that sets it; by hand `grep -n -i hostbasedauth \
        /etc/ssh/sshd_config.d/*.conf`, in the order of their names.",
    mend: &[
        Step::Say("Take that line out, or set it in a drop-in whose name sorts before it."),
        Step::Root("hostbased setup server"),
    ],
    source: "sshd_config(5), Include: the first value obtained is used.",
    releases: None,
};

pub(super) const MATCH_BLOCK_DOES_NOT_APPLY_OR_TURNS_OFF: Entry = Entry {
    id: Id::MatchBlockDoesNotApplyOrTurnsOff,
    side: Side::Server,
    severity: Severity::Error,
    title: "A Match block misses this login, or switches the option off",
    symptom: "As server-hostbased-off, for some users or from some addresses.",
    cause: "The block that says yes names another network (often IPv4 only), a group that the user is not in, or a \
        host's name while `UseDNS no` lets `Match Host` see nothing but the address; or a later block says no.",
    check: "`sshd -T -C user=alice,host=10.77.0.1,addr=10.77.0.1`, with the client's name as host= where UseDNS is \
        yes.",
    mend: &[
        Step::Say("Match by address, for both families, or switch it on for all."),
        Step::Line { file: "/etc/ssh/sshd_config", text: "Match Address 10.77.0.0/24,2001:db8:77::/64" },
        Step::Line { file: "/etc/ssh/sshd_config", text: "    HostbasedAuthentication yes" },
    ],
    source: "OpenSSH servconf.c `match_cfg_line`; sshd_config(5), Match.",
    releases: None,
};

pub(super) const DIRECTIVE_NOT_ALLOWED_IN_MATCH: Entry = Entry {
    id: Id::DirectiveNotAllowedInMatch,
    side: Side::Server,
    severity: Severity::Error,
    title: "An option stands in a Match block that may not stand there",
    symptom: "sshd: `Directive 'UseDNS' is not allowed within a Match block`. It does not start, or goes on with its \
        old configuration; a client may see `Connection refused`.",
    cause: "`UseDNS`, `IgnoreUserKnownHosts` and `StrictModes` count for the whole daemon. `HostbasedAuthentication`, \
        `HostbasedUsesNameFromPacketOnly`, `HostbasedAcceptedAlgorithms` and `IgnoreRhosts` may be in a block.",
    check: "`sshd -t`.",
    mend: &[Step::Say("Move the line above the first Match."), Step::Root("hostbased setup server")],
    source: "OpenSSH servconf.h (SSHCFG_GLOBAL and SSHCFG_ALL).",
    releases: None,
};

pub(super) const DAEMON_NOT_RELOADED: Entry = Entry {
    id: Id::DaemonNotReloaded,
    side: Side::Server,
    severity: Severity::Error,
    title: "sshd runs with an older configuration",
    symptom: "As server-hostbased-off, while `sshd -T` says yes.",
    cause: "sshd reads its configuration when it starts and at SIGHUP, and the files were changed after that. \
        ssh_known_hosts, shosts.equiv and RevokedKeys are read at every login and need no reload.",
    check: "`systemctl show -p ActiveEnterTimestamp ssh` against the times of the files.",
    mend: &[Step::Say("Check it, then reload."), Step::Root("sshd -t"), Step::Root("systemctl reload ssh")],
    source: "sshd(8): SIGHUP.",
    releases: None,
};

pub(super) const AUTHENTICATIONMETHODS_EXCLUDES_HOSTBASED: Entry = Entry {
    id: Id::AuthenticationmethodsExcludesHostbased,
    side: Side::Server,
    severity: Severity::Error,
    title: "AuthenticationMethods does not let hostbased be enough",
    symptom: "The list on the client lacks hostbased; or, with a chain, ssh -v says `Authenticated using \"hostbased\" \
        with partial success.` and asks for more.",
    cause: "`AuthenticationMethods` names no list in which hostbased stands alone.",
    check: "`sshd -T -C user=alice,host=node1.example.org,addr=10.77.0.1 | grep -i authenticationmethods`.",
    mend: &[
        Step::Say("Add hostbased as a list of its own where that is meant, or let any method do."),
        Step::Line { file: "/etc/ssh/sshd_config", text: "AuthenticationMethods hostbased publickey" },
    ],
    source: "OpenSSH auth2-methods.c `auth2_method_allowed`; sshd_config(5), AuthenticationMethods.",
    releases: None,
};

pub(super) const ALLOW_DENY_LISTS: Entry = Entry {
    id: Id::AllowDenyLists,
    side: Side::Server,
    severity: Severity::Error,
    title: "AllowUsers, DenyUsers or the groups' lists refuse the account",
    symptom: "sshd: `User alice from 10.77.0.1 not allowed because not listed in AllowUsers`, then at DEBUG2 \
        `userauth_hostbased: disabled because of invalid user`. The client sees ordinary refusals.",
    cause: "The account is refused before any method is looked at. Patterns with a host's name \
        (`alice@node1.example.org`) never fit while `UseDNS no` leaves only the address.",
    check: "`sshd -T | grep -i -E '^(allow|deny)(users|groups)'` and `id alice`.",
    mend: &[
        Step::Say("Name the account, and clients by address."),
        Step::Line { file: "/etc/ssh/sshd_config", text: "AllowUsers *@10.77.0.0/24" },
    ],
    source: "OpenSSH auth.c `allowed_user`.",
    releases: None,
};

pub(super) const ACCOUNT_NOT_ACCEPTABLE: Entry = Entry {
    id: Id::AccountNotAcceptable,
    side: Side::Server,
    severity: Severity::Error,
    title: "The account on the server cannot log in",
    symptom: "sshd: `User alice not allowed because account is locked`, `User alice not allowed because shell \
        /no/such/shell does not exist`, or `Invalid user alice from 10.77.0.1 port 40000`. With /etc/nologin the login \
        succeeds and ends at once: `User alice not allowed because /etc/nologin exists`.",
    cause: "The account does not exist, is locked (which sshd itself looks at with `UsePAM no` only), or has a shell \
        that is missing or cannot be executed; or the machine admits nobody just now.",
    check: "`getent passwd alice`, `getent shadow alice` (a `!` in front of the password), `ls -l` of the shell, `ls \
        /etc/nologin`.",
    mend: &[
        Step::Say(
            "Unlock it without giving it a password, mend the shell, or remove /etc/nologin when the work is \
            done.",
        ),
        Step::Root("usermod -p '*' alice"),
        Step::Root("usermod -s /bin/bash alice"),
    ],
    source: "OpenSSH auth.c `allowed_user`, `getpwnamallow`; session.c `do_nologin`.",
    releases: None,
};

pub(super) const PAM_ACCOUNT_DENIES: Entry = Entry {
    id: Id::PamAccountDenies,
    side: Side::Server,
    severity: Severity::Error,
    title: "PAM refuses the account",
    symptom: "The client: `Connection closed by ...` right after the hostbased request. sshd: `Access denied for user \
        alice by PAM account configuration`.",
    cause: "With `UsePAM yes` the account stack of PAM has its say after the method: pam_access, pam_slurm_adopt, \
        expiry. On compute nodes this is often meant: without a job, no login.",
    check: "`grep account /etc/pam.d/sshd` with all that it includes; `pamtester sshd alice acct_mgmt`.",
    mend: &[Step::Say("Let the module admit the user (allocate a job, or a line in /etc/security/access.conf).")],
    source: "OpenSSH auth2.c `userauth_finish`; pam(8).",
    releases: None,
};

pub(super) const ROOT_LOGIN_POLICY: Entry = Entry {
    id: Id::RootLoginPolicy,
    side: Side::Server,
    severity: Severity::Error,
    title: "Root may not log in this way",
    symptom: "sshd: `ROOT LOGIN REFUSED FROM 10.77.0.1 port 40000` after a good signature.",
    cause: "`PermitRootLogin` is `no` or `forced-commands-only`. The default, prohibit-password, lets hostbased pass.",
    check: "`sshd -T -C user=root,host=node1.example.org,addr=10.77.0.1 | grep -i permitrootlogin`.",
    mend: &[
        Step::Say(
            "Allow it for the clients that are meant, and give root's own file its line \
            (root-ignores-system-files).",
        ),
        Step::Line { file: "/etc/ssh/sshd_config", text: "Match User root Address 10.77.0.0/24" },
        Step::Line { file: "/etc/ssh/sshd_config", text: "    PermitRootLogin prohibit-password" },
    ],
    source: "OpenSSH auth.c `auth_root_allowed`.",
    releases: None,
};

pub(super) const PER_SOURCE_PENALTY_LOCKS_OUT_NODE: Entry = Entry {
    id: Id::PerSourcePenaltyLocksOutNode,
    side: Side::Server,
    severity: Severity::Warning,
    title: "Failed logins of one user shut the whole client machine out",
    symptom: "The client: `Not allowed at this time`, or the connection closes before any method, for every user of \
        that machine. sshd: `activating ipv4 penalty of 19.551 seconds for penalty: failed authentication` and `drop \
        connection #0 from [10.77.0.1]:40000 ... penalty: failed authentication`.",
    cause: "Each failed login puts a penalty of some seconds on the client's address, and past a threshold all its \
        connections are dropped. One user's cron job, or an MPI start, locks out everybody on a shared login node.",
    check: "`sshd -T | grep -i persourcepenalt`, and whether the exempt list has the client's network.",
    mend: &[
        Step::Say("Exempt the machines that are trusted anyway."),
        Step::Line { file: "/etc/ssh/sshd_config", text: "PerSourcePenaltyExemptList 10.77.0.0/24" },
    ],
    source: "OpenSSH srclimit.c `srclimit_penalise`; commit 81c1099d2; ClusterLabs/crmsh#1811.",
    releases: Some("On by default since 9.8."),
};

pub(super) const REVOKED_KEYS_FILE_UNREADABLE: Entry = Entry {
    id: Id::RevokedKeysFileUnreadable,
    side: Side::Server,
    severity: Severity::Error,
    title: "The RevokedKeys file cannot be read",
    symptom: "sshd: `Error checking authentication key ED25519 ... in revoked keys file /etc/ssh/revoked_keys: No such \
        file or directory`; at VERBOSE `Failed hostbased ... client host \"node1.example.org.\"` with the final dot \
        still there.",
    cause: "When the file is missing or cannot be parsed, sshd takes every key for revoked.",
    check: "`sshd -T | grep -i revokedkeys`; `ssh-keygen -Q -f FILE /etc/ssh/ssh_host_ed25519_key.pub`.",
    mend: &[
        Step::Say("Put the file back, or create an empty one, or correct the path."),
        Step::Root("touch /etc/ssh/revoked_keys"),
    ],
    source: "OpenSSH auth.c `auth_key_is_revoked`.",
    releases: None,
};

pub(super) const CLIENT_KEY_REVOKED: Entry = Entry {
    id: Id::ClientKeyRevoked,
    side: Side::Server,
    severity: Severity::Error,
    title: "The client's key is revoked",
    symptom: "sshd: `Authentication key ED25519 SHA256:... revoked by file /etc/ssh/revoked_keys`, or `WARNING: \
        revoked key for node1.example.org attempted authentication` for a line `@revoked` in a known_hosts file. Other \
        types of the client's keys may still pass.",
    cause: "Somebody revoked this key, in the RevokedKeys file or with `@revoked`.",
    check: "`ssh-keygen -Q -f /etc/ssh/revoked_keys key.pub`; `grep @revoked /etc/ssh/ssh_known_hosts`.",
    mend: &[
        Step::Say(
            "Find out why. If it was right, make new host keys on the client and register them; do not take the \
            revocation back.",
        ),
        Step::Root("hostbased refresh node1.example.org"),
    ],
    source: "OpenSSH auth.c `auth_key_is_revoked`, `check_key_in_hostfiles`.",
    releases: None,
};

pub(super) const LOG_LEVEL_HIDES_EVERYTHING: Entry = Entry {
    id: Id::LogLevelHidesEverything,
    side: Side::Server,
    severity: Severity::Warning,
    title: "The log's level hides why hostbased is refused",
    symptom: "At the default `LogLevel INFO` a refused login leaves `Connection closed by authenticating user alice \
        10.77.0.1 port 40000 [preauth]` and nothing else.",
    cause: "`Failed hostbased` is written at VERBOSE (or once half of MaxAuthTries is used), the names at DEBUG2, what \
        shosts files say at DEBUG3.",
    check: "`sshd -T | grep -i loglevel`.",
    mend: &[
        Step::Say("Keep VERBOSE; for one client, ask for more. `hostbased explain` tells the reason without any log."),
        Step::Root(
            "hostbased explain --user alice --client-user alice --client-host node1.example.org --address \
            10.77.0.1 --known-key ed25519",
        ),
        Step::Line { file: "/etc/ssh/sshd_config", text: "LogLevel VERBOSE" },
        Step::Line { file: "/etc/ssh/sshd_config", text: "Match Address 10.77.0.1" },
        Step::Line { file: "/etc/ssh/sshd_config", text: "    LogLevel DEBUG3" },
    ],
    source: "OpenSSH auth.c `auth_log`, auth_debug_add; commit a6183e25e.",
    releases: Some("Before 9.2 the reasons of shosts files reached no log at all."),
};

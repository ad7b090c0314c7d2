//! What the client's configuration does wrong.

use super::entry::{Entry, Side, Step};
use crate::failures::Id;
use crate::severity::Severity;

pub(super) const CLIENT_HOSTBASED_OFF: Entry = Entry {
    id: Id::ClientHostbasedOff,
    side: Side::Client,
    severity: Severity::Error,
    title: "ssh does not offer hostbased authentication to this server",
    symptom: "With -v, ssh goes from `Authentications that can continue: publickey,hostbased` to another method and \
        never says `Next authentication method: hostbased`; in the end `Permission denied (publickey,hostbased).` The \
        server's log has nothing of it.",
    cause: "`HostbasedAuthentication` is `no` unless ssh_config says `yes` for this server's name, and a `yes` in \
        sshd_config is the server's half alone.",
    check: "`ssh -G srv.example.org` prints `hostbasedauthentication no`.",
    mend: &[
        Step::Say(
            "Let the setup write both options of the client, or add the lines to /etc/ssh/ssh_config (in \
            ~/.ssh/config it counts as well).",
        ),
        Step::Root("hostbased setup client --server '*.example.org'"),
        Step::Line { file: "/etc/ssh/ssh_config", text: "Host *.example.org" },
        Step::Line { file: "/etc/ssh/ssh_config", text: "    HostbasedAuthentication yes" },
    ],
    source: "OpenSSH readconf.c `fill_default_options`; ssh_config(5), HostbasedAuthentication.",
    releases: None,
};

pub(super) const PREFERRED_AUTH_OMITS_HOSTBASED: Entry = Entry {
    id: Id::PreferredAuthOmitsHostbased,
    side: Side::Client,
    severity: Severity::Error,
    title: "PreferredAuthentications leaves hostbased out",
    symptom: "As client-hostbased-off, while `ssh -G` says `hostbasedauthentication yes`.",
    cause: "ssh tries only the methods that `PreferredAuthentications` lists, and the list in force here lacks \
        `hostbased`. Wrappers, editors and automation tools like to pass such a list.",
    check: "`ssh -G srv.example.org` has a line `preferredauthentications` without `hostbased`. Look at the options of \
        the tool that calls ssh, too.",
    mend: &[
        Step::Say("Take the line out, or put hostbased first in it."),
        Step::Line { file: "/etc/ssh/ssh_config", text: "PreferredAuthentications hostbased,publickey,password" },
    ],
    source: "OpenSSH sshconnect2.c `authmethod_get`; ssh_config(5), PreferredAuthentications.",
    releases: None,
};

pub(super) const USER_CONFIG_DISABLES: Entry = Entry {
    id: Id::UserConfigDisables,
    side: Side::Client,
    severity: Severity::Error,
    title: "The user's own ~/.ssh/config switches hostbased off",
    symptom: "One user never gets to `Next authentication method: hostbased`; the others of the same machine do.",
    cause: "ssh reads ~/.ssh/config before the system's file and keeps the first value of an option, so a \
        `HostbasedAuthentication no` there wins.",
    check: "As that user: `ssh -G srv.example.org` differs from `ssh -F /etc/ssh/ssh_config -G srv.example.org`.",
    mend: &[Step::Say("Remove the line from ~/.ssh/config, or set it to yes for these hosts.")],
    source: "ssh_config(5): for each parameter the first value obtained is used.",
    releases: None,
};

pub(super) const HOST_BLOCK_MISSES_TYPED_NAME: Entry = Entry {
    id: Id::HostBlockMissesTypedName,
    side: Side::Client,
    severity: Severity::Error,
    title: "The Host pattern does not fit the name as it was typed",
    symptom: "`ssh srv.example.org` logs in by hostbased, `ssh srv` does not even try it.",
    cause: "`Host` is compared with what stands on the command line, before any name is looked up; a short name or an \
        address misses a pattern of full names.",
    check: "Compare `ssh -G srv` with `ssh -G srv.example.org`.",
    mend: &[
        Step::Say("Name every form that users type, or let ssh complete short names."),
        Step::Root("hostbased setup client --server '*.example.org' srv"),
        Step::Line { file: "/etc/ssh/ssh_config", text: "Host srv *.example.org" },
        Step::Line { file: "/etc/ssh/ssh_config", text: "CanonicalizeHostname yes" },
        Step::Line { file: "/etc/ssh/ssh_config", text: "CanonicalDomains example.org" },
    ],
    source: "ssh_config(5), Host and CanonicalizeHostname.",
    releases: None,
};

pub(super) const DASH_FSKIPS_GLOBAL: Entry = Entry {
    id: Id::DashFSkipsGlobal,
    side: Side::Client,
    severity: Severity::Error,
    title: "ssh is called with -F, which leaves /etc/ssh/ssh_config out",
    symptom: "As client-hostbased-off, but only from a tool that has an ssh configuration of its own.",
    cause: "With `-F FILE` ssh reads that file alone, so what the system's file says of hostbased is lost. The helper \
        still reads /etc/ssh/ssh_config and nothing else.",
    check: "`ssh -F FILE -G srv.example.org` with the tool's file; look for `-F` in its command line (`ps -ww`).",
    mend: &[
        Step::Say(
            "Include the system's file at the top of the tool's, or repeat the option there. EnableSSHKeysign \
            stays in /etc/ssh/ssh_config.",
        ),
        Step::Line { file: "FILE", text: "Include /etc/ssh/ssh_config" },
    ],
    source: "OpenSSH ssh.c `process_config_files`.",
    releases: None,
};

pub(super) const KEYSIGN_NOT_ENABLED: Entry = Entry {
    id: Id::KeysignNotEnabled,
    side: Side::Client,
    severity: Severity::Error,
    title: "ssh-keysign is not switched on",
    symptom: "`ssh-keysign not enabled in /etc/ssh/ssh_config`, `ssh_keysign: no reply` and `sign using hostkey \
        ssh-ed25519 SHA256:... failed` on the user's terminal. The server sees no attempt.",
    cause: "The helper signs only where /etc/ssh/ssh_config says `EnableSSHKeysign yes`, and by default it is no.",
    check: "`/usr/lib/openssh/ssh-keysign </dev/null` as the user: `ssh_msg_recv failed` means that it is on. `ssh -F \
        /etc/ssh/ssh_config -G ''` shows what the helper reads.",
    mend: &[
        Step::Say("Let the setup write it where the helper finds it, or put the line above the first Host and Match."),
        Step::Root("hostbased setup client --server '*.example.org'"),
        Step::Line { file: "/etc/ssh/ssh_config", text: "EnableSSHKeysign yes" },
    ],
    source: "OpenSSH ssh-keysign.c `main`; ssh-keysign(8).",
    releases: Some("The option is there since 3.6."),
};

pub(super) const KEYSIGN_ENABLED_IN_USER_SCOPE: Entry = Entry {
    id: Id::KeysignEnabledInUserScope,
    side: Side::Client,
    severity: Severity::Error,
    title: "EnableSSHKeysign is set where the helper does not look",
    symptom: "The three lines of keysign-not-enabled, although `ssh -G srv.example.org` prints `enablesshkeysign yes`.",
    cause: "ssh-keysign reads /etc/ssh/ssh_config only: ~/.ssh/config, `-F` and `-o` do not reach it, since a user \
        must not be able to switch it on.",
    check: "`ssh -G srv.example.org` says yes and `ssh -F /etc/ssh/ssh_config -G ''` says no.",
    mend: &[
        Step::Say("Set it in the system's file, above the first Host and Match."),
        Step::Root("hostbased setup client --server '*.example.org'"),
        Step::Line { file: "/etc/ssh/ssh_config", text: "EnableSSHKeysign yes" },
    ],
    source: "OpenSSH ssh-keysign.c `main` (it reads `_PATH_HOST_CONFIG_FILE`).",
    releases: None,
};

pub(super) const KEYSIGN_INSIDE_HOST_BLOCK: Entry = Entry {
    id: Id::KeysignInsideHostBlock,
    side: Side::Client,
    severity: Severity::Error,
    title: "EnableSSHKeysign stands inside a block for some hosts",
    symptom: "As keysign-enabled-in-user-scope; the line is in /etc/ssh/ssh_config, below a `Host` or `Match`.",
    cause: "The helper reads the file with an empty host name, so whatever stands in a block for particular hosts does \
        not count: `Host srv`, `Host *.example.org`, `Host ?*`, everything behind such a line, and a file included \
        there. Blocks that fit an empty name count: `Host *`, `Match all`, `Match host *`, and those that ask for the \
        user alone.",
    check: "`ssh -F /etc/ssh/ssh_config -G ''` says no; `hostbased doctor client` names the line and its block.",
    mend: &[
        Step::Say("Move the line above the first Host and Match, or under a last `Host *`."),
        Step::Root("hostbased setup client --server '*.example.org'"),
    ],
    source: "OpenSSH ssh-keysign.c `main` (`read_config_file` with an empty host); sous-chefs/openssh#66 is a report \
        of it.",
    releases: Some("Seen so in 9.2 and 10.5."),
};

pub(super) const KEYSIGN_IN_MATCH_FINAL: Entry = Entry {
    id: Id::KeysignInMatchFinal,
    side: Side::Client,
    severity: Severity::Error,
    title: "EnableSSHKeysign stands in a Match final block",
    symptom: "As keysign-not-enabled, while `ssh -G ''` may say yes.",
    cause: "`Match final` counts in a second reading of the configuration, and the helper reads only once. The \
        drop-ins of Red Hat systems have such a block.",
    check: "Only the helper itself can tell: `/usr/lib/openssh/ssh-keysign </dev/null` as the user (on Red Hat \
        /usr/libexec/openssh).",
    mend: &[
        Step::Say("Move the line out of the block, above the first Host and Match."),
        Step::Root("hostbased setup client --server '*.example.org'"),
    ],
    source: "OpenSSH ssh-keysign.c `main`, readconf.c `match_cfg_line`.",
    releases: None,
};

pub(super) const KEYSIGN_FIRST_VALUE_NO: Entry = Entry {
    id: Id::KeysignFirstValueNo,
    side: Side::Client,
    severity: Severity::Error,
    title: "An earlier line says EnableSSHKeysign no",
    symptom: "As keysign-not-enabled, although a `yes` can be seen in the file.",
    cause: "The first value counts, and one that says `no` comes earlier, most often in a file included at the top.",
    check: "`hostbased doctor client` names the first line that sets it; by hand, `grep -rn -i enablesshkeysign \
        /etc/ssh/`.",
    mend: &[Step::Say(
        "Remove or change the earlier line; ask first who wants it there, because hardening tools write it \
            again.",
    )],
    source: "ssh_config(5): the first value obtained is used.",
    releases: None,
};

pub(super) const GLOBAL_CONFIG_UNREADABLE: Entry = Entry {
    id: Id::GlobalConfigUnreadable,
    side: Side::Client,
    severity: Severity::Error,
    title: "The user cannot read /etc/ssh/ssh_config",
    symptom: "As keysign-not-enabled, and `ssh -v` has no `Reading configuration data /etc/ssh/ssh_config`. With a \
        closed /etc/ssh the .pub files are hidden as well: `load hostbased cert \"...\": Permission denied` (up to 9.x \
        `load cert`).",
    cause: "The helper has given up root's rights when it reads the file, so a file or folder that the user may not \
        read counts as a file without options.",
    check: "As the user: `test -x /etc/ssh && test -r /etc/ssh/ssh_config`.",
    mend: &[
        Step::Say("Let everybody read both; nothing in the file is secret."),
        Step::Root("chmod 755 /etc/ssh"),
        Step::Root("chmod 644 /etc/ssh/ssh_config"),
    ],
    source: "OpenSSH ssh-keysign.c `main` (`permanently_set_uid` before `read_config_file`).",
    releases: None,
};

pub(super) const INCLUDE_BAD_OWNER_OR_UNREADABLE: Entry = Entry {
    id: Id::IncludeBadOwnerOrUnreadable,
    side: Side::Client,
    severity: Severity::Error,
    title: "An included file has a wrong owner or mode, or cannot be read",
    symptom: "`Bad owner or permissions on /etc/ssh/ssh_config.d/site.conf`; or `Can't open user config file ...: \
        Permission denied` with `terminating, 1 bad configuration options`. No ssh at all works, by whatever method.",
    cause: "ssh stops at an included file that belongs neither to root nor to the user, that group or others may \
        write, or that it cannot open. Inside a user namespace files of root can seem to belong to nobody.",
    check: "`ls -lL` of every file that an Include names, and `ssh -G srv.example.org` as the user.",
    mend: &[
        Step::Say("Read what others may have written there, give the file to root and let everybody read it."),
        Step::Root("chown root:root /etc/ssh/ssh_config.d/site.conf"),
        Step::Root("chmod 644 /etc/ssh/ssh_config.d/site.conf"),
    ],
    source: "OpenSSH readconf.c `read_config_file_depth` (SSHCONF_CHECKPERM); apptainer/apptainer#736.",
    releases: None,
};

pub(super) const GLOBAL_CONFIG_BAD_OPTION_KILLS_HELPER: Entry = Entry {
    id: Id::GlobalConfigBadOptionKillsHelper,
    side: Side::Client,
    severity: Severity::Error,
    title: "An option that ssh does not know stops the helper",
    symptom: "`/etc/ssh/ssh_config: line 7: Bad configuration option: nosuchoption`, `terminating, 1 bad configuration \
        options`, and from the helper `ssh_keysign: no reply`. Where ssh itself reads another file (-F), only the \
        helper stops.",
    cause: "ssh and the helper both end at a keyword that their own release does not know.",
    check: "`ssh -F /etc/ssh/ssh_config -G ''` ends with an error that names file and line.",
    mend: &[
        Step::Say("Correct the line; where machines of several releases share the file, allow for it above the line."),
        Step::Line { file: "/etc/ssh/ssh_config", text: "IgnoreUnknown nosuchoption" },
    ],
    source: "OpenSSH readconf.c `process_config_line_depth`; ssh_config(5), IgnoreUnknown.",
    releases: None,
};

pub(super) const OPTION_NAME_VERSION_SKEW: Entry = Entry {
    id: Id::OptionNameVersionSkew,
    side: Side::Both,
    severity: Severity::Error,
    title: "The name of the algorithm option is that of another release",
    symptom: "`Bad configuration option: hostbasedacceptedkeytypes` from ssh, or `HostbasedKeyTypes` from sshd, which \
        then does not start.",
    cause: "The option was renamed, and each old name is understood on its own side only: the client's was \
        `HostbasedKeyTypes`, the server's `HostbasedAcceptedKeyTypes`.",
    check: "`ssh -V`, `ssh -G srv.example.org`; on the server `sshd -t`.",
    mend: &[
        Step::Say(
            "On machines of several releases use the old names, each on its side: they are understood from 6.8 \
            on.",
        ),
        Step::Line { file: "/etc/ssh/ssh_config", text: "HostbasedKeyTypes ssh-ed25519" },
        Step::Line { file: "/etc/ssh/sshd_config", text: "HostbasedAcceptedKeyTypes ssh-ed25519" },
    ],
    source: "OpenSSH readconf.c and servconf.h (aliases); commits e9f78d6b0 and 9acd76e6e.",
    releases: Some(
        "Client: HostbasedKeyTypes 6.8 to 8.4, misspelt HostbasedAlgorithms in 8.5 and 8.6, \
        HostbasedAcceptedAlgorithms since 8.7. Server: HostbasedAcceptedKeyTypes 6.8 to 8.4, \
        HostbasedAcceptedAlgorithms since 8.5.",
    ),
};

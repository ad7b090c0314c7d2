//! The name of the client's address.

use super::entry::{Entry, Side, Step};
use crate::failures::Id;
use crate::severity::Severity;

pub(super) const USEDNS_NO_BUT_ENTRIES_ARE_NAMES: Entry = Entry {
    id: Id::UsednsNoButEntriesAreNames,
    side: Side::Server,
    severity: Severity::Error,
    title: "sshd looks up addresses, and the files have names",
    symptom: "sshd: `userauth_hostbased mismatch: client sends node1.example.org, but we resolve 10.77.0.1 to \
        10.77.0.1`, then at DEBUG2 `auth_rhosts2 refused user \"alice\" host \"10.77.0.1\" addr \"10.77.0.1\"`.",
    cause: "With `UseDNS no` sshd knows a client by its address alone, and no line of shosts.equiv or ssh_known_hosts \
        has that address.",
    check: "`sshd -T | grep -i -E '^(usedns|hostbasedusesname)'`; `hostbased lint` says of each entry whether sshd \
        looks it up.",
    mend: &[
        Step::Say(
            "Choose one way and keep both files to it: let sshd resolve names, register addresses, or take the \
            name that the client sends (then the host key alone says who it is).",
        ),
        Step::Root("hostbased setup server --names dns"),
        Step::Root("hostbased enroll --names address node1.example.org,10.77.0.1"),
    ],
    source: "OpenSSH auth.c `auth_get_canonical_hostname`; commit 3cd5103c1; sshd_config(5), UseDNS.",
    releases: Some("UseDNS is no by default since 6.8."),
};

pub(super) const SHOSTS_AND_KNOWN_HOSTS_KEYED_DIFFERENTLY: Entry = Entry {
    id: Id::ShostsAndKnownHostsKeyedDifferently,
    side: Side::Server,
    severity: Severity::Error,
    title: "shosts.equiv has the name that sshd looks up, ssh_known_hosts has not",
    symptom: "sshd: `access allowed by auth_rhosts2`, then `key for host 10.77.0.1 not found`.",
    cause: "Both files are asked with the same name: the address with `UseDNS no`, else the resolved name. \
        shosts.equiv also takes the address for a resolved name; ssh_known_hosts does not.",
    check: "`ssh-keygen -F 10.77.0.1 -f /etc/ssh/ssh_known_hosts`; `hostbased lint` says `no-address` or `no-name`.",
    mend: &[
        Step::Say("Register the host with name and address in both files."),
        Step::Root("hostbased enroll node1.example.org,10.77.0.1"),
    ],
    source: "OpenSSH auth2-hostbased.c `hostbased_key_allowed`.",
    releases: None,
};

pub(super) const NO_PTR: Entry = Entry {
    id: Id::NoPtr,
    side: Side::Network,
    severity: Severity::Error,
    title: "The client's address has no name",
    symptom: "As usedns-no-but-entries-are-names although `UseDNS yes`; nothing else is said.",
    cause: "sshd asks its resolver for the name of the address, and takes the address itself where there is none.",
    check: "On the server: `getent hosts 10.77.0.1` prints nothing; `hostbased check node1.example.org,10.77.0.1`.",
    mend: &[
        Step::Say("Give the address a PTR record, or a line in the server's /etc/hosts."),
        Step::Line { file: "/etc/hosts", text: "10.77.0.1 node1.example.org node1" },
    ],
    source: "OpenSSH packet.c `ssh_remote_hostname` (NI_NAMEREQD).",
    releases: None,
};

pub(super) const PTR_WITHOUT_FORWARD: Entry = Entry {
    id: Id::PtrWithoutForward,
    side: Side::Network,
    severity: Severity::Error,
    title: "The name of the client's address does not resolve",
    symptom: "sshd: `reverse mapping checking getaddrinfo for node1.example.org [10.77.0.1] failed.`, then as \
        usedns-no-but-entries-are-names.",
    cause: "The name that the address leads to has no address itself, in the same family: an A record does nothing for \
        IPv6, nor AAAA for IPv4. sshd then uses the bare address.",
    check: "`getent ahostsv4 node1.example.org` (or ahostsv6) on the server; `hostbased check`.",
    mend: &[
        Step::Say("Add the record that is missing, or a line in the server's /etc/hosts."),
        Step::Line { file: "/etc/hosts", text: "10.77.0.1 node1.example.org node1" },
    ],
    source: "OpenSSH packet.c `ssh_remote_hostname`.",
    releases: None,
};

pub(super) const PTR_DOES_NOT_MAP_BACK: Entry = Entry {
    id: Id::PtrDoesNotMapBack,
    side: Side::Network,
    severity: Severity::Error,
    title: "The name of the client's address leads to another address",
    symptom: "sshd: `Address 10.77.0.1 maps to node1.example.org, but this does not map back to the address.`, then as \
        usedns-no-but-entries-are-names.",
    cause: "One of the two records, PTR or address, is stale, and sshd does not believe a name that does not lead \
        back. Of several addresses one is enough.",
    check: "`getent hosts 10.77.0.1`, then `getent ahosts` of that name; `hostbased check`.",
    mend: &[Step::Say("Make both records agree.")],
    source: "OpenSSH packet.c `ssh_remote_hostname`.",
    releases: None,
};

pub(super) const NUMERIC_PTR: Entry = Entry {
    id: Id::NumericPtr,
    side: Side::Network,
    severity: Severity::Error,
    title: "The PTR record is a number",
    symptom: "sshd: `Nasty PTR record \"192.0.2.9\" is set up for 10.77.0.1, ignoring`.",
    cause: "The address leads to a text that looks like an address, which sshd takes for an attack and passes over.",
    check: "`getent hosts 10.77.0.1` prints an address in the place of the name.",
    mend: &[Step::Say("Correct the PTR record.")],
    source: "OpenSSH packet.c `ssh_remote_hostname` (AI_NUMERICHOST).",
    releases: None,
};

pub(super) const SEVERAL_PTR_OR_ALIAS_FIRST: Entry = Entry {
    id: Id::SeveralPtrOrAliasFirst,
    side: Side::Network,
    severity: Severity::Error,
    title: "The address leads to another of the host's names",
    symptom: "The mismatch line names a third one: `we resolve 10.77.0.1 to alias.example.org`. It may change from \
        login to login.",
    cause: "sshd takes the first name of the resolver's answer. Where an address has several PTR records or stands on \
        several lines of /etc/hosts, that need not be the one in the files.",
    check: "All answers: `dig -x 10.77.0.1`, `getent hosts 10.77.0.1` several times.",
    mend: &[
        Step::Say("Keep one name for each address, or register every one."),
        Step::Root("hostbased enroll --alias alias.example.org node1.example.org,10.77.0.1"),
    ],
    source: "OpenSSH packet.c `ssh_remote_hostname`.",
    releases: None,
};

pub(super) const SHORT_NAME_VERSUS_FQDN: Entry = Entry {
    id: Id::ShortNameVersusFqdn,
    side: Side::Server,
    severity: Severity::Error,
    title: "The files have the short name, the resolver gives the full one, or the reverse",
    symptom: "sshd: `auth_rhosts2 refused user \"alice\" host \"node1\" addr \"10.77.0.1\"`, while the file says \
        node1.example.org (or the other way round).",
    cause: "Names are compared as a whole, only their case is folded. A line in /etc/hosts with the short name first \
        makes that the host's name.",
    check: "The first name that `getent hosts 10.77.0.1` prints on the server, against the files; `hostbased check` \
        calls it short-name-first.",
    mend: &[
        Step::Say("Put the full name first, or register both."),
        Step::Line { file: "/etc/hosts", text: "10.77.0.1 node1.example.org node1" },
    ],
    source: "OpenSSH auth-rhosts.c `check_rhosts_file`; systemd/systemd#20158.",
    releases: None,
};

pub(super) const HOSTS_FILE_AND_DNS_DISAGREE: Entry = Entry {
    id: Id::HostsFileAndDnsDisagree,
    side: Side::Network,
    severity: Severity::Error,
    title: "/etc/hosts and the DNS disagree on the server",
    symptom: "A mismatch line, and logins that work from some machines only.",
    cause: "The server asks /etc/hosts before the DNS (nsswitch.conf), and a line there is stale.",
    check: "`getent -s files hosts 10.77.0.1` against `getent -s dns hosts 10.77.0.1`; `hostbased check` says \
        views-differ.",
    mend: &[Step::Say("Correct or remove the stale line.")],
    source: "nsswitch.conf(5), hosts.",
    releases: None,
};

pub(super) const RESOLVER_DOWN_OR_SLOW: Entry = Entry {
    id: Id::ResolverDownOrSlow,
    side: Side::Network,
    severity: Severity::Warning,
    title: "The server's resolver is slow or silent",
    symptom: "A long pause, then as usedns-no-but-entries-are-names; at worst `Timeout before authentication`.",
    cause: "A name that does not come in time is no name. The look-up is not kept either: 10.5 makes it more than once \
        for one login.",
    check: "`time getent hosts 10.77.0.1` on the server, against LoginGraceTime.",
    mend: &[
        Step::Say("Put the clients into /etc/hosts, run a local cache, or shorten the resolver's patience."),
        Step::Line { file: "/etc/resolv.conf", text: "options timeout:1 attempts:2" },
    ],
    source: "OpenSSH packet.c `ssh_remote_hostname`; resolv.conf(5).",
    releases: None,
};

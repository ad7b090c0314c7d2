//! The address that a client comes from, and the name that it sends.

use super::entry::{Entry, Side, Step};
use crate::failures::Id;
use crate::severity::Severity;

pub(super) const IPV6_SOURCE_ADDRESS: Entry = Entry {
    id: Id::Ipv6SourceAddress,
    side: Side::Network,
    severity: Severity::Error,
    title: "The client comes by IPv6, and only its IPv4 address is known",
    symptom: "The client: `get_socket_address: getnameinfo 8 failed: Name or service not known`; sshd names an IPv6 \
        address in its lines.",
    cause: "The client prefers IPv6, perhaps with a temporary address, and its name and keys are registered for IPv4 \
        only.",
    check: "`hostbased doctor client` shows the source address of each family and its name; `ip route get \
        2001:db8:77::2`.",
    mend: &[
        Step::Say("Register the IPv6 address too and give it a name, or keep these servers to IPv4."),
        Step::Root("hostbased enroll node1.example.org,10.77.0.1,2001:db8:77::1"),
        Step::Line { file: "/etc/ssh/ssh_config", text: "AddressFamily inet" },
    ],
    source: "OpenSSH canohost.c `get_socket_address`, packet.c `ssh_remote_hostname`.",
    releases: None,
};

pub(super) const IPV6_TEXT_FORM_DIFFERS: Entry = Entry {
    id: Id::Ipv6TextFormDiffers,
    side: Side::Server,
    severity: Severity::Error,
    title: "An IPv6 address is written in another way",
    symptom: "As usedns-no-but-entries-are-names, with the address to be seen in shosts.equiv.",
    cause: "Addresses are compared as text, so 2001:db8:77:0::1 is not 2001:db8:77::1. An interface's name behind `%` \
        counts as well.",
    check: "`hostbased lint` calls it address-text.",
    mend: &[Step::Say("Write the address as the system does."), Step::Root("hostbased lint --fix-admitting")],
    source: "OpenSSH auth-rhosts.c `check_rhosts_file`.",
    releases: None,
};

pub(super) const MULTI_HOMED_SOURCE: Entry = Entry {
    id: Id::MultiHomedSource,
    side: Side::Network,
    severity: Severity::Error,
    title: "The client uses another of its addresses",
    symptom: "sshd: `auth_rhosts2 refused user \"alice\" host \"node1-ib.example.org\" addr \"192.0.2.1\"`.",
    cause: "Routing chose an interface (InfiniBand, management) whose name and address are not registered.",
    check: "On the client `ip route get 10.77.0.2`, or `hostbased doctor client --server srv.example.org`.",
    mend: &[
        Step::Say(
            "Register all addresses of the host, choose the address on the client, or give all of them one name \
            on the server.",
        ),
        Step::Root("hostbased enroll --alias node1-ib.example.org node1.example.org,10.77.0.1,192.0.2.1"),
        Step::Line { file: "/etc/ssh/ssh_config", text: "BindAddress 10.77.0.1" },
    ],
    source: "OpenSSH canohost.c `get_local_name`; ssh_config(5), BindAddress.",
    releases: None,
};

pub(super) const LOOPBACK_TARGET: Entry = Entry {
    id: Id::LoopbackTarget,
    side: Side::Network,
    severity: Severity::Error,
    title: "The login goes to the machine itself",
    symptom: "sshd: `host \"localhost\" addr \"127.0.0.1\"`.",
    cause: "A connection to one of the machine's own addresses comes from a loopback address, whose name is localhost.",
    check: "The server's name resolves, on the client, to an address of the client.",
    mend: &[
        Step::Say("Only if it is wanted: admit localhost, and register the machine's own keys under that name."),
        Step::Root("hostbased shosts add localhost"),
    ],
    source: "OpenSSH packet.c `ssh_remote_hostname`.",
    releases: None,
};

pub(super) const NAT_OR_LOAD_BALANCER: Entry = Entry {
    id: Id::NatOrLoadBalancer,
    side: Side::Network,
    severity: Severity::Error,
    title: "A NAT gateway or load balancer stands between",
    symptom: "sshd: `userauth_hostbased mismatch: client sends node1.example.org, but we resolve 10.77.0.9 to \
        gw.example.org`.",
    cause: "The server sees the gateway's address. Containers behind a bridge look the same.",
    check: "The address in the server's log is none of the client's (`ip -br address`).",
    mend: &[
        Step::Say(
            "Route in place of translating. Else take the client's word for its name, for that gateway's address \
            only, with host keys that differ from machine to machine. Never admit the gateway's name: everybody behind \
            it would be admitted.",
        ),
        Step::Line { file: "/etc/ssh/sshd_config", text: "Match Address 10.77.0.9" },
        Step::Line { file: "/etc/ssh/sshd_config", text: "    HostbasedUsesNameFromPacketOnly yes" },
    ],
    source: "OpenSSH auth2-hostbased.c `hostbased_key_allowed`.",
    releases: None,
};

pub(super) const PROXYCOMMAND_OR_PROXYJUMP: Entry = Entry {
    id: Id::ProxycommandOrProxyjump,
    side: Side::Both,
    severity: Severity::Error,
    title: "The connection goes through a proxy or a jump host",
    symptom: "As nat-or-load-balancer with the jump host's address; the name that the client sends is that of \
        gethostname. Releases before 4.7 say `userauth_hostbased: cannot get local ipaddr/name`.",
    cause: "With ProxyCommand or ProxyJump ssh has no socket of its own to the server: it cannot tell its name from an \
        address, and the server sees whoever connects in the end. A proxy that connects from the same machine works, a \
        jump through another host does not.",
    check: "`ssh -G srv.example.org | grep -i -E '^proxy(command|jump)'`. Machines in an AD or FreeIPA domain may have \
        sss_ssh_knownhostsproxy for every host.",
    mend: &[
        Step::Say(
            "Go straight to these servers, let the proxy hand its socket over, or run the second ssh on the jump \
            host.",
        ),
        Step::Line { file: "/etc/ssh/ssh_config", text: "ProxyCommand none" },
        Step::Line { file: "/etc/ssh/ssh_config", text: "ProxyUseFdpass yes" },
        Step::User("ssh login.example.org ssh srv.example.org"),
    ],
    source: "OpenSSH canohost.c `get_local_name`; commits 26c666283 and daaa45005; SSSD/sssd#5518.",
    releases: Some("Without a fallback to gethostname before 4.7 (ssh) and 5.4 (ssh-keysign)."),
};

pub(super) const PACKET_NAME_IS_SHORT_OR_WRONG: Entry = Entry {
    id: Id::PacketNameIsShortOrWrong,
    side: Side::Client,
    severity: Severity::Error,
    title: "The client sends a short or wrong name, and the server goes by it",
    symptom: "sshd: `auth_rhosts2 refused user \"alice\" host \"node1\" (from packet)`.",
    cause: "With `HostbasedUsesNameFromPacketOnly yes` the client's own view of its address counts: a line in its \
        /etc/hosts with the short name first, an address without a name (then gethostname), or a name service of the \
        machine itself. Without that option a wrong name does no harm.",
    check: "`hostbased doctor client --server srv.example.org` shows the name that is sent; `getent hosts 10.77.0.1` \
        on the client.",
    mend: &[
        Step::Say("Have the full name first on the client."),
        Step::Line { file: "/etc/hosts", text: "10.77.0.1 node1.example.org node1" },
        Step::Root("hostnamectl set-hostname node1.example.org"),
    ],
    source: "OpenSSH canohost.c `get_local_name`, auth2-hostbased.c `hostbased_key_allowed`.",
    releases: None,
};

pub(super) const PACKET_NAME_MODE_IGNORES_IP_ENTRIES: Entry = Entry {
    id: Id::PacketNameModeIgnoresIpEntries,
    side: Side::Server,
    severity: Severity::Error,
    title: "The server goes by the name that is sent, and the files have addresses",
    symptom: "As packet-name-is-short-or-wrong, with the client's address in shosts.equiv.",
    cause: "With `HostbasedUsesNameFromPacketOnly yes` the name that the client sends takes the place of the address \
        too, so a line with an address never fits.",
    check: "`sshd -T | grep -i hostbasedusesname`; `hostbased lint` says never-looked-up.",
    mend: &[Step::Say("Register names."), Step::Root("hostbased enroll --names packet node1.example.org,10.77.0.1")],
    source: "OpenSSH auth2-hostbased.c `hostbased_key_allowed`.",
    releases: None,
};

pub(super) const PACKET_NAME_UPPERCASE_AND_HASHED_KNOWN_HOSTS: Entry = Entry {
    id: Id::PacketNameUppercaseAndHashedKnownHosts,
    side: Side::Both,
    severity: Severity::Error,
    title: "An upper-case name is sent, and ssh_known_hosts is hashed",
    symptom: "sshd: `access allowed by auth_rhosts2`, then `key for host Node1.Example.Org not found`.",
    cause: "With `HostbasedUsesNameFromPacketOnly yes` the name is looked up as it was sent, and the hash in the file \
        is that of the name in lower case. Lines that are not hashed fit in any case.",
    check: "An upper-case letter in the client's own name (`getent hosts 10.77.0.1` there) and lines with `|1|` on the \
        server.",
    mend: &[Step::Say("Write the name in lower case on the client, or do not hash ssh_known_hosts.")],
    source: "OpenSSH hostfile.c `match_maybe_hashed`, auth2-hostbased.c `hostbased_key_allowed`.",
    releases: None,
};

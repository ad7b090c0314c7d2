//! The addresses of clients, their names, and by which of them a case's server looks a client up.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Generator;
use crate::case::{Case, NODE, NODE_ADDRESS, NODE_ADDRESS6, Peer};

/// What a server knows about addresses; of the C library's resolver with a single file (host.conf(5): `multi off`), a
/// name has the address of the first line that has it.
pub(crate) const HOSTS: &str = "127.0.0.1 localhost\n\
    10.77.0.1 node1.cluster.test node1\n\
    fd77::1 node1.cluster.test\n\
    10.77.0.2 srv.cluster.test srv\n\
    10.77.0.3 Node3.Cluster.TEST node1.cluster.test\n\
    10.77.0.3 second.cluster.test\n\
    10.77.0.99 liar.cluster.test\n\
    10.77.0.5 liar.cluster.test\n\
    10.77.0.6 10.77.0.1\n";

/// Where a client may come from, and the name that its address has both ways. Those of the node more often.
pub(super) const PEERS: [(Peer, Option<&str>); 10] = [
    (Peer { address: NODE_ADDRESS, mapped: false }, Some(NODE)),
    (Peer { address: NODE_ADDRESS, mapped: false }, Some(NODE)),
    (Peer { address: NODE_ADDRESS, mapped: true }, Some(NODE)),
    (Peer { address: NODE_ADDRESS6, mapped: false }, Some(NODE)),
    (v4(3), Some("node3.cluster.test")),
    (v4(4), None),
    // Its name is another host's.
    (v4(5), None),
    // Its name is the text of another address.
    (v4(6), None),
    (Peer { address: IpAddr::V6(Ipv6Addr::new(0xfd77, 0, 0, 0, 0, 0, 0, 4)), mapped: false }, None),
    (Peer { address: LINK_LOCAL, mapped: false }, None),
];

const LINK_LOCAL: IpAddr = IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0x77));

/// Other hosts files: none, other orders, other cases, names of others.
pub(super) const OTHER_HOSTS: [&str; 6] = [
    "",
    "10.77.0.1 node1\n10.77.0.1 node1.cluster.test\n",
    "10.77.0.9 node1.cluster.test\n10.77.0.1 node1.cluster.test\nfd77::9 node1.cluster.test\nfd77::1 node1.cluster.test\n",
    "10.77.0.1 NODE1.CLUSTER.TEST\nfd77::1 NODE1.CLUSTER.TEST\n10.77.0.3 node1.cluster.test\n",
    "10.77.0.1 fd77::1\nfd77::1 10.77.0.1\n",
    "10.77.0.4 node1.cluster.test\nfd77::4 node1.cluster.test\n",
];

const fn v4(last: u8) -> Peer {
    Peer { address: IpAddr::V4(Ipv4Addr::new(10, 77, 0, last)), mapped: false }
}

/// The name or address by which the files are asked.
pub(super) fn looked_up(case: &Case) -> String {
    if case.is_set("HostbasedUsesNameFromPacketOnly", "yes") {
        let claim = String::from_utf8_lossy(&case.client_host).into_owned();
        return claim.strip_suffix('.').unwrap_or(&claim).to_owned();
    }
    let name = PEERS.iter().find(|(peer, _)| peer.address == case.peer.address).and_then(|(_, name)| *name);
    match name {
        Some(name) if case.is_set("UseDNS", "yes") => name.to_owned(),
        _ => text_of(case.peer.address),
    }
}

/// An address as sshd writes it: a link-local one with its interface.
pub(super) fn text_of(address: IpAddr) -> String {
    if address == LINK_LOCAL { format!("{address}%lo") } else { address.to_string() }
}

impl Generator<'_> {
    /// A name or address that is some host's of this network, and now and then this one's.
    pub(super) fn any_name(&mut self, case: &Case) -> String {
        const OTHERS: [&str; 14] = [
            NODE,
            "node1",
            "10.77.0.1",
            "fd77::1",
            "node2.cluster.test",
            "node3.cluster.test",
            "10.77.0.11",
            "liar.cluster.test",
            "second.cluster.test",
            "*",
            "10.77.0.*",
            "fd77:0:0:0:0:0:0:1",
            "FD77::1",
            "::ffff:10.77.0.1",
        ];
        if self.random.one_in(2) { looked_up(case) } else { self.random.of(&OTHERS).to_owned() }
    }

    /// Another hosts file: what is registered stays as it is.
    pub(super) fn other_hosts(&mut self, case: &mut Case) {
        let hosts = self.random.of(&OTHER_HOSTS);
        case.write(crate::case::HOSTS, hosts);
    }

    /// The same name in another case, now and then.
    pub(super) fn in_any_case(&mut self, name: &str) -> String {
        match self.random.below(8) {
            0 => name.to_uppercase(),
            1 => name.replace("node", "Node"),
            _ => name.to_owned(),
        }
    }
}

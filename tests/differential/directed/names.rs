//! By which name a client is looked up (OpenSSH: auth2-hostbased.c `hostbased_key_allowed`).

use std::net::{IpAddr, Ipv4Addr};

use super::{Accept, Directed, Refuse, by_name, by_packet};
use crate::case::{Case, HOSTS, KNOWN_HOSTS, SHOSTS_EQUIV};
use crate::material::Material;

/// Both files have exactly this.
fn known_as(case: &mut Case, material: &Material, name: &str) {
    case.write(SHOSTS_EQUIV, format!("{name}\n"));
    case.write(KNOWN_HOSTS, format!("{name} {}\n", material.line("ed25519")));
}

/// The address's only name, with these lines of /etc/hosts.
fn resolving(case: &mut Case, material: &Material, hosts: &str, name: &str) {
    case.set("UseDNS", "yes");
    case.write(HOSTS, hosts);
    known_as(case, material, name);
}

fn link_local(case: &mut Case, material: &Material, name: &str) {
    case.peer.address = "fe80::77".parse().unwrap();
    known_as(case, material, name);
}

pub(super) static CASES: [Directed; 27] = [
    Directed {
        name: "a name where the address counts",
        expect: Refuse("equiv-no-match"),
        make: |case, material| known_as(case, material, "node1.cluster.test"),
    },
    Directed { name: "the name with UseDNS", expect: Accept, make: by_name },
    Directed {
        name: "the address in shosts.equiv and the name in ssh_known_hosts, with UseDNS",
        expect: Accept,
        make: |case, material| {
            by_name(case, material);
            case.write(SHOSTS_EQUIV, "10.77.0.1\n");
        },
    },
    Directed {
        name: "the address in both files, with UseDNS",
        expect: Refuse("host-key-unknown"),
        make: |case, material| {
            by_name(case, material);
            known_as(case, material, "10.77.0.1");
        },
    },
    Directed {
        name: "an alias with UseDNS",
        expect: Refuse("equiv-no-match"),
        make: |case, material| {
            by_name(case, material);
            known_as(case, material, "node1");
        },
    },
    Directed {
        name: "an address without a name, with UseDNS",
        expect: Accept,
        make: |case, material| resolving(case, material, "127.0.0.1 localhost\n", "10.77.0.1"),
    },
    Directed {
        name: "a name that does not map back",
        expect: Refuse("equiv-no-match"),
        make: |case, material| {
            resolving(case, material, "10.77.0.9 liar.test\n10.77.0.1 liar.test\n", "liar.test");
        },
    },
    Directed {
        name: "a name that does not map back, known by its address",
        expect: Accept,
        make: |case, material| {
            resolving(case, material, "10.77.0.9 liar.test\n10.77.0.1 liar.test\n", "10.77.0.1");
        },
    },
    Directed {
        name: "a name that is another address",
        expect: Refuse("equiv-no-match"),
        make: |case, material| resolving(case, material, "10.77.0.1 10.77.0.9\n", "10.77.0.9"),
    },
    Directed {
        name: "a name in capitals is looked up in small letters",
        expect: Accept,
        make: |case, material| {
            resolving(case, material, "10.77.0.1 Node1.TEST\n", "node1.test");
        },
    },
    Directed {
        name: "the first of two names",
        expect: Accept,
        make: |case, material| {
            resolving(case, material, "10.77.0.1 one.test two.test\n10.77.0.1 three.test\n", "one.test")
        },
    },
    Directed {
        name: "the second of two names",
        expect: Refuse("equiv-no-match"),
        make: |case, material| resolving(case, material, "10.77.0.1 one.test\n10.77.0.1 two.test\n", "two.test"),
    },
    Directed {
        name: "a name of the other family does not count",
        expect: Refuse("equiv-no-match"),
        make: |case, material| resolving(case, material, "fd77::1 node1.test\n", "node1.test"),
    },
    Directed { name: "an IPv4 client on an IPv6 socket", expect: Accept, make: |case, _| case.peer.mapped = true },
    Directed {
        name: "an IPv4 client on an IPv6 socket, by its mapped address",
        expect: Refuse("equiv-no-match"),
        make: |case, material| {
            case.peer.mapped = true;
            known_as(case, material, "::ffff:10.77.0.1");
        },
    },
    Directed {
        name: "an IPv4 client on an IPv6 socket, by its name",
        expect: Accept,
        make: |case, material| {
            by_name(case, material);
            case.peer.mapped = true;
        },
    },
    Directed {
        name: "a link-local address with its interface",
        expect: Accept,
        make: |case, material| link_local(case, material, "fe80::77%lo"),
    },
    Directed {
        name: "a link-local address without its interface",
        expect: Refuse("equiv-no-match"),
        make: |case, material| link_local(case, material, "fe80::77"),
    },
    Directed { name: "the claim, by packet", expect: Accept, make: by_packet },
    Directed {
        name: "the claim, by packet, from any address",
        expect: Accept,
        make: |case, material| {
            by_packet(case, material);
            case.peer.address = IpAddr::V4(Ipv4Addr::new(10, 77, 0, 4));
        },
    },
    Directed {
        name: "a claim of another name is logged and no more",
        expect: Accept,
        make: |case, _| case.client_host = b"other.cluster.test.".to_vec(),
    },
    Directed {
        name: "a claim of another name, by packet",
        expect: Refuse("equiv-no-match"),
        make: |case, material| {
            by_packet(case, material);
            case.client_host = b"other.cluster.test.".to_vec();
        },
    },
    Directed {
        name: "a claim without its dot, by packet",
        expect: Accept,
        make: |case, material| {
            by_packet(case, material);
            case.client_host = b"node1.cluster.test".to_vec();
        },
    },
    Directed {
        name: "a claim with two dots, by packet",
        expect: Refuse("equiv-no-match"),
        make: |case, material| {
            by_packet(case, material);
            case.client_host = b"node1.cluster.test..".to_vec();
        },
    },
    Directed {
        name: "a claim of an address, by packet",
        expect: Accept,
        make: |case, material| {
            by_packet(case, material);
            known_as(case, material, "10.77.0.250");
            case.client_host = b"10.77.0.250".to_vec();
        },
    },
    Directed {
        name: "the address itself, by packet",
        expect: Refuse("equiv-no-match"),
        make: |case, material| {
            by_packet(case, material);
            known_as(case, material, "10.77.0.1");
        },
    },
    Directed {
        name: "a claim that is a list, by packet",
        expect: Refuse("equiv-no-match"),
        make: |case, material| {
            by_packet(case, material);
            case.client_host = b"x,node1.cluster.test.".to_vec();
        },
    },
];

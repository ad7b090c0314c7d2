//! Netgroups in hosts.equiv and its kin (innetgr(3); OpenSSH: auth-rhosts.c `check_rhosts_file`).

use super::{Accept, Directed, Refuse, by_name};
use crate::case::{Case, NETGROUP, SHOSTS_EQUIV};

const NETGROUPS: &str = "nodes (node1.cluster.test,,)\naddresses (10.77.0.1,,)\nusers (-,alice,)\nall (,,)\n";

fn equiv(case: &mut Case, text: impl Into<Vec<u8>>) {
    case.write(SHOSTS_EQUIV, text);
}

fn netgroup(case: &mut Case, text: &str) {
    case.write(NETGROUP, NETGROUPS);
    equiv(case, text);
}

pub(super) static CASES: [Directed; 15] = [
    Directed { name: "@ alone", expect: Refuse("equiv-no-match"), make: |case, _| netgroup(case, "@\n") },
    Directed {
        name: "a netgroup with the host's address",
        expect: Accept,
        make: |case, _| netgroup(case, "@addresses\n"),
    },
    Directed {
        name: "a netgroup with the host's name, where the address counts",
        expect: Refuse("equiv-no-match"),
        make: |case, _| netgroup(case, "@nodes\n"),
    },
    Directed {
        name: "a netgroup with the host's name",
        expect: Accept,
        make: |case, material| {
            by_name(case, material);
            netgroup(case, "+@nodes\n");
        },
    },
    Directed {
        name: "a netgroup with the host's address, where the name counts",
        expect: Accept,
        make: |case, material| {
            by_name(case, material);
            netgroup(case, "@addresses\n");
        },
    },
    Directed {
        name: "-@netgroup denies",
        expect: Refuse("equiv-denies"),
        make: |case, _| netgroup(case, "-@addresses\n10.77.0.1\n"),
    },
    Directed {
        name: "-@netgroup and a user's netgroup deny a host wholly",
        expect: Refuse("equiv-denies"),
        make: |case, _| {
            (case.client_user, case.account) = (b"carol".to_vec(), "bob".into());
            netgroup(case, "-@addresses @all\n10.77.0.1 carol\n");
        },
    },
    Directed { name: "a netgroup of all", expect: Accept, make: |case, _| netgroup(case, "@all @all\n") },
    Directed { name: "a netgroup of users", expect: Accept, make: |case, _| netgroup(case, "10.77.0.1 @users\n") },
    Directed {
        name: "a netgroup of users is asked for the client's user",
        expect: Refuse("equiv-no-match"),
        make: |case, _| {
            netgroup(case, "10.77.0.1 @users\n");
            (case.client_user, case.account) = (b"carol".to_vec(), "alice".into());
        },
    },
    Directed {
        name: "a netgroup of users lets them into any account",
        expect: Accept,
        make: |case, _| {
            netgroup(case, "10.77.0.1 @users\n");
            case.account = "bob".into();
        },
    },
    Directed {
        name: "a netgroup that does not exist",
        expect: Refuse("equiv-no-match"),
        make: |case, _| netgroup(case, "@none\n"),
    },
    Directed {
        name: "a negative netgroup that does not exist denies nobody",
        expect: Accept,
        make: |case, _| netgroup(case, "-@none\n10.77.0.1\n"),
    },
    Directed {
        name: "an account whose name is a netgroup's: the line has its name for the user",
        expect: Accept,
        make: |case, _| {
            (case.account, case.client_user) = ("@team".into(), b"alice".to_vec());
            case.write(NETGROUP, "team (-,alice,)\n");
        },
    },
    Directed {
        name: "an account whose name is a netgroup's: the same name is not enough",
        expect: Refuse("equiv-no-match"),
        make: |case, _| (case.account, case.client_user) = ("@team".into(), b"@team".to_vec()),
    },
];

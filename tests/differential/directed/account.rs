//! Whether the account may log in at all (OpenSSH: auth.c `allowed_user`), which methods must follow, and Match blocks.

use super::{Accept, Directed, Refuse};
use crate::case::Case;
use crate::ground::UNKNOWN;

fn account(case: &mut Case, name: &str) {
    (case.account, case.client_user) = (name.into(), name.into());
}

fn set(case: &mut Case, option: &str, value: &str) {
    case.set(option, value);
}

fn methods(case: &mut Case, value: &str) {
    case.set("PubkeyAuthentication", "yes");
    case.set("AuthenticationMethods", value);
}

fn block(case: &mut Case, criteria: &str, option: &str) {
    case.options.extend([format!("Match {criteria}"), format!("    {option}")]);
}

fn named(case: &mut Case, material: &crate::material::Material, option: &str, value: &str) {
    super::by_name(case, material);
    case.set(option, value);
}

pub(super) static CASES: [Directed; 42] = [
    Directed { name: "no such account", expect: Refuse("account-unknown"), make: |c, _| account(c, UNKNOWN) },
    Directed { name: "a locked account", expect: Refuse("account-locked"), make: |c, _| account(c, "locked") },
    Directed { name: "no shell", expect: Refuse("shell-missing"), make: |c, _| account(c, "shellless") },
    Directed {
        name: "a shell that is no program",
        expect: Refuse("shell-not-executable"),
        make: |c, _| account(c, "shellfile"),
    },
    Directed {
        name: "no shell, but a chroot",
        expect: Accept,
        make: |case, _| {
            account(case, "shellless");
            case.set("ChrootDirectory", "/");
        },
    },
    Directed { name: "AllowUsers", expect: Accept, make: |case, _| set(case, "AllowUsers", "bob alice") },
    Directed {
        name: "AllowUsers of others",
        expect: Refuse("user-not-allowed"),
        make: |c, _| set(c, "AllowUsers", "bob"),
    },
    Directed { name: "AllowUsers by pattern", expect: Accept, make: |case, _| set(case, "AllowUsers", "al?c*") },
    Directed {
        name: "AllowUsers in capitals",
        expect: Refuse("user-not-allowed"),
        make: |case, _| set(case, "AllowUsers", "ALICE"),
    },
    Directed { name: "AllowUsers by address", expect: Accept, make: |c, _| set(c, "AllowUsers", "alice@10.77.0.1") },
    Directed { name: "AllowUsers by network", expect: Accept, make: |c, _| set(c, "AllowUsers", "*@10.77.0.0/24") },
    Directed {
        name: "AllowUsers by another network",
        expect: Refuse("user-not-allowed"),
        make: |case, _| set(case, "AllowUsers", "*@10.78.0.0/24"),
    },
    Directed {
        name: "AllowUsers by a name where the address counts",
        expect: Refuse("user-not-allowed"),
        make: |case, _| set(case, "AllowUsers", "alice@node1.cluster.test"),
    },
    Directed {
        name: "AllowUsers by name",
        expect: Accept,
        make: |case, material| named(case, material, "AllowUsers", "alice@*.CLUSTER.test"),
    },
    Directed {
        name: "AllowUsers by address where the name counts",
        expect: Accept,
        make: |case, material| named(case, material, "AllowUsers", "alice@10.77.0.1"),
    },
    Directed {
        name: "AllowUsers with a negated name",
        expect: Refuse("user-not-allowed"),
        make: |case, _| set(case, "AllowUsers", "!alice"),
    },
    Directed { name: "DenyUsers", expect: Refuse("user-denied"), make: |case, _| set(case, "DenyUsers", "bob alice") },
    Directed { name: "DenyUsers of others", expect: Accept, make: |case, _| set(case, "DenyUsers", "bob") },
    Directed {
        name: "DenyUsers by name",
        expect: Refuse("user-denied"),
        make: |case, material| named(case, material, "DenyUsers", "*@node1.cluster.test"),
    },
    Directed {
        name: "DenyUsers before AllowUsers",
        expect: Refuse("user-denied"),
        make: |case, _| {
            case.set("AllowUsers", "alice");
            case.set("DenyUsers", "a*");
        },
    },
    Directed { name: "AllowGroups of the own group", expect: Accept, make: |c, _| set(c, "AllowGroups", "alice") },
    Directed { name: "AllowGroups of a further group", expect: Accept, make: |c, _| set(c, "AllowGroups", "st*") },
    Directed {
        name: "AllowGroups of others",
        expect: Refuse("group-not-allowed"),
        make: |case, _| set(case, "AllowGroups", "others"),
    },
    Directed { name: "DenyGroups", expect: Refuse("group-denied"), make: |case, _| set(case, "DenyGroups", "staff") },
    Directed { name: "DenyGroups of others", expect: Accept, make: |case, _| set(case, "DenyGroups", "others") },
    Directed {
        name: "DenyGroups before AllowGroups",
        expect: Refuse("group-denied"),
        make: |case, _| {
            case.set("AllowGroups", "alice");
            case.set("DenyGroups", "staff");
        },
    },
    Directed { name: "AuthenticationMethods any", expect: Accept, make: |case, _| methods(case, "any") },
    Directed { name: "AuthenticationMethods hostbased", expect: Accept, make: |case, _| methods(case, "hostbased") },
    Directed {
        name: "AuthenticationMethods: hostbased first",
        expect: Accept,
        make: |case, _| methods(case, "hostbased,publickey"),
    },
    Directed {
        name: "AuthenticationMethods: hostbased second",
        expect: Refuse("method-not-listed"),
        make: |case, _| methods(case, "publickey,hostbased"),
    },
    Directed {
        name: "AuthenticationMethods: hostbased first in one of two lists",
        expect: Accept,
        make: |case, _| methods(case, "publickey,hostbased hostbased,publickey"),
    },
    Directed {
        name: "AuthenticationMethods without hostbased",
        expect: Refuse("method-not-listed"),
        make: |case, _| methods(case, "publickey"),
    },
    Directed {
        name: "a block for the user that switches the method off",
        expect: Refuse("method-not-enabled"),
        make: |case, _| block(case, "User alice", "HostbasedAuthentication no"),
    },
    Directed {
        name: "a block for another user",
        expect: Accept,
        make: |case, _| block(case, "User bob", "HostbasedAuthentication no"),
    },
    Directed {
        name: "a block for a group",
        expect: Refuse("user-denied"),
        make: |case, _| block(case, "Group staff", "DenyUsers *"),
    },
    Directed {
        name: "a block for an address",
        expect: Refuse("algorithm-not-accepted"),
        make: |case, _| block(case, "Address 10.77.0.0/24", "HostbasedAcceptedAlgorithms rsa-sha2-512"),
    },
    Directed {
        name: "a block for a name where the address counts",
        expect: Accept,
        make: |case, _| block(case, "Host node1.cluster.test", "HostbasedAuthentication no"),
    },
    Directed {
        name: "a block for a name",
        expect: Refuse("method-not-enabled"),
        make: |case, material| {
            super::by_name(case, material);
            block(case, "Host *.cluster.test", "HostbasedAuthentication no");
        },
    },
    Directed {
        name: "a block that takes the client's word",
        expect: Refuse("equiv-no-match"),
        make: |case, _| block(case, "User alice", "HostbasedUsesNameFromPacketOnly yes"),
    },
    Directed {
        name: "a block that lets the user's own files count",
        expect: Accept,
        make: |case, _| {
            case.files.remove(crate::case::SHOSTS_EQUIV);
            case.write_at_home(".shosts", "10.77.0.1\n");
            block(case, "User alice", "IgnoreRhosts no");
        },
    },
    Directed {
        name: "an account that must not log in, with a bad signature too",
        expect: Refuse("account-locked"),
        make: |case, _| {
            account(case, "locked");
            case.signature = crate::case::Signature::Damaged;
        },
    },
    Directed {
        name: "no such account, with a key of another type",
        expect: Refuse("key-type-mismatch"),
        make: |case, _| {
            account(case, UNKNOWN);
            case.algorithm = "rsa-sha2-256".into();
        },
    },
];

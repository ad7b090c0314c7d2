//! The lines of ssh_known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT; OpenSSH: hostfile.c), and in which file they stand.

use super::{Accept, Deviate, Directed, Refuse, by_packet};
use crate::case::{Case, Content, File, KNOWN_HOSTS, KNOWN_HOSTS2, NODE};
use crate::generate::hashed;
use crate::material::Material;

/// Writes ssh_known_hosts; `KEY` stands for the key's line, `OTHER` for another key's.
pub(super) fn known(case: &mut Case, material: &Material, text: &str) {
    case.write(KNOWN_HOSTS, filled(material, text));
}

pub(super) fn filled(material: &Material, text: &str) -> String {
    text.replace("KEY", &material.line("ed25519")).replace("OTHER", &material.line("ed25519-other"))
}

/// The client calls itself so, which counts; the line that lets it in is a pattern.
pub(super) fn called(case: &mut Case, material: &Material, name: &str, text: &str) {
    by_packet(case, material);
    case.client_host = name.as_bytes().to_vec();
    known(case, material, text);
}

pub(super) static CASES: [Directed; 45] = [
    Directed {
        name: "a list of names",
        expect: Accept,
        make: |case, material| known(case, material, "node1,10.77.0.1 KEY a comment\n"),
    },
    Directed { name: "another host", expect: Refuse("host-key-unknown"), make: |c, m| known(c, m, "10.77.0.11 KEY\n") },
    Directed { name: "another key", expect: Refuse("host-key-changed"), make: |c, m| known(c, m, "10.77.0.1 OTHER\n") },
    Directed {
        name: "two keys for a host, one of them the right one",
        expect: Accept,
        make: |case, material| known(case, material, "10.77.0.1 OTHER\n10.77.0.1 KEY\n"),
    },
    Directed { name: "a pattern", expect: Accept, make: |case, material| known(case, material, "10.77.* KEY\n") },
    Directed { name: "a pattern of one letter", expect: Accept, make: |c, m| known(c, m, "10.77.0.? KEY\n") },
    Directed { name: "a network", expect: Refuse("host-key-unknown"), make: |c, m| known(c, m, "10.77.0.0/24 KEY\n") },
    Directed {
        name: "a negated name before the pattern",
        expect: Refuse("host-key-unknown"),
        make: |case, material| known(case, material, "!10.77.0.1,* KEY\n"),
    },
    Directed {
        name: "a negated name behind the pattern",
        expect: Refuse("host-key-unknown"),
        make: |case, material| known(case, material, "*,!10.77.0.1 KEY\n"),
    },
    Directed {
        name: "a negated name is of its line only",
        expect: Accept,
        make: |case, material| known(case, material, "*,!10.77.0.1 OTHER\n10.77.0.1 KEY\n"),
    },
    Directed {
        name: "a port",
        expect: Refuse("host-key-unknown"),
        make: |case, material| known(case, material, "[10.77.0.1]:22 KEY\n"),
    },
    Directed {
        name: "a pattern of 1023 bytes spoils its line",
        expect: Refuse("host-key-unknown"),
        make: |case, material| known(case, material, &format!("{},10.77.0.1 KEY\n", "x".repeat(1023))),
    },
    Directed {
        name: "a pattern of 1022 bytes",
        expect: Accept,
        make: |case, material| known(case, material, &format!("{},10.77.0.1 KEY\n", "x".repeat(1022))),
    },
    Directed {
        name: "a name in capitals",
        expect: Accept,
        make: |case, material| called(case, material, "node1.cluster.test", "NODE1.CLUSTER.TEST KEY\n"),
    },
    Directed {
        name: "a claim in capitals",
        expect: Accept,
        make: |case, material| called(case, material, "NODE1.CLUSTER.TEST", "node1.cluster.test KEY\n"),
    },
    Directed {
        name: "a hashed name",
        expect: Accept,
        make: |case, material| known(case, material, &format!("{} KEY\n", hashed("10.77.0.1"))),
    },
    Directed {
        name: "a hashed name, and a claim in capitals",
        expect: Refuse("host-key-unknown"),
        make: |case, material| called(case, material, "NODE1.CLUSTER.TEST", &format!("{} KEY\n", hashed(NODE))),
    },
    Directed {
        name: "a list of hashes",
        expect: Refuse("host-key-unknown"),
        make: |case, material| {
            known(case, material, &format!("{},{} KEY\n", hashed("10.77.0.1"), hashed("10.77.0.1")));
        },
    },
    Directed {
        name: "a broken hash",
        expect: Refuse("host-key-unknown"),
        make: |case, material| known(case, material, "|1|AAAA|AAAA KEY\n"),
    },
    Directed {
        name: "tabs, more blanks and leading blanks",
        expect: Accept,
        make: |case, material| {
            let tabs = filled(material, "\t 10.77.0.1 KEY\n").replacen(" ssh", "\t  ssh", 1);
            case.write(KNOWN_HOSTS, tabs);
        },
    },
    Directed { name: "CRLF", expect: Accept, make: |case, material| known(case, material, "10.77.0.1 KEY\r\n") },
    Directed { name: "no end of line", expect: Accept, make: |case, material| known(case, material, "10.77.0.1 KEY") },
    Directed { name: "a NUL behind the key", expect: Accept, make: |c, m| known(c, m, "10.77.0.1 KEY\0x\n") },
    Directed {
        name: "a NUL behind the hosts",
        expect: Deviate("a NUL behind the hosts of a line", Some("host-key-unknown")),
        make: |case, material| known(case, material, "10.77.0.1\0 KEY\n"),
    },
    Directed {
        name: "a byte order mark",
        expect: Refuse("host-key-unknown"),
        make: |case, material| known(case, material, "\u{feff}10.77.0.1 KEY\n"),
    },
    Directed { name: "a comment", expect: Refuse("host-key-unknown"), make: |c, m| known(c, m, "#10.77.0.1 KEY\n") },
    Directed {
        name: "bad lines beside the good one",
        expect: Accept,
        make: |case, material| {
            known(
                case,
                material,
                "10.77.0.1\n10.77.0.1 ssh-ed25519\n10.77.0.1 ssh-ed25519 AAAA\n@x * KEY\n10.77.0.1 KEY\n",
            );
        },
    },
    Directed {
        name: "a key of another type than its line says",
        expect: Refuse("host-key-unknown"),
        make: |case, material| {
            let text = filled(material, "10.77.0.1 KEY\n").replacen("ssh-ed25519", "ssh-rsa", 1);
            case.write(KNOWN_HOSTS, text);
        },
    },
    Directed {
        name: "a key by the name of its signature algorithm",
        expect: Accept,
        make: |case, material| {
            (case.key, case.algorithm) = ("rsa2048".into(), "rsa-sha2-256".into());
            let line = material.line("rsa2048").replacen("ssh-rsa", "rsa-sha2-512", 1);
            case.write(KNOWN_HOSTS, format!("10.77.0.1 {line}\n"));
        },
    },
    Directed {
        name: "a plain key on a line of authorities",
        expect: Refuse("host-key-unknown"),
        make: |case, material| known(case, material, "@cert-authority 10.77.0.1 KEY\n"),
    },
    Directed {
        name: "the second file, where the first knows nothing",
        expect: Accept,
        make: |case, material| {
            case.files.remove(KNOWN_HOSTS);
            case.write(KNOWN_HOSTS2, filled(material, "10.77.0.1 KEY\n"));
        },
    },
    Directed {
        name: "the second file, where the first has another key",
        expect: Refuse("host-key-changed"),
        make: |case, material| {
            known(case, material, "10.77.0.1 OTHER\n");
            case.write(KNOWN_HOSTS2, filled(material, "10.77.0.1 KEY\n"));
        },
    },
    Directed {
        name: "@revoked in the second file, where the first has the key",
        expect: Accept,
        make: |case, material| case.write(KNOWN_HOSTS2, filled(material, "@revoked * KEY\n")),
    },
    Directed {
        name: "@revoked in the second file, where that has the key too",
        expect: Refuse("host-key-revoked"),
        make: |case, material| {
            case.files.remove(KNOWN_HOSTS);
            case.write(KNOWN_HOSTS2, filled(material, "10.77.0.1 KEY\n@revoked * KEY\n"));
        },
    },
    Directed {
        name: "the user's own file",
        expect: Accept,
        make: |case, material| {
            case.files.remove(KNOWN_HOSTS);
            case.write_at_home(".ssh/known_hosts", filled(material, "10.77.0.1 KEY\n"));
        },
    },
    Directed {
        name: "the user's own second file",
        expect: Accept,
        make: |case, material| {
            case.files.remove(KNOWN_HOSTS);
            case.write_at_home(".ssh/known_hosts2", filled(material, "10.77.0.1 KEY\n"));
        },
    },
    Directed {
        name: "the user's own file with IgnoreUserKnownHosts",
        expect: Refuse("host-key-unknown"),
        make: |case, material| {
            case.files.remove(KNOWN_HOSTS);
            case.set("IgnoreUserKnownHosts", "yes");
            case.write_at_home(".ssh/known_hosts", filled(material, "10.77.0.1 KEY\n"));
        },
    },
    Directed {
        name: "the user's own key beside the system's other one",
        expect: Accept,
        make: |case, material| {
            known(case, material, "10.77.0.1 OTHER\n");
            case.write_at_home(".ssh/known_hosts", filled(material, "10.77.0.1 KEY\n"));
        },
    },
    Directed {
        name: "@revoked in the user's own file",
        expect: Refuse("host-key-revoked"),
        make: |case, material| case.write_at_home(".ssh/known_hosts", filled(material, "@revoked * KEY\n")),
    },
    Directed {
        name: "@revoked in the user's own file with IgnoreUserKnownHosts",
        expect: Accept,
        make: |case, material| {
            case.set("IgnoreUserKnownHosts", "yes");
            case.write_at_home(".ssh/known_hosts", filled(material, "@revoked * KEY\n"));
        },
    },
    Directed {
        name: "@revoked in the user's own file that others may write",
        expect: Accept,
        make: |case, material| {
            case.write_at_home(".ssh/known_hosts", filled(material, "@revoked * KEY\n"));
            case.files.get_mut(&case.home(".ssh/known_hosts")).unwrap().mode = 0o606 | 0o020;
        },
    },
    Directed {
        name: "the user's own file that others may write",
        expect: Refuse("host-key-unknown"),
        make: |case, material| {
            case.files.remove(KNOWN_HOSTS);
            case.write_at_home(".ssh/known_hosts", filled(material, "10.77.0.1 KEY\n"));
            case.files.get_mut(&case.home(".ssh/known_hosts")).unwrap().mode = 0o602;
        },
    },
    Directed {
        name: "no file at all",
        expect: Refuse("host-key-unknown"),
        make: |case, _| drop(case.files.remove(KNOWN_HOSTS)),
    },
    Directed {
        name: "a file that others may write",
        expect: Deviate(
            "a system file that cannot be read, or that others may write, or is gone",
            Some("known-hosts-unreadable"),
        ),
        make: |case, _| case.files.get_mut(KNOWN_HOSTS).unwrap().mode = 0o666,
    },
    Directed {
        name: "a folder in the system's file's place, and the key in the user's own",
        expect: Deviate(
            "a system file that cannot be read, or that others may write, or is gone",
            Some("known-hosts-unreadable"),
        ),
        make: |case, material| {
            case.files.insert(KNOWN_HOSTS.into(), File { content: Content::Folder, uid: 0, mode: 0o755 });
            case.write_at_home(".ssh/known_hosts", filled(material, "10.77.0.1 KEY\n"));
        },
    },
];

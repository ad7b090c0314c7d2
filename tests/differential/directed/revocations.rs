//! Lines of ssh_known_hosts that begin with `@revoked`, however they go on.

use super::known_hosts::{called, filled, known};
use super::{Accept, Deviate, Directed, Refuse};
use crate::case::{Case, NODE};
use crate::generate::hashed;
use crate::material::Material;

const UNREADABLE_REVOCATION: &str = "an `@revoked` line that it cannot read: a tab behind the marker, a second marker, \
                                     another case, a byte order mark, a NUL, a wrong key type, a short RSA key";

/// The line that lets in stays, and this one comes behind it.
fn behind(case: &mut Case, material: &Material, text: &str) {
    known(case, material, &format!("10.77.0.1 KEY\n{text}"));
}

pub(super) static CASES: [Directed; 17] = [
    Directed {
        name: "@revoked for every host",
        expect: Refuse("host-key-revoked"),
        make: |case, material| behind(case, material, "@revoked * KEY\n"),
    },
    Directed {
        name: "@revoked for this host",
        expect: Refuse("host-key-revoked"),
        make: |case, material| behind(case, material, "@revoked 10.77.0.1 KEY\n"),
    },
    Directed {
        name: "@revoked for another host",
        expect: Accept,
        make: |case, material| behind(case, material, "@revoked 10.77.0.11 KEY\n"),
    },
    Directed {
        name: "@revoked for every host but this",
        expect: Accept,
        make: |case, material| behind(case, material, "@revoked *,!10.77.0.1 KEY\n"),
    },
    Directed { name: "@revoked of another key", expect: Accept, make: |c, m| behind(c, m, "@revoked * OTHER\n") },
    Directed {
        name: "@revoked with two blanks",
        expect: Refuse("host-key-revoked"),
        make: |case, material| behind(case, material, "@revoked  *   KEY\n"),
    },
    Directed {
        name: "@revoked and a tab",
        expect: Deviate(UNREADABLE_REVOCATION, Some("host-key-revoked")),
        make: |case, material| behind(case, material, "@revoked\t* KEY\n"),
    },
    Directed {
        name: "@revoked and tabs alone",
        expect: Refuse("host-key-revoked"),
        make: |case, material| {
            let line = filled(material, "@revoked * KEY\n").replace(' ', "\t");
            behind(case, material, &line);
        },
    },
    Directed {
        name: "@REVOKED",
        expect: Deviate(UNREADABLE_REVOCATION, Some("host-key-revoked")),
        make: |case, material| behind(case, material, "@REVOKED * KEY\n"),
    },
    Directed {
        name: "@revoked twice",
        expect: Deviate(UNREADABLE_REVOCATION, Some("host-key-revoked")),
        make: |case, material| behind(case, material, "@revoked @revoked * KEY\n"),
    },
    Directed {
        name: "@revoked behind a byte order mark",
        expect: Deviate(UNREADABLE_REVOCATION, Some("host-key-revoked")),
        make: |case, material| known(case, material, "\u{feff}@revoked * KEY\n10.77.0.1 KEY\n"),
    },
    Directed {
        name: "@revoked with a wrong key type",
        expect: Deviate(UNREADABLE_REVOCATION, Some("host-key-revoked")),
        make: |case, material| {
            let line = filled(material, "@revoked * KEY\n").replace("ssh-ed25519", "ssh-rsa");
            behind(case, material, &line);
        },
    },
    Directed {
        name: "@revoked without hosts",
        expect: Deviate("such a line whose hosts are missing, or an unreadable hash", Some("host-key-revoked")),
        make: |case, material| behind(case, material, "@revoked KEY\n"),
    },
    Directed {
        name: "@revoked for a broken hash",
        expect: Deviate("such a line whose hosts are missing, or an unreadable hash", Some("host-key-revoked")),
        make: |case, material| behind(case, material, "@revoked |1|AAAA|AAAA KEY\n"),
    },
    Directed {
        name: "@revoked for a hashed name, and a claim in capitals",
        expect: Deviate("a hashed name on an `@revoked` line", Some("host-key-revoked")),
        make: |case, material| {
            let text = format!("* KEY\n@revoked {} KEY\n", hashed(NODE));
            called(case, material, "NODE1.CLUSTER.TEST", &text);
        },
    },
    Directed {
        name: "@revoked for a list of hashes",
        expect: Deviate(
            "a list of hashes, or a pattern of 1023 bytes and more, on an `@revoked` line",
            Some("host-key-revoked"),
        ),
        make: |case, material| {
            let hash = hashed("10.77.0.1");
            behind(case, material, &format!("@revoked {hash},{hash} KEY\n"));
        },
    },
    Directed {
        name: "@revoked beside a pattern of 1023 bytes",
        expect: Deviate(
            "a list of hashes, or a pattern of 1023 bytes and more, on an `@revoked` line",
            Some("host-key-revoked"),
        ),
        make: |case, material| behind(case, material, &format!("@revoked {},10.77.0.1 KEY\n", "x".repeat(1023))),
    },
];

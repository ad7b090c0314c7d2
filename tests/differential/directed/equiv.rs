//! The lines of hosts.equiv and its kin (sshd(8), FILES; OpenSSH: auth-rhosts.c).

use super::{Accept, Deviate, Directed, Refuse, by_name, by_packet};
use crate::case::{Case, Content, File, HOSTS_EQUIV, NODE_ADDRESS6, SHOSTS_EQUIV};
use crate::material::Material;

const MODES: &str = "owner and mode of hosts.equiv, shosts.equiv and RevokedKeys files";

fn equiv(case: &mut Case, text: impl Into<Vec<u8>>) {
    case.write(SHOSTS_EQUIV, text);
}

/// carol of the node wants to be bob.
fn carol_to_bob(case: &mut Case, text: impl Into<Vec<u8>>) {
    (case.client_user, case.account) = (b"carol".to_vec(), "bob".into());
    equiv(case, text);
}

fn from_fd77(case: &mut Case, material: &Material, text: &str) {
    case.peer.address = NODE_ADDRESS6;
    case.write(crate::case::KNOWN_HOSTS, format!("fd77::1 {}\n", material.line("ed25519")));
    equiv(case, text);
}

pub(super) static CASES: [Directed; 53] = [
    Directed { name: "one field: the same user on both sides", expect: Accept, make: |_, _| {} },
    Directed {
        name: "one field: another user",
        expect: Refuse("equiv-no-match"),
        make: |case, _| case.client_user = b"bob".to_vec(),
    },
    Directed {
        name: "one field: the user in another case",
        expect: Refuse("equiv-no-match"),
        make: |case, _| case.client_user = b"Alice".to_vec(),
    },
    Directed {
        name: "host and user let that user into any account",
        expect: Accept,
        make: |case, _| carol_to_bob(case, "10.77.0.1 carol\n"),
    },
    Directed {
        name: "host and the account's name let no other user into it",
        expect: Refuse("equiv-no-match"),
        make: |case, _| carol_to_bob(case, "10.77.0.1 bob\n"),
    },
    Directed {
        name: "-host denies those of the same name",
        expect: Refuse("equiv-denies"),
        make: |case, _| equiv(case, "-10.77.0.1\n10.77.0.1\n"),
    },
    Directed {
        name: "-host denies nobody of another name",
        expect: Accept,
        make: |case, _| carol_to_bob(case, "-10.77.0.1\n10.77.0.1 carol\n"),
    },
    Directed {
        name: "-host user denies that user",
        expect: Refuse("equiv-denies"),
        make: |case, _| carol_to_bob(case, "-10.77.0.1 carol\n10.77.0.1 carol\n"),
    },
    Directed {
        name: "host -user denies that user",
        expect: Refuse("equiv-denies"),
        make: |case, _| equiv(case, "10.77.0.1 -alice\n10.77.0.1\n"),
    },
    Directed {
        name: "-host user denies no other",
        expect: Accept,
        make: |case, _| equiv(case, "-10.77.0.1 carol\n10.77.0.1\n"),
    },
    Directed {
        name: "a positive line before the negative one",
        expect: Accept,
        make: |case, _| equiv(case, "10.77.0.1\n-10.77.0.1\n"),
    },
    Directed {
        name: "a negative line ends its own file only: hosts.equiv, then shosts.equiv",
        expect: Accept,
        make: |case, _| case.write(HOSTS_EQUIV, "-10.77.0.1\n"),
    },
    Directed {
        name: "a negative line ends its own file only: shosts.equiv, then ~/.shosts",
        expect: Accept,
        make: |case, _| {
            equiv(case, "-10.77.0.1\n");
            case.set("IgnoreRhosts", "no");
            case.write_at_home(".shosts", "10.77.0.1\n");
        },
    },
    Directed {
        name: "a comment behind the host",
        expect: Refuse("equiv-no-match"),
        make: |case, _| equiv(case, "10.77.0.1 # note\n"),
    },
    Directed {
        name: "a comment behind the user",
        expect: Refuse("equiv-no-match"),
        make: |case, _| equiv(case, "10.77.0.1 alice # note\n"),
    },
    Directed {
        name: "a comment without a blank is the user: alice is not meant",
        expect: Refuse("equiv-no-match"),
        make: |case, _| equiv(case, "10.77.0.1 #note\n"),
    },
    Directed {
        name: "a comment without a blank is the user: who is called so",
        expect: Accept,
        make: |case, _| {
            equiv(case, "10.77.0.1 #note\n");
            case.client_user = b"#note".to_vec();
        },
    },
    Directed {
        name: "a third field",
        expect: Refuse("equiv-no-match"),
        make: |case, _| equiv(case, "10.77.0.1 alice alice\n"),
    },
    Directed {
        name: "the tail of a comment of more than 1023 bytes is an entry",
        expect: Accept,
        make: |case, _| equiv(case, [&[b'#'; 1023][..], b"10.77.0.1\n"].concat()),
    },
    Directed {
        name: "the tail of a comment of 1022 bytes lacks its first letter",
        expect: Refuse("equiv-no-match"),
        make: |case, _| equiv(case, [&[b'#'; 1022][..], b"10.77.0.1\n"].concat()),
    },
    Directed {
        name: "an entry that the buffer cuts",
        expect: Refuse("equiv-no-match"),
        make: |case, _| equiv(case, [&[b' '; 1020][..], b"10.77.0.1\n"].concat()),
    },
    Directed {
        name: "what stands behind a NUL is not seen",
        expect: Accept,
        make: |case, _| equiv(case, "10.77.0.1\0 carol\n"),
    },
    Directed {
        name: "a NUL at the beginning",
        expect: Refuse("equiv-no-match"),
        make: |case, _| equiv(case, "\x0010.77.0.1\n"),
    },
    Directed { name: "CRLF", expect: Accept, make: |case, _| equiv(case, "# hosts\r\n\r\n10.77.0.1\r\n") },
    Directed {
        name: "every C white space divides",
        expect: Accept,
        make: |case, _| equiv(case, " \t10.77.0.1\x0b\x0c\ralice \t\n"),
    },
    Directed { name: "no end of line", expect: Accept, make: |case, _| equiv(case, "10.77.0.1") },
    Directed {
        name: "a byte order mark",
        expect: Refuse("equiv-no-match"),
        make: |case, _| equiv(case, "\u{feff}10.77.0.1\n"),
    },
    Directed {
        name: "a byte order mark spoils its own line only",
        expect: Accept,
        make: |case, _| equiv(case, "\u{feff}# hosts\n10.77.0.1\n"),
    },
    Directed { name: "an empty file", expect: Refuse("equiv-no-match"), make: |case, _| equiv(case, "") },
    Directed {
        name: "no file at all",
        expect: Refuse("equiv-no-files"),
        make: |case, _| drop(case.files.remove(SHOSTS_EQUIV)),
    },
    Directed {
        name: "NO_PLUS in front of a host",
        expect: Refuse("equiv-no-match"),
        make: |case, material| {
            by_packet(case, material);
            case.client_host = b"NO_PLUS-node".to_vec();
            case.write(crate::case::KNOWN_HOSTS, format!("* {}\n", material.line("ed25519")));
            equiv(case, "NO_PLUS-node\n");
        },
    },
    Directed { name: "NO_PLUS by itself", expect: Accept, make: |case, _| equiv(case, "NO_PLUS\n10.77.0.1\n") },
    Directed { name: "+host", expect: Accept, make: |case, _| equiv(case, "+10.77.0.1\n") },
    Directed { name: "host +user", expect: Accept, make: |case, _| equiv(case, "10.77.0.1 +alice\n") },
    Directed {
        name: "-+host is a name with a plus",
        expect: Accept,
        make: |case, _| equiv(case, "-+10.77.0.1\n10.77.0.1\n"),
    },
    Directed { name: "+ alone", expect: Refuse("equiv-no-match"), make: |case, _| equiv(case, "+\n") },
    Directed { name: "+ and a user", expect: Refuse("equiv-no-match"), make: |case, _| equiv(case, "+ alice\n") },
    Directed { name: "a host and +", expect: Refuse("equiv-no-match"), make: |case, _| equiv(case, "10.77.0.1 +\n") },
    Directed { name: "- alone denies nobody", expect: Accept, make: |case, _| equiv(case, "-\n10.77.0.1\n") },
    Directed { name: "a wildcard", expect: Refuse("equiv-no-match"), make: |case, _| equiv(case, "10.77.0.*\n") },
    Directed { name: "a network", expect: Refuse("equiv-no-match"), make: |case, _| equiv(case, "10.77.0.0/24\n") },
    Directed { name: "quotes", expect: Refuse("equiv-no-match"), make: |case, _| equiv(case, "\"10.77.0.1\"\n") },
    Directed {
        name: "a name in another case",
        expect: Accept,
        make: |case, material| {
            by_name(case, material);
            equiv(case, "NODE1.Cluster.Test\n");
        },
    },
    Directed {
        name: "a name with a final dot",
        expect: Refuse("equiv-no-match"),
        make: |case, material| {
            by_name(case, material);
            equiv(case, "node1.cluster.test.\n");
        },
    },
    Directed { name: "IPv6", expect: Accept, make: |case, material| from_fd77(case, material, "fd77::1\n") },
    Directed {
        name: "IPv6 in capitals, which is the host's name too",
        expect: Accept,
        make: |case, material| from_fd77(case, material, "FD77::1\n"),
    },
    Directed {
        name: "IPv6 in its long form",
        expect: Refuse("equiv-no-match"),
        make: |case, material| from_fd77(case, material, "fd77:0:0:0:0:0:0:1\n"),
    },
    Directed {
        name: "IPv6 in brackets",
        expect: Refuse("equiv-no-match"),
        make: |case, material| from_fd77(case, material, "[fd77::1]\n"),
    },
    Directed {
        name: "a folder in the file's place, and another file that lets in",
        expect: Accept,
        make: |case, _| {
            let folder = File { content: Content::Folder, uid: 0, mode: 0o755 };
            case.files.insert(HOSTS_EQUIV.into(), folder);
        },
    },
    Directed {
        name: "a file that others may write",
        expect: Deviate(MODES, Some("equiv-unreadable")),
        make: |case, _| case.files.get_mut(SHOSTS_EQUIV).unwrap().mode = 0o666,
    },
    Directed {
        name: "a file of another user's",
        expect: Deviate(MODES, Some("equiv-unreadable")),
        make: |case, _| case.files.get_mut(SHOSTS_EQUIV).unwrap().uid = 5001,
    },
    Directed {
        name: "a pipe in the file's place",
        expect: Refuse("equiv-unreadable"),
        make: |case, _| {
            case.files.insert(SHOSTS_EQUIV.into(), File { content: Content::Fifo, uid: 0, mode: 0o644 });
        },
    },
    Directed {
        name: "a folder in the file's place",
        expect: Refuse("equiv-unreadable"),
        make: |case, _| {
            case.files.insert(SHOSTS_EQUIV.into(), File { content: Content::Folder, uid: 0, mode: 0o755 });
        },
    },
];

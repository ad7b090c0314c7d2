//! The user's own `~/.shosts` and `~/.rhosts`: when they count, and whose they must be (sshd_config(5), IgnoreRhosts and
//! StrictModes).

use super::{Accept, Deviate, Directed, Refuse};
use crate::case::{Case, Content, File, KNOWN_HOSTS, SHOSTS_EQUIV};
use crate::material::Material;

const GROUP_OF_ONE: &str = "a user's file, or home, that a group may write in which nobody else is";

/// Only this file of the user's lets in.
fn own(case: &mut Case, name: &str, ignore_rhosts: &str) {
    case.files.remove(SHOSTS_EQUIV);
    case.set("IgnoreRhosts", ignore_rhosts);
    case.write_at_home(name, "10.77.0.1\n");
}

/// `~/.shosts` lets in, with this owner and mode.
fn with_mode(case: &mut Case, uid: u32, mode: u32) {
    own(case, ".shosts", "no");
    let file = case.files.get_mut(&case.home(".shosts")).unwrap();
    (file.uid, file.mode) = (uid, mode);
}

/// `~/.shosts` lets in, in a home with this owner and mode.
fn in_home(case: &mut Case, uid: u32, mode: u32) {
    own(case, ".shosts", "no");
    case.files.insert(case.home(""), File { content: Content::Folder, uid, mode });
}

/// Something else in the place of `~/.shosts`.
fn instead(case: &mut Case, content: Content) {
    own(case, ".shosts", "no");
    case.files.insert(case.home(".shosts"), File { content, uid: 5001, mode: 0o700 });
}

/// root of the node, by what stands in his own file.
fn root(case: &mut Case, _: &Material) {
    (case.account, case.client_user) = ("root".into(), b"root".to_vec());
    own(case, ".shosts", "no");
}

pub(super) static CASES: [Directed; 40] = [
    Directed { name: "~/.shosts", expect: Accept, make: |case, _| own(case, ".shosts", "no") },
    Directed { name: "~/.rhosts", expect: Accept, make: |case, _| own(case, ".rhosts", "no") },
    Directed { name: "~/.shosts with shosts-only", expect: Accept, make: |c, _| own(c, ".shosts", "shosts-only") },
    Directed {
        name: "~/.rhosts with shosts-only",
        expect: Refuse("equiv-no-files"),
        make: |case, _| own(case, ".rhosts", "shosts-only"),
    },
    Directed {
        name: "~/.shosts with IgnoreRhosts",
        expect: Refuse("equiv-no-files"),
        make: |case, _| own(case, ".shosts", "yes"),
    },
    Directed {
        name: "a denial in ~/.shosts, and ~/.rhosts",
        expect: Accept,
        make: |case, _| {
            own(case, ".rhosts", "no");
            case.write_at_home(".shosts", "-10.77.0.1\n");
        },
    },
    Directed {
        name: "a denial in ~/.rhosts",
        expect: Refuse("equiv-denies"),
        make: |case, _| {
            own(case, ".rhosts", "no");
            case.write_at_home(".rhosts", "-10.77.0.1\n10.77.0.1\n");
        },
    },
    Directed { name: "a file of the user's", expect: Accept, make: |case, _| with_mode(case, 5001, 0o644) },
    Directed { name: "a file of root's", expect: Accept, make: |case, _| with_mode(case, 0, 0o644) },
    Directed {
        name: "a file of another user's",
        expect: Refuse("equiv-modes"),
        make: |case, _| with_mode(case, 5002, 0o644),
    },
    Directed {
        name: "a file that all may write",
        expect: Refuse("equiv-modes"),
        make: |case, _| with_mode(case, 5001, 0o646),
    },
    Directed {
        name: "a file that the user's own group may write",
        expect: Deviate(GROUP_OF_ONE, Some("equiv-modes")),
        make: |case, _| with_mode(case, 5001, 0o664),
    },
    Directed {
        name: "a file that all may write, without StrictModes",
        expect: Accept,
        make: |case, _| {
            with_mode(case, 5001, 0o666);
            case.set("StrictModes", "no");
        },
    },
    Directed {
        name: "a file of another user's, without StrictModes",
        expect: Accept,
        make: |case, _| {
            with_mode(case, 5002, 0o644);
            case.set("StrictModes", "no");
        },
    },
    Directed {
        name: "a file that the user cannot read",
        expect: Refuse("equiv-unreadable"),
        make: |case, _| with_mode(case, 5001, 0),
    },
    Directed {
        name: "a file of root's that the user cannot read",
        expect: Refuse("equiv-unreadable"),
        make: |case, _| with_mode(case, 0, 0o600),
    },
    Directed { name: "a home of the user's", expect: Accept, make: |case, _| in_home(case, 5001, 0o700) },
    Directed { name: "a home of root's", expect: Accept, make: |case, _| in_home(case, 0, 0o755) },
    Directed {
        name: "a home of another user's",
        expect: Refuse("home-modes"),
        make: |case, _| in_home(case, 5002, 0o755),
    },
    Directed {
        name: "a home that all may write",
        expect: Refuse("home-modes"),
        make: |case, _| in_home(case, 5001, 0o757),
    },
    Directed {
        name: "a home that the user's own group may write",
        expect: Deviate(GROUP_OF_ONE, Some("home-modes")),
        make: |case, _| in_home(case, 5001, 0o775),
    },
    Directed {
        name: "a home of another user's, without StrictModes",
        expect: Accept,
        make: |case, _| {
            in_home(case, 5002, 0o757);
            case.set("StrictModes", "no");
        },
    },
    Directed {
        name: "a home that the user cannot enter",
        expect: Refuse("equiv-no-files"),
        make: |case, _| in_home(case, 5001, 0o600),
    },
    Directed {
        name: "no home",
        expect: Refuse("home-missing"),
        make: |case, _| {
            case.set("IgnoreRhosts", "no");
            case.write(SHOSTS_EQUIV, "10.77.0.2\n");
            case.files.insert(case.home(""), File { content: Content::Link("/nowhere".into()), uid: 0, mode: 0 });
        },
    },
    Directed {
        name: "no home, where the system's file lets in",
        expect: Accept,
        make: |case, _| {
            case.set("IgnoreRhosts", "no");
            case.files.insert(case.home(""), File { content: Content::Link("/nowhere".into()), uid: 0, mode: 0 });
        },
    },
    Directed {
        name: "a link to a file of the user's",
        expect: Accept,
        make: |case, _| {
            instead(case, Content::Link("target".into()));
            case.write_at_home("target", "10.77.0.1\n");
        },
    },
    Directed {
        name: "a link to a file of root's that the user cannot read",
        expect: Refuse("equiv-unreadable"),
        make: |case, _| {
            instead(case, Content::Link("target".into()));
            case.write_at_home("target", "10.77.0.1\n");
            let file = case.files.get_mut(&case.home("target")).unwrap();
            (file.uid, file.mode) = (0, 0o600);
        },
    },
    Directed {
        name: "a file of more than 1 MiB",
        expect: Deviate(
            "a user's own equiv file above 1 MiB, or known_hosts file above 4 MiB",
            Some("equiv-unreadable"),
        ),
        make: |case, _| {
            own(case, ".shosts", "no");
            case.write_at_home(".shosts", format!("10.77.0.1\n{}", "# nobody\n".repeat(120_000)));
        },
    },
    Directed {
        name: "a link to nowhere",
        expect: Refuse("equiv-no-files"),
        make: |case, _| instead(case, Content::Link("nowhere".into())),
    },
    Directed { name: "a pipe", expect: Refuse("equiv-unreadable"), make: |case, _| instead(case, Content::Fifo) },
    Directed { name: "a folder", expect: Refuse("equiv-unreadable"), make: |case, _| instead(case, Content::Folder) },
    Directed { name: "root by his own file", expect: Accept, make: root },
    Directed {
        name: "root by his own file, which its mode closes",
        expect: Deviate("root's own files that their modes close to root", Some("equiv-unreadable")),
        make: |case, material| {
            root(case, material);
            case.files.get_mut("/home/root/.shosts").unwrap().mode = 0;
        },
    },
    Directed {
        name: "root by the system's file",
        expect: Refuse("root-ignores-system-files"),
        make: |case, _| (case.account, case.client_user) = ("root".into(), b"root".to_vec()),
    },
    Directed {
        name: "root by the system's file, for a user of the node",
        expect: Refuse("root-ignores-system-files"),
        make: |case, _| {
            case.account = "root".into();
            case.write(SHOSTS_EQUIV, "10.77.0.1 alice\n");
        },
    },
    Directed {
        name: "root with PermitRootLogin yes",
        expect: Accept,
        make: |case, material| {
            root(case, material);
            case.set("PermitRootLogin", "yes");
        },
    },
    Directed {
        name: "root with PermitRootLogin no",
        expect: Refuse("root-not-permitted"),
        make: |case, material| {
            root(case, material);
            case.set("PermitRootLogin", "no");
        },
    },
    Directed {
        name: "root with PermitRootLogin forced-commands-only",
        expect: Refuse("root-not-permitted"),
        make: |case, material| {
            root(case, material);
            case.set("PermitRootLogin", "forced-commands-only");
        },
    },
    Directed {
        name: "root by the system's known_hosts in another name",
        expect: Refuse("host-key-unknown"),
        make: |case, material| {
            root(case, material);
            case.write(KNOWN_HOSTS, format!("node1.cluster.test {}\n", material.line("ed25519")));
        },
    },
    Directed {
        name: "PermitRootLogin no is nobody else's",
        expect: Accept,
        make: |case, _| case.set("PermitRootLogin", "no"),
    },
];

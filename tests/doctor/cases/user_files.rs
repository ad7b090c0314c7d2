//! `.shosts` and `.rhosts` of users: entries 96 to 98.

use hostbased::failures::Id;

use crate::case::{Case, refused, works};
use crate::pair::{ALICE, BOB, CLIENT, Pair, SSHD_CONFIG};

const OWN: &str = "/home/alice/.shosts";

/// The system's file is gone, and alice admits the client herself, if she may.
fn own_file(pair: &Pair) {
    pair.server.replace(SSHD_CONFIG, "IgnoreRhosts yes\n", "IgnoreRhosts no\n");
    pair.server.remove("/etc/ssh/shosts.equiv");
    pair.server.write_as(ALICE, OWN, format!("{CLIENT}\n"));
    pair.server.set_mode(OWN, 0o600);
}

/// Whether sshd lets the group write where that is the user's own: Debian's does.
fn debians() -> bool {
    std::path::Path::new("/etc/debian_version").exists()
}

fn by_release(names: &'static str, breaks: fn(&Pair)) -> Case {
    let case = Case { logs_in: debians(), ..works(names, breaks) };
    if debians() { case.beside(&[Id::HomeOrShostsModes]) } else { case.server(&[Id::HomeOrShostsModes]) }
}

pub fn cases() -> Vec<Case> {
    let mut cases = vec![
        works("u_shosts_ok", own_file),
        works("u_home_modes_equiv", |pair| pair.server.set_mode(ALICE.home, 0o777)),
        by_release("u_home_modes", |pair| {
            own_file(pair);
            pair.server.set_mode(ALICE.home, 0o775);
        }),
        by_release("u_shosts_modes", |pair| {
            own_file(pair);
            pair.server.set_mode(OWN, 0o664);
        }),
        refused("u_home_modes_w", |pair| {
            own_file(pair);
            pair.server.set_mode(ALICE.home, 0o777);
        })
        .server(&[Id::HomeOrShostsModes])
        .log(&[Id::HomeOrShostsModes]),
        refused("u_shosts_modes_w", |pair| {
            own_file(pair);
            pair.server.set_mode(OWN, 0o666);
        })
        .server(&[Id::HomeOrShostsModes])
        .log(&[Id::HomeOrShostsModes]),
        refused("u_shosts_owner", |pair| {
            own_file(pair);
            pair.server.set_owner(OWN, BOB.uid, BOB.gid);
        })
        .server(&[Id::HomeOrShostsModes]),
    ];
    cases.extend([
        refused("u_shosts_ignored", |pair| {
            own_file(pair);
            pair.server.replace(SSHD_CONFIG, "IgnoreRhosts no\n", "IgnoreRhosts yes\n");
        })
        .server(&[Id::UserShostsIgnored])
        .log(&[Id::UserShostsIgnored]),
        refused("u_rhosts_shostsonly", |pair| {
            own_file(pair);
            pair.server.rename(OWN, "/home/alice/.rhosts");
            pair.server.replace(SSHD_CONFIG, "IgnoreRhosts no\n", "IgnoreRhosts shosts-only\n");
        })
        .server(&[Id::UserShostsIgnored]),
        refused("u_home_missing", |pair| {
            own_file(pair);
            pair.server.write("/etc/ssh/shosts.equiv", "node2.cluster.test\n");
            pair.server.rename(ALICE.home, "/home/elsewhere");
        })
        .server(&[Id::HomeMissingOrUnreachable])
        .log(&[Id::HomeMissingOrUnreachable]),
    ]);
    cases
}

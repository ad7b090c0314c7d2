//! The account, and who may be whom: entries 55, 56, 91 and 95.

use hostbased::failures::Id;

use crate::case::{Case, refused};
use crate::pair::{ALICE, BOB, CLIENT, ROOT, SSHD_CONFIG, User};

/// An account that the client alone has a name for.
const CAROL: User = User { name: "carol", uid: 5003, gid: 5003, home: "/home/carol" };

pub fn cases() -> Vec<Case> {
    vec![
        refused("u_no_such_user", |_| {})
            .users(ALICE, CAROL)
            .server(&[Id::AccountNotAcceptable])
            .log(&[Id::AccountNotAcceptable])
            .beside(&[Id::DifferentRemoteUser])
            .no_mend("who gets an account is not ours to say"),
        refused("u_locked", |pair| pair.server.replace("/etc/shadow", "alice:*:", "alice:!:"))
            .server(&[Id::AccountNotAcceptable])
            .log(&[Id::AccountNotAcceptable])
            .short(),
        refused("u_bad_shell", |pair| {
            pair.server.replace("/etc/passwd", ":/home/alice:/bin/sh", ":/home/alice:/no/such/shell");
        })
        .server(&[Id::AccountNotAcceptable])
        .log(&[Id::AccountNotAcceptable]),
        refused("u_nologin", |pair| pair.server.write("/etc/nologin", "back at noon\n"))
            .server(&[Id::AccountNotAcceptable])
            .log(&[Id::AccountNotAcceptable]),
        refused("u_pam_deny", |pair| {
            pair.server.replace(SSHD_CONFIG, "UsePAM no\n", "UsePAM yes\n");
            pair.server.prepend("/etc/pam.d/sshd", "account required pam_deny.so\n");
        })
        .server(&[Id::PamAccountDenies])
        .log(&[Id::PamAccountDenies])
        .no_mend("what the stack means to keep out is not ours to say"),
        refused("e_other_remote_user", |_| {})
            .users(ALICE, BOB)
            .client_tells(Id::DifferentRemoteUser)
            .server(&[Id::DifferentRemoteUser])
            .no_mend("whom alice may become is not ours to say")
            .short(),
        refused("u_root_to_alice", |_| {})
            .users(ROOT, ALICE)
            .client_tells(Id::DifferentRemoteUser)
            .server(&[Id::DifferentRemoteUser])
            .no_mend("whom root may become is not ours to say"),
        refused("u_root", |_| {}).users(ROOT, ROOT).server(&[Id::RootIgnoresSystemFiles]),
        refused("u_root_from_alice", |pair| {
            pair.server.replace(SSHD_CONFIG, "IgnoreRhosts yes\n", "IgnoreRhosts shosts-only\n");
            pair.server.write_as(ROOT, "/root/.shosts", format!("{CLIENT}\n"));
        })
        .users(ALICE, ROOT)
        .client_tells(Id::DifferentRemoteUser)
        .server(&[Id::DifferentRemoteUser])
        .no_mend("who may become root is not ours to say"),
    ]
}

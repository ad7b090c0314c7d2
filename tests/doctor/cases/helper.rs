//! The helper and its privilege: entries 15 to 25.

use hostbased::failures::Id;

use crate::case::{Case, refused, works};
use crate::pair::{ALICE, BOB, Pair, SSH_KEYS_GID, User, client_keys, helper_place};

fn helper() -> &'static str {
    helper_place().to_str().unwrap()
}

/// As on Red Hat's systems until 9: the helper has a group's rights, and the keys are that group's.
fn set_gid(pair: &Pair, keys: u32) {
    pair.client.set_owner(helper(), 0, SSH_KEYS_GID);
    pair.client.set_mode(helper(), 0o2755);
    for key in client_keys() {
        pair.client.set_owner(&key.private_path(), 0, SSH_KEYS_GID);
        pair.client.set_mode(&key.private_path(), keys);
    }
}

/// Whom no file of accounts knows.
const NOBODY_KNOWN: User = User { name: "alice", uid: 3001, gid: 3001, home: "/tmp" };

pub fn cases() -> Vec<Case> {
    vec![
        refused("k_missing", |pair| pair.client.remove(helper()))
            .client(&[Id::KeysignMissing])
            .log(&[Id::KeysignMissing])
            .no_mend("the package is not to be fetched here"),
        refused("k_not_suid p_not_suid", |pair| pair.client.set_mode(helper(), 0o755))
            .client(&[Id::KeysignNotSetuid])
            .log(&[Id::KeysignNotSetuid])
            .short(),
        refused("k_not_exec", |pair| {
            pair.client.set_owner(helper(), 0, SSH_KEYS_GID);
            pair.client.set_mode(helper(), 0o4750);
        })
        .client(&[Id::KeysignNotExecutableForUser])
        .log(&[Id::KeysignNotExecutableForUser]),
        refused("k_nosuid_mount", |pair| {
            pair.client
                .root_runs(&format!("mount -o remount,bind,nosuid {}", helper_place().parent().unwrap().display()));
        })
        .client(&[Id::NosuidMount]),
        refused("k_nnp p_nnp", |_| {})
            .session(|pair, user, program| {
                pair.client.with_privileges(user, &["--regid", &user.gid.to_string(), "--no-new-privs"], program)
            })
            .client(&[Id::NoNewPrivs])
            .no_mend("what set the flag is not ours"),
        refused("k_userns", |_| {})
            .session(|pair, user, program| {
                let mut command = pair.client.as_user(user, "unshare");
                command.args(["--user", "--map-current-user", program]);
                command
            })
            .client(&[Id::UserNamespaceWithoutHostRoot])
            .no_mend("outside of the container it works"),
        refused("k_setgid_keys600", |pair| set_gid(pair, 0o600)).client(&[Id::SetgidModelKeysNotGroupReadable]),
        works("k_setgid_ok", |pair| set_gid(pair, 0o640)),
        refused("k_setgid_newgrp p_newgrp", |pair| set_gid(pair, 0o640))
            .session(newgrp)
            .client(&[Id::SetgidModelNewgrp])
            .log(&[Id::SetgidModelNewgrp]),
        works("k_suid_newgrp", |_| {}).session(newgrp),
        refused("k_uid_no_passwd p_nouser", |_| {})
            .users(NOBODY_KNOWN, ALICE)
            .client(&[Id::UidNotInPasswd])
            .log(&[Id::UidNotInPasswd])
            .no_mend("who keeps the accounts is not known here"),
    ]
}

/// A session whose group is not the user's own.
fn newgrp(pair: &Pair, user: User, program: &str) -> std::process::Command {
    pair.client.with_privileges(user, &["--regid", &BOB.gid.to_string()], program)
}

//! Host keys: at the fixed paths where ssh and its helper look for them, with a `.pub` of the same key, and readable for whom
//! they are meant.

use super::step::{Action, Plan, Step};
use crate::escape::escape;
use crate::key::{PublicKey, parse_public_key_line};
use crate::store::Ownership;

/// A kind of host key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostKeyKind {
    /// The private key's path.
    pub path: &'static str,
    /// The type, as ssh-keygen(1) has it with `-t`.
    pub name: &'static str,
    /// The size of one that is made, as `-b` has it.
    pub bits: Option<u32>,
}

/// The kinds that every release of the last ten years knows, at the paths of which ssh and ssh-keysign know (OpenSSH: ssh.c,
/// ssh-keysign.c; pathnames.h). In the order in which ssh offers them.
pub const HOST_KEYS: [HostKeyKind; 3] = [
    HostKeyKind { path: "/etc/ssh/ssh_host_ed25519_key", name: "ed25519", bits: None },
    HostKeyKind { path: "/etc/ssh/ssh_host_ecdsa_key", name: "ecdsa", bits: None },
    HostKeyKind { path: "/etc/ssh/ssh_host_rsa_key", name: "rsa", bits: Some(3072) },
];

const PRIVATE: u32 = 0o600;
const PUBLIC: u32 = 0o644;

/// What is there of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostKeyFacts {
    /// Whose the private key is; `None` when there is none.
    pub private: Option<Ownership>,
    /// The public key that belongs to it, or why that cannot be told.
    pub public_of_private: Option<Result<PublicKey, String>>,
    /// Whose the `.pub` is, and what it holds.
    pub public: Option<(Ownership, Vec<u8>)>,
}

/// What is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeysFacts {
    /// In the order of [`HOST_KEYS`].
    pub keys: Vec<HostKeyFacts>,
    /// The mode of `/etc/ssh`.
    pub folder_mode: u32,
    /// The group for which a set-gid helper reads the keys, where there is one.
    pub helper_group: Option<u32>,
}

/// What makes the keys right. Keys that are missing are made only if `makes` says so.
#[must_use]
pub fn plan_keys(facts: &KeysFacts, makes: bool) -> Plan {
    let mut plan = Plan::default();
    if facts.folder_mode & 0o055 != 0o055 {
        let new = facts.folder_mode | 0o055;
        plan.steps.push(Step::new(
            Action::SetFolderMode {
                file: format!("{}.pub", HOST_KEYS[0].path),
                folder: "/etc/ssh".to_owned(),
                old: facts.folder_mode,
                new,
            },
            "ssh reads the configuration and the .pub files as the user who runs it",
            format!("chmod {:04o} /etc/ssh", facts.folder_mode),
        ));
    }
    for (kind, key) in HOST_KEYS.iter().zip(&facts.keys) {
        match key.private {
            Some(private) => existing(kind, key, private, facts.helper_group, &mut plan),
            None if makes => plan.steps.push(make(kind)),
            None => {}
        }
    }
    plan
}

fn make(kind: &HostKeyKind) -> Step {
    let path = kind.path;
    Step::new(
        Action::MakeKey { path: path.to_owned(), kind: kind.name, bits: kind.bits },
        "this machine has no key of this type to be known by",
        format!("none: other machines may know it already. By hand: rm {path} {path}.pub"),
    )
}

fn existing(kind: &HostKeyKind, key: &HostKeyFacts, private: Ownership, group: Option<u32>, plan: &mut Plan) {
    let path = kind.path;
    // A set-gid helper reads the keys by its group; such an sshd takes them so (Red Hat's patch).
    let is_of_helper = private.owner == 0 && private.mode & 0o7137 == 0 && Some(private.group) == group;
    let right = Ownership { owner: 0, group: 0, mode: private.mode & PRIVATE };
    if !is_of_helper && (private.owner != 0 || private.mode & 0o077 != 0) {
        plan.steps.push(Step::new(
            Action::SetOwnership { path: path.to_owned(), old: private, new: right },
            "whoever reads a private host key can sign for every user of this machine, and sshd takes no such key",
            "none: that would give the key away",
        ));
    }
    let public_path = format!("{path}.pub");
    let public = match &key.public_of_private {
        Some(Ok(public)) => public,
        Some(Err(why)) => {
            let made = format!("rm {path} {public_path}; then run this again");
            plan.left.push(format!("{path}: {}: no host can be known by it. For a new one: {made}", escape(why)));
            return;
        }
        None => return,
    };
    // ssh takes the first line (authfile.c `sshkey_load_public`).
    let first = |bytes: &[u8]| bytes.split(|&byte| byte == b'\n').next().unwrap_or_default().to_vec();
    let is_same =
        |bytes: &[u8]| parse_public_key_line(first(bytes).trim_ascii()).is_ok_and(|(there, _)| there == *public);
    let line = format!("{}\n", public.to_line()).into_bytes();
    let write = |old: Option<Vec<u8>>, why: &str, undo: &str| {
        Step::new(Action::WritePublic { path: public_path.clone(), old, new: line.clone() }, why, undo)
    };
    match &key.public {
        None => {
            plan.steps.push(write(None, "ssh offers a host key only if it can read its .pub", "none: it is public"))
        }
        Some((_, bytes)) if !is_same(bytes) => plan.steps.push(write(
            Some(bytes.clone()),
            "it is another key than the private one beside it: the first such pair ends the method (ssh-keysign: no \
             matching hostkey found)",
            "none: it is kept as .pub.old",
        )),
        Some(_) => {}
    }
    if let Some((there, _)) = &key.public {
        let mode = (there.mode | PUBLIC) & !0o022;
        if there.mode != mode || there.owner != 0 {
            let new = Ownership { owner: 0, group: if there.owner == 0 { there.group } else { 0 }, mode };
            plan.steps.push(Step::new(
                Action::SetOwnership { path: public_path.clone(), old: *there, new },
                "everybody who logs in from here reads it, and root alone may write it",
                format!("chmod {:04o} {public_path}", there.mode),
            ));
        }
    }
}

//! The client's host keys.

use super::entry::{Entry, Side, Step};
use crate::failures::Id;
use crate::severity::Severity;

pub(super) const PUB_FILES_MISSING: Entry = Entry {
    id: Id::PubFilesMissing,
    side: Side::Client,
    severity: Severity::Error,
    title: "The host keys' .pub files are missing",
    symptom: "With -v: `No more client hostkeys for hostbased authentication.` and no `trying hostkey` before it; \
        since 9.2 also `HostbasedAuthentication enabled but no local public host keys could be loaded.`",
    cause: "ssh runs as the user and cannot open private keys, so it learns from the .pub files beside them which keys \
        there are. Without these it has nothing to offer.",
    check: "`ls -l /etc/ssh/ssh_host_*`: each private key should have its .pub.",
    mend: &[
        Step::Say("Derive them from the private keys."),
        Step::Root("hostbased setup client --server '*.example.org'"),
        Step::Root(
            "sh -c 'umask 022; ssh-keygen -y -f /etc/ssh/ssh_host_ed25519_key \
            >/etc/ssh/ssh_host_ed25519_key.pub'",
        ),
    ],
    source: "OpenSSH ssh.c `main` (L_PUBKEY); commit 4403b62f5.",
    releases: None,
};

pub(super) const PUB_FILES_UNREADABLE: Entry = Entry {
    id: Id::PubFilesUnreadable,
    side: Side::Client,
    severity: Severity::Error,
    title: "The user cannot read the host keys' .pub files",
    symptom: "As pub-files-missing; for certificates `load hostbased cert \"...\": Permission denied`.",
    cause: "The .pub files, or the folder, are closed to ordinary users, as after `chmod 600 /etc/ssh/*` or under a \
        strict umask.",
    check: "As the user: `cat /etc/ssh/ssh_host_*_key.pub`.",
    mend: &[
        Step::Say("Let everybody read them; they are public."),
        Step::Root("chmod 755 /etc/ssh"),
        Step::Root("chmod 644 /etc/ssh/ssh_host_ed25519_key.pub"),
    ],
    source: "OpenSSH ssh.c `main` (L_PUBKEY, L_CERT).",
    releases: None,
};

pub(super) const PUB_PRIVATE_MISMATCH: Entry = Entry {
    id: Id::PubPrivateMismatch,
    side: Side::Client,
    severity: Severity::Error,
    title: "A .pub file does not belong to its private key",
    symptom: "`ssh-keysign: no matching hostkey found for key ED25519 SHA256:...`, then `ssh_keysign: no reply`.",
    cause: "ssh offers the key of the .pub file, and the helper has no private key that fits it: one of both was made \
        anew or restored alone, or the private one is gone.",
    check: "As root: `ssh-keygen -y -f /etc/ssh/ssh_host_ed25519_key` against the first two words of the .pub file.",
    mend: &[
        Step::Say("Derive the .pub file from the private key, then bring the servers up to date."),
        Step::Root("sh -c 'ssh-keygen -y -f /etc/ssh/ssh_host_ed25519_key >/etc/ssh/ssh_host_ed25519_key.pub'"),
        Step::Root("hostbased refresh node1.example.org"),
    ],
    source: "OpenSSH ssh-keysign.c `main`.",
    releases: None,
};

pub(super) const FIRST_BAD_KEY_STOPS_METHOD: Entry = Entry {
    id: Id::FirstBadKeyStopsMethod,
    side: Side::Client,
    severity: Severity::Error,
    title: "One bad key ends the method, though the others are good",
    symptom: "As pub-private-mismatch for one type of key; the pairs of the other types are right and registered, and \
        are not tried.",
    cause: "When the helper fails once, ssh gives hostbased up for the connection. Certificates come first, then \
        ed25519, ecdsa and rsa, so a bad pair early in that order hides the good ones.",
    check: "Every pair counts: compare all of them, as in pub-private-mismatch.",
    mend: &[
        Step::Say(
            "Repair the pair or take its .pub file away; to pass over one type for now, leave it out of the \
            list.",
        ),
        Step::Line { file: "/etc/ssh/ssh_config", text: "HostbasedAcceptedAlgorithms -ssh-ed25519" },
    ],
    source: "OpenSSH sshconnect2.c `userauth_hostbased`, `userauth` (a method that sends nothing is dropped).",
    releases: None,
};

pub(super) const PRIVATE_KEYS_NOT_AT_FIXED_PATHS: Entry = Entry {
    id: Id::PrivateKeysNotAtFixedPaths,
    side: Side::Client,
    severity: Severity::Error,
    title: "The private host keys lie where the helper does not look",
    symptom: "As pub-files-missing when the .pub files moved too, else `could not open any host key`.",
    cause: "ssh and ssh-keysign know fixed names only, /etc/ssh/ssh_host_TYPE_key. `HostKey` lines of sshd_config, \
        keys held by an agent (HostKeyAgent) and keys in hardware are nothing to them.",
    check: "`sshd -T | grep -i '^hostkey'` against those names.",
    mend: &[
        Step::Say(
            "Have the keys, or links to them, under the fixed names. This project's helper also reads \
            /etc/ssh/keysign.keys.d/. Keys in an agent cannot be used.",
        ),
        Step::Root("ln -s /etc/ssh/keys/ssh_host_ed25519_key /etc/ssh/ssh_host_ed25519_key"),
        Step::Root("ln -s /etc/ssh/keys/ssh_host_ed25519_key.pub /etc/ssh/ssh_host_ed25519_key.pub"),
    ],
    source: "OpenSSH ssh-keysign.c `main`, pathnames.h `_PATH_HOST_ED25519_KEY_FILE` and its like.",
    releases: None,
};

pub(super) const PRIVATE_KEY_ENCRYPTED_OR_CORRUPT: Entry = Entry {
    id: Id::PrivateKeyEncryptedOrCorrupt,
    side: Side::Client,
    severity: Severity::Error,
    title: "The private host keys cannot be decoded",
    symptom: "`no hostkey found` from the helper.",
    cause: "The files can be opened, and none of them holds a key that the helper can use: it has a passphrase, is cut \
        short, or is of a type that this release does not know.",
    check: "As root: `ssh-keygen -y -P '' -f /etc/ssh/ssh_host_ed25519_key`.",
    mend: &[
        Step::Say("Take the passphrase off, or make new keys and register them."),
        Step::Root("ssh-keygen -p -N '' -f /etc/ssh/ssh_host_ed25519_key"),
    ],
    source: "OpenSSH ssh-keysign.c `main` (`sshkey_load_private_type_fd`).",
    releases: None,
};

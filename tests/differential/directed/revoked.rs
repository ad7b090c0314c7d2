//! RevokedKeys: lists of keys, and KRLs.

use super::{Accept, Deviate, Directed, Refuse};
use crate::case::{Case, Content, File, KNOWN_HOSTS, REVOKED_KEYS};
use crate::material::Material;

fn list(case: &mut Case, bytes: impl Into<Vec<u8>>) {
    case.set("RevokedKeys", REVOKED_KEYS);
    case.write(REVOKED_KEYS, bytes);
}

/// A list in which `{NAME}` stands for a key's line.
fn keys(case: &mut Case, material: &Material, text: &str) {
    let mut text = text.to_owned();
    for name in ["ed25519", "ed25519-other", "ca", "cert"] {
        text = text.replace(&format!("{{{name}}}"), &material.line(name));
    }
    list(case, text);
}

fn krl(case: &mut Case, material: &Material, name: &str) {
    list(case, material.list(name));
}

fn certificate(case: &mut Case, material: &Material) {
    (case.key, case.algorithm) = ("cert".into(), "ssh-ed25519-cert-v01@openssh.com".into());
    case.write(KNOWN_HOSTS, format!("@cert-authority 10.77.0.1 {}\n", material.line("ca")));
}

pub(super) static CASES: [Directed; 26] = [
    Directed { name: "an empty list", expect: Accept, make: |case, _| list(case, "") },
    Directed { name: "another key", expect: Accept, make: |case, m| keys(case, m, "{ed25519-other}\n") },
    Directed {
        name: "the key",
        expect: Refuse("key-revoked"),
        make: |case, material| keys(case, material, "# bad ones\n\n  {ed25519} a comment\n"),
    },
    Directed {
        name: "the key by its certificate",
        expect: Refuse("key-revoked"),
        make: |case, material| keys(case, material, "{cert}\n"),
    },
    Directed {
        name: "a line that is no key",
        expect: Refuse("revoked-keys-unreadable"),
        make: |case, material| keys(case, material, "{ed25519-other}\nnot a key\n"),
    },
    Directed {
        name: "a line that is no key, behind the key",
        expect: Deviate("a list with a bad line behind the one that has the key", Some("revoked-keys-unreadable")),
        make: |case, material| keys(case, material, "{ed25519}\nnot a key\n"),
    },
    Directed {
        name: "a line that begins with a NUL",
        expect: Deviate("a line of a list of keys that begins with a NUL", Some("revoked-keys-unreadable")),
        make: |case, material| keys(case, material, "\0{ed25519}\n"),
    },
    Directed {
        name: "no file",
        expect: Refuse("revoked-keys-missing"),
        make: |case, _| case.set("RevokedKeys", REVOKED_KEYS),
    },
    Directed {
        name: "a folder",
        expect: Refuse("revoked-keys-unreadable"),
        make: |case, _| {
            case.set("RevokedKeys", REVOKED_KEYS);
            case.files.insert(REVOKED_KEYS.into(), File { content: Content::Folder, uid: 0, mode: 0o755 });
        },
    },
    Directed {
        name: "a file that others may write",
        expect: Deviate(
            "owner and mode of hosts.equiv, shosts.equiv and RevokedKeys files",
            Some("revoked-keys-unreadable"),
        ),
        make: |case, _| {
            list(case, "");
            case.files.get_mut(REVOKED_KEYS).unwrap().mode = 0o666;
        },
    },
    Directed { name: "none", expect: Accept, make: |case, _| case.set("RevokedKeys", "none") },
    Directed { name: "an empty KRL", expect: Accept, make: |case, material| krl(case, material, "krl-empty") },
    Directed { name: "a KRL of another key", expect: Accept, make: |case, m| krl(case, m, "krl-other") },
    Directed { name: "a KRL of the key", expect: Refuse("key-revoked"), make: |c, m| krl(c, m, "krl-key") },
    Directed {
        name: "a KRL of its fingerprint",
        expect: Refuse("key-revoked"),
        make: |case, material| krl(case, material, "krl-sha256"),
    },
    Directed {
        name: "a KRL that is cut",
        expect: Refuse("revoked-keys-unreadable"),
        make: |case, material| {
            let whole = material.list("krl-key");
            list(case, &whole[..whole.len() - 1]);
        },
    },
    Directed {
        name: "a KRL of serial numbers, and a plain key",
        expect: Accept,
        make: |case, material| krl(case, material, "krl-serial"),
    },
    Directed {
        name: "a KRL of a certificate's serial number",
        expect: Refuse("key-revoked"),
        make: |case, material| {
            certificate(case, material);
            krl(case, material, "krl-serial");
        },
    },
    Directed {
        name: "a KRL of a certificate's key id",
        expect: Refuse("key-revoked"),
        make: |case, material| {
            certificate(case, material);
            krl(case, material, "krl-id");
        },
    },
    Directed {
        name: "a KRL of another serial number and key id",
        expect: Accept,
        make: |case, material| {
            certificate(case, material);
            krl(case, material, "krl-other-serial");
        },
    },
    Directed {
        name: "a KRL of serial numbers of another authority",
        expect: Accept,
        make: |case, material| {
            (case.key, case.algorithm) = ("cert-by-other".into(), "ssh-ed25519-cert-v01@openssh.com".into());
            case.write(KNOWN_HOSTS, format!("@cert-authority 10.77.0.1 {}\n", material.line("ca-other")));
            krl(case, material, "krl-serial");
        },
    },
    Directed {
        name: "the certified key",
        expect: Refuse("key-revoked"),
        make: |case, material| {
            certificate(case, material);
            keys(case, material, "{ed25519}\n");
        },
    },
    Directed {
        name: "the certificate's authority",
        expect: Refuse("key-revoked"),
        make: |case, material| {
            certificate(case, material);
            keys(case, material, "{ca}\n");
        },
    },
    Directed {
        name: "another authority",
        expect: Accept,
        make: |case, material| {
            certificate(case, material);
            keys(case, material, "{ed25519-other}\n");
        },
    },
    Directed {
        name: "the authority of nobody here",
        expect: Accept,
        make: |case, material| keys(case, material, "{ca}\n"),
    },
    Directed {
        name: "the key, of an account that must not log in",
        expect: Refuse("account-locked"),
        make: |case, material| {
            keys(case, material, "{ed25519}\n");
            (case.account, case.client_user) = ("locked".into(), b"locked".to_vec());
        },
    },
];

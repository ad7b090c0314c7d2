//! The request: keys, algorithms, signatures, and what no client sends.

use super::{Accept, Deviate, Directed, Refuse};
use crate::case::{Case, KNOWN_HOSTS, Signature};
use crate::material::Material;

/// This key, known for the node.
fn key(case: &mut Case, material: &Material, key: &str, algorithm: &str) {
    (case.key, case.algorithm) = (key.into(), algorithm.into());
    case.write(KNOWN_HOSTS, format!("10.77.0.1 {}\n", material.line(key)));
}

fn token(case: &mut Case, material: &Material) {
    key(case, material, "sk", "sk-ssh-ed25519@openssh.com");
}

pub(super) static CASES: [Directed; 47] = [
    Directed { name: "ECDSA on P-256", expect: Accept, make: |c, m| key(c, m, "ecdsa256", "ecdsa-sha2-nistp256") },
    Directed { name: "ECDSA on P-384", expect: Accept, make: |c, m| key(c, m, "ecdsa384", "ecdsa-sha2-nistp384") },
    Directed { name: "ECDSA on P-521", expect: Accept, make: |c, m| key(c, m, "ecdsa521", "ecdsa-sha2-nistp521") },
    Directed { name: "RSA with SHA-256", expect: Accept, make: |c, m| key(c, m, "rsa2048", "rsa-sha2-256") },
    Directed { name: "RSA with SHA-512", expect: Accept, make: |c, m| key(c, m, "rsa3072", "rsa-sha2-512") },
    Directed {
        name: "RSA with SHA-1",
        expect: Refuse("algorithm-not-accepted"),
        make: |case, material| key(case, material, "rsa2048", "ssh-rsa"),
    },
    Directed {
        name: "RSA with SHA-1 that is allowed",
        expect: Accept,
        make: |case, material| {
            key(case, material, "rsa2048", "ssh-rsa");
            case.set("HostbasedAcceptedAlgorithms", "+ssh-rsa");
        },
    },
    Directed { name: "RSA of 1024 bits", expect: Accept, make: |c, m| key(c, m, "rsa1024", "rsa-sha2-512") },
    Directed {
        name: "RSA below RequiredRSASize",
        expect: Refuse("rsa-too-small"),
        make: |case, material| {
            key(case, material, "rsa2048", "rsa-sha2-512");
            case.set("RequiredRSASize", "2049");
        },
    },
    Directed {
        name: "RSA of RequiredRSASize",
        expect: Accept,
        make: |case, material| {
            key(case, material, "rsa2048", "rsa-sha2-512");
            case.set("RequiredRSASize", "2048");
        },
    },
    Directed { name: "a token's key", expect: Accept, make: token },
    Directed {
        name: "a token that nobody touched",
        expect: Deviate("FIDO signature without the user's presence", Some("user-not-present")),
        make: |case, material| {
            token(case, material);
            case.signature = Signature::NotTouched;
        },
    },
    Directed {
        name: "an unknown algorithm",
        expect: Refuse("algorithm-unknown"),
        make: |case, _| case.algorithm = "SSH-ED25519".into(),
    },
    Directed {
        name: "an algorithm of another type",
        expect: Refuse("key-type-mismatch"),
        make: |case, _| case.algorithm = "ecdsa-sha2-nistp256".into(),
    },
    Directed {
        name: "an algorithm of another curve",
        expect: Refuse("key-type-mismatch"),
        make: |case, material| key(case, material, "ecdsa256", "ecdsa-sha2-nistp384"),
    },
    Directed {
        name: "an algorithm of certificates for a plain key",
        expect: Refuse("key-type-mismatch"),
        make: |case, _| case.algorithm = "ssh-ed25519-cert-v01@openssh.com".into(),
    },
    Directed {
        name: "an algorithm that is not accepted",
        expect: Refuse("algorithm-not-accepted"),
        make: |case, _| case.set("HostbasedAcceptedAlgorithms", "-ssh-ed25519"),
    },
    Directed {
        name: "an algorithm by pattern",
        expect: Accept,
        make: |case, _| case.set("HostbasedAcceptedAlgorithms", "ssh-ed*"),
    },
    Directed {
        name: "an algorithm that is preferred",
        expect: Accept,
        make: |case, _| case.set("HostbasedAcceptedAlgorithms", "^rsa-sha2-256"),
    },
    Directed {
        name: "no algorithm at all is left: sshd takes the default, and says so",
        expect: Accept,
        make: |case, _| case.set("HostbasedAcceptedAlgorithms", "-*"),
    },
    Directed { name: "a key that is cut", expect: Refuse("key-undecodable"), make: |c, _| c.key = "cut".into() },
    Directed { name: "a key and a byte", expect: Refuse("key-undecodable"), make: |c, _| c.key = "tail".into() },
    Directed { name: "no key", expect: Refuse("key-undecodable"), make: |case, _| case.key = "nothing".into() },
    Directed {
        name: "a signature by another key",
        expect: Refuse("signature-invalid"),
        make: |case, _| case.signature = Signature::ByAnotherKey,
    },
    Directed {
        name: "a signature of another session",
        expect: Refuse("signature-invalid"),
        make: |case, _| case.signature = Signature::OfAnotherSession,
    },
    Directed {
        name: "a signature for another account",
        expect: Refuse("signature-invalid"),
        make: |case, _| case.signature = Signature::ForAnotherAccount,
    },
    Directed {
        name: "a signature for another host",
        expect: Refuse("signature-invalid"),
        make: |case, _| case.signature = Signature::ForAnotherHost,
    },
    Directed {
        name: "a damaged signature",
        expect: Refuse("signature-invalid"),
        make: |case, _| case.signature = Signature::Damaged,
    },
    Directed {
        name: "a signature and a byte",
        expect: Refuse("signature-invalid"),
        make: |case, _| case.signature = Signature::TrailingByte,
    },
    Directed {
        name: "no signature",
        expect: Refuse("signature-invalid"),
        make: |case, _| case.signature = Signature::Empty,
    },
    Directed {
        name: "a signature by a weaker hash than the algorithm has",
        expect: Refuse("signature-invalid"),
        make: |case, material| {
            key(case, material, "rsa2048", "rsa-sha2-512");
            case.signature = Signature::ByAnotherHash;
        },
    },
    Directed {
        name: "a damaged signature by ECDSA",
        expect: Refuse("signature-invalid"),
        make: |case, material| {
            key(case, material, "ecdsa256", "ecdsa-sha2-nistp256");
            case.signature = Signature::Damaged;
        },
    },
    Directed {
        name: "a damaged signature by RSA",
        expect: Refuse("signature-invalid"),
        make: |case, material| {
            key(case, material, "rsa2048", "rsa-sha2-256");
            case.signature = Signature::Damaged;
        },
    },
    Directed {
        name: "bytes behind the request",
        expect: Deviate("bytes behind the last field of the request", Some("malformed")),
        make: |case, _| case.tail = b"more".to_vec(),
    },
    Directed {
        name: "a NUL at the end of the client user",
        expect: Deviate("a name with one NUL at its end", Some("malformed")),
        make: |case, _| {
            case.client_user = b"alice\0".to_vec();
            case.signature = Signature::WithoutTheNul;
        },
    },
    Directed {
        name: "a NUL at the end of the client host",
        expect: Deviate("a name with one NUL at its end", Some("malformed")),
        make: |case, _| {
            case.client_host = b"node1.cluster.test.\0".to_vec();
            case.signature = Signature::WithoutTheNul;
        },
    },
    Directed {
        name: "a NUL inside the client user",
        expect: Refuse("malformed"),
        make: |case, _| case.client_user = b"alice\0x".to_vec(),
    },
    Directed {
        name: "no client host",
        expect: Deviate("an empty name", Some("malformed")),
        make: |case, _| case.client_host.clear(),
    },
    Directed { name: "a client host of a dot", expect: Accept, make: |case, _| case.client_host = b".".to_vec() },
    Directed { name: "no client user", expect: Refuse("malformed"), make: |case, _| case.client_user.clear() },
    Directed {
        name: "a client host of 1025 bytes",
        expect: Deviate(
            "a key or certificate blob above 64 KiB, a name above 1 KiB, a signature above 8 KiB",
            Some("malformed"),
        ),
        make: |case, _| case.client_host = vec![b'x'; 1025],
    },
    Directed { name: "a client host of 1024 bytes", expect: Accept, make: |c, _| c.client_host = vec![b'x'; 1024] },
    Directed {
        name: "a client host that cannot be printed",
        expect: Accept,
        make: |case, _| case.client_host = b"\x1b[2J\xff\\\"node.".to_vec(),
    },
    Directed {
        name: "a client user that cannot be printed",
        expect: Refuse("equiv-no-match"),
        make: |case, _| case.client_user = b"\x1b[2J\xffx".to_vec(),
    },
    Directed {
        name: "a style behind the account",
        expect: Refuse("other-account"),
        make: |case, _| case.account = "alice:style".into(),
    },
    Directed {
        name: "the method is off",
        expect: Refuse("method-not-enabled"),
        make: |case, _| case.set("HostbasedAuthentication", "no"),
    },
    Directed {
        name: "another key than the known one",
        expect: Refuse("host-key-changed"),
        make: |case, _| case.key = "ed25519-other".into(),
    },
];
